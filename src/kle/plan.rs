//! The plan as plain values, and how the parts that KL publishes fit into one.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::check::Remark;
use crate::domain::kle::{Facet, KleNumber};

/// All that is known: main groups, groups, subjects, and facets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The day KL published the subjects, the keywords when they came in a file of their own, and the facets.
    pub published: Option<NaiveDate>,
    pub keywords_published: Option<NaiveDate>,
    pub facets_published: Option<NaiveDate>,
    pub entries: BTreeMap<KleNumber, Entry>,
    pub facets: BTreeMap<Facet, FacetEntry>,
}

/// A main group, a group or a subject; which of them, its number tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    pub title: String,
    /// A line for each paragraph and each item of a list.
    pub guidance: String,
    pub keywords: Vec<Keyword>,
    pub laws: Vec<Law>,
    pub preservation: Option<Preservation>,
    /// Days from the closing of a case until its personal data go.
    pub deletion_days: Option<u32>,
    pub retired: Option<Retirement>,
    pub uuid: Option<Uuid>,
}

/// What is done with a matter: the second half of a case's number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FacetEntry {
    pub title: String,
    pub guidance: String,
    pub keywords: Vec<String>,
    pub preservation: Option<Preservation>,
    pub retired: Option<Retirement>,
    pub uuid: Option<Uuid>,
}

/// A word or phrase that leads to a subject (stikord), some also to a facet of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Keyword {
    pub text: String,
    pub facet: Option<Facet>,
}

/// A law that a subject rests on (retskilde).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Law {
    pub title: String,
    /// As KL writes it: `§ 52, Stk.3`, `Kap.3`.
    pub section: Option<String>,
}

/// What archives law says of the documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preservation {
    /// Kept for all time.
    Keep,
    /// May go, after so many years.
    Discard { after_years: u8 },
}

/// An entry that new cases no longer get.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retirement {
    /// Not told of those whose title alone says so.
    pub on: Option<NaiveDate>,
    pub replaced_by: Vec<Successor>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Successor {
    Number(KleNumber),
    Facet(Facet),
}

/// One file of KL's: what it holds takes the place of the same part of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Subjects {
        published: Option<NaiveDate>,
        entries: BTreeMap<KleNumber, Entry>,
    },
    /// The older generation has its keywords in a file of their own.
    Keywords {
        published: Option<NaiveDate>,
        subjects: BTreeMap<KleNumber, Vec<Keyword>>,
        facets: BTreeMap<Facet, Vec<String>>,
    },
    Facets {
        published: Option<NaiveDate>,
        facets: BTreeMap<Facet, FacetEntry>,
    },
}

impl Plan {
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.facets.is_empty()
    }

    /// Subjects that a new case may get, by number.
    pub fn active_subjects(&self) -> impl Iterator<Item = (KleNumber, &Entry)> {
        self.entries
            .iter()
            .filter(|(number, entry)| number.is_subject() && entry.is_active())
            .map(|(number, entry)| (*number, entry))
    }

    /// The title of an entry, empty when there is none.
    pub fn title(&self, number: KleNumber) -> &str {
        self.entries
            .get(&number)
            .map_or("", |entry| entry.title.as_str())
    }

    /// Puts a part in the place of what was there. Subjects and facets that come without any keyword keep those that a
    /// file of its own has brought. Returns what the plan has no place for.
    pub fn take(&mut self, part: Part) -> Vec<Remark> {
        match part {
            Part::Subjects {
                published,
                mut entries,
            } => {
                if entries.values().all(|entry| entry.keywords.is_empty()) {
                    for (number, entry) in &mut entries {
                        if let Some(before) = self.entries.get_mut(number) {
                            entry.keywords = std::mem::take(&mut before.keywords);
                        }
                    }
                } else {
                    self.keywords_published = None;
                }
                self.published = published;
                self.entries = entries;
            }
            Part::Keywords {
                published,
                mut subjects,
                mut facets,
            } => {
                self.keywords_published = published;
                for (number, entry) in &mut self.entries {
                    entry.keywords = subjects.remove(number).unwrap_or_default();
                }
                for (facet, entry) in &mut self.facets {
                    entry.keywords = facets.remove(facet).unwrap_or_default();
                }
                let numbers = subjects.keys().map(ToString::to_string);
                let facets = facets.keys().map(ToString::to_string);
                return numbers.chain(facets).map(Remark::keyword_lost).collect();
            }
            Part::Facets {
                published,
                mut facets,
            } => {
                for (facet, entry) in &mut facets {
                    if let Some(before) = self.facets.get_mut(facet)
                        && entry.keywords.is_empty()
                    {
                        entry.keywords = std::mem::take(&mut before.keywords);
                    }
                }
                self.facets_published = published;
                self.facets = facets;
            }
        }
        Vec::new()
    }
}

