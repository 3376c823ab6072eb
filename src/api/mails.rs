//! `/mails`: what lies in the mailboxes one may see.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    App, Problem,
    extract::{Id, Language, Params, Viewer, cursor, limit, read_cursor},
    not_for_a_case::Said,
    reading, recording, suggestions,
};
use crate::{
    domain::{
        attachment_path::AttachmentPath,
        mail::{Mail, MailKind, Warning},
    },
    messages::{Lang, reason_text},
    mime,
    store::{AttachmentText, Call, Entry, MailFilter, MailRow},
};

/// Which mails to list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListParams {
    mailbox: Option<Uuid>,
    thread: Option<Uuid>,
    /// Words; each must begin a word of the mail.
    q: Option<String>,
    /// Sender's address.
    from: Option<String>,
    kind: Option<MailKind>,
    received_from: Option<DateTime<Utc>>,
    received_before: Option<DateTime<Utc>>,
    journaled: Option<bool>,
    /// Whether what follows a journaling of it has failed and waits for a person: see `marks` of the entry too.
    failed: Option<bool>,
    /// Whether somebody said that it belongs on no case; the queue asks for `false`.
    not_for_a_case: Option<bool>,
    /// Add the best suggestion to each mail.
    #[serde(default)]
    suggest: bool,
    /// 1 to 200; 50 when left out.
    limit: Option<i64>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct MailPage {
    items: Vec<MailSummary>,
    /// Ask with this for the next page; null on the last.
    next_cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct MailSummary {
    id: Uuid,
    thread_id: Uuid,
    message_id: Option<String>,
    subject: String,
    from: Vec<crate::domain::mail::Address>,
    to: Vec<crate::domain::mail::Address>,
    sent_at: Option<DateTime<Utc>>,
    received_at: DateTime<Utc>,
    kind: MailKind,
    preview: String,
    size: i64,
    attachments: usize,
    /// Why only the headers are here.
    incomplete_reason: Option<String>,
    /// Where it is journaled, by whom, as far as you may see.
    entries: Vec<JournalState>,
    /// Who said that it belongs on no case.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_for_a_case: Option<Said>,
    /// Only when asked for, and when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<suggestions::SuggestedCase>,
}

/// A journal entry as it concerns a mail.
#[derive(Serialize, ToSchema)]
pub(super) struct JournalState {
    pub entry_id: Uuid,
    pub case_id: Uuid,
    pub case_number: String,
    pub case_title: String,
    /// `pending`, `delivered`, `failed`.
    pub state: String,
    /// Stable code of why it is not delivered.
    pub state_reason: Option<String>,
    /// The reason as a sentence in the reader's language.
    pub state_reason_text: Option<String>,
    pub created_by: String,
    /// What they are called.
    pub created_by_name: String,
    pub created_at: DateTime<Utc>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct MailDetail {
    id: Uuid,
    thread_id: Uuid,
    received_at: DateTime<Utc>,
    size: i64,
    #[schema(value_type = Object)]
    mail: Mail,
    entries: Vec<JournalState>,
    /// Who said that it belongs on no case.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_for_a_case: Option<Said>,
    /// What its attachments say, of those that were read by now.
    documents: Vec<DocumentRead>,
}

/// An attachment that was read.
#[derive(Serialize, ToSchema)]
pub(super) struct DocumentRead {
    /// Place among the mail's attachments.
    index: usize,
    /// What it is, by what it holds: `pdf`, `docx`, `zip` …
    format: String,
    /// Its own title, not its file name.
    title: Option<String>,
    heading: Option<String>,
    /// ISO 639-1, where there is no doubt.
    language: Option<String>,
    notes: Vec<Note>,
}

/// What could not be read of an attachment, or is odd about it.
#[derive(Serialize, ToSchema)]
pub(super) struct Note {
    /// Stable, e.g. `encrypted`.
    code: String,
    detail: String,
}

impl From<AttachmentText> for DocumentRead {
    fn from(read: AttachmentText) -> Self {
        let note = |note: Warning| Note {
            code: note.code,
            detail: note.detail,
        };
        Self {
            index: read.position,
            format: read.format,
            title: read.title,
            heading: read.heading,
            language: read.language,
            notes: read.notes.into_iter().map(note).collect(),
        }
    }
}

impl JournalState {
    fn of(entry: Entry, name: Option<String>, lang: Lang) -> Self {
        Self {
            created_by_name: name.unwrap_or_else(|| entry.created_by.clone()),
            entry_id: entry.id,
            case_id: entry.case_id,
            case_number: entry.case_number,
            case_title: entry.case_title,
            state: entry.state.as_str().to_owned(),
            state_reason_text: reason_text(entry.state_reason.as_deref(), lang),
            state_reason: entry.state_reason,
            created_by: entry.created_by,
            created_at: entry.created_at,
        }
    }
}

/// Mails, newest first
#[utoipa::path(get, path = "/api/v1/mails", tag = "mails", params(ListParams),
    responses((status = OK, body = MailPage)))]
