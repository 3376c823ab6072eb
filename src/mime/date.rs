//! Dates of mails, in every shape that software writes.
//!
//! RFC 5322 and its forerunners, ctime, ISO 8601, days and months in Danish and its neighbours' languages, numbers
//! alone. What is not said is taken as midnight and UTC; a date that cannot be is none.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};

/// What is read of a field; no date is longer.
const MAX_BYTES: usize = 200;
/// The first letters of the months' names: English, Danish, Norwegian, Swedish, German, French.
const MONTHS: [&[&str]; 12] = [
    &["jan"],
    &["feb", "fév", "fev"],
    &["mar", "mär", "mrz"],
    &["apr", "avr"],
    &["maj", "may", "mai"],
    &["jun", "juin"],
    &["jul", "juil"],
    &["aug", "aoû", "aou"],
    &["sep"],
    &["okt", "oct"],
    &["nov"],
    &["dec", "dez", "déc", "des"],
];
/// Zones that software names (RFC 822, and Europe's).
const ZONES: [(&str, i32); 24] = [
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("z", 0),
    ("wet", 0),
    ("bst", 60),
    ("west", 60),
    ("cet", 60),
    ("met", 60),
    ("mez", 60),
    ("cest", 120),
    ("mest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("eest", 180),
    ("msk", 180),
    ("est", -300),
    ("edt", -240),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
];

/// The moment that the field says.
pub(super) fn read(field: &str) -> Option<DateTime<Utc>> {
    let field = field.get(..field.floor_char_boundary(MAX_BYTES))?;
    let mut found = Found::default();
    for word in words(field) {
        found.word(word);
    }
    found.moment()
}

/// Words between white space, commas and brackets; a comment that only names the zone is read with them.
fn words(field: &str) -> impl Iterator<Item = &str> {
    field
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '"' | ';' | '\0'))
        .filter(|word| !word.is_empty())
}

#[derive(Default)]
struct Found {
    day: Option<u32>,
    month: Option<u32>,
    year: Option<i32>,
    time: Option<NaiveTime>,
    /// Minutes east of Greenwich.
    zone: Option<i32>,
    afternoon: Option<bool>,
    /// What looks like a time and cannot be one: the rest is no better.
    is_wrong: bool,
}

impl Found {
    fn word(&mut self, word: &str) {
        let lower = word.to_lowercase();
        if self.iso(word) || self.numbers(word) || self.dashed(word) {
            return;
        }
        match lower.as_str() {
            "am" | "a.m." => self.afternoon = Some(false),
            "pm" | "p.m." => self.afternoon = Some(true),
            _ if self.time.is_none() && self.clock(word) => (),
            _ if word
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.')
                && word.bytes().any(|byte| byte.is_ascii_digit()) =>
            {
                self.number(word.trim_end_matches('.'));
            }
            _ if self.offset(&lower) => (),
            _ => self.name(&lower),
        }
    }

    /// `2026-02-03`, with or without the time behind a T.
    fn iso(&mut self, word: &str) -> bool {
        let Some(date) = word.get(..10) else {
            return false;
        };
        let Ok(date) = NaiveDate::parse_from_str(date, "%Y-%m-%d") else {
            return false;
        };
        self.set_date(date);
        let rest = word.get(10..).unwrap_or_default();
        let time = rest.trim_start_matches(['T', 't']);
        let end = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
        let (time, zone) = time.split_at(end);
        self.clock(time);
        self.offset(&zone.to_lowercase());
        true
    }

    /// `03-02-2026`, `3/2/26`, `3.2.2026`: the day first, unless that cannot be.
    fn numbers(&mut self, word: &str) -> bool {
        let mut parts = word.split(['-', '/', '.']);
        let (Some(a), Some(b), Some(c), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return false;
        };
        let (Ok(a), Ok(b), Ok(year)) = (a.parse::<u32>(), b.parse::<u32>(), c.parse::<i32>())
        else {
            return false;
        };
        if a > 31 {
            // 2026/02/03
            let date = NaiveDate::from_ymd_opt(a as i32, b, year.unsigned_abs());
            date.inspect(|date| self.set_date(*date));
            return date.is_some();
        }
        let (day, month) = if b > 12 { (b, a) } else { (a, b) };
        let Some(date) = NaiveDate::from_ymd_opt(whole_year(year, c.len()), month, day) else {
            return false;
        };
        self.set_date(date);
        true
    }

