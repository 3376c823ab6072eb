//! The text of a PowerPoint presentation (PresentationML, ECMA-376 part 1, 19): slides in order, each with its notes.

use super::{
    archive::Archive,
    package::{relations, show},
    reading::Reading,
    xml::{Element, Visitor},
};

const MAX_SLIDES: usize = 1000;

pub(super) fn read(archive: &mut Archive<'_>, main: &str, reading: &mut Reading) {
    let mut order = Order::default();
    if !show(archive, main, &mut order, reading) {
        reading.note_damage();
    }
    let targets = relations(archive, main, reading);
    let listed = order.ids.iter().filter_map(|id| {
        targets
            .iter()
            .find(|relation| relation.id == *id)
            .map(|relation| relation.target.clone())
    });
    let mut slides: Vec<String> = listed.filter(|slide| archive.has(slide)).collect();
    if slides.is_empty() {
        slides = archive
            .names()
            .filter(|name| name.starts_with("ppt/slides/slide"))
            .map(str::to_owned)
            .collect();
    }
    for slide in slides {
        if reading.is_full() {
            return;
        }
        show(archive, &slide, &mut Slide::default(), reading);
        reading.end_line();
        let notes = relations(archive, &slide, reading)
            .into_iter()
            .find(|relation| relation.kind == "notesSlide");
        if let Some(notes) = notes {
            show(archive, &notes.target, &mut Slide::notes(), reading);
            reading.end_line();
        }
    }
}

#[derive(Default)]
struct Order {
    ids: Vec<String>,
}

impl Visitor for Order {
    fn start(&mut self, element: &Element<'_>, _: &mut Reading) {
        if element.name == "sldId" && self.ids.len() < MAX_SLIDES {
            self.ids.extend(element.prefixed_attribute("id"));
        }
    }

    fn end(&mut self, _: &str, _: &mut Reading) {}

    fn text(&mut self, _: &str, _: &mut Reading) {}
}

#[derive(Default)]
struct Slide {
    is_notes: bool,
    in_text: bool,
    /// Within a shape that holds the slide's title.
    title: Option<String>,
    /// Within one that every slide has: number, date, footer.
    in_frame: bool,
}

impl Slide {
    fn notes() -> Self {
        Self {
            is_notes: true,
            ..Self::default()
        }
    }
}

impl Visitor for Slide {
    fn start(&mut self, element: &Element<'_>, reading: &mut Reading) {
        match element.name {
            "ph" => match element.attribute("type").as_deref() {
                Some("title" | "ctrTitle") if !self.is_notes => self.title = Some(String::new()),
                Some("sldNum" | "dt" | "ftr" | "sldImg" | "hdr") => self.in_frame = true,
                _ => (),
            },
            "t" => self.in_text = true,
            "br" if !self.in_frame => reading.push("\n"),
            _ => (),
        }
    }

    fn end(&mut self, name: &str, reading: &mut Reading) {
        match name {
            "t" => self.in_text = false,
            "p" if self.title.is_some() => {
                if let Some(title) = &mut self.title {
                    title.push(' ');
                }
                reading.end_line();
            }
            "p" => reading.end_line(),
            "tc" => reading.push("\t"),
            "sp" => {
                if let Some(title) = self.title.take() {
                    reading.offer_heading(&title);
                }
                self.in_frame = false;
            }
            _ => (),
        }
    }

    fn text(&mut self, text: &str, reading: &mut Reading) {
        if self.in_text && !self.in_frame {
            reading.push(text);
            if let Some(title) = &mut self.title {
                title.push_str(text);
            }
        }
    }
}
