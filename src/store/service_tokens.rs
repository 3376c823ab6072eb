//! Tokens of scripts: named, limited, expiring, revocable. What is stored is a hash; the token itself is told once.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Store, StoreError,
    db::{read, write},
    is_unique_violation, users,
};

/// How often the last use is noted.
const NOTED_EVERY: Duration = Duration::minutes(10);

/// What a token lets do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum TokenScope {
    /// Look at what its user may see.
    Read,
    /// Do what its user may do.
    Write,
}

pub struct NewServiceToken<'a> {
    pub name: &'a str,
    /// Whose rights it has.
    pub user_name: &'a str,
    pub hash: [u8; 32],
    pub scope: TokenScope,
    pub expires_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct ServiceToken {
    pub id: Uuid,
    pub name: String,
    pub user_name: String,
    pub scope: TokenScope,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
    /// To ten minutes.
    pub used_at: Option<DateTime<Utc>>,
}

const COLUMNS: &str =
    "t.id, t.name, t.user_name, t.scope, t.created_at, t.expires_at, t.revoked_at, t.used_at";

impl Store {
    pub async fn add_service_token(
        &self,
        new: &NewServiceToken<'_>,
        now: DateTime<Utc>,
    ) -> Result<Uuid, StoreError> {
        let id = Uuid::now_v7();
        let mut tx = self.db.begin().await?;
        let added = write!(&mut tx, |c| {
            sqlx::query(
            "insert into service_tokens (id, name, user_name, hash, scope, created_at, expires_at)
             select $1, $2, name, $3, $4, $5, $6
             from users
             where name = $7"
        )
        .bind(id)
        .bind(new.name)
        .bind(new.hash.as_slice())
        .bind(new.scope)
        .bind(now)
        .bind(new.expires_at)
        .bind(new.user_name)
        .execute(c)
        .await
        .map(|done| done.rows_affected())
        })
        .map_err(|error| {
            if is_unique_violation(&error) {
                StoreError::Duplicate("token")
            } else {
                error.into()
            }
        })?;
        if added == 0 {
            return Err(StoreError::NotFound("user"));
        }
        let act = ("token.create", "token", &*id.to_string());
        users::record(&mut tx, now, users::COMMAND_LINE, act).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// From now on it lets nobody in.
    pub async fn revoke_service_token(
        &self,
        name: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let revoked: Option<(Uuid,)> = write!(&mut tx, |c| sqlx::query_as(
            "update service_tokens
             set revoked_at = $1
             where name = $2 and revoked_at is null
             returning id"
        )
        .bind(now)
        .bind(name)
        .fetch_optional(c)
        .await?);
        let (id,) = revoked.ok_or(StoreError::NotFound("token"))?;
        let act = ("token.revoke", "token", &*id.to_string());
        users::record(&mut tx, now, users::COMMAND_LINE, act).await?;
        tx.commit().await
    }

    pub async fn service_tokens(&self) -> Result<Vec<ServiceToken>, StoreError> {
        Ok(read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(
            format!(
                "select {COLUMNS}
                 from service_tokens t
                 order by t.name"
            )
        ))
        .fetch_all(c)
        .await?))
    }

    /// The token that is good now and has this hash, and whose user is let in; its use is noted.
    pub async fn service_token(
        &self,
        hash: &[u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<ServiceToken>, StoreError> {
        let token: Option<ServiceToken> =
            read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
                "select {COLUMNS}
                 from service_tokens t
                 join users u on u.name = t.user_name
                 where t.hash = $1 and t.revoked_at is null and t.expires_at > $2
                   and u.disabled_at is null"
            )))
            .bind(hash.as_slice())
            .bind(now)
            .fetch_optional(c)
            .await?);
        let Some(token) = token else { return Ok(None) };
        if token.used_at.is_none_or(|used| now - used > NOTED_EVERY) {
            let mut tx = self.db.begin().await?;
            write!(&mut tx, |c| sqlx::query(
                "update service_tokens set used_at = $1 where id = $2"
            )
            .bind(now)
            .bind(token.id)
            .execute(c)
            .await
            .map(|_| ())?);
            tx.commit().await?;
        }
        Ok(Some(token))
    }
}
