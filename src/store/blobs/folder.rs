//! Objects in a folder of this machine, written durably and past the page cache.
//!
//! A mail that was just stored is rarely read soon, and copying gigabytes into the page cache costs more than all the
//! parsing of them: writing around it took a third of the time and hardly any CPU (see `docs/benchmarks.md`).
//! File systems that cannot do it are written to in the ordinary way.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::fs::OFlags;

/// What every disk's blocks divide.
const ALIGNMENT: usize = 4096;
const CHUNK: usize = 2 << 20;

/// Creates a file of what is read, so many bytes of it; when this returns, it is on disk. A file that could not be written whole
/// is removed. It may be read twice.
pub(super) fn write<R: Read>(path: &Path, length: usize, read: impl Fn() -> R) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    if !folder.exists() {
        fs::create_dir_all(folder)?;
        sync_folder(folder.parent().unwrap_or(folder))?;
    }
    let written = match write_around_cache(path, length, read()) {
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
            remove(path)?;
            write_through_cache(path, read())
        }
        outcome => outcome,
    };
    match written {
        Ok(()) => sync_folder(folder),
        // Not ours to remove.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(error) => {
            // The error that is told is the first one.
            let _ = remove(path);
            Err(error)
        }
    }
}

fn write_around_cache(path: &Path, length: usize, mut read: impl Read) -> io::Result<()> {
    let flags = i32::try_from(OFlags::DIRECT.bits()).unwrap_or_default();
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .custom_flags(flags)
        .open(path)?;
    let mut buffer = vec![0; CHUNK.min(length.next_multiple_of(ALIGNMENT)) + ALIGNMENT];
    let start = buffer.as_ptr().align_offset(ALIGNMENT);
    let aligned = buffer.get_mut(start..).unwrap_or_default();
    let mut rest = length;
    while rest > 0 {
        let chunk = CHUNK.min(rest);
        let whole_blocks = chunk.next_multiple_of(ALIGNMENT);
        read.read_exact(&mut aligned[..chunk])?;
        aligned[chunk..whole_blocks].fill(0);
        file.write_all(&aligned[..whole_blocks])?;
        rest -= chunk;
    }
    file.set_len(length as u64)?;
    file.sync_all()
}

fn write_through_cache(path: &Path, mut read: impl Read) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    io::copy(&mut read, &mut file)?;
    file.sync_all()
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A file is found again after a crash only when its folder is on disk too.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_every_length_come_back_as_they_went() {
        let home = tempfile::tempdir().unwrap();
        for length in [
            0,
            1,
            ALIGNMENT - 1,
            ALIGNMENT,
            CHUNK - 1,
            CHUNK,
            CHUNK + 1,
            3 * CHUNK + 77,
        ] {
            let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let path = home.path().join("af").join(length.to_string());
            write(&path, length, || &bytes[..]).unwrap();
            assert!(fs::read(&path).unwrap() == bytes, "{length}");
        }
    }

    #[test]
    fn what_the_file_system_writes_through_its_cache_is_the_same() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("x");
        write_through_cache(&path, &b"sagspost"[..]).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"sagspost");
    }

    #[test]
    fn an_object_is_never_written_over() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("x");
        write(&path, 5, || &b"first"[..]).unwrap();
        assert!(write(&path, 6, || &b"second"[..]).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"first");
    }
}
