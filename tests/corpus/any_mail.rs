//! What can be asked of the reading of any bytes.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use mailparse::{DispositionType, MailHeaderMap, ParsedMail};
use sagspost::{
    domain::mail::{Attachment, Mail, MailKind},
    mime,
};

use crate::{Sample, growth::cpu_time};

/// On a processor: how busy the machine is does not matter.
const MAX_TIME: Duration = Duration::from_secs(2);

pub fn check(sample: &Sample) -> Vec<String> {
    let raw = &sample.bytes;
    let read = || catch_unwind(AssertUnwindSafe(|| mime::parse(raw)));
    let Ok(mail) = read() else {
        return vec!["a panic".to_owned()];
    };
    let mut found = Vec::new();
    let time = cpu_time(|| {
        let _ = read();
    });
    if time > MAX_TIME {
        found.push("it took too long".to_owned());
    }
    if mime::parse(raw) != mail {
        found.push("read twice, it reads differently".to_owned());
    }
    found.extend(differing_attachments(raw, &mail));
    if mail.kind != MailKind::Unreadable {
        found.extend(unread_letters(raw, &mail));
        found.extend(lost_attachments(raw, &mail));
    }
    found
}

/// Attachments that do not come out as they were listed.
fn differing_attachments(raw: &[u8], mail: &Mail) -> Vec<String> {
    mail.attachments
        .iter()
        .enumerate()
        .filter(|(index, listed)| {
            mime::attachment(raw, &[*index]).is_none_or(|(found, bytes)| {
                found.name != listed.name
                    || found.sha256 != listed.sha256
                    || bytes.len() as u64 != listed.size
            })
        })
        .map(|(index, _)| format!("attachment {index} comes out otherwise"))
        .collect()
}

/// Letters of a field that were given up, though the mail has none such itself.
fn unread_letters(raw: &[u8], mail: &Mail) -> Vec<String> {
    const UNREAD: &str = "\u{fffd}";
    let has_it_itself = [&b"\xef\xbf\xbd"[..], b"=EF=BF=BD", b"77+9"]
        .iter()
        .any(|sign| raw.windows(sign.len()).any(|window| window == *sign));
    if has_it_itself {
        return Vec::new();
    }
    let people = mail.from.iter().chain(&mail.to).chain(&mail.cc);
    let names = people.filter_map(|person| person.name.as_deref());
    let files = mail.attachments.iter().map(|file| file.name.as_str());
    names
        .chain(files)
        .chain([mail.subject.as_str()])
        .filter(|text| text.contains(UNREAD))
        .map(|text| format!("letters were not read: {text}"))
        .collect()
}

/// Files that another parser finds in the mail and we do not list.
fn lost_attachments(raw: &[u8], mail: &Mail) -> Vec<String> {
    let Ok(other) = mailparse::parse_mail(raw) else {
        return Vec::new();
    };
    let mut theirs = Vec::new();
    files(&other, 0, &mut theirs);
    let mut ours = Vec::new();
    listed(&mail.attachments, &mut ours);
    theirs
        .into_iter()
        .filter(|(_, size)| *size > 0)
        .filter(|(_, size)| !ours.iter().any(|our| our.abs_diff(*size) <= 2))
        .map(|(name, size)| format!("a file of {size} bytes is not listed: {name}"))
        .collect()
}

fn listed(attachments: &[Attachment], out: &mut Vec<u64>) {
    for attachment in attachments {
        out.push(attachment.size);
        if let Some(mail) = &attachment.mail {
            listed(&mail.attachments, out);
        }
    }
}

fn files(part: &ParsedMail<'_>, depth: usize, out: &mut Vec<(String, u64)>) {
    if depth > 20 {
        return;
    }
    for child in &part.subparts {
        files(child, depth + 1, out);
    }
    let disposition = part.get_content_disposition();
    let name = disposition
        .params
        .get("filename")
        .or_else(|| part.ctype.params.get("name"));
    let is_file = name.is_some() || disposition.disposition == DispositionType::Attachment;
    let has_odd_encoding = part
        .headers
        .get_first_value("Content-Transfer-Encoding")
        .is_some_and(|encoding| encoding.to_lowercase().contains("uu"));
    if is_file
        && part.subparts.is_empty()
        && !has_odd_encoding
        && let Ok(body) = part.get_body_raw()
        && !body.trim_ascii().is_empty()
    {
        out.push((name.cloned().unwrap_or_default(), body.len() as u64));
    }
}
