//! `/marks`: what is put into a mail that a person writes, so that answers find its case.

use axum::{Json as JsonBody, extract::State, http::StatusCode};
use chrono::Utc;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    App, Problem,
    extract::{Json, Language, Viewer},
};
use crate::{domain::case_mark, messages::text, store::Call};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MarkedCase)]
pub(super) struct Wanted {
    case_id: Uuid,
}

#[derive(Serialize, ToSchema)]
#[schema(as = MailMark)]
pub(super) struct Mark {
    header: Header,
    /// For people alone, e.g. `[Sag 2024-00123]`; may be left out. Nothing is filed by it.
    subject_tag: String,
    /// Where one of ours writes to, to file on the case; null where there are no such addresses.
    address: Option<String>,
}

/// A header field of the mail.
#[derive(Serialize, ToSchema)]
#[schema(as = MarkHeader)]
pub(super) struct Header {
    name: String,
    value: String,
}

/// Make a mark for a mail that is written on a case: answers to the mail come back to the case
#[utoipa::path(post, path = "/api/v1/marks", tag = "mails", request_body = Wanted,
    responses((status = CREATED, body = Mark), (status = NOT_FOUND, body = super::problem::ProblemBody)))]
pub(super) async fn create(
    State(app): State<App>,
    viewer: Viewer,
    Language(lang): Language,
    Json(wanted): Json<Wanted>,
) -> Result<(StatusCode, JsonBody<Mark>), Problem> {
    Call::note_subject("case", wanted.case_id);
    Call::note_case(wanted.case_id);
    let case = app.store.case(wanted.case_id, viewer.rights()).await?;
    let made = app.store.make_mark(case.id, viewer.rights(), Utc::now());
    let mark = made.await?;
    let mark = Mark {
        header: Header {
            name: case_mark::HEADER.to_owned(),
            value: app.filing.marks.write(mark),
        },
        subject_tag: text(lang, "mail.subject-tag", &[("case", &case.number)]),
        address: app.filing.address.as_ref().map(|to| to.of(&case.number)),
    };
    Ok((StatusCode::CREATED, JsonBody(mark)))
}
