//! Postal addresses as they are shown: `Skovvej 12A, 3. tv, 2620 Albertslund`.

use regex::Regex;
use std::sync::LazyLock;

use crate::domain::property;

static STREET: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?:(?i:adresse|adr\.?|besøgsadresse|postadresse|address):?\s*)?(\p{L}[\p{L}.'’ \-]{1,50}) ([0-9]{1,3} ?(?:[A-Za-z]\b)?(?: ?[-–] ?[0-9]{1,3} ?(?:[A-Za-z]\b)?)?)(?: (.*))?$",
    )
    .expect("a constant pattern")
});
static FLOOR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?i)(?:(?:st|kld?|[0-9]{1,2})\.?(?: ?sal)?\.?,? ?(?:(?:tv|th|mf|dør)\.?(?: ?[0-9]{1,3})?|[0-9]{1,3})?\.?|c/o .{2,40}|tv\.?|th\.?|mf\.?)$")
        .expect("a constant pattern")
});
static POSTCODE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:(?:DK|FO|GL)[ \-–]{0,3})?([0-9]{4}) (\p{Lu}.*)$").expect("a constant pattern")
});
/// Words after a city that are something else.
const NO_CITY: [&str; 8] = [
    "tlf", "tel", "telefon", "mobil", "mob", "cvr", "danmark", "denmark",
];
/// Streets are named by these together with the word before: `Nordmarks Allé`.
const OWN_WORDS: [&str; 14] = [
    "allé",
    "alle",
    "alléen",
    "plads",
    "torv",
    "vej",
    "gade",
    "stræde",
    "park",
    "have",
    "boulevard",
    "kaj",
    "vænge",
    "sti",
];
/// And these stand before any of them.
const FIRST_WORDS: [&str; 22] = [
    "gl.", "gamle", "gammel", "store", "st.", "lille", "ll.", "ny", "nye", "nordre", "ndr.",
    "søndre", "sdr.", "østre", "vestre", "sankt", "skt.", "sct.", "øvre", "nedre", "indre", "ydre",
];
/// Words of a city: `Kongens Lyngby`, `Nykøbing Falster`, `København NV`.
const MAX_CITY_WORDS: usize = 3;

/// The first address among the pieces, which are taken out; what follows the city in its piece stays.
pub(super) fn take(pieces: &mut Vec<String>) -> Option<String> {
    for at in 0..pieces.len() {
        if let Some((address, used, rest)) = read(&pieces[at..]) {
            pieces.splice(at..at + used, rest);
            return Some(address);
        }
    }
    None
}

/// At most `limit` addresses of running text: the key that they are compared by, and how they are shown.
pub fn in_text(text: &str, limit: usize) -> Vec<(String, String)> {
    property::addresses(text, limit)
        .into_iter()
        .filter_map(|key| {
            let shown = shown(text, &key)?;
            Some((property::address_key(&shown)?, shown))
        })
        .collect()
}

/// An address that begins with the first piece: itself, how many pieces it takes, what is left of the last one.
fn read(pieces: &[String]) -> Option<(String, usize, Option<String>)> {
    let hit = STREET.captures(pieces.first()?)?;
    let street = hit.get(1)?.as_str().trim();
    let mut parts = vec![format!("{street} {}", hit.get(2)?.as_str().trim())];
    let rest = hit.get(3).map(|rest| rest.as_str().to_owned());
    let mut used = 1;
    let mut next = rest.clone();
    for _ in 0..4 {
        let piece = match next.take() {
            Some(piece) => piece,
            None => match pieces.get(used) {
                Some(piece) => {
                    used += 1;
                    piece.clone()
                }
                None => break,
            },
        };
        if let Some((city, left)) = city(&piece) {
            parts.push(city);
            return Some((parts.join(", "), used, left));
        }
        if let Some((floor, after)) = floor(&piece) {
            parts.push(floor);
            next = after;
        } else {
            used = used.saturating_sub(usize::from(rest.as_deref() != Some(&piece)));
            break;
        }
    }
    // Without a postcode only what ends as streets do.
    let is_street = rest.is_none() && !property::addresses(&parts[0], 1).is_empty();
    is_street.then(|| (parts.join(", "), used.max(1), None))
}

