//! Signing in to the web pages: the authorization code flow with PKCE, state and nonce, all kept on the server.
//!
//! The browser holds a secret of its own meanwhile, so that an answer counts only in the browser that asked. Tokens of
//! the provider never reach it, and none is kept.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use reqwest::Url;

use super::{Auth, AuthError, Refusal, claims::Claims, jose, secret};
use crate::{
    config::{Secret, SignIn},
    store::BegunSignIn,
};

/// Where the provider sends the browser back to.
pub const CALLBACK: &str = "/auth/callback";
const MAX_RETURN_CHARS: usize = 512;
/// Longer codes and states are none of ours.
const MAX_PARAMETER_CHARS: usize = 4096;

/// A sign-in that has begun: where the browser goes, and what it must hold meanwhile.
pub struct Begun {
    pub location: String,
    pub browser_secret: String,
}

/// What the provider sent the browser back with.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct Answer {
    pub code: Option<String>,
    pub state: Option<String>,
    pub error: Option<String>,
    pub iss: Option<String>,
}

/// Somebody who is signed in.
pub struct SignedIn {
    pub session: String,
    pub return_to: String,
}

impl Auth {
    /// Begins a sign-in. `browser_secret` is what the browser holds of another that it has begun, `session_before` the session
    /// that ends when this one is finished.
    pub async fn begin_sign_in(
        &self,
        return_to: &str,
        browser_secret: Option<&str>,
        session_before: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Begun, AuthError> {
        let (settings, provider) = self.sign_in()?;
        let discovery = provider.discovery(now).await?;
        let state = secret::random();
        let nonce = secret::random();
        let code_verifier = secret::random();
        let browser_secret = browser_secret
            .filter(|text| text.len() == state.len())
            .map_or_else(secret::random, str::to_owned);
        let mut location = Url::parse(&discovery.authorization_endpoint)
            .map_err(|_| AuthError::ProviderAway("its discovery cannot be read"))?;
        location
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &settings.client_id)
            .append_pair("redirect_uri", &self.callback())
            .append_pair("scope", &settings.request_scopes.join(" "))
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &secret::challenge(&code_verifier))
            .append_pair("code_challenge_method", "S256");
        let begun = BegunSignIn {
            browser_hash: secret::hash(&browser_secret).to_vec(),
            nonce,
            code_verifier,
            return_to: local_path(return_to).to_owned(),
            begun_at: now,
            session_hash: session_before.map(|before| secret::hash(before).to_vec()),
        };
        self.store
            .begin_sign_in(&secret::hash(&state), &begun)
            .await?;
        Ok(Begun {
            location: location.into(),
            browser_secret,
        })
    }

    /// Finishes a sign-in: a session that was never anybody's before, whatever the browser held.
    pub async fn finish_sign_in(
        &self,
        answer: &Answer,
        browser_secret: Option<&str>,
        session_before: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<SignedIn, AuthError> {
        let (settings, provider) = self.sign_in()?;
        let short = |text: &&String| text.len() <= MAX_PARAMETER_CHARS;
        let state = answer
            .state
            .as_ref()
            .filter(short)
            .ok_or(AuthError::SignInLost)?;
        let begun = self
            .store
            .take_sign_in(&secret::hash(state), now)
            .await?
            .filter(|begun| {
                browser_secret.is_some_and(|own| secret::hash(own).as_slice() == begun.browser_hash)
            })
            .ok_or(AuthError::SignInLost)?;
        let discovery = provider.discovery(now).await?;
        // An answer of another provider (RFC 9207).
        let told_by = answer.iss.as_deref();
        let must_tell = discovery.authorization_response_iss_parameter_supported;
        if told_by.map_or(must_tell, |issuer| issuer != settings.issuer) {
            return Err(Refusal::Issuer.into());
        }
        if answer.error.is_some() {
            return Err(AuthError::SignInDenied);
        }
        let code = answer
            .code
            .as_ref()
            .filter(short)
            .ok_or(AuthError::SignInLost)?;
        let callback = self.callback();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &callback),
            ("code_verifier", &begun.code_verifier),
        ];
        let tokens = provider.redeem(&discovery, settings, &form).await?;
        let mut claims = self.id_claims(&tokens.id_token, &begun.nonce, now).await?;
        // Some providers put no more than the subject into ID tokens (OpenID Connect Core, 5.4).
        if !claims.names_the_person(settings)
            && let Some(address) = &discovery.userinfo_endpoint
            && let Some(token) = tokens.access_token
            && let Some(more) = provider.user_info(address, &Secret::new(token)).await
        {
            claims.complete_with(more);
        }
        let user = self.recognise(&claims, settings, now).await?;
        let session = secret::random();
        // Browsers send the session's cookie when one leaves for the provider, and some when one comes back.
        let now_held = session_before.map(|before| secret::hash(before).to_vec());
        let before: Vec<Vec<u8>> = now_held.into_iter().chain(begun.session_hash).collect();
        self.store
            .open_session(&secret::hash(&session), &user, &before, now)
            .await?;
        Ok(SignedIn {
            session,
            return_to: begun.return_to,
        })
    }

    async fn id_claims(
        &self,
        token: &str,
        nonce: &str,
        now: DateTime<Utc>,
    ) -> Result<Claims, AuthError> {
        let (settings, provider) = self.sign_in()?;
        let unverified = jose::take_apart(token, &self.algorithms)?;
        let key = provider.key(&unverified.key_id, now).await?;
        let claims: Claims = unverified.verify(&key)?;
        claims.check_id(settings, nonce, now)?;
        Ok(claims)
    }

    /// Ends a session, and says where the browser goes to sign out at the provider as well.
    pub async fn sign_out(
        &self,
        session: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<String>, AuthError> {
        let ended = self
            .store
            .close_session(&secret::hash(session), now)
            .await?;
        if ended.is_none() {
            return Ok(None);
        }
        let (settings, provider) = self.sign_in()?;
        Ok(provider
            .discovery(now)
            .await
            .ok()
            .and_then(|discovery| discovery.end_session_endpoint.clone())
            .and_then(|address| leave_at(&address, settings, &self.public_url)))
    }

    fn callback(&self) -> String {
        format!("{}{CALLBACK}", self.public_url)
    }

    pub(super) fn sign_in(&self) -> Result<(&SignIn, &Arc<super::provider::Provider>), AuthError> {
        self.provider
            .as_ref()
            .map(|provider| (&self.settings, provider))
            .ok_or(AuthError::NotSetUp)
    }
}

/// RP-initiated logout.
fn leave_at(address: &str, settings: &SignIn, public_url: &str) -> Option<String> {
    let mut location = Url::parse(address).ok()?;
    location
        .query_pairs_mut()
        .append_pair("client_id", &settings.client_id)
        .append_pair("post_logout_redirect_uri", &format!("{public_url}/"));
    Some(location.into())
}

/// A path of ours, or the first page: nobody is sent elsewhere by a link to our sign-in.
fn local_path(path: &str) -> &str {
    let local = path.starts_with('/')
        && !path.starts_with("//")
        && !path.starts_with("/auth/")
        && path.len() <= MAX_RETURN_CHARS
        && path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if local { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn nobody_is_sent_away_by_a_sign_in() {
        for ours in ["/", "/quality", "/?q=h%C3%A6k#mail-1"] {
            assert_eq!(local_path(ours), ours);
        }
        for wrong in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/a\r\nSet-Cookie: x=y",
            "javascript:alert(1)",
            "evil.example",
            "/æ",
            "/auth/sign-in?return_to=/",
        ] {
            assert_eq!(local_path(wrong), "/", "{wrong}");
        }
        assert_eq!(local_path(&format!("/{}", "a".repeat(600))), "/");
    }
}
