//! The text of a journal report, around a mail that stays the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sagspost::mime;

fuzz_target!(|report: &[u8]| {
    let mut raw = b"X-MS-Journal-Report:\r\nContent-Type: multipart/mixed; boundary=grense\r\n\r\n--grense\r\n\r\n".to_vec();
    raw.extend_from_slice(report);
    raw.extend_from_slice(b"\r\n--grense\r\nContent-Type: message/rfc822\r\n\r\nFrom: a@x.example\r\n\r\nhej\r\n--grense--\r\n");
    let mail = mime::parse(&raw);
    mime::fingerprint(&raw, &mail);
});
