//! Mails that the service sends: over a real server into a real mailbox, to whom they are for and to nobody else.

use std::sync::Arc;

use chrono::{Duration, Utc};
use sagspost::config::{Smtp, SmtpTls};
use sagspost::domain::access::{Allowed, CaseAccess, Level};
use sagspost::domain::mail::MailKind;
use sagspost::domain::role::{Grant, Principal, Role, Scope};
use sagspost::domain::working_days::{Calendar, JournalingDeadline, JournalingLimits, danish_day};
use sagspost::mailbox::settings::Settings;
use sagspost::messages::Lang;
use sagspost::outbox::{Outbox, Post, near_deadline};
use sagspost::smtp::{Letter, Mailer};
use sagspost::store::{MailAbout, MailTemplate, MailTo, MayLeave, NewCase, NewJob, Store, User};
use uuid::Uuid;

use crate::support::cli::Cli;
use crate::support::dovecot::Dovecot;
use crate::support::filing;
use crate::support::house::{House, VIEWER};
use crate::support::smtp::{FROM, MailServer};
use crate::support::store::{add_case, batch, case, day, mailbox, user};
use crate::support::wait_for;

const BIRTHE: &str = "birthe.lund";
const GERDA: &str = "gerda";

struct Scene {
    house: House,
    dovecot: Dovecot,
    server: MailServer,
    outbox: Outbox,
}

fn post(settings: &Smtp) -> Arc<Post> {
    Arc::new(Post {
        mailer: Mailer::new(settings).unwrap(),
        marks: filing::key(),
        lang: Lang::Da,
        organisation: "Eksempel Kommune".to_owned(),
        public_url: "https://sagspost.eksempelkommune.example".to_owned(),
        limits: JournalingLimits::default(),
    })
}

async fn person(store: &Store, name: &str) {
    let user = User {
        name: name.to_owned(),
        display_name: "Birthe Lund".to_owned(),
        mail: Some(format!("{name}@eksempelkommune.example")),
        unit: None,
    };
    store.save_user(&user, day(1)).await.unwrap();
}

impl Scene {
    /// Birthe has a mailbox with us, Gerda one elsewhere on the same server.
    fn new() -> Self {
        let (house, dovecot) = (House::new(), Dovecot::start());
        for user in [BIRTHE, GERDA] {
            dovecot.maildir(user, "INBOX");
        }
        let server = MailServer::before(&dovecot);
        house.block_on(person(house.store(), BIRTHE));
        let post = post(&server.settings(SmtpTls::Starttls));
        let outbox = filing::outbox(
            house.store(),
            house.tokens.clone(),
            filing::rules(),
            Some(post),
        );
        Self {
            house,
            dovecot,
            server,
            outbox,
        }
    }

    /// Orders a mail and does what is due.
    fn send(&self, template: MailTemplate, to: &str, about: MailAbout) {
        let to = if to.contains('@') {
            MailTo::Address(to.to_owned())
        } else {
            MailTo::User(to.to_owned())
        };
        let job = NewJob::send_mail(template, to, about);
        self.house.block_on(async {
            self.house.store().order(&[job], Utc::now()).await.unwrap();
            filing::run(&self.outbox).await;
        });
    }

    /// What lies in somebody's mailbox on the server.
    fn letters(&self, user: &str) -> Vec<String> {
        letters(&self.dovecot, user)
    }

    fn wait_for_letters(&self, user: &str, count: usize) {
        wait_for(&format!("{count} letters"), || {
            self.letters(user).len() == count
        });
    }

    /// A mail that Gerda sent, as it is stored.
    fn mail_of_gerda(&self, number: u32, headers: &str) -> Uuid {
        let raw = format!(
            "Return-Path: <gerda@borger.example>\r\n{headers}Message-ID: <{number}@borger.example>\r\n\
             From: Gerda <gerda@borger.example>\r\nTo: {BIRTHE}@eksempelkommune.example\r\n\
             Subject: Hegn ved nabogrund {number}\r\n\r\nGod dag.\r\n"
        );
        self.house.block_on(async {
            let store = self.house.store();
            let name = format!("postkasse {number}");
            let (mailbox, folder) = mailbox(store, &name, &[VIEWER]).await;
            let batch = batch(mailbox, folder, 1, &[raw.into_bytes()]);
            store.commit_batch(&batch, Utc::now()).await.unwrap()[0].id
        })
    }

