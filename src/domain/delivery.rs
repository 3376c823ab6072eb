//! What became of a mail that was sent, as servers and readers report it (RFC 3464, RFC 8098, RFC 5965).

use serde::{Deserialize, Serialize};

/// What a bounce, a receipt or a complaint says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryReport {
    /// The worst that happened to any recipient.
    pub outcome: Outcome,
    /// Of the mail it is about, where that can be told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub original_message_id: Option<String>,
    pub recipients: Vec<Recipient>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Failed,
    Delayed,
    Delivered,
    /// To a system that tells no more, or to the members of a list.
    PassedOn,
    Read,
    /// Deleted before anybody opened it.
    Unread,
    /// Denied or failed processing at the reader's.
    Refused,
    /// The reader called it spam.
    Complaint,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Lower case.
    pub address: String,
    pub outcome: Outcome,
    /// `5.1.1` (RFC 3463).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status: Option<String>,
    /// What the other server said, in its own words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub diagnostic: Option<String>,
}
