use super::*;
use crate::growth::assert_linear;
use DocumentType::*;
use proptest::prelude::*;

fn of<'a>(texts: &[(Place, &'a str)]) -> Facts<'a> {
    Facts {
        texts: texts.to_vec(),
        ..Facts::default()
    }
}

fn kind(facts: &Facts<'_>) -> Option<DocumentType> {
    guess(facts, &Learner::default()).map(|guess| guess.kind)
}

#[test]
fn subjects_tell_what_a_document_is() {
    let mut wrong = Vec::new();
    for (subject, expected) in [
        (
            "Ansøgning om byggetilladelse til carport",
            Some(Application),
        ),
        ("Byggeansøgning, Søvej 3", Some(Application)),
        ("Ansøgning om aktindsigt", Some(AccessRequest)),
        ("Jeg søger om aktindsigt", Some(AccessRequest)),
        ("Anmodning om aktindsigt i sag om hegn", Some(AccessRequest)),
        ("Aktindsigt", Some(AccessRequest)),
        ("Klage over støj fra varmepumpe", Some(Complaint)),
        ("Klage over afgørelse af 3. maj 2024", Some(Complaint)),
        ("Naboklage", Some(Complaint)),
        ("Afgørelse om afslag på ansøgning", Some(Decision)),
        ("Afgørelse på klage over hegn", Some(Decision)),
        ("Byggetilladelse til udestue", Some(Decision)),
        ("Landzonetilladelse", Some(Decision)),
        ("Afslag på dispensation", Some(Decision)),
        ("Faktura 12345 fra Vejfolk ApS", Some(Invoice)),
        ("Kreditnota", Some(Invoice)),
        ("Invoice no. 2024-17", Some(Invoice)),
        ("Rykker - faktura 12345", Some(Reminder)),
        ("Betalingspåmindelse", Some(Reminder)),
        ("Referat af møde i grundejerforeningen", Some(Minutes)),
        ("Mødereferat 14/10", Some(Minutes)),
        ("Udkast til referat", Some(Minutes)),
        ("Dagsorden til udvalgsmøde", Some(Agenda)),
        ("Nabohøring: Søvej 3", Some(Hearing)),
        ("Høring af forslag til lokalplan 12", Some(Hearing)),
        ("Forslag til lokalplan 12 sendes i høring", Some(Hearing)),
        (
            "Høringssvar til forslag til lokalplan 12",
            Some(HearingAnswer),
        ),
        ("Svar på høring om lokalplan 12", Some(HearingAnswer)),
        ("Indsigelse mod lokalplan 12", Some(HearingAnswer)),
        ("Indsigelse mod afgørelse af 2. november", Some(Complaint)),
        ("Bemærkninger til lokalplanforslag", Some(HearingAnswer)),
        ("Partshøring om påbud", Some(PartyHearing)),
        ("Varsel om påbud", Some(PartyHearing)),
        ("Lejekontrakt, Søvej 3", Some(Contract)),
        ("Samarbejdsaftale om skolehave", Some(Contract)),
        ("Databehandleraftale", Some(Contract)),
        ("Tilbud på asfalt", Some(Offer)),
        ("Tilsynsrapport fra Solbakken", Some(Report)),
        ("Redegørelse for uheld i svømmehallen", Some(Report)),
        ("Kvittering for modtagelse af ansøgning", Some(Receipt)),
        ("Vi har modtaget din ansøgning", Some(Receipt)),
        ("Udtalelse fra PPR", Some(Statement)),
        ("Skoleudtalelse", Some(Statement)),
        ("Notat om parkering", Some(Note)),
        ("Telefonnotat", Some(Note)),
        ("Underretning vedr. barn", Some(Notification)),
        ("Samtykkeerklæring", Some(Consent)),
        ("Fuldmagt til at repræsentere mig", Some(PowerOfAttorney)),
        ("Indkaldelse til samtale", Some(Invitation)),
        ("Invitation til åbent hus", Some(Invitation)),
        ("Situationsplan og facader", Some(Drawing)),
        ("Plantegning", Some(Drawing)),
        ("Oversigtskort", Some(Map)),
        ("Fotodokumentation af vejskade", Some(Photo)),
        ("CV og ansøgning, stilling 2024-17", Some(Cv)),
        ("Jobansøgning: pædagog", Some(Application)),
        ("Lægeerklæring LÆ 285", Some(MedicalCertificate)),
        ("Statusattest", Some(MedicalCertificate)),
        ("Spørgsmål om hækhøjde", Some(Inquiry)),
        ("Må jeg fælde træet ved skellet?", Some(Inquiry)),
        ("Budgetopfølgning pr. 31. maj", Some(Budget)),
        ("Handleplan", Some(Plan)),
        ("Tidsplan for renovering", Some(Plan)),
        ("Skema til vejansøgning", Some(Form)),
        ("Brev til grundejere", Some(Letter)),
        // About something, or nothing.
        ("Carport på Søvej 3", None),
        ("Svar på ansøgning", None),
        ("Status på faktura", None),
        ("Vejskade på Møllevej", None),
        ("", None),
    ] {
        let found = kind(&of(&[(Place::Subject, subject)]));
        if found != expected {
            wrong.push((subject, expected, found));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn names_titles_and_beginnings_add_up() {
    let alone = of(&[(Place::Opening, "hermed fremsendes faktura for maj")]);
    assert_eq!(kind(&alone), None);
    let together = of(&[
        (Place::FileName, "2024_05-Vejfolk"),
        (Place::Heading, "FAKTURA"),
        (
            Place::Text,
            "Fakturanr. 17 Betalingsfrist 14 dage Total inkl. moms",
        ),
    ]);
    let found = guess(&together, &Learner::default()).unwrap();
    assert_eq!(found.kind, Invoice);
    assert!(
        found.confidence > 0.8 && found.confidence <= 0.99,
        "{found:?}"
    );
    assert_eq!(
        found.reasons[0],
        Reason::Word {
            place: Place::Heading,
            word: "faktura".to_owned()
        }
    );
    for (name, expected) in [
        ("Ansøgning-carport.v2", Some(Application)),
        ("20240503_Referat_MED", Some(Minutes)),
        ("Vejfolk_faktura_17", Some(Invoice)),
        ("Situationsplan 1-500", Some(Drawing)),
        ("Lokalplan 12 høringssvar", Some(HearingAnswer)),
        ("scan001", None),
    ] {
        assert_eq!(kind(&of(&[(Place::FileName, name)])), expected, "{name}");
    }
}

#[test]
fn a_mail_with_a_drawing_is_no_drawing() {
    let facts = of(&[
        (Place::Subject, "Huller i vejen"),
        (Place::Attachments, "Kort over huller"),
    ]);
    assert_eq!(kind(&facts), None);
}

#[test]
fn a_line_below_the_letterhead_says_what_a_text_is() {
    let text = "Søvej Grundejerforening\nDato: 2. maj 2024\n\nReferat af generalforsamling\n\nTil stede: Ole";
    assert_eq!(called(text), Some("Referat af generalforsamling"));
    assert_eq!(called("FAKTURA\n100 kr."), Some("FAKTURA"));
    assert_eq!(
        called("Kære Ole\n\nTak for din ansøgning om carport."),
        None
    );
    assert_eq!(called(""), None);
}

#[test]
fn a_reply_is_not_what_its_conversation_began_with() {
    let mut facts = of(&[(Place::Subject, "Ansøgning om carport")]);
    assert_eq!(kind(&facts), Some(Application));
    facts.is_reply = true;
    assert_eq!(kind(&facts), None);
    facts.texts.push((Place::Attachments, "Byggetilladelse"));
    facts.texts.push((Place::Opening, "Hermed byggetilladelse"));
    assert_eq!(kind(&facts), Some(Decision));
}

#[test]
fn what_a_municipality_sends_is_rarely_an_application() {
    let mut facts = of(&[(Place::Subject, "Ansøgning om carport")]);
    facts.direction = Some(Direction::Outgoing);
    assert_eq!(kind(&facts), None);
    facts.texts = vec![(Place::Subject, "Afgørelse om carport")];
    assert_eq!(kind(&facts), Some(Decision));
}

#[test]
fn a_picture_is_a_photo_unless_it_is_called_something_else() {
    let mut facts = of(&[(Place::FileName, "IMG_1234")]);
    facts.is_picture = true;
    assert_eq!(kind(&facts), Some(Photo));
    facts.texts = vec![
        (Place::FileName, "Situationsplan"),
        (Place::Heading, "Situationsplan"),
    ];
    assert_eq!(kind(&facts), Some(Drawing));
}

#[test]
fn what_people_choose_goes_over_what_is_given() {
    let facts = of(&[(Place::Subject, "Ansøgning om stadeplads")]);
    let mut learner = Learner::default();
    for _ in 0..4 {
        learner.learn(&lesson(Form, &facts));
    }
    let found = guess(&facts, &learner).unwrap();
    assert_eq!(found.kind, Form);
    assert!(
        matches!(found.reasons[0], Reason::Learned { count: 4, .. }),
        "{found:?}"
    );
    // What was never said to be a form is an application still.
    let other = of(&[(Place::Subject, "Byggeansøgning, carport")]);
    assert_eq!(
        guess(&other, &learner).map(|guess| guess.kind),
        Some(Application)
    );
    let unknown = of(&[(Place::Subject, "Stadeplads på torvet")]);
    assert_eq!(
        guess(&unknown, &learner).map(|guess| guess.kind),
        Some(Form)
    );
}

#[test]
fn the_time_grows_with_the_text_alone() {
    for run in ["ansøgning ", "a ", "svar på høring ", "x", "høring-"] {
        let runs = |n| run.repeat(n);
        assert_linear(run, 5_000, runs, |long| {
            let texts =
                [Place::Subject, Place::FileName, Place::Text].map(|place| (place, long.as_str()));
            let _ = kind(&of(&texts));
        });
    }
}

proptest! {
    #[test]
    fn no_text_panics_and_a_confidence_is_one(subject in "(ansøgning|faktura |klage |over |din |\\PC{0,5}){0,12}", text in "\\PC{0,60}") {
        let facts = of(&[(Place::Subject, &subject), (Place::Text, &text)]);
        let mut learner = Learner::default();
        learner.learn(&lesson(Letter, &facts));
        if let Some(guess) = guess(&facts, &learner) {
            prop_assert!((0.5..=0.99).contains(&guess.confidence));
        }
    }
}
