//! Puts SQLite's write-ahead log on disk, once for all who wait.
//!
//! SQLite would do so within each commit, while every other writer waits. Done here, after the commit has let the next
//! writer in, one write to disk serves everybody who committed before it began. Nothing is acknowledged earlier than
//! with `synchronous = full`, and whoever acts on a row that is not on disk yet has to commit something first.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

pub(super) struct Wal {
    path: PathBuf,
    asked: AtomicU64,
    /// Everybody up to this number is on disk.
    done: Mutex<u64>,
}

impl Wal {
    pub(super) fn of(database: &Path) -> Self {
        let mut path = database.as_os_str().to_owned();
        path.push("-wal");
        Self {
            path: path.into(),
            asked: AtomicU64::new(0),
            done: Mutex::new(0),
        }
    }

    /// Returns when all that was committed before the call is on disk.
    pub(super) async fn sync(&self) -> io::Result<()> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let mut done = self.done.lock().await;
        if *done >= number {
            return Ok(());
        }
        let covered = self.asked.load(Ordering::SeqCst);
        let path = self.path.clone();
        tokio::task::spawn_blocking(move || sync_file(&path))
            .await
            .map_err(io::Error::other)??;
        *done = covered;
        Ok(())
    }
}

/// A log that is gone was taken over into the database, and that put on disk, when its last connection closed.
fn sync_file(path: &Path) -> io::Result<()> {
    match File::open(path) {
        Ok(file) => file.sync_data(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
