//! The mail is from, to or about somebody that the case is about.

use super::Evidence;
use crate::suggest::index::CaseEntry;
use crate::suggest::keys::person_key;
use crate::suggest::postings::Key;
use crate::suggest::profile::PartySign;
use crate::suggest::rank::{Board, Query};
use crate::suggest::weights::Feature;

pub(super) const FEATURES: [Feature; 4] = [
    Feature::PartyMail,
    Feature::PartyIdentifier,
    Feature::PartyName,
    Feature::PartyAddress,
];

pub(super) fn score(query: &Query, board: &mut Board) {
    for (feature, keys) in keys_of(query) {
        for key in keys {
            let (found, _) = query.visible_of(&query.index.parties, key);
            // A party of many cases points at none of them in particular.
            let value = 1.0 / (1.0 + (found.len().max(1) as f64).ln());
            for (slot, _) in found {
                board.raise(slot, feature, value);
            }
        }
    }
}

pub(super) fn explain(query: &Query, case: &CaseEntry) -> Option<Evidence> {
    let wanted = keys_of(query);
    let (_, party) = case
        .parties
        .iter()
        .filter_map(|party| {
            let sign = party
                .keys
                .iter()
                .filter(|(_, key)| wanted.iter().any(|(_, keys)| keys.contains(key)))
                .map(|k| k.0);
            Some((sign.min_by_key(|sign| strength(*sign))?, party))
        })
        .min_by_key(|(sign, party)| (strength(*sign), party.name.clone()))?;
    Some(Evidence::Party {
        party: party.kind,
        name: party.name.clone(),
    })
}

fn keys_of(query: &Query) -> [(Feature, Vec<Key>); 4] {
    let signals = query.signals;
    let people = std::iter::once(&signals.from)
        .chain(&signals.others)
        .filter(|a| !a.is_empty());
    [
        (
            Feature::PartyMail,
            people.map(|address| person_key(address)).collect(),
        ),
        (Feature::PartyIdentifier, signals.identifiers.clone()),
        (Feature::PartyName, signals.names.clone()),
        (Feature::PartyAddress, signals.addresses.clone()),
    ]
}

/// Lower is stronger.
fn strength(sign: PartySign) -> u8 {
    match sign {
        PartySign::Identifier => 0,
        PartySign::Mail => 1,
        PartySign::Address => 2,
        PartySign::Name => 3,
    }
}
