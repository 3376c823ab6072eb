//! `/templates`: Word templates in a tree, checked when they come, looked at, and filled in with a case.

use std::collections::BTreeMap;

use axum::Json as JsonBody;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    App, Problem,
    documents::checked_date,
    extract::{Id, Json, Language, Params, Viewer},
    form::{Form, SentFile},
    page,
};
use crate::{
    documents::{
        letter::{self, Asked, LetterError},
        package::PackageError,
        template::{self, MAX_VALUE_CHARS, Mistake, Template},
    },
    domain::{file_name, mail::Sha256},
    messages::{Lang, text},
    store::{Call, Holder, KeptTemplate, NewFile, NewTemplate, NewVersion, TemplateVersion},
};

const MAX_TEMPLATE_BYTES: usize = 20 * 1024 * 1024;
const MAX_NAME_CHARS: usize = 100;
const MAX_FOLDER_CHARS: usize = 300;
const MAX_FOLDER_STEPS: usize = 8;
const MAX_COMMENT_CHARS: usize = 500;
/// Fields that a letter is asked to be filled in with.
const MAX_FIELDS: usize = 200;
/// Templates that are read or filled in at once: each may take some hundred megabytes for a moment.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// A template and its latest version.
#[derive(Serialize, ToSchema)]
pub(super) struct TemplateBody {
    id: Uuid,
    /// `organisation`, `unit:CODE` or `user:NAME`.
    holder: String,
    /// Steps with `/` between them; empty at the top.
    folder: String,
    name: String,
    created_by: String,
    created_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    /// Whether you may change it.
    may_change: bool,
    latest: VersionBody,
}

#[derive(Serialize, ToSchema)]
pub(super) struct VersionBody {
    /// From 1.
    number: i64,
    size: i64,
    file_name: String,
    comment: String,
    created_by: String,
    created_at: DateTime<Utc>,
    /// The names of what is asked for when a letter is made.
    asked: Vec<String>,
    /// Kept, and never run here.
    has_macros: bool,
    /// It wants something from elsewhere when Word opens it.
    asks_for_outside: bool,
}

#[derive(Serialize, ToSchema)]
pub(super) struct TemplateDetail {
    #[serde(flatten)]
    template: TemplateBody,
    /// Latest first.
    versions: Vec<VersionBody>,
}

/// What was found in a template.
#[derive(Serialize, ToSchema)]
pub(super) struct Checked {
    /// Everything that is wrong with it; empty when it can be kept.
    mistakes: Vec<MistakeBody>,
    asked: Vec<String>,
    has_macros: bool,
    asks_for_outside: bool,
}

#[derive(Serialize, ToSchema)]
pub(super) struct MistakeBody {
    /// Stable code.
    fault: String,
    /// In the reader's language: what, where, and what was probably meant.
    text: String,
    written: String,
    meant: Option<String>,
    /// `body`, `header`, `footer`, `footnotes` or `endnotes`.
    place: String,
    /// How the paragraph begins.
    near: String,
}

/// A field that templates can have.
#[derive(Serialize, ToSchema)]
pub(super) struct FieldBody {
    danish: String,
    english: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ParagraphBody {
    place: String,
    text: String,
}

/// A form with a file and what is said of it.
#[derive(ToSchema)]
#[allow(dead_code)]
pub(super) struct TemplateForm {
    /// .docx, .dotx, .docm or .dotm
    #[schema(format = Binary)]
    file: String,
    /// `organisation`, `unit:CODE`, or yourself when left out.
    holder: Option<String>,
    folder: Option<String>,
    /// That of the file when left out.
    name: Option<String>,
    comment: Option<String>,
}

#[derive(ToSchema)]
#[allow(dead_code)]
pub(super) struct VersionForm {
    #[schema(format = Binary)]
    file: String,
    comment: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct WhichVersion {
    /// The latest when left out.
    version: Option<i64>,
}

/// What a template is to be filled in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RenderWish {
    case_id: Uuid,
    /// Whom it is to, by place among the case's parties; the first when left out.
    #[serde(default)]
    party: Option<usize>,
    /// Today when left out.
    #[serde(default)]
    date: Option<NaiveDate>,
    /// What the template asks for, by name.
    #[serde(default)]
    fields: BTreeMap<String, String>,
    #[serde(default)]
    version: Option<i64>,
}

/// The templates you may use
#[utoipa::path(get, path = "/api/v1/templates", tag = "templates",
    responses((status = OK, body = Vec<TemplateBody>)))]
