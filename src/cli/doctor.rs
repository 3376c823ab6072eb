//! `sagspost doctor`: is everything there that the service needs, and if not, what to do.

use std::path::{Path, PathBuf};

use chrono::Utc;
use futures::StreamExt as _;
use serde::Serialize;

use super::Context;
use crate::{
    auth,
    mailbox::settings::Settings,
    messages::{Lang, reason_text},
    scan::Scanner,
    server::Tls,
    smtp::Mailer,
    store::{Mailbox, Store},
};

/// Mailboxes that are opened at once.
const CONNECTIONS: usize = 8;
/// Room for some days of mail, and for the copies that housekeeping makes.
const LEAST_FREE_BYTES: u64 = 2 << 30;

/// Renewals come weeks before the end; one that is later than this has failed.
const LEAST_CERTIFICATE: chrono::Duration = chrono::Duration::days(7);

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
            &format!(
                "{}. Check database.url and that the server runs.",
                super::told(&error)
            ),
        )),
        Ok(store) => {
            look(&store, context.lang, &mut findings).await;
            store.close().await;
        }
    }
    findings.extend(provider(context).await);
    findings.extend(certificate(context));
    findings.extend(scanner(context).await);
    findings.extend(mail_out(context).await);
    findings.extend(disks(context));
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

/// Whether people can sign in; nothing where no provider is configured.
async fn provider(context: &Context) -> Option<Finding> {
    let settings = &context.config.sign_in;
    if settings.issuer.is_empty() {
        return None;
    }
    Some(match auth::look_at_provider(settings).await {
        Ok(()) => good("sign-in provider", "answers, and its keys can be read"),
        Err(why) => bad(
            "sign-in provider",
            &format!(
                "{why}. Check sign_in.issuer, and that this machine reaches it (a proxy, its certificate)."
            ),
        ),
    })
}

/// Whether the certificate can be used, and for how long; nothing where a proxy has it.
fn certificate(context: &Context) -> Option<Finding> {
    let files = &context.config.server.tls;
    if !files.is_on() {
        return None;
    }
    let what = "TLS certificate";
    let tls = match Tls::open(&files.certificate, &files.key) {
        Ok(tls) => tls,
        Err(error) => {
            let told = super::told(&anyhow::Error::from(error));
            return Some(bad(what, &format!("{told}. Correct server.tls.")));
        }
    };
    let Some(ends_at) = tls.ends_at() else {
        return Some(bad(what, "does not say when it ends; have another made"));
    };
    let says = format!("good until {}", ends_at.format("%Y-%m-%d"));
    let is_near = ends_at - Utc::now() < LEAST_CERTIFICATE;
    Some(if is_near {
        let says = format!("{says}; renew it: a running service takes up the new files by itself");
        bad(what, &says)
    } else {
        good(what, &says)
    })
}

/// Whether files can be scanned; nothing where no scanner is configured.
async fn scanner(context: &Context) -> Option<Finding> {
    let what = "virus scanner";
    Some(match Scanner::new(&context.config.scan).look().await? {
        Ok(()) => good(what, "answers"),
        Err(error) => bad(what, &format!("{error}. Check scan.url, and that it runs.")),
    })
}

/// Whether mails can go out; nothing where no server is configured. None is sent.
async fn mail_out(context: &Context) -> Option<Finding> {
    let what = "mail out";
    Some(match Mailer::new(&context.config.smtp)?.look().await {
        Ok(()) => good(what, "the server answers, and takes our sign-in"),
        Err(error) => bad(
            what,
            &format!("{error}. Check [smtp], and that this machine reaches the server."),
        ),
    })
}

