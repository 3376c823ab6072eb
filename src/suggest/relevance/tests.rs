//! Case work told from the rest, before anybody has taught anything and after.

use super::*;
use crate::domain::mail::{Address, Attachment};
use crate::store::Judged;
use proptest::prelude::*;
use uuid::Uuid;

fn own() -> OwnDomains {
    OwnDomains::from(vec!["byen.example".to_owned()])
}

fn mail(kind: MailKind, from: &str, subject: &str) -> Mail {
    Mail {
        kind,
        from: vec![Address {
            name: None,
            address: from.to_owned(),
        }],
        to: vec![Address {
            name: None,
            address: "post@byen.example".to_owned(),
        }],
        subject: subject.to_owned(),
        ..Mail::default()
    }
}

fn asked(mail: &Mail, beginning: &str, evidence: EvidenceSeen, learned: &Learned) -> ForACase {
    let signals = Signals {
        from_own: own().has(&mail.from[0].address),
        ..Signals::default()
    };
    let question = Question {
        mail,
        beginning,
        signals: &signals,
        evidence,
    };
    ForACase::of(&question, learned, "birthe", &own())
}

fn percent(mail: &Mail, beginning: &str) -> u8 {
    let answer = asked(
        mail,
        beginning,
        EvidenceSeen::default(),
        &Learned::default(),
    );
    answer.probability.percent()
}

fn act(number: u128, for_a_case: bool, mail: &Mail) -> Judged {
    Judged {
        id: Uuid::from_u128(number),
        for_a_case,
        by: "birthe".to_owned(),
        open: true,
        undone: false,
        kind: mail.kind,
        from: mail.from[0].address.clone(),
        subject: mail.subject.clone(),
        to: Some(mail.to[0].address.clone()),
    }
}

fn taught(acts: &[Judged]) -> Learned {
    let mut learned = Learned::default();
    for act in acts {
        learned.learn(act, &own());
    }
    learned
}

#[test]
fn given_cues_tell_case_work_from_the_rest() {
    use MailKind::{Calendar, Newsletter, OutOfOffice, Personal, System};
    for (kind, from, subject, text) in [
        (
            Personal,
            "karen@borger.example",
            "Ansøgning om byggetilladelse",
            "Hermed tegninger",
        ),
        (
            Personal,
            "karen@borger.example",
            "Klage over hegn",
            "Jeg klager over",
        ),
        (
            Personal,
            "jh@advokat.example",
            "Høringssvar lokalplan 112",
            "Se vedhæftede",
        ),
        (
            Personal,
            "faktura@firma.example",
            "Faktura 1234",
            "Hermed faktura",
        ),
        (
            Personal,
            "noreply@formular.example",
            "Ny ansøgning om tilladelse",
            "Ansøger",
        ),
    ] {
        let found = percent(&mail(kind, from, subject), text);
        assert!(found >= 65, "{subject}: {found}");
    }
    for (kind, from, subject, text) in [
        (
            Newsletter,
            "nyt@forening.example",
            "Nyhedsbrev uge 12",
            "Afmeld",
        ),
        (
            OutOfOffice,
            "karen@borger.example",
            "Autosvar: Klage over hegn",
            "Jeg er på ferie",
        ),
        (Calendar, "per@firma.example", "Accepteret: Statusmøde", ""),
        (System, "alarm@drift.example", "Backup udført", "Server 12"),
        (
            Personal,
            "ole@byen.example",
            "Fredagskage",
            "Hvem tager kage med til frokost?",
        ),
        (
            Personal,
            "salg@kurser.example",
            "Webinar: tilmeld dig gratis kursus",
            "Afmeld her",
        ),
    ] {
        let found = percent(&mail(kind, from, subject), text);
        assert!(found <= 30, "{subject}: {found}");
    }
}

