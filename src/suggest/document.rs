//! A mail that was filed, as it is compared with others: its words and people, a few hundred bytes.
//!
//! Words are weighed by their rarity when they are compared, not when they are kept, so that what was learned
//! does not depend on the order it was learned in.

use super::history::Moment;
use super::index::{domain_key, person_key, subject_key, term_key};
use super::postings::{Key, KeyMap, key_of};
use super::signals::Signals;
use super::words::{self, Stems};

/// The heaviest words are kept.
const MAX_WORDS: usize = 64;
const MAX_SUBJECT_WORDS: usize = 16;
const MAX_OTHERS: usize = 24;

/// How much each part of a mail has to say when two are compared; their squares are shares of the whole.
const WORDS: f32 = 0.8;
const SUBJECT_WORDS: f32 = 0.6;
const SENDER: f32 = 0.7;
const OTHERS: f32 = 0.5;
const DOMAIN: f32 = 0.3;
const SUBJECT: f32 = 0.5;

/// A word, a person, a subject: 32 bits of its key. Two that meet in one by chance do little harm.
pub(super) type Mark = u32;

pub(super) struct Document {
    pub filed: Moment,
    words: Box<[(Mark, u8)]>,
    subject_words: Box<[Mark]>,
    /// Sender, domain, subject and the others, with how many of the first three there are.
    people: Box<[(Mark, u8)]>,
}

/// Marks and their weights, each mark once, in order.
pub(super) type Vector = Vec<(Mark, f32)>;

impl Document {
    pub fn of(signals: &Signals, stems: &Stems, filed: Moment) -> Self {
        let words = signals.terms.iter().take(MAX_WORDS);
        Self {
            filed,
            words: words
                .map(|term| {
                    let weight = u8::try_from(term.2).unwrap_or(u8::MAX);
                    (term_key(&term.0).short(), weight)
                })
                .collect(),
            subject_words: subject_words(signals, stems),
            people: people(signals),
        }
    }

    pub fn words(&self) -> impl Iterator<Item = Mark> + '_ {
        self.words.iter().map(|word| word.0)
    }

    /// The words of text and subject, each of length 1.
    pub fn text(&self, rarity: &impl Fn(Mark) -> f32) -> (Vector, Vector) {
        let mut words: Vector = self
            .words
            .iter()
            .map(|(mark, weight)| (*mark, f32::from(*weight) * rarity(*mark)))
            .collect();
        let mut subject: Vector = self
            .subject_words
            .iter()
            .map(|mark| (*mark, rarity(*mark)))
            .collect();
        ordered(&mut words);
        ordered(&mut subject);
        scale(&mut words, 1.0);
        scale(&mut subject, 1.0);
        (words, subject)
    }

    /// All there is to compare, as one.
    pub fn whole(&self, text: &(Vector, Vector)) -> Vector {
        let in_subject = |mark: Mark| mark ^ 0x5bd1_e995;
        let mut all: Vector = text.0.iter().map(|(m, w)| (*m, w * WORDS)).collect();
        all.extend(
            text.1
                .iter()
                .map(|(m, w)| (in_subject(*m), w * SUBJECT_WORDS)),
        );
        let others = self.people.iter().filter(|p| p.1 == 3).count().max(1) as f32;
        all.extend(self.people.iter().map(|(mark, kind)| {
            let weight = match kind {
                0 => SENDER,
                1 => DOMAIN,
                2 => SUBJECT,
                _ => OTHERS / others.sqrt(),
            };
            (*mark, weight)
        }));
        ordered(&mut all);
        all
    }
}

/// Stems of the subject, in order, each once.
fn subject_words(signals: &Signals, stems: &Stems) -> Box<[Mark]> {
    let mut marks: Vec<Mark> = subject_stems(signals, stems)
        .map(|stem| term_key(&stem).short())
        .collect();
    marks.sort_unstable();
    marks.dedup();
    marks.into()
}

pub(super) fn subject_stems<'a>(
    signals: &'a Signals,
    stems: &'a Stems,
) -> impl Iterator<Item = String> + 'a {
    words::words(&signals.base_subject)
        .filter(|word| !words::is_stop_word(word))
        .take(MAX_SUBJECT_WORDS)
        .map(|word| stems.stem(word))
}

fn people(signals: &Signals) -> Box<[(Mark, u8)]> {
    let mut marks: Vec<(Mark, u8)> = Vec::new();
    if !signals.from.is_empty() {
        marks.push((key_of("from", &signals.from).short(), 0));
        marks.extend(domain_key(&signals.from).map(|key| (key.short(), 1)));
    }
    if !signals.base_subject.is_empty() {
        marks.push((subject_key(&signals.base_subject).short(), 2));
    }
    let others = signals.others.iter().chain(&signals.colleagues);
    marks.extend(
        others
            .take(MAX_OTHERS)
            .map(|address| (person_key(address).short(), 3)),
    );
    marks.into()
}

pub(super) fn dot(a: &[(Mark, f32)], b: &KeyMap<Mark, f32>) -> f32 {
    a.iter()
        .filter_map(|(mark, weight)| Some(weight * b.get(mark)?))
        .sum()
}

/// Each mark once, in order, so that sums come out the same.
pub(super) fn ordered(vector: &mut Vector) {
    vector.sort_unstable_by_key(|word| word.0);
    vector.dedup_by(|later, first| {
        let same = later.0 == first.0;
        if same {
            first.1 += later.1;
        }
        same
    });
}

pub(super) fn scale(vector: &mut Vector, length: f32) {
    let norm = vector
        .iter()
        .map(|word| word.1 * word.1)
        .sum::<f32>()
        .sqrt();
    if norm > 0.0 {
        for word in vector {
            word.1 *= length / norm;
        }
    }
}

impl Key {
    pub(super) fn short(self) -> Mark {
        self.bits() as Mark
    }
}
