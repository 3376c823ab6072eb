//! What is put right in a mail's bytes before it is read: where it begins, and what its parts are cut by.
//!
//! Most mails need none of it and are read where they lie. When the parser finds a mail damaged in a way that is known,
//! the mail is copied with the few bytes that mislead it put right, and read again; parts then have the places they
//! have in the copy. What is kept of a mail is always its own bytes.

use std::{borrow::Cow, ops::Range};

use mail_parser::{Header, Message, MessageParser, MessagePart, MessageRef, PartFlags, Source};

use super::{boundary, note};
use crate::domain::mail::Warning;

/// Damage may show only when what it lies in was put right; more layers are left as they are.
const MAX_ROUNDS: usize = 3;
/// Content-Types of a part whose boundaries are looked for in it.
const MAX_TYPES: usize = 20;
/// Fields that begin a mail, as far as what stands before them may be skipped.
const FIRST_FIELDS: [&str; 16] = [
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "Received",
    "Return-Path",
    "Delivered-To",
    "Sender",
    "Reply-To",
    "MIME-Version",
    "Content-Type",
    "X-Mailer",
    "X-Mozilla-Status",
    "DKIM-Signature",
];

/// The mail without what stands before its first header field: a byte order mark, empty lines, an mbox line.
pub(super) fn start(raw: &[u8]) -> &[u8] {
    let mut rest = raw;
    loop {
        rest = rest.strip_prefix(b"\xef\xbb\xbf").unwrap_or(rest);
        let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
            return rest;
        };
        let (line, after) = rest.split_at(end + 1);
        let is_mbox_line = line.starts_with(b"From ") || line.starts_with(b">From ");
        if !is_mbox_line && !line.trim_ascii().is_empty() {
            return rest;
        }
        rest = after;
    }
}

/// Reads a mail, and says what had to be put right for it.
pub(super) fn parse<'r>(
    parser: &MessageParser,
    raw: &'r [u8],
) -> Option<(Message<'r>, Vec<Warning>)> {
    let mut warnings = Vec::new();
    let begun = start(raw);
    if begun.len() < raw.len() {
        note(
            &mut warnings,
            "start_skipped",
            "something stood before the first header field",
        );
    }
    let mut message = match with_line_ends(begun) {
        Cow::Borrowed(bytes) => parser.parse(bytes)?,
        Cow::Owned(bytes) => parser.parse_owned(bytes)?,
    };
    for _ in 0..MAX_ROUNDS {
        let mut edits = Edits::default();
        for part in message.parts() {
            edits.of_part(&part);
        }
        for nested in message.messages().skip(1) {
            edits.of_start(nested);
        }
        if edits.edits.is_empty() {
            break;
        }
        for (code, detail) in edits.said {
            note(&mut warnings, code, detail);
        }
        let mended = applied(message.raw(), edits.edits);
        message = parser.parse_owned(mended)?;
    }
    Some((message, warnings))
}

/// Mails saved as UTF-16, or with the line ends of old Macintoshes.
fn with_line_ends(raw: &[u8]) -> Cow<'_, [u8]> {
    let wide = match raw {
        [0xff, 0xfe, ..] => Some(encoding_rs::UTF_16LE),
        [0xfe, 0xff, ..] => Some(encoding_rs::UTF_16BE),
        _ => None,
    };
    if let Some(wide) = wide {
        return Cow::Owned(
            wide.decode_with_bom_removal(raw)
                .0
                .into_owned()
                .into_bytes(),
        );
    }
    let first_end = raw.iter().find(|byte| matches!(byte, b'\r' | b'\n'));
    if first_end == Some(&b'\r') && !raw.contains(&b'\n') {
        let ends = |byte: &u8| if *byte == b'\r' { b'\n' } else { *byte };
        return Cow::Owned(raw.iter().map(ends).collect());
    }
    Cow::Borrowed(raw)
}

/// Bytes of the mail and what stands in their place.
struct Edit {
    at: Range<usize>,
    with: Vec<u8>,
}

