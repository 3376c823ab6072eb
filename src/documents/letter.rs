//! A letter on a case: what its template is filled in with, from what is known of the case and of who writes it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Europe::Copenhagen;
use uuid::Uuid;

use super::{
    package::{PackageError, Property},
    template::{CaseData, Data, PartyData, PersonData, Template, UnitData},
};
use crate::{
    domain::case::{Case, Party, PartyKind},
    store::{Store, StoreError},
};

/// Properties by which the document is known again when it comes back.
pub const CASE_PROPERTY: &str = "sagspost:case";
pub const DOCUMENT_PROPERTY: &str = "sagspost:document";

/// What is asked for, beside the case.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Whom it is to, by place among the parties.
    pub recipient: Option<usize>,
    pub date: NaiveDate,
    /// By name, in lower case.
    pub fields: BTreeMap<String, String>,
}

#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Package(#[from] PackageError),
    #[error("the case has no such party")]
    NoSuchParty,
    #[error("the template asks for {0:?}, which was not given")]
    NotAsked(String),
    /// Found when it was checked, and kept all the same.
    #[error("the template has mistakes")]
    Mistakes,
    #[error("the template could not be filled in")]
    Failed,
}

/// What a template is filled in with on this case, in the name of `sender`.
pub async fn data(
    store: &Store,
    case: &Case,
    sender: &str,
    asked: Asked,
) -> Result<Data, LetterError> {
    let recipient = asked.recipient.unwrap_or(0);
    if asked.recipient.is_some() && recipient >= case.parties.len() {
        return Err(LetterError::NoSuchParty);
    }
    let units = store.units().await?;
    let unit = |code: Option<&str>| {
        let code = code.unwrap_or_default();
        let known = units.iter().find(|unit| unit.code == code);
        UnitData {
            name: known.map_or(code, |unit| &unit.name).to_owned(),
            code: code.to_owned(),
        }
    };
    let person = async |name: Option<&str>| -> Result<PersonData, StoreError> {
        let Some(name) = name else {
            return Ok(PersonData::default());
        };
        let user = store.user(name).await?;
        Ok(user.map_or_else(
            || PersonData {
                name: name.to_owned(),
                ..PersonData::default()
            },
            |user| PersonData {
                unit: unit(user.unit.as_deref()).name,
                name: user.display_name,
                mail: user.mail.unwrap_or_default(),
            },
        ))
    };
    Ok(Data {
        case: CaseData {
            number: case.number.clone(),
            title: case.title.clone(),
            kle: case.kle.clone().unwrap_or_default(),
            facet: case.facet.clone().unwrap_or_default(),
            created: Some(case.created_at.with_timezone(&Copenhagen).date_naive()),
        },
        parties: case.parties.iter().map(party).collect(),
        recipient,
        responsible: person(case.responsible.as_deref()).await?,
        sender: person(Some(sender)).await?,
        unit: unit(case.unit.as_deref()),
        date: Some(asked.date),
        fields: asked.fields,
    })
}

/// The letter, which carries the case, and the document when it is to be one.
pub fn render(
    template: &Template,
    data: &Data,
    case: Uuid,
    document: Option<Uuid>,
) -> Result<Vec<u8>, LetterError> {
    if !template.mistakes.is_empty() {
        return Err(LetterError::Mistakes);
    }
    let missing = template
        .asked()
        .into_iter()
        .find(|name| !data.fields.contains_key(*name));
    if let Some(name) = missing {
        return Err(LetterError::NotAsked(name.to_owned()));
    }
    let mut properties = vec![property(CASE_PROPERTY, case)];
    properties.extend(document.map(|document| property(DOCUMENT_PROPERTY, document)));
    Ok(template.render(data, &properties)?)
}

fn property(name: &str, id: Uuid) -> Property {
    Property {
        name: name.to_owned(),
        value: id.to_string(),
    }
}

fn party(party: &Party) -> PartyData {
    let number = party.identifier.clone().unwrap_or_default();
    let of = |kind| {
        if party.kind == kind {
            number.clone()
        } else {
            String::new()
        }
    };
    PartyData {
        kind: match party.kind {
            PartyKind::Person => "person",
            PartyKind::Company => "virksomhed",
            PartyKind::Property => "ejendom",
            PartyKind::Colleague => "kollega",
            PartyKind::Other => "anden",
        }
        .to_owned(),
        name: party.name.clone(),
        cpr: of(PartyKind::Person),
        cvr: of(PartyKind::Company),
        property: of(PartyKind::Property),
        address: party.address.clone().unwrap_or_default(),
        mail: party.mail.clone().unwrap_or_default(),
    }
}
