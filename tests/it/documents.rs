//! Attachments are read by a child process, and no file costs more than its own text.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sagspost::documents::{
    reader::Reader,
    text::{Extracted, Format},
};

fn reader() -> Reader {
    Reader::of(env!("CARGO_BIN_EXE_sagspost").into())
}

fn codes(read: &Extracted) -> Vec<&str> {
    read.notes.iter().map(|note| note.code.as_str()).collect()
}

#[tokio::test]
async fn the_child_reads_what_the_library_reads() {
    let read = reader()
        .read(
            "Kære Birthe\nHækken er for høj.".as_bytes(),
            "brev.txt",
            "text/plain",
        )
        .await;
    assert_eq!(
        (read.format, read.text.as_str(), read.heading.as_deref()),
        (
            Format::Text,
            "Kære Birthe\nHækken er for høj.",
            Some("Kære Birthe")
        )
    );
}

#[tokio::test]
async fn a_child_that_does_not_end_is_killed() {
    // It never ends by itself.
    let read = Reader::of("/usr/bin/yes".into())
        .within(Duration::from_millis(300))
        .read(b"hej", "a.txt", "")
        .await;
    assert_eq!(codes(&read), ["reader_took_too_long"]);
}

#[tokio::test]
async fn a_child_that_cannot_start_or_answers_nonsense_costs_the_text() {
    for program in [
        "/nonexistent/sagspost",
        "/bin/false",
        "/bin/true",
        "/bin/cat",
    ] {
        let read = Reader::of(program.into()).read(b"hej", "a.txt", "").await;
        assert_eq!(codes(&read), ["reader_failed"], "{program}");
    }
}

#[tokio::test]
async fn a_picture_needs_no_child() {
    let read = Reader::of("/nonexistent/sagspost".into())
        .read(b"\x89PNG\r\n\x1a\n", "foto.png", "image/png")
        .await;
    assert_eq!((read.format, read.notes), (Format::Picture, Vec::new()));
}

#[tokio::test]
async fn loops_in_a_pdf_end() {
    let page_tree = pdf(&[
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R 2 0 R]/Count 2/Parent 2 0 R>>",
        b"<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>",
    ]);
    let form = pdf(&[
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>",
        b"<</Length 5>>stream\n/X Do\nendstream",
        b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>/Length 5>>stream\n/X Do\nendstream",
    ]);
    let inherited = pdf(&[
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1/Parent 2 0 R>>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>",
        b"<</Length 5>>stream\nBT ET\nendstream",
    ]);
    for (name, bytes) in [("tree", page_tree), ("form", form), ("parent", inherited)] {
        let read = reader().read(&bytes, "a.pdf", "").await;
        assert!(!read.notes.is_empty(), "{name}: {read:?}");
    }
}

#[tokio::test]
async fn a_pdf_that_unpacks_to_everything_runs_out_of_its_own_memory() {
    let packed = deflated(600_000_000);
    let mut stream =
        format!("<</Length {}/Filter/FlateDecode>>stream\n", packed.len()).into_bytes();
    stream.extend(&packed);
    stream.extend(b"\nendstream");
    let bytes = pdf(&[
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<>>>>",
        &stream,
    ]);
    let read = reader().read(&bytes, "a.pdf", "").await;
    assert!(
        matches!(
            codes(&read)[..],
            ["reader_out_of_memory" | "reader_took_too_long"]
        ),
        "{:?}",
        read.notes
    );
}

#[tokio::test]
async fn files_that_broke_others_break_nothing_here() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/mime/tika");
    for path in files(&folder) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = fs::read(&path).unwrap();
        let started = Instant::now();
        let read = reader().read(&bytes, &name, "").await;
        println!(
            "{:>6} ms {:>8} bytes {name}: {:?} text {} title {:?} heading {:?} language {:?} notes {:?}",
            started.elapsed().as_millis(),
            bytes.len(),
            read.format,
            read.text.len(),
            read.title,
            read.heading,
            read.language,
            codes(&read)
        );
        assert!(
            !codes(&read).iter().any(|code| code.starts_with("reader_")),
            "{name}: {:?}",
            read.notes
        );
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_file() {
            found.push(path);
        } else if let Ok(entries) = fs::read_dir(&path) {
            waiting.extend(entries.map(|entry| entry.unwrap().path()));
        }
    }
    found.sort();
    found
}

fn pdf(objects: &[&[u8]]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let mut at = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        at.push(bytes.len());
        bytes.extend(format!("{} 0 obj\n", index + 1).as_bytes());
        bytes.extend(*object);
        bytes.extend(b"\nendobj\n");
    }
    let start = bytes.len();
    bytes.extend(format!("xref\n0 {}\n0000000000 65535 f \n", at.len() + 1).as_bytes());
    for offset in &at {
        bytes.extend(format!("{offset:010} 00000 n \n").as_bytes());
    }
    let size = at.len() + 1;
    bytes.extend(
        format!("trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").as_bytes(),
    );
    bytes
}

/// So many spaces as a zlib stream, taken out of a zip archive: its raw deflate between header and checksum.
fn deflated(count: usize) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("x", zip::write::SimpleFileOptions::default())
        .unwrap();
    let block = vec![b' '; 1_000_000];
    for _ in 0..count / block.len() {
        zip.write_all(&block).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut raw = vec![0x78, 0x9c];
    std::io::copy(&mut archive.by_index_raw(0).unwrap(), &mut raw).unwrap();
    raw
}
