//! A mail to an address that names a case goes on that case, when one of ours wrote it and may file there.
//!
//! Anybody can write to such an address, and under anybody's name: the sender is one of ours only when the trusted server
//! says that they are who they say. For all others the address says nothing.

use super::{Filing, House, Settled, filing::file, opened::Opened};
use crate::{
    domain::{case::Case, filing_address::numbers},
    journal::Choice,
    rules::Verdict,
    store::StoreError,
};

/// Where servers note whom a mail was delivered to, which its own header need not name.
const DELIVERED: [&str; 5] = [
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-delivered-to",
];
/// Recipients of one mail that are looked at.
const MAX_RECIPIENTS: usize = 500;

pub(super) async fn settle(house: House<'_>, mail: &Opened) -> Result<Settled, StoreError> {
    let numbers = numbers_in(house, mail);
    if numbers.is_empty() {
        return Ok(Settled::No);
    }
    let proven = mail
        .authentication(house)
        .is_some_and(|found| found.dmarc == Verdict::Pass);
    if !proven {
        return Ok(Settled::No);
    }
    let Some(sender) = house.store.user_with_address(mail.sender()).await? else {
        return Ok(Settled::No);
    };
    let mut settled = Settled::No;
    for number in numbers {
        let Some(case) = case_of(house, &number, &sender).await? else {
            return Ok(Settled::Waits("no_such_case"));
        };
        if house
            .store
            .was_taken_back(&mail.row.fingerprint, case.id)
            .await?
        {
            return Ok(Settled::Waits("taken_back"));
        }
        let filing = Filing {
            case_id: case.id,
            actor: sender.clone(),
            choice: Choice::default(),
            only_for: None,
            why: "filing_address".into(),
            idempotency_key: format!("filing_address:{}:{}", mail.row.id, case.id),
        };
        settled = file(house, mail, filing).await?;
        if settled != Settled::Filed {
            break;
        }
    }
    Ok(settled)
}

/// As they stand in the addresses, each once.
fn numbers_in(house: House<'_>, mail: &Opened) -> Vec<String> {
    let Some(pattern) = &house.filing.address else {
        return Vec::new();
    };
    let named = [&mail.mail.to, &mail.mail.cc, &mail.mail.bcc];
    let named = named.into_iter().flatten().map(|to| to.address.as_str());
    let delivered = mail
        .headers
        .iter()
        .filter(|(name, _)| DELIVERED.contains(&name.to_lowercase().as_str()))
        .map(|(_, value)| value.trim().trim_matches(['<', '>']));
    let mut numbers: Vec<String> = Vec::new();
    for address in named.chain(delivered).take(MAX_RECIPIENTS) {
        if let Some(number) = pattern.number_in(address).map(str::to_uppercase)
            && !numbers.contains(&number)
        {
            numbers.push(number);
        }
    }
    numbers
}

async fn case_of(house: House<'_>, number: &str, viewer: &str) -> Result<Option<Case>, StoreError> {
    for number in numbers(number) {
        match house.store.case_by_number(&number, viewer).await {
            Err(StoreError::NotFound(_)) => {}
            found => return found.map(Some),
        }
    }
    Ok(None)
}
