//! Watches one mailbox: a thread and a connection for each of its folders, for as long as the lease is held.
//!
//! Each thread connects, brings its folder up to date, waits in IDLE (or between polls), and starts over. Whatever goes
//! wrong is recorded where people see it and tried again after a growing, jittered pause.

use chrono::Utc;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

use super::client::{ImapClient, SpecialUse};
use super::ingest::Ingest;
use super::session::{Limits, connect};
use super::settings::{ImapSettings, Mark};
use super::sync::{FolderSync, Round, SyncError};
use super::{MailboxError, TokenCache, Waker};
use crate::store::{FolderState, Lease, MailboxState, Store, StoreError};

/// How mailboxes are watched.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Mail fetched at once.
    pub batch_bytes: u64,
    /// Of a larger mail the headers alone are kept.
    pub max_mail_bytes: u64,
    /// Between looks where the server has no IDLE.
    pub poll: Duration,
    /// IDLE is renewed after this; servers end it after 30 minutes.
    pub idle_renew: Duration,
    /// After a passing failure; doubles up to `longest_pause`.
    pub first_pause: Duration,
    pub longest_pause: Duration,
    /// After a failure that needs a person; not shorter, or a changed password locks the account.
    pub refused_pause: Duration,
    /// Until a folder that is gone is looked for again.
    pub missing_pause: Duration,
    /// How long a mailbox stays ours after our last sign of life.
    pub lease: Duration,
    /// Between looks for new, changed and free mailboxes.
    pub look: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            batch_bytes: 6 << 20,
            max_mail_bytes: 150 << 20,
            poll: Duration::from_mins(1),
            idle_renew: Duration::from_mins(25),
            first_pause: Duration::from_secs(1),
            longest_pause: Duration::from_mins(5),
            refused_pause: Duration::from_mins(5),
            missing_pause: Duration::from_mins(1),
            lease: Duration::from_secs(30),
            look: Duration::from_secs(2),
        }
    }
}

/// Stack of a thread that waits; the reading of mails has its own threads.
const STACK_BYTES: usize = 1 << 20;
/// Names of the sent folder where the server does not say which it is.
const SENT_NAMES: [&str; 5] = [
    "Sent",
    "Sent Items",
    "Sendt post",
    "Sendte elementer",
    "Sendt",
];

/// What the threads of a mailbox share.
pub(super) struct Watched {
    mailbox_id: Uuid,
    name: String,
    settings: ImapSettings,
    lease: Lease,
    ingest: Ingest,
    tokens: TokenCache,
    runtime: tokio::runtime::Handle,
    options: Options,
    phases: Mutex<Phases>,
}

#[derive(Default)]
struct Phases {
    of_folders: HashMap<String, Phase>,
    recorded: Option<Phase>,
}

