//! A municipality's cases and the mails that were filed on them, out of a seed: the same seed gives the same ones.
//!
//! Made one at a time, so that memory measured is the index's. Shaped like a large house: ten years of cases, of which
//! the last two are open; most get a few mails in the months after they began, some thousands for as long as there are
//! mails; citizens write on a case or two, advisers on many; a heavy user answers for thousands of cases; a seventh of
//! the cases is hidden from most.

use super::danish::{capitalised, inflected, stem, word, zipf};
use chrono::{DateTime, Duration, Utc};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use sagspost::domain::access::CaseAccess;
use sagspost::domain::case::{Case, CaseStatus, Party, PartyKind};
use sagspost::domain::direction::OwnDomains;
use sagspost::domain::mail::{Address, Attachment, Mail};
use sagspost::suggest::{DocumentText, Filed, Organisation, Signals};
use uuid::Uuid;

const SEED: u64 = 2024;
const DOMAIN: &str = "egelund-kommune.example";
/// 2015-01-01.
const FIRST_SECOND: i64 = 1_420_070_400;
const YEARS: u64 = 10;
const OPEN_YEARS: u64 = 2;
const USERS: u64 = 600;
const UNIT: u64 = 12;
const SUBJECTS: u64 = 1_500;
/// One case of so many goes on and on.
const LONG_ONES: u64 = 2_000;
/// Cases that an adviser has, about.
const CASES_OF_ADVISER: u64 = 60;
/// Mails of one conversation.
const CONVERSATION: u32 = 4;
const GIVEN: [&str; 24] = [
    "Anne", "Mette", "Kirsten", "Hanne", "Lone", "Camilla", "Ida", "Freja", "Birgit", "Sofie",
    "Karen", "Marie", "Peter", "Jens", "Lars", "Søren", "Niels", "Mikkel", "Jørgen", "Åge", "Emil",
    "Oscar", "Henrik", "Bent",
];

pub struct Municipality {
    cases: u64,
    mails: u64,
    organisation: Organisation,
    /// Mails that each case has so far, by which conversations begin and end.
    on_case: Vec<u32>,
    made: u64,
}

impl Municipality {
    pub fn new(cases: u64, mails: u64) -> Self {
        Self {
            cases,
            mails,
            organisation: Organisation {
                domains: OwnDomains::from(vec![DOMAIN.to_owned()]),
                ..Organisation::default()
            },
            on_case: vec![0; cases as usize],
            made: 0,
        }
    }

    pub fn case(&self, number: u64) -> Case {
        let mut random = drawn("case", number);
        let created_at = time(number, self.cases);
        let year = number * YEARS / self.cases;
        let open = year + OPEN_YEARS >= YEARS || is_long(number);
        let mut title = vec![capitalised(&stem(subject_word(
            number,
            zipf(&mut random, 40),
        )))];
        title.extend((0..random.random_range(1..4)).map(|_| own_word(number, &mut random)));
        Case {
            id: case_id(number),
            number: self.case_number(number),
            title: format!("{}, {}", title.join(" "), street(number)),
            kle: None,
            facet: None,
            status: if open {
                CaseStatus::Open
            } else {
                CaseStatus::Closed
            },
            responsible: Some(user(responsible(number))),
            unit: None,
            access: if drawn("access", number).random_ratio(1, 7) {
                CaseAccess::of_users(
                    unit_of(responsible(number))
                        .map(user)
                        .collect::<Vec<_>>()
                        .iter()
                        .map(String::as_str),
                )
            } else {
                CaseAccess::open()
            },
            parties: (0..correspondents(number))
                .map(|place| self.party(number, place))
                .collect(),
            created_at,
            closed_at: (!open).then_some(created_at + Duration::days(365)),
            version: 1,
        }
    }

