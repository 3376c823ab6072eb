//! Whether a document's title property says something, or is what a program put there.

const MAX_TITLE_CHARS: usize = 200;
/// What programs call a document that nobody named; a number may follow.
const NAMES_OF_NOTHING: [&str; 18] = [
    "untitled",
    "uden titel",
    "unavngivet",
    "ikke-navngivet",
    "title",
    "titel",
    "document",
    "dokument",
    "presentation",
    "præsentation",
    "powerpoint presentation",
    "powerpoint-præsentation",
    "slide",
    "dias",
    "mappe",
    "book",
    "scan",
    "print",
];
/// What is put before the name of the file that was printed.
const PRINTED_FROM: [&str; 4] = [
    "microsoft word - ",
    "microsoft powerpoint - ",
    "microsoft excel - ",
    "microsoft office word - ",
];
const EXTENSIONS: [&str; 12] = [
    ".docx", ".docm", ".doc", ".dotx", ".rtf", ".odt", ".xlsx", ".xls", ".pptx", ".ppt", ".pdf",
    ".txt",
];

/// The title in one line, or nothing.
pub(super) fn meaningful(given: &str) -> Option<String> {
    let words: Vec<&str> = given.split_whitespace().collect();
    let title: String = words
        .join(" ")
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_TITLE_CHARS)
        .collect();
    let title = without(&title, &PRINTED_FROM, prefix_off);
    let title = without(title, &EXTENSIONS, suffix_off).trim();
    let letters = title.chars().filter(|c| c.is_alphabetic()).count();
    let is_path = title.contains(":\\") || title.contains("://") || title.starts_with("\\\\");
    (letters >= 3 && !is_path && !is_name_of_nothing(title)).then(|| title.to_owned())
}

fn without<'t>(
    title: &'t str,
    list: &[&str],
    off: fn(&'t str, &str) -> Option<&'t str>,
) -> &'t str {
    list.iter()
        .find_map(|part| off(title, part))
        .unwrap_or(title)
}

fn is_name_of_nothing(title: &str) -> bool {
    let lower = title.to_lowercase();
    let stem = lower
        .trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '(' | ')' | '-' | '_'));
    NAMES_OF_NOTHING.contains(&stem)
}

fn prefix_off<'t>(title: &'t str, prefix: &str) -> Option<&'t str> {
    let head = title.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix)
        .then(|| title.get(prefix.len()..))?
}

fn suffix_off<'t>(title: &'t str, suffix: &str) -> Option<&'t str> {
    let at = title.len().checked_sub(suffix.len())?;
    title
        .get(at..)?
        .eq_ignore_ascii_case(suffix)
        .then(|| title.get(..at))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_put_there_is_no_title() {
        for given in [
            "",
            "  ",
            "Document1",
            "dokument 2",
            "PowerPoint-præsentation",
            "Microsoft Word - Dokument1.docx",
            "untitled",
            "C:\\Users\\sek\\brev",
            "12-03-2026",
            "Scan_001",
        ] {
            assert_eq!(meaningful(given), None, "{given}");
        }
    }

    #[test]
    fn what_a_person_wrote_is() {
        for (given, expected) in [
            ("Afgørelse om  hæk\n", "Afgørelse om hæk"),
            ("Microsoft Word - Referat af møde.DOCX", "Referat af møde"),
            ("Dokumentliste", "Dokumentliste"),
        ] {
            assert_eq!(meaningful(given).as_deref(), Some(expected));
        }
    }
}
