//! What calls for care, and what only looks so.

use super::*;
use crate::domain::mail::{Attachment, MailKind};
use proptest::prelude::*;

fn mail(subject: &str, text: &str) -> Mail {
    Mail {
        subject: subject.to_owned(),
        text: text.to_owned(),
        ..Mail::default()
    }
}

fn categories(mail: &Mail) -> Vec<Category> {
    propose(mail, [])
        .findings
        .iter()
        .map(|finding| finding.category)
        .collect()
}

#[test]
fn sensitive_mails_are_told_with_their_category() {
    for (subject, text, expected) in [
        ("Ansøgning", "Mit cpr-nr. er 070761-4285.", Category::Cpr),
        (
            "Syg",
            "Jeg har fået konstateret kræft og starter på kemoterapi.",
            Category::Health,
        ),
        (
            "Ferie",
            "Min mor er blevet indlagt på sygehuset efter en blodprop.",
            Category::Health,
        ),
        ("Mulighedserklæring", "Se vedhæftede.", Category::Health),
        (
            "Møde",
            "Hun er sygemeldt med stress og depression.",
            Category::Health,
        ),
        (
            "Leave",
            "My doctor says that she is pregnant and needs surgery.",
            Category::Health,
        ),
        (
            "Underretning vedr. elev",
            "Jeg er bekymret for eleven. Eleven har stort fravær.",
            Category::Children,
        ),
        (
            "Samvær",
            "Faren har fået frataget forældremyndigheden, og barnet er anbragt i plejefamilie.",
            Category::Children,
        ),
        (
            "Ydelser",
            "Jeg har søgt om førtidspension og får i dag kontanthjælp.",
            Category::SocialBenefits,
        ),
        (
            "Husleje",
            "Jeg er gået på sygedagpenge og kan ikke betale.",
            Category::SocialBenefits,
        ),
        (
            "Samtale",
            "Jeg tager en bisidder fra fagforeningen med, min fagforening er HK.",
            Category::TradeUnion,
        ),
        (
            "Ophold",
            "Han er asylansøger og muslim.",
            Category::OriginReligion,
        ),
        (
            "Klage",
            "Min søn blev mobbet, fordi han er homoseksuel.",
            Category::SexualLife,
        ),
        ("Attest", "Vedlagt straffeattest.", Category::Convictions),
        (
            "Fravær",
            "Han er varetægtsfængslet og sigtet for røveri.",
            Category::Convictions,
        ),
    ] {
        let found = categories(&mail(subject, text));
        assert!(found.contains(&expected), "{text}: {found:?}");
    }
}

#[test]
fn matters_that_only_look_sensitive_raise_nothing() {
    for (subject, text) in [
        (
            "Byggesag Sygehusvej 3",
            "Jeg søger om tilladelse til en carport på Sygehusvej 3, 2620 Albertslund.",
        ),
        (
            "Byggetilladelse børnehaven",
            "Hermed tegninger til udvidelse af børnehaven Solstrålen med 40 pladser til børn.",
        ),
        (
            "Ny sundhedspolitik",
            "Kommunens sundhedspolitik er i høring. Den handler om kræft, diabetes, psykiatri, misbrug og rehabilitering \
             for patienter i hele landet. Diagnoser og sygdomme skal forebygges. Læger og sygehuse inddrages.",
        ),
        (
            "Handicapparkering",
            "Jeg vil gerne søge om en handicapparkeringsplads ved indgangen.",
        ),
        (
            "Byggesag",
            "Der er indlagt vand og el i skuret, og jeg har anbragt det 2,5 m fra skel.",
        ),
        (
            "Kontingent",
            "Jeg har betalt kontingent til grundejerforeningen og beder om kvittering.",
        ),
        (
            "Sagsbehandlingstid",
            "Hvornår er min sag færdig? Behandlingen har taget lang tid.",
        ),
        (
            "Pensionskasse",
            "Pensionskassen opfører 40 boliger på grunden.",
        ),
        (
            "Referat",
            "Politiet deltog i mødet om trafiksikkerhed. Borgerne var trygge.",
        ),
        (
            "Kristen Hansen",
            "Jeg hedder Kristen Hansen og bor på Skovvej 12.",
        ),
        (
            "Underretning om afgørelse",
            "Du får hermed underretning om kommunens afgørelse om hegn.",
        ),
        (
            "Budget",
            "Udgifterne til førtidspension, kontanthjælp og sygedagpenge stiger i 2026.",
        ),
        (
            "Skolestart",
            "Skolen har 400 elever. Trivsel og fravær drøftes på forældremødet.",
        ),
        (
            "Indbrud",
            "Der har været indbrud i min garage, og jeg har skrevet til politiet.",
        ),
        ("", ""),
    ] {
        let found = categories(&mail(subject, text));
        assert!(found.is_empty(), "{subject}: {found:?}");
    }
}

