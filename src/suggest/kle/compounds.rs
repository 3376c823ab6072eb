//! Danish compounds taken apart: `byggesagsgebyr` is `byggesag` and `gebyr`.
//!
//! Only words that the plan itself uses are parts, so nothing is cut where KL's language has no joint. Of several ways
//! the one with fewest parts is taken, of those the one whose parts are the most common.

use std::collections::HashMap;

use super::super::words::{self, Stems};

/// Shorter words are no compounds worth cutting.
const MIN_COMPOUND_CHARS: usize = 7;
const MIN_PART_CHARS: usize = 3;
/// Parts of three letters must be common: `sag`, `vej`; rare ones are abbreviations.
const MIN_SHORT_PART_COUNT: u32 = 3;
const MAX_COMPOUND_CHARS: usize = 40;
const MAX_PARTS: usize = 4;
/// Where the other half of a compound is not known, the known one must be longer.
const MIN_HEAD_CHARS: usize = 4;
/// What may stand between two parts.
const JOINTS: [&str; 3] = ["", "s", "e"];

/// The words that compounds are made of.
#[derive(Debug, Default)]
pub(super) struct Compounds {
    /// Stem, and form as written → how often.
    counts: HashMap<String, u32>,
}

impl Compounds {
    pub fn learn(&mut self, word: &str, stem: &str) {
        if word.chars().count() < MIN_PART_CHARS || word.bytes().any(|b| b.is_ascii_digit()) {
            return;
        }
        *self.counts.entry(word.to_owned()).or_default() += 1;
        if stem != word {
            *self.counts.entry(stem.to_owned()).or_default() += 1;
        }
    }

    /// The stems of a word's parts; none when it is no compound.
    pub fn parts(&self, word: &str, stems: &Stems) -> Vec<String> {
        let ends: Vec<usize> = word
            .char_indices()
            .map(|(at, _)| at)
            .chain([word.len()])
            .collect();
        let chars = ends.len() - 1;
        if !(MIN_COMPOUND_CHARS..=MAX_COMPOUND_CHARS).contains(&chars) {
            return Vec::new();
        }
        let split = self.split(word, &ends, stems);
        split
            .map(|way| way.parts)
            .filter(|parts| parts.len() > 1)
            .unwrap_or_default()
    }

    /// The stem of the longest known ending of a word whose beginning is not known: what kind of thing it is.
    pub fn head(&self, word: &str, stems: &Stems) -> Option<String> {
        let starts: Vec<usize> = word.char_indices().map(|(at, _)| at).collect();
        if starts.len() < MIN_COMPOUND_CHARS || starts.len() > MAX_COMPOUND_CHARS {
            return None;
        }
        let heads = starts.iter().skip(MIN_PART_CHARS);
        heads
            .take_while(|at| word[**at..].chars().count() >= MIN_HEAD_CHARS)
            .find_map(|at| self.known(&word[*at..], true, stems))
            .map(|(stem, _)| stem)
    }

    /// Likewise of the longest known beginning.
    pub fn beginning(&self, word: &str, stems: &Stems) -> Option<String> {
        let starts: Vec<usize> = word.char_indices().map(|(at, _)| at).collect();
        if starts.len() < MIN_COMPOUND_CHARS || starts.len() > MAX_COMPOUND_CHARS {
            return None;
        }
        let ends = starts
            .iter()
            .skip(MIN_HEAD_CHARS)
            .rev()
            .skip(MIN_PART_CHARS - 1);
        ends.copied()
            .find_map(|at| self.known(&word[..at], false, stems))
            .map(|(stem, _)| stem)
    }

