//! KLE numbers (KL's Emnesystematik): what a case is about, and the action facet.
//!
//! Only their form is known here; which numbers exist is the imported plan's business.

use std::fmt;

/// `HH`, `HH.GG` or `HH.GG.EE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KleNumber {
    main_group: u8,
    group: Option<u8>,
    subject: Option<u8>,
}

/// A letter and two digits: `A00`, `G01`, `Ø39`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Facet {
    letter: char,
    number: u8,
}

impl KleNumber {
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('.');
        let main_group = two_digits(parts.next()?)?;
        let group = parts.next().map(two_digits);
        let subject = parts.next().map(two_digits);
        if parts.next().is_some() || group == Some(None) || subject == Some(None) {
            return None;
        }
        Some(Self {
            main_group,
            group: group.flatten(),
            subject: subject.flatten(),
        })
    }

    /// Whether it names a subject, which a case needs, and not only a group.
    pub fn is_subject(&self) -> bool {
        self.subject.is_some()
    }

    /// The main group's number, the same or above.
    pub fn contains(&self, other: &Self) -> bool {
        self.main_group == other.main_group
            && (self.group.is_none() || self.group == other.group)
            && (self.subject.is_none() || self.subject == other.subject)
    }
}

impl Facet {
    pub fn parse(text: &str) -> Option<Self> {
        let mut chars = text.trim().chars();
        let mut letters = chars.next()?.to_uppercase();
        let letter = letters.next()?;
        if letters.next().is_some() {
            return None;
        }
        let number = two_digits(chars.as_str())?;
        (letter.is_ascii_uppercase() || matches!(letter, 'Æ' | 'Ø' | 'Å'))
            .then_some(Self { letter, number })
    }
}

/// Reads `01.02.05`, `01.02.05-P16` and `01.02.05 P16`.
pub fn parse_with_facet(text: &str) -> Option<(KleNumber, Option<Facet>)> {
    let text = text.trim();
    match text.split_once(['-', ' ']) {
        None => Some((KleNumber::parse(text)?, None)),
        Some((number, facet)) => {
            let facet = facet.trim_start_matches(['-', ' ']);
            Some((KleNumber::parse(number)?, Some(Facet::parse(facet)?)))
        }
    }
}

fn two_digits(text: &str) -> Option<u8> {
    (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

impl fmt::Display for KleNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.main_group)?;
        for part in [self.group, self.subject].into_iter().flatten() {
            write!(f, ".{part:02}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Facet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:02}", self.letter, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_of_each_level_read_and_show_the_same() {
        for text in ["01", "01.02", "01.02.05", "88.00.10"] {
            assert_eq!(
                KleNumber::parse(text).map(|n| n.to_string()).as_deref(),
                Some(text)
            );
        }
        assert_eq!(
            KleNumber::parse("01.02.05").map(|n| n.is_subject()),
            Some(true)
        );
        assert_eq!(
            KleNumber::parse("01.02").map(|n| n.is_subject()),
            Some(false)
        );
    }

    #[test]
    fn other_things_are_no_kle_numbers() {
        for text in [
            "",
            "1.2.3",
            "01.02.05.06",
            "01..05",
            "01.02.",
            "001.02.05",
            "01.02.x5",
            "٠١.٠٢.٠٥",
        ] {
            assert_eq!(KleNumber::parse(text), None, "{text}");
        }
    }

    #[test]
    fn facets_may_have_danish_letters() {
        for (text, shown) in [("P16", "P16"), ("ø39", "Ø39"), ("g01", "G01")] {
            assert_eq!(
                Facet::parse(text).map(|n| n.to_string()).as_deref(),
                Some(shown)
            );
        }
        for text in ["", "P1", "P166", "116", "ß12", "€12"] {
            assert_eq!(Facet::parse(text), None, "{text}");
        }
    }

    #[test]
    fn number_and_facet_are_read_together() {
        let read =
            |text| parse_with_facet(text).map(|(n, f)| (n.to_string(), f.map(|f| f.to_string())));
        assert_eq!(
            read("01.02.05-P16"),
            Some(("01.02.05".into(), Some("P16".into())))
        );
        assert_eq!(
            read("01.02.05 P16"),
            Some(("01.02.05".into(), Some("P16".into())))
        );
        assert_eq!(read("01.02.05"), Some(("01.02.05".into(), None)));
        assert_eq!(read("01.02.05-"), None);
    }

    #[test]
    fn a_group_contains_its_subjects() {
        let number = |text| KleNumber::parse(text).expect("a number");
        assert!(number("01.02").contains(&number("01.02.05")));
        assert!(!number("01.03").contains(&number("01.02.05")));
        assert!(!number("01.02.05").contains(&number("01.02")));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_fail(text in "\\PC{0,14}") {
            let _ = parse_with_facet(&text);
        }
    }
}
