//! `sagspost parse`: what a case worker gets to see of the mails that arrive here, one snapshot each. The keys and their
//! meaning are a contract; a changed snapshot is a changed contract.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// Stands in for every mail of `tests/fixtures/mime`; all of them are invented.
#[test]
fn every_mail_is_read_as_a_case_worker_would_read_it() {
    let fixtures = fixtures();
    assert!(fixtures.len() >= 12, "{}", fixtures.len());
    for file in fixtures {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let output = parse(&file);
        assert!(output.status.success(), "{name}: {output:?}");
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        insta::assert_json_snapshot!(name, json);
    }
}

#[test]
fn a_file_that_is_not_there_is_said_to_be_so() {
    let output = parse(Path::new("no/such/mail.eml"));
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains("no/such/mail.eml cannot be read") && message.contains("No such file"),
        "{message}"
    );
}

fn parse(file: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sagspost"))
        .arg("parse")
        .arg(file)
        .output()
        .unwrap()
}

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mime");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
        .collect();
    files.sort();
    files
}
