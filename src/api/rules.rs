//! `/rules`: automatic rules, read, written, ordered and switched by those whose they are.

use axum::{
    Json as JsonBody,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    App, Problem, dry_run,
    extract::{Id, Json, Language, Params, Viewer},
    problem::ProblemBody,
};
use crate::{
    messages::{Lang, text},
    rules::{self, Mistake, Rule, Words},
    store::{Call, KeptRule, RuleMode, RuleOwner, RuleText, RuleVersion, Suspended},
    triage::by_rules::{CheckError, Checked, check},
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListParams {
    /// `organisation`, `mailbox:<id>` or `person:<user name>`; all that you may see when left out.
    owner: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct RuleList {
    /// In the order in which they are tried.
    items: Vec<RuleBody>,
    /// Whose rules you may write.
    may_create: Vec<String>,
}

/// A rule, as text and as JSON of the same fields (docs/rules.md).
#[derive(Serialize, ToSchema)]
#[schema(as = AutomaticRule)]
pub(super) struct RuleBody {
    id: Uuid,
    /// `organisation`, `mailbox:<id>` or `person:<user name>`.
    owner: String,
    /// The mailbox's name or the person's user name; empty for the organisation.
    owner_name: String,
    name: String,
    /// Within its owner, from 1.
    position: i64,
    mode: RuleMode,
    /// Why it does nothing until it is saved or switched on again.
    suspended: Option<SuspendedBody>,
    /// What its ETag shows.
    version: i64,
    changed_by: String,
    changed_at: DateTime<Utc>,
    hits: i64,
    last_hit_at: Option<DateTime<Utc>>,
    may_edit: bool,
    /// Read aloud, in the reader's language.
    in_words: String,
    text: String,
    #[schema(value_type = Object)]
    rule: Value,
}

#[derive(Serialize, ToSchema)]
pub(super) struct SuspendedBody {
    /// `case_closed`, `case_gone`, `not_allowed`, `template_gone` or `unreadable`.
    reason: String,
    text: String,
    case_number: Option<String>,
    at: DateTime<Utc>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRule {
    #[schema(value_type = String)]
    owner: RuleOwner,
    /// The rule, by this or by `rule`.
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    rule: Option<Value>,
    /// Off when left out.
    #[serde(default)]
    mode: Option<RuleMode>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleChange {
    /// The rule, by this or by `rule`.
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    rule: Option<Value>,
    /// Instead of If-Match.
    #[serde(default)]
    version: Option<i64>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleToCheck {
    /// The rule, by this or by `rule`.
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    rule: Option<Value>,
}

/// What was written, read: three fields, or the mistakes.
#[derive(Serialize, ToSchema)]
pub(super) struct RuleChecked {
    in_words: Option<String>,
    text: Option<String>,
    #[schema(value_type = Option<Object>)]
    rule: Option<Value>,
    mistakes: Vec<MistakeBody>,
}

/// A mistake at its place in the text, or in the text that was made from `rule`.
#[derive(Serialize, ToSchema)]
#[schema(as = RuleMistake)]
pub(super) struct MistakeBody {
    line: usize,
    column: usize,
    /// The field of the rule, e.g. `when.any[1].subject`; empty for the whole.
    path: String,
    /// Stable, e.g. `case-closed`.
    code: &'static str,
    message: String,
}

/// A problem with every mistake of a rule.
#[derive(Serialize, ToSchema)]
pub(super) struct RuleMistakes {
    #[serde(flatten)]
    problem: ProblemBody,
    mistakes: Vec<MistakeBody>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RuleOrder)]
pub(super) struct Order {
    #[schema(value_type = String)]
    owner: RuleOwner,
    /// Every rule of the owner.
    ids: Vec<Uuid>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RuleModeWish)]
pub(super) struct Mode {
    mode: RuleMode,
    /// Also when the rule would contradict what people did.
    #[serde(default)]
    force: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RuleVersion)]
pub(super) struct PastVersion {
    version: i64,
    /// `created`, `changed`, `restored`, `imported`.
    what: String,
    changed_by: String,
    changed_at: DateTime<Utc>,
    in_words: String,
    text: String,
    #[schema(value_type = Object)]
    rule: Value,
}

/// Automatic rules that you may see
#[utoipa::path(get, path = "/api/v1/rules", tag = "rules", params(ListParams),
    responses((status = OK, body = RuleList)))]
