//! `/journal`: the act that the add-in's button sends, its state, and taking it back.

use axum::{Json as JsonBody, extract::State, http::StatusCode};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    App, Problem,
    extract::{Id, IdempotencyKey, Json, Viewer},
    suggestions,
};
use crate::{
    domain::case::Direction,
    journal::{self, Arrangement, Choice, ChosenAttachment, OpenMail, Suggested},
    mime,
    store::Entry,
};

/// Which mail on which case; everything else has a suggested value.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    /// The mail, by this or by `message_id`.
    #[serde(default)]
    mail_id: Option<Uuid>,
    #[serde(default)]
    message_id: Option<String>,
    /// The case, by this or by `case_number`.
    #[serde(default)]
    case_id: Option<Uuid>,
    #[serde(default)]
    case_number: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    document_date: Option<NaiveDate>,
    #[serde(default)]
    direction: Option<Direction>,
    /// Whether the mail itself is filed; yes when left out.
    #[serde(default)]
    include_mail: Option<bool>,
    /// Which attachments under which names; all but pictures of the text when left out.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    attachments: Option<Vec<ChosenAttachment>>,
    /// `together` (one document) or `separate`.
    #[serde(default)]
    #[schema(value_type = String)]
    arrangement: Arrangement,
}

#[derive(Serialize, ToSchema)]
pub(super) struct EntryBody {
    id: Uuid,
    mail_id: Uuid,
    case_id: Uuid,
    case_number: String,
    case_title: String,
    /// `pending`, `delivered`, `failed`, `undone`.
    state: String,
    state_reason: Option<String>,
    created_by: String,
    created_at: DateTime<Utc>,
    undone_by: Option<String>,
    undone_at: Option<DateTime<Utc>>,
}

impl From<Entry> for EntryBody {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            mail_id: entry.mail_id,
            case_id: entry.case_id,
            case_number: entry.case_number,
            case_title: entry.case_title,
            state: entry.state.as_str().to_owned(),
            state_reason: entry.state_reason,
            created_by: entry.created_by,
            created_at: entry.created_at,
            undone_by: entry.undone_by,
            undone_at: entry.undone_at,
        }
    }
}

/// Journal a mail on a case
#[utoipa::path(post, path = "/api/v1/journal", tag = "journal", request_body = Wish,
    params(("Idempotency-Key" = String, Header, description = "New for each act; a repetition changes nothing.")),
    responses((status = CREATED, body = EntryBody), (status = CONFLICT, body = super::problem::ProblemBody)))]
pub(super) async fn create(
    State(app): State<App>,
    Viewer(viewer): Viewer,
    IdempotencyKey(idempotency_key): IdempotencyKey,
    Json(wish): Json<Wish>,
) -> Result<(StatusCode, JsonBody<EntryBody>), Problem> {
    let row = match (wish.mail_id, &wish.message_id) {
        (Some(id), None) => app.store.mail(id, &viewer).await?,
        (None, Some(message_id)) => suggestions::by_message_id(&app, message_id, &viewer).await?,
        _ => return Err(Problem::invalid("mail_id", "one-of")),
    };
    let case_id = match (wish.case_id, &wish.case_number) {
        (Some(id), None) => id,
        (None, Some(number)) => app.store.case_by_number(number.trim(), &viewer).await?.id,
        _ => return Err(Problem::invalid("case_id", "missing")),
    };
    let raw = app.store.blob(row.sha256).await?;
    let mail = mime::parse_undigested(&raw);
    let read = app.store.attachment_texts(row.id).await?;
    let described = app.engine.describe(&mail, &read, row.received_at);
    let suggested = Suggested {
        title: described.title,
        file_names: described
            .attachments
            .into_iter()
            .map(|file| file.name)
            .collect(),
        direction: described.direction,
        document_date: described.document_date,
    };
    let choice = Choice {
        title: wish.title,
        document_date: wish.document_date,
        direction: wish.direction,
        include_mail: wish.include_mail.unwrap_or(true),
        attachments: wish.attachments,
        arrangement: wish.arrangement,
    };
    let request = journal::Request {
        case_id,
        choice,
        idempotency_key,
    };
    let opened = OpenMail {
        row: &row,
        raw: &raw,
        mail: &mail,
    };
    let entry = journal::journal(
        &app.store,
        opened,
        &suggested,
        &request,
        &viewer,
        Utc::now(),
    )
    .await?;
    Ok((StatusCode::CREATED, JsonBody(entry.into())))
}

/// A journal entry and its state
#[utoipa::path(get, path = "/api/v1/journal/{id}", tag = "journal", params(("id" = Uuid, Path)),
    responses((status = OK, body = EntryBody)))]
pub(super) async fn show(
    State(app): State<App>,
    Viewer(viewer): Viewer,
    Id(id): Id,
) -> Result<JsonBody<EntryBody>, Problem> {
    Ok(JsonBody(app.store.entry(id, &viewer).await?.into()))
}

/// Undo a journaling, within the organisation's time
#[utoipa::path(delete, path = "/api/v1/journal/{id}", tag = "journal", params(("id" = Uuid, Path)),
    responses((status = OK, body = EntryBody)))]
pub(super) async fn undo(
    State(app): State<App>,
    Viewer(viewer): Viewer,
    Id(id): Id,
) -> Result<JsonBody<EntryBody>, Problem> {
    let hours = app.config.organisation.undo_hours;
    let entry = journal::undo(&app.store, id, &viewer, Duration::hours(hours), Utc::now())
        .await
        .map_err(|error| Problem::from(error).with("hours", hours))?;
    Ok(JsonBody(entry.into()))
}

/// Try again what failed after a journaling
#[utoipa::path(post, path = "/api/v1/journal/{id}/retry", tag = "journal", params(("id" = Uuid, Path)),
    responses((status = ACCEPTED, body = EntryBody)))]
pub(super) async fn retry(
    State(app): State<App>,
    Viewer(viewer): Viewer,
    Id(id): Id,
) -> Result<(StatusCode, JsonBody<EntryBody>), Problem> {
    let entry = app.store.entry(id, &viewer).await?;
    app.store.retry_entry(id, Utc::now()).await?;
    Ok((StatusCode::ACCEPTED, JsonBody(entry.into())))
}
