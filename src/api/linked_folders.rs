//! `/mailboxes/{id}/folders`: the folders of a mailbox, and the cases that they are tied to.

use axum::{
    Json as JsonBody,
    extract::{Path, State},
    http::StatusCode,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    App, Problem,
    extract::{Id, Json, Language, Viewer},
};
use crate::{
    messages::text,
    store::{self, Call, LinkedFolder, StoreError},
};

#[derive(Serialize, ToSchema)]
#[schema(as = MailboxFolder)]
pub(super) struct Folder {
    id: Uuid,
    name: String,
    /// `new`, `syncing`, `watching`, `missing`, `failed`.
    state: String,
    state_text: String,
    /// Mails of the folder that are stored.
    stored: i64,
    /// Null when what is put there goes to no case.
    link: Option<Link>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = FolderLink)]
pub(super) struct Link {
    /// Null for a case that you do not see.
    case_id: Option<Uuid>,
    case_number: Option<String>,
    case_title: Option<String>,
    /// `on`; or `suspended` while the case is closed: what is put there waits for a person.
    state: String,
    state_text: String,
    linked_by: String,
    linked_at: DateTime<Utc>,
}

/// The case, by one of the two.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FolderCase)]
pub(super) struct Wish {
    #[serde(default)]
    case_id: Option<Uuid>,
    #[serde(default)]
    case_number: Option<String>,
}

/// Folders of a mailbox, and the cases that they are tied to
#[utoipa::path(get, path = "/api/v1/mailboxes/{id}/folders", tag = "mailboxes", params(("id" = Uuid, Path)),
    responses((status = OK, body = Vec<Folder>), (status = NOT_FOUND, body = super::problem::ProblemBody)))]
pub(super) async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Id(id): Id,
) -> Result<JsonBody<Vec<Folder>>, Problem> {
    if !app.store.may_see_mailbox(id, viewer.rights()).await? {
        return Err(Problem::not_found());
    }
    let mut linked = app.store.linked_folders(id, viewer.rights()).await?;
    let link = |linked: LinkedFolder| {
        let state = if linked.is_suspended {
            "suspended"
        } else {
            "on"
        };
        let (case_id, case_number, case_title) = match linked.case {
            Some(case) => (Some(case.id), Some(case.number), Some(case.title)),
            None => (None, None, None),
        };
        Link {
            case_id,
            case_number,
            case_title,
            state: state.to_owned(),
            state_text: text(lang, &format!("folder-link.{state}"), &[]),
            linked_by: linked.linked_by,
            linked_at: linked.linked_at,
        }
    };
    let folders = app.store.folders(id).await?.into_iter();
    let told = folders.map(|folder: store::Folder| Folder {
        link: linked
            .iter()
            .position(|linked| linked.folder_id == folder.id)
            .map(|at| link(linked.swap_remove(at))),
        id: folder.id,
        name: folder.name,
        state: folder.state.as_str().to_owned(),
        state_text: text(lang, &format!("folder.{}", folder.state.as_str()), &[]),
        stored: folder.stored,
    });
    Ok(JsonBody(told.collect()))
}

/// Tie a folder to a case: what is put there is journaled on it
#[utoipa::path(put, path = "/api/v1/mailboxes/{id}/folders/{folder}/case", tag = "mailboxes",
    params(("id" = Uuid, Path), ("folder" = Uuid, Path)), request_body = Wish,
    responses((status = NO_CONTENT), (status = NOT_FOUND, body = super::problem::ProblemBody),
        (status = CONFLICT, body = super::problem::ProblemBody)))]
pub(super) async fn link(
    State(app): State<App>,
    viewer: Viewer,
    Path(place): Path<(String, String)>,
    Json(wish): Json<Wish>,
) -> Result<StatusCode, Problem> {
    let place = folder(&place)?;
    let (case_id, field) = match (wish.case_id, &wish.case_number) {
        (Some(id), None) => (id, "case_id"),
        (None, Some(number)) => {
            let case = app.store.case_by_number(number.trim(), viewer.rights());
            let case = case
                .await
                .map_err(|error| no_such_case("case_number", error))?;
            (case.id, "case_number")
        }
        _ => return Err(Problem::invalid("case_id", "one-case")),
    };
    Call::note_case(case_id);
    let linked = app
        .store
        .link_folder(place, case_id, viewer.rights(), Utc::now());
    linked.await.map_err(|error| no_such_case(field, error))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Untie a folder; what was journaled from it stays
#[utoipa::path(delete, path = "/api/v1/mailboxes/{id}/folders/{folder}/case", tag = "mailboxes",
    params(("id" = Uuid, Path), ("folder" = Uuid, Path)),
    responses((status = NO_CONTENT), (status = NOT_FOUND, body = super::problem::ProblemBody)))]
pub(super) async fn unlink(
    State(app): State<App>,
    viewer: Viewer,
    Path(place): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let unlinked = app
        .store
        .unlink_folder(folder(&place)?, viewer.rights(), Utc::now());
    unlinked.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The mailbox and the folder of an address.
fn folder((mailbox, folder): &(String, String)) -> Result<(Uuid, Uuid), Problem> {
    let id = |text: &str| Uuid::parse_str(text).map_err(|_| Problem::not_found());
    Ok((id(mailbox)?, id(folder)?))
}

fn no_such_case(field: &'static str, error: StoreError) -> Problem {
    match error {
        StoreError::NotFound("case") => Problem::no_such(field, "no-such-case"),
        error => error.into(),
    }
}
