//! One record: what an act tells, what is kept of it, and the bytes that are hashed.

use chrono::{DateTime, SubsecRound, Utc};
use serde::Serialize;
use serde_json::Value;
use sha2::Digest as _;
use uuid::Uuid;

use super::Call;

/// Longest texts of a record, in characters; what a stranger sends must not fill the log.
const MAX_NAME: usize = 200;
const MAX_SHORT: usize = 64;
const MAX_WHY: usize = 500;
const MAX_DETAIL_BYTES: usize = 16 * 1024;
/// Begins what is hashed, so that the hash of a record is the hash of nothing else.
const KIND: &[u8] = b"sagspost-audit-record-v1";

/// What an act tells of itself; where it came from and why are added from the call it is part of.
pub struct AuditRecord<'a> {
    pub actor: &'a str,
    /// e.g. `journal`, `undo`, `case.create`.
    pub action: &'a str,
    pub subject_kind: &'a str,
    pub subject_id: String,
    /// The case it is about or happened on.
    pub case_id: Option<Uuid>,
    /// Ids and counts only.
    pub detail: Value,
}

/// A record as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Recorded {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    /// Who did it; `sagspost` for the house itself.
    pub actor: String,
    /// For whom, when they did it as somebody's deputy.
    pub on_behalf_of: Option<String>,
    /// From which address.
    pub address: Option<String>,
    /// By what: `browser`, `outlook`, `cli:1000`.
    pub agent: Option<String>,
    /// The request's id, as it stands in the logs.
    pub request: Option<String>,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: String,
    pub case_id: Option<String>,
    /// `click`, `page`, `thread`, `rule:<id>`, or the reason that a person gave.
    pub why: Option<String>,
    /// `ok`, `not_found`, `refused`, `failed`.
    pub outcome: String,
    /// JSON of ids and counts.
    pub detail: String,
}

/// A record of the log, at its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Chained {
    pub seq: i64,
    pub hash: Vec<u8>,
    #[sqlx(flatten)]
    pub record: Recorded,
}

impl Recorded {
    pub(super) fn of_act(record: AuditRecord<'_>, call: Option<&Call>, now: DateTime<Utc>) -> Self {
        let mut kept = Self {
            id: Uuid::now_v7(),
            // As precise as PostgreSQL is: the hash must be the same when it is read again.
            at: now.trunc_subsecs(6),
            actor: clean(record.actor, MAX_NAME),
            on_behalf_of: None,
            address: None,
            agent: None,
            request: None,
            action: clean(record.action, MAX_SHORT),
            subject_kind: clean(record.subject_kind, MAX_SHORT),
            subject_id: clean(&record.subject_id, MAX_NAME),
            case_id: record.case_id.map(|id| id.to_string()),
            why: None,
            outcome: "ok".to_owned(),
            detail: bounded(&record.detail),
        };
        if let Some(call) = call {
            kept.came_from(call);
        }
        kept
    }

    /// What a call did that no act recorded: it read, or it was refused.
    pub fn of_call(
        record: AuditRecord<'_>,
        call: &Call,
        outcome: &str,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            outcome: clean(outcome, MAX_SHORT),
            ..Self::of_act(record, Some(call), now)
        }
    }

    fn came_from(&mut self, call: &Call) {
        let origin = call.origin();
        let short = |text: &Option<String>| text.as_deref().map(|text| clean(text, MAX_SHORT));
        self.address = short(&origin.address);
        self.agent = short(&origin.agent);
        self.request = short(&origin.request);
        // A deputy acts by the rights of another; on record is whose hand it was.
        if let (Some(actor), Some(other)) = (call.actor(), call.on_behalf_of()) {
            self.actor = clean(&actor, MAX_NAME);
            self.on_behalf_of = Some(clean(&other, MAX_NAME));
        }
        self.why = call.why().map(|why| clean(&why, MAX_WHY));
        self.case_id = self
            .case_id
            .take()
            .or_else(|| call.case_id().map(|id| id.to_string()));
    }

    /// SHA-256 of the hash before it, its number and all it says. Each part is preceded by its length, so that nothing can
    /// be moved from one to the next.
    pub fn hash(&self, before: &[u8], seq: i64) -> [u8; 32] {
        let mut hasher = sha2::Sha256::new();
        let mut part = |bytes: Option<&[u8]>| {
            let length = bytes.map_or(u64::MAX, |bytes| bytes.len() as u64);
            hasher.update(length.to_be_bytes());
            hasher.update(bytes.unwrap_or_default());
        };
        part(Some(KIND));
        part(Some(before));
        part(Some(&seq.to_be_bytes()));
        part(Some(self.id.as_bytes()));
        part(Some(&self.at.timestamp_micros().to_be_bytes()));
        let text = |text: &Option<String>| text.clone().map(String::into_bytes);
        for required in [
            &self.actor,
            &self.action,
            &self.subject_kind,
            &self.subject_id,
            &self.outcome,
            &self.detail,
        ] {
            part(Some(required.as_bytes()));
        }
        for optional in [
            &self.on_behalf_of,
            &self.address,
            &self.agent,
            &self.request,
            &self.case_id,
            &self.why,
        ] {
            part(text(optional).as_deref());
        }
        hasher.finalize().into()
    }
}

