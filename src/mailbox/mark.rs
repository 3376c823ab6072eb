//! Shows in a mailbox that a mail is journaled, as the mailbox's settings say, and takes that back.
//!
//! Works over connections of its own, so that any process may do it whichever watches the mailbox. A folder that may
//! only be read is left alone, and a mail that is gone is no error. Everything may be repeated.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::client::ImapClient;
use super::session::{Limits, connect};
use super::settings::{ImapSettings, Mark, Settings, SettingsError};
use super::{MailboxError, TokenCache, Waker};
use crate::store::{Location, MarkByRule, MarkPayload, Store, StoreError};

/// A connection is kept this long for the next mark.
const KEPT: Duration = Duration::from_secs(30);

/// Marks mails in every mailbox. Cheap to clone.
#[derive(Clone)]
pub struct Marks {
    store: Store,
    tokens: TokenCache,
    kept: Arc<Mutex<HashMap<Uuid, Kept>>>,
}

struct Kept {
    client: Box<dyn ImapClient>,
    settings: ImapSettings,
    since: Instant,
}

#[derive(Debug, thiserror::Error)]
pub enum MarkingError {
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

impl MarkingError {
    /// A code of the message catalogue.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Mailbox(error) => error.code(),
            Self::Store(_) => "database_away",
            Self::Settings(_) => "settings_unreadable",
        }
    }

    pub fn is_transient(&self) -> bool {
        match self {
            Self::Mailbox(error) => error.is_transient(),
            Self::Store(error) => error.is_transient(),
            Self::Settings(_) => false,
        }
    }
}

impl Marks {
    pub fn new(store: Store, tokens: TokenCache) -> Self {
        Self {
            store,
            tokens,
            kept: Arc::default(),
        }
    }

    /// Marks (or unmarks) a mail wherever it lies in the mailbox.
    pub async fn set(&self, place: &MarkPayload, journaled: bool) -> Result<(), MarkingError> {
        let (mailbox_id, mail_id) = (place.mailbox_id, place.mail_id);
        let mailboxes = self.store.watched_mailboxes().await?;
        let Some((_, _, settings)) = mailboxes.into_iter().find(|(id, ..)| *id == mailbox_id)
        else {
            return Ok(());
        };
        let Settings::Imap(mut settings) = Settings::from_json(&settings)? else {
            return Ok(());
        };
        match &place.by_rule {
            None => {}
            Some(MarkByRule::Flag) => settings.mark = Mark::Flag,
            Some(MarkByRule::Move(folder)) => {
                let folder = folder.clone();
                settings.mark = Mark::Move { folder };
            }
        }
        if settings.mark == Mark::Nothing {
            return Ok(());
        }
        let mut folders: BTreeMap<(String, u32), Vec<Location>> = BTreeMap::new();
        for location in self.store.locations(mail_id).await? {
            if location.mailbox_id == mailbox_id {
                let uidvalidity = u32::try_from(location.uidvalidity).unwrap_or_default();
                folders
                    .entry((location.folder.clone(), uidvalidity))
                    .or_default()
                    .push(location);
            }
        }
        let moved_away = match settings.mark {
            Mark::Move { .. } if folders.is_empty() && !journaled => {
                self.store
                    .mail_unchecked(mail_id)
                    .await?
                    .envelope
                    .message_id
            }
            _ if folders.is_empty() => return Ok(()),
            _ => None,
        };
        let marks = self.clone();
        let home = home(&settings, place.moved_from.as_deref()).to_owned();
        let moved = tokio::task::spawn_blocking(move || match moved_away {
            Some(message_id) => marks.bring_back(mailbox_id, settings, &message_id, &home),
            None => marks.work(mailbox_id, settings, &folders, journaled, &home),
        })
        .await
        .map_err(|_| MailboxError::Cancelled)??;
        if journaled && let Some(from) = moved.first() {
            self.store
                .note_moved(mailbox_id, mail_id, &from.folder)
                .await?;
        }
        for location in moved {
            let uids = [u32::try_from(location.uid).unwrap_or_default()];
            let uidvalidity = u32::try_from(location.uidvalidity).unwrap_or_default();
            self.store
                .forget_locations(location.folder_id, uidvalidity, &uids)
                .await?;
        }
        Ok(())
    }

