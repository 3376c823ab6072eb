//! The decoders against mails of other programs, which lie beside the project where they lie at all.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use super::{
    Content,
    eml::to_eml,
    message::{File, Message},
    msg, tnef,
};
use crate::{
    growth::assert_comparable,
    mime::{parse, rtf},
};

/// `None`, said aloud, when there is no corpus.
fn corpus(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/corpus/mime")
        .join(folder);
    if !path.is_dir() {
        eprintln!("skipped: no corpus of {folder}");
        return None;
    }
    Some(path)
}

/// Files below a folder whose name ends so, in a fixed order.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// By name, as they come out of the mail that the message is written as too.
fn attachments(message: &Message) -> BTreeMap<String, Vec<u8>> {
    let bytes = |file: &File| match &file.content {
        Content::Bytes(bytes) => bytes.clone(),
        Content::Message(message) => to_eml(message),
    };
    let files: BTreeMap<String, Vec<u8>> = message
        .attachments
        .iter()
        .map(|file| (file.name.clone().unwrap_or_default(), bytes(file)))
        .collect();
    let eml = to_eml(message);
    let mail = parse(&eml);
    assert_eq!(mail.attachments.len(), message.attachments.len());
    for (index, attachment) in mail.attachments.iter().enumerate() {
        let (_, bytes) = crate::mime::attachment(&eml, &[index]).unwrap();
        if attachment.mail.is_none() {
            assert_eq!(
                files.get(&attachment.name),
                Some(&bytes),
                "{}",
                attachment.name
            );
        }
    }
    files
}

/// The files lie in a repository that keeps texts with the line ends of Unix; and an object with the id of its kind
/// before it, without which it is the compound file that programs open.
fn is_same(found: &[u8], expected: &[u8]) -> bool {
    const KIND_BYTES: usize = 16;
    let without_returns = |bytes: &[u8]| {
        bytes
            .iter()
            .copied()
            .filter(|byte| *byte != b'\r')
            .collect::<Vec<_>>()
    };
    found == expected
        || without_returns(found) == expected
        || expected.get(KIND_BYTES..) == Some(found)
}

/// Names that the other program gives the bodies it writes beside the attachments.
fn is_body(name: &str) -> bool {
    name.starts_with("message.") || name.starts_with("body.")
}

#[test]
fn attachments_of_winmail_dat_have_the_names_and_bytes_that_others_found() {
    let Some(folder) = corpus("mimekit/UnitTests/TestData/tnef") else {
        return;
    };
    for path in files(&folder, ".tnef") {
        let message = tnef::read(&fs::read(&path).unwrap()).unwrap();
        let found = attachments(&message);
        let names: Vec<&String> = found.keys().collect();
        eprintln!(
            "{}: {:?} {:?} {:?}",
            path.file_name().unwrap().display(),
            message.subject,
            names,
            message.warnings
        );
        let list = fs::read_to_string(path.with_extension("list")).unwrap_or_default();
        for name in list.lines().filter(|name| !is_body(name)) {
            assert!(found.contains_key(name), "{}: {name}", path.display());
        }
        let extracted = path.with_extension("");
        if extracted.is_dir() {
            let expected: BTreeMap<String, Vec<u8>> = files(&extracted, "")
                .into_iter()
                .map(|file| {
                    let name = file.file_name().unwrap().to_string_lossy().into_owned();
                    (name, fs::read(file).unwrap())
                })
                .filter(|(name, _)| !is_body(name))
                .collect();
            assert_eq!(
                names,
                expected.keys().collect::<Vec<_>>(),
                "{}",
                path.display()
            );
            for (name, bytes) in &expected {
                assert!(is_same(&found[name], bytes), "{}: {name}", path.display());
            }
        }
    }
}

#[test]
fn every_winmail_dat_is_read() {
    for folder in ["verdammelt-tnef", "tnefparse", "mmp-php"] {
        let Some(folder) = corpus(folder) else {
            continue;
        };
        for ending in [".tnef", "winmail.dat"] {
            for path in files(&folder, ending) {
                let bytes = fs::read(&path).unwrap();
                // One of them is a picture under that name.
                if tnef::is_tnef(&bytes) {
                    let message = tnef::read(&bytes).unwrap();
                    attachments(&message);
                    eprintln!(
                        "{}: {}",
                        path.file_name().unwrap().display(),
                        told(&message)
                    );
                }
            }
        }
    }
}

