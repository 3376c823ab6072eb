//! What a file is, told by what it holds and not by its name.

use serde::{Deserialize, Serialize};

use crate::domain::file_name;

/// How far into a file its first sign may stand.
const MAX_HEAD_BYTES: usize = 4096;
/// Lines that are looked at for the headers of a mail or the columns of a table.
const MAX_HEAD_LINES: usize = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Docx,
    Xlsx,
    Pptx,
    Odt,
    Ods,
    Odp,
    /// Word, Excel, PowerPoint until 2003.
    Doc,
    Xls,
    Ppt,
    /// A document of Office behind a password.
    ProtectedOffice,
    Pdf,
    Rtf,
    Html,
    Xml,
    Csv,
    Text,
    Eml,
    Msg,
    /// A meeting or a task.
    Calendar,
    /// A visiting card.
    Card,
    Zip,
    Picture,
    /// Sound or film.
    Recording,
    Program,
    Unknown,
}

impl Format {
    /// As it is written in JSON.
    pub fn name(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|name| name.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// Written to be read from top to bottom, so that its first line may say what it is about.
    pub(super) fn is_prose(self) -> bool {
        use Format::{Doc, Docx, Html, Odp, Odt, Pdf, Ppt, Pptx, Rtf, Text};
        matches!(
            self,
            Docx | Odt | Doc | Pdf | Rtf | Html | Text | Pptx | Odp | Ppt
        )
    }
}

/// What the first bytes leave no doubt about; zip and compound files need a look inside.
pub(super) fn by_magic(bytes: &[u8]) -> Option<Format> {
    let starts = |magics: &[&[u8]]| magics.iter().any(|magic| bytes.starts_with(magic));
    let at = |at: usize, magic: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(magic));
    if starts(&[
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"GIF8",
        b"II*\0",
        b"MM\0*",
        b"\0\0\x01\0",
    ]) || (starts(&[b"RIFF"]) && at(8, b"WEBP"))
        || (starts(&[b"BM"]) && at(6, &[0; 4]))
        || (at(4, b"ftyp") && (at(8, b"hei") || at(8, b"mif1") || at(8, b"avif")))
    {
        Some(Format::Picture)
    } else if starts(&[b"RIFF", b"ID3", b"OggS", b"fLaC", b"\x1a\x45\xdf\xa3"]) || at(4, b"ftyp") {
        Some(Format::Recording)
    } else if starts(&[b"\x7fELF", b"\xca\xfe\xba\xbe"]) || (starts(&[b"MZ"]) && has_nul(bytes)) {
        Some(Format::Program)
    } else if starts(&[b"{\\rtf"]) {
        Some(Format::Rtf)
    } else if is_pdf(bytes) {
        Some(Format::Pdf)
    } else {
        None
    }
}

/// A few programs put something before the header.
fn is_pdf(bytes: &[u8]) -> bool {
    bytes
        .get(..bytes.len().min(1024))
        .unwrap_or_default()
        .windows(5)
        .any(|window| window == b"%PDF-")
}

fn has_nul(bytes: &[u8]) -> bool {
    head(bytes).contains(&0)
}

fn head(bytes: &[u8]) -> &[u8] {
    bytes
        .get(..bytes.len().min(MAX_HEAD_BYTES))
        .unwrap_or(bytes)
}

pub(super) fn is_zip(bytes: &[u8]) -> bool {
    [&b"PK\x03\x04"[..], b"PK\x05\x06", b"PK\x07\x08"]
        .iter()
        .any(|magic| bytes.starts_with(magic))
}

pub(super) fn is_compound(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

/// What an archive holding files of these names is.
pub(super) fn by_entries<'n>(names: impl Iterator<Item = &'n str> + Clone) -> Format {
    let any = |start: &str| names.clone().any(|name| name.starts_with(start));
    if !any("[Content_Types].xml") && !any("_rels/.rels") {
        return Format::Zip;
    }
    if any("word/") {
        Format::Docx
    } else if any("xl/") {
        Format::Xlsx
    } else if any("ppt/") {
        Format::Pptx
    } else {
        Format::Zip
    }
}

