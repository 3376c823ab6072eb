//! One file while it is read: its text so far, what was noted, and how much more may be unpacked.

use std::cell::Cell;
use std::rc::Rc;

use super::{MAX_TEXT_BYTES, MAX_UNPACKED_BYTES, title};
use crate::domain::mail::Warning;

const MAX_HEADING_CHARS: usize = 200;

#[derive(Default)]
pub(super) struct Reading {
    text: String,
    cut: bool,
    title: Option<String>,
    heading: Option<String>,
    notes: Vec<Warning>,
    pub budget: Budget,
    /// Files within the file, of which titles and headings do not count.
    pub depth: usize,
}

impl Reading {
    /// Adds text as it stands, but for signs that no reader sees.
    pub fn push(&mut self, more: &str) {
        let room = MAX_TEXT_BYTES.saturating_sub(self.text.len());
        let kept = more
            .get(..more.floor_char_boundary(room))
            .unwrap_or_default();
        self.cut |= kept.len() < more.len();
        if kept.chars().any(is_unseen) {
            self.text.extend(kept.chars().filter(|c| !is_unseen(*c)));
        } else {
            self.text.push_str(kept);
        }
    }

    /// Ends the line that something stands on.
    pub fn end_line(&mut self) {
        let end = self.text.trim_end_matches([' ', '\t']).len();
        self.text.truncate(end);
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.push("\n");
        }
    }

    /// A line of its own, without white space around it; nothing when it is empty.
    pub fn line(&mut self, line: &str) {
        self.push(line.trim());
        self.end_line();
    }

    pub fn is_full(&self) -> bool {
        self.cut || self.text.len() >= MAX_TEXT_BYTES
    }

    pub fn text_len(&self) -> usize {
        self.text.len()
    }

    /// The property that names the document; kept when it means something.
    pub fn offer_title(&mut self, given: &str) {
        if self.depth == 0 && self.title.is_none() {
            self.title = title::meaningful(given);
        }
    }

    /// A heading; the first one counts.
    pub fn offer_heading(&mut self, line: &str) {
        if self.depth == 0 && self.heading.is_none() {
            let words: Vec<&str> = line.split_whitespace().collect();
            let heading: String = words.join(" ").chars().take(MAX_HEADING_CHARS).collect();
            self.heading = heading
                .chars()
                .any(char::is_alphanumeric)
                .then_some(heading);
        }
    }

    pub fn note(&mut self, code: &str, detail: &str) {
        if !self.has_note(code) {
            self.notes.push(Warning {
                code: code.to_owned(),
                detail: detail.to_owned(),
            });
        }
    }

    pub fn has_note(&self, code: &str) -> bool {
        self.notes.iter().any(|note| note.code == code)
    }

    pub fn note_damage(&mut self) {
        self.note("damaged", "the file is damaged; what could be read is kept");
    }

    /// Text, title, heading and notes.
    pub fn finish(mut self) -> (String, Option<String>, Option<String>, Vec<Warning>) {
        if self.cut {
            self.note("text_cut", "only the first 5 MB of the text were kept");
        }
        if self.budget.was_exceeded() {
            self.note(
                "unpacked_too_large",
                "the file unpacks to more than is read; the rest was left out",
            );
        }
        if self.budget.was_too_dense() {
            self.note(
                "packed_too_densely",
                "a part of the file unpacks to a hundred times its size; the rest of it was left out",
            );
        }
        self.text.truncate(self.text.trim_end().len());
        (self.text, self.title, self.heading, self.notes)
    }
}

/// Controls, soft hyphens and signs of no width part words that a reader, and a search, knows as one.
fn is_unseen(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(
            c,
            '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{2060}' | '\u{feff}' | '\u{fffc}'
        )
}

/// How much may still be unpacked, shared by all who unpack.
#[derive(Clone)]
pub(super) struct Budget(Rc<Spent>);

struct Spent {
    left: Cell<u64>,
    exceeded: Cell<bool>,
    too_dense: Cell<bool>,
}

impl Default for Budget {
    fn default() -> Self {
        Self(Rc::new(Spent {
            left: Cell::new(MAX_UNPACKED_BYTES),
            exceeded: Cell::new(false),
            too_dense: Cell::new(false),
        }))
    }
}

impl Budget {
    pub fn left(&self) -> u64 {
        self.0.left.get()
    }

    pub fn spend(&self, bytes: u64) {
        self.0.left.set(self.left().saturating_sub(bytes));
    }

    pub fn note_exceeded(&self) {
        self.0.exceeded.set(true);
    }

    pub fn note_too_dense(&self) {
        self.0.too_dense.set(true);
    }

    fn was_exceeded(&self) -> bool {
        self.0.exceeded.get()
    }

    fn was_too_dense(&self) -> bool {
        self.0.too_dense.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_end_is_cut_and_said_so() {
        let mut reading = Reading::default();
        while !reading.is_full() {
            reading.line("hæk ".repeat(10_000).as_str());
        }
        let (text, _, _, notes) = reading.finish();
        assert!(text.len() <= MAX_TEXT_BYTES && text.len() > MAX_TEXT_BYTES - 100_000);
        assert_eq!(notes[0].code, "text_cut");
    }

    #[test]
    fn signs_that_nobody_sees_do_not_part_words() {
        let mut reading = Reading::default();
        reading.line(" hæk\u{ad}ke\u{200b}klip\u{7}per\tnu ");
        assert_eq!(reading.finish().0, "hækkeklipper\tnu");
    }
}
