//! HTML to the text that a person would write down: lines where the page has lines, lists, tables, links and quotations
//! as mail programs write them, without what nobody sees.
//!
//! One pass, whatever the markup; it stops when the text is as long as it may be. Nothing is fetched or run.

mod attributes;
mod fold;
mod image;
mod lines;
mod link;
mod list;
mod open;
pub(super) mod safe;
mod style;
mod table;
mod tokens;

use super::text::Text;
use attributes::Attributes;
use lines::Lines;
use link::Link;
use open::{BLOCKS, List, Numbering, OpenElements, Role};
use style::Said;
use tokens::{Name, Token, Tokens};

/// Elements that are not shown, or whose text is no part of what the page says.
const UNSEEN: [&str; 12] = [
    "template", "noscript", "xml", "svg", "math", "select", "datalist", "audio", "video", "canvas",
    "applet", "map",
];
/// Newsletters call the line so that a list of mails shows and the mail does not.
const UNSEEN_CLASSES: [&str; 4] = ["preheader", "preview-text", "previewtext", "mcnPreviewText"];
const MAX_MARKER_BYTES: usize = 40;

/// Appends what the page says to `out`.
pub(super) fn read(html: &str, out: &mut Text) {
    let mut page = Page {
        lines: Lines::into(out),
        open: OpenElements::default(),
        plain_tables: 0,
        preformatted: 0,
        superscript: 0,
        link: None,
        word_marker: None,
    };
    for token in Tokens::of(html) {
        if page.lines.is_full() {
            break;
        }
        page.take(token);
    }
    while let Some(element) = page.open.pop() {
        page.close(element.role);
    }
    page.lines.end_block();
}

struct Page<'o> {
    lines: Lines<'o>,
    open: OpenElements,
    /// Tables that lie too deep for their rows to be put on one line.
    plain_tables: usize,
    preformatted: usize,
    superscript: usize,
    link: Option<Link>,
    /// Word's bullet or number, while it is read.
    word_marker: Option<String>,
}

