//! Bytes to a mail.
//!
//! Whatever arrives is read as far as it can be and never refused: what could not be understood is said in the mail's
//! warnings, and the raw bytes are always kept elsewhere. Nothing of `mail-parser` is seen outside this module.

// The way of a mail, from its bytes on.
mod boundary;
mod contents;
mod damage;
mod fingerprint;
mod journal_report;
mod journaled;
mod kind;
mod nested;
mod reading;
mod repair;
pub mod thread;

// Its fields, and the letters they are written in.
mod address;
mod charset;
mod chosen_case;
mod code_page;
mod date;
mod fields;
mod headers;
mod label;
mod name;
mod parameters;
mod words;
mod written_twice;

// Its text.
mod cid;
mod flowed;
mod html;
mod plain;
mod rtf;
mod text;

// What merely wraps something, and gives way to it.
mod apple;
mod binhex;
mod cms;
mod embedded;
mod external;
mod mapi;
pub mod mbox;
mod pgp;
mod uuencode;
mod wrapper;
mod yenc;

// Files that say what they are, or tell something of the mail.
mod calendar;
mod content_line;
mod delivery;
mod facts;
mod inner_file;
mod media_type;
mod memo;
mod picture;
mod vcard;

#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;

use std::cell::OnceCell;

use mail_parser::{Message, MessageParser, MessageRef};

pub use charset::guessed;
pub use chosen_case::chosen_case;
pub use fields::header_fields;
pub use fingerprint::fingerprint;
pub use plain::escaped;
pub use reading::{Readable, readable};
pub use rtf::{RtfText, text as rtf_text};

use cid::References;
use contents::{Contents, Leaf};
use nested::Opening;

use crate::domain::{
    delivery::DeliveryReport,
    mail::{Attachment, Mail, MailKind, Sha256, Warning},
};

/// Parts that are looked at; beyond, the mail is marked and kept raw.
const MAX_PARTS: usize = 10_000;
/// How deep parts and mails may lie within each other.
const MAX_DEPTH: usize = 100;

/// Reads a mail. Never fails: bytes that are no mail give one of kind `Unreadable`.
pub fn parse(raw: &[u8]) -> Mail {
    read_file(raw, Digests::Made)
}

/// Reads a mail as [`parse`] does, but for the digests of its attachments; small pictures alone get theirs, by which
/// logos are known again.
pub fn parse_undigested(raw: &[u8]) -> Mail {
    read_file(raw, Digests::LeftOut)
}

/// The attachment at a place, and its decoded bytes; what it holds itself is not opened.
///
/// A place is where it stands in [`Mail::attachments`], then where in that attachment's mail, and so on.
pub fn attachment(raw: &[u8], place: &[usize]) -> Option<(Attachment, Vec<u8>)> {
    let (&index, within) = place.split_first()?;
    let raw = nested::mail_file(raw);
    let (message, _) = parsed(&raw)?;
    let contents = contents::of(journaled::meant(message.root()), &mut Vec::new());
    let leaf = contents.leaves.get(index)?;
    let bytes = leaf.bytes();
    let mut described = Describer::new(&contents, Digests::Made).describe(leaf, &bytes, index);
    described.clean_name = contents.clean_names().into_iter().nth(index)?;
    if within.is_empty() {
        return Some((described, bytes.into_owned()));
    }
    nested::attachment(&described, &bytes, within)
}

/// The bytes of the mail that a journal report is about, as it was sent; `None` for all other mail.
pub fn copied_mail(raw: &[u8]) -> Option<Vec<u8>> {
    let (message, _) = parsed(raw)?;
    journaled::mail(message.root()).map(|copied| copied.raw().to_vec())
}

#[derive(Clone, Copy)]
enum Digests {
    Made,
    LeftOut,
}

impl Digests {
    fn of(self, bytes: &[u8]) -> Option<Sha256> {
        match self {
            Self::Made => Some(Sha256::of(bytes)),
            Self::LeftOut => None,
        }
    }
}

fn read_file(raw: &[u8], digests: Digests) -> Mail {
    let opening = Opening::new(digests);
    read_all(&nested::mail_file(raw), &opening).unwrap_or_else(unreadable)
}

