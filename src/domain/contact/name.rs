//! Names of people, as headers and signatures write them.

use super::organisation::{is_organisation, is_title};
use crate::domain::cpr;

/// Small words within a name.
const PARTICLES: [&str; 16] = [
    "af", "van", "von", "de", "der", "den", "la", "le", "el", "al", "bin", "da", "di", "dos", "du",
    "ten",
];
/// Words of signatures that are no names, though they stand as names do.
const NO_NAMES: [&str; 28] = [
    "venlig",
    "hilsen",
    "hilsner",
    "regards",
    "tak",
    "telefon",
    "tlf",
    "mobil",
    "adresse",
    "danmark",
    "denmark",
    "afdeling",
    "afdelingen",
    "center",
    "centret",
    "forvaltning",
    "forvaltningen",
    "team",
    "åbningstider",
    "kontor",
    "kontoret",
    "borgerservice",
    "sekretariat",
    "sekretariatet",
    "økonomi",
    "miljø",
    "teknik",
    "staben",
];
const MAX_NAME_CHARS: usize = 60;
/// The name stands at the top.
const LOOKED_AT: usize = 6;

/// What a header's name holds: `Ole Hansen - Byens Tømrer ApS` is a person and an organisation.
#[derive(Default)]
pub(super) struct HeaderName {
    pub person: Option<String>,
    pub organisation: Option<String>,
}

pub(super) fn of_header(name: &str) -> HeaderName {
    let name = tidy(name);
    let mut found = HeaderName::default();
    let (first, second) = [" | ", " - ", " – ", " / ", " (", " via "]
        .iter()
        .find_map(|bar| name.split_once(bar))
        .unwrap_or((&name, ""));
    for part in [first, second] {
        let part = part.trim().trim_matches(['(', ')']).trim();
        if part.is_empty() || part.contains('@') {
            continue;
        }
        if is_organisation(part) {
            found.organisation.get_or_insert(part.to_owned());
        } else if found.person.is_none() && part == first.trim() {
            found.person = Some(part.to_owned());
        }
    }
    found
}

/// A header's name put right: `Hansen, Ole` and `OLE HANSEN` are `Ole Hansen`. Never with a CPR number.
pub fn tidy(name: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
    let name = cpr::mask(name.trim().trim_matches(['\'', '"', ' ']));
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = match name.split_once(", ") {
        Some((last, first))
            if !is_organisation(&name)
                && !is_title(first)
                && !first.contains(',')
                && first.starts_with(char::is_uppercase)
                && first.split(' ').count() <= 3
                && last.split(' ').count() <= 2
                && !name.contains(|c: char| c.is_ascii_digit()) =>
        {
            format!("{first} {last}")
        }
        _ => name,
    };
    let letters = || name.chars().filter(|c| c.is_alphabetic());
    let one_case = letters().all(char::is_lowercase) || letters().all(char::is_uppercase);
    let several_words = name.contains(' ');
    if one_case && several_words && !is_organisation(&name) {
        name.split(' ')
            .map(capitalised)
            .collect::<Vec<_>>()
            .join(" ")
    } else {
        name
    }
}

/// `karen.holm` and `karen_holm` are names; `kontakt` and `kh1975` are none.
pub fn of_local_part(address: &str) -> Option<String> {
    let local = address.split('@').next()?;
    let words: Vec<&str> = local.split(['.', '_', '-']).collect();
    let is_name = (2..=4).contains(&words.len())
        && words
            .iter()
            .all(|word| word.chars().all(char::is_alphabetic) && !word.is_empty())
        && words.iter().any(|word| word.chars().count() > 1);
    is_name.then(|| {
        words
            .iter()
            .map(|word| capitalised(word))
            .collect::<Vec<_>>()
            .join(" ")
    })
}

/// The name of whoever signed: the header's, fuller where the signature has it fuller. A header of one word that the
/// signature does not bear out is the name of a mailbox where an organisation signs.
pub(super) fn choose(
    pieces: &[String],
    known: Option<&str>,
    has_organisation: bool,
) -> Option<String> {
    let names: Vec<&String> = pieces
        .iter()
        .take(LOOKED_AT)
        .filter(|piece| is_full_name(piece))
        .collect();
    let Some(known) = known else {
        return names.first().map(|name| (*name).clone());
    };
    let words_of =
        |text: &str| -> Vec<String> { text.split([' ', '-']).map(str::to_lowercase).collect() };
    let known_words = words_of(known);
    let fuller = names.iter().find(|piece| {
        let words = words_of(piece);
        known_words.iter().all(|word| words.contains(word))
    });
    if let Some(fuller) = fuller {
        return Some((*fuller).clone());
    }
    let is_borne_out = known_words.len() > 1
        || pieces
            .iter()
            .any(|piece| words_of(piece).first() == known_words.first());
    if is_borne_out {
        return Some(known.to_owned());
    }
    let signed = names.first().map(|name| (*name).clone());
    signed.or_else(|| (!has_organisation).then(|| known.to_owned()))
}

/// `Advokat Jens Holm` in its two parts.
pub(super) fn after_title(piece: &str) -> Option<(&str, &str)> {
    piece
        .split_once(' ')
        .filter(|(first, rest)| is_title(first) && is_full_name(rest))
}

fn is_full_name(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    (2..=5).contains(&words.len())
        && text.chars().count() <= MAX_NAME_CHARS
        && !is_organisation(text)
        && !is_title(text)
        && words
            .first()
            .is_some_and(|first| first.starts_with(char::is_uppercase))
        && words.iter().all(|word| is_name_word(word))
}

fn is_name_word(word: &str) -> bool {
    let lower = word.to_lowercase();
    (word.starts_with(char::is_uppercase) || PARTICLES.contains(&word))
        && word
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’'))
        && !NO_NAMES.contains(&lower.as_str())
}

fn capitalised(word: &str) -> String {
    let mut upper = true;
    word.chars()
        .flat_map(|c| {
            let cased: Vec<char> = if upper {
                c.to_uppercase().collect()
            } else {
                c.to_lowercase().collect()
            };
            upper = matches!(c, '-' | '\'');
            cased
        })
        .collect()
}
