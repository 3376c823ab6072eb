//! Every file of other projects' test mail is read, and read as their authors expect.
//!
//! The mails lie outside the project, in `../shared/corpus/mime`; without them the test says so and is content. Each
//! file is held to what can be asked of any mail (no panic, no waiting, the same answer twice, attachments that come out
//! as they were listed) and to what its origin says of it. Answers that differ and are right are told in `explained.rs`.

#![allow(clippy::unwrap_used)]

mod any_mail;
mod explained;
// As the tests within the library have it.
#[allow(dead_code)]
#[path = "../../src/growth.rs"]
mod growth;
mod mbox;
mod mime4j;
mod mmp;
mod tnef;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Fewer files read right than these, per origin, are a step back.
const FLOORS: [(&str, usize); 10] = [
    ("cpython", 66),
    ("flanker", 100),
    ("mail-parser", 337),
    ("mime4j", 20),
    ("mimekit", 324),
    ("mmp-php", 84),
    ("ruby-mail", 76),
    ("tika", 132),
    ("tnefparse", 16),
    ("verdammelt-tnef", 133),
];

/// A file, and what it is known by in tables: its path below the folder of all origins.
pub struct Sample {
    pub path: PathBuf,
    pub name: String,
    pub bytes: Vec<u8>,
}

#[derive(Default)]
struct Row {
    files: usize,
    right: usize,
    explained: usize,
    wrong: usize,
}

#[test]
fn every_mail_of_other_projects_is_read_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/mime");
    if !folder.is_dir() {
        println!("other projects' mails are not here; nothing was read");
        return;
    }
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    let mut wrong = Vec::new();
    for sample in samples(&folder) {
        let origin = sample.name.split('/').next().unwrap_or_default().to_owned();
        let row = rows.entry(origin).or_default();
        row.files += 1;
        let found = check(&sample);
        if found.is_empty() {
            row.right += 1;
        } else if let Some(reason) = explained::reason(&sample.name) {
            row.explained += 1;
            println!("{}: {reason}", sample.name);
        } else {
            row.wrong += 1;
            wrong.extend(found.iter().map(|what| format!("{}: {what}", sample.name)));
        }
    }
    print_table(&rows);
    for line in &wrong {
        println!("{line}");
    }
    assert!(
        wrong.is_empty(),
        "{} differences are not explained",
        wrong.len()
    );
    for (origin, floor) in FLOORS {
        let right = rows.get(origin).map_or(0, |row| row.right);
        assert!(right >= floor, "{origin}: {right} right, {floor} before");
    }
}

/// What is wrong with our reading of a file.
fn check(sample: &Sample) -> Vec<String> {
    let mut found = any_mail::check(sample);
    found.extend(mmp::check(sample));
    found.extend(mime4j::check(sample));
    found.extend(mbox::check(sample));
    found.extend(tnef::check(sample));
    found
}

fn samples(folder: &Path) -> Vec<Sample> {
    let mut paths = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let below = |path: &Path| {
        path.strip_prefix(folder)
            .unwrap()
            .to_string_lossy()
            .into_owned()
    };
    paths
        .into_iter()
        .map(|path| Sample {
            name: below(&path),
            bytes: fs::read(&path).unwrap(),
            path,
        })
        .collect()
}

fn print_table(rows: &BTreeMap<String, Row>) {
    println!("| origin | files | right | explained | wrong |");
    println!("|---|---|---|---|---|");
    for (origin, row) in rows {
        println!(
            "| {origin} | {} | {} | {} | {} |",
            row.files, row.right, row.explained, row.wrong
        );
    }
}
