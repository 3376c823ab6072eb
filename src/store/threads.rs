//! Which mails belong to one conversation.
//!
//! A thread is known by keys: every Message-ID a mail has, answers or refers to, and Exchange's Thread-Index root.
//! Mails arrive newest first, so a mail may join threads that were apart until then; they become one.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    Store, StoreError,
    db::{Tx, read, write},
    followed_threads,
};

/// Keys of one mail that are looked at; a mail with thousands of references is not a longer conversation.
const MAX_KEYS: usize = 60;
const CHUNK: usize = 500;

/// The thread of each mail, and which threads became one: (gone, kept).
pub(super) struct Resolved {
    pub threads: Vec<Uuid>,
    pub merged: Vec<(Uuid, Uuid)>,
}

impl Store {
    /// The conversation that a mail with these keys belongs to, stored or not.
    pub async fn thread_of(&self, keys: &[String]) -> Result<Option<Uuid>, StoreError> {
        for key in keys.iter().take(MAX_KEYS) {
            let found: Option<(Uuid,)> = read!(self, |c| sqlx::query_as(
                "select thread_id
                 from thread_keys
                 where key = $1"
            )
            .bind(key)
            .fetch_optional(c)
            .await?);
            if let Some((id,)) = found {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }
}

/// Finds or makes the thread of each mail, given its keys.
pub(super) async fn resolve(
    tx: &mut Tx,
    keys_of_mails: &[&[String]],
    now: DateTime<Utc>,
) -> Result<Resolved, StoreError> {
    let mut known = known_threads(tx, keys_of_mails).await?;
    let mut merged: HashMap<Uuid, Uuid> = HashMap::new();
    let mut added: BTreeMap<&str, Uuid> = BTreeMap::new();
    let mut fresh: Vec<Uuid> = Vec::new();
    let mut threads = Vec::with_capacity(keys_of_mails.len());
    for keys in keys_of_mails {
        let keys = &keys[..keys.len().min(MAX_KEYS)];
        let mut found: Vec<Uuid> = keys
            .iter()
            .filter_map(|key| known.get(key.as_str()))
            .map(|id| root(&merged, *id))
            .collect();
        found.sort_unstable();
        found.dedup();
        let thread = if let Some(first) = found.first() {
            *first
        } else {
            let id = Uuid::now_v7();
            fresh.push(id);
            id
        };
        for other in found.iter().skip(1) {
            merged.insert(*other, thread);
        }
        for key in keys {
            if known.insert(key.clone(), thread).is_none() {
                added.insert(key, thread);
            }
        }
        threads.push(thread);
    }
    insert_threads(tx, &fresh).await?;
    insert_keys(tx, &added).await?;
    let mut joined: Vec<(Uuid, Uuid)> = merged
        .keys()
        .map(|from| (*from, root(&merged, *from)))
        .collect();
    joined.sort_unstable();
    for (from, into) in &joined {
        merge(tx, *from, *into).await?;
        followed_threads::join(tx, *from, *into, now).await?;
    }
    let threads = threads.into_iter().map(|id| root(&merged, id)).collect();
    Ok(Resolved {
        threads,
        merged: joined,
    })
}

fn root(merged: &HashMap<Uuid, Uuid>, mut id: Uuid) -> Uuid {
    while let Some(next) = merged.get(&id) {
        id = *next;
    }
    id
}

async fn known_threads(
    tx: &mut Tx,
    keys_of_mails: &[&[String]],
) -> Result<HashMap<String, Uuid>, StoreError> {
    let mut keys: Vec<&String> = keys_of_mails
        .iter()
        .flat_map(|keys| keys.iter().take(MAX_KEYS))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    let mut known = HashMap::new();
    for chunk in keys.chunks(CHUNK) {
        let rows: Vec<(String, Uuid)> = write!(tx, |c, Database| {
            let mut query = sqlx::QueryBuilder::<Database>::new(
                "select key, thread_id from thread_keys where key in (",
            );
            let mut list = query.separated(", ");
            for key in chunk {
                list.push_bind(key.as_str());
            }
            query.push(")");
            query.build_query_as().fetch_all(c).await?
        });
        known.extend(rows);
    }
    Ok(known)
}

async fn insert_threads(tx: &mut Tx, ids: &[Uuid]) -> Result<(), StoreError> {
    for chunk in ids.chunks(CHUNK) {
        write!(tx, |c, Database| sqlx::QueryBuilder::<Database>::new(
            "insert into threads (id) "
        )
        .push_values(chunk, |mut row, id| {
            row.push_bind(*id);
        })
        .build()
        .execute(c)
        .await
        .map(|_| ())?);
    }
    Ok(())
}

/// Keys go in sorted, so that two replicas never wait for each other crosswise.
async fn insert_keys(tx: &mut Tx, keys: &BTreeMap<&str, Uuid>) -> Result<(), StoreError> {
    let keys: Vec<_> = keys.iter().collect();
    for chunk in keys.chunks(CHUNK) {
        write!(tx, |c, Database| sqlx::QueryBuilder::<Database>::new(
            "insert into thread_keys (key, thread_id) "
        )
        .push_values(chunk, |mut row, (key, thread)| {
            row.push_bind(**key).push_bind(**thread);
        })
        .push(" on conflict (key) do nothing")
        .build()
        .execute(c)
        .await
        .map(|_| ())?);
    }
    Ok(())
}

async fn merge(tx: &mut Tx, from: Uuid, into: Uuid) -> Result<(), StoreError> {
    write!(tx, |c| {
        sqlx::query("update mails set thread_id = $1 where thread_id = $2")
            .bind(into)
            .bind(from)
            .execute(&mut *c)
            .await?;
        sqlx::query("update thread_keys set thread_id = $1 where thread_id = $2")
            .bind(into)
            .bind(from)
            .execute(&mut *c)
            .await?;
    });
    Ok(())
}
