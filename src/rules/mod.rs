//! Automatic mailbox rules: conditions on a mail, and the actions that follow.
//!
//! The core alone: it reads rules, says which of them a mail meets and why, and what would follow. It stores nothing,
//! files nothing and asks nobody; what it must know beside the mail is given as [`Facts`].

// What a rule is made of.
mod action;
mod condition;
mod rule;
mod text_test;

// A file of rules.
mod json;
mod read;
mod write;

// A mail and the rules.
mod authentication;
mod evaluate;
mod facts;
mod fold;
mod needle;
mod placeholders;
mod prefilter;
mod safety;
mod view;
mod words;

#[cfg(test)]
mod any_rule;
#[cfg(test)]
mod tests;

pub use action::{Action, Attachments, Confidence, Journal, Mark, NewCase, Target};
pub use condition::{
    Check, Condition, Content, Importance, Leaf, PersonPlace, PersonTest, Range, TextPlace, Trait,
};
pub use evaluate::{Cause, Decision, Followed, Outcome, Tried, Withheld};
pub use facts::{Authentication, Facts, FoundCase, Suggestion, Verdict};
pub use json::{from_json, to_json};
pub use placeholders::{filled_from, unknown_placeholder};
pub use prefilter::RuleSet;
pub use read::{Mistake, read, read_action, read_leaf};
pub use rule::Rule;
pub use safety::{Held, OWN_HEADER, held, is_automatic, is_ours};
pub use text_test::{Pattern, TextTest, Values};
pub use view::Truth;
pub use words::Words;
pub use write::{write, write_action, write_leaf};

/// Rules of one set.
pub const MAX_RULES: usize = 20_000;
/// How deep conditions may lie within each other.
pub const MAX_DEPTH: usize = 12;
/// Conditions of one rule.
pub const MAX_CONDITIONS: usize = 500;
/// Of a word, a name, a pattern that a rule holds.
pub const MAX_VALUE_CHARS: usize = 1_000;
/// Of one list.
pub const MAX_VALUES: usize = 2_000;
/// Of a file of rules.
pub const MAX_FILE_BYTES: usize = 16 * 1024 * 1024;
/// What tests of a text read of a body, a header field, the text of one attachment.
pub const MAX_TEXT_BYTES: usize = 1024 * 1024;
/// What patterns read of it: their time is linear in it, and more than a mail says at its beginning decides nothing.
pub const MAX_PATTERN_TEXT_BYTES: usize = 64 * 1024;
