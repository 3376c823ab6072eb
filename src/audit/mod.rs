//! The audit log as a whole: kept, sealed, verified, handed out.
//!
//! Records are made and chained in `store/audit/`; here they are signed, so that nobody without the key can have made the
//! log other than it was. See docs/audit.md for what that proves and what it does not.

pub mod export;
mod keeper;
mod key;
mod seal;
mod verify;

pub use keeper::{Keeper, Settings};
pub use key::{Key, KeyError};
pub use seal::{checkpoint_is_genuine, removal_is_genuine};
pub use verify::{Finding, Report, verify};
