//! Durable jobs and their workers: what follows the act of journaling.
//!
//! Jobs are rows that were written in the act's own transaction. A worker claims the due jobs of one group, runs them,
//! and retries with growing pauses; after the last attempt a person sees the reason and a retry button.

mod deliver;
pub mod emergencies;
pub mod housekeeping;
mod letter;
mod mark;
pub mod near_deadline;
mod read_attachments;
mod send_mail;
mod triage;
mod worker;

pub use letter::LetterWish;
pub use mark::{MarkError, Marker};
pub use send_mail::Post;
pub use worker::{Outbox, run};
