//! Lists of words, as the data files of this module hold them, as one pattern over text in lower case.
//!
//! A word stands alone; `*` stands for any letters at its beginning or end, a space for any gap.

use regex::Regex;

/// `None` for a list without words. The lists are the program's own, so a pattern that cannot be built is a mistake in
/// a shipped file, which the tests of that file find.
pub(super) fn any_of(list: &[String]) -> Option<Regex> {
    let mut list: Vec<&String> = list.iter().collect();
    // Longest first, so that a phrase goes before its first word.
    list.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let words: Vec<String> = list
        .iter()
        .map(|word| {
            let escaped = regex::escape(word)
                .replace(r"\*", r"[\p{L}\-]*")
                .replace(' ', r"\s+");
            format!(
                "{}{escaped}{}",
                edge(word.chars().next()),
                edge(word.chars().next_back())
            )
        })
        .collect();
    (!words.is_empty()).then(|| Regex::new(&words.join("|")).expect("words of a shipped file"))
}

/// A word that begins or ends with a sign has no edge there: `§ 153`.
fn edge(end: Option<char>) -> &'static str {
    if end.is_some_and(|c| c.is_alphanumeric() || c == '*') {
        r"\b"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_alone_and_stars_and_gaps_are_filled() {
        let list =
            ["klage", "klage over hegn", "*ansøgning", "§ 153", "høring*"].map(str::to_owned);
        let pattern = any_of(&list).unwrap();
        let found = |text: &str| pattern.find(text).map(|hit| hit.as_str().to_owned());
        assert_eq!(
            found("min klage over\nhegn"),
            Some("klage over\nhegn".to_owned())
        );
        assert_eq!(found("min klage"), Some("klage".to_owned()));
        assert_eq!(found("byggeansøgning"), Some("byggeansøgning".to_owned()));
        assert_eq!(found("efter § 153 i loven"), Some("§ 153".to_owned()));
        assert_eq!(found("beklagelse"), None);
        assert_eq!(any_of(&[]).map(|_| ()), None);
    }
}
