//! `*-offsets.json` of MimeKit: the parts of each mail in an mbox, and their sizes.

use std::fs;

use sagspost::{domain::mail::Mail, mime};
use serde_json::Value;

use crate::Sample;

pub fn check(sample: &Sample) -> Vec<String> {
    let Some(stem) = sample.name.strip_suffix(".mbox.txt") else {
        return Vec::new();
    };
    let stem = stem.rsplit('/').next().unwrap_or_default();
    let file = sample
        .path
        .with_file_name(format!("{stem}.unix-offsets.json"));
    let Ok(json) = fs::read(file) else {
        return Vec::new();
    };
    let mails: Vec<Value> = serde_json::from_slice(&json).unwrap();
    // The places are those of the file with line ends of Unix.
    let raw: Vec<u8> = sample
        .bytes
        .iter()
        .copied()
        .filter(|byte| *byte != b'\r')
        .collect();
    let place = |mail: &Value, key: &str| {
        mail.get(key).and_then(Value::as_u64).unwrap_or_default() as usize
    };
    let mut found = Vec::new();
    for (index, expected) in mails.iter().enumerate() {
        let marker = place(expected, "mboxMarkerOffset");
        let end = place(expected, "endOffset");
        let Some(mail) = raw.get(marker..end) else {
            continue;
        };
        let mail = mime::parse(mail);
        let mut leaves = Vec::new();
        leaves_of(&expected["body"], &mut leaves);
        found.extend(
            missing(&mail, &leaves)
                .into_iter()
                .map(|what| format!("mail {index}: {what}")),
        );
    }
    found
}

/// Leaves in the order they stand: type and size as it is written in the mail.
fn leaves_of(body: &Value, out: &mut Vec<(String, u64)>) {
    let children = body.get("children").and_then(Value::as_array);
    if let Some(children) = children.filter(|children| !children.is_empty()) {
        for child in children {
            leaves_of(child, out);
        }
        return;
    }
    let kind = body
        .get("mimeType")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let octets = body
        .get("octets")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    out.push((kind.to_owned(), octets));
}

/// Files of the mail that we do not list; texts are what is shown.
fn missing(mail: &Mail, leaves: &[(String, u64)]) -> Vec<String> {
    let is_text = |kind: &str| kind.starts_with("text/") || kind.starts_with("multipart/");
    let files = leaves
        .iter()
        .filter(|(kind, octets)| !is_text(kind) && *octets > 0);
    let mut ours: Vec<&str> = mail
        .attachments
        .iter()
        .map(|file| file.media_type.as_str())
        .collect();
    let mut found = Vec::new();
    for (kind, _) in files {
        match ours.iter().position(|our| our.eq_ignore_ascii_case(kind)) {
            Some(at) => {
                ours.remove(at);
            }
            None => found.push(format!("{kind} is not listed")),
        }
    }
    let has_text = leaves
        .iter()
        .any(|(kind, octets)| kind == "text/plain" && *octets > 2);
    if has_text && mail.text.is_empty() {
        found.push("the text is not read".to_owned());
    }
    found
}
