//! A private sign-in provider, the real npm `oidc-provider`, on a free loopback port; and a browser just good enough for it.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{Method, RequestBuilder, Url, header};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::app::{Answer, answer};

/// What its clients are called.
pub const WEB_CLIENT: &str = "sagspost";
pub const CLIENT_SECRET: &str = "hemmelighed";
pub const AUDIENCE: &str = "api://sagspost";

pub struct OidcProvider {
    port: u16,
    application: String,
    folder: tempfile::TempDir,
    process: Option<Child>,
}

/// Somebody whom the provider knows.
pub fn person(sub: &str, name: &str, groups: &[&str]) -> Value {
    json!({
        "sub": sub,
        "name": name,
        "preferred_username": format!("{name}@egelund-kommune.example"),
        "email": format!("{name}@egelund-kommune.example"),
        "groups": groups,
    })
}

impl OidcProvider {
    /// For the application at this address.
    pub fn start(application: &str, people: &[Value]) -> Self {
        let mut provider = Self {
            port: super::free_port(),
            application: application.to_owned(),
            folder: tempfile::tempdir().unwrap(),
            process: None,
        };
        provider.go_on(people);
        provider
    }

    pub fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Starts on the same port, with new keys.
    pub fn go_on(&mut self, people: &[Value]) {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oidc");
        assert!(
            tests.join("node_modules").exists(),
            "oidc-provider is missing: the tests need it. Install it with: npm ci --prefix tests/oidc"
        );
        let settings = self.folder.path().join("settings.json");
        let told = json!({ "port": self.port, "application": self.application, "people": people });
        std::fs::write(&settings, told.to_string()).unwrap();
        let mut process = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "node"])
            .arg(tests.join("provider.mjs"))
            .arg(&settings)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("setpriv is missing: apt-get install util-linux");
        let mut said = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut said)
            .unwrap();
        assert_eq!(said.trim(), "ready", "the provider started");
        self.process = Some(process);
    }

    /// New keys while it runs.
    pub async fn rotate(&self) {
        let request = reqwest::Client::new().post(format!("{}/rotate", self.issuer()));
        assert_eq!(answer(request).await.status, 204, "the keys were changed");
    }

    /// An access token for Sagspost, as an add-in gets it for the person who is at it.
    pub async fn access_token(&self, sub: &str) -> String {
        self.tokens_of_addin(sub).await["access_token"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Everything an add-in gets.
    pub async fn tokens_of_addin(&self, sub: &str) -> Value {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let back = format!("{}/addin", self.application);
        let mut url = Url::parse(&format!("{}/auth", self.issuer())).unwrap();
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", "addin"),
            ("redirect_uri", &back),
            ("scope", "openid profile email access_as_user"),
            ("nonce", "n"),
            (
                "code_challenge",
                &URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)),
            ),
            ("code_challenge_method", "S256"),
        ]);
        let answered = Browser::default().sign_in_at(url.as_str(), sub).await;
        let code = query(&answered, "code");
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", "addin"),
            ("code", &code),
            ("redirect_uri", &back),
            ("code_verifier", verifier),
        ];
        self.token(&form).await
    }

    /// A token that no person stands behind.
    pub async fn client_credentials(&self) -> String {
        let form = [
            ("grant_type", "client_credentials"),
            ("scope", "access_as_user"),
            ("client_id", "script"),
            ("client_secret", CLIENT_SECRET),
        ];
        self.token(&form).await["access_token"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    async fn token(&self, form: &[(&str, &str)]) -> Value {
        let address = format!("{}/token", self.issuer());
        answer(reqwest::Client::new().post(address).form(form))
            .await
            .json()
    }
}

impl Drop for OidcProvider {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Keeps cookies and follows nothing by itself.
#[derive(Default)]
pub struct Browser {
    /// By host and port, then by name.
    cookies: HashMap<String, HashMap<String, String>>,
}

impl Browser {
    pub async fn get(&mut self, url: &str) -> Answer {
        self.send(Method::GET, url, |request| request).await
    }

    pub async fn post(&mut self, url: &str, form: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, url, |request| request.form(form))
            .await
    }

    pub async fn send(
        &mut self,
        method: Method,
        url: &str,
        more: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Answer {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let place = place(url);
        let cookies = self.cookies.entry(place).or_default();
        let told: Vec<String> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = client
            .request(method, url)
            .header(header::COOKIE, told.join("; "));
        let answer = answer(more(request)).await;
        for set in answer.headers.get_all(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            let (name, rest) = set.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if value.is_empty() {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    pub fn cookie(&self, url: &str, name: &str) -> Option<&str> {
        Some(self.cookies.get(&place(url))?.get(name)?.as_str())
    }

    pub fn set_cookie(&mut self, url: &str, name: &str, value: &str) {
        let cookies = self.cookies.entry(place(url)).or_default();
        cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Goes from a provider's sign-in page, as this person, to the address that the provider sends one back to.
    pub async fn sign_in_at(&mut self, provider: &str, sub: &str) -> String {
        let mut next = self.go(provider).await;
        for _ in 0..6 {
            if next.contains("code=") || next.contains("error=") {
                return next;
            }
            next = if next.contains("/interaction/") {
                let chosen = self.post(&next, &[("person", sub)]).await;
                location(&chosen, &next)
            } else {
                self.go(&next).await
            };
        }
        panic!("the provider sends from one page to another: {next}");
    }

    async fn go(&mut self, url: &str) -> String {
        let answer = self.get(url).await;
        location(&answer, url)
    }
}

/// Where an answer sends the browser.
pub fn location(answer: &Answer, asked: &str) -> String {
    let to = answer.header("location");
    assert!(!to.is_empty(), "{asked} sends nowhere: {}", answer.status);
    Url::parse(asked).unwrap().join(to).unwrap().into()
}

/// A parameter of an address.
pub fn query(url: &str, name: &str) -> String {
    let url = Url::parse(url).unwrap();
    let found = url.query_pairs().find(|(found, _)| found == name);
    found.unwrap_or_default().1.into_owned()
}

fn place(url: &str) -> String {
    let url = Url::parse(url).unwrap();
    format!(
        "{}:{}",
        url.host_str().unwrap(),
        url.port_or_known_default().unwrap()
    )
}
