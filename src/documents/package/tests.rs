use std::io::Cursor;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{samples::*, *};

fn open(bytes: &[u8]) -> Result<Package<Cursor<&[u8]>>, PackageError> {
    Package::open(Cursor::new(bytes))
}

fn refused(bytes: &[u8]) -> PackageError {
    let begun = Instant::now();
    let error = open(bytes).err().expect("refused");
    assert!(begun.elapsed() < Duration::from_secs(1), "{error}");
    error
}

#[test]
fn what_is_no_document_is_told_apart() {
    let docx = docx("<w:p/>");
    assert_eq!(refused(b""), PackageError::Empty);
    assert_eq!(refused(b"%PDF-1.7"), PackageError::NotWord);
    assert_eq!(
        refused(&zip(&[("brev.txt", b"hej")])),
        PackageError::NotWord
    );
    assert_eq!(refused(&docx[..docx.len() - 30]), PackageError::Damaged);
    let mut old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    old.resize(100_000, 0);
    assert_eq!(refused(&old), PackageError::OldWord);
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    // Where two of the windows that are looked at meet.
    old[65_530..65_530 + name.len()].copy_from_slice(&name);
    assert_eq!(refused(&old), PackageError::Protected);
}

#[test]
fn a_workbook_is_no_document() {
    let types = TYPES.replace("wordprocessingml.document.main", "spreadsheetml.sheet.main");
    let bytes = zip(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("word/document.xml", b"<x/>"),
    ]);
    assert_eq!(refused(&bytes), PackageError::NotWord);
}

#[test]
fn a_directory_that_is_too_long_is_not_read() {
    let names: Vec<String> = (0..1_001).map(|at| format!("del{at}.xml")).collect();
    let parts: Vec<(&str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), &b"<x/>"[..]))
        .collect();
    assert_eq!(refused(&docx_with("", &parts)), PackageError::TooManyParts);
    let many: Vec<u8> = b"PK\x03\x04"
        .iter()
        .copied()
        .chain(b"PK\x01\x02".repeat(5_000))
        .collect();
    assert_eq!(refused(&many), PackageError::TooManyParts);
}

#[test]
fn a_bomb_is_refused_before_it_is_unpacked() {
    let bomb = vec![b' '; 5 * 1024 * 1024];
    let bytes = docx_with("", &[("word/header1.xml", &bomb)]);
    assert_eq!(
        open(&bytes).unwrap().part("word/header1.xml"),
        Err(PackageError::TooDense)
    );
    let long = vec![b' '; MAX_TEXT_BYTES + 1];
    let bytes = zip_of(
        &[
            ("[Content_Types].xml", TYPES.as_bytes()),
            ("word/document.xml", &long),
        ],
        CompressionMethod::Stored,
    );
    assert_eq!(
        open(&bytes).unwrap().part("word/document.xml"),
        Err(PackageError::TooMuchText)
    );
}

#[test]
fn a_part_that_is_not_changed_is_copied_byte_for_byte() {
    let picture: Vec<u8> = (0..200_000_u32)
        .map(|at| (at.wrapping_mul(at) >> 7) as u8)
        .collect();
    let bytes = docx_with(
        "<w:p/>",
        &[
            ("word/media/image1.png", &picture),
            ("word/odd name.bin", b"\0\xff"),
        ],
    );
    let mut package = open(&bytes).unwrap();
    let changes = Changes::from([(
        "word/document.xml".to_owned(),
        document("<w:p><w:r/></w:p>").into_bytes(),
    )]);
    let written = package
        .write(changes, Cursor::new(Vec::new()))
        .unwrap()
        .into_inner();
    let mut again = zip::ZipArchive::new(Cursor::new(written.as_slice())).unwrap();
    let mut before = zip::ZipArchive::new(Cursor::new(bytes.as_slice())).unwrap();
    assert_eq!(again.len(), before.len());
    for index in 0..again.len() {
        let (mut new, mut old) = (
            again.by_index_raw(index).unwrap(),
            before.by_index_raw(index).unwrap(),
        );
        assert_eq!(new.name().unwrap(), old.name().unwrap());
        if !["word/document.xml", "[Content_Types].xml"].contains(&&*old.name().unwrap()) {
            let (mut one, mut two) = (Vec::new(), Vec::new());
            new.read_to_end(&mut one).unwrap();
            old.read_to_end(&mut two).unwrap();
            assert_eq!(one, two, "still packed as it was");
        }
    }
}

