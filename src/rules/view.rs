//! A mail as conditions read it: each text made comparable once, and only when asked for.

use std::cell::OnceCell;

use chrono::{NaiveTime, Timelike as _};

use super::MAX_TEXT_BYTES;
use super::condition::{
    Check, Condition, Content, Importance, Leaf, PersonPlace, PersonTest, TextPlace, Trait,
};
use super::facts::Facts;
use super::text_test::Tested;
use crate::domain::{
    cpr, cvr,
    direction::domain_of,
    kle,
    mail::{Address, Attachment, Mail, MailKind},
    property,
    title::{self, Relation},
    working_days::{self, Calendar, LocalDays},
};

/// Files of a mail that rules look at.
const MAX_ATTACHMENTS: usize = 1_000;
/// People of a mail that rules look at.
const MAX_PEOPLE: usize = 1_000;

/// What a condition says of a mail; what nobody knows is neither yes nor no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    Yes,
    No,
    Unknown,
}

impl Truth {
    fn of(known: Option<bool>) -> Self {
        known.map_or(Self::Unknown, Self::from)
    }
}

impl From<bool> for Truth {
    fn from(is: bool) -> Self {
        if is { Self::Yes } else { Self::No }
    }
}

impl std::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
        }
    }
}

pub(super) struct View<'m> {
    pub mail: &'m Mail,
    pub facts: &'m Facts,
    pub subject: Tested<'m>,
    pub body: Tested<'m>,
    pub attachment_names: Vec<Tested<'m>>,
    attachment_types: Vec<Tested<'m>>,
    attachment_texts: OnceCell<Option<Vec<Tested<'m>>>>,
    mailbox: Option<Vec<Tested<'m>>>,
    folder: Option<Vec<Tested<'m>>>,
    headers: OnceCell<Option<Vec<(String, Tested<'m>)>>>,
    people: [Vec<Person<'m>>; 4],
    contents: [OnceCell<bool>; 4],
}

pub(super) struct Person<'m> {
    pub address: &'m str,
    pub name: Option<Tested<'m>>,
}

impl<'m> View<'m> {
    pub fn new(mail: &'m Mail, facts: &'m Facts) -> Self {
        let files = || files(mail);
        let one = |text: &'m Option<String>| text.as_deref().map(|text| vec![Tested::new(text)]);
        Self {
            mail,
            facts,
            subject: Tested::new(&mail.subject),
            body: Tested::new(cut(&mail.text)),
            attachment_names: files().map(|file| Tested::new(&file.name)).collect(),
            attachment_types: files().map(|file| Tested::new(&file.media_type)).collect(),
            attachment_texts: OnceCell::new(),
            mailbox: one(&facts.mailbox),
            folder: one(&facts.folder),
            headers: OnceCell::new(),
            people: [&mail.from, &mail.to, &mail.cc, &mail.bcc].map(|those| people(those)),
            contents: Default::default(),
        }
    }

    pub fn attachment_texts(&self) -> Option<&[Tested<'m>]> {
        let read = || {
            let texts = self.facts.attachment_texts.as_ref()?;
            Some(texts.iter().map(|text| Tested::new(cut(text))).collect())
        };
        self.attachment_texts.get_or_init(read).as_deref()
    }

    /// `None` where nobody knows.
    fn texts(&self, place: TextPlace) -> Option<&[Tested<'m>]> {
        Some(match place {
            TextPlace::Subject => std::slice::from_ref(&self.subject),
            TextPlace::Body => std::slice::from_ref(&self.body),
            TextPlace::AttachmentName => &self.attachment_names,
            TextPlace::AttachmentType => &self.attachment_types,
            TextPlace::AttachmentText => self.attachment_texts()?,
            TextPlace::Mailbox => self.mailbox.as_deref()?,
            TextPlace::Folder => self.folder.as_deref()?,
        })
    }

