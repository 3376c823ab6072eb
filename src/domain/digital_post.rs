//! A message of Danish Digital Post that a mail carries (MeMo): who wrote to whom, on which case and subject.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{cpr::Cpr, cvr::Cvr};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DigitalPost {
    /// What the message is called.
    pub label: String,
    /// Names the message everywhere.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub uuid: Option<String>,
    pub sender: Correspondent,
    pub recipient: Correspondent,
    /// The sender's case number.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub case_id: Option<String>,
    /// Subject and facet, `27.36.00-G01`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub kle: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reply_by: Option<DateTime<Utc>>,
    /// Service of legal effect (forkyndelse).
    pub legal_notification: bool,
    /// Everybody whom it is from, to or about. Never kept or shown whole: what a mail is recognised by is made of them.
    #[serde(skip)]
    pub people: Vec<Cpr>,
    #[serde(skip)]
    pub companies: Vec<Cvr>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correspondent {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// A CVR number, or a CPR number masked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
}
