//! Every key there is: its kind, default, and what it means. Checks, defaults and the example come from this one table.

use toml::{Table, Value};

use super::{Network, ScannerAt, is_loopback, mistakes::Mistakes, roles};
use crate::domain::filing_address::FilingAddress;

struct Key {
    path: &'static str,
    kind: Kind,
    /// TOML of the default, which is also the example of what is right.
    default: &'static str,
    /// Meaning, unit and range.
    doc: &'static str,
}

#[derive(Clone, Copy)]
enum Kind {
    Text,
    /// Text that is never shown; may also be given as a file, by the key with `_file` at its end.
    Secret,
    Address,
    Number {
        min: i64,
        max: i64,
    },
    Texts,
    Flag,
    /// Addresses and networks.
    Networks,
    OneOf(&'static [&'static str]),
    /// A pattern for case numbers.
    CaseNumber,
    /// A pattern for titles and names of files.
    Name,
    Expressions,
    /// Where a virus scanner is.
    Scanner,
    /// A mail address with `{case}` in it.
    FilingAddress,
    /// A level, or `module=level`, with commas between.
    LogLevel,
}

const LOG_LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// How tokens of the provider may be signed: with keys that are its alone.
const ALGORITHMS: [&str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];

/// Shortest token that cannot be guessed: 16 characters of any alphabet.
const MIN_TOKEN_CHARS: usize = 16;

