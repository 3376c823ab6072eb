//! A zip archive in memory, read file by file within the budget.
//!
//! Names are only names: nothing is written. An archive whose directory is missing, because its end was cut off, is read
//! from its beginning as far as it goes.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Cursor, Read};

use zip::{ZipArchive, read::ZipFile};

use super::{
    MAX_ENTRIES, MAX_RATIO, SMALL_PART_BYTES,
    reading::{Budget, Reading},
};

const MAX_NAME_BYTES: usize = 1000;

pub(super) struct Archive<'b> {
    entries: Vec<Entry>,
    source: Source<'b>,
}

struct Entry {
    name: String,
    encrypted: bool,
}

enum Source<'b> {
    /// With the entry's place in the directory.
    Directory(ZipArchive<Cursor<&'b [u8]>>),
    /// What could be unpacked of an archive without its end.
    Salvaged(BTreeMap<String, Vec<u8>>),
}

impl<'b> Archive<'b> {
    /// Never fails: an archive that cannot be read is empty, and noted as damaged.
    pub fn open(bytes: &'b [u8], reading: &mut Reading) -> Self {
        match ZipArchive::new(Cursor::new(bytes)) {
            Ok(mut zip) => {
                if zip.len() > MAX_ENTRIES {
                    reading.note(
                        "too_many_files",
                        "the archive holds more than 1000 files; the rest was left out",
                    );
                }
                let entries = (0..zip.len().min(MAX_ENTRIES))
                    .map(|index| entry(&mut zip, index))
                    .collect();
                Self {
                    entries,
                    source: Source::Directory(zip),
                }
            }
            Err(_) => Self::salvage(bytes, reading),
        }
    }

    fn salvage(bytes: &'b [u8], reading: &mut Reading) -> Self {
        reading.note(
            "truncated",
            "the file's end is missing or damaged; what could be read is kept",
        );
        let mut cursor = Cursor::new(bytes);
        let mut found = BTreeMap::new();
        while found.len() < MAX_ENTRIES && reading.budget.left() > 0 {
            let Ok(Some(file)) = zip::read::read_zipfile_from_stream(&mut cursor) else {
                break;
            };
            if file.encrypted() {
                reading.note(
                    "encrypted",
                    "the file, or a part of it, is behind a password",
                );
                break;
            }
            let name = shown(&file.name().unwrap_or_default());
            let mut content = Vec::new();
            let is_whole = Part::new(file, reading.budget.clone())
                .read_to_end(&mut content)
                .is_ok();
            // What follows a damaged file may be anything.
            found.insert(name, content);
            if !is_whole {
                break;
            }
        }
        Self {
            entries: found
                .keys()
                .map(|name| Entry {
                    name: name.clone(),
                    encrypted: false,
                })
                .collect(),
            source: Source::Salvaged(found),
        }
    }

    /// In the order of the archive.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.entries.iter().map(|entry| entry.name.as_str())
    }

    pub fn has(&self, name: &str) -> bool {
        self.index(name).is_some()
    }

    pub fn is_encrypted(&self) -> bool {
        self.entries.iter().any(|entry| entry.encrypted)
    }

    fn index(&self, name: &str) -> Option<usize> {
        let name = name.trim_start_matches('/');
        self.entries
            .iter()
            .position(|entry| entry.name == name)
            .or_else(|| {
                self.entries
                    .iter()
                    .position(|entry| entry.name.eq_ignore_ascii_case(name))
            })
    }

    /// The unpacked bytes of a file, as they are asked for.
    pub fn part(&mut self, name: &str, budget: &Budget) -> Option<Box<dyn BufRead + '_>> {
        let index = self.index(name)?;
        match &mut self.source {
            Source::Directory(zip) => {
                let file = zip.by_index(index).ok()?;
                Some(Box::new(BufReader::new(Part::new(file, budget.clone()))))
            }
            Source::Salvaged(found) => {
                let entry = self.entries.get(index)?;
                Some(Box::new(Cursor::new(found.get(&entry.name)?.as_slice())))
            }
        }
    }

    /// All unpacked bytes of a file, or as many as the budget allows.
    pub fn bytes(&mut self, name: &str, reading: &mut Reading) -> Option<Vec<u8>> {
        let mut content = Vec::new();
        let budget = reading.budget.clone();
        if self.part(name, &budget)?.read_to_end(&mut content).is_err() {
            reading.note_damage();
        }
        Some(content)
    }
}

fn entry(zip: &mut ZipArchive<Cursor<&[u8]>>, index: usize) -> Entry {
    match zip.by_index_raw(index) {
        Ok(file) => Entry {
            name: shown(&file.name().unwrap_or_default()),
            encrypted: file.encrypted(),
        },
        Err(_) => Entry {
            name: String::new(),
            encrypted: false,
        },
    }
}

fn shown(name: &str) -> String {
    let name = name
        .get(..name.floor_char_boundary(MAX_NAME_BYTES))
        .unwrap_or_default();
    name.replace('\\', "/")
}

/// A file while it is unpacked; ends early when it, or all of them, unpack to too much.
struct Part<R> {
    file: R,
    left: u64,
    budget: Budget,
}

impl<'z, R: Read> Part<ZipFile<'z, R>> {
    fn new(file: ZipFile<'z, R>, budget: Budget) -> Self {
        Self {
            left: file
                .compressed_size()
                .saturating_mul(MAX_RATIO)
                .max(SMALL_PART_BYTES),
            file,
            budget,
        }
    }
}

impl<R: Read> Read for Part<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let room = self.left.min(self.budget.left());
        if room == 0 {
            return Ok(self.say_whether_more_follows());
        }
        let room = usize::try_from(room)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let Some(buffer) = buffer.get_mut(..room) else {
            return Ok(0);
        };
        let count = self.file.read(buffer)?;
        self.left = self.left.saturating_sub(count as u64);
        self.budget.spend(count as u64);
        Ok(count)
    }
}

impl<R: Read> Part<R> {
    /// Always 0: the part ends here.
    fn say_whether_more_follows(&mut self) -> usize {
        if matches!(self.file.read(&mut [0]), Ok(1)) {
            if self.left == 0 {
                self.budget.note_too_dense();
            } else {
                self.budget.note_exceeded();
            }
        }
        0
    }
}
