//! Invented messages in both formats, written for tests.

use std::io::{Cursor, Write};

use cfb::CompoundFile;

/// A block of MAPI properties as TNEF has it.
#[derive(Clone, Default)]
pub(super) struct Block {
    count: u32,
    bytes: Vec<u8>,
}

impl Block {
    fn property(mut self, kind: u16, number: u16, value: &[u8]) -> Self {
        self.count += 1;
        self.bytes.extend(kind.to_le_bytes());
        self.bytes.extend(number.to_le_bytes());
        self.bytes.extend(value);
        self
    }

    fn varying(self, kind: u16, number: u16, value: &[u8]) -> Self {
        let value = [&1_u32.to_le_bytes()[..], &counted(value)].concat();
        self.property(kind, number, &value)
    }

    pub(super) fn integer(self, number: u16, value: u32) -> Self {
        self.property(0x0003, number, &value.to_le_bytes())
    }

    pub(super) fn time(self, number: u16, ticks: u64) -> Self {
        self.property(0x0040, number, &ticks.to_le_bytes())
    }

    pub(super) fn unicode(self, number: u16, text: &str) -> Self {
        self.varying(0x001f, number, &utf_16(text))
    }

    pub(super) fn narrow(self, number: u16, text: &[u8]) -> Self {
        self.varying(0x001e, number, text)
    }

    pub(super) fn binary(self, number: u16, bytes: &[u8]) -> Self {
        self.varying(0x0102, number, bytes)
    }

    /// An object behind the id of its kind.
    pub(super) fn object(self, number: u16, kind: u32, bytes: &[u8]) -> Self {
        let id = [&kind.to_le_bytes()[..], b"\0\0\0\0\xc0\0\0\0\0\0\0\x46"].concat();
        self.varying(0x000d, number, &[&id, bytes].concat())
    }

    /// Named by a word, with two texts of lengths that need padding.
    pub(super) fn categories(mut self, word: &str, texts: [&str; 2]) -> Self {
        self.count += 1;
        self.bytes.extend(0x101e_u16.to_le_bytes());
        self.bytes.extend(0x8001_u16.to_le_bytes());
        self.bytes.extend([7; 16]);
        self.bytes.extend(1_u32.to_le_bytes());
        self.bytes.extend(counted(&utf_16(word)));
        self.bytes.extend(2_u32.to_le_bytes());
        for text in texts {
            self.bytes.extend(counted(text.as_bytes()));
        }
        self
    }

    pub(super) fn place(mut self, text: &str) -> Self {
        self.count += 1;
        self.bytes.extend(0x001f_u16.to_le_bytes());
        self.bytes.extend(0x8002_u16.to_le_bytes());
        self.bytes.extend(APPOINTMENT_SET);
        self.bytes.extend(0_u32.to_le_bytes());
        self.bytes.extend(0x8208_u32.to_le_bytes());
        self.bytes.extend(1_u32.to_le_bytes());
        self.bytes.extend(counted(&utf_16(text)));
        self
    }

    pub(super) fn bytes(self) -> Vec<u8> {
        [&self.count.to_le_bytes()[..], &self.bytes].concat()
    }
}

pub(super) const APPOINTMENT_SET: [u8; 16] = *b"\x02\x20\x06\0\0\0\0\0\xc0\0\0\0\0\0\0\x46";

/// A length, bytes, and zeros up to a multiple of 4.
fn counted(bytes: &[u8]) -> Vec<u8> {
    let mut counted = (bytes.len() as u32).to_le_bytes().to_vec();
    counted.extend(bytes);
    counted.resize(counted.len().next_multiple_of(4), 0);
    counted
}

fn utf_16(text: &str) -> Vec<u8> {
    text.encode_utf16()
        .chain([0])
        .flat_map(u16::to_le_bytes)
        .collect()
}

