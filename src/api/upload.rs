//! `POST /mails`: a mail that no watched mailbox holds is sent in, so that it can be filed.

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
};
use chrono::Utc;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    App, Problem,
    extract::{self, Viewer},
};
use crate::{mailbox::upload::upload, mime, store::Call};

#[derive(Serialize, ToSchema)]
pub(super) struct Uploaded {
    mail_id: Uuid,
    /// Whether it was here already, where you may see it.
    known: bool,
}

/// Send a mail in (message/rfc822) that no mailbox you may see holds; only you see it until it is filed
#[utoipa::path(post, path = "/api/v1/mails", tag = "mails",
    request_body(content = String, content_type = "message/rfc822"),
    responses((status = CREATED, body = Uploaded), (status = OK, body = Uploaded),
        (status = UNPROCESSABLE_ENTITY, body = super::problem::ProblemBody)))]
pub(super) async fn create(
    State(app): State<App>,
    viewer: Viewer,
    request: Request,
) -> Result<(StatusCode, Json<Uploaded>), Problem> {
    if !extract::is_mail(&request) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "mail-expected",
        ));
    }
    let sent = extract::mail(request, &app).await?;
    let fingerprint = mime::fingerprint(&sent.raw, &sent.mail);
    let known = app
        .store
        .mails_by_fingerprint(&fingerprint, viewer.rights())
        .await?;
    if let Some(row) = known.first() {
        Call::note_subject("mail", row.id);
        let mail_id = row.id;
        return Ok((
            StatusCode::OK,
            Json(Uploaded {
                mail_id,
                known: true,
            }),
        ));
    }
    let signals = app.engine.signals(&sent.mail).to_value();
    let mail_id = upload(
        &app.store,
        viewer.rights(),
        (sent.raw, sent.mail),
        signals,
        Utc::now(),
    )
    .await?;
    Ok((
        StatusCode::CREATED,
        Json(Uploaded {
            mail_id,
            known: false,
        }),
    ))
}
