//! Access tokens by client credentials (RFC 6749, 4.4), as Exchange Online asks for.
//!
//! One token serves every mailbox with the same credentials: it is fetched once, kept, and renewed before it ends.
//! Mailbox threads block on the runtime they are given; none of this runs on it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::{MailboxError, Secret};

/// Where to get a token and as whom.
#[derive(Clone, Debug)]
pub struct ClientCredentials {
    /// E.g. `https://login.microsoftonline.com/TENANT/oauth2/v2.0/token`.
    pub token_url: String,
    pub client_id: String,
    pub client_secret: Secret,
    /// E.g. `https://outlook.office365.com/.default`.
    pub scope: Option<String>,
}

/// A token that runs out within this is renewed.
const RENEW_BEFORE: Duration = Duration::from_mins(5);
const REQUEST_TIME: Duration = Duration::from_secs(30);
const ANSWER_BYTES: usize = 256 << 10;
/// RFC 6749 lets the server leave the lifetime out.
const UNTOLD_LIFETIME: Duration = Duration::from_mins(10);

/// Tokens of every mailbox of this process. Cheap to clone.
#[derive(Clone)]
pub struct TokenCache(Arc<Inner>);

struct Inner {
    runtime: tokio::runtime::Handle,
    http: reqwest::Client,
    /// A slot per set of credentials; its lock is held while fetching, so that many mailboxes ask once.
    slots: Mutex<HashMap<Key, Arc<Mutex<Option<Token>>>>>,
}

#[derive(PartialEq, Eq, Hash)]
struct Key {
    token_url: String,
    client_id: String,
    scope: Option<String>,
}

struct Token {
    secret: Secret,
    fetched: Instant,
    lifetime: Duration,
}

#[derive(Deserialize)]
struct Answer {
    access_token: Option<String>,
    expires_in: Option<u64>,
    error: Option<String>,
}

impl std::fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenCache")
    }
}

impl TokenCache {
    /// A cache whose requests run on this runtime.
    pub fn new(runtime: tokio::runtime::Handle) -> Self {
        crate::crypto::install();
        let http = reqwest::Client::builder()
            .timeout(REQUEST_TIME)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap_or_default();
        Self(Arc::new(Inner {
            runtime,
            http,
            slots: Mutex::default(),
        }))
    }

    /// A token that is good for a while. Blocks; must not be called on the runtime.
    pub fn token(&self, source: &ClientCredentials) -> Result<Secret, MailboxError> {
        let slot = self.slot(source);
        let mut token = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = &*token
            && kept.fetched.elapsed() + RENEW_BEFORE.min(kept.lifetime / 2) < kept.lifetime
        {
            return Ok(kept.secret.clone());
        }
        let fresh = self.0.runtime.block_on(fetch(&self.0.http, source))?;
        let secret = fresh.secret.clone();
        *token = Some(fresh);
        Ok(secret)
    }

    /// Forgets this token, which a server has refused, so that the next one is fetched.
    pub fn forget(&self, source: &ClientCredentials, refused: &Secret) {
        let slot = self.slot(source);
        let mut token = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if token.as_ref().is_some_and(|kept| kept.secret == *refused) {
            *token = None;
        }
    }

    fn slot(&self, source: &ClientCredentials) -> Arc<Mutex<Option<Token>>> {
        let key = Key {
            token_url: source.token_url.clone(),
            client_id: source.client_id.clone(),
            scope: source.scope.clone(),
        };
        let mut slots = self.0.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(key).or_default())
    }
}

async fn fetch(http: &reqwest::Client, source: &ClientCredentials) -> Result<Token, MailboxError> {
    let mut form = vec![
        ("grant_type", "client_credentials"),
        ("client_id", &source.client_id),
        ("client_secret", source.client_secret.expose()),
    ];
    if let Some(scope) = &source.scope {
        form.push(("scope", scope));
    }
    let asked = http.post(&source.token_url).form(&form).send().await;
    let mut response = asked.map_err(|error| unavailable(&error))?;
    let status = response.status();
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| unavailable(&error))?
    {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_BYTES {
            return Err(MailboxError::TokenUnavailable(
                "its answer has no end".into(),
            ));
        }
    }
    if status.is_server_error() || status.as_u16() == 429 {
        return Err(MailboxError::TokenUnavailable(format!(
            "HTTP status {}",
            status.as_u16()
        )));
    }
    let answer: Answer = serde_json::from_slice(&body).map_err(|_| {
        MailboxError::TokenUnavailable("its answer is not what RFC 6749 says".into())
    })?;
    match answer.access_token {
        Some(secret) if status.is_success() && !secret.is_empty() => Ok(Token {
            secret: Secret::new(secret),
            fetched: Instant::now(),
            lifetime: answer
                .expires_in
                .map_or(UNTOLD_LIFETIME, Duration::from_secs),
        }),
        _ => {
            let code = answer
                .error
                .unwrap_or_else(|| format!("HTTP status {}", status.as_u16()));
            Err(MailboxError::TokenRefused(super::error::clean(&code)))
        }
    }
}

/// Without the URL, which may hold more than a host.
fn unavailable(error: &reqwest::Error) -> MailboxError {
    let why = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "nothing answers there"
    } else if error.is_builder() {
        "its address is not a URL"
    } else {
        "the connection was lost"
    };
    MailboxError::TokenUnavailable(why.to_owned())
}
