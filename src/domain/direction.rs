//! Incoming, outgoing or internal: told from the organisation's own mail domains.
//!
//! What a colleague sends on to colleagues came from somewhere: it is as incoming, or outgoing, as the mail within.

use super::case::Direction;
use super::mail::{Address, Mail};
use super::mail_text::{self, Kind};
use super::title::{self, Relation};
use serde::{Deserialize, Serialize};

/// Lines of the header over a forwarded mail that are looked at.
const MAX_HEADER_LINES: usize = 12;
const MAX_TEXT_BYTES: usize = 32 * 1024;

/// The mail domains of the organisation, whose subdomains are as much its own; and single addresses elsewhere that are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct OwnDomains(Vec<String>);

impl From<Vec<String>> for OwnDomains {
    fn from(domains: Vec<String>) -> Self {
        Self(
            domains
                .iter()
                .map(|d| {
                    d.trim()
                        .trim_start_matches('@')
                        .trim_end_matches('.')
                        .to_lowercase()
                })
                .filter(|d| !d.is_empty())
                .collect(),
        )
    }
}

impl From<OwnDomains> for Vec<String> {
    fn from(domains: OwnDomains) -> Self {
        domains.0
    }
}

impl OwnDomains {
    pub fn has(&self, address: &str) -> bool {
        let address = address.trim().to_lowercase();
        domain_of(&address).is_some_and(|domain| {
            self.0.iter().any(|own| {
                if own.contains('@') {
                    return address == *own;
                }
                domain
                    .strip_suffix(own.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            })
        })
    }

    /// From someone of ours to at least one stranger, or to nobody named, is outgoing; to ours alone internal, unless it
    /// sends on a mail that was not.
    pub fn direction(&self, mail: &Mail) -> Direction {
        let sent = self.between(
            mail.from.iter().map(|from| from.address.as_str()),
            recipients(mail).map(|to| to.address.as_str()),
        );
        match sent {
            Direction::Internal => self.forwarded(mail).unwrap_or(Direction::Internal),
            sent => sent,
        }
    }

    fn between<'a>(
        &self,
        mut from: impl Iterator<Item = &'a str>,
        to: impl Iterator<Item = &'a str>,
    ) -> Direction {
        if !from.any(|from| self.has(from)) {
            return Direction::Incoming;
        }
        let mut named = to.filter(|to| !to.is_empty()).peekable();
        if named.peek().is_some() && named.all(|to| self.has(to)) {
            Direction::Internal
        } else {
            Direction::Outgoing
        }
    }

    /// Of the mail that this one sends on, when it does and says whose that was.
    fn forwarded(&self, mail: &Mail) -> Option<Direction> {
        if title::relation(&mail.subject) == Relation::Forward
            && let Some((from, to)) = quoted_header(&mail.text)
        {
            return Some(self.between(
                std::iter::once(from.as_str()),
                to.iter().map(String::as_str),
            ));
        }
        let mut carried = mail
            .attachments
            .iter()
            .filter_map(|file| file.mail.as_ref());
        let (Some(one), None) = (carried.next(), carried.next()) else {
            return None;
        };
        // With something written beside it, it is a mail that shows another.
        let own = mail_text::has_own(&mail.text, &mail_text::sections(&mail.text));
        (!own && !one.from.is_empty()).then(|| self.direction(one))
    }
}

/// Who wrote, and to whom, of the first mail that a text quotes with its header.
fn quoted_header(text: &str) -> Option<(String, Vec<String>)> {
    let text = text.get(..text.floor_char_boundary(MAX_TEXT_BYTES))?;
    let quoted = mail_text::sections(text)
        .into_iter()
        .find(|section| section.kind == Kind::Quoted)?;
    let mut from = None;
    let mut to = Vec::new();
    let lines = text
        .get(quoted.range)?
        .lines()
        .map(|line| line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '>' | '*')));
    for line in lines.filter(|line| !line.is_empty()).take(MAX_HEADER_LINES) {
        let Some((label, value)) = line.split_once(':') else {
            continue;
        };
        match label.trim_end_matches('*').to_lowercase().as_str() {
            "fra" | "from" | "von" | "från" => from = from.or_else(|| addresses(value).next()),
            "til" | "to" | "an" | "till" | "cc" | "kopi" => to.extend(addresses(value)),
            _ => {}
        }
    }
    Some((from?, to))
}

fn addresses(value: &str) -> impl Iterator<Item = String> {
    value
        .split(|c: char| {
            c.is_whitespace() || matches!(c, '<' | '>' | '[' | ']' | ';' | ',' | '(' | ')')
        })
        .map(|word| word.trim_start_matches("mailto:"))
        .filter(|word| domain_of(word).is_some())
        .map(str::to_lowercase)
}

