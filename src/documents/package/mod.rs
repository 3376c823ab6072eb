//! A Word document as a package of parts (ECMA-376 part 2): read within fixed limits, and written again with some parts
//! changed and every other one copied byte for byte, still packed.
//!
//! Only parts that hold text are ever unpacked. Nothing is fetched, run or decrypted; a grammar of XML's own (DTD) is
//! refused, so no entity expands. A file of macros keeps them, and is told apart.

mod content_types;
mod error;
mod properties;
mod xml;

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom, Write};

use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

pub use content_types::Story;
pub use error::PackageError;
pub use properties::{Property, properties};

use content_types::{Types, as_document};

/// What all text parts of one document may unpack to, and what they may become when they are filled in.
pub const MAX_TEXT_BYTES: usize = 20 * 1024 * 1024;
/// A part that unpacks to more than this many times its size is refused, if it is also larger than `SMALL_PART_BYTES`.
const MAX_RATIO: u64 = 100;
const SMALL_PART_BYTES: u64 = 4 * 1024 * 1024;
const MAX_ENTRIES: usize = 1_000;
/// Elements within each other.
pub const MAX_DEPTH: usize = 64;

pub const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const DOCM: &str = "application/vnd.ms-word.document.macroEnabled.12";
const CONTENT_TYPES: &str = "[Content_Types].xml";
const RELATIONS: &str = "_rels/.rels";

/// Parts by name that take the place of those of the package, or are added to it.
pub type Changes = BTreeMap<String, Vec<u8>>;

/// An opened document. Its directory is read, and nothing else yet.
#[derive(Clone)]
pub struct Package<R> {
    zip: ZipArchive<R>,
    /// In the order of the file.
    names: Vec<String>,
    types: Types,
    /// What text parts may still unpack to.
    budget: u64,
}

impl<R: Read + Seek> Package<R> {
    pub fn open(mut file: R) -> Result<Self, PackageError> {
        look(&mut file)?;
        let mut zip = ZipArchive::new(file).map_err(|_| PackageError::Damaged)?;
        if zip.len() > MAX_ENTRIES {
            return Err(PackageError::TooManyParts);
        }
        let is_ambiguous = zip.has_duplicate_names() || zip.has_overlapping_files().unwrap_or(true);
        if is_ambiguous {
            return Err(PackageError::Damaged);
        }
        let mut names = Vec::with_capacity(zip.len());
        for index in 0..zip.len() {
            let part = zip.by_index_raw(index).map_err(|_| PackageError::Damaged)?;
            if part.encrypted() {
                return Err(PackageError::Protected);
            }
            names.push(part.name().map_err(|_| PackageError::Damaged)?.into_owned());
        }
        let mut package = Self {
            zip,
            names,
            types: Types::default(),
            budget: MAX_TEXT_BYTES as u64,
        };
        if !package.has(CONTENT_TYPES) {
            return Err(PackageError::NotWord);
        }
        package.types = Types::read(&package.part(CONTENT_TYPES)?)?;
        if !package
            .names
            .iter()
            .any(|name| package.types.story(name) == Some(Story::Body))
        {
            return Err(PackageError::NotWord);
        }
        Ok(package)
    }

    pub fn has(&self, name: &str) -> bool {
        self.index(name).is_some()
    }

    /// The parts that people read, in the order of the file, the body first.
    pub fn stories(&self) -> Vec<(String, Story)> {
        let of = |name: &String| Some((name.clone(), self.types.story(name)?));
        let mut stories: Vec<_> = self.names.iter().filter_map(of).collect();
        stories.sort_by_key(|(_, story)| *story);
        stories
    }

    /// Kept as they are, and never run.
    pub fn has_macros(&self) -> bool {
        self.types.has_macros() || self.names.iter().any(|name| is_macro(name))
    }

