//! An attachment's text, whatever the file is; what the child process does within its limits.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sagspost::documents::text;

fuzz_target!(|file: &[u8]| {
    // PDF is read by a crate that may panic, which is why a child reads it.
    if !file.windows(4).any(|word| word == b"%PDF") {
        text::extract(file, "brev.docx", "application/octet-stream");
    }
});
