//! `/outlook`: a page that stands in for Outlook, to try the add-in in without Office (addin-ui/stand-in).
//!
//! It is served only where the configuration switches it on, which it refuses unless the service listens on this machine
//! alone. The page itself uses the API like everybody else; the one thing that it adds is to put a mail that was written in
//! it among what the mailbox has sent, as Outlook would. These routes are no part of the API's contract.

use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::{Router, routing::get, routing::post};
use bytes::Bytes;
use serde::Deserialize;
use uuid::Uuid;

use super::{App, Problem, extract, extract::Viewer, mails::blocking, page};
use crate::addin::{self, Host, Installation};
use crate::config::Config;
use crate::mailbox::settings::Settings;
use crate::mailbox::{self, Limits, MailboxError, SpecialUse, TokenCache, Waker};
use crate::messages::Lang;

/// The page runs its own scripts and frames the add-in's pages; mails are shown in frames where nothing runs.
const POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; \
    connect-src 'self'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// Where sent mails lie when the server does not say.
const SENT: &str = "Sent";

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../addin-ui/stand-in/", $name)))),+]
    };
}

const FILES: &[(&str, &str)] = files![
    "host.css",
    "office-stand-in.js",
    "runtime.js",
    "host/calls.js",
    "host/dom.js",
    "host/frames.js",
    "host/items.js",
    "host/main.js",
    "host/manifest.js",
    "host/mime.js",
    "host/service.js",
    "host/unmonitored.js",
];

/// Nothing at all unless it is switched on.
pub(super) fn router(config: &Config) -> Router<App> {
    if !config.server.stand_in {
        return Router::new();
    }
    let index = index(config);
    let manifest = manifest(config);
    Router::new()
        .route("/outlook", get(|| async { with_policy(Html(index)) }))
        .route(
            "/outlook/manifest.xml",
            get(|| async { ([(header::CONTENT_TYPE, "application/xml")], manifest) }),
        )
        .route("/outlook/{*path}", get(file))
        .route("/outlook/sent", post(send))
}

fn index(config: &Config) -> Bytes {
    let html = include_str!("../../addin-ui/stand-in/index.html");
    let is_plain = |domain: &&String| {
        domain
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b))
    };
    let domain = config.organisation.domains.iter().find(is_plain);
    let html = html.replace("{{domain}}", domain.map_or("", String::as_str));
    page::with_texts(&html, "outlook.")
}

/// The manifest that an administrator would deploy, but for the address: it alone is not https.
fn manifest(config: &Config) -> String {
    let here = match config.server.public_url.trim_end_matches('/') {
        "" => format!("http://{}", config.server.listen),
        public => public.to_owned(),
    };
    addin::manifest(&Installation {
        host: Host::on_this_machine(here),
        id: addin::own_id(),
        lang: Lang::Da,
    })
}

async fn file(Path(path): Path<String>) -> Response {
    let Some((name, text)) = FILES.iter().find(|(name, _)| *name == path) else {
        return Problem::not_found().into_response();
    };
    let media_type = match name.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        _ => "text/javascript; charset=utf-8",
    };
    // A worker has the policy of its own script.
    with_policy(([(header::CONTENT_TYPE, media_type)], *text))
}

fn with_policy(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    );
    response
}

#[derive(Deserialize)]
struct From {
    mailbox: Uuid,
}

/// Puts a mail among what the mailbox has sent. Nobody receives it.
async fn send(
    State(app): State<App>,
    viewer: Viewer,
    Query(from): Query<From>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let mail = extract::mail(request, &app).await?;
    let seen = app.store.mailboxes(Some(viewer.rights())).await?;
    let watched = app.store.watched_mailboxes().await?;
    let settings = watched
        .into_iter()
        .find(|(id, ..)| *id == from.mailbox && seen.iter().any(|mailbox| mailbox.id == *id))
        .and_then(|(_, _, settings)| Settings::from_json(&settings).ok())
        .ok_or_else(Problem::not_found)?;
    let Settings::Imap(settings) = settings else {
        return Err(Problem::new(StatusCode::CONFLICT, "no-mail-server"));
    };
    let tokens = TokenCache::new(tokio::runtime::Handle::current());
    let sent = blocking(move || {
        let waker = Waker::new().map_err(|_| MailboxError::Cancelled)?;
        let login = settings.login()?;
        let mut client = mailbox::connect(
            &settings.server(),
            &login,
            &tokens,
            Limits::default(),
            &waker,
        )?;
        let folders = client.folders()?;
        let sent = folders
            .iter()
            .find(|folder| folder.special_use == Some(SpecialUse::Sent));
        client.append(sent.map_or(SENT, |folder| &folder.name), &mail.raw, None)
    })
    .await?;
    sent.map(|()| StatusCode::NO_CONTENT)
        .map_err(|error| {
            tracing::warn!(%error, "a mail of the stand-in could not be put among those that were sent");
            Problem::new(StatusCode::BAD_GATEWAY, "no-mail-server")
        })
}
