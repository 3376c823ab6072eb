//! A rule that somebody wrote, before it is kept: what only who knows the cases and people can see.

use crate::{
    domain::{access::Level, case::CaseStatus, role::Principal},
    rules::{self, Action, Mistake, Rule, Target},
    store::{Store, StoreError},
};

/// Of the text of one rule.
const MAX_BYTES: usize = 1024 * 1024;

/// A rule without mistakes.
#[derive(Clone, Debug)]
pub struct Checked {
    pub rule: Rule,
    /// As it was written; anew where it said to be switched off, which is no part of what is kept.
    pub text: String,
    /// Numbers of the cases it names.
    pub cases: Vec<String>,
    /// The text said so.
    pub switched_off: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    #[error("the rule has mistakes")]
    Mistakes(Vec<Mistake>),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads the only rule of a text, and looks up with the rights of its author what it names.
pub async fn check(store: &Store, text: &str, author: &str) -> Result<Checked, CheckError> {
    if text.len() > MAX_BYTES {
        let limit = (MAX_BYTES / 1024 / 1024).to_string();
        let values = [("limit", limit.as_str())];
        let too_large = Mistake::at("", (1, ""), "file-too-large", &values);
        return Err(CheckError::Mistakes(vec![too_large]));
    }
    let mut checked = check_all(store, text, author).await?;
    match (checked.pop(), checked.is_empty()) {
        (Some(only), true) => Ok(only),
        _ => Err(CheckError::Mistakes(vec![Mistake::at(
            text,
            (1, ""),
            "one-rule",
            &[],
        )])),
    }
}

/// The same with all rules of a text, in their order.
pub async fn check_all(
    store: &Store,
    text: &str,
    author: &str,
) -> Result<Vec<Checked>, CheckError> {
    let read = rules::read(text).map_err(CheckError::Mistakes)?;
    let is_only = read.len() == 1;
    let mut mistakes = Vec::new();
    let mut checked = Vec::with_capacity(read.len());
    for (number, rule) in (1..).zip(read) {
        let place = (text, number);
        let mut cases = Vec::new();
        for action in &rule.then {
            if let Action::Journal(journal) = action
                && let Target::Case(number) = &journal.on
                && !number.contains('{')
            {
                let wrong = of_case(store, number, author).await?;
                mistakes.extend(wrong.map(|code| at(place, "then.journal.case", code, number)));
                cases.push(number.clone());
            }
            if let Action::Journal(journal) = action
                && let Target::NewCase(case) = &journal.on
                && let Some(template) = &case.template
            {
                match store.case_template(template).await {
                    Err(StoreError::NotFound(_)) => {
                        let path = "then.journal.new_case.template";
                        mistakes.push(at(place, path, "no-such-template", template));
                    }
                    other => drop(other?),
                }
            }
            for (path, who) in named(action) {
                if !store.is_known_principal(&who).await? {
                    let (code, name) = match &who {
                        Principal::Unit(code) => ("no-such-unit", code),
                        Principal::User(name) => ("no-such-person", name),
                        _ => continue,
                    };
                    mistakes.push(at(place, path, code, name));
                }
            }
        }
        let switched_off = !rule.enabled;
        let rule = Rule {
            enabled: true,
            ..rule
        };
        checked.push(Checked {
            text: if switched_off || !is_only {
                rules::write(std::slice::from_ref(&rule))
            } else {
                text.to_owned()
            },
            rule,
            cases,
            switched_off,
        });
    }
    if mistakes.is_empty() {
        Ok(checked)
    } else {
        Err(CheckError::Mistakes(mistakes))
    }
}

fn at((text, rule): (&str, usize), path: &str, code: &'static str, name: &str) -> Mistake {
    Mistake::at(text, (rule, path), code, &[("name", name)])
}

/// What is wrong with filing on it; a case that the author may not see is not there.
async fn of_case(
    store: &Store,
    number: &str,
    author: &str,
) -> Result<Option<&'static str>, StoreError> {
    let case = match store.case_by_number(number, author).await {
        Err(StoreError::NotFound(_)) => return Ok(Some("no-such-case")),
        other => other?,
    };
    if case.status == CaseStatus::Closed {
        return Ok(Some("case-closed"));
    }
    match store.expect_case(case.id, author, Level::Write).await {
        Ok(()) => Ok(None),
        Err(StoreError::NotFound(_) | StoreError::NotAllowed(_)) => Ok(Some("case-not-yours")),
        Err(error) => Err(error),
    }
}

/// Whom an action names, and where.
fn named(action: &Action) -> Vec<(&'static str, Principal)> {
    let user = |name: &String| Principal::User(name.clone());
    match action {
        Action::AssignPerson(name) => vec![("then.assign.person", user(name))],
        Action::AssignUnit(code) => vec![("then.assign.unit", Principal::Unit(code.clone()))],
        Action::Notify(names) => names
            .iter()
            .map(|name| ("then.notify", user(name)))
            .collect(),
        Action::Journal(journal) => match &journal.on {
            Target::NewCase(case) => case
                .responsible
                .iter()
                .map(|name| ("then.journal.new_case.responsible", user(name)))
                .collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
