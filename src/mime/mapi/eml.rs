//! A message written as an ordinary mail (RFC 5322, RFC 2045-2047, RFC 2231), always the same bytes for the same message.
//!
//! All text is UTF-8 and all content base64, so that no line of it can be taken for the end of its part. Headers that tell
//! how a mail came about are taken over from those it came with.

use std::fmt::Write;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::message::{Content, File, Kind, Message};
use crate::{domain::mail::Address, mime::cid::References};

/// Bytes of a line of base64, and how many letters they are.
const LINE_BYTES: usize = 57;
const BASE64_LINE: usize = 78;
/// Bytes that fit into an encoded word of 75 letters.
const WORD_BYTES: usize = 45;
/// Letters of a piece of a parameter.
const PARAMETER_LETTERS: usize = 60;
/// Where a line is folded, and how long one without spaces may be.
const FOLDED_LETTERS: usize = 76;
const MAX_LINE_LETTERS: usize = 900;

/// Headers that are taken over as they are.
const KEPT: [&str; 10] = [
    "Auto-Submitted",
    "List-Id",
    "List-Unsubscribe",
    "Precedence",
    "Reply-To",
    "X-Auto-Response-Suppress",
    "X-Autoreply",
    "X-Autorespond",
    "X-Priority",
    "Importance",
];

/// Out-of-office replies and the like, by their class.
const AUTO_REPLY_CLASSES: [&str; 2] =
    ["ipm.note.rules.ooftemplate", "ipm.note.rules.replytemplate"];

pub(crate) fn to_eml(message: &Message) -> Vec<u8> {
    let mut out = Vec::new();
    write(message, &mut out);
    out
}

fn write(message: &Message, out: &mut Vec<u8>) {
    headers(message, out);
    out.extend(b"MIME-Version: 1.0\r\n");
    if let Some(signed) = signed(message) {
        out.extend(signed);
        return;
    }
    let mut shown = References::default();
    shown.read(message.html.as_deref().unwrap_or_default());
    let (inline, attached): (Vec<&File>, Vec<&File>) =
        message.attachments.iter().partition(|file| {
            matches!(file.content, Content::Bytes(_))
                && file.content_id.as_deref().is_some_and(|id| shown.show(id))
        });
    // Boundaries of a mail within this one have a lower number, so that they are not taken for those around it.
    let height = height(message);
    if attached.is_empty() {
        body(message, &inline, height, out);
        return;
    }
    multipart("mixed", height, out, |parts| {
        parts.next();
        body(message, &inline, height, parts.out);
        for part in attached {
            parts.next();
            file(part, false, parts.out);
        }
    });
}

/// The whole of a mail that was signed, which Outlook keeps in its one attachment to leave the signature valid.
fn signed(message: &Message) -> Option<&[u8]> {
    const CLASS: &str = "ipm.note.smime.multipartsigned";
    const BEGINNING: &[u8] = b"content-type:";
    if !message.class.to_ascii_lowercase().starts_with(CLASS) {
        return None;
    }
    let [file] = message.attachments.as_slice() else {
        return None;
    };
    let Content::Bytes(bytes) = &file.content else {
        return None;
    };
    bytes
        .get(..BEGINNING.len())
        .is_some_and(|beginning| beginning.eq_ignore_ascii_case(BEGINNING))
        .then_some(bytes)
}

/// How deep messages lie within this one.
fn height(message: &Message) -> usize {
    let within = message.attachments.iter().map(|file| match &file.content {
        Content::Message(message) => height(message) + 1,
        Content::Bytes(_) => 0,
    });
    within.max().unwrap_or_default()
}

