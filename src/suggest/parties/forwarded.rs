//! A colleague forwards a mail: its writer is the party, found in what is quoted or attached.

use regex::Regex;
use std::sync::LazyLock;

use super::{Letter, Organisation, PartyReason, ProposedParty, sender};
use crate::domain::mail::{Address, Mail};
use crate::domain::mail_text::{self, Kind};

/// As mail programs write it above a mail they quote, in the languages of `mail_text`.
static FROM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?im)^[>* ]*(?:fra|from|von|från)[*]?: *([^<\n]{0,120}?) *[<\[(](?:mailto:)?([^\s<>\[\]()]+@[^\s<>\[\]()]+)[>\])]")
        .expect("a constant pattern")
});
const MAX_LOOKED_AT: usize = 20;

pub(super) fn of(mail: &Mail, letter: &Letter, organisation: &Organisation) -> Vec<ProposedParty> {
    of_attached(mail, organisation)
        .or_else(|| of_quoted(&letter.quoted, organisation))
        .unwrap_or_default()
}

fn of_attached(mail: &Mail, organisation: &Organisation) -> Option<Vec<ProposedParty>> {
    let inner = mail
        .attachments
        .iter()
        .take(MAX_LOOKED_AT)
        .filter_map(|attachment| attachment.mail.as_deref())
        .find(|inner| {
            let mut from = inner.from.iter();
            sender::is_somebody(inner) && !from.any(|from| organisation.domains.has(&from.address))
        })?;
    let from = inner.from.iter().find(|from| !from.address.is_empty())?;
    let signature = signature_of(&inner.text);
    Some(sender::with_signature(
        from,
        &signature,
        PartyReason::ForwardedSender,
    ))
}

fn of_quoted(quoted: &str, organisation: &Organisation) -> Option<Vec<ProposedParty>> {
    let (from, rest) = FROM
        .captures_iter(quoted)
        .take(MAX_LOOKED_AT)
        .find_map(|hit| {
            let address = hit.get(2)?.as_str().to_lowercase();
            let is_party = !organisation.domains.has(&address) && !sender::is_nobody(&address);
            let name = hit.get(1)?.as_str().trim_matches(['"', '\'', '*', ' ']);
            let from = Address {
                name: Some(name.to_owned()).filter(|name| !name.is_empty()),
                address,
            };
            let rest = &quoted[hit.get(0)?.end()..];
            is_party.then_some((from, rest))
        })?;
    // The header of the quoted mail ends at the first empty line.
    let body = rest.split_once("\n\n").map_or(rest, |(_, body)| body);
    Some(sender::with_signature(
        &from,
        &signature_of(body),
        PartyReason::ForwardedSender,
    ))
}

fn signature_of(text: &str) -> String {
    let text = &text[..text.floor_char_boundary(super::MAX_TEXT_BYTES)];
    mail_text::sections(text)
        .into_iter()
        .take_while(|section| section.kind != Kind::Quoted)
        .filter(|section| section.kind == Kind::Signature)
        .filter_map(|section| text.get(section.range))
        .collect()
}
