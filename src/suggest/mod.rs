//! The suggestion engine: which case a mail belongs on, and why.
//!
//! Kept in memory, built from the database, deterministic: the same state gives the same answer. Access is
//! applied before ranking, and evidence is never made from what the asker may not see. The path is
//! `signals` (what a mail gives) → `index` (what cases are known by) → `evidence` (features) → `rank`.

mod access;
mod answer;
#[cfg(test)]
mod bad_input_tests;
mod build;
mod circles;
mod describe;
mod document;
mod engine;
pub mod evidence;
mod history;
mod index;
mod keys;
pub mod kle;
mod lesson;
mod lists;
mod loading;
mod local;
mod model;
mod nearest;
mod parties;
mod postings;
mod probability;
mod profile;
mod quality;
mod rank;
mod relevance;
pub mod replay;
mod shipped;
mod signals;
mod snapshot;
mod taught;
#[cfg(test)]
mod tests;
mod weights;
mod word_patterns;
mod words;

pub use access::{AccessProposal, Category, Finding, propose as propose_access};
pub use answer::{Answer, Inquiry};
pub use build::Builder;
pub use describe::{ChosenTypes, Description, NamedFile, Reason, SuggestedType, TaskDate};
pub use engine::Engine;
pub use evidence::Evidence;
pub use index::{Filed, Index};
pub use lesson::Lesson;
pub use loading::Loaded;
pub use model::{Model, Proof};
pub use parties::{
    PartyReason, ProposedParty, is_masked, of_filed as parties_of_filed,
    propose as propose_parties, whole_identifier,
};
pub use probability::Probability;
pub use quality::Quality;
pub use rank::{Counted, SHOWN, Suggestion};
pub use relevance::{EvidenceSeen, ForACase, Question, Weighed};
pub use signals::{DocumentText, NumberSeen, Organisation, Place, Signals, Term};
pub use snapshot::{Reach, Snapshot, SnapshotError};
