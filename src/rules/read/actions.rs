//! Actions of a file: a table whose fields are done in their order.

use serde::de::DeserializeOwned;
use serde_json::json;

use super::EXAMPLE_THEN;
use super::conditions::direction;
use super::fields::{Field, Reader};
use crate::domain::{document_type::DocumentType, kle::KleNumber};
use crate::rules::action::{Action, Attachments, Confidence, Journal, Mark, NewCase, Target};

const KNOWN: &[&str] = &[
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
const JOURNAL: &[&str] = &[
    "on",
    "case",
    "confidence",
    "new_case",
    "title",
    "file_name",
    "attachments",
    "direction",
    "access",
    "document_type",
];
const TARGETS: &[&str] = &["case", "case_number", "thread", "suggestion", "new_case"];
const NEW_CASE: &[&str] = &["template", "title", "kle", "responsible", "access"];
const ACCESS: &[&str] = &["open", "restricted"];
/// No deadline of a case worker is further away.
const MAX_WORKING_DAYS: u64 = 1_000;

pub(super) fn actions(reader: &mut Reader<'_>, field: &Field<'_, '_>) -> Option<Vec<Action>> {
    let fields = reader.table(field, KNOWN, EXAMPLE_THEN)?;
    if field
        .value
        .get_ref()
        .as_table()
        .is_some_and(toml::map::Map::is_empty)
    {
        reader.wrong(field.value.span(), "no-action", &[("right", EXAMPLE_THEN)]);
        return None;
    }
    let read: Vec<Option<Action>> = fields.iter().map(|field| action(reader, field)).collect();
    let read = read.into_iter().collect::<Option<Vec<Action>>>()?;
    let never = |action: &Action| matches!(action, Action::NeverJournal(_));
    if read.iter().any(never)
        && read
            .iter()
            .any(|one| read.iter().any(|two| never(two) && one.excludes(two)))
    {
        reader.wrong(field.value.span(), "contradicts", &[]);
        return None;
    }
    Some(read)
}

fn action(reader: &mut Reader<'_>, field: &Field<'_, '_>) -> Option<Action> {
    match field.name {
        "journal" => journal(reader, field).map(|journal| Action::Journal(Box::new(journal))),
        "never_journal" => reader
            .string(field, "never_journal = \"Privat post\"")
            .map(Action::NeverJournal),
        "assign" => assign(reader, field),
        "tag" => reader.strings(field, "tag = \"faktura\"").map(Action::Tag),
        "deadline_working_days" => {
            let example = "deadline_working_days = 7";
            match reader.whole(field, example)? {
                days @ 1..=MAX_WORKING_DAYS => Some(Action::DeadlineWorkingDays(days as u32)),
                _ => reader.wrong_kind(field, example),
            }
        }
        "notify" => reader
            .strings(field, "notify = \"birthe\"")
            .map(Action::Notify),
        "mark" => mark(reader, field).map(Action::Mark),
        "follow_thread" => {
            if reader.boolean(field, "follow_thread = true")? {
                Some(Action::FollowThread)
            } else {
                reader.wrong_kind(field, "follow_thread = true")
            }
        }
        "forward" => {
            let example = "forward = \"faktura@kommune.example\"";
            let address = reader.string(field, example)?.trim().to_lowercase();
            if is_address(&address) {
                Some(Action::Forward(address))
            } else {
                reader.wrong_kind(field, example)
            }
        }
        "acknowledge" => reader
            .string(field, "acknowledge = \"kvittering\"")
            .map(Action::Acknowledge),
        _ => None,
    }
}

fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(user, domain)| {
        !user.is_empty() && domain.contains('.') && !domain.contains('@')
    }) && !text.contains(char::is_whitespace)
}

fn journal(reader: &mut Reader<'_>, field: &Field<'_, '_>) -> Option<Journal> {
    let fields = reader.table(field, JOURNAL, "journal = { on = \"case_number\" }")?;
    let find = |name: &str| fields.iter().find(|field| field.name == name);
    let on = target(reader, field, &fields);
    let mut text = |name: &str, example: &str| match find(name) {
        Some(field) => reader.string(field, example).map(Some),
        None => Some(None),
    };
    let title = text("title", "title = \"Faktura {nummer}\"");
    let file_name = text("file_name", "file_name = \"Faktura {nummer}\"");
    let attachments = match find("attachments") {
        Some(field) => attachments(reader, field),
        None => Some(Attachments::All),
    };
    let direction = match find("direction") {
        Some(field) => reader
            .choice(field, &["incoming", "outgoing", "internal"], direction)
            .map(Some),
        None => Some(None),
    };
    let access = match find("access") {
        Some(field) => reader.choice(field, ACCESS, named).map(Some),
        None => Some(None),
    };
    let document_type = match find("document_type") {
        Some(field) => document_type(reader, field).map(Some),
        None => Some(None),
    };
    Some(Journal {
        on: on?,
        title: title?,
        file_name: file_name?,
        attachments: attachments?,
        direction: direction?,
        access: access?,
        document_type: document_type?,
    })
}

