//! A mail's HTML as a browser may show it: nothing runs, nothing is fetched, nothing covers or imitates the page around it.
//!
//! What is allowed is listed, all else goes. The parser of the cleaning is a browser's; its work grows with the square of
//! some hostile nestings, so pages that are too large or too deep are not given to it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use ammonia::{Builder, UrlRelative};

use super::{
    attributes, fold,
    open::{BLOCKS, OpenElements, Role},
    style::{self, Said},
    tokens::{Token, Tokens},
};
use crate::mime::cid::percent_decoded;

/// Larger pages are shown as text.
pub(in crate::mime) const MAX_HTML_BYTES: usize = 2 * 1024 * 1024;
/// Deeper ones too; the tables of newsletters nest some hundred elements.
const MAX_DEPTH: usize = 256;
/// Elements like `<b>` that were never closed are opened again in each paragraph.
const MAX_UNCLOSED: usize = 100;
const MAX_REOPENED: usize = 200_000;
/// Pictures and formulas in markup of their own; they are not shown.
const MAX_FOREIGN: usize = 100;
/// What stands in a table and in none of its cells is moved before it, past all that is there.
const MAX_MISPLACED: usize = 1_000;
/// Each attribute of an element is compared with all before it.
const MAX_ATTRIBUTES: usize = 200;
/// With the pictures in it.
const MAX_CLEANED_BYTES: usize = 16 * 1024 * 1024;
/// All pictures of a mail, as they are written into the page.
const MAX_PICTURE_BYTES: usize = 7 * 1024 * 1024;
const MAX_URL_BYTES: usize = 4_096;
const MAX_STYLE_BYTES: usize = 4_096;
const MAX_WORDS_BYTES: usize = 500;
const MAX_VALUE_BYTES: usize = 40;

const TAGS: &str = "a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del \
    dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li mark ol p pre q s samp \
    section small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr";
/// Gone with all that is in them.
const GONE: &str = "script style title template noscript noframes noembed iframe frameset object embed applet svg math \
    select datalist audio video canvas xml map";
/// Links are not among them: one that begins closes the one before.
const FORMATTING: &str = "b big code em font i nobr s small strike strong tt u";
/// What they are told by is kept for folding.
const HISTORY_CLASSES: [&str; 4] = [
    "gmail_quote",
    "yahoo_quoted",
    "protonmail_quote",
    "moz-cite-prefix",
];

/// A mail's own pictures as `data:` URLs, by Content-ID.
pub(in crate::mime) type Pictures = Arc<HashMap<String, String>>;

/// A page that was cleaned.
#[derive(Default)]
pub(in crate::mime) struct Clean {
    pub html: String,
    /// It chooses colours for itself, so it needs the ground they were chosen for.
    pub is_coloured: bool,
    /// Pictures that would have to be fetched from elsewhere.
    pub remote_pictures: usize,
}

/// `None` when the page is too large, too deep or too tangled. `earlier` is what one reads where earlier mail is
/// folded away.
pub(in crate::mime) fn clean(html: &str, pictures: &Pictures, earlier: &str) -> Option<Clean> {
    if html.len() > MAX_HTML_BYTES || is_too_hard(html) {
        return None;
    }
    let found = Arc::new(Found::default());
    let cleaned = builder(pictures, &found).clean(html).to_string();
    if cleaned.len() > MAX_CLEANED_BYTES {
        return None;
    }
    Some(Clean {
        html: fold::folded(&cleaned, earlier),
        is_coloured: found.coloured.load(Ordering::Relaxed),
        remote_pictures: found.remote_pictures.load(Ordering::Relaxed),
    })
}

