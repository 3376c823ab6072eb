//! Danish civil registration numbers (CPR): reading, finding and hiding them.
//!
//! A CPR number must never reach a log, URL, metric, file name or suggested title, so the type has no
//! `Display` and its `Debug` is masked. Only `digits` gives the number away, and it is named for that.

use chrono::NaiveDate;
use std::ops::Range;

/// Ten digits that may be somebody's number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cpr([u8; 10]);

/// How far a find can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// A real date, but no check digit, or a replacement number (60 added to the day).
    Unsure,
    /// A real date, and the check digit holds or the birthday is 1 January, where numbers without
    /// a check digit have been given out since 2007.
    Sure,
}

/// A CPR number within a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub cpr: Cpr,
    pub certainty: Certainty,
    /// Bytes of the text it stands on.
    pub range: Range<usize>,
}

impl Cpr {
    /// Reads `DDMMYYNNNN`, with a hyphen or a space before the last four if any.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (cpr, length, _) = read(text)?;
        (length == text.len() && cpr.certainty().is_some()).then_some(cpr)
    }

    /// `DDMMYY-xxxx`: what people are shown.
    pub fn masked(&self) -> String {
        let birthday: String = self.0[..6].iter().map(|d| char::from(b'0' + d)).collect();
        format!("{birthday}-xxxx")
    }

    /// The number itself, to store or compare. Never to log or show.
    pub fn digits(&self) -> String {
        self.0.iter().map(|d| char::from(b'0' + d)).collect()
    }

    /// None for a replacement number.
    pub fn birth_date(&self) -> Option<NaiveDate> {
        self.date_with_day(self.pair(0))
    }

    /// None when no such number can exist.
    pub fn certainty(&self) -> Option<Certainty> {
        if self.birth_date().is_some() {
            let new_year = self.pair(0) == 1 && self.pair(2) == 1;
            let sure = new_year || self.has_check_digit();
            return Some(if sure {
                Certainty::Sure
            } else {
                Certainty::Unsure
            });
        }
        let day = self.pair(0).checked_sub(60)?;
        self.date_with_day(day).map(|_| Certainty::Unsure)
    }

    fn has_check_digit(&self) -> bool {
        const WEIGHTS: [u32; 10] = [4, 3, 2, 7, 6, 5, 4, 3, 2, 1];
        let sum: u32 = self
            .0
            .iter()
            .zip(WEIGHTS)
            .map(|(d, w)| u32::from(*d) * w)
            .sum();
        sum.is_multiple_of(11)
    }

    fn date_with_day(&self, day: u32) -> Option<NaiveDate> {
        let year = self.pair(4);
        let century = match (self.0[6], year) {
            (4 | 9, 0..=36) | (5..=8, 0..=57) => 2000,
            (5..=8, _) => 1800,
            _ => 1900,
        };
        NaiveDate::from_ymd_opt(century + year as i32, self.pair(2), day)
    }

    fn pair(&self, at: usize) -> u32 {
        u32::from(self.0[at]) * 10 + u32::from(self.0[at + 1])
    }
}

impl std::fmt::Debug for Cpr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Cpr({})", self.masked())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Separator {
    None,
    Space,
    Hyphen,
}

/// All CPR numbers of a text, in order.
///
/// An unsure one counts only when it has its hyphen or the word CPR stands close by.
pub fn find(text: &str) -> Vec<Found> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let digits = bytes[at..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        if (digits == 6 || digits == 10)
            && let Some((cpr, length, separator)) = read(&text[at..])
            && let Some(certainty) = cpr.certainty()
        {
            let range = at..at + length;
            let spoken_of = || word_cpr_near(text, range.start);
            let counts = match (certainty, separator) {
                (_, Separator::Hyphen) => true,
                (Certainty::Sure, _) => stands_alone(text, &range) || spoken_of(),
                (Certainty::Unsure, _) => spoken_of(),
            };
            if counts {
                at = range.end;
                found.push(Found {
                    cpr,
                    certainty,
                    range,
                });
                continue;
            }
        }
        at += digits;
    }
    found
}

/// The text with every CPR number in its masked form.
pub fn mask(text: &str) -> String {
    replace(text, Cpr::masked)
}

/// The text with every CPR number replaced by what `by` makes of it.
pub fn replace(text: &str, by: impl Fn(&Cpr) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for found in find(text) {
        out.push_str(&text[from..found.range.start]);
        out.push_str(&by(&found.cpr));
        from = found.range.end;
    }
    out.push_str(&text[from..]);
    out
}

/// Six digits, perhaps a separator, four digits, and no digit after.
fn read(text: &str) -> Option<(Cpr, usize, Separator)> {
    let mut digits = [0; 10];
    let mut count = 0;
    let mut separator = Separator::None;
    for (at, c) in text.char_indices() {
        match c {
            '0'..='9' if count < 10 => {
                digits[count] = c as u8 - b'0';
                count += 1;
            }
            '0'..='9' => return None,
            ' ' | '\u{a0}' if count == 6 && separator == Separator::None => {
                separator = Separator::Space;
            }
            '-' | '\u{2010}'..='\u{2013}' | '\u{2212}'
                if count == 6 && separator != Separator::Hyphen =>
            {
                separator = Separator::Hyphen;
            }
            ' ' if count == 6 && separator == Separator::Hyphen => {}
            _ if count == 10 => return Some((Cpr(digits), at, separator)),
            _ => return None,
        }
    }
    (count == 10).then_some((Cpr(digits), text.len(), separator))
}

