//! Working days and journaling deadlines.
//!
//! Offentlighedsloven § 15 asks for journaling "as soon as possible"; the preparatory works give e-mail
//! seven working days. Days are counted in Europe/Copenhagen. No clock is read here: callers pass the day.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc, Weekday};
use serde::{Deserialize, Serialize};

/// Days that a limit may lie back.
const MAX_DAYS_BACK: u64 = 10_000;

/// The day a moment falls on in Denmark.
pub fn danish_day(moment: DateTime<Utc>) -> NaiveDate {
    moment
        .with_timezone(&chrono_tz::Europe::Copenhagen)
        .date_naive()
}

/// Easter Sunday of a year (Gauss and Butcher, Gregorian calendar).
pub fn easter_sunday(year: i32) -> Option<NaiveDate> {
    let golden = year.rem_euclid(19);
    let century = year.div_euclid(100);
    let year_in_century = year.rem_euclid(100);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - correction + 15).rem_euclid(30);
    let weekday =
        (32 + 2 * (century % 4) + 2 * (year_in_century / 4) - epact - year_in_century % 4)
            .rem_euclid(7);
    let shift = (golden + 11 * epact + 22 * weekday) / 451;
    let day_count = epact + weekday - 7 * shift + 114;
    NaiveDate::from_ymd_opt(
        year,
        u32::try_from(day_count / 31).ok()?,
        u32::try_from(day_count % 31 + 1).ok()?,
    )
}

/// Days on which an organisation is closed by its own choice. None by default: a deadline that
/// comes too early costs nothing, one that comes too late is against the law.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools)] // Four switches of a configuration section.
pub struct LocalDays {
    /// 24 December.
    pub christmas_eve: bool,
    /// 31 December.
    pub new_years_eve: bool,
    /// 5 June.
    pub constitution_day: bool,
    pub friday_after_ascension: bool,
    /// Any other single days.
    pub also: Vec<NaiveDate>,
}

/// Tells working days from others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    local: LocalDays,
}

impl Calendar {
    pub fn new(local: LocalDays) -> Self {
        Self { local }
    }

    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
            && !is_public_holiday(day)
            && !self.is_local_day(day)
    }

    /// The `count`-th working day after `day`, which is not counted itself.
    pub fn add_working_days(&self, day: NaiveDate, count: u32) -> NaiveDate {
        let mut current = day;
        let mut left = count;
        while left > 0 {
            let Some(next) = current.succ_opt() else {
                break;
            };
            current = next;
            if self.is_working_day(current) {
                left -= 1;
            }
        }
        current
    }

    /// Working days after `from`, up to and with `to`; 0 when `to` is not later.
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate) -> u32 {
        from.iter_days()
            .skip(1)
            .take_while(|day| *day <= to)
            .filter(|day| self.is_working_day(*day))
            .count() as u32
    }

    fn is_local_day(&self, day: NaiveDate) -> bool {
        match (day.month(), day.day()) {
            (12, 24) if self.local.christmas_eve => true,
            (12, 31) if self.local.new_years_eve => true,
            (6, 5) if self.local.constitution_day => true,
            _ => {
                (self.local.friday_after_ascension && days_from_easter(day) == Some(40))
                    || self.local.also.contains(&day)
            }
        }
    }
}

/// Danish public holidays, Sundays that are holidays included.
pub fn is_public_holiday(day: NaiveDate) -> bool {
    if matches!((day.month(), day.day()), (1, 1) | (12, 25 | 26)) {
        return true;
    }
    match days_from_easter(day) {
        // Maundy Thursday, Good Friday, Easter Sunday and Monday, Ascension, Whit Sunday and Monday.
        Some(-3 | -2 | 0 | 1 | 39 | 49 | 50) => true,
        // Store Bededag was abolished from 2024.
        Some(26) => day.year() <= 2023,
        _ => false,
    }
}

fn days_from_easter(day: NaiveDate) -> Option<i64> {
    Some(
        day.signed_duration_since(easter_sunday(day.year())?)
            .num_days(),
    )
}

/// How many working days an organisation gives itself, and how many it has at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JournalingLimits {
    /// Working days; what the organisation aims at.
    pub target: u32,
    /// Working days; what the preparatory works allow for e-mail.
    pub limit: u32,
}

impl Default for JournalingLimits {
    fn default() -> Self {
        Self {
            target: 3,
            limit: 7,
        }
    }
}

/// The last days on which a mail is journaled in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalingDeadline {
    pub target: NaiveDate,
    pub limit: NaiveDate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timeliness {
    InTime,
    PastTarget,
    PastLimit,
}

impl JournalingDeadline {
    /// Counted from the Danish day of receipt or dispatch.
    pub fn of(calendar: &Calendar, limits: JournalingLimits, received: DateTime<Utc>) -> Self {
        let day = danish_day(received);
        Self {
            target: calendar.add_working_days(day, limits.target),
            limit: calendar.add_working_days(day, limits.limit),
        }
    }

    /// What was received before this moment is past its limit on a day.
    pub fn late_before(
        calendar: &Calendar,
        limits: JournalingLimits,
        today: NaiveDate,
    ) -> DateTime<Utc> {
        // The first day whose mails still have time; its limit is never before a day after it.
        let first = (0..=MAX_DAYS_BACK)
            .map(|back| days_before(today, back))
            .take_while(|day| calendar.add_working_days(*day, limits.limit) >= today)
            .last()
            .unwrap_or(today);
        first
            .and_time(NaiveTime::MIN)
            .and_local_timezone(chrono_tz::Europe::Copenhagen)
            .earliest()
            .map_or(DateTime::<Utc>::MIN_UTC, |midnight| {
                midnight.with_timezone(&Utc)
            })
    }