    /// Does it over a connection; the places that are empty now.
    fn work(
        &self,
        mailbox_id: Uuid,
        settings: ImapSettings,
        folders: &BTreeMap<(String, u32), Vec<Location>>,
        journaled: bool,
        home: &str,
    ) -> Result<Vec<Location>, MailboxError> {
        let mut client = self.client(mailbox_id, &settings)?;
        let mut moved = Vec::new();
        for ((folder, uidvalidity), locations) in folders {
            let opened = match client.select(folder) {
                Ok(opened) => opened,
                Err(MailboxError::NoSuchFolder(_)) => continue,
                Err(error) => return Err(error),
            };
            // Numbered anew: the watch will find the mail again, and a later attempt marks it.
            if opened.uidvalidity != *uidvalidity {
                return Err(MailboxError::Unavailable(
                    "the folder is being read anew".to_owned(),
                ));
            }
            if opened.read_only {
                tracing::debug!(
                    folder,
                    "the folder may only be read; the mail is not marked"
                );
                continue;
            }
            let uids: Vec<u32> = locations
                .iter()
                .filter_map(|location| u32::try_from(location.uid).ok())
                .collect();
            match &settings.mark {
                Mark::Keyword { keyword } => {
                    if !opened.keeps(keyword) {
                        return Err(MailboxError::FlagNotKept(keyword.clone()));
                    }
                    set_flag(&mut *client, &uids, keyword, journaled)?;
                }
                Mark::Flag => set_flag(&mut *client, &uids, "\\Flagged", journaled)?,
                Mark::Move { folder: target } if journaled && target != folder => {
                    move_to(&mut *client, &uids, target)?;
                    moved.extend(locations.iter().cloned());
                }
                Mark::Move { folder: target } if !journaled && target == folder => {
                    move_to(&mut *client, &uids, home)?;
                    moved.extend(locations.iter().cloned());
                }
                Mark::Move { .. } | Mark::Nothing => {}
            }
        }
        self.keep(mailbox_id, client, settings);
        Ok(moved)
    }

    /// Looks for a mail in the folder that journaled ones are moved to, where nobody watches, and moves it home.
    fn bring_back(
        &self,
        mailbox_id: Uuid,
        settings: ImapSettings,
        message_id: &str,
        home: &str,
    ) -> Result<Vec<Location>, MailboxError> {
        let Mark::Move { folder } = &settings.mark else {
            return Ok(Vec::new());
        };
        let mut client = self.client(mailbox_id, &settings)?;
        match client.select(folder) {
            Ok(opened) if opened.read_only => {}
            Ok(_) => {
                let uids = client.find(message_id)?;
                if !uids.is_empty() {
                    move_to(&mut *client, &uids, home)?;
                }
            }
            Err(MailboxError::NoSuchFolder(_)) => {}
            Err(error) => return Err(error),
        }
        self.keep(mailbox_id, client, settings);
        Ok(Vec::new())
    }

    fn keep(&self, mailbox_id: Uuid, client: Box<dyn ImapClient>, settings: ImapSettings) {
        let kept = Kept {
            client,
            settings,
            since: Instant::now(),
        };
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(mailbox_id, kept);
    }

    /// The connection of the last mark when it still lives, or a new one.
    fn client(
        &self,
        mailbox_id: Uuid,
        settings: &ImapSettings,
    ) -> Result<Box<dyn ImapClient>, MailboxError> {
        let kept = {
            let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            let kept = all.remove(&mailbox_id);
            all.retain(|_, kept| kept.since.elapsed() < KEPT);
            kept.filter(|kept| kept.since.elapsed() < KEPT && kept.settings == *settings)
        };
        if let Some(Kept { mut client, .. }) = kept
            && client.noop().is_ok()
        {
            return Ok(client);
        }
        let waker = Waker::new().map_err(|_| MailboxError::Cancelled)?;
        connect(
            &settings.server(),
            &settings.login()?,
            &self.tokens,
            Limits::default(),
            &waker,
        )
    }
}

/// Where a mail goes that is not journaled after all: back where it came from, or to the first watched folder.
fn home<'a>(settings: &'a ImapSettings, moved_from: Option<&'a str>) -> &'a str {
    let watched = settings
        .folders
        .iter()
        .find(|folder| !folder.starts_with('\\'));
    moved_from
        .or(watched.map(String::as_str))
        .unwrap_or("INBOX")
}

fn set_flag(
    client: &mut dyn ImapClient,
    uids: &[u32],
    flag: &str,
    on: bool,
) -> Result<(), MailboxError> {
    if on {
        client.add_flag(uids, flag)
    } else {
        client.remove_flag(uids, flag)
    }
}

/// Moves, and makes the folder when it is the first time.
fn move_to(client: &mut dyn ImapClient, uids: &[u32], folder: &str) -> Result<(), MailboxError> {
    match client.move_to(uids, folder) {
        Err(MailboxError::NoSuchFolder(_)) => {
            client.create_folder(folder)?;
            client.move_to(uids, folder)
        }
        outcome => outcome,
    }
}
