//! What is kept about a mailbox: where it is, how to sign in, which folders, and how a journaled mail is marked.
//!
//! Kept as JSON in the database. Passwords are never in it: it names the file or variable they are read from, anew at
//! each connection, so that a changed password needs no restart.

use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::session::{Security, Server};
use super::{ClientCredentials, Flags, Login, MailboxError, Secret};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "read once a mailbox, and never kept in bulk"
)]
pub enum Settings {
    Imap(ImapSettings),
    /// A Maildir of this machine, looked at again and again.
    Maildir(MaildirSettings),
    /// Filled by `sagspost import` alone.
    Imported,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImapSettings {
    pub host: String,
    /// 993 with TLS, else 143.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// TLS, unless the port or a loopback host says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security: Option<Security>,
    /// PEM file of a CA trusted for this server beside the machine's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    pub user: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<SecretSource>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oauth: Option<OAuthSettings>,
    /// Names as people read them, or `\Sent` for whatever the server uses for sent mail.
    #[serde(default = "usual_folders")]
    pub folders: Vec<String>,
    #[serde(default)]
    pub mark: Mark,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaildirSettings {
    pub path: PathBuf,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuthSettings {
    pub token_url: String,
    pub client_id: String,
    pub client_secret: SecretSource,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

/// Where a secret is read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretSource {
    /// A file whose first line it is.
    File(PathBuf),
    /// An environment variable.
    Env(String),
}

/// How a journaled mail is shown in its mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case", deny_unknown_fields)]
pub enum Mark {
    Keyword {
        #[serde(default = "usual_keyword")]
        keyword: String,
    },
    /// `\Flagged`, the little flag that every mail program shows.
    Flag,
    Move {
        folder: String,
    },
    Nothing,
}

impl Default for Mark {
    fn default() -> Self {
        Self::Keyword {
            keyword: usual_keyword(),
        }
    }
}

impl Mark {
    /// Whether a journaled mail in this folder with these flags is still to be shown as such.
    pub fn is_due(&self, in_folder: &str, flags: &Flags) -> bool {
        match self {
            Self::Keyword { keyword } => !flags.has(keyword),
            Self::Flag => !flags.has("\\Flagged"),
            Self::Move { folder } => folder != in_folder,
            Self::Nothing => false,
        }
    }
}

/// A setting that cannot be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error("the settings cannot be read: {0}")]
    Unreadable(String),
    #[error("{0} must not be empty")]
    Empty(&'static str),
    #[error("give either a password or OAuth, not both or neither")]
    OneLogin,
    #[error("a folder is named twice: {0}")]
    FolderTwice(String),
    #[error("the folder that journaled mails are moved to is watched itself: {0}")]
    MovesIntoWatched(String),
    #[error("{0} is not an absolute path")]
    RelativePath(PathBuf),
}

impl Settings {
    /// Reads and checks what the database or an API call holds.
    pub fn from_json(value: &serde_json::Value) -> Result<Self, SettingsError> {
        let settings: Self = Self::deserialize(value)
            .map_err(|error| SettingsError::Unreadable(error.to_string()))?;
        settings.check()?;
        Ok(settings)
    }

    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    fn check(&self) -> Result<(), SettingsError> {
        match self {
            Self::Imap(imap) => imap.check(),
            Self::Maildir(maildir) if maildir.path.is_relative() => {
                Err(SettingsError::RelativePath(maildir.path.clone()))
            }
            Self::Maildir(_) | Self::Imported => Ok(()),
        }
    }
}

impl ImapSettings {
    fn check(&self) -> Result<(), SettingsError> {
        for (name, value) in [("host", &self.host), ("user", &self.user)] {
            if value.trim().is_empty() {
                return Err(SettingsError::Empty(name));
            }
        }
        if self.password.is_some() == self.oauth.is_some() {
            return Err(SettingsError::OneLogin);
        }
        if self.folders.is_empty() || self.folders.iter().any(|name| name.trim().is_empty()) {
            return Err(SettingsError::Empty("folders"));
        }
        for (at, name) in self.folders.iter().enumerate() {
            if self.folders[..at].contains(name) {
                return Err(SettingsError::FolderTwice(name.clone()));
            }
        }
        match &self.mark {
            Mark::Keyword { keyword } if keyword.trim().is_empty() => {
                Err(SettingsError::Empty("mark.keyword"))
            }
            Mark::Move { folder } if folder.trim().is_empty() => {
                Err(SettingsError::Empty("mark.folder"))
            }
            Mark::Move { folder } if self.folders.contains(folder) => {
                Err(SettingsError::MovesIntoWatched(folder.clone()))
            }
            _ => Ok(()),
        }
    }

    pub fn server(&self) -> Server {
        let security = self.security.unwrap_or(match self.port {
            None | Some(993) => Security::Tls,
            Some(_) if is_loopback(&self.host) => Security::Plain,
            Some(_) => Security::StartTls,
        });
        let usual_port = if security == Security::Tls { 993 } else { 143 };
        Server {
            host: self.host.clone(),
            port: self.port.unwrap_or(usual_port),
            security,
            ca_file: self.ca_file.clone(),
        }
    }

    /// Reads the secret; it may have changed since the last connection.
    pub fn login(&self) -> Result<Login, MailboxError> {
        match (&self.password, &self.oauth) {
            (Some(password), _) => Ok(Login::Password {
                user: self.user.clone(),
                password: password.read()?,
            }),
            (None, Some(oauth)) => Ok(Login::Token {
                user: self.user.clone(),
                source: ClientCredentials {
                    token_url: oauth.token_url.clone(),
                    client_id: oauth.client_id.clone(),
                    client_secret: oauth.client_secret.read()?,
                    scope: oauth.scope.clone(),
                },
            }),
            (None, None) => Err(MailboxError::LoginNotOffered),
        }
    }
}

impl SecretSource {
    fn read(&self) -> Result<Secret, MailboxError> {
        let unreadable = |why: String| MailboxError::SecretUnreadable(why);
        let text = match self {
            Self::File(path) => {
                let credentials = std::env::var_os("CREDENTIALS_DIRECTORY");
                std::fs::read_to_string(whole(path, credentials.as_deref()))
                    .map_err(|error| unreadable(format!("{}: {}", path.display(), error.kind())))?
            }
            Self::Env(name) => std::env::var(name)
                .map_err(|_| unreadable(format!("the variable {name} is not set")))?,
        };
        Ok(Secret::new(text.lines().next().unwrap_or_default()))
    }
}

/// A bare name is one of systemd's credentials.
fn whole(path: &Path, credentials: Option<&OsStr>) -> PathBuf {
    match credentials {
        Some(folder) if path.components().count() == 1 && path.is_relative() => {
            Path::new(folder).join(path)
        }
        _ => path.to_owned(),
    }
}

fn usual_folders() -> Vec<String> {
    vec!["INBOX".to_owned(), "\\Sent".to_owned()]
}

fn usual_keyword() -> String {
    "$Journaliseret".to_owned()
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_bare_file_name_is_one_of_systemds_credentials() {
        let credentials = Some(OsStr::new("/run/credentials/sagspost.service"));
        for (path, folder, read) in [
            (
                "leder",
                credentials,
                "/run/credentials/sagspost.service/leder",
            ),
            ("leder", None, "leder"),
            ("hemmeligt/leder", credentials, "hemmeligt/leder"),
            ("/run/secrets/leder", credentials, "/run/secrets/leder"),
        ] {
            assert_eq!(whole(Path::new(path), folder), Path::new(read));
        }
    }

    fn read(value: &serde_json::Value) -> Result<ImapSettings, SettingsError> {
        match Settings::from_json(value)? {
            Settings::Imap(imap) => Ok(imap),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_least_that_must_be_told_gives_a_safe_mailbox() {
        let least = json!({"kind": "imap", "host": "post.example.dk", "user": "byg", "password": {"env": "P"}});
        let settings = read(&least).unwrap();
        let server = settings.server();
        assert_eq!((server.port, server.security), (993, Security::Tls));
        assert_eq!(settings.folders, ["INBOX", "\\Sent"]);
        assert_eq!(
            settings.mark,
            Mark::Keyword {
                keyword: "$Journaliseret".into()
            }
        );
        assert_eq!(
            Settings::from_json(&Settings::Imap(settings.clone()).to_json()).unwrap(),
            Settings::Imap(settings)
        );
    }

    #[test]
    fn plain_text_is_only_for_the_own_machine_or_by_name() {
        let with = |host: &str, port: u16, security: Option<&str>| {
            let mut value = json!({"kind": "imap", "host": host, "port": port, "user": "u", "password": {"env": "P"}});
            if let Some(security) = security {
                value["security"] = json!(security);
            }
            read(&value).unwrap().server().security
        };
        assert_eq!(with("127.0.0.1", 1143, None), Security::Plain);
        assert_eq!(with("post.example.dk", 143, None), Security::StartTls);
        assert_eq!(with("localhost", 993, None), Security::Tls);
        assert_eq!(with("post.example.dk", 143, Some("plain")), Security::Plain);
    }

    #[test]
    fn a_mark_is_due_where_it_is_not_and_where_a_mail_would_not_lie_when_it_had_it() {
        let moves = Mark::Move {
            folder: "Arkiv".into(),
        };
        for (mark, folder, flags, due) in [
            (Mark::default(), "INBOX", &["\\Seen"][..], true),
            (Mark::default(), "INBOX", &["$journaliseret"], false),
            (Mark::Flag, "INBOX", &["$Journaliseret"], true),
            (Mark::Flag, "INBOX", &["\\Flagged"], false),
            (moves.clone(), "INBOX", &[], true),
            (moves, "Arkiv", &[], false),
            (Mark::Nothing, "INBOX", &[], false),
        ] {
            let flags: Flags = flags.iter().copied().collect();
            assert_eq!(mark.is_due(folder, &flags), due, "{mark:?} {folder}");
        }
    }

    #[test]
    fn what_cannot_be_right_is_told() {
        let base = json!({"kind": "imap", "host": "h", "user": "u", "password": {"env": "P"}});
        let with = |key: &str, value: serde_json::Value| {
            let mut settings = base.clone();
            settings[key] = value;
            read(&settings).unwrap_err()
        };
        assert_eq!(with("host", json!(" ")), SettingsError::Empty("host"));
        assert_eq!(with("password", json!(null)), SettingsError::OneLogin);
        assert_eq!(
            with("folders", json!(["A", "A"])),
            SettingsError::FolderTwice("A".into())
        );
        assert!(matches!(
            with("pasword", json!("x")),
            SettingsError::Unreadable(_)
        ));
        let into_inbox = with("mark", json!({"how": "move", "folder": "INBOX"}));
        assert_eq!(into_inbox, SettingsError::MovesIntoWatched("INBOX".into()));
    }
}
