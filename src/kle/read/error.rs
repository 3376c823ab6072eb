//! Why a file cannot be used. Each has a code, whose sentence stands in the message catalogue.

use std::fmt;

/// Nothing of the file is used.
#[derive(Debug, PartialEq, Eq)]
pub enum ReadError {
    TooLarge {
        max_megabytes: u64,
    },
    Unreadable {
        line: u64,
        reason: String,
    },
    /// No XML, or XML that contradicts itself from this line on.
    Damaged {
        line: u64,
    },
    /// It ends before what it began.
    Truncated {
        line: u64,
    },
    Encoding,
    /// XML, but none of the files that KL publishes.
    Unknown {
        root: String,
    },
    /// Another version of the format than 2.0 and the REST service's.
    Version {
        found: String,
    },
    /// The right beginning, and not one entry after it.
    Empty,
    TooMany {
        limit: usize,
    },
    /// One text is longer than any that KL wrote.
    TooLong {
        line: u64,
    },
    /// What is in it cannot be; the first of them.
    Mistakes(Vec<Mistake>),
}

/// One thing that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    pub line: u64,
    /// Key of its sentence.
    pub code: &'static str,
    /// What stands there.
    pub found: String,
}

impl ReadError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too-large",
            Self::Unreadable { .. } => "unreadable",
            Self::Damaged { .. } => "damaged",
            Self::Truncated { .. } => "truncated",
            Self::Encoding => "encoding",
            Self::Unknown { .. } => "unknown",
            Self::Version { .. } => "version",
            Self::Empty => "empty",
            Self::TooMany { .. } => "too-many",
            Self::TooLong { .. } => "too-long",
            Self::Mistakes(_) => "mistakes",
        }
    }

    /// What the sentence has places for.
    pub fn values(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooLarge { max_megabytes } => vec![("limit", max_megabytes.to_string())],
            Self::Unreadable { line, reason } => {
                vec![("line", line.to_string()), ("reason", reason.clone())]
            }
            Self::Damaged { line } | Self::Truncated { line } | Self::TooLong { line } => {
                vec![("line", line.to_string())]
            }
            Self::Unknown { root } => vec![("root", root.clone())],
            Self::Version { found } => vec![("found", found.clone())],
            Self::TooMany { limit } => vec![("limit", limit.to_string())],
            Self::Mistakes(mistakes) => vec![("count", mistakes.len().to_string())],
            Self::Encoding | Self::Empty => Vec::new(),
        }
    }
}

/// For logs; people get the sentence of the catalogue.
impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the KLE file cannot be used: {}", self.code())
    }
}

impl std::error::Error for ReadError {}
