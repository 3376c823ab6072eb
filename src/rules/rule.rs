//! One rule: when it counts, what it asks for, what it does.

use chrono::NaiveDate;

use super::action::Action;
use super::condition::Condition;

#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Unlike those of all others in its set.
    pub name: String,
    pub enabled: bool,
    /// First and last day it counts, in Denmark.
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
    /// When it is met, no later rule is tried.
    pub stop: bool,
    /// It may act on who a mail says it is from where nothing shows that.
    pub allow_unauthenticated: bool,
    pub when: Condition,
    /// At least one, no kind twice.
    pub then: Vec<Action>,
}

impl Rule {
    pub fn counts_on(&self, day: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }

    /// It does something outside the queue because of who the sender is.
    pub fn trusts_the_sender(&self) -> bool {
        self.when.asks_for_sender() && self.then.iter().any(Action::needs_proof)
    }
}
