//! How often the right subject is proposed, when words of it are hidden from the index and then asked with.
//!
//! Always the same: what is hidden is told by its place alone.

use serde::Serialize;

use super::super::words::Stems;
use super::guidance;
use super::index::PlanIndex;
use super::own_cases::OwnCases;
use super::question::Question;
use super::rank;
use super::terms;
use crate::domain::access::Onlooker;
use crate::domain::kle::KleNumber;
use crate::kle::Plan;

/// Titles are hidden in turns, so that an index lacks only a few of them.
const TURNS: usize = 5;
/// Probabilities are compared with outcomes in so many steps.
const STEPS: usize = 10;

/// The figures of one way to ask.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// `keywords`: every second keyword, each asked alone. `guidance`: every second sentence, those of a subject asked
    /// together. `titles`: the title.
    pub asked_with: &'static str,
    pub questions: usize,
    /// Subjects that were asked for, of all that are in use.
    pub subjects: usize,
    pub top1: f64,
    pub top3: f64,
    pub top5: f64,
    /// Mean of one divided by the place of the right subject.
    pub mrr: f64,
    /// How far the first suggestion's probability is from how often it is right, in the mean.
    pub calibration_error: f64,
}

/// Whatever the plan has enough of to hide some.
pub fn measure(plan: &Plan) -> Vec<Measured> {
    [keywords(plan), guidance(plan), titles(plan)]
        .into_iter()
        .flatten()
        .collect()
}

fn keywords(plan: &Plan) -> Option<Measured> {
    let mut shown = plan.clone();
    let mut questions = Vec::new();
    for (number, entry) in plan.active_subjects() {
        if entry.keywords.len() < 2 {
            continue;
        }
        let Some(left) = shown.entries.get_mut(&number) else {
            continue;
        };
        left.keywords = every_second(&entry.keywords, 0);
        let hidden = every_second(&entry.keywords, 1);
        questions.extend(hidden.into_iter().map(|word| (number, word.text)));
    }
    Tally::of(&shown, &questions).told("keywords")
}

fn guidance(plan: &Plan) -> Option<Measured> {
    let stems = Stems::new();
    let mut shown = plan.clone();
    let mut questions = Vec::new();
    for (number, entry) in plan.active_subjects() {
        let is_known = |number| plan.entries.contains_key(&number);
        let sentences = guidance::sentences(&entry.guidance, number, is_known);
        // What sends its matter elsewhere is asked for by nobody who means this subject.
        let (own, others): (Vec<_>, Vec<_>) = sentences.into_iter().partition(|sentence| {
            sentence.about.is_empty()
                && sentence.facets.is_empty()
                && !terms::of(sentence.text, &stems).is_empty()
        });
        if own.len() < 2 {
            continue;
        }
        let Some(left) = shown.entries.get_mut(&number) else {
            continue;
        };
        let text = |list: Vec<guidance::Sentence<'_>>| {
            let lines: Vec<&str> = list.iter().map(|sentence| sentence.text).collect();
            lines.join("\n")
        };
        left.guidance = text([every_second(&own, 0), others].concat());
        questions.push((number, text(every_second(&own, 1))));
    }
    Tally::of(&shown, &questions).told("guidance")
}

fn titles(plan: &Plan) -> Option<Measured> {
    let subjects: Vec<KleNumber> = plan
        .active_subjects()
        .filter(|(_, entry)| {
            !entry.guidance.is_empty() || !entry.keywords.is_empty() || !entry.laws.is_empty()
        })
        .map(|(number, _)| number)
        .collect();
    let mut all = Tally::default();
    for turn in 0..TURNS {
        let mut shown = plan.clone();
        let mut questions = Vec::new();
        for number in subjects.iter().skip(turn).step_by(TURNS) {
            if let Some(entry) = shown.entries.get_mut(number) {
                questions.push((*number, std::mem::take(&mut entry.title)));
            }
        }
        all.add(Tally::of(&shown, &questions));
    }
    all.told("titles")
}

fn every_second<T: Clone>(list: &[T], from: usize) -> Vec<T> {
    list.iter().skip(from).step_by(2).cloned().collect()
}

#[derive(Default)]
struct Tally {
    /// Place of the right subject from 1 on; 0 when it was not among the candidates.
    places: Vec<usize>,
    subjects: usize,
    /// The first suggestion's probability, and whether it was right.
    first: Vec<(f64, bool)>,
}

impl Tally {
    fn of(shown: &Plan, questions: &[(KleNumber, String)]) -> Self {
        let index = PlanIndex::build(shown);
        let nobody = OwnCases::default();
        let anybody = Onlooker::alone("");
        let mut tally = Self::default();
        let mut before = None;
        for (number, text) in questions {
            // A number in the text would tell.
            let mut question = Question::of_text(text);
            question.numbers.clear();
            let order = rank::order(&index, &nobody, &question, &anybody);
            let at = order.iter().position(|(found, _)| found == number);
            tally.places.push(at.map_or(0, |at| at + 1));
            let first = order.first().map_or(0.0, |(_, share)| share.value());
            tally.first.push((first, at == Some(0)));
            tally.subjects += usize::from(before.replace(*number) != Some(*number));
        }
        tally
    }

    fn add(&mut self, other: Self) {
        self.places.extend(other.places);
        self.first.extend(other.first);
        self.subjects += other.subjects;
    }

    fn told(&self, asked_with: &'static str) -> Option<Measured> {
        let questions = self.places.len();
        if questions == 0 {
            return None;
        }
        let share = |count: f64| count / questions as f64;
        let within = |places: usize| {
            let found = self.places.iter().filter(|at| (1..=places).contains(*at));
            share(found.count() as f64)
        };
        let reciprocal = self
            .places
            .iter()
            .filter(|at| **at > 0)
            .map(|at| 1.0 / *at as f64);
        Some(Measured {
            asked_with,
            questions,
            subjects: self.subjects,
            top1: within(1),
            top3: within(3),
            top5: within(5),
            mrr: share(reciprocal.sum()),
            calibration_error: share(self.miscalibrated()),
        })
    }

    fn miscalibrated(&self) -> f64 {
        let mut steps = [(0.0, 0.0); STEPS];
        for (said, right) in &self.first {
            let step = ((said * STEPS as f64) as usize).min(STEPS - 1);
            steps[step].0 += said;
            steps[step].1 += f64::from(u8::from(*right));
        }
        steps.iter().map(|(said, right)| (said - right).abs()).sum()
    }
}
