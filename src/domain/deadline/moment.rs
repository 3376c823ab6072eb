//! Times that a deadline can be: a date, a weekday, a week, the end of something, so many days.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use regex::{Captures, Regex};
use std::ops::Range;
use std::sync::LazyLock;

use crate::domain::{working_days::Calendar, written_date::WrittenDate};

/// A time without a year lies at most so far back: a deadline that was just missed is not next year's.
const DAYS_BACK: u64 = 120;
/// More is no deadline, and would be counted day by day.
const MAX_COUNT: u32 = 1000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    Date(WrittenDate),
    /// The next one.
    Weekday(Weekday),
    /// Of an ISO week.
    DayOfWeek {
        day: Weekday,
        week: u32,
    },
    /// Within an ISO week: `senest i uge 23`.
    Week {
        week: u32,
    },
    /// Before it begins: `inden uge 23`.
    BeforeWeek {
        week: u32,
    },
    Today,
    Tomorrow,
    DayAfterTomorrow,
    EndOfWeek,
    EndOfNextWeek,
    EndOfMonth,
    EndOfNamedMonth(u32),
    EndOfYear,
    After {
        count: u32,
        unit: Unit,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Hours,
    Days,
    WorkingDays,
    Weeks,
    Months,
}

const WEEKDAYS: [(&str, &str, Weekday); 7] = [
    ("mandag", "monday", Weekday::Mon),
    ("tirsdag", "tuesday", Weekday::Tue),
    ("onsdag", "wednesday", Weekday::Wed),
    ("torsdag", "thursday", Weekday::Thu),
    ("fredag", "friday", Weekday::Fri),
    ("lørdag", "saturday", Weekday::Sat),
    ("søndag", "sunday", Weekday::Sun),
];

const NUMBERS: [(&[&str], u32); 17] = [
    (&["en", "et", "én", "ét", "one", "a"], 1),
    (&["to", "two"], 2),
    (&["tre", "three"], 3),
    (&["fire", "four"], 4),
    (&["fem", "five"], 5),
    (&["seks", "six"], 6),
    (&["syv", "seven"], 7),
    (&["otte", "eight"], 8),
    (&["ni", "nine"], 9),
    (&["ti", "ten"], 10),
    (&["elleve", "eleven"], 11),
    (&["tolv", "twelve"], 12),
    (&["fjorten", "fourteen"], 14),
    (&["femten", "fifteen"], 15),
    (&["tyve", "twenty"], 20),
    (&["enogtyve"], 21),
    (&["tredive", "thirty"], 30),
];

const MONTHS: [(&str, &str); 12] = [
    ("januar", "january"),
    ("februar", "february"),
    ("marts", "march"),
    ("april", "april"),
    ("maj", "may"),
    ("juni", "june"),
    ("juli", "july"),
    ("august", "august"),
    ("september", "september"),
    ("oktober", "october"),
    ("november", "november"),
    ("december", "december"),
];

static WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let weekdays: Vec<&str> = WEEKDAYS.iter().flat_map(|(da, en, _)| [*da, *en]).collect();
    let weekdays = weekdays.join("|");
    let months: Vec<&str> = MONTHS.iter().flat_map(|(da, en)| [*da, *en]).collect();
    let months = months.join("|");
    let numbers: Vec<&str> = NUMBERS
        .iter()
        .flat_map(|(words, _)| words.iter().copied())
        .collect();
    let numbers = numbers.join("|");
    let ways = [
        format!(
            r"\b(?P<day>{weekdays})\b(?:,? (?P<in>i (?:næste|kommende) uge|next week|i uge (?P<day_week>\d{{1,2}})\b))?"
        ),
        format!(r"\b(?:næste|next) (?P<next_day>{weekdays})\b"),
        format!(
            r"\b(?:udgangen|slutningen) af (?P<end_of>ugen|denne uge|næste uge|måneden|denne måned|året|{months})\b"
        ),
        r"\b(?P<ends>ugens|månedens|årets) udgang\b".to_owned(),
        format!(r"\bend of (?:the |this )?(?P<en_end>week|month|year|next week|{months})\b"),
        format!(r"\bultimo (?P<ultimo>{months})\b"),
        r"\b(?P<today>i dag|today|end of day|eod)\b".to_owned(),
        r"\b(?P<tomorrow>i morgen|tomorrow)\b".to_owned(),
        r"\b(?P<after_tomorrow>i overmorgen)\b".to_owned(),
        r"(?P<of_week>\bi )?\buge (?P<week>\d{1,2})\b".to_owned(),
        format!(
            r"\b(?P<count>\d{{1,3}}|{numbers})[ -](?P<unit>timer?s?|døgns?|dages?|dag|hverdages?|hverdag|arbejdsdages?|arbejdsdag|ugers?|uge|måneders?|måned|hours?|days?|working days?|business days?|weekdays|weeks?|months?)\b"
        ),
    ];
    Regex::new(&ways.join("|")).ok()
});

