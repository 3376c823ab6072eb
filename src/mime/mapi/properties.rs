//! The properties of a message as MAPI knows them (MS-OXPROPS, MS-OXCDATA 2.11): an id or a name, and a typed value.
//!
//! Strings of 8 bits are kept as they came: the code page they are in may be told after them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::mime::code_page;

/// Embedded messages deeper than this are not opened.
pub(super) const MAX_DEPTH: usize = 8;
pub(super) const MAX_ATTACHMENTS: usize = 10_000;
pub(super) const MAX_RECIPIENTS: usize = 5_000;
/// Of one message, one recipient or one attachment; Outlook writes some hundred.
pub(super) const MAX_PROPERTIES: usize = 10_000;
/// What all values of a message may hold together, with all that is embedded.
pub(super) const MAX_TOTAL_BYTES: usize = 150 * 1024 * 1024;

/// Numbers of the properties that are read.
pub(super) mod id {
    pub(crate) const MESSAGE_CLASS: u16 = 0x001a;
    pub(crate) const SUBJECT: u16 = 0x0037;
    pub(crate) const CLIENT_SUBMIT_TIME: u16 = 0x0039;
    pub(crate) const SENT_REPRESENTING_SEARCH_KEY: u16 = 0x003b;
    pub(crate) const SUBJECT_PREFIX: u16 = 0x003d;
    pub(crate) const SENT_REPRESENTING_NAME: u16 = 0x0042;
    pub(crate) const START_DATE: u16 = 0x0060;
    pub(crate) const END_DATE: u16 = 0x0061;
    pub(crate) const SENT_REPRESENTING_ADDRESS_TYPE: u16 = 0x0064;
    pub(crate) const SENT_REPRESENTING_ADDRESS: u16 = 0x0065;
    pub(crate) const CONVERSATION_TOPIC: u16 = 0x0070;
    pub(crate) const CONVERSATION_INDEX: u16 = 0x0071;
    pub(crate) const TRANSPORT_HEADERS: u16 = 0x007d;
    pub(crate) const RECIPIENT_TYPE: u16 = 0x0c15;
    pub(crate) const SENDER_NAME: u16 = 0x0c1a;
    pub(crate) const SENDER_SEARCH_KEY: u16 = 0x0c1d;
    pub(crate) const SENDER_ADDRESS_TYPE: u16 = 0x0c1e;
    pub(crate) const SENDER_ADDRESS: u16 = 0x0c1f;
    pub(crate) const DISPLAY_BCC: u16 = 0x0e02;
    pub(crate) const DISPLAY_CC: u16 = 0x0e03;
    pub(crate) const DISPLAY_TO: u16 = 0x0e04;
    pub(crate) const DELIVERY_TIME: u16 = 0x0e06;
    pub(crate) const NORMALIZED_SUBJECT: u16 = 0x0e1d;
    pub(crate) const BODY: u16 = 0x1000;
    pub(crate) const RTF_COMPRESSED: u16 = 0x1009;
    pub(crate) const HTML: u16 = 0x1013;
    pub(crate) const INTERNET_MESSAGE_ID: u16 = 0x1035;
    pub(crate) const INTERNET_REFERENCES: u16 = 0x1039;
    pub(crate) const IN_REPLY_TO: u16 = 0x1042;
    pub(crate) const DISPLAY_NAME: u16 = 0x3001;
    pub(crate) const ADDRESS_TYPE: u16 = 0x3002;
    pub(crate) const EMAIL_ADDRESS: u16 = 0x3003;
    pub(crate) const SEARCH_KEY: u16 = 0x300b;
    pub(crate) const ATTACH_DATA: u16 = 0x3701;
    pub(crate) const ATTACH_FILE_NAME: u16 = 0x3704;
    pub(crate) const ATTACH_LONG_FILE_NAME: u16 = 0x3707;
    pub(crate) const ATTACH_TRANSPORT_NAME: u16 = 0x370c;
    pub(crate) const ATTACH_LONG_PATH_NAME: u16 = 0x370d;
    pub(crate) const ATTACH_MIME_TAG: u16 = 0x370e;
    pub(crate) const ATTACH_CONTENT_ID: u16 = 0x3712;
    pub(crate) const SMTP_ADDRESS: u16 = 0x39fe;
    pub(crate) const BUSINESS_TELEPHONE: u16 = 0x3a08;
    pub(crate) const HOME_TELEPHONE: u16 = 0x3a09;
    pub(crate) const COMPANY_NAME: u16 = 0x3a16;
    pub(crate) const TITLE: u16 = 0x3a17;
    pub(crate) const DEPARTMENT: u16 = 0x3a18;
    pub(crate) const MOBILE_TELEPHONE: u16 = 0x3a1c;
    pub(crate) const TRANSMITTABLE_NAME: u16 = 0x3a20;
    pub(crate) const INTERNET_CODE_PAGE: u16 = 0x3fde;
    pub(crate) const MESSAGE_LOCALE: u16 = 0x3ff1;
    pub(crate) const MESSAGE_CODE_PAGE: u16 = 0x3ffd;
    pub(crate) const SENDER_SMTP_ADDRESS: u16 = 0x5d01;
    pub(crate) const SENT_REPRESENTING_SMTP_ADDRESS: u16 = 0x5d02;
    pub(crate) const RECIPIENT_DISPLAY_NAME: u16 = 0x5ff6;
    pub(crate) const ATTACHMENT_HIDDEN: u16 = 0x7ffe;

