//! Is the log as it was written: every record against the hash before it, every checkpoint against its signature.
//!
//! Reads page by page in the order of the chain and needs as much memory for a hundred million records as for ten.

use std::fmt;

use serde::Serialize;

use super::seal::{checkpoint_is_genuine, removal_is_genuine};
use crate::store::{BEFORE_ALL, Chained, Checkpoint, Store, StoreError};

const PAGE: i64 = 1000;
/// Findings that are told; a log that was torn to pieces need not be told record by record.
const MOST_FINDINGS: usize = 1000;

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Finding {
    /// Its hash is not that of what it says: it was altered, or stood elsewhere.
    Altered { from: i64, to: i64 },
    /// Numbers that no record has.
    Missing { from: i64, to: i64 },
    /// The records up to there do not lead to what was signed: some between these two numbers were replaced.
    Replaced { after: i64, up_to: i64 },
    /// A checkpoint whose signature is not genuine.
    Forged { checkpoint: i64 },
    /// A checkpoint that is signed by a key that was not given.
    UnknownKey { checkpoint: i64, public_key: String },
    /// Checkpoints that are not there.
    CheckpointsMissing { from: i64, to: i64 },
    /// The log ends before what was signed: what followed was removed.
    CutOff { last: i64, signed: i64 },
    /// What is said to have been removed in time was not signed.
    RemovalForged { through: i64 },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Altered { from, to } if from == to => write!(
                f,
                "record {from} is not what was written there (or the one before it was altered and given a new hash)"
            ),
            Self::Altered { from, to } => {
                write!(f, "records {from} to {to} are not what was written there")
            }
            Self::Missing { from, to } if from == to => write!(f, "record {from} is missing"),
            Self::Missing { from, to } => write!(f, "records {from} to {to} are missing"),
            Self::Replaced { after, up_to } => write!(
                f,
                "between record {} and record {up_to} the log was written anew: it does not lead to what was signed",
                after + 1
            ),
            Self::Forged { checkpoint } => {
                write!(
                    f,
                    "checkpoint {checkpoint} does not bear a genuine signature"
                )
            }
            Self::UnknownKey {
                checkpoint,
                public_key,
            } => write!(
                f,
                "checkpoint {checkpoint} is signed by another key ({public_key}); if that was yours once, give it with --public-key"
            ),
            Self::CheckpointsMissing { from, to } => {
                write!(f, "checkpoints {from} to {to} are missing")
            }
            Self::CutOff { last, signed } => write!(
                f,
                "the log ends at record {last}, and record {signed} was signed: the end was cut off"
            ),
            Self::RemovalForged { through } => write!(
                f,
                "the records up to {through} were removed without the signature that says their time was up"
            ),
        }
    }
}

/// What was looked at, and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    pub first: i64,
    pub last: i64,
    pub records: u64,
    pub checkpoints: u64,
    /// Up to where the log is signed.
    pub signed: i64,
    pub findings: Vec<Finding>,
}

/// Verifies the log with the public keys that may have signed it, and with checkpoints that were kept elsewhere.
pub async fn verify(
    store: &Store,
    keys: &[Vec<u8>],
    kept_elsewhere: &[Checkpoint],
) -> Result<Report, StoreError> {
    let removal = store.audit_removal().await?;
    let mut walk = Walk {
        before: BEFORE_ALL.to_vec(),
        ..Walk::default()
    };
    let mut first_checkpoint = 1;
    if let Some(removal) = &removal {
        if !removal_is_genuine(removal, keys) {
            walk.find(Finding::RemovalForged {
                through: removal.through_seq,
            });
        }
        walk.seq = removal.through_seq;
        walk.sound = removal.through_seq;
        walk.before.clone_from(&removal.hash);
        first_checkpoint = removal.checkpoint + 1;
    }
    walk.report.first = walk.seq + 1;
    let mut checkpoints = Checkpoints {
        next: first_checkpoint,
        ..Checkpoints::default()
    };
    let mut elsewhere = kept_elsewhere.to_vec();
    elsewhere.sort_by_key(|checkpoint| checkpoint.seq);
    elsewhere.retain(|checkpoint| checkpoint.seq > walk.seq);
    for checkpoint in &elsewhere {
        walk.signature(checkpoint, keys);
    }
    let mut elsewhere = elsewhere.into_iter().peekable();
    loop {
        let page = store.audit_records(walk.seq, PAGE).await?;
        let Some(last) = page.last().map(|row| row.seq) else {
            break;
        };
        checkpoints.load(store, last).await?;
        for row in &page {
            walk.record(row);
            while let Some(checkpoint) = checkpoints.at(row.seq) {
                walk.checkpoint(&checkpoint, &mut checkpoints.next, keys);
            }
            while let Some(checkpoint) = elsewhere.next_if(|kept| kept.seq <= row.seq) {
                walk.leads_to(&checkpoint);
            }
        }
    }
    walk.report.last = walk.seq;
    checkpoints.load(store, i64::MAX).await?;
    while let Some(checkpoint) = checkpoints.at(i64::MAX) {
        walk.checkpoint(&checkpoint, &mut checkpoints.next, keys);
    }
    if let Some(signed) = elsewhere.map(|checkpoint| checkpoint.seq).max() {
        walk.cut_off(signed);
    }
    Ok(walk.report)
}

