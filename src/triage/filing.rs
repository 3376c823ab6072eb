//! Files a mail in somebody's name.

use chrono::Utc;
use uuid::Uuid;

use super::{House, Settled, opened::Opened};
use crate::{
    domain::role::Principal,
    journal::{self, Choice, JournalError, OpenMail, Request, Suggested},
    store::{Call, Entry, Origin, StoreError},
    suggest::{Signals, parties_of_filed},
};

/// On which case a mail is filed, in whose name and why.
#[derive(Clone, Debug)]
pub struct Filing {
    pub case_id: Uuid,
    /// They must be able to file there themself.
    pub actor: String,
    pub choice: Choice,
    /// Who may see it besides them, when not everybody who sees the case.
    pub only_for: Option<Vec<Principal>>,
    /// For the audit log, e.g. `on_send`.
    pub why: String,
    /// What makes the act the same when it is tried again, in this mailbox or another.
    pub idempotency_key: String,
}

/// Files the mail, or says why it waits for a person; an error is worth another attempt.
pub(super) async fn file(
    house: House<'_>,
    mail: &Opened,
    filing: Filing,
) -> Result<Settled, StoreError> {
    let call = Call::new(Origin::default());
    let why = filing.why.clone();
    let filed = call.scope(async {
        Call::note_why(&why);
        journal(house, mail, filing).await.map(|_| ())
    });
    match filed.await {
        // Another was faster: by the same key, or with a copy of the mail.
        Ok(())
        | Err(JournalError::Store(
            StoreError::AlreadyFiled(_)
            | StoreError::AlreadyFiledUnseen
            | StoreError::IdempotencyConflict,
        )) => Ok(Settled::Filed),
        Err(JournalError::Store(error)) if error.is_transient() => Err(error),
        Err(JournalError::Store(StoreError::NotFound(_))) => Ok(Settled::Waits("no_such_case")),
        Err(JournalError::Store(StoreError::NotAllowed(_))) => Ok(Settled::Waits("not_theirs")),
        Err(JournalError::Store(StoreError::CaseClosed(_))) => Ok(Settled::Waits("case_closed")),
        Err(error) => {
            tracing::info!(mail = %mail.row.id, %error, "a mail could not be filed");
            Ok(Settled::Waits("not_filed"))
        }
    }
}

/// As it is suggested, within the call at hand.
pub(super) async fn journal(
    house: House<'_>,
    mail: &Opened,
    filing: Filing,
) -> Result<Entry, JournalError> {
    let (store, row) = (house.store, &mail.row);
    let now = Utc::now();
    let read = store.attachment_texts(row.id).await?;
    let described = house.engine.describe(&mail.mail, &read, row.received_at);
    let onlooker = store.onlooker(&filing.actor).await?;
    let request = Request {
        case_id: filing.case_id,
        choice: filing.choice,
        type_lessons: None,
        suggestion_lesson: house.engine.lesson(
            &Signals::of_row(row),
            &onlooker,
            now,
            filing.case_id,
        ),
        case_kle: None,
        only_for: filing.only_for,
        following: house.filing.following(),
        idempotency_key: filing.idempotency_key,
    };
    let opened = OpenMail {
        row,
        raw: &mail.raw,
        mail: &mail.mail,
    };
    let parties = parties_of_filed(&mail.mail, house.engine.organisation());
    let suggested = Suggested::of(described).with_parties(parties);
    journal::journal(store, opened, &suggested, &request, &filing.actor, now).await
}
