//! Why a mail waits for a person though it was looked at.

use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;

use super::{
    Store, StoreError,
    db::{read, write},
};

impl Store {
    /// Why a mail waits for a person: a code of `[waiting]` in the catalogues, such as `rule_failed`. The newest stays.
    pub async fn note_waiting(
        &self,
        mail_id: Uuid,
        code: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        write!(&mut tx, |c| sqlx::query(
            "insert into waiting_reasons (mail_id, code, noted_at)
             values ($1, $2, $3)
             on conflict (mail_id) do update
             set code = excluded.code, noted_at = excluded.noted_at"
        )
        .bind(mail_id)
        .bind(code)
        .bind(now.trunc_subsecs(6))
        .execute(c)
        .await
        .map(|_| ())?);
        tx.commit().await
    }

    /// What was noted of a mail. Ask for the mail first.
    pub async fn waiting_reason(&self, mail_id: Uuid) -> Result<Option<String>, StoreError> {
        let found: Option<(String,)> = read!(self, |c| sqlx::query_as(
            "select code from waiting_reasons where mail_id = $1"
        )
        .bind(mail_id)
        .fetch_optional(c)
        .await?);
        Ok(found.map(|(code,)| code))
    }
}
