//! A mail that the steps look at: its row, its bytes, and what was read of them.

use bytes::Bytes;
use uuid::Uuid;

use super::House;
use crate::{
    domain::mail::Mail,
    mime,
    store::{MailRow, StoreError},
};

pub(super) struct Opened {
    pub row: MailRow,
    pub raw: Bytes,
    pub mail: Mail,
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
        Ok(Some(Self { row, raw, mail }))
    }

    /// The address it says it is from; empty when it says none.
    pub fn sender(&self) -> &str {
        let from = self.row.envelope.from.first();
        from.map(|from| from.address.as_str()).unwrap_or_default()
    }
}
