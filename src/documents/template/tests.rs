use chrono::NaiveDate;
use proptest::prelude::*;

use super::{super::package::samples::*, *};
use crate::growth::assert_linear;

fn data() -> Data {
    let party = |name: &str, cvr: &str| PartyData {
        kind: if cvr.is_empty() {
            "person"
        } else {
            "virksomhed"
        }
        .to_owned(),
        name: name.to_owned(),
        cvr: cvr.to_owned(),
        address: "Nørregade 4, 2. tv, 2620 Albertslund".to_owned(),
        ..PartyData::default()
    };
    Data {
        case: CaseData {
            number: "2026-00017".to_owned(),
            title: "Støj fra <varmepumpe> & ventilator".to_owned(),
            created: NaiveDate::from_ymd_opt(2026, 3, 2),
            ..CaseData::default()
        },
        parties: vec![
            party("Aase Ø", ""),
            party("Byg ApS", "11223344"),
            party("Carl", ""),
        ],
        date: NaiveDate::from_ymd_opt(2026, 11, 28),
        fields: [("frist".to_owned(), "1. december".to_owned())].into(),
        ..Data::default()
    }
}

fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn cell(inner: &str) -> String {
    format!("<w:tc><w:tcPr/>{inner}</w:tc>")
}

fn read(body: &str) -> Template {
    Template::read(docx(body).into()).unwrap()
}

fn body_of(docx: &[u8]) -> String {
    let mut package = Package::open(Cursor::new(docx)).unwrap();
    String::from_utf8(package.part("word/document.xml").unwrap()).unwrap()
}

/// The body after it was filled in, which must be well formed.
fn filled(body: &str) -> String {
    let template = read(body);
    assert_eq!(template.mistakes, []);
    let rendered = template.render(&data(), &[]).unwrap();
    Template::read(rendered.clone().into()).unwrap();
    body_of(&rendered)
}

/// Likewise, its paragraphs.
fn lines(body: &str) -> Vec<String> {
    let body = filled(body);
    let tokens = Tokens::read(body.as_bytes()).unwrap();
    let paragraphs = paragraphs::paragraphs(&tokens, |letters| !letters.is_empty()).unwrap();
    let letters = |paragraph: &paragraphs::Paragraph| {
        paragraph
            .letters
            .iter()
            .map(|letter| if letter.is_mark { ' ' } else { letter.c })
            .collect::<String>()
    };
    let texts = paragraphs
        .iter()
        .filter(|paragraph| !paragraph.is_fallback)
        .map(letters);
    texts.filter(|text| !text.trim().is_empty()).collect()
}

fn faults(body: &str) -> Vec<(Fault, String)> {
    read(body)
        .mistakes
        .into_iter()
        .map(|mistake| (mistake.fault, mistake.near))
        .collect()
}

#[test]
fn a_field_is_filled_in_where_it_is_written() {
    assert_eq!(
        lines(&p(
            "Sag {{sag.nummer}} af {{ Case.Created.Short }}: {{sag.titel}}, d. {{dato}}"
        )),
        ["Sag 2026-00017 af 02-03-2026: Støj fra <varmepumpe> & ventilator, d. 28. november 2026"]
    );
}

