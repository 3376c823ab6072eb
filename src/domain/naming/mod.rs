//! What a mail and its files are called on a case, by the organisation's rules.
//!
//! The title comes from the subject; where that says nothing, from what the mail says it is about, the mail it forwards,
//! its one document, its heading; at last from who wrote and when. Names of files that say nothing are made likewise.
//! The words are Danish because the journal is. Nothing here ever holds a CPR number, and what a person types instead is
//! never changed.

mod file;
mod letter;
mod pattern;
mod subject;
mod vague;
mod words;

use chrono::NaiveDate;

use super::title::danish_date;
use letter::Letter;

pub use file::{FileName, own_name};
pub use pattern::{Parts, Pattern, PatternError};
pub use vague::{says_something, says_something_beside};

/// Characters of a name or address that stand for a sender.
const MAX_SENDER_CHARS: usize = 40;

/// The organisation's rules.
#[derive(Clone, Debug)]
pub struct Rules {
    pub title: Pattern,
    pub max_title_chars: usize,
    /// Of files whose own name says nothing.
    pub file_name: Pattern,
    pub max_file_name_chars: usize,
    pub dates: DateStyle,
    /// Taken off the beginning and the end of subjects, beside what is known.
    pub take_off: Vec<String>,
    /// Subjects that say nothing, beside what is known.
    pub vague: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateStyle {
    /// `2024-05-03`, which sorts.
    #[default]
    Iso,
    /// `3. maj 2024`
    Danish,
}

/// What a title is made of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Content<'a> {
    pub subject: &'a str,
    pub text: &'a str,
    /// What the one document of the mail is called, when there is one and it is called something.
    pub document: Option<&'a str>,
    /// The subject of the mail that hangs on it, forwarded as a file.
    pub carried: Option<&'a str>,
    pub sender: Option<&'a str>,
    pub date: Option<NaiveDate>,
    /// The type of document in Danish.
    pub kind: Option<&'a str>,
    /// The direction in Danish.
    pub direction: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    pub text: String,
    pub source: TitleSource,
}

/// Where a title comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TitleSource {
    Subject,
    /// A line `Vedr.: …` of the text.
    AboutLine,
    /// The subject of the mail that it forwards.
    Forwarded,
    Document,
    Heading,
    SenderAndDate,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            title: Pattern::title(),
            max_title_chars: 200,
            file_name: Pattern::title_sender_and_date(),
            max_file_name_chars: 150,
            dates: DateStyle::Iso,
            take_off: Vec::new(),
            vague: Vec::new(),
        }
    }
}

impl Rules {
    /// A title for a mail; never empty, never with a CPR number, never longer than allowed.
    pub fn title_of(&self, content: &Content<'_>) -> Title {
        let Title { text: told, source } = self.told(content);
        let text = match source {
            // Says who and when by itself, and is no more than that.
            TitleSource::SenderAndDate => told,
            _ => self.title.fill(&Parts {
                title: &capitalised(&told),
                kind: content.kind.unwrap_or_default(),
                sender: content.sender.unwrap_or_default(),
                date: &content
                    .date
                    .map(|date| self.written(date))
                    .unwrap_or_default(),
                direction: content.direction,
            }),
        };
        Title {
            text: shorten(&text, self.max_title_chars),
            source,
        }
    }

    /// The subject without what was put around it; nothing where it says nothing.
    pub fn said(&self, subject: &str) -> Option<String> {
        let subject = subject::cleaned(subject, self);
        says_something_beside(&subject, &self.vague).then_some(subject)
    }

    /// What a mail is about, before it is put into the pattern.
    pub fn told(&self, content: &Content<'_>) -> Title {
        if let Some(text) = self.said(content.subject) {
            return Title {
                text,
                source: TitleSource::Subject,
            };
        }
        let letter = Letter::read(content.text);
        let ways: [(&dyn Fn() -> Option<String>, TitleSource); 4] = [
            (&|| letter.about(self), TitleSource::AboutLine),
            (
                &|| {
                    let carried = content.carried.and_then(|subject| self.said(subject));
                    carried.or_else(|| letter.forwarded(self))
                },
                TitleSource::Forwarded,
            ),
            (
                &|| content.document.and_then(|name| self.said(name)),
                TitleSource::Document,
            ),
            (&|| letter.heading(self), TitleSource::Heading),
        ];
        ways.into_iter()
            .find_map(|(way, source)| {
                Some(Title {
                    text: way()?,
                    source,
                })
            })
            .unwrap_or_else(|| Title {
                text: by_sender(content),
                source: TitleSource::SenderAndDate,
            })
    }

    fn written(&self, date: NaiveDate) -> String {
        match self.dates {
            DateStyle::Iso => date.to_string(),
            DateStyle::Danish => danish_date(date),
        }
    }
}

/// What stands for a sender: the name, or else the address before its `@`.
pub fn shown_sender(name: Option<&str>, address: &str) -> Option<String> {
    let name = name.map(str::trim).filter(|name| !name.is_empty());
    let local_part = address.split('@').next().filter(|part| !part.is_empty());
    let shown: String = super::title::without_cpr(name.or(local_part)?)
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_SENDER_CHARS)
        .collect();
    let shown = shown.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\'' | '"'));
    Some(shown.to_owned()).filter(|shown| !shown.is_empty())
}

/// `Mail fra Ole Hansen 3. maj 2024`
fn by_sender(content: &Content<'_>) -> String {
    let mut title = "Mail".to_owned();
    if let Some(sender) = content.sender {
        title.push_str(" fra ");
        title.push_str(sender);
    }
    if let Some(date) = content.date {
        title.push(' ');
        title.push_str(&danish_date(date));
    }
    title
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// Cut at a word where there is one near the limit.
fn shorten(text: &str, max_chars: usize) -> String {
    if text.chars().count() <= max_chars {
        return text.to_owned();
    }
    let cut: String = text.chars().take(max_chars.saturating_sub(1)).collect();
    let at_word = match cut.rfind(' ') {
        Some(space) if cut.get(space..).unwrap_or_default().chars().count() < 30 => {
            cut.get(..space).unwrap_or_default()
        }
        _ => &cut,
    };
    format!("{}…", at_word.trim_end())
}

#[cfg(test)]
mod tests;
