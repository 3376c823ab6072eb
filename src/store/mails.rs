//! Mails: stored once however many places they lie in, seen only by whom they concern.

use std::collections::HashMap;
use std::ops::Range;

use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Duration, NaiveDate, SubsecRound, Utc};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    AuditRecord, EventKind, Lease, NotForACase, QueueFilter, Store, StoreError,
    access::{sees_entry, sees_mail, sees_mailbox},
    arrivals, audit,
    data_keys::{self, Placed},
    db::{Db, Tx, read, write},
    events, jobs, leases, marks, pictures, queue, search, threads,
};
use crate::domain::mail::{Attachment, Mail, MailKind, Sha256};

/// Rows of one insert, below both databases' limits on parameters (20 columns a mail).
pub(super) const ROWS: usize = 500;
/// Text that is searched; what a mail says comes first, and the rest is mostly quoted.
const MAX_SEARCH_BYTES: usize = 32 * 1024;
const MAX_PREVIEW_CHARS: usize = 200;
const MAX_PEOPLE: usize = 200;
/// How long a subject alone keeps a conversation together.
const SUBJECT_WINDOW_DAYS: i64 = 30;

/// A mail of a batch, parsed and ready to be stored.
pub struct NewMail {
    /// Where its bytes lie in the batch.
    pub range: Range<usize>,
    pub sha256: Sha256,
    pub fingerprint: [u8; 32],
    pub mail: Mail,
    /// Message-IDs and Thread-Index root; see `mime::thread`.
    pub thread_keys: Vec<String>,
    pub base_subject: String,
    /// A reply by its subject that names no other mail: the subject must tell its conversation.
    pub threads_by_subject: bool,
    /// What the suggestion engine reads of it.
    pub signals: Value,
    pub received_at: DateTime<Utc>,
    pub incomplete_reason: Option<String>,
    pub place: Option<Place>,
    /// The number of the case that its sender chose; of what lies in the sender's own sent mail alone.
    pub chosen_case: Option<String>,
}

/// Where a mail was found.
#[derive(Clone, Debug)]
pub struct Place {
    pub folder_id: Uuid,
    pub uidvalidity: u32,
    pub uid: u32,
    pub flags: Vec<String>,
    /// Whether a journaled mail is to be shown as such here, and is not yet.
    pub mark_due: bool,
}

