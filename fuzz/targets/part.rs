//! One part of a mail of whichever type the first byte chooses.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sagspost::mime;

const TYPES: [&str; 16] = [
    "text/calendar; method=REQUEST",
    "message/delivery-status",
    "message/disposition-notification",
    "text/vcard; name=a.vcf",
    "message/rfc822",
    "text/rfc822-headers",
    "application/mbox; name=a.mbox",
    "application/pkcs7-mime; name=smime.p7m",
    "application/applefile",
    "application/mac-binhex40",
    "text/rtf; name=a.rtf",
    "text/plain; format=flowed; delsp=yes",
    "text/plain; charset=iso-2022-jp",
    "text/xml; name=MeMo.xml",
    "message/partial; id=a; number=1",
    "application/octet-stream; name=a.eml",
];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, content)) = bytes.split_first() else {
        return;
    };
    let media_type = TYPES[usize::from(*first) % TYPES.len()];
    let head = format!(
        "From: a@x.example\r\nSubject: x\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\n\r\nhej\r\n--b\r\nContent-Type: {media_type}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    );
    let raw = [head.as_bytes(), content, b"\r\n--b--\r\n"].concat();
    let mail = mime::parse(&raw);
    for (index, listed) in mail.attachments.iter().enumerate() {
        let (found, _) = mime::attachment(&raw, &[index]).expect("an attachment that is listed");
        assert_eq!(found.sha256, listed.sha256);
    }
});
