//! Files that software without MIME writes into a text, told from the text around them.
//!
//! What is found leaves the text, all else stays as it is written: in doubt something is text.

use super::{charset, name, name::MAX_NAME_CHARS};
use crate::domain::mail::Warning;

/// A text that holds files.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Split {
    /// Without the files; every other byte as it was.
    pub text: Vec<u8>,
    /// In the order they stand; at least one.
    pub files: Vec<File>,
    pub warnings: Vec<Warning>,
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct File {
    /// As it was sent; may be a path.
    pub name: Option<String>,
    /// What the format itself says of the type; mostly nothing.
    pub media_type: Option<&'static str>,
    pub bytes: Vec<u8>,
}

/// The lines of a text with their line ends.
pub(super) fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|byte| *byte == b'\n')
}

/// A name out of raw bytes: UTF-8, else windows-1252.
pub(super) fn name(bytes: &[u8]) -> Option<String> {
    // A letter has four bytes at most.
    let bytes = bytes.get(..MAX_NAME_CHARS * 4).unwrap_or(bytes);
    cleaned(&charset::guessed(bytes))
}

/// As names of other attachments, and without the quotation marks that some formats put around them.
pub(super) fn cleaned(name: &str) -> Option<String> {
    name::cleaned(name.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_raw_bytes_keeps_its_letters_and_loses_what_names_do_not_have() {
        for (bytes, expected) in [
            (&b" \"h\xe6k.pdf\"\r\n"[..], Some("hæk.pdf")),
            ("blåbær\0grød".as_bytes(), Some("blåbær grød")),
            (b" \t", None),
        ] {
            assert_eq!(name(bytes).as_deref(), expected);
        }
        assert_eq!(name(&[b'x'; 10_000]).unwrap().len(), MAX_NAME_CHARS);
    }
}
