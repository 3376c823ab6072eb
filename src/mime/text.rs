//! The text of a mail, from the parts that are shown as text.
//!
//! What was written as text is taken, else what the HTML says. A mail of any size gives a text of bounded length, and
//! only about that much of its parts is decoded.

use std::borrow::Cow;

use mail_parser::{DecodeProblems, MessagePart, PartKind};

use super::{charset, charset::Doubt, cid, cid::References, flowed, html, note, written_twice};
use crate::domain::mail::Warning;

/// Text of a mail that is kept; what people write is far shorter.
const MAX_TEXT_BYTES: usize = 10 * 1024 * 1024;
/// How much of one part is decoded: HTML has more markup than text.
pub(super) const MAX_SOURCE_BYTES: usize = 2 * MAX_TEXT_BYTES;

/// A text that merely says where to read the mail is no longer than this.
const MAX_REFERENCE_BYTES: usize = 400;

/// What is held of texts that came out of wrappers until they are read.
const MAX_HELD_BYTES: usize = 2 * MAX_SOURCE_BYTES;

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

    pub(super) fn is_blank(&self) -> bool {
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
    plain: Vec<Piece<'m>>,
    /// Likewise; text stands here where nothing was written as HTML.
    html: Vec<Piece<'m>>,
    /// What wrappers say, in both forms; read where the mail itself says nothing.
    wrapped: (Vec<Piece<'m>>, Vec<Piece<'m>>),
    held_bytes: usize,
    /// Wrappers held more than that.
    is_cut: bool,
}

#[derive(Clone)]
pub(super) enum Piece<'m> {
    Part(MessagePart<'m>),
    /// Taken out of a wrapper.
    Text(String),
    Html(String),
}

impl<'m> Body<'m> {
    pub(super) fn add(&mut self, part: MessagePart<'m>) {
        self.add_piece(part, &Piece::Part(part));
    }

    /// A part whose text holds more than is to be read.
    pub(super) fn add_text(&mut self, part: MessagePart<'m>, text: String) {
        let text = self.held(text);
        self.add_piece(part, &Piece::Text(text));
    }

    fn add_piece(&mut self, part: MessagePart<'m>, piece: &Piece<'m>) {
        if part.in_text_body() {
            self.plain.push(piece.clone());
        }
        if part.in_html_body() {
            self.html.push(piece.clone());
        }
    }

    /// What a wrapper says beside its files: it repeats the mail's own text, or is all there is.
    pub(super) fn fall_back_on(&mut self, text: Option<String>, html: Option<String>) {
        let text = text.map(|text| Piece::Text(self.held(text)));
        let html = html.map(|html| Piece::Html(self.held(html)));
        self.wrapped.0.extend(text.clone().or(html.clone()));
        self.wrapped.1.extend(html.or(text));
    }

    /// The first text that may be a file; a reader sees it where there is no other.
    pub(super) fn fall_back_on_part(&mut self, part: MessagePart<'m>) {
        if self.wrapped.0.is_empty() {
            self.wrapped.0.push(Piece::Part(part));
            self.wrapped.1.push(Piece::Part(part));
        }
    }