/// Whether the parser's work on the page would be out of proportion to its size.
fn is_too_hard(html: &str) -> bool {
    let formatting: HashSet<&str> = FORMATTING.split_whitespace().collect();
    let mut open = OpenElements::default();
    let mut unclosed = 0usize;
    let mut reopened = 0usize;
    let mut misplaced = 0usize;
    let mut foreign = 0usize;
    for token in Tokens::of(html) {
        match token {
            Token::Start(name, written) => {
                for _ in 0..open.closed_by_start(name) {
                    open.pop();
                }
                if attributes::count(written, MAX_ATTRIBUTES) >= MAX_ATTRIBUTES {
                    return true;
                }
                misplaced +=
                    usize::from(open.is_between_cells() && !is_part_of_table(name.as_str()));
                // Each block opens them again.
                reopened += usize::from(BLOCKS.contains(&name.as_str())) * unclosed;
                foreign += usize::from(matches!(name.as_str(), "svg" | "math"));
                unclosed += usize::from(formatting.contains(name.as_str()));
                open.open(name, Role::Plain, &Said::default(), false);
            }
            Token::End(name) => {
                let closed = open.closed_by_end(name);
                for _ in 0..closed {
                    open.pop();
                }
                if closed > 0 && formatting.contains(name.as_str()) {
                    unclosed = unclosed.saturating_sub(1);
                }
            }
            Token::Text(text) => {
                misplaced += usize::from(open.is_between_cells() && !text.trim().is_empty());
            }
            Token::Entity(_) => misplaced += usize::from(open.is_between_cells()),
        }
        if open.depth() > MAX_DEPTH
            || unclosed > MAX_UNCLOSED
            || reopened > MAX_REOPENED
            || misplaced > MAX_MISPLACED
            || foreign > MAX_FOREIGN
        {
            return true;
        }
    }
    false
}

fn is_part_of_table(name: &str) -> bool {
    matches!(
        name,
        "table" | "tbody" | "thead" | "tfoot" | "tr" | "td" | "th" | "caption" | "colgroup" | "col"
    )
}

/// What was met while cleaning.
#[derive(Default)]
struct Found {
    coloured: AtomicBool,
    remote_pictures: AtomicUsize,
    picture_bytes: AtomicUsize,
}

fn builder(pictures: &Pictures, found: &Arc<Found>) -> Builder<'static> {
    let (pictures, found) = (Arc::clone(pictures), Arc::clone(found));
    let mut builder = Builder::empty();
    builder
        .tags(TAGS.split_whitespace().collect())
        .clean_content_tags(GONE.split_whitespace().collect())
        .generic_attributes(HashSet::from([
            "style", "dir", "lang", "title", "align", "valign", "width", "bgcolor", "class", "id",
        ]))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            ("img", HashSet::from(["src", "alt", "height"])),
            ("font", HashSet::from(["color", "face", "size"])),
            ("ol", HashSet::from(["start", "type"])),
            ("ul", HashSet::from(["type"])),
            ("li", HashSet::from(["value"])),
            (
                "table",
                HashSet::from(["border", "cellpadding", "cellspacing"]),
            ),
            ("td", HashSet::from(["colspan", "rowspan"])),
            ("th", HashSet::from(["colspan", "rowspan"])),
        ]))
        .set_tag_attribute_value("a", "target", "_blank")
        .link_rel(Some("noopener noreferrer"))
        .url_relative(UrlRelative::Deny)
        .url_schemes(HashSet::from([
            "http", "https", "mailto", "tel", "cid", "data",
        ]))
        .attribute_filter(move |element, attribute, value| {
            found.kept(element, attribute, value, &pictures)
        });
    builder
}

