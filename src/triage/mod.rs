//! What becomes of a mail that arrived, with no click.
//!
//! The steps are asked in their order, and the first that settles the mail decides; what none of them settles waits for a
//! person. A step acts in somebody's name, and does nothing that they could not do themselves.

mod as_sent;
pub mod by_rules;
mod filing;
mod opened;

pub use filing::Filing;

use chrono::Utc;

use crate::{
    cases::CaseSystem,
    store::{Arrived, Store, StoreError},
    suggest::Engine,
};
use opened::Opened;

/// What the steps need.
#[derive(Clone, Copy)]
pub struct House<'a> {
    pub store: &'a Store,
    pub engine: &'a Engine,
    /// Where rules make new cases.
    pub cases: &'a dyn CaseSystem,
    pub rules: &'a by_rules::Ready,
}

/// What a step says of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Nothing to say: the next step is asked.
    No,
    Filed,
    /// No step after it may decide; the code says why a person must.
    Waits(&'static str),
    /// What a rule asks for is not known yet; ask again later.
    NotYet,
}

/// Asks the steps about a mail. May be repeated: what was filed is not filed again. `may_wait`: where more will be known
/// later.
pub async fn triage(
    house: House<'_>,
    arrived: &Arrived,
    may_wait: bool,
) -> Result<Settled, StoreError> {
    let Some(mail) = Opened::read(house, arrived.mail_id).await? else {
        return Ok(Settled::No);
    };
    let mut settled = as_sent::settle(house, &mail, arrived).await?;
    if settled == Settled::No {
        settled = by_rules::settle(house, &mail, arrived, may_wait).await?;
    }
    if let Settled::Waits(why) = settled {
        tracing::info!(mail = %arrived.mail_id, why, "a mail waits for a person");
        house
            .store
            .note_waiting(arrived.mail_id, why, Utc::now())
            .await?;
    }
    Ok(settled)
}
