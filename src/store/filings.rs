//! What was filed where, with what its mail gave to recognise it by: what the suggestion index is built from.
//!
//! For the house's own work: no viewer, so nothing of it is shown as it is.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Store, StoreError, db::read};

#[derive(Clone, Debug, PartialEq)]
pub struct Filing {
    pub entry_id: Uuid,
    pub case_id: Uuid,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
    pub undone: bool,
    /// Seen by fewer than its case: nothing that others could deduce is learned from it.
    pub restricted: bool,
    /// The mail's conversation as it is now.
    pub thread_id: Uuid,
    pub signals: Value,
    /// Of the mail's attachments; `None` until they are read.
    pub attachment_signals: Option<Value>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    case_id: Uuid,
    created_by: String,
    created_at: DateTime<Utc>,
    state: String,
    restricted: bool,
    thread_id: Uuid,
    signals: Json<Value>,
    attachment_signals: Option<Json<Value>>,
}

const COLUMNS: &str =
    "e.id, e.case_id, e.created_by, e.created_at, e.state, e.restricted, m.thread_id, m.signals,
    m.attachment_signals";

impl From<Row> for Filing {
    fn from(row: Row) -> Self {
        Self {
            entry_id: row.id,
            case_id: row.case_id,
            created_by: row.created_by,
            created_at: row.created_at,
            undone: row.state == "undone",
            restricted: row.restricted,
            thread_id: row.thread_id,
            signals: row.signals.0,
            attachment_signals: row.attachment_signals.map(|signals| signals.0),
        }
    }
}

impl Store {
    /// One filing, undone or not.
    pub async fn filing(&self, entry_id: Uuid) -> Result<Filing, StoreError> {
        let row: Option<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS}
             from entries e
             join mails m on m.id = e.mail_id
             where e.id = $1"
        )))
        .bind(entry_id)
        .fetch_optional(c)
        .await?);
        row.map(Filing::from).ok_or(StoreError::NotFound("entry"))
    }

    /// Every filing in force of a mail, that may be learned from.
    pub async fn filings_of_mail(&self, mail_id: Uuid) -> Result<Vec<Filing>, StoreError> {
        let rows: Vec<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS}
             from entries e
             join mails m on m.id = e.mail_id
             where e.mail_id = $1 and e.state <> 'undone' and not e.restricted
             order by e.id"
        )))
        .bind(mail_id)
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(Filing::from).collect())
    }

    pub async fn filing_count(&self) -> Result<i64, StoreError> {
        let row: (i64,) = read!(self, |c| sqlx::query_as(
            "select count(*)
             from entries
             where state <> 'undone' and not restricted"
        )
        .fetch_one(c)
        .await?);
        Ok(row.0)
    }

    /// Every filing in force after an entry that may be learned from, in order of entry.
    pub async fn filings(
        &self,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<Filing>, StoreError> {
        let rows: Vec<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS}
             from entries e
             join mails m on m.id = e.mail_id
             where e.id > $1 and e.state <> 'undone' and not e.restricted
             order by e.id
             limit $2"
        )))
        .bind(after.unwrap_or(Uuid::nil()))
        .bind(limit)
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(Filing::from).collect())
    }
}
