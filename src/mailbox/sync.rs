//! Brings a folder up to date: newest first, in batches bounded in bytes, never a body twice.
//!
//! What is stored is what was done: there is no progress to remember, so a sync that is broken off goes on where it
//! stopped. A complete pass records HIGHESTMODSEQ; until then every pass looks at the whole folder.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::client::{FetchedBatch, ImapClient, ListedMail, Listing, Selected};
use super::ingest::{Parcel, ParcelMail, Ticket};
use super::watch::Watched;
use super::{Flags, MailboxError};
use crate::store::{FolderPosition, StoreError};

/// Mails listed at once: about a megabyte of answer.
const WINDOW: u32 = 5000;
/// Mails of one batch; more would keep others from the database for too long.
const BATCH_MAILS: usize = 250;
/// The first batch of a sync is small, so that today's mail is there in a moment.
const FIRST_BATCH_MAILS: usize = 25;
const FIRST_BATCH_BYTES: u64 = 2 << 20;
/// A mail that broke the connection so often is left alone for a while.
const STRIKES: u32 = 3;
const LEFT_ALONE: Duration = Duration::from_hours(1);
/// What a mail costs beside its bytes.
const OVERHEAD_BYTES: u64 = 4 << 10;
/// Room for one header block.
const HEADER_BYTES: u64 = 64 << 10;

/// Why a folder could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub(super) enum SyncError {
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One folder of a watched mailbox, across connections.
pub(super) struct FolderSync {
    folder_id: Uuid,
    name: String,
    is_sent: bool,
    /// Everything was stored once since the process began; for servers without HIGHESTMODSEQ.
    complete: bool,
    /// How many mails to ask for at once; fewer after a fetch that failed.
    batch_mails: usize,
    strikes: HashMap<u32, u32>,
    left_alone: HashMap<u32, Instant>,
    /// Turned out to be larger than they were listed as.
    too_large: HashSet<u32>,
}

/// What a round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    pub stored: usize,
    /// Stored and never seen before, in no mailbox.
    pub new: usize,
    pub forgotten: usize,
    /// Mails that cannot be fetched for now.
    pub left_alone: usize,
}

impl FolderSync {
    pub(super) fn new(folder_id: Uuid, name: String, is_sent: bool) -> Self {
        Self {
            folder_id,
            name,
            is_sent,
            complete: false,
            batch_mails: BATCH_MAILS,
            strikes: HashMap::new(),
            left_alone: HashMap::new(),
            too_large: HashSet::new(),
        }
    }

    pub(super) fn folder_id(&self) -> Uuid {
        self.folder_id
    }

    /// Looks at the folder and stores what is new in it.
    pub(super) fn round(
        &mut self,
        watched: &Watched,
        client: &mut dyn ImapClient,
    ) -> Result<Round, SyncError> {
        let selected = client.examine(&self.name)?;
        self.left_alone
            .retain(|_, since| since.elapsed() < LEFT_ALONE);
        let position = self.position(watched, &selected)?;
        let mut round = Round {
            left_alone: self.left_alone.len(),
            ..Round::default()
        };
        if self.is_up_to_date(&position, &selected) {
            return Ok(round);
        }
        let mut pass = Pass {
            watched,
            selected: &selected,
            tickets: Vec::new(),
            round: &mut round,
            first: true,
            is_sent: self.is_sent,
        };
        let mut settled = false;
        if self.complete || position.highestmodseq.is_some() {
            let last = u32::try_from(position.last_uid).unwrap_or(0);
            let stored = position.stored + self.new_mails(&mut pass, client, last)?;
            settled = stored + self.left_alone.len() as i64 == i64::from(selected.exists);
        }
        if !settled {
            self.whole_folder(&mut pass, client)?;
        }
        round.left_alone = self.left_alone.len();
        let (uidvalidity, exists) = (selected.uidvalidity, selected.exists);
        watched.block_on(watched.store().set_folder_position(
            self.folder_id,
            uidvalidity,
            selected.highestmodseq,
            exists,
        ))?;
        self.complete = true;
        Ok(round)
    }

    /// Where we are in the folder; from the start again when the server has numbered its mails anew.
    fn position(
        &mut self,
        watched: &Watched,
        selected: &Selected,
    ) -> Result<FolderPosition, SyncError> {
        let store = watched.store();
        let position = watched.block_on(store.folder_position(self.folder_id))?;
        if position.uidvalidity == Some(i64::from(selected.uidvalidity)) {
            return Ok(position);
        }
        if position.uidvalidity.is_some() {
            tracing::warn!(
                mailbox = watched.name(),
                folder = self.name,
                "UIDVALIDITY has changed: reading the folder anew"
            );
        }
        self.complete = false;
        self.strikes.clear();
        self.left_alone.clear();
        self.too_large.clear();
        let (uidvalidity, exists) = (selected.uidvalidity, selected.exists);
        watched.block_on(store.set_folder_position(self.folder_id, uidvalidity, None, exists))?;
        Ok(watched.block_on(store.folder_position(self.folder_id))?)
    }

