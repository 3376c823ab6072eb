//! `/case-templates`: what new cases begin as. Everybody uses them; administrators and registrars keep them.

use axum::{Json as JsonBody, extract::State, http::StatusCode};
use chrono::Utc;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    App, Problem, access_list, cases,
    extract::{Json, Name, Viewer},
};
use crate::{
    domain::access::CaseAccess,
    rules,
    store::{CaseTemplate, StoreError},
};

const MAX_NAME_CHARS: usize = 100;

/// What a template says; the mail and whoever makes the case say the rest.
#[derive(Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseTemplateBody {
    /// With `{subject}`, `{sender}`, `{sender_address}`, `{date}`; the mail's suggested title when left out.
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    kle: Option<String>,
    #[serde(default)]
    facet: Option<String>,
    /// User name; whoever makes the case when left out.
    #[serde(default)]
    responsible: Option<String>,
    #[serde(default)]
    unit: Option<String>,
    /// Open when left out. Sensitive content makes it stricter, never looser.
    #[serde(default)]
    access: CaseAccess,
}

#[derive(Serialize, ToSchema)]
pub(super) struct NamedCaseTemplate {
    name: String,
    #[serde(flatten)]
    template: CaseTemplateBody,
}

impl From<CaseTemplate> for NamedCaseTemplate {
    fn from(template: CaseTemplate) -> Self {
        Self {
            name: template.name,
            template: CaseTemplateBody {
                title: template.title,
                kle: template.kle,
                facet: template.facet,
                responsible: template.responsible,
                unit: template.unit,
                access: template.access,
            },
        }
    }
}

/// Templates for new cases, by name
#[utoipa::path(get, path = "/api/v1/case-templates", tag = "cases",
    responses((status = OK, body = Vec<NamedCaseTemplate>)))]
pub(super) async fn list(
    State(app): State<App>,
    _viewer: Viewer,
) -> Result<JsonBody<Vec<NamedCaseTemplate>>, Problem> {
    let templates = app.store.case_templates().await?;
    Ok(JsonBody(templates.into_iter().map(Into::into).collect()))
}

/// Keep a template, in place of the one of its name; for administrators and registrars
#[utoipa::path(put, path = "/api/v1/case-templates/{name}", tag = "cases", params(("name" = String, Path)),
    request_body = CaseTemplateBody,
    responses((status = OK, body = NamedCaseTemplate), (status = FORBIDDEN, body = super::problem::ProblemBody)))]
pub(super) async fn save(
    State(app): State<App>,
    viewer: Viewer,
    Name(name): Name,
    Json(body): Json<CaseTemplateBody>,
) -> Result<JsonBody<NamedCaseTemplate>, Problem> {
    let template = checked(&app, name, body).await?;
    app.store
        .save_case_template(&template, viewer.rights(), Utc::now())
        .await
        .map_err(keepers_only)?;
    Ok(JsonBody(template.into()))
}

/// Keep a template no longer; for administrators and registrars
#[utoipa::path(delete, path = "/api/v1/case-templates/{name}", tag = "cases", params(("name" = String, Path)),
    responses((status = NO_CONTENT), (status = FORBIDDEN, body = super::problem::ProblemBody)))]
pub(super) async fn remove(
    State(app): State<App>,
    viewer: Viewer,
    Name(name): Name,
) -> Result<StatusCode, Problem> {
    app.store
        .remove_case_template(&checked_name(&name)?, viewer.rights(), Utc::now())
        .await
        .map_err(keepers_only)?;
    Ok(StatusCode::NO_CONTENT)
}

fn keepers_only(error: StoreError) -> Problem {
    match error {
        StoreError::NotAllowed(_) => Problem::new(StatusCode::FORBIDDEN, "templates-not-allowed"),
        error => error.into(),
    }
}

fn checked_name(name: &str) -> Result<String, Problem> {
    let name = name.trim();
    cases::check_text("name", name, MAX_NAME_CHARS)?;
    Ok(name.to_owned())
}

async fn checked(app: &App, name: String, body: CaseTemplateBody) -> Result<CaseTemplate, Problem> {
    let name = checked_name(&name)?;
    if let Some(title) = &body.title {
        cases::check_text("title", title, cases::MAX_TITLE_CHARS)?;
        if let Some(strange) = rules::unknown_placeholder(title) {
            return Err(Problem::invalid("title", "placeholder").with("name", strange));
        }
    }
    cases::check_kle(body.kle.as_deref(), body.facet.as_deref())?;
    if let Some(responsible) = &body.responsible {
        cases::check_responsible(app, responsible).await?;
    }
    if let Some(unit) = &body.unit {
        cases::check_text("unit", unit, cases::MAX_TEXT_CHARS)?;
    }
    access_list::check(app, &body.access, "access.list").await?;
    Ok(CaseTemplate {
        name,
        title: body.title.map(|title| title.trim().to_owned()),
        kle: body.kle,
        facet: body.facet,
        responsible: body.responsible,
        unit: body.unit,
        access: body.access,
    })
}
