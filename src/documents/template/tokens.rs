//! A text part as a flat list of tags and texts, each with its place in the bytes and what it stands in.
//!
//! Everything that is done to a part is said in places of its bytes, so that what is not touched stays as it was.

use quick_xml::{Reader, events::Event};

use crate::documents::package::{MAX_DEPTH, PackageError};

/// Of both forms of the standard (ISO 29500 transitional and strict).
const WORD: [&str; 2] = [
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
];
/// A document of 1,000 pages has half as many.
const MAX_TOKENS: usize = 2_000_000;

/// The elements that matter here; all of Word's own namespace but the last three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Body,
    Paragraph,
    ParagraphProperties,
    Section,
    Run,
    RunProperties,
    Text,
    /// Within a run, and no letter: a tab, a break, a field's sign. A merge field does not reach across it.
    Mark,
    Table,
    Row,
    Cell,
    Control,
    ControlProperties,
    ControlContent,
    Tag,
    /// What a control says of its content that is no longer so when it is filled in.
    Placeholder,
    Binding,
    /// What may stand only once in a document.
    Id,
    Bookmark,
    /// Headers, footers, notes, text boxes: what holds paragraphs.
    Holder,
    /// Tracked as inserted and such: goes with what it holds.
    Wrapper,
    DrawingId,
    Fallback,
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Open,
    Close,
    Empty,
    /// Characters between tags, an entity among them.
    Text,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub name: Name,
    pub from: u32,
    pub to: u32,
    /// Of a start tag its end tag, and the other way round.
    pub mate: u32,
    /// The start tag of what it stands in; itself for the root.
    pub parent: u32,
}

pub(super) struct Tokens<'s> {
    pub source: &'s str,
    pub list: Vec<Token>,
    /// What Word's own names begin with: `w:`, or nothing.
    pub prefix: String,
}

impl<'s> Tokens<'s> {
    pub fn read(source: &'s [u8]) -> Result<Self, PackageError> {
        let source = std::str::from_utf8(source).map_err(|_| PackageError::Encoding)?;
        let mut reader = Reader::from_str(source);
        let mut tokens = Self {
            source,
            list: Vec::new(),
            prefix: String::new(),
        };
        let mut open: Vec<u32> = Vec::new();
        let mut is_root = true;
        loop {
            let from = reader.buffer_position() as u32;
            let event = reader.read_event().map_err(|_| PackageError::Damaged)?;
            let to = reader.buffer_position() as u32;
            let at = tokens.list.len() as u32;
            let parent = open.last().copied().unwrap_or(0);
            let token = |kind, name, mate| Token {
                kind,
                name,
                from,
                to,
                mate,
                parent,
            };
            match event {
                Event::Start(start) => {
                    if is_root {
                        tokens.prefix = prefix(&start);
                        is_root = false;
                    }
                    let name = name(start.name().as_ref(), &tokens.prefix);
                    tokens.list.push(token(Kind::Open, name, 0));
                    open.push(at);
                    if open.len() > MAX_DEPTH {
                        return Err(PackageError::TooDeep);
                    }
                }
                Event::Empty(start) => {
                    let name = name(start.name().as_ref(), &tokens.prefix);
                    tokens.list.push(token(Kind::Empty, name, at));
                }
                Event::End(_) => {
                    let begin = open.pop().ok_or(PackageError::Damaged)?;
                    let Some(opened) = tokens.list.get_mut(begin as usize) else {
                        return Err(PackageError::Damaged);
                    };
                    opened.mate = at;
                    let (name, parent) = (opened.name, opened.parent);
                    tokens.list.push(Token {
                        parent,
                        ..token(Kind::Close, name, begin)
                    });
                }
                Event::Text(_) | Event::GeneralRef(_) => {
                    // Only a run's text is read.
                    if tokens
                        .list
                        .get(parent as usize)
                        .is_some_and(|token| token.name == Name::Text)
                    {
                        tokens.list.push(token(Kind::Text, Name::Other, at));
                    }
                }
                Event::DocType(_) => return Err(PackageError::HasGrammar),
                Event::Eof if open.is_empty() && !is_root => return Ok(tokens),
                Event::Eof => return Err(PackageError::Damaged),
                Event::CData(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => (),
            }
            if tokens.list.len() > MAX_TOKENS {
                return Err(PackageError::TooMuchText);
            }
        }
    }

    pub fn at(&self, index: u32) -> Token {
        // Indices come from the list itself.
        self.list[index as usize]
    }

    pub fn text(&self, from: u32, to: u32) -> &'s str {
        self.source
            .get(from as usize..to as usize)
            .unwrap_or_default()
    }

    /// Where an element ends, its end tag included.
    pub fn end(&self, open: u32) -> u32 {
        self.at(self.at(open).mate).to
    }

