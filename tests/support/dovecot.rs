//! A private Dovecot on free loopback ports: IMAP in the clear, with STARTTLS, and over TLS.
//!
//! Works as root and as an ordinary user, keeps everything in a temporary folder, and ends with the test. Mails are
//! delivered as an LDA would, by a rename into the Maildir, so that IDLE notices them.

use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use super::certificates::Certificates;
use super::{free_port, wait_for};

pub const PASSWORD: &str = "sommerhus";

/// What a test needs of its server; the defaults serve most.
#[derive(Clone, Default)]
pub struct DovecotOptions {
    /// Another certificate than a valid one from a CA of the test.
    pub certificates: Option<Certificates>,
    /// Says nothing of MOVE, so that COPY and UIDPLUS have to do.
    pub without_move: bool,
    pub without_idle: bool,
    /// A folder tree `Fjernarkiv/` with this quota of its own.
    pub archive_quota_kb: Option<u32>,
    /// Where Dovecot asks whether a token is good; see `support::oauth`.
    pub introspection_url: Option<String>,
}

pub struct Dovecot {
    folder: tempfile::TempDir,
    options: DovecotOptions,
    certificates: Certificates,
    pub port: u16,
    pub tls_port: u16,
    child: Option<Child>,
    delivered: AtomicU64,
}

impl Dovecot {
    pub fn start() -> Self {
        Self::with(DovecotOptions::default())
    }

    pub fn with(options: DovecotOptions) -> Self {
        assert!(
            Path::new("/usr/sbin/dovecot").exists(),
            "Dovecot is missing: apt-get install dovecot-core dovecot-imapd"
        );
        let folder = tempfile::Builder::new()
            .prefix("sagspost-dovecot-")
            .tempdir()
            .unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let certificates = options
            .certificates
            .clone()
            .unwrap_or_else(|| Certificates::valid_for("localhost"));
        let mut dovecot = Self {
            folder,
            options,
            certificates,
            port: free_port(),
            tls_port: free_port(),
            child: None,
            delivered: AtomicU64::new(0),
        };
        for name in ["mail", "state", "home"] {
            fs::create_dir(dovecot.path(name)).unwrap();
            dovecot.give_to_mail_user(&dovecot.path(name));
        }
        dovecot.write_configuration();
        dovecot.go_on();
        dovecot
    }

