//! What the engine has learned of how an organisation, and each of its people, files.
//!
//! Begins with shipped weights and follows each lesson by one step of softmax regression: the organisation's weights,
//! and beside them what the one who chose does otherwise than the others. A function of the lessons
//! and their order alone: the last some thousands of them count, in blocks, so that reading those again after a
//! restart gives the same numbers to the last bit.

use super::lesson::Lesson;
use super::probability::Probability;
use super::shipped;
use super::weights::{FEATURES, Feature, Features, Weights};
use std::collections::HashMap;

/// Lessons that count, at least; twice as many at most.
const BLOCK: usize = 2000;
/// How readily the organisation's weights follow.
const RATE: f64 = 0.8;
/// The sum of squared gradients that the shipped weights stand for.
const SHIPPED_WEIGHT: f64 = 20.0;
/// How readily what is a person's own follows.
const OWN_RATE: f64 = 0.3;
/// How readily calibration follows.
const CALIBRATION_RATE: f64 = 1.0;
/// The lessons that a proof looks back on.
const PROOF_WINDOW: usize = 1000;
/// Fewer are no proof.
const PROOF_LEAST: usize = 30;
/// How many mails the confidences' own word weighs as much as, beside what came of them.
const PROOF_WORD: f64 = 150.0;

pub struct Model {
    shipped: Weights,
    /// `None` in the place of one that was undone.
    lessons: Vec<Option<(String, Lesson)>>,
    /// Lessons ever seen, undone ones too; blocks are counted by this.
    seen: usize,
    learned: Learned,
}

/// What follows from the lessons.
#[derive(Clone)]
struct Learned {
    organisation: Weighing,
    /// Of each user, what is added to the organisation's weights.
    own: HashMap<String, Weighing>,
    calibration: Calibration,
    /// Confidence of the first suggestion and whether it was right, of each lesson.
    outcomes: Vec<(f64, bool)>,
}

#[derive(Clone)]
struct Weighing {
    weights: Weights,
    /// Sums of squared gradients.
    steps: Weights,
}

/// What makes a first suggestion more, or less, certain than its score says.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Calibration {
    weights: [f64; SIGNS],
    /// Sums of squared gradients.
    steps: [f64; SIGNS],
}

/// See [`signs`].
const SIGNS: usize = 7;

/// From which confidence on suggestions may be filed without being looked at.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, utoipa::ToSchema)]
pub struct Proof {
    pub threshold: f64,
    /// Share of the mails looked back on that lie above.
    pub coverage: f64,
    /// Of those, the share that was right.
    pub precision: f64,
    /// Mails that lie above.
    pub mails: usize,
}

impl Default for Model {
    fn default() -> Self {
        Self::with(&shipped::weights())
    }
}

impl Model {
    pub(super) fn with(shipped: &Weights) -> Self {
        Self {
            learned: Learned::new(shipped),
            shipped: *shipped,
            lessons: Vec::new(),
            seen: 0,
        }
    }

    /// For whoever asks: the organisation's, and the user's own part.
    pub(super) fn weights(&self, user: &str) -> Weights {
        self.learned.weights(user)
    }

    /// Confidence of each candidate, the best first, beside "none of them".
    pub(super) fn confidences(&self, scores: &[f64], first: Option<&Features>) -> Vec<Probability> {
        self.learned.calibration.apply(&shares(scores), first)
    }

    /// How many lessons of these were let go.
    pub fn first_that_counts(total: usize) -> usize {
        (total / BLOCK).saturating_sub(1) * BLOCK
    }

    /// One that has let this many lessons go; the next it learns is the first that counts.
    pub fn after(passed: usize) -> Self {
        Self {
            seen: passed,
            ..Self::default()
        }
    }

    /// Lessons that count now, in force or not.
    pub fn window(&self) -> usize {
        self.lessons.len()
    }

    /// Follows a lesson; what was learned before the block before the last is let go.
    pub fn learn(&mut self, user: &str, lesson: Lesson) {
        self.take(Some((user.to_owned(), lesson)));
    }

