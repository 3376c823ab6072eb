//! The elements that are open where a page is being read, and which of them an end tag or a new element closes.
//!
//! Near enough to what browsers do (HTML living standard § 13.2.6) to know what is hidden, listed or a cell. Pages that
//! nest deeper than anybody writes are read on, but what lies beyond is no longer told apart.

use super::{style::Said, tokens::Name};

/// Newsletters nest some hundred elements.
const MAX_DEPTH: usize = 400;
/// End tags within these close nothing outside.
const SCOPES: [&str; 9] = [
    "td", "th", "table", "caption", "object", "applet", "marquee", "button", "template",
];
/// As blocks do, these keep the end tags of others from closing what is around them.
const SPECIAL: [&str; 8] = [
    "tbody", "thead", "tfoot", "colgroup", "select", "textarea", "noscript", "frameset",
];
/// There is one of each, whatever is written.
const PAGE: [&str; 3] = ["html", "head", "body"];
/// An end tag of an element that is no block does not close these.
pub(super) const BLOCKS: [&str; 42] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
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
    "hgroup",
    "hr",
    "li",
    "listing",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "search",
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
    is_special: bool,
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
    tables: usize,
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
        let is_kept = !VOID.contains(&name.as_str()) && !PAGE.contains(&name.as_str());
        if !is_kept || self.is_stray(name) {
            return;
        }
        if self.stack.len() >= MAX_DEPTH {
            self.beyond += 1;
            return;
        }
        let sight = self.sight_within(said, gone);
        let is_block = BLOCKS.contains(&name.as_str());
        self.tables += usize::from(name.as_str() == "table");
        self.stack.push(Open {
            name,
            is_block,
            is_special: is_block
                || SCOPES.contains(&name.as_str())
                || SPECIAL.contains(&name.as_str()),
            role,
            sight,
        });
    }

    /// Whether the next element to open keeps its role.
    pub(super) fn has_room(&self) -> bool {
        self.stack.len() < MAX_DEPTH
    }

    pub(super) fn pop(&mut self) -> Option<Open> {
        let open = self.stack.pop()?;
        self.tables -= usize::from(open.name.as_str() == "table");
        Some(open)
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

    /// Whether a row or cell here would be in no table, and is as good as not there.
    pub(super) fn is_stray(&self, name: Name) -> bool {
        matches!(
            name.as_str(),
            "tr" | "td" | "th" | "tbody" | "thead" | "tfoot" | "colgroup" | "caption"
        ) && self.tables == 0
    }

    /// How many elements the end tag closes.
    pub(super) fn closed_by_end(&mut self, name: Name) -> usize {
        if self.beyond > 0 {
            self.beyond -= 1;
            return 0;
        }
        if self.is_stray(name) {
            return 0;
        }
        let name = name.as_str();
        match name {
            // What is open within a form stays open.
            "form" => usize::from(
                self.stack
                    .last()
                    .is_some_and(|open| open.name.as_str() == "form"),
            ),
            "table" => self.count_to(|found| found == name, |found, _| found == "template"),
            "td" | "th" | "tr" | "tbody" | "thead" | "tfoot" | "caption" => self.count_to(
                |found| found == name,
                |found, _| matches!(found, "table" | "template"),
            ),
            _ if BLOCKS.contains(&name) || SCOPES.contains(&name) => {
                self.count_to(|found| found == name, |found, _| SCOPES.contains(&found))
            }
            _ => self.count_to(|found| found == name, |_, is_special| is_special),
        }
    }

    /// How many elements a start tag closes before its own element begins.
    pub(super) fn closed_by_start(&self, name: Name) -> usize {
        if self.is_stray(name) {
            return 0;
        }
        let is_end_of_item =
            |found: &str, is_special: bool| is_special && !matches!(found, "address" | "div" | "p");
        match name.as_str() {
            "li" => self.count_to(|found| found == "li", is_end_of_item),
            "dd" | "dt" => self.count_to(|found| matches!(found, "dd" | "dt"), is_end_of_item),
            "td" | "th" => self.count_to(
                |found| matches!(found, "td" | "th"),
                |found, _| matches!(found, "tr" | "table" | "template"),
            ),
            "tr" => self.count_to(
                |found| found == "tr",
                |found, _| matches!(found, "table" | "template"),
            ),
            "tbody" | "thead" | "tfoot" => self.count_to(
                |found| matches!(found, "tbody" | "thead" | "tfoot"),
                |found, _| matches!(found, "table" | "template"),
            ),
            "a" => self.count_to(|found| found == "a", |_, is_special| is_special),
            name if BLOCKS.contains(&name) => {
                self.count_to(|found| found == "p", |_, is_special| is_special)
            }
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
            if end(name, open.is_special) {
                return 0;
            }
        }
        0
    }
}
