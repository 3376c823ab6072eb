//! Data keys: each opens some of the blobs; they lie in the database, wrapped by the master key.
//!
//! A rotation wraps them anew and begins another one for what comes; no blob is rewritten for it. What lies in the clear, or
//! under an old data key, is rewritten only when somebody asks for that (`encrypt_next`).

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{
    AuditRecord, Master, Store, StoreError, audit,
    blobs::{BlobKey, KeyError, Salt, Sealing, Wrapped, random, sealed_length},
    db::{read, write},
    mails::digest,
};
use crate::domain::mail::Sha256;

/// The master key, and the data keys that it has opened.
pub(super) struct Vault {
    master: Master,
    opened: Mutex<HashMap<Uuid, [u8; 32]>>,
}

/// Where a blob lies, and what it takes to open it.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub sha256: Sha256,
    pub offset: i64,
    pub length: i64,
    pub seal: Option<Seal>,
}

/// Which data key, and the salt that makes the blob's own of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seal {
    pub key_id: Uuid,
    pub salt: Salt,
}

/// An object that was written with one blob; to be named by a row.
#[derive(Clone, Debug)]
pub struct NewObject {
    pub id: Uuid,
    pub(super) placed: Placed,
}

/// A data key and how much depends on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyState {
    /// `None` stands for the blobs in the clear.
    pub id: Option<Uuid>,
    pub created_at: Option<DateTime<Utc>>,
    /// The name of the master key that wraps it.
    pub master: Option<String>,
    pub blobs: i64,
}

/// What became of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encrypted {
    pub object: Uuid,
    pub blobs: usize,
    /// What could not be read there, and was left alone.
    pub damaged: Vec<Sha256>,
}

impl Store {
    /// With a master key, what is stored from now on is encrypted.
    #[must_use]
    pub fn with_master(self, master: Master) -> Self {
        Self {
            vault: Some(Arc::new(Vault {
                master,
                opened: Mutex::default(),
            })),
            ..self
        }
    }

    /// Writes blobs as one object, each encrypted on its own if there is a master key; where each lies in it.
    pub(super) async fn put_blobs(
        &self,
        object: Uuid,
        bytes: Bytes,
        blobs: &[(Sha256, Range<usize>)],
    ) -> Result<Vec<Placed>, StoreError> {
        let Some((key_id, data_key)) = self.newest_data_key().await? else {
            self.blobs.put(object, bytes).await?;
            return Ok(blobs
                .iter()
                .map(|(sha256, range)| Placed {
                    sha256: *sha256,
                    offset: range.start as i64,
                    length: range.len() as i64,
                    seal: None,
                })
                .collect());
        };
        let mut placed = Vec::with_capacity(blobs.len());
        let mut keyed = Vec::with_capacity(blobs.len());
        let mut offset = 0;
        for (sha256, range) in blobs {
            let salt = random().map_err(key_error)?;
            let length = sealed_length(range.len());
            placed.push(Placed {
                sha256: *sha256,
                offset: offset as i64,
                length: length as i64,
                seal: Some(Seal { key_id, salt }),
            });
            keyed.push((range.clone(), BlobKey::of(&data_key, &salt, *sha256)));
            offset += length;
        }
        let sealing = move || Sealing::new(bytes.clone(), keyed.clone());
        self.blobs.put_read(object, offset, sealing).await?;
        Ok(placed)
    }

    /// Writes one blob as an object of its own.
    pub async fn put_blob(&self, sha256: Sha256, bytes: Bytes) -> Result<NewObject, StoreError> {
        let id = Uuid::now_v7();
        let whole = 0..bytes.len();
        let placed = self.put_blobs(id, bytes, &[(sha256, whole)]).await?;
        let placed = placed
            .into_iter()
            .next()
            .ok_or(StoreError::NotFound("blob"))?;
        Ok(NewObject { id, placed })
    }

    pub(super) async fn blob_key(
        &self,
        seal: &Seal,
        sha256: Sha256,
    ) -> Result<BlobKey, StoreError> {
        let data_key = self.data_key(seal.key_id).await?;
        Ok(BlobKey::of(&data_key, &seal.salt, sha256))
    }

