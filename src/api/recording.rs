//! Which calls are put on record, as what: one table for all routes, and the layer that does it.
//!
//! What an act writes, it records itself, in its own transaction. All else that was read, refused or not found is recorded
//! here once the answer is known. An answer whose record cannot be kept is not given. Calls of nobody are not recorded:
//! they read nothing, and a stranger must not be able to fill the log.

use axum::RequestExt as _;
use axum::extract::{MatchedPath, RawPathParams, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use chrono::Utc;
use uuid::Uuid;

use super::{App, Problem, origin};
use crate::store::{AuditRecord, Call, Origin, Recorded};

/// What a route is to the log.
#[derive(Clone, Copy)]
enum Of {
    /// Reads or writes one thing of this kind, named by this parameter of the path, or by the handler when that is empty.
    One(&'static str, &'static str),
    /// Lists or searches things of this kind.
    Many(&'static str),
    /// Nothing of any mail, document, case or search.
    Nothing,
}

/// Every route, with the action that it is recorded as.
const ROUTES: &[(Method, &str, &str, Of)] = &[
    (Method::GET, "/api/v1/addin", "", Of::Nothing),
    (Method::GET, "/api/v1/me", "", Of::Nothing),
    (Method::GET, "/api/v1/mailboxes", "", Of::Nothing),
    (Method::GET, "/api/v1/mails", "mail.list", Of::Many("mail")),
    (
        Method::POST,
        "/api/v1/mails",
        "mail.store",
        Of::One("mail", ""),
    ),
    (
        Method::GET,
        "/api/v1/mails/{id}",
        "mail.read",
        Of::One("mail", "id"),
    ),
    (
        Method::GET,
        "/api/v1/mails/{id}/html",
        "mail.read_html",
        Of::One("mail", "id"),
    ),
    (
        Method::GET,
        "/api/v1/mails/{id}/raw",
        "mail.read_raw",
        Of::One("mail", "id"),
    ),
    (
        Method::GET,
        "/api/v1/mails/{id}/attachments/{path}",
        "mail.read_attachment",
        Of::One("mail", "id"),
    ),
    (
        Method::POST,
        "/api/v1/mails/{id}/not-for-a-case",
        "mail.not_for_a_case",
        Of::One("mail", "id"),
    ),
    (
        Method::DELETE,
        "/api/v1/mails/{id}/not-for-a-case",
        "mail.not_for_a_case_undone",
        Of::One("mail", "id"),
    ),
    (
        Method::POST,
        "/api/v1/messages/lookup",
        "mail.lookup",
        Of::Many("mail"),
    ),
    (
        Method::POST,
        "/api/v1/suggestions",
        "suggest",
        Of::One("mail", ""),
    ),
    (
        Method::GET,
        "/api/v1/suggestions/{mail_id}",
        "suggest.explain",
        Of::One("mail", "mail_id"),
    ),
    (Method::GET, "/api/v1/quality", "", Of::Nothing),
    (Method::GET, "/api/v1/kle", "", Of::Nothing),
    (
        Method::POST,
        "/api/v1/kle/suggestions",
        "suggest.kle",
        Of::One("mail", ""),
    ),
    (
        Method::POST,
        "/api/v1/journal",
        "journal",
        Of::One("mail", ""),
    ),
    (
        Method::GET,
        "/api/v1/journal/{id}",
        "journal.read",
        Of::One("entry", "id"),
    ),
    (
        Method::DELETE,
        "/api/v1/journal/{id}",
        "undo",
        Of::One("entry", "id"),
    ),
    (
        Method::POST,
        "/api/v1/journal/{id}/retry",
        "journal.retry",
        Of::One("entry", "id"),
    ),
    (Method::GET, "/api/v1/cases", "case.list", Of::Many("case")),
    (
        Method::POST,
        "/api/v1/cases",
        "case.create",
        Of::One("case", ""),
    ),
    (
        Method::POST,
        "/api/v1/cases/proposal",
        "case.propose",
        Of::One("mail", ""),
    ),
    (
        Method::GET,
        "/api/v1/cases/{id}",
        "case.read",
        Of::One("case", "id"),
    ),
    (
        Method::PATCH,
        "/api/v1/cases/{id}",
        "case.change",
        Of::One("case", "id"),
    ),
    (
        Method::GET,
        "/api/v1/cases/{id}/documents",
        "case.read_documents",
        Of::One("case", "id"),
    ),
    (
        Method::PUT,
        "/api/v1/cases/{id}/favourite",
        "case.favourite",
        Of::One("case", "id"),
    ),
    (
        Method::DELETE,
        "/api/v1/cases/{id}/favourite",
        "case.unfavourite",
        Of::One("case", "id"),
    ),
    (
        Method::GET,
        "/api/v1/files/{id}",
        "file.read",
        Of::One("file", "id"),
    ),
    // Ids alone; what they name is read, and recorded, by its own route.
    (Method::GET, "/api/v1/events", "", Of::Nothing),
    (
        Method::GET,
        "/api/v1/audit",
        "audit.read",
        Of::Many("audit"),
    ),
];

/// What a client may say of why it calls; anything else is not taken over.
const REASONS: [&str; 6] = ["click", "on_send", "page", "queue", "thread", "word"];
const REASON_HEADER: &str = "sagspost-why";

/// The action that a route is recorded as: `None` when the table does not know the route, empty when it is not recorded.
pub fn action_of(method: &Method, path: &str) -> Option<&'static str> {
    route(method, path).map(|(action, _)| action)
}

fn route(method: &Method, path: &str) -> Option<(&'static str, Of)> {
    // HEAD is answered by what answers GET.
    let method = if method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    ROUTES
        .iter()
        .find(|(of, at, ..)| of == method && *at == path)
        .map(|(_, _, action, of)| (*action, *of))
}

/// Runs a call so that what happens within is on record with where it came from.
pub(super) async fn record(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let path = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let found = path.and_then(|path| route(request.method(), &path));
    let Some((action, of)) = found.filter(|(action, _)| !action.is_empty()) else {
        return next.run(request).await;
    };
    let named = named(&mut request, of).await;
    let call = Call::new(Origin {
        address: origin::of(&request, &app.config.server.trusted_proxies)
            .map(|address| address.to_string()),
        agent: Some(agent(request.headers()).to_owned()),
        request: super::problem::request_id_at_hand(),
    });
    let why = reason(request.headers());
    let response = std::sync::Arc::clone(&call)
        .scope(async {
            if let Some(why) = why {
                Call::note_why(why);
            }
            next.run(request).await
        })
        .await;
    let Some(actor) = call.actor() else {
        return response;
    };
    if response.status().is_success() && call.has_acted() {
        return response;
    }
    let (kind, id) = match (call.subject(), of) {
        (Some(subject), _) => subject,
        (None, Of::One(kind, _) | Of::Many(kind)) => (kind, named.unwrap_or_default()),
        (None, Of::Nothing) => return response,
    };
    let is_case = kind == "case";
    let record = AuditRecord {
        actor: &actor,
        action,
        subject_kind: kind,
        case_id: call
            .case_id()
            .or_else(|| Uuid::parse_str(&id).ok().filter(|_| is_case)),
        subject_id: id,
        detail: call.detail(),
    };
    let recorded = Recorded::of_call(record, &call, outcome(response.status()), Utc::now());
    match app.store.record(recorded) {
        Ok(()) => response,
        Err(error) => Problem::from(error).into_response(),
    }
}

/// The id in the path, when it is one: a stranger's text has no place in the log.
async fn named(request: &mut Request, of: Of) -> Option<String> {
    let Of::One(_, parameter) = of else {
        return None;
    };
    let params = request.extract_parts::<RawPathParams>().await.ok()?;
    params
        .iter()
        .find(|(name, _)| *name == parameter)
        .and_then(|(_, value)| Uuid::parse_str(value).ok())
        .map(|id| id.to_string())
}

fn outcome(status: StatusCode) -> &'static str {
    match status {
        status if status.is_success() => "ok",
        StatusCode::NOT_FOUND => "not_found",
        status if status.is_client_error() => "refused",
        _ => "failed",
    }
}

