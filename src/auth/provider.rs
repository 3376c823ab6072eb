//! The organisation's sign-in provider: what it publishes of itself (discovery) and the keys it signs with.
//!
//! Both are kept, so that the provider may be away for a day while those who hold good tokens work on. A key that is not
//! known makes us look again, at once when that helps and otherwise once in a while: whoever sends made-up keys must not
//! turn us against the provider.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration as StdDuration;

use chrono::{DateTime, Duration, Utc};
use reqwest::Url;
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use super::{
    AuthError,
    jose::{Key, KeySet, NotSigned},
    reach::Reach,
};
use crate::config::{Secret, SignIn, is_loopback};

/// Looked at again after this, beside the work at hand.
const FRESH: Duration = Duration::hours(1);
/// A provider that was away for longer than this may have withdrawn its keys: none is believed any more.
const GOOD: Duration = Duration::hours(24);
/// After a look that did not help.
const PAUSE: Duration = Duration::seconds(10);
const REQUEST_TIME: StdDuration = StdDuration::from_secs(5);
const ANSWER_BYTES: usize = 512 << 10;

pub(super) struct Provider {
    issuer: String,
    reach: Reach,
    http: reqwest::Client,
    known: RwLock<Option<Known>>,
    /// Held while asking, so that many who wait ask once.
    looking: Mutex<Option<Failed>>,
}

#[derive(Clone)]
struct Known {
    discovery: Arc<Discovery>,
    keys: Arc<KeySet>,
    at: DateTime<Utc>,
}

/// The last look that did not help.
#[derive(Clone, Copy)]
struct Failed {
    at: DateTime<Utc>,
    /// Why there was no answer; `None` when there was one, without the key.
    why: Option<&'static str>,
}

/// What a provider says of itself (OpenID Connect Discovery 1.0), as far as we ask.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Discovery {
    issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    jwks_uri: String,
    pub userinfo_endpoint: Option<String>,
    pub end_session_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

#[derive(Deserialize)]
pub(super) struct Tokens {
    pub id_token: String,
    pub access_token: Option<String>,
}

impl Provider {
    pub fn new(settings: &SignIn) -> Self {
        crate::crypto::install();
        let reach = Reach::of(&settings.issuer, &settings.hosts);
        let http = reqwest::Client::builder()
            .timeout(REQUEST_TIME)
            .redirect(reqwest::redirect::Policy::none())
            .dns_resolver(Arc::new(reach.clone()))
            .build()
            .unwrap_or_default();
        Self {
            issuer: settings.issuer.clone(),
            reach,
            http,
            known: RwLock::default(),
            looking: Mutex::default(),
        }
    }

    /// The provider's key of this name.
    pub async fn key(self: &Arc<Self>, id: &str, now: DateTime<Utc>) -> Result<Key, AuthError> {
        if let Some(known) = self.known(now) {
            if now - known.at > FRESH {
                self.look_again_beside(now);
            }
            if let Some(key) = known.keys.find(id) {
                return Ok(key.clone());
            }
        }
        let mut failed = self.looking.lock().await;
        // Whoever was before us may have found it.
        if let Some(key) = self
            .known(now)
            .and_then(|known| known.keys.find(id).cloned())
        {
            return Ok(key);
        }
        if let Some(last) = *failed
            && now - last.at < PAUSE
        {
            return Err(last
                .why
                .map_or_else(|| NotSigned::UnknownKey.into(), AuthError::ProviderAway));
        }
        let found = match self.look(now).await {
            Ok(known) => known.keys.find(id).cloned().ok_or(None),
            Err(why) => Err(Some(why)),
        };
        *failed = found.as_ref().err().map(|&why| Failed { at: now, why });
        found.map_err(|why| {
            why.map_or_else(|| NotSigned::UnknownKey.into(), AuthError::ProviderAway)
        })
    }

    /// What the provider says of itself.
    pub async fn discovery(
        self: &Arc<Self>,
        now: DateTime<Utc>,
    ) -> Result<Arc<Discovery>, AuthError> {
        if let Some(known) = self.known(now) {
            if now - known.at > FRESH {
                self.look_again_beside(now);
            }
            return Ok(known.discovery);
        }
        let mut failed = self.looking.lock().await;
        if let Some(known) = self.known(now) {
            return Ok(known.discovery);
        }
        let looked = self.look(now).await;
        *failed = looked.as_ref().err().map(|&why| Failed {
            at: now,
            why: Some(why),
        });
        Ok(looked.map_err(AuthError::ProviderAway)?.discovery)
    }

