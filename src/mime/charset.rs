//! Bytes whose character set is not what was said.
//!
//! Old software writes `Søren` as bare windows-1252 bytes, in headers and in texts that claim to be UTF-8 or ASCII.
//! What is valid UTF-8 is taken as that, every other byte as windows-1252: so nothing is lost of a text that is mixed
//! or cut in the middle of a letter. A label counts when the bytes read well under it.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use mail_parser::Charset;

use super::label::known;

/// How much of a page is searched for the character set it names, as browsers do.
const META_BYTES: usize = 2_048;
/// How much of a text is looked at to tell UTF-16 from letters of one byte.
const PROBE_BYTES: usize = 1_024;

/// A text, and how sure its letters are.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Read<'b> {
    pub text: Cow<'b, str>,
    pub doubt: Option<Doubt>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// No character set of that name; the letters were guessed.
    Unknown,
    /// Some letters could not be read.
    Damaged,
}

/// The bytes as text; each of them has a letter.
pub fn guessed(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    text
}

/// A header field or a name as it stands: UTF-8, else what the mail's text is written in, else windows-1252.
pub(super) fn of_header<'b>(bytes: &'b [u8], label_of_text: Option<&str>) -> Cow<'b, str> {
    if looks_stateful(bytes)
        && let Some(text) = known("iso-2022-jp").and_then(|charset| under(charset, bytes))
    {
        return text;
    }
    let charset = label_of_text.and_then(known);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return match charset {
            Some(Charset::Utf7) => shifted(text),
            _ => Cow::Borrowed(text),
        };
    }
    charset
        .filter(|charset| !is_stateful(*charset) && !is_utf_16(*charset))
        .and_then(|charset| under(charset, bytes))
        .unwrap_or_else(|| Cow::Owned(guessed(bytes)))
}

/// UTF-7 that stands in a field undeclared: `+APY-` is a letter, `a+b@x.example` an address.
fn shifted(text: &str) -> Cow<'_, str> {
    let mut pieces = text.split('+');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    let mut changed = false;
    for piece in pieces {
        let letters = piece.split_once('-').and_then(|(digits, after)| {
            let is_shift = digits.len() > 2
                && digits
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'/');
            let shift = is_shift.then(|| format!("+{digits}-"))?;
            let (letters, is_damaged) = Charset::Utf7.decode_checked(shift.as_bytes());
            // One sign of a far script is more likely a word that looks like a shift.
            let is_meant = letters.chars().count() > 1 || letters.chars().all(|c| c < '\u{600}');
            (!is_damaged && !letters.is_ascii() && is_meant).then(|| format!("{letters}{after}"))
        });
        changed |= letters.is_some();
        if let Some(letters) = letters {
            out.push_str(&letters);
        } else {
            out.push('+');
            out.push_str(piece);
        }
    }
    if changed {
        Cow::Owned(out)
    } else {
        Cow::Borrowed(text)
    }
}

/// An encoded word or a parameter that names its character set: what it says, unless the bytes are UTF-8 or western.
pub(super) fn of_word<'b>(bytes: &'b [u8], label: Option<&str>) -> Cow<'b, str> {
    let charset = label.and_then(known);
    let is_ascii_only = charset.is_some_and(|charset| is_stateful(charset) || is_utf_16(charset));
    if !is_ascii_only && let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let Some(charset) = charset else {
        return Cow::Owned(guessed(bytes));
    };
    if let Some(text) = under(charset, bytes) {
        return text;
    }
    let high = bytes.iter().filter(|byte| **byte >= 0x80).count();
    if is_of_many_bytes(charset) && high > bytes.len() / 2 {
        return charset.decode(bytes);
    }
    Cow::Owned(guessed(bytes))
}

