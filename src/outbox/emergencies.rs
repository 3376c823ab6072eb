//! Closes, in time, what was opened in an emergency.

use std::time::Duration;

use chrono::Utc;
use tokio_util::sync::CancellationToken;

use crate::store::Store;

/// How much longer than told a case may stay open.
const EVERY: Duration = Duration::from_secs(20);

/// Works until cancelled; in every process, since doing it twice changes nothing.
pub async fn run(store: Store, stop: CancellationToken) {
    loop {
        if let Err(error) = store.end_emergencies(Utc::now()).await {
            tracing::warn!(%error, "cases opened in an emergency could not be closed yet");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}
