//! What handlers are given: who asks, and parameters that are checked.

use std::time::Instant;

use axum::body::Bytes;
use axum::extract::{FromRef, FromRequest, FromRequestParts, Query, Request};
use axum::http::{StatusCode, header, request::Parts};
use axum::response::IntoResponse as _;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{
    App, Problem,
    credentials::{self, Credentials},
    origin, shape,
};
use crate::{
    domain::mail::{Mail, MailKind},
    messages::Lang,
    mime,
    store::{Call, TokenScope},
};

/// Rows of a page when nobody says otherwise, and at most.
const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 200;
const MAX_KEY_CHARS: usize = 200;

/// Who asks. Both names are told wherever it is noted who did something.
#[derive(Clone, Debug)]
pub(super) struct Viewer {
    /// The person at the keyboard, or whose token a script has.
    pub user: String,
    /// Whom they act for as a deputy.
    pub on_behalf_of: Option<String>,
}

impl Viewer {
    /// Whose rights count: of the person acted for, when there is one.
    pub fn rights(&self) -> &str {
        self.on_behalf_of.as_ref().unwrap_or(&self.user)
    }
}

impl<S> FromRequestParts<S> for Viewer
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let app = App::from_ref(state);
        let now = Utc::now();
        let asker = match credentials::of(&parts.headers, &app.auth)? {
            Credentials::Token(token) => app.auth.of_token(token, now).await,
            Credentials::Session(session) => {
                credentials::check_same_site(parts, app.auth.public_url())?;
                app.auth.of_session(session, now).await
            }
        };
        let asker = match asker {
            Ok(asker) => asker,
            Err(error) => {
                // Whoever shares an address with one who guesses is let in all the same.
                throttle_attempts(parts, &app)?;
                return Err(error.into());
            }
        };
        // Noted before anything is refused: attempts are on record as well.
        Call::note_actor(&asker.user, None);
        let calls = app.auth.calls.take(asker.user.clone(), Instant::now());
        calls.map_err(Problem::too_many)?;
        if asker.scope == TokenScope::Read && !credentials::only_looks(parts) {
            return Err(Problem::new(StatusCode::FORBIDDEN, "scope-missing"));
        }
        let on_behalf_of =
            credentials::on_behalf_of(&parts.headers)?.filter(|other| *other != asker.user);
        if let Some(other) = &on_behalf_of {
            app.auth.check_deputy(&asker.user, other, now).await?;
        }
        Call::note_actor(&asker.user, on_behalf_of.as_deref());
        Ok(Self {
            user: asker.user,
            on_behalf_of,
        })
    }
}

/// Counts an attempt to be let in, which may be one too many.
pub(super) fn throttle_attempts(parts: &Parts, app: &App) -> Result<(), Problem> {
    let Some(address) = origin::address(parts, &app.config.server.trusted_proxies) else {
        return Ok(());
    };
    let attempts = &app.auth.attempts;
    attempts
        .take(origin::together(address), Instant::now())
        .map_err(Problem::too_many)
}

/// The language of the answer.
pub(super) struct Language(pub Lang);

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(language(&parts.headers)))
    }
}

pub(super) fn language(headers: &axum::http::HeaderMap) -> Lang {
    let header = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    Lang::from_accept_language(header.unwrap_or_default())
}

/// A JSON body; errors name the field at fault.
pub(super) struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        if media_type(&request) != "application/json" {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
            ));
        }
        let bytes = body(request, app).await?;
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            shape::of_json(&path, error.inner())
        })?;
        // Looked for only where it can be.
        if bytes.windows(6).any(|part| part == b"\\u0000")
            && let Ok(whole) = serde_json::from_slice(&bytes)
            && let Some(problem) = shape::zero(&whole, "")
        {
            return Err(problem);
        }
        Ok(Self(value))
    }
}

/// A mail sent as the body.
pub(super) struct Upload {
    pub raw: Bytes,
    pub mail: Mail,
}

