//! A mail as it was understood: what `mime` reads out of raw bytes and everything later works on.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{delivery::DeliveryReport, digital_post::DigitalPost};

/// SHA-256 of some bytes; the identity of a raw mail, an attachment or a stored file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sha256(pub [u8; 32]);

impl Sha256 {
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest;
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// Parses 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut out = [0; 32];
        hex::decode_to_slice(text, &mut out).ok()?;
        Some(Self(out))
    }
}

impl std::fmt::Display for Sha256 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl std::fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sha256({self})")
    }
}

impl Serialize for Sha256 {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha256 {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("expected 64 hexadecimal digits"))
    }
}

/// A mail address as written; `address` is lower-cased and may be empty when only a name was given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Address {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    pub address: String,
}

/// What a mail is, told from its headers first and its subject after.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// Written by a person, or by a system that does not say it is one.
    #[default]
    Personal,
    /// A machine answered: it confirms receipt, or says no more than that it answers.
    AutoReply,
    /// A machine answered that the person is away.
    OutOfOffice,
    /// A mail that was sent could not be delivered, or not yet.
    Bounce,
    /// Sent to many at once, newsletters and mailing lists alike.
    Newsletter,
    /// A meeting or a task: invitation, answer, cancellation.
    Calendar,
    /// Written by a system that says so in its headers.
    System,
    /// Exchange's report of a mail that it journaled; the mail lies within.
    JournalReport,
    /// Tells that a mail was read, or deleted unread (RFC 8098).
    ReadReceipt,
    /// Bytes that could not be understood as a mail; kept and journalable all the same.
    Unreadable,
}

/// A mail, parsed. Serialised, this is the stable contract of `sagspost parse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Mail {
    /// Without angle brackets, trimmed; `None` when missing or empty.
    pub message_id: Option<String>,
    pub in_reply_to: Vec<String>,
    pub references: Vec<String>,
    /// The Date header; where that cannot be, when the last server took the mail.
    pub date: Option<DateTime<Utc>>,
    pub from: Vec<Address>,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    pub bcc: Vec<Address>,
    /// As decoded, prefixes (SV:, VS:, RE: …) still on; empty when missing.
    pub subject: String,
    /// Readable text of the body, from text/plain or from HTML; LF line ends.
    pub text: String,
    pub kind: MailKind,
    pub attachments: Vec<Attachment>,
    /// What could not be read or was repaired, one code and sentence each.
    pub warnings: Vec<Warning>,
    /// Exchange's Thread-Index: the conversation's 22-byte root in lower-case hex.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub thread_index: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub signature: Option<Signature>,
    /// Of a bounce, a receipt or a complaint.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub report: Option<DeliveryReport>,
    /// Of a journal report; `to`, `cc` and `bcc` are taken from it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub envelope: Option<Envelope>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub digital_post: Option<DigitalPost>,
}

/// What a server noted of a mail that it copied to a journal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sender: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub on_behalf_of: Option<Address>,
    /// What the copied mail is by itself.
    pub kind: MailKind,
}

/// An S/MIME signature. Who signed is as the signature says: trust in it is checked by nobody here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    pub state: SignatureState,
    pub signers: Vec<Signer>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureState {
    /// The content is the one that was signed.
    Intact,
    Altered,
    /// With an algorithm that is not known, or without a digest.
    Unchecked,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub signed_at: Option<DateTime<Utc>>,
}

/// A leaf of the mail that is not the text shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// As it was sent, so it may hold anything; a part without a name gets one from its type.
    pub name: String,
    /// The name as a file can have it anywhere, unlike all others of the mail; see [`super::file_name`].
    #[serde(default)]
    pub clean_name: String,
    pub media_type: String,
    /// Decoded bytes.
    pub size: u64,
    /// Of the decoded bytes; absent in what is kept of a stored mail, since it costs as much as all other reading.
    /// Small pictures alone have it there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sha256: Option<Sha256>,
    /// Shown within the body (a signature's logo), not offered as a document.
    pub inline: bool,
    /// The mail that it is: a nested message/rfc822, an .eml or an Outlook .msg file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mail: Option<Box<Mail>>,
    /// The mails of a mailbox file (mbox).
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub attachments: Vec<Attachment>,
}

impl Attachment {
    /// Whether it is worth a look for text, by what its sender says it is.
    pub fn may_have_text(&self) -> bool {
        const WITHOUT: [&str; 3] = ["image/", "audio/", "video/"];
        !self.inline
            && self.size > 0
            && !WITHOUT.iter().any(|kind| self.media_type.starts_with(kind))
            && !self.media_type.ends_with("-signature")
    }
}

/// Something a reader should know about how the mail was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Stable, e.g. `charset_unknown`.
    pub code: String,
    pub detail: String,
}
