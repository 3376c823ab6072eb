//! Mail that waits: whose it is, until when it is put off, by when it is due, and who sees that.

use chrono::{Duration, NaiveDate, Utc};
use reqwest::Method;
use sagspost::{
    config::{Secret, Token},
    domain::role::Principal,
    store::{
        Assigned, Before, MailFilter, QueueAct, QueueFilter, Store, StoreError, Unit, UnitTree,
        User,
    },
    suggest::Organisation,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::store::file;
use crate::support::app::{Answer, App, answer};
use crate::support::store::{add_case, batch, case, day, eml, mailbox, user};

/// A shared mailbox of Birthe and Carl with these mails, and Birthe's own, which holds the first of them too. Dora has none.
struct Two {
    shared: Uuid,
    own: Uuid,
    mails: Vec<Uuid>,
}

async fn two(store: &Store, raws: &[Vec<u8>]) -> Two {
    for name in ["birthe", "carl", "dora"] {
        user(store, name).await;
    }
    let (shared, folder) = mailbox(store, "teknik", &["birthe", "carl"]).await;
    let stored = store
        .commit_batch(&batch(shared, folder, 1, raws), day(2))
        .await
        .unwrap();
    let (own, folder) = mailbox(store, "birthe", &["birthe"]).await;
    store
        .commit_batch(&batch(own, folder, 1, &raws[..1]), day(2))
        .await
        .unwrap();
    Two {
        shared,
        own,
        mails: stored.iter().map(|mail| mail.id).collect(),
    }
}

fn letters(count: u32) -> Vec<Vec<u8>> {
    (0..count)
        .map(|n| eml(&format!("{n}@x"), &format!("Brev {n}"), &[]))
        .collect()
}

fn filter() -> QueueFilter {
    QueueFilter {
        now: day(5),
        snoozed: Some(false),
        assigned: None,
        late: None,
        sender: None,
        only: Vec::new(),
    }
}

async fn listed(
    store: &Store,
    viewer: &str,
    queue: QueueFilter,
    mailbox: Option<Uuid>,
) -> Vec<Uuid> {
    let filter = MailFilter {
        mailbox_id: mailbox,
        journaled: Some(false),
        not_for_a_case: Some(false),
        queue: Some(queue),
        oldest_first: true,
        ..MailFilter::default()
    };
    let rows = store.mails(&filter, viewer, 100).await.unwrap();
    rows.iter().map(|row| row.id).collect()
}

async fn waits(store: &Store, viewer: &str) -> Vec<Uuid> {
    listed(store, viewer, filter(), None).await
}

async fn assigned_to(store: &Store, viewer: &str, to: Assigned) -> Vec<Uuid> {
    let queue = QueueFilter {
        assigned: Some(to),
        ..filter()
    };
    listed(store, viewer, queue, None).await
}

async fn act(
    store: &Store,
    mail: Uuid,
    act: QueueAct<'_>,
    user: &str,
) -> Result<Before, StoreError> {
    store
        .act_in_queue(&[mail], act, user, day(5))
        .await
        .unwrap()
        .remove(0)
}

fn person(name: &str) -> Principal {
    Principal::User(name.to_owned())
}

fn give(to: &Principal) -> QueueAct<'_> {
    QueueAct::Assign {
        to: Some(to),
        from: None,
    }
}

