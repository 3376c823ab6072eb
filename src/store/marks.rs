//! Marks in mailboxes: where a journaled mail is to be shown as such, and how that stands.
//!
//! A mark is a job of the outbox that belongs to an entry and stays as a row once it is set. Each entry has its own for
//! every mailbox with a copy, so that an undo finds them all. None is ordered twice for the same mail in a mailbox.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    Batch, JobKind, NewJob, Store, StoreError, StoredMail,
    db::{Tx, read, write},
    jobs,
    mails::{ROWS, digest},
};

/// Which mail a mark is for, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkPayload {
    pub mailbox_id: Uuid,
    pub mail_id: Uuid,
    /// Where it lay before it was moved away for the mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<String>,
    /// How, where a rule says so; else as the mailbox's settings say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_rule: Option<MarkByRule>,
}

/// How a rule marks a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkByRule {
    Flag,
    /// Into this folder.
    Move(String),
}

impl MarkPayload {
    pub fn new(mailbox_id: Uuid, mail_id: Uuid) -> Self {
        Self {
            mailbox_id,
            mail_id,
            moved_from: None,
            by_rule: None,
        }
    }
}

/// How a mark in a mailbox stands.
#[derive(Clone, Debug, PartialEq)]
pub struct MarkState {
    pub mailbox_id: Uuid,
    pub mailbox: String,
    /// `waiting`, `done`, `failed`.
    pub state: String,
    /// Why it waits or failed; a code of the message catalogue.
    pub reason: Option<String>,
}

impl Store {
    /// Where a mail and its copies lie, and where they were moved away from to be shown as journaled.
    pub async fn places_to_mark(
        &self,
        fingerprint: &[u8; 32],
    ) -> Result<Vec<MarkPayload>, StoreError> {
        let marked: Vec<(Json<MarkPayload>,)> = read!(self, |c| sqlx::query_as(
            "select j.payload
             from entries e
             join jobs j on j.entry_id = e.id
             where e.fingerprint = $1 and e.state <> 'undone' and j.kind = 'mark'
             order by j.id"
        )
        .bind(fingerprint.to_vec())
        .fetch_all(c)
        .await?);
        let lying: Vec<(Uuid, Uuid)> = read!(self, |c| sqlx::query_as(
            "select distinct l.mailbox_id, l.mail_id
             from mails m
             join mail_locations l on l.mail_id = m.id
             where m.fingerprint = $1
             order by l.mailbox_id, l.mail_id"
        )
        .bind(fingerprint.to_vec())
        .fetch_all(c)
        .await?);
        let mut seen = HashSet::new();
        Ok(marked
            .into_iter()
            .map(|(Json(place),)| place)
            .filter(|place| place.moved_from.is_some())
            .chain(
                lying
                    .into_iter()
                    .map(|(mailbox_id, mail_id)| MarkPayload::new(mailbox_id, mail_id)),
            )
            .filter(|place| seen.insert((place.mailbox_id, place.mail_id)))
            .collect())
    }

    /// Remembers where a mail was moved away from, with every mark it has there: the last entry that is undone brings it
    /// back.
    pub async fn note_moved(
        &self,
        mailbox_id: Uuid,
        mail_id: Uuid,
        folder: &str,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let marks: Vec<(Uuid, Json<MarkPayload>)> = write!(&mut tx, |c| sqlx::query_as(
            "select j.id, j.payload
             from mails m
             join entries e on e.fingerprint = m.fingerprint
             join jobs j on j.entry_id = e.id
             where m.id = $1 and j.kind = 'mark'"
        )
        .bind(mail_id)
        .fetch_all(c)
        .await?);
        for (id, Json(mut place)) in marks {
            if (place.mailbox_id, place.mail_id) != (mailbox_id, mail_id) {
                continue;
            }
            place.moved_from = Some(folder.to_owned());
            write!(&mut tx, |c| sqlx::query(
                "update jobs set payload = $1 where id = $2"
            )
            .bind(Json(place))
            .bind(id)
            .execute(c)
            .await
            .map(|_| ())?);
        }
        tx.commit().await
    }