pub(super) async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Params(params): Params<ListParams>,
) -> Result<Json<MailPage>, Problem> {
    let limit = limit(params.limit)?;
    recording::searched(&app, params.q.as_deref());
    if params.from.is_some() {
        Call::note_detail("by_sender", true);
    }
    let filter = MailFilter {
        mailbox_id: params.mailbox,
        thread_id: params.thread,
        words: params.q.filter(|words| !words.trim().is_empty()),
        from: params.from,
        kind: params.kind,
        received_from: params.received_from,
        received_before: params.received_before,
        journaled: params.journaled,
        failed: params.failed,
        not_for_a_case: params.not_for_a_case,
        after: read_cursor(params.cursor.as_deref())?,
        ..MailFilter::default()
    };
    let mut rows = app.store.mails(&filter, viewer.rights(), limit + 1).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    recording::shown(rows.iter().map(|row| row.id));
    let next_cursor = rows
        .last()
        .filter(|_| more)
        .map(|row| cursor(row.received_at, row.id));
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let suggestion = if params.suggest {
            suggestions::best(&app, &row, viewer.rights(), lang).await?
        } else {
            None
        };
        items.push(summary(&app, row, viewer.rights(), lang, suggestion).await?);
    }
    Ok(Json(MailPage { items, next_cursor }))
}

/// One mail with its text
#[utoipa::path(get, path = "/api/v1/mails/{id}", tag = "mails", params(("id" = Uuid, Path)),
    responses((status = OK, body = MailDetail), (status = NOT_FOUND, body = super::problem::ProblemBody)))]
pub(super) async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Id(id): Id,
) -> Result<Json<MailDetail>, Problem> {
    let row = app.store.mail(id, viewer.rights()).await?;
    let raw = app.store.blob(row.sha256).await?;
    // A mail may be large, and others wait for this thread.
    let mut mail = blocking(move || mime::parse(&raw)).await?;
    if !app.store.is_in_mailbox_of(id, viewer.rights()).await? {
        mail.bcc.clear();
    }
    app.store.mark_logos(&mut mail).await?;
    let read = app.store.attachment_texts(id).await?;
    Ok(Json(MailDetail {
        id,
        thread_id: row.thread_id,
        received_at: row.received_at,
        size: row.byte_length,
        entries: states(&app, &row, viewer.rights(), lang).await?,
        not_for_a_case: row.not_for_a_case.map(Said::from),
        mail,
        documents: read.into_iter().map(DocumentRead::from).collect(),
    }))
}

/// The mail as a page to read: safe to show, with all it shows within it
#[utoipa::path(get, path = "/api/v1/mails/{id}/html", tag = "mails", params(("id" = Uuid, Path)),
    responses((status = OK, content_type = "text/html"), (status = NOT_FOUND, body = super::problem::ProblemBody)))]
