use super::*;
use crate::domain::access::{CaseAccess, Onlooker};
use crate::domain::case::{Case, CaseStatus};
use crate::domain::kle::KleNumber;
use crate::kle::{Limits, Plan, read};
use crate::messages::Lang;
use proptest::prelude::*;
use uuid::Uuid;

const REST: &str = include_str!("../../../tests/fixtures/kle/emneplan_rest.xml");
const FACETS: &str = include_str!("../../../tests/fixtures/kle/handlingsfacetter.xml");

fn index() -> PlanIndex {
    let mut plan = Plan::default();
    for file in [REST, FACETS] {
        plan.take(read(file.as_bytes(), Limits::default()).expect("a file of KL's shape"));
    }
    PlanIndex::build(&plan)
}

fn ask(text: &str) -> Vec<ProposedSubject> {
    ask_beside(text, &OwnCases::default(), "birthe")
}

fn ask_beside(text: &str, own: &OwnCases, viewer: &str) -> Vec<ProposedSubject> {
    suggest(
        &index(),
        own,
        &Question::of_text(text),
        &Onlooker::alone(viewer),
        3,
    )
}

fn first(text: &str) -> String {
    ask(text)
        .first()
        .map_or(String::new(), |best| best.number.to_string())
}

fn reasons(text: &str) -> Vec<String> {
    let best = ask(text).into_iter().next().expect("a suggestion");
    best.reasons
        .iter()
        .map(|reason| reason.in_words(Lang::Da))
        .collect()
}

fn facet(text: &str) -> Option<String> {
    ask(text)[0]
        .facet
        .as_ref()
        .map(|facet| facet.facet.to_string())
}

fn case(n: u128, title: &str, kle: &str, access: CaseAccess) -> Case {
    Case {
        id: Uuid::from_u128(n),
        number: format!("2026-{n:05}"),
        title: title.to_owned(),
        kle: Some(kle.to_owned()),
        facet: Some("K05".to_owned()),
        status: CaseStatus::Open,
        responsible: None,
        unit: None,
        access,
        parties: Vec::new(),
        created_at: chrono::DateTime::UNIX_EPOCH,
        closed_at: None,
        version: 1,
    }
}

#[test]
fn a_keyword_leads_to_its_subject_and_is_told() {
    assert_eq!(
        first("Vi vil gerne have nye klatrestativer i gården."),
        "71.01.03"
    );
    assert!(
        reasons("Vi vil gerne have nye klatrestativer.")
            .contains(&"Stikordet »Klatrestativer« står i teksten".to_owned())
    );
}

#[test]
fn a_compound_meets_its_parts_on_either_side() {
    assert_eq!(
        first("Hvornår kommer maleren til fyrtårnsmalingen?"),
        "70.01.05"
    );
    assert_eq!(first("Klage over signalet, det lyder i havnen"), "70.02.03");
}

#[test]
fn a_law_leads_to_the_subject_that_rests_on_it() {
    assert_eq!(
        first("Der søges efter fyrtårnslovens § 16, stk. 2"),
        "70.01.05"
    );
    assert!(
        reasons("Der søges efter fyrtårnslovens § 16, stk. 2")[0].contains("fyrtårnsloven § 16")
    );
    assert_eq!(first("efter lov om tændte fyr ved kysten § 16"), "70.01.05");
    assert_eq!(
        first("jf. bekendtgørelse om bådes fortøjning § 4"),
        "70.02.04"
    );
}

#[test]
fn a_number_in_the_text_decides_and_an_old_one_leads_to_what_replaced_it() {
    let best = &ask("Vedr. KLE 70.01.08: gynger")[0];
    assert_eq!(best.number.to_string(), "70.01.08");
    assert!(best.confidence.percent() > 90);
    let old = &ask("Sag 70.02.09 om gynger")[0];
    assert_eq!(old.number.to_string(), "70.02.03");
    assert_eq!(
        old.reasons[0],
        Reason::OldNumber {
            old: "70.02.09".to_owned()
        }
    );
}

#[test]
fn what_a_subject_replaced_still_names_it() {
    assert_eq!(first("Tågehornet er gået i stykker"), "70.02.03");
}

#[test]
fn a_sentence_that_sends_a_matter_elsewhere_speaks_for_the_other_subject() {
    assert_eq!(first("passerens bolig er fugtig"), "70.01.08");
}

#[test]
fn a_facet_is_proposed_where_something_says_so_and_else_not() {
    assert_eq!(facet("70.02.04-Ø12"), Some("Ø12".to_owned()));
    assert_eq!(
        facet("Udlån af redningsveste til sejlklubben"),
        Some("Ø12".to_owned())
    );
    assert_eq!(
        facet("Fyrpasseren beder om eftersyn af bolig"),
        Some("K05".to_owned())
    );
    assert_eq!(facet("Klatrestativer"), None);
}

