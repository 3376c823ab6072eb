//! Rules as they are kept: whose they are, their order, versions and mistakes.

use reqwest::Method;
use sagspost::domain::case::CaseStatus;
use sagspost::domain::role::{Grant, Principal, Role, Scope};
use sagspost::store::{NewCase, RuleMode, RuleOwner, RuleText, Store, StoreError};
use serde_json::{Value, json};

use crate::support::app::{Answer, App, answer};
use crate::support::calls::rule;
use crate::support::store::{add_case, case, day, eml, mailbox, user};

const OF_BIRTHE: &str = "person:birthe";

async fn service() -> App {
    let app = App::start().await;
    app.add_mails(&[eml("1@x", "Hegn", &[])]).await;
    app
}

async fn create(app: &App, text: &str) -> Answer {
    let body = json!({ "owner": OF_BIRTHE, "text": text });
    app.post("/api/v1/rules", "birthe", &body).await
}

async fn put(app: &App, path: &str, body: &Value) -> Answer {
    answer(app.request(Method::PUT, path, "birthe").json(body)).await
}

fn path_of(rule: &Answer) -> String {
    format!("/api/v1/rules/{}", rule.json()["id"].as_str().unwrap())
}

fn journals_on(number: &str) -> String {
    format!(
        "[[rule]]\nname = \"Hegn\"\nwhen.subject.word = \"hegn\"\nthen.journal = {{ on = \"case\", case = \"{number}\" }}\n"
    )
}

#[tokio::test]
async fn a_rule_is_kept_as_it_was_written_with_the_same_in_json_and_in_words() {
    let app = service().await;
    let text = "# Om regninger\n[[rule]]\nname = \"Fakturaer\"\nvalid_from = 2026-01-31\nwhen.subject.word = \"faktura\"\nthen.tag = \"faktura\"\n";
    let created = create(&app, text).await;
    assert_eq!((created.status, created.header("etag")), (201, "\"1\""));
    let shown = app.get(&path_of(&created), "birthe").await.json();
    assert_eq!(shown["text"], text);
    assert_eq!(
        shown["rule"],
        json!({ "name": "Fakturaer", "valid_from": "2026-01-31",
            "when": { "subject": { "word": "faktura" } }, "then": { "tag": "faktura" } })
    );
    assert_eq!(
        (&shown["mode"], &shown["position"]),
        (&json!("off"), &json!(1))
    );
    let told = shown["in_words"].as_str().unwrap();
    assert!(told.contains("faktura"), "{told}");
}

#[tokio::test]
async fn a_rule_from_a_form_is_the_rule_that_its_text_says() {
    let app = service().await;
    let first = create(&app, &rule("Fakturaer")).await.json();
    let mut form = first["rule"].clone();
    form["name"] = json!("Rykkere");
    form["when"] = json!({ "any": [{ "subject": { "word": ["rykker", "påmindelse"] } },
        { "time": { "from": "16:00:00", "to": "08:00:00" } }], "received": { "from": "2026-07-01" } });
    form["stop"] = json!(true);
    let body = json!({ "owner": OF_BIRTHE, "rule": form });
    let created = app.post("/api/v1/rules", "birthe", &body).await;
    assert_eq!(created.status, 201, "{}", created.json());
    assert_eq!(created.json()["rule"], form);
}

#[tokio::test]
async fn mistakes_of_a_rule_are_told_at_their_place_in_the_readers_language() {
    let app = service().await;
    let body = json!({ "owner": OF_BIRTHE, "rule": { "name": "x",
        "when": { "any": [{ "subject": { "word": "hegn" } }, { "subjet": { "word": "hæk" } }] },
        "then": { "journal": { "on": "suggestion" } } } });
    for (language, message) in [
        ("da", "Feltet subjet findes ikke. Mente du subject?"),
        ("en", "There is no field subjet. Did you mean subject?"),
    ] {
        let request = app
            .request(Method::POST, "/api/v1/rules", "birthe")
            .header("Accept-Language", language)
            .json(&body);
        let refused = answer(request).await;
        assert_eq!(refused.status, 422);
        assert_eq!(refused.header("content-type"), "application/problem+json");
        let told = refused.json();
        let mistakes = told["mistakes"].as_array().unwrap();
        assert_eq!(mistakes.len(), 2, "{told}");
        assert_eq!(mistakes[0]["path"], "when.any[1].subjet");
        assert_eq!(mistakes[0]["message"], message);
        assert_eq!(mistakes[1]["path"], "then.journal");
        assert_eq!(mistakes[1]["code"], "guess-without-confidence");
    }
}

