//! Mail out: hands one mail to the organisation's own server.
//!
//! What is sent, to whom and whether at all is decided by who calls. A connection is made for each mail and ends with it:
//! few go out, and a server forgets none that way.

use std::time::Duration;

use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use crate::config::{Smtp, SmtpTls};
use crate::crypto;

/// For each step of the conversation.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The way out. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Mailer {
    settings: Smtp,
}

/// A mail as it leaves, in plain text.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Of one person, without a name.
    pub to: String,
    pub subject: String,
    pub text: String,
    /// Without brackets.
    pub message_id: String,
    /// The Message-ID that it answers, without brackets.
    pub in_reply_to: Option<String>,
    /// More header fields, of our own making.
    pub headers: Vec<(&'static str, String)>,
    /// What comes back when it cannot be delivered goes to nobody (RFC 3834 § 3.3).
    pub returns_to_nobody: bool,
    /// A mail that goes along, as it is.
    pub carries: Option<Vec<u8>>,
}

/// Why a mail did not leave.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    #[error("the mail server does not answer: {0}")]
    Away(String),
    #[error("the mail server refused: {0}")]
    Refused(String),
    #[error("the mail server does not let us sign in: {0}")]
    SignIn(String),
    #[error("the mail server cannot be trusted: {0}")]
    Untrusted(String),
    #[error("smtp.ca_file cannot be used: {0}")]
    CaFile(String),
    #[error("that is no mail address")]
    NoAddress,
    #[error("the mail cannot be written: {0}")]
    Unwritable(String),
}

impl SmtpError {
    /// Worth another attempt: it is the server's fault or that of the settings, and not the mail's.
    pub fn is_passing(&self) -> bool {
        !matches!(
            self,
            Self::Refused(_) | Self::NoAddress | Self::Unwritable(_)
        )
    }

    /// Of the message catalogue.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Away(_) => "mail_server_away",
            Self::Refused(_) => "mail_refused",
            Self::SignIn(_) => "mail_login_refused",
            Self::Untrusted(_) | Self::CaFile(_) => "mail_server_untrusted",
            Self::NoAddress => "no_mail_address",
            Self::Unwritable(_) => "internal",
        }
    }
}

impl Mailer {
    /// `None` where no server is set.
    pub fn new(settings: &Smtp) -> Option<Self> {
        (!settings.host.is_empty()).then(|| Self {
            settings: settings.clone(),
        })
    }

    /// The address that mails are from, in small letters.
    pub fn from_address(&self) -> String {
        self.settings.from.to_lowercase()
    }

    /// What stands after the @ in the Message-IDs of its mails.
    pub fn domain(&self) -> &str {
        let from = self.settings.from.rsplit_once('@');
        from.map_or("localhost", |(_, domain)| domain)
    }

    pub async fn send(&self, letter: &Letter) -> Result<(), SmtpError> {
        let message = self.message(letter)?;
        let sent = self.transport()?.send(message).await;
        sent.map(|_| ()).map_err(|error| told(&error))
    }

