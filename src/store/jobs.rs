//! The outbox: what is still to be done after an act, written in the act's own transaction.
//!
//! A job is leased to one worker at a time; when that worker dies, the lease runs out and the job runs again. So every
//! job may run twice.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    AuditRecord, EventKind, MarkPayload, Store, StoreError, audit,
    db::{Tx, read, write},
    events,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Hand an entry to the case system.
    Deliver,
    /// Show in the mailbox that a mail is journaled.
    Mark,
    /// Take that mark away again.
    Unmark,
    /// Read what the attachments of stored mails say.
    ReadAttachments,
    /// Ask what becomes of a mail that arrived.
    // What was written under its first name, when it was for sent mail alone, is still due.
    #[serde(alias = "file_as_sent")]
    Triage,
    /// Send a mail.
    SendMail,
    /// Flag or move a mail, since a rule says so.
    MarkByRule,
    /// Take that back.
    UnmarkByRule,
    /// Write the letters of one case, of those that were asked for in one go.
    Letter,
}

impl JobKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Deliver => "deliver",
            Self::Mark => "mark",
            Self::Unmark => "unmark",
            Self::ReadAttachments => "read_attachments",
            Self::Triage => "triage",
            Self::SendMail => "send_mail",
            Self::MarkByRule => "mark_by_rule",
            Self::UnmarkByRule => "unmark_by_rule",
            Self::Letter => "letter",
        }
    }
}

#[derive(Clone, Debug)]
pub struct NewJob {
    pub kind: JobKind,
    pub payload: Value,
    /// Jobs of one group run one after the other, e.g. all of one mailbox.
    pub group_key: String,
}

impl NewJob {
    /// Shows in a mailbox that a mail is journaled, or takes that back.
    pub fn in_mailbox(kind: JobKind, place: &MarkPayload) -> Self {
        Self {
            kind,
            payload: serde_json::to_value(place).unwrap_or_default(),
            group_key: format!("mailbox:{}", place.mailbox_id),
        }
    }

    /// Hands what was filed on a case to the case system.
    pub fn deliver(case_id: Uuid) -> Self {
        Self {
            kind: JobKind::Deliver,
            payload: serde_json::json!({}),
            group_key: format!("case:{case_id}"),
        }
    }

    pub(super) fn letter(run_id: Uuid, position: i64) -> Self {
        Self {
            kind: JobKind::Letter,
            payload: serde_json::json!({ "run_id": run_id, "position": position }),
            group_key: format!("letters:{run_id}"),
        }
    }

    pub(super) fn read_attachments(mailbox_id: Uuid, mail_ids: &[Uuid]) -> Self {
        Self {
            kind: JobKind::ReadAttachments,
            payload: serde_json::json!({ "mailbox_id": mailbox_id, "mail_ids": mail_ids }),
            group_key: format!("attachments:{mailbox_id}"),
        }
    }
}

/// Which jobs a worker takes: somebody waits for those that follow an act, nobody for the reading of attachments; a mail
/// server that does not answer, or five hundred letters, must not hold up either.
#[derive(Clone, Copy)]
enum Pace {
    Prompt,
    Slow,
    Mail,
    Letters,
}

