//! Logos told from documents by how often they come.
//!
//! A small picture that stands in many conversations decorates mails; one that was sent to be looked at comes once or
//! twice. Only digests are kept, and only of pictures that nothing else tells to be logos.

use std::collections::{BTreeSet, HashSet};

use uuid::Uuid;

use super::{
    Store, StoreError,
    db::{Db, Tx, write},
    mails::{NewMail, digest},
};
use crate::domain::mail::{Attachment, Mail, Sha256};

/// In doubt a picture is a document, so it takes more conversations than one matter is spread over.
const LOGO_IN_THREADS: i64 = 5;
/// Pictures of one mail that are looked up or noted.
const MAX_PICTURES: usize = 50;
/// Rows of one insert, below both databases' limits on parameters.
const ROWS: usize = 1_000;

impl Store {
    /// Marks those pictures as shown within the text that many conversations hold.
    pub async fn mark_logos(&self, mail: &mut Mail) -> Result<(), StoreError> {
        let pictures: Vec<Sha256> = doubtful(mail)
            .filter_map(|picture| picture.sha256)
            .collect();
        if pictures.is_empty() {
            return Ok(());
        }
        let logos: Vec<(Vec<u8>,)> = match &*self.db {
            Db::Sqlite { readers, .. } => {
                seen_often::<sqlx::Sqlite>(&pictures)
                    .build_query_as()
                    .fetch_all(readers)
                    .await?
            }
            Db::Postgres(pool) => {
                seen_often::<sqlx::Postgres>(&pictures)
                    .build_query_as()
                    .fetch_all(pool)
                    .await?
            }
        };
        let logos: HashSet<Sha256> = logos
            .into_iter()
            .map(|(sha256,)| Sha256(digest(&sha256)))
            .collect();
        for attachment in &mut mail.attachments {
            attachment.inline |= attachment
                .sha256
                .is_some_and(|sha256| logos.contains(&sha256));
        }
        Ok(())
    }
}

/// Notes in which conversations the doubtful pictures of new mails stand.
pub(super) async fn note(tx: &mut Tx, mails: &[(&NewMail, Uuid)]) -> Result<(), StoreError> {
    let seen: BTreeSet<(Sha256, Uuid)> = mails
        .iter()
        .flat_map(|(new, thread)| {
            doubtful(&new.mail)
                .filter_map(|picture| picture.sha256)
                .map(|sha256| (sha256, *thread))
        })
        .collect();
    let seen: Vec<(Sha256, Uuid)> = seen.into_iter().collect();
    for chunk in seen.chunks(ROWS) {
        write!(tx, |c, Database| sqlx::QueryBuilder::<Database>::new(
            "insert into picture_threads (sha256, thread_id) "
        )
        .push_values(chunk, |mut row, (sha256, thread)| {
            row.push_bind(sha256.0.to_vec()).push_bind(*thread);
        })
        .push(" on conflict do nothing")
        .build()
        .execute(c)
        .await
        .map(|_| ())?);
    }
    Ok(())
}

/// Pictures that may be logos: of stored mails, only these have a digest.
fn doubtful(mail: &Mail) -> impl Iterator<Item = &Attachment> {
    mail.attachments
        .iter()
        .filter(|attachment| attachment.media_type.starts_with("image/"))
        .filter(|attachment| !attachment.inline && attachment.sha256.is_some())
        .take(MAX_PICTURES)
}

fn seen_often<DB: sqlx::Database>(pictures: &[Sha256]) -> sqlx::QueryBuilder<DB>
where
    Vec<u8>: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    i64: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    DB::Arguments: Default,
{
    let mut query = sqlx::QueryBuilder::new("select sha256 from picture_threads where sha256 in (");
    let mut list = query.separated(", ");
    for sha256 in pictures {
        list.push_bind(sha256.0.to_vec());
    }
    query
        .push(") group by sha256 having count(*) >= ")
        .push_bind(LOGO_IN_THREADS);
    query
}
