//! Parties of whole mails.

use super::*;
use crate::domain::cpr::Cpr;
use crate::domain::digital_post::{Correspondent, DigitalPost};
use crate::domain::direction::OwnDomains;
use crate::domain::mail::{Address, MailKind};
use proptest::prelude::*;

const NUMBER: &str = "070761-4285";

fn organisation() -> Organisation {
    Organisation {
        domains: OwnDomains::from(vec!["byen.example".to_owned()]),
        ..Organisation::default()
    }
}

fn address(written: &str) -> Address {
    match written.split_once(" <") {
        Some((name, address)) => Address {
            name: Some(name.to_owned()),
            address: address.trim_end_matches('>').to_owned(),
        },
        None => Address {
            name: None,
            address: written.to_owned(),
        },
    }
}

fn mail(from: &str, to: &[&str], subject: &str, text: &str) -> Mail {
    Mail {
        from: vec![address(from)],
        to: to.iter().map(|to| address(to)).collect(),
        subject: subject.to_owned(),
        text: text.to_owned(),
        ..Mail::default()
    }
}

/// Each party in a line: kind, name, identifier, address, mail.
fn lines(mail: &Mail) -> Vec<String> {
    propose(mail, &organisation())
        .into_iter()
        .map(|party| {
            let rest = [party.identifier, party.address, party.mail];
            let rest: Vec<String> = rest.into_iter().flatten().collect();
            format!("{:?} {}: {}", party.kind, party.name, rest.join("; "))
        })
        .collect()
}

#[test]
fn a_citizen_is_a_person_with_the_address_of_the_signature() {
    let letter = mail(
        "Karen Holm <karen@borger.example>",
        &["byggesag@byen.example"],
        "Carport",
        "Hej\n\nMå jeg bygge en carport?\n\nMvh\nKaren Holm\nSkovvej 12, 2620 Albertslund\nTlf. 20 31 42 53",
    );
    assert_eq!(
        lines(&letter),
        ["Person Karen Holm: Skovvej 12, 2620 Albertslund; karen@borger.example"]
    );
    let party = &propose(&letter, &organisation())[0];
    assert_eq!(party.phone.as_deref(), Some("20 31 42 53"));
    assert_eq!(party.because, [PartyReason::Sender, PartyReason::Signature]);
}

#[test]
fn a_company_comes_before_the_person_who_writes_for_it() {
    let letter = mail(
        "Jens Holm <jh@holmlund.example>",
        &["post@byen.example"],
        "Vedr. Gl. Landevej 7, 4000 Roskilde",
        "Jeg repræsenterer ejeren.\n\nMed venlig hilsen\nJens Holm\nAdvokat\nHolm & Lund Advokater\nBredgade 30, 1260 København K\nCVR 10150817",
    );
    assert_eq!(
        lines(&letter),
        [
            "Company Holm & Lund Advokater: 10150817; Bredgade 30, 1260 København K",
            "Person Jens Holm: jh@holmlund.example",
            "Property Gl. Landevej 7, 4000 Roskilde: Gl. Landevej 7, 4000 Roskilde",
        ]
    );
}

#[test]
fn a_firm_that_writes_in_its_own_name_is_one_party() {
    let letter = mail(
        "LegeSikker <post@legesikker.example>",
        &["post@byen.example"],
        "Rapport",
        "Hermed rapporten.\n\nVenlig hilsen\nLegeSikker ApS\nCVR 10150817",
    );
    assert_eq!(
        lines(&letter),
        ["Company LegeSikker ApS: 10150817; post@legesikker.example"]
    );
    let department = mail(
        "Egelund Mejeri, miljøafdelingen <m@mejeri.example>",
        &[],
        "pH",
        "Se her",
    );
    assert_eq!(
        lines(&department),
        ["Company Egelund Mejeri, miljøafdelingen: m@mejeri.example"]
    );
}

