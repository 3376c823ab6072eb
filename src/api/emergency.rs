//! `/cases/emergency` and `/notices`: opening a restricted case by stating a reason, and who is told of it.

use axum::{Json as JsonBody, extract::State, http::StatusCode};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    App, Problem,
    extract::{Id, Json, Viewer},
};
use crate::store::{Call, Notice};

/// How long an opened case stays open; whoever needs longer asks those who manage it.
const LASTS: Duration = Duration::hours(8);
/// A reason that an owner can judge.
const MIN_REASON_CHARS: usize = 10;
const MAX_REASON_CHARS: usize = 500;
const MAX_NUMBER_CHARS: usize = 50;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EmergencyWish {
    number: String,
    /// Told to those who manage the case; 10 to 500 characters.
    reason: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct EmergencyOpening {
    case_id: Uuid,
    ends_at: DateTime<Utc>,
}

/// A case you manage was opened in an emergency
#[derive(Serialize, ToSchema)]
pub(super) struct NoticeBody {
    id: Uuid,
    case_id: Uuid,
    case_number: String,
    case_title: String,
    opened_by: String,
    reason: String,
    opened_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

/// Open a restricted case for reading, for eight hours; those who manage it are told who did and why. For the role
/// `emergency`, and never for another
#[utoipa::path(post, path = "/api/v1/cases/emergency", tag = "cases", request_body = EmergencyWish,
    responses((status = CREATED, body = EmergencyOpening), (status = NOT_FOUND, body = super::problem::ProblemBody),
        (status = CONFLICT, body = super::problem::ProblemBody)))]
pub(super) async fn open(
    State(app): State<App>,
    viewer: Viewer,
    Json(wish): Json<EmergencyWish>,
) -> Result<(StatusCode, JsonBody<EmergencyOpening>), Problem> {
    let number = wish.number.trim();
    if number.is_empty() {
        return Err(Problem::invalid("number", "empty"));
    }
    if number.chars().count() > MAX_NUMBER_CHARS {
        return Err(Problem::invalid("number", "too-long").with("max", MAX_NUMBER_CHARS));
    }
    let reason = wish.reason.trim();
    let length = reason.chars().count();
    if length < MIN_REASON_CHARS {
        return Err(Problem::invalid("reason", "too-short").with("min", MIN_REASON_CHARS));
    }
    if length > MAX_REASON_CHARS {
        return Err(Problem::invalid("reason", "too-long").with("max", MAX_REASON_CHARS));
    }
    if reason.chars().any(char::is_control) {
        return Err(Problem::invalid("reason", "control"));
    }
    if viewer.on_behalf_of.is_some() {
        return Err(Problem::not_found());
    }
    let now = Utc::now();
    let opening = app
        .store
        .open_in_emergency(number, &viewer.user, reason, now, now + LASTS)
        .await?;
    Call::note_subject("case", opening.case_id);
    Ok((
        StatusCode::CREATED,
        JsonBody(EmergencyOpening {
            case_id: opening.case_id,
            ends_at: opening.ends_at,
        }),
    ))
}

/// What you have not seen yet of the cases you manage, the oldest first
#[utoipa::path(get, path = "/api/v1/notices", tag = "people",
    responses((status = OK, body = Vec<NoticeBody>)))]
pub(super) async fn notices(
    State(app): State<App>,
    viewer: Viewer,
) -> Result<JsonBody<Vec<NoticeBody>>, Problem> {
    let notices = app.store.notices(viewer.rights()).await?;
    Ok(JsonBody(
        notices.into_iter().map(NoticeBody::from).collect(),
    ))
}

/// A notice was seen
#[utoipa::path(put, path = "/api/v1/notices/{id}/seen", tag = "people", params(("id" = Uuid, Path)),
    responses((status = NO_CONTENT), (status = NOT_FOUND, body = super::problem::ProblemBody)))]
pub(super) async fn seen(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    app.store.notice_seen(id, viewer.rights()).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<Notice> for NoticeBody {
    fn from(notice: Notice) -> Self {
        Self {
            id: notice.id,
            case_id: notice.case_id,
            case_number: notice.case_number,
            case_title: notice.case_title,
            opened_by: notice.user_name,
            reason: notice.reason,
            opened_at: notice.opened_at,
            ends_at: notice.ends_at,
        }
    }
}
