//! From fetched bytes to stored mails: read (parse and hash) beside the fetching, write in batches, never too much at once.
//!
//! A parcel holds room from before it is fetched until it is on disk, so memory is bounded whatever the number and
//! size of mailboxes. A mail that makes the parser or the database stumble is kept as bytes that could not be read,
//! and its neighbours are stored as if it were not there.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};
use std::time::Duration;
use uuid::Uuid;

use crate::domain::mail::{Mail, MailKind, Sha256, Warning};
use crate::mime;
use crate::store::{Batch, Lease, NewMail, Place, Store, StoreError, StoredMail};

/// What the suggestion engine wants to know of each mail, kept with it.
pub type Signals = Arc<dyn Fn(&Mail) -> Value + Send + Sync>;

/// A parcel this small need not wait for a large mailbox's first sync.
const SMALL_BYTES: u64 = 1 << 20;
/// By this much small parcels may exceed the room.
const SMALL_ROOM_BYTES: u64 = 16 << 20;
/// Batches that are written at once: one puts its bytes on disk while the other has the database.
const WRITERS: usize = 2;
/// The parser recurses over nested parts.
const READER_STACK_BYTES: usize = 8 << 20;
/// Pauses while the database or the disk is away; after the last one the parcel is given up and fetched again later.
const RETRY_AFTER: [Duration; 4] = [
    Duration::from_millis(50),
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(3),
];

/// Mails of one fetch or one piece of an import.
#[derive(Debug)]
pub struct Parcel {
    pub mailbox_id: Uuid,
    pub folder_id: Uuid,
    pub uidvalidity: u32,
    /// What the mailbox's own people have sent.
    pub is_sent: bool,
    /// The right to write for this mailbox.
    pub lease: Option<Lease>,
    pub bytes: Vec<u8>,
    pub mails: Vec<ParcelMail>,
}

#[derive(Debug)]
pub struct ParcelMail {
    pub range: Range<usize>,
    pub uid: u32,
    pub received_at: Option<DateTime<Utc>>,
    pub flags: Vec<String>,
    /// Whether a journaled mail is to be shown as such where this one lies, and is not yet.
    pub mark_due: bool,
    /// Why these bytes are not the whole mail.
    pub incomplete_reason: Option<String>,
}

/// The pipeline of this process. Cheap to clone.
#[derive(Clone)]
pub struct Ingest(Arc<Inner>);

struct Inner {
    store: Store,
    runtime: tokio::runtime::Handle,
    signals: Signals,
    room: Arc<Room>,
    to_readers: mpsc::Sender<Work>,
    writers: Arc<tokio::sync::Semaphore>,
}

/// Room for bytes in flight; given back when dropped.
#[derive(Debug)]
pub struct Reservation {
    room: Arc<Room>,
    bytes: u64,
}

/// Tells what became of a parcel.
#[derive(Debug)]
pub struct Ticket(mpsc::Receiver<Result<Vec<StoredMail>, StoreError>>);

struct Work {
    parcel: Parcel,
    reservation: Reservation,
    reply: mpsc::Sender<Result<Vec<StoredMail>, StoreError>>,
    pipeline: std::sync::Weak<Inner>,
}

impl Ingest {
    /// Starts the reading threads. `bytes_in_flight` bounds what is fetched and not yet stored.
    pub fn start(
        store: Store,
        runtime: tokio::runtime::Handle,
        signals: Signals,
        bytes_in_flight: u64,
    ) -> std::io::Result<Self> {
        let (to_readers, from_mailboxes) = mpsc::channel::<Work>();
        let from_mailboxes = Arc::new(Mutex::new(from_mailboxes));
        let readers = std::thread::available_parallelism()
            .map_or(2, usize::from)
            .clamp(2, 8);
        for number in 1..=readers {
            let from_mailboxes = Arc::clone(&from_mailboxes);
            std::thread::Builder::new()
                .name(format!("read-{number}"))
                .stack_size(READER_STACK_BYTES)
                .spawn(move || read_all(&from_mailboxes))?;
        }
        Ok(Self(Arc::new(Inner {
            store,
            runtime,
            signals,
            room: Arc::new(Room {
                limit: bytes_in_flight,
                taken: Mutex::new(0),
                freed: Condvar::new(),
            }),
            to_readers,
            writers: Arc::new(tokio::sync::Semaphore::new(WRITERS)),
        })))
    }

    /// Waits until there is room for so many bytes.
    pub fn reserve(&self, bytes: u64) -> Reservation {
        self.0.room.take(bytes)
    }

