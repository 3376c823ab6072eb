//! The header fields that a case worker knows, with raw 8-bit bytes put right.
//!
//! Old software writes `Søren` as bare Latin-1 bytes, or as encoded words under a wrong name. The parser would replace
//! such letters; the bytes are known, so the field is put right and read again. Everything read is bounded in length.

use std::borrow::Cow;

use base64::Engine;
use chrono::{DateTime, Utc};
use mail_parser::{Header, HeaderForm, Headers, ParsedValue};

use super::{charset, note};
use crate::domain::mail::{Address, Warning};

/// No program lets a person write a longer one, and databases index no more than some 2,700 bytes.
const MAX_SUBJECT_BYTES: usize = 1_000;
/// A line of a mail is no longer (RFC 5322), so a name, an address or a Message-ID is not.
const MAX_WORD_BYTES: usize = 998;
/// What stands for a letter that could not be read.
const UNREAD_LETTER: char = '\u{fffd}';

/// Addresses of one field; beyond, the mail is marked.
const MAX_ADDRESSES: usize = 5_000;
/// Message-IDs of one field: a conversation's first and last ones place it.
const MAX_REFERENCES: usize = 100;
/// RFC 5322 knows these once; the first counts.
const ONCE: [&str; 4] = ["From", "Subject", "Date", "Message-ID"];
/// Exchange's conversation root within Thread-Index (MS-OXOMSG 2.2.1.3).
const THREAD_ROOT_BYTES: usize = 22;

pub(super) struct MailHeaders {
    pub message_id: Option<String>,
    pub in_reply_to: Vec<String>,
    pub references: Vec<String>,
    pub date: Option<DateTime<Utc>>,
    pub from: Vec<Address>,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    pub bcc: Vec<Address>,
    pub subject: String,
    pub thread_index: Option<String>,
}

pub(super) fn read(headers: Headers<'_>, warnings: &mut Vec<Warning>) -> MailHeaders {
    for name in ONCE {
        if headers.all(name).nth(1).is_some() {
            note(
                warnings,
                "header_twice",
                &format!("{name} stands more than once; the first counts"),
            );
        }
    }
    MailHeaders {
        message_id: ids(headers, "Message-ID").into_iter().next(),
        in_reply_to: ids(headers, "In-Reply-To"),
        references: ids(headers, "References"),
        date: date(headers, warnings),
        from: headers
            .all("From")
            .next()
            .map(|field| addresses(field, warnings))
            .unwrap_or_default(),
        to: all_addresses(headers, "To", warnings),
        cc: all_addresses(headers, "Cc", warnings),
        bcc: all_addresses(headers, "Bcc", warnings),
        subject: subject(headers, warnings),
        thread_index: thread_index(headers),
    }
}

