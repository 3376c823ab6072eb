//! File names that are safe everywhere: on Windows, in archives, in headers and in case systems.
//!
//! Names come from strangers, so this is the one place they are cleaned. The result never names a
//! folder, never hides its extension and never exceeds what the strictest receiver takes.

use std::collections::{HashMap, HashSet};
use unicode_normalization::UnicodeNormalization;

/// UTF-8 bytes, extension included.
pub const MAX_BYTES: usize = 200;
const MAX_EXTENSION_BYTES: usize = 16;
const NAMELESS: &str = "dokument";

/// A safe name that looks as much as possible like the given one; cleaning twice changes nothing.
pub fn clean(name: &str) -> String {
    let mut name = clean_once(name);
    // Cutting a long name can leave an end that itself needs cleaning; each round only shortens.
    for _ in 0..8 {
        let again = clean_once(&name);
        if again == name {
            break;
        }
        name = again;
    }
    name
}

fn clean_once(name: &str) -> String {
    let name: String = last_path_part(name)
        .chars()
        .filter_map(safe_char)
        .nfc()
        .collect();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = name.trim_matches(is_edge);
    let (stem, extension) = split_extension(name);
    let stem = stem.trim_end_matches(is_edge);
    let stem = if stem.is_empty() { NAMELESS } else { stem };
    let stem = if is_reserved(stem) {
        format!("_{stem}")
    } else {
        stem.to_owned()
    };
    join(&stem, "", extension)
}

/// The stem and the extension without its dot; the extension is empty when there is none.
pub fn split_extension(name: &str) -> (&str, &str) {
    match name.rsplit_once('.') {
        Some((stem, extension))
            if (1..=MAX_EXTENSION_BYTES).contains(&extension.len())
                && extension.bytes().all(|b| b.is_ascii_alphanumeric()) =>
        {
            (stem, extension)
        }
        _ => (name, ""),
    }
}

/// Cleans each name and numbers those that would overwrite another: `brev.pdf`, `brev (2).pdf`.
/// Names that differ only in case are the same to Windows.
pub fn clean_all<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken = HashSet::new();
    // Ten thousand files of one name must not each try all numbers.
    let mut tried: HashMap<String, u64> = HashMap::new();
    names
        .into_iter()
        .map(|name| {
            let cleaned = clean(name);
            if taken.insert(cleaned.to_lowercase()) {
                return cleaned;
            }
            let (stem, extension) = split_extension(&cleaned);
            let number = tried.entry(cleaned.to_lowercase()).or_insert(1);
            loop {
                *number += 1;
                let numbered = join(stem, &format!(" ({number})"), extension);
                if taken.insert(numbered.to_lowercase()) {
                    return numbered;
                }
            }
        })
        .collect()
}

/// Puts a name together within the limit; only the stem is cut.
fn join(stem: &str, number: &str, extension: &str) -> String {
    let dot = if extension.is_empty() { "" } else { "." };
    let room = MAX_BYTES - number.len() - dot.len() - extension.len();
    let mut end = stem.len().min(room);
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    let stem = stem[..end].trim_end_matches(is_edge);
    format!("{stem}{number}{dot}{extension}")
}

/// `C:\Users\x\brev.pdf` and `../../brev.pdf` are paths; `Svar 24/1234.pdf` is a name with a slash in it.
fn last_path_part(name: &str) -> &str {
    let windows = name
        .rsplit('\\')
        .find(|part| !part.trim().is_empty())
        .unwrap_or("");
    let is_path =
        windows.starts_with(['/', '~']) || windows.contains("./") || windows.contains("//");
    if is_path {
        windows
            .rsplit('/')
            .find(|part| !part.trim().is_empty())
            .unwrap_or("")
    } else {
        windows
    }
}

/// None for what is invisible: controls, direction overrides, zero-width and tag characters.
fn safe_char(c: char) -> Option<char> {
    match c {
        '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        '/' | '\\' | ':' | '*' | '|'
        // Look like the forbidden ones, and some systems fold them into those.
        | '\u{ff0f}' | '\u{2215}' | '\u{2044}' | '\u{ff3c}' | '\u{ff1a}' => Some('-'),
        '\u{2024}' | '\u{ff0e}' => Some('.'),
        '"' => Some('\''),
        '<' | '>' | '?' | '\u{fffd}' => Some('_'),
        c if is_invisible(c) => None,
        c => Some(c),
    }
}

fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff0}'..='\u{fffc}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Windows drops dots and spaces at the end; a dot at the front hides a file elsewhere.
fn is_edge(c: char) -> bool {
    c == '.' || c.is_whitespace()
}

