//! The header fields that a case worker knows, with raw 8-bit bytes put right.
//!
//! Old software writes `Søren` as bare Latin-1 bytes, or as encoded words under a wrong name; fields are folded, empty,
//! twice or missing. They are read from the bytes that stand there. Everything read is bounded in length.

use std::borrow::Cow;

use base64::Engine;
use chrono::{DateTime, Duration, Utc};
use mail_parser::{Header, HeaderForm, Headers, MessageRef};

use super::{address, charset, date, label, note, words, written_twice};
use crate::domain::mail::{Address, Warning};

/// No program lets a person write a longer one, and databases index no more than some 2,700 bytes.
const MAX_SUBJECT_BYTES: usize = 1_000;
/// A line of a mail is no longer (RFC 5322), so a Message-ID is not.
const MAX_WORD_BYTES: usize = 998;
/// What is read of a mail's header, and of one field of a part; servers refuse far shorter ones.
const MAX_BLOCK_BYTES: usize = 1024 * 1024;
/// What stands for a letter that could not be read.
const UNREAD_LETTER: char = '\u{fffd}';

/// Addresses of one field; beyond, the mail is marked.
const MAX_ADDRESSES: usize = 5_000;
/// Fields of one name whose addresses are read.
const MAX_ADDRESS_FIELDS: usize = 100;
/// Message-IDs of one field: a conversation's first and last ones place it.
const MAX_REFERENCES: usize = 100;
/// RFC 5322 knows these once; the first counts.
const ONCE: [&str; 4] = ["From", "Subject", "Date", "Message-ID"];
/// Who sent a mail that does not say whom it is from.
const SENDERS: [&str; 3] = ["From", "Sender", "Reply-To"];
/// Exchange's conversation root within Thread-Index (MS-OXOMSG 2.2.1.3).
const THREAD_ROOT_BYTES: usize = 22;
/// Internet mail is younger.
const FIRST_DATE: i64 = 31_536_000;
/// How much later than its receipt a mail may claim to be written: clocks and zones are set wrong.
const MAX_AHEAD: Duration = Duration::days(2);
/// Parts that are asked which character set the mail is written in.
const MAX_PARTS_ASKED: usize = 20;

/// The code of the warning that a date is that of the mail's receipt.
pub(super) const DATE_FROM_RECEIVED: &str = "date_from_received";

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

pub(super) fn read(message: MessageRef<'_>, warnings: &mut Vec<Warning>) -> MailHeaders {
    let fields = Fields { message };
    if message.root_part().raw_headers().len() > MAX_BLOCK_BYTES {
        note(
            warnings,
            "header_cut",
            "only the first megabyte of the header was read",
        );
    }
    for name in ONCE {
        if fields.all(name).nth(1).is_some() {
            note(
                warnings,
                "header_twice",
                &format!("{name} stands more than once; the first counts"),
            );
        }
    }
    MailHeaders {
        message_id: fields.ids("Message-ID").into_iter().next(),
        in_reply_to: fields.ids("In-Reply-To"),
        references: fields.ids("References"),
        date: fields.date(warnings),
        from: fields.from(warnings),
        to: fields.addresses("To", warnings),
        cc: fields.addresses("Cc", warnings),
        bcc: fields.addresses("Bcc", warnings),
        subject: fields.subject(warnings),
        thread_index: fields.thread_index(),
    }
}

/// The first field of that name as decoded text.
pub(super) fn text(headers: Headers<'_>, name: &str) -> Option<String> {
    let field = headers.all(name).next()?;
    Some(readable(&value(field, None)))
}

/// The field's value on one line, as UTF-8; its encoded words are still encoded.
pub(super) fn value<'m>(field: Header<'m>, label_of_text: Option<&str>) -> Cow<'m, str> {
    let raw = field.raw_value().trim_ascii();
    let raw = raw.get(..MAX_BLOCK_BYTES).unwrap_or(raw);
    match charset::of_header(raw, label_of_text) {
        Cow::Borrowed(text) if !text.contains(['\r', '\n']) => Cow::Borrowed(text),
        text => Cow::Owned(unfolded(&text)),
    }
}

/// The character set that the mail's text is written in: what stands in its fields undeclared is hardly in another.
pub(super) fn label_of_text(message: MessageRef<'_>) -> Option<&str> {
    message
        .parts()
        .take(MAX_PARTS_ASKED)
        .filter_map(|part| part.content_type()?.attribute("charset"))
        .find(|label| label::is_known(label))
}

/// A field that was broken into lines on one; the white space that a line begins with is one space.
fn unfolded(field: &str) -> String {
    let mut out = String::with_capacity(field.len());
    for line in field.split(['\r', '\n']) {
        let line = if out.is_empty() {
            line
        } else {
            line.trim_start()
        };
        if line.is_empty() {
            continue;
        }
        if !out.is_empty() && !out.ends_with([' ', '\t']) {
            out.push(' ');
        }
        out.push_str(line);
    }
    out
}

