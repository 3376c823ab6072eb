//! What a calendar says, in Danish: all its words stand here.

use chrono::{Datelike, NaiveDate, Timelike, Weekday};
use chrono_tz::Europe::Copenhagen;

use super::{
    Answer, Attendee, Calendar, Component, Event, Frequency, Method, Moment, Person, Recurrence,
    When, clipped,
};

/// People that a text names; how many more there are is said.
const MAX_PEOPLE: usize = 200;
const MAX_EXCEPTIONS: usize = 10;
/// Room for one property's label and line.
const LINE_BYTES: usize = 200;

const MONTHS: [&str; 12] = [
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
];

/// All events below each other, and whether some did not fit.
pub(super) fn text(calendar: &Calendar, max_bytes: usize) -> (String, bool) {
    let mut text = String::new();
    for event in &calendar.events {
        if text.len() + LINE_BYTES >= max_bytes {
            return (text, true);
        }
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&about(event, calendar.method));
    }
    let cut = text.len() > max_bytes;
    if cut {
        text = clipped(&text, max_bytes);
    }
    (text, cut)
}

fn about(event: &Event, method: Option<Method>) -> String {
    let mut lines = Vec::new();
    let summary = event.summary.as_deref().unwrap_or("(uden emne)");
    lines.push(format!("{}: {summary}", heading(event, method)));
    let is_answer = matches!(method, Some(Method::Reply | Method::Counter));
    if is_answer {
        lines.extend(event.attendees.iter().take(MAX_PEOPLE).filter_map(said));
    }
    if let Some(instance) = event.instance.map(Moment::day) {
        lines.push(format!("Gælder kun gangen {}", weekday_and_day(instance)));
    }
    lines.extend(when(event.when).map(|when| format!("Hvornår: {when}")));
    lines.extend(event.due.map(|due| format!("Frist: {}", moment(due))));
    if let Some(recurrence) = &event.recurrence {
        lines.push(format!(
            "Gentages: {}{}",
            repeats(recurrence),
            except(&event.exceptions)
        ));
    }
    for (label, value) in [("Hvor", &event.location), ("Link", &event.url)] {
        lines.extend(value.as_ref().map(|value| format!("{label}: {value}")));
    }
    lines.extend(
        event
            .organiser
            .as_ref()
            .map(|organiser| format!("Arrangør: {}", person(organiser))),
    );
    if !is_answer && !event.attendees.is_empty() {
        lines.push("Deltagere:".to_owned());
        lines.extend(event.attendees.iter().take(MAX_PEOPLE).map(attendee));
        if let Some(more) = event
            .attendees
            .len()
            .checked_sub(MAX_PEOPLE)
            .filter(|more| *more > 0)
        {
            lines.push(format!("- og {more} til"));
        }
    }
    lines.extend(event.links.iter().map(|link| format!("Bilag: {link}")));
    for paragraph in [&event.comment, &event.description].into_iter().flatten() {
        lines.push(format!("\n{paragraph}"));
    }
    lines.join("\n")
}

fn heading(event: &Event, method: Option<Method>) -> &'static str {
    match (event.component, method) {
        (_, Some(Method::Cancel)) => "Aflyst",
        _ if event.cancelled => "Aflyst",
        (Component::Task, Some(Method::Reply)) => "Svar på opgave",
        (Component::Task, _) => "Opgave",
        (Component::Event, Some(Method::Request)) => "Mødeindkaldelse",
        (Component::Event, Some(Method::Reply)) => "Svar på mødeindkaldelse",
        (Component::Event, Some(Method::Counter)) => "Forslag til nyt tidspunkt",
        (Component::Event, Some(Method::DeclineCounter)) => "Afslag på nyt tidspunkt",
        (Component::Event, Some(Method::Add)) => "Flere møder",
        (Component::Event, Some(Method::Refresh)) => "Ønske om ny mødeindkaldelse",
        (Component::Event, Some(Method::Publish) | None) => "Kalenderaftale",
    }
}