    /// Whether the server answers, and lets us in; no mail is sent.
    pub async fn look(&self) -> Result<(), SmtpError> {
        match self.transport()?.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(SmtpError::Away("it ended the connection".to_owned())),
            Err(error) => Err(told(&error)),
        }
    }

    fn message(&self, letter: &Letter) -> Result<Message, SmtpError> {
        let address = |text: &str| text.parse::<Address>().map_err(|_| SmtpError::NoAddress);
        let (from, to) = (address(&self.settings.from)?, address(&letter.to)?);
        let name = Some(self.settings.display_name.clone()).filter(|name| !name.is_empty());
        let returns_to = (!letter.returns_to_nobody).then(|| from.clone());
        let envelope = Envelope::new(returns_to, vec![to.clone()])
            .map_err(|error| SmtpError::Unwritable(error.to_string()))?;
        let mut builder = Message::builder()
            .from(Mailbox::new(name, from))
            .to(Mailbox::new(None, to))
            .subject(on_one_line(&letter.subject))
            .message_id(Some(format!("<{}>", letter.message_id)))
            .envelope(envelope);
        if let Some(id) = letter.in_reply_to.as_deref().filter(|id| is_message_id(id)) {
            builder = builder
                .in_reply_to(format!("<{id}>"))
                .references(format!("<{id}>"));
        }
        for (name, value) in &letter.headers {
            let name = HeaderName::new_from_ascii_str(name);
            builder = builder.raw_header(HeaderValue::new(name, on_one_line(value)));
        }
        let text = SinglePart::plain(letter.text.clone());
        let message = match &letter.carries {
            None => builder.singlepart(text),
            Some(raw) => builder.multipart(
                MultiPart::mixed().singlepart(text).singlepart(
                    Attachment::new("mail.eml".to_owned())
                        // In base64, so that not a byte of it changes on the way.
                        .body(
                            raw.clone(),
                            ContentType::parse("application/octet-stream").map_err(unwritable)?,
                        ),
                ),
            ),
        };
        message.map_err(unwritable)
    }

    fn transport(&self) -> Result<AsyncSmtpTransport<Tokio1Executor>, SmtpError> {
        crypto::install();
        let settings = &self.settings;
        let (tls, usual_port) = match settings.tls {
            SmtpTls::Starttls => (Tls::Required(self.parameters()?), 587),
            SmtpTls::Tls => (Tls::Wrapper(self.parameters()?), 465),
            SmtpTls::None => (Tls::None, 25),
        };
        let port = match settings.port {
            0 => usual_port,
            port => port,
        };
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.host.as_str())
                .port(port)
                .tls(tls)
                .timeout(Some(TIMEOUT));
        if !settings.user.is_empty() {
            let password = settings.password.reveal().to_owned();
            builder = builder.credentials(Credentials::new(settings.user.clone(), password));
        }
        Ok(builder.build())
    }

    fn parameters(&self) -> Result<TlsParameters, SmtpError> {
        let mut parameters = TlsParameters::builder(self.settings.host.clone());
        if !self.settings.ca_file.as_os_str().is_empty() {
            let pem = std::fs::read(&self.settings.ca_file)
                .map_err(|error| SmtpError::CaFile(error.to_string()))?;
            let certificate = Certificate::from_pem(&pem)
                .map_err(|error| SmtpError::CaFile(error.to_string()))?;
            parameters = parameters.add_root_certificate(certificate);
        }
        parameters.build().map_err(|error| told(&error))
    }
}

fn unwritable(error: impl std::fmt::Display) -> SmtpError {
    SmtpError::Unwritable(error.to_string())
}

/// Whether it is our own line that another header could follow: what a stranger wrote must not end it.
fn on_one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn is_message_id(id: &str) -> bool {
    id.len() < 500
        && !id.is_empty()
        && id
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"<>".contains(&b))
}

/// Codes of servers are told; what they say beside them may name people.
fn told(error: &lettre::transport::smtp::Error) -> SmtpError {
    if let Some(code) = error.status() {
        let says = format!("code {code}");
        return match u16::from(code) {
            // RFC 4954 § 6.
            432 | 454 | 530 | 534 | 535 | 538 => SmtpError::SignIn(says),
            _ if error.is_transient() => SmtpError::Away(says),
            _ => SmtpError::Refused(says),
        };
    }
    let (cause, is_tls) = cause(error);
    // Of a client's errors: it offers no way to sign in, or no STARTTLS.
    if is_tls || error.is_tls() || error.is_client() {
        SmtpError::Untrusted(cause)
    } else {
        SmtpError::Away(cause)
    }
}

/// What lies at the bottom of an error, and whether TLS does.
fn cause(error: &lettre::transport::smtp::Error) -> (String, bool) {
    let mut last: &dyn std::error::Error = error;
    let mut is_tls = false;
    while let Some(next) = last.source() {
        last = next;
        let within = last.downcast_ref::<std::io::Error>();
        let within = within.and_then(std::io::Error::get_ref);
        is_tls |= last.is::<rustls::Error>() || within.is_some_and(is_of_tls);
    }
    (on_one_line(&last.to_string()), is_tls)
}

fn is_of_tls(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    error.is::<rustls::Error>()
}
