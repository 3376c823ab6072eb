//! winmail.dat: the properties of a message in one file, as Exchange and Outlook send it (MS-OXTNEF).
//!
//! A list of attributes, each with a checksum; some hold a block of MAPI properties. What is broken in an attribute is
//! said and the next one read; where the file ends too early, what stands before is kept.

use chrono::NaiveDate;

use super::{
    block::{Raw, property},
    message::Message,
    properties::{
        Attached, Budget, Damage, Item, Key, MAX_DEPTH, MAX_PROPERTIES, Properties, Value, id,
    },
    reader::Reader,
};

const SIGNATURE: [u8; 4] = [0x78, 0x9f, 0x3e, 0x22];
/// The signature, and a key that means nothing any more.
const HEADER_BYTES: usize = 6;

const LEVEL_MESSAGE: u8 = 1;
const LEVEL_ATTACHMENT: u8 = 2;

/// Numbers of the attributes that are read (MS-OXTNEF 2.1.1.2).
mod attribute {
    pub(super) const SENT_FOR: u16 = 0x0001;
    pub(super) const DATE_START: u16 = 0x0006;
    pub(super) const DATE_END: u16 = 0x0007;
    pub(super) const FROM: u16 = 0x8000;
    pub(super) const SUBJECT: u16 = 0x8004;
    pub(super) const DATE_SENT: u16 = 0x8005;
    pub(super) const DATE_RECEIVED: u16 = 0x8006;
    pub(super) const MESSAGE_CLASS: u16 = 0x8008;
    pub(super) const BODY: u16 = 0x800c;
    pub(super) const ATTACH_DATA: u16 = 0x800f;
    pub(super) const ATTACH_TITLE: u16 = 0x8010;
    pub(super) const ATTACH_TRANSPORT_FILENAME: u16 = 0x9001;
    pub(super) const ATTACH_RENDER_DATA: u16 = 0x9002;
    pub(super) const MESSAGE_PROPERTIES: u16 = 0x9003;
    pub(super) const RECIPIENT_TABLE: u16 = 0x9004;
    pub(super) const ATTACHMENT: u16 = 0x9005;
    pub(super) const OEM_CODE_PAGE: u16 = 0x9007;
}

/// What an object within an attachment is: IID_IMessage, a message.
const MESSAGE_OBJECT: [u8; 16] = object(0x07, 0x03, 0x02);
/// IID_IStorage, a compound file.
const STORAGE_OBJECT: [u8; 16] = object(0x0b, 0, 0);
/// IID_IStream, bytes.
const STREAM_OBJECT: [u8; 16] = object(0x0c, 0, 0);

const fn object(low: u8, mid: u8, high: u8) -> [u8; 16] {
    [low, mid, high, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46]
}

pub(crate) fn is_tnef(bytes: &[u8]) -> bool {
    bytes.starts_with(&SIGNATURE)
}

/// Reads what can be read; `None` when it is something else.
pub(crate) fn read(bytes: &[u8]) -> Option<Message> {
    is_tnef(bytes).then(|| Message::from_item(item(bytes, 0, None, &mut Budget::default())))
}

fn item(bytes: &[u8], depth: usize, code_page: Option<u16>, budget: &mut Budget) -> Item {
    let mut decoder = Decoder {
        item: Item::default(),
        legacy: Properties::default(),
        attachment: None,
        depth,
        code_page,
        budget,
    };
    decoder.attributes(bytes.get(HEADER_BYTES..).unwrap_or_default());
    decoder.finished()
}

struct Decoder<'b> {
    item: Item,
    /// From attributes of their own, which count less than MAPI properties.
    legacy: Properties,
    /// The attachment that attributes belong to, and what of it is from attributes of their own.
    attachment: Option<(Attached, Properties)>,
    depth: usize,
    code_page: Option<u16>,
    budget: &'b mut Budget,
}

