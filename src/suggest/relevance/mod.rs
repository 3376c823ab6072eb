//! Is a mail for a case at all? Newsletters, calendar noise, system mail and private mail are told from case work.
//!
//! Given cues (`cues.toml`) say what a mail tells by itself; what people do adds to it: every filing says yes, every "not
//! for a case" says no, by sender, the sender's domain, kind, subject and recipient. The answer is a probability with its
//! reasons.

mod cues;
mod kept;
mod learned;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::evidence::Evidence;
use super::probability::Probability;
use super::rank::Suggestion;
use super::signals::Signals;
use crate::domain::direction::OwnDomains;
use crate::domain::mail::{Mail, MailKind};
use crate::messages::{Lang, text};
use learned::{Counts, Traits};

pub(super) use kept::Kept;
pub use learned::{Learned, Trait};

/// How many acts a trait needs before it speaks as loud as what is known without it.
const KIND_DAMPING: f64 = 8.0;
const DOMAIN_DAMPING: f64 = 4.0;
const SENDER_DAMPING: f64 = 1.5;
const SUBJECT_DAMPING: f64 = 2.0;
const RECIPIENT_DAMPING: f64 = 6.0;
/// Subject and recipient often say what the sender says already.
const SAID_AGAIN: f64 = 0.5;
/// No trait alone may say more.
const MOST_POINTS: f64 = 4.0;
/// Nothing is certain before a person has looked.
const CERTAINTY: f64 = 0.99;
const MAX_REASONS: usize = 5;
/// Fewer points are no reason to tell.
const WORTH_TELLING: f64 = 0.15;

/// What is asked about a mail.
pub struct Question<'a> {
    /// Its text is not needed.
    pub mail: &'a Mail,
    /// The first lines of the text.
    pub beginning: &'a str,
    pub signals: &'a Signals,
    pub evidence: EvidenceSeen,
}

/// What the best suggestion rests on; so access is its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EvidenceSeen {
    pub names_case: bool,
    pub same_thread: bool,
    pub party: bool,
}

impl EvidenceSeen {
    /// From the case suggested first.
    pub(super) fn of(best: Option<&Suggestion>) -> Self {
        let mut seen = Self::default();
        for evidence in best.iter().flat_map(|best| &best.evidence) {
            match evidence {
                Evidence::CaseNumber { .. } => seen.names_case = true,
                Evidence::SameThread { .. } => seen.same_thread = true,
                Evidence::Party { .. } => seen.party = true,
                _ => {}
            }
        }
        seen
    }
}

impl Question<'_> {
    /// Of a journal report what the copied mail is.
    fn kind(&self) -> MailKind {
        match (self.mail.kind, &self.mail.envelope) {
            (MailKind::JournalReport, Some(envelope)) => envelope.kind,
            (kind, _) => kind,
        }
    }
}

/// Whether a mail is for a case, and why one may think so.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ForACase {
    pub probability: Probability,
    /// Those that say most first.
    pub reasons: Vec<Weighed>,
}

/// A reason with what it adds to the logarithm of the odds; below 0 it speaks against a case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Weighed {
    #[serde(flatten)]
    pub reason: Reason,
    pub points: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// What the mail is by its headers.
    Kind {
        mail: MailKind,
    },
    Sign {
        sign: Sign,
    },
    Words {
        list: Words,
        words: Vec<String>,
    },
    /// What people did with mails like it.
    Learned {
        by: Trait,
        filed: u32,
        refused: u32,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    NoReply,
    NamesCase,
    SameThread,
    Party,
    Identifier,
    Attachments,
    DigitalPost,
    Internal,
}

/// A list of words in `cues.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Words {
    CaseWork,
    Private,
    ToMany,
    Machines,
    Meetings,
}

impl Weighed {
    pub fn speaks_for_a_case(&self) -> bool {
        self.points > 0.0
    }
}

impl Reason {
    /// Stable name, as callers of the API know it.
    pub fn kind(&self) -> String {
        let name = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let of = |value: Result<serde_json::Value, _>| value.map(name).unwrap_or_default();
        match self {
            Self::Kind { mail } => format!("kind_{}", of(serde_json::to_value(mail))),
            Self::Sign { sign } => of(serde_json::to_value(sign)),
            Self::Words { list, .. } => format!("words_{}", of(serde_json::to_value(list))),
            Self::Learned { by, .. } => format!("learned_{}", of(serde_json::to_value(by))),
        }
    }

