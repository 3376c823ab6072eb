//! `/me`: who the caller is here, and for whom they may act.

use axum::{Json, extract::State};
use chrono::Utc;
use chrono_tz::Europe::Copenhagen;
use serde::Serialize;
use utoipa::ToSchema;

use super::{App, Problem, extract::Viewer};

#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    user: String,
    display_name: String,
    /// Whom the caller acts for in this call, by the header `Sagspost-On-Behalf-Of`.
    on_behalf_of: Option<String>,
    /// `user`, `registrar`, `rule_editor`, `administrator`, `auditor`, `emergency`.
    roles: Vec<String>,
    /// Users whom the caller may act for today.
    may_act_for: Vec<String>,
}

/// Who the caller is, their roles, and whom they may act for
#[utoipa::path(get, path = "/api/v1/me", tag = "people",
    responses((status = OK, body = Me)))]
pub(super) async fn show(State(app): State<App>, viewer: Viewer) -> Result<Json<Me>, Problem> {
    let today = Utc::now().with_timezone(&Copenhagen).date_naive();
    let known = app.store.user(&viewer.user).await?;
    let counts_as = app.store.memberships(viewer.rights()).await?;
    let roles = counts_as
        .iter()
        .filter_map(|principal| principal.strip_prefix("role:"));
    Ok(Json(Me {
        display_name: known.map_or_else(|| viewer.user.clone(), |user| user.display_name),
        roles: roles.map(str::to_owned).collect(),
        may_act_for: app.store.acts_for(&viewer.user, today).await?,
        user: viewer.user,
        on_behalf_of: viewer.on_behalf_of,
    }))
}
