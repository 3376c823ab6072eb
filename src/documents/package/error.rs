//! Why a file is no document that can be worked with.

/// Each has its words in the message catalogue (`[invalid]`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PackageError {
    #[error("the file is empty")]
    Empty,
    #[error("the file is no Word document")]
    NotWord,
    #[error("the file is of a Word before 2007")]
    OldWord,
    #[error("the document is behind a password")]
    Protected,
    #[error("the document is cut off or damaged")]
    Damaged,
    #[error("the document has too many parts")]
    TooManyParts,
    #[error("a part of the document unpacks to far more than it is")]
    TooDense,
    #[error("the document's text is too long")]
    TooMuchText,
    #[error("elements lie too deep within each other")]
    TooDeep,
    #[error("the document declares a grammar of its own")]
    HasGrammar,
    #[error("the document's text is in an encoding that Word does not write")]
    Encoding,
    #[error("the document could not be written")]
    NotWritten,
}

impl PackageError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "document-empty",
            Self::NotWord => "document-not-word",
            Self::OldWord => "document-old-word",
            Self::Protected => "document-protected",
            Self::Damaged => "document-damaged",
            Self::TooManyParts => "document-too-many-parts",
            Self::TooDense => "document-too-dense",
            Self::TooMuchText => "document-too-much-text",
            Self::TooDeep => "document-too-deep",
            Self::HasGrammar => "document-has-grammar",
            Self::Encoding => "document-encoding",
            Self::NotWritten => "document-not-written",
        }
    }
}
