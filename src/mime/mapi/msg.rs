//! Outlook's .msg: the properties of a message in a compound file (MS-OXMSG).
//!
//! A property that fits into 8 bytes stands in a table, any other in a stream that is named after it. Recipients and
//! attachments are storages within, and an embedded message is one within its attachment.

use std::collections::HashMap;

use super::{
    compound::{Compound, MAGIC, Stream},
    message::Message,
    properties::{
        Attached, Damage, Item, Key, MAX_DEPTH, MAX_PROPERTIES, Properties, Value, id, named,
    },
    reader::{Reader, utf_16},
};

const TABLE: &str = "__properties_version1.0";
const NAMES: &str = "/__nameid_version1.0";
const STREAM_PREFIX: &str = "__substg1.0_";
const ATTACHMENT_PREFIX: &str = "__attach_version1.0_#";
const RECIPIENT_PREFIX: &str = "__recip_version1.0_#";
/// The storage of an embedded message or another object.
const OBJECT: &str = "__substg1.0_3701000D";

/// What stands before the table (MS-OXMSG 2.4.1).
const MESSAGE_HEADER_BYTES: usize = 32;
const EMBEDDED_HEADER_BYTES: usize = 24;
const OTHER_HEADER_BYTES: usize = 8;

const DIRECTORY_ENTRY_BYTES: usize = 128;

/// Whether it is a compound file with the table of a message; all else that Office writes has none.
pub(crate) fn is_msg(bytes: &[u8]) -> bool {
    let table: Vec<u8> = TABLE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.starts_with(&MAGIC)
        && bytes
            .chunks(DIRECTORY_ENTRY_BYTES)
            .any(|entry| entry.starts_with(&table))
}

/// Reads what can be read; `None` when it is something else, or so damaged that nothing tells what it was.
pub(crate) fn read(bytes: &[u8]) -> Option<Message> {
    if !bytes.starts_with(&MAGIC) {
        return None;
    }
    let file = Compound::open(bytes)?;
    if !file.has_stream(&format!("/{TABLE}")) {
        return None;
    }
    let mut decoder = Decoder {
        names: HashMap::new(),
        file,
    };
    decoder.read_names();
    let mut item = decoder.message("", MESSAGE_HEADER_BYTES, 0);
    if decoder.file.was_damaged {
        item.damaged(Damage::Malformed);
    }
    Some(Message::from_item(item))
}

struct Decoder<'b> {
    file: Compound<'b>,
    /// Numbers that named properties have in this file, for those that are read.
    names: HashMap<u16, u32>,
}