    /// Whether a property of this number is ever asked for; others need not be read.
    pub(crate) fn is_read(id: u16) -> bool {
        matches!(
            id,
            MESSAGE_CLASS
                | SUBJECT
                | CLIENT_SUBMIT_TIME
                | SENT_REPRESENTING_SEARCH_KEY
                | SUBJECT_PREFIX
                | SENT_REPRESENTING_NAME
                | START_DATE
                | END_DATE
                | SENT_REPRESENTING_ADDRESS_TYPE
                | SENT_REPRESENTING_ADDRESS
                | CONVERSATION_TOPIC
                | CONVERSATION_INDEX
                | TRANSPORT_HEADERS
                | RECIPIENT_TYPE
                | SENDER_NAME
                | SENDER_SEARCH_KEY
                | SENDER_ADDRESS_TYPE
                | SENDER_ADDRESS
                | DISPLAY_BCC
                | DISPLAY_CC
                | DISPLAY_TO
                | DELIVERY_TIME
                | NORMALIZED_SUBJECT
                | BODY
                | RTF_COMPRESSED
                | HTML
                | INTERNET_MESSAGE_ID
                | INTERNET_REFERENCES
                | IN_REPLY_TO
                | DISPLAY_NAME
                | ADDRESS_TYPE
                | EMAIL_ADDRESS
                | SEARCH_KEY
                | ATTACH_DATA
                | ATTACH_FILE_NAME
                | ATTACH_LONG_FILE_NAME
                | ATTACH_TRANSPORT_NAME
                | ATTACH_LONG_PATH_NAME
                | ATTACH_MIME_TAG
                | ATTACH_CONTENT_ID
                | SMTP_ADDRESS
                | BUSINESS_TELEPHONE
                | HOME_TELEPHONE
                | COMPANY_NAME
                | TITLE
                | DEPARTMENT
                | MOBILE_TELEPHONE
                | TRANSMITTABLE_NAME
                | INTERNET_CODE_PAGE
                | MESSAGE_LOCALE
                | MESSAGE_CODE_PAGE
                | SENDER_SMTP_ADDRESS
                | SENT_REPRESENTING_SMTP_ADDRESS
                | RECIPIENT_DISPLAY_NAME
                | ATTACHMENT_HIDDEN
        )
    }
}

/// Sets of named properties and the numbers of those that are read.
pub(super) mod named {
    /// PSETID_Appointment and its like end alike: {0006xxxx-0000-0000-C000-000000000046}.
    const SET_END: [u8; 12] = [0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];
    const APPOINTMENT: [u8; 4] = [0x02, 0x20, 0x06, 0];
    const TASK: [u8; 4] = [0x03, 0x20, 0x06, 0];
    const ADDRESS: [u8; 4] = [0x04, 0x20, 0x06, 0];

