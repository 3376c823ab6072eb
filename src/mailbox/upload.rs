//! A mail that no watched mailbox holds, sent in by the person who has it.
//!
//! It lies in a mailbox of that person's own, which nobody else reads and no server stands behind: it is filed, found and
//! forgotten like any other mail, and nothing is marked anywhere.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::settings::Settings;
use crate::{
    domain::mail::{Mail, Sha256},
    mime,
    store::{Batch, NewMail, Place, Store, StoreError},
};

const FOLDER: &str = "Uploads";

/// Stores a mail for `user` alone; the same mail again is the same place.
pub async fn upload(
    store: &Store,
    user: &str,
    (raw, mail): (Bytes, Mail),
    signals: Value,
    now: DateTime<Utc>,
) -> Result<Uuid, StoreError> {
    let mailbox_id = mailbox_of(store, user, now).await?;
    let folder_id = store.ensure_folder(mailbox_id, FOLDER, now).await?;
    let sha256 = Sha256::of(&raw);
    let marks = mime::thread::of(&mail);
    let new = NewMail {
        range: 0..raw.len(),
        fingerprint: mime::fingerprint(&raw, &mail),
        thread_keys: marks.keys,
        base_subject: marks.base_subject,
        threads_by_subject: marks.by_subject,
        signals,
        // Deadlines count from receipt, which nobody else knows; a date to come is a mistake or a lie.
        received_at: mail.date.filter(|date| *date <= now).unwrap_or(now),
        incomplete_reason: None,
        chosen_case: None,
        place: Some(place(folder_id, &sha256)),
        sha256,
        mail,
    };
    let batch = Batch {
        mailbox_id,
        bytes: raw,
        mails: vec![new],
        lease: None,
    };
    let stored = store.commit_batch(&batch, now).await?;
    let stored = stored.first().ok_or(StoreError::NotFound("mail"))?;
    Ok(stored.id)
}

/// Numbers of no server, made of what the mail is: two uploads at once cannot take each other's place.
fn place(folder_id: Uuid, sha256: &Sha256) -> Place {
    let number = |from: usize| {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&sha256.0[from..from + 4]);
        u32::from_be_bytes(bytes).max(1)
    };
    Place {
        folder_id,
        uidvalidity: number(0),
        uid: number(4),
        flags: Vec::new(),
        mark_due: false,
    }
}

async fn mailbox_of(store: &Store, user: &str, now: DateTime<Utc>) -> Result<Uuid, StoreError> {
    let name = format!("upload:{user}");
    if let Some(id) = known(store, user, &name).await? {
        return Ok(id);
    }
    let settings = Settings::Imported.to_json();
    match store
        .add_mailbox(&name, &settings, &[user.to_owned()], now)
        .await
    {
        // Two first uploads at once.
        Err(StoreError::Duplicate(_)) => known(store, user, &name)
            .await?
            .ok_or(StoreError::NotFound("mailbox")),
        outcome => outcome,
    }
}

async fn known(store: &Store, user: &str, name: &str) -> Result<Option<Uuid>, StoreError> {
    let mailboxes = store.mailboxes(Some(user)).await?;
    Ok(mailboxes
        .into_iter()
        .find(|mailbox| mailbox.name == name)
        .map(|mailbox| mailbox.id))
}