fn target(
    reader: &mut Reader<'_>,
    journal: &Field<'_, '_>,
    fields: &[Field<'_, '_>],
) -> Option<Target> {
    let find = |name: &str| fields.iter().find(|field| field.name == name);
    let span = journal.value.span();
    let Some(on) = find("on") else {
        return reader.missing(&span, "on", "journal = { on = \"case_number\" }");
    };
    let on = reader.choice(on, TARGETS, Some)?;
    for (name, of) in [
        ("case", "case"),
        ("confidence", "suggestion"),
        ("new_case", "new_case"),
    ] {
        if let Some(field) = find(name).filter(|_| on != of) {
            reader.wrong(
                field.key.clone(),
                "not-here",
                &[("field", name), ("on", of)],
            );
            return None;
        }
    }
    match on {
        "case" => {
            let example = "journal = { on = \"case\", case = \"2026-00123\" }";
            match find("case") {
                Some(case) => reader.string(case, example).map(Target::Case),
                None => reader.missing(&span, "case", example),
            }
        }
        "case_number" => Some(Target::CaseNumber),
        "thread" => Some(Target::Thread),
        "suggestion" => {
            let example = "journal = { on = \"suggestion\", confidence = 0.95 }";
            let Some(confidence) = find("confidence") else {
                reader.wrong(span, "guess-without-confidence", &[("right", example)]);
                return None;
            };
            match Confidence::new(reader.fraction(confidence, example)?) {
                Some(value) => Some(Target::Suggestion(value)),
                None => reader.wrong_kind(confidence, example),
            }
        }
        _ => match find("new_case") {
            Some(field) => new_case(reader, field).map(Target::NewCase),
            None => Some(Target::NewCase(NewCase::default())),
        },
    }
}

fn new_case(reader: &mut Reader<'_>, field: &Field<'_, '_>) -> Option<NewCase> {
    let fields = reader.table(field, NEW_CASE, "new_case = { kle = \"02.34.02\" }")?;
    let mut case = NewCase::default();
    let mut right = true;
    for field in &fields {
        let read = match field.name {
            "template" => reader
                .string(field, "template = \"Byggesag\"")
                .map(|name| case.template = Some(name)),
            "title" => reader
                .string(field, "title = \"Hegn: {subject}\"")
                .map(|title| case.title = Some(title)),
            "responsible" => reader
                .string(field, "responsible = \"birthe\"")
                .map(|user| case.responsible = Some(user)),
            "access" => reader
                .choice(field, ACCESS, named)
                .map(|code| case.access = Some(code)),
            _ => subject(reader, field).map(|number| case.kle = Some(number)),
        };
        right &= read.is_some();
    }
    right.then_some(case)
}

fn subject(reader: &mut Reader<'_>, field: &Field<'_, '_>) -> Option<KleNumber> {
    let example = "kle = \"02.34.02\"";
    let number = KleNumber::parse(&reader.string(field, example)?);
    match number.filter(KleNumber::is_subject) {
        Some(number) => Some(number),
        None => reader.wrong_kind(field, example),
    }
}

fn attachments(reader: &mut Reader<'_>, field: &Field<'_, '_>) -> Option<Attachments> {
    if field.value.get_ref().as_table().is_none() {
        return reader.choice(field, &["all", "none"], |name| match name {
            "all" => Some(Attachments::All),
            _ => Some(Attachments::None),
        });
    }
    let example = "attachments = { name_ends = [\".pdf\"] }";
    let fields = reader.table(
        field,
        &["name_ends", "type_starts", "at_most_bytes"],
        example,
    )?;
    match fields.as_slice() {
        [one] if one.name == "name_ends" => lower(reader, one, ".pdf").map(Attachments::NameEnds),
        [one] if one.name == "type_starts" => {
            lower(reader, one, "application/pdf").map(Attachments::TypeStarts)
        }
        [one] => reader
            .whole(one, "at_most_bytes = 1000000")
            .map(Attachments::AtMostBytes),
        _ => reader.wrong_kind(field, example),
    }
}

fn lower(reader: &mut Reader<'_>, field: &Field<'_, '_>, example: &str) -> Option<Vec<String>> {
    let example = format!("{} = [\"{example}\"]", field.name);
    let texts = reader.strings(field, &example)?;
    Some(texts.iter().map(|text| text.to_lowercase()).collect())
}

fn document_type(reader: &mut Reader<'_>, field: &Field<'_, '_>) -> Option<DocumentType> {
    let names: Vec<String> = DocumentType::ALL
        .iter()
        .filter_map(|kind| Some(json!(kind).as_str()?.to_owned()))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    reader.choice(field, &names, named)
}

/// What has this name in JSON has it in a file of rules.
fn named<T: DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(json!(name)).ok()
}

fn assign(reader: &mut Reader<'_>, field: &Field<'_, '_>) -> Option<Action> {
    let example = "assign = { unit = \"byggesag\" }";
    let fields = reader.table(field, &["person", "unit"], example)?;
    match fields.as_slice() {
        [one] if one.name == "person" => reader
            .string(one, "person = \"birthe\"")
            .map(Action::AssignPerson),
        [one] => reader.string(one, example).map(Action::AssignUnit),
        _ => reader.wrong_kind(field, example),
    }
}

fn mark(reader: &mut Reader<'_>, field: &Field<'_, '_>) -> Option<Mark> {
    if field.value.get_ref().as_table().is_none() {
        return reader.choice(field, &["flag"], |_| Some(Mark::Flag));
    }
    let example = "mark = { move = \"Journaliseret\" }";
    match reader.table(field, &["move"], example)?.first() {
        Some(folder) => reader
            .string(folder, "move = \"Journaliseret\"")
            .map(Mark::Move),
        None => reader.wrong_kind(field, example),
    }
}
