//! Letters to many: one template, many cases, asked for in one go and made one case after the other.
//!
//! Each case has its own row and its own job, so that what was made stays made when a process dies, and what could not
//! be made says why.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    AuditRecord, NewJob, Store, StoreError,
    access::{sees_case, sees_template},
    audit,
    db::{Tx, read, write},
    is_unique_violation, jobs,
    mails::digest,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterState {
    Waiting,
    Done,
    /// Nothing was written on the case; the reason says why.
    Failed,
}

impl LetterState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "done" => Self::Done,
            "failed" => Self::Failed,
            _ => Self::Waiting,
        }
    }
}

#[derive(Clone, Debug)]
pub struct NewLetterRun {
    pub id: Uuid,
    pub template_id: Uuid,
    pub version: i64,
    /// What was asked for, but for the cases.
    pub wish: Value,
    pub created_by: String,
    pub idempotency_key: String,
    pub request_hash: [u8; 32],
    pub cases: Vec<NewLetters>,
}

/// The letters of one case: one for each of these parties, by place, or one to nobody in particular.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLetters {
    pub case_id: Uuid,
    pub parties: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct LetterRun {
    pub id: Uuid,
    pub template_id: Uuid,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub cases: Vec<LetterOutcome>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct LetterOutcome {
    pub case_id: Uuid,
    /// `None` when the viewer does not see the case any more.
    pub case_number: Option<String>,
    pub state: LetterState,
    pub reason: Option<String>,
    pub entry_id: Option<Uuid>,
}

/// What a worker needs to make the letters of one case.
#[derive(Clone, Debug)]
pub struct LettersToMake {
    pub template_id: Uuid,
    pub version: i64,
    pub wish: Value,
    pub created_by: String,
    pub letters: NewLetters,
    pub state: LetterState,
}

impl Store {
    /// Writes down what is to be made, with a job for each case; repeated under the same key it is the first one.
    pub async fn begin_letters(
        &self,
        new: &NewLetterRun,
        now: DateTime<Utc>,
    ) -> Result<LetterRun, StoreError> {
        if let Some(run) = self.begun_before(new).await? {
            return Ok(run);
        }
        match self.write_run(new, now).await {
            Err(StoreError::Database(error)) if is_unique_violation(&error) => self
                .begun_before(new)
                .await?
                .ok_or(StoreError::Database(error)),
            Err(error) => Err(error),
            Ok(()) => {
                self.ring();
                self.letter_run(new.id, &new.created_by).await
            }
        }
    }

    async fn begun_before(&self, new: &NewLetterRun) -> Result<Option<LetterRun>, StoreError> {
        let found: Option<(Uuid, Vec<u8>)> = read!(self, |c| {
            sqlx::query_as(
            "select id, request_hash from letter_runs where created_by = $1 and idempotency_key = $2"
        )
        .bind(&new.created_by)
        .bind(&new.idempotency_key)
        .fetch_optional(c)
        .await?
        });
        match found {
            None => Ok(None),
            Some((_, hash)) if digest(&hash) != new.request_hash => {
                Err(StoreError::IdempotencyConflict)
            }
            Some((id, _)) => Ok(Some(self.letter_run(id, &new.created_by).await?)),
        }
    }

    async fn write_run(&self, new: &NewLetterRun, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let seen: Option<(Uuid,)> =
            write!(&mut tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
                "select t.id from templates t where t.id = $2 and t.removed_at is null and {}",
                sees_template("$1")
            )))
            .bind(&new.created_by)
            .bind(new.template_id)
            .fetch_optional(c)
            .await?);
        seen.ok_or(StoreError::NotFound("template"))?;
        write!(&mut tx, |c| {
            sqlx::query(
            "insert into letter_runs (id, template_id, version, wish, created_by, created_at, idempotency_key, request_hash)
             values ($1, $2, $3, $4, $5, $6, $7, $8)"
        )
        .bind(new.id)
        .bind(new.template_id)
        .bind(new.version)
        .bind(Json(&new.wish))
        .bind(&new.created_by)
        .bind(now)
        .bind(&new.idempotency_key)
        .bind(new.request_hash.to_vec())
        .execute(c)
        .await
        .map(|_| ())?;
        });
        for (position, letters) in (0_i64..).zip(&new.cases) {
            write!(&mut tx, |c| sqlx::query(
                "insert into letter_cases (run_id, position, case_id, parties, state)
                 values ($1, $2, $3, $4, 'waiting')"
            )
            .bind(new.id)
            .bind(position)
            .bind(letters.case_id)
            .bind(Json(&letters.parties))
            .execute(c)
            .await
            .map(|_| ())?);
        }
        let positions = 0..new.cases.len() as i64;
        insert_jobs(&mut tx, new.id, positions, now).await?;
        let record = AuditRecord {
            actor: &new.created_by,
            action: "template.letters",
            subject_kind: "template",
            subject_id: new.template_id.to_string(),
            case_id: None,
            detail: serde_json::json!({ "run": new.id, "cases": new.cases.len() }),
        };
        audit::append(&mut tx, now, record).await?;
        tx.commit().await
    }

    /// How far it has come; for whoever asked for it.
    pub async fn letter_run(&self, id: Uuid, viewer: &str) -> Result<LetterRun, StoreError> {
        type Row = (Uuid, Option<String>, String, Option<String>, Option<Uuid>);
        let run: Option<(Uuid, i64, DateTime<Utc>)> = read!(self, |c| {
            sqlx::query_as(
            "select template_id, version, created_at from letter_runs where id = $1 and created_by = $2"
        )
        .bind(id)
        .bind(viewer)
        .fetch_optional(c)
        .await?
        });
        let (template_id, version, created_at) = run.ok_or(StoreError::NotFound("letters"))?;
        let rows: Vec<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select l.case_id, c.number, l.state, l.reason, l.entry_id
             from letter_cases l
             left join cases c on c.id = l.case_id and {}
             where l.run_id = $2
             order by l.position",
            sees_case("$1")
        )))
        .bind(viewer)
        .bind(id)
        .fetch_all(c)
        .await?);
        let cases =
            rows.into_iter().map(
                |(case_id, case_number, state, reason, entry_id)| LetterOutcome {
                    case_id,
                    case_number,
                    state: LetterState::parse(&state),
                    reason,
                    entry_id,
                },
            );
        Ok(LetterRun {
            id,
            template_id,
            version,
            created_at,
            cases: cases.collect(),
        })
    }

    /// Lets what failed be tried again; a person asked for it.
    pub async fn retry_letters(
        &self,
        id: Uuid,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<LetterRun, StoreError> {
        self.letter_run(id, actor).await?;
        let mut tx = self.db.begin().await?;
        let again: Vec<(i64,)> = write!(&mut tx, |c| sqlx::query_as(
            "update letter_cases
             set state = 'waiting', reason = null
             where run_id = $1 and state = 'failed'
             returning position"
        )
        .bind(id)
        .fetch_all(c)
        .await?);
        insert_jobs(
            &mut tx,
            id,
            again.into_iter().map(|(position,)| position),
            now,
        )
        .await?;
        tx.commit().await?;
        self.ring();
        self.letter_run(id, actor).await
    }

    /// For the house's own work, where nobody looks.
    pub async fn letters_to_make(
        &self,
        run_id: Uuid,
        position: i64,
    ) -> Result<LettersToMake, StoreError> {
        type Row = (
            Uuid,
            i64,
            Json<Value>,
            String,
            Uuid,
            Json<Vec<usize>>,
            String,
        );
        let row: Option<Row> = read!(self, |c| {
            sqlx::query_as(
            "select r.template_id, r.version, r.wish, r.created_by, l.case_id, l.parties, l.state
             from letter_cases l
             join letter_runs r on r.id = l.run_id
             where l.run_id = $1 and l.position = $2"
        )
        .bind(run_id)
        .bind(position)
        .fetch_optional(c)
        .await?
        });
        let (template_id, version, wish, created_by, case_id, parties, state) =
            row.ok_or(StoreError::NotFound("letters"))?;
        Ok(LettersToMake {
            template_id,
            version,
            wish: wish.0,
            created_by,
            letters: NewLetters {
                case_id,
                parties: parties.0,
            },
            state: LetterState::parse(&state),
        })
    }

    /// What became of the letters of one case.
    pub async fn letters_made(
        &self,
        run_id: Uuid,
        position: i64,
        outcome: Result<Uuid, &str>,
    ) -> Result<(), StoreError> {
        let state = if outcome.is_ok() {
            LetterState::Done
        } else {
            LetterState::Failed
        };
        let mut tx = self.db.begin().await?;
        write!(&mut tx, |c| sqlx::query(
            "update letter_cases
             set state = $1, reason = $2, entry_id = $3
             where run_id = $4 and position = $5"
        )
        .bind(state.as_str())
        .bind(outcome.err())
        .bind(outcome.ok())
        .bind(run_id)
        .bind(position)
        .execute(c)
        .await
        .map(|_| ())?);
        tx.commit().await
    }
}

async fn insert_jobs(
    tx: &mut Tx,
    run_id: Uuid,
    positions: impl Iterator<Item = i64>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let made: Vec<NewJob> = positions
        .map(|position| NewJob::letter(run_id, position))
        .collect();
    for some in made.chunks(500) {
        jobs::insert(tx, some, None, now).await?;
    }
    Ok(())
}
