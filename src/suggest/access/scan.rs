//! Looks for sensitive content and weighs it by where it stands and whom it speaks of.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

use super::Finding;
use super::categories::{Category, LISTS, Strength};
use crate::domain::cpr;
use crate::domain::mail::{Mail, MailKind};
use crate::domain::mail_text::{self, Kind};
use crate::suggest::word_patterns::AnyOf;

const MAX_TEXT_BYTES: usize = 64 * 1024;
const MAX_DOCUMENT_BYTES: usize = 16 * 1024;
const MAX_DOCUMENTS: usize = 10;
const MAX_ATTACHMENTS: usize = 40;
/// A sentence that never ends is cut here, on both sides of a word.
const MAX_SENTENCE_BYTES: usize = 300;
const MAX_WORDS_SHOWN: usize = 5;

/// From here on a category is found.
const THRESHOLD: f64 = 4.0;
/// All that words can add up to where nobody is spoken of: never enough.
const MOST_OF_NOBODY: f64 = 3.0;

const SUBJECT: f64 = 1.5;
const OWN: f64 = 1.0;
const ATTACHMENT_NAME: f64 = 1.0;
const DOCUMENT: f64 = 0.8;
const QUOTED: f64 = 0.5;
/// What is sent to many speaks of matters, not of people.
const TO_MANY: f64 = 0.25;

/// Whoever speaks of a person uses such words. "I", "her" and "vi" are left out: they are other words too.
const SOMEBODY: [&str; 63] = [
    "jeg",
    "mig",
    "min",
    "mit",
    "mine",
    "hun",
    "hende",
    "hendes",
    "han",
    "ham",
    "hans",
    "barnet",
    "barnets",
    "barn",
    "drengen",
    "pigen",
    "søn",
    "sønnen",
    "sønnens",
    "søns",
    "datter",
    "datteren",
    "datters",
    "datterens",
    "mor",
    "moren",
    "moderen",
    "far",
    "faren",
    "faderen",
    "forældrene",
    "borger",
    "borgeren",
    "borgerens",
    "eleven",
    "elevens",
    "patienten",
    "patientens",
    "klienten",
    "klientens",
    "ansøger",
    "ansøgeren",
    "ansøgers",
    "medarbejderen",
    "medarbejderens",
    "ægtefælle",
    "samlever",
    "kæreste",
    "kone",
    "kones",
    "mands",
    "bror",
    "søster",
    "familien",
    "vedkommende",
    "my",
    "me",
    "she",
    "his",
    "mother",
    "father",
    "wife",
    "husband",
];
static OF_SOMEBODY: LazyLock<AnyOf> = LazyLock::new(|| AnyOf::new(SOMEBODY));

/// A part of the mail with how much its words count.
struct Part {
    text: String,
    weight: f64,
}

#[derive(Default)]
struct Found {
    /// Each word once, by the best place it stands in.
    of_somebody: BTreeMap<String, f64>,
    of_nobody: BTreeMap<String, f64>,
    hits: usize,
}

impl Found {
    fn score(&self) -> f64 {
        let of_nobody: f64 = self
            .of_nobody
            .iter()
            .filter(|(word, _)| !self.of_somebody.contains_key(*word))
            .map(|(_, points)| points)
            .sum();
        self.of_somebody.values().sum::<f64>() + of_nobody.min(MOST_OF_NOBODY)
    }

    fn words(&self) -> Vec<String> {
        let mut words: Vec<(&String, f64)> = self
            .of_somebody
            .iter()
            .chain(&self.of_nobody)
            .map(|(word, points)| (word, *points))
            .collect();
        words.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let mut seen = BTreeSet::new();
        words
            .into_iter()
            .filter(|(word, _)| seen.insert(*word))
            .take(MAX_WORDS_SHOWN)
            .map(|(word, _)| word.clone())
            .collect()
    }
}

pub(super) fn findings<'a>(
    mail: &Mail,
    documents: impl IntoIterator<Item = &'a str>,
) -> Vec<Finding> {
    let documents: Vec<&str> = documents
        .into_iter()
        .take(MAX_DOCUMENTS)
        .map(|text| head(text, MAX_DOCUMENT_BYTES))
        .collect();
    let numbers = cpr_numbers(mail, &documents);
    let to_many = mail.kind == MailKind::Newsletter;
    let mut found: BTreeMap<Category, Found> = BTreeMap::new();
    for part in parts(mail, &documents) {
        let weight = if to_many {
            part.weight * TO_MANY
        } else {
            part.weight
        };
        look(&part.text, weight, numbers > 0, &mut found);
    }
    let mut findings: Vec<(f64, Finding)> = found
        .into_iter()
        .map(|(category, found)| {
            let finding = Finding {
                category,
                hits: found.hits,
                words: found.words(),
            };
            (found.score(), finding)
        })
        .filter(|(score, _)| *score >= THRESHOLD)
        .collect();
    findings.sort_by(|a, b| {
        b.0.total_cmp(&a.0)
            .then_with(|| a.1.category.cmp(&b.1.category))
    });
    let number = (numbers > 0).then(|| Finding {
        category: Category::Cpr,
        hits: numbers,
        words: Vec::new(),
    });
    number
        .into_iter()
        .chain(findings.into_iter().map(|(_, finding)| finding))
        .collect()
}