fn headers(message: &Message, out: &mut Vec<u8>) {
    if let Some(from) = &message.from {
        addresses("From", [from].into_iter(), out);
    }
    for (name, kind) in [("To", Kind::To), ("Cc", Kind::Cc), ("Bcc", Kind::Bcc)] {
        let of_kind = message
            .recipients
            .iter()
            .filter(|recipient| recipient.kind == kind);
        addresses(name, of_kind.map(|recipient| &recipient.address), out);
    }
    text("Subject", &message.subject, out);
    if let Some(date) = message.sent.or(message.received) {
        let date = date.format("%a, %d %b %Y %H:%M:%S +0000").to_string();
        field("Date", &date, out);
    }
    ids("Message-ID", message.message_id.as_slice(), out);
    ids("In-Reply-To", &message.in_reply_to, out);
    ids("References", &message.references, out);
    let carried = carried(message.headers.as_deref().unwrap_or_default());
    let find = |name: &str| {
        carried
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
    };
    match (&message.thread_index, find("Thread-Index")) {
        (Some(index), _) => field("Thread-Index", &folded(index), out),
        (None, Some((_, index))) => text("Thread-Index", index, out),
        (None, None) => (),
    }
    for name in KEPT {
        if let Some((_, value)) = find(name) {
            text(name, value, out);
        }
    }
    let class = message.class.to_ascii_lowercase();
    let is_auto_reply = AUTO_REPLY_CLASSES
        .iter()
        .any(|known| class.starts_with(known));
    if is_auto_reply && find("Auto-Submitted").is_none() {
        field("Auto-Submitted", "auto-replied", out);
    }
}

/// Names and values, each on one line.
fn carried(headers: &str) -> Vec<(&str, String)> {
    let mut fields: Vec<(&str, String)> = Vec::new();
    for line in headers.lines() {
        if line.is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.trim(), value.trim().to_owned()));
        }
    }
    fields
}

fn field(name: &str, value: &str, out: &mut Vec<u8>) {
    out.extend(format!("{name}: {value}\r\n").as_bytes());
}

fn text(name: &str, value: &str, out: &mut Vec<u8>) {
    let value: String = value
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if is_plain(&value) {
        field(name, &folded(&value), out);
    } else {
        field(name, &encoded_words(&value), out);
    }
}

/// Can stand as it is: ASCII that cannot be taken for an encoded word, nor makes a line too long.
fn is_plain(text: &str) -> bool {
    text.is_ascii()
        && !text.contains("=?")
        && text.trim() == text
        && text.split(' ').all(|word| word.len() < MAX_LINE_LETTERS)
}

/// Lines broken before spaces.
fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut line = 20;
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            // Two spaces in a row would make a line of nothing but white space.
            if line + word.len() > FOLDED_LETTERS && !word.is_empty() && !out.ends_with(' ') {
                out.push_str("\r\n");
                line = 0;
            }
            out.push(' ');
        }
        out.push_str(word);
        line += word.len() + 1;
    }
    out
}

fn encoded_words(text: &str) -> String {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.floor_char_boundary(WORD_BYTES));
        words.push(format!("=?utf-8?B?{}?=", STANDARD.encode(word)));
        rest = after;
    }
    words.join("\r\n ")
}

fn addresses<'a>(name: &str, addresses: impl Iterator<Item = &'a Address>, out: &mut Vec<u8>) {
    let list: Vec<String> = addresses.map(address).collect();
    if !list.is_empty() {
        field(name, &list.join(",\r\n "), out);
    }
}

fn address(address: &Address) -> String {
    let mailbox: String = address
        .address
        .chars()
        .filter(|c| !c.is_control() && !c.is_whitespace() && !"<>,;\"".contains(*c))
        .take(MAX_LINE_LETTERS)
        .collect();
    let name: String = address
        .name
        .iter()
        .flat_map(|name| name.chars())
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let name = name.trim();
    if name.is_empty() || name.eq_ignore_ascii_case(&mailbox) {
        return format!("<{mailbox}>");
    }
    if is_plain(name) && name.len() < MAX_LINE_LETTERS {
        format!("{} <{mailbox}>", quoted(name))
    } else {
        format!("{}\r\n <{mailbox}>", encoded_words(name))
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn ids(name: &str, ids: &[String], out: &mut Vec<u8>) {
    let list: Vec<String> = ids
        .iter()
        .map(|id| {
            id.chars()
                .filter(|c| !c.is_control() && !c.is_whitespace() && !matches!(c, '<' | '>'))
                .take(MAX_LINE_LETTERS)
                .collect::<String>()
        })
        .filter(|id| !id.is_empty())
        .map(|id| format!("<{id}>"))
        .collect();
    if !list.is_empty() {
        field(name, &list.join("\r\n "), out);
    }
}

/// Parts within each other: `next` begins one.
struct Parts<'o> {
    out: &'o mut Vec<u8>,
    boundary: String,
}

impl Parts<'_> {
    fn next(&mut self) {
        self.out
            .extend(format!("\r\n--{}\r\n", self.boundary).as_bytes());
    }
}

