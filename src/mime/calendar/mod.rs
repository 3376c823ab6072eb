//! Calendars: meetings and tasks as they are sent by mail (RFC 5545, RFC 5546), read into values and a Danish text.
//!
//! The text is part of what is kept of the mail, so it is Danish whatever language a user has; all its words stand in
//! `danish.rs`. Nothing is fetched, and alternatives in HTML are not read. Bounded in events, people, files and text.

mod danish;
mod moment;
mod recurrence;
mod zone;

use base64::Engine;
use chrono::{DateTime, NaiveDate, Utc};

pub(super) use moment::{Moment, When};
pub(super) use recurrence::{Frequency, Recurrence};

use super::{
    content_line::{self, Line},
    inner_file::InnerFile,
    warning,
};
use crate::domain::mail::Warning;
use zone::Zones;

/// Events and tasks that are read; beyond, the mail is marked.
const MAX_EVENTS: usize = 1_000;
const MAX_ATTENDEES: usize = 5_000;
const MAX_FILES: usize = 100;
/// Of one event.
const MAX_EXCEPTIONS: usize = 100;
const MAX_TEXT_BYTES: usize = 200_000;
const MAX_VALUE_BYTES: usize = 2_000;
/// Components lie within each other three deep at most.
const MAX_DEPTH: usize = 16;

#[derive(Debug, Default)]
pub(super) struct Calendar {
    pub method: Option<Method>,
    pub events: Vec<Event>,
    /// What the first event is about.
    pub summary: Option<String>,
    /// When the first event begins.
    pub start: Option<DateTime<Utc>>,
    /// Files that lie within the calendar, in order.
    pub files: Vec<InnerFile>,
    /// Danish, empty when there is no event.
    pub text: String,
    /// `calendar_cut`, `calendar_zone_unknown`, `calendar_file_damaged`.
    pub warnings: Vec<Warning>,
}

/// RFC 5546 § 1.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Publish,
    Request,
    Reply,
    Add,
    Cancel,
    Refresh,
    Counter,
    DeclineCounter,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Component {
    #[default]
    Event,
    Task,
}

#[derive(Debug, Default)]
pub(super) struct Event {
    pub component: Component,
    pub uid: Option<String>,
    pub summary: Option<String>,
    pub location: Option<String>,
    pub description: Option<String>,
    /// What the one who answers says.
    pub comment: Option<String>,
    pub url: Option<String>,
    pub organiser: Option<Person>,
    pub attendees: Vec<Attendee>,
    pub when: When,
    /// A task's deadline.
    pub due: Option<Moment>,
    pub cancelled: bool,
    pub recurrence: Option<Recurrence>,
    /// Days on which a recurring event does not take place.
    pub exceptions: Vec<NaiveDate>,
    /// Which one of a recurring event this changes.
    pub instance: Option<Moment>,
    /// Addresses of attachments that lie elsewhere.
    pub links: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub name: Option<String>,
    /// Lower case; empty when only a name was given.
    pub address: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attendee {
    pub person: Person,
    pub answer: Option<Answer>,
    pub optional: bool,
    /// A room or a thing, and no person.
    pub resource: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Accepted,
    Declined,
    Tentative,
    Delegated,
    Completed,
}

pub(super) fn read(bytes: &[u8]) -> Calendar {
    let zones = Zones::read(content_line::read(bytes));
    let mut reader = Reader {
        zones,
        ..Reader::default()
    };
    for line in content_line::read(bytes) {
        reader.line(&line);
    }
    reader.end_event();
    let Reader {
        mut calendar,
        zones,
        cut,
        file_damaged,
        ..
    } = reader;
    let (text, text_cut) = danish::text(&calendar, MAX_TEXT_BYTES);
    calendar.text = text;
    let first = calendar.events.first();
    calendar.start = first
        .and_then(|event| event.when.start.or(event.due))
        .map(Moment::utc);
    calendar.summary = first.and_then(|event| event.summary.clone());
    for (found, code, detail) in [
        (
            cut || text_cut,
            "calendar_cut",
            "the calendar holds more than was read; it is kept whole",
        ),
        (
            zones.has_unknown(),
            "calendar_zone_unknown",
            "a time zone of the calendar is unknown; its times were read as Danish",
        ),
        (
            file_damaged,
            "calendar_file_damaged",
            "a file within the calendar could not be read",
        ),
    ] {
        if found {
            calendar.warnings.push(warning(code, detail));
        }
    }
    calendar
}

#[derive(Default)]
struct Reader {
    calendar: Calendar,
    zones: Zones,
    /// Names of the components that a line stands in.
    within: Vec<String>,
    event: Option<Event>,
    duration: Option<chrono::TimeDelta>,
    cut: bool,
    file_damaged: bool,
}

impl Reader {
    fn line(&mut self, line: &Line) {
        match line.name.as_str() {
            "BEGIN" => self.begin(line.text().trim().to_uppercase()),
            "END" => self.end(line.text().trim()),
            "METHOD" if self.event.is_none() => {
                self.calendar.method = Method::parse(&line.text()).or(self.calendar.method);
            }
            // Within an alarm or a zone, names mean something else.
            _ if self.within.last().is_some_and(|name| is_event(name)) => self.property(line),
            _ => (),
        }
    }

