//! A mail that was sent goes on the case that its sender chose while writing.
//!
//! In the name of who sent it, and only where they may file themself: whoever owns the mailbox it was sent from, and of
//! several the one whose address it is from.

use super::{Filing, House, Settled, filing::file, opened::Opened};
use crate::{
    journal::Choice,
    store::{Arrived, StoreError},
};

pub(super) async fn settle(
    house: House<'_>,
    mail: &Opened,
    arrived: &Arrived,
) -> Result<Settled, StoreError> {
    let Some(number) = &arrived.chosen_case else {
        return Ok(Settled::No);
    };
    let store = house.store;
    let Some(sender) = store.sender_of(arrived.mailbox_id, mail.sender()).await? else {
        return Ok(Settled::Waits("nobody_sent_it"));
    };
    let case = match store.case_by_number(number, &sender).await {
        Err(StoreError::NotFound(_)) => return Ok(Settled::Waits("no_such_case")),
        other => other?,
    };
    let filing = Filing {
        case_id: case.id,
        actor: sender,
        choice: Choice::default(),
        only_for: None,
        why: "on_send".into(),
        // The same mail again, in this mailbox or another of theirs, is the same act.
        idempotency_key: format!("on_send:{}:{}", mail.row.id, case.id),
    };
    file(house, mail, filing).await
}
