//! What is wrong with a file of rules, where, and what would be right.

use serde::Serialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

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
    /// The field of the rule, such as `when.any[1].subject`; empty for the whole.
    pub path: String,
    /// Stable; the catalogues have a text for each.
    pub code: &'static str,
    #[serde(skip)]
    pub values: Vec<(&'static str, String)>,
}

impl Mistake {
    /// A mistake that only who knows the cases and people can see, at a field of a rule of `text`, counted from 1.
    pub fn at(
        text: &str,
        (rule, path): (usize, &str),
        code: &'static str,
        values: &[(&'static str, &str)],
    ) -> Self {
        let (table, _) = DeTable::parse_recoverable(text);
        let fields = fields_of(table.get_ref(), rule);
        let field = fields.iter().find(|field| field.path == path);
        let Place { line, column } = Place::of(text, field.map_or(0, |field| field.value));
        Self {
            line,
            column,
            rule: Some(rule),
            name: name_of(table.get_ref(), rule),
            path: path.to_owned(),
            code,
            values: values
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect(),
        }
    }

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

/// A field of a rule, and where its name and its value begin in the file.
pub(super) struct Named {
    pub path: String,
    pub key: usize,
    pub value: usize,
}

/// The field that begins at a byte of the file; the innermost of several.
pub(super) fn path_at(fields: &[Named], at: usize) -> String {
    let begins = |field: &&Named| field.key == at || field.value == at;
    let path = fields.iter().filter(begins).map(|field| &field.path);
    path.max_by_key(|path| path.len())
        .cloned()
        .unwrap_or_default()
}

/// Every field of a rule of the file, counted from 1.
pub(super) fn fields_of(table: &DeTable<'_>, rule: usize) -> Vec<Named> {
    let mut fields = Vec::new();
    if let Some(rule) = numbered(table, rule) {
        collect(rule, "", &mut fields);
    }
    fields
}

fn name_of(table: &DeTable<'_>, rule: usize) -> Option<String> {
    let fields = numbered(table, rule)?.get_ref().as_table()?;
    let name = fields.iter().find(|(key, _)| key.get_ref() == "name");
    name.and_then(|(_, name)| name.get_ref().as_str().map(str::to_owned))
}

fn numbered<'t, 'i>(table: &'t DeTable<'i>, rule: usize) -> Option<&'t Spanned<DeValue<'i>>> {
    let (_, rules) = table.iter().find(|(key, _)| key.get_ref() == "rule")?;
    rules.get_ref().as_array()?.get(rule.checked_sub(1)?)
}

fn collect(value: &Spanned<DeValue<'_>>, path: &str, fields: &mut Vec<Named>) {
    if let Some(table) = value.get_ref().as_table() {
        for (key, value) in table {
            let dot = if path.is_empty() { "" } else { "." };
            let path = format!("{path}{dot}{}", key.get_ref());
            collect(value, &path, fields);
            fields.push(Named {
                path,
                key: key.span().start,
                value: value.span().start,
            });
        }
    }
    for (at, item) in value.get_ref().as_array().into_iter().flatten().enumerate() {
        let path = format!("{path}[{at}]");
        collect(item, &path, fields);
        let start = item.span().start;
        fields.push(Named {
            path,
            key: start,
            value: start,
        });
    }
}
