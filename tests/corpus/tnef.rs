//! `*.list` of TNEF files: the names of what lies in them. MimeKit has the files' bytes as well, in a folder of that name.
//!
//! The reader takes the raw file as it takes a mail; what lies in it is listed as a mail's attachments are.

use std::fs;

use sagspost::{domain::mail::Mail, mime};

use crate::Sample;

/// Texts that lists name as files and a reader sees as the mail's text.
const TEXTS: [&str; 5] = [
    "body.rtf",
    "body.html",
    "message.rtf",
    "message.html",
    "message.txt",
];

pub fn check(sample: &Sample) -> Vec<String> {
    let Ok(list) = fs::read_to_string(sample.path.with_extension("list")) else {
        return Vec::new();
    };
    if sample
        .path
        .extension()
        .is_none_or(|extension| extension != "tnef")
    {
        return Vec::new();
    }
    let mail = mime::parse(&sample.bytes);
    let mut found: Vec<String> = list
        .lines()
        .map(str::trim)
        .filter(|name| !name.is_empty() && !is_text(name))
        .filter(|name| !is_listed(&mail, name))
        .map(|name| format!("{name} is not listed"))
        .collect();
    found.extend(other_bytes(sample, &mail));
    found
}

/// Some extract a text under a name made of the file's, `triples-body.rtf`.
fn is_text(name: &str) -> bool {
    TEXTS.contains(&name.rsplit('-').next().unwrap_or_default())
}

/// Extracted texts were kept with other line ends, and an object with the id that stands before it.
fn is_same(ours: &[u8], theirs: &[u8]) -> bool {
    let with_lf = |bytes: &[u8]| -> Vec<u8> {
        bytes
            .iter()
            .copied()
            .filter(|byte| *byte != b'\r')
            .collect()
    };
    ours == theirs || theirs.get(16..) == Some(ours) || with_lf(ours) == with_lf(theirs)
}

fn is_listed(mail: &Mail, name: &str) -> bool {
    // A list may have a path before the name, or signs that file systems do not take made others.
    let plain = |name: &str| -> String {
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        last.chars().filter(|c| c.is_alphanumeric()).collect()
    };
    mail.attachments
        .iter()
        .any(|file| plain(&file.name) == plain(name))
}

/// Files whose bytes are not those that were extracted elsewhere.
fn other_bytes(sample: &Sample, mail: &Mail) -> Vec<String> {
    let Ok(folder) = fs::read_dir(sample.path.with_extension("")) else {
        return Vec::new();
    };
    folder
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter_map(|path| Some((path.file_name()?.to_string_lossy().into_owned(), path)))
        .filter(|(name, _)| !is_text(name))
        .filter_map(|(name, path)| Some((name, fs::read(path).ok()?)))
        .filter(|(_, bytes)| {
            !(0..mail.attachments.len())
                .filter_map(|index| mime::attachment(&sample.bytes, &[index]))
                .any(|(_, ours)| is_same(&ours, bytes))
        })
        .map(|(name, _)| format!("the bytes of {name} are not found"))
        .collect()
}
