//! What an administrator decides: one TOML file, environment variables over it, secrets from files.
//!
//! Everything is checked at start and all mistakes are told at once, each with file, key, what is wrong and an example
//! of what is right. A key that nobody knows is a mistake: a typing error must not silently mean the default.

mod keys;
mod mistakes;
mod network;
mod roles;
mod scanner;

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Table, Value};

pub use keys::{example, read_secret};
pub use mistakes::{Mistake, Mistakes};
pub use network::{Network, is_public};
pub use roles::RoleSection;
pub use scanner::{Endpoint, ScannerAt};

use crate::domain::{user_name::UnknownUsers, working_days::JournalingLimits};
use crate::messages::Lang;

/// Variables of this prefix set keys: `SAGSPOST__SERVER__LISTEN` sets `server.listen`.
const PREFIX: &str = "SAGSPOST__";

#[derive(Clone, Debug, Deserialize)]
pub struct Config {
    pub server: Server,
    pub database: Database,
    pub blobs: BlobStorage,
    pub encryption: Encryption,
    pub retention: Retention,
    pub scan: Scan,
    pub organisation: Organisation,
    pub naming: Naming,
    pub suggestions: Suggestions,
    pub addin: Addin,
    pub rules: Rules,
    pub mailboxes: Mailboxes,
    pub smtp: Smtp,
    pub filing: Filing,
    pub audit: Audit,
    pub api: Api,
    pub sign_in: SignIn,
    pub access: Access,
    pub log: Log,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Server {
    pub listen: std::net::SocketAddr,
    pub tls: ServerTls,
    pub max_connections: usize,
    /// For the handshake, and then for the headers.
    pub header_timeout_secs: u64,
    pub max_header_bytes: usize,
    /// Where browsers find it; empty when nobody signs in.
    pub public_url: String,
    /// Whose X-Forwarded-For is believed.
    pub trusted_proxies: Vec<Network>,
    /// 0 for no limit.
    pub user_requests_per_minute: u32,
    pub max_body_bytes: u64,
    pub request_timeout_secs: u64,
    pub shutdown_secs: u64,
    /// Who shows the add-in, beside Microsoft; see docs/outlook.md.
    pub office_hosts: Vec<String>,
    /// Whether /outlook is served.
    pub stand_in: bool,
}

/// PEM files; both empty when something before us does TLS.
#[derive(Clone, Debug, Deserialize)]
pub struct ServerTls {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl ServerTls {
    pub fn is_on(&self) -> bool {
        !self.certificate.as_os_str().is_empty()
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct Database {
    pub url: Secret,
}

#[derive(Clone, Debug, Deserialize)]
pub struct BlobStorage {
    /// `file:` and a folder, or `s3://` and a bucket.
    pub url: String,
    pub endpoint: String,
    pub region: String,
    pub access_key_id: String,
    pub secret_access_key: Secret,
    pub keep_unplaced_days: i64,
}

/// What encrypts blobs, if anything does; see docs/operations.md.
#[derive(Clone, Debug, Deserialize)]
pub struct Encryption {
    pub master_key: Secret,
    pub previous_master_key: Secret,
    pub key_command: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Retention {
    pub unjournaled_days: i64,
}

/// The virus scanner; see docs/operations.md. An empty address means none.
#[derive(Clone, Debug, Deserialize)]
pub struct Scan {
    pub url: String,
    pub timeout_secs: u64,
    pub max_bytes: u64,
    pub when_away: WhenAway,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenAway {
    /// What was not scanned is not handed out.
    Hold,
    Serve,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Organisation {
    pub name: String,
    pub domains: Vec<String>,
    pub case_number: String,
    pub case_number_patterns: Vec<String>,
    pub deadline_target_days: u32,
    pub deadline_limit_days: u32,
    pub undo_hours: i64,
}

impl Organisation {
    pub fn journaling_limits(&self) -> JournalingLimits {
        JournalingLimits {
            target: self.deadline_target_days,
            limit: self.deadline_limit_days,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct Suggestions {
    /// A file, or nothing.
    pub snapshot: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Rules {
    pub contradiction_percent: u32,
}

/// How the add-in in Outlook behaves.
#[derive(Clone, Debug, Deserialize)]
pub struct Addin {
    pub one_click_percent: u8,
    pub on_send: OnSend,
    /// Empty where it has none of its own.
    pub client_id: String,
}

/// When sending a mail with no case chosen is questioned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnSend {
    Never,
    /// When the mail looks like case work.
    Ask,
    /// Always.
    Require,
}

/// How titles and files are named; see docs/naming.md.
#[derive(Clone, Debug, Deserialize)]
pub struct Naming {
    pub title: String,
    pub max_title_chars: usize,
    pub file_name: String,
    pub max_file_name_chars: usize,
    pub dates: DateStyle,
    pub take_off: Vec<String>,
    pub vague_subjects: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateStyle {
    /// 2024-05-03
    Iso,
    /// 3. maj 2024
    Danish,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Mailboxes {
    pub batch_bytes: u64,
    pub max_mail_bytes: u64,
    pub poll_secs: u64,
    pub idle_renew_secs: u64,
}

/// The mail server that mail goes out by. An empty host means that none does.
#[derive(Clone, Debug, Deserialize)]
pub struct Smtp {
    pub host: String,
    /// 0 for the usual one.
    pub port: u16,
    pub tls: SmtpTls,
    /// Empty for the machine's own CAs alone.
    pub ca_file: PathBuf,
    /// Empty when the server asks for no password.
    pub user: String,
    pub password: Secret,
    pub from: String,
    pub display_name: String,
    pub language: Lang,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmtpTls {
    /// Begun in the clear, and never used so.
    Starttls,
    Tls,
    None,
}

/// What is filed without a click; see docs/filing-without-a-click.md.
#[derive(Clone, Debug, Deserialize)]
pub struct Filing {
    pub follow: Follow,
    /// Pattern of `domain::filing_address`; empty for none.
    pub address: String,
    /// Whose Authentication-Results count; empty for nobody's.
    pub trusted_server: String,
}

/// Whether a thread is followed when one of its mails is journaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Follow {
    On,
    /// Only when whoever journals says so.
    Off,
    /// What follows waits for a person, with the case beside it.
    Ask,
}

/// The log of who did what; see docs/audit.md.
#[derive(Clone, Debug, Deserialize)]
pub struct Audit {
    pub key_file: PathBuf,
    pub keep_days: i64,
    pub checkpoint_secs: i64,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Api {
    pub tokens: Vec<Token>,
}

/// Who may call the API with which token.
#[derive(Clone, Debug, Deserialize)]
pub struct Token {
    pub user: String,
    pub token: Secret,
}

/// The organisation's sign-in provider; see docs/sign-in.md. An empty issuer means none.
#[derive(Clone, Debug, Deserialize)]
pub struct SignIn {
    pub issuer: String,
    /// Beside the issuer's, hosts that may be asked wherever they are.
    pub hosts: Vec<String>,
    pub client_id: String,
    pub client_secret: Secret,
    pub audiences: Vec<String>,
    pub scope: String,
    pub request_scopes: Vec<String>,
    pub tenants: Vec<String>,
    pub algorithms: Vec<String>,
    pub identity_claim: String,
    pub user_claim: String,
    pub unit_claim: String,
    pub group_claims: Vec<String>,
    pub unknown_users: UnknownUsers,
    pub session_idle_minutes: i64,
    pub session_hours: i64,
    /// By address; 0 for no limit.
    pub attempts_per_minute: u32,
}

impl SignIn {
    /// What access tokens may be meant for: as told, or what Entra ID writes for an API of this client.
    pub fn audiences(&self) -> impl Iterator<Item = String> {
        let own = self.audiences.iter().cloned();
        let by_client = [self.client_id.clone(), format!("api://{}", self.client_id)];
        own.chain(
            self.audiences
                .is_empty()
                .then_some(by_client)
                .into_iter()
                .flatten(),
        )
    }
}

/// Who has which role.
#[derive(Clone, Debug, Deserialize)]
pub struct Access {
    pub roles: Vec<RoleSection>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Log {
    pub level: String,
    pub format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// Readable on a terminal, JSON elsewhere.
    Auto,
    Text,
    Json,
}

/// Text that is never shown: not in logs, not in errors.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Config {
    /// Reads the file (or none: all defaults), lets the environment override it, and checks everything.
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Mistakes> {
        let mut mistakes = Mistakes::default();
        let name = file.map_or_else(|| "(no file)".to_owned(), |file| file.display().to_string());
        let mut table = file
            .map(|file| read_table(file, &name, &mut mistakes))
            .unwrap_or_default();
        let mut from_environment = Table::new();
        for (variable, value) in environment {
            if let Some(path) = variable.strip_prefix(PREFIX) {
                let path = path.to_lowercase().replace("__", ".");
                keys::set_text(&mut from_environment, &path, &value);
            }
        }
        keys::check(&mut table, &name, &mut mistakes);
        keys::check(&mut from_environment, "the environment", &mut mistakes);
        merge(&mut table, from_environment);
        keys::fill_defaults(&mut table);
        keys::check_together(&table, &name, &mut mistakes);
        mistakes.into_result()?;
        Value::Table(table)
            .try_into()
            .map_err(|error: toml::de::Error| {
                Mistakes::one(&name, "", error.message(), "see `sagspost config example`")
            })
    }
}

/// Whether an address is on this machine.
pub fn is_loopback(url: &reqwest::Url) -> bool {
    url.host_str().is_some_and(|host| {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost"
            || host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    })
}

/// The first file of these that exists: as told, `$SAGSPOST_CONFIG`, `./sagspost.toml`, `/etc/sagspost/sagspost.toml`.
pub fn find(told: Option<PathBuf>) -> Option<PathBuf> {
    let named = told.or_else(|| std::env::var_os("SAGSPOST_CONFIG").map(PathBuf::from));
    named.or_else(|| {
        ["sagspost.toml", "/etc/sagspost/sagspost.toml"]
            .into_iter()
            .map(PathBuf::from)
            .find(|path| path.exists())
    })
}

fn read_table(file: &Path, name: &str, mistakes: &mut Mistakes) -> Table {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            mistakes.add(
                name,
                "",
                &format!("the file cannot be read: {error}"),
                "a file you may read; see --config",
            );
            return Table::new();
        }
    };
    text.parse().unwrap_or_else(|error: toml::de::Error| {
        let line = error
            .span()
            .map_or(0, |span| text[..span.start.min(text.len())].lines().count());
        mistakes.add(
            name,
            "",
            &format!("line {line} is no TOML: {}", error.message()),
            "key = \"value\"",
        );
        Table::new()
    })
}

fn merge(base: &mut Table, over: Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(inner)), Value::Table(value)) => merge(inner, value),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, Mistakes> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sagspost.toml");
        std::fs::write(&file, text).unwrap();
        let environment = environment
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Config::load(Some(&file), environment)
    }

    #[test]
    fn the_example_is_right_and_says_the_defaults() {
        let example = load(&example(), &[]).unwrap();
        let nothing = load("", &[]).unwrap();
        assert_eq!(format!("{example:?}"), format!("{nothing:?}"));
    }

    #[test]
    fn all_mistakes_are_told_at_once_with_key_and_example() {
        let mistakes = load(
            "[server]\nlisten = \"everywhere\"\nlissten = 1\n[mailboxes]\npoll_secs = 0\n[nonsense]\n",
            &[("SAGSPOST__LOG__FORMAT", "loud")],
        )
        .unwrap_err();
        let text = mistakes.to_string();
        for part in [
            "server.listen",
            "127.0.0.1:8480",
            "server.lissten",
            "did you mean server.listen",
            "mailboxes.poll_secs",
            "nonsense",
            "log.format",
            "the environment",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn the_environment_goes_over_the_file() {
        let config = load(
            "[server]\nrequest_timeout_secs = 5",
            &[("SAGSPOST__SERVER__REQUEST_TIMEOUT_SECS", "7")],
        );
        assert_eq!(config.unwrap().server.request_timeout_secs, 7);
    }

    #[test]
    fn a_secret_is_read_from_the_file_named_by_its_key_with_file_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("url");
        std::fs::write(&secret, "sqlite:///srv/sagspost.db\n").unwrap();
        let config = load(
            &format!("[database]\nurl_file = {:?}", secret.display().to_string()),
            &[],
        )
        .unwrap();
        assert_eq!(config.database.url.reveal(), "sqlite:///srv/sagspost.db");
        let missing = load("[database]\nurl_file = \"/not/there\"", &[]).unwrap_err();
        assert!(missing.to_string().contains("database.url_file"));
    }

    #[test]
    fn tokens_are_checked_one_by_one_and_never_shown() {
        let text = "[[api.tokens]]\nuser = \"birthe\"\ntoken = \"kort\"\n[[api.tokens]]\ntoken = \"0123456789abcdef0123\"";
        let mistakes = load(text, &[]).unwrap_err().to_string();
        assert!(
            mistakes.contains("api.tokens[0].token") && mistakes.contains("api.tokens[1].user"),
            "{mistakes}"
        );
        assert!(!mistakes.contains("kort"), "{mistakes}");
    }

    #[test]
    fn an_s3_storage_that_could_never_answer_is_a_mistake() {
        let s3 = |bucket: &str, endpoint: &str| {
            let text = format!(
                "[blobs]\nurl = \"s3://{bucket}\"\nendpoint = \"{endpoint}\"\naccess_key_id = \"a\"\nsecret_access_key = \"b\""
            );
            load(&text, &[]).map_err(|mistakes| mistakes.to_string())
        };
        for right in [
            "",
            "https://s3.example.org",
            "http://127.0.0.1:9000",
            "http://[::1]:9000",
        ] {
            assert!(s3("sagspost-mails", right).is_ok(), "{right}");
        }
        for wrong in [
            "not a url",
            "s3.example.org",
            "ftp://x",
            "https://",
            "https://a b",
            "https://x:port",
        ] {
            let mistakes = s3("sagspost-mails", wrong).unwrap_err();
            assert!(mistakes.contains("blobs.endpoint"), "{wrong}: {mistakes}");
        }
        for wrong in ["", "b", "Mails", "b ad"] {
            assert!(s3(wrong, "").unwrap_err().contains("blobs.url"), "{wrong}");
        }
        let keyless = load("[blobs]\nurl = \"s3://sagspost-mails\"", &[])
            .unwrap_err()
            .to_string();
        assert!(
            keyless.contains("blobs.access_key_id") && keyless.contains("blobs.secret_access_key"),
            "{keyless}"
        );
    }

    #[test]
    fn the_stand_in_for_outlook_is_refused_where_others_could_reach_it() {
        let with = |listen: &str| {
            let text = format!("[server]\nlisten = \"{listen}\"\nstand_in = true");
            load(&text, &[]).map_err(|mistakes| mistakes.to_string())
        };
        for here in ["127.0.0.1:8480", "127.0.0.9:1", "[::1]:8480"] {
            assert!(with(here).unwrap().server.stand_in, "{here}");
        }
        for open in ["0.0.0.0:8480", "[::]:8480", "10.0.0.1:8480"] {
            let mistakes = with(open).unwrap_err();
            assert!(mistakes.contains("server.stand_in"), "{open}: {mistakes}");
        }
        let told = load("", &[("SAGSPOST__SERVER__STAND_IN", "true")]);
        assert!(told.unwrap().server.stand_in);
        let wrong = load("[server]\nstand_in = \"ja\"", &[]).unwrap_err();
        assert!(wrong.to_string().contains("server.stand_in"));
    }

    #[test]
    fn what_may_frame_the_add_in_is_an_https_address_and_can_add_nothing_to_the_policy() {
        let with = |host: &str| load(&format!("[server]\noffice_hosts = [{host:?}]"), &[]);
        assert!(with("https://mail.example.org").is_ok());
        for wrong in [
            "http://mail.example.org",
            "*",
            "https://*",
            "https://a; script-src *",
            "https://a/b",
            "mail.example.org",
            "",
        ] {
            let mistakes = with(wrong).unwrap_err().to_string();
            assert!(
                mistakes.contains("server.office_hosts"),
                "{wrong}: {mistakes}"
            );
        }
    }

    #[test]
    fn a_pattern_of_names_is_checked() {
        let with = |pattern: &str| load(&format!("[naming]\ntitle = {pattern:?}"), &[]);
        assert_eq!(
            with("{date} {title}").unwrap().naming.title,
            "{date} {title}"
        );
        for wrong in ["{titel}", "{date}", "{title", ""] {
            let mistakes = with(wrong).unwrap_err().to_string();
            assert!(
                mistakes.contains("naming.title") && mistakes.contains("{title}"),
                "{wrong}: {mistakes}"
            );
        }
    }

    #[test]
    fn sign_in_is_only_set_up_whole_and_only_over_tls() {
        let with = |text: &str| load(text, &[]).map_err(|mistakes| mistakes.to_string());
        let whole = "[server]\npublic_url = \"https://sagspost.example\"\n[sign_in]\nissuer = \"https://login.example/t/v2.0\"\nclient_id = \"c\"\n";
        assert!(with(whole).is_ok(), "{:?}", with(whole).err());
        let here = "[server]\npublic_url = \"http://127.0.0.1:1\"\n[sign_in]\nissuer = \"http://localhost:2\"\nclient_id = \"c\"\n";
        assert!(with(here).is_ok(), "{:?}", with(here).err());
        for (right, wrong, key) in [
            (
                "https://login.example",
                "http://login.example",
                "sign_in.issuer",
            ),
            (
                "https://login.example",
                "https://login.example/?a=b",
                "sign_in.issuer",
            ),
            (
                "https://sagspost.example",
                "http://sagspost.example",
                "server.public_url",
            ),
            (
                "https://sagspost.example",
                "https://sagspost.example/below",
                "server.public_url",
            ),
            ("https://sagspost.example", "", "server.public_url"),
            ("client_id = \"c\"", "", "sign_in.client_id"),
        ] {
            let mistakes = with(&whole.replace(right, wrong)).unwrap_err();
            assert!(mistakes.contains(key), "{wrong}: {mistakes}");
        }
        let mistakes = with(&format!("{whole}algorithms = [\"HS256\"]")).unwrap_err();
        assert!(mistakes.contains("sign_in.algorithms"), "{mistakes}");
    }

    #[test]
    fn tls_is_a_certificate_and_its_key_or_neither() {
        let with = |text: &str| load(&format!("[server]\n{text}"), &[]);
        assert!(!with("").unwrap().server.tls.is_on());
        let both = with("tls = { certificate = \"a.pem\", key = \"b.pem\" }").unwrap();
        assert!(both.server.tls.is_on() && both.server.tls.key == Path::new("b.pem"));
        for (wrong, key) in [
            ("tls.certificate = \"a.pem\"", "server.tls.key"),
            ("tls.key = \"b.pem\"", "server.tls.certificate"),
            ("tls.kee = \"b.pem\"", "server.tls.kee"),
            ("tls = true", "server.tls"),
        ] {
            let mistakes = with(wrong).unwrap_err().to_string();
            assert!(mistakes.contains(key), "{wrong}: {mistakes}");
        }
        let environment = [
            ("SAGSPOST__SERVER__TLS__CERTIFICATE", "a.pem"),
            ("SAGSPOST__SERVER__TLS__KEY", "b.pem"),
        ];
        assert!(load("", &environment).unwrap().server.tls.is_on());
    }

    #[test]
    fn a_proxy_is_an_address_or_a_network() {
        let with = |text: &str| load(&format!("[server]\ntrusted_proxies = [{text}]"), &[]);
        let proxies = with("\"10.0.0.0/8\", \"::1\"")
            .unwrap()
            .server
            .trusted_proxies;
        assert!(proxies[0].holds("10.1.2.3".parse().unwrap()) && proxies.len() == 2);
        let mistakes = with("\"proxy.example\"").unwrap_err().to_string();
        assert!(mistakes.contains("server.trusted_proxies"), "{mistakes}");
    }

    #[test]
    fn a_role_says_to_whom_and_over_what() {
        let config = load(
            "[[access.roles]]\nrole = \"registrar\"\ngroups = [\"Journal\"]\nusers = [\"karen.holm\"]\nof_mailboxes = [\"teknik-miljoe\"]\nof_units = [\"teknik\"]\n\
             [[access.roles]]\nrole = \"auditor\"\nusers = [\"rita\"]",
            &[],
        )
        .unwrap();
        let grants: Vec<String> = config
            .access
            .roles
            .iter()
            .flat_map(RoleSection::grants)
            .map(|grant| format!("{} {} {}", grant.to, grant.role.as_str(), grant.scope))
            .collect();
        assert_eq!(
            grants,
            [
                "user:karen.holm registrar mailbox:teknik-miljoe",
                "user:karen.holm registrar unit:teknik",
                "group:Journal registrar mailbox:teknik-miljoe",
                "group:Journal registrar unit:teknik",
                "user:rita auditor ",
            ]
        );
        let mistakes = load(
            "[[access.roles]]\nrole = \"king\"\n[[access.roles]]\nrole = \"auditor\"\nuser = \"x\"\nof_units = [\"a\"]",
            &[],
        )
        .unwrap_err()
        .to_string();
        for part in [
            "access.roles[0].role",
            "access.roles[0].users",
            "access.roles[1].user",
            "access.roles[1].of_units",
        ] {
            assert!(mistakes.contains(part), "{part} in {mistakes}");
        }
    }

    #[test]
    fn two_keys_that_cannot_both_be_right_are_a_mistake() {
        let mistakes = load("[organisation]\ndeadline_target_days = 9", &[])
            .unwrap_err()
            .to_string();
        assert!(
            mistakes.contains("organisation.deadline_target_days"),
            "{mistakes}"
        );
    }
}
