//! Access lists: who is let in by what they belong to, who may change what, and what is shown to fewer than a case.

use chrono::{Duration, Utc};
use reqwest::Method;
use sagspost::domain::access::{Allowed, CaseAccess, Level};
use sagspost::domain::role::{Grant, Principal, Role, Scope};
use sagspost::store::{
    CaseQuery, ImportedUser, MailboxRole, NewCase, Store, StoreError, Unit, UnitTree, User,
};
use serde_json::{Value, json};

use crate::support::app::{Answer, App, answer};
use crate::support::cli::Cli;
use crate::support::store::{add_case, case, day, eml, mailbox, user};

fn who(text: &str) -> Principal {
    text.parse().unwrap()
}

fn restricted(lines: &[(&str, Level)]) -> CaseAccess {
    let lines = lines
        .iter()
        .map(|(principal, may)| Allowed::new(who(principal), *may));
    CaseAccess::restricted(lines.collect())
}

async fn move_to(store: &Store, name: &str, unit: Option<&str>, groups: &[&str]) {
    let person = ImportedUser {
        user: User {
            name: name.to_owned(),
            display_name: name.to_owned(),
            mail: None,
            unit: unit.map(str::to_owned),
        },
        groups: Some(groups.iter().map(|group| (*group).to_owned()).collect()),
    };
    store.import_users(&[person], day(1)).await.unwrap();
}

async fn teknik_with_byg_below(store: &Store) {
    let unit = |code: &str, parent: Option<&str>| Unit {
        code: code.to_owned(),
        name: code.to_owned(),
        parent: parent.map(str::to_owned),
    };
    let tree = UnitTree::of(vec![unit("teknik", None), unit("byg", Some("teknik"))]).unwrap();
    store.replace_units(&tree).await.unwrap();
}

async fn give_role(store: &Store, name: &str, role: Role) {
    let grant = Grant {
        to: Principal::User(name.to_owned()),
        role,
        scope: Scope::Everywhere,
    };
    store.grant(&grant).await.unwrap();
}

