//! The queue's page at `/`, the pages of a case and of figures, their texts, the readable API page, what went wrong with a sign-in, and
//! downloads.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use axum::{Router, routing::get};
use bytes::Bytes;

use super::App;
use crate::messages::{self, Lang};

/// Scripts and styles only of the page itself; it may talk to nobody else and nobody may frame it.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
    connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// Likewise, and Office's own script, which must come from there.
const OFFICE_POLICY: &str = "default-src 'none'; script-src 'unsafe-inline' https://appsforoffice.microsoft.com https://ajax.aspnetcdn.com; \
    style-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// What was received may do nothing at all in a browser.
const DOWNLOAD_POLICY: &str = "default-src 'none'; sandbox";

pub(super) fn router(has_provider: bool) -> Router<App> {
    let queue = include_str!("page/index.html").replace("{{provider}}", &has_provider.to_string());
    let queue = with_texts(&queue, "page.");
    let quality = with_texts(include_str!("page/quality.html"), "quality.");
    let audit = with_texts(include_str!("page/audit.html"), "audit.");
    let case = with_texts(include_str!("page/case.html"), "case.");
    Router::new()
        .route("/", get(|| async { page(queue) }))
        .route("/quality", get(|| async { page(quality) }))
        .route("/audit", get(|| async { page(audit) }))
        .route("/case", get(|| async { page(case) }))
        .route(
            "/api",
            get(|| async { page(Bytes::from_static(include_bytes!("page/api.html"))) }),
        )
}

/// A page with its words in both languages. Put together once: it must have them even when the service goes away later.
pub(super) fn with_texts(html: &str, prefix: &str) -> Bytes {
    let texts = [Lang::Da, Lang::En].map(|lang| (lang.code(), messages::all_of(lang, prefix)));
    let texts = serde_json::to_string(&BTreeMap::from(texts))
        .unwrap_or_default()
        .replace("</", "<\\/");
    Bytes::from(html.replace("{{texts}}", &texts))
}

fn page(html: Bytes) -> Response {
    let mut response = Html(html).into_response();
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(PAGE_POLICY),
    );
    response
}

/// Where an add-in's pane lets people sign in.
pub(super) fn office_dialog(lang: Lang) -> Response {
    let told = |name: &str| messages::text(lang, &format!("sign-in.{name}"), &[]);
    let script = |name: &str| serde_json::to_string(&told(name)).unwrap_or_default();
    let html = include_str!("page/office.html")
        .replace("{{lang}}", lang.code())
        .replace("{{title}}", &told("office"))
        .replace("{{wait}}", &told("office-wait"))
        .replace("{{again}}", &told("again"))
        .replace("{{failed}}", &script("office-failed"))
        .replace("{{done}}", &script("office-done"))
        .replace("{{notOffice}}", &script("office-not"));
    let mut response = page(Bytes::from(html));
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(OFFICE_POLICY),
    );
    response
}

/// Why a sign-in did not come about, and what to do; `key` is of `[sign-in]`.
pub(super) fn trouble(lang: Lang, key: &str) -> Response {
    let told = |name: &str| messages::text(lang, &format!("sign-in.{name}"), &[]);
    let html = include_str!("page/trouble.html")
        .replace("{{lang}}", lang.code())
        .replace("{{title}}", &told(key))
        .replace("{{text}}", &told(&format!("{key}-do")))
        .replace("{{again}}", &told("again"));
    page(Bytes::from(html))
}

/// Bytes that a stranger sent, to be saved and never shown as a page.
pub(super) fn download(bytes: Bytes, media_type: &str, name: &str) -> Response {
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    let media_type = HeaderValue::from_str(media_type)
        .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, media_type);
    if let Ok(disposition) = HeaderValue::from_str(&disposition(name)) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(DOWNLOAD_POLICY),
    );
    response
}

/// RFC 6266: the name in ASCII for old software, and in full for the rest (RFC 8187).
fn disposition(name: &str) -> String {
    use std::fmt::Write;
    let ascii: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' {
                c
            } else {
                '_'
            }
        })
        .collect();
    let mut full = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            full.push(char::from(byte));
        } else {
            let _ = write!(full, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{full}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_name_cannot_leave_its_header() {
        assert_eq!(
            super::disposition("hæk\"\r\nX: y.pdf"),
            "attachment; filename=\"h_k___X: y.pdf\"; filename*=UTF-8''h%C3%A6k%22%0D%0AX%3A%20y.pdf"
        );
    }
}
