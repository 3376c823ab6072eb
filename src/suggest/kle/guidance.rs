//! Guidance read as KL writes it: sentences about the entry itself, and sentences that send a matter elsewhere.
//!
//! "Sager om brandkadetter journaliseres under 27.35.08" says nothing about the subject it stands at and much about
//! the other one; "aktindsigt tilføjes facet A53" says what the facet is for.

use crate::domain::kle::{self, Facet, KleNumber};

/// A sentence or an item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sentence<'t> {
    pub text: &'t str,
    /// The entries that it sends its matter to; none when it speaks of its own.
    pub about: Vec<KleNumber>,
    pub facets: Vec<Facet>,
}

/// More numbers than that are a list of neighbours.
const MAX_NUMBERS: usize = 3;

/// The sentences of an entry's guidance. `is_known` tells numbers from days.
pub(super) fn sentences(
    text: &str,
    own: KleNumber,
    is_known: impl Fn(KleNumber) -> bool,
) -> Vec<Sentence<'_>> {
    split(text)
        .map(|text| {
            let found = kle::find(text, MAX_NUMBERS + 1);
            let mut facets: Vec<Facet> = found.iter().filter_map(|found| found.facet).collect();
            facets.extend(bare_facets(text));
            facets.sort_unstable();
            facets.dedup();
            let mut about: Vec<KleNumber> = found
                .into_iter()
                .map(|found| found.number)
                .filter(|number| *number != own && is_known(*number))
                .collect();
            if about.len() > MAX_NUMBERS {
                about.clear();
            }
            Sentence {
                text,
                about,
                facets,
            }
        })
        .collect()
}

/// Lines, and in them sentences: a full stop before a capital letter ends one.
pub(super) fn split(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| {
        let mut rest = line;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let end = rest
                .match_indices(". ")
                .map(|(at, _)| at + 2)
                .find(|at| rest[*at..].chars().next().is_some_and(char::is_uppercase));
            let (sentence, after) = rest.split_at(end.unwrap_or(rest.len()));
            rest = after;
            Some(sentence.trim())
        })
        .filter(|sentence| !sentence.is_empty())
    })
}

/// `facet A53`, `facetten P27`, `G01`: a facet without a number before it.
fn bare_facets(text: &str) -> impl Iterator<Item = Facet> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() == 3 && word.starts_with(char::is_uppercase))
        .filter_map(Facet::parse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_that_sends_a_matter_elsewhere_is_about_the_other() {
        let number = |text| KleNumber::parse(text).expect("a number");
        let text = "Emnet dækker bl.a. sager om øvelser. Sager om kadetter journaliseres under emnenr. 27.35.08\n\
                    Aktindsigt: facet A53";
        let found = sentences(text, number("14.07.01"), |_| true);
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(found[0].text, "Emnet dækker bl.a. sager om øvelser.");
        assert!(found[0].about.is_empty() && found[0].facets.is_empty());
        assert_eq!(found[1].about, [number("27.35.08")]);
        assert_eq!(found[2].facets, [Facet::parse("A53").expect("a facet")]);
    }
}
