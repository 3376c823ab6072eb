//! Connections: accepted, with TLS or without, and given to the router. Both ways are the same HTTP/1.1.
//!
//! Whoever connects is a stranger until a request is read. So each of them has a limited time to shake hands and to send
//! its headers, limited headers, and a limited time in which nothing moves while an answer is sent; and there is a limit to
//! how many there are. The time for a request's body is the router's.

mod ends;
mod stalled;
mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::{Router, body::Body};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use tls::{CertificateError, Tls};

use crate::config;
use stalled::Moving;

/// After a refusal of the system to accept, e.g. for want of file descriptors.
const BREATH: Duration = Duration::from_secs(1);

/// What strangers are limited to.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// More than so many wait to be accepted.
    pub connections: usize,
    /// From the connection to the end of the handshake, and then to the end of a request's headers.
    pub headers: Duration,
    pub header_bytes: usize,
    /// How long an answer may wait for the other side to take the next piece of it.
    pub stalled: Duration,
}

impl Limits {
    pub fn of(settings: &config::Server) -> Self {
        Self {
            connections: settings.max_connections,
            headers: Duration::from_secs(settings.header_timeout_secs),
            header_bytes: settings.max_header_bytes,
            stalled: Duration::from_secs(settings.request_timeout_secs),
        }
    }
}

/// Serves until told to stop, and then until every request that runs is answered.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    limits: Limits,
    router: Router,
    stop: CancellationToken,
) {
    let connections = TaskTracker::new();
    let places = Arc::new(Semaphore::new(
        limits.connections.min(Semaphore::MAX_PERMITS),
    ));
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, accept(&listener).await)
        };
        let (place, (stream, peer)) = tokio::select! {
            () = stop.cancelled() => break,
            next = next => next,
        };
        let (tls, router, stop) = (tls.clone(), router.clone(), stop.clone());
        connections.spawn(async move {
            metrics::gauge!("sagspost_http_connections").increment(1.0);
            one(stream, peer, tls, limits, router, stop).await;
            metrics::gauge!("sagspost_http_connections").decrement(1.0);
            drop(place);
        });
    }
    // Whoever comes now is told so by the system.
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

/// Whoever connected was gone before we came.
fn is_of_the_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind;
    matches!(
        error.kind(),
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}

async fn one(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<Arc<Tls>>,
    limits: Limits,
    router: Router,
    stop: CancellationToken,
) {
    // Events are small and must not wait for more of them.
    let _ = stream.set_nodelay(true);
    let Some(tls) = tls else {
        return answer(stream, peer, limits, router, stop).await;
    };
    let shaken = tokio::select! {
        () = stop.cancelled() => return,
        shaken = tokio::time::timeout(limits.headers, tls.shake_hands(stream)) => shaken,
    };
    match shaken {
        Ok(Ok(stream)) => answer(stream, peer, limits, router, stop).await,
        Ok(Err(error)) => tracing::debug!(%error, "a handshake failed"),
        Err(_) => tracing::debug!("a handshake took too long"),
    }
}

/// Answers the requests of one connection.
async fn answer(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    limits: Limits,
    router: Router,
    stop: CancellationToken,
) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.call(request)
    });
    let stream = TokioIo::new(Moving::new(stream, limits.stalled));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.headers)
        .max_buf_size(limits.header_bytes)
        .serve_connection(stream, service);
    tokio::pin!(connection);
    let mut stopping = false;
    loop {
        tokio::select! {
            ended = &mut connection => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended");
                }
                return;
            }
            () = stop.cancelled(), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}
