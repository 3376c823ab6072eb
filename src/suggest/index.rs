//! What cases are known by: their profiles, and the mails that were filed on them.
//!
//! A plain value in memory without clock or database. What is learned can be forgotten exactly, and the
//! order in which it was learned leaves no trace.

use super::document::{Document, Mark};
use super::history::{History, Moment};
use super::postings::{Key, KeyMap, Postings, Slot, key_of};
use super::signals::{Signals, name_key};
use super::words::{self, Stems};
use crate::domain::case::{Case, CaseAccess, CaseStatus, Party, PartyKind};
use crate::domain::direction::domain_of;
use crate::domain::{case_number, property};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

const TITLE_WEIGHT: u32 = 24;
const PARTY_WEIGHT: u32 = 12;
const ADDRESS_WEIGHT: u32 = 8;
/// A title is short; what is longer was pasted.
const MAX_TITLE_TERMS: usize = 40;
const MAX_PARTIES: usize = 500;

/// Mail providers whose domain says nothing about who writes.
const SHARED_DOMAINS: [&str; 16] = [
    "gmail.com",
    "hotmail.com",
    "hotmail.dk",
    "outlook.com",
    "outlook.dk",
    "live.dk",
    "live.com",
    "yahoo.com",
    "yahoo.dk",
    "icloud.com",
    "me.com",
    "mail.dk",
    "mail.tele.dk",
    "webspeed.dk",
    "jubii.dk",
    "proton.me",
];

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

#[derive(Default)]
pub struct Index {
    slots: HashMap<Uuid, Slot>,
    cases: Vec<Option<CaseEntry>>,
    free: Vec<Slot>,
    entries: HashMap<Uuid, Learned>,
    total_length: u64,
    pub(super) numbers: HashMap<String, Vec<Slot>>,
    pub(super) terms: Postings,
    pub(super) parties: Postings,
    /// Of people, domains, conversations, subjects, users: what was filed where.
    pub(super) history: History,
    /// In how many documents a word stands.
    documents_with: KeyMap<Mark, u32>,
}

/// What must be remembered of a learned entry to forget it. Its conversation may have got another id since.
struct Learned {
    slot: Slot,
    thread: Option<Uuid>,
    /// What the mail's attachments say was learned too.
    documents: bool,
}

pub(super) struct CaseEntry {
    pub id: Uuid,
    pub number: String,
    pub open: bool,
    pub created_at: DateTime<Utc>,
    pub responsible: Option<String>,
    pub title_terms: Vec<Key>,
    pub parties: Vec<KnownParty>,
    /// Sum of the weights of its words, learned ones included.
    pub length: u32,
    /// What was filed on it, oldest first.
    pub documents: Vec<Document>,
    access: CaseAccess,
    own_terms: Vec<(Key, u32)>,
}

/// A party and what it is recognised by.
pub(super) struct KnownParty {
    pub kind: PartyKind,
    pub name: String,
    pub keys: Vec<(PartySign, Key)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PartySign {
    Mail,
    Identifier,
    Name,
    Address,
}

impl CaseEntry {
    pub fn is_visible_to(&self, viewer: &str) -> bool {
        match &self.access {
            CaseAccess::Open => true,
            CaseAccess::Restricted(users) => users.iter().any(|user| user == viewer),
        }
    }
}

impl Index {
    /// Takes a case in, or its changes; what was learned on it stays.
    pub fn upsert_case(&mut self, case: &Case) {
        let slot = self.slot_for(case.id);
        let (learned_length, documents) = self.clear_profile(slot);
        let profile = Profile::of(case);
        for (key, weight) in &profile.terms {
            self.terms.add(*key, slot, *weight);
        }
        for (_, key) in profile.parties.iter().flat_map(|party| &party.keys) {
            self.parties.add(*key, slot, 1);
        }
        let number = case_number::key(&case.number);
        self.numbers.entry(number).or_default().push(slot);
        let own_length: u32 = profile.terms.iter().map(|t| t.1).sum();
        self.total_length += u64::from(own_length);
        self.put(
            slot,
            CaseEntry {
                id: case.id,
                number: case.number.clone(),
                open: case.status == CaseStatus::Open,
                created_at: case.created_at,
                responsible: case.responsible.clone(),
                title_terms: profile.title_terms,
                parties: profile.parties,
                length: learned_length + own_length,
                documents,
                access: case.access.clone(),
                own_terms: profile.terms,
            },
        );
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
        if let Some(place) = self.cases.get_mut(slot as usize) {
            *place = None;
        }
        self.free.push(slot);
    }

