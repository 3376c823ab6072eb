//! Looks at a mail that arrived: `triage/` says what becomes of it.
//!
//! A mail that breaks whoever looks at it stops no other: after some tries it waits for a person, who is told so.

use std::panic::AssertUnwindSafe;

use chrono::{Duration, Utc};
use futures::FutureExt as _;

use super::worker::{JobError, Outbox};
use crate::{
    store::{Arrived, Job, StoreError},
    triage::{House, Settled, triage},
};

/// Of one mail.
pub(super) const MAX_TRIES: usize = 3;
/// Pauses while what attachments say is not known, in seconds; then rules that ask for it cannot be told.
const PUT_OFF_SECS: [i64; 8] = [1, 5, 15, 60, 300, 900, 3600, 3600];
const LONGEST_PAUSE_SECS: i64 = 3600;

pub(super) async fn run(outbox: &Outbox, job: &Job) -> Result<(), JobError> {
    if usize::try_from(job.attempts).is_ok_and(|tries| tries > MAX_TRIES) {
        // The process itself died of it.
        return Err(JobError::Lasting("internal".into()));
    }
    let arrived = arrived(job)?;
    let pause = PUT_OFF_SECS.get(arrived.put_off);
    let house = House {
        store: &outbox.store,
        engine: &outbox.engine,
        cases: &*outbox.case_system,
        rules: &outbox.rules,
    };
    let looked = AssertUnwindSafe(Box::pin(triage(house, &arrived, pause.is_some())));
    let settled = looked.catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!(mail = %arrived.mail_id, "a mail broke whoever looked at it");
        Err(StoreError::Interrupted)
    });
    match (settled, pause) {
        (Ok(Settled::NotYet), Some(pause)) => put_off(outbox, arrived, *pause).await,
        (Ok(_), _) => Ok(()),
        // A storage that is away is no fault of the mail's.
        (Err(error), pause) if error.is_transient() => {
            put_off(
                outbox,
                arrived,
                pause.copied().unwrap_or(LONGEST_PAUSE_SECS),
            )
            .await
        }
        (Err(error), _) => {
            tracing::warn!(mail = %arrived.mail_id, %error, "a mail could not be looked at");
            Err(JobError::Passing("internal".into()))
        }
    }
}

async fn put_off(outbox: &Outbox, mut arrived: Arrived, secs: i64) -> Result<(), JobError> {
    arrived.put_off += 1;
    let at = Utc::now() + Duration::seconds(secs);
    Ok(outbox.store.triage_again(&arrived, at).await?)
}

/// The mail waits for a person.
pub(super) async fn given_up(outbox: &Outbox, job: &Job) -> Result<(), StoreError> {
    let Ok(arrived) = arrived(job) else {
        return Ok(());
    };
    match outbox
        .store
        .note_waiting(arrived.mail_id, "rule_failed", Utc::now())
        .await
    {
        // A mail that is gone waits for nobody.
        Err(error) if error.is_transient() => Err(error),
        _ => Ok(()),
    }
}

fn arrived(job: &Job) -> Result<Arrived, JobError> {
    serde_json::from_value(job.payload.clone()).map_err(|_| JobError::Lasting("internal".into()))
}
