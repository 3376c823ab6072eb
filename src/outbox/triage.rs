//! Looks at a mail that arrived: `triage/` says what becomes of it.

use super::worker::{JobError, Outbox};
use crate::{
    store::{Arrived, Job},
    triage::{House, triage},
};

pub(super) async fn run(outbox: &Outbox, job: &Job) -> Result<(), JobError> {
    let arrived: Arrived = serde_json::from_value(job.payload.clone())
        .map_err(|_| JobError::Lasting("internal".into()))?;
    let house = House {
        store: &outbox.store,
        engine: &outbox.engine,
        filing: &outbox.filing,
    };
    Box::pin(triage(house, &arrived)).await?;
    Ok(())
}