impl Found {
    /// The value that an attribute keeps; `None` when it goes.
    fn kept<'v>(
        &self,
        element: &str,
        attribute: &str,
        value: &'v str,
        pictures: &HashMap<String, String>,
    ) -> Option<Cow<'v, str>> {
        match (element, attribute) {
            ("a", "rel" | "target") => Some(Cow::Borrowed(value)),
            ("a", "href") => is_harmless_link(value).then_some(Cow::Borrowed(value)),
            ("img", "src") => self.picture(value, pictures).map(Cow::Owned),
            (_, "style") => {
                let style = self.style(value);
                (!style.is_empty()).then_some(Cow::Owned(style))
            }
            (_, "alt" | "title") => {
                let end = value.floor_char_boundary(MAX_WORDS_BYTES);
                value.get(..end).map(Cow::Borrowed)
            }
            (_, "class") => {
                let class = value
                    .split_ascii_whitespace()
                    .find(|class| HISTORY_CLASSES.contains(class))?;
                Some(Cow::Borrowed(class))
            }
            (_, "id") => super::begins_history(value).then_some(Cow::Borrowed(value)),
            (_, "color" | "bgcolor") => {
                let is_kept = is_plain(value) && !is_usual_colour(value);
                self.coloured.fetch_or(is_kept, Ordering::Relaxed);
                is_kept.then_some(Cow::Borrowed(value))
            }
            _ => is_plain(value).then_some(Cow::Borrowed(value)),
        }
    }

    fn picture(&self, source: &str, pictures: &HashMap<String, String>) -> Option<String> {
        let source = source.trim();
        let lower = source.get(..5).unwrap_or_default().to_ascii_lowercase();
        let picture = if lower.starts_with("cid:") {
            let id = source.get(4..).unwrap_or_default();
            pictures
                .get(id)
                .or_else(|| pictures.get(percent_decoded(id).as_ref()))
                .cloned()
        } else if lower == "data:" {
            is_embedded_picture(source).then(|| source.to_owned())
        } else {
            self.remote_pictures.fetch_add(1, Ordering::Relaxed);
            None
        }?;
        let before = self
            .picture_bytes
            .fetch_add(picture.len(), Ordering::Relaxed);
        (before + picture.len() <= MAX_PICTURE_BYTES).then_some(picture)
    }

    /// The declarations that do nothing but form letters, cells and spaces.
    fn style(&self, written: &str) -> String {
        let mut kept = String::new();
        if written.len() > MAX_STYLE_BYTES {
            return kept;
        }
        for (name, value) in style::declarations(written) {
            if !is_harmless_declaration(&name, value) {
                continue;
            }
            if name.contains("color") || name == "background" {
                if is_usual_colour(value) {
                    continue;
                }
                self.coloured.store(true, Ordering::Relaxed);
            }
            kept.push_str(&name);
            kept.push(':');
            kept.push_str(value);
            kept.push(';');
        }
        kept
    }
}

/// Controls and white space, which browsers drop from a scheme, are in no honest link.
fn is_harmless_link(href: &str) -> bool {
    let href = href.trim();
    let lower: String = href.chars().take(8).flat_map(char::to_lowercase).collect();
    href.len() <= MAX_URL_BYTES
        && !href.chars().any(char::is_control)
        && ["http://", "https://", "mailto:", "tel:"]
            .iter()
            .any(|scheme| lower.starts_with(scheme))
}

/// Pixels in base64; an SVG could hold markup.
fn is_embedded_picture(source: &str) -> bool {
    let head = source
        .get(..source.floor_char_boundary(40))
        .unwrap_or_default()
        .to_ascii_lowercase();
    let data = ["png", "jpeg", "jpg", "gif", "webp", "bmp"]
        .iter()
        .find_map(|kind| {
            let start = format!("data:image/{kind};base64,");
            head.starts_with(&start)
                .then(|| source.get(start.len()..))?
        });
    data.is_some_and(|data| {
        data.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
    })
}

/// Black on white is what the reader's own page does, light or dark.
fn is_usual_colour(value: &str) -> bool {
    let value: String = value
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    matches!(
        value.as_str(),
        "black"
            | "#000"
            | "#000000"
            | "windowtext"
            | "rgb(0,0,0)"
            | "white"
            | "#fff"
            | "#ffffff"
            | "window"
            | "rgb(255,255,255)"
            | "inherit"
            | "initial"
            | "transparent"
            | "auto"
            | "none"
            | "currentcolor"
    )
}

fn is_plain(value: &str) -> bool {
    value.len() <= MAX_VALUE_BYTES
        && value
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '#' | '%' | '.' | '-' | ' ' | ','))
}

