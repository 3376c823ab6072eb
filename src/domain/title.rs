//! The subject of a mail without what programs and gateways put before it, and without CPR numbers.
//!
//! What a title is made of; how it is put together stands in [`super::naming`].

use super::{cpr, naming};
use chrono::{Datelike, NaiveDate};
use regex::Regex;
use std::sync::LazyLock;

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
/// Those of the prefixes that say a mail was sent on, and that it answers one.
const FORWARDS: [&str; 10] = [
    "vs",
    "fw",
    "fwd",
    "wg",
    "tr",
    "vb",
    "vl",
    "rv",
    "videresendt",
    "videresend",
];
const REPLIES: [&str; 6] = ["sv", "re", "aw", "antw", "svar", "res"];

/// What the outermost prefix of a subject says of its mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    First,
    Reply,
    Forward,
}

/// Whether a subject begins a conversation, answers in one, or sends one on.
pub fn relation(subject: &str) -> Relation {
    let mut rest = subject.trim_start();
    loop {
        let word: String = rest
            .chars()
            .take_while(|c| c.is_alphabetic())
            .flat_map(char::to_lowercase)
            .collect();
        let Some(shorter) = without_prefix(rest) else {
            match without_tag(rest) {
                Some(shorter) => rest = shorter.trim_start(),
                None => return Relation::First,
            }
            continue;
        };
        if FORWARDS.contains(&word.as_str()) {
            return Relation::Forward;
        }
        if REPLIES.contains(&word.as_str()) {
            return Relation::Reply;
        }
        rest = shorter.trim_start();
    }
}

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

/// Whether a subject tells what the mail is about.
pub fn says_something(subject: &str) -> bool {
    naming::says_something(subject)
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

/// `070761-xxxx`: a number that somebody hid, but for the birthday.
static HIDDEN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b[0-9]{6}[- ]?(?:x{4}|\*{4}|•{4})").ok());

/// Digits that may be a number; no more of them stand around it.
static DIGITS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[0-9]+(?:-[0-9]+)?").ok());

/// The text without CPR numbers, hidden ones too, and the labels before them.
pub fn without_cpr(text: &str) -> String {
    let bare = cpr::replace(text, |_| GONE.to_owned());
    let bare = match HIDDEN.as_ref() {
        Some(hidden) => hidden.replace_all(&bare, GONE).into_owned(),
        None => bare,
    };
    let bare = without_glued_cpr(&bare);
    if bare == text {
        return bare;
    }
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

/// Stands where a number was.
const GONE: &str = "\u{0}";

/// `0707614285scan`: in a name that a machine made there need not be anything between.
fn without_glued_cpr(text: &str) -> String {
    let Some(digits) = DIGITS.as_ref() else {
        return text.to_owned();
    };
    let mut bare = String::with_capacity(text.len());
    let mut from = 0;
    for found in digits.find_iter(text) {
        let before = text.get(from..found.start()).unwrap_or_default();
        let after = text.get(found.end()..).unwrap_or_default();
        let is_glued =
            before.ends_with(char::is_alphanumeric) || after.starts_with(char::is_alphanumeric);
        bare.push_str(before);
        if is_glued && cpr::Cpr::parse(found.as_str()).is_some() {
            bare.extend([" ", GONE, " "]);
        } else {
            bare.push_str(found.as_str());
        }
        from = found.end();
    }
    bare.push_str(text.get(from..).unwrap_or_default());
    bare
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
    fn the_outermost_prefix_tells_what_a_mail_is() {
        for (subject, expected) in [
            ("Byggesag", Relation::First),
            ("Vedr.: Byggesag", Relation::First),
            ("[EKSTERN] SV: Byggesag", Relation::Reply),
            ("Re[2]: VS: Byggesag", Relation::Reply),
            ("VS: SV: Byggesag", Relation::Forward),
            ("Vedr. fw: Byggesag", Relation::Forward),
            ("", Relation::First),
        ] {
            assert_eq!(relation(subject), expected, "{subject}");
        }
    }

    #[test]
    fn a_cpr_number_goes_with_its_label() {
        for (given, expected) in [
            ("Ansøgning fra Ole, cpr 070761-4285", "Ansøgning fra Ole"),
            ("CPR-nr.: 0707614285 - ansøgning", "ansøgning"),
            ("Ansøgning (070761-4285) om hjælp", "Ansøgning om hjælp"),
            ("Ansøgning 070761-xxxx", "Ansøgning"),
            ("CPR: 070761-XXXX, hjælp", "hjælp"),
            ("070761-4285", ""),
            ("scan0707614285x", "scan x"),
        ] {
            assert_eq!(without_cpr(given), expected, "{given}");
        }
    }

    proptest! {
        #[test]
        fn the_base_of_a_base_subject_is_itself(subject in "(SV: |VS:|\\[EKSTERN\\]|\\PC{0,6}){0,8}") {
            let base = base_subject(&subject);
            prop_assert_eq!(base_subject(&base), base);
        }
    }
}
