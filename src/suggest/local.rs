//! A small classifier, trained for the question at hand and forgotten after it.
//!
//! Softmax regression over the leading candidates, on what was filed on them, oldest first, with AdaGrad: it learns
//! what tells just these cases apart. Nothing is kept, so an undo needs no care, every replica gives the same answer,
//! and whoever asks learns nothing from cases they may not see.

use super::document::{Place, Vector, Weighed, dot, spread};
use super::nearest::{Asked, Looked};
use super::postings::Slot;
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
    let mut trained = Trained::new(leading.len(), asked.vocabulary.len());
    for (right, document) in &lessons {
        trained.learn(document, *right);
    }
    for (looked, share) in leading.iter().zip(trained.shares(&asked.whole)) {
        let slot: Slot = looked.slot;
        board.raise(slot, Feature::LocalShare, f64::from(share));
        let log = f64::from(share).max(1e-9).ln().max(LEAST);
        board.raise(slot, Feature::LocalLog, 1.0 - log / LEAST);
    }
}

/// Documents to learn from, in order of time: on which of the candidates, what.
fn lessons<'a>(asked: &Asked, leading: &[&'a Looked]) -> Vec<(usize, &'a Vector)> {
    let mail = spread(&asked.whole, asked.vocabulary.len());
    let mut lessons: Vec<(usize, &Weighed)> = Vec::new();
    for (case, looked) in leading.iter().enumerate() {
        let (latest, before) = looked
            .documents
            .split_at(looked.documents.len().min(LATEST));
        let mut before: Vec<(f32, &Weighed)> = before
            .iter()
            .map(|document| (dot(&document.whole, &mail), document))
            .collect();
        before.sort_by(|a, b| {
            let nearer = b.0.total_cmp(&a.0);
            nearer.then_with(|| b.1.filed.cmp(&a.1.filed))
        });
        let nearest = before.into_iter().take(NEAREST).map(|near| near.1);
        lessons.extend(
            latest
                .iter()
                .chain(nearest)
                .map(|document| (case, document)),
        );
    }
    lessons.sort_by_key(|lesson| lesson.1.filed);
    lessons
        .into_iter()
        .map(|(case, document)| (case, &document.whole))
        .collect()
}

/// One number for each candidate; those that are not there stay 0.
type Each = [f32; MAX_CASES];

/// Weights of every mark for every candidate.
struct Trained {
    cases: usize,
    /// Of each place of the vocabulary that was learned, its own in the next two.
    rows: Vec<u32>,
    weights: Vec<Each>,
    /// Sums of squared gradients.
    steps: Vec<Each>,
}

const UNKNOWN: u32 = u32::MAX;

impl Trained {
    fn new(cases: usize, places: usize) -> Self {
        Self {
            cases,
            rows: vec![UNKNOWN; places],
            weights: Vec::new(),
            steps: Vec::new(),
        }
    }

    fn learn(&mut self, document: &[(Place, f32)], right: usize) {
        let marks: Vec<(usize, f32)> = document
            .iter()
            .map(|(place, weight)| (self.row(*place), *weight))
            .collect();
        for _ in 0..STEPS {
            let mut errors = self.shares_at(&marks);
            errors[right] -= 1.0;
            for error in &mut errors {
                if error.abs() < SETTLED {
                    *error = 0.0;
                }
            }
            if errors.iter().all(|error| error.abs() < SETTLED) {
                return;
            }
            for (row, weight) in &marks {
                let (weights, steps) = (&mut self.weights[*row], &mut self.steps[*row]);
                for ((value, step), error) in weights.iter_mut().zip(steps).zip(errors) {
                    let gradient = error * weight;
                    *step += gradient * gradient;
                    *value -= RATE * gradient / step.sqrt();
                }
            }
        }
    }

    fn shares(&self, document: &[(Place, f32)]) -> Each {
        let marks: Vec<(usize, f32)> = document
            .iter()
            .map(|(place, weight)| (self.rows[*place as usize], *weight))
            .filter(|(row, _)| *row != UNKNOWN)
            .map(|(row, weight)| (row as usize, weight))
            .collect();
        self.shares_at(&marks)
    }

    fn shares_at(&self, marks: &[(usize, f32)]) -> Each {
        let mut scores = Each::default();
        for (row, weight) in marks {
            for (score, value) in scores.iter_mut().zip(&self.weights[*row]) {
                *score += weight * value;
            }
        }
        let there = &mut scores[..self.cases];
        let highest = there.iter().copied().fold(f32::MIN, f32::max);
        for score in there.iter_mut() {
            *score = (*score - highest).exp();
        }
        let total: f32 = there.iter().sum();
        for score in there {
            *score /= total;
        }
        scores[self.cases..].fill(0.0);
        scores
    }

    fn row(&mut self, place: Place) -> usize {
        let row = &mut self.rows[place as usize];
        if *row == UNKNOWN {
            *row = self.weights.len() as u32;
            self.weights.push([0.0; MAX_CASES]);
            self.steps.push([START; MAX_CASES]);
        }
        *row as usize
    }
}
