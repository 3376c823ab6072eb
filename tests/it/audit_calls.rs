//! Every call that reads or writes a mail, a document, a case or a search is on record; nothing of what it held is.

use reqwest::Method;
use sagspost::api::policy::{Needs, Route};
use sagspost::domain::role::{Grant, Principal, Role, Scope};
use sagspost::store::{AuditFilter, AuditRecord, Call, NewCase, Origin, Recorded};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::app::{Answer, App, answer};
use crate::support::calls::{self, Things};
use crate::support::store::{case, eml};
use crate::support::word;

/// Everything that is on record, newest first.
async fn records(app: &App) -> Vec<Recorded> {
    app.store.write_records().await.unwrap();
    let found = app
        .store
        .audit_found(&AuditFilter::default(), None, 1000)
        .await
        .unwrap();
    found.into_iter().map(|(_, record)| record).collect()
}

async fn newest(app: &App) -> Recorded {
    records(app).await.remove(0)
}

async fn things(app: &App) -> Things {
    let mails = app
        .add_mails(&[eml("1@x", "Hegn", &[]), eml("2@x", "Støj", &[])])
        .await;
    let new = NewCase {
        responsible: Some("birthe".to_owned()),
        ..case("Hegn ved nabogrund")
    };
    let case_made = app.add_case(new).await;
    let other = app.add_case(case("Støj fra vejen")).await;
    let body = json!({ "mail_id": mails[1], "case_id": case_made.id });
    let entry = app.journal("birthe", "things", &body).await.json();
    let documents = app
        .get(
            &format!("/api/v1/cases/{}/documents", case_made.id),
            "birthe",
        )
        .await
        .json();
    // Whoever sends a mail in for the first time gets a mailbox for it, which is on record by itself.
    let first = app.request(Method::POST, "/api/v1/mails", "birthe");
    let first = first.header("Content-Type", "message/rfc822");
    answer(first.body("Message-ID: <first@x>\r\nSubject: x\r\n\r\nx")).await;
    let id = |value: &Value| Uuid::parse_str(value.as_str().unwrap()).unwrap();
    let emergency = Grant {
        to: Principal::User("rita".to_owned()),
        role: Role::Emergency,
        scope: Scope::Everywhere,
    };
    app.store.grant(&emergency).await.unwrap();
    let administrator = Grant {
        role: Role::Administrator,
        ..emergency
    };
    app.store.grant(&administrator).await.unwrap();
    let opened = app.hidden_case("Åbnet", "birthe").await.number;
    let opening = json!({ "number": opened, "reason": "Barnet skal hentes i dag" });
    let opening = app.post("/api/v1/cases/emergency", "rita", &opening).await;
    assert_eq!(opening.status, 201);
    let notices = app.get("/api/v1/notices", "birthe").await.json();
    let mailboxes = app.store.mailboxes(None).await.unwrap();
    let mailbox = mailboxes.iter().find(|mailbox| mailbox.name == "leder");
    let mailbox = mailbox.unwrap();
    let body = json!({ "owner": "person:birthe", "text": calls::rule("Rykkere") });
    let rule = app.post("/api/v1/rules", "birthe", &body).await.json();
    let template = word::send(
        app,
        "/api/v1/templates",
        "birthe",
        "brev.docx",
        &word::docx("Hej"),
        &[],
    )
    .await;
    let template = id(&template.json()["id"]);
    let letters = app
        .request(
            Method::POST,
            &format!("/api/v1/templates/{template}/letters"),
            "birthe",
        )
        .header("Idempotency-Key", "letters")
        .json(&json!({ "cases": [{ "case_id": case_made.id }] }));
    let letters = answer(letters).await.json();
    Things {
        mailbox: mailbox.id,
        folder: mailbox.folders[0].id,
        rule: id(&rule["id"]),
        template,
        letters: id(&letters["id"]),
        notice: id(&notices[0]["id"]),
        number: app.hidden_case("Ikke åbnet", "birthe").await.number,
        mail: mails[0],
        entry: id(&entry["id"]),
        case: case_made.id,
        other_case: other.id,
        file: id(&documents[0]["files"][0]["id"]),
    }
}

/// Calls a route in a way that succeeds.
async fn call(app: &App, things: &Things, route: &Route) -> Answer {
    let request = calls::request(app, route, things, caller(route))
        .header("Sagspost-Why", "click")
        .header("User-Agent", "Mozilla/5.0 Firefox/140.0");
    answer(request).await
}

fn caller(route: &Route) -> &'static str {
    match route.needs {
        Needs::Auditor | Needs::Emergency | Needs::KeepsTemplates => "rita",
        _ => "birthe",
    }
}

