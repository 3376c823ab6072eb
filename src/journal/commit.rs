//! Carries a plan out: copies of the chosen attachments first, then everything else in one transaction.

use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::plan::{Choice, PlanError, PlannedFile, Source, Suggested, plan};
use crate::{
    domain::{
        access::Level,
        mail::{Mail, MailKind, Sha256},
        role::Principal,
    },
    mime,
    store::{
        Entry, FiledMail, Following, JobKind, MailRow, NewDocument, NewEntry, NewFile, NewJob,
        Store, StoreError,
    },
};

/// A wish to file a mail on a case.
#[derive(Clone, Debug)]
pub struct Request {
    pub case_id: Uuid,
    pub choice: Choice,
    /// What the types that were chosen teach; `None` when none was.
    pub type_lessons: Option<serde_json::Value>,
    /// What choosing this case teaches; `None` when nothing was suggested yet.
    pub suggestion_lesson: Option<serde_json::Value>,
    /// KLE number and facet for the case, should it have none.
    pub case_kle: Option<(String, Option<String>)>,
    /// Who may see it besides the one who files, when not everybody who sees the case.
    pub only_for: Option<Vec<Principal>>,
    /// Whether what follows in the thread goes to the case too.
    pub following: Following,
    pub idempotency_key: String,
}

/// A stored mail with its bytes and what was read from them.
#[derive(Clone, Copy)]
pub struct OpenMail<'a> {
    pub row: &'a MailRow,
    pub raw: &'a [u8],
    pub mail: &'a Mail,
}

#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("an attachment could not be read out of the mail again")]
    AttachmentLost { index: usize },
}

/// Files a mail, on behalf of `actor`, on a case they may see.
///
/// Repeating the call with the same key changes nothing
/// and returns the entry of the first time.
pub async fn journal(
    store: &Store,
    opened: OpenMail<'_>,
    suggested: &Suggested,
    request: &Request,
    actor: &str,
    now: DateTime<Utc>,
) -> Result<Entry, JournalError> {
    let OpenMail { row, mail, .. } = opened;
    store
        .expect_case(request.case_id, actor, Level::Write)
        .await?;
    let plan = plan(mail, suggested, &request.choice)?;
    let mut documents = Vec::with_capacity(plan.documents.len());
    let mut copies = Vec::new();
    for planned in plan.documents {
        let mut files = Vec::with_capacity(planned.files.len());
        for file in planned.files {
            files.push(stored_file(store, opened, file, &mut copies).await?);
        }
        documents.push(NewDocument {
            id: Uuid::now_v7(),
            title: planned.title,
            document_type: planned.document_type,
            document_date: planned.document_date,
            direction: planned.direction,
            parties: planned.parties,
            deadline: planned.deadline,
            files,
        });
    }
    let new = NewEntry {
        id: Uuid::now_v7(),
        mail: Some(FiledMail {
            id: row.id,
            fingerprint: row.fingerprint,
        }),
        case_id: request.case_id,
        only_for: only_for(request.only_for.clone(), actor),
        created_by: actor.to_owned(),
        idempotency_key: request.idempotency_key.clone(),
        request_hash: request_hash(row.id, request),
        type_lessons: request.type_lessons.clone(),
        suggestion_lesson: request.suggestion_lesson.clone(),
        following: request.following,
        case_kle: request.case_kle.clone(),
        jobs: jobs(store, row, request.case_id).await?,
        documents,
    };
    let committed = store.commit_entry(&new, now).await;
    let first_time = committed.as_ref().is_ok_and(|entry| entry.id == new.id);
    if first_time {
        metrics::counter!("sagspost_journaled_total").increment(1);
    } else {
        for object in copies {
            // A copy that nothing names is only waste.
            let _ = store.blobs().delete(object).await;
        }
    }
    Ok(committed?)
}

/// Takes an entry back within `window` of its filing, and the mark in the mailboxes with it.
pub async fn undo(
    store: &Store,
    entry_id: Uuid,
    actor: &str,
    window: Duration,
    now: DateTime<Utc>,
) -> Result<Entry, StoreError> {
    // Where it was marked: a mail that was moved away for it may lie in no watched folder now.
    let marked = store.marked_for_entry(entry_id).await?;
    let jobs = |_: &Entry| {
        marked
            .iter()
            .map(|place| NewJob::in_mailbox(JobKind::Unmark, place))
            .collect()
    };
    let undone = store.undo_entry(entry_id, actor, window, jobs, now).await?;
    metrics::counter!("sagspost_undone_total").increment(1);
    Ok(undone)
}

/// The mail lies in the blobs already; an attachment gets a copy of its own now that it matters.
async fn stored_file(
    store: &Store,
    OpenMail { row, raw, .. }: OpenMail<'_>,
    file: PlannedFile,
    copies: &mut Vec<Uuid>,
) -> Result<NewFile, JournalError> {
    let of_its_own = match file.source {
        // Around the mail that a journal report is about stands what not everybody on the case may see.
        Source::Mail if row.envelope.kind == MailKind::JournalReport => mime::copied_mail(raw),
        Source::Mail => None,
        Source::Attachment(index) => {
            let (_, bytes) =
                mime::attachment(raw, &[index]).ok_or(JournalError::AttachmentLost { index })?;
            Some(bytes)
        }
    };
    let (size, sha256, object) = match of_its_own {
        None => (row.byte_length as u64, row.sha256, None),
        Some(bytes) => {
            let sha256 = Sha256::of(&bytes);
            let size = bytes.len() as u64;
            let object = store.put_blob(sha256, Bytes::from(bytes)).await?;
            copies.push(object.id);
            (size, sha256, Some(object))
        }
    };
    Ok(NewFile {
        name: file.name,
        media_type: file.media_type,
        size,
        sha256,
        object,
    })
}

/// Nobody locks themselves out of what they file.
pub(super) fn only_for(list: Option<Vec<Principal>>, actor: &str) -> Option<Vec<Principal>> {
    list.map(|mut list| {
        list.push(Principal::User(actor.to_owned()));
        list
    })
}

/// What is left to do afterwards: hand it to the case system, and show it in every mailbox that holds the mail or a copy.
async fn jobs(store: &Store, row: &MailRow, case_id: Uuid) -> Result<Vec<NewJob>, StoreError> {
    let deliver = NewJob::deliver(case_id);
    let places = store.places_to_mark(&row.fingerprint).await?;
    let marks = places
        .iter()
        .map(|place| NewJob::in_mailbox(JobKind::Mark, place));
    Ok(std::iter::once(deliver).chain(marks).collect())
}

fn request_hash(mail_id: Uuid, request: &Request) -> [u8; 32] {
    let choice = serde_json::to_vec(&request.choice).unwrap_or_default();
    let mut hasher = blake3::Hasher::new();
    hasher
        .update(mail_id.as_bytes())
        .update(request.case_id.as_bytes())
        .update(&choice);
    if let Some(only_for) = &request.only_for {
        hasher.update(&serde_json::to_vec(only_for).unwrap_or_default());
    }
    if let Some(kle) = &request.case_kle {
        hasher.update(&serde_json::to_vec(kle).unwrap_or_default());
    }
    *hasher.finalize().as_bytes()
}
