//! Journal entries: the act of filing, in one transaction.
//!
//! `commit_entry` decides nothing; what is written was planned by `journal::plan`. The database itself refuses the
//! same mail twice on a case, whoever races.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    AuditRecord, EventKind, Following, NewJob, NewObject, Store, StoreError,
    access::{self, sees_entry},
    audit,
    cases::{direction_text, note_change, party_kind_text},
    db::{Tx, read, write},
    events, followed_threads, is_unique_violation, jobs,
    mails::{digest, insert_blobs},
    not_for_a_case, suggestion_lessons,
};
use crate::domain::{
    access::Level,
    case::{Direction, Party},
    document_type::DocumentType,
    mail::Sha256,
    role::Principal,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// Written here; the case system has not confirmed it yet.
    Pending,
    Delivered,
    /// Needs a person; `state_reason` says why.
    Failed,
    Undone,
}

impl EntryState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Undone => "undone",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "delivered" => Self::Delivered,
            "failed" => Self::Failed,
            "undone" => Self::Undone,
            _ => Self::Pending,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    pub id: Uuid,
    /// `None` of what was born in the house: a letter, a note, an uploaded file.
    pub mail_id: Option<Uuid>,
    pub case_id: Uuid,
    pub case_number: String,
    pub case_title: String,
    pub state: EntryState,
    pub state_reason: Option<String>,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
    pub undone_by: Option<String>,
    pub undone_at: Option<DateTime<Utc>>,
}

/// Who filed a mail before, when.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FiledBefore {
    pub entry_id: Uuid,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
}

/// The mail that is filed, by which the same one is never filed twice on a case.
#[derive(Clone, Copy, Debug)]
pub struct FiledMail {
    pub id: Uuid,
    pub fingerprint: [u8; 32],
}

/// What is to be written when a mail, or documents without one, are filed.
#[derive(Clone, Debug)]
pub struct NewEntry {
    pub id: Uuid,
    pub mail: Option<FiledMail>,
    pub case_id: Uuid,
    /// Who may see it when not everybody who sees the case; `None` for as open as the case.
    pub only_for: Option<Vec<Principal>>,
    pub created_by: String,
    pub idempotency_key: String,
    /// Digest of the request, to tell a repetition from another request under the same key.
    pub request_hash: [u8; 32],
    /// What it teaches of types of documents; `None` when nobody chose one.
    pub type_lessons: Option<Value>,
    /// What was suggested and what was chosen; `None` when nothing was suggested yet.
    pub suggestion_lesson: Option<Value>,
    /// Whether what follows in the thread goes to the case too.
    pub following: Following,
    /// KLE number and facet for a case that has none; a case that has one keeps it.
    pub case_kle: Option<(String, Option<String>)>,
    pub documents: Vec<NewDocument>,
    pub jobs: Vec<NewJob>,
}

#[derive(Clone, Debug)]
pub struct NewDocument {
    /// Known before it is written: a letter carries it.
    pub id: Uuid,
    pub title: String,
    pub document_type: Option<DocumentType>,
    pub document_date: NaiveDate,
    pub direction: Direction,
    pub parties: Vec<Party>,
    pub deadline: Option<NaiveDate>,
    pub files: Vec<NewFile>,
}

/// A file of a document; its blob is written already.
#[derive(Clone, Debug)]
pub struct NewFile {
    pub name: String,
    pub media_type: String,
    pub size: u64,
    pub sha256: Sha256,
    /// The object holding a copy made for this file; `None` when the blob was there already.
    pub object: Option<NewObject>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    mail_id: Option<Uuid>,
    case_id: Uuid,
    case_number: String,
    case_title: String,
    state: String,
    state_reason: Option<String>,
    created_by: String,
    created_at: DateTime<Utc>,
    undone_by: Option<String>,
    undone_at: Option<DateTime<Utc>>,
}

const COLUMNS: &str =
    "e.id, e.mail_id, e.case_id, c.number as case_number, c.title as case_title, e.state,
    e.state_reason, e.created_by, e.created_at, e.undone_by, e.undone_at";

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            mail_id: row.mail_id,
            case_id: row.case_id,
            case_number: row.case_number,
            case_title: row.case_title,
            state: EntryState::parse(&row.state),
            state_reason: row.state_reason,
            created_by: row.created_by,
            created_at: row.created_at,
            undone_by: row.undone_by,
            undone_at: row.undone_at,
        }
    }
}

