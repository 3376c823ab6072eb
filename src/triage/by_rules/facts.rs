//! What is known of a mail beside itself, as far as whom rules act for may know it.

use uuid::Uuid;

use super::super::{House, opened::Opened};
use super::ready::Asks;
use crate::{
    domain::{case_number, mail::Attachment},
    rules::{Facts, FoundCase, Suggestion},
    store::{MailRow, StoreError},
    suggest::Signals,
};

/// Case numbers of a mail that are looked at.
const MAX_CASE_NUMBERS: usize = 20;

/// What is the same whoever a rule acts for.
pub(super) async fn common(
    house: House<'_>,
    mail: &Opened,
    mailbox: (Uuid, &str),
) -> Result<Facts, StoreError> {
    let organisation = house.engine.organisation();
    let places = house.store.locations(mail.row.id).await?;
    let place = places.iter().find(|place| place.mailbox_id == mailbox.0);
    Ok(Facts {
        at: mail.row.received_at,
        mailbox: Some(mailbox.1.to_owned()),
        folder: place.map(|place| place.folder.clone()),
        own: organisation.domains.clone(),
        direction: Some(organisation.domains.direction(&mail.mail)),
        authentication: mail.authentication(house),
        headers: Some(mail.headers.clone()),
        attachment_texts: attachment_texts(house, &mail.row).await?,
        ..Facts::default()
    })
}

/// The same, with what a user may know of cases; of nobody's cases anything is known where a rule acts for nobody.
pub(super) async fn of_user(
    house: House<'_>,
    mail: &Opened,
    common: &Facts,
    user: Option<&str>,
    asks: Asks,
) -> Result<Facts, StoreError> {
    let mut facts = common.clone();
    facts.cases_found = cases_found(house, mail, user.unwrap_or_default()).await?;
    let Some(user) = user else {
        return Ok(facts);
    };
    let store = house.store;
    if asks.thread {
        let cases = store.writable_cases_of_thread(mail.row.thread_id, user);
        facts.thread_cases = Some(cases.await?);
    }
    if asks.party {
        facts.sender_is_party = Some(store.is_party(mail.sender(), user).await?);
    }
    if asks.suggestion && house.engine.is_loaded() {
        let onlooker = store.onlooker(user).await?;
        let signals = Signals::of_row(&mail.row);
        let mut best = house
            .engine
            .suggest(&signals, &onlooker, mail.row.received_at, 1);
        let best = best.pop().and_then(|best| {
            Some(Suggestion {
                case: house.engine.number_of(best.case_id)?,
                confidence: best.confidence.value(),
            })
        });
        // Nothing suggested is as sure as nothing.
        facts.suggestion = Some(best.unwrap_or(Suggestion {
            case: String::new(),
            confidence: 0.0,
        }));
    }
    Ok(facts)
}

/// Numbers that are of cases the user may file on, and those that a word like "sagsnr." stands before.
async fn cases_found(
    house: House<'_>,
    mail: &Opened,
    user: &str,
) -> Result<Vec<FoundCase>, StoreError> {
    let text = format!("{}\n{}", mail.mail.subject, mail.mail.text);
    let candidates = house
        .engine
        .organisation()
        .numbers
        .find(&text, MAX_CASE_NUMBERS);
    let spellings = candidates
        .iter()
        .flat_map(|one| [text[one.range.clone()].to_owned(), one.key.clone()]);
    let mut spellings: Vec<String> = spellings.collect();
    spellings.sort_unstable();
    spellings.dedup();
    let there = house.store.writable_cases(&spellings, user).await?;
    let found = candidates.into_iter().filter_map(|one| {
        let number = there
            .iter()
            .find(|number| case_number::key(number) == one.key);
        let exists = number.is_some();
        (exists || one.named).then(|| FoundCase {
            number: number.cloned().unwrap_or(one.key),
            exists: Some(exists),
        })
    });
    Ok(found.collect())
}

/// `None` before they are read.
pub(super) async fn attachment_texts(
    house: House<'_>,
    row: &MailRow,
) -> Result<Option<Vec<String>>, StoreError> {
    let has_text = row
        .envelope
        .attachments
        .iter()
        .any(Attachment::may_have_text);
    if !has_text {
        return Ok(Some(Vec::new()));
    }
    if row.attachment_signals.is_none() {
        return Ok(None);
    }
    let texts = house.store.attachment_texts(row.id).await?;
    Ok(Some(texts.into_iter().map(|text| text.text).collect()))
}