#[tokio::test]
async fn a_case_that_is_gone_closed_or_closed_to_the_author_is_refused_at_its_place() {
    let app = service().await;
    let closed = app
        .add_case(NewCase {
            status: CaseStatus::Closed,
            ..case("Lukket")
        })
        .await;
    let hidden = app.hidden_case("Carls", "carl").await;
    for (number, code) in [
        ("2026-99999", "no-such-case"),
        (&*closed.number, "case-closed"),
        (&*hidden.number, "no-such-case"),
    ] {
        let refused = create(&app, &journals_on(number)).await;
        assert_eq!(refused.status, 422, "{number}");
        let mistake = &refused.json()["mistakes"][0];
        assert_eq!(
            (&mistake["code"], &mistake["path"], &mistake["line"]),
            (&json!(code), &json!("then.journal.case"), &json!(4))
        );
        assert_eq!(mistake["column"], 38);
    }
    let open = app.add_case(case("Hegn ved nabogrund")).await;
    assert_eq!(create(&app, &journals_on(&open.number)).await.status, 201);
}

#[tokio::test]
async fn people_and_units_that_nobody_knows_are_mistakes() {
    let app = service().await;
    let text = "[[rule]]\nname = \"x\"\nwhen.is = \"reply\"\nthen.assign.unit = \"ukendt\"\nthen.notify = \"ingen\"\n";
    let told = create(&app, text).await.json();
    let codes: Vec<&Value> = (told["mistakes"].as_array().unwrap().iter())
        .map(|mistake| &mistake["code"])
        .collect();
    assert_eq!(codes, ["no-such-unit", "no-such-person"]);
}

#[tokio::test]
async fn nobody_overwrites_what_another_changed_meanwhile() {
    let app = service().await;
    let created = create(&app, &rule("Fakturaer")).await;
    let path = path_of(&created);
    let body = json!({ "text": rule("Regninger") });
    assert_eq!(put(&app, &path, &body).await.status, 428);
    let change = |tag: &'static str| {
        let request = app.request(Method::PUT, &path, "birthe");
        answer(request.header("If-Match", tag).json(&body))
    };
    let changed = change("\"1\"").await;
    assert_eq!(
        (changed.status, changed.json()["version"].clone()),
        (200, json!(2))
    );
    assert_eq!(change("\"1\"").await.status, 412);
}