impl Store {
    /// Writes an entry, its documents, jobs and audit record, all or nothing.
    ///
    /// Repeated under the same key it returns the entry of the first time; under a used key with another request it
    /// is refused.
    pub async fn commit_entry(
        &self,
        new: &NewEntry,
        now: DateTime<Utc>,
    ) -> Result<Entry, StoreError> {
        if let Some(entry) = self.repeated(new).await? {
            return Ok(entry);
        }
        match self.write_entry(new, now).await {
            Err(StoreError::Database(error)) if is_unique_violation(&error) => {
                // Somebody was faster: with the same request, or with the same mail.
                if let Some(entry) = self.repeated(new).await? {
                    return Ok(entry);
                }
                let Some(mail) = &new.mail else {
                    return Err(error.into());
                };
                let Some(before) = self.filed_before(new.case_id, &mail.fingerprint).await? else {
                    return Err(error.into());
                };
                // By whom is told to those who may see what they filed.
                match self.entry(before.entry_id, &new.created_by).await {
                    Ok(_) => Err(StoreError::AlreadyFiled(Box::new(before))),
                    Err(StoreError::NotFound(_)) => Err(StoreError::AlreadyFiledUnseen),
                    Err(error) => Err(error),
                }
            }
            Err(error) => Err(error),
            Ok(()) => {
                self.ring();
                self.entry(new.id, &new.created_by).await
            }
        }
    }

