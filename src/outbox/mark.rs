//! Shows in a mailbox that a mail is journaled, or takes that back, by the mailbox's own policy.

use futures::future::BoxFuture;
use serde::Deserialize;
use uuid::Uuid;

use super::worker::{JobError, Outbox};
use crate::{mailbox::mark::Marks, store::Job};

/// Carries marks out in mailboxes; `mailbox` does it over IMAP.
pub trait Marker: Send + Sync {
    /// Marks (or unmarks) a mail wherever it lies in the mailbox. A mail that is not there any more is no error.
    /// Repeating it changes nothing.
    fn mark(
        &self,
        mailbox_id: Uuid,
        mail_id: Uuid,
        journaled: bool,
    ) -> BoxFuture<'_, Result<(), MarkError>>;
}

/// Why a mark could not be set; `reason` is a code of the message catalogue.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct MarkError {
    pub reason: String,
    /// Worth another attempt.
    pub passing: bool,
}

impl Marker for Marks {
    fn mark(
        &self,
        mailbox_id: Uuid,
        mail_id: Uuid,
        journaled: bool,
    ) -> BoxFuture<'_, Result<(), MarkError>> {
        let outcome = self.set(mailbox_id, mail_id, journaled);
        Box::pin(async move {
            outcome.await.map_err(|error| MarkError {
                reason: error.code().to_owned(),
                passing: error.is_transient(),
            })
        })
    }
}

#[derive(Deserialize)]
struct Payload {
    mailbox_id: Uuid,
    mail_id: Uuid,
}

pub(super) async fn run(outbox: &Outbox, job: &Job, journaled: bool) -> Result<(), JobError> {
    let payload: Payload = serde_json::from_value(job.payload.clone())
        .map_err(|_| JobError::Lasting("internal".into()))?;
    outbox
        .marker
        .mark(payload.mailbox_id, payload.mail_id, journaled)
        .await
        .map_err(|error| {
            if error.passing {
                JobError::Passing(error.reason)
            } else {
                JobError::Lasting(error.reason)
            }
        })
}
