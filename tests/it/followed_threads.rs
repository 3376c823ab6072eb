//! What follows in a thread goes where its first mail went: in either direction, once, and not for ever.

use std::sync::Arc;

use chrono::Utc;
use sagspost::config::Follow;
use sagspost::domain::case::{Case, CaseStatus};
use sagspost::domain::role::Principal;
use sagspost::journal::{self, Choice, OpenMail, Request};
use sagspost::mailbox::{TokenCache, settings::Settings};
use sagspost::mime;
use sagspost::outbox::Outbox;
use sagspost::store::{
    Arrived, AuditFilter, Entry, FollowMode, Following, MailFilter, MailRow, Store,
};
use sagspost::triage::{self, FilingRules, Settled};
use serde_json::json;
use uuid::Uuid;

use crate::support::app::App;
use crate::support::dovecot::Dovecot;
use crate::support::filing::{self, TRUSTED};
use crate::support::house::{House, VIEWER};
use crate::support::store::{add_case, batch, case, day, eml, mailbox, user};
use crate::support::wait_for;

const BIRTHE: &str = "birthe.lund";

fn tokens() -> TokenCache {
    TokenCache::new(tokio::runtime::Handle::current())
}

fn outbox(store: &Store, rules: Arc<FilingRules>) -> Outbox {
    filing::outbox(store, tokens(), rules, None)
}

/// A reply of Gerda's to the mail `first@x`.
fn reply(id: &str, headers: &[&str]) -> Vec<u8> {
    let mut all = vec!["References: <first@x>"];
    all.extend(headers);
    eml(id, "SV: Hegn ved nabogrund", &all)
}

/// A house whose first mail is stored, and two mailboxes.
struct Thread<'a> {
    store: &'a Store,
    outbox: Outbox,
    case: Case,
    first: MailRow,
    mailboxes: [(Uuid, Uuid); 2],
    next_uid: std::cell::Cell<u32>,
}

impl<'a> Thread<'a> {
    async fn with(store: &'a Store, rules: Arc<FilingRules>) -> Self {
        for name in ["birthe", "carl"] {
            user(store, name).await;
        }
        let mailboxes = [
            mailbox(store, "birthe", &["birthe"]).await,
            mailbox(store, "carl", &["carl"]).await,
        ];
        let case = add_case(store, case("Hegn ved nabogrund")).await;
        let raw = eml("first@x", "Hegn ved nabogrund", &[]);
        let first = batch(mailboxes[0].0, mailboxes[0].1, 1, &[raw]);
        let id = store.commit_batch(&first, day(2)).await.unwrap()[0].id;
        let outbox = outbox(store, rules);
        filing::run(&outbox).await;
        Self {
            outbox,
            case,
            first: store.mail_unchecked(id).await.unwrap(),
            mailboxes,
            next_uid: std::cell::Cell::new(2),
            store,
        }
    }

    /// Birthe has journaled the first mail, and said nothing else.
    async fn followed(store: &'a Store) -> Self {
        let thread = Self::with(store, filing::rules()).await;
        thread.journal(&thread.first, &thread.case, None).await;
        thread
    }

    async fn journal(&self, row: &MailRow, case: &Case, only_for: Option<Vec<Principal>>) -> Entry {
        let raw = self.store.blob(row.sha256).await.unwrap();
        let mail = mime::parse(&raw);
        let suggested = journal::Suggested::of(self.outbox.engine.describe(&mail, &[], day(2)));
        let request = Request {
            case_id: case.id,
            choice: Choice::default(),
            type_lessons: None,
            suggestion_lesson: None,
            case_kle: None,
            only_for,
            following: self.outbox.filing.following(),
            idempotency_key: Uuid::now_v7().to_string(),
        };
        let opened = OpenMail {
            row,
            raw: &raw,
            mail: &mail,
        };
        journal::journal(self.store, opened, &suggested, &request, "birthe", day(3))
            .await
            .unwrap()
    }