    fn is_up_to_date(&self, position: &FolderPosition, selected: &Selected) -> bool {
        let unchanged = match selected.highestmodseq {
            Some(modseq) => position.highestmodseq == i64::try_from(modseq).ok(),
            None => {
                self.complete
                    && selected
                        .uidnext
                        .is_some_and(|next| i64::from(next) == position.last_uid + 1)
            }
        };
        unchanged && position.stored + self.left_alone.len() as i64 == i64::from(selected.exists)
    }

    /// Stores what came after `last`; how many they were.
    fn new_mails(
        &mut self,
        pass: &mut Pass<'_>,
        client: &mut dyn ImapClient,
        last: u32,
    ) -> Result<i64, SyncError> {
        let Some(next) = last.checked_add(1) else {
            return Ok(0);
        };
        if pass.selected.uidnext.is_some_and(|uidnext| uidnext <= next) {
            return Ok(0);
        }
        let before = pass.round.stored;
        let listed = client.list(Listing::UidsFrom(next))?;
        let fetched = self.fetch_all(pass, client, listed);
        pass.settle(fetched)?;
        Ok((pass.round.stored - before) as i64)
    }

    /// Stores what is missing, and forgets what is gone.
    fn whole_folder(
        &mut self,
        pass: &mut Pass<'_>,
        client: &mut dyn ImapClient,
    ) -> Result<(), SyncError> {
        let (watched, uidvalidity) = (pass.watched, pass.selected.uidvalidity);
        let known = watched.block_on(watched.store().known_uids(self.folder_id, uidvalidity))?;
        let mut present: HashSet<u32> = HashSet::with_capacity(pass.selected.exists as usize);
        let mut to = pass.selected.exists;
        let mut fetched = Ok(());
        while to > 0 && fetched.is_ok() {
            let from = to.saturating_sub(WINDOW - 1).max(1);
            fetched = client
                .list(Listing::Places { from, to })
                .map_err(SyncError::from)
                .and_then(|mut listed| {
                    present.extend(listed.iter().map(|mail| mail.uid));
                    listed.retain(|mail| known.binary_search(&mail.uid).is_err());
                    self.fetch_all(pass, client, listed)
                });
            to = from - 1;
        }
        pass.settle(fetched)?;
        let gone: Vec<u32> = known
            .into_iter()
            .filter(|uid| !present.contains(uid))
            .collect();
        if !gone.is_empty() {
            watched.block_on(watched.store().forget_locations(
                self.folder_id,
                uidvalidity,
                &gone,
            ))?;
            pass.round.forgotten += gone.len();
        }
        Ok(())
    }

    /// Fetches these and hands them on, newest first.
    fn fetch_all(
        &mut self,
        pass: &mut Pass<'_>,
        client: &mut dyn ImapClient,
        mut listed: Vec<ListedMail>,
    ) -> Result<(), SyncError> {
        let max_mail = pass.watched.options().max_mail_bytes;
        listed.retain(|mail| !self.left_alone.contains_key(&mail.uid));
        listed.sort_by_key(|mail| std::cmp::Reverse(mail.uid));
        listed.dedup_by_key(|mail| mail.uid);
        let (too_large, mut waiting): (Vec<_>, Vec<_>) = listed.into_iter().partition(|mail| {
            u64::from(mail.size) > max_mail || self.too_large.contains(&mail.uid)
        });
        let mut headers_only: Vec<u32> = too_large.iter().map(|mail| mail.uid).collect();
        // Taken from the end, newest first.
        waiting.reverse();
        while !waiting.is_empty() {
            let batch = self.next_batch(pass, &mut waiting);
            let uids: Vec<u32> = batch.iter().map(|mail| mail.uid).collect();
            let planned: u64 = batch.iter().map(|mail| u64::from(mail.size)).sum();
            let room = pass
                .watched
                .ingest()
                .reserve(planned + OVERHEAD_BYTES * batch.len() as u64);
            let fetched = client
                .fetch(&uids, planned)
                .map_err(|error| self.note_failure(&uids, error))?;
            self.batch_mails = (self.batch_mails * 2).min(BATCH_MAILS);
            headers_only.extend(fetched.too_large.iter().map(|(uid, _)| *uid));
            let left_over: HashSet<u32> = fetched.left_over.iter().copied().collect();
            if left_over.len() == batch.len() {
                headers_only.extend(left_over);
            } else {
                waiting.extend(
                    batch
                        .into_iter()
                        .filter(|mail| left_over.contains(&mail.uid)),
                );
            }
            pass.submit((self.folder_id, &self.name), fetched, None, room);
            pass.check()?;
        }
        for uids in headers_only.chunks(50) {
            let room = pass
                .watched
                .ingest()
                .reserve(HEADER_BYTES * uids.len() as u64);
            let fetched = client
                .fetch_headers(uids)
                .map_err(|error| self.note_failure(uids, error))?;
            pass.submit(
                (self.folder_id, &self.name),
                fetched,
                Some("too_large"),
                room,
            );
        }
        pass.check()
    }

