//! Tidies the store now and then, in one process at a time.

use std::time::Duration;

use chrono::Utc;
use tokio_util::sync::CancellationToken;

use crate::mailbox::holder;
use crate::store::{Store, StoreError};

const LEASE: &str = "housekeeping";
/// Between two passes, and how long one may take before another process begins its own.
const EVERY: Duration = Duration::from_hours(1);
const LASTS: chrono::Duration = chrono::Duration::minutes(50);
/// Looking through the whole storage for what nobody names is done once a day.
const PASSES_A_DAY: u32 = 24;

/// Works until cancelled. The first pass is an hour after the start: a restart must not be slowed down by it.
pub async fn run(store: Store, keep: chrono::Duration, stop: CancellationToken) {
    let holder = holder::name();
    let mut pass = 0;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        pass += 1;
        if let Err(error) = tidy(&store, &holder, keep, pass % PASSES_A_DAY == 0).await {
            tracing::warn!(%error, "the store could not be tidied; the next pass goes on");
        }
    }
}

async fn tidy(
    store: &Store,
    holder: &str,
    keep: chrono::Duration,
    orphans_too: bool,
) -> Result<(), StoreError> {
    let now = Utc::now();
    let Some(lease) = store.acquire_lease(LEASE, holder, now, LASTS).await? else {
        return Ok(());
    };
    let mut done = store.tidy(keep, now).await?;
    if orphans_too {
        done.orphans_removed = store.remove_orphans(now).await?;
    }
    if done != crate::store::Tidied::default() {
        tracing::info!(
            mails = done.mails_removed,
            objects = done.objects_removed,
            rewritten = done.objects_rewritten,
            orphans = done.orphans_removed,
            "tidied"
        );
    }
    store.release_lease(&lease, Utc::now()).await
}