/// What a calendar says of its meetings, in Danish.
pub fn calendar_text(calendar: &[u8]) -> String {
    calendar::read(calendar).text
}

/// Whom visiting cards name and how to reach them, in Danish.
pub fn card_text(cards: &[u8]) -> String {
    vcard::read(cards).text
}

/// What a page of HTML says to its reader; cut where a mail's text would be.
pub fn html_text(page: &str) -> String {
    let mut text = text::Text::default();
    html::read(page, &mut text);
    text.trimmed().0
}

/// `None` when the bytes are no mail.
fn read_all(raw: &[u8], opening: &Opening) -> Option<Mail> {
    let (message, repairs) = parsed(raw)?;
    let mut mail = read(message.root(), opening);
    note_all(&mut mail.warnings, repairs);
    Some(mail)
}

/// The mail and what had to be put right for it; `None` when there is no header that mails have: any text with a colon
/// has a line that looks like one.
fn parsed(raw: &[u8]) -> Option<(Message<'_>, Vec<Warning>)> {
    let parser = MessageParser::new()
        .max_depth(MAX_DEPTH)
        .max_parts(MAX_PARTS);
    repair::parse(&parser, raw).filter(|(message, _)| message.root().headers().has_known())
}

fn unreadable() -> Mail {
    Mail {
        kind: MailKind::Unreadable,
        warnings: vec![Warning {
            code: "not_a_mail".to_owned(),
            detail: "the bytes have no mail header; they are kept as they are".to_owned(),
        }],
        ..Mail::default()
    }
}

fn read(message: MessageRef<'_>, opening: &Opening) -> Mail {
    match journaled::mail(message) {
        Some(copied) => journaled::read(message, copied, opening),
        None => read_itself(message, opening),
    }
}

fn read_itself(message: MessageRef<'_>, opening: &Opening) -> Mail {
    let mut warnings = Vec::new();
    let contents = contents::of(message, &mut warnings);
    let text = contents.body.text(&mut warnings);
    let headers = headers::read(message, &mut warnings);
    let kind = kind::of(&message, &headers.subject, contents.is_meeting);
    damage::note_all(message, &mut warnings);
    if pgp::hides_subject(&headers.subject) {
        note(
            &mut warnings,
            "subject_hidden",
            "the subject stands within the encrypted content",
        );
    }
    let describer = Describer::new(&contents, opening.digests);
    let mut attachments: Vec<Attachment> = contents
        .leaves
        .iter()
        .enumerate()
        .map(|(index, leaf)| {
            let bytes = leaf.bytes();
            let attachment = describer.describe(leaf, &bytes, index);
            nested::open(leaf, attachment, &bytes, opening, &mut warnings)
        })
        .collect();
    name::clean(&mut attachments);
    let mut report = contents.report;
    if kind == MailKind::Bounce {
        report = report.or_else(|| delivery::exchange(&text).map(DeliveryReport::from));
    }
    if let Some(report) = &mut report {
        report.original_message_id = report
            .original_message_id
            .take()
            .or(contents.returned)
            .or_else(|| {
                attachments
                    .iter()
                    .find_map(|a| a.mail.as_ref()?.message_id.clone())
            });
    }
    Mail {
        message_id: headers.message_id,
        in_reply_to: headers.in_reply_to,
        references: headers.references,
        date: headers.date,
        from: headers.from,
        to: headers.to,
        cc: headers.cc,
        bcc: headers.bcc,
        subject: headers.subject,
        text,
        kind,
        attachments,
        warnings,
        thread_index: headers.thread_index,
        signature: contents.signature,
        report,
        envelope: None,
        digital_post: contents.digital_post,
    }
}

/// Says of a mail's attachments what they are.
struct Describer<'c, 'm> {
    contents: &'c Contents<'m>,
    digests: Digests,
    /// Read when the first picture asks.
    references: OnceCell<References>,
}

