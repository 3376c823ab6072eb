//! What kind of file an attachment is, when the message does not say.

/// By the end of the file's name.
pub(super) fn by_name(name: &str) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "bmp" => "image/bmp",
        "csv" => "text/csv",
        "doc" => "application/msword",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "eml" => "message/rfc822",
        "emf" => "image/emf",
        "gif" => "image/gif",
        "heic" => "image/heic",
        "htm" | "html" => "text/html",
        "ics" => "text/calendar",
        "jpe" | "jpeg" | "jpg" => "image/jpeg",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        "msg" => "application/vnd.ms-outlook",
        "odp" => "application/vnd.oasis.opendocument.presentation",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        "odt" => "application/vnd.oasis.opendocument.text",
        "p7m" => "application/pkcs7-mime",
        "p7s" => "application/pkcs7-signature",
        "pdf" => "application/pdf",
        "png" => "image/png",
        "ppt" => "application/vnd.ms-powerpoint",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "rtf" => "application/rtf",
        "svg" => "image/svg+xml",
        "tif" | "tiff" => "image/tiff",
        "txt" => "text/plain",
        "vcf" => "text/vcard",
        "webp" => "image/webp",
        "wmf" => "image/wmf",
        "xls" => "application/vnd.ms-excel",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xml" => "application/xml",
        "zip" => "application/zip",
        _ => return None,
    })
}

/// By how the file begins; for objects that were put into a text and have no name.
pub(super) fn by_magic(bytes: &[u8]) -> Option<&'static str> {
    [
        (
            &b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..],
            "application/x-ole-storage",
        ),
        (b"%PDF-", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"PK\x03\x04", "application/zip"),
    ]
    .into_iter()
    .find_map(|(magic, kind)| bytes.starts_with(magic).then_some(kind))
}

/// A type and a subtype of RFC 2045, in lower case; nothing else stands where one is asked for.
pub(super) fn valid(text: &str) -> Option<String> {
    let is_token = |part: &str| {
        !part.is_empty()
            && part.len() <= 127
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    let (kind, subtype) = text.split(';').next()?.trim().split_once('/')?;
    // Many parts in one file are no attachment's type, and would be taken for parts of the mail.
    let is_plain = !kind.eq_ignore_ascii_case("multipart");
    (is_token(kind) && is_token(subtype) && is_plain)
        .then(|| format!("{kind}/{subtype}").to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_by_the_name_or_the_bytes() {
        assert_eq!(by_name("Høring.PDF"), Some("application/pdf"));
        assert_eq!(by_name("Høring"), None);
        assert_eq!(by_magic(b"%PDF-1.7"), Some("application/pdf"));
    }

    #[test]
    fn only_a_well_formed_type_is_passed_on() {
        assert_eq!(
            valid("Application/PDF; name=x").as_deref(),
            Some("application/pdf")
        );
        for text in ["pdf", "a/b\r\nX: y", "/", "multipart/mixed", "a/b c"] {
            assert_eq!(valid(text), None, "{text}");
        }
    }
}
