//! Mail from before, below or between what was written for this mail.
//!
//! Known by `>` before its lines, by a line that says who wrote when, by the header fields that Outlook writes over it,
//! or by a separator. Below the last two everything is old; below the line that says who wrote, the quoted lines are.

use super::{Kind, Line};

/// A line that says who wrote when may be broken into so many.
const MAX_ATTRIBUTION_LINES: usize = 4;
/// The fields over an earlier mail, with long lists of recipients broken into lines.
const MAX_HEADER_LINES: usize = 12;

const SENDER: [&str; 4] = ["fra", "from", "von", "från"];
const OTHER_FIELDS: [&str; 22] = [
    "sendt",
    "dato",
    "til",
    "cc",
    "kopi",
    "emne",
    "sent",
    "date",
    "to",
    "subject",
    "gesendet",
    "datum",
    "an",
    "betreff",
    "skickat",
    "till",
    "ämne",
    "reply-to",
    "svar til",
    "bcc",
    "vedhæftede filer",
    "attachments",
];
const WROTE: [&str; 8] = [
    "skrev",
    "wrote",
    "schrieb",
    "skreiv",
    "har skrevet",
    "hat geschrieben",
    "writes",
    "skriver",
];
/// Who writes so tells of something; a mail program names the sender.
const TELLING: [&str; 16] = [
    "jeg", "vi", "du", "i", "han", "hun", "de", "man", "we", "you", "he", "she", "they", "ich",
    "wir", "sie",
];
const OLD: [&str; 9] = [
    "oprindelig",
    "original",
    "videresendt",
    "forwarded",
    "ursprünglich",
    "weitergeleitet",
    "opprinnelig",
    "ursprungligt",
    "vidarebefordra",
];
const MAIL: [&str; 9] = [
    "meddelelse",
    "besked",
    "message",
    "mail",
    "nachricht",
    "melding",
    "meddelande",
    "e-post",
    "post",
];
const BEGINNINGS: [&str; 6] = [
    "start på videresendt",
    "begin forwarded message",
    "videresendt meddelelse:",
    "videresendt besked:",
    "anfang der weitergeleiteten",
    "vidarebefordrat brev",
];

pub(super) fn mark(lines: &[Line], kinds: &mut [Kind]) {
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let rest = lines.get(at..).unwrap_or_default();
        if line.start.starts_with('>') {
            set(kinds, at, 1);
            at += 1;
        } else if is_separator(&line.start) || begins_header(rest) {
            set(kinds, at, rest.len());
            return;
        } else if let Some(length) = attribution(rest) {
            set(kinds, at, length);
            at += length;
            let next = lines
                .get(at..)
                .unwrap_or_default()
                .iter()
                .find(|line| !line.is_blank());
            if next.is_some_and(|next| !next.start.starts_with('>')) {
                set(kinds, at, lines.len());
                return;
            }
        } else {
            at += 1;
        }
    }
}

fn set(kinds: &mut [Kind], from: usize, count: usize) {
    for kind in kinds.iter_mut().skip(from).take(count) {
        *kind = Kind::Quoted;
    }
}

/// `-----Oprindelig meddelelse-----`, `---------- Forwarded message ---------`, `Start på videresendt besked:`
fn is_separator(line: &str) -> bool {
    if BEGINNINGS.iter().any(|start| line.starts_with(start)) {
        return true;
    }
    if !(line.starts_with("---") || line.starts_with("___")) {
        return false;
    }
    let words = line.trim_matches(['-', '_', ' ']);
    words.len() < 60
        && OLD.iter().any(|word| words.contains(word))
        && MAIL.iter().any(|word| words.contains(word))
}

/// The sender's field, with an address in brackets or with other fields below; a line across the page may stand above.
fn begins_header(lines: &[Line]) -> bool {
    let lines = match lines.first() {
        Some(first) if first.start.starts_with("________________") => {
            let blank = lines
                .iter()
                .skip(1)
                .take(3)
                .take_while(|line| line.is_blank());
            lines.get(1 + blank.count()..).unwrap_or_default()
        }
        _ => lines,
    };
    let Some(sender) = lines.first().and_then(|line| field(&line.start, &SENDER)) else {
        return false;
    };
    let has_address = sender.contains('@') && sender.contains(['<', '[']);
    let fields = lines
        .iter()
        .skip(1)
        .take(MAX_HEADER_LINES)
        .take_while(|line| !line.is_blank())
        .filter(|line| field(&line.start, &OTHER_FIELDS).is_some())
        .count();
    fields >= 2 || has_address
}

/// The value of a field that is one of these.
fn field<'l>(line: &'l str, names: &[&str]) -> Option<&'l str> {
    let (name, value) = line.split_once(':')?;
    names.contains(&name.trim_end()).then_some(value)
}

/// How many lines say who wrote when: `Den 3. maj 2024 kl. 10.14 skrev Karen Holm <karen@borger.example>:`
fn attribution(lines: &[Line]) -> Option<usize> {
    let first = lines.first()?;
    if first.is_blank() || first.is_long || !may_begin_attribution(&first.start) {
        return None;
    }
    let mut said = String::new();
    for (index, line) in lines.iter().take(MAX_ATTRIBUTION_LINES).enumerate() {
        if line.is_blank() || line.is_long || line.start.starts_with('>') {
            return None;
        }
        said.push_str(&line.start);
        said.push(' ');
        if said.trim_end().ends_with(':') {
            return is_attribution(said.trim_end()).then_some(index + 1);
        }
    }
    None
}

