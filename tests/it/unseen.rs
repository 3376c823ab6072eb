//! Who may not see something learns nothing of it: not by what is answered, and not by what is done to find that out. How long
//! it takes follows from the latter; `benches/unseen.rs` measures it.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::app::{Answer, App, answer};
use crate::support::calls;
use crate::support::cli::Cli;
use crate::support::store::eml;
use crate::support::word;
use crate::support::{free_port, wait_for};

/// All that an answer says, but for what names the call itself.
fn said(answer: &Answer, id: &str) -> (u16, Vec<(String, String)>, String) {
    let request = answer.header("x-request-id");
    let mut headers: Vec<(String, String)> = answer
        .headers
        .iter()
        .filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    let body = String::from_utf8_lossy(&answer.body)
        .replace(request, "REQUEST")
        .replace(id, "ID");
    (answer.status, headers, body)
}

#[tokio::test]
async fn what_is_not_yours_answers_byte_for_byte_as_what_is_not_there() {
    let app = App::start().await;
    let case = app.hidden_case("Underretning", "birthe").await.id;
    let mail = app.add_mails(&[eml("1@x", "Underretning", &[])]).await[0];
    let filed = json!({ "mail_id": mail, "case_id": case });
    let entry = app.journal("birthe", "k", &filed).await.json();
    let path = format!("/api/v1/cases/{case}/documents");
    let documents = app.get(&path, "birthe").await.json();
    let id = |value: &Value| value.as_str().unwrap().to_owned();
    let (entry, file) = (id(&entry["id"]), id(&documents[0]["files"][0]["id"]));
    let mailbox = app.store.mailboxes(None).await.unwrap().remove(0);
    let (folder, mailbox) = (mailbox.folders[0].id.to_string(), mailbox.id);
    let rule = json!({ "owner": "person:birthe", "text": calls::rule("Rykkere") });
    let rule = id(&app.post("/api/v1/rules", "birthe", &rule).await.json()["id"]);
    let brev = word::docx("Hej");
    let template = word::send(&app, "/api/v1/templates", "birthe", "brev.docx", &brev, &[]).await;
    let template = id(&template.json()["id"]);
    let letters = app
        .request(
            Method::POST,
            &format!("/api/v1/templates/{template}/letters"),
            "birthe",
        )
        .header("Idempotency-Key", "letters")
        .json(&json!({ "cases": [{ "case_id": case }] }));
    let letters = id(&answer(letters).await.json()["id"]);
    let contract = app.get("/api/openapi.json", "").await.json();
    let mut asked = 0;
    for (path, item) in contract["paths"].as_object().unwrap() {
        let Some(parameter) = ["{id}", "{mail_id}"]
            .iter()
            .find(|name| path.contains(**name))
        else {
            continue;
        };
        let hidden = match path.split('/').nth(3).unwrap() {
            "cases" => case.to_string(),
            "journal" => entry.clone(),
            "files" => file.clone(),
            "mailboxes" => mailbox.to_string(),
            "templates" => template.clone(),
            "letters" => letters.clone(),
            "rules" => rule.clone(),
            _ => mail.to_string(),
        };
        let missing = Uuid::now_v7().to_string();
        for method in item.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let ask = async |id: &str| {
                let path = path.replace(parameter, id).replace("{path}", "0");
                let path = path.replace("{folder}", &folder).replace("{version}", "1");
                let mut request = app.request(method.clone(), &path, "carl");
                if method == Method::PATCH {
                    request = request.json(&json!({ "status": "closed" }));
                }
                if method == Method::PUT && path.contains("/mailboxes/") {
                    request = request.json(&json!({ "case_id": case }));
                }
                if method == Method::PUT && path.ends_with("/following") {
                    request = request.json(&json!({ "following": false }));
                }
                if method == Method::PUT && path.contains("/rules/") {
                    request = request.json(&if path.ends_with("/mode") {
                        json!({ "mode": "shadow" })
                    } else {
                        json!({ "text": calls::rule("Andre"), "version": 1 })
                    });
                }
                if path.ends_with("/undo-run") {
                    request = request.json(&json!({ "since": "2026-01-01T00:00:00Z" }));
                }
                if path.ends_with("/access") {
                    request = request.json(&json!({ "only_for": null }));
                }
                if path.ends_with("/notes") {
                    request = request.json(&json!({ "text": "Borgeren ringede" }));
                }
                if path.ends_with("/render") {
                    request = request.json(&json!({ "case_id": case }));
                }
                if path.ends_with("/letters") {
                    request = request.json(&json!({ "cases": [{ "case_id": case }] }));
                }
                if path.ends_with("/versions") && method == Method::POST {
                    let (media_type, body) = word::form("brev.docx", &brev, &[]);
                    request = request.header("Content-Type", media_type).body(body);
                }
                said(
                    &answer(request.header("Idempotency-Key", "unseen")).await,
                    id,
                )
            };
            let (hidden, missing) = (ask(&hidden).await, ask(&missing).await);
            assert_eq!(hidden, missing, "{method} {path}");
            assert_eq!(hidden.0, 404, "{method} {path}");
            asked += 1;
        }
    }
    assert!(asked > 12, "{asked}");
    for (hidden, missing) in [
        (
            json!({ "mail_id": mail }),
            json!({ "mail_id": Uuid::now_v7() }),
        ),
        (
            json!({ "mail_id": mail, "case_id": case }),
            json!({ "mail_id": Uuid::now_v7(), "case_id": case }),
        ),
    ] {
        for path in [
            "/api/v1/suggestions",
            "/api/v1/journal",
            "/api/v1/cases/proposal",
        ] {
            if hidden.get("case_id").is_some() != path.ends_with("journal") {
                continue;
            }
            let ask = async |body: &Value| {
                let request = app.request(Method::POST, path, "carl");
                let request = request.header("Idempotency-Key", "same").json(body);
                said(&answer(request).await, "no id is told")
            };
            assert_eq!(ask(&hidden).await, ask(&missing).await, "{path}");
        }
    }
}

