//! Days, times and lengths of a calendar (RFC 5545 § 3.3.4-3.3.6).

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Europe::Copenhagen;

use super::{super::content_line::Line, zone::Zones};

/// Longer than any life, and short enough to add to any date that was read.
const MAX_LENGTH_DAYS: i64 = 100_000;

/// A point of time as it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Moment {
    /// A whole day, wherever one is.
    Day(NaiveDate),
    At {
        utc: DateTime<Utc>,
        /// The clock where it was written showed another time than in Denmark.
        elsewhere: bool,
    },
}

/// From when to when; an end that is a day is the day after the last (RFC 5545 § 3.6.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct When {
    pub start: Option<Moment>,
    pub end: Option<Moment>,
}

impl Moment {
    pub(super) fn read(line: &Line, zones: &mut Zones) -> Option<Self> {
        Self::read_all(line, zones, 1).next()
    }

    /// The moments of a list.
    pub(super) fn read_all(
        line: &Line,
        zones: &mut Zones,
        max: usize,
    ) -> impl Iterator<Item = Self> {
        let zone = line.parameter("TZID");
        line.text()
            .split(',')
            .take(max)
            .filter_map(|text| Self::parse(text.trim(), zone, zones))
            .collect::<Vec<_>>()
            .into_iter()
    }

    fn parse(text: &str, zone: Option<&str>, zones: &mut Zones) -> Option<Self> {
        let Some((day, time)) = text.split_once(['T', 't']) else {
            return date(text).map(Self::Day);
        };
        let day = date(day)?;
        let (time, is_utc) = match time.strip_suffix(['Z', 'z']) {
            Some(time) => (time, true),
            None => (time, false),
        };
        let local = day.and_time(clock(time)?);
        let (utc, elsewhere) = match zone {
            _ if is_utc => (local.and_utc(), false),
            Some(zone) => {
                let utc = zones.utc(zone, local);
                (utc, utc != danish(local))
            }
            // Floating: the clock on the wall where one is.
            None => (danish(local), false),
        };
        Some(Self::At { utc, elsewhere })
    }

    pub(super) fn after(self, length: TimeDelta) -> Option<Self> {
        Some(match self {
            Self::Day(day) => {
                let days = u64::try_from(length.num_days()).ok()?;
                Self::Day(day.checked_add_days(Days::new(days))?)
            }
            Self::At { utc, elsewhere } => Self::At {
                utc: utc.checked_add_signed(length)?,
                elsewhere,
            },
        })
    }

    /// A day begins at midnight in Denmark.
    pub(in super::super) fn utc(self) -> DateTime<Utc> {
        match self {
            Self::Day(day) => danish(day.and_time(NaiveTime::MIN)),
            Self::At { utc, .. } => utc,
        }
    }

    /// The day it falls on in Denmark.
    pub(super) fn day(self) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::At { utc, .. } => utc.with_timezone(&Copenhagen).date_naive(),
        }
    }
}

/// What a clock in Denmark shows as a moment; of the hour that occurs twice, the first.
pub(super) fn danish(local: NaiveDateTime) -> DateTime<Utc> {
    in_zone(Copenhagen, local)
}

/// Within the hour that a zone leaps over, the clock had not been changed yet.
pub(super) fn in_zone(zone: chrono_tz::Tz, local: NaiveDateTime) -> DateTime<Utc> {
    let hour = TimeDelta::hours(1);
    zone.from_local_datetime(&local)
        .earliest()
        .or_else(|| {
            let before = local.checked_sub_signed(hour)?;
            let before = zone.from_local_datetime(&before).earliest()?;
            before.checked_add_signed(hour)
        })
        .map_or_else(|| local.and_utc(), |moment| moment.with_timezone(&Utc))
}

/// `YYYYMMDD`.
pub(super) fn date(text: &str) -> Option<NaiveDate> {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    NaiveDate::from_ymd_opt(
        text.get(..4)?.parse().ok()?,
        text.get(4..6)?.parse().ok()?,
        text.get(6..)?.parse().ok()?,
    )
}

/// `HHMMSS`; Exchange's leap second and missing seconds are accepted.
fn clock(text: &str) -> Option<NaiveTime> {
    if !matches!(text.len(), 4 | 6) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let second: u32 = text
        .get(4..)
        .filter(|s| !s.is_empty())
        .unwrap_or("0")
        .parse()
        .ok()?;
    NaiveTime::from_hms_opt(
        text.get(..2)?.parse().ok()?,
        text.get(2..4)?.parse().ok()?,
        second.min(59),
    )
}

/// `P1DT2H30M`, `P2W`; a length backwards is none.
pub(super) fn duration(text: &str) -> Option<TimeDelta> {
    let text = text.trim().to_ascii_uppercase();
    let rest = text.strip_prefix('+').unwrap_or(&text).strip_prefix('P')?;
    let mut total = TimeDelta::zero();
    let mut number: Option<i64> = None;
    for c in rest.chars() {
        if let Some(digit) = c.to_digit(10) {
            let before = number.unwrap_or(0);
            number = Some(before.checked_mul(10)?.checked_add(i64::from(digit))?);
            continue;
        }
        if c == 'T' && number.is_none() {
            continue;
        }
        let count = number.take()?;
        let part = match c {
            'W' => TimeDelta::try_weeks(count),
            'D' => TimeDelta::try_days(count),
            'H' => TimeDelta::try_hours(count),
            'M' => TimeDelta::try_minutes(count),
            'S' => TimeDelta::try_seconds(count),
            _ => None,
        }?;
        total = total.checked_add(&part)?;
    }
    (number.is_none() && total.num_days() <= MAX_LENGTH_DAYS).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read() {
        for (text, minutes) in [
            ("PT1H30M", Some(90)),
            ("P1DT1H", Some(25 * 60)),
            ("+P1W", Some(7 * 24 * 60)),
            ("P", Some(0)),
            ("-PT15M", None),
            ("PT5", None),
            ("P99999999999D", None),
            ("P999999D", None),
        ] {
            assert_eq!(duration(text).map(|d| d.num_minutes()), minutes, "{text}");
        }
    }

    #[test]
    fn hours_that_do_not_occur_or_occur_twice_have_a_moment() {
        let at = |text: &str| danish(text.parse().unwrap()).to_rfc3339();
        assert_eq!(at("2024-03-31T02:30:00"), "2024-03-31T01:30:00+00:00");
        assert_eq!(at("2024-10-27T02:30:00"), "2024-10-27T00:30:00+00:00");
    }
}
