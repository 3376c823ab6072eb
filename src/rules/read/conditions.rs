//! Conditions of a file: a table whose fields must all be so.

use toml::Spanned;
use toml::de::DeValue;

use super::fields::{Field, Reader};
use super::pattern::pattern;
use crate::domain::case::Direction;
use crate::rules::condition::{
    Check, Condition, Content, Importance, Leaf, PersonPlace, PersonTest, Range, TextPlace, Trait,
};
use crate::rules::{Confidence, MAX_CONDITIONS, MAX_DEPTH, TextTest, Verdict};

/// Every field a table of conditions may have.
const KNOWN: &[&str] = &[
    "all",
    "any",
    "not",
    "subject",
    "body",
    "attachment_name",
    "attachment_type",
    "attachment_text",
    "mailbox",
    "folder",
    "header",
    "from",
    "to",
    "cc",
    "participant",
    "direction",
    "language",
    "is",
    "has",
    "importance",
    "attachment_count",
    "attachment_bytes",
    "received",
    "time",
    "working_day",
    "sender_is_party",
    "thread_on_case",
    "suggested",
    "authentication",
];
const TESTS: &[&str] = &["contains", "starts", "equals", "word", "regex"];
const HEADER: &[&str] = &["name", "contains", "starts", "equals", "word", "regex"];
const PERSON: &[&str] = &["address", "domain", "name", "internal"];
const RANGE: &[&str] = &["at_least", "at_most"];
const SPAN: &[&str] = &["from", "to"];

pub(super) fn condition(reader: &mut Reader<'_>, field: &Field<'_, '_>) -> Option<Condition> {
    let mut left = MAX_CONDITIONS;
    let read = table(reader, field, 1, &mut left);
    if left == 0 {
        return reader.too_many(field, MAX_CONDITIONS);
    }
    read
}

fn table(
    reader: &mut Reader<'_>,
    field: &Field<'_, '_>,
    depth: usize,
    left: &mut usize,
) -> Option<Condition> {
    let example = format!(
        "{} = {{ subject = {{ contains = \"faktura\" }} }}",
        field.name
    );
    if depth > MAX_DEPTH {
        let limit = MAX_DEPTH.to_string();
        reader.wrong(field.value.span(), "too-deep", &[("limit", &limit)]);
        return None;
    }
    let is_empty = |value: &Spanned<DeValue<'_>>| {
        value
            .get_ref()
            .as_table()
            .is_some_and(toml::map::Map::is_empty)
    };
    if is_empty(field.value) {
        let values = [("field", field.name), ("right", example.as_str())];
        reader.wrong(field.value.span(), "empty", &values);
        return None;
    }
    let fields = reader.table(field, KNOWN, &example)?;
    let read: Vec<Option<Condition>> = fields
        .iter()
        .map(|field| {
            *left = left.saturating_sub(1);
            if *left == 0 {
                return None;
            }
            one(reader, field, depth, left)
        })
        .collect();
    let mut parts = read.into_iter().collect::<Option<Vec<_>>>()?;
    match parts.len() {
        0 => None,
        1 => parts.pop(),
        _ => Some(Condition::All(parts)),
    }
}

fn one(
    reader: &mut Reader<'_>,
    field: &Field<'_, '_>,
    depth: usize,
    left: &mut usize,
) -> Option<Condition> {
    match field.name {
        "all" => list(reader, field, depth, left).map(Condition::All),
        "any" => list(reader, field, depth, left).map(Condition::Any),
        "not" => {
            let within = table(reader, field, depth + 1, left)?;
            Some(Condition::Not(Box::new(within)))
        }
        "working_day" => flag(reader, field, Leaf::WorkingDay),
        "sender_is_party" => flag(reader, field, Leaf::SenderIsParty),
        "thread_on_case" => flag(reader, field, Leaf::ThreadOnCase),
        _ => leaf(reader, field).map(Condition::Leaf),
    }
}

fn list(
    reader: &mut Reader<'_>,
    field: &Field<'_, '_>,
    depth: usize,
    left: &mut usize,
) -> Option<Vec<Condition>> {
    let example = format!(
        "{} = [{{ subject = {{ word = \"klage\" }} }}, {{ has = \"cpr\" }}]",
        field.name
    );
    let Some(items) = field.value.get_ref().as_array() else {
        return reader.wrong_kind(field, &example);
    };
    if items.is_empty() {
        let values = [("field", field.name), ("right", example.as_str())];
        reader.wrong(field.value.span(), "empty", &values);
        return None;
    }
    let read: Vec<Option<Condition>> = items
        .iter()
        .map(|value| {
            let item = Field {
                value,
                ..field.clone()
            };
            table(reader, &item, depth + 1, left)
        })
        .collect();
    read.into_iter().collect()
}

