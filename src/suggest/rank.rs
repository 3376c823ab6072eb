//! Ranking: from the finds of all evidence to a short list with honest confidence.
//!
//! Only cases that the viewer may see ever become candidates, so that neither order, confidence nor
//! evidence tells of others. Equal scores stand in order of case number, then id.

use super::circles::Sight;
use super::evidence::{self, Evidence};
use super::index::{CaseEntry, Index};
use super::lesson::{Lesson, MAX_CANDIDATES};
use super::local;
use super::model::Model;
use super::nearest::{self, Asked, Looked};
use super::postings::{Key, KeyMap, Postings, Slot};
use super::probability::Probability;
use super::signals::Signals;
use super::weights::{Feature, Features, Weights};
use crate::domain::access::Onlooker;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

/// Suggestions that a person is shown; more would be a search.
pub const SHOWN: usize = 5;
/// Whoever is on more cases than this points at none but the strongest of them.
const MAX_FROM_ONE_LIST: usize = 80;
/// Filings of one person, subject or domain that are looked at, the last.
const MAX_FILINGS: usize = 400;
/// What each filing back in time says less.
const FADES: f64 = 0.8;
/// Candidates whose documents are looked at.
const MAX_LOOKED_AT: usize = 24;

/// A case that the mail may belong on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    pub case_id: Uuid,
    pub confidence: Probability,
    /// Strongest first.
    pub evidence: Vec<Evidence>,
    /// Every feature that counted, what weighs most first.
    #[serde(skip)]
    pub counted: Vec<Counted>,
}

impl Suggestion {
    /// Whether more speaks for it than its words and its reader's habits.
    pub fn is_tied(&self) -> bool {
        self.evidence.iter().any(Evidence::is_tie)
    }
}

/// A feature as the engine counts it: its value times its weight is what it adds to the score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Counted {
    /// Stable, e.g. `sender_share`.
    pub feature: &'static str,
    pub value: f64,
    pub weight: f64,
}

impl Counted {
    pub fn contribution(&self) -> f64 {
        self.value * self.weight
    }
}

/// One question to the index.
pub(super) struct Query<'a> {
    pub index: &'a Index,
    pub signals: &'a Signals,
    pub viewer: &'a Onlooker,
    pub now: DateTime<Utc>,
    /// What the viewer may see.
    pub sight: Sight,
    /// Key of each term of the signals, in their order.
    pub term_keys: Vec<Key>,
    /// The same, each once, with its place.
    asked: KeyMap<Key, usize>,
}

/// A candidate with its place decided.
pub(super) struct Ranked<'a> {
    pub slot: Slot,
    pub case: &'a CaseEntry,
    pub features: Features,
    pub score: f64,
}

/// Where the filings of one key went, as far as the viewer may see, what was filed on last first.
pub(super) struct Shares {
    pub cases: Vec<Share>,
    pub total: f64,
    pub faded: f64,
}

pub(super) struct Share {
    pub slot: Slot,
    pub count: f64,
    /// Counted with less weight the longer ago.
    pub faded: f64,
}

impl<'a> Query<'a> {
    pub fn new(
        index: &'a Index,
        signals: &'a Signals,
        viewer: &'a Onlooker,
        now: DateTime<Utc>,
    ) -> Self {
        let terms = signals.terms.iter();
        let term_keys: Vec<Key> = terms.map(|term| super::keys::term_key(&term.0)).collect();
        Self {
            index,
            signals,
            viewer,
            now,
            sight: index.sight_of(viewer),
            asked: term_keys
                .iter()
                .enumerate()
                .map(|(at, key)| (*key, at))
                .collect(),
            term_keys,
        }
    }

