//! Mails that belong on no case: said, taken back, and learned from.

use chrono::Duration;
use reqwest::Method;
use sagspost::{
    domain::{direction::OwnDomains, mail::MailKind},
    store::{MailFilter, Store, StoreError},
    suggest::{Engine, EvidenceSeen, Organisation, Question, Signals},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::store::file;
use crate::support::app::{Answer, App, answer};
use crate::support::store::{add_case, batch, case, day, eml, mailbox, user};

/// Mails in Birthe's mailbox; Carl sees none of them.
async fn stored(store: &Store, raws: &[Vec<u8>]) -> Vec<Uuid> {
    for name in ["birthe", "carl"] {
        user(store, name).await;
    }
    let (mailbox, folder) = mailbox(store, "leder", &["birthe"]).await;
    let batch = batch(mailbox, folder, 1, raws);
    let stored = store.commit_batch(&batch, day(2)).await.unwrap();
    stored.iter().map(|mail| mail.id).collect()
}

async fn said(store: &Store, said: bool) -> Vec<Uuid> {
    let filter = MailFilter {
        not_for_a_case: Some(said),
        ..MailFilter::default()
    };
    let mails = store.mails(&filter, "birthe", 10).await.unwrap();
    mails.iter().map(|mail| mail.id).collect()
}

fn newsletter(number: u32) -> Vec<u8> {
    let headers = ["List-Id: <nyt.forening.example>"];
    eml(
        &format!("nyt-{number}@x"),
        &format!("Nyt fra foreningen {number}"),
        &headers,
    )
}

/// How likely the engine takes a mail to be for a case, for a user: in millionths.
async fn likely(store: &Store, engine: &Engine, mail_id: Uuid, viewer: &str) -> u64 {
    let row = store.mail_unchecked(mail_id).await.unwrap();
    let question = Question {
        mail: &row.envelope,
        beginning: &row.preview,
        signals: &Signals::of_row(&row),
        evidence: EvidenceSeen::default(),
    };
    let answer = engine.for_a_case(&question, viewer);
    (answer.probability.value() * 1e6).round() as u64
}

fn engine() -> Engine {
    Engine::new(Organisation {
        domains: OwnDomains::from(vec!["eksempelkommune.example".to_owned()]),
        ..Organisation::default()
    })
}

async fn follow(store: &Store, engine: &Engine, from: i64) -> i64 {
    let events = store.events_after(from, 100).await.unwrap();
    for event in &events {
        engine.apply(store, &event.kind).await.unwrap();
    }
    events.last().map_or(from, |event| event.id)
}

on_both! {
    what_is_said_of_a_mail_stays_until_it_is_taken_back(store) {
        let mails = stored(store, &[eml("a@x", "Kage", &[]), eml("b@x", "Hegn", &[])]).await;
        let first = store.say_not_for_a_case(mails[0], "birthe", day(3)).await.unwrap();
        assert_eq!((first.by.as_str(), first.at), ("birthe", day(3)));
        let again = store.say_not_for_a_case(mails[0], "birthe", day(4)).await.unwrap();
        assert_eq!(again, first, "who said it first is kept");
        assert_eq!(said(store, true).await, [mails[0]]);
        assert_eq!(said(store, false).await, [mails[1]]);
        assert_eq!(store.mail(mails[0], "birthe").await.unwrap().not_for_a_case, Some(first));
        for _ in 0..2 {
            store.take_back_not_for_a_case(mails[0], "birthe", day(5)).await.unwrap();
        }
        assert!(said(store, true).await.is_empty());
    }

    nobody_says_a_thing_of_a_mail_they_do_not_see(store) {
        let mail = stored(store, &[eml("a@x", "Kage", &[])]).await[0];
        let refused = store.say_not_for_a_case(mail, "carl", day(3)).await;
        assert!(matches!(refused, Err(StoreError::NotFound(_))), "{refused:?}");
        store.say_not_for_a_case(mail, "birthe", day(3)).await.unwrap();
        let refused = store.take_back_not_for_a_case(mail, "carl", day(3)).await;
        assert!(matches!(refused, Err(StoreError::NotFound(_))), "{refused:?}");
        assert_eq!(said(store, true).await, [mail]);
    }

    a_mail_that_is_filed_is_for_a_case_with_all_its_copies(store) {
        let copy = eml("a@x", "Hegn", &["Received: from et andet sted"]);
        let mails = stored(store, &[eml("a@x", "Hegn", &[]), copy]).await;
        assert_ne!(mails[0], mails[1]);
        for mail in &mails {
            store.say_not_for_a_case(*mail, "birthe", day(3)).await.unwrap();
        }
        let case = add_case(store, case("Hegnsyn")).await;
        let entry = file(store, mails[0], case.id, "birthe", "k").await.unwrap();
        assert!(said(store, true).await.is_empty());
        let refused = store.say_not_for_a_case(mails[1], "birthe", day(4)).await;
        assert!(matches!(refused, Err(StoreError::AlreadyFiled(_))), "{refused:?}");
        store.undo_entry(entry.id, "birthe", Duration::days(30), |_| Vec::new(), day(4)).await.unwrap();
        store.say_not_for_a_case(mails[1], "birthe", day(5)).await.unwrap();
    }

    every_process_learns_what_is_for_no_case_and_forgets_what_is_taken_back(store) {
        let raws: Vec<Vec<u8>> = (0..4).map(newsletter).collect();
        let mails = stored(store, &raws).await;
        assert_eq!(store.mail_unchecked(mails[0]).await.unwrap().envelope.kind, MailKind::Newsletter);
        let running = engine();
        let from = running.load(store).await.unwrap().last_event;
        let before = likely(store, &running, mails[3], "carl").await;
        for mail in &mails[..3] {
            store.say_not_for_a_case(*mail, "birthe", day(3)).await.unwrap();
        }
        let at = follow(store, &running, from).await;
        let taught = likely(store, &running, mails[3], "carl").await;
        assert!(taught < before, "{taught} {before}");
        follow(store, &running, from).await;
        let started_later = engine();
        started_later.load(store).await.unwrap();
        for process in [&running, &started_later] {
            assert_eq!(likely(store, process, mails[3], "carl").await, taught);
        }

        // What is filed rises, and each act can be taken back.
        let case = add_case(store, case("Foreningens tilskud")).await;
        let entry = file(store, mails[3], case.id, "birthe", "k").await.unwrap();
        let at = follow(store, &running, at).await;
        assert!(likely(store, &running, mails[3], "carl").await > taught);
        store.undo_entry(entry.id, "birthe", Duration::days(30), |_| Vec::new(), day(4)).await.unwrap();
        let at = follow(store, &running, at).await;
        assert_eq!(likely(store, &running, mails[3], "carl").await, taught);
        for mail in &mails[..3] {
            store.take_back_not_for_a_case(*mail, "birthe", day(5)).await.unwrap();
        }
        follow(store, &running, at).await;
        assert_eq!(likely(store, &running, mails[3], "carl").await, before);
    }

    what_a_mail_taught_is_forgotten_when_the_mail_is_put_away(store) {
        let mails = stored(store, &[newsletter(1), newsletter(2)]).await;
        let running = engine();
        let from = running.load(store).await.unwrap().last_event;
        let before = likely(store, &running, mails[1], "carl").await;
        store.say_not_for_a_case(mails[0], "birthe", day(3)).await.unwrap();
        let at = follow(store, &running, from).await;
        assert!(likely(store, &running, mails[1], "carl").await < before);
        // The other one stays: it is on a case.
        let kept = add_case(store, case("Foreningen")).await;
        let entry = file(store, mails[1], kept.id, "birthe", "k").await.unwrap();
        let mailbox = store.mailboxes(None).await.unwrap()[0].id;
        store.remove_mailbox(mailbox).await.unwrap();
        store.tidy(Duration::days(30), day(4)).await.unwrap();
        let tidied = store.tidy(Duration::days(30), day(5) + Duration::days(30)).await.unwrap();
        assert_eq!(tidied.mails_removed, 1);
        follow(store, &running, at).await;
        store.undo_entry(entry.id, "birthe", Duration::days(300), |_| Vec::new(), day(4)).await.unwrap();
        follow(store, &running, at).await;
        assert_eq!(likely(store, &running, mails[1], "carl").await, before);
    }
}

async fn say(app: &App, mail: Uuid, user: &str, method: Method) -> Answer {
    let path = format!("/api/v1/mails/{mail}/not-for-a-case");
    answer(app.request(method, &path, user)).await
}

async fn waiting(app: &App) -> Vec<Value> {
    let list = "/api/v1/mails?journaled=false&not_for_a_case=false";
    let page = app.get(list, "birthe").await.json();
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_mail_for_no_case_leaves_the_queue_and_comes_back() {
    let app = App::start().await;
    let mails = app
        .add_mails(&[eml("a@x", "Kage", &[]), eml("b@x", "Hegn", &[])])
        .await;
    assert_eq!(waiting(&app).await.len(), 2);
    for _ in 0..2 {
        let said = say(&app, mails[0], "birthe", Method::POST).await;
        assert_eq!((said.status, &said.json()["by"]), (200, &"birthe".into()));
    }
    let left = waiting(&app).await;
    assert_eq!((left.len(), &left[0]["subject"]), (1, &"Hegn".into()));
    let put_away = app.get("/api/v1/mails?not_for_a_case=true", "birthe").await;
    assert_eq!(
        put_away.json()["items"][0]["not_for_a_case"]["by"],
        "birthe"
    );
    let one = app
        .get(&format!("/api/v1/mails/{}", mails[0]), "birthe")
        .await;
    assert_eq!(one.json()["not_for_a_case"]["by"], "birthe");
    for _ in 0..2 {
        assert_eq!(
            say(&app, mails[0], "birthe", Method::DELETE).await.status,
            204
        );
    }
    assert_eq!(waiting(&app).await.len(), 2);
    let one = app
        .get(&format!("/api/v1/mails/{}", mails[0]), "birthe")
        .await;
    assert!(one.json().get("not_for_a_case").is_none());
}

#[tokio::test]
async fn of_a_mail_one_may_not_see_nothing_is_said() {
    let app = App::start().await;
    let mail = app.add_mails(&[eml("a@x", "Kage", &[])]).await[0];
    for method in [Method::POST, Method::DELETE] {
        let refused = say(&app, mail, "carl", method.clone()).await;
        let missing = say(&app, Uuid::now_v7(), "carl", method.clone()).await;
        assert_eq!((refused.status, missing.status), (404, 404));
        assert_eq!(refused.json()["detail"], missing.json()["detail"]);
        assert_eq!(say(&app, mail, "", method).await.status, 401);
    }
    assert_eq!(waiting(&app).await.len(), 1);
}

#[tokio::test]
async fn a_journaled_mail_is_not_said_to_be_for_no_case() {
    let app = App::start().await;
    let mail = app.add_mails(&[eml("a@x", "Hegn", &[])]).await[0];
    let case = app.add_case(case("Hegnsyn")).await;
    say(&app, mail, "birthe", Method::POST).await;
    let filed = app
        .journal(
            "birthe",
            "k",
            &json!({ "mail_id": mail, "case_id": case.id }),
        )
        .await;
    assert_eq!(filed.status, 201, "who files it has the last word");
    let refused = say(&app, mail, "birthe", Method::POST).await;
    assert_eq!(
        (refused.status, &refused.json()["type"]),
        (409, &"/problems/already-journaled".into())
    );
}

#[tokio::test]
async fn others_who_see_the_mail_hear_of_it() {
    use futures::StreamExt;
    let app = App::start().await;
    let mail = app.add_mails(&[eml("a@x", "Kage", &[])]).await[0];
    let listen = |user: &'static str| {
        let request = app.request(Method::GET, "/api/v1/events", user);
        async { request.send().await.unwrap().bytes_stream() }
    };
    let (mut birthe, mut carl) = (listen("birthe").await, listen("carl").await);
    say(&app, mail, "birthe", Method::POST).await;
    say(&app, mail, "birthe", Method::DELETE).await;
    app.add_case(case("Åben sag")).await;
    let mut heard = String::new();
    while !heard.contains("event: case.changed") {
        heard += std::str::from_utf8(&birthe.next().await.unwrap().unwrap()).unwrap();
    }
    assert!(heard.contains("event: mail.not_for_a_case\n"), "{heard}");
    assert!(
        heard.contains("event: mail.not_for_a_case_undone\n"),
        "{heard}"
    );
    assert!(heard.contains(&mail.to_string()));
    let heard = String::from_utf8(carl.next().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(
        heard.contains("event: case.changed") && !heard.contains("not_for_a_case"),
        "{heard}"
    );
}

#[tokio::test]
async fn suggestions_tell_whether_the_mail_is_for_a_case_and_why() {
    let app = App::start().await;
    let mails = app
        .add_mails(&[newsletter(1), eml("b@x", "Klage over hegn", &[])])
        .await;
    let told = async |mail: Uuid, language: &str| {
        let request = app.request(Method::POST, "/api/v1/suggestions", "birthe");
        let request = request.header("Accept-Language", language);
        answer(request.json(&json!({ "mail_id": mail })))
            .await
            .json()["for_a_case"]
            .clone()
    };
    let newsletter = told(mails[0], "da").await;
    assert!(
        newsletter["probability"].as_u64().unwrap() < 20,
        "{newsletter}"
    );
    assert_eq!(newsletter["reasons"][0]["kind"], "kind_newsletter");
    assert_eq!(newsletter["reasons"][0]["for_a_case"], false);
    assert_eq!(
        newsletter["reasons"][0]["text"],
        "Nyhedsbrev eller mailliste"
    );
    let english = told(mails[0], "en").await;
    assert_eq!(english["reasons"][0]["text"], "Newsletter or mailing list");
    let complaint = told(mails[1], "da").await;
    assert!(
        complaint["probability"].as_u64().unwrap() > 70,
        "{complaint}"
    );

    // The bytes of a stored mail, and of one that is not, are answered as well.
    let request = app.request(Method::POST, "/api/v1/suggestions", "carl");
    let request = request.header("Content-Type", "message/rfc822");
    let uploaded = answer(request.body(eml("c@x", "Klage over støj", &[])))
        .await
        .json();
    assert!(
        uploaded["for_a_case"]["probability"].as_u64().unwrap() > 60,
        "{uploaded}"
    );
}
