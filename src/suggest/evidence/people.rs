//! Who writes to whom: people and organisations that are on mails of the case.
//!
//! The principal person is the sender, or the recipients where a colleague writes.

use super::Evidence;
use crate::suggest::keys::{
    colleague_key, domain_key, group_key, pair_keys, person_key, sender_key,
};
use crate::suggest::postings::Slot;
use crate::suggest::rank::{Board, Query, Shares};
use crate::suggest::weights::Feature;

pub(super) const PRINCIPAL: [Feature; 11] = [
    Feature::SenderShare,
    Feature::SenderFaded,
    Feature::SenderLast,
    Feature::SenderBefore,
    Feature::SenderCount,
    Feature::DomainShare,
    Feature::DomainFaded,
    Feature::GroupShare,
    Feature::GroupLast,
    Feature::PairShare,
    Feature::TitleInSender,
];
pub(super) const OTHERS: [Feature; 3] = [
    Feature::OthersShare,
    Feature::OthersStrongest,
    Feature::TitleInOthers,
];

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
        others(query, board);
    }
    if !signals.from.is_empty() {
        sender(query, board);
        group(query, board);
    }
    let colleagues = signals
        .colleagues
        .iter()
        .chain(signals.from_own.then_some(&signals.from));
    for address in colleagues {
        let key = colleague_key(address);
        if query.index.history.of(key).len() > MAX_CASES_OF_COLLEAGUE {
            continue;
        }
        let shares = query.shares(key);
        for share in &shares.cases {
            board.raise(
                share.slot,
                Feature::ColleagueShare,
                share.count / shares.total,
            );
        }
    }
}

pub(super) fn explain_principal(query: &Query, slot: Slot) -> Option<Evidence> {
    let signals = query.signals;
    if signals.from_own {
        return most_frequent(query, slot, &signals.others)
            .map(|(address, count)| Evidence::RecipientOnCase { address, count });
    }
    let count = query.index.history.count(person_key(&signals.from), slot);
    if count > 0 {
        return Some(Evidence::SenderOnCase {
            address: signals.from.clone(),
            count,
        });
    }
    let count = query.index.history.count(domain_key(&signals.from)?, slot);
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

/// The share on each case of all mails with this stranger.
fn principal(query: &Query, board: &mut Board, address: &str) {
    let shares = query.shares(person_key(address));
    for share in &shares.cases {
        let count = share.count.ln_1p();
        board.raise(
            share.slot,
            Feature::SenderShare,
            share.count / (shares.total + 0.5),
        );
        board.raise(share.slot, Feature::SenderCount, count / 5.0);
    }
    if let Some(key) = domain_key(address) {
        let shares = query.shares(key);
        for share in &shares.cases {
            board.raise(
                share.slot,
                Feature::DomainShare,
                share.count / (shares.total + 0.5),
            );
            board.raise(
                share.slot,
                Feature::DomainFaded,
                share.faded / (shares.faded + 0.2),
            );
        }
    }
}

/// Of what this sender wrote, what came last counts most.
fn sender(query: &Query, board: &mut Board) {
    let shares = query.shares(sender_key(&query.signals.from));
    for share in &shares.cases {
        board.raise(
            share.slot,
            Feature::SenderFaded,
            share.faded / (shares.faded + 0.2),
        );
    }
    mark_latest(&shares, board, Feature::SenderLast, 0);
    mark_latest(&shares, board, Feature::SenderBefore, 1);
}

/// The same people on a mail, and the same two.
fn group(query: &Query, board: &mut Board) {
    let shares = query.shares(group_key(query.signals));
    for share in &shares.cases {
        board.raise(
            share.slot,
            Feature::GroupShare,
            share.count / (shares.total + 0.5),
        );
    }
    mark_latest(&shares, board, Feature::GroupLast, 0);
    for key in pair_keys(query.signals) {
        let shares = query.shares(key);
        for share in &shares.cases {
            board.raise(
                share.slot,
                Feature::PairShare,
                share.count / (shares.total + 0.5),
            );
        }
    }
}

fn others(query: &Query, board: &mut Board) {
    let people = query.signals.others.len().max(1) as f64;
    for address in &query.signals.others {
        let shares = query.shares(person_key(address));
        for share in &shares.cases {
            let part = share.count / (shares.total + 1.0);
            board.add(share.slot, Feature::OthersShare, part / people);
            board.raise(share.slot, Feature::OthersStrongest, part);
        }
    }
}

fn mark_latest(shares: &Shares, board: &mut Board, feature: Feature, place: usize) {
    if let Some(share) = shares.cases.get(place) {
        board.raise(share.slot, feature, 1.0);
    }
}

fn most_frequent(query: &Query, slot: Slot, addresses: &[String]) -> Option<(String, u32)> {
    addresses
        .iter()
        .map(|address| {
            (
                address,
                query.index.history.count(person_key(address), slot),
            )
        })
        .filter(|(_, count)| *count > 0)
        .max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(a.0)))
        .map(|(address, count)| (address.clone(), count))
}