    fn acknowledge(&self, mail_id: Uuid) {
        let about = MailAbout {
            mail_id: Some(mail_id),
            ..MailAbout::default()
        };
        self.send(MailTemplate::Acknowledgement, "gerda@borger.example", about);
    }

    /// Whether everything that was ordered is done or dropped.
    fn nothing_waits(&self) -> bool {
        let counts = self
            .house
            .block_on(self.house.store().job_counts())
            .unwrap();
        counts.is_empty()
    }
}

fn letters(dovecot: &Dovecot, user: &str) -> Vec<String> {
    let maildir = dovecot.maildir(user, "INBOX");
    ["new", "cur"]
        .iter()
        .flat_map(|part| std::fs::read_dir(maildir.join(part)).unwrap())
        .map(|entry| String::from_utf8(std::fs::read(entry.unwrap().path()).unwrap()).unwrap())
        .collect()
}

#[test]
fn a_mail_leaves_by_starttls_by_tls_and_in_the_clear() {
    let scene = Scene::new();
    for (number, tls) in [SmtpTls::Starttls, SmtpTls::Tls, SmtpTls::None]
        .into_iter()
        .enumerate()
    {
        let mailer = Mailer::new(&scene.server.settings(tls)).unwrap();
        let letter = Letter {
            to: "gerda@borger.example".to_owned(),
            subject: "Hæk & hegn\r\nBcc: alle@x.example".to_owned(),
            text: "Kære Gerda".to_owned(),
            message_id: format!("{number}@eksempelkommune.example"),
            in_reply_to: None,
            headers: Vec::new(),
            returns_to_nobody: true,
            carries: None,
        };
        scene.house.block_on(mailer.look()).unwrap();
        scene.house.block_on(mailer.send(&letter)).unwrap();
        scene.wait_for_letters(GERDA, number + 1);
    }
    let letters = scene.letters(GERDA);
    assert!(
        letters
            .iter()
            .all(|letter| letter.contains("Return-path: <>"))
    );
    assert!(
        letters.iter().all(|letter| !letter.contains("\nBcc")),
        "no line of its own"
    );
}

#[test]
fn a_server_without_a_good_certificate_or_with_another_password_is_told_as_such() {
    let scene = Scene::new();
    let right = scene.server.settings(SmtpTls::Starttls);
    let elsewhere = Smtp {
        ca_file: "".into(),
        ..right.clone()
    };
    let guessed = Smtp {
        password: sagspost::config::Secret::new("gættet"),
        ..right.clone()
    };
    let nobody = Smtp { port: 1, ..right };
    for (settings, code) in [
        (elsewhere, "mail_server_untrusted"),
        (guessed, "mail_login_refused"),
        (nobody, "mail_server_away"),
    ] {
        let looked = scene.house.block_on(Mailer::new(&settings).unwrap().look());
        let error = looked.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(!error.to_string().contains("gættet"));
    }
}

#[test]
fn a_notice_makes_the_whole_round_and_is_known_as_ours() {
    let scene = Scene::new();
    let (house, store) = (&scene.house, scene.house.store());
    house.add(
        BIRTHE,
        &Settings::Imap(house.imap(scene.dovecot.port, BIRTHE)),
    );
    let made = house.block_on(async {
        user(store, "eva").await;
        let emergency = Grant {
            to: Principal::User("eva".to_owned()),
            role: Role::Emergency,
            scope: Scope::Everywhere,
        };
        store.grant(&emergency).await.unwrap();
        let manager = format!("user:{BIRTHE}").parse().unwrap();
        let made = add_case(
            store,
            NewCase {
                access: CaseAccess::restricted(vec![Allowed::new(manager, Level::Manage)]),
                ..case("Anbringelse")
            },
        )
        .await;
        let now = Utc::now();
        let reason = "Barnet skal hentes i dag";
        store
            .open_in_emergency(&made.number, "eva", reason, now, now + Duration::hours(1))
            .await
            .unwrap();
        filing::run(&scene.outbox).await;
        made
    });
    let watching = house.watch();
    house.wait_for_mails(1);
    drop(watching);
    let mail = house.mails().remove(0);
    assert!(
        mail.envelope.subject.contains(&made.number),
        "{}",
        mail.envelope.subject
    );
    assert_eq!(mail.envelope.from[0].address, FROM);
    assert_ne!(mail.envelope.kind, MailKind::Personal);
    let letter = scene.letters(BIRTHE).remove(0);
    for header in [
        "Auto-Submitted: auto-generated",
        "X-Sagspost: emergency_opened",
    ] {
        assert!(letter.contains(header), "{header} in {letter}");
    }
    let id = mail.envelope.message_id.unwrap();
    assert_eq!(filing::key().among([id.as_str()]).len(), 1, "{id}");
    // It is looked at as every mail is, and nothing comes of it.
    house.block_on(filing::run(&scene.outbox));
    assert!(!house.block_on(store.is_filed(mail.id)).unwrap());
    scene.acknowledge(mail.id);
    assert!(scene.letters(GERDA).is_empty());
    assert!(scene.nothing_waits());
}

