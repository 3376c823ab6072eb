//! Bytes whose character set is not what was said.
//!
//! Old software writes `Søren` as bare windows-1252 bytes, in headers and in texts that claim to be UTF-8 or ASCII.
//! What is valid UTF-8 is taken as that, every other byte as windows-1252: so nothing is lost of a text that is mixed
//! or cut in the middle of a letter.

use encoding_rs::WINDOWS_1252;
use mail_parser::Charset;

/// The bytes as text; each of them has a letter.
pub fn guessed(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    text
}

fn is_utf_8(label: &str) -> bool {
    matches!(Charset::from_label(label.as_bytes()), Some(Charset::Utf8))
}

fn is_known(label: &str) -> bool {
    Charset::from_label(label.as_bytes()).is_some()
}

/// A header field whose encoded words name a character set that is not theirs, with windows-1252 in its place.
///
/// Words that name an unknown one; and, when letters are damaged after that too, those that claim to be UTF-8.
pub(super) fn relabelled(field: &str, utf_8_too: bool) -> String {
    let mut out = String::with_capacity(field.len());
    let mut rest = field;
    while let Some(at) = rest.find("=?") {
        let (before, word) = rest.split_at(at + 2);
        out.push_str(before);
        let end = word
            .bytes()
            .take(80)
            .position(|byte| byte == b'?' || byte.is_ascii_whitespace())
            .unwrap_or_default();
        let (label, after) = word.split_at(end);
        // RFC 2231 lets a language follow the label.
        let charset = label.split('*').next().unwrap_or_default();
        let is_word = !label.is_empty() && after.starts_with('?');
        if is_word && (!is_known(charset) || (utf_8_too && is_utf_8(charset))) {
            out.push_str("windows-1252");
        } else {
            out.push_str(label);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_a_letter_and_valid_utf_8_stays() {
        assert_eq!(guessed(b"S\xf8ren \x96 \xc5rh"), "Søren – Årh");
        assert_eq!(guessed("Søren – Årh".as_bytes()), "Søren – Årh");
        assert_eq!(guessed(b"bl\xc3\xa5b\xe6r"), "blåbær");
    }

    #[test]
    fn only_a_word_in_an_unknown_character_set_gets_another_label() {
        let field = "=?x-ukendt?Q?R=E5d?= =?utf-8*da?Q?=C3=A6?= a=?b";
        assert_eq!(
            relabelled(field, false),
            "=?windows-1252?Q?R=E5d?= =?utf-8*da?Q?=C3=A6?= a=?b"
        );
        assert_eq!(
            relabelled("=?utf-8?Q?R=E5d?=", true),
            "=?windows-1252?Q?R=E5d?="
        );
    }
}