fn applied(raw: &[u8], mut edits: Vec<Edit>) -> Vec<u8> {
    edits.sort_by_key(|edit| (edit.at.start, edit.at.end));
    let mut out = Vec::with_capacity(raw.len() + 200);
    let mut done = 0;
    for edit in edits {
        if edit.at.start < done {
            continue;
        }
        out.extend_from_slice(raw.get(done..edit.at.start).unwrap_or_default());
        out.extend(edit.with);
        done = edit.at.end;
    }
    out.extend_from_slice(raw.get(done..).unwrap_or_default());
    out
}

#[derive(Default)]
struct Edits {
    edits: Vec<Edit>,
    said: Vec<(&'static str, &'static str)>,
}

impl Edits {
    /// Parts of a mail that was itself encoded are left as they are.
    fn of_part(&mut self, part: &MessagePart<'_>) {
        if !matches!(part.message().source(), Source::Raw) {
            return;
        }
        if !part.has_known_transfer_encoding() || is_twice(part, "Content-Transfer-Encoding") {
            self.of_encoding(part);
        }
        if part.flags().contains(PartFlags::NO_BLANK_LINE) {
            self.of_header_end(part);
        }
        if is_twice(part, "Content-Type") && self.of_types(part) {
            return;
        }
        if !part.is_multipart() {
            self.of_boundary(part);
        }
    }

    /// A header without an empty line behind it ends where a line is no field.
    fn of_header_end(&mut self, part: &MessagePart<'_>) {
        let header = part.raw_headers();
        let mut rest = header;
        while !rest.is_empty() {
            let end = rest
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(rest.len(), |at| at + 1);
            let (line, after) = rest.split_at(end);
            if !is_of_header(line) && !line.trim_ascii().is_empty() {
                let at = part.offset_header() as usize + header.len() - rest.len();
                self.replace(at..at, b"\r\n".to_vec());
                self.say(
                    "header_unended",
                    "no empty line ends a header; it ends where a line is no field",
                );
                return;
            }
            rest = after;
        }
    }

    /// `base64;`, `Quoted Printable`, or one encoding said twice.
    fn of_encoding(&mut self, part: &MessagePart<'_>) {
        let fields: Vec<Header<'_>> = part.headers().all("Content-Transfer-Encoding").collect();
        let names: Vec<Option<&str>> = fields
            .iter()
            .map(|field| encoding(field.raw_value()))
            .collect();
        let body = part.raw_body();
        let first = names.iter().flatten().next().copied();
        let agree = names.iter().flatten().all(|name| Some(*name) == first);
        let Some(name) = (if agree {
            first
        } else {
            Some(encoding_of(body))
        }) else {
            return;
        };
        let is_read_so = fields.last().is_some_and(|field| {
            field
                .raw_value()
                .trim_ascii()
                .eq_ignore_ascii_case(name.as_bytes())
        });
        if let Some(field) = fields.last().filter(|_| !is_read_so) {
            self.replace(
                field.offset_start() as usize..field.offset_end() as usize,
                format!(" {name}\r\n").into_bytes(),
            );
            self.say(
                "encoding_unclear",
                "a transfer encoding is misspelled or said twice; it was told from what was meant",
            );
        }
    }

