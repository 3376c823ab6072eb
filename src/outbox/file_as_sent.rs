//! Files a mail that was sent on the case that its sender chose while writing.
//!
//! In the name of who sent it, and only where they may file themself: whoever owns the mailbox it was sent from, and of
//! several the one whose address it is from. What cannot be filed so waits for a person, as any other mail does.

use chrono::Utc;
use serde::Deserialize;
use uuid::Uuid;

use super::worker::{JobError, Outbox};
use crate::{
    domain::mail::Mail,
    journal::{self, Choice, JournalError, OpenMail, Request, Suggested},
    mime,
    store::{Call, Job, MailRow, Origin, StoreError},
    suggest::{Signals, parties_of_filed},
};

#[derive(Deserialize)]
struct Payload {
    mailbox_id: Uuid,
    mail_id: Uuid,
    case_number: String,
}

pub(super) async fn run(outbox: &Outbox, job: &Job) -> Result<(), JobError> {
    let payload: Payload = serde_json::from_value(job.payload.clone())
        .map_err(|_| JobError::Lasting("internal".into()))?;
    let row = match outbox.store.mail_unchecked(payload.mail_id).await {
        Err(StoreError::NotFound(_)) => return Ok(()),
        other => other?,
    };
    let from = row.envelope.from.first().map(|from| from.address.as_str());
    let sender = outbox
        .store
        .sender_of(payload.mailbox_id, from.unwrap_or_default());
    let Some(sender) = sender.await? else {
        waits(job, "nobody is known to have sent it");
        return Ok(());
    };
    let call = Call::new(Origin::default());
    let filed = call.scope(async {
        Call::note_why("on_send");
        file(outbox, &row, &sender, &payload).await
    });
    match filed.await {
        Ok(()) | Err(JournalError::Store(StoreError::AlreadyFiled(_))) => Ok(()),
        Err(JournalError::Store(error)) if error.is_transient() => Err(error.into()),
        Err(error) => {
            waits(job, &error.to_string());
            Ok(())
        }
    }
}

/// Not a failure that another attempt would mend: the mail is in the queue with its suggestions.
fn waits(job: &Job, why: &str) {
    tracing::info!(job = %job.id, why, "a mail that was sent could not be filed, and waits for a person");
}

async fn file(
    outbox: &Outbox,
    row: &MailRow,
    sender: &str,
    payload: &Payload,
) -> Result<(), JournalError> {
    let store = &outbox.store;
    let now = Utc::now();
    let case = store.case_by_number(&payload.case_number, sender).await?;
    let raw = store.blob(row.sha256).await?;
    let mut mail: Mail = mime::parse_undigested(&raw);
    store.mark_logos(&mut mail).await?;
    let read = store.attachment_texts(row.id).await?;
    let described = outbox.engine.describe(&mail, &read, row.received_at);
    let onlooker = store.onlooker(sender).await?;
    let request = Request {
        case_id: case.id,
        choice: Choice::default(),
        type_lessons: None,
        suggestion_lesson: outbox
            .engine
            .lesson(&Signals::of_row(row), &onlooker, now, case.id),
        case_kle: None,
        only_for: None,
        // The same mail again, in this mailbox or another of theirs, is the same act.
        idempotency_key: format!("on_send:{}:{}", row.id, case.id),
    };
    let opened = OpenMail {
        row,
        raw: &raw,
        mail: &mail,
    };
    let parties = parties_of_filed(&mail, outbox.engine.organisation());
    let suggested = Suggested::of(described).with_parties(parties);
    journal::journal(store, opened, &suggested, &request, sender, now).await?;
    Ok(())
}
