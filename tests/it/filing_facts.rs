//! What is stored beside the files when a mail is filed: parties, deadline, and the case's KLE number.

use sagspost::store::NewCase;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::app::App;
use crate::support::store::case;

/// From a citizen, with a deadline and a number of the test range of CPR.
fn letter() -> Vec<u8> {
    "Message-ID: <facts@x>\r\nFrom: Gerda Borger <gerda@borger.example>\r\nTo: byg@egelund.example\r\n\
     Bcc: hemmelig@advokat.example\r\nDate: Mon, 2 Mar 2026 09:00:00 +0100\r\n\
     Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\nSubject: Carport\r\n\r\n\
     Jeg beder om svar senest den 20. marts 2026.\r\n\r\nMed venlig hilsen\r\nGerda Borger\r\nCPR 070761-4285\r\n"
        .as_bytes()
        .to_vec()
}

async fn filed(app: &App, more: Value) -> (Uuid, Value) {
    let mail = app.add_mails(&[letter()]).await[0];
    let case = app.add_case(case("Carport på Bøgevej 4")).await.id;
    let mut wish = json!({ "mail_id": mail, "case_id": case });
    wish.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let answer = app.journal("birthe", "k", &wish).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    let path = format!("/api/v1/cases/{case}/documents");
    (case, app.get(&path, "birthe").await.json()[0].clone())
}

#[tokio::test]
async fn one_click_stores_the_parties_and_the_deadline_that_the_mail_names() {
    let app = App::start().await;
    let (_, document) = filed(&app, json!({})).await;
    assert_eq!(document["deadline"], "2026-03-20");
    let mails: Vec<&Value> = document["parties"]
        .as_array()
        .unwrap()
        .iter()
        .map(|party| &party["mail"])
        .collect();
    assert!(
        mails.contains(&&json!("gerda@borger.example")),
        "{document}"
    );
    assert!(
        !document.to_string().contains("hemmelig@advokat.example"),
        "a blind copy is told to nobody"
    );
}

#[tokio::test]
async fn parties_and_deadline_are_stored_as_they_were_chosen() {
    let app = App::start().await;
    let chosen = json!({ "parties": [{ "kind": "company", "name": "Egelund Tømrer ApS", "identifier": "12345678" }], "deadline": null });
    let (_, document) = filed(&app, chosen).await;
    assert_eq!(document["deadline"], Value::Null);
    assert_eq!(document["parties"].as_array().unwrap().len(), 1);
    assert_eq!(document["parties"][0]["name"], "Egelund Tømrer ApS");
}

#[tokio::test]
async fn a_masked_number_is_stored_whole_and_one_that_the_mail_does_not_have_is_refused() {
    let app = App::start().await;
    let party =
        |number: &str| json!([{ "kind": "person", "name": "Gerda Borger", "identifier": number }]);
    let (_, document) = filed(&app, json!({ "parties": party("070761-xxxx") })).await;
    assert_eq!(document["parties"][0]["identifier"], "0707614285");
    let mail = app.add_mails(&[letter()]).await[0];
    let other = app.add_case(case("Anden sag")).await.id;
    let wish = json!({ "mail_id": mail, "case_id": other, "parties": party("010199-xxxx") });
    let refused = app.journal("birthe", "k2", &wish).await;
    assert_eq!(
        (refused.status, &refused.json()["field"]),
        (422, &json!("parties[0].identifier"))
    );
}

#[tokio::test]
async fn a_case_without_a_kle_number_gets_the_one_that_was_chosen_and_is_found_by_it() {
    let app = App::start().await;
    let (case, _) = filed(&app, json!({ "case_kle": "02.34.02", "case_facet": "P19" })).await;
    let told = app
        .get(&format!("/api/v1/cases/{case}"), "birthe")
        .await
        .json();
    assert_eq!(
        (&told["kle"], &told["facet"]),
        (&json!("02.34.02"), &json!("P19"))
    );
    let found = app.get("/api/v1/cases?q=02.34.02", "birthe").await.json();
    assert_eq!(found["items"][0]["id"], json!(case));
}

#[tokio::test]
async fn a_case_that_has_a_kle_number_keeps_it() {
    let app = App::start().await;
    let mail = app.add_mails(&[letter()]).await[0];
    let has = NewCase {
        kle: Some("01.02.05".to_owned()),
        ..case("Lokalplan")
    };
    let has = app.add_case(has).await;
    let wish = json!({ "mail_id": mail, "case_id": has.id, "case_kle": "02.34.02" });
    assert_eq!(app.journal("birthe", "k", &wish).await.status, 201);
    let told = app
        .get(&format!("/api/v1/cases/{}", has.id), "birthe")
        .await
        .json();
    assert_eq!(
        (&told["kle"], &told["version"]),
        (&json!("01.02.05"), &json!(has.version))
    );
    let wrong = json!({ "mail_id": mail, "case_id": has.id, "case_kle": "02.34" });
    let refused = app.journal("birthe", "k2", &wrong).await;
    assert_eq!(
        (refused.status, &refused.json()["field"]),
        (422, &json!("case_kle"))
    );
}

#[tokio::test]
async fn a_party_of_a_document_is_found_when_a_person_asks_what_is_kept_of_them() {
    let app = App::start().await;
    let chosen = json!({ "parties": [{ "kind": "person", "name": "Ole Bro", "mail": "Ole@Borger.example" }] });
    filed(&app, chosen).await;
    let person = sagspost::store::Person {
        address: Some("ole@borger.example".to_owned()),
        identifier: None,
    };
    let held = app
        .store
        .held_of_person(&person, "birthe", chrono::Utc::now())
        .await
        .unwrap();
    assert_eq!(held.parties.len(), 1);
    assert_eq!(held.parties[0].name, "Ole Bro");
}
