//! Mails that no rule may act on, and mails that no answer goes to.

use super::facts::Facts;
use crate::domain::mail::{Address, Mail, MailKind};

/// Marks what the service sends itself.
pub const OWN_HEADER: &str = "x-sagspost";
/// Fields whose presence says that a list or a machine sent the mail.
const OF_MACHINES: [&str; 6] = [
    "list-id",
    "list-unsubscribe",
    "x-auto-response-suppress",
    "feedback-id",
    "x-autoreply",
    OWN_HEADER,
];

/// Why a person must look at a mail before anything is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// It says twice whom it is from, so programs disagree whom they show.
    SeveralSenders,
    /// The sender's name is the address of someone else.
    AddressInName,
}

pub fn held(mail: &Mail, facts: &Facts) -> Option<Held> {
    let fields = facts.headers.iter().flatten();
    let from = fields.filter(|(name, _)| name.eq_ignore_ascii_case("from"));
    let twice = mail
        .warnings
        .iter()
        .any(|warning| warning.code == "header_twice" && warning.detail.starts_with("From "));
    if mail.from.len() > 1 || twice || from.count() > 1 {
        return Some(Held::SeveralSenders);
    }
    mail.from
        .iter()
        .any(shows_another_address)
        .then_some(Held::AddressInName)
}

/// A name that repeats the address itself misleads nobody.
fn shows_another_address(from: &Address) -> bool {
    let Some(name) = &from.name else {
        return false;
    };
    let name = name.to_lowercase().replace('＠', "@");
    let words = name.split(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '<' | '>' | '(' | ')' | '[' | ']' | '"' | '\'' | ',' | ';' | ':'
            )
    });
    let mut addresses = words.filter(|word| {
        word.split_once('@')
            .is_some_and(|(user, domain)| !user.is_empty() && !domain.is_empty())
    });
    addresses.any(|address| address != from.address)
}

/// Whether an answer could go round in circles, or to many. Where the header is not known it could.
pub fn is_automatic(mail: &Mail, facts: &Facts) -> bool {
    if !matches!(mail.kind, MailKind::Personal) {
        return true;
    }
    let Some(headers) = &facts.headers else {
        return true;
    };
    let no_sender = mail.from.iter().all(|from| from.address.is_empty());
    no_sender || mail.from.iter().any(|from| facts.own.has(&from.address)) || {
        headers.iter().any(|(name, value)| {
            let (name, value) = (name.to_lowercase(), value.trim().to_lowercase());
            match name.as_str() {
                "auto-submitted" => !value.is_empty() && value != "no",
                "precedence" => ["bulk", "list", "junk", "auto_reply"].contains(&value.as_str()),
                "return-path" => value.is_empty() || value == "<>",
                name => OF_MACHINES.contains(&name),
            }
        })
    }
}

/// We sent it.
pub fn is_ours(facts: &Facts) -> bool {
    facts
        .headers
        .iter()
        .flatten()
        .any(|(name, _)| name.eq_ignore_ascii_case(OWN_HEADER))
}
