//! Windows code pages by their number, as Microsoft's formats name character sets.
//!
//! A number that is unknown is taken as the Western one; so are bytes that are not what the number says, as far as
//! they are not UTF-8. Source: MS-UCODEREF, and the mapping tables of the Unicode consortium for the DOS pages.

use std::borrow::Cow;

use encoding_rs::Encoding;

use super::charset;

pub(super) const WESTERN: u16 = 1252;
pub(super) const UTF_8: u16 = 65001;
pub(super) const MACINTOSH: u16 = 10000;
pub(super) const DOS_US: u16 = 437;
pub(super) const DOS_LATIN: u16 = 850;

/// 0x80 to 0xff of the page that DOS had in America.
const DOS_US_LETTERS: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
/// 0x80 to 0xff of the page that DOS had in Western Europe.
const DOS_LATIN_LETTERS: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

/// The bytes as text; none is lost.
pub(super) fn decoded(bytes: &[u8], code_page: u16) -> String {
    match code_page {
        DOS_US => dos(bytes, DOS_US_LETTERS, &[]),
        865 => dos(
            bytes,
            DOS_US_LETTERS,
            &[(0x9b, 'ø'), (0x9d, 'Ø'), (0xaf, '¤')],
        ),
        DOS_LATIN => dos(bytes, DOS_LATIN_LETTERS, &[]),
        858 => dos(bytes, DOS_LATIN_LETTERS, &[(0xd5, '€')]),
        _ => match encoding(code_page) {
            Some(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
            None => charset::guessed(bytes),
        },
    }
}

/// Whether letters of the page have up to two bytes, or more.
pub(super) fn is_multi_byte(code_page: u16) -> bool {
    matches!(
        code_page,
        932 | 936 | 949 | 950 | 20932 | 51932 | 51936 | 51949 | 54936 | UTF_8
    )
}

/// Of letters of 16 bits, which strings of bytes are never in whatever is said.
pub(super) fn is_wide(code_page: u16) -> bool {
    matches!(code_page, 1200 | 1201 | 12000 | 12001)
}

/// The page that Windows keeps texts in which are sent in this one.
pub(super) fn of_windows(code_page: u16) -> u16 {
    match code_page {
        20127 | 28591 | 28605 => WESTERN,
        28592 => 1250,
        20866 | 21866 | 28595 => 1251,
        28597 => 1253,
        28599 => 1254,
        28598 | 38598 => 1255,
        28596 => 1256,
        28594 | 28603 => 1257,
        50220..=50222 | 20932 | 51932 => 932,
        51936 | 52936 | 54936 => 936,
        50225 | 51949 => 949,
        wide if is_wide(wide) => WESTERN,
        other => other,
    }
}

/// The page of a language by Windows' number for it, where that is not the Western one (MS-LCID).
pub(super) fn of_locale(locale: i64) -> Option<u16> {
    const LANGUAGE_BITS: i64 = 0x3ff;
    const TRADITIONAL_CHINESE: [i64; 3] = [0x0404, 0x0c04, 0x1404];
    if TRADITIONAL_CHINESE.contains(&locale) {
        return Some(950);
    }
    Some(match locale & LANGUAGE_BITS {
        0x04 => 936,
        0x11 => 932,
        0x12 => 949,
        0x1e => 874,
        // Czech, Hungarian, Polish, Romanian, Slovak, Slovene; Croatian shares its number with Serbian.
        0x05 | 0x0e | 0x15 | 0x18 | 0x1a | 0x1b | 0x1c | 0x24 => 1250,
        // Bulgarian, Russian, Ukrainian, Belarusian, Macedonian.
        0x02 | 0x19 | 0x22 | 0x23 | 0x2f => 1251,
        0x08 => 1253,
        0x1f => 1254,
        0x0d => 1255,
        0x01 | 0x20 | 0x29 => 1256,
        0x25..=0x27 => 1257,
        0x2a => 1258,
        _ => return None,
    })
}

/// The bytes read in the page of a label such as `utf-8`, as HTML names it.
pub(super) fn decoded_by_label<'b>(bytes: &'b [u8], label: &[u8]) -> Option<Cow<'b, str>> {
    let encoding = Encoding::for_label(label)?;
    Some(encoding.decode(bytes).0)
}