#[tokio::test]
async fn every_route_that_touches_a_mail_a_document_a_case_or_a_search_leaves_a_record() {
    let app = App::start().await;
    let things = things(&app).await;
    let mut recorded = 0;
    for route in calls::routes() {
        let Route {
            method,
            path,
            action,
            ..
        } = *route;
        if path == "/api/v1/events" {
            continue;
        }
        let before = records(&app).await.len();
        let answer = call(&app, &things, route).await;
        let after = records(&app).await;
        if action.is_empty() {
            assert_eq!(after.len(), before, "{method} {path}");
            continue;
        }
        // The mail of the test has no attachment: that, too, is on record.
        let expected = if path.contains("/attachments/") {
            "not_found"
        } else {
            assert!(
                answer.status < 300,
                "{method} {path}: {} {}",
                answer.status,
                String::from_utf8_lossy(&answer.body)
            );
            "ok"
        };
        assert_eq!(after.len(), before + 1, "{method} {path}");
        let record = &after[0];
        assert_eq!(record.outcome, expected, "{method} {path}");
        assert_eq!(record.agent.as_deref(), Some("firefox"), "{method} {path}");
        assert_eq!(record.why.as_deref(), Some("click"), "{method} {path}");
        assert_eq!(
            record.address.as_deref(),
            Some("127.0.0.1"),
            "{method} {path}"
        );
        assert_eq!(
            record.request.as_deref(),
            Some(answer.header("x-request-id")),
            "{method} {path}"
        );
        assert_eq!(record.actor, caller(route), "{method} {path}");
        let same =
            record.action == action || (action == "case.change" && record.action == "case.close");
        assert!(same, "{method} {path}: {}", record.action);
        recorded += 1;
    }
    assert!(recorded > 20, "{recorded}");
}

#[tokio::test]
async fn what_was_refused_or_not_found_is_on_record_and_a_stranger_leaves_none() {
    let app = App::start().await;
    let things = things(&app).await;
    let before = records(&app).await.len();
    app.get(&format!("/api/v1/mails/{}", things.mail), "").await;
    app.get("/api/v1/mails/no-id", "nobody").await;
    assert_eq!(records(&app).await.len(), before);

    assert_eq!(
        app.get(&format!("/api/v1/mails/{}", things.mail), "carl")
            .await
            .status,
        404
    );
    let record = newest(&app).await;
    assert_eq!((&*record.actor, &*record.outcome), ("carl", "not_found"));
    assert_eq!(record.subject_id, things.mail.to_string());

    let twice = json!({ "mail_id": things.mail, "case_id": things.case, "title": "" });
    assert_eq!(app.journal("birthe", "refused", &twice).await.status, 422);
    let record = newest(&app).await;
    assert_eq!((&*record.action, &*record.outcome), ("journal", "refused"));
    assert_eq!(record.case_id, Some(things.case.to_string()));

    let head = app.request(
        Method::HEAD,
        &format!("/api/v1/mails/{}/raw", things.mail),
        "birthe",
    );
    assert_eq!(answer(head).await.status, 200);
    assert_eq!(newest(&app).await.action, "mail.read_raw");

    app.get("/api/v1/mails/010203-1234", "birthe").await;
    let record = newest(&app).await;
    assert_eq!((&*record.outcome, &*record.subject_id), ("not_found", ""));
}

#[tokio::test]
async fn acting_for_somebody_without_leave_is_on_record() {
    let app = App::start().await;
    let asked = app
        .request(Method::GET, "/api/v1/cases", "carl")
        .header("Sagspost-On-Behalf-Of", "birthe");
    let refused = answer(asked).await;
    assert!((400..500).contains(&refused.status), "{}", refused.status);
    let record = newest(&app).await;
    assert_eq!(
        (
            record.actor.as_str(),
            record.action.as_str(),
            record.outcome.as_str()
        ),
        ("carl", "case.list", "refused")
    );
    assert_eq!(record.on_behalf_of, None);
}

