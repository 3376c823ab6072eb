//! Files pass a virus scanner before anybody is given them, by clamd's protocol and by ICAP alike.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use sagspost::{
    config::{Config, Scan, WhenAway},
    outbox::Outbox,
    scan::{ScanError, Scanner},
    store::EntryState,
    suggest::Organisation,
};
use serde_json::json;

use crate::support::app::App;
use crate::support::cli::Cli;
use crate::support::outbox;
use crate::support::scanner::{Mood, Scanner as Program, eicar};
use crate::support::store::{case, eml};

/// A mail with one file, coded as base64: not every scanner reads mails.
fn eml_with_file(message_id: &str, file: &[u8]) -> Vec<u8> {
    let coded = STANDARD.encode(file);
    format!(
        "Message-ID: <{message_id}>\r\nFrom: Gerda Borger <gerda@borger.example>\r\nDate: Mon, 2 Mar 2026 10:00:00 +0100\r\n\
         Subject: Bilag\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nSe bilag.\r\n\
         --b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=faktura.pdf\r\n\r\n{coded}\r\n--b--\r\n"
    )
    .into_bytes()
}

fn settings(url: &str) -> Scan {
    let config = Config::load(None, std::iter::empty()).unwrap();
    Scan {
        url: url.to_owned(),
        timeout_secs: 5,
        ..config.scan
    }
}

fn both() -> [Program; 2] {
    [Program::clamd(), Program::icap()]
}

fn found() -> Result<(), ScanError> {
    Err(ScanError::Found("Eicar-Test-Signature".to_owned()))
}

#[tokio::test]
async fn what_is_found_has_a_name_and_what_is_clean_goes_whole_and_in_pieces() {
    for program in both() {
        let scanner = Scanner::new(&settings(&program.url));
        let mut large: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
        assert_eq!(scanner.check(&large.clone().into()).await, Ok(()));
        let seen = program.seen().remove(0);
        assert!(seen.content == large, "{}", program.url);
        assert_eq!(seen.pieces, [65_536, 65_536, 65_536, 3_392]);
        // Across the border between two pieces.
        large.splice(65_500..65_500, eicar());
        assert_eq!(
            scanner.check(&large.into()).await,
            found(),
            "{}",
            program.url
        );
        assert_eq!(scanner.check(&Bytes::new()).await, Ok(()));
    }
}

#[tokio::test]
async fn a_socket_of_the_file_system_does_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::clamd_at(&folder.path().join("clamd.ctl"));
    let scanner = Scanner::new(&settings(&program.url));
    assert_eq!(scanner.check(&eicar().into()).await, found());
    assert_eq!(scanner.check(&Bytes::from_static(b"a")).await, Ok(()));
}

#[tokio::test]
async fn the_same_content_is_scanned_once_and_a_failure_is_no_verdict() {
    for program in both() {
        let scanner = Scanner::new(&settings(&program.url));
        program.is(Mood::Closes);
        let content = Bytes::from(eicar());
        assert!(matches!(
            scanner.check(&content).await,
            Err(ScanError::Away(_))
        ));
        program.is(Mood::Scans);
        for _ in 0..3 {
            assert_eq!(scanner.check(&content).await, found());
        }
        assert_eq!(program.seen().len(), 1, "{}", program.url);
    }
}

#[tokio::test]
async fn a_scanner_that_gives_no_verdict_holds_files_back_unless_it_is_told_otherwise() {
    for program in both() {
        for mood in [
            Mood::Hangs,
            Mood::Closes,
            Mood::Babbles,
            Mood::TakesAtMost(100_000),
        ] {
            program.is(mood);
            let mut settings = settings(&program.url);
            settings.timeout_secs = 1;
            let content = Bytes::from(vec![7; 300_000]);
            let held = Scanner::new(&settings).check(&content).await.unwrap_err();
            let is_too_large = held == ScanError::TooLarge;
            assert_eq!(
                is_too_large,
                matches!(mood, Mood::TakesAtMost(_)),
                "{mood:?}: {held}"
            );
            settings.when_away = WhenAway::Serve;
            assert_eq!(
                Scanner::new(&settings).check(&content).await,
                Ok(()),
                "{mood:?}"
            );
        }
        program.is(Mood::Scans);
        let mut settings = settings(&program.url);
        settings.when_away = WhenAway::Serve;
        let content = Bytes::from(eicar());
        assert_eq!(
            Scanner::new(&settings).check(&content).await,
            found(),
            "a verdict is one"
        );
    }
    let nobody = Scanner::new(&settings("clamd://127.0.0.1:1"));
    let away = nobody.check(&Bytes::from_static(b"a")).await;
    assert_eq!(away, Err(ScanError::Away("it cannot be reached")));
}