    /// Two Content-Types: the first counts, or the one whose parts are there. True when something changed.
    fn of_types(&mut self, part: &MessagePart<'_>) -> bool {
        let fields: Vec<Header<'_>> = part.headers().all("Content-Type").collect();
        let body = part.raw_body();
        let cuts_body = |field: &Header<'_>| {
            let parsed = mail_parser::HeaderForm::ContentType.parse(field.raw_value());
            parsed
                .value()
                .as_content_type()
                .filter(|content| content.ctype().eq_ignore_ascii_case("multipart"))
                .and_then(|content| content.attribute("boundary"))
                .is_some_and(|boundary| boundary::cuts(body, boundary.as_bytes()))
        };
        let is_type = |field: &Header<'_>| field.raw_value().contains(&b'/');
        let counts = fields
            .iter()
            .take(MAX_TYPES)
            .position(cuts_body)
            .or_else(|| fields.iter().position(is_type))
            .unwrap_or_default();
        let value = |at: usize| fields.get(at).map(|field| field.raw_value().trim_ascii());
        if value(counts) == value(fields.len().saturating_sub(1)) {
            return false;
        }
        for (index, field) in fields.iter().enumerate() {
            if index != counts {
                let at = field.offset_field() as usize;
                self.replace(at..at + 1, b"X".to_vec());
            }
        }
        self.say(
            "header_twice",
            "Content-Type stands more than once; one of them counts",
        );
        true
    }

    /// Parts that no boundary, or another than the one said, cuts from each other.
    fn of_boundary(&mut self, part: &MessagePart<'_>) {
        let Some(field) = part.headers().all("Content-Type").next() else {
            return self.of_unsaid_boundary(part);
        };
        let is_multipart = begins_with(field.raw_value(), b"multipart");
        if part.raw().starts_with(b"--") && !is_multipart {
            return self.of_unsaid_boundary(part);
        }
        if !is_multipart {
            return self.of_kind(part, field);
        }
        let declared = part
            .content_type()
            .and_then(|content| content.attribute("boundary"))
            .unwrap_or_default()
            .trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
        let Some(boundary) = boundary::of(part.raw_body(), declared) else {
            return self.of_uncut(part, field);
        };
        if part
            .content_type()
            .and_then(|content| content.attribute("boundary"))
            == Some(boundary)
        {
            return;
        }
        let value = String::from_utf8_lossy(field.raw_value());
        let (kind, parameters) = value.split_once(';').unwrap_or((&value, ""));
        let (main, sub) = kind.trim().split_once('/').unwrap_or((kind.trim(), ""));
        let sub = if sub.trim().is_empty() {
            "mixed"
        } else {
            sub.trim()
        };
        let parameters = boundary::renamed(parameters, "boundary");
        let with = format!(
            " {}/{sub}; boundary=\"{boundary}\"; {}\r\n",
            main.trim(),
            parameters.trim()
        );
        self.replace(
            field.offset_start() as usize..field.offset_end() as usize,
            with.into_bytes(),
        );
        self.say_boundary();
    }

    /// A multipart that nothing cuts is a text; a report stays one, since that is what its mail is known by.
    fn of_uncut(&mut self, part: &MessagePart<'_>, field: Header<'_>) {
        let is_cut_short = part.flags().contains(PartFlags::LIMIT_REACHED);
        let is_report = begins_with(field.raw_value(), b"multipart/report");
        if is_cut_short || is_report || part.raw_body().trim_ascii().is_empty() {
            return;
        }
        self.replace(
            field.offset_start() as usize..field.offset_end() as usize,
            b" text/plain\r\n".to_vec(),
        );
        self.say(
            "boundary_missing",
            "the boundary between parts does not occur",
        );
    }

    /// `Content-Type: text; charset=utf-8` is plain text (RFC 2045 5.2).
    fn of_kind(&mut self, part: &MessagePart<'_>, field: Header<'_>) {
        let value = field.raw_value();
        let kind = value.split(|byte| *byte == b';').next().unwrap_or_default();
        let is_file = part.attachment_name().is_some()
            || part
                .content_disposition()
                .is_some_and(|disposition| disposition.is_attachment());
        if kind.contains(&b'/') || is_file {
            return;
        }
        let at = field.offset_start() as usize;
        let ends = value.get(kind.len()..).unwrap_or_default().is_empty();
        let with = if ends {
            " text/plain\r\n"
        } else {
            " text/plain"
        };
        self.replace(at..at + kind.len(), with.as_bytes().to_vec());
        self.say(
            "type_unclear",
            "a part does not say what it is; it was read as text",
        );
    }

    /// Parts that begin with a boundary though nothing says that there are any; also before the first field.
    fn of_unsaid_boundary(&mut self, part: &MessagePart<'_>) {
        let has_no_header = part.raw().starts_with(b"--");
        let body = if has_no_header {
            part.raw()
        } else {
            start(part.raw_body())
        };
        if !body.starts_with(b"--") {
            return;
        }
        let Some(boundary) = boundary::of(body, "") else {
            return;
        };
        let is_first_line = body
            .strip_prefix(b"--")
            .is_some_and(|line| line.starts_with(boundary.as_bytes()));
        if !is_first_line {
            return;
        }
        let end = if has_no_header { "\r\n\r\n" } else { "\r\n" };
        let with = format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"{end}");
        let at = part.offset_header() as usize;
        self.replace(at..at, with.into_bytes());
        self.say_boundary();
    }

    /// A mail within the mail that begins with an empty line has its fields behind it.
    fn of_start(&mut self, nested: MessageRef<'_>) {
        let root = nested.root_part();
        if !matches!(nested.source(), Source::Raw) || !root.headers().is_empty() {
            return;
        }
        let whole = root.raw();
        let begun = start(whole);
        let skipped = whole.len() - begun.len();
        if skipped > 0 && begins_with_field(begun) {
            let at = root.offset_header() as usize;
            self.replace(at..at + skipped, Vec::new());
            self.say(
                "start_skipped",
                "something stood before the first header field",
            );
        }
    }

    fn replace(&mut self, at: Range<usize>, with: Vec<u8>) {
        self.edits.push(Edit { at, with });
    }

    fn say(&mut self, code: &'static str, detail: &'static str) {
        self.said.push((code, detail));
    }

    fn say_boundary(&mut self) {
        self.say(
            "boundary_guessed",
            "the boundary between the parts was not the one said; it was told from the parts",
        );
    }
}

