//! Lists by key, kept close together: what is settled lies in three arrays, what changed since stands apart.
//!
//! A million filings make some ten million short lists; a heap allocation for each would cost more than what is in
//! them. A list that changes is copied out first and stands whole in `changed`, so that reading needs no merging.

use super::history::Moment;
use super::postings::{Key, KeyMap, Slot};
use serde::{Deserialize, Serialize, Serializer};
use std::cmp::Ordering;

/// What lists hold, in its order.
pub(super) trait Item: Copy + Ord {
    /// Takes up the next of a list; false when it stands for itself.
    fn join(&mut self, next: Self) -> bool;
}

/// Filings stand for themselves.
impl Item for (Moment, Slot) {
    fn join(&mut self, _: Self) -> bool {
        false
    }
}

/// Counts of one case are one.
impl Item for (Slot, u32) {
    fn join(&mut self, next: Self) -> bool {
        let same = self.0 == next.0;
        if same {
            self.1 = self.1.saturating_add(next.1);
        }
        same
    }
}

#[derive(Deserialize)]
#[serde(from = "Settled<T>", bound(deserialize = "T: Deserialize<'de>"))]
pub(super) struct Lists<T> {
    settled: Settled<T>,
    /// Lists that differ from the settled ones, each whole; an empty one is gone.
    changed: KeyMap<Key, Vec<T>>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self {
            settled: Settled::default(),
            changed: KeyMap::default(),
        }
    }
}

impl<T: Item + Serialize> Serialize for Lists<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.changed.is_empty() {
            self.settled.serialize(serializer)
        } else {
            self.settled().serialize(serializer)
        }
    }
}

impl<T: Item> Lists<T> {
    pub fn of(&self, key: Key) -> &[T] {
        self.changed
            .get(&key)
            .map_or_else(|| self.settled.of(key), Vec::as_slice)
    }

    pub fn change(&mut self, key: Key, change: impl FnOnce(&mut Vec<T>)) {
        let settled = self.settled.of(key);
        let list = self.changed.entry(key).or_insert_with(|| settled.to_vec());
        change(list);
        if list.is_empty() && settled.is_empty() {
            self.changed.remove(&key);
        }
    }

    /// Keeps what is wanted of every list. Walks them all.
    pub fn retain(&mut self, wanted: impl Fn(&T) -> bool) {
        let unwanted = |list: &[T]| !list.iter().all(&wanted);
        let settled = self.settled.iter().filter(|(_, list)| unwanted(list));
        let changed = self.changed.iter().filter(|(_, list)| unwanted(list));
        let mut keys: Vec<Key> = settled.map(|list| list.0).collect();
        keys.extend(changed.map(|list| *list.0));
        for key in keys {
            self.change(key, |list| list.retain(&wanted));
        }
    }

    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.settled.keys.is_empty() && self.changed.is_empty()
    }

    pub fn settle(&mut self) {
        if !self.changed.is_empty() {
            *self = self.settled().into();
        }
    }

    /// Everything in its arrays, what changed as well.
    pub fn settled(&self) -> Settled<T> {
        let mut changed: Vec<(Key, &[T])> = self
            .changed
            .iter()
            .map(|(key, list)| (*key, list.as_slice()))
            .collect();
        changed.sort_unstable_by_key(|list| list.0);
        self.settled
            .with(changed.into_iter(), |_, new, items| items.extend(new))
    }

    /// Takes in many items at once.
    pub fn add_all(&mut self, items: Vec<(Key, T)>) {
        self.settle();
        let more = Settled::gathered(items);
        self.settled = self.settled.with(more.iter(), merge);
    }
}

impl<T> From<Settled<T>> for Lists<T> {
    fn from(settled: Settled<T>) -> Self {
        Self {
            settled,
            changed: KeyMap::default(),
        }
    }
}

/// Lists one after the other, in the order of their keys.
#[derive(Serialize, Deserialize)]
pub(super) struct Settled<T> {
    keys: Vec<Key>,
    /// Where each key's list ends in `items`.
    ends: Vec<u32>,
    items: Vec<T>,
    /// Where the keys of each leading bits begin: keys are hashes and spread evenly, so that a few steps find one.
    begins: Vec<u32>,
}

impl<T> Default for Settled<T> {
    fn default() -> Self {
        Self {
            keys: Vec::new(),
            ends: Vec::new(),
            items: Vec::new(),
            begins: Vec::new(),
        }
    }
}

/// Keys for each place in `begins`, about.
const KEYS_TOGETHER: usize = 4;
const KEY_BITS: u32 = 63;

impl<T: Item> Settled<T> {
    fn gathered(mut items: Vec<(Key, T)>) -> Self {
        items.sort_unstable();
        let mut lists = Self::default();
        for (key, item) in items {
            if lists.keys.last() != Some(&key) {
                lists.close();
                lists.keys.push(key);
                lists.items.push(item);
            } else if !lists.items.last_mut().is_some_and(|last| last.join(item)) {
                lists.items.push(item);
            }
        }
        lists.finish()
    }

    fn of_key(&self, key: Key) -> Option<usize> {
        let bits = self.begins.len().checked_sub(1)?.ilog2();
        let place = (key.bits() >> (KEY_BITS - bits)) as usize;
        let (from, to) = (self.begins[place] as usize, self.begins[place + 1] as usize);
        let found = self.keys[from..to].binary_search(&key).ok()?;
        Some(from + found)
    }

    fn of(&self, key: Key) -> &[T] {
        self.of_key(key).map_or(&[], |at| self.list(at))
    }

    fn list(&self, at: usize) -> &[T] {
        let from = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.items[from as usize..self.ends[at] as usize]
    }

