//! Bytes of a document to its text.
//!
//! Whatever arrives is read as far as it can be, within fixed limits of size, depth and count; what was left out or is
//! odd is said in notes. Nothing is fetched, run, unpacked to disk or decrypted. Pure, but made for the child process:
//! the crate that reads PDF may panic, hang or take all memory.

mod archive;
mod compound;
mod doc;
mod excel_binary;
mod format;
mod heading;
mod language;
mod member;
mod odf;
mod package;
mod pdf;
mod plain;
mod powerpoint_binary;
mod presentation;
mod reading;
mod rtf;
mod sheet;
mod title;
mod word;
mod xml;

use serde::{Deserialize, Serialize};

pub use format::Format;
use reading::Reading;

use crate::domain::mail::Warning;

/// Text that is kept of one file; what people write is far shorter.
pub const MAX_TEXT_BYTES: usize = 5 * 1024 * 1024;
/// What all compressed parts of one file may unpack to.
const MAX_UNPACKED_BYTES: u64 = 20 * 1024 * 1024;
/// A part that unpacks to more than this many times its size is cut, if it is also larger than `SMALL_PART_BYTES`.
const MAX_RATIO: u64 = 100;
const SMALL_PART_BYTES: u64 = 1024 * 1024;
/// Files within an archive that are looked at.
const MAX_ENTRIES: usize = 1000;
/// Elements deeper than this are left out.
const MAX_XML_DEPTH: usize = 64;

/// What a file says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Extracted {
    pub format: Format,
    /// LF line ends; at most [`MAX_TEXT_BYTES`].
    pub text: String,
    /// The property that its author, or the author's program, gave it.
    pub title: Option<String>,
    /// The first heading, or the first line that says something.
    pub heading: Option<String>,
    /// ISO 639-1, where the text leaves no doubt.
    pub language: Option<String>,
    /// What could not be read or is odd, one code and sentence each.
    pub notes: Vec<Warning>,
}

impl Extracted {
    /// Of a file that could not be read at all.
    pub fn nothing(format: Format, note: Warning) -> Self {
        Self {
            format,
            text: String::new(),
            title: None,
            heading: None,
            language: None,
            notes: vec![note],
        }
    }
}

/// Reads a file. The name and the media type are what the sender said; the bytes tell what it is.
pub fn extract(bytes: &[u8], name: &str, media_type: &str) -> Extracted {
    let mut reading = Reading::default();
    let format = member::read(bytes, name, media_type, &mut reading);
    // Of a file without its end nobody knows what it was to be.
    if !reading.has_note("truncated") && format::is_lie(name, format) {
        reading.note(
            "extension_lies",
            "the name's extension is not that of what the file holds",
        );
    }
    let (text, title, heading, notes) = reading.finish();
    Extracted {
        heading: heading.or_else(|| {
            format
                .is_prose()
                .then(|| heading::first_line(&text))
                .flatten()
        }),
        language: language::of(&text),
        format,
        text,
        title,
        notes,
    }
}

/// What the first bytes alone tell: whether there is a text to read for.
pub fn may_have_text(bytes: &[u8]) -> bool {
    !matches!(
        format::by_magic(bytes),
        Some(Format::Picture | Format::Recording | Format::Program)
    )
}

#[cfg(test)]
mod tests;
