//! What a meeting, a task or a contact says when nobody wrote a text to it: when, where, who.

use chrono::{DateTime, Utc};

use super::properties::{Key, Properties, id, named};

/// Lines such as `Start: 2. marts 2026 …`, empty when nothing is known.
pub(super) fn text(class: &str, properties: &Properties) -> String {
    let class = class.to_ascii_lowercase();
    let mut lines = Vec::new();
    let mut line = |label: &str, value: Option<String>| {
        lines.extend(value.map(|value| format!("{label}: {value}")));
    };
    if class.starts_with("ipm.appointment") || class.starts_with("ipm.schedule.meeting") {
        let time = |named, id| {
            properties
                .time_of(Key::Named(named))
                .or_else(|| properties.time(id))
                .map(shown)
        };
        line("Start", time(named::APPOINTMENT_START, id::START_DATE));
        line("Slut", time(named::APPOINTMENT_END, id::END_DATE));
        line("Sted", properties.text_of(Key::Named(named::LOCATION)));
    } else if class.starts_with("ipm.task") {
        let day = |named| properties.time_of(Key::Named(named)).map(shown_day);
        line("Start", day(named::TASK_START));
        line("Frist", day(named::TASK_DUE));
    } else if class.starts_with("ipm.contact") || class.starts_with("ipm.distlist") {
        for (label, id) in [
            ("Navn", id::DISPLAY_NAME),
            ("Stilling", id::TITLE),
            ("Afdeling", id::DEPARTMENT),
            ("Firma", id::COMPANY_NAME),
        ] {
            line(label, properties.text(id));
        }
        line(
            "E-mail",
            properties.text_of(Key::Named(named::CONTACT_EMAIL)),
        );
        for (label, id) in [
            ("Telefon", id::BUSINESS_TELEPHONE),
            ("Mobil", id::MOBILE_TELEPHONE),
            ("Privat", id::HOME_TELEPHONE),
        ] {
            line(label, properties.text(id));
        }
    }
    lines.join("\n")
}

/// As a clock in Denmark shows it.
fn shown(time: DateTime<Utc>) -> String {
    let local = time.with_timezone(&chrono_tz::Europe::Copenhagen);
    local.format("%d-%m-%Y kl. %H:%M").to_string()
}

/// Days are kept as their midnight in no time zone.
fn shown_day(time: DateTime<Utc>) -> String {
    time.format("%d-%m-%Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime::mapi::properties::Value;

    #[test]
    fn a_meeting_says_when_and_where() {
        let mut properties = Properties::default();
        properties.add(
            Key::Named(named::APPOINTMENT_START),
            Value::Time(134_168_328_000_000_000),
        );
        properties.add(
            Key::Named(named::LOCATION),
            Value::Text("Rådhuset".to_owned()),
        );
        assert_eq!(
            text("IPM.Schedule.Meeting.Request", &properties),
            "Start: 01-03-2026 kl. 11:00\nSted: Rådhuset"
        );
        assert_eq!(text("IPM.Note", &properties), "");
    }
}
