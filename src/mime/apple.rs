//! AppleSingle and AppleDouble (RFC 1740): what a Macintosh knows of a file beside its bytes.
//!
//! In `multipart/appledouble` the first half (`application/applefile`) holds the real name and the resource fork, the
//! other is the document; in AppleSingle one part holds both. The resource fork is read by nothing here.

use std::ops::Range;

use encoding_rs::{MACINTOSH, WINDOWS_1252};

use super::embedded;

const SINGLE: u32 = 0x0005_1600;
const DOUBLE: u32 = 0x0005_1607;
/// Kinds of entries that are looked at.
const DATA_FORK: u32 = 1;
const REAL_NAME: u32 = 3;
const FINDER_INFO: u32 = 9;
/// Entries that are looked at; fifteen kinds are known.
const MAX_ENTRIES: usize = 100;
const ENTRIES_AT: usize = 26;
const ENTRY_BYTES: usize = 12;

/// What an `application/applefile` says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct AppleFile {
    pub name: Option<String>,
    pub file_type: Option<FileType>,
    /// Where in the bytes the document stands, when it is in there.
    pub document: Option<Range<usize>>,
}

/// Reads AppleSingle or AppleDouble, whatever type the part was sent under; `None` when it is neither.
pub(super) fn read(bytes: &[u8]) -> Option<AppleFile> {
    if !matches!(number(bytes, 0)?, SINGLE | DOUBLE) {
        return None;
    }
    let count = bytes.get(24..ENTRIES_AT)?.try_into().ok()?;
    let count = usize::from(u16::from_be_bytes(count)).min(MAX_ENTRIES);
    let mut file = AppleFile::default();
    for entry in bytes
        .get(ENTRIES_AT..)?
        .chunks_exact(ENTRY_BYTES)
        .take(count)
    {
        let (Some(kind), Some(start), Some(length)) =
            (number(entry, 0), number(entry, 4), number(entry, 8))
        else {
            break;
        };
        // What is cut is kept as far as it goes.
        let start = (start as usize).min(bytes.len());
        let end = start.saturating_add(length as usize).min(bytes.len());
        let content = bytes.get(start..end).unwrap_or_default();
        match kind {
            DATA_FORK if !content.is_empty() => file.document = Some(start..end),
            REAL_NAME => file.name = name(content),
            FINDER_INFO => file.file_type = content.get(..4).and_then(FileType::new),
            _ => (),
        }
    }
    Some(file)
}

/// A file name of the Macintosh: ASCII or UTF-8, else its own letters, else those of Windows that some software writes.
pub(super) fn name(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.get(..2_000).unwrap_or(bytes);
    if let Ok(name) = std::str::from_utf8(bytes) {
        return embedded::cleaned(name);
    }
    let [its_own, of_windows] =
        [MACINTOSH, WINDOWS_1252].map(|letters| letters.decode_without_bom_handling(bytes).0);
    let is_windows = !is_written_so(&its_own) && is_written_so(&of_windows);
    embedded::cleaned(if is_windows { &of_windows } else { &its_own })
}

/// Whether all beyond ASCII are Latin letters, and capital ones begin words.
fn is_written_so(name: &str) -> bool {
    let mut before = ' ';
    name.chars().all(|c| {
        let before = std::mem::replace(&mut before, c);
        let is_latin = matches!(c, '\u{c0}'..='\u{17f}') && c.is_alphabetic();
        c.is_ascii() || (is_latin && !(c.is_uppercase() && before.is_lowercase()))
    })
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(u32::from_be_bytes(bytes))
}

/// Four letters that say what a file is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct FileType([u8; 4]);

impl FileType {
    /// `None` for four zeros, which say nothing.
    pub(super) fn new(bytes: &[u8]) -> Option<Self> {
        let letters: [u8; 4] = bytes.try_into().ok()?;
        (letters != [0; 4]).then_some(Self(letters))
    }

