//! What people taught by choosing a type when they journaled: kept with the entry, learned by every process.
//!
//! A lesson is kept as it was learned, so that an undo takes back exactly that, whatever was read of the mail since.
//! Only what somebody chose teaches; a proposal that was taken silently would teach the engine its own mistakes.

use super::{Subject, files, kinds};
use crate::domain::document_type::{self, DocumentType, Learner, Lesson};
use crate::store::{EventKind, Store, StoreError};
use chrono::{DateTime, Utc};
use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};
use uuid::Uuid;

/// Rows read at a time.
const PAGE: i64 = 500;

/// The types that somebody chose for a mail and for its files, by their place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChosenTypes {
    pub mail: Option<DocumentType>,
    pub files: Vec<(usize, DocumentType)>,
}

/// What a choice teaches.
pub fn lessons(
    subject: &Subject<'_>,
    chosen: &ChosenTypes,
    received: DateTime<Utc>,
) -> Vec<Lesson> {
    let mail = subject.mail;
    let direction = subject.organisation.domains.direction(mail);
    let sent = super::document_date(mail, received);
    let files = files::read(subject, &Learner::default(), sent, direction);
    let names = kinds::file_names(&files);
    let content = super::content(subject, &files, None, sent);
    let about = super::about(&subject.organisation.naming, &content);
    let of_mail = chosen.mail.map(|kind| {
        let facts = kinds::facts_of_mail(mail, &about, &names, "", direction);
        document_type::lesson(kind, &facts)
    });
    let of_files = chosen.files.iter().filter_map(|(index, kind)| {
        let file = files.get(*index)?;
        Some(document_type::lesson(*kind, &file.facts(direction)))
    });
    of_mail.into_iter().chain(of_files).collect()
}

/// All that was taught.
#[derive(Default)]
pub struct Lessons(RwLock<Learned>);

#[derive(Default)]
struct Learned {
    learner: Learner,
    entries: HashSet<Uuid>,
}

impl Lessons {
    pub fn read<T>(&self, ask: impl FnOnce(&Learner) -> T) -> T {
        ask(&self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .learner)
    }

    /// Learns what all entries in force teach, in place of what was learned before.
    pub async fn load(&self, store: &Store) -> Result<(), StoreError> {
        let mut learned = Learned::default();
        let mut after: Option<Uuid> = None;
        loop {
            let page = store.type_lessons(after, PAGE).await?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            for (entry, lessons) in page {
                learned.learn(entry, &read(lessons));
            }
            tokio::task::yield_now().await;
        }
        self.write(|current| *current = learned);
        Ok(())
    }

    /// Takes in what happened; twice is once.
    pub async fn apply(&self, store: &Store, event: &EventKind) -> Result<(), StoreError> {
        match event {
            EventKind::EntryCommitted { entry_id, .. } => {
                // Undone before it was learned there is nothing to learn.
                if let Some((lessons, true)) = store.type_lessons_of(*entry_id).await? {
                    self.write(|learned| learned.learn(*entry_id, &read(lessons)));
                }
            }
            EventKind::EntryUndone { entry_id, .. } => {
                if let Some((lessons, _)) = store.type_lessons_of(*entry_id).await? {
                    self.write(|learned| learned.forget(*entry_id, &read(lessons)));
                }
            }
            _ => {}
        }
        Ok(())
    }

    // Counts are changed one lesson at a time, so a poisoned lock is used on.
    fn write(&self, change: impl FnOnce(&mut Learned)) {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Learned {
    fn learn(&mut self, entry: Uuid, lessons: &[Lesson]) {
        if self.entries.insert(entry) {
            for lesson in lessons {
                self.learner.learn(lesson);
            }
        }
    }

    fn forget(&mut self, entry: Uuid, lessons: &[Lesson]) {
        if self.entries.remove(&entry) {
            for lesson in lessons {
                self.learner.forget(lesson);
            }
        }
    }
}

/// Of another version's lessons those that this one understands.
fn read(lessons: serde_json::Value) -> Vec<Lesson> {
    let serde_json::Value::Array(lessons) = lessons else {
        return Vec::new();
    };
    lessons
        .into_iter()
        .filter_map(|lesson| serde_json::from_value(lesson).ok())
        .collect()
}