impl Decoder<'_> {
    fn attributes(&mut self, bytes: &[u8]) {
        let mut reader = Reader::new(bytes);
        while !reader.is_empty() {
            let Some((level, number, length)) = header(&mut reader) else {
                // Padding and what mail programs append is no damage.
                if reader
                    .rest()
                    .iter()
                    .any(|byte| !byte.is_ascii_whitespace() && *byte != 0)
                {
                    self.damaged(Damage::Truncated);
                }
                return;
            };
            if !matches!(level, LEVEL_MESSAGE | LEVEL_ATTACHMENT) {
                let is_padding = level == 0 && reader.rest().iter().all(|byte| *byte == 0);
                if !is_padding {
                    self.damaged(Damage::Malformed);
                }
                return;
            }
            let value = reader.take_up_to(length);
            let checksum = reader.u16();
            if value.len() < length || checksum.is_none() {
                self.damaged(Damage::Truncated);
            } else if checksum != Some(sum(value)) {
                self.damaged(Damage::Checksum);
            }
            if level == LEVEL_MESSAGE {
                self.message_attribute(number, value);
            } else {
                self.attachment_attribute(number, value);
            }
        }
    }

    fn message_attribute(&mut self, number: u16, value: &[u8]) {
        match number {
            attribute::MESSAGE_PROPERTIES => {
                let mut reader = Reader::new(value);
                let mut properties = std::mem::take(&mut self.item.properties);
                self.properties(&mut reader, &mut properties);
                self.item.properties = properties;
            }
            attribute::RECIPIENT_TABLE => self.recipients(value),
            attribute::OEM_CODE_PAGE => {
                self.code_page = Reader::new(value)
                    .u32()
                    .and_then(|code_page| u16::try_from(code_page).ok())
                    .filter(|code_page| *code_page != 0)
                    .or(self.code_page);
            }
            attribute::SUBJECT => self.narrow(id::SUBJECT, value),
            attribute::BODY => self.narrow(id::BODY, value),
            attribute::MESSAGE_CLASS => {
                self.legacy
                    .add(Key::Id(id::MESSAGE_CLASS), message_class(value));
            }
            attribute::DATE_SENT => self.date(id::CLIENT_SUBMIT_TIME, value),
            attribute::DATE_RECEIVED => self.date(id::DELIVERY_TIME, value),
            attribute::DATE_START => self.date(id::START_DATE, value),
            attribute::DATE_END => self.date(id::END_DATE, value),
            attribute::FROM => self.from(value),
            attribute::SENT_FOR => self.sent_for(value),
            _ => (),
        }
    }

    fn attachment_attribute(&mut self, number: u16, value: &[u8]) {
        let begins_next = match &self.attachment {
            None => true,
            Some((attached, legacy)) => match number {
                attribute::ATTACH_RENDER_DATA => true,
                // Where nothing says that the next begins, what stands twice does.
                attribute::ATTACH_DATA => legacy.has(id::ATTACH_DATA),
                attribute::ATTACH_TITLE => legacy.has(id::ATTACH_FILE_NAME),
                attribute::ATTACHMENT => {
                    attached.embedded.is_some() || !attached.properties.is_empty()
                }
                _ => false,
            },
        };
        if begins_next {
            self.end_attachment();
            if self.budget.attachments == 0 {
                self.damaged(Damage::Limit);
                return;
            }
            self.budget.attachments -= 1;
            self.attachment = Some(<(Attached, Properties)>::default());
        }
        let Some((mut attached, mut legacy)) = self.attachment.take() else {
            return;
        };
        match number {
            attribute::ATTACH_DATA if self.allows(value) => {
                legacy.add(Key::Id(id::ATTACH_DATA), Value::Binary(value.to_vec()));
            }
            attribute::ATTACH_TITLE if self.allows(value) => {
                legacy.add(Key::Id(id::ATTACH_FILE_NAME), Value::Narrow(value.to_vec()));
            }
            attribute::ATTACH_TRANSPORT_FILENAME if self.allows(value) => legacy.add(
                Key::Id(id::ATTACH_TRANSPORT_NAME),
                Value::Narrow(value.to_vec()),
            ),
            attribute::ATTACHMENT => {
                let object = self.properties(&mut Reader::new(value), &mut attached.properties);
                if let Some(object) = object {
                    self.object(object, &mut attached);
                }
            }
            _ => (),
        }
        self.attachment = Some((attached, legacy));
    }

    fn end_attachment(&mut self) {
        if let Some((mut attached, legacy)) = self.attachment.take() {
            attached.properties.fill_from(legacy);
            self.item.attachments.push(attached);
        }
    }

    /// A block of MAPI properties; answers with the object among them, if there is one.
    fn properties<'v>(
        &mut self,
        reader: &mut Reader<'v>,
        into: &mut Properties,
    ) -> Option<&'v [u8]> {
        let mut object = None;
        let count = reader.length().unwrap_or_default();
        for number in 0..count {
            if number >= MAX_PROPERTIES {
                self.damaged(Damage::Limit);
                break;
            }
            let Some(property) = property(reader) else {
                self.damaged(Damage::Truncated);
                // The rest of the block cannot be found any more.
                reader.take_up_to(usize::MAX);
                break;
            };
            if property.cut {
                self.damaged(Damage::Truncated);
            }
            match property.value {
                Some(Raw::Object(bytes)) if property.key == Some(Key::Id(id::ATTACH_DATA)) => {
                    object = Some(bytes);
                }
                // Some programs write messages as if they were plain bytes.
                Some(Raw::Binary(bytes))
                    if property.key == Some(Key::Id(id::ATTACH_DATA))
                        && bytes.starts_with(&MESSAGE_OBJECT) =>
                {
                    object = Some(bytes);
                }
                Some(raw) => {
                    if let Some(key) = property.key
                        && self.allows(raw.bytes())
                        && let Some(value) = raw.value()
                    {
                        into.add(key, value);
                    }
                }
                None => (),
            }
        }
        object
    }

    fn object(&mut self, object: &[u8], attached: &mut Attached) {
        let (kind, content) = object.split_at_checked(16).unwrap_or((&[], object));
        if kind == MESSAGE_OBJECT && is_tnef(content) {
            if self.depth < MAX_DEPTH {
                let embedded = item(content, self.depth + 1, self.code_page, self.budget);
                attached.embedded = Some(Box::new(embedded));
                return;
            }
            self.damaged(Damage::Limit);
        }
        let content = match kind {
            kind if kind == MESSAGE_OBJECT || kind == STORAGE_OBJECT || kind == STREAM_OBJECT => {
                content
            }
            _ => object,
        };
        if self.allows(content) {
            attached
                .properties
                .add_where_blank(Key::Id(id::ATTACH_DATA), Value::Binary(content.to_vec()));
        }
    }

    fn recipients(&mut self, value: &[u8]) {
        let mut reader = Reader::new(value);
        let rows = reader.length().unwrap_or_default();
        for _ in 0..rows {
            if reader.is_empty() {
                self.damaged(Damage::Truncated);
                return;
            }
            if self.budget.recipients == 0 {
                self.damaged(Damage::Limit);
                return;
            }
            self.budget.recipients -= 1;
            let mut recipient = Properties::default();
            self.properties(&mut reader, &mut recipient);
            self.item.recipients.push(recipient);
        }
    }

    fn narrow(&mut self, id: u16, value: &[u8]) {
        if self.allows(value) {
            self.legacy.add(Key::Id(id), Value::Narrow(value.to_vec()));
        }
    }

    fn date(&mut self, id: u16, value: &[u8]) {
        if let Some(ticks) = ticks(value) {
            self.legacy.add(Key::Id(id), Value::Time(ticks));
        }
    }

    /// The sender: lengths of name and address, then these (MS-OXTNEF 2.1.3.3.1).
    fn from(&mut self, value: &[u8]) {
        let mut reader = Reader::new(value);
        let mut read = || {
            reader.take(4)?;
            let (name, address) = (reader.u16()?, reader.u16()?);
            Some((
                reader.take(usize::from(name))?,
                reader.take_up_to(usize::from(address)),
            ))
        };
        if let Some((name, address)) = read() {
            self.person(id::SENDER_NAME, name, id::SENDER_ADDRESS, address);
        }
    }

    /// On whose behalf: a length and a name, a length and an address.
    fn sent_for(&mut self, value: &[u8]) {
        let mut reader = Reader::new(value);
        let mut read = || {
            let length = reader.u16()?;
            let name = reader.take(usize::from(length))?;
            let length = reader.u16()?;
            Some((name, reader.take_up_to(usize::from(length))))
        };
        if let Some((name, address)) = read() {
            self.person(
                id::SENT_REPRESENTING_NAME,
                name,
                id::SENT_REPRESENTING_ADDRESS,
                address,
            );
        }
    }

    fn person(&mut self, name_id: u16, name: &[u8], address_id: u16, address: &[u8]) {
        self.narrow(name_id, name);
        self.narrow(address_id, address);
    }

    fn allows(&mut self, value: &[u8]) -> bool {
        let allows = self.budget.allows(value.len());
        if !allows {
            self.damaged(Damage::Limit);
        }
        allows
    }

    fn damaged(&mut self, damage: Damage) {
        self.item.damaged(damage);
    }

    fn finished(mut self) -> Item {
        self.end_attachment();
        let mut item = self.item;
        item.properties.fill_from(self.legacy);
        item.properties.code_page = self.code_page;
        // Recipients and attachments are in the code page of their message.
        let code_page = item.properties.narrow_code_page();
        for recipient in &mut item.recipients {
            recipient.code_page = Some(code_page);
        }
        for attached in &mut item.attachments {
            attached.properties.code_page = Some(code_page);
        }
        item
    }
}

