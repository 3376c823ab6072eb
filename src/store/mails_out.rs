//! Mails that go out: written down before they leave, so that what is sent is counted whoever sends it.
//!
//! A mail is known by the job that sends it, so that one that is tried again is counted once.

use chrono::{DateTime, Duration, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    JobKind, NewJob, Store, StoreError,
    db::{Tx, read, write},
};
use crate::domain::access::Level;

/// Longer than anything is counted, or tried again.
const KEPT_DAYS: i64 = 7;

/// What a mail says; its words stand in the message catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailTemplate {
    /// To a sender: we have your mail.
    Acknowledgement,
    /// A mail for you to look at.
    Notice,
    /// A mail was given to you, or to your unit.
    Assigned,
    /// A mail that is sent on, with the mail itself.
    Forwarded,
    /// A case that you manage was opened in an emergency.
    EmergencyOpened,
    /// A rule of yours does nothing any more.
    RuleSuspended,
    /// These mails wait, and are due soon.
    NearDeadline,
}

impl MailTemplate {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Acknowledgement => "acknowledgement",
            Self::Notice => "notice",
            Self::Assigned => "assigned",
            Self::Forwarded => "forwarded",
            Self::EmergencyOpened => "emergency_opened",
            Self::RuleSuspended => "rule_suspended",
            Self::NearDeadline => "near_deadline",
        }
    }

    /// Answers, or passes on, what somebody sent: what comes of it may come back.
    pub fn follows_a_mail(self) -> bool {
        matches!(self, Self::Acknowledgement | Self::Forwarded)
    }
}

/// To whom.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailTo {
    /// A user of ours, at whatever address they have by then.
    User(String),
    Address(String),
}

/// What it is about. Ids alone: what they name is read when the mail leaves, by the rights of whom it goes to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailAbout {
    pub mail_id: Option<Uuid>,
    pub case_id: Option<Uuid>,
    /// Who it comes of: a user.
    pub by: Option<String>,
    /// What they say beside it: the name of a rule, the reason for an opening.
    pub note: Option<String>,
    /// What makes a second one the same, which is not sent.
    pub once: Option<String>,
}

/// Whether a mail may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MayLeave {
    Yes,
    /// Another of the same went out, or is about to.
    SentBefore,
    /// So many went to that address lately that it may be a loop.
    TooMany,
}

impl NewJob {
    /// Sends a mail. Whether it may be sent is found out when it leaves.
    pub fn send_mail(template: MailTemplate, to: MailTo, about: MailAbout) -> Self {
        let group_key = match &to {
            MailTo::User(name) => format!("mail_out:user:{name}"),
            MailTo::Address(address) => format!("mail_out:{}", address.to_lowercase()),
        };
        Self {
            kind: JobKind::SendMail,
            payload: serde_json::json!({ "template": template, "to": to, "about": about }),
            group_key,
        }
    }
}

impl Store {
    /// Writes down that a mail is about to leave, unless the address had `most` within `window`, or one that goes out
    /// once went out. Asked again for the same id it says the same, until that was sent.
    pub async fn begin_mail_out(
        &self,
        (id, template): (Uuid, MailTemplate),
        address: &str,
        once: Option<&str>,
        (most, window): (i64, Duration),
        now: DateTime<Utc>,
    ) -> Result<MayLeave, StoreError> {
        let now = now.trunc_subsecs(6);
        let mut tx = self.db.begin().await?;
        let begun: Option<(Option<DateTime<Utc>>,)> = write!(&mut tx, |c| sqlx::query_as(
            "select sent_at from mails_out where id = $1"
        )
        .bind(id)
        .fetch_optional(c)
        .await?);
        match begun {
            Some((None,)) => return Ok(MayLeave::Yes),
            Some((Some(_),)) => return Ok(MayLeave::SentBefore),
            None => {}
        }
        let (lately,): (i64,) = write!(&mut tx, |c| sqlx::query_as(
            "select count(*) from mails_out where address = $1 and begun_at > $2"
        )
        .bind(address)
        .bind(now - window)
        .fetch_one(c)
        .await?);
        if lately >= most {
            return Ok(MayLeave::TooMany);
        }
        let new = write!(&mut tx, |c| sqlx::query(
            "insert into mails_out (id, template, address, once, begun_at)
             values ($1, $2, $3, $4, $5)
             on conflict do nothing"
        )
        .bind(id)
        .bind(template.as_str())
        .bind(address)
        .bind(once)
        .bind(now)
        .execute(c)
        .await?
        .rows_affected());
        tx.commit().await?;
        Ok(if new == 1 {
            MayLeave::Yes
        } else {
            MayLeave::SentBefore
        })
    }

    pub async fn note_mail_sent(&self, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        write!(&mut tx, |c| sqlx::query(
            "update mails_out set sent_at = $1 where id = $2"
        )
        .bind(now.trunc_subsecs(6))
        .bind(id)
        .execute(c)
        .await
        .map(|_| ())?);
        tx.commit().await
    }

    /// Forgets mails that no count asks for any more: to whom they went is nobody's business by then.
    pub async fn forget_mails_out(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        write!(&mut tx, |c| sqlx::query(
            "delete from mails_out where begun_at < $1"
        )
        .bind(now - Duration::days(KEPT_DAYS))
        .execute(c)
        .await
        .map(|_| ())?);
        tx.commit().await
    }

    /// Puts jobs into the outbox that belong to no act.
    pub async fn order(&self, jobs: &[NewJob], now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        super::jobs::insert(&mut tx, jobs, None, now).await?;
        tx.commit().await?;
        self.ring();
        Ok(())
    }

    /// Mail addresses of those whose mailboxes are watched here, in small letters.
    pub async fn own_addresses(&self) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(String,)> = read!(self, |c| sqlx::query_as(
            "select distinct lower(u.mail)
             from users u
             join memberships p on p.user_name = u.name
             join mailbox_access a on a.principal = p.principal
             where a.kind = 'owner' and u.mail is not null"
        )
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(|(mail,)| mail).collect())
    }
}

/// Tells everybody who manages a case by mail, but for whom it comes of.
pub(super) async fn tell_managers(
    tx: &mut Tx,
    template: MailTemplate,
    about: &MailAbout,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Some(case_id) = about.case_id else {
        return Ok(());
    };
    let managers: Vec<(String,)> = write!(tx, |c| sqlx::query_as(
        "select distinct p.user_name
         from case_access x
         join memberships p on p.principal = x.principal
         where x.case_id = $1 and x.level >= $2 and p.user_name <> $3
         order by p.user_name"
    )
    .bind(case_id)
    .bind(Level::Manage.as_number())
    .bind(about.by.as_deref().unwrap_or_default())
    .fetch_all(c)
    .await?);
    let mails: Vec<NewJob> = managers
        .into_iter()
        .map(|(name,)| NewJob::send_mail(template, MailTo::User(name), about.clone()))
        .collect();
    super::jobs::insert(tx, &mails, None, now).await
}
