//! Words that look Danish, as often as words are used: the n-th most frequent one n times as seldom as the first.

use rand::Rng as _;
use rand::rngs::StdRng;

/// Stems that there are; texts of a million mails have about as many.
const STEMS: u64 = 400_000;
/// Of every text, whatever it is about.
const COMMON: [&str; 40] = [
    "og", "i", "at", "det", "er", "en", "til", "af", "på", "for", "med", "de", "den", "der",
    "ikke", "vi", "har", "som", "et", "om", "jeg", "han", "var", "sig", "kan", "fra", "vil",
    "skal", "ved", "hvor", "eller", "når", "også", "efter", "hej", "hermed", "sagen", "kommunen",
    "svar", "møde",
];
const ONSETS: [&str; 20] = [
    "b", "br", "d", "f", "fl", "g", "gr", "h", "k", "kl", "l", "m", "n", "p", "r", "s", "sk", "st",
    "t", "v",
];
const VOWELS: [&str; 10] = ["a", "e", "i", "o", "u", "æ", "ø", "å", "ej", "y"];
const CODAS: [&str; 10] = ["d", "g", "k", "l", "ld", "m", "n", "nd", "rt", "sk"];
const ENDINGS: [&str; 6] = ["", "", "", "en", "er", "s"];

/// The stem with a number; numbers beyond the last begin anew.
pub fn stem(number: u64) -> String {
    let syllables = (ONSETS.len() * VOWELS.len() * CODAS.len()) as u64;
    let number = number % STEMS;
    // Frequent ones must not all begin alike.
    let first = number * 1_237 % syllables;
    let second = (number / syllables + number * 7) % syllables;
    syllable(first) + &syllable(second)
}

fn syllable(number: u64) -> String {
    let number = number as usize;
    let onset = ONSETS[number % ONSETS.len()];
    let vowel = VOWELS[number / ONSETS.len() % VOWELS.len()];
    let coda = CODAS[number / ONSETS.len() / VOWELS.len() % CODAS.len()];
    format!("{onset}{vowel}{coda}")
}

/// A word of any text.
pub fn word(random: &mut StdRng) -> String {
    match zipf(random, STEMS + COMMON.len() as u64) as usize {
        rank if rank < COMMON.len() => COMMON[rank].to_owned(),
        rank => inflected((rank - COMMON.len()) as u64, random),
    }
}

pub fn inflected(number: u64, random: &mut StdRng) -> String {
    stem(number) + ENDINGS[random.random_range(0..ENDINGS.len())]
}

/// From 0 up to a limit, each number as much seldomer as it is larger.
pub fn zipf(random: &mut StdRng, limit: u64) -> u64 {
    let log = random.random::<f64>() * ((limit + 1) as f64).ln();
    (log.exp() as u64).clamp(1, limit) - 1
}

pub fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
