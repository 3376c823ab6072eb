//! The mail beside what was filed on each candidate: its nearest document, the latest ones, all of them.
//!
//! Only the candidates that lead so far are looked at, and of each the latest documents, so that a case with a hundred
//! thousand documents costs no more than one with fifty.

use super::document::{Document, Place, Vector, Vocabulary, Weighed, dot, spread};
use super::history::Moment;
use super::index::CaseEntry;
use super::postings::Slot;
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

/// The mail itself, as it is compared, with the vocabulary of all that it is compared with.
pub(super) struct Asked<'a> {
    pub vocabulary: Vocabulary<'a>,
    pub words: Vec<f32>,
    pub subject: Vec<f32>,
    pub whole: Vector,
}

impl<'a> Asked<'a> {
    pub fn of(query: &Query<'a>) -> Self {
        let moment = Moment { at: 0, tag: 0 };
        let mut vocabulary = Vocabulary::new(query.index);
        let weights = query.signals.terms.iter().map(|term| u32::from(term.2));
        let words = query.term_keys.iter().copied().zip(weights);
        let mail = Document::of(query.signals, words, &Stems::new(), moment);
        let mail = mail.weigh(&mut vocabulary);
        Self {
            words: spread(&mail.words, vocabulary.len()),
            subject: spread(&mail.subject, vocabulary.len()),
            whole: mail.whole,
            vocabulary,
        }
    }
}

/// A case's latest documents, newest first, with their words weighed.
pub(super) struct Looked {
    pub slot: Slot,
    pub documents: Vec<Weighed>,
}

/// Raises the features of these candidates and gives what was looked at for the next step.
pub(super) fn score(
    asked: &mut Asked,
    leading: &[(Slot, &CaseEntry)],
    board: &mut Board,
) -> Vec<Looked> {
    let looked: Vec<Looked> = leading
        .iter()
        .map(|(slot, case)| {
            let latest = case.documents.iter().rev().take(MAX_DOCUMENTS);
            let documents = latest.map(|document| document.weigh(&mut asked.vocabulary));
            Looked {
                slot: *slot,
                documents: documents.collect(),
            }
        })
        .collect();
    let mut near: Vec<(f32, Moment, Slot)> = Vec::new();
    let mut sums = Sums::new(asked.vocabulary.len());
    let found: Vec<Found> = looked
        .iter()
        .map(|looked| sums.of(asked, looked, &mut near))
        .collect();
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

/// What is found on one case: cosines.
struct Found {
    slot: Slot,
    nearest: f32,
    latest: f32,
    all: f32,
    subject: f32,
}

/// A case's documents added up, place by place; used for one case after the other.
struct Sums {
    /// With less weight the older a document is.
    latest: Vec<f32>,
    all: Vec<f32>,
    touched: Vec<Place>,
}

impl Sums {
    fn new(places: usize) -> Self {
        Self {
            latest: vec![0.0; places],
            all: vec![0.0; places],
            touched: Vec::new(),
        }
    }

    fn of(&mut self, asked: &Asked, looked: &Looked, near: &mut Vec<(f32, Moment, Slot)>) -> Found {
        let slot = looked.slot;
        let (mut nearest, mut latest, mut all, mut subject) = (0.0f32, 0.0, 0.0, 0.0);
        let (mut fade, mut subject_fade) = (1.0, 1.0);
        for document in &looked.documents {
            let likeness = dot(&document.words, &asked.words);
            near.push((likeness, document.filed, slot));
            nearest = nearest.max(likeness);
            latest += likeness * fade;
            all += likeness;
            subject += dot(&document.subject, &asked.subject) * subject_fade;
            self.add(&document.words, fade);
            fade *= FADES;
            subject_fade *= SUBJECT_FADES;
        }
        let (of_latest, of_all) = self.lengths();
        let mut subject_fade = 1.0;
        for document in &looked.documents {
            self.add(&document.subject, subject_fade);
            subject_fade *= SUBJECT_FADES;
        }
        let (of_subject, _) = self.lengths();
        Found {
            slot,
            nearest,
            latest: latest / of_latest,
            all: all / of_all,
            subject: subject / of_subject,
        }
    }

    fn add(&mut self, vector: &[(Place, f32)], fade: f32) {
        for (place, weight) in vector {
            let at = *place as usize;
            if self.all[at] == 0.0 {
                self.touched.push(*place);
            }
            self.latest[at] += weight * fade;
            self.all[at] += weight;
        }
    }

    /// Of both sums; begins anew.
    fn lengths(&mut self) -> (f32, f32) {
        let (mut latest, mut all) = (0.0, 0.0);
        for place in self.touched.drain(..) {
            let at = place as usize;
            latest += self.latest[at] * self.latest[at];
            all += self.all[at] * self.all[at];
            (self.latest[at], self.all[at]) = (0.0, 0.0);
        }
        (latest.sqrt().max(1e-6), all.sqrt().max(1e-6))
    }
}
