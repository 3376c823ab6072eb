//! Names of files: what a given one says, what the document calls itself, and what is made where neither says anything.

use chrono::NaiveDate;
use regex::Regex;
use std::sync::LazyLock;

use super::{Parts, Rules, capitalised, says_something, shorten, subject, words::WORDS};
use crate::domain::{
    file_name,
    title::{self, base_subject},
};

/// Bytes of a name that are read.
const MAX_BYTES: usize = 1000;
/// Hexadecimal digits that are no word.
const MIN_HEX_CHARS: usize = 8;
const LONG_HEX_CHARS: usize = 16;
/// Changes between letters and digits in what no person types.
const MIN_RANDOM_CHANGES: usize = 3;
const MIN_RANDOM_CHARS: usize = 8;
/// Of a title within a name that is made.
const MAX_TITLE_CHARS: usize = 80;

/// `3f2504e0-4f89-11d3-9a0c-0305e82c3301`, a long number in hexadecimal, a moment down to the second.
static MADE_BY_MACHINES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b[0-9a-f]{24,}\b|\b20\d{10,15}\b",
    )
    .ok()
});
/// ` (1)`, ` - Kopi`, ` - Copy (2)`, and `Kopi af ` before it.
static COPY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?: ?\(\d{1,3}\)| ?-? ?\b(?:kopi|copy)(?: ?\(?\d{1,3}\)?)?)$|^(?:kopi af|copy of) ",
    )
    .ok()
});

/// What a name is made of.
#[derive(Clone, Copy, Debug, Default)]
pub struct FileName<'a> {
    /// As it was given, without its extension.
    pub given: &'a str,
    /// What the document calls itself, by [`own_name`].
    pub own: Option<&'a str>,
    /// What the mail says it is about, by [`Rules::said`].
    pub said: Option<&'a str>,
    /// The type of document in Danish.
    pub kind: Option<&'a str>,
    /// What the file is when nothing else is known: `Billede`, `Regneark`.
    pub format: &'a str,
    pub sender: Option<&'a str>,
    pub date: Option<NaiveDate>,
}

impl Rules {
    /// The name as it was given, cleaned; `None` where it says nothing.
    pub fn given_name(&self, stem: &str) -> Option<String> {
        let tidy = tidied(stem);
        let tidy = self.take_off.iter().fold(tidy, |name, own| {
            let rest = name
                .get(..own.len())
                .filter(|head| head.to_lowercase() == own.to_lowercase())
                .and_then(|_| name.get(own.len()..));
            match rest {
                Some(rest) if !own.is_empty() && !is_meaningless(rest) => rest.trim().to_owned(),
                _ => name,
            }
        });
        (!is_meaningless(&tidy)).then(|| shorten(&tidy, self.max_file_name_chars))
    }

    /// A name for a file whose own says nothing.
    pub fn made_name(&self, file: &FileName<'_>) -> String {
        let name = if let Some(own) = file.own {
            capitalised(own)
        } else {
            self.name_of_mail(file)
        };
        let name = match number(file.given) {
            Some(number) if !mentions(&name, &number) => format!("{number} – {name}"),
            _ => name,
        };
        shorten(&name, self.max_file_name_chars)
    }

    /// `Ansøgning om carport – Ole Hansen 2024-05-03`, by the organisation's pattern.
    fn name_of_mail(&self, file: &FileName<'_>) -> String {
        let title = match (file.said, file.kind) {
            (Some(said), Some(kind)) if !mentions(said, kind) => format!("{kind} – {said}"),
            (Some(said), _) => said.to_owned(),
            (None, kind) => kind.unwrap_or(file.format).to_owned(),
        };
        self.file_name.fill(&Parts {
            title: &shorten(&capitalised(&title), MAX_TITLE_CHARS),
            kind: file.kind.unwrap_or_default(),
            sender: file.sender.unwrap_or_default(),
            date: &file.date.map(|date| self.written(date)).unwrap_or_default(),
            direction: "",
        })
    }
}

/// What a document calls itself: its title or first heading, when that says something.
pub fn own_name<'a>(given: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let rules = Rules::default();
    given
        .into_iter()
        .map(|given| subject::cleaned(given, &rules))
        .find(|name| {
            name.split_whitespace().count() >= 2 && says_something(name) && !is_meaningless(name)
        })
        .map(|name| shorten(&name, MAX_TITLE_CHARS))
}

