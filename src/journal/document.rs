//! Files documents that come with no mail: letters and notes that are made here, files that are sent in.
//!
//! The same act as filing a mail: bytes first, then everything else in one transaction, keyed by an idempotency key, and
//! the case system reached by the outbox.

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{
    commit::{JournalError, only_for},
    plan::{PlanError, checked_title},
};
use crate::{
    domain::{
        access::Level, case::Direction, document_type::DocumentType, file_name, mail::Sha256,
        role::Principal,
    },
    store::{Entry, Following, NewDocument, NewEntry, NewFile, NewJob, Store},
};

/// A wish to file documents on a case, all of them or none.
#[derive(Clone, Debug)]
pub struct Filing {
    pub case_id: Uuid,
    pub papers: Vec<Paper>,
    /// Who may see them besides the one who files, when not everybody who sees the case.
    pub only_for: Option<Vec<Principal>>,
    pub idempotency_key: String,
    /// Digest of what was asked for, to tell a repetition from another request under the same key.
    pub request_hash: [u8; 32],
}

/// One document.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Chosen by the caller, as the file may carry it.
    pub id: Uuid,
    pub title: String,
    pub document_type: Option<DocumentType>,
    pub document_date: NaiveDate,
    pub direction: Direction,
    pub files: Vec<PaperFile>,
}

#[derive(Clone, Debug)]
pub struct PaperFile {
    /// Made safe here.
    pub name: String,
    pub media_type: String,
    pub bytes: Bytes,
}

/// Files documents, on behalf of `actor`, on a case they may write on.
///
/// Repeating the call with the same key changes nothing and returns the entry of the first time.
pub async fn document(
    store: &Store,
    filing: Filing,
    actor: &str,
    now: DateTime<Utc>,
) -> Result<Entry, JournalError> {
    store
        .expect_case(filing.case_id, actor, Level::Write)
        .await?;
    if filing.papers.iter().all(|paper| paper.files.is_empty()) {
        return Err(PlanError::NothingChosen.into());
    }
    let names = filing
        .papers
        .iter()
        .flat_map(|paper| &paper.files)
        .map(|file| file.name.as_str());
    // Files of one act never share a name.
    let mut names = file_name::clean_all(names).into_iter();
    let mut papers = Vec::with_capacity(filing.papers.len());
    for paper in filing.papers {
        papers.push((checked_title(&paper.title)?, paper));
    }
    let mut copies = Vec::new();
    let mut documents = Vec::with_capacity(papers.len());
    for (title, paper) in papers {
        let mut files = Vec::with_capacity(paper.files.len());
        for file in paper.files {
            let (size, sha256) = (file.bytes.len() as u64, Sha256::of(&file.bytes));
            let object = store.put_blob(sha256, file.bytes).await?;
            copies.push(object.id);
            files.push(NewFile {
                name: names.next().unwrap_or_default(),
                media_type: file.media_type,
                size,
                sha256,
                object: Some(object),
            });
        }
        documents.push(NewDocument {
            id: paper.id,
            title,
            document_type: paper.document_type,
            document_date: paper.document_date,
            direction: paper.direction,
            deadline: None,
            parties: Vec::new(),
            files,
        });
    }
    let new = NewEntry {
        id: Uuid::now_v7(),
        mail: None,
        case_id: filing.case_id,
        only_for: only_for(filing.only_for, actor),
        created_by: actor.to_owned(),
        idempotency_key: filing.idempotency_key,
        request_hash: filing.request_hash,
        type_lessons: None,
        suggestion_lesson: None,
        case_kle: None,
        following: Following::Untouched,
        documents,
        jobs: vec![NewJob::deliver(filing.case_id)],
    };
    let committed = store.commit_entry(&new, now).await;
    if committed.as_ref().is_ok_and(|entry| entry.id == new.id) {
        metrics::counter!("sagspost_documents_filed_total").increment(1);
    } else {
        for object in copies {
            // A copy that nothing names is only waste.
            let _ = store.blobs().delete(object).await;
        }
    }
    Ok(committed?)
}
