//! `/queue`: the mail that waits, with what it takes to settle it, and what people do with it until then.
//!
//! Filing is `/journal`, and what belongs on no case is said at `/mails/{id}/not-for-a-case`; both take a mail out of the
//! queue, and undoing them brings it back as it was.

use axum::{Json as JsonBody, extract::State};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    App, Problem,
    extract::{Json, Language, Params, Viewer, cursor, limit, read_cursor},
    lookup::Deadline,
    problem::ProblemBody,
    recording,
    suggestions::{self, Glance},
};
use crate::{
    domain::{
        mail::{Address, MailKind},
        role::Principal,
        working_days::{Calendar, JournalingDeadline, danish_day},
    },
    messages::{Lang, text_or},
    store::{self, Assigned, Before, Call, MailFilter, MailRow, QueueAct, QueueFilter, Waiting},
};

/// Mails of one call.
const MAX_MAILS: usize = 200;
/// Mails named in a query.
const MAX_NAMED: usize = 100;
const MAX_SENDER_CHARS: usize = 200;
const MAX_SNOOZE_DAYS: i64 = 366;
const ASSIGNEES: usize = 20;

/// Which of the mails that wait.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct QueueParams {
    mailbox: Option<Uuid>,
    /// `mine`, `nobody`, or a person or unit: `user:birthe.lund`, `unit:teknik`.
    assigned: Option<String>,
    /// Those past their deadline alone.
    #[serde(default)]
    overdue: bool,
    /// Those that were put off, or those that were not; the latter when left out, and either with `mails`.
    snoozed: Option<bool>,
    /// A part of the sender's name or address.
    sender: Option<String>,
    /// Words; each must begin a word of the mail.
    q: Option<String>,
    /// Ids parted by commas, at most 100: of these mails alone.
    mails: Option<String>,
    /// The oldest first.
    #[serde(default)]
    oldest_first: bool,
    /// 1 to 200; 50 when left out.
    limit: Option<i64>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct QueuePage {
    /// May be fewer than asked for, even when more follow.
    items: Vec<QueueItem>,
    /// Ask with this for the next page; null on the last.
    next_cursor: Option<String>,
    /// How far the service has got with what it knows of cases after it was started, in percent; below 100 suggestions
    /// may be missing.
    built_percent: u8,
}

/// A mail that waits.
#[derive(Serialize, ToSchema)]
pub(super) struct QueueItem {
    id: Uuid,
    thread_id: Uuid,
    subject: String,
    from: Vec<Address>,
    received_at: DateTime<Utc>,
    kind: MailKind,
    preview: String,
    attachments: usize,
    /// Why only the headers are here.
    incomplete_reason: Option<String>,
    /// Your mailboxes that hold it; none when it was given to you from another's.
    mailboxes: Vec<InMailbox>,
    /// Of a mail that looks like case work, or that was given one.
    deadline: Option<Deadline>,
    #[serde(flatten)]
    glance: Glance,
    assignee: Option<AssigneeOf>,
    snoozed: Option<SnoozedUntil>,
    waits: WaitsBecause,
}

#[derive(Serialize, ToSchema)]
pub(super) struct InMailbox {
    id: Uuid,
    name: String,
}

/// Whose it is.
#[derive(Serialize, ToSchema)]
pub(super) struct AssigneeOf {
    /// `user:birthe.lund`, `unit:teknik`.
    who: String,
    name: String,
    /// Who assigned it.
    by: String,
    at: DateTime<Utc>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct SnoozedUntil {
    until: DateTime<Utc>,
    by: String,
}

/// Why nothing settled it.
#[derive(Serialize, ToSchema)]
pub(super) struct WaitsBecause {
    /// Stable, e.g. `unsure`.
    code: String,
    /// The reason as a sentence in the reader's language.
    text: String,
}

/// The mails that wait, the newest first
#[utoipa::path(get, path = "/api/v1/queue", tag = "queue", params(QueueParams),
    responses((status = OK, body = QueuePage)))]
pub(super) async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Params(params): Params<QueueParams>,
) -> Result<JsonBody<QueuePage>, Problem> {
    let limit = limit(params.limit)?;
    recording::searched(&app, params.q.as_deref());
    if params.sender.is_some() {
        Call::note_detail("by_sender", true);
    }
    let now = Utc::now();
    let filter = params.filter(&app, viewer.rights(), now)?;
    let overdue = filter
        .queue
        .as_ref()
        .is_some_and(|queue| queue.late.is_some());
    let mut rows = app.store.mails(&filter, viewer.rights(), limit + 1).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let next_cursor = rows
        .last()
        .filter(|_| more)
        .map(|row| cursor(row.received_at, row.id));
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let waiting = app.store.waiting(&ids, viewer.rights()).await?;
    let onlooker = app.store.onlooker(viewer.rights()).await?;
    let mut items = Vec::with_capacity(rows.len());
    for (row, waiting) in rows.into_iter().zip(waiting) {
        let glance = suggestions::glance(&app, &row, &onlooker, lang).await?;
        items.push(QueueItem::of(&app, row, waiting, glance, now, lang));
    }
    // Only what has a deadline can be past it.
    items.retain(|item| !overdue || item.deadline.is_some());
    recording::shown(items.iter().map(|item| item.id));
    Ok(JsonBody(QueuePage {
        items,
        next_cursor,
        built_percent: app.engine.built_percent(),
    }))
}

