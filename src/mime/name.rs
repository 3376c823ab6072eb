//! What an attachment is called; never empty.

use mail_parser::{HeaderForm, MessagePart};

use super::headers;

const MAX_NAME_CHARS: usize = 500;
const MAX_SUBJECT_CHARS: usize = 100;

/// The name it was sent under, as it was sent; without one, a name from its kind.
pub(super) fn of(part: &MessagePart<'_>, media_type: &str, index: usize) -> String {
    given(part).unwrap_or_else(|| made(part, media_type, index))
}

/// The name it was sent under.
pub(super) fn given(part: &MessagePart<'_>) -> Option<String> {
    [
        ("Content-Disposition", "filename"),
        ("Content-Type", "name"),
    ]
    .into_iter()
    .find_map(|(header, attribute)| {
        let field = part.headers().all(header).next()?;
        let bytes = headers::repaired(field);
        let parsed = HeaderForm::ContentType.parse(&bytes);
        let name = parsed
            .value()
            .as_content_type()?
            .attribute(attribute)?
            .to_owned();
        let name = decoded_words(&name);
        let name: String = name
            .trim()
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(MAX_NAME_CHARS)
            .collect();
        (!name.is_empty()).then_some(name)
    })
}

/// RFC 2047 words have no place in a parameter, yet much software puts them there.
fn decoded_words(name: &str) -> String {
    if !name.contains("=?") {
        return name.to_owned();
    }
    let parsed = HeaderForm::Text.parse(name.as_bytes());
    parsed.value().as_text().unwrap_or(name).to_owned()
}

fn made(part: &MessagePart<'_>, media_type: &str, index: usize) -> String {
    match part.nested() {
        Some(nested) => of_mail(&headers::text(nested.headers(), "Subject").unwrap_or_default()),
        None => from_type(media_type, index),
    }
}

/// A mail's file is called after its subject.
pub(super) fn of_mail(subject: &str) -> String {
    let subject: String = subject
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MAX_SUBJECT_CHARS)
        .collect();
    if subject.is_empty() {
        "mail.eml".to_owned()
    } else {
        format!("{subject}.eml")
    }
}

/// Where nothing else is known; `index` tells it from its neighbours.
pub(super) fn from_type(media_type: &str, index: usize) -> String {
    let extension = match media_type {
        "text/calendar" => return "mødeindkaldelse.ics".to_owned(),
        "application/pdf" => "pdf",
        "application/msword" => "doc",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.ms-excel" => "xls",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation" => "pptx",
        "application/zip" => "zip",
        "application/xml" | "text/xml" => "xml",
        "application/vnd.ms-powerpoint" => "ppt",
        "application/vnd.ms-outlook" => "msg",
        "application/vnd.oasis.opendocument.text" => "odt",
        "application/vnd.oasis.opendocument.spreadsheet" => "ods",
        "application/rtf" | "text/rtf" => "rtf",
        "application/ms-tnef" => return "winmail.dat".to_owned(),
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => {
            return "smime.p7s".to_owned();
        }
        "message/delivery-status" => return "leveringsstatus.txt".to_owned(),
        "message/rfc822" => "eml",
        "text/rfc822-headers" => return "mailhoved.txt".to_owned(),
        "text/plain" => "txt",
        "text/html" => "html",
        "text/csv" => "csv",
        "image/jpeg" | "image/jpg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        "image/heic" => "heic",
        "image/heif" => "heif",
        "image/webp" => "webp",
        "image/tiff" => "tif",
        "audio/mpeg" => "mp3",
        "video/mp4" => "mp4",
        other if other.starts_with("text/") => "txt",
        _ => "bin",
    };
    format!("vedhæftning-{}.{extension}", index + 1)
}
