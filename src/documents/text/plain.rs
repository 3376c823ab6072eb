//! Texts without markup, and the character sets they come in.

use encoding_rs::{UTF_16BE, UTF_16LE};

use super::{MAX_TEXT_BYTES, reading::Reading};
use crate::mime;

pub(super) fn read(bytes: &[u8], reading: &mut Reading) {
    // A letter has at most twice as many bytes in UTF-16 as in UTF-8.
    let head = bytes
        .get(..bytes.len().min(2 * MAX_TEXT_BYTES))
        .unwrap_or(bytes);
    let text = decoded(head);
    for line in text.lines() {
        reading.push(line.trim_end());
        reading.push("\n");
    }
}

/// By its byte order mark; else what is valid UTF-8 as that, and every other byte as windows-1252.
pub(super) fn decoded(bytes: &[u8]) -> String {
    match bytes {
        [0xff, 0xfe, rest @ ..] => UTF_16LE.decode_without_bom_handling(rest).0.into_owned(),
        [0xfe, 0xff, rest @ ..] => UTF_16BE.decode_without_bom_handling(rest).0.into_owned(),
        [0xef, 0xbb, 0xbf, rest @ ..] => mime::guessed(rest),
        _ => mime::guessed(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn danish_letters_are_read_in_every_character_set_they_come_in() {
        let wide: Vec<u8> = "\u{feff}Æblegrød"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        for bytes in [
            &b"\xc6blegr\xf8d"[..],
            "Æblegrød".as_bytes(),
            "\u{feff}Æblegrød".as_bytes(),
            &wide,
        ] {
            assert_eq!(decoded(bytes), "Æblegrød");
        }
    }
}