    /// The reason as a sentence.
    pub fn in_words(&self, lang: Lang) -> String {
        let key = format!("relevance.{}", self.kind());
        match self {
            Self::Kind { .. } | Self::Sign { .. } => text(lang, &key, &[]),
            Self::Words { words, .. } => text(lang, &key, &[("words", &words.join(", "))]),
            Self::Learned { filed, refused, .. } => text(
                lang,
                &key,
                &[
                    ("filed", &filed.to_string()),
                    ("refused", &refused.to_string()),
                ],
            ),
        }
    }
}

impl ForACase {
    /// Likelier than not.
    pub fn is_likely(&self) -> bool {
        self.probability.value() >= 0.5
    }

    pub fn of(question: &Question<'_>, learned: &Learned, viewer: &str, own: &OwnDomains) -> Self {
        let mut reasons = cues::of(question);
        reasons.extend(lessons(question, learned, viewer, own));
        let points: f64 = cues::base() + reasons.iter().map(|weighed| weighed.points).sum::<f64>();
        let likely = (1.0 / (1.0 + (-points).exp())).clamp(1.0 - CERTAINTY, CERTAINTY);
        reasons.retain(|weighed| weighed.points.abs() >= WORTH_TELLING);
        reasons.sort_by(|a, b| b.points.abs().total_cmp(&a.points.abs()));
        reasons.truncate(MAX_REASONS);
        Self {
            probability: Probability::new(likely).unwrap_or_default(),
            reasons,
        }
    }
}

/// What was done with mails that have something in common with this one, seen beside what is done with all mails.
fn lessons(
    question: &Question<'_>,
    learned: &Learned,
    viewer: &str,
    own: &OwnDomains,
) -> Vec<Weighed> {
    let mail = question.mail;
    let from = mail.from.first().map(|from| from.address.as_str());
    let to = only_recipient(mail);
    let traits = Traits::of(mail.kind, from.unwrap_or_default(), &mail.subject, to, own);
    let all = learned.all(viewer);
    // Bounded, so that an organisation where nobody has said "no" yet is not taken to be one where nobody ever will.
    let usual = ((f64::from(all.yes) + 1.0) / (f64::from(all.total()) + 2.0)).clamp(0.1, 0.9);
    let mut share_of_domain = usual;
    let mut lessons = Vec::new();
    for (by, counts) in learned.of(&traits, viewer) {
        let (from, damping, factor) = match by {
            Trait::Kind => (usual, KIND_DAMPING, 1.0),
            Trait::Domain => (usual, DOMAIN_DAMPING, 1.0),
            // A sender is taken for one of its domain until it is known by itself.
            Trait::Sender => (share_of_domain, SENDER_DAMPING, 1.0),
            Trait::Subject => (usual, SUBJECT_DAMPING, SAID_AGAIN),
            Trait::Recipient => (usual, RECIPIENT_DAMPING, SAID_AGAIN),
        };
        let share = share(counts, from, damping);
        if by == Trait::Domain {
            share_of_domain = share;
        }
        if counts.total() > 0 {
            let points = (log_odds(share) - log_odds(from)).clamp(-MOST_POINTS, MOST_POINTS);
            lessons.push(Weighed {
                reason: Reason::Learned {
                    by,
                    filed: counts.yes,
                    refused: counts.no,
                },
                points: points * factor,
            });
        }
    }
    lessons
}

fn only_recipient(mail: &Mail) -> Option<&str> {
    let mut named = mail
        .to
        .iter()
        .map(|to| to.address.as_str())
        .filter(|to| !to.is_empty());
    let first = named.next()?;
    named.all(|other| other == first).then_some(first)
}

/// The share of mails that were for a case, drawn towards what is expected as long as there are few.
fn share(counts: Counts, expected: f64, damping: f64) -> f64 {
    (f64::from(counts.yes) + damping * expected) / (f64::from(counts.total()) + damping)
}

fn log_odds(share: f64) -> f64 {
    (share / (1.0 - share)).ln()
}