    /// A mail comes to lie in one of the mailboxes: 0 is Birthe's, 1 is Carl's.
    async fn arrives(&self, mailbox: usize, raw: Vec<u8>) -> Arrived {
        let (mailbox_id, folder) = self.mailboxes[mailbox];
        let uid = self.next_uid.replace(self.next_uid.get() + 1);
        let arrived = batch(mailbox_id, folder, uid, &[raw]);
        let stored = self.store.commit_batch(&arrived, day(4)).await.unwrap();
        Arrived {
            mailbox_id,
            mail_id: stored[0].id,
            chosen_case: None,
            put_off: 0,
        }
    }

    /// What becomes of a mail that arrives.
    async fn settled(&self, raw: Vec<u8>) -> Settled {
        let arrived = self.arrives(0, raw).await;
        let settled = triage::triage(self.outbox.house(), &arrived, true);
        Box::pin(settled).await.unwrap()
    }

    async fn entries(&self, mail_id: Uuid) -> Vec<Entry> {
        let row = self.store.mail_unchecked(mail_id).await.unwrap();
        self.store
            .entries_of_mail(&row.fingerprint, "birthe")
            .await
            .unwrap()
    }
}

on_both! {
what_follows_is_filed_on_the_same_case_in_the_name_of_who_follows(store) {
    let thread = Thread::followed(store).await;
    // Carl's mailbox sees it; Birthe's does not.
    let answer = thread.arrives(1, reply("answer@x", &[])).await;
    filing::run(&thread.outbox).await;
    let entries = thread.entries(answer.mail_id).await;
    assert_eq!(entries.len(), 1);
    assert_eq!(
        (entries[0].case_id, &*entries[0].created_by),
        (thread.case.id, "birthe")
    );
    store.write_records().await.unwrap();
    let records = store.audit_found(&AuditFilter::default(), None, 50).await.unwrap();
    let why = |entry: Uuid| {
        let record = records.iter().find(|(_, record)| record.subject_id == entry.to_string());
        record.and_then(|(_, record)| record.why.clone())
    };
    assert_eq!(why(entries[0].id).as_deref(), Some("thread"));
}

what_follows_is_seen_by_those_alone_who_see_what_it_began_with(store) {
    let thread = Thread::with(store, filing::rules()).await;
    let few = Some(vec!["user:birthe".parse().unwrap()]);
    let entry = thread.journal(&thread.first, &thread.case, few).await;
    let answer = thread.arrives(0, reply("answer@x", &[])).await;
    filing::run(&thread.outbox).await;
    let answered = thread.entries(answer.mail_id).await.remove(0);
    assert!(store.entry(answered.id, "carl").await.is_err());
    // Whatever is said of it later.
    let both = ["user:birthe".parse().unwrap(), "user:carl".parse().unwrap()];
    store.set_entry_access(entry.id, Some(&both), "birthe", day(4)).await.unwrap();
    let next = thread.arrives(0, reply("next@x", &[])).await;
    filing::run(&thread.outbox).await;
    let next = thread.entries(next.mail_id).await.remove(0);
    assert!(store.entry(next.id, "carl").await.is_ok());
}

two_mailboxes_that_see_a_mail_at_once_file_it_once(store) {
    let thread = Thread::followed(store).await;
    let trace = |by: &str| reply("answer@x", &[&format!("Received: by {by}")]);
    let one = thread.arrives(0, trace("mx1")).await;
    let other = thread.arrives(1, trace("mx2")).await;
    assert_ne!(one.mail_id, other.mail_id, "two mails by their bytes");
    let second = outbox(store, filing::rules());
    tokio::join!(filing::run(&thread.outbox), filing::run(&second));
    assert_eq!(thread.entries(one.mail_id).await.len(), 1);
    let documents = store.documents(thread.case.id, "birthe").await.unwrap();
    assert_eq!(documents.len(), 2, "the first mail, and the answer");
}

after_a_stop_nothing_follows_until_somebody_says_so(store) {
    let thread = Thread::followed(store).await;
    store.stop_following(thread.first.id, None, "carl", day(4)).await.unwrap();
    assert_eq!(thread.settled(reply("a@x", &[])).await, Settled::No);
    // Filing another of its mails does not begin it again: a person said stop.
    let answer = thread.arrives(0, reply("b@x", &[])).await;
    let row = store.mail_unchecked(answer.mail_id).await.unwrap();
    thread.journal(&row, &thread.case, None).await;
    assert_eq!(thread.settled(reply("c@x", &[])).await, Settled::No);
    store.follow_thread(row.id, thread.case.id, "birthe", day(5)).await.unwrap();
    assert_eq!(thread.settled(reply("d@x", &[])).await, Settled::Filed);
}

a_thread_on_two_cases_asks(store) {
    let thread = Thread::followed(store).await;
    let other = add_case(store, case("Støj fra vejen")).await;
    thread.journal(&thread.first, &other, None).await;
    assert_eq!(
        thread.settled(reply("a@x", &[])).await,
        Settled::Waits("thread_on_two_cases")
    );
    store.stop_following(thread.first.id, Some(other.id), "birthe", day(4)).await.unwrap();
    assert_eq!(
        thread.settled(reply("b@x", &[])).await,
        Settled::Waits("thread_on_two_cases"),
        "its mails lie on both all the same"
    );
}

a_closed_case_takes_nothing_more_and_a_reopened_one_waits_to_be_told(store) {
    let thread = Thread::followed(store).await;
    let set = async |status| {
        store.set_case_status(thread.case.id, status, None, "birthe", day(4)).await.unwrap();
    };
    set(CaseStatus::Closed).await;
    assert_eq!(thread.settled(reply("a@x", &[])).await, Settled::No);
    set(CaseStatus::Open).await;
    assert_eq!(thread.settled(reply("b@x", &[])).await, Settled::No);
}

what_was_taken_back_is_not_filed_again_and_ends_what_it_began(store) {
    let thread = Thread::followed(store).await;
    let answer = thread.arrives(0, reply("answer@x", &["Received: by mx1"])).await;
    filing::run(&thread.outbox).await;
    let entry = thread.entries(answer.mail_id).await.remove(0);
    let undo = async |id: Uuid| {
        let window = chrono::Duration::days(10_000);
        journal::undo(store, id, "birthe", window, Utc::now()).await.unwrap();
    };
    undo(entry.id).await;
    let copy = reply("answer@x", &["Received: by mx2"]);
    assert_eq!(thread.settled(copy).await, Settled::Waits("taken_back"));
    let first = thread.entries(thread.first.id).await.remove(0);
    undo(first.id).await;
    assert_eq!(thread.settled(reply("next@x", &[])).await, Settled::No);
}

another_subject_or_other_people_ask(store) {
    let thread = Thread::followed(store).await;
    let changed = |id: &str, from: &str, subject: &str| {
        format!(
            "Message-ID: <{id}>\r\nReferences: <first@x>\r\nFrom: {from}\r\n\
             To: birthe.lund@eksempelkommune.example\r\nSubject: {subject}\r\n\r\nHej.\r\n"
        )
        .into_bytes()
    };
    let gerda = "gerda@borger.example";
    for raw in [
        changed("a@x", gerda, "Sommerfest på fredag"),
        changed("b@x", "advokat@fremmed.example", "SV: Hegn ved nabogrund"),
    ] {
        assert_eq!(thread.settled(raw).await, Settled::Waits("thread_changed"));
    }
    let same = changed("c@x", gerda, "VS: SV: Hegn ved nabogrund (haster)");
    assert_eq!(thread.settled(same).await, Settled::Filed);
}

a_mail_under_a_borrowed_name_asks_and_machines_say_nothing(store) {
    let thread = Thread::followed(store).await;
    let checked = |verdict: &str| format!("Authentication-Results: {TRUSTED}; dmarc={verdict}");
    assert_eq!(
        thread.settled(reply("a@x", &[&checked("fail")])).await,
        Settled::Waits("sender_not_proven")
    );
    let twice = reply("b@x", &["From: birthe@eksempelkommune.example"]);
    assert_eq!(thread.settled(twice).await, Settled::Waits("several_senders"));
    // Anybody can write such a subject; with a proof of who they are it is enough.
    let by_subject = |id: &str, headers: &[&str]| eml(id, "SV: Hegn ved nabogrund", headers);
    assert_eq!(
        thread.settled(by_subject("c@x", &[])).await,
        Settled::Waits("thread_by_subject")
    );
    let pass = format!("{} header.from=borger.example", checked("pass"));
    assert_eq!(thread.settled(by_subject("d@x", &[&pass])).await, Settled::Filed);
    let away = reply("e@x", &["Auto-Submitted: auto-replied"]);
    assert_eq!(thread.settled(away).await, Settled::No);
}

the_organisation_may_choose_to_be_asked_or_to_follow_nothing(store) {
    let asks = Thread::with(store, filing::rules_with(Follow::Ask)).await;
    asks.journal(&asks.first, &asks.case, None).await;
    assert_eq!(
        asks.settled(reply("a@x", &[])).await,
        Settled::Waits("thread_on_case")
    );
    // An answer to that question, once and for all.
    store.follow_thread(asks.first.id, asks.case.id, "birthe", day(5)).await.unwrap();
    let followed = store.following(asks.first.thread_id, "birthe").await.unwrap();
    assert_eq!(followed[0].mode, FollowMode::On);
    assert_eq!(asks.settled(reply("b@x", &[])).await, Settled::Filed);
    store.stop_following(asks.first.id, None, "birthe", day(6)).await.unwrap();
    assert_eq!(filing::rules_with(Follow::Off).following(), Following::Untouched);
}

two_threads_that_become_one_are_followed_once(store) {
    let thread = Thread::followed(store).await;
    let other = thread.arrives(0, eml("other@x", "Hegn ved nabogrund", &[])).await;
    let other = store.mail_unchecked(other.mail_id).await.unwrap();
    thread.journal(&other, &thread.case, None).await;
    assert_ne!(other.thread_id, thread.first.thread_id);
    let both = eml("both@x", "SV: Hegn ved nabogrund", &["References: <first@x> <other@x>"]);
    assert_eq!(thread.settled(both).await, Settled::Filed);
    let first = store.mail_unchecked(thread.first.id).await.unwrap();
    assert_eq!(store.following(first.thread_id, "birthe").await.unwrap().len(), 1);
}

who_may_file_on_a_case_no_more_files_nothing_by_following(store) {
    let thread = Thread::followed(store).await;
    store.set_user_disabled("birthe", Some(day(5))).await.unwrap();
    assert_eq!(
        thread.settled(reply("a@x", &[])).await,
        Settled::Waits("no_such_case")
    );
}
}

