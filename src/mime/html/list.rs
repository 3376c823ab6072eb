//! What stands before the items of a list: a dash, a number or a letter.

use super::open::{List, Numbering};

impl List {
    /// The marker of the next item, or of one that says its number.
    pub(super) fn next_marker(&mut self, given: Option<i32>) -> String {
        let Some(numbering) = &mut self.ordered else {
            return "- ".to_owned();
        };
        let number = given.unwrap_or(numbering.next);
        numbering.next = number.saturating_add(1);
        format!("{}. ", numbering.written(number))
    }
}

impl Numbering {
    fn written(self, number: i32) -> String {
        match (self.style, u32::try_from(number)) {
            ('a', Ok(number @ 1..=26)) => letter(b'a', number),
            ('A', Ok(number @ 1..=26)) => letter(b'A', number),
            ('i', Ok(number @ 1..=50)) => roman(number),
            ('I', Ok(number @ 1..=50)) => roman(number).to_uppercase(),
            _ => number.to_string(),
        }
    }
}

fn letter(first: u8, number: u32) -> String {
    char::from_u32(u32::from(first) + number - 1)
        .unwrap_or('?')
        .to_string()
}

fn roman(mut number: u32) -> String {
    let mut out = String::new();
    for (value, digits) in [
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ] {
        while number >= value {
            out.push_str(digits);
            number -= value;
        }
    }
    out
}

/// Word writes its bullets as letters of symbol fonts: `·`, `o`, `§`.
pub(super) fn word_marker(written: &str) -> String {
    let written = written.trim_matches(|c: char| c.is_whitespace() || c == '\u{a0}');
    let is_number = written.chars().any(|c| c.is_ascii_digit()) || written.ends_with(['.', ')']);
    if is_number {
        format!("{written} ")
    } else {
        "- ".to_owned()
    }
}
