//! Rules as a file that people read, and that reads as the same rules.

use std::fmt::Write as _;

use chrono::NaiveTime;
use toml::Value;

use super::action::{Action, Attachments, Journal, Mark, NewCase, Target};
use super::condition::{Condition, Leaf, PersonTest, Range};
use super::rule::Rule;
use super::text_test::{TextTest, Values};

/// A field and its value, as they are written.
type Entry = (String, String);

pub fn write(rules: &[Rule]) -> String {
    let mut file = String::new();
    for rule in rules {
        if !file.is_empty() {
            file.push('\n');
        }
        file.push_str("[[rule]]\n");
        for (name, value) in of_rule(rule) {
            // Writing to a text cannot fail.
            let _ = writeln!(file, "{name} = {value}");
        }
        for (table, fields) in [
            ("when", fields(&rule.when)),
            ("then", rule.then.iter().map(action).collect()),
        ] {
            let _ = writeln!(file, "[rule.{table}]");
            for (name, value) in fields {
                let _ = writeln!(file, "{name} = {value}");
            }
        }
    }
    file
}

/// One action as it stands in a file, on one line.
pub fn write_action(one: &Action) -> String {
    let (name, value) = action(one);
    format!("{name} = {value}")
}

/// One condition as it stands in a file, on one line.
pub fn write_leaf(leaf: &Leaf) -> String {
    let (name, value) = of_leaf(leaf);
    format!("{name} = {value}")
}

fn of_rule(rule: &Rule) -> Vec<Entry> {
    let mut fields = vec![entry("name", text(&rule.name))];
    let mut add = |there: bool, name: &str, value: String| {
        if there {
            fields.push(entry(name, value));
        }
    };
    add(!rule.enabled, "enabled", "false".to_owned());
    for (name, day) in [("valid_from", rule.valid_from), ("valid_to", rule.valid_to)] {
        if let Some(day) = day {
            add(true, name, day.to_string());
        }
    }
    add(rule.stop, "stop", "true".to_owned());
    add(
        rule.allow_unauthenticated,
        "unauthenticated",
        text("allowed"),
    );
    fields
}

fn entry(name: &str, value: String) -> Entry {
    (name.to_owned(), value)
}

fn text(value: &str) -> String {
    Value::String(value.to_owned()).to_string()
}

/// A list of one is written as that one.
fn texts(values: &[String]) -> String {
    match values {
        [one] => text(one),
        several => {
            let list: Vec<String> = several.iter().map(|one| text(one)).collect();
            format!("[{}]", list.join(", "))
        }
    }
}

fn table(fields: &[Entry]) -> String {
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    format!("{{ {} }}", fields.join(", "))
}

/// Conditions that must all be met stand side by side where no two of them have the same name.
fn fields(condition: &Condition) -> Vec<Entry> {
    if let Condition::All(parts) = condition {
        let fields: Vec<Entry> = parts.iter().map(field).collect();
        let names: std::collections::HashSet<&str> =
            fields.iter().map(|(name, _)| name.as_str()).collect();
        if names.len() == fields.len() && fields.len() > 1 {
            return fields;
        }
    }
    vec![field(condition)]
}

fn field(condition: &Condition) -> Entry {
    let list = |parts: &[Condition]| {
        let parts: Vec<String> = parts.iter().map(|part| table(&fields(part))).collect();
        format!("[\n    {},\n]", parts.join(",\n    "))
    };
    match condition {
        Condition::All(parts) => entry("all", list(parts)),
        Condition::Any(parts) => entry("any", list(parts)),
        Condition::Not(part) => entry("not", table(&fields(part))),
        Condition::Leaf(leaf) => of_leaf(leaf),
    }
}

fn of_leaf(leaf: &Leaf) -> Entry {
    match leaf {
        Leaf::Text(place, test) => entry(place.name(), table(&[of_test(test)])),
        Leaf::Header { name, test } => {
            entry("header", table(&[entry("name", text(name)), of_test(test)]))
        }
        Leaf::Person(place, test) => entry(place.name(), table(&[of_person(test)])),
        Leaf::Direction(direction) => entry("direction", named(direction)),
        Leaf::Language(languages) => entry("language", texts(languages)),
        Leaf::Is(traits) => entry("is", names(traits.iter().map(|one| one.name()))),
        Leaf::Has(contents) => entry("has", names(contents.iter().map(|one| one.name()))),
        Leaf::Importance(importance) => entry("importance", text(importance.name())),
        Leaf::AttachmentCount(range) => entry("attachment_count", of_range(*range)),
        Leaf::AttachmentSize(range) => entry("attachment_bytes", of_range(*range)),
        Leaf::Received { from, to } => {
            let ends = [("from", from), ("to", to)];
            let ends: Vec<Entry> = ends
                .into_iter()
                .filter_map(|(name, day)| Some(entry(name, day.as_ref()?.to_string())))
                .collect();
            entry("received", table(&ends))
        }
        Leaf::Time { from, to } => {
            let time = |time: &NaiveTime| time.format("%H:%M:%S").to_string();
            entry(
                "time",
                table(&[entry("from", time(from)), entry("to", time(to))]),
            )
        }
        Leaf::WorkingDay => entry("working_day", "true".to_owned()),
        Leaf::SenderIsParty => entry("sender_is_party", "true".to_owned()),
        Leaf::ThreadOnCase => entry("thread_on_case", "true".to_owned()),
        Leaf::Suggested(least) => entry("suggested", fraction(least.value())),
        Leaf::Checked { check, verdict } => entry(
            "authentication",
            table(&[entry(check.name(), text(verdict.name()))]),
        ),
    }
}

