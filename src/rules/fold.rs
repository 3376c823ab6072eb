//! Texts made comparable: composed (NFC), in lower case letter by letter, and without the breaks of lines.

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Letters that differ in case alone become one, and all white space between two words one space: mail programs break
/// lines where they like. Longer letters stay letters of their own: ß is not ss, å is not aa.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if is_nfc(text) {
        text.chars().for_each(|c| push(&mut folded, c));
    } else {
        text.nfc().for_each(|c| push(&mut folded, c));
    }
    folded
}

fn push(folded: &mut String, c: char) {
    match c {
        _ if c.is_whitespace() => {
            if !folded.ends_with(' ') {
                folded.push(' ');
            }
        }
        _ if c.is_ascii() => folded.push(c.to_ascii_lowercase()),
        // What a regular expression that ignores case takes for one letter too.
        'ſ' => folded.push('s'),
        _ => folded.extend(c.to_lowercase()),
    }
}
