//! The text of a mail, from the parts that are shown as text.
//!
//! What was written as text is taken, else what the HTML says. A mail of any size gives a text of bounded length, and
//! only about that much of its parts is decoded.

use mail_parser::{DecodeProblems, MessagePart, PartKind};

use super::{
    charset, charset::Doubt, cid, cid::References, flowed, html, parts::warning, written_twice,
};
use crate::domain::mail::Warning;

/// Text of a mail that is kept; what people write is far shorter.
const MAX_TEXT_BYTES: usize = 10 * 1024 * 1024;
/// How much of one part is decoded: HTML has more markup than text.
const MAX_SOURCE_BYTES: usize = 2 * MAX_TEXT_BYTES;

/// A text that stops growing at its limit.
#[derive(Default)]
pub(super) struct Text {
    text: String,
    cut: bool,
}

impl Text {
    pub(super) fn push(&mut self, more: &str) {
        let room = MAX_TEXT_BYTES.saturating_sub(self.text.len());
        let kept = more
            .get(..more.floor_char_boundary(room))
            .unwrap_or_default();
        self.text.push_str(kept);
        self.cut |= kept.len() < more.len();
    }

    pub(super) fn is_full(&self) -> bool {
        self.cut || self.text.len() >= MAX_TEXT_BYTES
    }

    /// The text without the empty lines around it, and whether it is not the whole.
    pub(super) fn trimmed(mut self) -> (String, bool) {
        self.text.truncate(self.text.trim_end().len());
        let start = self
            .text
            .find(|c: char| !c.is_whitespace())
            .and_then(|first| self.text.get(..first)?.rfind('\n'));
        if let Some(last_empty) = start {
            self.text.drain(..=last_empty);
        }
        (self.text, self.cut)
    }

    fn is_blank(&self) -> bool {
        self.text.trim_start().is_empty()
    }

    fn begin_part(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.push("\n");
        }
    }
}

/// The parts that are shown as text.
#[derive(Default)]
pub(super) struct Body<'m> {
    /// In the order they are read; HTML stands here where nothing was written as text.
    plain: Vec<MessagePart<'m>>,
    html: Vec<MessagePart<'m>>,
}

impl<'m> Body<'m> {
    pub(super) fn add(&mut self, part: MessagePart<'m>) {
        if part.in_text_body() {
            self.plain.push(part);
        }
        if matches!(part.kind(), PartKind::Html) {
            self.html.push(part);
        }
    }

    /// The text a reader sees.
    pub(super) fn text(&self, warnings: &mut Vec<Warning>) -> String {
        let mut text = Text::default();
        read(&self.plain, &mut text, warnings);
        if text.is_blank() {
            text = Text::default();
            read(&self.html, &mut text, warnings);
        }
        let (text, cut) = text.trimmed();
        if cut {
            warnings.push(warning(
                "text_cut",
                "only the first 10 MB of the text were read",
            ));
        }
        text
    }

    /// The Content-IDs that the text shows.
    pub(super) fn references(&self) -> References {
        let mut references = References::default();
        for part in self.html.iter().chain(&self.plain) {
            if let Some(text) = part.text_prefix_bytes(MAX_SOURCE_BYTES) {
                references.read(&text);
            }
        }
        references
    }
}

