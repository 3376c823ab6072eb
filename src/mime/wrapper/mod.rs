//! Parts that merely wrap something: opened, they give way to what they hold.
//!
//! One that cannot be opened stays an attachment as it is. Nothing is fetched, decrypted or trusted.

mod apple_double;
mod signed;
mod winmail;
mod written;

use mail_parser::MessagePart;

use super::{
    contents::{Contents, Taken, media_type},
    external, name, note, note_all, pgp, uuencode,
};
use crate::domain::mail::Warning;

/// Opens a multipart that is read otherwise than child by child; false for all others.
pub(super) fn open_multipart<'m>(
    part: &MessagePart<'m>,
    contents: &mut Contents<'m>,
    warnings: &mut Vec<Warning>,
) -> bool {
    note_protected_headers(part, warnings);
    match media_type(part).as_str() {
        "multipart/appledouble" => apple_double::join(part, contents),
        "multipart/signed" | "multipart/encrypted" => {
            signed::note_multipart(part, contents, warnings);
            false
        }
        _ => false,
    }
}

/// Opens a leaf; false when it is no wrapper, or stays one.
pub(super) fn open<'m>(
    part: &MessagePart<'m>,
    contents: &mut Contents<'m>,
    warnings: &mut Vec<Warning>,
) -> bool {
    if is_uuencoded(part) {
        return contents.has_room_for(part, warnings) && uuencoded(part, contents, warnings);
    }
    note_protected_headers(part, warnings);
    let media_type = media_type(part);
    let name = part.attachment_name().unwrap_or_default().to_lowercase();
    let is_file = is_file_that_wraps(&media_type, &name);
    if is_file && !contents.has_room_for(part, warnings) {
        return false;
    }
    match media_type.as_str() {
        "application/ms-tnef" | "application/vnd.ms-tnef" => {
            winmail::open(part, contents, warnings)
        }
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => {
            signed::open(part, contents, warnings)
        }
        "application/mac-binhex40" | "application/mac-binhex" => {
            written::open_binhex(part, contents, warnings)
        }
        "application/applefile" => apple_double::open_single(part, contents),
        "message/partial" => {
            let partial = external::partial(|name| parameter(part, name));
            note_all(warnings, [partial.warning()]);
            false
        }
        "message/external-body" => {
            let external = external::external(|name| parameter(part, name));
            note_all(warnings, [external.warning()]);
            false
        }
        "text/plain" => written::open_text(part, contents, warnings),
        _ if name == "winmail.dat" => winmail::open(part, contents, warnings),
        _ if name::has_extension(&name, "p7m") => signed::open(part, contents, warnings),
        _ if name::has_extension(&name, "hqx") => written::open_binhex(part, contents, warnings),
        other => {
            note_all(
                warnings,
                pgp::in_type(other, None).and_then(pgp::Pgp::warning),
            );
            false
        }
    }
}

/// A file that holds others; texts are looked into on their own.
fn is_file_that_wraps(media_type: &str, file_name: &str) -> bool {
    const TYPES: [&str; 7] = [
        "application/ms-tnef",
        "application/vnd.ms-tnef",
        "application/pkcs7-mime",
        "application/x-pkcs7-mime",
        "application/mac-binhex40",
        "application/mac-binhex",
        "application/applefile",
    ];
    TYPES.contains(&media_type)
        || file_name == "winmail.dat"
        || name::has_extension(file_name, "p7m")
        || name::has_extension(file_name, "hqx")
}

/// What is repeated within the protected part is not read: a reader sees the same header whether a mail is signed or not.
fn note_protected_headers(part: &MessagePart<'_>, warnings: &mut Vec<Warning>) {
    if pgp::has_protected_headers(parameter(part, "hp"), parameter(part, "protected-headers")) {
        note(
            warnings,
            "protected_headers",
            "the protected part repeats the headers of the mail; the outer ones count",
        );
    }
}

/// A transfer encoding that MIME does not know.
fn is_uuencoded(part: &MessagePart<'_>) -> bool {
    part.content_transfer_encoding().is_some_and(|encoding| {
        ["x-uuencode", "uuencode", "x-uue", "uue"]
            .iter()
            .any(|known| encoding.trim().eq_ignore_ascii_case(known))
    })
}

fn uuencoded<'m>(
    part: &MessagePart<'m>,
    contents: &mut Contents<'m>,
    warnings: &mut Vec<Warning>,
) -> bool {
    let decoded = uuencode::decode(part.raw_body());
    note_all(warnings, decoded.warnings);
    let given = name::given(part).or(decoded.name);
    if given.is_none() && part.is_text() {
        let text = super::charset::guessed(&decoded.bytes).replace("\r\n", "\n");
        contents.body.add_text(*part, text);
        return true;
    }
    let taken = Taken {
        name: given,
        content_id: part.content_id().map(str::to_owned),
        hidden: false,
        bytes: decoded.bytes,
    };
    contents.offer(&media_type(part), taken);
    true
}

fn parameter<'m>(part: &MessagePart<'m>, name: &str) -> Option<&'m str> {
    part.content_type()?.attribute(name)
}
