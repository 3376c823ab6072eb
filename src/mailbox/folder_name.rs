//! Folder names between Unicode and the modified UTF-7 of IMAP (RFC 3501, 5.1.3).
//!
//! `Afgørelser` travels as `Afg&APg-relser`. Decoding never fails: what is no valid modified UTF-7 is kept as it
//! came, so that a folder with an odd name can still be opened by that name.

use base64::Engine as _;
use base64::alphabet::Alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::sync::LazyLock;

/// Base64 with `,` for `/` and no padding.
static SHIFTED: LazyLock<GeneralPurpose> = LazyLock::new(|| {
    let alphabet =
        Alphabet::new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,")
            .unwrap_or(base64::alphabet::STANDARD);
    GeneralPurpose::new(
        &alphabet,
        GeneralPurposeConfig::new()
            .with_encode_padding(false)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    )
});

/// A folder's name as the wire wants it.
pub fn encode(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut shifted: Vec<u8> = Vec::new();
    for c in name.chars() {
        if (' '..='~').contains(&c) {
            close_shift(&mut shifted, &mut out);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                shifted.extend_from_slice(&unit.to_be_bytes());
            }
        }
    }
    close_shift(&mut shifted, &mut out);
    out
}

/// A folder's name as people read it.
pub fn decode(wire: &str) -> String {
    let mut out = String::with_capacity(wire.len());
    let mut rest = wire;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let Some(end) = after.find('-') else {
            return wire.to_owned();
        };
        if end == 0 {
            out.push('&');
        } else {
            match unshift(&after[..end]) {
                Some(text) => out.push_str(&text),
                None => return wire.to_owned(),
            }
        }
        rest = &after[end + 1..];
    }
    out.push_str(rest);
    out
}

fn close_shift(shifted: &mut Vec<u8>, out: &mut String) {
    if !shifted.is_empty() {
        out.push('&');
        SHIFTED.encode_string(&shifted, out);
        out.push('-');
        shifted.clear();
    }
}

fn unshift(text: &str) -> Option<String> {
    let bytes = SHIFTED.decode(text).ok()?;
    if bytes.len() % 2 != 0 {
        return None;
    }
    let units = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    char::decode_utf16(units)
        .collect::<Result<String, _>>()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use proptest::prelude::*;

    #[test]
    fn danish_letters_travel_as_modified_utf7() {
        for (name, wire) in [
            ("INBOX", "INBOX"),
            ("Sendt post", "Sendt post"),
            ("Afgørelser", "Afg&APg-relser"),
            ("Æbler & pærer", "&AMY-bler &- p&AOY-rer"),
            ("Byggesager/Ålborgvej", "Byggesager/&AMU-lborgvej"),
            ("台北", "&U,BTFw-"),
            ("😀", "&2D3eAA-"),
        ] {
            assert_eq!(encode(name), wire);
            assert_eq!(decode(wire), name);
        }
    }

    #[test]
    fn a_name_that_is_no_modified_utf7_is_kept() {
        for odd in ["R&D", "a&b-c", "&!!-", "&2D0-"] {
            assert_eq!(decode(odd), odd);
        }
    }

    proptest! {
        #[test]
        fn every_name_survives_the_round_trip(name in "\\PC*") {
            prop_assert_eq!(decode(&encode(&name)), name);
        }

        #[test]
        fn no_wire_name_is_too_odd_to_decode(wire in "[ -~]*") {
            decode(&wire);
        }
    }
}