on_both! {
    a_mail_is_taken_once_and_given_back(store) {
        let Two { mails, .. } = two(store, &letters(2)).await;
        let before = act(store, mails[0], QueueAct::Take, "birthe").await.unwrap();
        assert_eq!(before, Before::default());
        let refused = act(store, mails[0], QueueAct::Take, "carl").await;
        assert!(
            matches!(&refused, Err(StoreError::AssignedToAnother(Some(who))) if who == "user:birthe"),
            "{refused:?}"
        );
        let told = store.waiting(&mails, "carl").await.unwrap();
        let assignment = told[0].assignment.as_ref().unwrap();
        assert_eq!((&*assignment.to, &*assignment.by, assignment.at), ("user:birthe", "birthe", day(5)));
        assert_eq!(told[1].assignment, None);
        assert_eq!(assigned_to(store, "carl", Assigned::To(person("birthe"))).await, [mails[0]]);
        assert_eq!(assigned_to(store, "carl", Assigned::ToNobody).await, [mails[1]]);

        // What undoes it gives it back, and nothing else that came in between.
        let birthe = person("birthe");
        let back = QueueAct::Assign { to: None, from: Some(Some(&birthe)) };
        act(store, mails[1], give(&person("carl")), "carl").await.unwrap();
        assert!(act(store, mails[1], back, "birthe").await.is_err());
        act(store, mails[0], back, "birthe").await.unwrap();
        assert_eq!(assigned_to(store, "carl", Assigned::ToNobody).await, [mails[0]]);
    }

    whoever_gets_a_mail_sees_it_and_only_as_long_as_they_have_it(store) {
        let Two { mails, .. } = two(store, &letters(2)).await;
        assert!(waits(store, "dora").await.is_empty());
        act(store, mails[0], give(&person("dora")), "carl").await.unwrap();
        assert_eq!(waits(store, "dora").await, [mails[0]]);
        assert!(store.mail(mails[0], "dora").await.is_ok());
        assert!(store.mail(mails[1], "dora").await.is_err());
        assert!(!store.is_in_mailbox_of(mails[0], "dora").await.unwrap(), "nor who got a blind copy");
        let told = store.waiting(&mails, "dora").await.unwrap();
        assert!(told[0].mailboxes.is_empty());
        act(store, mails[0], give(&person("carl")), "dora").await.unwrap();
        assert!(waits(store, "dora").await.is_empty());
        assert!(store.mail(mails[0], "dora").await.is_err());
    }

    a_unit_has_what_is_given_to_it(store) {
        let Two { mails, .. } = two(store, &letters(1)).await;
        let unit = |code: &str, parent: Option<&str>| Unit {
            code: code.to_owned(),
            name: format!("Afdeling {code}"),
            parent: parent.map(str::to_owned),
        };
        let tree = UnitTree::of(vec![unit("teknik", None), unit("byg", Some("teknik")), unit("tom", None)]);
        store.replace_units(&tree.unwrap()).await.unwrap();
        let dora = User {
            name: "dora".to_owned(),
            display_name: "Dora Æbelø".to_owned(),
            mail: None,
            unit: Some("byg".to_owned()),
        };
        store.save_user(&dora, day(1)).await.unwrap();
        let teknik = Principal::Unit("teknik".to_owned());
        act(store, mails[0], give(&teknik), "carl").await.unwrap();
        assert_eq!(assigned_to(store, "dora", Assigned::To(teknik)).await, [mails[0]]);
        assert_eq!(store.waiting(&mails, "dora").await.unwrap()[0].assignment.as_ref().unwrap().to_name, "Afdeling teknik");
        // A unit's mail is for the taking.
        act(store, mails[0], QueueAct::Take, "dora").await.unwrap();

        for nobody in ["unit:tom", "unit:findes-ikke", "user:findes-ikke", "role:registrar"] {
            let refused = act(store, mails[0], give(&nobody.parse().unwrap()), "carl").await;
            assert!(matches!(refused, Err(StoreError::NotFound("assignee"))), "{nobody}: {refused:?}");
        }
        let names = |part: &'static str| async move {
            let found = store.assignees(part, 10).await.unwrap();
            found.into_iter().map(|one| one.who).collect::<Vec<_>>()
        };
        assert_eq!(names("æbel").await, ["user:dora"]);
        assert_eq!(names("afd").await, ["unit:byg", "unit:teknik"]);
        assert_eq!(names("").await.len(), 5);
    }

    what_is_put_off_waits_on_where_others_see_it_elsewhere(store) {
        let Two { mails, shared, own } = two(store, &letters(2)).await;
        let until = QueueAct::Snooze { until: Some(day(9)) };
        act(store, mails[0], until, "carl").await.unwrap();
        assert_eq!(waits(store, "carl").await, [mails[1]]);
        // Birthe has it in her own mailbox too, where nobody put it off.
        assert_eq!(waits(store, "birthe").await, mails);
        assert_eq!(listed(store, "birthe", filter(), Some(shared)).await, [mails[1]]);
        let put_off = QueueFilter { snoozed: Some(true), ..filter() };
        assert_eq!(listed(store, "carl", put_off.clone(), None).await, [mails[0]]);
        assert_eq!(listed(store, "birthe", put_off.clone(), Some(own)).await, [] as [Uuid; 0]);
        let before = act(store, mails[0], until, "birthe").await.unwrap();
        assert_eq!(before.snoozed_until, Some(day(9)));
        assert_eq!(waits(store, "birthe").await, [mails[1]]);
        // The time comes, or somebody wakes it.
        let later = QueueFilter { now: day(9), ..filter() };
        assert_eq!(listed(store, "carl", later, None).await, mails);
        act(store, mails[0], QueueAct::Snooze { until: None }, "birthe").await.unwrap();
        assert_eq!(waits(store, "carl").await, mails);
    }

    of_a_mail_one_does_not_see_nothing_is_done(store) {
        let Two { mails, .. } = two(store, &letters(1)).await;
        for wish in [QueueAct::Take, give(&person("dora")), QueueAct::Snooze { until: Some(day(9)) }] {
            for mail in [mails[0], Uuid::now_v7()] {
                let refused = act(store, mail, wish, "dora").await;
                assert!(matches!(refused, Err(StoreError::NotFound("mail"))), "{refused:?}");
            }
        }
        assert_eq!(store.waiting(&mails, "carl").await.unwrap()[0].assignment, None);
        assert_eq!(waits(store, "carl").await, mails);
    }

    each_of_several_mails_has_its_own_answer(store) {
        let Two { mails, .. } = two(store, &letters(3)).await;
        act(store, mails[1], QueueAct::Take, "carl").await.unwrap();
        let missing = Uuid::now_v7();
        let all = [mails[0], mails[1], missing, mails[2]];
        let results = store.act_in_queue(&all, QueueAct::Take, "birthe", day(5)).await.unwrap();
        assert_eq!(results.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, false, true]);
        assert_eq!(assigned_to(store, "birthe", Assigned::To(person("birthe"))).await, [mails[0], mails[2]]);
    }

    a_rule_assigns_sets_a_date_and_says_why(store) {
        let Two { mails, shared, .. } = two(store, &letters(1)).await;
        store.assign_mail(mails[0], shared, &person("dora"), "rule:1", day(5)).await.unwrap();
        let date = NaiveDate::from_ymd_opt(2026, 3, 10).unwrap();
        store.set_mail_deadline(mails[0], date, "rule:1", day(5)).await.unwrap();
        store.note_waiting(mails[0], "unsure", day(5)).await.unwrap();
        store.note_waiting(mails[0], "rule_failed", day(6)).await.unwrap();
        let told = store.waiting(&mails, "dora").await.unwrap().remove(0);
        assert_eq!((told.deadline, told.reason.as_deref()), (Some(date), Some("rule_failed")));
        assert_eq!(told.assignment.unwrap().by, "rule:1");
        let nobody = store.assign_mail(mails[0], shared, &person("nobody"), "rule:1", day(5)).await;
        assert!(matches!(nobody, Err(StoreError::NotFound("assignee"))));
    }

    late_is_what_is_past_its_own_date_or_came_too_long_ago(store) {
        // All came on day 2.
        let Two { mails, .. } = two(store, &letters(3)).await;
        let late = |today: u32, before: u32| QueueFilter {
            late: Some((NaiveDate::from_ymd_opt(2026, 3, today).unwrap(), day(before))),
            ..filter()
        };
        store.set_mail_deadline(mails[0], NaiveDate::from_ymd_opt(2026, 3, 4).unwrap(), "r", day(3)).await.unwrap();
        store.set_mail_deadline(mails[1], NaiveDate::from_ymd_opt(2026, 3, 20).unwrap(), "r", day(3)).await.unwrap();
        assert_eq!(listed(store, "carl", late(5, 1), None).await, [mails[0]]);
        assert_eq!(listed(store, "carl", late(11, 4), None).await, [mails[0], mails[2]]);
        assert_eq!(listed(store, "carl", late(4, 1), None).await, [] as [Uuid; 0], "its last day is in time");
    }

    a_filed_mail_leaves_and_comes_back_as_it_was(store) {
        let Two { mails, .. } = two(store, &letters(1)).await;
        act(store, mails[0], QueueAct::Take, "carl").await.unwrap();
        let on = add_case(store, case("Hegnsyn")).await;
        let entry = file(store, mails[0], on.id, "carl", "k").await.unwrap();
        assert!(waits(store, "carl").await.is_empty());
        store.undo_entry(entry.id, "carl", Duration::days(30), |_| Vec::new(), day(4)).await.unwrap();
        assert_eq!(assigned_to(store, "carl", Assigned::To(person("carl"))).await, mails);
        store.say_not_for_a_case(mails[0], "carl", day(5)).await.unwrap();
        assert!(waits(store, "carl").await.is_empty());
    }

    a_sender_is_found_by_a_part_of_their_name_or_address(store) {
        let Two { mails, .. } = two(store, &letters(1)).await;
        for (part, found) in [("GERDA b", true), ("@borger.ex", true), ("100%", false), ("g_rda", false)] {
            let queue = QueueFilter { sender: Some(part.to_owned()), ..filter() };
            assert_eq!(!listed(store, "carl", queue, None).await.is_empty(), found, "{part}");
        }
        let other = QueueFilter { only: vec![Uuid::now_v7()], ..filter() };
        assert!(listed(store, "carl", other, None).await.is_empty());
        let this = QueueFilter { only: mails.clone(), ..filter() };
        assert_eq!(listed(store, "carl", this, None).await, mails);
    }
}

