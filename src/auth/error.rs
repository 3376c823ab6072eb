//! Why somebody is not let in. What a caller is told is less than this: reasons are for the log.

use super::jose::NotSigned;
use crate::store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// No credentials, or none that we know. Which of the two is not told.
    #[error("the credentials are not known")]
    Unknown,
    #[error("the token was refused: {0}")]
    Refused(#[from] Refusal),
    /// The provider vouches for somebody whom nobody here knows.
    #[error("the user is not known here")]
    UnknownUser,
    /// Another person has that name here; an administrator decides who it is.
    #[error("the name is another person's")]
    NameTaken,
    /// Somebody of that name was added here, and nothing shows that it is this person.
    #[error("the name is known here, and not proven")]
    NotProven,
    #[error("the user is let in no more")]
    Disabled,
    #[error("they may not act for that user")]
    NoDeputy,
    /// The provider cannot be asked, and what is known of it does not answer this.
    #[error("the sign-in provider is away: {0}")]
    ProviderAway(&'static str),
    /// There is no provider in the configuration.
    #[error("sign-in is not set up")]
    NotSetUp,
    /// An answer to a sign-in that nobody began here, or not in this browser, or too long ago.
    #[error("the sign-in is not known or has expired")]
    SignInLost,
    /// The provider said no, by the person's wish or its own.
    #[error("the provider refused the sign-in")]
    SignInDenied,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is wrong with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    NotSigned(#[from] NotSigned),
    #[error("another issuer")]
    Issuer,
    #[error("another audience")]
    Audience,
    #[error("another tenant")]
    Tenant,
    #[error("expired")]
    Expired,
    #[error("not valid yet")]
    NotYet,
    #[error("no subject")]
    Subject,
    #[error("the scope is missing")]
    Scope,
    #[error("a token of an application, not of a person")]
    ApplicationOnly,
    #[error("an ID token is no access token")]
    IdToken,
    #[error("another sign-in's nonce")]
    Nonce,
}

impl From<NotSigned> for AuthError {
    fn from(error: NotSigned) -> Self {
        Self::Refused(error.into())
    }
}
