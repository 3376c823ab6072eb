//! Dates as people write them in Danish and English: `3. maj 2024`, `d. 3/5-24`, `03.05.2024`, `May 3, 2024`.
//!
//! A date without a year is kept without one: which year is meant depends on what the date is for.

use chrono::{Datelike, Days, NaiveDate};
use regex::{Captures, Regex};
use std::ops::Range;
use std::sync::LazyLock;

/// Dates looked at in one text.
const MAX_DATES: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenDate {
    pub day: u32,
    pub month: u32,
    pub year: Option<i32>,
    /// Bytes of the text it stands on.
    pub range: Range<usize>,
}

const MONTHS: [(&str, u32); 12] = [
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("apr", 4),
    ("ma", 5),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("o", 10),
    ("nov", 11),
    ("dec", 12),
];

static WRITTEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let month = "jan(?:uary?)?|feb(?:ruary?)?|marts|march|mar|april|apr|maj|may|juni|june|jun|juli|july|jul\
                 |august|aug|september|sept|sep|oktober|october|okt|oct|november|nov|december|dec";
    let year = r"(?:19|20)\d\d";
    Regex::new(&format!(
        r"(?ix)
          (?P<iso_year>{year})-(?P<iso_month>\d\d)-(?P<iso_day>\d\d)
        | (?P<day>\d{{1,2}})(?:\.|st|nd|rd|th)?\s?(?:of\s)?(?P<month>{month})\b\.?(?:,?\s?(?P<year>{year})\b)?
        | \b(?P<us_month>{month})\.?\s(?P<us_day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s(?P<us_year>{year})\b)?
        | (?P<d>\d{{1,2}})\s?(?P<by>[./-])\s?(?P<m>\d{{1,2}})
          (?:\s?[./-]\s?(?P<y>{year}|\d\d)\b|\s(?P<y4>{year})\b)?"
    ))
    .ok()
});

impl WrittenDate {
    /// The dates of a text, in their order.
    pub fn find(text: &str) -> Vec<Self> {
        let Some(written) = WRITTEN.as_ref() else {
            return Vec::new();
        };
        written
            .captures_iter(text)
            .take(MAX_DATES)
            .filter_map(|found| read(&found, text))
            .collect()
    }

    /// The date itself, when its year is written.
    pub fn date(&self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(self.year?, self.month, self.day)
    }

    /// Without a year: the one of that name that lies from `back` days before a day to a year after that.
    pub fn date_around(&self, day: NaiveDate, back: u64) -> Option<NaiveDate> {
        if self.year.is_some() {
            return self.date();
        }
        let first = day.checked_sub_days(Days::new(back))?;
        (0..=1).find_map(|later| {
            NaiveDate::from_ymd_opt(first.year() + later, self.month, self.day)
                .filter(|date| *date >= first)
        })
    }
}

fn read(found: &Captures<'_>, text: &str) -> Option<WrittenDate> {
    let whole = found.get(0)?;
    let number = |name: &str| {
        found
            .name(name)
            .and_then(|m| m.as_str().parse::<u32>().ok())
    };
    let month_of = |name: &str| found.name(name).map(|m| month_number(m.as_str()));
    let before = text.get(..whole.start()).unwrap_or_default();
    let after = text.get(whole.end()..).unwrap_or_default();
    let (day, month, year) = if let Some(year) = number("iso_year") {
        (number("iso_day")?, number("iso_month")?, Some(year))
    } else if let Some(month) = month_of("month") {
        (number("day")?, month?, number("year"))
    } else if let Some(month) = month_of("us_month") {
        (number("us_day")?, month?, number("us_year"))
    } else {
        let year = found.name("y").or(found.name("y4"));
        let year = year.and_then(|m| full_year(m.as_str()));
        let by = found.name("by")?.as_str();
        // 3.5 may be a number and 24-12 a part of one; 1/6 is a date, and so is what `den` stands before.
        if year.is_none() && by != "/" && !(by == "." && ends_with_the(before)) {
            return None;
        }
        (number("d")?, number("m")?, year)
    };
    let is_part_of_more = before
        .chars()
        .next_back()
        .is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | '-'))
        || after.starts_with(|c: char| c.is_alphanumeric())
        || after
            .strip_prefix(['/', '-', '.'])
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    // 29 February is looked at in a leap year, where no year is written.
    let year = year.and_then(|year| i32::try_from(year).ok());
    NaiveDate::from_ymd_opt(year.unwrap_or(2024), month, day)?;
    (!is_part_of_more).then_some(WrittenDate {
        day,
        month,
        year,
        range: whole.range(),
    })
}

