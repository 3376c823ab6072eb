//! Who writes to whom: people and organisations that are on mails of the case.
//!
//! The principal person is the sender, or the recipients where a colleague writes.

use super::Evidence;
use crate::suggest::index::{domain_key, person_key};
use crate::suggest::postings::Slot;
use crate::suggest::rank::{Board, Query};
use crate::suggest::weights::Feature;

pub(super) const PRINCIPAL: [Feature; 3] = [
    Feature::PersonShare,
    Feature::PersonCount,
    Feature::DomainShare,
];
pub(super) const OTHERS: [Feature; 1] = [Feature::OtherPersonShare];

/// A shared mailbox is on every case and says nothing.
const MAX_CASES_OF_COLLEAGUE: usize = 300;

pub(super) fn score(query: &Query, board: &mut Board) {
    let signals = query.signals;
    if signals.from_own {
        for address in &signals.others {
            principal(query, board, address);
        }
    } else {
        principal(query, board, &signals.from);
        for address in &signals.others {
            share(query, board, address, Feature::OtherPersonShare);
        }
    }
    let colleagues = signals
        .colleagues
        .iter()
        .chain(signals.from_own.then_some(&signals.from));
    for address in colleagues {
        if query.index.colleagues.of(person_key(address)).len() > MAX_CASES_OF_COLLEAGUE {
            continue;
        }
        let (found, total) = query.visible_of(&query.index.colleagues, person_key(address));
        for (slot, count) in found {
            board.raise(slot, Feature::ColleagueShare, f64::from(count) / total);
        }
    }
}

pub(super) fn explain_principal(query: &Query, slot: Slot) -> Option<Evidence> {
    let signals = query.signals;
    if signals.from_own {
        return most_frequent(query, slot, &signals.others)
            .map(|(address, count)| Evidence::RecipientOnCase { address, count });
    }
    let count = query.index.people.count(person_key(&signals.from), slot);
    if count > 0 {
        return Some(Evidence::SenderOnCase {
            address: signals.from.clone(),
            count,
        });
    }
    let count = query.index.domains.count(domain_key(&signals.from)?, slot);
    let (_, domain) = signals.from.rsplit_once('@')?;
    (count > 0).then(|| Evidence::SenderOnCase {
        address: format!("@{domain}"),
        count,
    })
}

pub(super) fn explain_others(query: &Query, slot: Slot) -> Option<Evidence> {
    if query.signals.from_own {
        return None;
    }
    most_frequent(query, slot, &query.signals.others)
        .map(|(address, count)| Evidence::RecipientOnCase { address, count })
}

fn principal(query: &Query, board: &mut Board, address: &str) {
    share(query, board, address, Feature::PersonShare);
    if let Some(key) = domain_key(address) {
        let (found, total) = query.visible_of(&query.index.domains, key);
        for (slot, count) in found {
            board.raise(slot, Feature::DomainShare, f64::from(count) / total);
        }
    }
}

fn share(query: &Query, board: &mut Board, address: &str, feature: Feature) {
    let (found, total) = query.visible_of(&query.index.people, person_key(address));
    for (slot, count) in found {
        board.raise(slot, feature, f64::from(count) / total);
        if feature == Feature::PersonShare {
            board.raise(slot, Feature::PersonCount, f64::from(count).ln_1p());
        }
    }
}

fn most_frequent(query: &Query, slot: Slot, addresses: &[String]) -> Option<(String, u32)> {
    addresses
        .iter()
        .map(|address| (address, query.index.people.count(person_key(address), slot)))
        .filter(|(_, count)| *count > 0)
        .max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(a.0)))
        .map(|(address, count)| (address.clone(), count))
}