    async fn write_entry(&self, new: &NewEntry, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        access::expect_case(&mut tx, new.case_id, &new.created_by, Level::Write).await?;
        let number = open_case(&mut tx, new.case_id).await?;
        write!(&mut tx, |c| {
            sqlx::query(
            "insert into entries (id, mail_id, fingerprint, case_id, state, created_by, created_at, idempotency_key,
               request_hash, type_lessons, restricted)
             values ($1, $2, $3, $4, 'pending', $5, $6, $7, $8, $9, $10)"
        )
        .bind(new.id)
        .bind(new.mail.map(|mail| mail.id))
        .bind(new.mail.map(|mail| mail.fingerprint.to_vec()))
        .bind(new.case_id)
        .bind(&new.created_by)
        .bind(now)
        .bind(&new.idempotency_key)
        .bind(new.request_hash.to_vec())
        .bind(new.type_lessons.as_ref().map(Json))
        .bind(new.only_for.is_some())
        .execute(c)
        .await
        .map(|_| ())?;
        });
        if let Some(only_for) = &new.only_for {
            insert_access(&mut tx, new.id, only_for).await?;
        }
        if let Some(kle) = &new.case_kle {
            classify_case(&mut tx, new, kle, now).await?;
        }
        suggestion_lessons::insert(&mut tx, new, now).await?;
        let is_followed = follow(&mut tx, new, now).await?;
        for (number, document) in (number..).zip(&new.documents) {
            insert_document(&mut tx, new, document, number, now).await?;
        }
        jobs::insert(&mut tx, &new.jobs, Some(new.id), now).await?;
        if let Some(mail) = &new.mail {
            not_for_a_case::forget_copies(&mut tx, &mail.fingerprint, now).await?;
        }
        write!(&mut tx, |c| sqlx::query(
            "insert into case_recents (user_name, case_id, used_at)
             values ($1, $2, $3)
             on conflict (user_name, case_id) do update set used_at = excluded.used_at"
        )
        .bind(&new.created_by)
        .bind(new.case_id)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ())?);
        let record = AuditRecord {
            actor: &new.created_by,
            action: if new.mail.is_some() {
                "journal"
            } else {
                "document.create"
            },
            subject_kind: "entry",
            subject_id: new.id.to_string(),
            case_id: Some(new.case_id),
            detail: serde_json::json!({ "mail": new.mail.map(|mail| mail.id), "case": new.case_id,
                "documents": new.documents.len(), "followed": is_followed }),
        };
        audit::append(&mut tx, now, record).await?;
        let event = EventKind::EntryCommitted {
            entry_id: new.id,
            case_id: new.case_id,
            mail_id: new.mail.map(|mail| mail.id),
        };
        events::append(&mut tx, now, &event).await?;
        tx.commit().await
    }

    /// The entry that the same user wrote under the same key.
    async fn repeated(&self, new: &NewEntry) -> Result<Option<Entry>, StoreError> {
        let found: Option<(Uuid, Vec<u8>)> = read!(self, |c| sqlx::query_as(
            "select id, request_hash
             from entries
             where created_by = $1 and idempotency_key = $2"
        )
        .bind(&new.created_by)
        .bind(&new.idempotency_key)
        .fetch_optional(c)
        .await?);
        match found {
            None => Ok(None),
            Some((_, hash)) if digest(&hash) != new.request_hash => {
                Err(StoreError::IdempotencyConflict)
            }
            Some((id, _)) => Ok(Some(self.entry(id, &new.created_by).await?)),
        }
    }

    /// Who filed this mail, or a copy of it, on the case.
    pub async fn filed_before(
        &self,
        case_id: Uuid,
        fingerprint: &[u8; 32],
    ) -> Result<Option<FiledBefore>, StoreError> {
        let found: Option<(Uuid, String, DateTime<Utc>)> = read!(self, |c| sqlx::query_as(
            "select id, created_by, created_at
             from entries
             where case_id = $1 and fingerprint = $2 and state <> 'undone'"
        )
        .bind(case_id)
        .bind(fingerprint.to_vec())
        .fetch_optional(c)
        .await?);
        Ok(found.map(|(entry_id, created_by, created_at)| FiledBefore {
            entry_id,
            created_by,
            created_at,
        }))
    }

    pub async fn entry(&self, id: Uuid, viewer: &str) -> Result<Entry, StoreError> {
        let row: Option<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS}
             from entries e
             join cases c on c.id = e.case_id
             where e.id = $2 and {}",
            sees_entry("$1")
        )))
        .bind(viewer)
        .bind(id)
        .fetch_optional(c)
        .await?);
        row.map(Entry::from).ok_or(StoreError::NotFound("entry"))
    }

    /// An entry for the house's own work (outbox), where nobody looks.
    pub async fn entry_unchecked(&self, id: Uuid) -> Result<Entry, StoreError> {
        let row: Option<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS} from entries e join cases c on c.id = e.case_id where e.id = $1"
        )))
        .bind(id)
        .fetch_optional(c)
        .await?);
        row.map(Entry::from).ok_or(StoreError::NotFound("entry"))
    }

    /// Where a mail, or a copy of it, is filed, as far as the viewer may see; undone entries left out.
    pub async fn entries_of_mail(
        &self,
        fingerprint: &[u8; 32],
        viewer: &str,
    ) -> Result<Vec<Entry>, StoreError> {
        let rows: Vec<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS}
             from entries e
             join cases c on c.id = e.case_id
             where e.fingerprint = $2 and e.state <> 'undone' and {}
             order by e.created_at, e.id",
            sees_entry("$1")
        )))
        .bind(viewer)
        .bind(fingerprint.to_vec())
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(Entry::from).collect())
    }

    /// Whether a mail, or a copy of it, is filed on any case; for the house's own work, where nobody looks.
    pub async fn is_filed(&self, mail_id: Uuid) -> Result<bool, StoreError> {
        let found: Option<(Uuid,)> = read!(self, |c| sqlx::query_as(
            "select e.id
             from entries e
             join mails m on m.fingerprint = e.fingerprint
             where m.id = $1 and e.state <> 'undone'
             limit 1"
        )
        .bind(mail_id)
        .fetch_optional(c)
        .await?);
        Ok(found.is_some())
    }

    /// Takes an entry back: its documents are withdrawn, the mail can be filed again, what was sent out is recalled by
    /// `jobs`. Only within `window` of the filing; whoever may file on the case may undo.
    pub async fn undo_entry(
        &self,
        id: Uuid,
        actor: &str,
        window: Duration,
        jobs_of: impl Fn(&Entry) -> Vec<NewJob>,
        now: DateTime<Utc>,
    ) -> Result<Entry, StoreError> {
        let entry = self.entry(id, actor).await?;
        if entry.state == EntryState::Undone {
            return Ok(entry);
        }
        if now - entry.created_at > window {
            return Err(StoreError::UndoExpired);
        }
        let mut tx = self.db.begin().await?;
        access::expect_case(&mut tx, entry.case_id, actor, Level::Write).await?;
        let changed = write!(&mut tx, |c| sqlx::query(
            "update entries
             set state = 'undone', state_reason = null, undone_by = $1, undone_at = $2
             where id = $3 and state <> 'undone'"
        )
        .bind(actor)
        .bind(now)
        .bind(id)
        .execute(c)
        .await?
        .rows_affected());
        if changed == 0 {
            return self.entry(id, actor).await;
        }
        write!(&mut tx, |c| {
            sqlx::query("update documents set withdrawn_at = $1 where entry_id = $2")
                .bind(now)
                .bind(id)
                .execute(&mut *c)
                .await?;
            // What runs is left to its worker, which looks whether the mail is still filed.
            sqlx::query("delete from jobs where entry_id = $1 and state <> 'running'")
                .bind(id)
                .execute(&mut *c)
                .await?;
        });
        jobs::insert(&mut tx, &jobs_of(&entry), Some(id), now).await?;
        followed_threads::stop_of_entry(&mut tx, id, actor, now).await?;
        let record = AuditRecord {
            actor,
            action: "undo",
            subject_kind: "entry",
            subject_id: id.to_string(),
            case_id: Some(entry.case_id),
            detail: serde_json::json!({ "mail": entry.mail_id, "case": entry.case_id }),
        };
        audit::append(&mut tx, now, record).await?;
        let event = EventKind::EntryUndone {
            entry_id: id,
            case_id: entry.case_id,
            mail_id: entry.mail_id,
        };
        events::append(&mut tx, now, &event).await?;
        tx.commit().await?;
        self.ring();
        self.entry(id, actor).await
    }

    /// The content and media type of each file of an entry; for the house's own work, where nobody looks.
    pub async fn files_of_entry(&self, id: Uuid) -> Result<Vec<(Sha256, String)>, StoreError> {
        let rows: Vec<(Vec<u8>, String)> = read!(self, |c| sqlx::query_as(
            "select f.sha256, f.media_type
             from files f
             join documents d on d.id = f.document_id
             where d.entry_id = $1
             order by d.number, f.position"
        )
        .bind(id)
        .fetch_all(c)
        .await?);
        let rows = rows.into_iter();
        Ok(rows
            .map(|(sha256, media_type)| (Sha256(digest(&sha256)), media_type))
            .collect())
    }

    /// Records how delivery to the case system went. An entry that was undone meanwhile stays undone.
    pub async fn set_entry_state(
        &self,
        id: Uuid,
        state: EntryState,
        reason: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let row: Option<(Uuid, Option<Uuid>)> = write!(&mut tx, |c| sqlx::query_as(
            "update entries
             set state = $1, state_reason = $2
             where id = $3 and state <> 'undone'
             returning case_id, mail_id"
        )
        .bind(state.as_str())
        .bind(reason)
        .bind(id)
        .fetch_optional(c)
        .await?);
        if let Some((case_id, mail_id)) = row {
            let event = match state {
                EntryState::Failed => EventKind::EntryFailed {
                    entry_id: id,
                    case_id,
                    mail_id,
                },
                _ => EventKind::EntryDelivered {
                    entry_id: id,
                    case_id,
                    mail_id,
                },
            };
            events::append(&mut tx, now, &event).await?;
        }
        tx.commit().await?;
        self.ring();
        Ok(())
    }
}