#[test]
fn answers_in_both_directions_are_filed_as_they_come_into_the_mailbox() {
    let (house, dovecot) = (House::new(), Dovecot::start());
    let store = house.store();
    let made = house.block_on(add_case(store, case("Hegn ved nabogrund")));
    dovecot.deliver(BIRTHE, "INBOX", &eml("first@x", "Hegn ved nabogrund", &[]));
    let mut settings = house.imap(dovecot.port, BIRTHE);
    settings.folders.push("\\Sent".into());
    house.add(BIRTHE, &Settings::Imap(settings));
    let _watching = house.watch();
    house.wait_for_mails(1);
    let outbox = filing::outbox(store, house.tokens.clone(), filing::rules(), None);
    let first = house.mails().remove(0);
    house.block_on(async {
        filing::run(&outbox).await;
        store
            .follow_thread(first.id, made.id, VIEWER, Utc::now())
            .await
            .unwrap();
    });
    dovecot.deliver(BIRTHE, "INBOX", &reply("answer@x", &[]));
    let sent = "Message-ID: <sent@x>\r\nReferences: <first@x> <answer@x>\r\n\
        From: birthe.lund@eksempelkommune.example\r\nTo: gerda@borger.example\r\n\
        Subject: SV: Hegn ved nabogrund\r\n\r\nGod dag.\r\n";
    dovecot.deliver(BIRTHE, "Sent", sent.as_bytes());
    house.wait_for_mails(3);
    let documents = || {
        house.block_on(async {
            filing::run(&outbox).await;
            store.documents(made.id, VIEWER).await.unwrap().len()
        })
    };
    wait_for("both to be filed", || documents() == 2);
}