#[test]
fn a_case_number_outweighs_what_the_mail_looks_like() {
    let invitation = mail(
        MailKind::Calendar,
        "per@firma.example",
        "Møde om sag 2026-00012",
    );
    let evidence = EvidenceSeen {
        names_case: true,
        ..EvidenceSeen::default()
    };
    let answer = asked(&invitation, "", evidence, &Learned::default());
    assert!(answer.probability.percent() > 85, "{answer:?}");
    assert_eq!(
        answer.reasons[0].reason,
        Reason::Sign {
            sign: Sign::NamesCase
        }
    );
}

#[test]
fn every_reason_has_words_in_both_languages() {
    let letter = Mail {
        attachments: vec![Attachment::default()],
        ..mail(
            MailKind::Newsletter,
            "noreply@x.example",
            "Frokost, klage, afmeld, backup, afvist",
        )
    };
    let learned = taught(&[act(1, true, &letter), act(2, false, &letter)]);
    let question = Question {
        mail: &letter,
        beginning: "",
        signals: &Signals::default(),
        evidence: EvidenceSeen {
            names_case: true,
            same_thread: true,
            party: true,
        },
    };
    let mut reasons = cues::of(&question);
    reasons.extend(lessons(&question, &learned, "birthe", &own()));
    assert!(reasons.len() >= 12, "{reasons:?}");
    for lang in [Lang::Da, Lang::En] {
        for weighed in &reasons {
            let words = weighed.reason.in_words(lang);
            assert!(
                !words.starts_with("relevance.") && !words.contains('{'),
                "{words}"
            );
        }
    }
}

#[test]
fn a_sender_that_is_refused_sinks_and_one_that_is_filed_rises() {
    let (seller, citizen) = (
        mail(MailKind::Personal, "salg@firma.example", "Ny stol"),
        mail(MailKind::Personal, "karen@borger.example", "Hæk"),
    );
    let filed: Vec<Judged> = (10..20).map(|n| act(n, true, &citizen)).collect();
    let refused: Vec<Judged> = (20..23).map(|n| act(n, false, &seller)).collect();
    let learned = taught(&[filed, refused].concat());
    let ask = |mail: &Mail| {
        asked(mail, "", EvidenceSeen::default(), &learned)
            .probability
            .percent()
    };
    assert!(ask(&seller) < 15, "{}", ask(&seller));
    assert!(ask(&citizen) > percent(&citizen, ""), "{}", ask(&citizen));
    let stranger = mail(MailKind::Personal, "en@anden.example", "Sti");
    assert!(
        ask(&stranger).abs_diff(percent(&stranger, "")) <= 5,
        "who is not known is not judged"
    );
}

#[test]
fn the_address_of_another_at_the_same_firm_counts_less_than_ones_own() {
    let seller = mail(MailKind::Newsletter, "salg@firma.example", "Ny stol");
    let other = mail(MailKind::Newsletter, "lager@firma.example", "Din ordre");
    let refused: Vec<Judged> = (1..6).map(|n| act(n, false, &seller)).collect();
    let points = |mail: &Mail| -> f64 {
        let signals = Signals::default();
        let question = Question {
            mail,
            beginning: "",
            signals: &signals,
            evidence: EvidenceSeen::default(),
        };
        let by_firm = |weighed: &&Weighed| {
            matches!(
                weighed.reason,
                Reason::Learned {
                    by: Trait::Domain | Trait::Sender,
                    ..
                }
            )
        };
        let lessons = lessons(&question, &taught(&refused), "birthe", &own());
        lessons
            .iter()
            .filter(by_firm)
            .map(|weighed| weighed.points)
            .sum()
    };
    assert!(points(&seller) < points(&other) && points(&other) < 0.0);
    let by_provider = mail(MailKind::Newsletter, "a@gmail.com", "Ny stol");
    let neighbour = mail(MailKind::Newsletter, "b@gmail.com", "Noget helt andet");
    let learned = taught(&[act(9, false, &by_provider)]);
    let answer = asked(&neighbour, "", EvidenceSeen::default(), &learned);
    let by_domain = |weighed: &Weighed| {
        matches!(
            weighed.reason,
            Reason::Learned {
                by: Trait::Domain,
                ..
            }
        )
    };
    assert!(
        !answer.reasons.iter().any(by_domain),
        "who shares a provider shares nothing"
    );
}