    fn begin(&mut self, component: String) {
        if self.within.len() >= MAX_DEPTH {
            self.cut = true;
            return;
        }
        if is_event(&component) {
            self.end_event();
            self.event = Some(Event {
                component: if component == "VTODO" {
                    Component::Task
                } else {
                    Component::Event
                },
                ..Event::default()
            });
        }
        self.within.push(component);
    }

    fn end(&mut self, component: &str) {
        let opened = self
            .within
            .iter()
            .rposition(|name| name.eq_ignore_ascii_case(component));
        if let Some(opened) = opened {
            self.within.truncate(opened);
        }
        if !self.within.iter().any(|name| is_event(name)) {
            self.end_event();
        }
    }

    fn end_event(&mut self) {
        let duration = self.duration.take();
        let Some(mut event) = self.event.take() else {
            return;
        };
        if let (None, Some(start), Some(duration)) = (event.when.end, event.when.start, duration) {
            event.when.end = start.after(duration);
        }
        if self.calendar.events.len() < MAX_EVENTS {
            self.calendar.events.push(event);
        } else {
            self.cut = true;
        }
    }

    fn property(&mut self, line: &Line) {
        if line.name == "ATTACH" {
            self.attach(line);
            return;
        }
        let Some(event) = &mut self.event else {
            return;
        };
        let zones = &mut self.zones;
        match line.name.as_str() {
            "UID" => event.uid = short(line),
            "SUMMARY" => event.summary = short(line),
            "LOCATION" => event.location = short(line),
            "URL" => event.url = short(line),
            "DESCRIPTION" => event.description = long(line),
            "COMMENT" => event.comment = long(line),
            "STATUS" => event.cancelled = line.text().trim().eq_ignore_ascii_case("CANCELLED"),
            "DTSTART" => event.when.start = Moment::read(line, zones),
            "DTEND" => event.when.end = Moment::read(line, zones),
            "DUE" => event.due = Moment::read(line, zones),
            "DURATION" => self.duration = moment::duration(&line.text()),
            "RECURRENCE-ID" => event.instance = Moment::read(line, zones),
            "RRULE" => event.recurrence = Some(Recurrence::parse(&line.text())),
            "EXDATE" => {
                let room = MAX_EXCEPTIONS.saturating_sub(event.exceptions.len());
                event
                    .exceptions
                    .extend(Moment::read_all(line, zones, room).map(Moment::day));
            }
            "ORGANIZER" => event.organiser = Person::read(line),
            "ATTENDEE" if event.attendees.len() >= MAX_ATTENDEES => self.cut = true,
            "ATTENDEE" => event.attendees.extend(Attendee::read(line)),
            _ => (),
        }
    }

