//! A whole mail: read, made readable, and each attachment comes out as it was listed.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sagspost::mime;

fuzz_target!(|raw: &[u8]| {
    let mail = mime::parse(raw);
    mime::fingerprint(raw, &mail);
    mime::readable(raw, "Tidligere");
    for (index, listed) in mail.attachments.iter().enumerate().take(20) {
        let (found, bytes) = mime::attachment(raw, &[index]).expect("an attachment that is listed");
        assert_eq!(found.sha256, listed.sha256);
        assert_eq!(bytes.len() as u64, listed.size);
    }
});
