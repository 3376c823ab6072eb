//! A message as its properties say, whichever file they came in.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use mail_parser::MessageParser;

use super::{
    appointment, people,
    properties::{Attached, Damage, Item, Properties, Value, id},
};
use crate::{
    domain::mail::{Address, Warning},
    mime::{
        code_page,
        headers::{self, MailHeaders},
        media_type, name, rtf, warning,
    },
};

/// Headers that a mail came with; servers allow far less.
const MAX_HEADER_BYTES: usize = 1024 * 1024;
/// Where HTML names its character set.
const HTML_HEAD_BYTES: usize = 2_048;

#[allow(clippy::struct_field_names, reason = "the header has that name")]
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Message {
    /// Such as `IPM.Note`; empty when unknown.
    pub class: String,
    pub subject: String,
    pub from: Option<Address>,
    pub recipients: Vec<Recipient>,
    pub sent: Option<DateTime<Utc>>,
    pub received: Option<DateTime<Utc>>,
    /// Without angle brackets, as all ids.
    pub message_id: Option<String>,
    pub in_reply_to: Vec<String>,
    pub references: Vec<String>,
    /// Exchange's conversation, as it is written into a header.
    pub thread_index: Option<String>,
    /// The headers that the mail came with, whole.
    pub headers: Option<String>,
    pub text: Option<String>,
    pub html: Option<String>,
    pub attachments: Vec<File>,
    /// What could not be read, here and in the messages within.
    pub warnings: Vec<Warning>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Recipient {
    pub kind: Kind,
    pub address: Address,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    To,
    Cc,
    Bcc,
}

#[derive(Debug, PartialEq)]
pub(crate) struct File {
    pub name: Option<String>,
    pub media_type: Option<String>,
    /// Without angle brackets.
    pub content_id: Option<String>,
    /// Shown within the text, not listed with it.
    pub hidden: bool,
    pub content: Content,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Content {
    Bytes(Vec<u8>),
    Message(Box<Message>),
}

impl Message {
    pub(crate) fn is_damaged(&self) -> bool {
        !self.warnings.is_empty()
    }

    pub(super) fn from_item(mut item: Item) -> Self {
        let transport = item.properties.text(id::TRANSPORT_HEADERS);
        let written = transport.as_deref().and_then(read_headers);
        let written = written.as_ref();
        let class = item.properties.text(id::MESSAGE_CLASS).unwrap_or_default();
        let (mut text, html) = bodies(&mut item);
        if text.is_none() && html.is_none() {
            text =
                Some(appointment::text(&class, &item.properties)).filter(|text| !text.is_empty());
        }
        let recipients = people::recipients(&item, written);
        let attachments: Vec<File> = std::mem::take(&mut item.attachments)
            .into_iter()
            .filter_map(file)
            .collect();
        let properties = &item.properties;
        let ids = |id, written: Option<&Vec<String>>| {
            let own = properties.text(id).map(|text| ids(&text));
            own.filter(|ids| !ids.is_empty())
                .or_else(|| written.cloned())
                .unwrap_or_default()
        };
        let message_id = ids(id::INTERNET_MESSAGE_ID, None).into_iter().next();
        Self {
            subject: subject(properties, written),
            from: people::from(properties, written),
            recipients,
            sent: properties
                .time(id::CLIENT_SUBMIT_TIME)
                .or_else(|| written.and_then(|headers| headers.date)),
            received: properties.time(id::DELIVERY_TIME),
            message_id: message_id
                .or_else(|| written.and_then(|headers| headers.message_id.clone())),
            in_reply_to: ids(id::IN_REPLY_TO, written.map(|headers| &headers.in_reply_to)),
            references: ids(
                id::INTERNET_REFERENCES,
                written.map(|headers| &headers.references),
            ),
            thread_index: properties
                .binary(id::CONVERSATION_INDEX)
                .filter(|index| !index.is_empty())
                .map(|index| STANDARD.encode(index)),
            text,
            html,
            warnings: warnings(&item.damage, &attachments),
            attachments,
            class,
            headers: transport,
        }
    }
}

fn warnings(damage: &[Damage], attachments: &[File]) -> Vec<Warning> {
    let mut warnings: Vec<Warning> = damage.iter().map(|damage| said(*damage)).collect();
    for file in attachments {
        if let Content::Message(message) = &file.content {
            for warning in &message.warnings {
                if !warnings.contains(warning) {
                    warnings.push(warning.clone());
                }
            }
        }
    }
    warnings
}

fn said(damage: Damage) -> Warning {
    let (code, detail) = match damage {
        Damage::Truncated => (
            "outlook_truncated",
            "the Outlook message ends too early; what stands before was read",
        ),
        Damage::Checksum => (
            "outlook_checksum",
            "a checksum in the Outlook message is wrong; its parts were read all the same",
        ),
        Damage::Malformed => (
            "outlook_damaged",
            "the Outlook message is damaged; what could be read of it was",
        ),
        Damage::Limit => (
            "outlook_too_large",
            "the Outlook message holds more than is read, or too deep; the rest was left out",
        ),
        Damage::Rtf => (
            "outlook_text_damaged",
            "the text of the Outlook message is damaged; it may not be whole",
        ),
    };
    warning(code, detail)
}

/// The headers as any mail's are read.
fn read_headers(text: &str) -> Option<MailHeaders> {
    let text = text.get(..text.floor_char_boundary(MAX_HEADER_BYTES))?;
    // Outlook's own first line is no header.
    let text = match text.split_once('\n') {
        Some((first, rest)) if first.starts_with("Microsoft Mail Internet Headers") => rest,
        _ => text,
    };
    let raw = format!("{}\r\n\r\n", text.trim_end());
    let message = MessageParser::new().parse(raw.as_bytes())?;
    message
        .root()
        .headers()
        .has_known()
        .then(|| headers::read(message.root(), &mut Vec::new()))
}

fn subject(properties: &Properties, written: Option<&MailHeaders>) -> String {
    let whole = properties.text(id::SUBJECT).or_else(|| {
        let subject = properties.text(id::NORMALIZED_SUBJECT)?;
        let prefix = properties.text(id::SUBJECT_PREFIX);
        Some(prefix.map_or_else(|| subject.clone(), |prefix| format!("{prefix} {subject}")))
    });
    let subject = whole
        .or_else(|| written.map(|headers| headers.subject.clone()))
        .filter(|subject| !subject.is_empty())
        .or_else(|| properties.text(id::CONVERSATION_TOPIC))
        .or_else(|| properties.text(id::DISPLAY_NAME))
        .unwrap_or_default();
    let mut letters = subject.chars();
    // A store may say first how long the prefix is: a 1 and the length.
    if subject.starts_with('\u{1}') {
        letters.nth(1);
    }
    let subject: String = letters
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    subject.trim().to_owned()
}

/// What stands between angle brackets; without any, each word that could be an id.
fn ids(text: &str) -> Vec<String> {
    let mut ids: Vec<String> = text
        .split('<')
        .skip(1)
        .filter_map(|rest| rest.split_once('>'))
        .map(|(id, _)| id.split_whitespace().collect())
        .collect();
    if ids.is_empty() {
        ids.extend(
            text.split([' ', ',', '\t', '\r', '\n'])
                .filter(|word| word.contains('@'))
                .map(str::to_owned),
        );
    }
    ids.retain(|id| !id.is_empty() && !id.contains(|c: char| c.is_control()));
    ids
}

/// Text and HTML; RTF is read for what is missing of them.
fn bodies(item: &mut Item) -> (Option<String>, Option<String>) {
    let properties = &mut item.properties;
    let mut text = properties.text(id::BODY);
    properties.take(id::BODY);
    let mut html = match properties.take(id::HTML) {
        Some(Value::Text(html)) => Some(html),
        Some(Value::Narrow(bytes) | Value::Binary(bytes)) => Some(page(&bytes, properties)),
        _ => None,
    }
    .map(|html| html.trim_end_matches('\0').to_owned())
    .filter(|html| !html.trim().is_empty());
    let Some(Value::Binary(compressed)) = properties.take(id::RTF_COMPRESSED) else {
        return (text, html);
    };
    if compressed.is_empty() || html.is_some() {
        return (text, html);
    }
    let Some(decompressed) = rtf::decompressed(&compressed) else {
        item.damaged(Damage::Rtf);
        return (text, html);
    };
    html = rtf::html(&decompressed.rtf).filter(|html| !html.trim().is_empty());
    if html.is_none() && text.is_none() {
        text = Some(rtf::text(&decompressed.rtf).text).filter(|text| !text.is_empty());
    }
    if decompressed.damaged {
        item.damaged(Damage::Rtf);
    }
    (text, html)
}

/// HTML in the code page that the message names, else the one that the page itself does.
fn page(bytes: &[u8], properties: &Properties) -> String {
    const ASCII: u16 = 20127;
    let said = properties
        .said_code_page(id::INTERNET_CODE_PAGE)
        .filter(|code_page| *code_page != ASCII);
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xef\xbb\xbf") {
        return code_page::decoded_by_label(bytes, b"utf-8")
            .unwrap_or_default()
            .into_owned();
    }
    match said {
        Some(code_page) => code_page::decoded(bytes, code_page),
        None => label(bytes)
            .and_then(|label| code_page::decoded_by_label(bytes, &label))
            .filter(|text| !text.contains('\u{fffd}'))
            .map_or_else(|| properties.decoded(bytes), Cow::into_owned),
    }
}

/// `utf-8` of `<meta … charset=utf-8>`.
fn label(bytes: &[u8]) -> Option<Vec<u8>> {
    let head = bytes
        .get(..HTML_HEAD_BYTES)
        .unwrap_or(bytes)
        .to_ascii_lowercase();
    let at = head.windows(8).position(|word| word == b"charset=")?;
    let rest = head.get(at + 8..)?;
    let label = rest
        .iter()
        .skip_while(|byte| matches!(byte, b'"' | b'\'' | b' '))
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(byte));
    Some(label.copied().collect())
}