async fn app() -> App {
    let app = App::start_with(Organisation::default(), |_, config| {
        config.api.tokens.push(Token {
            user: "dora".to_owned(),
            token: Secret::new("token-of-dora".to_owned()),
        });
    })
    .await;
    user(&app.store, "dora").await;
    app
}

async fn queue(app: &App, query: &str, user: &str) -> Value {
    let page = app.get(&format!("/api/v1/queue{query}"), user).await;
    assert_eq!(page.status, 200, "{}", page.json());
    page.json()
}

async fn ids(app: &App, query: &str, user: &str) -> Vec<String> {
    let page = queue(app, query, user).await;
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

async fn acted(app: &App, act: &str, user: &str, body: &Value) -> Answer {
    app.post(&format!("/api/v1/queue/{act}"), user, body).await
}

#[tokio::test]
async fn the_queue_tells_of_each_mail_what_it_takes_to_settle_it() {
    let app = app().await;
    let hegn = app.add_case(case("Hegn ved nabogrund")).await;
    let newsletter = eml(
        "n@x",
        "Nyt fra foreningen",
        &["List-Id: <nyt.forening.example>"],
    );
    let about = format!("Svar på sag {}", hegn.number);
    app.add_mails(&[eml("a@x", &about, &[]), newsletter]).await;
    let page = queue(&app, "?oldest_first=true", "birthe").await;
    let items = page["items"].as_array().unwrap();
    let by_subject = |subject: &str| {
        items
            .iter()
            .find(|item| item["subject"] == subject)
            .unwrap()
    };
    let waits = by_subject(&about);
    assert_eq!(waits["suggestions"][0]["number"], json!(hegn.number));
    assert_eq!(
        waits["suggestions"][0]["evidence"][0]["kind"],
        "case_number"
    );
    assert_eq!(waits["mailboxes"][0]["name"], "leder");
    assert_eq!(
        waits["deadline"]["date"], "2026-03-11",
        "seven working days after 2 March"
    );
    assert_eq!(waits["deadline"]["is_past"], true);
    assert_eq!(
        (&waits["assignee"], &waits["snoozed"]),
        (&Value::Null, &Value::Null)
    );
    let newsletter = by_subject("Nyt fra foreningen");
    assert_eq!(newsletter["deadline"], Value::Null);
    assert_eq!(newsletter["waits"]["code"], "hardly_for_a_case");
    assert_eq!(newsletter["waits"]["text"], "Mailen hører næppe til en sag");
    // What has no deadline is past none.
    let late = queue(&app, "?overdue=true", "birthe").await;
    assert_eq!(late["items"].as_array().unwrap().len(), 1);
    assert_eq!(ids(&app, "", "carl").await, [] as [String; 0]);
}

#[tokio::test]
async fn the_queue_is_read_page_by_page_from_either_end() {
    let app = app().await;
    app.add_mails(&letters(5)).await;
    let newest = ids(&app, "", "birthe").await;
    let mut oldest = ids(&app, "?oldest_first=true", "birthe").await;
    oldest.reverse();
    assert_eq!(newest, oldest);
    for order in ["false", "true"] {
        let mut read = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = queue(
                &app,
                &format!("?limit=2&oldest_first={order}{cursor}"),
                "birthe",
            )
            .await;
            read.extend(
                page["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|item| item["id"].clone()),
            );
            let Some(next) = page["next_cursor"].as_str() else {
                break;
            };
            cursor = format!("&cursor={next}");
        }
        if order == "true" {
            read.reverse();
        }
        assert_eq!(json!(read), json!(newest));
    }
}

#[tokio::test]
async fn several_mails_are_taken_given_put_off_and_each_act_is_undone() {
    let app = app().await;
    let mails = app.add_mails(&letters(3)).await;
    let missing = Uuid::now_v7();
    let taken = acted(
        &app,
        "take",
        "birthe",
        &json!({ "mail_ids": [mails[0], missing] }),
    )
    .await
    .json();
    assert_eq!(
        taken["results"][0]["before"],
        json!({ "assignee": null, "snoozed_until": null })
    );
    assert_eq!(taken["results"][1]["problem"]["status"], 404);
    assert_eq!(
        ids(&app, "?assigned=mine", "birthe").await,
        [mails[0].to_string()]
    );
    assert_eq!(ids(&app, "?assigned=nobody", "birthe").await.len(), 2);

    let to_dora = json!({ "mail_ids": [mails[0], mails[1]], "to": "user:dora" });
    let given = acted(&app, "assign", "birthe", &to_dora).await.json();
    assert_eq!(given["results"][0]["before"]["assignee"], "user:birthe");
    assert_eq!(ids(&app, "?assigned=user:dora", "birthe").await.len(), 2);
    assert_eq!(ids(&app, "?assigned=mine", "dora").await.len(), 2);
    let dora = queue(&app, "", "dora").await;
    assert_eq!(dora["items"][0]["assignee"]["name"], "dora");
    // Dora takes one; Birthe's undo then leaves it to her, and says so.
    acted(&app, "take", "dora", &json!({ "mail_ids": [mails[0]] })).await;
    let undo = json!({ "mail_ids": [mails[1]], "to": null, "from": "user:dora" });
    assert_eq!(
        acted(&app, "assign", "birthe", &undo).await.json()["results"][0]["problem"],
        Value::Null
    );
    let again = acted(&app, "assign", "birthe", &undo).await.json();
    assert_eq!(
        again["results"][0]["problem"]["type"],
        "/problems/assigned-to-another"
    );

    let until = Utc::now() + Duration::days(2);
    let put_off = json!({ "mail_ids": [mails[2]], "until": until });
    assert_eq!(acted(&app, "snooze", "birthe", &put_off).await.status, 200);
    assert_eq!(ids(&app, "", "birthe").await.len(), 2);
    let named = format!("?mails={}", mails[2]);
    assert_eq!(
        ids(&app, &named, "birthe").await.len(),
        1,
        "one that is named is told of, asleep or not"
    );
    let asleep = queue(&app, "?snoozed=true", "birthe").await;
    assert_eq!(asleep["items"][0]["snoozed"]["by"], "birthe");
    acted(
        &app,
        "snooze",
        "birthe",
        &json!({ "mail_ids": [mails[2]], "until": null }),
    )
    .await;
    assert_eq!(ids(&app, "", "birthe").await.len(), 3);
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_at_its_field() {
    let app = app().await;
    let mails = app.add_mails(&letters(1)).await;
    let many: Vec<Uuid> = (0..201).map(|_| Uuid::now_v7()).collect();
    for (act, body, field) in [
        ("take", json!({ "mail_ids": [] }), "mail_ids"),
        ("take", json!({ "mail_ids": many }), "mail_ids"),
        ("assign", json!({ "mail_ids": mails, "to": "dora" }), "to"),
        (
            "assign",
            json!({ "mail_ids": mails, "to": "role:auditor" }),
            "to",
        ),
        (
            "snooze",
            json!({ "mail_ids": mails, "until": "2001-01-01T00:00:00Z" }),
            "until",
        ),
        (
            "snooze",
            json!({ "mail_ids": mails, "until": "2999-01-01T00:00:00Z" }),
            "until",
        ),
    ] {
        let refused = acted(&app, act, "birthe", &body).await;
        assert_eq!(
            (refused.status, &refused.json()["field"]),
            (422, &field.into()),
            "{act} {body}"
        );
    }
    let nobody = json!({ "mail_ids": mails, "to": "user:nobody" });
    let refused = acted(&app, "assign", "birthe", &nobody).await.json();
    assert_eq!(refused["results"][0]["problem"]["field"], "to");
    for query in ["?assigned=x", "?mails=x", "?limit=0", "?cursor=x"] {
        assert_eq!(
            app.get(&format!("/api/v1/queue{query}"), "birthe")
                .await
                .status,
            422,
            "{query}"
        );
    }
}

#[tokio::test]
async fn whoever_gets_and_whoever_loses_a_mail_hears_of_it() {
    use futures::StreamExt;
    let app = app().await;
    let mails = app.add_mails(&letters(1)).await;
    let listen = |user: &'static str| {
        let request = app.request(Method::GET, "/api/v1/events", user);
        async { request.send().await.unwrap().bytes_stream() }
    };
    let (mut dora, mut carl) = (listen("dora").await, listen("carl").await);
    let give = |to: Value| json!({ "mail_ids": mails, "to": to });
    acted(&app, "assign", "birthe", &give("user:dora".into())).await;
    acted(&app, "assign", "birthe", &give(Value::Null)).await;
    app.add_case(case("Åben sag")).await;
    let heard =
        async |stream: &mut (
                        dyn futures::Stream<Item = reqwest::Result<bytes::Bytes>> + Unpin + Send
                    )| {
            let mut heard = String::new();
            while !heard.contains("event: case.changed") {
                heard += std::str::from_utf8(&stream.next().await.unwrap().unwrap()).unwrap();
            }
            heard.matches("event: mail.assigned").count()
        };
    // The first she may have heard too late to see what it was about, and then from the second.
    assert!((1..=2).contains(&heard(&mut dora).await));
    assert_eq!(heard(&mut carl).await, 0);
}

#[tokio::test]
async fn names_of_those_who_can_be_given_mail_are_looked_up() {
    let app = app().await;
    let found = app
        .get("/api/v1/queue/assignees?q=do", "birthe")
        .await
        .json();
    assert_eq!(
        found,
        json!([{ "who": "user:dora", "name": "dora", "unit": null }])
    );
    // The auditor sees no mail, and is given none.
    let all = answer(app.request(Method::GET, "/api/v1/queue/assignees", "birthe"))
        .await
        .json();
    assert_eq!(all.as_array().unwrap().len(), 3);
}
