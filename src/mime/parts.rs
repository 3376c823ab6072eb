//! Which parts of a mail are its text, and which are offered as attachments.
//!
//! Every leaf that is not the text shown is offered: the parser's own list of attachments leaves some out, and a lost
//! attachment is a lost document.

use std::cell::OnceCell;

use mail_parser::{DecodeProblems, MessagePart, MessageRef, PartFlags, PartKind};

use super::cid::References;
use crate::domain::mail::Warning;

/// Text of a mail that is kept; what people write is far shorter.
const MAX_TEXT_BYTES: usize = 10 * 1024 * 1024;
/// A picture of the text above this size was put there to be seen: a photo or a screenshot, no logo.
const MAX_LOGO_BYTES: usize = 100 * 1024;

/// The parts that are shown as text.
pub(super) struct Body<'m> {
    plain: Vec<MessagePart<'m>>,
    html: Vec<MessagePart<'m>>,
}

/// A part that is offered as an attachment.
pub(super) struct Leaf<'m> {
    pub part: MessagePart<'m>,
    pub media_type: String,
    /// Shown within the text, or of no use to a reader (a signature).
    pub inline: bool,
}

/// Splits a mail into its text and its attachments, in the order they stand.
pub(super) fn split(message: MessageRef<'_>) -> (Body<'_>, Vec<Leaf<'_>>) {
    let shown = |part: &MessagePart<'_>| {
        part.is_text()
            && part.attachment_name().is_none()
            && !is_calendar(part)
            && !part.is_message()
    };
    let mut body = Body {
        plain: Vec::new(),
        html: Vec::new(),
    };
    let mut leaves = Vec::new();
    let references = OnceCell::new();
    let mut stack = vec![message.root_part()];
    while let Some(part) = stack.pop() {
        if part.is_multipart() {
            let children: Vec<_> = part.children().collect();
            stack.extend(children.into_iter().rev());
        } else if shown(&part) && (part.in_text_body() || part.in_html_body()) {
            match part.kind() {
                PartKind::Html => body.html.push(part),
                _ => body.plain.push(part),
            }
        } else if part.is_text()
            && part.attachment_name().is_none()
            && part.raw_body().trim_ascii().is_empty()
        {
            // An empty text part holds nothing to offer.
        } else {
            leaves.push(Leaf {
                media_type: media_type(&part),
                inline: false,
                part,
            });
        }
    }
    for leaf in &mut leaves {
        leaf.inline = is_inline(leaf, |id| {
            references.get_or_init(|| body.references()).show(id)
        });
    }
    (body, leaves)
}

/// Notes on the mail what the parser found broken.
pub(super) fn note_damage(message: MessageRef<'_>, warnings: &mut Vec<Warning>) {
    let mut found = std::collections::BTreeSet::new();
    let mut stack = vec![message.root_part()];
    while let Some(part) = stack.pop() {
        let flags = part.flags();
        for (flag, code, detail) in [
            (
                PartFlags::NESTING_LIMIT,
                "too_deep",
                "parts lie too deep within each other; the rest is kept unread",
            ),
            (
                PartFlags::LIMIT_REACHED,
                "too_many_parts",
                "the mail has too many parts; the rest is kept unread",
            ),
            (
                PartFlags::MISSING_DELIMITER,
                "boundary_missing",
                "the boundary between parts does not occur",
            ),
            (
                PartFlags::UNTERMINATED,
                "unterminated",
                "the mail ends in the middle of a part",
            ),
        ] {
            if flags.contains(flag) {
                found.insert((code, detail));
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

impl Body<'_> {
    fn references(&self) -> References {
        let mut references = References::default();
        for part in self.html.iter().chain(&self.plain) {
            references.read(&part.text().unwrap_or_default());
        }
        references
    }

    /// The text a reader sees: what was written as text, else what the HTML says.
    pub(super) fn text(&self, warnings: &mut Vec<Warning>) -> String {
        let mut text = Text::default();
        for part in &self.plain {
            text.add(&decoded(part, warnings));
        }
        if text.so_far.trim().is_empty() {
            text = Text::default();
            for part in &self.html {
                let html = decoded(part, warnings);
                let read = head(&html, MAX_TEXT_BYTES);
                text.cut |= read.len() < html.len();
                text.add(&super::html::text(read));
            }
        }
        if text.cut {
            warnings.push(warning(
                "text_cut",
                "only the first 10 MB of the text were read",
            ));
        }
        text.so_far
    }
}

/// Text that never grows beyond the limit.
#[derive(Default)]
struct Text {
    so_far: String,
    cut: bool,
}

impl Text {
    fn add(&mut self, more: &str) {
        if !self.so_far.is_empty() && !self.so_far.ends_with('\n') {
            self.so_far.push('\n');
        }
        let taken = head(more, MAX_TEXT_BYTES.saturating_sub(self.so_far.len()));
        self.cut |= taken.len() < more.len();
        self.so_far.push_str(&taken.replace("\r\n", "\n"));
    }
}

fn head(text: &str, max_bytes: usize) -> &str {
    &text[..text.floor_char_boundary(max_bytes)]
}

fn decoded(part: &MessagePart<'_>, warnings: &mut Vec<Warning>) -> String {
    let Some((text, problems)) = part.text_checked() else {
        return String::new();
    };
    if problems.intersects(DecodeProblems::UNKNOWN_CHARSET | DecodeProblems::MALFORMED_CHARSET)
        && let Some(repaired) = repaired(part)
    {
        return repaired;
    }
    if problems.contains(DecodeProblems::UNKNOWN_CHARSET) {
        warnings.push(warning(
            "charset_unknown",
            "the text's character set is unknown",
        ));
    } else if problems.contains(DecodeProblems::MALFORMED_CHARSET) {
        warnings.push(warning(
            "charset_damaged",
            "some letters of the text could not be read",
        ));
    }
    if problems.intersects(
        DecodeProblems::MALFORMED_TRANSFER_ENCODING | DecodeProblems::UNKNOWN_TRANSFER_ENCODING,
    ) {
        warnings.push(warning(
            "encoding_damaged",
            "the text's transfer encoding is damaged",
        ));
    }
    text.into_owned()
}

/// Text that is not in the character set it claims: UTF-8 when it is that, else windows-1252, as old software means.
fn repaired(part: &MessagePart<'_>) -> Option<String> {
    let bytes = part.decoded();
    match std::str::from_utf8(&bytes) {
        Ok(text) => Some(text.to_owned()),
        Err(_) if bytes.contains(&0) => None,
        Err(_) => Some(encoding_rs::WINDOWS_1252.decode(&bytes).0.into_owned()),
    }
}

fn warning(code: &str, detail: &str) -> Warning {
    Warning {
        code: code.to_owned(),
        detail: detail.to_owned(),
    }
}

impl Leaf<'_> {
    pub(super) fn is_calendar(&self) -> bool {
        is_calendar(&self.part)
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

fn is_inline(leaf: &Leaf<'_>, is_shown: impl Fn(&str) -> bool) -> bool {
    if matches!(
        leaf.media_type.as_str(),
        "application/pkcs7-signature"
            | "application/x-pkcs7-signature"
            | "application/pgp-signature"
    ) {
        return true;
    }
    if !leaf.media_type.starts_with("image/") || leaf.part.decoded_len() > MAX_LOGO_BYTES {
        return false;
    }
    let Some(id) = leaf.part.content_id() else {
        return false;
    };
    let attached = leaf
        .part
        .content_disposition()
        .is_some_and(|disposition| disposition.is_attachment());
    !attached || is_shown(id)
}
