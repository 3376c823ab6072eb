//! What letters cost on one core: a template of 20 pages filled in, names for attachments, and one letter on 500 cases.
//!
//! The template is what a municipality would write: text, a table with a row for each party, conditions, a header. Before
//! anything is timed, the letter is looked at. The last line of output is JSON.

#![allow(clippy::unwrap_used, dead_code)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::{Cursor, Write as _};
use std::time::Instant;

use chrono::{NaiveDate, Utc};
use sagspost::{
    documents::{
        package::Package,
        template::{CaseData, Data, PartyData, Template},
    },
    domain::{file_name, mail::Sha256, naming},
    outbox::LetterWish,
    store::{Holder, NewFile, NewLetterRun, NewLetters, NewTemplate, NewVersion},
};
use serde_json::json;
use uuid::Uuid;
use zip::{ZipWriter, write::SimpleFileOptions};

#[path = "../tests/support/mod.rs"]
mod support;

use support::store::{add_case, case, user};

const PAGES: usize = 20;
const PARAGRAPHS_OF_A_PAGE: usize = 12;
const ROUNDS: usize = 20;
const NAMES: usize = 100_000;
const CASES: usize = 500;
/// What is promised.
const MAX_RENDER_MS: f64 = 50.0;
const MIN_NAMES_PER_SEC: f64 = 100_000.0;
const MAX_LETTERS_SECS: f64 = 30.0;

fn main() {
    let (read_ms, render_ms) = rendering();
    let names_per_sec = naming_files();
    let letters_secs = tokio::runtime::Runtime::new().unwrap().block_on(letters());
    println!(
        "a template of {PAGES} pages: read in {read_ms:.1} ms, filled in in {render_ms:.1} ms (goal {MAX_RENDER_MS})"
    );
    println!("names: {names_per_sec:.0} a second (goal {MIN_NAMES_PER_SEC})");
    println!("a letter on {CASES} cases: {letters_secs:.1} s (goal {MAX_LETTERS_SECS})");
    println!(
        "{}",
        json!({ "bench": "templates", "read_ms": read_ms, "render_ms": render_ms, "names_per_sec": names_per_sec, "letters_500_secs": letters_secs })
    );
}

fn rendering() -> (f64, f64) {
    let file = template();
    let begun = Instant::now();
    let template = Template::read(file.into()).unwrap();
    let read_ms = begun.elapsed().as_secs_f64() * 1e3;
    assert_eq!(template.mistakes, []);
    let data = data();
    let letter = template.render(&data, &[]).unwrap();
    let mut package = Package::open(Cursor::new(&letter)).unwrap();
    let body = String::from_utf8(package.part("word/document.xml").unwrap()).unwrap();
    assert!(!body.contains("{{") && body.contains("Part nummer 9"));
    let mut best = f64::MAX;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        black_box(template.render(&data, &[]).unwrap());
        best = best.min(begun.elapsed().as_secs_f64() * 1e3);
    }
    (read_ms, best)
}

fn naming_files() -> f64 {
    let rules = naming::Rules::default();
    let given = [
        "Kopi af Ansøgning_om_carport (1)",
        "scan0001",
        "IMG_2231",
        "SV_ Høring om lokalplan 17",
        "Document1",
    ];
    let begun = Instant::now();
    for at in 0..NAMES {
        let stem = given[at % given.len()];
        let name = rules.given_name(stem).unwrap_or_else(|| {
            rules.made_name(&naming::FileName {
                given: stem,
                own: Some("Ansøgning om dispensation"),
                format: "Dokument",
                date: NaiveDate::from_ymd_opt(2026, 11, 28),
                ..naming::FileName::default()
            })
        });
        black_box(file_name::clean(&format!("{name}.pdf")));
    }
    NAMES as f64 / begun.elapsed().as_secs_f64()
}

