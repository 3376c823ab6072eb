//! What was never journaled goes when its time is up, and what is kept of a person is told and, where it may be, removed.

use chrono::{Duration, Utc};
use sagspost::mailbox::settings::Settings;
use sagspost::store::{AuditFilter, Blobs, BlobsAt, NotForACase, Person, Store};
use uuid::Uuid;

use crate::store::file;
use crate::support::cli::Cli;
use crate::support::dovecot::Dovecot;
use crate::support::house::{House, VIEWER};
use crate::support::store::{add_case, batch, case, day, eml, mailbox, user};
use crate::support::wait_for;

/// Two mails of Gerda's in Birthe's mailbox, stored on the second.
async fn two_mails(store: &Store) -> (Vec<Uuid>, Uuid) {
    user(store, "birthe").await;
    let (mailbox, folder) = mailbox(store, "leder", &["birthe"]).await;
    let raws = [eml("1@x", "Hegn", &[]), eml("2@x", "Skel", &[])];
    let stored = store
        .commit_batch(&batch(mailbox, folder, 1, &raws), day(2))
        .await
        .unwrap();
    (stored.iter().map(|mail| mail.id).collect(), folder)
}

fn gerda() -> Person {
    Person {
        address: Some("gerda@borger.example".to_owned()),
        identifier: None,
    }
}

on_both! {
    a_mail_that_was_never_journaled_goes_and_its_place_is_remembered(store) {
        let (ids, folder) = two_mails(store).await;
        let case = add_case(store, case("Skelsag")).await;
        file(store, ids[1], case.id, "birthe", "key").await.unwrap();
        assert_eq!(store.remove_unjournaled(day(2), day(20)).await.unwrap(), 0, "not older than that");
        assert_eq!(store.remove_unjournaled(day(3), day(20)).await.unwrap(), 1);
        assert!(store.mail(ids[0], "birthe").await.is_err());
        assert!(store.mail(ids[1], "birthe").await.is_ok());
        // To the next look at the folder nothing is missing.
        assert_eq!(store.known_uids(folder, 1).await.unwrap(), [1, 2]);
        let position = store.folder_position(folder).await.unwrap();
        assert_eq!((position.stored, position.last_uid), (2, 2));
        store.forget_locations(folder, 1, &[1]).await.unwrap();
        assert_eq!(store.known_uids(folder, 1).await.unwrap(), [2]);
        let removed = store.audit_found(&AuditFilter { about: Some(ids[0].to_string()), ..AuditFilter::default() }, None, 1).await.unwrap();
        assert_eq!((&*removed[0].1.actor, &*removed[0].1.action), ("sagspost", "mail.remove"));
        assert!(removed[0].1.detail.contains("retention"));
    }

    a_copy_of_a_journaled_mail_stays(store) {
        let (ids, _) = two_mails(store).await;
        let (other, folder) = mailbox(store, "teknik", &["birthe"]).await;
        let copy = [b"Received: elsewhere\r\n".to_vec(), eml("1@x", "Hegn", &[])].concat();
        let stored = store.commit_batch(&batch(other, folder, 1, &[copy]), day(2)).await.unwrap();
        let case = add_case(store, case("Hegnssag")).await;
        file(store, ids[0], case.id, "birthe", "key").await.unwrap();
        assert_eq!(store.remove_unjournaled(day(3), day(20)).await.unwrap(), 1);
        assert!(store.mail(stored[0].id, "birthe").await.is_ok());
    }

    what_was_said_of_a_mail_goes_with_it(store) {
        let (ids, _) = two_mails(store).await;
        let said: NotForACase = store.say_not_for_a_case(ids[0], "birthe", day(3)).await.unwrap();
        assert_eq!(said.by, "birthe");
        let before = store.last_event().await.unwrap();
        store.remove_unjournaled(day(3), day(20)).await.unwrap();
        let events = store.events_after(before, 10).await.unwrap();
        assert!(events.iter().any(|event| event.kind == sagspost::store::EventKind::MailNotForACaseUndone { mail_id: ids[0] }),
            "the engine unlearns it: {events:?}");
    }

    of_a_person_is_told_what_is_kept_and_erased_what_may_be(store) {
        let (ids, folder) = two_mails(store).await;
        let case = add_case(store, case("Skelsag")).await;
        file(store, ids[1], case.id, "birthe", "key").await.unwrap();
        let held = store.held_of_person(&gerda(), "cli", day(20)).await.unwrap();
        assert_eq!(held.mails.iter().map(|mail| mail.journaled).collect::<Vec<_>>(), [false, true]);
        assert_eq!(held.mails[0].roles.iter().collect::<Vec<_>>(), ["from"]);
        assert_eq!((held.documents.len(), &held.documents[0].case_number), (1, &case.number));
        assert_eq!(store.erase_mails_of("gerda@borger.example", "cli", day(20)).await.unwrap(), 1);
        let held = store.held_of_person(&gerda(), "cli", day(20)).await.unwrap();
        assert_eq!(held.mails.iter().map(|mail| mail.id).collect::<Vec<_>>(), [ids[1]]);
        assert_eq!(store.known_uids(folder, 1).await.unwrap(), [1, 2]);
        let log = store.audit_found(&AuditFilter::default(), None, 100).await.unwrap();
        let text = format!("{log:?}");
        assert!(text.contains("person.export") && text.contains("erasure") && !text.contains("gerda"), "{text}");
    }
}

