//! Properties in text: addresses and BFE numbers.
//!
//! A find is a key to compare by, not an address to show: lower case, `skovvej 12a`, no floor, no postcode.
//! It means something once a case has a party with the same key.

use regex::Regex;
use std::sync::LazyLock;

/// Endings of Danish street names; other names count only before a postcode.
const STREET_ENDINGS: [&str; 30] = [
    "vej",
    "vejen",
    "gade",
    "gaden",
    "allé",
    "alle",
    "alléen",
    "alleen",
    "stræde",
    "strædet",
    "plads",
    "pladsen",
    "torv",
    "torvet",
    "vænge",
    "vænget",
    "park",
    "parken",
    "have",
    "haven",
    "bakke",
    "bakken",
    "boulevard",
    "kaj",
    "kajen",
    "sti",
    "stien",
    "toften",
    "lunden",
    "gård",
];

static BFE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\bbfe[-\s]?(?:nr|nummer)?\.?:?\s*([0-9]{1,10})\b").expect("a constant pattern")
});

/// Keys of at most `limit` addresses in a text.
pub fn addresses(text: &str, limit: usize) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for house in houses(text) {
        if found.len() == limit {
            break;
        }
        let words: Vec<&str> = words_before(text, house.at);
        if let Some(street) = street_name(&words, house.has_postcode) {
            let key = house.key(&street);
            if !found.contains(&key) {
                found.push(key);
            }
        }
    }
    found
}

/// The key of a party's address, which needs no ending or postcode to be believed.
pub fn address_key(address: &str) -> Option<String> {
    let house = houses(address).next()?;
    let words = words_before(address, house.at);
    (!words.is_empty()).then(|| house.key(&words.join(" ").to_lowercase()))
}

/// A number of up to three digits that may be a house's.
struct House<'a> {
    /// Byte where it starts.
    at: usize,
    digits: &'a str,
    letter: Option<char>,
    has_postcode: bool,
}

impl House<'_> {
    fn key(&self, street: &str) -> String {
        let letter = self
            .letter
            .map_or(String::new(), |l| l.to_lowercase().collect());
        format!("{street} {}{letter}", self.digits.trim_start_matches('0'))
    }
}

/// Written by hand, since every mail is read by it: numbers that follow a word and a space.
fn houses(text: &str) -> impl Iterator<Item = House<'_>> {
    let bytes = text.as_bytes();
    let mut next = 0;
    std::iter::from_fn(move || {
        while next < bytes.len() {
            let at = next;
            if !bytes[at].is_ascii_digit() {
                next += 1;
                continue;
            }
            let length = bytes[at..]
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count();
            next = at + length;
            let after_a_word = at >= 2 && bytes[at - 1] == b' ' && bytes[at - 2] > b'9';
            let after_a_stop = at >= 2 && bytes[at - 1] == b' ' && bytes[at - 2] == b'.';
            if length <= 3
                && (after_a_word || after_a_stop)
                && let Some(house) = house(text, at, length)
            {
                return Some(house);
            }
        }
        None
    })
}

/// What follows the digits: a letter, floor and door, a postcode.
fn house(text: &str, at: usize, length: usize) -> Option<House<'_>> {
    let rest = &text[at + length..];
    let spaced = rest.strip_prefix(' ').unwrap_or(rest);
    let letter = spaced.chars().next().filter(char::is_ascii_alphabetic);
    let after_letter = letter.and_then(|_| spaced.get(1..));
    let (letter, rest) = match after_letter {
        Some(after) if !after.starts_with(char::is_alphanumeric) => (letter, after),
        _ => (None, rest),
    };
    if rest.starts_with(char::is_alphanumeric) || followed_by_digit(rest) {
        return None;
    }
    let mut words = rest
        .split([' ', ',', '.', '\n', '\u{a0}'])
        .filter(|word| !word.is_empty())
        .take(4);
    let has_postcode = words
        .find(|word| !is_floor_or_door(word))
        .is_some_and(|word| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()));
    Some(House {
        at,
        digits: &text[at..at + length],
        letter,
        has_postcode,
    })
}

