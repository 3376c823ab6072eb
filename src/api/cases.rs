//! `/cases`: search, read, create, close; their documents; recents and favourites.

use axum::{
    Json as JsonBody,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    App, Problem, access_list,
    extract::{Id, IdempotencyKey, Json, Params, Viewer, cursor, limit, read_cursor},
    proposal, recording, suggestions,
};
use crate::{
    domain::{
        access::{CaseAccess, Level},
        case::{Case, CaseStatus, Document, Party},
        kle::{Facet, KleNumber},
        mail::Mail,
        role::Principal,
    },
    store::{Call, CaseFilter, CaseQuery, CaseRequest, NewCase},
    suggest,
};

pub(super) const MAX_TITLE_CHARS: usize = 300;
const MAX_NUMBER_CHARS: usize = 50;
const MAX_PARTIES: usize = 200;
/// Any other text of a case or a party: names, units, addresses.
pub(super) const MAX_TEXT_CHARS: usize = 300;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListParams {
    /// Words; each must begin a word of number, title, KLE number or a party.
    q: Option<String>,
    status: Option<CaseStatus>,
    /// `all`, `recent` or `favourite`; all when left out.
    #[serde(default)]
    #[param(inline)]
    filter: Filter,
    limit: Option<i64>,
    cursor: Option<String>,
}

#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Filter {
    #[default]
    All,
    Recent,
    Favourite,
}

#[derive(Serialize, ToSchema)]
pub(super) struct CasePage {
    items: Vec<Case>,
    next_cursor: Option<String>,
}

// Written too, to know a repeated wish.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseWish {
    title: String,
    /// The next number by the organisation's pattern when left out.
    #[serde(default)]
    number: Option<String>,
    #[serde(default)]
    kle: Option<String>,
    #[serde(default)]
    facet: Option<String>,
    #[serde(default)]
    unit: Option<String>,
    /// User name; you when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    responsible: Option<String>,
    /// Open when left out. You manage it in any case.
    #[serde(default)]
    access: CaseAccess,
    /// A CPR number may be masked, as `POST /cases/proposal` gives it, when `mail_id` names the mail it stands in.
    #[serde(default)]
    parties: Vec<Party>,
    /// The mail that the case is made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mail_id: Option<Uuid>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    /// One of the two.
    #[serde(default)]
    status: Option<CaseStatus>,
    #[serde(default)]
    access: Option<CaseAccess>,
}

/// A case, and what the caller may do with it.
#[derive(Serialize, ToSchema)]
pub(super) struct CaseDetail {
    #[serde(flatten)]
    case: Case,
    may: Level,
}

/// Cases, newest first; recents by last use
#[utoipa::path(get, path = "/api/v1/cases", tag = "cases", params(ListParams),
    responses((status = OK, body = CasePage)))]
pub(super) async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Params(params): Params<ListParams>,
) -> Result<JsonBody<CasePage>, Problem> {
    let limit = limit(params.limit)?;
    recording::searched(&app, params.q.as_deref());
    let query = CaseQuery {
        filter: match params.filter {
            Filter::All => CaseFilter::All,
            Filter::Recent => CaseFilter::Recent,
            Filter::Favourite => CaseFilter::Favourite,
        },
        words: params.q,
        status: params.status,
        after: read_cursor(params.cursor.as_deref())?,
    };
    let mut items = app.cases.search(&query, viewer.rights(), limit + 1).await?;
    // Recents are a short list in an order of their own; they have one page.
    let more = items.len() as i64 > limit && query.filter != CaseFilter::Recent;
    items.truncate(limit as usize);
    recording::shown(items.iter().map(|case| case.id));
    let next_cursor = items
        .last()
        .filter(|_| more)
        .map(|case| cursor(case.created_at, case.id));
    Ok(JsonBody(CasePage { items, next_cursor }))
}

/// One case; its ETag is needed to change it
#[utoipa::path(get, path = "/api/v1/cases/{id}", tag = "cases", params(("id" = Uuid, Path)),
    responses((status = OK, body = CaseDetail), (status = NOT_FOUND, body = super::problem::ProblemBody)))]
pub(super) async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id,
) -> Result<Response, Problem> {
    let case = app.cases.get(id, viewer.rights()).await?;
    let may = app.store.level_of_case(id, viewer.rights()).await?;
    Ok(tagged(StatusCode::OK, CaseDetail { case, may }))
}

/// Create a case
#[utoipa::path(post, path = "/api/v1/cases", tag = "cases", request_body = CaseWish,
    params(("Idempotency-Key" = String, Header, description = "New for each case; a repetition makes no second one.")),
    responses((status = CREATED, body = CaseDetail)))]
