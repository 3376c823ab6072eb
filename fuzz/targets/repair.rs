//! What is put right in a mail before it is read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sagspost::mime;

fuzz_target!(|bytes: &[u8]| mime::fuzzing::repair(bytes));
