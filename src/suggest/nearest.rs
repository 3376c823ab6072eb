//! The mail beside what was filed on each candidate: its nearest document, the latest ones, all of them.
//!
//! Only the candidates that lead so far are looked at, and of each the latest documents, so that a case with a hundred
//! thousand documents costs no more than one with fifty.

use super::document::{Document, Mark, Vector, dot};
use super::history::Moment;
use super::index::CaseEntry;
use super::postings::{KeyMap, Slot};
use super::rank::{Board, Query};
use super::weights::Feature;
use super::words::Stems;

/// Documents looked at on one case, the latest.
pub(super) const MAX_DOCUMENTS: usize = 40;
/// What each document back in time says less.
const FADES: f32 = 0.93;
const SUBJECT_FADES: f32 = 0.97;
/// The nearest documents of all cases that share a vote.
const VOTERS: usize = 5;

/// The mail itself, as it is compared.
pub(super) struct Asked {
    pub text: (KeyMap<Mark, f32>, KeyMap<Mark, f32>),
    pub whole: Vector,
}

impl Asked {
    pub fn of(query: &Query) -> Self {
        let moment = Moment { at: 0, tag: 0 };
        let document = Document::of(query.signals, &Stems::new(), moment);
        let text = document.text(&|word| query.index.rarity(word));
        let whole = document.whole(&text);
        Self {
            text: (text.0.into_iter().collect(), text.1.into_iter().collect()),
            whole,
        }
    }
}

/// A case's latest documents, newest first, with their words weighed.
pub(super) struct Looked {
    pub slot: Slot,
    pub documents: Vec<(Moment, Vector)>,
}

/// Raises the features of these candidates and gives what was looked at for the next step.
pub(super) fn score(
    query: &Query,
    asked: &Asked,
    leading: &[(Slot, &CaseEntry)],
    board: &mut Board,
) -> Vec<Looked> {
    let mut looked = Vec::with_capacity(leading.len());
    let mut near: Vec<(f32, Moment, Slot)> = Vec::new();
    let mut found: Vec<Found> = Vec::with_capacity(leading.len());
    for (slot, case) in leading {
        let mut documents = Vec::new();
        let mut sums = Found::new(*slot);
        for (back, document) in case.documents.iter().rev().take(MAX_DOCUMENTS).enumerate() {
            let text = document.text(&|word| query.index.rarity(word));
            let likeness = dot(&text.0, &asked.text.0);
            near.push((likeness, document.filed, *slot));
            sums.take(&text, likeness, dot(&text.1, &asked.text.1), back);
            documents.push((document.filed, document.whole(&text)));
        }
        sums.close();
        found.push(sums);
        looked.push(Looked {
            slot: *slot,
            documents,
        });
    }
    let best = |of: fn(&Found) -> f32| found.iter().map(of).fold(1e-6, f32::max);
    let (nearest, latest, all) = (best(|f| f.nearest), best(|f| f.latest), best(|f| f.all));
    for f in &found {
        let mut raise = |feature, value: f32| board.raise(f.slot, feature, f64::from(value));
        raise(Feature::Nearest, f.nearest);
        raise(Feature::NearestLead, f.nearest / nearest);
        raise(Feature::LatestWords, f.latest);
        raise(Feature::LatestWordsLead, f.latest / latest);
        raise(Feature::AllWords, f.all);
        raise(Feature::AllWordsLead, f.all / all);
        raise(Feature::SubjectWords, f.subject);
    }
    near.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then_with(|| b.1.cmp(&a.1)));
    near.truncate(VOTERS);
    let total: f32 = near.iter().map(|n| n.0 * n.0).sum();
    for (likeness, _, slot) in near {
        let vote = likeness * likeness / total.max(1e-6);
        board.add(slot, Feature::NearestShare, f64::from(vote));
    }
    looked
}

/// What is found on one case: cosines, from sums over its documents.
struct Found {
    slot: Slot,
    nearest: f32,
    latest: f32,
    all: f32,
    subject: f32,
    latest_sum: KeyMap<Mark, f32>,
    all_sum: KeyMap<Mark, f32>,
    subject_sum: KeyMap<Mark, f32>,
}

impl Found {
    fn new(slot: Slot) -> Self {
        Self {
            slot,
            nearest: 0.0,
            latest: 0.0,
            all: 0.0,
            subject: 0.0,
            latest_sum: KeyMap::default(),
            all_sum: KeyMap::default(),
            subject_sum: KeyMap::default(),
        }
    }

    fn take(&mut self, text: &(Vector, Vector), likeness: f32, of_subject: f32, back: usize) {
        let fade = FADES.powi(back as i32);
        self.nearest = self.nearest.max(likeness);
        self.latest += likeness * fade;
        self.all += likeness;
        self.subject += of_subject * SUBJECT_FADES.powi(back as i32);
        for (mark, weight) in &text.0 {
            *self.latest_sum.entry(*mark).or_default() += weight * fade;
            *self.all_sum.entry(*mark).or_default() += weight;
        }
        for (mark, weight) in &text.1 {
            *self.subject_sum.entry(*mark).or_default() += weight * SUBJECT_FADES.powi(back as i32);
        }
    }

    /// From sums of products to cosines.
    fn close(&mut self) {
        self.latest /= length(&self.latest_sum);
        self.all /= length(&self.all_sum);
        self.subject /= length(&self.subject_sum);
    }
}

/// Summed in the order of the marks: a hash map's own order differs from run to run.
fn length(vector: &KeyMap<Mark, f32>) -> f32 {
    let mut squares: Vec<(Mark, f32)> = vector.iter().map(|(m, w)| (*m, w * w)).collect();
    squares.sort_unstable_by_key(|square| square.0);
    let sum: f32 = squares.iter().map(|square| square.1).sum();
    sum.sqrt().max(1e-6)
}