/// Mails of one fetch, with all their bytes in one piece.
pub struct Batch {
    pub mailbox_id: Uuid,
    pub bytes: Bytes,
    pub mails: Vec<NewMail>,
    /// The right to write for this mailbox; checked in the transaction.
    pub lease: Option<Lease>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredMail {
    pub id: Uuid,
    pub thread_id: Uuid,
    /// False when the same bytes were stored before.
    pub new: bool,
}

/// A stored mail without its text.
#[derive(Clone, Debug, PartialEq)]
pub struct MailRow {
    pub id: Uuid,
    pub sha256: Sha256,
    pub fingerprint: [u8; 32],
    pub thread_id: Uuid,
    pub received_at: DateTime<Utc>,
    pub byte_length: i64,
    pub preview: String,
    pub incomplete_reason: Option<String>,
    /// All but `text`, which is empty here; read it from the raw mail.
    pub envelope: Mail,
    pub signals: Value,
    /// Of its attachments; `None` until they are read.
    pub attachment_signals: Option<Value>,
    /// Whether somebody said that it belongs on no case.
    pub not_for_a_case: Option<NotForACase>,
}

/// Which mails to list; everything is optional.
#[derive(Clone, Debug, Default)]
pub struct MailFilter {
    pub mailbox_id: Option<Uuid>,
    pub thread_id: Option<Uuid>,
    pub words: Option<String>,
    pub from: Option<String>,
    pub kind: Option<MailKind>,
    pub received_from: Option<DateTime<Utc>>,
    pub received_before: Option<DateTime<Utc>>,
    /// Whether a journal entry that the viewer may see exists.
    pub journaled: Option<bool>,
    /// Whether something that follows such an entry has failed and waits for a person.
    pub failed: Option<bool>,
    /// Whether somebody said that it belongs on no case.
    pub not_for_a_case: Option<bool>,
    /// What is said of it where it waits.
    pub queue: Option<QueueFilter>,
    /// The oldest first; the newest when not.
    pub oldest_first: bool,
    /// Continue after this mail of the page before.
    pub after: Option<(DateTime<Utc>, Uuid)>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    sha256: Vec<u8>,
    fingerprint: Vec<u8>,
    thread_id: Uuid,
    received_at: DateTime<Utc>,
    byte_length: i64,
    preview: String,
    incomplete_reason: Option<String>,
    envelope: Json<Mail>,
    signals: Json<Value>,
    attachment_signals: Option<Json<Value>>,
    not_for_a_case_by: Option<String>,
    not_for_a_case_at: Option<DateTime<Utc>>,
}

const COLUMNS: &str =
    "m.id, m.sha256, m.fingerprint, m.thread_id, m.received_at, m.byte_length, m.preview,
    m.incomplete_reason, m.envelope, m.signals, m.attachment_signals,
    (select n.said_by from not_for_a_case n where n.mail_id = m.id) as not_for_a_case_by,
    (select n.said_at from not_for_a_case n where n.mail_id = m.id) as not_for_a_case_at";

impl From<Row> for MailRow {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            sha256: Sha256(digest(&row.sha256)),
            fingerprint: digest(&row.fingerprint),
            thread_id: row.thread_id,
            received_at: row.received_at,
            byte_length: row.byte_length,
            preview: row.preview,
            incomplete_reason: row.incomplete_reason,
            envelope: row.envelope.0,
            signals: row.signals.0,
            attachment_signals: row.attachment_signals.map(|signals| signals.0),
            not_for_a_case: row
                .not_for_a_case_by
                .zip(row.not_for_a_case_at)
                .map(|(by, at)| NotForACase { by, at }),
        }
    }
}

/// A digest column; a damaged one reads as zeroes, which no blob has.
pub(super) fn digest(bytes: &[u8]) -> [u8; 32] {
    bytes.try_into().unwrap_or_default()
}

impl Store {
    /// Stores a batch: the bytes of its new mails as one object, then all rows in one transaction.
    ///
    /// May be repeated: what is stored already is only linked to its place.
    pub async fn commit_batch(
        &self,
        batch: &Batch,
        now: DateTime<Utc>,
    ) -> Result<Vec<StoredMail>, StoreError> {
        let known = self.known_mails(&batch.mails).await?;
        let layout = Layout::of(batch, &known);
        let object = Uuid::now_v7();
        let placed = if layout.blobs.is_empty() {
            Vec::new()
        } else {
            let blobs: Vec<(Sha256, Range<usize>)> = layout
                .blobs
                .iter()
                .map(|blob| (blob.sha256, blob.range.clone()))
                .collect();
            self.put_blobs(object, layout.bytes.clone(), &blobs).await?
        };
        let committed = self
            .commit_rows(batch, &layout, (object, &placed), now)
            .await;
        if committed.is_err() && !layout.blobs.is_empty() {
            // Unnamed bytes are only waste; `sagspost doctor` finds those that could not be removed here.
            let _ = self.blobs.delete(object).await;
        }
        let stored = committed?;
        self.ring();
        Ok(stored)
    }