/// The times of a sentence in lower case, in their order; none lies within another.
pub(super) fn find(sentence: &str) -> Vec<(Range<usize>, Moment)> {
    let mut found: Vec<(Range<usize>, Moment)> = WrittenDate::find(sentence)
        .into_iter()
        .map(|date| (date.range.clone(), Moment::Date(date)))
        .collect();
    if let Some(words) = WORDS.as_ref() {
        for captures in words.captures_iter(sentence) {
            let (Some(whole), Some(moment)) = (captures.get(0), read(&captures, sentence)) else {
                continue;
            };
            let range = whole.range();
            let overlaps = |other: &Range<usize>| {
                // `fredag den 3. maj` is a date.
                other.start < range.end + " den ".len() + 2 && range.start < other.end
            };
            if !found.iter().any(|(other, _)| overlaps(other)) {
                found.push((range, moment));
            }
        }
    }
    found.sort_by_key(|(range, _)| range.start);
    found
}

fn read(found: &Captures<'_>, sentence: &str) -> Option<Moment> {
    let text = |name: &str| found.name(name).map(|m| m.as_str());
    let week = |name: &str| {
        text(name)?
            .parse()
            .ok()
            .filter(|week| (1..=53).contains(week))
    };
    if let Some(day) = text("day").and_then(weekday) {
        return Some(match (week("day_week"), text("in")) {
            (Some(week), _) => Moment::DayOfWeek { day, week },
            (None, Some(_)) => Moment::DayOfWeek { day, week: NEXT },
            (None, None) => Moment::Weekday(day),
        });
    }
    if let Some(day) = text("next_day").and_then(weekday) {
        return Some(Moment::DayOfWeek { day, week: NEXT });
    }
    let end = text("end_of").or(text("ends")).or(text("en_end"));
    if let Some(of) = end.or(text("ultimo")) {
        return Some(match of {
            "ugen" | "denne uge" | "ugens" | "week" => Moment::EndOfWeek,
            "næste uge" | "next week" => Moment::EndOfNextWeek,
            "måneden" | "denne måned" | "månedens" | "month" => Moment::EndOfMonth,
            "året" | "årets" | "year" => Moment::EndOfYear,
            month => Moment::EndOfNamedMonth(month_number(month)?),
        });
    }
    if text("today").is_some() {
        return Some(Moment::Today);
    }
    if text("tomorrow").is_some() {
        return Some(Moment::Tomorrow);
    }
    if text("after_tomorrow").is_some() {
        return Some(Moment::DayAfterTomorrow);
    }
    if let Some(week) = week("week") {
        return Some(if text("of_week").is_some() {
            Moment::Week { week }
        } else {
            Moment::BeforeWeek { week }
        });
    }
    let count = number(text("count")?)?;
    let after = sentence.get(found.get(0)?.end()..).unwrap_or_default();
    // `for 14 dage siden`, `3 days ago`
    if after.starts_with(" siden") || after.starts_with(" ago") {
        return None;
    }
    let unit = unit(text("unit")?)?;
    Some(Moment::After { count, unit })
}

/// The week after the one of the text.
const NEXT: u32 = 0;

impl Moment {
    /// Bytes that may stand between a cue and it.
    pub(super) fn reach(&self) -> usize {
        match self {
            Self::Date(_) => 60,
            _ => 24,
        }
    }

