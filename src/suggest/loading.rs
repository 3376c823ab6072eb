//! Where the engine has its index from: the snapshot of last time, or the database; and how the snapshot is kept.
//!
//! The snapshot is only ever a shorter way to the same index. Whatever is wrong with it, the index is built anew from
//! the database, which takes longer, and the log says why.

use super::build::Builder;
use super::engine::{Engine, filed};
use super::index::Index;
use super::snapshot::{Reach, SnapshotError};
use crate::domain::case::Case;
use crate::store::{Event, Filing, Store, StoreError};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use uuid::Uuid;

/// Rows read and learned at a time.
const PAGE: i64 = 1000;
/// Pages read ahead of what is learned.
const AHEAD: usize = 2;

/// What the index was built from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    pub cases: usize,
    pub filings: usize,
    /// Events up to this one are in; follow from here.
    pub last_event: i64,
    /// The snapshot was of use.
    pub from_snapshot: bool,
}

enum Page {
    Cases(Vec<Case>),
    Filings(Vec<Filing>),
}

impl Engine {
    /// Takes the index out of the snapshot or builds it from the database, and puts it in place of the one before.
    pub async fn load(&self, store: &Store) -> Result<Loaded, StoreError> {
        self.load_what_was_taught(store).await?;
        let kept = self.read_snapshot(store).await?;
        let from_snapshot = kept.is_some();
        let (index, last_event) = match kept {
            Some(kept) => kept,
            None => self.build(store).await?,
        };
        let loaded = Loaded {
            cases: index.case_count(),
            filings: index.entry_count(),
            last_event,
            from_snapshot,
        };
        self.put(index);
        Ok(loaded)
    }

    /// Keeps what the index knows for the next start. `event`: everything up to it is in the index, and nobody else
    /// changes it meanwhile; suggestions go on.
    pub async fn keep(self: &Arc<Self>, store: &Store, event: i64) -> Result<(), StoreError> {
        let Some(snapshot) = self.snapshot.clone() else {
            return Ok(());
        };
        let Some(last) = store.event(event).await? else {
            return Ok(());
        };
        let reach = reach_of(&last);
        if snapshot.reach().is_ok_and(|kept| kept == reach) {
            return Ok(());
        }
        let engine = Arc::clone(self);
        let written = tokio::task::spawn_blocking(move || {
            engine.tidy();
            engine.read(|index| snapshot.write(index, &reach))
        });
        match written.await {
            Ok(Ok(())) => tracing::debug!("the suggestion index is kept for the next start"),
            Ok(Err(error)) => {
                tracing::warn!(%error, source = ?std::error::Error::source(&error), "the suggestion index could not be kept for the next start");
            }
            Err(error) => tracing::error!(%error, "keeping the suggestion index ended early"),
        }
        Ok(())
    }

    /// How far the index is built, in percent; 100 when suggestions are complete.
    pub fn built_percent(&self) -> u8 {
        if self.is_loaded() {
            100
        } else {
            self.built.load(Ordering::Relaxed).min(99)
        }
    }

    async fn read_snapshot(&self, store: &Store) -> Result<Option<(Index, i64)>, StoreError> {
        let Some(snapshot) = self.snapshot.clone() else {
            return Ok(None);
        };
        let known = match snapshot.reach() {
            Ok(reach) => {
                let event = store.event(reach.event).await?;
                event.is_some_and(|event| reach_of(&event) == reach)
            }
            Err(SnapshotError::Missing) => return Ok(None),
            Err(error) => {
                tracing::warn!(%error, "the kept suggestion index is of no use; it is built anew");
                return Ok(None);
            }
        };
        if !known {
            tracing::warn!(
                "the kept suggestion index is of another database or too old; it is built anew"
            );
            return Ok(None);
        }
        match tokio::task::spawn_blocking(move || snapshot.read()).await {
            Ok(Ok((index, reach))) => Ok(Some((index, reach.event))),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the kept suggestion index is of no use; it is built anew");
                Ok(None)
            }
            Err(error) => {
                tracing::error!(%error, "reading the kept suggestion index ended early; it is built anew");
                Ok(None)
            }
        }
    }

    /// Rows are read here while those before are learned on all cores.
    async fn build(&self, store: &Store) -> Result<(Index, i64), StoreError> {
        let last_event = store.settled_event().await?;
        let total = store.filing_count().await?.max(1);
        let (pages, mut arrived) = tokio::sync::mpsc::channel(AHEAD);
        let building = tokio::task::spawn_blocking(move || {
            let mut builder = Builder::default();
            while let Some(page) = arrived.blocking_recv() {
                match page {
                    Page::Cases(cases) => builder.take_cases(&cases),
                    Page::Filings(filings) => builder.learn(&filings, filed),
                }
            }
            builder.finish()
        });
        let mut after: Option<Uuid> = None;
        loop {
            let page = store.all_cases(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            // Nobody takes it only when the building ended early, which is told below.
            let _ = pages.send(Page::Cases(page)).await;
        }
        let (mut after, mut read): (Option<Uuid>, i64) = (None, 0);
        loop {
            let page = store.filings(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.entry_id);
            read += page.len() as i64;
            self.tell_progress(read, total);
            let _ = pages.send(Page::Filings(page)).await;
        }
        drop(pages);
        let index = building.await.map_err(|_| StoreError::Interrupted)?;
        Ok((index, last_event))
    }

    /// Told in the log at every tenth.
    fn tell_progress(&self, read: i64, total: i64) {
        let percent = (read.saturating_mul(100) / total).clamp(0, 99) as u8;
        let before = self.built.swap(percent, Ordering::Relaxed);
        if percent / 10 > before / 10 {
            tracing::info!(percent, "the suggestion index is being built");
        }
    }
}

/// Tells an event from one of the same number in another database.
fn reach_of(event: &Event) -> Reach {
    let told = serde_json::to_vec(&event.kind).unwrap_or_default();
    let mut hasher = blake3::Hasher::new();
    hasher.update(&event.at.timestamp_micros().to_le_bytes());
    hasher.update(&told);
    Reach {
        event: event.id,
        witness: hasher.finalize().to_hex().to_string(),
    }
}
