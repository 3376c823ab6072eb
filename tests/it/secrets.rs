//! No content, address, CPR number, password or token in logs or metrics: a whole run with planted ones, at the most talkative
//! level an administrator would choose.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::support::cli::Cli;
use crate::support::dovecot::{Dovecot, PASSWORD};
use crate::support::{free_port, wait_for};

const TOKEN: &str = "token-plantet-0123456789";
const CPR: &str = "310299-4321";
const SUBJECT: &str = "Plantetemne";
const BODY: &str = "Plantetbroedtekst";
const SENDER: &str = "plantet.afsender@borger.example";
const FILE: &str = "plantetbilag";
const CASE: &str = "Plantetsagstitel";
const PARTY: &str = "Plantet Partsen";
const WORDS: &str = "plantetsoegning";
/// What must stand nowhere, in small letters.
const SECRETS: [&str; 11] = [
    "token-plantet",
    "310299",
    "3102994321",
    "plantetemne",
    "plantetbroedtekst",
    "plantet.afsender",
    "plantetbilag",
    "plantetsagstitel",
    "plantet partsen",
    "plantetsoegning",
    PASSWORD,
];

struct Service {
    process: Child,
    port: u16,
}

impl Service {
    fn ask(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn get(&self, path: &str) -> String {
        self.ask("GET", path, "", b"")
    }

    fn post(&self, path: &str, key: &str, body: &Value) -> String {
        let headers = format!("Content-Type: application/json\r\nIdempotency-Key: {key}\r\n");
        self.ask("POST", path, &headers, body.to_string().as_bytes())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn json_of(answer: &str) -> Value {
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let start = body.find(['{', '[']).unwrap_or(0);
    let end = body.rfind(['}', ']']).map_or(body.len(), |at| at + 1);
    serde_json::from_str(&body[start..end]).unwrap_or_default()
}

fn mail() -> Vec<u8> {
    format!(
        "Message-ID: <plantetemne@x>\r\nFrom: {PARTY} <{SENDER}>\r\nTo: leder@kommune.example\r\n\
         Date: Mon, 2 Mar 2026 10:00:00 +0100\r\nSubject: {SUBJECT} {CPR}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n{BODY} {CPR}\r\n\
         --b\r\nContent-Type: text/plain; name=\"{FILE}.txt\"\r\nContent-Disposition: attachment; filename=\"{FILE}.txt\"\r\n\r\n\
         {BODY}\r\n--b\r\nContent-Type: application/pdf; name=\"{FILE}.pdf\"\r\n\
         Content-Disposition: attachment; filename=\"{FILE}.pdf\"\r\n\r\n%PDF-1.4 {BODY}\r\n--b--\r\n"
    )
    .into_bytes()
}

#[test]
fn a_whole_run_leaves_nothing_of_what_it_saw_in_logs_or_metrics() {
    let (cli, dovecot) = (Cli::new(), Dovecot::start());
    let port = free_port();
    let home = cli.path("");
    let home = home.display();
    // What dependencies say at "debug" is not ours to promise; what Sagspost says is.
    let file = cli.write(
        "sagspost.toml",
        &format!(
            "[server]\nlisten = \"127.0.0.1:{port}\"\n[database]\nurl = \"sqlite://{home}/sagspost.db\"\n[blobs]\nurl = \"file:{home}/blobs\"\n\
             [audit]\nkey_file = \"{home}/audit.key\"\ncheckpoint_secs = 1\n[[access.roles]]\nrole = \"auditor\"\nusers = [\"birthe\"]\n\
             [log]\nlevel = \"info,sagspost=trace\"\n[[api.tokens]]\nuser = \"birthe\"\ntoken = \"{TOKEN}\"\n"
        ),
    );
    let log = cli.path("serve.log");
    let mut said = cli.run(&["user", "add", "birthe"]).err;
    let (imap, password) = (dovecot.port.to_string(), cli.write("password", PASSWORD));
    dovecot.deliver("leder", "INBOX", &mail());
    // One that nobody can read whole, and one that no reader likes.
    dovecot.deliver(
        "leder",
        "INBOX",
        &[&mail()[..300], b"\r\n\0\xff\xfe=?broken?=\r\n"].concat(),
    );
    let added = cli.run(&[
        "mailbox",
        "add",
        "leder",
        "--host",
        "127.0.0.1",
        "--port",
        &imap,
        "--login",
        "leder",
        "--password-file",
        password.to_str().unwrap(),
        "--folder",
        "INBOX",
        "--user",
        "birthe",
    ]);
    assert_eq!(added.code, 0, "{}", added.err);
    said += &added.err;
    let process = Command::new(env!("CARGO_BIN_EXE_sagspost"))
        .arg("--config")
        .arg(file)
        .arg("serve")
        .stdout(Stdio::null())
        .stderr(File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let mut service = Service { process, port };
    wait_for("the service", || {
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    });
    let mails = || {
        json_of(&service.get("/api/v1/mails"))["items"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    };
    wait_for("the mails", || mails().len() == 2);
    let seen = service.get(&format!(
        "/api/v1/mails?q={WORDS}%20{SUBJECT}&from={SENDER}"
    ));
    assert!(seen.starts_with("HTTP/1.1 200"), "{seen}");
    let id = mails()
        .iter()
        .find(|mail| mail["attachments"] == 2)
        .unwrap()["id"]
        .clone();
    let id_text = id.as_str().unwrap();
    for path in [
        "",
        "/html",
        "/raw",
        "/attachments/0",
        "/attachments/1",
        "/attachments/9",
    ] {
        service.get(&format!("/api/v1/mails/{id_text}{path}"));
    }
    let case = json_of(&service.post(
        "/api/v1/cases",
        "one",
        &json!({ "title": CASE, "parties": [{ "kind": "person", "name": PARTY, "identifier": CPR, "mail": SENDER }] }),
    ));
    assert!(case["id"].is_string(), "{case}");
    service.get(&format!("/api/v1/cases?q={CASE}"));
    service.post("/api/v1/suggestions", "x", &json!({ "mail_id": id }));
    service.post("/api/v1/cases/proposal", "x", &json!({ "mail_id": id }));
    service.post(
        "/api/v1/messages/lookup",
        "x",
        &json!({ "message_id": "plantetemne@x" }),
    );
    let upload = service.ask(
        "POST",
        "/api/v1/suggestions",
        "Content-Type: message/rfc822\r\n",
        &mail(),
    );
    assert!(upload.starts_with("HTTP/1.1 200"), "{upload}");
    let wish = json!({ "mail_id": id, "case_id": case["id"] });
    let entry = json_of(&service.post("/api/v1/journal", "two", &wish));
    assert!(entry["id"].is_string(), "{entry}");
    // What goes wrong says most.
    service.post("/api/v1/journal", "three", &wish);
    service.post(
        "/api/v1/journal",
        "four",
        &json!({ "mail_id": CPR, "title": SUBJECT }),
    );
    service.post("/api/v1/journal", "five", &json!({ SUBJECT: BODY }));
    service.ask(
        "POST",
        "/api/v1/journal",
        "Content-Type: application/json\r\n",
        format!("{{ {BODY}").as_bytes(),
    );
    service.get(&format!("/api/v1/mails/{CPR}"));
    service.get(&format!("/api/v1/{SUBJECT}?{CPR}"));
    service.get(&format!("/{SENDER}"));
    service.ask(
        "PATCH",
        &format!("/api/v1/cases/{CPR}"),
        &format!("If-Match: {BODY}\r\nX-Request-Id: {CPR} {SUBJECT}\r\n"),
        b"{}",
    );
    service.ask(
        "GET",
        "/api/v1/mails",
        &format!("User-Agent: {BODY}\r\nSagspost-Why: {BODY}\r\nAccept-Language: {BODY}\r\n"),
        b"",
    );
    dovecot.deliver("leder", "INBOX", &mail());
    let deliveries = || {
        json_of(&service.get(&format!(
            "/api/v1/journal/{}",
            entry["id"].as_str().unwrap()
        )))
    };
    wait_for("the delivery", || deliveries()["state"] == "delivered");
    let metrics = service.get("/metrics");
    assert!(metrics.contains("sagspost_http_requests_total"));
    let audit = service.get("/api/v1/audit?limit=200");
    assert!(audit.contains("mail.read"), "{audit}");
    let pid = service.process.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    // What was read in the last second is written down before the process ends.
    wait_for("the stop", || service.process.try_wait().unwrap().is_some());
    let exported = cli.run(&["audit", "export"]);
    assert!(exported.out.contains("case.create"));
    said += &exported.err;

    let log = fs::read_to_string(log).unwrap();
    assert!(
        log.contains("listening") && log.contains("audit checkpoint"),
        "{log}"
    );
    for (what, text) in [
        ("the log", log + &said),
        ("the metrics", metrics),
        ("the audit log", audit + &exported.out),
    ] {
        let text = text.to_lowercase();
        for secret in SECRETS {
            let at = text.find(&secret.to_lowercase());
            assert!(
                at.is_none(),
                "{secret} in {what}: …{}",
                at.map_or(
                    "",
                    |at| &text[text.floor_char_boundary(at.saturating_sub(200))
                        ..text.ceil_char_boundary(at + 50)]
                )
            );
        }
    }
}