fn is_harmless_declaration(name: &str, value: &str) -> bool {
    let is_known = matches!(
        name,
        "color"
            | "background"
            | "background-color"
            | "font"
            | "font-family"
            | "font-size"
            | "font-style"
            | "font-weight"
            | "font-variant"
            | "text-align"
            | "text-decoration"
            | "text-transform"
            | "vertical-align"
            | "line-height"
            | "white-space"
            | "width"
            | "max-width"
            | "list-style-type"
            | "display"
            | "direction"
            | "word-break"
            | "overflow-wrap"
            | "border-collapse"
            | "border-spacing"
            | "border"
            | "border-top"
            | "border-right"
            | "border-bottom"
            | "border-left"
            | "border-color"
            | "border-style"
            | "border-width"
            | "padding"
            | "padding-top"
            | "padding-right"
            | "padding-bottom"
            | "padding-left"
            | "margin"
            | "margin-top"
            | "margin-right"
            | "margin-bottom"
            | "margin-left"
    );
    let is_fitting = match name {
        "display" => matches!(
            value.to_ascii_lowercase().as_str(),
            "none"
                | "block"
                | "inline"
                | "inline-block"
                | "table"
                | "inline-table"
                | "table-row"
                | "table-cell"
                | "list-item"
        ),
        // Lines may not be drawn over each other.
        "line-height" => {
            value.eq_ignore_ascii_case("normal")
                || leading_number(value) >= least_line_height(value)
        }
        _ => true,
    };
    is_known && is_fitting && is_harmless_value(value)
}

fn leading_number(value: &str) -> f32 {
    let end = value
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(value.len());
    value
        .get(..end)
        .and_then(|number| number.parse().ok())
        .unwrap_or(0.0)
}

fn least_line_height(value: &str) -> f32 {
    if value.ends_with('%') {
        100.0
    } else if value.ends_with(['x', 't']) {
        10.0
    } else {
        1.0
    }
}