    /// Wraps every data key anew that another master key than the present one wraps, and begins a new one; how many were
    /// wrapped.
    pub async fn rotate_keys(&self, actor: &str, now: DateTime<Utc>) -> Result<usize, StoreError> {
        let vault = self.vault()?;
        let by_command = vault.master.keeps_its_keys();
        let mut wrapped_anew = Vec::new();
        for (id, wrapped) in self.wrapped_keys().await? {
            if by_command || wrapped.master != vault.master.name() {
                let data_key = vault.master.unwrap(id, &wrapped).await.map_err(key_error)?;
                let anew = vault.master.wrap(id, &data_key).await.map_err(key_error)?;
                wrapped_anew.push((id, anew));
            }
        }
        let (new, wrapped) = self.make_data_key().await?;
        let mut tx = self.db.begin().await?;
        for (id, anew) in &wrapped_anew {
            write!(&mut tx, |c| sqlx::query(
                "update data_keys set master = $1, wrapped = $2 where id = $3"
            )
            .bind(&anew.master)
            .bind(&anew.bytes)
            .bind(*id)
            .execute(c)
            .await
            .map(|_| ())?);
        }
        insert(&mut tx, new, &wrapped, now).await?;
        let record = AuditRecord {
            actor,
            action: "keys.rotate",
            subject_kind: "data_key",
            subject_id: new.to_string(),
            case_id: None,
            detail: serde_json::json!({ "wrapped": wrapped_anew.len() }),
        };
        audit::append(&mut tx, now, record).await?;
        tx.commit().await?;
        Ok(wrapped_anew.len())
    }

    /// Every data key, oldest first, and what lies in the clear.
    pub async fn key_states(&self) -> Result<Vec<KeyState>, StoreError> {
        let keys: Vec<(Uuid, DateTime<Utc>, String, i64)> = read!(self, |c| sqlx::query_as(
            "select k.id, k.created_at, k.master, count(b.sha256)
             from data_keys k
             left join blobs b on b.key_id = k.id
             group by k.id, k.created_at, k.master
             order by k.id"
        )
        .fetch_all(c)
        .await?);
        let (clear,): (i64,) = read!(self, |c| sqlx::query_as(
            "select count(*) from blobs where key_id is null"
        )
        .fetch_one(c)
        .await?);
        let clear = KeyState {
            id: None,
            created_at: None,
            master: None,
            blobs: clear,
        };
        let keys = keys.into_iter().map(|(id, at, master, blobs)| KeyState {
            id: Some(id),
            created_at: Some(at),
            master: Some(master),
            blobs,
        });
        Ok(std::iter::once(clear).chain(keys).collect())
    }

    /// Opens every data key; how many there are. For `doctor`.
    pub async fn check_keys(&self) -> Result<usize, StoreError> {
        let keys = self.wrapped_keys().await?;
        for (id, _) in &keys {
            self.data_key(*id).await?;
        }
        Ok(keys.len())
    }

    /// Encrypts what lies in the clear in the next object after this one, or, when asked for, under an older data key; `None`
    /// when there is none. What cannot be read stays as it is. The old bytes go as the housekeeping removes them. May be
    /// stopped and repeated.
    pub async fn encrypt_next(
        &self,
        after: Option<Uuid>,
        older_too: bool,
        now: DateTime<Utc>,
    ) -> Result<Option<Encrypted>, StoreError> {
        let (newest, _) = self.newest_data_key().await?.ok_or_else(not_set)?;
        let object: Option<(Uuid,)> = read!(self, |c| sqlx::query_as(
            "select object_id
             from blobs
             where (key_id is null or ($1 and key_id <> $2)) and object_id > $3
             order by object_id
             limit 1"
        )
        .bind(older_too)
        .bind(newest)
        .bind(after.unwrap_or(Uuid::nil()))
        .fetch_optional(c)
        .await?);
        let Some((old,)) = object else {
            return Ok(None);
        };
        let living: Vec<(Vec<u8>,)> = read!(self, |c| sqlx::query_as(
            "select sha256 from blobs where object_id = $1 order by byte_offset"
        )
        .bind(old)
        .fetch_all(c)
        .await?);
        let mut done = Encrypted {
            object: old,
            blobs: 0,
            damaged: Vec::new(),
        };
        let mut bytes = BytesMut::new();
        let mut blobs = Vec::with_capacity(living.len());
        for (sha256,) in living {
            let sha256 = Sha256(digest(&sha256));
            let start = bytes.len();
            match self.blob(sha256).await {
                Ok(blob) => bytes.extend_from_slice(&blob),
                Err(error) if error.is_of_this_blob() => {
                    done.damaged.push(sha256);
                    continue;
                }
                // Removed since we looked.
                Err(StoreError::NotFound(_)) => continue,
                Err(error) => return Err(error),
            }
            blobs.push((sha256, start..bytes.len()));
        }
        if blobs.is_empty() {
            // Its blobs were moved or removed meanwhile, or none of them can be read.
            return Ok(Some(done));
        }
        let new = Uuid::now_v7();
        let placed = self.put_blobs(new, bytes.freeze(), &blobs).await?;
        let mut tx = self.db.begin().await?;
        insert_object(&mut tx, new, &placed, now).await?;
        for blob in &placed {
            write!(&mut tx, |c| sqlx::query(
                "update blobs
                 set object_id = $1, byte_offset = $2, byte_length = $3, key_id = $4, salt = $5
                 where sha256 = $6 and object_id = $7"
            )
            .bind(new)
            .bind(blob.offset)
            .bind(blob.length)
            .bind(blob.seal.map(|seal| seal.key_id))
            .bind(blob.seal.map(|seal| seal.salt.to_vec()))
            .bind(blob.sha256.0.to_vec())
            .bind(old)
            .execute(c)
            .await
            .map(|_| ())?);
        }
        // What is damaged still lies there: perhaps a backup helps.
        write!(&mut tx, |c| sqlx::query(RETIRE_EMPTY)
            .bind(now)
            .bind(old)
            .execute(c)
            .await
            .map(|_| ())?);
        tx.commit().await?;
        done.blobs = placed.len();
        Ok(Some(done))
    }