const KEYS: &[Key] = &[
    key(
        "server.listen",
        Kind::Address,
        "\"127.0.0.1:8480\"",
        "Address and port to listen on; without a certificate of its own (server.tls), put a TLS proxy before it.",
    ),
    key(
        "server.tls.certificate",
        Kind::Text,
        "\"\"",
        "TLS without a proxy: PEM file of the certificate and those that vouch for it; taken up anew when it changes. Empty: no TLS.",
    ),
    key(
        "server.tls.key",
        Kind::Text,
        "\"\"",
        "PEM file of the certificate's private key.",
    ),
    key(
        "server.max_connections",
        number(1, 1_000_000),
        "10000",
        "Connections that are served at once; more wait to be accepted.",
    ),
    key(
        "server.header_timeout_secs",
        number(1, 600),
        "30",
        "Longest time for a TLS handshake, and for a request's headers, in seconds; a connection without requests ends after it.",
    ),
    key(
        "server.max_header_bytes",
        number(8192, 1 << 20),
        "65536",
        "Largest headers of a request, in bytes; there may be a hundred of them.",
    ),
    key(
        "server.public_url",
        Kind::Text,
        "\"\"",
        "Where browsers find it, e.g. https://sagspost.example.org; needed for sign-in.",
    ),
    key(
        "server.trusted_proxies",
        Kind::Networks,
        "[]",
        "Addresses and networks of proxies of ours, e.g. 10.0.0.0/8; they alone are believed when they say for whom they ask.",
    ),
    key(
        "server.user_requests_per_minute",
        number(0, 1_000_000),
        "6000",
        "Requests of one user that are answered in a minute; 0 for no limit.",
    ),
    key(
        "server.max_body_bytes",
        number(1024, 1 << 30),
        "157286400",
        "Largest request body, in bytes; an uploaded mail must fit.",
    ),
    key(
        "server.request_timeout_secs",
        number(1, 3600),
        "30",
        "Longest time for a request, in seconds.",
    ),
    key(
        "server.shutdown_secs",
        number(1, 600),
        "20",
        "How long a stop waits for what runs, in seconds.",
    ),
    key(
        "server.office_hosts",
        Kind::Texts,
        "[]",
        "Where else than at Microsoft Outlook on the web shows the add-in, e.g. https://mail.example.org of an Exchange server.",
    ),
    key(
        "server.stand_in",
        Kind::Flag,
        "false",
        "Serve /outlook, a page that stands in for Outlook, to try the add-in in; only on this machine, and never in real use.",
    ),
    key(
        "database.url",
        Kind::Secret,
        "\"sqlite://sagspost.db\"",
        "sqlite://PATH, or postgres://user:password@host/name.",
    ),
    key(
        "blobs.url",
        Kind::Text,
        "\"file:blobs\"",
        "Where mails are kept: file:FOLDER or s3://BUCKET.",
    ),
    key(
        "blobs.endpoint",
        Kind::Text,
        "\"\"",
        "S3: endpoint of another provider than AWS, e.g. https://s3.example.org.",
    ),
    key("blobs.region", Kind::Text, "\"eu-north-1\"", "S3: region."),
    key("blobs.access_key_id", Kind::Text, "\"\"", "S3: access key."),
    key(
        "blobs.secret_access_key",
        Kind::Secret,
        "\"\"",
        "S3: secret key.",
    ),
    key(
        "blobs.keep_unplaced_days",
        number(0, 3650),
        "30",
        "Days that a mail is kept which lies in no watched mailbox any more and was never journaled.",
    ),
    key(
        "encryption.master_key",
        Kind::Secret,
        "\"\"",
        "Encrypts blobs, by way of data keys: 64 hexadecimal digits, in a file (master_key_file). Not encrypted when empty.",
    ),
    key(
        "encryption.previous_master_key",
        Kind::Secret,
        "\"\"",
        "The one before, until `sagspost keys rotate` has run.",
    ),
    key(
        "encryption.key_command",
        Kind::Texts,
        "[]",
        "Instead of a key: a program and its arguments, called with wrap or unwrap behind them; see docs/operations.md.",
    ),
    key(
        "retention.unjournaled_days",
        number(0, 36500),
        "0",
        "Days after which a mail that was never journaled is removed here; it stays in the mailbox. 0: as long as it lies there.",
    ),
    key(
        "scan.url",
        Kind::Scanner,
        "\"\"",
        "Virus scanner that files pass before they are handed out: clamd://HOST:3310, clamd:/run/clamav/clamd.ctl or icap://HOST:1344/SERVICE; empty for none.",
    ),
    key(
        "scan.timeout_secs",
        number(1, 600),
        "20",
        "Longest time for one file, in seconds; below server.request_timeout_secs.",
    ),
    key(
        "scan.max_bytes",
        number(1024, 4 << 30),
        "157286400",
        "Largest file that is scanned, in bytes; clamd has a limit of its own (StreamMaxLength).",
    ),
    key(
        "scan.when_away",
        Kind::OneOf(&["hold", "serve"]),
        "\"hold\"",
        "What is done with a file that could not be scanned: hold it back, or serve it all the same.",
    ),
    key(
        "organisation.name",
        Kind::Text,
        "\"Eksempel Kommune\"",
        "Name shown to users.",
    ),
    key(
        "organisation.domains",
        Kind::Texts,
        "[]",
        "Mail domains of the organisation, and single addresses elsewhere, to tell incoming from outgoing mail.",
    ),
    key(
        "organisation.case_number",
        Kind::CaseNumber,
        "\"{year}-{seq:5}\"",
        "Pattern of new case numbers.",
    ),
    key(
        "organisation.case_number_patterns",
        Kind::Expressions,
        "[]",
        "Regular expressions of case numbers in mails, beside the known systems'.",
    ),
    key(
        "organisation.deadline_target_days",
        number(1, 60),
        "3",
        "Working days after which a waiting mail is due.",
    ),
    key(
        "organisation.deadline_limit_days",
        number(1, 60),
        "7",
        "Working days after which it is late (the law's preparatory works: 7).",
    ),
    key(
        "organisation.undo_hours",
        number(0, 720),
        "24",
        "How long a journaling can be undone, in hours.",
    ),
    key(
        "naming.title",
        Kind::Name,
        "\"{title}\"",
        "How a title is put together of {title}, {type}, {sender}, {date} and {direction}; what is not known leaves no trace.",
    ),
    key(
        "naming.max_title_chars",
        number(30, 300),
        "200",
        "Longest title that is proposed, in characters.",
    ),
    key(
        "naming.file_name",
        Kind::Name,
        "\"{title} – {sender} {date}\"",
        "Likewise the name of a file whose own says nothing (scan001) and that has no heading.",
    ),
    key(
        "naming.max_file_name_chars",
        number(20, 180),
        "150",
        "Longest name that is proposed for a file, in characters, without its extension.",
    ),
    key(
        "naming.dates",
        Kind::OneOf(&["iso", "danish"]),
        "\"iso\"",
        "How {date} is written: 2024-05-03, which sorts, or 3. maj 2024.",
    ),
    key(
        "naming.take_off",
        Kind::Texts,
        "[]",
        "What is taken off subjects beside SV:, [EKSTERN], [Sikker mail] and their like, as it is written.",
    ),
    key(
        "naming.vague_subjects",
        Kind::Texts,
        "[]",
        "Subjects that say nothing, beside Hej, Dokument, Spørgsmål and their like.",
    ),
    key(
        "suggestions.snapshot",
        Kind::Text,
        "\"suggestions.index\"",
        "File that the suggestion index is kept in, so that a restart takes seconds; empty: it is built anew each time.",
    ),
    key(
        "addin.one_click_percent",
        number(50, 100),
        "80",
        "From which confidence the ribbon's button files a mail on the first suggestion without asking, in percent.",
    ),
    key(
        "addin.on_send",
        Kind::OneOf(&["never", "ask", "require"]),
        "\"ask\"",
        "When sending with no case chosen is questioned: never, when the mail looks like case work (ask), or always (require).",
    ),
    key(
        "addin.client_id",
        Kind::Text,
        "\"\"",
        "What the add-in is called at the sign-in provider (nested app authentication); empty: it signs in by a window of its own.",
    ),
    key(
        "mailboxes.batch_bytes",
        number(1 << 16, 256 << 20),
        "6291456",
        "Mail fetched at once, in bytes.",
    ),
    key(
        "mailboxes.max_mail_bytes",
        number(1 << 16, 1 << 30),
        "157286400",
        "Largest mail taken, in bytes; of a larger one the headers alone are kept.",
    ),
    key(
        "mailboxes.poll_secs",
        number(1, 86400),
        "60",
        "Seconds between looks where the server has no IDLE.",
    ),
    key(
        "mailboxes.idle_renew_secs",
        number(10, 1740),
        "1500",
        "Seconds after which IDLE is renewed (servers end it after 30 minutes).",
    ),
    key(
        "sign_in.issuer",
        Kind::Text,
        "\"\"",
        "Issuer of the organisation's OpenID Connect provider, e.g. https://login.microsoftonline.com/TENANT/v2.0; empty for none. See docs/sign-in.md.",
    ),
    key(
        "sign_in.hosts",
        Kind::Texts,
        "[]",
        "Hosts of the provider beside the issuer's that lie in a network of ours; others must be public.",
    ),
    key(
        "sign_in.client_id",
        Kind::Text,
        "\"\"",
        "What Sagspost is called at the provider.",
    ),
    key(
        "sign_in.client_secret",
        Kind::Secret,
        "\"\"",
        "Its secret there; empty for a public client.",
    ),
    key(
        "sign_in.audiences",
        Kind::Texts,
        "[]",
        "What access tokens are meant for (aud); empty for the client_id and api://client_id.",
    ),
    key(
        "sign_in.scope",
        Kind::Text,
        "\"access_as_user\"",
        "Scope that an access token must have.",
    ),
    key(
        "sign_in.request_scopes",
        Kind::Texts,
        "[\"openid\", \"profile\", \"email\"]",
        "Scopes that the web pages ask for.",
    ),
    key(
        "sign_in.tenants",
        Kind::Texts,
        "[]",
        "Tenants whose people are let in (tid); empty where the provider knows none.",
    ),
    key(
        "sign_in.algorithms",
        Kind::Texts,
        "[\"RS256\", \"PS256\", \"ES256\", \"EdDSA\"]",
        "How tokens may be signed: some of these four.",
    ),
    key(
        "sign_in.identity_claim",
        Kind::OneOf(&["sub", "oid"]),
        "\"sub\"",
        "What a person is known by for good; oid with Entra ID.",
    ),
    key(
        "sign_in.user_claim",
        Kind::Text,
        "\"preferred_username\"",
        "What a person's user name is made of; an own domain after @ is left out.",
    ),
    key(
        "sign_in.unit_claim",
        Kind::Text,
        "\"\"",
        "Where a person's unit stands, e.g. department; empty when the claims do not tell.",
    ),
    key(
        "sign_in.group_claims",
        Kind::Texts,
        "[\"groups\", \"roles\"]",
        "Where a person's groups stand.",
    ),
    key(
        "sign_in.unknown_users",
        Kind::OneOf(&["create", "refuse"]),
        "\"create\"",
        "Whether people whom the provider knows become users by themselves.",
    ),
    key(
        "sign_in.session_idle_minutes",
        number(5, 1440),
        "60",
        "Minutes without use after which a session on the web pages ends.",
    ),
    key(
        "sign_in.session_hours",
        number(1, 168),
        "12",
        "Hours after which a session ends in any case.",
    ),
    key(
        "sign_in.attempts_per_minute",
        number(0, 1_000_000),
        "600",
        "Sign-ins and wrong tokens from one address that are answered in a minute; a whole town hall may share one. 0 for no limit.",
    ),
    key(
        "smtp.host",
        Kind::Text,
        "\"\"",
        "Mail server that notices, assignments and acknowledgements go out by, e.g. smtp.example.org; empty: no mail goes out.",
    ),
    key(
        "smtp.port",
        number(0, 65535),
        "0",
        "Its port; 0 for the usual one: 587 with starttls, 465 with tls, 25 with none.",
    ),
    key(
        "smtp.tls",
        Kind::OneOf(&["starttls", "tls", "none"]),
        "\"starttls\"",
        "How the connection is encrypted; none only for a server on this machine or a network of its own.",
    ),
    key(
        "smtp.ca_file",
        Kind::Text,
        "\"\"",
        "PEM file of a CA that is trusted for this server beside the machine's own.",
    ),
    key(
        "smtp.user",
        Kind::Text,
        "\"\"",
        "As whom to sign in there; empty: the server asks for no password.",
    ),
    key(
        "smtp.password",
        Kind::Secret,
        "\"\"",
        "The password for it.",
    ),
    key(
        "smtp.from",
        Kind::Text,
        "\"\"",
        "Address that mails are from, e.g. sagspost@example.org; needed for smtp.host.",
    ),
    key(
        "smtp.display_name",
        Kind::Text,
        "\"Sagspost\"",
        "Name that stands beside the address.",
    ),
    key(
        "smtp.language",
        Kind::OneOf(&["da", "en"]),
        "\"da\"",
        "Language of the mails.",
    ),
    key(
        "filing.follow",
        Kind::OneOf(&["on", "off", "ask"]),
        "\"on\"",
        "Whether what follows in a thread goes to the case that one of its mails was journaled on: by itself (on), when whoever journals says so (off), or after a question (ask).",
    ),
    key(
        "filing.address",
        Kind::FilingAddress,
        "\"\"",
        "Addresses that file on the case they name, e.g. sag+{case}@example.org or, of a domain of its own, {case}@sag.example.org; empty for none.",
    ),
    key(
        "filing.trusted_server",
        Kind::Text,
        "\"\"",
        "Name of the mail server whose Authentication-Results are believed, as it stands in them, e.g. mx.example.org; empty: nothing arrives authenticated.",
    ),
    key(
        "rules.contradiction_percent",
        number(0, 100),
        "10",
        "Of the mails that people decided on, the share that a rule may decide otherwise before it says so when it is switched on, in percent.",
    ),
    key(
        "audit.key_file",
        Kind::Text,
        "\"audit.key\"",
        "The key that signs the audit log, made at the first start; keep a copy elsewhere. The same file for all replicas.",
    ),
    key(
        "audit.keep_days",
        number(30, 36500),
        "730",
        "Days that records of the audit log are kept.",
    ),
    key(
        "audit.checkpoint_secs",
        number(1, 86400),
        "60",
        "Least seconds between two signed checkpoints of the audit log.",
    ),
    key(
        "log.level",
        Kind::LogLevel,
        "\"info\"",
        "error, warn, info, debug, or per module as in `info,sagspost::mailbox=debug`.",
    ),
    key(
        "log.format",
        Kind::OneOf(&["auto", "text", "json"]),
        "\"auto\"",
        "auto: readable on a terminal, JSON elsewhere.",
    ),
];

