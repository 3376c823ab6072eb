//! What the parser found broken, said on the mail.

use mail_parser::{MessageRef, PartFlags};

use super::note;
use crate::domain::mail::Warning;

const DAMAGE: [(PartFlags, &str, &str); 5] = [
    (
        PartFlags::NESTING_LIMIT,
        "too_deep",
        "parts lie too deep within each other; the rest is kept unread",
    ),
    (
        PartFlags::LIMIT_REACHED,
        "too_many_parts",
        "the mail has too many parts, or they lie too deep; the rest is kept unread",
    ),
    (
        PartFlags::MISSING_DELIMITER,
        "boundary_missing",
        "the boundary between parts does not occur",
    ),
    (
        PartFlags::FALLBACK_DELIMITER,
        "boundary_in_line",
        "a boundary between parts stands in the middle of a line",
    ),
    (
        PartFlags::UNTERMINATED,
        "unterminated",
        "the mail ends in the middle of a part",
    ),
];

pub(super) fn note_all(message: MessageRef<'_>, warnings: &mut Vec<Warning>) {
    for part in message.parts() {
        for (flag, code, detail) in DAMAGE {
            if part.flags().contains(flag) {
                note(warnings, code, detail);
            }
        }
    }
}
