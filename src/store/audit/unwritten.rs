//! Records of what was only read: kept in memory for at most a second, then written together.
//!
//! So a read waits for no write. Where the records cannot be kept, because the database has been away for long, reads are
//! refused instead. A process that is killed loses what it has here, its last second; one that is stopped does not.

use std::sync::{Mutex, OnceLock, PoisonError};

use chrono::{DateTime, Utc};

use super::{
    super::{
        Store, StoreError,
        db::{Tx, write},
    },
    AuditRecord, Recorded,
};

/// Records that may wait; more means that nothing could be written for long.
const MOST: usize = 20_000;
/// Rows of one insert, below both databases' limits on parameters.
const ROWS: usize = 500;
/// Bytes of a digest of words that are kept.
const DIGEST_BYTES: usize = 16;

#[derive(Default)]
pub(in crate::store) struct Unwritten {
    records: Mutex<Vec<Recorded>>,
    /// One writer at a time, so that whoever asks for it knows that all before are written.
    writing: tokio::sync::Mutex<()>,
    /// Makes digests of words that nobody can reverse by trying who has the database alone.
    word_key: OnceLock<[u8; 32]>,
}

impl Store {
    /// Keeps a record for the next batch; refused when too many wait.
    pub fn record(&self, record: Recorded) -> Result<(), StoreError> {
        let mut records = self.unwritten();
        if records.len() >= MOST {
            return Err(StoreError::AuditFull);
        }
        records.push(record);
        Ok(())
    }

    /// Writes the record of something that writes nothing else, at once.
    pub async fn record_act(
        &self,
        record: AuditRecord<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        super::append(&mut tx, now, record).await?;
        tx.commit().await
    }

    /// Writes what waits; how many. May be cancelled: the writing goes on.
    pub async fn write_records(&self) -> Result<usize, StoreError> {
        if self.unwritten().is_empty() {
            // Somebody else may still be at it.
            let _writing = self.audit.writing.lock().await;
            return Ok(0);
        }
        let store = self.clone();
        tokio::spawn(async move { store.write_waiting().await })
            .await
            .unwrap_or(Ok(0))
    }

    async fn write_waiting(&self) -> Result<usize, StoreError> {
        let _writing = self.audit.writing.lock().await;
        let mut taken = Taken {
            store: self,
            records: std::mem::take(&mut *self.unwritten()),
        };
        if taken.records.is_empty() {
            return Ok(0);
        }
        let mut tx = self.db.begin().await?;
        for records in taken.records.chunks(ROWS) {
            insert(&mut tx, records).await?;
        }
        tx.commit().await?;
        Ok(std::mem::take(&mut taken.records).len())
    }

    /// The key of `digest_of_words`; the first one counts.
    pub fn set_word_key(&self, key: [u8; 32]) {
        let _ = self.audit.word_key.set(key);
    }

    /// Tells whether two searches were for the same words, to whoever has the key; nothing to anybody else.
    pub fn digest_of_words(&self, words: &str) -> Option<String> {
        let key = self.audit.word_key.get()?;
        let mut words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        words.sort_unstable();
        let digest = blake3::keyed_hash(key, words.join(" ").as_bytes());
        Some(hex::encode(&digest.as_bytes()[..DIGEST_BYTES]))
    }

    fn unwritten(&self) -> std::sync::MutexGuard<'_, Vec<Recorded>> {
        self.audit
            .records
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Records on their way into the database; those that do not arrive go back.
struct Taken<'s> {
    store: &'s Store,
    records: Vec<Recorded>,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if !self.records.is_empty() {
            let mut waiting = self.store.unwritten();
            self.records.append(&mut waiting);
            *waiting = std::mem::take(&mut self.records);
        }
    }
}

/// Those that a failed attempt has written all the same are left as they are.
async fn insert(tx: &mut Tx, records: &[Recorded]) -> Result<(), StoreError> {
    write!(tx, |c, Database| {
        sqlx::QueryBuilder::<Database>::new(
        "insert into audit_inbox (id, at, actor, on_behalf_of, address, agent, request, action, subject_kind, subject_id,
           case_id, why, outcome, detail) "
    )
    .push_values(records, |mut row, record| {
        bind_record!(row, record);
    })
    .push(" on conflict (id) do nothing")
    .build()
    .execute(c)
    .await
    .map(|_| ())?;
    });
    Ok(())
}
