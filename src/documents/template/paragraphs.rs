//! The letters of each paragraph, wherever Word has put them, and the merge fields among them.
//!
//! Word splits what was written in one go into runs: for spelling, for bookmarks, for who wrote it when. Here a
//! paragraph is its letters one after the other, each with its place in the bytes.

use super::{
    tokens::{Kind, Name, Tokens},
    words::MAX_FIELD_CHARS,
};
use crate::documents::package::PackageError;

/// Of paragraphs with fields in them; all of a thousand pages are three million.
const MAX_LETTERS: usize = 4_000_000;
/// Of a paragraph, where it is told which one it is.
const MAX_BEGINNING: usize = 80;

/// A letter, or something that is none and that no field reaches across.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letter {
    pub c: char,
    pub from: u32,
    pub to: u32,
    /// The `w:t` it stands in; of a mark the mark itself.
    pub text: u32,
    pub is_mark: bool,
}

pub(super) struct Paragraph {
    pub token: u32,
    pub letters: Vec<Letter>,
    /// Holds what must not go with its text: the end of a section.
    pub is_kept: bool,
    pub is_fallback: bool,
}

/// One place where something is written between double braces; `from..to` are letters of its paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Occurrence {
    pub paragraph: usize,
    pub from: usize,
    pub to: usize,
    /// Whether the closing braces are there.
    pub is_closed: bool,
}

impl Paragraph {
    /// How it begins.
    pub fn beginning(&self) -> String {
        let letters = self.letters.iter().take(MAX_BEGINNING);
        letters
            .map(|letter| if letter.is_mark { ' ' } else { letter.c })
            .collect()
    }

    /// What stands between the braces.
    pub fn inside(&self, occurrence: Occurrence) -> String {
        let to = if occurrence.is_closed {
            occurrence.to - 2
        } else {
            occurrence.to
        };
        let letters = self
            .letters
            .get(occurrence.from + 2..to)
            .unwrap_or_default();
        letters.iter().map(|letter| letter.c).collect()
    }

    /// The bytes of these letters, one range for each `w:t` they stand in.
    pub fn pieces(&self, from: usize, to: usize) -> Vec<(u32, u32, u32)> {
        let mut pieces: Vec<(u32, u32, u32)> = Vec::new();
        for letter in self.letters.get(from..to).unwrap_or_default() {
            match pieces.last_mut() {
                Some((text, _, end)) if *text == letter.text => *end = letter.to,
                _ => pieces.push((letter.text, letter.from, letter.to)),
            }
        }
        pieces
    }
}

/// Every paragraph that `keep` wants by its letters, in the order they begin.
pub(super) fn paragraphs(
    tokens: &Tokens<'_>,
    keep: impl Fn(&[Letter]) -> bool,
) -> Result<Vec<Paragraph>, PackageError> {
    let mut done = Vec::new();
    let mut open: Vec<Paragraph> = Vec::new();
    let mut fallbacks = 0_usize;
    // Of those that are done and those that are open.
    let mut held = 0_usize;
    for (at, token) in (0_u32..).zip(&tokens.list) {
        match (token.kind, token.name) {
            (Kind::Open, Name::Paragraph) => open.push(Paragraph {
                token: at,
                letters: Vec::new(),
                is_kept: false,
                is_fallback: fallbacks > 0,
            }),
            (Kind::Close, Name::Paragraph) => {
                if let Some(paragraph) = open.pop() {
                    if keep(&paragraph.letters) {
                        done.push(paragraph);
                    } else {
                        held -= paragraph.letters.len();
                    }
                }
            }
            (Kind::Open, Name::Fallback) => fallbacks += 1,
            (Kind::Close, Name::Fallback) => fallbacks = fallbacks.saturating_sub(1),
            (Kind::Open | Kind::Empty, Name::Mark) => {
                // Tab stops are no tabs.
                let parent = tokens.at(token.parent).name;
                if let Some(paragraph) = open.last_mut()
                    && matches!(parent, Name::Run | Name::Mark)
                {
                    held += 1;
                    paragraph.letters.push(Letter {
                        c: '\u{fffc}',
                        from: token.from,
                        to: token.to,
                        text: at,
                        is_mark: true,
                    });
                }
            }
            (Kind::Open | Kind::Empty, Name::Section) => {
                if let Some(paragraph) = open.last_mut() {
                    paragraph.is_kept = true;
                }
            }
            (Kind::Text, _) => {
                if let Some(paragraph) = open.last_mut() {
                    let before = paragraph.letters.len();
                    let text = tokens.text(token.from, token.to);
                    letters(text, token.from, token.parent, &mut paragraph.letters);
                    held += paragraph.letters.len() - before;
                }
            }
            _ => (),
        }
        if held > MAX_LETTERS {
            return Err(PackageError::TooMuchText);
        }
    }
    done.sort_by_key(|paragraph| paragraph.token);
    Ok(done)
}

/// Text between tags, or one entity.
fn letters(written: &str, from: u32, text: u32, into: &mut Vec<Letter>) {
    let to = from + written.len() as u32;
    if written.starts_with('&') {
        if let Some(c) = quick_xml::escape::unescape(written)
            .ok()
            .and_then(|text| text.chars().next())
        {
            into.push(Letter {
                c,
                from,
                to,
                text,
                is_mark: false,
            });
        }
        return;
    }
    for (at, c) in written.char_indices() {
        let from = from + at as u32;
        into.push(Letter {
            c,
            from,
            to: from + c.len_utf8() as u32,
            text,
            is_mark: false,
        });
    }
}

/// Everything between double braces, in the order it begins.
pub(super) fn occurrences(paragraphs: &[Paragraph]) -> Vec<Occurrence> {
    let mut found = Vec::new();
    for (paragraph, Paragraph { letters, .. }) in paragraphs.iter().enumerate() {
        let is = |at: usize, c| {
            letters
                .get(at)
                .is_some_and(|letter| letter.c == c && !letter.is_mark)
        };
        let opens = |at| is(at, '{') && is(at + 1, '{');
        let mut at = 0;
        while at + 1 < letters.len() {
            if !opens(at) {
                at += 1;
                continue;
            }
            let mut end = at + 2;
            let is_closed = loop {
                if is(end, '}') && is(end + 1, '}') {
                    break true;
                }
                let goes_on = letters.get(end).is_some_and(|letter| !letter.is_mark) && !opens(end);
                if !goes_on || end - at > MAX_FIELD_CHARS {
                    break false;
                }
                end += 1;
            };
            let to = if is_closed { end + 2 } else { end };
            found.push(Occurrence {
                paragraph,
                from: at,
                to,
                is_closed,
            });
            at = to;
        }
    }
    found.sort_by_key(|occurrence| {
        let paragraph = paragraphs.get(occurrence.paragraph);
        paragraph
            .and_then(|paragraph| paragraph.letters.get(occurrence.from))
            .map(|letter| letter.from)
    });
    found
}
