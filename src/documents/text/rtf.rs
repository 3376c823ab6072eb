//! Rich text, read by `mime`, which meets it in mails too.

use super::reading::Reading;
use crate::mime;

pub(super) fn read(bytes: &[u8], reading: &mut Reading) {
    let read = mime::rtf_text(bytes);
    if let Some(title) = read.title {
        reading.offer_title(&title);
    }
    reading.push(&read.text);
}