    async fn commit_rows(
        &self,
        batch: &Batch,
        layout: &Layout,
        (object, placed): (Uuid, &[Placed]),
        now: DateTime<Utc>,
    ) -> Result<Vec<StoredMail>, StoreError> {
        let mut tx = self.db.begin().await?;
        if let Some(lease) = &batch.lease {
            leases::check_fence(&mut tx, lease).await?;
        }
        let candidates: Vec<&NewMail> = layout
            .blobs
            .iter()
            .map(|blob| &batch.mails[blob.index])
            .collect();
        if !candidates.is_empty() {
            insert_blobs(&mut tx, object, placed, now).await?;
        }
        let keys: Vec<&[String]> = candidates
            .iter()
            .map(|mail| mail.thread_keys.as_slice())
            .collect();
        let threads::Resolved {
            threads: mut thread_ids,
            merged,
        } = threads::resolve(&mut tx, &keys, now).await?;
        for (from, into) in merged {
            events::append(&mut tx, now, &EventKind::ThreadsMerged { from, into }).await?;
        }
        for (mail, thread_id) in candidates.iter().zip(&mut thread_ids) {
            if mail.threads_by_subject
                && let Some(found) = thread_by_subject(&mut tx, mail).await?
            {
                *thread_id = found;
            }
        }
        let inserted = insert_mails(&mut tx, &candidates, &thread_ids, now).await?;
        let stored = stored_mails(&mut tx, &batch.mails, &inserted).await?;
        insert_locations(&mut tx, batch, &stored).await?;
        marks::order_for_arrivals(&mut tx, batch, &stored, now).await?;
        let mail_ids: Vec<Uuid> = stored
            .iter()
            .filter(|mail| mail.new)
            .map(|mail| mail.id)
            .collect();
        if !mail_ids.is_empty() {
            let record = AuditRecord {
                // Fetched by the house, or sent in by a person.
                actor: &audit::actor_at_hand(),
                action: "mail.store",
                subject_kind: "mailbox",
                subject_id: batch.mailbox_id.to_string(),
                case_id: None,
                detail: serde_json::json!({ "mails": mail_ids.len() }),
            };
            audit::append(&mut tx, now, record).await?;
            let event = EventKind::MailsStored {
                mailbox_id: batch.mailbox_id,
                mail_ids,
            };
            events::append(&mut tx, now, &event).await?;
        }
        arrivals::order_triage(&mut tx, batch, &stored, now).await?;
        let to_read = mails_to_read(batch, &stored);
        if !to_read.is_empty() {
            let job = jobs::NewJob::read_attachments(batch.mailbox_id, &to_read);
            jobs::insert(&mut tx, &[job], None, now).await?;
        }
        tx.commit().await?;
        Ok(stored)
    }

    async fn known_mails(&self, mails: &[NewMail]) -> Result<HashMap<Sha256, Uuid>, StoreError> {
        let mut known = HashMap::new();
        for chunk in mails.chunks(ROWS) {
            let rows: Vec<(Vec<u8>, Uuid)> = match &*self.db {
                Db::Sqlite { readers, .. } => {
                    by_sha256::<sqlx::Sqlite>(chunk)
                        .build_query_as()
                        .fetch_all(readers)
                        .await?
                }
                Db::Postgres(pool) => {
                    by_sha256::<sqlx::Postgres>(chunk)
                        .build_query_as()
                        .fetch_all(pool)
                        .await?
                }
            };
            known.extend(
                rows.into_iter()
                    .map(|(sha256, id)| (Sha256(digest(&sha256)), id)),
            );
        }
        Ok(known)
    }