#[test]
fn a_mail_waits_for_a_server_that_is_away() {
    let mut scene = Scene::new();
    scene.server.stop();
    let mail = scene.mail_of_gerda(1, "");
    scene.acknowledge(mail);
    assert!(!scene.nothing_waits());
    scene.server.go_on();
    wait_for("the letter", || {
        scene.house.block_on(filing::run(&scene.outbox));
        scene.letters(GERDA).len() == 1
    });
    let letter = scene.letters(GERDA).remove(0);
    for part in [
        "In-Reply-To: <1@borger.example>",
        "Auto-Submitted: auto-replied",
        "Return-path: <>",
    ] {
        assert!(letter.contains(part), "{part} in {letter}");
    }
}

#[test]
fn an_address_that_the_server_refuses_is_given_up_with_its_reason() {
    let scene = Scene::new();
    let about = MailAbout::default();
    scene.send(MailTemplate::Notice, "afvist@borger.example", about);
    let failed = scene.house.block_on(scene.house.store().failed_reasons());
    assert_eq!(failed.unwrap(), [("mail_refused".to_owned(), 1)]);
}

#[test]
fn of_many_notices_to_one_address_the_twenty_first_comes_later() {
    let scene = Scene::new();
    for _ in 0..21 {
        scene.send(MailTemplate::Notice, BIRTHE, MailAbout::default());
    }
    scene.wait_for_letters(BIRTHE, 20);
    let waiting = scene
        .house
        .block_on(scene.house.store().job_counts())
        .unwrap();
    assert_eq!(waiting, [("waiting".to_owned(), 1)]);
}

#[test]
fn a_sender_is_acknowledged_once_a_day_whatever_they_send() {
    let scene = Scene::new();
    for number in 1..=3 {
        let mail = scene.mail_of_gerda(number, "");
        scene.acknowledge(mail);
    }
    scene.wait_for_letters(GERDA, 1);
    assert!(scene.nothing_waits());
}

#[test]
fn machines_lists_and_ourselves_are_answered_never() {
    let scene = Scene::new();
    for (number, headers) in [
        "Auto-Submitted: auto-replied\r\n",
        "Precedence: bulk\r\n",
        "List-Id: <naboer.borger.example>\r\n",
        "Return-Path: <>\r\n",
        "X-Sagspost: notice\r\n",
        "X-Auto-Response-Suppress: All\r\n",
    ]
    .into_iter()
    .enumerate()
    {
        let mail = scene.mail_of_gerda(number as u32, headers);
        scene.acknowledge(mail);
        assert!(scene.letters(GERDA).is_empty(), "{headers}");
    }
    let mail = scene.mail_of_gerda(9, "");
    for own in [FROM, "sag+2026-00001@eksempelkommune.example"] {
        let about = MailAbout {
            mail_id: Some(mail),
            ..MailAbout::default()
        };
        scene.send(MailTemplate::Acknowledgement, own, about);
    }
    assert!(scene.nothing_waits());
    assert!(!scene.server.log().contains("<="), "{}", scene.server.log());
}

