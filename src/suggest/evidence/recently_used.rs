//! The viewer filed on the case lately.

use super::Evidence;
use crate::suggest::postings::Slot;
use crate::suggest::rank::{Board, Query};
use crate::suggest::weights::Feature;

pub(super) const FEATURES: [Feature; 1] = [Feature::Recent];

/// Filings looked at, and cases proposed on this evidence.
const MAX_FILINGS: usize = 200;
const MAX_CASES: usize = 10;
const FADES_IN_DAYS: f64 = 10.0;

pub(super) fn score(query: &Query, board: &mut Board) {
    for (slot, days) in last_used(query) {
        board.raise(slot, Feature::Recent, (-days / FADES_IN_DAYS).exp());
    }
}

pub(super) fn explain(query: &Query, slot: Slot) -> Option<Evidence> {
    let (_, days) = last_used(query).into_iter().find(|used| used.0 == slot)?;
    Some(Evidence::RecentlyUsed { days: days as u32 })
}

/// Cases and days since, each case once.
fn last_used(query: &Query) -> Vec<(Slot, f64)> {
    let mut cases: Vec<(Slot, f64)> = Vec::new();
    for (at, slot) in query.index.recents(query.viewer).take(MAX_FILINGS) {
        if cases.len() == MAX_CASES {
            break;
        }
        if query.visible(slot).is_some() && !cases.iter().any(|used| used.0 == slot) {
            let seconds = (query.now - at).num_seconds().max(0);
            cases.push((slot, seconds as f64 / 86_400.0));
        }
    }
    cases
}
