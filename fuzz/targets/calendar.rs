//! A calendar: its meetings as a text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sagspost::mime;

fuzz_target!(|calendar: &[u8]| {
    mime::calendar_text(calendar);
});
