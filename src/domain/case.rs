//! A case and what hangs on it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{access::CaseAccess, document_type::DocumentType};

/// The file on one matter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Case {
    pub id: Uuid,
    /// As the case system writes it: `2024-00123`, `14/10822` …
    pub number: String,
    pub title: String,
    /// KLE subject `HH.GG.EE`.
    pub kle: Option<String>,
    /// KLE action facet, e.g. `P16`.
    pub facet: Option<String>,
    pub status: CaseStatus,
    /// User name of whoever is responsible.
    pub responsible: Option<String>,
    pub unit: Option<String>,
    pub access: CaseAccess,
    pub parties: Vec<Party>,
    pub created_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    /// Counts edits; what an ETag shows.
    pub version: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseStatus {
    Open,
    Closed,
}

/// Someone or something that a case is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Party {
    pub kind: PartyKind,
    pub name: String,
    /// CPR, CVR or BFE number, digits only.
    #[serde(default)]
    pub identifier: Option<String>,
    /// Postal address or the property's address.
    #[serde(default)]
    pub address: Option<String>,
    /// Lower-case mail address.
    #[serde(default)]
    pub mail: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    Person,
    Company,
    Property,
    Colleague,
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Incoming,
    Outgoing,
    Internal,
}

/// A journaled item on a case (akt): the mail, or one of its attachments filed by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Document {
    pub id: Uuid,
    pub case_id: Uuid,
    /// Running number on the case, from 1.
    pub number: i64,
    pub title: String,
    /// `null` where nobody knows.
    pub document_type: Option<DocumentType>,
    pub document_date: NaiveDate,
    pub direction: Direction,
    /// Whom it is from, to or about.
    pub parties: Vec<Party>,
    /// Until when it asks for something.
    pub deadline: Option<NaiveDate>,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
    pub files: Vec<DocumentFile>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DocumentFile {
    pub id: Uuid,
    pub name: String,
    pub media_type: String,
    pub size: i64,
    #[schema(value_type = String)]
    pub sha256: crate::domain::mail::Sha256,
}