    /// Hands over a parcel; its mails are stored when the ticket says so.
    pub fn submit(&self, parcel: Parcel, reservation: Reservation) -> Ticket {
        let (reply, ticket) = mpsc::channel();
        let work = Work {
            parcel,
            reservation,
            reply,
            pipeline: Arc::downgrade(&self.0),
        };
        // Without readers the ticket finds its sender gone.
        let _ = self.0.to_readers.send(work);
        Ticket(ticket)
    }

    pub fn store(&self) -> &Store {
        &self.0.store
    }
}

impl Ticket {
    /// Waits until the parcel is on disk; the stored mails in the parcel's order.
    pub fn wait(self) -> Result<Vec<StoredMail>, StoreError> {
        self.0
            .recv()
            .unwrap_or_else(|_| Err(StoreError::Database(sqlx::Error::WorkerCrashed)))
    }

    /// The outcome when there already is one.
    pub fn poll(&self) -> Option<Result<Vec<StoredMail>, StoreError>> {
        match self.0.try_recv() {
            Ok(outcome) => Some(outcome),
            Err(mpsc::TryRecvError::Empty) => None,
            Err(mpsc::TryRecvError::Disconnected) => {
                Some(Err(StoreError::Database(sqlx::Error::WorkerCrashed)))
            }
        }
    }
}

#[derive(Debug)]
struct Room {
    limit: u64,
    taken: Mutex<u64>,
    freed: Condvar,
}

