//! Laws cited in a text: `byggelovens § 16`, `§ 52, stk. 3 i lov om social service`.
//!
//! A law is known by a short name (`byggelov`) or by the words after "om"; where KL's guidance gives both, `LBK om
//! folkeskolen (Folkeskoleloven)`, they are one. What is found becomes terms of ever smaller parts: the law, the
//! section, the subsection.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::super::words::Stems;
use super::terms;

/// Sections that a range may stand for: `§ 7-12`.
const MAX_RANGE: u32 = 30;
const MAX_CITATIONS: usize = 40;
const MAX_NAME_WORDS: usize = 12;
/// Bytes around a law's name in which its section stands.
const NEAR: usize = 60;

/// A law that is cited, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Citation {
    pub name: Name,
    /// What people call it.
    pub written: String,
    pub sections: Vec<Section>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Name {
    /// `byggelov`, without its ending.
    Short(String),
    /// The stems after "om".
    Long(Vec<String>),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Section {
    /// `§16`, `§16a`, `kap3`
    pub number: String,
    pub subsection: Option<u32>,
}

/// The names that laws of the plan have.
#[derive(Debug, Default)]
pub(super) struct Laws {
    /// Long name → short name.
    short: HashMap<Vec<String>, String>,
    /// First stem of a long name → all long names that begin so, the longest first.
    long: HashMap<String, Vec<Vec<String>>>,
}

static CITED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:lov|lbk|bek|vej|cir|lovbekendtgørelse|bekendtgørelse|cirkulære)(?:en)?\s+(?:af\s+lov\s+)?om\s+(?P<long>[^,.;:()§\n]{3,160})|\b(?P<short>\p{L}{3,40}?(?:lov|bekendtgørelse))(?:ens|en|s)?\b",
    )
    .ok()
});
static SECTION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:(?P<sign>§§?)|kap(?:\.|itel)?)\s*(?P<number>\d{1,3})(?:\s?(?P<letter>[a-hj-z])\b)?(?:\s*[-–]\s*(?P<last>\d{1,3}))?(?:,?\s*stk\.?\s*(?P<sub>\d{1,2})(?:\s*[-–]\s*\d{1,2})?)?",
    )
    .ok()
});
/// `(Folkeskoleloven)` behind a long name.
static SHORT_BEHIND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\bom\s+(?P<long>[^()§\n]{3,200})\((?P<short>\p{L}{3,40}?(?:lov|bekendtgørelse))(?:en)?\)",
    )
    .ok()
});

impl Laws {
    /// Learns from guidance that a law has two names.
    pub fn learn_names(&mut self, guidance: &str, stems: &Stems) {
        let Some(pattern) = SHORT_BEHIND.as_ref() else {
            return;
        };
        for line in guidance.lines() {
            if let Some(found) = pattern.captures(line) {
                let long = long_name(&found["long"], stems);
                if !long.is_empty() {
                    self.learn(long.clone());
                    self.short.insert(long, found["short"].to_lowercase());
                }
            }
        }
    }

    /// The name of a law of the plan, by its title there: `Serviceloven`, `LBK om aktiv socialpolitik`.
    pub fn of_title(&mut self, title: &str, stems: &Stems) -> Name {
        let name = match CITED.as_ref().and_then(|pattern| pattern.captures(title)) {
            Some(found) => match found.name("short") {
                Some(short) => Name::Short(short.as_str().to_lowercase()),
                None => Name::Long(long_name(&found["long"], stems)),
            },
            None => Name::Long(long_name(title, stems)),
        };
        if let Name::Long(long) = &name {
            self.learn(long.clone());
        }
        self.canonical(name)
    }

    fn learn(&mut self, long: Vec<String>) {
        let Some(first) = long.first() else { return };
        let known = self.long.entry(first.clone()).or_default();
        if !known.contains(&long) {
            known.push(long);
            known.sort_by(|a, b| (b.len(), a).cmp(&(a.len(), b)));
        }
    }

