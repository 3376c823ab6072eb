//! What a mail holds once everything that merely wraps it is taken off: its text, and what is offered as attachments.
//!
//! Every leaf that is not the text shown is offered: the parser's own list of attachments leaves some out, and a lost
//! attachment is a lost document. Wrappers (a `winmail.dat`, a signed envelope, files written into the text) give way to
//! what they hold; one that cannot be opened is offered as it is, and said so.

use std::borrow::Cow;

use mail_parser::{MessagePart, MessageRef, Source};

use super::{facts, name, nested, note, text::Body, wrapper};
use crate::domain::{
    delivery::DeliveryReport,
    digital_post::DigitalPost,
    file_name,
    mail::{Signature, Warning},
};

/// Wrappers within each other that are opened: a signed mail in a signed mail in …
const MAX_WRAPPERS: usize = 8;
/// What they hold together, as sent or unpacked, whichever is more: it is in memory beside what it was taken out of.
const MAX_WRAPPED_BYTES: usize = 64 << 20;

pub(super) struct Contents<'m> {
    pub body: Body<'m>,
    /// In the order they stand.
    pub leaves: Vec<Leaf<'m>>,
    pub signature: Option<Signature>,
    /// A meeting or a task is asked for, answered or called off.
    pub is_meeting: bool,
    pub report: Option<DeliveryReport>,
    /// The Message-ID of a mail that comes back without its text.
    pub returned: Option<String>,
    pub digital_post: Option<DigitalPost>,
    /// Wrappers around this.
    depth: usize,
    /// Bytes that wrappers may still hold.
    room: usize,
}

/// Something that is offered as an attachment.
pub(super) struct Leaf<'m> {
    pub media_type: String,
    pub content: Content<'m>,
}

pub(super) enum Content<'m> {
    Part(MessagePart<'m>),
    Taken(Taken),
}

/// A file that was taken out of a wrapper.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    pub name: Option<String>,
    pub content_id: Option<String>,
    /// The wrapper says that it is shown within the text.
    pub hidden: bool,
    pub bytes: Vec<u8>,
}

/// Splits a mail into its text and its attachments.
pub(super) fn of<'m>(message: MessageRef<'m>, warnings: &mut Vec<Warning>) -> Contents<'m> {
    at_depth(message, 0, MAX_WRAPPED_BYTES, warnings)
}

fn at_depth<'m>(
    message: MessageRef<'m>,
    depth: usize,
    room: usize,
    warnings: &mut Vec<Warning>,
) -> Contents<'m> {
    let mut contents = Contents {
        body: Body::default(),
        leaves: Vec::new(),
        signature: None,
        is_meeting: false,
        report: None,
        returned: None,
        digital_post: None,
        depth,
        room,
    };
    let mut stack = vec![message.root_part()];
    while let Some(part) = stack.pop() {
        if part.is_multipart() {
            if !wrapper::open_multipart(&part, &mut contents, warnings) {
                stack.extend(part.children().rev());
            }
        } else if !is_empty(&part) && !wrapper::open(&part, &mut contents, warnings) {
            contents.add(part, warnings);
        }
    }
    if contents.digital_post.is_some() {
        contents.drop_repeated();
    }
    contents
}

impl<'m> Contents<'m> {
    fn add(&mut self, part: MessagePart<'m>, warnings: &mut Vec<Warning>) {
        if is_shown(&part) {
            self.body.add(part);
            return;
        }
        let media_type = media_type(&part);
        if may_be_the_text(&part, &media_type) {
            self.body.fall_back_on_part(part);
        }
        let within = facts::read(&part, &media_type, self, warnings);
        self.leaves.push(Leaf {
            media_type,
            content: Content::Part(part),
        });
        for (media_type, taken) in within {
            self.offer(&media_type, taken);
        }
    }