/// Level, number and length of an attribute.
fn header(reader: &mut Reader<'_>) -> Option<(u8, u16, usize)> {
    let mut ahead = *reader;
    let level = ahead.u8()?;
    let number = ahead.u16()?;
    let _type = ahead.u16()?;
    let length = ahead.length()?;
    *reader = ahead;
    Some((level, number, length))
}

fn sum(value: &[u8]) -> u16 {
    value
        .iter()
        .fold(0, |sum: u16, byte| sum.wrapping_add(u16::from(*byte)))
}

/// Names that messages had before MAPI (MS-OXTNEF 2.1.3.3.4).
fn message_class(value: &[u8]) -> Value {
    let name = String::from_utf8_lossy(value);
    let name = name.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    let class = match name {
        "IPM.Microsoft Mail.Note" => "IPM.Note",
        "IPM.Microsoft Mail.Read Receipt" => "REPORT.IPM.Note.IPNRN",
        "IPM.Microsoft Mail.Non-Delivery" => "REPORT.IPM.Note.NDR",
        "IPM.Microsoft Schedule.MtgReq" => "IPM.Schedule.Meeting.Request",
        "IPM.Microsoft Schedule.MtgRespP" => "IPM.Schedule.Meeting.Resp.Pos",
        "IPM.Microsoft Schedule.MtgRespN" => "IPM.Schedule.Meeting.Resp.Neg",
        "IPM.Microsoft Schedule.MtgRespA" => "IPM.Schedule.Meeting.Resp.Tent",
        "IPM.Microsoft Schedule.MtgCncl" => "IPM.Schedule.Meeting.Canceled",
        other => other,
    };
    Value::Text(class.to_owned())
}