fn multipart(kind: &str, height: usize, out: &mut Vec<u8>, write: impl FnOnce(&mut Parts<'_>)) {
    let boundary = format!("=_{kind}-{height}_=");
    out.extend(format!("Content-Type: multipart/{kind}; boundary=\"{boundary}\"\r\n").as_bytes());
    let mut parts = Parts { out, boundary };
    write(&mut parts);
    let end = format!("\r\n--{}--\r\n", parts.boundary);
    parts.out.extend(end.as_bytes());
}

fn body(message: &Message, inline: &[&File], height: usize, out: &mut Vec<u8>) {
    match (&message.text, &message.html) {
        (text, None) => text_part("plain", text.as_deref().unwrap_or_default(), out),
        (None, Some(page)) => html(page, inline, height, out),
        (Some(text), Some(page)) => multipart("alternative", height, out, |parts| {
            parts.next();
            text_part("plain", text, parts.out);
            parts.next();
            html(page, inline, height, parts.out);
        }),
    }
}

fn html(page: &str, inline: &[&File], height: usize, out: &mut Vec<u8>) {
    if inline.is_empty() {
        text_part("html", page, out);
        return;
    }
    multipart("related", height, out, |parts| {
        parts.next();
        text_part("html", page, parts.out);
        for part in inline {
            parts.next();
            file(part, true, parts.out);
        }
    });
}

fn text_part(kind: &str, text: &str, out: &mut Vec<u8>) {
    out.extend(format!("Content-Type: text/{kind}; charset=utf-8\r\n").as_bytes());
    content(text.as_bytes(), out);
}

fn file(file: &File, inline: bool, out: &mut Vec<u8>) {
    let kind = file
        .media_type
        .as_deref()
        .unwrap_or("application/octet-stream");
    let kind = match file.content {
        Content::Message(_) => "message/rfc822",
        Content::Bytes(_) => kind,
    };
    // A text that is not said to be attached would be read as one of the mail's own.
    let inline = (inline || file.hidden) && !kind.starts_with("text/");
    let disposition = if inline { "inline" } else { "attachment" };
    let name = match &file.content {
        // Named by its subject, as one in any mail.
        Content::Message(message) if message.subject.is_empty() => {
            file.name.as_ref().map(|name| format!("{name}.eml"))
        }
        Content::Message(_) => None,
        Content::Bytes(_) => file.name.clone(),
    };
    let name = name
        .map(|name| parameter("filename", &name))
        .unwrap_or_default();
    field("Content-Type", kind, out);
    field("Content-Disposition", &format!("{disposition}{name}"), out);
    if let Some(id) = &file.content_id {
        ids("Content-ID", std::slice::from_ref(id), out);
    }
    match &file.content {
        Content::Bytes(bytes) => content(bytes, out),
        Content::Message(message) => {
            out.extend(b"\r\n");
            write(message, out);
        }
    }
}

/// `; name="value"`, in pieces of UTF-8 where it must be (RFC 2231).
fn parameter(name: &str, value: &str) -> String {
    let value: String = value
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if is_plain(&value) && value.len() <= PARAMETER_LETTERS {
        return format!(";\r\n {name}={}", quoted(&value));
    }
    let mut pieces = vec![String::from("utf-8''")];
    for letter in value.chars() {
        let mut written = String::new();
        for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
            if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
                written.push(char::from(byte));
            } else {
                // Writing to a string never fails.
                let _ = write!(written, "%{byte:02X}");
            }
        }
        match pieces.last_mut() {
            Some(piece) if piece.len() + written.len() <= PARAMETER_LETTERS => {
                piece.push_str(&written);
            }
            _ => pieces.push(written),
        }
    }
    let mut parameter = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        let _ = write!(parameter, ";\r\n {name}*{index}*={piece}");
    }
    parameter
}

