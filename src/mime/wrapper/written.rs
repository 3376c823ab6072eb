//! Files that software without MIME writes into a text, or sends as a text of their own.

use std::sync::LazyLock;

use mail_parser::{Encoding, MessagePart, PartKind};
use regex::bytes::Regex;

use super::super::{
    binhex, charset, embedded::Split, media_type, note_all, pgp, text, uuencode, yenc,
};
use crate::domain::mail::Warning;
use crate::mime::contents::{Contents, Taken, is_shown};

/// Lines that a file within a text may begin with: most texts have none, and are not looked at any further.
static BEGINNINGS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?m-u)^(?:begin [0-7]|=ybegin |-----BEGIN PGP |\((?i:this file must be converted))",
    )
    .ok()
});

/// Takes the files out of a text that is shown.
pub(super) fn open_text<'m>(
    part: &MessagePart<'m>,
    contents: &mut Contents<'m>,
    warnings: &mut Vec<Warning>,
) -> bool {
    if !is_shown(part) || matches!(part.kind(), PartKind::Html) || !may_hold_files(part) {
        return false;
    }
    if part.raw_body().len() > text::MAX_SOURCE_BYTES {
        // Files beyond what is read of a text would be lost.
        contents.offer("text/plain", whole(part));
        return false;
    }
    let mut rest = text::decoded(part, warnings).into_bytes();
    note_all(warnings, yenc::seen(&rest));
    note_all(warnings, pgp::in_text(&rest).and_then(pgp::Pgp::warning));
    let mut has_files = false;
    if let Some(found) = uuencode::split(&rest) {
        has_files = true;
        rest = take(found, contents, warnings);
    }
    if let Some(found) = binhex::split(&rest, contents.room()) {
        has_files = true;
        contents.use_room(found.files.iter().map(|file| file.bytes.len()).sum());
        rest = take(found, contents, warnings);
    }
    if has_files {
        let text = charset::guessed(&rest).replace("\r\n", "\n");
        contents.body.add_text(*part, text);
    }
    has_files
}

pub(super) fn open_binhex<'m>(
    part: &MessagePart<'m>,
    contents: &mut Contents<'m>,
    warnings: &mut Vec<Warning>,
) -> bool {
    let Some(file) = binhex::decode(&part.decoded(), contents.room(), warnings) else {
        return false;
    };
    contents.use_room(file.bytes.len());
    let split = Split {
        files: vec![file],
        ..Split::default()
    };
    take(split, contents, warnings);
    true
}

/// The text as it is, to be kept as a file.
fn whole(part: &MessagePart<'_>) -> Taken {
    Taken {
        bytes: part.decoded().into_owned(),
        ..Taken::default()
    }
}

fn may_hold_files(part: &MessagePart<'_>) -> bool {
    let Some(beginnings) = &*BEGINNINGS else {
        return true;
    };
    match part.encoding() {
        Encoding::Base64 => beginnings.is_match(&part.decoded()),
        _ => beginnings.is_match(part.raw_body()),
    }
}

/// Offers the files; the text without them.
fn take(split: Split, contents: &mut Contents<'_>, warnings: &mut Vec<Warning>) -> Vec<u8> {
    note_all(warnings, split.warnings);
    for file in split.files {
        let media_type = file
            .media_type
            .or_else(|| media_type::by_name(file.name.as_deref()?))
            .unwrap_or("application/octet-stream");
        let taken = Taken {
            name: file.name,
            bytes: file.bytes,
            ..Taken::default()
        };
        contents.offer(media_type, taken);
    }
    split.text
}
