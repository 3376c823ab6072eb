//! A mail that was filed, as it is compared with others: its words and people, a few hundred bytes.
//!
//! Words are weighed by their rarity when they are compared, not when they are kept, so that what was learned
//! does not depend on the order it was learned in.

use super::history::Moment;
use super::index::Index;
use super::keys::{domain_key, person_key, subject_key, term_key};
use super::postings::{Key, KeyMap, key_of};
use super::signals::Signals;
use super::words::{self, Stems};
use serde::{Deserialize, Serialize};

/// Words of a mail that are kept, the heaviest.
pub(super) const MAX_WORDS: usize = 56;
const MAX_SUBJECT_WORDS: usize = 16;
const MAX_OTHERS: usize = 24;

/// How much each part of a mail has to say when two are compared; their squares are shares of the whole.
const WORDS: f32 = 0.8;
const SUBJECT_WORDS: f32 = 0.6;
const SENDER: f32 = 0.7;
const OTHERS: f32 = 0.5;
const DOMAIN: f32 = 0.3;
const SUBJECT: f32 = 0.5;

/// A word, a person, a subject: 24 bits of its key. Two that meet in one by chance do little harm.
pub(super) type Mark = u32;
const MARK_BYTES: usize = 3;
/// A word in the subject is another than in the text, and people are no words.
const IN_SUBJECT: Mark = 1 << 24;
const PERSON: Mark = 1 << 25;

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Document {
    pub filed: Moment,
    /// Packed: a million of these stand in memory. How many words, subject words and people there are, then the marks
    /// of all, then a weight for each word and a kind for each of the people.
    #[serde(with = "serde_bytes")]
    packed: Box<[u8]>,
}

/// What stands before the marks.
const COUNTS: usize = 3;
/// Kinds of people, in the order of [`people`].
const FROM: u8 = 0;
const AT_DOMAIN: u8 = 1;
const ON_SUBJECT: u8 = 2;
const OTHER: u8 = 3;

/// Places of marks (see [`Vocabulary`]) and their weights.
pub(super) type Vector = Vec<(Place, f32)>;
pub(super) type Place = u32;

/// A document with its words weighed by their rarity of today.
pub(super) struct Weighed {
    pub filed: Moment,
    /// Of length 1, like the next.
    pub words: Vector,
    pub subject: Vector,
    /// All there is to compare, as one.
    pub whole: Vector,
}

/// The marks of the documents that one question looks at, numbered as they are met, so that sums over them are arrays
/// and always come out the same.
pub(super) struct Vocabulary<'a> {
    index: &'a Index,
    places: KeyMap<Mark, Place>,
    rarity: Vec<f32>,
}

impl<'a> Vocabulary<'a> {
    pub fn new(index: &'a Index) -> Self {
        Self {
            index,
            places: KeyMap::default(),
            rarity: Vec::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.rarity.len()
    }

    /// The place of a mark, which stands for this word; people and subjects are no words.
    fn place(&mut self, mark: Mark, word: Option<Mark>) -> Place {
        let (index, rarity) = (self.index, &mut self.rarity);
        *self.places.entry(mark).or_insert_with(|| {
            rarity.push(word.map_or(1.0, |word| index.rarity(word)));
            (rarity.len() - 1) as Place
        })
    }

    fn rarity(&self, place: Place) -> f32 {
        self.rarity[place as usize]
    }
}

impl Document {
    /// `words`: keys of the heaviest terms of the signals, with their weights.
    pub fn of(
        signals: &Signals,
        words: impl Iterator<Item = (Key, u32)>,
        stems: &Stems,
        filed: Moment,
    ) -> Self {
        let words: Vec<(Mark, u8)> = words
            .take(MAX_WORDS)
            .map(|(key, weight)| (key.short(), u8::try_from(weight).unwrap_or(u8::MAX)))
            .collect();
        let subject_words = subject_words(signals, stems);
        let people = people(signals);
        let counts = [words.len(), subject_words.len(), people.len()];
        let marks = words.iter().map(|word| word.0);
        let marks = marks
            .chain(subject_words)
            .chain(people.iter().map(|person| person.0));
        let mut packed: Vec<u8> = counts.map(|count| count as u8).to_vec();
        packed.extend(marks.flat_map(|mark| mark.to_le_bytes().into_iter().take(MARK_BYTES)));
        packed.extend(words.iter().chain(&people).map(|mark| mark.1));
        Self {
            filed,
            packed: packed.into(),
        }
    }

