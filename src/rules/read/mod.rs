//! A file of rules in TOML, read with every mistake told at its line and column.

mod actions;
mod conditions;
mod fields;
mod mistake;
mod pattern;

use std::collections::HashSet;

use toml::de::DeTable;

pub use mistake::Mistake;

use fields::{Field, Reader};

use super::{Action, Condition, Leaf, MAX_FILE_BYTES, MAX_RULES, Rule, placeholders};

const TOP: &[&str] = &["rule"];
const RULE: &[&str] = &[
    "name",
    "enabled",
    "valid_from",
    "valid_to",
    "stop",
    "unauthenticated",
    "when",
    "then",
];
pub(super) const EXAMPLE_RULE: &str = "[[rule]]";
const EXAMPLE_WHEN: &str = "when = { subject = { contains = \"faktura\" } }";
const EXAMPLE_THEN: &str = "then = { journal = { on = \"case_number\" } }";

/// All rules of the file in their order, or all that is wrong with it in the order it stands there.
pub fn read(text: &str) -> Result<Vec<Rule>, Vec<Mistake>> {
    let mut reader = Reader::new(text);
    if text.len() > MAX_FILE_BYTES {
        let limit = (MAX_FILE_BYTES / 1024 / 1024).to_string();
        reader.wrong(0..0, "file-too-large", &[("limit", &limit)]);
        return Err(reader.mistakes(&DeTable::new()));
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let span = error.span().unwrap_or_default();
        reader.wrong(span, "syntax", &[("why", error.message())]);
    }
    let rules = rules(&mut reader, table.get_ref());
    let mistakes = reader.mistakes(table.get_ref());
    if mistakes.is_empty() {
        Ok(rules)
    } else {
        Err(mistakes)
    }
}

/// One action or condition as [`super::write_action`] and [`super::write_leaf`] write it, from a table of its own.
fn within<T>(
    written: &str,
    read: impl Fn(&mut Reader<'_>, &Field<'_, '_>) -> Option<T>,
) -> Option<T> {
    let text = format!("it = {{ {written} }}");
    let (table, errors) = DeTable::parse_recoverable(&text);
    let (key, value) = table
        .get_ref()
        .iter()
        .next()
        .filter(|_| errors.is_empty())?;
    let field = Field {
        name: key.get_ref(),
        key: key.span(),
        value,
    };
    read(&mut Reader::new(&text), &field)
}

pub fn read_action(written: &str) -> Option<Action> {
    within(written, actions::actions)?.pop()
}

pub fn read_leaf(written: &str) -> Option<Leaf> {
    match within(written, conditions::condition)? {
        Condition::Leaf(leaf) => Some(leaf),
        _ => None,
    }
}

fn rules(reader: &mut Reader<'_>, table: &DeTable<'_>) -> Vec<Rule> {
    let mut read = Vec::new();
    let mut names = HashSet::new();
    for field in reader.fields(table, TOP) {
        let Some(list) = field.value.get_ref().as_array() else {
            reader.wrong_kind::<()>(&field, EXAMPLE_RULE);
            continue;
        };
        if list.len() > MAX_RULES {
            reader.too_many::<()>(&field, MAX_RULES);
            continue;
        }
        for (number, item) in list.iter().enumerate() {
            reader.enter(number + 1);
            let Some(table) = item.get_ref().as_table() else {
                let field = Field {
                    value: item,
                    ..field.clone()
                };
                reader.wrong_kind::<()>(&field, EXAMPLE_RULE);
                continue;
            };
            let mut fields = table.iter();
            let name = fields.find(|(key, _)| key.get_ref() == "name");
            if let Some(name) = name.and_then(|(_, value)| value.get_ref().as_str()) {
                reader.name_rule(name);
            }
            read.extend(rule(reader, table, &item.span(), &mut names));
        }
        reader.leave();
    }
    read
}

fn rule(
    reader: &mut Reader<'_>,
    table: &DeTable<'_>,
    span: &std::ops::Range<usize>,
    names: &mut HashSet<String>,
) -> Option<Rule> {
    let fields = reader.fields(table, RULE);
    let find = |name: &str| fields.iter().find(|field| field.name == name);
    let name = match find("name") {
        Some(field) => reader.string(field, "name = \"Fakturaer\""),
        None => reader.missing(span, "name", "name = \"Fakturaer\""),
    };
    if let (Some(name), Some(field)) = (&name, find("name"))
        && !names.insert(name.clone())
    {
        reader.wrong(field.value.span(), "name-twice", &[("name", name)]);
    }
    let mut flag = |name: &str, default: bool| {
        let example = format!("{name} = {}", !default);
        find(name).map_or(Some(default), |field| reader.boolean(field, &example))
    };
    let (enabled, stop) = (flag("enabled", true), flag("stop", false));
    let mut day = |name: &str| {
        let example = format!("{name} = 2026-01-31");
        find(name).map(|field| reader.date(field, &example))
    };
    let (valid_from, valid_to) = (day("valid_from"), day("valid_to"));
    if let (Some(Some(from)), Some(Some(to)), Some(field)) =
        (valid_from, valid_to, find("valid_to"))
        && to < from
    {
        reader.wrong(field.value.span(), "ends-before", &[]);
    }
    let unauthenticated = find("unauthenticated")
        .map(|field| reader.choice(field, &["allowed", "held"], Some))
        .map(|said| said == Some("allowed"));
    let when = match find("when") {
        Some(field) => conditions::condition(reader, field),
        None => reader.missing(span, "when", EXAMPLE_WHEN),
    };
    let then = find("then").map(|field| actions::actions(reader, field));
    if then.is_none() {
        reader.wrong(span.clone(), "no-action", &[("right", EXAMPLE_THEN)]);
    }
    let then = then.flatten();
    if let (Some(when), Some(then), Some(field)) = (&when, &then, find("then")) {
        for unknown in placeholders::unknown(when, then) {
            let known = placeholders::known(when).join(", ");
            let values = [("name", unknown.as_str()), ("known", &known)];
            reader.wrong(field.value.span(), "placeholder", &values);
        }
    }
    Some(Rule {
        name: name?,
        enabled: enabled?,
        valid_from: valid_from.flatten(),
        valid_to: valid_to.flatten(),
        stop: stop?,
        allow_unauthenticated: unauthenticated.unwrap_or(false),
        when: when?,
        then: then?,
    })
}
