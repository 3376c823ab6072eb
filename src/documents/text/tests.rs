//! Documents built here are read as people wrote them, and hostile ones cost no more than they may.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::{ZipWriter, write::SimpleFileOptions};

use super::*;
use crate::growth::assert_linear;

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const ROOT: &str = r#"<Relationships><Relationship Id="a" Type="http://x/officeDocument" Target="word/document.xml"/></Relationships>"#;

fn docx(body: &str) -> Vec<u8> {
    docx_with(body, &[])
}

fn docx_with(body: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let document = format!("<w:document><w:body>{body}</w:body></w:document>");
    let mut files: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", ROOT.as_bytes()),
        ("word/document.xml", document.as_bytes()),
    ];
    files.extend(more);
    zipped(&files)
}

fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn styled(style: &str, text: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn codes(extracted: &Extracted) -> Vec<&str> {
    extracted
        .notes
        .iter()
        .map(|note| note.code.as_str())
        .collect()
}

#[test]
fn a_letter_in_word_is_read_with_all_that_stands_in_it() {
    let body = [
        p("Albertslund Kommune"),
        styled("Overskrift1", "Afgørelse om <![CDATA[hæk]]> &amp; hegn"),
        "<w:p><w:r><w:t xml:space=\"preserve\">Kære </w:t></w:r><w:r><w:t>Birthe</w:t><w:tab/><w:t>Åse</w:t></w:r></w:p>".to_owned(),
        "<w:p><w:del><w:r><w:delText>slettet</w:delText></w:r></w:del><w:ins><w:r><w:t>tilføjet</w:t></w:r></w:ins></w:p>".to_owned(),
        format!("<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}{}</w:tc></w:tr></w:tbl>", p("Vej"), p("Grønnegade"), p("4")),
        format!(
            "<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>{0}</w:txbxContent></mc:Choice>\
             <mc:Fallback><w:txbxContent>{0}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>udenom</w:t></w:r></w:p>",
            p("i en boks")
        ),
        "<w:p><w:r><w:instrText>PAGE</w:instrText><w:t>Slut</w:t></w:r></w:p>".to_owned(),
    ]
    .concat();
    let header = format!("<w:hdr>{}</w:hdr>", p("Sagsnr. 2024-00123"));
    let bytes = docx_with(
        &body,
        &[
            ("word/header1.xml", header.as_bytes()),
            (
                "word/comments.xml",
                format!("<c>{}</c>", p("Husk partshøring")).as_bytes(),
            ),
            (
                "docProps/core.xml",
                b"<cp:coreProperties><dc:title>Afg\xc3\xb8relse</dc:title></cp:coreProperties>",
            ),
        ],
    );
    let read = extract(&bytes, "scan001.docx", "");
    assert_eq!(
        read.text,
        "Albertslund Kommune\nAfgørelse om hæk & hegn\nKære Birthe\tÅse\ntilføjet\nVej \tGrønnegade 4\ni en boks\nudenom\n\
         Slut\nSagsnr. 2024-00123\nHusk partshøring"
    );
    assert_eq!(read.format, Format::Docx);
    assert_eq!(read.title.as_deref(), Some("Afgørelse"));
    assert_eq!(read.heading.as_deref(), Some("Afgørelse om hæk & hegn"));
    assert_eq!(read.notes, []);
}

#[test]
fn a_heading_is_known_by_the_style_it_builds_on() {
    let styles = b"<w:styles><w:style w:styleId=\"KommuneTop\"><w:basedOn w:val=\"X1\"/></w:style>\
                   <w:style w:styleId=\"X1\"><w:name w:val=\"heading 1\"/></w:style></w:styles>";
    let body = [
        p("Til alle på vejen"),
        styled("KommuneTop", "Varsel om påbud"),
    ]
    .concat();
    let read = extract(
        &docx_with(&body, &[("word/styles.xml", styles)]),
        "a.docx",
        "",
    );
    assert_eq!(read.heading.as_deref(), Some("Varsel om påbud"));
    let read = extract(&docx(&body), "a.docx", "");
    assert_eq!(read.heading.as_deref(), Some("Til alle på vejen"));
}

#[test]
fn a_workbook_is_read_row_by_row() {
    let bytes = zipped(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/workbook.xml", "<workbook><sheets><sheet name=\"Træer\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>".as_bytes()),
        (
            "xl/_rels/workbook.xml.rels",
            b"<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
        ),
        ("xl/sharedStrings.xml", "<sst><si><t>Bøg</t></si><si><r><t>Rød</t></r><r><t>eg</t></r></si></sst>".as_bytes()),
        (
            "xl/worksheets/sheet1.xml",
            "<worksheet><sheetData><row><c t=\"s\"><v>1</v></c><c><v>42.5</v></c><c t=\"inlineStr\"><is><t>Grønnegade</t></is></c></row>\
             <row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>99</v></c><c t=\"b\"><v>1</v></c></row></sheetData></worksheet>"
                .as_bytes(),
        ),
    ]);
    let read = extract(&bytes, "liste.xlsx", "");
    assert_eq!(read.text, "Træer\nRødeg\t42.5\tGrønnegade\nBøg");
    assert_eq!(
        (
            read.format,
            read.heading,
            codes(&extract(&bytes, "a.pdf", ""))
        ),
        (Format::Xlsx, None, vec!["extension_lies"])
    );
}

