//! What kind of document a mail or a file is: letter, decision, application, invoice …
//!
//! Told by given cues (`cues.toml`: words of subject, file names, title, heading, beginning) and by what people chose for
//! documents of the same words (`learner`). Cues of one place count once, places add up; a confidence is a type's share
//! beside all others and beside "none of them". Where nothing is likely nothing is said.

mod cues;
mod kind;
mod learner;

use std::collections::{BTreeMap, HashSet};

use super::case::Direction;

pub use kind::DocumentType;
pub use learner::{Leaning, Learner, Lesson};

/// What speaks for no type at all.
const NONE: f64 = 1.6;
/// A type is named when it is likelier than not.
const MIN_CONFIDENCE: f64 = 0.5;
const MAX_CONFIDENCE: f64 = 0.99;
const MAX_REASONS: usize = 3;
const MAX_PLACE_BYTES: usize = 4000;
const MAX_PLACE_WORDS: usize = 600;
/// Lines of a text among which its heading stands.
const MAX_TOP_LINES: usize = 15;
const MAX_HEADING_CHARS: usize = 100;
/// A picture is a photo, and surely one when its name is a camera's.
const PICTURE: f64 = 2.4;
/// Under a reply prefix stands what the conversation began with.
const REPLY: f64 = 0.45;
/// Plans and pictures hang on what they belong to.
const SUPPORTING: f64 = 0.3;
/// What comes to an authority is rarely what it sends out.
const AGAINST_DIRECTION: f64 = 0.45;

/// Where a cue stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    Subject,
    /// The file's own name.
    FileName,
    /// The names of the files that hang on a mail.
    Attachments,
    /// The title property of a document.
    Title,
    Heading,
    /// The first words of a text.
    Opening,
    Text,
}

impl Place {
    fn weight(self) -> f64 {
        match self {
            Self::Subject | Self::FileName | Self::Title => 1.0,
            Self::Heading => 1.1,
            Self::Attachments => 0.6,
            Self::Opening => 0.5,
            Self::Text => 0.25,
        }
    }

    /// Whether the first word in it that names a type is the type.
    fn is_title(self) -> bool {
        !matches!(self, Self::Opening | Self::Text)
    }
}

/// What a document shows of itself.
#[derive(Clone, Debug, Default)]
pub struct Facts<'a> {
    pub texts: Vec<(Place, &'a str)>,
    pub is_reply: bool,
    pub is_picture: bool,
    pub direction: Option<Direction>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    pub kind: DocumentType,
    /// From 0 to 1.
    pub confidence: f64,
    /// What weighs most first.
    pub reasons: Vec<Reason>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    Word {
        place: Place,
        word: String,
    },
    /// A word of the document stood in so many that people said to be of this type.
    Learned {
        word: String,
        count: u32,
    },
    Picture,
}

/// The likeliest type, when it is likelier than not.
pub fn guess(facts: &Facts<'_>, learner: &Learner) -> Option<Guess> {
    let mut found: BTreeMap<DocumentType, Vec<(f64, Reason)>> = BTreeMap::new();
    for (place, text) in &facts.texts {
        let words = words(text, *place);
        for seen in cues::seen(&words, *place) {
            let reply = if facts.is_reply && *place == Place::Subject {
                REPLY
            } else {
                1.0
            };
            let weight = seen.weight
                * place.weight()
                * reply
                * by_direction(seen.kind, facts)
                * by_place(seen.kind, *place);
            let reason = Reason::Word {
                place: *place,
                word: seen.word,
            };
            found.entry(seen.kind).or_default().push((weight, reason));
        }
    }
    if facts.is_picture {
        let photo = found.entry(DocumentType::Photo).or_default();
        photo.push((PICTURE, Reason::Picture));
    }
    if !learner.is_empty() {
        for leaning in learner.predict(&learned_words(facts)) {
            let reason = Reason::Learned {
                word: leaning.word,
                count: leaning.count,
            };
            found
                .entry(leaning.kind)
                .or_default()
                .push((leaning.weight, reason));
        }
    }
    likeliest(found)
}