/// The service as a process that tells each statement it sends to the database.
struct Told {
    process: std::process::Child,
    port: u16,
    lines: std::sync::mpsc::Receiver<String>,
}

impl Told {
    fn start(cli: &Cli) -> Self {
        let port = free_port();
        let text = std::fs::read_to_string(cli.path("sagspost.toml")).unwrap();
        let file = cli.write(
            "serve.toml",
            &format!(
                "[server]\nlisten = \"127.0.0.1:{port}\"\n[log]\nlevel = \"off,sqlx::query=debug\"\nformat = \"json\"\n\
                 [[api.tokens]]\nuser = \"carl\"\ntoken = \"token-of-carl-carlsen\"\n{text}"
            ),
        );
        let mut process = Command::new(env!("CARGO_BIN_EXE_sagspost"))
            .arg("--config")
            .arg(file)
            .arg("serve")
            .current_dir(cli.path(""))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(process.stderr.take().unwrap());
        let (heard, lines) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                let _ = heard.send(line);
            }
        });
        let told = Self {
            process,
            port,
            lines,
        };
        wait_for("the service to be ready", || {
            told.get("/readyz").starts_with("HTTP/1.1 200")
        });
        told
    }

    fn get(&self, path: &str) -> String {
        use std::io::{Read as _, Write as _};
        let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", self.port)) else {
            return String::new();
        };
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token-of-carl-carlsen\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// The statements about mails that a call leads to. What the house does by itself meanwhile speaks of none.
    fn statements(&self, path: &str) -> Vec<String> {
        while self.lines.try_recv().is_ok() {}
        let answer = self.get(path);
        assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
        // This is told after all that came before it, and asked by nobody else.
        self.get("/api/v1/files/0190a000-0000-7000-8000-000000000001");
        let mut statements = Vec::new();
        loop {
            let line = self
                .lines
                .recv_timeout(std::time::Duration::from_secs(20))
                .unwrap();
            let told: Value = serde_json::from_str(&line).unwrap_or_default();
            let fields = &told["fields"];
            let whole = fields["db.statement"].as_str().unwrap_or_default();
            let short = fields["summary"].as_str().unwrap_or_default();
            let statement = format!("{short}{whole}");
            if line.contains("from files") {
                return statements;
            }
            if line.contains("mail_locations")
                || line.contains("from mails")
                || line.contains("from blobs")
            {
                statements.push(statement);
            }
        }
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn the_same_statements_find_that_a_mail_is_not_yours_and_that_it_is_not_there() {
    let cli = Cli::new();
    cli.write(
        "mail.mbox",
        "From x\nFrom: Gerda Borger <gerda@borger.example>\nMessage-ID: <a@x>\nSubject: Hegn\n\nHej\n\n",
    );
    cli.run(&["user", "add", "birthe"]);
    cli.run(&["user", "add", "carl"]);
    let mbox = cli.path("mail.mbox");
    let mbox = mbox.to_str().unwrap();
    let imported = cli.run(&["import", mbox, "--mailbox", "arkiv", "--user", "birthe"]);
    assert_eq!(imported.code, 0, "{}", imported.err);
    let held = cli
        .run(&["person", "export", "gerda@borger.example"])
        .json();
    let mail = held["held"]["mails"][0]["id"].as_str().unwrap().to_owned();
    let service = Told::start(&cli);
    for what in ["", "/html", "/raw", "/attachments/0"] {
        let of = |id: &str| service.statements(&format!("/api/v1/mails/{id}{what}"));
        let hidden = of(&mail);
        assert!(!hidden.is_empty(), "{what}: the test sees the statements");
        assert_eq!(hidden, of(&Uuid::now_v7().to_string()), "{what}");
    }
}
