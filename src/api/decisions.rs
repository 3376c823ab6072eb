//! What rules said of mails and did with them: of a mail, of a rule, and taken back.

use axum::{Json as JsonBody, extract::State};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    App, Problem,
    extract::{Id, Json, Language, Params, Viewer, cursor, limit, read_cursor},
};
use crate::{
    domain::mail::Mail,
    messages::{Lang, text},
    rules::{Held, Truth, Words},
    store::{MailDecision, RuleOwner, StoreError},
    triage::by_rules::{self, told},
};

/// Decisions that are taken back by name at once.
const MAX_IDS: usize = 1_000;

#[derive(Serialize, ToSchema)]
pub(super) struct MailDecisions {
    mail_id: Uuid,
    tags: Vec<String>,
    /// `several_senders` or `address_in_name`: nothing is done before a person has looked at it.
    held: Option<&'static str>,
    held_text: Option<String>,
    /// Why it waits for a person, as far as that was noted.
    waits: Option<String>,
    waits_text: Option<String>,
    /// What was kept, in order of time, then what the other rules say now.
    decisions: Vec<Decision>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RuleDecision)]
pub(super) struct Decision {
    /// Absent for a rule that left nothing: tried now, as things are now.
    id: Option<Uuid>,
    rule_id: Uuid,
    rule: String,
    rule_version: i64,
    /// `organisation`, `mailbox:<id>` or `person:<user name>`.
    owner: String,
    mailbox_id: Uuid,
    at: Option<DateTime<Utc>>,
    /// False in shadow mode, and when it was tried now.
    live: bool,
    /// `matched`, `not_matched`, `unknown`, `switched_off`, `outside_its_time`, `after_stop`.
    outcome: String,
    outcome_text: String,
    because: Vec<Because>,
    followed: Vec<Followed>,
    acted_for: Option<String>,
    undone_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RuleBecause)]
pub(super) struct Because {
    pub text: String,
    /// `yes`, `no` or `unknown`.
    #[schema(value_type = String)]
    pub holds: Truth,
    pub found: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RuleFollowed)]
pub(super) struct Followed {
    /// Its key in a file of rules, e.g. `journal`.
    action: String,
    text: String,
    /// Of a case that you see.
    case_number: Option<String>,
    state: told::State,
    why: Option<String>,
    why_text: Option<String>,
    entry_id: Option<Uuid>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageParams {
    limit: Option<i64>,
    cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct RuleDecisions {
    items: Vec<DecisionOnMail>,
    next_cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RuleDecisionOnMail)]
pub(super) struct DecisionOnMail {
    #[serde(flatten)]
    decision: Decision,
    mail: DecidedMail,
}

#[derive(Serialize, ToSchema)]
pub(super) struct DecidedMail {
    id: Uuid,
    subject: String,
    from: String,
    received_at: DateTime<Utc>,
}

/// One of the two.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RuleUndo)]
pub(super) struct Run {
    /// Everything that the rule has done since then.
    #[serde(default)]
    since: Option<DateTime<Utc>>,
    #[serde(default)]
    decision_ids: Option<Vec<Uuid>>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RuleUndone)]
pub(super) struct TakenBack {
    undone: usize,
    /// What could not be taken back, and stays as it is.
    left: usize,
    reasons: Vec<Left>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RuleUndoLeft)]
pub(super) struct Left {
    decision_id: Uuid,
    /// `undo-expired` or `not-allowed`.
    reason: &'static str,
    text: String,
}

/// What rules said of a mail, why, and what followed
#[utoipa::path(get, path = "/api/v1/mails/{id}/decisions", tag = "rules", params(("id" = Uuid, Path)),
    responses((status = OK, body = MailDecisions), (status = NOT_FOUND, body = super::problem::ProblemBody)))]
pub(super) async fn of_mail(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Id(id): Id,
) -> Result<JsonBody<MailDecisions>, Problem> {
    let (store, viewer) = (&app.store, viewer.rights());
    let mail = store.mail(id, viewer).await?;
    let kept = store.decisions_of_mail(id).await?;
    let now = by_rules::explain(app.house(), mail.id, viewer, &kept).await?;
    let mut decisions = Vec::with_capacity(kept.len() + now.decisions.len());
    for decision in kept {
        decisions.push(shown(&app, decision, true, viewer, lang).await?);
    }
    for decision in now.decisions {
        decisions.push(shown(&app, decision, false, viewer, lang).await?);
    }
    let waits = store.waiting_reason(id).await?;
    Ok(JsonBody(MailDecisions {
        mail_id: id,
        tags: store.mail_tags(id).await?,
        held: now.held.map(|held| match held {
            Held::SeveralSenders => "several_senders",
            Held::AddressInName => "address_in_name",
        }),
        held_text: now.held.map(|held| Words(lang).held(held)),
        waits_text: waits
            .as_ref()
            .map(|code| text(lang, &format!("waiting.{code}"), &[])),
        waits,
        decisions,
    }))
}

/// What a rule said of mails that you see, newest first
#[utoipa::path(get, path = "/api/v1/rules/{id}/decisions", tag = "rules", params(("id" = Uuid, Path), PageParams),
    responses((status = OK, body = RuleDecisions)))]