/// The text of a part that is said to be in the labelled character set.
pub(super) fn of_body<'b>(bytes: Cow<'b, [u8]>, label: Option<&str>, is_page: bool) -> Read<'b> {
    let told = label.and_then(known);
    let meta = || is_page.then(|| named_in_page(&bytes)).flatten();
    if let Some(text) = utf_16(&bytes, told) {
        return sure(Cow::Owned(text));
    }
    let charset = match told {
        Some(charset) => Some(charset),
        None => meta(),
    };
    let doubt = (label.is_some() && told.is_none() && !bytes.is_ascii()).then_some(Doubt::Unknown);
    let is_utf_16 = charset.is_some_and(is_utf_16);
    if !charset.is_some_and(is_stateful) && !looks_stateful(&bytes) {
        // UTF-8 that claims to be something else is UTF-8: hardly any other text is valid as that.
        match utf_8(bytes) {
            Ok(text) => return Read { text, doubt },
            Err(bytes) => return not_utf_8(bytes, charset.filter(|_| !is_utf_16), is_page, doubt),
        }
    }
    let charset = charset.filter(|charset| is_stateful(*charset));
    let stateful = charset.or_else(|| known("iso-2022-jp"));
    match stateful.and_then(|charset| under(charset, &bytes)) {
        Some(text) => sure(Cow::Owned(text.into_owned())),
        None => Read {
            text: Cow::Owned(match charset {
                Some(charset) if !is_mostly_high(&bytes) => charset.decode(&bytes).into_owned(),
                _ => guessed(&bytes),
            }),
            doubt: charset.map(|_| Doubt::Damaged).or(doubt),
        },
    }
}

/// The bytes under that character set, when they read well under it.
fn under(charset: Charset, bytes: &[u8]) -> Option<Cow<'_, str>> {
    let (text, is_damaged) = charset.decode_checked(bytes);
    if is_damaged || (is_of_many_bytes(charset) && is_of_single_bytes(bytes)) {
        return None;
    }
    // What claims to be Latin-1 and has bytes that this leaves to controls is windows-1252 (WHATWG Encoding).
    if bytes.iter().any(|byte| matches!(byte, 0x80..=0x9f))
        && text.chars().any(|c| matches!(c, '\u{80}'..='\u{9f}'))
        && text.chars().count() == bytes.len()
    {
        return Some(WINDOWS_1252.decode_without_bom_handling(bytes).0);
    }
    (!is_of_other_letters(&text)).then_some(text)
}

/// A western text: its letters above ASCII stand alone among others, where those of two bytes mostly come together.
fn is_of_single_bytes(bytes: &[u8]) -> bool {
    let (mut alone, mut together) = (0usize, 0usize);
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let Some(&next) = after.first().filter(|_| byte >= 0x80) else {
            continue;
        };
        rest = after.get(1..).unwrap_or_default();
        if next >= 0x80 {
            together += 1;
        } else {
            alone += 1;
        }
    }
    together * 2 < alone
}

/// A western text read under a foreign character set: single foreign letters within words of Latin ones.
fn is_of_other_letters(text: &str) -> bool {
    let is_foreign =
        |c: char| c.is_alphabetic() && !matches!(c, '\u{0}'..='\u{2af}' | '\u{1e00}'..='\u{1eff}');
    let (mut alone, mut together) = (0usize, 0usize);
    let mut before = [' ', ' '];
    for c in text.chars().chain([' ']) {
        let [first, middle] = before;
        if is_foreign(middle) {
            if is_foreign(first) || is_foreign(c) {
                together += 1;
            } else if first.is_ascii_alphabetic() || c.is_ascii_alphabetic() {
                alone += 1;
            } else {
                together += 1;
            }
        }
        before = [middle, c];
    }
    alone > together
}