#[tokio::test]
async fn a_search_is_on_record_by_how_many_words_and_a_digest_that_tells_nothing() {
    let app = App::start().await;
    things(&app).await;
    app.store.set_word_key([7; 32]);
    for (path, found) in [
        ("/api/v1/mails?q=hemmeligord%20Hegn", 0),
        ("/api/v1/mails?q=Hegn", 1),
        ("/api/v1/cases?q=hegn", 1),
        ("/api/v1/mails?q=hegn%20HEMMELIGORD", 0),
        ("/api/v1/mails?from=hemmeligord@borger.example", 0),
    ] {
        let page = app.get(path, "birthe").await.json();
        assert_eq!(page["items"].as_array().unwrap().len(), found, "{path}");
    }
    let all = records(&app).await;
    for record in &all {
        let text = serde_json::to_string(record).unwrap().to_lowercase();
        assert!(
            !text.contains("hemmeligord") && !text.contains("hegn"),
            "{text}"
        );
    }
    let detail: Vec<Value> = all[..5]
        .iter()
        .rev()
        .map(|record| serde_json::from_str(&record.detail).unwrap())
        .collect();
    assert_eq!(detail[0]["words"], 2);
    assert_eq!(detail[1]["shown"].as_array().unwrap().len(), 1);
    assert_eq!(detail[1]["digest"], detail[2]["digest"], "the same word");
    assert_eq!(
        detail[0]["digest"], detail[3]["digest"],
        "in whatever order"
    );
    assert_ne!(detail[0]["digest"], detail[1]["digest"]);
    assert_eq!(detail[4]["by_sender"], true);
}

#[tokio::test]
async fn the_auditor_sees_who_looked_at_a_case_and_what_a_person_looked_at() {
    let app = App::start().await;
    let things = things(&app).await;
    app.get(&format!("/api/v1/cases/{}", things.case), "carl")
        .await;
    app.get(&format!("/api/v1/cases/{}", things.other_case), "birthe")
        .await;
    app.get(&format!("/api/v1/files/{}", things.file), "carl")
        .await;
    let number = app.store.case(things.case, "birthe").await.unwrap().number;

    let of_case = app
        .get(&format!("/api/v1/audit?case={number}"), "rita")
        .await;
    assert_eq!(of_case.status, 200);
    let lines = of_case.json()["items"].as_array().unwrap().clone();
    let seen: Vec<(&str, &str)> = lines
        .iter()
        .map(|line| {
            (
                line["actor"].as_str().unwrap(),
                line["action"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("carl", "file.read"),
            ("carl", "case.read"),
            ("birthe", "case.read_documents"),
            ("birthe", "journal"),
            ("system", "case.create"),
        ]
    );
    let of_carl = app
        .get("/api/v1/audit?person=carl&limit=1", "rita")
        .await
        .json();
    assert_eq!(of_carl["items"][0]["action"], "file.read");
    assert!(!of_carl["next_cursor"].is_null());

    // To whoever is no auditor there is no log, and that they asked is in it.
    let refused = app.get("/api/v1/audit", "birthe").await;
    assert_eq!(refused.status, 404);
    let record = newest(&app).await;
    assert_eq!(
        (&*record.actor, &*record.action, &*record.outcome),
        ("birthe", "audit.read", "not_found")
    );
    assert_eq!(
        app.get("/api/v1/audit?case=2099-1", "rita").await.status,
        404
    );
    assert_eq!(app.get("/audit", "").await.status, 200);
}

#[tokio::test]
async fn a_deputy_is_on_record_with_whom_they_act_for() {
    let app = App::start().await;
    let things = things(&app).await;
    let call = Call::new(Origin::default());
    std::sync::Arc::clone(&call)
        .scope(async {
            Call::note_actor("birthe", Some("leder"));
            Call::note_why("break-glass: klage til borgmesteren");
            app.store
                .set_favourite(things.case, "birthe", true)
                .await
                .unwrap();
        })
        .await;
    let record = newest(&app).await;
    assert_eq!(record.on_behalf_of.as_deref(), Some("leder"));
    assert_eq!(
        record.why.as_deref(),
        Some("break-glass: klage til borgmesteren")
    );
    let for_the_leader = AuditFilter {
        person: Some("leder".into()),
        ..AuditFilter::default()
    };
    assert_eq!(
        app.store
            .audit_found(&for_the_leader, None, 10)
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn nothing_is_read_when_its_record_cannot_be_kept() {
    let app = App::start().await;
    let things = things(&app).await;
    let call = Call::new(Origin::default());
    let record = |id: String| AuditRecord {
        actor: "birthe",
        action: "mail.read",
        subject_kind: "mail",
        subject_id: id,
        case_id: None,
        detail: json!({}),
    };
    let mut kept = 0;
    while app
        .store
        .record(Recorded::of_call(
            record(kept.to_string()),
            &call,
            "ok",
            chrono::Utc::now(),
        ))
        .is_ok()
    {
        kept += 1;
    }
    let path = format!("/api/v1/mails/{}", things.mail);
    assert_eq!(app.get(&path, "birthe").await.status, 503);
    app.store.write_records().await.unwrap();
    assert_eq!(app.get(&path, "birthe").await.status, 200);
}