/// `false` asks for the opposite.
fn flag(reader: &mut Reader<'_>, field: &Field<'_, '_>, leaf: Leaf) -> Option<Condition> {
    let example = format!("{} = true", field.name);
    let leaf = Condition::Leaf(leaf);
    Some(if reader.boolean(field, &example)? {
        leaf
    } else {
        Condition::Not(Box::new(leaf))
    })
}

fn leaf(reader: &mut Reader<'_>, field: &Field<'_, '_>) -> Option<Leaf> {
    if let Some(place) = TextPlace::named(field.name) {
        return Some(Leaf::Text(place, text(reader, field)?));
    }
    if let Some(place) = PersonPlace::named(field.name) {
        return Some(Leaf::Person(place, person(reader, field)?));
    }
    match field.name {
        "header" => header(reader, field),
        "direction" => {
            let names = ["incoming", "outgoing", "internal"];
            reader.choice(field, &names, direction).map(Leaf::Direction)
        }
        "language" => {
            let mut languages = reader.strings(field, "language = \"da\"")?;
            for one in &mut languages {
                *one = one.to_lowercase();
            }
            Some(Leaf::Language(languages))
        }
        "is" => reader
            .choices(field, &names(Trait::ALL, Trait::name), Trait::named)
            .map(Leaf::Is),
        "has" => reader
            .choices(field, &names(Content::ALL, Content::name), Content::named)
            .map(Leaf::Has),
        "importance" => reader
            .choice(
                field,
                &names(Importance::ALL, Importance::name),
                Importance::named,
            )
            .map(Leaf::Importance),
        "attachment_count" => range(reader, field).map(Leaf::AttachmentCount),
        "attachment_bytes" => range(reader, field).map(Leaf::AttachmentSize),
        "received" => received(reader, field),
        "time" => time(reader, field),
        "suggested" => {
            let example = "suggested = 0.8";
            let value = reader.fraction(field, example)?;
            match Confidence::new(value) {
                Some(confidence) => Some(Leaf::Suggested(confidence)),
                None => reader.wrong_kind(field, example),
            }
        }
        "authentication" => authentication(reader, field),
        _ => None,
    }
}

pub(super) fn direction(name: &str) -> Option<Direction> {
    match name {
        "incoming" => Some(Direction::Incoming),
        "outgoing" => Some(Direction::Outgoing),
        "internal" => Some(Direction::Internal),
        _ => None,
    }
}

fn names<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|one| name(*one)).collect()
}

fn text(reader: &mut Reader<'_>, field: &Field<'_, '_>) -> Option<TextTest> {
    let example = format!("{} = {{ contains = \"faktura\" }}", field.name);
    let tests = reader.table(field, TESTS, &example)?;
    let test = exactly_one(reader, field, &tests, TESTS)?;
    text_test(reader, test)
}

fn text_test(reader: &mut Reader<'_>, test: &Field<'_, '_>) -> Option<TextTest> {
    if test.name == "regex" {
        return pattern(reader, test).map(TextTest::Regex);
    }
    let example = format!("{} = \"faktura\"", test.name);
    let values = reader.strings(test, &example)?.into();
    Some(match test.name {
        "starts" => TextTest::Starts(values),
        "equals" => TextTest::Equals(values),
        "word" => TextTest::Word(values),
        _ => TextTest::Contains(values),
    })
}

/// Several would not say whether both or either is meant.
fn exactly_one<'f, 'a, 'v>(
    reader: &mut Reader<'_>,
    field: &Field<'_, '_>,
    found: &'f [Field<'a, 'v>],
    known: &[&str],
) -> Option<&'f Field<'a, 'v>> {
    if let [one] = found {
        return Some(one);
    }
    let known = known.join(", ");
    let values = [("field", field.name), ("known", known.as_str())];
    reader.wrong(field.value.span(), "exactly-one", &values);
    None
}

fn header(reader: &mut Reader<'_>, field: &Field<'_, '_>) -> Option<Leaf> {
    let example = "header = { name = \"X-Mailer\", contains = \"scanner\" }";
    let fields = reader.table(field, HEADER, example)?;
    let (name, tests): (Vec<_>, Vec<_>) = fields.into_iter().partition(|one| one.name == "name");
    let test = exactly_one(reader, field, &tests, TESTS);
    let test = test.and_then(|test| text_test(reader, test));
    let name = match name.first() {
        Some(name) => reader.string(name, "name = \"X-Mailer\""),
        None => reader.missing(&field.value.span(), "name", example),
    };
    Some(Leaf::Header {
        name: name?.to_lowercase(),
        test: test?,
    })
}

