//! Whether a mail is still about what its thread was about: people answer an old mail to write of something else, and send
//! it on to others.

use crate::{
    domain::{
        direction::{OwnDomains, domain_of},
        mail::Mail,
        title,
    },
    store::OnCase,
};

/// Of the words of the shorter of two subjects, so many in a hundred must stand in the other.
const SAME_WORDS_PERCENT: usize = 50;
/// Where everybody has their mailbox: two addresses there have nothing to do with each other.
const OF_EVERYBODY: [&str; 16] = [
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "hotmail.dk",
    "outlook.com",
    "outlook.dk",
    "live.dk",
    "live.com",
    "msn.com",
    "yahoo.com",
    "yahoo.dk",
    "icloud.com",
    "me.com",
    "mail.dk",
    "mail.com",
    "proton.me",
];

/// The subject is one that the thread had, or much like it, and somebody of those outside takes part who did before.
pub(super) fn is_recognised(mail: &Mail, before: &OnCase, own: &OwnDomains) -> bool {
    has_known_subject(mail, &before.subjects) && has_known_people(mail, &before.people, own)
}

fn has_known_subject(mail: &Mail, subjects: &[String]) -> bool {
    let now = title::base_subject(&mail.subject).to_lowercase();
    // Nothing filed of the thread yet: there is nothing to differ from.
    subjects.is_empty() || subjects.iter().any(|then| are_alike(&now, then))
}

fn are_alike(one: &str, other: &str) -> bool {
    let (one, other) = (words(one), words(other));
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    // A subject that says nothing contradicts nothing.
    let same = short.iter().filter(|word| long.contains(word)).count();
    same * 100 >= short.len() * SAME_WORDS_PERCENT
}

fn words(subject: &str) -> Vec<&str> {
    let mut words: Vec<&str> = subject
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

fn has_known_people(mail: &Mail, people: &[String], own: &OwnDomains) -> bool {
    let now: Vec<&str> = [&mail.from, &mail.to, &mail.cc]
        .into_iter()
        .flatten()
        .map(|person| person.address.as_str())
        .filter(|address| !address.is_empty())
        .collect();
    let outside = |address: &&&str| !own.has(address);
    let then: Vec<&str> = people.iter().map(String::as_str).collect();
    let (now_outside, then_outside): (Vec<&&str>, Vec<&&str>) = (
        now.iter().filter(outside).collect(),
        then.iter().filter(outside).collect(),
    );
    if now_outside.is_empty() || then_outside.is_empty() {
        // Among ourselves, or where nobody is known as ours: any of those who took part will do.
        return people.is_empty() || now.is_empty() || now.iter().any(|now| then.contains(now));
    }
    now_outside.iter().any(|now| {
        then_outside
            .iter()
            .any(|then| now == then || is_of_the_same_house(now, then))
    })
}

/// A colleague of somebody who took part.
fn is_of_the_same_house(one: &str, other: &str) -> bool {
    let (Some(one), Some(other)) = (domain_of(one), domain_of(other)) else {
        return false;
    };
    one == other && !OF_EVERYBODY.contains(&one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mail::Address;

    fn mail(subject: &str, from: &str, to: &str) -> Mail {
        let address = |address: &str| {
            vec![Address {
                name: None,
                address: address.to_owned(),
            }]
        };
        Mail {
            subject: subject.to_owned(),
            from: address(from),
            to: address(to),
            ..Mail::default()
        }
    }

    fn recognised(subject: &str, from: &str, to: &str) -> bool {
        let before = OnCase {
            subjects: vec!["hegn ved nabogrund, birkevej 4".to_owned()],
            people: vec![
                "birthe@byen.example".to_owned(),
                "gerda@gmail.com".to_owned(),
                "ole@raadgiver.example".to_owned(),
            ],
        };
        let own = OwnDomains::from(vec!["byen.example".to_owned()]);
        is_recognised(&mail(subject, from, to), &before, &own)
    }

    #[test]
    fn an_answer_with_another_word_in_its_subject_is_recognised() {
        for subject in [
            "SV: Hegn ved nabogrund, Birkevej 4",
            "VS: SV: Hegn ved nabogrund",
            "SV: Hegn ved nabogrund, Birkevej 4 – partshøring",
            "SV:",
        ] {
            assert!(
                recognised(subject, "gerda@gmail.com", "birthe@byen.example"),
                "{subject}"
            );
        }
    }

    #[test]
    fn another_subject_or_other_people_are_not() {
        let (gerda, birthe) = ("gerda@gmail.com", "birthe@byen.example");
        assert!(!recognised("Sommerfest på fredag", gerda, birthe));
        let subject = "SV: Hegn ved nabogrund, Birkevej 4";
        assert!(!recognised(subject, "en.anden@gmail.com", birthe));
        assert!(!recognised(subject, birthe, "advokat@fremmed.example"));
        assert!(
            recognised(subject, "lis@raadgiver.example", birthe),
            "a colleague of Ole's"
        );
        assert!(
            recognised(subject, birthe, "carl@byen.example"),
            "among ourselves"
        );
        assert!(!recognised(
            subject,
            "carl@byen.example",
            "dora@byen.example"
        ));
    }
}
