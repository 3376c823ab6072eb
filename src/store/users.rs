//! The people who journal.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Store, StoreError,
    audit::{self, AuditRecord},
    db::{Tx, read, write},
    memberships,
};

/// Who changes what people may, where no user of Sagspost asks for it.
pub(super) const COMMAND_LINE: &str = "command line";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct User {
    /// What the person is known by everywhere, e.g. `birthe.lund`.
    pub name: String,
    pub display_name: String,
    pub mail: Option<String>,
    /// Code of a unit, or what the organisation calls it when no units were imported.
    pub unit: Option<String>,
}

/// Who says that somebody is in a group. Each takes back only what it said itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupSource {
    Claims,
    Import,
}

impl GroupSource {
    fn as_str(self) -> &'static str {
        match self {
            Self::Claims => "claims",
            Self::Import => "import",
        }
    }
}

/// A row of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedUser {
    pub user: User,
    /// `None` leaves the groups as they are.
    pub groups: Option<Vec<String>>,
}

impl Store {
    /// Adds a user, or brings an existing one up to date.
    pub async fn save_user(&self, user: &User, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        save(&mut tx, user, now).await?;
        memberships::derive(&mut tx, Some(&user.name)).await?;
        let act = ("user.save", "user", user.name.as_str());
        record(&mut tx, now, COMMAND_LINE, act).await?;
        tx.commit().await
    }

    /// Adds or brings up to date all of these, or none.
    pub async fn import_users(
        &self,
        users: &[ImportedUser],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        for ImportedUser { user, groups } in users {
            save(&mut tx, user, now).await?;
            record(
                &mut tx,
                now,
                COMMAND_LINE,
                ("user.import", "user", &user.name),
            )
            .await?;
            if let Some(groups) = groups {
                set_groups(&mut tx, &user.name, groups, GroupSource::Import).await?;
            }
        }
        memberships::derive(&mut tx, None).await?;
        tx.commit().await
    }

    /// Lets a user in no more, or again.
    pub async fn set_user_disabled(
        &self,
        name: &str,
        disabled_at: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let changed = write!(&mut tx, |c| {
            // Whoever comes back signs in anew.
            sqlx::query("delete from sessions where user_name = $1")
                .bind(name)
                .execute(&mut *c)
                .await?;
            sqlx::query("update users set disabled_at = $1 where name = $2")
                .bind(disabled_at)
                .bind(name)
                .execute(&mut *c)
                .await?
                .rows_affected()
        });
        if changed == 0 {
            return Err(StoreError::NotFound("user"));
        }
        memberships::derive(&mut tx, Some(name)).await?;
        let action = disabled_at.map_or("user.enable", |_| "user.disable");
        record(&mut tx, Utc::now(), COMMAND_LINE, (action, "user", name)).await?;
        tx.commit().await
    }

    /// Who has this mail address, and is let in; `None` where several have it.
    pub async fn user_with_address(&self, address: &str) -> Result<Option<String>, StoreError> {
        let found: Vec<(String,)> = read!(self, |c| sqlx::query_as(
            "select name
             from users
             where lower(mail) = $1 and disabled_at is null
             limit 2"
        )
        .bind(address.trim().to_lowercase())
        .fetch_all(c)
        .await?);
        Ok(match <[(String,); 1]>::try_from(found) {
            Ok([(name,)]) => Some(name),
            Err(_) => None,
        })
    }

    pub async fn user(&self, name: &str) -> Result<Option<User>, StoreError> {
        Ok(read!(self, |c| sqlx::query_as(
            "select name, display_name, mail, unit
             from users
             where name = $1"
        )
        .bind(name)
        .fetch_optional(c)
        .await?))
    }

    pub async fn users(&self) -> Result<Vec<User>, StoreError> {
        Ok(read!(self, |c| sqlx::query_as(
            "select name, display_name, mail, unit
             from users
             order by name"
        )
        .fetch_all(c)
        .await?))
    }

    /// Whether the user is known and let in no more.
    pub async fn is_disabled(&self, name: &str) -> Result<bool, StoreError> {
        let row: Option<(String,)> = read!(self, |c| sqlx::query_as(
            "select name
             from users
             where name = $1 and disabled_at is not null"
        )
        .bind(name)
        .fetch_optional(c)
        .await?);
        Ok(row.is_some())
    }
}

/// Puts on record what was done to somebody, or to what they may.
pub(super) async fn record(
    tx: &mut Tx,
    now: DateTime<Utc>,
    actor: &str,
    (action, subject_kind, subject_id): (&str, &str, &str),
) -> Result<(), StoreError> {
    audit::append(tx, now, of_user(actor, action, subject_kind, subject_id)).await
}

/// The same of what happens on the way to something else, which is on record itself.
pub(super) async fn record_beside(
    tx: &mut Tx,
    now: DateTime<Utc>,
    actor: &str,
    (action, subject_kind, subject_id): (&str, &str, &str),
) -> Result<(), StoreError> {
    audit::append_beside(tx, now, of_user(actor, action, subject_kind, subject_id)).await
}

fn of_user<'a>(
    actor: &'a str,
    action: &'a str,
    subject_kind: &'a str,
    subject_id: &str,
) -> AuditRecord<'a> {
    AuditRecord {
        actor,
        action,
        subject_kind,
        subject_id: subject_id.to_owned(),
        case_id: None,
        detail: serde_json::json!({}),
    }
}

pub(super) async fn save(tx: &mut Tx, user: &User, now: DateTime<Utc>) -> Result<(), StoreError> {
    write!(tx, |c| sqlx::query(
        "insert into users (name, display_name, mail, unit, created_at)
         values ($1, $2, $3, $4, $5)
         on conflict (name) do update
         set display_name = excluded.display_name, mail = excluded.mail, unit = excluded.unit"
    )
    .bind(&user.name)
    .bind(&user.display_name)
    .bind(&user.mail)
    .bind(&user.unit)
    .bind(now)
    .execute(c)
    .await
    .map(|_| ())?);
    Ok(())
}

/// Puts the groups that this source tells in place of those it told before.
pub(super) async fn set_groups(
    tx: &mut Tx,
    user: &str,
    groups: &[String],
    source: GroupSource,
) -> Result<(), StoreError> {
    write!(tx, |c| {
        sqlx::query("delete from user_groups where user_name = $1 and source = $2")
            .bind(user)
            .bind(source.as_str())
            .execute(&mut *c)
            .await?;
        for group in groups {
            sqlx::query(
                "insert into user_groups (user_name, group_name, source)
                 values ($1, $2, $3)
                 on conflict do nothing",
            )
            .bind(user)
            .bind(group)
            .bind(source.as_str())
            .execute(&mut *c)
            .await?;
        }
    });
    Ok(())
}
