//! What a mail's text says it is about: a line `Vedr.: …`, its first heading, the subject of the mail it forwards.

use regex::Regex;
use std::sync::LazyLock;

use super::{Rules, says_something_beside, subject};
use crate::domain::mail_text::{self, Kind, Section};

/// Bytes of the text that are looked at: what it is about stands at its beginning.
const MAX_TEXT_BYTES: usize = 32 * 1024;
const MAX_LINES: usize = 15;
const MAX_ABOUT_CHARS: usize = 150;
const MAX_HEADING_CHARS: usize = 90;
/// Without a colon a longer line is the beginning of a sentence.
const MAX_PHRASE_CHARS: usize = 80;
/// A heading stands over something.
const MIN_TEXT_CHARS: usize = 40;

static ABOUT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^\*{0,2}(?:vedr|vedrørende|ang|angående|emne|overskrift|titel|subject|regarding|re|om)\b\*{0,2}(?P<mark>\.?\s?:|\.|\s)\*{0,2}\s*(?P<what>\S.*)$",
    )
    .ok()
});
static FORWARDED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^[>\s*]*(?:emne|subject|betreff|ämne)\s?:[\s*]*(?P<what>\S.*)$").ok()
});

/// The text of a mail, read once.
pub(super) struct Letter<'a> {
    text: &'a str,
    sections: Vec<Section>,
}

impl<'a> Letter<'a> {
    pub(super) fn read(text: &'a str) -> Self {
        let text = text
            .get(..text.floor_char_boundary(MAX_TEXT_BYTES))
            .unwrap_or_default();
        Self {
            text,
            sections: mail_text::sections(text),
        }
    }

    /// `Vedr.: Carport på Søvej 3`, near the top.
    pub(super) fn about(&self, rules: &Rules) -> Option<String> {
        let lines: Vec<&str> = self.lines(Kind::Own).collect();
        lines
            .iter()
            .enumerate()
            .filter(|(_, line)| !line.is_empty())
            .take(MAX_LINES)
            .find_map(|(at, line)| {
                let found = ABOUT.as_ref()?.captures(line)?;
                let what = found.name("what")?.as_str();
                let has_colon = found.name("mark")?.as_str().contains(':');
                let below = lines.get(at + 1).copied().unwrap_or_default();
                let is_phrase = what.chars().count() <= MAX_PHRASE_CHARS
                    && below.is_empty()
                    && !what.ends_with(['.', ',', '?']);
                (what.chars().count() <= MAX_ABOUT_CHARS && (has_colon || is_phrase))
                    .then(|| told(what, rules))?
            })
    }

    /// The subject of the mail that it forwards, or answers.
    pub(super) fn forwarded(&self, rules: &Rules) -> Option<String> {
        self.lines(Kind::Quoted).find_map(|line| {
            let found = FORWARDED.as_ref()?.captures(line)?;
            told(found.name("what")?.as_str(), rules)
        })
    }

    /// A short line alone, over a text.
    pub(super) fn heading(&self, rules: &Rules) -> Option<String> {
        let lines: Vec<&str> = self.lines(Kind::Own).collect();
        let has_text = lines
            .iter()
            .any(|line| line.chars().count() >= MIN_TEXT_CHARS);
        if !has_text {
            return None;
        }
        lines
            .iter()
            .enumerate()
            .filter(|(_, line)| !line.is_empty())
            .take(4)
            .find_map(|(at, line)| {
                let alone = lines.get(at + 1).is_some_and(|below| below.is_empty())
                    && at
                        .checked_sub(1)
                        .is_none_or(|above| lines.get(above).is_some_and(|above| above.is_empty()));
                (alone && is_heading(line)).then(|| told(line, rules))?
            })
    }

    fn lines(&self, kind: Kind) -> impl Iterator<Item = &'a str> {
        let text = self.text;
        self.sections
            .iter()
            .filter(move |section| section.kind == kind)
            .filter_map(move |section| text.get(section.range.clone()))
            .flat_map(str::lines)
            .map(|line| line.trim().trim_matches('*').trim())
    }
}

fn is_heading(line: &str) -> bool {
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    let digits = line.chars().filter(char::is_ascii_digit).count();
    line.chars().count() <= MAX_HEADING_CHARS
        && line.split_whitespace().count() >= 2
        && line.starts_with(|c: char| c.is_uppercase())
        && !line.ends_with(['.', '?', '!', ',', ':', ';'])
        && !line.contains(['@', '<', '>', '|'])
        && letters >= 2 * digits
}

fn told(what: &str, rules: &Rules) -> Option<String> {
    let title = subject::cleaned(what, rules);
    says_something_beside(&title, &rules.vague).then_some(title)
}
