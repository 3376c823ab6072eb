//! Files sent in as a form (RFC 7578), with the fields beside them.

use std::collections::HashMap;

use axum::extract::{FromRequest, Multipart, Request, multipart::MultipartError};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use bytes::{Bytes, BytesMut};

use super::{App, Problem};

/// Files of one form: a folder of a drive.
const MAX_FILES: usize = 200;
const MAX_FIELDS: usize = 50;
const MAX_FIELD_BYTES: usize = 64 * 1024;

pub(super) struct Form {
    fields: HashMap<String, String>,
    pub files: Vec<SentFile>,
}

/// A file as it was sent: name and type are what the sender says.
pub(super) struct SentFile {
    pub name: String,
    pub media_type: String,
    pub bytes: Bytes,
}

impl Form {
    /// What a field says, without blanks around it; `None` when it says nothing.
    pub fn take(&mut self, name: &str) -> Option<String> {
        self.fields
            .remove(name)
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
    }

    /// The one file that is expected.
    pub fn one_file(&mut self, max_bytes: usize) -> Result<SentFile, Problem> {
        let mut files = std::mem::take(&mut self.files);
        match (files.pop(), files.is_empty()) {
            (Some(file), true) if file.bytes.len() > max_bytes => {
                Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large")
                    .with("limit", max_bytes))
            }
            (Some(file), true) => Ok(file),
            _ => Err(Problem::invalid("file", "one-file")),
        }
    }
}

impl FromRequest<App> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let form = Multipart::from_request(request, app).await;
        let mut form =
            form.map_err(|_| Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "form-expected"))?;
        let broken = |error: MultipartError| {
            let limit = app.config.server.max_body_bytes;
            match error.into_response().status() {
                status @ StatusCode::PAYLOAD_TOO_LARGE => {
                    Problem::new(status, "too-large").with("limit", limit)
                }
                _ => Problem::new(StatusCode::BAD_REQUEST, "body-cut"),
            }
        };
        let (mut fields, mut files) = (HashMap::new(), Vec::new());
        while let Some(mut field) = form.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            if let Some(file_name) = field.file_name().map(str::to_owned) {
                if files.len() >= MAX_FILES {
                    return Err(Problem::invalid("file", "too-many").with("max", MAX_FILES));
                }
                let media_type = field
                    .content_type()
                    .unwrap_or("application/octet-stream")
                    .to_owned();
                let mut bytes = BytesMut::new();
                while let Some(chunk) = field.chunk().await.map_err(broken)? {
                    bytes.extend_from_slice(&chunk);
                }
                files.push(SentFile {
                    name: file_name,
                    media_type,
                    bytes: bytes.freeze(),
                });
                continue;
            }
            let mut text = Vec::new();
            while let Some(chunk) = field.chunk().await.map_err(broken)? {
                text.extend_from_slice(&chunk);
                if text.len() > MAX_FIELD_BYTES {
                    return Err(Problem::invalid("form", "too-long").with("max", MAX_FIELD_BYTES));
                }
            }
            let text =
                String::from_utf8(text).map_err(|_| Problem::invalid("form", "not-a-text"))?;
            if text.contains('\0') || fields.len() >= MAX_FIELDS {
                return Err(Problem::invalid("form", "control"));
            }
            fields.insert(name, text);
        }
        Ok(Self { fields, files })
    }
}