pub(super) async fn list(
    State(app): State<App>,
    viewer: Viewer,
) -> Result<JsonBody<Vec<TemplateBody>>, Problem> {
    let templates = app.store.templates(viewer.rights()).await?;
    Ok(JsonBody(
        templates.into_iter().map(TemplateBody::of).collect(),
    ))
}

/// The fields that templates can have, beside those they ask for themselves (`felt.NAME`)
#[utoipa::path(get, path = "/api/v1/templates/fields", tag = "templates",
    responses((status = OK, body = Vec<FieldBody>)))]
pub(super) async fn fields(_viewer: Viewer) -> JsonBody<Vec<FieldBody>> {
    let field = |(danish, english, _): &(String, String, template::Field)| FieldBody {
        danish: danish.clone(),
        english: english.clone(),
    };
    JsonBody(template::fields().iter().map(field).collect())
}

/// Check a template without keeping it
#[utoipa::path(post, path = "/api/v1/templates/check", tag = "templates",
    request_body(content = VersionForm, content_type = "multipart/form-data"),
    responses((status = OK, body = Checked)))]
pub(super) async fn check(
    _viewer: Viewer,
    Language(lang): Language,
    mut form: Form,
) -> Result<JsonBody<Checked>, Problem> {
    let file = form.one_file(MAX_TEMPLATE_BYTES)?;
    let template = read(file.bytes).await?;
    Ok(JsonBody(Checked {
        mistakes: template
            .mistakes
            .iter()
            .map(|mistake| MistakeBody::of(mistake, lang))
            .collect(),
        asked: template.asked().into_iter().map(str::to_owned).collect(),
        has_macros: template.has_macros(),
        asks_for_outside: template.asks_for_outside,
    }))
}

/// Keep a new template; one with mistakes is refused with all of them
#[utoipa::path(post, path = "/api/v1/templates", tag = "templates",
    request_body(content = TemplateForm, content_type = "multipart/form-data"),
    responses((status = CREATED, body = TemplateBody),
        (status = UNPROCESSABLE_ENTITY, body = super::problem::ProblemBody),
        (status = FORBIDDEN, body = super::problem::ProblemBody)))]
pub(super) async fn create(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    mut form: Form,
) -> Result<(StatusCode, JsonBody<TemplateBody>), Problem> {
    let file = form.one_file(MAX_TEMPLATE_BYTES)?;
    let holder = match form.take("holder") {
        Some(text) => text
            .parse()
            .map_err(|_| Problem::invalid("holder", "holder"))?,
        None => Holder::Person(viewer.rights().to_owned()),
    };
    let folder = folder(&form.take("folder").unwrap_or_default())?;
    let name = form
        .take("name")
        .unwrap_or_else(|| file_name::split_extension(&file.name).0.to_owned());
    let name = line("name", &name, MAX_NAME_CHARS)?;
    if name.is_empty() {
        return Err(Problem::invalid("name", "empty"));
    }
    let new = NewTemplate {
        id: Uuid::now_v7(),
        holder,
        folder,
        name,
    };
    let version = version(&app, file, &mut form, lang).await?;
    let object = version.file.object.as_ref().map(|object| object.id);
    let kept = app
        .store
        .add_template(&new, &version, viewer.rights(), Utc::now())
        .await;
    let kept = or_forget(&app, object, kept).await?;
    Ok((StatusCode::CREATED, JsonBody(TemplateBody::of(kept))))
}

