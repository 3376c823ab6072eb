//! The chain: records get their numbers and hashes, and lose them only when their time is up.
//!
//! Whoever holds the lease moves what lies in the inbox to the end of the log, all or nothing. Numbers are given here,
//! not where records are made: so writers never wait for each other, and a record that PostgreSQL shows late simply comes
//! later in the chain. Two holders at once would give the same number twice, which the database refuses.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        Lease, Store, StoreError,
        db::{Tx, read, write},
        leases,
        mails::digest,
    },
    Chained, Recorded,
};

/// What stands before the first record.
pub const BEFORE_ALL: [u8; 32] = [0; 32];
/// Rows of one insert, below both databases' limits on parameters (16 columns a record).
const ROWS: usize = 500;
/// Rows removed in one transaction, so that others need not wait long.
const REMOVED: i64 = 2000;

pub(super) const COLUMNS: &str =
    "id, at, actor, on_behalf_of, address, agent, request, action, subject_kind, subject_id,
    case_id, why, outcome, detail";

/// The end of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tail {
    pub seq: i64,
    pub hash: [u8; 32],
}

/// The end of the log at a moment, signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Checkpoint {
    pub number: i64,
    pub seq: i64,
    #[serde(with = "hex::serde")]
    pub hash: Vec<u8>,
    pub at: DateTime<Utc>,
    #[serde(with = "hex::serde")]
    pub public_key: Vec<u8>,
    #[serde(with = "hex::serde")]
    pub signature: Vec<u8>,
}

/// Up to where the log was removed, signed.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Removal {
    pub through_seq: i64,
    /// Of the last record that was removed.
    pub hash: Vec<u8>,
    /// The newest checkpoint that was removed.
    pub checkpoint: i64,
    pub at: DateTime<Utc>,
    pub public_key: Vec<u8>,
    pub signature: Vec<u8>,
}

impl Store {
    /// Whether something waits to be chained.
    pub async fn audit_waits(&self) -> Result<bool, StoreError> {
        let found: Option<(i64,)> = read!(self, |c| sqlx::query_as(
            "select cast(1 as bigint) from audit_inbox limit 1"
        )
        .fetch_optional(c)
        .await?);
        Ok(found.is_some())
    }

    /// Moves up to `limit` records from the inbox to the end of the log; how many.
    pub async fn chain_records(&self, lease: &Lease, limit: i64) -> Result<usize, StoreError> {
        let mut tx = self.db.begin().await?;
        leases::check_fence(&mut tx, lease).await?;
        let mut tail = tail(&mut tx).await?;
        let records: Vec<Recorded> =
            write!(&mut tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
                "select {COLUMNS}
             from audit_inbox
             order by id
             limit $1"
            )))
            .bind(limit)
            .fetch_all(c)
            .await?);
        let chained: Vec<Chained> = records
            .into_iter()
            .map(|record| {
                tail.seq += 1;
                tail.hash = record.hash(&tail.hash, tail.seq);
                Chained {
                    seq: tail.seq,
                    hash: tail.hash.to_vec(),
                    record,
                }
            })
            .collect();
        for rows in chained.chunks(ROWS) {
            insert(&mut tx, rows).await?;
            take_out(&mut tx, rows).await?;
        }
        tx.commit().await?;
        Ok(chained.len())
    }

    /// The end of the log as it stands.
    pub async fn audit_tail(&self) -> Result<Tail, StoreError> {
        let last: Option<(i64, Vec<u8>)> = read!(self, |c| sqlx::query_as(
            "select seq, hash from audit_log order by seq desc limit 1"
        )
        .fetch_optional(c)
        .await?);
        Ok(match last {
            Some((seq, hash)) => Tail {
                seq,
                hash: digest(&hash),
            },
            None => end_of(self.audit_removal().await?),
        })
    }

    /// Records after this number, in order.
    pub async fn audit_records(&self, after: i64, limit: i64) -> Result<Vec<Chained>, StoreError> {
        Ok(read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(
            format!(
                "select seq, hash, {COLUMNS}
             from audit_log
             where seq > $1
             order by seq
             limit $2"
            )
        ))
        .bind(after)
        .bind(limit)
        .fetch_all(c)
        .await?))
    }

    pub async fn add_checkpoint(
        &self,
        checkpoint: &Checkpoint,
        lease: &Lease,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        leases::check_fence(&mut tx, lease).await?;
        write!(&mut tx, |c| sqlx::query(
            "insert into audit_checkpoints (number, seq, hash, at, public_key, signature)
             values ($1, $2, $3, $4, $5, $6)"
        )
        .bind(checkpoint.number)
        .bind(checkpoint.seq)
        .bind(&checkpoint.hash)
        .bind(checkpoint.at)
        .bind(&checkpoint.public_key)
        .bind(&checkpoint.signature)
        .execute(c)
        .await
        .map(|_| ())?);
        tx.commit().await
    }

    pub async fn last_checkpoint(&self) -> Result<Option<Checkpoint>, StoreError> {
        Ok(read!(self, |c| sqlx::query_as(
            "select number, seq, hash, at, public_key, signature
             from audit_checkpoints
             order by number desc
             limit 1"
        )
        .fetch_optional(c)
        .await?))
    }

    /// The newest checkpoint made before then.
    pub async fn checkpoint_before(
        &self,
        then: DateTime<Utc>,
    ) -> Result<Option<Checkpoint>, StoreError> {
        Ok(read!(self, |c| sqlx::query_as(
            "select number, seq, hash, at, public_key, signature
             from audit_checkpoints
             where at < $1
             order by number desc
             limit 1"
        )
        .bind(then)
        .fetch_optional(c)
        .await?))
    }

    /// Checkpoints after this number, in order.
    pub async fn checkpoints(&self, after: i64, limit: i64) -> Result<Vec<Checkpoint>, StoreError> {
        Ok(read!(self, |c| sqlx::query_as(
            "select number, seq, hash, at, public_key, signature
             from audit_checkpoints
             where number > $1
             order by number
             limit $2"
        )
        .bind(after)
        .bind(limit)
        .fetch_all(c)
        .await?))
    }

    /// The newest removal.
    pub async fn audit_removal(&self) -> Result<Option<Removal>, StoreError> {
        Ok(read!(self, |c| sqlx::query_as(
            "select through_seq, hash, checkpoint, at, public_key, signature
             from audit_removals
             order by through_seq desc
             limit 1"
        )
        .fetch_optional(c)
        .await?))
    }

    /// Says, signed, that records are removed up to a number: from then on the database lets them go.
    pub async fn add_removal(&self, removal: &Removal, lease: &Lease) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        leases::check_fence(&mut tx, lease).await?;
        write!(&mut tx, |c| sqlx::query(
            "insert into audit_removals (through_seq, hash, checkpoint, at, public_key, signature)
             values ($1, $2, $3, $4, $5, $6)"
        )
        .bind(removal.through_seq)
        .bind(&removal.hash)
        .bind(removal.checkpoint)
        .bind(removal.at)
        .bind(&removal.public_key)
        .bind(&removal.signature)
        .execute(c)
        .await
        .map(|_| ())?);
        tx.commit().await
    }

    /// Removes what the newest removal lets go; how many records.
    pub async fn remove_records(&self) -> Result<u64, StoreError> {
        let Some(removal) = self.audit_removal().await? else {
            return Ok(0);
        };
        let mut all = 0;
        loop {
            let mut tx = self.db.begin().await?;
            let removed = write!(&mut tx, |c| {
                sqlx::query(
                "delete from audit_log
                 where seq in (select l.seq from audit_log l where l.seq <= $1 order by l.seq limit $2)"
            )
            .bind(removal.through_seq)
            .bind(REMOVED)
            .execute(c)
            .await?
            .rows_affected()
            });
            if removed == 0 {
                write!(&mut tx, |c| sqlx::query(
                    "delete from audit_checkpoints where number <= $1 and seq < $2"
                )
                .bind(removal.checkpoint)
                .bind(removal.through_seq)
                .execute(c)
                .await
                .map(|_| ())?);
            }
            tx.commit().await?;
            all += removed;
            if removed == 0 {
                return Ok(all);
            }
        }
    }
}