    /// Learns from a filing. False when its case is unknown or the entry was learned before.
    pub fn learn(&mut self, filed: &Filed) -> bool {
        let Some(&slot) = self.slots.get(&filed.case_id) else {
            return false;
        };
        if self.entries.contains_key(&filed.entry) {
            return false;
        }
        let thread = filed.signals.thread;
        let learned = Learned {
            slot,
            thread,
            documents: false,
        };
        self.entries.insert(filed.entry, learned);
        let at = Moment::of(filed.at, filed.entry);
        for key in keys_of(filed, thread) {
            self.history.add(key, at, slot);
        }
        self.each_term(&filed.signals, |terms, key, count| {
            terms.add(key, slot, count);
        });
        let document = Document::of(&filed.signals, &Stems::new(), at);
        self.count_words(&document, true);
        let length = length_of(&filed.signals);
        self.total_length += u64::from(length);
        if let Some(case) = self.entry_mut(slot) {
            case.length += length;
            let place = case.documents.partition_point(|known| known.filed <= at);
            case.documents.insert(place, document);
        }
        self.learn_documents(filed);
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
        self.each_term(documents, |terms, key, count| {
            terms.add(key, slot, count);
        });
        let length = length_of(documents);
        self.total_length += u64::from(length);
        if let Some(case) = self.entry_mut(slot) {
            case.length += length;
        }
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
        if let Some(documents) = filed.documents.as_ref().filter(|_| documents) {
            self.forget_keys(documents, slot);
        }
        let at = Moment::of(filed.at, filed.entry);
        for key in keys_of(filed, thread) {
            self.history.take(key, at, slot);
        }
        self.forget_keys(&filed.signals, slot);
        let gone = self.entry_mut(slot).and_then(|case| {
            let place = case.documents.iter().position(|known| known.filed == at)?;
            Some(case.documents.remove(place))
        });
        if let Some(document) = gone {
            self.count_words(&document, false);
        }
        true
    }

