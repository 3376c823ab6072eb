//! XML of strangers, one element at a time.
//!
//! No DTD is read and no entity but those of XML itself is known, so nothing expands or is fetched. What lies too deep
//! is left out with all it holds. Names come without their prefix: the few names that mean two things are told apart
//! by where they stand.

use std::borrow::Cow;
use std::io::{BufRead, Cursor};

use encoding_rs::{UTF_16BE, UTF_16LE};
use quick_xml::{
    Reader,
    events::{BytesRef, BytesStart, Event},
};

use super::{MAX_XML_DEPTH, plain, reading::Reading};

/// What is done with a document's elements and text.
pub(super) trait Visitor {
    fn start(&mut self, element: &Element<'_>, reading: &mut Reading);
    fn end(&mut self, name: &str, reading: &mut Reading);
    fn text(&mut self, text: &str, reading: &mut Reading);
}

pub(super) struct Element<'e> {
    pub name: &'e str,
    start: &'e BytesStart<'e>,
}

impl Element<'_> {
    /// The value of the first attribute of this name, whatever its prefix.
    pub fn attribute(&self, name: &str) -> Option<String> {
        self.find(|key| local(key) == name.as_bytes())
    }

    /// Likewise, of those that have a prefix: `r:id` beside `id`.
    pub fn prefixed_attribute(&self, name: &str) -> Option<String> {
        self.find(|key| key.contains(&b':') && local(key) == name.as_bytes())
    }

    fn find(&self, is_it: impl Fn(&[u8]) -> bool) -> Option<String> {
        self.start
            .attributes()
            .with_checks(false)
            .filter_map(Result::ok)
            .find(|attribute| is_it(attribute.key.as_ref()))
            .map(|attribute| {
                let value = plain::decoded(&attribute.value);
                quick_xml::escape::unescape(&value).map_or_else(|_| value.clone(), Cow::into_owned)
            })
    }
}

/// Shows all of a document to the visitor, until its end or until the text is full.
pub(super) fn read(mut source: impl BufRead, visitor: &mut impl Visitor, reading: &mut Reading) {
    let Ok(head) = source.fill_buf() else {
        return reading.note_damage();
    };
    let utf_16 = match head.get(..2) {
        Some([0xff, 0xfe]) => Some(UTF_16LE),
        Some([0xfe, 0xff]) => Some(UTF_16BE),
        _ => None,
    };
    match utf_16 {
        Some(encoding) => {
            let mut bytes = Vec::new();
            if source.read_to_end(&mut bytes).is_err() {
                reading.note_damage();
            }
            let text = encoding.decode(&bytes).0.into_owned();
            walk(Cursor::new(text), visitor, reading);
        }
        None => walk(source, visitor, reading),
    }
}

fn walk(source: impl BufRead, visitor: &mut impl Visitor, reading: &mut Reading) {
    let mut reader = Reader::from_reader(source);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut buffer = Vec::new();
    let mut depth = 0_usize;
    while !reading.is_full() {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(start)) => {
                depth += 1;
                if depth > MAX_XML_DEPTH {
                    reading.note(
                        "too_deep",
                        "elements lie too deep within each other; those were left out",
                    );
                } else {
                    show_start(&start, visitor, reading);
                }
            }
            Ok(Event::Empty(start)) if depth < MAX_XML_DEPTH => {
                show_start(&start, visitor, reading);
                visitor.end(&name(start.local_name().into_inner()), reading);
            }
            Ok(Event::End(end)) => {
                if (1..=MAX_XML_DEPTH).contains(&depth) {
                    visitor.end(&name(end.local_name().into_inner()), reading);
                }
                depth = depth.saturating_sub(1);
            }
            Ok(Event::Text(text)) if depth <= MAX_XML_DEPTH => {
                visitor.text(&as_text(&text), reading);
            }
            Ok(Event::CData(text)) if depth <= MAX_XML_DEPTH => {
                visitor.text(&as_text(&text), reading);
            }
            Ok(Event::GeneralRef(reference)) if depth <= MAX_XML_DEPTH => {
                if let Some(c) = letter(&reference) {
                    visitor.text(c.encode_utf8(&mut [0; 4]), reading);
                }
            }
            Ok(Event::DocType(_)) => reading.note(
                "dtd_ignored",
                "the document declares entities or a grammar; those were not read",
            ),
            Ok(Event::Eof) => return,
            Ok(_) => (),
            Err(_) => return reading.note_damage(),
        }
    }
}