/// Device names of Windows, whatever follows the first dot.
fn is_reserved(stem: &str) -> bool {
    let base = stem
        .split('.')
        .next()
        .unwrap_or(stem)
        .trim()
        .to_ascii_uppercase();
    match base.as_str() {
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$" => true,
        _ => base
            .strip_prefix("COM")
            .or_else(|| base.strip_prefix("LPT"))
            .is_some_and(|port| {
                let mut port = port.chars();
                matches!(port.next(), Some('0'..='9' | '¹' | '²' | '³')) && port.next().is_none()
            }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_cleaned_as_people_expect() {
        for (given, expected) in [
            ("brev.pdf", "brev.pdf"),
            (
                "Ansøgning om tilladelse.docx",
                "Ansøgning om tilladelse.docx",
            ),
            ("../../etc/passwd", "passwd"),
            ("/etc/passwd", "passwd"),
            ("C:\\Users\\ole\\Brev.pdf", "Brev.pdf"),
            ("Svar 24/1234.pdf", "Svar 24-1234.pdf"),
            ("Referat: møde?.docx", "Referat- møde_.docx"),
            ("nul\0byte.pdf", "nulbyte.pdf"),
            ("faktura\u{202e}fdp.exe", "fakturafdp.exe"),
            ("CON", "_CON"),
            ("con.txt", "_con.txt"),
            ("nul.tar.gz", "_nul.tar.gz"),
            ("COM1.pdf", "_COM1.pdf"),
            ("LPT³.pdf", "_LPT³.pdf"),
            ("COM10.pdf", "COM10.pdf"),
            ("Console.pdf", "Console.pdf"),
            ("  brev . pdf ", "brev . pdf"),
            ("brev.pdf. . .", "brev.pdf"),
            (".htaccess", "htaccess"),
            ("", "dokument"),
            ("...", "dokument"),
            ("/", "dokument"),
            ("\u{200b}", "dokument"),
            ("Pa\u{30a}berg.pdf", "Påberg.pdf"),
            ("to\r\nlinjer\t.pdf", "to linjer.pdf"),
            ("a\u{301}\u{200d}b.txt", "áb.txt"),
        ] {
            assert_eq!(clean(given), expected, "{given:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_extension() {
        let cleaned = clean(&format!("{}.pdf", "å".repeat(300)));
        assert!(cleaned.len() <= MAX_BYTES && cleaned.ends_with("å.pdf"));
    }

    #[test]
    fn the_same_name_twice_is_numbered() {
        assert_eq!(
            clean_all([
                "scan.pdf",
                "Scan.PDF",
                "scan.pdf",
                "scan (2).pdf",
                "a/b",
                "a-b"
            ]),
            [
                "scan.pdf",
                "Scan (2).PDF",
                "scan (3).pdf",
                "scan (2) (2).pdf",
                "a-b",
                "a-b (2)"
            ]
        );
    }

    #[test]
    fn many_files_of_one_name_are_numbered_one_after_the_other() {
        let cleaned = clean_all(std::iter::repeat_n("scan.pdf", 20_000));
        assert_eq!(cleaned[19_999], "scan (20000).pdf");
    }

    fn hostile() -> impl Strategy<Value = String> {
        prop::collection::vec(
            prop_oneof![
                Just("..".to_owned()),
                Just("/".to_owned()),
                Just("\\".to_owned()),
                Just("\0".to_owned()),
                Just("\u{202e}".to_owned()),
                Just("CON".to_owned()),
                Just("lpt1".to_owned()),
                Just(".".to_owned()),
                Just(" ".to_owned()),
                Just(".pdf".to_owned()),
                Just("a\u{30a}".to_owned()),
                Just(":".to_owned()),
                Just("æ".repeat(90)),
                "\\PC{0,8}",
                "[\\x00-\\x1f]{0,3}",
            ],
            0..12,
        )
        .prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn a_cleaned_name_is_safe_everywhere(name in hostile()) {
            let cleaned = clean(&name);
            prop_assert!(!cleaned.is_empty() && cleaned.len() <= MAX_BYTES);
            let forbidden = cleaned.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|', '\0', '\u{202e}', '\u{200b}']);
            prop_assert!(!forbidden);
            prop_assert!(!cleaned.chars().any(char::is_control));
            prop_assert!(!cleaned.starts_with(is_edge) && !cleaned.ends_with(is_edge));
            prop_assert!(!is_reserved(&cleaned));
            prop_assert_eq!(cleaned.nfc().collect::<String>(), cleaned.as_str());
        }

        #[test]
        fn cleaning_twice_changes_nothing(name in hostile()) {
            let once = clean(&name);
            prop_assert_eq!(clean(&once), once);
        }

        #[test]
        fn no_two_names_collide(names in prop::collection::vec(hostile(), 0..12)) {
            let cleaned = clean_all(names.iter().map(String::as_str));
            let distinct: HashSet<_> = cleaned.iter().map(|n| n.to_lowercase()).collect();
            prop_assert_eq!(distinct.len(), names.len());
            prop_assert!(cleaned.iter().all(|n| n.len() <= MAX_BYTES));
        }
    }
}
