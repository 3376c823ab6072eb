//! `/journal`: the act that the add-in's button sends, its state, and taking it back.

use axum::{Json as JsonBody, extract::State, http::StatusCode};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    App, Problem, access_list, cases,
    earlier::{self, Along, Earlier, EarlierMails},
    extract::{Id, IdempotencyKey, Json, Language, Viewer},
    suggestions,
};
use crate::{
    domain::{
        access::Level,
        case::{Direction, Party},
        document_type::DocumentType,
        kle::Facet,
        role::Principal,
    },
    journal::{self, Arrangement, Choice, ChosenAttachment, JournalError, OpenMail, Suggested},
    messages::{Lang, reason_text},
    mime,
    store::{Call, Entry, Following, StoreError},
    suggest::{self, ChosenTypes, Signals},
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
    /// What kind of document it is; choosing teaches what is proposed later.
    #[serde(default)]
    document_type: Option<DocumentType>,
    #[serde(default)]
    document_date: Option<NaiveDate>,
    #[serde(default)]
    direction: Option<Direction>,
    /// Whom it is from, to or about; those that `POST /cases/proposal` names when left out. A CPR number may be masked.
    #[serde(default)]
    parties: Option<Vec<Party>>,
    /// Until when it asks for something; what the mail names when left out, none when null.
    #[expect(clippy::option_option, reason = "null is not what is left out")]
    #[serde(default, deserialize_with = "journal::given")]
    deadline: Option<Option<NaiveDate>>,
    /// KLE number of the case, should it have none; one that it has stays.
    #[serde(default)]
    case_kle: Option<String>,
    #[serde(default)]
    case_facet: Option<String>,
    /// Whether the mail itself is filed; yes when left out.
    #[serde(default)]
    include_mail: Option<bool>,
    /// Which attachments (`index`) under which `name`, with which `document_type` and `document_date`; all but pictures of
    /// the text when left out.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    attachments: Option<Vec<ChosenAttachment>>,
    /// Who may see what is filed, of those who see the case, besides you; all of them when left out.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    only_for: Option<Vec<Principal>>,
    /// `together` (one document) or `separate`.
    #[serde(default)]
    #[schema(value_type = String)]
    arrangement: Arrangement,
    /// Whether what follows in the thread goes to the case too; as the organisation has chosen when left out.
    #[serde(default)]
    follow: Option<bool>,
    /// Which of the thread's earlier mails, that are not on the case, go along: `none`, `with_attachments` or `all`.
    #[serde(default)]
    earlier: Earlier,
}

/// The entry, and the earlier mails of the thread.
#[derive(Serialize, ToSchema)]
pub(super) struct Journaled {
    #[serde(flatten)]
    entry: EntryBody,
    earlier: EarlierMails,
}

#[derive(Serialize, ToSchema)]
pub(super) struct EntryBody {
    id: Uuid,
    /// Null of what was filed without a mail.
    mail_id: Option<Uuid>,
    case_id: Uuid,
    case_number: String,
    case_title: String,
    /// `pending`, `delivered`, `failed`, `undone`.
    state: String,
    /// Stable code of why it is not delivered.
    state_reason: Option<String>,
    /// The reason as a sentence in the reader's language.
    state_reason_text: Option<String>,
    created_by: String,
    created_at: DateTime<Utc>,
    undone_by: Option<String>,
    undone_at: Option<DateTime<Utc>>,
}

