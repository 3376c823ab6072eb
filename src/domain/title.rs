//! The title suggested for a mail on a case.
//!
//! From the subject: prefixes off, CPR numbers off. Where the subject says nothing, who wrote and when.
//! The words are Danish because the journal is; what a person types instead is never changed here.

use super::cpr;
use chrono::{Datelike, NaiveDate};

/// Characters.
pub const MAX_CHARS: usize = 200;

const PREFIXES: [&str; 22] = [
    "sv",
    "vs",
    "re",
    "fw",
    "fwd",
    "aw",
    "wg",
    "tr",
    "rv",
    "vl",
    "antw",
    "ang",
    "angående",
    "vedr",
    "vedrørende",
    "svar",
    "videresendt",
    "videresend",
    "res",
    "enc",
    "vb",
    "i",
];
/// Those that only ever stand before a subject when a colon follows.
const TAGS: [&str; 14] = [
    "ekstern",
    "external",
    "ext",
    "ekstern mail",
    "ekstern e-mail",
    "ekstern afsender",
    "sikker",
    "sikker mail",
    "sikker e-mail",
    "sikkermail",
    "krypteret",
    "secure",
    "spam",
    "usikker afsender",
];
const EMPTY_WORDS: [&str; 38] = [
    "hej",
    "hej med jer",
    "hejsa",
    "goddag",
    "kære",
    "hi",
    "hello",
    "dokument",
    "dokumenter",
    "document",
    "documents",
    "scan",
    "scanning",
    "scannet dokument",
    "mail",
    "e-mail",
    "email",
    "besked",
    "meddelelse",
    "fil",
    "filer",
    "bilag",
    "vedhæftet",
    "vedhæftet fil",
    "vedhæftede filer",
    "attachment",
    "ingen emne",
    "intet emne",
    "uden emne",
    "no subject",
    "til rette vedkommende",
    "spørgsmål",
    "henvendelse",
    "tak",
    "fyi",
    "til orientering",
    "test",
    "haster",
];

/// The subject without what mail programs and gateways put before it: `SV: VS: [EKSTERN] Byggesag` is `Byggesag`.
pub fn base_subject(subject: &str) -> String {
    let tidy: String = subject
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'))
        .collect();
    let tidy = tidy.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = tidy.as_str();
    while let Some(shorter) = without_prefix(rest).or_else(|| without_tag(rest)) {
        rest = shorter.trim_start();
    }
    rest.to_owned()
}

/// A title for a mail; never empty, never with a CPR number, at most [`MAX_CHARS`] long.
pub fn suggest(subject: &str, sender: Option<&str>, date: Option<NaiveDate>) -> String {
    let subject = without_cpr(&base_subject(subject));
    if says_something(&subject) {
        return shorten(&capitalised(&subject));
    }
    let mut title = "Mail".to_owned();
    if let Some(sender) = sender
        .map(|s| without_cpr(s.trim()))
        .filter(|s| !s.is_empty())
    {
        title.push_str(" fra ");
        title.push_str(&sender);
    }
    if let Some(date) = date {
        title.push(' ');
        title.push_str(&danish_date(date));
    }
    shorten(&title)
}

/// Whether a subject tells what the mail is about.
pub fn says_something(subject: &str) -> bool {
    let words: String = subject
        .chars()
        .flat_map(char::to_lowercase)
        .map(|c| {
            if c.is_alphanumeric() || c == '-' {
                c
            } else {
                ' '
            }
        })
        .collect();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().filter(|c| c.is_alphabetic()).count() >= 2
        && !EMPTY_WORDS.contains(&words.as_str())
}

/// `3. maj 2024`.
pub fn danish_date(date: NaiveDate) -> String {
    const MONTHS: [&str; 12] = [
        "januar",
        "februar",
        "marts",
        "april",
        "maj",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "december",
    ];
    let month = MONTHS
        .get(date.month0() as usize)
        .copied()
        .unwrap_or_default();
    format!("{}. {month} {}", date.day(), date.year())
}

/// `SV:`, `Re[2]:`, `SV (3):`, and `Vedr.` which needs no colon.
fn without_prefix(text: &str) -> Option<&str> {
    let word_end = text.find(|c: char| !c.is_alphabetic())?;
    let (word, rest) = text.split_at(word_end);
    let word = word.to_lowercase();
    if !PREFIXES.contains(&word.as_str()) {
        return None;
    }
    let rest = without_counter(rest.trim_start());
    if let Some(after) = rest.strip_prefix(':').or_else(|| rest.strip_prefix('：')) {
        return Some(after);
    }
    match word.as_str() {
        "vedr" | "ang" => {
            let after = rest.strip_prefix('.')?.trim_start();
            Some(after.strip_prefix(':').unwrap_or(after))
        }
        "vedrørende" | "angående" => rest.starts_with(char::is_alphanumeric).then_some(rest),
        _ => None,
    }
}

fn without_counter(text: &str) -> &str {
    let closing = match text.chars().next() {
        Some('[') => ']',
        Some('(') => ')',
        _ => return text,
    };
    match text.split_once(closing) {
        Some((counter, rest)) if counter[1..].bytes().all(|b| b.is_ascii_digit()) => {
            rest.trim_start()
        }
        _ => text,
    }
}

