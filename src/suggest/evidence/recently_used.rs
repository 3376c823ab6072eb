//! The viewer filed on the case lately.

use super::Evidence;
use crate::suggest::keys::user_key;
use crate::suggest::postings::Slot;
use crate::suggest::rank::{Board, Query};
use crate::suggest::weights::Feature;

pub(super) const FEATURES: [Feature; 7] = [
    Feature::LastCase,
    Feature::CaseBefore,
    Feature::TwoBefore,
    Feature::Lately5,
    Feature::Lately20,
    Feature::Lately100,
    Feature::FilingsSince,
];

const FILINGS: [(usize, Feature); 3] = [
    (5, Feature::Lately5),
    (20, Feature::Lately20),
    (100, Feature::Lately100),
];
const LAST: [Feature; 3] = [Feature::LastCase, Feature::CaseBefore, Feature::TwoBefore];
/// The viewer's filings looked at; whoever was not used within them was not used lately.
const MAX_FILINGS: usize = 1000;
/// Cases that become candidates by this alone.
const MAX_CASES: usize = 40;
/// Sentences are said of these only.
const TOLD_WITHIN_DAYS: f64 = 60.0;

pub(super) fn score(query: &Query, board: &mut Board) {
    let mut known: Vec<Slot> = Vec::new();
    for (place, slot) in filed_on(query).enumerate() {
        if let Some(feature) = LAST.get(place) {
            board.raise(slot, *feature, 1.0);
        }
        for (of, feature) in FILINGS.iter().filter(|(of, _)| place < *of) {
            board.add(slot, *feature, 1.0 / *of as f64);
        }
        if known.len() < MAX_CASES && !known.contains(&slot) {
            known.push(slot);
            let since = 1.0 - (place as f64 + 1.0).ln() / (MAX_FILINGS as f64 * 2.0).ln();
            board.raise(slot, Feature::FilingsSince, since);
        }
    }
}

pub(super) fn explain(query: &Query, slot: Slot) -> Option<Evidence> {
    let mine = query.index.history.of(user_key(&query.viewer.user));
    let last = mine.iter().rev().take(MAX_FILINGS);
    let (at, _) = last.into_iter().find(|filed| filed.1 == slot)?;
    let days = at.days_until(query.now);
    (days < TOLD_WITHIN_DAYS).then_some(Evidence::RecentlyUsed { days: days as u32 })
}

/// Where the viewer filed, newest first.
fn filed_on<'a>(query: &'a Query<'a>) -> impl Iterator<Item = Slot> + 'a {
    let mine = query.index.history.of(user_key(&query.viewer.user));
    mine.iter()
        .rev()
        .take(MAX_FILINGS)
        .map(|filed| filed.1)
        .filter(|slot| query.sees(*slot))
}