impl Key {
    /// An example of what is right.
    fn right(&self) -> &'static str {
        match self.kind {
            Kind::Expressions => r"['\bJ\d{2}-\d{4,6}\b']",
            Kind::Networks => "[\"10.0.0.0/8\"]",
            Kind::FilingAddress => "\"sag+{case}@example.org\"",
            Kind::Scanner => "\"clamd:/run/clamav/clamd.ctl\"",
            Kind::Texts if self.path == "server.office_hosts" => "[\"https://mail.example.org\"]",
            Kind::Texts if self.default == "[]" => "[\"egelund-kommune.example\"]",
            _ => self.default,
        }
    }
}

const TOKENS_EXAMPLE: &str =
    "[[api.tokens]] with user = \"birthe.lund\" and token_file = \"/run/secrets/birthe\"";

const fn key(path: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> Key {
    Key {
        path,
        kind,
        default,
        doc,
    }
}

const fn number(min: i64, max: i64) -> Kind {
    Kind::Number { min, max }
}

/// A file that says every default.
pub fn example() -> String {
    let mut text = String::from(
        "# Sagspost. Every key with its default; all of them can be left out.\n\
         # Any key can come from the environment: SAGSPOST__SERVER__LISTEN sets server.listen.\n\
         # Secrets can come from files: url_file instead of url; a bare name is looked for among systemd's credentials.\n",
    );
    let mut section = "";
    for key in KEYS {
        let (of, name) = key.path.split_once('.').unwrap_or(("", key.path));
        if of != section {
            section = of;
            text.extend(["\n[", of, "]\n"]);
        }
        text.extend(["# ", key.doc, "\n", name, " = ", key.default, "\n"]);
    }
    text.push_str(
        "\n# Who may call the API with which token, of at least 16 characters; one section each.\n\
         # [[api.tokens]]\n# user = \"birthe.lund\"\n# token_file = \"/run/secrets/birthe\"\n\
         \n# Who has which role: registrar, rule_editor, administrator or auditor; to users, groups and units; one section each.\n\
         # [[access.roles]]\n# role = \"registrar\"\n# groups = [\"Journal\"]\n# of_mailboxes = [\"teknik-miljoe\"]\n# of_units = [\"teknik\"]\n",
    );
    text
}

/// Checks every key of a table by itself, and reads secrets from their files.
pub(super) fn check(table: &mut Table, file: &str, mistakes: &mut Mistakes) {
    let mut paths = Vec::new();
    leaf_paths(table, "", &mut paths);
    for path in paths {
        if path == "api.tokens" {
            check_tokens(table, file, mistakes);
        } else if path == "access.roles" {
            roles::check(table, file, mistakes);
        } else if let Some(key) = KEYS.iter().find(|key| key.path == path) {
            if let Some(wrong) = get(table, &path).and_then(|value| wrong_with(key.kind, value)) {
                mistakes.add(file, &path, &wrong, key.right());
            }
        } else if let Some(secret) = secret_of(&path) {
            match remove(table, &path)
                .as_ref()
                .and_then(Value::as_str)
                .map(read_secret)
            {
                Some(Ok(value)) => set(table, secret, Value::String(value)),
                Some(Err(wrong)) => {
                    mistakes.add(file, &path, &wrong, "a file with nothing but the secret");
                }
                None => mistakes.add(file, &path, "is no text", "\"/run/secrets/name\""),
            }
        } else {
            let nearest = nearest(&path);
            let wrong = nearest.map_or_else(
                || "there is no such key".to_owned(),
                |nearest| format!("there is no such key; did you mean {nearest}?"),
            );
            mistakes.add(file, &path, &wrong, "see `sagspost config example`");
        }
    }
}

/// Checks what can be wrong only together with another key.
pub(super) fn check_together(table: &Table, file: &str, mistakes: &mut Mistakes) {
    let number = |path: &str| {
        get(table, path)
            .and_then(Value::as_integer)
            .unwrap_or_default()
    };
    if number("organisation.deadline_target_days") > number("organisation.deadline_limit_days") {
        let key = "organisation.deadline_target_days";
        mistakes.add(file, key, "is above organisation.deadline_limit_days", "3");
    }
    let url = get(table, "blobs.url")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let text = |path: &str| get(table, path).and_then(Value::as_str).unwrap_or_default();
    if !url.starts_with("file:") && !url.starts_with("s3://") {
        mistakes.add(
            file,
            "blobs.url",
            "is neither file: nor s3:",
            "\"file:/var/lib/sagspost/blobs\"",
        );
    } else if let Some(bucket) = url.strip_prefix("s3://") {
        if !is_bucket(bucket) {
            let wrong = "names no bucket: 3 to 63 small letters, digits, dots and dashes";
            mistakes.add(file, "blobs.url", wrong, "\"s3://sagspost-mails\"");
        }
        if text("blobs.access_key_id").is_empty() {
            mistakes.add(
                file,
                "blobs.access_key_id",
                "is needed for s3:",
                "\"AKIA…\"",
            );
        }
        if text("blobs.secret_access_key").is_empty() {
            mistakes.add(
                file,
                "blobs.secret_access_key",
                "is needed for s3:",
                "secret_access_key_file = \"/run/secrets/s3\"",
            );
        }
        let endpoint = text("blobs.endpoint");
        if !endpoint.is_empty() && !is_web_address(endpoint) {
            mistakes.add(
                file,
                "blobs.endpoint",
                "is no web address",
                "\"https://s3.example.org\"",
            );
        }
    }
    check_sign_in(table, file, mistakes);
    let (certificate, key) = (text("server.tls.certificate"), text("server.tls.key"));
    for (path, own, other) in [
        ("server.tls.certificate", certificate, key),
        ("server.tls.key", key, certificate),
    ] {
        if own.is_empty() && !other.is_empty() {
            let wrong = "is missing beside the other of server.tls";
            mistakes.add(file, path, wrong, "\"/etc/sagspost/tls/sagspost.pem\"");
        }
    }
    check_office_hosts(table, file, mistakes);
    check_smtp(table, file, mistakes);
    let commands = get(table, "encryption.key_command")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    let master = text("encryption.master_key");
    let previous = text("encryption.previous_master_key");
    for (key, secret) in [
        ("encryption.master_key", master),
        ("encryption.previous_master_key", previous),
    ] {
        let is_key = secret.len() == 64 && secret.bytes().all(|b| b.is_ascii_hexdigit());
        if !secret.is_empty() && !is_key {
            let right = "a file with what `openssl rand -hex 32` prints";
            mistakes.add(file, key, "is not 64 hexadecimal digits", right);
        }
    }
    if !previous.is_empty() && master.is_empty() {
        let wrong = "is set without encryption.master_key";
        mistakes.add(
            file,
            "encryption.previous_master_key",
            wrong,
            "both, or none",
        );
    }
    if commands > 0 && !master.is_empty() {
        let wrong = "is set beside encryption.master_key";
        mistakes.add(file, "encryption.key_command", wrong, "one of them");
    }
    let database = text("database.url");
    if !["sqlite:", "postgres:", "postgresql:"]
        .iter()
        .any(|scheme| database.starts_with(scheme))
    {
        mistakes.add(
            file,
            "database.url",
            "is neither sqlite: nor postgres:",
            "\"sqlite:///var/lib/sagspost/sagspost.db\"",
        );
    }
}

/// The stand-in for Outlook lets the add-in be framed and talked to by what is no Office: nobody else may reach it.
fn check_office_hosts(table: &Table, file: &str, mistakes: &mut Mistakes) {
    let listen = get(table, "server.listen").and_then(Value::as_str);
    let is_here = listen
        .and_then(|listen| listen.parse::<std::net::SocketAddr>().ok())
        .is_some_and(|listen| listen.ip().is_loopback());
    let stands_in = get(table, "server.stand_in").and_then(Value::as_bool);
    if stands_in == Some(true) && !is_here {
        let wrong = "is only for a service that listens on this machine alone (server.listen)";
        mistakes.add(file, "server.stand_in", wrong, "false");
    }
    let hosts = get(table, "server.office_hosts").and_then(Value::as_array);
    let is_host = |value: &Value| {
        value.as_str().is_some_and(|text| {
            text.starts_with("https://")
                && is_web_address(text)
                && !text.contains([';', ',', '*', '\''])
                && reqwest::Url::parse(text).is_ok_and(|url| url.path() == "/")
        })
    };
    if !hosts.is_none_or(|hosts| hosts.iter().all(is_host)) {
        let wrong = "holds another than https: addresses without a path";
        mistakes.add(
            file,
            "server.office_hosts",
            wrong,
            "[\"https://mail.example.org\"]",
        );
    }
}

/// A mail needs somebody to be from, and a password does not travel in the clear.
fn check_smtp(table: &Table, file: &str, mistakes: &mut Mistakes) {
    let text = |path: &str| get(table, path).and_then(Value::as_str).unwrap_or_default();
    let (host, from) = (text("smtp.host"), text("smtp.from"));
    let is_address = from
        .split_once('@')
        .is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'))
        && !from.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';'));
    if !from.is_empty() && !is_address {
        let wrong = "is no mail address";
        mistakes.add(file, "smtp.from", wrong, "\"sagspost@example.org\"");
    }
    if !host.is_empty() && from.is_empty() {
        let wrong = "is needed for smtp.host";
        mistakes.add(file, "smtp.from", wrong, "\"sagspost@example.org\"");
    }
    let here = host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    if text("smtp.tls") == "none" && !text("smtp.password").is_empty() && !here {
        let wrong = "would send smtp.password in the clear";
        mistakes.add(file, "smtp.tls", wrong, "\"starttls\"");
    }
}

