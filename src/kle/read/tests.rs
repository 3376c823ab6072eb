use super::*;
use crate::domain::kle::{Facet, KleNumber};
use crate::kle::{Entry, Plan, Preservation, check};
use proptest::prelude::*;

const OLD: &str = include_str!("../../../tests/fixtures/kle/emneplan_2.0.xml");
const KEYWORDS: &str = include_str!("../../../tests/fixtures/kle/stikord_2.0.xml");
const REST: &str = include_str!("../../../tests/fixtures/kle/emneplan_rest.xml");
const FACETS: &str = include_str!("../../../tests/fixtures/kle/handlingsfacetter.xml");

fn number(text: &str) -> KleNumber {
    KleNumber::parse(text).expect("a number")
}

fn read_text(xml: &str) -> Result<Part, ReadError> {
    read(xml.as_bytes(), Limits::default())
}

fn plan(files: &[&str]) -> Plan {
    let mut plan = Plan::default();
    for file in files {
        plan.take(read_text(file).expect("a file of KL's shape"));
    }
    plan
}

fn entry<'p>(plan: &'p Plan, at: &str) -> &'p Entry {
    &plan.entries[&number(at)]
}

fn keywords(entry: &Entry) -> Vec<String> {
    entry
        .keywords
        .iter()
        .map(|word| match word.facet {
            Some(facet) => format!("{} {facet}", word.text),
            None => word.text.clone(),
        })
        .collect()
}

#[test]
fn the_older_generation_is_read_with_all_it_says() {
    let plan = plan(&[OLD]);
    assert_eq!(
        plan.published.map(|day| day.to_string()).as_deref(),
        Some("2014-02-01")
    );
    assert_eq!(plan.entries.len(), 17);
    let painting = entry(&plan, "70.01.05");
    assert_eq!(painting.title, "Maling af fyrtårne");
    assert_eq!(
        painting.guidance,
        "Emnet dækker sager om maling & vedligeholdelse af kystens lys. Fx:\nvalg af farve og striber\n\
         stillads ved murværk\nSager om passerens bolig journaliseres under emnenr. 70.01.08"
    );
    assert_eq!(painting.laws[0].title, "Fyrtårnsloven");
    assert_eq!(painting.laws[0].section.as_deref(), Some("§ 16, Stk.2"));
    assert_eq!(
        painting.preservation,
        Some(Preservation::Discard { after_years: 5 })
    );
    assert_eq!(painting.deletion_days, Some(1800));
    assert!(painting.is_active());
}

#[test]
fn what_is_retired_is_told_by_its_history_or_its_mark_and_leads_on() {
    let plan = plan(&[OLD]);
    let horn = entry(&plan, "70.01.10");
    assert_eq!(horn.title, "Tågehorn");
    let retired = horn.retired.as_ref().expect("retired");
    assert_eq!(
        retired.on.map(|day| day.to_string()).as_deref(),
        Some("2012-05-01")
    );
    assert_eq!(plan.successors(number("70.02.09")), [number("70.02.03")]);
    assert!(
        entry(&plan, "70.02.06").is_active(),
        "it will be retired, and is not yet"
    );
    assert!(!entry(&super::tests::plan(&[REST]), "70.02.06").is_active());
    let remarks = check(&plan);
    assert_eq!(remarks.len(), 1, "{remarks:?}");
    assert_eq!(
        (remarks[0].code, remarks[0].to.as_str()),
        ("successor-missing", "70.05.09")
    );
}

#[test]
fn separate_keywords_find_their_numbers_and_facets_without_marks() {
    let mut plan = plan(&[OLD, FACETS]);
    let lost = plan.take(read_text(KEYWORDS).expect("keywords"));
    assert_eq!(keywords(entry(&plan, "70.01.05")), ["Rødkalk"]);
    assert_eq!(
        keywords(entry(&plan, "70.02.04")),
        ["Kajleje", "Udlån af redningsveste Ø12"],
        "one that is out of use leads nowhere"
    );
    assert_eq!(keywords(entry(&plan, "70.02")), ["Marina"]);
    let facet = &plan.facets[&Facet::parse("K05").expect("a facet")];
    assert_eq!(
        (facet.title.as_str(), &facet.keywords[..]),
        ("Eftersyn på stedet", &["Gennemgang".to_owned()][..])
    );
    assert_eq!(lost.len(), 1);
    assert_eq!(
        (lost[0].code, lost[0].at.as_str()),
        ("keyword-lost", "70.03.01")
    );
}