    /// A mail that this user may see.
    pub async fn mail(&self, id: Uuid, viewer: &str) -> Result<MailRow, StoreError> {
        let row: Option<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS}
             from mails m
             where m.id = $2 and {}",
            sees_mail("$1")
        )))
        .bind(viewer)
        .bind(id)
        .fetch_optional(c)
        .await?);
        row.map(MailRow::from).ok_or(StoreError::NotFound("mail"))
    }

    /// Whether the viewer sees a mailbox that holds the mail: those who see it on a case alone were not told whom it
    /// was sent to blindly.
    pub async fn is_in_mailbox_of(&self, id: Uuid, viewer: &str) -> Result<bool, StoreError> {
        let (count,): (i64,) = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select count(*)
             from mail_locations l
             where l.mail_id = $2 and {}",
            sees_mailbox("l.mailbox_id", "$1")
        )))
        .bind(viewer)
        .bind(id)
        .fetch_one(c)
        .await?);
        Ok(count > 0)
    }

    /// A mail for the house's own work (index, outbox), where nobody looks.
    pub async fn mail_unchecked(&self, id: Uuid) -> Result<MailRow, StoreError> {
        let row: Option<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS} from mails m where m.id = $1"
        )))
        .bind(id)
        .fetch_optional(c)
        .await?);
        row.map(MailRow::from).ok_or(StoreError::NotFound("mail"))
    }

    /// Mails with this Message-ID that the user may see, newest first. There may be several.
    pub async fn mails_by_message_id(
        &self,
        message_id: &str,
        viewer: &str,
    ) -> Result<Vec<MailRow>, StoreError> {
        let rows: Vec<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS}
             from mails m
             where m.message_id = $2 and {}
             order by m.received_at desc, m.id
             limit 20",
            sees_mail("$1")
        )))
        .bind(viewer)
        .bind(message_id)
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(MailRow::from).collect())
    }

    /// Mails with exactly these bytes, or the same but for trace headers, that the user may see.
    pub async fn mails_by_fingerprint(
        &self,
        fingerprint: &[u8; 32],
        viewer: &str,
    ) -> Result<Vec<MailRow>, StoreError> {
        let rows: Vec<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS}
             from mails m
             where m.fingerprint = $2 and {}
             order by m.received_at desc, m.id
             limit 20",
            sees_mail("$1")
        )))
        .bind(viewer)
        .bind(fingerprint.to_vec())
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(MailRow::from).collect())
    }

    /// The first mails that fit, at most `limit`.
    pub async fn mails(
        &self,
        filter: &MailFilter,
        viewer: &str,
        limit: i64,
    ) -> Result<Vec<MailRow>, StoreError> {
        let rows: Vec<Row> = match &*self.db {
            Db::Sqlite { readers, .. } => {
                let Some(mut query) = list_query::<sqlx::Sqlite>(filter, viewer, limit, false)
                else {
                    return Ok(Vec::new());
                };
                query.build_query_as().fetch_all(readers).await?
            }
            Db::Postgres(pool) => {
                let Some(mut query) = list_query::<sqlx::Postgres>(filter, viewer, limit, true)
                else {
                    return Ok(Vec::new());
                };
                query.build_query_as().fetch_all(pool).await?
            }
        };
        Ok(rows.into_iter().map(MailRow::from).collect())
    }

    /// Ids of every mail after `after`, in order; for rebuilding an index page by page.
    pub async fn mail_count(&self) -> Result<i64, StoreError> {
        let row: (i64,) = read!(self, |c| sqlx::query_as("select count(*) from mails")
            .fetch_one(c)
            .await?);
        Ok(row.0)
    }
}

/// The new mails with attachments that may hold a text.
fn mails_to_read(batch: &Batch, stored: &[StoredMail]) -> Vec<Uuid> {
    batch
        .mails
        .iter()
        .zip(stored)
        .filter(|(new, stored)| {
            stored.new && new.mail.attachments.iter().any(Attachment::may_have_text)
        })
        .map(|(_, stored)| stored.id)
        .collect()
}

/// How the bytes of a batch's new mails will lie in their object.
struct Layout {
    bytes: Bytes,
    blobs: Vec<NewBlob>,
}

struct NewBlob {
    /// Which mail of the batch.
    index: usize,
    sha256: Sha256,
    range: Range<usize>,
}

impl Layout {
    /// Without copying when every mail is new, which is what a first sync mostly sees.
    fn of(batch: &Batch, known: &HashMap<Sha256, Uuid>) -> Self {
        let mut seen = std::collections::HashSet::new();
        let mut blobs: Vec<NewBlob> = batch
            .mails
            .iter()
            .enumerate()
            .filter(|(_, mail)| !known.contains_key(&mail.sha256) && seen.insert(mail.sha256))
            .map(|(index, mail)| NewBlob {
                index,
                sha256: mail.sha256,
                range: mail.range.clone(),
            })
            .collect();
        let wanted: usize = blobs.iter().map(|blob| blob.range.len()).sum();
        if wanted == batch.bytes.len() {
            return Self {
                bytes: batch.bytes.clone(),
                blobs,
            };
        }
        let mut bytes = BytesMut::with_capacity(wanted);
        for blob in &mut blobs {
            let start = bytes.len();
            bytes.extend_from_slice(batch.bytes.get(blob.range.clone()).unwrap_or_default());
            blob.range = start..bytes.len();
        }
        Self {
            bytes: bytes.freeze(),
            blobs,
        }
    }
}

