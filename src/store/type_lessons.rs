//! What people taught by choosing a document's type: beside the entry that they chose it for.
//!
//! For the house's own work: no viewer, so nothing of it is shown.

use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Store, StoreError, db::read};

impl Store {
    /// Of every entry in force after another, in order of entry; of those that teach something.
    pub async fn type_lessons(
        &self,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<(Uuid, Value)>, StoreError> {
        let rows: Vec<(Uuid, Json<Value>)> = read!(self, |c| sqlx::query_as(
            "select id, type_lessons
             from entries
             where type_lessons is not null and id > $1 and state <> 'undone'
             order by id
             limit $2"
        )
        .bind(after.unwrap_or(Uuid::nil()))
        .bind(limit)
        .fetch_all(c)
        .await?);
        Ok(rows
            .into_iter()
            .map(|(id, Json(value))| (id, value))
            .collect())
    }

    /// Of one entry, and whether it is in force; `None` when it teaches nothing.
    pub async fn type_lessons_of(
        &self,
        entry_id: Uuid,
    ) -> Result<Option<(Value, bool)>, StoreError> {
        let row: Option<(Json<Value>, String)> = read!(self, |c| sqlx::query_as(
            "select type_lessons, state
             from entries
             where id = $1 and type_lessons is not null"
        )
        .bind(entry_id)
        .fetch_optional(c)
        .await?);
        Ok(row.map(|(Json(value), state)| (value, state != "undone")))
    }
}
