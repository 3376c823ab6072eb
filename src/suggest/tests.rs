//! The engine as a whole: what is suggested, to whom, and why.

use super::*;
use crate::domain::access::{CaseAccess, Onlooker};
use crate::domain::case::{Case, CaseStatus, Party, PartyKind};
use crate::domain::direction::OwnDomains;
use crate::domain::mail::{Address, Mail};
use crate::messages::Lang;
use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

pub(super) fn now() -> DateTime<Utc> {
    "2024-06-03T10:00:00Z".parse().expect("a time")
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn id_of(number: &str) -> Uuid {
    let hash = blake3::hash(number.as_bytes());
    Uuid::from_slice(&hash.as_bytes()[..16]).expect("sixteen bytes")
}

pub(super) fn case(number: &str, title: &str) -> Case {
    Case {
        id: id_of(number),
        number: number.to_owned(),
        title: title.to_owned(),
        kle: None,
        facet: None,
        status: CaseStatus::Open,
        responsible: None,
        unit: None,
        access: CaseAccess::open(),
        parties: Vec::new(),
        created_at: now() - Duration::days(100),
        closed_at: None,
        version: 1,
    }
}

pub(super) fn mail(from: &str, subject: &str, text: &str) -> Mail {
    let address = |a: &str| Address {
        name: None,
        address: a.to_owned(),
    };
    Mail {
        from: vec![address(from)],
        to: vec![address("post@byen.dk")],
        subject: subject.to_owned(),
        text: text.to_owned(),
        ..Mail::default()
    }
}

pub(super) fn signals(mail: &Mail) -> Signals {
    let organisation = Organisation {
        domains: OwnDomains::from(vec!["byen.dk".to_owned()]),
        ..Organisation::default()
    };
    Signals::of(mail, &organisation)
}

pub(super) fn filed(entry: u128, case: &Case, signals: Signals) -> Filed {
    Filed {
        entry: id(entry),
        case_id: case.id,
        signals,
        documents: None,
        by: "birthe".to_owned(),
        at: now() - Duration::days(40),
    }
}

pub(super) fn index(cases: &[&Case]) -> Index {
    let mut index = Index::default();
    for case in cases {
        index.upsert_case(case);
    }
    index
}

pub(super) fn suggested(index: &Index, mail: &Mail) -> Vec<Suggestion> {
    index.rank(
        &Model::default(),
        &signals(mail),
        &Onlooker::alone("jens"),
        now(),
        5,
    )
}

pub(super) fn filler(count: usize) -> Vec<Case> {
    const WORDS: [&str; 12] = [
        "vandforsyning",
        "skolevej",
        "daginstitution",
        "renovation",
        "cykelsti",
        "svømmehal",
        "bibliotek",
        "plejehjem",
        "kloak",
        "støjgener",
        "vejbelysning",
        "idræt",
    ];
    (0..count)
        .map(|n| {
            let (a, b) = (WORDS[n % 12], WORDS[(n / 12) % 12]);
            case(
                &format!("2023-{:05}", n + 1),
                &format!("{a} og {b} område {n}"),
            )
        })
        .collect()
}

#[test]
fn a_case_number_in_the_subject_is_the_case() {
    let (right, other) = (case("2024-00123", "Carport"), case("2024-00124", "Carport"));
    let index = index(&[&right, &other]);
    let suggestions = suggested(
        &index,
        &mail("a@b.example", "SV: Carport, sagsnr. 2024-00123", ""),
    );
    assert_eq!(suggestions[0].case_id, right.id);
    assert!(suggestions[0].confidence.percent() >= 85, "{suggestions:?}");
    assert_eq!(
        suggestions[0].evidence[0],
        Evidence::CaseNumber {
            number: "2024-00123".to_owned(),
            place: Place::Subject
        }
    );
}

#[test]
fn a_piece_of_a_number_suggests_nothing() {
    let cases = [
        case("24/1", "Alfa"),
        case("24/12", "Beta"),
        case("24/123", "Gamma"),
        case("24/12345", "Delta"),
    ];
    let index = index(&cases.iter().collect::<Vec<_>>());
    for text in [
        "Vedr. sag 24/1234",
        "Faktura 2024/12345",
        "24/1234-5",
        "124/123",
    ] {
        assert!(
            suggested(&index, &mail("a@b.example", text, text)).is_empty(),
            "{text}"
        );
    }
    assert_eq!(
        suggested(&index, &mail("a@b.example", "Vedr. sag 24/123", ""))[0].case_id,
        cases[2].id
    );
}

#[test]
fn a_bare_day_in_the_text_is_weak_evidence() {
    let index = index(&[&case("14/10", "Alfa")]);
    let by_day = suggested(
        &index,
        &mail("a@b.example", "Møde", "Vi ses den 14/10 kl. 9"),
    );
    let by_number = suggested(&index, &mail("a@b.example", "Møde", "Vedr. sagsnr. 14/10"));
    assert!(by_day[0].confidence.percent() < 15 && by_number[0].confidence.percent() > 60);
}

#[test]
fn a_mail_follows_its_conversation() {
    let (right, other) = (case("2024-00001", "Alfa"), case("2024-00002", "Beta"));
    let mut index = index(&[&right, &other]);
    let mut first = signals(&mail("ole@borger.example", "Spørgsmål til noget", "Første"));
    first.thread = Some(id(7));
    index.learn(&filed(1, &right, first));
    let mut second = signals(&mail("lis@firma.example", "Helt andet emne", "Svar"));
    second.thread = Some(id(7));
    let suggestions = index.rank(
        &Model::default(),
        &second,
        &Onlooker::alone("jens"),
        now(),
        5,
    );
    assert_eq!(suggestions[0].case_id, right.id);
    assert_eq!(
        suggestions[0].evidence[0],
        Evidence::SameThread { mails: 1 }
    );
    assert!(suggestions[0].confidence.percent() >= 75);
}

#[test]
fn who_wrote_on_one_case_is_suggested_that_case() {
    let (right, other) = (case("2024-00001", "Alfa"), case("2024-00002", "Beta"));
    let mut index = index(&[&right, &other]);
    for entry in 1..4 {
        index.learn(&filed(
            entry,
            &right,
            signals(&mail("ole@borger.example", "Carport", "Tegninger")),
        ));
    }
    let suggestions = suggested(
        &index,
        &mail("ole@borger.example", "Et nyt spørgsmål her", "Kort"),
    );
    assert_eq!(suggestions[0].case_id, right.id);
    assert!(suggestions[0].evidence.contains(&Evidence::SenderOnCase {
        address: "ole@borger.example".to_owned(),
        count: 3
    }));
    let colleague_of_sender = suggested(
        &index,
        &mail("lis@borger.example", "Et andet spørgsmål", "Kort"),
    );
    assert!(
        colleague_of_sender[0]
            .evidence
            .contains(&Evidence::SenderOnCase {
                address: "@borger.example".to_owned(),
                count: 3
            })
    );
}

#[test]
fn what_a_colleague_writes_to_a_citizen_goes_where_the_citizen_is() {
    let (right, other) = (case("2024-00001", "Alfa"), case("2024-00002", "Beta"));
    let mut index = index(&[&right, &other]);
    index.learn(&filed(
        1,
        &right,
        signals(&mail("ole@borger.example", "Carport", "Tegninger")),
    ));
    let mut outgoing = mail("birthe@byen.dk", "Vores svar", "Kort");
    outgoing.to = vec![Address {
        name: None,
        address: "ole@borger.example".to_owned(),
    }];
    let suggestions = suggested(&index, &outgoing);
    assert_eq!(suggestions[0].case_id, right.id);
    assert!(
        suggestions[0]
            .evidence
            .contains(&Evidence::RecipientOnCase {
                address: "ole@borger.example".to_owned(),
                count: 1
            })
    );
}

#[test]
fn on_the_first_day_titles_and_parties_are_enough() {
    let mut cases = filler(40);
    cases.push(case("2024-00050", "Lokalplan 112 for Nordmarken"));
    let mut property = case("2024-00051", "Byggesag");
    property.parties = vec![
        Party {
            kind: PartyKind::Property,
            name: "Skovvej 12A".to_owned(),
            identifier: None,
            address: Some("Skovvej 12A, 2620 Albertslund".to_owned()),
            mail: None,
        },
        Party {
            kind: PartyKind::Company,
            name: "Tagfirmaet Andersen ApS".to_owned(),
            identifier: Some("10150817".to_owned()),
            address: None,
            mail: Some("Kontor@Tagfirmaet.example".to_owned()),
        },
    ];
    cases.push(property.clone());
    let index = index(&cases.iter().collect::<Vec<_>>());

    let about_plan = suggested(
        &index,
        &mail(
            "a@b.example",
            "Indsigelse",
            "Jeg gør indsigelse mod lokalplanen for Nordmarken",
        ),
    );
    assert_eq!(about_plan[0].case_id, cases[40].id);
    assert!(
        matches!(&about_plan[0].evidence[0], Evidence::SharedTerms { terms } if terms.contains(&"nordmarken".to_owned()))
    );

    for mail in [
        mail("a@b.example", "Spørgsmål", "Jeg bor på Skovvej 12A, 2. tv."),
        mail("a@b.example", "Faktura", "CVR-nr. 10150817"),
        mail("kontor@tagfirmaet.example", "Faktura", "Se vedhæftede"),
        mail("a@b.example", "Faktura", "Hilsen Tagfirmaet Andersen ApS"),
    ] {
        let suggestions = suggested(&index, &mail);
        assert_eq!(suggestions[0].case_id, property.id, "{}", mail.text);
        let parties = suggestions[0]
            .evidence
            .iter()
            .filter(|e| matches!(e, Evidence::Party { .. }))
            .count();
        assert_eq!(parties, 1);
    }
}

#[test]
fn nobody_is_suggested_or_told_of_a_case_they_may_not_see() {
    let mut secret = case("2024-00001", "Personalesag Ole Hansen");
    secret.access = CaseAccess::of_users(["birthe"]);
    let open = case("2024-00002", "Noget med personale");
    let mut with_secret = index(&[&secret, &open]);
    let mut without = index(&[&open]);
    let mut mail_signals = signals(&mail(
        "ole@borger.example",
        "Sagsnr. 2024-00001 personalesag",
        "Ole Hansen",
    ));
    mail_signals.thread = Some(id(9));
    with_secret.learn(&filed(1, &secret, mail_signals.clone()));
    with_secret.learn(&filed(2, &open, mail_signals.clone()));
    without.learn(&filed(2, &open, mail_signals.clone()));

    let seen = with_secret.rank(
        &Model::default(),
        &mail_signals,
        &Onlooker::alone("jens"),
        now(),
        5,
    );
    assert_eq!(
        seen.iter().map(|s| s.case_id).collect::<Vec<_>>(),
        [open.id]
    );
    assert_eq!(
        seen[0].evidence,
        without.rank(
            &Model::default(),
            &mail_signals,
            &Onlooker::alone("jens"),
            now(),
            5
        )[0]
        .evidence
    );
    assert_eq!(
        with_secret.rank(
            &Model::default(),
            &mail_signals,
            &Onlooker::alone("birthe"),
            now(),
            5
        )[0]
        .case_id,
        secret.id
    );
    assert!(
        with_secret
            .rank(
                &Model::default(),
                &mail_signals,
                &Onlooker::alone(""),
                now(),
                5
            )
            .iter()
            .all(|s| s.case_id == open.id)
    );
}

#[test]
fn losing_access_takes_effect_at_once() {
    let mut case = case("2024-00001", "Alfa");
    let mut index = index(&[&case]);
    let mail = mail("a@b.example", "Sag 2024-00001", "");
    assert_eq!(suggested(&index, &mail).len(), 1);
    case.access = CaseAccess::of_users(["birthe"]);
    index.upsert_case(&case);
    assert!(suggested(&index, &mail).is_empty());
}

#[test]
fn a_closed_case_sinks_below_an_open_one_but_stays_findable() {
    let (mut closed, open) = (
        case("2024-00001", "Carport Skovvej"),
        case("2024-00002", "Carport Skovvej"),
    );
    closed.status = CaseStatus::Closed;
    let index = index(&[&closed, &open]);
    let mail = mail("a@b.example", "Carport Skovvej", "");
    let order: Vec<_> = suggested(&index, &mail).iter().map(|s| s.case_id).collect();
    assert_eq!(order, [open.id, closed.id]);
}

#[test]
fn lately_used_cases_come_first_among_equals() {
    let (one, two) = (
        case("2024-00001", "Carport Skovvej"),
        case("2024-00002", "Carport Skovvej"),
    );
    let mut index = index(&[&one, &two]);
    let mut used = filed(1, &two, Signals::default());
    used.at = now() - Duration::days(2);
    index.learn(&used);
    let signals = signals(&mail("a@b.example", "Carport Skovvej", ""));
    let for_birthe = index.rank(
        &Model::default(),
        &signals,
        &Onlooker::alone("birthe"),
        now(),
        5,
    );
    assert_eq!(for_birthe[0].case_id, two.id);
    assert!(
        for_birthe[0]
            .evidence
            .contains(&Evidence::RecentlyUsed { days: 2 })
    );
    let for_jens = index.rank(
        &Model::default(),
        &signals,
        &Onlooker::alone("jens"),
        now(),
        5,
    );
    assert!(for_jens.iter().all(|suggestion| {
        let used = |evidence: &Evidence| matches!(evidence, Evidence::RecentlyUsed { .. });
        !suggestion.evidence.iter().any(used)
    }));
}

#[test]
fn an_undone_filing_leaves_no_trace() {
    let (one, two) = (case("2024-00001", "Alfa"), case("2024-00002", "Beta"));
    let mut changed = index(&[&one, &two]);
    let fresh = index(&[&one, &two]);
    let mut wrong = signals(&mail(
        "ole@borger.example",
        "Carport på Skovvej 12",
        "Tegninger af Alfa og Beta",
    ));
    wrong.thread = Some(id(3));
    let filing = filed(1, &two, wrong.clone());
    assert!(changed.learn(&filing));
    assert!(!changed.learn(&filing), "the same entry is learned once");
    assert_ne!(
        changed.rank(
            &Model::default(),
            &wrong,
            &Onlooker::alone("birthe"),
            now(),
            5
        ),
        fresh.rank(
            &Model::default(),
            &wrong,
            &Onlooker::alone("birthe"),
            now(),
            5
        )
    );
    assert!(changed.forget(&filing));
    assert!(!changed.forget(&filing));
    assert_eq!(
        changed.rank(
            &Model::default(),
            &wrong,
            &Onlooker::alone("birthe"),
            now(),
            5
        ),
        fresh.rank(
            &Model::default(),
            &wrong,
            &Onlooker::alone("birthe"),
            now(),
            5
        )
    );
}

#[test]
fn conversations_that_become_one_are_followed_as_one() {
    let right = case("2024-00001", "Alfa");
    let mut index = index(&[&right]);
    let in_thread = |thread| Signals {
        thread: Some(id(thread)),
        ..Signals::default()
    };
    let filing = filed(1, &right, in_thread(5));
    index.learn(&filing);
    index.merge_threads(id(5), id(6));
    assert!(
        index
            .rank(
                &Model::default(),
                &in_thread(5),
                &Onlooker::alone("jens"),
                now(),
                5
            )
            .is_empty()
    );
    assert_eq!(
        index.rank(
            &Model::default(),
            &in_thread(6),
            &Onlooker::alone("jens"),
            now(),
            5
        )[0]
        .case_id,
        right.id
    );
    index.forget(&filing);
    assert!(
        index
            .rank(
                &Model::default(),
                &in_thread(6),
                &Onlooker::alone("jens"),
                now(),
                5
            )
            .is_empty()
    );
}

#[test]
fn a_removed_case_is_gone_and_its_place_can_be_taken() {
    let (one, two) = (
        case("2024-00001", "Carport"),
        case("2024-00002", "Svømmehal"),
    );
    let mut index = index(&[&one]);
    let about_one = mail("ole@borger.example", "Carport 2024-00001", "");
    index.learn(&filed(1, &one, signals(&about_one)));
    index.remove_case(one.id);
    index.upsert_case(&two);
    assert!(
        index
            .rank(
                &Model::default(),
                &signals(&about_one),
                &Onlooker::alone("birthe"),
                now(),
                5
            )
            .is_empty()
    );
    assert_eq!((index.case_count(), index.entry_count()), (1, 0));
    assert!(
        !index.learn(&filed(2, &one, signals(&about_one))),
        "an unknown case learns nothing"
    );
}

#[test]
fn the_same_state_gives_the_same_answer_whatever_the_order_it_came_in() {
    let cases = filler(60);
    let filings: Vec<Filed> = (0..120)
        .map(|n| {
            let case = &cases[n * 7 % 60];
            let text = format!("Vedrørende {} og {}", case.title, cases[n * 11 % 60].title);
            filed(
                n as u128,
                case,
                signals(&mail(
                    &format!("p{}@borger.example", n % 9),
                    &case.title,
                    &text,
                )),
            )
        })
        .collect();
    let mut forwards = index(&cases.iter().collect::<Vec<_>>());
    let mut backwards = index(&cases.iter().rev().collect::<Vec<_>>());
    for filing in &filings {
        forwards.learn(filing);
    }
    for filing in filings.iter().rev() {
        backwards.learn(filing);
    }
    for (n, case) in cases.iter().enumerate().take(20) {
        let question = signals(&mail(
            &format!("p{n}@borger.example"),
            &case.title,
            "vejbelysning og kloak",
        ));
        let answer = forwards.rank(
            &Model::default(),
            &question,
            &Onlooker::alone("birthe"),
            now(),
            10,
        );
        assert!(!answer.is_empty());
        assert_eq!(
            answer,
            backwards.rank(
                &Model::default(),
                &question,
                &Onlooker::alone("birthe"),
                now(),
                10
            )
        );
        assert_eq!(
            answer,
            forwards.rank(
                &Model::default(),
                &question,
                &Onlooker::alone("birthe"),
                now(),
                10
            )
        );
    }
}

#[test]
fn an_empty_mail_an_empty_index_and_no_room_give_no_suggestions() {
    let case = case("2024-00001", "Alfa");
    assert!(suggested(&index(&[&case]), &Mail::default()).is_empty());
    assert!(suggested(&Index::default(), &mail("a@b.example", "Alfa", "Alfa")).is_empty());
    assert!(
        index(&[&case])
            .rank(
                &Model::default(),
                &signals(&mail("a@b.example", "Alfa", "")),
                &Onlooker::alone("jens"),
                now(),
                0
            )
            .is_empty()
    );
}

#[test]
fn confidences_of_one_mail_never_exceed_certainty_together() {
    let cases = filler(30);
    let index = index(&cases.iter().collect::<Vec<_>>());
    let suggestions = index.rank(
        &Model::default(),
        &signals(&mail(
            "a@b.example",
            "Sag 2023-00001 og sag 2023-00002",
            "kloak",
        )),
        &Onlooker::alone("jens"),
        now(),
        100,
    );
    let total: f64 = suggestions.iter().map(|s| s.confidence.value()).sum();
    assert!(total <= 1.0 + 1e-9 && suggestions.len() > 2);
}

#[test]
fn twenty_thousand_cases_are_ranked_as_rightly_as_two() {
    let cases = filler(20_000);
    let mut index = index(&cases.iter().collect::<Vec<_>>());
    index.learn(&filed(
        1,
        &cases[777],
        signals(&mail(
            "ole@borger.example",
            "Brosten",
            "Brostenene på Torvet",
        )),
    ));
    let suggestions = suggested(
        &index,
        &mail(
            "ole@borger.example",
            "Brosten",
            "Kloak og cykelsti ved brostenene",
        ),
    );
    assert_eq!(suggestions[0].case_id, cases[777].id);
    assert_eq!(suggestions.len(), 5);
}

#[test]
fn words_and_what_was_used_lately_tie_no_mail_to_a_case() {
    let hedge = case("2026-00001", "Hegn ved nabogrund");
    let index = index(&[&hedge]);
    let about_it = suggested(
        &index,
        &mail("ny@x.example", "Hegn", "Om hegnet ved nabogrunden."),
    );
    assert_eq!(about_it.len(), 1);
    assert!(!about_it[0].is_tied(), "{about_it:?}");
    let naming_it = suggested(&index, &mail("ny@x.example", "Sag 2026-00001", "Se her."));
    assert!(naming_it[0].is_tied(), "{naming_it:?}");
}

#[test]
fn every_evidence_has_a_sentence() {
    let all = [
        Evidence::CaseNumber {
            number: "2024-00123".to_owned(),
            place: Place::Text,
        },
        Evidence::SameThread { mails: 2 },
        Evidence::SenderOnCase {
            address: "a@b.example".to_owned(),
            count: 1,
        },
        Evidence::RecipientOnCase {
            address: "a@b.example".to_owned(),
            count: 1,
        },
        Evidence::Party {
            party: PartyKind::Person,
            name: "Ole".to_owned(),
        },
        Evidence::SharedTerms {
            terms: vec!["a".to_owned(), "b".to_owned()],
        },
        Evidence::RecentlyUsed { days: 3 },
    ];
    for evidence in all {
        for lang in [Lang::Da, Lang::En] {
            let words = evidence.in_words(lang);
            assert!(
                !words.contains(['{', '}']) && !words.starts_with("evidence."),
                "{words}"
            );
        }
    }
}

fn documents(title: &str, text: &str) -> Signals {
    let document = DocumentText {
        title: Some(title),
        heading: None,
        text,
    };
    Signals::of_documents(&[document], &Organisation::default())
}

#[test]
fn what_an_attachment_says_speaks_for_its_case() {
    let (right, other) = (case("2024-00123", "Hegn"), case("2024-00124", "Støj"));
    let cases = filler(40);
    let mut all: Vec<&Case> = cases.iter().collect();
    all.extend([&right, &other]);
    let index = index(&all);
    let bare = signals(&mail("a@b.example", "Hermed", "Se vedhæftede."));
    let read = documents("Påbud om hegn", "Sagsnr. 2024-00123. cpr 070761-4285");
    let kept = serde_json::to_string(&read).unwrap();
    assert!(
        !kept.contains("0707614285") && !kept.contains("070761"),
        "{kept}"
    );
    let suggestions = index.rank(
        &Model::default(),
        &bare.clone().with_documents(&read),
        &Onlooker::alone("jens"),
        now(),
        5,
    );
    assert_eq!(suggestions[0].case_id, right.id);
    let by_number = Evidence::CaseNumber {
        number: "2024-00123".to_owned(),
        place: Place::Attachment,
    };
    assert!(
        suggestions[0].evidence.contains(&by_number),
        "{suggestions:?}"
    );
    assert!(
        index
            .rank(&Model::default(), &bare, &Onlooker::alone("jens"), now(), 5)
            .is_empty()
    );
}

#[test]
fn a_word_of_an_attachment_weighs_less_than_one_of_the_mail() {
    let bare = signals(&mail("a@b.example", "", "carport"));
    let both = bare.with_documents(&documents("Drivhus", "skur carport"));
    let weight = |stem: &str| both.terms.iter().find(|t| t.0 == stem).map(|t| t.2);
    assert!(
        weight("carport") > weight("skur") && weight("skur") > Some(0),
        "{both:?}"
    );
    assert!(weight("drivhus") > weight("skur"));
}

#[test]
fn attachments_that_are_read_after_the_filing_are_learned_once_and_forgotten_with_it() {
    let (right, other) = (case("2024-00123", "Alfa"), case("2024-00124", "Beta"));
    let mut index = index(&[&right, &other]);
    let before = index.average_length();
    let mut entry = filed(1, &right, signals(&mail("a@b.example", "Hermed", "")));
    index.learn(&entry);
    entry.documents = Some(documents("Lokalplan", "Lokalplan for Grønnegade"));
    index.learn_documents(&entry);
    let learned = index.average_length();
    index.learn_documents(&entry);
    index.learn(&entry);
    assert!(learned > before && (index.average_length() - learned).abs() < 1e-9);
    let asked = signals(&mail("c@d.example", "Lokalplan Grønnegade", ""));
    assert_eq!(
        index.rank(
            &Model::default(),
            &asked,
            &Onlooker::alone("jens"),
            now(),
            5
        )[0]
        .case_id,
        right.id
    );
    assert!(index.forget(&entry));
    assert!((index.average_length() - before).abs() < 1e-9);
    assert!(
        index
            .rank(
                &Model::default(),
                &asked,
                &Onlooker::alone("jens"),
                now(),
                5
            )
            .is_empty()
    );
}
