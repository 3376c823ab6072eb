//! What a rule did, taken back by somebody who may.

use chrono::{DateTime, Duration, Utc};

use super::act::mark_job;
use super::told::{self, Did, State};
use crate::{
    journal,
    rules::Action,
    store::{JobKind, MailDecision, NewJob, Store, StoreError},
};

/// Takes back what followed of a decision: entry, tags, marks, and that the mail is for no case. What cannot be taken back
/// by this user, or not any more, leaves all of it as it is.
pub async fn take_back(
    store: &Store,
    decision: &MailDecision,
    user: &str,
    window: Duration,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut did: Vec<Did> = told::read(&decision.followed);
    let mut jobs: Vec<NewJob> = Vec::new();
    for one in did.iter_mut().filter(|one| one.state == State::Done) {
        if let Some(entry_id) = one.entry_id {
            journal::undo(store, entry_id, user, window, now).await?;
        }
        match one.action() {
            Some(Action::NeverJournal(_)) => {
                store
                    .take_back_not_for_a_case(decision.mail_id, user, now)
                    .await?;
            }
            Some(Action::Mark(mark)) => {
                let place = (decision.mailbox_id, decision.mail_id);
                jobs.push(mark_job(place, &mark, JobKind::UnmarkByRule));
            }
            _ => {}
        }
        one.state = State::Undone;
    }
    store
        .take_back_decision(decision, &told::write(&did), &jobs, now)
        .await
}