#[tokio::test]
async fn what_is_larger_than_the_limit_is_not_sent() {
    for program in both() {
        let mut settings = settings(&program.url);
        settings.max_bytes = 1024;
        let scanner = Scanner::new(&settings);
        assert_eq!(
            scanner.check(&vec![7; 1025].into()).await,
            Err(ScanError::TooLarge)
        );
        assert_eq!(program.seen().len(), 0);
        assert_eq!(scanner.check(&vec![7; 1024].into()).await, Ok(()));
    }
}

#[tokio::test]
async fn icap_without_204_and_without_a_name_is_understood() {
    let program = Program::icap();
    let scanner = Scanner::new(&settings(&program.url));
    program.is(Mood::SendsBack);
    assert_eq!(scanner.check(&vec![7; 300_000].into()).await, Ok(()));
    program.is(Mood::PutsAPage);
    assert_eq!(
        scanner.check(&eicar().into()).await,
        Err(ScanError::Found("?".to_owned()))
    );
}

#[tokio::test]
async fn a_scanner_is_looked_at_without_a_file() {
    for program in both() {
        assert_eq!(
            Scanner::new(&settings(&program.url)).look().await,
            Some(Ok(()))
        );
        let wrong = program.url.replace("avscan", "other");
        let is_icap = wrong != program.url;
        let looked = Scanner::new(&settings(&wrong)).look().await.unwrap();
        assert_eq!(looked.is_err(), is_icap, "{wrong}");
    }
    assert_eq!(Scanner::new(&settings("")).look().await, None);
}

#[tokio::test]
async fn a_mail_with_more_in_it_than_is_opened_is_held_back() {
    let program = Program::clamd();
    let scanner = Scanner::new(&settings(&program.url));
    let part =
        "--b\r\nContent-Type: text/x-a\r\nContent-Disposition: attachment; filename=a\r\n\r\na\r\n";
    let mail = |count: usize| {
        let parts = part.repeat(count);
        let text = format!(
            "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{parts}--b--\r\n"
        );
        Bytes::from(text.into_bytes())
    };
    assert_eq!(scanner.check_mail(&mail(20)).await, Ok(()));
    // All of them are the same: it is asked about one, and about the whole.
    assert_eq!(program.seen().len(), 2);
    let many = scanner.check_mail(&mail(1001)).await;
    assert_eq!(many, Err(ScanError::TooLarge));
}

async fn app(program: &Program) -> App {
    App::start_with(Organisation::default(), |_, config| {
        config.scan = settings(&program.url);
        config.scan.timeout_secs = 1;
    })
    .await
}

#[tokio::test]
async fn nobody_is_given_what_the_scanner_found_something_in() {
    for program in both() {
        let app = app(&program).await;
        let bad = eml_with_file("bad@x", &eicar());
        let good = eml_with_file("good@x", b"%PDF-1.4");
        let mails = app.add_mails(&[bad, good]).await;
        for (mail, status) in mails.iter().zip([403, 200]) {
            for what in ["raw", "attachments/0"] {
                let path = format!("/api/v1/mails/{mail}/{what}");
                let answer = app.get(&path, "birthe").await;
                assert_eq!(answer.status, status, "{path}");
                if status == 403 {
                    let problem = answer.json();
                    assert_eq!(problem["type"], "/problems/infected");
                    let detail = problem["detail"].as_str().unwrap();
                    assert!(detail.contains("Eicar-Test-Signature"), "{detail}");
                }
            }
            // What stands in it can still be read.
            let path = format!("/api/v1/mails/{mail}");
            assert_eq!(app.get(&path, "birthe").await.status, 200);
        }
        program.is(Mood::Hangs);
        let new = eml_with_file("new@x", b"%PDF-1.5");
        let new = app.add_mails(&[new]).await[0];
        let answer = app
            .get(&format!("/api/v1/mails/{new}/attachments/0"), "birthe")
            .await;
        assert_eq!(answer.status, 503);
        assert_eq!(answer.json()["type"], "/problems/scanner-away");
        assert!(!answer.header("retry-after").is_empty());
    }
}