/// Not the inside of a longer word or number: no letter or digit touches it.
fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let before = text[..range.start].chars().next_back();
    let after = text[range.end..].chars().next();
    !before.is_some_and(|c| c.is_alphanumeric() || c == '+')
        && !after.is_some_and(char::is_alphanumeric)
}

/// "CPR", "cpr-nr." or "personnummer" within the 40 characters before.
fn word_cpr_near(text: &str, at: usize) -> bool {
    let near: String = text[..at].chars().rev().take(40).collect();
    let near: String = near.chars().rev().flat_map(char::to_lowercase).collect();
    near.contains("cpr") || near.contains("personnummer") || near.contains("personnr")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // Numbers of the CPR office's published test persons; the first has its check digit.
    const TEST_PERSON: &str = "070761-4285";
    const WITHOUT_CHECK_DIGIT: &str = "251248-9996";

    fn one(text: &str) -> Option<(String, Certainty)> {
        let found = find(text);
        assert!(found.len() < 2);
        found
            .first()
            .map(|f| (text[f.range.clone()].to_owned(), f.certainty))
    }

    #[test]
    fn a_number_with_its_check_digit_is_found_in_every_spelling() {
        for spelling in [
            TEST_PERSON,
            "0707614285",
            "070761 4285",
            "070761–4285",
            "070761 - 4285",
        ] {
            let text = format!("Borger {spelling}, se bilag.");
            assert_eq!(one(&text), Some((spelling.to_owned(), Certainty::Sure)));
        }
    }

    #[test]
    fn a_number_without_check_digit_needs_a_hyphen_or_the_word_cpr() {
        assert_eq!(
            one(&format!("se {WITHOUT_CHECK_DIGIT}")),
            Some((WITHOUT_CHECK_DIGIT.to_owned(), Certainty::Unsure))
        );
        assert_eq!(one("faktura 2512489996"), None);
        assert!(one("CPR-nr.: 2512489996").is_some());
        assert!(one("Personnummer 251248 9996").is_some());
    }

    #[test]
    fn born_on_new_years_day_needs_no_check_digit() {
        let number = format!("0101{}", "901234");
        assert_eq!(
            Cpr::parse(&number).and_then(|c| c.certainty()),
            Some(Certainty::Sure)
        );
    }

    #[test]
    fn an_impossible_date_is_no_number() {
        for text in [
            "cpr 310299-1234",
            "300299-1234",
            "001299-1234",
            "991399-1234",
            "290201-1234",
        ] {
            assert_eq!(one(text), None, "{text}");
        }
    }

    #[test]
    fn a_replacement_number_is_unsure() {
        assert_eq!(one("610199-1234").map(|f| f.1), Some(Certainty::Unsure));
        assert_eq!(Cpr::parse("610199-1234").and_then(|c| c.birth_date()), None);
    }

    #[test]
    fn the_century_follows_the_seventh_digit() {
        for (number, year) in [
            ("150550-0000", 1950),
            ("150536-4000", 2036),
            ("150537-4000", 1937),
            ("150557-5000", 2057),
            ("150558-5000", 1858),
            ("150536-9000", 2036),
            ("150537-9000", 1937),
            ("150500-3000", 1900),
        ] {
            let born = Cpr::parse(number).and_then(|c| c.birth_date());
            assert_eq!(born, NaiveDate::from_ymd_opt(year, 5, 15), "{number}");
        }
    }

    #[test]
    fn the_inside_of_a_longer_number_is_no_find() {
        for text in [
            "DK500707614285",
            "07076142851",
            "+450707614285",
            "x0707614285x",
        ] {
            assert_eq!(one(text), None, "{text}");
        }
    }

    #[test]
    fn showing_and_masking_never_give_the_number_away() {
        let cpr = Cpr::parse(TEST_PERSON).expect("a number");
        assert_eq!(
            format!("{cpr:?} {}", cpr.masked()),
            "Cpr(070761-xxxx) 070761-xxxx"
        );
        assert_eq!(
            mask("Ansøger 0707614285 søger"),
            "Ansøger 070761-xxxx søger"
        );
    }

    proptest! {
        #[test]
        fn finding_never_fails_and_masking_leaves_no_sure_number(text in "[ a-zæ0-9cpr/:.-]{0,60}") {
            let masked = mask(&text);
            prop_assert!(find(&masked).is_empty());
        }

        #[test]
        fn ranges_lie_within_any_text(text in "\\PC{0,40}") {
            for found in find(&text) {
                prop_assert!(text.get(found.range).is_some());
            }
        }

        #[test]
        fn every_number_with_a_check_digit_is_sure(day in 1u32..29, month in 1u32..13, year in 0u32..100, serial in 0u32..1000) {
            let front = format!("{day:02}{month:02}{year:02}{serial:03}");
            let whole = (0..10).map(|last| format!("{front}{last}"))
                .filter_map(|number| Cpr::parse(&number))
                .find(Cpr::has_check_digit);
            if let Some(cpr) = whole {
                prop_assert_eq!(cpr.certainty(), Some(Certainty::Sure));
                prop_assert_eq!(find(&cpr.digits()).len(), 1);
            }
        }
    }
}
