//! Case systems behind one trait.
//!
//! Cases are known here in the built-in store, where people search and choose; a connector brings what is filed to the
//! organisation's own system. It is called by the outbox alone, so a system that is down costs nobody a mail.

mod built_in;

use futures::future::BoxFuture;

pub use built_in::BuiltIn;

use crate::store::Entry;

/// A system that keeps cases.
pub trait CaseSystem: Send + Sync {
    /// What people call it, e.g. `built-in`, `SBSYS`.
    fn name(&self) -> &'static str;

    /// Takes an entry over. May be called twice for the same entry and must then change nothing.
    fn deliver<'a>(&'a self, entry: &'a Entry) -> BoxFuture<'a, Result<(), DeliveryError>>;
}

/// Why a case system did not take an entry.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// Away for now; tried again by itself.
    #[error("the case system is not reachable")]
    Unreachable,
    /// Refused for a reason that a person must see; a code of the message catalogue.
    #[error("the case system refused the entry: {0}")]
    Refused(&'static str),
}