#[test]
fn a_mail_that_was_removed_here_is_not_fetched_again_and_one_that_is_moved_is() {
    let (house, dovecot) = (House::new(), Dovecot::start());
    dovecot.deliver("b", "INBOX", &eml("1@x", "Hegn", &[]));
    dovecot.deliver("b", "INBOX", &eml("2@x", "Skel", &[]));
    let mut settings = house.imap(dovecot.port, "b");
    settings.folders = vec!["INBOX".into(), "Arkiv".into()];
    let mailbox = house.add("b", &Settings::Imap(settings));
    {
        let _watching = house.watch();
        house.wait_for_mails(2);
    }
    let later = Utc::now() + Duration::days(1);
    let removed = house.block_on(house.store().remove_unjournaled(later, later));
    assert_eq!(removed.unwrap(), 2);
    // A third mail is stored, by which time the folder was looked at, and no second time the first two.
    dovecot.deliver("b", "INBOX", &eml("3@x", "Støj", &[]));
    {
        let _watching = house.watch();
        house.wait_for_mails(1);
        dovecot.deliver("b", "INBOX", &eml("4@x", "Lugt", &[]));
        house.wait_for_mails(2);
        let subjects: Vec<String> = house
            .mails()
            .into_iter()
            .map(|mail| mail.envelope.subject)
            .collect();
        assert!(
            subjects
                .iter()
                .all(|subject| subject == "Støj" || subject == "Lugt"),
            "{subjects:?}"
        );
        // Laid into another folder it is a mail that has just come.
        dovecot.deliver("b", "Arkiv", &eml("1@x", "Hegn", &[]));
        house.wait_for_mails(3);
    }
    assert_eq!(house.mailbox(mailbox).mails, 3);
    assert_eq!(VIEWER, "journal");
    wait_for("nothing more", || house.mails().len() == 3);
}

#[test]
fn the_command_line_tells_and_erases() {
    let cli = Cli::new();
    cli.write(
        "mail.mbox",
        "From x\nFrom: Gerda Borger <gerda@borger.example>\nMessage-ID: <a@x>\nSubject: Hegn\n\nHej\n\n",
    );
    let mbox = cli.path("mail.mbox");
    cli.run(&["user", "add", "birthe"]);
    let imported = cli.run(&[
        "import",
        mbox.to_str().unwrap(),
        "--mailbox",
        "arkiv",
        "--user",
        "birthe",
    ]);
    assert_eq!(imported.code, 0, "{}", imported.err);
    let folder = cli.path("gerda");
    let held = cli.run(&[
        "person",
        "export",
        "Gerda@Borger.Example",
        "--mails",
        folder.to_str().unwrap(),
    ]);
    assert_eq!(held.code, 0, "{}", held.err);
    assert_eq!(held.json()["held"]["mails"][0]["subject"], "Hegn");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    let id = held.json()["held"]["mails"][0]["id"].clone();
    let url = format!("sqlite://{}", cli.path("sagspost.db").display());
    let about = AuditFilter {
        about: id.as_str().map(str::to_owned),
        ..AuditFilter::default()
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let actions = runtime.block_on(async {
        let blobs = Blobs::open(&BlobsAt::Folder(cli.path("blobs"))).unwrap();
        let store = Store::open(&url, blobs).await.unwrap();
        let found = store.audit_found(&about, None, 10).await.unwrap();
        let actions = found.into_iter().map(|(_, record)| record.action);
        actions.collect::<Vec<_>>()
    });
    assert_eq!(actions, ["person.export_mail"]);
    let asked = cli.run(&["person", "erase", "gerda@borger.example"]).json();
    assert_eq!(asked["would_remove"], 1);
    let erased = cli
        .run(&["person", "erase", "gerda@borger.example", "--yes"])
        .json();
    assert_eq!(erased["removed"], 1);
    assert_eq!(
        cli.run(&["person", "export", "gerda@borger.example"])
            .json()["held"]["mails"],
        serde_json::json!([])
    );
    assert_eq!(cli.run(&["person", "export"]).code, 2);
}
