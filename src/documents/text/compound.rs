//! Compound files (MS-CFB): Office until 2003, saved Outlook mails, and protected documents of today.

use std::io::{Cursor, Read};

use cfb::CompoundFile;

use super::{
    doc, excel_binary, format::Format, member, plain, powerpoint_binary, reading::Reading,
};

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
        Format::Msg => member::read_mail(bytes, reading),
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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::documents::text::{Extracted, extract};

    fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
        let mut file = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        for (name, content) in streams {
            file.create_stream(name)
                .unwrap()
                .write_all(content)
                .unwrap();
        }
        file.into_inner().into_inner()
    }

    fn codes(read: &Extracted) -> Vec<&str> {
        read.notes.iter().map(|note| note.code.as_str()).collect()
    }

    /// A document of two pieces, of letters of one byte and of two.
    fn word(narrow: &[u8], wide: &str) -> (Vec<u8>, Vec<u8>) {
        let wide: Vec<u8> = wide.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut document = vec![0; 0x400];
        document[0x0a..0x0c].copy_from_slice(&0x0200_u16.to_le_bytes());
        document[2] = 0xc1;
        document.extend(narrow);
        let at_wide = document.len() as u32;
        document.extend(&wide);
        let ends = [
            0,
            narrow.len() as u32,
            (narrow.len() + wide.len() / 2) as u32,
        ];
        let mut pieces: Vec<u8> = ends.iter().flat_map(|at| at.to_le_bytes()).collect();
        for at in [0x4000_0000 | (0x400 * 2), at_wide] {
            pieces.extend([0, 0]);
            pieces.extend(u32::to_le_bytes(at));
            pieces.extend([0, 0]);
        }
        let mut table = vec![1, 2, 0, 7, 7, 2];
        table.extend((pieces.len() as u32).to_le_bytes());
        table.extend(pieces);
        document[0x01a6..0x01aa].copy_from_slice(&(table.len() as u32).to_le_bytes());
        (document, table)
    }

    #[test]
    fn an_old_word_document_is_read_piece_by_piece_without_its_field_codes() {
        let (document, table) = word(
            b"K\xe6re borger\rSide \x13 PAGE \x142\x15\r",
            "Sagen om hækken\x07slut",
        );
        let bytes = compound(&[("WordDocument", &document), ("1Table", &table)]);
        let read = extract(&bytes, "brev.doc", "");
        assert_eq!(read.text, "Kære borger\nSide 2\nSagen om hækken\tslut");
        assert_eq!((read.format, read.notes), (Format::Doc, Vec::new()));
    }

    #[test]
    fn an_old_presentation_is_read_record_by_record() {
        let record = |version: u16, kind: u16, content: &[u8]| {
            let mut bytes = version.to_le_bytes().to_vec();
            bytes.extend(kind.to_le_bytes());
            bytes.extend((content.len() as u32).to_le_bytes());
            bytes.extend(content);
            bytes
        };
        let wide: Vec<u8> = "Trafik på\rÅdalsvej"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let slide = [record(0, 0x0fa0, &wide), record(0, 0x0fa8, b"St\xf8j")].concat();
        let stream = [
            record(0x0f, 0x03ee, &slide),
            record(0x0f, 0x03f8, &record(0, 0x0fa8, b"skabelon")),
        ]
        .concat();
        let read = extract(&compound(&[("PowerPoint Document", &stream)]), "a.ppt", "");
        assert_eq!(
            (read.format, read.text.as_str()),
            (Format::Ppt, "Trafik på\nÅdalsvej\nStøj")
        );
    }

    #[test]
    fn an_old_workbook_is_read_also_where_its_texts_run_over_into_the_next_record() {
        let record = |kind: u16, content: &[u8]| {
            let mut bytes = kind.to_le_bytes().to_vec();
            bytes.extend((content.len() as u16).to_le_bytes());
            bytes.extend(content);
            bytes
        };
        let mut strings = 3_u32.to_le_bytes().repeat(2);
        strings.extend(b"\x04\0\0B\xf8ge");
        // With one run of fonts behind it, and cut after two letters.
        strings.extend(b"\x06\0\x08\x01\0Ka");
        let stream = [
            record(0x0085, b"\0\0\0\0\0\0\x05\0Tr\xe6er"),
            record(0x00fc, &strings),
            record(0x003c, b"\x01s\0t\0a\0n\0\0\0\0\0\x02\0\x01\xc5\0l\0"),
        ]
        .concat();
        let read = extract(&compound(&[("Workbook", &stream)]), "a.xls", "");
        assert_eq!(
            (read.format, read.text.as_str()),
            (Format::Xls, "Træer\nBøge\nKastan\nÅl")
        );
        let locked = [record(0x002f, b"xx"), stream].concat();
        let read = extract(&compound(&[("Workbook", &locked)]), "a.xls", "");
        assert_eq!((read.text.as_str(), codes(&read)), ("", vec!["encrypted"]));
    }

    #[test]
    fn the_title_stands_in_the_summary() {
        let mut set = vec![0; 44];
        set.extend(48_u32.to_le_bytes());
        for number in [0, 1, TITLE, 16, 0x1e, 12] {
            set.extend(number.to_le_bytes());
        }
        set.extend(b"H\xf8ringssvar\0\0");
        let (document, table) = word(b"x", "y");
        let bytes = compound(&[
            ("WordDocument", &document),
            ("1Table", &table),
            ("\u{5}SummaryInformation", &set),
        ]);
        assert_eq!(
            extract(&bytes, "a.doc", "").title.as_deref(),
            Some("Høringssvar")
        );
    }

    proptest::proptest! {
        #[test]
        fn no_streams_make_the_reading_panic(
            noise in proptest::collection::vec(proptest::num::u8::ANY, 0..600),
            at in 0usize..1100,
        ) {
            let (mut document, mut table) = word(b"K\xe6re", "borger");
            for (place, byte) in document.iter_mut().skip(at).zip(&noise) { *place = *byte; }
            for (place, byte) in table.iter_mut().skip(at % 20).zip(&noise) { *place = *byte; }
            for (name, stream) in [("WordDocument", &document), ("Workbook", &noise), ("PowerPoint Document", &noise)] {
                extract(&compound(&[(name, stream), ("1Table", &table), ("\u{5}SummaryInformation", &noise)]), "a", "");
            }
        }
    }
}
