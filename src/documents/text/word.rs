//! The text of a Word document (WordprocessingML, ECMA-376 part 1, 17).
//!
//! Body, text boxes, tables, headers, footers, notes and comments, each paragraph a line and each table row a line.
//! Text that was deleted under tracking is left out, since its author took it out; field codes too.

use std::collections::HashMap;

use super::{
    archive::Archive,
    package::show,
    reading::Reading,
    xml::{Element, Visitor},
};

/// Styles that are kept, and how far one is followed to what it builds on.
const MAX_STYLES: usize = 5_000;
const MAX_STYLE_STEPS: usize = 10;
/// Text boxes within text boxes.
const MAX_PARAGRAPHS_OPEN: usize = 32;

pub(super) fn read(archive: &mut Archive<'_>, main: &str, reading: &mut Reading) {
    let folder = main
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder)
        .to_owned();
    let mut styles = Styles::default();
    show(
        archive,
        &format!("{folder}/styles.xml"),
        &mut styles,
        reading,
    );
    let mut body = Story::new(Some(&styles));
    if !show(archive, main, &mut body, reading) {
        reading.note_damage();
    }
    for part in side_stories(archive, &folder) {
        show(archive, &part, &mut Story::new(None), reading);
    }
}

/// Headers, footers, notes, comments.
fn side_stories(archive: &Archive<'_>, folder: &str) -> Vec<String> {
    let is_story = |name: &str| {
        name.strip_prefix(folder)
            .and_then(|name| name.strip_prefix('/'))
            .and_then(|name| name.strip_suffix(".xml"))
            .is_some_and(|name| {
                matches!(
                    name.trim_end_matches(|c: char| c.is_ascii_digit()),
                    "header" | "footer" | "footnotes" | "endnotes" | "comments"
                )
            })
    };
    archive
        .names()
        .filter(|name| is_story(name))
        .map(str::to_owned)
        .collect()
}

/// Which styles are headings: their ids are in the language of the program, their names in English.
#[derive(Default)]
struct Styles {
    by_id: HashMap<String, Style>,
    open: Option<(String, Style)>,
}

#[derive(Default)]
struct Style {
    is_heading: bool,
    builds_on: Option<String>,
}

impl Styles {
    fn is_heading(&self, id: &str) -> bool {
        let mut id = id;
        for _ in 0..MAX_STYLE_STEPS {
            if names_heading(id) {
                return true;
            }
            let Some(style) = self.by_id.get(id) else {
                return false;
            };
            if style.is_heading {
                return true;
            }
            let Some(next) = style.builds_on.as_deref() else {
                return false;
            };
            id = next;
        }
        false
    }
}

fn names_heading(name: &str) -> bool {
    let name = name.to_lowercase();
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
    matches!(
        stem,
        "heading" | "title" | "overskrift" | "titel" | "überschrift" | "rubrik"
    )
}

fn is_outline_level(element: &Element<'_>) -> bool {
    // Level 9 is body text.
    element.name == "outlineLvl"
        && element
            .attribute("val")
            .is_some_and(|level| level.trim() != "9")
}

impl Visitor for Styles {
    fn start(&mut self, element: &Element<'_>, _: &mut Reading) {
        if element.name == "style" {
            self.open = element
                .attribute("styleId")
                .map(|id| (id, Style::default()));
            return;
        }
        let Some((_, style)) = &mut self.open else {
            return;
        };
        match element.name {
            "name" => {
                style.is_heading |= element
                    .attribute("val")
                    .is_some_and(|name| names_heading(&name));
            }
            "basedOn" => style.builds_on = element.attribute("val"),
            _ => style.is_heading |= is_outline_level(element),
        }
    }

    fn end(&mut self, name: &str, _: &mut Reading) {
        if name == "style" && self.by_id.len() < MAX_STYLES {
            self.by_id.extend(self.open.take());
        }
    }

    fn text(&mut self, _: &str, _: &mut Reading) {}
}

/// The body, or what stands beside it.
struct Story<'s> {
    /// Only in the body may a heading be that of the document.
    styles: Option<&'s Styles>,
    paragraphs: Vec<Paragraph>,
    tables: usize,
    in_text: bool,
    /// Elements open whose content nobody reads.
    unread: usize,
}

#[derive(Default)]
struct Paragraph {
    text: String,
    is_heading: bool,
}

impl<'s> Story<'s> {
    fn new(styles: Option<&'s Styles>) -> Self {
        Self {
            styles,
            paragraphs: Vec::new(),
            tables: 0,
            in_text: false,
            unread: 0,
        }
    }

    fn add(&mut self, text: &str, reading: &mut Reading) {
        match self.paragraphs.last_mut() {
            Some(paragraph) => paragraph.text.push_str(text),
            None => reading.push(text),
        }
    }

    fn property(&mut self, element: &Element<'_>) {
        let (Some(styles), Some(paragraph)) = (self.styles, self.paragraphs.last_mut()) else {
            return;
        };
        paragraph.is_heading |= is_outline_level(element)
            || (element.name == "pStyle"
                && element
                    .attribute("val")
                    .is_some_and(|style| styles.is_heading(&style)));
    }

    fn end_paragraph(&mut self, reading: &mut Reading) {
        let Some(paragraph) = self.paragraphs.pop() else {
            return;
        };
        if paragraph.is_heading {
            reading.offer_heading(&paragraph.text);
        }
        if self.tables > 0 {
            reading.push(paragraph.text.trim());
            reading.push(" ");
        } else {
            reading.line(&paragraph.text);
        }
    }
}

/// Deleted or moved away under tracking; the copy of a text box for old programs; what a field computes from.
fn is_unread(name: &str) -> bool {
    matches!(
        name,
        "del" | "moveFrom" | "Fallback" | "instrText" | "delText" | "delInstrText"
    )
}

impl Visitor for Story<'_> {
    fn start(&mut self, element: &Element<'_>, reading: &mut Reading) {
        if is_unread(element.name) {
            self.unread += 1;
        }
        if self.unread > 0 {
            return;
        }
        match element.name {
            "p" if self.paragraphs.len() < MAX_PARAGRAPHS_OPEN => {
                self.paragraphs.push(Paragraph::default());
            }
            "t" => self.in_text = true,
            "tab" if self.paragraphs.last().is_some_and(|p| !p.text.is_empty()) => {
                self.add("\t", reading);
            }
            "br" | "cr" => self.add("\n", reading),
            "noBreakHyphen" => self.add("-", reading),
            "tbl" => self.tables += 1,
            "pStyle" | "outlineLvl" => self.property(element),
            _ => (),
        }
    }

    fn end(&mut self, name: &str, reading: &mut Reading) {
        if is_unread(name) {
            self.unread = self.unread.saturating_sub(1);
            return;
        }
        if self.unread > 0 {
            return;
        }
        match name {
            "p" => self.end_paragraph(reading),
            "t" => self.in_text = false,
            "tc" => reading.push("\t"),
            "tr" => reading.end_line(),
            "tbl" => {
                self.tables = self.tables.saturating_sub(1);
                reading.end_line();
            }
            _ => (),
        }
    }

    fn text(&mut self, text: &str, reading: &mut Reading) {
        if self.in_text && self.unread == 0 {
            self.add(text, reading);
        }
    }
}
