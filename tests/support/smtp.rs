//! A private Exim on free loopback ports, with STARTTLS, over TLS, and with a password: it delivers into the Maildirs of
//! the tests' Dovecot, and ends with the test.
//!
//! Everything it does is done by the user whom the mails belong to, so that it works as root and as an ordinary user.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use sagspost::config::{Config, Secret, Smtp, SmtpTls};

use super::certificates::Certificates;
use super::dovecot::Dovecot;
use super::{free_port, wait_for};

const USER: &str = "sagspost";
const PASSWORD: &str = "vinterhave";
pub const FROM: &str = "sagspost@eksempelkommune.example";

pub struct MailServer {
    folder: tempfile::TempDir,
    pub port: u16,
    pub tls_port: u16,
    child: Option<Child>,
}

impl MailServer {
    /// Takes mails to whoever has a mailbox at this Dovecot, by the part of their address before the @.
    pub fn before(dovecot: &Dovecot) -> Self {
        assert!(
            Path::new("/usr/sbin/exim4").exists(),
            "Exim is missing: apt-get install exim4-daemon-light"
        );
        let folder = tempfile::Builder::new()
            .prefix("sagspost-exim-")
            .tempdir()
            .unwrap();
        let mut server = Self {
            folder,
            port: free_port(),
            tls_port: free_port(),
            child: None,
        };
        for name in ["spool", "log"] {
            fs::create_dir(server.path(name)).unwrap();
            dovecot.give_to_mail_user(&server.path(name));
        }
        dovecot.give_to_mail_user(server.folder.path());
        server.write_configuration(dovecot);
        server.go_on();
        server
    }

    /// Starts again on the same ports after `stop`.
    pub fn go_on(&mut self) {
        let log = fs::File::create(self.path("start.log")).unwrap();
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "TERM", "/usr/sbin/exim4", "-bdf", "-C"])
            .arg(self.path("exim.conf"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("setpriv is missing: apt-get install util-linux");
        self.child = Some(child);
        wait_for("Exim to answer", || {
            TcpStream::connect(("127.0.0.1", self.tls_port)).is_ok()
        });
    }

    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        let _ = child.kill();
        let _ = child.wait();
        wait_for("Exim to be gone", || {
            TcpStream::connect(("127.0.0.1", self.port)).is_err()
        });
    }

    /// Settings that fit it.
    pub fn settings(&self, tls: SmtpTls) -> Smtp {
        let config = Config::load(None, std::iter::empty()).unwrap();
        Smtp {
            host: "localhost".into(),
            port: if tls == SmtpTls::Tls {
                self.tls_port
            } else {
                self.port
            },
            tls,
            ca_file: self.path("ca.pem"),
            user: if tls == SmtpTls::None { "" } else { USER }.into(),
            password: Secret::new(PASSWORD),
            from: FROM.into(),
            ..config.smtp
        }
    }

    pub fn log(&self) -> String {
        ["log/main", "log/panic", "log/reject", "start.log"]
            .iter()
            .map(|name| fs::read_to_string(self.path(name)).unwrap_or_default())
            .collect()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write_configuration(&self, dovecot: &Dovecot) {
        let certificates = Certificates::valid_for("localhost");
        for (name, pem) in [
            ("cert.pem", &certificates.certificate),
            ("key.pem", &certificates.key),
            ("ca.pem", &certificates.ca),
        ] {
            fs::write(self.path(name), pem).unwrap();
            dovecot.give_to_mail_user(&self.path(name));
        }
        let dir = self.folder.path().display();
        let mails = dovecot.mails().display().to_string();
        let (uid, gid, _) = dovecot.mail_user_cached();
        let (port, tls_port) = (self.port, self.tls_port);
        let configuration = format!(
            "exim_user = {uid}\nexim_group = {gid}\ndeliver_drop_privilege = true\nprimary_hostname = mail.eksempelkommune.example\n\
             spool_directory = {dir}/spool\nlog_file_path = {dir}/log/%s\npid_file_path = {dir}/spool/exim.pid\n\
             local_interfaces = 127.0.0.1\ndaemon_smtp_ports = {port} : {tls_port}\ntls_on_connect_ports = {tls_port}\n\
             tls_advertise_hosts = *\ntls_certificate = {dir}/cert.pem\ntls_privatekey = {dir}/key.pem\n\
             keep_environment =\nrfc1413_hosts =\nhost_lookup =\nmessage_size_limit = 50M\nsmtp_accept_max = 50\n\
             acl_smtp_rcpt = rcpt\nacl_smtp_data = accept\n\
             begin acl\nrcpt:\n  deny condition = ${{if eq{{$received_port}}{{{tls_port}}}}}\n       !authenticated = *\n\
             \x20 deny local_parts = afvist\n  defer local_parts = senere\n  accept\n\
             begin routers\nmailbox:\n  driver = accept\n  local_parts = dsearch,filter=dir;{mails}\n  transport = maildir\n\
             begin transports\nmaildir:\n  driver = appendfile\n  directory = {mails}/$local_part_data\n  maildir_format\n\
             \x20 delivery_date_add\n  envelope_to_add\n  return_path_add\n\
             begin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n  server_prompts = :\n\
             \x20 server_condition = ${{if and{{{{eq{{$auth2}}{{{USER}}}}}{{eq{{$auth3}}{{{PASSWORD}}}}}}}}}\n\
             \x20 server_set_id = $auth2\n  server_advertise_condition = ${{if def:tls_in_cipher}}\n"
        );
        fs::write(self.path("exim.conf"), configuration).unwrap();
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            eprintln!("--- Exim's log ---\n{}", self.log());
        }
    }
}
