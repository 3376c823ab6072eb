//! Mailboxes over IMAP.