fn names<'n>(names: impl Iterator<Item = &'n str>) -> String {
    texts(&names.map(str::to_owned).collect::<Vec<_>>())
}

/// As it is called in JSON.
fn named(value: &impl serde::Serialize) -> String {
    let name = serde_json::to_value(value).unwrap_or_default();
    text(name.as_str().unwrap_or_default())
}

fn fraction(value: f64) -> String {
    Value::Float(value).to_string()
}

fn of_test(test: &TextTest) -> Entry {
    let of = |name: &str, values: &Values| entry(name, texts(&values.written));
    match test {
        TextTest::Contains(values) => of("contains", values),
        TextTest::Starts(values) => of("starts", values),
        TextTest::Equals(values) => of("equals", values),
        TextTest::Word(values) => of("word", values),
        TextTest::Regex(pattern) => entry("regex", text(pattern.written())),
    }
}

fn of_person(test: &PersonTest) -> Entry {
    match test {
        PersonTest::Address(addresses) => entry("address", texts(addresses)),
        PersonTest::Domain(domains) => entry("domain", texts(domains)),
        PersonTest::Name(values) => entry("name", texts(&values.written)),
        PersonTest::Internal(internal) => entry("internal", internal.to_string()),
    }
}

fn of_range(range: Range) -> String {
    let ends = [("at_least", range.at_least), ("at_most", range.at_most)];
    let ends: Vec<Entry> = ends
        .into_iter()
        .filter_map(|(name, end)| Some(entry(name, end?.to_string())))
        .collect();
    table(&ends)
}

fn action(action: &Action) -> Entry {
    let value = match action {
        Action::Journal(journal) => of_journal(journal),
        Action::NeverJournal(one) | Action::Forward(one) | Action::Acknowledge(one) => text(one),
        Action::AssignPerson(person) => table(&[entry("person", text(person))]),
        Action::AssignUnit(unit) => table(&[entry("unit", text(unit))]),
        Action::Tag(those) | Action::Notify(those) => texts(those),
        Action::DeadlineWorkingDays(days) => days.to_string(),
        Action::Mark(Mark::Flag) => text("flag"),
        Action::Mark(Mark::Move(folder)) => table(&[entry("move", text(folder))]),
        Action::FollowThread => "true".to_owned(),
    };
    entry(action.name(), value)
}

fn of_journal(journal: &Journal) -> String {
    let on = |name: &str| entry("on", text(name));
    let mut fields = match &journal.on {
        Target::Case(number) => vec![on("case"), entry("case", text(number))],
        Target::CaseNumber => vec![on("case_number")],
        Target::Thread => vec![on("thread")],
        Target::Suggestion(needs) => {
            vec![
                on("suggestion"),
                entry("confidence", fraction(needs.value())),
            ]
        }
        Target::NewCase(case) if *case == NewCase::default() => vec![on("new_case")],
        Target::NewCase(case) => vec![on("new_case"), entry("new_case", of_new_case(case))],
    };
    for (name, pattern) in [("title", &journal.title), ("file_name", &journal.file_name)] {
        fields.extend(pattern.as_ref().map(|pattern| entry(name, text(pattern))));
    }
    match &journal.attachments {
        Attachments::All => {}
        Attachments::None => fields.push(entry("attachments", text("none"))),
        Attachments::NameEnds(endings) => {
            fields.push(entry(
                "attachments",
                table(&[entry("name_ends", texts(endings))]),
            ));
        }
        Attachments::TypeStarts(types) => fields.push(entry(
            "attachments",
            table(&[entry("type_starts", texts(types))]),
        )),
        Attachments::AtMostBytes(bytes) => {
            fields.push(entry(
                "attachments",
                table(&[entry("at_most_bytes", bytes.to_string())]),
            ));
        }
    }
    fields.extend(
        journal
            .direction
            .as_ref()
            .map(|value| entry("direction", named(value))),
    );
    fields.extend(
        journal
            .access
            .as_ref()
            .map(|value| entry("access", named(value))),
    );
    fields.extend(
        journal
            .document_type
            .as_ref()
            .map(|value| entry("document_type", named(value))),
    );
    table(&fields)
}

fn of_new_case(case: &NewCase) -> String {
    let mut fields = Vec::new();
    fields.extend(
        case.template
            .as_ref()
            .map(|value| entry("template", text(value))),
    );
    fields.extend(case.title.as_ref().map(|value| entry("title", text(value))));
    fields.extend(
        case.kle
            .as_ref()
            .map(|value| entry("kle", text(&value.to_string()))),
    );
    fields.extend(
        case.responsible
            .as_ref()
            .map(|value| entry("responsible", text(value))),
    );
    fields.extend(
        case.access
            .as_ref()
            .map(|value| entry("access", named(value))),
    );
    table(&fields)
}