/// `None` for one that has neither name nor content.
fn file(attached: Attached) -> Option<File> {
    let Attached {
        mut properties,
        embedded,
    } = attached;
    let name = name(&properties);
    let hidden = properties
        .integer(id::ATTACHMENT_HIDDEN)
        .is_some_and(|hidden| hidden != 0);
    let content_id = properties
        .text(id::ATTACH_CONTENT_ID)
        .map(|id| id.trim_matches(['<', '>']).trim().to_owned())
        .filter(|id| !id.is_empty());
    if let Some(item) = embedded {
        return Some(File {
            name,
            media_type: Some("message/rfc822".to_owned()),
            content_id,
            hidden,
            content: Content::Message(Box::new(Message::from_item(*item))),
        });
    }
    let bytes = match properties.take(id::ATTACH_DATA) {
        Some(Value::Binary(bytes) | Value::Narrow(bytes)) => Some(bytes),
        _ => None,
    };
    if let (None, Some(place)) = (&bytes, properties.text(id::ATTACH_LONG_PATH_NAME)) {
        return Some(link(name, &place));
    }
    if name.is_none() && bytes.as_ref().is_none_or(Vec::is_empty) {
        return None;
    }
    let bytes = bytes.unwrap_or_default();
    let media_type = properties
        .text(id::ATTACH_MIME_TAG)
        .and_then(|tag| media_type::valid(&tag))
        // Says nothing, where the name may.
        .filter(|tag| tag != "application/octet-stream")
        .or_else(|| {
            name.as_deref()
                .and_then(media_type::by_name)
                .or_else(|| media_type::by_magic(&bytes))
                .map(str::to_owned)
        });
    Some(File {
        name,
        media_type,
        content_id,
        hidden,
        content: Content::Bytes(bytes),
    })
}