#[test]
fn own_cases_speak_only_to_those_who_may_see_them() {
    let mut own = OwnCases::default();
    let hidden = CaseAccess::of_users(["carl"]);
    own.upsert(&case(
        1,
        "Sommerfest i klubhuset Skjoldnæs",
        "70.02.00",
        hidden,
    ));
    let text = "Sommerfest i klubhuset Skjoldnæs til august";
    assert_eq!(ask_beside(text, &own, "birthe"), []);
    let seen = ask_beside(text, &own, "carl");
    assert_eq!(seen[0].number.to_string(), "70.02.00");
    assert!(
        matches!(&seen[0].reasons[0], Reason::OwnCases { number, count: 1, .. } if number == "2026-00001"),
        "{seen:?}"
    );
    own.remove(Uuid::from_u128(1));
    assert_eq!(ask_beside(text, &own, "carl"), []);
}

#[test]
fn an_own_case_with_a_retired_number_speaks_for_what_replaced_it() {
    let mut own = OwnCases::default();
    own.upsert(&case(
        1,
        "Sommerfest i klubhuset",
        "70.01.10",
        CaseAccess::open(),
    ));
    let found = ask_beside("Sommerfest i klubhuset", &own, "birthe");
    assert_eq!(found[0].number.to_string(), "70.02.03");
}

#[test]
fn nothing_is_proposed_for_what_the_plan_does_not_know() {
    for text in ["", "Hej", "Med venlig hilsen", "Ωμέγα κάτι", "8 8 8"] {
        assert_eq!(ask(text), [], "{text}");
    }
    let nothing = suggest(
        &PlanIndex::default(),
        &OwnCases::default(),
        &Question::of_text("havn"),
        &Onlooker::alone("x"),
        3,
    );
    assert_eq!(nothing, []);
}

#[test]
fn lookup_finds_by_number_and_by_words() {
    let index = index();
    let found = |query: &str| {
        let found = index.look_up(query, 5);
        found
            .iter()
            .map(|found| found.number.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(found("70.01.05"), ["70.01.05"]);
    assert_eq!(found("71.01")[0], "71.01");
    assert_eq!(found("70.01.")[..2], ["70.01", "70.01.00"]);
    assert_eq!(found("rutsje"), ["71.01.03"]);
    assert_eq!(found("klatre"), ["71.01.03"]);
    assert_eq!(
        index.look_up("klatre", 5)[0].keyword,
        Some("Klatrestativer")
    );
    assert_eq!(found("maling fyr"), ["70.01.05"]);
    assert_eq!(
        found("tågehorn"),
        ["70.01.10"],
        "what is retired is found too"
    );
    assert_eq!(found(""), Vec::<String>::new());
    assert_eq!(found("!!"), Vec::<String>::new());
}

#[test]
fn ten_megabytes_of_text_are_asked_with_their_beginning() {
    let text = format!(
        "Klatrestativer. {}",
        "bådplads § 3 lov om 70.01.05 ".repeat(400_000)
    );
    assert!(!ask(&text).is_empty());
}

#[test]
fn measuring_hides_what_it_asks_with() {
    let index = index();
    let measured = measure(index.plan());
    let kinds: Vec<&str> = measured.iter().map(|m| m.asked_with).collect();
    assert_eq!(kinds, ["keywords", "guidance", "titles"]);
    for m in &measured {
        assert!(
            m.questions > 2 && m.top1 <= m.top3 && m.top3 <= m.top5,
            "{m:?}"
        );
        assert!(m.mrr >= m.top1 && m.mrr <= 1.0, "{m:?}");
    }
    // Half of four keywords are hidden; none of the hidden ones says anything of what is left.
    let keywords = &measured[0];
    assert!(keywords.top1 < 1.0, "{keywords:?}");
    assert_eq!(measure(index.plan()), measured);
}

proptest! {
    #[test]
    fn the_same_question_gets_the_same_answer_and_shares_of_one(text in "[a-zæøå70-9. §,-]{0,120}") {
        let (index, own) = (index(), OwnCases::default());
        let answer = || suggest(&index, &own, &Question::of_text(&text), &Onlooker::alone("birthe"), 10);
        let found = answer();
        prop_assert_eq!(&found, &answer());
        prop_assert!(found.iter().map(|f| f.confidence.value()).sum::<f64>() <= 1.0 + 1e-9);
        for subject in &found {
            prop_assert!(!subject.reasons.is_empty(), "{:?}", subject);
            prop_assert!(KleNumber::is_subject(&subject.number));
        }
    }
}
