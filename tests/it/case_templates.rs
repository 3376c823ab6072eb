//! A new case that begins as a template, or as another case: what is taken over, what is not, and who keeps templates.

use reqwest::Method;
use sagspost::{
    domain::access::{Allowed, CaseAccess, Level},
    domain::case::{Party, PartyKind},
    domain::role::{Grant, Principal, Role, Scope},
    store::{CaseTemplate, NewCase, Store, StoreError},
};
use serde_json::{Value, json};

use crate::support::app::{Answer, App, answer};
use crate::support::store::{case, day, eml};

async fn with_keeper() -> App {
    let app = App::start().await;
    keeper(&app.store, "carl").await;
    app
}

async fn keeper(store: &Store, user: &str) {
    let to = Principal::User(user.to_owned());
    let scope = Scope::Mailbox("leder".to_owned());
    let role = Role::Registrar;
    store.grant(&Grant { to, role, scope }).await.unwrap();
}

async fn save(app: &App, user: &str, name: &str, body: &Value) -> Answer {
    let path = format!("/api/v1/case-templates/{name}");
    answer(app.request(Method::PUT, &path, user).json(body)).await
}

async fn proposed(app: &App, asked: &Value) -> Value {
    let told = app.post("/api/v1/cases/proposal", "birthe", asked).await;
    assert_eq!(told.status, 200, "{}", told.json());
    told.json()
}

fn template() -> Value {
    json!({ "title": "Byggesag: {subject}", "kle": "02.34.02", "facet": "P19", "responsible": "carl",
        "unit": "Byg", "access": { "code": "restricted", "list": [{ "who": "user:carl", "may": "write" }] } })
}

#[tokio::test]
async fn a_template_is_kept_by_a_registrar_used_by_everybody_and_taken_away() {
    let app = with_keeper().await;
    let list = async || app.get("/api/v1/case-templates", "birthe").await.json();
    assert_eq!(
        save(&app, "carl", "Byggesag", &template()).await.status,
        200
    );
    assert_eq!(list().await[0]["name"], "Byggesag");
    assert_eq!(
        save(&app, "birthe", "Byggesag", &json!({})).await.status,
        403
    );
    assert_eq!(
        list().await[0]["kle"],
        "02.34.02",
        "who may not changed nothing"
    );
    let path = "/api/v1/case-templates/Byggesag";
    let removed = answer(app.request(Method::DELETE, path, "carl")).await;
    assert_eq!(removed.status, 204);
    assert_eq!(list().await, json!([]));
}