impl Pace {
    fn clause(self) -> &'static str {
        match self {
            Self::Prompt => "kind not in ('read_attachments', 'send_mail', 'letter')",
            Self::Slow => "kind = 'read_attachments'",
            Self::Mail => "kind = 'send_mail'",
            Self::Letters => "kind = 'letter'",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Job {
    pub id: Uuid,
    pub kind: JobKind,
    pub payload: Value,
    pub entry_id: Option<Uuid>,
    pub attempts: i64,
    fence: i64,
}

/// `claim` differs in one clause: PostgreSQL's workers step over each other's rows instead of waiting for them.
const CLAIM: &str = "update jobs
    set state = 'running', fence = fence + 1, attempts = attempts + 1, leased_until = $2
    where id in (
      select j.id
      from jobs j
      where j.group_key = (
          select g.group_key
          from jobs g
          where g.{pace} and g.run_at <= $1 and (g.state = 'waiting' or (g.state = 'running' and g.leased_until <= $1))
            and not exists (
              select 1 from jobs b
              where b.group_key = g.group_key and b.state = 'running' and b.leased_until > $1)
          order by g.run_at, g.id
          limit 1)
        and j.{pace}
        and j.run_at <= $1
        and (j.state = 'waiting' or (j.state = 'running' and j.leased_until <= $1))
      order by j.run_at, j.id
      limit $3{skip_locked})
    returning id, kind, payload, entry_id, attempts, fence";

type JobRow = (Uuid, String, Json<Value>, Option<Uuid>, i64, i64);

pub(super) async fn insert(
    tx: &mut Tx,
    jobs: &[NewJob],
    entry_id: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if jobs.is_empty() {
        return Ok(());
    }
    write!(tx, |c, Database| sqlx::QueryBuilder::<Database>::new(
        "insert into jobs (id, kind, payload, entry_id, group_key, state, run_at, created_at) "
    )
    .push_values(jobs, |mut row, job| {
        row.push_bind(Uuid::now_v7())
            .push_bind(job.kind.as_str())
            .push_bind(Json(&job.payload))
            .push_bind(entry_id)
            .push_bind(job.group_key.as_str())
            .push_bind("waiting")
            .push_bind(now)
            .push_bind(now);
    })
    .build()
    .execute(c)
    .await
    .map(|_| ())?);
    Ok(())
}

impl Store {
    /// Claims up to `limit` due jobs of one group, of those that somebody waits for.
    pub async fn claim_jobs(
        &self,
        limit: i64,
        now: DateTime<Utc>,
        lease: Duration,
    ) -> Result<Vec<Job>, StoreError> {
        self.claim(Pace::Prompt, limit, now, lease).await
    }

    /// Claims up to `limit` due jobs of one group, of those that read attachments.
    pub async fn claim_reading_jobs(
        &self,
        limit: i64,
        now: DateTime<Utc>,
        lease: Duration,
    ) -> Result<Vec<Job>, StoreError> {
        self.claim(Pace::Slow, limit, now, lease).await
    }

    /// Claims up to `limit` due jobs of one group, of those that send mails.
    pub async fn claim_mail_jobs(
        &self,
        limit: i64,
        now: DateTime<Utc>,
        lease: Duration,
    ) -> Result<Vec<Job>, StoreError> {
        self.claim(Pace::Mail, limit, now, lease).await
    }

    /// Claims up to `limit` due letters of those that were asked for in one go.
    pub async fn claim_letter_jobs(
        &self,
        limit: i64,
        now: DateTime<Utc>,
        lease: Duration,
    ) -> Result<Vec<Job>, StoreError> {
        self.claim(Pace::Letters, limit, now, lease).await
    }

    async fn claim(
        &self,
        pace: Pace,
        limit: i64,
        now: DateTime<Utc>,
        lease: Duration,
    ) -> Result<Vec<Job>, StoreError> {
        // Looked up without the write lock first: an idle outbox costs writers nothing.
        let due: Option<(Uuid,)> = read!(self, |c| {
            sqlx::query_as(sqlx::AssertSqlSafe(format!(
                "select id
                 from jobs
                 where {} and run_at <= $1
                   and (state = 'waiting' or (state = 'running' and leased_until <= $1))
                 limit 1",
                pace.clause()
            )))
            .bind(now)
            .fetch_optional(c)
            .await?
        });
        if due.is_none() {
            return Ok(Vec::new());
        }
        let mut tx = self.db.begin().await?;
        let skip_locked = match tx {
            Tx::Sqlite(..) => "",
            Tx::Postgres(_) => " for update skip locked",
        };
        let sql = CLAIM
            .replace("{skip_locked}", skip_locked)
            .replace("{pace}", pace.clause());
        let mut rows: Vec<JobRow> = write!(&mut tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(now)
            .bind(now + lease)
            .bind(limit)
            .fetch_all(c)
            .await?);
        tx.commit().await?;
        rows.sort_by_key(|row| row.0);
        Ok(rows
            .into_iter()
            .filter_map(|(id, kind, payload, entry_id, attempts, fence)| {
                let kind = serde_json::from_value(Value::String(kind)).ok()?;
                Some(Job {
                    id,
                    kind,
                    payload: payload.0,
                    entry_id,
                    attempts,
                    fence,
                })
            })
            .collect())
    }

    /// The job is done and gone; of a mark it stays known in which mailbox it was set. False when another worker has
    /// taken it over meanwhile.
    pub async fn finish_job(&self, job: &Job) -> Result<bool, StoreError> {
        let sql = match job.kind {
            JobKind::Mark => {
                "update jobs
                 set state = 'done', leased_until = null, last_error = null
                 where id = $1 and fence = $2"
            }
            JobKind::Deliver
            | JobKind::Unmark
            | JobKind::ReadAttachments
            | JobKind::Triage
            | JobKind::SendMail
            | JobKind::MarkByRule
            | JobKind::UnmarkByRule
            | JobKind::Letter => "delete from jobs where id = $1 and fence = $2",
        };
        let mut tx = self.db.begin().await?;
        let done = write!(&mut tx, |c| sqlx::query(sql)
            .bind(job.id)
            .bind(job.fence)
            .execute(c)
            .await?
            .rows_affected());
        tx.commit().await?;
        Ok(done == 1)
    }

    /// The job failed: run it again at `again`, or leave it for a person when that is `None`.
    pub async fn retry_job(
        &self,
        job: &Job,
        reason: &str,
        again: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        write!(&mut tx, |c| sqlx::query(
            "update jobs
             set state = $1, run_at = $2, last_error = $3, leased_until = null
             where id = $4 and fence = $5"
        )
        .bind(if again.is_some() { "waiting" } else { "failed" })
        .bind(again.unwrap_or(now))
        .bind(reason)
        .bind(job.id)
        .bind(job.fence)
        .execute(c)
        .await
        .map(|_| ())?);
        if again.is_none()
            && let (JobKind::Mark | JobKind::Unmark, Some(entry_id)) = (job.kind, job.entry_id)
        {
            tell_of_mark(&mut tx, entry_id, now).await?;
        }
        tx.commit().await?;
        self.ring();
        Ok(())
    }

    /// Lets the failed jobs of an entry run again at once; a person asked for it.
    pub async fn retry_entry(
        &self,
        entry_id: Uuid,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let mut tx = self.db.begin().await?;
        let again = write!(&mut tx, |c| sqlx::query(
            "update jobs
             set state = 'waiting', run_at = $1, attempts = 0
             where entry_id = $2 and state in ('failed', 'waiting')"
        )
        .bind(now)
        .bind(entry_id)
        .execute(c)
        .await?
        .rows_affected());
        if again > 0 {
            write!(&mut tx, |c| sqlx::query(
                "update entries
                 set state = 'pending', state_reason = null
                 where id = $1 and state = 'failed'"
            )
            .bind(entry_id)
            .execute(c)
            .await
            .map(|_| ())?);
        }
        let on: Option<(Uuid,)> = write!(&mut tx, |c| sqlx::query_as(
            "select case_id from entries where id = $1"
        )
        .bind(entry_id)
        .fetch_optional(c)
        .await?);
        let record = AuditRecord {
            actor,
            action: "journal.retry",
            subject_kind: "entry",
            subject_id: entry_id.to_string(),
            case_id: on.map(|(case_id,)| case_id),
            detail: serde_json::json!({ "jobs": again }),
        };
        audit::append(&mut tx, now, record).await?;
        tx.commit().await?;
        self.ring();
        Ok(again)
    }

    /// Why jobs failed for good, by how often.
    pub async fn failed_reasons(&self) -> Result<Vec<(String, i64)>, StoreError> {
        Ok(read!(self, |c| sqlx::query_as(
            "select coalesce(last_error, 'internal'), count(*)
             from jobs
             where state = 'failed'
             group by 1
             order by 2 desc, 1"
        )
        .fetch_all(c)
        .await?))
    }

    /// Jobs that are not done, by state, for metrics and `doctor`.
    pub async fn job_counts(&self) -> Result<Vec<(String, i64)>, StoreError> {
        Ok(read!(self, |c| sqlx::query_as(
            "select state, count(*)
             from jobs
             where state in ('waiting', 'running', 'failed')
             group by state
             order by state"
        )
        .fetch_all(c)
        .await?))
    }
}

async fn tell_of_mark(tx: &mut Tx, entry_id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    let (case_id, mail_id): (Uuid, Uuid) = write!(tx, |c| sqlx::query_as(
        "select case_id, mail_id from entries where id = $1"
    )
    .bind(entry_id)
    .fetch_one(c)
    .await?);
    let event = EventKind::MarkFailed {
        entry_id,
        case_id,
        mail_id,
    };
    events::append(tx, now, &event).await
}
