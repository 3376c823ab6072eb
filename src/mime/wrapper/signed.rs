//! Signed and encrypted mail: read through where it can be, its state told.
//!
//! The outer headers always count: what stands within the signed part may repeat them, never replace them.

use mail_parser::{MessageParser, MessagePart};

use super::parameter;
use crate::domain::mail::{Signature, SignatureState, Signer, Warning};
use crate::mime::{
    MAX_DEPTH, MAX_PARTS, cms,
    contents::{self, Contents, Taken},
    media_type, name, note, note_all, pgp,
};

/// A signature is a few kilobytes; what is larger is not read as one.
const MAX_SIGNATURE_BYTES: usize = 1 << 20;

/// Tells what the second child of a `multipart/signed` says of the first, and what an encrypted one is.
pub(super) fn note_multipart<'m>(
    part: &MessagePart<'m>,
    contents: &mut Contents<'m>,
    warnings: &mut Vec<Warning>,
) {
    let protocol = parameter(part, "protocol");
    note_all(
        warnings,
        pgp::in_type(&contents::media_type(part), protocol).and_then(pgp::Pgp::warning),
    );
    let mut children = part.children();
    let (Some(content), Some(signature)) = (children.next(), children.next()) else {
        return;
    };
    let is_smime = matches!(
        contents::media_type(&signature).as_str(),
        "application/pkcs7-signature" | "application/x-pkcs7-signature"
    );
    if is_smime
        && signature.raw_body().len() <= MAX_SIGNATURE_BYTES
        && let Some(cms) = cms::read_detached(&signature.decoded(), content.raw())
    {
        note_all(warnings, cms.warnings);
        contents.signature = Some(told(cms.state, cms.signers));
        note_unless_whole(part, warnings);
    }
}

/// Who sees that a mail is signed takes all of it for signed.
fn note_unless_whole(part: &MessagePart<'_>, warnings: &mut Vec<Warning>) {
    if part.id() != part.message().root_part().id() {
        note(
            warnings,
            "smime_partly",
            "the signature is that of a part or a file of the mail; the rest is not signed",
        );
    }
}

/// Reads through an opaque signature; what is encrypted stays closed.
pub(super) fn open<'m>(
    part: &MessagePart<'m>,
    contents: &mut Contents<'m>,
    warnings: &mut Vec<Warning>,
) -> bool {
    let Some(cms) = cms::read(&part.decoded()) else {
        return false;
    };
    note_all(warnings, cms.warnings);
    if !cms.signers.is_empty() {
        contents.signature = Some(told(cms.state, cms.signers));
        note_unless_whole(part, warnings);
    }
    let Some(content) = cms.content else {
        return false;
    };
    let inner_name = name::given(part).and_then(|name| cms::file_name(&name).map(str::to_owned));
    if !cms::is_mime_entity(&content) {
        let Some(inner_name) = inner_name else {
            return false;
        };
        let taken = Taken {
            name: Some(inner_name.clone()),
            bytes: content,
            ..Taken::default()
        };
        let media_type = media_type::by_name(&inner_name).unwrap_or("application/octet-stream");
        contents.offer(media_type, taken);
        return true;
    }
    let parser = MessageParser::new()
        .max_depth(MAX_DEPTH)
        .max_parts(MAX_PARTS);
    let Some(inner) = parser.parse(&content) else {
        return false;
    };
    contents.take_over(inner.root(), warnings)
}

fn told(state: cms::State, signers: Vec<cms::Signer>) -> Signature {
    Signature {
        state: match state {
            cms::State::Intact => SignatureState::Intact,
            cms::State::Altered => SignatureState::Altered,
            cms::State::Unchecked => SignatureState::Unchecked,
        },
        signers: signers
            .into_iter()
            .map(|signer| Signer {
                name: signer.name,
                address: signer.address,
                signed_at: signer.signed_at,
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::STANDARD};

    use crate::{
        domain::mail::Mail,
        mime::{cms::samples, parse},
    };

    fn is_partly(mail: &Mail) -> bool {
        assert!(mail.signature.is_some());
        mail.warnings.iter().any(|w| w.code == "smime_partly")
    }

    #[test]
    fn a_signature_of_a_part_is_told_from_one_of_the_mail() {
        let part = format!(
            "Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            STANDARD.encode(samples::bytes(samples::SIGNED))
        );
        let whole = parse(format!("From: a@x.example\r\n{part}").as_bytes());
        assert!(!is_partly(&whole));
        let beside = format!(
            "From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHej\r\n--b\r\n{part}--b--\r\n"
        );
        assert!(is_partly(&parse(beside.as_bytes())));
    }
}