/// How many different ones, wherever they stand: a number is one in a signature as well.
fn cpr_numbers(mail: &Mail, documents: &[&str]) -> usize {
    let mut numbers: BTreeSet<_> = mail
        .digital_post
        .iter()
        .flat_map(|post| post.people.iter().copied())
        .collect();
    let texts = [mail.subject.as_str(), head(&mail.text, MAX_TEXT_BYTES)];
    let names = mail.attachments.iter().take(MAX_ATTACHMENTS);
    for text in texts
        .into_iter()
        .chain(documents.iter().copied())
        .chain(names.map(|attachment| attachment.name.as_str()))
    {
        numbers.extend(cpr::find(text).iter().map(|found| found.cpr));
    }
    numbers.len()
}

fn parts(mail: &Mail, documents: &[&str]) -> Vec<Part> {
    let part = |text: &str, weight| Part {
        text: text.to_lowercase(),
        weight,
    };
    let mut parts = vec![part(head(&mail.subject, 1024), SUBJECT)];
    let text = head(&mail.text, MAX_TEXT_BYTES);
    let sections = mail_text::sections(text);
    // Whoever forwards a mail without a word means that mail.
    let forwards = !mail_text::has_own(text, &sections);
    for section in sections {
        let weight = match section.kind {
            Kind::Own => OWN,
            Kind::Quoted if forwards => OWN,
            Kind::Quoted => QUOTED,
            Kind::Signature | Kind::Disclaimer => continue,
        };
        parts.push(part(text.get(section.range).unwrap_or_default(), weight));
    }
    let names = mail.attachments.iter().filter(|file| !file.inline);
    parts.extend(names.take(MAX_ATTACHMENTS).map(|file| {
        let name = head(&file.name, 300).replace(['_', '.'], " ");
        part(&name, ATTACHMENT_NAME)
    }));
    parts.extend(documents.iter().map(|text| part(text, DOCUMENT)));
    parts
}

fn look(text: &str, weight: f64, somebody_is_named: bool, found: &mut BTreeMap<Category, Found>) {
    for words in &LISTS.words {
        for word in words.list.find_iter(text) {
            if LISTS.is_excepted(words.category, text, word.start) {
                continue;
            }
            let of_somebody = somebody_is_named
                || words.strength == Strength::Always
                || OF_SOMEBODY.is_in(&text[sentence(text, word.clone())]);
            let points = weight
                * match (words.strength, of_somebody) {
                    (Strength::Always, _) | (Strength::Strong, true) => 4.0,
                    (Strength::Weak, true) => 1.5,
                    (Strength::Strong, false) => 1.0,
                    (Strength::Weak, false) => 0.5,
                };
            let found = found.entry(words.category).or_default();
            found.hits += 1;
            let list = if of_somebody {
                &mut found.of_somebody
            } else {
                &mut found.of_nobody
            };
            let word = text[word].split_whitespace().collect::<Vec<_>>().join(" ");
            let known = list.entry(word).or_default();
            *known = known.max(points);
        }
    }
}

/// The sentence that a word stands in. A line break alone ends none: mails are folded.
fn sentence(text: &str, word: Range<usize>) -> Range<usize> {
    let from = text.floor_char_boundary(word.start.saturating_sub(MAX_SENTENCE_BYTES));
    let to = text.floor_char_boundary((word.end + MAX_SENTENCE_BYTES).min(text.len()));
    let ends = [". ", "! ", "? ", ".\n", "!\n", "?\n", "\n\n"];
    let start = ends
        .iter()
        .filter_map(|end| {
            text[from..word.start]
                .rfind(end)
                .map(|at| from + at + end.len())
        })
        .max()
        .unwrap_or(from);
    let end = ends
        .iter()
        .filter_map(|end| text[word.end..to].find(end).map(|at| word.end + at))
        .min()
        .unwrap_or(to);
    start..end
}

fn head(text: &str, max_bytes: usize) -> &str {
    &text[..text.floor_char_boundary(max_bytes)]
}
