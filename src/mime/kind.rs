//! What kind of mail it is: from headers first (RFC 3834, RFC 2919, RFC 3464, RFC 8098), from the subject after.
//!
//! In doubt it is a person's: a mail that is wrongly called a machine's may be overlooked. So a web form's mail from
//! `noreply@` stays personal unless its headers say that a machine wrote it, and a subject alone tells only of what
//! machines always call the same. The text is looked at for one thing, whether an automatic answer speaks of absence.

use mail_parser::{Headers, MessagePart, MessageRef};

use super::{delivery, headers::text, journal_report};
use crate::domain::{delivery::Outcome, mail::MailKind};

/// In Danish, English, German, Swedish and Norwegian, as programs put them before the subject they answer.
const AUTO_REPLY_SUBJECTS: [&str; 12] = [
    "autosvar",
    "automatisk svar",
    "automatisk besvarelse",
    "autoreply",
    "auto reply",
    "auto-reply",
    "auto response",
    "automatic reply",
    "automatische antwort",
    "automatiskt svar",
    "autosvar från",
    "automatisk svarmelding",
];
const AWAY_SUBJECTS: [&str; 14] = [
    "out of office",
    "out-of-office",
    "out of office autoreply",
    "out of the office",
    "ikke til stede",
    "fraværsbesked",
    "fraværsmelding",
    "ikke på kontoret",
    "ude af kontoret",
    "ute av kontoret",
    "inte på kontoret",
    "frånvaromeddelande",
    "abwesenheitsnotiz",
    "abwesenheitsbenachrichtigung",
];
/// What an automatic answer says when the person is away; looked for in its subject and first lines alone.
const AWAY_WORDS: [&str; 31] = [
    "ferie",
    "orlov",
    "ikke til stede",
    "ikke på kontoret",
    "ude af huset",
    "tilbage den",
    "tilbage d.",
    "tilbage igen",
    "fridag",
    "på kursus",
    "out of office",
    "out of the office",
    "away from",
    "on leave",
    "on vacation",
    "on holiday",
    "annual leave",
    "maternity leave",
    "be back",
    "urlaub",
    "abwesen",
    "nicht im büro",
    "nicht im haus",
    "semester",
    "frånvarande",
    "föräldraledig",
    "tjänstledig",
    "åter den",
    "permisjon",
    "ute av kontoret",
    "tilbake",
];
const BOUNCE_SUBJECTS: [&str; 24] = [
    "undelivered mail",
    "undeliverable",
    "undelivered",
    "kan ikke leveres",
    "kunne ikke leveres",
    "ikke leveret",
    "levering mislykkedes",
    "leveringsfejl",
    "forsinket levering",
    "mailen kunne ikke leveres",
    "delivery status notification",
    "delivery failure",
    "delivery delayed",
    "delayed mail",
    "mail delivery failed",
    "mail delivery failure",
    "mail could not be delivered",
    "failure notice",
    "returned mail",
    "warning: could not send message",
    "unzustellbar",
    "går inte att leverera",
    "det går inte att leverera",
    "ikke levert",
];
/// What scanners and copiers call themselves as mail programs.
const SCANNERS: [&str; 13] = [
    "konica minolta",
    "bizhub",
    "ricoh",
    "canon ir",
    "imagerunner",
    "xerox",
    "workcentre",
    "kyocera",
    "taskalfa",
    "sharp mx",
    "lexmark",
    "hp digital sending",
    "toshiba e-studio",
];
/// Programs set these on automatic answers, and `no` where they are none.
const AUTO_REPLY_HEADERS: [&str; 5] = [
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-AutoReply-From",
    "X-Mail-Autoreply",
];

/// How much of an automatic answer is looked at.
const MAX_AWAY_BYTES: usize = 4_000;
const MAX_PARTS: usize = 50;

pub(super) fn of(message: &MessageRef<'_>, subject: &str, has_calendar: bool) -> MailKind {
    let headers = message.headers();
    let mail = Said {
        message,
        headers,
        subject: subject.trim().to_lowercase(),
        auto_submitted: value(headers, "Auto-Submitted"),
        precedence: value(headers, "Precedence"),
    };
    if let Some(report) = mail.report() {
        return report;
    }
    if mail.is_bounce() {
        MailKind::Bounce
    } else if mail.is_automatic_answer() {
        mail.automatic_answer()
    } else if has_calendar {
        MailKind::Calendar
    } else if mail.is_to_many() {
        MailKind::Newsletter
    } else if mail.is_of_a_system() {
        MailKind::System
    } else {
        MailKind::Personal
    }
}