/// Sign-in is set up whole or not at all, and nobody on the way may read or answer in the provider's stead.
fn check_sign_in(table: &Table, file: &str, mistakes: &mut Mistakes) {
    let text = |path: &str| get(table, path).and_then(Value::as_str).unwrap_or_default();
    let safe = |text: &str| {
        is_web_address(text)
            && (text.starts_with("https://")
                || reqwest::Url::parse(text).is_ok_and(|url| is_loopback(&url)))
    };
    let allowed = get(table, "sign_in.algorithms").and_then(Value::as_array);
    let known = |value: &Value| {
        value
            .as_str()
            .is_some_and(|name| ALGORITHMS.contains(&name))
    };
    if !allowed.is_some_and(|list| !list.is_empty() && list.iter().all(known)) {
        let wrong = format!("holds another than {}", ALGORITHMS.join(", "));
        mistakes.add(file, "sign_in.algorithms", &wrong, "[\"RS256\"]");
    }
    let public = text("server.public_url");
    let right = safe(public) && reqwest::Url::parse(public).is_ok_and(|url| url.path() == "/");
    if !public.is_empty() && !right {
        let wrong = "is no https: address without a path (http: only on this machine)";
        mistakes.add(
            file,
            "server.public_url",
            wrong,
            "\"https://sagspost.example.org\"",
        );
    }
    if text("sign_in.issuer").is_empty() {
        return;
    }
    if !safe(text("sign_in.issuer")) {
        let wrong = "is no https: address (http: only on this machine)";
        let right = "\"https://login.microsoftonline.com/TENANT/v2.0\"";
        mistakes.add(file, "sign_in.issuer", wrong, right);
    }
    for (key, right) in [
        ("sign_in.client_id", "what the provider calls Sagspost"),
        ("sign_in.scope", "\"access_as_user\""),
        ("server.public_url", "\"https://sagspost.example.org\""),
    ] {
        if text(key).is_empty() {
            mistakes.add(file, key, "is needed for sign_in.issuer", right);
        }
    }
}

