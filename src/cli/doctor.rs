//! `sagspost doctor`: is everything there that the service needs, and if not, what to do.

use chrono::Utc;
use serde::Serialize;

use super::Context;
use crate::store::{MailboxState, Store};

/// One thing looked at.
#[derive(Serialize)]
struct Finding {
    what: String,
    ok: bool,
    /// What was seen; when it is not right, what to do.
    says: String,
}

pub(super) async fn run(context: &Context) -> anyhow::Result<()> {
    let mut findings = Vec::new();
    match context.unmigrated_store().await {
        Err(error) => findings.push(bad(
            "database",
            &format!("{error:#}. Check database.url and that the server runs."),
        )),
        Ok(store) => {
            look(&store, &mut findings).await;
            store.close().await;
        }
    }
    findings.push(clock());
    let healthy = findings.iter().all(|finding| finding.ok);
    if context.json {
        super::print_json(&findings)?;
    } else {
        for finding in &findings {
            println!(
                "{} {:<24} {}",
                if finding.ok { "ok  " } else { "BAD " },
                finding.what,
                finding.says
            );
        }
    }
    anyhow::ensure!(healthy, "something needs attention");
    Ok(())
}

async fn look(store: &Store, findings: &mut Vec<Finding>) {
    match store.migrate().await {
        Ok(()) => findings.push(good("database", "answers and is up to date")),
        Err(error) => findings.push(bad(
            "database",
            &format!("{error}. Restore a backup, or run the version it was made by."),
        )),
    }
    match store.blobs().probe().await {
        Ok(()) => findings.push(good("blobs", "can be written, read and removed")),
        Err(error) => findings.push(bad(
            "blobs",
            &format!("{error}. Check blobs.url, its rights and the space left."),
        )),
    }
    match store.job_counts().await {
        Ok(counts) => {
            let failed = counts
                .iter()
                .find(|(state, _)| state == "failed")
                .map_or(0, |(_, count)| *count);
            findings.push(if failed == 0 {
                good("outbox", "nothing has failed")
            } else {
                bad(
                    "outbox",
                    &format!("{failed} jobs failed for good; retry their entries"),
                )
            });
        }
        Err(error) => findings.push(bad("outbox", &error.to_string())),
    }
    match store.mailboxes(None).await {
        Ok(mailboxes) => findings.extend(mailboxes.iter().map(|mailbox| {
            let what = format!("mailbox {}", mailbox.name);
            let reason = mailbox.state_reason.as_deref().unwrap_or_default();
            match mailbox.state {
                MailboxState::Refused => bad(
                    &what,
                    &format!("{reason}. Run `sagspost mailbox test {}`.", mailbox.name),
                ),
                state => good(&what, &format!("{} {reason}", state.as_str())),
            }
        })),
        Err(error) => findings.push(bad("mailboxes", &error.to_string())),
    }
}

/// A clock that is years off makes every deadline wrong and every certificate invalid.
fn clock() -> Finding {
    let year = chrono::Datelike::year(&Utc::now());
    if (2026..2100).contains(&year) {
        good("clock", "plausible")
    } else {
        bad(
            "clock",
            &format!(
                "says the year {year}; start time synchronisation (chrony or systemd-timesyncd)"
            ),
        )
    }
}

fn good(what: &str, says: &str) -> Finding {
    Finding {
        what: what.to_owned(),
        ok: true,
        says: says.trim().to_owned(),
    }
}

fn bad(what: &str, says: &str) -> Finding {
    Finding {
        what: what.to_owned(),
        ok: false,
        says: says.to_owned(),
    }
}