/// Words, numbers and colours: no escapes, no addresses, nothing below zero, no number beyond any page.
fn is_harmless_value(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let mut before = ' ';
    let mut digits = 0;
    for c in lower.chars() {
        let is_known = c.is_alphanumeric()
            || matches!(
                c,
                ' ' | '#' | '%' | '.' | ',' | '(' | ')' | '-' | '"' | '\''
            );
        let is_negative = before == '-' && (c.is_ascii_digit() || c == '.');
        digits = if c.is_ascii_digit() { digits + 1 } else { 0 };
        if !is_known || is_negative || (digits > 4 && !lower.starts_with('#')) {
            return false;
        }
        before = c;
    }
    let functions = lower.split('(').rev().skip(1);
    let are_colours = functions.into_iter().all(|before| {
        ["rgb", "rgba", "hsl", "hsla"].iter().any(|name| {
            before
                .strip_suffix(name)
                .is_some_and(|before| !before.ends_with(|c: char| c.is_alphanumeric() || c == '-'))
        })
    });
    are_colours
        && lower.matches('(').count() == lower.matches(')').count()
        && lower.matches('"').count().is_multiple_of(2)
        && lower.matches('\'').count().is_multiple_of(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn safe(html: &str) -> String {
        let pictures = Arc::new(HashMap::from([(
            "logo@x.example".to_owned(),
            "data:image/png;base64,AAAA".to_owned(),
        )]));
        clean(html, &pictures, "Tidligere")
            .expect("neither large nor deep")
            .html
    }

    #[test]
    fn what_people_write_stays() {
        for html in [
            "<p style=\"color:#c00;margin:0;\">Mine svar står med <b>rødt</b></p>",
            "<table border=\"1\" cellpadding=\"2\"><tbody><tr><td colspan=\"2\">æøå</td></tr></tbody></table>",
            "<ol start=\"3\"><li>a</li></ol>",
            "<font color=\"#1f497d\" face=\"Calibri\">x</font>",
        ] {
            assert_eq!(safe(html), html);
        }
        assert_eq!(
            safe("<a href=\"https://x.example/?a=1&amp;b\">x</a>"),
            "<a href=\"https://x.example/?a=1&amp;b\" target=\"_blank\" rel=\"noopener noreferrer\">x</a>"
        );
    }

    #[test]
    fn the_mails_own_pictures_are_shown_and_no_others() {
        let own = "<img src=\"data:image/png;base64,AAAA\" alt=\"x\">";
        for source in [
            "cid:logo@x.example",
            "CID:logo%40x.example",
            "data:image/png;base64,AAAA",
        ] {
            assert_eq!(
                safe(&format!("<img src='{source}' alt=x>")),
                own,
                "{source}"
            );
        }
        for source in [
            "https://x.example/a.png",
            "//x.example/a.png",
            "a.png",
            "cid:other",
            "data:image/svg+xml;base64,AAAA",
            "data:text/html;base64,AAAA",
            "data:image/png;base64,AA\"AA",
            "file:///etc/passwd",
        ] {
            assert_eq!(
                safe(&format!("<img src='{source}' alt=x>")),
                "<img alt=\"x\">",
                "{source}"
            );
        }
        let many = clean(
            "<img src=http://x.example/1><img src=https://x.example/2>",
            &Pictures::default(),
            "",
        );
        assert_eq!(many.map(|clean| clean.remote_pictures), Some(2));
    }

    /// Nothing in what comes out can run, fetch, send or cover anything; and reading it once more changes nothing.
    #[test]
    fn hostile_pages_come_out_harmless() {
        let long = format!(
            "<p style=\"color:{}\" title=\"{}\">x</p>",
            "a".repeat(1_000_000),
            "b".repeat(900_000)
        );
        for html in [
            "<script>alert(1)</script>",
            "<ScRiPt src=//x.example></sCrIpT >",
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
            "<style><img src=\"</style><img src=x onerror=alert(1)//\"></style>",
            "<title><img src=\"</title><img src=x onerror=alert(1)>\"></title>",
            "<svg><style><img src=x onerror=alert(1)></style></svg>",
            "<svg><p><style><g title=\"</style><img src=x onerror=alert(1)>\">",
            "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
            "<svg onload=alert(1)><animate attributeName=href values=javascript:alert(1) /><a><text>x",
            "<svg><foreignObject><iframe srcdoc='<script>alert(1)</script>'>",
            "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
            "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">",
            "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id=\"</style><img onerror=alert(1) src>\">",
            "<template><script>alert(1)</script></template>",
            "<template><template></template><img src=x onerror=alert(1)></template>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<a href=\"&#x6A;&#97;vascript&colon;alert(1)\">x</a>",
            "<a href=\" &#14; java\tscr\nipt:alert(1)\">x</a>",
            "<a href=\"vbscript:x\">x</a><a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
            "<a href=//x.example>x</a><a href=/api/v1/mails>x</a><a href=\"blob:x\">x</a>",
            "<img src=x onerror=alert(1)><img src=\"x` `<script>alert(1)</script>\"` `>",
            "<img srcset='https://x.example/a 1x' src=https://x.example/b><picture><source srcset=https://x.example/c></picture>",
            "<img src=https://x.example/a lowsrc=https://x.example/b dynsrc=https://x.example/c>",
            "<base href=https://x.example/><base target=_top>",
            "<meta http-equiv=refresh content='0;url=https://x.example'><link rel=stylesheet href=https://x.example>",
            "<form action=https://x.example><input name=password><button formaction=https://x.example>x</button></form>",
            "<isindex action=https://x.example><keygen><textarea>x</textarea><select><option>x</select>",
            "<style>@import 'https://x.example/a.css'; @font-face{src:url(https://x.example/f)}</style>",
            "<p style=\"background:url(https://x.example/a)\">x</p>",
            "<p style=\"background:u\\72l(https://x.example/a)\">x</p>",
            "<p style=\"background:\\75\\72\\6c(https://x.example/a)\">x</p>",
            "<p style=\"color:red;/*;*/background:url/**/(https://x.example)\">x</p>",
            "<p style=\"width:expression(alert(1));behavior:url(x);-moz-binding:url(x)\">x</p>",
            "<p style=\"background:image-set('https://x.example/a' 1x)\">x</p>",
            "<p style=\"font-family:'a;background:url(https://x.example)'\">x</p>",
            "<div style=\"position:fixed;top:0;left:0;width:100%;height:100%;z-index:9999;opacity:0\">x</div>",
            "<div style=\"margin-top:-500px;margin:-.5em;text-indent:-9999px;transform:scale(9)\">x</div>",
            "<div style=\"pos\\69tion:fixed;POSITION : absolute !important\">x</div>",
            "<div style=\"line-height:0\">x</div><div style=\"width:calc(100vw*9);width:99999999px\">x</div>",
            "<td background=https://x.example/a><table background=https://x.example/b><body background=https://x.example/c>",
            "<iframe src=javascript:alert(1)></iframe><object data=x></object><embed src=x><applet code=x></applet>",
            "<video poster=https://x.example/a><source src=https://x.example/b onerror=alert(1)></video><audio src=x>",
            "<!--[if gte IE 4]><script>alert(1)</script><![endif]--><![if true]><script>alert(1)</script><![endif]>",
            "<!--><script>alert(1)</script>--><!---><img src=x onerror=alert(1)>",
            "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\"></xmp><plaintext><script>alert(1)</script>",
            "<select><style><img src=x onerror=alert(1)></style></select>",
            "<details open ontoggle=alert(1)>x</details><marquee onstart=alert(1)>x</marquee>",
            "<div id=token class='main state'>x</div><a name=token id=queue>x</a><img name=body id=cookie>",
            "<p onclick=alert(1) ONMOUSEOVER=alert(1) formaction=x xlink:href=javascript:alert(1) is=x slot=x>x</p>",
            "<a href='https://x.example' ping='https://x.example' download target=_self rel=opener>x</a>",
            "<b\0onclick=alert(1)>x</b><img/src=x/onerror=alert(1)>",
            "\u{feff}<\u{0}script>alert(1)</script>",
            &long,
        ] {
            let out = safe(html);
            let lower = out.to_lowercase();
            for word in [
                "<script",
                "<style",
                "<svg",
                "<math",
                "<iframe",
                "<object",
                "<form",
                "<input",
                "<meta",
                "<base",
                "<link",
                "<template",
                "<noscript",
                "<video",
                "<embed",
                "<textarea",
                "<button",
                "url(",
                "expression",
                "position",
                "fixed",
                "opacity",
                "-500",
                "-9999",
                "99999",
                "image-set",
                "\\",
                "srcset",
                "background=",
                "action",
                "id=",
                "name=",
                "ping",
                "_self",
                "rel=\"opener",
            ] {
                // Words of the text are no markup.
                let markup: String = lower
                    .split('<')
                    .skip(1)
                    .filter_map(|tag| tag.split_once('>'))
                    .map(|(tag, _)| format!("<{tag}>"))
                    .collect();
                assert!(!markup.contains(word), "{word} in {out} of {html:.200}");
            }
            for attribute in attributes_of(&lower) {
                assert!(!attribute.starts_with("on"), "{attribute} in {out}");
                assert!(
                    ![
                        "javascript:",
                        "vbscript:",
                        "data:text",
                        "blob:",
                        "=\"http://x",
                        "=\"//x"
                    ]
                    .iter()
                    .any(|w| attribute.contains(w)),
                    "{attribute} in {out}"
                );
            }
            assert_eq!(unordered(&safe(&out)), unordered(&out), "{html:.200}");
        }
    }

    /// Without the two attributes that are always added, in an order of no meaning.
    fn unordered(html: &str) -> String {
        html.replace(" target=\"_blank\"", "")
            .replace(" rel=\"noopener noreferrer\"", "")
    }

    /// The attributes of all tags of a page that is whole.
    fn attributes_of(html: &str) -> Vec<String> {
        Tokens::of(html)
            .filter_map(|token| match token {
                Token::Start(_, written) => Some(written.trim().to_owned()),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn pages_too_large_or_too_deep_are_not_cleaned() {
        for html in [
            "<div>".repeat(100_000),
            "<b>".repeat(100_000),
            "<table><tr><td>".repeat(100_000),
            "<font size=1><p>".repeat(10_000),
            (0..10_000).map(|n| format!("<font size={n}><p>")).collect(),
            "<svg>".repeat(10_000),
            "<ul><li>".repeat(10_000),
            "<a href=x><div>".repeat(10_000),
            format!("<table>{}", "x<b>y</b>".repeat(10_000)),
            (0..10_000).map(|n| format!("<p><b id={n}></i>")).collect(),
            (0..10_000)
                .map(|n| format!("<p><b id={n}><table><td></b></table>"))
                .collect(),
            format!(
                "<p {}>",
                (0..10_000).map(|n| format!("a{n}=x ")).collect::<String>()
            ),
            "x".repeat(MAX_HTML_BYTES + 1),
        ] {
            assert!(
                clean(&html, &Pictures::default(), "").is_none(),
                "{html:.40}"
            );
        }
        for html in [
            "<p>x".repeat(100_000),
            "<tr><td>x".repeat(50_000),
            "<li>x".repeat(100_000),
        ] {
            assert!(
                clean(&html, &Pictures::default(), "").is_some(),
                "{html:.40}"
            );
        }
    }

    /// The parser nests what is not closed as browsers do; the count before it must not say less.
    #[test]
    fn nothing_deep_gets_through_by_tags_that_seem_closed() {
        let tags = [
            "<a href=x>",
            "</a>",
            "<b>",
            "</b>",
            "<div>",
            "</div>",
            "<p>",
            "</p>",
            "<li>",
            "<ul>",
            "<section>",
            "</form>",
            "<form>",
            "<table>",
            "</table>",
            "<tr>",
            "<td>",
            "</td>",
            "</tr>",
            "<object>",
            "<button>",
            "<svg>",
            "</svg>",
            "<desc>",
            "<template>",
            "<body>",
            "</body>",
            "<span>",
            "</span>",
            "<h1>",
            "<dd>",
            "<font size=1>",
            "<nobr>",
            "<select>",
        ];
        let mut state = 7u32;
        for _ in 0..300 {
            let mut run = String::new();
            for _ in 0..=state >> 29 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                run.push_str(tags[(state >> 8) as usize % tags.len()]);
            }
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let Some(clean) = clean(&format!("{run}x").repeat(600), &Pictures::default(), "")
            else {
                continue;
            };
            let (mut depth, mut deepest) = (0usize, 0);
            for token in Tokens::of(&clean.html) {
                match token {
                    Token::Start(name, _) if !matches!(name.as_str(), "br" | "img" | "hr") => {
                        depth += 1;
                    }
                    Token::End(_) => depth -= 1,
                    _ => (),
                }
                deepest = deepest.max(depth);
            }
            assert!(deepest <= MAX_DEPTH + MAX_UNCLOSED, "{deepest}: {run}");
        }
    }

    #[test]
    fn colours_are_noticed_but_for_black_on_white() {
        let coloured = |html: &str| {
            clean(html, &Pictures::default(), "").is_some_and(|clean| clean.is_coloured)
        };
        assert!(coloured("<p style='color:red'>x"));
        assert!(coloured("<td bgcolor=#eee>x") || coloured("<table><tr><td bgcolor=#eee>x"));
        assert!(!coloured(
            "<p style='color:black;background:white;font-size:11pt'><font color=#000000>x"
        ));
    }

    #[test]
    fn earlier_mail_is_folded() {
        let fold = "<details><summary>Tidligere</summary>";
        for (html, expected) in [
            (
                "Ja<blockquote>Må jeg?</blockquote>Mvh".to_owned(),
                format!("Ja{fold}<blockquote>Må jeg?</blockquote></details>Mvh"),
            ),
            (
                "<div>Ja</div><div class='gmail_quote x'><div>Ole skrev:</div><blockquote class=gmail_quote>Må jeg?</blockquote></div>"
                    .to_owned(),
                format!(
                    "<div>Ja</div>{fold}<div class=\"gmail_quote\"><div>Ole skrev:</div><blockquote class=\"gmail_quote\">Må jeg?</blockquote></div></details>"
                ),
            ),
            (
                "<div><p>Ja</p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>Fra:</b> Ole</p></div></div><p>Må jeg?</p></div>"
                    .to_owned(),
                format!(
                    "<div><p>Ja</p>{fold}<div><div style=\"border:none;border-top:solid #E1E1E1 1.0pt;\"><p><b>Fra:</b> Ole</p></div></div><p>Må jeg?</p></details></div>"
                ),
            ),
            (
                "Ja<hr><div id=divRplyFwdMsg>Fra: Ole</div><div>Må jeg?</div>".to_owned(),
                format!("Ja<hr>{fold}<div id=\"divRplyFwdMsg\">Fra: Ole</div><div>Må jeg?</div></details>"),
            ),
            ("<blockquote>Må jeg?</blockquote>".to_owned(), "<blockquote>Må jeg?</blockquote>".to_owned()),
            ("<div>&nbsp;</div><div id=divRplyFwdMsg>Fra: Ole</div>x".to_owned(), "<div>&nbsp;</div><div id=\"divRplyFwdMsg\">Fra: Ole</div>x".to_owned()),
        ] {
            assert_eq!(safe(&html), expected, "{html}");
        }
    }
}