pub(super) async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Params(params): Params<ListParams>,
) -> Result<JsonBody<RuleList>, Problem> {
    let owner = match params.owner {
        Some(owner) => Some(
            owner
                .parse()
                .map_err(|_| Problem::invalid("owner", "rule-owner"))?,
        ),
        None => None,
    };
    let rules = app.store.rules(owner.as_ref(), viewer.rights()).await?;
    let owners = app.store.rule_owners(viewer.rights()).await?;
    Ok(JsonBody(RuleList {
        items: rules
            .into_iter()
            .map(|rule| RuleBody::of(rule, lang))
            .collect(),
        may_create: owners.iter().map(ToString::to_string).collect(),
    }))
}

/// Write a rule, behind the others of its owner
#[utoipa::path(post, path = "/api/v1/rules", tag = "rules", request_body = NewRule,
    responses((status = CREATED, body = RuleBody), (status = FORBIDDEN, body = ProblemBody),
        (status = UNPROCESSABLE_ENTITY, body = RuleMistakes)))]
pub(super) async fn create(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Json(new): Json<NewRule>,
) -> Result<Response, Problem> {
    let written = written(new.text, new.rule)?;
    let checked = checked(&app, &written, viewer.rights(), lang).await?;
    let rule = app
        .store
        .create_rule(
            &new.owner,
            kept(&checked, "created"),
            new.mode.unwrap_or_default(),
            viewer.rights(),
            Utc::now(),
        )
        .await?;
    Call::note_subject("rule", rule.id);
    Ok(tagged(StatusCode::CREATED, RuleBody::of(rule, lang)))
}

/// Read what somebody writes, without keeping it
#[utoipa::path(post, path = "/api/v1/rules/check", tag = "rules", request_body = RuleToCheck,
    responses((status = OK, body = RuleChecked)))]
pub(super) async fn look_through(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Json(asked): Json<RuleToCheck>,
) -> Result<JsonBody<RuleChecked>, Problem> {
    let written = written(asked.text, asked.rule)?;
    let (read, mistakes) = match check(&app.store, &written, viewer.rights()).await {
        Ok(checked) => (Some(checked), Vec::new()),
        Err(CheckError::Mistakes(mistakes)) => (None, mistakes),
        Err(CheckError::Store(error)) => return Err(error.into()),
    };
    let rule = read.as_ref().map(|checked| &checked.rule);
    Ok(JsonBody(RuleChecked {
        in_words: rule.map(|rule| Words(lang).rule(rule)),
        rule: rule.map(rules::to_json),
        text: read.map(|checked| checked.text),
        mistakes: told(&mistakes, lang),
    }))
}

/// One rule; its ETag is needed to change it
#[utoipa::path(get, path = "/api/v1/rules/{id}", tag = "rules", params(("id" = Uuid, Path)),
    responses((status = OK, body = RuleBody), (status = NOT_FOUND, body = ProblemBody)))]
pub(super) async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Id(id): Id,
) -> Result<Response, Problem> {
    let rule = app.store.rule(id, viewer.rights()).await?;
    Ok(tagged(StatusCode::OK, RuleBody::of(rule, lang)))
}

/// Change what a rule says; If-Match, or `version`, must be its version
#[utoipa::path(put, path = "/api/v1/rules/{id}", tag = "rules", request_body = RuleChange,
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = OK, body = RuleBody), (status = PRECONDITION_FAILED, body = ProblemBody),
        (status = PRECONDITION_REQUIRED, body = ProblemBody), (status = UNPROCESSABLE_ENTITY, body = RuleMistakes)))]
