//! Errors as RFC 9457 problems: a stable type, words in the reader's language, and the field at fault.
//!
//! The one place where errors of the core become HTTP. What may not be seen answers exactly as what does not exist.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::{
    auth::AuthError,
    cases::CaseError,
    journal::{JournalError, PlanError},
    messages::{Lang, text},
    scan::ScanError,
    store::{Call, StoreError},
};

/// RFC 9457.
pub(super) const MEDIA_TYPE: &str = "application/problem+json";

tokio::task_local! {
    /// Language and id of the request at hand; set by the outermost layer.
    pub(super) static REQUEST: (Lang, String);
}

/// The id of the request at hand.
pub(super) fn request_id_at_hand() -> Option<String> {
    REQUEST.try_with(|(_, id)| id.clone()).ok()
}

/// The name of those values that are listed.
const ERROR: &str = "error";

/// What went wrong, before it is put into words.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    /// Last part of the type, and key of the texts.
    slug: &'static str,
    field: Option<String>,
    values: Vec<(&'static str, String)>,
    /// Key of the reason in `[invalid]`, for validation problems.
    reason: Option<&'static str>,
    /// Key of another detail than the slug's.
    detail: Option<&'static str>,
    /// When the same request may succeed.
    wait_secs: Option<u32>,
    /// Of the problem's own (RFC 9457 § 3.2).
    members: Option<Box<serde_json::Map<String, serde_json::Value>>>,
}

/// The body of a problem response (`application/problem+json`).
#[derive(Serialize, utoipa::ToSchema)]
pub struct ProblemBody {
    /// Stable, e.g. `/problems/already-journaled`.
    #[serde(rename = "type")]
    kind: String,
    title: String,
    status: u16,
    detail: String,
    /// The field at fault, as a path in the request's JSON or the name of a parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// All that is wrong, a sentence each, where there may be several things.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<String>,
    request_id: String,
    #[serde(flatten)]
    #[schema(ignore)]
    members: serde_json::Map<String, serde_json::Value>,
}

impl Problem {
    pub fn new(status: StatusCode, slug: &'static str) -> Self {
        Self {
            status,
            slug,
            field: None,
            values: Vec::new(),
            reason: None,
            detail: None,
            wait_secs: None,
            members: None,
        }
    }

    /// Asked too often; in so many seconds it may be asked again.
    pub fn too_many(wait_secs: u64) -> Self {
        let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many");
        problem.wait_secs = Some(u32::try_from(wait_secs).unwrap_or(u32::MAX));
        problem.with("seconds", wait_secs)
    }