/// What S3 takes for a bucket's name, and every address can hold.
fn is_bucket(name: &str) -> bool {
    (3..=63).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'))
}

fn is_web_address(text: &str) -> bool {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| {
        host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')
            && host
                .bytes()
                .all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}#?".contains(&b))
            && reqwest::Url::parse(text).is_ok()
    })
}

pub(super) fn fill_defaults(table: &mut Table) {
    for key in KEYS {
        if get(table, key.path).is_none()
            && let Ok(mut parsed) = format!("value = {}", key.default).parse::<Table>()
            && let Some(value) = parsed.remove("value")
        {
            set(table, key.path, value);
        }
    }
    for sections in ["api.tokens", "access.roles"] {
        if get(table, sections).is_none() {
            set(table, sections, Value::Array(Vec::new()));
        }
    }
}

/// Sets a key from text, e.g. of the environment, as the key's kind wants it.
pub(super) fn set_text(table: &mut Table, path: &str, text: &str) {
    let kind = KEYS.iter().find(|key| key.path == path).map(|key| key.kind);
    let value = match kind {
        Some(Kind::Number { .. }) => text
            .trim()
            .parse()
            .map_or_else(|_| Value::String(text.to_owned()), Value::Integer),
        Some(Kind::Texts | Kind::Networks | Kind::Expressions) => Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(|part| Value::String(part.to_owned()))
                .collect(),
        ),
        Some(Kind::Flag) => text
            .trim()
            .parse()
            .map_or_else(|_| Value::String(text.to_owned()), Value::Boolean),
        _ => Value::String(text.to_owned()),
    };
    set(table, path, value);
}

