//! What tests stand on: private real servers and builders of data. No assertions here.

pub mod app;
pub mod calls;
pub mod certificates;
pub mod cli;
pub mod dovecot;
pub mod filing;
pub mod generator;
pub mod hostile;
pub mod house;
pub mod issuer;
pub mod oauth;
pub mod oidc;
pub mod outbox;
pub mod postgres;
pub mod s3;
pub mod scanner;
pub mod smtp;
pub mod store;
pub mod wire;
pub mod word;

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A port that was free a moment ago, and that nobody is given by chance before a server listens on it: below those that
/// the kernel hands out (from 32768), another one at each call, and elsewhere in each process.
pub fn free_port() -> u16 {
    const FIRST: u32 = 10_000;
    const COUNT: u32 = 22_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let start = std::process::id().wrapping_mul(7_919);
    (0..COUNT)
        .map(|_| FIRST + start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % COUNT)
        .filter_map(|port| u16::try_from(port).ok())
        .find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a free port on loopback")
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
