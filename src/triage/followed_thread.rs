//! The later mails of a thread that is followed go on its case, in either direction, whichever mailbox sees them first.
//!
//! In the name of who follows, and seen by those who see what following began with. When it is not plain that a mail is
//! still about the same, a person is asked.

use super::{Filing, House, Settled, filing::file, opened::Opened, recognised::is_recognised};
use crate::{
    domain::role::Principal,
    journal::Choice,
    mime,
    rules::Verdict,
    store::{FollowMode, FollowedThread, StoreError},
};

pub(super) async fn settle(house: House<'_>, mail: &Opened) -> Result<Settled, StoreError> {
    if !mail.is_of_a_conversation() {
        return Ok(Settled::No);
    }
    let (store, thread) = (house.store, mail.row.thread_id);
    let mut followed = store.following_unchecked(thread).await?;
    let Some(to) = followed.pop() else {
        return Ok(Settled::No);
    };
    let on = store.cases_of_thread(thread).await?;
    if !followed.is_empty() || on.iter().any(|case_id| *case_id != to.case_id) {
        return Ok(Settled::Waits("thread_on_two_cases"));
    }
    if to.mode == FollowMode::Ask {
        return Ok(Settled::Waits("thread_on_case"));
    }
    if let Some(why) = doubt(house, mail, &to).await? {
        return Ok(Settled::Waits(why));
    }
    if store
        .was_taken_back(&mail.row.fingerprint, to.case_id)
        .await?
    {
        return Ok(Settled::Waits("taken_back"));
    }
    let filing = Filing {
        case_id: to.case_id,
        only_for: access(house, &to).await?,
        actor: to.followed_by,
        choice: Choice::default(),
        why: "thread".into(),
        idempotency_key: format!("thread:{}:{}", mail.row.id, to.case_id),
    };
    file(house, mail, filing).await
}

/// Why it is not plain that the mail belongs there.
async fn doubt(
    house: House<'_>,
    mail: &Opened,
    to: &FollowedThread,
) -> Result<Option<&'static str>, StoreError> {
    let checked = mail.authentication(house);
    if checked.is_some_and(|found| found.dmarc == Verdict::Fail) {
        return Ok(Some("sender_not_proven"));
    }
    // Without a Message-ID that only those who had the mail know, anybody can write such a subject.
    let by_subject = mime::thread::of(&mail.mail).by_subject;
    if by_subject && checked.is_none_or(|found| found.dmarc != Verdict::Pass) {
        return Ok(Some("thread_by_subject"));
    }
    let before = house
        .store
        .on_case_of_thread(mail.row.thread_id, to.case_id);
    let own = &house.engine.organisation().domains;
    Ok((!is_recognised(&mail.mail, &before.await?, own)).then_some("thread_changed"))
}

/// Those who see what following began with, whatever was said of it since.
async fn access(
    house: House<'_>,
    to: &FollowedThread,
) -> Result<Option<Vec<Principal>>, StoreError> {
    let Some(entry_id) = to.entry_id else {
        return Ok(None);
    };
    let only_for = house.store.entry_access(entry_id).await?;
    Ok(only_for.map(|list| list.iter().filter_map(|who| who.parse().ok()).collect()))
}