fn not_utf_8(
    bytes: Cow<'_, [u8]>,
    charset: Option<Charset>,
    is_page: bool,
    doubt: Option<Doubt>,
) -> Read<'_> {
    let is_utf_8 = |charset: &Charset| matches!(charset, Charset::Utf8);
    let from_page = is_page.then(|| named_in_page(&bytes)).flatten();
    for charset in [charset, from_page].into_iter().flatten() {
        if !is_utf_8(&charset)
            && let Some(text) = under(charset, &bytes)
        {
            return Read {
                text: Cow::Owned(text.into_owned()),
                doubt,
            };
        }
    }
    match charset.filter(|charset| is_of_many_bytes(*charset) && is_mostly_high(&bytes)) {
        Some(charset) => Read {
            text: Cow::Owned(charset.decode(&bytes).into_owned()),
            doubt: Some(Doubt::Damaged),
        },
        None => Read {
            text: Cow::Owned(match charset {
                Some(_) => guessed(&bytes),
                None => unlabelled(&bytes),
            }),
            doubt,
        },
    }
}

/// Bytes that nobody says anything of: Cyrillic, Japanese or Chinese when they are hardly anything else.
fn unlabelled(bytes: &[u8]) -> String {
    if is_mostly_high(bytes) && !bytes.contains(&0) && !is_mostly_utf_8(bytes) {
        let best = [
            "shift_jis",
            "euc-jp",
            "gbk",
            "euc-kr",
            "koi8-r",
            "windows-1251",
        ]
        .into_iter()
        .filter_map(|label| under(known(label)?, bytes))
        .map(|text| (usual_letters(&text), text))
        .filter(|(usual, text)| *usual * 10 > text.chars().count() * 6)
        .max_by_key(|(usual, text)| usual * 1_000 / text.chars().count().max(1));
        if let Some((_, text)) = best {
            return text.into_owned();
        }
    }
    guessed(bytes)
}

/// UTF-8 with some damage: other texts are valid as that here and there only.
fn is_mostly_utf_8(bytes: &[u8]) -> bool {
    let (mut valid, mut invalid) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().bytes().filter(|byte| *byte >= 0x80).count();
        invalid += chunk.invalid().len();
    }
    valid > invalid
}

/// Letters that texts in scripts of more than one byte mostly consist of.
fn usual_letters(text: &str) -> usize {
    let usual = |c: char| {
        c.is_ascii_alphanumeric()
            || c.is_ascii_whitespace()
            || matches!(c, 'а'..='я' | 'ё' | '\u{3041}'..='\u{30fc}' | '\u{3001}' | '\u{3002}' | '\u{ff0c}')
            || matches!(
                c,
                '的' | '一' | '是' | '不' | '了' | '在' | '人' | '有' | '我' | '他'
            )
    };
    let hanzi = |c: char| matches!(c, '\u{4e00}'..='\u{9fa5}');
    let hangul = |c: char| matches!(c, '\u{ac00}'..='\u{d7a3}');
    text.chars()
        .map(|c| match c {
            c if usual(c) => 10,
            c if hangul(c) => 9,
            c if hanzi(c) => 7,
            _ => 0,
        })
        .sum::<usize>()
        / 10
}

/// More bytes above ASCII than a western text has.
fn is_mostly_high(bytes: &[u8]) -> bool {
    let high = bytes.iter().filter(|byte| **byte >= 0x80).count();
    let letters = bytes
        .iter()
        .filter(|byte| byte.is_ascii_alphabetic())
        .count();
    high > 3 && high > letters
}

fn is_utf_16(charset: Charset) -> bool {
    matches!(
        charset,
        Charset::Utf16 | Charset::Utf16Le | Charset::Utf16Be
    )
}

/// Character sets whose bytes are all ASCII, so that every text in them is valid UTF-8.
fn is_stateful(charset: Charset) -> bool {
    matches!(charset, Charset::Utf7 | Charset::Iso2022Jp)
}

/// Japanese that switches character sets (RFC 1468), whatever it claims to be.
fn looks_stateful(bytes: &[u8]) -> bool {
    bytes.contains(&0x1b)
        && [&b"\x1b$B"[..], b"\x1b$@"]
            .iter()
            .any(|escape| bytes.windows(3).any(|window| window == *escape))
}