/// The end of the log, for whoever writes on.
async fn tail(tx: &mut Tx) -> Result<Tail, StoreError> {
    let last: Option<(i64, Vec<u8>)> = write!(tx, |c| sqlx::query_as(
        "select seq, hash from audit_log order by seq desc limit 1"
    )
    .fetch_optional(c)
    .await?);
    if let Some((seq, hash)) = last {
        return Ok(Tail {
            seq,
            hash: digest(&hash),
        });
    }
    let removal: Option<Removal> = write!(tx, |c| sqlx::query_as(
        "select through_seq, hash, checkpoint, at, public_key, signature
         from audit_removals
         order by through_seq desc
         limit 1"
    )
    .fetch_optional(c)
    .await?);
    Ok(end_of(removal))
}

/// The end of a log from which everything was removed, or in which nothing ever was.
fn end_of(removal: Option<Removal>) -> Tail {
    removal.map_or(
        Tail {
            seq: 0,
            hash: BEFORE_ALL,
        },
        |removal| Tail {
            seq: removal.through_seq,
            hash: digest(&removal.hash),
        },
    )
}

async fn insert(tx: &mut Tx, rows: &[Chained]) -> Result<(), StoreError> {
    write!(tx, |c, Database| {
        sqlx::QueryBuilder::<Database>::new(
        "insert into audit_log (seq, hash, id, at, actor, on_behalf_of, address, agent, request, action, subject_kind,
           subject_id, case_id, why, outcome, detail) "
    )
    .push_values(rows, |mut row, Chained { seq, hash, record }| {
        row.push_bind(seq).push_bind(hash);
        bind_record!(row, record);
    })
    .build()
    .execute(c)
    .await
    .map(|_| ())?;
    });
    Ok(())
}

async fn take_out(tx: &mut Tx, rows: &[Chained]) -> Result<(), StoreError> {
    let gone = write!(tx, |c, Database| {
        let mut query =
            sqlx::QueryBuilder::<Database>::new("delete from audit_inbox where id in (");
        let mut list = query.separated(", ");
        for row in rows {
            list.push_bind(row.record.id);
        }
        query.push(")").build().execute(c).await?.rows_affected()
    });
    // Another process has moved them meanwhile.
    if gone == rows.len() as u64 {
        Ok(())
    } else {
        Err(StoreError::LeaseLost("audit".to_owned()))
    }
}
