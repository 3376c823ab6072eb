//! Durable jobs and their workers: what follows the act of journaling.
//!
//! Jobs are rows that were written in the act's own transaction. A worker claims the due jobs of one group, runs them,
//! and retries with growing pauses; after the last attempt a person sees the reason and a retry button.

mod deliver;
pub mod emergencies;
mod file_as_sent;
pub mod housekeeping;
mod letter;
mod mark;
mod read_attachments;
mod worker;

pub use letter::LetterWish;
pub use mark::{MarkError, Marker};
pub use worker::{Outbox, run};