async fn look(store: &Store, lang: Lang, findings: &mut Vec<Finding>) {
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
    match store.check_keys().await {
        Ok(0) => findings.push(good("encryption", "no blob is encrypted")),
        Ok(count) => findings.push(good("encryption", &format!("{count} data keys open"))),
        Err(error) => findings.push(bad(
            "encryption",
            &format!(
                "{error}. Check [encryption]; without the key nothing that it encrypted is read."
            ),
        )),
    }
    match store.failed_reasons().await {
        Ok(reasons) if reasons.is_empty() => findings.push(good("outbox", "nothing has failed")),
        Ok(reasons) => {
            let told: Vec<String> = reasons
                .iter()
                .map(|(reason, count)| {
                    let words = reason_text(Some(reason), lang).unwrap_or_default();
                    format!("{count} × {words}")
                })
                .collect();
            findings.push(bad(
                "outbox",
                &format!(
                    "gave up on {}. Mend the cause, then ask again with POST /api/v1/journal/{{id}}/retry.",
                    told.join(", ")
                ),
            ));
        }
        Err(error) => findings.push(bad("outbox", &error.to_string())),
    }
    match store.mailboxes(None).await {
        Ok(mailboxes) => {
            let looked = futures::stream::iter(mailboxes)
                .map(mailbox)
                .buffered(CONNECTIONS);
            findings.extend(looked.collect::<Vec<_>>().await);
        }
        Err(error) => findings.push(bad("mailboxes", &error.to_string())),
    }
}

/// Whether the mailbox opens now, and has the folders that are watched; else how it was when last watched.
async fn mailbox(mailbox: Mailbox) -> Finding {
    let what = format!("mailbox {}", mailbox.name);
    let imap = match Settings::from_json(&mailbox.settings) {
        Ok(Settings::Imap(imap)) => imap,
        Ok(Settings::Maildir(maildir)) if !maildir.path.is_dir() => {
            let path = maildir.path.display();
            return bad(
                &what,
                &format!("there is no folder {path}; mount it or correct the path"),
            );
        }
        Ok(_) => return good(&what, mailbox.state.as_str()),
        Err(error) => {
            return bad(&what, &format!("{error}. Remove it and add it again."));
        }
    };
    let watched = imap.folders.clone();
    match super::mailbox::folders_of(imap).await {
        Err(error) => bad(
            &what,
            &format!(
                "{}. Correct it, then run `sagspost mailbox test {}`.",
                super::told(&error),
                mailbox.name
            ),
        ),
        Ok(there) => {
            let missing: Vec<String> = watched
                .into_iter()
                .filter(|folder| !folder.starts_with('\\') && !there.contains(folder))
                .collect();
            if missing.is_empty() {
                good(&what, "opens, and its folders are there")
            } else {
                bad(&what, &format!("has no folder {}", missing.join(", ")))
            }
        }
    }
}

/// The file systems of the database and the blobs, where they are this machine's.
fn disks(context: &Context) -> Vec<Finding> {
    let database = context.config.database.url.reveal();
    let database = database
        .strip_prefix("sqlite://")
        .map(|path| PathBuf::from(path.split('?').next().unwrap_or(path)))
        .map(|file| file.parent().map(Path::to_path_buf).unwrap_or_default());
    let blobs = context
        .config
        .blobs
        .url
        .strip_prefix("file:")
        .map(PathBuf::from);
    [
        ("disk of the database", database),
        ("disk of the blobs", blobs),
    ]
    .into_iter()
    .filter_map(|(what, folder)| Some(disk(what, &folder?)))
    .collect()
}

fn disk(what: &str, folder: &Path) -> Finding {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    match rustix::fs::statvfs(folder) {
        Err(error) => bad(what, &format!("{}: {error}", folder.display())),
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let all = disk.f_blocks.saturating_mul(disk.f_frsize).max(1);
            let says = format!(
                "{:.1} GB free of {:.1} GB",
                free as f64 / 1e9,
                all as f64 / 1e9
            );
            if free < LEAST_FREE_BYTES {
                bad(
                    what,
                    &format!("{says}; make room, or mails will wait in their mailboxes"),
                )
            } else {
                good(what, &says)
            }
        }
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
