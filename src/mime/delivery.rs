//! What became of a mail that was sent: reports of delivery (RFC 3464), of reading (RFC 8098) and complaints (RFC 5965).
//!
//! They are read into values, so that a bounce finds the letter it is about, and into a short Danish text, whose words
//! stand at the top. Exchange's own bounces, which have no part for machines, are recognised by how they begin.

use super::charset;
use crate::domain::delivery::{DeliveryReport, Outcome, Recipient};

const SAID: [(Outcome, &str); 8] = [
    (Outcome::Failed, "Kunne ikke leveres til"),
    (Outcome::Delayed, "Er endnu ikke leveret til"),
    (Outcome::Delivered, "Er leveret til"),
    (Outcome::PassedOn, "Er sendt videre til"),
    (Outcome::Read, "Er åbnet af"),
    (Outcome::Unread, "Er slettet uden at være åbnet af"),
    (Outcome::Refused, "Er ikke behandlet af"),
    (Outcome::Complaint, "Er meldt som uønsket af"),
];
/// Enhanced status codes (RFC 3463) without their class; the first that fits counts.
const REASONS: [(&str, &str); 21] = [
    ("1.1", "adressen findes ikke"),
    ("1.10", "adressen findes ikke"),
    ("1.2", "domænet findes ikke"),
    ("1.3", "adressen er skrevet forkert"),
    ("1.6", "modtageren er flyttet"),
    ("2.1", "postkassen er lukket"),
    ("2.2", "postkassen er fuld"),
    ("2.3", "mailen er for stor"),
    ("2.4", "mailinglisten kan ikke nås"),
    ("3.2", "modtagerens mailserver tager ikke imod mail"),
    ("3.4", "mailen er for stor"),
    ("4.1", "modtagerens mailserver svarer ikke"),
    ("4.3", "modtagerens mailserver kan ikke findes"),
    ("4.4", "modtagerens mailserver kan ikke findes"),
    ("4.6", "mailen går i ring"),
    ("4.7", "der er forsøgt for længe"),
    ("5.3", "mailen har for mange modtagere"),
    ("6.1", "modtageren kan ikke læse mailens format"),
    ("7.1", "afvist af modtagerens regler"),
    ("7.5", "kryptering mislykkedes"),
    ("7.26", "afsenderens identitet kunne ikke bekræftes"),
];
/// How Exchange's bounces begin, in the languages that are met here.
const EXCHANGE: [(&str, Outcome); 17] = [
    ("delivery has failed to these recipients", Outcome::Failed),
    ("delivery is delayed to these recipients", Outcome::Delayed),
    (
        "your message did not reach some or all of the intended recipients",
        Outcome::Failed,
    ),
    ("your message couldn't be delivered", Outcome::Failed),
    ("your message wasn't delivered", Outcome::Failed),
    (
        "the following recipient(s) cannot be reached",
        Outcome::Failed,
    ),
    ("levering mislykkedes til disse modtagere", Outcome::Failed),
    (
        "levering til følgende modtagere eller grupper mislykkedes",
        Outcome::Failed,
    ),
    (
        "levering er forsinket til disse modtagere",
        Outcome::Delayed,
    ),
    ("meddelelsen kunne ikke leveres til", Outcome::Failed),
    ("din meddelelse kunne ikke leveres", Outcome::Failed),
    ("din meddelelse er ikke nået frem til", Outcome::Failed),
    ("din meddelelse nåede ikke frem til", Outcome::Failed),
    ("følgende modtagere kan ikke nås", Outcome::Failed),
    (
        "leveransen misslyckades till de här mottagarna",
        Outcome::Failed,
    ),
    ("levering mislyktes til disse mottakerne", Outcome::Failed),
    (
        "fehler bei der nachrichtenzustellung an folgende empfänger",
        Outcome::Failed,
    ),
];
/// From here on Exchange speaks to administrators.
const FOR_ADMINISTRATORS: [&str; 5] = [
    "diagnostic information for administrators",
    "diagnosticeringsoplysninger for administratorer",
    "diagnosticeringsoplysninger til administratorer",
    "diagnoseinformationen für administratoren",
    "diagnostikinformation för administratörer",
];

const MAX_BYTES: usize = 1024 * 1024;
const MAX_RECIPIENTS: usize = 1_000;
const MAX_FIELDS: usize = 20_000;
const MAX_VALUE_BYTES: usize = 1_000;
/// People that a text names.
const MAX_SAID: usize = 20;
/// A bounce of Exchange begins within its first lines and names its recipients soon after.
const MAX_LINES_BEFORE: usize = 5;
const MAX_LINES: usize = 400;
const MAX_TEXT_BYTES: usize = 100_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Report {
    /// The worst that happened to any recipient.
    pub outcome: Outcome,
    /// Without angle brackets. Reports of delivery seldom tell it; the mail they return does.
    pub original_message_id: Option<String>,
    pub recipients: Vec<Recipient>,
    /// Danish.
    pub text: String,
    pub cut: bool,
}

