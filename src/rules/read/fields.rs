//! The fields of a table, in the order they stand in the file, and what is wrong with them.

use std::ops::Range;

use chrono::{NaiveDate, NaiveTime};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::{Mistake, Place, fields_of, path_at};
use crate::domain::nearest::nearest;
use crate::rules::{MAX_VALUE_CHARS, MAX_VALUES};

/// Mistakes that are told; a file with more was meant for something else.
const MAX_MISTAKES: usize = 200;
/// Of a rule's name, beside what is wrong with it.
const MAX_NAME_CHARS: usize = 80;

pub(super) struct Reader<'t> {
    text: &'t str,
    /// Number and name of the rule that is read.
    rule: Option<(usize, Option<String>)>,
    /// With the byte they are at.
    mistakes: Vec<(usize, Mistake)>,
}

#[derive(Clone)]
pub(super) struct Field<'a, 't> {
    pub name: &'a str,
    pub key: Range<usize>,
    pub value: &'a Spanned<DeValue<'t>>,
}

impl<'t> Reader<'t> {
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            rule: None,
            mistakes: Vec::new(),
        }
    }

    pub fn enter(&mut self, number: usize) {
        self.rule = Some((number, None));
    }

    pub fn name_rule(&mut self, name: &str) {
        if let Some((_, known)) = &mut self.rule {
            *known = Some(name.chars().take(MAX_NAME_CHARS).collect());
        }
    }

    pub fn leave(&mut self) {
        self.rule = None;
    }

    /// In the order of the file, each with the field of its rule that it is in.
    pub fn mistakes(self, table: &DeTable<'_>) -> Vec<Mistake> {
        let mut mistakes: Vec<Mistake> = self
            .mistakes
            .into_iter()
            .map(|(at, mut mistake)| {
                if let Some(rule) = mistake.rule {
                    mistake.path = path_at(&fields_of(table, rule), at);
                }
                mistake
            })
            .collect();
        mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
        mistakes
    }

    pub fn wrong(
        &mut self,
        span: Range<usize>,
        code: &'static str,
        values: &[(&'static str, &str)],
    ) {
        if self.mistakes.len() >= MAX_MISTAKES {
            return;
        }
        let Place { line, column } = Place::of(self.text, span.start);
        let mistake = Mistake {
            line,
            column,
            rule: self.rule.as_ref().map(|(number, _)| *number),
            name: self.rule.as_ref().and_then(|(_, name)| name.clone()),
            path: String::new(),
            code,
            values: values
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect(),
        };
        self.mistakes.push((span.start, mistake));
    }

    /// The fields that are known; the others are told.
    pub fn fields<'a, 'v>(&mut self, table: &'a DeTable<'v>, known: &[&str]) -> Vec<Field<'a, 'v>> {
        let mut fields: Vec<Field<'a, 'v>> = table
            .iter()
            .map(|(key, value)| Field {
                name: key.get_ref(),
                key: key.span(),
                value,
            })
            .collect();
        fields.sort_by_key(|field| field.key.start);
        fields.retain(|field| {
            let there = known.contains(&field.name);
            if !there {
                let found = ("field", field.name);
                if let Some(near) = nearest(field.name, known) {
                    self.wrong(field.key.clone(), "unknown-field", &[found, ("near", near)]);
                } else {
                    let known = known.join(", ");
                    let values = [found, ("known", known.as_str())];
                    self.wrong(field.key.clone(), "no-such-field", &values);
                }
            }
            there
        });
        fields
    }

    pub fn table<'a, 'v>(
        &mut self,
        field: &Field<'a, 'v>,
        known: &[&str],
        example: &str,
    ) -> Option<Vec<Field<'a, 'v>>> {
        match field.value.get_ref().as_table() {
            Some(table) => Some(self.fields(table, known)),
            None => self.wrong_kind(field, example),
        }
    }

    pub fn wrong_kind<T>(&mut self, field: &Field<'_, '_>, example: &str) -> Option<T> {
        let values = [("field", field.name), ("right", example)];
        self.wrong(field.value.span(), "wrong-kind", &values);
        None
    }

    pub fn missing<T>(&mut self, span: &Range<usize>, field: &str, example: &str) -> Option<T> {
        let values = [("field", field), ("right", example)];
        self.wrong(span.clone(), "missing", &values);
        None
    }

    pub fn too_many<T>(&mut self, field: &Field<'_, '_>, limit: usize) -> Option<T> {
        let limit = limit.to_string();
        let values = [("field", field.name), ("limit", limit.as_str())];
        self.wrong(field.value.span(), "too-many", &values);
        None
    }

    pub fn string(&mut self, field: &Field<'_, '_>, example: &str) -> Option<String> {
        let Some(text) = field.value.get_ref().as_str() else {
            return self.wrong_kind(field, example);
        };
        if text.trim().is_empty() {
            let values = [("field", field.name), ("right", example)];
            self.wrong(field.value.span(), "empty", &values);
            return None;
        }
        if text.chars().nth(MAX_VALUE_CHARS).is_some() {
            let limit = MAX_VALUE_CHARS.to_string();
            let values = [("field", field.name), ("limit", limit.as_str())];
            self.wrong(field.value.span(), "too-long", &values);
            return None;
        }
        Some(text.to_owned())
    }

    /// One text, or a list of at least one.
    pub fn strings(&mut self, field: &Field<'_, '_>, example: &str) -> Option<Vec<String>> {
        let Some(list) = field.value.get_ref().as_array() else {
            return self.string(field, example).map(|one| vec![one]);
        };
        if list.is_empty() {
            let values = [("field", field.name), ("right", example)];
            self.wrong(field.value.span(), "empty", &values);
            return None;
        }
        if list.len() > MAX_VALUES {
            return self.too_many(field, MAX_VALUES);
        }
        let read: Vec<Option<String>> = list
            .iter()
            .map(|value| {
                let item = Field {
                    value,
                    ..field.clone()
                };
                self.string(&item, example)
            })
            .collect();
        read.into_iter().collect()
    }

    pub fn boolean(&mut self, field: &Field<'_, '_>, example: &str) -> Option<bool> {
        match field.value.get_ref().as_bool() {
            Some(value) => Some(value),
            None => self.wrong_kind(field, example),
        }
    }

    /// Not negative.
    pub fn whole(&mut self, field: &Field<'_, '_>, example: &str) -> Option<u64> {
        let number = field.value.get_ref().as_integer();
        match number.and_then(|number| u64::from_str_radix(number.as_str(), number.radix()).ok()) {
            // TOML knows no larger ones.
            Some(number) if i64::try_from(number).is_ok() => Some(number),
            _ => self.wrong_kind(field, example),
        }
    }

    pub fn fraction(&mut self, field: &Field<'_, '_>, example: &str) -> Option<f64> {
        let value = field.value.get_ref();
        let whole = value.as_integer().map(toml::de::DeInteger::as_str);
        let text = value.as_float().map(toml::de::DeFloat::as_str).or(whole);
        match text.and_then(|text| text.parse().ok()) {
            Some(number) => Some(number),
            None => self.wrong_kind(field, example),
        }
    }

    pub fn date(&mut self, field: &Field<'_, '_>, example: &str) -> Option<NaiveDate> {
        let written = field.value.get_ref().as_datetime();
        let date = written
            .filter(|written| written.time.is_none())
            .and_then(|written| written.date)
            .and_then(|date| {
                NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
            });
        match date {
            Some(date) => Some(date),
            None => self.wrong_kind(field, example),
        }
    }

    pub fn time(&mut self, field: &Field<'_, '_>, example: &str) -> Option<NaiveTime> {
        let written = field.value.get_ref().as_datetime();
        let time = written
            .filter(|written| written.date.is_none())
            .and_then(|written| written.time)
            .and_then(|time| {
                let second = time.second.unwrap_or(0);
                NaiveTime::from_hms_opt(time.hour.into(), time.minute.into(), second.into())
            });
        match time {
            Some(time) => Some(time),
            None => self.wrong_kind(field, example),
        }
    }

    /// One of some names, as what it stands for.
    pub fn choice<'n, T>(
        &mut self,
        field: &Field<'_, '_>,
        names: &[&'n str],
        meant: impl Fn(&'n str) -> Option<T>,
    ) -> Option<T> {
        let written = field.value.get_ref().as_str();
        let name = written.and_then(|text| names.iter().find(|name| **name == text));
        if let Some(value) = name.and_then(|name| meant(name)) {
            return Some(value);
        }
        let near = written.and_then(|text| nearest(text, names));
        let choices = near.map_or_else(|| names.join(", "), str::to_owned);
        let found = self.text[field.value.span()]
            .chars()
            .take(80)
            .collect::<String>();
        let values = [
            ("field", field.name),
            ("found", &found),
            ("choices", &choices),
        ];
        let code = if near.is_some() {
            "choice-near"
        } else {
            "choice"
        };
        self.wrong(field.value.span(), code, &values);
        None
    }

    /// One of some names, or a list of them.
    pub fn choices<T>(
        &mut self,
        field: &Field<'_, '_>,
        names: &[&'static str],
        meant: impl Fn(&'static str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Some(list) = field.value.get_ref().as_array() else {
            return self.choice(field, names, meant).map(|one| vec![one]);
        };
        if list.is_empty() {
            let values = [("field", field.name), ("right", names[0])];
            self.wrong(field.value.span(), "empty", &values);
            return None;
        }
        if list.len() > MAX_VALUES {
            return self.too_many(field, MAX_VALUES);
        }
        let read: Vec<Option<T>> = list
            .iter()
            .map(|value| {
                let item = Field {
                    value,
                    ..field.clone()
                };
                self.choice(&item, names, &meant)
            })
            .collect();
        read.into_iter().collect()
    }
}