    /// How the marks of an entry in mailboxes stand, as far as the viewer reads these mailboxes.
    pub async fn marks_of_entry(
        &self,
        entry_id: Uuid,
        viewer: &str,
    ) -> Result<Vec<MarkState>, StoreError> {
        let jobs: Vec<(Json<MarkPayload>, String, Option<String>)> =
            read!(self, |c| sqlx::query_as(
                "select payload, state, last_error
                 from jobs
                 where entry_id = $1 and kind in ('mark', 'unmark')
                 order by id"
            )
            .bind(entry_id)
            .fetch_all(c)
            .await?);
        if jobs.is_empty() {
            return Ok(Vec::new());
        }
        let read: HashMap<Uuid, String> = self
            .mailboxes(Some(viewer))
            .await?
            .into_iter()
            .map(|mailbox| (mailbox.id, mailbox.name))
            .collect();
        Ok(jobs
            .into_iter()
            .filter_map(|(payload, state, reason)| {
                Some(MarkState {
                    mailbox_id: payload.mailbox_id,
                    mailbox: read.get(&payload.mailbox_id)?.clone(),
                    state: match state.as_str() {
                        "done" | "failed" => state,
                        _ => "waiting".to_owned(),
                    },
                    reason,
                })
            })
            .collect())
    }

    /// Where a mark of this entry was set or tried.
    pub async fn marked_for_entry(&self, entry_id: Uuid) -> Result<Vec<MarkPayload>, StoreError> {
        let jobs: Vec<(Json<MarkPayload>,)> = read!(self, |c| sqlx::query_as(
            "select payload from jobs where entry_id = $1 and kind = 'mark' order by id"
        )
        .bind(entry_id)
        .fetch_all(c)
        .await?);
        Ok(jobs.into_iter().map(|(Json(place),)| place).collect())
    }
}

/// Orders the marks of mails that arrive after they, or a copy of them, were journaled. With nothing journaled among
/// them it is one look at an index.
pub(super) async fn order_for_arrivals(
    tx: &mut Tx,
    batch: &Batch,
    stored: &[StoredMail],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut arrivals: HashMap<[u8; 32], Vec<Uuid>> = HashMap::new();
    for (new, stored) in batch.mails.iter().zip(stored) {
        if new.place.as_ref().is_some_and(|place| place.mark_due) {
            arrivals.entry(new.fingerprint).or_default().push(stored.id);
        }
    }
    let fingerprints: Vec<&[u8; 32]> = arrivals.keys().collect();
    for chunk in fingerprints.chunks(ROWS) {
        let entries = entries_in_force(tx, chunk).await?;
        let mut ordered = ordered_marks(tx, &entries).await?;
        for (entry_id, fingerprint) in entries {
            let new: Vec<NewJob> = arrivals
                .get(&fingerprint)
                .into_iter()
                .flatten()
                .filter(|mail_id| ordered.insert((entry_id, batch.mailbox_id, **mail_id)))
                .map(|mail_id| {
                    let place = MarkPayload::new(batch.mailbox_id, *mail_id);
                    NewJob::in_mailbox(JobKind::Mark, &place)
                })
                .collect();
            jobs::insert(tx, &new, Some(entry_id), now).await?;
        }
    }
    Ok(())
}

async fn entries_in_force(
    tx: &mut Tx,
    fingerprints: &[&[u8; 32]],
) -> Result<Vec<(Uuid, [u8; 32])>, StoreError> {
    let rows: Vec<(Uuid, Vec<u8>)> = write!(tx, |c, Database| {
        let mut query = sqlx::QueryBuilder::<Database>::new(
            "select id, fingerprint from entries where state <> 'undone' and fingerprint in (",
        );
        let mut list = query.separated(", ");
        for fingerprint in fingerprints {
            list.push_bind(fingerprint.to_vec());
        }
        query.push(") order by id");
        query.build_query_as().fetch_all(c).await?
    });
    Ok(rows
        .into_iter()
        .map(|(id, fingerprint)| (id, digest(&fingerprint)))
        .collect())
}

/// What was ordered for these entries before, set by now or not: entry, mailbox and mail.
async fn ordered_marks(
    tx: &mut Tx,
    entries: &[(Uuid, [u8; 32])],
) -> Result<HashSet<(Uuid, Uuid, Uuid)>, StoreError> {
    let mut ordered = HashSet::new();
    for chunk in entries.chunks(ROWS) {
        let rows: Vec<(Uuid, Json<MarkPayload>)> = write!(tx, |c, Database| {
            let mut query = sqlx::QueryBuilder::<Database>::new(
                "select entry_id, payload from jobs where kind = 'mark' and entry_id in (",
            );
            let mut list = query.separated(", ");
            for (entry_id, _) in chunk {
                list.push_bind(*entry_id);
            }
            query.push(")");
            query.build_query_as().fetch_all(c).await?
        });
        ordered.extend(
            rows.into_iter()
                .map(|(entry_id, Json(place))| (entry_id, place.mailbox_id, place.mail_id)),
        );
    }
    Ok(ordered)
}
