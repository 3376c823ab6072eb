//! What attachments say is read after the mail is stored, and finds it.

use sagspost::domain::access::Onlooker;
use std::io::{Cursor, Write as _};

use chrono::{Duration, Utc};
use sagspost::{
    store::{
        AttachmentText, EventKind, FiledMail, Following, MailFilter, NewEntry, ReadMail, Store,
    },
    suggest::{Engine, Evidence, Organisation, Signals},
};
use uuid::Uuid;

use crate::support::app::App;
use crate::support::outbox;
use crate::support::store::{add_case, batch, case, day, eml, mailbox, user};

/// A letter in Word with a heading.
fn docx(heading: &str, text: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let document = format!(
        "<w:document><w:body><w:p><w:pPr><w:pStyle w:val=\"Overskrift1\"/></w:pPr><w:r><w:t>{heading}</w:t></w:r></w:p>\
         <w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>"
    );
    for (name, content) in [
        ("[Content_Types].xml", "<Types/>"),
        ("word/document.xml", &document),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn with_attachments(message_id: &str, files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    use base64::Engine as _;
    let mut raw = eml(
        message_id,
        "Hermed",
        &[
            "MIME-Version: 1.0",
            "Content-Type: multipart/mixed; boundary=b",
        ],
    );
    raw.truncate(raw.len() - "God dag. Hækken ved nabogrunden er for høj.\r\n".len());
    raw.extend("--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSe vedhæftede.\r\n".bytes());
    for (name, content) in files {
        let content = base64::engine::general_purpose::STANDARD.encode(content);
        raw.extend(
            format!(
                "--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\
                 Content-Transfer-Encoding: base64\r\n\r\n{content}\r\n"
            )
            .bytes(),
        );
    }
    raw.extend(b"--b--\r\n");
    raw
}

fn letter() -> Vec<u8> {
    with_attachments(
        "a@x",
        &[
            (
                "scan001.docx",
                docx(
                    "Påbud om hegnsyn",
                    "Vedr. sagsnr. 2026-00001 om skelpæle ved Grønnegade.",
                ),
            ),
            ("foto.jpg", b"\xff\xd8\xff\xe0".to_vec()),
        ],
    )
}

async fn found(store: &Store, words: &str) -> usize {
    let filter = MailFilter {
        words: Some(words.to_owned()),
        ..MailFilter::default()
    };
    store.mails(&filter, "birthe", 10).await.unwrap().len()
}

on_both! {
    a_word_in_an_attachment_finds_the_mail(store) {
        user(store, "birthe").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let mails = [letter(), eml("b@x", "Uden bilag", &[])];
        let stored = store.commit_batch(&batch(one, inbox, 1, &mails), day(2)).await.unwrap();
        let before = store.last_event().await.unwrap();
        assert_eq!(found(store, "skelpæle").await, 0);

        let outbox = outbox::of(store);
        while outbox.run_due().await.unwrap() > 0 {}
        assert_eq!(found(store, "skelpæle").await, 0, "nobody's click waits for attachments");
        assert_eq!(outbox.read_due().await.unwrap(), 1);
        assert_eq!(outbox.read_due().await.unwrap(), 0);
        for (words, hits) in [("skelpæle", 1), ("skelp vedhæftede", 1), ("scan001", 1), ("påbud nabogrunden", 0), ("hegnsyn gerda", 1)] {
            assert_eq!(found(store, words).await, hits, "{words}");
        }
        let texts = store.attachment_texts(stored[0].id).await.unwrap();
        assert_eq!(texts.len(), 2);
        assert_eq!((texts[0].position, texts[0].format.as_str(), texts[0].heading.as_deref()), (0, "docx", Some("Påbud om hegnsyn")));
        assert_eq!(texts[1].format, "picture");
        assert_eq!(store.attachment_texts(stored[1].id).await.unwrap(), []);
        let told = store.events_after(before, 10).await.unwrap();
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].kind, EventKind::AttachmentsRead { mailbox_id: one, mail_ids: vec![stored[0].id] });
    }

    reading_twice_changes_nothing_and_a_removed_mail_takes_its_texts_along(store) {
        user(store, "birthe").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let stored = store.commit_batch(&batch(one, inbox, 1, &[letter()]), day(2)).await.unwrap();
        let read = |text: &str| ReadMail {
            mail_id: stored[0].id,
            names: vec!["a\0.txt".to_owned()],
            texts: vec![AttachmentText {
                position: 0,
                format: "text".to_owned(),
                text: format!("{text}\0"),
                title: None,
                heading: None,
                language: None,
                notes: Vec::new(),
            }],
            signals: serde_json::json!({}),
        };
        for text in ["skelpæle", "hegnspæle"] {
            store.keep_attachment_texts(one, &[read(text)], day(3)).await.unwrap();
        }
        assert_eq!((found(store, "skelpæle").await, found(store, "hegnspæle").await), (1, 0));
        let events = store.last_event().await.unwrap();
        assert_eq!(outbox::of(store).read_due().await.unwrap(), 1);
        assert_eq!(store.last_event().await.unwrap(), events);

        store.remove_mailbox(one).await.unwrap();
        let keep = Duration::days(30);
        store.tidy(keep, day(3)).await.unwrap();
        assert_eq!(store.tidy(keep, day(4) + keep).await.unwrap().mails_removed, 1);
        assert_eq!(store.attachment_texts(stored[0].id).await.unwrap(), []);
        let gone = ReadMail { mail_id: stored[0].id, ..read("x") };
        store.keep_attachment_texts(one, &[gone], day(5)).await.unwrap();
    }

    every_process_suggests_by_what_attachments_say(store) {
        user(store, "birthe").await;
        let (one, inbox) = mailbox(store, "leder", &["birthe"]).await;
        let named = add_case(store, case("Et hegn")).await;
        let other = add_case(store, case("Svømmehal")).await;
        assert_eq!(named.number, "2026-00001");
        let stored = store.commit_batch(&batch(one, inbox, 1, &[letter()]), day(2)).await.unwrap();
        let engine = Engine::new(Organisation::default());
        let loaded = engine.load(store).await.unwrap();
        let row = store.mail_unchecked(stored[0].id).await.unwrap();
        let entry = NewEntry {
            id: Uuid::now_v7(),
            mail: Some(FiledMail { id: row.id, fingerprint: row.fingerprint }),
            case_id: other.id,
            only_for: None,
            created_by: "birthe".to_owned(),
            idempotency_key: "k".to_owned(),
            request_hash: [0; 32],
            type_lessons: None,
            suggestion_lesson: None,
            following: Following::Untouched,
            case_kle: None,
            documents: Vec::new(),
            jobs: Vec::new(),
        };
        store.commit_entry(&entry, day(3)).await.unwrap();
        outbox::of(store).read_due().await.unwrap();
        for event in store.events_after(loaded.last_event, 100).await.unwrap() {
            engine.apply(store, &event.kind).await.unwrap();
            engine.apply(store, &event.kind).await.unwrap();
        }
        let late = Engine::new(Organisation::default());
        late.load(store).await.unwrap();
        let row = store.mail_unchecked(stored[0].id).await.unwrap();
        let signals = Signals { thread: None, ..Signals::of_row(&row) };
        let suggestions = engine.suggest(&signals, &Onlooker::alone("birthe"), Utc::now(), 5);
        assert_eq!(suggestions, late.suggest(&signals, &Onlooker::alone("birthe"), Utc::now(), 5));
        let by_number = suggestions.iter().find(|suggestion| suggestion.case_id == named.id).unwrap();
        assert!(by_number.evidence.iter().any(|evidence| matches!(evidence, Evidence::CaseNumber { .. })));
        assert!(suggestions.iter().any(|suggestion| suggestion.case_id == other.id), "its words were learned");
    }
}

#[tokio::test]
async fn the_api_tells_what_attachments_say_and_names_files_by_it() {
    let app = App::start().await;
    let id = app.add_mails(&[letter()]).await[0];
    let path = format!("/api/v1/mails/{id}");
    let bare = app.get(&path, "birthe").await.json();
    assert_eq!(bare["documents"], serde_json::json!([]));
    outbox::of(&app.store).read_due().await.unwrap();
    let read = app.get(&path, "birthe").await.json();
    assert_eq!(
        read["documents"][0],
        serde_json::json!({
            "index": 0, "format": "docx", "title": null, "heading": "Påbud om hegnsyn", "language": null, "notes": []
        })
    );
    let wish = serde_json::json!({ "mail_id": id });
    let suggested = app
        .post("/api/v1/suggestions", "birthe", &wish)
        .await
        .json();
    assert_eq!(suggested["attachments"][0]["name"], "Påbud om hegnsyn.docx");
    assert_eq!(app.get(&path, "carl").await.status, 404);
}
