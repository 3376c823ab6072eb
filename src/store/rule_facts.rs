//! What rules ask of a mail that only the database knows, as far as whom they act for may know it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    KeptRule, RuleOwner, Store, StoreError,
    access::{sees_case, sees_entry, writes_case},
    db::{Db, read},
};

/// Who may act on the mail of a mailbox.
#[derive(Clone, Debug, Default)]
pub struct Actors {
    rows: Vec<ActorRow>,
}

#[derive(Clone, Debug, sqlx::FromRow)]
struct ActorRow {
    name: String,
    mail: Option<String>,
    kind: String,
    principal: String,
}

impl Actors {
    /// In whose name a rule acts: the person's whose rule it is; else whoever wrote it, if the mailbox is theirs to file
    /// from, else its only owner, or the one that the mail is addressed to.
    pub fn of(&self, rule: &KeptRule, addressed: &[&str]) -> Option<String> {
        if let RuleOwner::Person(person) = &rule.owner {
            let own = format!("user:{person}");
            let is_theirs = |row: &&ActorRow| {
                row.name == *person && row.kind == "owner" && row.principal == own
            };
            return self.rows.iter().find(is_theirs).map(|row| row.name.clone());
        }
        if self.rows.iter().any(|row| row.name == rule.changed_by) {
            return Some(rule.changed_by.clone());
        }
        let mut owners: Vec<&ActorRow> =
            self.rows.iter().filter(|row| row.kind == "owner").collect();
        owners.dedup_by_key(|row| &row.name);
        let is_addressed = |row: &&&ActorRow| {
            let mail = row.mail.as_deref().unwrap_or_default();
            addressed
                .iter()
                .any(|address| address.eq_ignore_ascii_case(mail))
        };
        match (owners.as_slice(), owners.iter().find(is_addressed)) {
            ([only], _) | (_, Some(only)) => Some(only.name.clone()),
            _ => None,
        }
    }
}

impl Store {
    pub async fn actors_of_mailbox(&self, mailbox_id: Uuid) -> Result<Actors, StoreError> {
        let rows = read!(self, |c| sqlx::query_as(
            "select u.name, u.mail, a.kind, a.principal
             from mailbox_access a
             join memberships p on p.principal = a.principal
             join users u on u.name = p.user_name
             where a.mailbox_id = $1 and a.kind in ('owner', 'registrar')
             order by u.name
             limit 10000"
        )
        .bind(mailbox_id)
        .fetch_all(c)
        .await?);
        Ok(Actors { rows })
    }

    /// The name of a mailbox and since when it is watched.
    pub async fn mailbox_since(
        &self,
        id: Uuid,
    ) -> Result<Option<(String, DateTime<Utc>)>, StoreError> {
        Ok(read!(self, |c| sqlx::query_as(
            "select name, created_at from mailboxes where id = $1"
        )
        .bind(id)
        .fetch_optional(c)
        .await?))
    }

    /// Which of these are numbers of open cases that a user may file on.
    pub async fn writable_cases(
        &self,
        numbers: &[String],
        user: &str,
    ) -> Result<Vec<String>, StoreError> {
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let rows: Vec<(String,)> = match &*self.db {
            Db::Sqlite { readers, .. } => {
                numbered::<sqlx::Sqlite>(numbers, user)
                    .build_query_as()
                    .fetch_all(readers)
                    .await?
            }
            Db::Postgres(pool) => {
                numbered::<sqlx::Postgres>(numbers, user)
                    .build_query_as()
                    .fetch_all(pool)
                    .await?
            }
        };
        Ok(rows.into_iter().map(|(number,)| number).collect())
    }

    /// Numbers of the open cases that a conversation is on and that a user may file on.
    pub async fn writable_cases_of_thread(
        &self,
        thread_id: Uuid,
        user: &str,
    ) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(String,)> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select distinct c.number
             from mails m
             join entries e on e.mail_id = m.id
             join cases c on c.id = e.case_id
             where m.thread_id = $2 and e.state <> 'undone' and c.status = 'open' and {} and {}
             order by c.number",
            sees_entry("$1"),
            writes_case("$1")
        )))
        .bind(user)
        .bind(thread_id)
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(|(number,)| number).collect())
    }

    /// Whether an address, in small letters, is that of a party on a case that a user sees.
    pub async fn is_party(&self, address: &str, user: &str) -> Result<bool, StoreError> {
        let found: Option<(Uuid,)> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select c.id
             from case_parties q
             join cases c on c.id = q.case_id
             where q.mail = $2 and {}
             limit 1",
            sees_case("$1")
        )))
        .bind(user)
        .bind(address)
        .fetch_optional(c)
        .await?);
        Ok(found.is_some())
    }
}

fn numbered<DB>(numbers: &[String], user: &str) -> sqlx::QueryBuilder<DB>
where
    DB: sqlx::Database,
    DB::Arguments: Default,
    String: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    // The user is bound first, so that both databases know them as $1 wherever they are named.
    let mut query = sqlx::QueryBuilder::new("select c.number from cases c where cast(");
    query
        .push_bind(user.to_owned())
        .push(" as text) is not null and c.status = 'open' and ")
        .push(writes_case("$1"))
        .push(" and c.number in (");
    let mut list = query.separated(", ");
    for number in numbers {
        list.push_bind(number.clone());
    }
    query.push(") order by c.number");
    query
}
