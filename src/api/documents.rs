//! `/documents` and notes: documents that reach a case without a mail.

use axum::Json as JsonBody;
use axum::extract::State;
use axum::http::StatusCode;
use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Europe::Copenhagen;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    App, Problem, access_list,
    extract::{Id, IdempotencyKey, Json, Language, Viewer},
    form::{Form, SentFile},
    journal::EntryBody,
    templates::line,
};
use crate::{
    documents::{letter, made, package},
    domain::{
        access::Level, case::Direction, document_type::DocumentType, file_name, mail::Sha256,
        media_type, naming::FileName, role::Principal, working_days,
    },
    journal::{self, Filing, MAX_TITLE_CHARS, Paper, PaperFile},
    messages::text,
    store::{Call, StoreError},
};

const MAX_NOTE_CHARS: usize = 50_000;
const MAX_MEDIA_TYPE_BYTES: usize = 100;
/// Of a date that a person gives: nobody files what is older, or of a day so far ahead.
const EARLIEST_YEAR: i32 = 1900;

/// What was said and matters to the case.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoteWish {
    /// Lines as they are to stand.
    text: String,
    #[serde(default)]
    title: Option<String>,
    /// When it was said; today when left out.
    #[serde(default)]
    date: Option<NaiveDate>,
    /// Who may see it, of those who see the case, besides you; all of them when left out.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    only_for: Option<Vec<Principal>>,
}

/// A form with files for one case.
#[derive(ToSchema)]
#[allow(dead_code)]
pub(super) struct DocumentsForm {
    /// One or several, each a document of its own.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<String>,
    /// The case, by this or by `case_number`.
    case_id: Option<Uuid>,
    case_number: Option<String>,
    /// Of a single file; else each is called by its name.
    title: Option<String>,
    /// `incoming`, `outgoing` or `internal` (when left out).
    direction: Option<String>,
    document_type: Option<String>,
    /// Today when left out.
    date: Option<NaiveDate>,
}

/// Note on a case what was said: a small document, final from the first
#[utoipa::path(post, path = "/api/v1/cases/{id}/notes", tag = "documents", request_body = NoteWish,
    params(("id" = Uuid, Path), ("Idempotency-Key" = String, Header, description = "New for each note; a repetition makes no second one.")),
    responses((status = CREATED, body = EntryBody), (status = CONFLICT, body = super::problem::ProblemBody)))]
pub(super) async fn note(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Id(case_id): Id,
    IdempotencyKey(idempotency_key): IdempotencyKey,
    Json(wish): Json<NoteWish>,
) -> Result<(StatusCode, JsonBody<EntryBody>), Problem> {
    let now = Utc::now();
    let request_hash =
        *blake3::hash(&serde_json::to_vec(&(case_id, &wish)).unwrap_or_default()).as_bytes();
    let case = app.cases.get(case_id, viewer.rights()).await?;
    if wish.text.trim().is_empty() {
        return Err(Problem::invalid("text", "empty"));
    }
    if wish.text.chars().count() > MAX_NOTE_CHARS {
        return Err(Problem::invalid("text", "too-long").with("max", MAX_NOTE_CHARS));
    }
    if let Some(only_for) = &wish.only_for {
        access_list::check_principals(&app, &only_for.iter().collect::<Vec<_>>(), "only_for")
            .await?;
    }
    let date = checked_date(wish.date, now)?;
    let given = line(
        "title",
        wish.title.as_deref().unwrap_or_default(),
        MAX_TITLE_CHARS,
    )?;
    let title = if given.is_empty() {
        text(lang, "note.title", &[])
    } else {
        given
    };
    let (id, written_at) = (Uuid::now_v7(), now.with_timezone(&Copenhagen));
    let author = app
        .store
        .user(viewer.rights())
        .await?
        .map_or_else(|| viewer.rights().to_owned(), |user| user.display_name);
    let about = [
        text(
            lang,
            "note.case",
            &[("number", &case.number), ("title", &case.title)],
        ),
        text(
            lang,
            "note.said",
            &[("date", &date.format("%d-%m-%Y").to_string())],
        ),
        text(
            lang,
            "note.written",
            &[
                ("author", &author),
                ("when", &written_at.format("%d-%m-%Y %H:%M").to_string()),
            ],
        ),
    ];
    let bytes = made::note(&made::Note {
        title: &title,
        text: &wish.text,
        about: &about,
        properties: &[
            (letter::CASE_PROPERTY, case_id.to_string()),
            (letter::DOCUMENT_PROPERTY, id.to_string()),
        ],
    })
    .map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal"))?;
    let filing = Filing {
        case_id,
        papers: vec![Paper {
            id,
            files: vec![PaperFile {
                name: format!("{title}.docx"),
                media_type: package::DOCX.to_owned(),
                bytes: Bytes::from(bytes),
            }],
            title,
            document_type: Some(DocumentType::Note),
            document_date: date,
            direction: Direction::Internal,
        }],
        only_for: wish.only_for,
        idempotency_key,
        request_hash,
    };
    let entry = journal::document(&app.store, filing, viewer.rights(), now).await?;
    Call::note_case(case_id);
    Ok((StatusCode::CREATED, JsonBody(EntryBody::of(entry, lang))))
}