fn is_of_many_bytes(charset: Charset) -> bool {
    matches!(
        charset,
        Charset::ShiftJis
            | Charset::EucJp
            | Charset::Gbk
            | Charset::Gb18030
            | Charset::Big5
            | Charset::EucKr
    )
}

fn utf_8(bytes: Cow<'_, [u8]>) -> Result<Cow<'_, str>, Cow<'_, [u8]>> {
    match bytes {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes)
            .map(|text| Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text)))
            .map_err(|_| Cow::Borrowed(bytes)),
        Cow::Owned(bytes) => String::from_utf8(bytes)
            .map(|mut text| {
                if text.starts_with('\u{feff}') {
                    text.drain(..'\u{feff}'.len_utf8());
                }
                Cow::Owned(text)
            })
            .map_err(|error| Cow::Owned(error.into_bytes())),
    }
}

/// UTF-16 by its mark, by its zeros, or because it says so and has zeros.
fn utf_16(bytes: &[u8], told: Option<Charset>) -> Option<String> {
    let encoding = match bytes {
        [0xff, 0xfe, ..] => UTF_16LE,
        [0xfe, 0xff, ..] => UTF_16BE,
        _ => {
            let probe = bytes.get(..bytes.len().min(PROBE_BYTES)).unwrap_or(bytes);
            let zeros_at = |odd: usize| {
                probe
                    .iter()
                    .skip(odd)
                    .step_by(2)
                    .filter(|byte| **byte == 0)
                    .count()
            };
            let (high, low) = (zeros_at(0), zeros_at(1));
            let pairs = probe.len() / 2;
            let says_so = told.is_some_and(is_utf_16);
            // Without a label every second byte must be zero; with one it may be Chinese, but no ASCII.
            if pairs == 0 || (!says_so && high.max(low) * 10 < pairs * 7) {
                return None;
            }
            if says_so && high == 0 && low == 0 && !is_mostly_high(probe) {
                return None;
            }
            match told {
                Some(Charset::Utf16Le) => UTF_16LE,
                Some(Charset::Utf16Be | Charset::Utf16) if high >= low => UTF_16BE,
                _ if high > low => UTF_16BE,
                _ => UTF_16LE,
            }
        }
    };
    Some(encoding.decode_with_bom_removal(bytes).0.into_owned())
}

/// The character set that a page names in its head.
fn named_in_page(bytes: &[u8]) -> Option<Charset> {
    let head = bytes.get(..bytes.len().min(META_BYTES))?;
    let head: String = head
        .iter()
        .map(|byte| char::from(*byte).to_ascii_lowercase())
        .collect();
    let (_, meta) = head.split_once("<meta")?;
    let (_, after) = meta.split_once("charset")?;
    let after = after.trim_start().strip_prefix('=')?.trim_start();
    let label = after.trim_start_matches(['"', '\'']);
    let end = label
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.')))
        .unwrap_or(label.len());
    // What can be read up to here is not UTF-16.
    known(label.get(..end)?).filter(|charset| !is_utf_16(*charset))
}

