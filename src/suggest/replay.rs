//! A mailbox filed again from its beginning: each mail is suggested a case, then filed where its owner filed it.
//!
//! What `sagspost eval foldering` measures with, on the same index, model and signals that the service uses.

use super::index::{Filed, Index};
use super::lesson::Lesson;
use super::model::{self, Model};
use super::shipped::{self, Shipped};
use super::signals::Signals;
use crate::domain::access::{CaseAccess, Onlooker};
use crate::domain::case::{Case, CaseStatus};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};
use uuid::Uuid;

const USER: &str = "owner";
/// Passes over all lessons when weights are learned to be shipped.
const PASSES: usize = 8;

/// A mail and the folder its owner put it in.
pub struct FiledMail {
    pub signals: Signals,
    pub folder: String,
    pub at: DateTime<Utc>,
}

/// What came of one mail.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// Whether the folder held a mail before.
    pub seen: bool,
    /// Place of the right case, 0 the first; `None` when it was not suggested.
    pub place: Option<usize>,
    pub confidence: f64,
    /// Whether it lay above the threshold that was proven until then.
    pub filed_unseen: bool,
    pub suggesting: Duration,
    pub learning: Duration,
}

/// Which shipped weights a replay begins with.
pub enum Start<'a> {
    /// Learned without this mailbox.
    Without(&'a str),
    /// Nothing learned; to learn weights from.
    Given,
}

/// Files the mails one after the other; how many are suggested for before they are learned is `window`.
pub struct Replay {
    index: Index,
    model: Model,
    cases: HashMap<String, Uuid>,
    filed: u128,
    /// The precision asked for, for filing without a person.
    precision: f64,
    pub lessons: Vec<Lesson>,
}

impl Replay {
    pub fn new(start: &Start<'_>, precision: f64) -> Self {
        let weights = match start {
            Start::Without(mailbox) => shipped::weights_without(mailbox),
            Start::Given => shipped::weights(),
        };
        Self {
            index: Index::default(),
            model: Model::with(&weights),
            cases: HashMap::new(),
            filed: 0,
            precision,
            lessons: Vec::new(),
        }
    }

    /// What is suggested for a mail, beside where it belongs.
    pub fn suggest(&self, mail: &FiledMail) -> Outcome {
        let before = Instant::now();
        let case = self.cases.get(&mail.folder).copied();
        let suggested = self.index.rank(
            &self.model,
            &mail.signals,
            &Onlooker::alone(USER),
            mail.at,
            10,
        );
        let suggesting = before.elapsed();
        let confidence = suggested.first().map_or(0.0, |s| s.confidence.value());
        let proven = self.model.proof(self.precision);
        Outcome {
            seen: case.is_some(),
            place: case.and_then(|case| suggested.iter().position(|s| s.case_id == case)),
            confidence,
            filed_unseen: proven.is_some_and(|proof| confidence >= proof.threshold),
            suggesting,
            learning: Duration::ZERO,
        }
    }

    /// Files a mail where its owner did, and learns from it.
    pub fn file(&mut self, mail: &FiledMail) -> Duration {
        let chosen = self.cases.get(&mail.folder).copied();
        let lesson = self.index.lesson(
            &self.model,
            &mail.signals,
            &Onlooker::alone(USER),
            mail.at,
            chosen,
        );
        self.lessons.push(lesson.clone());
        let before = Instant::now();
        let case_id = chosen.unwrap_or_else(|| self.open(&mail.folder, mail.at));
        self.model.learn(USER, lesson);
        self.filed += 1;
        self.index.learn(&Filed {
            entry: Uuid::from_u128(self.filed),
            case_id,
            signals: mail.signals.clone(),
            documents: None,
            by: USER.to_owned(),
            at: mail.at,
        });
        before.elapsed()
    }

    fn open(&mut self, folder: &str, at: DateTime<Utc>) -> Uuid {
        let number = self.cases.len() + 1;
        let id = Uuid::from_u128(number as u128);
        self.cases.insert(folder.to_owned(), id);
        self.index.upsert_case(&Case {
            id,
            number: format!("2000-{number:05}"),
            title: folder.replace(['/', '_'], " "),
            kle: None,
            facet: None,
            status: CaseStatus::Open,
            responsible: None,
            unit: None,
            access: CaseAccess::open(),
            parties: Vec::new(),
            created_at: at,
            closed_at: None,
            version: 1,
        });
        id
    }
}

/// The file of shipped weights that these mailboxes teach, as JSON.
pub fn learn(mailboxes: &BTreeMap<String, Vec<Lesson>>) -> serde_json::Result<String> {
    let taught_without = |left_out: Option<&str>| {
        let lessons: Vec<&[Lesson]> = mailboxes
            .iter()
            .filter(|(name, _)| Some(name.as_str()) != left_out)
            .map(|(_, lessons)| lessons.as_slice())
            .collect();
        shipped::named(&model::train(&shipped::given(), &lessons, PASSES))
    };
    let shipped = Shipped {
        all: taught_without(None),
        without: mailboxes
            .keys()
            .map(|name| (name.clone(), taught_without(Some(name))))
            .collect(),
    };
    serde_json::to_string_pretty(&shipped)
}
