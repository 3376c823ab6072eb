//! A Word template, whatever its parts hold: read, filled in when nothing is wrong with it, and what comes out is read again.

#![no_main]

use std::io::{Cursor, Write as _};

use libfuzzer_sys::fuzz_target;
use sagspost::documents::template::{Data, PartyData, Template};
use zip::{ZipWriter, write::SimpleFileOptions};

const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;

fuzz_target!(|body: &[u8]| {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [("[Content_Types].xml", TYPES.as_bytes()), ("word/document.xml", body)] {
        let _ = zip.start_file(name, SimpleFileOptions::default());
        let _ = zip.write_all(bytes);
    }
    let Ok(file) = zip.finish() else { return };
    let Ok(template) = Template::read(file.into_inner().into()) else { return };
    if template.mistakes.is_empty() {
        let data = Data { parties: vec![PartyData::default(); 2], ..Data::default() };
        if let Ok(letter) = template.render(&data, &[]) {
            assert!(Template::read(letter.into()).is_ok(), "what was filled in cannot be read");
        }
    }
});
