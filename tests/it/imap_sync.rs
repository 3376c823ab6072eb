//! Mailboxes watched on a real Dovecot: everything once, soon, and again after whatever went wrong.

use sagspost::journal;
use sagspost::mailbox::import::{ImportOptions, import};
use sagspost::mailbox::mark::Marks;
use sagspost::mailbox::settings::{MaildirSettings, Mark, Settings};
use sagspost::mailbox::{Limits, Listing, Options, Waker, connect};
use sagspost::outbox::Outbox;
use sagspost::store::{FolderState, MailboxState, MarkPayload};
use std::time::Duration;
use uuid::Uuid;

use crate::store::file;
use crate::support::dovecot::{Dovecot, DovecotOptions};
use crate::support::house::{House, POISON, VIEWER};
use crate::support::outbox;
use crate::support::store::{add_case, case, day};
use crate::support::wait_for;
use crate::support::wire::CuttingProxy;

const USER: &str = "birthe.lund";

fn mail(number: usize, size: usize) -> Vec<u8> {
    let mut mail =
        format!("From: borger{number}@example.dk\r\nSubject: Mail {number}\r\nMessage-ID: <{number}@example.dk>\r\n\r\n")
            .into_bytes();
    while mail.len() < size {
        mail.extend_from_slice(format!("Linje {} i mail {number}\r\n", mail.len()).as_bytes());
    }
    mail
}

fn deliver(dovecot: &Dovecot, numbers: std::ops::Range<usize>) {
    for number in numbers {
        dovecot.deliver(USER, "INBOX", &mail(number, 2_000));
    }
}

/// A mailbox of one folder on this server.
fn add(house: &House, dovecot: &Dovecot) -> Uuid {
    house.add(USER, &Settings::Imap(house.imap(dovecot.port, USER)))
}

fn wait_for_state(house: &House, mailbox: Uuid, state: MailboxState) {
    wait_for(&format!("the mailbox to be {state:?}"), || {
        house.mailbox(mailbox).state == state
    });
}

