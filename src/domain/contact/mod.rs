//! Who signed a mail: name, title, organisation, postal address, phone and CVR number, read from its signature.
//!
//! A guess by the habits of Danish and English signatures; what is unsure is left out. No field ever holds a whole CPR
//! number.

pub mod address;
mod name;
mod organisation;
mod phone;
mod pieces;
#[cfg(test)]
mod tests;

use super::{cpr, cvr::Cvr};

pub use name::{of_local_part, tidy as tidy_name};
pub use organisation::is_organisation;

/// Longer ones are no names, titles or addresses.
pub const MAX_CHARS: usize = 120;

/// What a signature tells of whoever wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    pub name: Option<String>,
    pub title: Option<String>,
    pub organisation: Option<String>,
    pub address: Option<String>,
    pub phone: Option<String>,
    pub cvr: Option<Cvr>,
}

/// Reads a signature; `known` is the name in the mail's header.
pub fn read(signature: &str, known: Option<&str>) -> Contact {
    let known = known.map(name::of_header).unwrap_or_default();
    let mut pieces = pieces::of(signature);
    let address = address::take(&mut pieces);
    let phone = phone::best(&pieces);
    let cvr = pieces.iter().find_map(|piece| labelled_cvr(piece));
    pieces.retain(|piece| !is_machine_made(piece));
    let pieces: Vec<String> = pieces.iter().flat_map(|piece| parted(piece)).collect();
    let title = pieces
        .iter()
        .find(|piece| organisation::is_title(piece) && !is_organisation(piece));
    let organisation = pieces
        .iter()
        .find(|piece| is_organisation(piece))
        .cloned()
        .or(known.organisation);
    let name = name::choose(&pieces, known.person.as_deref(), organisation.is_some());
    let shown = |text: &String| Some(cpr::mask(text)).filter(|text| is_short(text));
    Contact {
        title: title.and_then(shown),
        organisation: organisation.as_ref().and_then(shown),
        name: name.as_ref().and_then(shown),
        address: address.as_ref().and_then(shown),
        phone,
        cvr,
    }
}

/// `Advokat Birgit Steen` is a title and a name, `Formand for Grundejerforeningen Solbakken` a title and an organisation.
fn parted(piece: &str) -> Vec<String> {
    let parts = name::after_title(piece).or_else(|| {
        [" for ", " i ", " hos ", " at "]
            .iter()
            .find_map(|word| piece.split_once(word))
            .filter(|(title, rest)| organisation::is_title(title) && is_organisation(rest))
    });
    match parts {
        Some((first, second)) => vec![first.to_owned(), second.to_owned()],
        None => vec![piece.to_owned()],
    }
}

fn is_short(text: &str) -> bool {
    text.chars().count() <= MAX_CHARS
}

/// Eight digits count only with their name before them: one in eleven phone numbers has the right check digit.
fn labelled_cvr(piece: &str) -> Option<Cvr> {
    let lower = piece.to_ascii_lowercase();
    let at = ["cvr", "vat", "se-nr", "se nr"]
        .iter()
        .find_map(|label| lower.find(label).map(|at| at + label.len()))?;
    let digits: String = piece
        .get(at..)?
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(|c| c.is_ascii_digit() || matches!(c, ' ' | '\u{a0}' | '.'))
        .filter(char::is_ascii_digit)
        .take(9)
        .collect();
    Cvr::parse(&digits)
}

/// Mail addresses, links, numbers: nothing that names a person.
fn is_machine_made(piece: &str) -> bool {
    let lower = piece.to_lowercase();
    piece.contains('@')
        || ["www.", "http", "cvr", "ean", "tlf", "telefon"]
            .iter()
            .any(|sign| lower.contains(sign))
        || piece.chars().filter(char::is_ascii_digit).count() >= 4
}
