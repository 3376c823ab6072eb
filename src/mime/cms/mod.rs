//! Signed, encrypted and compressed content (CMS, RFC 5652; S/MIME, RFC 8551): what it is, and what lies in it.
//!
//! Nothing is decrypted, and nobody is trusted: neither the signature nor the certificate is verified. What is told is
//! whether the content is the one whose digest was signed, and whom the signature names.

mod ber;
mod certificate;
mod digest;
mod signed;

#[cfg(test)]
pub(super) mod samples;

use std::borrow::Cow;

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chrono::{DateTime, Utc};

use super::note;
use crate::domain::mail::Warning;
use ber::{OBJECT_IDENTIFIER, SEQUENCE, tagged};

const PKCS_7: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7];
const SMIME_CONTENT: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 1];
/// Lines of a header that are looked at.
const MAX_HEADER_LINES: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Signed,
    /// Signed by nobody: a bag of certificates.
    CertificatesOnly,
    Encrypted,
    Compressed,
    /// Content of a kind that mails do not have.
    Other,
}

/// Whether the content is the one that was signed; says nothing of who signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The digest that was signed is that of the content.
    Intact,
    Altered,
    /// No digest was signed, or one of a kind that is not trusted any more (SHA-1, MD5).
    Unchecked,
}

/// Whom a signature names; nobody has verified it.
#[derive(Debug, PartialEq)]
pub(super) struct Signer {
    pub name: Option<String>,
    pub address: Option<String>,
    /// As the signer's clock had it.
    pub signed_at: Option<DateTime<Utc>>,
    pub state: State,
}

#[derive(Debug, PartialEq)]
pub(super) struct Cms {
    pub kind: Kind,
    /// What was signed, when it lies within: mostly a MIME entity, see [`is_mime_entity`].
    pub content: Option<Vec<u8>>,
    pub signers: Vec<Signer>,
    /// Altered when it is to one signer, else intact when it is to one.
    pub state: State,
    pub warnings: Vec<Warning>,
}

/// Reads `application/pkcs7-mime` or a `.p7m`; `None` when it is no CMS.
pub(super) fn read(bytes: &[u8]) -> Option<Cms> {
    read_with(bytes, None)
}

/// Reads the signature of `multipart/signed`. `content` is the first part as it was sent: its header and body without
/// the line end before the boundary. One that was stored with other line ends is found intact all the same.
pub(super) fn read_detached(signature: &[u8], content: &[u8]) -> Option<Cms> {
    read_with(signature, Some(content))
}

/// Whether signed content is a part of a mail, not the bytes of a file.
pub(super) fn is_mime_entity(content: &[u8]) -> bool {
    let mut has_mime_field = false;
    for line in super::embedded::lines(content).take(MAX_HEADER_LINES) {
        let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
        let is_folded = line.starts_with(b" ") || line.starts_with(b"\t");
        if line.trim_ascii().is_empty() {
            break;
        }
        if is_folded {
            continue;
        }
        if name.len() == line.len() || !name.iter().all(|byte| matches!(byte, b'!'..=b'~')) {
            return false;
        }
        let name = name.to_ascii_lowercase();
        has_mime_field |= name.starts_with(b"content-") || name == b"mime-version";
    }
    has_mime_field
}

/// The name of the file that was signed: `plan.pdf` of `plan.pdf.p7m`.
pub(super) fn file_name(name: &str) -> Option<&str> {
    let end = name.len().checked_sub(4)?;
    let (inner, extension) = name.split_at_checked(end)?;
    (extension.eq_ignore_ascii_case(".p7m") && inner.contains('.')).then_some(inner)
}

fn read_with(bytes: &[u8], detached: Option<&[u8]>) -> Option<Cms> {
    let bytes = unarmoured(bytes)?;
    let outer = ber::values(&bytes)
        .next()
        .filter(|value| value.tag == SEQUENCE)?;
    let mut fields = outer.values();
    let kind = fields.take_tag(OBJECT_IDENTIFIER)?.content;
    let mut cms = Cms {
        kind: kind_of(kind)?,
        content: None,
        signers: Vec::new(),
        state: State::Unchecked,
        warnings: Vec::new(),
    };
    let body = fields
        .take_tag(tagged(0))
        .and_then(|content| content.inner(SEQUENCE));
    if let (Kind::Signed, Some(body)) = (cms.kind, body) {
        signed::read(body, detached, &mut cms);
    }
    if outer.is_cut {
        note(
            &mut cms.warnings,
            "smime_damaged",
            "the signed or encrypted content is cut; it is kept as far as it goes",
        );
    }
    let said = match (cms.kind, cms.state) {
        (Kind::Encrypted, _) => Some((
            "smime_encrypted",
            "the content is encrypted and is kept unread",
        )),
        (Kind::Compressed, _) => Some((
            "smime_compressed",
            "the content is compressed within S/MIME and is kept unread",
        )),
        (Kind::Signed, State::Altered) => Some((
            "smime_altered",
            "the content is not the one that was signed",
        )),
        (Kind::Signed, State::Unchecked) => Some((
            "smime_unchecked",
            "whether the content is the one that was signed cannot be told",
        )),
        _ => None,
    };
    if let Some((code, detail)) = said {
        note(&mut cms.warnings, code, detail);
    }
    Some(cms)
}