fn wrong_with(kind: Kind, value: &Value) -> Option<String> {
    let text = value.as_str();
    let all_text = |value: &Value| {
        value
            .as_array()
            .is_some_and(|list| list.iter().all(Value::is_str))
    };
    match kind {
        Kind::Text | Kind::Secret => text.is_none().then(|| "is no text".to_owned()),
        Kind::Address => match text.map(str::parse::<std::net::SocketAddr>) {
            Some(Ok(_)) => None,
            _ => Some("is no address with a port".to_owned()),
        },
        Kind::Number { min, max } => match value.as_integer() {
            Some(number) if (min..=max).contains(&number) => None,
            _ => Some(format!("is no number from {min} to {max}")),
        },
        Kind::Networks => {
            let is_network =
                |value: &Value| value.as_str().is_some_and(|t| Network::parse(t).is_some());
            let right = value
                .as_array()
                .is_some_and(|list| list.iter().all(is_network));
            (!right).then(|| "is no list of addresses and networks".to_owned())
        }
        Kind::Flag => (!value.is_bool()).then(|| "is neither true nor false".to_owned()),
        Kind::Texts => (!all_text(value)).then(|| "is no list of texts".to_owned()),
        Kind::OneOf(choices) => match text {
            Some(text) if choices.contains(&text) => None,
            _ => Some(format!("is none of {}", choices.join(", "))),
        },
        Kind::CaseNumber => match text.map(crate::domain::case_number::Template::parse) {
            Some(Ok(_)) => None,
            Some(Err(error)) => Some(error.to_string()),
            None => Some("is no text".to_owned()),
        },
        Kind::Scanner => match text {
            Some("") => None,
            Some(text) if ScannerAt::parse(text).is_some() => None,
            _ => Some("is neither clamd: nor icap: with a place".to_owned()),
        },
        Kind::FilingAddress => match text.map(FilingAddress::parse) {
            Some(Ok(_)) => None,
            Some(Err(error)) => Some(error.to_string()),
            None => Some("is no text".to_owned()),
        },
        Kind::Name => match text.map(crate::domain::naming::Pattern::parse) {
            Some(Ok(_)) => None,
            Some(Err(error)) => Some(error.to_string()),
            None => Some("is no text".to_owned()),
        },
        Kind::LogLevel => {
            let is_level = |part: &str| {
                let level = part.rsplit_once('=').map_or(part, |(_, level)| level);
                LOG_LEVELS.contains(&level.trim())
            };
            let right = text.is_some_and(|text| text.split(',').all(is_level));
            (!right).then(|| format!("is none of {}", LOG_LEVELS.join(", ")))
        }
        Kind::Expressions if !all_text(value) => Some("is no list of texts".to_owned()),
        Kind::Expressions => {
            value
                .as_array()?
                .iter()
                .filter_map(Value::as_str)
                .find_map(|pattern| {
                    crate::domain::case_number::Finder::new([pattern])
                        .err()
                        .map(|error| error.to_string())
                })
        }
    }
}

