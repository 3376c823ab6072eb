//! Puts away what nobody can see any more: mails in no mailbox and on no case, and the bytes they leave behind.
//!
//! Every step may be interrupted and repeated. Bytes are written anew before the rows that will name them, and objects
//! stay for a while after nothing names them any more: whatever the database names can be read at any moment, also by a
//! backup that copies the database first and the objects later.

use bytes::BytesMut;
use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::{
    AuditRecord, Store, StoreError, audit,
    db::{Tx, read, write},
    not_for_a_case,
};

/// Mails removed in one transaction, so that others need not wait long.
const MAILS: i64 = 200;
/// Objects looked at in one pass; the next pass goes on.
const OBJECTS: i64 = 200;
/// How long an object stays after what lived in it was moved or removed; backups are faster.
const RETIRED_FOR: Duration = Duration::days(2);
/// An object that no row names may belong to a batch that is just being written, or to a database that was restored.
const ORPHANS_AFTER: Duration = Duration::days(7);

/// What a pass has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tidied {
    pub mails_removed: usize,
    pub objects_removed: usize,
    pub objects_rewritten: usize,
    pub orphans_removed: usize,
}

impl Store {
    /// One pass. Mails are removed when they have lain nowhere for as long as `keep`.
    pub async fn tidy(&self, keep: Duration, now: DateTime<Utc>) -> Result<Tidied, StoreError> {
        let mut done = Tidied::default();
        self.note_unplaced(now).await?;
        loop {
            let removed = self.remove_unplaced(now - keep, now).await?;
            done.mails_removed += removed;
            if (removed as i64) < MAILS {
                break;
            }
        }
        for object in self.mostly_dead_objects().await? {
            if self.retire(object, now).await? {
                done.objects_rewritten += 1;
            }
        }
        done.objects_removed = self.remove_retired(now - RETIRED_FOR).await?;
        self.forget_mails_out(now).await?;
        Ok(done)
    }

    /// Removes objects that no row has named for long: what a process wrote just before it died.
    pub async fn remove_orphans(&self, now: DateTime<Utc>) -> Result<usize, StoreError> {
        let mut removed = 0;
        for id in self.blobs.written_before(now - ORPHANS_AFTER).await? {
            let named: Option<(Uuid,)> = read!(self, |c| sqlx::query_as(
                "select id
                 from blob_objects
                 where id = $1"
            )
            .bind(id)
            .fetch_optional(c)
            .await?);
            if named.is_none() {
                self.blobs.delete(id).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// Notes since when mails lie nowhere, and takes the note away from those that lie somewhere again.
    async fn note_unplaced(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        write!(&mut tx, |c| {
            sqlx::query(
                "update mails
                 set unplaced_at = null
                 where unplaced_at is not null
                   and (exists (select 1 from mail_locations l where l.mail_id = mails.id)
                     or exists (select 1 from entries e where e.mail_id = mails.id))",
            )
            .execute(&mut *c)
            .await?;
            sqlx::query(
                "update mails
                 set unplaced_at = $1
                 where unplaced_at is null
                   and not exists (select 1 from mail_locations l where l.mail_id = mails.id)
                   and not exists (select 1 from entries e where e.mail_id = mails.id)",
            )
            .bind(now)
            .execute(&mut *c)
            .await?;
        });
        tx.commit().await
    }

    /// Removes some mails with all that hangs on them; how many.
    async fn remove_unplaced(
        &self,
        before: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        let mut tx = self.db.begin().await?;
        let lock = lock(&tx);
        let mails: Vec<(Uuid, Vec<u8>, Uuid)> =
            write!(&mut tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
                "select m.id, m.sha256, m.thread_id
                 from mails m
                 where m.unplaced_at <= $1
                   and not exists (select 1 from mail_locations l where l.mail_id = m.id)
                   and not exists (select 1 from entries e where e.mail_id = m.id)
                 order by m.unplaced_at, m.id
                 limit $2
                 {lock}"
            )))
            .bind(before)
            .bind(MAILS)
            .fetch_all(c)
            .await?);
        for (id, sha256, thread_id) in &mails {
            let why = (audit::HOUSE, "unplaced");
            remove_mail(&mut tx, (*id, sha256, *thread_id), why, now).await?;
        }
        tx.commit().await?;
        Ok(mails.len())
    }

