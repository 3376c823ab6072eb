//! A thousand mailboxes in IDLE, in one process: what they cost in memory and threads, and how soon new mail is there.
//!
//! `SAGSPOST_BENCH_MAILBOXES` sets another number. The last line of output is JSON.

#![allow(clippy::unwrap_used, dead_code)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::dovecot::{Dovecot, PASSWORD};
use support::{free_port, generator};

/// New mails delivered one after the other, each to another mailbox.
const DELIVERIES: usize = 50;
const PATIENCE: Duration = Duration::from_mins(10);

fn main() {
    let mailboxes: usize = std::env::var("SAGSPOST_BENCH_MAILBOXES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1000);
    let dovecot = Dovecot::start();
    let home = tempfile::tempdir().unwrap();
    let mut letters = generator::letters(1, mailboxes + DELIVERIES);
    for number in 0..mailboxes {
        dovecot.deliver(&user(number), "INBOX", &letters.next().unwrap());
    }
    let server = Server::start(home.path(), &dovecot, mailboxes);
    eprintln!("{mailboxes} mailboxes are added; waiting until all are watched …");
    let begun = Instant::now();
    let idle = |states: &Value| {
        states.as_array().is_some_and(|all| {
            all.iter()
                .filter(|mailbox| mailbox["state"] == "watching")
                .count()
                == mailboxes
        })
    };
    wait("all mailboxes to be watched", || {
        idle(&server.get("/api/v1/mailboxes"))
    });
    let watched_after = begun.elapsed();
    let (memory_mb, threads) = (server.memory_mb(), server.threads());
    let cpu_before = server.cpu();
    let watched_for = Duration::from_secs(10);
    std::thread::sleep(watched_for);
    let idle_cpu =
        server.cpu().saturating_sub(cpu_before).as_secs_f64() / watched_for.as_secs_f64() * 100.0;

    let mut delays: Vec<Duration> = (0..DELIVERIES)
        .map(|number| {
            let stored = server.stored();
            dovecot.deliver(
                &user(number * 17 % mailboxes),
                "INBOX",
                &letters.next().unwrap(),
            );
            let delivered = Instant::now();
            wait("a new mail to be stored", || server.stored() > stored);
            delivered.elapsed()
        })
        .collect();
    delays.sort_unstable();
    let median_ms = delays[DELIVERIES / 2].as_millis();
    let slowest_ms = delays[DELIVERIES - 1].as_millis();

    println!("{mailboxes} mailboxes in IDLE, one process");
    println!(
        "all watched after      {:>8.1} s",
        watched_after.as_secs_f64()
    );
    println!("memory                 {memory_mb:>8.0} MB");
    println!("threads                {threads:>8}");
    println!("CPU while nothing comes{idle_cpu:>8.1} % of a core");
    println!(
        "new mail stored after  {median_ms:>8} ms (median), {slowest_ms} ms (slowest of {DELIVERIES})"
    );
    println!(
        "{}",
        json!({
            "mailboxes": mailboxes, "watched_after_s": watched_after.as_secs_f64(), "memory_mb": memory_mb,
            "threads": threads, "idle_cpu_percent": idle_cpu,
            "new_mail_median_ms": median_ms as u64, "new_mail_slowest_ms": slowest_ms as u64,
        })
    );
}

fn user(number: usize) -> String {
    format!("post{number:04}")
}

/// `sagspost serve` with all mailboxes added.
struct Server {
    child: Child,
    port: u16,
    http: reqwest::Client,
    runtime: tokio::runtime::Runtime,
}

impl Server {
    fn start(home: &std::path::Path, dovecot: &Dovecot, mailboxes: usize) -> Self {
        let port = free_port();
        let config = home.join("sagspost.toml");
        fs::write(
            &config,
            format!(
                "[server]\nlisten = \"127.0.0.1:{port}\"\n[database]\nurl = \"sqlite://{home}/sagspost.db\"\n\
                 [blobs]\nurl = \"file:{home}/blobs\"\n[suggestions]\nsnapshot = \"{home}/suggestions.index\"\n[audit]\nkey_file = \"{home}/audit.key\"\n[log]\nlevel = \"warn\"\n\
                 [[api.tokens]]\nuser = \"bench\"\ntoken = \"{TOKEN}\"\n",
                home = home.display()
            ),
        )
        .unwrap();
        let password = home.join("password");
        fs::write(&password, PASSWORD).unwrap();
        let command = |arguments: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_sagspost"));
            command
                .arg("--config")
                .arg(&config)
                .args(arguments)
                .stdout(Stdio::null());
            command
        };
        let succeed = |arguments: &[&str]| assert!(command(arguments).status().unwrap().success());
        succeed(&["migrate"]);
        succeed(&["user", "add", "bench"]);
        let (imap, password) = (dovecot.port.to_string(), password.display().to_string());
        for number in 0..mailboxes {
            let name = user(number);
            succeed(&[
                "mailbox",
                "add",
                &name,
                "--host",
                "127.0.0.1",
                "--port",
                &imap,
                "--security",
                "plain",
                "--login",
                &name,
                "--password-file",
                &password,
                "--folder",
                "INBOX",
                "--user",
                "bench",
            ]);
        }
        let child = command(&["serve"]).spawn().unwrap();
        // The client needs a provider of cryptography even for plain HTTP.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let server = Self {
            child,
            port,
            http: reqwest::Client::new(),
            runtime: tokio::runtime::Runtime::new().unwrap(),
        };
        wait("Sagspost to answer", || server.text("/readyz").is_some());
        server
    }

    fn text(&self, path: &str) -> Option<String> {
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let request = self.http.get(url).bearer_auth(TOKEN);
        self.runtime.block_on(async {
            request
                .send()
                .await
                .ok()?
                .error_for_status()
                .ok()?
                .text()
                .await
                .ok()
        })
    }

    fn get(&self, path: &str) -> Value {
        self.text(path)
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default()
    }

    /// Mails stored since the start, as the metrics count them.
    fn stored(&self) -> u64 {
        let metrics = self.text("/metrics").unwrap_or_default();
        let line = metrics
            .lines()
            .find(|line| line.starts_with("sagspost_mails_stored_total"));
        line.and_then(|line| line.rsplit(' ').next())
            .and_then(|count| count.parse().ok())
            .unwrap_or(0)
    }

    fn status(&self, field: &str) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(field)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    fn memory_mb(&self) -> f64 {
        self.status("VmRSS:") * 1024.0 / 1e6
    }

    fn threads(&self) -> u64 {
        self.status("Threads:") as u64
    }

    /// User and system time; Linux counts in hundredths of a second.
    fn cpu(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<&str> = stat
            .rsplit_once(')')
            .unwrap()
            .1
            .split_whitespace()
            .collect();
        let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        Duration::from_millis(ticks * 10)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const TOKEN: &str = "token-of-the-idle-benchmark-0123456789";

fn wait(what: &str, mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
