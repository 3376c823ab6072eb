//! A journal note: what was said and matters to a case (offentlighedsloven § 13), with who wrote it down and when.

use std::io::Cursor;

use docx_rs::{Docx, Paragraph, Run, RunFonts, Style, StyleType};

use super::NotMade;

/// Sizes in half points, as Word counts them.
const TEXT: usize = 22;
const TITLE: usize = 30;
const SMALL: usize = 18;

pub struct Note<'n> {
    pub title: &'n str,
    pub text: &'n str,
    /// Lines above the text: which case, who, when.
    pub about: &'n [String],
    /// Names and values of custom document properties.
    pub properties: &'n [(&'n str, String)],
}

pub fn note(note: &Note<'_>) -> Result<Vec<u8>, NotMade> {
    let fonts = RunFonts::new()
        .ascii("Calibri")
        .hi_ansi("Calibri")
        .cs("Calibri");
    let mut docx = Docx::new()
        .default_fonts(fonts)
        .default_size(TEXT)
        .add_style(
            Style::new("Title", StyleType::Paragraph)
                .name("Title")
                .size(TITLE)
                .bold(),
        )
        .add_paragraph(
            Paragraph::new()
                .style("Title")
                .add_run(Run::new().add_text(written(note.title))),
        );
    for line in note.about {
        let run = Run::new()
            .size(SMALL)
            .color("595959")
            .add_text(written(line));
        docx = docx.add_paragraph(Paragraph::new().add_run(run));
    }
    docx = docx.add_paragraph(Paragraph::new());
    for line in note.text.lines() {
        docx = docx.add_paragraph(Paragraph::new().add_run(of_line(line)));
    }
    for (name, value) in note.properties {
        docx = docx.custom_property(*name, value.clone());
    }
    let mut out = Cursor::new(Vec::new());
    docx.build().pack(&mut out).map_err(|_| NotMade)?;
    Ok(out.into_inner())
}

fn of_line(line: &str) -> Run {
    let mut run = Run::new();
    for (at, part) in line.split('\t').enumerate() {
        if at > 0 {
            run = run.add_tab();
        }
        run = run.add_text(written(part));
    }
    run
}

/// Without what XML has no room for, and what would turn the letters after it around.
fn written(text: &str) -> String {
    let is_kept = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
    };
    text.chars().filter(is_kept).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::documents::{
        package::{Package, properties},
        template::Template,
    };

    #[test]
    fn a_note_says_what_was_written_and_carries_its_case() {
        let bytes = note(&Note {
            title: "Telefonnotat <1>",
            text: "Borgeren & jeg\n\taftalte\u{1}\u{202e} fristen.",
            about: &["Sag 2026-00017".to_owned()],
            properties: &[("sagspost:case", "a".to_owned())],
        })
        .unwrap();
        let shown = Template::read(bytes.clone().into()).unwrap().preview();
        let lines: Vec<_> = shown.iter().map(|shown| shown.text.trim()).collect();
        assert_eq!(
            lines,
            [
                "Telefonnotat <1>",
                "Sag 2026-00017",
                "Borgeren & jeg",
                "aftalte fristen."
            ]
        );
        let mut package = Package::open(Cursor::new(bytes)).unwrap();
        let found = properties(&mut package).unwrap();
        assert_eq!(
            (found[0].name.as_str(), found[0].value.as_str()),
            ("sagspost:case", "a")
        );
    }
}