fn mentions(text: &str, word: &str) -> bool {
    text.to_lowercase().contains(&word.to_lowercase())
}

/// A name as a person would write it: blanks for underscores, no traces of copying, no CPR number.
fn tidied(stem: &str) -> String {
    let stem = stem
        .get(..stem.floor_char_boundary(MAX_BYTES))
        .unwrap_or_default();
    let mut name = decoded(stem).replace('_', " ");
    if !name.contains(' ') && name.contains('+') {
        name = name.replace('+', " ");
    }
    name = without_inner_extension(&name).to_owned();
    name = title::without_cpr(&name);
    if let Some(made) = MADE_BY_MACHINES.as_ref() {
        name = made.replace_all(&name, " ").into_owned();
    }
    for _ in 0..3 {
        let Some(found) = COPY.as_ref().and_then(|copy| copy.find(&name)) else {
            break;
        };
        name.replace_range(found.range(), "");
        name = name.trim().to_owned();
    }
    // Windows cannot write `SV:`, so it stands there as `SV `.
    for reply in [
        "sv ", "vs ", "re ", "fw ", "fwd ", "sv- ", "vs- ", "re- ", "fw- ",
    ] {
        let head = name.get(..reply.len()).unwrap_or_default();
        if head.to_lowercase() == reply && reply.len() < name.len() {
            name = name.get(reply.len()..).unwrap_or_default().to_owned();
        }
    }
    let name = base_subject(&name);
    name.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | ',' | ';' | '.' | '_'))
        .to_owned()
}

/// `Ans%C3%B8gning` as web pages name what they hand out.
fn decoded(name: &str) -> String {
    let bytes = name.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = bytes
            .get(at + 1..at + 3)
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .filter(|decoded| *decoded >= b' ');
        if let (b'%', Some(decoded)) = (byte, digits) {
            out.push(decoded);
            at += 3;
        } else {
            out.push(*byte);
            at += 1;
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| name.to_owned())
}

fn without_inner_extension(name: &str) -> &str {
    match file_name::split_extension(name) {
        (stem, extension)
            if WORDS
                .file
                .inner_extensions
                .contains(extension.to_lowercase().as_str()) =>
        {
            stem
        }
        _ => name,
    }
}

/// `scan001`, `IMG_1234`, `Dokument (2)`, a UUID: made by a machine, or in a hurry.
fn is_meaningless(stem: &str) -> bool {
    let compact: String = stem.chars().filter(|c| c.is_alphanumeric()).collect();
    if is_hexadecimal(&compact) {
        return true;
    }
    stem.split(|c: char| !c.is_alphanumeric())
        .filter(|token| !is_random(token))
        .flat_map(|token| token.split(|c: char| !c.is_alphabetic()))
        .filter(|word| word.chars().nth(1).is_some())
        .all(|word| {
            WORDS
                .file
                .meaningless
                .contains(word.to_lowercase().as_str())
        })
}

/// Words can be spelled with hexadecimal digits too: `Facade 12`.
fn is_hexadecimal(text: &str) -> bool {
    let longest_word = text
        .split(|c: char| !c.is_alphabetic())
        .map(str::len)
        .max()
        .unwrap_or_default();
    text.bytes().all(|b| b.is_ascii_hexdigit())
        && text.bytes().any(|b| b.is_ascii_digit())
        && (text.len() >= LONG_HEX_CHARS || (text.len() >= MIN_HEX_CHARS && longest_word <= 4))
}

/// `a8F3k2Lq9`
fn is_random(token: &str) -> bool {
    let changes = token
        .as_bytes()
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if a.is_ascii_digit() != b.is_ascii_digit()))
        .count();
    token.len() >= MIN_RANDOM_CHARS && changes >= MIN_RANDOM_CHANGES
}

/// `Bilag 1`, when the name is no more than that.
fn number(stem: &str) -> Option<String> {
    let tidy = tidied(stem);
    let (word, number) = tidy.split_once(' ')?;
    let is_number = number.len() <= 3
        && number.chars().all(char::is_alphanumeric)
        && (number.bytes().all(|b| b.is_ascii_digit()) || number.len() <= 2);
    (is_number && WORDS.file.numbered.contains(word.to_lowercase().as_str()))
        .then(|| capitalised(&tidy))
}
