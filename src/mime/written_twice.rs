//! Texts whose letters were UTF-8, read as windows-1252 and written again: `Ã¦` for `æ`.
//!
//! Only letters that western texts have are put right, and only where nothing else can be meant.

use encoding_rs::WINDOWS_1252;

/// The first bytes of western letters in UTF-8, as letters of windows-1252; Danish has none of them.
const LEADS: [char; 3] = ['\u{c2}', '\u{c3}', '\u{e2}'];

/// The text with its letters put right.
pub(super) fn mended(text: String) -> String {
    if !text.contains(LEADS) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(LEADS) {
        let (before, here) = rest.split_at(at);
        out.push_str(before);
        let (letter, length) = written_twice(here).unwrap_or_else(|| {
            let lead = here.chars().next().unwrap_or_default();
            (lead, lead.len_utf8())
        });
        out.push(letter);
        rest = here.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The letter whose UTF-8 bytes stand here as letters of windows-1252, and how many bytes they take.
fn written_twice(text: &str) -> Option<(char, usize)> {
    let mut chars = text.chars();
    let lead = chars.next()?;
    let continuations = match lead {
        '\u{c2}' | '\u{c3}' => 1,
        '\u{e2}' => 2,
        _ => return None,
    };
    let mut bytes = vec![u32::from(lead) as u8];
    let mut length = lead.len_utf8();
    for c in chars.take(continuations) {
        bytes.push(byte_of(c).filter(|byte| matches!(byte, 0x80..=0xbf))?);
        length += c.len_utf8();
    }
    let letter = std::str::from_utf8(&bytes).ok()?.chars().next()?;
    matches!(letter, '\u{a0}'..='\u{ff}' | '\u{2010}'..='\u{203a}' | '\u{20ac}' | '\u{2122}')
        .then_some((letter, length))
}

/// The byte that windows-1252 (or Latin-1, for its controls) has the letter at.
fn byte_of(c: char) -> Option<u8> {
    if let Ok(byte) = u8::try_from(u32::from(c)) {
        return Some(byte);
    }
    (0x80..=0x9fu8).find(|byte| {
        WINDOWS_1252
            .decode_without_bom_handling(&[*byte])
            .0
            .starts_with(c)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_were_written_twice_are_put_right() {
        for (text, expected) in [
            (
                "H\u{c3}\u{a6}k og \u{c3}\u{b8}l, \u{c3}\u{a5}r",
                "Hæk og øl, år",
            ),
            (
                "\u{c3}\u{2020}ble \u{c3}\u{2dc}l \u{c3}\u{2026}r",
                "Æble Øl År",
            ),
            ("5 \u{e2}\u{20ac}\u{201c} 7 \u{e2}\u{201a}\u{ac}", "5 – 7 €"),
            ("Hæk \u{c3}\u{a6}", "Hæk æ"),
        ] {
            assert_eq!(mended(text.to_owned()), expected);
        }
        for text in ["Hæk", "SKÅ” og ‘Å’", "âge, Ângela, São Ã", "Ã", "”BÅ”"] {
            assert_eq!(mended(text.to_owned()), text);
        }
    }
}