impl From<Report> for DeliveryReport {
    fn from(report: Report) -> Self {
        Self {
            outcome: report.outcome,
            original_message_id: report.original_message_id,
            recipients: report.recipients,
        }
    }
}

/// message/delivery-status. `None` when it tells of nobody.
pub(super) fn delivery_status(bytes: &[u8]) -> Option<Report> {
    let mut recipients: Vec<Recipient> = Vec::new();
    let mut original_message_id = None;
    let mut cut = bytes.len() > MAX_BYTES;
    for group in groups(bytes) {
        original_message_id = original_message_id.or_else(|| {
            group
                .first("x-original-message-id")
                .or_else(|| group.first("original-message-id"))
                .map(id)
        });
        let Some(address) = group
            .first("final-recipient")
            .or_else(|| group.first("original-recipient"))
            .map(address)
        else {
            continue;
        };
        if recipients.len() >= MAX_RECIPIENTS {
            cut = true;
            break;
        }
        let status = group.first("status").and_then(enhanced_status);
        recipients.push(Recipient {
            address,
            outcome: outcome(group.first("action").unwrap_or_default(), status.as_deref()),
            status,
            diagnostic: group.first("diagnostic-code").map(without_type),
        });
    }
    report(recipients, original_message_id, cut)
}

/// message/disposition-notification.
pub(super) fn disposition(bytes: &[u8]) -> Option<Report> {
    let group = groups(bytes).find(|group| group.first("disposition").is_some())?;
    let disposition = group
        .first("disposition")
        .unwrap_or_default()
        .to_lowercase();
    let kind = disposition.rsplit(';').next().unwrap_or_default();
    let kind = kind.split(['/', ',']).next().unwrap_or_default().trim();
    let outcome = match kind {
        "displayed" | "processed" => Outcome::Read,
        "dispatched" => Outcome::PassedOn,
        "deleted" => Outcome::Unread,
        _ => Outcome::Refused,
    };
    let reader = Recipient {
        address: group
            .first("final-recipient")
            .or_else(|| group.first("original-recipient"))
            .map(address)
            .unwrap_or_default(),
        outcome,
        status: None,
        diagnostic: group
            .first("error")
            .or_else(|| group.first("failure"))
            .map(str::to_owned),
    };
    let original = group.first("original-message-id").map(id);
    report(vec![reader], original, bytes.len() > MAX_BYTES)
}

/// message/feedback-report.
pub(super) fn feedback(bytes: &[u8]) -> Option<Report> {
    let group = groups(bytes).find(|group| group.first("feedback-type").is_some())?;
    let kind = group.first("feedback-type").map(str::to_owned);
    let complainers: Vec<Recipient> = group
        .all("original-rcpt-to")
        .take(MAX_RECIPIENTS)
        .map(|value| Recipient {
            address: address(value),
            outcome: Outcome::Complaint,
            status: None,
            diagnostic: kind.clone(),
        })
        .collect();
    let original = group.first("original-message-id").map(id);
    let mut report = report(complainers, original.clone(), bytes.len() > MAX_BYTES);
    if report.is_none() {
        report = Some(Report {
            outcome: Outcome::Complaint,
            original_message_id: original,
            recipients: Vec::new(),
            text: said(Outcome::Complaint, "modtageren"),
            cut: false,
        });
    }
    report
}

