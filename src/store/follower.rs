//! Follows what happens, event by event, whichever process did it.
//!
//! PostgreSQL hands out numbers before transactions commit, so a lower number may appear late. Numbers count as settled
//! when their events are some seconds old; until then those that were seen are remembered, and the gaps looked at again.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::Utc;

use super::{Event, Store, StoreError};

/// How long other processes' events may wait; this one's ring.
const POLL: Duration = Duration::from_millis(500);
/// Events read at once.
const PAGE: i64 = 500;
/// Within this time a lower number may still appear.
const SETTLES: chrono::Duration = chrono::Duration::seconds(5);

pub struct Follower {
    store: Store,
    /// Everything up to here is settled and was given out.
    floor: i64,
    /// Numbers above `floor` that were given out.
    seen: BTreeSet<i64>,
}

impl Store {
    /// The newest event before which no other can appear any more: where to follow from.
    pub async fn settled_event(&self) -> Result<i64, StoreError> {
        self.event_horizon(Utc::now(), SETTLES).await
    }
}

impl Follower {
    /// Follows what comes after this event.
    pub fn after(store: Store, event: i64) -> Self {
        Self {
            store,
            floor: event,
            seen: BTreeSet::new(),
        }
    }

    /// Everything up to here was given out, and nothing will appear among it any more.
    pub fn floor(&self) -> i64 {
        self.floor
    }

    /// Waits for events that were not given out yet. May be cancelled without losing any.
    pub async fn next(&mut self) -> Vec<Event> {
        loop {
            // Made before looking, so that what is written meanwhile rings.
            let store = self.store.clone();
            let rung = store.event_written();
            match self.look().await {
                Ok(events) if !events.is_empty() => {
                    self.seen.extend(events.iter().map(|event| event.id));
                    return events;
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "events cannot be read; trying again"),
            }
            tokio::select! {
                () = rung => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }

    /// Gives these out again: whoever took them could not use them yet.
    pub fn put_back(&mut self, events: &[Event]) {
        for event in events {
            self.seen.remove(&event.id);
        }
    }

    async fn look(&mut self) -> Result<Vec<Event>, StoreError> {
        // Asked before the events: what is written in between lies beyond it and is not passed over.
        let horizon = self.store.event_horizon(Utc::now(), SETTLES).await?;
        let mut from = self.floor;
        loop {
            let page = self.store.events_after(from, PAGE).await?;
            let Some(last) = page.last().map(|event| event.id) else {
                // All is given out: what is old enough need not be remembered.
                self.floor = self.floor.max(horizon);
                self.seen = self.seen.split_off(&(self.floor + 1));
                return Ok(Vec::new());
            };
            let fresh: Vec<Event> = page
                .into_iter()
                .filter(|event| !self.seen.contains(&event.id))
                .collect();
            if !fresh.is_empty() {
                return Ok(fresh);
            }
            from = last;
        }
    }
}
