//! The text of a mail in its sections: what its author wrote, signature, disclaimer, and mail from before.
//!
//! Found by the habits of the mail programs in use here and of the people who write in them, in Danish, Norwegian,
//! Swedish, German and English. A guess, so nothing is ever taken out of a text for it: sections are folded and weighed.

mod disclaimer;
mod quoted;
mod signature;

use std::ops::Range;

/// Longer lines are looked at up to here: no mark of a section is so long.
const MAX_LINE_BYTES: usize = 400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Written for this mail.
    Own,
    Signature,
    /// What an organisation puts under, or over, every mail.
    Disclaimer,
    /// Mail from before, with the lines that say whose it is.
    Quoted,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    pub kind: Kind,
    /// Bytes of the text; whole lines.
    pub range: Range<usize>,
}

/// The sections of a text, in their order; together they are the whole of it.
pub fn sections(text: &str) -> Vec<Section> {
    let lines = lines(text);
    let mut kinds = vec![Kind::Own; lines.len()];
    quoted::mark(&lines, &mut kinds);
    disclaimer::mark(&lines, &mut kinds);
    signature::mark(&lines, &mut kinds);
    joined(&lines, &kinds)
}

/// What follows the closing words of a letter on their line, mostly nothing or a name: `Mvh. Ole` gives `Ole`.
pub fn after_closing(line: &str) -> Option<&str> {
    signature::after_closing(line)
}

/// A line that a phone or a program puts there by itself: `Sendt fra min iPhone`.
pub fn is_by_device(line: &str) -> bool {
    signature::is_by_device(&line.trim().to_lowercase())
}

/// Whether anything in it was written for this mail.
pub fn has_own(text: &str, sections: &[Section]) -> bool {
    sections.iter().any(|section| {
        section.kind == Kind::Own
            && text
                .get(section.range.clone())
                .is_some_and(|own| !own.trim().is_empty())
    })
}

/// A line as it is compared: its beginning, trimmed, in lower case, without the stars of bold text.
struct Line {
    range: Range<usize>,
    start: String,
    is_long: bool,
}

impl Line {
    fn is_blank(&self) -> bool {
        self.start.is_empty()
    }
}

fn lines(text: &str) -> Vec<Line> {
    let mut at = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let range = at..at + line.len();
            at = range.end;
            let line = line.trim();
            let start = line
                .get(..line.floor_char_boundary(MAX_LINE_BYTES))
                .unwrap_or_default();
            Line {
                range,
                start: start
                    .chars()
                    .filter(|c| *c != '*')
                    .map(|c| if c == '\u{a0}' { ' ' } else { c })
                    .flat_map(char::to_lowercase)
                    .collect(),
                is_long: line.len() > MAX_LINE_BYTES,
            }
        })
        .collect()
}

/// Runs of lines of one kind. Empty lines between two sections go with the one above.
fn joined(lines: &[Line], kinds: &[Kind]) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for (line, kind) in lines.iter().zip(kinds) {
        match sections.last_mut() {
            Some(last) if last.kind == *kind || line.is_blank() => last.range.end = line.range.end,
            _ => sections.push(Section {
                kind: *kind,
                range: line.range.clone(),
            }),
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::assert_linear;
    use proptest::prelude::*;

    /// Each line with the letter of its section.
    pub(super) fn marked(text: &str) -> String {
        sections(text)
            .iter()
            .flat_map(|section| {
                let letter = match section.kind {
                    Kind::Own => 'o',
                    Kind::Signature => 's',
                    Kind::Disclaimer => 'd',
                    Kind::Quoted => 'q',
                };
                text[section.range.clone()]
                    .lines()
                    .map(move |_| letter)
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    #[test]
    fn a_mail_as_outlook_sends_it_falls_into_its_four_sections() {
        let text = "Kære Karen\n\nDet er i orden.\n\nMed venlig hilsen\nBirthe Lund\nTeknik og Miljø\n\n\
                    Denne e-mail kan indeholde fortrolige oplysninger. Er du ikke rette modtager, bedes du slette den.\n\n\
                    Fra: Karen Holm <karen@borger.example>\nSendt: 3. maj 2024 10:14\nTil: Byggesag\nEmne: Carport\n\nMå jeg bygge?";
        assert_eq!(marked(text), "oooossssddqqqqqq");
    }

    #[test]
    fn sections_are_the_whole_text_and_empty_text_has_none() {
        assert_eq!(sections(""), []);
        assert_eq!(marked("a\r\n\r\nb"), "ooo");
        assert!(!has_own("> a\n", &sections("> a\n")));
    }

    #[test]
    fn the_time_grows_with_the_text_alone() {
        for run in [
            "fra: a\n",
            "> a\n",
            "den 3. maj 2024 kl. 10.14\n",
            "mvh\n",
            "denne mail er fortrolig\n",
            "\n",
            "a",
            "-- \n",
        ] {
            let runs = |n| run.repeat(n);
            assert_linear(run, 1_000, runs, |text| {
                sections(text);
            });
        }
    }

    proptest! {
        #[test]
        fn every_byte_stands_in_one_section(pieces in proptest::collection::vec(0usize..14, 0..40)) {
            let words = [
                "Fra: a@x.example\n", "Sendt: i går\n", "Emne: x\n", "> å\n", "\n", "Mvh\n", "-- \n", "Hej æøå\n",
                "Den 3. maj 2024 kl. 10.14 skrev Ole\n", "<o@x.example>:\n", "denne e-mail er fortrolig, slet den\n",
                "-----Oprindelig meddelelse-----\n", "\u{a0}\r\n", "PS\n",
            ];
            let text: String = pieces.iter().map(|piece| words[*piece]).collect();
            let mut end = 0;
            for section in sections(&text) {
                prop_assert_eq!(section.range.start, end);
                end = section.range.end;
            }
            prop_assert_eq!(end, text.len());
        }
    }
}
