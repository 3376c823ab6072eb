//! A folder of a mailbox that is tied to a case: what a person puts there is journaled on it.

use chrono::Utc;
use reqwest::Method;
use sagspost::domain::access::CaseAccess;
use sagspost::domain::case::{Case, CaseStatus};
use sagspost::journal;
use sagspost::mailbox::{TokenCache, settings::Settings};
use sagspost::outbox::Outbox;
use sagspost::store::{AuditFilter, NewCase, Store, StoreError};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::app::{App, answer};
use crate::support::dovecot::Dovecot;
use crate::support::filing;
use crate::support::house::{House, VIEWER};
use crate::support::store::{add_case, batch, case, day, eml, mailbox, user};
use crate::support::wait_for;

const BIRTHE: &str = "birthe.lund";
const FOLDER: &str = "Hegn";

/// A store with Birthe's mailbox, its inbox and another folder, and a case.
struct Scene<'a> {
    store: &'a Store,
    outbox: Outbox,
    case: Case,
    mailbox: Uuid,
    inbox: Uuid,
    folder: Uuid,
}

impl<'a> Scene<'a> {
    async fn of(store: &'a Store) -> Self {
        for name in ["birthe", "carl", "dora"] {
            user(store, name).await;
        }
        let (mailbox, inbox) = mailbox(store, "birthe", &["birthe"]).await;
        let folder = store.ensure_folder(mailbox, FOLDER, day(1)).await.unwrap();
        store.set_folder_position(folder, 1, None, 0).await.unwrap();
        let tokens = TokenCache::new(tokio::runtime::Handle::current());
        Self {
            outbox: filing::outbox(store, tokens, filing::rules(), None),
            case: add_case(store, case("Hegn ved nabogrund")).await,
            mailbox,
            inbox,
            folder,
            store,
        }
    }

    async fn link(&self, case: &Case, user: &str) -> Result<(), StoreError> {
        let place = (self.mailbox, self.folder);
        self.store.link_folder(place, case.id, user, day(3)).await
    }

    /// A mail comes to lie in a folder, and all that follows is done.
    async fn put(&self, folder: Uuid, uid: u32, raw: &[u8]) -> Uuid {
        let put = batch(self.mailbox, folder, uid, &[raw.to_vec()]);
        let stored = self.store.commit_batch(&put, day(4)).await.unwrap();
        filing::run(&self.outbox).await;
        stored[0].id
    }

    async fn documents(&self, case: &Case) -> usize {
        self.store.documents(case.id, "birthe").await.unwrap().len()
    }
}

