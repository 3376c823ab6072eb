//! `/mailboxes`: the mailboxes one may see, and how they are.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    App, Problem,
    extract::{Language, Viewer},
};
use crate::messages::{Lang, reason_text, text};
use crate::store;

#[derive(Serialize, ToSchema)]
pub(super) struct Mailbox {
    id: Uuid,
    name: String,
    /// `new`, `connecting`, `syncing`, `watching`, `waiting`, `refused`.
    state: String,
    /// The state in words.
    state_text: String,
    /// Stable code of what is wrong, e.g. `login_refused`.
    state_reason: Option<String>,
    /// What is wrong, as a sentence in the reader's language.
    state_reason_text: Option<String>,
    state_at: DateTime<Utc>,
    /// Mails stored.
    mails: i64,
    folders: Vec<Folder>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Folder {
    name: String,
    /// `new`, `syncing`, `watching`, `missing`, `failed`.
    state: String,
    state_text: String,
    state_reason: Option<String>,
    state_reason_text: Option<String>,
    /// Mails on the server.
    exists: i64,
    /// Mails of the folder that are stored.
    stored: i64,
}

/// Mailboxes and their state
#[utoipa::path(get, path = "/api/v1/mailboxes", tag = "mailboxes",
    responses((status = OK, body = Vec<Mailbox>)))]
pub(super) async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
) -> Result<Json<Vec<Mailbox>>, Problem> {
    let mailboxes = app.store.mailboxes(Some(viewer.rights())).await?;
    Ok(Json(
        mailboxes
            .into_iter()
            .map(|mailbox| shown(mailbox, lang))
            .collect(),
    ))
}

fn shown(mailbox: store::Mailbox, lang: Lang) -> Mailbox {
    Mailbox {
        id: mailbox.id,
        name: mailbox.name,
        state: mailbox.state.as_str().to_owned(),
        state_text: text(lang, &format!("mailbox.{}", mailbox.state.as_str()), &[]),
        state_reason_text: reason_text(mailbox.state_reason.as_deref(), lang),
        state_reason: mailbox.state_reason,
        state_at: mailbox.state_at,
        mails: mailbox.mails,
        folders: mailbox
            .folders
            .into_iter()
            .map(|folder| Folder {
                state_text: text(lang, &format!("folder.{}", folder.state.as_str()), &[]),
                state: folder.state.as_str().to_owned(),
                name: folder.name,
                state_reason_text: reason_text(folder.state_reason.as_deref(), lang),
                state_reason: folder.state_reason,
                exists: folder.exists_count,
                stored: folder.stored,
            })
            .collect(),
    }
}
