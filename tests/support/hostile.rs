//! Mails that somebody made to hurt: each grows with a number, and is harmless in every other way.
//!
//! The number that is named with each is the one that must be survived; tests take smaller ones where a debug build
//! would be slow, the benchmark compares one with twice as much.

use std::io::{Cursor, Write as _};

use base64::{Engine as _, engine::general_purpose::STANDARD};

#[derive(Clone, Copy)]
pub struct Shape {
    pub name: &'static str,
    /// How much of it there must be room for.
    pub full: usize,
    make: fn(usize) -> Vec<u8>,
}

impl Shape {
    pub fn mail(&self, size: usize) -> Vec<u8> {
        (self.make)(size)
    }
}

const fn shape(name: &'static str, full: usize, make: fn(usize) -> Vec<u8>) -> Shape {
    Shape { name, full, make }
}

pub fn named(name: &str) -> Shape {
    *SHAPES
        .iter()
        .find(|shape| shape.name == name)
        .expect("a shape of that name")
}

pub const SHAPES: &[Shape] = &[
    // Headers
    shape("a header of one line", 50_000_000, |n| {
        field("Subject: ", "a", n, "")
    }),
    shape("a header of one folded line", 5_000_000, |n| {
        field("Subject: ", "a\r\n ", n, "")
    }),
    shape("fields without end", 1_000_000, |n| {
        field("", "X-Felt: a\r\n", n, "Subject: x")
    }),
    shape("fields without a body", 1_000_000, |n| {
        [
            b"From: a@x.example\r\n",
            "X-Felt: a\r\n".repeat(n).as_bytes(),
        ]
        .concat()
    }),
    shape("lines that are no fields", 1_000_000, |n| {
        field("", "ikke et felt\r\n", n, "Subject: x")
    }),
    shape("traces", 100_000, |n| {
        field(
            "",
            "Received: from a by b; Tue, 3 Feb 2026 12:04:05 +0000\r\n",
            n,
            "Subject: x",
        )
    }),
    shape("subjects", 1_000_000, |n| {
        field("", "Subject: a\r\n", n, "")
    }),
    shape("empty subjects", 1_000_000, |n| {
        field("", "Subject:\r\n", n, "")
    }),
    shape("recipients' fields", 1_000_000, |n| {
        field("", "To: b@x.example\r\n", n, "")
    }),
    shape("types", 1_000_000, |n| {
        field("", "Content-Type: text/plain\r\n", n, "")
    }),
    shape("types of many parts", 100_000, |n| {
        field("", "Content-Type: multipart/mixed; boundary=a\r\n", n, "")
    }),
    shape("transfer encodings", 1_000_000, |n| {
        field("", "Content-Transfer-Encoding: base64\r\n", n, "")
    }),
    shape("dispositions", 1_000_000, |n| {
        field("", "Content-Disposition: attachment; filename\r\n", n, "")
    }),
    shape("protected subjects", 1_000_000, |n| {
        field("Date: ", "(", n, "")
    }),
    // Words and parameters
    shape("encoded words", 1_000_000, |n| {
        field("Subject: ", "=?utf-8?Q?a?= ", n, "")
    }),
    shape("encoded words of many character sets", 200_000, |n| {
        field("Subject: ", "=?utf-8?Q?a?= =?koi8-r?B?0w==?= ", n, "")
    }),
    shape("words that do not end", 1_000_000, |n| {
        field("Subject: ", "=?utf-8?Q?a", n, "")
    }),
    shape("words that do not end and spaces", 1_000_000, |n| {
        field("Subject: ", "=?utf-8?Q?a ", n, "")
    }),
    shape("words in names that do not end", 1_000_000, |n| {
        field("To: ", "=?utf-8?Q?a ", n, "")
    }),
    shape("words in names of one end", 1_000_000, |n| {
        field("To: ", "=?a?Q?", n, "?=")
    }),
    shape("words that end in escapes", 1_000_000, |n| {
        field("Subject: =?utf-8?Q?a", "?=41", n, "")
    }),
    shape("beginnings of words", 5_000_000, |n| {
        field("Subject: ", "=?", n, "")
    }),
    shape("words in names", 1_000_000, |n| {
        field("To: ", "=?utf-8?Q?a?= ", n, "<b@x.example>")
    }),
    shape("beginnings of words in names", 5_000_000, |n| {
        field("To: ", "=?", n, "")
    }),
    shape("words in an address", 1_000_000, |n| {
        field("To: <", "=?utf-8?Q?a?= ", n, "@x.example>")
    }),
    shape("letters of UTF-7", 1_000_000, |n| {
        field(
            "Content-Type: text/plain; charset=utf-7\r\nSubject: ",
            "+APY-",
            n,
            "",
        )
    }),
    shape("signs of UTF-7", 5_000_000, |n| {
        field(
            "Content-Type: text/plain; charset=utf-7\r\nSubject: ",
            "+",
            n,
            "",
        )
    }),
    shape("letters written twice", 5_000_000, |n| {
        field("Subject: ", "Ã¦", n, "")
    }),
    shape("bare letters", 10_000_000, |n| {
        raw_field(b"Subject: ", b"\xe6", n)
    }),
    shape("escapes of Japanese", 2_000_000, |n| {
        field("Subject: ", "\x1b$B", n, "")
    }),
    shape("pieces of a name", 100_000, |n| {
        let pieces: String = each(n, |piece| format!(";\r\n filename*{piece}*=a"));
        with_part(
            &format!("Content-Type: a/b\r\nContent-Disposition: attachment{pieces}"),
            b"x",
        )
    }),
    shape("pieces of a name with gaps", 100_000, |n| {
        let pieces: String = each(n, |piece| {
            format!(";\r\n filename*{}=a", (n - piece) * 40_000)
        });
        with_part(
            &format!("Content-Type: a/b\r\nContent-Disposition: attachment{pieces}"),
            b"x",
        )
    }),
    shape("names of numbers without end", 1_000_000, |n| {
        with_part(
            &format!("Content-Type: a/b; name*{}=a", "9".repeat(n)),
            b"x",
        )
    }),
    shape("a name without end", 20_000_000, |n| {
        with_part(
            &format!("Content-Type: a/b; name=\"{}", "a".repeat(n)),
            b"x",
        )
    }),
    shape("a name of escapes", 5_000_000, |n| {
        with_part(
            &format!("Content-Type: a/b; name*=utf-8''{}", "%41".repeat(n)),
            b"x",
        )
    }),
    shape("parameters", 1_000_000, |n| {
        with_part(
            &format!("Content-Type: a/b{}; name=c", ";a=b".repeat(n)),
            b"x",
        )
    }),
    shape("quotation marks", 5_000_000, |n| {
        with_part(&format!("Content-Type: a/b; {}", "\"".repeat(n)), b"x")
    }),
    shape("comments in a type", 1_000_000, |n| {
        with_part(&format!("Content-Type: a/b {}", "(".repeat(n)), b"x")
    }),
    // Addresses
    shape("addresses", 1_000_000, |n| {
        field("To: ", "a@x.example, ", n, "")
    }),
    shape("addresses in brackets", 1_000_000, |n| {
        field("To: ", "A <a@x.example>, ", n, "")
    }),
    shape("addresses without commas", 1_000_000, |n| {
        field("To: ", "a@x.example ", n, "")
    }),
    shape("addresses glued", 1_000_000, |n| {
        field("To: ", "<a@x.example>", n, "")
    }),
    shape("names without addresses", 1_000_000, |n| {
        field("To: ", "A, ", n, "")
    }),
    shape("names without commas", 1_000_000, |n| {
        field("To: ", "A ", n, "")
    }),
    shape("commas", 5_000_000, |n| field("To: ", ",", n, "")),
    shape("brackets that open", 5_000_000, |n| {
        field("To: ", "<", n, "")
    }),
    shape("brackets that open and commas", 1_000_000, |n| {
        field("To: ", "<,", n, "")
    }),
    shape("brackets that do not close", 1_000_000, |n| {
        field("To: ", "a <a@x,", n, "")
    }),
    shape("brackets closed", 1_000_000, |n| field("To: ", "<>", n, "")),
    shape("comments within each other", 100_000, |n| {
        field("To: ", "(", n, "a@x.example")
    }),
    shape("comments within each other that close", 100_000, |n| {
        field("To: ", "(", n, &format!("{} a@x.example", ")".repeat(n)))
    }),
    shape("comments", 1_000_000, |n| {
        field("To: ", "(a)", n, "a@x.example")
    }),
    shape("comments that open again", 1_000_000, |n| {
        field("To: (", "a)(", n, "")
    }),
    shape("quotations that do not end", 1_000_000, |n| {
        field("To: ", "\"a\\", n, "")
    }),
    shape("quotations", 1_000_000, |n| {
        field("To: ", "\"a\" ", n, "<a@x.example>")
    }),
    shape("quotations as addresses", 1_000_000, |n| {
        field("To: ", "\"a\"@x,", n, "")
    }),
    shape("groups within each other", 1_000_000, |n| {
        field("To: ", "g: ", n, ";")
    }),
    shape("groups", 1_000_000, |n| {
        field("To: ", "g: a@x.example; ", n, "")
    }),
    shape("groups of nobody", 1_000_000, |n| {
        field("To: ", "g:;", n, "")
    }),
    shape("colons", 5_000_000, |n| field("To: a", ":", n, ";")),
    shape("square brackets", 1_000_000, |n| {
        field("To: a ", "[", n, "")
    }),
    shape("square brackets with addresses", 1_000_000, |n| {
        field("To: a ", "[@ ", n, "]")
    }),
    shape("signs of addresses", 5_000_000, |n| {
        field("To: ", "@", n, "")
    }),
    shape("signs and spaces", 1_000_000, |n| {
        field("To: ", "@ ", n, "")
    }),
    shape("mailto", 1_000_000, |n| field("To: ", "mailto:", n, "")),
    shape("equals signs", 5_000_000, |n| field("To: ", "=", n, "")),
    shape("references", 1_000_000, |n| {
        field("References: ", "<a@x> ", n, "")
    }),
    shape("references without brackets", 1_000_000, |n| {
        field("References: ", "a@x ", n, "")
    }),
    shape("references that open", 5_000_000, |n| {
        field("References: ", "<", n, "")
    }),
    shape("ids of a mail", 5_000_000, |n| {
        field("Message-ID: ", "<(", n, "")
    }),
    // Parts
    shape("parts", 1_000_000, |n| {
        multipart(&"--b\r\n\r\nx\r\n".repeat(n))
    }),
    shape("parts that are files", 1_000_000, |n| {
        multipart(&"--b\r\nContent-Type: a/b; name=c\r\n\r\nx\r\n".repeat(n))
    }),
    shape("parts that are pictures", 100_000, |n| {
        multipart(&"--b\r\nContent-Type: image/png\r\nContent-ID: <a>\r\n\r\nx\r\n".repeat(n))
    }),
    shape("parts of nothing", 1_000_000, |n| {
        multipart(&"--b\r\n".repeat(n))
    }),
    shape("parts without a header", 10_000, |n| {
        multipart(&format!("--b\r\n{}", "--c\r\n".repeat(100)).repeat(n))
    }),
    shape("parts that mislead", 10_000, |n| {
        multipart(
            &format!(
                "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n{}",
                "--d\r\n".repeat(100)
            )
            .repeat(n),
        )
    }),
    shape("parts that are unsaid", 10_000, |n| {
        multipart(
            &format!(
                "--b\r\n\r\n--c\r\nContent-Type: a/b\r\n\r\n{}",
                "--d\r\n".repeat(100)
            )
            .repeat(n),
        )
    }),
    shape("parts with two types", 10_000, |n| {
        multipart(&"--b\r\nContent-Type: multipart/mixed; boundary=c\r\nContent-Type: multipart/mixed; boundary=d\r\n\r\n--e\r\n".repeat(n))
    }),
    shape("parts with odd encodings", 10_000, |n| {
        multipart(&"--b\r\nContent-Transfer-Encoding: Base 64\r\n\r\nSMOm\r\n".repeat(n))
    }),
    shape("types and parts that agree in nothing", 20_000, |n| {
        let types = each(n, |number| {
            format!("Content-Type: multipart/mixed; boundary=c{number}\r\n")
        });
        field(
            "",
            &types,
            1,
            &format!("X: x\r\n\r\n{}", "--d\r\n".repeat(n * 10)),
        )
    }),
    shape("lines that are almost the boundary", 1_000_000, |n| {
        multipart(&format!(
            "--b\r\n\r\n{}",
            "--bx\r\n--\r\n--bb--\r\n".repeat(n)
        ))
    }),
    shape(
        "lines that are almost one of many boundaries",
        1_000_000,
        |n| {
            let mut raw = b"From: a@x.example\r\n".to_vec();
            for depth in 1..90 {
                let boundary = "b".repeat(depth);
                raw.extend(
                    format!(
                        "Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n--{boundary}\r\n"
                    )
                    .bytes(),
                );
            }
            raw.extend(b"\r\n");
            raw.extend(format!("--{}x\r\n", "b".repeat(60)).repeat(n / 10).bytes());
            raw
        },
    ),
    shape("dashes", 10_000_000, |n| multipart(&"-".repeat(n))),
    shape("lines of dashes", 1_000_000, |n| {
        field(
            "",
            "",
            0,
            &format!("Subject: x\r\n\r\n{}", "--a\r\n".repeat(n)),
        )
    }),
    shape("empty lines", 5_000_000, |n| "\r\n".repeat(n).into_bytes()),
    shape("mbox lines", 1_000_000, |n| {
        "From a\r\n".repeat(n).into_bytes()
    }),
    shape("parts within each other", 100_000, |n| {
        let levels = (0..n).map(|level| {
            format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n")
        });
        [
            b"From: a@x.example\r\n".to_vec(),
            levels.collect::<String>().into_bytes(),
        ]
        .concat()
    }),
    shape("parts within each other under one boundary", 100_000, |n| {
        let level = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n";
        [b"From: a@x.example\r\n", level.repeat(n).as_bytes()].concat()
    }),
    shape("mails within each other", 100_000, |n| {
        "Content-Type: message/rfc822\r\n\r\n"
            .repeat(n)
            .into_bytes()
    }),
    shape("mails and parts within each other", 100_000, |n| {
        let level = |level| {
            format!(
                "Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\nContent-Type: message/rfc822\r\n\r\n"
            )
        };
        (0..n).map(level).collect::<String>().into_bytes()
    }),
    shape("mails side by side", 100_000, |n| {
        multipart(&"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nhej\r\n".repeat(n))
    }),
    shape("mails in base64 within each other", 12, |n| {
        let mut mail = b"From: a@x.example\r\nSubject: x\r\n\r\n".to_vec();
        mail.extend(vec![b'a'; 1_000_000]);
        for _ in 0..n {
            mail = with_part(
                "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64",
                base64(&mail).as_bytes(),
            );
        }
        mail
    }),
    shape("mails as files within each other", 12, |n| {
        let mut mail = b"From: a@x.example\r\nSubject: x\r\n\r\n".to_vec();
        mail.extend(vec![b'a'; 1_000_000]);
        for _ in 0..n {
            mail = with_part(
                "Content-Type: application/octet-stream; name=a.eml\r\nContent-Transfer-Encoding: base64",
                base64(&mail).as_bytes(),
            );
        }
        mail
    }),
    shape("mails in a file", 1_000_000, |n| {
        with_part(
            "Content-Type: application/mbox; name=a.mbox",
            "From a@x.example Mon Jan  1 12:00:00 2024\nSubject: x\n\n"
                .repeat(n)
                .as_bytes(),
        )
    }),
    shape("mails of one line in a file", 1_000_000, |n| {
        with_part(
            "Content-Type: application/mbox; name=a.mbox",
            "From a\n\n".repeat(n).as_bytes(),
        )
    }),
    shape("signed wrappers", 12, |n| {
        let mut inner = b"Content-Type: text/plain\r\n\r\nhej".to_vec();
        inner.extend(vec![b'a'; 1_000_000]);
        for _ in 0..n {
            let field = "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n";
            inner = [field.as_bytes(), base64(&signed(&inner)).as_bytes()].concat();
        }
        [b"From: a@x.example\r\n".to_vec(), inner].concat()
    }),
    // Bodies
    shape("a text", 100_000_000, |n| {
        body("text/plain", "", "hej hej\r\n", n / 9)
    }),
    shape("a text of one line", 100_000_000, |n| {
        body("text/plain", "", "a", n)
    }),
    shape("a text of windows-1252", 50_000_000, |n| {
        raw_body("text/plain; charset=utf-8", &b"bl\xe5b\xe6r ".repeat(n / 8))
    }),
    shape("a text of high bytes", 50_000_000, |n| {
        raw_body("text/plain", &b"\xe6\xf8".repeat(n / 2))
    }),
    shape("a text of UTF-16", 20_000_000, |n| {
        raw_body("text/plain; charset=utf-16", &b"a\0".repeat(n / 2))
    }),
    shape("a text of UTF-7", 20_000_000, |n| {
        raw_body("text/plain; charset=utf-7", &b"+APY-".repeat(n / 5))
    }),
    shape("a text of Japanese escapes", 20_000_000, |n| {
        raw_body(
            "text/plain; charset=iso-2022-jp",
            &b"\x1b$B\x1b(B".repeat(n / 6),
        )
    }),
    shape("a text written twice", 20_000_000, |n| {
        raw_body(
            "text/plain; charset=utf-8",
            &"Ã¦".repeat(n / 4).into_bytes(),
        )
    }),
    shape("a flowed text", 20_000_000, |n| {
        body("text/plain; format=flowed", "", "> a \r\n", n / 6)
    }),
    shape("a text of placeholders", 20_000_000, |n| {
        body("text/plain", "", "[cid:", n / 5)
    }),
    shape("base64 that is none", 50_000_000, |n| {
        body("a/b; name=c", "base64", "!?=A", n / 4)
    }),
    shape("base64 ends", 50_000_000, |n| {
        body("a/b; name=c", "base64", "QQ==", n / 4)
    }),
    shape("soft line ends", 50_000_000, |n| {
        body("text/plain", "quoted-printable", "=\r\n", n / 3)
    }),
    shape("spaces before line ends", 20_000_000, |n| {
        body("text/plain", "quoted-printable", " ", n)
    }),
    shape("broken escapes", 50_000_000, |n| {
        body("text/plain", "quoted-printable", "=4", n / 2)
    }),
    // HTML
    shape("open tags", 1_000_000, |n| html("<div>", n)),
    shape("open formats", 1_000_000, |n| html("<b>", n)),
    shape("open links", 1_000_000, |n| {
        html("<a href=http://x.example>", n)
    }),
    shape("open lists", 1_000_000, |n| html("<ul><li>a", n)),
    shape("open tables", 1_000_000, |n| html("<table><tr><td>", n)),
    shape("open tables without cells", 1_000_000, |n| {
        html("<table>", n)
    }),
    shape("end tags", 1_000_000, |n| html("</p>", n)),
    shape("tags and ends that cross", 1_000_000, |n| {
        html("<b><p></b>", n)
    }),
    shape("tags that do not end", 1_000_000, |n| html("<a ", n)),
    shape("quotations in tags", 1_000_000, |n| html("<a b=\"", n)),
    shape("attributes", 1_000_000, |n| {
        body("text/html", "", &format!("<p {}>", "a=b ".repeat(n)), 1)
    }),
    shape("attributes of many names", 1_000_000, |n| {
        let attributes: String = each(n, |number| format!("a{number}=b "));
        body("text/html", "", &format!("<p {attributes}>"), 1)
    }),
    shape("styles", 1_000_000, |n| {
        body(
            "text/html",
            "",
            &format!("<p style='{}'>", "a:b;".repeat(n)),
            1,
        )
    }),
    shape("style sheets that do not end", 1_000_000, |n| {
        html("<style>", n)
    }),
    shape("scripts that do not end", 1_000_000, |n| {
        html("<script></", n)
    }),
    shape("comments of HTML", 1_000_000, |n| html("<!--", n)),
    shape("entities", 1_000_000, |n| html("&oslash;", n)),
    shape("entities that do not end", 5_000_000, |n| html("&", n)),
    shape("entities of numbers", 1_000_000, |n| html("&#x", n)),
    shape("quotations within each other", 1_000_000, |n| {
        html("<blockquote>a", n)
    }),
    shape("preformatted", 1_000_000, |n| html("<pre>\n", n)),
    shape("lists of lists", 1_000_000, |n| {
        html("<ol type=i start=999999999><li>", n)
    }),
    shape("templates", 1_000_000, |n| html("<template>", n)),
    shape("drawings", 1_000_000, |n| html("<svg><math><mi>", n)),
    shape("frames of tables", 200_000, |n| {
        html("<table><tr><td>a</td>b<tr>c", n)
    }),
    shape("pictures that the text shows", 10_000, |n| {
        let shown: String = each(n, |number| format!("<img src=\"cid:{number}\">"));
        let pictures: String = each(n, |number| {
            format!("--b\r\nContent-Type: image/png\r\nContent-ID: <{number}>\r\n\r\nx\r\n")
        });
        multipart(&format!(
            "--b\r\nContent-Type: text/html\r\n\r\n{shown}\r\n{pictures}"
        ))
    }),
    shape("texts of HTML", 9_000, |n| {
        multipart(
            &format!(
                "--b\r\nContent-Type: text/html\r\n\r\n{}\r\n",
                "<p>a".repeat(200)
            )
            .repeat(n),
        )
    }),
    // Outlook
    shape("TNEF that claims", 1_000_000, |n| {
        tnef(&b"\x02\x0f\x80\x06\0\xff\xff\xff\xff".repeat(n))
    }),
    shape("TNEF attributes", 1_000_000, |n| {
        tnef(&tnef_attribute(2, 0x8010, b"a.txt\0").repeat(n))
    }),
    shape("TNEF attachments", 100_000, |n| {
        tnef(
            &[
                tnef_attribute(2, 0x9002, &[0; 14]),
                tnef_attribute(2, 0x800f, b"x"),
            ]
            .concat()
            .repeat(n),
        )
    }),
    shape("TNEF properties", 1_000_000, |n| {
        let block = [
            &(n as u32).to_le_bytes()[..],
            &b"\x03\0\x15\x0c\x01\0\0\0".repeat(n),
        ]
        .concat();
        tnef(&tnef_attribute(1, 0x9003, &block))
    }),
    shape("TNEF properties that claim", 1_000, |n| {
        let block = [
            &u32::MAX.to_le_bytes()[..],
            &b"\x1f\0\x37\0\xff\xff\xff\xff\xff\xff\xff\xff".repeat(n),
        ]
        .concat();
        tnef(&tnef_attribute(1, 0x9003, &block))
    }),
    shape("TNEF recipients", 1_000_000, |n| {
        tnef(&tnef_attribute(
            1,
            0x9004,
            &[
                &(n as u32).to_le_bytes()[..],
                &b"\x01\0\0\0\x03\0\x15\x0c\x01\0\0\0".repeat(n),
            ]
            .concat(),
        ))
    }),
    shape("TNEF within each other", 1_000, |n| {
        let mut inner = tnef_bytes(&tnef_attribute(1, 0x8004, b"Klage\0"));
        for _ in 0..n {
            let object = [&b"\x07\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"[..], &inner].concat();
            let padding = vec![0; object.len().next_multiple_of(4) - object.len()];
            let block = [
                &b"\x01\0\0\0\x0d\0\x01\x37\x01\0\0\0"[..],
                &(object.len() as u32).to_le_bytes(),
                &object,
                &padding,
            ]
            .concat();
            inner = tnef_bytes(
                &[
                    tnef_attribute(2, 0x9002, &[0; 14]),
                    tnef_attribute(2, 0x9005, &block),
                ]
                .concat(),
            );
        }
        as_tnef(&inner)
    }),
    shape("TNEF with groups of RTF", 1_000_000, |n| {
        tnef_rtf(&stored_rtf(
            format!("{{\\rtf1 {}", "{".repeat(n)).as_bytes(),
        ))
    }),
    shape("TNEF with pictures in RTF", 1_000_000, |n| {
        tnef_rtf(&stored_rtf(
            format!("{{\\rtf1 {}", "{\\pict\\bin99999999 ".repeat(n)).as_bytes(),
        ))
    }),
    shape("TNEF with fonts of RTF", 200_000, |n| {
        tnef_rtf(&stored_rtf(
            format!(
                "{{\\rtf1{{\\fonttbl{}}}{}",
                "{\\f1\\fcharset0 A;}".repeat(n),
                "\\f1\\'e6".repeat(n)
            )
            .as_bytes(),
        ))
    }),
    shape("TNEF with RTF that expands", 4_000_000, |n| {
        tnef_rtf(&packed_rtf(n))
    }),
    shape("TNEF with texts that expand, side by side", 60, |n| {
        let part = format!(
            "--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
            base64(&tnef_bytes(&tnef_rtf_attribute(&packed_rtf(1_300_000))))
        );
        multipart(&part.repeat(n))
    }),
    shape("signed texts side by side", 20, |n| {
        let inner = [
            b"Content-Type: text/plain; charset=windows-1252\r\n\r\n".to_vec(),
            b"\xe6".repeat(3_000_000),
        ]
        .concat();
        let part = format!(
            "--b\r\nContent-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
            base64(&signed(&inner))
        );
        multipart(&part.repeat(n))
    }),
    shape("files written into texts side by side", 40, |n| {
        let part = format!(
            "--b\r\n\r\nbegin 644 a.txt\r\n#AAAA\r\n`\r\nend\r\n{}\r\n",
            "æ".repeat(1_000_000)
        );
        multipart(&part.repeat(n))
    }),
    shape("messages of Outlook within each other", 40, |n| {
        as_msg(&msg(n, 0))
    }),
    shape("attachments of a message of Outlook", 10_000, |n| {
        as_msg(&msg(0, n))
    }),
    shape("a message of Outlook whose tables claim", 1_000_000, |n| {
        let mut bytes = msg(0, 1);
        for at in [44, 64, 72] {
            bytes[at..at + 4].copy_from_slice(&0x00ff_ffff_u32.to_le_bytes());
        }
        bytes.resize(bytes.len() + n, 0xff);
        as_msg(&bytes)
    }),
    shape("a message of Outlook whose folders go round", 100, |n| {
        let mut bytes = msg(0, n);
        let entries: Vec<usize> = (512..bytes.len() - 128)
            .step_by(128)
            .filter(|at| bytes[*at..].starts_with(b"_\0_\0"))
            .collect();
        for at in entries {
            bytes[at + 68..at + 80].copy_from_slice(&[0; 12]);
        }
        as_msg(&bytes)
    }),
    // Signatures and files written as text
    shape("CMS of indefinite lengths", 100_000, |n| {
        as_p7m(&b"\x30\x80".repeat(n))
    }),
    shape("CMS of indefinite strings", 100_000, |n| {
        as_p7m(&[&signed_head()[..], &b"\x24\x80".repeat(n)].concat())
    }),
    shape("CMS of pieces", 1_000_000, |n| {
        as_p7m(&[&signed_head()[..], b"\x24\x80", &b"\x04\x01a".repeat(n)].concat())
    }),
    shape("CMS of certificates", 200_000, |n| {
        as_p7m(
            &[
                &signed_head()[..],
                b"\x04\x01a\0\0\0\0\xa0\x80",
                &b"\x30\x82\x00\x04\x30\x02\x30\x00".repeat(n),
            ]
            .concat(),
        )
    }),
    shape("CMS that claims", 1_000_000, |n| {
        as_p7m(&b"\x30\x84\xff\xff\xff\xff".repeat(n))
    }),
    shape("files written into a text", 100_000, |n| {
        body(
            "text/plain",
            "",
            "begin 644 a.txt\r\n#AAAA\r\n`\r\nend\r\n",
            n,
        )
    }),
    shape("beginnings of files in a text", 1_000_000, |n| {
        body("text/plain", "", "begin 644 a.txt\r\n", n)
    }),
    shape("a file in a text without end", 1_000_000, |n| {
        body("text/plain", "", "begin 644 a.txt\r\nM$\r\n", n)
    }),
    shape("BinHex in a text", 100_000, |n| {
        body(
            "text/plain",
            "",
            "(This file must be converted with BinHex 4.0)\r\n:#3:\r\n",
            n,
        )
    }),
    shape("BinHex beginnings", 1_000_000, |n| {
        body(
            "text/plain",
            "",
            "(This file must be converted with BinHex 4.0)\r\n:",
            n,
        )
    }),
    shape("BinHex that expands", 700_000, binhex_bomb),
    shape("BinHex that expands, side by side", 20, |n| {
        let one = String::from_utf8(binhex_bomb(300_000)).unwrap();
        let part = one
            .rsplit_once("--=_b\r\n")
            .unwrap()
            .1
            .rsplit_once("--=_b--")
            .unwrap()
            .0;
        multipart(&format!("--b\r\n{part}").repeat(n))
    }),
    shape("yEnc beginnings", 1_000_000, |n| {
        body("text/plain", "", "=ybegin line=128 size=1 name=a\r\n", n)
    }),
    shape("PGP beginnings", 1_000_000, |n| {
        body("text/plain", "", "-----BEGIN PGP MESSAGE-----\r\n", n)
    }),
    shape("AppleDouble halves", 1_000_000, |n| {
        with_part(
            "Content-Type: application/applefile",
            &[
                &b"\0\x05\x16\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff"[..],
                &b"\0\0\0\x01\0\0\0\0\xff\xff\xff\xff".repeat(n),
            ]
            .concat(),
        )
    }),
    // Calendars
    shape("events", 1_000_000, |n| {
        body(
            "text/calendar; method=REQUEST",
            "",
            "BEGIN:VEVENT\r\nSUMMARY:a\r\nEND:VEVENT\r\n",
            n,
        )
    }),
    shape("events that begin", 1_000_000, |n| {
        body("text/calendar; method=REQUEST", "", "BEGIN:VEVENT\r\n", n)
    }),
    shape("guests", 1_000_000, |n| {
        let guests = "ATTENDEE;CN=A:mailto:a@x.example\r\n".repeat(n);
        body(
            "text/calendar; method=REQUEST",
            "",
            &format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{guests}END:VEVENT\r\n"),
            1,
        )
    }),
    shape("folds of a calendar", 1_000_000, |n| {
        body(
            "text/calendar; method=REQUEST",
            "",
            &format!(
                "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:a{}",
                "\r\n a".repeat(n)
            ),
            1,
        )
    }),
    shape("cards", 1_000_000, |n| {
        with_part(
            "Content-Type: text/vcard; name=a.vcf",
            "BEGIN:VCARD\r\nFN:A\r\nEND:VCARD\r\n".repeat(n).as_bytes(),
        )
    }),
    shape("reports", 1_000_000, |n| {
        let people = "\r\nFinal-Recipient: rfc822; a@x.example\r\nAction: failed\r\n".repeat(n);
        format!("From: a@x.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n{people}\r\n--b--\r\n").into_bytes()
    }),
];

