//! A mail as it is read in a browser: its HTML made safe, or its text, with earlier mail folded away.
//!
//! What comes out is a piece of HTML that holds all it shows: the mail's own pictures are in it, nothing is fetched.

use std::collections::HashMap;
use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    contents::{self, Contents},
    html::safe::{self, MAX_HTML_BYTES, Pictures},
    journaled, nested, parsed, plain,
    text::{Piece, Text},
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
    let raw = nested::mail_file(raw);
    let Some((message, _)) = parsed(&raw) else {
        return Readable::default();
    };
    let contents = contents::of(journaled::meant(message.root()), &mut Vec::new());
    let mut reading = Reading {
        earlier,
        pictures: Arc::new(pictures(&contents)),
        room: MAX_HTML_BYTES,
        out: Readable::default(),
    };
    for pieces in contents.body.pages() {
        reading.out = Readable::default();
        for piece in pieces {
            reading.add(piece);
        }
        if reading.out.says_something() {
            break;
        }
    }
    reading.out
}

impl Readable {
    /// Words or pictures, beside the elements that would hold them.
    fn says_something(&self) -> bool {
        let mut pieces = self.html.split('<');
        let is_word = |text: &str| {
            text.replace("&nbsp;", "")
                .contains(|c: char| !c.is_whitespace())
        };
        self.remote_pictures > 0
            || pieces.next().is_some_and(is_word)
            || pieces.any(|piece| {
                piece.starts_with("img ")
                    || piece.split_once('>').is_some_and(|(_, text)| is_word(text))
            })
    }
}

/// The pictures that the text shows, as `data:` URLs by Content-ID.
fn pictures(contents: &Contents<'_>) -> HashMap<String, String> {
    let references = contents.body.references();
    let mut pictures = HashMap::new();
    let mut room = MAX_PICTURE_BYTES;
    for leaf in &contents.leaves {
        let Some(id) = leaf.content_id().filter(|id| references.show(id)) else {
            continue;
        };
        let bytes = leaf.bytes();
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
    fn add(&mut self, piece: &Piece<'_>) {
        let source = piece.html();
        if let Some(source) = &source {
            let is_small = source.len() <= self.room;
            let clean = is_small
                .then(|| safe::clean(source, &self.pictures, self.earlier))
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
        self.out.is_simplified |= source.is_some();
        let mut text = Text::default();
        piece.read(&mut text, &mut Vec::new());
        let (text, is_cut) = text.trimmed();
        let room = MAX_TEXT_BYTES.saturating_sub(self.out.html.len());
        let shown = text
            .get(..text.floor_char_boundary(room))
            .unwrap_or_default();
        self.out.is_cut |= is_cut || shown.len() < text.len();
        self.out.html.push_str(&plain::to_html(shown, self.earlier));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_says_nothing_gives_way_to_the_text() {
        let alternative = |text: &str, html: &str| {
            let raw = format!(
                "From: a@x.example\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n\
                 --b\r\n\r\n{text}\r\n--b\r\nContent-Type: text/html\r\n\r\n{html}\r\n--b--\r\n"
            );
            readable(raw.as_bytes(), "Tidligere").html
        };
        assert_eq!(
            alternative("Hej", "<div><p>&nbsp;</p></div>"),
            "<pre>Hej</pre>"
        );
        assert!(alternative("Hej", "<p>Side</p>").contains("<p>Side</p>"));
        let empty = alternative(" ", "<br>");
        assert!(!empty.contains("<pre>"), "{empty}");
    }

    #[test]
    fn a_meeting_beside_an_empty_page_is_read() {
        let raw = "From: a@x.example\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n\
                   --b\r\nContent-Type: text/html\r\n\r\n<p></p>\r\n--b\r\nContent-Type: text/calendar\r\n\r\n\
                   BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Hegn\r\nDTSTART:20260210T090000Z\r\nEND:VEVENT\r\n\
                   END:VCALENDAR\r\n--b--\r\n";
        assert!(readable(raw.as_bytes(), "").html.contains("Hegn"));
    }
}
