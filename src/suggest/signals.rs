//! What a mail gives to recognise its case by: words, numbers, people, conversation.
//!
//! Taken once when a mail arrives and kept beside it, so that neither ranking nor learning reads the mail
//! again. Identifiers and names are kept as keys: a CPR number is never among the words.

use super::postings::{Key, key_of};
use super::words::{self, Stems};
use crate::domain::mail::Mail;
use crate::domain::mail_text::{self, Kind};
use crate::domain::{case_number, cpr, cvr, direction, file_name, naming, property, title};
use crate::domain::{case_number::Finder, direction::OwnDomains};
use crate::store::MailRow;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Bytes of a mail's text that are read; what a mail is about stands at its beginning.
const MAX_TEXT_BYTES: usize = 16 * 1024;
const MAX_TERMS: usize = 96;
/// Words brought to their stems: more than are kept, since some meet in one.
const MAX_STEMMED: usize = 144;
const MAX_NUMBERS: usize = 16;
const MAX_PEOPLE: usize = 24;
const MAX_KEYS: usize = 64;
const MAX_ATTACHMENTS: usize = 40;

/// Bytes of a document that are read, and of all that hang on one mail.
const MAX_DOCUMENT_BYTES: usize = 8 * 1024;
const MAX_DOCUMENTS_BYTES: usize = 32 * 1024;
const MAX_DOCUMENT_TERMS: usize = 32;

const SUBJECT_WEIGHT: u32 = 12;
const ATTACHMENT_WEIGHT: u32 = 6;
const DOCUMENT_TITLE_WEIGHT: u32 = 6;
const TEXT_WEIGHT: u32 = 4;
const QUOTED_WEIGHT: u32 = 1;
const SIGNATURE_WEIGHT: u32 = 1;
const DOCUMENT_WEIGHT: u32 = 1;

/// What the engine must know about the organisation it serves.
#[derive(Clone, Debug, Default)]
pub struct Organisation {
    pub domains: OwnDomains,
    pub numbers: Finder,
    /// How titles and files are named.
    pub naming: naming::Rules,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Signals {
    /// Heaviest first.
    #[serde(rename = "w", skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<Term>,
    #[serde(rename = "n", skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<NumberSeen>,
    #[serde(rename = "f", skip_serializing_if = "String::is_empty")]
    pub from: String,
    /// Everyone else on the mail who is not the organisation's own.
    #[serde(rename = "o", skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
    /// Colleagues on the mail, the sender left out.
    #[serde(rename = "c", skip_serializing_if = "Vec::is_empty")]
    pub colleagues: Vec<String>,
    #[serde(rename = "own", skip_serializing_if = "std::ops::Not::not")]
    pub from_own: bool,
    /// Without prefixes, lower case; empty when it says nothing.
    #[serde(rename = "s", skip_serializing_if = "String::is_empty")]
    pub base_subject: String,
    /// Keys of CPR, CVR and BFE numbers.
    #[serde(rename = "i", skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Key>,
    /// Keys of names: of the people on the mail, and of what looks like names in its text.
    #[serde(rename = "p", skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<Key>,
    /// Keys of postal addresses.
    #[serde(rename = "a", skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Key>,
    /// The conversation; whoever knows it fills it in.
    #[serde(rename = "t", skip_serializing_if = "Option::is_none")]
    pub thread: Option<Uuid>,
}

/// A word of the mail: its stem, itself in its first form, and how much it says about the mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term(pub String, pub String, pub u16);

/// A case number that the mail may be speaking of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberSeen {
    #[serde(rename = "k")]
    pub key: String,
    #[serde(rename = "p")]
    pub place: Place,
    /// A word like "sagsnr." stands before it.
    #[serde(rename = "n", default, skip_serializing_if = "std::ops::Not::not")]
    pub named: bool,
}

/// What an attachment says, as far as it is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct DocumentText<'a> {
    pub title: Option<&'a str>,
    pub heading: Option<&'a str>,
    pub text: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Subject,
    Text,
    Attachment,
}

impl Signals {
    pub fn of(mail: &Mail, organisation: &Organisation) -> Self {
        let text = words::composed(beginning(&mail.text, MAX_TEXT_BYTES));
        let subject = words::composed(beginning(&mail.subject, 1024));
        let names = attachment_names(mail);
        let base_subject = title::base_subject(&subject).to_lowercase();

        let mut signals = Self {
            numbers: numbers(&subject, &text, &names, organisation),
            base_subject: if title::says_something(&base_subject) {
                cpr::mask(&base_subject)
            } else {
                String::new()
            },
            ..Self::default()
        };
        signals.take_identifiers(&subject, &text);
        signals.take_digital_post(mail, organisation);
        signals.take_people(mail, organisation);
        signals.take_names(mail, &text);
        signals.terms = terms(&subject, &text, &names);
        signals
    }

