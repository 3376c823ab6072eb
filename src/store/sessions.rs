//! Who is signed in to the web pages, and sign-ins that wait for the provider's answer.
//!
//! Both are known by hashes alone: whoever reads the database can become nobody.

use chrono::{DateTime, Duration, Utc};

use super::{
    Store, StoreError,
    db::{read, write},
    users,
};

/// How often the use of a session is noted; an idle limit is kept to that.
const NOTED_EVERY: Duration = Duration::minutes(1);
/// How long a person may take at the provider.
const SIGN_IN_LASTS: Duration = Duration::minutes(15);
/// Sign-ins that may wait at once; the oldest give way. Whoever begins one is nobody yet.
const MAX_SIGN_INS: i64 = 10_000;

/// A sign-in that has begun.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BegunSignIn {
    /// Of what the browser holds, so that none can be finished in another's.
    pub browser_hash: Vec<u8>,
    pub nonce: String,
    pub code_verifier: String,
    /// Where the person wanted to go, a path of ours.
    pub return_to: String,
    pub begun_at: DateTime<Utc>,
    /// Of the session that the browser held then.
    pub session_hash: Option<Vec<u8>>,
}

/// How long sessions last.
#[derive(Clone, Copy, Debug)]
pub struct SessionLimits {
    pub idle: Duration,
    pub whole: Duration,
}

impl Store {
    pub async fn begin_sign_in(
        &self,
        state_hash: &[u8; 32],
        begun: &BegunSignIn,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        write!(&mut tx, |c| {
            sqlx::query(
                "delete from sign_ins
                 where begun_at < $1
                    or state_hash in (select state_hash from sign_ins order by begun_at desc limit 1000 offset $2)",
            )
            .bind(begun.begun_at - SIGN_IN_LASTS)
            .bind(MAX_SIGN_INS)
            .execute(&mut *c)
            .await?;
            sqlx::query(
                "insert into sign_ins (state_hash, browser_hash, nonce, code_verifier, return_to, begun_at, session_hash)
                 values ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(state_hash.as_slice())
            .bind(&begun.browser_hash)
            .bind(&begun.nonce)
            .bind(&begun.code_verifier)
            .bind(&begun.return_to)
            .bind(begun.begun_at)
            .bind(&begun.session_hash)
            .execute(&mut *c)
            .await?;
        });
        tx.commit().await
    }

    /// Takes a sign-in out, so that its answer counts once.
    pub async fn take_sign_in(
        &self,
        state_hash: &[u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<BegunSignIn>, StoreError> {
        let mut tx = self.db.begin().await?;
        let begun: Option<BegunSignIn> = write!(&mut tx, |c| sqlx::query_as(
            "delete from sign_ins
             where state_hash = $1
             returning browser_hash, nonce, code_verifier, return_to, begun_at, session_hash"
        )
        .bind(state_hash.as_slice())
        .fetch_optional(c)
        .await?);
        tx.commit().await?;
        Ok(begun.filter(|begun| now - begun.begun_at <= SIGN_IN_LASTS))
    }

    /// Opens a session, and closes those that the same browser had before.
    pub async fn open_session(
        &self,
        hash: &[u8; 32],
        user: &str,
        before: &[Vec<u8>],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        write!(&mut tx, |c| {
            for before in before {
                sqlx::query("delete from sessions where hash = $1")
                    .bind(before)
                    .execute(&mut *c)
                    .await?;
            }
            sqlx::query(
                "insert into sessions (hash, user_name, begun_at, used_at)
                 values ($1, $2, $3, $3)",
            )
            .bind(hash.as_slice())
            .bind(user)
            .bind(now)
            .execute(&mut *c)
            .await?;
        });
        users::record(&mut tx, now, user, ("sign_in", "user", user)).await?;
        tx.commit().await
    }

    /// Whose session this is, when it has not ended by itself; its use is noted.
    pub async fn session_user(
        &self,
        hash: &[u8; 32],
        limits: SessionLimits,
        now: DateTime<Utc>,
    ) -> Result<Option<String>, StoreError> {
        let row: Option<(String, DateTime<Utc>)> = read!(self, |c| sqlx::query_as(
            "select s.user_name, s.used_at
             from sessions s
             join users u on u.name = s.user_name
             where s.hash = $1 and s.used_at > $2 and s.begun_at > $3 and u.disabled_at is null"
        )
        .bind(hash.as_slice())
        .bind(now - limits.idle)
        .bind(now - limits.whole)
        .fetch_optional(c)
        .await?);
        let Some((user, used_at)) = row else {
            return Ok(None);
        };
        if now - used_at > NOTED_EVERY {
            let mut tx = self.db.begin().await?;
            write!(&mut tx, |c| sqlx::query(
                "update sessions set used_at = $1 where hash = $2 and used_at < $1"
            )
            .bind(now)
            .bind(hash.as_slice())
            .execute(c)
            .await
            .map(|_| ())?);
            tx.commit().await?;
        }
        Ok(Some(user))
    }

    /// Ends a session; whose it was.
    pub async fn close_session(
        &self,
        hash: &[u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<String>, StoreError> {
        let mut tx = self.db.begin().await?;
        let user: Option<(String,)> = write!(&mut tx, |c| sqlx::query_as(
            "delete from sessions where hash = $1 returning user_name"
        )
        .bind(hash.as_slice())
        .fetch_optional(c)
        .await?);
        if let Some((user,)) = &user {
            users::record(&mut tx, now, user, ("sign_out", "user", user)).await?;
        }
        tx.commit().await?;
        Ok(user.map(|(user,)| user))
    }

    /// Removes sessions that have ended by themselves; how many.
    pub async fn remove_ended_sessions(
        &self,
        limits: SessionLimits,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let mut tx = self.db.begin().await?;
        let removed = write!(&mut tx, |c| sqlx::query(
            "delete from sessions where used_at <= $1 or begun_at <= $2"
        )
        .bind(now - limits.idle)
        .bind(now - limits.whole)
        .execute(c)
        .await?
        .rows_affected());
        tx.commit().await?;
        Ok(removed)
    }
}
