//! Changing who may see and do what with a case, and with what was filed on it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    AuditRecord, EventKind, Store, StoreError,
    access::{self, sees_entry},
    audit, cases,
    db::{Tx, read, write},
    entries, events,
};
use crate::domain::access::{CaseAccess, Level};
use crate::domain::case::Case;
use crate::domain::role::Principal;

impl Store {
    /// Puts `access` in place of what a case had, if it is still at `version`. Whoever does so must manage the case,
    /// and still manage it afterwards.
    pub async fn set_case_access(
        &self,
        id: Uuid,
        access: &CaseAccess,
        version: Option<i64>,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Case, StoreError> {
        let before = self.case(id, actor).await?;
        let mut tx = self.db.begin().await?;
        access::expect_case(&mut tx, id, actor, Level::Manage).await?;
        let changed = write!(&mut tx, |c| sqlx::query(
            "update cases
             set restricted = $1, version = version + 1
             where id = $2 and version = $3"
        )
        .bind(access.is_restricted())
        .bind(id)
        .bind(version.unwrap_or(before.version))
        .execute(c)
        .await?
        .rows_affected());
        if changed == 0 {
            return Err(StoreError::VersionConflict);
        }
        write!(&mut tx, |c| sqlx::query(
            "delete from case_access where case_id = $1 and until is null"
        )
        .bind(id)
        .execute(c)
        .await
        .map(|_| ())?);
        cases::insert_access(&mut tx, id, &access.list).await?;
        match access::expect_case(&mut tx, id, actor, Level::Manage).await {
            Err(StoreError::NotFound(_) | StoreError::NotAllowed(_)) => {
                return Err(StoreError::LockedOut);
            }
            outcome => outcome?,
        }
        let detail = serde_json::json!({ "before": before.access, "after": access });
        cases::note_change(&mut tx, id, (actor, "case.access"), detail, now).await?;
        tx.commit().await?;
        self.ring();
        self.case(id, actor).await
    }

    /// Says who may see what was filed: these, of those who see the case, or with `None` all of them. For whoever filed
    /// it, and for those who manage the case and see it.
    pub async fn set_entry_access(
        &self,
        id: Uuid,
        only_for: Option<&[Principal]>,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let entry = self.entry(id, actor).await?;
        let mut tx = self.db.begin().await?;
        let least = if entry.created_by == actor {
            Level::Write
        } else {
            Level::Manage
        };
        access::expect_case(&mut tx, entry.case_id, actor, least).await?;
        write!(&mut tx, |c| {
            sqlx::query("update entries set restricted = $1 where id = $2")
                .bind(only_for.is_some())
                .bind(id)
                .execute(&mut *c)
                .await?;
            sqlx::query("delete from entry_access where entry_id = $1")
                .bind(id)
                .execute(&mut *c)
                .await?;
        });
        entries::insert_access(&mut tx, id, only_for.unwrap_or_default()).await?;
        if !still_seen(&mut tx, id, actor).await? {
            return Err(StoreError::LockedOut);
        }
        let event = EventKind::EntryAccessChanged {
            entry_id: id,
            case_id: entry.case_id,
            mail_id: entry.mail_id,
        };
        events::append(&mut tx, now, &event).await?;
        let only_for: Option<Vec<String>> =
            only_for.map(|list| list.iter().map(ToString::to_string).collect());
        let record = AuditRecord {
            actor,
            action: "journal.access",
            subject_kind: "entry",
            subject_id: id.to_string(),
            case_id: Some(entry.case_id),
            detail: serde_json::json!({ "only_for": only_for }),
        };
        audit::append(&mut tx, now, record).await?;
        tx.commit().await?;
        self.ring();
        Ok(())
    }

    /// Who may see an entry besides the rest of what lies on its case; `None` when everybody who sees the case.
    pub async fn entry_access(&self, id: Uuid) -> Result<Option<Vec<String>>, StoreError> {
        let restricted: Option<(bool,)> = read!(self, |c| sqlx::query_as(
            "select restricted from entries where id = $1"
        )
        .bind(id)
        .fetch_optional(c)
        .await?);
        if !restricted.is_some_and(|(restricted,)| restricted) {
            return Ok(None);
        }
        let rows: Vec<(String,)> = read!(self, |c| sqlx::query_as(
            "select principal from entry_access where entry_id = $1 order by principal"
        )
        .bind(id)
        .fetch_all(c)
        .await?);
        Ok(Some(
            rows.into_iter().map(|(principal,)| principal).collect(),
        ))
    }

    /// Whether anybody can count as this; of groups nobody knows before their people sign in.
    pub async fn is_known_principal(&self, principal: &Principal) -> Result<bool, StoreError> {
        let (query, name) = match principal {
            Principal::User(name) => ("select name from users where name = $1", name),
            Principal::Unit(code) => (
                "select code from units where code = $1
                 union select unit from users where unit = $1",
                code,
            ),
            Principal::Group(_) | Principal::Role(..) => return Ok(true),
        };
        let found: Option<(String,)> = read!(self, |c| sqlx::query_as(query)
            .bind(name)
            .fetch_optional(c)
            .await?);
        Ok(found.is_some())
    }
}

async fn still_seen(tx: &mut Tx, entry_id: Uuid, viewer: &str) -> Result<bool, StoreError> {
    let found: Option<(Uuid,)> = write!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select e.id from entries e join cases c on c.id = e.case_id where e.id = $2 and {}",
        sees_entry("$1")
    )))
    .bind(viewer)
    .bind(entry_id)
    .fetch_optional(c)
    .await?);
    Ok(found.is_some())
}