#[test]
fn slides_are_read_in_their_order_with_their_notes() {
    let slide = |title: &str| {
        format!(
            "<p:sld><p:sp><p:nvSpPr><p:ph type=\"title\"/></p:nvSpPr><a:p><a:r><a:t>{title}</a:t></a:r></a:p></p:sp>\
             <p:sp><p:ph type=\"sldNum\"/><a:p><a:t>7</a:t></a:p></p:sp></p:sld>"
        )
    };
    let (first, second) = (slide("Første møde"), slide("Næste skridt"));
    let bytes = zipped(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("ppt/presentation.xml", b"<p:presentation><p:sldId id=\"256\" r:id=\"b\"/><p:sldId id=\"257\" r:id=\"a\"/></p:presentation>"),
        (
            "ppt/_rels/presentation.xml.rels",
            b"<R><Relationship Id=\"a\" Type=\"slide\" Target=\"slides/slide1.xml\"/>\
              <Relationship Id=\"b\" Type=\"slide\" Target=\"slides/slide2.xml\"/></R>",
        ),
        ("ppt/slides/slide1.xml", second.as_bytes()),
        ("ppt/slides/slide2.xml", first.as_bytes()),
        (
            "ppt/slides/_rels/slide2.xml.rels",
            b"<R><Relationship Id=\"n\" Type=\"x/notesSlide\" Target=\"../notesSlides/notesSlide1.xml\"/></R>",
        ),
        ("ppt/notesSlides/notesSlide1.xml", "<p:notes><a:p><a:t>Sig velkommen på dansk</a:t></a:p></p:notes>".as_bytes()),
    ]);
    let read = extract(&bytes, "oplæg.pptx", "");
    assert_eq!(
        read.text,
        "Første møde\nSig velkommen på dansk\nNæste skridt"
    );
    assert_eq!(read.heading.as_deref(), Some("Første møde"));
}

#[test]
fn opendocument_is_read_alike() {
    let content = "<office:document-content><office:body><office:text><text:tracked-changes><text:p>slettet</text:p></text:tracked-changes>\
                   <text:p>Til   naboer</text:p><text:h text:outline-level=\"1\">Høring om <text:span>lokalplan</text:span></text:h>\
                   <table:table table:name=\"Frister\"><table:table-row><table:table-cell><text:p>1. maj</text:p></table:table-cell>\
                   <table:table-cell><text:p>Møde</text:p></table:table-cell></table:table-row></table:table>\
                   </office:text></office:body></office:document-content>";
    let styles = "<s><style:style><text:p>nej</text:p></style:style><style:footer><text:p>Side</text:p></style:footer></s>";
    let bytes = zipped(&[
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("content.xml", content.as_bytes()),
        ("styles.xml", styles.as_bytes()),
        (
            "meta.xml",
            "<m><dc:title>Lokalplan 7.3</dc:title></m>".as_bytes(),
        ),
    ]);
    let read = extract(&bytes, "høring.odt", "");
    assert_eq!(
        read.text,
        "Til naboer\nHøring om lokalplan\nFrister\n1. maj \tMøde\nSide"
    );
    assert_eq!(
        (read.format, read.title.as_deref(), read.heading.as_deref()),
        (
            Format::Odt,
            Some("Lokalplan 7.3"),
            Some("Høring om lokalplan")
        )
    );
    let flat = format!(
        "<?xml version=\"1.0\"?><office:document office:mimetype=\"application/vnd.oasis.opendocument.text\">\
         <office:meta><dc:title>Et brev</dc:title></office:meta>{}</office:document>",
        content
            .split_once('>')
            .unwrap()
            .1
            .replace("</office:document-content>", "")
    );
    let read = extract(flat.as_bytes(), "høring.fodt", "");
    assert_eq!(
        (read.format, read.title.as_deref()),
        (Format::Odt, Some("Et brev"))
    );
    assert!(read.text.starts_with("Til naboer\nHøring"), "{}", read.text);
}

