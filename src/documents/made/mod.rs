//! Word documents written here from nothing: small ones, of text alone.
//!
//! `docx_rs` writes and never reads.

mod note;

pub use note::{Note, note};

/// A document could not be put together.
#[derive(Debug, thiserror::Error)]
#[error("the document could not be written")]
pub struct NotMade;