    /// Where blobs were encrypted once, nothing is written in the clear because a setting got lost.
    async fn expect_no_data_key(&self) -> Result<(), StoreError> {
        let known: Option<(Uuid,)> =
            read!(self, |c| sqlx::query_as("select id from data_keys limit 1")
                .fetch_optional(c)
                .await?);
        known.map_or(Ok(()), |_| Err(not_set()))
    }

    /// The data key that is written with (ids sort by time), made when there is none; `None` without a master key.
    async fn newest_data_key(&self) -> Result<Option<(Uuid, [u8; 32])>, StoreError> {
        if self.vault.is_none() {
            return self.expect_no_data_key().await.map(|()| None);
        }
        let newest: Option<(Uuid,)> = read!(self, |c| sqlx::query_as(
            "select id from data_keys order by id desc limit 1"
        )
        .fetch_optional(c)
        .await?);
        let id = if let Some((id,)) = newest {
            id
        } else {
            // Of two that are made at once one is used, and both open what they sealed.
            let (id, wrapped) = self.make_data_key().await?;
            let mut tx = self.db.begin().await?;
            insert(&mut tx, id, &wrapped, Utc::now()).await?;
            tx.commit().await?;
            id
        };
        Ok(Some((id, self.data_key(id).await?)))
    }

    async fn data_key(&self, id: Uuid) -> Result<[u8; 32], StoreError> {
        let vault = self.vault()?;
        let opened = || vault.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let known = opened().get(&id).copied();
        if let Some(key) = known {
            return Ok(key);
        }
        let row: Option<(String, Vec<u8>)> = read!(self, |c| sqlx::query_as(
            "select master, wrapped from data_keys where id = $1"
        )
        .bind(id)
        .fetch_optional(c)
        .await?);
        let (master, bytes) = row.ok_or(StoreError::NotFound("data key"))?;
        let wrapped = Wrapped { master, bytes };
        let key = vault.master.unwrap(id, &wrapped).await.map_err(key_error)?;
        opened().insert(id, key);
        Ok(key)
    }

    async fn make_data_key(&self) -> Result<(Uuid, Wrapped), StoreError> {
        let id = Uuid::now_v7();
        let key = random().map_err(key_error)?;
        let wrapped = self.vault()?.master.wrap(id, &key).await;
        Ok((id, wrapped.map_err(key_error)?))
    }

    async fn wrapped_keys(&self) -> Result<Vec<(Uuid, Wrapped)>, StoreError> {
        let rows: Vec<(Uuid, String, Vec<u8>)> = read!(self, |c| sqlx::query_as(
            "select id, master, wrapped from data_keys order by id"
        )
        .fetch_all(c)
        .await?);
        Ok(rows
            .into_iter()
            .map(|(id, master, bytes)| (id, Wrapped { master, bytes }))
            .collect())
    }

    fn vault(&self) -> Result<&Vault, StoreError> {
        self.vault.as_deref().ok_or_else(not_set)
    }
}

/// An object that no blob lies in any more is left to the housekeeping.
const RETIRE_EMPTY: &str = "update blob_objects
     set retired_at = $1
     where id = $2 and not exists (select 1 from blobs b where b.object_id = blob_objects.id)";

/// The row of an object, with the bytes that its blobs take.
pub(super) async fn insert_object(
    tx: &mut super::db::Tx,
    object: Uuid,
    placed: &[Placed],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let length: i64 = placed.iter().map(|blob| blob.length).sum();
    write!(tx, |c| sqlx::query(
        "insert into blob_objects (id, byte_length, created_at)
         values ($1, $2, $3)
         on conflict (id) do nothing"
    )
    .bind(object)
    .bind(length)
    .bind(now)
    .execute(c)
    .await
    .map(|_| ())?);
    Ok(())
}

async fn insert(
    tx: &mut super::db::Tx,
    id: Uuid,
    wrapped: &Wrapped,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    write!(tx, |c| sqlx::query(
        "insert into data_keys (id, master, wrapped, created_at) values ($1, $2, $3, $4)"
    )
    .bind(id)
    .bind(&wrapped.master)
    .bind(&wrapped.bytes)
    .bind(now)
    .execute(c)
    .await
    .map(|_| ())?);
    Ok(())
}

fn key_error(error: KeyError) -> StoreError {
    super::BlobError::Key(error).into()
}

fn not_set() -> StoreError {
    key_error(KeyError::NotSet)
}
