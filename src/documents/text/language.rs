//! Which language a text is in, said only when there is no doubt.

use std::cmp::Ordering;

use whatlang::{Detector, Lang};

/// Text that is looked at: more does not make it surer.
const MAX_BYTES: usize = 8 * 1024;
/// Shorter texts are guessed wrong too often.
const MIN_LETTERS: usize = 100;
/// Languages that people write to public bodies here in. Norwegian has the same letters and pairs of letters as Danish,
/// so those two are told apart by their words.
const KNOWN: [(Lang, &str); 21] = [
    (Lang::Dan, "da"),
    (Lang::Eng, "en"),
    (Lang::Deu, "de"),
    (Lang::Swe, "sv"),
    (Lang::Fra, "fr"),
    (Lang::Spa, "es"),
    (Lang::Ita, "it"),
    (Lang::Nld, "nl"),
    (Lang::Pol, "pl"),
    (Lang::Ron, "ro"),
    (Lang::Tur, "tr"),
    (Lang::Lit, "lt"),
    (Lang::Lav, "lv"),
    (Lang::Est, "et"),
    (Lang::Fin, "fi"),
    (Lang::Hun, "hu"),
    (Lang::Ukr, "uk"),
    (Lang::Rus, "ru"),
    (Lang::Ara, "ar"),
    (Lang::Pes, "fa"),
    (Lang::Urd, "ur"),
];

/// Short words of each that the other does not have.
const DANISH: [&str; 12] = [
    "af", "hvad", "noget", "nogle", "mig", "dig", "sig", "efter", "op", "ud", "mod", "jeres",
];
const NORWEGIAN: [&str; 12] = [
    "av", "hva", "noe", "noen", "meg", "deg", "seg", "etter", "opp", "ut", "mot", "deres",
];

/// ISO 639-1.
pub(super) fn of(text: &str) -> Option<String> {
    let head = text.get(..text.floor_char_boundary(MAX_BYTES))?;
    if head.chars().filter(|c| c.is_alphabetic()).count() < MIN_LETTERS {
        return None;
    }
    let allowed = KNOWN.iter().map(|(language, _)| *language).collect();
    let found = Detector::with_allowlist(allowed).detect(head)?;
    KNOWN
        .iter()
        .find(|(language, _)| *language == found.lang())
        .filter(|_| found.is_reliable())
        .and_then(|(language, code)| match language {
            Lang::Dan => danish_or_norwegian(head),
            _ => Some(code),
        })
        .map(ToOwned::to_owned)
}

fn danish_or_norwegian(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    let words = text.split(|c: char| !c.is_alphabetic());
    let (danish, norwegian) = words.fold((0, 0), |(danish, norwegian), word| {
        (
            danish + usize::from(DANISH.contains(&word)),
            norwegian + usize::from(NORWEGIAN.contains(&word)),
        )
    });
    match danish.cmp(&norwegian) {
        Ordering::Less => Some("no"),
        Ordering::Equal if danish > 0 => None,
        _ => Some("da"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_tells_its_language_and_a_list_of_numbers_none() {
        for (text, expected) in [
            (
                "Vi har modtaget din klage over hækken ved Grønnegade. Kommunen har besigtiget ejendommen og vurderer, \
                 at hækken skal klippes, så den ikke er til gene for trafikken på fortovet.",
                Some("da"),
            ),
            (
                "We have received your complaint about the hedge. The municipality has inspected the property and finds \
                 that the hedge must be cut so that it does not block the pavement.",
                Some("en"),
            ),
            (
                "Wir haben Ihre Beschwerde über die Hecke erhalten. Die Gemeinde hat das Grundstück besichtigt und \
                 verlangt, dass die Hecke geschnitten wird.",
                Some("de"),
            ),
            (
                "Vi har mottatt klagen din på hekken og har sett på eiendommen. Hekken må klippes, og noen av naboene har \
                 også skrevet til oss etter møtet. Hva synes du om det?",
                Some("no"),
            ),
            ("12 34 56 78 90", None),
            ("Bilag 1", None),
        ] {
            assert_eq!(of(text).as_deref(), expected, "{text}");
        }
    }
}
