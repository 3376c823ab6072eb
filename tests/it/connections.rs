//! What strangers may do before a request of theirs is read: connections that stall, trickle, or send too much; TLS.

use std::io::{BufRead as _, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use sagspost::config::Config;
use sagspost::suggest::Organisation;

use crate::support::app::App;
use crate::support::certificates::Certificates;
use crate::support::cli::Cli;
use crate::support::store::eml;
use crate::support::wait_for;

/// Far more than any limit of these tests, and less than a person waits for a build.
const AT_MOST: Duration = Duration::from_secs(20);
/// Between two bytes of one who trickles.
const A_MOMENT: Duration = Duration::from_millis(50);

async fn app(configure: impl FnOnce(&mut Config)) -> App {
    App::start_with(Organisation::default(), |_, config| {
        config.server.header_timeout_secs = 1;
        configure(config);
    })
    .await
}

fn connect(app: &App) -> TcpStream {
    let address = app.url("").replace("http://", "");
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(AT_MOST)).unwrap();
    stream
}

/// Everything that comes until the other side closes; a reset counts as that.
fn until_closed(stream: &mut impl Read) -> String {
    let mut all = Vec::new();
    let mut piece = [0; 4096];
    loop {
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => all.extend_from_slice(&piece[..count]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => break,
            Err(error) => panic!("the connection was not closed: {error}"),
        }
    }
    String::from_utf8_lossy(&all).into_owned()
}

/// Sends a byte each moment until an answer comes or the other side closes; what came.
fn trickle(stream: &mut TcpStream, byte: &[u8]) -> String {
    let begun = Instant::now();
    stream.set_read_timeout(Some(A_MOMENT)).unwrap();
    let mut first = [0; 4096];
    loop {
        assert!(begun.elapsed() < AT_MOST, "a client may trickle for ever");
        match stream.read(&mut first) {
            Ok(count) => {
                stream.set_read_timeout(Some(AT_MOST)).unwrap();
                let rest = if count == 0 {
                    String::new()
                } else {
                    until_closed(stream)
                };
                return format!("{}{rest}", String::from_utf8_lossy(&first[..count]));
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                let _ = stream.write_all(byte);
            }
            Err(_) => return String::new(),
        }
    }
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

async fn off_the_runtime<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

#[tokio::test]
async fn headers_that_trickle_are_not_waited_for() {
    let app = app(|_| ()).await;
    let mut stream = connect(&app);
    let (answer, took) = off_the_runtime(move || {
        let begun = Instant::now();
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: ")
            .unwrap();
        (trickle(&mut stream, b"a"), begun.elapsed())
    })
    .await;
    assert!(!answer.contains("200 OK"), "{answer}");
    assert!(took >= Duration::from_millis(900), "{took:?}");
}

#[tokio::test]
async fn a_body_that_trickles_is_answered_with_a_timeout() {
    let app = app(|config| config.server.request_timeout_secs = 1).await;
    let mut stream = connect(&app);
    let answer = off_the_runtime(move || {
        let head = "POST /api/v1/messages/lookup HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token-of-birthe\r\n\
                    Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        trickle(&mut stream, b" ")
    })
    .await;
    assert_eq!(status(&answer), "504", "{answer}");
}

#[tokio::test]
async fn a_connection_without_a_request_ends_by_itself() {
    let app = app(|_| ()).await;
    let mut silent = connect(&app);
    let mut kept = connect(&app);
    let answers = off_the_runtime(move || {
        kept.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            .unwrap();
        (until_closed(&mut silent), until_closed(&mut kept))
    })
    .await;
    assert_eq!(answers.0, "");
    assert_eq!(status(&answers.1), "200", "one answer, then the end");
}

#[tokio::test]
async fn headers_that_are_too_large_or_too_many_are_refused() {
    let app = app(|config| config.server.max_header_bytes = 8192).await;
    let ask = |headers: String| {
        let mut stream = connect(&app);
        off_the_runtime(move || {
            let request =
                format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{headers}Connection: close\r\n\r\n");
            // It may be refused before all of it is sent.
            let _ = stream.write_all(request.as_bytes());
            until_closed(&mut stream)
        })
    };
    let many = |count: usize| "X: a\r\n".repeat(count);
    let large = |bytes: usize| format!("X: {}\r\n", "a".repeat(bytes));
    assert_eq!(status(&ask(many(90)).await), "200");
    assert_eq!(status(&ask(many(110)).await), "431");
    assert_eq!(status(&ask(large(7000)).await), "200");
    assert_eq!(status(&ask(large(9000)).await), "431");
}

#[tokio::test]
async fn one_connection_too_many_waits_for_a_place() {
    let app = app(|config| {
        config.server.header_timeout_secs = 20;
        config.server.max_connections = 1;
    })
    .await;
    let (mut first, mut second) = (connect(&app), connect(&app));
    let answer = off_the_runtime(move || {
        let ask = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
        let mut byte = [0];
        first.write_all(ask).unwrap();
        first.read_exact(&mut byte).unwrap();
        second
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .unwrap();
        second.set_read_timeout(Some(A_MOMENT * 4)).unwrap();
        let waits = second.read(&mut byte).unwrap_err();
        assert!(matches!(
            waits.kind(),
            ErrorKind::WouldBlock | ErrorKind::TimedOut
        ));
        drop(first);
        second.set_read_timeout(Some(AT_MOST)).unwrap();
        until_closed(&mut second)
    })
    .await;
    assert_eq!(status(&answer), "200");
}

/// A certificate and its key as files of a folder.
fn write(folder: &Path, made: &Certificates) {
    std::fs::write(folder.join("certificate.pem"), &made.certificate).unwrap();
    std::fs::write(folder.join("key.pem"), &made.key).unwrap();
}

fn with_tls(folder: &Path) -> impl FnOnce(&mut Config) + use<> {
    let folder = folder.to_owned();
    move |config| {
        config.server.tls.certificate = folder.join("certificate.pem");
        config.server.tls.key = folder.join("key.pem");
    }
}

type Secured = StreamOwned<ClientConnection, TcpStream>;

/// A client that trusts this CA alone.
fn secured(stream: TcpStream, ca: &str) -> Result<Secured, String> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(ca.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, stream);
    while stream.conn.is_handshaking() {
        stream
            .conn
            .complete_io(&mut stream.sock)
            .map_err(|error| error.to_string())?;
    }
    Ok(stream)
}

