//! The sender as a party: a person, or an organisation and its contact, by header and signature.

use super::{PartyReason, ProposedParty};
use crate::domain::case::PartyKind;
use crate::domain::contact::{self, Contact};
use crate::domain::mail::{Address, Mail, MailKind};

/// Names of mailboxes that nobody reads; also the beginning of longer ones.
const NOBODY: [&str; 12] = [
    "noreply",
    "no-reply",
    "no_reply",
    "donotreply",
    "do-not-reply",
    "ikkesvar",
    "svar-ikke",
    "mailer-daemon",
    "postmaster",
    "bounce",
    "notification",
    "nyhedsbrev",
];

/// Whether a mailbox takes no answers, by its name.
pub(in crate::suggest) fn is_nobody(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or_default();
    NOBODY.iter().any(|name| local.starts_with(name))
}

/// Whether the sender is somebody who can be a party: machines and lists are none.
pub(super) fn is_somebody(mail: &Mail) -> bool {
    let is_machine = matches!(
        mail.kind,
        MailKind::Newsletter | MailKind::System | MailKind::Bounce | MailKind::ReadReceipt
    );
    !is_machine && first(mail).is_some_and(|from| !is_nobody(&from.address.to_lowercase()))
}

pub(super) fn of(mail: &Mail, signature: &str) -> Vec<ProposedParty> {
    let Some(from) = first(mail) else {
        return Vec::new();
    };
    let signature = if signature.trim().is_empty() {
        last_lines(&mail.text, from)
    } else {
        signature
    };
    with_signature(from, signature, PartyReason::Sender)
}

fn first(mail: &Mail) -> Option<&Address> {
    mail.from.iter().find(|from| !from.address.is_empty())
}

/// A person, or an organisation first and then the person who writes for it.
pub(super) fn with_signature(
    from: &Address,
    signature: &str,
    because: PartyReason,
) -> Vec<ProposedParty> {
    let header = from.name.as_deref().map(contact::tidy_name);
    let signed = contact::read(signature, header.as_deref());
    let mail = Some(from.address.to_lowercase());
    let because = if is_told_by(&signed) {
        vec![because, PartyReason::Signature]
    } else {
        vec![because]
    };
    let person = signed
        .name
        .clone()
        .or_else(|| contact::of_local_part(&from.address));
    let organisation = signed
        .organisation
        .clone()
        .or_else(|| header.filter(|name| contact::is_organisation(name)))
        // A firm of one person.
        .or_else(|| signed.cvr.and_then(|_| person.clone()));
    // "LegeSikker" writes for LegeSikker ApS: that is one of them, not two.
    let is_its_name = |person: &String| {
        let starts = |organisation: &String| {
            organisation
                .to_lowercase()
                .starts_with(&person.to_lowercase())
        };
        organisation.as_ref().is_some_and(starts)
    };
    let person = person.filter(|person| !is_its_name(person));
    let party = |kind, name| ProposedParty {
        because: because.clone(),
        ..ProposedParty::new(kind, name, PartyReason::Sender)
    };
    match (organisation, person) {
        (Some(organisation), person) => {
            let mut company = party(PartyKind::Company, organisation.clone());
            company.identifier = signed.cvr.map(|cvr| cvr.to_string());
            company.address = signed.address;
            let Some(name) = person else {
                company.mail = mail;
                company.phone = signed.phone;
                return vec![company];
            };
            let contact = ProposedParty {
                mail,
                phone: signed.phone,
                title: signed.title,
                organisation: Some(organisation),
                ..party(PartyKind::Person, name)
            };
            vec![company, contact]
        }
        (None, person) => vec![ProposedParty {
            address: signed.address,
            mail,
            phone: signed.phone,
            title: signed.title,
            ..party(
                PartyKind::Person,
                person.unwrap_or_else(|| from.address.to_lowercase()),
            )
        }],
    }
}

fn is_told_by(signed: &Contact) -> bool {
    signed.address.is_some()
        || signed.phone.is_some()
        || signed.cvr.is_some()
        || signed.organisation.is_some()
        || signed.title.is_some()
}

/// Who writes no closing words still puts the name at the end: what follows it is the signature.
fn last_lines<'a>(text: &'a str, from: &Address) -> &'a str {
    const LINES: usize = 8;
    let Some(name) = from.name.as_deref().map(contact::tidy_name) else {
        return "";
    };
    let text = text[..text.floor_char_boundary(super::MAX_TEXT_BYTES)].trim_end();
    let own_end = crate::domain::mail_text::sections(text)
        .iter()
        .find(|section| section.kind != crate::domain::mail_text::Kind::Own)
        .map_or(text.len(), |section| section.range.start);
    let own = text[..own_end].trim_end();
    let mut starts: Vec<usize> = own.match_indices('\n').map(|(at, _)| at + 1).collect();
    starts.insert(0, 0);
    let first_word = name.split(' ').next().unwrap_or_default().to_lowercase();
    starts
        .iter()
        .rev()
        .take(LINES)
        .find(|start| {
            let line = own[**start..].lines().next().unwrap_or_default().trim();
            let lower = line.to_lowercase();
            !first_word.is_empty()
                && lower.split(' ').next() == Some(&first_word)
                && line.split(' ').count() <= 5
        })
        .map_or("", |start| &own[*start..])
}