#[test]
fn the_rest_generation_brings_keywords_and_ids_inside() {
    let plan = plan(&[OLD, KEYWORDS, REST]);
    assert_eq!(
        keywords(entry(&plan, "70.01.05")),
        ["Rødkalk", "Facademaling, fyr", "Striber", "Kalkning"]
    );
    assert_eq!(
        keywords(entry(&plan, "70.02.04"))
            .last()
            .map(String::as_str),
        Some("Udlån af redningsveste Ø12")
    );
    assert_eq!(entry(&plan, "71.01.07").title, "Naturlegepladser");
    assert!(entry(&plan, "70.01.00").uuid.is_some());
    assert_eq!(entry(&plan, "70.01.05").deletion_days, Some(1825));
}

#[test]
fn facets_are_read_and_retired_ones_known_as_such() {
    let plan = plan(&[FACETS]);
    let shown: Vec<_> = plan
        .facets
        .iter()
        .map(|(facet, entry)| (facet.to_string(), entry.title.as_str(), entry.is_active()))
        .collect();
    assert_eq!(
        shown,
        [
            ("K05".to_owned(), "Eftersyn på stedet", true),
            ("K06".to_owned(), "Skøn", false),
            ("Ø12".to_owned(), "Udlån af ting", true),
        ]
    );
}

#[test]
fn a_file_that_is_cut_anywhere_is_never_taken_for_whole() {
    let end = OLD.trim_end().len();
    for at in (0..end).step_by(97).filter(|at| OLD.is_char_boundary(*at)) {
        assert!(read_text(&OLD[..at]).is_err(), "cut at {at}");
    }
    let half = &OLD[..OLD.find("Signaler").expect("a subject")];
    assert!(matches!(read_text(half), Err(ReadError::Truncated { line }) if line > 100));
}

#[test]
fn other_files_are_told_for_what_they_are() {
    let code = |xml: &str| read_text(xml).map_or_else(|error| error.code(), |_| "fine");
    for (xml, expected) in [
        ("", "damaged"),
        ("hej", "damaged"),
        ("\u{1f}\u{8b}\u{8}", "damaged"),
        ("<html><body>hej</body></html>", "unknown"),
        (
            "<KLE-Emneplan><UdgivelsesDato>2030-01-01</UdgivelsesDato></KLE-Emneplan>",
            "empty",
        ),
        (
            "<KLE-Emneplan><Main><Number>01</Number></Main></KLE-Emneplan>",
            "empty",
        ),
        (
            "<KLE-Emneplan xsi:noNamespaceSchemaLocation='x/KLE-Emneplan-version-1-1.xsd'/>",
            "version",
        ),
        ("<KLE-Emneplan><Emne></KLE-Emneplan>", "damaged"),
        ("<KLE-Handlingsfacetter/>", "empty"),
    ] {
        assert_eq!(code(xml), expected, "{xml}");
    }
    assert_eq!(
        read(&[0xff, 0xfe, b'<', 0][..], Limits::default()),
        Err(ReadError::Encoding)
    );
}

#[test]
fn a_number_belongs_where_it_says_wherever_it_stands() {
    let moved = OLD
        .replace("<EmneNr>70.01.05<", "<EmneNr>70.02.05<")
        .replace("<EmneNr>71.01.03<", "<EmneNr>71.07.03<");
    let plan = plan(&[&moved]);
    assert_eq!(entry(&plan, "70.02.05").title, "Maling af fyrtårne");
    let told: Vec<_> = check(&plan)
        .into_iter()
        .filter(|remark| remark.code == "parent-missing")
        .map(|remark| (remark.at, remark.to))
        .collect();
    assert_eq!(told, [("71.07.03".to_owned(), "71.07".to_owned())]);
}

