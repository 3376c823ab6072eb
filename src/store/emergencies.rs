//! Opening a restricted case by stating a reason: for those with the role, for a while, and never unnoticed.
//!
//! What is opened can be read, not changed; what was filed for fewer than the case stays closed. Whoever manages the
//! case has a notice of it until they have seen it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{
    EventKind, MailAbout, MailTemplate, Store, StoreError,
    access::manages_case,
    cases,
    db::{Tx, read, write},
    events, mails_out,
};
use crate::domain::access::Level;
use crate::domain::role::{Principal, Role, Scope};

/// A case that somebody opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    pub id: Uuid,
    pub case_id: Uuid,
    pub ends_at: DateTime<Utc>,
}

/// What those who manage a case are told: it was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Notice {
    pub id: Uuid,
    pub case_id: Uuid,
    pub case_number: String,
    pub case_title: String,
    /// Who opened it.
    pub user_name: String,
    pub reason: String,
    pub opened_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

/// Notices shown at once; the rest follow when these were seen.
const NOTICES: i64 = 50;

impl Store {
    /// Lets somebody with the role read a case until `ends_at`.
    ///
    /// Refused for others as if there were no such case, whether there is or not.
    pub async fn open_in_emergency(
        &self,
        number: &str,
        actor: &str,
        reason: &str,
        now: DateTime<Utc>,
        ends_at: DateTime<Utc>,
    ) -> Result<Opening, StoreError> {
        if !self.may_open_in_emergency(actor).await? {
            return Err(StoreError::NotFound("case"));
        }
        let found: Option<(Uuid,)> = read!(self, |c| sqlx::query_as(
            "select id from cases where number = $1"
        )
        .bind(number)
        .fetch_optional(c)
        .await?);
        let (case_id,) = found.ok_or(StoreError::NotFound("case"))?;
        match self.expect_case(case_id, actor, Level::Read).await {
            Ok(()) => return Err(StoreError::AlreadyOpen),
            Err(StoreError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
        let opening = Opening {
            id: Uuid::now_v7(),
            case_id,
            ends_at,
        };
        let mut tx = self.db.begin().await?;
        insert_opening(&mut tx, &opening, (actor, reason), now).await?;
        // The reason itself is content, and stands with the opening.
        let detail = serde_json::json!({ "opening": opening.id, "ends_at": ends_at });
        cases::note_change(
            &mut tx,
            case_id,
            (actor, "case.emergency_open"),
            detail,
            now,
        )
        .await?;
        let about = MailAbout {
            case_id: Some(case_id),
            by: Some(actor.to_owned()),
            note: Some(reason.to_owned()),
            ..MailAbout::default()
        };
        mails_out::tell_managers(&mut tx, MailTemplate::EmergencyOpened, &about, now).await?;
        tx.commit().await?;
        self.ring();
        Ok(opening)
    }

    async fn may_open_in_emergency(&self, user: &str) -> Result<bool, StoreError> {
        let role = Principal::Role(Role::Emergency, Scope::Everywhere).to_string();
        Ok(self.memberships(user).await?.contains(&role))
    }

    /// Closes what was opened for a while that is over.
    pub async fn end_emergencies(&self, now: DateTime<Utc>) -> Result<usize, StoreError> {
        let mut tx = self.db.begin().await?;
        let ended: Vec<(Uuid,)> = write!(&mut tx, |c| sqlx::query_as(
            "delete from case_access where until <= $1 returning case_id"
        )
        .bind(now)
        .fetch_all(c)
        .await?);
        for (case_id,) in &ended {
            events::append(&mut tx, now, &EventKind::CaseChanged { case_id: *case_id }).await?;
        }
        tx.commit().await?;
        if !ended.is_empty() {
            self.ring();
        }
        Ok(ended.len())
    }

    /// What the viewer has not seen yet, of the cases that they manage; the oldest first.
    pub async fn notices(&self, viewer: &str) -> Result<Vec<Notice>, StoreError> {
        Ok(read!(self, |c| {
            sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select n.id, n.case_id, c.number as case_number, c.title as case_title, o.user_name, o.reason,
               o.opened_at, o.ends_at
             from notices n
             join cases c on c.id = n.case_id
             join emergency_openings o on o.id = n.opening_id
             where not exists (select 1 from notice_seen s where s.notice_id = n.id and s.user_name = $1)
               and {}
             order by n.noted_at, n.id
             limit {NOTICES}",
            manages_case("$1")
        )))
        .bind(viewer)
        .fetch_all(c)
        .await?
        }))
    }

    /// Notes that a notice was seen; an error when it is none of theirs.
    pub async fn notice_seen(&self, id: Uuid, viewer: &str) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let theirs: Option<(Uuid,)> = write!(&mut tx, |c| {
            sqlx::query_as(sqlx::AssertSqlSafe(
            format!(
                "select n.id from notices n join cases c on c.id = n.case_id where n.id = $2 and {}",
                manages_case("$1")
            )
        ))
        .bind(viewer)
        .bind(id)
        .fetch_optional(c)
        .await?
        });
        theirs.ok_or(StoreError::NotFound("notice"))?;
        write!(&mut tx, |c| sqlx::query(
            "insert into notice_seen (notice_id, user_name) values ($1, $2) on conflict do nothing"
        )
        .bind(id)
        .bind(viewer)
        .execute(c)
        .await
        .map(|_| ())?);
        tx.commit().await
    }
}

async fn insert_opening(
    tx: &mut Tx,
    opening: &Opening,
    (actor, reason): (&str, &str),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    write!(tx, |c| {
        sqlx::query(
            "insert into emergency_openings (id, case_id, user_name, reason, opened_at, ends_at)
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(opening.id)
        .bind(opening.case_id)
        .bind(actor)
        .bind(reason)
        .bind(now)
        .bind(opening.ends_at)
        .execute(&mut *c)
        .await?;
        sqlx::query(
            "insert into case_access (case_id, principal, level, until)
             values ($1, $2, $3, $4)
             on conflict (case_id, principal) do nothing",
        )
        .bind(opening.case_id)
        .bind(Principal::User(actor.to_owned()).to_string())
        .bind(Level::Read.as_number())
        .bind(opening.ends_at)
        .execute(&mut *c)
        .await?;
        sqlx::query(
            "insert into notices (id, kind, case_id, opening_id, noted_at)
             values ($1, 'emergency_opening', $2, $3, $4)",
        )
        .bind(Uuid::now_v7())
        .bind(opening.case_id)
        .bind(opening.id)
        .bind(now)
        .execute(&mut *c)
        .await?;
    });
    Ok(())
}
