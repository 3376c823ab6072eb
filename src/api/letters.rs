//! `/letters`: one template to many cases or parties in one go, and how far it has come.

use std::collections::{BTreeMap, HashSet};

use axum::Json as JsonBody;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    App, Problem, access_list,
    documents::checked_date,
    extract::{Id, IdempotencyKey, Json, Language, Viewer},
    templates::{checked_fields, line},
};
use crate::{
    domain::{access::Level, document_type::DocumentType, role::Principal},
    journal::MAX_TITLE_CHARS,
    messages::{Lang, reason_text},
    outbox::LetterWish,
    store::{LetterRun, LetterState, NewLetterRun, NewLetters, StoreError},
};

const MAX_CASES: usize = 2_000;
const MAX_LETTERS: usize = 5_000;

/// Which letters, on which cases.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LettersWish {
    cases: Vec<LettersOfCase>,
    /// The template's name when left out; with the party's name after it where a case gets several.
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    document_type: Option<DocumentType>,
    /// Today when left out.
    #[serde(default)]
    date: Option<NaiveDate>,
    #[serde(default)]
    fields: BTreeMap<String, String>,
    /// Who may see the letters, of those who see the case, besides you; all of them when left out.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    only_for: Option<Vec<Principal>>,
}

#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LettersOfCase {
    case_id: Uuid,
    /// One letter to each of these, by place among the case's parties; one letter to the first when left out.
    #[serde(default)]
    parties: Vec<usize>,
}

/// How far it has come.
#[derive(Serialize, ToSchema)]
pub(super) struct LettersBody {
    id: Uuid,
    template_id: Uuid,
    version: i64,
    created_at: DateTime<Utc>,
    total: usize,
    done: usize,
    failed: usize,
    cases: Vec<OutcomeBody>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct OutcomeBody {
    case_id: Uuid,
    /// Null when you do not see the case any more.
    case_number: Option<String>,
    /// `waiting`, `done` or `failed`: then nothing was written on the case.
    state: String,
    reason: Option<String>,
    reason_text: Option<String>,
    /// What was filed.
    entry_id: Option<Uuid>,
}

/// Make a letter on each of many cases, or to each of many parties; each case gets all of its letters or none
#[utoipa::path(post, path = "/api/v1/templates/{id}/letters", tag = "templates", request_body = LettersWish,
    params(("id" = Uuid, Path), ("Idempotency-Key" = String, Header, description = "New for each act; a repetition makes nothing more.")),
    responses((status = ACCEPTED, body = LettersBody), (status = FORBIDDEN, body = super::problem::ProblemBody)))]
pub(super) async fn create(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Id(id): Id,
    IdempotencyKey(idempotency_key): IdempotencyKey,
    Json(wish): Json<LettersWish>,
) -> Result<(StatusCode, JsonBody<LettersBody>), Problem> {
    let request_hash =
        *blake3::hash(&serde_json::to_vec(&(id, &wish)).unwrap_or_default()).as_bytes();
    let template = app.store.template(id, viewer.rights()).await?;
    check_cases(&app, &wish.cases, viewer.rights()).await?;
    if let Some(only_for) = &wish.only_for {
        access_list::check_principals(&app, &only_for.iter().collect::<Vec<_>>(), "only_for")
            .await?;
    }
    let title = line(
        "title",
        wish.title.as_deref().unwrap_or(&template.name),
        MAX_TITLE_CHARS,
    )?;
    if title.is_empty() {
        return Err(Problem::invalid("title", "empty"));
    }
    let now = Utc::now();
    let fields = checked_fields(wish.fields)?;
    let asked = template.latest.facts["asked"]
        .as_array()
        .into_iter()
        .flatten();
    let missing = asked
        .filter_map(|name| name.as_str())
        .find(|name| !fields.contains_key(*name));
    if let Some(name) = missing {
        return Err(Problem::invalid(format!("fields.{name}"), "missing"));
    }
    let letters = LetterWish {
        title,
        document_type: wish.document_type,
        date: checked_date(wish.date, now)?,
        fields,
        only_for: wish.only_for,
    };
    let of_case = |of: LettersOfCase| NewLetters {
        case_id: of.case_id,
        parties: of.parties,
    };
    let new = NewLetterRun {
        id: Uuid::now_v7(),
        template_id: id,
        version: template.latest.number,
        wish: serde_json::to_value(letters).unwrap_or_default(),
        created_by: viewer.rights().to_owned(),
        idempotency_key,
        request_hash,
        cases: wish.cases.into_iter().map(of_case).collect(),
    };
    let run = app.store.begin_letters(&new, now).await?;
    Ok((StatusCode::ACCEPTED, JsonBody(LettersBody::of(run, lang))))
}

/// How far letters to many have come; for whoever asked for them
#[utoipa::path(get, path = "/api/v1/letters/{id}", tag = "templates", params(("id" = Uuid, Path)),
    responses((status = OK, body = LettersBody)))]
pub(super) async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Id(id): Id,
) -> Result<JsonBody<LettersBody>, Problem> {
    let run = app.store.letter_run(id, viewer.rights()).await?;
    Ok(JsonBody(LettersBody::of(run, lang)))
}

/// Try again where no letters could be made
#[utoipa::path(post, path = "/api/v1/letters/{id}/retry", tag = "templates", params(("id" = Uuid, Path)),
    responses((status = ACCEPTED, body = LettersBody)))]
pub(super) async fn retry(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Id(id): Id,
) -> Result<(StatusCode, JsonBody<LettersBody>), Problem> {
    let run = app
        .store
        .retry_letters(id, viewer.rights(), Utc::now())
        .await?;
    Ok((StatusCode::ACCEPTED, JsonBody(LettersBody::of(run, lang))))
}

/// What can be told at once is: a case that is not theirs to write on refuses the whole, by its place.
async fn check_cases(app: &App, cases: &[LettersOfCase], viewer: &str) -> Result<(), Problem> {
    if cases.is_empty() {
        return Err(Problem::invalid("cases", "empty"));
    }
    let letters: usize = cases.iter().map(|of| of.parties.len().max(1)).sum();
    if cases.len() > MAX_CASES || letters > MAX_LETTERS {
        return Err(Problem::invalid("cases", "too-many").with("max", MAX_CASES));
    }
    let mut seen = HashSet::new();
    for (at, of) in cases.iter().enumerate() {
        let mut parties = HashSet::new();
        if !seen.insert(of.case_id) || !of.parties.iter().all(|party| parties.insert(party)) {
            return Err(Problem::invalid(format!("cases[{at}]"), "twice"));
        }
        let expected = app
            .store
            .expect_case(of.case_id, viewer, Level::Write)
            .await;
        expected.map_err(|error| match error {
            StoreError::NotFound("case") => Problem::no_such("cases", "no-such-case"),
            error => error.into(),
        })?;
    }
    Ok(())
}

impl LettersBody {
    fn of(run: LetterRun, lang: Lang) -> Self {
        let count = |state| run.cases.iter().filter(|case| case.state == state).count();
        Self {
            id: run.id,
            template_id: run.template_id,
            version: run.version,
            created_at: run.created_at,
            total: run.cases.len(),
            done: count(LetterState::Done),
            failed: count(LetterState::Failed),
            cases: run
                .cases
                .into_iter()
                .map(|case| OutcomeBody {
                    case_id: case.case_id,
                    case_number: case.case_number,
                    state: case.state.as_str().to_owned(),
                    reason_text: reason_text(case.reason.as_deref(), lang),
                    reason: case.reason,
                    entry_id: case.entry_id,
                })
                .collect(),
        }
    }
}