    /// The names of all leaves as files can have them.
    pub(super) fn clean_names(&self) -> Vec<String> {
        let names: Vec<String> = self
            .leaves
            .iter()
            .enumerate()
            .map(|(index, leaf)| leaf.name(index))
            .collect();
        file_name::clean_all(names.iter().map(String::as_str))
    }

    /// Gateways send Digital Post's documents beside the message that holds them.
    fn drop_repeated(&mut self) {
        let parts: Vec<Vec<u8>> = self
            .leaves
            .iter()
            .filter(|leaf| matches!(leaf.content, Content::Part(_)))
            .map(|leaf| leaf.bytes().into_owned())
            .collect();
        self.leaves.retain(|leaf| match &leaf.content {
            Content::Part(_) => true,
            Content::Taken(taken) => !parts.contains(&taken.bytes),
        });
    }

    /// Whether so large a wrapper is opened: its content is in memory once more, or several times.
    pub(super) fn has_room_for(
        &mut self,
        part: &MessagePart<'_>,
        warnings: &mut Vec<Warning>,
    ) -> bool {
        let room = self.room.checked_sub(part.raw_body().len());
        self.room = room.unwrap_or(self.room);
        if room.is_none() {
            note(
                warnings,
                "wrapper_too_large",
                "a file that only wraps others is too large to be opened; it is an attachment as it is",
            );
        }
        room.is_some()
    }

    pub(super) fn offer(&mut self, media_type: &str, taken: Taken) {
        self.leaves.push(Leaf {
            media_type: media_type.to_owned(),
            content: Content::Taken(taken),
        });
    }

    /// What wrappers may still hold.
    pub(super) fn room(&self) -> usize {
        self.room
    }

    pub(super) fn use_room(&mut self, bytes: usize) {
        self.room = self.room.saturating_sub(bytes);
    }

    /// Takes over what a wrapper held, a mail without its headers; false when wrappers lie too deep within each other.
    pub(super) fn take_over(&mut self, inner: MessageRef<'_>, warnings: &mut Vec<Warning>) -> bool {
        if self.depth >= MAX_WRAPPERS {
            note(warnings, "too_deep", nested::TOO_DEEP);
            return false;
        }
        let inner = at_depth(inner, self.depth + 1, self.room, warnings);
        self.room = inner.room;
        self.signature = self.signature.take().or(inner.signature);
        self.is_meeting |= inner.is_meeting;
        self.report = self.report.take().or(inner.report);
        self.returned = self.returned.take().or(inner.returned);
        self.digital_post = self.digital_post.take().or(inner.digital_post);
        self.body.take_over(&inner.body, warnings);
        for leaf in inner.leaves {
            let taken = Taken {
                name: leaf.given_name(),
                content_id: leaf.content_id().map(str::to_owned),
                hidden: leaf.is_hidden(),
                bytes: leaf.bytes().into_owned(),
            };
            self.offer(&leaf.media_type, taken);
        }
        true
    }
}

impl<'m> Leaf<'m> {
    pub(super) fn name(&self, index: usize) -> String {
        match &self.content {
            Content::Part(part) => name::of(part, &self.media_type, index),
            Content::Taken(taken) => match taken.name.clone() {
                Some(name) => name::with_extension(name, &self.media_type),
                None => name::from_type(&self.media_type, index),
            },
        }
    }

    /// But for one that only its place among the others would tell.
    fn given_name(&self) -> Option<String> {
        match &self.content {
            Content::Part(part) => name::known(part),
            Content::Taken(taken) => taken.name.clone(),
        }
    }

    pub(super) fn content_id(&self) -> Option<&str> {
        match &self.content {
            Content::Part(part) => part.content_id(),
            Content::Taken(taken) => taken.content_id.as_deref(),
        }
    }

    /// Known to be shown within the text, or of no use without the mail it signs.
    pub(super) fn is_hidden(&self) -> bool {
        let is_signature = matches!(
            self.media_type.as_str(),
            "application/pkcs7-signature"
                | "application/x-pkcs7-signature"
                | "application/pgp-signature"
        );
        is_signature || matches!(&self.content, Content::Taken(taken) if taken.hidden)
    }

