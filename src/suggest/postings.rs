//! An inverted list: which cases have a key, and how strongly.
//!
//! Counts are whole numbers, so that what was learned can be forgotten exactly, in any order.

use super::lists::Lists;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

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

impl Key {
    pub(super) fn bits(self) -> u64 {
        self.0
    }
}

/// Keys and marks are hashes already, so that a map need not hash them again.
#[derive(Clone, Default)]
pub(super) struct AlreadyHashed(u64);

impl Hasher for AlreadyHashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        // Tables look at the highest bits as well, and a key's highest bit is always 0.
        self.0 = key.rotate_left(1);
    }

    fn write_u32(&mut self, mark: u32) {
        self.0 = u64::from(mark) << 32 | u64::from(mark);
    }
}

pub(super) type KeyMap<K, V> = HashMap<K, V, BuildHasherDefault<AlreadyHashed>>;

#[derive(Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Postings {
    pub lists: Lists<(Slot, u32)>,
}

impl Postings {
    /// In order of slot.
    pub fn of(&self, key: Key) -> &[(Slot, u32)] {
        self.lists.of(key)
    }

    pub fn count(&self, key: Key, slot: Slot) -> u32 {
        let list = self.of(key);
        list.binary_search_by_key(&slot, |p| p.0)
            .ok()
            .and_then(|at| list.get(at))
            .map_or(0, |p| p.1)
    }

    pub fn add(&mut self, key: Key, slot: Slot, count: u32) {
        self.lists.change(key, |list| {
            match list.binary_search_by_key(&slot, |p| p.0) {
                Ok(at) => list[at].1 = list[at].1.saturating_add(count),
                Err(at) => list.insert(at, (slot, count)),
            }
        });
    }

    pub fn take(&mut self, key: Key, slot: Slot, count: u32) {
        self.lists.change(key, |list| {
            if let Ok(at) = list.binary_search_by_key(&slot, |p| p.0) {
                list[at].1 = list[at].1.saturating_sub(count);
                if list[at].1 == 0 {
                    list.remove(at);
                }
            }
        });
    }

    /// Everything of one case. Walks all keys: removing a case is rare.
    pub fn remove(&mut self, slot: Slot) {
        self.lists.retain(|posting| posting.0 != slot);
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
