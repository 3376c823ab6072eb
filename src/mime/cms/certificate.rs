//! Whose certificate it says it is (RFC 5280): the subject's name and mail address, and what signatures refer to.
//!
//! Nothing is verified. A subject's serial number, which may hold a CPR or a RID, is not read.

use super::ber::{self, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, SET, Value, tagged};

const COMMON_NAME: &[u8] = &[0x55, 4, 3];
const MAIL_ADDRESS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1];
const ALTERNATIVE_NAME: &[u8] = &[0x55, 0x1d, 0x11];
const KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 0x0e];
/// A mail address among the alternative names.
const RFC822_NAME: u8 = 0x81;
const MAX_NAME_CHARS: usize = 200;

#[derive(Debug, PartialEq)]
pub(super) struct Certificate<'b> {
    pub name: Option<String>,
    pub address: Option<String>,
    /// The issuer's name as it is encoded, and the number that it gave.
    pub issuer: &'b [u8],
    pub serial: &'b [u8],
    pub key_identifier: Option<&'b [u8]>,
}

/// Reads what a SEQUENCE says as a certificate.
pub(super) fn read(certificate: Value<'_>) -> Option<Certificate<'_>> {
    let mut fields = certificate.inner(SEQUENCE)?.values();
    // Version 1 does not say its version.
    fields.take_tag(tagged(0));
    let serial = fields.next()?.content;
    let issuer = fields.nth(1)?.whole;
    let subject = fields.nth(1)?;
    let mut read = Certificate {
        name: None,
        address: None,
        issuer,
        serial,
        key_identifier: None,
    };
    for attribute in subject
        .values()
        .filter(|set| set.tag == SET)
        .flat_map(Value::values)
    {
        let mut parts = attribute.values();
        match (parts.take_tag(OBJECT_IDENTIFIER), parts.next()) {
            (Some(kind), Some(value)) if kind.content == COMMON_NAME => read.name = text(value),
            (Some(kind), Some(value)) if kind.content == MAIL_ADDRESS => {
                read.address = address(value);
            }
            _ => (),
        }
    }
    let extensions = fields.find(|field| field.tag == tagged(3));
    for extension in extensions
        .and_then(|field| field.inner(SEQUENCE))
        .into_iter()
        .flat_map(Value::values)
    {
        let mut parts = extension.values();
        let kind = parts.take_tag(OBJECT_IDENTIFIER).map(|kind| kind.content);
        // Whether it is critical may stand between.
        let Some(value) = parts.find(|part| part.tag == OCTET_STRING) else {
            continue;
        };
        if kind == Some(KEY_IDENTIFIER) {
            read.key_identifier = value.inner(OCTET_STRING).map(|key| key.content);
        } else if kind == Some(ALTERNATIVE_NAME) {
            let names = value.inner(SEQUENCE).into_iter().flat_map(Value::values);
            let mut addresses = names.filter(|name| name.tag == RFC822_NAME);
            read.address = addresses.next().and_then(address).or(read.address);
        }
    }
    Some(read)
}

fn address(value: Value<'_>) -> Option<String> {
    text(value).map(|address| address.to_lowercase())
}

/// A string in the letters that its tag tells.
fn text(value: Value<'_>) -> Option<String> {
    // No letter has more than four bytes.
    let bytes = value
        .content
        .get(..MAX_NAME_CHARS * 4)
        .unwrap_or(value.content);
    let text = match value.tag {
        // BMPString, UniversalString.
        0x1e => encoding_rs::UTF_16BE
            .decode_without_bom_handling(bytes)
            .0
            .into_owned(),
        0x1c => bytes
            .chunks_exact(4)
            .filter_map(|letter| char::from_u32(u32::from_be_bytes(letter.try_into().ok()?)))
            .collect(),
        _ => crate::mime::charset::guessed(bytes),
    };
    let text: String = text
        .trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_NAME_CHARS)
        .collect();
    (!text.is_empty()).then_some(text)
}

/// The certificates of a set; other things in it are passed over.
pub(super) fn all(set: &[u8], limit: usize) -> Vec<Certificate<'_>> {
    ber::values(set)
        .filter(|value| value.tag == SEQUENCE)
        .take(limit)
        .filter_map(read)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(tag: u8, content: &[u8]) -> Vec<u8> {
        [&[tag, content.len() as u8], content].concat()
    }

    #[test]
    fn strings_are_read_in_the_letters_their_tag_tells() {
        for (tag, content, expected) in [
            (0x0c, "Søren".as_bytes(), Some("Søren")),
            (0x13, b"Soren", Some("Soren")),
            (0x14, b"S\xf8ren", Some("Søren")),
            (0x1e, b"\0S\0\xf8", Some("Sø")),
            (0x1c, b"\0\0\0S\0\0\0\xf8", Some("Sø")),
            (0x0c, b" ", None),
        ] {
            let bytes = value(tag, content);
            assert_eq!(
                text(ber::values(&bytes).next().unwrap()).as_deref(),
                expected
            );
        }
    }

    #[test]
    fn a_subject_without_alternative_names_may_hold_the_address() {
        let attribute = |kind: &[u8], text: &[u8]| {
            value(
                SET,
                &value(
                    SEQUENCE,
                    &[value(OBJECT_IDENTIFIER, kind), value(0x16, text)].concat(),
                ),
            )
        };
        let subject = [
            attribute(COMMON_NAME, b"Inge"),
            attribute(MAIL_ADDRESS, b"Inge@X.example"),
        ]
        .concat();
        let fields = [
            value(2, &[7]),
            value(SEQUENCE, &[]),
            value(SEQUENCE, &attribute(COMMON_NAME, b"CA")),
            value(SEQUENCE, &[]),
            value(SEQUENCE, &subject),
        ]
        .concat();
        let bytes = value(SEQUENCE, &value(SEQUENCE, &fields));
        let read = read(ber::values(&bytes).next().unwrap()).unwrap();
        assert_eq!(read.name.as_deref(), Some("Inge"));
        assert_eq!(read.address.as_deref(), Some("inge@x.example"));
        assert_eq!((read.serial, read.key_identifier), (&[7][..], None));
    }
}