fn by_sha256<DB: sqlx::Database>(mails: &[NewMail]) -> sqlx::QueryBuilder<DB>
where
    Vec<u8>: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    DB::Arguments: Default,
{
    let mut query = sqlx::QueryBuilder::new("select sha256, id from mails where sha256 in (");
    let mut list = query.separated(", ");
    for mail in mails {
        list.push_bind(mail.sha256.0.to_vec());
    }
    query.push(")");
    query
}

/// The rows of an object and of the blobs in it; a blob that is known lies where it lay.
pub(super) async fn insert_blobs(
    tx: &mut Tx,
    object: Uuid,
    placed: &[Placed],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    data_keys::insert_object(tx, object, placed, now).await?;
    for chunk in placed.chunks(ROWS) {
        write!(tx, |c, Database| sqlx::QueryBuilder::<Database>::new(
            "insert into blobs (sha256, object_id, byte_offset, byte_length, key_id, salt) "
        )
        .push_values(chunk, |mut row, blob| {
            row.push_bind(blob.sha256.0.to_vec())
                .push_bind(object)
                .push_bind(blob.offset)
                .push_bind(blob.length)
                .push_bind(blob.seal.map(|seal| seal.key_id))
                .push_bind(blob.seal.map(|seal| seal.salt.to_vec()));
        })
        .push(" on conflict (sha256) do nothing")
        .build()
        .execute(c)
        .await
        .map(|_| ())?);
    }
    Ok(())
}

/// Inserts mails and what hangs on them; returns the ids of those that nobody else stored meanwhile.
async fn insert_mails(
    tx: &mut Tx,
    mails: &[&NewMail],
    thread_ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<std::collections::HashSet<Uuid>, StoreError> {
    let rows: Vec<(Uuid, &NewMail, Uuid)> = mails
        .iter()
        .zip(thread_ids)
        .map(|(mail, thread)| (Uuid::now_v7(), *mail, *thread))
        .collect();
    let mut inserted = std::collections::HashSet::new();
    for chunk in rows.chunks(ROWS) {
        let ids: Vec<(Uuid,)> = write!(tx, |c, Database| {
            sqlx::QueryBuilder::<Database>::new(
            "insert into mails (id, sha256, fingerprint, message_id, thread_id, subject, base_subject, from_name,
               from_address, sent_at, received_at, kind, byte_length, preview, envelope, signals,
               incomplete_reason, stored_at) "
        )
        .push_values(chunk, |mut row, (id, new, thread)| {
            let from = new.mail.from.first();
            row.push_bind(*id)
                .push_bind(new.sha256.0.to_vec())
                .push_bind(new.fingerprint.to_vec())
                .push_bind(new.mail.message_id.as_deref().map(storable))
                .push_bind(*thread)
                .push_bind(storable(&new.mail.subject))
                .push_bind(storable(&new.base_subject))
                .push_bind(from.and_then(|from| from.name.as_deref()).map(storable))
                .push_bind(from.map(|from| storable(&from.address)).unwrap_or_default())
                .push_bind(new.mail.date)
                .push_bind(new.received_at.trunc_subsecs(6))
                .push_bind(kind_text(new.mail.kind))
                .push_bind(new.range.len() as i64)
                .push_bind(preview(&new.mail.text))
                .push_bind(Json(envelope(&new.mail)))
                .push_bind(Json(new.signals.clone()))
                .push_bind(new.incomplete_reason.clone())
                .push_bind(now);
        })
        .push(" on conflict (sha256) do nothing returning id")
        .build_query_as()
        .fetch_all(c)
        .await?
        });
        inserted.extend(ids.into_iter().map(|(id,)| id));
    }
    let rows: Vec<_> = rows
        .into_iter()
        .filter(|(id, ..)| inserted.contains(id))
        .collect();
    insert_people(tx, &rows).await?;
    let in_threads: Vec<_> = rows
        .iter()
        .map(|(_, new, thread)| (*new, *thread))
        .collect();
    pictures::note(tx, &in_threads).await?;
    let texts: Vec<_> = rows
        .iter()
        .map(|(id, new, _)| search::SearchText {
            mail_id: *id,
            subject: without_nul(&new.mail.subject),
            people: people_text(&new.mail),
            body: without_nul(head(&new.mail.text, MAX_SEARCH_BYTES)),
        })
        .collect();
    search::index(tx, &texts).await?;
    Ok(inserted)
}

