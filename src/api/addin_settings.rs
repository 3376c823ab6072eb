//! `/addin`: what the add-in needs to know before anybody has signed in. Nothing here is secret.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::App;
use crate::config::{Follow, OnSend};

#[derive(Serialize, ToSchema)]
#[schema(as = AddinSettings)]
pub(super) struct Settings {
    organisation: String,
    on_send: OnSend,
    /// Whether what follows in a thread goes to the case of a mail that is journaled, when nobody says anything.
    follow_threads: Follow,
    /// How long a journaling can be undone, in hours.
    undo_hours: i64,
    /// How the add-in asks the host for tokens; absent where it cannot.
    nested_sign_in: Option<NestedSignIn>,
    /// Whether people can sign in at the organisation's provider at all.
    has_provider: bool,
}

/// For nested app authentication.
#[derive(Serialize, ToSchema)]
pub(super) struct NestedSignIn {
    /// What the add-in is called at the provider.
    client_id: String,
    authority: String,
    /// What tokens are asked for.
    scope: String,
}

/// What the add-in needs to know before anybody has signed in
#[utoipa::path(get, path = "/api/v1/addin", tag = "addin", responses((status = OK, body = Settings)))]
pub(super) async fn show(State(app): State<App>) -> Json<Settings> {
    let config = &app.config;
    let sign_in = &config.sign_in;
    let can_nest = app.auth.has_provider() && !config.addin.client_id.is_empty();
    Json(Settings {
        organisation: config.organisation.name.clone(),
        on_send: config.addin.on_send,
        follow_threads: config.filing.follow,
        undo_hours: config.organisation.undo_hours,
        nested_sign_in: can_nest.then(|| NestedSignIn {
            client_id: config.addin.client_id.clone(),
            authority: authority(&sign_in.issuer),
            scope: scope(sign_in),
        }),
        has_provider: app.auth.has_provider(),
    })
}

/// MSAL names Entra's authority without the version that ends its issuer.
fn authority(issuer: &str) -> String {
    issuer
        .trim_end_matches('/')
        .trim_end_matches("/v2.0")
        .to_owned()
}

/// A scope of our API is written behind the API's address, where it has one.
fn scope(sign_in: &crate::config::SignIn) -> String {
    sign_in
        .audiences()
        .find(|audience| audience.contains("://"))
        .map_or_else(
            || sign_in.scope.clone(),
            |audience| format!("{audience}/{}", sign_in.scope),
        )
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_authority_is_the_issuer_without_its_version() {
        for (issuer, authority) in [
            (
                "https://login.microsoftonline.com/t/v2.0",
                "https://login.microsoftonline.com/t",
            ),
            ("https://id.example/", "https://id.example"),
        ] {
            assert_eq!(super::authority(issuer), authority);
        }
    }
}