pub(super) async fn insert_access(
    tx: &mut Tx,
    entry_id: Uuid,
    list: &[Principal],
) -> Result<(), StoreError> {
    for principal in list {
        write!(tx, |c| sqlx::query(
            "insert into entry_access (entry_id, principal)
             values ($1, $2)
             on conflict do nothing"
        )
        .bind(entry_id)
        .bind(principal.to_string())
        .execute(c)
        .await
        .map(|_| ())?);
    }
    Ok(())
}

/// Whether what follows in the thread goes to the case from now on, and did not before.
async fn follow(tx: &mut Tx, new: &NewEntry, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let Some(mail) = new.mail.filter(|_| new.following != Following::Untouched) else {
        return Ok(false);
    };
    let (thread_id,): (Uuid,) = write!(tx, |c| sqlx::query_as(
        "select thread_id from mails where id = $1"
    )
    .bind(mail.id)
    .fetch_one(c)
    .await?);
    let begun = followed_threads::Begun {
        thread_id,
        case_id: new.case_id,
        entry_id: Some(new.id),
        by: &new.created_by,
    };
    followed_threads::begin(tx, &begun, new.following, now).await
}

/// Checks that the case is open and returns its next document number; the row stays locked until the commit.
async fn open_case(tx: &mut Tx, case_id: Uuid) -> Result<i64, StoreError> {
    let row: Option<(String, String, i64)> = write!(tx, |c| sqlx::query_as(
        "update cases
         set version = version
         where id = $1
         returning number, status,
           (select coalesce(max(d.number), 0) from documents d where d.case_id = cases.id)"
    )
    .bind(case_id)
    .fetch_optional(c)
    .await?);
    let (number, status, last) = row.ok_or(StoreError::NotFound("case"))?;
    if status == "closed" {
        return Err(StoreError::CaseClosed(number));
    }
    Ok(last + 1)
}

