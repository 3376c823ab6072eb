//! The text of OpenDocument files (ODF 1.3): text, spreadsheets, presentations, zipped or in one XML file.

use super::{
    archive::Archive,
    package::{property, show},
    reading::Reading,
    xml::{Element, Visitor},
};

/// Spaces that one element stands for.
const MAX_SPACES: usize = 100;

pub(super) fn read(archive: &mut Archive<'_>, reading: &mut Reading) {
    if archive
        .names()
        .any(|name| name.starts_with("Basic/") || name.starts_with("Scripts/"))
    {
        reading.note(
            "has_macros",
            "the document carries macros; they were not read",
        );
    }
    let mut manifest = Manifest::default();
    show(archive, "META-INF/manifest.xml", &mut manifest, reading);
    if manifest.is_encrypted || archive.is_encrypted() {
        reading.note(
            "encrypted",
            "the file, or a part of it, is behind a password",
        );
        return;
    }
    if let Some(title) = property(archive, "meta.xml", "title", reading) {
        reading.offer_title(&title);
    }
    if !show(archive, "content.xml", &mut Content::default(), reading) {
        reading.note_damage();
    }
    reading.end_line();
    show(archive, "styles.xml", &mut Content::of_headers(), reading);
}

/// Reads a document that is one XML file.
pub(super) fn read_flat(bytes: &[u8], reading: &mut Reading) {
    super::xml::read(bytes, &mut Content::flat(), reading);
}

#[derive(Default)]
struct Manifest {
    is_encrypted: bool,
}

impl Visitor for Manifest {
    fn start(&mut self, element: &Element<'_>, _: &mut Reading) {
        self.is_encrypted |= element.name == "encryption-data";
    }

    fn end(&mut self, _: &str, _: &mut Reading) {}

    fn text(&mut self, _: &str, _: &mut Reading) {}
}

#[derive(Default)]
struct Content {
    /// Only what stands in headers and footers.
    only_headers: bool,
    headers: usize,
    /// Only a file in one piece has its properties and its styles here.
    is_flat: bool,
    in_body: usize,
    title: Option<String>,
    /// Paragraphs and headings open.
    paragraphs: usize,
    heading: Option<String>,
    cells: usize,
    /// Elements open whose content nobody reads.
    unread: usize,
}

impl Content {
    fn of_headers() -> Self {
        Self {
            only_headers: true,
            ..Self::default()
        }
    }

    fn flat() -> Self {
        Self {
            is_flat: true,
            ..Self::default()
        }
    }

    fn is_read(&self) -> bool {
        self.unread == 0
            && (!self.only_headers || self.headers > 0)
            && (!self.is_flat || self.in_body > 0)
    }

    fn add(&mut self, text: &str, reading: &mut Reading) {
        if self.paragraphs > 0 && self.is_read() {
            reading.push(text);
            if let Some(heading) = &mut self.heading {
                heading.push_str(text);
            }
        }
    }
}

/// What was deleted under tracking; what cannot be read as text; who wrote a comment and when.
fn is_unread(name: &str) -> bool {
    matches!(
        name,
        "tracked-changes" | "binary-data" | "creator" | "date" | "script" | "event-listeners"
    )
}

impl Visitor for Content {
    fn start(&mut self, element: &Element<'_>, reading: &mut Reading) {
        if is_unread(element.name) {
            self.unread += 1;
        }
        match element.name {
            "header" | "footer" | "header-left" | "footer-left" | "header-first"
            | "footer-first" => self.headers += 1,
            "body" => self.in_body += 1,
            "title" if self.is_flat && self.in_body == 0 => self.title = Some(String::new()),
            "p" | "h" => {
                // A comment or a text box may stand within a paragraph.
                if self.paragraphs > 0 {
                    self.add(" ", reading);
                }
                self.paragraphs += 1;
                let is_title = element
                    .attribute("style-name")
                    .is_some_and(|style| matches!(style.as_str(), "Title" | "Titel"));
                if (element.name == "h" || is_title)
                    && !self.only_headers
                    && self.heading.is_none()
                    && self.is_read()
                {
                    self.heading = Some(String::new());
                }
            }
            "s" => {
                let count = element
                    .attribute("c")
                    .and_then(|count| count.parse().ok())
                    .unwrap_or(1);
                self.add(&" ".repeat(count.min(MAX_SPACES)), reading);
            }
            "tab" => self.add("\t", reading),
            "line-break" => self.add("\n", reading),
            "table" if self.is_read() => {
                if let Some(name) = element.attribute("name") {
                    reading.line(&name);
                }
            }
            "table-cell" | "covered-table-cell" => self.cells += 1,
            _ => (),
        }
    }

    fn end(&mut self, name: &str, reading: &mut Reading) {
        if is_unread(name) {
            self.unread = self.unread.saturating_sub(1);
        }
        match name {
            "header" | "footer" | "header-left" | "footer-left" | "header-first"
            | "footer-first" => {
                self.headers = self.headers.saturating_sub(1);
            }
            "body" => self.in_body = self.in_body.saturating_sub(1),
            "title" => {
                if let Some(title) = self.title.take() {
                    reading.offer_title(&title);
                }
            }
            "p" | "h" => {
                self.paragraphs = self.paragraphs.saturating_sub(1);
                if self.paragraphs == 0 {
                    if let Some(heading) = self.heading.take() {
                        reading.offer_heading(&heading);
                    }
                    if self.cells > 0 {
                        reading.push(" ");
                    } else {
                        reading.end_line();
                    }
                }
            }
            "table-cell" | "covered-table-cell" => {
                self.cells = self.cells.saturating_sub(1);
                if self.is_read() {
                    reading.push("\t");
                }
            }
            "table-row" if self.is_read() => reading.end_line(),
            _ => (),
        }
    }

    fn text(&mut self, text: &str, reading: &mut Reading) {
        if let Some(title) = &mut self.title {
            title.push_str(text);
        }
        if self.paragraphs == 0 || !self.is_read() {
            return;
        }
        // White space in the source is a single space in the text.
        let mut words = text.split_ascii_whitespace();
        let Some(first) = words.next() else {
            return self.add(" ", reading);
        };
        if text.starts_with(|c: char| c.is_ascii_whitespace()) {
            self.add(" ", reading);
        }
        self.add(first, reading);
        for word in words {
            self.add(" ", reading);
            self.add(word, reading);
        }
        if text.ends_with(|c: char| c.is_ascii_whitespace()) {
            self.add(" ", reading);
        }
    }
}
