//! Mailboxes in one file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sagspost::mime;

fuzz_target!(|bytes: &[u8]| mime::fuzzing::mbox(bytes));
