//! `expected.json` of mmp-php: senders, receivers, subjects, texts and numbers of files.

use std::{fs, sync::OnceLock};

use sagspost::{
    domain::mail::{Address, Attachment, Mail},
    mime,
};
use serde_json::Value;

use crate::Sample;

pub fn check(sample: &Sample) -> Vec<String> {
    let Some(expected) = expected(sample) else {
        return Vec::new();
    };
    let mail = mime::parse(&sample.bytes);
    let mut found = Vec::new();
    for (field, people) in [("From", &mail.from), ("To", &mail.to)] {
        if let Some(person) = expected.get(field) {
            found.extend(other_person(field, person, people));
        }
    }
    for (field, ours) in [
        ("Subject", Some(&mail.subject)),
        ("Message-ID", mail.message_id.as_ref()),
    ] {
        let theirs = expected.get(field).and_then(Value::as_str);
        if theirs.is_some_and(|theirs| ours.is_none_or(|ours| letters(ours) != letters(theirs))) {
            found.push(format!("{field}: {ours:?} for {theirs:?}"));
        }
    }
    found.extend(other_text(sample, expected, &mail.text));
    // Theirs does not count the signatures of signed mails; ours lists them as parts of no use to a reader.
    let files: Vec<&Attachment> = mail
        .attachments
        .iter()
        .filter(|file| !file.media_type.ends_with("-signature"))
        .collect();
    let theirs = expected.get("attachments").and_then(Value::as_u64);
    if theirs.is_some_and(|theirs| theirs != files.len() as u64) {
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        found.push(format!("{} files for {theirs:?}: {names:?}", names.len()));
    }
    let mut kinds = Vec::new();
    expected
        .get("parts")
        .inspect(|parts| kinds_of(parts, &mut kinds));
    for kind in kinds.into_iter().filter(|kind| !kind.starts_with("text/")) {
        if !files.iter().any(|file| file.media_type == kind) {
            found.push(format!("{kind} is not listed"));
        }
    }
    found.extend(other_bytes(sample, &mail));
    found
}

fn expected(sample: &Sample) -> Option<&'static Value> {
    static ALL: OnceLock<Value> = OnceLock::new();
    let (origin, rest) = sample.name.split_once('/')?;
    let mail = rest.rsplit('/').next()?.strip_suffix(".txt")?;
    if origin != "mmp-php" || !rest.contains("/emails/") {
        return None;
    }
    let mut folders = sample
        .path
        .ancestors()
        .map(|path| path.join("expected.json"));
    let file = folders.find(|file| file.is_file())?;
    ALL.get_or_init(|| serde_json::from_slice(&fs::read(file).unwrap()).unwrap())
        .get(mail)
}

/// The types of a mail's leaves: a list of them, or an object from each multipart to what lies in it.
fn kinds_of(parts: &Value, out: &mut Vec<String>) {
    match parts {
        Value::String(kind) => out.push(kind.clone()),
        Value::Array(parts) => parts.iter().for_each(|part| kinds_of(part, out)),
        Value::Object(parts) => parts.values().for_each(|part| kinds_of(part, out)),
        _ => (),
    }
}

/// Pictures and documents that lie beside the mails as well, under their names.
fn other_bytes(sample: &Sample, mail: &Mail) -> Vec<String> {
    let folder = sample.path.with_file_name("files");
    let with_name = mail.attachments.iter().enumerate();
    with_name
        .filter(|(_, file)| !file.media_type.starts_with("text/"))
        .filter_map(|(index, file)| Some((index, file, fs::read(folder.join(&file.name)).ok()?)))
        .filter(|(index, _, theirs)| {
            mime::attachment(&sample.bytes, &[*index]).is_none_or(|(_, ours)| ours != *theirs)
        })
        .map(|(_, file, _)| format!("the bytes of {} differ", file.name))
        .collect()
}

fn other_person(field: &str, expected: &Value, people: &[Address]) -> Option<String> {
    let text = |key: &str| {
        expected
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let is_it = people.first().is_some_and(|person| {
        person.address == text("email").to_lowercase()
            && person.name.as_deref().unwrap_or_default() == text("name")
    });
    (!is_it).then(|| format!("{field}: {people:?} for {expected}"))
}

/// The text, or the page's where there is no other; white space aside, which is what pages lose.
fn other_text(sample: &Sample, expected: &Value, text: &str) -> Option<String> {
    let file = expected
        .get("text")
        .or_else(|| expected.get("html"))?
        .as_str()?;
    let bytes = fs::read(sample.path.with_file_name("files").join(file)).ok()?;
    let theirs = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => error
            .into_bytes()
            .iter()
            .map(|byte| char::from(*byte))
            .collect(),
    };
    let (ours, theirs) = (letters(text), letters(&theirs));
    (!ours.contains(&theirs)).then(|| {
        let same = ours
            .chars()
            .zip(theirs.chars())
            .take_while(|(a, b)| a == b)
            .count();
        let near = |text: &str| {
            text.chars()
                .skip(same.saturating_sub(10))
                .take(60)
                .collect::<String>()
        };
        format!(
            "text differs at letter {same}: {:?} for {:?}",
            near(&ours),
            near(&theirs)
        )
    })
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}