fn said(attendee: &Attendee) -> Option<String> {
    let answer = answer(attendee.answer?);
    Some(format!("Svar: {} {answer}", person(&attendee.person)))
}

fn answer(answer: Answer) -> &'static str {
    match answer {
        Answer::Accepted => "har accepteret",
        Answer::Declined => "har afslået",
        Answer::Tentative => "har accepteret foreløbigt",
        Answer::Delegated => "har sendt en anden",
        Answer::Completed => "er færdig",
    }
}

fn attendee(attendee: &Attendee) -> String {
    let mut line = format!("- {}", person(&attendee.person));
    if attendee.resource {
        line.push_str(", lokale eller udstyr");
    } else if attendee.optional {
        line.push_str(", valgfri");
    }
    if let Some(given) = attendee.answer {
        line.push_str(": ");
        line.push_str(answer(given));
    }
    line
}

fn person(person: &Person) -> String {
    match (&person.name, person.address.as_str()) {
        (Some(name), "") => name.clone(),
        (Some(name), address) => format!("{name} ({address})"),
        (None, address) => address.to_owned(),
    }
}

fn when(when: When) -> Option<String> {
    let start = when.start?;
    match (start, when.end) {
        (Moment::Day(first), Some(Moment::Day(end))) => {
            let last = end.pred_opt().filter(|last| *last > first);
            Some(match last {
                Some(last) => format!(
                    "{} til {} (hele dage)",
                    weekday_and_day(first),
                    weekday_and_day(last)
                ),
                None => format!("{} (hele dagen)", weekday_and_day(first)),
            })
        }
        (Moment::Day(day), _) => Some(format!("{} (hele dagen)", weekday_and_day(day))),
        (Moment::At { utc, elsewhere }, end) => {
            let note = if elsewhere { " (dansk tid)" } else { "" };
            let from = moment(start);
            let Some(Moment::At { utc: end, .. }) = end.filter(|end| end.utc() > utc) else {
                return Some(format!("{from}{note}"));
            };
            let (first, last) = (
                utc.with_timezone(&Copenhagen),
                end.with_timezone(&Copenhagen),
            );
            Some(if first.date_naive() == last.date_naive() {
                format!("{from}–{}{note}", clock(&last))
            } else {
                format!(
                    "{from} til {} kl. {}{note}",
                    weekday_and_day(last.date_naive()),
                    clock(&last)
                )
            })
        }
    }
}

fn moment(moment: Moment) -> String {
    let day = weekday_and_day(moment.day());
    match moment {
        Moment::Day(_) => day,
        Moment::At { utc, .. } => format!("{day} kl. {}", clock(&utc.with_timezone(&Copenhagen))),
    }
}

fn clock(time: &impl Timelike) -> String {
    format!("{:02}.{:02}", time.hour(), time.minute())
}

fn weekday_and_day(date: NaiveDate) -> String {
    format!("{} {}", weekday(date.weekday()), day(date))
}

fn day(date: NaiveDate) -> String {
    format!("{}. {} {}", date.day(), month(date.month()), date.year())
}

fn month(number: u32) -> &'static str {
    let index = (number as usize).checked_sub(1);
    index
        .and_then(|index| MONTHS.get(index))
        .copied()
        .unwrap_or_default()
}

fn weekday(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "mandag",
        Weekday::Tue => "tirsdag",
        Weekday::Wed => "onsdag",
        Weekday::Thu => "torsdag",
        Weekday::Fri => "fredag",
        Weekday::Sat => "lørdag",
        Weekday::Sun => "søndag",
    }
}

fn repeats(rule: &Recurrence) -> String {
    let rhythm = rhythm(rule).filter(|_| !rule.is_partial);
    let Some(mut words) = rhythm else {
        return format!("efter reglen {}", rule.rule);
    };
    if let Some(count) = rule.count {
        words = format!("{words}, {count} gange");
    }
    if let Some(until) = rule.until {
        words = format!("{words} til og med {}", day(until));
    }
    words
}