#[test]
fn a_newsletter_needs_more_than_words() {
    let text = "Mød Karen, der fik kræft: 'Jeg var sygemeldt i et år', fortæller hun. Læs også om depression.";
    assert_eq!(
        categories(&mail("Sundhed i fokus", text)),
        [Category::Health]
    );
    let newsletter = Mail {
        kind: MailKind::Newsletter,
        ..mail("Sundhed i fokus", text)
    };
    assert_eq!(categories(&newsletter), []);
}

#[test]
fn what_is_quoted_counts_less_and_a_signature_nothing() {
    let sensitive = "Jeg har fået konstateret kræft.";
    assert_eq!(categories(&mail("Svar", sensitive)), [Category::Health]);
    let quoted = format!(
        "Tak for din mail.\n\nFra: Ole <ole@borger.example>\nSendt: i går\nTil: os\nEmne: x\n\n{sensitive}"
    );
    assert_eq!(categories(&mail("Svar", &quoted)), []);
    let forwarded =
        format!("Fra: Ole <ole@borger.example>\nSendt: i går\nTil: os\nEmne: x\n\n{sensitive}");
    assert_eq!(
        categories(&mail("VS: Svar", &forwarded)),
        [Category::Health],
        "it is what is meant"
    );
    let signed =
        "Se bilag.\n\nMed venlig hilsen\nOle Lund\nMin psykiatriske klinik, kræft og depression";
    assert_eq!(categories(&mail("Bilag", signed)), []);
}

#[test]
fn names_of_files_and_what_they_say_count() {
    let with_file = Mail {
        attachments: vec![Attachment {
            name: "Lægeerklæring_2026.pdf".to_owned(),
            ..Attachment::default()
        }],
        ..mail("Bilag", "Se vedhæftede")
    };
    assert_eq!(categories(&with_file), [Category::Health]);
    let documents = ["Patienten har depression og er indlagt på psykiatrisk afdeling."];
    let found = propose(&mail("Bilag", "Se vedhæftede"), documents);
    assert_eq!(found.code, AccessCode::Restricted);
}

#[test]
fn a_number_is_found_wherever_it_stands_and_never_told() {
    let signed = mail("Hæk", "Se bilag.\n\nMvh\nOle 070761-4285");
    let found = propose(&signed, []);
    assert_eq!(found.findings[0].category, Category::Cpr);
    let told = format!(
        "{found:?} {} {}",
        serde_json::to_string(&found).unwrap(),
        found.findings[0].in_words(Lang::Da)
    );
    assert!(!told.contains("4285") && !told.contains("070761"), "{told}");
}

#[test]
fn printing_a_proposal_for_debugging_shows_counts_alone() {
    let found = propose(&mail("Til jer", "Jeg har kræft og depression."), []);
    let printed = format!("{found:?}");
    assert!(printed.contains("health x 2"), "{printed}");
    assert!(!printed.contains("kræft"), "{printed}");
    assert!(found.findings[0].in_words(Lang::Da).contains("kræft"));
}

#[test]
fn access_is_never_lowered() {
    use AccessCode::{Open, Restricted};
    for (case, proposed, then) in [
        (Open, Open, Open),
        (Open, Restricted, Restricted),
        (Restricted, Open, Restricted),
        (Restricted, Restricted, Restricted),
    ] {
        assert_eq!(case.at_least(proposed), then);
    }
}

#[test]
fn the_time_grows_with_what_is_read_alone() {
    let started = std::time::Instant::now();
    propose(&mail("x", &"jeg har kræft ".repeat(500_000)), []);
    assert!(started.elapsed().as_secs() < 20);
}

proptest! {
    #[test]
    fn any_mail_is_read_without_failing(subject in "\\PC{0,40}", text in "\\PC{0,200}") {
        propose(&mail(&subject, &text), [text.as_str()]);
    }

    #[test]
    fn more_text_never_lowers_the_proposal(more in "[a-zæøå .\n]{0,80}") {
        let before = "Jeg har fået konstateret kræft.\n";
        let found = propose(&mail("Syg", &format!("{before}{more}")), []);
        prop_assert_eq!(found.code, AccessCode::Restricted);
    }
}
