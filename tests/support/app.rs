//! The whole service on a free loopback port, over a fresh SQLite store.

use std::sync::{Arc, OnceLock};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use reqwest::{Method, RequestBuilder};
use sagspost::{
    api,
    auth::Auth,
    cases::BuiltIn,
    config::{Config, Secret, Token},
    domain::{
        access::CaseAccess,
        case::Case,
        case_number::Template,
        role::{Grant, Principal, Role, Scope},
    },
    mime,
    scan::Scanner,
    server::{self, Limits, Tls},
    store::{Batch, NewCase},
    suggest::{Engine, Organisation, Signals, kle::Subjects},
    triage::FilingRules,
};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::filing;
use super::store::{self, TestStore, day};

static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();

/// A running service. Every user's token is `token-of-<user>`.
pub struct App {
    pub store: TestStore,
    pub engine: Arc<Engine>,
    pub subjects: Arc<Subjects>,
    /// When the configuration has a certificate.
    pub tls: Option<Arc<Tls>>,
    pub scanner: Arc<Scanner>,
    base: String,
    stop: CancellationToken,
}

/// An answer, read whole.
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

impl App {
    /// Users `birthe` and `carl`; the mailbox `leder` is Birthe's alone. `rita` is the auditor.
    pub async fn start() -> Self {
        Self::start_for(Organisation::default()).await
    }

    /// The same for an organisation that knows its own mail domains.
    pub async fn start_for(organisation: Organisation) -> Self {
        Self::start_with(organisation, |_, _| ()).await
    }

    /// The same with a configuration of its own; `configure` is told where the service will be.
    pub async fn start_with(
        organisation: Organisation,
        configure: impl FnOnce(&str, &mut Config),
    ) -> Self {
        let store = store::sqlite().await;
        let mut config = Config::load(None, std::iter::empty()).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        configure(&base, &mut config);
        for user in ["birthe", "carl", "rita"] {
            store::user(&store, user).await;
            let token = Secret::new(format!("token-of-{user}"));
            config.api.tokens.push(Token {
                user: user.to_owned(),
                token,
            });
        }
        let auditor = Grant {
            to: Principal::User("rita".to_owned()),
            role: Role::Auditor,
            scope: Scope::Everywhere,
        };
        store.set_configured_grants(&[auditor]).await.unwrap();
        let engine = Arc::new(Engine::new(organisation));
        engine.load(&store).await.unwrap();
        let subjects = Arc::new(Subjects::default());
        let stop = CancellationToken::new();
        let scanner = Arc::new(Scanner::new(&config.scan));
        let app = api::App {
            store: store.store.clone(),
            engine: Arc::clone(&engine),
            subjects: Arc::clone(&subjects),
            cases: Arc::new(BuiltIn {
                store: store.store.clone(),
                numbers: Template::parse(&config.organisation.case_number).unwrap(),
            }),
            scanner: Arc::clone(&scanner),
            filing: Arc::new(FilingRules::new(&config.filing, filing::key(), false)),
            auth: Arc::new(Auth::new(&config, store.store.clone())),
            config: Arc::new(config),
            metrics: METRICS
                .get_or_init(|| PrometheusBuilder::new().install_recorder().unwrap())
                .clone(),
            stop: stop.clone(),
        };
        let settings = &app.config.server;
        let limits = Limits::of(settings);
        let files = &settings.tls;
        let tls = files
            .is_on()
            .then(|| Arc::new(Tls::open(&files.certificate, &files.key).unwrap()));
        let router = api::router(app);
        tokio::spawn(server::serve(
            listener,
            tls.clone(),
            limits,
            router,
            stop.clone(),
        ));
        Self {
            store,
            engine,
            subjects,
            tls,
            scanner,
            base,
            stop,
        }
    }

    /// The address of something that is served.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// A request as a user, or as nobody when the name is empty.
    pub fn request(&self, method: Method, path: &str, user: &str) -> RequestBuilder {
        let request = reqwest::Client::new().request(method, format!("{}{path}", self.base));
        if user.is_empty() {
            request
        } else {
            request.bearer_auth(format!("token-of-{user}"))
        }
    }

    pub async fn get(&self, path: &str, user: &str) -> Answer {
        answer(self.request(Method::GET, path, user)).await
    }

    pub async fn post(&self, path: &str, user: &str, body: &Value) -> Answer {
        answer(self.request(Method::POST, path, user).json(body)).await
    }

    /// What the add-in's button sends.
    pub async fn journal(&self, user: &str, key: &str, body: &Value) -> Answer {
        let request = self
            .request(Method::POST, "/api/v1/journal", user)
            .header("Idempotency-Key", key);
        answer(request.json(body)).await
    }

    /// What makes a case.
    pub async fn make_case(&self, user: &str, key: &str, body: &Value) -> Answer {
        let request = self
            .request(Method::POST, "/api/v1/cases", user)
            .header("Idempotency-Key", key);
        answer(request.json(body)).await
    }

    pub async fn add_case(&self, new: NewCase) -> Case {
        let case = store::add_case(&self.store, new).await;
        self.engine.load(&self.store).await.unwrap();
        case
    }

    pub async fn hidden_case(&self, title: &str, user: &str) -> Case {
        let access = CaseAccess::of_users([user]);
        self.add_case(NewCase {
            access,
            ..store::case(title)
        })
        .await
    }

    /// Stores mails in Birthe's mailbox, with what the suggestion engine reads of them.
    pub async fn add_mails(&self, raws: &[Vec<u8>]) -> Vec<Uuid> {
        let known = self.store.mailboxes(None).await.unwrap();
        let (mailbox, folder) = match known.first() {
            Some(mailbox) => (mailbox.id, mailbox.folders[0].id),
            None => store::mailbox(&self.store, "leder", &["birthe"]).await,
        };
        let first_uid = 1 + self.store.mail_count().await.unwrap() as u32;
        let mut batch: Batch = store::batch(mailbox, folder, first_uid, raws);
        for mail in &mut batch.mails {
            let signals = Signals::of(
                &mime::parse(&batch.bytes[mail.range.clone()]),
                self.engine.organisation(),
            );
            mail.signals = serde_json::to_value(signals).unwrap();
        }
        let stored = self.store.commit_batch(&batch, day(2)).await.unwrap();
        stored.iter().map(|mail| mail.id).collect()
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.bytes().await.unwrap().to_vec(),
    }
}
