//! Case systems behind one trait: finding, making and closing cases, and taking over what was filed on them.
//!
//! What people do is asked of the system at once. What was filed is brought to it by the outbox alone, so that a system
//! which is down costs nobody a mail. Access is the system's to check: what a viewer may not see is not found.

mod built_in;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use uuid::Uuid;

pub use built_in::BuiltIn;

use crate::domain::access::CaseAccess;
use crate::domain::case::{Case, CaseStatus};
use crate::store::{CaseQuery, Entry, NewCase, StoreError};

/// A system that keeps cases.
pub trait CaseSystem: Send + Sync {
    /// What people call it, e.g. `built-in`, `SBSYS`.
    fn name(&self) -> &'static str;

    /// At most `limit` cases that fit and that the viewer may see.
    fn search<'a>(
        &'a self,
        query: &'a CaseQuery,
        viewer: &'a str,
        limit: i64,
    ) -> Answer<'a, Vec<Case>>;

    fn get<'a>(&'a self, id: Uuid, viewer: &'a str) -> Answer<'a, Case>;

    /// Makes a case; without a number in `new` it gets the next one by the system's own pattern.
    fn create<'a>(
        &'a self,
        new: &'a NewCase,
        actor: &'a str,
        now: DateTime<Utc>,
    ) -> Answer<'a, Case>;

    /// Closes or reopens a case; refused when it is not in this `version` any more.
    fn set_status<'a>(
        &'a self,
        id: Uuid,
        status: CaseStatus,
        version: Option<i64>,
        actor: &'a str,
        now: DateTime<Utc>,
    ) -> Answer<'a, Case>;

    /// Says who may see a case and do what with it; refused when it is not in this `version` any more.
    fn set_access<'a>(
        &'a self,
        id: Uuid,
        access: &'a CaseAccess,
        version: Option<i64>,
        actor: &'a str,
        now: DateTime<Utc>,
    ) -> Answer<'a, Case>;

    /// Takes an entry over. May be called twice for the same entry and must then change nothing.
    fn deliver<'a>(&'a self, entry: &'a Entry) -> Answer<'a, ()>;
}

pub type Answer<'a, T> = BoxFuture<'a, Result<T, CaseError>>;

/// Why a case system did not do as it was asked.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// Away for now; what is delivered is tried again by itself.
    #[error("the case system is not reachable")]
    Unreachable,
    /// Refused for a reason that a person must see; a code of the message catalogue.
    #[error("the case system refused: {0}")]
    Refused(&'static str),
    #[error(transparent)]
    Store(#[from] StoreError),
}