/// A template and its versions
#[utoipa::path(get, path = "/api/v1/templates/{id}", tag = "templates", params(("id" = Uuid, Path)),
    responses((status = OK, body = TemplateDetail)))]
pub(super) async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id,
) -> Result<JsonBody<TemplateDetail>, Problem> {
    let template = app.store.template(id, viewer.rights()).await?;
    let versions = app.store.template_versions(id, viewer.rights()).await?;
    Ok(JsonBody(TemplateDetail {
        template: TemplateBody::of(template),
        versions: versions.into_iter().map(VersionBody::of).collect(),
    }))
}

/// Keep a new version of a template
#[utoipa::path(post, path = "/api/v1/templates/{id}/versions", tag = "templates", params(("id" = Uuid, Path)),
    request_body(content = VersionForm, content_type = "multipart/form-data"),
    responses((status = CREATED, body = TemplateBody)))]
pub(super) async fn add_version(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Id(id): Id,
    mut form: Form,
) -> Result<(StatusCode, JsonBody<TemplateBody>), Problem> {
    let file = form.one_file(MAX_TEMPLATE_BYTES)?;
    let version = version(&app, file, &mut form, lang).await?;
    let object = version.file.object.as_ref().map(|object| object.id);
    let kept = app
        .store
        .add_template_version(id, &version, viewer.rights(), Utc::now())
        .await;
    let kept = or_forget(&app, object, kept).await?;
    Ok((StatusCode::CREATED, JsonBody(TemplateBody::of(kept))))
}

/// Offer a template to nobody any more; letters that were made of it stay
#[utoipa::path(delete, path = "/api/v1/templates/{id}", tag = "templates", params(("id" = Uuid, Path)),
    responses((status = NO_CONTENT)))]
pub(super) async fn remove(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    app.store
        .remove_template(id, viewer.rights(), Utc::now())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A version of a template as it was sent in
#[utoipa::path(get, path = "/api/v1/templates/{id}/file", tag = "templates", params(("id" = Uuid, Path), WhichVersion),
    responses((status = OK, content_type = "*/*", description = "The template")))]
pub(super) async fn file(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id,
    Params(which): Params<WhichVersion>,
) -> Result<Response, Problem> {
    let version = app
        .store
        .template_version(id, which.version, viewer.rights())
        .await?;
    let bytes = app.store.blob(version.sha256).await?;
    app.scanner.check_file(&bytes, false).await?;
    Ok(page::download(
        bytes,
        "application/octet-stream",
        &version.file_name,
    ))
}

/// What a template says, paragraph by paragraph, with its fields shown
#[utoipa::path(get, path = "/api/v1/templates/{id}/preview", tag = "templates",
    params(("id" = Uuid, Path), WhichVersion), responses((status = OK, body = Vec<ParagraphBody>)))]
pub(super) async fn preview(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id,
    Params(which): Params<WhichVersion>,
) -> Result<JsonBody<Vec<ParagraphBody>>, Problem> {
    let version = app
        .store
        .template_version(id, which.version, viewer.rights())
        .await?;
    let template = read(app.store.blob(version.sha256).await?).await?;
    let shown = apart(move || template.preview()).await?;
    let paragraph = |shown: template::Shown| ParagraphBody {
        place: shown.story.as_str().to_owned(),
        text: shown.text,
    };
    Ok(JsonBody(shown.into_iter().map(paragraph).collect()))
}

/// Fill a template in with a case; nothing is filed
#[utoipa::path(post, path = "/api/v1/templates/{id}/render", tag = "templates", params(("id" = Uuid, Path)),
    request_body = RenderWish,
    responses((status = OK, content_type = "*/*", description = "A Word document"),
        (status = UNPROCESSABLE_ENTITY, body = super::problem::ProblemBody)))]