/// One line, no longer than that: a name that holds a line end must not look like two records anywhere.
fn clean(text: &str, max_chars: usize) -> String {
    text.chars()
        .take(max_chars)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn bounded(detail: &Value) -> String {
    let text = detail.to_string();
    if text.len() > MAX_DETAIL_BYTES {
        return r#"{"left_out":"too long"}"#.to_owned();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Recorded {
        let act = AuditRecord {
            actor: "birthe\nadmin",
            action: "case.read",
            subject_kind: "case",
            subject_id: "7".to_owned(),
            case_id: None,
            detail: serde_json::json!({ "words": 2 }),
        };
        Recorded::of_act(
            act,
            None,
            DateTime::from_timestamp(1_772_000_000, 123_456_789).unwrap(),
        )
    }

    #[test]
    fn whatever_changes_in_a_record_changes_its_hash() {
        let record = record();
        let hash = record.hash(&[0; 32], 7);
        assert_eq!(hash, record.clone().hash(&[0; 32], 7));
        assert_ne!(hash, record.hash(&[1; 32], 7), "what stands before it");
        assert_ne!(hash, record.hash(&[0; 32], 8), "its number");
        let changes: [fn(&mut Recorded); 14] = [
            |r| r.id = Uuid::nil(),
            |r| r.at += chrono::Duration::microseconds(1),
            |r| r.actor.push('x'),
            |r| r.on_behalf_of = Some(String::new()),
            |r| r.address = Some("10.0.0.1".to_owned()),
            |r| r.agent = Some("browser".to_owned()),
            |r| r.request = Some("r".to_owned()),
            |r| r.action.push('x'),
            |r| r.subject_kind.push('x'),
            |r| r.subject_id.push('x'),
            |r| r.case_id = Some("9".to_owned()),
            |r| r.why = Some("click".to_owned()),
            |r| r.outcome = "refused".to_owned(),
            |r| r.detail = "{}".to_owned(),
        ];
        for (at, change) in changes.into_iter().enumerate() {
            let mut other = record.clone();
            change(&mut other);
            assert_ne!(hash, other.hash(&[0; 32], 7), "change {at}");
        }
        let mut moved = record.clone();
        moved.action = "case.readcase".to_owned();
        moved.subject_kind = String::new();
        assert_ne!(hash, moved.hash(&[0; 32], 7), "from one part to the next");
    }

    #[test]
    fn a_record_is_one_line_of_bounded_length() {
        let record = record();
        assert_eq!(record.actor, "birthe admin");
        assert_eq!(record.at.timestamp_subsec_nanos(), 123_456_000);
        let long = AuditRecord {
            actor: &"å".repeat(5000),
            action: "x",
            subject_kind: "x",
            subject_id: String::new(),
            case_id: None,
            detail: serde_json::json!({ "x": "y".repeat(100_000) }),
        };
        let kept = Recorded::of_act(long, None, Utc::now());
        assert_eq!(kept.actor.chars().count(), MAX_NAME);
        assert!(kept.detail.len() < 100);
    }
}
