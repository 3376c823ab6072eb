//! A mail that the steps look at: its row, its bytes, and what was read of them.

use bytes::Bytes;
use uuid::Uuid;

use super::House;
use crate::{
    domain::mail::{Mail, MailKind},
    mime,
    rules::{self, Authentication, Facts, Held},
    store::{MailRow, StoreError},
};

pub(super) struct Opened {
    pub row: MailRow,
    pub raw: Bytes,
    pub mail: Mail,
    /// Names and decoded values, in order.
    pub headers: Vec<(String, String)>,
}

impl Opened {
    /// `None` when the mail was removed since.
    pub async fn read(house: House<'_>, mail_id: Uuid) -> Result<Option<Self>, StoreError> {
        let row = match house.store.mail_unchecked(mail_id).await {
            Err(StoreError::NotFound(_)) => return Ok(None),
            other => other?,
        };
        let raw = house.store.blob(row.sha256).await?;
        let mut mail = mime::parse_undigested(&raw);
        house.store.mark_logos(&mut mail).await?;
        let headers = mime::header_fields(&raw);
        Ok(Some(Self {
            row,
            raw,
            mail,
            headers,
        }))
    }

    /// Whether the service sent it, as its Message-ID proves.
    pub fn is_ours(&self, house: House<'_>) -> bool {
        let id = self.mail.message_id.as_deref();
        !house.filing.marks.among(id).is_empty()
    }

    /// Why a person must look at it before anything is done with it.
    pub fn held(&self) -> Option<Held> {
        rules::held(&self.mail, &self.facts())
    }

    /// What the trusted server found of its sender; `None` where it said nothing, or none is trusted.
    pub fn authentication(&self, house: House<'_>) -> Option<Authentication> {
        let server = house.filing.trusted_server.as_deref()?;
        Authentication::read(&self.headers, server, &self.mail)
    }

    /// Whether a person wrote it, or something came back to one: what machines answer is no part of a conversation.
    pub fn is_of_a_conversation(&self) -> bool {
        matches!(
            self.mail.kind,
            MailKind::Personal | MailKind::Calendar | MailKind::Bounce | MailKind::JournalReport
        )
    }

    fn facts(&self) -> Facts {
        Facts {
            headers: Some(self.headers.clone()),
            ..Facts::default()
        }
    }

    /// The address it says it is from; empty when it says none.
    pub fn sender(&self) -> &str {
        let from = self.row.envelope.from.first();
        from.map(|from| from.address.as_str()).unwrap_or_default()
    }
}
