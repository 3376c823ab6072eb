//! A compound file (MS-CFB) that a stranger wrote, read within bounds.
//!
//! The `cfb` crate checks that directories have no loops and that sectors belong to one chain each; what one read costs,
//! and how much is read, is counted here. A file that it refuses is salvaged first.

use std::{
    borrow::Cow,
    io::{Cursor, Read},
    path::Path,
    time::SystemTime,
};

use cfb::CompoundFile;

use super::{properties::Budget, salvage::salvaged};

pub(super) const MAGIC: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Sectors that are followed in all: a stream is found by going along its chain.
const MAX_STEPS: u64 = 2_000_000_000;
const SMALLEST_SECTOR_BYTES: u64 = 64;
/// Streams below this length lie in small sectors.
const SMALL_STREAM_BYTES: u64 = 4_096;
/// Streams and storages of an object that is copied out, and how deep they may lie.
const MAX_OBJECT_ENTRIES: usize = 1_000;
const MAX_OBJECT_DEPTH: usize = 8;

pub(super) struct Compound<'b> {
    file: CompoundFile<Cursor<Cow<'b, [u8]>>>,
    file_bytes: u64,
    small_steps: u64,
    steps: u64,
    pub budget: Budget,
    pub was_damaged: bool,
}

pub(super) struct Child {
    pub name: String,
    pub is_stream: bool,
}

pub(super) enum Stream {
    Whole(Vec<u8>),
    /// Its end is missing.
    Cut(Vec<u8>),
    /// Not read, since too much was.
    OverLimit,
}

impl<'b> Compound<'b> {
    pub(super) fn open(bytes: &'b [u8]) -> Option<Self> {
        let (file, file_bytes, was_damaged) =
            if let Ok(file) = CompoundFile::open(Cursor::new(Cow::Borrowed(bytes))) {
                (file, bytes.len(), false)
            } else {
                let sound = salvaged(bytes)?;
                let length = sound.len();
                let file = CompoundFile::open(Cursor::new(Cow::Owned(sound))).ok()?;
                (file, length, true)
            };
        let file_bytes = file_bytes as u64;
        let small_stream = file.root_entry().len().min(file_bytes);
        Some(Self {
            file_bytes,
            small_steps: small_stream / SMALLEST_SECTOR_BYTES,
            steps: MAX_STEPS,
            budget: Budget::default(),
            was_damaged,
            file,
        })
    }

    pub(super) fn has_stream(&self, path: &str) -> bool {
        self.file.is_stream(path)
    }

    /// What lies in a storage, in the order of the directory.
    pub(super) fn children(&self, path: &str) -> Vec<Child> {
        let Ok(entries) = self.file.read_storage(path) else {
            return Vec::new();
        };
        entries
            .map(|entry| Child {
                name: entry.name().to_owned(),
                is_stream: entry.is_stream(),
            })
            .collect()
    }

    pub(super) fn stream(&mut self, path: impl AsRef<Path>) -> Option<Stream> {
        let length = self.file.entry(path.as_ref()).ok()?.len();
        // No stream is longer than its file, whatever it claims.
        let readable = length.min(self.file_bytes);
        let cost = if length < SMALL_STREAM_BYTES {
            self.small_steps
        } else {
            self.file_bytes / (8 * SMALLEST_SECTOR_BYTES)
        };
        let Some(steps) = self.steps.checked_sub(cost + 1) else {
            return Some(Stream::OverLimit);
        };
        self.steps = steps;
        if !self.budget.allows(usize::try_from(readable).ok()?) {
            return Some(Stream::OverLimit);
        }
        let stream = self.file.open_stream(path).ok()?;
        let bytes = read_while_possible(stream.take(readable));
        Some(if (bytes.len() as u64) < length {
            Stream::Cut(bytes)
        } else {
            Stream::Whole(bytes)
        })
    }

    /// A storage within the file as a compound file of its own, always the same bytes for the same storage.
    pub(super) fn storage_as_file(&mut self, path: &str) -> Option<Vec<u8>> {
        let base = Path::new(path);
        let entries: Vec<(std::path::PathBuf, bool, uuid::Uuid)> = self
            .file
            .walk_storage(path)
            .ok()?
            .take(MAX_OBJECT_ENTRIES)
            .map(|entry| (entry.path().to_owned(), entry.is_stream(), *entry.clsid()))
            .filter(|(path, ..)| {
                path.components().count() <= base.components().count() + MAX_OBJECT_DEPTH
            })
            .collect();
        let mut copy =
            CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new())).ok()?;
        for (path, is_stream, class) in entries {
            let Ok(inner) = path.strip_prefix(base) else {
                continue;
            };
            let target = Path::new("/").join(inner);
            if is_stream {
                let (Stream::Whole(bytes) | Stream::Cut(bytes)) = self.stream(&path)? else {
                    return None;
                };
                let Ok(mut stream) = copy.create_stream(&target) else {
                    continue;
                };
                std::io::Write::write_all(&mut stream, &bytes).ok()?;
            } else {
                if target != Path::new("/") && copy.create_storage(&target).is_err() {
                    continue;
                }
                copy.set_storage_clsid(&target, class).ok()?;
                copy.set_created_time(&target, SystemTime::UNIX_EPOCH)
                    .ok()?;
                copy.set_modified_time(&target, SystemTime::UNIX_EPOCH)
                    .ok()?;
            }
        }
        copy.flush().ok()?;
        Some(copy.into_inner().into_inner())
    }
}

/// All that comes before the end or the first error.
fn read_while_possible(mut stream: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut chunk = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = stream.read(&mut chunk) {
        bytes.extend_from_slice(chunk.get(..length).unwrap_or_default());
    }
    bytes
}