/// An OpenDocument file by the media type it carries.
pub(super) fn by_opendocument_type(media_type: &str) -> Option<Format> {
    let kind = media_type
        .trim()
        .strip_prefix("application/vnd.oasis.opendocument.")?;
    if kind.starts_with("text") {
        Some(Format::Odt)
    } else if kind.starts_with("spreadsheet") {
        Some(Format::Ods)
    } else if kind.starts_with("presentation") || kind.starts_with("graphics") {
        Some(Format::Odp)
    } else {
        None
    }
}

/// What a text is; `None` for bytes that are no text.
pub(super) fn by_text(bytes: &[u8], name: &str, media_type: &str) -> Option<Format> {
    let is_utf_16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let head = head(bytes);
    if head.is_empty() {
        return None;
    }
    if !is_utf_16 && !looks_like_text(head) {
        return None;
    }
    let text = super::plain::decoded(head);
    let start = text.trim_start().to_lowercase();
    let html = ["<!doctype html", "<html", "<head", "<body"];
    let says_html = media_type.eq_ignore_ascii_case("text/html")
        || matches!(extension(name).as_str(), "html" | "htm");
    if (says_html && start.contains("</"))
        || html.iter().any(|tag| start.starts_with(tag))
        || (start.starts_with('<') && start.contains("<html"))
    {
        return Some(Format::Html);
    }
    if start.starts_with("<?xml") || start.starts_with("<office:document") {
        return Some(Format::Xml);
    }
    if start.starts_with("begin:vcalendar") {
        return Some(Format::Calendar);
    }
    if start.starts_with("begin:vcard") {
        return Some(Format::Card);
    }
    if is_mail(&text) {
        return Some(Format::Eml);
    }
    let says_csv = extension(name) == "csv" || media_type.eq_ignore_ascii_case("text/csv");
    if says_csv || has_columns(&text) {
        return Some(Format::Csv);
    }
    Some(Format::Text)
}

fn looks_like_text(head: &[u8]) -> bool {
    let controls = head
        .iter()
        .filter(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31 | 127))
        .count();
    let starts_binary = head
        .iter()
        .take(64)
        .any(|byte| matches!(byte, 0..=8 | 14..=26));
    !starts_binary && !head.contains(&0) && controls * 50 <= head.len()
}

/// At least two headers that mails have, before anything that is no header.
fn is_mail(text: &str) -> bool {
    const HEADERS: [&str; 12] = [
        "return-path:",
        "received:",
        "from:",
        "to:",
        "subject:",
        "date:",
        "message-id:",
        "mime-version:",
        "content-type:",
        "delivered-to:",
        "x-mailer:",
        "dkim-signature:",
    ];
    let mut found = 0;
    for line in text.lines().take(MAX_HEAD_LINES) {
        let lower = line.to_lowercase();
        if HEADERS.iter().any(|header| lower.starts_with(header)) {
            found += 1;
        } else if !line.starts_with([' ', '\t']) && !is_header(line) {
            break;
        }
    }
    found >= 2
}

fn is_header(line: &str) -> bool {
    line.split_once(':')
        .is_some_and(|(name, _)| !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic()))
}

/// The same number of semicolons or tabs, two or more, on each of the first lines.
fn has_columns(text: &str) -> bool {
    [';', '\t'].into_iter().any(|sign| {
        let counts: Vec<usize> = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .take(5)
            .map(|line| line.matches(sign).count())
            .collect();
        counts.len() >= 3
            && counts.first().is_some_and(|first| *first >= 2)
            && counts.windows(2).all(|pair| pair.first() == pair.last())
    })
}

fn extension(name: &str) -> String {
    file_name::split_extension(name.trim()).1.to_lowercase()
}

