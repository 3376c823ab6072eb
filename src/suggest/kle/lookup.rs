//! Looking a number up while somebody types: by the beginning of the number, or by words.

use super::super::words;
use super::index::PlanIndex;
use crate::domain::kle::KleNumber;
use crate::kle::Entry;

/// Words of one query that are looked at.
const MAX_WORDS: usize = 8;

/// An entry that was found.
#[derive(Clone, Debug)]
pub struct Found<'p> {
    pub number: KleNumber,
    pub entry: &'p Entry,
    /// The keyword that led to it, where the title did not.
    pub keyword: Option<&'p str>,
}

impl PlanIndex {
    /// Entries whose number begins so, or every word of whose query begins a word of the title or of one keyword.
    /// Titles before keywords, what is in use before what is retired; an exact number always comes first.
    pub fn look_up(&self, query: &str, limit: usize) -> Vec<Found<'_>> {
        let query = query.trim();
        if query.is_empty() {
            return Vec::new();
        }
        if query.starts_with(|c: char| c.is_ascii_digit()) {
            return self.by_number(query, limit);
        }
        self.by_words(query, limit)
    }

    fn by_number(&self, beginning: &str, limit: usize) -> Vec<Found<'_>> {
        let number = beginning.split([' ', '-']).next().unwrap_or_default();
        let number = number.trim_end_matches('.');
        let mut found: Vec<Found<'_>> = self
            .plan
            .entries
            .iter()
            .filter(|(at, _)| at.to_string().starts_with(number))
            .map(|(number, entry)| Found {
                number: *number,
                entry,
                keyword: None,
            })
            .collect();
        found.sort_by_key(|found| {
            let exact = found.number.to_string() == number;
            (!exact, !found.entry.is_active(), found.number)
        });
        found.truncate(limit);
        found
    }

    fn by_words(&self, query: &str, limit: usize) -> Vec<Found<'_>> {
        let query = words::composed(query).to_lowercase();
        let wanted: Vec<&str> = split(&query).take(MAX_WORDS).collect();
        if wanted.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<(u8, Found<'_>)> = Vec::new();
        for (number, entry) in &self.plan.entries {
            let title = entry.title.to_lowercase();
            let (rank, keyword) = if title.starts_with(query.trim()) {
                (0, None)
            } else if holds(&title, &wanted) {
                (1, None)
            } else {
                let keyword = entry
                    .keywords
                    .iter()
                    .find(|keyword| holds(&keyword.text.to_lowercase(), &wanted));
                let Some(keyword) = keyword else { continue };
                (2, Some(keyword.text.as_str()))
            };
            found.push((
                rank,
                Found {
                    number: *number,
                    entry,
                    keyword,
                },
            ));
        }
        found.sort_by_key(|(rank, found)| {
            (
                !found.entry.is_active(),
                !found.number.is_subject(),
                *rank,
                found.number,
            )
        });
        found.truncate(limit);
        found.into_iter().map(|found| found.1).collect()
    }
}

fn holds(text: &str, wanted: &[&str]) -> bool {
    wanted
        .iter()
        .all(|wanted| split(text).any(|word| word.starts_with(wanted)))
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}