/// A date, or somebody's name: nothing that begins a sentence like any other.
fn may_begin_attribution(line: &str) -> bool {
    let first = line.split([' ', ',']).next().unwrap_or_default();
    let is_word_of_date = [
        "den", "d.", "on", "am", "på", "il", "man.", "tir.", "ons.", "tor.", "fre.", "lør.", "søn.",
    ]
    .contains(&first);
    is_word_of_date
        || line.starts_with(|c: char| c.is_ascii_digit())
        || line.contains('@')
        || wrote(line).is_some()
}

fn is_attribution(said: &str) -> bool {
    let Some((before, after)) = wrote(said) else {
        return false;
    };
    let next = after.split([' ', ',', ':']).find(|word| !word.is_empty());
    if next.is_some_and(|word| TELLING.contains(&word)) {
        return false;
    }
    let who_before = before.rsplit([' ', ',']).find(|word| !word.is_empty());
    if who_before.is_some_and(|word| TELLING.contains(&word)) {
        return false;
    }
    let has_address = said.contains('@');
    has_address || has_time(said)
}

/// What stands before and after the word for writing.
fn wrote(said: &str) -> Option<(&str, &str)> {
    WROTE.iter().find_map(|verb| {
        let at = said.find(verb)?;
        let before = said.get(..at)?;
        let after = said.get(at + verb.len()..)?;
        let is_word = before
            .chars()
            .next_back()
            .is_none_or(|c| !c.is_alphanumeric())
            && after.chars().next().is_none_or(|c| !c.is_alphanumeric());
        is_word.then_some((before, after))
    })
}

/// `10.14` or `10:14`
fn has_time(said: &str) -> bool {
    let bytes = said.as_bytes();
    bytes.windows(5).any(|window| match window {
        [tens, ones, b'.' | b':', minutes @ ..] => {
            (tens.is_ascii_digit() || *tens == b' ')
                && ones.is_ascii_digit()
                && minutes.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::domain::mail_text::tests::marked;

    #[test]
    fn what_stands_under_the_marks_of_mail_programs_is_quoted() {
        for mark in [
            "Fra: Karen Holm <karen@borger.example>\nSendt: 3. maj 2024 10:14",
            "Fra: Karen Holm\nSendt: 3. maj 2024 10:14\nTil: Byggesag\nEmne: Carport",
            "*Fra:* Karen Holm\n*Dato:* fredag den 3. maj 2024\n*Til:* Byggesag; Teknik og\n Miljø\n*Emne:* Carport",
            "________________________________\nFra: Karen Holm\nSendt: 3. maj 2024\nTil: Byggesag",
            "From: Karen Holm [mailto:karen@borger.example]",
            "Von: Karen Holm\nGesendet: Freitag, 3. Mai 2024\nAn: Byggesag\nBetreff: Carport",
            "Från: Karen Holm\nSkickat: den 3 maj 2024\nTill: Byggesag\nÄmne: Carport",
            "-----Oprindelig meddelelse-----\nFra: Karen Holm",
            "-----Original Message-----",
            "-------- Oprindelig besked --------",
            "---------- Forwarded message ---------",
            "-------- Videresendt meddelelse --------",
            "Start på videresendt besked:",
            "Den 3. maj 2024 kl. 10.14 skrev Karen Holm <karen@borger.example>:",
            "Den fre. 3. maj 2024 kl. 10.14 skrev Karen Holm\n<karen@borger.example>:",
            "Den 03.05.2024 kl. 10:14 skrev Karen Holm:",
            "Den fredag den 3. maj 2024 10.14.22 CEST skrev Karen Holm\n<karen@borger.example>:",
            "On Fri, May 3, 2024 at 10:14 AM Karen Holm\n<karen@borger.example> wrote:",
            "On 03/05/2024 10:14, Karen Holm wrote:",
            "Am 03.05.24 um 10:14 schrieb Karen Holm:",
            "fre. 3. mai 2024 kl. 10:14 skrev Karen Holm <karen@borger.example>:",
            "Karen Holm <karen@borger.example> skrev den 3. maj 2024:",
            "3. maj 2024 kl. 10.14 skrev Karen Holm <karen@borger.example>:",
        ] {
            let quoted = mark.lines().count() + 2;
            let expected = format!("oo{}", "q".repeat(quoted));
            assert_eq!(
                marked(&format!("Hej\n\n{mark}\n\nMå jeg bygge?")),
                expected,
                "{mark}"
            );
        }
    }

    #[test]
    fn answers_between_quoted_lines_are_the_authors_own() {
        let text = "Den 3. maj 2024 kl. 10.14 skrev Ole <ole@x.example>:\n\n> Må jeg?\nJa.\n> Hvornår?\n\nI morgen.\n";
        assert_eq!(marked(text), "qqqoqqo");
    }

    #[test]
    fn what_people_write_of_letters_and_dates_is_their_own() {
        for text in [
            "Den 3. maj 2024 kl. 10.14 skrev jeg til jer:\nMå jeg bygge?",
            "Den 3. maj skrev kommunen:\nDu må bygge.",
            "Fra: hovedgaden 3\nTil: søvej 4",
            "Fra: mandag\n\nEmne: hæk",
            "Jeg skrev til jer om hækken:\nden er høj",
            "Se den oprindelige meddelelse",
            "-----\ntekst",
        ] {
            assert!(!marked(text).contains('q'), "{text}: {}", marked(text));
        }
    }
}