fn sure(text: Cow<'_, str>) -> Read<'_> {
    Read { text, doubt: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(bytes: &[u8], label: Option<&str>) -> String {
        of_body(Cow::Borrowed(bytes), label, false)
            .text
            .into_owned()
    }

    #[test]
    fn every_byte_has_a_letter_and_valid_utf_8_stays() {
        assert_eq!(guessed(b"S\xf8ren \x96 \xc5rh"), "Søren – Årh");
        assert_eq!(guessed("Søren – Årh".as_bytes()), "Søren – Årh");
        assert_eq!(guessed(b"bl\xc3\xa5b\xe6r"), "blåbær");
    }

    #[test]
    fn a_header_is_utf_8_else_as_its_mail_says_else_western() {
        for (bytes, label, expected) in [
            ("Hæk".as_bytes(), Some("iso-8859-1"), "Hæk"),
            (b"H\xe6k", Some("utf-8"), "Hæk"),
            (b"H\xe6k", None, "Hæk"),
            (b"H\xe6k", Some("x-ukendt"), "Hæk"),
            (b"\xf0\xd2\xc9\xd7\xc5\xd4", Some("koi8-r"), "Привет"),
            (b"\x93\xfa\x96\x7b", Some("shift_jis"), "日本"),
            (b"p\xe5 vej", Some("koi8-r"), "på vej"),
            (b"H\xe6k", Some("gbk"), "Hæk"),
            (
                b"H+AOY-k <a+bcd-e@x.example> 1+1",
                Some("utf-7"),
                "Hæk <a+bcd-e@x.example> 1+1",
            ),
            (b"H+AOY-k", Some("utf-8"), "H+AOY-k"),
        ] {
            assert_eq!(of_header(bytes, label), expected, "{label:?}");
        }
    }

    #[test]
    fn a_body_is_read_as_what_it_is_whatever_it_claims_to_be() {
        let utf_16: Vec<u8> = "Kære Søren"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        for (bytes, label, expected) in [
            (&b"bl\xe5b\xe6r"[..], None, "blåbær"),
            (b"bl\xe5b\xe6r", Some("utf-8"), "blåbær"),
            (b"bl\xe5b\xe6r", Some("us-ascii"), "blåbær"),
            (b"bl\xe5b\xe6r", Some("gbk"), "blåbær"),
            (b"bl\xe5b\xe6r \xf8l", Some("shift_jis"), "blåbær øl"),
            (b"bl\xe5b\xe6r \xf8l", Some("koi8-r"), "blåbær øl"),
            (b"bl\xe5b\xe6r", Some("utf-16"), "blåbær"),
            (b"5 \x96 7", Some("iso-8859-1"), "5 – 7"),
            ("blåbær".as_bytes(), Some("iso-8859-1"), "blåbær"),
            ("blåbær".as_bytes(), Some("gbk"), "blåbær"),
            ("\u{feff}blåbær".as_bytes(), None, "blåbær"),
            (b"\x1b$B$\"\x1b(B", Some("us-ascii"), "あ"),
            (b"\x1b$B$\"\x1b(B", Some("iso-2022-jp"), "あ"),
            (b"H+AOY-k", Some("utf-7"), "Hæk"),
            (b"\xf0\xd2\xc9\xd7\xc5\xd4", Some("koi8-r"), "Привет"),
            (b"\xc4\xe3\xba\xc3", Some("gb2312"), "你好"),
            (b"\x93\xfa\x96\x7b\x8c\xea", Some("Shift_JIS"), "日本語"),
            (b"\x82\xb1\x82\xea\x82\xcd\x82\xa0", None, "これはあ"),
            (
                b"\xf0\xd2\xc9\xd7\xc5\xd4, \xcb\xc1\xcb \xc4\xc5\xcc\xc1",
                None,
                "Привет, как дела",
            ),
            (
                b"y\xc3\xb6t\xc3\xa4 \xe6\xf8\xe5",
                Some("utf-8"),
                "yötä æøå",
            ),
            (b"\xc3\xa6\xc3\xb8\xc3\xa5\xe6", None, "æøåæ"),
            (&utf_16, None, "Kære Søren"),
            (&utf_16, Some("utf-16le"), "Kære Søren"),
            (&utf_16, Some("utf-8"), "Kære Søren"),
        ] {
            assert_eq!(body(bytes, label), expected, "{label:?} {expected}");
        }
    }

    #[test]
    fn a_page_names_its_character_set_itself() {
        let page = b"<html><meta http-equiv=\"Content-Type\" content=\"text/html; charset=koi8-r\"><p>\xf0\xd2\xc9\xd7\xc5\xd4";
        let read = of_body(Cow::Borrowed(page), None, true);
        assert!(read.text.ends_with("Привет"), "{read:?}");
        let read = of_body(Cow::Borrowed(page), Some("utf-8"), true);
        assert!(read.text.ends_with("Привет"), "{read:?}");
    }
}
