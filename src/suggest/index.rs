//! What cases are known by: their profiles, and the mails that were filed on them.
//!
//! A plain value in memory without clock or database. What is learned can be forgotten exactly, and the
//! order in which it was learned leaves no trace.

use super::circles::{Circle, Circles, EVERYBODY, Sight};
use super::document::{Document, MAX_WORDS, Mark};
use super::history::{History, Moment};
use super::keys::{keys_of, term_key, thread_key};
use super::lists::Lists;
use super::postings::{Key, KeyMap, Postings, Slot};
use super::profile::{KnownParty, Profile};
use super::signals::Signals;
use super::words::Stems;
use crate::domain::access::{AccessCode, Onlooker};
use crate::domain::case::{Case, CaseStatus};
use crate::domain::case_number;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// An act of filing, as the index learns it.
#[derive(Clone, Debug, PartialEq)]
pub struct Filed {
    /// The journal entry: learning the same one twice changes nothing.
    pub entry: Uuid,
    pub case_id: Uuid,
    pub signals: Signals,
    /// Of the mail's attachments, once they are read. They never change then.
    pub documents: Option<Signals>,
    /// User name.
    pub by: String,
    pub at: DateTime<Utc>,
}

/// What is skipped is kept apart in a snapshot, or follows from the rest.
#[derive(Default, Serialize, Deserialize)]
pub struct Index {
    #[serde(skip)]
    slots: HashMap<Uuid, Slot>,
    cases: Vec<Option<CaseEntry>>,
    /// What is asked of every case that shares a word with a mail, close together.
    glances: Vec<Glance>,
    circles: Circles,
    free: Vec<Slot>,
    entries: HashMap<Uuid, Learned>,
    total_length: u64,
    #[serde(skip)]
    pub(super) numbers: HashMap<String, Vec<Slot>>,
    #[serde(skip)]
    pub(super) terms: Postings,
    pub(super) parties: Postings,
    /// Of people, domains, conversations, subjects, users: what was filed where.
    #[serde(skip)]
    pub(super) history: History,
    /// In how many documents a word stands.
    documents_with: KeyMap<Mark, u32>,
}

/// What must be remembered of a learned entry to forget it. Its conversation may have got another id since.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct Learned {
    slot: Slot,
    thread: Option<Uuid>,
    /// What the mail's attachments say was learned too.
    documents: bool,
}

#[derive(Serialize, Deserialize)]
pub(super) struct CaseEntry {
    pub id: Uuid,
    pub number: String,
    pub open: bool,
    pub created_at: DateTime<Utc>,
    pub responsible: Option<String>,
    pub title_terms: Vec<Key>,
    pub parties: Vec<KnownParty>,
    /// What was filed on it, oldest first.
    pub documents: Vec<Document>,
    pub own_terms: Vec<(Key, u32)>,
}

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
struct Glance {
    /// Sum of the weights of the case's words, learned ones included.
    length: u32,
    /// Who may see it; nobody where there is no case.
    circle: Option<Circle>,
}

/// A filing, with all that need not be asked of the index.
pub(super) struct Prepared {
    entry: Uuid,
    thread: Option<Uuid>,
    pub slot: Slot,
    pub at: Moment,
    /// What it is remembered under.
    pub keys: Vec<Key>,
    pub terms: Vec<(Key, u32)>,
    document: Document,
    /// Sum of the weights of the words.
    length: u32,
    with_documents: bool,
}

impl Index {
    /// Takes a case in, or its changes; what was learned on it stays.
    pub fn upsert_case(&mut self, case: &Case) {
        let slot = self.slot_for(case.id);
        let (learned_length, documents) = self.clear_profile(slot);
        let known = self.put_case(slot, case, learned_length, documents);
        let terms = known.own_terms.clone();
        let parties = known.parties.iter().flat_map(|party| &party.keys);
        let parties: Vec<Key> = parties.map(|key| key.1).collect();
        for (key, weight) in terms {
            self.terms.add(key, slot, weight);
        }
        for key in parties {
            self.parties.add(key, slot, 1);
        }
    }

