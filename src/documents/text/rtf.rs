//! Rich text, read by `mime`, which meets it in mails too.

use super::reading::Reading;

pub(super) fn read(_bytes: &[u8], reading: &mut Reading) {
    reading.note("format_not_read", "files of this kind are not read");
}
