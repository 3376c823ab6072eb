//! The index on disk, so that a restart takes seconds: written now and then, and never trusted.
//!
//! A file of another version, of another database or with one bit changed is refused as a whole, and the index is built
//! anew; nothing but speed depends on it. It holds what the index holds: numbers and parties of cases, words as hashes.
//! Format: a first line that says what it is, then three sections, each its length in bytes (8, little-endian), its
//! BLAKE3 hash (32) and that many bytes of MessagePack.

use super::index::Index;
use super::lists::Lists;
use serde::{Serialize, de::DeserializeOwned};
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Seek as _, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::thread;

/// Raised whenever what is kept, or how words become keys, changes.
const VERSION: u32 = 2;
const HEAD_BYTES: u64 = 40;
const MAX_FIRST_LINE: u64 = 1000;
const BUFFER_BYTES: usize = 1 << 20;

/// Where it lies.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub path: PathBuf,
}

/// Up to where in the course of events a snapshot reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Reach {
    /// Number of the last event in it.
    pub event: i64,
    /// Tells that event from one of the same number in another database.
    pub witness: String,
}

#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    #[error("there is none")]
    Missing,
    #[error("it is of another version")]
    OtherVersion,
    #[error("it is damaged")]
    Damaged,
    #[error("it cannot be read or written")]
    Io(#[from] io::Error),
}

#[derive(Serialize, serde::Deserialize)]
struct FirstLine {
    sagspost_index: u32,
    reach: Reach,
}

impl Snapshot {
    /// In place of the one before, once it is whole.
    pub fn write(&self, index: &Index, reach: &Reach) -> Result<(), SnapshotError> {
        let unfinished = self.path.with_extension("unfinished");
        let written = write_to(&unfinished, index, reach);
        if written.is_err() {
            // What stands there is of no use; that it cannot be removed either changes nothing.
            let _ = std::fs::remove_file(&unfinished);
        }
        written?;
        std::fs::rename(&unfinished, &self.path)?;
        Ok(())
    }

    pub(super) fn reach(&self) -> Result<Reach, SnapshotError> {
        Ok(self.open()?.1)
    }

    pub fn read(&self) -> Result<(Index, Reach), SnapshotError> {
        let (file, reach) = self.open()?;
        let begins = section_begins(file)?;
        let path = &self.path;
        let [at_rest, at_terms, at_history] = begins;
        let (rest, terms, history) = thread::scope(|scope| {
            let history = scope.spawn(move || section::<Lists<_>>(path, at_history));
            let terms = scope.spawn(move || section::<Lists<_>>(path, at_terms));
            let rest = section::<Index>(path, at_rest);
            (rest, terms.join(), history.join())
        });
        let damaged = |_| SnapshotError::Damaged;
        let (terms, history) = (terms.map_err(damaged)??, history.map_err(damaged)??);
        Ok((rest?.with_lists(terms, history), reach))
    }

    fn open(&self) -> Result<(BufReader<File>, Reach), SnapshotError> {
        let file = File::open(&self.path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => SnapshotError::Missing,
            _ => SnapshotError::Io(error),
        })?;
        let mut file = BufReader::new(file);
        let mut line = Vec::new();
        (&mut file)
            .take(MAX_FIRST_LINE)
            .read_until(b'\n', &mut line)?;
        let first: FirstLine =
            serde_json::from_slice(&line).map_err(|_| SnapshotError::OtherVersion)?;
        if first.sagspost_index != VERSION {
            return Err(SnapshotError::OtherVersion);
        }
        Ok((file, first.reach))
    }
}

fn write_to(path: &Path, index: &Index, reach: &Reach) -> Result<(), SnapshotError> {
    // It names cases and parties: nobody else's to read.
    let mut file = File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    let first = FirstLine {
        sagspost_index: VERSION,
        reach: reach.clone(),
    };
    let mut line = serde_json::to_vec(&first).map_err(io::Error::from)?;
    line.push(b'\n');
    file.write_all(&line)?;
    write_section(&mut file, index)?;
    write_section(&mut file, &index.terms.lists)?;
    write_section(&mut file, &index.history.lists)?;
    file.sync_all()?;
    Ok(())
}

fn write_section<T: Serialize>(file: &mut File, value: &T) -> Result<(), SnapshotError> {
    let head = file.stream_position()?;
    file.write_all(&[0; HEAD_BYTES as usize])?;
    let mut hashed = Hashed::new(&mut *file);
    let mut writer = BufWriter::with_capacity(BUFFER_BYTES, &mut hashed);
    rmp_serde::encode::write(&mut writer, value).map_err(io::Error::other)?;
    writer.flush()?;
    drop(writer);
    let (length, hash) = (hashed.bytes, hashed.hasher.finalize());
    file.seek(SeekFrom::Start(head))?;
    file.write_all(&length.to_le_bytes())?;
    file.write_all(hash.as_bytes())?;
    file.seek(SeekFrom::End(0))?;
    Ok(())
}

fn section_begins(mut file: BufReader<File>) -> Result<[u64; 3], SnapshotError> {
    let mut begins = [0; 3];
    for begin in &mut begins {
        *begin = file.stream_position()?;
        let (length, _) = read_head(&mut file)?;
        file.seek(SeekFrom::Start(*begin + HEAD_BYTES + length))?;
    }
    Ok(begins)
}

fn read_head(file: &mut impl Read) -> Result<(u64, [u8; 32]), SnapshotError> {
    let (mut length, mut hash) = ([0; 8], [0; 32]);
    file.read_exact(&mut length).map_err(cut)?;
    file.read_exact(&mut hash).map_err(cut)?;
    Ok((u64::from_le_bytes(length), hash))
}

fn section<T: DeserializeOwned>(path: &Path, begin: u64) -> Result<T, SnapshotError> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(begin))?;
    let (length, expected) = read_head(&mut file)?;
    let mut hashed = Hashed::new(file.take(length));
    let mut reader = BufReader::with_capacity(BUFFER_BYTES, &mut hashed);
    let value = rmp_serde::decode::from_read(&mut reader).map_err(|_| SnapshotError::Damaged)?;
    let rest = io::copy(&mut reader, &mut io::sink())?;
    drop(reader);
    if rest > 0 || hashed.bytes != length || hashed.hasher.finalize() != expected {
        return Err(SnapshotError::Damaged);
    }
    Ok(value)
}

fn cut(error: io::Error) -> SnapshotError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => SnapshotError::Damaged,
        _ => SnapshotError::Io(error),
    }
}

/// Counts and hashes what goes through.
struct Hashed<T> {
    inner: T,
    bytes: u64,
    hasher: blake3::Hasher,
}

impl<T> Hashed<T> {
    fn new(inner: T) -> Self {
        Self {
            inner,
            bytes: 0,
            hasher: blake3::Hasher::new(),
        }
    }

    fn passed(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.hasher.update(bytes);
    }
}

impl<T: Write> Write for Hashed<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.passed(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Hashed<T> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.passed(&bytes[..read]);
        Ok(read)
    }
}
