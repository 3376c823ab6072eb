//! Is it alive, is it ready, and what does it count.

use axum::{extract::State, http::StatusCode};

use super::{App, Problem};

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
    if let Ok(counts) = app.store.job_counts().await {
        for (state, count) in counts {
            metrics::gauge!("sagspost_jobs", "state" => state).set(count as f64);
        }
    }
    app.metrics.render()
}
