//! A subject made a title: what programs, gateways and hurried people put around it taken off.

use regex::Regex;
use std::sync::LazyLock;

use super::{Rules, words::WORDS};
use crate::domain::title;

/// Bytes of a subject that are read.
const MAX_BYTES: usize = 2000;

/// `Sagsnr. 24/1234 – `: the title stands on that case.
static CASE_NUMBER_BEFORE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(?:vores |jeres |deres |din |your |our )?(?:sagsnr|sagsnummer|sags-?id|sag|j\.? ?nr|jnr|journalnr|journalnummer|ref|esdh|case|ticket|id)\b\.?(?: ?nr\.?)? ?[:#]? ?#?\[?[\p{L}]{0,4}\d[\p{L}\d./-]*\]? ?(?:[-–—:,|;]+|\)) ?",
    )
    .ok()
});
/// `(Sagsnr.: 24/1234)`, `[Id:123456]`, `[ref:_00D20.500:ref]` at the end.
static CASE_NUMBER_AFTER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i) ?[-–—|,]? ?[\[({](?:vores |jeres |deres |your |our )?(?:sagsnr|sagsnummer|sags-?id|sag|j\.? ?nr|jnr|journalnr|journalnummer|ref|esdh|case|ticket|id|dok\.?nr|#)\b?\.?[ :#]*[^\])}]{0,60}[\])}]$",
    )
    .ok()
});

/// The subject as a title; empty when nothing is left of it.
pub(super) fn cleaned(subject: &str, rules: &Rules) -> String {
    let subject = subject
        .get(..subject.floor_char_boundary(MAX_BYTES))
        .unwrap_or_default();
    let mut title = title::without_cpr(&title::base_subject(subject));
    // Each round takes something off, or is the last.
    while let Some(shorter) = shorter(&title, rules) {
        title = title::without_cpr(&title::base_subject(&shorter));
    }
    if !title.contains(' ') && title.contains('_') {
        title = title.replace('_', " ");
    }
    tidy_ends(&title).to_owned()
}

fn shorter(title: &str, rules: &Rules) -> Option<String> {
    let found = without_prefix(title, rules)
        .or_else(|| without_suffix(title, rules))
        .or_else(|| without_match(title, &CASE_NUMBER_BEFORE))
        .or_else(|| without_match(title, &CASE_NUMBER_AFTER))?;
    let found = tidy_ends(&found);
    (found.len() < title.len() && super::says_something(found)).then(|| found.to_owned())
}

/// `HASTER: `, `Til orientering - `, and what the organisation wants off, in brackets or with a colon or alone.
fn without_prefix(title: &str, rules: &Rules) -> Option<String> {
    for own in &rules.take_off {
        if let Some(rest) = strip_start(title, own) {
            return Some(rest.to_owned());
        }
    }
    let (head, rest) = [": ", " - ", " – ", " — ", ":", "! "]
        .iter()
        .filter_map(|mark| title.split_once(mark))
        .min_by_key(|(head, _)| head.len())?;
    WORDS
        .subject
        .take_off
        .prefixes
        .contains(head.trim().to_lowercase().as_str())
        .then(|| rest.to_owned())
}

fn without_suffix(title: &str, rules: &Rules) -> Option<String> {
    let own = rules.take_off.iter().map(String::as_str);
    let known = WORDS.subject.take_off.suffixes.iter().map(String::as_str);
    for (suffix, is_own) in own.map(|s| (s, true)).chain(known.map(|s| (s, false))) {
        let bare = title.trim_end_matches([']', ')', '}', '*', ' ', '!', '.']);
        let Some(rest) = strip_end(bare, suffix) else {
            continue;
        };
        // A word of the subject stays: `Vejen er ikke sikker`.
        let is_apart = rest
            .trim_end()
            .ends_with(['[', '(', '{', '*', '-', '–', '—', '|', ',', '#']);
        if is_own || is_apart || suffix.starts_with('#') {
            return Some(
                rest.trim_end_matches(['[', '(', '{', '*', '#', ' '])
                    .to_owned(),
            );
        }
    }
    None
}

fn without_match(title: &str, what: &LazyLock<Option<Regex>>) -> Option<String> {
    let found = what.as_ref()?.find(title)?;
    let mut rest = title.to_owned();
    rest.replace_range(found.range(), "");
    Some(rest)
}

fn strip_start<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    let head = text.get(..start.len())?;
    (!start.is_empty() && head.to_lowercase() == start.to_lowercase())
        .then(|| text.get(start.len()..))?
}

fn strip_end<'t>(text: &'t str, end: &str) -> Option<&'t str> {
    let at = text.len().checked_sub(end.len())?;
    let tail = text.get(at..)?;
    (!end.is_empty() && tail.to_lowercase() == end.to_lowercase()).then(|| text.get(..at))?
}

/// Without marks that only parted the title from what was taken off.
fn tidy_ends(title: &str) -> &str {
    let title = title
        .trim_start_matches(|c: char| {
            c.is_whitespace()
                || matches!(
                    c,
                    '-' | '–' | '—' | ':' | ',' | ';' | '|' | '.' | '/' | '*' | '!' | '>'
                )
        })
        .trim_end_matches(|c: char| {
            c.is_whitespace()
                || matches!(
                    c,
                    '-' | '–' | '—' | ':' | ',' | ';' | '|' | '/' | '*' | '!' | '_'
                )
        });
    // Three points are cut words; one is the end of a sentence.
    match title.strip_suffix('.') {
        Some(rest) if !rest.ends_with('.') && rest.contains(' ') && !ends_in_abbreviation(rest) => {
            rest
        }
        _ => title,
    }
}

fn ends_in_abbreviation(text: &str) -> bool {
    let word = text.rsplit(' ').next().unwrap_or_default();
    word.chars().count() <= 3 && word.chars().any(char::is_alphabetic)
}