async fn insert_people(tx: &mut Tx, rows: &[(Uuid, &NewMail, Uuid)]) -> Result<(), StoreError> {
    let people: Vec<(Uuid, &str, String)> = rows
        .iter()
        .flat_map(|(id, new, _)| {
            [
                ("from", &new.mail.from),
                ("to", &new.mail.to),
                ("cc", &new.mail.cc),
                ("bcc", &new.mail.bcc),
            ]
            .into_iter()
            .flat_map(move |(role, list)| {
                list.iter()
                    .map(move |person| (*id, role, storable(&person.address)))
            })
            .filter(|(_, _, address)| !address.is_empty())
            .take(MAX_PEOPLE)
        })
        .collect();
    for chunk in people.chunks(ROWS * 4) {
        write!(tx, |c, Database| sqlx::QueryBuilder::<Database>::new(
            "insert into mail_people (mail_id, role, address) "
        )
        .push_values(chunk, |mut row, (id, role, address)| {
            row.push_bind(*id)
                .push_bind(*role)
                .push_bind(address.as_str());
        })
        .push(" on conflict do nothing")
        .build()
        .execute(c)
        .await
        .map(|_| ())?);
    }
    Ok(())
}

/// The stored mail for each of the batch, old or new, in the batch's order.
async fn stored_mails(
    tx: &mut Tx,
    mails: &[NewMail],
    inserted: &std::collections::HashSet<Uuid>,
) -> Result<Vec<StoredMail>, StoreError> {
    let mut found: HashMap<Sha256, (Uuid, Uuid)> = HashMap::new();
    for chunk in mails.chunks(ROWS) {
        let rows: Vec<(Vec<u8>, Uuid, Uuid)> = write!(tx, |c, Database| {
            let mut query = sqlx::QueryBuilder::<Database>::new(
                "select sha256, id, thread_id from mails where sha256 in (",
            );
            let mut list = query.separated(", ");
            for mail in chunk {
                list.push_bind(mail.sha256.0.to_vec());
            }
            query.push(")");
            query.build_query_as().fetch_all(c).await?
        });
        found.extend(
            rows.into_iter()
                .map(|(sha256, id, thread)| (Sha256(digest(&sha256)), (id, thread))),
        );
    }
    let mut first = std::collections::HashSet::new();
    mails
        .iter()
        .map(|mail| {
            let (id, thread_id) = *found
                .get(&mail.sha256)
                .ok_or(StoreError::NotFound("mail"))?;
            Ok(StoredMail {
                id,
                thread_id,
                new: inserted.contains(&id) && first.insert(id),
            })
        })
        .collect()
}

async fn insert_locations(
    tx: &mut Tx,
    batch: &Batch,
    stored: &[StoredMail],
) -> Result<(), StoreError> {
    // One place holds one mail: a server that names a UID twice would break the insert.
    let places: HashMap<(Uuid, u32, u32), (&Place, Uuid)> = batch
        .mails
        .iter()
        .zip(stored)
        .filter_map(|(mail, stored)| mail.place.as_ref().map(|place| (place, stored.id)))
        .map(|(place, id)| ((place.folder_id, place.uidvalidity, place.uid), (place, id)))
        .collect();
    let places: Vec<_> = places.into_values().collect();
    for chunk in places.chunks(ROWS) {
        write!(tx, |c, Database| sqlx::QueryBuilder::<Database>::new(
            "insert into mail_locations (folder_id, uidvalidity, uid, mail_id, mailbox_id, flags) "
        )
        .push_values(chunk, |mut row, (place, id)| {
            row.push_bind(place.folder_id)
                .push_bind(i64::from(place.uidvalidity))
                .push_bind(i64::from(place.uid))
                .push_bind(*id)
                .push_bind(batch.mailbox_id)
                .push_bind(Json(&place.flags));
        })
        .push(
            " on conflict (folder_id, uidvalidity, uid) do update
              set mail_id = excluded.mail_id, flags = excluded.flags",
        )
        .build()
        .execute(c)
        .await
        .map(|_| ())?);
    }
    Ok(())
}

