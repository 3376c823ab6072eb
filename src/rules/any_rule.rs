//! Any rule, and any mail that it may meet, for properties.

use chrono::{NaiveDate, NaiveTime};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::condition::{Check, Importance, PersonPlace, TextPlace, Trait};
use super::*;
use crate::domain::{
    access::AccessCode,
    case::Direction,
    document_type::DocumentType,
    kle::KleNumber,
    mail::{Address, Attachment, Mail, MailKind},
};

/// Few words, so that rules meet mails.
const WORDS: [&str; 10] = [
    "Hegn",
    "faktura",
    "FAKTURA",
    "hæk",
    "Hæ",
    "gågade",
    "ga\u{30A}gade",
    "rykker 2",
    "x",
    "ſag \u{212A}",
];
const PATTERNS: [&str; 9] = [
    r"faktura (?<nr>\d+)",
    "faktura  1|hæk\n",
    "(hæk|HEGN)",
    "h[æa]k+",
    r"\d{3,}",
    "(rykker)?",
    "(?i)Faktura|rykker [0-9]",
    "ſag k",
    "^gågade$",
];
const ADDRESSES: [&str; 4] = [
    "karen@borger.example",
    "post@byen.example",
    "faktura@firma.example",
    "x@sub.firma.example",
];

pub(super) fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        select(&WORDS[..]).prop_map(str::to_owned),
        r#"[a-zæøå"\\' #=\[\]{}]{1,12}"#.prop_filter("not empty", |word| !word.trim().is_empty()),
    ]
}

fn words() -> impl Strategy<Value = Values> {
    vec(word(), 1..4).prop_map(Values::from)
}

fn text_test() -> impl Strategy<Value = TextTest> {
    prop_oneof![
        words().prop_map(TextTest::Contains),
        words().prop_map(TextTest::Starts),
        words().prop_map(TextTest::Equals),
        words().prop_map(TextTest::Word),
        select(&PATTERNS[..]).prop_map(|pattern| TextTest::Regex(Pattern::parse(pattern).unwrap())),
    ]
}

fn person_test() -> impl Strategy<Value = PersonTest> {
    let addresses = subsequence(ADDRESSES.map(str::to_owned).to_vec(), 1..3);
    let domains = subsequence(vec!["firma.example".to_owned(), "example".to_owned()], 1..3);
    prop_oneof![
        addresses.prop_map(PersonTest::Address),
        domains.prop_map(PersonTest::Domain),
        words().prop_map(PersonTest::Name),
        any::<bool>().prop_map(PersonTest::Internal),
    ]
}

fn day() -> impl Strategy<Value = NaiveDate> {
    (0..2000_i32).prop_map(|day| NaiveDate::from_num_days_from_ce_opt(739_000 + day).unwrap())
}

fn time() -> impl Strategy<Value = NaiveTime> {
    (0..86_400_u32)
        .prop_map(|second| NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap())
}

fn range() -> impl Strategy<Value = Range> {
    (0..5_u64, option::of(0..5_u64)).prop_map(|(least, more)| Range {
        at_least: Some(least),
        at_most: more.map(|more| least + more),
    })
}

fn leaf() -> impl Strategy<Value = Leaf> {
    let direction = select(
        &[
            Direction::Incoming,
            Direction::Outgoing,
            Direction::Internal,
        ][..],
    );
    let checked = (select(Check::ALL), select(Verdict::ALL));
    prop_oneof![
        8 => (select(TextPlace::ALL), text_test()).prop_map(|(place, test)| Leaf::Text(place, test)),
        2 => text_test().prop_map(|test| Leaf::Header { name: "x-mailer".to_owned(), test }),
        4 => (select(PersonPlace::ALL), person_test()).prop_map(|(place, test)| Leaf::Person(place, test)),
        1 => direction.prop_map(Leaf::Direction),
        1 => Just(Leaf::Language(vec!["da".to_owned(), "en".to_owned()])),
        1 => subsequence(Trait::ALL.to_vec(), 1..4).prop_map(Leaf::Is),
        1 => subsequence(Content::ALL.to_vec(), 1..4).prop_map(Leaf::Has),
        1 => select(Importance::ALL).prop_map(Leaf::Importance),
        1 => range().prop_map(Leaf::AttachmentCount),
        1 => range().prop_map(Leaf::AttachmentSize),
        1 => day().prop_map(|day| Leaf::Received { from: Some(day), to: None }),
        1 => (time(), time()).prop_map(|(from, to)| Leaf::Time { from, to }),
        1 => select(vec![Leaf::WorkingDay, Leaf::SenderIsParty, Leaf::ThreadOnCase]),
        1 => confidence().prop_map(Leaf::Suggested),
        1 => checked.prop_map(|(check, verdict)| Leaf::Checked { check, verdict }),
    ]
}

fn confidence() -> impl Strategy<Value = Confidence> {
    (1..=1000_u32).prop_map(|p| Confidence::new(f64::from(p) / 1000.0).unwrap())
}

fn condition() -> impl Strategy<Value = Condition> {
    leaf()
        .prop_map(Condition::Leaf)
        .prop_recursive(4, 12, 3, |inner| {
            prop_oneof![
                vec(inner.clone(), 1..4).prop_map(Condition::All),
                vec(inner.clone(), 1..4).prop_map(Condition::Any),
                inner.prop_map(|part| Condition::Not(Box::new(part))),
            ]
        })
}