impl Room {
    fn take(self: &Arc<Self>, bytes: u64) -> Reservation {
        // What is larger than everything goes alone.
        let bytes = bytes.min(self.limit);
        let limit = if bytes <= SMALL_BYTES {
            self.limit + SMALL_ROOM_BYTES
        } else {
            self.limit
        };
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        while *taken + bytes > limit {
            taken = self
                .freed
                .wait(taken)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *taken += bytes;
        Reservation {
            room: Arc::clone(self),
            bytes,
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        *self
            .room
            .taken
            .lock()
            .unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.room.freed.notify_all();
    }
}

/// A reading thread: ends when the pipeline is gone.
fn read_all(from_mailboxes: &Mutex<mpsc::Receiver<Work>>) {
    loop {
        let next = from_mailboxes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(work) = next else { return };
        let Some(pipeline) = work.pipeline.upgrade() else {
            continue;
        };
        let Work {
            parcel,
            reservation,
            reply,
            ..
        } = work;
        let batch = read_parcel(parcel, &pipeline.signals);
        let (store, writers) = (pipeline.store.clone(), Arc::clone(&pipeline.writers));
        pipeline.runtime.spawn(async move {
            let permit = writers.acquire_owned().await;
            let outcome = write(&store, batch).await;
            drop(permit);
            drop(reservation);
            if let Ok(stored) = &outcome {
                let new = stored.iter().filter(|mail| mail.new).count();
                metrics::counter!("sagspost_mails_stored_total").increment(new as u64);
            }
            // Whoever asked may have been stopped meanwhile.
            let _ = reply.send(outcome);
        });
    }
}

fn read_parcel(parcel: Parcel, signals: &Signals) -> Batch {
    let bytes = Bytes::from(parcel.bytes);
    let now = Utc::now();
    let mails = parcel
        .mails
        .into_iter()
        .map(|mail| {
            let place = Place {
                folder_id: parcel.folder_id,
                uidvalidity: parcel.uidvalidity,
                uid: mail.uid,
                flags: mail.flags,
                mark_due: mail.mark_due,
            };
            let raw = bytes.get(mail.range.clone()).unwrap_or_default();
            NewMail {
                chosen_case: parcel.is_sent.then(|| mime::chosen_case(raw)).flatten(),
                received_at: mail.received_at.unwrap_or(now),
                incomplete_reason: mail.incomplete_reason,
                place: Some(place),
                range: mail.range,
                ..read_mail(raw, signals)
            }
        })
        .collect();
    Batch {
        mailbox_id: parcel.mailbox_id,
        bytes,
        mails,
        lease: parcel.lease,
    }
}

/// Never panics, whatever the bytes.
fn read_mail(raw: &[u8], signals: &Signals) -> NewMail {
    let read = catch_unwind(AssertUnwindSafe(|| {
        let mail = mime::parse_undigested(raw);
        let fingerprint = mime::fingerprint(raw, &mail);
        let marks = mime::thread::of(&mail);
        let signals = signals(&mail);
        (mail, fingerprint, marks, signals)
    }));
    let (mail, fingerprint, marks, signals) = read.unwrap_or_else(|_| {
        tracing::error!(
            bytes = raw.len(),
            "a mail could not be read and is kept as bytes"
        );
        let mail = unread(
            "reader_failed",
            "reading the mail failed; its bytes are kept as they are",
        );
        let fingerprint = mime::fingerprint(raw, &mail);
        let marks = mime::thread::of(&mail);
        (mail, fingerprint, marks, Value::Null)
    });
    NewMail {
        range: 0..raw.len(),
        sha256: Sha256::of(raw),
        fingerprint,
        mail,
        thread_keys: marks.keys,
        base_subject: marks.base_subject,
        threads_by_subject: marks.by_subject,
        signals,
        received_at: DateTime::UNIX_EPOCH,
        incomplete_reason: None,
        place: None,
        chosen_case: None,
    }
}

/// A mail of which only the bytes are known.
fn unread(code: &str, detail: &str) -> Mail {
    Mail {
        kind: MailKind::Unreadable,
        warnings: vec![Warning {
            code: code.to_owned(),
            detail: detail.to_owned(),
        }],
        ..Mail::default()
    }
}

/// Stores a batch; when the database refuses it for what it holds, finds the mail that is to blame.
async fn write(store: &Store, batch: Batch) -> Result<Vec<StoredMail>, StoreError> {
    match commit(store, &batch).await {
        Err(error) if is_about_content(&error) => {
            tracing::warn!(%error, mails = batch.mails.len(), "a batch was refused; its mails are stored one by one");
            write_one_by_one(store, batch).await
        }
        outcome => outcome,
    }
}

async fn write_one_by_one(store: &Store, batch: Batch) -> Result<Vec<StoredMail>, StoreError> {
    let mut stored = Vec::with_capacity(batch.mails.len());
    for mail in batch.mails {
        let raw = batch.bytes.slice(mail.range.clone());
        let mut alone = Batch {
            mailbox_id: batch.mailbox_id,
            bytes: raw,
            mails: vec![NewMail {
                range: 0..mail.range.len(),
                ..mail
            }],
            lease: batch.lease.clone(),
        };
        let mut outcome = commit(store, &alone).await;
        if outcome.as_ref().is_err_and(is_about_content) {
            for mail in &mut alone.mails {
                mail.mail = unread(
                    "not_storable",
                    "what was read of the mail could not be stored; its bytes are kept",
                );
                mail.thread_keys.clear();
                mail.base_subject.clear();
                mail.threads_by_subject = false;
                mail.signals = Value::Null;
            }
            outcome = commit(store, &alone).await;
        }
        stored.extend(outcome?);
    }
    Ok(stored)
}

/// Waits out a database or disk that is away for a moment.
async fn commit(store: &Store, batch: &Batch) -> Result<Vec<StoredMail>, StoreError> {
    for pause in RETRY_AFTER {
        match store.commit_batch(batch, Utc::now()).await {
            Err(error) if error.is_transient() => {
                tracing::warn!(%error, "mails cannot be stored; trying again");
                tokio::time::sleep(pause).await;
            }
            outcome => return outcome,
        }
    }
    store.commit_batch(batch, Utc::now()).await
}

fn is_about_content(error: &StoreError) -> bool {
    !error.is_transient() && !matches!(error, StoreError::LeaseLost(_) | StoreError::Blob(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_parcel_waits_for_room_and_a_small_one_does_not() {
        let room = Arc::new(Room {
            limit: 100 << 20,
            taken: Mutex::new(0),
            freed: Condvar::new(),
        });
        let first = room.take(90 << 20);
        let small = room.take(SMALL_BYTES);
        let waiting = Arc::clone(&room);
        let waiter = std::thread::spawn(move || waiting.take(20 << 20).bytes);
        assert!(!waiter.is_finished());
        drop(first);
        assert_eq!(waiter.join().unwrap(), 20 << 20);
        drop(small);
        assert_eq!(room.take(u64::MAX).bytes, room.limit);
    }

    #[test]
    fn a_mail_that_breaks_the_reader_is_kept_as_bytes() {
        let poison: Signals = Arc::new(|_| panic!("boom"));
        let mail = read_mail(b"Subject: x\r\n\r\nhej", &poison);
        assert_eq!(
            (mail.mail.kind, &*mail.mail.warnings[0].code),
            (MailKind::Unreadable, "reader_failed")
        );
        assert_eq!(mail.sha256, Sha256::of(b"Subject: x\r\n\r\nhej"));
    }
}
