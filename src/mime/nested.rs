//! Mails within mails: attached ones, Outlook's .msg files, and whole mailboxes in one file.
//!
//! All of them become what a mail is everywhere here, RFC 5322 bytes, and take the ordinary way. How deep, how many and
//! how much is opened is bounded; what is not opened is an attachment like any other.

use std::{borrow::Cow, cell::Cell};

use super::{
    Digests, contents::Leaf, mapi, mbox, name, name::has_extension, note, read, read_all,
    unreadable,
};
use crate::domain::mail::{Attachment, Mail, Warning};

/// Mails deeper than this are attachments that are not opened.
pub(super) const MAX_DEPTH: usize = 8;
/// Mails that are opened within one.
const MAX_MAILS: usize = 2_000;
/// Bytes that are read again as mails; the parser has read what it nests itself.
const MAX_BYTES: usize = 64 << 20;

pub(super) const TOO_DEEP: &str =
    "mails lie too deep within each other, or are too many or too large; the rest is kept unread";

/// What may still be opened while one mail is read.
pub(super) struct Opening {
    pub digests: Digests,
    depth: Cell<usize>,
    mails_left: Cell<usize>,
    bytes_left: Cell<usize>,
}

impl Opening {
    pub(super) fn new(digests: Digests) -> Self {
        Self {
            digests,
            depth: Cell::new(0),
            mails_left: Cell::new(MAX_MAILS),
            bytes_left: Cell::new(MAX_BYTES),
        }
    }

    /// Reads one level deeper; `None` when a limit is reached, and `over` is told.
    fn within(
        &self,
        bytes: usize,
        over: &mut bool,
        read: impl FnOnce() -> Option<Mail>,
    ) -> Option<Mail> {
        let (Some(mails), Some(bytes)) = (
            self.mails_left.get().checked_sub(1),
            self.bytes_left.get().checked_sub(bytes),
        ) else {
            *over = true;
            return None;
        };
        if self.depth.get() >= MAX_DEPTH {
            *over = true;
            return None;
        }
        self.mails_left.set(mails);
        self.bytes_left.set(bytes);
        self.depth.set(self.depth.get() + 1);
        let mail = read();
        self.depth.set(self.depth.get() - 1);
        mail
    }
}

/// The attachment with the mail or mails that it is.
pub(super) fn open(
    leaf: &Leaf<'_>,
    attachment: Attachment,
    bytes: &[u8],
    opening: &Opening,
    warnings: &mut Vec<Warning>,
) -> Attachment {
    let mut over = false;
    let opened = if let Some(nested) = leaf.nested() {
        Attachment {
            mail: opening
                .within(0, &mut over, || {
                    // Not all that is said to be a mail is one.
                    let is_mail = nested.headers().has_known();
                    is_mail.then(|| read(nested, opening))
                })
                .map(Box::new),
            ..attachment
        }
    } else if is_mail(&attachment) || mapi::msg::is_msg(bytes) {
        Attachment {
            mail: opening
                .within(bytes.len(), &mut over, || {
                    read_all(&mail_file(bytes), opening)
                })
                .map(Box::new),
            ..attachment
        }
    } else if is_mailbox(&attachment, bytes) {
        Attachment {
            attachments: mails_of(bytes, opening, &mut over),
            ..attachment
        }
    } else {
        attachment
    };
    if over {
        note(warnings, "too_deep", TOO_DEEP);
    }
    opened
}

/// The file as the bytes of a mail: an Outlook .msg or a bare `winmail.dat` is written anew as one, unless it is too
/// large for that.
pub(super) fn mail_file(bytes: &[u8]) -> Cow<'_, [u8]> {
    (bytes.len() <= MAX_BYTES)
        .then(|| mapi::as_mail(bytes))
        .flatten()
        .map_or(Cow::Borrowed(bytes), Cow::Owned)
}