pub(super) async fn create(
    State(app): State<App>,
    viewer: Viewer,
    IdempotencyKey(idempotency_key): IdempotencyKey,
    Json(mut wish): Json<CaseWish>,
) -> Result<Response, Problem> {
    let now = Utc::now();
    let request = CaseRequest {
        idempotency_key,
        hash: request_hash(&wish),
    };
    if let Some(mail_id) = wish.mail_id {
        let row = suggestions::named_mail(&app, Some(mail_id), None, viewer.rights()).await?;
        let mail = proposal::whole(&app, &row, viewer.rights()).await?;
        unmask(&mut wish.parties, Some(&mail))?;
    } else {
        unmask(&mut wish.parties, None)?;
    }
    if let Some(responsible) = &wish.responsible {
        check_responsible(&app, responsible).await?;
    }
    access_list::check(&app, &wish.access, "access.list").await?;
    let new = checked(wish, request, viewer.rights(), now)?;
    let case = app.cases.create(&new, viewer.rights(), now).await?;
    Call::note_subject("case", case.id);
    let may = Level::Manage;
    Ok(tagged(StatusCode::CREATED, CaseDetail { case, may }))
}

/// Close or reopen a case, or say who may see it; If-Match must hold its ETag
#[utoipa::path(patch, path = "/api/v1/cases/{id}", tag = "cases", request_body = Change,
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = OK, body = CaseDetail), (status = PRECONDITION_FAILED, body = super::problem::ProblemBody),
        (status = FORBIDDEN, body = super::problem::ProblemBody), (status = CONFLICT, body = super::problem::ProblemBody)))]
pub(super) async fn change(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id,
    headers: HeaderMap,
    Json(change): Json<Change>,
) -> Result<Response, Problem> {
    let version = expected_version(&headers)?;
    let (actor, now) = (viewer.rights(), Utc::now());
    let case = match (change.status, change.access) {
        (Some(status), None) => {
            let changed = app.cases.set_status(id, status, version, actor, now);
            changed.await?
        }
        (None, Some(access)) => {
            access_list::check(&app, &access, "access.list").await?;
            let changed = app.cases.set_access(id, &access, version, actor, now);
            changed.await?
        }
        _ => return Err(Problem::invalid("status", "status-or-access")),
    };
    let may = app.store.level_of_case(id, actor).await?;
    Ok(tagged(StatusCode::OK, CaseDetail { case, may }))
}

/// The documents of a case
#[utoipa::path(get, path = "/api/v1/cases/{id}/documents", tag = "cases", params(("id" = Uuid, Path)),
    responses((status = OK, body = Vec<Document>)))]
pub(super) async fn documents(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id,
) -> Result<JsonBody<Vec<Document>>, Problem> {
    Ok(JsonBody(app.store.documents(id, viewer.rights()).await?))
}

/// Keep a case among your favourites
#[utoipa::path(put, path = "/api/v1/cases/{id}/favourite", tag = "cases", params(("id" = Uuid, Path)),
    responses((status = NO_CONTENT)))]
pub(super) async fn favourite(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    app.store.set_favourite(id, viewer.rights(), true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A favourite no longer
#[utoipa::path(delete, path = "/api/v1/cases/{id}/favourite", tag = "cases", params(("id" = Uuid, Path)),
    responses((status = NO_CONTENT)))]
pub(super) async fn unfavourite(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    app.store.set_favourite(id, viewer.rights(), false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A file of a document
#[utoipa::path(get, path = "/api/v1/files/{id}", tag = "cases", params(("id" = Uuid, Path)),
    responses((status = OK, content_type = "*/*", description = "As it came, by its own media type"),
        (status = FORBIDDEN, body = super::problem::ProblemBody),
        (status = SERVICE_UNAVAILABLE, body = super::problem::ProblemBody)))]
pub(super) async fn file(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id,
) -> Result<Response, Problem> {
    let file = app.store.file(id, viewer.rights()).await?;
    if let Some(case_id) = app.store.case_of_file(id).await? {
        Call::note_case(case_id);
    }
    let bytes = app.store.blob(file.sha256).await?;
    let is_mail = file.media_type == "message/rfc822";
    app.scanner.check_file(&bytes, is_mail).await?;
    Ok(super::page::download(bytes, &file.media_type, &file.name))
}

