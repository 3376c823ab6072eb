//! One file, whichever kind it is: alone, or within an archive or a mail.
//!
//! The files within a file are read one level deep; of what lies deeper only the names are.

use super::{
    archive::Archive,
    compound,
    format::{self, Format},
    odf, package, pdf, plain,
    reading::Reading,
    rtf,
};
use crate::{
    domain::mail::{Address, Mail},
    mime,
};

/// Files of a mail that are looked at.
const MAX_ATTACHMENTS: usize = 100;
/// Mails of a mailbox that are looked at.
const MAX_MAILS: usize = 1_000;

/// Reads the file and says what it is.
pub(super) fn read(bytes: &[u8], name: &str, media_type: &str, reading: &mut Reading) -> Format {
    if let Some(format) = format::by_magic(bytes) {
        match format {
            Format::Pdf => pdf::read(bytes, reading),
            Format::Rtf => rtf::read(bytes, reading),
            _ => (),
        }
        return format;
    }
    if format::is_zip(bytes) {
        return read_zip(bytes, reading);
    }
    if format::is_compound(bytes) {
        return compound::read(bytes, reading);
    }
    let Some(format) = format::by_text(bytes, name, media_type) else {
        if !bytes.is_empty() {
            reading.note("format_not_read", "files of this kind are not read");
        }
        return Format::Unknown;
    };
    if matches!(format, Format::Text | Format::Eml) && mime::mbox::is_mbox(bytes) {
        read_mailbox(bytes, reading);
        return Format::Eml;
    }
    match format {
        Format::Html => read_html(bytes, reading),
        Format::Eml => read_mail(bytes, reading),
        Format::Xml => return read_xml(bytes, reading),
        Format::Calendar => reading.push(&mime::calendar_text(bytes)),
        Format::Card => reading.push(&mime::card_text(bytes)),
        _ => plain::read(bytes, reading),
    }
    format
}

fn read_zip(bytes: &[u8], reading: &mut Reading) -> Format {
    let mut archive = Archive::open(bytes, reading);
    let opendocument = archive
        .has("mimetype")
        .then(|| archive.bytes("mimetype", reading))
        .flatten()
        .and_then(|media_type| format::by_opendocument_type(&plain::decoded(&media_type)));
    if let Some(format) = opendocument {
        odf::read(&mut archive, reading);
        return format;
    }
    let format = format::by_entries(archive.names());
    if format == Format::Zip {
        read_members(&mut archive, reading);
    } else {
        package::read(&mut archive, format, reading);
    }
    format
}

fn read_members(archive: &mut Archive<'_>, reading: &mut Reading) {
    if archive.is_encrypted() {
        reading.note(
            "encrypted",
            "the file, or a part of it, is behind a password",
        );
    }
    let names: Vec<String> = archive.names().map(str::to_owned).collect();
    for name in names {
        reading.line(&name);
        if reading.depth > 0 || name.ends_with('/') || reading.is_full() {
            continue;
        }
        if let Some(bytes) = archive.bytes(&name, reading) {
            within(reading, |reading| read(&bytes, &name, "", reading));
        }
    }
}

fn within(reading: &mut Reading, act: impl FnOnce(&mut Reading) -> Format) {
    reading.depth += 1;
    act(reading);
    reading.end_line();
    reading.depth -= 1;
}

fn read_html(bytes: &[u8], reading: &mut Reading) {
    let page = plain::decoded(bytes);
    if let Some(title) = between(&page, "<title", "</title") {
        let title = title.split_once('>').map_or("", |(_, title)| title);
        reading.offer_title(&mime::html_text(title));
    }
    reading.push(&mime::html_text(&page));
}

/// What stands between the first of each, in a page of any case.
fn between<'p>(page: &'p str, start: &str, end: &str) -> Option<&'p str> {
    let head = page.get(..page.floor_char_boundary(64 * 1024))?;
    let lower = head.to_ascii_lowercase();
    let from = lower.find(start)? + start.len();
    let length = lower.get(from..)?.find(end)?;
    head.get(from..from + length)
}

fn read_xml(bytes: &[u8], reading: &mut Reading) -> Format {
    let head = plain::decoded(bytes.get(..bytes.len().min(4096)).unwrap_or(bytes));
    let opendocument =
        between(&head, "office:mimetype=\"", "\"").and_then(format::by_opendocument_type);
    if let Some(format) = opendocument {
        odf::read_flat(bytes, reading);
        return format;
    }
    super::xml::read(bytes, &mut AllText, reading);
    Format::Xml
}

/// All text of an XML file, each piece on a line of its own.
struct AllText;

impl super::xml::Visitor for AllText {
    fn start(&mut self, _: &super::xml::Element<'_>, _: &mut Reading) {}

    fn end(&mut self, _: &str, reading: &mut Reading) {
        reading.end_line();
    }

    fn text(&mut self, text: &str, reading: &mut Reading) {
        let is_blank = text.trim().is_empty();
        reading.push(if is_blank { " " } else { text });
    }
}

pub(super) fn read_mail(bytes: &[u8], reading: &mut Reading) {
    let mail = mime::parse_undigested(bytes);
    reading.offer_title(&mail.subject);
    show_mail(&mail, reading);
    for (index, attachment) in mail.attachments.iter().enumerate().take(MAX_ATTACHMENTS) {
        reading.line(&attachment.name);
        if let Some(nested) = attachment.mail.as_deref() {
            show_nested(nested, reading);
        } else if reading.depth == 0
            && !attachment.inline
            && attachment.size <= reading.budget.left()
            && let Some((_, content)) = mime::attachment(bytes, &[index])
        {
            reading.budget.spend(attachment.size);
            within(reading, |reading| {
                read(&content, &attachment.name, &attachment.media_type, reading)
            });
        }
    }
}

fn read_mailbox(bytes: &[u8], reading: &mut Reading) {
    let mut mails = mime::mbox::Mbox::new(bytes, bytes.len() as u64);
    for _ in 0..MAX_MAILS {
        // Bytes that lie in memory are always readable.
        let Ok(Some(mail)) = mails.next_mail() else {
            return;
        };
        if reading.is_full() {
            return;
        }
        read_mail(&mail, reading);
        reading.end_line();
    }
}

/// With the names of what it holds, and the mails that are attached to it.
fn show_nested(mail: &Mail, reading: &mut Reading) {
    show_mail(mail, reading);
    for attachment in mail.attachments.iter().take(MAX_ATTACHMENTS) {
        reading.line(&attachment.name);
        if let Some(nested) = attachment.mail.as_deref() {
            show_nested(nested, reading);
        }
    }
}

fn show_mail(mail: &Mail, reading: &mut Reading) {
    reading.line(&mail.subject);
    for address in mail.from.iter().chain(&mail.to).chain(&mail.cc) {
        reading.line(&shown(address));
    }
    reading.push(&mail.text);
    reading.end_line();
}

fn shown(address: &Address) -> String {
    match &address.name {
        Some(name) => format!("{name} {}", address.address),
        None => address.address.clone(),
    }
}
