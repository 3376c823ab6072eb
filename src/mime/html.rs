//! HTML as the text that a reader would write down.
//!
//! The parser's own reading knows paragraphs and line breaks; headings, list items and table rows would run together
//! there, so their borders are marked first.

use std::borrow::Cow;
use std::sync::LazyLock;

use mail_parser::html_to_text;
use regex::{Captures, Regex};

/// Of Unicode's private use: no mail means anything by it.
const BORDER: char = '\u{e000}';

/// Elements that stand on a line of their own, and those that stand beside each other.
static ELEMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)<(/?)(h[1-6]|li|tr|div|ul|ol|table|blockquote|hr|td|th)\b").ok()
});

pub(super) fn text(html: &str) -> String {
    let marked = ELEMENT.as_ref().map_or(Cow::Borrowed(html), |element| {
        element.replace_all(html, with_border)
    });
    lines(&html_to_text(&marked))
}

fn with_border(found: &Captures<'_>) -> String {
    let (tag, opening) = (&found[0], found[1].is_empty());
    match found[2].to_ascii_lowercase().as_str() {
        "td" | "th" => format!(" {tag}"),
        "li" if opening => format!("{BORDER}- {tag}"),
        _ => format!("{BORDER}{tag}"),
    }
}

/// Borders end a line, however many meet; no blanks at the ends of lines, and at most one empty line in a row.
fn lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let mut parts = line
            .split(BORDER)
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .peekable();
        if parts.peek().is_none()
            && !line.contains(BORDER)
            && !out.is_empty()
            && !out.ends_with("\n\n")
        {
            out.push('\n');
        }
        for part in parts {
            out.push_str(part);
            out.push('\n');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn headings_lists_and_rows_stand_on_lines_of_their_own() {
        let html = "<h1>Driftsstop</h1><p>Vi lukker <b>torsdag</b>.</p><ul><li>Fyld kander</li><li>Luk</li></ul>\
                    <table><tr><td>Vej</td><td>Tid</td></tr><tr><td>Åvej</td><td>8&ndash;14</td></tr></table><div>Hilsen</div>";
        assert_eq!(
            text(html),
            "Driftsstop\nVi lukker torsdag.\n- Fyld kander\n- Luk\nVej Tid\nÅvej 8–14\nHilsen"
        );
    }

    #[test]
    fn scripts_styles_and_comments_are_not_text() {
        let html =
            "<style>p{}</style><!-- skjult --><script>var x = '<div>nej</div>';</script><p>ja</p>";
        assert_eq!(text(html), "ja");
    }

    proptest::proptest! {
        #[test]
        fn no_html_makes_it_panic(html in "(<|>|/|li|td|div|br|&|;|æ| |\n){0,60}") {
            text(&html);
        }
    }
}
