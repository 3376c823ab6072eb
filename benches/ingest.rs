//! The whole way from an IMAP mailbox into the store, beside mbsync copying the same mailbox to a Maildir.
//!
//! mbsync only fetches and writes; Sagspost also parses, hashes, recognises copies, indexes for search, takes out what
//! suggestions are made of, and is always durable. Cases are ranked when somebody asks, since the answer depends on who
//! asks and on what was filed until then; what that costs for every mail is shown beside it.
//!
//! `SAGSPOST_BENCH_MAILS` sets how many mails there are (20,000), `SAGSPOST_BENCH_BINARY` measures another program than
//! the one just built. The last line of output is JSON.

#![allow(clippy::unwrap_used, dead_code)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use support::dovecot::{Dovecot, PASSWORD};
use support::generator;

const SEED: u64 = 2024;
const USER: &str = "bench";
const CASES: usize = 2000;

/// What a run took.
#[derive(Clone, Copy)]
struct Run {
    wall: Duration,
    cpu: Duration,
    peak_mb: f64,
}

#[derive(Clone, Copy, PartialEq)]
enum Wire {
    Plain,
    Tls,
}

#[derive(Clone, Copy, PartialEq)]
enum Writes {
    Durable,
    Fast,
}

fn main() {
    let count = std::env::var("SAGSPOST_BENCH_MAILS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(20_000);
    let folder = tempfile::Builder::new()
        .prefix("sagspost-bench-")
        .tempdir()
        .unwrap();
    let dovecot = Dovecot::start();
    eprintln!("Generating {count} mails …");
    let mut bytes = 0;
    for mail in generator::mails(SEED, count) {
        bytes += mail.len();
        dovecot.deliver(USER, "INBOX", &mail);
    }
    eprintln!("{:.2} GB. Warming the server's index …", bytes as f64 / 1e9);
    mbsync(&dovecot, folder.path(), Wire::Plain, Writes::Fast, count);

    println!(
        "{:<34} {:>8} {:>9} {:>8} {:>8} {:>9}",
        "", "wall s", "mails/s", "MB/s", "CPU s", "peak MB"
    );
    let show = |name: &str, run: Run| {
        let seconds = run.wall.as_secs_f64();
        println!(
            "{name:<34} {seconds:>8.1} {:>9.0} {:>8.0} {:>8.1} {:>9.0}",
            count as f64 / seconds,
            bytes as f64 / 1e6 / seconds,
            run.cpu.as_secs_f64(),
            run.peak_mb
        );
        run
    };
    let fast = show(
        "mbsync, not durable",
        mbsync(&dovecot, folder.path(), Wire::Plain, Writes::Fast, count),
    );
    let durable = show(
        "mbsync, durable (its default)",
        mbsync(&dovecot, folder.path(), Wire::Plain, Writes::Durable, count),
    );
    let (ingest, ranking) = sagspost(&dovecot, folder.path(), Wire::Plain, count);
    let ours = show("Sagspost, whole ingest, durable", ingest);
    show("… ranking every mail, as when asked", ranking);
    let ratio = |run: Run| ours.wall.as_secs_f64() / run.wall.as_secs_f64();
    println!(
        "Sagspost takes {:.2} of mbsync's durable time, {:.2} of its other.",
        ratio(durable),
        ratio(fast)
    );

    show(
        "mbsync over TLS, durable",
        mbsync(&dovecot, folder.path(), Wire::Tls, Writes::Durable, count),
    );
    show(
        "Sagspost over TLS, durable",
        sagspost(&dovecot, folder.path(), Wire::Tls, count).0,
    );

    let rounded = |value: f64| (value * 1000.0).round() / 1000.0;
    println!(
        "{}",
        serde_json::json!({
            "mbsync_durable_s": rounded(durable.wall.as_secs_f64()),
            "mbsync_fast_s": rounded(fast.wall.as_secs_f64()),
            "sagspost_s": rounded(ours.wall.as_secs_f64()),
            "ranking_s": rounded(ranking.wall.as_secs_f64()),
            "ratio_durable": rounded(ratio(durable)),
            "ratio_fast": rounded(ratio(fast)),
            "peak_mb": rounded(ours.peak_mb),
        })
    );
}

/// Fetches everything to a Maildir, which is counted and removed.
fn mbsync(dovecot: &Dovecot, folder: &Path, wire: Wire, writes: Writes, count: usize) -> Run {
    let near = folder.join("mbsync");
    fs::create_dir(&near).unwrap();
    let encryption = match wire {
        Wire::Plain => format!("Host 127.0.0.1\nPort {}\nSSLType None", dovecot.port),
        Wire::Tls => format!(
            "Host localhost\nPort {}\nSSLType IMAPS\nCertificateFile {}",
            dovecot.tls_port,
            // mbsync trusts a server's very certificate when it is given.
            dovecot.ca_file().with_file_name("cert.pem").display()
        ),
    };
    let config = folder.join("mbsyncrc");
    fs::write(
        &config,
        format!(
            "FSync {}\n\nIMAPAccount far\n{encryption}\nUser {USER}\nPass {PASSWORD}\nAuthMechs LOGIN\n\n\
             IMAPStore far\nAccount far\n\nMaildirStore near\nPath {near}/\nInbox {near}/inbox\n\n\
             Channel bench\nFar :far:\nNear :near:\nPatterns INBOX\nSync PullNew\nCreate Near\nSyncState *\n",
            if writes == Writes::Durable { "yes" } else { "no" },
            near = near.display(),
        ),
    )
    .unwrap();
    settle();
    let child = Command::new("mbsync")
        .arg("-c")
        .arg(&config)
        .arg("-a")
        .arg("-q")
        .stdout(Stdio::null())
        .spawn()
        .expect("mbsync is missing: apt-get install isync");
    let run = measure("mbsync", child);
    let copied: usize = ["new", "cur"]
        .map(|part| fs::read_dir(near.join("inbox").join(part)).map_or(0, Iterator::count))
        .iter()
        .sum();
    assert_eq!(copied, count, "mbsync copied another number of mails");
    fs::remove_dir_all(near).unwrap();
    run
}

/// Ingests everything into a new SQLite database and a folder of blobs, counted and removed; then, a run of its own,
/// asks for the best case of every mail.
fn sagspost(dovecot: &Dovecot, folder: &Path, wire: Wire, count: usize) -> (Run, Run) {
    let home = folder.join("sagspost");
    fs::create_dir(&home).unwrap();
    let config = configure(&home);
    fs::write(home.join("password"), PASSWORD).unwrap();
    let cases: Vec<_> = generator::cases(SEED, CASES).collect();
    let cases_file = home.join("cases.json");
    fs::write(&cases_file, serde_json::to_vec(&cases).unwrap()).unwrap();
    let command = |arguments: &[&str]| {
        let mut command = Command::new(program());
        command
            .arg("--config")
            .arg(&config)
            .args(arguments)
            .current_dir(&home)
            .stdout(Stdio::null());
        command
    };
    let succeed = |arguments: &[&str]| {
        let status = command(arguments).status().unwrap();
        assert!(status.success(), "sagspost {} failed", arguments.join(" "));
    };
    succeed(&["migrate"]);
    succeed(&["user", "add", USER]);
    succeed(&["case", "import", cases_file.to_str().unwrap()]);
    let password_file = home.join("password");
    let ca_file = dovecot.ca_file();
    let port = if wire == Wire::Tls {
        dovecot.tls_port
    } else {
        dovecot.port
    }
    .to_string();
    let mut add = vec![
        "mailbox",
        "add",
        USER,
        "--host",
        "localhost",
        "--port",
        &port,
        "--login",
        USER,
        "--password-file",
        password_file.to_str().unwrap(),
        "--folder",
        "INBOX",
        "--user",
        USER,
        "--security",
        if wire == Wire::Tls { "tls" } else { "plain" },
    ];
    if wire == Wire::Tls {
        add.extend(["--ca-file", ca_file.to_str().unwrap()]);
    }
    succeed(&add);
    settle();
    let run = measure(
        "sagspost",
        command(&["mailbox", "sync", USER]).spawn().unwrap(),
    );
    let listed = Command::new(program())
        .arg("--config")
        .arg(&config)
        .args(["--json", "mailbox", "list"])
        .output()
        .unwrap();
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    let stored = listed[0]["folders"][0]["stored"].as_u64();
    assert_eq!(
        stored,
        Some(count as u64),
        "Sagspost stored another number of mails"
    );
    let ranking = measure(
        "sagspost suggest",
        command(&["suggest", "--mailbox", USER, "--user", USER])
            .spawn()
            .unwrap(),
    );
    fs::remove_dir_all(home).unwrap();
    (run, ranking)
}

fn program() -> PathBuf {
    std::env::var_os("SAGSPOST_BENCH_BINARY")
        .map_or_else(|| env!("CARGO_BIN_EXE_sagspost").into(), PathBuf::from)
}

fn configure(home: &Path) -> PathBuf {
    let config = home.join("sagspost.toml");
    let text = format!(
        "[database]\nurl = \"sqlite://{home}/sagspost.db\"\n[blobs]\nurl = \"file:{home}/blobs\"\n[audit]\nkey_file = \"{home}/audit.key\"\n[log]\nlevel = \"warn\"\n",
        home = home.display()
    );
    fs::write(&config, text).unwrap();
    config
}

/// What earlier runs left to write is written before the next begins.
fn settle() {
    let _ = Command::new("sync").status();
}

/// Waits for a process, looking at its CPU time and peak memory in /proc until it is gone.
fn measure(name: &str, mut child: Child) -> Run {
    let begun = Instant::now();
    let process = PathBuf::from(format!("/proc/{}", child.id()));
    let mut run = Run {
        wall: Duration::ZERO,
        cpu: Duration::ZERO,
        peak_mb: 0.0,
    };
    let status = loop {
        if let Some(cpu) = cpu_time(&process) {
            run.cpu = cpu;
        }
        run.peak_mb = run.peak_mb.max(peak_mb(&process).unwrap_or_default());
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    run.wall = begun.elapsed();
    assert!(status.success(), "{name} ended with {status}");
    run
}

/// User and system time; Linux counts in hundredths of a second.
fn cpu_time(process: &Path) -> Option<Duration> {
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 10))
}

fn peak_mb(process: &Path) -> Option<f64> {
    let status = fs::read_to_string(process.join("status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024.0 / 1e6)
}
