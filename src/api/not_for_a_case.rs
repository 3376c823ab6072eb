//! `/mails/{id}/not-for-a-case`: a mail that belongs on no case leaves the queue, and can come back.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    App, Problem,
    extract::{Id, Viewer},
};
use crate::store::NotForACase;

/// Who said so first, and when.
#[derive(Serialize, ToSchema)]
#[schema(as = SaidNotForACase)]
pub(super) struct Said {
    by: String,
    at: DateTime<Utc>,
}

impl From<NotForACase> for Said {
    fn from(said: NotForACase) -> Self {
        Self {
            by: said.by,
            at: said.at,
        }
    }
}

/// Say that a mail belongs on no case; repeated, it changes nothing. A mail that is journaled is refused
#[utoipa::path(post, path = "/api/v1/mails/{id}/not-for-a-case", tag = "mails", params(("id" = Uuid, Path)),
    responses((status = OK, body = Said), (status = NOT_FOUND, body = super::problem::ProblemBody),
        (status = CONFLICT, body = super::problem::ProblemBody)))]
pub(super) async fn say(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id,
) -> Result<Json<Said>, Problem> {
    let said = app
        .store
        .say_not_for_a_case(id, viewer.rights(), Utc::now());
    Ok(Json(said.await?.into()))
}

/// Take it back; the mail waits again
#[utoipa::path(delete, path = "/api/v1/mails/{id}/not-for-a-case", tag = "mails", params(("id" = Uuid, Path)),
    responses((status = NO_CONTENT), (status = NOT_FOUND, body = super::problem::ProblemBody)))]
pub(super) async fn take_back(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    app.store
        .take_back_not_for_a_case(id, viewer.rights(), Utc::now())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