fn show_start(start: &BytesStart<'_>, visitor: &mut impl Visitor, reading: &mut Reading) {
    let name = name(start.local_name().into_inner());
    visitor.start(&Element { name: &name, start }, reading);
}

fn name(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

fn local(key: &[u8]) -> &[u8] {
    key.rsplit(|byte| *byte == b':').next().unwrap_or(key)
}

fn as_text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(plain::decoded(bytes)),
    }
}

fn letter(reference: &BytesRef<'_>) -> Option<char> {
    match &**reference {
        b"amp" => Some('&'),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        _ => reference.resolve_char_ref().ok().flatten(),
    }
}

/// Collects the text of the first element of a name.
pub(super) struct TextOf<'n> {
    name: &'n str,
    inside: bool,
    pub found: Option<String>,
}

impl<'n> TextOf<'n> {
    pub fn element(name: &'n str) -> Self {
        Self {
            name,
            inside: false,
            found: None,
        }
    }
}

impl Visitor for TextOf<'_> {
    fn start(&mut self, element: &Element<'_>, _: &mut Reading) {
        if element.name == self.name && self.found.is_none() {
            self.inside = true;
            self.found = Some(String::new());
        }
    }

    fn end(&mut self, name: &str, _: &mut Reading) {
        if name == self.name {
            self.inside = false;
        }
    }

    fn text(&mut self, text: &str, _: &mut Reading) {
        if let Some(found) = self.found.as_mut().filter(|_| self.inside) {
            found.push_str(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(xml: &[u8]) -> (Option<String>, Vec<String>) {
        let mut reading = Reading::default();
        let mut visitor = TextOf::element("t");
        read(xml, &mut visitor, &mut reading);
        let codes = reading
            .finish()
            .3
            .into_iter()
            .map(|note| note.code)
            .collect();
        (visitor.found, codes)
    }

    #[test]
    fn entities_of_xml_are_read_and_those_of_a_dtd_are_not() {
        assert_eq!(
            text(b"<a:t>h&#230;k &amp; <b>vej</b></a:t>").0.as_deref(),
            Some("hæk & vej")
        );
        let bomb = b"<!DOCTYPE x [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]>\
                     <t>x&b;&f;y</t>";
        let (found, codes) = text(bomb);
        assert_eq!(
            (found.as_deref(), codes),
            (Some("xy"), vec!["dtd_ignored".to_owned()])
        );
    }

    #[test]
    fn letters_of_other_character_sets_are_read() {
        assert_eq!(text(b"<t>h\xe6k</t>").0.as_deref(), Some("hæk"));
        let wide: Vec<u8> = "\u{feff}<t>hæk</t>"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(text(&wide).0.as_deref(), Some("hæk"));
    }

    #[test]
    fn what_lies_too_deep_is_left_out_and_what_follows_is_read() {
        let deep = format!(
            "<a>{}<x>{}</a><t>efter</t>",
            "<b>".repeat(6_400),
            "</b>".repeat(6_400)
        );
        let (found, codes) = text(deep.replace("<x>", "<t>inde</t>").as_bytes());
        assert_eq!(
            (found.as_deref(), codes),
            (Some("efter"), vec!["too_deep".to_owned()])
        );
    }

    #[test]
    fn damage_ends_the_reading() {
        let (found, codes) = text(b"<t>hej <b ");
        assert_eq!(
            (found.as_deref(), codes),
            (Some("hej "), vec!["damaged".to_owned()])
        );
    }
}