#[test]
fn protection_and_macros_are_said() {
    let manifest = b"<m><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></m>";
    let odt = zipped(&[
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("META-INF/manifest.xml", manifest),
        ("content.xml", b"\x01\x02"),
    ]);
    assert_eq!(codes(&extract(&odt, "a.odt", "")), ["encrypted"]);
    let docm = docx_with(&p("Tryk på knappen"), &[("word/vbaProject.bin", b"x")]);
    let read = extract(&docm, "a.docm", "");
    assert_eq!(
        (read.text.as_str(), codes(&read)),
        ("Tryk på knappen", vec!["has_macros"])
    );
    let mut compound = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    compound.create_stream("EncryptedPackage").unwrap();
    let bytes = compound.into_inner().into_inner();
    let read = extract(&bytes, "brev.docx", "");
    assert_eq!(
        (read.format, codes(&read)),
        (Format::ProtectedOffice, vec!["encrypted"])
    );
}

#[test]
fn an_archive_gives_names_and_texts_one_level_deep() {
    let inner = zipped(&[("dybt.txt", b"for dybt")]);
    let bytes = zipped(&[
        ("bilag/brev.docx", &docx(&p("Støj om natten"))),
        ("bilag/noter.txt", "Målt d. 3. maj".as_bytes()),
        ("mere.zip", &inner),
        ("billede.png", b"\x89PNG"),
    ]);
    let read = extract(&bytes, "bilag.zip", "");
    assert_eq!(read.text, "bilag/brev.docx\nStøj om natten\nbilag/noter.txt\nMålt d. 3. maj\nmere.zip\ndybt.txt\nbilede.png".replace("bilede", "billede"));
    assert_eq!(
        (read.format, read.title, read.heading),
        (Format::Zip, None, None)
    );
}

#[test]
fn a_document_without_its_end_gives_what_is_left() {
    let body: String = (0..2_000)
        .map(|n| p(&format!("Linje {n} om støj")))
        .collect();
    let whole = docx(&body);
    let read = extract(&whole[..whole.len() * 3 / 4], "a.docx", "");
    assert_eq!(read.format, Format::Docx);
    assert!(
        read.text.starts_with("Linje 0 om støj\nLinje 1"),
        "{:?}",
        read.notes
    );
    assert!(codes(&read).contains(&"truncated"));
    for cut in (0..whole.len()).step_by(97) {
        extract(&whole[..cut], "a.docx", "");
    }
}

#[test]
fn texts_pages_and_mails_are_read_too() {
    let read = extract(b"Navn;Vej\nS\xf8ren;\xc5gade\n", "liste.csv", "text/csv");
    assert_eq!(
        (read.format, read.text.as_str()),
        (Format::Csv, "Navn;Vej\nSøren;Ågade")
    );
    let page = "<html><head><title>Referat &ndash; maj</title></head><body><h1>Møde</h1><p>Kaffe</p></body></html>";
    let read = extract(page.as_bytes(), "side.html", "");
    assert_eq!(
        (read.format, read.title.as_deref(), read.text.as_str()),
        (Format::Html, Some("Referat – maj"), "Møde\nKaffe")
    );
    let mail = "From: Ole <ole@x.example>\nSubject: Klage\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSe bilag\n--b\n\
                Content-Type: text/plain; name=bilag.txt\nContent-Disposition: attachment\n\nStøj\n--b--\n";
    let read = extract(mail.as_bytes(), "klage.eml", "");
    assert_eq!(
        (read.format, read.text.as_str()),
        (
            Format::Eml,
            "Klage\nOle ole@x.example\nSe bilag\nbilag.txt\nStøj"
        )
    );
}