impl<'c, 'm> Describer<'c, 'm> {
    fn new(contents: &'c Contents<'m>, digests: Digests) -> Self {
        Self {
            contents,
            digests,
            references: OnceCell::new(),
        }
    }

    fn describe(&self, leaf: &Leaf<'_>, bytes: &[u8], index: usize) -> Attachment {
        let name = leaf.name(index);
        let may_be_logo =
            leaf.media_type.starts_with("image/") && picture::may_be_logo(bytes, &name);
        let digests = if may_be_logo {
            Digests::Made
        } else {
            self.digests
        };
        Attachment {
            inline: leaf.is_hidden() || (may_be_logo && self.is_shown(leaf)),
            name,
            media_type: leaf.media_type.clone(),
            size: bytes.len() as u64,
            sha256: digests.of(bytes),
            ..Attachment::default()
        }
    }

    /// Whether the text shows it where it stands.
    fn is_shown(&self, leaf: &Leaf<'_>) -> bool {
        leaf.content_id().is_some_and(|id| {
            self.references
                .get_or_init(|| self.contents.body.references())
                .show(id)
        })
    }
}

/// Adds a warning, once however often its cause occurs.
fn note(warnings: &mut Vec<Warning>, code: &str, detail: &str) {
    note_all(warnings, [warning(code, detail)]);
}