/// A field, a line that one goes on in, or an mbox line.
fn is_of_header(line: &[u8]) -> bool {
    if line.starts_with(b" ")
        || line.starts_with(b"\t")
        || line.starts_with(b"From ")
        || line.starts_with(b">From ")
    {
        return true;
    }
    let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
    name.len() < line.len()
        && !name.is_empty()
        && name.trim_ascii_end().iter().all(u8::is_ascii_graphic)
}

fn is_twice(part: &MessagePart<'_>, name: &str) -> bool {
    part.headers().all(name).nth(1).is_some()
}

/// The transfer encoding that is meant.
fn encoding(value: &[u8]) -> Option<&'static str> {
    let word: Vec<u8> = value
        .iter()
        .take(200)
        .filter(|byte| byte.is_ascii_alphanumeric())
        .map(u8::to_ascii_lowercase)
        .collect();
    [
        ("base64", "base64"),
        ("quotedprintable", "quoted-printable"),
        ("7bit", "7bit"),
        ("8bit", "8bit"),
        ("binary", "binary"),
        ("utf8", "8bit"),
        ("usascii", "7bit"),
        ("none", "7bit"),
    ]
    .into_iter()
    .find(|(meant, _)| word.starts_with(meant.as_bytes()) || word.ends_with(meant.as_bytes()))
    .map(|(_, name)| name)
}

/// The transfer encoding that a body looks like.
fn encoding_of(body: &[u8]) -> &'static str {
    let sample = body.get(..body.len().min(10_000)).unwrap_or(body);
    let is_base64 = |byte: &u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'\r' | b'\n')
    };
    let escapes = sample
        .windows(3)
        .filter(|three| {
            three.first() == Some(&b'=') && three.iter().skip(1).all(u8::is_ascii_hexdigit)
        })
        .count();
    if !sample.is_empty() && sample.iter().all(is_base64) {
        "base64"
    } else if escapes > 0 || sample.windows(2).any(|two| two == b"=\n" || two == b"=\r") {
        "quoted-printable"
    } else {
        "8bit"
    }
}

fn begins_with(value: &[u8], word: &[u8]) -> bool {
    value
        .trim_ascii_start()
        .get(..word.len())
        .is_some_and(|begun| begun.eq_ignore_ascii_case(word))
}