    pub(crate) const LOCATION: u32 = 0x8208;
    pub(crate) const APPOINTMENT_START: u32 = 0x820d;
    pub(crate) const APPOINTMENT_END: u32 = 0x820e;
    pub(crate) const TASK_START: u32 = 0x8104;
    pub(crate) const TASK_DUE: u32 = 0x8105;
    pub(crate) const CONTACT_EMAIL: u32 = 0x8083;

    /// Whether a set has the property of this number that is meant here.
    pub(crate) fn is_read(set: &[u8], number: u32) -> bool {
        let wanted = match number {
            LOCATION | APPOINTMENT_START | APPOINTMENT_END => APPOINTMENT,
            TASK_START | TASK_DUE => TASK,
            CONTACT_EMAIL => ADDRESS,
            _ => return false,
        };
        set.starts_with(&wanted) && set.ends_with(&SET_END)
    }
}

/// What a property is asked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Id(u16),
    /// A number within one of the sets of [`named`], which share none.
    Named(u32),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Integer(i64),
    /// 100 nanoseconds since 1601.
    Time(u64),
    Text(String),
    /// A string in a code page.
    Narrow(Vec<u8>),
    Binary(Vec<u8>),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Properties {
    values: HashMap<Key, Value>,
    /// Of strings of 8 bits, when it was told beside the properties.
    pub code_page: Option<u16>,
}

/// What may still be read of a message and all that is embedded in it.
#[derive(Debug)]
pub(super) struct Budget {
    pub bytes: usize,
    pub attachments: usize,
    pub recipients: usize,
}

/// A message with what belongs to it, as a decoder found it.
#[derive(Debug, Default)]
pub(super) struct Item {
    pub properties: Properties,
    pub recipients: Vec<Properties>,
    pub attachments: Vec<Attached>,
    /// What was damaged or left out, by its code.
    pub damage: Vec<Damage>,
}

#[derive(Debug, Default)]
pub(super) struct Attached {
    pub properties: Properties,
    /// Instead of bytes in [`id::ATTACH_DATA`].
    pub embedded: Option<Box<Item>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Damage {
    /// Ends too early, or lengths within lead past the end.
    Truncated,
    /// A checksum is not that of the bytes.
    Checksum,
    /// Parts of the file contradict each other.
    Malformed,
    /// More parts, or deeper ones, than are read.
    Limit,
    /// The body's compressed RTF could not be read whole.
    Rtf,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            bytes: MAX_TOTAL_BYTES,
            attachments: MAX_ATTACHMENTS,
            recipients: MAX_RECIPIENTS,
        }
    }
}

impl Budget {
    /// Whether that many bytes may be read yet; they count then.
    pub(super) fn allows(&mut self, bytes: usize) -> bool {
        let left = self.bytes.checked_sub(bytes);
        self.bytes = left.unwrap_or(self.bytes);
        left.is_some()
    }
}

impl Properties {
    /// Sets a property that was not known yet: the first one counts.
    pub(super) fn add(&mut self, key: Key, value: Value) {
        if self.values.len() < MAX_PROPERTIES {
            self.values.entry(key).or_insert(value);
        }
    }

    /// Sets a property that was not known yet, or that holds nothing.
    pub(super) fn add_where_blank(&mut self, key: Key, value: Value) {
        let is_blank = self.values.get(&key).is_none_or(|known| match known {
            Value::Text(text) => text.trim_matches('\0').trim().is_empty(),
            Value::Narrow(bytes) | Value::Binary(bytes) => {
                bytes.iter().all(|byte| matches!(byte, 0 | b' '))
            }
            Value::Integer(_) | Value::Time(_) => false,
        });
        if is_blank {
            self.values.insert(key, value);
        }
    }

