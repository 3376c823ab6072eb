//! What attachments say: kept once a job has read them, found by search, told by the API.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    EventKind, Store, StoreError,
    db::{Tx, read, write},
    events,
    mails::{head, storable},
    search,
};
use crate::domain::mail::Warning;

/// Kept and searched of one attachment: what it is about stands at its beginning.
const MAX_TEXT_BYTES: usize = 32 * 1024;
/// Searched of all attachments of a mail.
const MAX_SEARCH_BYTES: usize = 128 * 1024;
const MAX_NAME_BYTES: usize = 500;

/// What one attachment says.
#[derive(Clone, Debug, PartialEq)]
pub struct AttachmentText {
    /// Among the mail's attachments.
    pub position: usize,
    pub format: String,
    pub text: String,
    pub title: Option<String>,
    pub heading: Option<String>,
    /// ISO 639-1.
    pub language: Option<String>,
    pub notes: Vec<Warning>,
}

/// A mail whose attachments were read.
pub struct ReadMail {
    pub mail_id: Uuid,
    /// The names they were sent under.
    pub names: Vec<String>,
    pub texts: Vec<AttachmentText>,
    /// What the suggestion engine reads of them.
    pub signals: Value,
}

#[derive(sqlx::FromRow)]
struct Row {
    position: i64,
    format: String,
    text: String,
    title: Option<String>,
    heading: Option<String>,
    language: Option<String>,
    notes: Json<Vec<Warning>>,
}

impl From<Row> for AttachmentText {
    fn from(row: Row) -> Self {
        Self {
            position: usize::try_from(row.position).unwrap_or_default(),
            format: row.format,
            text: row.text,
            title: row.title,
            heading: row.heading,
            language: row.language,
            notes: row.notes.0,
        }
    }
}

impl Store {
    /// Keeps what attachments say, and tells everybody. Mails that are gone, or were read before, are left alone.
    pub async fn keep_attachment_texts(
        &self,
        mailbox_id: Uuid,
        read: &[ReadMail],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let mut mail_ids = Vec::new();
        for mail in read {
            if keep_signals(&mut tx, mail).await? {
                insert_texts(&mut tx, mail).await?;
                search::index_attachments(&mut tx, mail.mail_id, &search_words(mail)).await?;
                mail_ids.push(mail.mail_id);
            }
        }
        if mail_ids.is_empty() {
            return Ok(());
        }
        let event = EventKind::AttachmentsRead {
            mailbox_id,
            mail_ids,
        };
        events::append(&mut tx, now, &event).await?;
        tx.commit().await?;
        self.ring();
        Ok(())
    }

    /// What the attachments of a mail say, in their order; of those that were read. Ask for the mail first: this does
    /// not know who asks.
    pub async fn attachment_texts(&self, mail_id: Uuid) -> Result<Vec<AttachmentText>, StoreError> {
        let rows: Vec<Row> = read!(self, |c| sqlx::query_as(
            "select position, format, text, title, heading, language, notes
             from attachment_texts
             where mail_id = $1
             order by position"
        )
        .bind(mail_id)
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(AttachmentText::from).collect())
    }
}

/// False when there is nothing to keep it beside, or it was kept before.
async fn keep_signals(tx: &mut Tx, mail: &ReadMail) -> Result<bool, StoreError> {
    let changed = write!(tx, |c| sqlx::query(
        "update mails
         set attachment_signals = $1
         where id = $2 and attachment_signals is null"
    )
    .bind(Json(&mail.signals))
    .bind(mail.mail_id)
    .execute(c)
    .await?
    .rows_affected());
    Ok(changed == 1)
}

async fn insert_texts(tx: &mut Tx, mail: &ReadMail) -> Result<(), StoreError> {
    if mail.texts.is_empty() {
        return Ok(());
    }
    write!(tx, |c, Database| sqlx::QueryBuilder::<Database>::new(
        "insert into attachment_texts
           (mail_id, position, format, text, title, heading, language, notes) "
    )
    .push_values(&mail.texts, |mut row, text| {
        row.push_bind(mail.mail_id)
            .push_bind(text.position as i64)
            .push_bind(text.format.as_str())
            .push_bind(storable(head(&text.text, MAX_TEXT_BYTES)))
            .push_bind(text.title.as_deref().map(storable))
            .push_bind(text.heading.as_deref().map(storable))
            .push_bind(text.language.as_deref())
            .push_bind(Json(&text.notes));
    })
    .build()
    .execute(c)
    .await
    .map(|_| ())?);
    Ok(())
}

fn search_words(mail: &ReadMail) -> String {
    let mut words = String::new();
    for name in &mail.names {
        words.push_str(head(name, MAX_NAME_BYTES));
        words.push('\n');
    }
    for text in &mail.texts {
        words.push_str(text.title.as_deref().unwrap_or_default());
        words.push('\n');
        words.push_str(head(&text.text, MAX_TEXT_BYTES));
        words.push('\n');
    }
    storable(head(&words, MAX_SEARCH_BYTES))
}
