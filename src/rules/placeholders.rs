//! `{name}` in an action: what a pattern's group met, or something that every mail has.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::action::{Action, Journal, NewCase, Target};
use super::condition::{Condition, Leaf};
use super::text_test::TextTest;
use crate::domain::{mail::Mail, working_days::danish_day};

/// What every mail has a value for, if an empty one.
pub(super) const OF_EVERY_MAIL: [&str; 4] = ["subject", "sender", "sender_address", "date"];
/// Of a value that a stranger wrote.
const MAX_CHARS: usize = 200;

/// Names that actions use and nothing gives.
pub(super) fn unknown(when: &Condition, then: &[Action]) -> Vec<String> {
    let known = known(when);
    let mut unknown: Vec<String> = then
        .iter()
        .flat_map(patterns)
        .flat_map(names)
        .filter(|name| !known.iter().any(|known| known == name))
        .map(str::to_owned)
        .collect();
    unknown.dedup();
    unknown
}

/// Names that a rule's actions may use.
pub(super) fn known(when: &Condition) -> Vec<String> {
    let groups = when.leaves().into_iter().filter_map(|leaf| match leaf {
        Leaf::Text(_, TextTest::Regex(pattern))
        | Leaf::Header {
            test: TextTest::Regex(pattern),
            ..
        } => Some(pattern.groups()),
        _ => None,
    });
    let every = OF_EVERY_MAIL.iter().copied();
    every.chain(groups.flatten()).map(str::to_owned).collect()
}

/// A placeholder that not every mail has a value for, if the pattern uses one.
pub fn unknown_placeholder(pattern: &str) -> Option<&str> {
    names(pattern).find(|name| !OF_EVERY_MAIL.contains(name))
}

/// A pattern filled with what every mail has; it has no other placeholders (`unknown_placeholder`).
pub fn filled_from(pattern: &str, mail: &Mail, at: DateTime<Utc>) -> String {
    fill(pattern, &of_every_mail(mail, at)).unwrap_or_default()
}

/// Values of [`OF_EVERY_MAIL`].
pub(super) fn of_every_mail(mail: &Mail, at: DateTime<Utc>) -> BTreeMap<String, String> {
    let sender = mail.from.first();
    let address = sender.map(|from| from.address.as_str()).unwrap_or_default();
    let name = sender
        .and_then(|from| from.name.as_deref())
        .unwrap_or(address);
    BTreeMap::from([
        ("subject".to_owned(), tame(&mail.subject)),
        ("sender".to_owned(), tame(name)),
        ("sender_address".to_owned(), tame(address)),
        ("date".to_owned(), danish_day(at).to_string()),
    ])
}

/// The texts of an action that may hold placeholders. Who is written to never may: a stranger would choose it.
fn patterns(action: &Action) -> Vec<&str> {
    match action {
        Action::Tag(tags) => tags.iter().map(String::as_str).collect(),
        Action::Journal(journal) => {
            let Journal {
                on,
                title,
                file_name,
                ..
            } = &**journal;
            let case = match on {
                Target::Case(case) => Some(case),
                Target::NewCase(NewCase { title, .. }) => title.as_ref(),
                _ => None,
            };
            [case, title.as_ref(), file_name.as_ref()]
                .into_iter()
                .flatten()
                .map(String::as_str)
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The action with its placeholders filled, or the name of the one that has no value.
pub(super) fn filled(action: &Action, values: &BTreeMap<String, String>) -> Result<Action, String> {
    let mut action = action.clone();
    match &mut action {
        Action::Tag(tags) => {
            for tag in tags {
                *tag = fill(tag, values)?;
            }
        }
        Action::Journal(journal) => {
            let Journal {
                on,
                title,
                file_name,
                ..
            } = &mut **journal;
            let case = match on {
                Target::Case(case) => Some(case),
                Target::NewCase(NewCase { title, .. }) => title.as_mut(),
                _ => None,
            };
            for text in [case, title.as_mut(), file_name.as_mut()]
                .into_iter()
                .flatten()
            {
                *text = fill(text, values)?;
            }
        }
        _ => {}
    }
    Ok(action)
}

/// A value as an action may have it: one line, not long, nothing that cannot be seen.
pub(super) fn tame(value: &str) -> String {
    let seen = value
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MAX_CHARS);
    seen.collect::<String>().trim().to_owned()
}

fn names(pattern: &str) -> impl Iterator<Item = &str> {
    pattern
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

fn fill(pattern: &str, values: &BTreeMap<String, String>) -> Result<String, String> {
    let mut parts = pattern.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if let Some((name, rest)) = part.split_once('}') {
            filled.push_str(values.get(name).ok_or(name)?);
            filled.push_str(rest);
        } else {
            filled.push('{');
            filled.push_str(part);
        }
    }
    Ok(filled)
}
