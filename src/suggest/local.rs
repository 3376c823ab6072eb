//! A small classifier, trained for the question at hand and forgotten after it.
//!
//! Softmax regression over the leading candidates, on what was filed on them, oldest first, with AdaGrad: it learns
//! what tells just these cases apart. Nothing is kept, so an undo needs no care, every replica gives the same answer,
//! and whoever asks learns nothing from cases they may not see.

use super::document::{Mark, Vector};
use super::history::Moment;
use super::nearest::{Asked, Looked};
use super::postings::{KeyMap, Slot};
use super::rank::Board;
use super::weights::Feature;

/// Candidates told apart.
pub(super) const MAX_CASES: usize = 8;
/// Documents of each: the latest, and the nearest of those before.
const LATEST: usize = 16;
const NEAREST: usize = 6;
/// Steps taken on each document.
const STEPS: usize = 3;
const RATE: f32 = 1.0;
const START: f32 = 0.1;
/// A step that changes less is not taken.
const SETTLED: f32 = 0.01;
/// Natural logarithm of a share that counts as nothing.
const LEAST: f64 = -6.0;

pub(super) fn score(asked: &Asked, leading: &[&Looked], board: &mut Board) {
    if leading.len() < 2 {
        return;
    }
    let lessons = lessons(asked, leading);
    if lessons.is_empty() {
        return;
    }
    let mut trained = Trained::new(leading.len());
    for (_, right, document) in &lessons {
        trained.learn(document, *right);
    }
    for (looked, share) in leading.iter().zip(trained.shares(&asked.whole)) {
        let slot: Slot = looked.slot;
        board.raise(slot, Feature::LocalShare, f64::from(share));
        let log = f64::from(share).max(1e-9).ln().max(LEAST);
        board.raise(slot, Feature::LocalLog, 1.0 - log / LEAST);
    }
}

/// Documents to learn from, in order of time: when, on which of the candidates, what.
fn lessons<'a>(asked: &Asked, leading: &[&'a Looked]) -> Vec<(Moment, usize, &'a Vector)> {
    let mail: KeyMap<Mark, f32> = asked.whole.iter().copied().collect();
    let mut lessons: Vec<(Moment, usize, &Vector)> = Vec::new();
    for (place, looked) in leading.iter().enumerate() {
        let (latest, before) = looked
            .documents
            .split_at(looked.documents.len().min(LATEST));
        let mut before: Vec<(f32, &(Moment, Vector))> = before
            .iter()
            .map(|document| (super::document::dot(&document.1, &mail), document))
            .collect();
        before.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| b.1.0.cmp(&a.1.0)));
        let nearest = before.into_iter().take(NEAREST).map(|near| near.1);
        lessons.extend(
            latest
                .iter()
                .chain(nearest)
                .map(|(filed, vector)| (*filed, place, vector)),
        );
    }
    lessons.sort_by_key(|lesson| lesson.0);
    lessons
}

/// Weights of every mark for every candidate, side by side.
struct Trained {
    cases: usize,
    places: KeyMap<Mark, usize>,
    weights: Vec<f32>,
    /// Sums of squared gradients.
    steps: Vec<f32>,
}

impl Trained {
    fn new(cases: usize) -> Self {
        Self {
            cases,
            places: KeyMap::default(),
            weights: Vec::new(),
            steps: Vec::new(),
        }
    }

    fn learn(&mut self, document: &Vector, right: usize) {
        let marks: Vec<(usize, f32)> = document
            .iter()
            .map(|(mark, weight)| (self.place(*mark), *weight))
            .collect();
        for _ in 0..STEPS {
            let mut shares = self.shares_at(&marks);
            shares[right] -= 1.0;
            if shares.iter().all(|error| error.abs() < SETTLED) {
                return;
            }
            for (place, weight) in &marks {
                for (case, error) in shares.iter().enumerate() {
                    if error.abs() < SETTLED {
                        continue;
                    }
                    let gradient = error * weight;
                    let at = place + case;
                    self.steps[at] += gradient * gradient;
                    self.weights[at] -= RATE * gradient / self.steps[at].sqrt();
                }
            }
        }
    }

    fn shares(&self, document: &Vector) -> Vec<f32> {
        let marks: Vec<(usize, f32)> = document
            .iter()
            .filter_map(|(mark, weight)| Some((*self.places.get(mark)?, *weight)))
            .collect();
        self.shares_at(&marks)
    }

    fn shares_at(&self, marks: &[(usize, f32)]) -> Vec<f32> {
        let mut scores = vec![0.0f32; self.cases];
        for (place, weight) in marks {
            for (score, value) in scores.iter_mut().zip(&self.weights[*place..]) {
                *score += weight * value;
            }
        }
        let highest = scores.iter().copied().fold(f32::MIN, f32::max);
        for score in &mut scores {
            *score = (*score - highest).exp();
        }
        let total: f32 = scores.iter().sum();
        scores.iter().map(|score| score / total).collect()
    }

    fn place(&mut self, mark: Mark) -> usize {
        let (weights, steps, cases) = (&mut self.weights, &mut self.steps, self.cases);
        *self.places.entry(mark).or_insert_with(|| {
            let place = weights.len();
            weights.resize(place + cases, 0.0);
            steps.resize(place + cases, START);
            place
        })
    }
}
