//! Tests of a text: contains, starts, equals, word, regular expression.
//!
//! Upper and lower case are the same, and so are the two ways to write æ, ø and å.

use std::borrow::Cow;
use std::cell::OnceCell;

use regex::{Regex, RegexBuilder};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::MAX_PATTERN_TEXT_BYTES;
use super::fold::fold;

/// Bytes a compiled pattern may take, and the automaton that is built of it while it reads.
const MAX_PATTERN_BYTES: usize = 256 * 1024;

#[derive(Clone, Debug, PartialEq)]
pub enum TextTest {
    Contains(Values),
    Starts(Values),
    Equals(Values),
    /// Stands there between what is no letter and no digit.
    Word(Values),
    Regex(Pattern),
}

/// One or more texts, of which one must pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Values {
    /// As they were written.
    pub written: Vec<String>,
    /// The same, folded.
    pub(super) folded: Vec<String>,
}

impl From<Vec<String>> for Values {
    fn from(written: Vec<String>) -> Self {
        let folded = written.iter().map(|value| fold(value)).collect();
        Self { written, folded }
    }
}

/// A regular expression that reads in linear time, whatever it is.
#[derive(Clone, Debug)]
pub struct Pattern {
    written: String,
    regex: Regex,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl Pattern {
    pub fn parse(pattern: &str) -> Result<Self, regex::Error> {
        let composed: String = pattern.nfc().collect();
        Ok(Self {
            written: pattern.to_owned(),
            regex: RegexBuilder::new(&composed)
                .case_insensitive(true)
                .size_limit(MAX_PATTERN_BYTES)
                .dfa_size_limit(MAX_PATTERN_BYTES)
                .build()?,
        })
    }

    pub fn written(&self) -> &str {
        &self.written
    }

    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.regex.capture_names().flatten()
    }

    pub(super) fn captures<'t>(&self, text: &'t str) -> Option<regex::Captures<'t>> {
        self.regex.captures(text)
    }
}

/// A text as tests read it.
#[derive(Debug)]
pub(super) struct Tested<'t> {
    text: &'t str,
    composed: OnceCell<Cow<'t, str>>,
    /// See [`fold`].
    pub folded: String,
}

impl<'t> Tested<'t> {
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            composed: OnceCell::new(),
            folded: fold(text),
        }
    }

    /// With its letters composed (NFC), which patterns read; most texts are so already.
    pub fn composed(&self) -> &str {
        self.composed.get_or_init(|| {
            let end = self.text.floor_char_boundary(MAX_PATTERN_TEXT_BYTES);
            let text = &self.text[..end];
            if is_nfc(text) {
                Cow::Borrowed(text)
            } else {
                Cow::Owned(text.nfc().collect())
            }
        })
    }
}

impl TextTest {
    pub(super) fn passes(&self, text: &Tested<'_>) -> bool {
        match self {
            Self::Regex(pattern) => pattern.regex.is_match(text.composed()),
            _ => self.value_in(text).is_some(),
        }
    }

    /// What of the text made it pass: the value as the rule has it, or what the pattern met.
    pub(super) fn found(&self, text: &Tested<'_>) -> Option<String> {
        match self {
            Self::Regex(pattern) => {
                let met = pattern.regex.find(text.composed())?;
                Some(met.as_str().chars().take(MAX_SHOWN_CHARS).collect())
            }
            _ => self.value_in(text),
        }
    }

    fn value_in(&self, text: &Tested<'_>) -> Option<String> {
        let (values, passes): (_, fn(&str, &str) -> bool) = match self {
            Self::Contains(values) => (values, |text, value| text.contains(value)),
            Self::Starts(values) => (values, |text, value| text.trim_start().starts_with(value)),
            Self::Equals(values) => (values, |text, value| text.trim() == value.trim()),
            Self::Word(values) => (values, has_word),
            Self::Regex(_) => return None,
        };
        let at = values
            .folded
            .iter()
            .position(|value| passes(&text.folded, value))?;
        values.written.get(at).cloned()
    }

    pub(super) fn values(&self) -> Option<&Values> {
        match self {
            Self::Contains(v) | Self::Starts(v) | Self::Equals(v) | Self::Word(v) => Some(v),
            Self::Regex(_) => None,
        }
    }
}

/// Of what a pattern met, as it is told.
const MAX_SHOWN_CHARS: usize = 80;

fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(kind: fn(Values) -> TextTest, value: &str, text: &str) -> bool {
        kind(vec![value.to_owned()].into()).passes(&Tested::new(text))
    }

    #[test]
    fn danish_letters_are_the_same_however_they_are_written() {
        assert!(passes(
            TextTest::Contains,
            "Gågade",
            "Ny GA\u{30A}GADE i byen"
        ));
        assert!(passes(TextTest::Equals, "ØSTERGÅRD", " østergård "));
        assert!(!passes(TextTest::Contains, "gagade", "gågade"));
        let pattern = TextTest::Regex(Pattern::parse("A\u{30A}en").unwrap());
        assert!(pattern.passes(&Tested::new("Vedr. åen")));
    }

    #[test]
    fn words_are_found_across_the_end_of_a_line() {
        let text = "Vedr. lokalplan\r\n  for\u{a0}havnen";
        assert!(passes(TextTest::Contains, "Lokalplan for havnen", text));
        assert!(passes(TextTest::Word, "lokalplan  for", text));
        assert!(!passes(TextTest::Contains, "lokalplanfor", text));
    }

    #[test]
    fn a_word_stands_by_itself() {
        assert!(passes(TextTest::Word, "hæk", "Klage over hæk."));
        assert!(!passes(TextTest::Word, "hæk", "Klage over hække"));
        assert!(passes(TextTest::Word, "hæk", "hække og hæk"));
        assert!(!passes(TextTest::Word, "sag", "sag2"));
    }

    #[test]
    fn a_text_starts_behind_its_spaces() {
        assert!(passes(TextTest::Starts, "faktura", "  Faktura 12"));
        assert!(!passes(TextTest::Starts, "faktura", "Vedr. faktura"));
    }
}