fn kind_of(identifier: &[u8]) -> Option<Kind> {
    let pkcs_7 = identifier.strip_prefix(PKCS_7);
    let smime = identifier.strip_prefix(SMIME_CONTENT);
    Some(match (pkcs_7, smime) {
        (Some([2]), _) => Kind::Signed,
        // Enveloped, signed and enveloped, encrypted; authenticated and enveloped.
        (Some([3 | 4 | 6]), _) | (_, Some([23])) => Kind::Encrypted,
        (_, Some([9])) => Kind::Compressed,
        (Some(_), _) | (_, Some(_)) => Kind::Other,
        _ => return None,
    })
}

/// The bytes themselves, or what they hold in base64 with or without PEM's lines around it.
fn unarmoured(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    if bytes.first() == Some(&SEQUENCE) {
        return Some(Cow::Borrowed(bytes));
    }
    let text = bytes.trim_ascii_start();
    if !text.starts_with(b"MI") && !text.starts_with(b"-----BEGIN ") {
        return None;
    }
    let letters: Vec<u8> = super::embedded::lines(text)
        .filter(|line| !line.starts_with(b"-----"))
        .flatten()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    LENIENT.decode(letters).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::assert_linear;

    const CONTENT: &[u8] =
        "Content-Type: text/plain; charset=utf-8\r\n\r\nHækken er for høj.\r\n".as_bytes();

    fn codes(cms: &Cms) -> Vec<&str> {
        cms.warnings
            .iter()
            .map(|warning| warning.code.as_str())
            .collect()
    }

    #[test]
    fn signed_content_is_taken_out_and_found_intact() {
        for sample in [
            samples::SIGNED,
            samples::SIGNED_INDEFINITE,
            samples::SIGNED_BY_KEY,
        ] {
            let cms = read(&samples::bytes(sample)).unwrap();
            assert_eq!((cms.kind, cms.state), (Kind::Signed, State::Intact));
            assert_eq!(cms.content.as_deref(), Some(CONTENT));
            let signer = &cms.signers[0];
            assert_eq!(signer.name.as_deref(), Some("Søren Ågård Øst"));
            assert_eq!(signer.address.as_deref(), Some("soren@fjordby.example"));
            assert!(
                signer
                    .signed_at
                    .is_some_and(|at| at.to_rfc3339().starts_with("2026-"))
            );
            assert_eq!(cms.warnings, []);
        }
    }

    #[test]
    fn a_signature_beside_its_content_knows_it_whatever_its_line_ends() {
        let signature = samples::bytes(samples::DETACHED);
        let with_lf: Vec<u8> = CONTENT
            .iter()
            .copied()
            .filter(|byte| *byte != b'\r')
            .collect();
        for (content, state) in [
            (CONTENT, State::Intact),
            (&with_lf, State::Intact),
            (&[CONTENT, b"\r\n"].concat(), State::Intact),
            (&CONTENT[..CONTENT.len() - 4], State::Altered),
            (b"", State::Altered),
        ] {
            assert_eq!(read_detached(&signature, content).unwrap().state, state);
        }
        assert_eq!(read(&signature).unwrap().state, State::Unchecked);
    }

    #[test]
    fn content_that_was_changed_is_altered() {
        let mut bytes = samples::bytes(samples::SIGNED);
        let at = bytes.windows(3).position(|word| word == b"for").unwrap();
        bytes[at] = b'F';
        let cms = read(&bytes).unwrap();
        assert_eq!(
            (cms.state, codes(&cms)),
            (State::Altered, vec!["smime_altered"])
        );
        assert!(cms.content.is_some());
    }

    #[test]
    fn what_cannot_be_checked_is_not_said_to_be_intact() {
        for sample in [samples::SHA_1, samples::WITHOUT_ATTRIBUTES] {
            let cms = read_detached(&samples::bytes(sample), CONTENT).unwrap();
            assert_eq!(
                (cms.state, codes(&cms)),
                (State::Unchecked, vec!["smime_unchecked"])
            );
            assert_eq!(cms.signers.len(), 1);
        }
    }

    #[test]
    fn other_kinds_are_told() {
        for (sample, kind, said) in [
            (
                samples::ENCRYPTED,
                Kind::Encrypted,
                &["smime_encrypted"][..],
            ),
            (samples::CERTIFICATES, Kind::CertificatesOnly, &[]),
        ] {
            let cms = read(&samples::bytes(sample)).unwrap();
            assert_eq!((cms.kind, codes(&cms)), (kind, said.to_vec()));
            assert_eq!(cms.content, None);
        }
        for bytes in [
            &b""[..],
            b"%PDF",
            b"MIIx",
            b"\x30\x03\x06\x01\x01",
            b"\x30\x80",
        ] {
            assert_eq!(read(bytes), None);
        }
    }

    #[test]
    fn content_in_base64_is_read_too() {
        let pem = format!(
            "-----BEGIN PKCS7-----\r\n{}\r\n-----END PKCS7-----\r\n",
            samples::SIGNED
        );
        for text in [samples::SIGNED, &pem] {
            assert_eq!(read(text.as_bytes()).unwrap().state, State::Intact);
        }
    }

    #[test]
    fn content_that_is_cut_is_kept_as_far_as_it_goes() {
        for sample in [samples::SIGNED, samples::SIGNED_INDEFINITE] {
            let bytes = samples::bytes(sample);
            let cms = read(&bytes[..110]).unwrap();
            let content = cms.content.as_deref().unwrap();
            assert!(content.len() > 40 && CONTENT.starts_with(content));
            assert!(codes(&cms).contains(&"smime_damaged"));
        }
    }

    #[test]
    fn a_signed_file_is_told_from_a_signed_part() {
        assert!(is_mime_entity(CONTENT));
        assert!(is_mime_entity(b"Subject: x\nMIME-Version: 1.0\n\n"));
        for content in [
            &b"%PDF-1.4\n"[..],
            b"<?xml version=\"1.0\"?>\n",
            b"Note: x\n\nContent-Type: a\n",
            b"",
        ] {
            assert!(!is_mime_entity(content));
        }
        assert_eq!(file_name("plan.pdf.P7M"), Some("plan.pdf"));
        for name in ["smime.p7m", "plan.pdf", "ø7m", ""] {
            assert_eq!(file_name(name), None);
        }
    }

    #[test]
    fn files_of_other_projects_are_read() {
        let root = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../shared/corpus/mime/tika/tika-parsers/tika-parsers-standard/tika-parsers-standard-modules/\
             tika-parser-crypto-module/src/test/resources/test-documents/"
        );
        for (file, kind, has_content) in [
            ("test.xml.p7m", Kind::Signed, true),
            ("testPKCS7_signed_data_ind.p7m", Kind::Signed, true),
            ("testPKCS7_enveloped_def.p7m", Kind::Encrypted, false),
            ("testPKCS7_signature_def.p7s", Kind::Signed, false),
            ("testDetached.p7s", Kind::Signed, false),
        ] {
            let Ok(bytes) = std::fs::read(format!("{root}{file}")) else {
                continue;
            };
            let cms = read(&bytes).unwrap();
            assert_eq!(
                (cms.kind, cms.content.is_some()),
                (kind, has_content),
                "{file}"
            );
            assert_ne!(cms.state, State::Altered, "{file}");
            assert!(
                cms.kind != Kind::Signed || cms.signers.iter().all(|signer| signer.name.is_some()),
                "{file}"
            );
        }
    }

    #[test]
    fn the_time_grows_with_the_bytes_alone() {
        let signed = samples::bytes(samples::SIGNED_INDEFINITE);
        for run in [
            &[0x30, 0x80][..],
            &[0x24, 0x80],
            &[0xa0, 0x80],
            &[0x31, 0x80, 0, 0],
            &[0x30, 0],
            &[4, 0],
        ] {
            for at in [15, 52, 124] {
                let bytes = |n| [&signed[..at], &run.repeat(n), &signed[at..]].concat();
                assert_linear(&format!("{run:x?} at {at}"), 10_000, bytes, |bytes| {
                    read(bytes);
                });
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn no_damage_makes_the_reader_panic(at in 0usize..1100, byte in proptest::num::u8::ANY, cut in 0usize..1100) {
            for sample in [samples::SIGNED, samples::SIGNED_INDEFINITE, samples::SIGNED_BY_KEY] {
                let mut bytes = samples::bytes(sample);
                bytes.truncate(cut.max(20));
                if let Some(there) = bytes.get_mut(at) { *there = byte; }
                read(&bytes);
                read_detached(&bytes, b"x");
            }
        }
    }
}
