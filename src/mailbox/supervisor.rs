//! Which mailboxes this process watches: those whose lease it holds.
//!
//! A mailbox belongs to one process at a time. The lease runs out by itself, so what a dead process watched is taken
//! over within a minute; its fencing number keeps what it may still be writing out of the database.

use chrono::Utc;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::holder;
use super::ingest::Ingest;
use super::maildir::{self, MaildirThread};
use super::settings::Settings;
use super::sync::{Round, SyncError};
use super::watch::{FolderThread, Options, Watched};
use super::{MailboxError, TokenCache};
use crate::store::{Lease, MailboxState, Store, StoreError};

const LEASE_PREFIX: &str = "mailbox:";

/// Watches every mailbox that no other process watches.
pub struct Supervisor {
    store: Store,
    ingest: Ingest,
    tokens: TokenCache,
    runtime: tokio::runtime::Handle,
    options: Options,
    /// Names this process among others.
    holder: String,
    watches: HashMap<Uuid, Watch>,
    /// Watches that were told to end and are waited for.
    ending: tokio::task::JoinSet<()>,
}

struct Watch {
    lease: Lease,
    settings: Value,
    threads: Threads,
}

enum Threads {
    Imap(Vec<FolderThread>),
    Maildir(MaildirThread),
    /// Nothing to watch: the settings are unreadable, or it is filled by imports alone.
    None,
}

impl Supervisor {
    pub fn new(
        ingest: Ingest,
        tokens: TokenCache,
        runtime: tokio::runtime::Handle,
        options: Options,
    ) -> Self {
        Self {
            store: ingest.store().clone(),
            ingest,
            tokens,
            runtime,
            options,
            holder: holder::name(),
            watches: HashMap::new(),
            ending: tokio::task::JoinSet::new(),
        }
    }

    /// The name that leases are held under.
    pub fn holder(&self) -> &str {
        &self.holder
    }

    /// Watches until cancelled; then lets what runs finish and gives the mailboxes back.
    pub async fn run(mut self, stop: CancellationToken) {
        raise_open_files();
        let mut renewed = Instant::now();
        loop {
            if let Err(error) = self.look().await {
                tracing::warn!(%error, "mailboxes cannot be looked up");
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(self.options.look) => {}
            }
            if renewed.elapsed() > self.options.lease / 3 {
                match self.renew().await {
                    Ok(()) => renewed = Instant::now(),
                    Err(error) => {
                        tracing::warn!(%error, "the leases on mailboxes cannot be renewed");
                    }
                }
            }
        }
        let ids: Vec<Uuid> = self.watches.keys().copied().collect();
        self.end(&ids, true);
        while self.ending.join_next().await.is_some() {}
    }

    /// Starts what is new or free, and ends what is gone or changed.
    async fn look(&mut self) -> Result<(), StoreError> {
        let mailboxes = self.store.watched_mailboxes().await?;
        let current: HashMap<Uuid, &Value> = mailboxes
            .iter()
            .map(|(id, _, settings)| (*id, settings))
            .collect();
        let outdated: Vec<Uuid> = self
            .watches
            .iter()
            .filter(|(id, watch)| current.get(id) != Some(&&watch.settings))
            .map(|(id, _)| *id)
            .collect();
        self.end(&outdated, true);
        if mailboxes
            .iter()
            .all(|(id, ..)| self.watches.contains_key(id))
        {
            return Ok(());
        }
        let held = held_by_the_living(&self.store).await?;
        for (id, name, settings) in mailboxes {
            let lease_name = lease_name(id);
            if self.watches.contains_key(&id) || held.contains(&lease_name) {
                continue;
            }
            let lease = self
                .store
                .acquire_lease(&lease_name, &self.holder, Utc::now(), self.lease_time())
                .await?;
            if let Some(lease) = lease {
                self.begin(id, name, settings, lease).await;
            }
        }
        Ok(())
    }

    async fn begin(&mut self, id: Uuid, name: String, settings: Value, lease: Lease) {
        let parts = (self.ingest.clone(), self.runtime.clone(), self.options);
        let started = match Settings::from_json(&settings) {
            Ok(Settings::Imap(imap)) => {
                let (ingest, runtime, options) = parts;
                let tokens = self.tokens.clone();
                Watched::new(
                    (id, name.clone()),
                    imap,
                    lease.clone(),
                    ingest,
                    tokens,
                    runtime,
                    options,
                )
                .start()
                .map(Threads::Imap)
            }
            Ok(Settings::Maildir(maildir)) => {
                maildir::start(id, maildir.path, lease.clone(), parts.0, parts.1, parts.2)
                    .map(Threads::Maildir)
            }
            Ok(Settings::Imported) => Ok(Threads::None),
            Err(error) => {
                tracing::error!(mailbox = name, %error, "the mailbox's settings cannot be used");
                self.refuse(id, "settings_unreadable").await;
                Ok(Threads::None)
            }
        };
        let threads = started.unwrap_or_else(|error| {
            tracing::error!(mailbox = name, %error, "no thread can be started for the mailbox");
            Threads::None
        });
        self.watches.insert(
            id,
            Watch {
                lease,
                settings,
                threads,
            },
        );
    }

    async fn refuse(&self, id: Uuid, reason: &str) {
        let recorded = self
            .store
            .set_mailbox_state(id, MailboxState::Refused, Some(reason), Utc::now())
            .await;
        if let Err(error) = recorded {
            tracing::warn!(%error, "the mailbox's state could not be recorded");
        }
    }

