//! Mailboxes: watched over IMAP, or imported from a Maildir or an mbox file.
//!
//! From the wire inwards: `wire` is the socket with its deadlines, `transport` keeps large literals and a stranger's
//! oddities away from the `imap` crate, `session` speaks IMAP through that crate behind the trait of `client`.
//! Nothing here ever sets `\Seen`.

pub mod client;
mod error;
mod folder_name;
mod login;
mod oauth;
mod session;
mod tls;
mod transport;
mod wire;

pub use client::{
    FetchedBatch, FetchedMail, Flags, FolderInfo, IdleOutcome, ImapClient, ListedMail, Listing,
    Selected, SpecialUse,
};
pub use error::MailboxError;
pub use login::{Login, Secret};
pub use oauth::{ClientCredentials, TokenCache};
pub use session::{Limits, Security, Server, connect};
pub use wire::Waker;