    /// From the root down to an element, itself last.
    pub fn path(&self, mut index: u32) -> Vec<u32> {
        let mut path = vec![index];
        while self.at(index).parent != index && path.len() <= MAX_DEPTH {
            index = self.at(index).parent;
            path.push(index);
        }
        path.reverse();
        path
    }

    /// What an element holds directly: start tags and empty ones.
    pub fn children(&self, open: u32) -> Children<'_, 's> {
        let parent = self.at(open);
        let (next, end) = if parent.kind == Kind::Open {
            (open + 1, parent.mate)
        } else {
            (0, 0)
        };
        Children {
            tokens: self,
            next,
            end,
        }
    }

    pub fn child(&self, open: u32, name: Name) -> Option<u32> {
        self.children(open)
            .find(|child| self.at(*child).name == name)
    }

    /// The first element of a name within another, at any depth.
    pub fn within(&self, open: u32, name: Name) -> Option<u32> {
        let is_it = |index: &u32| {
            let token = self.at(*index);
            token.name == name && matches!(token.kind, Kind::Open | Kind::Empty)
        };
        (open + 1..self.at(open).mate).find(is_it)
    }

    /// Where the value of an attribute stands; the name as it is written.
    pub fn attribute(&self, index: u32, name: &str) -> Option<(u32, u32)> {
        let token = self.at(index);
        let tag = self.text(token.from, token.to);
        let mut from = 0;
        loop {
            let found = from + tag.get(from..)?.find(name)?;
            let rest = tag.get(found + name.len()..)?;
            let before = tag.get(..found)?.chars().next_back()?;
            if before.is_ascii_whitespace()
                && let Some(value) = rest.strip_prefix("=\"")
            {
                let begin = found + name.len() + 2;
                let end = begin + value.find('"')?;
                return Some((token.from + begin as u32, token.from + end as u32));
            }
            from = found + name.len();
        }
    }

    /// The value of `w:val`.
    pub fn value(&self, index: u32) -> Option<String> {
        let (from, to) = self.attribute(index, &format!("{}val", self.prefix))?;
        let value = self.text(from, to);
        quick_xml::escape::unescape(value)
            .ok()
            .map(std::borrow::Cow::into_owned)
    }
}

pub(super) struct Children<'t, 's> {
    tokens: &'t Tokens<'s>,
    next: u32,
    end: u32,
}

impl Iterator for Children<'_, '_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        while self.next < self.end {
            let index = self.next;
            let token = self.tokens.at(index);
            self.next = token.mate.max(index) + 1;
            if matches!(token.kind, Kind::Open | Kind::Empty) {
                return Some(index);
            }
        }
        None
    }
}

/// What the root says that Word's names begin with.
fn prefix(root: &quick_xml::events::BytesStart<'_>) -> String {
    for attribute in root.attributes().with_checks(false).filter_map(Result::ok) {
        if !WORD.iter().any(|word| word.as_bytes() == &*attribute.value) {
            continue;
        }
        let key = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
        if let Some(prefix) = key.strip_prefix("xmlns:") {
            return format!("{prefix}:");
        }
        if key == "xmlns" {
            return String::new();
        }
    }
    "w:".to_owned()
}

fn name(written: &[u8], prefix: &str) -> Name {
    let Some(local) = written.strip_prefix(prefix.as_bytes()) else {
        return match written {
            b"wp:docPr" => Name::DrawingId,
            b"mc:Fallback" => Name::Fallback,
            b"mc:AlternateContent" => Name::Mark,
            _ => Name::Other,
        };
    };
    match local {
        b"body" => Name::Body,
        b"p" => Name::Paragraph,
        b"pPr" => Name::ParagraphProperties,
        b"sectPr" => Name::Section,
        b"r" => Name::Run,
        b"rPr" => Name::RunProperties,
        b"t" => Name::Text,
        b"tab" | b"br" | b"cr" | b"sym" | b"fldChar" | b"noBreakHyphen" | b"drawing" | b"pict"
        | b"object" | b"footnoteReference" | b"endnoteReference" | b"footnoteRef"
        | b"endnoteRef" | b"pgNum" | b"ptab" => Name::Mark,
        b"tbl" => Name::Table,
        b"tr" => Name::Row,
        b"tc" => Name::Cell,
        b"sdt" => Name::Control,
        b"sdtPr" => Name::ControlProperties,
        b"sdtContent" => Name::ControlContent,
        b"tag" => Name::Tag,
        b"showingPlcHdr" => Name::Placeholder,
        b"dataBinding" => Name::Binding,
        b"id" => Name::Id,
        b"bookmarkStart" | b"bookmarkEnd" => Name::Bookmark,
        b"hdr" | b"ftr" | b"footnote" | b"endnote" | b"txbxContent" => Name::Holder,
        b"ins" | b"customXml" | b"smartTag" => Name::Wrapper,
        _ => Name::Other,
    }
}
