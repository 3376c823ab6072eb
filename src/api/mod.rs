//! HTTP: a router, one file per resource. A handler is a sentence: extract, check, call the core, answer.

mod access_list;
mod addin;
mod addin_settings;
mod audit;
mod case_templates;
mod cases;
mod credentials;
mod decisions;
mod documents;
mod dry_run;
mod earlier;
mod emergency;
mod events;
mod explanation;
mod extract;
mod following;
mod form;
mod health;
mod journal;
mod kle;
mod letters;
mod linked_folders;
mod lookup;
mod mailboxes;
mod mails;
mod marks;
mod me;
mod not_for_a_case;
mod office_sign_in;
mod origin;
mod page;
pub mod policy;
mod problem;
mod proposal;
mod quality;
mod queue;
mod reading;
mod recording;
mod rules;
mod shape;
mod sign_in;
mod stand_in;
mod suggestions;
mod templates;
mod upload;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::get};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::OpenApi;
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use problem::Problem;
pub use templates::mistake_text;

use crate::{
    auth::Auth,
    cases::CaseSystem,
    config::Config,
    scan::Scanner,
    store::Store,
    suggest::{Engine, kle::Subjects},
    triage::{FilingRules, House},
};

/// What handlers work with. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub store: Store,
    pub engine: Arc<Engine>,
    /// Which KLE number a new case gets.
    pub subjects: Arc<Subjects>,
    pub config: Arc<Config>,
    /// Who asks.
    pub auth: Arc<Auth>,
    pub cases: Arc<dyn CaseSystem>,
    /// What files pass before they are handed out.
    pub scanner: Arc<Scanner>,
    /// What is filed without a click.
    pub filing: Arc<FilingRules>,
    pub metrics: PrometheusHandle,
    /// Ends streams that would keep a stop waiting.
    pub stop: CancellationToken,
}

impl App {
    /// What filing without a click works with.
    pub(crate) fn house(&self) -> House<'_> {
        House {
            store: &self.store,
            engine: &self.engine,
            filing: &self.filing,
            cases: &*self.cases,
        }
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sagspost",
        description = "Mails belong on cases. Every call needs `Authorization: Bearer <token>` or the cookie of a session; `Sagspost-On-Behalf-Of: <user>` acts for another as their deputy; errors are RFC 9457 problems.",
        license(name = "MPL-2.0", identifier = "MPL-2.0")
    ),
    components(schemas(problem::ProblemBody, cases::Filter))
)]
struct Contract;

/// How every operation may fail is said once, here: with a problem.
fn say_problems(contract: &mut utoipa::openapi::OpenApi) {
    for item in contract.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.delete,
            &mut item.patch,
        ];
        for operation in operations.into_iter().flatten() {
            let responses = &mut operation.responses.responses;
            for (status, response) in responses.iter_mut() {
                let RefOr::T(response) = response else {
                    continue;
                };
                if status.starts_with(['4', '5'])
                    && let Some(body) = response.content.shift_remove("application/json")
                {
                    response.content.insert(problem::MEDIA_TYPE.into(), body);
                }
            }
            let body = Content::new(Some(Ref::from_schema_name("ProblemBody")));
            let problem = ResponseBuilder::new()
                .description("What went wrong, and what to do")
                .content(problem::MEDIA_TYPE, body);
            responses.insert("default".to_owned(), problem.build().into());
        }
    }
}

fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Contract::openapi())
        .routes(routes!(addin_settings::show))
        .routes(routes!(me::show))
        .routes(routes!(mailboxes::list))
        .routes(routes!(linked_folders::list))
        .routes(routes!(linked_folders::link, linked_folders::unlink))
        .routes(routes!(mails::list, upload::create))
        .routes(routes!(mails::show))
        .routes(routes!(mails::html))
        .routes(routes!(mails::raw))
        .routes(routes!(mails::attachment))
        .routes(routes!(following::show, following::change))
        .routes(routes!(not_for_a_case::say, not_for_a_case::take_back))
        .routes(routes!(queue::list))
        .routes(routes!(queue::take))
        .routes(routes!(queue::assign))
        .routes(routes!(queue::snooze))
        .routes(routes!(queue::assignees))
        .routes(routes!(lookup::lookup))
        .routes(routes!(suggestions::suggest))
        .routes(routes!(explanation::explain))
        .routes(routes!(quality::show))
        .routes(routes!(kle::look_up))
        .routes(routes!(kle::suggest))
        .routes(routes!(journal::create))
        .routes(routes!(journal::show, journal::undo))
        .routes(routes!(journal::retry))
        .routes(routes!(journal::set_access))
        .routes(routes!(cases::list, cases::create))
        .routes(routes!(proposal::propose))
        .routes(routes!(case_templates::list))
        .routes(routes!(case_templates::save, case_templates::remove))
        .routes(routes!(emergency::open))
        .routes(routes!(cases::show, cases::change))
        .routes(routes!(cases::documents))
        .routes(routes!(cases::favourite, cases::unfavourite))
        .routes(routes!(cases::file))
        .routes(routes!(marks::create))
        .routes(routes!(documents::note))
        .routes(routes!(documents::create))
        .routes(routes!(templates::list, templates::create))
        .routes(routes!(templates::fields))
        .routes(routes!(templates::check))
        .routes(routes!(templates::show, templates::remove))
        .routes(routes!(templates::add_version))
        .routes(routes!(templates::file))
        .routes(routes!(templates::preview))
        .routes(routes!(templates::render))
        .routes(routes!(letters::create))
        .routes(routes!(letters::show))
        .routes(routes!(letters::retry))
        .routes(routes!(emergency::notices))
        .routes(routes!(emergency::seen))
        .routes(routes!(rules::list, rules::create))
        .routes(routes!(rules::look_through))
        .routes(routes!(rules::order))
        .routes(routes!(dry_run::run))
        .routes(routes!(rules::show, rules::change, rules::remove))
        .routes(routes!(rules::switch))
        .routes(routes!(rules::versions))
        .routes(routes!(rules::restore))
        .routes(routes!(decisions::of_rule))
        .routes(routes!(decisions::undo))
        .routes(routes!(decisions::of_mail))
        .routes(routes!(events::follow))
        .routes(routes!(audit::list))
}