    /// Fills what is blank from properties that count less.
    pub(super) fn fill_from(&mut self, others: Self) {
        for (key, value) in others.values {
            self.add_where_blank(key, value);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub(super) fn has(&self, id: u16) -> bool {
        self.values.contains_key(&Key::Id(id))
    }

    pub(super) fn value(&self, key: Key) -> Option<&Value> {
        self.values.get(&key)
    }

    /// Takes the value out of the properties, for those that are large.
    pub(super) fn take(&mut self, id: u16) -> Option<Value> {
        self.values.remove(&Key::Id(id))
    }

    /// Text with something in it, without what ends or surrounds it.
    pub(super) fn text(&self, id: u16) -> Option<String> {
        self.text_of(Key::Id(id))
    }

    pub(super) fn text_of(&self, key: Key) -> Option<String> {
        let text = match self.value(key)? {
            Value::Text(text) => text.clone(),
            Value::Narrow(bytes) => self.decoded(bytes),
            _ => return None,
        };
        let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
        (!text.is_empty()).then(|| text.to_owned())
    }

    pub(super) fn integer(&self, id: u16) -> Option<i64> {
        match self.value(Key::Id(id))? {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn binary(&self, id: u16) -> Option<&[u8]> {
        match self.value(Key::Id(id))? {
            Value::Binary(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(super) fn time(&self, id: u16) -> Option<DateTime<Utc>> {
        self.time_of(Key::Id(id))
    }

    pub(super) fn time_of(&self, key: Key) -> Option<DateTime<Utc>> {
        match self.value(key)? {
            Value::Time(ticks) => instant(*ticks),
            _ => None,
        }
    }

    /// A string of 8 bits by the best that is known of its code page.
    pub(super) fn decoded(&self, bytes: &[u8]) -> String {
        code_page::decoded(bytes, self.narrow_code_page())
    }

    /// The code page told beside the properties counts most, then the message's, that of its language, and that of its
    /// way over the net.
    pub(super) fn narrow_code_page(&self) -> u16 {
        self.code_page
            .or_else(|| self.said_code_page(id::MESSAGE_CODE_PAGE))
            .filter(|code_page| !code_page::is_wide(*code_page))
            .or_else(|| code_page::of_locale(self.integer(id::MESSAGE_LOCALE)?))
            .or_else(|| {
                self.said_code_page(id::INTERNET_CODE_PAGE)
                    .map(code_page::of_windows)
            })
            .unwrap_or(code_page::WESTERN)
    }

    pub(super) fn said_code_page(&self, id: u16) -> Option<u16> {
        self.integer(id)
            .and_then(|number| u16::try_from(number).ok())
            .filter(|number| *number != 0)
    }
}

impl Item {
    pub(super) fn damaged(&mut self, damage: Damage) {
        if !self.damage.contains(&damage) {
            self.damage.push(damage);
        }
    }
}

/// Windows counts from 1601, and marks "never" with numbers that are no date.
pub(super) fn instant(ticks: u64) -> Option<DateTime<Utc>> {
    const TICKS_PER_SECOND: u64 = 10_000_000;
    const SECONDS_TO_1970: i64 = 11_644_473_600;
    /// 1 January 4501 is how Outlook says "none".
    const NEVER: i64 = 79_870_000_000;
    let seconds = i64::try_from(ticks / TICKS_PER_SECOND).ok()? - SECONDS_TO_1970;
    // Nobody sent mail earlier; zero and the like are no dates.
    (0..NEVER)
        .contains(&seconds)
        .then(|| DateTime::from_timestamp(seconds, 0))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_of_8_bits_are_read_by_the_code_page_that_is_known_best() {
        let mut properties = Properties::default();
        properties.add(Key::Id(id::SUBJECT), Value::Narrow(b"\xcf\xf0\0".to_vec()));
        assert_eq!(properties.text(id::SUBJECT).as_deref(), Some("Ïð"));
        properties.add(Key::Id(id::INTERNET_CODE_PAGE), Value::Integer(65001));
        properties.add(Key::Id(id::MESSAGE_CODE_PAGE), Value::Integer(1251));
        assert_eq!(properties.text(id::SUBJECT).as_deref(), Some("Пр"));
        properties.code_page = Some(1253);
        assert_eq!(properties.text(id::SUBJECT).as_deref(), Some("Ο\u{3c0}"));
    }

    #[test]
    fn a_time_is_one_that_a_mail_can_have() {
        let sent = instant(134_168_328_000_000_000).map(|time| time.to_rfc3339());
        assert_eq!(sent.as_deref(), Some("2026-03-01T10:00:00+00:00"));
        for ticks in [0, 1, u64::MAX, 0x0cb3_4557_a3dd_4000] {
            assert_eq!(instant(ticks), None, "{ticks}");
        }
    }
}
