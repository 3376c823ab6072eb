//! The first line of a text that says something, for documents without headings.

const MAX_LINES: usize = 60;
const MIN_LETTERS: usize = 5;
const MAX_HEADING_CHARS: usize = 200;
/// Lines that stand above what a document is about.
const ABOVE: [&str; 17] = [
    "side ", "page ", "dato", "date", "tlf", "telefon", "e-mail", "email", "mail:", "cvr", "ean",
    "http", "www.", "att", "til:", "fra:", "begin:",
];

/// The first line that is no page number, date, address or number of a letterhead.
pub(super) fn first_line(text: &str) -> Option<String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(MAX_LINES)
        .find(|line| says_something(line))
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words.join(" ").chars().take(MAX_HEADING_CHARS).collect()
        })
}

fn says_something(line: &str) -> bool {
    let head: String = line.chars().take(200).collect::<String>().to_lowercase();
    let letters = head.chars().filter(|c| c.is_alphabetic()).count();
    let digits = head.chars().filter(char::is_ascii_digit).count();
    letters >= MIN_LETTERS
        && digits * 2 <= letters
        && !head.contains('@')
        && !head.ends_with("kommune")
        && !ABOVE.iter().any(|above| head.starts_with(above))
        && !is_postal(&head)
}

/// `2620 Albertslund`
fn is_postal(line: &str) -> bool {
    line.split_once(' ').is_some_and(|(code, town)| {
        code.len() == 4
            && code.bytes().all(|b| b.is_ascii_digit())
            && town.split_whitespace().count() <= 2
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_says_something_is_found_below_a_letterhead() {
        let text = "12-03-2026\nSide 1 af 3\n2620 Albertslund\nTlf. 43 68 68 68\nby@albertslund.example\n\n\
                    Klage over hæk  ved Grønnegade 4\nKære borger";
        assert_eq!(
            first_line(text).as_deref(),
            Some("Klage over hæk ved Grønnegade 4")
        );
        assert_eq!(first_line("1\n2\n3"), None);
    }
}