/// The conversation of a reply that names no other mail: same subject and a common participant within the window.
async fn thread_by_subject(tx: &mut Tx, new: &NewMail) -> Result<Option<Uuid>, StoreError> {
    let window = Duration::days(SUBJECT_WINDOW_DAYS);
    let addresses: Vec<String> = [&new.mail.from, &new.mail.to]
        .into_iter()
        .flatten()
        .map(|person| storable(&person.address))
        .filter(|address| !address.is_empty())
        .take(MAX_PEOPLE)
        .collect();
    if addresses.is_empty() || new.base_subject.is_empty() {
        return Ok(None);
    }
    let found: Option<(Uuid,)> = write!(tx, |c, Database| {
        let mut query = sqlx::QueryBuilder::<Database>::new(
            "select m.thread_id from mails m where m.base_subject = ",
        );
        query.push_bind(storable(&new.base_subject));
        query
            .push(" and m.received_at between ")
            .push_bind(new.received_at - window);
        query.push(" and ").push_bind(new.received_at + window);
        query.push(
            " and exists (select 1 from mail_people p where p.mail_id = m.id and p.address in (",
        );
        let mut list = query.separated(", ");
        for address in &addresses {
            list.push_bind(address.as_str());
        }
        query.push(")) order by m.received_at desc, m.id limit 1");
        query.build_query_as().fetch_optional(c).await?
    });
    Ok(found.map(|(id,)| id))
}

/// `None` when the filter's words hold no word at all, so that nothing can fit.
fn list_query<DB>(
    filter: &MailFilter,
    viewer: &str,
    limit: i64,
    postgres: bool,
) -> Option<sqlx::QueryBuilder<DB>>
where
    DB: sqlx::Database,
    DB::Arguments: Default,
    String: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    Uuid: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    i64: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    DateTime<Utc>: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    NaiveDate: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    &'static str: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    // The viewer is bound first, so that both databases know them as $1 wherever they are named. Beside a table that gives
    // one row, SQLite would read all mails and sort them.
    let mut query = sqlx::QueryBuilder::new("select ");
    query
        .push(COLUMNS)
        .push(" from mails m where cast(")
        .push_bind(viewer.to_owned())
        .push(" as text) is not null and ")
        .push(sees_mail("$1"));
    if let Some(id) = filter.mailbox_id {
        query
            .push(" and exists (select 1 from mail_locations f where f.mail_id = m.id and f.mailbox_id = ")
            .push_bind(id)
            .push(" and ")
            .push(sees_mailbox("f.mailbox_id", "$1"))
            .push(")");
    }
    if let Some(id) = filter.thread_id {
        query.push(" and m.thread_id = ").push_bind(id);
    }
    if let Some(words) = &filter.words {
        let (word_in, values) = search::clause(words, postgres)?;
        for value in values {
            query
                .push(" and ")
                .push(word_in.mail)
                .push_bind(value.clone());
            query
                .push(word_in.or_attachments)
                .push_bind(value)
                .push(word_in.end);
        }
    }
    if let Some(from) = &filter.from {
        query
            .push(" and m.from_address = ")
            .push_bind(from.to_lowercase());
    }
    if let Some(kind) = filter.kind {
        query.push(" and m.kind = ").push_bind(kind_text(kind));
    }
    if let Some(at) = filter.received_from {
        query.push(" and m.received_at >= ").push_bind(at);
    }
    if let Some(at) = filter.received_before {
        query.push(" and m.received_at < ").push_bind(at);
    }
    if let Some(journaled) = filter.journaled {
        query.push(if journaled { " and " } else { " and not " });
        query
            .push(
                "exists (select 1 from entries e join cases c on c.id = e.case_id
                   where e.fingerprint = m.fingerprint and e.state <> 'undone' and ",
            )
            .push(sees_entry("$1"))
            .push(")");
    }
    if let Some(failed) = filter.failed {
        query.push(if failed {
            " and m.fingerprint in "
        } else {
            " and m.fingerprint not in "
        });
        query
            .push(
                "(select e.fingerprint from jobs j join entries e on e.id = j.entry_id join cases c on c.id = e.case_id
                   where j.state = 'failed' and e.state <> 'undone' and ",
            )
            .push(sees_entry("$1"))
            .push(")");
    }
    if let Some(said) = filter.not_for_a_case {
        query.push(if said { " and " } else { " and not " });
        query.push("exists (select 1 from not_for_a_case n where n.mail_id = m.id)");
    }
    if let Some(queue) = &filter.queue {
        queue::push_filter(&mut query, queue, filter.mailbox_id);
    }
    let (beyond, order) = if filter.oldest_first {
        (" > ", " order by m.received_at, m.id limit ")
    } else {
        (" < ", " order by m.received_at desc, m.id desc limit ")
    };
    if let Some((at, id)) = filter.after {
        query
            .push(" and (m.received_at")
            .push(beyond)
            .push_bind(at)
            .push(" or (m.received_at = ")
            .push_bind(at)
            .push(" and m.id")
            .push(beyond)
            .push_bind(id)
            .push("))");
    }
    query.push(order).push_bind(limit);
    Some(query)
}

