//! TLS to mail servers: rustls with the machine's own roots and, where a body runs its own CA, one extra file.

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::MailboxError;
use super::error::CertificateFault;
use super::wire::Wire;
use crate::crypto;

pub(super) type TlsStream = StreamOwned<ClientConnection, Wire>;

/// Shakes hands over the wire and checks that the server is who it should be.
pub(super) fn handshake(
    mut wire: Wire,
    host: &str,
    ca_file: Option<&Path>,
) -> Result<TlsStream, MailboxError> {
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| MailboxError::HostUnknown(host.to_owned()))?;
    let config = client_config(ca_file)?;
    let mut connection = ClientConnection::new(config, name).map_err(|error| failed(&error))?;
    while connection.is_handshaking() {
        connection
            .complete_io(&mut wire)
            .map_err(|error| handshake_failed(&error))?;
    }
    wire.flush().map_err(|_| MailboxError::ConnectionLost)?;
    Ok(StreamOwned::new(connection, wire))
}

/// One configuration per CA file serves every mailbox; the roots are read once.
fn client_config(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, MailboxError> {
    type Configs = HashMap<Option<PathBuf>, Arc<ClientConfig>>;
    static CONFIGS: Mutex<Option<Configs>> = Mutex::new(None);
    let mut configs = CONFIGS.lock().unwrap_or_else(PoisonError::into_inner);
    let configs = configs.get_or_insert_default();
    let key = ca_file.map(Path::to_path_buf);
    if let Some(config) = configs.get(&key) {
        return Ok(Arc::clone(config));
    }
    let mut roots = RootCertStore::empty();
    // A root that cannot be read only fails those servers that need it.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = ca_file {
        add_ca_file(&mut roots, path)?;
    }
    crypto::install();
    let config = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let config = Arc::new(config);
    configs.insert(key, Arc::clone(&config));
    Ok(config)
}

fn add_ca_file(roots: &mut RootCertStore, path: &Path) -> Result<(), MailboxError> {
    let invalid = |why: &dyn std::fmt::Display| {
        MailboxError::CaFileInvalid(format!("{}: {why}", path.display()))
    };
    let certificates = CertificateDer::pem_file_iter(path).map_err(|error| invalid(&error))?;
    let mut added = 0;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| invalid(&error))?;
        roots.add(certificate).map_err(|error| invalid(&error))?;
        added += 1;
    }
    if added == 0 {
        return Err(invalid(&"it holds no certificate"));
    }
    Ok(())
}

fn handshake_failed(error: &io::Error) -> MailboxError {
    if let Some(tls) = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>())
    {
        return failed(tls);
    }
    match error.kind() {
        io::ErrorKind::TimedOut => MailboxError::Timeout,
        _ => MailboxError::ConnectionLost,
    }
}

fn failed(error: &rustls::Error) -> MailboxError {
    let rustls::Error::InvalidCertificate(fault) = error else {
        return MailboxError::TlsFailed(super::error::clean(&error.to_string()));
    };
    let reason = match fault {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            CertificateFault::Expired
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            CertificateFault::NotYetValid
        }
        CertificateError::UnknownIssuer => CertificateFault::UnknownIssuer,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateFault::WrongName
        }
        CertificateError::Revoked => CertificateFault::Revoked,
        _ => CertificateFault::Other,
    };
    MailboxError::CertificateInvalid { reason }
}

/// What the transport runs over.
#[derive(Debug)]
pub(super) enum Stream {
    Plain(Wire),
    Tls(Box<TlsStream>),
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(wire) => wire.read(buffer),
            // Many servers close without a close_notify; the protocol itself tells whether something is missing.
            Self::Tls(tls) => match tls.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
                other => other,
            },
        }
    }
}

impl Write for Stream {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(wire) => wire.write(buffer),
            Self::Tls(tls) => tls.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(wire) => wire.flush(),
            Self::Tls(tls) => tls.flush(),
        }
    }
}