#[test]
fn a_field_that_word_has_split_keeps_the_looks_of_its_first_run() {
    let body = "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">Sag {</w:t></w:r><w:proofErr w:type=\"spellStart\"/>\
        <w:bookmarkStart w:id=\"0\" w:name=\"x\"/><w:r w:rsidR=\"00AA\"><w:rPr><w:i/></w:rPr><w:t>{sag.</w:t></w:r>\
        <w:bookmarkEnd w:id=\"0\"/><w:r><w:t>nummer}</w:t></w:r><w:r><w:t>} slut</w:t></w:r></w:p>";
    assert_eq!(lines(body), ["Sag 2026-00017 slut"]);
    assert!(
        filled(body).contains("<w:b/></w:rPr><w:t xml:space=\"preserve\">Sag 2026-00017</w:t>"),
        "{}",
        filled(body)
    );
    assert!(filled(body).contains("bookmarkStart"));
}

#[test]
fn a_value_is_text_whatever_is_in_it() {
    let mut data = data();
    data.fields = [(
        "frist".to_owned(),
        "<w:p/> &amp; \u{1}\u{202e}en\r\nto\tتجربة\u{ffff}".to_owned(),
    )]
    .into();
    let template = read(&p("a {{felt.frist}} b"));
    let body = body_of(&template.render(&data, &[]).unwrap());
    assert!(
        body.contains(
            "a &lt;w:p/&gt; &amp;amp; en</w:t><w:br/><w:t xml:space=\"preserve\">to</w:t><w:tab/>\
             <w:t xml:space=\"preserve\">تجربة b</w:t>"
        ),
        "{body}"
    );
    data.fields = [("frist".to_owned(), "æ".repeat(10_000))].into();
    assert!(body_of(&template.render(&data, &[]).unwrap()).contains(&"æ".repeat(10_000)));
}

#[test]
fn a_row_is_repeated_for_each_party() {
    let row = format!(
        "<w:tr>{}{}</w:tr>",
        cell(&p("{{#for hver part}}{{part.nr}}. {{part.navn}}")),
        cell(&p("{{part.cvr}}{{/for}}"))
    );
    let table = format!(
        "<w:tbl><w:tblPr/><w:tr>{}{}</w:tr>{row}</w:tbl>{}",
        cell(&p("Navn")),
        cell(&p("CVR")),
        p("Efter")
    );
    assert_eq!(
        lines(&table),
        [
            "Navn",
            "CVR",
            "1. Aase Ø",
            "2. Byg ApS",
            "11223344",
            "3. Carl",
            "Efter"
        ]
    );
    assert_eq!(filled(&table).matches("<w:tr>").count(), 4);
}

#[test]
fn paragraphs_are_repeated_and_those_that_say_so_go() {
    let body = [
        p("Til:"),
        p("{{#for hver part}}"),
        p("{{part.navn}}"),
        p("{{part.adresselinjer}}"),
        p(" {{/for}} "),
        p("Hilsen"),
    ];
    let lines = lines(&body.concat());
    assert_eq!(lines.len(), 8, "{lines:?}");
    assert_eq!(
        lines[1..3],
        ["Aase Ø", "Nørregade 4, 2. tv 2620 Albertslund"]
    );
    assert_eq!(lines[7], "Hilsen");
}

#[test]
fn letters_are_repeated_within_their_paragraph() {
    let one = p("Kopi: {{#for each party}}{{part.navn}}; {{/for}}slut");
    assert_eq!(lines(&one), ["Kopi: Aase Ø; Byg ApS; Carl; slut"]);
    let split = "<w:p><w:r><w:t>Kopi: {{#for hver part}}</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>{{part.navn}}</w:t></w:r>\
        <w:r><w:t xml:space=\"preserve\">; {{/for}}slut</w:t></w:r></w:p>";
    assert_eq!(lines(split), ["Kopi: Aase Ø; Byg ApS; Carl; slut"]);
    assert_eq!(filled(split).matches("<w:b/>").count(), 3);
}

#[test]
fn a_paragraph_that_is_all_condition_goes_with_it() {
    let party = |inner: &str| format!("{}{inner}{}", p("{{#for hver part}}"), p("{{/for}}"));
    let body = party(&format!(
        "{}{}",
        p("{{part.navn}}"),
        p("{{#hvis part.cvr}}CVR {{part.cvr}}{{/hvis}}")
    ));
    assert_eq!(lines(&body), ["Aase Ø", "Byg ApS", "CVR 11223344", "Carl"]);
    assert_eq!(
        lines(&p("A{{#hvis part.cvr}} B{{ellers}} C{{/hvis}} D")),
        ["A C D"]
    );
    let either = [
        p("{{#hvis modtager.cvr}}"),
        p("Firma"),
        p("{{ellers}}"),
        p("Borger"),
        p("{{/hvis}}"),
    ]
    .concat();
    assert_eq!(lines(&either), ["Borger"]);
    assert_eq!(
        lines(&p(
            "x{{#hvis part.type er ikke person}}1{{/hvis}}{{#hvis felt.frist}}2{{/hvis}}"
        )),
        ["x2"]
    );
}

#[test]
fn what_holds_paragraphs_is_never_left_without_one() {
    let table = format!(
        "<w:tbl><w:tr>{}</w:tr></w:tbl>",
        cell(&p("{{#hvis modtager.cvr}}Firma{{/hvis}}"))
    );
    assert!(
        filled(&table).contains("<w:tcPr/><w:p/></w:tc>"),
        "{}",
        filled(&table)
    );
    let row = format!(
        "<w:tbl><w:tr>{}{}</w:tr></w:tbl>",
        cell(&p("{{#hvis modtager.cvr}}x")),
        cell(&p("y{{/hvis}}"))
    );
    let gone = filled(&format!("{row}{}", p("Efter")));
    assert!(
        !gone.contains("w:tbl"),
        "a table without rows is none: {gone}"
    );
}

#[test]
fn a_content_control_is_filled_in_by_its_tag() {
    let control = |tag: &str, more: &str, content: &str| {
        format!(
            "<w:sdt><w:sdtPr><w:tag w:val=\"{tag}\"/>{more}<w:id w:val=\"5\"/></w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"
        )
    };
    let inline = format!(
        "<w:p>{}<w:r><w:t>!</w:t></w:r></w:p>",
        control(
            "Sag.Nummer",
            "<w:showingPlcHdr/><w:dataBinding w:xpath=\"x\"/>",
            "<w:r><w:rPr><w:rStyle w:val=\"PlaceholderText\"/></w:rPr><w:t>Klik her</w:t></w:r>"
        )
    );
    assert_eq!(lines(&inline), ["2026-00017!"]);
    let xml = filled(&inline);
    assert!(
        !xml.contains("PlaceholderText")
            && !xml.contains("dataBinding")
            && !xml.contains("showingPlcHdr"),
        "{xml}"
    );
    let block = control(
        "modtager.navn",
        "",
        "<w:p><w:pPr><w:jc w:val=\"right\"/></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>N</w:t></w:r></w:p><w:p/>",
    );
    assert_eq!(lines(&block), ["Aase Ø"]);
    assert!(filled(&block).contains("<w:jc w:val=\"right\"/></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">Aase Ø"));
    let each = control(
        "#for hver part",
        "",
        &format!("{}{}", p("{{part.navn}}"), control("part.cvr", "", &p("?"))),
    );
    assert_eq!(lines(&each), ["Aase Ø", "Byg ApS", "11223344", "Carl"]);
    assert_eq!(
        filled(&each).matches("<w:id ").count(),
        1,
        "only one may have it"
    );
    assert_eq!(lines(&control("andet", "", &p("Urørt"))), ["Urørt"]);
}

#[test]
fn text_boxes_headers_and_footnotes_are_filled_in_too() {
    let boxed = format!(
        "<w:p><w:r><w:t>{{{{sag.nummer}}}}</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:drawing><wp:docPr id=\"1\"/><w:txbxContent>{0}</w:txbxContent>\
         </w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>{0}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>",
        p("{{part.navn}}")
    );
    assert_eq!(filled(&boxed).matches("Aase Ø").count(), 2);
    assert_eq!(lines(&boxed).len(), 2);
    let header = format!("<w:hdr {NAMESPACES}>{}</w:hdr>", p("Sag {{sag.nummer}}"));
    let notes = format!(
        "<w:footnotes {NAMESPACES}><w:footnote w:id=\"2\">{}</w:footnote></w:footnotes>",
        p("Se {{sag.nummer}}")
    );
    let file = docx_with(
        "<w:p/>",
        &[
            ("word/header1.xml", header.as_bytes()),
            ("word/footnotes.xml", notes.as_bytes()),
        ],
    );
    let rendered = Template::read(file.into())
        .unwrap()
        .render(&data(), &[])
        .unwrap();
    let shown = Template::read(rendered.into()).unwrap().preview();
    let shown: Vec<_> = shown
        .iter()
        .map(|shown| (shown.story, shown.text.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            (Story::Header, "Sag 2026-00017"),
            (Story::Footnotes, "Se 2026-00017")
        ]
    );
}

#[test]
fn every_mistake_is_told_with_its_place_and_what_was_meant() {
    let body = [
        p("Kære {{part.nvan}}"),
        p("{{#for hver part}}"),
        p("Om {{sag.nummer}}"),
        p("x {{sag.titel"),
        p("{{#huis x}}"),
        p("{{/hvis}}"),
        p("{{ }}"),
    ]
    .concat();
    let mistakes = read(&body).mistakes;
    let told: Vec<_> = mistakes
        .iter()
        .map(|m| (m.fault, m.near.as_str(), m.meant.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (Fault::UnknownField, "Kære {{part.nvan}}", Some("part.navn")),
            (Fault::UnclosedField, "x {{sag.titel", None),
            (Fault::UnknownWord, "{{#huis x}}", Some("#hvis")),
            (Fault::UnexpectedEnd, "{{/hvis}}", None),
            (Fault::EmptyField, "{{ }}", None),
            (Fault::UnclosedLoop, "{{#for hver part}}", None),
        ]
    );
}

#[test]
fn blocks_that_cannot_be_cut_out_are_told() {
    let loops = p("{{#for hver part}}{{#for hver part}}{{/for}}{{/for}}");
    assert_eq!(faults(&loops)[0].0, Fault::NestedLoop);
    let link = "<w:p><w:r><w:t>a {{#hvis part.cvr}}b</w:t></w:r><w:hyperlink><w:r><w:t>c{{/hvis}}</w:t></w:r></w:hyperlink></w:p>";
    assert_eq!(
        faults(link),
        [(
            Fault::Misplaced,
            "a {{#hvis part.cvr}}bc{{/hvis}}".to_owned()
        )]
    );
    let crossing = [
        p("{{#hvis part.cvr}}"),
        p("a{{/hvis}}{{#hvis part.navn}}b"),
        p("{{/hvis}}"),
    ]
    .concat();
    assert_eq!(faults(&crossing)[0].0, Fault::Crossing);
    let other = [p("{{#hvis part.cvr}}x{{ellers}}y"), p("{{/hvis}}")].concat();
    assert_eq!(faults(&other)[0].0, Fault::Misplaced);
    let deep = format!(
        "{}{}",
        "{{#hvis part.cvr}}".repeat(17),
        "{{/hvis}}".repeat(17)
    );
    assert_eq!(faults(&p(&deep))[0].0, Fault::TooDeep);
}

#[test]
fn what_may_stand_only_once_is_not_repeated() {
    let body = format!(
        "{}<w:p w14:paraId=\"0A\"><w:bookmarkStart w:id=\"1\"/><w:r><w:drawing><wp:docPr id=\"7\" name=\"x\"/></w:drawing></w:r><w:bookmarkEnd w:id=\"1\"/></w:p>{}",
        p("{{#for hver part}}"),
        p("{{/for}}")
    );
    let xml = filled(&body);
    assert!(
        !xml.contains("bookmark") && !xml.contains("paraId"),
        "{xml}"
    );
    for id in 1..=3 {
        assert_eq!(
            xml.matches(&format!("<wp:docPr id=\"{}\"", FIRST_ID + id))
                .count(),
            1
        );
    }
}

#[test]
fn ten_thousand_content_controls_are_filled_in_or_told_as_one_mistake() {
    let control = "<w:p><w:sdt><w:sdtPr><w:tag w:val=\"sag.numer\"/></w:sdtPr><w:sdtContent><w:r><w:t>x</w:t></w:r></w:sdtContent></w:sdt></w:p>";
    let template = read(&control.repeat(10_000));
    assert_eq!(template.mistakes.len(), 1, "all of them are one");
    let right = read(&control.replace("numer", "nummer").repeat(10_000));
    assert_eq!(
        body_of(&right.render(&data(), &[]).unwrap())
            .matches("2026-00017")
            .count(),
        10_000
    );
}

#[test]
fn conditions_side_by_side_are_all_read_and_those_without_an_end_told_as_one() {
    let pairs = "{{#hvis sag.nummer}}{{/hvis}}".repeat(3_000);
    assert_eq!(read(&p(&pairs)).mistakes, []);
    assert_eq!(
        lines(&p(
            "{{#hvis sag.nummer}}{{/hvis}}{{#hvis sag.nummer}}ja{{/hvis}}"
        )),
        ["ja"]
    );
    let nested = p("{{#for hver part}}").repeat(3_000) + &p("{{/for}}").repeat(3_000);
    assert_eq!(read(&nested).mistakes.len(), 1, "all of them are one");
    let open = p(&"{{a".repeat(50_000));
    assert_eq!(read(&open).mistakes.len(), 1);
}

#[test]
fn templates_that_were_made_to_take_long_take_time_that_grows_with_them() {
    let of = |text: &'static str| move |n: usize| p(&text.repeat(n));
    let work = |body: &String| drop(read(body));
    assert_linear("pairs", 300, of("{{#hvis sag.nummer}}{{/hvis}}"), work);
    assert_linear("fields without an end", 3_000, of("{{a"), work);
}

#[test]
fn a_letter_that_would_grow_without_end_is_refused() {
    let template = read(&p("a{{#for hver part}}{{felt.frist}}{{/for}}b"));
    let mut data = data();
    data.fields = [("frist".to_owned(), "x".repeat(MAX_VALUE_CHARS))].into();
    data.parties = vec![PartyData::default(); 1_000];
    assert_eq!(template.render(&data, &[]), Err(PackageError::TooMuchText));
}

#[test]
fn elements_too_deep_and_grammars_are_refused() {
    let deep = format!("{}{}", "<w:tbl>".repeat(100), "</w:tbl>".repeat(100));
    let refused = |file: Vec<u8>| Template::read(file.into()).err();
    assert_eq!(refused(docx(&deep)), Some(PackageError::TooDeep));
    let bomb = "<!DOCTYPE x [<!ENTITY a \"{{sag.nummer}}\">]>".to_owned() + &document("<w:p/>");
    let file = zip(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", RELATIONS.as_bytes()),
        ("word/document.xml", bomb.as_bytes()),
    ]);
    assert_eq!(refused(file), Some(PackageError::HasGrammar));
}

const TEXT: &str = "Æ {{#hvis sag.nummer}}ø{{part.navn}}{{ellers}}y{{/hvis}}{{#for hver part}}[{{part.nr}}]{{/for}} å";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn however_word_splits_it_a_text_is_filled_in_the_same(cuts in prop::collection::btree_set(0_usize..110, 0..20)) {
        let mut body = String::from("<w:p><w:r><w:t xml:space=\"preserve\">");
        for (at, c) in TEXT.chars().enumerate() {
            if cuts.contains(&at) {
                body.push_str("</w:t></w:r><w:proofErr/><w:r><w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">");
            }
            body.push(c);
        }
        body.push_str("</w:t></w:r></w:p>");
        prop_assert_eq!(lines(&body), ["Æ øAase Ø[1][2][3] å"]);
    }

    #[test]
    fn any_order_of_any_words_is_told_or_filled_in(words in prop::collection::vec(0_usize..12, 0..12), shape: bool) {
        const WORDS: [&str; 12] = [
            "{{#for hver part}}", "{{/for}}", "{{#hvis part.cvr}}", "{{ellers}}", "{{/hvis}}", "{{part.navn}}", "x", "{{",
            "</w:t></w:r></w:p><w:p><w:r><w:t>",
            "</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>",
            "</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>",
            "</w:t></w:r><w:r><w:br/><w:t>",
        ];
        let text: String = words.iter().filter(|at| shape || !(9..11).contains(*at)).map(|at| WORDS[*at]).collect();
        let body = if shape { format!("<w:tbl><w:tr>{}</w:tr></w:tbl>", cell(&p(&text))) } else { p(&text) };
        let template = read(&body);
        if template.mistakes.is_empty() {
            let rendered = template.render(&data(), &[]).unwrap();
            let xml = body_of(&rendered);
            prop_assert!(!xml.contains("{{"), "{}", xml);
            prop_assert!(!xml.contains("<w:tcPr/></w:tc>"), "{}", xml);
            Template::read(rendered.into()).unwrap();
        }
    }

    #[test]
    fn any_part_at_all_is_read_or_refused(part: String) {
        let file = zip(&[("[Content_Types].xml", TYPES.as_bytes()), ("_rels/.rels", RELATIONS.as_bytes()), ("word/document.xml", part.as_bytes())]);
        let _ = Template::read(file.into());
    }
}