/// What is written for each number, one after the other.
fn each(n: usize, write: impl Fn(usize) -> String) -> String {
    (0..n).fold(String::new(), |all, number| all + &write(number))
}

fn field(before: &str, run: &str, times: usize, after: &str) -> Vec<u8> {
    format!(
        "From: a@x.example\r\n{before}{}{after}\r\nMIME-Version: 1.0\r\n\r\nhej\r\n",
        run.repeat(times)
    )
    .into_bytes()
}

fn raw_field(before: &[u8], run: &[u8], times: usize) -> Vec<u8> {
    [
        b"From: a@x.example\r\n",
        before,
        &run.repeat(times),
        b"\r\n\r\nhej\r\n",
    ]
    .concat()
}

fn multipart(parts: &str) -> Vec<u8> {
    format!(
        "From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{parts}\r\n--b--\r\n"
    )
    .into_bytes()
}

fn with_part(fields: &str, content: &[u8]) -> Vec<u8> {
    let head = format!(
        "From: a@x.example\r\nContent-Type: multipart/mixed; boundary=\"=_b\"\r\n\r\n--=_b\r\n\r\nhej\r\n--=_b\r\n{fields}\r\n\r\n"
    );
    [head.as_bytes(), content, b"\r\n--=_b--\r\n"].concat()
}

