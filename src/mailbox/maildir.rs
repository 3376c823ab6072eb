//! A Maildir of this machine: its mails and folders, and a thread that looks for new ones.
//!
//! A mail's number is taken from its file name, which stays the same when a mail program moves it from `new` to `cur`.

use chrono::{DateTime, Utc};
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use uuid::Uuid;

use super::import::{ImportError, ImportOptions, Imported, Loader};
use super::ingest::Ingest;
use super::watch::Options;
use super::{Waker, folder_name};
use crate::store::{FolderState, Lease, MailboxState, StoreError};

const LOOK: Duration = Duration::from_millis(500);
const UIDVALIDITY: u32 = 1;

/// A mail in a Maildir.
pub(super) struct Entry {
    pub(super) path: PathBuf,
    pub(super) uid: u32,
    pub(super) size: u64,
    pub(super) flags: Vec<String>,
    pub(super) received_at: Option<DateTime<Utc>>,
}

/// The Maildir itself as `INBOX`, and its `.Sub.Folders` (Maildir++).
pub(super) fn folders(path: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut folders = vec![("INBOX".to_owned(), path.to_owned())];
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Some(name) = name.strip_prefix('.')
            && !name.is_empty()
            && entry.path().join("cur").is_dir()
        {
            folders.push((folder_name::decode(name).replace('.', "/"), entry.path()));
        }
    }
    folders.sort();
    Ok(folders)
}

/// Every mail of one folder, newest first.
pub(super) fn entries(folder: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for part in ["new", "cur"] {
        let listed = match std::fs::read_dir(folder.join(part)) {
            Ok(listed) => listed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for file in listed {
            let file = file?;
            let name = file.file_name().to_string_lossy().into_owned();
            // A file that was moved meanwhile is seen at the next look.
            let Ok(metadata) = file.metadata() else {
                continue;
            };
            if name.starts_with('.') || !metadata.is_file() {
                continue;
            }
            let (base, flags) = name.split_once(":2,").unwrap_or((&name, ""));
            entries.push(Entry {
                path: file.path(),
                uid: number_of(base),
                size: metadata.len(),
                flags: flags
                    .chars()
                    .filter_map(flag_of)
                    .map(str::to_owned)
                    .collect(),
                received_at: metadata.modified().ok().map(DateTime::from),
            });
        }
    }
    entries.sort_by(|a, b| {
        b.received_at
            .cmp(&a.received_at)
            .then_with(|| a.path.cmp(&b.path))
    });
    let mut taken = HashSet::with_capacity(entries.len());
    for entry in &mut entries {
        while !taken.insert(entry.uid) {
            entry.uid = entry.uid.wrapping_add(1).max(1);
        }
    }
    Ok(entries)
}

fn number_of(base_name: &str) -> u32 {
    let hash = blake3::hash(base_name.as_bytes());
    let [a, b, c, d, ..] = *hash.as_bytes();
    u32::from_le_bytes([a, b, c, d]).max(1)
}

fn flag_of(letter: char) -> Option<&'static str> {
    Some(match letter {
        'S' => "\\Seen",
        'F' => "\\Flagged",
        'R' => "\\Answered",
        'D' => "\\Draft",
        'T' => "\\Deleted",
        _ => return None,
    })
}

pub(super) struct MaildirThread {
    pub(super) waker: Waker,
    pub(super) thread: std::thread::JoinHandle<()>,
}

/// Starts a thread that stores what is in the Maildir and what comes into it.
pub(super) fn start(
    mailbox_id: Uuid,
    path: PathBuf,
    lease: Lease,
    ingest: Ingest,
    runtime: tokio::runtime::Handle,
    options: Options,
) -> io::Result<MaildirThread> {
    let waker = Waker::new()?;
    let bell = waker.clone();
    let options = ImportOptions {
        mailbox_id,
        batch_bytes: options.batch_bytes,
        max_mail_bytes: options.max_mail_bytes,
    };
    let thread = std::thread::Builder::new()
        .name("maildir".to_owned())
        .spawn(move || {
            let watch = MaildirWatch {
                path,
                lease,
                ingest,
                runtime,
                options,
            };
            let mut recorded = None;
            while !bell.is_cut() {
                let state = match watch.look() {
                    Ok(()) => (MailboxState::Watching, None),
                    Err(ImportError::Store(StoreError::LeaseLost(_))) => return,
                    Err(ImportError::Store(StoreError::Blob(_))) => {
                        (MailboxState::Waiting, Some("blobs_away"))
                    }
                    Err(ImportError::Store(_)) => (MailboxState::Waiting, Some("database_away")),
                    Err(_) => (MailboxState::Waiting, Some("maildir_unreadable")),
                };
                if recorded != Some(state) && watch.record(state).is_ok() {
                    recorded = Some(state);
                }
                bell.wait(LOOK);
            }
        })?;
    Ok(MaildirThread { waker, thread })
}

struct MaildirWatch {
    path: PathBuf,
    lease: Lease,
    ingest: Ingest,
    runtime: tokio::runtime::Handle,
    options: ImportOptions,
}

impl MaildirWatch {
    fn look(&self) -> Result<(), ImportError> {
        let unreadable = |source| ImportError::Unreadable {
            path: self.path.clone(),
            source,
        };
        let store = self.ingest.store();
        for (name, folder) in folders(&self.path).map_err(unreadable)? {
            let entries = entries(&folder).map_err(unreadable)?;
            let folder_id = self.runtime.block_on(store.ensure_folder(
                self.options.mailbox_id,
                &name,
                Utc::now(),
            ))?;
            let known = self
                .runtime
                .block_on(store.known_uids(folder_id, UIDVALIDITY))?;
            let present: HashSet<u32> = entries.iter().map(|entry| entry.uid).collect();
            let fresh: Vec<Entry> = entries
                .into_iter()
                .filter(|entry| known.binary_search(&entry.uid).is_err())
                .collect();
            let gone: Vec<u32> = known
                .into_iter()
                .filter(|uid| !present.contains(uid))
                .collect();
            if fresh.is_empty() && gone.is_empty() {
                continue;
            }
            let exists = u32::try_from(present.len()).unwrap_or(u32::MAX);
            self.runtime.block_on(store.set_folder_position(
                folder_id,
                UIDVALIDITY,
                None,
                exists,
            ))?;
            self.runtime
                .block_on(store.forget_locations(folder_id, UIDVALIDITY, &gone))?;
            let mut loader = Loader::new(
                &self.ingest,
                self.options,
                folder_id,
                Some(self.lease.clone()),
            );
            for entry in fresh {
                // Moved from `new` to `cur` since we looked: it is there at the next look.
                if let Ok(bytes) = std::fs::read(&entry.path) {
                    loader.add(&bytes, entry.uid, entry.received_at, entry.flags)?;
                }
            }
            loader.finish(Imported::default())?;
            self.runtime.block_on(store.set_folder_state(
                folder_id,
                FolderState::Watching,
                None,
                Utc::now(),
            ))?;
        }
        Ok(())
    }

    fn record(&self, (state, reason): (MailboxState, Option<&str>)) -> Result<(), StoreError> {
        let store = self.ingest.store();
        self.runtime.block_on(store.set_mailbox_state(
            self.options.mailbox_id,
            state,
            reason,
            Utc::now(),
        ))
    }
}