#[tokio::test]
async fn journaling_follows_unless_told_not_to_and_tells_where_to() {
    let app = App::start().await;
    let made = app.add_case(case("Hegn ved nabogrund")).await;
    let raws = [eml("1@x", "Hegn", &[]), eml("2@x", "Støj", &[])];
    let mails = app.add_mails(&raws).await;
    let following = async |mail: Uuid| {
        let path = format!("/api/v1/mails/{mail}/following");
        app.get(&path, "birthe").await.json()
    };
    let wish = json!({ "mail_id": mails[0], "case_id": made.id });
    assert_eq!(app.journal("birthe", "1", &wish).await.status, 201);
    let told = following(mails[0]).await;
    assert_eq!(
        (&told["policy"], &told["following"]),
        (&json!("on"), &json!(true))
    );
    assert_eq!(told["case_id"], made.id.to_string());
    assert_eq!(told["cases"][0]["case_number"], made.number.as_str());
    assert_eq!(told["cases"][0]["followed_by"], "birthe");
    let wish = json!({ "mail_id": mails[1], "case_id": made.id, "follow": false });
    assert_eq!(app.journal("birthe", "2", &wish).await.status, 201);
    assert_eq!(following(mails[1]).await["cases"], json!([]));

    let put = async |body: serde_json::Value| {
        let path = format!("/api/v1/mails/{}/following", mails[1]);
        let request = app.request(reqwest::Method::PUT, &path, "birthe");
        crate::support::app::answer(request.json(&body)).await
    };
    let began = put(json!({ "following": true, "case_id": made.id })).await;
    assert_eq!(began.json()["cases"][0]["case_id"], made.id.to_string());
    assert_eq!(
        put(json!({ "following": false })).await.json()["cases"],
        json!([])
    );
    assert_eq!(put(json!({ "following": true })).await.status, 422);
    let hidden = app.hidden_case("Personalesag", "carl").await;
    assert_eq!(
        put(json!({ "following": true, "case_id": hidden.id }))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn the_last_mail_of_a_thread_brings_the_earlier_ones_that_have_files() {
    let app = App::start().await;
    let made = app.add_case(case("Hegn ved nabogrund")).await;
    let file = "Content-Type: text/plain; name=\"skitse.txt\"\r\nContent-Disposition: attachment";
    let raws = [
        eml("1@x", "Hegn", &[file]),
        eml("2@x", "SV: Hegn", &["References: <1@x>"]),
        eml("3@x", "SV: Hegn", &["References: <1@x> <2@x>"]),
    ];
    let mut mails = Vec::new();
    for (hour, raw) in raws.iter().enumerate() {
        let known = app.store.mailboxes(None).await.unwrap();
        let (mailbox, folder) = match known.first() {
            Some(known) => (known.id, known.folders[0].id),
            None => mailbox(&app.store, "leder", &["birthe"]).await,
        };
        let mut arrived = batch(mailbox, folder, 1 + hour as u32, std::slice::from_ref(raw));
        arrived.mails[0].received_at = day(2) + chrono::Duration::hours(hour as i64);
        mails.push(app.store.commit_batch(&arrived, day(2)).await.unwrap()[0].id);
    }
    let wish = json!({ "mail_id": mails[2], "case_id": made.id, "earlier": "with_attachments" });
    let answer = app.journal("birthe", "1", &wish).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    let earlier = &answer.json()["earlier"];
    assert_eq!(earlier["filed"].as_array().unwrap().len(), 1);
    assert_eq!(earlier["left"][0]["mail_id"], mails[1].to_string());
    let documents = app.store.documents(made.id, "birthe").await.unwrap();
    let count: usize = documents.iter().map(|document| document.files.len()).sum();
    assert_eq!((documents.len(), count), (2, 3), "mail, mail, sketch");
    let filter = MailFilter {
        journaled: Some(true),
        ..MailFilter::default()
    };
    let filed = app.store.mails(&filter, "birthe", 10).await.unwrap();
    assert_eq!(filed.len(), 2);
    // The same call again is the same act.
    let again = app.journal("birthe", "1", &wish).await;
    assert_eq!(again.json()["id"], answer.json()["id"]);
    assert_eq!(
        app.store.documents(made.id, "birthe").await.unwrap().len(),
        2
    );
}
