//! `/messages/lookup`: is this mail known, and is it journaled already, by whom and where.

use axum::{
    Json as JsonBody,
    extract::{FromRequest, Request, State},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    App, Problem,
    extract::{self, Json, Language, Viewer},
    mails::{JournalState, states},
    not_for_a_case::Said,
    recording,
};
use crate::{
    domain::working_days::{Calendar, JournalingDeadline, JournalingLimits, danish_day},
    messages::Lang,
    mime,
    store::MailRow,
};

#[derive(Deserialize, ToSchema)]
#[schema(as = LookupAsked)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// With or without angle brackets.
    message_id: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Found {
    /// Whether a monitored mailbox you may see holds it.
    known: bool,
    /// Whether it, or a copy of it, is journaled where you may see it.
    journaled: bool,
    mails: Vec<KnownMail>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct KnownMail {
    mail_id: Uuid,
    subject: String,
    received_at: DateTime<Utc>,
    entries: Vec<JournalState>,
    thread_id: Uuid,
    /// Who said that it belongs on no case.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_for_a_case: Option<Said>,
    deadline: Deadline,
    /// Why only the headers are here.
    incomplete_reason: Option<String>,
}

/// When the mail should be journaled.
#[derive(Serialize, ToSchema)]
#[schema(as = JournalBy)]
pub(super) struct Deadline {
    /// The last day in time.
    date: NaiveDate,
    /// Working days until then; 0 on the day itself and afterwards.
    working_days_left: u32,
    is_past: bool,
}

impl Deadline {
    pub(super) fn of(
        received_at: DateTime<Utc>,
        limits: JournalingLimits,
        now: DateTime<Utc>,
    ) -> Self {
        let calendar = Calendar::default();
        Self::on(
            JournalingDeadline::of(&calendar, limits, received_at).limit,
            now,
        )
    }

    pub(super) fn on(date: NaiveDate, now: DateTime<Utc>) -> Self {
        let calendar = Calendar::default();
        let today = danish_day(now);
        Self {
            date,
            working_days_left: calendar.working_days_between(today, date),
            is_past: today > date,
        }
    }
}

/// Look a mail up by its Message-ID (JSON), or by the mail itself (message/rfc822)
#[utoipa::path(post, path = "/api/v1/messages/lookup", tag = "mails", request_body = Asked,
    responses((status = OK, body = Found)))]
pub(super) async fn lookup(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    request: Request,
) -> Result<JsonBody<Found>, Problem> {
    let rows = if extract::is_mail(&request) {
        let upload = extract::mail(request, &app).await?;
        let fingerprint = mime::fingerprint(&upload.raw, &upload.mail);
        app.store
            .mails_by_fingerprint(&fingerprint, viewer.rights())
            .await?
    } else {
        let Json(asked) = Json::<Asked>::from_request(request, &app).await?;
        let message_id = asked.message_id.trim().trim_matches(['<', '>']);
        if message_id.is_empty() {
            return Err(Problem::invalid("message_id", "empty"));
        }
        app.store
            .mails_by_message_id(message_id, viewer.rights())
            .await?
    };
    recording::shown(rows.iter().map(|row| row.id));
    Ok(JsonBody(found(&app, rows, viewer.rights(), lang).await?))
}

async fn found(app: &App, rows: Vec<MailRow>, viewer: &str, lang: Lang) -> Result<Found, Problem> {
    let limits = app.config.organisation.journaling_limits();
    let now = Utc::now();
    let mut mails = Vec::with_capacity(rows.len());
    for row in rows {
        mails.push(KnownMail {
            mail_id: row.id,
            entries: states(app, &row, viewer, lang).await?,
            subject: row.envelope.subject,
            received_at: row.received_at,
            thread_id: row.thread_id,
            not_for_a_case: row.not_for_a_case.map(Said::from),
            deadline: Deadline::of(row.received_at, limits, now),
            incomplete_reason: row.incomplete_reason,
        });
    }
    Ok(Found {
        known: !mails.is_empty(),
        journaled: mails.iter().any(|mail| !mail.entries.is_empty()),
        mails,
    })
}
