//! `*_decoded.xml` of mime4j: the parts of a mail, and each one's bytes in a file of its own.

use std::fs;

use quick_xml::{Reader, events::Event};
use sagspost::{
    domain::mail::{Attachment, Mail},
    mime,
};

use crate::Sample;

pub fn check(sample: &Sample) -> Vec<String> {
    let Some(stem) = sample.name.strip_suffix(".msg") else {
        return Vec::new();
    };
    let stem = stem.rsplit('/').next().unwrap_or_default();
    let Ok(xml) = fs::read(sample.path.with_file_name(format!("{stem}_decoded.xml"))) else {
        return Vec::new();
    };
    let bodies = bodies_of(&xml);
    let read = |name: &str| fs::read(sample.path.with_file_name(name)).unwrap_or_default();
    differences(&sample.bytes, &bodies, read)
}

/// A leaf of the mail: the file of its bytes, and how many mails it lies in.
#[derive(Debug, PartialEq)]
struct Body {
    file: String,
    is_text: bool,
    depth: usize,
}

fn bodies_of(xml: &[u8]) -> Vec<Body> {
    let text: String = xml.iter().map(|byte| char::from(*byte)).collect();
    let mut reader = Reader::from_str(&text);
    let mut bodies = Vec::new();
    let mut depth = 0usize;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) if tag.name().as_ref() == b"message" => depth += 1,
            Ok(Event::End(tag)) if tag.name().as_ref() == b"message" => depth -= 1,
            Ok(Event::Empty(tag)) if tag.name().as_ref().ends_with(b"-body") => {
                let file = tag
                    .attributes()
                    .flatten()
                    .find(|attribute| attribute.key.as_ref() == b"name")
                    .map(|attribute| String::from_utf8_lossy(&attribute.value).into_owned());
                bodies.push(Body {
                    file: file.unwrap_or_default(),
                    is_text: tag.name().as_ref() == b"text-body",
                    depth,
                });
            }
            Ok(Event::Eof) | Err(_) => return bodies,
            Ok(_) => (),
        }
    }
}

/// Every body is a text that is shown or a file that is listed, with its bytes, as deep as it lies.
fn differences(raw: &[u8], bodies: &[Body], read: impl Fn(&str) -> Vec<u8>) -> Vec<String> {
    let mail = mime::parse(raw);
    let mut ours = Leaves::default();
    ours.of(&mail, raw, 1);
    let mut found = Vec::new();
    for body in bodies {
        let bytes = read(&body.file);
        let is_empty = bytes.trim_ascii().is_empty();
        if !is_empty && !ours.hold(body, &bytes) {
            found.push(format!("{} is not found", body.file));
        }
    }
    found
}

#[derive(Default)]
struct Leaves {
    /// Depth and letters of the texts shown.
    texts: Vec<(usize, String)>,
    /// Depth and bytes of the files listed.
    files: Vec<(usize, Vec<u8>)>,
}

impl Leaves {
    fn of(&mut self, mail: &Mail, raw: &[u8], depth: usize) {
        self.texts.push((depth, letters(&mail.text)));
        for (index, listed) in mail.attachments.iter().enumerate() {
            let bytes = mime::attachment(raw, index).map(|(_, bytes)| bytes);
            self.file(listed, bytes.unwrap_or_default(), depth);
        }
    }

    fn file(&mut self, listed: &Attachment, bytes: Vec<u8>, depth: usize) {
        match &listed.mail {
            Some(mail) => self.of(mail, &bytes, depth + 1),
            None => self.files.push((depth, bytes)),
        }
    }

    fn hold(&self, body: &Body, bytes: &[u8]) -> bool {
        // The line end before a boundary belongs to it; texts are compared by their letters.
        let is_file = self.files.iter().any(|(depth, ours)| {
            *depth == body.depth && ours.trim_ascii_end() == bytes.trim_ascii_end()
        });
        let text = letters(&latin(bytes));
        let utf_8 = letters(&String::from_utf8_lossy(bytes));
        let page = letters(&without_tags(&latin(bytes)));
        let is_shown = || {
            self.texts.iter().any(|(depth, ours)| {
                *depth == body.depth
                    && (ours.contains(&text) || ours.contains(&utf_8) || ours.contains(&page))
            })
        };
        is_file || (body.is_text && (is_shown() || self.is_other_form(body, &text)))
    }
}

impl Leaves {
    /// The page of a mail whose text is shown instead.
    fn is_other_form(&self, body: &Body, page: &str) -> bool {
        let starts = [
            "htmlhead", "DOCTYPE", "htmlbody", "HTMLHEAD", "HTMLBODY", "html", "HTML",
        ];
        starts.iter().any(|start| page.starts_with(start))
            && self
                .texts
                .iter()
                .any(|(depth, text)| *depth == body.depth && !text.is_empty())
    }
}

fn latin(bytes: &[u8]) -> String {
    encoding_rs::WINDOWS_1252
        .decode_without_bom_handling(bytes)
        .0
        .into_owned()
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn without_tags(page: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in page.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => out.push(c),
            _ => (),
        }
    }
    out
}

#[test]
fn parts_are_compared_by_where_they_lie_and_what_they_hold() {
    let xml = "<message>\r\n<header>\r\n<field>\r\nFrom: a</field>\r\n</header>\r\n<multipart>\r\n<body-part>\r\n\
               <header>\r\n</header>\r\n<text-body name=\"m_decoded_1_1.txt\"/>\r\n</body-part>\r\n<body-part>\r\n<message>\r\n\
               <binary-body name=\"m_decoded_1_2_1.bin\"/>\r\n</message>\r\n</body-part>\r\n</multipart>\r\n</message>\r\n";
    let bodies = bodies_of(xml.as_bytes());
    assert_eq!(
        bodies,
        [
            Body {
                file: "m_decoded_1_1.txt".to_owned(),
                is_text: true,
                depth: 1
            },
            Body {
                file: "m_decoded_1_2_1.bin".to_owned(),
                is_text: false,
                depth: 2
            },
        ]
    );
    let raw = b"From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhej\r\n--b\r\n\
                Content-Type: message/rfc822\r\n\r\nFrom: b@x.example\r\nContent-Type: image/png\r\n\r\nPNG\r\n--b--\r\n";
    let right = |file: &str| {
        if file.ends_with("1.txt") {
            b"hej".to_vec()
        } else {
            b"PNG".to_vec()
        }
    };
    assert!(differences(raw, &bodies, right).is_empty());
    let other = |file: &str| {
        if file.ends_with("1.txt") {
            b"nej".to_vec()
        } else {
            b"PNG".to_vec()
        }
    };
    assert_eq!(
        differences(raw, &bodies, other),
        ["m_decoded_1_1.txt is not found"]
    );
}