/// `3. tv` alone, or with the postcode after it.
fn floor(piece: &str) -> Option<(String, Option<String>)> {
    if FLOOR.is_match(piece) {
        return Some((piece.trim_end_matches('.').to_owned(), None));
    }
    let at = piece
        .match_indices(' ')
        .map(|(at, _)| at)
        .find(|at| city(&piece[at + 1..]).is_some())?;
    let floor = &piece[..at];
    FLOOR.is_match(floor).then(|| {
        (
            floor.trim_end_matches('.').to_owned(),
            Some(piece[at + 1..].to_owned()),
        )
    })
}

/// Postcode and city, and what follows them.
fn city(piece: &str) -> Option<(String, Option<String>)> {
    let hit = POSTCODE.captures(piece)?;
    let words: Vec<&str> = hit.get(2)?.as_str().split(' ').collect();
    let taken = words
        .iter()
        .take(MAX_CITY_WORDS)
        .take_while(|word| {
            let bare = word
                .trim_matches(|c: char| !c.is_alphanumeric())
                .to_lowercase();
            word.starts_with(char::is_uppercase)
                && word
                    .chars()
                    .all(|c| c.is_alphabetic() || matches!(c, '.' | '-'))
                && !NO_CITY.contains(&bare.as_str())
        })
        .count();
    let city = words
        .get(..taken)
        .filter(|words| !words.is_empty())?
        .join(" ");
    let left = words[taken..].join(" ");
    Some((
        format!("{} {}", hit.get(1)?.as_str(), city.trim_end_matches('.')),
        Some(left).filter(|left| !left.is_empty()),
    ))
}

/// How the address with this key is written in the text, with its postcode where that follows.
fn shown(text: &str, key: &str) -> Option<String> {
    let (street, number) = key.rsplit_once(' ')?;
    let digits = number.trim_end_matches(char::is_alphabetic);
    let letter = &number[digits.len()..];
    let pattern = format!(
        r"(?i){}\s+0*{digits}\s?{letter}",
        regex::escape(street).replace(' ', r"\s+")
    );
    let hit = Regex::new(&pattern).ok()?.find(text)?;
    let found: Vec<&str> = hit.as_str().split_whitespace().collect();
    let mut shown = capitalised(&street_alone(&found).join(" "));
    let after = text[hit.end()..].lines().next().unwrap_or_default();
    let mut parts = after.trim_start_matches([',', ' ']).split(", ").take(2);
    for part in parts.by_ref() {
        let part = part.trim();
        if let Some((city, _)) = city(part.trim_end_matches(['.', ')', ','])) {
            shown.push_str(", ");
            shown.push_str(&city);
            break;
        }
        if !FLOOR.is_match(part) {
            break;
        }
        shown.push_str(", ");
        shown.push_str(part.trim_end_matches('.'));
    }
    Some(shown)
}

/// `Nabohøring Birkevænget 4` is no street of two words; `Gl. Landevej 7` and `Nordmarks Allé 4` are.
fn street_alone<'a>(words: &'a [&'a str]) -> &'a [&'a str] {
    let street_words = words
        .iter()
        .take_while(|word| !word.starts_with(|c: char| c.is_ascii_digit()))
        .count();
    let Some(last) = street_words.checked_sub(1) else {
        return words;
    };
    let is_one_of = |list: &[&str], at: usize| list.contains(&words[at].to_lowercase().as_str());
    let mut from = last;
    if is_one_of(&OWN_WORDS, last) {
        from = last.saturating_sub(1);
    }
    while from > 0 && is_one_of(&FIRST_WORDS, from - 1) {
        from -= 1;
    }
    &words[from..]
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_running_text_are_shown_as_they_are_written() {
        for (text, expected) in [
            (
                "Byggeri på Skovvej 12A, 3. tv, 2620 Albertslund.",
                "Skovvej 12A, 3. tv, 2620 Albertslund",
            ),
            ("ang. gamle landevej 7 og hækken", "Landevej 7"),
            ("Nabohøring Birkevænget 4", "Birkevænget 4"),
            (
                "Vedr. Gl. Landevej 7, 4000 Roskilde",
                "Gl. Landevej 7, 4000 Roskilde",
            ),
            ("Høring Nordmarks Allé 4b", "Nordmarks Allé 4b"),
            (
                "Jeg bor Rosenhøj 33, 8260 Viby J, og vil klage",
                "Rosenhøj 33, 8260 Viby J",
            ),
        ] {
            let found: Vec<String> = in_text(text, 3)
                .into_iter()
                .map(|(_, shown)| shown)
                .collect();
            assert_eq!(found, [expected], "{text}");
        }
    }
}