/// Whether the name's extension says that the file is something else than it is.
pub(super) fn is_lie(name: &str, format: Format) -> bool {
    use Format::{
        Calendar, Card, Csv, Doc, Docx, Eml, Html, Msg, Odp, Ods, Odt, Pdf, Picture, Ppt, Pptx,
        Program, ProtectedOffice, Recording, Rtf, Text, Unknown, Xls, Xlsx, Xml, Zip,
    };
    if format == Unknown {
        return false;
    }
    let told: &[Format] = match extension(name).as_str() {
        "docx" | "docm" | "dotx" | "dotm" => &[Docx, ProtectedOffice],
        "xlsx" | "xlsm" | "xltx" | "xltm" | "xlsb" => &[Xlsx, ProtectedOffice],
        "pptx" | "pptm" | "ppsx" | "ppsm" | "potx" => &[Pptx, ProtectedOffice],
        "odt" | "ott" | "fodt" => &[Odt],
        "ods" | "ots" | "fods" => &[Ods],
        "odp" | "otp" | "fodp" | "odg" => &[Odp],
        "doc" | "dot" => &[Doc, ProtectedOffice],
        "xls" | "xlt" => &[Xls, ProtectedOffice],
        "ppt" | "pps" | "pot" => &[Ppt, ProtectedOffice],
        "pdf" => &[Pdf],
        "rtf" => &[Rtf],
        "htm" | "html" => &[Html, Xml, Text],
        "csv" | "tsv" => &[Csv, Text],
        "txt" | "log" | "md" => &[Text, Csv, Xml, Eml, Html, Calendar, Card],
        "eml" => &[Eml, Text],
        "msg" => &[Msg],
        "zip" => &[Zip, Docx, Xlsx, Pptx, Odt, Ods, Odp],
        "jpg" | "jpeg" | "png" | "gif" | "bmp" | "tif" | "tiff" | "heic" | "webp" => &[Picture],
        "mp3" | "mp4" | "wav" | "mov" | "avi" | "m4a" => &[Recording],
        // A program may go by any name but that of a document, which was dealt with above.
        _ => return false,
    };
    debug_assert!(!told.contains(&Program));
    !told.contains(&format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_first_bytes() {
        for (bytes, format) in [
            (&b"%PDF-1.7"[..], Format::Pdf),
            (b"\n\n%PDF-1.4", Format::Pdf),
            (b"{\\rtf1", Format::Rtf),
            (b"\x89PNG\r\n\x1a\n", Format::Picture),
            (b"\0\0\0\x18ftypheic", Format::Picture),
            (b"\0\0\0\x18ftypisom", Format::Recording),
            (b"MZ\x90\0", Format::Program),
        ] {
            assert_eq!(by_magic(bytes), Some(format), "{bytes:?}");
        }
        assert_eq!(by_magic(b"MZ er en forkortelse"), None);
        assert_eq!(by_magic(b""), None);
    }

    #[test]
    fn a_text_is_known_by_how_it_begins() {
        for (text, format) in [
            ("Kære borger", Format::Text),
            ("<!DOCTYPE html><p>x", Format::Html),
            ("<?xml version='1.0'?><a/>", Format::Xml),
            ("From: a@x.example\nSubject: Hæk\n\nHej", Format::Eml),
            ("Til: alle\nFra: mig\n", Format::Text),
            ("Navn;Vej;By\nOle;A;B\nIb;C;D\n", Format::Csv),
        ] {
            assert_eq!(by_text(text.as_bytes(), "", ""), Some(format), "{text}");
        }
        assert_eq!(by_text(b"a;b", "liste.CSV", ""), Some(Format::Csv));
        assert_eq!(by_text(b"\x01\x02\0abc", "", ""), None);
        assert_eq!(by_text(b"\xff\xfeH\0e\0j\0", "", ""), Some(Format::Text));
    }

    #[test]
    fn a_name_lies_only_when_its_extension_says_something_else() {
        assert!(is_lie("faktura.pdf", Format::Program));
        assert!(is_lie("brev.doc", Format::Rtf));
        assert!(!is_lie("brev.DOCX", Format::Docx));
        assert!(!is_lie("brev", Format::Docx));
        assert!(!is_lie("brev.pdf", Format::Unknown));
        assert!(!is_lie("brev.docx", Format::ProtectedOffice));
    }
}