/// What differs between two answers of the same request, whoever carries them.
fn without_what_differs(answer: &str) -> String {
    let differs = ["date:", "x-request-id:", "strict-transport-security:"];
    answer
        .lines()
        .filter(|line| {
            !differs
                .iter()
                .any(|name| line.to_lowercase().starts_with(name))
        })
        .collect::<Vec<_>>()
        .join("\n")
}

#[tokio::test]
async fn answers_are_the_same_with_tls_and_without_but_for_the_header_that_asks_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let made = Certificates::valid_for("localhost");
    write(folder.path(), &made);
    let (plain, tls) = (app(|_| ()).await, app(with_tls(folder.path())).await);
    for app in [&plain, &tls] {
        app.add_mails(&[eml("a@x", "Hæk", &[])]).await;
    }
    for path in [
        "/",
        "/healthz",
        "/api/v1/cases",
        "/api/v1/mails/nothing",
        "/api/openapi.json",
    ] {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer token-of-birthe\r\nConnection: close\r\n\r\n"
        );
        let (mut clear, sealed, ca) = (connect(&plain), connect(&tls), made.ca.clone());
        let (clear, sealed) = off_the_runtime(move || {
            clear.write_all(request.as_bytes()).unwrap();
            let mut sealed = secured(sealed, &ca).unwrap();
            sealed.write_all(request.as_bytes()).unwrap();
            (until_closed(&mut clear), until_closed(&mut sealed))
        })
        .await;
        assert!(
            sealed.contains("strict-transport-security: max-age=31536000"),
            "{sealed}"
        );
        assert!(!clear.contains("strict-transport-security"), "{clear}");
        let id = |text: &str| {
            let at = text.find("\"request_id\":\"").map(|at| at + 14);
            at.map(|at| text[at..at + 36].to_owned())
                .unwrap_or_default()
        };
        let clear = without_what_differs(&clear.replace(&id(&clear), ""));
        assert_eq!(
            clear,
            without_what_differs(&sealed.replace(&id(&sealed), "")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_handshake_that_is_not_finished_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &Certificates::valid_for("localhost"));
    let app = app(with_tls(folder.path())).await;
    let (mut silent, mut plain, mut half) = (connect(&app), connect(&app), connect(&app));
    off_the_runtime(move || {
        plain
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            .unwrap();
        // A record that says it is longer than what comes.
        half.write_all(&[0x16, 3, 1, 1, 0, 1]).unwrap();
        assert_eq!(until_closed(&mut silent), "");
        assert!(
            !until_closed(&mut plain).contains("HTTP/"),
            "nothing is served in the clear"
        );
        trickle(&mut half, &[0]);
    })
    .await;
}