    /// The media type of the document that is made of it.
    pub fn media_type(&self) -> &'static str {
        if self.types.has_macros() { DOCM } else { DOCX }
    }

    pub fn extension(&self) -> &'static str {
        if self.types.has_macros() {
            "docm"
        } else {
            "docx"
        }
    }

    /// Whether a part wants something from elsewhere when it is opened: a picture, a template. A link that somebody has
    /// to press is none.
    pub fn asks_for_outside(&mut self) -> Result<bool, PackageError> {
        let relations: Vec<String> = self
            .names
            .iter()
            .filter(|name| name.to_ascii_lowercase().ends_with(".rels"))
            .cloned()
            .collect();
        let mut found = false;
        for name in relations {
            let source = self.part(&name)?;
            xml::elements(&source, |element| {
                let is_outside = element
                    .attribute("TargetMode")
                    .is_some_and(|mode| mode == "External");
                let is_link = element
                    .attribute("Type")
                    .is_some_and(|kind| kind.ends_with("/hyperlink"));
                found |= element.name == "Relationship" && is_outside && !is_link;
            })?;
        }
        Ok(found)
    }

    /// All of a text part, unpacked.
    pub fn part(&mut self, name: &str) -> Result<Vec<u8>, PackageError> {
        let index = self.index(name).ok_or(PackageError::Damaged)?;
        let part = self
            .zip
            .by_index(index)
            .map_err(|_| PackageError::Damaged)?;
        let dense = part
            .compressed_size()
            .saturating_mul(MAX_RATIO)
            .max(SMALL_PART_BYTES);
        let room = dense.min(self.budget);
        let mut bytes = Vec::new();
        let read = part.take(room + 1).read_to_end(&mut bytes);
        if bytes.len() as u64 > room {
            return Err(if dense < self.budget {
                PackageError::TooDense
            } else {
                PackageError::TooMuchText
            });
        }
        read.map_err(|_| PackageError::Damaged)?;
        self.budget -= bytes.len() as u64;
        if bytes.starts_with(b"\xef\xbb\xbf") {
            bytes.drain(..3);
        }
        Ok(bytes)
    }

    /// Writes the package with these parts in the place of its own, or added to them. What was a template becomes a
    /// document.
    pub fn write<W: Write + Seek>(
        &mut self,
        mut changes: Changes,
        to: W,
    ) -> Result<W, PackageError> {
        let types = match changes.remove(CONTENT_TYPES) {
            Some(types) => types,
            None => self.part(CONTENT_TYPES)?,
        };
        changes.insert(CONTENT_TYPES.to_owned(), as_document(&types));
        let mut out = ZipWriter::new(to);
        let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for index in 0..self.zip.len() {
            let name = self.names.get(index).cloned().unwrap_or_default();
            if let Some(bytes) = changes.remove(&name) {
                out.start_file(name, packed)
                    .map_err(|_| PackageError::NotWritten)?;
                out.write_all(&bytes)
                    .map_err(|_| PackageError::NotWritten)?;
            } else {
                let part = self
                    .zip
                    .by_index_raw(index)
                    .map_err(|_| PackageError::Damaged)?;
                out.raw_copy_file(part)
                    .map_err(|_| PackageError::NotWritten)?;
            }
        }
        for (name, bytes) in changes {
            out.start_file(name, packed)
                .map_err(|_| PackageError::NotWritten)?;
            out.write_all(&bytes)
                .map_err(|_| PackageError::NotWritten)?;
        }
        out.finish().map_err(|_| PackageError::NotWritten)
    }

    fn index(&self, name: &str) -> Option<usize> {
        let name = name.trim_start_matches('/');
        self.names
            .iter()
            .position(|other| other.eq_ignore_ascii_case(name))
    }
}

/// What the file is, by its first bytes; and that its directory is no larger than a document's, before it is read.
fn look(file: &mut (impl Read + Seek)) -> Result<(), PackageError> {
    const PROTECTED: &[u8] = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";
    const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";
    /// Bytes that look like an entry may be a picture's, or those of a file within this one.
    const MAX_SIGNATURES: usize = 2 * MAX_ENTRIES;
    let damaged = |_| PackageError::Damaged;
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0)).map_err(damaged)?;
    file.by_ref()
        .take(8)
        .read_to_end(&mut head)
        .map_err(damaged)?;
    match head.as_slice() {
        [] => return Err(PackageError::Empty),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => {
            return Err(if count(file, PROTECTED, 1)? > 0 {
                PackageError::Protected
            } else {
                PackageError::OldWord
            });
        }
        [b'P', b'K', 3 | 5, ..] => (),
        _ => return Err(PackageError::NotWord),
    }
    if count(file, DIRECTORY_ENTRY, MAX_SIGNATURES)? >= MAX_SIGNATURES {
        return Err(PackageError::TooManyParts);
    }
    file.seek(SeekFrom::Start(0)).map_err(damaged)?;
    Ok(())
}

/// How often these bytes stand in the rest of the file; counted no further than `enough`.
fn count(file: &mut impl Read, bytes: &[u8], enough: usize) -> Result<usize, PackageError> {
    let mut window = vec![0; 64 * 1024];
    let (mut kept, mut found) = (0, 0);
    loop {
        let read = file
            .read(&mut window[kept..])
            .map_err(|_| PackageError::Damaged)?;
        if read == 0 || found >= enough {
            return Ok(found);
        }
        let filled = kept + read;
        let mut at = 0;
        while let Some(next) = find(&window[at..filled], bytes) {
            found += 1;
            at += next + bytes.len();
        }
        // What may be the beginning of one more is looked at again.
        let from = at.max(filled.saturating_sub(bytes.len() - 1));
        window.copy_within(from..filled, 0);
        kept = filled - from;
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let (first, rest) = needle.split_first()?;
    let mut at = 0;
    loop {
        at += haystack.get(at..)?.iter().position(|byte| byte == first)?;
        if haystack.get(at + 1..)?.starts_with(rest) {
            return Some(at);
        }
        at += 1;
    }
}

fn is_macro(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with("vbaproject.bin")
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
