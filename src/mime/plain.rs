//! Text as HTML: every sign as it was written, links that open, earlier mail folded away.

use crate::domain::mail_text::{self, Kind};

const MAX_LINK_BYTES: usize = 2_048;

pub(super) fn to_html(text: &str, earlier: &str) -> String {
    let sections = mail_text::sections(text);
    // Nothing but earlier mail: then that is what one came to read.
    let folds = mail_text::has_own(text, &sections);
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for section in sections {
        let own = text.get(section.range).unwrap_or_default();
        let own = own.trim_end().trim_start_matches(['\r', '\n']);
        if own.is_empty() {
            continue;
        }
        match section.kind {
            Kind::Quoted if folds => {
                out.push_str("<details><summary>");
                escape(earlier, &mut out);
                out.push_str("</summary><pre>");
                link(own, &mut out);
                out.push_str("</pre></details>");
            }
            Kind::Signature | Kind::Disclaimer => {
                out.push_str("<pre class=\"soft\">");
                link(own, &mut out);
                out.push_str("</pre>");
            }
            Kind::Own | Kind::Quoted => {
                out.push_str("<pre>");
                link(own, &mut out);
                out.push_str("</pre>");
            }
        }
    }
    out
}

/// The text with its addresses of pages as links.
fn link(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = next_address(rest) {
        let (before, address) = rest.split_at(at);
        escape(before, out);
        let end = address
            .find(|c: char| {
                c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '|')
            })
            .unwrap_or(address.len());
        let address = address.get(..end).unwrap_or_default();
        let shown =
            address.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '}', '\'', '*', '_']);
        if shown.len() > MAX_LINK_BYTES {
            escape(address, out);
            rest = rest.get(at + end..).unwrap_or_default();
            continue;
        }
        out.push_str("<a href=\"");
        escape(shown, out);
        out.push_str("\" target=\"_blank\" rel=\"noopener noreferrer\">");
        escape(shown, out);
        out.push_str("</a>");
        rest = rest.get(at + shown.len()..).unwrap_or_default();
    }
    escape(rest, out);
}

/// Where the next `http://` or `https://` with something behind it begins.
fn next_address(text: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = text.get(from..)?.find("://") {
        let colon = from + found;
        let before = text.get(..colon)?;
        let scheme = ["https", "http"]
            .iter()
            .find(|scheme| before.ends_with(*scheme));
        let has_host = text
            .get(colon + 3..)?
            .starts_with(|c: char| c.is_alphanumeric());
        if let Some(scheme) = scheme.filter(|_| has_host) {
            return Some(colon - scheme.len());
        }
        from = colon + 3;
    }
    None
}

/// Text as it is written in HTML, also within quoted attributes.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(text, &mut out);
    out
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\0' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::assert_linear;

    #[test]
    fn text_is_shown_as_it_was_written_with_links_that_open() {
        assert_eq!(
            to_html("a <b> & \"c\"\r\n", "x"),
            "<pre>a &lt;b&gt; &amp; &quot;c&quot;</pre>"
        );
        let open = "target=\"_blank\" rel=\"noopener noreferrer\"";
        assert_eq!(
            to_html("Se (https://x.example/a?b=1&c=2).", "x"),
            format!(
                "<pre>Se (<a href=\"https://x.example/a?b=1&amp;c=2\" {open}>https://x.example/a?b=1&amp;c=2</a>).</pre>"
            )
        );
        for text in [
            "javascript://x.example/%0aalert(1)",
            "http://",
            "http://\"onclick=x",
        ] {
            assert!(!to_html(text, "x").contains("<a "), "{text}");
        }
    }

    #[test]
    fn earlier_mail_is_folded_unless_it_is_all_there_is() {
        let html = to_html("Ja\n\n> Må jeg?\n", "Tidligere <mails>");
        assert_eq!(
            html,
            "<pre>Ja</pre><details><summary>Tidligere &lt;mails&gt;</summary><pre>&gt; Må jeg?</pre></details>"
        );
        assert_eq!(to_html("> Må jeg?", "x"), "<pre>&gt; Må jeg?</pre>");
    }

    #[test]
    fn the_time_grows_with_the_text_alone() {
        for run in ["://", "http://", "http://a", "https://a ", "&"] {
            let runs = |n| run.repeat(n);
            assert_linear(run, 10_000, runs, |text| {
                to_html(text, "x");
            });
        }
    }
}