#[test]
fn every_msg_has_a_subject_a_sender_and_a_body() {
    let Some(folder) = corpus("tika") else {
        return;
    };
    for path in files(&folder, ".msg") {
        let bytes = fs::read(&path).unwrap();
        assert!(msg::is_msg(&bytes), "{}", path.display());
        let message = msg::read(&bytes).unwrap();
        attachments(&message);
        let name = path.file_name().unwrap().display();
        eprintln!("{name}: {}", told(&message));
        assert!(
            !message.subject.is_empty() && !message.is_damaged(),
            "{name}"
        );
        assert!(message.text.is_some() || message.html.is_some(), "{name}");
        // A note to oneself has no sender.
        assert!(
            message.from.is_some() || message.class == "IPM.StickyNote",
            "{name}"
        );
    }
}

#[test]
fn every_rtf_has_a_text() {
    let Some(folder) = corpus("tika") else {
        return;
    };
    for path in files(&folder, ".rtf") {
        let bytes = fs::read(&path).unwrap();
        let read = rtf::text(&bytes);
        let name = path.file_name().unwrap().display();
        eprintln!(
            "{name}: {:?} {:?}",
            read.title,
            read.text.chars().take(300).collect::<String>()
        );
        // Some have nothing but files and pictures in them.
        let has_text = !path.to_string_lossy().contains("Embedded");
        assert_eq!(!read.text.is_empty(), has_text, "{name}");
    }
}

/// Changes that are the same in each run.
fn changed(bytes: &[u8], round: u64) -> Vec<u8> {
    let mut state = round.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 8).unwrap() % below.max(1)
    };
    let mut changed = bytes.to_vec();
    for _ in 0..next(20) {
        let at = next(changed.len());
        // Lengths and counts stand near the beginning of what they are of.
        let at = if next(2) == 0 { at } else { at % 4_096 };
        let value = [0, 1, 0x7f, 0xff, next(256) as u8][next(5)];
        if let Some(byte) = changed.get_mut(at) {
            *byte = value;
        }
    }
    if next(3) == 0 {
        changed.truncate(next(bytes.len()));
    }
    changed
}

#[test]
fn files_of_the_corpora_that_are_changed_or_cut_take_as_long_as_before() {
    const ROUNDS: u64 = 10;
    for (folder, ending) in [("tnefparse", ".tnef"), ("tika", ".msg"), ("tika", ".rtf")] {
        let Some(folder) = corpus(folder) else {
            return;
        };
        for path in files(&folder, ending) {
            let whole = fs::read(&path).unwrap();
            for round in 1..=ROUNDS {
                let what = format!("{} in round {round}", path.display());
                assert_comparable(&what, &whole, &changed(&whole, round), |bytes| {
                    for message in [tnef::read(bytes), msg::read(bytes)].into_iter().flatten() {
                        parse(&to_eml(&message));
                    }
                    rtf::text(bytes);
                });
            }
        }
    }
}

fn told(message: &Message) -> String {
    let files: Vec<String> = message
        .attachments
        .iter()
        .map(|file| match &file.content {
            Content::Bytes(bytes) => format!(
                "{:?} {:?} {:?} {} {}",
                file.name,
                file.media_type,
                file.content_id,
                file.hidden,
                bytes.len()
            ),
            Content::Message(message) => format!("{:?} [{}]", file.name, told(message)),
        })
        .collect();
    let first = |text: &Option<String>| {
        text.as_ref()
            .map(|text| (text.len(), text.chars().take(80).collect::<String>()))
    };
    format!(
        "{} {:?}\n   from {:?} to {:?}\n   {:?} {:?} {:?} {:?} {:?}\n   text {:?} html {:?}\n   {:?} {files:#?} headers {}",
        message.class,
        message.subject,
        message.from,
        message.recipients,
        message.sent,
        message.received,
        message.message_id,
        message.in_reply_to,
        message.references,
        first(&message.text),
        first(&message.html),
        message.warnings,
        message.headers.is_some(),
    )
}