    /// The day it is, for a text written on a day.
    pub(super) fn date(&self, written: NaiveDate, calendar: &Calendar) -> Option<NaiveDate> {
        match self {
            Self::Date(date) => date.date_around(written, DAYS_BACK),
            Self::Weekday(day) => next_weekday(written, *day),
            Self::DayOfWeek { day, week } => in_week(written, *week, *day),
            Self::Week { week } => {
                last_working_day(in_week(written, *week, Weekday::Fri)?, calendar)
            }
            Self::BeforeWeek { week } => {
                let monday = in_week(written, *week, Weekday::Mon)?;
                last_working_day(monday.pred_opt()?, calendar)
            }
            Self::Today => Some(written),
            Self::Tomorrow => written.succ_opt(),
            Self::DayAfterTomorrow => written.succ_opt()?.succ_opt(),
            Self::EndOfWeek => last_working_day(week_day(written, Weekday::Fri)?, calendar),
            Self::EndOfNextWeek => {
                let friday = in_week(written, NEXT, Weekday::Fri)?;
                last_working_day(friday, calendar)
            }
            Self::EndOfMonth => {
                last_working_day(end_of_month(written.year(), written.month())?, calendar)
            }
            Self::EndOfNamedMonth(month) => {
                let year = written.year() + i32::from(*month < written.month());
                last_working_day(end_of_month(year, *month)?, calendar)
            }
            Self::EndOfYear => NaiveDate::from_ymd_opt(written.year(), 12, 31),
            Self::After { count, unit } => after(written, *count, *unit, calendar),
        }
    }
}

/// A deadline counted in calendar days that ends on a day off runs to the next working day.
fn after(written: NaiveDate, count: u32, unit: Unit, calendar: &Calendar) -> Option<NaiveDate> {
    if count > MAX_COUNT {
        return None;
    }
    let days = |days: u32| written.checked_add_days(Days::new(u64::from(days)));
    let end = match unit {
        Unit::WorkingDays => return Some(calendar.add_working_days(written, count)),
        Unit::Hours => days(count.div_ceil(24)),
        Unit::Days => days(count),
        Unit::Weeks => days(count * 7),
        Unit::Months => written.checked_add_months(Months::new(count)),
    }?;
    end.iter_days()
        .take(14)
        .find(|day| calendar.is_working_day(*day))
}

fn next_weekday(written: NaiveDate, day: Weekday) -> Option<NaiveDate> {
    let ahead = (7 + day.num_days_from_monday() - written.weekday().num_days_from_monday()) % 7;
    let ahead = if ahead == 0 { 7 } else { u64::from(ahead) };
    written.checked_add_days(Days::new(ahead))
}

/// A day of the week that a day lies in.
fn week_day(of: NaiveDate, day: Weekday) -> Option<NaiveDate> {
    let iso = of.iso_week();
    NaiveDate::from_isoywd_opt(iso.year(), iso.week(), day)
}

/// A day of a week by number, this year's or, when that lies far back, the next one's.
fn in_week(written: NaiveDate, week: u32, day: Weekday) -> Option<NaiveDate> {
    if week == NEXT {
        return week_day(written, day)?.checked_add_days(Days::new(7));
    }
    let earliest = written.checked_sub_days(Days::new(DAYS_BACK))?;
    let year = earliest.iso_week().year();
    (0..=1)
        .filter_map(|later| NaiveDate::from_isoywd_opt(year + later, week, day))
        .find(|date| *date >= earliest)
}

fn end_of_month(year: i32, month: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, 1)?
        .checked_add_months(Months::new(1))?
        .pred_opt()
}

fn last_working_day(day: NaiveDate, calendar: &Calendar) -> Option<NaiveDate> {
    (0..14)
        .filter_map(|back| day.checked_sub_days(Days::new(back)))
        .find(|day| calendar.is_working_day(*day))
}

fn weekday(name: &str) -> Option<Weekday> {
    WEEKDAYS
        .iter()
        .find(|(da, en, _)| name == *da || name == *en)
        .map(|(_, _, day)| *day)
}

fn month_number(name: &str) -> Option<u32> {
    (1..)
        .zip(MONTHS)
        .find(|(_, (da, en))| name == *da || name == *en)
        .map(|(number, _)| number)
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok().or_else(|| {
        NUMBERS
            .iter()
            .find(|(words, _)| words.contains(&text))
            .map(|(_, number)| *number)
    })
}

fn unit(text: &str) -> Option<Unit> {
    Some(match text {
        t if t.starts_with("time") || t.starts_with("hour") => Unit::Hours,
        t if t.starts_with("hverdag")
            || t.starts_with("arbejdsdag")
            || t.starts_with("working")
            || t.starts_with("business")
            || t.starts_with("weekdays") =>
        {
            Unit::WorkingDays
        }
        t if t.starts_with("dag") || t.starts_with("døgn") || t.starts_with("day") => Unit::Days,
        t if t.starts_with("uge") || t.starts_with("week") => Unit::Weeks,
        t if t.starts_with("måned") || t.starts_with("month") => Unit::Months,
        _ => return None,
    })
}