/// `[EKSTERN]`, `(Sikker mail)`, `***SPAM***`.
fn without_tag(text: &str) -> Option<&str> {
    let closing = match text.chars().next()? {
        '[' => ']',
        '(' => ')',
        '{' => '}',
        '*' => '*',
        _ => return None,
    };
    let inside = text.trim_start_matches(['[', '(', '{', '*']);
    let (tag, rest) = inside.split_once(closing)?;
    TAGS.contains(&tag.trim().to_lowercase().as_str())
        .then(|| rest.trim_start_matches([closing, ':', ' ', '-']))
}

/// The text without CPR numbers and the labels before them.
pub fn without_cpr(text: &str) -> String {
    if cpr::find(text).is_empty() {
        return text.to_owned();
    }
    let bare = cpr::replace(text, |_| "\u{0}".to_owned());
    let words: Vec<&str> = bare.split_whitespace().collect();
    let mut kept: Vec<String> = Vec::new();
    for word in words {
        if word.contains('\u{0}') {
            // The label goes with its number.
            if kept.last().is_some_and(|w| is_cpr_label(w)) {
                kept.pop();
            }
            let left = word.replace('\u{0}', "");
            let left = left.trim_matches(|c: char| !c.is_alphanumeric());
            if !left.is_empty() && !is_cpr_label(left) {
                kept.push(left.to_owned());
            }
        } else {
            kept.push(word.to_owned());
        }
    }
    kept.join(" ")
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | ',' | ':' | ';'))
        .to_owned()
}

fn is_cpr_label(word: &str) -> bool {
    let letters: String = word
        .chars()
        .filter(|c| c.is_alphabetic())
        .flat_map(char::to_lowercase)
        .collect();
    matches!(
        letters.as_str(),
        "cpr" | "cprnr" | "cprnummer" | "personnummer" | "personnr"
    )
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// Cut at a word where there is one near the limit.
fn shorten(text: &str) -> String {
    if text.chars().count() <= MAX_CHARS {
        return text.to_owned();
    }
    let cut: String = text.chars().take(MAX_CHARS - 1).collect();
    let at_word = match cut.rfind(' ') {
        Some(space) if cut[space..].chars().count() < 30 => &cut[..space],
        _ => &cut,
    };
    format!("{}…", at_word.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn prefixes_and_tags_come_off_in_any_number_and_order() {
        for (given, expected) in [
            ("SV: Byggesag", "Byggesag"),
            ("Sv: VS: [EKSTERN] RE: Byggesag", "Byggesag"),
            ("Re[2]: SV (3): Byggesag", "Byggesag"),
            ("[Sikker mail] Byggesag", "Byggesag"),
            ("***SPAM*** Byggesag", "Byggesag"),
            ("Vedr. byggesag", "byggesag"),
            ("Vedr.: byggesag", "byggesag"),
            ("Angående byggesag", "byggesag"),
            ("SV:Byggesag", "Byggesag"),
            ("Svar på høring: lokalplan", "Svar på høring: lokalplan"),
            ("Reparation af tag", "Reparation af tag"),
            ("[Lokalplan 12] Høring", "[Lokalplan 12] Høring"),
            ("SV:", ""),
            ("", ""),
            ("  to\r\n linjer ", "to linjer"),
        ] {
            assert_eq!(base_subject(given), expected, "{given}");
        }
    }

    #[test]
    fn a_subject_that_says_nothing_gives_way_to_sender_and_date() {
        let date = NaiveDate::from_ymd_opt(2024, 5, 3);
        for subject in [
            "",
            "SV:",
            "Hej",
            "hej!",
            "Dokument",
            "Re: (no subject)",
            "12345",
            "SV: [EKSTERN]",
            "...",
        ] {
            assert_eq!(
                suggest(subject, Some("Ole Hansen"), date),
                "Mail fra Ole Hansen 3. maj 2024",
                "{subject}"
            );
        }
        assert_eq!(suggest("", None, None), "Mail");
    }

    #[test]
    fn cpr_numbers_never_reach_the_title() {
        for (given, expected) in [
            ("Ansøgning fra Ole, cpr 070761-4285", "Ansøgning fra Ole"),
            ("CPR-nr.: 0707614285 - ansøgning", "Ansøgning"),
            ("Ansøgning (070761-4285) om hjælp", "Ansøgning om hjælp"),
        ] {
            assert_eq!(suggest(given, None, None), expected, "{given}");
        }
        assert_eq!(suggest("070761-4285", Some("Ole"), None), "Mail fra Ole");
    }

    #[test]
    fn a_long_subject_is_cut_at_a_word() {
        let title = suggest(&"lokalplan ".repeat(60), None, None);
        assert!(title.chars().count() <= MAX_CHARS && title.ends_with("lokalplan…"));
    }

    proptest! {
        #[test]
        fn a_title_is_never_empty_long_or_telling(subject in "(SV: |\\[|cpr | 070761-4285 | 0707614285,|\\PC{0,6}){0,8}") {
            let title = suggest(&subject, Some(&subject), None);
            prop_assert!(!title.is_empty() && title.chars().count() <= MAX_CHARS);
            prop_assert!(!title.contains("4285"));
            prop_assert!(!title.chars().any(char::is_control));
        }

        #[test]
        fn the_base_of_a_base_subject_is_itself(subject in "(SV: |VS:|\\[EKSTERN\\]|\\PC{0,6}){0,8}") {
            let base = base_subject(&subject);
            prop_assert_eq!(base_subject(&base), base);
        }
    }
}
