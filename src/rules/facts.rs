//! What is known of a mail beside itself. The caller gives it; `None` says that it is not known, which is no "no".

use chrono::{DateTime, Utc};

use super::condition::named;
use crate::domain::{case::Direction, direction::OwnDomains};

#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// When it arrived, or was sent.
    pub at: DateTime<Utc>,
    pub mailbox: Option<String>,
    pub folder: Option<String>,
    pub own: OwnDomains,
    pub direction: Option<Direction>,
    /// Names and decoded values of the header, in order.
    pub headers: Option<Vec<(String, String)>>,
    /// ISO 639-1.
    pub language: Option<String>,
    /// What looks like a case's number, in order.
    pub cases_found: Vec<FoundCase>,
    /// Numbers of the cases that its conversation is on.
    pub thread_cases: Option<Vec<String>>,
    pub sender_is_party: Option<bool>,
    /// The best one; of no confidence when there is none.
    pub suggestion: Option<Suggestion>,
    /// By Authentication-Results of a server that is trusted, and of no other.
    pub authentication: Option<Authentication>,
    /// What the attachments say; `None` before they are read.
    pub attachment_texts: Option<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundCase {
    pub number: String,
    /// And may be filed on; `None` where nobody looked.
    pub exists: Option<bool>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    pub case: String,
    /// 0–1.
    pub confidence: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authentication {
    pub dmarc: Verdict,
    pub spf: Verdict,
    pub dkim: Verdict,
}

named!(Verdict {
    Pass = "pass",
    Fail = "fail",
    None = "none",
});

impl Facts {
    /// The sender is who the mail says: DMARC alone ties what was checked to the address that people see.
    pub fn sender_is_proven(&self) -> bool {
        self.authentication
            .is_some_and(|checked| checked.dmarc == Verdict::Pass)
    }
}