impl Page<'_> {
    fn take(&mut self, token: Token<'_>) {
        match token {
            Token::Text(text) if self.open.is_seen() => self.text(text),
            Token::Entity(letters) if self.open.is_seen() => {
                letters.chars().for_each(|letter| self.letter(letter));
            }
            Token::Text(_) | Token::Entity(_) => (),
            Token::Start(name, written) => self.start(name, &Attributes::of(written)),
            Token::End(name) => self.end(name),
        }
    }

    fn text(&mut self, text: &str) {
        if self.word_marker.is_none() && self.link.is_none() && self.superscript == 0 {
            self.lines.text(text, self.preformatted > 0);
            return;
        }
        for letter in text.chars() {
            if letter.is_ascii_whitespace() {
                self.lines
                    .text(letter.encode_utf8(&mut [0; 4]), self.preformatted > 0);
            } else {
                self.letter(letter);
            }
        }
    }

    fn letter(&mut self, letter: char) {
        if let Some(marker) = &mut self.word_marker {
            if marker.len() < MAX_MARKER_BYTES {
                marker.push(letter);
            }
            return;
        }
        if let Some(link) = &mut self.link {
            link.hear(letter);
        }
        self.lines.letter(if self.superscript > 0 {
            raised(letter)
        } else {
            letter
        });
    }

    fn start(&mut self, name: Name, attributes: &Attributes<'_>) {
        for _ in 0..self.open.closed_by_start(name) {
            self.close_innermost();
        }
        let said = attributes.style.map(style::said).unwrap_or_default();
        let gone = UNSEEN.contains(&name.as_str())
            || attributes.hidden.is_some()
            || UNSEEN_CLASSES
                .iter()
                .any(|class| attributes.has_class(class));
        let role = if self.open.would_be_seen(&said, gone) {
            self.begin(name.as_str(), attributes, &said)
        } else {
            Role::Plain
        };
        self.open.open(name, role, &said, gone);
    }

    fn end(&mut self, name: Name) {
        match self.open.closed_by_end(name) {
            0 if self.open.is_seen() => match name.as_str() {
                "br" => self.lines.end_line(),
                // Blocks within it are still open.
                "a" => self.end_link(),
                name if BLOCKS.contains(&name) => self.lines.end_block(),
                _ => (),
            },
            closed => (0..closed).for_each(|_| self.close_innermost()),
        }
    }

    fn close_innermost(&mut self) {
        let was_seen = self.open.is_seen();
        if let Some(element) = self.open.pop() {
            if was_seen && element.is_block {
                self.lines.end_block();
            }
            self.close(element.role);
        }
    }

    /// What the element does to the text where it begins, and its role until it ends.
    fn begin(&mut self, name: &str, attributes: &Attributes<'_>, said: &Said) -> Role {
        if BLOCKS.contains(&name) {
            self.lines.end_block();
        }
        if attributes.id.is_some_and(begins_history) {
            self.lines.begin_history();
        } else if said.line_above {
            self.lines.history_may_begin();
        }
        // An element that is not kept could not take its effect back.
        if !self.open.has_room() && !matches!(name, "br" | "hr" | "img") {
            return Role::Plain;
        }
        match name {
            "br" => self.lines.end_line(),
            "hr" => self.lines.rule(),
            "img" => self.image(attributes),
            "a" => {
                self.end_link();
                self.link = attributes.href.and_then(Link::to);
                return Role::Link;
            }
            "ul" | "ol" => return Role::List(self.list(name == "ol", attributes)),
            "li" => return self.item(attributes),
            "table" => {
                let is_layout = attributes
                    .role
                    .is_some_and(|role| matches!(role, "presentation" | "none"));
                let is_data = !is_layout
                    && attributes
                        .border
                        .is_some_and(|border| !matches!(border.trim(), "" | "0"));
                if self.lines.begin_table(is_data, is_layout) {
                    return Role::Table;
                }
                self.plain_tables += 1;
                return Role::PlainTable;
            }
            "td" | "th" if self.plain_tables > 0 || !self.lines.is_in_table() => {
                self.lines.add_space();
            }
            "tr" if self.plain_tables == 0 && self.lines.is_in_table() => return Role::Row,
            "td" | "th" => {
                self.lines.begin_cell(name == "th");
                return Role::Cell;
            }
            "blockquote" if !said.no_border => {
                self.lines.quote();
                return Role::Quotation;
            }
            "pre" | "textarea" | "listing" => return self.preformat(),
            _ if said.keeps_spaces => return self.preformat(),
            "sup" => {
                self.superscript += 1;
                return Role::Superscript;
            }
            "q" => {
                self.letter('"');
                return Role::Quote;
            }
            _ if said.is_word_marker && self.word_marker.is_none() => {
                self.word_marker = Some(String::new());
                return Role::WordMarker;
            }
            "p" if said.word_level.is_some() => {
                let around = self.lines.indent;
                let level = said.word_level.unwrap_or(1).saturating_sub(1);
                self.lines
                    .indent_by(around.saturating_add(level.saturating_mul(2)));
                return Role::Item(around);
            }
            _ => (),
        }
        Role::Plain
    }

    fn close(&mut self, role: Role) {
        match role {
            Role::Plain | Role::List(_) => (),
            Role::Link => self.end_link(),
            Role::Item(indent) => {
                self.lines.end_block();
                self.lines.indent_by(indent);
            }
            Role::Table => self.lines.end_table(),
            Role::PlainTable => self.plain_tables = self.plain_tables.saturating_sub(1),
            Role::Row => self.lines.end_row(),
            Role::Cell => self.lines.end_cell(),
            Role::Preformatted => self.preformatted = self.preformatted.saturating_sub(1),
            Role::Quotation => self.lines.end_quote(),
            Role::Superscript => self.superscript = self.superscript.saturating_sub(1),
            Role::Quote => self.letter('"'),
            Role::WordMarker => {
                let marker = list::word_marker(&self.word_marker.take().unwrap_or_default());
                let indent = self.lines.indent + marker.chars().count();
                self.lines.indent_by(indent);
                self.lines.mark(marker);
            }
        }
    }

    fn end_link(&mut self) {
        if let Some(told) = self.link.take().and_then(|link| link.told()) {
            self.lines.add_space();
            self.lines.text(&told, false);
        }
    }

    fn preformat(&mut self) -> Role {
        self.preformatted += 1;
        Role::Preformatted
    }

    fn image(&mut self, attributes: &Attributes<'_>) {
        if let Some(told) = image::told(attributes) {
            told.chars().for_each(|letter| {
                if letter == ' ' {
                    self.lines.add_space();
                } else {
                    self.letter(letter);
                }
            });
        }
    }

    fn list(&mut self, ordered: bool, attributes: &Attributes<'_>) -> List {
        let within = self.open.list().map(|list| list.indent);
        let indent = match within {
            Some(around) if self.lines.indent == around => around + 2,
            _ => self.lines.indent,
        };
        List {
            ordered: ordered.then(|| Numbering {
                next: attributes
                    .start
                    .and_then(|start| start.trim().parse().ok())
                    .unwrap_or(1),
                style: attributes
                    .kind
                    .and_then(|kind| kind.chars().next())
                    .unwrap_or('1'),
            }),
            indent,
        }
    }

    fn item(&mut self, attributes: &Attributes<'_>) -> Role {
        let around = self.lines.indent;
        let mut unlisted = List::default();
        let list = self.open.list().unwrap_or(&mut unlisted);
        let marker = list.next_marker(attributes.value.and_then(|value| value.trim().parse().ok()));
        let indent = list.indent + marker.chars().count();
        self.lines.indent_by(indent);
        self.lines.mark(marker);
        Role::Item(around)
    }
}

