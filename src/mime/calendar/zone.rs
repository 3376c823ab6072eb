//! Time zones as calendars name them: IANA, Windows, and those that a calendar describes itself (VTIMEZONE).
//!
//! A known name comes first, since what Outlook writes of a zone's rules is often only this year's. Names from CLDR's
//! windowsZones table; descriptions from RFC 5545 § 3.6.5. What nobody knows is read as Danish time, and said so.

use std::collections::HashMap;

use chrono::{
    DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc,
    Weekday,
};
use chrono_tz::Tz;

use super::{
    super::content_line::Line,
    moment::{danish, date, in_zone},
    recurrence::{Frequency, Recurrence},
};

const MAX_ZONES: usize = 100;
const MAX_OBSERVANCES: usize = 200;

#[derive(Default)]
pub(super) struct Zones {
    described: HashMap<String, Vec<Observance>>,
    found: HashMap<String, Zone>,
    unknown: bool,
}

#[derive(Clone, Copy)]
enum Zone {
    Named(Tz),
    Fixed(FixedOffset),
    Described,
    Unknown,
}

/// One of a zone's clocks: from when on it counts, and what it shows.
#[derive(Default)]
struct Observance {
    onset: Option<NaiveDateTime>,
    from: Option<FixedOffset>,
    to: Option<FixedOffset>,
    yearly: Option<Recurrence>,
}

impl Zones {
    /// The zones that a calendar describes.
    pub(super) fn read(lines: impl Iterator<Item = Line>) -> Self {
        let mut zones = Self::default();
        let mut name: Option<String> = None;
        let mut inside = false;
        let mut observances: Vec<Observance> = Vec::new();
        for line in lines {
            let component = || line.text().trim().to_uppercase();
            match line.name.as_str() {
                "BEGIN" => match component().as_str() {
                    "VTIMEZONE" => {
                        inside = true;
                        name = None;
                        observances.clear();
                    }
                    "STANDARD" | "DAYLIGHT" if inside && observances.len() < MAX_OBSERVANCES => {
                        observances.push(Observance::default());
                    }
                    _ => (),
                },
                "END" if inside && component() == "VTIMEZONE" => {
                    inside = false;
                    if let Some(name) = name.take()
                        && zones.described.len() < MAX_ZONES
                    {
                        zones
                            .described
                            .insert(name, std::mem::take(&mut observances));
                    }
                }
                "TZID" if inside => name = Some(line.text().trim().to_owned()),
                _ if inside => {
                    if let Some(observance) = observances.last_mut() {
                        observance.property(&line);
                    }
                }
                _ => (),
            }
        }
        zones
    }

    /// What a clock of the zone shows as a moment.
    pub(super) fn utc(&mut self, name: &str, local: NaiveDateTime) -> DateTime<Utc> {
        let known = self.found.get(name).copied();
        let zone = known.unwrap_or_else(|| self.look_up(name));
        if known.is_none() && self.found.len() < MAX_ZONES {
            self.found.insert(name.to_owned(), zone);
        }
        match zone {
            Zone::Named(zone) => in_zone(zone, local),
            Zone::Fixed(offset) => at_offset(local, offset),
            Zone::Described => self
                .described
                .get(name)
                .and_then(|observances| offset(observances, local))
                .map_or_else(|| danish(local), |offset| at_offset(local, offset)),
            Zone::Unknown => {
                self.unknown = true;
                danish(local)
            }
        }
    }

    pub(super) fn has_unknown(&self) -> bool {
        self.unknown
    }