    /// `03-Feb-2026`.
    fn dashed(&mut self, word: &str) -> bool {
        let mut parts = word.splitn(3, '-');
        let (Some(day), Some(month), Some(year)) = (parts.next(), parts.next(), parts.next())
        else {
            return false;
        };
        let (Ok(day), Some(month), Ok(parsed)) = (
            day.parse(),
            month_of(&month.to_lowercase()),
            year.parse::<i32>(),
        ) else {
            return false;
        };
        self.day = Some(day);
        self.month = Some(month);
        self.year = Some(whole_year(parsed, year.len()));
        true
    }

    fn set_date(&mut self, date: NaiveDate) {
        use chrono::Datelike;
        self.day = Some(date.day());
        self.month = Some(date.month());
        self.year = Some(date.year());
    }

    /// `14:03`, `14:03:05.123`, `14.03`, with a zone glued to it or not.
    fn clock(&mut self, word: &str) -> bool {
        let end = word
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.')))
            .unwrap_or(word.len());
        let (clock, rest) = word.split_at(end);
        let is_clock = clock.contains(':') || (clock.len() == 5 && clock.get(2..3) == Some("."));
        if !is_clock {
            return false;
        }
        let mut parts = clock.split([':', '.']).map(str::parse::<u32>);
        let (Some(Ok(hour)), Some(Ok(minute))) = (parts.next(), parts.next()) else {
            return false;
        };
        let second = match parts.next() {
            Some(Ok(second)) => second.min(59),
            _ => 0,
        };
        self.time = NaiveTime::from_hms_opt(hour % 24, minute, second);
        self.is_wrong |= hour > 24 || self.time.is_none();
        let rest = rest.to_lowercase();
        match rest.as_str() {
            "am" | "pm" => self.afternoon = Some(rest == "pm"),
            _ => {
                self.offset(&rest);
            }
        }
        self.time.is_some()
    }

    fn number(&mut self, digits: &str) {
        let Ok(number) = digits.parse::<i32>() else {
            return;
        };
        match self.day {
            None if (1..=31).contains(&number) && digits.len() <= 2 => {
                self.day = Some(number.unsigned_abs());
            }
            _ if self.year.is_none() => self.year = Some(whole_year(number, digits.len())),
            None if (1..=31).contains(&number) => self.day = Some(number.unsigned_abs()),
            _ => (),
        }
    }

    /// `+0100`, `-01:00`, `GMT+1`, `CET`; the first one counts.
    fn offset(&mut self, word: &str) -> bool {
        let word = word
            .strip_prefix("gmt")
            .or_else(|| word.strip_prefix("utc"))
            .filter(|rest| rest.starts_with(['+', '-']))
            .unwrap_or(word);
        let minutes = match word.strip_prefix('-') {
            Some(digits) => digits_of_zone(digits).map(|minutes| -minutes),
            None => word.strip_prefix('+').and_then(digits_of_zone),
        };
        let named = || {
            ZONES
                .iter()
                .find(|(name, _)| *name == word)
                .map(|(_, minutes)| *minutes)
        };
        let Some(minutes) = minutes.or_else(named) else {
            return false;
        };
        self.zone.get_or_insert(minutes);
        true
    }

    /// A month; days of the week and other words say nothing.
    fn name(&mut self, word: &str) {
        if self.month.is_none() {
            self.month = month_of(word);
        }
    }

