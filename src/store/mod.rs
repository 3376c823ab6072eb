//! The database and the blobs: one file per aggregate.
//!
//! The database is the truth. Blobs are written before the rows that name them and removed after. Queries are named
//! for what they answer, and access is a clause of the query.

mod access;
mod arrivals;
mod attachments;
mod audit;
mod blobs;
mod case_access;
mod case_marks;
mod case_templates;
mod cases;
mod data_keys;
mod db;
mod decisions;
mod deputies;
mod emergencies;
mod entries;
mod events;
mod filings;
mod followed_threads;
mod follower;
mod housekeeping;
mod identities;
mod jobs;
mod judged;
mod kle;
mod leases;
mod letters;
mod linked_folders;
mod mailboxes;
mod mails;
mod mails_out;
mod marks;
mod memberships;
mod not_for_a_case;
mod pane_sessions;
mod persons;
mod pictures;
mod queue;
mod roles;
mod rule_facts;
mod rules;
mod search;
mod service_tokens;
mod sessions;
mod suggestion_lessons;
mod templates;
mod threads;
mod tried;
mod type_lessons;
mod units;
mod users;
mod wal;

use std::sync::Arc;

pub use arrivals::Arrived;
pub use attachments::{AttachmentText, ReadMail};
pub use audit::{
    AuditFilter, AuditRecord, BEFORE_ALL, Call, Chained, Checkpoint, Origin, Recorded, Removal,
    Tail,
};
pub use blobs::{BlobError, Blobs, BlobsAt, KeyError, Master};
pub use case_marks::Marked;
pub use case_templates::CaseTemplate;
pub use cases::{CaseFilter, CaseQuery, CaseRequest, NewCase};
pub use data_keys::{Encrypted, KeyState, NewObject};
pub use decisions::{MailDecision, WithDecision};
pub use deputies::Deputy;
pub use emergencies::{Notice, Opening};
pub use entries::{Entry, EntryState, FiledBefore, FiledMail, NewDocument, NewEntry, NewFile};
pub use events::{Event, EventKind};
pub use filings::Filing;
pub use followed_threads::{FollowMode, FollowedThread, Following, OnCase};
pub use follower::Follower;
pub use housekeeping::Tidied;
pub use identities::{Identity, Known};
pub use jobs::{Job, JobKind, NewJob};
pub use judged::Judged;
pub use leases::Lease;
pub use letters::{LetterOutcome, LetterRun, LetterState, LettersToMake, NewLetterRun, NewLetters};
pub use linked_folders::{LinkedCase, LinkedFolder, LinkedPlace};
pub use mailboxes::{
    Folder, FolderPosition, FolderState, Location, Mailbox, MailboxAccess, MailboxRole,
    MailboxState,
};
pub use mails::{Batch, MailFilter, MailRow, NewMail, Place, StoredMail};
pub use mails_out::{MailAbout, MailTemplate, MailTo, MayLeave};
pub use marks::{MarkByRule, MarkPayload, MarkState};
pub use not_for_a_case::NotForACase;
pub use pane_sessions::PaneSession;
pub use persons::{HeldDocument, HeldMail, HeldOfPerson, HeldParty, Person};
pub use queue::{Assigned, Assignee, Assignment, Before, QueueAct, QueueFilter, Snooze, Waiting};
pub use roles::GrantRow;
pub use rule_facts::Actors;
pub use rules::{KeptRule, NoOwner, RuleMode, RuleOwner, RuleText, RuleVersion, Suspended};
pub use service_tokens::{NewServiceToken, ServiceToken, TokenScope};
pub use sessions::{BegunSignIn, SessionLimits};
pub use suggestion_lessons::SuggestionLesson;
pub use templates::{Holder, KeptTemplate, NewTemplate, NewVersion, TemplateVersion};
pub use tried::FiledByPerson;
pub use units::{NoTree, Unit, UnitTree};
pub use users::{GroupSource, ImportedUser, User};

/// Everything that is kept. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    db: Arc<db::Db>,
    blobs: Blobs,
    /// What encrypts blobs, if anything does.
    vault: Option<Arc<data_keys::Vault>>,
    /// Rings when this process has written an event, so that its pages need not wait for the next poll.
    event_written: Arc<tokio::sync::Notify>,
    /// What was read and is not on record yet.
    audit: Arc<audit::Unwritten>,
}

impl Store {
    /// Opens the database at `url` (`sqlite://PATH` or `postgres://…`) with these blobs; runs no migration.
    pub async fn open(url: &str, blobs: Blobs) -> Result<Self, StoreError> {
        let db = db::Db::connect(url).await?;
        Ok(Self {
            db: Arc::new(db),
            blobs,
            vault: None,
            event_written: Arc::default(),
            audit: Arc::default(),
        })
    }

    /// Brings the schema up to this version.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.db.migrate().await
    }

    pub fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    /// Whether the database answers; for readiness and `doctor`.
    pub async fn ping(&self) -> Result<(), StoreError> {
        db::read!(self, |c| sqlx::query("select 1")
            .execute(c)
            .await
            .map(|_| ())?);
        Ok(())
    }

    pub async fn close(&self) {
        self.db.close().await;
    }
}

/// Why something could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database did not answer: {0}")]
    Database(#[source] sqlx::Error),
    #[error("the database schema could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// Another process has taken over what this one was working on.
    #[error("the lease on {0} was lost to another process")]
    LeaseLost(String),
    #[error("there is already a {0} with that name")]
    Duplicate(&'static str),
    /// Missing, or not for this user: which of the two is not told.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Seen, but not theirs to change.
    #[error("this {0} is not yours to change")]
    NotAllowed(&'static str),
    #[error("case {0} is closed")]
    CaseClosed(String),
    #[error("the mail is already journaled on that case")]
    AlreadyFiled(Box<FiledBefore>),
    /// For others than who asks.
    #[error("the mail is already journaled on that case, for others")]
    AlreadyFiledUnseen,
    #[error("that idempotency key was used for another request")]
    IdempotencyConflict,
    #[error("you would lock yourself out")]
    LockedOut,
    #[error("you see that case already")]
    AlreadyOpen,
    /// A mail that waits is another's, or nobody's; to whom it is assigned.
    #[error("the mail is assigned otherwise")]
    AssignedToAnother(Option<String>),
    #[error("it was changed by someone else meanwhile")]
    VersionConflict,
    #[error("the work was ended before it was done")]
    Interrupted,
    #[error("it is too late to undo that")]
    UndoExpired,
    #[error("reads cannot be recorded: too many records wait to be written")]
    AuditFull,
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl StoreError {
    /// Whether the bytes of one blob are at fault, and not the storage as a whole.
    fn is_of_this_blob(&self) -> bool {
        matches!(self, Self::Blob(error) if error.is_of_this_blob())
    }

    /// Whether the same call may succeed later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database(error) => is_transient(error),
            Self::Blob(error) => error.is_transient(),
            Self::AuditFull => true,
            _ => false,
        }
    }
}

/// SQLite's "busy", "locked", I/O error and "full"; PostgreSQL's serialization failure, deadlock, shutdown and connection classes.
fn is_transient(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(database) => database.code().is_some_and(|code| {
            matches!(
                &*code,
                "5" | "6"
                    | "10"
                    | "13"
                    | "261"
                    | "517"
                    | "40001"
                    | "40P01"
                    | "57P01"
                    | "57P02"
                    | "57P03"
                    | "53300"
            ) || code.starts_with("08")
        }),
        _ => false,
    }
}

fn is_unique_violation(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(database) if database.is_unique_violation())
}
