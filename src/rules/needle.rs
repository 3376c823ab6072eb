//! What a mail must hold somewhere for a condition to be met: literal pieces of text, of which one must be there.

use regex_syntax::hir::{Hir, HirKind};

use super::condition::{Condition, Leaf, PersonTest, TextPlace};
use super::fold::fold;
use super::text_test::TextTest;

/// Shorter pieces stand in every mail.
const MIN_BYTES: usize = 3;
/// Longer ones are cut, so that only so many different ones can end at one letter of a text.
const MAX_BYTES: usize = 32;
/// More pieces than this are as good as none.
const MAX_NEEDLES: usize = 200;

/// Folded pieces of which at least one stands in what [`super::prefilter`] reads of a mail that meets the condition, or
/// may. `None` where nothing is needed.
pub(super) fn needed(condition: &Condition) -> Option<Vec<String>> {
    let mut needles = whole(condition)?;
    for needle in &mut needles {
        needle.truncate(needle.floor_char_boundary(MAX_BYTES));
    }
    Some(needles)
}

fn whole(condition: &Condition) -> Option<Vec<String>> {
    match condition {
        Condition::All(parts) => parts
            .iter()
            .filter_map(whole)
            .max_by_key(|needles| rarity(needles)),
        Condition::Any(parts) => joined(parts.iter().map(whole)),
        Condition::Not(_) => None,
        Condition::Leaf(leaf) => of_leaf(leaf),
    }
}

fn joined(parts: impl Iterator<Item = Option<Vec<String>>>) -> Option<Vec<String>> {
    let mut needles = Vec::new();
    for part in parts {
        needles.extend(part?);
        if needles.len() > MAX_NEEDLES {
            return None;
        }
    }
    Some(needles)
}

/// Long pieces are rare, and few pieces are rarer than many.
fn rarity(needles: &[String]) -> (usize, usize) {
    let shortest = needles.iter().map(String::len).min().unwrap_or(0);
    (shortest, MAX_NEEDLES.saturating_sub(needles.len()))
}

fn of_leaf(leaf: &Leaf) -> Option<Vec<String>> {
    let long = |needles: &[String]| {
        let enough = needles.len() <= MAX_NEEDLES && needles.iter().all(|n| n.len() >= MIN_BYTES);
        enough.then(|| needles.to_vec())
    };
    match leaf {
        Leaf::Text(
            TextPlace::Subject
            | TextPlace::Body
            | TextPlace::AttachmentName
            | TextPlace::AttachmentText,
            test,
        ) => match test {
            TextTest::Regex(pattern) => of_pattern(pattern.written()),
            // Spaces at the ends of a text that is compared as a whole do not count.
            TextTest::Equals(values) => {
                let trimmed: Vec<String> =
                    values.folded.iter().map(|v| v.trim().to_owned()).collect();
                long(&trimmed)
            }
            test => long(&test.values()?.folded),
        },
        Leaf::Person(_, test) => match test {
            PersonTest::Address(those) | PersonTest::Domain(those) => long(those),
            PersonTest::Name(values) => long(&values.folded),
            PersonTest::Internal(_) => None,
        },
        _ => None,
    }
}

/// Of a pattern, read with its letters as they stand: what it meets when case is ignored differs from that in case
/// alone, so that the folded piece is in the folded text.
fn of_pattern(pattern: &str) -> Option<Vec<String>> {
    use unicode_normalization::UnicodeNormalization as _;
    let composed: String = pattern.nfc().collect();
    // Many write what is so anyway, and it would hide the letters.
    let pattern = composed.strip_prefix("(?i)").unwrap_or(&composed);
    let hir = regex_syntax::Parser::new().parse(pattern).ok()?;
    let pieces = of_hir(&hir)?;
    let needles: Vec<String> = pieces
        .iter()
        .map(|piece| fold(&longest_plain(piece)))
        .collect();
    needles
        .iter()
        .all(|n| n.len() >= MIN_BYTES)
        .then_some(needles)
}

fn of_hir(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(vec![String::from_utf8(literal.0.to_vec()).ok()?]),
        HirKind::Capture(group) => of_hir(&group.sub),
        HirKind::Repetition(repeated) if repeated.min > 0 => of_hir(&repeated.sub),
        HirKind::Concat(parts) => parts
            .iter()
            .filter_map(of_hir)
            .max_by_key(|pieces| pieces.iter().map(|piece| longest_plain(piece).len()).min()),
        HirKind::Alternation(parts) => joined(parts.iter().map(of_hir)),
        _ => None,
    }
}

/// Letters whose other case is known to fold to the same: ASCII's, and the Danish ones.
fn longest_plain(piece: &str) -> String {
    let plain = |c: char| c.is_ascii() || "æøåÆØÅ".contains(c);
    piece
        .split(|c| !plain(c))
        .max_by_key(|run| run.len())
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_needs_its_longest_literal_piece_or_one_of_each_branch() {
        let of = |pattern| of_pattern(pattern);
        let pieces = |these: &[&str]| Some(these.iter().map(|one| (*one).to_owned()).collect());
        assert_eq!(of(r"faktura (?<nr>\d+)"), pieces(&["faktura "]));
        assert_eq!(of("(rykker|FAKTURA).*"), pieces(&["rykker", "faktura"]));
        assert_eq!(of("(hæk|hegn)+ nr"), pieces(&["hæk", "hegn"]));
        assert_eq!(of(r"\d{4}-\d{5}"), None);
        assert_eq!(of("(?i)Faktura"), pieces(&["faktura"]));
        assert_eq!(of("(faktura)?"), None);
        assert_eq!(of("a|faktura"), None);
    }
}
