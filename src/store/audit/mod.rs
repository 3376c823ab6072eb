//! Who did what to which thing, from where and why; never what it contained.
//!
//! An act writes its record into the inbox in its own transaction and so never waits for another's (`append`); what was
//! only read is recorded from memory, in batches (`unwritten.rs`). One process at a time moves the inbox into the log,
//! where records are numbered and chained (`chain.rs`). Nothing here changes a record.

/// Binds a record to a row that is inserted, whichever database: in the order of its columns, `id` to `detail`.
macro_rules! bind_record {
    ($row:expr, $record:expr) => {
        $row.push_bind($record.id)
            .push_bind($record.at)
            .push_bind(&$record.actor)
            .push_bind(&$record.on_behalf_of)
            .push_bind(&$record.address)
            .push_bind(&$record.agent)
            .push_bind(&$record.request)
            .push_bind(&$record.action)
            .push_bind(&$record.subject_kind)
            .push_bind(&$record.subject_id)
            .push_bind(&$record.case_id)
            .push_bind(&$record.why)
            .push_bind(&$record.outcome)
            .push_bind(&$record.detail);
    };
}

mod call;
mod chain;
mod find;
mod record;
mod unwritten;

use chrono::{DateTime, Utc};

use super::{
    StoreError,
    db::{Tx, write},
};

pub use call::{Call, Origin};
pub use chain::{BEFORE_ALL, Checkpoint, Removal, Tail};
pub use find::AuditFilter;
pub use record::{AuditRecord, Chained, Recorded};
pub(super) use unwritten::Unwritten;

/// Who acts when nobody does.
pub(super) const HOUSE: &str = "sagspost";

/// Who acts, where that is known of the call alone.
pub(super) fn actor_at_hand() -> String {
    Call::current()
        .and_then(|call| call.actor())
        .unwrap_or_else(|| HOUSE.to_owned())
}

/// Writes the record of an act into the act's own transaction; the call it is part of needs no other.
pub(super) async fn append(
    tx: &mut Tx,
    now: DateTime<Utc>,
    record: AuditRecord<'_>,
) -> Result<(), StoreError> {
    append_beside(tx, now, record).await?;
    if let Some(call) = Call::current() {
        call.note_act();
    }
    Ok(())
}

/// The same where the call is on record for itself.
pub(super) async fn append_beside(
    tx: &mut Tx,
    now: DateTime<Utc>,
    record: AuditRecord<'_>,
) -> Result<(), StoreError> {
    let call = Call::current();
    let record = Recorded::of_act(record, call.as_deref(), now);
    write!(tx, |c| {
        sqlx::query(
        "insert into audit_inbox (id, at, actor, on_behalf_of, address, agent, request, action, subject_kind, subject_id,
           case_id, why, outcome, detail)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
    )
    .bind(record.id)
    .bind(record.at)
    .bind(record.actor)
    .bind(record.on_behalf_of)
    .bind(record.address)
    .bind(record.agent)
    .bind(record.request)
    .bind(record.action)
    .bind(record.subject_kind)
    .bind(record.subject_id)
    .bind(record.case_id)
    .bind(record.why)
    .bind(record.outcome)
    .bind(record.detail)
    .execute(c)
    .await
    .map(|_| ())?;
    });
    Ok(())
}
