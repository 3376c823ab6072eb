//! `sagspost eval foldering`: how often suggestions are right on mailboxes that people have filed.

use std::fmt::Write as _;
use std::fs;

use crate::support::cli::Cli;

/// A mailbox of two folders, whose mails tell by their sender where they belong.
fn mailbox(cli: &Cli, name: &str, mails: usize) {
    let home = cli.path("mailboxes").join(name);
    fs::create_dir_all(home.join("maildir/havn")).unwrap();
    fs::create_dir_all(home.join("maildir/skole")).unwrap();
    let mut labels = String::new();
    for n in 0..mails {
        let (folder, sender) = [
            ("havn", "kaj@havn.example"),
            ("skole", "lise@skole.example"),
        ][n % 2];
        let path = format!("{folder}/{n}.eml");
        let raw = format!(
            "Message-ID: <{n}@x>\r\nFrom: {sender}\r\nTo: post@by.example\r\nSubject: Sag {n} om {folder}\r\n\r\nVi skriver om {folder}.\r\n"
        );
        fs::write(home.join("maildir").join(&path), raw).unwrap();
        writeln!(labels, "{n}\t{}\t{path}\t{folder}", 960_245_580 + n * 3600).unwrap();
    }
    fs::write(home.join("labels.tsv"), labels).unwrap();
}

#[test]
fn mailboxes_are_filed_again_and_counted() {
    let cli = Cli::new();
    mailbox(&cli, "anne", 40);
    mailbox(&cli, "bent", 20);
    let folder = cli.path("mailboxes").display().to_string();
    let json = cli.run(&["eval", "foldering", &folder, "--json"]).json();
    assert_eq!(json["mailboxes"][0]["mailbox"], "anne");
    assert_eq!(json["mailboxes"][0]["mails"], 40);
    assert_eq!(json["mailboxes"][1]["folders"], 2);
    // The first of each folder cannot be known; from then on the sender tells.
    assert_eq!(json["mailboxes"][0]["seen"]["top1"], 100.0, "{json}");
    assert_eq!(json["mailboxes"][0]["top3"], 95.0, "{json}");
    let table = cli.run(&["eval", "foldering", &folder]).out;
    assert!(table.contains("anne") && table.contains("mean"), "{table}");
}

#[test]
fn the_batch_protocol_counts_what_follows_the_first_hundred() {
    let cli = Cli::new();
    mailbox(&cli, "anne", 150);
    let folder = cli.path("mailboxes/anne").display().to_string();
    let json = cli
        .run(&[
            "eval",
            "foldering",
            &folder,
            "--protocol",
            "batch",
            "--json",
        ])
        .json();
    assert_eq!(json["mean"]["top1"], 100.0, "{json}");
}

#[test]
fn what_is_no_mailbox_is_told_with_the_line_at_fault() {
    let cli = Cli::new();
    let told = |folder: &str| {
        let folder = cli.path(folder).display().to_string();
        let said = cli.run(&["eval", "foldering", &folder]);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{}", said.err);
        said.err
    };
    assert!(told("nowhere").contains("cannot be read"));
    fs::create_dir_all(cli.path("empty")).unwrap();
    assert!(told("empty").contains("holds no mailbox"));
    mailbox(&cli, "anne", 3);
    let labels = cli.path("mailboxes/anne/labels.tsv");
    for (wrong, line) in [
        ("0\t960245580\thavn/0.eml\thavn\n1 no tabs here\n", "line 2"),
        ("0\tyesterday\thavn/0.eml\thavn\n", "line 1"),
        ("", "names no mail"),
    ] {
        fs::write(&labels, wrong).unwrap();
        assert!(told("mailboxes").contains(line), "{wrong}");
    }
    fs::write(&labels, "0\t960245580\thavn/99.eml\thavn\n").unwrap();
    let folder = cli.path("mailboxes").display().to_string();
    let said = cli.run(&["eval", "foldering", &folder]);
    assert!(
        said.code != 0 && said.err.contains("99.eml"),
        "{}",
        said.err
    );
}