    pub fn words(&self) -> impl Iterator<Item = Mark> + '_ {
        let [words, ..] = self.counts();
        self.marks(0, words)
    }

    fn counts(&self) -> [usize; COUNTS] {
        [0, 1, 2].map(|at| usize::from(self.packed[at]))
    }

    fn marks(&self, from: usize, count: usize) -> impl Iterator<Item = Mark> + '_ {
        let bytes = self.packed[COUNTS + from * MARK_BYTES..].chunks_exact(MARK_BYTES);
        bytes
            .take(count)
            .map(|mark| Mark::from_le_bytes([mark[0], mark[1], mark[2], 0]))
    }

    /// Weights of words, then kinds of people.
    fn bytes(&self, from: usize) -> impl Iterator<Item = u8> + '_ {
        let marks: usize = self.counts().iter().sum();
        self.packed[COUNTS + marks * MARK_BYTES + from..]
            .iter()
            .copied()
    }

    pub fn weigh(&self, vocabulary: &mut Vocabulary<'_>) -> Weighed {
        let [in_text, in_subject, people] = self.counts();
        let words = self.words().zip(self.bytes(0)).map(|(mark, weight)| {
            let place = vocabulary.place(mark, Some(mark));
            (place, f32::from(weight) * vocabulary.rarity(place))
        });
        let words = of_length_one(words.collect());
        let subject = self.marks(in_text, in_subject).map(|word| {
            let place = vocabulary.place(word | IN_SUBJECT, Some(word));
            (place, vocabulary.rarity(place))
        });
        let subject = of_length_one(subject.collect());

        let kinds = || self.bytes(in_text);
        let others = kinds().filter(|kind| *kind == OTHER).count().max(1) as f32;
        let people = self.marks(in_text + in_subject, people).zip(kinds());
        let people = people.map(|(mark, kind)| {
            let weight = match kind {
                FROM => SENDER,
                AT_DOMAIN => DOMAIN,
                ON_SUBJECT => SUBJECT,
                _ => OTHERS / others.sqrt(),
            };
            (vocabulary.place(mark | PERSON, None), weight)
        });
        let mut whole = Vec::with_capacity(words.len() + subject.len() + MAX_OTHERS);
        whole.extend(words.iter().map(|(place, w)| (*place, w * WORDS)));
        whole.extend(subject.iter().map(|(place, w)| (*place, w * SUBJECT_WORDS)));
        whole.extend(people);
        Weighed {
            filed: self.filed,
            words,
            subject,
            whole,
        }
    }
}

/// Stems of the subject, in order, each once.
fn subject_words(signals: &Signals, stems: &Stems) -> Vec<Mark> {
    let mut marks: Vec<Mark> = subject_stems(signals, stems)
        .map(|stem| term_key(&stem).short())
        .collect();
    marks.sort_unstable();
    marks.dedup();
    marks
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

/// Sender, domain, subject and the others.
fn people(signals: &Signals) -> Vec<(Mark, u8)> {
    let mut marks: Vec<(Mark, u8)> = Vec::new();
    if !signals.from.is_empty() {
        marks.push((key_of("from", &signals.from).short(), FROM));
        marks.extend(domain_key(&signals.from).map(|key| (key.short(), AT_DOMAIN)));
    }
    if !signals.base_subject.is_empty() {
        marks.push((subject_key(&signals.base_subject).short(), ON_SUBJECT));
    }
    let others = signals.others.iter().chain(&signals.colleagues);
    marks.extend(
        others
            .take(MAX_OTHERS)
            .map(|address| (person_key(address).short(), OTHER)),
    );
    marks
}

/// Of a vector and one that is spread out over all places.
pub(super) fn dot(vector: &[(Place, f32)], spread: &[f32]) -> f32 {
    vector
        .iter()
        .filter_map(|(place, weight)| Some(weight * spread.get(*place as usize)?))
        .sum()
}

pub(super) fn spread(vector: &[(Place, f32)], places: usize) -> Vec<f32> {
    let mut spread = vec![0.0; places];
    for (place, weight) in vector {
        spread[*place as usize] += weight;
    }
    spread
}

fn of_length_one(mut vector: Vector) -> Vector {
    let squares = vector.iter().map(|word| word.1 * word.1);
    let length = squares.sum::<f32>().sqrt();
    if length > 0.0 {
        for word in &mut vector {
            word.1 /= length;
        }
    }
    vector
}

impl Key {
    pub(super) fn short(self) -> Mark {
        self.bits() as Mark & ((1 << (8 * MARK_BYTES)) - 1)
    }
}