    /// The decoded bytes. A mail within the mail was decoded when it was opened, and is not decoded again.
    pub(super) fn bytes(&self) -> Cow<'_, [u8]> {
        match &self.content {
            Content::Taken(taken) => Cow::Borrowed(&taken.bytes),
            Content::Part(part) => match part.nested() {
                Some(nested) if matches!(nested.source(), Source::Decoded(source) if source == part.id()) => {
                    Cow::Borrowed(nested.source_bytes())
                }
                _ => part.decoded(),
            },
        }
    }

    /// The mail that the parser opened already.
    pub(super) fn nested(&self) -> Option<MessageRef<'m>> {
        match &self.content {
            Content::Part(part) => part.nested(),
            Content::Taken(_) => None,
        }
    }
}

pub(super) fn is_shown(part: &MessagePart<'_>) -> bool {
    part.is_text()
        && part.attachment_name().is_none()
        && !part.is_content_type("text", "calendar")
        && (part.in_text_body() || part.in_html_body())
}

/// A text with a name that is not said to be attached: some software names what was written for the mail.
fn may_be_the_text(part: &MessagePart<'_>, media_type: &str) -> bool {
    matches!(media_type, "text/plain" | "text/html")
        && part
            .content_disposition()
            .is_none_or(|disposition| !disposition.is_attachment())
}

/// A text part that holds nothing to offer.
fn is_empty(part: &MessagePart<'_>) -> bool {
    part.is_text() && part.attachment_name().is_none() && part.raw_body().trim_ascii().is_empty()
}

/// As the part says, lower case; from what it is where it says nothing.
pub(super) fn media_type(part: &MessagePart<'_>) -> String {
    if part.is_message() {
        return "message/rfc822".to_owned();
    }
    let Some(content) = part.content_type() else {
        let assumed = if part.is_text() {
            "text/plain"
        } else {
            "application/octet-stream"
        };
        return assumed.to_owned();
    };
    match content.subtype() {
        Some(subtype) => format!("{}/{subtype}", content.ctype()).to_lowercase(),
        None => "application/octet-stream".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime::parsed;

    #[test]
    fn wrappers_beyond_the_limit_stay_closed_and_are_said() {
        let wrapper = "Content-Type: application/mac-binhex40; name=a.hqx\r\n\r\n(This file must be converted with BinHex 4.0)\r\n\
                       :#h0[GA*MFR0`G!!N!3d$5801)\"YJF$U3!*!$3S@P4%aKBh\"PCQP[D@jd!!!:\r\n";
        let raw = format!(
            "From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n{wrapper}--b\r\n{wrapper}--b--\r\n"
        );
        let (message, _) = parsed(raw.as_bytes()).unwrap();
        for (room, is_said) in [(MAX_WRAPPED_BYTES, false), (150, true), (0, true)] {
            let mut warnings = Vec::new();
            let contents = at_depth(message.root(), 0, room, &mut warnings);
            assert_eq!(contents.leaves.len(), 2, "{room}");
            let said = warnings.iter().any(|w| w.code == "wrapper_too_large");
            assert_eq!(said, is_said, "{room}");
        }
    }

    #[test]
    fn a_long_text_that_holds_files_is_kept_whole() {
        let file = b"begin 644 a.txt\r\n#86)C\r\n`\r\nend\r\n";
        let mut raw = b"From: a@x.example\r\n\r\n".to_vec();
        raw.extend(b"hej hej\r\n".repeat(crate::mime::text::MAX_SOURCE_BYTES / 9 + 1));
        raw.extend(file);
        let (message, _) = parsed(&raw).unwrap();
        let contents = of(message.root(), &mut Vec::new());
        let [kept] = contents.leaves.as_slice() else {
            panic!("{} leaves", contents.leaves.len());
        };
        assert!(kept.bytes().ends_with(file));
    }
}
