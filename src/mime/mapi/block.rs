//! One property of the blocks in winmail.dat: its type, its number or name, and its values (MS-OXTNEF 2.1.3.4).

use super::{
    properties::{Key, Value, id, named},
    reader::{Reader, utf_16},
};

pub(super) struct Property<'v> {
    /// `None` for one that is never asked for.
    pub key: Option<Key>,
    /// The first, where it has many.
    pub value: Option<Raw<'v>>,
    /// Leads past the end of its block, of which it holds the rest.
    pub cut: bool,
}

pub(super) enum Raw<'v> {
    Integer(i64),
    Time(u64),
    Unicode(&'v [u8]),
    Narrow(&'v [u8]),
    Binary(&'v [u8]),
    Object(&'v [u8]),
    Other,
}

impl Raw<'_> {
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Unicode(bytes)
            | Self::Narrow(bytes)
            | Self::Binary(bytes)
            | Self::Object(bytes) => bytes,
            Self::Integer(_) | Self::Time(_) | Self::Other => &[],
        }
    }

    pub(super) fn value(&self) -> Option<Value> {
        Some(match self {
            Self::Integer(number) => Value::Integer(*number),
            Self::Time(ticks) => Value::Time(*ticks),
            Self::Unicode(bytes) => Value::Text(utf_16(bytes)),
            Self::Narrow(bytes) => Value::Narrow(bytes.to_vec()),
            Self::Binary(bytes) => Value::Binary(bytes.to_vec()),
            Self::Object(_) | Self::Other => return None,
        })
    }
}

/// One property of a block (MS-OXTNEF 2.1.3.4); `None` when it leads past the end, or its type is unknown.
pub(super) fn property<'v>(reader: &mut Reader<'v>) -> Option<Property<'v>> {
    const MANY: u16 = 0x1000;
    let kind = reader.u16()?;
    let number = reader.u16()?;
    let mut key = id::is_read(number).then_some(Key::Id(number));
    if number >= 0x8000 {
        name(reader, &mut key)?;
    }
    let has_length = matches!(kind & !MANY, 0x000d | 0x001e | 0x001f | 0x0102);
    let count = if has_length || kind & MANY != 0 {
        reader.u32()?
    } else {
        1
    };
    let mut first = None;
    let mut cut = false;
    for _ in 0..count {
        let (raw, is_cut) = raw(reader, kind & !MANY)?;
        first = first.or(Some(raw));
        cut |= is_cut;
        if cut {
            break;
        }
    }
    Some(Property {
        key,
        value: first,
        cut,
    })
}

/// The name of a named property: a set, and a number or a word; those with words are never asked for.
fn name(reader: &mut Reader<'_>, key: &mut Option<Key>) -> Option<()> {
    let set = reader.take(16)?;
    if reader.u32()? == 0 {
        let number = reader.u32()?;
        *key = named::is_read(set, number).then_some(Key::Named(number));
        return Some(());
    }
    let length = reader.length()?;
    reader.take(length.checked_next_multiple_of(4)?)?;
    Some(())
}

/// One value and whether its end is missing; each takes up a multiple of 4 bytes.
fn raw<'v>(reader: &mut Reader<'v>, kind: u16) -> Option<(Raw<'v>, bool)> {
    let raw = match kind {
        0x0002 | 0x0003 | 0x000a => Raw::Integer(i64::from(reader.u32()?)),
        0x000b => Raw::Integer(i64::from(reader.u32()? & 0xffff)),
        0x0014 => Raw::Integer(reader.u64()?.cast_signed()),
        0x0040 => Raw::Time(reader.u64()?),
        0x0004 => other(reader, 4)?,
        0x0005..=0x0007 => other(reader, 8)?,
        0x0048 => other(reader, 16)?,
        0x000d | 0x001e | 0x001f | 0x0102 => return varying(reader, kind),
        _ => return None,
    };
    Some((raw, false))
}

fn other<'v>(reader: &mut Reader<'v>, length: usize) -> Option<Raw<'v>> {
    reader.take(length).map(|_| Raw::Other)
}

fn varying<'v>(reader: &mut Reader<'v>, kind: u16) -> Option<(Raw<'v>, bool)> {
    let length = reader.length()?;
    let is_file = matches!(kind, 0x000d | 0x0102);
    // The beginning of a file is better than none of it; that of a short text means nothing.
    let bytes = if is_file {
        reader.take_up_to(length)
    } else {
        reader.take(length)?
    };
    // At the very end the padding may be missing.
    reader.take_up_to(length.checked_next_multiple_of(4)? - length);
    let raw = match kind {
        0x000d => Raw::Object(bytes),
        0x001e => Raw::Narrow(bytes),
        0x001f => Raw::Unicode(bytes),
        _ => Raw::Binary(bytes),
    };
    Some((raw, bytes.len() < length))
}
