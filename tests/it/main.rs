//! Sagspost through its public doors, against real servers. One module per behaviour.

// A test may stop at whatever it did not expect.
#![allow(clippy::unwrap_used)]

// Shared with the benchmarks, which use other parts of it.
#[allow(dead_code)]
#[path = "../support/mod.rs"]
mod support;

mod api;
mod architecture;
mod faults;
mod generator;
mod imap_session;
mod imap_sync;
mod parse;
mod store;
mod suggest;
