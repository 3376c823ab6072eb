//! What a person puts into a folder that is tied to a case goes on that case.
//!
//! In the name of whose mailbox it is; where several share it, of who tied the folder.

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
    let store = house.store;
    let mut settled = Settled::No;
    for place in store.linked_places(arrived.mailbox_id, mail.row.id).await? {
        let case_id = place.case_id;
        if store.was_taken_back(&mail.row.fingerprint, case_id).await? {
            return Ok(Settled::Waits("taken_back"));
        }
        let owner = store.only_owner(place.mailbox_id).await?;
        let filing = Filing {
            case_id,
            actor: owner.unwrap_or(place.linked_by),
            choice: Choice::default(),
            only_for: None,
            why: "linked_folder".into(),
            idempotency_key: format!("linked_folder:{}:{case_id}", mail.row.id),
        };
        settled = file(house, mail, filing).await?;
        if settled != Settled::Filed {
            break;
        }
    }
    Ok(settled)
}