/// What a mail says of itself, in lower case.
struct Said<'s, 'm> {
    message: &'s MessageRef<'m>,
    headers: Headers<'m>,
    subject: String,
    auto_submitted: String,
    precedence: String,
}

impl Said<'_, '_> {
    /// Mails whose structure tells what they are.
    fn report(&self) -> Option<MailKind> {
        let root = self.message.root_part();
        if journal_report::is_report(self.headers)
            && root.is_multipart()
            && root
                .children()
                .take(MAX_PARTS)
                .any(|part| part.is_message())
        {
            return Some(MailKind::JournalReport);
        }
        let is = |subtype| root.is_content_type("message", subtype);
        let kind = if root.is_content_type("multipart", "report") {
            root.content_type()?
                .attribute("report-type")?
                .to_lowercase()
        } else if is("delivery-status") {
            "delivery-status".to_owned()
        } else if is("disposition-notification") {
            "disposition-notification".to_owned()
        } else {
            return None;
        };
        match kind.as_str() {
            "delivery-status" if confirms_delivery(&root) => Some(MailKind::System),
            "delivery-status" => Some(MailKind::Bounce),
            "disposition-notification" => Some(MailKind::ReadReceipt),
            "feedback-report" => Some(MailKind::System),
            _ => None,
        }
    }

    fn is_bounce(&self) -> bool {
        let has_no_sender = value(self.headers, "Return-Path") == "<>";
        let is_of_daemon = || {
            let sender = self.sender();
            let local = sender.split('@').next().unwrap_or_default();
            matches!(local, "mailer-daemon" | "postmaster")
                || local.starts_with("microsoftexchange")
        };
        self.headers.contains("X-Failed-Recipients")
            || ((has_no_sender || is_of_daemon())
                && starts_with_any(&self.subject, &BOUNCE_SUBJECTS))
    }

    fn is_automatic_answer(&self) -> bool {
        self.auto_submitted.starts_with("auto-replied")
            || self.precedence == "auto_reply"
            || AUTO_REPLY_HEADERS
                .iter()
                .any(|name| self.headers.contains(*name) && value(self.headers, name) != "no")
            || begins_with_phrase(&self.subject, &AUTO_REPLY_SUBJECTS)
            || begins_with_phrase(&self.subject, &AWAY_SUBJECTS)
            || self.is_generated_answer()
    }

    /// Exchange's, in whatever language: generated, wants no answer, and answers something.
    fn is_generated_answer(&self) -> bool {
        self.auto_submitted.starts_with("auto-generated")
            && self.headers.contains("In-Reply-To")
            && self.headers.contains("X-Auto-Response-Suppress")
    }

    fn automatic_answer(&self) -> MailKind {
        let is_away = begins_with_phrase(&self.subject, &AWAY_SUBJECTS)
            || speaks_of_absence(&self.own_subject())
            || self
                .first_lines()
                .is_some_and(|lines| speaks_of_absence(&lines));
        if is_away {
            MailKind::OutOfOffice
        } else {
            MailKind::AutoReply
        }
    }

    /// The subject without the one it answers: `Automatisk svar: Ferie i juli` is not about absence.
    fn own_subject(&self) -> String {
        let own = self.subject.split(':').next().unwrap_or_default();
        own.to_owned()
    }

    /// As they were written, in lower case; of HTML, its source.
    fn first_lines(&self) -> Option<String> {
        let mut parts = vec![self.message.root_part()];
        for _ in 0..MAX_PARTS {
            let part = parts.pop()?;
            if part.is_multipart() {
                parts.extend(
                    part.children()
                        .take(MAX_PARTS)
                        .collect::<Vec<_>>()
                        .into_iter()
                        .rev(),
                );
            } else if part.is_text() {
                let text = part.text_prefix_bytes(MAX_AWAY_BYTES)?;
                return Some(before_quotation(&text).to_lowercase());
            }
        }
        None
    }

    fn is_to_many(&self) -> bool {
        self.headers.contains("List-Id")
            || self.headers.contains("List-Unsubscribe")
            || self.precedence == "list"
    }

    fn is_of_a_system(&self) -> bool {
        self.auto_submitted.starts_with("auto-generated")
            || self.auto_submitted.starts_with("auto-notified")
            || self.precedence == "bulk"
            || self.is_of_scanner()
    }

    fn is_of_scanner(&self) -> bool {
        ["X-Mailer", "User-Agent"].iter().any(|name| {
            let program = value(self.headers, name);
            starts_with_any(&program, &SCANNERS)
        })
    }