fn check_tokens(table: &mut Table, file: &str, mistakes: &mut Mistakes) {
    let Some(tokens) = table
        .get_mut("api")
        .and_then(|api| api.get_mut("tokens"))
        .and_then(Value::as_array_mut)
    else {
        mistakes.add(file, "api.tokens", "is no list of sections", TOKENS_EXAMPLE);
        return;
    };
    let mut seen: Vec<String> = Vec::new();
    for (index, token) in tokens.iter_mut().enumerate() {
        let at = |name: &str| {
            format!(
                "api.tokens[{index}]{}{name}",
                if name.is_empty() { "" } else { "." }
            )
        };
        let Some(token) = token.as_table_mut() else {
            mistakes.add(file, &at(""), "is no section", TOKENS_EXAMPLE);
            continue;
        };
        if let Some(path) = token.remove("token_file") {
            match read_secret(path.as_str().unwrap_or_default()) {
                Ok(value) => {
                    token.insert("token".to_owned(), Value::String(value));
                }
                Err(wrong) => {
                    mistakes.add(file, &at("token_file"), &wrong, "\"/run/secrets/birthe\"");
                }
            }
        }
        for name in token
            .keys()
            .filter(|name| !["user", "token"].contains(&name.as_str()))
        {
            mistakes.add(
                file,
                &at(name),
                "there is no such key",
                "user, token or token_file",
            );
        }
        if token
            .get("user")
            .and_then(Value::as_str)
            .is_none_or(|user| user.trim().is_empty())
        {
            mistakes.add(file, &at("user"), "is missing or empty", "\"birthe.lund\"");
        }
        let text = token.get("token").and_then(Value::as_str);
        if let Some(text) = text {
            if seen.iter().any(|other| other == text) {
                mistakes.add(
                    file,
                    &at("token"),
                    "is another user's too: nobody could tell who asks",
                    "a token of their own for each",
                );
            }
            seen.push(text.to_owned());
        }
        if text.is_none_or(|text| text.chars().count() < MIN_TOKEN_CHARS) {
            let wrong = format!("is missing or shorter than {MIN_TOKEN_CHARS} characters");
            mistakes.add(
                file,
                &at("token"),
                &wrong,
                "what `openssl rand -hex 32` prints",
            );
        }
    }
}

