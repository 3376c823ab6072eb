//! The people who journal.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Store, StoreError,
    db::{read, write},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct User {
    /// What the person is known by everywhere, e.g. `birthe.lund`.
    pub name: String,
    pub display_name: String,
    pub mail: Option<String>,
    pub unit: Option<String>,
}

impl Store {
    /// Adds a user, or brings an existing one up to date.
    pub async fn save_user(&self, user: &User, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        write!(&mut tx, |c| sqlx::query(
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
        tx.commit().await
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
}
