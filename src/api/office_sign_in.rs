//! `/sign-in/office…`: signing in from an add-in's pane by a dialog of Office; see docs/sign-in.md.

use axum::extract::State;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json as JsonBody, Router};
use chrono::Utc;
use serde::{Deserialize, Serialize};

use super::{
    App, Problem,
    credentials::{self, Cookie},
    extract::{Json, Language, throttle_attempts},
    page,
};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/sign-in/office", get(dialog))
        .route("/sign-in/office/code", post(code))
        .route("/sign-in/office/exchange", post(exchange))
}

#[derive(Serialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    code: String,
}

#[derive(Serialize)]
struct Token {
    token: String,
    /// Seconds.
    expires_in: i64,
}

/// What the dialog shows.
async fn dialog(State(app): State<App>, Language(lang): Language) -> Result<Response, Problem> {
    if !app.auth.has_provider() {
        return Err(Problem::not_found());
    }
    Ok(page::office_dialog(lang))
}

/// A code for the pane, of whoever is signed in here.
async fn code(State(app): State<App>, parts: Parts) -> Result<JsonBody<Code>, Problem> {
    throttle_attempts(&parts, &app)?;
    credentials::check_same_site(&parts, app.auth.public_url())?;
    let session = Cookie::Session
        .of(&parts.headers, &app.auth)
        .ok_or_else(Problem::unauthorized)?;
    let code = app.auth.pane_code(&session, Utc::now()).await?;
    Ok(JsonBody(Code {
        code: code.reveal().to_owned(),
    }))
}

/// The pane's token.
async fn exchange(
    State(app): State<App>,
    parts: Parts,
    Json(asked): Json<Asked>,
) -> Result<JsonBody<Token>, Problem> {
    throttle_attempts(&parts, &app)?;
    let token = app.auth.redeem_pane_code(&asked.code, Utc::now()).await?;
    Ok(JsonBody(Token {
        token: token.token.reveal().to_owned(),
        expires_in: token.lasts_secs,
    }))
}
