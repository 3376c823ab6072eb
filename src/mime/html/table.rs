//! A table's rows as lines: cells apart by a bar where they are short, one below the other where they are not.
//!
//! Most tables of mails only place things on the page; what stands in their cells is read as if there were no table.

/// Cells of a table that has no marks of one stand on one line when that is short.
const MAX_LINE_BYTES: usize = 200;
const MAX_DATA_LINE_BYTES: usize = 2_000;
const MAX_CELLS: usize = 1_000;

pub(super) struct Table {
    /// It has borders or headings: its cells belong together.
    is_data: bool,
    /// It says that it only places things.
    is_layout: bool,
    /// Quotations that it stands in.
    quotations: usize,
    indent: usize,
    done: String,
    row: Vec<String>,
    cell: Option<String>,
}

impl Table {
    pub(super) fn new(is_data: bool, is_layout: bool, quotations: usize, indent: usize) -> Self {
        Self {
            is_data,
            is_layout,
            quotations,
            indent,
            done: String::new(),
            row: Vec::new(),
            cell: None,
        }
    }

    pub(super) fn quotations(&self) -> usize {
        self.quotations
    }

    pub(super) fn indent(&self) -> usize {
        self.indent
    }

    pub(super) fn push_line(&mut self, line: &str) {
        let to = match &mut self.cell {
            Some(cell) => cell,
            None => &mut self.done,
        };
        to.push_str(line);
        to.push('\n');
    }

    pub(super) fn begin_cell(&mut self, is_head: bool) {
        self.end_cell();
        self.is_data |= is_head && !self.is_layout;
        self.cell = Some(String::new());
    }

    pub(super) fn end_cell(&mut self) {
        if let Some(cell) = self.cell.take() {
            self.row.push(cell);
        }
        if self.row.len() >= MAX_CELLS {
            self.end_row();
        }
    }

    pub(super) fn end_row(&mut self) {
        if let Some(cell) = self.cell.take() {
            self.row.push(cell);
        }
        let row = std::mem::take(&mut self.row);
        match self.on_one_line(&row) {
            Some(line) => {
                self.done.push_str(&line);
                self.done.push('\n');
            }
            None => self.done.extend(row),
        }
    }

    pub(super) fn into_lines(mut self) -> String {
        self.end_row();
        self.done
    }

    /// `None` when the cells are to be read one below the other.
    fn on_one_line(&self, row: &[String]) -> Option<String> {
        let cells: Vec<&str> = row.iter().map(|cell| cell.trim()).collect();
        if cells.iter().filter(|cell| !cell.is_empty()).count() < 2 {
            return None;
        }
        let limit = if self.is_data {
            MAX_DATA_LINE_BYTES
        } else {
            MAX_LINE_BYTES
        };
        let is_short = cells.iter().map(|cell| cell.len()).sum::<usize>() <= limit;
        let is_simple = |cell: &&str| {
            !cell.starts_with('>')
                && (!cell.contains('\n') || (self.is_data && cell.len() <= MAX_LINE_BYTES))
        };
        if !is_short || !cells.iter().all(is_simple) {
            return None;
        }
        let mut line = String::new();
        let mut last_told: Option<&str> = None;
        for cell in cells {
            // An empty cell is told where its place means something.
            if cell.is_empty() && !self.is_data {
                continue;
            }
            let is_apart = last_told.is_some_and(|last| !last.ends_with(':') && !self.is_layout);
            if is_apart {
                line.push_str(" |");
            }
            if !cell.is_empty() {
                line.push(' ');
                line.push_str(&cell.replace('\n', " / "));
            }
            last_told = Some(cell);
        }
        Some(
            line.trim_matches(' ')
                .trim_end_matches([' ', '|'])
                .to_owned(),
        )
    }
}