/// A bounce of Exchange that came as a mail like any other; `text` is its text, without parts for machines.
pub(super) fn exchange(text: &str) -> Option<Report> {
    let head = text.get(..text.floor_char_boundary(MAX_TEXT_BYTES))?;
    let mut lines = head.lines().map(str::trim).filter(|line| !line.is_empty());
    let outcome = lines.by_ref().take(MAX_LINES_BEFORE).find_map(|line| {
        let line = line.replace('’', "'").to_lowercase();
        EXCHANGE
            .iter()
            .find(|(beginning, _)| line.starts_with(beginning))
            .map(|(_, outcome)| *outcome)
    })?;
    let mut recipients: Vec<Recipient> = Vec::new();
    let mut status = None;
    let mut diagnostic = None;
    let mut original_message_id = None;
    let mut to_administrators = false;
    for line in lines.take(MAX_LINES) {
        let lower = line.to_lowercase();
        to_administrators |= FOR_ADMINISTRATORS
            .iter()
            .any(|words| lower.starts_with(words));
        if !to_administrators {
            for address in addresses(line) {
                let is_new = recipients.iter().all(|known| known.address != address);
                if is_new && recipients.len() < MAX_RECIPIENTS {
                    recipients.push(Recipient {
                        address,
                        outcome,
                        status: None,
                        diagnostic: None,
                    });
                }
            }
        }
        if status.is_none()
            && let Some(found) = status_within(line)
        {
            status = Some(found);
            diagnostic = Some(clipped(line));
        }
        if original_message_id.is_none()
            && let Some(("message-id", value)) = lower.split_once(':').map(|(n, v)| (n.trim(), v))
            && !value.trim().is_empty()
        {
            original_message_id = line.split_once(':').map(|(_, value)| id(value));
        }
    }
    for recipient in &mut recipients {
        recipient.status.clone_from(&status);
        recipient.diagnostic.clone_from(&diagnostic);
    }
    report(recipients, original_message_id, false)
}

/// The Message-ID of a returned mail's header (message/rfc822 or text/rfc822-headers).
pub(super) fn returned_message_id(header: &[u8]) -> Option<String> {
    groups(header)
        .next()?
        .first("message-id")
        .map(id)
        .filter(|id| !id.is_empty())
}

fn report(
    recipients: Vec<Recipient>,
    original_message_id: Option<String>,
    cut: bool,
) -> Option<Report> {
    let outcome = recipients
        .iter()
        .map(|recipient| recipient.outcome)
        .min_by_key(|outcome| badness(*outcome))?;
    let mut lines: Vec<String> = recipients.iter().take(MAX_SAID).map(about).collect();
    if let Some(more) = recipients
        .len()
        .checked_sub(MAX_SAID)
        .filter(|more| *more > 0)
    {
        lines.push(format!("og {more} modtagere til"));
    }
    Some(Report {
        outcome,
        original_message_id: original_message_id.filter(|id| !id.is_empty()),
        recipients,
        text: lines.join("\n"),
        cut,
    })
}

fn badness(outcome: Outcome) -> usize {
    let worst_first = [
        Outcome::Failed,
        Outcome::Refused,
        Outcome::Complaint,
        Outcome::Delayed,
        Outcome::Unread,
        Outcome::PassedOn,
        Outcome::Delivered,
        Outcome::Read,
    ];
    worst_first
        .iter()
        .position(|known| *known == outcome)
        .unwrap_or(worst_first.len())
}

fn about(recipient: &Recipient) -> String {
    let mut line = said(recipient.outcome, &recipient.address);
    let reason = recipient.status.as_deref().and_then(reason);
    match (reason, &recipient.status) {
        (Some(reason), Some(status)) => line = format!("{line}: {reason} ({status})"),
        (None, Some(status)) if recipient.outcome == Outcome::Failed => {
            line = format!("{line} ({status})");
        }
        _ => (),
    }
    if let Some(diagnostic) = &recipient.diagnostic
        && !matches!(recipient.outcome, Outcome::Complaint)
    {
        line = format!("{line}\n  {diagnostic}");
    }
    line
}

fn said(outcome: Outcome, whom: &str) -> String {
    let words = SAID
        .iter()
        .find(|(known, _)| *known == outcome)
        .map_or("", |(_, words)| words);
    let whom = if whom.is_empty() { "modtageren" } else { whom };
    format!("{words} {whom}")
}

fn reason(status: &str) -> Option<&'static str> {
    let (class, detail) = status.split_once('.')?;
    if class == "2" {
        return None;
    }
    REASONS
        .iter()
        .find(|(known, _)| *known == detail)
        .map(|(_, reason)| *reason)
}

fn outcome(action: &str, status: Option<&str>) -> Outcome {
    match action.trim().to_lowercase().as_str() {
        "delivered" => Outcome::Delivered,
        "relayed" | "expanded" => Outcome::PassedOn,
        "delayed" => Outcome::Delayed,
        "failed" => Outcome::Failed,
        // Broken software leaves the action out.
        _ => match status.and_then(|status| status.chars().next()) {
            Some('2') => Outcome::Delivered,
            Some('4') => Outcome::Delayed,
            _ => Outcome::Failed,
        },
    }
}

/// Fields until an empty line.
#[derive(Default)]
struct Group {
    fields: Vec<(String, String)>,
}

impl Group {
    fn first(&self, name: &'static str) -> Option<&str> {
        self.all(name).next()
    }