on_both! {
    who_belongs_to_a_unit_on_the_list_or_below_it_is_let_in_as_long_as_they_do(store) {
        teknik_with_byg_below(store).await;
        move_to(store, "jens", Some("byg"), &[]).await;
        let access = restricted(&[("unit:teknik", Level::Read)]);
        let made = add_case(store, NewCase { access, ..case("Ulovligt byggeri") }).await;
        assert_eq!(store.level_of_case(made.id, "jens").await.unwrap(), Level::Read);
        assert_eq!(store.cases(&CaseQuery::default(), "jens", 10).await.unwrap().len(), 1);
        move_to(store, "jens", None, &[]).await;
        assert!(matches!(store.case(made.id, "jens").await, Err(StoreError::NotFound(_))));
        assert_eq!(store.cases(&CaseQuery::default(), "jens", 10).await.unwrap(), []);
    }

    a_list_gives_each_the_most_that_any_of_its_lines_gives_them(store) {
        move_to(store, "jens", Some("byg"), &["ledere"]).await;
        let access = restricted(&[("unit:byg", Level::Read), ("group:ledere", Level::Manage)]);
        let made = add_case(store, NewCase { access, ..case("Personalesag") }).await;
        assert_eq!(store.level_of_case(made.id, "jens").await.unwrap(), Level::Manage);
        move_to(store, "jens", Some("byg"), &[]).await;
        assert_eq!(store.level_of_case(made.id, "jens").await.unwrap(), Level::Read);
    }

    who_is_responsible_manages_and_registrars_of_the_unit_manage_what_is_open(store) {
        user(store, "birthe").await;
        user(store, "karen").await;
        let grant = Grant {
            to: who("user:karen"),
            role: Role::Registrar,
            scope: Scope::Unit("teknik".to_owned()),
        };
        teknik_with_byg_below(store).await;
        store.grant(&grant).await.unwrap();
        let new = |access| NewCase {
            responsible: Some("birthe".to_owned()),
            unit: Some("byg".to_owned()),
            access,
            ..case("Byggesag")
        };
        let open = add_case(store, new(CaseAccess::open())).await;
        let closed = add_case(store, new(restricted(&[]))).await;
        for made in [open.id, closed.id] {
            assert_eq!(store.level_of_case(made, "birthe").await.unwrap(), Level::Manage);
        }
        assert_eq!(store.level_of_case(open.id, "karen").await.unwrap(), Level::Manage);
        assert!(matches!(store.case(closed.id, "karen").await, Err(StoreError::NotFound(_))));
    }

    a_mailbox_is_seen_by_those_it_was_given_to_until_it_is_taken_from_them(store) {
        user(store, "birthe").await;
        move_to(store, "jens", Some("byg"), &[]).await;
        let (leder, _) = mailbox(store, "leder", &["birthe"]).await;
        assert!(!store.may_see_mailbox(leder, "jens").await.unwrap());
        let unit = who("unit:byg");
        store.give_mailbox("leder", &unit, MailboxRole::Delegate, day(2)).await.unwrap();
        assert!(store.may_see_mailbox(leder, "jens").await.unwrap());
        assert_eq!(store.mailboxes(Some("jens")).await.unwrap().len(), 1);
        store.take_mailbox("leder", &unit, day(2)).await.unwrap();
        assert!(!store.may_see_mailbox(leder, "jens").await.unwrap());
        let again = store.take_mailbox("leder", &unit, day(2)).await;
        assert!(matches!(again, Err(StoreError::NotFound(_))));
    }

    a_registrar_of_a_mailbox_sees_it_by_their_role_alone(store) {
        user(store, "birthe").await;
        user(store, "karen").await;
        let (leder, _) = mailbox(store, "leder", &["birthe"]).await;
        let grant = Grant {
            to: who("user:karen"),
            role: Role::Registrar,
            scope: Scope::Mailbox("leder".to_owned()),
        };
        store.grant(&grant).await.unwrap();
        assert!(store.may_see_mailbox(leder, "karen").await.unwrap());
        store.revoke_grant(&grant).await.unwrap();
        assert!(!store.may_see_mailbox(leder, "karen").await.unwrap());
    }

    only_who_manages_a_case_changes_its_list_and_nobody_locks_themselves_out(store) {
        user(store, "birthe").await;
        user(store, "jens").await;
        let access = restricted(&[("user:birthe", Level::Manage), ("user:jens", Level::Write)]);
        let made = add_case(store, NewCase { access, ..case("Personalesag") }).await;
        let wider = restricted(&[("user:birthe", Level::Manage), ("role:user", Level::Read)]);
        let by_jens = store.set_case_access(made.id, &wider, None, "jens", day(2)).await;
        assert!(matches!(by_jens, Err(StoreError::NotAllowed(_))), "{by_jens:?}");
        let without_me = restricted(&[("user:jens", Level::Manage)]);
        let locked = store.set_case_access(made.id, &without_me, None, "birthe", day(2)).await;
        assert!(matches!(locked, Err(StoreError::LockedOut)), "{locked:?}");
        assert_eq!(store.case(made.id, "birthe").await.unwrap().access, made.access);
        let late = store.set_case_access(made.id, &wider, Some(9), "birthe", day(2)).await;
        assert!(matches!(late, Err(StoreError::VersionConflict)), "{late:?}");
        let changed = store.set_case_access(made.id, &wider, Some(1), "birthe", day(2)).await;
        assert_eq!(changed.unwrap().version, 2);
        assert_eq!(store.level_of_case(made.id, "jens").await.unwrap(), Level::Read);
    }

    a_case_opened_in_an_emergency_can_be_read_until_its_time_is_over(store) {
        for name in ["birthe", "eva"] {
            user(store, name).await;
        }
        give_role(store, "eva", Role::Emergency).await;
        let access = CaseAccess::of_users(["birthe"]);
        let made = add_case(store, NewCase { access, ..case("Børnesag") }).await;
        let (now, ends) = (day(2), day(2) + Duration::hours(8));
        let open = async |user: &str, number: &str| {
            store.open_in_emergency(number, user, "Barnet skal hentes", now, ends).await
        };
        assert!(matches!(open("birthe", &made.number).await, Err(StoreError::NotFound(_))));
        assert!(matches!(open("eva", "2026-99999").await, Err(StoreError::NotFound(_))));
        open("eva", &made.number).await.unwrap();
        assert_eq!(store.level_of_case(made.id, "eva").await.unwrap(), Level::Read);
        assert!(matches!(open("eva", &made.number).await, Err(StoreError::AlreadyOpen)));
        assert_eq!(store.case(made.id, "birthe").await.unwrap().access, made.access);
        assert_eq!(store.end_emergencies(ends - Duration::seconds(1)).await.unwrap(), 0);
        assert_eq!(store.end_emergencies(ends).await.unwrap(), 1);
        assert!(matches!(store.case(made.id, "eva").await, Err(StoreError::NotFound(_))));
    }

    an_emergency_is_told_to_those_who_manage_the_case_until_they_have_seen_it(store) {
        for name in ["birthe", "jens", "eva"] {
            user(store, name).await;
        }
        give_role(store, "eva", Role::Emergency).await;
        let access = restricted(&[("user:birthe", Level::Manage), ("user:jens", Level::Write)]);
        let made = add_case(store, NewCase { access, ..case("Børnesag") }).await;
        let ends = day(2) + Duration::hours(8);
        let opened = store.open_in_emergency(&made.number, "eva", "Barnet skal hentes", day(2), ends);
        opened.await.unwrap();
        let told = store.notices("birthe").await.unwrap();
        assert_eq!((&*told[0].user_name, &*told[0].reason), ("eva", "Barnet skal hentes"));
        assert_eq!(store.notices("jens").await.unwrap(), []);
        assert!(matches!(store.notice_seen(told[0].id, "jens").await, Err(StoreError::NotFound(_))));
        store.notice_seen(told[0].id, "birthe").await.unwrap();
        assert_eq!(store.notices("birthe").await.unwrap(), []);
    }
}