/// The secret's key when this is the key of its file.
fn secret_of(path: &str) -> Option<&'static str> {
    let secret = path.strip_suffix("_file")?;
    KEYS.iter()
        .find(|key| key.path == secret && matches!(key.kind, Kind::Secret))
        .map(|key| key.path)
}

/// Without the line end that editors add. A bare name is one of systemd's credentials.
pub fn read_secret(file: &str) -> Result<String, String> {
    let path = match std::env::var_os("CREDENTIALS_DIRECTORY") {
        Some(folder) if !file.contains('/') => std::path::Path::new(&folder).join(file),
        _ => std::path::PathBuf::from(file),
    };
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("the file cannot be read: {error}"))?;
    let text = text.trim_end_matches(['\n', '\r']);
    if text.is_empty() {
        Err("the file is empty".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

/// The known key, or section, that is at most three letters off.
fn nearest(path: &str) -> Option<&'static str> {
    let known = |key: &Key| {
        if path.contains('.') {
            key.path
        } else {
            key.path
                .split_once('.')
                .map_or(key.path, |(section, _)| section)
        }
    };
    KEYS.iter()
        .map(known)
        .map(|known| (distance(path, known), known))
        .filter(|(off, _)| *off <= 3)
        .min()
        .map(|(_, path)| path)
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (diagonal + usize::from(ca != *cb))
                .min(above + 1)
                .min(row[j] + 1);
            diagonal = above;
        }
    }
    row[b.len()]
}

fn leaf_paths(table: &Table, before: &str, paths: &mut Vec<String>) {
    for (key, value) in table {
        let path = if before.is_empty() {
            key.clone()
        } else {
            format!("{before}.{key}")
        };
        let is_section = KEYS
            .iter()
            .any(|known| known.path.starts_with(&format!("{path}.")));
        match value {
            Value::Table(inner) if is_section || path == "api" || path == "access" => {
                leaf_paths(inner, &path, paths);
            }
            _ => paths.push(path),
        }
    }
}

fn get<'t>(table: &'t Table, path: &str) -> Option<&'t Value> {
    match path.split_once('.') {
        Some((section, rest)) => get(table.get(section)?.as_table()?, rest),
        None => table.get(path),
    }
}

fn set(table: &mut Table, path: &str, value: Value) {
    let Some((section, rest)) = path.split_once('.') else {
        table.insert(path.to_owned(), value);
        return;
    };
    if let Value::Table(inner) = table
        .entry(section.to_owned())
        .or_insert_with(|| Value::Table(Table::new()))
    {
        set(inner, rest, value);
    }
}

fn remove(table: &mut Table, path: &str) -> Option<Value> {
    match path.split_once('.') {
        Some((section, rest)) => remove(table.get_mut(section)?.as_table_mut()?, rest),
        None => table.remove(path),
    }
}