    /// Of a mail's attachments alone: kept beside those of the mail, never in their place.
    pub fn of_documents(documents: &[DocumentText<'_>], organisation: &Organisation) -> Self {
        let mut signals = Self::default();
        let mut seen: BTreeMap<String, bool> = BTreeMap::new();
        let mut lower: Vec<(String, u32)> = Vec::new();
        let mut room = MAX_DOCUMENTS_BYTES;
        for document in documents {
            let text = words::composed(beginning(document.text, MAX_DOCUMENT_BYTES.min(room)));
            room -= text.len().min(room);
            let titles = [document.title, document.heading];
            for title in titles.into_iter().flatten() {
                let title = words::composed(beginning(title, 300));
                lower.push((without_cpr(&title).to_lowercase(), DOCUMENT_TITLE_WEIGHT));
            }
            lower.push((without_cpr(&text).to_lowercase(), DOCUMENT_WEIGHT));
            for found in organisation.numbers.find(&text, MAX_NUMBERS) {
                *seen.entry(found.key).or_default() |= found.named;
            }
            signals.take_identifiers("", &text);
        }
        signals.numbers = seen
            .into_iter()
            .map(|(key, named)| NumberSeen {
                key,
                place: Place::Attachment,
                named,
            })
            .collect();
        signals.numbers.sort_by_key(|seen| !seen.named);
        signals.numbers.truncate(MAX_NUMBERS);
        let mut counts: HashMap<&str, u32> = HashMap::new();
        for (text, weight) in &lower {
            for word in words::words(text) {
                *counts.entry(word).or_default() += weight;
            }
        }
        signals.terms = by_stem(counts);
        signals.terms.truncate(MAX_DOCUMENT_TERMS);
        signals
    }

    /// Both of the mail and of what hangs on it, for ranking.
    #[must_use]
    pub fn with_documents(mut self, documents: &Self) -> Self {
        for Term(stem, word, weight) in &documents.terms {
            match self.terms.iter_mut().find(|term| term.0 == *stem) {
                Some(known) => known.2 = known.2.max(*weight),
                None => self.terms.push(Term(stem.clone(), word.clone(), *weight)),
            }
        }
        self.terms.sort_by_key(|term| std::cmp::Reverse(term.2));
        for seen in &documents.numbers {
            if !self.numbers.iter().any(|known| known.key == seen.key) {
                self.numbers.push(seen.clone());
            }
        }
        self.identifiers.extend(&documents.identifiers);
        self.addresses.extend(&documents.addresses);
        tidy(&mut self.identifiers);
        tidy(&mut self.addresses);
        self
    }

    /// All that is kept of a stored mail.
    pub fn of_row(row: &MailRow) -> Self {
        let signals = Self::kept(&row.signals, row.thread_id);
        match &row.attachment_signals {
            Some(documents) => {
                signals.with_documents(&Self::deserialize(documents).unwrap_or_default())
            }
            None => signals,
        }
    }

    /// As they were kept beside a mail; what cannot be read is as good as nothing.
    pub fn kept(value: &serde_json::Value, thread: Uuid) -> Self {
        let signals = Self::deserialize(value).unwrap_or_default();
        Self {
            thread: Some(thread),
            ..signals
        }
    }

    /// To be kept beside the mail.
    pub fn to_value(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// What Digital Post says by itself need not be found in words.
    fn take_digital_post(&mut self, mail: &Mail, organisation: &Organisation) {
        let Some(post) = &mail.digital_post else {
            return;
        };
        let people = post.people.iter().map(|cpr| key_of("id", &cpr.digits()));
        let companies = post
            .companies
            .iter()
            .map(|cvr| key_of("id", &cvr.to_string()));
        self.identifiers.extend(people.chain(companies));
        tidy(&mut self.identifiers);
        let case_id = post.case_id.as_deref().unwrap_or_default();
        for candidate in organisation.numbers.find(case_id, MAX_NUMBERS) {
            if self.numbers.iter().all(|seen| seen.key != candidate.key) {
                self.numbers.push(NumberSeen {
                    key: candidate.key,
                    place: Place::Text,
                    named: true,
                });
            }
        }
    }

    fn take_identifiers(&mut self, subject: &str, text: &str) {
        for part in [subject, text] {
            self.identifiers.extend(
                cpr::find(part)
                    .iter()
                    .map(|found| key_of("id", &found.cpr.digits())),
            );
            self.identifiers.extend(
                cvr::find(part)
                    .iter()
                    .map(|cvr| key_of("id", &cvr.to_string())),
            );
            self.identifiers.extend(
                property::bfe_numbers(part)
                    .iter()
                    .map(|bfe| key_of("id", bfe)),
            );
            self.addresses.extend(
                property::addresses(part, MAX_KEYS)
                    .iter()
                    .map(|a| key_of("address", a)),
            );
        }
        tidy(&mut self.identifiers);
        tidy(&mut self.addresses);
    }

    fn take_people(&mut self, mail: &Mail, organisation: &Organisation) {
        if let Some(from) = mail.from.iter().find(|from| !from.address.is_empty()) {
            self.from = from.address.to_lowercase();
            self.from_own = organisation.domains.has(&self.from);
        }
        for person in direction::recipients(mail).take(1000) {
            let address = person.address.to_lowercase();
            if address.is_empty() || address.len() > 200 || address == self.from {
                continue;
            }
            let list = if organisation.domains.has(&address) {
                &mut self.colleagues
            } else {
                &mut self.others
            };
            if list.len() < MAX_PEOPLE && !list.contains(&address) {
                list.push(address);
            }
        }
    }

    fn take_names(&mut self, mail: &Mail, text: &str) {
        let written = mail
            .from
            .iter()
            .chain(direction::recipients(mail).take(50))
            .filter_map(|p| p.name.as_deref());
        self.names.extend(written.filter_map(name_key));
        names_in(text, &mut self.names);
        tidy(&mut self.names);
    }
}

/// The key of a full name; one word is no full name.
pub(super) fn name_key(name: &str) -> Option<Key> {
    let words: Vec<String> = name
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .filter(|w| !w.is_empty())
        .take(5)
        .map(str::to_lowercase)
        .collect();
    (words.len() >= 2).then(|| key_of("name", &words.join(" ")))
}

/// Up to `limit` bytes, never within a letter.
fn beginning(text: &str, limit: usize) -> &str {
    let mut end = text.len().min(limit);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn tidy(keys: &mut Vec<Key>) {
    keys.sort_unstable();
    keys.dedup();
    keys.truncate(MAX_KEYS);
}

fn attachment_names(mail: &Mail) -> Vec<String> {
    mail.attachments
        .iter()
        .filter(|attachment| !attachment.inline)
        .take(MAX_ATTACHMENTS)
        .map(|attachment| words::composed(beginning(&attachment.name, 300)).into_owned())
        .collect()
}

/// Where a number stands in several places, the first of subject, text and attachments counts.
fn numbers(
    subject: &str,
    text: &str,
    names: &[String],
    organisation: &Organisation,
) -> Vec<NumberSeen> {
    let mut seen: BTreeMap<String, (Place, bool)> = BTreeMap::new();
    let mut take = |place, text: &str| {
        for case_number::Candidate { key, named, .. } in
            organisation.numbers.find(text, MAX_NUMBERS)
        {
            let known = seen.entry(key).or_insert((place, false));
            known.1 |= named;
        }
    };
    take(Place::Subject, subject);
    take(Place::Text, text);
    for name in names {
        take(Place::Attachment, name);
    }
    let mut numbers: Vec<NumberSeen> = seen
        .into_iter()
        .map(|(key, (place, named))| NumberSeen { key, place, named })
        .collect();
    numbers.sort_by(|a, b| (a.place, !a.named, &a.key).cmp(&(b.place, !b.named, &b.key)));
    numbers.truncate(MAX_NUMBERS);
    numbers
}

fn terms(subject: &str, text: &str, names: &[String]) -> Vec<Term> {
    let lower = |text: &str| without_cpr(text).to_lowercase();
    let (subject, text) = (lower(subject), lower(text));
    let names: Vec<String> = names
        .iter()
        .map(|name| lower(file_name::split_extension(name).0))
        .collect();

    let mut counts: HashMap<&str, u32> = HashMap::new();
    let mut count = |text, weight: u32| {
        for word in words::words(text) {
            *counts.entry(word).or_default() += weight;
        }
    };
    count(subject.as_str(), SUBJECT_WEIGHT);
    for name in &names {
        count(name.as_str(), ATTACHMENT_WEIGHT);
    }
    let sections = mail_text::sections(&text);
    // Whoever forwards a mail without a word means that mail.
    let forwards = !mail_text::has_own(&text, &sections);
    for section in sections {
        let weight = match section.kind {
            Kind::Own => TEXT_WEIGHT,
            Kind::Quoted if forwards => TEXT_WEIGHT,
            Kind::Quoted => QUOTED_WEIGHT,
            Kind::Signature => SIGNATURE_WEIGHT,
            Kind::Disclaimer => continue,
        };
        count(text.get(section.range).unwrap_or_default(), weight);
    }
    by_stem(counts)
}

/// The heaviest stems; the order of a hash map never decides.
fn by_stem(counts: HashMap<&str, u32>) -> Vec<Term> {
    let mut words: Vec<(&str, u32)> = counts
        .into_iter()
        .filter(|(word, _)| !words::is_stop_word(word))
        .collect();
    words.sort_unstable_by(|a, b| (b.1, b.0.len(), a.0).cmp(&(a.1, a.0.len(), b.0)));
    words.truncate(MAX_STEMMED);

    let stems = Stems::new();
    let mut stemmed: Vec<(String, &str, u32)> = words
        .into_iter()
        .map(|(word, weight)| (stems.stem(word), word, weight))
        .collect();
    // Forms of one stem side by side, the shortest first: that one is shown.
    stemmed.sort_unstable_by(|a, b| (&a.0, a.1.len(), a.1).cmp(&(&b.0, b.1.len(), b.1)));
    let mut merged: Vec<(String, &str, u32)> = Vec::with_capacity(stemmed.len());
    for (stem, word, weight) in stemmed {
        match merged.last_mut() {
            Some(last) if last.0 == stem => last.2 += weight,
            _ => merged.push((stem, word, weight)),
        }
    }
    merged.sort_unstable_by(|a, b| (b.2, b.0.len(), &a.0).cmp(&(a.2, a.0.len(), &b.0)));
    merged.truncate(MAX_TERMS);
    merged
        .into_iter()
        .map(|(stem, word, weight)| Term(stem, word.to_owned(), damped(weight)))
        .collect()
}

fn without_cpr(text: &str) -> Cow<'_, str> {
    if cpr::find(text).is_empty() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(cpr::replace(text, |_| " ".to_owned()))
    }
}

/// The tenth time a word is used says little more than the third.
fn damped(weight: u32) -> u16 {
    (4.0 * (1.0 + f64::from(weight) / 4.0).ln_1p()).round() as u16
}

/// Runs of two to four capitalised words may be somebody's name.
fn names_in(text: &str, keys: &mut Vec<Key>) {
    let mut run: Vec<String> = Vec::new();
    let mut made = 0;
    for line in text.lines() {
        for word in line.split(' ') {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/');
            let ends = word.ends_with([',', '.', ';', ':', '!', '?', ')']);
            if bare.len() < 30 && bare.starts_with(char::is_uppercase) {
                run.push(bare.to_lowercase());
            } else {
                run.clear();
            }
            for length in 2..=run.len().min(4) {
                keys.push(key_of(
                    "name",
                    &run[run.len() - length..].join(" ").replace('/', " "),
                ));
                made += 1;
            }
            if ends || run.len() > 8 {
                run.clear();
            }
            if made >= MAX_KEYS {
                return;
            }
        }
        run.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mail::{Address, Attachment};
    use proptest::prelude::*;

    fn organisation() -> Organisation {
        Organisation {
            domains: OwnDomains::from(vec!["byen.dk".to_owned()]),
            ..Organisation::default()
        }
    }

    fn mail(subject: &str, text: &str) -> Mail {
        let address = |name: &str, address: &str| Address {
            name: Some(name.to_owned()),
            address: address.to_owned(),
        };
        Mail {
            subject: subject.to_owned(),
            text: text.to_owned(),
            from: vec![address("Ole Hansen", "Ole@Borger.example")],
            to: vec![
                address("Post", "post@byen.dk"),
                address("Råd A/S", "info@raad.example"),
            ],
            ..Mail::default()
        }
    }

    fn stems(signals: &Signals) -> Vec<&str> {
        signals.terms.iter().map(|t| t.0.as_str()).collect()
    }

    #[test]
    fn people_are_told_apart_by_the_organisations_domains() {
        let signals = Signals::of(&mail("", ""), &organisation());
        assert_eq!(signals.from, "ole@borger.example");
        assert!(!signals.from_own);
        assert_eq!(signals.others, ["info@raad.example"]);
        assert_eq!(signals.colleagues, ["post@byen.dk"]);
    }

    #[test]
    fn a_word_of_the_subject_weighs_more_than_one_of_the_text_and_a_quoted_one_least() {
        let text = "Jeg klager.\n\nFra: Post <post@byen.dk>\nVi afslog ansøgningen om carport.";
        let signals = Signals::of(&mail("SV: Skovvej", text), &organisation());
        let weight = |stem: &str| {
            signals
                .terms
                .iter()
                .find(|t| t.0.starts_with(stem))
                .map(|t| t.2)
        };
        assert!(weight("skovvej") > weight("klag"));
        assert!(weight("klag") > weight("carport"));
        assert!(weight("carport") > Some(0));
    }

    #[test]
    fn a_signature_says_little_and_a_disclaimer_nothing() {
        let text = "Jeg klager.\n\nMvh\nOle, Havnekontoret\n\nDenne e-mail er fortrolig og kun til rette modtager.";
        let signals = Signals::of(&mail("", text), &organisation());
        let weight = |stem: &str| {
            let term = signals.terms.iter().find(|t| t.0.starts_with(stem));
            term.map(|t| t.2)
        };
        assert!(weight("klag") > weight("havnekontor"));
        assert!(weight("havnekontor") > Some(0));
        assert_eq!(weight("fortrol"), None);
    }

    #[test]
    fn a_mail_that_is_forwarded_without_a_word_is_what_it_is_about() {
        let forwarded = "Fra: Ole <ole@x.example>\nSendt: i dag\nEmne: x\n\nCarporten er for høj.";
        let weights = |text: &str| {
            let signals = Signals::of(&mail("", text), &organisation());
            let term = signals.terms.iter().find(|t| t.0.starts_with("carport"));
            term.map(|t| t.2)
        };
        assert!(weights(forwarded) > weights(&format!("Se her.\n\n{forwarded}")));
    }

    #[test]
    fn numbers_come_from_subject_text_and_attachment_names() {
        let mut mail = mail("Vedr. 24/1234", "Se også sagsnr. 2024-00123 og 24/1234.");
        mail.attachments.push(Attachment {
            name: "2024-00777_kort.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            size: 1,
            sha256: None,
            inline: false,
            ..Attachment::default()
        });
        let seen: Vec<_> = Signals::of(&mail, &organisation())
            .numbers
            .into_iter()
            .map(|n| (n.key, n.place, n.named))
            .collect();
        assert_eq!(
            seen,
            [
                ("24/1234".to_owned(), Place::Subject, false),
                ("2024-00123".to_owned(), Place::Text, true),
                ("2024-00777".to_owned(), Place::Attachment, false),
            ]
        );
    }

    #[test]
    fn a_cpr_number_is_an_identifier_and_never_a_word() {
        let signals = Signals::of(
            &mail("Ansøgning 070761-4285", "cpr 0707614285"),
            &organisation(),
        );
        assert_eq!(signals.identifiers, [key_of("id", "0707614285")]);
        let kept = serde_json::to_string(&signals).expect("json");
        assert!(!kept.contains("4285\""), "{kept}");
        assert!(!kept.contains("070761-4285") && !kept.contains("0707614285"));
    }

    #[test]
    fn names_in_the_text_have_the_key_of_the_same_name_elsewhere() {
        let signals = Signals::of(
            &mail("", "Vedrørende min nabo Jens Peter Madsen, der bygger."),
            &organisation(),
        );
        for name in ["Jens Peter Madsen", "Ole Hansen", "Råd A/S"] {
            assert!(
                signals.names.contains(&name_key(name).expect("a name")),
                "{name}"
            );
        }
    }

    #[test]
    fn signals_survive_being_kept() {
        let signals = Signals::of(
            &mail("Byggesag 2024-00123", "På Skovvej 12, BFE-nr. 1234"),
            &organisation(),
        );
        let kept = Signals::kept(&signals.to_value(), Uuid::nil());
        assert_eq!(
            Signals {
                thread: None,
                ..kept
            },
            signals
        );
        let damaged = Signals::kept(&serde_json::json!({ "w": 3 }), Uuid::nil());
        assert_eq!(damaged.terms, []);
        assert_eq!(
            serde_json::from_str::<Signals>("{}").expect("signals"),
            Signals::default()
        );
    }

    #[test]
    fn ten_megabytes_of_text_give_no_more_than_their_beginning() {
        let signals = Signals::of(
            &mail("", &"ord æøå 12/345 ".repeat(700_000)),
            &organisation(),
        );
        assert!(signals.terms.len() <= MAX_TERMS && signals.numbers.len() <= MAX_NUMBERS);
        assert!(stems(&signals).contains(&"ord"));
    }

    proptest! {
        #[test]
        fn the_same_mail_always_gives_the_same_signals(subject in "\\PC{0,30}", text in "\\PC{0,200}") {
            let mail = mail(&subject, &text);
            prop_assert_eq!(Signals::of(&mail, &organisation()), Signals::of(&mail, &organisation()));
        }
    }
}