#[tokio::test]
async fn one_can_go_back_to_any_version() {
    let app = service().await;
    let path = path_of(&create(&app, &rule("Fakturaer")).await);
    let body = json!({ "text": rule("Regninger"), "version": 1 });
    assert_eq!(put(&app, &path, &body).await.status, 200);
    let restore = format!("{path}/versions/1/restore");
    let restored = app.post(&restore, "birthe", &json!({})).await.json();
    assert_eq!(
        (&restored["name"], &restored["version"]),
        (&json!("Fakturaer"), &json!(3))
    );
    let versions = app.get(&format!("{path}/versions"), "birthe").await.json();
    let told: Vec<(i64, &str)> = (versions.as_array().unwrap().iter())
        .map(|one| {
            (
                one["version"].as_i64().unwrap(),
                one["what"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(told, [(3, "restored"), (2, "changed"), (1, "created")]);
    assert_eq!(versions[1]["rule"]["name"], "Regninger");
}

#[tokio::test]
async fn rules_are_tried_in_the_order_that_their_owner_gives_them() {
    let app = service().await;
    let mut ids = Vec::new();
    for name in ["A", "B", "C"] {
        ids.push(create(&app, &rule(name)).await.json()["id"].clone());
    }
    ids.reverse();
    let body = json!({ "owner": OF_BIRTHE, "ids": ids });
    let order = put(&app, "/api/v1/rules/order", &body).await;
    assert_eq!(order.status, 204);
    let listed = app.get("/api/v1/rules", "birthe").await.json();
    let names: Vec<&Value> = (listed["items"].as_array().unwrap().iter())
        .map(|rule| &rule["name"])
        .collect();
    assert_eq!(names, ["C", "B", "A"]);
    ids.pop();
    let body = json!({ "owner": OF_BIRTHE, "ids": ids });
    let without_one = put(&app, "/api/v1/rules/order", &body).await;
    assert_eq!(without_one.status, 412);
}

#[tokio::test]
async fn two_rules_of_an_owner_have_two_names() {
    let app = service().await;
    assert_eq!(create(&app, &rule("Fakturaer")).await.status, 201);
    assert_eq!(create(&app, &rule("Fakturaer")).await.status, 409);
}

#[tokio::test]
async fn whose_rules_one_may_write_depends_on_roles_and_mailboxes() {
    let app = service().await;
    let mailbox = app.store.mailboxes(None).await.unwrap()[0].id;
    let may = async |user: &str| app.get("/api/v1/rules", user).await.json()["may_create"].clone();
    assert_eq!(
        may("birthe").await,
        json!([format!("mailbox:{mailbox}"), OF_BIRTHE])
    );
    assert_eq!(may("carl").await, json!([]));
    for owner in ["organisation", OF_BIRTHE, "person:carl"] {
        let body = json!({ "owner": owner, "text": rule("Fakturaer") });
        assert_eq!(
            app.post("/api/v1/rules", "carl", &body).await.status,
            403,
            "{owner}"
        );
    }
    let role = |role, scope| Grant {
        to: Principal::User("carl".to_owned()),
        role,
        scope,
    };
    // One who journals for a single mailbox writes no rules for all.
    let limited = role(Role::Registrar, Scope::Mailbox("en-anden".to_owned()));
    app.store.grant(&limited).await.unwrap();
    assert_eq!(may("carl").await, json!([]));
    let editor = role(Role::RuleEditor, Scope::Mailbox("leder".to_owned()));
    app.store.grant(&editor).await.unwrap();
    assert_eq!(may("carl").await, json!([format!("mailbox:{mailbox}")]));
    let everywhere = role(Role::Registrar, Scope::Everywhere);
    app.store.grant(&everywhere).await.unwrap();
    assert_eq!(
        may("carl").await,
        json!(["organisation", format!("mailbox:{mailbox}")])
    );
}

#[tokio::test]
async fn a_rule_whose_case_closes_is_suspended_until_it_is_looked_at() {
    let app = service().await;
    let open = app.add_case(case("Hegn ved nabogrund")).await;
    let path = path_of(&create(&app, &journals_on(&open.number)).await);
    let mode = format!("{path}/mode");
    let live = put(&app, &mode, &json!({ "mode": "live" })).await.json();
    assert_eq!(
        (&live["mode"], &live["suspended"]),
        (&json!("live"), &Value::Null)
    );
    let close = app.request(
        Method::PATCH,
        &format!("/api/v1/cases/{}", open.id),
        "birthe",
    );
    assert_eq!(
        answer(close.json(&json!({ "status": "closed" })))
            .await
            .status,
        200
    );
    let shown = app.get(&path, "birthe").await.json();
    assert_eq!(shown["suspended"]["reason"], "case_closed");
    assert_eq!(shown["suspended"]["case_number"], json!(open.number));
    let again = put(&app, &mode, &json!({ "mode": "live" })).await;
    assert_eq!(again.status, 422, "{}", again.json());
    assert_eq!(again.json()["mistakes"][0]["code"], "case-closed");
}

fn text<'t>(name: &'t str, text: &'t str) -> RuleText<'t> {
    RuleText {
        name,
        text,
        cases: &[],
        what: "created",
    }
}

on_both! {
    rules_of_all_owners_of_a_mailbox_are_tried_in_one_order(store) {
        for name in ["birthe", "carl", "rita"] {
            user(store, name).await;
        }
        let (own, _) = mailbox(store, "birthe", &["birthe"]).await;
        let (other, _) = mailbox(store, "carl", &["carl"]).await;
        let editor = Grant {
            to: Principal::User("rita".to_owned()),
            role: Role::RuleEditor,
            scope: Scope::Everywhere,
        };
        store.grant(&editor).await.unwrap();
        let person = RuleOwner::Person("birthe".to_owned());
        for (owner, name, by) in [
            (&person, "Birthes", "birthe"),
            (&RuleOwner::Mailbox(own), "Postkassens", "birthe"),
            (&RuleOwner::Mailbox(other), "Carls", "carl"),
            (&RuleOwner::Organisation, "Alles", "rita"),
        ] {
            let rule = store.create_rule(owner, text(name, "x"), RuleMode::Live, by, day(1)).await;
            assert_eq!(rule.unwrap().name, name);
        }
        let names = |rules: Vec<sagspost::store::KeptRule>| -> Vec<String> {
            rules.into_iter().map(|rule| rule.name).collect()
        };
        assert_eq!(names(store.rules_of_mailbox(own).await.unwrap()), ["Alles", "Postkassens", "Birthes"]);
        assert_eq!(names(store.rules_of_mailbox(other).await.unwrap()), ["Alles", "Carls"]);
        assert_eq!(names(store.rules(None, "birthe").await.unwrap()), ["Postkassens", "Birthes"]);
    }

    a_rule_acts_for_its_author_where_the_mailbox_is_theirs_else_for_the_owner(store) {
        for name in ["birthe", "carl", "rita"] {
            user(store, name).await;
        }
        let (id, _) = mailbox(store, "teknik", &["birthe", "carl"]).await;
        let owner = RuleOwner::Mailbox(id);
        let rule = store.create_rule(&owner, text("A", "x"), RuleMode::Live, "carl", day(1)).await.unwrap();
        let acts = async || store.actors_of_mailbox(id).await.unwrap().of(&rule, &[]);
        assert_eq!(acts().await.as_deref(), Some("carl"));
        let carl = Principal::User("carl".to_owned());
        store.take_mailbox("teknik", &carl, day(2)).await.unwrap();
        assert_eq!(acts().await.as_deref(), Some("birthe"));
    }

    a_rule_is_suspended_by_the_closing_of_a_case_it_names(store) {
        user(store, "birthe").await;
        mailbox(store, "birthe", &["birthe"]).await;
        let case = add_case(store, case("Hegn")).await;
        let person = RuleOwner::Person("birthe".to_owned());
        let numbers = [case.number.clone()];
        let new = RuleText { cases: &numbers, ..text("A", "x") };
        let rule = store.create_rule(&person, new, RuleMode::Live, "birthe", day(1)).await.unwrap();
        let before = store.rules_revision().await.unwrap();
        store.set_case_status(case.id, CaseStatus::Closed, None, "birthe", day(2)).await.unwrap();
        let suspended = store.rule(rule.id, "birthe").await.unwrap().suspended.unwrap();
        assert_eq!(suspended.case, Some(case.number));
        assert!(store.rules_revision().await.unwrap() > before);
        let again = store.change_rule(rule.id, 1, text("A", "y"), "birthe", day(3)).await.unwrap();
        assert_eq!(again.suspended, None);
        let late = store.change_rule(rule.id, 1, text("A", "z"), "birthe", day(3)).await;
        assert!(matches!(late, Err(StoreError::VersionConflict)));
    }
}
