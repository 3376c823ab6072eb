//! Hands an entry to the case system.

use chrono::Utc;

use super::worker::{JobError, Outbox};
use crate::{
    cases::CaseError,
    store::{EntryState, Job, StoreError},
};

pub(super) async fn run(outbox: &Outbox, job: &Job) -> Result<(), JobError> {
    let Some(entry_id) = job.entry_id else {
        return Ok(());
    };
    let entry = match outbox.store.entry_unchecked(entry_id).await {
        Err(StoreError::NotFound(_)) => return Ok(()),
        other => other?,
    };
    if entry.state == EntryState::Undone {
        return Ok(());
    }
    match outbox.case_system.deliver(&entry).await {
        Ok(()) => {
            outbox
                .store
                .set_entry_state(entry_id, EntryState::Delivered, None, Utc::now())
                .await?;
            Ok(())
        }
        Err(CaseError::Unreachable) => Err(JobError::Passing("case_system_away".into())),
        Err(CaseError::Refused(reason)) => Err(JobError::Lasting(reason.into())),
        Err(CaseError::Store(error)) => Err(error.into()),
    }
}