/// A winmail.dat of attributes: level, number, value.
pub(super) fn tnef(attributes: &[(u8, u16, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = b"\x78\x9f\x3e\x22\x01\0".to_vec();
    for (level, number, value) in attributes {
        bytes.push(*level);
        bytes.extend(number.to_le_bytes());
        bytes.extend(6_u16.to_le_bytes());
        bytes.extend((value.len() as u32).to_le_bytes());
        bytes.extend(value);
        let sum = value
            .iter()
            .fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
        bytes.extend(sum.to_le_bytes());
    }
    bytes
}

/// A property of a .msg: number, type and value.
pub(super) type Property = (u16, u16, Vec<u8>);

pub(super) fn unicode(number: u16, text: &str) -> Property {
    let mut value = utf_16(text);
    value.truncate(value.len() - 2);
    (number, 0x001f, value)
}

pub(super) fn narrow(number: u16, text: &[u8]) -> Property {
    (number, 0x001e, text.to_vec())
}

pub(super) fn binary(number: u16, bytes: &[u8]) -> Property {
    (number, 0x0102, bytes.to_vec())
}

pub(super) fn integer(number: u16, value: u32) -> Property {
    (number, 0x0003, value.to_le_bytes().to_vec())
}

pub(super) fn time(number: u16, ticks: u64) -> Property {
    (number, 0x0040, ticks.to_le_bytes().to_vec())
}

/// A .msg that is being written.
pub(super) struct Msg {
    file: CompoundFile<Cursor<Vec<u8>>>,
}

impl Msg {
    pub(super) fn new(properties: &[Property]) -> Self {
        let file = CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new()));
        let mut msg = Self {
            file: file.unwrap(),
        };
        msg.properties("", 32, properties);
        msg
    }

    pub(super) fn recipient(mut self, number: u32, properties: &[Property]) -> Self {
        self.storage(&format!("/__recip_version1.0_#{number:08X}"), 8, properties);
        self
    }

    /// At the path of a message: empty for the outermost.
    pub(super) fn attachment(
        mut self,
        message: &str,
        number: u32,
        properties: &[Property],
    ) -> Self {
        self.storage(
            &format!("{message}/__attach_version1.0_#{number:08X}"),
            8,
            properties,
        );
        self
    }

    /// A message in the attachment of that number; answers with its path too.
    pub(super) fn embedded(
        mut self,
        message: &str,
        number: u32,
        properties: &[Property],
    ) -> (Self, String) {
        let path = format!("{message}/__attach_version1.0_#{number:08X}/__substg1.0_3701000D");
        self.storage(&path, 24, properties);
        (self, path)
    }

    /// An object of another program in the attachment of that number.
    pub(super) fn object(mut self, number: u32, stream: &str, bytes: &[u8]) -> Self {
        let path = format!("/__attach_version1.0_#{number:08X}/__substg1.0_3701000D");
        self.file.create_storage(&path).unwrap();
        self.stream(&format!("{path}/{stream}"), bytes);
        self
    }

    /// The first named property of the file is the place of a meeting.
    pub(super) fn named_place(mut self, text: &str) -> Self {
        self.file.create_storage("/__nameid_version1.0").unwrap();
        self.stream(
            "/__nameid_version1.0/__substg1.0_00020102",
            &APPOINTMENT_SET,
        );
        let entry = [&0x8208_u32.to_le_bytes()[..], &6_u32.to_le_bytes()].concat();
        self.stream("/__nameid_version1.0/__substg1.0_00030102", &entry);
        let (_, _, value) = unicode(0x8000, text);
        self.stream("/__substg1.0_8000001F", &value);
        self
    }

    pub(super) fn bytes(mut self) -> Vec<u8> {
        self.file.flush().unwrap();
        self.file.into_inner().into_inner()
    }

    fn storage(&mut self, path: &str, header_bytes: usize, properties: &[Property]) {
        self.file.create_storage(path).unwrap();
        self.properties(path, header_bytes, properties);
    }

    fn properties(&mut self, path: &str, header_bytes: usize, properties: &[Property]) {
        let mut table = vec![0; header_bytes];
        for (number, kind, value) in properties {
            table.extend(kind.to_le_bytes());
            table.extend(number.to_le_bytes());
            table.extend(6_u32.to_le_bytes());
            if matches!(kind, 0x0003 | 0x0040) {
                table.extend(value);
                table.resize(table.len().next_multiple_of(8), 0);
            } else {
                table.extend((value.len() as u64).to_le_bytes());
                self.stream(&format!("{path}/__substg1.0_{number:04X}{kind:04X}"), value);
            }
        }
        self.stream(&format!("{path}/__properties_version1.0"), &table);
    }

    fn stream(&mut self, path: &str, bytes: &[u8]) {
        self.file
            .create_stream(path)
            .unwrap()
            .write_all(bytes)
            .unwrap();
    }
}
