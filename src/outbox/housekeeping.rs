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

/// How long what lies here without a case is kept.
#[derive(Clone, Copy, Debug)]
pub struct Keeps {
    /// In no watched mailbox any more.
    pub unplaced: chrono::Duration,
    /// In a mailbox, and never journaled; `None` as long as it lies there.
    pub unjournaled: Option<chrono::Duration>,
}

/// Works until cancelled. The first pass is an hour after the start: a restart must not be slowed down by it.
pub async fn run(store: Store, keeps: Keeps, stop: CancellationToken) {
    let holder = holder::name();
    let mut pass = 0;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        pass += 1;
        if let Err(error) = tidy(&store, &holder, keeps, pass % PASSES_A_DAY == 0).await {
            tracing::warn!(%error, "the store could not be tidied; the next pass goes on");
        }
    }
}

async fn tidy(
    store: &Store,
    holder: &str,
    keeps: Keeps,
    orphans_too: bool,
) -> Result<(), StoreError> {
    let now = Utc::now();
    let Some(lease) = store.acquire_lease(LEASE, holder, now, LASTS).await? else {
        return Ok(());
    };
    let unjournaled = match keeps.unjournaled {
        Some(keep) => store.remove_unjournaled(now - keep, now).await?,
        None => 0,
    };
    let mut done = store.tidy(keeps.unplaced, now).await?;
    done.mails_removed += unjournaled;
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
