//! Signed data (RFC 5652, section 5): the content, and who signed which digest of it.

use chrono::{DateTime, Utc};

use super::ber::{
    GENERALIZED_TIME, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, SET, UTC_TIME, Value,
    tagged,
};
use super::certificate::{self, Certificate};
use super::digest::Digests;
use super::{Cms, Kind, Signer, State};

/// Signers of one content, and certificates that are searched for them.
const MAX_SIGNERS: usize = 20;
const MAX_CERTIFICATES: usize = 100;
/// Attributes of one signature.
const MAX_ATTRIBUTES: usize = 100;

const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 4];
const SIGNING_TIME: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 5];
const CONSTRUCTED_STRING: u8 = 0x24;
/// A signer named by the key of its certificate.
const KEY_IDENTIFIER: u8 = 0x80;

/// Fills in what signed data says.
pub(super) fn read(data: Value<'_>, detached: Option<&[u8]>, cms: &mut Cms) {
    let mut fields = data.values();
    fields.take_tag(INTEGER);
    fields.take_tag(SET);
    cms.content = fields.take_tag(SEQUENCE).and_then(content);
    let certificates = fields.take_tag(tagged(0)).map_or_else(Vec::new, |set| {
        certificate::all(set.content, MAX_CERTIFICATES)
    });
    let infos = fields.find(|field| field.tag == SET);
    let infos = infos.into_iter().flat_map(Value::values).take(MAX_SIGNERS);
    let mut digests = match (detached, cms.content.as_deref()) {
        (Some(beside), _) => Some(Digests::of_text(beside)),
        (None, within) => within.map(Digests::of),
    };
    cms.signers = infos
        .filter_map(|info| signer(info, &certificates, digests.as_mut()))
        .collect();
    let states = || cms.signers.iter().map(|signer| signer.state);
    cms.state = [State::Altered, State::Intact]
        .into_iter()
        .find(|state| states().any(|found| found == *state))
        .unwrap_or(State::Unchecked);
    if cms.signers.is_empty() && cms.content.is_none() && !data.is_cut {
        cms.kind = Kind::CertificatesOnly;
    }
}

/// What was signed, if it is not kept elsewhere; PKCS #7 allows more than an OCTET STRING.
fn content(info: Value<'_>) -> Option<Vec<u8>> {
    let mut fields = info.values();
    fields.take_tag(OBJECT_IDENTIFIER)?;
    let explicit = fields.take_tag(tagged(0))?;
    let mut content = Vec::new();
    for value in explicit.values() {
        match value.tag {
            OCTET_STRING | CONSTRUCTED_STRING => content.append(&mut value.string()),
            _ => content.extend_from_slice(value.content),
        }
    }
    Some(content)
}

fn signer(
    info: Value<'_>,
    certificates: &[Certificate<'_>],
    digests: Option<&mut Digests<'_>>,
) -> Option<Signer> {
    let mut fields = info.values();
    fields.take_tag(INTEGER)?;
    let certificate = certificate_of(fields.next()?, certificates);
    let algorithm = fields.take_tag(SEQUENCE)?.inner(OBJECT_IDENTIFIER);
    let (mut signed, mut signed_at) = (None, None);
    let attributes = fields
        .take_tag(tagged(0))
        .into_iter()
        .flat_map(Value::values);
    for attribute in attributes.take(MAX_ATTRIBUTES) {
        let mut parts = attribute.values();
        let kind = parts.take_tag(OBJECT_IDENTIFIER).map(|kind| kind.content);
        let Some(value) = parts.take_tag(SET).and_then(|set| set.values().next()) else {
            continue;
        };
        if kind == Some(MESSAGE_DIGEST) {
            signed = Some(value.string());
        } else if kind == Some(SIGNING_TIME) {
            signed_at = time(value);
        }
    }
    let state = match (algorithm, signed, digests) {
        (Some(algorithm), Some(signed), Some(digests)) => {
            digests.compare(algorithm.content, &signed)
        }
        _ => State::Unchecked,
    };
    Some(Signer {
        name: certificate.and_then(|found| found.name.clone()),
        address: certificate.and_then(|found| found.address.clone()),
        signed_at,
        state,
    })
}

/// The certificate that a signature names by its issuer and number, or by its key.
fn certificate_of<'c, 'b>(
    identifier: Value<'b>,
    certificates: &'c [Certificate<'b>],
) -> Option<&'c Certificate<'b>> {
    if identifier.tag == KEY_IDENTIFIER {
        return certificates
            .iter()
            .find(|certificate| certificate.key_identifier == Some(identifier.content));
    }
    let mut parts = identifier.values();
    let issuer = parts.take_tag(SEQUENCE)?.whole;
    let serial = parts.take_tag(INTEGER)?.content;
    certificates
        .iter()
        .find(|certificate| certificate.issuer == issuer && certificate.serial == serial)
}

/// `YYMMDDhhmm[ss]Z` or `YYYYMMDDhhmmss[.fff]Z`; an offset may stand for the Z.
fn time(value: Value<'_>) -> Option<DateTime<Utc>> {
    let text = std::str::from_utf8(value.content).ok()?;
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, zone) = text.split_at(digits);
    let century = match value.tag {
        UTC_TIME if number.get(..2)? < "50" => "20",
        UTC_TIME => "19",
        GENERALIZED_TIME => "",
        _ => return None,
    };
    let zone = zone.trim_start_matches(|c: char| matches!(c, '.' | ',') || c.is_ascii_digit());
    let zone = if zone.is_empty() || zone == "Z" {
        "+0000"
    } else {
        zone
    };
    let seconds = if century.len() + number.len() == 12 {
        "00"
    } else {
        ""
    };
    let time = format!("{century}{number}{seconds}{zone}");
    let time = DateTime::parse_from_str(&time, "%Y%m%d%H%M%S%z").ok()?;
    Some(time.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime::cms::ber;

    #[test]
    fn times_are_read_however_they_are_written() {
        for (tag, text, expected) in [
            (UTC_TIME, "260131120000Z", Some("2026-01-31T12:00:00+00:00")),
            (UTC_TIME, "2601311200Z", Some("2026-01-31T12:00:00+00:00")),
            (
                UTC_TIME,
                "990131120000+0100",
                Some("1999-01-31T11:00:00+00:00"),
            ),
            (
                GENERALIZED_TIME,
                "20260131120000.5Z",
                Some("2026-01-31T12:00:00+00:00"),
            ),
            (GENERALIZED_TIME, "20261331120000Z", None),
            (UTC_TIME, "", None),
            (UTC_TIME, "æ", None),
            (OCTET_STRING, "260131120000Z", None),
        ] {
            let bytes = [&[tag, text.len() as u8], text.as_bytes()].concat();
            let found = time(ber::values(&bytes).next().unwrap());
            assert_eq!(
                found.map(|time| time.to_rfc3339()).as_deref(),
                expected,
                "{text}"
            );
        }
    }
}