    fn sender(&self) -> String {
        self.headers
            .from()
            .and_then(|from| from.first())
            .and_then(|from| from.address())
            .unwrap_or_default()
            .to_lowercase()
    }
}

fn value(headers: Headers<'_>, name: &str) -> String {
    text(headers, name)
        .map(|value| value.trim().to_lowercase())
        .unwrap_or_default()
}

/// A report that all went well is no bounce.
fn confirms_delivery(root: &MessagePart<'_>) -> bool {
    let mut parts = root.children().take(MAX_PARTS);
    parts
        .find(|part| part.is_content_type("message", "delivery-status"))
        .and_then(|part| delivery::delivery_status(&part.decoded()))
        .is_some_and(|report| matches!(report.outcome, Outcome::Delivered | Outcome::PassedOn))
}

/// `Autosvar: Hæk` and `Autosvar fra Vej` are automatic; `Autosvar i telefonen virker ikke` is a person's.
fn is_end_of_phrase(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.is_empty()
        || rest.starts_with([':', '-', '–', '(', '!', '.', '[', '<'])
        || rest.starts_with("fra ")
}

fn begins_with_phrase(subject: &str, phrases: &[&str]) -> bool {
    phrases
        .iter()
        .filter_map(|phrase| subject.strip_prefix(phrase))
        .any(is_end_of_phrase)
}

fn speaks_of_absence(text: &str) -> bool {
    AWAY_WORDS.iter().any(|word| text.contains(word))
}

/// An answer may quote the mail it answers, which may speak of anything.
fn before_quotation(text: &str) -> &str {
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        let start = line.trim_start();
        let quotes = start.starts_with('>')
            || start.starts_with("-----")
            || ["Fra:", "From:", "Von:", "Från:"]
                .iter()
                .any(|from| start.starts_with(from));
        if quotes {
            break;
        }
        end += line.len();
    }
    text.get(..end).unwrap_or(text)
}