/// File documents on a case: one or several files, named by the rules, all of them or none
#[utoipa::path(post, path = "/api/v1/documents", tag = "documents",
    request_body(content = DocumentsForm, content_type = "multipart/form-data"),
    params(("Idempotency-Key" = String, Header, description = "New for each act; a repetition changes nothing.")),
    responses((status = CREATED, body = EntryBody), (status = CONFLICT, body = super::problem::ProblemBody)))]
pub(super) async fn create(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    IdempotencyKey(idempotency_key): IdempotencyKey,
    mut form: Form,
) -> Result<(StatusCode, JsonBody<EntryBody>), Problem> {
    let now = Utc::now();
    let case_id = case_of(&app, &mut form, viewer.rights()).await?;
    Call::note_case(case_id);
    app.store
        .expect_case(case_id, viewer.rights(), Level::Write)
        .await?;
    if form.files.is_empty() {
        return Err(Problem::invalid("file", "missing"));
    }
    let direction = match form.take("direction").as_deref() {
        None | Some("internal") => Direction::Internal,
        Some("incoming") => Direction::Incoming,
        Some("outgoing") => Direction::Outgoing,
        Some(_) => {
            return Err(Problem::invalid("direction", "choice")
                .with("choices", "incoming, outgoing, internal"));
        }
    };
    let document_type = match form.take("document_type") {
        None => None,
        Some(name) => {
            let kind = DocumentType::parse(&name);
            Some(kind.ok_or_else(|| Problem::invalid("document_type", "unknown-type"))?)
        }
    };
    let date = form.take("date").map(|date| date.parse());
    let date = date
        .transpose()
        .map_err(|_| Problem::invalid("date", "not-a-date"))?;
    let document_date = checked_date(date, now)?;
    let title = line(
        "title",
        &form.take("title").unwrap_or_default(),
        MAX_TITLE_CHARS,
    )?;
    let is_one = form.files.len() == 1;
    let mut digest = blake3::Hasher::new();
    digest
        .update(case_id.as_bytes())
        .update(document_date.to_string().as_bytes())
        .update(title.as_bytes());
    let mut papers = Vec::with_capacity(form.files.len());
    for file in std::mem::take(&mut form.files) {
        if file.bytes.is_empty() {
            return Err(Problem::invalid("file", "empty"));
        }
        digest
            .update(file.name.as_bytes())
            .update(&Sha256::of(&file.bytes).0);
        let name = named(&app, &file, document_date);
        // What the sender calls it is a header of every answer that gives the file.
        let media_type = Some(file.media_type).filter(|kind| kind.len() <= MAX_MEDIA_TYPE_BYTES);
        let media_type = media_type.unwrap_or_else(|| "application/octet-stream".to_owned());
        let stem = file_name::split_extension(&name).0.to_owned();
        papers.push(Paper {
            id: Uuid::now_v7(),
            title: if is_one && !title.is_empty() {
                title.clone()
            } else {
                stem
            },
            document_type,
            document_date,
            direction,
            files: vec![PaperFile {
                name,
                media_type,
                bytes: file.bytes,
            }],
        });
    }
    let filing = Filing {
        case_id,
        papers,
        only_for: None,
        idempotency_key,
        request_hash: *digest.finalize().as_bytes(),
    };
    let entry = journal::document(&app.store, filing, viewer.rights(), now).await?;
    Ok((StatusCode::CREATED, JsonBody(EntryBody::of(entry, lang))))
}

async fn case_of(app: &App, form: &mut Form, viewer: &str) -> Result<Uuid, Problem> {
    match (form.take("case_id"), form.take("case_number")) {
        (Some(id), None) => {
            let id = Uuid::parse_str(&id).map_err(|_| Problem::invalid("case_id", "not-a-uuid"))?;
            let seen = app.store.expect_case(id, viewer, Level::Read).await;
            seen.map_err(no_such_case("case_id"))?;
            Ok(id)
        }
        (None, Some(number)) => {
            let case = app.store.case_by_number(&number, viewer).await;
            Ok(case.map_err(no_such_case("case_number"))?.id)
        }
        _ => Err(Problem::invalid("case_id", "one-case")),
    }
}

fn no_such_case(field: &'static str) -> impl Fn(StoreError) -> Problem {
    move |error| match error {
        StoreError::NotFound("case") => Problem::no_such(field, "no-such-case"),
        error => error.into(),
    }
}

/// Its own name, put right, or one that is made where it says nothing.
fn named(app: &App, file: &SentFile, date: NaiveDate) -> String {
    let rules = &app.engine.organisation().naming;
    let clean = file_name::clean(&file.name);
    let (stem, extension) = file_name::split_extension(&clean);
    let extension = if extension.is_empty() {
        media_type::extension(&file.media_type).unwrap_or_default()
    } else {
        extension
    };
    let stem = rules.given_name(stem).unwrap_or_else(|| {
        rules.made_name(&FileName {
            given: stem,
            format: "Dokument",
            date: Some(date),
            ..FileName::default()
        })
    });
    let dot = if extension.is_empty() { "" } else { "." };
    file_name::clean(&format!("{stem}{dot}{extension}"))
}

/// The day that a document bears; today when nobody says.
pub(super) fn checked_date(
    date: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Result<NaiveDate, Problem> {
    use chrono::Datelike as _;
    let today = working_days::danish_day(now);
    let date = date.unwrap_or(today);
    if (EARLIEST_YEAR..=today.year() + 1).contains(&date.year()) {
        Ok(date)
    } else {
        Err(Problem::invalid("date", "date-far"))
    }
}
