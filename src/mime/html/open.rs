//! The elements that are open where a page is being read, and which of them an end tag or a new element closes.
//!
//! Near enough to what browsers do (HTML living standard § 13.2.6) to know what is hidden, listed or a cell. Pages that
//! nest deeper than anybody writes are read on, but what lies beyond is no longer told apart.

use super::{style::Said, tokens::Name};

/// Newsletters nest some hundred elements.
const MAX_DEPTH: usize = 400;
/// End tags within these close nothing outside.
const SCOPES: [&str; 4] = ["td", "th", "table", "caption"];
/// An end tag of an element that is no block does not close these.
pub(super) const BLOCKS: [&str; 35] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
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
    "summary",
    "table",
    "tr",
    "ul",
];
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// What an element means for the text, and what it changes back when it ends.
#[derive(Clone, Default)]
pub(super) enum Role {
    #[default]
    Plain,
    Link,
    List(List),
    /// The indentation around it.
    Item(usize),
    Table,
    PlainTable,
    Row,
    Cell,
    Preformatted,
    Quotation,
    Superscript,
    Quote,
    WordMarker,
}

/// A list and the number of its next item.
#[derive(Clone, Default)]
pub(super) struct List {
    pub ordered: Option<Numbering>,
    pub indent: usize,
}

#[derive(Clone, Copy)]
pub(super) struct Numbering {
    pub next: i32,
    pub style: char,
}

pub(super) struct Open {
    name: Name,
    pub is_block: bool,
    pub role: Role,
    sight: Sight,
}

/// Whether what stands here is seen.
#[derive(Clone, Copy, Default)]
struct Sight {
    gone: bool,
    invisible: bool,
    tiny: bool,
}

#[derive(Default)]
pub(super) struct OpenElements {
    stack: Vec<Open>,
    /// Elements beyond the depth that is kept.
    beyond: usize,
}

impl OpenElements {
    pub(super) fn is_seen(&self) -> bool {
        let sight = self.stack.last().map(|open| open.sight).unwrap_or_default();
        !(sight.gone || sight.invisible || sight.tiny)
    }

    /// Whether an element would be seen here that says this of itself.
    pub(super) fn would_be_seen(&self, said: &Said, gone: bool) -> bool {
        let sight = self.sight_within(said, gone);
        !(sight.gone || sight.invisible || sight.tiny)
    }

    fn sight_within(&self, said: &Said, gone: bool) -> Sight {
        let around = self.stack.last().map(|open| open.sight).unwrap_or_default();
        Sight {
            gone: around.gone || said.gone || gone,
            invisible: said.invisible.unwrap_or(around.invisible),
            tiny: said.tiny.unwrap_or(around.tiny),
        }
    }

    pub(super) fn open(&mut self, name: Name, role: Role, said: &Said, gone: bool) {
        if VOID.contains(&name.as_str()) {
            return;
        }
        if self.stack.len() >= MAX_DEPTH {
            self.beyond += 1;
            return;
        }
        let sight = self.sight_within(said, gone);
        self.stack.push(Open {
            name,
            is_block: BLOCKS.contains(&name.as_str()),
            role,
            sight,
        });
    }

    /// Whether the next element to open keeps its role.
    pub(super) fn has_room(&self) -> bool {
        self.stack.len() < MAX_DEPTH
    }

    pub(super) fn pop(&mut self) -> Option<Open> {
        self.stack.pop()
    }

    pub(super) fn depth(&self) -> usize {
        self.stack.len() + self.beyond
    }

    /// Whether what comes next stands in a table and in none of its cells.
    pub(super) fn is_between_cells(&self) -> bool {
        self.stack.last().is_some_and(|open| {
            matches!(
                open.name.as_str(),
                "table" | "tbody" | "thead" | "tfoot" | "tr" | "colgroup"
            )
        })
    }

    /// How many elements the end tag closes.
    pub(super) fn closed_by_end(&mut self, name: Name) -> usize {
        if self.beyond > 0 {
            self.beyond -= 1;
            return 0;
        }
        let name = name.as_str();
        let scopes: &[&str] = match name {
            "table" => &[],
            "td" | "th" | "tr" | "tbody" | "thead" | "tfoot" | "caption" => &["table"],
            _ => &SCOPES,
        };
        let is_inline = !BLOCKS.contains(&name) && !SCOPES.contains(&name) && name != "a";
        self.count_to(
            |found| found == name,
            |found, is_block| scopes.contains(&found) || (is_inline && is_block),
        )
    }

    /// How many elements a start tag closes before its own element begins.
    pub(super) fn closed_by_start(&self, name: Name) -> usize {
        let is_scope = |found: &str| SCOPES.contains(&found);
        match name.as_str() {
            "li" => self.count_to(
                |found| found == "li",
                |found, _| matches!(found, "ul" | "ol") || is_scope(found),
            ),
            "dd" | "dt" => self.count_to(
                |found| matches!(found, "dd" | "dt"),
                |found, _| found == "dl" || is_scope(found),
            ),
            "td" | "th" => self.count_to(
                |found| matches!(found, "td" | "th"),
                |found, _| matches!(found, "tr" | "table"),
            ),
            "tr" => self.count_to(|found| found == "tr", |found, _| found == "table"),
            "tbody" | "thead" | "tfoot" => self.count_to(
                |found| matches!(found, "tbody" | "thead" | "tfoot"),
                |found, _| found == "table",
            ),
            "a" => self.count_to(|found| found == "a", |found, _| is_scope(found)),
            name if BLOCKS.contains(&name) => self.count_to(
                |found| found == "p",
                |found, is_block| is_block || is_scope(found),
            ),
            _ => 0,
        }
    }

    /// The innermost list.
    pub(super) fn list(&mut self) -> Option<&mut List> {
        self.stack
            .iter_mut()
            .rev()
            .take_while(|open| !SCOPES.contains(&open.name.as_str()))
            .find_map(|open| match &mut open.role {
                Role::List(list) => Some(list),
                _ => None,
            })
    }

    fn count_to(&self, wanted: impl Fn(&str) -> bool, end: impl Fn(&str, bool) -> bool) -> usize {
        for (above, open) in self.stack.iter().rev().enumerate() {
            let name = open.name.as_str();
            if wanted(name) {
                return above + 1;
            }
            if end(name, open.is_block) {
                return 0;
            }
        }
        0
    }
}
