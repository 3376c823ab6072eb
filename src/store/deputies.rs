//! Who may act for whom: a leader's secretary, whoever stands in during a leave.

use chrono::{NaiveDate, Utc};
use serde::Serialize;

use super::{
    Store, StoreError,
    db::{read, write},
    users,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Deputy {
    pub user_name: String,
    pub acts_for: String,
    /// The last day, when there is one.
    pub until: Option<NaiveDate>,
}

impl Store {
    /// Lets `user_name` act for `acts_for`; both must be known.
    pub async fn save_deputy(&self, deputy: &Deputy) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let saved = write!(&mut tx, |c| sqlx::query(
            "insert into deputies (user_name, acts_for, until)
             select d.name, l.name, $3
             from users d, users l
             where d.name = $1 and l.name = $2 and d.name <> l.name
             on conflict (user_name, acts_for) do update set until = excluded.until"
        )
        .bind(&deputy.user_name)
        .bind(&deputy.acts_for)
        .bind(deputy.until)
        .execute(c)
        .await?
        .rows_affected());
        if saved == 0 {
            return Err(StoreError::NotFound("user"));
        }
        let act = ("deputy.add", "user", &*deputy.user_name);
        users::record(&mut tx, Utc::now(), users::COMMAND_LINE, act).await?;
        tx.commit().await
    }

    pub async fn remove_deputy(&self, user_name: &str, acts_for: &str) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let removed = write!(&mut tx, |c| sqlx::query(
            "delete from deputies where user_name = $1 and acts_for = $2"
        )
        .bind(user_name)
        .bind(acts_for)
        .execute(c)
        .await?
        .rows_affected());
        if removed == 0 {
            return Err(StoreError::NotFound("deputy"));
        }
        let act = ("deputy.remove", "user", user_name);
        users::record(&mut tx, Utc::now(), users::COMMAND_LINE, act).await?;
        tx.commit().await
    }

    /// Whom a user may act for today.
    pub async fn acts_for(&self, user: &str, today: NaiveDate) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(String,)> = read!(self, |c| sqlx::query_as(
            "select d.acts_for
             from deputies d
             join users l on l.name = d.acts_for
             where d.user_name = $1 and l.disabled_at is null
               and (d.until is null or d.until >= $2)
             order by d.acts_for"
        )
        .bind(user)
        .bind(today)
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(|(name,)| name).collect())
    }

    pub async fn deputies(&self) -> Result<Vec<Deputy>, StoreError> {
        Ok(read!(self, |c| sqlx::query_as(
            "select user_name, acts_for, until
             from deputies
             order by acts_for, user_name"
        )
        .fetch_all(c)
        .await?))
    }
}