    /// A lesson that does not count but has its place.
    pub fn pass_over(&mut self) {
        self.take(None);
    }

    fn take(&mut self, lesson: Option<(String, Lesson)>) {
        self.seen += 1;
        if let Some((user, lesson)) = &lesson {
            self.learned.follow(user, lesson);
        }
        self.lessons.push(lesson);
        let counting = self.seen - Self::first_that_counts(self.seen);
        let gone = self.lessons.len().saturating_sub(counting);
        if gone > 0 {
            self.lessons.drain(..gone);
            self.learn_again();
        }
    }

    /// The threshold that has shown this precision on the organisation's own filings; `None` without proof.
    pub fn proof(&self, precision: f64) -> Option<Proof> {
        let outcomes = &self.learned.outcomes;
        prove(
            &outcomes[outcomes.len().saturating_sub(PROOF_WINDOW)..],
            precision,
        )
    }

    fn learn_again(&mut self) {
        let mut learned = Learned::new(&self.shipped);
        for (user, lesson) in self.lessons.iter().flatten() {
            learned.follow(user, lesson);
        }
        self.learned = learned;
    }
}

impl Learned {
    fn new(shipped: &Weights) -> Self {
        Self {
            organisation: Weighing {
                weights: *shipped,
                steps: [SHIPPED_WEIGHT; FEATURES],
            },
            own: HashMap::new(),
            calibration: Calibration {
                weights: [0.0; SIGNS],
                steps: [SHIPPED_WEIGHT; SIGNS],
            },
            outcomes: Vec::new(),
        }
    }

    fn weights(&self, user: &str) -> Weights {
        let mut weights = self.organisation.weights;
        if let Some(own) = self.own.get(user) {
            for (weight, more) in weights.iter_mut().zip(&own.weights) {
                *weight += more;
            }
        }
        weights
    }

    fn follow(&mut self, user: &str, lesson: &Lesson) {
        let Some(first) = lesson.candidates.first() else {
            return;
        };
        let shares = shares_of(lesson, &self.weights(user));
        let right = lesson.first_was_right();
        self.outcomes.push((lesson.confidence, right));
        self.calibration.follow(&shares, first, right);
        let gradient = gradient(lesson, &shares);
        self.organisation.step(&gradient, RATE);
        let own = self.own.entry(user.to_owned());
        own.or_insert_with(Weighing::of_nobody)
            .step(&gradient, OWN_RATE);
    }
}

impl Weighing {
    fn of_nobody() -> Self {
        Self {
            weights: [0.0; FEATURES],
            steps: [SHIPPED_WEIGHT; FEATURES],
        }
    }

    fn step(&mut self, gradient: &Weights, rate: f64) {
        for ((weight, steps), slope) in self.weights.iter_mut().zip(&mut self.steps).zip(gradient) {
            *steps += slope * slope;
            *weight -= rate * slope / steps.sqrt();
        }
    }
}

fn shares_of(lesson: &Lesson, weights: &Weights) -> Vec<f64> {
    let candidates = lesson.candidates.iter();
    let scores: Vec<f64> = candidates.map(|features| features.score(weights)).collect();
    shares(&scores)
}

/// How the loss of a lesson grows with each weight; right outside the candidates is "none of them".
fn gradient(lesson: &Lesson, shares: &[f64]) -> Weights {
    let mut gradient = [0.0; FEATURES];
    for (place, (Features(values), share)) in lesson.candidates.iter().zip(shares).enumerate() {
        let error = share - f64::from(u8::from(lesson.right == Some(place)));
        for (slope, value) in gradient.iter_mut().zip(values) {
            *slope += error * f64::from(*value);
        }
    }
    gradient
}

/// Each candidate's share beside the others and beside "none of them", whose score is 0.
fn shares(scores: &[f64]) -> Vec<f64> {
    Probability::shares(scores)
        .into_iter()
        .map(Probability::value)
        .collect()
}