async fn letters() -> f64 {
    let store = support::store::sqlite().await;
    user(&store, "birthe").await;
    let mut cases = Vec::with_capacity(CASES);
    for at in 0..CASES {
        let case_id = add_case(&store, case(&format!("Sag {at}"))).await.id;
        cases.push(NewLetters {
            case_id,
            parties: Vec::new(),
        });
    }
    let bytes = template();
    let (size, sha256) = (bytes.len() as u64, Sha256::of(&bytes));
    let object = store.put_blob(sha256, bytes.into()).await.unwrap();
    let new = NewTemplate {
        id: Uuid::now_v7(),
        holder: Holder::Person("birthe".to_owned()),
        folder: String::new(),
        name: "Brev".to_owned(),
    };
    let file = NewFile {
        name: "brev.docx".to_owned(),
        media_type: String::new(),
        size,
        sha256,
        object: Some(object),
    };
    let version = NewVersion {
        file,
        facts: json!({}),
        comment: String::new(),
    };
    store
        .add_template(&new, &version, "birthe", Utc::now())
        .await
        .unwrap();
    let wish = LetterWish {
        title: "Brev".to_owned(),
        document_type: None,
        date: Utc::now().date_naive(),
        fields: [("frist".to_owned(), "nu".to_owned())].into(),
        only_for: None,
    };
    let run = NewLetterRun {
        id: Uuid::now_v7(),
        template_id: new.id,
        version: 1,
        wish: serde_json::to_value(wish).unwrap(),
        created_by: "birthe".to_owned(),
        idempotency_key: "bench".to_owned(),
        request_hash: [0; 32],
        cases,
    };
    let outbox = support::outbox::of(&store);
    let begun = Instant::now();
    store.begin_letters(&run, Utc::now()).await.unwrap();
    while outbox.write_letters_due().await.unwrap() > 0 {}
    let secs = begun.elapsed().as_secs_f64();
    let made = store.letter_run(run.id, "birthe").await.unwrap();
    assert!(
        made.cases.iter().all(|case| case.entry_id.is_some()),
        "{:?}",
        made.cases.first()
    );
    secs
}

fn data() -> Data {
    let party = |at: usize| PartyData {
        name: format!("Part nummer {at}"),
        address: "Nørregade 4, 2620 Albertslund".to_owned(),
        cvr: if at.is_multiple_of(2) {
            "11223344".to_owned()
        } else {
            String::new()
        },
        ..PartyData::default()
    };
    Data {
        case: CaseData {
            number: "2026-00017".to_owned(),
            title: "Støj".to_owned(),
            ..CaseData::default()
        },
        parties: (0..10).map(party).collect(),
        date: NaiveDate::from_ymd_opt(2026, 11, 28),
        fields: [("frist".to_owned(), "1. december".to_owned())].into(),
        ..Data::default()
    }
}

fn template() -> Vec<u8> {
    const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
    const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
    let run = |text: &str| {
        format!(
            "<w:r w:rsidR=\"00A77B3E\"><w:rPr><w:rFonts w:ascii=\"Calibri\"/><w:sz w:val=\"22\"/></w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>"
        )
    };
    let paragraph =
        |runs: &str| format!("<w:p><w:pPr><w:spacing w:after=\"160\"/></w:pPr>{runs}</w:p>");
    let sentence =
        "Kommunen har modtaget din henvendelse, og vi behandler den efter reglerne. ".repeat(5);
    let mut body = String::new();
    for page in 0..PAGES {
        for at in 0..PARAGRAPHS_OF_A_PAGE {
            let text = match at % 4 {
                0 => run("Sag {{sag.") + &run("nummer}} af {{dato}}. ") + &run(&sentence),
                1 => run(
                    "{{#hvis modtager.cvr}}CVR {{modtager.cvr}}{{ellers}}Kære {{modtager.navn}}{{/hvis}}, svar senest {{felt.frist}}.",
                ),
                _ => run(&sentence),
            };
            body.push_str(&paragraph(&text));
        }
        if page % 5 == 0 {
            let cell = |text: &str| format!("<w:tc><w:tcPr/>{}</w:tc>", paragraph(&run(text)));
            let row = cell("{{#for hver part}}{{part.navn}}") + &cell("{{part.adresse}}{{/for}}");
            write!(body, "<w:tbl><w:tblPr/><w:tr>{row}</w:tr></w:tbl>").unwrap();
        }
    }
    let document = format!(
        "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}<w:sectPr/></w:body></w:document>"
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
