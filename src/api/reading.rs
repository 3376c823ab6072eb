//! A mail as a page of its own, to be read and to do nothing else.
//!
//! It holds all it shows. Headers, and a policy within the page for where headers are lost, keep a browser from running or
//! fetching anything even if something slipped through the cleaning; links open in a window of their own.

use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};

use crate::{
    messages::{Lang, text},
    mime::{self, Readable, escaped},
};

const POLICY: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox";

pub(super) fn page(raw: &[u8], subject: &str, lang: Lang) -> Response {
    let mail = mime::readable(raw, &text(lang, "reading.earlier", &[]));
    let class = if mail.is_coloured { "coloured" } else { "" };
    let no_subject = text(lang, "page.noSubject", &[]);
    let title = if subject.trim().is_empty() {
        &no_subject
    } else {
        subject
    };
    let html = filled(&[
        ("lang", lang.code()),
        ("title", &escaped(title)),
        ("class", class),
        ("notes", &notes(&mail, lang)),
        ("mail", &mail.html),
    ]);
    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    );
    headers.insert(
        header::CONTENT_LANGUAGE,
        HeaderValue::from_static(lang.code()),
    );
    response
}

/// What a reader should know of what is not shown.
fn notes(mail: &Readable, lang: Lang) -> String {
    let count = mail.remote_pictures.to_string();
    let empty = mail.html.is_empty();
    [
        (empty, "reading.empty"),
        (mail.remote_pictures == 1, "reading.pictureLeftOut"),
        (mail.remote_pictures > 1, "reading.picturesLeftOut"),
        (mail.is_simplified, "reading.simplified"),
        (mail.is_cut, "reading.cut"),
    ]
    .iter()
    .filter(|(holds, _)| *holds)
    .map(|(_, key)| {
        let note = text(lang, key, &[("count", &count)]);
        format!("<p class=\"note\">{}</p>", escaped(&note))
    })
    .collect()
}

/// The page with its places filled, each once: what a mail says is never taken for a place.
fn filled(values: &[(&str, &str)]) -> String {
    let mut pieces = include_str!("page/mail.html").split("{{");
    let mut page = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, after) = piece.split_once("}}").unwrap_or((piece, ""));
        let value = values.iter().find(|(known, _)| *known == name);
        page.push_str(value.map_or("", |(_, value)| value));
        page.push_str(after);
    }
    page
}
