//! HTML to the text a reader sees: lines where the page has lines, no scripts, styles or comments.
//!
//! One pass, whatever the markup; it stops when the text is as long as it may be. Nothing is fetched or run.

use mail_parser::add_html_token;

use super::text::Text;

/// Elements whose content nobody sees.
const UNSEEN: [&str; 6] = ["script", "style", "title", "template", "noscript", "xml"];
/// Elements that stand on lines of their own.
const BLOCKS: [&str; 31] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
];
/// The longest entity has 33 bytes.
const MAX_ENTITY_BYTES: usize = 34;

/// Appends what the page says to `out`.
pub(super) fn read(html: &str, out: &mut Text) {
    let mut lines = Lines {
        out,
        line: String::new(),
        space: false,
    };
    let mut reader = Reader {
        rest: html,
        quotes_close: true,
        preformatted: 0,
    };
    while !reader.rest.is_empty() && !lines.out.is_full() {
        reader.step(&mut lines);
    }
    lines.end_block();
}

struct Reader<'h> {
    rest: &'h str,
    /// False once a quotation did not end: from there on `>` ends a tag wherever it stands.
    quotes_close: bool,
    preformatted: usize,
}

impl<'h> Reader<'h> {
    fn step(&mut self, lines: &mut Lines<'_>) {
        let run = self.rest.find(['<', '&']).unwrap_or(self.rest.len());
        let (text, after) = self.rest.split_at(run);
        lines.text(text, self.preformatted > 0);
        self.rest = after;
        if after.starts_with('&') {
            self.entity(lines);
        } else if let Some(comment) = after.strip_prefix("<!--") {
            self.rest = behind(comment, "-->");
        } else if after.starts_with("<!") || after.starts_with("<?") {
            self.rest = behind(after, ">");
        } else if let Some(inner) = after.strip_prefix('<') {
            self.tag(inner, lines);
        }
    }

    fn entity(&mut self, lines: &mut Lines<'_>) {
        let end = self
            .rest
            .bytes()
            .take(MAX_ENTITY_BYTES)
            .position(|byte| byte == b';');
        let length = end.map_or(1, |end| end + 1);
        let (token, after) = self.rest.split_at(length);
        let mut decoded = String::new();
        add_html_token(&mut decoded, token.as_bytes(), false);
        if decoded == token && length > 1 {
            // No entity: the ampersand is one, and what follows may hold markup.
            lines.text("&", false);
            self.rest = self.rest.get(1..).unwrap_or_default();
            return;
        }
        for c in decoded.chars() {
            lines.letter(as_browsers_read(c));
        }
        self.rest = after;
    }

    fn tag(&mut self, inner: &'h str, lines: &mut Lines<'_>) {
        let closes = inner.starts_with('/');
        let inner = inner.strip_prefix('/').unwrap_or(inner);
        if !inner.starts_with(|c: char| c.is_ascii_alphabetic()) {
            lines.text(if closes { "</" } else { "<" }, false);
            self.rest = inner;
            return;
        }
        let end = inner
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(inner.len());
        let (name, attributes) = inner.split_at(end);
        let name = name
            .get(..name.len().min(16))
            .unwrap_or_default()
            .to_ascii_lowercase();
        self.rest = self.behind_attributes(attributes);
        if UNSEEN.contains(&name.as_str()) && !closes {
            self.rest = behind_element(self.rest, &name);
            return;
        }
        match name.as_str() {
            "br" => lines.end_line(),
            "td" | "th" => lines.space = true,
            "pre" if closes => self.preformatted = self.preformatted.saturating_sub(1),
            "pre" => self.preformatted += 1,
            _ => (),
        }
        if BLOCKS.contains(&name.as_str()) {
            lines.end_block();
        }
        if name == "li" && !closes {
            lines.text("- ", false);
        }
    }

    /// What follows the tag; a `>` within quotation marks does not end it.
    fn behind_attributes(&mut self, attributes: &'h str) -> &'h str {
        if !self.quotes_close {
            return behind(attributes, ">");
        }
        let mut quote = None;
        let mut after_equals = false;
        for (at, byte) in attributes.bytes().enumerate() {
            match (quote, byte) {
                (None, b'>') => return attributes.get(at + 1..).unwrap_or_default(),
                (None, b'"' | b'\'') if after_equals => quote = Some(byte),
                (Some(open), _) if open == byte => quote = None,
                _ => (),
            }
            after_equals = byte == b'=' || (after_equals && byte.is_ascii_whitespace());
        }
        self.quotes_close = false;
        behind(attributes, ">")
    }
}

/// What follows the next `end`; nothing when there is none.
fn behind<'h>(html: &'h str, end: &str) -> &'h str {
    html.split_once(end).map_or("", |(_, after)| after)
}

