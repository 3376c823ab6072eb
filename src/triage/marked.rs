//! A mail that bears a mark of ours, or answers one that does, goes on the mark's case, also when its thread is broken.
//!
//! In the name of who made the mark. One that is forged or altered says nothing; one of a case that is gone neither.

use super::{Filing, House, Settled, filing::file, opened::Opened};
use crate::{
    domain::case_mark::HEADER,
    journal::Choice,
    store::{Marked, StoreError},
};

pub(super) async fn settle(house: House<'_>, mail: &Opened) -> Result<Settled, StoreError> {
    if !mail.is_of_a_conversation() {
        return Ok(Settled::No);
    }
    let mut found = marks(house, mail).await?;
    let Some(marked) = found.pop() else {
        return Ok(Settled::No);
    };
    if found.iter().any(|other| other.case_id != marked.case_id) {
        return Ok(Settled::Waits("marks_of_two_cases"));
    }
    let case_id = marked.case_id;
    if house
        .store
        .was_taken_back(&mail.row.fingerprint, case_id)
        .await?
    {
        return Ok(Settled::Waits("taken_back"));
    }
    let filing = Filing {
        case_id,
        actor: marked.made_by,
        choice: Choice::default(),
        only_for: None,
        why: "mark".into(),
        idempotency_key: format!("mark:{}:{case_id}", mail.row.id),
    };
    file(house, mail, filing).await
}

/// What its own mark stands for, and those of the mails that it answers.
async fn marks(house: House<'_>, mail: &Opened) -> Result<Vec<Marked>, StoreError> {
    let key = &house.filing.marks;
    let answered = mail.mail.in_reply_to.iter().chain(&mail.mail.references);
    let mut marks = key.among(answered.map(String::as_str));
    marks.extend(
        mail.headers
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(HEADER))
            .filter_map(|(_, value)| key.read(value)),
    );
    let mut found = Vec::new();
    for mark in marks {
        found.extend(house.store.marked(mark).await?);
    }
    Ok(found)
}
