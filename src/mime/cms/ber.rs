//! BER (ITU-T X.690) as far as signatures need it: values within values, of definite or indefinite length.
//!
//! Lenient: a value that is cut is read as far as it goes. The end of an indefinite value is found by going over what
//! is in it, not by recursion, so that the walk is linear for each level that is looked into.

pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;
/// Of a tag: what it holds are values.
const CONSTRUCTED: u8 = 0x20;
/// The tag [0], [1], [3] that holds values.
pub(super) const fn tagged(number: u8) -> u8 {
    0x80 | CONSTRUCTED | number
}
/// Pieces of a string lie no deeper within each other.
const MAX_PIECE_DEPTH: usize = 8;

/// A value and where it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Value<'b> {
    /// Its first byte; longer tags are read over.
    pub tag: u8,
    pub content: &'b [u8],
    /// With its tag and length.
    pub whole: &'b [u8],
    /// The bytes end before it does.
    pub is_cut: bool,
}

impl<'b> Value<'b> {
    /// The values within.
    pub(super) fn values(self) -> Values<'b> {
        values(self.content)
    }

    /// The value within when there is one of this tag first.
    pub(super) fn inner(self, tag: u8) -> Option<Value<'b>> {
        self.values().next().filter(|value| value.tag == tag)
    }

    /// An OCTET STRING or the like, its pieces joined.
    pub(super) fn string(self) -> Vec<u8> {
        let mut out = Vec::new();
        join(self, MAX_PIECE_DEPTH, &mut out);
        out
    }
}

fn join(value: Value<'_>, depth: usize, out: &mut Vec<u8>) {
    if value.tag & CONSTRUCTED == 0 || depth == 0 {
        out.extend_from_slice(value.content);
        return;
    }
    for piece in value.values() {
        join(piece, depth - 1, out);
    }
}

/// Values one after the other, up to the end or to what is none.
pub(super) fn values(bytes: &[u8]) -> Values<'_> {
    Values { rest: bytes }
}

pub(super) struct Values<'b> {
    rest: &'b [u8],
}

impl<'b> Values<'b> {
    /// Takes the next value if it has this tag.
    pub(super) fn take_tag(&mut self, tag: u8) -> Option<Value<'b>> {
        let mut ahead = Values { rest: self.rest };
        let value = ahead.next().filter(|value| value.tag == tag)?;
        *self = ahead;
        Some(value)
    }
}

impl<'b> Iterator for Values<'b> {
    type Item = Value<'b>;

    fn next(&mut self) -> Option<Value<'b>> {
        let bytes = self.rest;
        let header = Header::read(bytes)?;
        let behind = bytes.get(header.size..)?;
        let (content, whole, is_cut) = match header.length {
            Some(length) => {
                let content = behind.get(..length).unwrap_or(behind);
                let whole = bytes.get(..header.size + content.len())?;
                (content, whole, content.len() < length)
            }
            None => match end_of_contents(behind) {
                Some(end) => (
                    behind.get(..end)?,
                    bytes.get(..header.size + end + 2)?,
                    false,
                ),
                None => (behind, bytes, true),
            },
        };
        self.rest = bytes.get(whole.len()..)?;
        Some(Value {
            tag: header.tag,
            content,
            whole,
            is_cut,
        })
    }
}

struct Header {
    tag: u8,
    /// `None` when it is indefinite.
    length: Option<usize>,
    /// Of tag and length.
    size: usize,
}

impl Header {
    /// `None` at the end of contents, and where no value can be.
    fn read(bytes: &[u8]) -> Option<Self> {
        let (&tag, rest) = bytes.split_first()?;
        if tag == 0 {
            return None;
        }
        // A long tag goes on while the high bit is set; four bytes are more than any here has.
        let long = if tag & 0x1f == 0x1f {
            1 + rest
                .iter()
                .take(4)
                .take_while(|byte| **byte & 0x80 != 0)
                .count()
        } else {
            0
        };
        let (&first, rest) = rest.get(long..)?.split_first()?;
        let digits = usize::from(first & 0x7f);
        let length = match first {
            0x80 => None,
            0..0x80 => Some(digits),
            _ => Some(
                rest.get(..digits)
                    .filter(|digits| digits.len() <= 8)?
                    .iter()
                    .fold(0usize, |length, digit| length << 8 | usize::from(*digit)),
            ),
        };
        let size = 2 + long + if first > 0x80 { digits } else { 0 };
        Some(Self { tag, length, size })
    }
}

/// Where the contents of an indefinite value end.
fn end_of_contents(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    let mut open = 0usize;
    loop {
        let rest = bytes.get(at..)?;
        if rest.starts_with(&[0, 0]) {
            let Some(left) = open.checked_sub(1) else {
                return Some(at);
            };
            open = left;
            at += 2;
            continue;
        }
        let header = Header::read(rest)?;
        at = at.checked_add(header.size)?;
        match header.length {
            Some(length) => at = at.checked_add(length)?,
            None => open += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::assert_linear;

    #[test]
    fn lengths_are_read_however_they_are_written() {
        let long = [&[4, 0x82, 1, 0][..], &[7; 256]].concat();
        for (bytes, content, is_cut) in [
            (&[4, 2, 1, 2, 9][..], &[1, 2][..], false),
            (&[4, 0x81, 2, 1, 2], &[1, 2], false),
            (&[0x24, 0x80, 4, 1, 7, 0, 0, 9], &[4, 1, 7], false),
            (
                &[0x24, 0x80, 0x24, 0x80, 0, 0, 4, 1, 7, 0, 0],
                &[0x24, 0x80, 0, 0, 4, 1, 7],
                false,
            ),
            (&[4, 5, 1, 2], &[1, 2], true),
            (&[0x24, 0x80, 4, 1, 7], &[4, 1, 7], true),
            (&[0x9f, 0x81, 1, 1, 7], &[7], false),
            (&long, &[7; 256], false),
        ] {
            let value = values(bytes).next().unwrap();
            assert_eq!(
                (value.content, value.is_cut),
                (content, is_cut),
                "{bytes:?}"
            );
        }
        for bytes in [
            &[][..],
            &[0, 0],
            &[4],
            &[4, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
            &[0x1f, 0xff],
        ] {
            assert_eq!(values(bytes).next(), None, "{bytes:?}");
        }
    }

    #[test]
    fn pieces_of_a_string_are_joined() {
        let bytes = [
            0x24, 0x80, 4, 1, b'a', 0x24, 4, 4, 2, b'b', b'c', 4, 1, b'd', 0, 0,
        ];
        assert_eq!(values(&bytes).next().unwrap().string(), b"abcd");
    }

    #[test]
    fn the_time_grows_with_the_bytes_alone() {
        let read = |bytes: &Vec<u8>| values(bytes).for_each(|value| drop(value.string()));
        for run in [
            &[0x24, 0x80][..],
            &[0x24, 0x80, 0, 0],
            &[4, 0],
            &[0x30, 0x84, 0, 0xff, 0xff, 0xff],
        ] {
            let what = format!("{run:x?}");
            assert_linear(&what, 20_000, |n| run.repeat(n), read);
            let within = |n| [&[0x24, 0x80][..], &run.repeat(n)].concat();
            assert_linear(&what, 20_000, within, read);
        }
    }

    proptest::proptest! {
        #[test]
        fn values_lie_within_their_bytes(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..100)) {
            let length: usize = values(&bytes).map(|value| value.whole.len()).sum();
            proptest::prop_assert!(length <= bytes.len());
            values(&bytes).for_each(|value| drop(value.string()));
        }
    }
}
