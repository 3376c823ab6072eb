//! Case numbers: finding them in text and making new ones.
//!
//! Each case system writes them its own way, so every pattern is configurable. A find is always a whole
//! token of decoded text, never a piece of a longer number, and is only a candidate: it means something
//! once a case with that number exists.

use regex::Regex;
use std::ops::Range;
use thiserror::Error;

/// The case systems whose numbers are known; an organisation may give patterns of its own instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    BuiltIn,
    Acadre,
    Sbsys,
    GetOrganized,
    F2,
    WorkZone,
    Nova,
}

impl System {
    pub const ALL: [Self; 7] = [
        Self::BuiltIn,
        Self::Acadre,
        Self::Sbsys,
        Self::GetOrganized,
        Self::F2,
        Self::WorkZone,
        Self::Nova,
    ];

    /// A regular expression for one whole number.
    pub fn pattern(self) -> &'static str {
        match self {
            Self::BuiltIn => r"[0-9]{4}-[0-9]{5,7}",
            Self::Acadre => r"[0-9]{2}/[0-9]{1,6}",
            Self::Sbsys => r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[A-ZÆØÅ][0-9]{2}-[0-9]{1,6}-[0-9]{2}",
            Self::GetOrganized => r"[A-Z]{2,6}-[0-9]{4}-[0-9]{6}",
            Self::F2 => r"[0-9]{4} ?- ?[0-9]{1,6}",
            Self::WorkZone => r"[0-9]{8}-[0-9]{4}|[0-9]{4}/[0-9]{1,5}-[0-9]{1,6}",
            Self::Nova => r"S[0-9]{4}-[0-9]{1,8}",
        }
    }
}

#[derive(Debug, Error)]
pub enum PatternError {
    #[error("the case number pattern is no regular expression")]
    NoRegex(#[from] regex::Error),
    #[error("the case number pattern matches the empty text")]
    MatchesNothing,
    #[error("a template for case numbers needs {{seq}} exactly once, as in {{year}}-{{seq:5}}")]
    NeedsOneSequence,
    #[error(
        "a template for case numbers knows {{year}}, {{yy}}, {{seq}} and {{seq:N}} with N from 1 to 12; not {{{0}}}"
    )]
    UnknownField(String),
}

/// A number that may be a case's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// See [`key`].
    pub key: String,
    pub range: Range<usize>,
    /// A word like "sagsnr." stands right before it.
    pub named: bool,
}

/// What two spellings of one number have in common: no spaces, no brackets, capital letters.
pub fn key(number: &str) -> String {
    number
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '[' | ']'))
        .flat_map(char::to_uppercase)
        .collect()
}

/// Finds candidates by an organisation's patterns.
#[derive(Clone, Debug)]
pub struct Finder {
    patterns: Vec<Regex>,
    /// All of them in one: most texts hold no number and are read only once.
    any: Option<Regex>,
}

impl Finder {
    /// One regular expression for each way numbers are written, each for a whole number.
    pub fn new<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Result<Self, PatternError> {
        let patterns: Vec<&str> = patterns.into_iter().collect();
        let any = patterns
            .iter()
            .map(|p| format!("(?:{p})"))
            .collect::<Vec<_>>()
            .join("|");
        let patterns: Vec<Regex> = patterns
            .into_iter()
            .map(compiled)
            .collect::<Result<_, _>>()?;
        let any = if patterns.is_empty() {
            None
        } else {
            Some(compiled(&any)?)
        };
        Ok(Self { patterns, any })
    }

    pub fn of_systems(systems: &[System]) -> Self {
        Self::new(systems.iter().map(|s| s.pattern())).unwrap_or(Self {
            patterns: Vec::new(),
            any: None,
        })
    }

    /// At most `limit` candidates, in order of their place; a number once.
    pub fn find(&self, text: &str, limit: usize) -> Vec<Candidate> {
        let Some(first) = self.any.as_ref().and_then(|any| any.find(text)) else {
            return Vec::new();
        };
        let mut found: Vec<Candidate> = Vec::new();
        for pattern in &self.patterns {
            let mut from = first.start();
            let mut taken = 0;
            while let Some(hit) = text.get(from..).and_then(|_| pattern.find_at(text, from)) {
                if is_whole_token(text, &hit.range()) && !starts_with_keyword(hit.as_str()) {
                    found.push(Candidate {
                        key: key(hit.as_str()),
                        range: hit.range(),
                        named: is_named(text, hit.start()),
                    });
                    from = hit.end();
                    taken += 1;
                    if taken == limit {
                        break;
                    }
                } else {
                    from = after_token(text, hit.start());
                }
            }
        }
        // `2022-000114` within `GEO-2022-000114` is a piece of it.
        let ranges: Vec<Range<usize>> = found.iter().map(|c| c.range.clone()).collect();
        found.retain(|c| {
            !ranges.iter().any(|other| {
                other.len() > c.range.len()
                    && other.start <= c.range.start
                    && other.end >= c.range.end
            })
        });
        found.sort_by(|a, b| (a.range.start, &a.key).cmp(&(b.range.start, &b.key)));
        let mut seen = std::collections::HashSet::new();
        let named: std::collections::HashSet<String> = found
            .iter()
            .filter(|c| c.named)
            .map(|c| c.key.clone())
            .collect();
        found.retain(|candidate| seen.insert(candidate.key.clone()));
        for candidate in &mut found {
            candidate.named = named.contains(&candidate.key);
        }
        found.truncate(limit);
        found
    }
}

