//! Rules on mails that arrive: what they do, in whose name, what they leave, and what takes it back.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use futures::FutureExt as _;
use reqwest::Method;
use sagspost::cases::{Answer as CaseAnswer, BuiltIn, CaseSystem};
use sagspost::domain::access::{CaseAccess, Level};
use sagspost::domain::case::{Case, CaseStatus};
use sagspost::domain::case_number::Template;
use sagspost::domain::role::{Grant, Principal, Role, Scope};
use sagspost::domain::working_days::{Calendar, danish_day};
use sagspost::mailbox::settings::Settings;
use sagspost::outbox::Outbox;
use sagspost::store::{
    Arrived, AuditFilter, CaseQuery, Entry, NewCase, RuleMode, RuleOwner, RuleText, Store,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::app::{App, answer};
use crate::support::dovecot::Dovecot;
use crate::support::house::{House, VIEWER};
use crate::support::outbox;
use crate::support::store::{add_case, batch, case, day, eml, mailbox};
use crate::support::wait_for;

const PROVEN: &str =
    "Authentication-Results: mx.eksempelkommune.example; dmarc=pass header.from=borger.example";

fn built_in(store: &Store) -> BuiltIn {
    BuiltIn {
        store: store.clone(),
        numbers: Template::parse("{year}-{seq:5}").unwrap(),
    }
}

fn outbox(app: &App) -> Outbox {
    Outbox {
        engine: Arc::clone(&app.engine),
        ..outbox::of(&app.store)
    }
}

/// Runs what is due.
async fn run(outbox: &Outbox) {
    while outbox.run_due().await.unwrap() > 0 {}
}

/// Birthe's mailbox, with nothing in it that a rule would look at.
async fn service() -> App {
    let app = App::start().await;
    app.add_mails(&[eml("first@x", "Velkommen", &[])]).await;
    run(&outbox(&app)).await;
    app
}

fn rule(name: &str, when: &str, then: &[String]) -> String {
    format!("[[rule]]\nname = \"{name}\"\n{when}\n{}\n", then.join("\n"))
}

fn journal_on(case: &Case) -> String {
    format!(
        "then.journal = {{ on = \"case\", case = \"{}\" }}",
        case.number
    )
}

fn tag() -> String {
    "then.tag = \"hegn\"".to_owned()
}

/// A rule of Birthe's, switched on: its address.
async fn switched_on(app: &App, text: &str) -> String {
    kept(app, "person:birthe", text, "live").await
}

async fn kept(app: &App, owner: &str, text: &str, mode: &str) -> String {
    let body = json!({ "owner": owner, "text": text, "mode": mode });
    let created = app.post("/api/v1/rules", "birthe", &body).await;
    assert_eq!(created.status, 201, "{}", created.json());
    format!("/api/v1/rules/{}", created.json()["id"].as_str().unwrap())
}

/// The mail arrives and is looked at.
async fn arrives(app: &App, mail: Vec<u8>) -> Uuid {
    let id = app.add_mails(&[mail]).await[0];
    run(&outbox(app)).await;
    id
}

async fn entries(app: &App, mail: Uuid) -> Vec<Entry> {
    let row = app.store.mail_unchecked(mail).await.unwrap();
    app.store
        .entries_of_mail(&row.fingerprint, "birthe")
        .await
        .unwrap()
}

async fn decisions(app: &App, mail: Uuid) -> Value {
    let path = format!("/api/v1/mails/{mail}/decisions");
    app.get(&path, "birthe").await.json()
}

async fn hegn(app: &App) -> Case {
    app.add_case(case("Hegn ved nabogrund")).await
}

#[tokio::test]
async fn a_rule_files_what_arrives_in_its_persons_name_and_tells_why() {
    let app = service().await;
    let case = hegn(&app).await;
    let title = "then.journal.title = \"Hegn: {nr}\"".to_owned();
    let text = rule(
        "Hegn",
        "when.subject.regex = 'hegn (?<nr>[0-9]+)'",
        &[
            "then.journal.on = \"case\"".to_owned(),
            format!("then.journal.case = \"{}\"", case.number),
            title,
            tag(),
        ],
    );
    let path = switched_on(&app, &text).await;
    let mail = arrives(&app, eml("1@x", "Hegn 42", &[])).await;
    let entries = entries(&app, mail).await;
    assert_eq!((entries.len(), &*entries[0].created_by), (1, "birthe"));
    let documents = app.store.documents(case.id, "birthe").await.unwrap();
    assert_eq!(documents[0].title, "Hegn: 42");
    let shown = app.get(&path, "birthe").await.json();
    assert_eq!(shown["hits"], 1);
    let told = decisions(&app, mail).await;
    assert_eq!(told["tags"], json!(["hegn"]));
    let decision = &told["decisions"][0];
    assert_eq!(
        (
            &decision["outcome"],
            &decision["live"],
            &decision["acted_for"]
        ),
        (&json!("matched"), &json!(true), &json!("birthe"))
    );
    assert_eq!(decision["because"][0]["found"], "Hegn 42");
    assert_eq!(decision["followed"][0]["state"], "done");
    assert_eq!(decision["followed"][0]["entry_id"], json!(entries[0].id));
    let all = AuditFilter::default();
    let records = app.store.audit_found(&all, None, 50).await.unwrap();
    let (_, record) = (records.iter())
        .find(|(_, record)| record.action == "journal")
        .unwrap();
    let why = format!("rule:{}:1", shown["id"].as_str().unwrap());
    assert_eq!(
        (&*record.actor, record.why.as_deref()),
        ("birthe", Some(&*why))
    );
}

#[tokio::test]
async fn a_rule_gives_a_mail_to_a_person_with_a_deadline_that_stand_in_the_queue() {
    let app = service().await;
    let then = [
        "then.assign.person = \"birthe\"".to_owned(),
        "then.deadline_working_days = 3".to_owned(),
    ];
    switched_on(
        &app,
        &rule("Klager", "when.subject.word = \"klage\"", &then),
    )
    .await;
    let mail = arrives(&app, eml("1@x", "Klage over hegn", &[])).await;
    let states = followed(&app, mail).await;
    assert_eq!(
        states,
        [("assign", "done"), ("deadline_working_days", "done")].map(owned)
    );
    let page = app
        .get(&format!("/api/v1/queue?mails={mail}"), "birthe")
        .await
        .json();
    let waiting = &page["items"][0];
    assert_eq!(waiting["assignee"]["who"], "user:birthe", "{waiting}");
    let received = app.store.mail_unchecked(mail).await.unwrap().received_at;
    let date = Calendar::default().add_working_days(danish_day(received), 3);
    assert_eq!(waiting["deadline"]["date"], json!(date), "{waiting}");
}

/// A rule of Birthe's that makes cases from a template that Rita, an administrator, keeps: the rule's address.
async fn makes_cases_as(app: &App, template: &Value) -> String {
    let administrator = Grant {
        to: Principal::User("rita".to_owned()),
        role: Role::Administrator,
        scope: Scope::Everywhere,
    };
    app.store.grant(&administrator).await.unwrap();
    let kept = app.request(Method::PUT, "/api/v1/case-templates/Byggesag", "rita");
    assert!(answer(kept.json(template)).await.status < 300);
    let then = [
        "then.journal = { on = \"new_case\", new_case = { template = \"Byggesag\" } }".to_owned(),
    ];
    let when = "when.subject.word = \"carport\"";
    switched_on(app, &rule("Byggeri", when, &then)).await
}

#[tokio::test]
async fn a_rule_makes_a_case_as_its_template_says() {
    let app = service().await;
    let template = json!({ "title": "Byggesag: {subject}", "responsible": "carl" });
    makes_cases_as(&app, &template).await;
    let mail = arrives(&app, eml("1@x", "Carport", &[])).await;
    let entry = entries(&app, mail).await.remove(0);
    let made = app.store.case(entry.case_id, "birthe").await.unwrap();
    assert_eq!(
        (&*made.title, made.responsible.as_deref()),
        ("Byggesag: Carport", Some("carl"))
    );
}

#[tokio::test]
async fn a_rule_whose_template_is_gone_makes_no_case_that_everybody_sees_but_waits_for_its_author()
{
    let app = service().await;
    let template = json!({ "access": { "code": "restricted", "list": [{ "who": "user:birthe", "may": "manage" }] } });
    let path = makes_cases_as(&app, &template).await;
    let removed = app.request(Method::DELETE, "/api/v1/case-templates/Byggesag", "rita");
    assert!(answer(removed).await.status < 300);
    let mail = arrives(&app, eml("1@x", "Carport", &[])).await;
    assert_eq!(entries(&app, mail).await, []);
    let shown = app.get(&path, "birthe").await.json();
    assert_eq!(shown["suspended"]["reason"], "template_gone", "{shown}");
    assert_eq!(followed(&app, mail).await, [owned(("journal", "failed"))]);
}

#[tokio::test]
async fn a_rule_follows_the_thread_that_it_files() {
    let app = service().await;
    let case = hegn(&app).await;
    let then = [journal_on(&case), "then.follow_thread = true".to_owned()];
    switched_on(&app, &rule("Hegn", "when.subject.word = \"hegn\"", &then)).await;
    let mail = arrives(&app, eml("1@x", "Hegn", &[])).await;
    let following = app
        .get(&format!("/api/v1/mails/{mail}/following"), "birthe")
        .await
        .json();
    assert_eq!(following["following"], true, "{following}");
    assert_eq!(
        followed(&app, mail).await[1],
        owned(("follow_thread", "done"))
    );
}

#[tokio::test]
async fn mails_of_a_rule_are_ordered_with_its_decision_and_once() {
    let app = service().await;
    let then = ["then.notify = [\"birthe\", \"carl\"]".to_owned()];
    switched_on(&app, &rule("Hegn", "when.subject.word = \"hegn\"", &then)).await;
    let mail = arrives(&app, eml("1@x", "Hegn", &[])).await;
    assert_eq!(followed(&app, mail).await, [owned(("notify", "done"))]);
    let ordered = async || {
        let jobs = app
            .store
            .claim_mail_jobs(10, Utc::now(), chrono::Duration::hours(1));
        jobs.await.unwrap().len()
    };
    assert_eq!(ordered().await + ordered().await, 2, "one for each");
    let arrived = Arrived {
        mailbox_id: app.store.mailboxes(None).await.unwrap()[0].id,
        mail_id: mail,
        chosen_case: None,
        put_off: 0,
    };
    app.store.triage_again(&arrived, Utc::now()).await.unwrap();
    run(&outbox(&app)).await;
    let counts = app.store.job_counts().await.unwrap();
    let mails: i64 = counts.iter().map(|(_, count)| count).sum();
    assert_eq!(mails, 2, "{counts:?}");
}

/// What the only decision on a mail did, and how it went.
async fn followed(app: &App, mail: Uuid) -> Vec<(String, String)> {
    let told = decisions(app, mail).await;
    let followed = told["decisions"][0]["followed"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    followed
        .iter()
        .map(|one| (text(&one["action"]), text(&one["state"])))
        .collect()
}

fn owned((action, state): (&str, &str)) -> (String, String) {
    (action.to_owned(), state.to_owned())
}

#[tokio::test]
async fn what_lay_there_before_the_rule_or_is_looked_at_again_is_not_acted_on_again() {
    let app = service().await;
    let case = hegn(&app).await;
    let before = arrives(&app, eml("before@x", "Hegn", &[])).await;
    let text = rule("Hegn", "when.subject.word = \"hegn\"", &[journal_on(&case)]);
    let path = switched_on(&app, &text).await;
    assert_eq!(entries(&app, before).await, []);
    let mail = arrives(&app, eml("1@x", "Hegn", &[])).await;
    let entry = entries(&app, mail).await.remove(0);
    let undo = format!("/api/v1/journal/{}", entry.id);
    let undone = answer(app.request(Method::DELETE, &undo, "birthe")).await;
    assert_eq!(undone.status, 200);
    let arrived = Arrived {
        mailbox_id: app.store.mailboxes(None).await.unwrap()[0].id,
        mail_id: mail,
        chosen_case: None,
        put_off: 0,
    };
    app.store.triage_again(&arrived, Utc::now()).await.unwrap();
    run(&outbox(&app)).await;
    assert_eq!(entries(&app, mail).await, []);
    assert_eq!(app.get(&path, "birthe").await.json()["hits"], 1);
}

#[tokio::test]
async fn a_borrowed_name_files_nothing_and_a_proven_one_does() {
    let app = service().await;
    let case = hegn(&app).await;
    let when = "when.from.domain = \"borger.example\"";
    switched_on(&app, &rule("Borger", when, &[journal_on(&case), tag()])).await;
    let forged = "Authentication-Results: mx.ond.example; dmarc=pass header.from=borger.example";
    let borrowed = arrives(&app, eml("1@x", "Hegn", &[forged])).await;
    assert_eq!(entries(&app, borrowed).await, []);
    let told = decisions(&app, borrowed).await;
    let followed = &told["decisions"][0]["followed"];
    assert_eq!(
        (&followed[0]["state"], &followed[0]["why"]),
        (&json!("withheld"), &json!("sender_unproven"))
    );
    assert_eq!(told["tags"], json!(["hegn"]));
    let proven = arrives(&app, eml("2@x", "Hegn", &[PROVEN])).await;
    assert_eq!(entries(&app, proven).await.len(), 1);
}

#[tokio::test]
async fn a_mail_with_two_senders_waits_for_a_person_who_is_told_why() {
    let app = service().await;
    let case = hegn(&app).await;
    let text = rule(
        "Hegn",
        "when.subject.word = \"hegn\"",
        &[journal_on(&case), tag()],
    );
    switched_on(&app, &text).await;
    let twice = "From: Chefen <chef@byen.example>";
    let mail = arrives(&app, eml("1@x", "Hegn", &[PROVEN, twice])).await;
    assert_eq!(entries(&app, mail).await, []);
    let told = decisions(&app, mail).await;
    assert_eq!(
        (&told["held"], &told["waits"], &told["tags"]),
        (
            &json!("several_senders"),
            &json!("several_senders"),
            &json!([])
        )
    );
}

/// Makes no case of this title: whoever asks breaks.
struct Poisoned(BuiltIn);

impl CaseSystem for Poisoned {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn search<'a>(
        &'a self,
        query: &'a CaseQuery,
        viewer: &'a str,
        limit: i64,
    ) -> CaseAnswer<'a, Vec<Case>> {
        self.0.search(query, viewer, limit)
    }

    fn get<'a>(&'a self, id: Uuid, viewer: &'a str) -> CaseAnswer<'a, Case> {
        self.0.get(id, viewer)
    }

    fn create<'a>(
        &'a self,
        new: &'a NewCase,
        actor: &'a str,
        now: chrono::DateTime<Utc>,
    ) -> CaseAnswer<'a, Case> {
        async move {
            assert!(new.title != "Gift", "poison");
            self.0.create(new, actor, now).await
        }
        .boxed()
    }

    fn set_status<'a>(
        &'a self,
        id: Uuid,
        status: CaseStatus,
        version: Option<i64>,
        actor: &'a str,
        now: chrono::DateTime<Utc>,
    ) -> CaseAnswer<'a, Case> {
        self.0.set_status(id, status, version, actor, now)
    }

    fn set_access<'a>(
        &'a self,
        id: Uuid,
        access: &'a CaseAccess,
        version: Option<i64>,
        actor: &'a str,
        now: chrono::DateTime<Utc>,
    ) -> CaseAnswer<'a, Case> {
        self.0.set_access(id, access, version, actor, now)
    }

    fn deliver<'a>(&'a self, entry: &'a Entry) -> CaseAnswer<'a, ()> {
        self.0.deliver(entry)
    }
}

