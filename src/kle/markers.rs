//! Editorial marks in titles and keywords: `[udgået]`, `[udgår 2015]`, `[=Emne]`, `[fagsystem-emne]`, `(før 1/1 00)`.
//!
//! They speak of the entry and are no part of its name.

use std::sync::LazyLock;

use regex::Regex;

static MARKERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?ix) \s* (?:
            \[ \s* (?: = | udg(?:å|aa)(?:et|r)\b | fagsystem ) [^\]]* \]
          | \( \s* (?: før | indtil | til | fra ) \s+ \d{1,2} [/.\-] \s? \d{1,2} [\s/.\-]* \d{2,4} \s* \)
        )",
    )
    .ok()
});

/// The text without its marks, with single spaces.
pub(super) fn stripped(text: &str) -> String {
    let bare = MARKERS
        .as_ref()
        .map_or(text.into(), |markers| markers.replace_all(text, ""));
    one_line(&bare)
}

/// Whether the text itself says that it is out of use. `[udgår 2015]` only says that it will be.
pub(super) fn says_retired(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["[udgået", "[udgaaet"]
        .iter()
        .any(|mark| lower.contains(mark))
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_the_name_stays() {
        for (written, name) in [
            ("Civilt beredskab [udgået]", "Civilt beredskab"),
            ("Særlig ydelse [Udgår 2015]", "Særlig ydelse"),
            ("Renovation [=Emne]", "Renovation"),
            ("Hegn [ = Emne ] [udgået]", "Hegn"),
            ("Amtsvejfond (før 1/1 00)", "Amtsvejfond"),
            ("Amtsvejfond (før 1/1-2000) gebyr", "Amtsvejfond gebyr"),
            ("Pension [fagsystem-emne]", "Pension"),
            ("  to\n  ord ", "to ord"),
        ] {
            assert_eq!(stripped(written), name, "{written}");
        }
    }

    #[test]
    fn other_brackets_are_part_of_the_name() {
        for name in [
            "Legater (fonde)",
            "Veje [private]",
            "Færgefart (før afgang)",
        ] {
            assert_eq!(stripped(name), name);
        }
    }

    #[test]
    fn only_what_is_gone_says_so() {
        assert!(says_retired("EU [udgået]"));
        assert!(!says_retired("Særlig ydelse [Udgår 2015]"));
    }
}
