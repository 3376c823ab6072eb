//! `/audit`: who has looked at this case, what did this person look at. For auditors, and itself on record.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    App, Problem,
    extract::{Params, Viewer, limit},
};
use crate::store::{AuditFilter, Call, Recorded};

const MAX_TEXT_CHARS: usize = 200;
/// Before it comes all that is chained; browsers can write it.
const ALL_CHAINED: i64 = (1 << 53) - 1;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditParams {
    /// A case, by its id or its number: what was done with it, with what is on it, and with its mails.
    case: Option<String>,
    /// A mail, file or entry by its id; beside a case, of what was done on that case.
    subject: Option<Uuid>,
    /// A user by name: what they did, and what was done for them.
    person: Option<String>,
    from: Option<DateTime<Utc>>,
    before: Option<DateTime<Utc>>,
    /// 1 to 200; 50 when left out.
    limit: Option<i64>,
    /// From `next_cursor` of the page before.
    cursor: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct AuditPage {
    /// Newest first.
    items: Vec<AuditLine>,
    next_cursor: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct AuditLine {
    /// Its place in the chain; null for some seconds after it was written.
    seq: Option<i64>,
    at: DateTime<Utc>,
    actor: String,
    on_behalf_of: Option<String>,
    /// e.g. `case.read`.
    action: String,
    subject_kind: String,
    subject_id: String,
    case_id: Option<String>,
    /// `ok`, `not_found`, `refused`, `failed`.
    outcome: String,
    why: Option<String>,
    address: Option<String>,
    agent: Option<String>,
    request: Option<String>,
    /// Ids and counts.
    #[schema(value_type = Object)]
    detail: serde_json::Value,
}

/// The audit log, newest first; for auditors alone
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", params(AuditParams),
    responses((status = OK, body = AuditPage), (status = NOT_FOUND, body = super::problem::ProblemBody)))]
pub(super) async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Params(params): Params<AuditParams>,
) -> Result<Json<AuditPage>, Problem> {
    expect_auditor(&app, &viewer).await?;
    let limit = limit(params.limit)?;
    let filter = filter(&app, &params).await?;
    // This process' own reads of the last second belong to the answer.
    app.store.write_records().await?;
    let mut rows = app
        .store
        .audit_found(&filter, params.cursor, limit + 1)
        .await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let next_cursor = more
        .then(|| rows.last().map(|(seq, _)| seq.unwrap_or(ALL_CHAINED)))
        .flatten();
    Ok(Json(AuditPage {
        items: rows.into_iter().map(AuditLine::from).collect(),
        next_cursor,
    }))
}

/// As which one may read the log.
const AUDITOR: &str = "role:auditor";

/// Who may read the log. To all others there is none.
async fn expect_auditor(app: &App, viewer: &Viewer) -> Result<(), Problem> {
    // Of the person themself: nobody reads the log for another.
    let counts_as = app.store.memberships(&viewer.user).await?;
    if counts_as.iter().any(|principal| principal == AUDITOR) {
        Ok(())
    } else {
        Err(Problem::not_found())
    }
}

async fn filter(app: &App, params: &AuditParams) -> Result<AuditFilter, Problem> {
    for (name, text) in [("case", &params.case), ("person", &params.person)] {
        if text
            .as_ref()
            .is_some_and(|text| text.chars().count() > MAX_TEXT_CHARS)
        {
            return Err(Problem::invalid(name, "too-long").with("max", MAX_TEXT_CHARS));
        }
    }
    let case = match params.case.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(text) => match Uuid::parse_str(text) {
            Ok(id) => Some(id),
            Err(_) => Some(
                app.store
                    .case_id_of_number(text)
                    .await?
                    .ok_or_else(|| Problem::no_such("case", "no-such-case"))?,
            ),
        },
    };
    if let Some(case) = case {
        Call::note_case(case);
    }
    if let Some(person) = &params.person {
        Call::note_detail("person", person.as_str());
    }
    Ok(AuditFilter {
        about: case.or(params.subject).map(|id| id.to_string()),
        subject: case.and(params.subject).map(|id| id.to_string()),
        person: params.person.clone().filter(|name| !name.is_empty()),
        from: params.from,
        before: params.before,
        words: None,
    })
}

impl From<(Option<i64>, Recorded)> for AuditLine {
    fn from((seq, record): (Option<i64>, Recorded)) -> Self {
        Self {
            seq,
            at: record.at,
            actor: record.actor,
            on_behalf_of: record.on_behalf_of,
            action: record.action,
            subject_kind: record.subject_kind,
            subject_id: record.subject_id,
            case_id: record.case_id,
            outcome: record.outcome,
            why: record.why,
            address: record.address,
            agent: record.agent,
            request: record.request,
            detail: serde_json::from_str(&record.detail).unwrap_or_default(),
        }
    }
}
