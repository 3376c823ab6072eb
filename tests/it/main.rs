//! Sagspost through its public doors, against real servers. One module per behaviour.

#[path = "../support/mod.rs"]
mod support;

mod store;
