//! The header fields that a case worker knows, with raw 8-bit bytes put right.
//!
//! Old software writes `Søren` as bare Latin-1 bytes. The parser would replace what is not UTF-8; the bytes are known,
//! so the field is decoded as windows-1252 and read again.

use std::borrow::Cow;

use base64::Engine;
use chrono::{DateTime, Utc};
use mail_parser::{Header, HeaderForm, Headers};

use crate::domain::mail::{Address, Warning};

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
            warnings.push(Warning {
                code: "header_twice".to_owned(),
                detail: format!("{name} stands more than once; the first counts"),
            });
        }
    }
    MailHeaders {
        message_id: ids(headers, "Message-ID").into_iter().next(),
        in_reply_to: ids(headers, "In-Reply-To"),
        references: ids(headers, "References"),
        date: date(headers),
        from: headers
            .all("From")
            .next()
            .map(|field| addresses(field, warnings))
            .unwrap_or_default(),
        to: all_addresses(headers, "To", warnings),
        cc: all_addresses(headers, "Cc", warnings),
        bcc: all_addresses(headers, "Bcc", warnings),
        subject: text(headers, "Subject").unwrap_or_default(),
        thread_index: thread_index(headers),
    }
}

/// The first field of that name as decoded text.
pub(super) fn text(headers: Headers<'_>, name: &str) -> Option<String> {
    let field = headers.all(name).next()?;
    let bytes = repaired(field);
    let parsed = HeaderForm::Text.parse(&bytes);
    Some(
        parsed
            .value()
            .as_text()
            .unwrap_or_default()
            .trim()
            .to_owned(),
    )
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
    let bytes = repaired(field);
    let parsed = HeaderForm::Addresses.parse(&bytes);
    let Some(list) = parsed.value().as_address() else {
        return Vec::new();
    };
    let mut addresses: Vec<Address> = list
        .mailboxes()
        .take(MAX_ADDRESSES + 1)
        .map(|mailbox| Address {
            name: mailbox
                .name()
                .map(str::trim)
                .filter(|name| !name.is_empty())
                .map(str::to_owned),
            address: mailbox.address().unwrap_or_default().trim().to_lowercase(),
        })
        .filter(|address| address.name.is_some() || !address.address.is_empty())
        .collect();
    if addresses.len() > MAX_ADDRESSES {
        addresses.truncate(MAX_ADDRESSES);
        warnings.push(Warning {
            code: "too_many_addresses".to_owned(),
            detail: format!("only the first {MAX_ADDRESSES} addresses of a field were read"),
        });
    }
    addresses
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
        .map(|id| id.trim().trim_matches(['<', '>']).to_owned())
        .filter(|id| !id.is_empty())
        .take(MAX_REFERENCES)
        .collect()
}

fn date(headers: Headers<'_>) -> Option<DateTime<Utc>> {
    let field = headers.all("Date").next()?;
    let parsed = HeaderForm::Date.parse(field.raw_value());
    let date = parsed
        .value()
        .as_datetime()
        .filter(mail_parser::DateTime::is_valid)?;
    DateTime::from_timestamp(date.to_timestamp(), 0)
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
    let (text, _, _) = encoding_rs::WINDOWS_1252.decode(raw);
    Cow::Owned(text.into_owned().into_bytes())
}
