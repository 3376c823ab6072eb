//! What the add-in asks for beside what others do: settings before anybody signs in, how sure a suggestion is, deadlines.

use reqwest::Method;
use sagspost::suggest::Organisation;
use serde_json::{Value, json};

use crate::support::app::{App, answer};
use crate::support::store::{case, eml};

#[tokio::test]
async fn the_settings_are_told_to_who_has_not_signed_in_and_hold_no_secret() {
    let app = App::start_with(Organisation::default(), |_, config| {
        config.sign_in.client_secret = sagspost::config::Secret::new("hemmeligheden");
    })
    .await;
    let told = app.get("/api/v1/addin", "").await;
    assert_eq!(told.status, 200);
    let settings = told.json();
    assert_eq!(
        (
            &settings["on_send"],
            &settings["undo_hours"],
            &settings["has_provider"]
        ),
        (&json!("ask"), &json!(24), &json!(false))
    );
    assert_eq!(settings["nested_sign_in"], Value::Null);
    assert!(!settings.to_string().contains("hemmeligheden"));
}

async fn suggested(percent: u8) -> Value {
    let app = App::start_with(Organisation::default(), move |_, config| {
        config.addin.one_click_percent = percent;
    })
    .await;
    let case = app.add_case(case("Lokalplan 5.2 for havnen")).await;
    let subject = format!("Vedr. sag {}", case.number);
    app.add_mails(&[eml("a@x", &subject, &[])]).await;
    let asked = json!({ "message_id": "a@x" });
    app.post("/api/v1/suggestions", "birthe", &asked)
        .await
        .json()
}

#[tokio::test]
async fn a_suggestion_is_sure_from_the_confidence_that_the_organisation_chose() {
    let percent = suggested(50).await["cases"][0]["confidence"]
        .as_u64()
        .unwrap();
    let percent = u8::try_from(percent).unwrap();
    assert_eq!(suggested(percent).await["sure"], true);
    assert_eq!(suggested(percent + 1).await["sure"], false);
}

#[tokio::test]
async fn a_mail_that_no_case_resembles_is_neither_sure_nor_case_work() {
    let app = App::start().await;
    app.add_mails(&[eml("a@x", "Frokost?", &[])]).await;
    let asked = json!({ "message_id": "a@x" });
    let told = app.post("/api/v1/suggestions", "birthe", &asked).await;
    let told = told.json();
    assert_eq!(
        (&told["sure"], &told["case_work"]),
        (&json!(false), &json!(false))
    );
}

#[tokio::test]
async fn a_mail_that_is_written_is_case_work_when_its_subject_names_a_case() {
    let app = App::start().await;
    let case = app.add_case(case("Lokalplan 5.2 for havnen")).await;
    let sketch = format!(
        "From: <birthe@egelund.example>\r\nTo: <ole@borger.example>\r\nSubject: Svar i sag {}\r\n\r\n",
        case.number
    );
    let request = app.request(Method::POST, "/api/v1/suggestions", "birthe");
    let told = answer(
        request
            .header("Content-Type", "message/rfc822")
            .body(sketch),
    )
    .await
    .json();
    assert_eq!(told["case_work"], true, "{told}");
}

#[tokio::test]
async fn a_mail_that_is_looked_up_tells_its_deadline_its_thread_and_who_filed_it() {
    let app = App::start().await;
    let mail = app.add_mails(&[eml("a@x", "Hæk", &[])]).await[0];
    let case = app.add_case(case("Hegnsyn")).await;
    let wish = json!({ "mail_id": mail, "case_id": case.id });
    app.journal("birthe", "k1", &wish).await;
    let asked = json!({ "message_id": "a@x" });
    let found = app.post("/api/v1/messages/lookup", "birthe", &asked).await;
    let found = &found.json()["mails"][0];
    assert!(found["thread_id"].is_string());
    let (left, past) = (
        found["deadline"]["working_days_left"].as_u64().unwrap(),
        found["deadline"]["is_past"].as_bool().unwrap(),
    );
    assert!(left <= 7 && !(past && left > 0), "{found}");
    let name = app
        .store
        .user("birthe")
        .await
        .unwrap()
        .unwrap()
        .display_name;
    assert_eq!(found["entries"][0]["created_by_name"], json!(name));
}

async fn sent_in(app: &App, user: &str, raw: &[u8]) -> (u16, Value) {
    let request = app.request(Method::POST, "/api/v1/mails", user);
    let sent = request.header("Content-Type", "message/rfc822");
    let told = answer(sent.body(raw.to_vec())).await;
    (told.status, told.json())
}

#[tokio::test]
async fn a_mail_that_is_sent_in_is_its_senders_alone_and_can_be_filed() {
    let app = App::start().await;
    let case = app.add_case(case("Hegnsyn")).await;
    let (status, sent) = sent_in(&app, "carl", &eml("a@x", "Hegn", &[])).await;
    assert_eq!((status, &sent["known"]), (201, &json!(false)));
    let path = format!("/api/v1/mails/{}", sent["mail_id"].as_str().unwrap());
    assert_eq!(app.get(&path, "birthe").await.status, 404);
    let wish = json!({ "mail_id": sent["mail_id"], "case_id": case.id });
    assert_eq!(app.journal("carl", "k1", &wish).await.status, 201);
    assert_eq!(app.get(&path, "birthe").await.status, 200);
}

#[tokio::test]
async fn a_mail_is_sent_in_once_however_often_it_is_sent() {
    let app = App::start().await;
    let raw = eml("a@x", "Hegn", &[]);
    let (first, again) = tokio::join!(sent_in(&app, "carl", &raw), sent_in(&app, "carl", &raw));
    assert_eq!(first.1["mail_id"], again.1["mail_id"]);
    let (status, third) = sent_in(&app, "carl", &raw).await;
    assert_eq!((status, &third["known"]), (200, &json!(true)));
    let listed = app.get("/api/v1/mails", "carl").await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn two_who_send_the_same_mail_in_both_see_it() {
    let app = App::start().await;
    let raw = eml("a@x", "Hegn", &[]);
    sent_in(&app, "carl", &raw).await;
    sent_in(&app, "birthe", &raw).await;
    for user in ["carl", "birthe"] {
        let listed = app.get("/api/v1/mails", user).await.json();
        assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{user}");
    }
}

#[tokio::test]
async fn a_mail_that_a_mailbox_holds_is_not_stored_again() {
    let app = App::start().await;
    let raw = eml("a@x", "Hegn", &[]);
    let mail = app.add_mails(std::slice::from_ref(&raw)).await[0];
    let (status, sent) = sent_in(&app, "birthe", &raw).await;
    assert_eq!((status, &sent["mail_id"]), (200, &json!(mail)));
}

#[tokio::test]
async fn what_is_no_mail_is_not_taken() {
    let app = App::start().await;
    let (status, told) = sent_in(&app, "carl", b"\x01\x02").await;
    assert_eq!(
        (status, &told["type"]),
        (422, &json!("/problems/not-a-mail"))
    );
    let told = app.post("/api/v1/mails", "carl", &json!({})).await;
    assert_eq!(told.status, 415);
}