    /// The next mail, and on which case it was filed.
    pub fn next_filing(&mut self) -> Filed {
        let number = self.made;
        self.made += 1;
        let mut random = drawn("mail", number);
        let case = self.case_of_mail(number, &mut random);
        let so_far = self.on_case[case as usize];
        self.on_case[case as usize] += 1;

        let mail = self.mail(case, so_far, &mut random);
        let mut signals = Signals::of(&mail, &self.organisation);
        signals.thread = Some(thread(case, so_far));
        let by = match random.random_range(0..5) {
            0 => unit_of(responsible(case)).nth(random.random_range(0..UNIT as usize)),
            _ => Some(responsible(case)),
        };
        Filed {
            entry: id(3, number),
            case_id: case_id(case),
            documents: self.documents(&mail, case, &mut random),
            signals,
            by: by.map(user).unwrap_or_default(),
            at: time(number, self.mails),
        }
    }

    fn mail(&self, case: u64, so_far: u32, random: &mut StdRng) -> Mail {
        let stranger = self.person(case, random.random_range(0..correspondents(case)));
        let colleague = colleague(responsible(case));
        let (from, to) = if random.random_ratio(2, 5) {
            (colleague, stranger)
        } else {
            (stranger, colleague)
        };
        let subject = conversation_subject(case, so_far);
        let length = random.random_range(3.0..5.3_f64).exp() as usize;
        let mut words: Vec<String> = (0..length).map(|_| word_of_mail(case, random)).collect();
        if random.random_ratio(1, 12) {
            words.push(format!("(sagsnr. {})", self.case_number(case)));
        }
        Mail {
            subject: if so_far.is_multiple_of(CONVERSATION) {
                subject
            } else {
                format!("SV: {subject}")
            },
            text: format!(
                "Hej\n\n{}.\n\nMed venlig hilsen\n{}\n",
                words.join(" "),
                from.name.as_deref().unwrap_or_default()
            ),
            attachments: if random.random_ratio(1, 4) {
                vec![attachment(case, random)]
            } else {
                Vec::new()
            },
            from: vec![from],
            to: vec![to],
            ..Mail::default()
        }
    }

    fn documents(&self, mail: &Mail, case: u64, random: &mut StdRng) -> Option<Signals> {
        if mail.attachments.is_empty() {
            return None;
        }
        let words: Vec<String> = (0..150).map(|_| word_of_mail(case, random)).collect();
        let text = words.join(" ");
        let document = DocumentText {
            title: None,
            heading: None,
            text: &text,
        };
        Some(Signals::of_documents(&[document], &self.organisation))
    }

    /// Mostly one that began lately.
    fn case_of_mail(&self, number: u64, random: &mut StdRng) -> u64 {
        let newest = (number * self.cases / self.mails).min(self.cases - 1);
        let back = if random.random_ratio(1, 8) {
            let long = zipf(random, newest / LONG_ONES + 1) * LONG_ONES;
            return long.min(newest);
        } else {
            random.random::<f64>().powi(3) * self.cases as f64 / 8.0
        };
        newest.saturating_sub(back as u64)
    }

    fn case_number(&self, number: u64) -> String {
        let year = number * YEARS / self.cases;
        let first_of_year = (year * self.cases).div_ceil(YEARS);
        format!("{}-{:05}", 2015 + year, number - first_of_year + 1)
    }

    fn party(&self, case: u64, place: u64) -> Party {
        let person = self.person(case, place);
        Party {
            kind: PartyKind::Person,
            name: person.name.unwrap_or_default(),
            identifier: None,
            address: Some(street(case)),
            mail: Some(person.address),
        }
    }

    /// Who writes on a case: a citizen, or an adviser with cases of many.
    fn person(&self, case: u64, place: u64) -> Address {
        let mut random = drawn("person", case * 64 + place);
        if random.random_ratio(1, 5) {
            let adviser = zipf(&mut random, self.cases / CASES_OF_ADVISER + 1);
            let name = full_name(adviser + 50_000_000);
            let address = format!("{}@raadgiver{}.example", mail_name(&name), adviser / 4);
            return Address {
                name: Some(name),
                address,
            };
        }
        let citizen = random.random_range(0..self.cases);
        let name = full_name(citizen);
        // At a provider that everybody uses: nobody is known by that domain.
        let address = format!("{}{citizen}@mail.dk", mail_name(&name));
        Address {
            name: Some(name),
            address,
        }
    }
}