pub(super) async fn change(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Id(id): Id,
    headers: HeaderMap,
    Json(change): Json<RuleChange>,
) -> Result<Response, Problem> {
    let version = super::cases::expected_version(&headers)?
        .or(change.version)
        .ok_or_else(|| Problem::new(StatusCode::PRECONDITION_REQUIRED, "version-missing"))?;
    app.store.rule(id, viewer.rights()).await?;
    let written = written(change.text, change.rule)?;
    let checked = checked(&app, &written, viewer.rights(), lang).await?;
    let (text, actor) = (kept(&checked, "changed"), viewer.rights());
    let rule = app.store.change_rule(id, version, text, actor, Utc::now());
    Ok(tagged(StatusCode::OK, RuleBody::of(rule.await?, lang)))
}

/// Remove a rule; what it did stays
#[utoipa::path(delete, path = "/api/v1/rules/{id}", tag = "rules", params(("id" = Uuid, Path)),
    responses((status = NO_CONTENT), (status = NOT_FOUND, body = ProblemBody)))]
pub(super) async fn remove(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    app.store
        .remove_rule(id, viewer.rights(), Utc::now())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Put the rules of an owner into another order
#[utoipa::path(put, path = "/api/v1/rules/order", tag = "rules", request_body = Order,
    responses((status = NO_CONTENT), (status = PRECONDITION_FAILED, body = ProblemBody)))]
pub(super) async fn order(
    State(app): State<App>,
    viewer: Viewer,
    Json(order): Json<Order>,
) -> Result<StatusCode, Problem> {
    let ordered = app
        .store
        .order_rules(&order.owner, &order.ids, viewer.rights(), Utc::now());
    ordered.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Switch a rule on, off, or to shadow mode, in which it only records what it would do
#[utoipa::path(put, path = "/api/v1/rules/{id}/mode", tag = "rules", request_body = Mode,
    params(("id" = Uuid, Path)),
    responses((status = OK, body = RuleBody), (status = CONFLICT, body = ProblemBody),
        (status = UNPROCESSABLE_ENTITY, body = RuleMistakes)))]
pub(super) async fn switch(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Id(id): Id,
    Json(wish): Json<Mode>,
) -> Result<Response, Problem> {
    let rule = app.store.rule(id, viewer.rights()).await?;
    if wish.mode != RuleMode::Off {
        // A case may have closed since it was written.
        checked(&app, &rule.text, viewer.rights(), lang).await?;
    }
    if wish.mode == RuleMode::Live && rule.may_edit && !wish.force {
        dry_run::refuse_contradiction(&app, &rule, viewer.rights()).await?;
    }
    let switched = app
        .store
        .set_rule_mode(id, wish.mode, viewer.rights(), Utc::now());
    Ok(tagged(StatusCode::OK, RuleBody::of(switched.await?, lang)))
}

/// Every version of a rule, newest first
#[utoipa::path(get, path = "/api/v1/rules/{id}/versions", tag = "rules", params(("id" = Uuid, Path)),
    responses((status = OK, body = Vec<PastVersion>)))]
pub(super) async fn versions(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Id(id): Id,
) -> Result<JsonBody<Vec<PastVersion>>, Problem> {
    let versions = app.store.rule_versions(id, viewer.rights()).await?;
    let versions = versions.into_iter();
    Ok(JsonBody(
        versions
            .map(|version| PastVersion::of(version, lang))
            .collect(),
    ))
}

/// Go back to a version; that is a new version
#[utoipa::path(post, path = "/api/v1/rules/{id}/versions/{version}/restore", tag = "rules",
    params(("id" = Uuid, Path), ("version" = i64, Path)),
    responses((status = OK, body = RuleBody), (status = NOT_FOUND, body = ProblemBody),
        (status = UNPROCESSABLE_ENTITY, body = RuleMistakes)))]
pub(super) async fn restore(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Path((id, version)): Path<(String, String)>,
) -> Result<Response, Problem> {
    // What is no id, or no number, is simply not there.
    let (Ok(id), Ok(version)) = (id.parse::<Uuid>(), version.parse::<i64>()) else {
        return Err(Problem::not_found());
    };
    let rule = app.store.rule(id, viewer.rights()).await?;
    let versions = app.store.rule_versions(id, viewer.rights()).await?;
    let old = versions
        .into_iter()
        .find(|old| old.version == version)
        .ok_or_else(Problem::not_found)?;
    let checked = checked(&app, &old.text, viewer.rights(), lang).await?;
    let (text, actor) = (kept(&checked, "restored"), viewer.rights());
    let rule = app
        .store
        .change_rule(id, rule.version, text, actor, Utc::now());
    Ok(tagged(StatusCode::OK, RuleBody::of(rule.await?, lang)))
}