fn person(reader: &mut Reader<'_>, field: &Field<'_, '_>) -> Option<PersonTest> {
    let example = format!("{} = {{ domain = \"firma.example\" }}", field.name);
    let tests = reader.table(field, PERSON, &example)?;
    let test = exactly_one(reader, field, &tests, PERSON)?;
    let lower = |texts: Vec<String>| texts.iter().map(|one| one.trim().to_lowercase()).collect();
    match test.name {
        "address" => {
            let addresses: Vec<String> =
                lower(reader.strings(test, "address = \"karen@firma.example\"")?);
            if addresses.iter().all(|one| one.contains('@')) {
                Some(PersonTest::Address(addresses))
            } else {
                reader.wrong_kind(test, "address = \"karen@firma.example\"")
            }
        }
        "domain" => {
            let domains: Vec<String> = lower(reader.strings(test, "domain = \"firma.example\"")?);
            if domains.iter().any(|one| one.contains('@')) {
                reader.wrong_kind(test, "domain = \"firma.example\"")
            } else {
                Some(PersonTest::Domain(domains))
            }
        }
        "name" => Some(PersonTest::Name(
            reader.strings(test, "name = \"Karen Holm\"")?.into(),
        )),
        _ => reader
            .boolean(test, "internal = true")
            .map(PersonTest::Internal),
    }
}

fn range(reader: &mut Reader<'_>, field: &Field<'_, '_>) -> Option<Range> {
    let example = format!("{} = {{ at_least = 1 }}", field.name);
    let ends = reader.table(field, RANGE, &example)?;
    let mut end = |name: &str| match ends.iter().find(|end| end.name == name) {
        Some(end) => reader.whole(end, &format!("{name} = 1")).map(Some),
        None => Some(None),
    };
    let (at_least, at_most) = (end("at_least"), end("at_most"));
    let range = Range {
        at_least: at_least?,
        at_most: at_most?,
    };
    match range {
        Range {
            at_least: None,
            at_most: None,
        } => reader.wrong_kind(field, &example),
        Range {
            at_least: Some(least),
            at_most: Some(most),
        } if least > most => {
            reader.wrong(field.value.span(), "ends-before", &[]);
            None
        }
        range => Some(range),
    }
}

fn received(reader: &mut Reader<'_>, field: &Field<'_, '_>) -> Option<Leaf> {
    let example = "received = { from = 2026-07-01, to = 2026-07-31 }";
    let ends = reader.table(field, SPAN, example)?;
    let mut end = |name: &str| match ends.iter().find(|end| end.name == name) {
        Some(end) => reader.date(end, &format!("{name} = 2026-07-01")).map(Some),
        None => Some(None),
    };
    let (from, to) = (end("from"), end("to"));
    match (from?, to?) {
        (None, None) => reader.wrong_kind(field, example),
        (Some(from), Some(to)) if to < from => {
            reader.wrong(field.value.span(), "ends-before", &[]);
            None
        }
        (from, to) => Some(Leaf::Received { from, to }),
    }
}

fn time(reader: &mut Reader<'_>, field: &Field<'_, '_>) -> Option<Leaf> {
    let example = "time = { from = 08:00:00, to = 16:00:00 }";
    let ends = reader.table(field, SPAN, example)?;
    let mut end = |name: &str| match ends.iter().find(|end| end.name == name) {
        Some(end) => reader.time(end, &format!("{name} = 08:00:00")),
        None => reader.missing(&field.value.span(), name, example),
    };
    let (from, to) = (end("from"), end("to"));
    Some(Leaf::Time {
        from: from?,
        to: to?,
    })
}

fn authentication(reader: &mut Reader<'_>, field: &Field<'_, '_>) -> Option<Leaf> {
    let known = names(Check::ALL, Check::name);
    let checks = reader.table(field, &known, "authentication = { dmarc = \"fail\" }")?;
    let one = exactly_one(reader, field, &checks, &known)?;
    let verdict = reader.choice(one, &names(Verdict::ALL, Verdict::name), Verdict::named)?;
    Some(Leaf::Checked {
        check: Check::named(one.name)?,
        verdict,
    })
}
