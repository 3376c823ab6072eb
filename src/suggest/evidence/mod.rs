//! Evidence: why a case is suggested, each kind in a file of its own.
//!
//! Each file scores candidates by one or a few features and can say afterwards, for one candidate, what it
//! found, in words of the message catalogue.

mod case_number;
mod party;
mod people;
mod recently_used;
mod same_subject;
mod same_thread;
mod shared_terms;
mod standing;
mod title;

use super::index::CaseEntry;
use super::postings::Slot;
use super::rank::{Board, Query};
use super::signals::Place;
use super::weights::{Feature, Features, Weights};
use crate::domain::case::PartyKind;
use crate::messages::{Lang, text};
use serde::Serialize;

/// One reason that a person can check.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// The mail names the case.
    CaseNumber {
        number: String,
        place: Place,
    },
    /// So many mails of its conversation are on the case.
    SameThread {
        mails: u32,
    },
    /// The sender, or its organisation when `address` starts with `@`, is on so many mails of the case.
    SenderOnCase {
        address: String,
        count: u32,
    },
    RecipientOnCase {
        address: String,
        count: u32,
    },
    /// The mail is from, to or about a party of the case.
    Party {
        party: PartyKind,
        name: String,
    },
    /// Words that the mail and the case have in common.
    SharedTerms {
        terms: Vec<String>,
    },
    /// The viewer filed on the case so many days ago.
    RecentlyUsed {
        days: u32,
    },
}

impl Evidence {
    /// Stable name, as callers of the API know it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::CaseNumber { .. } => "case_number",
            Self::SameThread { .. } => "same_thread",
            Self::SenderOnCase { .. } => "sender_on_case",
            Self::RecipientOnCase { .. } => "recipient_on_case",
            Self::Party { .. } => "party",
            Self::SharedTerms { .. } => "shared_terms",
            Self::RecentlyUsed { .. } => "recently_used",
        }
    }

    /// Whether it ties a mail to a case: by its number, its conversation or its people. What it is about, and what its
    /// reader did lately, alone never make a case one that is taken unseen.
    pub(super) fn is_tie(&self) -> bool {
        match self {
            Self::CaseNumber { .. }
            | Self::SameThread { .. }
            | Self::SenderOnCase { .. }
            | Self::RecipientOnCase { .. }
            | Self::Party { .. } => true,
            Self::SharedTerms { .. } | Self::RecentlyUsed { .. } => false,
        }
    }

    /// The reason as a sentence.
    pub fn in_words(&self, lang: Lang) -> String {
        let say =
            |name: &str, values: &[(&str, &str)]| text(lang, &format!("evidence.{name}"), values);
        let kind = self.kind();
        match self {
            Self::CaseNumber { number, place } => {
                let name = match place {
                    Place::Subject => "case_number_subject",
                    Place::Text => "case_number_text",
                    Place::Attachment => "case_number_attachment",
                };
                say(name, &[("number", number)])
            }
            Self::SameThread { mails } => say(kind, &[("count", &mails.to_string())]),
            Self::SenderOnCase { address, count } | Self::RecipientOnCase { address, count } => {
                say(kind, &[("address", address), ("count", &count.to_string())])
            }
            Self::Party { name, .. } => say(kind, &[("name", name)]),
            Self::SharedTerms { terms } => say(kind, &[("terms", &terms.join(", "))]),
            Self::RecentlyUsed { days: 0 } => say("recently_used_today", &[]),
            Self::RecentlyUsed { days: 1 } => say("recently_used_yesterday", &[]),
            Self::RecentlyUsed { days } => say(kind, &[("days", &days.to_string())]),
        }
    }
}

/// All features of all candidates.
pub(super) fn score(query: &Query, board: &mut Board) {
    case_number::score(query, board);
    same_thread::score(query, board);
    same_subject::score(query, board);
    people::score(query, board);
    party::score(query, board);
    shared_terms::score(query, board);
    recently_used::score(query, board);
    standing::score(query, board);
    title::score(query, board);
}

/// What was found for one candidate, what weighs most first.
pub(super) fn explain(
    query: &Query,
    slot: Slot,
    case: &CaseEntry,
    features: &Features,
    weights: &Weights,
) -> Vec<Evidence> {
    let mut found: Vec<(f64, Evidence)> = Vec::new();
    let mut add = |features_of: &[Feature], evidence: Option<Evidence>| {
        let weight = features.contribution(features_of, weights);
        if let Some(evidence) = evidence
            && weight > 0.1
        {
            found.push((weight, evidence));
        }
    };
    add(&case_number::FEATURES, case_number::explain(query, case));
    add(&same_thread::FEATURES, same_thread::explain(query, slot));
    add(&people::PRINCIPAL, people::explain_principal(query, slot));
    add(&people::OTHERS, people::explain_others(query, slot));
    add(&party::FEATURES, party::explain(query, case));
    add(&shared_terms::FEATURES, shared_terms::explain(query, slot));
    add(
        &recently_used::FEATURES,
        recently_used::explain(query, slot),
    );
    // The sort is stable: equal weights stay in the order above.
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.into_iter().map(|f| f.1).collect()
}
