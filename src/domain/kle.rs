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

    /// The entry it stands under: the group of a subject, the main group of a group.
    pub fn parent(&self) -> Option<Self> {
        match (self.group, self.subject) {
            (None, _) => None,
            (Some(_), None) => Some(Self {
                group: None,
                ..*self
            }),
            (Some(_), Some(_)) => Some(Self {
                subject: None,
                ..*self
            }),
        }
    }

    /// The subject for a group "in general": `HH.GG.00`.
    pub fn general_subject(&self) -> Option<Self> {
        self.group.map(|_| Self {
            subject: Some(0),
            ..*self
        })
    }

    /// Whether it could as well be a day, `01.05.15`.
    pub fn may_be_a_date(&self) -> bool {
        (1..=31).contains(&self.main_group)
            && self.group.is_some_and(|group| (1..=12).contains(&group))
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

/// A number that stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    pub number: KleNumber,
    pub facet: Option<Facet>,
    /// Something says that it is one: a facet, a word like "KLE" before it, or that it can be no day.
    pub sure: bool,
}

/// The subject numbers (`HH.GG.EE`) of a text, with the facet behind them, up to `limit`.
pub fn find(text: &str, limit: usize) -> Vec<Found> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(dot) = text[from..].find('.') {
        let dot = from + dot;
        from = dot + 1;
        if found.len() >= limit {
            break;
        }
        let Some(start) = dot.checked_sub(2) else {
            continue;
        };
        let Some(number) = text.get(start..dot + 6).and_then(KleNumber::parse) else {
            continue;
        };
        let (before, after) = (&text[..start], &text[dot + 6..]);
        let bound = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        let runs_on =
            after.starts_with('.') && after[1..].starts_with(|c: char| c.is_ascii_digit());
        if !bound(before.chars().next_back())
            || before.ends_with(['.', '/'])
            || !bound(after.chars().next())
            || runs_on
        {
            continue;
        }
        let facet = facet_behind(after);
        found.push(Found {
            number,
            facet,
            sure: facet.is_some() || !number.may_be_a_date() || is_announced(before),
        });
        from = dot + 6;
    }
    found
}

/// `-P16`, ` P16`, and nothing that goes on: `-P16-1-24` does, as a case number.
fn facet_behind(after: &str) -> Option<Facet> {
    let rest = after.strip_prefix(['-', ' '])?;
    let end = rest.char_indices().nth(3).map_or(rest.len(), |(at, _)| at);
    let ends = rest[end..]
        .chars()
        .next()
        .is_none_or(|c| !c.is_alphanumeric());
    // Lower-case words of three letters are no facets.
    (ends && rest.starts_with(char::is_uppercase))
        .then(|| Facet::parse(&rest[..end]))
        .flatten()
}

/// Whether one of the two words before says that a number follows.
fn is_announced(before: &str) -> bool {
    const WORDS: [&str; 10] = [
        "kle",
        "emne",
        "emnet",
        "emnenr",
        "emnenummer",
        "gruppe",
        "gruppen",
        "journalnr",
        "journalnummer",
        "jnr",
    ];
    before
        .rsplit(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(2)
        .any(|word| WORDS.contains(&word.to_lowercase().as_str()))
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

    #[test]
    fn numbers_are_found_in_a_text_and_told_from_days() {
        let shown = |text: &str| {
            let found = find(text, 10);
            found
                .iter()
                .map(|f| (f.number.to_string(), f.facet.map(|f| f.to_string()), f.sure))
                .collect::<Vec<_>>()
        };
        let one = |number: &str, facet: Option<&str>, sure| {
            vec![(number.to_owned(), facet.map(str::to_owned), sure)]
        };
        assert_eq!(shown("sag 27.35.08 om"), one("27.35.08", None, true));
        assert_eq!(shown("mødt 01.05.15."), one("01.05.15", None, false));
        assert_eq!(shown("KLE-nr. 01.05.15"), one("01.05.15", None, true));
        assert_eq!(
            shown("01.05.15-P16-1-24"),
            one("01.05.15", Some("P16"), true)
        );
        assert_eq!(shown("01.05.15 P16"), one("01.05.15", Some("P16"), true));
        assert_eq!(shown("01.05.15 til"), one("01.05.15", None, false));
        for none in [
            "01.05.2011",
            "1.05.15",
            "101.05.15",
            "10.0.0.1",
            "192.168.01.05.15",
            "01.05.15.02",
            "æ.ø.å",
            "….",
        ] {
            assert_eq!(shown(none), [], "{none}");
        }
        assert_eq!(find("27.35.08 27.35.09", 1).len(), 1);
    }

    proptest! {
        #[test]
        fn searching_never_fails(text in "[0-9.Æa -]{0,40}") {
            let _ = find(&text, 5);
        }

        #[test]
        fn nothing_makes_it_fail(text in "\\PC{0,14}") {
            let _ = parse_with_facet(&text);
        }
    }
}