on_both! {
an_old_mail_that_is_put_into_the_folder_is_journaled_by_its_owner(store) {
    let scene = Scene::of(store).await;
    let raw = eml("1@x", "Hegn", &[]);
    let mail = scene.put(scene.inbox, 1, &raw).await;
    scene.link(&scene.case, "birthe").await.unwrap();
    assert_eq!(scene.documents(&scene.case).await, 0);
    scene.put(scene.folder, 1, &raw).await;
    // The sync may see it twice.
    scene.put(scene.folder, 1, &raw).await;
    assert_eq!(scene.documents(&scene.case).await, 1);
    store.write_records().await.unwrap();
    let records = store.audit_found(&AuditFilter::default(), None, 50).await.unwrap();
    let filed = records.into_iter().find(|(_, record)| record.action == "journal");
    let (_, filed) = filed.unwrap();
    assert_eq!((&*filed.actor, filed.why.as_deref()), ("birthe", Some("linked_folder")));
    assert!(filed.detail.contains(&mail.to_string()));
}

in_a_shared_mailbox_it_is_journaled_by_who_tied_the_folder(store) {
    let scene = Scene::of(store).await;
    let owner = "user:carl".parse().unwrap();
    store.give_mailbox("birthe", &owner, sagspost::store::MailboxRole::Owner, day(1)).await.unwrap();
    scene.link(&scene.case, "carl").await.unwrap();
    let mail = scene.put(scene.folder, 1, &eml("1@x", "Hegn", &[])).await;
    let row = store.mail_unchecked(mail).await.unwrap();
    let entries = store.entries_of_mail(&row.fingerprint, "carl").await.unwrap();
    assert_eq!(entries[0].created_by, "carl");
}

nothing_is_journaled_where_the_owner_may_not_and_nobody_ties_what_is_not_theirs(store) {
    let scene = Scene::of(store).await;
    let access = CaseAccess::of_users(["carl"]);
    let carls = add_case(store, NewCase { access, ..case("Personalesag") }).await;
    // Carl sees the mailbox as a delegate, and may file on his case; Birthe, whose mailbox it is, may not.
    let delegate = "user:carl".parse().unwrap();
    store.give_mailbox("birthe", &delegate, sagspost::store::MailboxRole::Delegate, day(1)).await.unwrap();
    scene.link(&carls, "carl").await.unwrap();
    scene.put(scene.folder, 1, &eml("1@x", "Hegn", &[])).await;
    assert!(store.documents(carls.id, "carl").await.unwrap().is_empty());
    assert!(matches!(scene.link(&carls, "birthe").await, Err(StoreError::NotFound("case"))));
    assert!(matches!(scene.link(&scene.case, "dora").await, Err(StoreError::NotFound("folder"))));
    // What Birthe is told of the folder names no case that she does not see.
    let told = store.linked_folders(scene.mailbox, "birthe").await.unwrap();
    assert_eq!((told.len(), &told[0].case), (1, &None));
}

a_closed_case_suspends_the_folder_and_a_reopened_one_takes_it_up_again(store) {
    let scene = Scene::of(store).await;
    scene.link(&scene.case, "birthe").await.unwrap();
    let set = async |status| {
        store.set_case_status(scene.case.id, status, None, "birthe", day(4)).await.unwrap();
    };
    let suspended = async || store.linked_folders(scene.mailbox, "birthe").await.unwrap()[0].is_suspended;
    set(CaseStatus::Closed).await;
    assert!(suspended().await);
    scene.put(scene.folder, 1, &eml("1@x", "Hegn", &[])).await;
    assert_eq!(scene.documents(&scene.case).await, 0);
    assert!(matches!(scene.link(&scene.case, "birthe").await, Err(StoreError::CaseClosed(_))));
    set(CaseStatus::Open).await;
    assert!(!suspended().await);
    scene.put(scene.folder, 2, &eml("2@x", "Hegn", &[])).await;
    assert_eq!(scene.documents(&scene.case).await, 1);
}

a_folder_that_is_untied_or_tied_elsewhere_files_no_more_on_the_first_case(store) {
    let scene = Scene::of(store).await;
    let other = add_case(store, case("Støj fra vejen")).await;
    scene.link(&scene.case, "birthe").await.unwrap();
    scene.put(scene.folder, 1, &eml("1@x", "Hegn", &[])).await;
    scene.link(&other, "birthe").await.unwrap();
    scene.put(scene.folder, 2, &eml("2@x", "Støj", &[])).await;
    store.unlink_folder((scene.mailbox, scene.folder), "birthe", day(5)).await.unwrap();
    scene.put(scene.folder, 3, &eml("3@x", "Andet", &[])).await;
    assert_eq!((scene.documents(&scene.case).await, scene.documents(&other).await), (1, 1));
    assert!(store.linked_folders(scene.mailbox, "birthe").await.unwrap().is_empty());
}

what_was_taken_back_is_not_filed_again_when_it_comes_back_to_the_folder(store) {
    let scene = Scene::of(store).await;
    scene.link(&scene.case, "birthe").await.unwrap();
    let raw = eml("1@x", "Hegn", &[]);
    let mail = scene.put(scene.folder, 1, &raw).await;
    let row = store.mail_unchecked(mail).await.unwrap();
    let entry = store.entries_of_mail(&row.fingerprint, "birthe").await.unwrap().remove(0);
    let window = chrono::Duration::days(10_000);
    journal::undo(store, entry.id, "birthe", window, Utc::now()).await.unwrap();
    scene.put(scene.folder, 2, &raw).await;
    assert!(store.entries_of_mail(&row.fingerprint, "birthe").await.unwrap().is_empty());
}
}

