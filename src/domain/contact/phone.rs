//! Phone numbers, Danish ones in pairs: `12 34 56 78`.

use regex::Regex;
use std::sync::LazyLock;

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:\+|\b00)?\(?[0-9][0-9 ().\-]{5,18}[0-9]").expect("a constant pattern")
});

/// Numbers of something else.
const OTHER_LABELS: [&str; 11] = [
    "cvr", "vat", "ean", "p-nr", "fax", "konto", "reg", "cpr", "se-nr", "bfe", "sag",
];
/// The person's own before the switchboard's.
const OWN_LABELS: [&str; 10] = [
    "mob", "direkte", "direct", "dir.", "dir:", "m:", "m.", "d:", "cell", "+45 m",
];
const LABELS: [&str; 8] = ["tlf", "tel", "phone", "ring", "t:", "t.", "t ", "p:"];

/// The number that reaches the person best; the first among equals.
pub(super) fn best(pieces: &[String]) -> Option<String> {
    let mut best: Option<(u8, String)> = None;
    for piece in pieces {
        for (rank, number) in numbers(piece) {
            if best.as_ref().is_none_or(|(known, _)| rank > *known) {
                best = Some((rank, number));
            }
        }
    }
    best.map(|(_, number)| number)
}

fn numbers(piece: &str) -> Vec<(u8, String)> {
    let mut found = Vec::new();
    let mut from = 0;
    for hit in NUMBER.find_iter(piece) {
        let label = piece[from..hit.start()].trim().to_lowercase();
        from = hit.end();
        if OTHER_LABELS.iter().any(|other| label.contains(other)) {
            continue;
        }
        let labelled = |labels: &[&str]| {
            labels
                .iter()
                .any(|known| label.starts_with(known) || label.ends_with(known))
        };
        let rank = if labelled(&OWN_LABELS) {
            3
        } else if labelled(&LABELS) {
            2
        } else if label.is_empty() {
            1
        } else {
            continue;
        };
        if let Some(number) = written(hit.as_str()) {
            found.push((rank, number));
        }
    }
    found
}

/// Eight digits are Danish; others need their country.
fn written(number: &str) -> Option<String> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let abroad = number.starts_with('+') || number.starts_with("00");
    let with_country = digits.trim_start_matches('0');
    let danish = match (abroad, digits.len()) {
        (false, 8) => Some(digits.as_str()),
        // "(45) 12 34 56 78" and "45 12 34 56 78"
        (_, 10 | 12) if abroad || number.starts_with("(45") || number.starts_with("45 ") => {
            with_country
                .strip_prefix("45")
                .filter(|rest| rest.len() == 8)
        }
        _ => None,
    };
    if let Some(danish) = danish {
        let pairs: Vec<&str> = (0..4)
            .filter_map(|at| danish.get(at * 2..at * 2 + 2))
            .collect();
        return Some(pairs.join(" "));
    }
    (abroad && (9..=15).contains(&with_country.len())).then(|| {
        let plain: String = number
            .chars()
            .map(|c| if c.is_ascii_digit() { c } else { ' ' })
            .collect();
        let words: Vec<&str> = plain.split_whitespace().collect();
        format!("+{}", words.join(" ").trim_start_matches('0'))
    })
}
