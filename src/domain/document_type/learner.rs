//! What people taught: words counted with the types that were chosen for documents that have them.
//!
//! Counts alone, so that lessons can come in any order and be forgotten exactly. Words are kept as numbers below 2^18:
//! the size is bounded whatever is learned, and nobody reads anything out of it. Two words that share a number share
//! their lessons.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

use super::DocumentType;

const BUCKETS: u32 = 1 << 18;
/// Words of a document that are learned.
pub const MAX_WORDS: usize = 24;
/// A word speaks as loud as it was heard: n of n + this.
const DOUBT: f64 = 1.0;
/// Before anything is known every type is as likely.
const PRIOR: f64 = 1.0;
/// The words that say most decide.
const DECIDING: usize = 3;
const LOUDNESS: f64 = 1.7;

/// A document and what somebody said it is; kept, so that it can be taken back as it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lesson {
    #[serde(rename = "t")]
    pub kind: DocumentType,
    /// Of its words, in order, none twice.
    #[serde(rename = "w")]
    words: Vec<u32>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Learner {
    /// How often a word stood in a document of a type; never 0.
    counts: HashMap<(u32, DocumentType), u32>,
    /// How often it stood in any; never 0.
    words: HashMap<u32, u32>,
}

/// How much what was learned speaks for a type, and by which word.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaning {
    pub kind: DocumentType,
    /// In the same measure as the given cues; below 0 it speaks against.
    pub weight: f64,
    /// The word that speaks loudest for it.
    pub word: String,
    /// In so many documents of that type it stood.
    pub count: u32,
}

impl Lesson {
    pub fn new(kind: DocumentType, words: &[String]) -> Self {
        let heard = words.iter().take(MAX_WORDS);
        let mut words: Vec<u32> = heard.map(|word| bucket(word)).collect();
        words.sort_unstable();
        words.dedup();
        Self { kind, words }
    }
}

impl Learner {
    pub fn learn(&mut self, lesson: &Lesson) {
        for word in &lesson.words {
            *self.counts.entry((*word, lesson.kind)).or_default() += 1;
            *self.words.entry(*word).or_default() += 1;
        }
    }

    /// Takes a lesson back that was learned.
    pub fn forget(&mut self, lesson: &Lesson) {
        for word in &lesson.words {
            take_one(&mut self.counts, (*word, lesson.kind));
            take_one(&mut self.words, *word);
        }
    }

    /// What speaks for and against each type by the words of a document; types that nothing is known of are left out.
    pub fn predict(&self, words: &[String]) -> Vec<Leaning> {
        let known: Vec<(&String, u32, f64)> = words
            .iter()
            .take(MAX_WORDS)
            .filter_map(|word| {
                let number = bucket(word);
                let heard = f64::from(*self.words.get(&number)?);
                Some((word, number, heard))
            })
            .collect();
        if known.is_empty() {
            return Vec::new();
        }
        DocumentType::ALL
            .into_iter()
            .map(|kind| self.leaning(kind, &known))
            .collect()
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    fn leaning(&self, kind: DocumentType, known: &[(&String, u32, f64)]) -> Leaning {
        let types = DocumentType::ALL.len() as f64;
        let mut said: Vec<(f64, &String, u32)> = known
            .iter()
            .map(|(word, number, heard)| {
                let count = self.counts.get(&(*number, kind)).copied().unwrap_or(0);
                let share = (f64::from(count) + PRIOR / types) / (heard + PRIOR);
                let says = (share * types).ln() * heard / (heard + DOUBT);
                (says, *word, count)
            })
            .collect();
        said.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()).then(a.1.cmp(b.1)));
        said.truncate(DECIDING);
        let sum: f64 = said.iter().map(|(says, ..)| says).sum();
        let loudest = said.iter().max_by(|a, b| a.0.total_cmp(&b.0));
        Leaning {
            kind,
            weight: LOUDNESS * sum / said.len().max(1) as f64,
            word: loudest
                .map(|(_, word, _)| (*word).clone())
                .unwrap_or_default(),
            count: loudest.map_or(0, |(.., count)| *count),
        }
    }
}

fn take_one<K: Eq + std::hash::Hash>(counts: &mut HashMap<K, u32>, key: K) {
    if let Some(count) = counts.get_mut(&key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(&key);
        }
    }
}

/// The same in every process and every version: lessons are kept by it.
fn bucket(word: &str) -> u32 {
    let hash = blake3::hash(word.as_bytes());
    let [a, b, c, d, ..] = *hash.as_bytes();
    u32::from_le_bytes([a, b, c, d]) % BUCKETS
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    fn best(learner: &Learner, text: &str) -> Option<Leaning> {
        learner
            .predict(&words(text))
            .into_iter()
            .max_by(|a, b| a.weight.total_cmp(&b.weight))
    }

    #[test]
    fn what_was_chosen_before_is_likely_again() {
        let mut learner = Learner::default();
        assert_eq!(best(&learner, "månedsopgørelse tilsyn"), None);
        for _ in 0..3 {
            let words = words("månedsopgørelse tilsyn vejdrift");
            learner.learn(&Lesson::new(DocumentType::Report, &words));
        }
        let leaning = best(&learner, "månedsopgørelse maj").unwrap();
        assert_eq!(leaning.kind, DocumentType::Report);
        assert_eq!(
            (leaning.word.as_str(), leaning.count),
            ("månedsopgørelse", 3)
        );
        assert!(leaning.weight > 3.0, "{}", leaning.weight);
    }

    #[test]
    fn a_word_that_stands_everywhere_says_nothing() {
        let mut learner = Learner::default();
        for kind in DocumentType::ALL {
            learner.learn(&Lesson::new(kind, &words("søvej")));
        }
        let leaning = best(&learner, "søvej").unwrap();
        assert!(leaning.weight.abs() < 0.5, "{}", leaning.weight);
    }

    #[test]
    fn what_is_forgotten_leaves_no_trace() {
        let mut learner = Learner::default();
        let lesson = Lesson::new(DocumentType::Invoice, &words("opgørelse maj"));
        learner.learn(&lesson);
        learner.forget(&lesson);
        assert_eq!(learner, Learner::default());
    }

    proptest! {
        #[test]
        fn the_order_of_lessons_and_of_forgetting_leaves_no_trace(
            lessons in prop::collection::vec((0usize..31, "[a-f]{1,2}( [a-f]{1,2}){0,5}"), 0..12),
            forgotten in prop::collection::vec(any::<bool>(), 12),
        ) {
            let lessons: Vec<Lesson> = lessons
                .iter()
                .map(|(kind, text)| Lesson::new(DocumentType::ALL[*kind], &words(text)))
                .collect();
            let mut one = Learner::default();
            for lesson in &lessons {
                one.learn(lesson);
            }
            for (lesson, gone) in lessons.iter().zip(&forgotten) {
                if *gone {
                    one.forget(lesson);
                }
            }
            let mut other = Learner::default();
            for (lesson, gone) in lessons.iter().zip(&forgotten).rev() {
                if !*gone {
                    other.learn(lesson);
                }
            }
            prop_assert_eq!(&one, &other);
            prop_assert_eq!(one.predict(&words("a b ab")), other.predict(&words("a b ab")));
        }
    }
}