    fn next_batch(&self, pass: &mut Pass<'_>, waiting: &mut Vec<ListedMail>) -> Vec<ListedMail> {
        let first = std::mem::take(&mut pass.first);
        let most_bytes = pass.watched.options().batch_bytes;
        let most_bytes = if first {
            most_bytes.min(FIRST_BATCH_BYTES)
        } else {
            most_bytes
        };
        let most_mails = if first {
            self.batch_mails.min(FIRST_BATCH_MAILS)
        } else {
            self.batch_mails
        };
        let mut batch: Vec<ListedMail> = Vec::new();
        let mut bytes = 0;
        while let Some(mail) = waiting.pop() {
            bytes += u64::from(mail.size);
            if !batch.is_empty() && (bytes > most_bytes || batch.len() >= most_mails) {
                waiting.push(mail);
                break;
            }
            batch.push(mail);
        }
        batch
    }

    /// After a fetch that failed, fewer mails are asked for at once, until the one to blame stands alone.
    fn note_failure(&mut self, uids: &[u32], error: MailboxError) -> SyncError {
        let to_blame = matches!(
            error,
            MailboxError::ProtocolGarbage(_) | MailboxError::ConnectionLost | MailboxError::Timeout
        );
        match (&error, uids) {
            (MailboxError::TooLarge { uid: Some(uid), .. }, _)
            | (MailboxError::TooLarge { .. }, [uid]) => {
                self.too_large.insert(*uid);
            }
            (_, [uid]) if to_blame => {
                let strikes = self.strikes.entry(*uid).or_default();
                *strikes += 1;
                if *strikes >= STRIKES {
                    tracing::warn!(folder = self.name, uid, %error, "a mail cannot be fetched; it is left alone for an hour");
                    self.left_alone.insert(*uid, Instant::now());
                    self.strikes.remove(uid);
                }
            }
            _ => self.batch_mails = (uids.len() / 8).max(1),
        }
        error.into()
    }
}

/// One look at a folder: what was handed on and is not stored yet.
struct Pass<'a> {
    watched: &'a Watched,
    selected: &'a Selected,
    tickets: Vec<Ticket>,
    round: &'a mut Round,
    first: bool,
    is_sent: bool,
}

impl Pass<'_> {
    fn submit(
        &mut self,
        (folder_id, folder): (Uuid, &str),
        fetched: FetchedBatch,
        incomplete: Option<&str>,
        room: super::ingest::Reservation,
    ) {
        if fetched.mails.is_empty() {
            return;
        }
        let mark = self.watched.mark();
        let mails = fetched
            .mails
            .into_iter()
            .map(|mail| ParcelMail {
                range: mail.range,
                uid: mail.uid,
                received_at: mail.internal_date,
                mark_due: mark.is_due(folder, &mail.flags),
                flags: Flags::iter(&mail.flags).map(str::to_owned).collect(),
                incomplete_reason: incomplete.map(str::to_owned),
            })
            .collect();
        let parcel = Parcel {
            mailbox_id: self.watched.mailbox_id(),
            folder_id,
            uidvalidity: self.selected.uidvalidity,
            is_sent: self.is_sent,
            lease: Some(self.watched.lease().clone()),
            bytes: fetched.bytes,
            mails,
        };
        self.tickets
            .push(self.watched.ingest().submit(parcel, room));
    }

    /// Counts what is stored by now; an error when something could not be.
    fn check(&mut self) -> Result<(), SyncError> {
        let mut failed = None;
        let round = &mut *self.round;
        self.tickets.retain(|ticket| match ticket.poll() {
            None => true,
            Some(Ok(stored)) => {
                round.stored += stored.len();
                round.new += stored.iter().filter(|mail| mail.new).count();
                false
            }
            Some(Err(error)) => {
                failed = Some(error);
                false
            }
        });
        failed.map_or(Ok(()), |error| Err(error.into()))
    }

    /// Waits until everything handed on is stored, also after a failure: what has come must not be fetched again.
    fn settle(&mut self, fetched: Result<(), SyncError>) -> Result<(), SyncError> {
        let mut outcome = fetched;
        for ticket in self.tickets.drain(..) {
            match ticket.wait() {
                Ok(stored) => {
                    self.round.stored += stored.len();
                    self.round.new += stored.iter().filter(|mail| mail.new).count();
                }
                Err(error) if outcome.is_ok() => outcome = Err(error.into()),
                Err(_) => {}
            }
        }
        outcome
    }
}