/// `None` for what is rare enough to be shown as it is written.
fn rhythm(rule: &Recurrence) -> Option<String> {
    let frequency = rule.frequency?;
    let every = every(frequency, rule.interval);
    let has_days = !rule.weekdays.is_empty();
    let has_ordinals = rule.weekdays.iter().any(|(ordinal, _)| ordinal.is_some());
    let only_weekdays = has_days
        && rule.month_days.is_empty()
        && rule.months.is_empty()
        && rule.positions.is_empty();
    let is_plain = !has_days
        && rule.month_days.is_empty()
        && rule.months.is_empty()
        && rule.positions.is_empty();
    if is_plain {
        return Some(every);
    }
    match frequency {
        Frequency::Daily | Frequency::Weekly if only_weekdays && !has_ordinals => {
            if is_monday_to_friday(rule) && rule.interval == 1 {
                return Some("hver hverdag".to_owned());
            }
            let names: Vec<String> = rule
                .weekdays
                .iter()
                .map(|(_, day)| format!("{}en", weekday(*day)))
                .collect();
            (frequency == Frequency::Weekly).then(|| format!("{every} om {}", listed(&names)))
        }
        Frequency::Monthly if rule.months.is_empty() => {
            Some(format!("{every} {}", day_of_month(rule)?))
        }
        Frequency::Yearly => {
            let [number] = rule.months[..] else {
                return None;
            };
            let name = month(number);
            if !has_days && rule.month_days.is_empty() {
                return Some(format!("{every} i {name}"));
            }
            let day = day_of_month(rule)?;
            let joint = if has_days { " i " } else { " " };
            Some(format!("{every} {day}{joint}{name}"))
        }
        _ => None,
    }
}

fn every(frequency: Frequency, interval: u32) -> String {
    let (every, unit) = match frequency {
        Frequency::Daily => ("hver", "dag"),
        Frequency::Weekly => ("hver", "uge"),
        Frequency::Monthly => ("hver", "måned"),
        Frequency::Yearly => ("hvert", "år"),
    };
    match interval {
        0 | 1 => format!("{every} {unit}"),
        2 if frequency == Frequency::Yearly => "hvert andet år".to_owned(),
        2 => format!("hver anden {unit}"),
        n => format!("{every} {n}. {unit}"),
    }
}

/// `den 15.`, `den første mandag`, `den sidste hverdag`.
fn day_of_month(rule: &Recurrence) -> Option<String> {
    if rule.weekdays.is_empty() {
        if !rule.positions.is_empty() {
            return None;
        }
        let days: Option<Vec<String>> = rule
            .month_days
            .iter()
            .map(|day| match day {
                -1 => Some("den sidste dag".to_owned()),
                1..=31 => Some(format!("den {day}.")),
                _ => None,
            })
            .collect();
        return days
            .filter(|days| !days.is_empty() && days.len() <= 31)
            .map(|days| listed(&days));
    }
    if !rule.month_days.is_empty() || rule.positions.len() > 1 {
        return None;
    }
    if let Some(position) = rule.positions.first() {
        let name = match rule.weekdays[..] {
            [(None, day)] => weekday(day),
            _ if is_monday_to_friday(rule) => "hverdag",
            _ => return None,
        };
        return Some(format!("den {} {name}", ordinal(*position)?));
    }
    let days: Option<Vec<String>> = rule
        .weekdays
        .iter()
        .map(|(nth, day)| Some(format!("den {} {}", ordinal((*nth)?)?, weekday(*day))))
        .collect();
    days.filter(|days| days.len() <= 10)
        .map(|days| listed(&days))
}

fn ordinal(number: i32) -> Option<&'static str> {
    Some(match number {
        1 => "første",
        2 => "anden",
        3 => "tredje",
        4 => "fjerde",
        5 => "femte",
        -1 => "sidste",
        -2 => "næstsidste",
        _ => return None,
    })
}

