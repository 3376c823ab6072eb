use super::*;
use crate::growth::assert_linear;
use proptest::prelude::*;

fn rules() -> Rules {
    Rules::default()
}

fn titled(subject: &str, text: &str) -> Title {
    rules().title_of(&Content {
        subject,
        text,
        sender: Some("Ole Hansen"),
        date: NaiveDate::from_ymd_opt(2024, 5, 3),
        ..Content::default()
    })
}

#[test]
fn subjects_as_a_municipality_gets_them_become_titles() {
    let mut wrong = Vec::new();
    for (subject, expected) in [
        (
            "Ansøgning om carport på Søvej 3",
            "Ansøgning om carport på Søvej 3",
        ),
        ("SV: Ansøgning om carport", "Ansøgning om carport"),
        ("Sv: VS: SV: Ansøgning om carport", "Ansøgning om carport"),
        (
            "VS: [EKSTERN] Klage over støj fra varmepumpe",
            "Klage over støj fra varmepumpe",
        ),
        (
            "[Sikker mail] Underretning vedr. barn",
            "Underretning vedr. barn",
        ),
        (
            "Underretning vedr. barn [Sikker mail]",
            "Underretning vedr. barn",
        ),
        ("Sikker mail: Lægeerklæring", "Lægeerklæring"),
        ("Lægeerklæring - sikker mail", "Lægeerklæring"),
        (
            "[EXTERNAL] RE: Tender documents, Lot 2",
            "Tender documents, Lot 2",
        ),
        (
            "Fwd: Fw: Referat af møde i grundejerforeningen",
            "Referat af møde i grundejerforeningen",
        ),
        ("Re[2]: Lokalplan 2.45", "Lokalplan 2.45"),
        ("SV (3): Lokalplan 2.45", "Lokalplan 2.45"),
        ("Vedr. vejskade på Møllevej", "Vejskade på Møllevej"),
        ("Vedr.: vejskade på Møllevej", "Vejskade på Møllevej"),
        ("Vedrørende hjemmepleje", "Hjemmepleje"),
        ("Ang. huller i vejen", "Huller i vejen"),
        ("Angående min byggesag", "Min byggesag"),
        ("HASTER: Flytning af elev", "Flytning af elev"),
        ("Haster!: Flytning af elev", "Flytning af elev"),
        ("HASTER - svar på høring", "Svar på høring"),
        ("Flytning af elev - HASTER", "Flytning af elev"),
        (
            "FYI: Pressemeddelelse om havnebadet",
            "Pressemeddelelse om havnebadet",
        ),
        (
            "Til orientering: Ny rådgiver på sagen",
            "Ny rådgiver på sagen",
        ),
        ("VS: Til orientering - Nyt fra KL", "Nyt fra KL"),
        (
            "Ansøgning fra Ole Hansen, cpr 070761-4285",
            "Ansøgning fra Ole Hansen",
        ),
        (
            "CPR-nr.: 0707614285 - ansøgning om enkeltydelse",
            "Ansøgning om enkeltydelse",
        ),
        (
            "070761-4285 Ole Hansen, handleplan",
            "Ole Hansen, handleplan",
        ),
        ("Handleplan for 070761-xxxx", "Handleplan for"),
        (
            "Sagsnr. 24/1234 - Byggetilladelse til udestue",
            "Byggetilladelse til udestue",
        ),
        (
            "Sag: 2024-00123: Byggetilladelse til udestue",
            "Byggetilladelse til udestue",
        ),
        ("SV: J.nr. 01.02.05-P16-1-24, dispensation", "Dispensation"),
        (
            "Byggetilladelse til udestue (Sagsnr.: 24/1234)",
            "Byggetilladelse til udestue",
        ),
        (
            "Byggetilladelse til udestue [Id:123456]",
            "Byggetilladelse til udestue",
        ),
        (
            "Your parking permit [ref:_00D20.500Dk:ref]",
            "Your parking permit",
        ),
        (
            "Høringssvar til forslag til lokalplan 12.",
            "Høringssvar til forslag til lokalplan 12",
        ),
        ("Mangler kloakering!!!", "Mangler kloakering"),
        (
            "Må jeg fælde træet ved skellet?",
            "Må jeg fælde træet ved skellet?",
        ),
        (
            "Ansøgning_om_byggetilladelse",
            "Ansøgning om byggetilladelse",
        ),
        ("***SPAM*** Tilbud på asfalt", "Tilbud på asfalt"),
        ("  Tilbud   på\r\n asfalt ", "Tilbud på asfalt"),
        (
            "Faktura 12345 fra Vejfolk ApS",
            "Faktura 12345 fra Vejfolk ApS",
        ),
        ("Rykker - faktura 12345", "Rykker - faktura 12345"),
        (
            "Aflyst: Dialogmøde om skolen",
            "Aflyst: Dialogmøde om skolen",
        ),
        (
            "Accepteret: Partshøring Søvej",
            "Accepteret: Partshøring Søvej",
        ),
        ("Automatisk svar: Byggesag", "Automatisk svar: Byggesag"),
        (
            "Indkaldelse til samtale d. 12/6 kl. 10",
            "Indkaldelse til samtale d. 12/6 kl. 10",
        ),
        ("Aktindsigt", "Aktindsigt"),
        (
            "aktindsigt i sag om legeplads",
            "Aktindsigt i sag om legeplads",
        ),
        (
            "Svar på jeres brev af 3. maj 2024",
            "Svar på jeres brev af 3. maj 2024",
        ),
        ("Nabohøring: Søvej 3", "Nabohøring: Søvej 3"),
        ("[Lokalplan 12] Høring", "[Lokalplan 12] Høring"),
        ("Ø-støtte 2024", "Ø-støtte 2024"),
        ("§ 34-opgørelse", "§ 34-opgørelse"),
        ("Vejen er ikke sikker", "Vejen er ikke sikker"),
        (
            "Kommunens Vej 3, mtr.nr. 12ab",
            "Kommunens Vej 3, mtr.nr. 12ab",
        ),
        ("Fortroligt: Personalesag", "Personalesag"),
        ("EKSTERN: Prøvesvar", "Prøvesvar"),
        ("Tilsynsrapport m.v.", "Tilsynsrapport m.v."),
        ("Re: AW: Städtepartnerschaft", "Städtepartnerschaft"),
        (
            "SV: Sv: Re: Hej - spørgsmål om børnehave",
            "Spørgsmål om børnehave",
        ),
        (
            "Spørgsmål til dagsordenens punkt 4",
            "Spørgsmål til dagsordenens punkt 4",
        ),
        ("Affaldsspande ikke tømt…", "Affaldsspande ikke tømt…"),
        ("Referat fra MED-møde 14/10", "Referat fra MED-møde 14/10"),
        (
            "CV og ansøgning, stilling 2024-17",
            "CV og ansøgning, stilling 2024-17",
        ),
        ("DHL: Your parcel", "DHL: Your parcel"),
        (
            "Vs: Afgørelse fra Ankestyrelsen, sag 24-12345",
            "Afgørelse fra Ankestyrelsen, sag 24-12345",
        ),
        ("#sikker Udtalelse fra PPR", "#sikker Udtalelse fra PPR"),
        ("Udtalelse fra PPR #sikker", "Udtalelse fra PPR"),
    ] {
        let title = titled(subject, "");
        if title.text != expected || title.source != TitleSource::Subject {
            wrong.push((subject, expected, title.text));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_subject_that_says_nothing_gives_way_to_sender_and_date() {
    for subject in [
        "",
        "SV:",
        "Hej",
        "hej!",
        "Hej Birthe",
        "Dokument",
        "Spørgsmål",
        "(intet emne)",
        "Re: (no subject)",
        "12345",
        "SV: [EKSTERN]",
        "...",
        "Scan",
        "VS: Vedhæftede filer",
        "070761-4285",
        "Sag 24/1234",
        "Haster!",
    ] {
        let title = titled(subject, "Hej\n\nVil I ringe?\n");
        assert_eq!(title.text, "Mail fra Ole Hansen 3. maj 2024", "{subject}");
        assert_eq!(title.source, TitleSource::SenderAndDate);
    }
    assert_eq!(rules().title_of(&Content::default()).text, "Mail");
}

#[test]
fn what_the_text_says_it_is_about_stands_in_for_the_subject() {
    use TitleSource::{AboutLine, Forwarded, Heading};
    let letter = "\n\nJeg vil gerne bygge en carport på tolv kvadratmeter ved skellet.\n";
    for (text, expected, source) in [
        (format!("Vedr.: Carport på Søvej 3{letter}"), "Carport på Søvej 3", AboutLine),
        (format!("Vedr. carport på Søvej 3{letter}"), "Carport på Søvej 3", AboutLine),
        (format!("Kære kommune\n\nVedrørende carport på Søvej 3{letter}"), "Carport på Søvej 3", AboutLine),
        (format!("Emne: Carport, cpr 070761-4285{letter}"), "Carport", AboutLine),
        (format!("*Emne:* Carport{letter}"), "Carport", AboutLine),
        (format!("Carport på Søvej 3{letter}"), "Carport på Søvej 3", Heading),
        (format!("Kære kommune\n\nAnsøgning om carport{letter}"), "Ansøgning om carport", Heading),
        (
            "Til orientering.\n\nFra: Karen Holm <karen@borger.example>\nSendt: 3. maj 2024 10:14\nTil: Post\nEmne: SV: Hæk ved skel\n\nHej".to_owned(),
            "Hæk ved skel",
            Forwarded,
        ),
        (
            "---------- Forwarded message ---------\nFra: Karen\nDate: fre. 3. maj 2024\nSubject: Hej\nTo: post\n\nEmne: Hæk".to_owned(),
            "Hæk",
            Forwarded,
        ),
    ] {
        let found = titled("VS: Hej", &text);
        assert_eq!((found.text.as_str(), found.source), (expected, source), "{text}");
    }
    for text in [
        "Vedrørende min ansøgning om carport vil jeg gerne høre, hvor langt I er kommet.\nMvh Ole",
        "Kære Birthe Lund\n\nKan I ringe til mig om hækken, når I har tid til det i denne uge?",
        "Hej\n\nOle Hansen\n",
    ] {
        assert_eq!(
            titled("Hej", text).source,
            TitleSource::SenderAndDate,
            "{text}"
        );
    }
}

#[test]
fn a_document_or_a_carried_mail_names_the_mail_when_nothing_else_does() {
    let content = Content {
        subject: "Scan",
        ..Content::default()
    };
    let by = |content: &Content<'_>| rules().title_of(content).text;
    let document = Content {
        document: Some("Ansøgning om carport"),
        ..content
    };
    assert_eq!(by(&document), "Ansøgning om carport");
    let carried = Content {
        carried: Some("SV: Klage over støj"),
        ..document
    };
    assert_eq!(by(&carried), "Klage over støj");
}

#[test]
fn the_organisations_rules_decide() {
    let rules = Rules {
        title: Pattern::parse("{date} {type} – {title}").unwrap(),
        max_title_chars: 40,
        dates: DateStyle::Iso,
        take_off: vec!["[Egelund]".to_owned(), "Borgerhenvendelse -".to_owned()],
        vague: vec!["Ny opgave".to_owned()],
        ..Rules::default()
    };
    let by = |subject: &str, kind| {
        rules
            .title_of(&Content {
                subject,
                kind,
                date: NaiveDate::from_ymd_opt(2024, 5, 3),
                ..Content::default()
            })
            .text
    };
    assert_eq!(
        by("[Egelund] Carport", Some("Ansøgning")),
        "2024-05-03 Ansøgning – Carport"
    );
    assert_eq!(
        by("Borgerhenvendelse - Hul i vejen", None),
        "2024-05-03 Hul i vejen"
    );
    assert_eq!(by("Ny opgave", None), "Mail 3. maj 2024");
    let long = by(&"lokalplan ".repeat(20), None);
    assert!(
        long.chars().count() <= 40 && long.ends_with("lokalplan…"),
        "{long}"
    );
}

#[test]
fn names_of_files_that_machines_made_say_nothing() {
    for stem in [
        "scan001",
        "Scan_20240503",
        "Scan 3. maj 2024",
        "SKM_C364e24050312300",
        "KM_C30824050312300",
        "SCN_0001",
        "IMG_1234",
        "IMG-20240503-WA0001",
        "IMG_E1234",
        "DSC00012",
        "PXL_20240503_123456789.MP",
        "image001",
        "image0",
        "Billede 1",
        "Foto",
        "Screenshot 2024-05-03 at 12.30.11",
        "Skærmbillede 2024-05-03 kl. 12.30.11",
        "Dokument",
        "Dokument (2)",
        "Document1",
        "Nyt Microsoft Word-dokument (2)",
        "Dokument uden navn",
        "Præsentation1",
        "untitled",
        "Ikke-navngivet",
        "attachment",
        "ATT00001",
        "mime-attachment",
        "Vedhæftet fil",
        "winmail",
        "Outlook-a8f3k2lq",
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "9e107d9d372bb6826bd81d3542a419d6",
        "a1b2c3d4-e5f6",
        "20240503123045",
        "12345",
        "070761-4285",
        "cpr 070761-4285",
        "Bilag 1",
        "Bilag",
        "Kopi af dokument",
        "New Document(3) 03-May-2024",
        "CamScanner 05-03-2024 12.30",
        "Adobe Scan 3. maj 2024",
        "FullSizeRender",
        "unnamed",
        "received_1234567890",
        "a8F3k2Lq9",
        "",
        "...",
        "pdf",
        "Udskrift",
        "Side 1 af 3",
        "download (1)",
        "file",
        "noname",
    ] {
        assert_eq!(rules().given_name(stem), None, "{stem}");
    }
}

#[test]
fn names_that_say_something_are_kept_and_cleaned() {
    for (stem, expected) in [
        ("Situationsplan", "Situationsplan"),
        ("Ansøgning_om_carport_v2", "Ansøgning om carport v2"),
        ("Ansøgning+om+carport", "Ansøgning om carport"),
        ("Ans%C3%B8gning%20om%20carport", "Ansøgning om carport"),
        ("Situationsplan (1)", "Situationsplan"),
        ("Situationsplan - Kopi", "Situationsplan"),
        ("Situationsplan - Kopi (2)", "Situationsplan"),
        ("Kopi af lejekontrakt", "lejekontrakt"),
        ("Lejekontrakt.docx", "Lejekontrakt"),
        ("Ansøgning 070761-4285", "Ansøgning"),
        ("Ansøgning_cpr_070761-4285", "Ansøgning"),
        (
            "Brev til nabo 3f2504e0-4f89-11d3-9a0c-0305e82c3301",
            "Brev til nabo",
        ),
        ("20240503123045_Brev til nabo", "Brev til nabo"),
        ("SV_ Ansøgning om carport", "Ansøgning om carport"),
        ("Bilag 1 - Situationsplan", "Bilag 1 - Situationsplan"),
        ("Facade 12", "Facade 12"),
        ("Facade", "Facade"),
        ("Rådgiveraftale 100% klar", "Rådgiveraftale 100% klar"),
        ("H2O-analyse", "H2O-analyse"),
        ("Tegning A3", "Tegning A3"),
        ("Referat 2024-05-03", "Referat 2024-05-03"),
        ("CV", "CV"),
    ] {
        assert_eq!(
            rules().given_name(stem).as_deref(),
            Some(expected),
            "{stem}"
        );
    }
}

#[test]
fn a_name_is_made_of_what_is_known() {
    let file = FileName {
        given: "scan001",
        format: "Dokument",
        sender: Some("Ole Hansen"),
        date: NaiveDate::from_ymd_opt(2024, 5, 3),
        ..FileName::default()
    };
    for (file, expected) in [
        (file, "Dokument – Ole Hansen 2024-05-03"),
        (
            FileName {
                kind: Some("Faktura"),
                ..file
            },
            "Faktura – Ole Hansen 2024-05-03",
        ),
        (
            FileName {
                said: Some("Carport"),
                ..file
            },
            "Carport – Ole Hansen 2024-05-03",
        ),
        (
            FileName {
                said: Some("Carport"),
                kind: Some("Ansøgning"),
                ..file
            },
            "Ansøgning – Carport – Ole Hansen 2024-05-03",
        ),
        (
            FileName {
                said: Some("Ansøgning om carport"),
                kind: Some("Ansøgning"),
                ..file
            },
            "Ansøgning om carport – Ole Hansen 2024-05-03",
        ),
        (
            FileName {
                own: Some("afgørelse om hegn"),
                ..file
            },
            "Afgørelse om hegn",
        ),
        (
            FileName {
                given: "Bilag 1",
                own: Some("Situationsplan for Søvej"),
                ..file
            },
            "Bilag 1 – Situationsplan for Søvej",
        ),
        (
            FileName {
                given: "bilag_A",
                said: Some("Carport"),
                ..file
            },
            "Bilag A – Carport – Ole Hansen 2024-05-03",
        ),
        (
            FileName {
                sender: None,
                date: None,
                ..file
            },
            "Dokument",
        ),
    ] {
        assert_eq!(rules().made_name(&file), expected, "{file:?}");
    }
    assert_eq!(
        own_name(["Brev", "Afgørelse om hegn for 070761-4285"]).as_deref(),
        Some("Afgørelse om hegn for")
    );
    assert_eq!(own_name(["Dokument 1", "Scan 12"]), None);
}

#[test]
fn the_time_grows_with_the_text_alone() {
    for run in [
        "SV: ",
        "[EKSTERN] ",
        "Vedr.: ",
        "\n\n",
        "a ",
        "Sagsnr. 24/1234 - ",
        "Haster: ",
        "Emne: Hej\n",
        "%C3",
        "kopi ",
    ] {
        let runs = |n| run.repeat(n);
        assert_linear(run, 1_000, runs, |long| {
            titled(long, long);
            let _ = rules().given_name(long);
            let _ = own_name([long.as_str()]);
        });
    }
}

proptest! {
    #[test]
    fn a_title_is_never_empty_long_or_telling(
        subject in "(SV: |Vedr. |Haster: |\\[|\\(Sag|cpr | 070761-4285 | 0707614285,|\\PC{0,6}){0,8}",
        text in "(Vedr.: |Emne: |Kære |\n| 070761-4285 |Carport|\\PC{0,6}){0,12}",
    ) {
        let title = titled(&subject, &text).text;
        prop_assert!(!title.is_empty() && title.chars().count() <= 200);
        prop_assert!(!title.contains("4285"), "{}", title);
        prop_assert!(!title.chars().any(char::is_control));
    }

    // A digit right before it makes the number another, longer one, which is nobody's.
    #[test]
    fn a_name_is_never_telling(stem in "(scan|_|Bilag |%C3%B8|%20|070761-4285 |0707614285x|\\(1\\)|[^\\pC0-9]{0,5}){0,8}") {
        if let Some(name) = rules().given_name(&stem) {
            prop_assert!(!name.contains("4285"), "{}", name);
            prop_assert!(!name.trim().is_empty());
        }
        let made = rules().made_name(&FileName { given: &stem, format: "Dokument", ..FileName::default() });
        prop_assert!(!made.contains("4285"), "{}", made);
    }
}