#[test]
fn a_mailbox_gives_its_mails_and_deep_mails_the_names_of_their_files() {
    let letter = "From: a@x.example\nSubject: Hegn\nContent-Transfer-Encoding: base64\n\nTmFib2jDuHJpbmc=\n\n";
    let separator = "From a@x.example Tue Feb  3 12:00:00 2026\n";
    let mailbox = format!(
        "{separator}{letter}{separator}{}",
        letter.replace("Hegn", "Vejbump")
    );
    let read = extract(mailbox.as_bytes(), "arkiv.mbox", "");
    for words in ["Hegn", "Vejbump", "Nabohøring"] {
        assert!(read.text.contains(words), "{words}: {}", read.text);
    }
    let within = |boundary: &str, part: &str| {
        format!(
            "From: a@x.example\nSubject: {boundary}\nContent-Type: multipart/mixed; boundary={boundary}\n\n\
             --{boundary}\n{part}\n--{boundary}--\n"
        )
    };
    let file = "Content-Type: application/pdf; name=Skitse.pdf\n\nx";
    let forwarded = |mail: &str| format!("Content-Type: message/rfc822\n\n{mail}");
    let deep = within(
        "ydre",
        &forwarded(&within("midt", &forwarded(&within("indre", file)))),
    );
    let read = extract(deep.as_bytes(), "klage.eml", "");
    for words in ["ydre", "midt", "indre", "Skitse.pdf"] {
        assert!(read.text.contains(words), "{words}: {}", read.text);
    }
}

#[test]
fn a_pdf_is_read_with_its_title() {
    let read = extract(&one_page("(Afgoerelse om haek) Tj", ""), "scan001.pdf", "");
    assert_eq!(
        (read.format, read.text.as_str(), read.title.as_deref()),
        (Format::Pdf, "Afgoerelse om haek", Some("Påbud"))
    );
    let read = extract(&one_page("", ""), "scan001.pdf", "");
    assert_eq!(codes(&read), ["no_text"]);
}

/// A PDF of one page with this content and these resources beside its font.
fn one_page(content: &str, resources: &str) -> Vec<u8> {
    pdf(&[
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        &format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>{resources}>>>>"
        ),
        &format!(
            "<</Length {0}>>stream\nBT /F 12 Tf 50 700 Td {content} ET\nendstream",
            content.len() + 25
        ),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ])
}

fn pdf(objects: &[&str]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let mut at = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        at.push(bytes.len());
        bytes.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).as_bytes());
    }
    let start = bytes.len();
    bytes.extend(format!("xref\n0 {}\n0000000000 65535 f \n", at.len() + 1).as_bytes());
    for offset in &at {
        bytes.extend(format!("{offset:010} 00000 n \n").as_bytes());
    }
    bytes.extend(format!("trailer\n<</Size {}/Root 1 0 R/Info<</Title(P\\345bud)>>>>\nstartxref\n{start}\n%%EOF\n", at.len() + 1).as_bytes());
    bytes
}

#[test]
fn what_is_not_read_is_said() {
    let read = extract(b"\x01\x02\x03\0\0\0", "data.bin", "");
    assert_eq!(
        (read.format, codes(&read)),
        (Format::Unknown, vec!["format_not_read"])
    );
    let read = extract(b"MZ\0\0\x01", "faktura.pdf", "application/pdf");
    assert_eq!(
        (read.format, codes(&read)),
        (Format::Program, vec!["extension_lies"])
    );
    assert_eq!(extract(b"", "tom.txt", "").notes, []);
}

