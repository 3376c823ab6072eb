//! Rules on stored mail: what would have happened beside what people did, told before a rule is switched on.

use reqwest::Method;
use sagspost::domain::case::Case;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::app::{Answer, App, answer};
use crate::support::calls::rule;
use crate::support::store::{case, eml};

/// Three mails about a fence: two filed on the right case, one on another; one of something else.
async fn service() -> (App, Case, Vec<Uuid>) {
    let app = App::start().await;
    let right = app.add_case(case("Hegn ved nabogrund")).await;
    let wrong = app.add_case(case("Støj fra vejen")).await;
    let mut raws: Vec<Vec<u8>> = (1..=4)
        .map(|n| eml(&format!("{n}@x"), &format!("Hegn {n}"), &[]))
        .collect();
    raws.push(eml("5@x", "Noget andet", &[]));
    let mails = app.add_mails(&raws).await;
    for (at, case) in [(0, &right), (1, &right), (2, &wrong)] {
        let body = json!({ "mail_id": mails[at], "case_id": case.id });
        let filed = app.journal("birthe", &at.to_string(), &body).await;
        assert_eq!(filed.status, 201, "{}", filed.json());
    }
    (app, right, mails)
}

fn on(case: &Case, when: &str) -> String {
    format!(
        "[[rule]]\nname = \"Hegn\"\n{when}\nthen.journal = {{ on = \"case\", case = \"{}\" }}\n",
        case.number
    )
}

/// What the stream of a dry run told last, and its events.
async fn dry_run(app: &App, user: &str, mut body: Value) -> (Vec<String>, Value) {
    body["from"] = json!("2026-03-01");
    body["to"] = json!("2026-03-31");
    let told = app.post("/api/v1/rules/dry-run", user, &body).await;
    assert_eq!(
        (told.status, told.header("content-type")),
        (200, "text/event-stream"),
        "{}",
        told.json()
    );
    events(&told)
}

fn events(told: &Answer) -> (Vec<String>, Value) {
    let text = String::from_utf8(told.body.clone()).unwrap();
    let with = |start: &str| -> Vec<String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix(start));
        lines.map(str::to_owned).collect()
    };
    let data = with("data: ");
    (
        with("event: "),
        serde_json::from_str(data.last().unwrap()).unwrap(),
    )
}

#[tokio::test]
async fn a_rule_is_held_against_what_people_did() {
    let (app, right, mails) = service().await;
    let text = on(&right, "when.subject.word = \"hegn\"");
    let (events, told) = dry_run(&app, "birthe", json!({ "text": text })).await;
    assert_eq!(events, ["result"]);
    let counts = |told: &Value| -> Vec<i64> {
        ["hits", "agreements", "disagreements", "not_judged"]
            .iter()
            .map(|name| told[name].as_i64().unwrap())
            .collect()
    };
    assert_eq!(counts(&told), [4, 2, 1, 1]);
    assert_eq!(counts(&told["rules"][0]), [4, 2, 1, 1]);
    assert_eq!(
        (&told["mails"], &told["contradiction_percent"]),
        (&json!(5), &json!(34))
    );
    let against = (told["examples"].as_array().unwrap().iter())
        .find(|one| one["verdict"] == "disagrees")
        .unwrap();
    assert_eq!(against["mail_id"], json!(mails[2]));
    assert_eq!(against["would"][0]["case_number"], json!(right.number));
    assert_eq!(against["did"][0]["case_title"], "Støj fra vejen");
    assert_eq!(against["because"][0]["holds"], "yes");
}

#[tokio::test]
async fn what_stands_in_a_mail_is_read_where_a_rule_asks_for_it() {
    let (app, right, _) = service().await;
    let text = on(&right, "when.body.contains = \"hækken ved nabogrunden\"");
    let (_, told) = dry_run(&app, "birthe", json!({ "text": text })).await;
    assert_eq!(told["hits"], 5);
    let number = format!("Vedr. sagsnr. {}", right.number);
    app.add_mails(&[eml("6@x", &number, &[])]).await;
    let text = "[[rule]]\nname = \"Nummer\"\nwhen.has = \"existing_case\"\nthen.journal = { on = \"case_number\" }\n";
    let (_, told) = dry_run(&app, "birthe", json!({ "text": text })).await;
    assert_eq!((&told["hits"], &told["not_judged"]), (&json!(1), &json!(1)));
    let would = &told["examples"][0]["would"][0];
    assert_eq!(would["case_number"], json!(right.number));
}

#[tokio::test]
async fn what_a_dry_run_cannot_know_is_told() {
    let (app, _, _) = service().await;
    let text = "[[rule]]\nname = \"Sikre\"\nwhen.suggested = 0.5\nthen.journal = { on = \"suggestion\", confidence = 0.9 }\n";
    let (_, told) = dry_run(&app, "birthe", json!({ "text": text })).await;
    assert_eq!((&told["hits"], &told["unknown"]), (&json!(0), &json!(5)));
    assert_eq!(told["not_known"], json!(["suggestion"]));
}

