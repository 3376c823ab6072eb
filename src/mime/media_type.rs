//! What kind of file an attachment is, when nothing says it.

pub(super) use crate::domain::media_type::{by_name, extension};

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
    fn a_kind_is_told_by_the_bytes() {
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
