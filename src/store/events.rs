//! What happened, in order: followed by pages (`GET /events`) and by the suggestion index of every process.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    Store, StoreError,
    db::{Tx, read, write},
};

/// Events carry ids only; whoever may not read what they name learns nothing from them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
pub enum EventKind {
    MailsStored {
        mailbox_id: Uuid,
        mail_ids: Vec<Uuid>,
    },
    /// `mail_id` is missing of what was filed without a mail, here and below.
    EntryCommitted {
        entry_id: Uuid,
        case_id: Uuid,
        mail_id: Option<Uuid>,
    },
    EntryUndone {
        entry_id: Uuid,
        case_id: Uuid,
        mail_id: Option<Uuid>,
    },
    EntryDelivered {
        entry_id: Uuid,
        case_id: Uuid,
        mail_id: Option<Uuid>,
    },
    EntryFailed {
        entry_id: Uuid,
        case_id: Uuid,
        mail_id: Option<Uuid>,
    },
    /// A mark in a mailbox could not be set, or not be taken away.
    MarkFailed {
        entry_id: Uuid,
        case_id: Uuid,
        mail_id: Uuid,
    },
    /// Fewer, or more, of those who see the case may see what was filed.
    EntryAccessChanged {
        entry_id: Uuid,
        case_id: Uuid,
        mail_id: Option<Uuid>,
    },
    CaseChanged {
        case_id: Uuid,
    },
    /// Two conversations turned out to be one; what was `from` is `into` now.
    ThreadsMerged {
        from: Uuid,
        into: Uuid,
    },
    /// What these mails' attachments say is known now.
    AttachmentsRead {
        mailbox_id: Uuid,
        mail_ids: Vec<Uuid>,
    },
    /// Somebody said that the mail belongs on no case.
    MailNotForACase {
        mail_id: Uuid,
    },
    /// That was taken back: by a person, by filing the mail, or because the mail is gone.
    MailNotForACaseUndone {
        mail_id: Uuid,
    },
    /// Somebody was given a mail that waits, or it was taken from them.
    MailAssigned {
        mail_id: Uuid,
        mailbox_id: Uuid,
        /// Who had it, as a principal: they may see it no more, and must hear of that.
        before: Option<String>,
    },
    /// A mail was put off, or wakes.
    MailSnoozed {
        mail_id: Uuid,
        mailbox_id: Uuid,
    },
    /// Why a mail waits, or until when, is told otherwise.
    MailWaits {
        mail_id: Uuid,
    },
    MailboxChanged {
        mailbox_id: Uuid,
    },
    /// A rule was written, changed, switched or suspended, or is gone.
    RuleChanged {
        rule_id: Uuid,
    },
    /// There is another subject plan.
    KlePlanImported {
        version: i64,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub kind: EventKind,
}

pub(super) async fn append(
    tx: &mut Tx,
    now: DateTime<Utc>,
    event: &EventKind,
) -> Result<(), StoreError> {
    let value = serde_json::to_value(event).unwrap_or(Value::Null);
    let kind = value["kind"].as_str().unwrap_or_default().to_owned();
    write!(tx, |c| sqlx::query(
        "insert into events (at, kind, payload)
         values ($1, $2, $3)"
    )
    .bind(now)
    .bind(kind)
    .bind(Json(value))
    .execute(c)
    .await
    .map(|_| ())?);
    Ok(())
}

impl Store {
    /// Events after `id`, oldest first.
    ///
    /// In PostgreSQL a lower number may appear late: whoever follows uses a [`super::Follower`].
    pub async fn events_after(&self, id: i64, limit: i64) -> Result<Vec<Event>, StoreError> {
        let rows: Vec<(i64, DateTime<Utc>, Json<Value>)> = read!(self, |c| sqlx::query_as(
            "select id, at, payload
             from events
             where id > $1
             order by id
             limit $2"
        )
        .bind(id)
        .bind(limit)
        .fetch_all(c)
        .await?);
        Ok(rows
            .into_iter()
            .filter_map(|(id, at, Json(value))| {
                serde_json::from_value(value)
                    .ok()
                    .map(|kind| Event { id, at, kind })
            })
            .collect())
    }

    /// `None` when there is none of this number, or none that this version understands.
    pub async fn event(&self, id: i64) -> Result<Option<Event>, StoreError> {
        let events = self.events_after(id - 1, 1).await?;
        Ok(events.into_iter().find(|event| event.id == id))
    }

    /// The newest event's number.
    pub async fn last_event(&self) -> Result<i64, StoreError> {
        let row: (i64,) = read!(self, |c| sqlx::query_as(
            "select coalesce(max(id), 0) from events"
        )
        .fetch_one(c)
        .await?);
        Ok(row.0)
    }

    /// The newest number from which no earlier one can appear any more: events older than `settles` are all there.
    pub async fn event_horizon(
        &self,
        now: DateTime<Utc>,
        settles: Duration,
    ) -> Result<i64, StoreError> {
        let row: (i64,) = read!(self, |c| sqlx::query_as(
            "select coalesce(max(id), 0) from events where at < $1"
        )
        .bind(now - settles)
        .fetch_one(c)
        .await?);
        Ok(row.0)
    }

    /// Done when this process writes an event after the call (other processes' are found by polling).
    pub fn event_written(&self) -> impl Future<Output = ()> + '_ {
        self.event_written.notified()
    }

    pub(super) fn ring(&self) {
        self.event_written.notify_waiters();
    }
}
