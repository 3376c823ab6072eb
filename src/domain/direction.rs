//! Incoming, outgoing or internal: told from the organisation's own mail domains.

use super::case::Direction;
use super::mail::{Address, Mail};
use serde::{Deserialize, Serialize};

/// The mail domains of the organisation; a subdomain is as much its own.
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
        domain_of(address).is_some_and(|domain| {
            let domain = domain.to_lowercase();
            self.0.iter().any(|own| {
                domain
                    .strip_suffix(own.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            })
        })
    }

    /// From someone of ours to at least one stranger, or to nobody named, is outgoing.
    pub fn direction(&self, mail: &Mail) -> Direction {
        if !mail.from.iter().any(|from| self.has(&from.address)) {
            return Direction::Incoming;
        }
        let mut named = recipients(mail)
            .filter(|to| !to.address.is_empty())
            .peekable();
        if named.peek().is_some() && named.all(|to| self.has(&to.address)) {
            Direction::Internal
        } else {
            Direction::Outgoing
        }
    }
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
}
