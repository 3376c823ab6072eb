//! The type of a mail and of its files, with the reasons.

use super::files::File;
use super::reasons::Reason;
use crate::domain::case::Direction;
use crate::domain::document_type::{self, DocumentType, Facts, Guess, Learner, Place};
use crate::domain::mail::{Mail, MailKind};
use crate::domain::mail_text::{self, Kind};
use crate::domain::title::{self, Relation};
use crate::messages::{Lang, text};
use crate::suggest::Probability;
use serde::Serialize;

/// Bytes of a text in which it says what it is.
const OPENING_BYTES: usize = 300;
const BEGINNING_BYTES: usize = 3000;
/// Names of files that tell what a mail is; of many files none is it.
const MAX_NAMES: usize = 3;

/// A type, how sure it is, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SuggestedType {
    #[serde(rename = "type")]
    pub kind: DocumentType,
    pub confidence: Probability,
    pub evidence: Vec<Reason>,
}

impl SuggestedType {
    /// As the type is called.
    pub fn name(&self, lang: Lang) -> String {
        name(self.kind, lang)
    }
}

/// The type's name, as it stands in titles.
pub(super) fn danish(suggested: &SuggestedType) -> String {
    name(suggested.kind, Lang::Da)
}

pub(super) fn name(kind: DocumentType, lang: Lang) -> String {
    text(lang, &format!("document_type.{}", kind.as_str()), &[])
}

pub(super) fn of_mail(
    mail: &Mail,
    about: &str,
    files: &[File<'_>],
    direction: Direction,
    learner: &Learner,
) -> Option<SuggestedType> {
    let is_written = matches!(
        mail.kind,
        MailKind::Personal | MailKind::System | MailKind::JournalReport
    );
    let names = file_names(files);
    let own = own_text(&mail.text);
    let facts = facts_of_mail(mail, about, &names, &own, direction);
    document_type::guess(&facts, learner)
        .filter(|_| is_written)
        .map(suggested)
}

/// What the type of a mail is told by; `about` is what it is called where its subject says nothing.
pub(super) fn facts_of_mail<'a>(
    mail: &'a Mail,
    about: &'a str,
    names: &'a str,
    own_text: &'a str,
    direction: Direction,
) -> Facts<'a> {
    Facts {
        texts: vec![
            (Place::Subject, mail.subject.as_str()),
            (Place::Heading, about),
            (Place::Attachments, names),
            (Place::Opening, opening(own_text)),
        ],
        is_reply: title::relation(&mail.subject) == Relation::Reply,
        is_picture: false,
        direction: Some(direction),
    }
}

pub(super) fn file_names(files: &[File<'_>]) -> String {
    let named: Vec<&str> = files
        .iter()
        .filter(|file| !file.attachment.inline)
        .filter_map(|file| file.given.as_deref().or(file.own.as_deref()))
        .collect();
    if named.len() > MAX_NAMES {
        return String::new();
    }
    named.join(" ")
}

pub(super) fn of_file(facts: &Facts<'_>, learner: &Learner) -> Option<SuggestedType> {
    document_type::guess(facts, learner).map(suggested)
}

pub(super) fn opening(text: &str) -> &str {
    head(text.trim_start(), OPENING_BYTES)
}

/// What follows the opening, as far as it is read.
pub(super) fn rest(text: &str) -> &str {
    let text = text.trim_start();
    let rest = text.get(opening(text).len()..).unwrap_or_default();
    head(rest, BEGINNING_BYTES)
}

/// What was written for this mail, its beginning.
pub(super) fn own_text(text: &str) -> String {
    let text = head(text, 16 * BEGINNING_BYTES);
    mail_text::sections(text)
        .into_iter()
        .filter(|section| section.kind == Kind::Own)
        .filter_map(|section| text.get(section.range))
        .collect()
}

fn head(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes))
        .unwrap_or_default()
}

fn suggested(guess: Guess) -> SuggestedType {
    let kind = guess.kind;
    let mut evidence: Vec<Reason> = Vec::new();
    for reason in guess.reasons {
        let reason = match reason {
            document_type::Reason::Word { place, word } => Reason::TypeWord {
                place: place.into(),
                word,
            },
            document_type::Reason::Learned { word, count } => {
                Reason::TypeLearned { kind, word, count }
            }
            document_type::Reason::Picture => Reason::TypePicture,
        };
        if !evidence.contains(&reason) {
            evidence.push(reason);
        }
    }
    SuggestedType {
        kind,
        confidence: Probability::new(guess.confidence).unwrap_or_default(),
        evidence,
    }
}