#[test]
fn a_mail_is_sent_on_with_every_byte_of_it() {
    let scene = Scene::new();
    let mail = scene.mail_of_gerda(1, "X-Hæk: ø\r\n");
    let about = MailAbout {
        mail_id: Some(mail),
        ..MailAbout::default()
    };
    scene.send(MailTemplate::Forwarded, "gerda@borger.example", about);
    scene.wait_for_letters(GERDA, 1);
    let sent = sagspost::mime::attachment(scene.letters(GERDA)[0].as_bytes(), &[0]);
    let row = scene
        .house
        .block_on(scene.house.store().mail_unchecked(mail))
        .unwrap();
    let raw = scene
        .house
        .block_on(scene.house.store().blob(row.sha256))
        .unwrap();
    assert_eq!(sent.unwrap().1, raw);
}

#[test]
fn who_may_not_see_a_mail_or_a_case_is_told_of_neither() {
    let scene = Scene::new();
    let mail = scene.mail_of_gerda(1, "");
    let hidden = scene.house.block_on(add_case(
        scene.house.store(),
        NewCase {
            access: CaseAccess::of_users([VIEWER]),
            ..case("Anbringelse af et barn")
        },
    ));
    let about = MailAbout {
        mail_id: Some(mail),
        case_id: Some(hidden.id),
        by: Some(VIEWER.to_owned()),
        ..MailAbout::default()
    };
    scene.send(MailTemplate::Notice, BIRTHE, about);
    scene.wait_for_letters(BIRTHE, 1);
    let told = sagspost::mime::parse(scene.letters(BIRTHE)[0].as_bytes());
    let told = format!("{} {}", told.subject, told.text);
    for secret in ["Hegn", "Anbringelse", &hidden.number] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
}

/// Whether a mail of so many days ago has its last day today, or on the next working day.
fn is_due_after(days: i64) -> bool {
    let (calendar, today) = (Calendar::default(), danish_day(Utc::now()));
    let received = Utc::now() - Duration::days(days);
    let last = JournalingDeadline::of(&calendar, JournalingLimits::default(), received).limit;
    (today..=calendar.add_working_days(today, 1)).contains(&last)
}

#[test]
fn people_hear_once_a_day_of_mails_near_their_deadline() {
    let scene = Scene::new();
    let (house, store) = (&scene.house, scene.house.store());
    house.block_on(async {
        let (mailbox, folder) = mailbox(store, "postkasse", &[BIRTHE]).await;
        let mail = |number: u32| {
            format!(
                "Message-ID: <{number}@borger.example>\r\nFrom: Gerda <gerda@borger.example>\r\n\
                 To: {BIRTHE}@eksempelkommune.example\r\nSubject: Klage over afgørelse {number}\r\n\r\nJeg klager over afgørelsen.\r\n"
            )
            .into_bytes()
        };
        let raws: Vec<Vec<u8>> = (1..=3).map(mail).collect();
        let mut arrived = batch(mailbox, folder, 1, &raws);
        // Today, so long ago that it is due today or tomorrow, and long past.
        let due = (0..60).find(|days| is_due_after(*days)).unwrap();
        for (mail, days) in arrived.mails.iter_mut().zip([0, due, 90]) {
            mail.received_at = Utc::now() - Duration::days(days);
        }
        store.commit_batch(&arrived, Utc::now()).await.unwrap();
        for _ in 0..2 {
            near_deadline::remind(store, Utc::now()).await.unwrap();
            filing::run(&scene.outbox).await;
        }
    });
    scene.wait_for_letters(BIRTHE, 1);
    let told = sagspost::mime::parse(scene.letters(BIRTHE)[0].as_bytes()).text;
    assert!(told.contains("Klage over afgørelse 2"), "{told}");
    for other in ["afgørelse 1", "afgørelse 3"] {
        assert!(!told.contains(other), "{told}");
    }
}

