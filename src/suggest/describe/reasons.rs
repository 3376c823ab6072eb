//! Why something is proposed, as a sentence that a person can check.

use super::kinds;
use crate::domain::document_type::{DocumentType, Place};
use crate::domain::naming::TitleSource;
use crate::messages::{Lang, text};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// Where a title comes from.
    #[serde(serialize_with = "title_source")]
    Title(TitleSource),
    /// A name that was made: of what the document calls itself, or else of what the mail says.
    Name {
        own: bool,
    },
    TypeWord {
        place: WordPlace,
        word: String,
    },
    /// People said so often that documents with this word are of this type.
    TypeLearned {
        #[serde(rename = "type")]
        kind: DocumentType,
        word: String,
        count: u32,
    },
    TypePicture,
    DateInText,
    DateInName,
    /// A mail bears the day it was sent.
    SentThen,
    DeadlineInMail,
    DeadlineInFile {
        name: String,
    },
    /// Digital Post says by when an answer is expected.
    DeadlineOfDigitalPost,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WordPlace {
    Subject,
    FileName,
    Attachments,
    Title,
    Heading,
    Text,
}

impl From<Place> for WordPlace {
    fn from(place: Place) -> Self {
        match place {
            Place::Subject => Self::Subject,
            Place::FileName => Self::FileName,
            Place::Attachments => Self::Attachments,
            Place::Title => Self::Title,
            Place::Heading => Self::Heading,
            Place::Opening | Place::Text => Self::Text,
        }
    }
}

impl Reason {
    /// Stable name, as callers of the API know it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Title(source) => match source {
                TitleSource::Subject => "title_subject",
                TitleSource::AboutLine => "title_about_line",
                TitleSource::Forwarded => "title_forwarded",
                TitleSource::Document => "title_document",
                TitleSource::Heading => "title_heading",
                TitleSource::SenderAndDate => "title_sender_and_date",
            },
            Self::Name { own: true } => "name_own",
            Self::Name { own: false } => "name_of_mail",
            Self::TypeWord { place, .. } => match place {
                WordPlace::Subject => "type_word_subject",
                WordPlace::FileName => "type_word_file_name",
                WordPlace::Attachments => "type_word_attachments",
                WordPlace::Title => "type_word_title",
                WordPlace::Heading => "type_word_heading",
                WordPlace::Text => "type_word_text",
            },
            Self::TypeLearned { .. } => "type_learned",
            Self::TypePicture => "type_picture",
            Self::DateInText => "date_in_text",
            Self::DateInName => "date_in_name",
            Self::SentThen => "date_sent",
            Self::DeadlineInMail => "deadline_in_mail",
            Self::DeadlineInFile { .. } => "deadline_in_file",
            Self::DeadlineOfDigitalPost => "deadline_of_digital_post",
        }
    }

    /// The reason as a sentence.
    pub fn in_words(&self, lang: Lang) -> String {
        let say =
            |values: &[(&str, &str)]| text(lang, &format!("describe.{}", self.kind()), values);
        match self {
            Self::TypeWord { word, .. } => say(&[("word", word)]),
            Self::TypeLearned {
                kind,
                word,
                count: 1,
            } => text(
                lang,
                "describe.type_learned_once",
                &[("word", word), ("type", &kinds::name(*kind, lang))],
            ),
            Self::TypeLearned { kind, word, count } => say(&[
                ("word", word),
                ("count", &count.to_string()),
                ("type", &kinds::name(*kind, lang)),
            ]),
            Self::DeadlineInFile { name } => say(&[("name", name)]),
            _ => say(&[]),
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde wants it so.
fn title_source<S: serde::Serializer>(source: &TitleSource, to: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeStruct;
    let mut out = to.serialize_struct("Title", 1)?;
    out.serialize_field("source", Reason::Title(*source).kind())?;
    out.end()
}
