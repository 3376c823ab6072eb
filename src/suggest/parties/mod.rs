//! Who a new case would be about: proposed from whom a mail is from and to, its signature, and what its text names.
//!
//! Colleagues are no parties. A CPR number is never shown whole here, only masked; [`whole_identifier`] gives the case
//! that is made from the mail the number itself.

mod forwarded;
mod people;
mod sender;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub(super) use sender::is_nobody;

use super::Organisation;
use crate::domain::case::{Party, PartyKind};
use crate::domain::contact::address;
use crate::domain::mail::Mail;
use crate::domain::mail_text::{self, Kind};
use crate::domain::{cpr, direction, property};
use crate::messages::{Lang, text};

/// More would be a mailing list.
const MAX_PARTIES: usize = 20;
const MAX_RECIPIENTS: usize = 10;
/// Of a mail's text; what a mail is about stands at its beginning, and so does its signature.
const MAX_TEXT_BYTES: usize = 64 * 1024;
const MAX_PROPERTIES: usize = 5;

/// A party as it may be shown to whoever may read the mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProposedParty {
    pub kind: PartyKind,
    pub name: String,
    /// CVR or BFE number, or a CPR number masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    pub because: Vec<PartyReason>,
}

/// Where a party was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartyReason {
    Sender,
    Recipient,
    Signature,
    /// Wrote the mail that a colleague forwards.
    ForwardedSender,
    DigitalPost,
    /// Named in the text by a CPR number.
    NamedByNumber,
    /// A property that the text names.
    PropertyInText,
    /// A party of the case that a new one is made like; the mail tells nothing of them.
    OnLikeCase,
}

impl PartyReason {
    /// The reason as a sentence.
    pub fn in_words(self, lang: Lang) -> String {
        let name = match self {
            Self::Sender => "sender",
            Self::Recipient => "recipient",
            Self::Signature => "signature",
            Self::ForwardedSender => "forwarded_sender",
            Self::DigitalPost => "digital_post",
            Self::NamedByNumber => "named_by_number",
            Self::PropertyInText => "property_in_text",
            Self::OnLikeCase => "on_like_case",
        };
        text(lang, &format!("party.{name}"), &[])
    }
}

impl ProposedParty {
    fn new(kind: PartyKind, name: String, because: PartyReason) -> Self {
        Self {
            kind,
            name,
            identifier: None,
            address: None,
            mail: None,
            phone: None,
            title: None,
            organisation: None,
            because: vec![because],
        }
    }
}

/// Parties for a case made from this mail, the most certain first.
pub fn propose(mail: &Mail, organisation: &Organisation) -> Vec<ProposedParty> {
    let letter = Letter::of(mail);
    let own = &organisation.domains;
    let from_own = mail.from.iter().any(|from| own.has(&from.address));
    let mut parties = Vec::new();
    people::of_digital_post(mail, from_own, &mut parties);
    if !from_own && sender::is_somebody(mail) {
        parties.extend(sender::of(mail, &letter.signature));
    }
    let recipients = direction::recipients(mail)
        .filter(|to| !to.address.is_empty() && !own.has(&to.address))
        .take(MAX_RECIPIENTS);
    for to in recipients {
        add(&mut parties, people::of_address(to, PartyReason::Recipient));
    }
    if from_own && parties.is_empty() {
        parties.extend(forwarded::of(mail, &letter, organisation));
    }
    people::name_by_numbers(&letter, &mut parties);
    for property in properties(&letter, &parties) {
        add(&mut parties, property);
    }
    parties.truncate(MAX_PARTIES);
    parties.into_iter().map(masked).collect()
}

/// Whom a mail that is filed is from, to or about, numbers whole. Who was sent a blind copy is no party of it.
pub fn of_filed(mail: &Mail, organisation: &Organisation) -> Vec<Party> {
    let seen = Mail {
        bcc: Vec::new(),
        ..mail.clone()
    };
    let whole = |party: ProposedParty| Party {
        kind: party.kind,
        name: party.name,
        identifier: party.identifier.and_then(|number| {
            if is_masked(&number) {
                whole_identifier(&seen, &number)
            } else {
                Some(number)
            }
        }),
        address: party.address,
        mail: party.mail,
    };
    let proposed = propose(&seen, organisation);
    proposed.into_iter().map(whole).collect()
}

