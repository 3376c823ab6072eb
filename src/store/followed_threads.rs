//! Threads whose later mails go to a case, until told not to.
//!
//! A thread is followed to a case once at most, in somebody's name. It stops when they or others say so, when the case
//! closes, and when the act that it began with is taken back.

use chrono::{DateTime, SubsecRound, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{
    AuditRecord, Store, StoreError,
    access::{self, sees_case},
    audit,
    db::{Tx, read, write},
};
use crate::domain::access::Level;

/// Participants and subjects of a thread that are looked at.
const MOST: i64 = 500;

/// What becomes of the later mails of a followed thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FollowMode {
    /// They are filed.
    On,
    /// They wait for a person, with the case beside them.
    Ask,
}

impl FollowMode {
    fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Ask => "ask",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "on" => Self::On,
            _ => Self::Ask,
        }
    }
}

/// Whether filing a mail begins following its thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Following {
    /// As before.
    #[default]
    Untouched,
    /// By what the organisation has chosen: not where somebody said stop.
    ByDefault(FollowMode),
    /// Somebody said so.
    Said,
}

/// A thread that is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowedThread {
    pub case_id: Uuid,
    pub case_number: String,
    pub case_title: String,
    pub case_is_closed: bool,
    pub mode: FollowMode,
    pub entry_id: Option<Uuid>,
    pub followed_by: String,
    pub since: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct Row {
    case_id: Uuid,
    case_number: String,
    case_title: String,
    case_status: String,
    mode: String,
    entry_id: Option<Uuid>,
    followed_by: String,
    since: DateTime<Utc>,
}

const COLUMNS: &str = "f.case_id, c.number as case_number, c.title as case_title, c.status as case_status, f.mode, f.entry_id,
    f.followed_by, f.since";

impl From<Row> for FollowedThread {
    fn from(row: Row) -> Self {
        Self {
            case_id: row.case_id,
            case_number: row.case_number,
            case_title: row.case_title,
            case_is_closed: row.case_status == "closed",
            mode: FollowMode::parse(&row.mode),
            entry_id: row.entry_id,
            followed_by: row.followed_by,
            since: row.since,
        }
    }
}

/// What of a thread is on a case: what its later mails are recognised by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnCase {
    /// Without reply prefixes, in small letters.
    pub subjects: Vec<String>,
    /// Mail addresses of all who wrote or were written to.
    pub people: Vec<String>,
}

