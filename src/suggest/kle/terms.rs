//! Words of a text as terms: stems with the form they were written in, and the parts of compounds.

use std::collections::BTreeSet;

use super::super::words::{self, Stems};

/// A stem and the first form it was met in.
pub(super) struct Word {
    pub stem: String,
    pub form: String,
}

/// Words about the plan itself, which nearly every entry's guidance says.
const SAYS_NOTHING: [&str; 24] = [
    "almindelighed",
    "andre",
    "anvendes",
    "bl",
    "dækker",
    "eks",
    "emne",
    "emnenr",
    "emnet",
    "facet",
    "gruppe",
    "gruppen",
    "henhold",
    "herunder",
    "hovedgruppe",
    "ifm",
    "jf",
    "journaliseres",
    "mv",
    "placeres",
    "sag",
    "sager",
    "vedrørende",
    "øvrige",
];

/// The words of a text that say something, in their order.
pub(super) fn of(text: &str, stems: &Stems) -> Vec<Word> {
    let lower = words::composed(text).to_lowercase();
    words::words(&lower)
        .filter(|word| says_something(word))
        .map(|word| Word {
            stem: stems.stem(word),
            form: word.to_owned(),
        })
        .collect()
}

pub(super) fn says_something(word: &str) -> bool {
    !words::is_stop_word(word)
        && SAYS_NOTHING.binary_search(&word).is_err()
        && !word.bytes().all(|b| b.is_ascii_digit())
}

/// The distinct stems of a text.
pub(super) fn stems_of(text: &str, stems: &Stems) -> Vec<String> {
    let distinct: BTreeSet<String> = of(text, stems).into_iter().map(|word| word.stem).collect();
    distinct.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_that_say_nothing_can_be_searched() {
        assert!(SAYS_NOTHING.is_sorted());
    }

    #[test]
    fn what_is_left_of_guidance_is_what_it_is_about() {
        let found = stems_of(
            "Emnet dækker sager om brændstoffers svovlindhold i 2015.",
            &Stems::new(),
        );
        assert_eq!(found.len(), 2, "{found:?}");
    }
}
