//! Faults to survive, with real servers and, where the fault is the process's own death, with the real program.

use sagspost::mailbox::settings::Settings;
use sagspost::store::{Blobs, BlobsAt, MailFilter, MailboxState, Store};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::dovecot::{Dovecot, PASSWORD};
use crate::support::house::{House, VIEWER};
use crate::support::postgres::Server;
use crate::support::store::day;
use crate::support::wait_for;
use crate::support::wire::ScriptedServer;

const USER: &str = "birthe.lund";

fn mail(number: usize) -> Vec<u8> {
    let text = "Vi har modtaget jeres brev om hækken.\r\n".repeat(20 + number % 100);
    format!("From: borger{number}@example.dk\r\nSubject: Mail {number}\r\nMessage-ID: <{number}@example.dk>\r\n\r\n{text}")
        .into_bytes()
}

/// Sagspost as a program, in a folder of its own.
struct Program {
    folder: tempfile::TempDir,
}

impl Program {
    fn watching(dovecot: &Dovecot) -> Self {
        let program = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let folder = program.folder.path().display();
        let configuration = format!(
            "[database]\nurl = \"sqlite://{folder}/sagspost.db\"\n[blobs]\nurl = \"file:{folder}/blobs\"\n[suggestions]\nsnapshot = \"{folder}/suggestions.index\"\n[audit]\nkey_file = \"{folder}/audit.key\"\n\
             [mailboxes]\nbatch_bytes = 65536\n[log]\nlevel = \"error\"\n"
        );
        std::fs::write(program.path("sagspost.toml"), configuration).unwrap();
        std::fs::write(program.path("password"), PASSWORD).unwrap();
        program.run(&["user", "add", VIEWER]);
        let (port, password) = (dovecot.port.to_string(), program.path("password"));
        let password = password.to_str().unwrap();
        program.run(&[
            "mailbox",
            "add",
            "b",
            "--host",
            "127.0.0.1",
            "--port",
            &port,
            "--login",
            USER,
            "--password-file",
            password,
            "--folder",
            "INBOX",
            "--user",
            VIEWER,
        ]);
        program
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sagspost"));
        command
            .arg("--config")
            .arg(self.path("sagspost.toml"))
            .args(arguments);
        command.stdout(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) {
        assert!(
            self.command(arguments).status().unwrap().success(),
            "sagspost {arguments:?}"
        );
    }

    async fn store(&self) -> Store {
        let blobs = Blobs::open(&BlobsAt::Folder(self.path("blobs"))).unwrap();
        Store::open(
            &format!("sqlite://{}", self.path("sagspost.db").display()),
            blobs,
        )
        .await
        .unwrap()
    }

    /// Returns when so many batches were seen to come to what is stored, or the sync has ended. Nothing is left open: the
    /// database is to be found as a killed process leaves it.
    async fn wait_for_batches(&self, batches: usize, mut stored: usize, sync: &mut Child) {
        let store = self.store().await;
        let mut seen = 0;
        while seen < batches && sync.try_wait().unwrap().is_none() {
            let count = store.mail_count().await.unwrap() as usize;
            seen += usize::from(count > stored);
            stored = count;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        store.close().await;
    }
}

#[test]
fn a_process_killed_twenty_times_during_a_sync_leaves_every_mail_exactly_once() {
    /// So many that a sync is far from its end when it is killed; each brings dozens of batches.
    const WAITING: usize = 500;
    let dovecot = Dovecot::start();
    let program = Program::watching(&dovecot);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (mut delivered, mut stored) = (0, 0);
    let mut in_the_middle = 0;
    for round in 0..20 {
        while delivered < stored + WAITING {
            dovecot.deliver(USER, "INBOX", &mail(delivered));
            delivered += 1;
        }
        let mut child = program
            .command(&["mailbox", "sync", "b"])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        runtime.block_on(program.wait_for_batches(round % 5, stored, &mut child));
        child.kill().unwrap();
        child.wait().unwrap();
        let after = runtime.block_on(async {
            let store = program.store().await;
            let count = check_every_mail(&store).await;
            store.close().await;
            count
        });
        assert!(after >= stored, "{stored} were stored, {after} are left");
        in_the_middle += usize::from(stored < after && after < delivered);
        stored = after;
    }
    assert!(
        in_the_middle > 10,
        "{in_the_middle} kills came in the middle"
    );
    program.run(&["mailbox", "sync", "b"]);
    runtime.block_on(async {
        let store = program.store().await;
        assert_eq!(check_every_mail(&store).await, delivered);
        let mailbox = store.mailboxes(None).await.unwrap().remove(0);
        assert_eq!(
            (mailbox.mails, mailbox.folders[0].stored),
            (delivered as i64, delivered as i64)
        );
    });
}

/// Every mail that can be seen has its bytes, and there are no two of the same; how many there are.
async fn check_every_mail(store: &Store) -> usize {
    let mails = store
        .mails(&MailFilter::default(), VIEWER, 100_000)
        .await
        .unwrap();
    let mut ids = std::collections::HashSet::new();
    for mail in &mails {
        assert!(
            ids.insert(mail.envelope.message_id.clone()),
            "twice: {:?}",
            mail.envelope.message_id
        );
        // Checked against its SHA-256 when read.
        store.blob(mail.sha256).await.unwrap();
    }
    mails.len()
}

#[test]
fn a_blob_storage_that_takes_nothing_is_told_and_waited_for() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("sagspost.db").display());
    let blobs = folder.path().join("blobs");
    let store = runtime.block_on(crate::support::store::open(&url, folder));
    let house = House::on(runtime, store);
    let dovecot = Dovecot::start();
    for number in 0..50 {
        dovecot.deliver(USER, "INBOX", &mail(number));
    }
    let full = FullDisk::at(&blobs);
    let mailbox = house.add(USER, &Settings::Imap(house.imap(dovecot.port, USER)));
    let _watching = house.watch();
    wait_for("the mailbox to wait", || {
        house.mailbox(mailbox).state == MailboxState::Waiting
    });
    assert_eq!(
        house.mailbox(mailbox).state_reason.as_deref(),
        Some("blobs_away")
    );
    assert!(house.mails().is_empty(), "a mail without bytes is shown");
    drop(full);
    house.wait_for_mails(50);
    for mail in house.mails() {
        house.block_on(house.store().blob(mail.sha256)).unwrap();
    }
}

