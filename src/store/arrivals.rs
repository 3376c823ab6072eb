//! Which mails of a batch are looked at when they arrive: the jobs of `triage/`.

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Store, StoreError,
    db::{Tx, write},
    jobs::{self, JobKind, NewJob},
    linked_folders,
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
    /// How often it was put off since what its attachments say was not known.
    #[serde(default)]
    pub put_off: usize,
}

impl Arrived {
    fn of(batch: &Batch, new: &NewMail, stored: StoredMail, watched: &Watched) -> Option<Self> {
        let place = new.place.as_ref()?;
        // What lay there before the mailbox was added is its history, which a first sync brings in.
        let has_come = watched.since.is_some_and(|since| since <= new.received_at);
        let was_put = watched.linked.contains(&place.folder_id);
        (has_come || was_put || new.chosen_case.is_some()).then(|| Self {
            mailbox_id: batch.mailbox_id,
            mail_id: stored.id,
            chosen_case: new.chosen_case.clone(),
            put_off: 0,
        })
    }

    fn job(&self) -> NewJob {
        NewJob {
            kind: JobKind::Triage,
            group_key: format!("triage:{}", self.mailbox_id),
            payload: serde_json::to_value(self).unwrap_or_default(),
        }
    }
}

impl Store {
    /// Has a mail looked at once more, at that moment.
    pub async fn triage_again(
        &self,
        arrived: &Arrived,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        jobs::insert(&mut tx, &[arrived.job()], None, at).await?;
        tx.commit().await
    }
}

/// What is known of the mailbox that a batch comes from.
struct Watched {
    since: Option<DateTime<Utc>>,
    /// Folders that are tied to a case: what a person puts there is looked at however long it has lain here.
    linked: Vec<Uuid>,
}

/// One job for each mail, so that one that fails holds up no other.
pub(super) async fn order_triage(
    tx: &mut Tx,
    batch: &Batch,
    stored: &[StoredMail],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let watched = watched(tx, batch).await?;
    let due: Vec<NewJob> = (batch.mails.iter().zip(stored))
        .filter_map(|(new, stored)| Arrived::of(batch, new, *stored, &watched))
        .map(|arrived| arrived.job())
        .collect();
    jobs::insert(tx, &due, None, now).await
}

async fn watched(tx: &mut Tx, batch: &Batch) -> Result<Watched, StoreError> {
    let since: Option<(DateTime<Utc>,)> = write!(tx, |c| sqlx::query_as(
        "select created_at from mailboxes where id = $1"
    )
    .bind(batch.mailbox_id)
    .fetch_optional(c)
    .await?);
    let places = batch.mails.iter().filter_map(|mail| mail.place.as_ref());
    let mut folders: Vec<Uuid> = places.map(|place| place.folder_id).collect();
    folders.sort_unstable();
    folders.dedup();
    Ok(Watched {
        // Servers tell of no less than seconds.
        since: since.map(|(since,)| since.trunc_subsecs(0)),
        linked: linked_folders::among(tx, &folders).await?,
    })
}