impl Store {
    /// Where a thread is followed to; for the house's own work, where nobody looks.
    pub async fn following_unchecked(
        &self,
        thread_id: Uuid,
    ) -> Result<Vec<FollowedThread>, StoreError> {
        let rows: Vec<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS}
             from followed_threads f
             join cases c on c.id = f.case_id
             where f.thread_id = $1 and f.stopped_at is null
             order by f.id"
        )))
        .bind(thread_id)
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Where a thread is followed to, as far as the viewer sees the cases.
    pub async fn following(
        &self,
        thread_id: Uuid,
        viewer: &str,
    ) -> Result<Vec<FollowedThread>, StoreError> {
        let rows: Vec<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS}
             from followed_threads f
             join cases c on c.id = f.case_id
             where f.thread_id = $2 and f.stopped_at is null and {}
             order by f.id",
            sees_case("$1")
        )))
        .bind(viewer)
        .bind(thread_id)
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// The cases that mails of a thread are on; for the house's own work, where nobody looks.
    pub async fn cases_of_thread(&self, thread_id: Uuid) -> Result<Vec<Uuid>, StoreError> {
        let rows: Vec<(Uuid,)> = read!(self, |c| sqlx::query_as(
            "select distinct e.case_id
             from mails m
             join entries e on e.fingerprint = m.fingerprint
             where m.thread_id = $1 and e.state <> 'undone'
             order by e.case_id
             limit 10"
        )
        .bind(thread_id)
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// What of a thread is on a case, but for copies of one mail; for the house's own work, where nobody looks.
    pub async fn on_case_of_thread(
        &self,
        thread_id: Uuid,
        case_id: Uuid,
    ) -> Result<OnCase, StoreError> {
        let subjects: Vec<(String,)> = read!(self, |c| sqlx::query_as(
            "select distinct m.base_subject
             from mails m
             join entries e on e.fingerprint = m.fingerprint
             where m.thread_id = $1 and e.case_id = $2 and e.state <> 'undone'
             limit $3"
        )
        .bind(thread_id)
        .bind(case_id)
        .bind(MOST)
        .fetch_all(c)
        .await?);
        let people: Vec<(String,)> = read!(self, |c| sqlx::query_as(
            "select distinct p.address
             from mails m
             join entries e on e.fingerprint = m.fingerprint
             join mail_people p on p.mail_id = m.id
             where m.thread_id = $1 and e.case_id = $2 and e.state <> 'undone'
             limit $3"
        )
        .bind(thread_id)
        .bind(case_id)
        .bind(MOST)
        .fetch_all(c)
        .await?);
        Ok(OnCase {
            subjects: subjects.into_iter().map(|(subject,)| subject).collect(),
            people: people.into_iter().map(|(address,)| address).collect(),
        })
    }

    /// Whether a mail, or a copy of it, was taken back from a case: it is not filed there again by itself.
    pub async fn was_taken_back(
        &self,
        fingerprint: &[u8; 32],
        case_id: Uuid,
    ) -> Result<bool, StoreError> {
        let found: Option<(Uuid,)> = read!(self, |c| {
            sqlx::query_as(
            "select id
             from entries e
             where e.fingerprint = $1 and e.case_id = $2 and e.state = 'undone'
               and not exists (
                 select 1 from entries f
                 where f.fingerprint = e.fingerprint and f.case_id = e.case_id and f.state <> 'undone')
             limit 1"
        )
        .bind(fingerprint.to_vec())
        .bind(case_id)
        .fetch_optional(c)
        .await?
        });
        Ok(found.is_some())
    }

    /// Follows the thread of a mail that `user` sees to a case that they may file on, from now on.
    pub async fn follow_thread(
        &self,
        mail_id: Uuid,
        case_id: Uuid,
        user: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mail = self.mail(mail_id, user).await?;
        let filed = self.entries_of_mail(&mail.fingerprint, user).await?;
        let entry = filed.into_iter().find(|entry| entry.case_id == case_id);
        let mut tx = self.db.begin().await?;
        access::expect_case(&mut tx, case_id, user, Level::Write).await?;
        let begun = Begun {
            thread_id: mail.thread_id,
            case_id,
            entry_id: entry.map(|entry| entry.id),
            by: user,
        };
        if begin(&mut tx, &begun, Following::Said, now).await? {
            let thread = (case_id, mail.thread_id);
            note(&mut tx, thread, (user, "thread.follow"), now).await?;
        }
        tx.commit().await
    }

    /// Stops following the thread of a mail, to this case or to all that `user` may file on. Nothing followed is nothing
    /// to do.
    pub async fn stop_following(
        &self,
        mail_id: Uuid,
        case_id: Option<Uuid>,
        user: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mail = self.mail(mail_id, user).await?;
        let mut followed = self.following(mail.thread_id, user).await?;
        followed.retain(|thread| case_id.is_none_or(|case_id| thread.case_id == case_id));
        let mut tx = self.db.begin().await?;
        for thread in &followed {
            let may = access::expect_case(&mut tx, thread.case_id, user, Level::Write).await;
            match may {
                Err(StoreError::NotAllowed(_)) if case_id.is_none() => continue,
                may => may?,
            }
            let which = "thread_id = $4 and case_id = $5";
            stop(
                &mut tx,
                which,
                (mail.thread_id, thread.case_id),
                ("said", user),
                now,
            )
            .await?;
            note(
                &mut tx,
                (thread.case_id, mail.thread_id),
                (user, "thread.stop"),
                now,
            )
            .await?;
        }
        tx.commit().await
    }
}

/// What following begins with.
pub(super) struct Begun<'a> {
    pub thread_id: Uuid,
    pub case_id: Uuid,
    pub entry_id: Option<Uuid>,
    pub by: &'a str,
}