    /// A case that is not known yet, all of it but what stands in lists.
    pub(super) fn put_new_case(&mut self, case: &Case) -> Option<(Slot, &CaseEntry)> {
        if self.slots.contains_key(&case.id) {
            return None;
        }
        let slot = self.slot_for(case.id);
        Some((slot, self.put_case(slot, case, 0, Vec::new())))
    }

    fn put_case(
        &mut self,
        slot: Slot,
        case: &Case,
        learned_length: u32,
        documents: Vec<Document>,
    ) -> &CaseEntry {
        let profile = Profile::of(case);
        let own_length = length_of(&profile.terms);
        self.total_length += u64::from(own_length);
        let circle = match case.access.code {
            AccessCode::Open => EVERYBODY,
            AccessCode::Restricted => self.circles.of(&case.access.list),
        };
        self.number(&case.number, slot);
        self.glances[slot as usize] = Glance {
            length: learned_length + own_length,
            circle: Some(circle),
        };
        self.cases[slot as usize].insert(CaseEntry {
            id: case.id,
            number: case.number.clone(),
            open: case.status == CaseStatus::Open,
            created_at: case.created_at,
            responsible: case.responsible.clone(),
            title_terms: profile.title_terms,
            parties: profile.parties,
            documents,
            own_terms: profile.terms,
        })
    }

    /// Forgets a case and all that was learned on it.
    pub fn remove_case(&mut self, id: Uuid) {
        let Some(slot) = self.slots.remove(&id) else {
            return;
        };
        let (learned_length, documents) = self.clear_profile(slot);
        self.total_length -= u64::from(learned_length);
        for document in &documents {
            self.count_words(document, false);
        }
        self.terms.remove(slot);
        self.history.remove(slot);
        self.entries.retain(|_, learned| learned.slot != slot);
        self.cases[slot as usize] = None;
        self.glances[slot as usize] = Glance::default();
        self.free.push(slot);
    }

    /// Learns from a filing. False when its case is unknown or the entry was learned before.
    pub fn learn(&mut self, filed: &Filed) -> bool {
        let Some(prepared) = self.prepare(filed, &Stems::new()) else {
            return false;
        };
        for key in &prepared.keys {
            self.history.add(*key, prepared.at, prepared.slot);
        }
        for (key, weight) in &prepared.terms {
            self.terms.add(*key, prepared.slot, *weight);
        }
        self.settle_down(prepared);
        true
    }

    /// `None` when its case is unknown or the entry was learned before.
    pub(super) fn prepare(&self, filed: &Filed, stems: &Stems) -> Option<Prepared> {
        if self.entries.contains_key(&filed.entry) {
            return None;
        }
        let slot = self.slot_of(filed.case_id)?;
        let thread = filed.signals.thread;
        let at = Moment::of(filed.at, filed.entry);
        let mut terms = terms_of(&filed.signals);
        let document = Document::of(&filed.signals, terms.iter().copied(), stems, at);
        terms.extend(filed.documents.iter().flat_map(terms_of));
        Some(Prepared {
            entry: filed.entry,
            thread,
            slot,
            at,
            keys: keys_of(filed, thread),
            length: length_of(&terms),
            terms,
            document,
            with_documents: filed.documents.is_some(),
        })
    }

    /// All of a filing but what stands in lists. False when the entry was learned before.
    pub(super) fn settle_down(&mut self, prepared: Prepared) -> bool {
        let Prepared { slot, at, .. } = prepared;
        let learned = Learned {
            slot,
            thread: prepared.thread,
            documents: prepared.with_documents,
        };
        if self.entries.contains_key(&prepared.entry) {
            return false;
        }
        self.entries.insert(prepared.entry, learned);
        self.count_words(&prepared.document, true);
        self.lengthen(slot, prepared.length);
        if let Some(case) = self.entry_mut(slot) {
            let place = case.documents.partition_point(|known| known.filed <= at);
            case.documents.insert(place, prepared.document);
        }
        true
    }

