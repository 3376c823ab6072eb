//! The sentences of a text whose lines were wrapped by a mail program, and which is full of `kl.`, `d. 3.` and `nr.`.

const MAX_SENTENCES: usize = 2000;
/// Shown to people, in characters.
const MAX_SHOWN_CHARS: usize = 300;
/// A longer one, as of a text without full stops, is cut.
const MAX_SENTENCE_BYTES: usize = 1000;
/// A line that is shorter ends by itself; mail programs wrap at more.
const MIN_WRAPPED_CHARS: usize = 50;
const ABBREVIATIONS: [&str; 42] = [
    "d", "kl", "ca", "nr", "bl.a", "f.eks", "fx", "evt", "hhv", "inkl", "ekskl", "pr", "tlf", "jf",
    "mv", "m.v", "stk", "dvs", "d.d", "m.fl", "o.l", "osv", "vedr", "ang", "att", "mht", "ift",
    "iht", "pga", "p.g.a", "max", "min", "mio", "incl", "jan", "feb", "aug", "sept", "okt", "nov",
    "dec", "s.u",
];

/// Each in one line, without more than one space on end.
pub(super) fn sentences(text: &str) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut paragraph = String::new();
    for line in text.lines().map(str::trim) {
        let ends_here = line.chars().count() < MIN_WRAPPED_CHARS || line.ends_with([':', ';']);
        if starts_anew(line) {
            split(&paragraph, &mut sentences);
            paragraph.clear();
        }
        for word in line.split_whitespace() {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(word);
        }
        // `Frist:` belongs to the line below it.
        if line.is_empty() || paragraph.len() > MAX_SENTENCE_BYTES || (ends_here && !is_label(line))
        {
            split(&paragraph, &mut sentences);
            paragraph.clear();
        }
        if sentences.len() >= MAX_SENTENCES {
            break;
        }
    }
    split(&paragraph, &mut sentences);
    sentences.truncate(MAX_SENTENCES);
    sentences
}

/// As it is shown: not too long, and without CPR numbers.
pub(super) fn shown(sentence: &str) -> String {
    let sentence = crate::domain::cpr::mask(sentence);
    if sentence.chars().count() <= MAX_SHOWN_CHARS {
        return sentence;
    }
    let cut: String = sentence.chars().take(MAX_SHOWN_CHARS - 1).collect();
    format!("{}…", cut.trim_end())
}

fn is_label(line: &str) -> bool {
    line.ends_with(':') && line.split_whitespace().count() <= 4
}

/// The points of a list, and `Navn: værdi`.
fn starts_anew(line: &str) -> bool {
    line.is_empty()
        || line.starts_with(['-', '•', '*', '–', '·'])
        || line.split_once(':').is_some_and(|(label, _)| {
            label.split_whitespace().count() <= 2 && !label.contains("kl")
        })
}

fn split(paragraph: &str, sentences: &mut Vec<String>) {
    let mut start = 0;
    for (at, mark) in paragraph.match_indices(['.', '!', '?']) {
        let end = at + mark.len();
        let after = paragraph.get(end..).unwrap_or_default();
        let before = paragraph.get(start..at).unwrap_or_default();
        let is_stop = mark != "." || !is_no_stop(before, after);
        if is_stop && begins_sentence(after) {
            keep(paragraph.get(start..end), sentences);
            start = end;
        }
    }
    keep(paragraph.get(start..), sentences);
}

/// The point belongs to a number or an abbreviation: `d. 3. maj`; `§ 4. Send` ends.
fn is_no_stop(before: &str, after: &str) -> bool {
    let word = before.rsplit(' ').next().unwrap_or_default();
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    let is_number = (1..=2).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
    if is_number {
        let next = after.trim_start();
        let is_month = next
            .get(..3)
            .is_some_and(|start| MONTHS.contains(&start.to_lowercase().as_str()));
        return is_month || !next.starts_with(char::is_uppercase);
    }
    ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

const MONTHS: [&str; 14] = [
    "jan", "feb", "mar", "apr", "maj", "may", "jun", "jul", "aug", "sep", "okt", "oct", "nov",
    "dec",
];

fn begins_sentence(after: &str) -> bool {
    after.is_empty()
        || after
            .strip_prefix(' ')
            .is_some_and(|rest| !rest.starts_with(char::is_lowercase))
}

fn keep(sentence: Option<&str>, sentences: &mut Vec<String>) {
    let sentence = sentence.unwrap_or_default().trim();
    let cut = sentence.floor_char_boundary(MAX_SENTENCE_BYTES);
    let sentence = sentence.get(..cut).unwrap_or_default();
    if sentence.chars().any(char::is_alphanumeric) {
        sentences.push(sentence.to_owned());
    }
}
