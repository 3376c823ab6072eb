//! A provider whose keys the test holds: it publishes them as real ones do, and signs whatever a test wants it to say.

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use axum::{Json, Router, extract::State, response::Redirect, routing::get};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256, RsaKeyPair, RsaPublicKeyComponents,
};
use serde_json::{Value, json};

pub struct Issuer {
    base: String,
    told: Arc<Told>,
    /// Ends the server.
    server: tokio::task::JoinHandle<()>,
}

struct Told {
    base: String,
    keys: Mutex<Vec<Value>>,
    /// Of discovery, other than usual.
    changes: Mutex<Value>,
    looks: AtomicUsize,
}

impl Issuer {
    pub async fn start(keys: Vec<Value>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let told = Arc::new(Told {
            base: base.clone(),
            keys: Mutex::new(keys),
            changes: Mutex::new(json!({})),
            looks: AtomicUsize::new(0),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(published))
            .route("/moved", get(|| async { Redirect::temporary("/keys") }))
            .route("/long", get(|| async { "[".repeat(600 << 10) }))
            .with_state(Arc::clone(&told));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { base, told, server }
    }

    pub fn issuer(&self) -> &str {
        &self.base
    }

    /// Publishes these keys from now on.
    pub fn publish(&self, keys: Vec<Value>) {
        *self.told.keys.lock().unwrap() = keys;
    }

    /// Publishes this of itself in place of what is usual.
    pub fn say(&self, changes: Value) {
        *self.told.changes.lock().unwrap() = changes;
    }

    /// How often somebody has asked for the keys.
    pub fn looks(&self) -> usize {
        self.told.looks.load(Ordering::SeqCst)
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn discovery(State(told): State<Arc<Told>>) -> Json<Value> {
    let base = &told.base;
    let mut said = json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/keys"),
    });
    for (name, value) in told.changes.lock().unwrap().as_object().unwrap() {
        said[name] = value.clone();
    }
    Json(said)
}

async fn published(State(told): State<Arc<Told>>) -> Json<Value> {
    told.looks.fetch_add(1, Ordering::SeqCst);
    Json(json!({ "keys": *told.keys.lock().unwrap() }))
}

/// A private key and the name it is published under.
pub struct SigningKey {
    pub id: &'static str,
    kind: Kind,
}

enum Kind {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl SigningKey {
    /// ring makes no RSA keys, so Node does; one for all tests, and another for who pretends.
    pub fn rsa(id: &'static str) -> Self {
        static KEY: OnceLock<Vec<u8>> = OnceLock::new();
        Self::from_rsa(id, KEY.get_or_init(new_rsa))
    }

    pub fn other_rsa(id: &'static str) -> Self {
        Self::from_rsa(id, &new_rsa())
    }

    fn from_rsa(id: &'static str, pkcs8: &[u8]) -> Self {
        let kind = Kind::Rsa(RsaKeyPair::from_pkcs8(pkcs8).unwrap());
        Self { id, kind }
    }

    pub fn p256(id: &'static str) -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
        Self {
            id,
            kind: Kind::P256(pair),
        }
    }

    pub fn ed25519(id: &'static str) -> Self {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let kind = Kind::Ed25519(Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap());
        Self { id, kind }
    }

    /// As providers publish it.
    pub fn jwk(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match &self.kind {
            Kind::Rsa(pair) => {
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public());
                json!({ "kty": "RSA", "kid": self.id, "use": "sig", "n": text(&public.n), "e": text(&public.e) })
            }
            Kind::P256(pair) => {
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "kid": self.id, "x": text(x), "y": text(y) })
            }
            Kind::Ed25519(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "kid": self.id, "x": text(pair.public_key().as_ref()) })
            }
        }
    }

    /// The public key's bytes, as somebody would misuse them for a shared secret.
    pub fn public_bytes(&self) -> Vec<u8> {
        match &self.kind {
            Kind::Rsa(pair) => pair.public().as_ref().to_vec(),
            Kind::P256(pair) => pair.public_key().as_ref().to_vec(),
            Kind::Ed25519(pair) => pair.public_key().as_ref().to_vec(),
        }
    }

    /// The header of an honest token by this key.
    pub fn header(&self) -> Value {
        let algorithm = match self.kind {
            Kind::Rsa(_) => "RS256",
            Kind::P256(_) => "ES256",
            Kind::Ed25519(_) => "EdDSA",
        };
        json!({ "alg": algorithm, "kid": self.id, "typ": "JWT" })
    }

    pub fn token(&self, claims: &Value) -> String {
        self.token_with(&self.header(), claims)
    }

    /// Whatever the header says, it is signed as the key can.
    pub fn token_with(&self, header: &Value, claims: &Value) -> String {
        self.token_of(&header.to_string(), &claims.to_string())
    }

    /// Of texts as they are, good JSON or not.
    pub fn token_of(&self, header: &str, claims: &str) -> String {
        let signed = signed_part(header, claims);
        let pss = header.contains("PS256");
        let signature = URL_SAFE_NO_PAD.encode(self.sign(signed.as_bytes(), pss));
        format!("{signed}.{signature}")
    }

    fn sign(&self, message: &[u8], pss: bool) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.kind {
            Kind::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                let padding: &dyn ring::signature::RsaEncoding = if pss {
                    &RSA_PSS_SHA256
                } else {
                    &RSA_PKCS1_SHA256
                };
                pair.sign(padding, &random, message, &mut signature)
                    .unwrap();
                signature
            }
            Kind::P256(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Kind::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }
}

/// Header and claims, as they are signed.
pub fn signed_part(header: &str, claims: &str) -> String {
    format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    )
}

/// With a shared secret, as no provider of ours signs.
pub fn hs256(secret: &[u8], header: &Value, claims: &Value) -> String {
    let signed = signed_part(&header.to_string(), &claims.to_string());
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret);
    let tag = ring::hmac::sign(&key, signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
}

fn new_rsa() -> Vec<u8> {
    let script = "const { privateKey } = require('crypto').generateKeyPairSync('rsa', { modulusLength: 2048 }); \
        process.stdout.write(privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'))";
    let made = Command::new("node")
        .args(["-e", script])
        .output()
        .expect("node is missing: the tests need it. Install it with: apt-get install nodejs");
    STANDARD.decode(made.stdout).unwrap()
}
