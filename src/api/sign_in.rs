//! `/auth/…`: signing in to the web pages at the organisation's provider, and out again.
//!
//! People come here with a browser, so what goes wrong is told on a page that says what to do.

use axum::extract::{Query, State, rejection::QueryRejection};
use axum::http::{HeaderValue, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::Utc;
use serde::Deserialize;

use super::{
    App, Problem,
    credentials::{self, Cookie},
    extract::{Language, throttle_attempts},
    page,
};
use crate::{
    auth::{Answer, AuthError, CALLBACK},
    messages::Lang,
};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/auth/sign-in", get(begin))
        .route(CALLBACK, get(finish))
        .route("/auth/sign-out", post(end))
}

#[derive(Default, Deserialize)]
struct Wish {
    #[serde(default)]
    return_to: String,
}

/// Sends the browser to the provider.
async fn begin(
    State(app): State<App>,
    Language(lang): Language,
    parts: Parts,
    wish: Result<Query<Wish>, QueryRejection>,
) -> Response {
    if let Err(problem) = throttle_attempts(&parts, &app) {
        return problem.into_response();
    }
    let wish = wish.map(|Query(wish)| wish).unwrap_or_default();
    let held = Cookie::SignIn.of(&parts.headers, &app.auth);
    let before = Cookie::Session.of(&parts.headers, &app.auth);
    let begun = app
        .auth
        .begin_sign_in(
            &wish.return_to,
            held.as_deref(),
            before.as_deref(),
            Utc::now(),
        )
        .await;
    match begun {
        Ok(begun) => with_cookies(
            Redirect::to(&begun.location).into_response(),
            [Cookie::SignIn.set(&app.auth, Some(&begun.browser_secret))],
        ),
        Err(error) => trouble(error, lang),
    }
}

/// The browser comes back.
async fn finish(
    State(app): State<App>,
    Language(lang): Language,
    parts: Parts,
    answer: Result<Query<Answer>, QueryRejection>,
) -> Response {
    if let Err(problem) = throttle_attempts(&parts, &app) {
        return problem.into_response();
    }
    let answer = answer.map(|Query(answer)| answer).unwrap_or_default();
    let held = Cookie::SignIn.of(&parts.headers, &app.auth);
    let before = Cookie::Session.of(&parts.headers, &app.auth);
    let signed_in = app
        .auth
        .finish_sign_in(&answer, held.as_deref(), before.as_deref(), Utc::now())
        .await;
    match signed_in {
        Ok(signed_in) => with_cookies(
            Redirect::to(&signed_in.return_to).into_response(),
            [
                Cookie::Session.set(&app.auth, Some(&signed_in.session)),
                Cookie::SignIn.set(&app.auth, None),
            ],
        ),
        Err(error) => trouble(error, lang),
    }
}

/// Ends the session, and says where to go to sign out at the provider too.
async fn end(State(app): State<App>, parts: Parts) -> Result<Response, Problem> {
    credentials::check_same_site(&parts, app.auth.public_url())?;
    let session = Cookie::Session
        .of(&parts.headers, &app.auth)
        .ok_or_else(Problem::unauthorized)?;
    let location = app.auth.sign_out(&session, Utc::now()).await?;
    let answer = Json(serde_json::json!({ "location": location }));
    Ok(with_cookies(
        answer.into_response(),
        [Cookie::Session.set(&app.auth, None)],
    ))
}

fn with_cookies<const N: usize>(
    mut response: Response,
    cookies: [Option<HeaderValue>; N],
) -> Response {
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn trouble(error: AuthError, lang: Lang) -> Response {
    let (status, key) = match &error {
        AuthError::ProviderAway(_) => (StatusCode::SERVICE_UNAVAILABLE, "away"),
        AuthError::Store(error) if error.is_transient() => {
            (StatusCode::SERVICE_UNAVAILABLE, "busy")
        }
        AuthError::SignInLost | AuthError::Unknown => (StatusCode::BAD_REQUEST, "lost"),
        AuthError::SignInDenied => (StatusCode::FORBIDDEN, "denied"),
        AuthError::UnknownUser => (StatusCode::FORBIDDEN, "unknown"),
        AuthError::NameTaken => (StatusCode::FORBIDDEN, "taken"),
        AuthError::NotProven => (StatusCode::FORBIDDEN, "unproven"),
        AuthError::Disabled => (StatusCode::FORBIDDEN, "disabled"),
        AuthError::Refused(_) => (StatusCode::BAD_GATEWAY, "untrusted"),
        AuthError::NotSetUp => return Problem::not_found().into_response(),
        AuthError::NoDeputy | AuthError::Store(_) => return Problem::from(error).into_response(),
    };
    tracing::warn!(%error, "a sign-in failed");
    (status, page::trouble(lang, key)).into_response()
}
