//! A page to text, and made safe.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sagspost::mime;

fuzz_target!(|page: &str| mime::fuzzing::html(page));
