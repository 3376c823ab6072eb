//! Mails from files, through the same pipeline as fetched ones: a Maildir, or an mbox file.
//!
//! May be repeated: what is stored already is known by its content and only counted. Memory is bounded by the batch,
//! whatever the size of the file.

use chrono::{DateTime, Utc};
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use uuid::Uuid;

use super::ingest::{Ingest, Parcel, ParcelMail, Reservation, Ticket};
use super::maildir;
use crate::mime::mbox::Mbox;
use crate::store::{Lease, StoreError, StoredMail};

/// Imported mails are numbered by us and never anew.
const UIDVALIDITY: u32 = 1;
const BATCH_MAILS: usize = 250;

/// Into which mailbox and folder, and how much at once.
#[derive(Clone, Copy, Debug)]
pub struct ImportOptions {
    pub mailbox_id: Uuid,
    pub batch_bytes: u64,
    /// Of a larger mail the headers alone are kept.
    pub max_mail_bytes: u64,
}

/// What an import has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Imported {
    pub bytes_read: u64,
    pub bytes_total: u64,
    pub mails: u64,
    /// Stored and never seen before, in no mailbox.
    pub new: u64,
    /// Kept with their headers alone.
    pub too_large: u64,
    /// Files that could not be read.
    pub unreadable: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("{path} cannot be read: {source}")]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{0} is neither a Maildir nor an mbox file")]
    Unknown(PathBuf),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Imports a Maildir with its subfolders, or an mbox file. Blocks; must not be called on the runtime.
pub fn import(
    ingest: &Ingest,
    runtime: &tokio::runtime::Handle,
    options: ImportOptions,
    path: &Path,
    mut progress: impl FnMut(&Imported),
) -> Result<Imported, ImportError> {
    if path.join("cur").is_dir() || path.join("new").is_dir() {
        import_maildir(ingest, runtime, options, path, &mut progress)
    } else if path.is_file() {
        import_mbox(ingest, runtime, options, path, &mut progress)
    } else {
        Err(ImportError::Unknown(path.to_owned()))
    }
}

fn import_maildir(
    ingest: &Ingest,
    runtime: &tokio::runtime::Handle,
    options: ImportOptions,
    path: &Path,
    progress: &mut impl FnMut(&Imported),
) -> Result<Imported, ImportError> {
    let unreadable = |source| ImportError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut total = Imported::default();
    let mut folders = Vec::new();
    for (name, folder) in maildir::folders(path).map_err(unreadable)? {
        let entries = maildir::entries(&folder).map_err(unreadable)?;
        total.bytes_total += entries.iter().map(|entry| entry.size).sum::<u64>();
        folders.push((name, entries));
    }
    for (name, entries) in folders {
        let folder_id = runtime.block_on(ingest.store().ensure_folder(
            options.mailbox_id,
            &name,
            Utc::now(),
        ))?;
        runtime.block_on(ingest.store().set_folder_position(
            folder_id,
            UIDVALIDITY,
            None,
            entries.len() as u32,
        ))?;
        let mut loader = Loader::new(ingest, options, folder_id, None);
        for entry in entries {
            total.bytes_read += entry.size;
            match std::fs::read(&entry.path) {
                Ok(bytes) => loader.add(&bytes, entry.uid, entry.received_at, entry.flags)?,
                // It was moved or deleted while we read: whoever did it is at work on the Maildir.
                Err(_) => total.unreadable += 1,
            }
            progress(&loader.counted(total));
        }
        total = loader.finish(total)?;
    }
    progress(&total);
    Ok(total)
}

fn import_mbox(
    ingest: &Ingest,
    runtime: &tokio::runtime::Handle,
    options: ImportOptions,
    path: &Path,
    progress: &mut impl FnMut(&Imported),
) -> Result<Imported, ImportError> {
    let unreadable = |source| ImportError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(unreadable)?;
    let mut total = Imported {
        bytes_total: file.metadata().map_err(unreadable)?.len(),
        ..Imported::default()
    };
    let name = path
        .file_stem()
        .map_or_else(|| "Import".into(), |stem| stem.to_string_lossy());
    let folder_id = runtime.block_on(ingest.store().ensure_folder(
        options.mailbox_id,
        &name,
        Utc::now(),
    ))?;
    runtime.block_on(
        ingest
            .store()
            .set_folder_position(folder_id, UIDVALIDITY, None, 0),
    )?;
    let mut loader = Loader::new(ingest, options, folder_id, None);
    let mut mbox = Mbox::new(
        BufReader::with_capacity(1 << 20, file),
        options.max_mail_bytes,
    );
    let mut uid = 0;
    while let Some(mail) = mbox.next_mail().map_err(unreadable)? {
        if uid == 0 && !mbox.has_separator() {
            return Err(ImportError::Unknown(path.to_owned()));
        }
        uid += 1;
        total.bytes_read = mbox.bytes_read();
        loader.add(&mail, uid, None, Vec::new())?;
        progress(&loader.counted(total));
    }
    runtime.block_on(
        ingest
            .store()
            .set_folder_position(folder_id, UIDVALIDITY, None, uid),
    )?;
    total.bytes_read = mbox.bytes_read();
    let total = loader.finish(total)?;
    progress(&total);
    Ok(total)
}