fn journal() -> impl Strategy<Value = Journal> {
    let new_case = (option::of(word()), option::of(word()), any::<bool>()).prop_map(
        |(template, responsible, full)| NewCase {
            template,
            title: full.then(|| "Vedr. {subject}".to_owned()),
            kle: KleNumber::parse("02.34.02").filter(|_| full),
            responsible,
            access: full.then_some(AccessCode::Restricted),
        },
    );
    let on = prop_oneof![
        word().prop_map(|word| Target::Case(word.replace(['{', '}'], "-"))),
        Just(Target::CaseNumber),
        Just(Target::Thread),
        confidence().prop_map(Target::Suggestion),
        new_case.prop_map(Target::NewCase),
    ];
    let attachments = prop_oneof![
        Just(Attachments::All),
        Just(Attachments::None),
        Just(Attachments::TypeStarts(vec!["image/".to_owned()])),
        Just(Attachments::NameEnds(vec![
            ".pdf".to_owned(),
            ".docx".to_owned()
        ])),
        any::<u32>().prop_map(|bytes| Attachments::AtMostBytes(bytes.into())),
    ];
    let kinds = option::of(select(&DocumentType::ALL[..]));
    (on, attachments, kinds, any::<bool>()).prop_map(|(on, attachments, document_type, full)| {
        Journal {
            on,
            title: full.then(|| "{date} {subject}".to_owned()),
            file_name: full.then(|| "fil".to_owned()),
            attachments,
            direction: full.then_some(Direction::Incoming),
            access: full.then_some(AccessCode::Open),
            document_type,
        }
    })
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let plain = |word: String| word.replace(['{', '}'], "-");
    let filing = prop_oneof![
        journal().prop_map(|journal| Action::Journal(Box::new(journal))),
        word().prop_map(Action::NeverJournal),
    ];
    let assign = prop_oneof![
        word().prop_map(Action::AssignPerson),
        word().prop_map(Action::AssignUnit),
    ];
    let mark = prop_oneof![
        Just(Action::Mark(Mark::Flag)),
        word().prop_map(|folder| Action::Mark(Mark::Move(folder))),
    ];
    let others = (
        option::of(assign),
        option::of(
            vec(word(), 1..3)
                .prop_map(move |tags| Action::Tag(tags.into_iter().map(plain).collect())),
        ),
        option::of((1..100_u32).prop_map(Action::DeadlineWorkingDays)),
        option::of(mark),
        option::of(select(&ADDRESSES[..]).prop_map(|to| Action::Forward(to.to_owned()))),
        option::of(word().prop_map(Action::Acknowledge)),
    );
    (filing, others).prop_map(|(filing, (a, b, c, d, e, f))| {
        [Some(filing), a, b, c, d, e, f]
            .into_iter()
            .flatten()
            .collect()
    })
}

pub(super) fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let rule = (
        (any::<bool>(), any::<bool>(), option::of(day())),
        prop::bool::weighted(0.8),
        condition(),
        actions(),
    );
    let rule = rule.prop_map(|((stop, waiver, valid_from), enabled, when, then)| Rule {
        name: String::new(),
        enabled,
        valid_from,
        valid_to: valid_from,
        stop,
        allow_unauthenticated: waiver,
        when,
        then,
    });
    vec(rule, 1..8).prop_map(|mut rules| {
        for (number, rule) in rules.iter_mut().enumerate() {
            rule.name = format!("Regel \"{number}\"");
            // Most count on every day.
            rule.valid_from = rule.valid_from.filter(|_| number % 4 == 3);
            rule.valid_to = rule.valid_to.filter(|_| number % 4 == 3);
        }
        rules
    })
}

fn sentence() -> impl Strategy<Value = String> {
    vec(
        prop_oneof![
            word(),
            "[0-9]{1,4}",
            Just("faktura 12".to_owned()),
            Just("SAG k".to_owned()),
            Just("faktura  1 hæk\n".to_owned())
        ],
        0..5,
    )
    .prop_map(|words| words.join(" "))
}

fn address() -> impl Strategy<Value = Address> {
    (option::of(word()), select(&ADDRESSES[..])).prop_map(|(name, address)| Address {
        name,
        address: address.to_owned(),
    })
}

pub(super) fn mail() -> impl Strategy<Value = Mail> {
    let files = vec((sentence(), 0..9_u64), 0..3);
    let kinds = select(
        &[
            MailKind::Personal,
            MailKind::AutoReply,
            MailKind::Newsletter,
        ][..],
    );
    let people = (vec(address(), 0..3), vec(address(), 0..3));
    (sentence(), sentence(), people, files, kinds).prop_map(
        |(subject, text, (from, to), files, kind)| Mail {
            subject,
            text,
            from,
            to,
            kind,
            attachments: files
                .into_iter()
                .map(|(name, size)| Attachment {
                    name,
                    size,
                    media_type: "application/pdf".to_owned(),
                    ..Attachment::default()
                })
                .collect(),
            ..Mail::default()
        },
    )
}

pub(super) fn facts() -> impl Strategy<Value = Facts> {
    let known = (
        option::of(word()),
        option::of(vec(sentence(), 0..2)),
        option::of(sentence()),
        option::of(any::<bool>()),
        option::of(0.0..1.0),
    );
    known.prop_map(
        |(mailbox, attachment_texts, mailer, sender_is_party, confidence)| Facts {
            mailbox,
            attachment_texts,
            headers: mailer.map(|mailer| vec![("X-Mailer".to_owned(), mailer)]),
            sender_is_party,
            suggestion: confidence.map(|confidence| Suggestion {
                case: "2026-00001".to_owned(),
                confidence,
            }),
            ..Facts::default()
        },
    )
}
