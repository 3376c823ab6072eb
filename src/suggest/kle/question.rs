//! What is asked: the words, laws and numbers of a mail, a document or a few typed words.

use std::collections::BTreeMap;

use super::super::signals::{Organisation, Signals};
use super::super::words::Stems;
use super::laws::{self, Citation};
use super::terms;
use crate::domain::kle::{self, Facet, Found, KleNumber};
use crate::domain::mail::Mail;

/// Bytes of a text that are read; what it is about stands at its beginning.
const MAX_TEXT_BYTES: usize = 16 * 1024;
const MAX_NUMBERS: usize = 8;
/// What a word of the text counts for in [`Signals`], beside which the others are weighed.
const PLAIN_WORD: f64 = 3.0;
const MAX_WEIGHT: f64 = 2.5;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    pub(super) words: Vec<Asked>,
    pub(super) laws: Vec<Citation>,
    pub(super) numbers: Vec<Found>,
}

/// A word of the question.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    pub stem: String,
    /// As it was written, in lower case.
    pub form: String,
    /// 1 for a word that stands once in a text.
    pub weight: f64,
}

impl Question {
    /// A text without sender and subject: a document, or what somebody types.
    pub fn of_text(text: &str) -> Self {
        let mail = Mail {
            text: text.to_owned(),
            ..Mail::default()
        };
        Self::of_mail(&mail)
    }

    /// A mail with its text.
    pub fn of_mail(mail: &Mail) -> Self {
        let signals = Signals::of(mail, &Organisation::default());
        Self::of_signals(&signals).and_read(mail)
    }

    /// What was kept of a mail and its attachments: its words alone, since laws and numbers are not kept.
    pub fn of_signals(signals: &Signals) -> Self {
        let mut words: BTreeMap<&str, Asked> = BTreeMap::new();
        for term in &signals.terms {
            let (stem, form) = (&term.0, &term.1);
            if !terms::says_something(form) {
                continue;
            }
            words.entry(stem).or_insert_with(|| Asked {
                stem: stem.clone(),
                form: form.clone(),
                weight: (f64::from(term.2) / PLAIN_WORD).clamp(0.1, MAX_WEIGHT),
            });
        }
        Self {
            words: words.into_values().collect(),
            ..Self::default()
        }
    }

    /// Adds the laws and KLE numbers that a mail names.
    #[must_use]
    pub fn and_read(mut self, mail: &Mail) -> Self {
        let text = beginning(&mail.text, MAX_TEXT_BYTES);
        let stems = Stems::new();
        for part in [beginning(&mail.subject, 1024), text] {
            self.laws.extend(laws::cited(part, &stems));
            self.numbers.extend(kle::find(part, MAX_NUMBERS));
        }
        let said = mail
            .digital_post
            .as_ref()
            .and_then(|post| post.kle.as_deref());
        if let Some((number, facet)) = said.and_then(kle::parse_with_facet) {
            self.numbers.insert(
                0,
                Found {
                    number,
                    facet,
                    sure: true,
                },
            );
        }
        self.numbers.truncate(MAX_NUMBERS);
        self
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.laws.is_empty() && self.numbers.is_empty()
    }

    /// The facet that the text itself writes behind a number.
    pub(super) fn facet_written_for(&self, number: KleNumber) -> Option<Facet> {
        let mut written = self.numbers.iter().filter(|found| found.number == number);
        written.find_map(|found| found.facet)
    }
}

/// Up to `limit` bytes, never within a letter.
fn beginning(text: &str, limit: usize) -> &str {
    let mut end = text.len().min(limit);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