    /// The case at a slot, if the viewer may see it.
    pub fn visible(&self, slot: Slot) -> Option<&'a CaseEntry> {
        self.index.case(slot).filter(|_| self.sees(slot))
    }

    /// Whether the viewer may see the case at a slot.
    pub fn sees(&self, slot: Slot) -> bool {
        self.index.visible_length(slot, &self.sight).is_some()
    }

    pub fn shares(&self, key: Key) -> Shares {
        let mut shares = Shares {
            cases: Vec::new(),
            total: 0.0,
            faded: 0.0,
        };
        let mut places: HashMap<Slot, usize> = HashMap::new();
        let mut weight = 1.0;
        let filed = self.index.history.of(key).iter().rev().map(|filed| filed.1);
        for slot in filed.filter(|slot| self.sees(*slot)).take(MAX_FILINGS) {
            let place = *places.entry(slot).or_insert_with(|| {
                shares.cases.push(Share {
                    slot,
                    count: 0.0,
                    faded: 0.0,
                });
                shares.cases.len() - 1
            });
            shares.cases[place].count += 1.0;
            shares.cases[place].faded += weight;
            shares.total += 1.0;
            shares.faded += weight;
            weight *= FADES;
        }
        shares.cases.truncate(MAX_FROM_ONE_LIST);
        shares
    }

    /// The strongest of a posting list that the viewer may see, and the sum of all that they may see.
    pub fn visible_of(&self, postings: &Postings, key: Key) -> (Vec<(Slot, u32)>, f64) {
        let mut total = 0.0;
        let mut seen: Vec<(Slot, u32)> = Vec::new();
        for (slot, count) in postings.of(key) {
            if self.sees(*slot) {
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

    /// Whether the mail says this word.
    pub fn asks_for(&self, term: Key) -> bool {
        self.asked.contains_key(&term)
    }

    /// What a word of a title says.
    pub fn title_rarity(&self, term: Key) -> f64 {
        f64::from(self.index.rarity(term.short()))
    }

    /// What decides between equals; slots do not, since they depend on history.
    pub fn name_of(&self, slot: Slot) -> Option<(&'a str, Uuid)> {
        self.index
            .case(slot)
            .map(|case| (case.number.as_str(), case.id))
    }

    /// The candidates that lead, best first.
    pub fn ranked(&self, weights: &Weights) -> Vec<Ranked<'a>> {
        let mut board = Board::default();
        evidence::score(self, &mut board);
        let mut asked = Asked::of(self);
        let leading: Vec<(Slot, &CaseEntry)> = self
            .in_order(&board, weights)
            .into_iter()
            .take(MAX_LOOKED_AT)
            .map(|r| (r.slot, r.case))
            .collect();
        let looked: HashMap<Slot, Looked> = nearest::score(&mut asked, &leading, &mut board)
            .into_iter()
            .map(|looked| (looked.slot, looked))
            .collect();
        let leading: Vec<&Looked> = self
            .in_order(&board, weights)
            .iter()
            .filter_map(|r| looked.get(&r.slot))
            .take(local::MAX_CASES)
            .collect();
        local::score(&asked, &leading, &mut board);
        let mut ranked = self.in_order(&board, weights);
        ranked.truncate(MAX_CANDIDATES);
        ranked
    }

    fn in_order(&self, board: &Board, weights: &Weights) -> Vec<Ranked<'a>> {
        let mut ranked: Vec<Ranked> = board
            .candidates
            .iter()
            .filter_map(|(slot, features)| {
                Some(Ranked {
                    slot: *slot,
                    case: self.visible(*slot)?,
                    features: *features,
                    score: features.score(weights),
                })
            })
            .collect();
        ranked.sort_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then_with(|| a.case.number.cmp(&b.case.number))
                .then_with(|| a.case.id.cmp(&b.case.id))
        });
        ranked
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

    pub fn add(&mut self, slot: Slot, feature: Feature, value: f64) {
        let features = self.candidates.entry(slot).or_default();
        features.set(feature, features.get(feature) + value);
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
        model: &Model,
        signals: &Signals,
        viewer: &Onlooker,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Vec<Suggestion> {
        let query = Query::new(self, signals, viewer, now);
        let weights = &model.weights(&viewer.user);
        let ranked = query.ranked(weights);
        let scores: Vec<f64> = ranked.iter().map(|r| r.score).collect();
        model
            .confidences(&scores, ranked.first().map(|r| &r.features))
            .into_iter()
            .zip(ranked)
            .take(limit)
            .map(|(confidence, r)| Suggestion {
                case_id: r.case.id,
                confidence,
                evidence: evidence::explain(&query, r.slot, r.case, &r.features, weights),
                counted: r.features.counted(weights),
            })
            .collect()
    }

    /// What is to be learned from a choice of this case, before the index knows of it.
    pub(super) fn lesson(
        &self,
        model: &Model,
        signals: &Signals,
        viewer: &Onlooker,
        now: DateTime<Utc>,
        chosen: Option<Uuid>,
    ) -> Lesson {
        let query = Query::new(self, signals, viewer, now);
        let ranked = query.ranked(&model.weights(&viewer.user));
        let scores: Vec<f64> = ranked.iter().map(|r| r.score).collect();
        let first = ranked.first().map(|r| &r.features);
        let confidences = model.confidences(&scores, first);
        let first = confidences.first().map_or(0.0, |p| p.value());
        Lesson::of(&ranked, first, chosen.and_then(|id| self.slot_of(id)))
    }
}