/// What follows the end tag of an element whose content is no markup.
fn behind_element<'h>(html: &'h str, name: &str) -> &'h str {
    let mut rest = html;
    while let Some((_, after)) = rest.split_once("</") {
        let is_end = after
            .get(..name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(name));
        if is_end {
            return behind(after, ">");
        }
        rest = after;
    }
    ""
}

/// Numbers of the C1 controls mean windows-1252 in HTML: `&#146;` is an apostrophe.
fn as_browsers_read(c: char) -> char {
    match u8::try_from(u32::from(c)) {
        Ok(byte @ 0x80..=0x9f) => encoding_rs::WINDOWS_1252
            .decode_without_bom_handling(&[byte])
            .0
            .chars()
            .next()
            .unwrap_or(c),
        _ => c,
    }
}

/// Words into lines: white space collapses, lines end without it.
struct Lines<'o> {
    out: &'o mut Text,
    line: String,
    /// White space stands before the next letter.
    space: bool,
}

impl Lines<'_> {
    fn text(&mut self, text: &str, preformatted: bool) {
        for c in text.chars() {
            match c {
                '\n' if preformatted => self.end_line(),
                ' ' | '\t' if preformatted => self.letter(c),
                ' ' | '\t' | '\n' | '\r' | '\x0c' => self.space = true,
                c => self.letter(c),
            }
        }
    }

    fn letter(&mut self, c: char) {
        // Soft hyphens and joiners of no width part words that a reader, and a search, knows as one.
        if (c.is_control() && c != '\t')
            || matches!(
                c,
                '\u{ad}' | '\u{34f}' | '\u{200b}' | '\u{200c}' | '\u{feff}'
            )
        {
            return;
        }
        if self.space && !self.line.is_empty() {
            self.line.push(' ');
        }
        self.space = false;
        self.line.push(if c == '\u{a0}' { ' ' } else { c });
    }

    /// Ends the line, also an empty one.
    fn end_line(&mut self) {
        self.out.push(self.line.trim_end());
        self.out.push("\n");
        self.line.clear();
        self.space = false;
    }

    /// Ends the line that something stands on.
    fn end_block(&mut self) {
        if self.line.is_empty() {
            self.space = false;
        } else {
            self.end_line();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(html: &str) -> String {
        let mut out = Text::default();
        read(html, &mut out);
        out.trimmed().0
    }

    #[test]
    fn what_stands_on_lines_of_its_own_does_so_in_the_text() {
        for (html, expected) in [
            ("Hej<div>Birthe</div><div>Tak</div>", "Hej\nBirthe\nTak"),
            ("Hej<div><br></div><div>Tak</div>", "Hej\n\nTak"),
            ("<p>a</p><p>&nbsp;</p>\n<p>b<br></p><p>c</p>", "a\n\nb\nc"),
            (
                "<table><tr><td>Type</td><td>Hus</td></tr>\n<tr><td>Areal</td>\n<td>3</td></tr></table>",
                "Type Hus\nAreal 3",
            ),
            ("<ul><li>Plan</li><li>Snit</ul>", "- Plan\n- Snit"),
            ("<pre>a\n  b</pre>", "a\n  b"),
            ("f&oslash;r <b>m</b>&aelig;rk   nu", "før mærk nu"),
        ] {
            assert_eq!(text(html), expected, "{html}");
        }
    }

    #[test]
    fn what_nobody_sees_is_not_read() {
        for html in [
            "a<script>if (1 < 2) { x('</p>') }</script> b",
            "a<STYLE>b > c {}</Style > b",
            "a<!-- <b>x</b> > --> b",
            "<head><title>x</title></head>a b",
            "a <img alt=\"x > y\" src='data:x'>b",
            "a <![if !supportLists]>b<![endif]>",
            "a <o:p>b</o:p>",
            "a\u{200c}&shy; b",
        ] {
            assert_eq!(text(html), "a b", "{html}");
        }
    }

    #[test]
    fn signs_that_are_no_markup_stay() {
        for (html, expected) in [
            ("1 < 2 & 3 > 2", "1 < 2 & 3 > 2"),
            ("a & <b>b</b>; c", "a & b; c"),
            ("&#146;&#8217;&ukendt;", "’’&ukendt;"),
            ("<a href=\"x>Hej</a> du", "Hej du"),
            ("a <", "a <"),
        ] {
            assert_eq!(text(html), expected, "{html}");
        }
    }

    #[test]
    fn the_time_grows_with_the_page_alone() {
        let started = std::time::Instant::now();
        for run in [
            "<a =\"", "<script>", "<!--", "</", "&", "<li>", "<p", "<pre>\n", "&nbsp;",
        ] {
            text(&run.repeat(200_000));
        }
        assert!(started.elapsed().as_secs() < 20);
    }
}