fn compiled(pattern: &str) -> Result<Regex, PatternError> {
    let regex = regex::RegexBuilder::new(pattern)
        .case_insensitive(true)
        .size_limit(1 << 20)
        .build()?;
    if regex.is_match("") {
        return Err(PatternError::MatchesNothing);
    }
    Ok(regex)
}

impl Default for Finder {
    fn default() -> Self {
        Self::of_systems(&System::ALL)
    }
}

/// No letter or digit touches it, and no `-`, `/`, `.` or `:` ties a digit to it.
fn is_whole_token(text: &str, range: &Range<usize>) -> bool {
    let mut before = text[..range.start].chars().rev();
    let mut after = text[range.end..].chars();
    !is_tied(before.next(), before.next()) && !is_tied(after.next(), after.next())
}

fn is_tied(next: Option<char>, beyond: Option<char>) -> bool {
    match next {
        Some('-' | '/' | '.' | ':' | ',' | '–' | '\\') => beyond.is_some_and(char::is_numeric),
        Some(c) => c.is_alphanumeric(),
        None => false,
    }
}

/// Where the run of digits or the single character at `at` ends: nothing within it can start a token.
fn after_token(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let first = rest.chars().next().map_or(1, char::len_utf8);
    at + digits.max(first)
}

const KEYWORDS: [&str; 10] = [
    "sag",
    "sags",
    "sagsnr",
    "sagsnummer",
    "jnr",
    "journalnr",
    "journalnummer",
    "ref",
    "esdh",
    "case",
];

/// `Sag-2024-001234` is the keyword and a number, not a number of another system.
fn starts_with_keyword(hit: &str) -> bool {
    let letters: String = hit
        .chars()
        .take_while(|c| c.is_alphabetic())
        .flat_map(char::to_lowercase)
        .collect();
    KEYWORDS.contains(&letters.as_str())
}

/// "Sag", "sagsnr.", "j.nr.", "vores ref." or "ESDH" among the last words before.
fn is_named(text: &str, at: usize) -> bool {
    let before: String = text[..at].chars().rev().take(24).collect();
    let before: String = before.chars().rev().flat_map(char::to_lowercase).collect();
    let before = before.replace("j.nr", "jnr").replace("j. nr", "jnr");
    before
        .split(|c: char| !c.is_alphanumeric())
        .rev()
        .filter(|word| !word.is_empty())
        .take(2)
        .any(|word| KEYWORDS.contains(&word))
}

/// How new numbers are written: `{year}-{seq:5}` gives `2024-00123`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Year,
    ShortYear,
    Sequence { width: usize },
}

impl Template {
    pub fn parse(template: &str) -> Result<Self, PatternError> {
        let mut parts = Vec::new();
        let mut rest = template;
        while let Some((text, after)) = rest.split_once('{') {
            if !text.is_empty() {
                parts.push(Part::Text(text.to_owned()));
            }
            let (field, after) = after
                .split_once('}')
                .ok_or_else(|| PatternError::UnknownField(after.to_owned()))?;
            parts.push(match field {
                "year" => Part::Year,
                "yy" => Part::ShortYear,
                "seq" => Part::Sequence { width: 1 },
                _ => field
                    .strip_prefix("seq:")
                    .and_then(|width| width.parse().ok())
                    .filter(|width| (1..=12).contains(width))
                    .map(|width| Part::Sequence { width })
                    .ok_or_else(|| PatternError::UnknownField(field.to_owned()))?,
            });
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        match parts
            .iter()
            .filter(|part| matches!(part, Part::Sequence { .. }))
            .count()
        {
            1 => Ok(Self { parts }),
            _ => Err(PatternError::NeedsOneSequence),
        }
    }

    pub fn number(&self, year: i32, sequence: u64) -> String {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.clone(),
                Part::Year => format!("{year:04}"),
                Part::ShortYear => format!("{:02}", year.rem_euclid(100)),
                Part::Sequence { width } => format!("{sequence:0width$}"),
            })
            .collect()
    }

    /// Whether numbers start again from 1 each year.
    pub fn restarts_each_year(&self) -> bool {
        self.parts
            .iter()
            .any(|part| matches!(part, Part::Year | Part::ShortYear))
    }

    /// A pattern for [`Finder`] that finds what this template makes.
    pub fn pattern(&self) -> String {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => regex::escape(text),
                Part::Year => "[0-9]{4}".to_owned(),
                Part::ShortYear => "[0-9]{2}".to_owned(),
                Part::Sequence { width } => format!("[0-9]{{{width},12}}"),
            })
            .collect()
    }
}