/// The last gate: whatever the readers overlooked, no number goes out whole.
fn masked(party: ProposedParty) -> ProposedParty {
    let mask = |text: Option<String>| text.map(|text| cpr::mask(&text));
    ProposedParty {
        name: cpr::mask(&party.name),
        identifier: mask(party.identifier),
        address: mask(party.address),
        // One that holds a number is of no use when it is masked.
        mail: party.mail.filter(|mail| cpr::find(mail).is_empty()),
        phone: party.phone,
        title: mask(party.title),
        organisation: mask(party.organisation),
        ..party
    }
}

/// The number that is shown masked, where the mail holds exactly one that looks so.
pub fn whole_identifier(mail: &Mail, masked: &str) -> Option<String> {
    let letter = Letter::of(mail);
    let post = mail.digital_post.iter().flat_map(|post| &post.people);
    let mut numbers: Vec<String> = cpr::find(&letter.everything())
        .iter()
        .map(|found| found.cpr)
        .chain(post.copied())
        .filter(|cpr| cpr.masked() == masked)
        .map(|cpr| cpr.digits())
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    match numbers.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    }
}

/// Whether it is a CPR number as people are shown it.
pub fn is_masked(identifier: &str) -> bool {
    let (front, back) = identifier.split_once('-').unwrap_or_default();
    back == "xxxx" && front.len() == 6 && front.bytes().all(|b| b.is_ascii_digit())
}

/// A mail's text by who wrote which part of it.
struct Letter {
    subject: String,
    own: String,
    signature: String,
    quoted: String,
}

impl Letter {
    fn of(mail: &Mail) -> Self {
        let text = &mail.text[..mail.text.floor_char_boundary(MAX_TEXT_BYTES)];
        let mut letter = Self {
            subject: mail.subject[..mail.subject.floor_char_boundary(1024)].to_owned(),
            own: String::new(),
            signature: String::new(),
            quoted: String::new(),
        };
        for section in mail_text::sections(text) {
            let part = text.get(section.range).unwrap_or_default();
            match section.kind {
                Kind::Own => letter.own.push_str(part),
                // Below a quotation stands the signature of somebody else.
                Kind::Signature if letter.quoted.is_empty() => letter.signature.push_str(part),
                Kind::Quoted | Kind::Signature => letter.quoted.push_str(part),
                Kind::Disclaimer => {}
            }
        }
        letter
    }

    fn everything(&self) -> String {
        [
            self.subject.as_str(),
            &self.own,
            &self.signature,
            &self.quoted,
        ]
        .join("\n")
    }

    /// What is said of the matter: a forwarded mail speaks by what it quotes.
    fn matter(&self) -> String {
        let said = if self.own.trim().is_empty() {
            &self.quoted
        } else {
            &self.own
        };
        format!("{}\n{said}", self.subject)
    }
}

/// Puts a party in, or what is new of it into the one that is there.
fn add(parties: &mut Vec<ProposedParty>, party: ProposedParty) {
    let same = |known: &&mut ProposedParty| {
        let meet = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
        meet(&known.mail, &party.mail)
            || meet(&known.identifier, &party.identifier)
            || (known.kind == party.kind && known.name.to_lowercase() == party.name.to_lowercase())
    };
    let Some(known) = parties.iter_mut().find(same) else {
        parties.push(party);
        return;
    };
    known.identifier = known.identifier.take().or(party.identifier);
    known.address = known.address.take().or(party.address);
    known.mail = known.mail.take().or(party.mail);
    for reason in party.because {
        if !known.because.contains(&reason) {
            known.because.push(reason);
        }
    }
}

/// Properties that the text names, but for where the parties live.
fn properties(letter: &Letter, parties: &[ProposedParty]) -> Vec<ProposedParty> {
    let matter = letter.matter();
    let homes: Vec<String> = parties
        .iter()
        .filter_map(|party| property::address_key(party.address.as_deref()?))
        .collect();
    let mut found: Vec<ProposedParty> = address::in_text(&matter, MAX_PROPERTIES)
        .into_iter()
        .filter(|(key, _)| !homes.contains(key))
        .map(|(_, shown)| ProposedParty {
            address: Some(shown.clone()),
            ..ProposedParty::new(PartyKind::Property, shown, PartyReason::PropertyInText)
        })
        .collect();
    let numbers = property::bfe_numbers(&matter);
    if let ([property], [number]) = (found.as_mut_slice(), numbers.as_slice()) {
        property.identifier = Some(number.clone());
        return found;
    }
    found.extend(numbers.into_iter().map(|number| ProposedParty {
        identifier: Some(number.clone()),
        ..ProposedParty::new(
            PartyKind::Property,
            format!("BFE {number}"),
            PartyReason::PropertyInText,
        )
    }));
    found
}