/// A mail filed on an open case for Birthe and nobody else: (app, mail, case, entry).
async fn filed_for_birthe_alone() -> (App, uuid::Uuid, uuid::Uuid, String) {
    let app = App::start().await;
    let mails = app.add_mails(&[eml("1@x", "Sygemelding", &[])]).await;
    let new = NewCase {
        responsible: Some("birthe".to_owned()),
        ..case("Hegn ved nabogrund")
    };
    let open = app.add_case(new).await;
    let body = json!({ "mail_id": mails[0], "case_id": open.id, "only_for": [] });
    let entry = app.journal("birthe", "1", &body).await;
    assert_eq!(entry.status, 201, "{}", entry.json());
    let entry = entry.json()["id"].as_str().unwrap().to_owned();
    (app, mails[0], open.id, entry)
}

async fn documents(app: &App, case: uuid::Uuid, user: &str) -> usize {
    let path = format!("/api/v1/cases/{case}/documents");
    let documents = app.get(&path, user).await.json();
    documents.as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn what_is_filed_for_few_is_not_on_the_case_for_others() {
    let (app, mail, case, entry) = filed_for_birthe_alone().await;
    assert_eq!(documents(&app, case, "birthe").await, 1);
    assert_eq!(documents(&app, case, "carl").await, 0);
    for path in [
        format!("/api/v1/mails/{mail}"),
        format!("/api/v1/journal/{entry}"),
    ] {
        assert_eq!(app.get(&path, "birthe").await.status, 200, "{path}");
        assert_eq!(app.get(&path, "carl").await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn who_files_again_what_was_filed_for_others_is_not_told_by_whom() {
    let (app, mail, case, _) = filed_for_birthe_alone().await;
    let body = json!({ "mail_id": mail, "case_id": case });
    let by_birthe = app.journal("birthe", "2", &body).await;
    assert_eq!(by_birthe.json()["type"], "/problems/already-journaled");
    let leder = Principal::User("carl".to_owned());
    let given = app
        .store
        .give_mailbox("leder", &leder, MailboxRole::Delegate, day(2));
    given.await.unwrap();
    let by_carl = app.journal("carl", "3", &body).await;
    assert_eq!(
        (by_carl.status, &by_carl.json()["type"]),
        (409, &json!("/problems/already-journaled"))
    );
    assert!(!String::from_utf8_lossy(&by_carl.body).contains("birthe"));
}

async fn set_access(app: &App, entry: &str, user: &str, only_for: Value) -> Answer {
    let path = format!("/api/v1/journal/{entry}/access");
    let body = json!({ "only_for": only_for });
    answer(app.request(Method::PUT, &path, user).json(&body)).await
}

#[tokio::test]
async fn who_manages_the_case_says_later_who_may_see_what_was_filed() {
    let (app, _, case, entry) = filed_for_birthe_alone().await;
    assert_eq!(
        set_access(&app, &entry, "carl", Value::Null).await.status,
        404
    );
    assert_eq!(
        set_access(&app, &entry, "birthe", json!(["user:carl"]))
            .await
            .status,
        409
    );
    let both = json!(["user:birthe", "user:carl"]);
    assert_eq!(
        set_access(&app, &entry, "birthe", both.clone())
            .await
            .status,
        204
    );
    assert_eq!(documents(&app, case, "carl").await, 1);
    let jens = user(&app.store, "jens").await;
    assert_eq!(app.store.documents(case, &jens).await.unwrap(), []);
    assert_eq!(
        set_access(&app, &entry, "carl", Value::Null).await.status,
        403
    );
    let told = app
        .get(&format!("/api/v1/journal/{entry}"), "birthe")
        .await
        .json();
    assert_eq!(told["only_for"], both);
    assert_eq!(
        set_access(&app, &entry, "birthe", Value::Null).await.status,
        204
    );
    assert_eq!(app.store.documents(case, &jens).await.unwrap().len(), 1);
}

#[tokio::test]
async fn from_what_is_filed_for_few_nothing_is_suggested_until_it_is_opened() {
    let (app, _, case, entry) = filed_for_birthe_alone().await;
    let answering = eml("2@x", "Sygemelding", &["In-Reply-To: <1@x>"]);
    let mail = app.add_mails(&[answering]).await[0];
    let reasons = async || -> String {
        app.engine.load(&app.store).await.unwrap();
        let asked = app
            .post("/api/v1/suggestions", "birthe", &json!({ "mail_id": mail }))
            .await;
        asked.json()["cases"].to_string()
    };
    assert!(!reasons().await.contains("same_thread"));
    assert_eq!(
        set_access(&app, &entry, "birthe", Value::Null).await.status,
        204
    );
    let told = reasons().await;
    assert!(
        told.contains("same_thread") && told.contains(&case.to_string()),
        "{told}"
    );
}

async fn patch(app: &App, case: uuid::Uuid, user: &str, body: &Value) -> Answer {
    let path = format!("/api/v1/cases/{case}");
    answer(app.request(Method::PATCH, &path, user).json(body)).await
}

#[tokio::test]
async fn whoever_may_only_read_a_case_files_closes_and_opens_nothing() {
    let app = App::start().await;
    let mail = app.add_mails(&[eml("1@x", "Hegn", &[])]).await[0];
    let access = restricted(&[("user:carl", Level::Manage), ("user:birthe", Level::Read)]);
    let closed = app
        .add_case(NewCase {
            access,
            ..case("Personalesag")
        })
        .await;
    let body = json!({ "mail_id": mail, "case_id": closed.id });
    let filed = app.journal("birthe", "1", &body);
    let filed = filed.await;
    assert_eq!(
        (filed.status, &filed.json()["type"]),
        (403, &json!("/problems/not-allowed"))
    );
    let wider = json!({ "access": { "code": "open" } });
    for body in [json!({ "status": "closed" }), wider.clone()] {
        assert_eq!(
            patch(&app, closed.id, "birthe", &body).await.status,
            403,
            "{body}"
        );
    }
    let seen = app
        .get(&format!("/api/v1/cases/{}", closed.id), "birthe")
        .await
        .json();
    assert_eq!(seen["may"], "read");
    let wider =
        json!({ "access": { "code": "open", "list": [{ "who": "user:carl", "may": "manage" }] } });
    assert_eq!(patch(&app, closed.id, "carl", &wider).await.status, 200);
    let seen = app
        .get(&format!("/api/v1/cases/{}", closed.id), "birthe")
        .await
        .json();
    assert_eq!(seen["may"], "write");
}

#[tokio::test]
async fn a_list_with_somebody_who_is_not_there_is_refused_at_their_place() {
    let app = App::start().await;
    for (access, field) in [
        (
            json!({ "code": "restricted", "list": [{ "who": "user:birthe", "may": "read" }, { "who": "user:bitre", "may": "read" }] }),
            "access.list[1]",
        ),
        (
            json!({ "code": "restricted", "list": [{ "who": "unit:tekink", "may": "read" }] }),
            "access.list[0]",
        ),
        (
            json!({ "code": "restricted", "list": [{ "who": "birthe", "may": "read" }] }),
            "access.list[0].who",
        ),
        (json!({ "code": "hemmelig" }), "access.code"),
        (
            json!({ "code": "open", "list": [{ "who": "user:birthe", "may": "own" }] }),
            "access.list[0].may",
        ),
    ] {
        let made = app
            .make_case(
                "birthe",
                &access.to_string(),
                &json!({ "title": "Sag", "access": access }),
            )
            .await;
        assert_eq!(made.status, 422, "{access}: {}", made.json());
        assert_eq!(made.json()["field"], field, "{access}");
    }
}

#[tokio::test]
async fn an_emergency_needs_a_reason_and_is_nobodys_to_give() {
    let app = App::start().await;
    give_role(&app.store, "carl", Role::Emergency).await;
    let hidden = app.hidden_case("Børnesag", "birthe").await;
    let open = async |user: &str, reason: &str| {
        let body = json!({ "number": hidden.number, "reason": reason });
        app.post("/api/v1/cases/emergency", user, &body).await
    };
    let short = open("carl", "haster").await;
    assert_eq!(
        (short.status, &short.json()["field"]),
        (422, &json!("reason"))
    );
    assert_eq!(open("rita", "Barnet skal hentes").await.status, 404);
    let opened = open("carl", "Barnet skal hentes").await;
    assert_eq!(opened.status, 201);
    let ends = opened.json()["ends_at"]
        .as_str()
        .unwrap()
        .parse::<chrono::DateTime<Utc>>();
    assert!(ends.unwrap() <= Utc::now() + Duration::hours(8));
    assert_eq!(
        app.get(&format!("/api/v1/cases/{}", hidden.id), "carl")
            .await
            .json()["may"],
        "read"
    );
    let told = app.get("/api/v1/notices", "birthe").await.json();
    assert_eq!(told[0]["opened_by"], "carl");
}

#[test]
fn a_mailbox_is_given_and_taken_on_the_command_line() {
    let cli = Cli::new();
    let does = |arguments: &[&str]| {
        let said = cli.run(arguments);
        assert_eq!(said.code, 0, "{arguments:?}: {}", said.err);
        said.out
    };
    does(&["migrate"]);
    for name in ["birthe", "jens"] {
        does(&["user", "add", name, "--display-name", name]);
    }
    let mails = cli.path("mails");
    std::fs::create_dir(&mails).unwrap();
    let mails = mails.to_str().unwrap();
    does(&[
        "mailbox",
        "add",
        "leder",
        "--user",
        "birthe",
        "--maildir",
        mails,
    ]);
    does(&["mailbox", "give", "leder", "user:jens", "--as", "registrar"]);
    assert!(does(&["mailbox", "list"]).contains("jens"));
    let unknown = cli.run(&["mailbox", "give", "leder", "unit:tekink"]);
    assert!(
        unknown.err.contains("nobody counts as unit:tekink"),
        "{}",
        unknown.err
    );
    does(&["mailbox", "take", "leder", "user:jens"]);
    assert!(!does(&["mailbox", "list"]).contains("jens"));
}