    /// The best way to the end of the word from each place in it, from the last place on.
    fn split(&self, word: &str, ends: &[usize], stems: &Stems) -> Option<Way> {
        let last = ends.len() - 1;
        let mut best: Vec<Option<Way>> = vec![None; ends.len()];
        best[last] = Some(Way::default());
        for from in (0..last).rev() {
            for to in (from + MIN_PART_CHARS)..=last {
                let part = &word[ends[from]..ends[to]];
                // The word itself is no part of itself.
                if (from == 0 && to == last) || words::is_stop_word(part) {
                    continue;
                }
                let Some((stem, count)) = self.known(part, to == last, stems) else {
                    continue;
                };
                for joint in JOINTS {
                    let Some(next) = after_joint(word, ends, to, joint) else {
                        continue;
                    };
                    let Some(rest) = &best[next] else { continue };
                    let way = rest.with(&stem, count);
                    if way.parts.len() <= MAX_PARTS
                        && best[from].as_ref().is_none_or(|known| way.beats(known))
                    {
                        best[from] = Some(way);
                    }
                }
            }
        }
        best.swap_remove(0)
    }

    /// The stem under which a part is known, and how common it is. Only the last part may have an ending.
    fn known(&self, part: &str, is_last: bool, stems: &Stems) -> Option<(String, u32)> {
        let stem = stems.stem(part);
        let count = match self.counts.get(part) {
            Some(count) => *count,
            None if is_last => *self.counts.get(&stem)?,
            None => return None,
        };
        let long_enough = part.chars().count() > MIN_PART_CHARS || count >= MIN_SHORT_PART_COUNT;
        long_enough.then_some((stem, count))
    }
}

/// One way to take the rest of a word apart.
#[derive(Clone, Debug, Default)]
struct Way {
    parts: Vec<String>,
    /// Sum of the logarithms of how common the parts are.
    common: f64,
}

impl Way {
    fn with(&self, stem: &str, count: u32) -> Self {
        let mut parts = Vec::with_capacity(self.parts.len() + 1);
        parts.push(stem.to_owned());
        parts.extend(self.parts.iter().cloned());
        Self {
            parts,
            common: self.common + f64::from(count).ln_1p(),
        }
    }

    fn beats(&self, other: &Self) -> bool {
        let fewer = other.parts.len().cmp(&self.parts.len());
        fewer
            .then(self.common.total_cmp(&other.common))
            // So that the order of a hash map never decides.
            .then(other.parts.cmp(&self.parts))
            .is_gt()
    }
}

/// The place behind the joint, when the joint stands there. A joint needs a part behind it.
fn after_joint(word: &str, ends: &[usize], at: usize, joint: &str) -> Option<usize> {
    let last = ends.len() - 1;
    if joint.is_empty() {
        return Some(at);
    }
    let stands = at < last && word[ends[at]..].starts_with(joint);
    (stands && at + 1 < last).then_some(at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compounds(known: &str) -> Compounds {
        let stems = Stems::new();
        let mut compounds = Compounds::default();
        for _ in 0..3 {
            for word in known.split_whitespace() {
                compounds.learn(word, &stems.stem(word));
            }
        }
        compounds
    }

    fn parts(known: &str, word: &str) -> String {
        compounds(known).parts(word, &Stems::new()).join("+")
    }

    #[test]
    fn a_compound_is_cut_where_words_of_the_plan_meet() {
        assert_eq!(parts("byggesag gebyr", "byggesagsgebyr"), "byggesag+gebyr");
        assert_eq!(parts("hjemme hjælp", "hjemmehjælp"), "hjem+hjælp");
        assert_eq!(parts("vej belysning", "vejbelysningen"), "vej+belysn");
    }

    #[test]
    fn fewer_parts_are_better() {
        assert_eq!(
            parts("bygge sag byggesag gebyr", "byggesagsgebyrer"),
            "byggesag+gebyr"
        );
    }

    #[test]
    fn what_has_an_unknown_part_stays_whole() {
        assert_eq!(parts("byggesag", "byggesagsgebyr"), "");
        assert_eq!(parts("sag", "sagsøger"), "");
        assert_eq!(parts("byggesag", "byggesag"), "");
    }
}