/// Gives the case of the entry a KLE number when it has none; searches find the case by it from now on.
async fn classify_case(
    tx: &mut Tx,
    entry: &NewEntry,
    (kle, facet): &(String, Option<String>),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let changed = write!(tx, |c| sqlx::query(
        "update cases
         set kle = $1, facet = $2, version = version + 1, search_text = search_text || ' ' || $1
         where id = $3 and kle is null"
    )
    .bind(kle)
    .bind(facet)
    .bind(entry.case_id)
    .execute(c)
    .await?
    .rows_affected());
    if changed > 0 {
        let act = (entry.created_by.as_str(), "case.classify");
        note_change(tx, entry.case_id, act, serde_json::json!({}), now).await?;
    }
    Ok(())
}

async fn insert_document(
    tx: &mut Tx,
    entry: &NewEntry,
    document: &NewDocument,
    number: i64,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let id = document.id;
    write!(tx, |c| {
        sqlx::query(
        "insert into documents (id, case_id, entry_id, number, title, document_type, document_date, direction, deadline,
           created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    )
    .bind(id)
    .bind(entry.case_id)
    .bind(entry.id)
    .bind(number)
    .bind(&document.title)
    .bind(document.document_type.map(DocumentType::as_str))
    .bind(document.document_date)
    .bind(direction_text(document.direction))
    .bind(document.deadline)
    .bind(&entry.created_by)
    .bind(now)
    .execute(c)
    .await
    .map(|_| ())?;
    });
    for (position, party) in (0i64..).zip(&document.parties) {
        write!(tx, |c| {
            sqlx::query(
            "insert into document_parties (document_id, position, kind, name, identifier, address, mail)
             values ($1, $2, $3, $4, $5, $6, $7)"
        )
        .bind(id)
        .bind(position)
        .bind(party_kind_text(party.kind))
        .bind(&party.name)
        .bind(&party.identifier)
        .bind(&party.address)
        .bind(party.mail.as_ref().map(|mail| mail.to_lowercase()))
        .execute(c)
        .await
        .map(|_| ())?;
        });
    }
    for (position, file) in (0i64..).zip(&document.files) {
        if let Some(object) = &file.object {
            let placed = std::slice::from_ref(&object.placed);
            insert_blobs(tx, object.id, placed, now).await?;
        }
        write!(tx, |c| sqlx::query(
            "insert into files (id, document_id, position, name, media_type, byte_length, sha256)
             values ($1, $2, $3, $4, $5, $6, $7)"
        )
        .bind(Uuid::now_v7())
        .bind(id)
        .bind(position)
        .bind(&file.name)
        .bind(&file.media_type)
        .bind(file.size as i64)
        .bind(file.sha256.0.to_vec())
        .execute(c)
        .await
        .map(|_| ())?);
    }
    Ok(())
}
