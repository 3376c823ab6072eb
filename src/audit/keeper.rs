//! Keeps the log: writes what was read, chains what has come, signs checkpoints, removes what is too old.
//!
//! Every process writes its own reads; of the rest one process does all, by a lease. A checkpoint is also told to the
//! ordinary log, so that whoever collects that has it outside the database.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;

use super::{key::Key, seal};
use crate::store::{Lease, Store, StoreError};

const LEASE: &str = "audit";
/// How long a read's record may wait in memory.
const EVERY: Duration = Duration::from_secs(1);
/// How long the lease lasts, and how much of it must be left to go on.
const LASTS: chrono::Duration = chrono::Duration::seconds(30);
const LEAST_LEFT: chrono::Duration = chrono::Duration::seconds(15);
/// Records chained in one transaction, so that others need not wait long.
const CHAINED: i64 = 1000;
/// Between two looks at what is too old.
const REMOVES_EVERY: chrono::Duration = chrono::Duration::hours(1);

#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How long records are kept.
    pub keep: chrono::Duration,
    /// At least this long between two checkpoints.
    pub checkpoint_every: chrono::Duration,
}

pub struct Keeper {
    store: Store,
    key: Key,
    settings: Settings,
    holder: String,
    lease: Option<(Lease, DateTime<Utc>)>,
    last_checkpoint: Option<DateTime<Utc>>,
    last_removal: Option<DateTime<Utc>>,
}

impl Keeper {
    /// `holder` is this process, as leases know it.
    pub fn new(store: Store, key: Key, settings: Settings, holder: String) -> Self {
        store.set_word_key(key.word_key());
        Self {
            store,
            key,
            settings,
            holder,
            lease: None,
            last_checkpoint: None,
            last_removal: None,
        }
    }

    /// Works until cancelled; then [`Self::finish`] is to be called, once nothing is read any more.
    pub async fn run(&mut self, stop: CancellationToken) {
        let mut troubled = false;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
            match self.work(Utc::now()).await {
                Ok(()) => troubled = false,
                Err(StoreError::LeaseLost(_)) => self.lease = None,
                Err(error) => {
                    // Told once, not every second.
                    if !troubled {
                        tracing::warn!(%error, "the audit log cannot be kept up; trying again");
                    }
                    troubled = true;
                }
            }
        }
    }

    /// Writes what was read, and seals what there is.
    pub async fn finish(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.store.write_records().await?;
        self.seal(now).await?;
        if let Some((lease, _)) = self.lease.take() {
            self.store.release_lease(&lease, now).await?;
        }
        Ok(())
    }

    /// Chains what there is and signs it at once, if no other process does.
    pub async fn seal(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let Some(lease) = self.lease(now).await? else {
            return Ok(());
        };
        self.chain(&lease).await?;
        self.checkpoint(&lease, now).await
    }

    /// One round.
    pub async fn work(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.store.write_records().await?;
        let waits = self.store.audit_waits().await?;
        let checkpoint_due = self
            .last_checkpoint
            .is_none_or(|last| now - last >= self.settings.checkpoint_every);
        let removal_due = self
            .last_removal
            .is_none_or(|last| now - last >= REMOVES_EVERY);
        if !waits && !checkpoint_due && !removal_due {
            return Ok(());
        }
        let Some(lease) = self.lease(now).await? else {
            return Ok(());
        };
        if waits {
            self.chain(&lease).await?;
        }
        if checkpoint_due {
            self.checkpoint(&lease, now).await?;
            self.last_checkpoint = Some(now);
        }
        if removal_due {
            self.remove(&lease, now).await?;
            self.last_removal = Some(now);
        }
        Ok(())
    }

    async fn lease(&mut self, now: DateTime<Utc>) -> Result<Option<Lease>, StoreError> {
        if let Some((lease, until)) = &self.lease
            && *until - now >= LEAST_LEFT
        {
            return Ok(Some(lease.clone()));
        }
        let lease = self
            .store
            .acquire_lease(LEASE, &self.holder, now, LASTS)
            .await?;
        self.lease = lease.clone().map(|lease| (lease, now + LASTS));
        Ok(lease)
    }

    async fn chain(&self, lease: &Lease) -> Result<(), StoreError> {
        loop {
            let chained = self.store.chain_records(lease, CHAINED).await?;
            metrics::counter!("sagspost_audit_chained_total").increment(chained as u64);
            if (chained as i64) < CHAINED {
                return Ok(());
            }
        }
    }

    /// Signs the end of the log, unless it is signed already.
    async fn checkpoint(&self, lease: &Lease, now: DateTime<Utc>) -> Result<(), StoreError> {
        let tail = self.store.audit_tail().await?;
        let before = self.store.last_checkpoint().await?;
        if before.as_ref().map_or(0, |before| before.seq) >= tail.seq {
            return Ok(());
        }
        let number = 1 + before.map_or(0, |before| before.number);
        let checkpoint = seal::checkpoint(&self.key, number, tail, now);
        self.store.add_checkpoint(&checkpoint, lease).await?;
        tracing::info!(
            number,
            seq = checkpoint.seq,
            hash = hex::encode(&checkpoint.hash),
            signature = hex::encode(&checkpoint.signature),
            "audit checkpoint"
        );
        Ok(())
    }

    /// Lets go what is too old, whole checkpoints at a time: so what is kept begins where something signed ends.
    async fn remove(&self, lease: &Lease, now: DateTime<Utc>) -> Result<(), StoreError> {
        let Some(up_to) = self
            .store
            .checkpoint_before(now - self.settings.keep)
            .await?
        else {
            return Ok(());
        };
        let before = self.store.audit_removal().await?;
        if before.is_none_or(|before| before.through_seq < up_to.seq) {
            let removal = seal::removal(&self.key, &up_to, now);
            self.store.add_removal(&removal, lease).await?;
        }
        let removed = self.store.remove_records().await?;
        if removed > 0 {
            tracing::info!(
                removed,
                "records of the audit log were removed, their time being up"
            );
        }
        Ok(())
    }
}
