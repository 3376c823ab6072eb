//! Words of Danish and English text, brought to their stems.
//!
//! A word has one stem whatever stands around it, so that a mail's "lokalplanen" and a case's "Lokalplan"
//! meet without anybody guessing the language of three words.

use rust_stemmers::{Algorithm, Stemmer};
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

const MAX_WORD_CHARS: usize = 40;
const MAX_STOP_WORD_BYTES: usize = 12;
/// Longer runs of digits are phone numbers, accounts and CPR numbers, which are no words.
const MAX_DIGITS: usize = 5;

/// The words of a text that is in lower case already, stop words included.
pub(super) fn words(lower_case: &str) -> impl Iterator<Item = &str> {
    lower_case
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| {
            word.len() >= 2
                && (word.len() <= MAX_WORD_CHARS || word.chars().count() <= MAX_WORD_CHARS)
                && word.chars().nth(1).is_some()
                && word.bytes().filter(u8::is_ascii_digit).count() <= MAX_DIGITS
        })
}

/// Words that say nothing about what a text is about.
pub(super) fn is_stop_word(word: &str) -> bool {
    word.len() <= MAX_STOP_WORD_BYTES && STOP_WORDS.contains(word)
}

/// Composed letters; text that is so already is not copied.
pub(super) fn composed(text: &str) -> Cow<'_, str> {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        _ => Cow::Owned(text.nfc().collect()),
    }
}

/// Takes the endings off a lower-case word.
pub(super) struct Stems {
    danish: Stemmer,
    english: Stemmer,
}

impl Stems {
    pub fn new() -> Self {
        Self {
            danish: Stemmer::create(Algorithm::Danish),
            english: Stemmer::create(Algorithm::English),
        }
    }

    pub fn stem(&self, word: &str) -> String {
        if word.bytes().any(|b| b.is_ascii_digit()) {
            return word.to_owned();
        }
        let word: Cow<'_, str> = if word.contains("aa") {
            Cow::Owned(word.replace("aa", "å"))
        } else {
            Cow::Borrowed(word)
        };
        let stem = self.danish.stem(&word);
        if stem.is_ascii() && stem.len() > 4 {
            self.english.stem(&stem).into_owned()
        } else {
            stem.into_owned()
        }
    }
}

static STOP_WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    DANISH
        .split_whitespace()
        .chain(ENGLISH.split_whitespace())
        .chain(MAIL.split_whitespace())
        .collect()
});

const DANISH: &str = "ad af aldrig alle alligevel alt altid anden andet andre at bare begge blandt blev blive bliver \
    bliver burde bør da de dem den denne dens der deres derfor derimod det dets dette dig din dine disse dit dog du \
    efter eftersom ej eller en end endnu ene eneste enhver ens er et far fem fik fire flere fleste for fordi foran fra \
    fx få får før først gennem gjorde god godt gør gøre gørende ham han hans har havde have havende hel heller helt \
    hen hende hendes henover her herefter heri hos hun hvad hvem hver hvilke hvilken hvilkes hvis hvor hvordan \
    hvorefter hvorfor hvorfra hvorhen hvori hvorimod hvornår hvorved i igen igennem ikke imellem imens imod ind \
    indtil ingen intet ja jeg jer jeres jo kan kom komme kommer kun kunne lad langs lav lave lavet lidt lige ligesom \
    lille man mand mange med meget mellem men mens mere mest mig min mindre mindst mine mit mod må måske ned nej \
    nemlig nogen nogensinde noget nogle nok nu ny nyt nær næste næsten når og også om omkring op os otte over overalt \
    pga på samme sammen samt se seks selv selvom senere ses siden sig sige sin sine sit skal skulle som stadig stor \
    store sådan således så syntes syv særlig tage temmelig thi ti tidligere til tilbage tit to tre ud uden udover \
    under undtagen var ved vi via vil ville vor vore vores vær være været å";

const ENGLISH: &str = "a about above after again against all also am an and any are as at be because been before being \
    below between both but by can could did do does doing don down during each few from further had has have having he \
    her here hers him his how if in into is it its itself just me more most my no nor not now of off on once only or \
    other our ours out over own same she should so some such than that the their theirs them then there these they this \
    those through to too under until up us very was we were what when where which while who whom why will with would \
    you your yours";

/// What every mail says.
const MAIL: &str = "hej kære hilsen hilsner mvh vh venlig venlige venligst tak dear hi hello regards best kind thanks \
    mail email subject emne sendt sent fra from til dato date cc sv vs re fw fwd vedr http https www com dk org net \
    mailto tlf telefon mobil";

#[cfg(test)]
mod tests {
    use super::*;

    fn stem(word: &str) -> String {
        Stems::new().stem(word)
    }

    #[test]
    fn forms_of_a_word_meet_in_one_stem() {
        for (one, other) in [
            ("lokalplanen", "lokalplan"),
            ("lokalplanens", "lokalplaner"),
            ("byggetilladelsen", "byggetilladelse"),
            ("klager", "klagen"),
            ("meetings", "meeting"),
            ("invoices", "invoice"),
            ("aabenraa", "åbenrå"),
        ] {
            assert_eq!(stem(one), stem(other), "{one} {other}");
        }
    }

    #[test]
    fn no_stop_word_is_longer_than_what_is_looked_up() {
        assert!(
            STOP_WORDS
                .iter()
                .all(|word| word.len() <= MAX_STOP_WORD_BYTES)
        );
    }

    #[test]
    fn stop_words_and_long_numbers_are_left_out() {
        let text = "hej, jeg har 2 klager over skovvej 12a (0707614285) og 43686868.";
        let found: Vec<_> = words(text).filter(|word| !is_stop_word(word)).collect();
        assert_eq!(found, ["klager", "skovvej", "12a"]);
    }
}
