//! What a template is filled in with.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};

use super::words::{Condition, DateStyle, Field, PartyField, PersonField};

const MONTHS: [&str; 12] = [
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
];

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Data {
    pub case: CaseData,
    pub parties: Vec<PartyData>,
    /// Whom the letter is to, by place among the parties; the first when nobody says.
    pub recipient: usize,
    pub responsible: PersonData,
    pub sender: PersonData,
    pub unit: UnitData,
    pub date: Option<NaiveDate>,
    /// By name, in lower case.
    pub fields: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CaseData {
    pub number: String,
    pub title: String,
    pub kle: String,
    pub facet: String,
    pub created: Option<NaiveDate>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PartyData {
    /// In the words of the letter: `person`, `virksomhed`, `ejendom`, `kollega`, `anden`.
    pub kind: String,
    pub name: String,
    pub cpr: String,
    pub cvr: String,
    pub property: String,
    pub address: String,
    pub mail: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PersonData {
    pub name: String,
    pub mail: String,
    pub unit: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UnitData {
    pub name: String,
    pub code: String,
}

impl Data {
    /// The value of a field; `party` is the one that a loop has come to.
    pub(super) fn value(&self, field: &Field, party: Option<usize>) -> String {
        match field {
            Field::CaseNumber => self.case.number.clone(),
            Field::CaseTitle => self.case.title.clone(),
            Field::CaseKle => self.case.kle.clone(),
            Field::CaseFacet => self.case.facet.clone(),
            Field::CaseCreated(style) => written(self.case.created, *style),
            Field::Party(field) => self.party(*field, party.unwrap_or(self.recipient)),
            Field::Recipient(field) => self.party(*field, self.recipient),
            Field::Responsible(field) => person(&self.responsible, *field),
            Field::Sender(field) => person(&self.sender, *field),
            Field::UnitName => self.unit.name.clone(),
            Field::UnitCode => self.unit.code.clone(),
            Field::Date(style) => written(self.date, *style),
            Field::Asked(name) => self.fields.get(name).cloned().unwrap_or_default(),
        }
    }

    pub(super) fn holds(&self, condition: &Condition, party: Option<usize>) -> bool {
        let value = self.value(&condition.field, party);
        let value = value.trim();
        let holds = match &condition.is {
            None => !value.is_empty(),
            Some(other) => value.to_lowercase() == *other,
        };
        holds != condition.not
    }

    fn party(&self, field: PartyField, at: usize) -> String {
        let Some(party) = self.parties.get(at) else {
            return String::new();
        };
        match field {
            PartyField::Name => party.name.clone(),
            PartyField::FirstName => party
                .name
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .to_owned(),
            PartyField::Kind => party.kind.clone(),
            PartyField::Cpr => party.cpr.clone(),
            PartyField::Cvr => party.cvr.clone(),
            PartyField::Property => party.property.clone(),
            PartyField::Address => party.address.clone(),
            PartyField::AddressLines => lines(&party.address),
            PartyField::Mail => party.mail.clone(),
            PartyField::Number => (at + 1).to_string(),
        }
    }
}

fn person(person: &PersonData, field: PersonField) -> String {
    match field {
        PersonField::Name => &person.name,
        PersonField::Mail => &person.mail,
        PersonField::Unit => &person.unit,
    }
    .clone()
}

fn written(date: Option<NaiveDate>, style: DateStyle) -> String {
    let Some(date) = date else {
        return String::new();
    };
    match style {
        DateStyle::Long => {
            let month = MONTHS.get(date.month0() as usize).unwrap_or(&"");
            format!("{}. {month} {}", date.day(), date.year())
        }
        DateStyle::Short => date.format("%d-%m-%Y").to_string(),
    }
}

/// The town begins with its four figures, and is a line of its own.
fn lines(address: &str) -> String {
    let parts: Vec<&str> = address
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    let is_town = |part: &&str| {
        let (code, rest) = part.split_at_checked(4).unwrap_or((part, ""));
        code.bytes().all(|byte| byte.is_ascii_digit()) && rest.starts_with(' ')
    };
    match parts.iter().position(is_town) {
        Some(at) if at > 0 => format!("{}\n{}", parts[..at].join(", "), parts[at..].join("\n")),
        _ => parts.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_a_danish_letter_has_them() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 28);
        assert_eq!(written(day, DateStyle::Long), "28. november 2026");
        assert_eq!(written(day, DateStyle::Short), "28-11-2026");
        assert_eq!(written(None, DateStyle::Long), "");
    }

    #[test]
    fn the_town_is_a_line_of_its_own() {
        assert_eq!(
            lines("Vej 12A, 3. tv, 2620 Albertslund"),
            "Vej 12A, 3. tv\n2620 Albertslund"
        );
        assert_eq!(lines("2620 Albertslund"), "2620 Albertslund");
        assert_eq!(lines("Nørregade 4"), "Nørregade 4");
        assert_eq!(lines(""), "");
    }
}
