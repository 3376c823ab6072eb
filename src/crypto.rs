//! One provider of cryptography for every TLS connection of the process: ring.
//!
//! The HTTP client of blobs and tokens takes the process's default and has none of its own.

/// Makes ring the process's default. May be called any number of times.
pub(crate) fn install() {
    // An error only says that there is a default already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
