//! A token endpoint and the introspection that Dovecot asks: a client may sign in as the user of the same name.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

pub const CLIENT_SECRET: &str = "klienthemmelighed";

#[derive(Default)]
struct Told {
    /// Token and the user it stands for.
    tokens: HashMap<String, String>,
    issued: usize,
    lifetime_secs: u64,
}

pub struct OAuthServer {
    port: u16,
    told: Arc<Mutex<Told>>,
    /// Runs the server while this lives.
    _runtime: tokio::runtime::Runtime,
}

impl OAuthServer {
    pub fn start(lifetime_secs: u64) -> Self {
        let told = Arc::new(Mutex::new(Told {
            lifetime_secs,
            ..Told::default()
        }));
        let router = Router::new()
            .route("/token", post(token))
            .route("/introspect", get(introspect))
            .with_state(Arc::clone(&told));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let port = listener.local_addr().unwrap().port();
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self {
            port,
            told,
            _runtime: runtime,
        }
    }

    pub fn token_url(&self) -> String {
        format!("http://127.0.0.1:{}/token", self.port)
    }

    /// Ends with the parameter that the token is appended to.
    pub fn introspection_url(&self) -> String {
        format!("http://127.0.0.1:{}/introspect?token=", self.port)
    }

    pub fn issued(&self) -> usize {
        self.told.lock().unwrap().issued
    }

    /// Withdraws every token given out so far.
    pub fn withdraw_all(&self) {
        self.told.lock().unwrap().tokens.clear();
    }
}

async fn token(
    State(told): State<Arc<Mutex<Told>>>,
    Form(form): Form<HashMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    let said = |key: &str| form.get(key).map(String::as_str).unwrap_or_default();
    if said("grant_type") != "client_credentials" || said("client_secret") != CLIENT_SECRET {
        return (
            StatusCode::UNAUTHORIZED,
            Json(json!({"error": "invalid_client"})),
        );
    }
    let mut told = told.lock().unwrap();
    told.issued += 1;
    let token = format!("token-{}", told.issued);
    told.tokens
        .insert(token.clone(), said("client_id").to_owned());
    (
        StatusCode::OK,
        Json(
            json!({"access_token": token, "token_type": "Bearer", "expires_in": told.lifetime_secs}),
        ),
    )
}

async fn introspect(
    State(told): State<Arc<Mutex<Told>>>,
    Query(query): Query<HashMap<String, String>>,
) -> Json<Value> {
    let told = told.lock().unwrap();
    match query.get("token").and_then(|token| told.tokens.get(token)) {
        Some(user) => Json(json!({"active": true, "username": user})),
        None => Json(json!({"active": false})),
    }
}
