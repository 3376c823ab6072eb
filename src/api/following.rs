//! `/mails/{id}/following`: whether what follows in a mail's thread goes to a case by itself, and to which.

use axum::{Json as JsonBody, extract::State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    App, Problem,
    extract::{Id, Json, Viewer},
};
use crate::{
    config::Follow,
    store::{Call, FollowMode, FollowedThread},
};

#[derive(Serialize, ToSchema)]
#[schema(as = Following)]
pub(super) struct Told {
    following: bool,
    /// Where later mails go; on two cases, the first of them.
    case_id: Option<Uuid>,
    /// What becomes of a thread when one of its mails is journaled and nobody says anything.
    policy: Follow,
    /// Of those cases that you see; on two of them, a person is asked each time.
    cases: Vec<FollowedTo>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct FollowedTo {
    case_id: Uuid,
    case_number: String,
    case_title: String,
    /// `on`: later mails are filed; `ask`: they wait for a person.
    mode: FollowMode,
    /// In whose name they are filed.
    followed_by: String,
    since: DateTime<Utc>,
}

impl From<FollowedThread> for FollowedTo {
    fn from(thread: FollowedThread) -> Self {
        Self {
            case_id: thread.case_id,
            case_number: thread.case_number,
            case_title: thread.case_title,
            mode: thread.mode,
            followed_by: thread.followed_by,
            since: thread.since,
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[schema(as = FollowingWish)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    following: bool,
    /// To which case; needed to begin. Left out, following stops to every case that you may file on.
    #[serde(default)]
    case_id: Option<Uuid>,
}

/// Whether a mail's thread is followed
#[utoipa::path(get, path = "/api/v1/mails/{id}/following", tag = "mails", params(("id" = Uuid, Path)),
    responses((status = OK, body = Told), (status = NOT_FOUND, body = super::problem::ProblemBody)))]
pub(super) async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id,
) -> Result<JsonBody<Told>, Problem> {
    told(&app, id, viewer.rights()).await
}

/// Follow a mail's thread to a case from now on, or stop
#[utoipa::path(put, path = "/api/v1/mails/{id}/following", tag = "mails", params(("id" = Uuid, Path)),
    request_body = Change,
    responses((status = OK, body = Told), (status = NOT_FOUND, body = super::problem::ProblemBody)))]
pub(super) async fn change(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id,
    Json(change): Json<Change>,
) -> Result<JsonBody<Told>, Problem> {
    let (user, now) = (viewer.rights(), Utc::now());
    if let Some(case_id) = change.case_id {
        Call::note_case(case_id);
    }
    match (change.following, change.case_id) {
        (true, Some(case_id)) => app.store.follow_thread(id, case_id, user, now).await?,
        (true, None) => return Err(Problem::invalid("case_id", "one-case")),
        (false, case_id) => app.store.stop_following(id, case_id, user, now).await?,
    }
    told(&app, id, user).await
}

async fn told(app: &App, id: Uuid, viewer: &str) -> Result<JsonBody<Told>, Problem> {
    let mail = app.store.mail(id, viewer).await?;
    let cases = app.store.following(mail.thread_id, viewer).await?;
    Ok(JsonBody(Told {
        following: !cases.is_empty(),
        case_id: cases.first().map(|thread| thread.case_id),
        policy: app.filing.follow,
        cases: cases.into_iter().map(Into::into).collect(),
    }))
}
