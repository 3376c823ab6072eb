//! Who did what to which thing; never what it contained.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;

use super::{
    StoreError,
    db::{Tx, write},
};

/// One line of the audit log.
pub struct AuditRecord<'a> {
    pub actor: &'a str,
    /// e.g. `journal`, `undo`, `case.create`.
    pub action: &'a str,
    pub subject_kind: &'a str,
    pub subject_id: String,
    /// Ids and counts only.
    pub detail: Value,
}

pub(super) async fn append(
    tx: &mut Tx,
    now: DateTime<Utc>,
    record: AuditRecord<'_>,
) -> Result<(), StoreError> {
    write!(tx, |c| sqlx::query(
        "insert into audit (at, actor, action, subject_kind, subject_id, detail)
         values ($1, $2, $3, $4, $5, $6)"
    )
    .bind(now)
    .bind(record.actor)
    .bind(record.action)
    .bind(record.subject_kind)
    .bind(record.subject_id)
    .bind(Json(record.detail))
    .execute(c)
    .await
    .map(|_| ())?);
    Ok(())
}
