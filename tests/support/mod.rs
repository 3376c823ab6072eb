//! What tests stand on: private real servers and builders of data. No assertions here.

pub mod postgres;
pub mod store;