pub(super) async fn render(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id,
    Json(wish): Json<RenderWish>,
) -> Result<Response, Problem> {
    let kept = app.store.template(id, viewer.rights()).await?;
    let version = app
        .store
        .template_version(id, wish.version, viewer.rights())
        .await?;
    let case = app
        .cases
        .get(wish.case_id, viewer.rights())
        .await
        .map_err(no_such_case)?;
    Call::note_case(case.id);
    let asked = Asked {
        recipient: wish.party,
        date: checked_date(wish.date, Utc::now())?,
        fields: checked_fields(wish.fields)?,
    };
    let data = letter::data(&app.store, &case, viewer.rights(), asked).await?;
    let template = read(app.store.blob(version.sha256).await?).await?;
    let (extension, media_type) = (template.extension(), template.media_type());
    let bytes = apart(move || letter::render(&template, &data, case.id, None)).await??;
    let name = file_name::clean(&format!("{}.{extension}", kept.name));
    Ok(page::download(Bytes::from(bytes), media_type, &name))
}

/// Names in lower case, as templates ask for them.
pub(super) fn checked_fields(
    fields: BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Problem> {
    if fields.len() > MAX_FIELDS {
        return Err(Problem::invalid("fields", "too-many").with("max", MAX_FIELDS));
    }
    let long = fields
        .values()
        .any(|value| value.chars().count() > MAX_VALUE_CHARS);
    if long {
        return Err(Problem::invalid("fields", "too-long").with("max", MAX_VALUE_CHARS));
    }
    Ok(fields
        .into_iter()
        .map(|(name, value)| (name.trim().to_lowercase(), value))
        .collect())
}

pub(super) fn no_such_case(error: crate::cases::CaseError) -> Problem {
    match error {
        crate::cases::CaseError::Store(crate::store::StoreError::NotFound("case")) => {
            Problem::no_such("case_id", "no-such-case")
        }
        error => error.into(),
    }
}

/// A mistake as a sentence: what, where, and what was probably meant.
pub fn mistake_text(mistake: &Mistake, lang: Lang) -> String {
    let place = text(
        lang,
        &format!("template-mistake.in_{}", mistake.story.as_str()),
        &[],
    );
    let values = [("written", mistake.written.as_str())];
    let mut told = text(
        lang,
        &format!("template-mistake.{}", mistake.fault.code()),
        &values,
    );
    let near = if mistake.near.is_empty() {
        "place"
    } else {
        "near"
    };
    let where_ = [("place", place.as_str()), ("near", mistake.near.as_str())];
    told = format!(
        "{told} {}",
        text(lang, &format!("template-mistake.{near}"), &where_)
    );
    if let Some(meant) = &mistake.meant {
        let meant = text(lang, "template-mistake.meant", &[("meant", meant.as_str())]);
        told = format!("{told} {meant}");
    }
    told
}

/// The version that a form brings: checked, and its bytes kept.
async fn version(
    app: &App,
    file: SentFile,
    form: &mut Form,
    lang: Lang,
) -> Result<NewVersion, Problem> {
    let comment = line(
        "comment",
        &form.take("comment").unwrap_or_default(),
        MAX_COMMENT_CHARS,
    )?;
    let template = read(file.bytes.clone()).await?;
    if !template.mistakes.is_empty() {
        let told: Vec<String> = template
            .mistakes
            .iter()
            .map(|mistake| mistake_text(mistake, lang))
            .collect();
        return Err(
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "template-mistakes")
                .with("count", told.len())
                .with("first", told.first().cloned().unwrap_or_default())
                .with_errors(told),
        );
    }
    let (size, sha256) = (file.bytes.len() as u64, Sha256::of(&file.bytes));
    let object = app.store.put_blob(sha256, file.bytes).await?;
    Ok(NewVersion {
        file: NewFile {
            name: file_name::clean(&file.name),
            media_type: template.media_type().to_owned(),
            size,
            sha256,
            object: Some(object),
        },
        facts: json!({
            "asked": template.asked(),
            "has_macros": template.has_macros(),
            "asks_for_outside": template.asks_for_outside,
        }),
        comment,
    })
}

