//! Addresses that name a case, and marks that bring answers back: for our own people, and never for a forger.

use sagspost::domain::access::CaseAccess;
use sagspost::domain::case::Case;
use sagspost::domain::case_mark::{CaseMark, HEADER};
use sagspost::mailbox::{TokenCache, settings::Settings};
use sagspost::outbox::Outbox;
use sagspost::store::{Arrived, Entry, NewCase, Store, User};
use sagspost::triage::{self, Settled};
use serde_json::json;
use uuid::Uuid;

use crate::support::app::App;
use crate::support::dovecot::Dovecot;
use crate::support::filing::{self, TRUSTED};
use crate::support::house::{House, VIEWER};
use crate::support::store::{add_case, batch, case, day, mailbox};
use crate::support::wait_for;

const BIRTHE: &str = "birthe.lund@eksempelkommune.example";

async fn person(store: &Store, name: &str, mail: &str) {
    let user = User {
        name: name.to_owned(),
        display_name: name.to_owned(),
        mail: Some(mail.to_owned()),
        unit: None,
    };
    store.save_user(&user, day(1)).await.unwrap();
}

/// A house with a case of Birthe's, and a mailbox of the journal office.
struct Scene<'a> {
    store: &'a Store,
    outbox: Outbox,
    case: Case,
    mailbox: (Uuid, Uuid),
    next_uid: std::cell::Cell<u32>,
}

impl<'a> Scene<'a> {
    async fn of(store: &'a Store) -> Self {
        person(store, "birthe", BIRTHE).await;
        person(store, "journal", "journal@eksempelkommune.example").await;
        let access = CaseAccess::of_users(["birthe"]);
        let case = NewCase {
            access,
            ..case("Hegn ved nabogrund")
        };
        let tokens = TokenCache::new(tokio::runtime::Handle::current());
        Self {
            outbox: filing::outbox(store, tokens, filing::rules(), None),
            case: add_case(store, case).await,
            mailbox: mailbox(store, "journal", &["journal"]).await,
            next_uid: std::cell::Cell::new(1),
            store,
        }
    }

    async fn settled(&self, raw: Vec<u8>) -> (Settled, Vec<Entry>) {
        let uid = self.next_uid.replace(self.next_uid.get() + 1);
        let arrived = batch(self.mailbox.0, self.mailbox.1, uid, &[raw]);
        let fingerprint = arrived.mails[0].fingerprint;
        let stored = self.store.commit_batch(&arrived, day(4)).await.unwrap();
        let arrived = Arrived {
            mailbox_id: self.mailbox.0,
            mail_id: stored[0].id,
            chosen_case: None,
            put_off: 0,
        };
        let settled = Box::pin(triage::triage(self.outbox.house(), &arrived, true));
        let settled = settled.await.unwrap();
        let entries = self.store.entries_of_mail(&fingerprint, "birthe").await;
        (settled, entries.unwrap())
    }

    /// The address that files on the case.
    fn address(&self) -> String {
        format!("sag+{}@eksempelkommune.example", self.case.number)
    }
}

fn proven(domain: &str) -> String {
    format!("Authentication-Results: {TRUSTED}; dmarc=pass header.from={domain}\r\n")
}

/// A mail with these whole lines above its own.
fn mail(id: u32, from: &str, to: &str, headers: &str) -> Vec<u8> {
    format!(
        "{headers}Message-ID: <{id}@eksempelkommune.example>\r\nFrom: {from}\r\nTo: {to}\r\n\
         Subject: Notat om hegnet\r\n\r\nGod dag.\r\n"
    )
    .into_bytes()
}