/// `12/5`, `12-5`, `12.5`: a date, a sum or a number of something else.
fn followed_by_digit(rest: &str) -> bool {
    let mut chars = rest.chars();
    matches!(chars.next(), Some('/' | '-' | '.' | ':'))
        && chars.next().is_some_and(|c| c.is_ascii_digit())
}

fn is_floor_or_door(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "st" | "kl" | "tv" | "th" | "mf" | "sal"
    ) || (word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit()))
}

/// Up to four words of letters that stand right before, on the same line and in the same sentence.
fn words_before(text: &str, at: usize) -> Vec<&str> {
    let mut from = at.saturating_sub(80);
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    let line = text[from..at].rsplit('\n').next().unwrap_or_default();
    let mut words: Vec<&str> = line
        .split(' ')
        .rev()
        .filter(|word| !word.is_empty())
        .take_while(|word| {
            word.chars()
                .all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’'))
                && word.starts_with(char::is_alphabetic)
        })
        .take(4)
        .collect();
    words.reverse();
    words
}

/// BFE numbers named as such, digits only.
pub fn bfe_numbers(text: &str) -> Vec<String> {
    BFE.captures_iter(text)
        .take(20)
        .filter_map(|hit| hit.get(1).map(|m| m.as_str().to_owned()))
        .collect()
}

/// The words that make the street's name: from the last capital that starts it to its end.
fn street_name(words: &[&str], has_postcode: bool) -> Option<String> {
    let last = words.last()?.trim_matches('.').to_lowercase();
    let ends_as_street = STREET_ENDINGS.iter().any(|ending| last.ends_with(ending));
    if !ends_as_street && !has_postcode {
        return None;
    }
    // "på Gamle Skovvej 12": the name starts where capitals start.
    let lower_from_end = words
        .iter()
        .rev()
        .take_while(|w| w.starts_with(char::is_uppercase))
        .count();
    let own_word = STREET_ENDINGS.contains(&last.as_str());
    let taken = match lower_from_end {
        0 if own_word => 2,
        0 => 1,
        n => n,
    };
    let from = words.len().saturating_sub(taken);
    Some(words[from..].join(" ").to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_found_in_running_text() {
        for (text, expected) in [
            (
                "Jeg bor på Skovvej 12A, 3. tv, 2620 Albertslund.",
                "skovvej 12a",
            ),
            ("byggesag Gamle Landevej 7", "gamle landevej 7"),
            ("på skovvej 12", "skovvej 12"),
            ("Høring om Nordmarks Allé 4 b", "nordmarks allé 4b"),
            ("bor Rosenhøj 33, 8260 Viby", "rosenhøj 33"),
        ] {
            assert_eq!(addresses(text, 9), [expected], "{text}");
        }
    }

    #[test]
    fn other_words_with_numbers_are_no_addresses() {
        for text in [
            "Mødet den 12",
            "Side 3 af 4",
            "bilag 12",
            "i alt 500 kr.",
            "Lokalplan 112",
        ] {
            assert!(addresses(text, 9).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_partys_address_has_the_same_key_as_the_text_has() {
        assert_eq!(
            address_key("Skovvej 12A, 3. tv, 2620 Albertslund").as_deref(),
            Some("skovvej 12a")
        );
        assert_eq!(
            address_key("Ørnens Kvarter 8"),
            Some("ørnens kvarter 8".to_owned())
        );
    }

    #[test]
    fn bfe_numbers_need_their_name() {
        assert_eq!(
            bfe_numbers("BFE-nr.: 100123456, bfe 42"),
            ["100123456", "42"]
        );
        assert!(bfe_numbers("100123456").is_empty());
    }

    proptest! {
        #[test]
        fn nothing_makes_it_fail(text in "\\PC{0,60}") {
            let _ = (addresses(&text, 5), address_key(&text), bfe_numbers(&text));
        }
    }
}
