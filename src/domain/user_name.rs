//! What a person is called here, made of what their organisation's provider calls them.
//!
//! `Birthe.Lund@egelund-kommune.example` is `birthe.lund` in that organisation, and the whole address in another.

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization as _;

/// What is done about somebody whom the provider vouches for and nobody here knows yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownUsers {
    Create,
    Refuse,
}

const MAX_CHARS: usize = 100;

/// `None` for what could not be anybody's name: empty, too long, or with signs that would confuse a reader.
pub fn of_claim(claim: &str, own_domains: &[String]) -> Option<String> {
    let name: String = claim.trim().nfc().collect::<String>().to_lowercase();
    let name = match name.split_once('@') {
        Some((local, domain)) if own_domains.iter().any(|own| own.to_lowercase() == domain) => {
            local.to_owned()
        }
        _ => name,
    };
    is_name(&name).then_some(name)
}

/// Letters, digits and what stands in addresses; no spaces and nothing that divides names elsewhere.
pub fn is_name(name: &str) -> bool {
    let first = name.chars().next();
    first.is_some_and(char::is_alphanumeric)
        && name.chars().count() <= MAX_CHARS
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '@' | '#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_becomes_the_name_people_know() {
        let own = ["Egelund-kommune.example".to_owned()];
        for (claim, name) in [
            ("Birthe.Lund@egelund-kommune.example", Some("birthe.lund")),
            ("birthe.lund", Some("birthe.lund")),
            ("SØREN.ÅS@EGELUND-KOMMUNE.EXAMPLE", Some("søren.ås")),
            ("gæst@anden.example", Some("gæst@anden.example")),
            (
                "x_y.example#EXT#@egelund.onmicrosoft.example",
                Some("x_y.example#ext#@egelund.onmicrosoft.example"),
            ),
            ("", None),
            ("@egelund-kommune.example", None),
            ("birthe lund", None),
            ("birthe\nlund", None),
            ("birthe:lund", None),
        ] {
            assert_eq!(of_claim(claim, &own).as_deref(), name, "{claim}");
        }
        assert_eq!(of_claim(&"a".repeat(101), &own), None);
    }
}
