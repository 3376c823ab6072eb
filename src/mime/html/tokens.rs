//! HTML cut into text and tags, as forgiving as browsers are (HTML living standard § 13.2.5, without its rarer states).
//!
//! Whatever the markup, every byte is looked at a few times at most. Comments, scripts and style sheets are no tokens.

use mail_parser::add_html_token;

/// The longest entity has 33 bytes.
const MAX_ENTITY_BYTES: usize = 34;
const MAX_NAME_BYTES: usize = 16;
/// Elements whose content is no markup and is not shown.
const RAW: [&str; 6] = ["script", "style", "title", "iframe", "noembed", "noframes"];

pub(super) enum Token<'h> {
    Text(&'h str),
    /// `&oslash;`, decoded.
    Entity(String),
    Start(Name, &'h str),
    End(Name),
}

/// The name of an element, in lower case; of long ones the beginning.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Name {
    bytes: [u8; MAX_NAME_BYTES],
    length: usize,
}

impl Name {
    fn of(name: &str) -> Self {
        let mut bytes = [0; MAX_NAME_BYTES];
        let length = name.floor_char_boundary(MAX_NAME_BYTES).min(name.len());
        for (to, from) in bytes.iter_mut().zip(name.bytes().take(length)) {
            *to = from.to_ascii_lowercase();
        }
        Self { bytes, length }
    }

    pub(super) fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..self.length).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

pub(super) struct Tokens<'h> {
    rest: &'h str,
    /// False once a quotation did not end: from there on `>` ends a tag wherever it stands.
    quotes_close: bool,
}

impl<'h> Tokens<'h> {
    pub(super) fn of(html: &'h str) -> Self {
        Self {
            rest: html,
            quotes_close: true,
        }
    }

    /// How much of the page is still to come.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    fn entity(&mut self) -> Token<'h> {
        let (token, after) = match reference(self.rest) {
            Some((decoded, length)) => (
                Token::Entity(decoded),
                self.rest.get(length..).unwrap_or_default(),
            ),
            // No entity: the ampersand is one, and what follows may hold markup.
            None => (Token::Text("&"), self.rest.get(1..).unwrap_or_default()),
        };
        self.rest = after;
        token
    }

    /// `None` for what is neither shown nor a tag.
    fn tag(&mut self, inner: &'h str) -> Option<Token<'h>> {
        let closes = inner.starts_with('/');
        let inner = inner.strip_prefix('/').unwrap_or(inner);
        if !inner.starts_with(|c: char| c.is_ascii_alphabetic()) {
            self.rest = inner;
            return Some(Token::Text(if closes { "</" } else { "<" }));
        }
        let end = inner
            .find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'))
            .unwrap_or(inner.len());
        let (name, after) = inner.split_at(end);
        let name = Name::of(name);
        let (attributes, after) = self.split_attributes(after);
        self.rest = after;
        if closes {
            return Some(Token::End(name));
        }
        if RAW.contains(&name.as_str()) {
            self.rest = behind_element(self.rest, name.as_str());
            return None;
        }
        Some(Token::Start(name, attributes))
    }

    /// The attributes and what follows the tag; a `>` within quotation marks does not end it.
    fn split_attributes(&mut self, after_name: &'h str) -> (&'h str, &'h str) {
        if !self.quotes_close {
            return split(after_name, ">");
        }
        let mut quote = None;
        let mut after_equals = false;
        for (at, byte) in after_name.bytes().enumerate() {
            match (quote, byte) {
                (None, b'>') => {
                    let (attributes, after) = after_name.split_at(at);
                    return (attributes, after.get(1..).unwrap_or_default());
                }
                (None, b'"' | b'\'') if after_equals => quote = Some(byte),
                (Some(open), _) if open == byte => quote = None,
                _ => (),
            }
            after_equals = byte == b'=' || (after_equals && byte.is_ascii_whitespace());
        }
        self.quotes_close = false;
        split(after_name, ">")
    }
}

impl<'h> Iterator for Tokens<'h> {
    type Item = Token<'h>;

    fn next(&mut self) -> Option<Token<'h>> {
        while !self.rest.is_empty() {
            let run = self.rest.find(['<', '&']).unwrap_or(self.rest.len());
            if run > 0 {
                let (text, after) = self.rest.split_at(run);
                self.rest = after;
                return Some(Token::Text(text));
            }
            if self.rest.starts_with('&') {
                return Some(self.entity());
            }
            if let Some(comment) = self.rest.strip_prefix("<!--") {
                self.rest = behind_comment(comment);
            } else if self.rest.starts_with("<!") || self.rest.starts_with("<?") {
                self.rest = split(self.rest, ">").1;
            } else if let Some(inner) = self.rest.strip_prefix('<') {
                let token = self.tag(inner);
                if token.is_some() {
                    return token;
                }
            }
        }
        None
    }
}

/// The letters of the character reference that a text begins with, and its length.
pub(super) fn reference(text: &str) -> Option<(String, usize)> {
    let end = text
        .bytes()
        .take(MAX_ENTITY_BYTES)
        .position(|byte| byte == b';')?;
    let token = text.get(..=end)?;
    let mut decoded = String::new();
    add_html_token(&mut decoded, token.as_bytes(), false);
    (decoded != token).then(|| (decoded.chars().map(as_browsers_read).collect(), end + 1))
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

/// What stands before the next `end`, and what follows it; nothing follows when there is none.
fn split<'h>(html: &'h str, end: &str) -> (&'h str, &'h str) {
    html.split_once(end).unwrap_or((html, ""))
}

/// `<!-->` and `<!--->` are whole comments.
fn behind_comment(comment: &str) -> &str {
    match comment
        .strip_prefix('>')
        .or_else(|| comment.strip_prefix("->"))
    {
        Some(after) => after,
        None => split(comment, "-->").1,
    }
}

/// What follows the end tag of an element whose content is no markup.
fn behind_element<'h>(html: &'h str, name: &str) -> &'h str {
    let mut rest = html;
    while let Some((_, after)) = rest.split_once("</") {
        let is_end = after
            .get(..name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(name));
        if is_end {
            return split(after, ">").1;
        }
        rest = after;
    }
    ""
}
