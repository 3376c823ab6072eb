use super::*;
use crate::growth::assert_linear;
use proptest::prelude::*;

/// A Friday.
const WRITTEN: &str = "2024-05-17";

fn found(text: &str) -> Option<(String, String)> {
    find(text, WRITTEN.parse().unwrap(), &Calendar::default())
        .map(|deadline| (deadline.date.to_string(), deadline.sentence))
}

#[test]
fn deadlines_are_found_however_they_are_written() {
    let mut wrong = Vec::new();
    for (text, expected) in [
        ("Svar senest den 3. juni.", "2024-06-03"),
        ("Vi beder om jeres svar senest d. 3/6.", "2024-06-03"),
        ("Svar senest den 3. juni 2024 kl. 12.00.", "2024-06-03"),
        (
            "Du bedes svare senest mandag den 3. juni 2024.",
            "2024-06-03",
        ),
        ("Vi skal have materialet inden den 3. juni.", "2024-06-03"),
        ("Frist: 1/6", "2024-06-01"),
        ("Frist:\n1. juni 2024", "2024-06-01"),
        ("Svarfrist: 01-06-2024", "2024-06-01"),
        ("Høringsfrist 12. juni kl. 12", "2024-06-12"),
        ("Høringsfristen er den 12. juni 2024.", "2024-06-12"),
        ("Høringsfristen udløber onsdag den 12. juni.", "2024-06-12"),
        (
            "Fristen for at indsende bemærkninger er fastsat til den 12. juni 2024.",
            "2024-06-12",
        ),
        (
            "Forslaget er i høring til og med den 12. juni 2024.",
            "2024-06-12",
        ),
        ("Høringen løber frem til 12. juni.", "2024-06-12"),
        ("Ansøgningsfrist den 1. september", "2024-09-01"),
        ("Tilmelding senest 1.6.2024", "2024-06-01"),
        ("S.U. senest d. 24. maj", "2024-05-24"),
        ("Deadline for input er 24/5.", "2024-05-24"),
        ("Deadline: 2024-05-24", "2024-05-24"),
        (
            "Må jeg få en tilbagemelding senest på fredag?",
            "2024-05-24",
        ),
        ("Kan du svare inden tirsdag?", "2024-05-21"),
        ("Jeg skal bruge det senest i morgen.", "2024-05-18"),
        ("Send det senest i dag.", "2024-05-17"),
        (
            "Vi skal bruge dit svar senest torsdag i næste uge.",
            "2024-05-23",
        ),
        ("Svar venligst inden næste fredag.", "2024-05-24"),
        ("Svar senest onsdag i uge 23.", "2024-06-05"),
        ("Materialet afleveres senest i uge 23.", "2024-06-07"),
        ("Materialet afleveres inden uge 23.", "2024-05-31"),
        (
            "Det skal være på plads inden udgangen af ugen.",
            "2024-05-17",
        ),
        ("Vi vil gerne have svar inden ugens udgang.", "2024-05-17"),
        ("Senest ved udgangen af maj.", "2024-05-31"),
        ("Bemærkninger sendes inden månedens udgang.", "2024-05-31"),
        ("Arbejdet afsluttes inden udgangen af juni.", "2024-06-28"),
        ("Inden årets udgang skal hegnet være fjernet.", "2024-12-31"),
        ("Du skal svare inden 14 dage.", "2024-05-31"),
        ("Vi beder dig svare inden for 14 dage.", "2024-05-31"),
        (
            "Du har 14 dages frist til at komme med bemærkninger.",
            "2024-05-31",
        ),
        ("Fristen er 14 dage fra dags dato.", "2024-05-31"),
        (
            "Svar senest 14 dage efter modtagelsen af dette brev.",
            "2024-05-31",
        ),
        ("Indsend oplysningerne inden fire uger.", "2024-06-14"),
        ("Indsend oplysningerne inden for tre uger.", "2024-06-07"),
        ("Regningen skal betales inden 8 dage.", "2024-05-27"),
        (
            "Vi besvarer din henvendelse inden for 10 arbejdsdage.",
            "2024-06-03",
        ),
        ("I hører fra os inden 5 hverdage.", "2024-05-27"),
        (
            "Oplysningerne skal sendes inden for 24 timer.",
            "2024-05-21",
        ),
        ("Svar inden en måned.", "2024-06-17"),
        ("Please reply by May 31.", "2024-05-31"),
        (
            "Please send your comments before 31 May 2024.",
            "2024-05-31",
        ),
        (
            "We need your response no later than June 3rd.",
            "2024-06-03",
        ),
        ("Please respond by Friday.", "2024-05-24"),
        ("Kindly submit the form within three weeks.", "2024-06-07"),
        ("The report is due June 3.", "2024-06-03"),
        ("Send it by end of week, please.", "2024-05-17"),
        ("You must answer within 10 working days.", "2024-06-03"),
        (
            "Kan I nå det til fredag? Svar til fredag er fint.",
            "2024-05-24",
        ),
        (
            "Jeg vil gerne høre fra jer senest den 1. juni, da vi holder\nferie derefter.",
            "2024-06-01",
        ),
        ("Svar senest den 10. januar.", "2025-01-10"),
        ("Klagen skal være modtaget inden 4 uger.", "2024-06-14"),
        (
            "* Bemærkninger: senest 24. maj\n* Møde: 3. juni",
            "2024-05-24",
        ),
    ] {
        let date = found(text).map(|(date, _)| date);
        if date.as_deref() != Some(expected) {
            wrong.push((text, expected, date));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn times_that_are_no_deadlines_are_left_alone() {
    let mut wrong = Vec::new();
    for text in [
        "",
        "Vi ses den 3. juni.",
        "Mødet er på fredag kl. 10.",
        "Senest opdateret den 3. juni 2024.",
        "Vi talte senest sammen den 20. maj.",
        "De seneste 14 dage har det regnet.",
        "For 14 dage siden skrev jeg til jer.",
        "Fristen udløb den 1. maj.",
        "Svar senest den 3. maj 2024.",
        "Svar senest den 3. maj.",
        "Jeg skrev til jer den 3. maj, men har ikke hørt noget.",
        "Hegnet er højst 1,80 m inden for skellet.",
        "Vi har fået 3 uger mere.",
        "Sag 24/10822, inden for området 3/5.",
        "Frist: hurtigst muligt",
        "Svar senest den 3. juni 2034.",
        "Hun kom by den 3. juni",
        "The fence was built by Ole on June 3.",
    ] {
        if let Some(found) = found(text) {
            wrong.push((text, found));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_sentence_is_shown_whole_and_alone() {
    let text = "Kære Ole\n\nTak for din ansøgning. Vi mangler en situationsplan, jf. § 4. Send den venligst\n\
                senest den 3. juni 2024 kl. 12.00, så vi kan nå det inden ferien. Ring gerne.\n\nMange hilsner";
    assert_eq!(
        found(text),
        Some((
            "2024-06-03".to_owned(),
            "Send den venligst senest den 3. juni 2024 kl. 12.00, så vi kan nå det inden ferien."
                .to_owned()
        ))
    );
    let (_, sentence) = found("Svar om 070761-4285 senest den 3. juni.").unwrap();
    assert!(!sentence.contains("4285"), "{sentence}");
}

#[test]
fn of_several_the_clearest_is_proposed_and_of_those_the_first_to_come() {
    for (text, expected) in [
        (
            "Afgørelsen kan påklages inden 4 uger. Send os en ny tegning senest den 20. juni.",
            "2024-06-20",
        ),
        (
            "Bemærkninger sendes senest den 20. juni. Svar på mødedato senest den 24. maj.",
            "2024-05-24",
        ),
        (
            "Frist for svar er den 3. juni, og mødet er den 27. maj.",
            "2024-06-03",
        ),
        (
            "Mødet er den 27. maj, og fristen for svar er den 3. juni.",
            "2024-06-03",
        ),
    ] {
        let date = found(text).map(|(date, _)| date);
        assert_eq!(date.as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn a_deadline_counted_in_days_never_ends_on_a_day_off() {
    // Seven days from Thursday 21 March 2024 is Maundy Thursday; Easter Monday is 1 April.
    let date = |text: &str| {
        find(text, "2024-03-21".parse().unwrap(), &Calendar::default())
            .unwrap()
            .date
            .to_string()
    };
    assert_eq!(date("Svar inden 7 dage."), "2024-04-02");
    assert_eq!(date("Svar inden 5 hverdage."), "2024-04-02");
    // What somebody wrote is kept.
    assert_eq!(date("Svar senest den 28. marts."), "2024-03-28");
}

#[test]
fn the_time_grows_with_the_text_alone() {
    for run in [
        "svar senest den 3. juni. ",
        "inden for 14 dage ",
        "frist ",
        "høring ",
        "1/6 ",
        "kl. ",
        "svar ",
        "\n",
        "a",
        "uge 23 inden ",
    ] {
        let runs = |n| run.repeat(n);
        assert_linear(run, 3_000, runs, |text| {
            let _ = found(text);
        });
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in "(svar |senest |inden |den |3|\\.|maj|juni|14 dage|uge |fredag|frist|:|/|\n| |\\PC){0,40}") {
        let calendar = Calendar::default();
        for day in [NaiveDate::MIN, NaiveDate::MAX, "2024-05-17".parse().unwrap()] {
            if let Some(deadline) = find(&text, day, &calendar) {
                prop_assert!(deadline.date >= day);
                prop_assert!(!deadline.sentence.is_empty() && !deadline.sentence.contains('\n'));
            }
        }
    }
}
