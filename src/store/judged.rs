//! What people have done that tells whether mails like these are for a case: filings say yes, "not for a case" says no.
//!
//! For the house's own work: no viewer, so nothing of it is shown as it is.

use uuid::Uuid;

use super::{Store, StoreError, db::read};
use crate::domain::mail::MailKind;

/// One such act, with what is learned of its mail.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The journal entry, or the mail that is for no case.
    pub id: Uuid,
    pub for_a_case: bool,
    pub by: String,
    /// Filed on a case that every user may see.
    pub open: bool,
    /// An entry that was taken back.
    pub undone: bool,
    pub kind: MailKind,
    pub from: String,
    pub subject: String,
    /// The one it was sent to; `None` when there are several.
    pub to: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    for_a_case: bool,
    by_user: String,
    open: bool,
    undone: bool,
    kind: String,
    from_address: String,
    subject: String,
    to_address: Option<String>,
}

const OF_MAIL: &str = "m.kind, m.from_address, m.subject,
    (select case when count(*) = 1 then max(p.address) end
     from mail_people p where p.mail_id = m.id and p.role = 'to') as to_address";

const FILED: &str = "e.id, true as for_a_case, e.created_by as by_user, not c.restricted and not e.restricted as open,
    e.state = 'undone' as undone";

const REFUSED: &str =
    "m.id, false as for_a_case, n.said_by as by_user, false as open, false as undone";

impl From<Row> for Judged {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            for_a_case: row.for_a_case,
            by: row.by_user,
            open: row.open,
            undone: row.undone,
            kind: serde_json::from_value(row.kind.into()).unwrap_or_default(),
            from: row.from_address,
            subject: row.subject,
            to: row.to_address,
        }
    }
}

impl Store {
    /// One filing, undone or not.
    pub async fn judged_by_filing(&self, entry_id: Uuid) -> Result<Judged, StoreError> {
        let row: Option<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {FILED}, {OF_MAIL}
             from entries e
             join cases c on c.id = e.case_id
             join mails m on m.id = e.mail_id
             where e.id = $1"
        )))
        .bind(entry_id)
        .fetch_optional(c)
        .await?);
        row.map(Judged::from).ok_or(StoreError::NotFound("entry"))
    }

    /// Every filing in force after an entry, in order of entry.
    pub async fn judged_by_filings(
        &self,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<Judged>, StoreError> {
        let rows: Vec<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {FILED}, {OF_MAIL}
             from entries e
             join cases c on c.id = e.case_id
             join mails m on m.id = e.mail_id
             where e.id > $1 and e.state <> 'undone'
             order by e.id
             limit $2"
        )))
        .bind(after.unwrap_or(Uuid::nil()))
        .bind(limit)
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(Judged::from).collect())
    }

    /// `None` when nobody says, or nobody says any more, that the mail is for no case.
    pub async fn judged_not_for_a_case(&self, mail_id: Uuid) -> Result<Option<Judged>, StoreError> {
        let row: Option<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {REFUSED}, {OF_MAIL}
             from not_for_a_case n
             join mails m on m.id = n.mail_id
             where n.mail_id = $1"
        )))
        .bind(mail_id)
        .fetch_optional(c)
        .await?);
        Ok(row.map(Judged::from))
    }

    /// Every mail after one that is for no case, in order of mail.
    pub async fn all_judged_not_for_a_case(
        &self,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<Judged>, StoreError> {
        let rows: Vec<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {REFUSED}, {OF_MAIL}
             from not_for_a_case n
             join mails m on m.id = n.mail_id
             where n.mail_id > $1
             order by n.mail_id
             limit $2"
        )))
        .bind(after.unwrap_or(Uuid::nil()))
        .bind(limit)
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(Judged::from).collect())
    }
}