/// An entry, and how it is shown in the mailboxes that hold the mail.
#[derive(Serialize, ToSchema)]
pub(super) struct EntryDetail {
    #[serde(flatten)]
    entry: EntryBody,
    /// Who may see what was filed, when not everybody who sees the case.
    only_for: Option<Vec<String>>,
    /// Of the mailboxes that you read.
    marks: Vec<MarkBody>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct MarkBody {
    mailbox_id: Uuid,
    mailbox: String,
    /// `waiting`, `done`, `failed`.
    state: String,
    reason: Option<String>,
    reason_text: Option<String>,
}

impl EntryBody {
    pub(super) fn of(entry: Entry, lang: Lang) -> Self {
        Self {
            id: entry.id,
            mail_id: entry.mail_id,
            case_id: entry.case_id,
            case_number: entry.case_number,
            case_title: entry.case_title,
            state: entry.state.as_str().to_owned(),
            state_reason_text: reason_text(entry.state_reason.as_deref(), lang),
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
    responses((status = CREATED, body = Journaled), (status = CONFLICT, body = super::problem::ProblemBody)))]
pub(super) async fn create(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    IdempotencyKey(idempotency_key): IdempotencyKey,
    Json(wish): Json<Wish>,
) -> Result<(StatusCode, JsonBody<Journaled>), Problem> {
    let row = suggestions::named_mail(
        &app,
        wish.mail_id,
        wish.message_id.as_deref(),
        viewer.rights(),
    )
    .await?;
    let (case_id, case_field) = match (wish.case_id, &wish.case_number) {
        (Some(id), None) => (id, "case_id"),
        (None, Some(number)) => {
            let case = app
                .store
                .case_by_number(number.trim(), viewer.rights())
                .await;
            (case.map_err(no_such_case("case_number"))?.id, "case_number")
        }
        _ => return Err(Problem::invalid("case_id", "one-case")),
    };
    Call::note_case(case_id);
    if let Some(only_for) = &wish.only_for {
        access_list::check_principals(&app, &only_for.iter().collect::<Vec<_>>(), "only_for")
            .await?;
    }
    let case_kle = case_kle(&wish)?;
    let raw = app.store.blob(row.sha256).await?;
    let mut mail = mime::parse_undigested(&raw);
    app.store.mark_logos(&mut mail).await?;
    let read = app.store.attachment_texts(row.id).await?;
    let described = app.engine.describe(&mail, &read, row.received_at);
    let chosen = chosen_types(&wish);
    let type_lessons = app
        .engine
        .type_lessons(&mail, &read, &chosen, row.received_at);
    let signals = Signals::of_row(&row);
    let onlooker = app.store.onlooker(viewer.rights()).await?;
    let suggestion_lesson = app.engine.lesson(&signals, &onlooker, Utc::now(), case_id);
    let parties = match wish.parties {
        Some(mut parties) => {
            cases::unmask(&mut parties, Some(&mail))?;
            cases::check_parties(&parties)?;
            Some(parties)
        }
        None => None,
    };
    let suggested = Suggested::of(described)
        .with_parties(suggest::parties_of_filed(&mail, app.engine.organisation()));
    let choice = Choice {
        title: wish.title,
        document_type: wish.document_type,
        document_date: wish.document_date,
        direction: wish.direction,
        parties,
        deadline: wish.deadline,
        include_mail: wish.include_mail.unwrap_or(true),
        attachments: wish.attachments,
        arrangement: wish.arrangement,
    };
    let request = journal::Request {
        case_id,
        choice,
        type_lessons,
        suggestion_lesson,
        case_kle,
        only_for: wish.only_for,
        following: match wish.follow {
            None => app.filing.following(),
            Some(true) => Following::Said,
            Some(false) => Following::Untouched,
        },
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
        viewer.rights(),
        Utc::now(),
    )
    .await
    .map_err(|error| match error {
        JournalError::Store(error) => no_such_case(case_field)(error),
        error => error.into(),
    })?;
    let along = Along {
        case_id,
        only_for: request.only_for,
        which: wish.earlier,
        idempotency_key: &request.idempotency_key,
    };
    let earlier = earlier::take(&app, &row, along, viewer.rights()).await?;
    let entry = EntryBody::of(entry, lang);
    Ok((StatusCode::CREATED, JsonBody(Journaled { entry, earlier })))
}

/// The facet is one of the number.
fn case_kle(wish: &Wish) -> Result<Option<(String, Option<String>)>, Problem> {
    let Some(kle) = wish.case_kle.clone() else {
        return Ok(None);
    };
    if !cases::is_subject(&kle) {
        return Err(Problem::invalid("case_kle", "kle"));
    }
    match wish.case_facet.as_deref().map(Facet::parse) {
        Some(None) => Err(Problem::invalid("case_facet", "facet")),
        _ => Ok(Some((kle, wish.case_facet.clone()))),
    }
}

fn chosen_types(wish: &Wish) -> ChosenTypes {
    ChosenTypes {
        mail: wish.document_type,
        files: wish
            .attachments
            .iter()
            .flatten()
            .filter_map(|file| Some((file.index, file.document_type?)))
            .collect(),
    }
}

fn no_such_case(field: &'static str) -> impl Fn(StoreError) -> Problem {
    move |error| match error {
        StoreError::NotFound("case") => Problem::no_such(field, "no-such-case"),
        error => error.into(),
    }
}

/// A journal entry and its state
#[utoipa::path(get, path = "/api/v1/journal/{id}", tag = "journal", params(("id" = Uuid, Path)),
    responses((status = OK, body = EntryDetail),
        (status = NOT_FOUND, body = super::problem::ProblemBody)))]
