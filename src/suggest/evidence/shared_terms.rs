//! Words that the mail and the case have in common: BM25 over titles, parties and filed mails.
//!
//! Rare words count more. Words that are everywhere are the last to be looked at, and not at all once
//! enough was looked at, so that a long mail costs no more than a short one.

use super::Evidence;
use crate::suggest::postings::Slot;
use crate::suggest::rank::{Board, Query};
use crate::suggest::weights::Feature;

pub(super) const FEATURES: [Feature; 20] = [
    Feature::TextCover,
    Feature::TextLead,
    Feature::Nearest,
    Feature::NearestLead,
    Feature::NearestShare,
    Feature::LatestWords,
    Feature::LatestWordsLead,
    Feature::AllWords,
    Feature::AllWordsLead,
    Feature::SubjectWords,
    Feature::SubjectShare,
    Feature::SubjectLast,
    Feature::SubjectCount,
    Feature::OpeningShare,
    Feature::OpeningLast,
    Feature::TitleInSubject,
    Feature::TitleInText,
    Feature::TitleAnywhere,
    Feature::LocalShare,
    Feature::LocalLog,
];

/// Postings read for one question.
const MAX_VISITS: usize = 60_000;
const MAX_CANDIDATES: usize = 60;
const MAX_SHOWN: usize = 5;
const SATURATION: f64 = 1.2;
const LENGTH_SHARE: f64 = 0.6;

pub(super) fn score(query: &Query, board: &mut Board) {
    let terms = by_rarity(query);
    let possible: f64 = terms
        .iter()
        .map(|t| t.rarity * t.weight * (SATURATION + 1.0))
        .sum();
    if possible <= 0.0 {
        return;
    }
    let mut scores = vec![0.0f32; query.index.slot_count()];
    let mut touched: Vec<Slot> = Vec::new();
    let mut visits = 0;
    let average = query.index.average_length();
    for term in &terms {
        let list = query.index.terms.of(query.term_keys[term.at]);
        visits += list.len();
        if visits > MAX_VISITS && !touched.is_empty() {
            break;
        }
        for (slot, count) in list {
            let Some(length) = query.index.visible_length(*slot, query.viewer) else {
                continue;
            };
            let count = f64::from(*count) / 4.0;
            let long = 1.0 - LENGTH_SHARE + LENGTH_SHARE * f64::from(length) / average;
            let gain = term.rarity * term.weight * count * (SATURATION + 1.0)
                / (count + SATURATION * long);
            let place = &mut scores[*slot as usize];
            if *place == 0.0 {
                touched.push(*slot);
            }
            *place += gain as f32;
        }
    }
    keep_best(query, &mut touched, &scores);
    let best = touched
        .iter()
        .map(|slot| f64::from(scores[*slot as usize]))
        .fold(0.0, f64::max);
    for slot in touched {
        let score = f64::from(scores[slot as usize]);
        board.raise(slot, Feature::TextCover, (score / possible).min(1.0));
        board.raise(slot, Feature::TextLead, score / best);
    }
}

pub(super) fn explain(query: &Query, slot: Slot) -> Option<Evidence> {
    let telling = rarity(query, query.index.case_count() / 3);
    let terms: Vec<String> = by_rarity(query)
        .into_iter()
        .filter(|term| query.index.terms.count(query.term_keys[term.at], slot) > 0)
        .filter(|term| term.rarity >= telling)
        .map(|term| query.signals.terms[term.at].1.clone())
        .take(MAX_SHOWN)
        .collect();
    (!terms.is_empty()).then_some(Evidence::SharedTerms { terms })
}

/// A term of the question.
struct Asked {
    /// Place in the signals.
    at: usize,
    weight: f64,
    rarity: f64,
}

/// The terms that some case has, what matters most first.
fn by_rarity(query: &Query) -> Vec<Asked> {
    let mut terms: Vec<Asked> = query
        .signals
        .terms
        .iter()
        .enumerate()
        .map(|(at, term)| {
            let cases = query.index.terms.of(query.term_keys[at]).len();
            Asked {
                at,
                weight: f64::from(term.2) / 4.0,
                rarity: if cases == 0 {
                    0.0
                } else {
                    rarity(query, cases)
                },
            }
        })
        .filter(|term| term.rarity > 0.0)
        .collect();
    terms.sort_by(|a, b| {
        (b.rarity * b.weight)
            .total_cmp(&(a.rarity * a.weight))
            .then_with(|| a.at.cmp(&b.at))
    });
    terms
}

/// What a word says that so many cases have.
fn rarity(query: &Query, cases: usize) -> f64 {
    let (all, cases) = (query.index.case_count() as f64, cases as f64);
    (1.0 + (all - cases + 0.5).max(0.0) / (cases + 0.5)).ln()
}

/// The best of them, equal ones by case number so that the choice is always the same.
fn keep_best(query: &Query, touched: &mut Vec<Slot>, scores: &[f32]) {
    if touched.len() <= MAX_CANDIDATES {
        return;
    }
    let order = |a: &Slot, b: &Slot| {
        scores[*b as usize]
            .total_cmp(&scores[*a as usize])
            .then_with(|| query.name_of(*a).cmp(&query.name_of(*b)))
    };
    touched.select_nth_unstable_by(MAX_CANDIDATES - 1, order);
    touched.truncate(MAX_CANDIDATES);
}
