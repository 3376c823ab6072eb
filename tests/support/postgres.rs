//! A private PostgreSQL on a free loopback port, shared by the tests of one process; a database for each test.
//!
//! PostgreSQL refuses to run as root, so root starts it as the user `postgres` (or `nobody`).

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};

const PREFIX: &str = "sagspost-pg-";

static PORT: OnceLock<u16> = OnceLock::new();
static NEXT: AtomicU32 = AtomicU32::new(1);

/// A fresh, empty database.
pub struct Database {
    url: String,
}

impl Database {
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// Makes a database on the shared server, which is started when this is the first.
pub async fn database() -> Database {
    let port = shared_port();
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let admin = format!("postgres://sagspost@127.0.0.1:{port}/postgres");
    let mut connection = PgConnection::connect(&admin)
        .await
        .expect("the private PostgreSQL answers");
    sqlx::query(sqlx::AssertSqlSafe(format!("create database {name}")))
        .execute(&mut connection)
        .await
        .unwrap();
    Database {
        url: format!("postgres://sagspost@127.0.0.1:{port}/{name}"),
    }
}

/// The shared server is started by a thread that never ends: Linux kills it with the thread that started it.
fn shared_port() -> u16 {
    *PORT.get_or_init(|| {
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let server = Server::start();
            let _ = tell.send(server.port);
            loop {
                std::thread::park();
            }
        });
        told.recv().expect("the private PostgreSQL starts")
    })
}

/// A server process and its data; the process ends with the thread that started it.
pub struct Server {
    pub port: u16,
    process: Option<Child>,
    folder: PathBuf,
}

impl Server {
    pub fn start() -> Self {
        let bin = binaries().unwrap_or_else(|| {
            panic!("PostgreSQL is missing: the tests need it. Install it with: apt-get install postgresql")
        });
        remove_left_over_folders();
        let prefix = format!("{PREFIX}{}-", std::process::id());
        let folder = tempfile::Builder::new()
            .prefix(&prefix)
            .tempdir()
            .unwrap()
            .keep();
        let data = folder.join("data");
        let user = unprivileged_user();
        if let Some(user) = user {
            run(Command::new("chown").arg("-R").arg(user).arg(&folder));
        }
        run(command(&bin.join("initdb"), user)
            .args([
                "--auth=trust",
                "--username=sagspost",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
                "-D",
            ])
            .arg(&data));
        let mut server = Self {
            port: super::free_port(),
            process: None,
            folder,
        };
        server.go_on();
        server
    }

    /// Starts again on the same port after `stop`.
    pub fn go_on(&mut self) {
        let bin = binaries().expect("PostgreSQL was here a moment ago");
        let mut server = command(&bin.join("postgres"), unprivileged_user());
        server.arg("-D").arg(self.folder.join("data")).args([
            "-p",
            &self.port.to_string(),
            "-k",
            "",
        ]);
        for setting in [
            "listen_addresses=127.0.0.1",
            "fsync=off",
            "max_connections=300",
            "shared_buffers=32MB",
        ] {
            server.args(["-c", setting]);
        }
        self.process = Some(server.spawn().expect("postgres starts"));
        self.wait_until_ready();
    }

    /// Ends the server at once, as a crash does.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// The address of the database that every new server has.
    pub fn url(&self) -> String {
        format!("postgres://sagspost@127.0.0.1:{}/postgres", self.port)
    }

    fn wait_until_ready(&self) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(
                Instant::now() < deadline,
                "PostgreSQL did not start within 30 s"
            );
            std::thread::yield_now();
        }
        let bin = binaries().unwrap();
        let ready = || {
            Command::new(bin.join("pg_isready"))
                .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])
                .status()
                .is_ok_and(|status| status.success())
        };
        while !ready() {
            assert!(
                Instant::now() < deadline,
                "PostgreSQL did not get ready within 30 s"
            );
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Data of test processes that are gone.
fn remove_left_over_folders() {
    let Ok(entries) = std::fs::read_dir(std::env::temp_dir()) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let pid = name
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split('-').next());
        if pid.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// The folder of the newest installed server.
fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut folders: Vec<PathBuf> = versions
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    folders.sort();
    folders.pop()
}

/// Whom root runs the server as; `None` for an ordinary user, who runs it as themselves.
fn unprivileged_user() -> Option<&'static str> {
    let id = Command::new("id").arg("-u").output().ok()?;
    if id.stdout.trim_ascii() != b"0" {
        return None;
    }
    let postgres = Command::new("id")
        .arg("postgres")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    Some(if postgres.is_ok_and(|status| status.success()) {
        "postgres"
    } else {
        "nobody"
    })
}

/// The program, run by `user` when given, and killed with the process that started it.
fn command(program: &Path, user: Option<&str>) -> Command {
    let mut command = Command::new("setpriv");
    if let Some(user) = user {
        command.args([
            "--reuid",
            user,
            "--regid",
            group_of(user).as_str(),
            "--clear-groups",
        ]);
    }
    command.args(["--pdeathsig", "KILL"]).arg(program);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn group_of(user: &str) -> String {
    let output = Command::new("id")
        .args(["-g", user])
        .output()
        .expect("id runs");
    String::from_utf8_lossy(output.stdout.trim_ascii()).into_owned()
}

fn run(command: &mut Command) {
    let status = command
        .status()
        .unwrap_or_else(|error| panic!("{command:?} cannot be run: {error}"));
    assert!(status.success(), "{command:?} failed");
}
