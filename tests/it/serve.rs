//! The real service as a process: how it stops, what it says while its database is down, and two of them side by side.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use sagspost::store::{Blobs, BlobsAt, MailFilter, Store};
use serde_json::{Value, json};

use crate::support::cli::Cli;
use crate::support::dovecot::{Dovecot, PASSWORD};
use crate::support::postgres::Server;
use crate::support::store::eml;
use crate::support::{free_port, wait_for};

const TOKEN: &str = "token-of-birthe-lund";

/// `sagspost serve` with a configuration in the command line's folder; killed when dropped.
struct Service {
    process: Child,
    port: u16,
}

impl Service {
    /// `name` tells the configurations of one folder apart.
    fn start(cli: &Cli, name: &str, database: &str) -> Self {
        Self::start_with(cli, name, database, 30)
    }

    fn start_with(cli: &Cli, name: &str, database: &str, timeout_secs: u32) -> Self {
        let port = free_port();
        let file = cli.write(
            name,
            &format!(
                "[server]\nlisten = \"127.0.0.1:{port}\"\nrequest_timeout_secs = {timeout_secs}\n[database]\nurl = \"{database}\"\n[blobs]\nurl = \"file:{}\"\n\
                 [audit]\nkey_file = \"{}\"\n[suggestions]\nsnapshot = \"{}\"\n[log]\nlevel = \"off\"\n[[api.tokens]]\nuser = \"birthe\"\ntoken = \"{TOKEN}\"\n",
                cli.path("blobs").display(),
                cli.path("audit.key").display(),
                cli.path(&format!("{name}.index")).display()
            ),
        );
        let process = Command::new(env!("CARGO_BIN_EXE_sagspost"))
            .arg("--config")
            .arg(file)
            .arg("serve")
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let service = Self { process, port };
        wait_for("the service to be ready", || {
            service.status("/readyz") == Some(200)
        });
        service
    }

    /// A whole answer; `None` when nobody answers.
    fn ask(&self, request: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        (!answer.is_empty()).then_some(answer)
    }

    fn get(&self, path: &str) -> Option<String> {
        self.ask(&format!(
            "GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n"
        ))
    }

    fn status(&self, path: &str) -> Option<u16> {
        status(&self.get(path)?)
    }

