//! Lists of words, as the data files of this module hold them, looked for in text in lower case.
//!
//! A word stands alone; `*` stands for any letters at its beginning or end, a space for any gap. The edges of words are
//! matched as letters are and not by `\b`: with that, text with æ, ø and å is read many times slower.

use regex::Regex;
use std::ops::Range;

/// How far a word that is looked for at one place may reach.
const MAX_WORD_BYTES: usize = 120;

/// Any word of a list.
pub(super) struct AnyOf(Regex);

impl AnyOf {
    /// The lists are the program's own, so one that cannot be read is a mistake in a shipped file, which the tests of
    /// that file find.
    pub fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let mut words: Vec<&str> = words.into_iter().collect();
        // Longest first, so that a phrase goes before its first word.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let words: Vec<String> = words
            .iter()
            .map(|word| {
                regex::escape(word)
                    .replace(r"\*", r"[\p{L}\-]*")
                    .replace(' ', r"\s+")
            })
            .collect();
        let pattern = format!(
            r"(?:^|[^\p{{L}}\p{{N}}])(?:{})(?:[^\p{{L}}\p{{N}}]|$)",
            words.join("|")
        );
        Self(Regex::new(&pattern).expect("words of a shipped file"))
    }

    /// Where its words stand, one after the other.
    pub fn find_iter<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
        let mut from = 0;
        std::iter::from_fn(move || {
            let hit = self.0.find_at(text, from)?;
            let word = hit.as_str().trim_matches(is_edge);
            let start = hit.start() + hit.as_str().find(word).unwrap_or_default();
            // The sign after this word is the one before the next.
            from = (start + word.len()).max(text.ceil_char_boundary(from + 1));
            Some(start..start + word.len())
        })
    }

    pub fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// Whether one of its words stands at this very place.
    pub fn is_at(&self, text: &str, at: usize) -> bool {
        let end = text.floor_char_boundary((at + MAX_WORD_BYTES).min(text.len()));
        self.find_iter(&text[at..end])
            .next()
            .is_some_and(|word| word.start == 0)
    }
}

fn is_edge(c: char) -> bool {
    !c.is_alphanumeric() && c != '§'
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WORDS: [&str; 6] = [
        "klage",
        "klage over hegn",
        "*ansøgning",
        "§ 153",
        "høring*",
        "syg",
    ];

    fn found(text: &str) -> Vec<String> {
        AnyOf::new(WORDS)
            .find_iter(text)
            .map(|word| text[word].to_owned())
            .collect()
    }

    #[test]
    fn words_stand_alone_and_stars_and_gaps_are_filled() {
        for (text, expected) in [
            ("min klage over\nhegn", vec!["klage over\nhegn"]),
            ("klage, klage og klage", vec!["klage", "klage", "klage"]),
            ("klage klage", vec!["klage", "klage"]),
            ("en byggeansøgning.", vec!["byggeansøgning"]),
            ("efter § 153 i loven", vec!["§ 153"]),
            ("(høringssvar)", vec!["høringssvar"]),
            ("beklagelse sygeplejerske xklage klagex", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
        assert!(AnyOf::new(WORDS).is_at("en klage", 3));
        assert!(!AnyOf::new(WORDS).is_at("en klage", 2));
    }

    proptest! {
        #[test]
        fn every_text_comes_to_its_end(text in "[a-zæøå§ klage.syg-]{0,80}") {
            prop_assert!(found(&text).len() <= text.len());
        }
    }
}