    /// Objects of which less than half is named by any blob.
    async fn mostly_dead_objects(&self) -> Result<Vec<Uuid>, StoreError> {
        let rows: Vec<(Uuid,)> = read!(self, |c| sqlx::query_as(
            "select o.id
             from blob_objects o
             left join blobs b on b.object_id = o.id
             where o.retired_at is null
             group by o.id, o.byte_length
             having coalesce(sum(b.byte_length), 0) * 2 < o.byte_length
             order by o.id
             limit $1"
        )
        .bind(OBJECTS)
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// Moves what lives in an object to a new one; false when nothing lived in it.
    async fn retire(&self, old: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let living: Vec<(Vec<u8>, i64, i64)> = read!(self, |c| sqlx::query_as(
            "select sha256, byte_offset, byte_length
             from blobs
             where object_id = $1
             order by byte_offset"
        )
        .bind(old)
        .fetch_all(c)
        .await?);
        let mut bytes = BytesMut::new();
        let mut places = Vec::with_capacity(living.len());
        for (sha256, offset, length) in living {
            let range = offset as u64..(offset + length) as u64;
            places.push((sha256, bytes.len() as i64));
            bytes.extend_from_slice(&self.blobs.get(old, range).await?);
        }
        let new = Uuid::now_v7();
        let length = bytes.len() as i64;
        if !places.is_empty() {
            self.blobs.put(new, bytes.freeze()).await?;
        }
        let mut tx = self.db.begin().await?;
        write!(&mut tx, |c| {
            if !places.is_empty() {
                sqlx::query(
                    "insert into blob_objects (id, byte_length, created_at)
                     values ($1, $2, $3)",
                )
                .bind(new)
                .bind(length)
                .bind(now)
                .execute(&mut *c)
                .await?;
            }
            for (sha256, offset) in &places {
                sqlx::query(
                    "update blobs
                     set object_id = $1, byte_offset = $2
                     where sha256 = $3 and object_id = $4",
                )
                .bind(new)
                .bind(*offset)
                .bind(sha256.as_slice())
                .bind(old)
                .execute(&mut *c)
                .await?;
            }
            sqlx::query("update blob_objects set retired_at = $1 where id = $2")
                .bind(now)
                .bind(old)
                .execute(&mut *c)
                .await?;
        });
        tx.commit().await?;
        Ok(!places.is_empty())
    }

    async fn remove_retired(&self, before: DateTime<Utc>) -> Result<usize, StoreError> {
        let retired: Vec<(Uuid,)> = read!(self, |c| sqlx::query_as(
            "select id
             from blob_objects
             where retired_at <= $1
             limit $2"
        )
        .bind(before)
        .bind(OBJECTS)
        .fetch_all(c)
        .await?);
        for (id,) in &retired {
            self.blobs.delete(*id).await?;
            let mut tx = self.db.begin().await?;
            write!(&mut tx, |c| sqlx::query(
                "delete from blob_objects where id = $1"
            )
            .bind(*id)
            .execute(c)
            .await
            .map(|_| ())?);
            tx.commit().await?;
        }
        Ok(retired.len())
    }
}

/// In PostgreSQL a mail that is found again meanwhile has to wait, and is then stored anew.
pub(super) fn lock(tx: &Tx) -> &'static str {
    match tx {
        Tx::Sqlite(..) => "",
        Tx::Postgres(_) => "for update of m",
    }
}

/// People, places and search text go with the mail's row, and what was learned from it; its bytes' row when no document holds
/// the same bytes.
pub(super) async fn remove_mail(
    tx: &mut Tx,
    (id, sha256, thread_id): (Uuid, &[u8], Uuid),
    (actor, because): (&str, &str),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    not_for_a_case::forget(tx, id, now).await?;
    let record = AuditRecord {
        actor,
        action: "mail.remove",
        subject_kind: "mail",
        subject_id: id.to_string(),
        case_id: None,
        detail: serde_json::json!({ "because": because }),
    };
    audit::append(tx, now, record).await?;
    super::search::forget(tx, id).await?;
    write!(tx, |c| {
        sqlx::query("delete from mails where id = $1")
            .bind(id)
            .execute(&mut *c)
            .await?;
        sqlx::query(
            "delete from blobs
             where sha256 = $1
               and not exists (select 1 from files f where f.sha256 = blobs.sha256)
               and not exists (select 1 from template_versions v where v.sha256 = blobs.sha256)",
        )
        .bind(sha256)
        .execute(&mut *c)
        .await?;
        // Which pictures are logos is learned from how many conversations show them.
        sqlx::query(
            "delete from picture_threads
             where thread_id = $1
               and not exists (select 1 from mails m where m.thread_id = $1)",
        )
        .bind(thread_id)
        .execute(&mut *c)
        .await?;
        sqlx::query(
            "delete from thread_keys
             where thread_id = $1
               and not exists (select 1 from mails m where m.thread_id = $1)",
        )
        .bind(thread_id)
        .execute(&mut *c)
        .await?;
        sqlx::query(
            "delete from threads
             where id = $1
               and not exists (select 1 from mails m where m.thread_id = $1)",
        )
        .bind(thread_id)
        .execute(&mut *c)
        .await?;
    });
    Ok(())
}
