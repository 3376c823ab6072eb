//! Who works on what: leases with a fencing number.
//!
//! A lease runs out by itself, so that what a dead process held is free again. Whoever takes it over gets a higher
//! fencing number, and writes of the former holder are refused by it.

use chrono::{DateTime, Duration, Utc};

use super::{
    Store, StoreError,
    db::{Tx, read, write},
};

/// The right to work on `name` until it runs out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    pub name: String,
    pub holder: String,
    pub fence: i64,
}

impl Store {
    /// Takes the lease when it is free, expired, or already ours; `None` when another holds it.
    pub async fn acquire_lease(
        &self,
        name: &str,
        holder: &str,
        now: DateTime<Utc>,
        lasts: Duration,
    ) -> Result<Option<Lease>, StoreError> {
        let mut tx = self.db.begin().await?;
        let fence: Option<(i64,)> = write!(&mut tx, |c| {
            sqlx::query_as(
            "insert into leases (name, holder, fence, expires_at)
             values ($1, $2, 1, $3)
             on conflict (name) do update
             set holder = excluded.holder, fence = leases.fence + 1, expires_at = excluded.expires_at
             where leases.expires_at <= $4 or leases.holder = excluded.holder
             returning fence"
        )
        .bind(name)
        .bind(holder)
        .bind(now + lasts)
        .bind(now)
        .fetch_optional(c)
        .await?
        });
        tx.commit().await?;
        Ok(fence.map(|(fence,)| Lease {
            name: name.to_owned(),
            holder: holder.to_owned(),
            fence,
        }))
    }

    /// Prolongs a lease; false when it was lost.
    pub async fn renew_lease(
        &self,
        lease: &Lease,
        now: DateTime<Utc>,
        lasts: Duration,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let renewed = write!(&mut tx, |c| sqlx::query(
            "update leases
             set expires_at = $1
             where name = $2 and holder = $3 and fence = $4"
        )
        .bind(now + lasts)
        .bind(&lease.name)
        .bind(&lease.holder)
        .bind(lease.fence)
        .execute(c)
        .await?
        .rows_affected());
        tx.commit().await?;
        Ok(renewed == 1)
    }

    /// Prolongs every lease of a holder whose name begins so, in one write; those that it still holds.
    pub async fn renew_leases(
        &self,
        holder: &str,
        beginning: &str,
        now: DateTime<Utc>,
        lasts: Duration,
    ) -> Result<Vec<Lease>, StoreError> {
        let mut tx = self.db.begin().await?;
        let rows: Vec<(String, i64)> = write!(&mut tx, |c| sqlx::query_as(
            "update leases
             set expires_at = $1
             where holder = $2 and substr(name, 1, length($3)) = $3 and expires_at > $4
             returning name, fence"
        )
        .bind(now + lasts)
        .bind(holder)
        .bind(beginning)
        .bind(now)
        .fetch_all(c)
        .await?);
        tx.commit().await?;
        Ok(rows
            .into_iter()
            .map(|(name, fence)| Lease {
                name,
                holder: holder.to_owned(),
                fence,
            })
            .collect())
    }

    /// Gives a lease back at once, e.g. at a graceful stop.
    pub async fn release_lease(&self, lease: &Lease, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.renew_lease(lease, now, Duration::zero()).await?;
        Ok(())
    }

    /// Leases whose name begins so and that somebody holds.
    pub async fn held_leases(
        &self,
        beginning: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<Lease>, StoreError> {
        let rows: Vec<(String, String, i64)> = read!(self, |c| sqlx::query_as(
            "select name, holder, fence
             from leases
             where substr(name, 1, length($1)) = $1 and expires_at > $2"
        )
        .bind(beginning)
        .bind(now)
        .fetch_all(c)
        .await?);
        Ok(rows
            .into_iter()
            .map(|(name, holder, fence)| Lease {
                name,
                holder,
                fence,
            })
            .collect())
    }

    /// Who holds a lease that has not run out.
    pub async fn lease_holder(
        &self,
        name: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<String>, StoreError> {
        let holder: Option<(String,)> = read!(self, |c| sqlx::query_as(
            "select holder
             from leases
             where name = $1 and expires_at > $2"
        )
        .bind(name)
        .bind(now)
        .fetch_optional(c)
        .await?);
        Ok(holder.map(|(holder,)| holder))
    }
}

/// Refuses the transaction of a holder that was fenced off meanwhile.
pub(super) async fn check_fence(tx: &mut Tx, lease: &Lease) -> Result<(), StoreError> {
    let held: Option<(i64,)> = write!(tx, |c| sqlx::query_as(
        "select fence
         from leases
         where name = $1 and holder = $2 and fence = $3"
    )
    .bind(&lease.name)
    .bind(&lease.holder)
    .bind(lease.fence)
    .fetch_optional(c)
    .await?);
    held.map(|_| ())
        .ok_or_else(|| StoreError::LeaseLost(lease.name.clone()))
}