pub(super) fn is_mail(request: &Request) -> bool {
    media_type(request) == "message/rfc822"
}

pub(super) async fn mail(request: Request, app: &App) -> Result<Upload, Problem> {
    let raw = body(request, app).await?;
    let mail = mime::parse_undigested(&raw);
    if mail.kind == MailKind::Unreadable {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-a-mail"));
    }
    Ok(Upload { raw, mail })
}

fn media_type(request: &Request) -> String {
    request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(|kind| kind.trim().to_ascii_lowercase())
        .unwrap_or_default()
}

/// A raw body, bounded by the limit that the router sets.
async fn body(request: Request, app: &App) -> Result<Bytes, Problem> {
    Bytes::from_request(request, app)
        .await
        .map_err(|rejection| {
            let status = rejection.into_response().status();
            if status == StatusCode::PAYLOAD_TOO_LARGE {
                Problem::new(status, "too-large").with("limit", app.config.server.max_body_bytes)
            } else {
                Problem::new(StatusCode::BAD_REQUEST, "body-cut")
            }
        })
}

/// An id in the path; one that is no id is simply not there.
pub(super) struct Id(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let axum::extract::Path(text) =
            axum::extract::Path::<String>::from_request_parts(parts, state)
                .await
                .map_err(|_| Problem::not_found())?;
        Uuid::parse_str(&text)
            .map(Self)
            .map_err(|_| Problem::not_found())
    }
}

/// A name in the path.
pub(super) struct Name(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        axum::extract::Path::<String>::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(name)| Self(name))
            .map_err(|_| Problem::not_found())
    }
}

/// Query parameters; a mistake names the parameter.
pub(super) struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(Problem::invalid("query", "control"));
        }
        Query::<T>::try_from_uri(&parts.uri)
            .map(|Query(params)| Self(params))
            .map_err(|error| {
                let words = std::error::Error::source(&error)
                    .map_or_else(|| error.to_string(), ToString::to_string);
                shape::of_query(&words)
            })
    }
}

/// The Idempotency-Key that every act needs.
pub(super) struct IdempotencyKey(pub String);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts
            .headers
            .get("Idempotency-Key")
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
            .filter(|key| !key.is_empty() && key.len() <= MAX_KEY_CHARS)
            .map(|key| Self(key.to_owned()))
            .ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "idempotency-missing"))
    }
}

/// Rows of the page that was asked for.
pub(super) fn limit(asked: Option<i64>) -> Result<i64, Problem> {
    match asked {
        None => Ok(DEFAULT_LIMIT),
        Some(limit) if (1..=MAX_LIMIT).contains(&limit) => Ok(limit),
        Some(_) => Err(Problem::invalid("limit", "limit").with("max", MAX_LIMIT)),
    }
}

/// A place in a list, opaque to whoever holds it.
pub(super) fn cursor(at: DateTime<Utc>, id: Uuid) -> String {
    let mut bytes = at.timestamp_micros().to_be_bytes().to_vec();
    bytes.extend_from_slice(id.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn read_cursor(text: Option<&str>) -> Result<Option<(DateTime<Utc>, Uuid)>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let place = || {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (at, id) = bytes.split_at_checked(8)?;
        let at = DateTime::from_timestamp_micros(i64::from_be_bytes(at.try_into().ok()?))?;
        Some((at, Uuid::from_slice(id).ok()?))
    };
    place()
        .map(Some)
        .ok_or_else(|| Problem::invalid("cursor", "cursor"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went() {
        let at = DateTime::from_timestamp_micros(1_772_000_000_123_456).unwrap();
        let id = Uuid::now_v7();
        assert_eq!(read_cursor(Some(&cursor(at, id))).unwrap(), Some((at, id)));
        for wrong in ["", "x", "AAAA", "æ"] {
            assert!(read_cursor(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
