//! The text of a Word document until 2003 (MS-DOC), by its table of pieces; formatting is not read.

use super::{
    compound::{Compound, le_u16, le_u32, narrow, wide},
    reading::Reading,
};

/// Edits made one by one give a piece each.
const MAX_PIECES: usize = 200_000;
/// Where the header tells of encryption and of which table stream is in use.
const FLAGS: usize = 0x0a;
const IS_ENCRYPTED: u16 = 0x0100;
const USES_TABLE_1: u16 = 0x0200;
/// Where the header tells where the pieces are told.
const CLX_OFFSET: usize = 0x01a2;
const CLX_LENGTH: usize = 0x01a6;
/// Word 97; older versions keep their text otherwise.
const OLDEST_VERSION: u16 = 0x00c1;

pub(super) fn read(compound: &mut Compound<'_>, reading: &mut Reading) {
    let Some(document) = compound.stream("WordDocument", reading) else {
        return reading.note_damage();
    };
    let flags = le_u16(&document, FLAGS).unwrap_or_default();
    if flags & IS_ENCRYPTED != 0 {
        return reading.note(
            "encrypted",
            "the file, or a part of it, is behind a password",
        );
    }
    if le_u16(&document, 2).is_none_or(|version| version < OLDEST_VERSION) {
        return reading.note("format_not_read", "files of this kind are not read");
    }
    let table = if flags & USES_TABLE_1 != 0 {
        "1Table"
    } else {
        "0Table"
    };
    let read = compound
        .stream(table, reading)
        .and_then(|table| read_pieces(&document, &table, reading));
    if read.is_none() {
        reading.note_damage();
    }
}

fn read_pieces(document: &[u8], table: &[u8], reading: &mut Reading) -> Option<()> {
    let clx = table
        .get(le_u32(document, CLX_OFFSET)? as usize..)?
        .get(..le_u32(document, CLX_LENGTH)? as usize)?;
    let pieces = pieces(clx)?;
    // So many positions, one more than pieces, then eight bytes for each piece.
    let count = (pieces.len().checked_sub(4)? / 12).min(MAX_PIECES);
    let first_piece = (pieces.len().checked_sub(4)? / 12 + 1) * 4;
    let mut text = Text::default();
    for index in 0..count {
        if reading.is_full() {
            break;
        }
        let length =
            le_u32(pieces, (index + 1) * 4)?.checked_sub(le_u32(pieces, index * 4)?)? as usize;
        let at = le_u32(pieces, first_piece + index * 8 + 2)?;
        let is_narrow = at & 0x4000_0000 != 0;
        let at = (at & 0x3fff_ffff) as usize;
        let letters = if is_narrow {
            narrow(document.get(at / 2..)?.get(..length)?)
        } else {
            wide(document.get(at..)?.get(..length.checked_mul(2)?)?)
        };
        text.add(&letters, reading);
    }
    Some(())
}

/// The table of pieces, behind any runs of properties.
fn pieces(clx: &[u8]) -> Option<&[u8]> {
    let mut rest = clx;
    while let Some((kind, after)) = rest.split_first() {
        match kind {
            1 => rest = after.get(2 + usize::from(le_u16(after, 0)?)..)?,
            2 => return after.get(4..)?.get(..le_u32(after, 0)? as usize),
            _ => return None,
        }
    }
    None
}

/// Letters into lines; what fields compute from is left out.
#[derive(Default)]
struct Text {
    /// For each field open, whether what follows is its code.
    fields: Vec<bool>,
}

impl Text {
    const MAX_FIELDS: usize = 100;

    fn add(&mut self, letters: &str, reading: &mut Reading) {
        let mut run = String::new();
        for c in letters.chars() {
            match c {
                '\u{13}' if self.fields.len() < Self::MAX_FIELDS => self.fields.push(true),
                '\u{14}' => {
                    if let Some(is_code) = self.fields.last_mut() {
                        *is_code = false;
                    }
                }
                '\u{15}' => {
                    self.fields.pop();
                }
                _ if self.fields.contains(&true) => (),
                '\r' | '\u{b}' | '\u{c}' | '\u{e}' => run.push('\n'),
                '\u{7}' => run.push('\t'),
                '\u{1e}' => run.push('-'),
                c => run.push(c),
            }
        }
        reading.push(&run);
    }
}
