//! What makes two mails the same to a reader, whichever way they came.
//!
//! Every server on the way adds trace headers (Received, Delivered-To …), so copies in two mailboxes rarely have the
//! same bytes. The body and the headers that the sender wrote are the same.

use super::{headers::DATE_FROM_RECEIVED, journaled, parse_undigested, parsed, repair};
use crate::domain::mail::{Mail, MailKind};

/// BLAKE3 over the raw body, Message-ID, From, Date and Subject.
pub fn fingerprint(raw: &[u8], mail: &Mail) -> [u8; 32] {
    if mail.kind == MailKind::JournalReport
        && let Some((message, _)) = parsed(raw)
        && let Some(copied) = journaled::mail(message.root())
    {
        // A journal's copy of a mail is that mail.
        let copied = copied.raw();
        return of_mail(copied, &parse_undigested(copied));
    }
    of_mail(raw, mail)
}

fn of_mail(raw: &[u8], mail: &Mail) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    let mut part = |bytes: &[u8]| {
        hasher
            .update(&(bytes.len() as u64).to_le_bytes())
            .update(bytes);
    };
    part(mail.message_id.as_deref().unwrap_or_default().as_bytes());
    part(
        mail.from
            .first()
            .map(|from| from.address.as_str())
            .unwrap_or_default()
            .as_bytes(),
    );
    // Each copy of a mail was received at its own time.
    let is_received = mail.warnings.iter().any(|w| w.code == DATE_FROM_RECEIVED);
    let date = mail.date.filter(|_| !is_received);
    part(&date.map_or(0, |date| date.timestamp()).to_le_bytes());
    part(mail.subject.as_bytes());
    part(body(repair::start(raw)).trim_ascii_end());
    *hasher.finalize().as_bytes()
}

/// What follows the first empty line.
fn body(raw: &[u8]) -> &[u8] {
    let mut rest = raw;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, after) = rest.split_at(end);
        rest = after.get(1..).unwrap_or_default();
        if line.is_empty() || line == b"\r" {
            return rest;
        }
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime::parse;

    fn of(raw: &str) -> [u8; 32] {
        fingerprint(raw.as_bytes(), &parse(raw.as_bytes()))
    }

    #[test]
    fn trace_headers_do_not_make_another_mail_but_a_letter_of_the_text_does() {
        let sent = "Message-ID: <a@x>\r\nFrom: a@x.example\r\nSubject: Hæk\r\n\r\nFor høj\r\n";
        let received = format!("Received: by mx\r\nDelivered-To: b@x.example\r\n{sent}");
        assert_eq!(of(sent), of(&received));
        assert_ne!(of(sent), of(&sent.replace("høj", "lav")));
        assert_ne!(of(sent), of(&sent.replace("a@x>", "b@x>")));
    }

    #[test]
    fn copies_without_a_date_are_the_same_whenever_they_were_received() {
        let received = |day: u32| {
            of(&format!(
                "Received: by mx; Tue, {day} Feb 2026 12:00:00 +0000\r\nFrom: a@x.example\r\n\r\nhej\r\n"
            ))
        };
        assert_eq!(received(3), received(4));
    }
}