pub(super) async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Id(id): Id,
) -> Result<JsonBody<EntryDetail>, Problem> {
    let entry = app.store.entry(id, viewer.rights()).await?;
    Call::note_case(entry.case_id);
    let marks = app.store.marks_of_entry(id, viewer.rights()).await?;
    Ok(JsonBody(EntryDetail {
        entry: EntryBody::of(entry, lang),
        only_for: app.store.entry_access(id).await?,
        marks: marks
            .into_iter()
            .map(|mark| MarkBody {
                mailbox_id: mark.mailbox_id,
                mailbox: mark.mailbox,
                state: mark.state,
                reason_text: reason_text(mark.reason.as_deref(), lang),
                reason: mark.reason,
            })
            .collect(),
    }))
}

/// Undo a journaling, within the organisation's time
#[utoipa::path(delete, path = "/api/v1/journal/{id}", tag = "journal", params(("id" = Uuid, Path)),
    responses((status = OK, body = EntryBody)))]
pub(super) async fn undo(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Id(id): Id,
) -> Result<JsonBody<EntryBody>, Problem> {
    let hours = app.config.organisation.undo_hours;
    let entry = journal::undo(
        &app.store,
        id,
        viewer.rights(),
        Duration::hours(hours),
        Utc::now(),
    )
    .await
    .map_err(|error| Problem::from(error).with("hours", hours))?;
    Ok(JsonBody(EntryBody::of(entry, lang)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EntryAccess {
    /// Who may see it, of those who see the case; null for all of them.
    #[schema(value_type = Option<Vec<String>>)]
    only_for: Option<Vec<Principal>>,
}

/// Say who may see what was filed; for whoever filed it, and those who manage the case
#[utoipa::path(put, path = "/api/v1/journal/{id}/access", tag = "journal", params(("id" = Uuid, Path)),
    request_body = EntryAccess,
    responses((status = NO_CONTENT), (status = FORBIDDEN, body = super::problem::ProblemBody)))]
pub(super) async fn set_access(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id,
    Json(access): Json<EntryAccess>,
) -> Result<StatusCode, Problem> {
    if let Some(only_for) = &access.only_for {
        access_list::check_principals(&app, &only_for.iter().collect::<Vec<_>>(), "only_for")
            .await?;
    }
    let only_for = access.only_for.as_deref();
    let set = app
        .store
        .set_entry_access(id, only_for, viewer.rights(), Utc::now());
    set.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Try again what failed after a journaling
#[utoipa::path(post, path = "/api/v1/journal/{id}/retry", tag = "journal", params(("id" = Uuid, Path)),
    responses((status = ACCEPTED, body = EntryBody)))]
pub(super) async fn retry(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Id(id): Id,
) -> Result<(StatusCode, JsonBody<EntryBody>), Problem> {
    // Only who may file on the case may ask for it.
    let entry = app.store.entry(id, viewer.rights()).await?;
    Call::note_case(entry.case_id);
    let expected = app
        .store
        .expect_case(entry.case_id, viewer.rights(), Level::Write);
    expected.await?;
    app.store
        .retry_entry(id, viewer.rights(), Utc::now())
        .await?;
    let entry = app.store.entry(id, viewer.rights()).await?;
    Ok((StatusCode::ACCEPTED, JsonBody(EntryBody::of(entry, lang))))
}
