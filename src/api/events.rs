//! `/events`: what happens, as server-sent events, as far as the viewer may see it.
//!
//! Events carry ids only. Each is checked against the viewer's rights when it is sent, not when they connected.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event as Message, KeepAlive, Sse};
use futures::stream::{self, Stream};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{App, Problem, extract::Viewer};
use crate::domain::access::Level;
use crate::store::{EventKind, Follower};

/// Whoever follows comes back after this, and is asked anew who they are: a session may have ended meanwhile.
const LASTS: Duration = Duration::from_mins(10);

/// What happens, as server-sent events: `mail.new`, `suggestion.ready`, `entry.committed`, `entry.undone`,
/// `entry.delivered`, `entry.failed`, `mark.failed`, `mail.not_for_a_case`, `mail.not_for_a_case_undone`, `mail.assigned`,
/// `mail.snoozed`, `mail.waiting`, `case.changed`, `mailbox.changed`, `rule.changed`. `Last-Event-ID` continues where it was
/// left
#[utoipa::path(get, path = "/api/v1/events", tag = "events",
    responses((status = OK, content_type = "text/event-stream")))]
pub(super) async fn follow(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Message, Infallible>>>, Problem> {
    let last_seen = headers
        .get("Last-Event-ID")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse().ok());
    let from = match last_seen {
        Some(id) => id,
        None => app.store.last_event().await?,
    };
    let stop = app.stop.clone();
    let listener = Listener {
        follower: Follower::after(app.store.clone(), from),
        app,
        viewer: viewer.rights().to_owned(),
    };
    let messages = stream::unfold(
        (listener, Vec::new()),
        |(mut listener, mut waiting)| async move {
            while waiting.is_empty() {
                waiting = listener.next().await;
                waiting.reverse();
            }
            let message: Message = waiting.pop()?;
            Some((Ok(message), (listener, waiting)))
        },
    );
    let ends = async move {
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(LASTS) => {}
        }
    };
    let messages = futures::StreamExt::take_until(messages, Box::pin(ends));
    Ok(Sse::new(messages).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

/// Somebody who follows.
struct Listener {
    follower: Follower,
    app: App,
    viewer: String,
}

impl Listener {
    /// Waits for events and returns those that the viewer may see.
    async fn next(&mut self) -> Vec<Message> {
        let mut messages = Vec::new();
        for event in self.follower.next().await {
            let told = self.seen(&event.kind).await;
            let last = told.len().saturating_sub(1);
            for (at, (name, data)) in told.into_iter().enumerate() {
                let mut message = Message::default().event(name).data(data.to_string());
                // Who lost the line between two messages of one event must hear both again.
                if at == last {
                    message = message.id(event.id.to_string());
                }
                messages.push(message);
            }
        }
        messages
    }

    /// What the viewer is told of an event; nothing when it does not concern them.
    async fn seen(&self, kind: &EventKind) -> Vec<(&'static str, Value)> {
        let store = &self.app.store;
        let entry = |name, entry_id: &Uuid, case_id: &Uuid, mail_id: &Option<Uuid>| {
            (
                name,
                json!({ "entry_id": entry_id, "case_id": case_id, "mail_id": mail_id }),
            )
        };
        let (entry_id, case_id, told) = match kind {
            EventKind::MailsStored {
                mailbox_id,
                mail_ids,
            } => {
                if !self.may_see_mailbox(*mailbox_id).await {
                    return Vec::new();
                }
                let data = json!({ "mailbox_id": mailbox_id, "mail_ids": mail_ids });
                return vec![("mail.new", data.clone()), ("suggestion.ready", data)];
            }
            EventKind::AttachmentsRead {
                mailbox_id,
                mail_ids,
            } => {
                if !self.may_see_mailbox(*mailbox_id).await {
                    return Vec::new();
                }
                let data = json!({ "mailbox_id": mailbox_id, "mail_ids": mail_ids });
                return vec![("suggestion.ready", data)];
            }
            EventKind::MailNotForACase { mail_id } => {
                return self.of_mail("mail.not_for_a_case", *mail_id).await;
            }
            EventKind::MailNotForACaseUndone { mail_id } => {
                return self.of_mail("mail.not_for_a_case_undone", *mail_id).await;
            }
            EventKind::RuleChanged { rule_id } => {
                let seen = store.rule(*rule_id, &self.viewer).await.is_ok();
                let told = ("rule.changed", json!({ "rule_id": rule_id }));
                return if seen { vec![told] } else { Vec::new() };
            }
            EventKind::MailAssigned {
                mail_id, before, ..
            } => {
                let told = self.of_mail("mail.assigned", *mail_id).await;
                if told.is_empty() && self.counts_as(before.as_deref()).await {
                    return vec![("mail.assigned", json!({ "mail_id": mail_id }))];
                }
                return told;
            }
            EventKind::MailSnoozed { mail_id, .. } => {
                return self.of_mail("mail.snoozed", *mail_id).await;
            }
            EventKind::MailWaits { mail_id } => {
                return self.of_mail("mail.waiting", *mail_id).await;
            }
            EventKind::ThreadsMerged { .. } | EventKind::KlePlanImported { .. } => {
                return Vec::new();
            }
            EventKind::MailboxChanged { mailbox_id } => {
                if !self.may_see_mailbox(*mailbox_id).await {
                    return Vec::new();
                }
                return vec![("mailbox.changed", json!({ "mailbox_id": mailbox_id }))];
            }
            EventKind::EntryCommitted {
                entry_id,
                case_id,
                mail_id,
            } => (
                Some(*entry_id),
                *case_id,
                entry("entry.committed", entry_id, case_id, mail_id),
            ),
            EventKind::EntryUndone {
                entry_id,
                case_id,
                mail_id,
            } => (
                Some(*entry_id),
                *case_id,
                entry("entry.undone", entry_id, case_id, mail_id),
            ),
            EventKind::EntryDelivered {
                entry_id,
                case_id,
                mail_id,
            } => (
                Some(*entry_id),
                *case_id,
                entry("entry.delivered", entry_id, case_id, mail_id),
            ),
            EventKind::EntryFailed {
                entry_id,
                case_id,
                mail_id,
            } => (
                Some(*entry_id),
                *case_id,
                entry("entry.failed", entry_id, case_id, mail_id),
            ),
            EventKind::MarkFailed {
                entry_id,
                case_id,
                mail_id,
            } => (
                Some(*entry_id),
                *case_id,
                entry("mark.failed", entry_id, case_id, &Some(*mail_id)),
            ),
            // Whoever sees it no more must hear of that, too; so it is the case that has changed.
            EventKind::CaseChanged { case_id } | EventKind::EntryAccessChanged { case_id, .. } => (
                None,
                *case_id,
                ("case.changed", json!({ "case_id": case_id })),
            ),
        };
        let seen = match entry_id {
            Some(id) => store.entry(id, &self.viewer).await.map(|_| ()),
            None => store.expect_case(case_id, &self.viewer, Level::Read).await,
        };
        if seen.is_ok() { vec![told] } else { Vec::new() }
    }

    /// What happened to a mail is told to whoever sees it.
    async fn of_mail(&self, name: &'static str, mail_id: Uuid) -> Vec<(&'static str, Value)> {
        match self.app.store.mail(mail_id, &self.viewer).await {
            Ok(_) => vec![(name, json!({ "mail_id": mail_id }))],
            Err(_) => Vec::new(),
        }
    }

    async fn counts_as(&self, principal: Option<&str>) -> bool {
        let Some(principal) = principal else {
            return false;
        };
        let all = self.app.store.memberships(&self.viewer).await;
        all.is_ok_and(|all| all.iter().any(|one| one == principal))
    }

    async fn may_see_mailbox(&self, id: Uuid) -> bool {
        let seen = self.app.store.may_see_mailbox(id, &self.viewer).await;
        seen.unwrap_or(false)
    }
}
