//! What rules cost on one core: 10,000 rules on one mail, and mails a second through 200 rules. Beside them the same rules
//! tried one by one by plain `regex`, each needle a pattern that ignores case, on the same mails in the same run.
//!
//! Half of the rules look for words, a quarter for a pattern, a quarter for a sender; a few in a hundred are met. Before
//! anything is timed, both ways must find the same rules. The last line of output is JSON.

#![allow(clippy::unwrap_used, dead_code)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use regex::{Regex, RegexBuilder};
use sagspost::domain::mail::{Address, Attachment, Mail};
use sagspost::rules::{self, Facts, RuleSet};
use serde_json::json;

const MANY: usize = 10_000;
const SOME: usize = 200;
const MAILS: usize = 1_000;
/// As many of them as ten thousand patterns can be tried on.
const FEW: usize = 10;
/// Bodies that make up a mail of 100 kB.
const LONG: usize = 23;
const ROUNDS: usize = 5;
const BODY_WORDS: usize = 350;

/// Parts of which words are made, so that there are thousands of them.
const BEGINNINGS: [&str; 16] = [
    "bygge", "skole", "vej", "miljø", "børne", "social", "natur", "affalds", "lokal", "hegns",
    "hus", "vand", "energi", "kultur", "plan", "ældre",
];
const ENDINGS: [&str; 16] = [
    "sag",
    "ansøgning",
    "tilladelse",
    "plan",
    "gebyr",
    "klage",
    "regning",
    "aftale",
    "møde",
    "forslag",
    "tilsyn",
    "påbud",
    "høring",
    "afgørelse",
    "skema",
    "støtte",
];

fn main() {
    let facts = Facts::default();
    let mut figures = serde_json::Map::new();
    println!(
        "{:<34} {:>12} {:>14} {:>8}",
        "", "Sagspost", "one by one", "times"
    );

    let mails = mails(MANY);
    let (set, plain) = both(MANY);
    agree(&set, &plain, &mails, &facts);
    let long = Mail {
        text: mails[..LONG]
            .iter()
            .map(|mail| mail.text.as_str())
            .collect(),
        ..mails[0].clone()
    };
    for (name, key, few) in [
        ("10,000 rules on one mail", "mail", &mails[..FEW]),
        (
            "… on one of 100 kB",
            "long_mail",
            std::slice::from_ref(&long),
        ),
    ] {
        let ours = per_mail(few, |mail| {
            black_box(set.decide(mail, &facts));
        });
        let theirs = per_mail(few, |mail| {
            black_box(met(&plain, mail));
        });
        println!(
            "{name:<34} {:>9.3} ms {:>11.3} ms {:>8.0}",
            millis(ours),
            millis(theirs),
            millis(theirs) / millis(ours)
        );
        figures.insert(format!("many_rules_one_{key}_ms"), json!(millis(ours)));
        figures.insert(
            format!("many_rules_one_{key}_plain_ms"),
            json!(millis(theirs)),
        );
    }

    let mails = self::mails(SOME);
    let (set, plain) = both(SOME);
    agree(&set, &plain, &mails, &facts);
    let ours = per_mail(&mails, |mail| {
        black_box(set.decide(mail, &facts));
    });
    let theirs = per_mail(&mails, |mail| {
        black_box(met(&plain, mail));
    });
    println!(
        "{:<34} {:>10.0}/s {:>12.0}/s {:>8.0}",
        "mails through 200 rules",
        per_second(ours),
        per_second(theirs),
        per_second(ours) / per_second(theirs)
    );
    figures.insert(
        "mails_per_second_some_rules".to_owned(),
        json!(per_second(ours)),
    );
    figures.insert(
        "mails_per_second_some_rules_plain".to_owned(),
        json!(per_second(theirs)),
    );
    let bytes: usize = mails.iter().map(|mail| mail.text.len()).sum();
    figures.insert("mean_body_bytes".to_owned(), json!(bytes / MAILS));
    println!("{}", serde_json::Value::Object(figures));
}

/// What a rule looks for, for those who try it by themselves.
struct Plain {
    place: Place,
    regex: Regex,
}

#[derive(Clone, Copy)]
enum Place {
    Subject,
    Body,
    From,
}