    fn iter(&self) -> impl Iterator<Item = (Key, &[T])> {
        self.keys
            .iter()
            .enumerate()
            .map(|(at, key)| (*key, self.list(at)))
    }

    /// These lists and others, `put` together where both have a key.
    fn with<'a>(
        &'a self,
        others: impl Iterator<Item = (Key, &'a [T])>,
        put: fn(&[T], &[T], &mut Vec<T>),
    ) -> Self {
        let mut lists = Self::default();
        lists.items.reserve_exact(self.items.len());
        let (mut ours, mut others) = (self.iter().peekable(), others.peekable());
        loop {
            let (key, one, other): (Key, &[T], &[T]) = match (ours.peek(), others.peek()) {
                (None, None) => return lists.finish(),
                (Some(one), Some(other)) => match one.0.cmp(&other.0) {
                    Ordering::Equal => (one.0, one.1, other.1),
                    Ordering::Less => (one.0, one.1, &[]),
                    Ordering::Greater => (other.0, &[], other.1),
                },
                (Some(one), None) => (one.0, one.1, &[]),
                (None, Some(other)) => (other.0, &[], other.1),
            };
            let is_ours = ours.next_if(|list| list.0 == key).is_some();
            let is_other = others.next_if(|list| list.0 == key).is_some();
            let before = lists.items.len();
            match (is_ours, is_other) {
                (true, false) => lists.items.extend(one),
                _ => put(one, other, &mut lists.items),
            }
            if lists.items.len() > before {
                lists.keys.push(key);
                lists.close();
            }
        }
    }
}

impl<T> Settled<T> {
    fn close(&mut self) {
        if self.ends.len() < self.keys.len() {
            self.ends.push(self.items.len() as u32);
        }
    }

    fn finish(mut self) -> Self {
        self.close();
        self.keys.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.items.shrink_to_fit();
        if !self.keys.is_empty() {
            let bits = (self.keys.len() / KEYS_TOGETHER + 1).ilog2();
            let mut at = 0;
            self.begins = (0..=1u64 << bits)
                .map(|place| {
                    while self
                        .keys
                        .get(at)
                        .is_some_and(|key| key.bits() >> (KEY_BITS - bits) < place)
                    {
                        at += 1;
                    }
                    at as u32
                })
                .collect();
        }
        self
    }
}

/// Two lists in one, in order.
fn merge<T: Item>(one: &[T], other: &[T], items: &mut Vec<T>) {
    let first = items.len();
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    loop {
        let ours = match (one.peek(), other.peek()) {
            (None, None) => return,
            (Some(a), Some(b)) => a <= b,
            (a, _) => a.is_some(),
        };
        let next = if ours { one.next() } else { other.next() };
        let Some(item) = next else { return };
        if items.len() == first || !items.last_mut().is_some_and(|last| last.join(*item)) {
            items.push(*item);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suggest::postings::key_of;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    type Posting = (Slot, u32);

    fn key(n: u32) -> Key {
        key_of("test", &n.to_string())
    }

    /// Lists as plain maps have them.
    fn expected(items: &[(u32, Posting)]) -> BTreeMap<u32, BTreeMap<Slot, u32>> {
        let mut lists: BTreeMap<u32, BTreeMap<Slot, u32>> = BTreeMap::new();
        for (n, (slot, count)) in items {
            *lists.entry(*n).or_default().entry(*slot).or_default() += count;
        }
        lists
    }

    proptest! {
        #[test]
        fn items_taken_in_at_once_and_one_by_one_make_the_same_lists(
            first in prop::collection::vec((0u32..200, (0u32..20, 1u32..5)), 0..400),
            changed in prop::collection::vec((0u32..220, (0u32..20, 1u32..5)), 0..60),
            second in prop::collection::vec((0u32..300, (0u32..20, 1u32..5)), 0..400),
        ) {
            let keyed = |items: &[(u32, Posting)]| items.iter().map(|(n, item)| (key(*n), *item)).collect();
            let mut lists: Lists<Posting> = Lists::default();
            lists.add_all(keyed(&first));
            for (n, item) in &changed {
                lists.change(key(*n), |list| match list.binary_search_by_key(&item.0, |p| p.0) {
                    Ok(at) => list[at].1 += item.1,
                    Err(at) => list.insert(at, *item),
                });
            }
            lists.add_all(keyed(&second));
            let all = [first, changed, second].concat();
            let expected = expected(&all);
            for n in 0..310 {
                let list: Vec<Posting> = expected.get(&n).into_iter().flatten().map(|(s, c)| (*s, *c)).collect();
                prop_assert_eq!(lists.of(key(n)), list.as_slice());
            }
        }
    }

    #[test]
    fn what_changed_is_read_in_place_of_what_was_settled_and_settles_with_it() {
        let mut lists: Lists<Posting> = Lists::default();
        lists.add_all(vec![(key(1), (7, 1)), (key(2), (8, 1)), (key(3), (9, 1))]);
        lists.change(key(1), |list| list.push((10, 4)));
        lists.change(key(2), Vec::clear);
        lists.change(key(4), |list| list.push((1, 1)));
        let check = |lists: &Lists<Posting>| {
            assert_eq!(lists.of(key(1)), [(7, 1), (10, 4)]);
            assert!(lists.of(key(2)).is_empty());
            assert_eq!(lists.of(key(3)), [(9, 1)]);
            assert_eq!(lists.of(key(4)), [(1, 1)]);
        };
        check(&lists);
        lists.settle();
        assert!(lists.changed.is_empty());
        check(&lists);
        lists.retain(|item| item.0 > 9);
        assert_eq!(lists.of(key(1)), [(10, 4)]);
        lists.retain(|_| false);
        lists.settle();
        assert!(lists.is_empty());
    }
}