#[tokio::test]
async fn a_journaled_file_is_scanned_before_it_is_fetched_or_delivered_and_can_be_tried_again() {
    let program = Program::clamd();
    let app = app(&program).await;
    let case = app.add_case(case("Hegn")).await;
    let mail = eml_with_file("bad@x", &eicar());
    let mail = app.add_mails(&[mail]).await[0];
    let filed = json!({ "mail_id": mail, "case_id": case.id });
    let entry = app.journal("birthe", "k", &filed).await;
    assert_eq!(entry.status, 201);
    let id = uuid::Uuid::parse_str(entry.json()["id"].as_str().unwrap()).unwrap();
    let outbox = outbox(&app);
    while outbox.run_due().await.unwrap() > 0 {}
    let path = format!("/api/v1/journal/{id}");
    let told = app.get(&path, "birthe").await.json();
    assert_eq!(
        (&told["state"], &told["state_reason"]),
        (&json!("failed"), &json!("infected"))
    );
    let text = told["state_reason_text"].as_str().unwrap();
    assert!(text.contains("irusscanner"), "{text}");

    let documents = format!("/api/v1/cases/{}/documents", case.id);
    let documents = app.get(&documents, "birthe").await.json();
    for file in documents[0]["files"].as_array().unwrap() {
        let path = format!("/api/v1/files/{}", file["id"].as_str().unwrap());
        assert_eq!(app.get(&path, "birthe").await.status, 403, "{file}");
    }

    // Whoever looked into it found that it is harmless, and taught the scanner.
    let relaxed = Outbox {
        scanner: Arc::new(Scanner::new(&settings(""))),
        ..outbox
    };
    assert_eq!(
        app.post(&format!("{path}/retry"), "birthe", &json!(null))
            .await
            .status,
        202
    );
    relaxed.run_due().await.unwrap();
    let entry = app.store.entry_unchecked(id).await.unwrap();
    assert_eq!(entry.state, EntryState::Delivered);
}

#[tokio::test]
async fn a_delivery_waits_for_a_scanner_that_is_away() {
    let program = Program::clamd();
    let app = app(&program).await;
    let case = app.add_case(case("Hegn")).await;
    let mail = app.add_mails(&[eml("a@x", "Hæk", &[])]).await[0];
    program.is(Mood::Closes);
    let filed = json!({ "mail_id": mail, "case_id": case.id });
    let entry = app.journal("birthe", "k", &filed).await.json();
    let id = uuid::Uuid::parse_str(entry["id"].as_str().unwrap()).unwrap();
    let outbox = outbox(&app);
    outbox.run_due().await.unwrap();
    assert_eq!(
        app.store.entry_unchecked(id).await.unwrap().state,
        EntryState::Pending
    );
    program.is(Mood::Scans);
    app.store
        .retry_entry(id, "birthe", chrono::Utc::now())
        .await
        .unwrap();
    outbox.run_due().await.unwrap();
    assert_eq!(
        app.store.entry_unchecked(id).await.unwrap().state,
        EntryState::Delivered
    );
}

#[test]
fn doctor_says_whether_the_scanner_answers() {
    let cli = Cli::new();
    let program = Program::icap();
    let of = |url: &str| {
        let variables = [("SAGSPOST__SCAN__URL", url)];
        let findings = cli.run_with(&variables, &["--json", "doctor"]).json();
        let found = findings.as_array().unwrap().iter();
        found
            .filter(|finding| finding["what"] == "virus scanner")
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(of(&program.url)[0]["ok"], true);
    let away = &of("clamd://127.0.0.1:1")[0];
    assert_eq!(away["ok"], false);
    assert!(
        away["says"].as_str().unwrap().contains("cannot be reached"),
        "{away}"
    );
    assert!(of("").is_empty());
}

fn outbox(app: &App) -> Outbox {
    Outbox {
        scanner: Arc::clone(&app.scanner),
        ..outbox::of(&app.store)
    }
}