    /// What a wrapper held; it will not outlive the bytes it was read from.
    pub(super) fn take_over(&mut self, inner: &Body<'_>, warnings: &mut Vec<Warning>) {
        self.is_cut |= inner.is_cut;
        let mut kept = |pieces: &[Piece<'_>]| -> Vec<Piece<'m>> {
            let pieces = pieces.iter();
            pieces
                .map_while(|piece| self.kept(piece, warnings))
                .collect()
        };
        let (plain, html) = (kept(&inner.plain), kept(&inner.html));
        let wrapped = (kept(&inner.wrapped.0), kept(&inner.wrapped.1));
        self.plain.extend(plain);
        self.html.extend(html);
        self.wrapped.0.extend(wrapped.0);
        self.wrapped.1.extend(wrapped.1);
    }

    /// A piece as it may be held; `None` when enough is.
    fn kept(&mut self, piece: &Piece<'_>, warnings: &mut Vec<Warning>) -> Option<Piece<'static>> {
        if self.held_bytes >= MAX_HELD_BYTES {
            self.is_cut = true;
            return None;
        }
        Some(match piece.kept(warnings) {
            Piece::Text(text) => Piece::Text(self.held(text)),
            Piece::Html(html) => Piece::Html(self.held(html)),
            Piece::Part(_) => return None,
        })
    }

    /// As much of a text as may be held.
    fn held(&mut self, mut text: String) -> String {
        let room = MAX_HELD_BYTES.saturating_sub(self.held_bytes);
        if text.len() > room {
            text.truncate(text.floor_char_boundary(room));
            text.shrink_to_fit();
            self.is_cut = true;
        }
        self.held_bytes += text.len();
        text
    }

    /// What is read in a browser, as far as it was written for one; then what is read where that says nothing.
    pub(super) fn pages(&self) -> [&[Piece<'m>]; 3] {
        [&self.html, &self.plain, &self.wrapped.1]
    }

    /// The text a reader sees.
    pub(super) fn text(&self, warnings: &mut Vec<Warning>) -> String {
        let mut text = Text::default();
        for pieces in [&self.plain, &self.html, &self.wrapped.0] {
            text = Text::default();
            read(pieces, &mut text, warnings);
            if !text.is_blank() {
                break;
            }
        }
        if refers_to_page(&text.text)
            && let Some(page) = self.page_instead_of(&text.text)
        {
            text = page;
        }
        let (text, cut) = text.trimmed();
        if cut || self.is_cut {
            note(
                warnings,
                "text_cut",
                "only the first 10 MB of the text were read",
            );
        }
        text
    }

    /// What the HTML says, when it is more than the text and does not say the same.
    fn page_instead_of(&self, text: &str) -> Option<Text> {
        let mut page = Text::default();
        read(&self.html, &mut page, &mut Vec::new());
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_other = page.text.len() > text.len() && !words(&page.text).contains(&words(text));
        is_other.then_some(page)
    }

    /// The Content-IDs that the text shows.
    pub(super) fn references(&self) -> References {
        let mut references = References::default();
        let wrapped = self.wrapped.1.iter();
        for part in self.html.iter().chain(&self.plain).chain(wrapped) {
            match part {
                Piece::Part(part) => {
                    if let Some(text) = part.text_prefix_bytes(MAX_SOURCE_BYTES) {
                        references.read(&text);
                    }
                }
                Piece::Text(text) | Piece::Html(text) => references.read(text),
            }
        }
        references
    }
}

/// Whether a text may say no more than that the mail is to be read as HTML.
fn refers_to_page(text: &str) -> bool {
    text.len() <= MAX_REFERENCE_BYTES && {
        let text = text.to_lowercase();
        ["html", "browser"].iter().any(|word| text.contains(word))
    }
}

impl Piece<'_> {
    fn kept(&self, warnings: &mut Vec<Warning>) -> Piece<'static> {
        match self {
            Self::Text(text) => Piece::Text(text.clone()),
            Self::Html(html) => Piece::Html(html.clone()),
            Self::Part(part) => {
                let mut text = Text::default();
                let source = decoded(part, warnings);
                if matches!(part.kind(), PartKind::Html) {
                    return Piece::Html(source);
                }
                plain(part, &source, &mut text);
                Piece::Text(text.text)
            }
        }
    }

    /// Its HTML, when that is what it is.
    pub(super) fn html(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Html(html) => Some(Cow::Borrowed(html)),
            Self::Part(part) if matches!(part.kind(), PartKind::Html) => {
                Some(Cow::Owned(decoded(part, &mut Vec::new())))
            }
            _ => None,
        }
    }

    /// Appends what a reader sees of it.
    pub(super) fn read(&self, text: &mut Text, warnings: &mut Vec<Warning>) {
        match self {
            Self::Text(source) => text.push(source),
            Self::Html(source) => html::read(source, text),
            Self::Part(part) => {
                let source = decoded(part, warnings);
                if matches!(part.kind(), PartKind::Html) {
                    html::read(&source, text);
                } else {
                    plain(part, &source, text);
                }
                // As long as the limit: there may have been more.
                text.cut |= source.len() + 3 >= MAX_SOURCE_BYTES;
            }
        }
    }
}