fn flags(house: &House, port: u16, folder: &str) -> Vec<Vec<String>> {
    let settings = house.imap(port, USER);
    let waker = Waker::new().unwrap();
    let mut client = connect(
        &settings.server(),
        &settings.login().unwrap(),
        &house.tokens,
        Limits::default(),
        &waker,
    )
    .unwrap();
    if client.examine(folder).is_err() {
        return Vec::new();
    }
    let listed = client.list(Listing::UidsFrom(1)).unwrap();
    listed
        .iter()
        .map(|mail| mail.flags.iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn a_mailbox_is_stored_once_and_a_second_sync_fetches_no_body() {
    let (house, dovecot) = (House::new(), Dovecot::start());
    deliver(&dovecot, 0..400);
    let mailbox = add(&house, &dovecot);
    {
        let _watching = house.watch();
        house.wait_for_mails(400);
        wait_for_state(&house, mailbox, MailboxState::Watching);
        let folder = &house.mailbox(mailbox).folders[0];
        assert_eq!(
            (folder.stored, folder.exists_count, folder.state),
            (400, 400, FolderState::Watching)
        );
    }
    wait_for("the first connection's end", || {
        dovecot.log().contains("body_count=400")
    });
    {
        let _watching = house.watch();
        // A sign that it has looked: a new mail arrives.
        deliver(&dovecot, 400..401);
        house.wait_for_mails(401);
    }
    wait_for("the second connection's end", || {
        dovecot.log().contains("body_count=1 ")
    });
    assert_eq!(
        house
            .mails()
            .iter()
            .filter(|mail| mail.incomplete_reason.is_some())
            .count(),
        0
    );
    assert!(
        flags(&house, dovecot.port, "INBOX")
            .iter()
            .all(Vec::is_empty),
        "no mail was touched"
    );
}

#[test]
fn a_new_mail_is_stored_when_idle_tells_of_it_and_after_a_poll_without() {
    for without_idle in [false, true] {
        let house = House::new();
        let dovecot = Dovecot::with(DovecotOptions {
            without_idle,
            ..DovecotOptions::default()
        });
        dovecot.maildir(USER, "INBOX");
        let mailbox = add(&house, &dovecot);
        let _watching = house.watch();
        wait_for_state(&house, mailbox, MailboxState::Watching);
        for number in 0..5 {
            deliver(&dovecot, number..number + 1);
            // Long before IDLE would be renewed.
            house.wait_for_mails(number + 1);
        }
    }
}

#[test]
fn a_mail_that_comes_twice_and_to_two_mailboxes_is_one_mail_in_three_places() {
    let (house, dovecot) = (House::new(), Dovecot::start());
    for (user, copies) in [(USER, 2), ("byg.miljoe", 1)] {
        for _ in 0..copies {
            dovecot.deliver(user, "INBOX", &mail(1, 500));
        }
        house.add(user, &Settings::Imap(house.imap(dovecot.port, user)));
    }
    let _watching = house.watch();
    house.wait_for_mails(1);
    let id = house.mails()[0].id;
    wait_for("three places", || {
        house.block_on(house.store().locations(id)).unwrap().len() == 3
    });
    assert_eq!(house.mails().len(), 1);
}

#[test]
fn sent_mail_and_folders_with_danish_letters_are_watched_too() {
    let (house, dovecot) = (House::new(), Dovecot::start());
    dovecot.deliver(USER, "Sent", &mail(1, 500));
    dovecot.deliver(USER, "Afg&APg-relser", &mail(2, 500));
    let mut settings = house.imap(dovecot.port, USER);
    settings.folders = vec!["INBOX".into(), "\\Sent".into(), "Afgørelser".into()];
    let mailbox = house.add(USER, &Settings::Imap(settings));
    let _watching = house.watch();
    house.wait_for_mails(2);
    wait_for_state(&house, mailbox, MailboxState::Watching);
    let folders: Vec<String> = house
        .mailbox(mailbox)
        .folders
        .into_iter()
        .map(|folder| folder.name)
        .collect();
    assert_eq!(folders, ["Afgørelser", "INBOX", "Sent"]);
}

#[test]
fn a_changed_uidvalidity_is_read_anew_and_nothing_is_stored_twice() {
    let (house, mut dovecot) = (House::new(), Dovecot::start());
    deliver(&dovecot, 0..20);
    let mailbox = add(&house, &dovecot);
    let _watching = house.watch();
    house.wait_for_mails(20);
    wait_for_state(&house, mailbox, MailboxState::Watching);
    let before = house.mailbox(mailbox).folders[0].uidvalidity.unwrap();
    dovecot.change_uidvalidity(USER, "INBOX");
    wait_for("the new numbering", || {
        let folder = &house.mailbox(mailbox).folders[0];
        folder.uidvalidity == Some(before + 1) && folder.stored == 20
    });
    assert_eq!(house.mails().len(), 20);
}

#[test]
fn a_folder_that_disappears_is_told_missing_and_found_again() {
    let (house, dovecot) = (House::new(), Dovecot::start());
    let mut settings = house.imap(dovecot.port, USER);
    settings.folders = vec!["Byggesager".into()];
    let mailbox = house.add(USER, &Settings::Imap(settings));
    let state = || {
        house
            .mailbox(mailbox)
            .folders
            .first()
            .map(|folder| (folder.state, folder.state_reason.clone()))
    };
    let _watching = house.watch();
    wait_for("the folder to be missing", || {
        state() == Some((FolderState::Missing, Some("no_such_folder".into())))
    });
    dovecot.deliver(USER, "Byggesager", &mail(1, 500));
    house.wait_for_mails(1);
    wait_for("the folder to be watched", || {
        state() == Some((FolderState::Watching, None))
    });
}

#[test]
fn a_refused_password_waits_for_a_person_and_heals_when_it_is_right() {
    let (house, dovecot) = (House::new(), Dovecot::start());
    deliver(&dovecot, 0..1);
    let right = std::fs::read_to_string(house.password_file()).unwrap();
    std::fs::write(house.password_file(), "forkert").unwrap();
    let mailbox = add(&house, &dovecot);
    let _watching = house.watch();
    wait_for_state(&house, mailbox, MailboxState::Refused);
    assert_eq!(
        house.mailbox(mailbox).state_reason.as_deref(),
        Some("login_refused")
    );
    std::fs::write(house.password_file(), right).unwrap();
    house.wait_for_mails(1);
    wait_for_state(&house, mailbox, MailboxState::Watching);
}

#[test]
fn a_server_that_restarts_is_waited_for() {
    let (house, mut dovecot) = (House::new(), Dovecot::start());
    deliver(&dovecot, 0..3);
    let mailbox = add(&house, &dovecot);
    let _watching = house.watch();
    house.wait_for_mails(3);
    dovecot.stop();
    wait_for_state(&house, mailbox, MailboxState::Waiting);
    deliver(&dovecot, 3..5);
    dovecot.go_on();
    house.wait_for_mails(5);
    wait_for_state(&house, mailbox, MailboxState::Watching);
}

#[test]
fn a_mail_that_is_deleted_on_the_server_is_forgotten_there_and_kept_here() {
    let (house, dovecot) = (House::new(), Dovecot::start());
    deliver(&dovecot, 0..3);
    let mailbox = add(&house, &dovecot);
    let _watching = house.watch();
    house.wait_for_mails(3);
    wait_for_state(&house, mailbox, MailboxState::Watching);
    let maildir = dovecot.maildir(USER, "INBOX");
    let one = ["cur", "new"]
        .iter()
        .find_map(|part| std::fs::read_dir(maildir.join(part)).unwrap().next());
    std::fs::remove_file(one.unwrap().unwrap().path()).unwrap();
    wait_for("two places", || {
        house.mailbox(mailbox).folders[0].stored == 2
    });
}

#[test]
fn a_connection_that_is_cut_again_and_again_brings_every_mail_in_the_end() {
    let (house, dovecot) = (House::new(), Dovecot::start());
    deliver(&dovecot, 0..300);
    let proxy = CuttingProxy::to(dovecot.port);
    // Less than a batch, and at another place in it each time.
    proxy.cut_after(100_003);
    let mailbox = house.add(USER, &Settings::Imap(house.imap(proxy.port, USER)));
    let _watching = house.watch();
    wait_for("every mail in spite of cuts", || house.mails().len() == 300);
    assert!(proxy.connections() > 3, "{}", proxy.connections());
    assert_eq!(house.mailbox(mailbox).folders[0].stored, 300);
}

#[test]
fn a_poison_mail_first_of_a_thousand_is_kept_as_bytes_and_holds_up_no_other() {
    let (house, dovecot) = (House::new(), Dovecot::start());
    deliver(&dovecot, 0..999);
    dovecot.deliver(
        USER,
        "INBOX",
        format!("Subject: {POISON}\r\n\r\nhej\r\n").as_bytes(),
    );
    add(&house, &dovecot);
    let _watching = house.watch();
    house.wait_for_mails(1000);
    let mails = house.mails();
    let poison: Vec<_> = mails
        .iter()
        .filter(|mail| !mail.envelope.warnings.is_empty())
        .collect();
    assert_eq!(
        (poison.len(), &*poison[0].envelope.warnings[0].code),
        (1, "reader_failed")
    );
    let raw = house
        .block_on(house.store().blob(poison[0].sha256))
        .unwrap();
    assert!(raw.starts_with(b"Subject: Gift"));
}

#[test]
fn a_mail_above_the_limit_is_recorded_with_its_headers_and_the_reason() {
    let (house, dovecot) = (House::new(), Dovecot::start());
    dovecot.deliver(USER, "INBOX", &mail(1, 300_000));
    deliver(&dovecot, 2..4);
    add(&house, &dovecot);
    let _watching = house.watch_as(Options {
        max_mail_bytes: 100_000,
        ..house.options
    });
    house.wait_for_mails(3);
    let mails = house.mails();
    let large = mails
        .iter()
        .find(|mail| mail.incomplete_reason.is_some())
        .unwrap();
    assert_eq!(
        (large.incomplete_reason.as_deref(), &*large.envelope.subject),
        (Some("too_large"), "Mail 1")
    );
    assert!(large.byte_length < 1000);
}

#[test]
fn two_replicas_on_one_postgresql_race_and_each_mail_is_stored_once() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let store = runtime.block_on(async {
        let database = crate::support::postgres::database().await;
        crate::support::store::open(database.url(), tempfile::tempdir().unwrap()).await
    });
    let house = House::on(runtime, store);
    let dovecot = Dovecot::start();
    let users: Vec<String> = (0..6).map(|number| format!("bruger{number}")).collect();
    for (number, user) in users.iter().enumerate() {
        dovecot.deliver(user, "INBOX", &mail(number, 500));
        dovecot.deliver(user, "INBOX", &mail(1000, 500));
        house.add(user, &Settings::Imap(house.imap(dovecot.port, user)));
    }
    let options = Options {
        lease: Duration::from_secs(1),
        ..house.options
    };
    let first = house.watch_as(options);
    let second = house.watch_as(options);
    house.wait_for_mails(7);
    wait_for("six connections", || {
        dovecot.log().matches("Login: user=").count() == 6
    });
    // The first no longer renews its leases, as if its machine had stopped; its connections still live.
    first.freeze();
    wait_for("the second to hold them all", || {
        for user in &users {
            dovecot.deliver(user, "INBOX", &mail(1000, 500));
        }
        let mailboxes = house.block_on(house.store().mailboxes(None)).unwrap();
        mailboxes.iter().all(|mailbox| {
            let name = format!("mailbox:{}", mailbox.id);
            let holder = house
                .block_on(house.store().lease_holder(&name, chrono::Utc::now()))
                .unwrap();
            holder.as_deref() == Some(second.holder())
        })
    });
    for (number, user) in users.iter().enumerate() {
        dovecot.deliver(user, "INBOX", &mail(100 + number, 500));
    }
    house.wait_for_mails(13);
}

#[test]
fn a_removed_mailbox_is_let_go_and_an_added_one_taken_up() {
    let (house, dovecot) = (House::new(), Dovecot::start());
    deliver(&dovecot, 0..1);
    let _watching = house.watch();
    let mailbox = add(&house, &dovecot);
    wait_for_state(&house, mailbox, MailboxState::Watching);
    house
        .block_on(house.store().remove_mailbox(mailbox))
        .unwrap();
    wait_for("the connection's end", || {
        dovecot.log().contains("Disconnected: Connection closed")
    });
}

#[test]
fn a_journaled_mail_is_marked_by_the_mailbox_s_policy_and_unmarked_on_undo() {
    for (mark, shown) in [
        (Mark::default(), "$Journaliseret"),
        (Mark::Flag, "\\Flagged"),
        (Mark::Nothing, ""),
    ] {
        let (house, dovecot) = (House::new(), Dovecot::start());
        deliver(&dovecot, 0..2);
        let mut settings = house.imap(dovecot.port, USER);
        settings.mark = mark;
        let mailbox = house.add(USER, &Settings::Imap(settings));
        let _watching = house.watch();
        house.wait_for_mails(2);
        let marks = Marks::new(house.store().clone(), house.tokens.clone());
        let set = |journaled| {
            house
                .block_on(marks.set(&MarkPayload::new(mailbox, house.mails()[0].id), journaled))
                .unwrap();
        };
        let marked = || {
            flags(&house, dovecot.port, "INBOX")
                .iter()
                .filter(|flags| flags.iter().any(|f| f == shown))
                .count()
        };
        set(true);
        set(true);
        assert_eq!(marked(), usize::from(!shown.is_empty()));
        set(false);
        assert_eq!(marked(), 0);
    }
}

#[test]
fn a_copy_that_arrives_after_the_filing_waits_for_its_mark_and_one_that_was_moved_for_it_does_not()
{
    let (house, dovecot) = (House::new(), Dovecot::start());
    let watched = |user: &str| {
        let mut settings = house.imap(dovecot.port, user);
        // Watched itself, under a name that does not tell so.
        settings.folders.push("\\Sent".into());
        settings.mark = Mark::Move {
            folder: "Sent".into(),
        };
        house.add(user, &Settings::Imap(settings))
    };
    dovecot.deliver(USER, "INBOX", &mail(1, 2_000));
    let first = watched(USER);
    let _watching = house.watch();
    house.wait_for_mails(1);
    let filed = house.mails()[0].id;
    let entry = house.block_on(async {
        let case = add_case(house.store(), case("Hegn")).await;
        file(house.store(), filed, case.id, VIEWER, "k1")
            .await
            .unwrap()
    });
    let ordered = || {
        let marks = house.block_on(house.store().marks_of_entry(entry.id, VIEWER));
        let mut mailboxes: Vec<Uuid> = marks.unwrap().iter().map(|m| m.mailbox_id).collect();
        mailboxes.sort();
        mailboxes
    };
    let marks = Marks::new(house.store().clone(), house.tokens.clone());
    house
        .block_on(marks.set(&MarkPayload::new(first, filed), true))
        .unwrap();
    wait_for("the mail to be known where it was moved", || {
        let places = house.block_on(house.store().locations(filed)).unwrap();
        matches!(&places[..], [place] if place.folder == "Sent")
    });
    assert_eq!(ordered(), [first]);

    dovecot.deliver("carl.holm", "INBOX", &mail(1, 2_000));
    let second = watched("carl.holm");
    wait_for("the copy's mark to be ordered", || {
        ordered() == [first, second]
    });
}

#[test]
fn a_journaled_mail_is_moved_to_a_folder_that_is_made_for_it() {
    for without_move in [false, true] {
        let house = House::new();
        let dovecot = Dovecot::with(DovecotOptions {
            without_move,
            ..DovecotOptions::default()
        });
        deliver(&dovecot, 0..2);
        let mut settings = house.imap(dovecot.port, USER);
        settings.mark = Mark::Move {
            folder: "Journaliseret æ".into(),
        };
        let mailbox = house.add(USER, &Settings::Imap(settings));
        let _watching = house.watch();
        house.wait_for_mails(2);
        let marks = Marks::new(house.store().clone(), house.tokens.clone());
        let journaled = house.mails()[0].id;
        house
            .block_on(marks.set(&MarkPayload::new(mailbox, journaled), true))
            .unwrap();
        house
            .block_on(marks.set(&MarkPayload::new(mailbox, journaled), true))
            .unwrap();
        assert_eq!(flags(&house, dovecot.port, "Journaliseret æ").len(), 1);
        wait_for("one left", || {
            flags(&house, dovecot.port, "INBOX").len() == 1
        });
        wait_for("the watch to know", || {
            house.mailbox(mailbox).folders[0].stored == 1
        });
    }
}

#[test]
fn a_mail_that_was_moved_away_comes_back_on_undo() {
    for without_move in [false, true] {
        let house = House::new();
        let dovecot = Dovecot::with(DovecotOptions {
            without_move,
            ..DovecotOptions::default()
        });
        deliver(&dovecot, 0..2);
        let mut settings = house.imap(dovecot.port, USER);
        settings.mark = Mark::Move {
            folder: "Journaliseret".into(),
        };
        let mailbox = house.add(USER, &Settings::Imap(settings));
        let _watching = house.watch();
        house.wait_for_mails(2);
        let marks = Marks::new(house.store().clone(), house.tokens.clone());
        let mail = house.mails()[0].id;
        house
            .block_on(marks.set(&MarkPayload::new(mailbox, mail), true))
            .unwrap();
        wait_for("one left", || house.mails().len() == 1);
        house
            .block_on(marks.set(&MarkPayload::new(mailbox, mail), false))
            .unwrap();
        house.wait_for_mails(2);
        assert_eq!(flags(&house, dovecot.port, "Journaliseret").len(), 0);
        assert!(
            house.mails().iter().any(|row| row.id == mail),
            "the same mail as before"
        );
        house
            .block_on(marks.set(&MarkPayload::new(mailbox, mail), false))
            .unwrap();
        assert_eq!(flags(&house, dovecot.port, "INBOX").len(), 2);
    }
}

#[test]
fn a_mail_on_two_cases_comes_back_to_the_folder_it_was_moved_from_when_the_last_is_undone() {
    let (house, dovecot) = (House::new(), Dovecot::start());
    dovecot.deliver(USER, "Byggesager", &mail(1, 2_000));
    let mut settings = house.imap(dovecot.port, USER);
    settings.folders.push("Byggesager".into());
    settings.mark = Mark::Move {
        folder: "Journaliseret".into(),
    };
    house.add(USER, &Settings::Imap(settings));
    let _watching = house.watch();
    house.wait_for_mails(1);
    let filed = house.mails()[0].id;
    let store = house.store();
    let outbox = Outbox {
        marker: outbox::marks(&house),
        ..outbox::of(store)
    };
    let run = async || while outbox.run_due().await.unwrap() > 0 {};
    let file_on = async |title, key| {
        let case = add_case(store, case(title)).await;
        let entry = file(store, filed, case.id, VIEWER, key).await.unwrap();
        run().await;
        entry.id
    };
    let undo = async |entry| {
        let (window, now) = (chrono::Duration::days(1), day(3));
        journal::undo(store, entry, VIEWER, window, now)
            .await
            .unwrap();
        run().await;
    };
    let lie_in = |folder| flags(&house, dovecot.port, folder).len();
    house.block_on(async {
        // The second when the mail lies in no watched folder any more.
        let one = file_on("Hegn", "k1").await;
        let two = file_on("Skel", "k2").await;
        assert_eq!((lie_in("Byggesager"), lie_in("Journaliseret")), (0, 1));
        undo(one).await;
        assert_eq!(lie_in("Journaliseret"), 1);
        undo(two).await;
        assert_eq!((lie_in("Byggesager"), lie_in("Journaliseret")), (1, 0));
    });
}

#[test]
fn a_full_archive_is_told_and_tried_again_later() {
    let house = House::new();
    let dovecot = Dovecot::with(DovecotOptions {
        archive_quota_kb: Some(2),
        ..DovecotOptions::default()
    });
    dovecot.deliver(USER, "INBOX", &mail(1, 50_000));
    let mut settings = house.imap(dovecot.port, USER);
    settings.mark = Mark::Move {
        folder: "Fjernarkiv/2026".into(),
    };
    let mailbox = house.add(USER, &Settings::Imap(settings));
    let _watching = house.watch();
    house.wait_for_mails(1);
    let marks = Marks::new(house.store().clone(), house.tokens.clone());
    let error = house
        .block_on(marks.set(&MarkPayload::new(mailbox, house.mails()[0].id), true))
        .unwrap_err();
    assert!(error.code() == "quota_full" && error.is_transient());
    assert_eq!(flags(&house, dovecot.port, "INBOX").len(), 1);
}

#[test]
fn a_maildir_is_watched_and_its_new_mails_are_stored() {
    let house = House::new();
    let path = house.path("Maildir");
    for part in ["new", "cur", "tmp", ".Sent/cur", ".Sent/new"] {
        std::fs::create_dir_all(path.join(part)).unwrap();
    }
    std::fs::write(path.join("cur/1.a:2,S"), mail(1, 500)).unwrap();
    std::fs::write(path.join(".Sent/cur/2.a:2,S"), mail(2, 500)).unwrap();
    let mailbox = house.add(
        "maildir",
        &Settings::Maildir(MaildirSettings { path: path.clone() }),
    );
    let _watching = house.watch();
    house.wait_for_mails(2);
    std::fs::write(path.join("new/3.a"), mail(3, 500)).unwrap();
    house.wait_for_mails(3);
    wait_for_state(&house, mailbox, MailboxState::Watching);
    // Read in a mail program: another name, the same mail in the same place.
    std::fs::rename(path.join("new/3.a"), path.join("cur/3.a:2,S")).unwrap();
    std::fs::write(path.join("new/4.a"), mail(4, 500)).unwrap();
    house.wait_for_mails(4);
    assert_eq!(
        house
            .mailbox(mailbox)
            .folders
            .iter()
            .map(|folder| folder.stored)
            .sum::<i64>(),
        4
    );
}

#[test]
fn an_import_may_be_repeated_and_stores_nothing_twice() {
    let house = House::new();
    let mailbox = house.add("import", &Settings::Imported);
    let maildir = house.path("Maildir");
    for part in ["new", "cur"] {
        std::fs::create_dir_all(maildir.join(part)).unwrap();
    }
    let mut mbox = Vec::new();
    for number in 0..300 {
        let mail = mail(number, 1_000);
        if number < 200 {
            std::fs::write(maildir.join(format!("cur/{number}.a")), &mail).unwrap();
        }
        mbox.extend_from_slice(b"From borger@example.dk Mon Mar  2 12:00:00 2026\n");
        mbox.extend_from_slice(&mail);
        mbox.extend_from_slice(b"\n");
    }
    std::fs::write(house.path("arkiv.mbox"), mbox).unwrap();
    let options = ImportOptions {
        mailbox_id: mailbox,
        batch_bytes: 100_000,
        max_mail_bytes: 1 << 20,
    };
    let run = |name: &str| {
        let mut told = 0;
        let path = house.path(name);
        let done = import(
            &house.ingest,
            house.runtime.handle(),
            options,
            &path,
            |_| told += 1,
        )
        .unwrap();
        assert!(told > 100 && done.bytes_read == done.bytes_total && done.bytes_total > 0);
        (done.mails, done.new)
    };
    assert_eq!(run("Maildir"), (200, 200));
    assert_eq!(run("Maildir"), (200, 0));
    assert_eq!(run("arkiv.mbox"), (300, 100));
    assert_eq!(run("arkiv.mbox"), (300, 0));
    assert_eq!(house.mails().len(), 300);
    std::fs::write(house.path("brev.txt"), "Kære alle\n").unwrap();
    assert!(
        import(
            &house.ingest,
            house.runtime.handle(),
            options,
            &house.path("brev.txt"),
            |_| ()
        )
        .is_err()
    );
}