fn note_all(warnings: &mut Vec<Warning>, more: impl IntoIterator<Item = Warning>) {
    for warning in more {
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
}

fn warning(code: &str, detail: &str) -> Warning {
    Warning {
        code: code.to_owned(),
        detail: detail.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<u8> {
        text.replace('\n', "\r\n").into_bytes()
    }

    #[test]
    fn bytes_that_are_no_mail_are_unreadable_and_said_so() {
        let mail = parse(b"\x89PNG\r\n\x1a\n\0\0\0");
        assert_eq!(mail.kind, MailKind::Unreadable);
        assert_eq!(mail.warnings[0].code, "not_a_mail");
        assert_eq!(parse(b"").kind, MailKind::Unreadable);
    }

    #[test]
    fn raw_latin_1_headers_keep_their_letters() {
        let mail =
            parse(b"From: S\xf8ren \xc5gaard <soren@x.example>\r\nSubject: H\xe6k\r\n\r\nhej");
        assert_eq!(mail.subject, "Hæk");
        assert_eq!(mail.from[0].name.as_deref(), Some("Søren Ågaard"));
    }

    #[test]
    fn the_first_of_two_froms_counts_and_the_mail_is_marked() {
        let mail = parse(b"From: a@x.example\r\nFrom: b@x.example\r\nSubject: x\r\n\r\nhej");
        assert_eq!(mail.from[0].address, "a@x.example");
        assert_eq!(mail.warnings[0].code, "header_twice");
    }

    #[test]
    fn html_alone_becomes_readable_text_without_scripts() {
        let raw = lines(
            "From: a@x.example\nContent-Type: text/html; charset=utf-8\n\n\
             <html><head><style>p{color:red}</style><script>alert(1)</script></head>\
             <body><p>Kære Birthe</p><p>Hækken er <b>for h&oslash;j</b>.</p></body></html>",
        );
        let text = parse(&raw).text;
        assert!(
            text.contains("Kære Birthe") && text.contains("Hækken er for høj."),
            "{text}"
        );
        assert!(!text.contains("alert") && !text.contains("color"), "{text}");
    }

    #[test]
    fn an_attachment_named_by_rfc_2231_gets_its_name_and_bytes() {
        let raw = lines(
            "From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nSe bilag\n\
             --b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename*=utf-8''h%C3%A6k.pdf\n\
             Content-Transfer-Encoding: base64\n\nJVBERg==\n--b--\n",
        );
        let mail = parse(&raw);
        assert_eq!(mail.text.trim(), "Se bilag");
        assert_eq!(
            (
                mail.attachments[0].name.as_str(),
                mail.attachments[0].inline
            ),
            ("hæk.pdf", false)
        );
        let (again, bytes) = attachment(&raw, &[0]).unwrap();
        assert_eq!(
            (again, bytes.as_slice()),
            (mail.attachments[0].clone(), b"%PDF".as_slice())
        );
    }

    #[test]
    fn a_signature_logo_is_no_document_but_a_photo_in_the_text_is() {
        let image = |id: &str, bytes: usize| {
            format!(
                "--b\nContent-Type: image/png\nContent-ID: <{id}>\nContent-Disposition: inline\n\
                 Content-Transfer-Encoding: base64\n\n{}\n",
                "AAAA".repeat(bytes / 3)
            )
        };
        let raw = lines(&format!(
            "From: a@x.example\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n\
             <img src=\"cid:logo\"><img src=\"cid:photo\">\n{}{}--b--\n",
            image("logo", 3_000),
            image("photo", 300_000)
        ));
        let inline: Vec<bool> = parse(&raw).attachments.iter().map(|a| a.inline).collect();
        assert_eq!(inline, [true, false]);
    }

    #[test]
    fn a_nested_mail_is_an_attachment_that_opens() {
        let raw = lines(
            "From: a@x.example\nSubject: VS: Klage\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n\nse vedlagt\n\
             --b\nContent-Type: message/rfc822\n\nFrom: c@x.example\nSubject: Klage\n\nStøj om natten\n--b--\n",
        );
        let mail = parse(&raw);
        let nested = mail.attachments[0].mail.as_ref().unwrap();
        assert_eq!(
            (nested.subject.as_str(), nested.text.trim()),
            ("Klage", "Støj om natten")
        );
        assert_eq!(mail.attachments[0].name, "Klage.eml");
    }

    #[test]
    fn a_hundred_thousand_nested_parts_are_bounded() {
        let mut raw = b"From: a@x.example\r\n".to_vec();
        for n in 0..100_000 {
            raw.extend_from_slice(
                format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n")
                    .as_bytes(),
            );
        }
        let mail = parse(&raw);
        assert!(
            mail.warnings
                .iter()
                .any(|w| w.code == "too_deep" || w.code == "too_many_parts"),
            "{:?}",
            mail.warnings
        );
    }

    #[test]
    fn a_hundred_thousand_nested_mails_are_bounded() {
        let raw = "Content-Type: message/rfc822\r\n\r\n".repeat(100_000);
        let mut mail = &parse(raw.as_bytes());
        let mut depth = 0;
        while let Some(inner) = mail.attachments.first().and_then(|a| a.mail.as_deref()) {
            mail = inner;
            depth += 1;
        }
        assert!(depth <= nested::MAX_DEPTH, "{depth}");
    }

    #[test]
    fn an_attached_logo_that_the_text_shows_is_no_document() {
        let raw = lines(
            "From: a@x.example\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n\
             <img src=\"cid:logo\">\n\
             --b\nContent-Type: image/png\nContent-ID: <logo>\nContent-Disposition: attachment\n\nx\n\
             --b\nContent-Type: image/png\nContent-ID: <other>\nContent-Disposition: attachment\n\nx\n--b--\n",
        );
        let inline: Vec<bool> = parse(&raw).attachments.iter().map(|a| a.inline).collect();
        assert_eq!(inline, [true, false]);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_the_parser_panic(raw in proptest::collection::vec(proptest::num::u8::ANY, 0..2000)) {
            parse(&raw);
        }

        #[test]
        fn attachments_come_out_as_they_were_listed(cut in 0usize..400, noise in proptest::num::u8::ANY) {
            let mut raw = lines(
                "From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhej\n--b\n\
                 Content-Type: application/pdf; name=\"a.pdf\"\nContent-Transfer-Encoding: base64\n\nJVBERg==\n--b\n\
                 Content-Type: message/rfc822\n\nSubject: x\n\nhej\n--b--\n",
            );
            if let Some(byte) = raw.get_mut(cut) { *byte = noise; }
            for (index, listed) in parse(&raw).attachments.iter().enumerate() {
                let (found, bytes) = attachment(&raw, &[index]).unwrap();
                proptest::prop_assert_eq!(found.sha256, listed.sha256);
                proptest::prop_assert_eq!(bytes.len() as u64, listed.size);
            }
        }
    }
}
