//! What the auditor asks: who has looked at this case, what did this person look at.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    super::{
        Store, StoreError,
        db::{Db, read},
    },
    Chained, Recorded,
    chain::COLUMNS,
};

/// A mail's id as the log writes it.
const SQLITE: &str = "lower(substr(hex(e.mail_id), 1, 8) || '-' || substr(hex(e.mail_id), 9, 4) || '-' || substr(hex(e.mail_id), 13, 4)
    || '-' || substr(hex(e.mail_id), 17, 4) || '-' || substr(hex(e.mail_id), 21))";
const POSTGRES: &str = "e.mail_id::text";

/// Which records; everything is optional.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// About this thing, or on this case, or about a mail that is on it.
    pub about: Option<String>,
    /// Of these, what is about this thing itself.
    pub subject: Option<String>,
    /// Of what this person did, or what was done for them.
    pub person: Option<String>,
    pub from: Option<DateTime<Utc>>,
    pub before: Option<DateTime<Utc>>,
    /// Searches for these words, by their digest.
    pub words: Option<String>,
}

impl Store {
    /// The newest records that fit, with their place in the chain once they have one; `before` continues a page.
    pub async fn audit_found(
        &self,
        filter: &AuditFilter,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<(Option<i64>, Recorded)>, StoreError> {
        let mut found = Vec::new();
        if before.is_none() {
            let waiting: Vec<Recorded> = match &*self.db {
                Db::Sqlite { readers, .. } => {
                    waiting_query::<sqlx::Sqlite>(filter, SQLITE, limit)
                        .build_query_as()
                        .fetch_all(readers)
                        .await?
                }
                Db::Postgres(pool) => {
                    waiting_query::<sqlx::Postgres>(filter, POSTGRES, limit)
                        .build_query_as()
                        .fetch_all(pool)
                        .await?
                }
            };
            found.extend(waiting.into_iter().map(|record| (None, record)));
        }
        let rest = limit - found.len() as i64;
        let chained: Vec<Chained> = match &*self.db {
            Db::Sqlite { readers, .. } => {
                chained_query::<sqlx::Sqlite>(filter, SQLITE, before, rest)
                    .build_query_as()
                    .fetch_all(readers)
                    .await?
            }
            Db::Postgres(pool) => {
                chained_query::<sqlx::Postgres>(filter, POSTGRES, before, rest)
                    .build_query_as()
                    .fetch_all(pool)
                    .await?
            }
        };
        found.extend(chained.into_iter().map(|row| (Some(row.seq), row.record)));
        Ok(found)
    }

    /// The records of the log that fit, oldest first, after a number; what is not chained yet comes later.
    pub async fn audit_page(
        &self,
        filter: &AuditFilter,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Chained>, StoreError> {
        Ok(match &*self.db {
            Db::Sqlite { readers, .. } => {
                export_query::<sqlx::Sqlite>(filter, SQLITE, after, limit)
                    .build_query_as()
                    .fetch_all(readers)
                    .await?
            }
            Db::Postgres(pool) => {
                export_query::<sqlx::Postgres>(filter, POSTGRES, after, limit)
                    .build_query_as()
                    .fetch_all(pool)
                    .await?
            }
        })
    }

    /// The case of this number, for whoever may read the log and no case.
    pub async fn case_id_of_number(&self, number: &str) -> Result<Option<Uuid>, StoreError> {
        let found: Option<(Uuid,)> = read!(self, |c| sqlx::query_as(
            "select id from cases where number = $1"
        )
        .bind(number)
        .fetch_optional(c)
        .await?);
        Ok(found.map(|(id,)| id))
    }
}

fn waiting_query<DB: sqlx::Database>(
    filter: &AuditFilter,
    mail_id: &'static str,
    limit: i64,
) -> sqlx::QueryBuilder<DB>
where
    String: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    DateTime<Utc>: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    Uuid: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    i64: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    DB::Arguments: Default,
{
    let mut query =
        sqlx::QueryBuilder::new(format!("select {COLUMNS} from audit_inbox where true"));
    that_fit(&mut query, filter, mail_id);
    query.push(" order by id desc limit ").push_bind(limit);
    query
}

fn chained_query<DB: sqlx::Database>(
    filter: &AuditFilter,
    mail_id: &'static str,
    before: Option<i64>,
    limit: i64,
) -> sqlx::QueryBuilder<DB>
where
    String: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    DateTime<Utc>: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    Uuid: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    i64: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    DB::Arguments: Default,
{
    let mut query = sqlx::QueryBuilder::new(format!(
        "select seq, hash, {COLUMNS} from audit_log where true"
    ));
    that_fit(&mut query, filter, mail_id);
    if let Some(before) = before {
        query.push(" and seq < ").push_bind(before);
    }
    query.push(" order by seq desc limit ").push_bind(limit);
    query
}

fn export_query<DB: sqlx::Database>(
    filter: &AuditFilter,
    mail_id: &'static str,
    after: i64,
    limit: i64,
) -> sqlx::QueryBuilder<DB>
where
    String: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    DateTime<Utc>: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    Uuid: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    i64: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    DB::Arguments: Default,
{
    let mut query = sqlx::QueryBuilder::new(format!(
        "select seq, hash, {COLUMNS} from audit_log where seq > "
    ));
    query.push_bind(after);
    that_fit(&mut query, filter, mail_id);
    query.push(" order by seq limit ").push_bind(limit);
    query
}

fn that_fit<DB: sqlx::Database>(
    query: &mut sqlx::QueryBuilder<DB>,
    filter: &AuditFilter,
    mail_id: &'static str,
) where
    String: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    DateTime<Utc>: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    Uuid: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    if let Some(about) = &filter.about {
        query
            .push(" and (case_id = ")
            .push_bind(about.clone())
            .push(" or subject_id = ")
            .push_bind(about.clone());
        // Whoever read a mail that is on the case has read of the case.
        if let Ok(case_id) = Uuid::parse_str(about) {
            query
                .push(" or subject_id in (select ")
                .push(mail_id)
                .push(" from entries e where e.case_id = ")
                .push_bind(case_id)
                .push(")");
        }
        query.push(")");
    }
    if let Some(subject) = &filter.subject {
        query.push(" and subject_id = ").push_bind(subject.clone());
    }
    if let Some(person) = &filter.person {
        query
            .push(" and (actor = ")
            .push_bind(person.clone())
            .push(" or on_behalf_of = ")
            .push_bind(person.clone())
            .push(")");
    }
    if let Some(from) = filter.from {
        query.push(" and at >= ").push_bind(from);
    }
    if let Some(before) = filter.before {
        query.push(" and at < ").push_bind(before);
    }
    if let Some(words) = &filter.words {
        query
            .push(" and detail like ")
            .push_bind(format!("%\"digest\":\"{words}\"%"));
    }
}