/// A file that lies elsewhere: where that is, as Windows keeps links.
fn link(name: Option<String>, place: &str) -> File {
    let place: String = place.chars().filter(|c| !c.is_control()).collect();
    File {
        name: Some(format!("{}.url", name.as_deref().unwrap_or("link"))),
        media_type: Some("application/internet-shortcut".to_owned()),
        content_id: None,
        hidden: false,
        content: Content::Bytes(format!("[InternetShortcut]\r\nURL={place}\r\n").into_bytes()),
    }
}

/// The longest name there is: the short one has eight letters, and the shown one may lack its ending.
fn name(properties: &Properties) -> Option<String> {
    let short = properties.text(id::ATTACH_FILE_NAME);
    let ending = short.as_deref().and_then(ending);
    let name = properties
        .text(id::ATTACH_LONG_FILE_NAME)
        .or_else(|| {
            properties
                .text(id::DISPLAY_NAME)
                .filter(|shown| ending.is_none() || self::ending(shown) == ending)
        })
        .or_else(|| properties.text(id::ATTACH_TRANSPORT_NAME))
        .or(short)?;
    name::cleaned(base_name(&name))
}

/// In lower case, with the three letters that a short name has room for.
fn ending(name: &str) -> Option<String> {
    let (_, ending) = name.rsplit_once('.')?;
    Some(ending.chars().take(3).collect::<String>().to_lowercase())
}

/// Some programs send the whole path on the sender's disk.
fn base_name(name: &str) -> &str {
    let is_path = name.starts_with(['\\', '/']) || name.get(1..3) == Some(":\\");
    if is_path {
        name.rsplit(['\\', '/'])
            .next()
            .filter(|name| !name.is_empty())
            .unwrap_or(name)
    } else {
        name
    }
}
