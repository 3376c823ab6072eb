//! A file that lies within another: a calendar's or a Digital Post message's document.

#[derive(Clone, PartialEq, Eq)]
pub(super) struct InnerFile {
    /// As it was given, and perhaps empty.
    pub name: String,
    /// As it was given, in lower case; `application/octet-stream` when nothing was.
    pub media_type: String,
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for InnerFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InnerFile({} bytes)", self.bytes.len())
    }
}
