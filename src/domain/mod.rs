//! Plain types and rules of case work. No I/O, no async, no database, no clock.

pub mod case;
pub mod mail;