#[tokio::test]
async fn a_template_with_a_mistake_is_refused_at_its_field() {
    let app = with_keeper().await;
    for (body, field) in [
        (json!({ "title": "Sag om {emne}" }), "title"),
        (json!({ "title": " " }), "title"),
        (json!({ "kle": "02.34" }), "kle"),
        (json!({ "facet": "Q" }), "facet"),
        (json!({ "responsible": "ingen" }), "responsible"),
        (
            json!({ "access": { "code": "restricted", "list": [{ "who": "user:ingen", "may": "read" }] } }),
            "access.list[0]",
        ),
    ] {
        let told = save(&app, "carl", "Byggesag", &body).await;
        assert_eq!(
            (told.status, &told.json()["field"]),
            (422, &json!(field)),
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_case_by_a_template_has_what_the_template_says_and_what_the_mail_tells() {
    let app = with_keeper().await;
    let mail = app
        .add_mails(&[eml("a@x", "Carport på Bøgevej 4", &[])])
        .await[0];
    let body = json!({ "title": "Byggesag: {subject}", "kle": "02.34.02", "responsible": "carl", "unit": "Byg" });
    assert_eq!(save(&app, "carl", "Byggesag", &body).await.status, 200);
    let told = proposed(&app, &json!({ "mail_id": mail, "template": "Byggesag" })).await;
    assert_eq!(
        (
            &told["title"],
            &told["kle"][0]["number"],
            &told["responsible"],
            &told["unit"]
        ),
        (
            &json!("Byggesag: Carport på Bøgevej 4"),
            &json!("02.34.02"),
            &json!("carl"),
            &json!("Byg")
        )
    );
    assert_eq!(
        told["kle"][0]["reasons"][0]["text"],
        "Skabelonen »Byggesag« har nummeret"
    );
}

#[tokio::test]
async fn a_case_like_another_takes_over_its_parties_unchosen_its_access_and_none_of_its_documents()
{
    let app = App::start().await;
    let mails = app
        .add_mails(&[
            eml("a@x", "Ny carport", &[]),
            eml("b@x", "Gammel carport", &[]),
        ])
        .await;
    let party = Party {
        kind: PartyKind::Person,
        name: "Gerda Holm".to_owned(),
        identifier: None,
        address: None,
        mail: None,
    };
    let manage = |name: &str| Allowed::new(Principal::User(name.to_owned()), Level::Manage);
    let like = NewCase {
        kle: Some("02.34.02".to_owned()),
        responsible: Some("carl".to_owned()),
        access: CaseAccess::restricted(vec![manage("birthe"), manage("carl")]),
        parties: vec![party],
        ..case("Carport på Bøgevej 2")
    };
    let like = app.add_case(like).await;
    let filed = app
        .journal(
            "birthe",
            "k",
            &json!({ "mail_id": mails[1], "case_id": like.id }),
        )
        .await;
    assert_eq!(filed.status, 201);
    let told = proposed(&app, &json!({ "mail_id": mails[0], "like": like.id })).await;
    assert_eq!(
        (&told["kle"][0]["number"], &told["responsible"]),
        (&json!("02.34.02"), &json!("carl"))
    );
    assert_eq!(told["access"]["code"], "restricted");
    let parties = told["parties"].as_array().unwrap();
    let gerda = parties
        .iter()
        .find(|party| party["name"] == "Gerda Holm")
        .unwrap();
    assert_eq!(gerda["proposed"], false);

    let wish = json!({ "title": "Ny carport", "mail_id": mails[0], "kle": "02.34.02", "responsible": "carl",
        "access": { "code": "restricted", "list": told["access"]["list"] }, "parties": [
            { "kind": "person", "name": "Gerda Holm" }] });
    let made = app.make_case("birthe", "n", &wish).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let made = made.json();
    assert_eq!(
        (&made["responsible"], &made["may"]),
        (&json!("carl"), &json!("manage"))
    );
    let id = made["id"].as_str().unwrap();
    let documents = app
        .get(&format!("/api/v1/cases/{id}/documents"), "birthe")
        .await;
    assert_eq!(documents.json(), json!([]));
}

#[tokio::test]
async fn whoever_makes_a_case_for_another_manages_it_all_the_same() {
    let app = App::start().await;
    let wish = json!({ "title": "Personalesag", "responsible": "carl", "access": { "code": "restricted", "list": [] } });
    let made = app.make_case("birthe", "n", &wish).await.json();
    let path = format!("/api/v1/cases/{}", made["id"].as_str().unwrap());
    for user in ["birthe", "carl"] {
        assert_eq!(app.get(&path, user).await.json()["may"], "manage", "{user}");
    }
    let nobody = json!({ "title": "Personalesag", "responsible": "ingen" });
    let refused = app.make_case("birthe", "m", &nobody).await;
    assert_eq!(
        (refused.status, &refused.json()["field"]),
        (422, &json!("responsible"))
    );
}

#[tokio::test]
async fn a_case_that_one_may_not_see_is_no_model_and_answers_as_one_that_is_not_there() {
    let app = App::start().await;
    let mail = app.add_mails(&[eml("a@x", "Ny carport", &[])]).await[0];
    let hidden = app.hidden_case("Personalesag", "carl").await;
    let mut answers = Vec::new();
    for id in [hidden.id, uuid::Uuid::now_v7()] {
        let asked = json!({ "mail_id": mail, "like": id });
        let told = app.post("/api/v1/cases/proposal", "birthe", &asked).await;
        let mut body = told.json();
        body["request_id"] = Value::Null;
        answers.push((told.status, body));
    }
    assert_eq!(answers[0].0, 404);
    assert_eq!(answers[0], answers[1]);
    let both = json!({ "mail_id": mail, "like": hidden.id, "template": "Byggesag" });
    assert_eq!(
        app.post("/api/v1/cases/proposal", "birthe", &both)
            .await
            .status,
        422
    );
}

on_both! {
    a_template_is_found_by_its_name_as_it_was_saved_last(store) {
        for user in ["birthe", "carl"] {
            crate::support::store::user(store, user).await;
        }
        keeper(store, "birthe").await;
        let template = |kle: &str| CaseTemplate {
            name: "Byggesag".to_owned(),
            title: None,
            kle: Some(kle.to_owned()),
            facet: None,
            responsible: Some("birthe".to_owned()),
            unit: None,
            access: CaseAccess::of_users(["birthe"]),
        };
        for kle in ["02.34.02", "01.02.05"] {
            store.save_case_template(&template(kle), "birthe", day(1)).await.unwrap();
        }
        assert_eq!(store.case_template("Byggesag").await.unwrap(), template("01.02.05"));
        assert_eq!(store.case_templates().await.unwrap().len(), 1);
        store.remove_case_template("Byggesag", "birthe", day(2)).await.unwrap();
        let gone = store.case_template("Byggesag").await;
        assert!(matches!(gone, Err(StoreError::NotFound(_))));
        let refused = store.save_case_template(&template("02.34.02"), "carl", day(2)).await;
        assert!(matches!(refused, Err(StoreError::NotAllowed(_))));
    }
}

#[tokio::test]
async fn a_case_like_one_of_somebody_unknown_is_given_to_whoever_makes_it() {
    let app = App::start().await;
    let mail = app.add_mails(&[eml("a@x", "Ny carport", &[])]).await[0];
    let like = NewCase {
        responsible: Some("en-der-er-rejst".to_owned()),
        ..case("Carport på Bøgevej 2")
    };
    let like = app.add_case(like).await;
    let told = proposed(&app, &json!({ "mail_id": mail, "like": like.id })).await;
    assert_eq!(told["responsible"], "birthe");
}