#[test]
fn a_mail_that_is_dragged_into_the_folder_is_journaled_and_marked() {
    let (house, dovecot) = (House::new(), Dovecot::start());
    let store = house.store();
    let made = house.block_on(add_case(store, case("Hegn ved nabogrund")));
    dovecot.deliver(BIRTHE, "INBOX", &eml("1@x", "Hegn", &[]));
    dovecot.maildir(BIRTHE, FOLDER);
    let mut settings = house.imap(dovecot.port, BIRTHE);
    settings.folders.push(FOLDER.into());
    let id = house.add(BIRTHE, &Settings::Imap(settings));
    let _watching = house.watch();
    house.wait_for_mails(1);
    let folder = || {
        let folders = house.mailbox(id).folders;
        folders.into_iter().find(|folder| folder.name == FOLDER)
    };
    wait_for("the folder to be seen", || folder().is_some());
    let outbox = filing::outbox(store, house.tokens.clone(), filing::rules(), None);
    let place = (id, folder().unwrap().id);
    house.block_on(async {
        filing::run(&outbox).await;
        store
            .link_folder(place, made.id, VIEWER, Utc::now())
            .await
            .unwrap();
    });
    // As a mail program does that moves it: out of one folder, into another.
    let inbox = dovecot.maildir(BIRTHE, "INBOX");
    let mail = ["cur", "new"]
        .iter()
        .find_map(|part| std::fs::read_dir(inbox.join(part)).unwrap().next());
    let mail = mail.unwrap().unwrap();
    let to = dovecot
        .maildir(BIRTHE, FOLDER)
        .join("cur")
        .join(mail.file_name());
    std::fs::rename(mail.path(), to).unwrap();
    let entry = || {
        // Between its folders it lies nowhere.
        let Some(row) = house.mails().pop() else {
            return Vec::new();
        };
        house.block_on(async {
            filing::run(&outbox).await;
            store
                .entries_of_mail(&row.fingerprint, VIEWER)
                .await
                .unwrap()
        })
    };
    wait_for("the mail to be journaled", || entry().len() == 1);
    assert_eq!(entry()[0].case_id, made.id);
    let marks = house
        .block_on(store.marks_of_entry(entry()[0].id, VIEWER))
        .unwrap();
    assert_eq!(marks[0].state, "done");
}

#[tokio::test]
async fn the_folders_of_a_mailbox_are_tied_and_untied_over_http() {
    let app = App::start().await;
    app.add_mails(&[eml("1@x", "Hegn", &[])]).await;
    let made = app.add_case(case("Hegn ved nabogrund")).await;
    let mailbox = app.store.mailboxes(None).await.unwrap().remove(0);
    let folders = format!("/api/v1/mailboxes/{}/folders", mailbox.id);
    let first = app.get(&folders, "birthe").await.json();
    assert_eq!(
        (&first[0]["name"], &first[0]["link"]),
        (&json!("INBOX"), &Value::Null)
    );
    let path = format!("{folders}/{}/case", first[0]["id"].as_str().unwrap());
    let put = async |user: &str, body: Value| {
        answer(app.request(Method::PUT, &path, user).json(&body))
            .await
            .status
    };
    assert_eq!(
        put("birthe", json!({ "case_number": made.number })).await,
        204
    );
    let linked = app.get(&folders, "birthe").await.json();
    assert_eq!(linked[0]["link"]["case_number"], made.number.as_str());
    assert_eq!(linked[0]["link"]["state"], "on");
    assert_eq!(put("carl", json!({ "case_id": made.id })).await, 404);
    assert_eq!(put("birthe", json!({})).await, 422);
    let hidden = app.hidden_case("Personalesag", "carl").await;
    assert_eq!(put("birthe", json!({ "case_id": hidden.id })).await, 404);
    assert_eq!(app.get(&folders, "carl").await.status, 404);
    let delete = answer(app.request(Method::DELETE, &path, "birthe")).await;
    assert_eq!(delete.status, 204);
    assert_eq!(
        app.get(&folders, "birthe").await.json()[0]["link"],
        Value::Null
    );
}
