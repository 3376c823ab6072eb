use super::*;
use crate::domain::direction::OwnDomains;
use crate::domain::document_type::DocumentType;
use crate::domain::mail::{Address, Attachment, MailKind};

fn attachment(name: &str, media_type: &str) -> Attachment {
    Attachment {
        name: name.to_owned(),
        clean_name: name.to_owned(),
        media_type: media_type.to_owned(),
        size: 1,
        ..Attachment::default()
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time in a test")
}

fn mail(subject: &str, attachments: Vec<Attachment>) -> Mail {
    Mail {
        subject: subject.to_owned(),
        date: Some(at("2024-05-03T21:30:00Z")),
        from: vec![Address {
            name: Some("Ole Hansen".to_owned()),
            address: "ole@borger.example".to_owned(),
        }],
        to: vec![Address {
            name: None,
            address: "post@byen.dk".to_owned(),
        }],
        attachments,
        ..Mail::default()
    }
}

fn pdf(position: usize, title: Option<&str>, heading: &str, text: &str) -> AttachmentText {
    AttachmentText {
        position,
        format: "pdf".to_owned(),
        text: text.to_owned(),
        title: title.map(str::to_owned),
        heading: Some(heading.to_owned()).filter(|heading| !heading.is_empty()),
        language: None,
        notes: Vec::new(),
    }
}

fn organisation() -> Organisation {
    Organisation {
        domains: OwnDomains::from(vec!["byen.dk".to_owned()]),
        ..Organisation::default()
    }
}

fn described_with(mail: &Mail, read: &[AttachmentText], learner: &Learner) -> Description {
    let organisation = organisation();
    let subject = Subject {
        mail,
        read,
        organisation: &organisation,
    };
    describe(&subject, learner, at("2024-05-03T22:30:00Z"))
}

fn described(mail: &Mail, read: &[AttachmentText]) -> Description {
    described_with(mail, read, &Learner::default())
}

fn names(subject: &str, files: &[(&str, &str)], read: &[AttachmentText]) -> Vec<String> {
    let attachments = files.iter().map(|(n, t)| attachment(n, t)).collect();
    let described = described(&mail(subject, attachments), read);
    described.attachments.into_iter().map(|a| a.name).collect()
}

#[test]
fn a_mail_is_described_ready_to_file() {
    let described = described(&mail("SV: [EKSTERN] Ansøgning om carport", Vec::new()), &[]);
    assert_eq!(described.title, "Ansøgning om carport");
    assert_eq!(described.direction, Direction::Incoming);
    // Half past eleven in the evening of the third, in Denmark.
    assert_eq!(described.document_date.to_string(), "2024-05-03");
}

#[test]
fn a_date_that_cannot_be_gives_way_to_the_receipt() {
    for date in [
        None,
        Some(at("2034-01-01T00:00:00Z")),
        Some(at("1970-01-01T00:00:00Z")),
    ] {
        let mail = Mail {
            date,
            ..mail("Sag", Vec::new())
        };
        assert_eq!(
            described(&mail, &[]).document_date.to_string(),
            "2024-05-04"
        );
    }
}

#[test]
fn meaningless_names_are_made_and_meaningful_ones_kept() {
    let pdf = "application/pdf";
    assert_eq!(
        names(
            "SV: Ansøgning om carport",
            &[
                ("scan001.pdf", pdf),
                ("IMG_1234.JPG", "image/jpeg"),
                ("Scan_20240503 (2).pdf", pdf),
                ("Situationsplan.pdf", pdf),
                ("Nabohøring 24/1234.docx", "application/msword"),
                ("Situationsplan (1).PDF", pdf),
            ],
            &[]
        ),
        [
            "Ansøgning om carport – Ole Hansen 2024-05-03.pdf",
            "Foto – Ansøgning om carport – Ole Hansen 2024-05-03.JPG",
            "Ansøgning om carport – Ole Hansen 2024-05-03 (2).pdf",
            "Situationsplan.pdf",
            "Nabohøring 24-1234.docx",
            "Situationsplan (2).PDF",
        ]
    );
    assert_eq!(
        names(
            "Hej",
            &[
                ("image.jpg", "image/jpeg"),
                ("document", pdf),
                ("a1b2c3d4-e5f6.bin", "x/y"),
                (
                    "scan.xlsx",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                ),
            ],
            &[]
        ),
        [
            "Foto – Ole Hansen 2024-05-03.jpg",
            "Dokument – Ole Hansen 2024-05-03.pdf",
            "Dokument – Ole Hansen 2024-05-03.bin",
            "Regneark – Ole Hansen 2024-05-03.xlsx",
        ]
    );
}

#[test]
fn no_proposal_holds_a_cpr_number() {
    let mut mail = mail(
        "Sag 070761-4285",
        vec![
            attachment("Ansøgning 070761-4285.pdf", "application/pdf"),
            attachment("0707614285.pdf", "application/pdf"),
        ],
    );
    mail.text = "Vedr.: 070761-4285\n\nSvar om 070761-4285 senest den 3. juni.".to_owned();
    let read = [pdf(
        1,
        None,
        "Udtalelse om 070761-4285",
        "Frist for 070761-4285: 3. juni 2024",
    )];
    let described = described(&mail, &read);
    let told = serde_json::to_string(&described).expect("json");
    assert!(described.task_date.is_some());
    assert!(!told.contains("4285"), "{told}");
    assert_eq!(described.attachments[0].name, "Ansøgning.pdf");
}

#[test]
fn pictures_within_the_text_are_not_proposed() {
    let mut logo = attachment("logo.png", "image/png");
    logo.inline = true;
    let mail = mail("Sag", vec![logo, attachment("Kort.pdf", "application/pdf")]);
    let described = described(&mail, &[]);
    let proposed: Vec<bool> = described.attachments.iter().map(|a| a.proposed).collect();
    assert_eq!(proposed, [false, true]);
    assert_eq!(described.attachments[0].document_type, None);
}

#[test]
fn a_file_without_a_name_is_called_what_it_calls_itself() {
    let pdf_type = "application/pdf";
    let files = [
        ("scan001.pdf", pdf_type),
        ("Kort.pdf", pdf_type),
        ("scan002.pdf", pdf_type),
        ("Bilag 1.pdf", pdf_type),
    ];
    let read = [
        pdf(0, Some("Brev"), "Afgørelse om hegn for 070761-4285", ""),
        pdf(1, Some("Kort over området"), "", ""),
        pdf(
            2,
            None,
            "",
            "Fakturanr. 17\nFAKTURA\nAt betale: 100 kr. Betalingsfrist: 14 dage. Total inkl. moms",
        ),
        pdf(3, None, "Vurdering af støjen", ""),
    ];
    assert_eq!(
        names("Hermed", &files, &read),
        [
            "Afgørelse om hegn for.pdf",
            "Kort.pdf",
            "Faktura – Ole Hansen 2024-05-03.pdf",
            "Bilag 1 – Vurdering af støjen.pdf"
        ]
    );
}

#[test]
fn a_mail_and_its_files_each_have_their_type_and_the_reason() {
    let files = vec![
        attachment("Situationsplan.pdf", "application/pdf"),
        attachment("scan001.pdf", "application/pdf"),
    ];
    let read = [pdf(1, None, "Fuldmagt til Ole Hansen", "")];
    let described = described(&mail("Ansøgning om carport", files), &read);
    let kind = described.document_type.expect("a type");
    assert_eq!(kind.kind, DocumentType::Application);
    assert_eq!(
        kind.evidence[0].in_words(Lang::Da),
        "Emnet har ordet »ansøgning«"
    );
    assert_eq!(
        kind.evidence[0].in_words(Lang::En),
        "The subject has the word “ansøgning”"
    );
    let kinds: Vec<_> = described
        .attachments
        .iter()
        .map(|file| file.document_type.as_ref().map(|kind| kind.kind))
        .collect();
    assert_eq!(
        kinds,
        [
            Some(DocumentType::Drawing),
            Some(DocumentType::PowerOfAttorney)
        ]
    );
}

#[test]
fn what_was_chosen_is_proposed_with_how_often() {
    let organisation = organisation();
    let taught = mail("Kvartalsopgørelse fra Vejfolk", Vec::new());
    let subject = Subject {
        mail: &taught,
        read: &[],
        organisation: &organisation,
    };
    let chosen = ChosenTypes {
        mail: Some(DocumentType::Report),
        files: Vec::new(),
    };
    let mut learner = Learner::default();
    for lesson in lessons(&subject, &chosen, at("2024-05-03T22:30:00Z")) {
        learner.learn(&lesson);
        learner.learn(&lesson);
    }
    let kind = described_with(&mail("Kvartalsopgørelse, maj", Vec::new()), &[], &learner)
        .document_type
        .expect("a type");
    assert_eq!(kind.kind, DocumentType::Report);
    assert_eq!(
        kind.evidence[0].in_words(Lang::Da),
        "I har 2 gange valgt Rapport for noget med ordet »kvartalsopgørelse«"
    );
}

#[test]
fn a_document_bears_its_own_date_and_a_mail_the_day_it_was_sent() {
    let mut carried = attachment("Klage.eml", "message/rfc822");
    carried.mail = Some(Box::new(Mail {
        date: Some(at("2024-04-02T10:00:00Z")),
        ..mail("Klage over støj", Vec::new())
    }));
    let files = vec![
        attachment("scan001.pdf", "application/pdf"),
        attachment("Referat 2024-04-10.pdf", "application/pdf"),
        attachment("Kort.pdf", "application/pdf"),
        carried,
    ];
    let read = [pdf(
        0,
        None,
        "Afgørelse om hegn",
        "Egelund, den 12. april 2024\n\nKære Ole",
    )];
    let described = described(&mail("Hermed", files), &read);
    let dates: Vec<String> = described
        .attachments
        .iter()
        .map(|file| file.document_date.to_string())
        .collect();
    assert_eq!(
        dates,
        ["2024-04-12", "2024-04-10", "2024-05-03", "2024-04-02"]
    );
    assert_eq!(described.attachments[2].date_reason, None);
    assert_eq!(
        described.attachments[3]
            .document_type
            .as_ref()
            .map(|kind| kind.kind),
        Some(DocumentType::Complaint)
    );
}

#[test]
fn a_deadline_is_proposed_with_its_sentence() {
    let with = |text: &str| Mail {
        text: text.to_owned(),
        ..mail("Partshøring", Vec::new())
    };
    let found = described(
        &with("Kære Ole\n\nDu bedes svare senest den 21. maj. Ring gerne.\n\nMvh Birthe"),
        &[],
    )
    .task_date
    .expect("a date");
    assert_eq!(found.date.to_string(), "2024-05-21");
    assert_eq!(
        found.sentence.as_deref(),
        Some("Du bedes svare senest den 21. maj.")
    );
    assert_eq!(found.reason, Reason::DeadlineInMail);
    let quoted = "Tak.\n\nFra: Birthe <b@byen.dk>\nSendt: 3. maj 2024 10:14\nTil: Ole\nEmne: x\n\nSvar senest den 21. maj.";
    assert_eq!(described(&with(quoted), &[]).task_date, None);
    let automatic = Mail {
        kind: MailKind::AutoReply,
        ..with("Du får svar senest den 21. maj.")
    };
    assert_eq!(described(&automatic, &[]).task_date, None);
}

#[test]
fn a_deadline_of_a_document_is_counted_from_the_document() {
    let files = vec![attachment("Høring.pdf", "application/pdf")];
    let mail = mail("Høring", files);
    let date = |text: &str| {
        let read = [pdf(0, None, "", text)];
        described(&mail, &read)
            .task_date
            .map(|task| (task.date.to_string(), task.attachment))
    };
    let letter = "Dato: 26. april 2024\n\nHøringssvar skal være modtaget inden 4 uger.";
    assert_eq!(date(letter), Some(("2024-05-24".to_owned(), Some(0))));
    // Over before the mail was sent.
    assert_eq!(date("Dato: 1. marts 2024\n\nSvar inden 14 dage."), None);
}

#[test]
fn the_text_names_a_mail_whose_subject_says_nothing() {
    let mail = Mail {
        text: "Kære kommune\n\nVedr.: Huller i Søvej\n\nHvornår laver I dem?".to_owned(),
        ..mail("Spørgsmål", Vec::new())
    };
    let mail = Mail {
        attachments: vec![attachment("scan001.pdf", "application/pdf")],
        ..mail
    };
    let described = described(&mail, &[]);
    assert_eq!(
        described.attachments[0].name,
        "Huller i Søvej – Ole Hansen 2024-05-03.pdf"
    );
    assert_eq!(described.title, "Huller i Søvej");
    assert_eq!(described.title_reason.kind(), "title_about_line");
}

#[test]
fn every_reason_is_a_sentence_in_both_languages() {
    use crate::domain::naming::TitleSource;
    let word = "x".to_owned();
    let places = [
        reasons::WordPlace::Subject,
        reasons::WordPlace::FileName,
        reasons::WordPlace::Attachments,
        reasons::WordPlace::Title,
        reasons::WordPlace::Heading,
        reasons::WordPlace::Text,
    ];
    let sources = [
        TitleSource::Subject,
        TitleSource::AboutLine,
        TitleSource::Forwarded,
        TitleSource::Document,
        TitleSource::Heading,
        TitleSource::SenderAndDate,
    ];
    let mut reasons: Vec<Reason> = sources.into_iter().map(Reason::Title).collect();
    reasons.extend(places.map(|place| Reason::TypeWord {
        place,
        word: word.clone(),
    }));
    reasons.extend(DocumentType::ALL.map(|kind| Reason::TypeLearned {
        kind,
        word: word.clone(),
        count: 2,
    }));
    reasons.extend([
        Reason::Name { own: true },
        Reason::Name { own: false },
        Reason::TypePicture,
        Reason::DateInText,
        Reason::DateInName,
        Reason::SentThen,
        Reason::DeadlineInMail,
        Reason::DeadlineInFile { name: word },
        Reason::DeadlineOfDigitalPost,
    ]);
    for reason in reasons {
        for lang in [Lang::Da, Lang::En] {
            let told = reason.in_words(lang);
            assert!(told.contains(' ') && !told.contains(['{', '_']), "{told}");
        }
    }
}
