//! The rule by which an event recurs (RFC 5545 § 3.3.10), as values; the events themselves are not made.

use chrono::{NaiveDate, Weekday};
use chrono_tz::Europe::Copenhagen;

use super::moment::date;

/// Weekdays, days or months that one rule may name.
const MAX_LIST: usize = 400;
const MAX_RULE_BYTES: usize = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Recurrence {
    /// `None` when it is another, such as by the hour.
    pub frequency: Option<Frequency>,
    pub interval: u32,
    pub count: Option<u32>,
    /// The last day.
    pub until: Option<NaiveDate>,
    /// With which one of the month or year, counted from its end when negative.
    pub weekdays: Vec<(Option<i32>, Weekday)>,
    pub month_days: Vec<i32>,
    pub months: Vec<u32>,
    pub positions: Vec<i32>,
    /// The rule has parts that are not understood here.
    pub is_partial: bool,
    /// As it was written.
    pub rule: String,
}

impl Recurrence {
    pub(super) fn parse(text: &str) -> Self {
        let text = text.trim().to_ascii_uppercase();
        let mut recurrence = Self {
            interval: 1,
            rule: super::clipped(&text, MAX_RULE_BYTES),
            ..Self::default()
        };
        for (name, value) in text.split(';').filter_map(|part| part.split_once('=')) {
            recurrence.part(name.trim(), value.trim());
        }
        recurrence
    }

    fn part(&mut self, name: &str, value: &str) {
        match name {
            "FREQ" => {
                self.frequency = match value {
                    "DAILY" => Some(Frequency::Daily),
                    "WEEKLY" => Some(Frequency::Weekly),
                    "MONTHLY" => Some(Frequency::Monthly),
                    "YEARLY" => Some(Frequency::Yearly),
                    _ => None,
                };
            }
            "INTERVAL" => self.interval = value.parse().unwrap_or(1).max(1),
            "COUNT" => self.count = value.parse().ok(),
            "UNTIL" => self.until = last_day(value),
            "BYDAY" => self.weekdays = list(value, weekday),
            "BYMONTHDAY" => self.month_days = list(value, |day| day.parse().ok()),
            "BYMONTH" => self.months = list(value, |month| month.parse().ok()),
            "BYSETPOS" => self.positions = list(value, |position| position.parse().ok()),
            "WKST" => (),
            _ => self.is_partial = true,
        }
    }
}

fn list<T>(value: &str, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
    value
        .split(',')
        .take(MAX_LIST)
        .filter_map(|item| read(item.trim()))
        .collect()
}

/// `FR`, `1MO`, `-1SU`.
fn weekday(text: &str) -> Option<(Option<i32>, Weekday)> {
    let (ordinal, name) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let weekday = match name {
        "MO" => Weekday::Mon,
        "TU" => Weekday::Tue,
        "WE" => Weekday::Wed,
        "TH" => Weekday::Thu,
        "FR" => Weekday::Fri,
        "SA" => Weekday::Sat,
        "SU" => Weekday::Sun,
        _ => return None,
    };
    let ordinal = match ordinal {
        "" => None,
        ordinal => Some(ordinal.parse().ok()?),
    };
    Some((ordinal, weekday))
}

fn last_day(text: &str) -> Option<NaiveDate> {
    let Some((day, time)) = text.split_once('T') else {
        return date(text);
    };
    let time = time.strip_suffix('Z')?;
    let time = chrono::NaiveTime::parse_from_str(time, "%H%M%S").ok()?;
    let last = date(day)?.and_time(time).and_utc();
    Some(last.with_timezone(&Copenhagen).date_naive())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_part_by_part() {
        let rule = Recurrence::parse("FREQ=MONTHLY;INTERVAL=2;BYDAY=-1SU,2MO,XX;COUNT=5;WKST=MO");
        assert_eq!(
            (rule.frequency, rule.interval, rule.count, rule.is_partial),
            (Some(Frequency::Monthly), 2, Some(5), false)
        );
        assert_eq!(
            rule.weekdays,
            [(Some(-1), Weekday::Sun), (Some(2), Weekday::Mon)]
        );
        assert!(Recurrence::parse("FREQ=DAILY;BYHOUR=3").is_partial);
        assert_eq!(Recurrence::parse("FREQ=HOURLY;INTERVAL=0").frequency, None);
        assert_eq!(
            Recurrence::parse("FREQ=DAILY;UNTIL=20240628T225959Z").until,
            NaiveDate::from_ymd_opt(2024, 6, 29)
        );
    }
}
