//! Bytes by their SHA-256, in a folder or an S3 bucket.
//!
//! The mails of one fetched batch are one object and a blob is a range in it: one durable write per batch. This file
//! knows objects and ranges only; which blob lies where is in the database (`blobs`, `blob_objects`).

mod folder;
mod master;
mod sealed;

use std::io::Read;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::TryStreamExt as _;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use uuid::Uuid;

use super::{Store, StoreError, data_keys::Seal, db::read, mails::digest};
use crate::domain::mail::Sha256;

pub use master::{KeyError, Master};
pub(super) use master::{Wrapped, random};
pub(super) use sealed::{BlobKey, Salt, Sealing, sealed_length};

/// Sealed bytes that are opened beside the others' work.
const LARGE_BYTES: u64 = 1 << 20;

/// Of an object that is sent to S3 in parts; each but the last has at least 5 MiB.
const PART_BYTES: usize = 8 << 20;

/// Where objects are kept.
#[derive(Clone)]
pub enum BlobsAt {
    /// A folder of this machine, created when missing.
    Folder(PathBuf),
    S3 {
        bucket: String,
        endpoint: Option<String>,
        region: String,
        access_key_id: String,
        secret_access_key: String,
    },
}

#[derive(Clone)]
pub struct Blobs {
    objects: Arc<dyn ObjectStore>,
    /// Set when the objects are files, which we write ourselves.
    folder: Option<Arc<PathBuf>>,
}

