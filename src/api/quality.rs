//! `/quality`: how often people took what was suggested. Figures only, nothing of any mail or case.

use axum::{Json, extract::State};
use chrono::Utc;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    App, Problem,
    extract::{Params, Viewer},
};
use crate::suggest::Quality;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct QualityParams {
    /// Only what this user chose: yourself.
    #[serde(default)]
    user: Option<String>,
}

/// How often people took what was suggested, of the last 2,000 mails that were filed
#[utoipa::path(get, path = "/api/v1/quality", tag = "suggestions", params(QualityParams),
    responses((status = OK, body = Quality)))]
pub(super) async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Params(params): Params<QualityParams>,
) -> Result<Json<Quality>, Problem> {
    if params
        .user
        .as_ref()
        .is_some_and(|user| user != viewer.rights())
    {
        return Err(Problem::invalid("user", "only-yourself"));
    }
    let user = params.user.as_deref();
    Ok(Json(
        app.engine.quality(&app.store, user, Utc::now()).await?,
    ))
}