#[test]
fn properties_are_set_beside_those_that_are_there_and_in_the_place_of_their_own() {
    let property = |name: &str, value: &str| Property {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    let stamped = |bytes: &[u8], set: &[Property]| {
        let mut package = open(bytes).unwrap();
        let mut changes = Changes::new();
        package.set_properties(set, &mut changes).unwrap();
        package
            .write(changes, Cursor::new(Vec::new()))
            .unwrap()
            .into_inner()
    };
    let first = stamped(
        &docx("<w:p/>"),
        &[property("sagspost:case", "a & b"), property("Andet", "x")],
    );
    assert_eq!(properties(&mut open(&first).unwrap()).unwrap().len(), 2);
    let second = stamped(
        &first,
        &[
            property("Sagspost:Case", "c"),
            property("sagspost:document", "d"),
        ],
    );
    let found = properties(&mut open(&second).unwrap()).unwrap();
    assert_eq!(
        found,
        [
            property("Andet", "x"),
            property("Sagspost:Case", "c"),
            property("sagspost:document", "d")
        ]
    );
    let mut package = open(&second).unwrap();
    let ids = String::from_utf8(package.part("docProps/custom.xml").unwrap()).unwrap();
    assert!(
        ["pid=\"3\"", "pid=\"4\"", "pid=\"5\""]
            .iter()
            .all(|id| ids.matches(id).count() == 1),
        "{ids}"
    );
}

#[test]
fn a_template_becomes_a_document_and_macros_are_kept_and_told() {
    let written = |main: &str| {
        let types = TYPES.replace(
            "openxmlformats-officedocument.wordprocessingml.document.main",
            main,
        );
        let bytes = zip(&[
            ("[Content_Types].xml", types.as_bytes()),
            ("word/document.xml", b"<x/>"),
            ("word/vbaProject.bin", b"macro"),
        ]);
        let mut package = open(&bytes).unwrap();
        let told = (package.has_macros(), package.extension());
        let written = package
            .write(Changes::new(), Cursor::new(Vec::new()))
            .unwrap()
            .into_inner();
        let mut again = open(&written).unwrap();
        assert_eq!(again.part("word/vbaProject.bin").unwrap(), b"macro");
        let types = String::from_utf8(again.part("[Content_Types].xml").unwrap()).unwrap();
        (told, types)
    };
    let (told, types) = written("ms-word.template.macroEnabledTemplate.main");
    assert_eq!(told, (true, "docm"));
    assert!(types.contains("ms-word.document.macroEnabled.main+xml"));
    let (_, types) = written("openxmlformats-officedocument.wordprocessingml.template.main");
    assert!(types.contains("wordprocessingml.document.main+xml"));
}

#[test]
fn a_grammar_is_refused_and_what_lies_elsewhere_is_told() {
    let bomb = TYPES.replace(
        "<Types",
        "<!DOCTYPE x [<!ENTITY a \"lol\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]><Types",
    );
    let bytes = zip(&[
        ("[Content_Types].xml", bomb.as_bytes()),
        ("word/document.xml", b"<x/>"),
    ]);
    assert_eq!(refused(&bytes), PackageError::HasGrammar);
    let relation = |kind: &str| {
        format!(
            "<Relationships><Relationship Id=\"a\" TargetMode=\"External\" Type=\"http://x/{kind}\" Target=\"http://x.example/\"/></Relationships>"
        )
    };
    let asks = |kind: &str| {
        let relations = relation(kind);
        let bytes = docx_with(
            "",
            &[("word/_rels/settings.xml.rels", relations.as_bytes())],
        );
        open(&bytes).unwrap().asks_for_outside().unwrap()
    };
    assert!(asks("attachedTemplate"));
    assert!(!asks("hyperlink"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_document_that_was_damaged_anywhere_does_no_harm(at in 0_usize..2_000, to: u8, cut in 0_usize..2_000) {
        let mut bytes = docx("<w:p><w:r><w:t>{{sag.nummer}}</w:t></w:r></w:p>");
        let length = bytes.len();
        bytes[at % length] = to;
        bytes.truncate(length - cut % 40);
        if let Ok(mut package) = open(&bytes) {
            for (name, _) in package.stories() {
                let _ = package.part(&name);
            }
            let _ = package.write(Changes::new(), Cursor::new(Vec::new()));
        }
    }

    #[test]
    fn anything_at_all_does_no_harm(bytes: Vec<u8>) {
        let _ = open(&bytes);
        let mut named = b"PK\x03\x04".to_vec();
        named.extend(bytes);
        let _ = open(&named);
    }
}