#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    #[error("the blob storage cannot be opened: {0}")]
    Open(#[source] object_store::Error),
    #[error("the blob folder cannot be created: {0}")]
    Folder(#[source] std::io::Error),
    #[error("the blob storage did not take the bytes: {0}")]
    Write(#[source] object_store::Error),
    #[error("the blob folder did not take the bytes: {0}")]
    WriteFile(#[source] std::io::Error),
    #[error("the blob storage did not give the bytes: {0}")]
    Read(#[source] object_store::Error),
    #[error("the stored bytes of {0} have changed")]
    Damaged(Sha256),
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl BlobError {
    /// Whether the bytes are not there any more, or others than they were.
    pub fn is_of_this_blob(&self) -> bool {
        matches!(
            self,
            Self::Damaged(_) | Self::Read(object_store::Error::NotFound { .. })
        )
    }

    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Write(_) | Self::WriteFile(_) | Self::Read(_) | Self::Folder(_)
        )
    }
}

impl Blobs {
    pub fn open(at: &BlobsAt) -> Result<Self, BlobError> {
        crate::crypto::install();
        let objects: Arc<dyn ObjectStore> = match at {
            BlobsAt::Folder(folder) => {
                std::fs::create_dir_all(folder).map_err(BlobError::Folder)?;
                Arc::new(LocalFileSystem::new_with_prefix(folder).map_err(BlobError::Open)?)
            }
            BlobsAt::S3 {
                bucket,
                endpoint,
                region,
                access_key_id,
                secret_access_key,
            } => {
                let mut builder = AmazonS3Builder::new()
                    .with_bucket_name(bucket)
                    .with_region(region)
                    .with_access_key_id(access_key_id)
                    .with_secret_access_key(secret_access_key);
                if let Some(endpoint) = endpoint {
                    builder = builder.with_endpoint(endpoint).with_allow_http(true);
                }
                Arc::new(builder.build().map_err(BlobError::Open)?)
            }
        };
        let folder = match at {
            BlobsAt::Folder(folder) => Some(Arc::new(folder.clone())),
            BlobsAt::S3 { .. } => None,
        };
        Ok(Self { objects, folder })
    }

    /// Writes an object durably; when this returns, it is on disk.
    pub async fn put(&self, id: Uuid, bytes: Bytes) -> Result<(), BlobError> {
        let path = path_of(id);
        if let Some(folder) = &self.folder {
            let file = folder.join(path.as_ref());
            return written(move || folder::write(&file, bytes.len(), || &bytes[..])).await;
        }
        self.objects
            .put(&path, bytes.into())
            .await
            .map_err(BlobError::Write)?;
        Ok(())
    }

    /// Writes what is read, so many bytes of it, chunk by chunk: a large object is never held a second time.
    pub(super) async fn put_read<R: Read + Send + 'static>(
        &self,
        id: Uuid,
        length: usize,
        read: impl Fn() -> R + Send + 'static,
    ) -> Result<(), BlobError> {
        if let Some(folder) = &self.folder {
            let file = folder.join(path_of(id).as_ref());
            return written(move || folder::write(&file, length, read)).await;
        }
        let (mut rest, first) = next_part(read()).await?;
        if length <= PART_BYTES {
            return self.put(id, first).await;
        }
        let upload = self.objects.put_multipart(&path_of(id)).await;
        let mut upload = upload.map_err(BlobError::Write)?;
        let mut part = first;
        let sent = loop {
            if part.is_empty() {
                break Ok(());
            }
            if let Err(error) = upload.put_part(part.into()).await {
                break Err(BlobError::Write(error));
            }
            match next_part(rest).await {
                Ok((reader, next)) => (rest, part) = (reader, next),
                Err(error) => break Err(error),
            }
        };
        let sent = match sent {
            Ok(()) => upload
                .complete()
                .await
                .map(|_| ())
                .map_err(BlobError::Write),
            Err(error) => Err(error),
        };
        if sent.is_err() {
            // Else the parts would be paid for until somebody looks.
            let _ = upload.abort().await;
        }
        sent
    }

    pub async fn get(&self, id: Uuid, range: Range<u64>) -> Result<Bytes, BlobError> {
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        self.objects
            .get_range(&path_of(id), range)
            .await
            .map_err(BlobError::Read)
    }

    pub async fn delete(&self, id: Uuid) -> Result<(), BlobError> {
        match self.objects.delete(&path_of(id)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(BlobError::Write(error)),
        }
    }

    /// Objects written before then; what else lies in the storage is left alone.
    pub async fn written_before(&self, then: DateTime<Utc>) -> Result<Vec<Uuid>, BlobError> {
        let mut listing = self.objects.list(None);
        let mut found = Vec::new();
        while let Some(object) = listing.try_next().await.map_err(BlobError::Read)? {
            let id = object
                .location
                .filename()
                .and_then(|name| Uuid::try_parse(name).ok());
            if let Some(id) = id
                && object.last_modified < then
                && object.location == path_of(id)
            {
                found.push(id);
            }
        }
        Ok(found)
    }

    /// Writes, reads and removes a few bytes; for `doctor`.
    pub async fn probe(&self) -> Result<(), BlobError> {
        let id = Uuid::now_v7();
        self.put(id, Bytes::from_static(b"sagspost")).await?;
        self.get(id, 0..8).await?;
        self.delete(id).await
    }
}

/// The next part of what is read, empty at the end.
async fn next_part<R: Read + Send + 'static>(mut reader: R) -> Result<(R, Bytes), BlobError> {
    tokio::task::spawn_blocking(move || {
        let mut part = Vec::new();
        let limited = &mut (&mut reader).take(PART_BYTES as u64);
        limited
            .read_to_end(&mut part)
            .map(|_| (reader, part.into()))
    })
    .await
    .unwrap_or_else(|stopped| Err(std::io::Error::other(stopped)))
    .map_err(BlobError::WriteFile)
}

async fn written(
    write: impl FnOnce() -> std::io::Result<()> + Send + 'static,
) -> Result<(), BlobError> {
    tokio::task::spawn_blocking(write)
        .await
        .unwrap_or_else(|stopped| Err(std::io::Error::other(stopped)))
        .map_err(BlobError::WriteFile)
}

/// Where a blob lies, and what opens it.
struct Place {
    object: Uuid,
    range: Range<u64>,
    seal: Option<Seal>,
}

type PlaceRow = (Uuid, i64, i64, Option<Uuid>, Option<Vec<u8>>);

/// Objects are spread over 256 folders by their last, random byte.
fn path_of(id: Uuid) -> Path {
    let name = id.simple().to_string();
    Path::from(format!("{}/{name}", &name[30..]))
}

impl Store {
    /// The bytes with this SHA-256, checked against it.
    pub async fn blob(&self, sha256: Sha256) -> Result<Bytes, StoreError> {
        let place = self.place_of(sha256).await?;
        let bytes = match self.blobs.get(place.object, place.range.clone()).await {
            Err(BlobError::Read(object_store::Error::NotFound { .. })) => {
                // Moved by the housekeeping since we looked.
                let place = self.place_of(sha256).await?;
                let bytes = self.blobs.get(place.object, place.range.clone()).await?;
                self.opened(&place, sha256, bytes, Part::Whole).await?
            }
            read => self.opened(&place, sha256, read?, Part::Whole).await?,
        };
        if Sha256::of(&bytes) != sha256 {
            return Err(BlobError::Damaged(sha256).into());
        }
        Ok(bytes)
    }

    /// The first bytes of a blob, for what stands at its beginning; of a whole one they are checked.
    pub async fn blob_head(&self, sha256: Sha256, max_bytes: u64) -> Result<Bytes, StoreError> {
        let place = self.place_of(sha256).await?;
        if place.plain_length() <= max_bytes {
            return self.blob(sha256).await;
        }
        let mut head = match self.blobs.get(place.object, place.head(max_bytes)).await {
            Err(BlobError::Read(object_store::Error::NotFound { .. })) => {
                let place = self.place_of(sha256).await?;
                let bytes = self.blobs.get(place.object, place.head(max_bytes)).await?;
                self.opened(&place, sha256, bytes, Part::Head).await?
            }
            read => self.opened(&place, sha256, read?, Part::Head).await?,
        };
        head.truncate(max_bytes as usize);
        Ok(head)
    }

    async fn opened(
        &self,
        place: &Place,
        sha256: Sha256,
        bytes: Bytes,
        part: Part,
    ) -> Result<Bytes, StoreError> {
        let Some(seal) = &place.seal else {
            return Ok(bytes);
        };
        let key = self.blob_key(seal, sha256).await?;
        let whole = matches!(part, Part::Whole);
        let open = move || key.open(bytes, whole);
        // A large one keeps others waiting.
        let opened = if place.range.end - place.range.start > LARGE_BYTES {
            tokio::task::spawn_blocking(open)
                .await
                .unwrap_or(Err(sealed::Unsealable))
        } else {
            open()
        };
        Ok(opened.map_err(|_| BlobError::Damaged(sha256))?)
    }

    async fn place_of(&self, sha256: Sha256) -> Result<Place, StoreError> {
        let row: Option<PlaceRow> = read!(self, |c| sqlx::query_as(
            "select object_id, byte_offset, byte_length, key_id, salt
             from blobs
             where sha256 = $1"
        )
        .bind(sha256.0.to_vec())
        .fetch_optional(c)
        .await?);
        let (object, offset, length, key_id, salt) = row.ok_or(StoreError::NotFound("blob"))?;
        Ok(Place {
            object,
            range: offset as u64..(offset + length) as u64,
            seal: key_id.zip(salt).map(|(key_id, salt)| Seal {
                key_id,
                salt: digest(&salt),
            }),
        })
    }
}

/// How much of a blob is read.
#[derive(Clone, Copy)]
enum Part {
    Whole,
    Head,
}

impl Place {
    /// Bytes of the blob once opened.
    fn plain_length(&self) -> u64 {
        let length = self.range.end - self.range.start;
        match self.seal {
            Some(_) => sealed::plain_length(length),
            None => length,
        }
    }

    /// Where the first bytes of a longer blob lie.
    fn head(&self, max_bytes: u64) -> Range<u64> {
        match self.seal {
            Some(_) => sealed::head_of(&self.range, max_bytes),
            None => self.range.start..self.range.start + max_bytes,
        }
    }
}
