//! Given cues: words that documents of a type are called by, with how much they say.

use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use super::{DocumentType, Place};

const SURE: f64 = 3.0;
const LIKELY: f64 = 1.7;
const HINT: f64 = 0.7;
/// In a title the first word that names a type is what it is; a later one what it is about.
const LATER: f64 = 0.3;
/// `Spørgsmål til faktura`, `din ansøgning`: about such a document.
const ABOUT: f64 = 0.35;

/// Words before a type that say the document is about such a one.
const ABOUT_WORDS: [&str; 28] = [
    "din",
    "dit",
    "jeres",
    "deres",
    "vores",
    "hans",
    "hendes",
    "your",
    "our",
    "status",
    "spørgsmål",
    "spm",
    "rykker",
    "bemærkninger",
    "kommentarer",
    "svar",
    "oplysninger",
    "mangler",
    "supplerende",
    "bilag",
    "manglende",
    "opfølgning",
    "tak",
    "modtaget",
    "vejledning",
    "hjælp",
    "sendt",
    "regarding",
];
/// Words looked at before a cue.
const MAX_BEFORE: usize = 4;

static CUES: LazyLock<Cues> = LazyLock::new(|| Cues::read(include_str!("cues.toml")));

/// A cue that stands in a text.
pub(super) struct Seen {
    pub kind: DocumentType,
    pub weight: f64,
    pub word: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Listed {
    sure: Vec<String>,
    likely: Vec<String>,
    hint: Vec<String>,
}

#[derive(Default)]
struct Cues {
    words: HashMap<String, Vec<(DocumentType, f64)>>,
    beginnings: Vec<(String, DocumentType, f64)>,
    endings: Vec<(String, DocumentType, f64)>,
    phrases: Vec<(String, DocumentType, f64)>,
}

impl Cues {
    fn read(toml: &str) -> Self {
        let listed: BTreeMap<DocumentType, Listed> = toml::from_str(toml).unwrap_or_default();
        let mut cues = Self::default();
        for (kind, listed) in listed {
            let lists = [
                (listed.sure, SURE),
                (listed.likely, LIKELY),
                (listed.hint, HINT),
            ];
            for (list, weight) in lists {
                for cue in list {
                    cues.add(&cue, kind, weight);
                }
            }
        }
        cues
    }

    fn add(&mut self, cue: &str, kind: DocumentType, weight: f64) {
        let bare = cue.trim_matches('*').to_owned();
        if cue.contains(' ') {
            self.phrases.push((bare, kind, weight));
            return;
        }
        if cue.starts_with('*') {
            self.endings.push((bare.clone(), kind, weight));
        }
        if cue.ends_with('*') {
            self.beginnings.push((bare.clone(), kind, weight));
        }
        self.words.entry(bare).or_default().push((kind, weight));
    }

    /// The types a word names.
    fn of_word(&self, word: &str) -> Vec<(DocumentType, f64)> {
        if let Some(found) = self.words.get(word) {
            return found.clone();
        }
        // A compound is what it ends in: an Ansøgningskvittering is a Kvittering.
        let ends = self
            .endings
            .iter()
            .filter(|(ending, ..)| word.len() > ending.len() + 1 && word.ends_with(ending.as_str()))
            .max_by_key(|(ending, ..)| ending.len());
        let begins = || {
            self.beginnings
                .iter()
                .filter(|(beginning, ..)| word.starts_with(beginning.as_str()))
                .max_by_key(|(beginning, ..)| beginning.len())
        };
        ends.or_else(begins)
            .map(|(_, kind, weight)| vec![(*kind, *weight)])
            .unwrap_or_default()
    }
}

/// The cues of words, which are in lower case; each type at most once, by what says most.
pub(super) fn seen(words: &[String], place: Place) -> Vec<Seen> {
    let text = format!(" {} ", words.join(" "));
    let mut found: Vec<(usize, usize, Seen)> = Vec::new();
    for (phrase, kind, weight) in &CUES.phrases {
        if let Some(at) = text.find(&format!(" {phrase}")) {
            let before = text
                .get(..at)
                .unwrap_or_default()
                .split_whitespace()
                .count();
            let length = phrase.split_whitespace().count();
            let seen = Seen {
                kind: *kind,
                weight: *weight,
                word: phrase.clone(),
            };
            found.push((before, length, seen));
        }
    }
    // Of a longer phrase a shorter one says nothing more: `søger om aktindsigt`.
    let spans: Vec<(usize, usize)> = found.iter().map(|(at, length, _)| (*at, *length)).collect();
    found.retain(|(at, length, _)| {
        !spans
            .iter()
            .any(|(start, long)| long > length && (*start..start + long).contains(at))
    });
    for (at, word) in words.iter().enumerate() {
        // Of a phrase its single words say nothing more.
        if found
            .iter()
            .any(|(start, length, _)| *length > 1 && (*start..start + length).contains(&at))
        {
            continue;
        }
        for (kind, weight) in CUES.of_word(word) {
            let seen = Seen {
                kind,
                weight,
                word: word.clone(),
            };
            found.push((at, 1, seen));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0).then(a.2.kind.cmp(&b.2.kind)));
    let first = found
        .iter()
        .find(|(_, _, seen)| seen.weight >= LIKELY)
        .map(|(at, ..)| *at);
    let mut best: BTreeMap<DocumentType, Seen> = BTreeMap::new();
    for (at, _, mut seen) in found {
        if place.is_title() {
            if first.is_some_and(|first| at > first) {
                seen.weight *= LATER;
            }
            if is_about(words, at) {
                seen.weight *= ABOUT;
            }
        }
        match best.get(&seen.kind) {
            Some(other) if other.weight >= seen.weight => {}
            _ => {
                best.insert(seen.kind, seen);
            }
        }
    }
    best.into_values().collect()
}

/// Whether words begin with what surely names a type: `Referat af generalforsamling`.
pub(super) fn begins_with_type(words: &[String]) -> bool {
    let Some(first) = words.first() else {
        return false;
    };
    let text = format!("{} ", words.join(" "));
    let is_sure = |weight: f64| weight >= SURE;
    CUES.of_word(first)
        .iter()
        .any(|(_, weight)| is_sure(*weight))
        || CUES
            .phrases
            .iter()
            .any(|(phrase, _, weight)| is_sure(*weight) && text.starts_with(&format!("{phrase} ")))
}

fn is_about(words: &[String], at: usize) -> bool {
    words
        .get(at.saturating_sub(MAX_BEFORE)..at)
        .unwrap_or_default()
        .iter()
        .any(|word| ABOUT_WORDS.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_cues_that_say_something_surely() {
        let listed: BTreeMap<DocumentType, Listed> =
            toml::from_str(include_str!("cues.toml")).unwrap();
        for kind in DocumentType::ALL {
            assert!(
                listed
                    .get(&kind)
                    .is_some_and(|listed| !listed.sure.is_empty() || !listed.likely.is_empty()),
                "{kind:?}"
            );
        }
        for listed in listed.values() {
            for cue in listed.sure.iter().chain(&listed.likely).chain(&listed.hint) {
                assert_eq!(*cue, cue.to_lowercase());
            }
        }
    }
}