/// Of what a case is about, of the case itself, or any.
fn word_of_mail(case: u64, random: &mut StdRng) -> String {
    match random.random_range(0..10) {
        0 => own_word(case, random),
        1 | 2 => {
            let rank = zipf(random, 200);
            inflected(subject_word(case, rank), random)
        }
        _ => word(random),
    }
}

fn own_word(case: u64, random: &mut StdRng) -> String {
    stem(mixed(case * 16 + zipf(random, 12)))
}

/// The cases of one subject share it.
fn subject_word(case: u64, rank: u64) -> u64 {
    mixed((mixed(case) % SUBJECTS + 1) << 32 | rank)
}

fn conversation_subject(case: u64, so_far: u32) -> String {
    let mut random = drawn(
        "conversation",
        case << 32 | u64::from(so_far / CONVERSATION),
    );
    let rank = zipf(&mut random, 40);
    let subject = capitalised(&stem(subject_word(case, rank)));
    format!(
        "{subject} {} {}",
        own_word(case, &mut random),
        word(&mut random)
    )
}

fn attachment(case: u64, random: &mut StdRng) -> Attachment {
    Attachment {
        name: format!("{}_{}.pdf", word(random), own_word(case, random)),
        media_type: "application/pdf".to_owned(),
        size: 100_000,
        ..Attachment::default()
    }
}

fn time(number: u64, of: u64) -> DateTime<Utc> {
    let seconds = YEARS * 365 * 86_400;
    DateTime::from_timestamp(FIRST_SECOND, 0).unwrap()
        + Duration::seconds((u128::from(number) * u128::from(seconds) / u128::from(of)) as i64)
}

/// How many people write on it.
fn correspondents(case: u64) -> u64 {
    if is_long(case) {
        40
    } else {
        1 + drawn("parties", case).random_range(0..3)
    }
}

fn street(case: u64) -> String {
    let mut random = drawn("street", case);
    let name = capitalised(&stem(zipf(&mut random, 3_000) + 9_000));
    format!("{name}vej {}, 3450 Egelund", random.random_range(1..90))
}

fn full_name(number: u64) -> String {
    let given = GIVEN[(mixed(number) % GIVEN.len() as u64) as usize];
    format!(
        "{given} {}sen",
        capitalised(&stem(mixed(number * 3) % 8_000))
    )
}

fn mail_name(name: &str) -> String {
    name.to_lowercase()
        .replace(' ', ".")
        .replace('æ', "ae")
        .replace('ø', "oe")
        .replace('å', "aa")
}

/// A few have thousands of cases.
fn responsible(case: u64) -> u64 {
    zipf(&mut drawn("responsible", case), USERS)
}

fn unit_of(user: u64) -> impl Iterator<Item = u64> {
    let first = user / UNIT * UNIT;
    first..first + UNIT
}

fn user(number: u64) -> String {
    format!("user{number:03}")
}

fn colleague(number: u64) -> Address {
    Address {
        name: Some(full_name(number + 90_000_000)),
        address: format!("{}@{DOMAIN}", user(number)),
    }
}

fn is_long(case: u64) -> bool {
    case.is_multiple_of(LONG_ONES)
}

fn case_id(number: u64) -> Uuid {
    id(1, number)
}

fn thread(case: u64, so_far: u32) -> Uuid {
    id(2, case << 24 | u64::from(so_far / CONVERSATION))
}

fn id(kind: u128, number: u64) -> Uuid {
    Uuid::from_u128(kind << 120 | u128::from(mixed(number)) << 48 | u128::from(number))
}

fn drawn(kind: &str, number: u64) -> StdRng {
    let kind = kind
        .bytes()
        .fold(SEED, |sum, byte| mixed(sum ^ u64::from(byte)));
    StdRng::seed_from_u64(mixed(kind ^ number))
}

/// Neighbours become strangers.
fn mixed(number: u64) -> u64 {
    let number = (number ^ number >> 31).wrapping_mul(0x7fb5_d329_728e_a185);
    (number ^ number >> 27).wrapping_mul(0x81da_def4_bc2d_d44d)
}