impl Entry {
    pub fn is_active(&self) -> bool {
        self.retired.is_none()
    }
}

impl FacetEntry {
    pub fn is_active(&self) -> bool {
        self.retired.is_none()
    }
}

impl Part {
    /// Subjects before what refers to them.
    pub fn order(&self) -> u8 {
        match self {
            Self::Subjects { .. } => 0,
            Self::Facets { .. } => 1,
            Self::Keywords { .. } => 2,
        }
    }
}

impl Preservation {
    /// `B`, `K`, `K5`, `K10`; `tom` and what is unknown is nothing.
    pub fn parse(code: &str) -> Option<Self> {
        let code = code.trim();
        if code == "B" {
            return Some(Self::Keep);
        }
        let years = code.strip_prefix('K')?;
        if years.is_empty() {
            return Some(Self::Discard { after_years: 0 });
        }
        let after_years = years.parse().ok()?;
        Some(Self::Discard { after_years })
    }

    pub fn code(self) -> String {
        match self {
            Self::Keep => "B".to_owned(),
            Self::Discard { after_years: 0 } => "K".to_owned(),
            Self::Discard { after_years } => format!("K{after_years}"),
        }
    }
}

impl Successor {
    /// A number of any level, or a facet.
    pub fn parse(text: &str) -> Option<Self> {
        KleNumber::parse(text)
            .map(Self::Number)
            .or_else(|| Facet::parse(text).map(Self::Facet))
    }
}

impl std::fmt::Display for Successor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Facet(facet) => facet.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> KleNumber {
        KleNumber::parse(text).expect("a number")
    }

    fn subjects(titles: &[(&str, &str)], keyword: Option<&str>) -> Part {
        let entries = titles.iter().map(|(at, title)| {
            let keywords = keyword.map(|text| Keyword {
                text: text.to_owned(),
                facet: None,
            });
            let entry = Entry {
                title: (*title).to_owned(),
                keywords: keywords.into_iter().collect(),
                ..Entry::default()
            };
            (number(at), entry)
        });
        Part::Subjects {
            published: None,
            entries: entries.collect(),
        }
    }

    fn keywords(at: &str, text: &str) -> Part {
        let keyword = Keyword {
            text: text.to_owned(),
            facet: None,
        };
        Part::Keywords {
            published: None,
            subjects: BTreeMap::from([(number(at), vec![keyword])]),
            facets: BTreeMap::new(),
        }
    }

    #[test]
    fn keywords_of_a_file_of_their_own_outlive_a_plan_that_has_none() {
        let mut plan = Plan::default();
        plan.take(subjects(&[("01.02.05", "Lokalplaner")], None));
        plan.take(keywords("01.02.05", "byggefelt"));
        plan.take(subjects(&[("01.02.05", "Lokalplan")], None));
        let entry = &plan.entries[&number("01.02.05")];
        assert_eq!(
            (entry.title.as_str(), entry.keywords.len()),
            ("Lokalplan", 1)
        );
        plan.take(subjects(&[("01.02.05", "Lokalplan")], Some("nyt")));
        assert_eq!(
            plan.entries[&number("01.02.05")].keywords[0].text,
            "nyt",
            "a plan with keywords brings all of them"
        );
    }

    #[test]
    fn preservation_codes_come_back_as_they_went() {
        for code in ["B", "K", "K5", "K10"] {
            assert_eq!(
                Preservation::parse(code).map(Preservation::code).as_deref(),
                Some(code)
            );
        }
        for code in ["", "tom", "X", "K-1", "K5000"] {
            assert_eq!(Preservation::parse(code), None, "{code}");
        }
    }
}
