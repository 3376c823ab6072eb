//! Earlier mail folded away below what was written for this one, in HTML that was cleaned.
//!
//! Cleaned HTML is whole: every element ends where it should. So `<details>` may be put around an element, or from one to
//! the end of what it stands in, and nothing else is changed.

use super::{
    attributes::Attributes,
    begins_history,
    lines::begins_with_sender,
    style,
    tokens::{Name, Token, Tokens},
};
use crate::mime::plain::escaped;

const VOID: [&str; 6] = ["br", "hr", "img", "wbr", "col", "input"];
/// Elements that hold others without meaning anything; a fold may begin with any of them.
const HOLDERS: [&str; 5] = ["div", "section", "article", "center", "header"];

/// `summary` is text; it is escaped here.
pub(super) fn folded(html: &str, summary: &str) -> String {
    let mut folding = Folding::default();
    let mut tokens = Tokens::of(html);
    let mut at = 0;
    while let Some(token) = tokens.next() {
        let end = html.len() - tokens.left();
        folding.take(token, at, end);
        at = end;
    }
    folding.close_at(html.len());
    // Nothing but earlier mail: then that is what one came to read.
    if !folding.seen_outside {
        return html.to_owned();
    }
    let opening = format!("<details><summary>{}</summary>", escaped(summary));
    let mut out = String::with_capacity(html.len() + folding.folds.len() * (opening.len() + 10));
    let mut copied = 0;
    for (from, to) in folding.folds {
        out.push_str(html.get(copied..from).unwrap_or_default());
        out.push_str(&opening);
        out.push_str(html.get(from..to).unwrap_or_default());
        out.push_str("</details>");
        copied = to;
    }
    out.push_str(html.get(copied..).unwrap_or_default());
    out
}

struct Open {
    name: Name,
    start: usize,
}

/// Where a fold that is being read ends.
#[derive(Clone, Copy)]
enum End {
    /// With the element at this depth.
    With(usize),
    /// Before the end of what stands at this depth; 0 is the page.
    Within(usize),
}

#[derive(Default)]
struct Folding {
    open: Vec<Open>,
    folds: Vec<(usize, usize)>,
    current: Option<(usize, End)>,
    /// Where something was last seen.
    last_seen: Option<usize>,
    seen_outside: bool,
    /// An element with a line above: earlier mail begins in it when a sender follows.
    may_begin: bool,
}

impl Folding {
    fn take(&mut self, token: Token<'_>, start: usize, end: usize) {
        match token {
            Token::Text(text) if !is_blank(text) => self.see(text, start),
            Token::Entity(letters) if !is_blank(&letters) => self.see(&letters, start),
            Token::Text(_) | Token::Entity(_) => (),
            Token::Start(name, written) => self.start(name, &Attributes::of(written), start),
            Token::End(name) => self.end(name, start, end),
        }
    }

    fn see(&mut self, text: &str, at: usize) {
        if std::mem::take(&mut self.may_begin) && begins_with_sender(text) && self.current.is_none()
        {
            self.fold_rest();
        }
        self.last_seen = Some(at);
        self.seen_outside |= self.current.is_none();
    }

    fn start(&mut self, name: Name, attributes: &Attributes<'_>, start: usize) {
        if name.as_str() == "img" {
            self.see("img", start);
        }
        if VOID.contains(&name.as_str()) {
            return;
        }
        self.open.push(Open { name, start });
        if self.current.is_some() {
            return;
        }
        let said = attributes.style.map(style::said).unwrap_or_default();
        let is_quotation = (name.as_str() == "blockquote" && !said.no_border)
            || ["gmail_quote", "yahoo_quoted", "protonmail_quote"]
                .iter()
                .any(|class| attributes.has_class(class));
        if is_quotation {
            self.current = Some((start, End::With(self.open.len())));
        } else if attributes.id.is_some_and(begins_history) {
            self.fold_rest();
        } else {
            self.may_begin |= said.line_above;
        }
    }

    /// From the outermost element in which nothing was seen yet, to the end of what that stands in.
    fn fold_rest(&mut self) {
        let last_seen = self.last_seen;
        let is_new = |open: &Open| last_seen.is_none_or(|seen| open.start > seen);
        let mut first = None;
        for (depth, open) in self.open.iter().enumerate().rev() {
            let is_holder = HOLDERS.contains(&open.name.as_str());
            if !is_new(open) || (first.is_some() && !is_holder) {
                break;
            }
            if is_holder {
                first = Some((open.start, End::Within(depth)));
            }
        }
        self.current = first;
    }

    fn end(&mut self, name: Name, start: usize, end: usize) {
        let depth = self.open.len();
        if self.open.last().is_none_or(|open| open.name != name) {
            return;
        }
        self.open.pop();
        match self.current {
            Some((_, End::With(with))) if with == depth => self.close_at(end),
            Some((_, End::Within(within))) if within == depth => self.close_at(start),
            _ => (),
        }
    }

    fn close_at(&mut self, at: usize) {
        if let Some((from, _)) = self.current.take() {
            self.folds.push((from, at));
            self.last_seen = Some(at);
        }
    }
}

fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c == '\u{a0}')
}
