//! The files of a mail: what each is called, what kind of document it is, and which date it bears.

use super::Subject;
use super::kinds::{self, SuggestedType};
use super::reasons::Reason;
use crate::domain::case::Direction;
use crate::domain::document_type::{self, Facts, Learner, Place};
use crate::domain::mail::{Attachment, Mail};
use crate::domain::naming::{self, FileName};
use crate::domain::{document_date, file_name, media_type, working_days};
use crate::store::AttachmentText;
use chrono::NaiveDate;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NamedFile {
    /// Place among the mail's attachments.
    pub index: usize,
    pub name: String,
    /// The given name said nothing, so this one was made.
    pub renamed: bool,
    /// Where a made name comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_reason: Option<Reason>,
    /// Pictures shown within the text are not proposed for filing.
    pub proposed: bool,
    pub document_type: Option<SuggestedType>,
    /// The date that the document bears; the mail's where it bears none that can be.
    pub document_date: NaiveDate,
    /// Where the document's own date stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_reason: Option<Reason>,
}

/// A file before it is named.
pub(super) struct File<'a> {
    pub attachment: &'a Attachment,
    pub read: Option<&'a AttachmentText>,
    stem: String,
    extension: String,
    /// The given name, cleaned, when it says something.
    pub given: Option<String>,
    /// What the document calls itself.
    pub own: Option<String>,
    pub document_type: Option<SuggestedType>,
    pub own_date: Option<(NaiveDate, Reason)>,
}

/// What is known of each attachment.
pub(super) fn read<'a>(
    subject: &Subject<'a>,
    learner: &Learner,
    sent: NaiveDate,
    direction: Direction,
) -> Vec<File<'a>> {
    let Subject {
        mail, organisation, ..
    } = *subject;
    let read_of = |index: usize| subject.read.iter().find(|read| read.position == index);
    mail.attachments
        .iter()
        .enumerate()
        .map(|(index, attachment)| {
            let clean = file_name::clean(&attachment.name);
            let (stem, extension) = file_name::split_extension(&clean);
            let extension = if extension.is_empty() {
                media_type::extension(&attachment.media_type).unwrap_or_default()
            } else {
                extension
            };
            let given = organisation.naming.given_name(stem);
            let mut file = File {
                attachment,
                read: read_of(index),
                stem: stem.to_owned(),
                extension: extension.to_owned(),
                own: own_name(attachment, read_of(index)),
                own_date: None,
                document_type: None,
                given,
            };
            file.own_date = own_date(&file, sent);
            file.document_type = kinds::of_file(&file.facts(direction), learner);
            file
        })
        .collect()
}

impl File<'_> {
    /// What its type is told by.
    pub(super) fn facts(&self, direction: Direction) -> Facts<'_> {
        let attachment = self.attachment;
        let carried = attachment.mail.as_deref();
        // Of a mail that is a file its own parts say all.
        let read = self.read.filter(|_| carried.is_none());
        let text = read.map(|read| read.text.as_str());
        let heading = text
            .and_then(document_type::called)
            .or(read.and_then(|read| read.heading.as_deref()));
        let texts = [
            (Place::FileName, self.given.as_deref()),
            (Place::Subject, carried.map(|mail| mail.subject.as_str())),
            (
                Place::Opening,
                carried.map(|mail| kinds::opening(&mail.text)),
            ),
            (Place::Title, read.and_then(|read| read.title.as_deref())),
            (Place::Heading, heading),
            (Place::Opening, text.map(kinds::opening)),
            (Place::Text, text.map(kinds::rest)),
        ];
        let texts = texts
            .into_iter()
            .filter_map(|(place, text)| Some((place, text?)))
            .collect();
        Facts {
            texts,
            is_reply: false,
            is_picture: attachment.media_type.starts_with("image/") && !attachment.inline,
            direction: Some(direction),
        }
    }
}