impl QueueParams {
    fn filter(self, app: &App, viewer: &str, now: DateTime<Utc>) -> Result<MailFilter, Problem> {
        let today = danish_day(now);
        let limits = app.config.organisation.journaling_limits();
        let queue = QueueFilter {
            now,
            snoozed: self.snoozed.or(self.mails.is_none().then_some(false)),
            assigned: self
                .assigned
                .map(|text| assigned(&text, viewer))
                .transpose()?,
            late: self.overdue.then(|| {
                let calendar = Calendar::default();
                (
                    today,
                    JournalingDeadline::late_before(&calendar, limits, today),
                )
            }),
            sender: self.sender.filter(|sender| !sender.trim().is_empty()),
            only: self.mails.as_deref().map_or(Ok(Vec::new()), named)?,
        };
        if queue
            .sender
            .as_ref()
            .is_some_and(|sender| sender.chars().count() > MAX_SENDER_CHARS)
        {
            return Err(Problem::invalid("sender", "too-long").with("max", MAX_SENDER_CHARS));
        }
        Ok(MailFilter {
            mailbox_id: self.mailbox,
            words: self.q.filter(|words| !words.trim().is_empty()),
            journaled: Some(false),
            not_for_a_case: Some(false),
            queue: Some(queue),
            oldest_first: self.oldest_first,
            after: read_cursor(self.cursor.as_deref())?,
            ..MailFilter::default()
        })
    }
}

fn assigned(text: &str, viewer: &str) -> Result<Assigned, Problem> {
    match text {
        "nobody" => Ok(Assigned::ToNobody),
        "mine" => Ok(Assigned::To(Principal::User(viewer.to_owned()))),
        principal => principal
            .parse()
            .map(Assigned::To)
            .map_err(|_| Problem::invalid("assigned", "malformed")),
    }
}

fn named(list: &str) -> Result<Vec<Uuid>, Problem> {
    let ids: Result<Vec<Uuid>, _> = list.split(',').map(Uuid::parse_str).collect();
    let ids = ids.map_err(|_| Problem::invalid("mails", "not-a-uuid"))?;
    if ids.len() > MAX_NAMED {
        return Err(Problem::invalid("mails", "too-many").with("max", MAX_NAMED));
    }
    Ok(ids)
}

impl QueueItem {
    fn of(
        app: &App,
        row: MailRow,
        waiting: Waiting,
        glance: Glance,
        now: DateTime<Utc>,
        lang: Lang,
    ) -> Self {
        let limits = app.config.organisation.journaling_limits();
        let deadline = match waiting.deadline {
            Some(date) => Some(Deadline::on(date, now)),
            None => glance
                .looks_like_case_work
                .then(|| Deadline::of(row.received_at, limits, now)),
        };
        let code = waiting
            .reason
            .unwrap_or_else(|| glance.why_it_waits().to_owned());
        let mail = row.envelope;
        Self {
            id: row.id,
            thread_id: row.thread_id,
            subject: mail.subject,
            from: mail.from,
            received_at: row.received_at,
            kind: mail.kind,
            preview: row.preview,
            attachments: mail
                .attachments
                .iter()
                .filter(|attachment| !attachment.inline)
                .count(),
            incomplete_reason: row.incomplete_reason,
            mailboxes: waiting
                .mailboxes
                .into_iter()
                .map(|(id, name)| InMailbox { id, name })
                .collect(),
            deadline,
            glance,
            assignee: waiting.assignment.map(|assignment| AssigneeOf {
                who: assignment.to,
                name: assignment.to_name,
                by: assignment.by,
                at: assignment.at,
            }),
            snoozed: waiting
                .snooze
                .filter(|snooze| snooze.until > now)
                .map(|snooze| SnoozedUntil {
                    until: snooze.until,
                    by: snooze.by,
                }),
            waits: WaitsBecause {
                text: text_or(lang, &format!("waiting.{code}"), "waiting.other"),
                code,
            },
        }
    }
}

/// Mails that are meant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Taken {
    /// At most 200.
    mail_ids: Vec<Uuid>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    /// At most 200.
    mail_ids: Vec<Uuid>,
    /// A person or a unit: `user:birthe.lund`, `unit:teknik`; null gives it back to the queue.
    to: Option<String>,
    /// Only those that are assigned so now, to nobody when null: what undoes an act must not undo another's.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    from: AssignedNow,
}

/// Tells null from what is left out.
#[derive(Default)]
enum AssignedNow {
    #[default]
    Anybody,
    Only(Option<String>),
}