    pub fn timeliness(&self, today: NaiveDate) -> Timeliness {
        if today > self.limit {
            Timeliness::PastLimit
        } else if today > self.target {
            Timeliness::PastTarget
        } else {
            Timeliness::InTime
        }
    }
}

/// A day so many days before another; the earliest possible day when there is none.
pub fn days_before(day: NaiveDate, count: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(count))
        .unwrap_or(NaiveDate::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date in a test")
    }

    #[test]
    fn easter_falls_where_the_almanac_says() {
        for date in [
            "1961-04-02",
            "1999-04-04",
            "2000-04-23",
            "2008-03-23",
            "2011-04-24",
            "2023-04-09",
            "2024-03-31",
            "2025-04-20",
            "2026-04-05",
            "2027-03-28",
            "2038-04-25",
            "2049-04-18",
        ] {
            assert_eq!(easter_sunday(day(date).year()), Some(day(date)));
        }
    }

    #[test]
    fn danish_holidays_are_no_working_days() {
        let calendar = Calendar::default();
        for date in [
            "2024-01-01",
            "2024-03-28",
            "2024-03-29",
            "2024-04-01",
            "2024-05-09",
            "2024-05-20",
            "2024-12-25",
            "2024-12-26",
            "2023-05-05",
        ] {
            assert!(!calendar.is_working_day(day(date)), "{date}");
        }
    }

    #[test]
    fn store_bededag_is_a_working_day_from_2024() {
        assert!(!Calendar::default().is_working_day(day("2023-05-05")));
        assert!(Calendar::default().is_working_day(day("2024-04-26")));
    }

    #[test]
    fn local_days_are_working_days_until_they_are_chosen() {
        let chosen = Calendar::new(LocalDays {
            christmas_eve: true,
            new_years_eve: true,
            constitution_day: true,
            friday_after_ascension: true,
            also: vec![day("2024-07-15")],
        });
        for date in [
            "2024-12-24",
            "2024-12-31",
            "2024-06-05",
            "2024-05-10",
            "2024-07-15",
        ] {
            assert!(Calendar::default().is_working_day(day(date)), "{date}");
            assert!(!chosen.is_working_day(day(date)), "{date}");
        }
    }

    #[test]
    fn a_mail_over_easter_has_its_deadline_after_easter() {
        // Wednesday before Easter 2024; Thursday to Monday are free.
        let received = Utc
            .with_ymd_and_hms(2024, 3, 27, 9, 0, 0)
            .single()
            .expect("time");
        let deadline =
            JournalingDeadline::of(&Calendar::default(), JournalingLimits::default(), received);
        assert_eq!(deadline.target, day("2024-04-04"));
        assert_eq!(deadline.limit, day("2024-04-10"));
        assert_eq!(deadline.timeliness(day("2024-04-04")), Timeliness::InTime);
        assert_eq!(
            deadline.timeliness(day("2024-04-05")),
            Timeliness::PastTarget
        );
        assert_eq!(
            deadline.timeliness(day("2024-04-11")),
            Timeliness::PastLimit
        );
    }

    #[test]
    fn a_mail_just_before_midnight_utc_belongs_to_the_next_danish_day() {
        let summer = Utc
            .with_ymd_and_hms(2024, 6, 30, 22, 30, 0)
            .single()
            .expect("time");
        let winter = Utc
            .with_ymd_and_hms(2024, 1, 30, 22, 30, 0)
            .single()
            .expect("time");
        assert_eq!(danish_day(summer), day("2024-07-01"));
        assert_eq!(danish_day(winter), day("2024-01-30"));
    }

    proptest! {
        #[test]
        fn late_is_what_is_past_its_limit(offset in 0u64..40_000, hours in -720i64..720) {
            let (calendar, limits) = (Calendar::default(), JournalingLimits::default());
            let today = days_before(day("2060-01-01"), offset);
            let received = Utc.from_utc_datetime(&today.and_time(NaiveTime::MIN)) + chrono::Duration::hours(hours);
            let deadline = JournalingDeadline::of(&calendar, limits, received);
            prop_assert_eq!(
                received < JournalingDeadline::late_before(&calendar, limits, today),
                deadline.timeliness(today) == Timeliness::PastLimit
            );
        }

        #[test]
        fn adding_and_counting_working_days_agree(offset in 0u64..40_000, count in 0u32..40) {
            let calendar = Calendar::default();
            let from = days_before(day("2060-01-01"), offset);
            let to = calendar.add_working_days(from, count);
            prop_assert_eq!(calendar.working_days_between(from, to), count);
            prop_assert!(count == 0 || calendar.is_working_day(to));
        }

        #[test]
        fn easter_is_a_sunday_in_spring(year in 1600i32..4000) {
            let easter = easter_sunday(year).expect("every year has one");
            prop_assert_eq!(easter.weekday(), Weekday::Sun);
            prop_assert!(easter >= NaiveDate::from_ymd_opt(year, 3, 22).expect("date"));
            prop_assert!(easter <= NaiveDate::from_ymd_opt(year, 4, 25).expect("date"));
        }
    }
}