    /// Starts again on the same ports after `stop`.
    pub fn go_on(&mut self) {
        let log = fs::File::create(self.path("start.log")).unwrap();
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "TERM", "/usr/sbin/dovecot", "-F", "-c"])
            .arg(self.path("dovecot.conf"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("setpriv is missing: apt-get install util-linux");
        self.child = Some(child);
        wait_for("Dovecot to answer", || {
            TcpStream::connect(("127.0.0.1", self.port)).is_ok()
        });
    }

    /// Ends the server with all its connections.
    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        let _ = Command::new("kill")
            .arg("-TERM")
            .arg(child.id().to_string())
            .status();
        let _ = child.wait();
        // The login processes of a stopped master leave the port a moment later.
        wait_for("Dovecot to be gone", || {
            TcpStream::connect(("127.0.0.1", self.port)).is_err()
        });
    }

    pub fn ca_file(&self) -> PathBuf {
        self.path("ca.pem")
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// Puts a mail into a user's folder; `INBOX`, or the folder's name as the wire has it.
    pub fn deliver(&self, user: &str, folder: &str, mail: &[u8]) {
        let maildir = self.maildir(user, folder);
        let number = self.delivered.fetch_add(1, Ordering::Relaxed);
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap();
        let name = format!(
            "{}.M{}P{}Q{number}.test,S={}",
            now.as_secs(),
            now.subsec_micros(),
            std::process::id(),
            mail.len()
        );
        let [tmp, new] = ["tmp", "new"].map(|part| maildir.join(part).join(&name));
        fs::write(&tmp, mail).unwrap();
        self.give_to_mail_user(&tmp);
        fs::rename(tmp, new).unwrap();
    }

    /// The Maildir of a folder, made when missing.
    pub fn maildir(&self, user: &str, folder: &str) -> PathBuf {
        let mut maildir = self.path("mail").join(user);
        let mut made = vec![maildir.clone()];
        if folder != "INBOX" {
            maildir = maildir.join(format!(".{}", folder.replace('/', ".")));
            made.push(maildir.clone());
        }
        for folder in made {
            for part in ["", "tmp", "new", "cur"] {
                let part = folder.join(part);
                if !part.exists() {
                    fs::create_dir_all(&part).unwrap();
                    self.give_to_mail_user(&part);
                }
            }
        }
        maildir
    }

    /// Where the Maildirs of all users lie.
    pub fn mails(&self) -> PathBuf {
        self.path("mail")
    }

    /// Makes the server number a folder's mails anew, as after a restore from a backup.
    pub fn change_uidvalidity(&mut self, user: &str, folder: &str) {
        self.stop();
        let maildir = self.maildir(user, folder);
        let list = fs::read_to_string(maildir.join("dovecot-uidlist")).unwrap();
        let (header, rest) = list.split_once('\n').unwrap();
        let header: Vec<String> = header
            .split(' ')
            .map(|word| {
                match word
                    .strip_prefix('V')
                    .and_then(|number| number.parse::<u32>().ok())
                {
                    Some(number) => format!("V{}", number + 1),
                    None => word.to_owned(),
                }
            })
            .collect();
        for entry in fs::read_dir(&maildir).unwrap() {
            let entry = entry.unwrap();
            if entry
                .file_name()
                .to_string_lossy()
                .starts_with("dovecot.index")
            {
                fs::remove_file(entry.path()).unwrap();
            }
        }
        fs::write(
            maildir.join("dovecot-uidlist"),
            format!("{}\n{rest}", header.join(" ")),
        )
        .unwrap();
        self.go_on();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Whom mails belong to: ourselves, or Dovecot's own user when we are root.
    fn mail_user(&self) -> (u32, u32, String) {
        let me = fs::metadata(self.folder.path()).unwrap();
        let id = |what: &str, of: &str| {
            let out = Command::new("id").args([what, of]).output().unwrap();
            String::from_utf8(out.stdout).unwrap().trim().to_owned()
        };
        if me.uid() == 0 {
            (
                id("-u", "dovecot").parse().unwrap(),
                id("-g", "dovecot").parse().unwrap(),
                "dovecot".to_owned(),
            )
        } else {
            (me.uid(), me.gid(), id("-un", &me.uid().to_string()))
        }
    }

    pub fn give_to_mail_user(&self, path: &Path) {
        if fs::metadata(self.folder.path()).unwrap().uid() == 0 {
            let (uid, gid, _) = self.mail_user_cached();
            chown(path, Some(uid), Some(gid)).unwrap();
        }
    }

    /// Uid, gid and name of whom mails belong to.
    pub fn mail_user_cached(&self) -> (u32, u32, String) {
        static MAIL_USER: std::sync::OnceLock<(u32, u32, String)> = std::sync::OnceLock::new();
        MAIL_USER.get_or_init(|| self.mail_user()).clone()
    }

    fn write_configuration(&self) {
        let root = fs::metadata(self.folder.path()).unwrap().uid() == 0;
        let (uid, gid, user) = self.mail_user_cached();
        let dir = self.folder.path().display();
        fs::write(self.path("cert.pem"), &self.certificates.certificate).unwrap();
        fs::write(self.path("key.pem"), &self.certificates.key).unwrap();
        fs::write(self.path("ca.pem"), &self.certificates.ca).unwrap();
        let login_user = if root { "dovenull" } else { &user };
        let group = if root {
            "dovecot".to_owned()
        } else {
            gid.to_string()
        };
        let mut conf = vec![format!(
            "base_dir = {dir}/run\nstate_dir = {dir}/state\nlog_path = {dir}/log\nprotocols = imap\nlisten = 127.0.0.1\n\
             ssl = yes\nssl_cert = <{dir}/cert.pem\nssl_key = <{dir}/key.pem\ndisable_plaintext_auth = no\n\
             auth_mechanisms = plain login xoauth2 oauthbearer\nauth_failure_delay = 0\n\
             mail_location = maildir:{dir}/mail/%u\nmail_uid = {uid}\nmail_gid = {gid}\nfirst_valid_uid = 1\nfirst_valid_gid = 1\n\
             default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {login_user}\n\
             default_client_limit = 3000\ndefault_process_limit = 1400\nmail_max_userip_connections = 2000\n\
             mailbox_idle_check_interval = 1 secs\nmaildir_very_dirty_syncs = no\nmail_fsync = never\n\
             namespace inbox {{\n  inbox = yes\n  separator = /\n\
             mailbox Sent {{\n  special_use = \\Sent\n  auto = create\n }}\n }}\n\
             passdb {{\n  driver = static\n  args = password={PASSWORD}\n  mechanisms = plain login\n }}\n\
             userdb {{\n  driver = static\n  args = uid={uid} gid={gid} home={dir}/home/%u\n }}\n\
             service imap-login {{\n  chroot =\n  service_count = 0\n  client_limit = 3000\n\
             inet_listener imap {{\n  port = {}\n }}\n  inet_listener imaps {{\n  port = {}\n  ssl = yes\n }}\n }}\n\
             service anvil {{\n  chroot =\n  unix_listener anvil-auth-penalty {{\n  mode = 0\n }}\n }}\nservice stats {{\n  chroot =\n }}\nservice imap {{\n  process_limit = 1200\n }}\n",
            self.port, self.tls_port
        )];
        if let Some(url) = &self.options.introspection_url {
            conf.push(format!(
                "passdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {dir}/oauth2.conf\n }}\n"
            ));
            let oauth2 = format!(
                "introspection_mode = get\nintrospection_url = {url}\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n"
            );
            fs::write(self.path("oauth2.conf"), oauth2).unwrap();
        }
        if self.options.without_move || self.options.without_idle {
            let mut words = vec![
                "IMAP4rev1",
                "SASL-IR",
                "ID",
                "ENABLE",
                "UIDPLUS",
                "CONDSTORE",
                "SPECIAL-USE",
                "LITERAL+",
            ];
            if !self.options.without_move {
                words.push("MOVE");
            }
            if !self.options.without_idle {
                words.push("IDLE");
            }
            conf.push(format!("imap_capability = {}\n", words.join(" ")));
        }
        if let Some(quota) = self.options.archive_quota_kb {
            conf.push(format!(
                "mail_plugins = quota\nnamespace archive {{\n  prefix = Fjernarkiv/\n  separator = /\n\
                 location = maildir:{dir}/mail/archive-%u\n }}\n\
                 plugin {{\n  quota = count:Egen:ns=\n  quota2 = count:Fjern:ns=Fjernarkiv/\n  quota2_rule = *:storage={quota}K\n\
                 quota_vsizes = yes\n }}\n"
            ));
        }
        fs::write(self.path("dovecot.conf"), conf.concat()).unwrap();
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // Its processes leave at once when the master is gone; a proper stop takes a second.
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            eprintln!("--- Dovecot's log ---\n{}", self.log());
        }
    }
}