    fn look_up(&self, name: &str) -> Zone {
        let plain = name.trim().trim_matches('"').trim();
        if let Some(zone) = named(plain) {
            return Zone::Named(zone);
        }
        if self
            .described
            .get(name)
            .is_some_and(|observances| observances.iter().any(|o| o.to.is_some()))
        {
            return Zone::Described;
        }
        // Outlook's own descriptions, in the language of the one who wrote.
        let lower = plain.to_lowercase();
        if ["københavn", "copenhagen", "kopenhagen", "köpenhamn"]
            .iter()
            .any(|city| lower.contains(city))
        {
            return Zone::Named(chrono_tz::Europe::Copenhagen);
        }
        described_offset(&lower).map_or(Zone::Unknown, Zone::Fixed)
    }
}

impl Observance {
    fn property(&mut self, line: &Line) {
        match line.name.as_str() {
            "DTSTART" => {
                let text = line.text();
                let (day, time) = text.trim().split_once('T').unwrap_or((text.trim(), ""));
                self.onset = date(day).map(|day| {
                    let time = NaiveTime::parse_from_str(time.trim_end_matches('Z'), "%H%M%S");
                    day.and_time(time.unwrap_or_default())
                });
            }
            "TZOFFSETFROM" => self.from = utc_offset(&line.text()),
            "TZOFFSETTO" => self.to = utc_offset(&line.text()),
            "RRULE" => self.yearly = Some(Recurrence::parse(&line.text())),
            _ => (),
        }
    }

    /// When this clock was last set before `local`.
    fn last_onset(&self, local: NaiveDateTime) -> Option<NaiveDateTime> {
        let first = self.onset?;
        let Some(rule) = self
            .yearly
            .as_ref()
            .filter(|rule| rule.frequency == Some(Frequency::Yearly))
        else {
            return (first <= local).then_some(first);
        };
        let last_year = match rule.until {
            Some(until) => local.year().min(until.year()),
            None => local.year(),
        };
        [last_year, last_year.saturating_sub(1)]
            .into_iter()
            .filter_map(|year| rule_day(rule, first.date(), year))
            .map(|day| day.and_time(first.time()))
            .find(|onset| *onset <= local && *onset >= first)
    }
}

/// The offset of the clock that was set last; before all of them, that of the clock they replaced.
fn offset(observances: &[Observance], local: NaiveDateTime) -> Option<FixedOffset> {
    observances
        .iter()
        .filter_map(|observance| Some((observance.last_onset(local)?, observance.to?)))
        .max_by_key(|(onset, _)| *onset)
        .map(|(_, to)| to)
        .or_else(|| {
            let first = observances
                .iter()
                .min_by_key(|observance| observance.onset)?;
            first.from.or(first.to)
        })
}

/// The day of a yearly rule, as zones have them: a month with a day's number or the n-th weekday.
fn rule_day(rule: &Recurrence, first: NaiveDate, year: i32) -> Option<NaiveDate> {
    let month = rule.months.first().copied().unwrap_or(first.month());
    let Some((ordinal, weekday)) = rule.weekdays.first().copied() else {
        let day = rule
            .month_days
            .first()
            .copied()
            .unwrap_or(first.day() as i32);
        return NaiveDate::from_ymd_opt(year, month, u32::try_from(day).ok()?);
    };
    // `BYDAY=SU;BYMONTHDAY=8,9,…` is the first Sunday from the 8th on.
    if let Some(earliest) = rule.month_days.iter().copied().min() {
        let day = NaiveDate::from_ymd_opt(year, month, u32::try_from(earliest).ok()?)?;
        return on_or_after(day, weekday);
    }
    match ordinal.or(rule.positions.first().copied()).unwrap_or(1) {
        n @ 1..=5 => NaiveDate::from_weekday_of_month_opt(year, month, weekday, n as u8),
        n @ -5..=-1 => {
            let next = match month {
                12 => NaiveDate::from_ymd_opt(year.checked_add(1)?, 1, 1),
                month => NaiveDate::from_ymd_opt(year, month + 1, 1),
            }?;
            let back = u64::from(n.unsigned_abs()) * 7;
            on_or_after(next.checked_sub_days(Days::new(back))?, weekday)
        }
        _ => None,
    }
}