fn is_monday_to_friday(rule: &Recurrence) -> bool {
    let mut days: Vec<u32> = rule
        .weekdays
        .iter()
        .filter(|(ordinal, _)| ordinal.is_none())
        .map(|(_, day)| day.num_days_from_monday())
        .collect();
    days.sort_unstable();
    days == [0, 1, 2, 3, 4] && rule.weekdays.len() == 5
}

fn except(days: &[NaiveDate]) -> String {
    if days.is_empty() {
        return String::new();
    }
    let mut names: Vec<String> = days
        .iter()
        .take(MAX_EXCEPTIONS)
        .map(|date| day(*date))
        .collect();
    if let Some(more) = days
        .len()
        .checked_sub(MAX_EXCEPTIONS)
        .filter(|more| *more > 0)
    {
        names.push(format!("{more} dage til"));
    }
    format!(", dog ikke {}", listed(&names))
}

fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} og {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_rules_read_as_people_say_them() {
        for (rule, words) in [
            ("FREQ=DAILY", "hver dag"),
            ("FREQ=DAILY;INTERVAL=3;COUNT=4", "hver 3. dag, 4 gange"),
            ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "hver hverdag"),
            (
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE",
                "hver anden uge om mandagen og onsdagen",
            ),
            ("FREQ=MONTHLY;BYMONTHDAY=15", "hver måned den 15."),
            ("FREQ=MONTHLY;BYMONTHDAY=-1", "hver måned den sidste dag"),
            ("FREQ=MONTHLY;BYDAY=1MO", "hver måned den første mandag"),
            (
                "FREQ=MONTHLY;INTERVAL=3;BYDAY=TH;BYSETPOS=-1",
                "hver 3. måned den sidste torsdag",
            ),
            (
                "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
                "hver måned den sidste hverdag",
            ),
            ("FREQ=YEARLY", "hvert år"),
            (
                "FREQ=YEARLY;INTERVAL=2;BYMONTH=5;BYMONTHDAY=3",
                "hvert andet år den 3. maj",
            ),
            (
                "FREQ=YEARLY;BYMONTH=6;BYDAY=2FR",
                "hvert år den anden fredag i juni",
            ),
            (
                "FREQ=WEEKLY;UNTIL=20241231",
                "hver uge til og med 31. december 2024",
            ),
            ("FREQ=HOURLY", "efter reglen FREQ=HOURLY"),
            ("FREQ=DAILY;BYHOUR=9", "efter reglen FREQ=DAILY;BYHOUR=9"),
        ] {
            assert_eq!(repeats(&Recurrence::parse(rule)), words, "{rule}");
        }
    }

    #[test]
    fn times_and_days_read_as_people_write_them() {
        let at = |text: &str| Moment::At {
            utc: text.parse().unwrap(),
            elsewhere: true,
        };
        let on = |text: &str| Moment::Day(text.parse().unwrap());
        for (start, end, words) in [
            (
                at("2024-05-03T08:00:00Z"),
                Some(at("2024-05-04T10:00:00Z")),
                "fredag 3. maj 2024 kl. 10.00 til lørdag 4. maj 2024 kl. 12.00 (dansk tid)",
            ),
            (
                on("2024-05-03"),
                Some(on("2024-05-06")),
                "fredag 3. maj 2024 til søndag 5. maj 2024 (hele dage)",
            ),
            (
                on("2024-05-03"),
                Some(on("2024-05-04")),
                "fredag 3. maj 2024 (hele dagen)",
            ),
            (
                on("2024-05-03"),
                Some(on("2024-05-01")),
                "fredag 3. maj 2024 (hele dagen)",
            ),
        ] {
            let start = Some(start);
            assert_eq!(when(When { start, end }).as_deref(), Some(words));
        }
    }
}
