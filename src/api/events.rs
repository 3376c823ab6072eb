//! `/events`: what happens, as server-sent events, as far as the viewer may see it.
//!
//! Events carry ids only. Each is checked against the viewer's rights when it is sent, not when they connected.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event as Message, KeepAlive, Sse};
use chrono::Utc;
use futures::stream::{self, Stream};
use serde_json::{Value, json};

use super::{App, Problem, extract::Viewer};
use crate::store::{Event, EventKind};

/// How long other processes' events may wait.
const POLL: Duration = Duration::from_millis(500);
/// Events read at once.
const PAGE: i64 = 200;
/// PostgreSQL numbers events before they are committed; within this time a lower number may still appear.
const SETTLES_SECS: i64 = 5;

/// What happens, as server-sent events: `mail.new`, `suggestion.ready`, `entry.committed`, `entry.undone`,
/// `entry.delivered`, `entry.failed`, `case.changed`, `mailbox.changed`. `Last-Event-ID` continues where it was left
#[utoipa::path(get, path = "/api/v1/events", tag = "events",
    responses((status = OK, content_type = "text/event-stream")))]
pub(super) async fn follow(
    State(app): State<App>,
    Viewer(viewer): Viewer,
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
    let follower = Follower {
        app,
        viewer,
        sent: std::collections::BTreeSet::new(),
        floor: from,
    };
    let messages = stream::unfold(
        (follower, Vec::new()),
        |(mut follower, mut waiting)| async move {
            while waiting.is_empty() {
                waiting = follower.next().await;
                waiting.reverse();
            }
            let message: Message = waiting.pop()?;
            Some((Ok(message), (follower, waiting)))
        },
    );
    let messages = futures::StreamExt::take_until(messages, stop.cancelled_owned());
    Ok(Sse::new(messages).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

struct Follower {
    app: App,
    viewer: String,
    /// Numbers above `floor` that were sent.
    sent: std::collections::BTreeSet<i64>,
    /// Everything up to here is settled and sent.
    floor: i64,
}

impl Follower {
    /// Waits for events and returns those that the viewer may see.
    async fn next(&mut self) -> Vec<Message> {
        // Asked before the events: what is written in between lies beyond it and is not passed over.
        let settles = chrono::Duration::seconds(SETTLES_SECS);
        let horizon = self
            .app
            .store
            .event_horizon(Utc::now(), settles)
            .await
            .unwrap_or(self.floor);
        let events = self
            .app
            .store
            .events_after(self.floor, PAGE)
            .await
            .unwrap_or_default();
        let fresh: Vec<Event> = events
            .into_iter()
            .filter(|event| !self.sent.contains(&event.id))
            .collect();
        if fresh.is_empty() {
            self.floor = self.floor.max(horizon);
            self.sent = self.sent.split_off(&(self.floor + 1));
            tokio::select! {
                () = self.app.store.event_written() => {}
                () = tokio::time::sleep(POLL) => {}
            }
            return Vec::new();
        }
        let mut messages = Vec::new();
        for event in fresh {
            self.sent.insert(event.id);
            for (name, data) in self.seen(&event.kind).await {
                let message = Message::default().id(event.id.to_string()).event(name);
                messages.push(message.data(data.to_string()));
            }
        }
        messages
    }

    /// What the viewer is told of an event; nothing when it does not concern them.
    async fn seen(&self, kind: &EventKind) -> Vec<(&'static str, Value)> {
        let store = &self.app.store;
        let entry = |name, entry_id, case_id, mail_id| {
            (
                name,
                json!({ "entry_id": entry_id, "case_id": case_id, "mail_id": mail_id }),
            )
        };
        let (case_id, told) = match kind {
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
            EventKind::ThreadsMerged { .. } => return Vec::new(),
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
                *case_id,
                entry("entry.committed", entry_id, case_id, mail_id),
            ),
            EventKind::EntryUndone {
                entry_id,
                case_id,
                mail_id,
            } => (*case_id, entry("entry.undone", entry_id, case_id, mail_id)),
            EventKind::EntryDelivered {
                entry_id,
                case_id,
                mail_id,
            } => (
                *case_id,
                entry("entry.delivered", entry_id, case_id, mail_id),
            ),
            EventKind::EntryFailed {
                entry_id,
                case_id,
                mail_id,
            } => (*case_id, entry("entry.failed", entry_id, case_id, mail_id)),
            EventKind::CaseChanged { case_id } => {
                (*case_id, ("case.changed", json!({ "case_id": case_id })))
            }
        };
        if store.case(case_id, &self.viewer).await.is_ok() {
            vec![told]
        } else {
            Vec::new()
        }
    }

    async fn may_see_mailbox(&self, id: uuid::Uuid) -> bool {
        self.app
            .store
            .mailbox_users(id)
            .await
            .is_ok_and(|users| users.contains(&self.viewer))
    }
}