    /// The short name where there is one.
    fn canonical(&self, name: Name) -> Name {
        match &name {
            Name::Long(long) => self
                .short
                .get(long)
                .map_or(name, |short| Name::Short(short.clone())),
            Name::Short(_) => name,
        }
    }

    /// The name in this plan of a law that a text cites: of a long name as much as some law of the plan has.
    pub fn known(&self, name: &Name) -> Option<Name> {
        match name {
            Name::Short(_) => Some(name.clone()),
            Name::Long(said) => {
                let long = self.long.get(said.first()?)?;
                let found = long.iter().find(|long| said.starts_with(long))?;
                Some(self.canonical(Name::Long(found.clone())))
            }
        }
    }
}

impl Name {
    /// The term that stands for the law.
    pub fn term(&self) -> String {
        match self {
            Self::Short(name) => format!("lov:{name}"),
            Self::Long(stems) => format!("lov:om {}", stems.join(" ")),
        }
    }

    /// The terms for a place in the law, the larger first.
    pub fn terms_of(&self, section: &Section) -> Vec<String> {
        let whole = format!("{}{}", self.term(), section.number);
        let part = section
            .subsection
            .map(|subsection| format!("{whole},{subsection}"));
        [Some(whole), part].into_iter().flatten().collect()
    }
}

/// The laws that a text cites, each once, in order.
pub(super) fn cited(text: &str, stems: &Stems) -> Vec<Citation> {
    let Some(pattern) = CITED.as_ref() else {
        return Vec::new();
    };
    let mut citations: Vec<Citation> = Vec::new();
    for found in pattern.captures_iter(text).take(MAX_CITATIONS) {
        let (Some(whole), Some(name)) = (found.get(0), name_of(&found, stems)) else {
            continue;
        };
        let sections = sections_around(text, whole.start(), whole.end());
        let written = match found.name("short") {
            // As it is called, not as the sentence bends it: `byggelovens` is `byggeloven`.
            Some(short) => format!("{}en", short.as_str().to_lowercase()),
            None => first_words(whole.as_str()),
        };
        match citations.iter_mut().find(|known| known.name == name) {
            Some(known) => known.sections.extend(sections),
            None => citations.push(Citation {
                name,
                written,
                sections,
            }),
        }
    }
    for citation in &mut citations {
        citation.sections = BTreeSet::from_iter(std::mem::take(&mut citation.sections))
            .into_iter()
            .collect();
    }
    citations
}

/// All sections of a text, ranges written out.
pub(super) fn sections(text: &str) -> Vec<Section> {
    let Some(pattern) = SECTION.as_ref() else {
        return Vec::new();
    };
    pattern
        .captures_iter(text)
        .flat_map(|found| sections_of(&found))
        .collect()
}

fn name_of(found: &Captures<'_>, stems: &Stems) -> Option<Name> {
    if let Some(short) = found.name("short") {
        let short = short.as_str().to_lowercase();
        return (short != "lovbekendtgørelse").then_some(Name::Short(short));
    }
    let long = long_name(found.name("long")?.as_str(), stems);
    (!long.is_empty()).then_some(Name::Long(long))
}

fn first_words(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().take(MAX_NAME_WORDS).collect();
    words.join(" ")
}

fn long_name(words: &str, stems: &Stems) -> Vec<String> {
    let words = terms::of(words, stems).into_iter().map(|word| word.stem);
    words.take(MAX_NAME_WORDS).collect()
}

