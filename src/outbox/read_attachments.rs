//! Reads what the attachments of stored mails say, for search, names and suggestions.
//!
//! Nobody waits for this, and it may run twice: a mail that was read is not read again. What a file costs at most is
//! the reader's to say; a mail whose bytes are gone is passed over.

use chrono::Utc;
use serde::Deserialize;
use uuid::Uuid;

use super::worker::{JobError, Outbox};
use crate::{
    domain::mail::Attachment,
    mime,
    store::{Job, MailRow, ReadMail, StoreError},
    suggest::{DocumentText, Signals},
};

/// Mails between two commits: what was read is not lost when the process ends, and no commit keeps others waiting.
const MAILS_AT_ONCE: usize = 8;
/// Attachments of one mail that are read.
const MAX_ATTACHMENTS: usize = 40;

#[derive(Deserialize)]
struct Payload {
    mailbox_id: Uuid,
    mail_ids: Vec<Uuid>,
}

pub(super) async fn run(outbox: &Outbox, job: &Job) -> Result<(), JobError> {
    let payload: Payload = serde_json::from_value(job.payload.clone())
        .map_err(|_| JobError::Lasting("internal".into()))?;
    for ids in payload.mail_ids.chunks(MAILS_AT_ONCE) {
        let mut read = Vec::with_capacity(ids.len());
        for id in ids {
            read.extend(read_mail(outbox, *id).await?);
        }
        outbox
            .store
            .keep_attachment_texts(payload.mailbox_id, &read, Utc::now())
            .await?;
    }
    Ok(())
}

/// `None` for a mail that is gone or was read before.
async fn read_mail(outbox: &Outbox, id: Uuid) -> Result<Option<ReadMail>, StoreError> {
    let row = match outbox.store.mail_unchecked(id).await {
        Err(StoreError::NotFound(_)) => return Ok(None),
        other => other?,
    };
    if row.attachment_signals.is_some() {
        return Ok(None);
    }
    let raw = match outbox.store.blob(row.sha256).await {
        Err(error) if error.is_transient() => return Err(error),
        Err(_) => return Ok(None),
        Ok(raw) => raw,
    };
    let mut texts = Vec::new();
    for (position, attachment) in worth_reading(&row) {
        let raw = raw.clone();
        // Decoding a large mail would hold up others.
        let decoded =
            tokio::task::spawn_blocking(move || mime::attachment(&raw, &[position])).await;
        let Ok(Some((_, bytes))) = decoded else {
            continue;
        };
        let read = outbox.reader.read_attachment(position, attachment, &bytes);
        texts.push(read.await);
    }
    let documents: Vec<DocumentText<'_>> = texts
        .iter()
        .map(|text| DocumentText {
            title: text.title.as_deref(),
            heading: text.heading.as_deref(),
            text: &text.text,
        })
        .collect();
    Ok(Some(ReadMail {
        mail_id: id,
        names: worth_reading(&row)
            .map(|(_, attachment)| attachment.name.clone())
            .collect(),
        signals: Signals::of_documents(&documents, outbox.engine.organisation()).to_value(),
        texts,
    }))
}

fn worth_reading(row: &MailRow) -> impl Iterator<Item = (usize, &Attachment)> {
    row.envelope
        .attachments
        .iter()
        .enumerate()
        .filter(|(_, attachment)| attachment.may_have_text())
        .take(MAX_ATTACHMENTS)
}
