//! What a case worker must see of mails as the programs and machines that write to a municipality send them.
//!
//! Beside `tests/fixtures/mime/<name>.eml` stands `<name>.expected.json`, written from what those programs mean and not
//! from what `sagspost parse` says: only the fields that matter, as the command would name them. Some keys compare
//! loosely: `text_contains`, `text_lacks`, `warnings_contain` (codes), and for an attachment `name_contains` and
//! `name_lacks`. `attachments` names all of them in their order, so that none is lost or made up; `why` is for readers.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

#[test]
fn every_mail_that_arrives_shows_what_its_sender_meant() {
    let report: Vec<String> = compared()
        .into_iter()
        .filter(|(_, differences)| !differences.is_empty())
        .map(|(name, differences)| format!("{name}\n  {}", differences.join("\n  ")))
        .collect();
    assert!(report.is_empty(), "\n{}", report.join("\n\n"));
}

/// A mistyped key would compare nothing.
#[test]
fn expectations_name_only_what_is_compared() {
    for file in expectations() {
        let expected: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let unknown = unknown_keys(&expected);
        assert!(unknown.is_empty(), "{}: {unknown:?}", file.display());
    }
}

/// Each mail with an expectation and how what was read differs from it.
fn compared() -> Vec<(String, Vec<String>)> {
    expectations()
        .into_iter()
        .map(|file| {
            let expected: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
            let name = file.file_name().unwrap().to_str().unwrap();
            let name = name.strip_suffix(".expected.json").unwrap().to_owned();
            let mail = parsed(&file.with_file_name(format!("{name}.eml")));
            let mut differences = Vec::new();
            compare_mail("", &expected, &mail, &mut differences);
            (name, differences)
        })
        .collect()
}

fn expectations() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mime");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    files.sort();
    assert!(files.len() >= 40, "{}", files.len());
    files
}

fn parsed(file: &Path) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_sagspost"))
        .arg("parse")
        .arg(file)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}: {output:?}", file.display());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// `at` is where in the mail we are, for a reader of the report.
fn compare_mail(at: &str, expected: &Value, mail: &Value, differences: &mut Vec<String>) {
    let text = mail["text"].as_str().unwrap_or_default();
    for (key, value) in expected.as_object().unwrap() {
        match key.as_str() {
            "text_contains" => {
                for wanted in strings(value).filter(|wanted| !text.contains(wanted)) {
                    differences.push(format!("{at}text lacks {wanted:?}; it is {text:?}"));
                }
            }
            "text_lacks" => {
                for unwanted in strings(value).filter(|unwanted| text.contains(unwanted)) {
                    differences.push(format!("{at}text has {unwanted:?}"));
                }
            }
            "warnings_contain" => {
                let codes: Vec<&str> = list(&mail["warnings"])
                    .iter()
                    .filter_map(|warning| warning["code"].as_str())
                    .collect();
                for wanted in strings(value).filter(|wanted| !codes.contains(wanted)) {
                    differences.push(format!("{at}warnings lack {wanted:?}: {codes:?}"));
                }
            }
            "attachments" => {
                compare_attachments(at, list(value), list(&mail["attachments"]), differences);
            }
            "why" => (),
            key => compare_value(at, key, value, &mail[key], differences),
        }
    }
}

fn compare_attachments(
    at: &str,
    expected: &[Value],
    found: &[Value],
    differences: &mut Vec<String>,
) {
    if expected.len() != found.len() {
        let names: Vec<&str> = found.iter().filter_map(|a| a["name"].as_str()).collect();
        differences.push(format!(
            "{at}attachments: {} expected, found {names:?}",
            expected.len()
        ));
        return;
    }
    for (index, (expected, found)) in expected.iter().zip(found).enumerate() {
        let at = format!("{at}attachment {index}: ");
        let name = found["name"].as_str().unwrap_or_default();
        let clean_name = found["clean_name"].as_str().unwrap_or_default();
        for (key, value) in expected.as_object().unwrap() {
            match key.as_str() {
                "name_contains" => {
                    for wanted in strings(value).filter(|wanted| !name.contains(wanted)) {
                        differences.push(format!("{at}name lacks {wanted:?}: {name:?}"));
                    }
                }
                "name_lacks" => {
                    for unwanted in strings(value).filter(|unwanted| name.contains(unwanted)) {
                        differences.push(format!("{at}name has {unwanted:?}: {name:?}"));
                    }
                }
                "clean_name_contains" => {
                    for wanted in strings(value).filter(|wanted| !clean_name.contains(wanted)) {
                        differences
                            .push(format!("{at}clean name lacks {wanted:?}: {clean_name:?}"));
                    }
                }
                "clean_name_lacks" => {
                    for unwanted in strings(value).filter(|unwanted| clean_name.contains(unwanted))
                    {
                        differences
                            .push(format!("{at}clean name has {unwanted:?}: {clean_name:?}"));
                    }
                }
                "mail" if found["mail"].is_object() => {
                    compare_mail(&format!("{at}mail: "), value, &found["mail"], differences);
                }
                key => compare_value(&at, key, value, &found[key], differences),
            }
        }
    }
}

fn compare_value(
    at: &str,
    key: &str,
    expected: &Value,
    found: &Value,
    differences: &mut Vec<String>,
) {
    if expected != found {
        differences.push(format!("{at}{key} should be {expected}, is {found}"));
    }
}

fn unknown_keys(expected: &Value) -> Vec<String> {
    const OF_A_MAIL: &[&str] = &[
        "attachments",
        "bcc",
        "cc",
        "date",
        "from",
        "in_reply_to",
        "kind",
        "message_id",
        "references",
        "subject",
        "text",
        "text_contains",
        "text_lacks",
        "thread_index",
        "to",
        "warnings",
        "warnings_contain",
        "why",
    ];
    const OF_AN_ATTACHMENT: &[&str] = &[
        "inline",
        "mail",
        "media_type",
        "name",
        "clean_name",
        "clean_name_contains",
        "clean_name_lacks",
        "name_contains",
        "name_lacks",
        "sha256",
        "size",
    ];
    let unknown = |value: &Value, known: &[&str]| -> Vec<String> {
        let keys = value.as_object().unwrap().keys();
        keys.filter(|key| !known.contains(&key.as_str()))
            .cloned()
            .collect()
    };
    let mut found = unknown(expected, OF_A_MAIL);
    for attachment in list(&expected["attachments"]) {
        found.extend(unknown(attachment, OF_AN_ATTACHMENT));
        if attachment["mail"].is_object() {
            found.extend(unknown_keys(&attachment["mail"]));
        }
    }
    found
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    list(value).iter().filter_map(Value::as_str)
}