    fn all(&self, name: &'static str) -> impl Iterator<Item = &str> {
        self.fields
            .iter()
            .filter(move |(given, _)| given == name)
            .map(|(_, value)| value.as_str())
    }
}

fn groups(bytes: &[u8]) -> impl Iterator<Item = Group> {
    let text = charset::guessed(bytes.get(..MAX_BYTES).unwrap_or(bytes));
    let mut groups = Vec::new();
    let mut group = Group::default();
    let mut fields = 0;
    for line in text.lines() {
        if line.trim().is_empty() {
            if !group.fields.is_empty() {
                groups.push(std::mem::take(&mut group));
            }
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = group.fields.last_mut()
                && value.len() < MAX_VALUE_BYTES
            {
                value.push(' ');
                value.push_str(&clipped(line.trim()));
            }
        } else if let Some((name, value)) = line.split_once(':') {
            fields += 1;
            if fields > MAX_FIELDS {
                break;
            }
            let name = clipped(name.trim()).to_ascii_lowercase();
            group.fields.push((name, clipped(value.trim())));
        }
    }
    groups.push(group);
    groups.into_iter()
}

/// `rfc822; <Karen@x.example>` without what is around the address.
fn address(value: &str) -> String {
    without_type(value)
        .trim_matches(['<', '>', ' '])
        .to_lowercase()
}

fn without_type(value: &str) -> String {
    let is_type = |text: &str| {
        !text.is_empty()
            && text
                .trim()
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-/".contains(&byte))
    };
    match value.split_once(';') {
        Some((before, after)) if is_type(before) => after.trim().to_owned(),
        _ => value.trim().to_owned(),
    }
}

fn id(value: &str) -> String {
    value.trim().trim_matches(['<', '>']).trim().to_owned()
}

/// `5.1.1 (bad destination mailbox address)` without the comment.
fn enhanced_status(value: &str) -> Option<String> {
    let code = value.split_whitespace().next()?;
    is_status(code).then(|| code.to_owned())
}

fn is_status(code: &str) -> bool {
    let parts: Vec<&str> = code.split('.').take(4).collect();
    let [class, subject, detail] = parts[..] else {
        return false;
    };
    let is_number =
        |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    matches!(class, "2" | "4" | "5") && is_number(subject) && is_number(detail)
}

fn status_within(line: &str) -> Option<String> {
    line.split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .map(|word| word.trim_end_matches('.'))
        .find(|word| is_status(word) && !word.starts_with('2'))
        .map(str::to_owned)
}

fn addresses(line: &str) -> impl Iterator<Item = String> {
    line.split(|c: char| c.is_whitespace() || "<>()[]\"',;".contains(c))
        .map(|word| {
            word.trim_start_matches("mailto:")
                .trim_end_matches(['.', ':'])
        })
        .filter(|word| {
            word.len() <= 320
                && word.split_once('@').is_some_and(|(local, domain)| {
                    !local.is_empty() && domain.contains('.') && !domain.contains('@')
                })
        })
        .map(str::to_lowercase)
}

