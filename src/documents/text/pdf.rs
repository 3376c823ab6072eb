//! The text of a PDF, page by page.
//!
//! The crate behind it panics on damaged files and follows loops: a page that panics is left out, what does not end is
//! ended by the child's limits. Nothing but the child process may call this.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use pdf_extract::{Document, Object, PlainTextOutput, output_doc_page};

use super::reading::Reading;

/// After so much of its CPU no further page is begun, so that what was read is kept before the child is ended.
const MAX_CPU: Duration = Duration::from_secs(7);
const MAX_PAGES: u32 = 5_000;

pub(super) fn read(bytes: &[u8], reading: &mut Reading) {
    let started = cpu_time();
    let Some(Ok(mut document)) = caught(|| Document::load_mem(bytes)) else {
        return reading.note_damage();
    };
    if document.is_encrypted() && !matches!(caught(|| document.decrypt("")), Some(Ok(()))) {
        reading.note(
            "encrypted",
            "the file, or a part of it, is behind a password",
        );
        return;
    }
    if let Some(title) = caught(|| title(&document)).flatten() {
        reading.offer_title(&title);
    }
    let Some(pages) = caught(|| document.get_pages().len()) else {
        return reading.note_damage();
    };
    let pages = u32::try_from(pages).unwrap_or(u32::MAX);
    if pages > MAX_PAGES {
        reading.note("too_many_pages", "only the first 5000 pages were read");
    }
    let before = reading.text_len();
    for number in 1..=pages.min(MAX_PAGES) {
        if reading.is_full() {
            break;
        }
        if cpu_time().saturating_sub(started) > MAX_CPU {
            reading.note(
                "reader_took_too_long",
                "the file takes too long to read; only its first pages were",
            );
            break;
        }
        read_page(&document, number, reading);
    }
    if reading.text_len() == before {
        reading.note(
            "no_text",
            "the file holds pictures of pages, or nothing: no text was found",
        );
    }
}

fn read_page(document: &Document, number: u32, reading: &mut Reading) {
    let mut page = String::new();
    let read = caught(|| {
        let mut output = PlainTextOutput::new(&mut page);
        output_doc_page(document, &mut output, number)
    });
    if !matches!(read, Some(Ok(()))) {
        reading.note(
            "pages_damaged",
            "some pages could not be read, or only in part",
        );
    }
    for line in page.lines().filter(|line| !line.trim().is_empty()) {
        reading.line(line);
    }
}

/// What this process has worked: on a busy machine a clock on the wall says nothing about the file.
fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or_default(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}

/// `None` when the crate panicked; what it lent is only looked at afterwards.
fn caught<T>(act: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(act)).ok()
}

fn title(document: &Document) -> Option<String> {
    let info = document.trailer.get(b"Info").ok()?;
    let info = match info {
        Object::Reference(id) => document.get_dictionary(*id).ok()?,
        other => other.as_dict().ok()?,
    };
    let title = info.get(b"Title").ok()?;
    let title = match title {
        Object::Reference(id) => document.get_object(*id).ok()?,
        other => other,
    };
    // Beside UTF-16 with its mark there is PDFDocEncoding, which has Danish letters where windows-1252 does.
    title.as_str().ok().map(super::plain::decoded)
}