/// By what kind of program; whatever it sends, it is one of these words.
fn agent(headers: &HeaderMap) -> &'static str {
    let sent = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let is = |word: &str| sent.contains(word);
    if is("Outlook") {
        "outlook"
    } else if is("Word/") || is("MSOffice") || is("Microsoft Office") {
        "office"
    } else if is("Firefox/") {
        "firefox"
    } else if is("Edg/") {
        "edge"
    } else if is("Chrome/") {
        "chrome"
    } else if is("Safari/") {
        "safari"
    } else if is("Mozilla/") {
        "browser"
    } else if sent.is_empty() {
        "unknown"
    } else {
        "program"
    }
}

fn reason(headers: &HeaderMap) -> Option<&'static str> {
    let sent = headers.get(REASON_HEADER)?.to_str().ok()?;
    REASONS.into_iter().find(|reason| *reason == sent)
}

/// The words that were searched for, as the log may know them: how many, and a digest that only the key's holder can compare.
pub(super) fn searched(app: &App, words: Option<&str>) {
    let Some(words) = words.filter(|words| !words.trim().is_empty()) else {
        return;
    };
    Call::note_detail("words", words.split_whitespace().count());
    if let Some(digest) = app.store.digest_of_words(words) {
        Call::note_detail("digest", digest);
    }
}

/// What a list showed.
pub(super) fn shown(ids: impl Iterator<Item = Uuid>) {
    let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
    Call::note_detail("shown", ids);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_of_the_contract_is_in_the_table_and_none_that_is_not() {
        let mut served = Vec::new();
        for (path, item) in crate::api::openapi().paths.paths {
            for (method, operation) in [
                (Method::GET, &item.get),
                (Method::PUT, &item.put),
                (Method::POST, &item.post),
                (Method::DELETE, &item.delete),
                (Method::PATCH, &item.patch),
            ] {
                if operation.is_some() {
                    assert!(
                        action_of(&method, &path).is_some(),
                        "{method} {path}: say in ROUTES as what it is recorded"
                    );
                    served.push((method, path.clone()));
                }
            }
        }
        for (method, path, ..) in ROUTES {
            assert!(
                served.contains(&(method.clone(), (*path).to_owned())),
                "{method} {path} is not served any more"
            );
        }
    }

    #[test]
    fn an_agent_is_one_of_few_words_whatever_it_sends() {
        let of = |sent: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::USER_AGENT, sent.parse().unwrap());
            agent(&headers)
        };
        assert_eq!(
            of("Mozilla/5.0 (X11) Gecko/20100101 Firefox/140.0"),
            "firefox"
        );
        assert_eq!(
            of("Mozilla/5.0 AppleWebKit/537.36 Chrome/139.0 Safari/537.36 Edg/139.0"),
            "edge"
        );
        assert_eq!(of("010203-1234 <script>"), "program");
        assert_eq!(agent(&HeaderMap::new()), "unknown");
    }

    #[test]
    fn a_reason_is_taken_over_only_when_it_is_known() {
        let of = |sent: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(REASON_HEADER, sent.parse().unwrap());
            reason(&headers)
        };
        assert_eq!(of("click"), Some("click"));
        assert_eq!(of("because of 010203-1234"), None);
    }
}