    fn headers(&self) -> Option<&[(String, Tested<'m>)]> {
        let read = || {
            let headers = self.facts.headers.as_ref()?;
            let fields = headers.iter();
            let tested = fields.map(|(name, value)| (name.to_lowercase(), Tested::new(cut(value))));
            Some(tested.collect())
        };
        self.headers.get_or_init(read).as_deref()
    }

    /// The texts that a leaf tests, of those that tests of a text are about.
    pub fn tested<'v>(&'v self, leaf: &'v Leaf) -> Box<dyn Iterator<Item = &'v Tested<'m>> + 'v> {
        match leaf {
            Leaf::Text(place, _) => Box::new(self.texts(*place).into_iter().flatten()),
            Leaf::Header { name, .. } => {
                let headers = self.headers().into_iter().flatten();
                Box::new(
                    headers
                        .filter(move |(other, _)| other == name)
                        .map(|(_, value)| value),
                )
            }
            _ => Box::new(std::iter::empty()),
        }
    }

    pub fn people(&self, place: PersonPlace) -> impl Iterator<Item = &Person<'m>> {
        let those = match place {
            PersonPlace::From => &self.people[..1],
            PersonPlace::To => &self.people[1..2],
            PersonPlace::Cc => &self.people[2..3],
            PersonPlace::Participant => &self.people[..],
        };
        those.iter().flatten()
    }

    pub fn holds(&self, condition: &Condition) -> Truth {
        match condition {
            Condition::All(parts) => self.joined(parts, Truth::No),
            Condition::Any(parts) => self.joined(parts, Truth::Yes),
            Condition::Not(part) => !self.holds(part),
            Condition::Leaf(leaf) => self.leaf(leaf),
        }
    }

    /// As one part decides it, else as all of them have it, else unknown.
    fn joined(&self, parts: &[Condition], decides: Truth) -> Truth {
        let mut truth = !decides;
        for part in parts {
            match self.holds(part) {
                is if is == decides => return decides,
                Truth::Unknown => truth = Truth::Unknown,
                _ => {}
            }
        }
        truth
    }

    pub fn leaf(&self, leaf: &Leaf) -> Truth {
        let (mail, facts) = (self.mail, self.facts);
        match leaf {
            Leaf::Text(place, test) => Truth::of(
                self.texts(*place)
                    .map(|texts| texts.iter().any(|text| test.passes(text))),
            ),
            Leaf::Header { name, test } => Truth::of(self.headers().map(|headers| {
                headers
                    .iter()
                    .any(|(other, value)| other == name && test.passes(value))
            })),
            Leaf::Person(place, test) => self
                .people(*place)
                .any(|person| self.is(person, test))
                .into(),
            Leaf::Direction(direction) => Truth::of(facts.direction.map(|is| is == *direction)),
            Leaf::Language(languages) => {
                Truth::of(facts.language.as_ref().map(|is| languages.contains(is)))
            }
            Leaf::Is(traits) => traits.iter().any(|one| is(mail, *one)).into(),
            Leaf::Has(contents) => contents.iter().map(|content| self.has(*content)).fold(
                Truth::No,
                |one, two| match (one, two) {
                    (Truth::Yes, _) | (_, Truth::Yes) => Truth::Yes,
                    (Truth::Unknown, _) | (_, Truth::Unknown) => Truth::Unknown,
                    _ => Truth::No,
                },
            ),
            Leaf::Importance(importance) => {
                Truth::of(self.importance().map(|is| is == *importance))
            }
            Leaf::AttachmentCount(range) => range.has(files(mail).count() as u64).into(),
            Leaf::AttachmentSize(range) => files(mail).any(|file| range.has(file.size)).into(),
            Leaf::Received { from, to } => {
                let day = working_days::danish_day(facts.at);
                (from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)).into()
            }
            Leaf::Time { from, to } => is_within(self.time(), *from, *to).into(),
            Leaf::WorkingDay => Calendar::new(LocalDays::default())
                .is_working_day(working_days::danish_day(facts.at))
                .into(),
            Leaf::SenderIsParty => Truth::of(facts.sender_is_party),
            Leaf::ThreadOnCase => Truth::of(facts.thread_cases.as_ref().map(|on| !on.is_empty())),
            Leaf::Suggested(least) => {
                let best = facts.suggestion.as_ref();
                Truth::of(best.map(|best| best.confidence >= least.value()))
            }
            Leaf::Checked { check, verdict } => Truth::of(facts.authentication.map(|checked| {
                let found = match check {
                    Check::Dmarc => checked.dmarc,
                    Check::Spf => checked.spf,
                    Check::Dkim => checked.dkim,
                };
                found == *verdict
            })),
        }
    }

    pub fn is(&self, person: &Person<'_>, test: &PersonTest) -> bool {
        let address = person.address;
        match test {
            PersonTest::Address(addresses) => addresses.iter().any(|one| one == address),
            PersonTest::Domain(domains) => domain_of(address).is_some_and(|domain| {
                domains.iter().any(|own| {
                    domain
                        .strip_suffix(own.as_str())
                        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
                })
            }),
            PersonTest::Name(values) => person.name.as_ref().is_some_and(|name| {
                values
                    .folded
                    .iter()
                    .any(|value| name.folded.contains(value.as_str()))
            }),
            PersonTest::Internal(internal) => {
                !address.is_empty() && self.facts.own.has(address) == *internal
            }
        }
    }

    fn has(&self, content: Content) -> Truth {
        let cell = |at: usize, find: fn(&str) -> bool| {
            let texts = [self.mail.subject.as_str(), cut(&self.mail.text)];
            let found = *self.contents[at].get_or_init(|| texts.into_iter().any(find));
            Truth::from(found)
        };
        match content {
            Content::CaseNumber => (!self.facts.cases_found.is_empty()).into(),
            Content::ExistingCase => {
                let found = &self.facts.cases_found;
                if found.iter().any(|case| case.exists == Some(true)) {
                    Truth::Yes
                } else if found.iter().any(|case| case.exists.is_none()) {
                    Truth::Unknown
                } else {
                    Truth::No
                }
            }
            Content::KleNumber => {
                cell(0, |text| kle::find(text, 10).iter().any(|found| found.sure))
            }
            Content::Cpr => cell(1, |text| !cpr::find(text).is_empty()),
            Content::Cvr => cell(2, |text| !cvr::find(text).is_empty()),
            Content::Address => cell(3, |text| !property::addresses(text, 1).is_empty()),
        }
    }

    /// As the headers have it that programs write; a mail that does not say is of normal importance.
    fn importance(&self) -> Option<Importance> {
        let headers = self.headers()?;
        let said = headers.iter().find_map(|(name, value)| {
            let first = value.folded.trim().chars().next()?;
            match (name.as_str(), first) {
                ("importance" | "x-msmail-priority", 'h')
                | ("priority", 'u')
                | ("x-priority", '1' | '2') => Some(Importance::High),
                ("importance" | "x-msmail-priority", 'l') | ("x-priority", '4' | '5') => {
                    Some(Importance::Low)
                }
                _ => None,
            }
        });
        Some(said.unwrap_or(Importance::Normal))
    }

    pub fn time(&self) -> NaiveTime {
        let time = self
            .facts
            .at
            .with_timezone(&chrono_tz::Europe::Copenhagen)
            .time();
        time.with_nanosecond(0).unwrap_or(time)
    }
}