fn starts_with_any(subject: &str, patterns: &[&str]) -> bool {
    patterns.iter().any(|pattern| subject.starts_with(pattern))
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::domain::mail::MailKind;

    fn kind(mail: &str) -> MailKind {
        parse(mail.replace('\n', "\r\n").as_bytes()).kind
    }

    #[test]
    fn mail_that_no_person_wrote_is_told_apart() {
        for (headers, expected) in [
            ("Subject: Hæk", MailKind::Personal),
            ("Subject: SV: Autosvar i telefonen", MailKind::Personal),
            (
                "Subject: Autosvar i telefonen virker ikke",
                MailKind::Personal,
            ),
            ("Subject: Autosvar fra Vej og Park", MailKind::AutoReply),
            ("Subject: Automatisk svar: Hæk", MailKind::AutoReply),
            (
                "Subject: Automatisk svar: Ferie i juli",
                MailKind::AutoReply,
            ),
            ("Subject: Automatische Antwort: Hecke", MailKind::AutoReply),
            ("Subject: Automatiskt svar: Häck", MailKind::AutoReply),
            ("Subject: Ikke til stede: Hæk", MailKind::OutOfOffice),
            ("Subject: Out of office", MailKind::OutOfOffice),
            ("Subject: Abwesenheitsnotiz: Hecke", MailKind::OutOfOffice),
            ("Subject: Ikke til stede ved mødet", MailKind::Personal),
            ("Subject: Fravær: Karl er syg", MailKind::Personal),
            (
                "Auto-Submitted: auto-replied\nSubject: Tak",
                MailKind::AutoReply,
            ),
            ("X-Autoreply: yes\nSubject: Tak", MailKind::AutoReply),
            ("X-Autoreply: no\nSubject: Tak", MailKind::Personal),
            (
                "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\nIn-Reply-To: <1@x>\nSubject: Automaattinen",
                MailKind::AutoReply,
            ),
            ("Auto-Submitted: no\nSubject: Tak", MailKind::Personal),
            (
                "From: MAILER-DAEMON@x.example\nSubject: Undelivered Mail Returned to Sender",
                MailKind::Bounce,
            ),
            (
                "Return-Path: <>\nSubject: Levering mislykkedes",
                MailKind::Bounce,
            ),
            (
                "X-Failed-Recipients: a@x.example\nSubject: x",
                MailKind::Bounce,
            ),
            ("Subject: Undeliverable: Hæk", MailKind::Personal),
            (
                "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
                MailKind::Bounce,
            ),
            (
                "Content-Type: multipart/report; report-type=disposition-notification; boundary=b",
                MailKind::ReadReceipt,
            ),
            (
                "Content-Type: multipart/report; report-type=feedback-report; boundary=b",
                MailKind::System,
            ),
            (
                "List-Id: <nyt.x.example>\nSubject: Nyt",
                MailKind::Newsletter,
            ),
            (
                "Precedence: bulk\nList-Unsubscribe: <https://x.example>\nSubject: Nyt",
                MailKind::Newsletter,
            ),
            (
                "Precedence: bulk\nSubject: Disken er fuld",
                MailKind::System,
            ),
            (
                "From: noreply@x.example\nAuto-Submitted: auto-generated\nSubject: Rapport",
                MailKind::System,
            ),
            (
                "X-Mailer: KONICA MINOLTA bizhub C360\nSubject: Scan",
                MailKind::System,
            ),
            (
                "From: noreply@kommune.example\nX-Auto-Response-Suppress: All\nSubject: Henvendelse fra borger",
                MailKind::Personal,
            ),
            (
                "Auto-Submitted: auto-generated\nContent-Type: text/calendar; method=REPLY\nSubject: Accepteret: Møde",
                MailKind::Calendar,
            ),
        ] {
            assert_eq!(kind(&format!("{headers}\n\nhej")), expected, "{headers}");
        }
    }

    #[test]
    fn an_automatic_answer_that_speaks_of_absence_is_out_of_office() {
        for (text, expected) in [
            ("Jeg er på ferie til den 4. august.", MailKind::OutOfOffice),
            ("I am out of the office.", MailKind::OutOfOffice),
            ("Ich bin im Urlaub.", MailKind::OutOfOffice),
            ("Jag har semester.", MailKind::OutOfOffice),
            ("Tak for din henvendelse.", MailKind::AutoReply),
            (
                "Tak for din mail.\n\n> Må vi holde ferie?",
                MailKind::AutoReply,
            ),
        ] {
            let mail = format!(
                "Auto-Submitted: auto-replied\nSubject: SV: Hæk\nContent-Type: text/plain; charset=utf-8\n\n{text}"
            );
            assert_eq!(kind(&mail), expected, "{text}");
        }
        assert_eq!(kind("Subject: Hæk\n\nJeg er på ferie."), MailKind::Personal);
    }

    #[test]
    fn a_report_that_all_went_well_is_no_bounce() {
        for (action, expected) in [
            ("failed", MailKind::Bounce),
            ("delayed", MailKind::Bounce),
            ("relayed", MailKind::System),
            ("delivered", MailKind::System),
        ] {
            let mail = format!(
                "Subject: x\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nhej\n--b\n\
                 Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822;a@x.example\nAction: {action}\n\n--b--\n"
            );
            assert_eq!(kind(&mail), expected, "{action}");
        }
    }

    #[test]
    fn a_journal_report_holds_the_mail_it_is_about() {
        for header in [
            "X-MS-Journal-Report:",
            "X-MS-Exchange-Organization-Journal-Report:",
            "Content-Identifer: ExJournalReport",
        ] {
            let head = format!(
                "Subject: x\n{header}\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSender: a@x\n"
            );
            let whole =
                format!("{head}--b\nContent-Type: message/rfc822\n\nSubject: y\n\nhej\n--b--\n");
            assert_eq!(kind(&whole), MailKind::JournalReport, "{header}");
            assert_eq!(
                kind(&format!("{head}--b--\n")),
                MailKind::Personal,
                "{header}"
            );
        }
    }

    /// Reports as other software wrote them, where they are at hand.
    #[test]
    fn reports_of_other_software_are_known() {
        let mut folders = vec![std::path::PathBuf::from("../shared/corpus/mime")];
        let mut kinds = std::collections::BTreeMap::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let raw = std::fs::read(&path).unwrap_or_default();
                let mail = parse(&raw);
                let head = raw
                    .split(|byte| *byte == b'\n')
                    .take(80)
                    .collect::<Vec<_>>()
                    .concat();
                if String::from_utf8_lossy(&head)
                    .to_lowercase()
                    .contains("report-type=")
                {
                    *kinds.entry(format!("{:?}", mail.kind)).or_insert(0) += 1;
                }
            }
        }
        let personal = kinds.get("Personal").copied().unwrap_or(0);
        assert!(personal <= kinds.values().sum::<i32>() / 4, "{kinds:?}");
        eprintln!("{kinds:?}");
    }
}
