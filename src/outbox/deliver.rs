//! Hands an entry to the case system, once a scanner has seen its files.

use chrono::Utc;
use uuid::Uuid;

use super::worker::{JobError, Outbox};
use crate::{
    cases::CaseError,
    scan::ScanError,
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
    scan(outbox, entry_id).await?;
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

/// One file that something was found in holds the whole entry back: a person decides.
async fn scan(outbox: &Outbox, entry_id: Uuid) -> Result<(), JobError> {
    if !outbox.scanner.is_there() {
        return Ok(());
    }
    for (sha256, media_type) in outbox.store.files_of_entry(entry_id).await? {
        let bytes = outbox.store.blob(sha256).await?;
        let is_mail = media_type == "message/rfc822";
        let checked = outbox.scanner.check_file(&bytes, is_mail).await;
        checked.map_err(|error| match error {
            ScanError::Found(_) => JobError::Lasting("infected".into()),
            ScanError::TooLarge => JobError::Lasting("not_scanned".into()),
            ScanError::Away(_) => JobError::Passing("scanner_away".into()),
        })?;
    }
    Ok(())
}
