//! A compiled part and data to bytes.

use super::{
    compile::{Block, Node},
    data::Data,
};
use crate::documents::package::PackageError;

/// A value is a line of a letter, or a text that somebody wrote; what is longer is cut.
pub const MAX_VALUE_CHARS: usize = 100_000;

pub(super) struct Filling<'r> {
    pub source: &'r [u8],
    pub prefix: &'r str,
    pub data: &'r Data,
    /// What all parts may still become.
    pub room: usize,
    pub out: Vec<u8>,
    /// Of drawings; larger than any that programs give out.
    pub next_id: u32,
}

/// The first number that a repeated drawing gets.
pub(super) const FIRST_ID: u32 = 1_000_000_000;

impl Filling<'_> {
    pub fn write(&mut self, nodes: &[Node], party: Option<usize>) -> Result<(), PackageError> {
        for node in nodes {
            match node {
                Node::Copy(from, to) => {
                    let bytes = self
                        .source
                        .get(*from as usize..*to as usize)
                        .unwrap_or_default();
                    self.out.extend_from_slice(bytes);
                }
                Node::Raw(raw) => self.out.extend_from_slice(raw.as_bytes()),
                Node::Value(field) => {
                    let value = self.data.value(field, party);
                    self.value(&value);
                }
                Node::Block {
                    is: Block::EachParty,
                    body,
                    ..
                } => {
                    for party in 0..self.data.parties.len() {
                        self.write(body, Some(party))?;
                    }
                }
                Node::Block {
                    is: Block::If(condition),
                    body,
                    otherwise,
                } => {
                    let side = if self.data.holds(condition, party) {
                        body
                    } else {
                        otherwise
                    };
                    self.write(side, party)?;
                }
                Node::Table(body) => {
                    let begun = self.out.len();
                    self.write(body, party)?;
                    let row = format!("</{}tr>", self.prefix);
                    let written = self.out.get(begun..).unwrap_or_default();
                    if !written
                        .windows(row.len())
                        .any(|bytes| bytes == row.as_bytes())
                    {
                        self.out.truncate(begun);
                    }
                }
                Node::EnsureParagraph => {
                    let (full, empty) = (
                        format!("</{}p>", self.prefix),
                        format!("<{}p/>", self.prefix),
                    );
                    let written = self.out.trim_ascii_end();
                    if !written.ends_with(full.as_bytes()) && !written.ends_with(empty.as_bytes()) {
                        self.out.extend_from_slice(empty.as_bytes());
                    }
                }
                Node::FreshId => {
                    self.next_id += 1;
                    self.out
                        .extend_from_slice(self.next_id.to_string().as_bytes());
                }
            }
            if self.out.len() > self.room {
                return Err(PackageError::TooMuchText);
            }
        }
        Ok(())
    }

    /// As text of a run: lines and tabs become Word's own, and what XML has no room for is left out, with what would turn
    /// the letters after it around.
    fn value(&mut self, value: &str) {
        let prefix = self.prefix;
        let mut letters = value.chars().take(MAX_VALUE_CHARS).peekable();
        while let Some(c) = letters.next() {
            match c {
                '&' => self.out.extend_from_slice(b"&amp;"),
                '<' => self.out.extend_from_slice(b"&lt;"),
                '>' => self.out.extend_from_slice(b"&gt;"),
                '\r' if letters.peek() == Some(&'\n') => (),
                '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{85}' => {
                    self.between(&format!("<{prefix}br/>"));
                }
                '\t' => self.between(&format!("<{prefix}tab/>")),
                c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => (),
                '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => (),
                c => self
                    .out
                    .extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
    }

    fn between(&mut self, element: &str) {
        let prefix = self.prefix;
        let written = format!("</{prefix}t>{element}<{prefix}t xml:space=\"preserve\">");
        self.out.extend_from_slice(written.as_bytes());
    }
}
