//! What things are known by in the index: words, people, conversations, subjects, as hashes of their kind and text.

use super::index::Filed;
use super::postings::{Key, key_of};
use super::signals::Signals;
use super::words;
use crate::domain::direction::domain_of;
use uuid::Uuid;

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

/// What a filing is remembered under.
pub(super) fn keys_of(filed: &Filed, thread: Option<Uuid>) -> Vec<Key> {
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