#[test]
fn the_doctor_says_whether_mails_can_go_out_and_sends_none() {
    let scene = Scene::new();
    let cli = Cli::new();
    let settings = scene.server.settings(SmtpTls::Starttls);
    let (port, ca_file) = (
        settings.port.to_string(),
        settings.ca_file.display().to_string(),
    );
    let told = |password: &str| {
        let variables = [
            ("SAGSPOST__SMTP__HOST", "localhost"),
            ("SAGSPOST__SMTP__PORT", &port),
            ("SAGSPOST__SMTP__CA_FILE", &ca_file),
            ("SAGSPOST__SMTP__USER", &settings.user),
            ("SAGSPOST__SMTP__PASSWORD", password),
            ("SAGSPOST__SMTP__FROM", FROM),
        ];
        let findings = cli.run_with(&variables, &["--json", "doctor"]).json();
        let findings = findings.as_array().unwrap().clone();
        let found = findings
            .into_iter()
            .find(|finding| finding["what"] == "mail out");
        let found = found.unwrap();
        (found["ok"].as_bool().unwrap(), found["says"].to_string())
    };
    assert!(told(settings.password.reveal()).0);
    let (ok, says) = told("gættet");
    assert!(
        !ok && says.contains("sign in") && !says.contains("gættet"),
        "{says}"
    );
    assert!(!scene.server.log().contains("<="), "{}", scene.server.log());
}

#[test]
fn settings_of_mail_out_that_cannot_be_right_are_told() {
    let cli = Cli::new();
    for (variables, key) in [
        (
            &[("SAGSPOST__SMTP__HOST", "smtp.byen.example")][..],
            "smtp.from",
        ),
        (
            &[("SAGSPOST__SMTP__FROM", "Sagspost <sagspost@byen.example>")],
            "smtp.from",
        ),
        (
            &[
                ("SAGSPOST__SMTP__HOST", "smtp.byen.example"),
                ("SAGSPOST__SMTP__FROM", FROM),
                ("SAGSPOST__SMTP__TLS", "none"),
                ("SAGSPOST__SMTP__PASSWORD", "sommerhus"),
            ],
            "smtp.tls",
        ),
        (
            &[("SAGSPOST__FILING__ADDRESS", "sag@byen.example")],
            "filing.address",
        ),
    ] {
        let said = cli.run_with(variables, &["config", "check"]);
        assert!(
            said.code != 0 && said.err.contains(key),
            "{key}: {} {}",
            said.out,
            said.err
        );
    }
}

on_both! {
what_went_out_long_ago_is_forgotten(store) {
    let begin = async |at| {
        let template = (Uuid::now_v7(), MailTemplate::Acknowledgement);
        let most = (20, Duration::hours(2));
        store.begin_mail_out(template, "gerda@borger.example", Some("i dag"), most, at).await.unwrap()
    };
    assert_eq!(begin(day(3)).await, MayLeave::Yes);
    store.forget_mails_out(day(4)).await.unwrap();
    assert_eq!(begin(day(4)).await, MayLeave::SentBefore);
    store.forget_mails_out(day(20)).await.unwrap();
    assert_eq!(begin(day(20)).await, MayLeave::Yes);
}

one_address_gets_no_more_than_twenty_mails_in_two_hours(store) {
    let now = day(3);
    let begin = async |at| {
        let template = (Uuid::now_v7(), MailTemplate::Notice);
        let most = (20, Duration::hours(2));
        store.begin_mail_out(template, "gerda@borger.example", None, most, at).await.unwrap()
    };
    for _ in 0..20 {
        assert_eq!(begin(now).await, MayLeave::Yes);
    }
    assert_eq!(begin(now + Duration::minutes(119)).await, MayLeave::TooMany);
    assert_eq!(begin(now + Duration::minutes(121)).await, MayLeave::Yes);
}

what_goes_out_once_goes_out_once_and_may_be_tried_again(store) {
    let (id, most) = (Uuid::now_v7(), (20, Duration::hours(2)));
    let begin = async |id| {
        let template = (id, MailTemplate::Acknowledgement);
        store.begin_mail_out(template, "gerda@borger.example", Some("i dag"), most, day(3)).await.unwrap()
    };
    assert_eq!(begin(id).await, MayLeave::Yes);
    assert_eq!(begin(id).await, MayLeave::Yes, "the same mail, tried again");
    store.note_mail_sent(id, day(3)).await.unwrap();
    assert_eq!(begin(id).await, MayLeave::SentBefore, "whose job was not finished");
    assert_eq!(begin(Uuid::now_v7()).await, MayLeave::SentBefore);
}
}