fn body(media_type: &str, encoding: &str, run: &str, times: usize) -> Vec<u8> {
    let encoding = if encoding.is_empty() {
        "8bit"
    } else {
        encoding
    };
    format!("From: a@x.example\r\nContent-Type: {media_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{}\r\n", run.repeat(times)).into_bytes()
}

fn raw_body(media_type: &str, content: &[u8]) -> Vec<u8> {
    let head = format!(
        "From: a@x.example\r\nContent-Type: {media_type}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    );
    [head.as_bytes(), content].concat()
}

fn html(run: &str, times: usize) -> Vec<u8> {
    body("text/html; charset=utf-8", "", run, times)
}

fn base64(bytes: &[u8]) -> String {
    STANDARD
        .encode(bytes)
        .as_bytes()
        .chunks(76)
        .map(|line| String::from_utf8_lossy(line) + "\r\n")
        .collect()
}

fn encoded(fields: &str, content: &[u8]) -> Vec<u8> {
    with_part(
        &format!("{fields}\r\nContent-Transfer-Encoding: base64"),
        base64(content).as_bytes(),
    )
}

fn tnef_attribute(level: u8, number: u16, value: &[u8]) -> Vec<u8> {
    let kind = if number == 0x8010 { 1_u16 } else { 6 };
    let sum = value
        .iter()
        .fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
    [
        &[level][..],
        &number.to_le_bytes(),
        &kind.to_le_bytes(),
        &(value.len() as u32).to_le_bytes(),
        value,
        &sum.to_le_bytes(),
    ]
    .concat()
}

fn tnef_bytes(attributes: &[u8]) -> Vec<u8> {
    [&[0x78, 0x9f, 0x3e, 0x22, 1, 0][..], attributes].concat()
}

fn as_tnef(bytes: &[u8]) -> Vec<u8> {
    encoded("Content-Type: application/ms-tnef; name=winmail.dat", bytes)
}

fn tnef(attributes: &[u8]) -> Vec<u8> {
    as_tnef(&tnef_bytes(attributes))
}

/// A message whose text is this RTF, which is stored compressed or not.
fn tnef_rtf(rtf: &[u8]) -> Vec<u8> {
    tnef(&tnef_rtf_attribute(rtf))
}

fn tnef_rtf_attribute(rtf: &[u8]) -> Vec<u8> {
    let padding = vec![0; rtf.len().next_multiple_of(4) - rtf.len()];
    let block = [
        &b"\x01\0\0\0\x02\x01\x09\x10\x01\0\0\0"[..],
        &(rtf.len() as u32).to_le_bytes(),
        rtf,
        &padding,
    ]
    .concat();
    tnef_attribute(1, 0x9003, &block)
}

/// Text of one letter, of which two bytes copy sixteen.
fn packed_rtf(bytes: usize) -> Vec<u8> {
    let run = [&[0xff][..], &[0x0d, 0x6e].repeat(8)].concat();
    let packed = [b"\0{\\rtf1 a", &run.repeat(bytes / run.len())[..]].concat();
    [
        &(packed.len() as u32 + 12).to_le_bytes()[..],
        &u32::MAX.to_le_bytes(),
        b"LZFu",
        &[0; 4],
        &packed,
    ]
    .concat()
}

fn stored_rtf(rtf: &[u8]) -> Vec<u8> {
    [
        &(rtf.len() as u32 + 12).to_le_bytes()[..],
        &(rtf.len() as u32).to_le_bytes(),
        b"MELA",
        &[0; 4],
        rtf,
    ]
    .concat()
}

/// A message of Outlook with others within it, one in the other, or with files.
fn msg(depth: usize, files: usize) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    let mut path = String::new();
    for level in 0..=depth {
        let head = if level == 0 { 32 } else { 24 };
        stream(
            &mut file,
            &format!("{path}/__properties_version1.0"),
            &vec![0; head],
        );
        let subject: Vec<u8> = "Klage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        stream(&mut file, &format!("{path}/__substg1.0_0037001F"), &subject);
        if level < depth {
            path += "/__attach_version1.0_#00000000";
            file.create_storage(&path).unwrap();
            stream(
                &mut file,
                &format!("{path}/__properties_version1.0"),
                &[0; 8],
            );
            path += "/__substg1.0_3701000D";
            file.create_storage(&path).unwrap();
        }
    }
    for number in 0..files {
        let storage = format!("{path}/__attach_version1.0_#{number:08X}");
        file.create_storage(&storage).unwrap();
        stream(
            &mut file,
            &format!("{storage}/__properties_version1.0"),
            &[0; 8],
        );
        stream(&mut file, &format!("{storage}/__substg1.0_37010102"), b"x");
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}

fn stream(file: &mut cfb::CompoundFile<Cursor<Vec<u8>>>, path: &str, bytes: &[u8]) {
    file.create_stream(path).unwrap().write_all(bytes).unwrap();
}

fn as_msg(bytes: &[u8]) -> Vec<u8> {
    encoded(
        "Content-Type: application/vnd.ms-outlook; name=klage.msg",
        bytes,
    )
}

/// A signed content up to where the content itself begins, all of indefinite length.
fn signed_head() -> Vec<u8> {
    [
        &b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x00"[..],
        b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80",
    ]
    .concat()
}

fn signed(content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u32).to_be_bytes();
    [&signed_head()[..], b"\x04\x84", &length, content, &[0; 10]].concat()
}

