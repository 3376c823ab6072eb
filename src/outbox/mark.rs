//! Shows in a mailbox that a mail is journaled, or takes that back, by the mailbox's own policy.

use futures::future::BoxFuture;

use super::worker::{JobError, Outbox};
use crate::{
    mailbox::mark::Marks,
    store::{Job, MarkPayload},
};

/// Carries marks out in mailboxes; `mailbox` does it over IMAP.
pub trait Marker: Send + Sync {
    /// Marks (or unmarks) a mail wherever it lies in the mailbox. A mail that is not there any more is no error.
    /// Repeating it changes nothing.
    fn mark(&self, place: MarkPayload, journaled: bool) -> BoxFuture<'_, Result<(), MarkError>>;
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
    fn mark(&self, place: MarkPayload, journaled: bool) -> BoxFuture<'_, Result<(), MarkError>> {
        Box::pin(async move {
            self.set(&place, journaled)
                .await
                .map_err(|error| MarkError {
                    reason: error.code().to_owned(),
                    passing: error.is_transient(),
                })
        })
    }
}

pub(super) async fn run(outbox: &Outbox, job: &Job, journaled: bool) -> Result<(), JobError> {
    let payload: MarkPayload = serde_json::from_value(job.payload.clone())
        .map_err(|_| JobError::Lasting("internal".into()))?;
    // The mail may be filed on another case too, or may have been taken back while this job waited.
    if outbox.store.is_filed(payload.mail_id).await? != journaled {
        return Ok(());
    }
    set(outbox, payload, journaled).await
}

/// As a rule says, whether the mail is filed or not.
pub(super) async fn run_by_rule(outbox: &Outbox, job: &Job, marked: bool) -> Result<(), JobError> {
    let payload: MarkPayload = serde_json::from_value(job.payload.clone())
        .map_err(|_| JobError::Lasting("internal".into()))?;
    set(outbox, payload, marked).await
}

async fn set(outbox: &Outbox, place: MarkPayload, marked: bool) -> Result<(), JobError> {
    outbox.marker.mark(place, marked).await.map_err(|error| {
        if error.passing {
            JobError::Passing(error.reason)
        } else {
            JobError::Lasting(error.reason)
        }
    })
}
