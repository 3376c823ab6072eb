//! Sagspost's mailbox side as `serve` runs it, on a store of the test.

use sagspost::domain::mail::Mail;
use sagspost::mailbox::ingest::{Ingest, Signals};
use sagspost::mailbox::settings::{ImapSettings, Mark, SecretSource, Settings};
use sagspost::mailbox::supervisor::Supervisor;
use sagspost::mailbox::{Options, Security, TokenCache};
use sagspost::store::{MailFilter, MailRow, Mailbox, Store};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::dovecot::PASSWORD;
use super::store::{TestStore, sqlite, user};
use super::wait_for;

/// Who may see every mailbox of a house.
pub const VIEWER: &str = "journal";
/// A mail of this subject breaks whoever reads it.
pub const POISON: &str = "Gift";

pub struct House {
    pub runtime: Runtime,
    pub store: TestStore,
    pub ingest: Ingest,
    pub tokens: TokenCache,
    pub options: Options,
    files: tempfile::TempDir,
}

impl House {
    pub fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let store = runtime.block_on(sqlite());
        Self::on(runtime, store)
    }

    pub fn on(runtime: Runtime, store: TestStore) -> Self {
        runtime.block_on(user(&store, VIEWER));
        let signals: Signals = Arc::new(|mail: &Mail| {
            assert!(mail.subject != POISON, "poison");
            serde_json::json!({})
        });
        let ingest = Ingest::start(
            store.store.clone(),
            runtime.handle().clone(),
            signals,
            64 << 20,
        )
        .unwrap();
        let tokens = TokenCache::new(runtime.handle().clone());
        let pause = Duration::from_millis(50);
        let options = Options {
            batch_bytes: 1 << 20,
            poll: pause,
            first_pause: pause,
            longest_pause: pause * 4,
            refused_pause: pause,
            missing_pause: pause,
            look: pause,
            ..Options::default()
        };
        let files = tempfile::tempdir().unwrap();
        std::fs::write(files.path().join("password"), PASSWORD).unwrap();
        Self {
            runtime,
            store,
            ingest,
            tokens,
            options,
            files,
        }
    }

    /// The file that mailboxes read their password from.
    pub fn password_file(&self) -> PathBuf {
        self.files.path().join("password")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    /// Settings of a user's mailbox on a loopback server.
    pub fn imap(&self, port: u16, user: &str) -> ImapSettings {
        ImapSettings {
            host: "127.0.0.1".into(),
            port: Some(port),
            security: Some(Security::Plain),
            ca_file: None,
            user: user.into(),
            password: Some(SecretSource::File(self.password_file())),
            oauth: None,
            folders: vec!["INBOX".into()],
            mark: Mark::default(),
        }
    }

    pub fn add(&self, name: &str, settings: &Settings) -> Uuid {
        let users = [VIEWER.to_owned()];
        let settings = settings.to_json();
        self.runtime
            .block_on(
                self.store
                    .add_mailbox(name, &settings, &users, chrono::Utc::now()),
            )
            .unwrap()
    }

    /// Watches every mailbox until the guard is dropped.
    pub fn watch(&self) -> Watching<'_> {
        self.watch_as(self.options)
    }

    pub fn watch_as(&self, options: Options) -> Watching<'_> {
        let supervisor = Supervisor::new(
            self.ingest.clone(),
            self.tokens.clone(),
            self.runtime.handle().clone(),
            options,
        );
        let holder = supervisor.holder().to_owned();
        let stop = CancellationToken::new();
        let task = self.runtime.spawn(supervisor.run(stop.clone()));
        Watching {
            house: self,
            stop,
            task: Some(task),
            holder,
        }
    }

    pub fn mailbox(&self, id: Uuid) -> Mailbox {
        let all = self.runtime.block_on(self.store.mailboxes(None)).unwrap();
        all.into_iter().find(|mailbox| mailbox.id == id).unwrap()
    }

    /// Every mail that is stored, newest first.
    pub fn mails(&self) -> Vec<MailRow> {
        self.runtime
            .block_on(self.store.mails(&MailFilter::default(), VIEWER, 100_000))
            .unwrap()
    }

    pub fn wait_for_mails(&self, count: usize) {
        wait_for(&format!("{count} mails"), || self.mails().len() == count);
    }

    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    pub fn store(&self) -> &Store {
        &self.store.store
    }
}

pub struct Watching<'a> {
    house: &'a House,
    stop: CancellationToken,
    task: Option<tokio::task::JoinHandle<()>>,
    holder: String,
}

impl Watching<'_> {
    /// The name it holds leases under.
    pub fn holder(&self) -> &str {
        &self.holder
    }

    /// Stops looking after leases, and nothing else, as a process does whose machine hangs.
    pub fn freeze(mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(task) = self.task.take() {
            let _ = self.house.runtime.block_on(task);
        }
    }
}