fn on_or_after(day: NaiveDate, weekday: Weekday) -> Option<NaiveDate> {
    let ahead = weekday.days_since(day.weekday());
    day.checked_add_days(Days::new(u64::from(ahead)))
}

fn at_offset(local: NaiveDateTime, offset: FixedOffset) -> DateTime<Utc> {
    let east = TimeDelta::seconds(i64::from(offset.local_minus_utc()));
    local.checked_sub_signed(east).unwrap_or(local).and_utc()
}

/// `+0100`, `-033000`.
fn utc_offset(text: &str) -> Option<FixedOffset> {
    let text = text.trim();
    let east = match text.get(..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let number = |from: usize| -> Option<i32> {
        match text.get(from..from + 2) {
            None | Some("") => Some(0),
            Some(digits) => digits.parse().ok(),
        }
    };
    let (hours, minutes) = (number(1)?, number(3)?);
    FixedOffset::east_opt(east * (hours * 3600 + minutes * 60))
}

/// `(utc+01:00) …` and `gmt -0500 …`: no summer time is told, so none is known.
fn described_offset(lower: &str) -> Option<FixedOffset> {
    let lower = lower.trim_start_matches('(');
    let rest = lower
        .strip_prefix("utc")
        .or_else(|| lower.strip_prefix("gmt"))?;
    let digits: String = rest
        .trim_start()
        .chars()
        .take(6)
        .filter(|c| !matches!(c, ':' | '.'))
        .collect();
    utc_offset(digits.get(..5)?)
}

/// By IANA's name, also behind a path as some programs write it, or by Windows'.
fn named(name: &str) -> Option<Tz> {
    if let Ok(zone) = name.parse() {
        return Some(zone);
    }
    let segments: Vec<&str> = name.rsplitn(4, '/').collect();
    if let [last, before, ..] = segments[..] {
        let short = format!("{before}/{last}").parse().ok();
        let long = segments
            .get(2)
            .and_then(|area| format!("{area}/{before}/{last}").parse().ok());
        if let Some(zone) = long.or(short) {
            return Some(zone);
        }
        if last.eq_ignore_ascii_case("utc") {
            return Some(Tz::UTC);
        }
    }
    WINDOWS
        .iter()
        .find(|(windows, _)| windows.eq_ignore_ascii_case(name))
        .and_then(|(_, iana)| iana.parse().ok())
}

const WINDOWS: [(&str, &str); 99] = [
    ("Romance Standard Time", "Europe/Copenhagen"),
    ("W. Europe Standard Time", "Europe/Berlin"),
    ("Central Europe Standard Time", "Europe/Budapest"),
    ("Central European Standard Time", "Europe/Warsaw"),
    ("GMT Standard Time", "Europe/London"),
    ("Greenwich Standard Time", "Atlantic/Reykjavik"),
    ("Greenland Standard Time", "America/Nuuk"),
    ("FLE Standard Time", "Europe/Kyiv"),
    ("GTB Standard Time", "Europe/Bucharest"),
    ("E. Europe Standard Time", "Europe/Chisinau"),
    ("Kaliningrad Standard Time", "Europe/Kaliningrad"),
    ("Belarus Standard Time", "Europe/Minsk"),
    ("Russian Standard Time", "Europe/Moscow"),
    ("Russia Time Zone 3", "Europe/Samara"),
    ("Volgograd Standard Time", "Europe/Volgograd"),
    ("Saratov Standard Time", "Europe/Saratov"),
    ("Astrakhan Standard Time", "Europe/Astrakhan"),
    ("Turkey Standard Time", "Europe/Istanbul"),
    ("UTC", "Etc/UTC"),
    ("Azores Standard Time", "Atlantic/Azores"),
    ("Cape Verde Standard Time", "Atlantic/Cape_Verde"),
    ("Morocco Standard Time", "Africa/Casablanca"),
    ("W. Central Africa Standard Time", "Africa/Lagos"),
    ("South Africa Standard Time", "Africa/Johannesburg"),
    ("Egypt Standard Time", "Africa/Cairo"),
    ("Libya Standard Time", "Africa/Tripoli"),
    ("Namibia Standard Time", "Africa/Windhoek"),
    ("E. Africa Standard Time", "Africa/Nairobi"),
    ("Israel Standard Time", "Asia/Jerusalem"),
    ("Jordan Standard Time", "Asia/Amman"),
    ("Middle East Standard Time", "Asia/Beirut"),
    ("Syria Standard Time", "Asia/Damascus"),
    ("West Bank Standard Time", "Asia/Hebron"),
    ("Arabic Standard Time", "Asia/Baghdad"),
    ("Arab Standard Time", "Asia/Riyadh"),
    ("Arabian Standard Time", "Asia/Dubai"),
    ("Iran Standard Time", "Asia/Tehran"),
    ("Azerbaijan Standard Time", "Asia/Baku"),
    ("Georgian Standard Time", "Asia/Tbilisi"),
    ("Caucasus Standard Time", "Asia/Yerevan"),
    ("Afghanistan Standard Time", "Asia/Kabul"),
    ("West Asia Standard Time", "Asia/Tashkent"),
    ("Ekaterinburg Standard Time", "Asia/Yekaterinburg"),
    ("Pakistan Standard Time", "Asia/Karachi"),
    ("India Standard Time", "Asia/Kolkata"),
    ("Sri Lanka Standard Time", "Asia/Colombo"),
    ("Nepal Standard Time", "Asia/Kathmandu"),
    ("Central Asia Standard Time", "Asia/Bishkek"),
    ("Bangladesh Standard Time", "Asia/Dhaka"),
    ("Myanmar Standard Time", "Asia/Yangon"),
    ("SE Asia Standard Time", "Asia/Bangkok"),
    ("N. Central Asia Standard Time", "Asia/Novosibirsk"),
    ("North Asia Standard Time", "Asia/Krasnoyarsk"),
    ("China Standard Time", "Asia/Shanghai"),
    ("Singapore Standard Time", "Asia/Singapore"),
    ("Taipei Standard Time", "Asia/Taipei"),
    ("North Asia East Standard Time", "Asia/Irkutsk"),
    ("Ulaanbaatar Standard Time", "Asia/Ulaanbaatar"),
    ("W. Australia Standard Time", "Australia/Perth"),
    ("Tokyo Standard Time", "Asia/Tokyo"),
    ("Korea Standard Time", "Asia/Seoul"),
    ("Yakutsk Standard Time", "Asia/Yakutsk"),
    ("Cen. Australia Standard Time", "Australia/Adelaide"),
    ("AUS Central Standard Time", "Australia/Darwin"),
    ("E. Australia Standard Time", "Australia/Brisbane"),
    ("AUS Eastern Standard Time", "Australia/Sydney"),
    ("Tasmania Standard Time", "Australia/Hobart"),
    ("West Pacific Standard Time", "Pacific/Port_Moresby"),
    ("Vladivostok Standard Time", "Asia/Vladivostok"),
    ("Central Pacific Standard Time", "Pacific/Guadalcanal"),
    ("New Zealand Standard Time", "Pacific/Auckland"),
    ("Fiji Standard Time", "Pacific/Fiji"),
    ("Tonga Standard Time", "Pacific/Tongatapu"),
    ("Samoa Standard Time", "Pacific/Apia"),
    ("Hawaiian Standard Time", "Pacific/Honolulu"),
    ("Alaskan Standard Time", "America/Anchorage"),
    ("Pacific Standard Time", "America/Los_Angeles"),
    ("Pacific Standard Time (Mexico)", "America/Tijuana"),
    ("US Mountain Standard Time", "America/Phoenix"),
    ("Mountain Standard Time", "America/Denver"),
    ("Central America Standard Time", "America/Guatemala"),
    ("Central Standard Time", "America/Chicago"),
    ("Central Standard Time (Mexico)", "America/Mexico_City"),
    ("Canada Central Standard Time", "America/Regina"),
    ("SA Pacific Standard Time", "America/Bogota"),
    ("Eastern Standard Time", "America/New_York"),
    ("US Eastern Standard Time", "America/Indiana/Indianapolis"),
    ("Cuba Standard Time", "America/Havana"),
    ("Haiti Standard Time", "America/Port-au-Prince"),
    ("Venezuela Standard Time", "America/Caracas"),
    ("Paraguay Standard Time", "America/Asuncion"),
    ("Atlantic Standard Time", "America/Halifax"),
    ("SA Western Standard Time", "America/La_Paz"),
    ("Pacific SA Standard Time", "America/Santiago"),
    ("Newfoundland Standard Time", "America/St_Johns"),
    ("E. South America Standard Time", "America/Sao_Paulo"),
    ("SA Eastern Standard Time", "America/Cayenne"),
    ("Argentina Standard Time", "America/Argentina/Buenos_Aires"),
    ("Montevideo Standard Time", "America/Montevideo"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime::content_line;

    const DESCRIBED: &str = "BEGIN:VTIMEZONE\nTZID:Kontorets tid\nBEGIN:STANDARD\nDTSTART:16010101T030000\n\
        TZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\n\
        BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n\
        RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\n";

    fn utc(zones: &mut Zones, name: &str, local: &str) -> String {
        zones
            .utc(name, local.parse().unwrap())
            .format("%d %H:%M")
            .to_string()
    }

    #[test]
    fn every_windows_name_is_a_zone() {
        for (windows, iana) in WINDOWS {
            assert!(iana.parse::<Tz>().is_ok(), "{windows}");
        }
    }

    #[test]
    fn zones_are_known_by_all_their_names() {
        let mut zones = Zones::default();
        for name in [
            "Europe/Copenhagen",
            "Romance Standard Time",
            "romance standard time",
            "/freeassociation.sourceforge.net/Europe/Copenhagen",
            "/mozilla.org/20070129_1/Europe/Berlin",
            "(UTC+01:00) Bruxelles, København, Madrid, Paris",
            "\"Europe/Copenhagen\"",
        ] {
            assert_eq!(
                utc(&mut zones, name, "2024-07-01T12:00:00"),
                "01 10:00",
                "{name}"
            );
        }
        for (name, expected) in [
            ("(UTC-05:00) Et sted", "01 17:00"),
            ("GMT +0530 (Standard)", "01 06:30"),
            ("tzone://Microsoft/Utc", "01 12:00"),
            ("/x/America/Indiana/Indianapolis", "01 16:00"),
        ] {
            assert_eq!(
                utc(&mut zones, name, "2024-07-01T12:00:00"),
                expected,
                "{name}"
            );
        }
        assert!(!zones.has_unknown());
        assert_eq!(utc(&mut zones, "Ukendt", "2024-01-01T12:00:00"), "01 11:00");
        assert!(zones.has_unknown());
    }

    #[test]
    fn a_zone_that_the_calendar_describes_has_its_summer_time() {
        let mut zones = Zones::read(content_line::read(DESCRIBED.as_bytes()));
        for (local, expected) in [
            ("2024-01-01T12:00:00", "01 11:00"),
            ("2024-03-31T01:59:00", "31 00:59"),
            ("2024-03-31T03:00:00", "31 01:00"),
            ("2024-10-26T12:00:00", "26 10:00"),
            ("2024-10-28T12:00:00", "28 11:00"),
            ("1500-01-01T12:00:00", "01 11:00"),
        ] {
            assert_eq!(utc(&mut zones, "Kontorets tid", local), expected, "{local}");
        }
        assert!(!zones.has_unknown());
    }
}