fn read(pieces: &[Piece<'_>], text: &mut Text, warnings: &mut Vec<Warning>) {
    for piece in pieces {
        if text.is_full() {
            text.cut = true;
            return;
        }
        text.begin_part();
        piece.read(text, warnings);
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
    for line in source.split_inclusive('\n') {
        match line.strip_suffix("\r\n") {
            Some(line) => {
                text.push(line);
                text.push("\n");
            }
            None => text.push(line),
        }
    }
}

pub(super) fn decoded(part: &MessagePart<'_>, warnings: &mut Vec<Warning>) -> String {
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
        note(
            warnings,
            "encoding_damaged",
            "the text's transfer encoding is damaged",
        );
    }
    let label = part
        .content_type()
        .and_then(|content| content.attribute("charset"));
    let read = charset::of_body(bytes, label, matches!(part.kind(), PartKind::Html));
    match read.doubt {
        None => (),
        Some(Doubt::Unknown) => note(
            warnings,
            "charset_unknown",
            "the text's character set is unknown; its letters were guessed",
        ),
        Some(Doubt::Damaged) => note(
            warnings,
            "charset_damaged",
            "some letters of the text could not be read",
        ),
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
    fn texts_out_of_wrappers_are_held_within_bounds() {
        let mut body = Body::default();
        for _ in 0..5 {
            let text = "æ".repeat(MAX_SOURCE_BYTES / 2);
            body.fall_back_on(Some(text.clone()), Some(text));
        }
        assert!(body.held_bytes <= MAX_HELD_BYTES);
        let mut outer = Body::default();
        let mut warnings = Vec::new();
        outer.take_over(&body, &mut warnings);
        assert!(outer.held_bytes <= MAX_HELD_BYTES);
        assert!(outer.text(&mut warnings).len() <= MAX_TEXT_BYTES);
        assert_eq!(warnings[0].code, "text_cut");
    }

    #[test]
    fn lines_end_with_one_sign_however_they_were_sent() {
        for (sent, expected) in [
            ("a\r\nb\nc\r\n", "a\nb\nc"),
            ("a\r\n\r\nb", "a\n\nb"),
            ("a\rb", "a\rb"),
        ] {
            let raw = format!("From: a@x.example\r\n\r\n{sent}");
            assert_eq!(parse(raw.as_bytes()).text, expected, "{sent:?}");
        }
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
    fn a_text_with_a_name_is_read_where_there_is_no_other() {
        let named =
            "Content-Type: text/plain; charset=utf-8; name=besked.txt\r\n\r\nKære kommune\r\n";
        let alone = parse(format!("From: a@x.example\r\n{named}").as_bytes());
        assert_eq!(alone.text, "Kære kommune");
        assert_eq!(alone.attachments[0].name, "besked.txt");
        let beside = format!(
            "From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n{named}--b\r\n\r\nHej\r\n--b--\r\n"
        );
        assert_eq!(parse(beside.as_bytes()).text, "Hej");
        let attached = format!("From: a@x.example\r\nContent-Disposition: attachment\r\n{named}");
        assert_eq!(parse(attached.as_bytes()).text, "");
    }

    #[test]
    fn a_text_that_only_refers_to_the_html_gives_way_to_it() {
        let read = |text: &str, page: &str| {
            let raw = format!(
                "From: a@x.example\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\
                 Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n--b\r\n\
                 Content-Type: text/html; charset=utf-8\r\n\r\n{page}\r\n--b--\r\n"
            );
            parse(raw.as_bytes()).text
        };
        let page = "<p>Kære kommune, jeg søger om at sætte et hegn op mod min nabo.</p>";
        let said = "Kære kommune, jeg søger om at sætte et hegn op mod min nabo.";
        assert_eq!(read("Denne mail skal læses i HTML.", page), said);
        assert_eq!(read("Åbn mailen i din browser.", page), said);
        for own in ["Hej", "Er HTML tilladt?"] {
            assert_eq!(read(own, "<p>Hej</p>"), own);
        }
        let question = "Kan I læse html?";
        assert_eq!(
            read(question, &format!("<p>Kan I <b>læse</b> html?</p>{page}")),
            question
        );
    }

    #[test]
    fn html_between_texts_is_read_where_it_stands() {
        let raw = "From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nFør\r\n\
                   --b\r\nContent-Type: text/html\r\n\r\n<p>Midt</p>\r\n--b\r\n\r\nEfter\r\n--b--\r\n";
        assert_eq!(parse(raw.as_bytes()).text, "Før\nMidt\nEfter");
    }
}
