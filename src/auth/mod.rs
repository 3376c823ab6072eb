//! Who asks: by a token of the configuration, a script's token, an access token of the organisation's provider, or a
//! session of the web pages.
//!
//! What they may see is not decided here: access is a clause of the queries, which join on `memberships`.

mod claims;
mod code_flow;
mod configured;
mod error;
mod jose;
mod pane;
mod provider;
mod reach;
mod secret;
mod throttle;

use std::net::IpAddr;
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Europe::Copenhagen;

pub use code_flow::{Answer, Begun, CALLBACK, SignedIn};
pub use error::{AuthError, Refusal};
pub use jose::NotSigned;
pub use pane::PaneToken;
pub use secret::new_service_token;

use crate::{
    config::{Config, SignIn, Token},
    store::{Known, SessionLimits, Store, TokenScope},
};
use claims::Claims;
use jose::Algorithm;
use provider::Provider;
use throttle::Throttle;

/// The door. Everything that lets somebody in goes through it.
pub struct Auth {
    store: Store,
    tokens: Vec<Token>,
    settings: SignIn,
    algorithms: Vec<Algorithm>,
    own_domains: Vec<String>,
    public_url: String,
    /// `None` when there is no provider in the configuration.
    provider: Option<Arc<Provider>>,
    /// Sign-ins and credentials that let nobody in, by address.
    pub attempts: Throttle<IpAddr>,
    /// Calls, by user.
    pub calls: Throttle<String>,
}

/// Who asks, and how far their credentials go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    pub user: String,
    pub scope: TokenScope,
}

impl Asker {
    fn of(user: String) -> Self {
        Self {
            user,
            scope: TokenScope::Write,
        }
    }
}

/// Whether the provider answers as it should; for who sets it up.
pub async fn look_at_provider(settings: &SignIn) -> Result<(), AuthError> {
    let provider = Arc::new(Provider::new(settings));
    provider.discovery(Utc::now()).await.map(|_| ())
}

impl Auth {
    pub fn new(config: &Config, store: Store) -> Self {
        let settings = config.sign_in.clone();
        let algorithms = settings
            .algorithms
            .iter()
            .filter_map(|name| serde_json::from_value(name.as_str().into()).ok())
            .collect();
        let provider = (!settings.issuer.is_empty()).then(|| Arc::new(Provider::new(&settings)));
        Self {
            store,
            tokens: config.api.tokens.clone(),
            algorithms,
            own_domains: config.organisation.domains.clone(),
            public_url: config.server.public_url.trim_end_matches('/').to_owned(),
            provider,
            attempts: Throttle::new(settings.attempts_per_minute),
            calls: Throttle::new(config.server.user_requests_per_minute),
            settings,
        }
    }

    /// Whether people sign in at a provider.
    pub fn has_provider(&self) -> bool {
        self.provider.is_some()
    }

    /// Where browsers find us, without a slash at its end; empty when that was not told.
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// Who sent this token.
    pub async fn of_token(&self, token: &str, now: DateTime<Utc>) -> Result<Asker, AuthError> {
        if let Some(user) = configured::user_of(&self.tokens, token) {
            if self.store.is_disabled(&user).await? {
                return Err(AuthError::Disabled);
            }
            return Ok(Asker::of(user));
        }
        if secret::is_pane_token(token) {
            let (hash, limits) = (secret::hash(token), self.session_limits());
            let user = self.store.pane_token_user(&hash, limits, now).await?;
            return user.map(Asker::of).ok_or(AuthError::Unknown);
        }
        if secret::is_service_token(token) {
            let token = self.store.service_token(&secret::hash(token), now).await?;
            return token
                .map(|token| Asker {
                    user: token.user_name,
                    scope: token.scope,
                })
                .ok_or(AuthError::Unknown);
        }
        let Some(provider) = &self.provider else {
            return Err(AuthError::Unknown);
        };
        let unverified = jose::take_apart(token, &self.algorithms)?;
        let key = provider.key(&unverified.key_id, now).await?;
        let claims: Claims = unverified.verify(&key)?;
        claims.check_access(&self.settings, now)?;
        self.recognise(&claims, &self.settings, now)
            .await
            .map(Asker::of)
    }

    /// Whose session this is.
    pub async fn of_session(&self, session: &str, now: DateTime<Utc>) -> Result<Asker, AuthError> {
        let user = self
            .store
            .session_user(&secret::hash(session), self.session_limits(), now)
            .await?;
        user.map(Asker::of).ok_or(AuthError::Unknown)
    }

    /// Whether `user` may act for `other` today; answers the same for those who are not there.
    pub async fn check_deputy(
        &self,
        user: &str,
        other: &str,
        now: DateTime<Utc>,
    ) -> Result<(), AuthError> {
        let today = now.with_timezone(&Copenhagen).date_naive();
        let acts_for = self.store.acts_for(user, today).await?;
        if acts_for.iter().any(|name| name == other) {
            Ok(())
        } else {
            Err(AuthError::NoDeputy)
        }
    }

    pub fn session_limits(&self) -> SessionLimits {
        SessionLimits {
            idle: Duration::minutes(self.settings.session_idle_minutes),
            whole: Duration::hours(self.settings.session_hours),
        }
    }

    async fn recognise(
        &self,
        claims: &Claims,
        settings: &SignIn,
        now: DateTime<Utc>,
    ) -> Result<String, AuthError> {
        let identity = claims.identity(settings, &self.own_domains)?;
        match self
            .store
            .recognise(&identity, settings.unknown_users, now)
            .await?
        {
            Known::User(name) => Ok(name),
            Known::Disabled => Err(AuthError::Disabled),
            Known::Unknown => Err(AuthError::UnknownUser),
            Known::NameTaken => Err(AuthError::NameTaken),
            Known::NotProven => Err(AuthError::NotProven),
        }
    }
}