#[test]
fn nested_tables_entities_and_bombs_cost_no_more_than_they_may() {
    let nested = |tables: usize| {
        let open = "<w:tbl><w:tr><w:tc>".repeat(tables);
        let close = "</w:tc></w:tr></w:tbl>".repeat(tables);
        docx(&format!("{open}{}{close}{}", p("dybt"), p("efter")))
    };
    let read = extract(&nested(6_400), "a.docx", "");
    assert_eq!(
        (read.text.as_str(), codes(&read)),
        ("efter", vec!["too_deep"])
    );
    assert_linear("nested tables", 800, nested, |bytes| {
        extract(bytes, "a.docx", "");
    });

    let mut lol =
        "<!DOCTYPE w [<!ENTITY a0 \"lol\"><!ENTITY xxe SYSTEM \"file:///etc/passwd\">".to_owned();
    for n in 1..20 {
        let ten = format!("&a{};", n - 1).repeat(10);
        write!(lol, "<!ENTITY a{n} \"{ten}\">").unwrap();
    }
    let bytes = zipped(&[
        ("[Content_Types].xml", b"<Types/>"),
        (
            "word/document.xml",
            format!("{lol}]><w:body>{}</w:body>", p("x&a19;&xxe;y")).as_bytes(),
        ),
    ]);
    let read = extract(&bytes, "a.docx", "");
    assert_eq!(
        (read.text.as_str(), codes(&read)),
        ("xy", vec!["dtd_ignored"])
    );

    // Zeros pack a thousand to one.
    let dense = docx(&p(&" ".repeat(30_000_000)));
    let read = extract(&dense, "a.docx", "");
    assert!(
        codes(&read).contains(&"packed_too_densely"),
        "{:?}",
        read.notes
    );

    let level = zipped(&[("0.dll", &vec![0; 5_000_000])]);
    let names: Vec<String> = (0..16).map(|n| format!("lib {n}.zip")).collect();
    let files: Vec<(&str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), level.as_slice()))
        .collect();
    let bomb = zipped(&[
        ("indre.zip", zipped(&files).as_slice()),
        ("nul.txt", &vec![b' '; 50_000_000]),
    ]);
    let read = extract(&bomb, "42.zip", "");
    assert!(
        read.text.len() < 1_500_000 && codes(&read).contains(&"packed_too_densely"),
        "{:?}",
        read.notes
    );

    let many: Vec<String> = (0..3_000).map(|n| format!("{n}.txt")).collect();
    let files: Vec<(&str, &[u8])> = many
        .iter()
        .map(|name| (name.as_str(), &b"hej"[..]))
        .collect();
    let read = extract(&zipped(&files), "mange.zip", "");
    assert!(read.text.lines().count() <= 2_000 && codes(&read).contains(&"too_many_files"));
}

#[test]
fn texts_that_cells_share_do_not_multiply_without_end() {
    let rows = "<row><c t=\"s\"><v>0</v></c></row>".repeat(50_000);
    let bytes = zipped(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/workbook.xml", b"<w><sheet name=\"a\" r:id=\"r\"/></w>"),
        (
            "xl/_rels/workbook.xml.rels",
            b"<R><Relationship Id=\"r\" Type=\"worksheet\" Target=\"s.xml\"/></R>",
        ),
        (
            "xl/sharedStrings.xml",
            format!("<sst><si><t>{}</t></si></sst>", "hæk ".repeat(100_000)).as_bytes(),
        ),
        ("xl/s.xml", format!("<w>{rows}</w>").as_bytes()),
    ]);
    let read = extract(&bytes, "a.xlsx", "");
    assert!(read.text.len() <= MAX_TEXT_BYTES);
    assert!(codes(&read).contains(&"text_cut"), "{:?}", read.notes);
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_the_reading_panic(
        head in 0usize..6,
        tail in proptest::collection::vec(proptest::num::u8::ANY, 0..1000),
    ) {
        let heads: [&[u8]; 6] = [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<?xml ", b"<html", b"From: a\nTo: b\n", b""];
        let bytes = [heads[head], &tail].concat();
        extract(&bytes, "a.doc", "");
    }

    #[test]
    fn a_damaged_document_is_read_as_far_as_it_goes(at in 0usize..900, noise in proptest::num::u8::ANY) {
        let mut bytes = docx(&p("Kære borger"));
        if let Some(byte) = bytes.get_mut(at) { *byte = noise; }
        extract(&bytes, "a.docx", "");
    }
}
