//! What is wrong with a file of rules, where, and what would be right.

use serde::Serialize;

use crate::messages::{self, Lang};

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// From 1.
    pub line: usize,
    /// Characters, from 1.
    pub column: usize,
    /// Which rule of the file, from 1.
    pub rule: Option<usize>,
    pub name: Option<String>,
    /// Stable; the catalogues have a text for each.
    pub code: &'static str,
    #[serde(skip)]
    pub values: Vec<(&'static str, String)>,
}

impl Mistake {
    /// What is wrong and what would be right.
    pub fn text(&self, lang: Lang) -> String {
        let values: Vec<(&str, &str)> = self
            .values
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        messages::text(lang, &format!("rule-mistake.{}", self.code), &values)
    }
}

pub(super) struct Place {
    pub line: usize,
    pub column: usize,
}

impl Place {
    pub fn of(text: &str, at: usize) -> Self {
        let before = &text[..text.floor_char_boundary(at)];
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[start..].chars().count() + 1,
        }
    }
}
