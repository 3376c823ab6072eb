//! Marks in outgoing mail: which case an answer that bears one belongs to, and in whose name it is filed there.

use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;

use super::{
    AuditRecord, Store, StoreError, access, audit,
    db::{read, write},
};
use crate::domain::{access::Level, case_mark::CaseMark};

/// What a mark stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    pub case_id: Uuid,
    pub made_by: String,
}

impl Store {
    /// A new mark of a case that `user` may file on.
    pub async fn make_mark(
        &self,
        case_id: Uuid,
        user: &str,
        now: DateTime<Utc>,
    ) -> Result<CaseMark, StoreError> {
        let mark = CaseMark(Uuid::now_v7());
        self.note_mark(mark, case_id, user, now).await?;
        Ok(mark)
    }

    /// Says which case a mark is of, once.
    pub async fn note_mark(
        &self,
        mark: CaseMark,
        case_id: Uuid,
        user: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        access::expect_case(&mut tx, case_id, user, Level::Write).await?;
        write!(&mut tx, |c| sqlx::query(
            "insert into case_marks (id, case_id, made_by, made_at)
             values ($1, $2, $3, $4)
             on conflict (id) do nothing"
        )
        .bind(mark.0)
        .bind(case_id)
        .bind(user)
        .bind(now.trunc_subsecs(6))
        .execute(c)
        .await
        .map(|_| ())?);
        let record = AuditRecord {
            actor: user,
            action: "mark.make",
            subject_kind: "case",
            subject_id: case_id.to_string(),
            case_id: Some(case_id),
            detail: serde_json::json!({ "mark": mark.0 }),
        };
        audit::append(&mut tx, now, record).await?;
        tx.commit().await
    }

    /// What a mark stands for; for the house's own work, where nobody looks.
    pub async fn marked(&self, mark: CaseMark) -> Result<Option<Marked>, StoreError> {
        let found: Option<(Uuid, String)> = read!(self, |c| sqlx::query_as(
            "select case_id, made_by from case_marks where id = $1"
        )
        .bind(mark.0)
        .fetch_optional(c)
        .await?);
        Ok(found.map(|(case_id, made_by)| Marked { case_id, made_by }))
    }
}