fn is_within(time: NaiveTime, from: NaiveTime, to: NaiveTime) -> bool {
    if from <= to {
        from <= time && time < to
    } else {
        time >= from || time < to
    }
}

fn files(mail: &Mail) -> impl Iterator<Item = &Attachment> {
    let shown = mail.attachments.iter().filter(|file| !file.inline);
    shown.take(MAX_ATTACHMENTS)
}

fn people(addresses: &[Address]) -> Vec<Person<'_>> {
    addresses
        .iter()
        .take(MAX_PEOPLE)
        .map(|one| Person {
            address: &one.address,
            name: one.name.as_deref().map(Tested::new),
        })
        .collect()
}

pub(super) fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_TEXT_BYTES)]
}

fn is(mail: &Mail, one: Trait) -> bool {
    match one {
        Trait::Reply => {
            !mail.in_reply_to.is_empty() || title::relation(&mail.subject) == Relation::Reply
        }
        Trait::AutoReply => matches!(mail.kind, MailKind::AutoReply | MailKind::OutOfOffice),
        Trait::Bounce => mail.kind == MailKind::Bounce,
        Trait::Newsletter => mail.kind == MailKind::Newsletter,
        Trait::Calendar => mail.kind == MailKind::Calendar,
        Trait::System => mail.kind == MailKind::System,
        Trait::ReadReceipt => mail.kind == MailKind::ReadReceipt,
        Trait::JournalReport => mail.kind == MailKind::JournalReport,
        Trait::Encrypted => mail
            .warnings
            .iter()
            .any(|warning| warning.code.ends_with("_encrypted")),
        Trait::Signed => mail.signature.is_some(),
    }
}
