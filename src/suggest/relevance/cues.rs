//! What a mail itself tells of whether it is for a case; the points stand in `cues.toml`.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::{Question, Reason, Sign, Weighed, Words};
use crate::domain::mail::MailKind;
use crate::suggest::parties::is_nobody;
use crate::suggest::word_patterns::AnyOf;

/// Words of one list that count; more of them say no more.
const MAX_WORDS: usize = 2;
const MAX_BEGINNING_BYTES: usize = 600;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    base: f64,
    kinds: BTreeMap<Kind, f64>,
    signs: BTreeMap<Sign, f64>,
    words: BTreeMap<Words, ListedWords>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListedWords {
    points: f64,
    words: Vec<String>,
}

/// A kind of mail as a key; the kind itself has no order.
#[derive(PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
struct Kind(String);

struct Cues {
    base: f64,
    kinds: BTreeMap<Kind, f64>,
    signs: BTreeMap<Sign, f64>,
    words: Vec<(Words, f64, AnyOf)>,
}

static CUES: LazyLock<Cues> = LazyLock::new(|| {
    let listed: Listed =
        toml::from_str(include_str!("cues.toml")).expect("the shipped file, which a test reads");
    Cues {
        base: listed.base,
        kinds: listed.kinds,
        signs: listed.signs,
        words: listed
            .words
            .iter()
            .map(|(name, list)| {
                let words = AnyOf::new(list.words.iter().map(String::as_str));
                (*name, list.points, words)
            })
            .collect(),
    }
});

/// Points of a mail that tells nothing.
pub(super) fn base() -> f64 {
    CUES.base
}

pub(super) fn of(question: &Question<'_>) -> Vec<Weighed> {
    let mut found = Vec::new();
    let mut take = |reason, points: f64| {
        if points != 0.0 {
            found.push(Weighed { reason, points });
        }
    };
    let kind = question.kind();
    take(Reason::Kind { mail: kind }, points_of_kind(kind));
    for sign in signs(question) {
        let points = CUES.signs.get(&sign).copied().unwrap_or_default();
        take(Reason::Sign { sign }, points);
    }
    let text = lower_beginning(question);
    for (list, points, listed) in &CUES.words {
        let mut words: Vec<String> = Vec::new();
        for word in listed.find_iter(&text) {
            let word = text[word].split_whitespace().collect::<Vec<_>>().join(" ");
            if words.len() < MAX_WORDS && !words.contains(&word) {
                words.push(word);
            }
        }
        if !words.is_empty() {
            let points = points * words.len() as f64;
            take(Reason::Words { list: *list, words }, points);
        }
    }
    found
}

fn points_of_kind(kind: MailKind) -> f64 {
    let name = serde_json::to_value(kind).ok();
    let name = name.as_ref().and_then(|name| name.as_str());
    CUES.kinds
        .get(&Kind(name.unwrap_or_default().to_owned()))
        .copied()
        .unwrap_or_default()
}

fn signs(question: &Question<'_>) -> Vec<Sign> {
    let Question { mail, signals, .. } = question;
    let from = mail.from.first().map(|from| from.address.to_lowercase());
    let names_somebody = !signals.identifiers.is_empty() || !signals.addresses.is_empty();
    let has_files = mail.attachments.iter().any(|file| !file.inline);
    let internal = signals.from_own && signals.others.is_empty();
    [
        (Sign::NoReply, from.as_deref().is_some_and(is_nobody)),
        (Sign::NamesCase, question.evidence.names_case),
        (Sign::SameThread, question.evidence.same_thread),
        (Sign::Party, question.evidence.party),
        (Sign::Identifier, names_somebody),
        (
            Sign::Attachments,
            has_files && question.kind() == MailKind::Personal,
        ),
        (Sign::DigitalPost, mail.digital_post.is_some()),
        (Sign::Internal, internal),
    ]
    .into_iter()
    .filter_map(|(sign, is_there)| is_there.then_some(sign))
    .collect()
}

fn lower_beginning(question: &Question<'_>) -> String {
    let head = |text: &str| text[..text.floor_char_boundary(MAX_BEGINNING_BYTES)].to_lowercase();
    format!(
        "{}\n{}",
        head(&question.mail.subject),
        head(question.beginning)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_cues_know_every_kind_sign_and_list() {
        for kind in [
            MailKind::AutoReply,
            MailKind::OutOfOffice,
            MailKind::Bounce,
            MailKind::Newsletter,
            MailKind::Calendar,
            MailKind::System,
            MailKind::ReadReceipt,
        ] {
            assert!(points_of_kind(kind) < 0.0, "{kind:?}");
        }
        assert_eq!(CUES.kinds.len(), 10);
        assert_eq!((CUES.signs.len(), CUES.words.len()), (8, 5));
    }
}