impl Decoder<'_> {
    fn message(&mut self, path: &str, header_bytes: usize, depth: usize) -> Item {
        let mut item = Item::default();
        item.properties = self.properties(path, header_bytes, &mut item);
        let code_page = item.properties.narrow_code_page();
        for storage in self.storages(path, RECIPIENT_PREFIX) {
            if self.file.budget.recipients == 0 {
                item.damaged(Damage::Limit);
                break;
            }
            self.file.budget.recipients -= 1;
            let mut recipient = self.properties(&storage, OTHER_HEADER_BYTES, &mut item);
            recipient.code_page = Some(code_page);
            item.recipients.push(recipient);
        }
        for storage in self.storages(path, ATTACHMENT_PREFIX) {
            if self.file.budget.attachments == 0 {
                item.damaged(Damage::Limit);
                break;
            }
            self.file.budget.attachments -= 1;
            let mut attached = self.attachment(&storage, depth, &mut item);
            attached.properties.code_page = Some(code_page);
            item.attachments.push(attached);
        }
        item
    }

    fn attachment(&mut self, path: &str, depth: usize, item: &mut Item) -> Attached {
        let mut attached = Attached {
            properties: self.properties(path, OTHER_HEADER_BYTES, item),
            embedded: None,
        };
        let object = format!("{path}/{OBJECT}");
        if self.file.has_stream(&format!("{object}/{TABLE}")) {
            if depth < MAX_DEPTH {
                let embedded = self.message(&object, EMBEDDED_HEADER_BYTES, depth + 1);
                attached.embedded = Some(Box::new(embedded));
            } else {
                item.damaged(Damage::Limit);
            }
        } else if !self.file.children(&object).is_empty() {
            match self.file.storage_as_file(&object) {
                Some(bytes) => attached
                    .properties
                    .add(Key::Id(id::ATTACH_DATA), Value::Binary(bytes)),
                None => item.damaged(Damage::Malformed),
            }
        }
        attached
    }

    /// Paths of the storages of a kind, by their numbers.
    fn storages(&self, path: &str, prefix: &str) -> Vec<String> {
        let mut found: Vec<(u32, String)> = self
            .file
            .children(&root(path))
            .into_iter()
            .filter(|child| !child.is_stream)
            .filter_map(|child| {
                let number = child.name.strip_prefix(prefix)?;
                let number = u32::from_str_radix(number, 16).unwrap_or(u32::MAX);
                Some((number, format!("{path}/{}", child.name)))
            })
            .collect();
        found.sort();
        found.into_iter().map(|(_, path)| path).collect()
    }

    /// What was damaged is said of `item`.
    fn properties(&mut self, path: &str, header_bytes: usize, item: &mut Item) -> Properties {
        let mut properties = Properties::default();
        let mut streams: Vec<(String, u16, u16)> = self
            .file
            .children(&root(path))
            .into_iter()
            .filter(|child| child.is_stream)
            .filter_map(|child| {
                let (number, kind) = tag(&child.name)?;
                Some((child.name, number, kind))
            })
            .collect();
        // Where a text stands in Unicode too, that one is taken: its type is the higher one.
        streams.sort_unstable_by(|one, other| other.0.cmp(&one.0));
        if streams.len() > MAX_PROPERTIES {
            streams.truncate(MAX_PROPERTIES);
            item.damaged(Damage::Limit);
        }
        for (name, number, kind) in streams {
            let Some(key) = self.key(number) else {
                continue;
            };
            let make: fn(Vec<u8>) -> Value = match kind {
                0x001e => Value::Narrow,
                0x001f => |bytes| Value::Text(utf_16(&bytes)),
                0x0102 | 0x000d => Value::Binary,
                _ => continue,
            };
            if let Some(bytes) = self.stream(&format!("{path}/{name}"), item) {
                properties.add(key, make(bytes));
            }
        }
        let table = self
            .stream(&format!("{path}/{TABLE}"), item)
            .unwrap_or_default();
        let rows = table.get(header_bytes..).unwrap_or_default();
        for row in rows.chunks_exact(16).take(MAX_PROPERTIES) {
            if let Some((key, value)) = self.fixed(row) {
                properties.add(key, value);
            }
        }
        properties
    }

    /// A row of the table: type, number, flags, and a value when it fits.
    fn fixed(&self, row: &[u8]) -> Option<(Key, Value)> {
        let mut reader = Reader::new(row);
        let (kind, number, _flags) = (reader.u16()?, reader.u16()?, reader.u32()?);
        let value = match kind {
            0x0002 | 0x000b => Value::Integer(i64::from(reader.u16()?)),
            0x0003 => Value::Integer(i64::from(reader.u32()?)),
            0x0014 => Value::Integer(reader.u64()?.cast_signed()),
            0x0040 => Value::Time(reader.u64()?),
            _ => return None,
        };
        Some((self.key(number)?, value))
    }

    /// `None` for a property that is never asked for.
    fn key(&self, number: u16) -> Option<Key> {
        if number < 0x8000 {
            id::is_read(number).then_some(Key::Id(number))
        } else {
            self.names.get(&number).copied().map(Key::Named)
        }
    }

    fn stream(&mut self, path: &str, item: &mut Item) -> Option<Vec<u8>> {
        match self.file.stream(path)? {
            Stream::Whole(bytes) => Some(bytes),
            Stream::Cut(bytes) => {
                item.damaged(Damage::Truncated);
                Some(bytes)
            }
            Stream::OverLimit => {
                item.damaged(Damage::Limit);
                None
            }
        }
    }

    /// Which numbers named properties have (MS-OXMSG 2.2.3).
    fn read_names(&mut self) {
        /// Sets that have a number of their own.
        const KNOWN_SETS: u32 = 3;
        let mut unsaid = Item::default();
        let mut stream = |kind| {
            self.stream(&format!("{NAMES}/{STREAM_PREFIX}{kind}"), &mut unsaid)
                .unwrap_or_default()
        };
        let (sets, entries) = (stream("00020102"), stream("00030102"));
        let sets: Vec<&[u8]> = sets.chunks_exact(16).collect();
        for (index, entry) in entries.chunks_exact(8).take(0x7fff).enumerate() {
            let mut reader = Reader::new(entry);
            let (Some(number), Some(kind)) = (reader.u32(), reader.u32()) else {
                continue;
            };
            let is_word = kind & 1 != 0;
            let set = ((kind & 0xffff) >> 1)
                .checked_sub(KNOWN_SETS)
                .and_then(|set| sets.get(usize::try_from(set).ok()?));
            if let Some(set) = set
                && !is_word
                && named::is_read(set, number)
                && let Ok(index) = u16::try_from(index)
            {
                self.names.insert(0x8000 | index, number);
            }
        }
    }
}