#[tokio::test]
async fn another_certificate_is_taken_up_and_a_damaged_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let old = Certificates::valid_for("localhost");
    let new = Certificates::valid_for("localhost");
    write(folder.path(), &old);
    let app = app(with_tls(folder.path())).await;
    let tls = app.tls.clone().unwrap();
    let trusted = |ca: &Certificates| {
        let (stream, ca) = (connect(&app), ca.ca.clone());
        off_the_runtime(move || secured(stream, &ca).is_ok())
    };
    assert!(!tls.look().unwrap(), "nothing has changed");
    assert!(trusted(&old).await && !trusted(&new).await);

    std::fs::write(folder.path().join("certificate.pem"), &new.certificate).unwrap();
    let told = tls.look().unwrap_err().to_string();
    assert!(told.contains("do not belong together"), "{told}");
    assert!(trusted(&old).await, "the certificate at hand stays");
    assert!(!tls.look().unwrap(), "it is told once");

    std::fs::write(folder.path().join("key.pem"), &new.key).unwrap();
    assert!(tls.look().unwrap());
    assert!(trusted(&new).await && !trusted(&old).await);

    for damaged in [
        "",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ] {
        std::fs::write(folder.path().join("key.pem"), damaged).unwrap();
        let told = tls.look().unwrap_err().to_string();
        assert!(told.contains("key"), "{told}");
        assert!(trusted(&new).await);
    }
    std::fs::remove_file(folder.path().join("key.pem")).unwrap();
    assert!(tls.look().is_err());
    assert!(trusted(&new).await);
}

#[test]
fn doctor_says_when_the_certificate_ends_and_what_is_wrong_with_it() {
    let cli = Cli::new();
    let with = |made: &Certificates| {
        write(&cli.path(""), made);
        let text = std::fs::read_to_string(cli.path("sagspost.toml")).unwrap();
        let home = cli.path("").display().to_string();
        if !text.contains("[server]") {
            let tls = format!(
                "[server]\ntls = {{ certificate = \"{home}certificate.pem\", key = \"{home}key.pem\" }}\n"
            );
            cli.write("sagspost.toml", &format!("{tls}{text}"));
        }
        let findings = cli.run(&["--json", "doctor"]).json();
        let found = findings.as_array().unwrap().iter();
        let found = found
            .filter(|finding| finding["what"] == "TLS certificate")
            .cloned();
        found.collect::<Vec<_>>().remove(0)
    };
    let good = with(&Certificates::valid_for("localhost"));
    assert_eq!(good["ok"], true, "{good}");
    assert_eq!(good["says"], "good until 4000-01-01");
    let ended = with(&Certificates::expired_for("localhost"));
    assert_eq!(ended["ok"], false, "{ended}");
    assert!(
        ended["says"].as_str().unwrap().contains("renew it"),
        "{ended}"
    );
    let mixed = Certificates {
        key: Certificates::valid_for("localhost").key,
        ..Certificates::valid_for("localhost")
    };
    let mixed = with(&mixed);
    assert_eq!(mixed["ok"], false, "{mixed}");
}

#[test]
fn a_running_service_looks_at_its_certificate_when_it_is_told_to() {
    let cli = Cli::new();
    let port = crate::support::free_port();
    let (old, new) = (
        Certificates::valid_for("localhost"),
        Certificates::valid_for("localhost"),
    );
    write(&cli.path(""), &old);
    let home = cli.path("").display().to_string();
    let text = std::fs::read_to_string(cli.path("sagspost.toml")).unwrap();
    let server = format!(
        "[server]\nlisten = \"127.0.0.1:{port}\"\ntls.certificate = \"{home}certificate.pem\"\ntls.key = \"{home}key.pem\"\n[log]\nformat = \"text\"\n"
    );
    let file = cli.write("serve.toml", &format!("{server}{text}"));
    let mut process = Command::new(env!("CARGO_BIN_EXE_sagspost"))
        .arg("--config")
        .arg(file)
        .arg("serve")
        .current_dir(cli.path(""))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let trusted = |made: &Certificates| {
        TcpStream::connect(("127.0.0.1", port))
            .is_ok_and(|stream| secured(stream, &made.ca).is_ok())
    };
    let hang_up = |id: u32| {
        let told = Command::new("kill")
            .args(["-HUP", &id.to_string()])
            .status();
        assert!(told.unwrap().success());
    };
    wait_for("the service to answer", || trusted(&old));
    std::fs::write(cli.path("key.pem"), "damaged").unwrap();
    hang_up(process.id());
    let log = BufReader::new(process.stderr.take().unwrap());
    let mut lines = log.lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("the new certificate is of no use")));
    assert!(trusted(&old));
    let reading = std::thread::spawn(move || lines.count());
    write(&cli.path(""), &new);
    hang_up(process.id());
    wait_for("the new certificate", || trusted(&new));
    process.kill().unwrap();
    process.wait().unwrap();
    reading.join().unwrap();
}