#[test]
fn colleagues_machines_and_lists_are_no_parties() {
    assert_eq!(
        lines(&mail(
            "Birthe Lund <birthe@byen.example>",
            &["ole@byen.example"],
            "Møde",
            "Kommer du?\n\nMvh\nBirthe"
        )),
        [""; 0]
    );
    assert_eq!(
        lines(&mail(
            "noreply@system.example",
            &["post@byen.example"],
            "Kvittering",
            "Tak."
        )),
        [""; 0]
    );
    let newsletter = Mail {
        kind: MailKind::Newsletter,
        ..mail(
            "Sundhed <nyt@forbund.example>",
            &["post@byen.example"],
            "Nyt",
            "Læs mere",
        )
    };
    assert_eq!(lines(&newsletter), [""; 0]);
}

#[test]
fn a_mail_that_goes_out_is_about_whom_it_goes_to() {
    let letter = mail(
        "Birthe Lund <birthe@byen.example>",
        &[
            "Karen Holm <karen@borger.example>",
            "chef@byen.example",
            "per.skov@firma.example",
        ],
        "Svar",
        "Det må du.\n\nMed venlig hilsen\nBirthe Lund\nByen Kommune\nRådhustorvet 1, 7100 Vejle",
    );
    assert_eq!(
        lines(&letter),
        [
            "Person Karen Holm: karen@borger.example",
            "Person Per Skov: per.skov@firma.example"
        ]
    );
}

#[test]
fn who_wrote_a_forwarded_mail_is_the_party() {
    let quoted = "Fra: Karen Holm <karen@borger.example>\nSendt: 3. maj 2024 10:14\nTil: Chefen <chef@byen.example>\nEmne: Carport\n\n\
                  Må jeg bygge?\n\nMvh\nKaren Holm\nSkovvej 12, 2620 Albertslund";
    let letter = mail(
        "Chefen <chef@byen.example>",
        &["byggesag@byen.example"],
        "VS: Carport",
        &format!("Tager du den?\n\n{quoted}"),
    );
    assert_eq!(
        lines(&letter),
        ["Person Karen Holm: Skovvej 12, 2620 Albertslund; karen@borger.example"]
    );
    let attached = Mail {
        attachments: vec![crate::domain::mail::Attachment {
            mail: Some(Box::new(mail(
                "Ole Bak <ole@borger.example>",
                &[],
                "Hæk",
                "Se her",
            ))),
            ..Default::default()
        }],
        ..mail(
            "chef@byen.example",
            &["byggesag@byen.example"],
            "VS: Hæk",
            "",
        )
    };
    assert_eq!(lines(&attached), ["Person Ole Bak: ole@borger.example"]);
}

#[test]
fn numbers_go_to_whom_they_belong_and_are_shown_masked() {
    let own = mail(
        "Karen Holm <karen@borger.example>",
        &["post@byen.example"],
        "Ansøgning",
        &format!("Mit cpr-nummer er {NUMBER}."),
    );
    assert_eq!(
        lines(&own),
        ["Person Karen Holm: 070761-xxxx; karen@borger.example"]
    );
    let of_another = mail(
        "Karen Holm <karen@borger.example>",
        &["post@byen.example"],
        "Ansøgning",
        &format!("Det gælder Emil Holm, cpr. {NUMBER}, som går i 2. klasse."),
    );
    assert_eq!(
        lines(&of_another),
        [
            "Person Karen Holm: karen@borger.example",
            "Person Emil Holm: 070761-xxxx"
        ]
    );
    let unnamed = mail(
        "skole@anden.example",
        &["post@byen.example"],
        "Elev",
        &format!("Eleven har nummer {NUMBER}"),
    );
    assert!(lines(&unnamed).contains(&"Person 070761-xxxx: 070761-xxxx".to_owned()));
    assert_eq!(
        whole_identifier(&own, "070761-xxxx").as_deref(),
        Some("0707614285")
    );
    assert_eq!(whole_identifier(&own, "070762-xxxx"), None);
}

