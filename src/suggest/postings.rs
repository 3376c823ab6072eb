//! An inverted list: which cases have a key, and how strongly.
//!
//! Counts are whole numbers, so that what was learned can be forgotten exactly, in any order.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A case's place in the index.
pub(super) type Slot = u32;

/// 64 bits of BLAKE3 over a kind and a text; the same on every machine and in every version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(u64);

pub(super) fn key_of(kind: &str, text: &str) -> Key {
    let mut hasher = blake3::Hasher::new();
    hasher.update(kind.as_bytes());
    hasher.update(&[0]);
    hasher.update(text.as_bytes());
    let mut first = [0; 8];
    hasher.finalize_xof().fill(&mut first);
    // One bit less, so that every JSON number type and every database's integer holds it.
    Key(u64::from_le_bytes(first) >> 1)
}

#[derive(Default)]
pub(super) struct Postings {
    lists: HashMap<Key, Vec<(Slot, u32)>>,
}

impl Postings {
    /// In order of slot.
    pub fn of(&self, key: Key) -> &[(Slot, u32)] {
        self.lists.get(&key).map_or(&[], Vec::as_slice)
    }

    pub fn count(&self, key: Key, slot: Slot) -> u32 {
        let list = self.of(key);
        list.binary_search_by_key(&slot, |p| p.0)
            .ok()
            .and_then(|at| list.get(at))
            .map_or(0, |p| p.1)
    }

    pub fn add(&mut self, key: Key, slot: Slot, count: u32) {
        let list = self.lists.entry(key).or_default();
        match list.binary_search_by_key(&slot, |p| p.0) {
            Ok(at) => list[at].1 = list[at].1.saturating_add(count),
            Err(at) => list.insert(at, (slot, count)),
        }
    }

    pub fn take(&mut self, key: Key, slot: Slot, count: u32) {
        let Some(list) = self.lists.get_mut(&key) else {
            return;
        };
        if let Ok(at) = list.binary_search_by_key(&slot, |p| p.0) {
            list[at].1 = list[at].1.saturating_sub(count);
            if list[at].1 == 0 {
                list.remove(at);
            }
        }
        if list.is_empty() {
            self.lists.remove(&key);
        }
    }

    /// Everything of one case. Walks all keys: removing a case is rare.
    pub fn remove(&mut self, slot: Slot) {
        self.lists.retain(|_, list| {
            if let Ok(at) = list.binary_search_by_key(&slot, |p| p.0) {
                list.remove(at);
            }
            !list.is_empty()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_can_be_taken_again_in_any_order() {
        let key = key_of("word", "lokalplan");
        let mut postings = Postings::default();
        for (slot, count) in [(7, 2), (3, 1), (7, 3)] {
            postings.add(key, slot, count);
        }
        assert_eq!(postings.of(key), [(3, 1), (7, 5)]);
        postings.take(key, 7, 2);
        postings.take(key, 3, 1);
        assert_eq!(postings.of(key), [(7, 3)]);
        postings.remove(7);
        assert!(postings.lists.is_empty());
    }

    #[test]
    fn keys_of_different_kinds_differ() {
        assert_ne!(key_of("id", "10150817"), key_of("name", "10150817"));
        assert_ne!(key_of("a", "bc"), key_of("ab", "c"));
    }
}