    fn forget_keys(&mut self, signals: &Signals, slot: Slot) {
        self.each_term(signals, |terms, key, count| {
            terms.take(key, slot, count);
        });
        let length = length_of(signals);
        self.total_length = self.total_length.saturating_sub(u64::from(length));
        if let Some(case) = self.entry_mut(slot) {
            case.length = case.length.saturating_sub(length);
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

    fn each_term(&mut self, signals: &Signals, mut each: impl FnMut(&mut Postings, Key, u32)) {
        for term in &signals.terms {
            each(&mut self.terms, term_key(&term.0), u32::from(term.2));
        }
    }

    fn slot_for(&mut self, id: Uuid) -> Slot {
        if let Some(slot) = self.slots.get(&id) {
            return *slot;
        }
        let slot = self.free.pop().unwrap_or_else(|| {
            self.cases.push(None);
            (self.cases.len() - 1) as Slot
        });
        self.slots.insert(id, slot);
        slot
    }

    fn entry_mut(&mut self, slot: Slot) -> Option<&mut CaseEntry> {
        self.cases.get_mut(slot as usize)?.as_mut()
    }

    fn put(&mut self, slot: Slot, entry: CaseEntry) {
        if let Some(place) = self.cases.get_mut(slot as usize) {
            *place = Some(entry);
        }
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
        (old.length - own_length, old.documents)
    }
}

/// What a filing is remembered under.
fn keys_of(filed: &Filed, thread: Option<Uuid>) -> Vec<Key> {
    let signals = &filed.signals;
    let mut keys = vec![user_key(&filed.by)];
    keys.extend(thread.map(thread_key));
    let strangers = signals
        .others
        .iter()
        .chain((!signals.from_own).then_some(&signals.from));
    for address in strangers.filter(|address| !address.is_empty()) {
        keys.push(person_key(address));
        keys.extend(domain_key(address));
    }
    let colleagues = signals
        .colleagues
        .iter()
        .chain(signals.from_own.then_some(&signals.from));
    keys.extend(colleagues.map(|address| colleague_key(address)));
    if !signals.from.is_empty() {
        keys.push(sender_key(&signals.from));
        keys.push(group_key(signals));
        keys.extend(pair_keys(signals));
    }
    if !signals.base_subject.is_empty() {
        keys.push(subject_key(&signals.base_subject));
        keys.push(opening_key(&signals.base_subject));
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

pub(super) fn term_key(stem: &str) -> Key {
    key_of("term", stem)
}

pub(super) fn person_key(address: &str) -> Key {
    key_of("mail", address)
}

pub(super) fn colleague_key(address: &str) -> Key {
    key_of("colleague", address)
}

/// Whoever wrote, stranger or colleague.
pub(super) fn sender_key(address: &str) -> Key {
    key_of("sender", address)
}

pub(super) fn user_key(name: &str) -> Key {
    key_of("user", name)
}

/// Everyone on the mail, the sender apart.
pub(super) fn group_key(signals: &Signals) -> Key {
    let mut others: Vec<&str> = signals
        .others
        .iter()
        .chain(&signals.colleagues)
        .map(String::as_str)
        .collect();
    others.sort_unstable();
    key_of("group", &format!("{}>{}", signals.from, others.join(",")))
}

/// The sender with each of the others, whoever of the two wrote.
pub(super) fn pair_keys(signals: &Signals) -> Vec<Key> {
    let from = signals.from.as_str();
    let others = signals.others.iter().chain(&signals.colleagues);
    others
        .map(|other| {
            let (one, two) = if from < other.as_str() {
                (from, other.as_str())
            } else {
                (other.as_str(), from)
            };
            key_of("pair", &format!("{one}+{two}"))
        })
        .collect()
}

/// How the subject begins: "Månedsrapport marts" and "Månedsrapport april" are of a kind.
pub(super) fn opening_key(base_subject: &str) -> Key {
    let opening: Vec<&str> = words::words(base_subject).take(2).collect();
    key_of("opening", &opening.join(" "))
}

pub(super) fn thread_key(thread: Uuid) -> Key {
    key_of("thread", &thread.simple().to_string())
}

pub(super) fn subject_key(base_subject: &str) -> Key {
    key_of("subject", base_subject)
}

/// None for providers that anybody uses.
pub(super) fn domain_key(address: &str) -> Option<Key> {
    let domain = domain_of(address)?;
    (!SHARED_DOMAINS.contains(&domain)).then(|| key_of("domain", domain))
}

fn length_of(signals: &Signals) -> u32 {
    signals.terms.iter().map(|term| u32::from(term.2)).sum()
}

/// What a case is known by before anything is filed on it.
struct Profile {
    terms: Vec<(Key, u32)>,
    title_terms: Vec<Key>,
    parties: Vec<KnownParty>,
}

impl Profile {
    fn of(case: &Case) -> Self {
        let stems = Stems::new();
        let mut weights: BTreeMap<Key, u32> = BTreeMap::new();
        let mut take = |text: &str, weight: u32| {
            let text = words::composed(text).to_lowercase();
            let mut keys: Vec<Key> = words::words(&text)
                .filter(|word| !words::is_stop_word(word))
                .take(MAX_TITLE_TERMS)
                .map(|word| term_key(&stems.stem(word)))
                .collect();
            keys.sort_unstable();
            keys.dedup();
            for key in &keys {
                let known = weights.entry(*key).or_default();
                *known = (*known).max(weight);
            }
            keys
        };
        let title_terms = take(&case.title, TITLE_WEIGHT);
        let parties = case.parties.iter().take(MAX_PARTIES);
        for party in parties.clone() {
            take(&party.name, PARTY_WEIGHT);
            take(party.address.as_deref().unwrap_or_default(), ADDRESS_WEIGHT);
        }
        Self {
            title_terms,
            parties: parties.map(KnownParty::of).collect(),
            terms: weights.into_iter().collect(),
        }
    }
}

impl KnownParty {
    fn of(party: &Party) -> Self {
        let digits = |text: &String| {
            text.chars()
                .filter(char::is_ascii_digit)
                .collect::<String>()
        };
        let identifier = party
            .identifier
            .as_ref()
            .map(digits)
            .filter(|d| !d.is_empty());
        let mail = party
            .mail
            .as_ref()
            .map(|m| m.trim().to_lowercase())
            .filter(|m| m.contains('@'));
        let address = party.address.as_deref().map(words::composed);
        let keys = [
            mail.map(|m| (PartySign::Mail, person_key(&m))),
            identifier.map(|i| (PartySign::Identifier, key_of("id", &i))),
            name_key(&words::composed(&party.name)).map(|key| (PartySign::Name, key)),
            address
                .and_then(|a| property::address_key(&a))
                .map(|a| (PartySign::Address, key_of("address", &a))),
        ];
        Self {
            kind: party.kind,
            name: party.name.clone(),
            keys: keys.into_iter().flatten().collect(),
        }
    }
}
