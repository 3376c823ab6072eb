//! The add-in's files under `/addin/`, the web app at `/app`, and what lets classic Outlook's events call the service.
//!
//! Pages may be framed by the hosts of Office and by nothing else; they run our scripts and Office's library, and talk to
//! us and to the sign-in provider. Microsoft has no list of the hosts that frame add-ins; this one is of the addresses
//! that Outlook and Word on the web are known to have.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::{Json, Router, routing::get};
use serde_json::json;

use super::{App, Problem, extract::Language};
use crate::addin::{self, File};
use crate::config::Config;
use crate::messages::{Lang, text};

/// Where Office shows pages of add-ins in a frame.
const OFFICE_HOSTS: &str = "https://outlook.office.com https://outlook.office365.com https://outlook.live.com \
    https://outlook.cloud.microsoft https://*.office.com https://*.office365.com https://*.officeapps.live.com \
    https://*.cloud.microsoft https://*.sharepoint.com https://onedrive.live.com";
/// Office's library, which must come from Microsoft and loads more of itself.
const OFFICE_SCRIPTS: &str = "https://appsforoffice.microsoft.com https://ajax.aspnetcdn.com";
/// Where Microsoft signs people in.
const MICROSOFT_SIGN_IN: &str = "https://login.microsoftonline.com";

/// The web app is no add-in: it runs our scripts alone, talks to us alone, and nobody may frame it.
const APP_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    object-src 'none'; frame-ancestors 'none'";
const APP_PAGE: &str = "app.html";

/// Office's library as the pages name it, and ours that stands in for it.
const OFFICE_JS: &str = "https://appsforoffice.microsoft.com/lib/1/hosted/office.js";
pub(super) const STAND_IN_JS: &str = "/outlook/office-stand-in.js";

pub(super) fn router(config: &Config) -> Router<App> {
    let stands_in = config.server.stand_in;
    let policy = policy(config);
    let public = config.server.public_url.trim_end_matches('/').to_owned();
    let allowed: Vec<String> = (!public.is_empty())
        .then(|| format!("{public}/addin/commands.js"))
        .into_iter()
        .collect();
    Router::new()
        .route(
            "/addin/{*path}",
            get(
                move |Path(path): Path<String>, Language(lang), headers: HeaderMap| {
                    // Whoever may frame the add-in may not frame the app.
                    let answer = if path == APP_PAGE {
                        Problem::not_found().into_response()
                    } else {
                        answer(&path, lang, &headers, stands_in, &policy)
                    };
                    async move { answer }
                },
            ),
        )
        .route(
            "/app",
            get(|Language(lang), headers: HeaderMap| async move {
                let policy = HeaderValue::from_static(APP_POLICY);
                answer(APP_PAGE, lang, &headers, false, &policy)
            }),
        )
        .route(
            "/.well-known/microsoft-officeaddins-allowed.json",
            get(move || {
                let answer = Json(json!({ "allowed": allowed }));
                async move { answer }
            }),
        )
}

fn policy(config: &Config) -> HeaderValue {
    let issuer = reqwest::Url::parse(&config.sign_in.issuer)
        .map(|url| url.origin().ascii_serialization())
        .unwrap_or_default();
    let (scripts, ancestors) = if config.server.stand_in {
        (String::new(), "'self'".to_owned())
    } else {
        let own = config.server.office_hosts.join(" ");
        (OFFICE_SCRIPTS.to_owned(), format!("{OFFICE_HOSTS} {own}"))
    };
    let policy = format!(
        "default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data: blob:; font-src 'self' data:; \
         connect-src 'self' {MICROSOFT_SIGN_IN} {issuer}; frame-src 'self' {MICROSOFT_SIGN_IN}; \
         base-uri 'none'; form-action 'none'; object-src 'none'; frame-ancestors {}",
        ancestors.trim_end()
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

fn answer(
    path: &str,
    lang: Lang,
    headers: &HeaderMap,
    stands_in: bool,
    policy: &HeaderValue,
) -> Response {
    let Some(file) = addin::file(path) else {
        return missing(path, lang, policy);
    };
    if !stands_in && is_kept(headers, &file.etag) {
        return with_headers(StatusCode::NOT_MODIFIED, Body::empty(), file, policy);
    }
    if stands_in && file.is_page() {
        let page = String::from_utf8_lossy(file.bytes).replace(OFFICE_JS, STAND_IN_JS);
        return with_headers(StatusCode::OK, Body::from(page), file, policy);
    }
    with_headers(StatusCode::OK, Body::from(file.bytes), file, policy)
}

/// A page that is not there because nothing was built says so; anything else does not exist.
fn missing(path: &str, lang: Lang, policy: &HeaderValue) -> Response {
    let is_page = matches!(
        path,
        "taskpane.html" | "commands.html" | "commands.js" | APP_PAGE
    );
    if addin::is_built() || !is_page {
        return Problem::not_found().into_response();
    }
    if path == "commands.js" {
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE, "addin-not-built").into_response();
    }
    let told = |key: &str| text(lang, key, &[]);
    let page = include_str!("page/addin-missing.html")
        .replace("{{lang}}", lang.code())
        .replace("{{title}}", &told("problem.addin-not-built"))
        .replace("{{text}}", &told("problem.addin-not-built-detail"));
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, Html(page)).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    response
}

/// RFC 9110 § 13.1.2, compared weakly.
fn is_kept(headers: &HeaderMap, etag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|tags| {
            tags.trim() == "*" || tags.split(',').any(|tag| bare(tag) == bare(etag))
        })
}

fn with_headers(status: StatusCode, body: Body, file: &File, policy: &HeaderValue) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(file.media_type),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(file.keep));
    if let Ok(etag) = HeaderValue::from_str(&file.etag) {
        headers.insert(header::ETAG, etag);
    }
    if file.is_page() {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy_with(change: impl FnOnce(&mut Config)) -> String {
        let mut config = Config::load(None, std::iter::empty()).unwrap();
        change(&mut config);
        policy(&config).to_str().unwrap().to_owned()
    }

    #[test]
    fn office_frames_the_pages_and_the_stand_in_only_where_it_is_switched_on() {
        let office = policy_with(|_| ());
        let ancestors = office.split("frame-ancestors").nth(1).unwrap();
        assert!(
            ancestors.contains("https://outlook.office.com") && !ancestors.contains("'self'"),
            "{office}"
        );
        assert!(
            policy_with(
                |config| config.server.office_hosts = vec!["https://mail.example.org".into()]
            )
            .ends_with(" https://mail.example.org")
        );
        let here = policy_with(|config| config.server.stand_in = true);
        assert!(
            here.ends_with("frame-ancestors 'self'") && !here.contains("appsforoffice"),
            "{here}"
        );
    }

    #[test]
    fn the_sign_in_provider_may_be_asked_by_the_pages() {
        let policy =
            policy_with(|config| config.sign_in.issuer = "https://login.example.org/t/v2.0".into());
        assert!(
            policy.contains(
                "connect-src 'self' https://login.microsoftonline.com https://login.example.org;"
            ),
            "{policy}"
        );
    }

    #[test]
    fn a_tag_that_is_still_right_is_known_among_others_weak_or_not() {
        let kept = |sent: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, sent.parse().unwrap());
            is_kept(&headers, "W/\"abc\"")
        };
        for right in ["W/\"abc\"", "\"abc\"", "\"x\", W/\"abc\"", "*"] {
            assert!(kept(right), "{right}");
        }
        for wrong in ["\"abcd\"", "abc", ""] {
            assert!(!kept(wrong), "{wrong}");
        }
    }
}