/// What a folder's thread is doing; the worst of them is the mailbox's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Watching,
    Syncing,
    Connecting,
    Waiting(&'static str),
    Refused(&'static str),
}

impl Watched {
    pub(super) fn new(
        (mailbox_id, name): (Uuid, String),
        settings: ImapSettings,
        lease: Lease,
        ingest: Ingest,
        tokens: TokenCache,
        runtime: tokio::runtime::Handle,
        options: Options,
    ) -> Arc<Self> {
        Arc::new(Self {
            mailbox_id,
            name,
            settings,
            lease,
            ingest,
            tokens,
            runtime,
            options,
            phases: Mutex::default(),
        })
    }

    pub(super) fn mailbox_id(&self) -> Uuid {
        self.mailbox_id
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn lease(&self) -> &Lease {
        &self.lease
    }

    /// How journaled mails are shown in this mailbox.
    pub(super) fn mark(&self) -> &Mark {
        &self.settings.mark
    }

    pub(super) fn ingest(&self) -> &Ingest {
        &self.ingest
    }

    pub(super) fn options(&self) -> &Options {
        &self.options
    }

    pub(super) fn store(&self) -> &Store {
        self.ingest.store()
    }

    /// Runs a query from a mailbox thread.
    pub(super) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// Starts a thread for each folder; they end when their wakers are cut.
    pub(super) fn start(self: &Arc<Self>) -> std::io::Result<Vec<FolderThread>> {
        let mut threads = Vec::new();
        for folder in &self.settings.folders {
            let waker = Waker::new()?;
            let (watched, folder, bell) = (Arc::clone(self), folder.clone(), waker.clone());
            let thread = std::thread::Builder::new()
                .name("mailbox".to_owned())
                .stack_size(STACK_BYTES)
                .spawn(move || Watch::new(&watched, folder, bell).run())?;
            threads.push(FolderThread { waker, thread });
        }
        Ok(threads)
    }

    /// Brings every folder up to date once, on this thread.
    pub(super) fn sync_once(self: &Arc<Self>) -> Result<Round, SyncError> {
        let mut total = Round::default();
        for folder in &self.settings.folders {
            let mut watch = Watch::new(
                self,
                folder.clone(),
                Waker::new().map_err(|_| MailboxError::Cancelled)?,
            );
            match watch.once() {
                Ok(round) => {
                    total.stored += round.stored;
                    total.new += round.new;
                    total.forgotten += round.forgotten;
                    total.left_alone += round.left_alone;
                }
                Err(error) => {
                    // Told in the mailbox's state as well; nobody waits here for the next attempt.
                    watch.fail(&error);
                    return Err(error);
                }
            }
        }
        Ok(total)
    }

    fn report(&self, folder: &str, phase: Phase) {
        let mut phases = self.phases.lock().unwrap_or_else(PoisonError::into_inner);
        let before = phases.of_folders.insert(folder.to_owned(), phase);
        if phase == Phase::Connecting
            && matches!(before, Some(Phase::Waiting(_) | Phase::Refused(_)))
        {
            // Still the same trouble until proven otherwise.
            phases
                .of_folders
                .extend(before.map(|before| (folder.to_owned(), before)));
            return;
        }
        let worst = phases.of_folders.values().max().copied();
        if worst == phases.recorded {
            return;
        }
        let (state, reason) = match worst {
            None => return,
            Some(Phase::Watching) => (MailboxState::Watching, None),
            Some(Phase::Syncing) => (MailboxState::Syncing, None),
            Some(Phase::Connecting) => (MailboxState::Connecting, None),
            Some(Phase::Waiting(reason)) => (MailboxState::Waiting, Some(reason)),
            Some(Phase::Refused(reason)) => (MailboxState::Refused, Some(reason)),
        };
        match self.block_on(self.store().set_mailbox_state(
            self.mailbox_id,
            state,
            reason,
            Utc::now(),
        )) {
            Ok(()) => phases.recorded = worst,
            Err(error) => {
                tracing::warn!(mailbox = self.name, %error, "the mailbox's state could not be recorded");
            }
        }
    }
}

pub(super) struct FolderThread {
    pub(super) waker: Waker,
    pub(super) thread: std::thread::JoinHandle<()>,
}

/// The work of one folder's thread.
struct Watch<'a> {
    watched: &'a Watched,
    /// As in the settings; may be `\Sent`.
    folder: String,
    waker: Waker,
    sync: Option<FolderSync>,
    recorded: Option<(FolderState, Option<&'static str>)>,
    failures: u32,
}

impl<'a> Watch<'a> {
    fn new(watched: &'a Watched, folder: String, waker: Waker) -> Self {
        Self {
            watched,
            folder,
            waker,
            sync: None,
            recorded: None,
            failures: 0,
        }
    }

    fn run(mut self) {
        while !self.waker.is_cut() {
            let begun = Instant::now();
            let Err(error) = self
                .connect()
                .map_err(SyncError::from)
                .and_then(|client| self.follow(client))
            else {
                return;
            };
            if begun.elapsed() > self.watched.options.longest_pause {
                self.failures = 0;
            }
            if self.waker.is_cut() || matches!(error, SyncError::Store(StoreError::LeaseLost(_))) {
                return;
            }
            let pause = self.fail(&error);
            self.waker.wait(pause);
        }
    }

    /// One round over a connection of its own.
    fn once(&mut self) -> Result<Round, SyncError> {
        let mut client = self.connect()?;
        let round = self.round(&mut *client)?;
        // It has done its work; how it takes the goodbye changes nothing.
        let _ = client.logout();
        Ok(round.unwrap_or_default())
    }

    fn connect(&mut self) -> Result<Box<dyn ImapClient>, MailboxError> {
        self.watched.report(&self.folder, Phase::Connecting);
        let settings = &self.watched.settings;
        let limits = Limits {
            literal_bytes: self.watched.options.max_mail_bytes,
            ..Limits::default()
        };
        let login = settings.login()?;
        connect(
            &settings.server(),
            &login,
            &self.watched.tokens,
            limits,
            &self.waker,
        )
    }

    /// Keeps the folder up to date until the connection ends; only returns with an error, or when called off.
    fn follow(&mut self, mut client: Box<dyn ImapClient>) -> Result<(), SyncError> {
        loop {
            let found = self.round(&mut *client)?.is_some();
            self.failures = 0;
            self.watched.report(&self.folder, Phase::Watching);
            if self.waker.is_cut() {
                return Ok(());
            }
            let options = &self.watched.options;
            if found && client.has("IDLE") {
                client.idle(options.idle_renew)?;
            } else {
                self.waker.wait(if found {
                    options.poll
                } else {
                    options.missing_pause
                });
            }
            if self.waker.is_cut() {
                return Ok(());
            }
        }
    }

    /// One look at the folder; `None` when the server has no such folder.
    fn round(&mut self, client: &mut dyn ImapClient) -> Result<Option<Round>, SyncError> {
        if self.sync.is_none() {
            self.watched.report(&self.folder, Phase::Syncing);
            let Some(name) = self.resolve(client)? else {
                return Ok(None);
            };
            let store = self.watched.store();
            let folder_id = self.watched.block_on(store.ensure_folder(
                self.watched.mailbox_id,
                &name,
                Utc::now(),
            ))?;
            let is_sent = self.is_sent(&name);
            self.sync = Some(FolderSync::new(folder_id, name, is_sent));
            self.record(FolderState::Syncing, None)?;
        }
        let Some(sync) = &mut self.sync else {
            return Ok(None);
        };
        match sync.round(self.watched, client) {
            Ok(round) => {
                if round.new > 0 {
                    tracing::info!(
                        mailbox = self.watched.name,
                        folder = self.folder,
                        new = round.new,
                        "mails stored"
                    );
                }
                let trouble = (round.left_alone > 0).then_some("mails_unfetchable");
                self.record(FolderState::Watching, trouble)?;
                Ok(Some(round))
            }
            Err(SyncError::Mailbox(MailboxError::NoSuchFolder(_))) => {
                self.record(FolderState::Missing, Some("no_such_folder"))?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The folder's name on the server; `None` when `\Sent` is asked for and there is none.
    fn resolve(&self, client: &mut dyn ImapClient) -> Result<Option<String>, MailboxError> {
        if !self.folder.eq_ignore_ascii_case("\\Sent") {
            return Ok(Some(self.folder.clone()));
        }
        let folders = client.folders()?;
        let told = folders
            .iter()
            .find(|folder| folder.special_use == Some(SpecialUse::Sent));
        let guessed = || {
            SENT_NAMES.iter().find_map(|name| {
                folders
                    .iter()
                    .find(|folder| folder.name.eq_ignore_ascii_case(name))
            })
        };
        Ok(told.or_else(guessed).map(|folder| folder.name.clone()))
    }

    /// Whether what lies in the folder of this name was sent from the mailbox.
    fn is_sent(&self, name: &str) -> bool {
        self.folder.eq_ignore_ascii_case("\\Sent")
            || SENT_NAMES
                .iter()
                .any(|sent| sent.eq_ignore_ascii_case(name))
    }

    fn record(
        &mut self,
        state: FolderState,
        reason: Option<&'static str>,
    ) -> Result<(), StoreError> {
        let Some(sync) = &self.sync else {
            return Ok(());
        };
        if self.recorded == Some((state, reason)) {
            return Ok(());
        }
        let store = self.watched.store();
        self.watched.block_on(store.set_folder_state(
            sync.folder_id(),
            state,
            reason,
            Utc::now(),
        ))?;
        self.recorded = Some((state, reason));
        Ok(())
    }

    /// Records a failure; how long to wait before the next attempt.
    fn fail(&mut self, error: &SyncError) -> Duration {
        let (code, passing) = match error {
            SyncError::Mailbox(error) => (error.code(), error.is_transient()),
            SyncError::Store(StoreError::Blob(_)) => ("blobs_away", true),
            SyncError::Store(_) => ("database_away", true),
        };
        tracing::warn!(mailbox = self.watched.name, folder = self.folder, %error, "the mailbox is left for a while");
        let phase = if passing {
            Phase::Waiting(code)
        } else {
            Phase::Refused(code)
        };
        self.watched.report(&self.folder, phase);
        let options = &self.watched.options;
        self.failures = self.failures.saturating_add(1);
        let pause = if passing {
            let doubled = options
                .first_pause
                .saturating_mul(1 << (self.failures - 1).min(16));
            doubled.min(options.longest_pause)
        } else {
            options.refused_pause
        };
        // Between half and the whole: a thousand mailboxes must not come back in the same instant.
        pause.mul_f64(0.5 + rand::random::<f64>() / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mailboxes_of_a_dead_machine_are_taken_over_within_a_minute() {
        let options = Options::default();
        assert!(options.lease + options.look < Duration::from_mins(1));
    }
}