impl Calibration {
    fn of(&self, shares: &[f64], first: &Features) -> f64 {
        let signs = signs(shares, first);
        let shift: f64 = self.weights.iter().zip(signs).map(|(w, s)| w * s).sum();
        let odds = log_odds(shares.first().copied().unwrap_or(0.0)) + shift;
        1.0 / (1.0 + (-odds).exp())
    }

    /// The first by its odds; the others keep their shares of what is left.
    fn apply(&self, shares: &[f64], first: Option<&Features>) -> Vec<Probability> {
        let (Some(share), Some(features)) = (shares.first(), first) else {
            return Vec::new();
        };
        let calibrated = self.of(shares, features);
        let rest = (1.0 - calibrated) / (1.0 - share).max(1e-9);
        let others = shares
            .iter()
            .skip(1)
            .map(|share| (share * rest).min(calibrated));
        std::iter::once(calibrated)
            .chain(others)
            .map(|share| Probability::new(share.clamp(0.0, 1.0)).unwrap_or_default())
            .collect()
    }

    fn follow(&mut self, shares: &[f64], first: &Features, right: bool) {
        let error = self.of(shares, first) - f64::from(u8::from(right));
        let signs = signs(shares, first);
        for ((weight, steps), sign) in self.weights.iter_mut().zip(&mut self.steps).zip(signs) {
            let slope = error * sign;
            *steps += slope * slope;
            *weight -= CALIBRATION_RATE * slope / steps.sqrt();
        }
    }
}

/// How sure the score is, how far the second lies behind, and who agrees.
fn signs(shares: &[f64], first: &Features) -> [f64; SIGNS] {
    let share = shares.first().copied().unwrap_or(0.0).max(1e-6);
    let second = shares.get(1).copied().unwrap_or(0.0).max(1e-6);
    [
        1.0,
        log_odds(share) / 4.0,
        (share / second).ln().clamp(0.0, 8.0) / 4.0,
        first.get(Feature::LocalShare),
        first.get(Feature::SenderLast),
        first.get(Feature::NearestShare),
        first.get(Feature::FilingCount),
    ]
}

fn log_odds(share: f64) -> f64 {
    let share = share.clamp(1e-6, 1.0 - 1e-6);
    (share / (1.0 - share)).ln()
}

/// The lowest threshold above which enough suggestions were right. Few mails alone jump about: one wrong among fifty is
/// 2 %. So what the confidences themselves say counts too, which are held to what came of them all along.
fn prove(outcomes: &[(f64, bool)], precision: f64) -> Option<Proof> {
    let mut sorted = outcomes.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut right, mut said, mut proof) = (0usize, 0.0, None);
    for (place, (confidence, was_right)) in sorted.iter().enumerate() {
        right += usize::from(*was_right);
        said += confidence;
        let mails = place + 1;
        // One more failure than was seen: the next mail may be it.
        let word = PROOF_WORD * said / mails as f64;
        let shown = (right as f64 + word) / (mails as f64 + 1.0 + PROOF_WORD);
        if mails >= PROOF_LEAST && shown >= precision {
            proof = Some(Proof {
                threshold: *confidence,
                coverage: mails as f64 / sorted.len() as f64,
                precision: right as f64 / mails as f64,
                mails,
            });
        }
    }
    proof
}