/// The names that files get; no two are alike.
pub(super) fn named(
    subject: &Subject<'_>,
    files: Vec<File<'_>>,
    said: Option<&str>,
    sender: Option<&str>,
    sent: NaiveDate,
) -> Vec<NamedFile> {
    let rules = &subject.organisation.naming;
    let names: Vec<String> = files
        .iter()
        .map(|file| {
            let stem = file.given.clone().unwrap_or_else(|| {
                let kind = file.document_type.as_ref().map(kinds::danish);
                rules.made_name(&FileName {
                    given: &file.stem,
                    own: file.own.as_deref(),
                    said,
                    kind: kind.as_deref(),
                    format: format_of(&file.attachment.media_type),
                    sender,
                    date: Some(file.date_or(sent)),
                })
            });
            let dot = if file.extension.is_empty() { "" } else { "." };
            format!(
                "{}{dot}{}",
                stem.replace(['/', '\\'], "-").trim(),
                file.extension
            )
        })
        .collect();
    let distinct = file_name::clean_all(names.iter().map(String::as_str));
    distinct
        .into_iter()
        .zip(files)
        .enumerate()
        .map(|(index, (name, file))| NamedFile {
            index,
            name,
            renamed: file.given.is_none(),
            name_reason: file.given.is_none().then_some(Reason::Name {
                own: file.own.is_some(),
            }),
            proposed: !file.attachment.inline,
            document_date: file.date_or(sent),
            document_type: file.document_type,
            date_reason: file.own_date.map(|(_, reason)| reason),
        })
        .collect()
}

/// What the one document of a mail is called, when there is just one.
pub(super) fn only_document<'f>(files: &'f [File<'_>]) -> Option<&'f str> {
    let mut documents = files
        .iter()
        .filter(|file| !file.attachment.inline && file.attachment.mail.is_none());
    let (one, None) = (documents.next()?, documents.next()) else {
        return None;
    };
    one.own.as_deref().or(one.given.as_deref())
}

/// The subject of the one mail that hangs on a mail.
pub(super) fn carried_subject(mail: &Mail) -> Option<&str> {
    let mut carried = mail
        .attachments
        .iter()
        .filter_map(|file| file.mail.as_deref());
    let (one, None) = (carried.next()?, carried.next()) else {
        return None;
    };
    Some(one.subject.as_str())
}

impl File<'_> {
    pub(super) fn date_or(&self, sent: NaiveDate) -> NaiveDate {
        self.own_date.as_ref().map_or(sent, |(date, _)| *date)
    }
}

fn own_name(attachment: &Attachment, read: Option<&AttachmentText>) -> Option<String> {
    if let Some(carried) = attachment.mail.as_deref() {
        return naming::own_name([carried.subject.as_str()]);
    }
    let read = read?;
    let named = [
        read.title.as_deref(),
        document_type::called(&read.text),
        read.heading.as_deref(),
    ];
    naming::own_name(named.into_iter().flatten())
}

/// A mail that hangs on a mail bears the day it was sent.
fn own_date(file: &File<'_>, sent: NaiveDate) -> Option<(NaiveDate, Reason)> {
    if let Some(carried) = file.attachment.mail.as_deref() {
        let date = working_days::danish_day(carried.date?);
        return (date <= sent).then_some((date, Reason::SentThen));
    }
    let in_text = file
        .read
        .and_then(|read| document_date::of_text(&read.text, sent))
        .map(|date| (date, Reason::DateInText));
    in_text.or_else(|| {
        let name = file.given.as_deref()?;
        document_date::of_name(name, sent).map(|date| (date, Reason::DateInName))
    })
}

fn format_of(media_type: &str) -> &'static str {
    match media_type {
        "message/rfc822" => "Mail",
        "text/calendar" => "Kalenderaftale",
        "application/zip" | "application/x-zip-compressed" => "Arkiv",
        t if t.starts_with("image/") => "Billede",
        t if t.starts_with("audio/") => "Lydfil",
        t if t.starts_with("video/") => "Video",
        t if t.contains("spreadsheet") || t.contains("excel") || t == "text/csv" => "Regneark",
        t if t.contains("presentation") || t.contains("powerpoint") => "Præsentation",
        _ => "Dokument",
    }
}