#[test]
fn what_not_everybody_may_know_teaches_only_who_did_it() {
    let private = mail(MailKind::Personal, "laege@klinik.example", "Din tid");
    let hidden = Judged {
        open: false,
        ..act(1, true, &private)
    };
    let refused = act(2, false, &private);
    for secret in [hidden, refused] {
        let learned = taught(&[secret]);
        let question = Question {
            mail: &private,
            beginning: "",
            signals: &Signals::default(),
            evidence: EvidenceSeen::default(),
        };
        assert_eq!(
            ForACase::of(&question, &learned, "carl", &own()),
            ForACase::of(&question, &Learned::default(), "carl", &own())
        );
        assert_ne!(
            ForACase::of(&question, &learned, "birthe", &own()),
            ForACase::of(&question, &Learned::default(), "birthe", &own())
        );
    }
    let newsletter = mail(MailKind::Newsletter, "nyt@x.example", "Nyt");
    let shared = taught(&[act(3, false, &newsletter)]);
    assert_eq!(
        shared.all("carl").no,
        1,
        "what a machine sent to many is no secret"
    );
}

fn some_act() -> impl Strategy<Value = Judged> {
    let kinds = [MailKind::Personal, MailKind::Newsletter, MailKind::System];
    let froms = ["a@x.example", "b@x.example", "ole@byen.example", ""];
    let subjects = ["Nyhedsbrev uge 12", "Nyhedsbrev uge 13", "Hæk", ""];
    (
        0u128..30,
        any::<bool>(),
        any::<bool>(),
        0usize..3,
        0usize..4,
        0usize..4,
        0usize..2,
    )
        .prop_map(
            move |(id, for_a_case, open, kind, from, subject, by)| Judged {
                // The same id is the same act.
                id: Uuid::from_u128(
                    id * 100
                        + u128::from(for_a_case) * 50
                        + kind as u128 * 16
                        + from as u128 * 4
                        + subject as u128,
                ),
                for_a_case,
                by: ["birthe", "carl"][by].to_owned(),
                open,
                undone: false,
                kind: kinds[kind],
                from: froms[from].to_owned(),
                subject: subjects[subject].to_owned(),
                to: Some("post@byen.example".to_owned()),
            },
        )
}

/// Acts with ids of their own.
fn acts() -> impl Strategy<Value = Vec<Judged>> {
    proptest::collection::vec(some_act(), 0..25).prop_map(|acts| {
        let mut seen = std::collections::HashSet::new();
        acts.into_iter().filter(|act| seen.insert(act.id)).collect()
    })
}

proptest! {
    #[test]
    fn the_order_of_acts_leaves_no_trace(acts in acts()) {
        let mut reversed = acts.clone();
        reversed.reverse();
        prop_assert_eq!(taught(&acts), taught(&reversed));
    }

    #[test]
    fn learning_twice_is_learning_once(acts in acts()) {
        prop_assert_eq!(taught(&acts), taught(&[acts.clone(), acts].concat()));
    }

    #[test]
    fn what_is_forgotten_was_never_learned(acts in acts(), kept in 0usize..25) {
        let kept = kept.min(acts.len());
        let mut learned = taught(&acts);
        for act in &acts[kept..] {
            if act.for_a_case {
                learned.forget_filing(act, &own());
            } else {
                learned.forget_refusal(act.id);
            }
        }
        prop_assert_eq!(learned, taught(&acts[..kept]));
    }

    #[test]
    fn the_answer_is_a_probability_whatever_was_learned(acts in acts(), from in "\\PC{0,20}", subject in "\\PC{0,40}") {
        let answer = asked(&mail(MailKind::Personal, &from, &subject), &subject, EvidenceSeen::default(), &taught(&acts));
        prop_assert!((0.01..=0.99).contains(&answer.probability.value()));
        prop_assert!(answer.reasons.len() <= MAX_REASONS);
    }
}