fn as_p7m(bytes: &[u8]) -> Vec<u8> {
    encoded(
        "Content-Type: application/pkcs7-mime; name=smime.p7m",
        bytes,
    )
}

/// Runs of 255 equal bytes, each of three bytes of the file.
fn binhex_bomb(bytes: usize) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";
    let data = (bytes as u32).saturating_mul(85).to_be_bytes();
    let mut plain = b"\x05a.txt\0TEXTttxt\0\0".to_vec();
    plain.extend(data);
    plain.extend([0; 6]);
    plain.extend(b"a\x90\xff".repeat(bytes / 3));
    let letters: Vec<u8> = plain
        .chunks(3)
        .flat_map(|three| {
            let bits = three
                .iter()
                .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
                << (8 * (3 - three.len()));
            [18, 12, 6, 0].map(|shift| LETTERS[(bits >> shift & 63) as usize])
        })
        .collect();
    let lines: Vec<u8> = letters
        .chunks(64)
        .flat_map(|line| [line, b"\r\n"].concat())
        .collect();
    let content = [
        &b"(This file must be converted with BinHex 4.0)\r\n\r\n:"[..],
        &lines,
        b":\r\n",
    ]
    .concat();
    with_part(
        "Content-Type: application/mac-binhex40; name=a.hqx",
        &content,
    )
}
