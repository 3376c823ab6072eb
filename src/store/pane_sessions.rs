//! How an add-in's pane gets a session's rights: the dialog that signed in hands it a code, and the pane changes that for a
//! token. Both are known by hashes alone and end with the session.

use chrono::{DateTime, Duration, Utc};

use super::{
    SessionLimits, Store, StoreError,
    db::{read, write},
    users,
};

/// From the dialog to the pane beside it.
const CODE_LASTS: Duration = Duration::minutes(1);
/// Panes of one session that are signed in at once; the oldest give way.
const TOKENS: i64 = 20;

/// What a code was changed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaneSession {
    pub user: String,
    /// At the latest.
    pub ends_at: DateTime<Utc>,
}

impl Store {
    /// Keeps a code for the pane of this session; those before it count no more.
    pub async fn save_pane_code(
        &self,
        code_hash: &[u8; 32],
        session_hash: &[u8; 32],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        write!(&mut tx, |c| {
            sqlx::query("delete from pane_codes where session_hash = $1 or made_at < $2")
                .bind(session_hash.as_slice())
                .bind(now - CODE_LASTS)
                .execute(&mut *c)
                .await?;
            sqlx::query("insert into pane_codes (hash, session_hash, made_at) values ($1, $2, $3)")
                .bind(code_hash.as_slice())
                .bind(session_hash.as_slice())
                .bind(now)
                .execute(&mut *c)
                .await?;
        });
        tx.commit().await
    }

    /// Changes a code for a token, once and in time; `None` for any other code.
    pub async fn redeem_pane_code(
        &self,
        code_hash: &[u8; 32],
        token_hash: &[u8; 32],
        limits: SessionLimits,
        now: DateTime<Utc>,
    ) -> Result<Option<PaneSession>, StoreError> {
        let mut tx = self.db.begin().await?;
        let code: Option<(Vec<u8>, DateTime<Utc>)> = write!(&mut tx, |c| sqlx::query_as(
            "delete from pane_codes where hash = $1 returning session_hash, made_at"
        )
        .bind(code_hash.as_slice())
        .fetch_optional(c)
        .await?);
        let in_time = code.filter(|(_, made_at)| now - *made_at <= CODE_LASTS);
        let Some((session_hash, _)) = in_time else {
            // What came too late is used up all the same.
            tx.commit().await?;
            return Ok(None);
        };
        let session: Option<(String, DateTime<Utc>)> = write!(&mut tx, |c| {
            sqlx::query(
                "delete from pane_tokens
                 where session_hash = $1
                   and hash in (select hash from pane_tokens where session_hash = $1 order by made_at desc limit 1000 offset $2)",
            )
            .bind(&session_hash)
            .bind(TOKENS - 1)
            .execute(&mut *c)
            .await?;
            sqlx::query(
                "insert into pane_tokens (hash, session_hash, made_at) values ($1, $2, $3)",
            )
            .bind(token_hash.as_slice())
            .bind(&session_hash)
            .bind(now)
            .execute(&mut *c)
            .await?;
            sqlx::query_as("select user_name, begun_at from sessions where hash = $1")
                .bind(&session_hash)
                .fetch_optional(&mut *c)
                .await?
        });
        let Some((user, begun_at)) = session else {
            return Ok(None);
        };
        users::record(&mut tx, now, &user, ("sign_in.pane", "user", &user)).await?;
        tx.commit().await?;
        Ok(Some(PaneSession {
            user,
            ends_at: begun_at + limits.whole,
        }))
    }

    /// Whose token this is, while its session lasts; its use is the session's.
    pub async fn pane_token_user(
        &self,
        token_hash: &[u8; 32],
        limits: SessionLimits,
        now: DateTime<Utc>,
    ) -> Result<Option<String>, StoreError> {
        let session: Option<(Vec<u8>,)> = read!(self, |c| sqlx::query_as(
            "select session_hash from pane_tokens where hash = $1"
        )
        .bind(token_hash.as_slice())
        .fetch_optional(c)
        .await?);
        let hash = session.and_then(|(hash,)| <[u8; 32]>::try_from(hash).ok());
        match hash {
            Some(hash) => self.session_user(&hash, limits, now).await,
            None => Ok(None),
        }
    }
}
