//! What kind of mail it is: from headers first (RFC 3834, RFC 2919, RFC 3464), from the subject after.

use mail_parser::MessageRef;

use super::headers::text;
use crate::domain::mail::MailKind;

const AUTO_REPLY_SUBJECTS: [&str; 9] = [
    "autosvar",
    "automatisk svar",
    "automatic reply",
    "auto-reply",
    "out of office",
    "out of office autoreply",
    "ikke til stede",
    "fraværsbesked",
    "ikke på kontoret",
];
const BOUNCE_SUBJECTS: [&str; 7] = [
    "undelivered mail",
    "undeliverable",
    "kan ikke leveres",
    "ikke leveret",
    "delivery status notification",
    "mail delivery failed",
    "failure notice",
];

pub(super) fn of(message: &MessageRef<'_>, subject: &str, has_calendar: bool) -> MailKind {
    let headers = message.headers();
    let value = |name: &str| text(headers, name).map(|value| value.to_lowercase());
    let subject = subject.trim().to_lowercase();
    let auto_submitted = value("Auto-Submitted");
    let from_daemon = headers
        .from()
        .and_then(|from| from.first())
        .and_then(|from| from.address())
        .is_some_and(|address| {
            let local = address.split('@').next().unwrap_or_default().to_lowercase();
            matches!(local.as_str(), "mailer-daemon" | "postmaster")
        });
    let report = message.root_part().content_type().is_some_and(|content| {
        content
            .subtype()
            .is_some_and(|subtype| subtype.eq_ignore_ascii_case("report"))
            && content
                .attribute("report-type")
                .is_some_and(|kind| kind.eq_ignore_ascii_case("delivery-status"))
    });
    if report || (from_daemon && starts_with_any(&subject, &BOUNCE_SUBJECTS)) {
        return MailKind::Bounce;
    }
    let precedence = value("Precedence").unwrap_or_default();
    if auto_submitted
        .as_deref()
        .is_some_and(|value| value.starts_with("auto-replied"))
        || value("X-Autoreply").is_some()
        || value("X-Autorespond").is_some()
        || precedence == "auto_reply"
        || AUTO_REPLY_SUBJECTS
            .iter()
            .filter_map(|phrase| subject.strip_prefix(phrase))
            .any(is_end_of_phrase)
    {
        return MailKind::AutoReply;
    }
    if has_calendar {
        return MailKind::Calendar;
    }
    if headers.contains("List-Id")
        || headers.contains("List-Unsubscribe")
        || matches!(precedence.as_str(), "bulk" | "list")
    {
        return MailKind::Newsletter;
    }
    MailKind::Personal
}

/// `Autosvar: Hæk` and `Autosvar fra Vej` are automatic; `Autosvar i telefonen virker ikke` is a person's.
fn is_end_of_phrase(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.is_empty()
        || rest.starts_with([':', '-', '–', '(', '!', '.', '[', '<'])
        || rest.starts_with("fra ")
}

fn starts_with_any(subject: &str, patterns: &[&str]) -> bool {
    patterns.iter().any(|pattern| subject.starts_with(pattern))
}

#[cfg(test)]
mod tests {
    use crate::{domain::mail::MailKind, mime::parse};

    #[test]
    fn mail_that_no_person_wrote_is_told_apart() {
        for (headers, kind) in [
            ("Subject: Hæk", MailKind::Personal),
            ("Subject: SV: Autosvar i telefonen", MailKind::Personal),
            (
                "Subject: Autosvar i telefonen virker ikke",
                MailKind::Personal,
            ),
            ("Subject: Autosvar fra Vej og Park", MailKind::AutoReply),
            ("Subject: Automatisk svar: Hæk", MailKind::AutoReply),
            (
                "Auto-Submitted: auto-replied\r\nSubject: Tak",
                MailKind::AutoReply,
            ),
            ("Auto-Submitted: no\r\nSubject: Tak", MailKind::Personal),
            (
                "From: MAILER-DAEMON@x.example\r\nSubject: Undelivered Mail Returned to Sender",
                MailKind::Bounce,
            ),
            (
                "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
                MailKind::Bounce,
            ),
            (
                "List-Id: <nyt.x.example>\r\nSubject: Nyt",
                MailKind::Newsletter,
            ),
            (
                "Content-Type: text/calendar; method=REQUEST\r\nSubject: Møde",
                MailKind::Calendar,
            ),
        ] {
            assert_eq!(
                parse(format!("{headers}\r\n\r\nhej").as_bytes()).kind,
                kind,
                "{headers}"
            );
        }
    }
}
