//! How what rules said and did is written beside a mail, and read again in the reader's language.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::rules::{
    Action, Cause, Truth, Withheld, Words, read_action, read_leaf, write_action, write_leaf,
};

/// A condition that decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Because {
    /// As it stands in a file of rules.
    condition: String,
    pub holds: Truth,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
}

/// What became of an action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Did {
    /// As it stands in a file of rules, its placeholders filled.
    action: String,
    pub state: State,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry_id: Option<Uuid>,
    /// Why it was not done; a code of the catalogues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    values: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RuleFollowedState)]
pub enum State {
    Done,
    /// The rule said so, and something forbade it.
    Withheld,
    /// What it would have done.
    Would,
    /// It could not be done.
    Failed,
    /// A mail that was not sent.
    NotSent,
    Undone,
}

impl Because {
    pub fn of(cause: &Cause) -> Self {
        Self {
            condition: write_leaf(&cause.leaf),
            holds: cause.holds,
            // Databases hold no zero.
            found: cause.found.as_ref().map(|found| found.replace('\0', " ")),
        }
    }

    pub fn text(&self, words: Words) -> String {
        match read_leaf(&self.condition) {
            Some(leaf) => words.cause(&Cause {
                leaf,
                holds: self.holds,
                found: self.found.clone(),
            }),
            None => self.condition.clone(),
        }
    }
}

impl Did {
    pub fn new(action: &Action, state: State) -> Self {
        Self {
            action: write_action(action).replace('\0', " "),
            state,
            case_number: None,
            entry_id: None,
            why: None,
            values: BTreeMap::new(),
        }
    }

    #[must_use]
    pub fn on(mut self, case_number: Option<String>) -> Self {
        self.case_number = case_number;
        self
    }

    #[must_use]
    pub fn because(mut self, state: State, why: &str) -> Self {
        self.state = state;
        self.why = Some(why.to_owned());
        self
    }

    #[must_use]
    pub fn withheld(mut self, why: &Withheld, name_of_rule: impl Fn(usize) -> String) -> Self {
        let (code, values) = why.told(name_of_rule);
        let values = values.into_iter();
        self.values = values
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        self.because(State::Withheld, code)
    }

    /// The action, as its key in a file of rules.
    pub fn name(&self) -> &str {
        self.action.split(' ').next().unwrap_or_default()
    }

    pub fn action(&self) -> Option<Action> {
        read_action(&self.action)
    }

    pub fn text(&self, words: Words) -> String {
        self.action()
            .map_or_else(|| self.action.clone(), |action| words.action(&action))
    }

    pub fn why_text(&self, words: Words) -> Option<String> {
        let values: Vec<(&str, String)> = self
            .values
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        self.why.as_ref().map(|why| words.why(why, &values))
    }
}

/// What is kept of several; what cannot be read is left out.
pub fn read<T: for<'d> Deserialize<'d>>(kept: &Value) -> Vec<T> {
    Vec::deserialize(kept).unwrap_or_default()
}

pub(super) fn write<T: Serialize>(several: &[T]) -> Value {
    serde_json::to_value(several).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Attachments, Journal, Target};

    #[test]
    fn what_was_done_is_told_as_it_was_whatever_a_stranger_wrote() {
        let journal = Journal {
            on: Target::Case("2026-00001".to_owned()),
            title: Some("Faktura {ikke en plads} \"12\"\u{7}".to_owned()),
            file_name: None,
            attachments: Attachments::All,
            direction: None,
            access: None,
            document_type: None,
        };
        let action = Action::Journal(Box::new(journal));
        let did = Did::new(&action, State::Done);
        let again: Vec<Did> = read(&write(std::slice::from_ref(&did)));
        assert_eq!(again[0].action(), Some(action));
        assert_eq!(again[0].name(), "journal");
    }
}
