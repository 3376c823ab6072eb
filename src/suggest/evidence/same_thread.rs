//! Mails of the same conversation are on the case.

use super::Evidence;
use crate::suggest::keys::thread_key;
use crate::suggest::postings::Slot;
use crate::suggest::rank::{Board, Query};
use crate::suggest::weights::Feature;

pub(super) const FEATURES: [Feature; 1] = [Feature::Thread];

pub(super) fn score(query: &Query, board: &mut Board) {
    let Some(thread) = query.signals.thread else {
        return;
    };
    let shares = query.shares(thread_key(thread));
    for share in &shares.cases {
        board.raise(share.slot, Feature::Thread, share.count / shares.total);
    }
}

pub(super) fn explain(query: &Query, slot: Slot) -> Option<Evidence> {
    let mails = query
        .index
        .history
        .count(thread_key(query.signals.thread?), slot);
    (mails > 0).then_some(Evidence::SameThread { mails })
}