    /// Learns what the attachments say of a mail that was learned before they were read. Twice changes nothing.
    pub fn learn_documents(&mut self, filed: &Filed) {
        let Some(documents) = &filed.documents else {
            return;
        };
        let Some(learned) = self.entries.get_mut(&filed.entry) else {
            return;
        };
        if std::mem::replace(&mut learned.documents, true) {
            return;
        }
        let slot = learned.slot;
        let terms = terms_of(documents);
        for (key, weight) in &terms {
            self.terms.add(*key, slot, *weight);
        }
        self.lengthen(slot, length_of(&terms));
    }

    /// Takes back what `learn` did with the same value. False when it was not learned.
    pub fn forget(&mut self, filed: &Filed) -> bool {
        let Some(Learned {
            slot,
            thread,
            documents,
        }) = self.entries.remove(&filed.entry)
        else {
            return false;
        };
        let at = Moment::of(filed.at, filed.entry);
        for key in keys_of(filed, thread) {
            self.history.take(key, at, slot);
        }
        let documents = filed.documents.as_ref().filter(|_| documents);
        let mut terms = terms_of(&filed.signals);
        terms.extend(documents.into_iter().flat_map(terms_of));
        for (key, weight) in &terms {
            self.terms.take(*key, slot, *weight);
        }
        let length = length_of(&terms);
        self.total_length = self.total_length.saturating_sub(u64::from(length));
        if let Some(glance) = self.glances.get_mut(slot as usize) {
            glance.length = glance.length.saturating_sub(length);
        }
        let gone = self.entry_mut(slot).and_then(|case| {
            let place = case.documents.iter().position(|known| known.filed == at)?;
            Some(case.documents.remove(place))
        });
        if let Some(document) = gone {
            self.count_words(&document, false);
        }
        true
    }

    fn lengthen(&mut self, slot: Slot, by: u32) {
        self.total_length += u64::from(by);
        if let Some(glance) = self.glances.get_mut(slot as usize) {
            glance.length = glance.length.saturating_add(by);
        }
    }

    /// Two conversations turned out to be one.
    pub fn merge_threads(&mut self, from: Uuid, into: Uuid) {
        if from == into {
            return;
        }
        self.history.merge(thread_key(from), thread_key(into));
        for learned in self.entries.values_mut().filter(|l| l.thread == Some(from)) {
            learned.thread = Some(into);
        }
    }

    /// What was read of a snapshot, made whole.
    pub(super) fn with_lists(
        mut self,
        terms: Lists<(Slot, u32)>,
        history: Lists<(Moment, Slot)>,
    ) -> Self {
        self.terms.lists = terms;
        self.history.lists = history;
        let cases = std::mem::take(&mut self.cases);
        for (slot, case) in cases.iter().enumerate() {
            if let Some(case) = case {
                self.slots.insert(case.id, slot as Slot);
                self.number(&case.number, slot as Slot);
            }
        }
        self.cases = cases;
        self
    }

    /// Puts everything close together that changed since; nothing else shows it.
    pub(super) fn tidy(&mut self) {
        self.terms.lists.settle();
        self.parties.lists.settle();
        self.history.lists.settle();
        for case in self.cases.iter_mut().flatten() {
            case.documents.shrink_to_fit();
            case.own_terms.shrink_to_fit();
            case.title_terms.shrink_to_fit();
        }
    }

    pub fn knows_case(&self, id: Uuid) -> bool {
        self.slots.contains_key(&id)
    }

    pub fn number_of(&self, id: Uuid) -> Option<String> {
        let case = self.case(*self.slots.get(&id)?)?;
        Some(case.number.clone())
    }