/// Encoded words as letters; signs that no text has as spaces.
pub(super) fn readable(field: &str) -> String {
    let text = words::decoded(field);
    let is_sign = |c: char| c.is_control();
    let text = if text.contains(is_sign) {
        text.replace(is_sign, " ")
    } else {
        text.into_owned()
    };
    let text = written_twice::mended(text);
    if text.len() == text.trim().len() {
        text
    } else {
        text.trim().to_owned()
    }
}

/// The header fields of one mail, as far as they are read.
struct Fields<'m> {
    message: MessageRef<'m>,
}

impl<'m> Fields<'m> {
    fn all<'n>(&self, name: &'n str) -> impl Iterator<Item = Header<'m>> + use<'m, 'n> {
        let first = self.message.root_part().offset_header() as usize;
        self.message
            .headers()
            .all(name)
            .take_while(move |field| field.offset_field() as usize <= first + MAX_BLOCK_BYTES)
    }

    /// The first field of that name that says something.
    fn first(&self, name: &str) -> Option<Header<'m>> {
        let mut fields = self.all(name).peekable();
        let first = fields.peek().copied();
        fields
            .find(|field| !field.raw_value().trim_ascii().is_empty())
            .or(first)
    }

    fn value(&self, field: Header<'m>) -> Cow<'m, str> {
        let raw = field.raw_value();
        // Only these may need to know it.
        if raw.is_ascii() && !raw.contains(&b'+') {
            return value(field, None);
        }
        value(field, label_of_text(self.message))
    }

    fn subject(&self, warnings: &mut Vec<Warning>) -> String {
        let field = self.first("Subject").map(|field| self.value(field));
        let mut subject = readable(&field.unwrap_or_default());
        if subject.len() > MAX_SUBJECT_BYTES {
            subject.truncate(subject.floor_char_boundary(MAX_SUBJECT_BYTES));
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

    fn from(&self, warnings: &mut Vec<Warning>) -> Vec<Address> {
        for name in SENDERS {
            let from = self
                .first(name)
                .map(|field| self.list(field, warnings))
                .unwrap_or_default();
            if from.is_empty() {
                continue;
            }
            if name != "From" {
                note(
                    warnings,
                    "from_missing",
                    &format!("the mail does not say whom it is from; {name} does"),
                );
            }
            if from
                .iter()
                .any(|from| address::shown_in_name(from).is_some())
            {
                note(
                    warnings,
                    "address_in_name",
                    "the sender's name shows another address than the mail came from",
                );
            }
            return from;
        }
        Vec::new()
    }

    fn addresses(&self, name: &str, warnings: &mut Vec<Warning>) -> Vec<Address> {
        let mut all = Vec::new();
        for field in self.all(name).take(MAX_ADDRESS_FIELDS) {
            all.extend(self.list(field, warnings));
        }
        all.truncate(MAX_ADDRESSES);
        all
    }

    fn list(&self, field: Header<'m>, warnings: &mut Vec<Warning>) -> Vec<Address> {
        let mut list = address::list(&self.value(field), MAX_ADDRESSES + 1);
        if list.len() > MAX_ADDRESSES {
            list.truncate(MAX_ADDRESSES);
            note(
                warnings,
                "too_many_addresses",
                &format!("only the first {MAX_ADDRESSES} addresses of a field were read"),
            );
        }
        list
    }

    fn ids(&self, name: &str) -> Vec<String> {
        let Some(field) = self.first(name) else {
            return Vec::new();
        };
        let bytes = self.value(field);
        let parsed = HeaderForm::MessageIds.parse(bytes.as_bytes());
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

    /// The Date, or when the mail was received where that cannot be.
    fn date(&self, warnings: &mut Vec<Warning>) -> Option<DateTime<Utc>> {
        let field = self.first("Date");
        let date = field.and_then(|field| date::read(&self.value(field)));
        let received = self.received();
        let is_early = |date: &DateTime<Utc>| date.timestamp() < FIRST_DATE;
        let is_late = |date: &DateTime<Utc>| received.is_some_and(|at| *date > at + MAX_AHEAD);
        if let Some(date) = date.filter(|date| !is_early(date) && !is_late(date)) {
            return Some(date);
        }
        if let Some(received) = received {
            note(
                warnings,
                DATE_FROM_RECEIVED,
                "the mail says no date that can be; it is that of its receipt",
            );
            return Some(received);
        }
        if field.is_some() && date.is_none() {
            note(
                warnings,
                "date_unreadable",
                "the date of the mail could not be read",
            );
        }
        if date.is_some() {
            note(
                warnings,
                "date_implausible",
                "the mail says it is older than electronic mail",
            );
        }
        // A clock that was never set says nothing of a day.
        None
    }

    /// When the last server took the mail: its trace stands above the others.
    fn received(&self) -> Option<DateTime<Utc>> {
        let field = self.all("Received").next()?;
        let value = value(field, None);
        let (_, at) = value.rsplit_once(';')?;
        date::read(at).filter(|date| date.timestamp() >= FIRST_DATE)
    }

    fn thread_index(&self) -> Option<String> {
        let text = text(self.message.headers(), "Thread-Index")?;
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
    fn raw_letters_are_in_the_character_set_of_the_text() {
        let mut raw = b"From: \xf0\xd2\xc9\xd7\xc5\xd4 <a@x.example>\r\nSubject: \xf0\xd2\xc9\xd7\xc5\xd4\r\n".to_vec();
        raw.extend(b"Content-Type: text/plain; charset=koi8-r\r\n\r\nhej");
        let mail = parse(&raw);
        assert_eq!(mail.subject, "Привет");
        assert_eq!(mail.from[0].name.as_deref(), Some("Привет"));
    }

    #[test]
    fn a_folded_field_is_one_line_and_an_empty_one_does_not_hide_the_next() {
        let mail =
            with("Subject: For h\u{c3}\u{b8}j\r\n\t h\u{c3}\u{a6}k\r\nFrom:\r\nFrom: a@x.example");
        assert_eq!(mail.subject, "For høj hæk");
        assert_eq!(mail.from[0].address, "a@x.example");
        assert_eq!(mail.warnings[0].code, "header_twice");
    }

    #[test]
    fn who_sent_a_mail_without_from_is_told_by_sender_or_reply_to() {
        for name in ["Sender", "Reply-To"] {
            let mail = with(&format!("Subject: x\r\n{name}: a@x.example"));
            assert_eq!(mail.from[0].address, "a@x.example");
            assert_eq!(mail.warnings[0].code, "from_missing");
        }
    }

    #[test]
    fn a_name_that_shows_another_address_is_marked() {
        let mail = with("From: \"borgmester@kommune.example\" <x@svindel.example>");
        assert_eq!(mail.from[0].address, "x@svindel.example");
        assert_eq!(mail.warnings[0].code, "address_in_name");
    }

    #[test]
    fn a_date_that_cannot_be_is_that_of_the_receipt() {
        const RECEIVED: &str = "Received: by mx (a; b); Tue, 3 Feb 2026 12:00:00 +0000\r\n\
                                Received: by ms; Mon, 2 Feb 2026 12:00:00 +0000\r\nSubject: x";
        for (date, expected) in [
            (
                "\r\nDate: Mon, 2 Feb 2026 13:00:00 +0000",
                "2026-02-02T13:00:00+00:00",
            ),
            (
                "\r\nDate: Wed, 4 Feb 2026 13:00:00 +0000",
                "2026-02-04T13:00:00+00:00",
            ),
            (
                "\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000",
                "2026-02-03T12:00:00+00:00",
            ),
            (
                "\r\nDate: Thu, 1 Jan 2099 00:00:00 +0000",
                "2026-02-03T12:00:00+00:00",
            ),
            ("\r\nDate: i morgen", "2026-02-03T12:00:00+00:00"),
            ("", "2026-02-03T12:00:00+00:00"),
        ] {
            let mail = with(&format!("{RECEIVED}{date}"));
            assert_eq!(mail.date.unwrap().to_rfc3339(), expected, "{date}");
            assert_eq!(
                mail.warnings.iter().any(|w| w.code == "date_from_received"),
                expected.starts_with("2026-02-03"),
                "{date}"
            );
        }
        let mail = with("Date: Thu, 1 Jan 1970 00:00:00 +0000");
        assert_eq!(mail.warnings[0].code, "date_implausible");
        assert!(with("Subject: x").warnings.is_empty());
    }

    #[test]
    fn a_header_without_end_is_read_to_a_limit() {
        let long = "X-Fyld: ".to_owned() + &"x".repeat(500) + "\r\n";
        let mail = with(&format!(
            "Subject: x\r\n{}From: a@x.example",
            long.repeat(3_000)
        ));
        assert_eq!(mail.subject, "x");
        assert!(mail.from.is_empty());
        assert!(mail.warnings.iter().any(|w| w.code == "header_cut"));
    }

    #[test]
    fn five_thousand_addresses_are_read_and_no_more() {
        let mail = with(&format!("Cc: {}", "a@x.example, ".repeat(6_000)));
        assert_eq!(
            (mail.cc.len(), mail.warnings[0].code.as_str()),
            (5_000, "too_many_addresses")
        );
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