    fn moment(self) -> Option<DateTime<Utc>> {
        if self.is_wrong {
            return None;
        }
        let date = NaiveDate::from_ymd_opt(self.year?, self.month?, self.day?)?;
        let mut time = self.time.unwrap_or_default();
        if let Some(afternoon) = self.afternoon {
            use chrono::Timelike;
            let hour = time.hour() % 12 + if afternoon { 12 } else { 0 };
            time = time.with_hour(hour)?;
        }
        let zone = Duration::minutes(i64::from(self.zone.unwrap_or_default()));
        date.and_time(time)
            .checked_sub_signed(zone)
            .map(|moment| moment.and_utc())
    }
}

fn month_of(word: &str) -> Option<u32> {
    let at = MONTHS
        .iter()
        .position(|names| names.iter().any(|name| word.starts_with(name)))?;
    u32::try_from(at + 1).ok()
}

/// Years of two or three digits (RFC 5322 4.3).
fn whole_year(year: i32, digits: usize) -> i32 {
    match year {
        0..=49 if digits <= 2 => year + 2_000,
        50..=99 if digits <= 2 => year + 1_900,
        100..=999 if digits == 3 => year + 1_900,
        year => year,
    }
}

/// `0100`, `01:00` or `1` in minutes; no zone is more than 15 hours away.
fn digits_of_zone(digits: &str) -> Option<i32> {
    let digits = digits.replace(':', "");
    let number: i32 = digits.parse().ok()?;
    let minutes = match digits.len() {
        1 | 2 => number * 60,
        3 | 4 => number / 100 * 60 + number % 100,
        _ => return None,
    };
    (minutes <= 15 * 60).then_some(minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_in_every_shape() {
        for field in [
            "Tue, 03 Feb 2026 13:04:05 +0100",
            "Tue, 3 Feb 2026 13:04:05 +0100 (CET)",
            "3 Feb 2026 13:04:05 +01:00",
            "Tue, 3 Feb 26 12:04:05 GMT",
            "Tue,3 Feb 126 12:04:05 UT",
            "Tue Feb  3 12:04:05 2026",
            "Tue Feb  3 13:04:05 CET 2026",
            "Tue, 03-Feb-2026 12:04:05 GMT",
            "Tue, 03-Feb-26 12:04:05 GMT",
            "2026-02-03T12:04:05Z",
            "2026-02-03T13:04:05.123+01:00",
            "2026-02-03 12:04:05",
            "2026/02/03 12:04:05",
            "03-02-2026 13:04:05 CET",
            "03.02.2026 12:04:05",
            "3/2/2026 12:04:05",
            "2/28/2026 12:04:05",
            "tirsdag den 3. februar 2026 12:04:05",
            "Feb 3, 2026 12:04:05 PM",
            "Tue, 3 Feb 2026 13:04:05 GMT+1",
            "Tue, 03 Feb 2026 08:04:05 EDT",
            "Tue, 03 Feb 2026 12:04:05",
            "Tue, 03 Feb 2026 12:04:05 -0000",
        ] {
            let day = if field.starts_with("2/28") { 28 } else { 3 };
            assert_eq!(
                read(field).map(|date| date.to_rfc3339()),
                Some(format!("2026-02-{day:02}T12:04:05+00:00")),
                "{field}"
            );
        }
        for (field, expected) in [
            ("Thu, 12 maj 2005 10:05 +0200", "2005-05-12T08:05:00+00:00"),
            ("1. oktober 2024 kl. 14.05", "2024-10-01T14:05:00+00:00"),
            ("01 Jan 70 00:00 GMT", "1970-01-01T00:00:00+00:00"),
            ("Thu, 31 Dec 1998 23:59:60 GMT", "1998-12-31T23:59:59+00:00"),
            ("Mon, 1 Jan 2024", "2024-01-01T00:00:00+00:00"),
            ("1 Jan 2024 12:30 AM", "2024-01-01T00:30:00+00:00"),
        ] {
            assert_eq!(
                read(field).map(|date| date.to_rfc3339()).as_deref(),
                Some(expected),
                "{field}"
            );
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for field in [
            "",
            "i morgen",
            "31 Feb 2026 10:00",
            "12:30",
            "Tue, 2026",
            "99 Jan 2026",
            "3 Feb 2026 59:10",
        ] {
            assert_eq!(read(field), None, "{field}");
        }
    }
}