    pub(super) fn slot_of(&self, id: Uuid) -> Option<Slot> {
        self.slots.get(&id).copied()
    }

    pub fn knows_entry(&self, entry: Uuid) -> bool {
        self.entries.contains_key(&entry)
    }

    pub fn case_count(&self) -> usize {
        self.slots.len()
    }

    pub fn entry_count(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn sight_of(&self, viewer: &Onlooker) -> Sight {
        self.circles.sight_of(viewer)
    }

    /// The length of the case at a slot, if it may be seen.
    pub(super) fn visible_length(&self, slot: Slot, sight: &Sight) -> Option<u32> {
        let glance = self.glances.get(slot as usize)?;
        let visible = glance.circle.is_some_and(|circle| sight.sees(circle));
        visible.then_some(glance.length)
    }

    pub(super) fn case(&self, slot: Slot) -> Option<&CaseEntry> {
        self.cases.get(slot as usize)?.as_ref()
    }

    /// One more than the highest slot in use.
    pub(super) fn slot_count(&self) -> usize {
        self.cases.len()
    }

    pub(super) fn average_length(&self) -> f64 {
        (self.total_length as f64 / self.case_count().max(1) as f64).max(1.0)
    }

    /// How little a word says that stands in many documents.
    pub(super) fn rarity(&self, word: Mark) -> f32 {
        let documents = self.entries.len() as f32;
        let with = self.documents_with.get(&word).copied().unwrap_or(0) as f32;
        ((documents + 1.0) / (with + 0.5)).ln().max(0.05)
    }

    fn count_words(&mut self, document: &Document, more: bool) {
        for word in document.words() {
            if more {
                *self.documents_with.entry(word).or_default() += 1;
            } else if let Some(count) = self.documents_with.get_mut(&word) {
                *count -= 1;
                if *count == 0 {
                    self.documents_with.remove(&word);
                }
            }
        }
    }

    fn slot_for(&mut self, id: Uuid) -> Slot {
        if let Some(slot) = self.slots.get(&id) {
            return *slot;
        }
        let slot = self.free.pop().unwrap_or_else(|| {
            self.cases.push(None);
            self.glances.push(Glance::default());
            (self.cases.len() - 1) as Slot
        });
        self.slots.insert(id, slot);
        slot
    }

    fn entry_mut(&mut self, slot: Slot) -> Option<&mut CaseEntry> {
        self.cases.get_mut(slot as usize)?.as_mut()
    }

    fn number(&mut self, number: &str, slot: Slot) {
        let key = case_number::key(number);
        self.numbers.entry(key).or_default().push(slot);
    }

    /// Takes the profile out and returns what was learned: its length, and the documents.
    fn clear_profile(&mut self, slot: Slot) -> (u32, Vec<Document>) {
        let Some(old) = self.cases.get_mut(slot as usize).and_then(Option::take) else {
            return (0, Vec::new());
        };
        let mut own_length = 0;
        for (key, weight) in old.own_terms {
            self.terms.take(key, slot, weight);
            own_length += weight;
        }
        for (_, key) in old.parties.iter().flat_map(|party| &party.keys) {
            self.parties.take(*key, slot, 1);
        }
        let number = case_number::key(&old.number);
        if let Some(slots) = self.numbers.get_mut(&number) {
            slots.retain(|s| *s != slot);
            if slots.is_empty() {
                self.numbers.remove(&number);
            }
        }
        self.total_length -= u64::from(own_length);
        let length = self.glances[slot as usize].length;
        (length - own_length, old.documents)
    }
}

fn terms_of(signals: &Signals) -> Vec<(Key, u32)> {
    let terms = signals.terms.iter().take(MAX_WORDS);
    terms
        .map(|term| (term_key(&term.0), u32::from(term.2)))
        .collect()
}

fn length_of(terms: &[(Key, u32)]) -> u32 {
    terms.iter().map(|term| term.1).sum()
}