/// What stands after the last `@`.
pub fn domain_of(address: &str) -> Option<&str> {
    let (_, domain) = address.rsplit_once('@')?;
    let domain = domain.trim().trim_end_matches('.');
    (!domain.is_empty()).then_some(domain)
}

/// To, Cc and Bcc.
pub fn recipients(mail: &Mail) -> impl Iterator<Item = &Address> {
    mail.to.iter().chain(&mail.cc).chain(&mail.bcc)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(from: &str, to: &[&str]) -> Mail {
        let address = |a: &str| Address {
            name: None,
            address: a.to_owned(),
        };
        Mail {
            from: vec![address(from)],
            to: to.iter().map(|a| address(a)).collect(),
            ..Mail::default()
        }
    }

    #[test]
    fn direction_follows_the_organisations_domains() {
        let own = OwnDomains::from(vec!["Byen.dk".to_owned(), "@skole.byen-test.dk".to_owned()]);
        for (from, to, expected) in [
            ("ole@borger.dk", &["post@byen.dk"][..], Direction::Incoming),
            ("birthe@byen.dk", &["ole@borger.dk"], Direction::Outgoing),
            ("birthe@byen.dk", &["jens@byen.dk"], Direction::Internal),
            (
                "birthe@byen.dk",
                &["jens@teknik.byen.dk", "ole@borger.dk"],
                Direction::Outgoing,
            ),
            (
                "birthe@BYEN.DK",
                &["lis@skole.byen-test.dk"],
                Direction::Internal,
            ),
            ("birthe@byen.dk", &[], Direction::Outgoing),
            (
                "svindel@ikkebyen.dk",
                &["post@byen.dk"],
                Direction::Incoming,
            ),
            (
                "svindel@byen.dk.example",
                &["post@byen.dk"],
                Direction::Incoming,
            ),
            ("", &[], Direction::Incoming),
        ] {
            assert_eq!(own.direction(&mail(from, to)), expected, "{from} to {to:?}");
        }
    }
    #[test]
    fn a_single_address_elsewhere_can_be_the_organisations_own() {
        let own = OwnDomains::from(vec![
            "byen.dk".to_owned(),
            "Beredskab@Faelles.example".to_owned(),
        ]);
        let to = |from, to| own.direction(&mail(from, &[to]));
        assert_eq!(
            to("birthe@byen.dk", "beredskab@faelles.example"),
            Direction::Internal
        );
        assert_eq!(
            to("beredskab@faelles.example", "post@byen.dk"),
            Direction::Internal
        );
        assert_eq!(
            to("anden@faelles.example", "post@byen.dk"),
            Direction::Incoming
        );
    }

    #[test]
    fn what_a_colleague_sends_on_is_what_it_was() {
        let own = OwnDomains::from(vec!["byen.dk".to_owned()]);
        let forwarded = |subject: &str, from: &str, to: &str| {
            let text = format!(
                "Kan du tage den?\n\nFra: {from}\nSendt: 3. maj 2024 10:14\nTil: {to}\nEmne: Hæk\n\nHej"
            );
            let mail = Mail {
                subject: subject.to_owned(),
                text,
                ..mail("birthe@byen.dk", &["byggesag@byen.dk"])
            };
            own.direction(&mail)
        };
        let citizen = "Karen Holm <karen@borger.example>";
        let colleague = "Jens Lund [mailto:jens@byen.dk]";
        assert_eq!(
            forwarded("VS: Hæk", citizen, "post@byen.dk"),
            Direction::Incoming
        );
        assert_eq!(
            forwarded("VS: Hæk", colleague, citizen),
            Direction::Outgoing
        );
        assert_eq!(
            forwarded("VS: Hæk", colleague, "post@byen.dk"),
            Direction::Internal
        );
        // Outlook names colleagues without their addresses.
        assert_eq!(
            forwarded("VS: Hæk", "Jens Lund", "Post"),
            Direction::Internal
        );
        // An answer among colleagues is theirs, whatever it quotes.
        assert_eq!(
            forwarded("SV: Hæk", citizen, "post@byen.dk"),
            Direction::Internal
        );
    }

    #[test]
    fn a_mail_sent_on_as_a_file_is_what_it_was() {
        let own = OwnDomains::from(vec!["byen.dk".to_owned()]);
        let mut forwarded = mail("birthe@byen.dk", &["byggesag@byen.dk"]);
        forwarded.attachments = vec![crate::domain::mail::Attachment {
            mail: Some(Box::new(mail("karen@borger.example", &["birthe@byen.dk"]))),
            ..Default::default()
        }];
        assert_eq!(own.direction(&forwarded), Direction::Incoming);
        forwarded.text = "Se mailen fra Karen. Vi skal tale om, hvad vi gør.".to_owned();
        assert_eq!(own.direction(&forwarded), Direction::Internal);
    }
}