fn begins_with_field(bytes: &[u8]) -> bool {
    let line = bytes.get(..bytes.len().min(80)).unwrap_or(bytes);
    let Some(colon) = line.iter().position(|byte| *byte == b':') else {
        return false;
    };
    let name = line.get(..colon).unwrap_or_default().trim_ascii_end();
    FIRST_FIELDS
        .iter()
        .any(|field| name.eq_ignore_ascii_case(field.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::start;
    use crate::growth::assert_linear;
    use crate::mime::{attachment, fingerprint, parse};

    const MAIL: &str =
        "From: a@x.example\r\nSubject: Hæk\r\nDate: Tue, 3 Feb 2026 12:04:05 GMT\r\n\r\nhej\r\n";

    fn lines(text: &str) -> Vec<u8> {
        text.replace('\n', "\r\n").into_bytes()
    }

    fn codes(raw: &[u8]) -> Vec<String> {
        parse(raw).warnings.into_iter().map(|w| w.code).collect()
    }

    #[test]
    fn what_stands_before_a_mail_is_no_part_of_it() {
        let plain = parse(MAIL.as_bytes());
        for before in [
            "\r\n",
            "\n\n",
            "          \r\n",
            "\u{feff}",
            "From a@x.example Tue Feb  3 12:04:05 2026\r\n",
            ">From a@x.example Tue Feb  3 12:04:05 2026\r\n",
            "\u{feff}\r\nFrom a@x.example Tue Feb  3 12:04:05 2026\r\n",
        ] {
            let raw = format!("{before}{MAIL}");
            let mail = parse(raw.as_bytes());
            assert_eq!(
                (mail.subject.as_str(), mail.text.as_str()),
                ("Hæk", "hej"),
                "{before:?}"
            );
            assert_eq!(mail.warnings[0].code, "start_skipped", "{before:?}");
            assert_eq!(start(raw.as_bytes()), MAIL.as_bytes());
            assert_eq!(
                fingerprint(raw.as_bytes(), &mail),
                fingerprint(MAIL.as_bytes(), &plain),
                "{before:?}"
            );
        }
        assert_eq!(start(b"\n\n"), b"");
    }

    #[test]
    fn mails_of_old_macintoshes_and_in_utf_16_are_read() {
        let wide: Vec<u8> = "\u{feff}"
            .encode_utf16()
            .chain(MAIL.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        for raw in [MAIL.replace("\r\n", "\r").into_bytes(), wide] {
            let mail = parse(&raw);
            assert_eq!((mail.subject.as_str(), mail.text.as_str()), ("Hæk", "hej"));
        }
    }

    #[test]
    fn parts_are_found_whatever_boundary_was_said() {
        for kind in [
            "multipart/mixed",
            "multipart/mixed; boundary=",
            "multipart/mixed; boundary=\"\"",
            "multipart/mixed; boundary=\"anden\"",
            "multipart/mixed; boundary=\"b1 \"",
            "multipart/mixed; boundary=\" b1\"",
            "multipart/mixed; boundary='b1'",
            "multipart/mixed; boundary=B1",
            "multipart/mixed; boundary=\"b1",
            "multipart; boundary=b1",
            "Multipart/Mixed; charset=utf-8; BOUNDARY = b1",
        ] {
            let raw = lines(&format!(
                "From: a@x.example\nContent-Type: {kind}\n\n--b1\nContent-Type: text/plain\n\nSe bilag\n\
                 --b1\nContent-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\nJVBERg==\n--b1--\n"
            ));
            let mail = parse(&raw);
            assert_eq!(mail.text, "Se bilag", "{kind}");
            assert_eq!(mail.attachments.len(), 1, "{kind}");
            assert_eq!(mail.attachments[0].name, "a.pdf", "{kind}");
            assert_eq!(attachment(&raw, &[0]).unwrap().1, b"%PDF", "{kind}");
        }
    }

    #[test]
    fn parts_are_found_without_any_type() {
        let parts = "--b1\nContent-Type: text/plain\n\nSe bilag\n--b1\nContent-Type: application/pdf\n\nx\n--b1--\n";
        for head in ["From: a@x.example\nSubject: x\n\n", ""] {
            let mail = parse(&lines(&format!("{head}{parts}")));
            assert_eq!(mail.text, "Se bilag", "{head}");
            assert_eq!(mail.attachments.len(), 1, "{head}");
        }
    }

    #[test]
    fn what_nothing_cuts_or_names_is_a_text() {
        for kind in [
            "multipart/mixed; boundary=b",
            "multipart/mixed",
            "text; charset=utf-8",
            "text",
            "",
            "tekst",
        ] {
            let raw = lines(&format!(
                "From: a@x.example\nContent-Type: {kind}\nSubject: x\n\nKære Birthe\n"
            ));
            let mail = parse(&raw);
            assert_eq!(
                (mail.subject.as_str(), mail.text.as_str()),
                ("x", "Kære Birthe"),
                "{kind}"
            );
            assert!(mail.attachments.is_empty(), "{kind}");
        }
    }

    #[test]
    fn lines_of_dashes_cut_no_text() {
        let raw = lines("From: a@x.example\n\n-- \nInge\n-----\nContent er godt\n--b\n");
        assert_eq!(parse(&raw).attachments.len(), 0);
        assert!(codes(&raw).is_empty());
    }

    #[test]
    fn a_transfer_encoding_is_read_as_it_was_meant() {
        for (encoding, body) in [
            ("BASE64", "SMOmaw=="),
            ("base64;", "SMOmaw=="),
            (" Base64 (ikke 7bit)", "SMOmaw=="),
            ("\"base64\"", "SMOmaw=="),
            ("quoted printable", "H=C3=A6k"),
            ("Quoted-Printable;", "H=C3=A6k"),
            ("7bit\nContent-Transfer-Encoding: base64", "SMOmaw=="),
            ("base64\nContent-Transfer-Encoding: 7bit", "SMOmaw=="),
            ("8-bit", "Hæk"),
        ] {
            let raw = lines(&format!(
                "From: a@x.example\nContent-Transfer-Encoding: {encoding}\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"
            ));
            assert_eq!(parse(&raw).text, "Hæk", "{encoding}");
        }
    }

    #[test]
    fn the_first_of_two_types_counts_unless_parts_are_cut_by_another() {
        let raw = lines(
            "From: a@x.example\nContent-Type: text/plain; charset=iso-8859-1\nContent-Type: text/html\n\n1 < 2\n",
        );
        assert_eq!(parse(&raw).text, "1 < 2");
        assert_eq!(codes(&raw), ["header_twice"]);
        let raw = lines(
            "From: a@x.example\nContent-Type: text/plain\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhej\n--b\nContent-Type: a/b\n\nx\n--b--\n",
        );
        assert_eq!(parse(&raw).attachments.len(), 1);
    }

    #[test]
    fn a_mail_within_the_mail_that_begins_with_an_empty_line_keeps_its_fields() {
        let raw = lines(
            "From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n\n\
             From: c@x.example\nSubject: Klage\n\nStøj\n--b--\n",
        );
        let mail = parse(&raw);
        let nested = mail.attachments[0].mail.as_ref().unwrap();
        assert_eq!(
            (nested.subject.as_str(), nested.text.as_str()),
            ("Klage", "Støj")
        );
    }

    #[test]
    fn a_header_that_no_empty_line_ends_ends_where_a_line_is_no_field() {
        let raw = lines("From: a@x.example\nSubject: For høj\n hæk\nKære Birthe\nHækken: se her\n");
        let mail = parse(&raw);
        assert_eq!(
            (mail.subject.as_str(), mail.text.as_str()),
            ("For høj hæk", "Kære Birthe\nHækken: se her")
        );
        assert_eq!(codes(&raw), ["header_unended"]);
        let raw = lines(
            "From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\nKære Birthe\n--b\n--b--\n",
        );
        assert_eq!(parse(&raw).text, "Kære Birthe");
        assert!(codes(b"From: a@x.example\r\nSubject: x\r\n").is_empty());
    }

    #[test]
    fn the_time_grows_with_the_mail_alone() {
        for run in [
            "--b\n",
            "--\n",
            "\n",
            "From x\n",
            "--b\nContent-Type: multipart/mixed\n\n",
        ] {
            let headed = |n| {
                format!(
                    "From: a@x.example\nContent-Type: multipart/mixed\n\n{}",
                    run.repeat(n)
                )
            };
            assert_linear(run, 1_500, headed, |raw| {
                parse(raw.as_bytes());
            });
            let runs = |n| run.repeat(n);
            assert_linear(run, 1_500, runs, |raw| {
                parse(raw.as_bytes());
            });
        }
    }
}
