//! People beside the sender: recipients, those of Digital Post, and those whom the text names by a CPR number.

use regex::Regex;
use std::sync::LazyLock;

use super::{Letter, PartyReason, ProposedParty, add};
use crate::domain::case::PartyKind;
use crate::domain::contact;
use crate::domain::cpr;
use crate::domain::digital_post::Correspondent;
use crate::domain::mail::{Address, Mail};

const MAX_NUMBERS: usize = 10;
/// Bytes before a number that may say whose it is.
const NEAR_BYTES: usize = 80;

static NAME_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"((?:\p{Lu}[\p{L}'’\-]+ ){1,3}\p{Lu}[\p{L}'’\-]+)[ ,(:\-–]*(?i:født|f\.|cpr[\-. ]*(?:nr|nummer)?|cprnr|personn(?:r|ummer))?[ .:(\-–]*$",
    )
    .expect("a constant pattern")
});
static NAME_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[ ,)\-–]*((?:\p{Lu}[\p{L}'’\-]+ ){1,3}\p{Lu}[\p{L}'’\-]+)")
        .expect("a constant pattern")
});
/// The writer speaks of their own number.
static MINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:mit|min eget|my)\b[^!?\n]{0,30}$").expect("a constant pattern")
});
/// Capitalised words before a number that are no names.
const NO_NAMES: [&str; 12] = [
    "cpr",
    "cpr-nr",
    "cprnr",
    "personnummer",
    "vedr",
    "vedrørende",
    "borger",
    "kære",
    "hej",
    "angående",
    "sag",
    "for",
];

pub(super) fn of_address(address: &Address, because: PartyReason) -> ProposedParty {
    let header = address.name.as_deref().map(contact::tidy_name);
    let named = header
        .filter(|name| !name.is_empty() && !name.contains('@'))
        .or_else(|| contact::of_local_part(&address.address))
        .unwrap_or_else(|| address.address.to_lowercase());
    let kind = if contact::is_organisation(&named) {
        PartyKind::Company
    } else {
        PartyKind::Person
    };
    ProposedParty {
        mail: Some(address.address.to_lowercase()),
        ..ProposedParty::new(kind, named, because)
    }
}

/// Of an incoming message who sent it, of an outgoing one whom it went to.
pub(super) fn of_digital_post(mail: &Mail, from_own: bool, parties: &mut Vec<ProposedParty>) {
    let Some(post) = &mail.digital_post else {
        return;
    };
    let other = if from_own {
        &post.recipient
    } else {
        &post.sender
    };
    parties.extend(of_correspondent(other));
}

fn of_correspondent(correspondent: &Correspondent) -> Option<ProposedParty> {
    let id = correspondent.id.as_deref().map(cpr::mask);
    let name = correspondent
        .name
        .as_deref()
        .map(contact::tidy_name)
        .filter(|name| !name.is_empty())
        .or_else(|| id.clone())?;
    let is_company = id
        .as_deref()
        .is_some_and(|id| id.len() == 8 && id.bytes().all(|b| b.is_ascii_digit()));
    let kind = if is_company || contact::is_organisation(&name) {
        PartyKind::Company
    } else {
        PartyKind::Person
    };
    Some(ProposedParty {
        identifier: id,
        ..ProposedParty::new(kind, name, PartyReason::DigitalPost)
    })
}

/// Whose words a part of a letter is.
#[derive(Clone, Copy)]
enum By {
    Writer,
    Signature,
    Another,
}

/// CPR numbers go to whom they belong: the writer, a name that stands by them, or somebody who is known by it alone.
pub(super) fn name_by_numbers(letter: &Letter, parties: &mut Vec<ProposedParty>) {
    for (part, by) in [
        (&letter.subject, By::Writer),
        (&letter.own, By::Writer),
        (&letter.signature, By::Signature),
        (&letter.quoted, By::Another),
    ] {
        for found in cpr::find(part).into_iter().take(MAX_NUMBERS) {
            let masked = found.cpr.masked();
            let before = near_before(part, found.range.start);
            let is_writers = match by {
                By::Signature => true,
                By::Writer => MINE.is_match(before),
                By::Another => false,
            };
            let writer = parties
                .iter_mut()
                .find(|party| party.kind == PartyKind::Person && party.identifier.is_none())
                .filter(|party| is_writers && party.because.contains(&PartyReason::Sender));
            if let Some(writer) = writer {
                writer.identifier = Some(masked);
                continue;
            }
            let name = name_beside(before, &part[found.range.end..]);
            let party = ProposedParty {
                identifier: Some(masked.clone()),
                ..ProposedParty::new(
                    PartyKind::Person,
                    name.unwrap_or(masked),
                    PartyReason::NamedByNumber,
                )
            };
            add(parties, party);
        }
    }
}

fn near_before(text: &str, at: usize) -> &str {
    let from = text.floor_char_boundary(at.saturating_sub(NEAR_BYTES));
    text[from..at].rsplit('\n').next().unwrap_or_default()
}

fn name_beside(before: &str, after: &str) -> Option<String> {
    let after = &after[..after.floor_char_boundary(NEAR_BYTES)];
    let after = after.lines().next().unwrap_or_default();
    let hit = NAME_BEFORE
        .captures(before)
        .or_else(|| NAME_AFTER.captures(after))?;
    let words: Vec<&str> = hit
        .get(1)?
        .as_str()
        .split(' ')
        .filter(|word| !NO_NAMES.contains(&word.to_lowercase().trim_end_matches('.')))
        .collect();
    (words.len() >= 2).then(|| words.join(" "))
}