/// The end of a part's headers, and its content.
fn content(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend(b"Content-Transfer-Encoding: base64\r\n\r\n");
    out.reserve(bytes.len().div_ceil(LINE_BYTES) * BASE64_LINE);
    let mut line = String::with_capacity(BASE64_LINE);
    for chunk in bytes.chunks(LINE_BYTES) {
        line.clear();
        STANDARD.encode_string(chunk, &mut line);
        out.extend(line.as_bytes());
        out.extend(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::mail::{Mail, MailKind},
        mime::{attachment, mapi::message::Recipient, parse},
    };

    fn person(name: &str, address: &str) -> Address {
        Address {
            name: (!name.is_empty()).then(|| name.to_owned()),
            address: address.to_owned(),
        }
    }

    fn bytes_named(name: &str, bytes: &[u8]) -> File {
        File {
            name: Some(name.to_owned()),
            media_type: None,
            content_id: None,
            hidden: false,
            content: Content::Bytes(bytes.to_vec()),
        }
    }

    fn sample() -> Message {
        Message {
            subject: "Høring om blåbærplan for Åkirkeby og omegn i de kommende ti år".to_owned(),
            from: Some(person("Jørgen \"Æ\" Årup, Vej", "j@x.example")),
            recipients: [
                (Kind::To, person("Inge; Holm", "i@x.example")),
                (Kind::To, person("", "b@x.example")),
                (Kind::Cc, person("Uden adresse", "")),
                (Kind::Bcc, person("c@x.example", "c@x.example")),
            ]
            .map(|(kind, address)| Recipient { kind, address })
            .to_vec(),
            sent: chrono::DateTime::from_timestamp(1_772_359_200, 0),
            message_id: Some("a@x.example".to_owned()),
            in_reply_to: vec!["b@x.example".to_owned()],
            references: (0..60).map(|n| format!("r{n}@x.example")).collect(),
            thread_index: Some(STANDARD.encode([1; 27])),
            headers: Some(
                "Received: by mx\r\nList-Id: Nyt fra\r\n\tvej <nyt.x.example>\r\nX-Andet: 1"
                    .to_owned(),
            ),
            text: Some("Kære Birthe\r\n--=_mixed-1_=--\r\nÆØÅ".to_owned()),
            html: Some("<p>Kære Birthe</p><img src=\"cid:logo@x\">".to_owned()),
            attachments: vec![
                bytes_named("Blåbær \"plan\"; 100% æ.pdf", &[1; 1_000]),
                File {
                    media_type: Some("image/png".to_owned()),
                    content_id: Some("logo@x".to_owned()),
                    ..bytes_named("logo.png", b"png")
                },
                File {
                    content: Content::Message(Box::new(Message {
                        subject: "Klage".to_owned(),
                        text: Some("Støj".to_owned()),
                        attachments: vec![bytes_named("støj.txt", b"larm")],
                        ..Message::default()
                    })),
                    ..bytes_named("Klage", b"")
                },
                bytes_named(&"meget langt navn æ ".repeat(20), b""),
            ],
            ..Message::default()
        }
    }

    fn mail(message: &Message) -> Mail {
        let eml = to_eml(message);
        assert_eq!(eml, to_eml(message));
        assert!(
            eml.split(|byte| *byte == b'\n')
                .all(|line| line.len() < 998),
            "a line is too long"
        );
        parse(&eml)
    }

    #[test]
    fn the_mail_reads_as_the_message_said() {
        let message = sample();
        let mail = mail(&message);
        assert_eq!(mail.subject, message.subject);
        assert_eq!(mail.from, [message.from.clone().unwrap()]);
        assert_eq!(
            mail.to,
            [
                person("Inge; Holm", "i@x.example"),
                person("", "b@x.example")
            ]
        );
        assert_eq!(mail.cc, [person("Uden adresse", "")]);
        assert_eq!(mail.bcc, [person("", "c@x.example")]);
        assert_eq!(mail.date, message.sent);
        assert_eq!(mail.message_id, message.message_id);
        assert_eq!(mail.in_reply_to, message.in_reply_to);
        assert_eq!(mail.references, message.references);
        assert_eq!(mail.thread_index, Some("01".repeat(22)));
        assert_eq!(mail.text, "Kære Birthe\n--=_mixed-1_=--\nÆØÅ");
        assert_eq!(mail.kind, MailKind::Newsletter);
        assert!(mail.warnings.is_empty(), "{:?}", mail.warnings);
    }

    #[test]
    fn attachments_keep_names_and_bytes_and_messages_within_open() {
        let message = sample();
        let mail = mail(&message);
        let names: Vec<(&str, bool)> = mail
            .attachments
            .iter()
            .map(|attachment| (attachment.name.as_str(), attachment.inline))
            .collect();
        assert_eq!(
            names,
            [
                ("logo.png", true),
                ("Blåbær \"plan\"; 100% æ.pdf", false),
                ("Klage.eml", false),
                ("meget langt navn æ ".repeat(20).trim_end(), false),
            ]
        );
        assert_eq!(attachment(&to_eml(&message), &[1]).unwrap().1, [1; 1_000]);
        let nested = mail.attachments[2].mail.as_ref().unwrap();
        assert_eq!(
            (nested.text.as_str(), nested.subject.as_str()),
            ("Støj", "Klage")
        );
        assert_eq!(nested.attachments[0].name, "støj.txt");
    }

    #[test]
    fn a_message_within_has_the_bytes_it_would_have_alone() {
        let message = sample();
        let Content::Message(within) = &message.attachments[2].content else {
            panic!("no message");
        };
        assert_eq!(
            attachment(&to_eml(&message), &[2]).unwrap().1,
            to_eml(within)
        );
    }

    #[test]
    fn whatever_a_field_holds_it_begins_no_other() {
        let evil = "a\r\nBcc: x@x.example\r\n\r\n<script>";
        let message = Message {
            subject: evil.to_owned(),
            from: Some(person(evil, evil)),
            message_id: Some(evil.to_owned()),
            headers: Some(format!("List-Id: a\rBcc: x@x.example\nReply-To: {evil}")),
            attachments: vec![File {
                content_id: Some(evil.to_owned()),
                ..bytes_named(evil, b"x")
            }],
            ..Message::default()
        };
        let mail = mail(&message);
        assert!(mail.bcc.is_empty() && mail.text.is_empty(), "{mail:?}");
        assert_eq!(mail.attachments.len(), 1);
    }

    #[test]
    fn a_signed_mail_is_what_was_signed() {
        let message = Message {
            class: "IPM.Note.SMIME.MultipartSigned".to_owned(),
            subject: "Underskrevet".to_owned(),
            attachments: vec![bytes_named(
                "smime.p7m",
                b"Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\n\r\nHej\r\n\
                  --s\r\nContent-Type: application/pkcs7-signature\r\n\r\nx\r\n--s--\r\n",
            )],
            ..Message::default()
        };
        let mail = mail(&message);
        assert_eq!(
            (mail.subject.as_str(), mail.text.as_str()),
            ("Underskrevet", "Hej")
        );
        assert_eq!(mail.attachments.len(), 1);
    }

    #[test]
    fn an_out_of_office_reply_is_known_by_its_class() {
        let message = Message {
            class: "IPM.Note.Rules.OofTemplate.Microsoft".to_owned(),
            ..Message::default()
        };
        assert_eq!(mail(&message).kind, MailKind::AutoReply);
        assert_eq!(mail(&Message::default()).kind, MailKind::Personal);
    }

    proptest::proptest! {
        #[test]
        fn any_text_comes_back(subject in ".{0,200}", name in ".{0,100}", file in "[^\\p{C}]{1,80}", text in ".{0,300}") {
            let message = Message {
                subject,
                from: Some(person(&name, "a@x.example")),
                text: Some(text),
                attachments: vec![bytes_named(&file, file.as_bytes())],
                ..Message::default()
            };
            let mail = mail(&message);
            proptest::prop_assert_eq!(mail.from.len(), 1);
            proptest::prop_assert_eq!(&mail.from[0].address, "a@x.example");
            proptest::prop_assert_eq!(mail.attachments.len(), 1);
            proptest::prop_assert_eq!(mail.attachments[0].size, file.len() as u64);
        }
    }
}