fn clipped(text: &str) -> String {
    let kept = text.get(..text.floor_char_boundary(MAX_VALUE_BYTES));
    kept.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bounce_says_to_whom_and_why() {
        let report = delivery_status(
            b"Reporting-MTA: dns; mx.kommune.example\r\nX-Original-Message-ID: <1@kommune.example>\r\n\r\n\
              Original-Recipient: rfc822;Karen@borger.example\r\nFinal-Recipient: rfc822; <Karen@Borger.example>\r\n\
              Action: failed\r\nStatus: 5.1.1 (bad)\r\nDiagnostic-Code: smtp; 550 5.1.1 User\r\n  unknown\r\n\r\n\
              Final-Recipient: rfc822;per@forening.example\r\nAction: delayed\r\nStatus: 4.4.1\r\n",
        )
        .unwrap();
        assert_eq!(report.outcome, Outcome::Failed);
        assert_eq!(
            report.original_message_id.as_deref(),
            Some("1@kommune.example")
        );
        assert_eq!(
            report.text,
            "Kunne ikke leveres til karen@borger.example: adressen findes ikke (5.1.1)\n  550 5.1.1 User unknown\n\
             Er endnu ikke leveret til per@forening.example: modtagerens mailserver svarer ikke (4.4.1)"
        );
        assert_eq!(report.recipients[1].outcome, Outcome::Delayed);
    }

    #[test]
    fn a_broken_report_is_read_as_far_as_it_goes() {
        let report = delivery_status(
            b"MIME-Version: 1.0\n\n\n\nMIME-Version: 1.0\nFinal-Recipient: RFC822; <a@x.example>\nStatus: 5.2.2\nHej\n",
        )
        .unwrap();
        assert_eq!(report.recipients.len(), 1);
        assert!(
            report.text.ends_with("postkassen er fuld (5.2.2)"),
            "{}",
            report.text
        );
        assert_eq!(delivery_status(b"Reporting-MTA: dns; x"), None);
    }

    #[test]
    fn a_delivered_mail_is_no_bounce() {
        let report =
            delivery_status(b"Final-Recipient: rfc822;a@x.example\nAction: relayed\nStatus: 2.0.0")
                .unwrap();
        assert_eq!(
            (report.outcome, report.text.as_str()),
            (Outcome::PassedOn, "Er sendt videre til a@x.example")
        );
    }

    #[test]
    fn a_receipt_says_what_the_reader_did() {
        for (disposition, outcome, text) in [
            (
                "manual-action/MDN-sent-manually; displayed",
                Outcome::Read,
                "Er åbnet af karen@x.example",
            ),
            (
                "automatic-action/MDN-sent-automatically; deleted/error",
                Outcome::Unread,
                "Er slettet uden at være åbnet af karen@x.example",
            ),
            (
                "x; denied",
                Outcome::Refused,
                "Er ikke behandlet af karen@x.example",
            ),
        ] {
            let report = super::disposition(
                format!("Final-Recipient: rfc822;Karen@x.example\nOriginal-Message-ID: <1@y>\nDisposition: {disposition}")
                    .as_bytes(),
            )
            .unwrap();
            assert_eq!((report.outcome, report.text.as_str()), (outcome, text));
            assert_eq!(report.original_message_id.as_deref(), Some("1@y"));
        }
    }

    #[test]
    fn a_complaint_says_who_complains() {
        let report = feedback(b"Feedback-Type: abuse\nOriginal-Rcpt-To: <a@x.example>").unwrap();
        assert_eq!(report.text, "Er meldt som uønsket af a@x.example");
        assert_eq!(
            feedback(b"Feedback-Type: abuse").unwrap().outcome,
            Outcome::Complaint
        );
    }

    #[test]
    fn bounces_of_exchange_are_known_without_a_part_for_machines() {
        let danish = exchange(
            "\nLevering mislykkedes til disse modtagere eller grupper:\n\nKaren Holm (karen.hlom@borger.example)\n\
             Den mailadresse, du har angivet, blev ikke fundet.\n\nDiagnosticeringsoplysninger til administratorer:\n\n\
             Genererende server: mx.kommune.example\nkaren.hlom@borger.example\n#550 5.1.1 RESOLVER.ADR.RecipNotFound ##\n\n\
             Message-ID: <ABC@kommune.example>\n",
        )
        .unwrap();
        assert_eq!(danish.recipients.len(), 1);
        assert_eq!(danish.recipients[0].status.as_deref(), Some("5.1.1"));
        assert_eq!(
            danish.original_message_id.as_deref(),
            Some("ABC@kommune.example")
        );
        let english = exchange(
            "Your message did not reach some or all of the intended recipients.\n\n  Subject: Svar\n\
             The following recipient(s) cannot be reached:\n  'per@forening.example' on 1-1-2024 10:00\n  550 5.2.2 full",
        )
        .unwrap();
        assert_eq!(english.recipients[0].address, "per@forening.example");
        assert_eq!(
            exchange(
                "Hej\n\nJeg fik denne:\n> Delivery has failed to these recipients or groups:\n> a@x.example"
            ),
            None
        );
    }

    #[test]
    fn the_returned_header_tells_which_mail_it_was() {
        assert_eq!(
            returned_message_id(
                b"From: a@x.example\r\nMessage-ID:\r\n <1@x.example>\r\n\r\nMessage-ID: <2>"
            )
            .as_deref(),
            Some("1@x.example")
        );
    }

    #[test]
    fn more_recipients_than_anybody_has_are_cut() {
        let many = "Final-Recipient: rfc822;a@x.example\nStatus: 5.1.1\n\n".repeat(3_000);
        let report = delivery_status(many.as_bytes()).unwrap();
        assert_eq!(
            (report.recipients.len(), report.cut),
            (MAX_RECIPIENTS, true)
        );
        assert!(report.text.ends_with("og 980 modtagere til"));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_fail(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let _ = (delivery_status(&bytes), disposition(&bytes), feedback(&bytes), returned_message_id(&bytes));
        }

        #[test]
        fn no_text_makes_it_fail(text in "(delivery has failed to these recipients\n)?[-:;<>@.a-zæ0-9\n ]{0,200}") {
            let _ = (exchange(&text), delivery_status(text.as_bytes()));
        }
    }
}