    /// Prolongs our leases; lets go of mailboxes that another process has taken.
    async fn renew(&mut self) -> Result<(), StoreError> {
        let ours = self
            .store
            .renew_leases(&self.holder, LEASE_PREFIX, Utc::now(), self.lease_time())
            .await?;
        let ours: HashSet<(String, i64)> = ours
            .into_iter()
            .map(|lease| (lease.name, lease.fence))
            .collect();
        let lost: Vec<Uuid> = self
            .watches
            .iter()
            .filter(|(_, watch)| !ours.contains(&(watch.lease.name.clone(), watch.lease.fence)))
            .map(|(id, _)| *id)
            .collect();
        self.end(&lost, false);
        Ok(())
    }

    /// Tells watches to end. They are waited for aside: one that hangs must not keep us from renewing the others.
    fn end(&mut self, ids: &[Uuid], release: bool) {
        while self.ending.try_join_next().is_some() {}
        for watch in ids.iter().filter_map(|id| self.watches.remove(id)) {
            match &watch.threads {
                Threads::Imap(threads) => threads.iter().for_each(|thread| thread.waker.cut()),
                Threads::Maildir(thread) => thread.waker.cut(),
                Threads::None => {}
            }
            let store = self.store.clone();
            self.ending.spawn(async move {
                let joined = tokio::task::spawn_blocking(move || match watch.threads {
                    Threads::Imap(threads) => {
                        for thread in threads {
 drop(thread.thread.join());
 }
                    }
                    Threads::Maildir(thread) => drop(thread.thread.join()),
                    Threads::None => {}
                });
                if joined.await.is_err() {
                    tracing::error!("a mailbox thread could not be waited for");
                }
                if release && let Err(error) = store.release_lease(&watch.lease, Utc::now()).await {
                    tracing::warn!(%error, "the lease on a mailbox could not be given back; it runs out by itself");
                }
            });
        }
    }

    fn lease_time(&self) -> chrono::Duration {
        chrono::Duration::from_std(self.options.lease).unwrap_or(chrono::Duration::seconds(30))
    }
}

/// Why a mailbox could not be synced by hand.
#[derive(Debug, thiserror::Error)]
pub enum SyncNowError {
    #[error("a running Sagspost watches that mailbox and keeps it up to date")]
    Watched,
    #[error("that mailbox is not watched over IMAP")]
    NotImap,
    #[error("the mailbox's settings cannot be used: {0}")]
    Settings(#[from] super::settings::SettingsError),
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Brings one mailbox up to date once, for the command line. Blocks; must not be called on the runtime.
pub fn sync_now(
    mailbox: (Uuid, String),
    settings: &Value,
    ingest: &Ingest,
    tokens: &TokenCache,
    runtime: &tokio::runtime::Handle,
    options: Options,
) -> Result<Round, SyncNowError> {
    let Settings::Imap(imap) = Settings::from_json(settings)? else {
        return Err(SyncNowError::NotImap);
    };
    let store = ingest.store();
    let holder = holder::name();
    let lasts = chrono::Duration::from_std(options.lease).unwrap_or(chrono::Duration::seconds(30));
    runtime.block_on(held_by_the_living(store))?;
    let lease = runtime
        .block_on(store.acquire_lease(&lease_name(mailbox.0), &holder, Utc::now(), lasts))?
        .ok_or(SyncNowError::Watched)?;
    let watched = Watched::new(
        mailbox,
        imap,
        lease.clone(),
        ingest.clone(),
        tokens.clone(),
        runtime.clone(),
        options,
    );
    let (renewed, renewing) = (lease.clone(), store.clone());
    let renewal = runtime.spawn(async move {
        loop {
            tokio::time::sleep(options.lease / 3).await;
            // A renewal that fails shows in the next write, which the lease guards.
            let _ = renewing.renew_lease(&renewed, Utc::now(), lasts).await;
        }
    });
    let outcome = watched.sync_once();
    renewal.abort();
    runtime.block_on(store.release_lease(&lease, Utc::now()))?;
    outcome.map_err(|error| match error {
        SyncError::Mailbox(error) => error.into(),
        SyncError::Store(error) => error.into(),
    })
}

/// The mailboxes that another process holds. What a process of this machine left behind when it died is set free.
async fn held_by_the_living(store: &Store) -> Result<HashSet<String>, StoreError> {
    let mut held = HashSet::new();
    for lease in store.held_leases(LEASE_PREFIX, Utc::now()).await? {
        if holder::is_dead(&lease.holder) {
            tracing::info!(lease = lease.name, "its holder runs no more: set free");
            store.release_lease(&lease, Utc::now()).await?;
        } else {
            held.insert(lease.name);
        }
    }
    Ok(held)
}

fn lease_name(mailbox_id: Uuid) -> String {
    format!("{LEASE_PREFIX}{mailbox_id}")
}

/// A thousand mailboxes need two thousand open files; many systems start a process with half of that.
fn raise_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if limit.current < limit.maximum {
        let raised = Rlimit {
            current: limit.maximum,
            maximum: limit.maximum,
        };
        if setrlimit(Resource::Nofile, raised).is_err() {
            tracing::warn!("the limit on open files could not be raised");
        }
    }
}