pub(super) async fn of_rule(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Id(id): Id,
    Params(params): Params<PageParams>,
) -> Result<JsonBody<RuleDecisions>, Problem> {
    let limit = limit(params.limit)?;
    let after = read_cursor(params.cursor.as_deref())?;
    let viewer = viewer.rights();
    app.store.rule(id, viewer).await?;
    let mut found = app
        .store
        .decisions_of_rule(id, viewer, after, limit + 1)
        .await?;
    let more = found.len() as i64 > limit;
    found.truncate(limit as usize);
    let last = found.last().filter(|_| more);
    let next_cursor = last.map(|(decision, ..)| cursor(decision.at, decision.id));
    let mut items = Vec::with_capacity(found.len());
    for (decision, envelope, received_at) in found {
        items.push(DecisionOnMail {
            mail: DecidedMail::of(decision.mail_id, envelope, received_at),
            decision: shown(&app, decision, true, viewer, lang).await?,
        });
    }
    Ok(JsonBody(RuleDecisions { items, next_cursor }))
}

/// Take back what a rule has done, since a moment or with some mails
#[utoipa::path(post, path = "/api/v1/rules/{id}/undo-run", tag = "rules", params(("id" = Uuid, Path)),
    request_body = Run, responses((status = OK, body = TakenBack)))]
pub(super) async fn undo(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Id(id): Id,
    Json(run): Json<Run>,
) -> Result<JsonBody<TakenBack>, Problem> {
    let ids = match (&run.since, run.decision_ids) {
        (Some(_), None) => Vec::new(),
        (None, Some(ids)) if !ids.is_empty() && ids.len() <= MAX_IDS => ids,
        _ => return Err(Problem::invalid("since", "since-or-decisions")),
    };
    let (store, viewer) = (&app.store, viewer.rights());
    if !store.rule(id, viewer).await?.may_edit {
        return Err(StoreError::NotAllowed("rule").into());
    }
    let hours = app.config.organisation.undo_hours;
    let mut told = TakenBack {
        undone: 0,
        left: 0,
        reasons: Vec::new(),
    };
    // No database knows moments that are much earlier.
    let since = run.since.map(|since| since.max(DateTime::UNIX_EPOCH));
    for decision in store.decisions_to_take_back(id, since, &ids).await? {
        let window = Duration::hours(hours);
        let taken = by_rules::take_back(store, &decision, viewer, window, Utc::now()).await;
        let reason = match taken {
            Ok(()) => {
                told.undone += 1;
                continue;
            }
            Err(StoreError::UndoExpired) => "undo-expired",
            Err(StoreError::NotFound(_) | StoreError::NotAllowed(_)) => "not-allowed",
            Err(error) => return Err(error.into()),
        };
        told.left += 1;
        let values = [("hours", &*hours.to_string())];
        told.reasons.push(Left {
            decision_id: decision.id,
            reason,
            text: text(lang, &format!("problem.{reason}-detail"), &values),
        });
    }
    Ok(JsonBody(told))
}

async fn shown(
    app: &App,
    decision: MailDecision,
    kept: bool,
    viewer: &str,
    lang: Lang,
) -> Result<Decision, Problem> {
    let words = Words(lang);
    let mut followed = Vec::new();
    for did in told::read::<told::Did>(&decision.followed) {
        let number = did.case_number.as_deref();
        let shown = Followed::of(&did, words);
        followed.push(if sees(app, number, viewer).await? {
            shown
        } else {
            // That it is on some case they know; on which they may not.
            Followed {
                case_number: None,
                entry_id: None,
                text: words.say("do-journal-unseen", &[]),
                ..shown
            }
        });
    }
    let because: Vec<told::Because> = told::read(&decision.causes);
    Ok(Decision {
        id: kept.then_some(decision.id),
        rule_id: decision.rule_id,
        rule: decision.rule_name,
        rule_version: decision.rule_version,
        owner: match decision.owner {
            RuleOwner::Person(user) => format!("person:{user}"),
            owner => owner.to_string(),
        },
        mailbox_id: decision.mailbox_id,
        at: kept.then_some(decision.at),
        live: decision.live,
        outcome_text: words.say(
            &format!("outcome-{}", decision.outcome.replace('_', "-")),
            &[],
        ),
        outcome: decision.outcome,
        because: because
            .iter()
            .map(|because| Because::of(because, words))
            .collect(),
        followed,
        acted_for: decision.acted_for,
        undone_at: decision.undone_at,
    })
}

async fn sees(app: &App, number: Option<&str>, viewer: &str) -> Result<bool, Problem> {
    let Some(number) = number else {
        return Ok(true);
    };
    match app.store.case_by_number(number, viewer).await {
        Ok(_) => Ok(true),
        Err(StoreError::NotFound(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

impl Because {
    pub fn of(because: &told::Because, words: Words) -> Self {
        Self {
            text: because.text(words),
            holds: because.holds,
            found: because.found.clone(),
        }
    }
}

impl Followed {
    fn of(did: &told::Did, words: Words) -> Self {
        Self {
            action: did.name().to_owned(),
            text: did.text(words),
            case_number: did.case_number.clone(),
            state: did.state,
            why: did.why.clone(),
            why_text: did.why_text(words),
            entry_id: did.entry_id,
        }
    }
}

impl DecidedMail {
    fn of(id: Uuid, envelope: Mail, received_at: DateTime<Utc>) -> Self {
        let from = envelope.from.into_iter().next();
        Self {
            id,
            subject: envelope.subject,
            from: from.map(|from| from.address).unwrap_or_default(),
            received_at,
        }
    }
}
