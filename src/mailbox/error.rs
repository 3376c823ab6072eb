//! What can go wrong with a mailbox, and who can act on it.
//!
//! No variant carries a password, a token or anything a mail says. What a server wrote is kept only where its words
//! help, cut and cleaned.

use std::borrow::Cow;

/// Why an operation on a mailbox failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailboxError {
    #[error("the server refused the user name, password or token: {0}")]
    LoginRefused(String),
    /// The server offers none of the ways to sign in that the settings allow.
    #[error("the server does not offer a way to sign in that the settings allow")]
    LoginNotOffered,
    #[error("the password cannot be read: {0}")]
    SecretUnreadable(String),
    #[error("no access token: {0}")]
    TokenRefused(String),
    #[error("the token endpoint did not answer: {0}")]
    TokenUnavailable(String),
    #[error("there is no host named {0}")]
    HostUnknown(String),
    #[error("nothing answers at {0}")]
    ConnectRefused(String),
    #[error("the server's certificate is not valid: {reason}")]
    CertificateInvalid { reason: CertificateFault },
    #[error("no encrypted connection could be agreed on: {0}")]
    TlsFailed(String),
    #[error("the server offers no STARTTLS")]
    StartTlsNotOffered,
    #[error("the CA file cannot be used: {0}")]
    CaFileInvalid(String),
    #[error("there is no folder {0:?} on the server")]
    NoSuchFolder(String),
    #[error("the mailbox is full")]
    QuotaFull,
    #[error("the folder may only be read")]
    ReadOnly,
    /// The folder does not keep this keyword.
    #[error("the folder does not keep the flag {0}")]
    FlagNotKept(String),
    #[error("the server cannot move mails without risk to others (neither MOVE nor UIDPLUS)")]
    MoveNotOffered,
    #[error("the server did not answer in time")]
    Timeout,
    #[error("the connection was lost")]
    ConnectionLost,
    /// We closed the connection ourselves because the work was called off.
    #[error("called off")]
    Cancelled,
    #[error("the server said goodbye: {0}")]
    Goodbye(String),
    #[error("what the server sent is not IMAP: {0}")]
    ProtocolGarbage(Cow<'static, str>),
    /// A literal so far above the limit that the connection had to be dropped.
    #[error("a literal of {bytes} bytes is above the limit")]
    TooLarge { uid: Option<u32>, bytes: u64 },
    #[error("the server refused: {0}")]
    Refused(String),
    #[error("the server cannot do that now: {0}")]
    Unavailable(String),
}

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateFault {
    Expired,
    NotYetValid,
    UnknownIssuer,
    WrongName,
    Revoked,
    Other,
}

impl std::fmt::Display for CertificateFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Expired => "it has expired",
            Self::NotYetValid => "it is not valid yet",
            Self::UnknownIssuer => "its issuer is not known here",
            Self::WrongName => "it was issued for another name",
            Self::Revoked => "it was revoked",
            Self::Other => "it could not be verified",
        })
    }
}

impl MailboxError {
    /// A stable code: stored as the reason of a state, and the key of its words in the message catalogue.
    pub fn code(&self) -> &'static str {
        match self {
            Self::LoginRefused(_) => "login_refused",
            Self::LoginNotOffered => "login_not_offered",
            Self::SecretUnreadable(_) => "secret_unreadable",
            Self::TokenRefused(_) => "token_refused",
            Self::TokenUnavailable(_) => "token_unavailable",
            Self::HostUnknown(_) => "host_unknown",
            Self::ConnectRefused(_) => "connect_refused",
            Self::CertificateInvalid { reason } => match reason {
                CertificateFault::Expired => "certificate_expired",
                CertificateFault::WrongName => "certificate_wrong_name",
                CertificateFault::UnknownIssuer => "certificate_unknown_issuer",
                _ => "certificate_invalid",
            },
            Self::TlsFailed(_) => "tls_failed",
            Self::StartTlsNotOffered => "starttls_not_offered",
            Self::CaFileInvalid(_) => "ca_file_invalid",
            Self::NoSuchFolder(_) => "no_such_folder",
            Self::QuotaFull => "quota_full",
            Self::ReadOnly => "read_only",
            Self::FlagNotKept(_) => "flag_not_kept",
            Self::MoveNotOffered => "move_not_offered",
            Self::Timeout => "timeout",
            Self::ConnectionLost => "connection_lost",
            Self::Cancelled => "cancelled",
            Self::Goodbye(_) => "goodbye",
            Self::ProtocolGarbage(_) => "protocol_garbage",
            Self::TooLarge { .. } => "too_large",
            Self::Refused(_) => "refused",
            Self::Unavailable(_) => "unavailable",
        }
    }

    /// Whether the same may succeed later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::TokenUnavailable(_)
            | Self::ConnectRefused(_)
            | Self::TlsFailed(_)
            | Self::QuotaFull
            | Self::Timeout
            | Self::ConnectionLost
            | Self::Cancelled
            | Self::Goodbye(_)
            | Self::ProtocolGarbage(_)
            | Self::Unavailable(_) => true,
            Self::LoginRefused(_)
            | Self::LoginNotOffered
            | Self::SecretUnreadable(_)
            | Self::TokenRefused(_)
            | Self::HostUnknown(_)
            | Self::CertificateInvalid { .. }
            | Self::StartTlsNotOffered
            | Self::CaFileInvalid(_)
            | Self::NoSuchFolder(_)
            | Self::ReadOnly
            | Self::FlagNotKept(_)
            | Self::MoveNotOffered
            | Self::TooLarge { .. }
            | Self::Refused(_) => false,
        }
    }

    /// Whether the session can go on after this: the server answered NO or BAD and is still in step with us.
    pub fn leaves_session_usable(&self) -> bool {
        matches!(
            self,
            Self::NoSuchFolder(_)
                | Self::QuotaFull
                | Self::ReadOnly
                | Self::FlagNotKept(_)
                | Self::MoveNotOffered
                | Self::Refused(_)
                | Self::Unavailable(_)
        )
    }
}

/// A server's words, fit to be shown and logged: one short line of printable characters.
pub(super) fn clean(words: &str) -> String {
    let mut out: String = words
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect();
    out.truncate(out.trim_end().len());
    out
}