#[tokio::test]
async fn a_mail_that_belongs_on_no_case_contradicts_a_rule_that_files_it() {
    let (app, right, mails) = service().await;
    let path = format!("/api/v1/mails/{}/not-for-a-case", mails[3]);
    assert_eq!(app.post(&path, "birthe", &json!({})).await.status, 200);
    let text = on(&right, "when.subject.word = \"hegn\"");
    let (_, told) = dry_run(&app, "birthe", json!({ "text": text })).await;
    assert_eq!(told["disagreements"], 2);
}

#[tokio::test]
async fn nobody_tries_rules_on_mail_that_they_do_not_see() {
    let (app, _, _) = service().await;
    let (_, told) = dry_run(&app, "carl", json!({ "text": rule("x") })).await;
    // Filed on open cases; what only lies in the mailbox is Birthe's.
    assert_eq!(told["mails"], 3);
    let created = json!({ "owner": "person:birthe", "text": rule("x") });
    let id = app.post("/api/v1/rules", "birthe", &created).await.json()["id"].clone();
    let body = json!({ "rule_ids": [id] });
    assert_eq!(
        app.post("/api/v1/rules/dry-run", "carl", &body)
            .await
            .status,
        404
    );
    let (_, told) = dry_run(&app, "birthe", body).await;
    assert_eq!((&told["mails"], &told["rules"][0]["id"]), (&json!(5), &id));
}

#[tokio::test]
async fn progress_is_told_page_by_page_and_an_end_is_an_end() {
    let app = App::start().await;
    let raws: Vec<Vec<u8>> = (0..1_100)
        .map(|n| eml(&format!("{n}@x"), &format!("Faktura {n}"), &[]))
        .collect();
    app.add_mails(&raws).await;
    let (events, told) = dry_run(&app, "birthe", json!({ "text": rule("x"), "examples": 3 })).await;
    assert_eq!(events, ["progress", "progress", "result"]);
    assert_eq!(
        (&told["mails"], &told["hits"]),
        (&json!(1_100), &json!(1_100))
    );
    assert_eq!(told["examples"].as_array().unwrap().len(), 3);
    let (_, told) = dry_run(
        &app,
        "birthe",
        json!({ "text": rule("x"), "max_mails": 700 }),
    )
    .await;
    assert_eq!((&told["mails"], &told["cut"]), (&json!(700), &json!(true)));
}

#[tokio::test]
async fn mistakes_stop_a_dry_run_before_it_begins() {
    let (app, _, _) = service().await;
    let body = json!({ "text": "[[rule]]\nname = \"x\"\n" });
    let refused = app.post("/api/v1/rules/dry-run", "birthe", &body).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.json()["mistakes"][0]["code"], "missing");
}

#[tokio::test]
async fn a_rule_that_contradicts_people_says_so_when_it_is_switched_on() {
    let app = App::start().await;
    let (right, wrong) = (
        app.add_case(case("Hegn ved nabogrund")).await,
        app.add_case(case("Støj fra vejen")).await,
    );
    // Of these days.
    let mailbox = crate::support::store::mailbox(&app.store, "leder", &["birthe"]).await;
    let mut recent = crate::support::store::batch(
        mailbox.0,
        mailbox.1,
        1,
        &[eml("1@x", "Hegn", &[]), eml("2@x", "Hegn igen", &[])],
    );
    for mail in &mut recent.mails {
        mail.received_at = chrono::Utc::now() - chrono::Duration::days(1);
    }
    let stored = app
        .store
        .commit_batch(&recent, chrono::Utc::now())
        .await
        .unwrap();
    let body = json!({ "mail_id": stored[0].id, "case_id": wrong.id });
    assert_eq!(app.journal("birthe", "1", &body).await.status, 201);
    let body =
        json!({ "owner": "person:birthe", "text": on(&right, "when.subject.word = \"hegn\"") });
    let created = app.post("/api/v1/rules", "birthe", &body).await.json();
    let path = format!("/api/v1/rules/{}/mode", created["id"].as_str().unwrap());
    let switch = |body: Value| answer(app.request(Method::PUT, &path, "birthe").json(&body));
    let refused = switch(json!({ "mode": "live" })).await;
    assert_eq!(refused.status, 409);
    let told = refused.json();
    assert_eq!(told["type"], "/problems/rule-contradicts");
    assert_eq!(
        (&told["percent"], &told["judged"], &told["disagreements"]),
        (&json!(100), &json!(1), &json!(1))
    );
    assert_eq!(switch(json!({ "mode": "shadow" })).await.status, 200);
    let forced = switch(json!({ "mode": "live", "force": true })).await;
    assert_eq!(
        (forced.status, forced.json()["mode"].clone()),
        (200, json!("live"))
    );
}