/// Sections right behind the name, one after the other; else the one before it: `§ 16 i byggeloven`.
fn sections_around(text: &str, start: usize, end: usize) -> Vec<Section> {
    let Some(pattern) = SECTION.as_ref() else {
        return Vec::new();
    };
    let mut sections = Vec::new();
    let mut rest = near_after(text, end);
    while let Some(found) = pattern.captures(rest) {
        let Some(whole) = found.get(0) else { break };
        let between = &rest[..whole.start()];
        let joined = between
            .split(|c: char| !c.is_alphanumeric())
            .all(|word| matches!(word, "" | "og" | "eller" | "samt" | "jf"));
        if !joined || sections.len() > MAX_CITATIONS {
            break;
        }
        sections.extend(sections_of(&found));
        rest = &rest[whole.end()..];
    }
    if sections.is_empty() {
        let before = near_before(text, start);
        if let Some(found) = pattern.captures_iter(before).last()
            && let Some(whole) = found.get(0)
            && matches!(before[whole.end()..].trim(), "i" | "af" | "efter" | "")
        {
            sections.extend(sections_of(&found));
        }
    }
    sections
}

fn sections_of(found: &Captures<'_>) -> Vec<Section> {
    let number = |name| found.name(name)?.as_str().parse::<u32>().ok();
    let Some(first) = number("number") else {
        return Vec::new();
    };
    let sign = if found.name("sign").is_some() {
        "§"
    } else {
        "kap"
    };
    let letter = found
        .name("letter")
        .map_or(String::new(), |letter| letter.as_str().to_lowercase());
    let last = number("last").filter(|last| *last > first && last - first <= MAX_RANGE);
    (first..=last.unwrap_or(first))
        .map(|at| Section {
            number: format!("{sign}{at}{letter}"),
            subsection: number("sub"),
        })
        .collect()
}

fn near_after(text: &str, from: usize) -> &str {
    let mut end = (from + NEAR).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[from..end]
}

fn near_before(text: &str, to: usize) -> &str {
    let mut start = to.saturating_sub(NEAR);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..to]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> Vec<String> {
        let mut laws = Laws::default();
        let stems = Stems::new();
        laws.learn_names("LBK om social service (Serviceloven)", &stems);
        laws.of_title("LBK om aktiv socialpolitik", &stems);
        cited(text, &stems)
            .iter()
            .filter_map(|citation| Some((laws.known(&citation.name)?, &citation.sections)))
            .map(|(name, sections)| {
                let places: Vec<String> = sections
                    .iter()
                    .map(|s| {
                        format!(
                            "{}{}",
                            s.number,
                            s.subsection.map_or(String::new(), |s| format!(",{s}"))
                        )
                    })
                    .collect();
                format!("{} {}", name.term(), places.join(" "))
                    .trim()
                    .to_owned()
            })
            .collect()
    }

    #[test]
    fn a_law_is_found_with_its_sections_behind_and_before() {
        assert_eq!(
            shown("efter byggelovens § 16, stk. 2"),
            ["lov:byggelov §16,2"]
        );
        assert_eq!(shown("§ 16 i byggeloven"), ["lov:byggelov §16"]);
        assert_eq!(
            shown("jf. folkeskolelovens § 13, stk. 1-4, § 13 a og § 13 b"),
            ["lov:folkeskolelov §13,1 §13a §13b"]
        );
        assert_eq!(shown("planlovens §§ 7-9"), ["lov:planlov §7 §8 §9"]);
        assert_eq!(shown("planloven kap. 3"), ["lov:planlov kap3"]);
        assert_eq!(
            shown("planloven blev vedtaget, og vi bor i § 3"),
            ["lov:planlov"]
        );
    }

    #[test]
    fn a_long_name_is_the_law_of_the_plan_that_begins_so() {
        assert_eq!(
            shown("ansøgt efter lov om aktiv socialpolitik § 81"),
            ["lov:om aktiv socialpolitik §81"]
        );
        assert_eq!(
            shown("efter lov om social service § 52, stk. 3"),
            ["lov:servicelov §52,3"],
            "the short name that guidance gives"
        );
        assert_eq!(shown("lov om noget helt andet § 2"), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn any_text_can_be_searched(text in "[§ 0-9a-zæøåA-ZÆØÅ.,()\\-–]{0,120}") {
            let _ = cited(&text, &Stems::new());
            let _ = sections(&text);
        }
    }
}