/// Gathers mails into parcels.
pub(super) struct Loader<'a> {
    ingest: &'a Ingest,
    options: ImportOptions,
    folder_id: Uuid,
    lease: Option<Lease>,
    room: Option<Reservation>,
    bytes: Vec<u8>,
    mails: Vec<ParcelMail>,
    tickets: Vec<Ticket>,
    counts: Imported,
}

impl<'a> Loader<'a> {
    pub(super) fn new(
        ingest: &'a Ingest,
        options: ImportOptions,
        folder_id: Uuid,
        lease: Option<Lease>,
    ) -> Self {
        Self {
            ingest,
            options,
            folder_id,
            lease,
            room: None,
            bytes: Vec::new(),
            mails: Vec::new(),
            tickets: Vec::new(),
            counts: Imported::default(),
        }
    }

    pub(super) fn add(
        &mut self,
        mail: &[u8],
        uid: u32,
        received_at: Option<DateTime<Utc>>,
        flags: Vec<String>,
    ) -> Result<(), StoreError> {
        let too_large = mail.len() as u64 > self.options.max_mail_bytes;
        let kept = if too_large { header_block(mail) } else { mail };
        let full = self.bytes.len() + kept.len() > self.options.batch_bytes as usize
            || self.mails.len() >= BATCH_MAILS;
        if full && !self.mails.is_empty() {
            self.hand_over()?;
        }
        if self.room.is_none() {
            self.room = Some(
                self.ingest
                    .reserve(self.options.batch_bytes.max(kept.len() as u64)),
            );
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(kept);
        self.mails.push(ParcelMail {
            range: start..self.bytes.len(),
            uid,
            received_at,
            flags,
            mark_due: false,
            incomplete_reason: too_large.then(|| "too_large".to_owned()),
        });
        self.counts.mails += 1;
        self.counts.too_large += u64::from(too_large);
        Ok(())
    }

    fn hand_over(&mut self) -> Result<(), StoreError> {
        let Some(room) = self.room.take() else {
            return Ok(());
        };
        let parcel = Parcel {
            mailbox_id: self.options.mailbox_id,
            folder_id: self.folder_id,
            uidvalidity: UIDVALIDITY,
            // Anybody may have written what is imported.
            is_sent: false,
            lease: self.lease.clone(),
            bytes: std::mem::take(&mut self.bytes),
            mails: std::mem::take(&mut self.mails),
        };
        self.tickets.push(self.ingest.submit(parcel, room));
        let mut failed = None;
        let counts = &mut self.counts;
        self.tickets.retain(|ticket| match ticket.poll() {
            None => true,
            Some(Ok(stored)) => {
                counts.new += count_new(&stored);
                false
            }
            Some(Err(error)) => {
                failed = Some(error);
                false
            }
        });
        failed.map_or(Ok(()), Err)
    }

    fn counted(&self, total: Imported) -> Imported {
        Imported {
            mails: total.mails + self.counts.mails,
            new: total.new + self.counts.new,
            too_large: total.too_large + self.counts.too_large,
            ..total
        }
    }

    /// Waits until everything is stored.
    pub(super) fn finish(mut self, total: Imported) -> Result<Imported, StoreError> {
        self.hand_over()?;
        for ticket in std::mem::take(&mut self.tickets) {
            self.counts.new += count_new(&ticket.wait()?);
        }
        Ok(self.counted(total))
    }
}

fn count_new(stored: &[StoredMail]) -> u64 {
    stored.iter().filter(|mail| mail.new).count() as u64
}

fn header_block(mail: &[u8]) -> &[u8] {
    let end = mail
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .map(|at| at + 4)
        .or_else(|| {
            mail.windows(2)
                .position(|window| window == b"\n\n")
                .map(|at| at + 2)
        });
    &mail[..end.unwrap_or(mail.len()).min(256 << 10)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_mail_that_is_cut_the_headers_are_kept() {
        let text = format!("From a@x now\nSubject: 1\n\n{}\n", "x".repeat(500));
        let cut = Mbox::new(text.as_bytes(), 50).next_mail().unwrap().unwrap();
        assert_eq!(
            (cut.len(), header_block(&cut)),
            (51, &b"Subject: 1\n\n"[..])
        );
    }
}