fn month_number(name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    MONTHS
        .iter()
        .find(|(start, _)| name.starts_with(start))
        .map(|(_, number)| *number)
}

/// Two digits mean this century, unless that is far away.
fn full_year(text: &str) -> Option<u32> {
    let year: u32 = text.parse().ok()?;
    Some(match year {
        0..=69 => 2000 + year,
        70..=99 => 1900 + year,
        _ => year,
    })
}

fn ends_with_the(before: &str) -> bool {
    let before = before.trim_end();
    ["den", "d.", "Den", "D."]
        .iter()
        .any(|the| before.ends_with(the))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn first(text: &str) -> Option<(u32, u32, Option<i32>)> {
        WrittenDate::find(text)
            .first()
            .map(|date| (date.day, date.month, date.year))
    }

    #[test]
    fn dates_are_read_however_they_are_written() {
        for (text, expected) in [
            ("Den 3. maj 2024", (3, 5, Some(2024))),
            ("d. 3.maj 2024", (3, 5, Some(2024))),
            ("3 maj 2024", (3, 5, Some(2024))),
            ("fredag den 3. maj", (3, 5, None)),
            ("12. MARTS 2025", (12, 3, Some(2025))),
            ("1. okt. 2024", (1, 10, Some(2024))),
            ("03-05-2024", (3, 5, Some(2024))),
            ("3.5.2024", (3, 5, Some(2024))),
            ("03.05.24", (3, 5, Some(2024))),
            ("3/5-24", (3, 5, Some(2024))),
            ("3/5 2024", (3, 5, Some(2024))),
            ("3/5", (3, 5, None)),
            ("den 3.5.", (3, 5, None)),
            ("2024-05-03", (3, 5, Some(2024))),
            ("May 3, 2024", (3, 5, Some(2024))),
            ("May 3rd", (3, 5, None)),
            ("3rd of May 2024", (3, 5, Some(2024))),
            ("31 December", (31, 12, None)),
            ("12. juni kl. 12", (12, 6, None)),
            ("29. februar", (29, 2, None)),
        ] {
            assert_eq!(first(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn numbers_that_only_look_like_dates_are_none() {
        for text in [
            "3.5 meter",
            "24-12",
            "sag 24/10822",
            "070761-4285",
            "kl. 12.30",
            "31. februar 2024",
            "31/2",
            "tlf. 12-34-56-78",
            "0/5",
            "14/13",
            "2024-13-01",
            "10.000",
            "maj",
            "12/345",
            "3 majs",
        ] {
            assert_eq!(first(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_without_a_year_is_the_one_around() {
        let on = |text: &str, day: &str| {
            WrittenDate::find(text)[0]
                .date_around(day.parse().unwrap(), 60)
                .unwrap()
                .to_string()
        };
        assert_eq!(on("3. maj", "2024-04-20"), "2024-05-03");
        assert_eq!(on("3. maj", "2024-05-20"), "2024-05-03");
        assert_eq!(on("10. januar", "2024-12-20"), "2025-01-10");
        assert_eq!(on("20. december", "2025-01-03"), "2024-12-20");
        assert_eq!(on("3. maj 2022", "2024-05-20"), "2022-05-03");
    }

    proptest! {
        #[test]
        fn no_text_panics_and_every_range_is_of_the_text(text in "(\\d{1,4}|[./-]|maj| |den|\\PC){0,30}") {
            for date in WrittenDate::find(&text) {
                prop_assert!(text.get(date.range.clone()).is_some());
                let _ = date.date_around(NaiveDate::MIN, 60);
                let _ = date.date_around(NaiveDate::MAX, 60);
            }
        }
    }
}