/// The first field of that name as decoded text.
pub(super) fn text(headers: Headers<'_>, name: &str) -> Option<String> {
    let field = headers.all(name).next()?;
    let read = |bytes: &[u8]| {
        let parsed = HeaderForm::Text.parse(bytes);
        parsed
            .value()
            .as_text()
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    Some(best(&repaired(field), read, |text| {
        text.contains(UNREAD_LETTER)
    }))
}

/// The field as it reads with the fewest guesses that leave no letter unread.
fn best<T>(field: &[u8], read: impl Fn(&[u8]) -> T, is_damaged: impl Fn(&T) -> bool) -> T {
    let first = read(field);
    if !is_damaged(&first) {
        return first;
    }
    let Ok(field) = std::str::from_utf8(field) else {
        return first;
    };
    [false, true]
        .into_iter()
        .map(|utf_8_too| read(charset::relabelled(field, utf_8_too).as_bytes()))
        .find(|again| !is_damaged(again))
        .unwrap_or(first)
}

fn subject(headers: Headers<'_>, warnings: &mut Vec<Warning>) -> String {
    let mut subject = text(headers, "Subject").unwrap_or_default();
    if subject.len() > MAX_SUBJECT_BYTES {
        cut(&mut subject, MAX_SUBJECT_BYTES);
        note(
            warnings,
            "subject_cut",
            "only the beginning of a very long subject was read",
        );
    }
    if subject.contains(UNREAD_LETTER) {
        note(
            warnings,
            "subject_damaged",
            "some letters of the subject could not be read",
        );
    }
    subject
}

fn cut(text: &mut String, max_bytes: usize) {
    text.truncate(text.floor_char_boundary(max_bytes));
}

fn all_addresses(headers: Headers<'_>, name: &str, warnings: &mut Vec<Warning>) -> Vec<Address> {
    headers
        .all(name)
        .take(100)
        .flat_map(|field| addresses(field, warnings))
        .take(MAX_ADDRESSES)
        .collect()
}

fn addresses(field: Header<'_>, warnings: &mut Vec<Warning>) -> Vec<Address> {
    let is_damaged = |list: &Vec<Address>| {
        list.iter()
            .filter_map(|address| address.name.as_deref())
            .any(|name| name.contains(UNREAD_LETTER))
    };
    let mut addresses = best(
        &repaired(field),
        |bytes| listed(&HeaderForm::Addresses.parse(bytes)),
        is_damaged,
    );
    if addresses.len() > MAX_ADDRESSES {
        addresses.truncate(MAX_ADDRESSES);
        note(
            warnings,
            "too_many_addresses",
            &format!("only the first {MAX_ADDRESSES} addresses of a field were read"),
        );
    }
    addresses
}

fn listed(parsed: &ParsedValue<'_>) -> Vec<Address> {
    let Some(list) = parsed.value().as_address() else {
        return Vec::new();
    };
    list.mailboxes()
        .take(MAX_ADDRESSES + 1)
        .map(|mailbox| {
            let mut address = mailbox.address().unwrap_or_default().trim().to_lowercase();
            cut(&mut address, MAX_WORD_BYTES);
            Address {
                name: mailbox.name().and_then(person),
                address,
            }
        })
        .filter(|address| address.name.is_some() || !address.address.is_empty())
        .collect()
}

/// A name without the quotation marks that Outlook puts around it.
fn person(name: &str) -> Option<String> {
    let name = name.trim();
    let name = name
        .strip_prefix('\'')
        .and_then(|name| name.strip_suffix('\''))
        .unwrap_or(name)
        .trim();
    let mut name = name.to_owned();
    cut(&mut name, MAX_WORD_BYTES);
    (!name.is_empty()).then_some(name)
}

fn ids(headers: Headers<'_>, name: &str) -> Vec<String> {
    let Some(field) = headers.all(name).next() else {
        return Vec::new();
    };
    let parsed = HeaderForm::MessageIds.parse(field.raw_value());
    let value = parsed.value();
    let ids: Vec<&str> = match value.as_text_list() {
        Some(list) => list.iter().collect(),
        None => value.as_text().into_iter().collect(),
    };
    ids.into_iter()
        .map(|id| id.trim().trim_matches(['<', '>']))
        .map(|id| {
            id.get(..id.floor_char_boundary(MAX_WORD_BYTES))
                .unwrap_or(id)
        })
        .filter(|id| !id.is_empty())
        .map(str::to_owned)
        .take(MAX_REFERENCES)
        .collect()
}

fn date(headers: Headers<'_>, warnings: &mut Vec<Warning>) -> Option<DateTime<Utc>> {
    let field = headers.all("Date").next()?;
    let parsed = HeaderForm::Date.parse(field.raw_value());
    let date = parsed
        .value()
        .as_datetime()
        .filter(mail_parser::DateTime::is_valid)
        .and_then(|date| DateTime::from_timestamp(date.to_timestamp(), 0));
    if date.is_none() {
        note(
            warnings,
            "date_unreadable",
            "the date of the mail could not be read",
        );
    }
    date
}

fn thread_index(headers: Headers<'_>) -> Option<String> {
    let text = text(headers, "Thread-Index")?;
    let compact: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .take(2_000)
        .collect();
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(compact)
        .ok()?;
    bytes.get(..THREAD_ROOT_BYTES).map(hex::encode)
}

/// The field's value as UTF-8.
pub(super) fn repaired(field: Header<'_>) -> Cow<'_, [u8]> {
    let raw = field.raw_value();
    if std::str::from_utf8(raw).is_ok() {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(charset::guessed(raw).into_bytes())
}

#[cfg(test)]
mod tests {
    use crate::{domain::mail::Mail, mime::parse};

    fn with(header: &str) -> Mail {
        parse(format!("{header}\r\nTo: b@x.example\r\n\r\nhej").as_bytes())
    }

    #[test]
    fn encoded_words_under_a_wrong_name_keep_their_letters() {
        for subject in [
            "=?x-ukendt?Q?Bl=E5b=E6r?=",
            "=?utf-8?Q?Bl=E5b=E6r?=",
            "=?x-ukendt?Q?Bl=E5?= =?utf-8?Q?b=C3=A6r?=",
        ] {
            let mail = with(&format!(
                "Subject: {subject}\r\nFrom: {subject} <a@x.example>"
            ));
            assert_eq!(mail.subject, "Blåbær");
            assert_eq!(mail.from[0].name.as_deref(), Some("Blåbær"));
            assert!(mail.warnings.is_empty(), "{:?}", mail.warnings);
        }
    }

    #[test]
    fn a_subject_a_name_or_an_id_without_end_is_bounded() {
        let long = "æ".repeat(50_000);
        let mail = with(&format!(
            "Subject: {long}\r\nFrom: {long} <{long}@x.example>\r\nMessage-ID: <{long}@x>"
        ));
        assert_eq!(
            (mail.subject.len(), mail.warnings[0].code.as_str()),
            (1_000, "subject_cut")
        );
        assert!(mail.message_id.is_some_and(|id| id.len() <= 998));
        assert!(mail.from[0].address.len() <= 998);
        assert!(
            mail.from[0]
                .name
                .as_ref()
                .is_none_or(|name| name.len() <= 998)
        );
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for (header, code) in [
            ("Subject: =?shift_jis?B?gg==?=", "subject_damaged"),
            ("Date: i morgen", "date_unreadable"),
        ] {
            assert!(
                with(header).warnings.iter().any(|w| w.code == code),
                "{header}"
            );
        }
    }

    #[test]
    fn quotation_marks_are_no_part_of_a_name() {
        assert_eq!(
            with("From: \"'Karen Holm'\" <k@x.example>").from[0]
                .name
                .as_deref(),
            Some("Karen Holm")
        );
    }
}
