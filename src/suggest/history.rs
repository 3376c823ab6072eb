//! What became of a key's mails: when each was filed on which case, oldest first.
//!
//! Kept as a plain list and not as counts, so that "the last one went there" can be answered and any one filing
//! can be forgotten exactly.

use super::lists::Lists;
use super::postings::{Key, Slot};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One filing, in a place of its own among those of the same second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Moment {
    /// Seconds since 1970.
    pub at: u32,
    /// Of the entry's id: decides between filings of the same second, whatever order they were learned in.
    pub tag: u32,
}

impl Moment {
    pub fn of(at: DateTime<Utc>, entry: uuid::Uuid) -> Self {
        Self {
            at: u32::try_from(at.timestamp().max(0)).unwrap_or(u32::MAX),
            tag: entry.as_u128() as u32,
        }
    }

    pub fn days_until(self, now: DateTime<Utc>) -> f64 {
        (now.timestamp() - i64::from(self.at)).max(0) as f64 / 86_400.0
    }
}

#[derive(Default)]
pub(super) struct History {
    pub lists: Lists<(Moment, Slot)>,
}

impl History {
    pub fn of(&self, key: Key) -> &[(Moment, Slot)] {
        self.lists.of(key)
    }

    pub fn count(&self, key: Key, slot: Slot) -> u32 {
        self.of(key).iter().filter(|filed| filed.1 == slot).count() as u32
    }

    pub fn add(&mut self, key: Key, at: Moment, slot: Slot) {
        self.lists.change(key, |list| {
            let place = list.partition_point(|filed| *filed <= (at, slot));
            list.insert(place, (at, slot));
        });
    }

    pub fn take(&mut self, key: Key, at: Moment, slot: Slot) {
        self.lists.change(key, |list| {
            if let Ok(place) = list.binary_search(&(at, slot)) {
                list.remove(place);
            }
        });
    }

    /// All that was filed under `from` counts as filed under `into`.
    pub fn merge(&mut self, from: Key, into: Key) {
        let mut moved = Vec::new();
        self.lists.change(from, |list| moved = std::mem::take(list));
        for (at, slot) in moved {
            self.add(into, at, slot);
        }
    }

    /// Everything of one case. Walks all keys: removing a case is rare.
    pub fn remove(&mut self, slot: Slot) {
        self.lists.retain(|filed| filed.1 != slot);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suggest::postings::key_of;

    fn moment(at: u32, tag: u32) -> Moment {
        Moment { at, tag }
    }

    #[test]
    fn filings_stand_in_order_of_time_however_they_came() {
        let key = key_of("mail", "ole@borger.example");
        let mut history = History::default();
        history.add(key, moment(20, 1), 7);
        history.add(key, moment(10, 5), 3);
        history.add(key, moment(20, 0), 4);
        let slots: Vec<Slot> = history.of(key).iter().map(|filed| filed.1).collect();
        assert_eq!(slots, [3, 4, 7]);
        history.take(key, moment(20, 0), 4);
        history.take(key, moment(10, 5), 9);
        assert_eq!((history.count(key, 4), history.count(key, 3)), (0, 1));
        history.remove(3);
        history.take(key, moment(20, 1), 7);
        assert!(history.lists.is_empty());
    }

    #[test]
    fn two_histories_become_one_in_order_of_time() {
        let (one, other) = (key_of("thread", "1"), key_of("thread", "2"));
        let mut history = History::default();
        history.add(one, moment(30, 0), 1);
        history.add(other, moment(20, 0), 2);
        history.merge(one, other);
        assert!(history.of(one).is_empty());
        assert_eq!(history.of(other), [(moment(20, 0), 2), (moment(30, 0), 1)]);
    }
}