/// As many rules, as a file and as plain patterns.
fn both(count: usize) -> (RuleSet, Vec<Plain>) {
    let mut file = String::new();
    let mut plain = Vec::new();
    for number in 0..count {
        let (word, other) = (rare(number), rare(number + 7_919));
        let (when, place, pattern) = match number % 4 {
            0 => (
                format!("body = {{ contains = \"{word} {other}\" }}"),
                Place::Body,
                format!("{word} {other}"),
            ),
            1 => (
                format!("subject = {{ contains = [\"{word}\", \"{other}\"] }}"),
                Place::Subject,
                format!("{word}|{other}"),
            ),
            2 => {
                let pattern = format!("{word} (nr|nummer)\\.? ?[0-9]{{2,6}}");
                (
                    format!("body = {{ regex = '{pattern}' }}"),
                    Place::Body,
                    pattern,
                )
            }
            _ => (
                format!("from = {{ address = \"post@{number}.example\" }}"),
                Place::From,
                format!("^post@{number}\\.example$"),
            ),
        };
        let _ = writeln!(
            file,
            "[[rule]]\nname = \"{number}\"\nwhen = {{ {when} }}\nthen = {{ tag = \"{number}\" }}"
        );
        let regex = RegexBuilder::new(&pattern)
            .case_insensitive(true)
            .build()
            .unwrap();
        plain.push(Plain { place, regex });
    }
    let begun = Instant::now();
    let rules = rules::read(&file).unwrap_or_else(|wrong| panic!("{wrong:?}"));
    let set = RuleSet::new(rules);
    println!(
        "{count} rules are read and ready in {:.0} ms",
        millis(begun.elapsed())
    );
    (set, plain)
}

/// A word of 25,600 or more, the same for the same number.
fn rare(number: usize) -> String {
    let beginning = BEGINNINGS[number % BEGINNINGS.len()];
    let ending = ENDINGS[number / 16 % ENDINGS.len()];
    format!("{beginning}{ending}{}", number / 256)
}

/// Mails that meet some of as many rules.
fn mails(rules: usize) -> Vec<Mail> {
    (0..MAILS).map(|number| mail(number, 2 * rules)).collect()
}

/// Its words are those of rules up to the last one.
fn mail(number: usize, last: usize) -> Mail {
    let mut seed = number as u64 + 1;
    let mut next = |below: usize| {
        // Xorshift: the same mails in every run.
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    let mut text = String::from("Kære kommune\n\n");
    for at in 0..BODY_WORDS {
        let word = match next(12) {
            0 => rare(next(last)),
            1 => format!("nr. {}", next(9_999)),
            _ => format!("{}{}", BEGINNINGS[next(16)], ENDINGS[next(16)]),
        };
        let _ = write!(text, "{word}{}", if at % 12 == 11 { ".\n" } else { " " });
    }
    let rule = next(last);
    let _ = write!(
        text,
        "{} nr. 1234 og {} {}",
        rare(rule),
        rare(rule + 2),
        rare(rule + 2 + 7_919)
    );
    Mail {
        subject: format!(
            "Vedr. {} og {}",
            rare(next(last)).to_uppercase(),
            rare(next(last))
        ),
        text,
        from: vec![Address {
            name: Some("Karen Holm".to_owned()),
            address: format!("post@{}.example", next(last)),
        }],
        attachments: vec![Attachment {
            name: "scan001.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            size: 90_000,
            ..Attachment::default()
        }],
        ..Mail::default()
    }
}

fn met(rules: &[Plain], mail: &Mail) -> Vec<usize> {
    let from = mail
        .from
        .first()
        .map(|from| from.address.as_str())
        .unwrap_or_default();
    let is_met = |rule: &Plain| match rule.place {
        Place::Subject => rule.regex.is_match(&mail.subject),
        Place::Body => rule.regex.is_match(&mail.text),
        Place::From => rule.regex.is_match(from),
    };
    let met = rules.iter().enumerate().filter(|(_, rule)| is_met(rule));
    met.map(|(at, _)| at).collect()
}

fn agree(set: &RuleSet, plain: &[Plain], mails: &[Mail], facts: &Facts) {
    let mut found = 0;
    for mail in mails.iter().take(200) {
        let decision = set.decide(mail, facts);
        let ours: Vec<usize> = decision.tried.iter().map(|tried| tried.rule).collect();
        assert_eq!(ours, met(plain, mail), "both find the same rules");
        found += ours.len();
    }
    assert!(found > 0, "no rule is met, so nothing is measured");
    println!(
        "{} rules, {:.1} met by a mail",
        plain.len(),
        found as f64 / mails.len().min(200) as f64
    );
}

/// The best of some rounds, in the mean of all mails.
fn per_mail(mails: &[Mail], mut run: impl FnMut(&Mail)) -> Duration {
    let mut round = || {
        let begun = Instant::now();
        mails.iter().for_each(&mut run);
        begun.elapsed() / mails.len() as u32
    };
    (0..ROUNDS).map(|_| round()).min().unwrap()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn per_second(time: Duration) -> f64 {
    1.0 / time.as_secs_f64()
}