#[test]
fn two_numbers_that_look_alike_when_masked_are_left_to_a_person() {
    let text = format!("{NUMBER} og 070761-0000 (cpr 0707610000)");
    let letter = mail("a@b.example", &[], "x", &text);
    assert_eq!(whole_identifier(&letter, "070761-xxxx"), None);
}

#[test]
fn digital_post_names_its_sender() {
    let letter = Mail {
        digital_post: Some(DigitalPost {
            sender: Correspondent {
                name: Some("Emil Holm".to_owned()),
                id: Some("070761-xxxx".to_owned()),
            },
            recipient: Correspondent {
                name: Some("Byen Kommune".to_owned()),
                id: Some("10150817".to_owned()),
            },
            people: Cpr::parse(NUMBER).into_iter().collect(),
            ..DigitalPost::default()
        }),
        ..mail(
            "noreply@digitalpost.example",
            &["post@byen.example"],
            "Brev",
            "Se brev",
        )
    };
    assert_eq!(lines(&letter), ["Person Emil Holm: 070761-xxxx"]);
    assert_eq!(
        whole_identifier(&letter, "070761-xxxx").as_deref(),
        Some("0707614285")
    );
}

#[test]
fn a_property_is_what_the_text_names_and_not_where_the_writer_lives() {
    let letter = mail(
        "Karen Holm <karen@borger.example>",
        &["post@byen.example"],
        "Nabohøring Birkevænget 4",
        "Jeg bor på Skovvej 12.\nBFE-nr. 1234567\n\nMvh\nKaren Holm\nSkovvej 12, 2620 Albertslund",
    );
    assert_eq!(
        lines(&letter)[1..],
        ["Property Birkevænget 4: 1234567; Birkevænget 4"]
    );
}

#[test]
fn a_signature_without_closing_words_is_found_by_the_name() {
    let letter = mail(
        "Karen Holm <karen@borger.example>",
        &["post@byen.example"],
        "Hæk",
        "Hækken er for høj.\n\nKaren Holm\nSkovvej 12\n2620 Albertslund",
    );
    assert_eq!(
        lines(&letter)[0],
        "Person Karen Holm: Skovvej 12, 2620 Albertslund; karen@borger.example"
    );
}

proptest! {
    #[test]
    fn no_proposal_holds_a_whole_number_or_a_colleague(
        order in proptest::collection::vec(0usize..14, 0..30), from in 0usize..4,
    ) {
        let pieces = [
            "Mvh\n", "Karen Holm\n", "070761-4285", "cpr 0707614285\n", "mit cpr ", "\n\n", "Skovvej 12, 2620 Albertslund\n",
            "Fra: Ole 070761-4285 <ole@borger.example>\n", "Emne: x\n\n", "> ", "BFE 12\n", "Holm 070761-4285 ApS\n", "æ\u{301}\n", "Tlf. 20314253\n",
        ];
        let froms = ["Karen Holm <k@borger.example>", "birthe@byen.example", "070761-4285 <x@y.example>", "0707614285@z.example"];
        let text: String = order.iter().map(|at| pieces[*at]).collect();
        let letter = mail(froms[from], &["Per 070761-4285 <p@q.example>", "chef@byen.example"], "Sag 0707614285", &text);
        let parties = propose(&letter, &organisation());
        prop_assert!(parties.len() <= MAX_PARTIES);
        for party in &parties {
            let told = format!("{} {:?} {:?} {:?} {:?} {:?}", party.name, party.identifier, party.address, party.phone, party.title, party.organisation);
            prop_assert!(!told.contains("4285"), "{}", told);
            prop_assert!(!party.name.trim().is_empty());
            prop_assert!(!party.mail.as_deref().unwrap_or_default().ends_with("@byen.example"));
        }
    }

    #[test]
    fn any_mail_is_read_without_failing(from in "\\PC{0,40}", subject in "\\PC{0,40}", text in "\\PC{0,200}") {
        propose(&mail(&from, &[&from], &subject, &text), &organisation());
    }
}