/// The OpenAPI 3.1 document, made from the handlers.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut contract = api().into_openapi();
    say_problems(&mut contract);
    contract
}

/// Everything that is served.
pub fn router(app: App) -> Router {
    let (api, mut contract) = api().split_for_parts();
    say_problems(&mut contract);
    let timeout = Duration::from_secs(app.config.server.request_timeout_secs);
    let max_body = usize::try_from(app.config.server.max_body_bytes).unwrap_or(usize::MAX);
    let contract = serde_json::to_string(&contract).unwrap_or_default();
    // Where TLS is a proxy's, so is this header.
    let only_tls = app
        .config
        .server
        .tls
        .is_on()
        .then_some(HeaderValue::from_static("max-age=31536000"));
    let recording = from_fn_with_state(app.clone(), recording::record);
    Router::new()
        .merge(api)
        .merge(page::router(app.auth.has_provider()))
        .merge(sign_in::router())
        .merge(office_sign_in::router())
        .merge(addin::router(&app.config))
        .merge(stand_in::router(&app.config))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route(
            "/api/openapi.json",
            get(|| async move { ([(header::CONTENT_TYPE, "application/json")], contract) }),
        )
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed")
        })
        .with_state(app)
        .layer(DefaultBodyLimit::max(max_body))
        .layer(CatchPanicLayer::custom(
            |_: Box<dyn std::any::Any + Send>| {
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal").into_response()
            },
        ))
        .layer(from_fn(move |request, next| within(timeout, request, next)))
        // Around what may panic or take too long: that, too, is on record.
        .layer(recording)
        .layer(CompressionLayer::new().compress_when(
            DefaultPredicate::new().and(NotForContentType::const_new("text/event-stream")),
        ))
        .layer(from_fn(outermost))
        .layer(SetResponseHeaderLayer::overriding(
            header::STRICT_TRANSPORT_SECURITY,
            only_tls,
        ))
}

/// A request that takes too long is answered all the same. Streams are not held to it: their answer begins at once.
async fn within(timeout: Duration, request: Request, next: Next) -> Response {
    tokio::time::timeout(timeout, next.run(request))
        .await
        .unwrap_or_else(|_| Problem::new(StatusCode::GATEWAY_TIMEOUT, "timeout").into_response())
}

/// Gives the request an id and a language, counts it, and sets the headers that every answer has.
async fn outermost(request: Request, next: Next) -> Response {
    let request_id = request_id(&request);
    let lang = extract::language(request.headers());
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<axum::extract::MatchedPath>()
        .map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let started = std::time::Instant::now();
    let mut response = problem::REQUEST
        .scope((lang, request_id.clone()), next.run(request))
        .await;
    let status = response.status().as_u16().to_string();
    metrics::counter!("sagspost_http_requests_total", "method" => method.to_string(), "route" => route.clone(), "status" => status).increment(1);
    metrics::histogram!("sagspost_http_request_seconds", "route" => route)
        .record(started.elapsed().as_secs_f64());
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The caller's own id when it is one as programs make them, so that logs of two systems can be laid side by side.
fn request_id(request: &Request) -> String {
    request
        .headers()
        .get("x-request-id")
        .and_then(|value| value.to_str().ok())
        .filter(|id| is_made_by_a_program(id))
        .map_or_else(|| uuid::Uuid::now_v7().to_string(), str::to_owned)
}

/// A UUID or hexadecimal digits: no words, and nothing that is written as a CPR number.
fn is_made_by_a_program(id: &str) -> bool {
    let groups: Vec<&str> = id.split('-').collect();
    let has_digits =
        |group: &str, count| group.len() == count && group.bytes().all(|b| b.is_ascii_digit());
    let has_cpr = groups.iter().any(|group| has_digits(group, 10))
        || groups
            .windows(2)
            .any(|pair| has_digits(pair[0], 6) && has_digits(pair[1], 4));
    (16..=64).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
        && !has_cpr
}

#[cfg(test)]
mod tests {
    use super::is_made_by_a_program;

    #[test]
    fn a_callers_request_id_is_one_that_tells_nothing_of_anybody() {
        for taken in [
            "018f4e9a-7b1c-7d2e-8f3a-1b2c3d4e5f60",
            "4BF92F3577B34DA6A3CE929D0E0E4736",
            "00f067aa0ba902b7",
        ] {
            assert!(is_made_by_a_program(taken), "{taken}");
        }
        for replaced in [
            "",
            "sag-1",
            "010203-1234",
            "0102031234",
            "abcd-abcd-010203-1234-abcd",
            "abcd-abcd-0102031234-abcd",
            "birthe.lund-birthe.lund",
            "4bf92f3577b34da6 a3ce929d0e0e4736",
            &"a".repeat(65),
        ] {
            assert!(!is_made_by_a_program(replaced), "{replaced}");
        }
    }
}