#[tokio::test]
async fn a_mail_that_breaks_the_rules_waits_for_a_person_and_the_others_go_on() {
    let app = service().await;
    let text = rule(
        "Nye",
        "when.has = \"address\"\nwhen.not.subject.word = \"velkommen\"",
        &["then.journal = { on = \"new_case\", new_case = { title = \"{subject}\" } }".to_owned()],
    )
    .replace("when.has = \"address\"\n", "");
    switched_on(&app, &text).await;
    let outbox = Outbox {
        case_system: Arc::new(Poisoned(built_in(&app.store))),
        ..outbox(&app)
    };
    let mails = app
        .add_mails(&[eml("1@x", "Gift", &[]), eml("2@x", "Hegn", &[])])
        .await;
    run(&outbox).await;
    assert_eq!(entries(&app, mails[1]).await.len(), 1);
    let waits = async || decisions(&app, mails[0]).await["waits"].clone();
    let began = std::time::Instant::now();
    while waits().await != "rule_failed" {
        assert!(
            began.elapsed() < Duration::from_mins(1),
            "it is tried on and on"
        );
        run(&outbox).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(entries(&app, mails[0]).await, []);
}

#[tokio::test]
async fn no_answer_goes_to_what_a_machine_sent() {
    let app = service().await;
    let when = "when.subject.word = \"hegn\"\nunauthenticated = \"allowed\"";
    let then = [
        "then.acknowledge = \"kvittering\"".to_owned(),
        "then.forward = \"hegn@byen.example\"".to_owned(),
    ];
    switched_on(&app, &rule("Svar", when, &then)).await;
    let states = async |mail: Uuid| -> Vec<Value> {
        let told = decisions(&app, mail).await;
        let followed = told["decisions"][0]["followed"].as_array().unwrap().clone();
        followed.iter().map(|did| did["why"].clone()).collect()
    };
    for header in [
        "Auto-Submitted: auto-replied",
        "Precedence: bulk",
        "Return-Path: <>",
        "List-Id: <hegn.byen.example>",
    ] {
        let mail = arrives(&app, eml(&format!("{}@x", header.len()), "Hegn", &[header])).await;
        assert_eq!(states(mail).await[0], "automatic_mail", "{header}");
    }
    let ours = arrives(&app, eml("ours@x", "Hegn", &["X-Sagspost: notice"])).await;
    assert_eq!(states(ours).await, ["automatic_mail", "automatic_mail"]);
}

#[tokio::test]
async fn a_rule_whose_case_closes_later_is_suspended_and_files_no_more() {
    let app = service().await;
    let case = hegn(&app).await;
    let text = rule("Hegn", "when.subject.word = \"hegn\"", &[journal_on(&case)]);
    let path = switched_on(&app, &text).await;
    let first = arrives(&app, eml("1@x", "Hegn", &[])).await;
    assert_eq!(entries(&app, first).await.len(), 1);
    let close = app.request(
        Method::PATCH,
        &format!("/api/v1/cases/{}", case.id),
        "birthe",
    );
    assert_eq!(
        answer(close.json(&json!({ "status": "closed" })))
            .await
            .status,
        200
    );
    let second = arrives(&app, eml("2@x", "Hegn", &[])).await;
    assert_eq!(entries(&app, second).await, []);
    let shown = app.get(&path, "birthe").await.json();
    assert_eq!(shown["suspended"]["reason"], "case_closed");
    let told = decisions(&app, second).await;
    assert_eq!(told["decisions"][0]["outcome"], "switched_off");
}

#[tokio::test]
async fn a_rule_does_not_reach_further_than_whom_it_acts_for() {
    let app = service().await;
    let case = app.hidden_case("Personalesag", "birthe").await;
    let text = rule("Hegn", "when.subject.word = \"hegn\"", &[journal_on(&case)]);
    let path = switched_on(&app, &text).await;
    let of_carl = CaseAccess::restricted(vec![sagspost::domain::access::Allowed::new(
        Principal::User("carl".to_owned()),
        Level::Manage,
    )]);
    // Whoever takes a case from Birthe must manage it themself.
    let both = CaseAccess::of_users(["birthe", "carl"]);
    let set = app
        .store
        .set_case_access(case.id, &both, None, "birthe", day(3));
    set.await.unwrap();
    let set = app
        .store
        .set_case_access(case.id, &of_carl, None, "carl", day(3));
    set.await.unwrap();
    let mail = arrives(&app, eml("1@x", "Hegn", &[])).await;
    let seen_by_carl = app.store.documents(case.id, "carl").await.unwrap();
    assert_eq!(seen_by_carl, []);
    let told = decisions(&app, mail).await;
    let did = &told["decisions"][0]["followed"][0];
    assert_eq!(
        (&did["state"], &did["why"]),
        (&json!("failed"), &json!("case_gone"))
    );
    let shown = app.get(&path, "birthe").await.json();
    assert_eq!(shown["suspended"]["reason"], "case_gone");
}

#[tokio::test]
async fn in_shadow_mode_a_rule_only_records_what_it_would_do() {
    let app = service().await;
    let case = hegn(&app).await;
    let text = rule(
        "Hegn",
        "when.subject.word = \"hegn\"\nstop = true",
        &[journal_on(&case), tag()],
    )
    .replace(
        "\nwhen.subject.word = \"hegn\"\nstop = true",
        "\nstop = true\nwhen.subject.word = \"hegn\"",
    );
    let path = kept(&app, "person:birthe", &text, "shadow").await;
    let live = rule(
        "Alt",
        "when.subject.word = \"hegn\"",
        &["then.tag = \"alt\"".to_owned()],
    );
    switched_on(&app, &live).await;
    let mail = arrives(&app, eml("1@x", "Hegn", &[])).await;
    assert_eq!(entries(&app, mail).await, []);
    let told = decisions(&app, mail).await;
    // What it would have stopped went on.
    assert_eq!(told["tags"], json!(["alt"]));
    let page = app.get(&format!("{path}/decisions"), "birthe").await.json();
    let decision = &page["items"][0];
    assert_eq!(
        (&decision["live"], &decision["followed"][0]["state"]),
        (&json!(false), &json!("would"))
    );
    assert_eq!(decision["followed"][0]["case_number"], json!(case.number));
    assert_eq!(decision["mail"]["id"], json!(mail));
}

#[tokio::test]
async fn what_a_rule_did_is_taken_back_all_at_once() {
    let app = service().await;
    let case = hegn(&app).await;
    let text = rule(
        "Hegn",
        "when.subject.word = \"hegn\"",
        &[journal_on(&case), tag()],
    );
    let path = switched_on(&app, &text).await;
    let mut mails = Vec::new();
    for n in 0..3 {
        mails.push(arrives(&app, eml(&format!("{n}@x"), &format!("Hegn {n}"), &[])).await);
    }
    let one = decisions(&app, mails[0]).await["decisions"][0]["id"].clone();
    let undo = format!("{path}/undo-run");
    let body = json!({ "decision_ids": [one] });
    let told = app.post(&undo, "birthe", &body).await.json();
    assert_eq!((&told["undone"], &told["left"]), (&json!(1), &json!(0)));
    assert_eq!(entries(&app, mails[0]).await, []);
    assert_eq!(entries(&app, mails[1]).await.len(), 1);
    let told = app
        .post(&undo, "birthe", &json!({ "since": "2026-01-01T00:00:00Z" }))
        .await;
    assert_eq!(told.json()["undone"], 2, "{}", told.json());
    for mail in mails {
        assert_eq!(entries(&app, mail).await, []);
        let told = decisions(&app, mail).await;
        assert_eq!(told["tags"], json!([]));
        assert_eq!(told["decisions"][0]["followed"][0]["state"], "undone");
        assert_ne!(told["decisions"][0]["undone_at"], Value::Null);
    }
    assert_eq!(
        app.post(&undo, "carl", &json!({ "since": "2026-01-01T00:00:00Z" }))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_mail_that_no_rule_may_file_is_filed_by_none_after_it() {
    let app = service().await;
    let case = hegn(&app).await;
    let never = ["then.never_journal = \"Privat\"".to_owned()];
    switched_on(
        &app,
        &rule("Privat", "when.subject.word = \"privat\"", &never),
    )
    .await;
    let text = rule("Hegn", "when.subject.word = \"hegn\"", &[journal_on(&case)]);
    switched_on(&app, &text).await;
    let mail = arrives(&app, eml("1@x", "Privat om hegn", &[])).await;
    assert_eq!(entries(&app, mail).await, []);
    let row = app.store.mail_unchecked(mail).await.unwrap();
    assert_eq!(row.not_for_a_case.unwrap().by, "birthe");
    let told = decisions(&app, mail).await;
    assert_eq!(told["decisions"][1]["followed"][0]["why"], "settled");
}

#[tokio::test]
async fn a_rule_that_asks_what_attachments_say_waits_until_they_are_read() {
    let app = service().await;
    let case = hegn(&app).await;
    let when = "when.attachment_text.contains = \"hæk\"";
    switched_on(&app, &rule("Bilag", when, &[journal_on(&case)])).await;
    let file = "Content-Type: text/plain; charset=utf-8; name=\"skitse.txt\"\r\nContent-Disposition: attachment";
    let mail = app.add_mails(&[eml("1@x", "Skitse", &[file])]).await[0];
    let outbox = outbox(&app);
    run(&outbox).await;
    assert_eq!(entries(&app, mail).await, []);
    assert_eq!(outbox.read_due().await.unwrap(), 1);
    let began = std::time::Instant::now();
    while entries(&app, mail).await.is_empty() {
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "nothing is filed"
        );
        run(&outbox).await;
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_new_case_is_made_once_of_a_mail_that_came_to_two_mailboxes() {
    let app = service().await;
    let (other, folder) = mailbox(&app.store, "carl", &["carl"]).await;
    let editor = Grant {
        to: Principal::User("rita".to_owned()),
        role: Role::RuleEditor,
        scope: Scope::Everywhere,
    };
    app.store.grant(&editor).await.unwrap();
    let text = rule(
        "Nye sager",
        "when.subject.word = \"hegn\"",
        &["then.journal = { on = \"new_case\", new_case = { title = \"Vedr. {subject}\", kle = \"02.34.02\" } }".to_owned()],
    );
    let new = RuleText {
        name: "Nye sager",
        text: &text,
        cases: &[],
        what: "created",
    };
    let owner = RuleOwner::Organisation;
    let made = app
        .store
        .create_rule(&owner, new, RuleMode::Live, "rita", day(1));
    made.await.unwrap();
    let raw = eml("1@x", "Hegn", &[]);
    app.add_mails(std::slice::from_ref(&raw)).await;
    let copy = batch(other, folder, 1, &[raw]);
    app.store.commit_batch(&copy, day(2)).await.unwrap();
    run(&outbox(&app)).await;
    let cases = app.store.all_cases(None, 10).await.unwrap();
    assert_eq!(cases.len(), 1, "{cases:?}");
    assert_eq!(
        (&*cases[0].title, cases[0].kle.as_deref()),
        ("Vedr. Hegn", Some("02.34.02"))
    );
    assert_eq!(
        cases[0].parties[0].mail.as_deref(),
        Some("gerda@borger.example")
    );
}

#[test]
fn what_comes_into_a_watched_mailbox_is_filed_and_flagged_and_its_history_is_not() {
    let (house, dovecot) = (House::new(), Dovecot::start());
    let user = "birthe.lund";
    dovecot.deliver(user, "INBOX", &eml("old@x", "Hegn", &[]));
    // The server tells times in whole seconds.
    wait_for("the next second", || {
        Utc::now().timestamp_subsec_millis() < 100
    });
    let made = house.block_on(add_case(house.store(), case("Hegn ved nabogrund")));
    let id = house.add(user, &Settings::Imap(house.imap(dovecot.port, user)));
    let text = rule(
        "Hegn",
        "when.subject.word = \"hegn\"",
        &[journal_on(&made), "then.mark = \"flag\"".to_owned()],
    );
    let new = RuleText {
        name: "Hegn",
        text: &text,
        cases: std::slice::from_ref(&made.number),
        what: "created",
    };
    let owner = RuleOwner::Mailbox(id);
    let created = house
        .store()
        .create_rule(&owner, new, RuleMode::Live, VIEWER, Utc::now());
    house.block_on(created).unwrap();
    let _watching = house.watch();
    house.wait_for_mails(1);
    let began = Utc::now();
    // A file's time may lag behind the clock.
    wait_for("the next second", || {
        Utc::now().timestamp() > began.timestamp() + 1
    });
    dovecot.deliver(user, "INBOX", &eml("new@x", "Hegn igen", &[]));
    house.wait_for_mails(2);
    let store = house.store().clone();
    let outbox = Outbox {
        marker: outbox::marks(&house),
        ..outbox::of(&store)
    };
    house.block_on(run(&outbox));
    let documents = house.block_on(store.documents(made.id, VIEWER)).unwrap();
    let titles: Vec<&str> = documents.iter().map(|one| one.title.as_str()).collect();
    assert_eq!(titles, ["Hegn igen"]);
    let lies = dovecot.maildir(user, "INBOX").join("cur");
    let flagged = || {
        let files = std::fs::read_dir(&lies).unwrap();
        files
            .filter(|file| {
                let name = file.as_ref().unwrap().file_name();
                let name = name.to_string_lossy().into_owned();
                name.rsplit(',')
                    .next()
                    .is_some_and(|flags| flags.contains('F'))
            })
            .count()
    };
    wait_for("the flag", || flagged() == 1);
}
