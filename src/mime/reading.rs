//! A mail as it is read in a browser: its HTML made safe, or its text, with earlier mail folded away.
//!
//! What comes out is a piece of HTML that holds all it shows: the mail's own pictures are in it, nothing is fetched.

use std::collections::HashMap;
use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use mail_parser::{MessagePart, MessageRef, PartKind};

use super::{
    cid::References,
    html::safe::{self, MAX_HTML_BYTES, Pictures},
    parsed, plain,
    text::{self, Text},
};

/// The mail's own pictures, together; what is beyond is left out.
const MAX_PICTURE_BYTES: usize = 5 * 1024 * 1024;
/// Text that is shown; a browser must lay it out.
const MAX_TEXT_BYTES: usize = 2 * 1024 * 1024;

/// See the module.
#[derive(Debug, Default)]
pub struct Readable {
    /// Safe within the body of a page, and empty when the mail says nothing.
    pub html: String,
    /// It chooses colours for itself, so it needs the ground they were chosen for: a white one.
    pub is_coloured: bool,
    /// Pictures that lie elsewhere and are not fetched.
    pub remote_pictures: usize,
    /// Too large or too deep to be shown as it was written: its text is.
    pub is_simplified: bool,
    /// More text than is shown.
    pub is_cut: bool,
}

/// Makes a mail readable. `earlier` is what one reads where earlier mail is folded away.
pub fn readable(raw: &[u8], earlier: &str) -> Readable {
    let Some(message) = parsed(raw) else {
        return Readable::default();
    };
    let message = message.root();
    let mut shown = shown(message, MessagePart::in_html_body);
    if shown.is_empty() {
        shown = self::shown(message, MessagePart::in_text_body);
    }
    let mut reading = Reading {
        earlier,
        pictures: Arc::new(pictures(message, &shown)),
        room: MAX_HTML_BYTES,
        out: Readable::default(),
    };
    for part in shown {
        reading.add(part);
    }
    reading.out
}

/// The text parts with a role, in their order.
fn shown<'m>(
    message: MessageRef<'m>,
    has_role: impl Fn(&MessagePart<'m>) -> bool,
) -> Vec<MessagePart<'m>> {
    let mut shown = Vec::new();
    let mut stack = vec![message.root_part()];
    while let Some(part) = stack.pop() {
        if part.is_multipart() {
            stack.extend(part.children().rev());
        } else if part.is_text()
            && part.attachment_name().is_none()
            && !part.is_content_type("text", "calendar")
            && has_role(&part)
        {
            shown.push(part);
        }
    }
    shown
}

/// The pictures that the parts show, as `data:` URLs by Content-ID.
fn pictures<'m>(message: MessageRef<'m>, shown: &[MessagePart<'m>]) -> HashMap<String, String> {
    let mut references = References::default();
    for part in shown {
        if let Some(text) = part.text_prefix_bytes(MAX_HTML_BYTES) {
            references.read(&text);
        }
    }
    let mut pictures = HashMap::new();
    let mut room = MAX_PICTURE_BYTES;
    let mut stack = vec![message.root_part()];
    while let Some(part) = stack.pop() {
        stack.extend(part.children().rev());
        let Some(id) = part.content_id().filter(|id| references.show(id)) else {
            continue;
        };
        if part.is_multipart() || part.is_text() || part.is_message() {
            continue;
        }
        let bytes = part.decoded();
        if let (Some(kind), Some(left)) = (kind_of(&bytes), room.checked_sub(bytes.len())) {
            room = left;
            let id = id.trim().trim_matches(['<', '>']).trim().to_owned();
            pictures.insert(
                id,
                format!("data:image/{kind};base64,{}", STANDARD.encode(&bytes)),
            );
        }
    }
    pictures
}

/// Pixels only, known by their first bytes: an SVG could hold markup.
fn kind_of(bytes: &[u8]) -> Option<&'static str> {
    [
        (&b"\x89PNG\r\n\x1a\n"[..], "png"),
        (b"\xff\xd8\xff", "jpeg"),
        (b"GIF8", "gif"),
        (b"BM", "bmp"),
    ]
    .iter()
    .find(|(magic, _)| bytes.starts_with(magic))
    .map(|(_, kind)| *kind)
    .or_else(|| {
        let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
        is_webp.then_some("webp")
    })
}

struct Reading<'r> {
    earlier: &'r str,
    pictures: Pictures,
    /// Bytes of HTML that may still be cleaned.
    room: usize,
    out: Readable,
}

impl Reading<'_> {
    fn add(&mut self, part: MessagePart<'_>) {
        if matches!(part.kind(), PartKind::Html) && part.raw_body().len() <= 2 * MAX_HTML_BYTES {
            let source = text::decoded(&part, &mut Vec::new());
            let is_small = source.len() <= self.room;
            let clean = is_small
                .then(|| safe::clean(&source, &self.pictures, self.earlier))
                .flatten();
            if let Some(clean) = clean {
                self.room -= source.len();
                self.out.html.push_str("<div class=\"html\">");
                self.out.html.push_str(&clean.html);
                self.out.html.push_str("</div>");
                self.out.is_coloured |= clean.is_coloured;
                self.out.remote_pictures += clean.remote_pictures;
                return;
            }
        }
        self.out.is_simplified |= matches!(part.kind(), PartKind::Html);
        let mut text = Text::default();
        text::read(&[part], &mut text, &mut Vec::new());
        let (text, is_cut) = text.trimmed();
        let room = MAX_TEXT_BYTES.saturating_sub(self.out.html.len());
        let shown = text
            .get(..text.floor_char_boundary(room))
            .unwrap_or_default();
        self.out.is_cut |= is_cut || shown.len() < text.len();
        self.out.html.push_str(&plain::to_html(shown, self.earlier));
    }
}
