//! Who should see a mail's content: a proposal to restrict access where it is sensitive, and why.
//!
//! Told by CPR numbers and by lists of words (`categories.toml`), counted by where they stand and whether their sentence
//! speaks of a person, so that a newsletter on health policy or a kindergarten's building permit raises nothing. A
//! proposal only ever makes access stricter. What was found is for whoever may read the mail: it is never logged, and
//! printing it for debugging shows counts alone.

mod categories;
mod scan;
#[cfg(test)]
mod tests;

use serde::Serialize;
use std::fmt;

use crate::domain::access::AccessCode;
use crate::domain::mail::Mail;
use crate::messages::{Lang, text};

pub use categories::Category;

/// What is proposed for a mail's content; who is on a case's list is a person's choice.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AccessProposal {
    pub code: AccessCode,
    /// Heaviest first; empty when access may stay open.
    pub findings: Vec<Finding>,
}

/// Sensitive content of one category.
#[derive(Clone, PartialEq, Serialize)]
pub struct Finding {
    pub category: Category,
    pub hits: usize,
    /// Some of the words that were found, in lower case; none of a CPR number.
    pub words: Vec<String>,
}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} x {}", self.category.as_str(), self.hits)
    }
}

impl Finding {
    /// The reason as a sentence.
    pub fn in_words(&self, lang: Lang) -> String {
        let category = text(lang, &format!("access.{}", self.category.as_str()), &[]);
        let values = [
            ("category", category.as_str()),
            ("count", &self.hits.to_string()),
            ("words", &self.words.join(", ")),
        ];
        let key = if self.words.is_empty() {
            "access.found"
        } else {
            "access.found_words"
        };
        text(lang, key, &values)
    }
}

/// Proposes access for a mail; `documents` is what its attachments say, where they are read.
pub fn propose<'a>(mail: &Mail, documents: impl IntoIterator<Item = &'a str>) -> AccessProposal {
    let findings = scan::findings(mail, documents);
    AccessProposal {
        code: if findings.is_empty() {
            AccessCode::Open
        } else {
            AccessCode::Restricted
        },
        findings,
    }
}
