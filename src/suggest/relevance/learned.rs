//! What people's acts have taught: counts over what mails have in common, and nothing else.
//!
//! A plain value. The order in which acts are learned leaves no trace, and what is forgotten is forgotten exactly. An act
//! that not everybody may know of, a filing on a restricted case or a word on a personal mail, teaches only for the one
//! who did it.

use std::collections::HashMap;
use uuid::Uuid;

use crate::domain::direction::OwnDomains;
use crate::domain::mail::MailKind;
use crate::domain::title;
use crate::store::Judged;
use crate::suggest::keys::domain_key;
use crate::suggest::postings::{Key, key_of};

/// Words of a subject that make its shape: `Nyhedsbrev uge #`.
const SHAPE_WORDS: usize = 5;

/// What mails have in common that is learned from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trait {
    Kind,
    Domain,
    Sender,
    Subject,
    Recipient,
}

/// How mails like one were judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub yes: u32,
    pub no: u32,
}

/// A mail by its traits, as keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Traits(Vec<(Trait, String)>);

impl Traits {
    pub fn of(
        kind: MailKind,
        from: &str,
        subject: &str,
        to: Option<&str>,
        own: &OwnDomains,
    ) -> Self {
        let from = from.to_lowercase();
        let shape = shape(subject);
        let is_own = own.has(&from);
        let mut traits = vec![(Trait::Kind, format!("{kind:?}"))];
        if let Some((_, domain)) = from.rsplit_once('@')
            && !is_own
            && domain_key(&from).is_some()
        {
            traits.push((Trait::Domain, domain.to_owned()));
        }
        let to = to.map(str::to_lowercase).unwrap_or_default();
        let rest = [
            (Trait::Sender, from),
            (Trait::Subject, shape),
            (Trait::Recipient, to),
        ];
        traits.extend(rest.into_iter().filter(|(_, text)| !text.is_empty()));
        Self(traits)
    }

    fn of_judged(judged: &Judged, own: &OwnDomains) -> Self {
        Self::of(
            judged.kind,
            &judged.from,
            &judged.subject,
            judged.to.as_deref(),
            own,
        )
    }
}

/// The subject as machines vary it: first words, in lower case, numbers left out. Empty where it says nothing.
fn shape(subject: &str) -> String {
    let base = title::base_subject(subject).to_lowercase();
    if !title::says_something(&base) {
        return String::new();
    }
    base.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| {
            if word.contains(|c: char| c.is_ascii_digit()) {
                "#"
            } else {
                word
            }
        })
        .take(SHAPE_WORDS)
        .collect::<Vec<_>>()
        .join(" ")
}

#[derive(Debug, Default, PartialEq)]
pub struct Learned {
    counts: HashMap<Key, Counts>,
    /// Entries that were learned, and whether for everybody.
    filed: HashMap<Uuid, bool>,
    /// Mails that are for no case. Their rows may be gone when they are forgotten, so their keys are kept.
    refused: HashMap<Uuid, Vec<Key>>,
}

impl Learned {
    /// Learns an act; one that was learned before changes nothing.
    pub fn learn(&mut self, act: &Judged, own: &OwnDomains) {
        let for_everybody = if act.for_a_case {
            act.open
        } else {
            act.kind != MailKind::Personal
        };
        let is_known = if act.for_a_case {
            self.filed.contains_key(&act.id)
        } else {
            self.refused.contains_key(&act.id)
        };
        if is_known {
            return;
        }
        let keys = keys(&Traits::of_judged(act, own), scope(for_everybody, &act.by));
        for key in &keys {
            let counts = self.counts.entry(*key).or_default();
            *counts.of_mut(act.for_a_case) += 1;
        }
        if act.for_a_case {
            self.filed.insert(act.id, for_everybody);
        } else {
            self.refused.insert(act.id, keys);
        }
    }

    /// Takes back what a filing taught; `act` is what was learned.
    pub fn forget_filing(&mut self, act: &Judged, own: &OwnDomains) {
        if let Some(for_everybody) = self.filed.remove(&act.id) {
            let scope = scope(for_everybody, &act.by);
            self.take(&keys(&Traits::of_judged(act, own), scope), true);
        }
    }

    /// The mail may be for a case again.
    pub fn forget_refusal(&mut self, mail: Uuid) {
        if let Some(keys) = self.refused.remove(&mail) {
            self.take(&keys, false);
        }
    }

    fn take(&mut self, keys: &[Key], for_a_case: bool) {
        for key in keys {
            let Some(counts) = self.counts.get_mut(key) else {
                continue;
            };
            let count = counts.of_mut(for_a_case);
            *count = count.saturating_sub(1);
            if *counts == Counts::default() {
                self.counts.remove(key);
            }
        }
    }

    /// All acts that the viewer may learn from.
    pub(super) fn all(&self, viewer: &str) -> Counts {
        self.seen_by(viewer, ALL, "")
    }

    /// How mails with each of these traits were judged, as far as the viewer may learn from it.
    pub(super) fn of(&self, traits: &Traits, viewer: &str) -> Vec<(Trait, Counts)> {
        traits
            .0
            .iter()
            .map(|(name, text)| (*name, self.seen_by(viewer, label(*name), text)))
            .collect()
    }

    fn seen_by(&self, viewer: &str, label: &str, text: &str) -> Counts {
        let mut seen = Counts::default();
        for scope in [None, Some(viewer)] {
            if let Some(counts) = self.counts.get(&key(scope, label, text)) {
                seen.yes += counts.yes;
                seen.no += counts.no;
            }
        }
        seen
    }
}

impl Counts {
    fn of_mut(&mut self, for_a_case: bool) -> &mut u32 {
        if for_a_case {
            &mut self.yes
        } else {
            &mut self.no
        }
    }

    pub fn total(self) -> u32 {
        self.yes + self.no
    }
}

/// For everybody, or for one user.
type Scope<'a> = Option<&'a str>;

fn scope(for_everybody: bool, by: &str) -> Scope<'_> {
    (!for_everybody).then_some(by)
}

const ALL: &str = "all";

fn label(name: Trait) -> &'static str {
    match name {
        Trait::Kind => "kind",
        Trait::Domain => "domain",
        Trait::Sender => "sender",
        Trait::Subject => "subject",
        Trait::Recipient => "recipient",
    }
}

fn keys(traits: &Traits, scope: Scope<'_>) -> Vec<Key> {
    let of_traits = traits
        .0
        .iter()
        .map(|(name, text)| key(scope, label(*name), text));
    of_traits.chain([key(scope, ALL, "")]).collect()
}

fn key(scope: Scope<'_>, label: &str, text: &str) -> Key {
    match scope {
        None => key_of(&format!("for a case {label}"), text),
        Some(user) => key_of(
            &format!("for a case {label} by"),
            &format!("{user}\0{text}"),
        ),
    }
}
