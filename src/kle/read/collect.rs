//! From elements to one part of the plan: records are checked as they end, and mistakes told together.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::super::plan::{Entry, FacetEntry, Keyword, Part, Retirement, Successor};
use super::record::{self, RawKeyword, Record};
use super::xml::{Place, Visitor};
use super::{Limits, Mistake, ReadError};
use crate::domain::kle::{Facet, KleNumber};

/// Mistakes of one file that are told.
const MAX_MISTAKES: usize = 20;
const MAX_FOUND_CHARS: usize = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum File {
    Subjects,
    Keywords,
    Facets,
}

/// A mistake that is noted already.
struct Noted;

pub(super) struct Collector {
    limits: Limits,
    file: Option<File>,
    published: Option<NaiveDate>,
    /// Main group, group, subject: those that are open.
    open: Vec<Record>,
    /// Text that stands directly in the innermost element.
    leaf: String,
    entries: BTreeMap<KleNumber, Entry>,
    facets: BTreeMap<Facet, FacetEntry>,
    keywords: BTreeMap<KleNumber, Vec<Keyword>>,
    facet_keywords: BTreeMap<Facet, Vec<String>>,
    keyword_count: usize,
    mistakes: Vec<Mistake>,
}

impl Collector {
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            file: None,
            published: None,
            open: Vec::new(),
            leaf: String::new(),
            entries: BTreeMap::new(),
            facets: BTreeMap::new(),
            keywords: BTreeMap::new(),
            facet_keywords: BTreeMap::new(),
            keyword_count: 0,
            mistakes: Vec::new(),
        }
    }

    pub fn finish(self) -> Result<Part, ReadError> {
        if !self.mistakes.is_empty() {
            return Err(ReadError::Mistakes(self.mistakes));
        }
        let published = self.published;
        let (part, empty) = match self.file {
            Some(File::Subjects) => {
                let empty = !self.entries.keys().any(KleNumber::is_subject);
                let entries = self.entries;
                (Part::Subjects { published, entries }, empty)
            }
            Some(File::Keywords) => {
                let empty = self.keyword_count == 0;
                let part = Part::Keywords {
                    published,
                    subjects: self.keywords.into_iter().map(distinct).collect(),
                    facets: self.facet_keywords.into_iter().map(distinct).collect(),
                };
                (part, empty)
            }
            Some(File::Facets) => {
                let empty = self.facets.is_empty();
                let facets = self.facets;
                (Part::Facets { published, facets }, empty)
            }
            None => return Err(ReadError::Damaged { line: 1 }),
        };
        if empty {
            Err(ReadError::Empty)
        } else {
            Ok(part)
        }
    }

    fn begin(&mut self, root: &str, schema: &str) -> Result<(), ReadError> {
        self.file = Some(match root {
            "KLE-Emneplan" => File::Subjects,
            "KLE-Stikord" => File::Keywords,
            "KLE-Handlingsfacetter" => File::Facets,
            other => {
                return Err(ReadError::Unknown {
                    root: shortened(other),
                });
            }
        });
        // `…/KLE-Emneplan-version-2-0.xsd`; the REST service names none.
        match schema.split_once("-version-") {
            Some((_, version)) if !version.starts_with('2') => Err(ReadError::Version {
                found: shortened(version.trim_end_matches(".xsd")),
            }),
            _ => Ok(()),
        }
    }

    fn take(&mut self, record: Record) -> Result<(), ReadError> {
        self.keyword_count += record.keywords.len();
        if self.keyword_count > self.limits.max_keywords {
            return Err(ReadError::TooMany {
                limit: self.limits.max_keywords,
            });
        }
        match (self.file, record.element.as_str()) {
            (Some(File::Subjects), "Hovedgruppe" | "Gruppe" | "Emne") => self.take_entry(record),
            (Some(File::Facets), "Handlingsfacet") => self.take_facet(record),
            (Some(File::Keywords), element) if element.starts_with("StikordTil") => {
                self.take_keywords(record);
            }
            _ => {}
        }
        if self.entries.len() + self.facets.len() > self.limits.max_entries {
            return Err(ReadError::TooMany {
                limit: self.limits.max_entries,
            });
        }
        Ok(())
    }

    fn take_entry(&mut self, record: Record) {
        let Some(number) = KleNumber::parse(&record.number) else {
            return self.mistake(record.line, "number", &record.number);
        };
        let level_fits = match record.element.as_str() {
            "Emne" => number.is_subject(),
            "Gruppe" => !number.is_subject() && number.parent().is_some(),
            _ => number.parent().is_none(),
        };
        if !level_fits {
            return self.mistake(record.line, "number", &record.number);
        }
        if record.title.is_empty() {
            return self.mistake(record.line, "title", &record.number);
        }
        let mut keywords = Vec::with_capacity(record.keywords.len());
        for RawKeyword { text, facet } in &record.keywords {
            let Ok(facet) = self.facet_of(record.line, facet) else {
                return;
            };
            keywords.push(Keyword {
                text: text.clone(),
                facet,
            });
        }
        let Ok(retired) = self.retirement(&record) else {
            return;
        };
        let keywords = once_each(keywords);
        let entry = Entry {
            guidance: record.guidance(),
            title: record.title,
            keywords,
            laws: record.laws,
            preservation: record.preservation,
            deletion_days: record.deletion_days,
            retired,
            uuid: record.uuid,
        };
        if self.entries.insert(number, entry).is_some() {
            self.mistake(record.line, "twice", &number.to_string());
        }
    }

    fn take_facet(&mut self, record: Record) {
        let Some(facet) = Facet::parse(&record.facet) else {
            return self.mistake(record.line, "facet", &record.facet);
        };
        if record.title.is_empty() {
            return self.mistake(record.line, "title", &record.facet);
        }
        let Ok(retired) = self.retirement(&record) else {
            return;
        };
        let entry = FacetEntry {
            guidance: record.guidance(),
            title: record.title,
            keywords: record.keywords.into_iter().map(|word| word.text).collect(),
            preservation: record.preservation,
            retired,
            uuid: record.uuid,
        };
        // KL has used some numbers again: the one in use is the one that counts.
        let active = entry.is_active();
        match self.facets.get(&facet) {
            Some(before) if before.is_active() && active => {
                self.mistake(record.line, "twice", &facet.to_string());
            }
            Some(_) if !active => {}
            _ => {
                self.facets.insert(facet, entry);
            }
        }
    }

    /// Keywords that went out of use lead nowhere.
    fn take_keywords(&mut self, record: Record) {
        if record.retired.is_some() {
            return;
        }
        if record.element == "StikordTilHandlingsfacet" {
            let Some(facet) = Facet::parse(&record.facet) else {
                return self.mistake(record.line, "facet", &record.facet);
            };
            let words = record.keywords.into_iter().map(|word| word.text);
            return self.facet_keywords.entry(facet).or_default().extend(words);
        }
        let Some(number) = KleNumber::parse(&record.number) else {
            return self.mistake(record.line, "number", &record.number);
        };
        let Ok(facet) = self.facet_of(record.line, &record.facet) else {
            return;
        };
        let words = record.keywords.into_iter().map(|word| Keyword {
            text: word.text,
            facet,
        });
        self.keywords.entry(number).or_default().extend(words);
    }

    /// None where none is written.
    fn facet_of(&mut self, line: u64, text: &str) -> Result<Option<Facet>, Noted> {
        if text.is_empty() {
            return Ok(None);
        }
        let facet = Facet::parse(text);
        if facet.is_none() {
            self.mistake(line, "facet", text);
        }
        facet.map(Some).ok_or(Noted)
    }

    fn retirement(&mut self, record: &Record) -> Result<Option<Retirement>, Noted> {
        let Some(retired) = &record.retired else {
            return Ok(None);
        };
        let mut replaced_by = Vec::with_capacity(record.replaced_by.len());
        for text in &record.replaced_by {
            let Some(successor) = Successor::parse(text) else {
                self.mistake(record.line, "successor", text);
                return Err(Noted);
            };
            replaced_by.push(successor);
        }
        Ok(Some(Retirement {
            on: retired.on,
            replaced_by,
        }))
    }

    fn mistake(&mut self, line: u64, code: &'static str, found: &str) {
        if self.mistakes.len() < MAX_MISTAKES {
            self.mistakes.push(Mistake {
                line,
                code,
                found: shortened(found),
            });
        }
    }
}