/// A date of seven numbers, as ticks since 1601.
fn ticks(value: &[u8]) -> Option<u64> {
    let mut reader = Reader::new(value);
    let mut number = || reader.u16().map(u32::from);
    let (year, month, day) = (number()?, number()?, number()?);
    let (hour, minute, second) = (number()?, number()?, number()?);
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?
        .and_hms_opt(hour, minute, second)?;
    let since_1601 = date.and_utc().timestamp().checked_add(11_644_473_600)?;
    u64::try_from(since_1601).ok()?.checked_mul(10_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::assert_comparable;
    use crate::mime::mapi::{
        message::{Content, Kind},
        samples::{Block, tnef},
    };

    const SENT: u64 = 134_168_328_000_000_000;

    fn text(text: &[u8]) -> Vec<u8> {
        [text, b"\0"].concat()
    }

    fn codes(message: &Message) -> Vec<&str> {
        message.warnings.iter().map(|w| w.code.as_str()).collect()
    }

    fn sample() -> Vec<u8> {
        let nested = tnef(&[
            (1, attribute::SUBJECT, text(b"Indlejret")),
            (1, attribute::BODY, text(b"T\xe6t p\xe5")),
        ]);
        tnef(&[
            (
                1,
                attribute::OEM_CODE_PAGE,
                b"\xe4\x04\0\0\0\0\0\0".to_vec(),
            ),
            (
                1,
                attribute::MESSAGE_CLASS,
                text(b"IPM.Microsoft Mail.Note"),
            ),
            (1, attribute::SUBJECT, text(b"H\xf8ring")),
            (
                1,
                attribute::RECIPIENT_TABLE,
                [
                    &1_u32.to_le_bytes()[..],
                    &Block::default()
                        .integer(id::RECIPIENT_TYPE, 2)
                        .unicode(id::DISPLAY_NAME, "Søren Å")
                        .unicode(id::SMTP_ADDRESS, "Soren@x.example")
                        .bytes(),
                ]
                .concat(),
            ),
            (
                1,
                attribute::MESSAGE_PROPERTIES,
                Block::default()
                    .categories("Nøgleord", ["a", "bilag"])
                    .time(id::CLIENT_SUBMIT_TIME, SENT)
                    .unicode(id::INTERNET_MESSAGE_ID, "<a@x.example>")
                    .narrow(id::SENDER_NAME, b"J\xf8rgen")
                    .unicode(id::SENDER_ADDRESS, "j@x.example")
                    .binary(id::HTML, "<p>Kære Birthe</p>".as_bytes())
                    .integer(id::INTERNET_CODE_PAGE, 65001)
                    .bytes(),
            ),
            (2, attribute::ATTACH_RENDER_DATA, vec![0; 14]),
            (2, attribute::ATTACH_DATA, b"%PDF-1".to_vec()),
            (2, attribute::ATTACH_TITLE, text(b"BLBRPL~1.PDF")),
            (
                2,
                attribute::ATTACHMENT,
                Block::default()
                    .unicode(id::ATTACH_LONG_FILE_NAME, "Blåbærplan.pdf")
                    .bytes(),
            ),
            (2, attribute::ATTACH_RENDER_DATA, vec![0; 14]),
            (
                2,
                attribute::ATTACHMENT,
                Block::default()
                    .narrow(id::DISPLAY_NAME, b"Indlejret")
                    .object(id::ATTACH_DATA, 0x0002_0307, &nested)
                    .bytes(),
            ),
        ])
    }

    #[test]
    fn a_whole_message_comes_out() {
        let message = read(&sample()).unwrap();
        assert_eq!(
            (message.class.as_str(), message.subject.as_str()),
            ("IPM.Note", "Høring")
        );
        let from = message.from.as_ref().unwrap();
        assert_eq!(
            (from.name.as_deref(), from.address.as_str()),
            (Some("Jørgen"), "j@x.example")
        );
        let cc = &message.recipients[0];
        assert_eq!(
            (cc.kind, cc.address.address.as_str()),
            (Kind::Cc, "soren@x.example")
        );
        assert_eq!(
            message.sent.unwrap().to_rfc3339(),
            "2026-03-01T10:00:00+00:00"
        );
        assert_eq!(message.message_id.as_deref(), Some("a@x.example"));
        assert_eq!(message.html.as_deref(), Some("<p>Kære Birthe</p>"));
        let plan = &message.attachments[0];
        assert_eq!(
            (plan.name.as_deref(), plan.media_type.as_deref()),
            (Some("Blåbærplan.pdf"), Some("application/pdf"))
        );
        assert_eq!(plan.content, Content::Bytes(b"%PDF-1".to_vec()));
        let Content::Message(nested) = &message.attachments[1].content else {
            panic!("{:?}", message.attachments[1]);
        };
        assert_eq!(
            (nested.subject.as_str(), nested.text.as_deref()),
            ("Indlejret", Some("Tæt på"))
        );
        assert!(!message.is_damaged());
    }

    #[test]
    fn names_come_from_the_best_place_there_is() {
        for (title, properties, expected) in [
            (&b"\xe5rsplan.doc"[..], Block::default(), "årsplan.doc"),
            (
                b"ARSPLA~1.DOC",
                Block::default().narrow(id::DISPLAY_NAME, b"\xe5rsplan for vej.docx"),
                "årsplan for vej.docx",
            ),
            (
                b"a.wmf",
                Block::default().unicode(id::DISPLAY_NAME, "Billede (metafil)"),
                "a.wmf",
            ),
            (
                b"a.txt",
                Block::default().unicode(id::ATTACH_TRANSPORT_NAME, "længere.txt"),
                "længere.txt",
            ),
            (b"C:\\Temp\\a.txt", Block::default(), "a.txt"),
        ] {
            let bytes = tnef(&[
                (2, attribute::ATTACH_RENDER_DATA, vec![0; 14]),
                (2, attribute::ATTACH_TITLE, text(title)),
                (2, attribute::ATTACHMENT, properties.bytes()),
            ]);
            let message = read(&bytes).unwrap();
            assert_eq!(message.attachments[0].name.as_deref(), Some(expected));
        }
    }

    #[test]
    fn strings_are_read_in_the_code_page_of_the_file() {
        for (code_page, title, expected) in [
            (932_u32, &b"\x8e\x91\x97\xbf.txt"[..], "資料.txt"),
            (936, b"\xb2\xc4.txt", "材.txt"),
            (1251, b"\xcf.txt", "П.txt"),
            (850, b"\x91ble.txt", "æble.txt"),
            (65001, "æble.txt".as_bytes(), "æble.txt"),
        ] {
            let bytes = tnef(&[
                (2, attribute::ATTACH_TITLE, text(title)),
                // Also when it is told last.
                (
                    1,
                    attribute::OEM_CODE_PAGE,
                    code_page.to_le_bytes().to_vec(),
                ),
            ]);
            let message = read(&bytes).unwrap();
            assert_eq!(message.attachments[0].name.as_deref(), Some(expected));
        }
    }

    #[test]
    fn attachments_are_told_apart_where_nothing_says_that_the_next_begins() {
        let bytes = tnef(&[
            (2, attribute::ATTACH_DATA, b"1".to_vec()),
            (2, attribute::ATTACH_TITLE, text(b"a.txt")),
            (2, attribute::ATTACH_DATA, b"2".to_vec()),
            (2, attribute::ATTACH_TITLE, text(b"a.txt")),
        ]);
        let files = read(&bytes).unwrap().attachments;
        assert_eq!(files.len(), 2);
        assert_eq!(files[1].content, Content::Bytes(b"2".to_vec()));
    }

    #[test]
    fn a_meeting_without_a_text_says_when_and_where() {
        let bytes = tnef(&[
            (
                1,
                attribute::MESSAGE_CLASS,
                text(b"IPM.Microsoft Schedule.MtgReq"),
            ),
            (
                1,
                attribute::MESSAGE_PROPERTIES,
                Block::default()
                    .time(id::START_DATE, SENT)
                    .place("Rådhuset")
                    .bytes(),
            ),
        ]);
        assert_eq!(
            read(&bytes).unwrap().text.as_deref(),
            Some("Start: 01-03-2026 kl. 11:00\nSted: Rådhuset")
        );
    }

    #[test]
    fn the_sender_of_old_files_is_read() {
        let mut from = b"\x04\0\x20\0\x05\0\x11\0Inge\0SMTP:i@x.example\0".to_vec();
        from.extend([0; 8]);
        let message = read(&tnef(&[(1, attribute::FROM, from)])).unwrap();
        let from = message.from.unwrap();
        assert_eq!(
            (from.name.as_deref(), from.address.as_str()),
            (Some("Inge"), "i@x.example")
        );
    }

    #[test]
    fn what_is_damaged_is_said_and_the_rest_read() {
        let mut wrong_checksum = sample();
        let last = wrong_checksum.len() - 1;
        wrong_checksum[last] ^= 1;
        let message = read(&wrong_checksum).unwrap();
        assert_eq!(
            (codes(&message), message.attachments.len()),
            (vec!["outlook_checksum"], 2)
        );

        let whole = sample();
        let at = whole.windows(6).position(|word| word == b"%PDF-1").unwrap();
        let message = read(&whole[..at + 4]).unwrap();
        assert_eq!(codes(&message), ["outlook_truncated"]);
        assert_eq!(message.subject, "Høring");
        assert_eq!(
            message.attachments[0].content,
            Content::Bytes(b"%PDF".to_vec())
        );

        assert!(!read(&[&whole[..], &[0; 99]].concat()).unwrap().is_damaged());
        assert_eq!(
            codes(&read(&[&whole[..], b"rod i enden"].concat()).unwrap()),
            ["outlook_damaged"]
        );
        assert!(read(b"From: a@x.example").is_none());
    }

    #[test]
    fn messages_within_messages_are_bounded() {
        let mut bytes = tnef(&[(1, attribute::SUBJECT, text(b"inderst"))]);
        for _ in 0..20 {
            bytes = tnef(&[(
                2,
                attribute::ATTACHMENT,
                Block::default()
                    .object(id::ATTACH_DATA, 0x0002_0307, &bytes)
                    .bytes(),
            )]);
        }
        let message = read(&bytes).unwrap();
        assert_eq!(codes(&message), ["outlook_too_large"]);
        let mut depth = 0;
        let mut inner = &message;
        while let Some(Content::Message(next)) = inner.attachments.first().map(|file| &file.content)
        {
            inner = next;
            depth += 1;
        }
        assert_eq!(depth, MAX_DEPTH);
    }

    #[test]
    fn attachments_and_counts_without_end_are_bounded() {
        let many: Vec<(u8, u16, Vec<u8>)> = (0..11_000)
            .map(|_| (2, attribute::ATTACH_RENDER_DATA, Vec::new()))
            .chain([(2, attribute::ATTACH_TITLE, text(b"a"))])
            .collect();
        assert_eq!(codes(&read(&tnef(&many)).unwrap()), ["outlook_too_large"]);
        let counted = |count: u32, kind: u16, number: u16| {
            let mut block = count.to_le_bytes().to_vec();
            block.extend(kind.to_le_bytes());
            block.extend([1, 0]);
            block.extend(count.to_le_bytes());
            tnef(&[(1, number, block)])
        };
        for kind in [0x1000_u16, 0x1001, 0x1003, 0x101e, 0x0102] {
            for number in [attribute::MESSAGE_PROPERTIES, attribute::RECIPIENT_TABLE] {
                let [few, many] = [1, u32::MAX].map(|count| counted(count, kind, number));
                assert_comparable(&format!("{kind:x} in {number:x}"), &few, &many, |bytes| {
                    read(bytes);
                });
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_are_too_strange(noise in proptest::collection::vec(proptest::num::u8::ANY, 0..500)) {
            read(&[&SIGNATURE[..], &noise].concat());
            let values = [attribute::MESSAGE_PROPERTIES, attribute::RECIPIENT_TABLE, attribute::FROM, attribute::SENT_FOR];
            for number in values {
                read(&tnef(&[(1, number, noise.clone()), (2, attribute::ATTACHMENT, noise.clone())]));
            }
        }

        #[test]
        fn a_message_that_is_cut_or_changed_is_read(
            cut in 0usize..2_000,
            changes in proptest::collection::vec((0usize..2_000, proptest::num::u8::ANY), 0..8),
        ) {
            let mut bytes = sample();
            bytes.truncate(cut.max(4));
            for (at, byte) in changes {
                if at >= 4 && let Some(place) = bytes.get_mut(at) {
                    *place = byte;
                }
            }
            let message = read(&bytes).unwrap();
            crate::mime::parse(&crate::mime::mapi::eml::to_eml(&message));
        }
    }
}