    /// What a field of the request names is not there, or not for this viewer: which of the two is not told.
    pub fn no_such(field: &'static str, detail: &'static str) -> Self {
        let mut problem = Self::not_found();
        problem.field = Some(field.to_owned());
        problem.detail = Some(detail);
        problem
    }

    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found")
    }

    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized")
    }

    /// A field that is filled in wrongly, for a reason of `[invalid]`.
    pub fn invalid(field: impl Into<String>, reason: &'static str) -> Self {
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "validation");
        problem.field = Some(field.into());
        problem.reason = Some(reason);
        problem
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    /// Something that programs read beside the text.
    #[must_use]
    pub fn with_member(mut self, name: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or_default();
        self.members
            .get_or_insert_default()
            .insert(name.to_owned(), value);
        self
    }

    /// The body within another answer: of several things, or where the status was sent already.
    pub(super) fn told(&self, lang: Lang) -> ProblemBody {
        self.body(lang, &request_id_at_hand().unwrap_or_default())
    }

    /// Everything that is wrong, in the reader's language.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<String>) -> Self {
        let errors = errors.into_iter().map(|error| (ERROR, error));
        self.values.extend(errors);
        self
    }

    fn errors(&self) -> Vec<String> {
        let errors = self.values.iter().filter(|(name, _)| *name == ERROR);
        errors.map(|(_, error)| error.clone()).collect()
    }

    fn body(&self, lang: Lang, request_id: &str) -> ProblemBody {
        let mut values: Vec<(&str, &str)> = self
            .values
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        values.push(("request", request_id));
        let reason = self
            .reason
            .map(|reason| text(lang, &format!("invalid.{reason}"), &values));
        if let Some(reason) = &reason {
            values.push(("reason", reason));
        }
        if let Some(field) = &self.field {
            values.push(("field", field));
        }
        ProblemBody {
            kind: format!("/problems/{}", self.slug),
            title: text(lang, &format!("problem.{}", self.slug), &values),
            status: self.status.as_u16(),
            detail: text(
                lang,
                &format!("problem.{}-detail", self.detail.unwrap_or(self.slug)),
                &values,
            ),
            field: self.field.clone(),
            errors: self.errors(),
            request_id: request_id.to_owned(),
            members: self.members.as_deref().cloned().unwrap_or_default(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (lang, request_id) = REQUEST.try_with(Clone::clone).unwrap_or_default();
        if self.status.is_server_error() {
            tracing::error!(
                problem = self.slug,
                request = request_id,
                "a request failed"
            );
        }
        let body = serde_json::to_vec(&self.body(lang, &request_id)).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        headers.insert(
            header::CONTENT_LANGUAGE,
            HeaderValue::from_static(lang.code()),
        );
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        let unavailable = self.status == StatusCode::SERVICE_UNAVAILABLE;
        if let Some(wait_secs) = self.wait_secs.or(unavailable.then_some(2)) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait_secs));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound("assignee") => Self::invalid("to", "no-person-or-unit"),
            StoreError::NotFound(_) => Self::not_found(),
            StoreError::NotAllowed("rule") => {
                let mut problem = Self::new(StatusCode::FORBIDDEN, "not-allowed");
                problem.detail = Some("rule-not-allowed");
                problem
            }
            StoreError::AssignedToAnother(_) => {
                Self::new(StatusCode::CONFLICT, "assigned-to-another")
            }
            StoreError::NotAllowed("template") => {
                let mut problem = Self::new(StatusCode::FORBIDDEN, "not-allowed");
                problem.detail = Some("not-allowed-template");
                problem
            }
            StoreError::NotAllowed(_) => Self::new(StatusCode::FORBIDDEN, "not-allowed"),
            StoreError::LockedOut => Self::new(StatusCode::CONFLICT, "locked-out"),
            StoreError::AlreadyOpen => Self::new(StatusCode::CONFLICT, "already-open"),
            StoreError::CaseClosed(number) => {
                Self::new(StatusCode::CONFLICT, "case-closed").with("number", number)
            }
            StoreError::AlreadyFiled(before) => {
                Self::new(StatusCode::CONFLICT, "already-journaled")
                    .with("user", before.created_by)
                    .with(
                        "when",
                        before
                            .created_at
                            .with_timezone(&chrono_tz::Europe::Copenhagen)
                            .format("%d-%m-%Y %H:%M"),
                    )
            }
            StoreError::AlreadyFiledUnseen => {
                let mut problem = Self::new(StatusCode::CONFLICT, "already-journaled");
                problem.detail = Some("already-journaled-unseen");
                problem
            }
            StoreError::IdempotencyConflict => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency-conflict")
            }
            StoreError::VersionConflict => {
                Self::new(StatusCode::PRECONDITION_FAILED, "precondition-failed")
            }
            StoreError::UndoExpired => Self::new(StatusCode::CONFLICT, "undo-expired"),
            StoreError::Duplicate(_) => Self::new(StatusCode::CONFLICT, "duplicate"),
            error if error.is_transient() => {
                tracing::warn!(%error, "the store is away");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable")
            }
            error => {
                tracing::error!(%error, "the store failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal")
            }
        }
    }
}

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Store(error) => error.into(),
            AuthError::Unknown
            | AuthError::NotSetUp
            | AuthError::SignInLost
            | AuthError::SignInDenied => Self::unauthorized(),
            // The caller is told no more than that: whoever tries tokens learns nothing from it.
            AuthError::Refused(reason) => {
                tracing::info!(%reason, "a token was refused");
                Self::unauthorized()
            }
            AuthError::UnknownUser => Self::new(StatusCode::FORBIDDEN, "unknown-user"),
            AuthError::NameTaken => Self::new(StatusCode::FORBIDDEN, "name-taken"),
            AuthError::NotProven => Self::new(StatusCode::FORBIDDEN, "name-not-proven"),
            AuthError::Disabled => Self::new(StatusCode::FORBIDDEN, "user-disabled"),
            AuthError::NoDeputy => Self::new(StatusCode::FORBIDDEN, "no-deputy"),
            AuthError::ProviderAway(why) => {
                tracing::warn!(why, "the sign-in provider is away");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "sign-in-away")
            }
        }
    }
}

impl From<ScanError> for Problem {
    fn from(error: ScanError) -> Self {
        match error {
            ScanError::Found(name) => {
                Call::note_detail("found", name.as_str());
                Self::new(StatusCode::FORBIDDEN, "infected").with("name", name)
            }
            ScanError::TooLarge => Self::new(StatusCode::FORBIDDEN, "not-scanned"),
            ScanError::Away(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, "scanner-away"),
        }
    }
}

impl From<CaseError> for Problem {
    fn from(error: CaseError) -> Self {
        match error {
            CaseError::Store(error) => error.into(),
            CaseError::Unreachable => Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            CaseError::Refused(reason) => Self::invalid("case", reason),
        }
    }
}

impl From<JournalError> for Problem {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Store(error) => error.into(),
            JournalError::Plan(error) => error.into(),
            JournalError::AttachmentLost { .. } => {
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal")
            }
        }
    }
}

impl From<PlanError> for Problem {
    fn from(error: PlanError) -> Self {
        let field = error.field();
        match error {
            PlanError::NothingChosen => Self::invalid(field, "nothing-chosen"),
            PlanError::TitleEmpty | PlanError::NameEmpty { .. } => Self::invalid(field, "empty"),
            PlanError::TitleTooLong => Self::invalid(field, "too-long").with("max", 300),
            PlanError::NameTooLong { .. } => Self::invalid(field, "too-long").with("max", 200),
            PlanError::NameIllegal { .. } => Self::invalid(field, "illegal"),
            PlanError::NoSuchAttachment { .. } => Self::invalid(field, "no-such-attachment"),
            PlanError::ChosenTwice { .. } => Self::invalid(field, "twice"),
        }
    }
}
