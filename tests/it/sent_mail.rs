//! A mail whose sender chose its case while writing is filed when it lies among what they have sent.

use sagspost::domain::access::CaseAccess;
use sagspost::domain::case::Case;
use sagspost::mailbox::settings::Settings;
use sagspost::outbox::Outbox;
use sagspost::store::{AuditFilter, Entry, NewCase};

use crate::support::dovecot::Dovecot;
use crate::support::house::{House, VIEWER};
use crate::support::outbox;
use crate::support::store::{add_case, case, user};

const USER: &str = "birthe.lund";

fn sent(number: &str) -> Vec<u8> {
    format!(
        "Message-ID: <sent@x>\r\nFrom: Birthe Lund <birthe.lund@eksempelkommune.example>\r\n\
         To: gerda@borger.example\r\nSubject: Svar om hegnet\r\nX-Sagspost-Case: {number}\r\n\r\nGod dag.\r\n"
    )
    .into_bytes()
}

/// A house with a case, and the mail in that folder, stored and all that follows done: where the mail is filed.
fn filed_from(folder: &str, access: CaseAccess) -> (Case, Vec<Entry>, House) {
    let (house, dovecot) = (House::new(), Dovecot::start());
    let new = NewCase {
        access,
        ..case("Hegn ved nabogrund")
    };
    let made = house.block_on(async {
        user(house.store(), "carl").await;
        add_case(house.store(), new).await
    });
    dovecot.deliver(USER, folder, &sent(&made.number));
    let mut settings = house.imap(dovecot.port, USER);
    settings.folders.push("\\Sent".into());
    house.add(USER, &Settings::Imap(settings));
    let watching = house.watch();
    house.wait_for_mails(1);
    let store = house.store().clone();
    let outbox = Outbox {
        marker: outbox::marks(&house),
        ..outbox::of(&store)
    };
    let mail = house.mails().remove(0);
    let entries = house.block_on(async {
        while outbox.run_due().await.unwrap() > 0 {}
        store
            .entries_of_mail(&mail.fingerprint, VIEWER)
            .await
            .unwrap()
    });
    drop(watching);
    (made, entries, house)
}

#[test]
fn what_was_sent_with_a_case_is_filed_on_it_in_the_senders_name() {
    let (made, entries, house) = filed_from("Sent", CaseAccess::open());
    assert_eq!(entries.len(), 1);
    assert_eq!(
        (entries[0].case_id, &*entries[0].created_by),
        (made.id, VIEWER)
    );
    let documents = house
        .block_on(house.store().documents(made.id, VIEWER))
        .unwrap();
    assert_eq!(documents[0].title, "Svar om hegnet");
    let records = house.block_on(house.store().audit_found(&AuditFilter::default(), None, 50));
    let journaled = records
        .unwrap()
        .into_iter()
        .find(|(_, record)| record.action == "journal");
    let (_, record) = journaled.unwrap();
    assert_eq!(
        (&*record.actor, record.why.as_deref()),
        (VIEWER, Some("on_send"))
    );
}

#[test]
fn what_was_received_with_a_case_in_its_header_is_filed_by_nobody() {
    let (_, entries, _house) = filed_from("INBOX", CaseAccess::open());
    assert_eq!(entries, []);
}

#[test]
fn on_a_case_that_is_not_the_senders_nothing_is_filed_and_the_mail_waits() {
    let (_, entries, house) = filed_from("Sent", CaseAccess::of_users(["carl"]));
    assert_eq!(entries, []);
    assert_eq!(house.mails().len(), 1);
}
