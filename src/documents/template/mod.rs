//! Word templates: merge fields found, checked and filled in.
//!
//! A field is a content control whose tag is a field's name, or text such as `{{sag.nummer}}` wherever it is written,
//! also where Word has split it. Pure: bytes and data to bytes. Templates are strangers' files: they are read within the
//! limits of `package`, and only the text parts are rewritten.

mod compile;
mod data;
mod mistake;
mod paragraphs;
mod render;
mod tokens;
mod words;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Cursor;

use bytes::Bytes;

pub use data::{CaseData, Data, PartyData, PersonData, UnitData};
pub use mistake::{Fault, MAX_MISTAKES, Mistake};
pub use render::MAX_VALUE_CHARS;
pub use words::{DateStyle, Field, PartyField, PersonField, fields};

use compile::Node;
use render::{FIRST_ID, Filling};
use tokens::Tokens;

use super::package::{Changes, MAX_TEXT_BYTES, Package, PackageError, Property, Story};

/// Of what a preview shows.
const MAX_PREVIEW_CHARS: usize = 100_000;

/// A template that was read, to be filled in any number of times.
pub struct Template {
    package: Package<Cursor<Bytes>>,
    parts: Vec<Part>,
    /// Everything that is wrong with it; it can be filled in when there is nothing.
    pub mistakes: Vec<Mistake>,
    pub fields: BTreeSet<Field>,
    /// Whether it asks for something from elsewhere when it is opened.
    pub asks_for_outside: bool,
}

struct Part {
    name: String,
    source: Vec<u8>,
    prefix: String,
    nodes: Vec<Node>,
}

/// A paragraph as it is written, with what is filled in shown as fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub story: Story,
    pub text: String,
}

impl Template {
    pub fn read(file: Bytes) -> Result<Self, PackageError> {
        let package = Package::open(Cursor::new(file))?;
        let (mut parts, mut mistakes, mut fields) = (Vec::new(), Vec::new(), BTreeSet::new());
        // What was read to look is not counted twice when it is filled in.
        let mut reading = package.clone();
        for (name, story) in package.stories() {
            let source = reading.part(&name)?;
            let compiled = compile::compile(&Tokens::read(&source)?, story)?;
            mistakes.extend(compiled.mistakes);
            fields.extend(compiled.fields);
            let (prefix, nodes) = (compiled.prefix, compiled.nodes);
            parts.push(Part {
                name,
                source,
                prefix,
                nodes,
            });
        }
        mistakes.truncate(MAX_MISTAKES);
        let asks_for_outside = package.clone().asks_for_outside()?;
        Ok(Self {
            package,
            parts,
            mistakes,
            fields,
            asks_for_outside,
        })
    }

    pub fn has_macros(&self) -> bool {
        self.package.has_macros()
    }

    pub fn media_type(&self) -> &'static str {
        self.package.media_type()
    }

    pub fn extension(&self) -> &'static str {
        self.package.extension()
    }

    /// The names of what is asked for when a letter is made.
    pub fn asked(&self) -> Vec<&str> {
        self.fields
            .iter()
            .filter_map(|field| match field {
                Field::Asked(name) => Some(name.as_str()),
                _ => None,
            })
            .collect()
    }

    /// Filled in, with these properties set.
    pub fn render(&self, data: &Data, properties: &[Property]) -> Result<Vec<u8>, PackageError> {
        let mut changes = Changes::new();
        let (mut room, mut next_id) = (MAX_TEXT_BYTES, FIRST_ID);
        for part in &self.parts {
            if let [Node::Copy(..)] | [] = part.nodes.as_slice() {
                continue;
            }
            let mut filling = Filling {
                source: &part.source,
                prefix: &part.prefix,
                data,
                room,
                out: Vec::with_capacity(part.source.len() + part.source.len() / 4),
                next_id,
            };
            filling.write(&part.nodes, None)?;
            room -= filling.out.len();
            next_id = filling.next_id;
            changes.insert(part.name.clone(), filling.out);
        }
        let mut package = self.package.clone();
        package.set_properties(properties, &mut changes)?;
        Ok(package
            .write(changes, Cursor::new(Vec::new()))?
            .into_inner())
    }

    /// What it says, paragraph by paragraph.
    pub fn preview(&self) -> Vec<Shown> {
        let (mut shown, mut room) = (Vec::new(), MAX_PREVIEW_CHARS);
        for part in &self.parts {
            let story = self
                .package
                .stories()
                .into_iter()
                .find(|(name, _)| *name == part.name);
            let (Some((_, story)), Ok(tokens)) = (story, Tokens::read(&part.source)) else {
                continue;
            };
            let controls = compile::controls(&tokens, story);
            let Ok(paragraphs) = paragraphs::paragraphs(&tokens, |letters| !letters.is_empty())
            else {
                continue;
            };
            for paragraph in paragraphs {
                if paragraph.is_fallback {
                    continue;
                }
                let text = shown_text(&paragraph, &controls);
                if text.trim().is_empty() {
                    continue;
                }
                let Some(left) = room.checked_sub(text.chars().count()) else {
                    return shown;
                };
                room = left;
                shown.push(Shown { story, text });
            }
        }
        shown
    }
}

/// A paragraph's letters, with a control's tag in the place of what it holds.
fn shown_text(paragraph: &paragraphs::Paragraph, controls: &[compile::Control]) -> String {
    let mut text = String::new();
    let mut last = None;
    for letter in &paragraph.letters {
        let next = controls.partition_point(|control| control.to <= letter.from);
        match controls
            .get(next)
            .filter(|control| control.from <= letter.from)
        {
            Some(_) if last == Some(next) => (),
            Some(control) => {
                let _ = write!(text, "{{{{{}}}}}", control.tag);
                last = Some(next);
            }
            None if letter.is_mark => text.push(' '),
            None => text.push(letter.c),
        }
    }
    text
}

#[cfg(test)]
mod tests;
