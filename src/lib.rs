//! Sagspost: mails belong on cases.
//!
//! The modules stand in the order of a mail's way through the house; see `ARCHITECTURE.md`.

pub mod addin;
pub mod api;
pub mod audit;
pub mod auth;
pub mod cases;
pub mod cli;
pub mod config;
mod crypto;
pub mod documents;
pub mod domain;
#[cfg(test)]
mod growth;
pub mod journal;
pub mod kle;
pub mod mailbox;
pub mod messages;
pub mod mime;
pub mod outbox;
pub mod rules;
pub mod scan;
pub mod server;
pub mod store;
pub mod suggest;
pub mod telemetry;
pub mod triage;
