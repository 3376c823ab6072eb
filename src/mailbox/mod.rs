//! Mailboxes: watched over IMAP, or imported from a Maildir or an mbox file.
//!
//! From the wire inwards: `wire` is the socket with its deadlines, `transport` keeps large literals and a stranger's
//! oddities away from the `imap` crate, `session` speaks IMAP through that crate behind the trait of `client`.
//! `supervisor` decides which mailboxes this process watches, `watch` keeps a thread on each folder, `sync` brings it up
//! to date, `ingest` stores what it brings, `mark` shows in the mailbox what was journaled. Nothing here ever sets
//! `\Seen`.

pub mod client;
mod error;
mod folder_name;
pub(crate) mod holder;
pub mod import;
pub mod ingest;
mod login;
mod maildir;
pub mod mark;
mod oauth;
mod session;
pub mod settings;
pub mod supervisor;
mod sync;
mod tls;
mod transport;
pub mod upload;
mod watch;
mod wire;

pub use client::{
    FetchedBatch, FetchedMail, Flags, FolderInfo, IdleOutcome, ImapClient, ListedMail, Listing,
    Selected, SpecialUse,
};
pub use error::MailboxError;
pub use login::{Login, Secret};
pub use oauth::{ClientCredentials, TokenCache};
pub use session::{Limits, Security, Server, connect};
pub use sync::Round;
pub use watch::Options;
pub use wire::Waker;