#[derive(Default)]
struct Walk {
    seq: i64,
    /// The hash of the record before.
    before: Vec<u8>,
    /// The last number at which everything was as signed, or began.
    sound: i64,
    report: Report,
}

impl Walk {
    fn record(&mut self, row: &Chained) {
        if row.seq > self.seq + 1 {
            self.find(Finding::Missing {
                from: self.seq + 1,
                to: row.seq - 1,
            });
        }
        // After a gap the hash before is gone, and with it the proof of the first record behind it.
        let follows = row.seq == self.seq + 1;
        if follows && row.record.hash(&self.before, row.seq)[..] != row.hash[..] {
            self.altered(row.seq);
        }
        self.seq = row.seq;
        self.before.clone_from(&row.hash);
        self.report.records += 1;
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint, next: &mut i64, keys: &[Vec<u8>]) {
        if checkpoint.number > *next {
            self.find(Finding::CheckpointsMissing {
                from: *next,
                to: checkpoint.number - 1,
            });
        }
        *next = checkpoint.number + 1;
        self.report.checkpoints += 1;
        self.signature(checkpoint, keys);
        if checkpoint.seq > self.seq {
            self.cut_off(checkpoint.seq);
        } else {
            self.leads_to(checkpoint);
        }
    }

    fn signature(&mut self, checkpoint: &Checkpoint, keys: &[Vec<u8>]) {
        if !keys.contains(&checkpoint.public_key) {
            let key = hex::encode(&checkpoint.public_key);
            let told = |finding: &Finding| matches!(finding, Finding::UnknownKey { public_key, .. } if *public_key == key);
            // Told once for each key, not for each checkpoint.
            if !self.report.findings.iter().any(told) {
                self.find(Finding::UnknownKey {
                    checkpoint: checkpoint.number,
                    public_key: key,
                });
            }
        } else if !checkpoint_is_genuine(checkpoint, keys) {
            self.find(Finding::Forged {
                checkpoint: checkpoint.number,
            });
        }
    }

    /// The record at hand is the one that was signed.
    fn leads_to(&mut self, checkpoint: &Checkpoint) {
        if checkpoint.seq < self.seq {
            // That one is missing, which is told.
            return;
        }
        if checkpoint.hash == self.before {
            self.sound = checkpoint.seq;
            self.report.signed = checkpoint.seq;
        } else {
            let after = self.sound;
            self.find(Finding::Replaced {
                after,
                up_to: checkpoint.seq,
            });
            self.sound = self.sound.max(checkpoint.seq);
        }
    }

    fn cut_off(&mut self, signed: i64) {
        let last = self.seq;
        if let Some(Finding::CutOff { signed: told, .. }) = self
            .report
            .findings
            .iter_mut()
            .find(|finding| matches!(finding, Finding::CutOff { .. }))
        {
            *told = signed.max(*told);
        } else {
            self.find(Finding::CutOff { last, signed });
        }
    }

    /// Neighbours are told together.
    fn altered(&mut self, seq: i64) {
        if let Some(Finding::Altered { to, .. }) = self.report.findings.last_mut()
            && *to == seq - 1
        {
            *to = seq;
        } else {
            self.find(Finding::Altered { from: seq, to: seq });
        }
    }

    fn find(&mut self, finding: Finding) {
        if self.report.findings.len() < MOST_FINDINGS && !self.report.findings.contains(&finding) {
            self.report.findings.push(finding);
        }
    }
}

/// Checkpoints beside the records, a page at a time.
#[derive(Default)]
struct Checkpoints {
    next: i64,
    loaded: std::collections::VecDeque<Checkpoint>,
    last_loaded: i64,
    all: bool,
}

impl Checkpoints {
    /// Those up to this record.
    async fn load(&mut self, store: &Store, seq: i64) -> Result<(), StoreError> {
        while !self.all
            && self
                .loaded
                .back()
                .is_none_or(|checkpoint| checkpoint.seq <= seq)
        {
            let after = self.last_loaded.max(self.next - 1);
            let page = store.checkpoints(after, PAGE).await?;
            match page.last() {
                Some(last) => self.last_loaded = last.number,
                None => self.all = true,
            }
            self.loaded.extend(page);
        }
        Ok(())
    }

    /// The next one, if it is of this record or one before.
    fn at(&mut self, seq: i64) -> Option<Checkpoint> {
        if self.loaded.front()?.seq > seq {
            return None;
        }
        self.loaded.pop_front()
    }
}
