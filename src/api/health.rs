//! Is it alive, is it ready, and what does it count.

use axum::{extract::State, http::StatusCode};

use super::{App, Problem};
use crate::store::{MailboxState, StoreError};

/// The process runs.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// The process can serve: its database answers.
pub(super) async fn ready(State(app): State<App>) -> Result<&'static str, Problem> {
    match app.store.ping().await {
        Ok(()) => Ok("ready\n"),
        Err(_) => Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable")),
    }
}

/// Counters for Prometheus; ids and counts only.
pub(super) async fn metrics(State(app): State<App>) -> String {
    let counts = app.store.job_counts().await;
    let states = app.store.mailbox_counts().await;
    let answers = counts.is_ok() && states.is_ok();
    metrics::gauge!("sagspost_database_up").set(f64::from(u8::from(answers)));
    // A state that nothing is in any more is told as zero, not as what it was.
    for state in ["waiting", "running", "failed"] {
        let count = count_of(&counts, |name| name == state);
        metrics::gauge!("sagspost_jobs", "state" => state).set(count);
    }
    for state in MailboxState::ALL.iter().copied() {
        let count = count_of(&states, |found| *found == state);
        metrics::gauge!("sagspost_mailboxes", "state" => state.as_str()).set(count);
    }
    app.metrics.render()
}

/// Not a number while the database does not say.
fn count_of<K>(counts: &Result<Vec<(K, i64)>, StoreError>, is: impl Fn(&K) -> bool) -> f64 {
    match counts {
        Ok(counts) => counts
            .iter()
            .find(|(key, _)| is(key))
            .map_or(0.0, |(_, count)| *count as f64),
        Err(_) => f64::NAN,
    }
}
