//! OpenPGP in a mail (RFC 3156, RFC 9580): what is seen of it, so that it can be said. Nothing is decrypted or verified.
//!
//! Also the headers that encrypting mail software keeps within the protected part (RFC 9788 and the draft before it).

use super::embedded::lines;
use super::warning;
use crate::domain::mail::Warning;

const ARMOUR: &[u8] = b"-----BEGIN PGP ";

/// What there is of OpenPGP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pgp {
    /// Kept unread.
    Encrypted,
    /// The text can be read; whether it is what was signed is not checked.
    Signed,
    /// A key that was sent along.
    Key,
}

impl Pgp {
    /// What to say of the mail; of a key nothing.
    pub(super) fn warning(self) -> Option<Warning> {
        let (code, detail) = match self {
            Self::Encrypted => (
                "pgp_encrypted",
                "the content is encrypted with OpenPGP and is kept unread",
            ),
            Self::Signed => ("pgp_unchecked", "the OpenPGP signature was not checked"),
            Self::Key => return None,
        };
        Some(warning(code, detail))
    }
}

/// What a text holds within itself: the first block that begins on a line of its own, not within a quotation.
pub(super) fn in_text(text: &[u8]) -> Option<Pgp> {
    lines(text)
        .filter_map(|line| line.strip_prefix(ARMOUR))
        .find_map(|block| match block.trim_ascii_end() {
            b"SIGNED MESSAGE-----" => Some(Pgp::Signed),
            b"PUBLIC KEY BLOCK-----" | b"PRIVATE KEY BLOCK-----" => Some(Pgp::Key),
            // A long message may come in several parts, `MESSAGE, PART 1/2`.
            block if block.starts_with(b"MESSAGE") && block.ends_with(b"-----") => {
                Some(Pgp::Encrypted)
            }
            _ => None,
        })
}

/// What a part's type says, with the `protocol` of a multipart.
pub(super) fn in_type(media_type: &str, protocol: Option<&str>) -> Option<Pgp> {
    let protocol = protocol.unwrap_or_default();
    match media_type {
        "application/pgp-encrypted" => Some(Pgp::Encrypted),
        "application/pgp-signature" => Some(Pgp::Signed),
        "application/pgp-keys" => Some(Pgp::Key),
        "multipart/encrypted" if is(protocol, "application/pgp-encrypted") => Some(Pgp::Encrypted),
        "multipart/signed" if is(protocol, "application/pgp-signature") => Some(Pgp::Signed),
        _ => None,
    }
}

fn is(value: &str, expected: &str) -> bool {
    value.trim().eq_ignore_ascii_case(expected)
}

/// Whether a part's header holds the fields that its mail was written with: `hp` or `protected-headers` of its type.
pub(super) fn has_protected_headers(hp: Option<&str>, protected_headers: Option<&str>) -> bool {
    hp.is_some_and(|hp| is(hp, "clear") || is(hp, "cipher"))
        || protected_headers.is_some_and(|version| is(version, "v1"))
}

/// Whether a subject stands in place of one that is kept within: `...`, `[...]`, `Encrypted Message`.
pub(super) fn hides_subject(subject: &str) -> bool {
    let subject = subject
        .trim()
        .trim_start_matches(['[', '('])
        .trim_end_matches([']', ')']);
    ["...", "…", "encrypted message", "encrypted"]
        .iter()
        .any(|hidden| subject.eq_ignore_ascii_case(hidden))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_in_a_text_are_seen() {
        for (text, expected) in [
            (
                "Hej\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQ\r\n",
                Some(Pgp::Encrypted),
            ),
            (
                "-----BEGIN PGP MESSAGE, PART 1/2-----\n",
                Some(Pgp::Encrypted),
            ),
            (
                "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n",
                Some(Pgp::Signed),
            ),
            ("-----BEGIN PGP PUBLIC KEY BLOCK-----  \n", Some(Pgp::Key)),
            ("> -----BEGIN PGP MESSAGE-----\n", None),
            ("Skriv -----BEGIN PGP MESSAGE-----\n", None),
            ("-----BEGIN PGP MESSAGE\n", None),
            ("-----BEGIN PGP SIGNATURE-----\n", None),
            ("", None),
        ] {
            assert_eq!(in_text(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn types_tell_their_content() {
        assert_eq!(
            in_type("multipart/encrypted", Some("application/PGP-encrypted")),
            Some(Pgp::Encrypted)
        );
        assert_eq!(
            in_type("multipart/signed", Some("application/pkcs7-signature")),
            None
        );
        assert_eq!(
            in_type("application/pgp-keys", None).and_then(Pgp::warning),
            None
        );
        assert_eq!(Pgp::Encrypted.warning().unwrap().code, "pgp_encrypted");
    }

    #[test]
    fn fields_that_are_kept_within_are_known() {
        assert!(has_protected_headers(Some("cipher"), None));
        assert!(has_protected_headers(None, Some("v1")));
        assert!(!has_protected_headers(Some("nej"), None));
        for subject in ["...", "[...]", "Encrypted Message", " … "] {
            assert!(hides_subject(subject), "{subject}");
        }
        assert!(!hides_subject("Hækken..."));
        assert!(!hides_subject(""));
    }
}