    fn journal(&self, key: &str, wish: &Value) -> Option<u16> {
        let body = wish.to_string();
        let length = body.len();
        status(&self.ask(&format!(
            "POST /api/v1/journal HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nIdempotency-Key: {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        ))?)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn status(answer: &str) -> Option<u16> {
    answer.split(' ').nth(1)?.parse().ok()
}

fn sqlite(cli: &Cli) -> String {
    format!("sqlite://{}", cli.path("sagspost.db").display())
}

#[test]
fn a_stop_finishes_the_request_that_runs_and_takes_no_new_one() {
    let cli = Cli::new();
    let mut service = Service::start(&cli, "serve.toml", &sqlite(&cli));
    let body = r#"{"message_id":"a@x"}"#;
    let mut stream = TcpStream::connect(("127.0.0.1", service.port)).unwrap();
    let head = format!(
        "POST /api/v1/messages/lookup HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");

    let pid = service.process.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    wait_for("no more connections", || {
        TcpStream::connect(("127.0.0.1", service.port)).is_err()
    });
    assert!(
        service.process.try_wait().unwrap().is_none(),
        "it waits for the request"
    );
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert_eq!(status(&answer), Some(200), "{answer}");
    assert!(service.process.wait().unwrap().success());
}

#[test]
fn a_stop_writes_and_seals_what_was_read_until_then() {
    let cli = Cli::new();
    let mut service = Service::start(&cli, "serve.toml", &sqlite(&cli));
    assert_eq!(service.status("/api/v1/cases?q=hemmeligt"), Some(200));
    let pid = service.process.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    assert!(service.process.wait().unwrap().success());
    let exported = cli.run(&["audit", "export"]);
    let line: Value = serde_json::from_str(exported.out.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&line["actor"], &line["action"], &line["outcome"]),
        (&json!("birthe"), &json!("case.list"), &json!("ok"))
    );
    assert_eq!(line["address"], "127.0.0.1");
    let verified = cli.run(&["--json", "audit", "verify"]).json();
    assert_eq!(verified["findings"], json!([]));
    assert_eq!(verified["signed"], line["seq"]);
    let words = cli.run(&["audit", "export", "--words", "HEMMELIGT"]).out;
    assert_eq!(
        words.lines().count(),
        1,
        "the auditor can ask for words that the log does not know: {words}"
    );
    assert!(!words.contains("hemmeligt"));
}

#[test]
fn a_request_that_takes_too_long_is_answered_all_the_same() {
    let cli = Cli::new();
    let service = Service::start_with(&cli, "serve.toml", &sqlite(&cli), 1);
    let answer = service
        .ask(&format!(
            "POST /api/v1/messages/lookup HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nX-Request-Id: 018f4e9a-7b1c-7d2e-8f3a-1b2c3d4e5f60\r\n\
             Content-Type: application/json\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{{"
        ))
        .unwrap();
    assert_eq!(status(&answer), Some(504), "{answer}");
    assert!(
        answer.contains("/problems/timeout")
            && answer.contains(r#""request_id":"018f4e9a-7b1c-7d2e-8f3a-1b2c3d4e5f60""#),
        "{answer}"
    );
    assert!(
        answer
            .to_lowercase()
            .contains("x-request-id: 018f4e9a-7b1c-7d2e-8f3a-1b2c3d4e5f60"),
        "{answer}"
    );
}

#[test]
fn answers_are_compressed_for_who_takes_that_and_strange_request_ids_are_replaced() {
    let cli = Cli::new();
    let service = Service::start(&cli, "serve.toml", &sqlite(&cli));
    let mut stream = TcpStream::connect(("127.0.0.1", service.port)).unwrap();
    let request = "GET /api/openapi.json HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nX-Request-Id: 010203-1234\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).to_lowercase();
    assert!(answer.contains("content-encoding: gzip"), "{answer}");
    assert!(
        answer.contains("x-request-id: ") && !answer.contains("010203"),
        "{answer}"
    );
}

#[test]
fn a_database_that_is_down_is_told_by_readiness_and_the_service_recovers() {
    let cli = Cli::new();
    let mut postgres = Server::start();
    let service = Service::start(&cli, "serve.toml", &postgres.url());
    postgres.stop();
    wait_for("readiness to say so", || {
        service.status("/readyz") == Some(503)
    });
    assert_eq!(service.status("/healthz"), Some(200));
    let refused = service.get("/api/v1/cases").unwrap();
    assert!(
        status(&refused) == Some(503)
            && refused.contains("/problems/unavailable")
            && refused.contains("retry-after"),
        "{refused}"
    );
    assert!(
        service
            .get("/metrics")
            .unwrap()
            .contains("sagspost_database_up 0")
    );
    postgres.go_on();
    wait_for("the service to be ready again", || {
        service.status("/readyz") == Some(200)
    });
    assert_eq!(service.status("/api/v1/cases"), Some(200));
    assert!(
        service
            .get("/metrics")
            .unwrap()
            .contains("sagspost_database_up 1")
    );
}

#[test]
fn two_services_share_mailboxes_and_jobs_and_a_killed_one_is_replaced_within_a_minute() {
    const MAILBOXES: [&str; 4] = ["leder", "teknik", "plan", "skole"];
    let (cli, dovecot, postgres) = (Cli::new(), Dovecot::start(), Server::start());
    let database = postgres.url();
    let one = Service::start(&cli, "one.toml", &database);
    let two = Service::start(&cli, "two.toml", &database);
    let sagspost = |arguments: &[&str]| run(&cli.path("one.toml"), arguments);
    sagspost(&["user", "add", "birthe"]);
    let cases = cli.write("cases.json", r#"[{"number":"2026-00001","title":"Hegn"}]"#);
    sagspost(&["case", "import", cases.to_str().unwrap()]);
    let (port, password) = (dovecot.port.to_string(), cli.write("password", PASSWORD));
    let deliver = |number: usize| {
        for name in MAILBOXES {
            dovecot.deliver(
                name,
                "INBOX",
                &eml(
                    &format!("{number}@{name}"),
                    &format!("Hæk {number} {name}"),
                    &[],
                ),
            );
        }
    };
    for name in MAILBOXES {
        sagspost(&[
            "mailbox",
            "add",
            name,
            "--host",
            "127.0.0.1",
            "--port",
            &port,
            "--security",
            "plain",
            "--login",
            name,
            "--password-file",
            password.to_str().unwrap(),
            "--folder",
            "INBOX",
            "--user",
            "birthe",
        ]);
    }
    for number in 0..5 {
        deliver(number);
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let blobs = Blobs::open(&BlobsAt::Folder(cli.path("blobs"))).unwrap();
    let store = runtime.block_on(Store::open(&database, blobs)).unwrap();
    let mails = || {
        runtime
            .block_on(store.mails(&MailFilter::default(), "birthe", 1000))
            .unwrap()
    };
    let stored_once = |count: usize| {
        let found = mails();
        let ids: std::collections::HashSet<_> = found
            .iter()
            .map(|mail| mail.envelope.message_id.clone())
            .collect();
        assert_eq!(ids.len(), found.len(), "each mail once");
        found.len() == count
    };
    wait_for("every mail", || stored_once(20));

    // Both are asked to journal every mail at the same time: one of them does it, and both know.
    for (number, mail) in mails().iter().enumerate() {
        let wish = json!({ "mail_id": mail.id, "case_number": "2026-00001" });
        let ask = |service: &Service, who: &str| service.journal(&format!("{who}-{number}"), &wish);
        let answers = std::thread::scope(|threads| {
            let first = threads.spawn(|| ask(&one, "one"));
            let second = threads.spawn(|| ask(&two, "two"));
            [first.join().unwrap(), second.join().unwrap()]
        });
        assert!(
            answers.contains(&Some(201)) && answers.contains(&Some(409)),
            "{answers:?}"
        );
    }
    wait_for("every mark in the mailboxes", || {
        MAILBOXES.iter().all(|name| marked(&dovecot, name) == 5)
            && runtime.block_on(store.job_counts()).unwrap().is_empty()
    });

    drop(one);
    deliver(5);
    wait_for("the mails after the kill", || stored_once(24));
    assert_eq!(two.status("/readyz"), Some(200));
    runtime.block_on(store.close());
}

/// Mails with a keyword: Dovecot writes it as a small letter among the flags of the file's name.
fn marked(dovecot: &Dovecot, mailbox: &str) -> usize {
    std::fs::read_dir(dovecot.maildir(mailbox, "INBOX").join("cur"))
        .unwrap()
        .filter(|file| {
            let name = file.as_ref().unwrap().file_name();
            let name = name.to_string_lossy();
            name.rsplit(',')
                .next()
                .is_some_and(|flags| flags.contains('a'))
        })
        .count()
}

fn run(configuration: &Path, arguments: &[&str]) {
    let status = Command::new(env!("CARGO_BIN_EXE_sagspost"))
        .arg("--config")
        .arg(configuration)
        .args(arguments)
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "sagspost {arguments:?}");
}
