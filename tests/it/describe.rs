//! What a mail and its files are called, what kind they are and what they ask for, through the API.

use sagspost::store::{FiledMail, Following, NewEntry, Store};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::app::{Answer, App, answer};
use crate::support::store::{add_case, batch, case, day, eml, mailbox, user};

/// A mail of a citizen, with a file or two; the text is plain.
fn mail(id: &str, subject: &str, text: &str, files: &[(&str, &str)]) -> Vec<u8> {
    let mut raw = format!(
        "Message-ID: <{id}>\r\nDate: Fri, 17 May 2024 10:00:00 +0200\r\nFrom: Karen Holm <karen@borger.example>\r\n\
         To: post@egelund.example\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    );
    let parts = files.iter().map(|(name, content)| {
        format!(
            "--b\r\nContent-Type: text/plain; name=\"{name}\"; charset=utf-8\r\n\
             Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{content}\r\n"
        )
    });
    raw.extend(parts);
    raw.push_str("--b--\r\n");
    raw.into_bytes()
}

async fn suggestions(app: &App, mail_id: uuid::Uuid, language: &'static str) -> Value {
    let request = app
        .request(reqwest::Method::POST, "/api/v1/suggestions", "birthe")
        .header("Accept-Language", language)
        .json(&json!({ "mail_id": mail_id }));
    answer(request).await.json()
}

async fn catch_up(app: &App) {
    for event in app.store.events_after(0, 1000).await.unwrap() {
        app.engine.apply(&app.store, &event.kind).await.unwrap();
    }
}

#[tokio::test]
async fn type_deadline_and_dates_come_with_reasons_in_the_readers_language() {
    let app = App::start().await;
    let text = "Kære kommune\r\n\r\nHermed min ansøgning om en carport.\r\nJeg vil gerne have svar senest den 3. juni.\r\n\r\nMvh Karen";
    let files = [("Situationsplan.txt", "Dato: 2. maj 2024\r\n\r\nMål 1:100")];
    let id = app
        .add_mails(&[mail("a@x", "Ansøgning om carport", text, &files)])
        .await[0];
    let danish = suggestions(&app, id, "da").await;
    assert_eq!(danish["title"], "Ansøgning om carport");
    assert_eq!(danish["title_evidence"]["kind"], "title_subject");
    assert_eq!(danish["document_type"]["type"], "application");
    assert_eq!(danish["document_type"]["name"], "Ansøgning");
    assert!(
        danish["document_type"]["confidence"].as_u64().unwrap() > 70,
        "{danish}"
    );
    assert_eq!(
        danish["document_type"]["evidence"][0],
        json!({ "kind": "type_word_subject", "text": "Emnet har ordet »ansøgning«" })
    );
    assert_eq!(
        danish["task_date"],
        json!({
            "date": "2024-06-03", "sentence": "Jeg vil gerne have svar senest den 3. juni.", "attachment": null,
            "evidence": { "kind": "deadline_in_mail", "text": "Mailen nævner en frist" }
        })
    );
    assert_eq!(danish["attachments"][0]["document_type"]["type"], "drawing");
    let english = suggestions(&app, id, "en").await;
    assert_eq!(english["document_type"]["name"], "Application");
    assert_eq!(
        english["task_date"]["evidence"]["text"],
        "The mail names a deadline"
    );
}

#[tokio::test]
async fn a_stored_mail_and_the_same_mail_sent_along_are_described_alike() {
    let app = App::start().await;
    let text = "Vedr.: Huller i Søvej\r\n\r\nHvornår laver I dem? Svar inden 14 dage, tak.";
    let raw = mail("b@x", "Hej", text, &[("scan001.txt", "x")]);
    let upload = app
        .request(reqwest::Method::POST, "/api/v1/suggestions", "birthe")
        .header("Content-Type", "message/rfc822")
        .body(raw.clone());
    let mut sent = answer(upload).await.json();
    let id = app.add_mails(&[raw]).await[0];
    let mut stored = suggestions(&app, id, "da").await;
    assert_eq!(stored["title"], "Huller i Søvej");
    assert_eq!(stored["task_date"]["date"], "2024-05-31");
    for answer in [&mut sent, &mut stored] {
        answer.as_object_mut().unwrap().remove("mail_id");
    }
    assert_eq!(sent, stored);
}

async fn journal(app: &App, key: &str, wish: Value) -> Answer {
    app.journal("birthe", key, &wish).await
}

async fn proposed_type(app: &App, id: Uuid) -> Value {
    suggestions(app, id, "da").await["document_type"]["type"].clone()
}

#[tokio::test]
async fn a_type_that_is_chosen_teaches_and_an_undo_takes_it_back() {
    let app = App::start().await;
    let case = app.add_case(case("Vejdrift")).await;
    let ids = app
        .add_mails(&[
            mail("c@x", "Kvartalsopg=?utf-8?q?=C3=B8?=relse", "Se filen", &[]),
            mail("d@x", "Kvartalsoversigt fra Vejfolk", "Se filen", &[]),
            mail("e@x", "Kvartalsoversigt", "Se filen", &[]),
        ])
        .await;
    assert_eq!(proposed_type(&app, ids[2]).await, Value::Null);
    let wish = json!({ "mail_id": ids[1], "case_id": case.id, "document_type": "report" });
    let filed = journal(&app, "one", wish).await;
    assert_eq!(filed.status, 201, "{}", filed.json());
    catch_up(&app).await;
    let taught = suggestions(&app, ids[2], "da").await;
    assert_eq!(taught["document_type"]["type"], "report", "{taught}");
    assert_eq!(
        taught["document_type"]["evidence"][0]["text"],
        "I har før valgt Rapport for noget med ordet »kvartalsoversigt«"
    );
    // Whoever starts later, and whoever hears it twice, knows the same.
    catch_up(&app).await;
    app.engine.load(&app.store).await.unwrap();
    assert_eq!(
        suggestions(&app, ids[2], "da").await["document_type"],
        taught["document_type"]
    );
    let documents = app
        .get(&format!("/api/v1/cases/{}/documents", case.id), "birthe")
        .await
        .json();
    assert_eq!(documents[0]["document_type"], "report");
    let entry = filed.json()["id"].as_str().unwrap().to_owned();
    let undo = app.request(
        reqwest::Method::DELETE,
        &format!("/api/v1/journal/{entry}"),
        "birthe",
    );
    assert_eq!(answer(undo).await.status, 200);
    catch_up(&app).await;
    assert_eq!(proposed_type(&app, ids[2]).await, Value::Null);
    app.engine.load(&app.store).await.unwrap();
    assert_eq!(proposed_type(&app, ids[2]).await, Value::Null);
}

#[tokio::test]
async fn files_that_become_documents_keep_their_own_type_and_date() {
    let app = App::start().await;
    let case = app.add_case(case("Carport")).await;
    let files = [
        ("Situationsplan 2024-05-02.txt", "x"),
        ("Fuldmagt.txt", "x"),
    ];
    let id = app
        .add_mails(&[mail("f@x", "Ansøgning om carport", "Se filerne", &files)])
        .await[0];
    let wish = json!({
        "mail_id": id, "case_id": case.id, "arrangement": "separate",
        "attachments": [{ "index": 0 }, { "index": 1, "document_type": "consent", "document_date": "2024-05-10" }]
    });
    assert_eq!(journal(&app, "one", wish).await.status, 201);
    let documents = app
        .get(&format!("/api/v1/cases/{}/documents", case.id), "birthe")
        .await
        .json();
    let told: Vec<(Value, Value)> = documents
        .as_array()
        .unwrap()
        .iter()
        .map(|document| {
            (
                document["document_type"].clone(),
                document["document_date"].clone(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (json!("application"), json!("2024-05-17")),
            (json!("drawing"), json!("2024-05-02")),
            (json!("consent"), json!("2024-05-10")),
        ]
    );
}

#[tokio::test]
async fn a_type_that_there_is_not_is_told_with_those_that_there_are() {
    let app = App::start().await;
    let case = app.add_case(case("Carport")).await;
    let id = app.add_mails(&[mail("g@x", "Carport", "Hej", &[])]).await[0];
    let wish = json!({ "mail_id": id, "case_id": case.id, "document_type": "brev" });
    let refused = journal(&app, "one", wish).await;
    assert_eq!(refused.status, 422, "{}", refused.json());
    let told = String::from_utf8_lossy(&refused.body).into_owned();
    assert!(
        told.contains("document_type") && told.contains("application"),
        "{told}"
    );
}

on_both! {
what_was_taught_stays_with_its_entry_until_that_is_undone(store) {
    user(store, "birthe").await;
    let (mailbox, folder) = mailbox(store, "leder", &["birthe"]).await;
    let raws = [eml("a@x", "Et", &[]), eml("b@x", "To", &[])];
    let stored = store.commit_batch(&batch(mailbox, folder, 1, &raws), day(2)).await.unwrap();
    let on = add_case(store, case("Vejdrift")).await;
    let mut entries = Vec::new();
    for (mail, lessons) in stored.iter().zip([Some(json!([{ "t": "report", "w": [1, 2] }])), None]) {
        let row = store.mail_unchecked(mail.id).await.unwrap();
        let entry = NewEntry {
            id: Uuid::now_v7(),
            mail: Some(FiledMail { id: mail.id, fingerprint: row.fingerprint }),
            case_id: on.id,
            only_for: None,
            created_by: "birthe".to_owned(),
            idempotency_key: mail.id.to_string(),
            request_hash: [0; 32],
            type_lessons: lessons,
            suggestion_lesson: None,
            following: Following::Untouched,
            case_kle: None,
            documents: Vec::new(),
            jobs: Vec::new(),
        };
        entries.push(store.commit_entry(&entry, day(3)).await.unwrap().id);
    }
    let lesson = json!([{ "t": "report", "w": [1, 2] }]);
    assert_eq!(store.type_lessons(None, 10).await.unwrap(), [(entries[0], lesson.clone())]);
    assert_eq!(store.type_lessons(Some(entries[0]), 10).await.unwrap(), []);
    assert_eq!(store.type_lessons_of(entries[0]).await.unwrap(), Some((lesson.clone(), true)));
    assert_eq!(store.type_lessons_of(entries[1]).await.unwrap(), None);
    let window = chrono::Duration::days(30);
    store.undo_entry(entries[0], "birthe", window, |_| Vec::new(), day(4)).await.unwrap();
    assert_eq!(store.type_lessons(None, 10).await.unwrap(), []);
    assert_eq!(store.type_lessons_of(entries[0]).await.unwrap(), Some((lesson, false)));
}
}