impl Default for Template {
    fn default() -> Self {
        Self {
            parts: vec![
                Part::Year,
                Part::Text("-".to_owned()),
                Part::Sequence { width: 5 },
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(text: &str) -> Vec<String> {
        Finder::default()
            .find(text, 50)
            .into_iter()
            .map(|c| c.key)
            .collect()
    }

    #[test]
    fn every_systems_own_number_is_found() {
        for (text, expected) in [
            ("14/10822", "14/10822"),
            ("27.00.00-G01-1-24", "27.00.00-G01-1-24"),
            ("GEO-2022-000114", "GEO-2022-000114"),
            ("2022 - 60", "2022-60"),
            ("[00001234-2016]", "00001234-2016"),
            ("2021/41-765", "2021/41-765"),
            ("S2019-12345", "S2019-12345"),
            ("s2019-12345", "S2019-12345"),
            ("2024-00123", "2024-00123"),
        ] {
            let text = format!("Vedr. sag ({text}), tak.");
            assert_eq!(keys(&text), [expected], "{text}");
        }
    }

    #[test]
    fn a_piece_of_a_longer_number_is_no_candidate() {
        for text in [
            "Faktura 2024/12345",
            "124/1234",
            "24/1234-56",
            "14/10-2024",
            "3.14/10822",
            "x24/1234",
            "24/1234a",
            "2024-00123-4567",
            "12024-00123",
            "1-2024-00123",
            "https://x.dk/2024/24/1234/5",
        ] {
            let wrong: Vec<_> = keys(text)
                .into_iter()
                .filter(|k| {
                    [
                        "24/1234",
                        "14/10",
                        "14/10822",
                        "24/12345",
                        "2024-00123",
                        "24/1",
                    ]
                    .contains(&k.as_str())
                })
                .collect();
            assert!(wrong.is_empty(), "{text}: {wrong:?}");
        }
        assert_eq!(keys("24/1234"), ["24/1234"]);
    }

    #[test]
    fn a_number_in_a_file_name_or_at_the_end_of_a_sentence_is_whole() {
        for text in [
            "2024-00123_afgørelse.pdf",
            "2024-00123-afgørelse.pdf",
            "Se 2024-00123.",
            "j.nr.2024-00123",
            "2024-00123/KL",
            "Sag-2024-00123",
            "(2024-00123)",
            "#2024-00123,",
        ] {
            assert_eq!(keys(text), ["2024-00123"], "{text}");
        }
    }

    #[test]
    fn a_keyword_beside_it_is_noticed() {
        for (text, named) in [
            ("Sagsnr. 24/1234", true),
            ("j.nr. 24/1234", true),
            ("J. nr.: 24/1234", true),
            ("Vores ref: 24/1234", true),
            ("sag nr. 24/1234", true),
            ("den 24/1234", false),
            ("24/1234", false),
        ] {
            assert_eq!(
                Finder::default().find(text, 5).first().map(|c| c.named),
                Some(named),
                "{text}"
            );
        }
    }

    #[test]
    fn new_numbers_follow_the_template() {
        for (template, expected) in [
            ("{year}-{seq:5}", "2024-00123"),
            ("{yy}/{seq}", "24/123"),
            ("S{year}-{seq:5}", "S2024-00123"),
            ("GEO-{year}-{seq:6}", "GEO-2024-000123"),
            ("{seq:8}-{year}", "00000123-2024"),
        ] {
            let template = Template::parse(template).expect("a template");
            assert_eq!(template.number(2024, 123), expected);
            let finder = Finder::new([template.pattern().as_str()]).expect("a pattern");
            assert_eq!(finder.find(&format!("sag {expected}."), 5).len(), 1);
        }
        assert_eq!(
            Template::parse("{year}-{seq:5}").ok(),
            Some(Template::default())
        );
    }

    #[test]
    fn a_template_that_makes_no_numbers_is_refused() {
        for template in [
            "",
            "{year}",
            "{seq}{seq}",
            "{seq:0}",
            "{seq:13}",
            "{sequence}",
            "{year}-{seq",
        ] {
            assert!(Template::parse(template).is_err(), "{template}");
        }
    }

    #[test]
    fn a_pattern_that_matches_everything_is_refused() {
        assert!(matches!(
            Finder::new(["[0-9]*"]),
            Err(PatternError::MatchesNothing)
        ));
        assert!(matches!(Finder::new(["("]), Err(PatternError::NoRegex(_))));
    }

    proptest! {
        #[test]
        fn finding_in_anything_gives_whole_tokens(text in "[0-9/. Sæ\\-]{0,40}") {
            for candidate in Finder::default().find(&text, 20) {
                prop_assert!(is_whole_token(&text, &candidate.range));
                prop_assert_eq!(key(&text[candidate.range]), candidate.key);
            }
        }

        #[test]
        fn a_made_number_is_found_again(year in 1990i32..2100, sequence in 1u64..10_000_000, lead in "[a-zæøå ]{0,10} ") {
            let number = Template::default().number(year, sequence);
            let found = keys(&format!("{lead}{number} "));
            prop_assert!(found.contains(&number));
        }
    }
}