/// What stands at a place within an attachment; see [`super::attachment`].
pub(super) fn attachment(
    outer: &Attachment,
    bytes: &[u8],
    place: &[usize],
) -> Option<(Attachment, Vec<u8>)> {
    if !is_mailbox(outer, bytes) {
        return super::attachment(bytes, place);
    }
    let (&index, within) = place.split_first()?;
    let raw = mbox::split(bytes).mails.into_iter().nth(index)?;
    if !within.is_empty() {
        return super::attachment(&raw, within);
    }
    // Told as it was listed: its clean name depends on the mails beside it.
    let listed = mails_of(bytes, &Opening::new(Digests::LeftOut), &mut false);
    let described = Attachment {
        sha256: Digests::Made.of(&raw),
        ..listed.into_iter().nth(index)?
    };
    Some((described, raw))
}

fn mails_of(bytes: &[u8], opening: &Opening, over: &mut bool) -> Vec<Attachment> {
    let mut mails = Vec::new();
    for raw in mbox::split(bytes).mails {
        let mail = opening.within(raw.len(), over, || {
            Some(read_all(&raw, opening).unwrap_or_else(unreadable))
        });
        let Some(mail) = mail else { break };
        mails.push(described(&raw, mail, opening.digests));
    }
    name::clean(&mut mails);
    mails
}

fn described(raw: &[u8], mail: Mail, digests: Digests) -> Attachment {
    Attachment {
        name: name::of_mail(&mail.subject),
        media_type: "message/rfc822".to_owned(),
        size: raw.len() as u64,
        sha256: digests.of(raw),
        mail: Some(Box::new(mail)),
        ..Attachment::default()
    }
}

/// A mail that was attached as a file.
fn is_mail(attachment: &Attachment) -> bool {
    attachment.media_type == "message/rfc822" || has_extension(&attachment.name, "eml")
}

fn is_mailbox(attachment: &Attachment, bytes: &[u8]) -> bool {
    let is_said = attachment.media_type == "application/mbox"
        || has_extension(&attachment.name, "mbox")
        || has_extension(&attachment.name, "mbx");
    is_said || (attachment.media_type == "application/octet-stream" && mbox::is_mbox(bytes))
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::mail::MailKind,
        mime::{attachment, parse},
    };

    #[test]
    fn what_is_said_to_be_a_mail_and_is_none_is_a_file() {
        let attached = |content: &str| {
            let raw = format!(
                "From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
                 Content-Type: message/rfc822; name=a.eml\r\n\r\n{content}\r\n--b--\r\n"
            );
            parse(raw.as_bytes()).attachments.remove(0).mail
        };
        assert!(attached("").is_none());
        assert!(attached("Kære kommune\r\n\r\nhej").is_none());
        assert!(attached("Subject: Hej\r\n\r\nhej").is_some());
    }

    #[test]
    fn a_mail_of_a_mailbox_is_fetched_as_it_was_listed_and_one_that_is_none_ends_nothing() {
        let mail = "From: a@x.example\r\nSubject: Hæk\r\n\r\nhej\r\n\r\n";
        let separator = "From a@x.example Tue Feb  3 12:00:00 2026\r\n";
        let raw = format!(
            "From: a@x.example\r\nContent-Type: application/mbox; name=arkiv.mbox\r\n\r\n\
             {separator}{mail}{separator}intet\r\n\r\n{separator}{mail}"
        );
        let mailbox = &parse(raw.as_bytes()).attachments[0];
        let names: Vec<_> = mailbox
            .attachments
            .iter()
            .map(|mail| mail.clean_name.as_str())
            .collect();
        assert_eq!(names, ["Hæk.eml", "mail.eml", "Hæk (2).eml"]);
        let unread = mailbox.attachments[1].mail.as_ref().unwrap();
        assert_eq!(unread.kind, MailKind::Unreadable);
        for (index, listed) in mailbox.attachments.iter().enumerate() {
            let (fetched, bytes) = attachment(raw.as_bytes(), &[0, index]).unwrap();
            assert_eq!(&fetched, listed);
            assert_eq!(bytes.len() as u64, listed.size);
        }
    }
}
