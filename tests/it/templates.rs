//! Word templates from the file that is sent in to the letter on the case, and documents that come with no mail.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use chrono::{Duration, Utc};
use reqwest::Method;
use sagspost::{
    domain::{
        access::CaseAccess,
        case::{Case, CaseStatus, Party, PartyKind},
        role::{Grant, Principal, Role, Scope},
    },
    outbox::Outbox,
    store::{AuditFilter, Holder, NewCase, NewTemplate, NewVersion, Store, StoreError},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::app::{Answer, App, answer};
use crate::support::cli::Cli;
use crate::support::outbox;
use crate::support::store::{add_case, case, day, user};
use crate::support::word;

fn outbox(app: &App) -> Outbox {
    Outbox {
        engine: Arc::clone(&app.engine),
        ..outbox::of(&app.store)
    }
}

fn party(name: &str, kind: PartyKind, identifier: Option<&str>) -> Party {
    Party {
        kind,
        name: name.to_owned(),
        identifier: identifier.map(str::to_owned),
        address: Some("Nørregade 4, 2620 Albertslund".to_owned()),
        mail: None,
    }
}

async fn case_with_parties(app: &App, title: &str) -> Case {
    let parties = vec![
        party("Aase Ø", PartyKind::Person, None),
        party("Byg & Søn ApS", PartyKind::Company, Some("11223344")),
    ];
    app.add_case(NewCase {
        parties,
        responsible: Some("carl".to_owned()),
        ..case(title)
    })
    .await
}

const LETTER: &str = "Til {{modtager.navn}}\n{{modtager.adresselinjer}}\nSag {{sag.nummer}}, {{dato}}\n\
    {{#hvis modtager.cvr}}CVR {{modtager.cvr}}{{/hvis}}\nSvar senest {{felt.frist}}.\nVenlig hilsen {{afsender.navn}}";

async fn keep(app: &App, user: &str, lines: &str, fields: &[(&str, &str)]) -> Answer {
    word::send(
        app,
        "/api/v1/templates",
        user,
        "Svarbrev.docx",
        &word::docx(lines),
        fields,
    )
    .await
}

async fn kept(app: &App, user: &str, lines: &str) -> String {
    let answer = keep(app, user, lines, &[]).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    answer.json()["id"].as_str().unwrap().to_owned()
}

async fn act(app: &App, user: &str, path: &str, key: &str, body: &Value) -> Answer {
    let request = app
        .request(Method::POST, path, user)
        .header("Idempotency-Key", key);
    answer(request.json(body)).await
}

async fn documents(app: &App, case: Uuid) -> Vec<Value> {
    let answer = app
        .get(&format!("/api/v1/cases/{case}/documents"), "birthe")
        .await;
    answer.json().as_array().unwrap().clone()
}

async fn bytes(app: &App, document: &Value) -> Vec<u8> {
    let id = document["files"][0]["id"].as_str().unwrap();
    app.get(&format!("/api/v1/files/{id}"), "birthe").await.body
}

#[tokio::test]
async fn a_template_is_kept_looked_at_and_filled_in_with_a_case() {
    let app = App::start().await;
    let on = case_with_parties(&app, "Støj fra <varmepumpe>").await;
    let id = kept(&app, "birthe", LETTER).await;
    let listed = app.get("/api/v1/templates", "birthe").await.json();
    assert_eq!(listed[0]["name"], "Svarbrev");
    assert_eq!(listed[0]["holder"], "user:birthe");
    assert_eq!(listed[0]["latest"]["asked"], json!(["frist"]));
    let preview = app
        .get(&format!("/api/v1/templates/{id}/preview"), "birthe")
        .await
        .json();
    assert_eq!(
        preview[0],
        json!({ "place": "body", "text": "Til {{modtager.navn}}" })
    );
    let wish = json!({ "case_id": on.id, "party": 1, "date": "2026-11-28", "fields": { "Frist": "1. december" } });
    let letter = app
        .post(&format!("/api/v1/templates/{id}/render"), "birthe", &wish)
        .await;
    assert_eq!(letter.status, 200, "{}", letter.json());
    assert!(
        letter
            .header("content-disposition")
            .contains("Svarbrev.docx")
    );
    assert_eq!(
        word::text(&letter.body),
        format!(
            "Til Byg &amp; Søn ApSNørregade 42620 AlbertslundSag {}, 28. november 2026CVR 11223344Svar senest 1. december.\
             Venlig hilsen birthe",
            on.number
        )
    );
    assert!(word::part(&letter.body, "docProps/custom.xml").contains(&on.id.to_string()));
    assert!(documents(&app, on.id).await.is_empty(), "nothing is filed");
}

#[tokio::test]
async fn what_a_letter_lacks_is_told_by_its_field() {
    let app = App::start().await;
    let on = case_with_parties(&app, "Støj").await;
    let id = kept(&app, "birthe", LETTER).await;
    let field = async |body: Value| {
        let answer = app
            .post(&format!("/api/v1/templates/{id}/render"), "birthe", &body)
            .await;
        (
            answer.status,
            answer.json()["field"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        )
    };
    let frist = json!({ "frist": "x" });
    assert_eq!(
        field(json!({ "case_id": on.id })).await,
        (422, "fields.frist".to_owned())
    );
    assert_eq!(
        field(json!({ "case_id": on.id, "fields": frist, "party": 2 })).await,
        (422, "party".to_owned())
    );
    assert_eq!(
        field(json!({ "case_id": Uuid::nil(), "fields": frist })).await,
        (404, "case_id".to_owned())
    );
}

#[tokio::test]
async fn a_template_with_mistakes_is_refused_with_all_of_them() {
    let app = App::start().await;
    let refused = keep(
        &app,
        "birthe",
        "Kære {{part.nvan}}\n{{#for hver part}}\n{{sag.nummer}}",
        &[],
    )
    .await;
    assert_eq!(refused.status, 422);
    let errors = refused.json()["errors"].as_array().unwrap().clone();
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert_eq!(
        errors[0],
        "{{part.nvan}} er ikke et flettefelt. Det står i brødteksten, i afsnittet »Kære {{part.nvan}}«. Mente du part.navn?"
    );
    assert!(
        errors[1].as_str().unwrap().contains("mangler sin slutning"),
        "{errors:?}"
    );
    let checked = word::send(
        &app,
        "/api/v1/templates/check",
        "birthe",
        "x.docx",
        &word::docx("{{part.nvan}}"),
        &[],
    )
    .await;
    assert_eq!(checked.json()["mistakes"][0]["meant"], "part.navn");
    assert!(
        app.get("/api/v1/templates", "birthe")
            .await
            .json()
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn what_is_no_document_is_refused_with_what_to_do() {
    let app = App::start().await;
    let detail = async |file: &[u8]| {
        let answer = word::send(&app, "/api/v1/templates", "birthe", "brev.docx", file, &[]).await;
        assert_eq!(answer.status, 422);
        answer.json()["detail"].as_str().unwrap().to_owned()
    };
    assert!(detail(b"").await.contains("tom"));
    assert!(detail(b"%PDF-1.7").await.contains("ikke et Word-dokument"));
    let docx = word::docx("Hej");
    assert!(detail(&docx[..docx.len() / 2]).await.contains("beskadiget"));
}

#[tokio::test]
async fn a_template_is_changed_by_whom_it_is_kept_by_and_used_by_whom_it_is_for() {
    let app = App::start().await;
    let place = [
        ("holder", "organisation"),
        ("folder", "Afgørelser / Byg"),
        ("name", "Partshøring"),
    ];
    assert_eq!(keep(&app, "birthe", "Hej", &place).await.status, 403);
    let grant = Grant {
        to: Principal::User("birthe".into()),
        role: Role::Administrator,
        scope: Scope::Everywhere,
    };
    app.store.grant(&grant).await.unwrap();
    let made = keep(&app, "birthe", "Hej", &place).await;
    assert_eq!(made.status, 201, "{}", made.json());
    assert_eq!(made.json()["folder"], "Afgørelser/Byg");
    assert_eq!(
        keep(&app, "birthe", "Hej", &place).await.status,
        409,
        "one of that name is there"
    );
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let seen = app
        .get(&format!("/api/v1/templates/{id}"), "carl")
        .await
        .json();
    assert_eq!(
        (&seen["name"], &seen["may_change"]),
        (&json!("Partshøring"), &json!(false))
    );
    let versions = format!("/api/v1/templates/{id}/versions");
    let file = word::docx("Hej igen");
    assert_eq!(
        word::send(&app, &versions, "carl", "x.docx", &file, &[])
            .await
            .status,
        403
    );
    let second = word::send(
        &app,
        &versions,
        "birthe",
        "x.docx",
        &file,
        &[("comment", "Rettet")],
    )
    .await;
    assert_eq!(second.json()["latest"]["number"], 2);
    let first = app
        .get(&format!("/api/v1/templates/{id}/file?version=1"), "carl")
        .await
        .body;
    assert_eq!(word::text(&first), "Hej");
    let own = kept(&app, "birthe", "Mit eget").await;
    assert_eq!(
        app.get(&format!("/api/v1/templates/{own}"), "carl")
            .await
            .status,
        404
    );
    let removed =
        answer(app.request(Method::DELETE, &format!("/api/v1/templates/{id}"), "birthe")).await;
    assert_eq!(removed.status, 204);
    assert_eq!(
        app.get(&format!("/api/v1/templates/{id}"), "carl")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn one_letter_to_many_is_a_document_on_each_case_with_a_result_each() {
    let app = App::start().await;
    let id = kept(&app, "birthe", LETTER).await;
    let (first, second) = (
        case_with_parties(&app, "Første").await,
        case_with_parties(&app, "Anden").await,
    );
    let closed = case_with_parties(&app, "Lukkes").await;
    let wish = json!({
        "cases": [{ "case_id": first.id, "parties": [0, 1] }, { "case_id": closed.id }, { "case_id": second.id }],
        "title": "Partshøring", "date": "2026-11-28", "fields": { "frist": "nu" },
    });
    let path = format!("/api/v1/templates/{id}/letters");
    let begun = act(&app, "birthe", &path, "k", &wish).await;
    assert_eq!(
        (begun.status, &begun.json()["total"]),
        (202, &json!(3)),
        "{}",
        begun.json()
    );
    app.store
        .set_case_status(closed.id, CaseStatus::Closed, None, "birthe", Utc::now())
        .await
        .unwrap();
    let outbox = outbox(&app);
    while outbox.write_letters_due().await.unwrap() > 0 {}
    let run = format!("/api/v1/letters/{}", begun.json()["id"].as_str().unwrap());
    let told = app.get(&run, "birthe").await.json();
    assert_eq!(
        (&told["done"], &told["failed"]),
        (&json!(2), &json!(1)),
        "{told}"
    );
    assert_eq!(
        told["cases"][1]["reason_text"],
        "Sagen er lukket. Genåbn den, og prøv igen"
    );
    assert_eq!(app.get(&run, "carl").await.status, 404, "it is Birthe's");
    let on_first = documents(&app, first.id).await;
    let titles: Vec<&str> = on_first
        .iter()
        .map(|document| document["title"].as_str().unwrap())
        .collect();
    assert_eq!(
        titles,
        ["Partshøring – Aase Ø", "Partshøring – Byg & Søn ApS"]
    );
    assert_eq!(on_first[0]["direction"], "outgoing");
    let letter = bytes(&app, &on_first[1]).await;
    assert!(word::text(&letter).starts_with("Til Byg &amp; Søn ApS"));
    assert!(
        word::part(&letter, "docProps/custom.xml").contains(on_first[1]["id"].as_str().unwrap())
    );
    assert!(documents(&app, closed.id).await.is_empty());
    // Asked for again it is the same, and what failed can be tried again.
    assert_eq!(
        act(&app, "birthe", &path, "k", &wish).await.json()["id"],
        begun.json()["id"]
    );
    app.store
        .set_case_status(closed.id, CaseStatus::Open, None, "birthe", Utc::now())
        .await
        .unwrap();
    let again = answer(app.request(Method::POST, &format!("{run}/retry"), "birthe")).await;
    assert_eq!((again.status, &again.json()["failed"]), (202, &json!(0)));
    while outbox.write_letters_due().await.unwrap() > 0 {}
    assert_eq!(app.get(&run, "birthe").await.json()["done"], 3);
    assert_eq!(documents(&app, first.id).await.len(), 2, "made once");
    assert_eq!(documents(&app, closed.id).await.len(), 1);
}

#[tokio::test]
async fn letters_whose_worker_died_are_made_once_by_the_next() {
    let app = App::start().await;
    let id = kept(&app, "birthe", "Hej {{modtager.navn}}").await;
    let on = case_with_parties(&app, "Støj").await;
    let wish = json!({ "cases": [{ "case_id": on.id }] });
    act(
        &app,
        "birthe",
        &format!("/api/v1/templates/{id}/letters"),
        "k",
        &wish,
    )
    .await;
    // Taken by a worker that is never heard of again, but for the document it filed.
    let jobs = app
        .store
        .claim_letter_jobs(10, Utc::now() - Duration::minutes(10), Duration::minutes(2))
        .await
        .unwrap();
    assert!(jobs.is_empty(), "not due ten minutes ago");
    let lease = Duration::milliseconds(-1);
    let jobs = app
        .store
        .claim_letter_jobs(10, Utc::now(), lease)
        .await
        .unwrap();
    assert_eq!(jobs.len(), 1);
    let outbox = outbox(&app);
    assert_eq!(outbox.write_letters_due().await.unwrap(), 1);
    assert!(
        !app.store.finish_job(&jobs[0]).await.unwrap(),
        "the first worker has lost it"
    );
    assert_eq!(documents(&app, on.id).await.len(), 1);
}

#[tokio::test]
async fn letters_to_a_case_that_is_not_yours_are_refused_at_once() {
    let app = App::start().await;
    let id = kept(&app, "birthe", "Hej").await;
    let hidden = app.hidden_case("Skjult", "carl").await;
    let path = format!("/api/v1/templates/{id}/letters");
    let of = |id: Uuid| json!({ "cases": [{ "case_id": id }] });
    assert_eq!(
        act(&app, "birthe", &path, "a", &of(hidden.id)).await.status,
        404
    );
    assert_eq!(
        act(&app, "birthe", &path, "b", &of(Uuid::nil()))
            .await
            .status,
        404
    );
    assert_eq!(
        act(&app, "birthe", &path, "c", &json!({ "cases": [] }))
            .await
            .status,
        422
    );
}

#[tokio::test]
async fn a_note_is_a_document_with_author_and_time() {
    let app = App::start().await;
    let on = case_with_parties(&app, "Støj").await;
    let path = format!("/api/v1/cases/{}/notes", on.id);
    let wish = json!({ "title": "Telefonsamtale", "text": "Naboen siger,\nat det larmer.", "date": "2026-11-27" });
    let noted = act(&app, "birthe", &path, "k", &wish).await;
    assert_eq!(
        (noted.status, &noted.json()["mail_id"]),
        (201, &Value::Null),
        "{}",
        noted.json()
    );
    assert_eq!(
        act(&app, "birthe", &path, "k", &wish).await.json()["id"],
        noted.json()["id"],
        "once"
    );
    let documents = documents(&app, on.id).await;
    assert_eq!(documents.len(), 1);
    assert_eq!(
        (&documents[0]["document_type"], &documents[0]["direction"]),
        (&json!("note"), &json!("internal"))
    );
    assert_eq!(documents[0]["document_date"], "2026-11-27");
    let text = word::text(&bytes(&app, &documents[0]).await);
    for said in [
        "Telefonsamtale",
        "Naboen siger,",
        "at det larmer.",
        "Noteret af birthe den",
        &on.number,
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert_eq!(
        act(&app, "birthe", &path, "e", &json!({ "text": " " }))
            .await
            .status,
        422
    );
    let undo = app.request(
        Method::DELETE,
        &format!("/api/v1/journal/{}", noted.json()["id"].as_str().unwrap()),
        "birthe",
    );
    assert_eq!(answer(undo).await.json()["state"], "undone");
}

#[tokio::test]
async fn what_is_filed_without_a_mail_is_delivered_like_any_other_and_told_to_those_who_follow() {
    let app = App::start().await;
    let on = case_with_parties(&app, "Støj").await;
    let noted = act(
        &app,
        "birthe",
        &format!("/api/v1/cases/{}/notes", on.id),
        "k",
        &json!({ "text": "Hej" }),
    )
    .await;
    let outbox = outbox(&app);
    while outbox.run_due().await.unwrap() > 0 {}
    let entry = app
        .get(
            &format!("/api/v1/journal/{}", noted.json()["id"].as_str().unwrap()),
            "birthe",
        )
        .await;
    assert_eq!(entry.json()["state"], "delivered");
    for event in app.store.events_after(0, 100).await.unwrap() {
        app.engine.apply(&app.store, &event.kind).await.unwrap();
    }
    let about = AuditFilter {
        about: Some(on.id.to_string()),
        ..AuditFilter::default()
    };
    let records = app.store.audit_found(&about, None, 10).await.unwrap();
    assert!(
        records
            .iter()
            .any(|(_, record)| record.action == "document.create"),
        "{records:?}"
    );
}

#[tokio::test]
async fn several_files_are_put_on_a_case_in_one_act_each_with_its_name() {
    let app = App::start().await;
    let on = case_with_parties(&app, "Støj").await;
    let (media_type, body) = word::form_of(
        &[
            ("Kopi af måling_2026.pdf", b"%PDF-1.7"),
            ("scan0001.pdf", b"%PDF-1.4"),
            ("../../x.txt", b"hej"),
        ],
        &[
            ("case_number", &on.number),
            ("direction", "incoming"),
            ("date", "2026-10-01"),
            ("document_type", "report"),
        ],
    );
    let send = async |key: &str| {
        let request = app
            .request(Method::POST, "/api/v1/documents", "birthe")
            .header("Content-Type", media_type);
        answer(request.header("Idempotency-Key", key).body(body.clone())).await
    };
    let filed = send("k").await;
    assert_eq!(filed.status, 201, "{}", filed.json());
    assert_eq!(send("k").await.json()["id"], filed.json()["id"]);
    let documents = documents(&app, on.id).await;
    let names: Vec<&str> = documents
        .iter()
        .map(|document| document["files"][0]["name"].as_str().unwrap())
        .collect();
    assert_eq!(names[0], "måling 2026.pdf");
    assert!(names[1].ends_with("2026-10-01.pdf"), "{names:?}");
    assert!(
        !names.iter().any(|name| name.contains(['/', '\\'])),
        "{names:?}"
    );
    assert!(
        documents
            .iter()
            .all(|document| document["direction"] == "incoming")
    );
    assert_eq!(bytes(&app, &documents[0]).await, b"%PDF-1.7");
}

on_both! {
    a_templates_versions_are_numbered_and_its_place_is_its_own(store) {
        user(store, "birthe").await;
        let file = |text: &'static [u8]| async move {
            let sha256 = sagspost::domain::mail::Sha256::of(text);
            let object = store.put_blob(sha256, text.into()).await.unwrap();
            NewVersion {
                file: sagspost::store::NewFile {
                    name: "x.docx".to_owned(),
                    media_type: String::new(),
                    size: text.len() as u64,
                    sha256,
                    object: Some(object),
                },
                facts: json!({ "asked": ["frist"] }),
                comment: "æ".to_owned(),
            }
        };
        let new = |name: &str| NewTemplate {
            id: Uuid::now_v7(),
            holder: Holder::Person("birthe".to_owned()),
            folder: "a/b".to_owned(),
            name: name.to_owned(),
        };
        let made = store.add_template(&new("Brev"), &file(b"1").await, "birthe", day(1)).await.unwrap();
        assert_eq!((made.latest.number, made.may_change), (1, true));
        let twice = store.add_template(&new("Brev"), &file(b"1").await, "birthe", day(1)).await;
        assert!(matches!(twice, Err(StoreError::Duplicate("template"))));
        let second = store.add_template_version(made.id, &file(b"2").await, "birthe", day(2)).await.unwrap();
        assert_eq!(second.latest.facts, json!({ "asked": ["frist"] }));
        let numbers: Vec<i64> = store.template_versions(made.id, "birthe").await.unwrap().iter().map(|v| v.number).collect();
        assert_eq!(numbers, [2, 1]);
        store.remove_template(made.id, "birthe", day(3)).await.unwrap();
        assert!(store.templates("birthe").await.unwrap().is_empty());
        store.add_template(&new("Brev"), &file(b"3").await, "birthe", day(4)).await.unwrap();
    }

    documents_without_a_mail_are_filed_on_a_case_as_often_as_one_likes(store) {
        user(store, "birthe").await;
        let on = add_case(store, NewCase { access: CaseAccess::open(), ..case("Støj") }).await;
        for key in ["a", "b", "a"] {
            let filing = sagspost::journal::Filing {
                case_id: on.id,
                papers: vec![sagspost::journal::Paper {
                    id: Uuid::now_v7(),
                    title: "Notat".to_owned(),
                    document_type: None,
                    document_date: Utc::now().date_naive(),
                    direction: sagspost::domain::case::Direction::Internal,
                    files: vec![sagspost::journal::PaperFile {
                        name: "notat.txt".to_owned(),
                        media_type: "text/plain".to_owned(),
                        bytes: "hej".into(),
                    }],
                }],
                only_for: None,
                idempotency_key: key.to_owned(),
                request_hash: [1; 32],
            };
            sagspost::journal::document(store, filing, "birthe", Utc::now()).await.unwrap();
        }
        let documents = store.documents(on.id, "birthe").await.unwrap();
        assert_eq!(documents.iter().map(|d| d.number).collect::<Vec<_>>(), [1, 2]);
    }
}

/// LibreOffice, when it is installed.
fn office() -> Option<PathBuf> {
    let found = ["/usr/bin/soffice", "/usr/bin/libreoffice"]
        .map(PathBuf::from)
        .into_iter()
        .find(|path| path.exists());
    if found.is_none() {
        eprintln!(
            "LibreOffice is missing, and nothing was opened in it: apt-get install libreoffice-writer-nogui"
        );
    }
    found
}

/// What LibreOffice reads in a document, as text; it must open it.
fn opened(office: &Path, docx: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("brev.docx");
    std::fs::write(&file, docx).unwrap();
    let done = Command::new(office)
        .arg(format!(
            "-env:UserInstallation=file://{}/profile",
            folder.path().display()
        ))
        .args([
            "--headless",
            "--norestore",
            "--convert-to",
            "txt:Text (encoded):UTF8",
            "--outdir",
        ])
        .arg(folder.path())
        .arg(&file)
        .output()
        .unwrap();
    let text = std::fs::read_to_string(folder.path().join("brev.txt"));
    text.unwrap_or_else(|_| {
        panic!(
            "LibreOffice could not open it: {}",
            String::from_utf8_lossy(&done.stderr)
        )
    })
}

#[tokio::test]
async fn libreoffice_opens_what_was_filled_in_and_what_was_written_with_nothing_lost() {
    let Some(office) = office() else { return };
    let app = App::start().await;
    let on = case_with_parties(&app, "Støj & <larm>").await;
    let table = "<w:tbl><w:tblPr><w:tblW w:w=\"0\" w:type=\"auto\"/></w:tblPr><w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid><w:tr>\
        <w:tc><w:tcPr/><w:p><w:r><w:t>{{#for hver part}}{{part.navn}}</w:t></w:r></w:p></w:tc>\
        <w:tc><w:tcPr/><w:p><w:r><w:t>{{part.cvr}}{{/for}}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>\
        <w:p><w:r><w:t>Om {{sag.tit</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>el}}: {{felt.tekst}}</w:t></w:r></w:p>";
    let answer = word::send(
        &app,
        "/api/v1/templates",
        "birthe",
        "tabel.docx",
        &word::docx_of(table),
        &[],
    )
    .await;
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    let wish = json!({ "case_id": on.id, "fields": { "tekst": "linje <1>\nlinje\t2" } });
    let letter = app
        .post(&format!("/api/v1/templates/{id}/render"), "birthe", &wish)
        .await;
    let text = opened(&office, &letter.body);
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(
        lines,
        [
            "Aase Ø",
            "",
            "Byg & Søn ApS",
            "11223344",
            "Om Støj & <larm>: linje <1>",
            "linje\t2"
        ],
        "{text}"
    );
    let noted = act(
        &app,
        "birthe",
        &format!("/api/v1/cases/{}/notes", on.id),
        "k",
        &json!({ "text": "Første\n\tAnden" }),
    )
    .await;
    assert_eq!(noted.status, 201);
    let note = bytes(&app, &documents(&app, on.id).await[0]).await;
    let text = opened(&office, &note);
    assert!(
        text.contains("Notat") && text.contains("Første\n\tAnden"),
        "{text}"
    );
}

#[test]
fn the_command_line_checks_a_template_and_fills_one_in() {
    let cli = Cli::new();
    let file = |name: &str, lines: &str| {
        let path = cli.path(name);
        std::fs::write(&path, word::docx(lines)).unwrap();
        path.display().to_string()
    };
    let wrong = cli.run(&[
        "template",
        "check",
        &file("forkert.docx", "Kære {{part.nvan}}"),
    ]);
    assert_eq!(wrong.code, 2, "{}", wrong.err);
    assert!(wrong.out.contains("part.navn"), "{}", wrong.out);
    let right = file("rigtig.docx", "Sag {{sag.nummer}}: {{felt.tekst}}");
    let checked = cli.run(&["template", "check", &right, "--json"]);
    assert_eq!(
        serde_json::from_str::<Value>(&checked.out).unwrap()["asked"],
        json!(["tekst"])
    );
    let data = json!({ "case": { "number": "2026-00017" }, "fields": { "tekst": "hej" } });
    let data = cli
        .write("data.json", &data.to_string())
        .display()
        .to_string();
    let letter = cli.path("brev.docx");
    let made = cli.run(&[
        "template",
        "render",
        &right,
        "--data",
        &data,
        "-o",
        &letter.display().to_string(),
    ]);
    assert_eq!(made.code, 0, "{}", made.err);
    assert_eq!(
        word::text(&std::fs::read(letter).unwrap()),
        "Sag 2026-00017: hej"
    );
}