impl<'de> Deserialize<'de> for AssignedNow {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Option::<String>::deserialize(from).map(Self::Only)
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PutOff {
    /// At most 200.
    mail_ids: Vec<Uuid>,
    /// At most a year from now; null wakes them.
    until: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ActedOn {
    results: Vec<ActResult>,
}

/// What became of one mail.
#[derive(Serialize, ToSchema)]
pub(super) struct ActResult {
    mail_id: Uuid,
    /// How it was before, which undoes it; null when it was refused.
    before: Option<BeforeAct>,
    /// Why it was refused.
    problem: Option<ProblemBody>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct BeforeAct {
    assignee: Option<String>,
    snoozed_until: Option<DateTime<Utc>>,
}

/// Take mails yourself; one that another person has is refused
#[utoipa::path(post, path = "/api/v1/queue/take", tag = "queue", request_body = Taken,
    responses((status = OK, body = ActedOn)))]
pub(super) async fn take(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Json(taken): Json<Taken>,
) -> Result<JsonBody<ActedOn>, Problem> {
    act(&app, taken.mail_ids, QueueAct::Take, viewer.rights(), lang).await
}

/// Give mails to a person or a unit, or back to the queue. Whoever gets a mail sees it by that
#[utoipa::path(post, path = "/api/v1/queue/assign", tag = "queue", request_body = Given,
    responses((status = OK, body = ActedOn), (status = UNPROCESSABLE_ENTITY, body = ProblemBody)))]
pub(super) async fn assign(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Json(given): Json<Given>,
) -> Result<JsonBody<ActedOn>, Problem> {
    let to = given
        .to
        .as_deref()
        .map(|to| person_or_unit("to", to))
        .transpose()?;
    let from = match given.from {
        AssignedNow::Anybody => None,
        AssignedNow::Only(from) => {
            let from = from.map(|from| person_or_unit("from", &from));
            Some(from.transpose()?)
        }
    };
    let wish = QueueAct::Assign {
        to: to.as_ref(),
        from: from.as_ref().map(Option::as_ref),
    };
    act(&app, given.mail_ids, wish, viewer.rights(), lang).await
}

/// Put mails off until a moment, or wake them
#[utoipa::path(post, path = "/api/v1/queue/snooze", tag = "queue", request_body = PutOff,
    responses((status = OK, body = ActedOn), (status = UNPROCESSABLE_ENTITY, body = ProblemBody)))]
pub(super) async fn snooze(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Json(put_off): Json<PutOff>,
) -> Result<JsonBody<ActedOn>, Problem> {
    let now = Utc::now();
    let until = put_off.until;
    if until.is_some_and(|until| until <= now || until > now + Duration::days(MAX_SNOOZE_DAYS)) {
        return Err(Problem::invalid("until", "not-within-a-year"));
    }
    act(
        &app,
        put_off.mail_ids,
        QueueAct::Snooze { until },
        viewer.rights(),
        lang,
    )
    .await
}

fn person_or_unit(field: &'static str, text: &str) -> Result<Principal, Problem> {
    match text.parse() {
        Ok(principal @ (Principal::User(_) | Principal::Unit(_))) => Ok(principal),
        _ => Err(Problem::invalid(field, "no-person-or-unit")),
    }
}

async fn act(
    app: &App,
    mails: Vec<Uuid>,
    act: QueueAct<'_>,
    viewer: &str,
    lang: Lang,
) -> Result<JsonBody<ActedOn>, Problem> {
    if mails.is_empty() {
        return Err(Problem::invalid("mail_ids", "empty"));
    }
    if mails.len() > MAX_MAILS {
        return Err(Problem::invalid("mail_ids", "too-many").with("max", MAX_MAILS));
    }
    let done = app
        .store
        .act_in_queue(&mails, act, viewer, Utc::now())
        .await?;
    let results = mails.into_iter().zip(done);
    Ok(JsonBody(ActedOn {
        results: results
            .map(|(mail_id, done)| match done {
                Ok(before) => ActResult {
                    mail_id,
                    before: Some(before.into()),
                    problem: None,
                },
                Err(refused) => ActResult {
                    mail_id,
                    before: None,
                    problem: Some(Problem::from(refused).told(lang)),
                },
            })
            .collect(),
    }))
}

impl From<Before> for BeforeAct {
    fn from(before: Before) -> Self {
        Self {
            assignee: before.assignee,
            snoozed_until: before.snoozed_until,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AssigneeParams {
    /// A part of the name; all, in order, when left out.
    q: Option<String>,
}

/// A person or unit that mail can be given to.
#[derive(Serialize, ToSchema)]
pub(super) struct Assignee {
    /// `user:birthe.lund`, `unit:teknik`.
    who: String,
    name: String,
    /// Of a person.
    unit: Option<String>,
}

/// Whom mail can be given to, at most 20
#[utoipa::path(get, path = "/api/v1/queue/assignees", tag = "queue", params(AssigneeParams),
    responses((status = OK, body = Vec<Assignee>)))]
pub(super) async fn assignees(
    State(app): State<App>,
    _: Viewer,
    Params(params): Params<AssigneeParams>,
) -> Result<JsonBody<Vec<Assignee>>, Problem> {
    let part = params.q.unwrap_or_default();
    let found = app.store.assignees(&part, ASSIGNEES).await?;
    let shown = |one: store::Assignee| Assignee {
        who: one.who,
        name: one.name,
        unit: one.unit,
    };
    Ok(JsonBody(found.into_iter().map(shown).collect()))
}
