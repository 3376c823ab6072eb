//! A case proposed from a mail: title, parties, access, and cases that resemble it.

use sagspost::{
    domain::{
        case::{CaseStatus, Party, PartyKind},
        direction::OwnDomains,
    },
    store::NewCase,
    suggest::Organisation,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::app::App;
use crate::support::store::{case, eml};

fn letter(subject: &str, text: &str) -> Vec<u8> {
    let id: String = subject
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    format!(
        "Message-ID: <{id}@x>\r\nFrom: Gerda Borger <gerda@borger.example>\r\n\
         To: Byggesag <byggesag@eksempelkommune.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 8bit\r\nSubject: {subject}\r\n\r\n{text}\r\n\r\nMed venlig hilsen\r\nGerda Borger\r\n\
         Skovvej 12A, 3. tv\r\n2620 Albertslund\r\nTlf. 20 31 42 53\r\n"
    )
    .into_bytes()
}

async fn app() -> App {
    App::start_for(Organisation {
        domains: OwnDomains::from(vec!["eksempelkommune.example".to_owned()]),
        ..Organisation::default()
    })
    .await
}

/// Words that many cases share tell nothing, and of few cases every word is one of many.
async fn other_cases(app: &App) {
    for title in [
        "Svømmehal",
        "Parkering",
        "Vandløb",
        "Lokalplan",
        "Vejbelysning",
        "Legeplads",
        "Biblioteket",
    ] {
        app.add_case(case(title)).await;
    }
}

async fn proposal(app: &App, mail: Uuid, user: &str) -> Value {
    let asked = json!({ "mail_id": mail });
    let answer = app.post("/api/v1/cases/proposal", user, &asked).await;
    assert_eq!(answer.status, 200);
    answer.json()
}

#[tokio::test]
async fn a_case_is_proposed_with_all_that_the_mail_tells() {
    let app = app().await;
    let mail = app
        .add_mails(&[letter(
            "SV: Carport på Birkevaenget 4",
            "Jeg vil bygge på Birkevænget 4.",
        )])
        .await[0];
    let told = proposal(&app, mail, "birthe").await;
    assert_eq!(told["title"], "Carport på Birkevaenget 4");
    assert_eq!(
        (&told["responsible"], &told["kle"]),
        (&"birthe".into(), &json!([]))
    );
    assert_eq!(
        told["access"],
        json!({ "code": "open", "list": null, "reasons": [] })
    );
    let gerda = &told["parties"][0];
    assert_eq!(
        (
            &gerda["kind"],
            &gerda["name"],
            &gerda["address"],
            &gerda["phone"]
        ),
        (
            &"person".into(),
            &"Gerda Borger".into(),
            &"Skovvej 12A, 3. tv, 2620 Albertslund".into(),
            &"20 31 42 53".into()
        )
    );
    assert_eq!(
        gerda["reasons"][0],
        json!({ "kind": "sender", "text": "Afsender af mailen" })
    );
    assert_eq!(told["parties"][1]["kind"], "property");
    let colleagues = told["parties"].to_string().contains("eksempelkommune");
    assert!(!colleagues, "{}", told["parties"]);
}

#[tokio::test]
async fn a_number_is_shown_masked_and_stored_whole() {
    let app = app().await;
    let mail = app
        .add_mails(&[letter("Ansøgning", "Mit cpr-nr. er 070761-4285.")])
        .await[0];
    let told = proposal(&app, mail, "birthe").await;
    assert!(!told.to_string().contains("4285"), "{told}");
    assert_eq!(told["parties"][0]["identifier"], "070761-xxxx");
    assert_eq!(told["access"]["code"], "restricted");
    assert_eq!(
        told["access"]["list"],
        json!([{ "who": "user:birthe", "may": "manage" }])
    );
    assert_eq!(told["access"]["reasons"][0]["category"], "cpr");

    let parties: Vec<Value> = told["parties"]
        .as_array()
        .unwrap()
        .iter()
        .map(|party| {
            json!({ "kind": party["kind"], "name": party["name"], "identifier": party["identifier"],
                    "address": party["address"], "mail": party["mail"] })
        })
        .collect();
    let access = json!({ "code": told["access"]["code"], "list": told["access"]["list"] });
    let wish =
        json!({ "title": told["title"], "access": access, "parties": parties, "mail_id": mail });
    let made = app.make_case("birthe", "k", &wish).await;
    assert_eq!(made.status, 201, "{}", made.json());
    assert_eq!(made.json()["parties"][0]["identifier"], "0707614285");
    assert_eq!(made.json()["access"]["list"], told["access"]["list"]);
    let again = app.make_case("birthe", "k", &wish).await;
    assert_eq!(again.json()["id"], made.json()["id"]);
}

#[tokio::test]
async fn a_masked_number_without_its_mail_makes_no_party() {
    let app = app().await;
    let mail = app.add_mails(&[letter("Hæk", "Uden nummer")]).await[0];
    let party = json!([{ "kind": "person", "name": "Gerda", "identifier": "070761-xxxx" }]);
    for (wish, status) in [
        (json!({ "title": "Hæk", "parties": party }), 422),
        (
            json!({ "title": "Hæk", "parties": party, "mail_id": mail }),
            422,
        ),
        (
            json!({ "title": "Hæk", "parties": party, "mail_id": Uuid::now_v7() }),
            404,
        ),
    ] {
        let refused = app.make_case("birthe", "k", &wish).await;
        assert_eq!(refused.status, status, "{wish}");
        if status == 422 {
            assert_eq!(refused.json()["field"], "parties[0].identifier");
        }
    }
    let not_hers = json!({ "title": "Hæk", "parties": [], "mail_id": mail });
    assert_eq!(app.make_case("carl", "k", &not_hers).await.status, 404);
}

#[tokio::test]
async fn sensitive_content_is_told_with_its_category_and_never_lowers_what_a_case_has() {
    let app = app().await;
    other_cases(&app).await;
    let secret = app
        .hidden_case("Sygdom og hæk hos Gerda Borger", "birthe")
        .await;
    let open = app.add_case(case("Hæk hos Gerda Borger")).await;
    let mails = app
        .add_mails(&[
            letter(
                "Hæk",
                "Jeg har fået konstateret kræft og kan ikke klippe hæk.",
            ),
            letter("Hæk igen", "Hækken er klippet."),
        ])
        .await;
    let told = proposal(&app, mails[0], "birthe").await;
    let reason = &told["access"]["reasons"][0];
    assert_eq!(
        (&reason["category"], &reason["words"]),
        (&"health".into(), &json!(["kræft"]))
    );
    assert_eq!(reason["text"], "Helbred: 1 fund, fx kræft");
    let access = |told: &Value, id: Uuid| {
        let similar = told["similar_cases"].as_array().unwrap();
        let found = similar
            .iter()
            .find(|case| case["case_id"] == json!(id))
            .unwrap();
        (found["access"].clone(), found["access_proposed"].clone())
    };
    assert_eq!(access(&told, open.id), ("open".into(), "restricted".into()));
    assert_eq!(
        access(&told, secret.id),
        ("restricted".into(), "restricted".into())
    );
    let harmless = proposal(&app, mails[1], "birthe").await;
    assert_eq!(harmless["access"]["code"], "open");
    assert_eq!(
        access(&harmless, secret.id),
        ("restricted".into(), "restricted".into()),
        "never lowered"
    );
}

#[tokio::test]
async fn similar_cases_are_open_and_closed_ones_that_the_asker_may_see() {
    let app = app().await;
    other_cases(&app).await;
    let party = |name: &str| Party {
        kind: PartyKind::Person,
        name: name.to_owned(),
        identifier: None,
        address: Some("Skovvej 12A, 2620 Albertslund".to_owned()),
        mail: Some("gerda@borger.example".to_owned()),
    };
    let closed = app
        .add_case(NewCase {
            status: CaseStatus::Closed,
            parties: vec![party("Gerda Borger")],
            ..case("Carport 2019")
        })
        .await;
    let titled = app.add_case(case("Klage over tagterrasse")).await;
    let hidden = app
        .hidden_case("Klage over tagterrasse, personale", "carl")
        .await;
    let mail = app
        .add_mails(&[letter(
            "Klage over tagterrasse",
            "Naboens tagterrasse generer mig.",
        )])
        .await[0];
    let told = proposal(&app, mail, "birthe").await;
    let similar = told["similar_cases"].as_array().unwrap();
    let ids: Vec<&Value> = similar.iter().map(|case| &case["case_id"]).collect();
    assert!(
        ids.contains(&&json!(closed.id)) && ids.contains(&&json!(titled.id)),
        "{told}"
    );
    assert!(!ids.contains(&&json!(hidden.id)));
    assert_eq!(similar.len(), 2, "{told}");
    let of = |id| {
        similar
            .iter()
            .find(|case| case["case_id"] == json!(id))
            .unwrap()
    };
    assert_eq!(of(closed.id)["status"], "closed");
    assert!(!of(titled.id)["evidence"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn of_a_mail_one_may_not_see_no_case_is_proposed() {
    let app = app().await;
    let mail = app.add_mails(&[eml("a@x", "Hæk", &[])]).await[0];
    for (user, mail) in [("carl", mail), ("birthe", Uuid::now_v7())] {
        let asked = json!({ "mail_id": mail });
        let refused = app.post("/api/v1/cases/proposal", user, &asked).await;
        assert_eq!(refused.status, 404);
        assert!(!String::from_utf8_lossy(&refused.body).contains("Gerda"));
    }
    let asked = json!({ "mail_id": mail });
    assert_eq!(
        app.post("/api/v1/cases/proposal", "", &asked).await.status,
        401
    );
    let wrong = json!({ "mail": mail });
    assert_eq!(
        app.post("/api/v1/cases/proposal", "birthe", &wrong)
            .await
            .status,
        422
    );
}
