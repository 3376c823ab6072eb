//! Words into lines: white space collapses, list items are indented, quotations have their `>`.
//!
//! A table's row is kept until it ends: only then is it known whether its cells stand on one line.

use std::borrow::Cow;

use super::table::Table;
use crate::mime::text::Text;

/// Tables within each other whose rows are put on one line; deeper ones are layout.
const MAX_TABLES: usize = 8;
const MAX_QUOTATIONS: usize = 9;
const MAX_INDENT: usize = 24;
/// As Outlook writes a line across the page.
const RULE: &str = "________________________________";

#[expect(
    clippy::struct_excessive_bools,
    reason = "each stands for something else that was seen"
)]
pub(super) struct Lines<'o> {
    out: &'o mut Text,
    line: String,
    /// Something stands on the line, beside a marker and spaces.
    begun: bool,
    /// White space stands before the next letter.
    space: bool,
    pub indent: usize,
    /// Stands before the next line that says something.
    marker: Option<String>,
    /// Drawn before the next line that says something.
    rule: bool,
    quotations: usize,
    /// All that follows is earlier mail.
    history: bool,
    /// A line above: when `Fra:` follows, an earlier mail begins.
    history_may_begin: bool,
    tables: Vec<Table>,
}

impl<'o> Lines<'o> {
    pub(super) fn into(out: &'o mut Text) -> Self {
        Self {
            out,
            line: String::new(),
            begun: false,
            space: false,
            indent: 0,
            marker: None,
            rule: false,
            quotations: 0,
            history: false,
            history_may_begin: false,
            tables: Vec::new(),
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.out.is_full()
    }

    pub(super) fn text(&mut self, text: &str, preformatted: bool) {
        for c in text.chars() {
            match c {
                '\n' if preformatted => self.end_line(),
                ' ' | '\t' if preformatted => self.letter(c),
                ' ' | '\t' | '\n' | '\r' | '\x0c' => self.space = true,
                c => self.letter(c),
            }
        }
    }

    pub(super) fn letter(&mut self, c: char) {
        if is_unseen(c) {
            return;
        }
        if !self.begun {
            self.begin_line();
        } else if self.space {
            self.line.push(' ');
        }
        self.space = false;
        self.begun = true;
        self.line.push(if c == '\u{a0}' { ' ' } else { c });
    }

    pub(super) fn add_space(&mut self) {
        self.space = true;
    }

    fn begin_line(&mut self) {
        let marker = self.marker.take().unwrap_or_default();
        let indent = self.indent.saturating_sub(marker.chars().count());
        self.line.extend(std::iter::repeat_n(' ', indent));
        self.line.push_str(&marker);
    }

    /// Ends the line, also an empty one.
    pub(super) fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if self.begun {
            self.notice_history(&line);
            if std::mem::take(&mut self.rule) && !self.out.is_blank() {
                self.push_line(RULE);
            }
        }
        self.push_line(line.trim_end());
        self.begun = false;
        self.space = false;
    }

    /// Ends the line that something stands on.
    pub(super) fn end_block(&mut self) {
        if self.begun {
            self.end_line();
        } else {
            self.space = false;
        }
    }

    pub(super) fn rule(&mut self) {
        self.end_block();
        self.rule = true;
    }

    pub(super) fn mark(&mut self, marker: String) {
        self.marker = Some(marker);
    }

    pub(super) fn indent_by(&mut self, indent: usize) {
        self.indent = indent.min(MAX_INDENT);
    }

    pub(super) fn quote(&mut self) {
        self.end_block();
        self.rule = false;
        self.quotations += 1;
    }

    pub(super) fn end_quote(&mut self) {
        self.end_block();
        self.quotations = self.quotations.saturating_sub(1);
    }

    pub(super) fn begin_history(&mut self) {
        self.end_block();
        self.rule = false;
        self.history = true;
    }

    pub(super) fn history_may_begin(&mut self) {
        self.end_block();
        self.history_may_begin = true;
    }

    fn notice_history(&mut self, line: &str) {
        if std::mem::take(&mut self.history_may_begin) && begins_with_sender(line) && !self.history
        {
            self.history = true;
            self.rule = false;
        }
    }

    fn quotation_depth(&self) -> usize {
        (self.quotations + usize::from(self.history)).min(MAX_QUOTATIONS)
    }

    /// A line onto the page, or into the cell that is being read.
    fn push_line(&mut self, line: &str) {
        let depth = self.quotation_depth();
        let within = |table: &Table| depth.saturating_sub(table.quotations());
        if let Some(table) = self.tables.last_mut() {
            let marked = quoted(line, within(table));
            table.push_line(&marked);
        } else {
            self.out.push(&quoted(line, depth));
            self.out.push("\n");
        }
    }

    pub(super) fn begin_table(&mut self, is_data: bool, is_layout: bool) -> bool {
        self.end_block();
        if self.tables.len() >= MAX_TABLES {
            return false;
        }
        let indent = std::mem::take(&mut self.indent);
        self.tables.push(Table::new(
            is_data,
            is_layout,
            self.quotation_depth(),
            indent,
        ));
        true
    }

    pub(super) fn is_in_table(&self) -> bool {
        !self.tables.is_empty()
    }

    pub(super) fn begin_cell(&mut self, is_head: bool) {
        self.end_block();
        if let Some(table) = self.tables.last_mut() {
            table.begin_cell(is_head);
        }
    }

    /// What stands between cells, or after the last, is no part of a row.
    pub(super) fn end_cell(&mut self) {
        self.end_block();
        if let Some(table) = self.tables.last_mut() {
            table.end_cell();
        }
    }

    pub(super) fn end_row(&mut self) {
        self.end_block();
        if let Some(table) = self.tables.last_mut() {
            table.end_row();
        }
    }

    /// The table's lines go to where it stands.
    pub(super) fn end_table(&mut self) {
        self.end_block();
        if let Some(table) = self.tables.pop() {
            self.indent = table.indent();
            let lines = table.into_lines();
            let indent = " ".repeat(self.indent);
            // Its quotation signs within are written already; those around it are not.
            for line in lines.lines() {
                let depth = self.quotation_depth();
                if let Some(around) = self.tables.last_mut() {
                    let depth = depth.saturating_sub(around.quotations());
                    around.push_line(&quoted(&format!("{indent}{line}"), depth));
                } else {
                    self.out.push(&quoted(&format!("{indent}{line}"), depth));
                    self.out.push("\n");
                }
            }
        }
    }
}

/// As the fields do that Outlook writes over an earlier mail.
pub(super) fn begins_with_sender(line: &str) -> bool {
    ["Fra:", "From:", "Von:", "Från:"]
        .iter()
        .any(|label| line.trim_start().starts_with(label))
}

/// Soft hyphens and joiners of no width part words that a reader, and a search, knows as one.
fn is_unseen(c: char) -> bool {
    (c.is_control() && c != '\t')
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{200b}' | '\u{200c}' | '\u{2060}' | '\u{feff}'
        )
}

fn quoted(line: &str, depth: usize) -> Cow<'_, str> {
    if depth == 0 {
        return Cow::Borrowed(line);
    }
    let signs = ">".repeat(depth);
    Cow::Owned(match line {
        "" => signs,
        line if line.starts_with('>') => format!("{signs}{line}"),
        line => format!("{signs} {line}"),
    })
}
