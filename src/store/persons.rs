//! What is kept of a person, by their mail address or their number, and taking of it what may be taken.
//!
//! A public body keeps what was journaled: the law asks for it, and erasure does not reach it. What is told here is for
//! whoever answers the person, who sees no more of a case by it than its number and titles.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{
    AuditRecord, Store, StoreError, audit,
    db::{Tx, read, write},
    housekeeping,
};

/// Mails removed in one transaction, so that others need not wait long.
const MAILS: i64 = 200;

/// Who it is about; at least one of them.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// In small letters.
    pub address: Option<String>,
    /// CPR or CVR number, as cases write it.
    pub identifier: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeldOfPerson {
    pub mails: Vec<HeldMail>,
    pub documents: Vec<HeldDocument>,
    pub parties: Vec<HeldParty>,
}

/// A stored mail that names the address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeldMail {
    pub id: Uuid,
    pub received_at: DateTime<Utc>,
    pub subject: String,
    /// `from`, `to`, `cc`, `bcc`.
    pub roles: BTreeSet<String>,
    /// Whether it, or a copy of it, is or was journaled.
    pub journaled: bool,
}

/// A journaled document from such a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct HeldDocument {
    pub case_number: String,
    pub number: i64,
    pub title: String,
    pub document_date: NaiveDate,
}

/// The person as a party to a case, or to what lies on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct HeldParty {
    pub case_number: String,
    pub case_title: String,
    pub kind: String,
    pub name: String,
}

type MailRow = (Uuid, DateTime<Utc>, String, String, i64);

/// Not journaled, nor a copy of what is.
const NEVER_JOURNALED: &str = "not exists (select 1 from entries e where e.mail_id = m.id)
    and not exists (select 1 from entries e where e.fingerprint = m.fingerprint)";

impl Store {
    /// Everything that is kept and names the person.
    pub async fn held_of_person(
        &self,
        person: &Person,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<HeldOfPerson, StoreError> {
        let address = person.address.as_deref().unwrap_or_default();
        let identifier = person.identifier.as_deref().unwrap_or_default();
        let rows: Vec<MailRow> = read!(self, |c| {
            sqlx::query_as(
            "select m.id, m.received_at, m.subject, p.role,
               (select count(*) from entries e where e.mail_id = m.id or e.fingerprint = m.fingerprint)
             from mail_people p
             join mails m on m.id = p.mail_id
             where lower(p.address) = $1 and $1 <> ''
             order by m.received_at, m.id, p.role"
        )
        .bind(address)
        .fetch_all(c)
        .await?
        });
        let mut mails: Vec<HeldMail> = Vec::new();
        for (id, received_at, subject, role, entries) in rows {
            match mails.last_mut().filter(|mail| mail.id == id) {
                Some(mail) => {
                    mail.roles.insert(role);
                }
                None => mails.push(HeldMail {
                    id,
                    received_at,
                    subject,
                    roles: BTreeSet::from([role]),
                    journaled: entries > 0,
                }),
            }
        }
        let documents: Vec<HeldDocument> = read!(self, |c| sqlx::query_as(
            "select distinct c.number as case_number, d.number, d.title, d.document_date
             from mail_people p
             join entries e on e.mail_id = p.mail_id
             join documents d on d.entry_id = e.id
             join cases c on c.id = d.case_id
             where lower(p.address) = $1 and $1 <> '' and d.withdrawn_at is null
             order by case_number, d.number"
        )
        .bind(address)
        .fetch_all(c)
        .await?);
        let parties: Vec<HeldParty> = read!(self, |c| sqlx::query_as(
            "select c.number as case_number, c.title as case_title, p.kind, p.name
             from case_parties p
             join cases c on c.id = p.case_id
             where (lower(p.mail) = $1 and $1 <> '') or (p.identifier = $2 and $2 <> '')
             union
             select c.number as case_number, c.title as case_title, p.kind, p.name
             from document_parties p
             join documents d on d.id = p.document_id
             join cases c on c.id = d.case_id
             where (p.mail = $1 and $1 <> '') or (p.identifier = $2 and $2 <> '')
             order by case_number, kind, name"
        )
        .bind(address)
        .bind(identifier)
        .fetch_all(c)
        .await?);
        let record = AuditRecord {
            actor,
            action: "person.export",
            subject_kind: "person",
            // Who it was about is content; how much was told is not.
            subject_id: String::new(),
            case_id: None,
            detail: serde_json::json!({
                "mails": mails.len(), "documents": documents.len(), "parties": parties.len(),
            }),
        };
        self.record_act(record, now).await?;
        Ok(HeldOfPerson {
            mails,
            documents,
            parties,
        })
    }

    /// Removes the mails that name the address and were never journaled; how many.
    pub async fn erase_mails_of(
        &self,
        address: &str,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        let mut all = 0;
        loop {
            let mut tx = self.db.begin().await?;
            let lock = housekeeping::lock(&tx);
            let mails: Vec<(Uuid, Vec<u8>, Uuid)> = write!(&mut tx, |c| {
                sqlx::query_as(sqlx::AssertSqlSafe(format!(
                    "select m.id, m.sha256, m.thread_id
                     from mails m
                     where exists (select 1 from mail_people p where p.mail_id = m.id and lower(p.address) = $1)
                       and {NEVER_JOURNALED}
                     order by m.id
                     limit $2
                     {lock}"
                )))
                .bind(address)
                .bind(MAILS)
                .fetch_all(c)
                .await?
            });
            remove(&mut tx, &mails, actor, "erasure", now).await?;
            tx.commit().await?;
            self.ring();
            all += mails.len();
            if (mails.len() as i64) < MAILS {
                return Ok(all);
            }
        }
    }

    /// Removes mails that lie here since before then and were never journaled; how many. They stay in the mailbox, and their
    /// places are remembered, so that they are not fetched again.
    pub async fn remove_unjournaled(
        &self,
        stored_before: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        let mut all = 0;
        loop {
            let mut tx = self.db.begin().await?;
            let lock = housekeeping::lock(&tx);
            let mails: Vec<(Uuid, Vec<u8>, Uuid)> =
                write!(&mut tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
                    "select m.id, m.sha256, m.thread_id
                     from mails m
                     where m.stored_at < $1 and {NEVER_JOURNALED}
                     order by m.stored_at, m.id
                     limit $2
                     {lock}"
                )))
                .bind(stored_before)
                .bind(MAILS)
                .fetch_all(c)
                .await?);
            remove(&mut tx, &mails, audit::HOUSE, "retention", now).await?;
            tx.commit().await?;
            self.ring();
            all += mails.len();
            if (mails.len() as i64) < MAILS {
                return Ok(all);
            }
        }
    }
}

async fn remove(
    tx: &mut Tx,
    mails: &[(Uuid, Vec<u8>, Uuid)],
    actor: &str,
    because: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for (id, sha256, thread_id) in mails {
        write!(tx, |c| sqlx::query(
            "insert into removed_places (folder_id, uidvalidity, uid)
             select l.folder_id, l.uidvalidity, l.uid
             from mail_locations l
             where l.mail_id = $1
             on conflict do nothing"
        )
        .bind(*id)
        .execute(c)
        .await
        .map(|_| ())?);
        housekeeping::remove_mail(tx, (*id, sha256, *thread_id), (actor, because), now).await?;
    }
    Ok(())
}
