//! What rules say of a mail that arrived, and the doing of it.

mod check;

pub use check::{CheckError, Checked, check};
