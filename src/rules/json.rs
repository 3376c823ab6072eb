//! A rule as JSON for forms: the same fields as in a file, days and times of day as texts.
//!
//! JSON becomes the text of a file and is read as one, so that both know the same mistakes. Whether the rule is switched
//! on is not in it: that is said beside it.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::rule::Rule;
use super::write::write;

/// In the order in which they are documented; JSON has none.
const RULE: [&str; 5] = ["name", "valid_from", "valid_to", "stop", "unauthenticated"];
const ACTIONS: [&str; 10] = [
    "journal",
    "never_journal",
    "assign",
    "tag",
    "deadline_working_days",
    "notify",
    "mark",
    "follow_thread",
    "forward",
    "acknowledge",
];

pub fn to_json(rule: &Rule) -> Value {
    let on = Rule {
        enabled: true,
        ..rule.clone()
    };
    // What was written reads as the same; were it otherwise, a form would be empty.
    let file: toml::Table = toml::from_str(&write(&[on])).unwrap_or_default();
    let rules = file.get("rule").and_then(toml::Value::as_array);
    rules
        .and_then(|rules| rules.first())
        .map(of_toml)
        .unwrap_or_default()
}

/// The file that says the same, whether it is a rule or not.
pub fn from_json(rule: &Value) -> String {
    let mut file = "[[rule]]\n".to_owned();
    let Some(fields) = rule.as_object() else {
        return file;
    };
    let tables = ["when", "then"];
    for (name, value) in in_order(fields, &RULE) {
        if !tables.contains(&name.as_str()) || !value.is_object() {
            line(&mut file, name, value, is_day(name));
        }
    }
    for table in tables {
        let Some(fields) = fields.get(table).and_then(Value::as_object) else {
            continue;
        };
        // Writing to a text cannot fail.
        let _ = writeln!(file, "[rule.{table}]");
        for (name, value) in in_order(fields, &ACTIONS) {
            line(&mut file, name, value, false);
        }
    }
    file
}

/// Those that are known first, then the others.
fn in_order<'f>(
    fields: &'f Map<String, Value>,
    known: &'f [&str],
) -> impl Iterator<Item = (&'f String, &'f Value)> {
    let first = known.iter().filter_map(|name| fields.get_key_value(*name));
    let others = fields
        .iter()
        .filter(|(name, _)| !known.contains(&name.as_str()));
    first.chain(others)
}

fn line(file: &mut String, name: &str, value: &Value, moments: bool) {
    if !value.is_null() {
        let _ = writeln!(file, "{} = {}", key(name), written(value, name, moments));
    }
}

fn is_day(name: &str) -> bool {
    matches!(name, "valid_from" | "valid_to")
}

/// `moments`: a text that is a day or a time of day is one.
fn written(value: &Value, name: &str, moments: bool) -> String {
    match value {
        Value::Null => "\"\"".to_owned(),
        Value::Bool(is) => is.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if moments && is_moment(text) => text.clone(),
        Value::String(text) => toml::Value::String(text.clone()).to_string(),
        Value::Array(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|item| written(item, name, false))
                .collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let ends = matches!(name, "received" | "time");
            let fields: Vec<String> = fields
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| format!("{} = {}", key(name), written(value, name, ends)))
                .collect();
            if fields.is_empty() {
                return "{}".to_owned();
            }
            format!("{{ {} }}", fields.join(", "))
        }
    }
}

fn is_moment(text: &str) -> bool {
    let day = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok() && text.len() == 10;
    day || chrono::NaiveTime::parse_from_str(text, "%H:%M:%S").is_ok() && text.len() == 8
}

fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(bare) {
        name.to_owned()
    } else {
        toml::Value::String(name.to_owned()).to_string()
    }
}

fn of_toml(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text.clone()),
        toml::Value::Integer(number) => Value::from(*number),
        toml::Value::Float(number) => Value::from(*number),
        toml::Value::Boolean(is) => Value::Bool(*is),
        toml::Value::Datetime(moment) => Value::String(moment.to_string()),
        toml::Value::Array(items) => items.iter().map(of_toml).collect(),
        toml::Value::Table(fields) => Value::Object(
            fields
                .iter()
                .map(|(name, value)| (name.clone(), of_toml(value)))
                .collect(),
        ),
    }
}
