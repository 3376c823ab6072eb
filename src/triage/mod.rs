//! What becomes of a mail that arrived, with no click.
//!
//! The steps are asked in their order, and the first that settles the mail decides; what none of them settles waits for a
//! person. A step acts in somebody's name, and does nothing that they could not do themselves.

mod as_sent;
pub mod by_rules;
mod filing;
mod filing_address;
mod filing_rules;
mod followed_thread;
mod linked_folder;
mod marked;
mod opened;
mod recognised;

pub use filing::Filing;
pub use filing_rules::FilingRules;

use chrono::Utc;
use uuid::Uuid;

use crate::{
    cases::CaseSystem,
    journal::JournalError,
    rules::Held,
    store::{Arrived, Entry, Store, StoreError},
    suggest::Engine,
};
use opened::Opened;

/// What the steps need.
#[derive(Clone, Copy)]
pub struct House<'a> {
    pub store: &'a Store,
    pub engine: &'a Engine,
    pub filing: &'a FilingRules,
    /// Where rules make new cases.
    pub cases: &'a dyn CaseSystem,
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
    let settled = Box::pin(settle(house, &mail, arrived, may_wait)).await?;
    if let Settled::Waits(why) = settled {
        tracing::info!(mail = %arrived.mail_id, why, "a mail waits for a person");
        house
            .store
            .note_waiting(arrived.mail_id, why, Utc::now())
            .await?;
    }
    Ok(settled)
}

/// Files a mail as it is suggested, for somebody who asks for it: in their own call, and so with their own reason.
pub async fn file_as_asked(
    house: House<'_>,
    mail_id: Uuid,
    filing: Filing,
) -> Result<Entry, JournalError> {
    let mail = Opened::read(house, mail_id).await?;
    let mail = mail.ok_or(StoreError::NotFound("mail"))?;
    filing::journal(house, &mail, filing).await
}

async fn settle(
    house: House<'_>,
    mail: &Opened,
    arrived: &Arrived,
    may_wait: bool,
) -> Result<Settled, StoreError> {
    // What one of our own people said of it, by their own hand.
    let said = as_sent::settle(house, mail, arrived).await?;
    if said != Settled::No {
        return Ok(said);
    }
    let put = linked_folder::settle(house, mail, arrived).await?;
    if put != Settled::No {
        return Ok(put);
    }
    // The service neither files nor answers what it sent itself.
    if mail.is_ours(house) {
        return Ok(Settled::No);
    }
    if let Some(held) = mail.held() {
        return Ok(Settled::Waits(match held {
            Held::SeveralSenders => "several_senders",
            Held::AddressInName => "address_in_name",
        }));
    }
    let addressed = filing_address::settle(house, mail).await?;
    if addressed != Settled::No {
        return Ok(addressed);
    }
    let marked = marked::settle(house, mail).await?;
    if marked != Settled::No {
        return Ok(marked);
    }
    let followed = followed_thread::settle(house, mail).await?;
    if followed != Settled::No {
        return Ok(followed);
    }
    Box::pin(by_rules::settle(house, mail, arrived, may_wait)).await
}
