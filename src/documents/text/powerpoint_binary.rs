//! The text of a PowerPoint presentation until 2003 (MS-PPT): every record that holds text, in the order they stand.

use super::{
    compound::{Compound, le_u16, le_u32, wide},
    reading::Reading,
};

/// Letters of two bytes; their low bytes alone.
const TEXT_CHARS: u16 = 0x0fa0;
const TEXT_BYTES: u16 = 0x0fa8;
const ENCRYPTED: u16 = 0x2f14;
/// Masters hold no text but "Click to edit".
const MAIN_MASTER: u16 = 0x03f8;
/// What masters say that are no master records.
const PROMPTS: [&str; 4] = [
    "Click to edit",
    "Klik for at redigere",
    "Klik her for at",
    "*",
];

pub(super) fn read(compound: &mut Compound<'_>, reading: &mut Reading) {
    let Some(stream) = compound.stream("PowerPoint Document", reading) else {
        return reading.note_damage();
    };
    let mut rest = stream.as_slice();
    // Containers are entered by stepping over their header alone, so no record needs a stack.
    while let (Some(version), Some(kind), Some(length)) =
        (le_u16(rest, 0), le_u16(rest, 2), le_u32(rest, 4))
    {
        let body = rest.get(8..).unwrap_or_default();
        let length = (length as usize).min(body.len());
        let content = body.get(..length).unwrap_or_default();
        let is_container = version & 0x000f == 0x000f && kind != MAIN_MASTER;
        match kind {
            TEXT_CHARS => add(&wide(content), reading),
            TEXT_BYTES => add(
                &content
                    .iter()
                    .map(|byte| char::from(*byte))
                    .collect::<String>(),
                reading,
            ),
            ENCRYPTED => reading.note(
                "encrypted",
                "the file, or a part of it, is behind a password",
            ),
            _ => (),
        }
        if reading.is_full() {
            return;
        }
        rest = if is_container {
            body
        } else {
            body.get(length..).unwrap_or_default()
        };
    }
}

fn add(text: &str, reading: &mut Reading) {
    if PROMPTS.iter().any(|prompt| text.starts_with(prompt)) {
        return;
    }
    for line in text.split(['\r', '\u{b}']) {
        reading.line(line);
    }
}
