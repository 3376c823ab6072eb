//! What documents of Office have in common: parts that refer to each other, properties, macros (ECMA-376 part 2).

use super::{
    archive::Archive,
    format::Format,
    presentation,
    reading::Reading,
    sheet, word,
    xml::{self, Element, TextOf, Visitor},
};

/// References out of one part; a workbook has one for each of its sheets.
const MAX_RELATIONS: usize = 10_000;

/// Reads a document of Office.
pub(super) fn read(archive: &mut Archive<'_>, format: Format, reading: &mut Reading) {
    note_macros(archive, reading);
    if archive.is_encrypted() {
        reading.note(
            "encrypted",
            "the file, or a part of it, is behind a password",
        );
    }
    if let Some(title) = property(archive, "docProps/core.xml", "title", reading) {
        reading.offer_title(&title);
    }
    let main = main_part(archive, format, reading);
    match format {
        Format::Xlsx => sheet::read(archive, &main, reading),
        Format::Pptx => presentation::read(archive, &main, reading),
        _ => word::read(archive, &main, reading),
    }
}

fn note_macros(archive: &Archive<'_>, reading: &mut Reading) {
    let is_macro = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.ends_with("vbaproject.bin") || name.starts_with("xl/macrosheets/")
    };
    if archive.names().any(is_macro) {
        reading.note(
            "has_macros",
            "the document carries macros; they were not read",
        );
    }
}

/// The text of the first element of this name.
pub(super) fn property(
    archive: &mut Archive<'_>,
    part: &str,
    element: &str,
    reading: &mut Reading,
) -> Option<String> {
    let mut visitor = TextOf::element(element);
    show(archive, part, &mut visitor, reading).then_some(())?;
    visitor.found
}

/// Shows a part to the visitor; false when there is none of this name.
pub(super) fn show(
    archive: &mut Archive<'_>,
    part: &str,
    visitor: &mut impl Visitor,
    reading: &mut Reading,
) -> bool {
    let budget = reading.budget.clone();
    let Some(source) = archive.part(part, &budget) else {
        return false;
    };
    xml::read(source, visitor, reading);
    true
}

/// The part that the package says is the document; else the one that is usually.
fn main_part(archive: &mut Archive<'_>, format: Format, reading: &mut Reading) -> String {
    relations(archive, "", reading)
        .into_iter()
        .find(|relation| relation.kind == "officeDocument")
        .map(|relation| relation.target)
        .filter(|target| archive.has(target))
        .unwrap_or_else(|| {
            match format {
                Format::Xlsx => "xl/workbook.xml",
                Format::Pptx => "ppt/presentation.xml",
                _ => "word/document.xml",
            }
            .to_owned()
        })
}

/// How one part refers to another.
pub(super) struct Relation {
    pub id: String,
    /// The last step of its type: `officeDocument`, `notesSlide`.
    pub kind: String,
    /// From the root of the package.
    pub target: String,
}

/// What a part refers to within the package.
pub(super) fn relations(
    archive: &mut Archive<'_>,
    part: &str,
    reading: &mut Reading,
) -> Vec<Relation> {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let mut visitor = Relations {
        folder,
        found: Vec::new(),
    };
    let slash = if folder.is_empty() { "" } else { "/" };
    show(
        archive,
        &format!("{folder}{slash}_rels/{file}.rels"),
        &mut visitor,
        reading,
    );
    visitor.found
}

struct Relations<'f> {
    folder: &'f str,
    found: Vec<Relation>,
}

impl Visitor for Relations<'_> {
    fn start(&mut self, element: &Element<'_>, _: &mut Reading) {
        if element.name != "Relationship"
            || self.found.len() >= MAX_RELATIONS
            || element
                .attribute("TargetMode")
                .is_some_and(|mode| mode == "External")
        {
            return;
        }
        let (Some(id), Some(kind), Some(target)) = (
            element.attribute("Id"),
            element.attribute("Type"),
            element.attribute("Target"),
        ) else {
            return;
        };
        self.found.push(Relation {
            id,
            kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
            target: from_root(self.folder, &target),
        });
    }

    fn end(&mut self, _: &str, _: &mut Reading) {}

    fn text(&mut self, _: &str, _: &mut Reading) {}
}

fn from_root(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "" | "." => (),
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::from_root;

    #[test]
    fn targets_are_found_from_the_root() {
        for (folder, target, expected) in [
            ("", "word/document.xml", "word/document.xml"),
            (
                "ppt/slides",
                "../notesSlides/n1.xml",
                "ppt/notesSlides/n1.xml",
            ),
            (
                "xl",
                "/xl/worksheets/sheet1.xml",
                "xl/worksheets/sheet1.xml",
            ),
            ("xl", "../../../etc/passwd", "etc/passwd"),
        ] {
            assert_eq!(from_root(folder, target), expected);
        }
    }
}