fn envelope(mail: &Mail) -> Mail {
    let bare = Mail {
        text: String::new(),
        ..mail.clone()
    };
    // PostgreSQL's JSON holds no NUL; a mail may. One may also hold the six letters that stand for it.
    match serde_json::to_string(&bare) {
        Ok(text) if text.contains("\\u0000") => serde_json::to_value(&bare)
            .map(value_without_nul)
            .and_then(serde_json::from_value)
            .unwrap_or(bare),
        _ => bare,
    }
}

fn value_without_nul(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(storable(&text)),
        Value::Array(list) => Value::Array(list.into_iter().map(value_without_nul).collect()),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, value_without_nul(value)))
            .collect(),
        other => other,
    }
}

fn people_text(mail: &Mail) -> String {
    let mut text = String::new();
    for person in [&mail.from, &mail.to, &mail.cc]
        .into_iter()
        .flatten()
        .take(MAX_PEOPLE)
    {
        text.push_str(without_nul(person.name.as_deref().unwrap_or_default()));
        text.push(' ');
        text.push_str(without_nul(&person.address));
        text.push(' ');
    }
    text
}

fn preview(text: &str) -> String {
    let words = head(text, 4 * MAX_PREVIEW_CHARS);
    let mut out = String::with_capacity(MAX_PREVIEW_CHARS);
    for word in words
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
    {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out.chars().take(MAX_PREVIEW_CHARS).collect()
}

/// Text as both databases take it: PostgreSQL's holds no NUL.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', "")
}

/// The text up to a NUL, without copying; nothing that a person wrote follows one.
fn without_nul(text: &str) -> &str {
    text.split('\0').next().unwrap_or_default()
}

pub(super) fn head(text: &str, max_bytes: usize) -> &str {
    &text[..text.floor_char_boundary(max_bytes)]
}

fn kind_text(kind: MailKind) -> &'static str {
    match kind {
        MailKind::Personal => "personal",
        MailKind::AutoReply => "auto_reply",
        MailKind::OutOfOffice => "out_of_office",
        MailKind::Bounce => "bounce",
        MailKind::Newsletter => "newsletter",
        MailKind::Calendar => "calendar",
        MailKind::System => "system",
        MailKind::JournalReport => "journal_report",
        MailKind::ReadReceipt => "read_receipt",
        MailKind::Unreadable => "unreadable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_a_mail_has_no_nul_and_all_else() {
        let mail = |subject: &str| Mail {
            subject: subject.to_owned(),
            message_id: Some("a@x".to_owned()),
            ..Mail::default()
        };
        assert_eq!(envelope(&mail("hæk\0 12")), mail("hæk 12"));
        assert_eq!(envelope(&mail("skriv \\u0000x")), mail("skriv \\u0000x"));
    }
}