/// Puts the numbers of the mail in where parties carry them masked.
pub(super) fn unmask(parties: &mut [Party], mail: Option<&Mail>) -> Result<(), Problem> {
    for (at, party) in parties.iter_mut().enumerate() {
        let masked = party.identifier.take_if(|id| suggest::is_masked(id));
        let Some(masked) = masked else { continue };
        let whole = mail.and_then(|mail| suggest::whole_identifier(mail, &masked));
        let field = || format!("parties[{at}].identifier");
        party.identifier = Some(whole.ok_or_else(|| Problem::invalid(field(), "masked-unknown"))?);
    }
    Ok(())
}

fn checked(
    wish: CaseWish,
    request: CaseRequest,
    viewer: &str,
    now: DateTime<Utc>,
) -> Result<NewCase, Problem> {
    let title = wish.title.trim().to_owned();
    check_text("title", &title, MAX_TITLE_CHARS)?;
    check_kle(wish.kle.as_deref(), wish.facet.as_deref())?;
    check_parties(&wish.parties)?;
    if let Some(unit) = &wish.unit {
        check_text("unit", unit, MAX_TEXT_CHARS)?;
    }
    let number = wish.number.map(|number| number.trim().to_owned());
    if let Some(number) = &number {
        check_text("number", number, MAX_NUMBER_CHARS)?;
    }
    let mut access = wish.access;
    access.give(Principal::User(viewer.to_owned()), Level::Manage);
    Ok(NewCase {
        number,
        title,
        kle: wish.kle,
        facet: wish.facet,
        responsible: Some(wish.responsible.unwrap_or_else(|| viewer.to_owned())),
        unit: wish.unit,
        access,
        parties: wish.parties,
        status: CaseStatus::Open,
        created_at: now,
        request: Some(request),
    })
}

fn request_hash(wish: &CaseWish) -> [u8; 32] {
    let wish = serde_json::to_vec(wish).unwrap_or_default();
    *blake3::hash(&wish).as_bytes()
}

pub(super) fn check_kle(kle: Option<&str>, facet: Option<&str>) -> Result<(), Problem> {
    if kle.is_some_and(|kle| !is_subject(kle)) {
        return Err(Problem::invalid("kle", "kle"));
    }
    if facet.is_some_and(|facet| Facet::parse(facet).is_none()) {
        return Err(Problem::invalid("facet", "facet"));
    }
    Ok(())
}

/// Groups are no numbers of cases.
pub(super) fn is_subject(kle: &str) -> bool {
    KleNumber::parse(kle).is_some_and(|number| number.is_subject())
}

/// Somebody whom a case can be given to.
pub(super) async fn check_responsible(app: &App, name: &str) -> Result<(), Problem> {
    check_text("responsible", name, MAX_TEXT_CHARS)?;
    let who = Principal::User(name.to_owned());
    if app.store.is_known_principal(&who).await? {
        Ok(())
    } else {
        Err(Problem::invalid("responsible", "nobody").with("who", who))
    }
}

pub(super) fn check_parties(parties: &[Party]) -> Result<(), Problem> {
    if parties.len() > MAX_PARTIES {
        return Err(Problem::invalid("parties", "too-many").with("max", MAX_PARTIES));
    }
    for (at, party) in parties.iter().enumerate() {
        check_text(&format!("parties[{at}].name"), &party.name, MAX_TEXT_CHARS)?;
        for (name, value) in [
            ("identifier", &party.identifier),
            ("address", &party.address),
            ("mail", &party.mail),
        ] {
            if let Some(value) = value {
                check_text(&format!("parties[{at}].{name}"), value, MAX_TEXT_CHARS)?;
            }
        }
    }
    Ok(())
}

/// One line that says something.
pub(super) fn check_text(field: &str, value: &str, max: usize) -> Result<(), Problem> {
    if value.trim().is_empty() {
        Err(Problem::invalid(field, "empty"))
    } else if value.chars().count() > max {
        Err(Problem::invalid(field, "too-long").with("max", max))
    } else if value.chars().any(char::is_control) {
        Err(Problem::invalid(field, "control"))
    } else {
        Ok(())
    }
}

fn tagged(status: StatusCode, detail: CaseDetail) -> Response {
    let tag = HeaderValue::from_str(&format!("\"{}\"", detail.case.version)).ok();
    let mut response = (status, JsonBody(detail)).into_response();
    if let Some(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// `None` without If-Match: the last writer wins, because they asked for that.
pub(super) fn expected_version(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return Ok(None);
    };
    value
        .to_str()
        .ok()
        .and_then(|tag| {
            tag.trim()
                .trim_start_matches("W/")
                .trim_matches('"')
                .parse()
                .ok()
        })
        .map(Some)
        .ok_or_else(|| Problem::invalid("If-Match", "etag"))
}
