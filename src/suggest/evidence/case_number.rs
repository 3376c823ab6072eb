//! The mail names a case that exists.

use super::Evidence;
use crate::suggest::index::CaseEntry;
use crate::suggest::rank::{Board, Query};
use crate::suggest::signals::{NumberSeen, Place};
use crate::suggest::weights::Feature;

pub(super) const FEATURES: [Feature; 5] = [
    Feature::NumberInSubject,
    Feature::NumberNamed,
    Feature::NumberInText,
    Feature::NumberInAttachment,
    Feature::NumberLikeDate,
];

pub(super) fn score(query: &Query, board: &mut Board) {
    for seen in &query.signals.numbers {
        for slot in query.index.numbers.get(&seen.key).into_iter().flatten() {
            if query.visible(*slot).is_some() {
                board.raise(*slot, feature(seen), 1.0);
            }
        }
    }
}

pub(super) fn explain(query: &Query, case: &CaseEntry) -> Option<Evidence> {
    let key = crate::domain::case_number::key(&case.number);
    let seen = query.signals.numbers.iter().find(|seen| seen.key == key)?;
    Some(Evidence::CaseNumber {
        number: case.number.clone(),
        place: seen.place,
    })
}

fn feature(seen: &NumberSeen) -> Feature {
    match seen.place {
        _ if !seen.named && may_be_a_day(&seen.key) => Feature::NumberLikeDate,
        Place::Subject => Feature::NumberInSubject,
        _ if seen.named => Feature::NumberNamed,
        Place::Text => Feature::NumberInText,
        Place::Attachment => Feature::NumberInAttachment,
    }
}

/// `14/10` and `3/5`, but not `14/10822`.
fn may_be_a_day(key: &str) -> bool {
    let number = |text: &str| (text.len() <= 2).then(|| text.parse::<u8>().ok()).flatten();
    match key.split_once('/') {
        Some((day, month)) => {
            number(day).is_some_and(|d| (1..=31).contains(&d))
                && number(month).is_some_and(|m| (1..=12).contains(&m))
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_day_is_told_from_a_number() {
        for (key, day) in [
            ("14/10", true),
            ("24/12", true),
            ("31/13", false),
            ("14/10822", false),
            ("2024-00123", false),
        ] {
            assert_eq!(may_be_a_day(key), day, "{key}");
        }
    }
}
