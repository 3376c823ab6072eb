//! A damaged compound file (MS-CFB), read without trust and written anew.
//!
//! Whatever of its directory and its sectors can still be found is put into a sound file, which is then read as any
//! other: a message that was cut on its way keeps what arrived.

use std::{
    io::{Cursor, Write},
    path::{Path, PathBuf},
};

use cfb::CompoundFile;

use super::{
    properties::Budget,
    reader::{Reader, utf_16},
};

/// Streams and storages; Outlook writes some hundred, and a dozen for each recipient.
const MAX_ENTRIES: usize = 100_000;
const MAX_DEPTH: usize = 40;

const HEADER_BYTES: usize = 512;
const ENTRY_BYTES: usize = 128;
const SMALL_SECTOR_BYTES: usize = 64;
/// Streams below this length lie in small sectors.
const SMALL_STREAM_BYTES: usize = 4_096;
/// Numbers from here on are no sectors but marks.
const FIRST_MARK: u32 = 0xffff_fffa;
const END_OF_CHAIN: u32 = 0xffff_fffe;
const NO_ENTRY: u32 = 0xffff_ffff;

/// A sound file with what could be found; `None` when there is no directory.
pub(super) fn salvaged(bytes: &[u8]) -> Option<Vec<u8>> {
    let file = Damaged::read(bytes)?;
    let mut sound =
        CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new())).ok()?;
    let mut budget = Budget::default();
    for found in file.tree() {
        if found.is_storage {
            // A name that stands twice, or that no file may have, is left out with what lies below.
            let _ = sound.create_storage(&found.path);
            continue;
        }
        let content = file.content(&found);
        if !budget.allows(content.len()) {
            break;
        }
        if let Ok(mut stream) = sound.create_new_stream(&found.path) {
            stream.write_all(&content).ok()?;
        }
    }
    sound.flush().ok()?;
    Some(sound.into_inner().into_inner())
}

struct Damaged<'b> {
    bytes: &'b [u8],
    sector_bytes: usize,
    /// Which sector follows on which.
    next: Vec<u32>,
    directory: Vec<u8>,
    small_next: Vec<u32>,
    small: Vec<u8>,
}

struct Found {
    path: PathBuf,
    is_storage: bool,
    start: u32,
    length: usize,
}

impl<'b> Damaged<'b> {
    fn read(bytes: &'b [u8]) -> Option<Self> {
        let shift = Reader::new(bytes.get(30..)?).u16()?;
        let mut file = Self {
            bytes,
            sector_bytes: match shift {
                9 | 12 => 1 << shift,
                _ => return None,
            },
            next: Vec::new(),
            directory: Vec::new(),
            small_next: Vec::new(),
            small: Vec::new(),
        };
        let number = |at: usize| Reader::new(bytes.get(at..)?).u32();
        file.next = file.table(number(68)?);
        file.directory = file.chain(number(48)?, usize::MAX);
        file.small_next = numbers(&file.chain(number(60)?, usize::MAX));
        let (start, length) = place(file.entry(0)?)?;
        file.small = file.chain(start, length);
        Some(file)
    }

