//! The walk through a file: elements with their place, text in pieces, and the line where each stands.
//!
//! No DTD is read and no entity but those of XML itself is known, so nothing expands or is fetched.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{Encoding, UTF_8};
use quick_xml::{
    Reader,
    events::{BytesRef, BytesStart, Event},
};

use super::ReadError;

/// KL's files are 12 deep.
const MAX_DEPTH: usize = 40;
const MAX_NAME_BYTES: usize = 100;

/// Where the walk is.
pub(super) struct Place<'p> {
    /// Names without prefixes, the root first, the element itself last.
    pub path: &'p [String],
    pub line: u64,
}

impl Place<'_> {
    pub fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    pub fn parent(&self) -> &str {
        let above = self.path.len().checked_sub(2);
        above.map_or("", |at| self.path[at].as_str())
    }
}

pub(super) trait Visitor {
    /// `schema` is where an element says its grammar is, empty for most.
    fn start(&mut self, place: &Place<'_>, schema: &str) -> Result<(), ReadError>;
    fn text(&mut self, place: &Place<'_>, text: &str) -> Result<(), ReadError>;
    fn end(&mut self, place: &Place<'_>) -> Result<(), ReadError>;
}

pub(super) fn walk(
    source: impl Read,
    max_bytes: u64,
    visitor: &mut impl Visitor,
) -> Result<(), ReadError> {
    let mut metered = Metered {
        inner: BufReader::with_capacity(64 * 1024, source),
        left: max_bytes,
        line: 1,
        exceeded: false,
    };
    let head = metered.fill_buf().unwrap_or_default();
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return Err(ReadError::Encoding);
    }
    let mut walk = Walk {
        reader: Reader::from_reader(metered),
        path: Vec::new(),
        encoding: UTF_8,
        max_bytes,
    };
    walk.run(visitor)
}

struct Walk<R: Read> {
    reader: Reader<Metered<R>>,
    path: Vec<String>,
    encoding: &'static Encoding,
    max_bytes: u64,
}

impl<R: Read> Walk<R> {
    fn run(&mut self, visitor: &mut impl Visitor) -> Result<(), ReadError> {
        let mut buffer = Vec::new();
        let mut seen_root = false;
        loop {
            buffer.clear();
            let event = match self.reader.read_event_into(&mut buffer) {
                Ok(event) => event,
                Err(error) => return Err(self.failed(&error)),
            };
            match event {
                Event::Decl(declaration) => {
                    if let Some(Ok(label)) = declaration.encoding() {
                        self.encoding = Encoding::for_label(&label).ok_or(ReadError::Encoding)?;
                    }
                }
                Event::Start(start) => {
                    self.enter(&start, visitor)?;
                    seen_root = true;
                }
                Event::Empty(start) => {
                    self.enter(&start, visitor)?;
                    self.leave(visitor)?;
                    seen_root = true;
                }
                Event::End(_) => self.leave(visitor)?,
                Event::Text(text) => self.say(&text, visitor)?,
                Event::CData(text) => self.say(&text, visitor)?,
                Event::GeneralRef(reference) => {
                    let letter = letter(&reference).unwrap_or(' ');
                    let line = self.line();
                    let place = Place {
                        path: &self.path,
                        line,
                    };
                    visitor.text(&place, letter.encode_utf8(&mut [0; 4]))?;
                }
                Event::Eof if !self.path.is_empty() => {
                    return Err(ReadError::Truncated { line: self.line() });
                }
                Event::Eof if !seen_root => return Err(ReadError::Damaged { line: 1 }),
                Event::Eof => return Ok(()),
                Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    fn enter(
        &mut self,
        start: &BytesStart<'_>,
        visitor: &mut impl Visitor,
    ) -> Result<(), ReadError> {
        let line = self.line();
        let name = start.local_name().into_inner();
        if self.path.len() >= MAX_DEPTH || name.len() > MAX_NAME_BYTES {
            return Err(ReadError::Damaged { line });
        }
        self.path.push(String::from_utf8_lossy(name).into_owned());
        let schema = start
            .attributes()
            .with_checks(false)
            .filter_map(Result::ok)
            .find(|attribute| {
                attribute
                    .key
                    .local_name()
                    .into_inner()
                    .ends_with(b"chemaLocation")
            })
            .map(|attribute| String::from_utf8_lossy(&attribute.value).into_owned());
        let place = Place {
            path: &self.path,
            line,
        };
        visitor.start(&place, &schema.unwrap_or_default())
    }

    fn leave(&mut self, visitor: &mut impl Visitor) -> Result<(), ReadError> {
        let line = self.line();
        let place = Place {
            path: &self.path,
            line,
        };
        visitor.end(&place)?;
        self.path.pop();
        Ok(())
    }

    fn say(&mut self, bytes: &[u8], visitor: &mut impl Visitor) -> Result<(), ReadError> {
        let text: Cow<'_, str> = match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => self.encoding.decode_without_bom_handling(bytes).0,
        };
        let line = self.line();
        if self.path.is_empty() {
            // A file that begins with words is none of XML.
            return if text.trim().is_empty() {
                Ok(())
            } else {
                Err(ReadError::Damaged { line })
            };
        }
        let place = Place {
            path: &self.path,
            line,
        };
        visitor.text(&place, &text)
    }

    fn line(&self) -> u64 {
        self.reader.get_ref().line
    }

    fn failed(&self, error: &quick_xml::Error) -> ReadError {
        let line = self.line();
        match error {
            _ if self.reader.get_ref().exceeded => ReadError::TooLarge {
                max_megabytes: self.max_bytes / (1024 * 1024),
            },
            quick_xml::Error::Io(error) => ReadError::Unreadable {
                line,
                reason: error.to_string(),
            },
            // It ends within a mark.
            quick_xml::Error::Syntax(_) if self.reader.get_ref().left > 0 && self.at_end() => {
                ReadError::Truncated { line }
            }
            _ => ReadError::Damaged { line },
        }
    }

    fn at_end(&self) -> bool {
        self.reader.get_ref().inner.buffer().is_empty()
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

/// Counts lines, and ends with an error where the file grows beyond its limit.
struct Metered<R: Read> {
    inner: BufReader<R>,
    left: u64,
    line: u64,
    exceeded: bool,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(into.len());
        into[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let buffered = self.inner.fill_buf()?;
        if buffered.len() as u64 > self.left {
            self.exceeded = true;
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        Ok(buffered)
    }

    fn consume(&mut self, count: usize) {
        let count = count.min(self.inner.buffer().len());
        let lines = self.inner.buffer()[..count]
            .iter()
            .filter(|byte| **byte == b'\n');
        self.line += lines.count() as u64;
        self.left = self.left.saturating_sub(count as u64);
        self.inner.consume(count);
    }
}