/// The text of what was sent.
pub(super) fn written(text: Option<String>, rule: Option<Value>) -> Result<String, Problem> {
    match (text, rule) {
        (Some(text), None) => Ok(text),
        (None, Some(rule)) => Ok(rules::from_json(&rule)),
        _ => Err(Problem::invalid("rule", "text-or-rule")),
    }
}

async fn checked(app: &App, text: &str, author: &str, lang: Lang) -> Result<Checked, Problem> {
    check(&app.store, text, author)
        .await
        .map_err(|error| match error {
            CheckError::Mistakes(mistakes) => with_mistakes(&mistakes, lang),
            CheckError::Store(error) => error.into(),
        })
}

pub(super) fn with_mistakes(mistakes: &[Mistake], lang: Lang) -> Problem {
    let first = mistakes.first().map(|mistake| mistake.text(lang));
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "rule-mistakes")
        .with("count", mistakes.len())
        .with("first", first.unwrap_or_default())
        .with_member("field", "rule")
        .with_member("mistakes", told(mistakes, lang))
}

fn told(mistakes: &[Mistake], lang: Lang) -> Vec<MistakeBody> {
    let told = |mistake: &Mistake| MistakeBody {
        line: mistake.line,
        column: mistake.column,
        path: mistake.path.clone(),
        code: mistake.code,
        message: mistake.text(lang),
    };
    mistakes.iter().map(told).collect()
}

fn kept<'c>(checked: &'c Checked, what: &'static str) -> RuleText<'c> {
    RuleText {
        name: &checked.rule.name,
        text: &checked.text,
        cases: &checked.cases,
        what,
    }
}

fn tagged(status: StatusCode, rule: RuleBody) -> Response {
    let tag = HeaderValue::from_str(&format!("\"{}\"", rule.version)).ok();
    let mut response = (status, JsonBody(rule)).into_response();
    if let Some(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// What a text says, in words and as JSON; a text that an older version wrote and this one cannot read says nothing.
fn in_words(text: &str, lang: Lang) -> (String, Value) {
    let read = rules::read(text).ok().and_then(|mut read| read.pop());
    let told = |rule: &Rule| (Words(lang).rule(rule), rules::to_json(rule));
    read.as_ref().map(told).unwrap_or_default()
}

impl RuleBody {
    fn of(rule: KeptRule, lang: Lang) -> Self {
        let (in_words, json) = in_words(&rule.text, lang);
        Self {
            id: rule.id,
            owner: rule.owner.to_string(),
            owner_name: rule.owner_name,
            name: rule.name,
            position: rule.position,
            mode: rule.mode,
            suspended: rule
                .suspended
                .map(|suspended| SuspendedBody::of(suspended, lang)),
            version: rule.version,
            changed_by: rule.changed_by,
            changed_at: rule.changed_at,
            hits: rule.hits,
            last_hit_at: rule.last_hit_at,
            may_edit: rule.may_edit,
            in_words,
            text: rule.text,
            rule: json,
        }
    }
}

impl SuspendedBody {
    fn of(suspended: Suspended, lang: Lang) -> Self {
        let number = suspended.case.as_deref().unwrap_or_default();
        let key = format!("rule-suspended.{}", suspended.reason);
        Self {
            text: text(lang, &key, &[("number", number)]),
            reason: suspended.reason,
            case_number: suspended.case,
            at: suspended.at,
        }
    }
}

impl PastVersion {
    fn of(version: RuleVersion, lang: Lang) -> Self {
        let (in_words, rule) = in_words(&version.text, lang);
        Self {
            version: version.version,
            what: version.what,
            changed_by: version.changed_by,
            changed_at: version.changed_at,
            in_words,
            text: version.text,
            rule,
        }
    }
}
