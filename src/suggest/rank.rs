//! Ranking: from the finds of all evidence to a short list with honest confidence.
//!
//! Only cases that the viewer may see ever become candidates, so that neither order, confidence nor
//! evidence tells of others. Equal scores stand in order of case number, then id.

use super::evidence::{self, Evidence};
use super::index::{CaseEntry, Index};
use super::postings::{Key, Postings, Slot};
use super::probability::Probability;
use super::signals::Signals;
use super::weights::{Feature, Features};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

/// Whoever is on more cases than this points at none but the strongest of them.
const MAX_FROM_ONE_LIST: usize = 80;

/// A case that the mail may belong on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    pub case_id: Uuid,
    pub confidence: Probability,
    /// Strongest first.
    pub evidence: Vec<Evidence>,
}

/// One question to the index.
pub(super) struct Query<'a> {
    pub index: &'a Index,
    pub signals: &'a Signals,
    pub viewer: &'a str,
    pub now: DateTime<Utc>,
    /// Key of each term of the signals, in their order.
    pub term_keys: Vec<Key>,
}

impl<'a> Query<'a> {
    /// The case at a slot, if the viewer may see it.
    pub fn visible(&self, slot: Slot) -> Option<&'a CaseEntry> {
        self.index
            .case(slot)
            .filter(|case| case.is_visible_to(self.viewer))
    }

    /// The strongest of a posting list that the viewer may see, and the sum of all that they may see.
    pub fn visible_of(&self, postings: &Postings, key: Key) -> (Vec<(Slot, u32)>, f64) {
        let mut total = 0.0;
        let mut seen: Vec<(Slot, u32)> = Vec::new();
        for (slot, count) in postings.of(key) {
            if self.visible(*slot).is_some() {
                total += f64::from(*count);
                seen.push((*slot, *count));
            }
        }
        if seen.len() > MAX_FROM_ONE_LIST {
            let by_strength = |a: &(Slot, u32), b: &(Slot, u32)| {
                b.1.cmp(&a.1)
                    .then_with(|| self.name_of(a.0).cmp(&self.name_of(b.0)))
            };
            seen.select_nth_unstable_by(MAX_FROM_ONE_LIST - 1, by_strength);
            seen.truncate(MAX_FROM_ONE_LIST);
        }
        (seen, total)
    }

    /// What decides between equals; slots do not, since they depend on history.
    pub fn name_of(&self, slot: Slot) -> Option<(&'a str, Uuid)> {
        self.index
            .case(slot)
            .map(|case| (case.number.as_str(), case.id))
    }
}

/// Candidates and their features so far.
#[derive(Default)]
pub(super) struct Board {
    candidates: HashMap<Slot, Features>,
}

impl Board {
    pub fn raise(&mut self, slot: Slot, feature: Feature, value: f64) {
        self.candidates
            .entry(slot)
            .or_default()
            .raise(feature, value);
    }

    pub fn each(&mut self, mut change: impl FnMut(Slot, &mut Features)) {
        for (slot, features) in &mut self.candidates {
            change(*slot, features);
        }
    }
}

impl Index {
    /// The most likely cases for a mail, best first.
    pub fn rank(
        &self,
        signals: &Signals,
        viewer: &str,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Vec<Suggestion> {
        let term_keys = signals
            .terms
            .iter()
            .map(|term| super::index::term_key(&term.0))
            .collect();
        let query = Query {
            index: self,
            signals,
            viewer,
            now,
            term_keys,
        };
        let mut board = Board::default();
        evidence::score(&query, &mut board);

        let mut ranked: Vec<(f64, &CaseEntry, Slot, Features)> = board
            .candidates
            .into_iter()
            .filter_map(|(slot, features)| {
                Some((features.score(), query.visible(slot)?, slot, features))
            })
            .collect();
        ranked.sort_by(|a, b| {
            b.0.total_cmp(&a.0)
                .then_with(|| a.1.number.cmp(&b.1.number))
                .then_with(|| a.1.id.cmp(&b.1.id))
        });
        let scores: Vec<f64> = ranked.iter().map(|r| r.0).collect();
        Probability::shares(&scores)
            .into_iter()
            .zip(ranked)
            .take(limit)
            .map(|(confidence, (_, case, slot, features))| Suggestion {
                case_id: case.id,
                confidence,
                evidence: evidence::explain(&query, slot, case, &features),
            })
            .collect()
    }
}
