//! The texts of an Excel workbook until 2003 (MS-XLS, BIFF8): sheet names and what cells say. Numbers are not read.

use super::{
    compound::{Compound, le_u16, le_u32, narrow, wide},
    reading::Reading,
};

const BOUND_SHEET: u16 = 0x0085;
const SHARED_STRINGS: u16 = 0x00fc;
const CONTINUED: u16 = 0x003c;
const FILE_PASS: u16 = 0x002f;
const LABEL: u16 = 0x0204;
/// Flags of a string: two bytes a letter, with data for Asian scripts, with runs of fonts.
const IS_WIDE: u8 = 1;
const HAS_EXTRA: u8 = 4;
const HAS_RUNS: u8 = 8;

pub(super) fn read(compound: &mut Compound<'_>, reading: &mut Reading) {
    let Some(stream) = compound
        .stream("Workbook", reading)
        .or_else(|| compound.stream("Book", reading))
    else {
        return reading.note_damage();
    };
    let mut records = Records { rest: &stream }.peekable();
    while let Some((kind, body)) = records.next() {
        match kind {
            FILE_PASS => {
                return reading.note(
                    "encrypted",
                    "the file, or a part of it, is behind a password",
                );
            }
            BOUND_SHEET => {
                if let (Some(length), Some(flags), Some(letters)) =
                    (body.get(6), body.get(7), body.get(8..))
                {
                    reading.line(&letters_of(letters, usize::from(*length), *flags));
                }
            }
            LABEL => {
                if let (Some(length), Some(flags), Some(letters)) =
                    (le_u16(body, 6), body.get(8), body.get(9..))
                {
                    reading.line(&letters_of(letters, usize::from(length), *flags));
                }
            }
            SHARED_STRINGS => {
                let mut pieces = vec![body.get(8..).unwrap_or_default()];
                while let Some((_, more)) = records.next_if(|(kind, _)| *kind == CONTINUED) {
                    pieces.push(more);
                }
                read_strings(&pieces, le_u32(body, 4).unwrap_or_default(), reading);
            }
            _ => (),
        }
    }
}

fn letters_of(bytes: &[u8], length: usize, flags: u8) -> String {
    if flags & IS_WIDE != 0 {
        wide(
            bytes
                .get(..(length * 2).min(bytes.len()))
                .unwrap_or_default(),
        )
    } else {
        narrow(bytes.get(..length.min(bytes.len())).unwrap_or_default())
    }
}

struct Records<'s> {
    rest: &'s [u8],
}

impl<'s> Iterator for Records<'s> {
    type Item = (u16, &'s [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let kind = le_u16(self.rest, 0)?;
        let length = usize::from(le_u16(self.rest, 2)?);
        let body = self.rest.get(4..)?;
        let record = body.get(..length.min(body.len()))?;
        self.rest = body.get(record.len()..)?;
        Some((kind, record))
    }
}

/// The table of strings, which runs over from record to record.
fn read_strings(pieces: &[&[u8]], count: u32, reading: &mut Reading) {
    let mut pieces = pieces.iter().copied();
    let mut at = pieces.next().unwrap_or_default();
    for _ in 0..count {
        if reading.is_full() || string(&mut at, &mut pieces, reading).is_none() {
            return;
        }
    }
}

/// One string; `None` where the table ends or is damaged.
fn string<'s>(
    at: &mut &'s [u8],
    later: &mut impl Iterator<Item = &'s [u8]>,
    reading: &mut Reading,
) -> Option<()> {
    if at.is_empty() {
        *at = later.next()?;
    }
    let length = usize::from(le_u16(at, 0)?);
    let mut flags = *at.get(2)?;
    let mut head = 3;
    let mut behind = 0;
    if flags & HAS_RUNS != 0 {
        behind += usize::from(le_u16(at, head)?) * 4;
        head += 2;
    }
    if flags & HAS_EXTRA != 0 {
        behind += le_u32(at, head)? as usize;
        head += 4;
    }
    *at = at.get(head..)?;
    let mut left = length;
    let mut text = String::new();
    while left > 0 {
        if at.is_empty() {
            // Where the letters run over, the next record says anew how wide they are.
            let (first, rest) = later.next()?.split_first()?;
            flags = *first;
            *at = rest;
        }
        let width = if flags & IS_WIDE != 0 { 2 } else { 1 };
        let here = left.min(at.len() / width);
        if here == 0 {
            return None;
        }
        text.push_str(&letters_of(at, here, flags));
        *at = at.get(here * width..)?;
        left -= here;
    }
    reading.line(&text);
    while behind > 0 {
        if at.is_empty() {
            *at = later.next()?;
        }
        let here = behind.min(at.len());
        if here == 0 {
            return None;
        }
        *at = at.get(here..)?;
        behind -= here;
    }
    Some(())
}