on_both! {
an_employee_files_by_writing_to_the_address_of_a_case(store) {
    let scene = Scene::of(store).await;
    let own = proven("eksempelkommune.example");
    for (id, to, headers) in [
        (1, scene.address(), own.clone()),
        (2, scene.address().to_uppercase(), own.clone()),
        (3, "gerda@borger.example".to_owned(), format!("{own}Cc: {}\r\n", scene.address())),
        (4, "gerda@borger.example".to_owned(), format!("{own}Delivered-To: {}\r\n", scene.address())),
        (5, "gerda@borger.example".to_owned(), format!("{own}Envelope-to: <{}>\r\n", scene.address())),
    ] {
        let (settled, entries) = scene.settled(mail(id, BIRTHE, &to, &headers)).await;
        assert_eq!(settled, Settled::Filed, "{to} {headers}");
        assert_eq!(
            (entries[0].case_id, &*entries[0].created_by),
            (scene.case.id, "birthe")
        );
    }
}

a_stranger_or_one_who_says_to_be_an_employee_files_nothing(store) {
    let scene = Scene::of(store).await;
    let forged = format!("Authentication-Results: {TRUSTED}; dmarc=fail\r\n");
    let elsewhere = "Authentication-Results: mx.ond.example; dmarc=pass\r\n";
    for (id, from, headers) in [
        (1, "gerda@borger.example", proven("borger.example")),
        (2, BIRTHE, String::new()),
        (3, BIRTHE, forged),
        (4, BIRTHE, elsewhere.to_owned()),
        (5, BIRTHE, proven("ond.example")),
    ] {
        let (settled, entries) = scene.settled(mail(id, from, &scene.address(), &headers)).await;
        assert_eq!((settled, entries.len()), (Settled::No, 0), "{from} {headers}");
    }
}

an_employee_files_nothing_on_a_case_that_is_not_theirs_or_not_there(store) {
    let scene = Scene::of(store).await;
    let own = proven("eksempelkommune.example");
    let other = "journal@eksempelkommune.example";
    for (id, from, to) in [
        (1, other, scene.address()),
        (2, BIRTHE, "sag+2099-00001@eksempelkommune.example".to_owned()),
    ] {
        let (settled, entries) = scene.settled(mail(id, from, &to, &own)).await;
        assert_eq!(settled, Settled::Waits("no_such_case"), "{from} {to}");
        assert!(entries.is_empty());
    }
}

an_answer_to_a_marked_mail_comes_back_though_its_thread_is_broken(store) {
    let scene = Scene::of(store).await;
    let made = store.make_mark(scene.case.id, "birthe", day(3)).await.unwrap();
    let mark = filing::key().write(made);
    let gerda = "gerda@borger.example";
    for (id, headers) in [
        (1, format!("References: <ukendt@x> <{mark}@eksempelkommune.example>\r\n")),
        (2, format!("In-Reply-To: <{mark}@eksempelkommune.example>\r\n")),
        (3, format!("{HEADER}: {mark}\r\n")),
    ] {
        let (settled, entries) = scene.settled(mail(id, gerda, BIRTHE, &headers)).await;
        assert_eq!(settled, Settled::Filed, "{headers}");
        assert_eq!(
            (entries[0].case_id, &*entries[0].created_by),
            (scene.case.id, "birthe")
        );
    }
}

a_mark_that_is_forged_altered_or_of_no_case_says_nothing(store) {
    let scene = Scene::of(store).await;
    let made = store.make_mark(scene.case.id, "birthe", day(3)).await.unwrap();
    let mark = filing::key().write(made);
    let other_key = sagspost::domain::case_mark::MarkKey::new(&[8; 32]);
    let altered = format!("{}{}", &mark[..mark.len() - 1], if mark.ends_with('0') { '1' } else { '0' });
    for (id, forged) in [
        other_key.write(made),
        altered,
        made.0.simple().to_string(),
        filing::key().write(CaseMark(Uuid::now_v7())),
    ]
    .iter()
    .enumerate()
    {
        let headers = format!("References: <{forged}@eksempelkommune.example>\r\n{HEADER}: {forged}\r\n");
        let raw = mail(id as u32, "gerda@borger.example", BIRTHE, &headers);
        let (settled, entries) = scene.settled(raw).await;
        assert_eq!((settled, entries.len()), (Settled::No, 0), "{forged}");
    }
}

a_mark_files_nothing_that_its_maker_could_not_file(store) {
    let scene = Scene::of(store).await;
    let made = store.make_mark(scene.case.id, "birthe", day(3)).await.unwrap();
    store.set_user_disabled("birthe", Some(day(4))).await.unwrap();
    let headers = format!("In-Reply-To: <{}@x>\r\n", filing::key().write(made));
    let (settled, entries) = scene.settled(mail(1, "gerda@borger.example", BIRTHE, &headers)).await;
    assert_eq!((settled, entries.len()), (Settled::Waits("no_such_case"), 0));
    assert!(store.make_mark(scene.case.id, "journal", day(4)).await.is_err());
}

an_answer_to_mails_of_two_cases_asks(store) {
    let scene = Scene::of(store).await;
    let other = add_case(store, case("Støj fra vejen")).await;
    let mut ids = Vec::new();
    for case in [scene.case.id, other.id] {
        let mark = store.make_mark(case, "birthe", day(3)).await.unwrap();
        ids.push(format!("<{}@x>", filing::key().write(mark)));
    }
    let headers = format!("References: {}\r\n", ids.join(" "));
    let (settled, _) = scene.settled(mail(1, "gerda@borger.example", BIRTHE, &headers)).await;
    assert_eq!(settled, Settled::Waits("marks_of_two_cases"));
}
}

#[test]
fn a_mail_to_the_address_of_a_case_is_filed_out_of_the_mailbox_it_comes_to() {
    let (house, dovecot) = (House::new(), Dovecot::start());
    let store = house.store();
    let made = house.block_on(async {
        person(store, VIEWER, BIRTHE).await;
        add_case(store, case("Hegn ved nabogrund")).await
    });
    let to = format!("sag+{}@eksempelkommune.example", made.number);
    let own = proven("eksempelkommune.example");
    house.add("sag", &Settings::Imap(house.imap(dovecot.port, "sag")));
    dovecot.deliver("sag", "INBOX", &mail(1, BIRTHE, &to, &own));
    dovecot.deliver("sag", "INBOX", &mail(2, "gerda@borger.example", &to, ""));
    let _watching = house.watch();
    house.wait_for_mails(2);
    let outbox = filing::outbox(store, house.tokens.clone(), filing::rules(), None);
    wait_for("the one to be filed", || {
        house.block_on(async {
            filing::run(&outbox).await;
            store.documents(made.id, VIEWER).await.unwrap().len() == 1
        })
    });
    assert!(
        house
            .block_on(store.job_counts())
            .unwrap()
            .iter()
            .all(|(state, _)| state != "failed")
    );
}

#[tokio::test]
async fn a_mark_is_made_for_who_may_file_and_read_by_the_house() {
    let app = App::start().await;
    let made = app.hidden_case("Hegn ved nabogrund", "birthe").await;
    let body = json!({ "case_id": made.id });
    let answer = app.post("/api/v1/marks", "birthe", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    let told = answer.json();
    assert_eq!(told["header"]["name"], HEADER);
    assert_eq!(told["subject_tag"], format!("[Sag {}]", made.number));
    let mark = filing::key().read(told["header"]["value"].as_str().unwrap());
    let marked = app.store.marked(mark.unwrap()).await.unwrap().unwrap();
    assert_eq!((marked.case_id, &*marked.made_by), (made.id, "birthe"));
    assert!(
        !answer.json().to_string().contains(&made.id.to_string()),
        "a mark tells nothing"
    );
    assert_eq!(app.post("/api/v1/marks", "carl", &body).await.status, 404);
}