    fn known(&self, now: DateTime<Utc>) -> Option<Known> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.clone().filter(|known| now - known.at < GOOD)
    }

    fn look_again_beside(self: &Arc<Self>, now: DateTime<Utc>) {
        let provider = Arc::clone(self);
        tokio::spawn(async move {
            let Ok(mut failed) = provider.looking.try_lock() else {
                return;
            };
            if failed.is_some_and(|last| now - last.at < PAUSE) {
                return;
            }
            if let Err(why) = provider.look(now).await {
                tracing::warn!(
                    why,
                    "the sign-in provider is away; what is known of it is used"
                );
                *failed = Some(Failed {
                    at: now,
                    why: Some(why),
                });
            }
        });
    }

    /// Asks for both; what was known stays when there is no good answer.
    async fn look(&self, now: DateTime<Utc>) -> Result<Known, &'static str> {
        let address = format!(
            "{}/.well-known/openid-configuration",
            self.issuer.trim_end_matches('/')
        );
        let answer = self.get(&address, None).await?;
        let discovery: Discovery =
            serde_json::from_slice(&answer).map_err(|_| "its discovery cannot be read")?;
        if discovery.issuer != self.issuer {
            return Err("its discovery names another issuer");
        }
        let asked = [
            Some(&discovery.token_endpoint),
            Some(&discovery.jwks_uri),
            discovery.userinfo_endpoint.as_ref(),
        ];
        let visited = [
            Some(&discovery.authorization_endpoint),
            discovery.end_session_endpoint.as_ref(),
        ];
        let may_be_asked = |url: &String| self.reach.may_be_asked(url);
        if !asked.into_iter().flatten().all(may_be_asked)
            || !visited.into_iter().flatten().all(|url| self.may_visit(url))
        {
            return Err("its discovery names an address that is not safe");
        }
        let answer = self.get(&discovery.jwks_uri, None).await?;
        let keys = KeySet::read(&answer).ok_or("its keys cannot be read")?;
        let known = Known {
            discovery: Arc::new(discovery),
            keys: Arc::new(keys),
            at: now,
        };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(known.clone());
        Ok(known)
    }

    /// Whether browsers may be sent there; they see what we do not.
    fn may_visit(&self, url: &str) -> bool {
        let here = |url: &str| Url::parse(url).is_ok_and(|url| is_loopback(&url));
        url.starts_with("https://") || here(&self.issuer) && here(url)
    }

    /// Gives the code of a sign-in for its tokens.
    pub async fn redeem(
        &self,
        discovery: &Discovery,
        settings: &SignIn,
        form: &[(&str, &str)],
    ) -> Result<Tokens, AuthError> {
        let mut form = form.to_vec();
        let mut request = self.http.post(&discovery.token_endpoint);
        let secret = settings.client_secret.reveal();
        let methods = &discovery.token_endpoint_auth_methods_supported;
        let by_header =
            methods.is_empty() || methods.iter().any(|method| method == "client_secret_basic");
        if secret.is_empty() {
            form.push(("client_id", &settings.client_id));
        } else if by_header {
            // Both parts are encoded before they are joined (RFC 6749, 2.3.1).
            request = request.basic_auth(encoded(&settings.client_id), Some(encoded(secret)));
        } else {
            form.extend([
                ("client_id", settings.client_id.as_str()),
                ("client_secret", secret),
            ]);
        }
        let response = request
            .form(&form)
            .send()
            .await
            .map_err(|_| AuthError::ProviderAway("its token endpoint does not answer"))?;
        if response.status().is_client_error() {
            tracing::warn!(
                status = response.status().as_u16(),
                "the sign-in provider refused a code"
            );
            return Err(AuthError::SignInDenied);
        }
        let answer = whole(response).await.map_err(AuthError::ProviderAway)?;
        serde_json::from_slice(&answer)
            .map_err(|_| AuthError::ProviderAway("its tokens cannot be read"))
    }

    /// What the provider tells of the person whose access token this is.
    pub async fn user_info(&self, address: &str, token: &Secret) -> Option<Map<String, Value>> {
        let answer = self.get(address, Some(token)).await.ok()?;
        serde_json::from_slice(&answer).ok()
    }

    async fn get(&self, address: &str, token: Option<&Secret>) -> Result<Vec<u8>, &'static str> {
        let mut request = self.http.get(address);
        if let Some(token) = token {
            request = request.bearer_auth(token.reveal());
        }
        let response = request.send().await.map_err(|_| "it does not answer")?;
        whole(response).await
    }
}

/// A good answer's body, as far as it may be long.
async fn whole(mut response: reqwest::Response) -> Result<Vec<u8>, &'static str> {
    if !response.status().is_success() {
        return Err("it answers with an error");
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| "its answer was cut")? {
        if body.len() + chunk.len() > ANSWER_BYTES {
            return Err("its answer is too long");
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// As forms are encoded.
pub(super) fn encoded(text: &str) -> String {
    // Nothing from outside is parsed here: `text` is added afterwards.
    let mut url = Url::parse("http://x/").expect("a constant address");
    url.query_pairs_mut().append_key_only(text);
    url.query().unwrap_or_default().to_owned()
}