/// `None` for the Western page and UTF-8 too: these two are often said where the other is meant.
fn encoding(code_page: u16) -> Option<&'static Encoding> {
    Some(match code_page {
        866 => encoding_rs::IBM866,
        874 => encoding_rs::WINDOWS_874,
        932 => encoding_rs::SHIFT_JIS,
        936 | 51936 => encoding_rs::GBK,
        949 | 51949 => encoding_rs::EUC_KR,
        950 => encoding_rs::BIG5,
        1200 => encoding_rs::UTF_16LE,
        1201 => encoding_rs::UTF_16BE,
        1250 => encoding_rs::WINDOWS_1250,
        1251 => encoding_rs::WINDOWS_1251,
        1253 => encoding_rs::WINDOWS_1253,
        1254 | 28599 => encoding_rs::WINDOWS_1254,
        1255 => encoding_rs::WINDOWS_1255,
        1256 => encoding_rs::WINDOWS_1256,
        1257 => encoding_rs::WINDOWS_1257,
        1258 => encoding_rs::WINDOWS_1258,
        MACINTOSH => encoding_rs::MACINTOSH,
        10007 => encoding_rs::X_MAC_CYRILLIC,
        20866 => encoding_rs::KOI8_R,
        21866 => encoding_rs::KOI8_U,
        20932 | 51932 => encoding_rs::EUC_JP,
        28592 => encoding_rs::ISO_8859_2,
        28593 => encoding_rs::ISO_8859_3,
        28594 => encoding_rs::ISO_8859_4,
        28595 => encoding_rs::ISO_8859_5,
        28596 => encoding_rs::ISO_8859_6,
        28597 => encoding_rs::ISO_8859_7,
        28598 => encoding_rs::ISO_8859_8,
        38598 => encoding_rs::ISO_8859_8_I,
        28603 => encoding_rs::ISO_8859_13,
        28605 => encoding_rs::ISO_8859_15,
        50220..=50222 => encoding_rs::ISO_2022_JP,
        54936 => encoding_rs::GB18030,
        _ => return None,
    })
}

fn dos(bytes: &[u8], letters: &str, other: &[(u8, char)]) -> String {
    if bytes.is_ascii() {
        return bytes.iter().copied().map(char::from).collect();
    }
    let high: Vec<char> = letters.chars().collect();
    bytes
        .iter()
        .map(|byte| {
            let exception = other.iter().find(|(at, _)| at == byte);
            match (exception, byte.checked_sub(0x80)) {
                (Some((_, letter)), _) => *letter,
                (None, Some(at)) => high.get(usize::from(at)).copied().unwrap_or('\u{fffd}'),
                (None, None) => char::from(*byte),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_read_by_the_page_that_is_named() {
        for (bytes, code_page) in [
            (&b"bl\xe5b\xe6r"[..], 1252),
            (b"bl\xe5b\xe6r", 28591),
            (b"bl\x86b\x91r", 850),
            (b"bl\x86b\x91r", 865),
            (b"bl\x8cb\xber", 10000),
            ("blåbær".as_bytes(), 65001),
            ("blåbær".as_bytes(), 1252),
            (b"bl\xe5b\xe6r", 65001),
        ] {
            assert_eq!(decoded(bytes, code_page), "blåbær", "{code_page}");
        }
        assert_eq!(decoded(b"\x9b\x9d", 850), "øØ");
        assert_eq!(decoded(b"\x9b\x9d", 865), "øØ");
        assert_eq!(decoded(b"\x82\xb1", 932), "こ");
        assert_eq!(decoded(b"\xc4\xe3", 936), "你");
        assert_eq!(decoded(b"\xcf\xf0", 1251), "Пр");
    }

    #[test]
    fn the_dos_pages_have_a_letter_for_each_byte() {
        for letters in [DOS_US_LETTERS, DOS_LATIN_LETTERS] {
            assert_eq!(letters.chars().count(), 128);
        }
    }
}
