//! TLS of our own: a certificate and its key from two PEM files, taken up anew whenever they change.
//!
//! What is damaged changes nothing: the certificate at hand stays until there is a better one, and the log says so.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use sha2::{Digest as _, Sha256};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_util::sync::CancellationToken;

use super::ends;

/// Between two looks at the files.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// A larger file holds no certificate.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// What shakes hands.
pub struct Tls {
    acceptor: TlsAcceptor,
    held: Arc<Held>,
    files: Files,
    /// Of the files at the last look, so that what is damaged is told once.
    seen: Mutex<[u8; 32]>,
}

/// Why there is no certificate; never what the key's file holds.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    #[error("{0} cannot be read: {1}")]
    Unreadable(PathBuf, #[source] std::io::Error),
    #[error("{0} is larger than a certificate or a key")]
    TooLarge(PathBuf),
    #[error("{0} holds no PEM certificate")]
    NoCertificate(PathBuf),
    #[error("{0} holds no PEM private key")]
    NoKey(PathBuf),
    #[error("the certificate and the key do not belong together: {0}")]
    NoPair(#[source] rustls::Error),
    #[error("TLS cannot be set up: {0}")]
    Tls(#[source] rustls::Error),
}

#[derive(Clone, Debug)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// The certificate of the next handshake.
struct Held(RwLock<Pair>);

#[derive(Clone)]
struct Pair {
    key: Arc<CertifiedKey>,
    ends_at: Option<DateTime<Utc>>,
}

impl Tls {
    /// Opens both files; they must be right at the start.
    pub fn open(certificate: &Path, key: &Path) -> Result<Self, CertificateError> {
        let files = Files {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        };
        let read = files.read()?;
        let seen = digest(&read);
        let held = Arc::new(Held(RwLock::new(files.pair(&read)?)));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(CertificateError::Tls)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::<Held>::clone(&held));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            held,
            files,
            seen: Mutex::new(seen),
        })
    }

    pub(super) async fn shake_hands(
        &self,
        stream: TcpStream,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        self.acceptor.accept(stream).await
    }

    /// When the certificate ends; `None` when it does not say so in a way that we read.
    pub fn ends_at(&self) -> Option<DateTime<Utc>> {
        self.held.pair().ends_at
    }

    /// Takes up what lies in the files when that is another than at the last look; whether it was.
    pub fn look(&self) -> Result<bool, CertificateError> {
        let read = self.files.read()?;
        let digest = digest(&read);
        {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if *seen == digest {
                return Ok(false);
            }
            *seen = digest;
        }
        let pair = self.files.pair(&read)?;
        *self.held.0.write().unwrap_or_else(PoisonError::into_inner) = pair;
        Ok(true)
    }

    /// Looks at the files now and then, and at once on SIGHUP.
    pub async fn keep_up(self: Arc<Self>, stop: CancellationToken) {
        let mut told = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())
        {
            Ok(signal) => signal,
            Err(error) => {
                tracing::warn!(%error, "SIGHUP cannot be listened to");
                return;
            }
        };
        loop {
            self.tell_the_end();
            tokio::select! {
                () = stop.cancelled() => return,
                _ = told.recv() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            let tls = Arc::clone(&self);
            match tokio::task::spawn_blocking(move || tls.look()).await {
                Ok(Ok(true)) => tracing::info!("another certificate is in use"),
                Ok(Ok(false)) | Err(_) => {}
                Ok(Err(error)) => {
                    tracing::error!(%error, "the new certificate is of no use; the one before stays");
                }
            }
        }
    }

    fn tell_the_end(&self) {
        if let Some(ends_at) = self.ends_at() {
            metrics::gauge!("sagspost_tls_certificate_ends_seconds")
                .set(ends_at.timestamp() as f64);
        }
    }
}

impl Files {
    fn read(&self) -> Result<[Vec<u8>; 2], CertificateError> {
        Ok([whole(&self.certificate)?, whole(&self.key)?])
    }

    fn pair(&self, [certificate, key]: &[Vec<u8>; 2]) -> Result<Pair, CertificateError> {
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(certificate)
            .collect::<Result<_, _>>()
            .map_err(|_| CertificateError::NoCertificate(self.certificate.clone()))?;
        let ends_at = chain
            .first()
            .map(|first| ends::of(first))
            .ok_or_else(|| CertificateError::NoCertificate(self.certificate.clone()))?;
        let key = PrivateKeyDer::from_pem_slice(key)
            .map_err(|_| CertificateError::NoKey(self.key.clone()))?;
        let provider = rustls::crypto::ring::default_provider();
        let key =
            CertifiedKey::from_der(chain, key, &provider).map_err(CertificateError::NoPair)?;
        Ok(Pair {
            key: Arc::new(key),
            ends_at,
        })
    }
}

fn whole(file: &Path) -> Result<Vec<u8>, CertificateError> {
    use std::io::Read as _;
    let unreadable = |error| CertificateError::Unreadable(file.to_owned(), error);
    let opened = std::fs::File::open(file).map_err(unreadable)?;
    let mut bytes = Vec::new();
    let mut limited = opened.take(MAX_FILE_BYTES + 1);
    limited.read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(CertificateError::TooLarge(file.to_owned()));
    }
    Ok(bytes)
}

fn digest([certificate, key]: &[Vec<u8>; 2]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update((certificate.len() as u64).to_be_bytes());
    hasher.update(certificate);
    hasher.update(key);
    hasher.finalize().into()
}

impl Held {
    fn pair(&self) -> Pair {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl ResolvesServerCert for Held {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.pair().key)
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Held")
    }
}
