//! Mails that somebody said belong on no case: per mail, by whom and when.
//!
//! Whoever sees the mail sees that it was said, and may take it back. Filing the mail, or a copy of it, takes it back
//! as well: a mail is never both.

use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;

use super::{
    AuditRecord, EventKind, FiledBefore, Store, StoreError, audit,
    db::{Tx, write},
    events,
};

/// Who said so first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotForACase {
    pub by: String,
    pub at: DateTime<Utc>,
}

impl Store {
    /// Says that a mail belongs on no case; what was said before stays. Refused for a mail that is filed where the
    /// user may see it.
    pub async fn say_not_for_a_case(
        &self,
        mail_id: Uuid,
        user: &str,
        now: DateTime<Utc>,
    ) -> Result<NotForACase, StoreError> {
        let mail = self.mail(mail_id, user).await?;
        if let Some(said) = mail.not_for_a_case {
            return Ok(said);
        }
        if let Some(entry) = self.entries_of_mail(&mail.fingerprint, user).await?.pop() {
            return Err(StoreError::AlreadyFiled(Box::new(FiledBefore {
                entry_id: entry.id,
                created_by: entry.created_by,
                created_at: entry.created_at,
            })));
        }
        // As precise as PostgreSQL is.
        let now = now.trunc_subsecs(6);
        let mut tx = self.db.begin().await?;
        let new = write!(&mut tx, |c| sqlx::query(
            "insert into not_for_a_case (mail_id, said_by, said_at)
             values ($1, $2, $3)
             on conflict (mail_id) do nothing"
        )
        .bind(mail_id)
        .bind(user)
        .bind(now)
        .execute(c)
        .await?
        .rows_affected());
        if new > 0 {
            note(&mut tx, mail_id, user, "mail.not_for_a_case", now).await?;
            events::append(&mut tx, now, &EventKind::MailNotForACase { mail_id }).await?;
        }
        tx.commit().await?;
        self.ring();
        let said = self.mail(mail_id, user).await?.not_for_a_case;
        Ok(said.unwrap_or(NotForACase {
            by: user.to_owned(),
            at: now,
        }))
    }

    /// Takes it back, whoever said it; nothing said is nothing to do.
    pub async fn take_back_not_for_a_case(
        &self,
        mail_id: Uuid,
        user: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.mail(mail_id, user).await?;
        let mut tx = self.db.begin().await?;
        if forget(&mut tx, mail_id, now).await? {
            note(&mut tx, mail_id, user, "mail.not_for_a_case_undone", now).await?;
        }
        tx.commit().await?;
        self.ring();
        Ok(())
    }
}

/// A mail that is filed is for a case, and so is every copy of it.
pub(super) async fn forget_copies(
    tx: &mut Tx,
    fingerprint: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let said: Vec<(Uuid,)> = write!(tx, |c| sqlx::query_as(
        "select n.mail_id
         from not_for_a_case n
         join mails m on m.id = n.mail_id
         where m.fingerprint = $1"
    )
    .bind(fingerprint.to_vec())
    .fetch_all(c)
    .await?);
    for (mail_id,) in said {
        forget(tx, mail_id, now).await?;
    }
    Ok(())
}

/// Whether there was something to forget.
pub(super) async fn forget(
    tx: &mut Tx,
    mail_id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let gone = write!(tx, |c| sqlx::query(
        "delete from not_for_a_case where mail_id = $1"
    )
    .bind(mail_id)
    .execute(c)
    .await?
    .rows_affected());
    if gone > 0 {
        events::append(tx, now, &EventKind::MailNotForACaseUndone { mail_id }).await?;
    }
    Ok(gone > 0)
}

async fn note(
    tx: &mut Tx,
    mail_id: Uuid,
    actor: &str,
    action: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let record = AuditRecord {
        actor,
        action,
        subject_kind: "mail",
        subject_id: mail_id.to_string(),
        case_id: None,
        detail: serde_json::json!({}),
    };
    audit::append(tx, now, record).await
}
