//! Exchange's journal reports: who really sent and received a mail, beside the mail itself.
//!
//! The report's text has one line for each field and recipient (Microsoft, "Understanding journal reports", Exchange 2007
//! to 2019 and Online); Exchange 2003 lists its recipients below each other. Whether a report may be believed is not
//! decided here: anybody can write its header, so that depends on which mailbox it came to.

use mail_parser::Headers;

use super::headers;
use crate::domain::mail::Address;

/// Beyond, the envelope is marked as cut.
const MAX_RECIPIENTS: usize = 5_000;
const MAX_BYTES: usize = 4 * 1024 * 1024;
const MAX_VALUE_BYTES: usize = 1_000;
/// The header, while on its way within Exchange and after it.
const HEADERS: [&str; 3] = [
    "X-MS-Journal-Report",
    "X-MS-Exchange-Organization-Journal-Report",
    "X-MS-Exchange-Journal-Report",
];
/// Exchange writes the header's name with a letter missing.
const CONTENT_HEADERS: [&str; 2] = ["Content-Identifer", "Content-Identifier"];

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Envelope {
    pub sender: Option<Address>,
    pub on_behalf_of: Option<Address>,
    pub subject: Option<String>,
    /// Without angle brackets.
    pub message_id: Option<String>,
    pub to: Vec<Recipient>,
    pub cc: Vec<Recipient>,
    pub bcc: Vec<Recipient>,
    /// Received it, and the report does not say by which field.
    pub others: Vec<Recipient>,
    /// Exchange could not decrypt the mail; it is attached as it was.
    pub not_decrypted: bool,
    /// There are more recipients than were read.
    pub cut: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Recipient {
    pub address: Address,
    /// The list that it was sent to.
    pub expanded_from: Option<String>,
    /// Who had it forwarded.
    pub forwarded_from: Option<String>,
}

/// Whether a mail's header says that it is one.
pub(super) fn is_report(headers: Headers<'_>) -> bool {
    HEADERS.iter().any(|name| headers.contains(*name))
        || CONTENT_HEADERS.iter().any(|name| {
            headers::text(headers, name).is_some_and(|value| {
                let value = value.trim().to_lowercase();
                matches!(value.as_str(), "exjournalreport" | "exjournaldata")
            })
        })
}

/// Reads the report's text; whatever it is, this gives what there is of an envelope.
pub(super) fn envelope(text: &str) -> Envelope {
    let mut envelope = Envelope::default();
    let mut listing = false;
    let head = text
        .get(..text.floor_char_boundary(MAX_BYTES))
        .unwrap_or_default();
    envelope.cut = head.len() < text.len();
    for line in unfolded(head) {
        match field(&line) {
            Some((name, value)) => {
                listing = name == "recipients";
                envelope.field(&name, value);
            }
            None if listing => envelope.add(List::Others, &line),
            None => {
                let lower = line.to_lowercase();
                envelope.not_decrypted |= [
                    "could not be decrypted",
                    "couldn't be decrypted",
                    "kunne ikke dekrypteres",
                ]
                .iter()
                .any(|words| lower.contains(words));
            }
        }
    }
    envelope
}

impl Envelope {
    pub(super) fn is_empty(&self) -> bool {
        self.sender.is_none() && self.message_id.is_none() && self.recipients().next().is_none()
    }

    /// All recipients, in the order of their fields.
    pub(super) fn recipients(&self) -> impl Iterator<Item = &Recipient> {
        [&self.to, &self.cc, &self.bcc, &self.others]
            .into_iter()
            .flatten()
    }

    fn field(&mut self, name: &str, value: &str) {
        match name {
            // The first counts: a subject may hold anything, but stands below.
            "sender" if self.sender.is_none() => self.sender = address(value),
            "on-behalf-of" if self.on_behalf_of.is_none() => self.on_behalf_of = address(value),
            "subject" if self.subject.is_none() => self.subject = Some(clipped(value)),
            "message-id" if self.message_id.is_none() => {
                let id = clipped(value.trim_matches(['<', '>']));
                self.message_id = Some(id).filter(|id| !id.is_empty());
            }
            "to" => self.add(List::To, value),
            "cc" => self.add(List::Cc, value),
            "bcc" => self.add(List::Bcc, value),
            "recipient" | "recipients" => self.add(List::Others, value),
            _ => (),
        }
    }

    fn add(&mut self, list: List, value: &str) {
        let Some(recipient) = recipient(value) else {
            return;
        };
        let count = self.to.len() + self.cc.len() + self.bcc.len() + self.others.len();
        if count >= MAX_RECIPIENTS {
            self.cut = true;
            return;
        }
        match list {
            List::To => self.to.push(recipient),
            List::Cc => self.cc.push(recipient),
            List::Bcc => self.bcc.push(recipient),
            List::Others => self.others.push(recipient),
        }
    }
}

#[derive(Clone, Copy)]
enum List {
    To,
    Cc,
    Bcc,
    Others,
}

/// Lines without white space around them; what begins with some goes on from the line before, unless it is a field.
fn unfolded(text: &str) -> impl Iterator<Item = String> {
    let mut lines = text.lines().peekable();
    std::iter::from_fn(move || {
        loop {
            let mut line = plain(lines.next()?);
            while let Some(next) = lines.peek()
                && next.starts_with([' ', '\t', '\u{a0}'])
                && !line.is_empty()
                && line.len() < MAX_VALUE_BYTES
                && field(&plain(next)).is_none()
            {
                line.push(' ');
                line.push_str(&plain(next));
                lines.next();
            }
            if !line.is_empty() {
                return Some(line);
            }
        }
    })
}

/// White space of any kind as spaces, and without marks that nobody sees.
fn plain(line: &str) -> String {
    let visible: String = line
        .chars()
        .take(MAX_VALUE_BYTES * 4)
        .filter(|c| !matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'))
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .collect();
    visible.trim().to_owned()
}

/// A field of the report. Other words before a colon are none: `"Holm: Karen" <k@x.example>`.
fn field(line: &str) -> Option<(String, &str)> {
    let (name, value) = line.split_once([':', '：'])?;
    let name = name.trim().to_ascii_lowercase();
    let is_known = matches!(
        name.as_str(),
        "sender"
            | "on-behalf-of"
            | "subject"
            | "message-id"
            | "to"
            | "cc"
            | "bcc"
            | "recipient"
            | "recipients"
            | "label"
            | "sentutc"
    );
    is_known.then(|| (name, value.trim()))
}

/// `a@x.example, Expanded: list@x.example`.
fn recipient(value: &str) -> Option<Recipient> {
    let lower = value.to_ascii_lowercase();
    let (mut expanded_from, mut forwarded_from) = (None, None);
    let mut end = value.len();
    for (marker, from) in [
        ("expanded:", &mut expanded_from),
        ("forwarded:", &mut forwarded_from),
    ] {
        // Only behind a comma: a name may hold the word.
        let Some(at) = lower.match_indices(marker).map(|(at, _)| at).find(|at| {
            lower
                .get(..*at)
                .is_some_and(|before| before.trim_end().ends_with([',', ';']))
        }) else {
            continue;
        };
        let source = value.get(at + marker.len()..).unwrap_or_default();
        let source = source.split(',').next().unwrap_or_default().trim();
        *from = Some(clipped(source.trim_matches(['<', '>'])).to_lowercase())
            .filter(|source| !source.is_empty());
        end = end.min(at);
    }
    let value = value.get(..end)?.trim().trim_end_matches([',', ';']);
    Some(Recipient {
        address: address(value)?,
        expanded_from,
        forwarded_from,
    })
}

/// An address alone, in angle brackets, or with a name before it.
fn address(value: &str) -> Option<Address> {
    let value = value.trim();
    let (name, address) = match value.rsplit_once('<') {
        Some((name, address)) => (name, address.split('>').next().unwrap_or_default()),
        None => ("", value),
    };
    let name = clipped(name.trim().trim_matches(['"', '\'']).trim());
    let address = address.trim().trim_matches(['"', '\'']);
    let address = clipped(address.strip_prefix("SMTP:").unwrap_or(address)).to_lowercase();
    (!address.is_empty()).then(|| Address {
        name: (!name.is_empty()).then_some(name),
        address,
    })
}

fn clipped(text: &str) -> String {
    let text = text.trim();
    let kept = text.get(..text.floor_char_boundary(MAX_VALUE_BYTES));
    kept.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(recipients: &[Recipient]) -> Vec<&str> {
        recipients
            .iter()
            .map(|recipient| recipient.address.address.as_str())
            .collect()
    }

    #[test]
    fn each_field_and_recipient_has_its_line() {
        let envelope = envelope(
            "Sender: Birthe.Lund@kommune.example\r\nOn-Behalf-Of: post@kommune.example\r\nSubject: Sender: Høring\r\n\
             Message-Id: <1@kommune.example>\r\nTo: karen@borger.example\r\n\
             To: per@kommune.example, Expanded: Alle@kommune.example\r\n\
             Cc: ole@kommune.example, Forwarded: per@kommune.example\r\nBcc: leder@kommune.example\r\n\
             Recipient: arkiv@kommune.example\r\nSentUtc: 5/3/2024 8:00:00 AM\r\nLabel: Fortroligt\r\n",
        );
        assert_eq!(
            envelope.sender.clone().unwrap().address,
            "birthe.lund@kommune.example"
        );
        assert_eq!(
            envelope.on_behalf_of.clone().unwrap().address,
            "post@kommune.example"
        );
        assert_eq!(envelope.subject.as_deref(), Some("Sender: Høring"));
        assert_eq!(envelope.message_id.as_deref(), Some("1@kommune.example"));
        assert_eq!(
            shown(&envelope.to),
            ["karen@borger.example", "per@kommune.example"]
        );
        assert_eq!(
            envelope.to[1].expanded_from.as_deref(),
            Some("alle@kommune.example")
        );
        assert_eq!(
            envelope.cc[0].forwarded_from.as_deref(),
            Some("per@kommune.example")
        );
        assert_eq!(shown(&envelope.bcc), ["leder@kommune.example"]);
        assert_eq!(shown(&envelope.others), ["arkiv@kommune.example"]);
        assert!(!envelope.cut && !envelope.not_decrypted && !envelope.is_empty());
    }

    #[test]
    fn names_folded_lines_and_odd_white_space_are_no_hindrance() {
        let envelope = envelope(
            "\u{feff}Sender:\u{a0}\"Søren Ågård\" <soren@kommune.example>\nTo\u{a0}:\t\"Holm, Karen\"\n \
             <karen@borger.example>,\n\tExpanded: <liste@kommune.example>\n  Bcc: x@y.example\n",
        );
        assert_eq!(
            envelope.sender.unwrap().name.as_deref(),
            Some("Søren Ågård")
        );
        assert_eq!(envelope.to[0].address.name.as_deref(), Some("Holm, Karen"));
        assert_eq!(
            envelope.to[0].expanded_from.as_deref(),
            Some("liste@kommune.example")
        );
        assert_eq!(shown(&envelope.bcc), ["x@y.example"]);
    }

    #[test]
    fn exchange_2003_lists_its_recipients() {
        let envelope = envelope(
            "Sender: \"Birthe\" <b@kommune.example>\nMessage-ID: <1@x>\nRecipients:\n\"Karen\" <k@borger.example>\n\
             per@forening.example\n",
        );
        assert_eq!(
            shown(&envelope.others),
            ["k@borger.example", "per@forening.example"]
        );
    }

    #[test]
    fn a_mail_that_stayed_encrypted_is_said_so() {
        let text = "Sender: a@x.example\nThis message could not be decrypted.\n";
        assert!(envelope(text).not_decrypted);
        assert!(envelope("Hej Karen\n\nMøde i morgen: kl. 10").is_empty());
    }

    #[test]
    fn more_recipients_than_anybody_needs_are_cut() {
        let text = "To: åse@x.example, Expanded: alle@x.example\n".repeat(6_000);
        let envelope = envelope(&text);
        assert_eq!((envelope.to.len(), envelope.cut), (MAX_RECIPIENTS, true));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_fail(text in "((to|cc|sender|recipients|subject): ?)?[-:;,<>@.\"a-zæ\u{a0}\n expndd]{0,200}") {
            envelope(&text);
        }

        #[test]
        fn every_recipient_comes_out(names in proptest::collection::vec("[a-zæøå]{1,10}", 0..20)) {
            let expected: Vec<String> = names.iter().map(|name| format!("{name}@x.example")).collect();
            let lines: Vec<String> = expected.iter().map(|address| format!("To: {address}")).collect();
            let read = envelope(&lines.join("\r\n"));
            proptest::prop_assert_eq!(shown(&read.to), expected);
        }
    }
}