/// The line near the top of a text that says what it is: `Referat af generalforsamling` below a letterhead.
pub fn called(text: &str) -> Option<&str> {
    text.get(..text.floor_char_boundary(MAX_PLACE_BYTES))?
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(MAX_TOP_LINES)
        .filter(|line| line.chars().count() <= MAX_HEADING_CHARS && !line.ends_with('.'))
        .find(|line| cues::begins_with_type(&words(line, Place::Heading)))
}

/// What is learned of a document, when somebody says what it is.
pub fn lesson(kind: DocumentType, facts: &Facts<'_>) -> Lesson {
    Lesson::new(kind, &learned_words(facts))
}

fn likeliest(found: BTreeMap<DocumentType, Vec<(f64, Reason)>>) -> Option<Guess> {
    let scored = found.into_iter().filter_map(|(kind, reasons)| {
        let score: f64 = reasons.iter().map(|(weight, _)| weight).sum();
        (score > 0.0).then_some((kind, score, reasons))
    });
    let mut all = NONE.exp();
    // Of equals the first in the order of types.
    let (kind, score, mut reasons) = scored
        .inspect(|(_, score, _)| all += score.exp())
        .reduce(|best, next| if next.1 > best.1 { next } else { best })?;
    let confidence = (score.exp() / all).min(MAX_CONFIDENCE);
    reasons.sort_by(|a, b| b.0.total_cmp(&a.0));
    reasons.retain(|(weight, reason)| {
        *weight > 0.0 && !matches!(reason, Reason::Learned { count: 0, .. })
    });
    reasons.truncate(MAX_REASONS);
    (confidence >= MIN_CONFIDENCE).then(|| Guess {
        kind,
        confidence,
        reasons: reasons.into_iter().map(|(_, reason)| reason).collect(),
    })
}

/// A mail with a drawing is no drawing.
fn by_place(kind: DocumentType, place: Place) -> f64 {
    use DocumentType::{Drawing, Map, Photo};
    match (place, kind) {
        (Place::Attachments, Drawing | Map | Photo) => SUPPORTING,
        _ => 1.0,
    }
}

fn by_direction(kind: DocumentType, facts: &Facts<'_>) -> f64 {
    use DocumentType::{
        AccessRequest, Application, Complaint, Cv, HearingAnswer, Inquiry, Notification,
    };
    let is_for_us = matches!(
        kind,
        AccessRequest | Application | Complaint | Cv | HearingAnswer | Inquiry | Notification
    );
    if is_for_us && facts.direction == Some(Direction::Outgoing) {
        AGAINST_DIRECTION
    } else {
        1.0
    }
}

/// The words of titles, which say what a document is called; none twice.
fn learned_words(facts: &Facts<'_>) -> Vec<String> {
    let mut seen = HashSet::new();
    facts
        .texts
        .iter()
        .filter(|(place, _)| place.is_title())
        .flat_map(|(place, text)| words(text, *place))
        .filter(|word| {
            word.chars().count() >= 3
                && word.chars().all(|c| c.is_alphabetic() || c == '-')
                && !STOP_WORDS.contains(&word.as_str())
        })
        .filter(|word| seen.insert(word.clone()))
        .collect()
}

const STOP_WORDS: [&str; 30] = [
    "til",
    "fra",
    "for",
    "med",
    "den",
    "det",
    "der",
    "som",
    "har",
    "ikke",
    "vedr",
    "vedrørende",
    "angående",
    "ang",
    "efter",
    "ved",
    "hos",
    "nye",
    "nyt",
    "the",
    "and",
    "from",
    "your",
    "din",
    "dit",
    "jeres",
    "vores",
    "maj",
    "dok",
    "sagsnr",
];

fn words(text: &str, place: Place) -> Vec<String> {
    let is_name = matches!(place, Place::FileName | Place::Attachments);
    let text = text
        .get(..text.floor_char_boundary(MAX_PLACE_BYTES))
        .unwrap_or_default();
    text.split(|c: char| {
        !(c.is_alphanumeric() || matches!(c, '-' | '\'' | '.' | ':' | '§' | '/'))
            || (is_name && matches!(c, '-' | '.' | '/'))
    })
    .map(|word| word.trim_matches(['-', '\'', '.', ':', '/']).to_lowercase())
    .filter(|word| !word.is_empty())
    .take(MAX_PLACE_WORDS)
    .collect()
}

#[cfg(test)]
mod tests;
