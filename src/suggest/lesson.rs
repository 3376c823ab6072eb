//! A lesson: what was suggested for a mail, and what a person chose.
//!
//! Kept beside the filing it belongs to. What the engine knows of an organisation's habits is learned from these
//! in their order and from nothing else, so that every replica, and every restart, knows the same.

use super::postings::Slot;
use super::rank::Ranked;
use super::weights::{FEATURES, Features, NAMES, index_of};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Candidates that confidence is shared among, in what is shown as in what is learned: those below were never in
/// question, and what is learned of few says nothing of many.
pub(super) const MAX_CANDIDATES: usize = 8;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Kept", into = "Kept")]
pub struct Lesson {
    /// As they were ranked, the best first.
    pub(super) candidates: Vec<Features>,
    /// The place of the case that was chosen; `None` when it was not among them.
    pub right: Option<usize>,
    /// What the first suggestion's confidence was when the person chose.
    pub confidence: f64,
}

impl Lesson {
    pub(super) fn of(ranked: &[Ranked<'_>], confidence: f64, chosen: Option<Slot>) -> Self {
        let place = ranked.iter().position(|r| Some(r.slot) == chosen);
        Self {
            candidates: ranked.iter().map(|r| r.features).collect(),
            right: place,
            confidence,
        }
    }

    /// Whether there was anything to choose from.
    pub fn was_suggested(&self) -> bool {
        !self.candidates.is_empty()
    }

    /// Whether the first suggestion was taken.
    pub fn first_was_right(&self) -> bool {
        self.right == Some(0)
    }
}

/// As it is kept: features by name, so that a newer version may look at more.
#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(rename = "c")]
    candidates: Vec<BTreeMap<String, f32>>,
    #[serde(rename = "r", skip_serializing_if = "Option::is_none", default)]
    right: Option<usize>,
    #[serde(rename = "p")]
    confidence: f64,
}

impl From<Lesson> for Kept {
    fn from(lesson: Lesson) -> Self {
        let named = |features: &Features| {
            NAMES
                .iter()
                .zip(features.0)
                .filter(|(_, value)| *value != 0.0)
                .map(|(name, value)| ((*name).to_owned(), value))
                .collect()
        };
        Self {
            candidates: lesson.candidates.iter().map(named).collect(),
            right: lesson.right,
            confidence: lesson.confidence,
        }
    }
}

impl From<Kept> for Lesson {
    fn from(kept: Kept) -> Self {
        let features = |named: &BTreeMap<String, f32>| {
            let mut values = [0.0; FEATURES];
            for (name, value) in named {
                if let Some(at) = index_of(name) {
                    values[at] = *value;
                }
            }
            Features(values)
        };
        Self {
            candidates: kept.candidates.iter().map(features).collect(),
            right: kept.right,
            confidence: kept.confidence,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suggest::weights::Feature;

    #[test]
    fn a_lesson_is_read_as_it_was_kept_and_features_of_other_versions_are_passed_over() {
        let mut features = Features::default();
        features.raise(Feature::Thread, 0.5);
        let lesson = Lesson {
            candidates: vec![features],
            right: Some(0),
            confidence: 0.75,
        };
        let kept = serde_json::to_string(&lesson).expect("json");
        assert_eq!(kept, r#"{"c":[{"any":1.0,"thread":0.5}],"r":0,"p":0.75}"#);
        let newer = kept.replace("\"any\"", "\"a_thing_of_tomorrow\":2.0,\"any\"");
        let read: Lesson = serde_json::from_str(&newer).expect("a lesson");
        assert_eq!(read, lesson);
    }
}
