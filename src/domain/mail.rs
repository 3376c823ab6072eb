//! A mail as it was understood: what `mime` reads out of raw bytes and everything later works on.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

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
    AutoReply,
    Bounce,
    Newsletter,
    Calendar,
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
    /// The Date header. Receipt is known to the mailbox, not to the mail.
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
}

/// A leaf of the mail that is not the text shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// Never empty: a part without a name gets one from its type.
    pub name: String,
    pub media_type: String,
    /// Decoded bytes.
    pub size: u64,
    /// Of the decoded bytes; absent in what is kept of a stored mail, since it costs as much as all other reading.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sha256: Option<Sha256>,
    /// Shown within the body (a signature's logo), not offered as a document.
    pub inline: bool,
    /// A nested message/rfc822, parsed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mail: Option<Box<Mail>>,
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
