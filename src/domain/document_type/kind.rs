//! The types of document.

use serde::{Deserialize, Serialize};

/// What kind of document a mail or a file is.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DocumentType {
    Letter,
    /// A decision of an authority, a permit, a refusal (afgørelse).
    Decision,
    Application,
    Complaint,
    Invoice,
    /// Of payment (rykker).
    Reminder,
    Minutes,
    Agenda,
    /// Sent out for comments (høring).
    Hearing,
    HearingAnswer,
    /// A party is heard before a decision (partshøring).
    PartyHearing,
    Contract,
    Offer,
    Report,
    Receipt,
    /// An expert's or another authority's (udtalelse).
    Statement,
    Note,
    /// For access to documents (aktindsigt).
    AccessRequest,
    /// Of concern for a child or an adult (underretning).
    Notification,
    Consent,
    PowerOfAttorney,
    Invitation,
    Drawing,
    Map,
    Photo,
    Cv,
    MedicalCertificate,
    Form,
    Inquiry,
    Budget,
    Plan,
}

impl DocumentType {
    pub const ALL: [Self; 31] = [
        Self::Letter,
        Self::Decision,
        Self::Application,
        Self::Complaint,
        Self::Invoice,
        Self::Reminder,
        Self::Minutes,
        Self::Agenda,
        Self::Hearing,
        Self::HearingAnswer,
        Self::PartyHearing,
        Self::Contract,
        Self::Offer,
        Self::Report,
        Self::Receipt,
        Self::Statement,
        Self::Note,
        Self::AccessRequest,
        Self::Notification,
        Self::Consent,
        Self::PowerOfAttorney,
        Self::Invitation,
        Self::Drawing,
        Self::Map,
        Self::Photo,
        Self::Cv,
        Self::MedicalCertificate,
        Self::Form,
        Self::Inquiry,
        Self::Budget,
        Self::Plan,
    ];

    /// Stable, as it is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Decision => "decision",
            Self::Application => "application",
            Self::Complaint => "complaint",
            Self::Invoice => "invoice",
            Self::Reminder => "reminder",
            Self::Minutes => "minutes",
            Self::Agenda => "agenda",
            Self::Hearing => "hearing",
            Self::HearingAnswer => "hearing_answer",
            Self::PartyHearing => "party_hearing",
            Self::Contract => "contract",
            Self::Offer => "offer",
            Self::Report => "report",
            Self::Receipt => "receipt",
            Self::Statement => "statement",
            Self::Note => "note",
            Self::AccessRequest => "access_request",
            Self::Notification => "notification",
            Self::Consent => "consent",
            Self::PowerOfAttorney => "power_of_attorney",
            Self::Invitation => "invitation",
            Self::Drawing => "drawing",
            Self::Map => "map",
            Self::Photo => "photo",
            Self::Cv => "cv",
            Self::MedicalCertificate => "medical_certificate",
            Self::Form => "form",
            Self::Inquiry => "inquiry",
            Self::Budget => "budget",
            Self::Plan => "plan",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_written_as_it_is_read() {
        for kind in DocumentType::ALL {
            assert_eq!(DocumentType::parse(kind.as_str()), Some(kind));
            let written = serde_json::to_value(kind).unwrap();
            assert_eq!(written, kind.as_str());
        }
        assert_eq!(DocumentType::parse("brev"), None);
    }
}
