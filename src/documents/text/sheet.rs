//! The text of an Excel workbook (SpreadsheetML, ECMA-376 part 1, 18): each sheet's name, then its rows, a line each.

use super::{
    archive::Archive,
    package::{relations, show},
    reading::Reading,
    xml::{Element, Visitor},
};

const MAX_SHEETS: usize = 1000;
/// Texts that cells share; a workbook of 20 MB has fewer.
const MAX_SHARED: usize = 1_000_000;

pub(super) fn read(archive: &mut Archive<'_>, main: &str, reading: &mut Reading) {
    let mut book = Book::default();
    if !show(archive, main, &mut book, reading) {
        reading.note_damage();
    }
    let relations = relations(archive, main, reading);
    let mut shared = Shared::default();
    let shared_part = relations
        .iter()
        .find(|relation| relation.kind == "sharedStrings")
        .map_or("xl/sharedStrings.xml", |relation| relation.target.as_str());
    show(archive, shared_part, &mut shared, reading);
    for sheet in book.sheets {
        if reading.is_full() {
            return;
        }
        reading.line(&sheet.name);
        let Some(relation) = relations.iter().find(|relation| relation.id == sheet.id) else {
            continue;
        };
        show(
            archive,
            &relation.target,
            &mut Rows::new(&shared.texts),
            reading,
        );
        reading.end_line();
    }
    let comments = archive
        .names()
        .filter(|name| name.starts_with("xl/comments") || name.starts_with("xl/threadedComments/"));
    for part in comments.map(str::to_owned).collect::<Vec<_>>() {
        show(archive, &part, &mut Comments::default(), reading);
    }
}

#[derive(Default)]
struct Book {
    sheets: Vec<Sheet>,
}

struct Sheet {
    name: String,
    id: String,
}

impl Visitor for Book {
    fn start(&mut self, element: &Element<'_>, _: &mut Reading) {
        if element.name == "sheet" && self.sheets.len() < MAX_SHEETS {
            self.sheets.push(Sheet {
                name: element.attribute("name").unwrap_or_default(),
                id: element.prefixed_attribute("id").unwrap_or_default(),
            });
        }
    }

    fn end(&mut self, _: &str, _: &mut Reading) {}

    fn text(&mut self, _: &str, _: &mut Reading) {}
}

/// The table of texts that cells refer to by number.
#[derive(Default)]
struct Shared {
    texts: Vec<String>,
    in_text: bool,
    /// How to pronounce a text is not part of it.
    in_phonetic: bool,
}

impl Visitor for Shared {
    fn start(&mut self, element: &Element<'_>, _: &mut Reading) {
        match element.name {
            "si" if self.texts.len() < MAX_SHARED => self.texts.push(String::new()),
            "t" => self.in_text = true,
            "rPh" => self.in_phonetic = true,
            _ => (),
        }
    }

    fn end(&mut self, name: &str, _: &mut Reading) {
        match name {
            "t" => self.in_text = false,
            "rPh" => self.in_phonetic = false,
            _ => (),
        }
    }

    fn text(&mut self, text: &str, _: &mut Reading) {
        if self.in_text
            && !self.in_phonetic
            && let Some(last) = self.texts.last_mut()
        {
            last.push_str(text);
        }
    }
}

struct Rows<'s> {
    shared: &'s [String],
    kind: Kind,
    /// Within the value of a cell.
    in_value: bool,
    value: String,
}

#[derive(PartialEq)]
enum Kind {
    Shared,
    /// Text that stands in the cell, or a number as it is kept.
    Own,
    /// Errors and truth values, which nobody searches for.
    Other,
}

impl<'s> Rows<'s> {
    fn new(shared: &'s [String]) -> Self {
        Self {
            shared,
            kind: Kind::Own,
            in_value: false,
            value: String::new(),
        }
    }

    fn end_cell(&mut self, reading: &mut Reading) {
        let value = match self.kind {
            Kind::Shared => self
                .value
                .trim()
                .parse()
                .ok()
                .and_then(|index: usize| self.shared.get(index))
                .map_or("", String::as_str),
            Kind::Own => &self.value,
            Kind::Other => "",
        };
        if !value.trim().is_empty() {
            reading.push(value.trim());
            reading.push("\t");
        }
        self.value.clear();
    }
}

impl Visitor for Rows<'_> {
    fn start(&mut self, element: &Element<'_>, _: &mut Reading) {
        match element.name {
            "c" => {
                self.kind = match element.attribute("t").as_deref() {
                    Some("s") => Kind::Shared,
                    Some("b" | "e") => Kind::Other,
                    _ => Kind::Own,
                };
            }
            "v" | "t" => self.in_value = true,
            _ => (),
        }
    }

    fn end(&mut self, name: &str, reading: &mut Reading) {
        match name {
            "v" | "t" => self.in_value = false,
            "c" => self.end_cell(reading),
            "row" => reading.end_line(),
            _ => (),
        }
    }

    fn text(&mut self, text: &str, _: &mut Reading) {
        if self.in_value {
            self.value.push_str(text);
        }
    }
}

#[derive(Default)]
struct Comments {
    in_text: bool,
}

impl Visitor for Comments {
    fn start(&mut self, element: &Element<'_>, _: &mut Reading) {
        self.in_text |= matches!(element.name, "t" | "text");
    }

    fn end(&mut self, name: &str, reading: &mut Reading) {
        match name {
            "t" => self.in_text = false,
            "text" => {
                self.in_text = false;
                reading.end_line();
            }
            _ => (),
        }
    }

    fn text(&mut self, text: &str, reading: &mut Reading) {
        if self.in_text {
            reading.push(text);
        }
    }
}