impl Visitor for Collector {
    fn start(&mut self, place: &Place<'_>, schema: &str) -> Result<(), ReadError> {
        self.leaf.clear();
        if place.path.len() == 1 {
            if self.file.is_some() {
                return Err(ReadError::Damaged { line: place.line });
            }
            return self.begin(place.name(), schema);
        }
        if let Some(record) = Record::begun_by(place) {
            self.open.push(record);
        } else if let Some(record) = self.open.last_mut() {
            record.start(place);
        }
        Ok(())
    }

    fn text(&mut self, place: &Place<'_>, text: &str) -> Result<(), ReadError> {
        self.leaf.push_str(text);
        let mut longest = self.leaf.len();
        if let Some(record) = self.open.last_mut() {
            record.text(place, text);
            longest = longest.max(record.guidance.len());
        }
        if longest > self.limits.max_text_bytes {
            return Err(ReadError::TooLong { line: place.line });
        }
        Ok(())
    }

    fn end(&mut self, place: &Place<'_>) -> Result<(), ReadError> {
        let leaf = std::mem::take(&mut self.leaf);
        if place.path.len() == 2 && place.name() == "UdgivelsesDato" {
            self.published = record::date(&leaf);
            return Ok(());
        }
        match self.open.last_mut() {
            Some(record) if record.element != place.name() => {
                record.end(place, &leaf);
                Ok(())
            }
            Some(_) => match self.open.pop() {
                Some(record) => self.take(record),
                None => Ok(()),
            },
            None => Ok(()),
        }
    }
}

fn distinct<K, T: Ord + Clone>((key, values): (K, Vec<T>)) -> (K, Vec<T>) {
    (key, once_each(values))
}

/// Each once, the first place kept: without their marks some are alike.
fn once_each<T: Ord + Clone>(values: Vec<T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    let values = values
        .into_iter()
        .filter(|value| seen.insert(value.clone()));
    values.collect()
}

/// What stands in a file, fit for a message.
fn shortened(text: &str) -> String {
    let text = text.chars().filter(|c| !c.is_control());
    text.take(MAX_FOUND_CHARS).collect()
}
