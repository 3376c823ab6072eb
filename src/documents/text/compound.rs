//! Compound files (MS-CFB): Office until 2003, saved Outlook mails, and protected documents of today.

use std::io::{Cursor, Read};

use cfb::CompoundFile;

use super::{doc, excel_binary, format::Format, plain, powerpoint_binary, reading::Reading};

/// A stream that is read; a Word document of this size without pictures has thousands of pages.
const MAX_STREAM_BYTES: u64 = 20 * 1024 * 1024;
/// MS-OLEPS: the property that is the title.
const TITLE: u32 = 2;
const MAX_PROPERTIES: usize = 200;

pub(super) struct Compound<'b> {
    file: CompoundFile<Cursor<&'b [u8]>>,
}

impl Compound<'_> {
    fn has(&self, path: &str) -> bool {
        self.file.exists(path)
    }

    /// A stream's bytes, or as many as the budget allows.
    pub fn stream(&mut self, path: &str, reading: &mut Reading) -> Option<Vec<u8>> {
        let stream = self.file.open_stream(path).ok()?;
        let mut bytes = Vec::new();
        let limit = MAX_STREAM_BYTES.min(reading.budget.left());
        if stream.len() > limit {
            reading.budget.note_exceeded();
        }
        if stream.take(limit).read_to_end(&mut bytes).is_err() {
            reading.note_damage();
        }
        reading.budget.spend(bytes.len() as u64);
        Some(bytes)
    }
}

/// Reads the file and says what it is.
pub(super) fn read(bytes: &[u8], reading: &mut Reading) -> Format {
    let Ok(file) = CompoundFile::open(Cursor::new(bytes)) else {
        return read_damaged(bytes, reading);
    };
    let mut compound = Compound { file };
    let format = format(&compound);
    if compound.has("Macros") || compound.has("_VBA_PROJECT_CUR") {
        reading.note(
            "has_macros",
            "the document carries macros; they were not read",
        );
    }
    if let Some(title) = title(&mut compound, reading) {
        reading.offer_title(&title);
    }
    match format {
        Format::ProtectedOffice => {
            reading.note(
                "encrypted",
                "the file, or a part of it, is behind a password",
            );
        }
        Format::Doc => doc::read(&mut compound, reading),
        Format::Xls => excel_binary::read(&mut compound, reading),
        Format::Ppt => powerpoint_binary::read(&mut compound, reading),
        _ => reading.note("format_not_read", "files of this kind are not read"),
    }
    format
}

/// A file whose directory does not hold together may still tell by the names in it that it is protected.
fn read_damaged(bytes: &[u8], reading: &mut Reading) -> Format {
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    // Names of streams stand at every 128th byte.
    if bytes.chunks(128).any(|entry| entry.starts_with(&name)) {
        reading.note(
            "encrypted",
            "the file, or a part of it, is behind a password",
        );
        return Format::ProtectedOffice;
    }
    reading.note_damage();
    Format::Unknown
}

fn format(compound: &Compound<'_>) -> Format {
    [
        ("EncryptedPackage", Format::ProtectedOffice),
        ("WordDocument", Format::Doc),
        ("Workbook", Format::Xls),
        ("Book", Format::Xls),
        ("PowerPoint Document", Format::Ppt),
        ("__properties_version1.0", Format::Msg),
    ]
    .into_iter()
    .find(|(stream, _)| compound.has(stream))
    .map_or(Format::Unknown, |(_, format)| format)
}

/// From the property set of [MS-OLEPS] 2.20 that Office calls its summary.
fn title(compound: &mut Compound<'_>, reading: &mut Reading) -> Option<String> {
    if !compound.has("\u{5}SummaryInformation") {
        return None;
    }
    let set = compound.stream("\u{5}SummaryInformation", reading)?;
    let section = set.get(le_u32(&set, 44)? as usize..)?;
    let count = (le_u32(section, 4)? as usize).min(MAX_PROPERTIES);
    let at = (0..count)
        .map(|index| 8 + index * 8)
        .find(|at| le_u32(section, *at) == Some(TITLE))?;
    let value = section.get(le_u32(section, at + 4)? as usize..)?;
    let length = le_u32(value, 4)? as usize;
    match le_u32(value, 0)? {
        // A string of bytes, of letters of two bytes.
        0x1e => Some(plain::decoded(value.get(8..)?.get(..length)?)),
        0x1f => Some(wide(value.get(8..)?.get(..length.checked_mul(2)?)?)),
        _ => None,
    }
    .map(|title| title.trim_end_matches('\0').to_owned())
}

pub(super) fn wide(bytes: &[u8]) -> String {
    encoding_rs::UTF_16LE
        .decode_without_bom_handling(bytes)
        .0
        .into_owned()
}

pub(super) fn narrow(bytes: &[u8]) -> String {
    encoding_rs::WINDOWS_1252
        .decode_without_bom_handling(bytes)
        .0
        .into_owned()
}

pub(super) fn le_u32(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(word.try_into().ok()?))
}

pub(super) fn le_u16(bytes: &[u8], at: usize) -> Option<u16> {
    let word = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(word.try_into().ok()?))
}
