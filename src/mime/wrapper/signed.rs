//! Signed and encrypted mail: read through where it can be, its state told.
//!
//! The outer headers always count: what stands within the signed part may repeat them, never replace them.

use mail_parser::{MessageParser, MessagePart};

use super::parameter;
use crate::domain::mail::{Signature, SignatureState, Signer, Warning};
use crate::mime::{
    MAX_DEPTH, MAX_PARTS, cms,
    contents::{self, Contents, Taken},
    media_type, name, note_all, pgp,
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
