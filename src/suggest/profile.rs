//! What a case is known by before anything is filed on it: the words of its title, its parties.

use super::keys::{person_key, term_key};
use super::postings::{Key, key_of};
use super::signals::name_key;
use super::words::{self, Stems};
use crate::domain::case::{Case, Party, PartyKind};
use crate::domain::property;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const TITLE_WEIGHT: u32 = 24;
const PARTY_WEIGHT: u32 = 12;
const ADDRESS_WEIGHT: u32 = 8;
/// A title is short; what is longer was pasted.
const MAX_TITLE_TERMS: usize = 40;
const MAX_PARTIES: usize = 500;

/// See the module.
pub(super) struct Profile {
    pub terms: Vec<(Key, u32)>,
    pub title_terms: Vec<Key>,
    pub parties: Vec<KnownParty>,
}

/// A party and what it is recognised by.
#[derive(Serialize, Deserialize)]
pub(super) struct KnownParty {
    pub kind: PartyKind,
    pub name: String,
    pub keys: Vec<(PartySign, Key)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum PartySign {
    Mail,
    Identifier,
    Name,
    Address,
}

impl Profile {
    pub fn of(case: &Case) -> Self {
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
