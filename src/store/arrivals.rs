//! Which mails of a batch are looked at when they arrive: the jobs of `triage/`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    StoreError,
    db::Tx,
    jobs::{self, JobKind, NewJob},
    mails::{Batch, NewMail, StoredMail},
};

/// A mail that came to lie in a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrived {
    pub mailbox_id: Uuid,
    pub mail_id: Uuid,
    /// The number of the case that its sender chose; of what lies in the sender's own sent mail alone.
    #[serde(
        default,
        alias = "case_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub chosen_case: Option<String>,
}

impl Arrived {
    fn of(mailbox_id: Uuid, new: &NewMail, stored: StoredMail) -> Option<Self> {
        new.chosen_case.as_ref()?;
        Some(Self {
            mailbox_id,
            mail_id: stored.id,
            chosen_case: new.chosen_case.clone(),
        })
    }
}

/// One job for each mail, so that one that fails holds up no other.
pub(super) async fn order_triage(
    tx: &mut Tx,
    batch: &Batch,
    stored: &[StoredMail],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let due: Vec<NewJob> = (batch.mails.iter().zip(stored))
        .filter_map(|(new, stored)| Arrived::of(batch.mailbox_id, new, *stored))
        .map(|arrived| NewJob {
            kind: JobKind::Triage,
            group_key: format!("triage:{}", arrived.mailbox_id),
            payload: serde_json::to_value(arrived).unwrap_or_default(),
        })
        .collect();
    jobs::insert(tx, &due, None, now).await
}