    pub(super) fn media_type(self) -> Option<&'static str> {
        Some(match &self.0 {
            b"PDF " => "application/pdf",
            b"W6BN" | b"W8BN" | b"WDBN" => "application/msword",
            b"WXBN" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            b"XLS4" | b"XLS5" | b"XLS8" => "application/vnd.ms-excel",
            b"XLSX" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            b"SLD8" | b"PPT3" => "application/vnd.ms-powerpoint",
            b"RTF " => "application/rtf",
            b"TEXT" | b"ttro" => "text/plain",
            b"JPEG" => "image/jpeg",
            b"PNGf" | b"PNG " => "image/png",
            b"GIFf" => "image/gif",
            b"TIFF" => "image/tiff",
            b"ZIP " => "application/zip",
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(magic: u32, entries: &[(u32, &[u8])]) -> Vec<u8> {
        let mut out = magic.to_be_bytes().to_vec();
        out.extend([0, 2, 0, 0]);
        out.extend([0; 16]);
        out.extend((entries.len() as u16).to_be_bytes());
        let mut at = ENTRIES_AT + entries.len() * ENTRY_BYTES;
        for (kind, content) in entries {
            out.extend(kind.to_be_bytes());
            out.extend((at as u32).to_be_bytes());
            out.extend((content.len() as u32).to_be_bytes());
            at += content.len();
        }
        out.extend(entries.iter().flat_map(|(_, content)| *content));
        out
    }

    #[test]
    fn the_half_without_a_data_fork_names_the_other() {
        let half = read(&file(
            DOUBLE,
            &[
                (3, b"H\xbek og st\xbfj.doc"),
                (9, b"W8BNMSWD\x01\0"),
                (2, b"ikon"),
            ],
        ))
        .unwrap();
        assert_eq!(half.name.as_deref(), Some("Hæk og støj.doc"));
        assert_eq!(
            half.file_type.and_then(FileType::media_type),
            Some("application/msword")
        );
    }

    #[test]
    fn apple_single_holds_the_document() {
        let bytes = file(SINGLE, &[(1, b"%PDF-1.4"), (3, "grød.pdf".as_bytes())]);
        let whole = read(&bytes).unwrap();
        assert_eq!(&bytes[whole.document.clone().unwrap()], b"%PDF-1.4");
        assert_eq!(whole.name.as_deref(), Some("grød.pdf"));
        let cut = read(&bytes[..bytes.len() - 12]).unwrap();
        assert_eq!(bytes[cut.document.unwrap()], b"%PDF-1.4"[..5]);
    }

    #[test]
    fn a_name_is_read_in_the_letters_that_make_words_of_it() {
        for (bytes, expected) in [
            (&b"bl\x8cb\xber og \xafl.doc"[..], "blåbær og Øl.doc"),
            (b"h\xe6k.doc", "hæk.doc"),
            (b"Fr\xf6sche.txt", "Frösche.txt"),
            ("blåbær.doc".as_bytes(), "blåbær.doc"),
        ] {
            assert_eq!(name(bytes).as_deref(), Some(expected));
        }
    }

    #[test]
    fn other_bytes_are_no_apple_file() {
        for bytes in [
            &b""[..],
            b"%PDF-1.4 and so on, long enough to hold it",
            b"\0\x05\x16\x07",
        ] {
            assert_eq!(read(bytes), None);
        }
        assert_eq!(FileType::new(&[0; 4]), None);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_are_too_strange(tail in proptest::collection::vec(proptest::num::u8::ANY, 0..200), magic in 0usize..2) {
            let mut bytes = [SINGLE, DOUBLE][magic].to_be_bytes().to_vec();
            bytes.extend([0; 20]);
            bytes.extend([0, 9]);
            bytes.extend(tail);
            if let Some(range) = read(&bytes).and_then(|file| file.document) {
                proptest::prop_assert!(bytes.get(range).is_some());
            }
        }
    }
}
