//! What the engine meets on a bad day: mails with too much, too little or nothing it can read, and cases without end.

use super::tests::{case, filed, filler, index, mail, now, signals, suggested};
use super::*;
use crate::domain::access::{CaseAccess, Onlooker};
use crate::domain::mail::{Address, Attachment, Mail};
use crate::growth::assert_comparable;
use uuid::Uuid;

#[test]
fn a_mail_with_ten_megabytes_of_text_is_suggested_for_by_its_beginning() {
    let (right, other) = (
        case("2024-00001", "Lokalplan for havnen"),
        case("2024-00002", "Skole"),
    );
    let index = index(&[&right, &other]);
    let text = format!(
        "{}{}",
        "Om lokalplan for havnen. ".repeat(800),
        "skole ".repeat(1_700_000)
    );
    let found = suggested(&index, &mail("a@b.example", "Hej", &text));
    assert_eq!(found[0].case_id, right.id);
}

#[test]
fn a_mail_without_text_is_suggested_for_by_who_wrote_it() {
    let (right, other) = (case("2024-00001", "Hegn"), case("2024-00002", "Skole"));
    let mut index = index(&[&right, &other]);
    index.learn(&filed(
        1,
        &right,
        signals(&mail("ole@borger.example", "Hegn", "Om hegnet")),
    ));
    let picture = Mail {
        attachments: vec![Attachment {
            name: "IMG_2231.jpg".to_owned(),
            media_type: "image/jpeg".to_owned(),
            ..Attachment::default()
        }],
        ..mail("ole@borger.example", "", "")
    };
    assert_eq!(suggested(&index, &picture)[0].case_id, right.id);
}

#[test]
fn a_mail_in_greek_is_compared_word_by_word() {
    let (right, other) = (
        case("2024-00001", "Άδεια οικοδομής"),
        case("2024-00002", "Skole"),
    );
    let index = index(&[&right, &other]);
    let greek = mail(
        "nikos@polis.example",
        "Άδεια",
        "Ζητώ άδεια οικοδομής για το σπίτι μου",
    );
    assert_eq!(suggested(&index, &greek)[0].case_id, right.id);
}

#[test]
fn a_mail_to_five_thousand_people_is_learned_asked_for_and_forgotten_with_a_few_of_them() {
    let case = case("2024-00001", "Nyhedsbrev");
    let mut index = index(&[&case]);
    let crowd = Mail {
        to: (0..5000)
            .map(|n| Address {
                name: None,
                address: format!("modtager{n}@borger.example"),
            })
            .collect(),
        ..mail("ole@borger.example", "Nyhedsbrev", "Til alle")
    };
    let signals = signals(&crowd);
    assert!(signals.others.len() <= 24, "{}", signals.others.len());
    let filed = filed(1, &case, signals);
    assert!(index.learn(&filed));
    assert_eq!(suggested(&index, &crowd)[0].case_id, case.id);
    assert!(index.forget(&filed));
    assert_eq!(index.entry_count(), 0);
}

#[test]
fn a_case_with_a_hundred_thousand_documents_costs_no_more_than_one_with_some_hundred() {
    let (endless, other) = (
        case("2024-00001", "Aktindsigt"),
        case("2024-00002", "Skole"),
    );
    let letter = signals(&mail(
        "ole@borger.example",
        "Aktindsigt igen",
        "Jeg beder om aktindsigt",
    ));
    let with = |documents: u128| {
        let mut builder = Builder::default();
        builder.take_cases(&[endless.clone(), other.clone()]);
        let numbers: Vec<u128> = (0..documents).collect();
        for page in numbers.chunks(1000) {
            builder.learn(page, |n| filed(*n, &endless, letter.clone()));
        }
        builder.finish()
    };
    let (some, many) = (with(400), with(100_000));
    let ask = |index: &Index| {
        for _ in 0..20 {
            let found = index.rank(
                &Model::default(),
                &letter,
                &Onlooker::alone("jens"),
                now(),
                5,
            );
            assert_eq!(found[0].case_id, endless.id);
        }
    };
    assert_comparable("suggesting", &some, &many, |index| ask(index));
}

#[test]
fn who_may_see_nothing_is_suggested_nothing_and_learns_nothing_of_what_there_is() {
    let mut cases = filler(50);
    for case in &mut cases {
        case.access = CaseAccess::of_users(["birthe"]);
    }
    let mut index = index(&cases.iter().collect::<Vec<_>>());
    let question = mail("ole@borger.example", &cases[3].title, &cases[3].title);
    index.learn(&filed(1, &cases[3], signals(&question)));
    assert_eq!(suggested(&index, &question), []);
    let alone = index.lesson(
        &Model::default(),
        &signals(&question),
        &Onlooker::alone("jens"),
        now(),
        Some(Uuid::nil()),
    );
    assert!(!alone.was_suggested());
}
