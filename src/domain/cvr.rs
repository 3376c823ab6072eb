//! Danish company numbers (CVR): eight digits with a check.
//!
//! A CVR number is public. One in eleven phone numbers passes the check, so a bare find says little
//! until a case is known to have a party with that number.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cvr(u32);

impl Cvr {
    /// Eight digits, spaces between them allowed, `DK` before them allowed.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = match text.get(..2) {
            Some(country) if country.eq_ignore_ascii_case("dk") => text.get(2..)?,
            _ => text,
        };
        let mut number = 0u32;
        let mut count = 0;
        for c in text.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '-')) {
            count += 1;
            number = number.checked_mul(10)?.checked_add(c.to_digit(10)?)?;
        }
        (count == 8).then_some(())?;
        Self::from_number(number)
    }

    fn from_number(number: u32) -> Option<Self> {
        const WEIGHTS: [u32; 8] = [1, 2, 3, 4, 5, 6, 7, 2];
        if !(10_000_000..100_000_000).contains(&number) {
            return None;
        }
        let mut rest = number;
        let mut sum = 0;
        for weight in WEIGHTS {
            sum += rest % 10 * weight;
            rest /= 10;
        }
        sum.is_multiple_of(11).then_some(Self(number))
    }
}

impl fmt::Display for Cvr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08}", self.0)
    }
}

/// The valid CVR numbers that stand alone in a text, in order, each once.
pub fn find(text: &str) -> Vec<Cvr> {
    let mut found: Vec<Cvr> = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes[at..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        if digits == 8
            && stands_alone(text, at, at + digits)
            && let Some(cvr) = Cvr::parse(&text[at..at + digits])
            && !found.contains(&cvr)
        {
            found.push(cvr);
        }
        at += digits.max(1);
    }
    // Printed in pairs or fours: "CVR 10 15 08 17".
    for (at, _) in text.match_indices("CVR").chain(text.match_indices("cvr")) {
        let digits: String = text[at..]
            .chars()
            .take(30)
            .skip_while(|c| !c.is_ascii_digit())
            .take_while(|c| c.is_ascii_digit() || *c == ' ' || *c == '\u{a0}')
            .filter(char::is_ascii_digit)
            .take(8)
            .collect();
        if let Some(cvr) = Cvr::parse(&digits)
            && !found.contains(&cvr)
        {
            found.push(cvr);
        }
    }
    found
}

/// No letter or digit touches it, but for the country before.
fn stands_alone(text: &str, from: usize, to: usize) -> bool {
    let before = &text[..from];
    let country = before.len().checked_sub(2).and_then(|at| before.get(at..));
    let before = match country {
        Some(dk) if dk.eq_ignore_ascii_case("dk") => &before[..before.len() - 2],
        _ => before,
    };
    !before.ends_with(char::is_alphanumeric) && !text[to..].starts_with(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_with_its_check_is_read_in_every_spelling() {
        // Companies that everybody knows; CVR numbers are public.
        for text in [
            "10150817",
            "DK10150817",
            "dk 10 15 08 17",
            " 24256790 ",
            "22756214",
        ] {
            assert!(Cvr::parse(text).is_some(), "{text}");
        }
    }

    #[test]
    fn a_wrong_check_or_length_is_refused() {
        for text in [
            "10150818",
            "1015081",
            "101508170",
            "00000000",
            "DK",
            "",
            "1015081a",
            "٣٤٥٦٧٨٩٠",
        ] {
            assert_eq!(Cvr::parse(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_found_alone_and_in_pairs_but_not_within_others() {
        let shown = |text: &str| {
            find(text)
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(shown("Firma A/S, CVR-nr. 10150817."), ["10150817"]);
        assert_eq!(shown("CVR: 10 15 08 17 · tlf. 43 68 68 68"), ["10150817"]);
        assert!(shown("konto 1234510150817, x10150817, 10150817a").is_empty());
        assert_eq!(shown("æDK10150817 (DK10150817)"), ["10150817"]);
    }

    proptest! {
        #[test]
        fn nothing_makes_it_fail(text in "\\PC{0,40}") {
            let _ = find(&text);
            let _ = Cvr::parse(&text);
        }
    }
}
