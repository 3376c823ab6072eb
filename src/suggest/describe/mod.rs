//! What a mail is on a case: title, type, direction, dates, and what its files are called.
//!
//! Proposals only, always usable as they are: names are clean, no two are alike, and none holds a CPR number. Each says
//! why, in words of the message catalogue (`reasons`). The rules stand in `domain/`; here they are given what a mail has.

mod files;
mod kinds;
mod lessons;
mod reasons;
mod task_date;

use super::signals::Organisation;
use crate::domain::case::Direction;
use crate::domain::document_type::Learner;
use crate::domain::mail::Mail;
use crate::domain::naming::{self, Content, Title, TitleSource};
use crate::domain::working_days;
use crate::messages::{Lang, text};
use crate::store::AttachmentText;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::Serialize;

pub use files::NamedFile;
pub use kinds::SuggestedType;
pub use lessons::{ChosenTypes, Lessons, lessons};
pub use reasons::Reason;
pub use task_date::TaskDate;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Description {
    pub title: String,
    pub title_reason: Reason,
    /// `None` when nothing is likely.
    pub document_type: Option<SuggestedType>,
    pub direction: Direction,
    pub document_date: NaiveDate,
    /// A deadline that the mail names.
    pub task_date: Option<TaskDate>,
    /// One for each of the mail's attachments, in their order.
    pub attachments: Vec<NamedFile>,
}

/// A mail with all that is known to describe it by.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub mail: &'a Mail,
    /// What its attachments say, as far as they are read.
    pub read: &'a [AttachmentText],
    pub organisation: &'a Organisation,
}

/// `received` is when the mailbox got the mail; it stands in for a date that is missing or cannot be.
pub fn describe(subject: &Subject<'_>, learner: &Learner, received: DateTime<Utc>) -> Description {
    let Subject {
        mail, organisation, ..
    } = *subject;
    let rules = &organisation.naming;
    let document_date = document_date(mail, received);
    let direction = organisation.domains.direction(mail);
    let sender = mail
        .from
        .first()
        .and_then(|from| naming::shown_sender(from.name.as_deref(), &from.address));
    let files = files::read(subject, learner, document_date, direction);
    let content = content(subject, &files, sender.as_deref(), document_date);
    let about = about(rules, &content);
    let document_type = kinds::of_mail(mail, &about, &files, direction, learner);
    let kind = document_type.as_ref().map(kinds::danish);
    let direction_in_danish = direction_in_words(direction, Lang::Da);
    let Title {
        text: title,
        source,
    } = rules.title_of(&Content {
        kind: kind.as_deref(),
        direction: &direction_in_danish,
        ..content
    });
    let said = rules
        .said(&mail.subject)
        .or_else(|| (!about.is_empty()).then_some(about));
    Description {
        title,
        title_reason: Reason::Title(source),
        document_type,
        direction,
        document_date,
        task_date: task_date::of(subject, &files, document_date),
        attachments: files::named(
            subject,
            files,
            said.as_deref(),
            sender.as_deref(),
            document_date,
        ),
    }
}

fn content<'a>(
    subject: &Subject<'a>,
    files: &'a [files::File<'_>],
    sender: Option<&'a str>,
    date: NaiveDate,
) -> Content<'a> {
    Content {
        subject: &subject.mail.subject,
        text: &subject.mail.text,
        document: files::only_document(files),
        carried: files::carried_subject(subject.mail),
        sender,
        date: Some(date),
        kind: None,
        direction: "",
    }
}

/// What a mail is called where its subject says nothing; empty where that tells it, or nobody does.
fn about(rules: &naming::Rules, content: &Content<'_>) -> String {
    let title = rules.told(content);
    match title.source {
        TitleSource::Subject | TitleSource::SenderAndDate => String::new(),
        _ => title.text,
    }
}

/// The Danish day the mail says it was written, unless that lies after its receipt or long before.
fn document_date(mail: &Mail, received: DateTime<Utc>) -> NaiveDate {
    let believable = mail.date.filter(|date| {
        *date <= received + Duration::days(1) && *date >= received - Duration::days(365 * 30)
    });
    working_days::danish_day(believable.unwrap_or(received))
}

impl Description {
    pub fn direction_in_words(&self, lang: Lang) -> String {
        direction_in_words(self.direction, lang)
    }
}

fn direction_in_words(direction: Direction, lang: Lang) -> String {
    let key = match direction {
        Direction::Incoming => "direction.incoming",
        Direction::Outgoing => "direction.outgoing",
        Direction::Internal => "direction.internal",
    };
    text(lang, key, &[])
}

#[cfg(test)]
mod tests;
