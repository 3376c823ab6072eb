//! KL's XML files, read one element at a time: the subject plan of both generations, the older generation's separate
//! keywords, and the facets.
//!
//! A file is taken whole or not at all: whatever is wrong with it is told with its line, and nothing of it is used.
//! Memory is bounded by the limits, whatever the file says of itself.

mod collect;
mod error;
mod record;
mod xml;

use std::io::Read;

pub use error::{Mistake, ReadError};

use super::plan::Part;

/// What a file may hold. KL's largest is about 8 MB with 4,500 entries.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub max_file_bytes: u64,
    pub max_entries: usize,
    pub max_keywords: usize,
    /// Of one text: a title, a keyword, an entry's whole guidance.
    pub max_text_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_file_bytes: 64 * 1024 * 1024,
            max_entries: 50_000,
            max_keywords: 500_000,
            max_text_bytes: 256 * 1024,
        }
    }
}

/// What a file of KL's holds; which of them it is, its first element tells.
pub fn read(source: impl Read, limits: Limits) -> Result<Part, ReadError> {
    let mut collected = collect::Collector::new(limits);
    xml::walk(source, limits.max_file_bytes, &mut collected)?;
    collected.finish()
}

#[cfg(test)]
mod tests;