    fn attach(&mut self, line: &Line) {
        let is_inline = line
            .parameter("ENCODING")
            .is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64"));
        if is_inline {
            self.file(line);
            return;
        }
        let address = line.text();
        let address = address.trim();
        // A content id names another part of the mail, which is offered as it is.
        let is_web = ["http://", "https://"].iter().any(|scheme| {
            let start = address.get(..scheme.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        });
        if let Some(event) = self.event.as_mut().filter(|_| is_web)
            && event.links.len() < MAX_FILES
        {
            event.links.push(clipped(address, MAX_VALUE_BYTES));
        }
    }

    fn file(&mut self, line: &Line) {
        if self.calendar.files.len() >= MAX_FILES {
            self.cut = true;
            return;
        }
        let compact: Vec<u8> = line
            .raw()
            .iter()
            .copied()
            .filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=')
            .collect();
        let Ok(bytes) = base64::engine::general_purpose::STANDARD_NO_PAD.decode(compact) else {
            self.file_damaged = true;
            return;
        };
        let name = ["FILENAME", "X-FILENAME", "X-APPLE-FILENAME", "X-LABEL"]
            .into_iter()
            .find_map(|parameter| line.parameter(parameter))
            .unwrap_or_default();
        self.calendar.files.push(InnerFile {
            name: clipped(name, MAX_VALUE_BYTES),
            media_type: line
                .parameter("FMTTYPE")
                .map_or_else(|| "application/octet-stream".to_owned(), str::to_lowercase),
            bytes,
        });
    }
}

fn is_event(component: &str) -> bool {
    matches!(component, "VEVENT" | "VTODO")
}

impl Method {
    fn parse(text: &str) -> Option<Self> {
        Some(match text.trim().to_uppercase().as_str() {
            "PUBLISH" => Self::Publish,
            "REQUEST" => Self::Request,
            "REPLY" => Self::Reply,
            "ADD" => Self::Add,
            "CANCEL" => Self::Cancel,
            "REFRESH" => Self::Refresh,
            "COUNTER" => Self::Counter,
            "DECLINECOUNTER" => Self::DeclineCounter,
            _ => return None,
        })
    }
}

impl Person {
    fn read(line: &Line) -> Option<Self> {
        let value = line.text();
        let value = value.trim();
        let address = match value.split_once(':') {
            Some((scheme, address)) if scheme.eq_ignore_ascii_case("mailto") => address,
            // Exchange writes `invalid:nomail` where it knows no address.
            Some(_) => line.parameter("EMAIL").unwrap_or_default(),
            None if value.contains('@') => value,
            None => "",
        };
        let name = line
            .parameter("CN")
            .map(|name| name.trim().trim_matches('\'').trim())
            .filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case(address))
            .map(|name| one_line(&clipped(name, MAX_VALUE_BYTES)));
        let address = one_line(&clipped(address.trim(), MAX_VALUE_BYTES)).to_lowercase();
        (name.is_some() || !address.is_empty()).then_some(Self { name, address })
    }
}

impl Attendee {
    fn read(line: &Line) -> Option<Self> {
        let is = |parameter: &'static str, value: &str| {
            line.parameter(parameter)
                .is_some_and(|given| given.eq_ignore_ascii_case(value))
        };
        Some(Self {
            person: Person::read(line)?,
            answer: line.parameter("PARTSTAT").and_then(Answer::parse),
            optional: is("ROLE", "OPT-PARTICIPANT") || is("ROLE", "NON-PARTICIPANT"),
            resource: is("CUTYPE", "ROOM") || is("CUTYPE", "RESOURCE"),
        })
    }
}

impl Answer {
    fn parse(text: &str) -> Option<Self> {
        Some(match text.to_uppercase().as_str() {
            "ACCEPTED" => Self::Accepted,
            "DECLINED" => Self::Declined,
            "TENTATIVE" => Self::Tentative,
            "DELEGATED" => Self::Delegated,
            "COMPLETED" => Self::Completed,
            _ => return None,
        })
    }
}

fn short(line: &Line) -> Option<String> {
    let text = one_line(&clipped(&line.text(), MAX_VALUE_BYTES));
    (!text.is_empty()).then_some(text)
}

