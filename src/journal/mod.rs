//! The act of journaling: plan what will be written, then write it in one transaction.
//!
//! `plan` touches nothing and `commit` decides nothing. The case system is reached only by the outbox, later.

mod commit;
mod document;
mod plan;

pub use commit::{JournalError, OpenMail, Request, journal, undo};
pub use document::{Filing, Paper, PaperFile, document};
pub use plan::{
    Arrangement, Choice, ChosenAttachment, MAX_TITLE_CHARS, Plan, PlanError, PlannedDocument,
    PlannedFile, Source, Suggested, SuggestedFile, given, plan,
};