/// Outlook's marks of the mail that is answered; a mail that went through it once more has `x_` before them.
fn begins_history(id: &str) -> bool {
    let id = id.trim_start_matches("x_");
    matches!(
        id,
        "divRplyFwdMsg" | "OLK_SRC_BODY_SECTION" | "mail-editor-reference-message-container"
    )
}

/// A digit as in m².
fn raised(letter: char) -> char {
    match letter {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        other => other,
    }
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::assert_linear;

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
            ("<pre>a\n  b</pre>", "a\n  b"),
            (
                "<div style='white-space:pre-wrap'>a\n  b</div>c d",
                "a\n  b\nc d",
            ),
            ("f&oslash;r <b>m</b>&aelig;rk   nu", "før mærk nu"),
            ("32 m<sup>2</sup> den 1<sup>st</sup>", "32 m² den 1st"),
            ("Han sagde <q>nej</q>.", "Han sagde \"nej\"."),
            ("a<hr>b<hr>", "a\n________________________________\nb"),
            ("<hr>a", "a"),
        ] {
            assert_eq!(text(html), expected, "{html}");
        }
    }

    #[test]
    fn lists_have_their_dashes_numbers_and_depth() {
        for (html, expected) in [
            ("<ul><li>Plan</li><li>Snit</ul>", "- Plan\n- Snit"),
            (
                "<ol start=3><li>Plan<li value=7><p>Snit</p><li>Kort</ol>Nej",
                "3. Plan\n7. Snit\n8. Kort\nNej",
            ),
            (
                "<ol><li>Plan<ul><li>Stue<br>og sal</li><li>Kælder</li></ul></li><li>Snit</li></ol>",
                "1. Plan\n   - Stue\n     og sal\n   - Kælder\n2. Snit",
            ),
            (
                "<ol type=a><li>x<li>y</ol><ol type=I start=4><li>z</ol>",
                "a. x\nb. y\nIV. z",
            ),
            ("<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n  - b"),
            (
                "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]>\
                 <span style='mso-list:Ignore'>·<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span>\
                 <![endif]>Plan</p><p style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>1)<span>&nbsp;</span>\
                 </span>Snit</p><p>Slut</p>",
                "- Plan\n  1) Snit\nSlut",
            ),
        ] {
            assert_eq!(text(html), expected, "{html}");
        }
    }

    #[test]
    fn short_cells_share_a_line_and_long_ones_do_not() {
        let long = "ord ".repeat(60);
        let long = long.trim();
        for (html, expected) in [
            (
                "<table><tr><td>Type</td><td>Hus</td></tr>\n<tr><td>Areal</td>\n<td>3</td></tr></table>",
                "Type | Hus\nAreal | 3",
            ),
            (
                "<table><tr><td><p>Type:</p></td><td><p>Hus</p></td></tr></table>",
                "Type: Hus",
            ),
            (
                "<table><tr><td></td><td>Hus</td><td>  </td></tr></table>",
                "Hus",
            ),
            (
                "<table border=1><tr><td></td><td>Maj</td><td>Juni</td></tr><tr><td>Støj<br>dB</td><td></td><td>4</td></tr></table>",
                "| Maj | Juni\nStøj / dB | | 4",
            ),
            (
                "<table role=presentation><tr><td>Byen</td><td>Nyt</td></tr></table>",
                "Byen Nyt",
            ),
            (
                "<table><tr><td>a<div>b</div></td><td>c</td></tr></table>d",
                "a\nb\nc\nd",
            ),
            (
                "a<table><tr><td><table><tr><td>b</td><td>c</td></tr><tr><td>d</table><td>e</table>f",
                "a\nb | c\nd\ne\nf",
            ),
            (
                &format!("<table><tr><td>{long}<td>{long}</table>"),
                &format!("{long}\n{long}"),
            ),
            (
                &format!(
                    "{}<tr><td>a<td>b{}c",
                    "<table><tr><td>".repeat(20),
                    "</table>".repeat(20)
                ),
                "a b\nc",
            ),
            ("a<td>b", "a b"),
        ] {
            assert_eq!(text(html), expected, "{html}");
        }
    }

    #[test]
    fn a_link_tells_where_it_leads_when_its_text_does_not() {
        for (html, expected) in [
            (
                "Se <a href='https://x.example/sag/7?a=1&amp;b=2'>sagen</a>.",
                "Se sagen (https://x.example/sag/7?a=1&b=2).",
            ),
            (
                "<a href='https://www.x.example/'>x.example</a>",
                "x.example",
            ),
            (
                "<a href='http://x.example/a'>https://x.example/a</a>",
                "https://x.example/a",
            ),
            (
                "<a href='mailto:Ole@x.example?subject=x'>ole@x.example</a>",
                "ole@x.example",
            ),
            (
                "<a href='mailto:ole@x.example'>Ole</a>",
                "Ole (ole@x.example)",
            ),
            ("<a href='tel:+4512345678'>12 34 56 78</a>", "12 34 56 78"),
            (
                "<a href='javascript:alert(1)'>a</a><a href='#top'>b</a><a name=x>c</a>",
                "abc",
            ),
            ("<a href='https://x.example'><img src=x></a>", ""),
            (
                "<a href='https://x.example/k'><img alt='Kort'></a>",
                "[Kort] (https://x.example/k)",
            ),
            (
                "<a href='https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fx.example%2Fp%C3%A5&amp;data=05'>her</a>",
                "her (https://x.example/på)",
            ),
            (
                &format!("<a href='https://x.example/{}'>her</a>", "k".repeat(300)),
                "her (https://x.example/…)",
            ),
        ] {
            assert_eq!(text(html), expected, "{html}");
        }
    }

    #[test]
    fn a_picture_tells_what_its_author_wrote_of_it() {
        for (html, expected) in [
            ("a <img alt='Kort over  åen'> b", "a [Kort over åen] b"),
            ("godt <img alt='😀' src='x'>", "godt 😀"),
            ("a <img alt=\"x > y\" src='data:x'>b", "a [x > y]b"),
            ("a <img alt=image001.png> b", "a b"),
            ("a <img alt='Byens logo'> b", "a b"),
            (
                "a <img alt='Et billede, der indeholder tekst&#10;&#10;Automatisk genereret beskrivelse'> b",
                "a b",
            ),
            ("a <img alt='Åbnet' width=1 height=1> b", "a b"),
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
            "a <![if !supportLists]>b<![endif]>",
            "a <o:p>b</o:p>",
            "a\u{200c}&shy; b",
            "<div style='display:none;mso-hide:all'>x<div>y</div>z</div>a b",
            "a<span style=\"VISIBILITY:hidden\">x</span> b<p hidden>x</p>",
            "<div class=preheader>x</div>a b<svg><title>x</title></svg>",
            "<div style='font-size:1px;color:#fff'>x</div>a<!--> b",
            "a<!--[if mso]><table><tr><td>x<![endif]--> b",
        ] {
            assert_eq!(text(html), "a b", "{html}");
        }
    }

    #[test]
    fn what_is_seen_is_read_though_something_around_it_is_not() {
        for html in [
            "<td style='font-size:0px'><div style='font-size:13px'>a b</div>",
            "<div style='visibility:hidden'>x<b style='visibility:visible'>a b</b></div>",
            "<p style='display:none'>x<p>a b",
            "<a style='mso-hide:all'>a b</a>",
            "<div style='display:none'><table><tr><td></div>x</table></div>a b",
        ] {
            assert_eq!(text(html), "a b", "{html}");
        }
    }

    #[test]
    fn quoted_text_is_marked_as_mail_programs_mark_it() {
        for (html, expected) in [
            (
                "Ja<br>Den 3. maj skrev Ole:<blockquote type=cite>Kan I?<br><br>Hilsen<blockquote>Nej</blockquote></blockquote>Mvh",
                "Ja\nDen 3. maj skrev Ole:\n> Kan I?\n>\n> Hilsen\n>> Nej\nMvh",
            ),
            (
                "<blockquote style='margin:0 0 0 40px;border:none;padding:0'>rykket ind</blockquote>",
                "rykket ind",
            ),
            (
                "Ja<hr><div id=x_divRplyFwdMsg><b>Fra:</b> Ole<br></div><div>Kan I?</div>",
                "Ja\n> Fra: Ole\n> Kan I?",
            ),
            (
                "<p>Ja</p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>Fra:</b> Ole</p></div></div><p>Kan I?</p>",
                "Ja\n> Fra: Ole\n> Kan I?",
            ),
            (
                "<p>Ja</p><div style='border-top:1px solid'>Fra hus til hus</div>",
                "Ja\nFra hus til hus",
            ),
            (
                "<table><tr><td><blockquote>a<table><tr><td>b<td>c</table></blockquote></table>",
                "> a\n> b | c",
            ),
        ] {
            assert_eq!(text(html), expected, "{html}");
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
        for run in [
            "<a =\"",
            "<script>",
            "<!--",
            "</",
            "&",
            "<li>",
            "<p",
            "<pre>\n",
            "&nbsp;",
            "<ul><li>",
            "<table><tr><td>a",
            "<td>a<b>",
            "<div>a</span>",
            "<blockquote>a",
            "<a href=https://x.example/>b",
            "<p style='display:none'>",
            "<b><p>",
            "<dd>",
            "<sup>1",
            "<table><td>a</table>",
            "<img alt=a>",
            "<select>",
        ] {
            let runs = |n| run.repeat(n);
            assert_linear(run, 1_000, runs, |page| {
                text(page);
            });
        }
    }

    proptest::proptest! {
        #[test]
        fn no_page_makes_the_reader_panic(pieces in proptest::collection::vec(0usize..30, 0..60)) {
            let words = [
                "<table>", "</table>", "<tr>", "</tr>", "<td>", "</td>", "<th", ">", "<ul>", "<li>", "</li>", "</ul>", "<ol>",
                "<blockquote>", "</blockquote>", "<a href=https://x.example>", "</a>", "<p style='", "display:none'>", "</p>",
                "æ", "\n", "&oslash;", "&", "<!--", "-->", "<div id=divRplyFwdMsg>", "</div>", "<b>", "mso-list:Ignore'>",
            ];
            text(&pieces.iter().map(|piece| words[*piece]).collect::<String>());
        }
    }
}