/// `cfb` wants a path to begin with a slash.
fn root(path: &str) -> String {
    if path.is_empty() {
        "/".to_owned()
    } else {
        path.to_owned()
    }
}

/// Number and type of the property that a stream is named after.
fn tag(name: &str) -> Option<(u16, u16)> {
    let tag = name.strip_prefix(STREAM_PREFIX)?;
    let (number, kind) = tag.split_at_checked(4)?;
    // Values of a property that has many are named by a further number.
    Some((
        u16::from_str_radix(number, 16).ok()?,
        u16::from_str_radix(kind, 16).ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime::mapi::{
        message::{Content, Kind},
        samples::{Msg, binary, integer, narrow, time, unicode},
    };

    const SENT: u64 = 134_168_328_000_000_000;

    fn codes(message: &Message) -> Vec<&str> {
        message.warnings.iter().map(|w| w.code.as_str()).collect()
    }

    fn sample() -> Vec<u8> {
        let msg = Msg::new(&[
            unicode(id::MESSAGE_CLASS, "IPM.Note"),
            unicode(id::SUBJECT, "SV: Høring"),
            unicode(id::SENT_REPRESENTING_NAME, "Inge Årup"),
            unicode(id::SENT_REPRESENTING_ADDRESS_TYPE, "EX"),
            unicode(id::SENT_REPRESENTING_ADDRESS, "/O=KOMMUNE/CN=INGE"),
            unicode(id::SENT_REPRESENTING_SMTP_ADDRESS, "Inge@x.example"),
            time(id::CLIENT_SUBMIT_TIME, SENT),
            time(id::DELIVERY_TIME, SENT + 50_000_000),
            unicode(id::BODY, "Kære Birthe\r\nSe bilag."),
            unicode(
                id::TRANSPORT_HEADERS,
                "Microsoft Mail Internet Headers Version 2.0\r\nFrom: Inge <inge@x.example>\r\n\
                 To: Birthe <birthe@y.example>\r\nMessage-ID: <b@x.example>\r\nIn-Reply-To: <a@y.example>\r\n\
                 References: <0@y.example>\r\n <a@y.example>\r\nAuto-Submitted: no\r\n",
            ),
            binary(id::CONVERSATION_INDEX, &[1; 22]),
        ])
        .recipient(
            1,
            &[
                integer(id::RECIPIENT_TYPE, 2),
                unicode(id::DISPLAY_NAME, "Søren"),
                unicode(id::EMAIL_ADDRESS, "soren@x.example"),
            ],
        )
        .recipient(
            0,
            &[
                integer(id::RECIPIENT_TYPE, 1),
                unicode(id::DISPLAY_NAME, "Birthe"),
                unicode(id::EMAIL_ADDRESS, "/O=KOMMUNE/CN=BIRTHE"),
            ],
        )
        .attachment(
            "",
            0,
            &[
                unicode(id::ATTACH_LONG_FILE_NAME, "Blåbærplan.pdf"),
                unicode(id::ATTACH_FILE_NAME, "BLBRPL~1.PDF"),
                unicode(id::ATTACH_CONTENT_ID, "<plan@x>"),
                binary(id::ATTACH_DATA, &b"%PDF-1".repeat(1_000)),
            ],
        )
        .attachment("", 1, &[unicode(id::DISPLAY_NAME, "Klage")]);
        let (msg, path) = msg.embedded(
            "",
            1,
            &[
                unicode(id::SUBJECT, "Klage"),
                unicode(id::BODY, "Støj om natten"),
            ],
        );
        msg.attachment(
            &path,
            0,
            &[
                unicode(id::ATTACH_LONG_FILE_NAME, "støj.txt"),
                binary(id::ATTACH_DATA, b"x"),
            ],
        )
        .bytes()
    }

    #[test]
    fn a_whole_message_comes_out() {
        let bytes = sample();
        assert!(is_msg(&bytes));
        let message = read(&bytes).unwrap();
        assert_eq!(
            (message.class.as_str(), message.subject.as_str()),
            ("IPM.Note", "SV: Høring")
        );
        let from = message.from.as_ref().unwrap();
        assert_eq!(
            (from.name.as_deref(), from.address.as_str()),
            (Some("Inge Årup"), "inge@x.example")
        );
        let recipients: Vec<(Kind, &str)> = message
            .recipients
            .iter()
            .map(|recipient| (recipient.kind, recipient.address.address.as_str()))
            .collect();
        // Known to Exchange alone, but by name in the headers.
        assert_eq!(
            recipients,
            [
                (Kind::To, "birthe@y.example"),
                (Kind::Cc, "soren@x.example")
            ]
        );
        assert_eq!(
            message.sent.unwrap().to_rfc3339(),
            "2026-03-01T10:00:00+00:00"
        );
        assert_eq!(
            message.received.unwrap().to_rfc3339(),
            "2026-03-01T10:00:05+00:00"
        );
        assert_eq!(message.message_id.as_deref(), Some("b@x.example"));
        assert_eq!(message.in_reply_to, ["a@y.example"]);
        assert_eq!(message.references, ["0@y.example", "a@y.example"]);
        assert_eq!(message.text.as_deref(), Some("Kære Birthe\r\nSe bilag."));
        let plan = &message.attachments[0];
        assert_eq!(
            (
                plan.name.as_deref(),
                plan.content_id.as_deref(),
                plan.hidden
            ),
            (Some("Blåbærplan.pdf"), Some("plan@x"), false)
        );
        assert_eq!(plan.content, Content::Bytes(b"%PDF-1".repeat(1_000)));
        let Content::Message(nested) = &message.attachments[1].content else {
            panic!("{:?}", message.attachments[1]);
        };
        assert_eq!(nested.text.as_deref(), Some("Støj om natten"));
        assert_eq!(nested.attachments[0].name.as_deref(), Some("støj.txt"));
        assert!(!message.is_damaged());
    }

    #[test]
    fn files_of_8_bits_are_read_by_their_code_page() {
        for (properties, subject, expected) in [
            (vec![], &b"H\xf8ring"[..], "Høring"),
            (
                vec![integer(id::MESSAGE_CODE_PAGE, 932)],
                b"\x8e\x91\x97\xbf",
                "資料",
            ),
            (vec![integer(id::MESSAGE_LOCALE, 0x0419)], b"\xcf\xf0", "Пр"),
            (
                vec![integer(id::INTERNET_CODE_PAGE, 20866)],
                b"\xcf\xf0",
                "Пр",
            ),
            (
                vec![integer(id::MESSAGE_CODE_PAGE, 1200)],
                b"H\xf8ring",
                "Høring",
            ),
        ] {
            let properties = [&properties[..], &[narrow(id::SUBJECT, subject)]].concat();
            let bytes = Msg::new(&properties)
                .attachment("", 0, &[narrow(id::ATTACH_LONG_FILE_NAME, subject)])
                .bytes();
            let message = read(&bytes).unwrap();
            assert_eq!(message.subject, expected);
            assert_eq!(message.attachments[0].name.as_deref(), Some(expected));
        }
    }

    #[test]
    fn objects_of_other_programs_become_files_that_are_always_the_same() {
        let bytes = Msg::new(&[unicode(id::SUBJECT, "Tegning")])
            .attachment("", 0, &[unicode(id::ATTACH_LONG_FILE_NAME, "Tegning")])
            .object(0, "CONTENTS", &[7; 5_000])
            .bytes();
        let once = read(&bytes).unwrap();
        assert_eq!(once, read(&bytes).unwrap());
        let file = &once.attachments[0];
        assert_eq!(
            file.media_type.as_deref(),
            Some("application/x-ole-storage")
        );
        let Content::Bytes(object) = &file.content else {
            panic!("{file:?}");
        };
        let mut object = Compound::open(object).unwrap();
        let Some(Stream::Whole(contents)) = object.stream("/CONTENTS") else {
            panic!("no contents");
        };
        assert_eq!(contents, [7; 5_000]);
    }

    #[test]
    fn named_properties_are_found_by_their_names() {
        let bytes = Msg::new(&[unicode(id::MESSAGE_CLASS, "IPM.Appointment")])
            .named_place("Rådhuset")
            .bytes();
        assert_eq!(
            read(&bytes).unwrap().text.as_deref(),
            Some("Sted: Rådhuset")
        );
    }

    #[test]
    fn other_compound_files_are_no_messages() {
        let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
        file.create_stream("/WordDocument").unwrap();
        file.flush().unwrap();
        let bytes = file.into_inner().into_inner();
        assert!(!is_msg(&bytes) && read(&bytes).is_none());
        assert!(!is_msg(b"") && read(b"").is_none());
        assert!(read(&MAGIC).is_none());
    }

    #[test]
    fn a_file_that_was_cut_gives_what_it_has_and_says_so() {
        let whole = Msg::new(&[
            unicode(id::SUBJECT, "Høring"),
            unicode(id::BODY, "Kære Birthe"),
        ])
        .attachment(
            "",
            0,
            &[
                unicode(id::ATTACH_LONG_FILE_NAME, "plan.pdf"),
                binary(id::ATTACH_DATA, &vec![7; 200_000]),
            ],
        )
        .bytes();
        for cut in [1_000, 50_000, 100_000, 150_000] {
            let message = read(&whole[..whole.len() - cut]).unwrap();
            assert!(message.is_damaged(), "{cut}");
            assert_eq!(message.subject, "Høring", "{cut}");
            assert_eq!(message.text.as_deref(), Some("Kære Birthe"), "{cut}");
            let Content::Bytes(plan) = &message.attachments[0].content else {
                panic!("{cut}");
            };
            assert!(plan.len() + cut + 5_000 > 200_000, "{cut}: {}", plan.len());
        }
    }

    #[test]
    fn a_directory_that_leads_in_circles_is_salvaged() {
        let mut bytes = sample();
        let at = |bytes: &[u8], name: &str| {
            let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            bytes
                .chunks(128)
                .position(|entry| entry.starts_with(&name))
                .unwrap()
                * 128
        };
        // A stream has the root within it, and its own neighbour is itself.
        let stream = at(&bytes, "__substg1.0_0037001F");
        bytes[stream + 76..stream + 80].fill(0);
        assert!(cfb::CompoundFile::open(std::io::Cursor::new(&bytes)).is_err());
        let message = read(&bytes).unwrap();
        assert_eq!(
            (codes(&message), message.subject.as_str()),
            (vec!["outlook_damaged"], "SV: Høring")
        );
        assert_eq!(message.attachments.len(), 2);
    }

    #[test]
    fn a_thousand_recipients_are_within_the_limits() {
        let mut msg = Msg::new(&[unicode(id::SUBJECT, "Indkaldelse")]);
        for number in 0..1_000 {
            let address = format!("borger{number}@x.example");
            msg = msg.recipient(
                number,
                &[
                    unicode(id::DISPLAY_NAME, &address),
                    unicode(id::SMTP_ADDRESS, &address),
                ],
            );
        }
        let message = read(&msg.bytes()).unwrap();
        assert_eq!(
            (message.recipients.len(), message.is_damaged()),
            (1_000, false)
        );
    }

    #[test]
    fn messages_within_messages_are_bounded() {
        let mut msg = Msg::new(&[unicode(id::SUBJECT, "yderst")]);
        let mut path = String::new();
        for _ in 0..12 {
            msg = msg.attachment(&path, 0, &[]);
            (msg, path) = msg.embedded(&path, 0, &[unicode(id::SUBJECT, "indre")]);
        }
        let message = read(&msg.bytes()).unwrap();
        assert_eq!(codes(&message), ["outlook_too_large"]);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(100))]

        #[test]
        fn no_bytes_are_too_strange(noise in proptest::collection::vec(proptest::num::u8::ANY, 0..3_000)) {
            let bytes = [&MAGIC[..], &noise].concat();
            is_msg(&bytes);
            read(&bytes);
            crate::mime::mapi::salvage::salvaged(&bytes);
        }

        #[test]
        fn a_message_that_is_cut_or_changed_is_read_or_refused(
            cut in 0usize..40_000,
            changes in proptest::collection::vec((0usize..40_000, proptest::num::u8::ANY), 0..8),
        ) {
            let mut bytes = sample();
            bytes.truncate(cut);
            for (at, byte) in changes {
                let at = at.checked_rem(bytes.len()).unwrap_or_default();
                if let Some(place) = bytes.get_mut(at) {
                    *place = byte;
                }
            }
            crate::mime::mapi::salvage::salvaged(&bytes);
            if let Some(message) = read(&bytes) {
                crate::mime::parse(&crate::mime::mapi::eml::to_eml(&message));
            }
        }
    }
}
