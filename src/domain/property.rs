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

static NUMBERED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        ((?:\b[\p{L}][\p{L}.'’-]*\ ){1,4}?)      # the street's words
        ([0-9]{1,3})\ ?([A-Za-z])?\b              # house number and letter
        (?:,?\ (?:st|kl|[0-9]{1,2})\b\.?(?:,?\ ?(?:tv|th|mf|[0-9]{1,4})\b\.?)?)?  # floor and door
        (?:,?\s+([0-9]{4})\b)?                    # postcode
        ",
    )
    .expect("a constant pattern")
});

static BFE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\bbfe[-\s]?(?:nr|nummer)?\.?:?\s*([0-9]{1,10})\b").expect("a constant pattern")
});

/// Keys of at most `limit` addresses in a text.
pub fn addresses(text: &str, limit: usize) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for hit in NUMBERED.captures_iter(text) {
        let street = street_name(hit.get(1).map_or("", |m| m.as_str()), hit.get(4).is_some());
        let (Some(street), Some(number)) = (street, hit.get(2)) else {
            continue;
        };
        let letter = hit
            .get(3)
            .map_or(String::new(), |m| m.as_str().to_lowercase());
        let key = format!(
            "{street} {}{letter}",
            number.as_str().trim_start_matches('0')
        );
        if !found.contains(&key) {
            found.push(key);
        }
        if found.len() == limit {
            break;
        }
    }
    found
}

/// The key of a party's address, which needs no ending or postcode to be believed.
pub fn address_key(address: &str) -> Option<String> {
    let hit = NUMBERED.captures(address)?;
    let street = hit.get(1)?.as_str().trim().to_lowercase();
    let letter = hit
        .get(3)
        .map_or(String::new(), |m| m.as_str().to_lowercase());
    Some(format!(
        "{street} {}{letter}",
        hit.get(2)?.as_str().trim_start_matches('0')
    ))
}

/// BFE numbers named as such, digits only.
pub fn bfe_numbers(text: &str) -> Vec<String> {
    BFE.captures_iter(text)
        .take(20)
        .filter_map(|hit| hit.get(1).map(|m| m.as_str().to_owned()))
        .collect()
}

/// The words that make the street's name: from the last capital that starts it to its end.
fn street_name(words: &str, has_postcode: bool) -> Option<String> {
    let words: Vec<&str> = words.split_whitespace().collect();
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
