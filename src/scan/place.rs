//! A connection to the scanner, wherever it is.

use std::pin::Pin;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};

use super::{ScanError, Verdict, clamd, icap};
use crate::config::{Endpoint, ScannerAt};

/// Of either kind.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send {}
impl<S: AsyncRead + AsyncWrite + Send> Stream for S {}
pub(super) type Connection = Pin<Box<dyn Stream>>;

pub(super) async fn ask(scanner: &ScannerAt, bytes: &Bytes) -> Result<Verdict, ScanError> {
    match scanner {
        ScannerAt::Clamd(at) => clamd::ask(connect(at).await?, bytes).await,
        ScannerAt::Icap { at, host, url } => icap::ask(connect(at).await?, host, url, bytes).await,
    }
}

/// Whether it answers.
pub(super) async fn look(scanner: &ScannerAt) -> Result<(), ScanError> {
    match scanner {
        ScannerAt::Clamd(at) => clamd::look(connect(at).await?).await,
        ScannerAt::Icap { at, host, url } => icap::look(connect(at).await?, host, url).await,
    }
}

async fn connect(at: &Endpoint) -> Result<Connection, ScanError> {
    let connected: std::io::Result<Connection> = match at {
        Endpoint::Tcp(host, port) => TcpStream::connect((host.as_str(), *port))
            .await
            .map(|stream| Box::pin(stream) as Connection),
        Endpoint::Unix(path) => UnixStream::connect(path)
            .await
            .map(|stream| Box::pin(stream) as Connection),
    };
    connected.map_err(|_| ScanError::Away("it cannot be reached"))
}