/// Weights learned from lessons of several mailboxes, by passes over all of them: what is shipped.
pub(super) fn train(start: &Weights, mailboxes: &[&[Lesson]], passes: usize) -> Weights {
    let mut weighing = Weighing {
        weights: *start,
        steps: [1.0; FEATURES],
    };
    for pass in 0..passes {
        for lesson in mailboxes.iter().flat_map(|lessons| lessons.iter()) {
            let shares = shares_of(lesson, &weighing.weights);
            weighing.step(&gradient(lesson, &shares), RATE / (1.0 + pass as f64));
        }
    }
    weighing.weights
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lesson(features: &[Feature], right: Option<usize>) -> Lesson {
        let candidates = features
            .iter()
            .map(|feature| {
                let mut features = Features::default();
                features.raise(*feature, 1.0);
                features
            })
            .collect();
        Lesson {
            candidates,
            right,
            confidence: 0.5,
        }
    }

    fn bits(model: &Model) -> Vec<u64> {
        model
            .weights("birthe")
            .iter()
            .map(|weight| weight.to_bits())
            .collect()
    }

    fn taught(lessons: usize) -> Model {
        let mut model = Model::default();
        for n in 0..lessons {
            let right = if n % 5 == 0 { Some(1) } else { Some(0) };
            model.learn("birthe", lesson(&[Feature::Lately5, Feature::Fresh], right));
        }
        model
    }

    #[test]
    fn what_people_choose_weighs_more_from_the_first_lesson_on() {
        let mut model = Model::default();
        let weight = |model: &Model, user| model.weights(user)[Feature::PartyName as usize];
        let before = weight(&model, "jens");
        model.learn(
            "jens",
            lesson(&[Feature::Fresh, Feature::PartyName], Some(1)),
        );
        assert!(weight(&model, "birthe") > before);
        assert!(
            weight(&model, "jens") > weight(&model, "birthe"),
            "and more for who chose so"
        );
    }

    #[test]
    fn the_same_lessons_give_the_same_weights_to_the_last_bit_whenever_one_began_to_count() {
        let all = taught(2 * BLOCK + 70);
        let mut again = Model::default();
        for n in BLOCK..2 * BLOCK + 70 {
            let right = if n % 5 == 0 { Some(1) } else { Some(0) };
            again.learn("birthe", lesson(&[Feature::Lately5, Feature::Fresh], right));
        }
        assert_eq!(bits(&all), bits(&again));
    }

    #[test]
    fn a_model_that_begins_with_the_first_that_counts_weighs_the_same_at_every_edge_of_a_block() {
        let teach = |model: &mut Model, n: usize| match n % 7 {
            0 => model.pass_over(),
            _ => model.learn(
                "birthe",
                lesson(&[Feature::Lately5, Feature::Fresh], Some(n % 3)),
            ),
        };
        let mut running = Model::default();
        for n in 0..3 * BLOCK + 2 {
            teach(&mut running, n);
            let total = n + 1;
            if matches!(total % BLOCK, 0 | 1) || total == BLOCK - 1 {
                let first = Model::first_that_counts(total);
                let mut started = Model::after(first);
                (first..total).for_each(|n| teach(&mut started, n));
                let bits = |model: &Model| model.weights("birthe").map(f64::to_bits);
                assert_eq!(bits(&started), bits(&running), "{total}");
                assert_eq!(started.proof(0.3), running.proof(0.3), "{total}");
                assert_eq!(started.window(), running.window(), "{total}");
                assert!((BLOCK - 1..2 * BLOCK).contains(&running.window()) || total < BLOCK);
            }
        }
    }

    #[test]
    fn confidence_settles_where_people_agree_with_it() {
        let model = taught(3 * BLOCK / 2);
        let candidates = lesson(&[Feature::Lately5, Feature::Fresh], None).candidates;
        let scores: Vec<f64> = candidates
            .iter()
            .map(|c| c.score(&model.weights("birthe")))
            .collect();
        let shown = model.confidences(&scores, candidates.first())[0].value();
        assert!((shown - 0.8).abs() < 0.05, "{shown}");
    }

    #[test]
    fn nothing_is_proven_before_enough_was_filed_and_nothing_that_was_not_shown() {
        assert_eq!(taught(PROOF_LEAST / 2).proof(0.7), None);
        assert_eq!(taught(500).proof(0.98), None);
        let proof = taught(500).proof(0.7).expect("four of five are right");
        assert!(
            proof.precision >= 0.7 && proof.mails >= PROOF_LEAST,
            "{proof:?}"
        );
    }

    #[test]
    fn confidences_never_exceed_one_together() {
        let model = taught(200);
        let first = Features::default();
        let shown = model.confidences(&[9.0, 8.0, 8.0, -3.0], Some(&first));
        let sum: f64 = shown.iter().map(|p| p.value()).sum();
        assert!(sum <= 1.0 + 1e-9, "{sum}");
        assert!(shown.windows(2).all(|pair| pair[0] >= pair[1]));
    }
}