/// Bytes that no row names are only waste.
async fn or_forget<T>(
    app: &App,
    object: Option<Uuid>,
    kept: Result<T, crate::store::StoreError>,
) -> Result<T, Problem> {
    if kept.is_err()
        && let Some(object) = object
    {
        let _ = app.store.blobs().delete(object).await;
    }
    Ok(kept?)
}

async fn read(bytes: Bytes) -> Result<Template, Problem> {
    Ok(apart(move || Template::read(bytes)).await??)
}

/// On a thread of its own, few at once: whatever a file does there costs this call alone.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let internal = || Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal");
    let _one_of_few = AT_ONCE.acquire().await.map_err(|_| internal())?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| internal())
}

/// Steps of a folder, each of them a name.
fn folder(text: &str) -> Result<String, Problem> {
    let steps: Vec<&str> = text
        .split('/')
        .map(str::trim)
        .filter(|step| !step.is_empty())
        .collect();
    if steps.len() > MAX_FOLDER_STEPS || steps.iter().any(|step| step.chars().all(|c| c == '.')) {
        return Err(Problem::invalid("folder", "folder").with("max", MAX_FOLDER_STEPS));
    }
    line("folder", &steps.join("/"), MAX_FOLDER_CHARS)
}

/// A text on one line.
pub(super) fn line(field: &'static str, value: &str, max: usize) -> Result<String, Problem> {
    let value = value.trim();
    if value.chars().count() > max {
        Err(Problem::invalid(field, "too-long").with("max", max))
    } else if value.chars().any(char::is_control) {
        Err(Problem::invalid(field, "control"))
    } else {
        Ok(value.to_owned())
    }
}

impl TemplateBody {
    fn of(kept: KeptTemplate) -> Self {
        Self {
            id: kept.id,
            holder: kept.holder.to_string(),
            folder: kept.folder,
            name: kept.name,
            created_by: kept.created_by,
            created_at: kept.created_at,
            changed_at: kept.changed_at,
            may_change: kept.may_change,
            latest: VersionBody::of(kept.latest),
        }
    }
}

impl VersionBody {
    fn of(version: TemplateVersion) -> Self {
        let fact = |name: &str| version.facts[name].as_bool().unwrap_or(false);
        let asked = version.facts["asked"].as_array().into_iter().flatten();
        Self {
            number: version.number,
            size: version.size,
            asked: asked
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect(),
            has_macros: fact("has_macros"),
            asks_for_outside: fact("asks_for_outside"),
            file_name: version.file_name,
            comment: version.comment,
            created_by: version.created_by,
            created_at: version.created_at,
        }
    }
}

impl MistakeBody {
    fn of(mistake: &Mistake, lang: Lang) -> Self {
        Self {
            fault: mistake.fault.code().to_owned(),
            text: mistake_text(mistake, lang),
            written: mistake.written.clone(),
            meant: mistake.meant.clone(),
            place: mistake.story.as_str().to_owned(),
            near: mistake.near.clone(),
        }
    }
}

impl From<PackageError> for Problem {
    fn from(error: PackageError) -> Self {
        Self::invalid("file", error.code())
    }
}

impl From<LetterError> for Problem {
    fn from(error: LetterError) -> Self {
        match error {
            LetterError::Store(error) => error.into(),
            LetterError::Package(error) => error.into(),
            LetterError::NoSuchParty => Self::invalid("party", "no-such-party"),
            LetterError::NotAsked(name) => Self::invalid(format!("fields.{name}"), "missing"),
            LetterError::Mistakes => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "template-mistakes")
                    .with("count", "")
                    .with("first", "")
            }
            LetterError::Failed => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }
}
