//! Which parts of a mail are its text, and which are offered as attachments.
//!
//! Every leaf that is not the text shown is offered: the parser's own list of attachments leaves some out, and a lost
//! attachment is a lost document.

use std::{borrow::Cow, collections::BTreeSet};

use mail_parser::{MessagePart, MessageRef, PartFlags, Source};

use super::text::Body;
use crate::domain::mail::Warning;

const TOO_DEEP: (&str, &str) = (
    "too_deep",
    "parts lie too deep within each other; the rest is kept unread",
);

/// A part that is offered as an attachment.
pub(super) struct Leaf<'m> {
    pub part: MessagePart<'m>,
    pub media_type: String,
}

/// Splits a mail into its text and its attachments, in the order they stand.
pub(super) fn split(message: MessageRef<'_>) -> (Body<'_>, Vec<Leaf<'_>>) {
    let mut body = Body::default();
    let mut leaves = Vec::new();
    let mut stack = vec![message.root_part()];
    while let Some(part) = stack.pop() {
        if part.is_multipart() {
            stack.extend(part.children().rev());
        } else if is_shown(&part) {
            body.add(part);
        } else if !is_empty(&part) {
            leaves.push(Leaf {
                media_type: media_type(&part),
                part,
            });
        }
    }
    (body, leaves)
}

fn is_shown(part: &MessagePart<'_>) -> bool {
    part.is_text()
        && part.attachment_name().is_none()
        && !is_calendar(part)
        && (part.in_text_body() || part.in_html_body())
}

/// A text part that holds nothing to offer.
fn is_empty(part: &MessagePart<'_>) -> bool {
    part.is_text() && part.attachment_name().is_none() && part.raw_body().trim_ascii().is_empty()
}

/// Notes on the mail what the parser found broken.
pub(super) fn note_damage(message: MessageRef<'_>, unopened: bool, warnings: &mut Vec<Warning>) {
    let mut found = BTreeSet::new();
    if unopened {
        found.insert(TOO_DEEP);
    }
    let mut stack = vec![message.root_part()];
    while let Some(part) = stack.pop() {
        let flags = part.flags();
        for (flag, damage) in [
            (PartFlags::NESTING_LIMIT, TOO_DEEP),
            (
                PartFlags::LIMIT_REACHED,
                (
                    "too_many_parts",
                    "the mail has too many parts, or they lie too deep; the rest is kept unread",
                ),
            ),
            (
                PartFlags::MISSING_DELIMITER,
                (
                    "boundary_missing",
                    "the boundary between parts does not occur",
                ),
            ),
            (
                PartFlags::FALLBACK_DELIMITER,
                (
                    "boundary_in_line",
                    "a boundary between parts stands in the middle of a line",
                ),
            ),
            (
                PartFlags::UNTERMINATED,
                ("unterminated", "the mail ends in the middle of a part"),
            ),
        ] {
            if flags.contains(flag) {
                found.insert(damage);
            }
        }
        stack.extend(part.children());
    }
    warnings.extend(
        found
            .into_iter()
            .map(|(code, detail)| warning(code, detail)),
    );
}

pub(super) fn warning(code: &str, detail: &str) -> Warning {
    Warning {
        code: code.to_owned(),
        detail: detail.to_owned(),
    }
}

impl<'m> Leaf<'m> {
    pub(super) fn is_calendar(&self) -> bool {
        is_calendar(&self.part)
    }

    /// Of no use to a reader without the mail it signs.
    pub(super) fn is_signature(&self) -> bool {
        matches!(
            self.media_type.as_str(),
            "application/pkcs7-signature"
                | "application/x-pkcs7-signature"
                | "application/pgp-signature"
        )
    }

    /// The decoded bytes. A mail within the mail was decoded when it was opened, and is not decoded again.
    pub(super) fn bytes(&self) -> Cow<'m, [u8]> {
        match self.part.nested() {
            Some(nested) if matches!(nested.source(), Source::Decoded(part) if part == self.part.id()) => {
                Cow::Borrowed(nested.source_bytes())
            }
            _ => self.part.decoded(),
        }
    }
}

fn is_calendar(part: &MessagePart<'_>) -> bool {
    part.is_content_type("text", "calendar")
}

fn media_type(part: &MessagePart<'_>) -> String {
    if part.is_message() {
        return "message/rfc822".to_owned();
    }
    part.content_type().map_or_else(
        || {
            if part.is_text() {
                "text/plain".to_owned()
            } else {
                "application/octet-stream".to_owned()
            }
        },
        |content| match content.subtype() {
            Some(subtype) => format!("{}/{subtype}", content.ctype()).to_lowercase(),
            None => "application/octet-stream".to_owned(),
        },
    )
}
