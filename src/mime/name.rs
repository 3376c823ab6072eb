//! What an attachment is called; never empty.

use std::borrow::Cow;

use mail_parser::{Header, MessagePart};

use super::{headers, media_type::extension, parameters};
use crate::domain::{file_name, mail::Attachment};

pub(super) const MAX_NAME_CHARS: usize = 500;
const MAX_SUBJECT_CHARS: usize = 100;
/// Fields of one name that are asked; the first that has a name counts.
const MAX_FIELDS: usize = 10;

/// The name it was sent under, as it was sent; without one, a name from its kind.
pub(super) fn of(part: &MessagePart<'_>, media_type: &str, index: usize) -> String {
    given(part).map_or_else(
        || of_nested(part).unwrap_or_else(|| from_type(media_type, index)),
        |name| with_extension(name, media_type),
    )
}

/// The name it was sent under.
pub(super) fn given(part: &MessagePart<'_>) -> Option<String> {
    [
        ("Content-Disposition", "filename"),
        ("Content-Disposition", "name"),
        ("Content-Type", "name"),
        ("Content-Type", "filename"),
    ]
    .into_iter()
    .flat_map(|(header, parameter)| {
        let fields = part.headers().all(header).take(MAX_FIELDS);
        fields.map(move |field| (field, parameter))
    })
    .find_map(|(field, parameter)| {
        let name = parameters::value(&value(part, field), parameter)?;
        cleaned(&name)
    })
}

/// A name without control characters, not endless and not empty.
pub(super) fn cleaned(name: &str) -> Option<String> {
    let name: String = name
        .trim()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MAX_NAME_CHARS)
        .collect();
    (!name.is_empty()).then_some(name)
}

/// Whether a name ends in a dot and these letters, in capitals or not.
pub(super) fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, found)| found.eq_ignore_ascii_case(extension))
}

fn value<'m>(part: &MessagePart<'m>, field: Header<'m>) -> Cow<'m, str> {
    if field.raw_value().is_ascii() {
        return headers::value(field, None);
    }
    headers::value(field, headers::label_of_text(part.message()))
}

/// Windows opens no file whose name has no extension: it gets that of a document's or a picture's type.
pub(super) fn with_extension(name: String, media_type: &str) -> String {
    let is_file = ["application/", "image/", "text/rtf", "text/xml"]
        .iter()
        .any(|kind| media_type.starts_with(kind));
    match extension(media_type) {
        Some(extension) if is_file && !name.contains('.') => format!("{name}.{extension}"),
        _ => name,
    }
}

/// Gives each its clean name, unlike those of its neighbours.
pub(super) fn clean(attachments: &mut [Attachment]) {
    let names = file_name::clean_all(
        attachments
            .iter()
            .map(|attachment| attachment.name.as_str()),
    );
    for (attachment, name) in attachments.iter_mut().zip(names) {
        attachment.clean_name = name;
    }
}

/// The name it was sent under; a mail's subject where there is none.
pub(super) fn known(part: &MessagePart<'_>) -> Option<String> {
    given(part).or_else(|| of_nested(part))
}

fn of_nested(part: &MessagePart<'_>) -> Option<String> {
    let nested = part.nested()?;
    Some(of_mail(
        &headers::text(nested.headers(), "Subject").unwrap_or_default(),
    ))
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
        "text/calendar" | "application/ics" => return "mødeindkaldelse.ics".to_owned(),
        "application/ms-tnef" | "application/vnd.ms-tnef" => return "winmail.dat".to_owned(),
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => {
            return "smime.p7s".to_owned();
        }
        "message/delivery-status" | "message/global-delivery-status" => {
            return "leveringsstatus.txt".to_owned();
        }
        "message/disposition-notification" | "message/global-disposition-notification" => {
            return "kvittering.txt".to_owned();
        }
        "text/rfc822-headers" | "message/global-headers" => return "mailhoved.txt".to_owned(),
        other => match extension(other) {
            Some(extension) => extension,
            None if other.starts_with("text/") || other.starts_with("message/") => "txt",
            None => "bin",
        },
    };
    format!("vedhæftning-{}.{extension}", index + 1)
}

#[cfg(test)]
mod tests {
    use crate::mime::parse;

    fn named(fields: &[u8]) -> String {
        let mut raw =
            b"From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
                .to_vec();
        raw.extend(fields);
        raw.extend(b"\r\n\r\nx\r\n--b--\r\n");
        parse(&raw).attachments[0].name.clone()
    }

    #[test]
    fn a_name_is_read_however_it_was_written() {
        for (fields, expected) in [
            (&b"Content-Type: a/b; name=\"h\xe6k.pdf\""[..], "hæk.pdf"),
            (b"Content-Type: a/b; name=\"h\xc3\xa6k.pdf\"", "hæk.pdf"),
            (b"Content-Type: a/b; name=\"=?iso-8859-1?Q?h=E6k?=\r\n =?iso-8859-1?Q?.pdf?=\"", "hæk.pdf"),
            (b"Content-Type: a/b; name=a.pdf\r\nContent-Disposition: attachment; filename=b.pdf", "b.pdf"),
            (b"Content-Type: a/b; name=a.pdf\r\nContent-Disposition: attachment; filename=", "a.pdf"),
            (b"Content-Type: a/b\r\nContent-Disposition: attachment; filename*0*=utf-8''h%C3%A6;\r\n filename*1*=k.pdf", "hæk.pdf"),
            (b"Content-Type: application/pdf; name=rapport", "rapport.pdf"),
            (b"Content-Type: application/pdf; name=rapport.v2", "rapport.v2"),
            (b"Content-Type: application/octet-stream; name=README", "README"),
            (b"Content-Type: application/pdf", "vedhæftning-1.pdf"),
            (b"Content-Type: text/vcard", "vedhæftning-1.vcf"),
            (b"Content-Type: message/disposition-notification", "kvittering.txt"),
            (b"Content-Type: message/partial", "vedhæftning-1.txt"),
            (b"Content-Type: text/csv; name=liste", "liste"),
        ] {
            assert_eq!(named(fields), expected);
        }
    }
}
