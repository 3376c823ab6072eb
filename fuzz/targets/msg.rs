//! Outlook's .msg, and the mail that is written of it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sagspost::mime;

fuzz_target!(|bytes: &[u8]| mime::fuzzing::msg(bytes));
