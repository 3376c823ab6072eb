//! The suggestion engine: which case a mail belongs on, and why.
//!
//! Kept in memory, built from the database, deterministic: the same state gives the same answer. Access is
//! applied before ranking, and evidence is never made from what the asker may not see. The path is
//! `signals` (what a mail gives) → `index` (what cases are known by) → `evidence` (features) → `rank`.

mod describe;
mod document;
mod engine;
pub mod evidence;
mod history;
mod index;
pub mod kle;
mod lesson;
mod local;
mod model;
mod nearest;
mod postings;
mod probability;
mod rank;
pub mod replay;
mod shipped;
mod signals;
#[cfg(test)]
mod tests;
mod weights;
mod words;

pub use describe::{ChosenTypes, Description, NamedFile, Reason, SuggestedType, TaskDate};
pub use engine::{Engine, Loaded};
pub use evidence::Evidence;
pub use index::{Filed, Index};
pub use lesson::Lesson;
pub use model::{Model, Proof};
pub use probability::Probability;
pub use rank::{Reason, Suggestion};
pub use signals::{DocumentText, NumberSeen, Organisation, Place, Signals, Term};
