//! What `sagspost parse` prints is a contract: its fields stay, and what they say of these mails stays right.
//!
//! The fixtures are invented, written as the software that people here use would send them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn parse(file: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sagspost"))
        .arg("parse")
        .arg(file)
        .output()
        .unwrap()
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/mime")
        .join(name)
}

#[test]
fn every_fixture_is_read_as_its_snapshot_says() {
    insta::glob!("../fixtures/mime", "*.eml", |file| {
        let output = parse(file);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let mail: Value = serde_json::from_slice(&output.stdout).unwrap();
        insta::assert_json_snapshot!(mail);
    });
}

#[test]
fn a_file_that_is_not_there_is_an_error_that_names_it() {
    let output = parse(&fixture("findes-ikke.eml"));
    assert!(!output.status.success() && output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("findes-ikke.eml"));
}