fn long(line: &Line) -> Option<String> {
    let text = clipped(&line.text(), MAX_TEXT_BYTES);
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn clipped(text: &str, max_bytes: usize) -> String {
    let kept = text.get(..text.floor_char_boundary(max_bytes));
    kept.unwrap_or_default().to_owned()
}

fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(method: &str, lines: &str) -> Calendar {
        read(
            format!("BEGIN:VCALENDAR\nMETHOD:{method}\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n")
                .replace('\n', "\r\n")
                .as_bytes(),
        )
    }

    #[test]
    fn an_invitation_reads_as_a_person_would_write_it() {
        let calendar = calendar(
            "REQUEST",
            "UID:1\nSUMMARY:Byggemøde\\, Skolevej\nDTSTART;TZID=Romance Standard Time:20240503T100000\n\
             DTEND;TZID=Romance Standard Time:20240503T113000\nLOCATION:Rådhuset\\, lokale 2\n\
             ORGANIZER;CN=Birthe Lund:MAILTO:Birthe.Lund@kommune.example\n\
             ATTENDEE;CN=Karen Holm;PARTSTAT=ACCEPTED:mailto:karen@borger.example\n\
             ATTENDEE;ROLE=OPT-PARTICIPANT;PARTSTAT=NEEDS-ACTION:mailto:per@forening.example\n\
             ATTENDEE;CUTYPE=ROOM;CN=Lokale 2:mailto:lokale2@kommune.example\n\
             RRULE:FREQ=WEEKLY;BYDAY=FR;UNTIL=20240628T215959Z\nEXDATE;TZID=Europe/Copenhagen:20240510T100000\n\
             DESCRIPTION:Vi gennemgår\\n\\n- planen\\n\nX-ALT-DESC;FMTTYPE=text/html:<b>nej</b>\n\
             BEGIN:VALARM\nDESCRIPTION:REMINDER\nTRIGGER:-PT15M\nEND:VALARM",
        );
        assert_eq!(
            calendar.text,
            "Mødeindkaldelse: Byggemøde, Skolevej\n\
             Hvornår: fredag 3. maj 2024 kl. 10.00–11.30\n\
             Gentages: hver uge om fredagen til og med 28. juni 2024, dog ikke 10. maj 2024\n\
             Hvor: Rådhuset, lokale 2\n\
             Arrangør: Birthe Lund (birthe.lund@kommune.example)\n\
             Deltagere:\n\
             - Karen Holm (karen@borger.example): har accepteret\n\
             - per@forening.example, valgfri\n\
             - Lokale 2 (lokale2@kommune.example), lokale eller udstyr\n\
             \nVi gennemgår\n\n- planen"
        );
        assert_eq!(calendar.method, Some(Method::Request));
        assert_eq!(calendar.summary.as_deref(), Some("Byggemøde, Skolevej"));
        assert_eq!(
            calendar.start.map(|start| start.to_rfc3339()).as_deref(),
            Some("2024-05-03T08:00:00+00:00")
        );
        assert!(calendar.warnings.is_empty(), "{:?}", calendar.warnings);
    }

    #[test]
    fn an_answer_says_who_answered_what() {
        for (answer, said) in [
            (
                "ACCEPTED",
                "Karen Holm (karen@borger.example) har accepteret",
            ),
            ("DECLINED", "Karen Holm (karen@borger.example) har afslået"),
            (
                "TENTATIVE",
                "Karen Holm (karen@borger.example) har accepteret foreløbigt",
            ),
        ] {
            let calendar = calendar(
                "REPLY",
                &format!(
                    "SUMMARY:Møde\nDTSTART:20240503T080000Z\nCOMMENT:Kommer for sent\n\
                     ATTENDEE;CN=Karen Holm;PARTSTAT={answer}:mailto:karen@borger.example"
                ),
            );
            assert_eq!(
                calendar.text,
                format!(
                    "Svar på mødeindkaldelse: Møde\nSvar: {said}\nHvornår: fredag 3. maj 2024 kl. 10.00\n\nKommer for sent"
                )
            );
        }
    }

    #[test]
    fn a_cancelled_meeting_says_so_first() {
        for (method, status) in [("CANCEL", ""), ("REQUEST", "STATUS:CANCELLED\n")] {
            let text = calendar(
                method,
                &format!("{status}SUMMARY:Møde\nDTSTART;VALUE=DATE:20241224"),
            )
            .text;
            assert_eq!(
                text,
                "Aflyst: Møde\nHvornår: tirsdag 24. december 2024 (hele dagen)"
            );
        }
    }

    #[test]
    fn files_within_the_calendar_come_out() {
        let calendar = calendar(
            "PUBLISH",
            "SUMMARY:Møde\nATTACH;FMTTYPE=application/PDF;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=\"plan æ.pdf\":JVBE\n Rg==\n\
             ATTACH;ENCODING=BASE64:*\nATTACH:CID:1\nATTACH:https://kommune.example/plan",
        );
        let [file] = &calendar.files[..] else {
            panic!()
        };
        assert_eq!(
            (
                file.name.as_str(),
                file.media_type.as_str(),
                file.bytes.as_slice()
            ),
            ("plan æ.pdf", "application/pdf", b"%PDF".as_slice())
        );
        assert_eq!(calendar.warnings[0].code, "calendar_file_damaged");
        assert_eq!(calendar.events[0].links, ["https://kommune.example/plan"]);
    }

    #[test]
    fn several_events_and_tasks_stand_below_each_other() {
        let calendar = read(
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Først\nDTSTART:20240503T080000Z\nDURATION:PT1H30M\nEND:VEVENT\n\
             BEGIN:VTODO\nSUMMARY:Svar borgeren\nDUE;VALUE=DATE:20240506\nEND:VTODO\nEND:VCALENDAR"
                .as_bytes(),
        );
        assert_eq!(
            calendar.text,
            "Kalenderaftale: Først\nHvornår: fredag 3. maj 2024 kl. 10.00–11.30\n\n\
             Opgave: Svar borgeren\nFrist: mandag 6. maj 2024"
        );
    }

    #[test]
    fn more_than_anybody_reads_is_cut_and_said() {
        let many = "BEGIN:VEVENT\nSUMMARY:Møde\nEND:VEVENT\n".repeat(2_000);
        let cut = read(many.as_bytes());
        assert_eq!(
            (cut.events.len(), cut.warnings[0].code.as_str()),
            (MAX_EVENTS, "calendar_cut")
        );
        let people = "ATTENDEE;CN=Åse:mailto:a@x.example\n".repeat(6_000);
        let cut = read(format!("BEGIN:VEVENT\nSUMMARY:x\n{people}END:VEVENT").as_bytes());
        assert_eq!(cut.events[0].attendees.len(), MAX_ATTENDEES);
        assert!(cut.text.contains("- og 4800 til"), "{}", cut.text.len());
        let deep = read("BEGIN:VEVENT\n".repeat(100_000).as_bytes());
        assert_eq!(deep.warnings[0].code, "calendar_cut");
    }

    #[test]
    fn what_is_no_calendar_gives_nothing() {
        assert_eq!(read(b"Hej\nDTSTART:20240503T080000Z").text, "");
        assert!(read(b"").events.is_empty());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_fail(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..600)) {
            read(&bytes);
        }

        #[test]
        fn no_values_make_it_fail(
            name in "(DTSTART|DTEND|DUE|DURATION|RRULE|EXDATE|ATTENDEE|ATTACH|RECURRENCE-ID)",
            parameter in "(|;TZID=[A-Za-z/ +:0-9]{0,20}|;VALUE=DATE|;ENCODING=BASE64)",
            value in "(FREQ=[A-Z]{5,8}(;(BYDAY|BYMONTH|INTERVAL|COUNT|UNTIL|BYSETPOS|BYMONTHDAY)=[-0-9A-Z,]{0,9}){0,4}|[-+PT0-9DHMSWZ,]{0,24}|\\PC{0,40})",
        ) {
            calendar("REQUEST", &format!("SUMMARY:x\nDTSTART:20240503T080000Z\n{name}{parameter}:{value}"));
        }
    }
}
