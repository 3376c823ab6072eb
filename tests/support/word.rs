//! Word documents, put together part by part, and the forms that carry them.

use std::io::{Cursor, Read as _, Write as _};

use reqwest::Method;
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::app::{Answer, App, answer};

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
</Types>"#;
const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>
</Relationships>"#;

/// A document whose paragraphs are these lines.
pub fn docx(lines: &str) -> Vec<u8> {
    let paragraph =
        |line: &str| format!("<w:p><w:r><w:t xml:space=\"preserve\">{line}</w:t></w:r></w:p>");
    docx_of(&lines.lines().map(paragraph).collect::<String>())
}

/// A document of this body.
pub fn docx_of(body: &str) -> Vec<u8> {
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document \
         xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}<w:sectPr/></w:body></w:document>"
    );
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELATIONS),
        ("word/document.xml", &document),
    ] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub fn part(docx: &[u8], name: &str) -> String {
    let mut zip = ZipArchive::new(Cursor::new(docx)).unwrap();
    let mut text = String::new();
    zip.by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

/// The body's text without its tags.
pub fn text(docx: &[u8]) -> String {
    let body = part(docx, "word/document.xml");
    let tagless = body
        .split('<')
        .filter_map(|piece| piece.split_once('>'))
        .map(|(_, text)| text);
    tagless.collect()
}

/// Media type and bytes of a form with a file and fields.
pub fn form(name: &str, file: &[u8], fields: &[(&str, &str)]) -> (&'static str, Vec<u8>) {
    form_of(&[(name, file)], fields)
}

pub fn form_of(files: &[(&str, &[u8])], fields: &[(&str, &str)]) -> (&'static str, Vec<u8>) {
    let mut body = Vec::new();
    for (field, value) in fields {
        body.extend(
            format!(
                "--limes\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n"
            )
            .bytes(),
        );
    }
    for (name, file) in files {
        body.extend(format!("--limes\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").bytes());
        body.extend_from_slice(file);
        body.extend(b"\r\n");
    }
    body.extend(b"--limes--\r\n");
    ("multipart/form-data; boundary=limes", body)
}

/// Sends a file in.
pub async fn send(
    app: &App,
    path: &str,
    user: &str,
    name: &str,
    file: &[u8],
    fields: &[(&str, &str)],
) -> Answer {
    let (media_type, body) = form(name, file, fields);
    let request = app
        .request(Method::POST, path, user)
        .header("Content-Type", media_type);
    answer(
        request
            .header("Idempotency-Key", format!("{path} {name}"))
            .body(body),
    )
    .await
}
