//! What a request brings to say who sends it: one Authorization header, or the cookie of a session.

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts};

use super::Problem;
use crate::auth::Auth;

/// Named by whoever acts for another.
const ON_BEHALF_OF: &str = "sagspost-on-behalf-of";
/// Sent with POST for what they take along, but nothing is changed by them.
const LOOKS: [&str; 4] = [
    "/api/v1/suggestions",
    "/api/v1/kle/suggestions",
    "/api/v1/cases/proposal",
    "/api/v1/messages/lookup",
];

pub(super) enum Credentials<'h> {
    Token(&'h str),
    Session(&'h str),
}

/// A token goes before a cookie: whoever sends one means it.
pub(super) fn of<'h>(headers: &'h HeaderMap, auth: &Auth) -> Result<Credentials<'h>, Problem> {
    let mut told = headers.get_all(header::AUTHORIZATION).iter();
    match (told.next(), told.next()) {
        (Some(value), None) => value
            .to_str()
            .ok()
            .and_then(|value| value.strip_prefix("Bearer "))
            .map(|token| Credentials::Token(token.trim()))
            .ok_or_else(Problem::unauthorized),
        (None, _) if auth.has_provider() => cookie(headers, &Cookie::Session.name(auth))
            .map(Credentials::Session)
            .ok_or_else(Problem::unauthorized),
        // Of two headers, two parts of a system could read one each.
        _ => Err(Problem::unauthorized()),
    }
}

/// Cookies that we set.
#[derive(Clone, Copy)]
pub(super) enum Cookie {
    /// Sent only by our own pages, never with a link from elsewhere.
    Session,
    /// Held during a sign-in; the provider's way back to us is a link from elsewhere.
    SignIn,
}

impl Cookie {
    /// Over TLS the name itself makes browsers take it from this host alone, and only over TLS.
    pub fn name(self, auth: &Auth) -> String {
        let name = match self {
            Self::Session => "sagspost",
            Self::SignIn => "sagspost-sign-in",
        };
        if is_secure(auth) {
            format!("__Host-{name}")
        } else {
            name.to_owned()
        }
    }

    /// The header that sets it, or takes it away when there is no value.
    pub fn set(self, auth: &Auth, value: Option<&str>) -> Option<HeaderValue> {
        let name = self.name(auth);
        let same_site = match self {
            Self::Session => "Strict",
            Self::SignIn => "Lax",
        };
        let lasts = match (self, value) {
            (_, None) => "; Max-Age=0",
            (Self::Session, Some(_)) => "",
            (Self::SignIn, Some(_)) => "; Max-Age=900",
        };
        let secure = if is_secure(auth) { "; Secure" } else { "" };
        let value = value.unwrap_or_default();
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite={same_site}{secure}{lasts}");
        HeaderValue::from_str(&text).ok()
    }

    pub fn of(self, headers: &HeaderMap, auth: &Auth) -> Option<String> {
        cookie(headers, &self.name(auth)).map(str::to_owned)
    }
}

fn is_secure(auth: &Auth) -> bool {
    auth.public_url().starts_with("https://")
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| {
            let (found, value) = pair.trim().split_once('=')?;
            (found == name).then_some(value)
        })
}

/// What a session does is asked for by our own pages: another site can make a browser send a request, but not say that
/// it comes from here. Old browsers that do not tell the site tell the origin.
pub(super) fn check_same_site(parts: &Parts, public_url: &str) -> Result<(), Problem> {
    let text = |name: &str| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let ours = match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) if is_safe(&parts.method) => site != "cross-site",
        (Some(site), None) => site == "same-origin",
        (Some(site), Some(origin)) => site == "same-origin" && origin == public_url,
        (None, Some(origin)) => origin == public_url,
        (None, None) => is_safe(&parts.method),
    };
    if ours {
        Ok(())
    } else {
        Err(Problem::new(StatusCode::FORBIDDEN, "cross-site"))
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether a request changes nothing.
pub(super) fn only_looks(parts: &Parts) -> bool {
    is_safe(&parts.method) || LOOKS.contains(&parts.uri.path())
}

/// Whom the caller says they act for; percent-encoded where the name has other letters than a to z.
pub(super) fn on_behalf_of(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let refused = || Problem::new(StatusCode::FORBIDDEN, "no-deputy");
    let mut told = headers.get_all(ON_BEHALF_OF).iter();
    match (told.next(), told.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value
            .to_str()
            .ok()
            .and_then(decoded)
            .map(Some)
            .ok_or_else(refused),
        (Some(_), Some(_)) => Err(refused()),
    }
}

fn decoded(text: &str) -> Option<String> {
    let query = format!("http://x/?{}", text.trim().replace('+', "%2B"));
    let url = reqwest::Url::parse(&query).ok()?;
    let (name, _) = url.query_pairs().next()?;
    Some(name.into_owned()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: Method, headers: &[(&str, &str)]) -> Parts {
        let mut request = axum::http::Request::builder()
            .method(method)
            .uri("/api/v1/journal");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn another_site_cannot_act_with_a_session() {
        let ours = "https://sagspost.example";
        let is_ours = |method: &Method, headers: &[(&str, &str)]| {
            check_same_site(&asked(method.clone(), headers), ours).is_ok()
        };
        for headers in [
            &[("sec-fetch-site", "same-origin")][..],
            &[("sec-fetch-site", "same-origin"), ("origin", ours)],
            &[("origin", ours)],
        ] {
            assert!(is_ours(&Method::POST, headers), "{headers:?}");
        }
        for headers in [
            &[][..],
            &[("sec-fetch-site", "cross-site")],
            &[
                ("sec-fetch-site", "same-site"),
                ("origin", "https://other.example"),
            ],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
            &[("origin", "https://sagspost.example.evil.example")],
            &[("origin", "null")],
            &[("referer", ours)],
        ] {
            assert!(!is_ours(&Method::POST, headers), "{headers:?}");
            assert!(!is_ours(&Method::DELETE, headers), "{headers:?}");
        }
        assert!(is_ours(&Method::GET, &[("sec-fetch-site", "none")]));
        assert!(!is_ours(&Method::GET, &[("sec-fetch-site", "cross-site")]));
    }

    #[test]
    fn a_name_in_a_header_may_have_danish_letters() {
        for (text, name) in [
            ("birthe.lund", Some("birthe.lund")),
            ("s%C3%B8ren.%C3%A5s", Some("søren.ås")),
            ("a+b@c", Some("a+b@c")),
            ("", None),
        ] {
            assert_eq!(decoded(text).as_deref(), name, "{text}");
        }
    }

    #[test]
    fn a_cookie_is_found_among_others_by_its_whole_name() {
        let parts = asked(
            Method::GET,
            &[
                ("cookie", "a=1; xsagspost=2; sagspost=3"),
                ("cookie", "b=4"),
            ],
        );
        assert_eq!(cookie(&parts.headers, "sagspost"), Some("3"));
        assert_eq!(cookie(&parts.headers, "b"), Some("4"));
        assert_eq!(cookie(&parts.headers, "c"), None);
    }
}