fn read(parts: &[MessagePart<'_>], text: &mut Text, warnings: &mut Vec<Warning>) {
    for part in parts {
        if text.is_full() {
            text.cut = true;
            return;
        }
        let source = decoded(part, warnings);
        text.begin_part();
        if matches!(part.kind(), PartKind::Html) {
            html::read(&source, text);
        } else {
            plain(part, &source, text);
        }
        // As long as the limit: there may have been more.
        text.cut |= source.len() + 3 >= MAX_SOURCE_BYTES;
    }
}

fn plain(part: &MessagePart<'_>, source: &str, text: &mut Text) {
    let parameter = |name, value: &str| {
        part.content_type()
            .and_then(|content| content.attribute(name))
            .is_some_and(|given| given.eq_ignore_ascii_case(value))
    };
    let source = cid::without_placeholders(source);
    if parameter("format", "flowed") {
        text.push(&flowed::joined(&source, parameter("delsp", "yes")));
        return;
    }
    let mut lines = source.split("\r\n");
    text.push(lines.next().unwrap_or_default());
    for line in lines {
        text.push("\n");
        text.push(line);
    }
}

fn decoded(part: &MessagePart<'_>, warnings: &mut Vec<Warning>) -> String {
    if part.raw_body().len() > MAX_SOURCE_BYTES {
        return part
            .text_prefix_bytes(MAX_SOURCE_BYTES)
            .unwrap_or_default()
            .into_owned();
    }
    let (bytes, problems) = part.decoded_checked();
    if problems.intersects(
        DecodeProblems::MALFORMED_TRANSFER_ENCODING | DecodeProblems::UNKNOWN_TRANSFER_ENCODING,
    ) {
        warnings.push(warning(
            "encoding_damaged",
            "the text's transfer encoding is damaged",
        ));
    }
    let label = part
        .content_type()
        .and_then(|content| content.attribute("charset"));
    let read = charset::of_body(bytes, label, matches!(part.kind(), PartKind::Html));
    match read.doubt {
        None => (),
        Some(Doubt::Unknown) => warnings.push(warning(
            "charset_unknown",
            "the text's character set is unknown; its letters were guessed",
        )),
        Some(Doubt::Damaged) => warnings.push(warning(
            "charset_damaged",
            "some letters of the text could not be read",
        )),
    }
    written_twice::mended(read.text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime::parse;

    #[test]
    fn a_text_without_end_is_cut_while_it_is_read() {
        for head in [
            "Content-Type: text/plain",
            "Content-Type: text/html",
            "Content-Type: text/plain; format=flowed",
        ] {
            let mut raw = format!("From: a@x.example\r\n{head}\r\n\r\n").into_bytes();
            raw.extend(b"hej hej \r\n".repeat(3_000_000));
            let mail = parse(&raw);
            assert!(mail.text.len() <= MAX_TEXT_BYTES, "{head}");
            assert!(mail.text.len() > MAX_TEXT_BYTES * 9 / 10, "{head}");
            assert_eq!(mail.warnings[0].code, "text_cut", "{head}");
        }
    }

    #[test]
    fn many_parts_share_one_limit() {
        let mut raw =
            b"From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b\r\n".to_vec();
        let part = [&b"\r\n--b\r\n\r\n"[..], &b"hej hej\r\n".repeat(700_000)].concat();
        raw.extend(part.repeat(3));
        let mail = parse(&raw);
        assert!(mail.text.len() <= MAX_TEXT_BYTES);
        assert!(mail.warnings.iter().any(|w| w.code == "text_cut"));
        assert!(!parse(&part).warnings.iter().any(|w| w.code == "text_cut"));
    }

    #[test]
    fn a_text_that_lies_about_its_character_set_keeps_its_letters() {
        for charset in ["utf-8", "us-ascii", "x-ukendt"] {
            let mut raw =
                format!("From: a@x.example\r\nContent-Type: text/plain; charset={charset}\r\n\r\n")
                    .into_bytes();
            raw.extend(b"bl\xc3\xa5b\xe6r");
            assert_eq!(parse(&raw).text, "blåbær", "{charset}");
        }
    }

    #[test]
    fn html_between_texts_is_read_where_it_stands() {
        let raw = "From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nFør\r\n\
                   --b\r\nContent-Type: text/html\r\n\r\n<p>Midt</p>\r\n--b\r\n\r\nEfter\r\n--b--\r\n";
        assert_eq!(parse(raw.as_bytes()).text, "Før\nMidt\nEfter");
    }
}