/// A folder that takes nothing: a full file system where we may mount one, else no folder at all.
struct FullDisk {
    folder: PathBuf,
    mounted: bool,
}

impl FullDisk {
    fn at(folder: &Path) -> Self {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=4k", "tmpfs"])
            .arg(folder)
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if !mounted {
            std::fs::rename(folder, folder.with_extension("away")).unwrap();
            std::fs::write(folder, "not a folder").unwrap();
        }
        Self {
            folder: folder.to_owned(),
            mounted,
        }
    }
}

impl Drop for FullDisk {
    fn drop(&mut self) {
        if self.mounted {
            let _ = Command::new("umount")
                .arg("--lazy")
                .arg(&self.folder)
                .status();
        } else {
            let _ = std::fs::remove_file(&self.folder);
            let _ = std::fs::rename(self.folder.with_extension("away"), &self.folder);
        }
    }
}

#[test]
fn a_database_that_is_locked_for_a_while_loses_no_mail() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("sagspost.db").display());
    let store = runtime.block_on(crate::support::store::open(&url, folder));
    let house = House::on(runtime, store);
    let dovecot = Dovecot::start();
    dovecot.deliver(USER, "INBOX", &mail(0));
    house.add(USER, &Settings::Imap(house.imap(dovecot.port, USER)));
    let _watching = house.watch();
    house.wait_for_mails(1);
    house.block_on(async {
        use sqlx::{Connection, Executor};
        let mut other = sqlx::SqliteConnection::connect(&url).await.unwrap();
        other.execute("begin immediate").await.unwrap();
        for number in 1..20 {
            dovecot.deliver(USER, "INBOX", &mail(number));
        }
        // There is one writing connection: when this is refused, so was what wanted to write before it.
        let user = house.store().user(VIEWER).await.unwrap().unwrap();
        assert!(house.store().save_user(&user, day(1)).await.is_err());
        assert_eq!(
            house
                .store()
                .mails(&MailFilter::default(), VIEWER, 100)
                .await
                .unwrap()
                .len(),
            1
        );
        other.execute("rollback").await.unwrap();
    });
    house.wait_for_mails(20);
}

#[test]
fn a_database_that_is_down_for_a_while_loses_no_mail() {
    let mut postgres = Server::start();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = runtime.block_on(crate::support::store::open(&postgres.url(), folder));
    let house = House::on(runtime, store);
    let dovecot = Dovecot::start();
    dovecot.deliver(USER, "INBOX", &mail(0));
    house.add(USER, &Settings::Imap(house.imap(dovecot.port, USER)));
    let _watching = house.watch();
    house.wait_for_mails(1);
    postgres.stop();
    for number in 1..20 {
        dovecot.deliver(USER, "INBOX", &mail(number));
    }
    assert!(house.block_on(house.store().mail_count()).is_err());
    postgres.go_on();
    house.wait_for_mails(20);
}

#[test]
fn a_server_that_speaks_garbage_is_told_and_holds_up_no_other_mailbox() {
    let (house, dovecot) = (House::new(), Dovecot::start());
    dovecot.deliver(USER, "INBOX", &mail(1));
    let garbage = ScriptedServer::after_login(|line| {
        let rubbish =
            "* 1 FETCH (UID 1 BODY[] {99999999999}\r\n\u{0}\u{1}(((((\r\n* OK [UIDVALIDITY x]\r\n";
        (!line.contains("LOGOUT")).then(|| rubbish.repeat(50))
    });
    let bad = house.add("ond", &Settings::Imap(house.imap(garbage.port, USER)));
    house.add(USER, &Settings::Imap(house.imap(dovecot.port, USER)));
    let _watching = house.watch();
    wait_for("the mailbox to be in trouble", || {
        matches!(
            house.mailbox(bad).state,
            MailboxState::Waiting | MailboxState::Refused
        )
    });
    house.wait_for_mails(1);
    dovecot.deliver(USER, "INBOX", &mail(2));
    house.wait_for_mails(2);
}