    fn sector(&self, sector: u32) -> Option<&'b [u8]> {
        let at = usize::try_from(sector).ok()?.checked_add(1)?;
        let rest = self.bytes.get(at.checked_mul(self.sector_bytes)?..)?;
        (!rest.is_empty()).then(|| rest.get(..self.sector_bytes).unwrap_or(rest))
    }

    /// The table of sectors, from the sectors that the header and those behind it name.
    fn table(&self, first_list: u32) -> Vec<u32> {
        let all = self.bytes.len() / self.sector_bytes + 1;
        let mut named = numbers(self.bytes.get(76..HEADER_BYTES).unwrap_or_default());
        let mut list = first_list;
        while let Some(sector) = self.sector(list)
            && named.len() <= all
        {
            let mut more = numbers(sector);
            list = more.pop().unwrap_or(END_OF_CHAIN);
            named.extend(more);
        }
        let mut table = Vec::new();
        for sector in named.into_iter().take(all) {
            if sector >= FIRST_MARK || table.len() > all {
                continue;
            }
            let mut part = numbers(self.sector(sector).unwrap_or_default());
            // Of a sector that is lost, nothing tells what follows.
            part.resize(self.sector_bytes / 4, END_OF_CHAIN);
            table.extend(part);
        }
        table
    }

    fn chain(&self, start: u32, length: usize) -> Vec<u8> {
        let length = length.min(self.bytes.len());
        let mut content = Vec::new();
        let mut sector = start;
        while content.len() < length
            && let Some(part) = self.sector(sector)
        {
            content.extend_from_slice(part);
            sector = follower(&self.next, sector);
        }
        content.truncate(length);
        content
    }

    fn small_chain(&self, start: u32, length: usize) -> Vec<u8> {
        let mut content = Vec::new();
        let mut sector = start;
        while content.len() < length {
            let Some(part) = usize::try_from(sector)
                .ok()
                .and_then(|sector| sector.checked_mul(SMALL_SECTOR_BYTES))
                .and_then(|at| self.small.get(at..))
                .filter(|rest| !rest.is_empty())
            else {
                break;
            };
            content.extend_from_slice(part.get(..SMALL_SECTOR_BYTES).unwrap_or(part));
            sector = follower(&self.small_next, sector);
        }
        content.truncate(length);
        content
    }

    fn content(&self, found: &Found) -> Vec<u8> {
        if found.length < SMALL_STREAM_BYTES {
            self.small_chain(found.start, found.length)
        } else {
            self.chain(found.start, found.length)
        }
    }

    fn entry(&self, number: u32) -> Option<&[u8]> {
        let at = usize::try_from(number).ok()?.checked_mul(ENTRY_BYTES)?;
        self.directory.get(at..at.checked_add(ENTRY_BYTES)?)
    }

    /// What can be reached from the root, storages before what lies in them.
    fn tree(&self) -> Vec<Found> {
        const STORAGE: u8 = 1;
        const STREAM: u8 = 2;
        let mut seen = vec![false; self.directory.len() / ENTRY_BYTES];
        let mut found = Vec::new();
        let root = self
            .entry(0)
            .and_then(|root| links(root).map(|(_, _, child)| child));
        let mut waiting = vec![(root.unwrap_or(NO_ENTRY), PathBuf::from("/"))];
        while let Some((number, folder)) = waiting.pop() {
            let place_seen = usize::try_from(number)
                .ok()
                .and_then(|number| seen.get_mut(number));
            let (Some(seen @ false), true) = (place_seen, found.len() < MAX_ENTRIES) else {
                continue;
            };
            *seen = true;
            let read = || {
                let entry = self.entry(number)?;
                Some((entry, links(entry)?, place(entry)?, name(entry)?))
            };
            let Some((entry, (left, right, child), (start, length), name)) = read() else {
                continue;
            };
            waiting.push((left, folder.clone()));
            waiting.push((right, folder.clone()));
            let kind = entry.get(66).copied().unwrap_or_default();
            let path = folder.join(&name);
            let is_below = path.starts_with(&folder) && path != folder;
            if !is_below || depth(&path) > MAX_DEPTH || !matches!(kind, STORAGE | STREAM) {
                continue;
            }
            if kind == STORAGE {
                waiting.push((child, path.clone()));
            }
            found.push(Found {
                path,
                is_storage: kind == STORAGE,
                start,
                length,
            });
        }
        found
    }
}

fn follower(next: &[u32], sector: u32) -> u32 {
    usize::try_from(sector)
        .ok()
        .and_then(|sector| next.get(sector).copied())
        .unwrap_or(END_OF_CHAIN)
}

fn depth(path: &Path) -> usize {
    path.components().count()
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    let (numbers, _) = bytes.as_chunks();
    numbers
        .iter()
        .map(|number| u32::from_le_bytes(*number))
        .collect()
}

/// Entries to the left and the right, and the first within.
fn links(entry: &[u8]) -> Option<(u32, u32, u32)> {
    let mut reader = Reader::new(entry.get(68..)?);
    Some((reader.u32()?, reader.u32()?, reader.u32()?))
}

/// The first sector, and the length.
fn place(entry: &[u8]) -> Option<(u32, usize)> {
    let mut reader = Reader::new(entry.get(116..)?);
    // The upper half of the length may be noise, and no mail is that long.
    Some((reader.u32()?, reader.length()?))
}

fn name(entry: &[u8]) -> Option<String> {
    const MAX_NAME_BYTES: usize = 64;
    let length = usize::from(Reader::new(entry.get(64..)?).u16()?);
    let name = utf_16(entry.get(..length.min(MAX_NAME_BYTES))?);
    let name = name.trim_end_matches('\0');
    (!name.is_empty() && !name.contains(['/', '\\', ':', '!'])).then(|| name.to_owned())
}
