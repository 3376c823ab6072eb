//! The date a document bears: `Dato: 03-05-2024`, `Albertslund, den 3. maj 2024`, or the one in its name.
//!
//! Believed only when it is written with its year and lies before the mail that carries it. A letter names many dates;
//! its own stands alone on a line near the top.

use chrono::{Days, NaiveDate};

use super::written_date::WrittenDate;

const MAX_LINES: usize = 60;
const MAX_LINE_BYTES: usize = 160;
/// A document may be sent long after it was written.
const MAX_DAYS_LABELLED: u64 = 30 * 366;
const MAX_DAYS_BARE: u64 = 10 * 366;
/// A clock, or a time zone, may be ahead.
const DAYS_AHEAD: u64 = 1;

const LABELS: [&str; 18] = [
    "dato",
    "date",
    "brevdato",
    "dateret",
    "dokumentdato",
    "mødedato",
    "fakturadato",
    "invoice date",
    "regningsdato",
    "afgørelsesdato",
    "tilbudsdato",
    "aftaledato",
    "udarbejdet",
    "udstedt",
    "udstedelsesdato",
    "underskrevet",
    "den",
    "d.",
];
/// What stands before the date on its line and says nothing of its own.
const BEFORE: [&str; 12] = [
    "den", "d.", "mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag", "monday",
    "the", "dato",
];

/// The date of a document by its text; `sent` is the day of the mail that carries it.
pub fn of_text(text: &str, sent: NaiveDate) -> Option<NaiveDate> {
    let mut bare = None;
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(MAX_LINES)
        .filter(|line| line.len() <= MAX_LINE_BYTES);
    for line in lines {
        match on_line(line) {
            Some((date, true)) if is_believable(date, sent, MAX_DAYS_LABELLED) => {
                return Some(date);
            }
            Some((date, false)) if is_believable(date, sent, MAX_DAYS_BARE) => {
                bare = bare.or(Some(date));
            }
            _ => {}
        }
    }
    bare
}

/// The date in a file's name, which somebody wrote: `Referat 2024-05-03`.
pub fn of_name(stem: &str, sent: NaiveDate) -> Option<NaiveDate> {
    let spaced = stem.replace('_', " ");
    let mut dates = WrittenDate::find(&spaced)
        .into_iter()
        .filter_map(|written| written.date());
    let date = dates.next()?;
    (dates.next().is_none() && is_believable(date, sent, MAX_DAYS_BARE)).then_some(date)
}

/// The date of a line that holds little else, and whether a label says what it is.
fn on_line(line: &str) -> Option<(NaiveDate, bool)> {
    let written = WrittenDate::find(line).into_iter().next()?;
    let date = written.date()?;
    let before = line.get(..written.range.start)?.trim().to_lowercase();
    let after = line.get(written.range.end..)?.trim();
    let before = without_the(&before);
    let label = before.trim_end_matches([':', '.', ' ']);
    if LABELS.contains(&label) && (before.ends_with(':') || after.is_empty()) {
        return Some((date, true));
    }
    let is_place = before
        .strip_suffix(',')
        .is_some_and(|place| place.split_whitespace().count() <= 4);
    let stands_alone = after.trim_matches(['.', ',']).is_empty();
    (stands_alone && (before.is_empty() || is_place)).then_some((date, false))
}

/// `fredag den`
fn without_the(mut before: &str) -> &str {
    while let Some(shorter) = BEFORE.iter().find_map(|word| before.strip_suffix(word)) {
        before = shorter.trim_end();
    }
    before
}

fn is_believable(date: NaiveDate, sent: NaiveDate, max_days: u64) -> bool {
    let earliest = sent.checked_sub_days(Days::new(max_days));
    let latest = sent.checked_add_days(Days::new(DAYS_AHEAD));
    earliest.is_none_or(|earliest| date >= earliest) && latest.is_none_or(|latest| date <= latest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> Option<String> {
        let sent = "2024-05-10".parse().unwrap();
        of_text(text, sent).map(|date| date.to_string())
    }

    #[test]
    fn a_letters_own_date_is_found_at_its_top() {
        for (text, expected) in [
            ("Egelund Kommune\nDen 3. maj 2024\n\nKære Ole", "2024-05-03"),
            ("Dato: 03-05-2024\nSagsnr.: 24/1234", "2024-05-03"),
            ("Dato 3. maj 2024", "2024-05-03"),
            ("Albertslund, den 3. maj 2024", "2024-05-03"),
            ("Nørre Alslev, d. 3/5-2024", "2024-05-03"),
            ("Fredag den 3. maj 2024", "2024-05-03"),
            ("3. maj 2024", "2024-05-03"),
            (
                "Side 1 af 3\nDato\n03.05.2024\nJ.nr. 01.02.03",
                "2024-05-03",
            ),
            (
                "Fakturadato: 2024-05-03\nForfaldsdato: 2024-05-09",
                "2024-05-03",
            ),
            ("Mødedato: 3. maj 2024 kl. 12.00", "2024-05-03"),
            ("Date: May 3, 2024", "2024-05-03"),
            ("2. april 2024\nDato: 3. maj 2024", "2024-05-03"),
            ("Dato: 3. maj 1998", "1998-05-03"),
        ] {
            assert_eq!(of(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_dates_of_a_letter_are_not_its_own() {
        for text in [
            "Forfaldsdato: 01-05-2024",
            "Fødselsdato: 03-05-1980",
            "Vi har den 3. maj 2024 modtaget din ansøgning.",
            "Du skal svare senest den 3. maj 2024",
            "Dato: 3. maj 2025",
            "3. maj 1999",
            "Dato: 3. maj",
            "Født 3. maj 1980",
            "",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_tells_the_date_when_it_holds_one() {
        let sent = "2024-05-10".parse().unwrap();
        let of = |stem| of_name(stem, sent).map(|date| date.to_string());
        assert_eq!(of("Referat_2024-05-03").as_deref(), Some("2024-05-03"));
        assert_eq!(
            of("Referat af møde 3. maj 2024").as_deref(),
            Some("2024-05-03")
        );
        assert_eq!(of("Høring til 1. juni 2024"), None);
        assert_eq!(of("Regnskab 01.01.2024 - 31.03.2024"), None);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(Dato|:|den| |3|\\.|maj|2024|\n|\\PC){0,40}") {
            let _ = of_text(&text, NaiveDate::MIN);
            let _ = of_text(&text, NaiveDate::MAX);
        }
    }
}
