//! The weights every organisation begins with.
//!
//! What public mailboxes can teach was learned on them by `sagspost eval foldering --learn` and stands in
//! `shipped.json`, once from all of them and once without each, so that a mailbox is never judged by weights
//! that saw it. What they cannot teach, since nobody's case numbers, CPR numbers and parties are public, is given here.

use super::weights::{FEATURES, Feature, Weights, index_of};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

const GIVEN: [(Feature, f64); 16] = [
    (Feature::NumberInSubject, 9.0),
    (Feature::NumberNamed, 8.0),
    (Feature::NumberInText, 6.0),
    (Feature::NumberInAttachment, 5.5),
    (Feature::NumberLikeDate, 1.0),
    (Feature::Thread, 6.5),
    (Feature::PartyMail, 3.5),
    (Feature::PartyIdentifier, 4.5),
    (Feature::PartyName, 2.2),
    (Feature::PartyAddress, 3.4),
    (Feature::ColleagueShare, 0.8),
    // Everyone in the public mailboxes writes from one domain.
    (Feature::DomainShare, 0.4),
    (Feature::DomainFaded, 0.4),
    (Feature::Responsible, 0.4),
    (Feature::Closed, -2.5),
    (Feature::Fresh, 0.3),
];

/// Names and weights; what is not named is worth nothing.
pub(super) type Named = BTreeMap<String, f64>;

#[derive(Default, Serialize, Deserialize)]
pub(super) struct Shipped {
    pub all: Named,
    /// By the mailbox that was left out.
    pub without: BTreeMap<String, Named>,
}

static SHIPPED: LazyLock<Shipped> = LazyLock::new(|| {
    // Compiled in, and read by the tests of this file: nothing from outside comes here.
    serde_json::from_str(include_str!("shipped.json")).expect("a file of this source tree")
});

pub(super) fn weights() -> Weights {
    complete(&SHIPPED.all)
}

/// For judging: what was learned without this mailbox.
pub(super) fn weights_without(mailbox: &str) -> Weights {
    complete(SHIPPED.without.get(mailbox).unwrap_or(&SHIPPED.all))
}

pub(super) fn given() -> Weights {
    complete(&Named::new())
}

/// Of what was learned; the given is not.
pub(super) fn named(weights: &Weights) -> Named {
    super::weights::NAMES
        .iter()
        .zip(weights)
        .enumerate()
        .filter(|(at, _)| !is_given(*at))
        .map(|(_, (name, weight))| ((*name).to_owned(), (weight * 1000.0).round() / 1000.0))
        .collect()
}

fn complete(learned: &Named) -> Weights {
    let mut weights = [0.0; FEATURES];
    for (name, weight) in learned {
        if let Some(at) = index_of(name) {
            weights[at] = *weight;
        }
    }
    for (feature, weight) in GIVEN {
        weights[feature as usize] = weight;
    }
    weights
}

fn is_given(at: usize) -> bool {
    GIVEN.iter().any(|(feature, _)| *feature as usize == at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_the_file_is_a_feature_that_is_not_given() {
        let sets = SHIPPED.without.values().chain([&SHIPPED.all]);
        for name in sets.flat_map(BTreeMap::keys) {
            assert!(index_of(name).is_some_and(|at| !is_given(at)), "{name}");
        }
    }
}