/// Begins to follow a thread, unless it is followed to that case already; whether it began.
pub(super) async fn begin(
    tx: &mut Tx,
    begun: &Begun<'_>,
    following: Following,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let mode = match following {
        Following::Untouched => return Ok(false),
        Following::Said => FollowMode::On,
        Following::ByDefault(mode) => {
            let said: Option<(Uuid,)> = write!(tx, |c| sqlx::query_as(
                "select id
                 from followed_threads
                 where thread_id = $1 and case_id = $2 and stopped_why = 'said'
                 limit 1"
            )
            .bind(begun.thread_id)
            .bind(begun.case_id)
            .fetch_optional(c)
            .await?);
            if said.is_some() {
                return Ok(false);
            }
            mode
        }
    };
    let again = match following {
        // Somebody says so now: what was asked before is answered.
        Following::Said => {
            "do update set mode = excluded.mode, followed_by = excluded.followed_by where followed_threads.mode <> excluded.mode"
        }
        _ => "do nothing",
    };
    let new = write!(tx, |c| {
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "insert into followed_threads (id, thread_id, case_id, entry_id, mode, followed_by, since)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (thread_id, case_id) where stopped_at is null {again}"
        )))
        .bind(Uuid::now_v7())
        .bind(begun.thread_id)
        .bind(begun.case_id)
        .bind(begun.entry_id)
        .bind(mode.as_str())
        .bind(begun.by)
        .bind(now.trunc_subsecs(6))
        .execute(c)
        .await?
        .rows_affected()
    });
    Ok(new > 0)
}

/// A case that is closed takes nothing more.
pub(super) async fn stop_of_case(
    tx: &mut Tx,
    case_id: Uuid,
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    stop(
        tx,
        "case_id = $4 and case_id = $5",
        (case_id, case_id),
        ("case_closed", by),
        now,
    )
    .await
}

/// What began with an act ends when that is taken back.
pub(super) async fn stop_of_entry(
    tx: &mut Tx,
    entry_id: Uuid,
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    stop(
        tx,
        "entry_id = $4 and entry_id = $5",
        (entry_id, entry_id),
        ("undone", by),
        now,
    )
    .await
}

/// Two threads turned out to be one: it is followed to the cases of both.
pub(super) async fn join(
    tx: &mut Tx,
    from: Uuid,
    into: Uuid,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    // To the same case twice would be once too often.
    let twice = "thread_id = $4 and case_id in (
        select o.case_id from followed_threads o where o.thread_id = $5 and o.stopped_at is null)";
    stop(tx, twice, (from, into), ("joined", ""), now).await?;
    write!(tx, |c| sqlx::query(
        "update followed_threads set thread_id = $1 where thread_id = $2"
    )
    .bind(into)
    .bind(from)
    .execute(c)
    .await
    .map(|_| ())?);
    Ok(())
}

/// Stops what is followed and meets `which`, a clause with the parameters $4 and $5.
async fn stop(
    tx: &mut Tx,
    which: &str,
    (first, second): (Uuid, Uuid),
    (why, by): (&str, &str),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    write!(tx, |c| sqlx::query(sqlx::AssertSqlSafe(format!(
        "update followed_threads
         set stopped_at = $1, stopped_why = $2, stopped_by = $3
         where stopped_at is null and {which}"
    )))
    .bind(now.trunc_subsecs(6))
    .bind(why)
    .bind(by)
    .bind(first)
    .bind(second)
    .execute(c)
    .await
    .map(|_| ())?);
    Ok(())
}

async fn note(
    tx: &mut Tx,
    (case_id, thread_id): (Uuid, Uuid),
    (actor, action): (&str, &str),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let record = AuditRecord {
        actor,
        action,
        subject_kind: "thread",
        subject_id: thread_id.to_string(),
        case_id: Some(case_id),
        detail: serde_json::json!({}),
    };
    audit::append(tx, now, record).await
}