#[test]
fn mistakes_are_told_together_with_their_lines() {
    let damaged = OLD
        .replace("<EmneNr>70.01.05<", "<EmneNr>70.1.5<")
        .replace("<EmneTitel>Fyrpassere<", "<EmneTitel> <")
        .replace("<EmneNr>71.01.03<", "<EmneNr>71.01.00<");
    let Err(ReadError::Mistakes(mistakes)) = read_text(&damaged) else {
        panic!("mistakes are found");
    };
    let told: Vec<_> = mistakes
        .iter()
        .map(|mistake| (mistake.code, mistake.found.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("number", "70.1.5"),
            ("title", "70.01.08"),
            ("twice", "71.01.00"),
        ]
    );
    let line = OLD
        .lines()
        .position(|line| line.contains("70.01.05"))
        .expect("there") as u64;
    // Lines count from one, and the entry begins a line above its number.
    assert_eq!(mistakes[0].line, line);
}

#[test]
fn what_is_larger_than_the_limits_is_refused_and_not_kept() {
    let limits = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        limits
    };
    let code = |limits| read(REST.as_bytes(), limits).map_or_else(|error| error.code(), |_| "fine");
    assert_eq!(code(limits(|l| l.max_file_bytes = 1000)), "too-large");
    assert_eq!(code(limits(|l| l.max_entries = 5)), "too-many");
    assert_eq!(code(limits(|l| l.max_keywords = 5)), "too-many");
    assert_eq!(code(limits(|l| l.max_text_bytes = 50)), "too-long");
    let deep = format!("<KLE-Emneplan>{}", "<a>".repeat(1000));
    assert_eq!(read_text(&deep).unwrap_err().code(), "damaged");
    let bomb = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><KLE-Emneplan>&b;</KLE-Emneplan>";
    assert_eq!(read_text(bomb).unwrap_err().code(), "empty");
}

#[test]
fn an_endless_file_ends_at_the_limit() {
    let endless = std::io::repeat(b' ');
    let source = std::io::Read::chain(&b"<KLE-Emneplan>"[..], endless);
    let limits = Limits {
        max_file_bytes: 1024 * 1024,
        ..Limits::default()
    };
    assert_eq!(
        read(source, limits),
        Err(ReadError::TooLarge { max_megabytes: 1 })
    );
}

#[test]
fn letters_of_an_older_encoding_are_read_where_the_file_says_so() {
    let latin = OLD.replace("UTF-8", "ISO-8859-1");
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&latin);
    let mut plan = Plan::default();
    plan.take(read(&bytes[..], Limits::default()).expect("readable"));
    assert_eq!(entry(&plan, "70.02.04").title, "Bådpladser");
}

proptest! {
    /// Whatever is done to a file, reading ends, and what it gives tells of numbers without a group.
    #[test]
    fn a_damaged_file_gives_a_whole_plan_or_none(at in 0..OLD.len(), length in 0usize..60, put in "[<>/a-zA-Z0-9.&;\" \n]{0,12}") {
        let mut bytes = OLD.as_bytes().to_vec();
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, put.bytes());
        if let Ok(Part::Subjects { entries, .. }) = read(&bytes[..], Limits::default()) {
            let plan = Plan { entries, ..Plan::default() };
            let told = check(&plan);
            for number in plan.entries.keys() {
                let there = number.parent().is_none_or(|parent| plan.entries.contains_key(&parent));
                let at = number.to_string();
                prop_assert_eq!(there, !told.iter().any(|r| r.code == "parent-missing" && r.at == at));
            }
        }
    }

    #[test]
    fn no_bytes_make_it_fail(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes[..], Limits::default());
    }

    /// A plan that is written with other layout is the same plan.
    #[test]
    fn layout_between_elements_says_nothing(space in "[ \t\n]{0,5}") {
        let loose = OLD.replace("</EmneNr>", &format!("</EmneNr>{space}")).replace("<EmneTitel>", &format!("{space}<EmneTitel>{space}"));
        prop_assert_eq!(read_text(&loose), read_text(OLD));
    }
}