pub(super) async fn html(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Id(id): Id,
) -> Result<Response, Problem> {
    let row = app.store.mail(id, viewer.rights()).await?;
    let raw = app.store.blob(row.sha256).await?;
    blocking(move || reading::page(&raw, &row.envelope.subject, lang)).await
}

/// The mail as it was received
#[utoipa::path(get, path = "/api/v1/mails/{id}/raw", tag = "mails", params(("id" = Uuid, Path)),
    responses((status = OK, content_type = "message/rfc822"),
        (status = FORBIDDEN, body = super::problem::ProblemBody),
        (status = SERVICE_UNAVAILABLE, body = super::problem::ProblemBody)))]
pub(super) async fn raw(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id,
) -> Result<Response, Problem> {
    let row = app.store.mail(id, viewer.rights()).await?;
    let raw = app.store.blob(row.sha256).await?;
    let is_report = row.envelope.kind == MailKind::JournalReport;
    let shown = if is_report && !app.store.is_in_mailbox_of(id, viewer.rights()).await? {
        // The report around it names blind copies.
        mime::copied_mail(&raw).map_or(raw, Into::into)
    } else {
        raw
    };
    app.scanner.check_mail(&shown).await?;
    Ok(super::page::download(shown, "message/rfc822", "mail.eml"))
}

/// One attachment, decoded
#[utoipa::path(get, path = "/api/v1/mails/{id}/attachments/{path}", tag = "mails",
    params(("id" = Uuid, Path), ("path" = String, Path, description =
        "Its place among the mail's attachments, from 0; `1.0` is the first of what the second one holds.")), responses((status = OK, content_type = "*/*", description = "As it came, by its own media type"),
        (status = FORBIDDEN, body = super::problem::ProblemBody),
        (status = SERVICE_UNAVAILABLE, body = super::problem::ProblemBody)))]
pub(super) async fn attachment(
    State(app): State<App>,
    viewer: Viewer,
    Path((id, path)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let id = Uuid::parse_str(&id).map_err(|_| Problem::not_found())?;
    let path = AttachmentPath::parse(&path).ok_or_else(Problem::not_found)?;
    let row = app.store.mail(id, viewer.rights()).await?;
    let raw = app.store.blob(row.sha256).await?;
    let (attachment, bytes) = blocking(move || mime::attachment(&raw, path.places()))
        .await?
        .ok_or_else(Problem::not_found)?;
    let bytes = bytes.into();
    let is_mail = attachment.mail.is_some();
    app.scanner.check_file(&bytes, is_mail).await?;
    Ok(super::page::download(
        bytes,
        &attachment.media_type,
        &attachment.clean_name,
    ))
}

pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal"))
}

pub(super) async fn states(
    app: &App,
    row: &MailRow,
    viewer: &str,
    lang: Lang,
) -> Result<Vec<JournalState>, Problem> {
    let entries = app.store.entries_of_mail(&row.fingerprint, viewer).await?;
    let mut states = Vec::with_capacity(entries.len());
    for entry in entries {
        let by = app.store.user(&entry.created_by).await?;
        states.push(JournalState::of(
            entry,
            by.map(|user| user.display_name),
            lang,
        ));
    }
    Ok(states)
}

async fn summary(
    app: &App,
    row: MailRow,
    viewer: &str,
    lang: Lang,
    suggestion: Option<suggestions::SuggestedCase>,
) -> Result<MailSummary, Problem> {
    let entries = states(app, &row, viewer, lang).await?;
    let mail = row.envelope;
    Ok(MailSummary {
        id: row.id,
        thread_id: row.thread_id,
        message_id: mail.message_id,
        subject: mail.subject,
        from: mail.from,
        to: mail.to,
        sent_at: mail.date,
        received_at: row.received_at,
        kind: mail.kind,
        preview: row.preview,
        size: row.byte_length,
        attachments: mail
            .attachments
            .iter()
            .filter(|attachment| !attachment.inline)
            .count(),
        incomplete_reason: row.incomplete_reason,
        entries,
        not_for_a_case: row.not_for_a_case.map(Said::from),
        suggestion,
    })
}
