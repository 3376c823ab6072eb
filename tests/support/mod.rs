//! What tests stand on: private real servers and builders of data. No assertions here.

pub mod app;
pub mod certificates;
pub mod cli;
pub mod dovecot;
pub mod generator;
pub mod hostile;
pub mod house;
pub mod issuer;
pub mod oauth;
pub mod oidc;
pub mod postgres;
pub mod s3;
pub mod store;
pub mod wire;

use std::time::{Duration, Instant};

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    listener.local_addr().expect("an address").port()
}

/// Waits until something is so, and says what was waited for when it takes too long.
pub fn wait_for(what: &str, mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "waited in vain for {what}"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}
