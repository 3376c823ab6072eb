//! What the house asks of an IMAP server, whichever crate speaks the protocol.
//!
//! One implementor, `session`, wraps the `imap` crate; the trait is what lets another take its place. Every call
//! blocks, and after an error that does not leave the session usable the client must be dropped.

use chrono::{DateTime, Utc};
use std::ops::Range;
use std::time::Duration;

use super::MailboxError;

/// A signed-in connection to one mailbox.
pub trait ImapClient: Send {
    /// Whether the server has this capability, e.g. `IDLE`.
    fn has(&self, capability: &str) -> bool;

    fn folders(&mut self) -> Result<Vec<FolderInfo>, MailboxError>;

    /// Opens a folder for reading; nothing in it can change through us.
    fn examine(&mut self, folder: &str) -> Result<Selected, MailboxError>;

    /// Opens a folder for marking and moving.
    fn select(&mut self, folder: &str) -> Result<Selected, MailboxError>;

    /// What lies in the open folder, in the order the server tells it.
    fn list(&mut self, which: Listing) -> Result<Vec<ListedMail>, MailboxError>;

    /// Whole mails. `planned_bytes` is the sum of their sizes as listed, which bounds what is accepted.
    fn fetch(&mut self, uids: &[u32], planned_bytes: u64) -> Result<FetchedBatch, MailboxError>;

    /// Header blocks alone, for mails that are too large to fetch.
    fn fetch_headers(&mut self, uids: &[u32]) -> Result<FetchedBatch, MailboxError>;

    /// UIDs of the mails in the open folder with this Message-ID; none when it holds what no search can say.
    fn find(&mut self, message_id: &str) -> Result<Vec<u32>, MailboxError>;

    /// Sets a flag or keyword, e.g. `\Flagged` or `$Journaliseret`.
    fn add_flag(&mut self, uids: &[u32], flag: &str) -> Result<(), MailboxError>;

    fn remove_flag(&mut self, uids: &[u32], flag: &str) -> Result<(), MailboxError>;

    /// Moves mails to another folder: by MOVE, or by COPY and an expunge of exactly these.
    fn move_to(&mut self, uids: &[u32], folder: &str) -> Result<(), MailboxError>;

    fn append(
        &mut self,
        folder: &str,
        mail: &[u8],
        received: Option<DateTime<Utc>>,
    ) -> Result<(), MailboxError>;

    fn create_folder(&mut self, folder: &str) -> Result<(), MailboxError>;

    fn delete_folder(&mut self, folder: &str) -> Result<(), MailboxError>;

    /// Waits until the open folder changes, the time is up, or the connection's `Waker` rings.
    fn idle(&mut self, at_most: Duration) -> Result<IdleOutcome, MailboxError>;

    fn noop(&mut self) -> Result<(), MailboxError>;

    fn logout(&mut self) -> Result<(), MailboxError>;
}

/// A folder on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderInfo {
    /// As people read it.
    pub name: String,
    pub delimiter: Option<String>,
    pub special_use: Option<SpecialUse>,
    /// False for a name that only holds other folders.
    pub selectable: bool,
}

/// RFC 6154.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpecialUse {
    All,
    Archive,
    Drafts,
    Flagged,
    Junk,
    Sent,
    Trash,
}

/// An opened folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    pub uidvalidity: u32,
    pub uidnext: Option<u32>,
    pub exists: u32,
    pub highestmodseq: Option<u64>,
    pub read_only: bool,
    /// Flags and keywords that last; `\*` means that new keywords may be made.
    pub permanent_flags: Vec<String>,
}

impl Selected {
    /// Whether a flag set here would last.
    pub fn keeps(&self, flag: &str) -> bool {
        self.permanent_flags.iter().any(|kept| {
            kept.eq_ignore_ascii_case(flag) || (kept == "\\*" && !flag.starts_with('\\'))
        })
    }
}

/// Which mails of the open folder to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// By place in the folder, both ends included. Walking downwards never passes over a mail: an expunge only moves
    /// mails to lower places.
    Places { from: u32, to: u32 },
    /// UIDs from this on.
    UidsFrom(u32),
    /// UIDs within these, both ends included.
    Uids { from: u32, to: u32 },
    /// Changed since this MODSEQ (CONDSTORE).
    ChangedSince(u64),
}

/// A mail as the server lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedMail {
    pub uid: u32,
    pub size: u32,
    pub internal_date: Option<DateTime<Utc>>,
    pub flags: Flags,
}

/// Flags and keywords of a mail, as the server writes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags(Box<[Box<str>]>);

impl Flags {
    pub fn has(&self, flag: &str) -> bool {
        self.0.iter().any(|have| have.eq_ignore_ascii_case(flag))
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|flag| &**flag)
    }
}

impl<S: Into<Box<str>>> FromIterator<S> for Flags {
    fn from_iter<I: IntoIterator<Item = S>>(flags: I) -> Self {
        Self(flags.into_iter().map(Into::into).collect())
    }
}

/// Mails as one contiguous piece of memory, so that they are stored as one object without being copied.
#[derive(Debug, Default)]
pub struct FetchedBatch {
    pub bytes: Vec<u8>,
    pub mails: Vec<FetchedMail>,
    /// Asked for and not there any more.
    pub missing: Vec<u32>,
    /// Larger than they were listed as and above the limit: UID and what the server claimed.
    pub too_large: Vec<(u32, u64)>,
    /// There was no room left for these: ask again, for fewer.
    pub left_over: Vec<u32>,
}

/// A mail within a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedMail {
    pub uid: u32,
    pub internal_date: Option<DateTime<Utc>>,
    pub flags: Flags,
    pub range: Range<usize>,
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdleOutcome {
    Changed,
    TimedOut,
    Woken,
}
