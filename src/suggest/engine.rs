//! The index as the house uses it: shared between threads, built from the database, kept up by events.
//!
//! Events are applied by every process, so that all replicas know the same. Applying one twice, or one that
//! the build has seen already, changes nothing.

use super::describe::{self, ChosenTypes, Description, Lessons};
use super::index::{Filed, Index};
use super::quality::{LOOKED_BACK, PRECISION, Quality};
use super::rank::Suggestion;
use super::relevance::{self, ForACase, Question};
use super::signals::{Organisation, Signals};
use super::snapshot::Snapshot;
use super::taught::{self, Taught};
use crate::domain::{access::Onlooker, mail::Mail};
use crate::store::{AttachmentText, EventKind, Filing, Store, StoreError};
use chrono::{DateTime, Utc};
use serde::Deserialize as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{PoisonError, RwLock};
use uuid::Uuid;

pub struct Engine {
    organisation: Organisation,
    index: RwLock<Index>,
    /// What people taught of which case to suggest.
    taught: Taught,
    /// What people taught of types of documents.
    lessons: Lessons,
    /// What was for a case at all.
    relevance: relevance::Kept,
    loaded: AtomicBool,
    /// How far the index is, in percent.
    pub(super) built: AtomicU8,
    pub(super) snapshot: Option<Snapshot>,
}

impl Engine {
    /// Knows no case yet; see [`Engine::load`].
    pub fn new(organisation: Organisation) -> Self {
        Self {
            organisation,
            index: RwLock::default(),
            taught: Taught::default(),
            lessons: Lessons::default(),
            relevance: relevance::Kept::default(),
            loaded: AtomicBool::new(false),
            built: AtomicU8::new(0),
            snapshot: None,
        }
    }

    /// Keeps the index in this file between starts.
    #[must_use]
    pub fn kept_in(mut self, path: PathBuf) -> Self {
        self.snapshot = Some(Snapshot { path });
        self
    }

    pub fn organisation(&self) -> &Organisation {
        &self.organisation
    }

    /// What to keep beside a mail. Needs no index.
    pub fn signals(&self, mail: &Mail) -> Signals {
        Signals::of(mail, &self.organisation)
    }

    /// What the mail and its files are called; what is known of its attachments helps those without a name.
    pub fn describe(
        &self,
        mail: &Mail,
        attachments: &[AttachmentText],
        received: DateTime<Utc>,
    ) -> Description {
        let subject = self.subject(mail, attachments);
        self.lessons
            .read(|learner| describe::describe(&subject, learner, received))
    }

    /// What choosing these types teaches; `None` when nothing was chosen.
    pub fn type_lessons(
        &self,
        mail: &Mail,
        attachments: &[AttachmentText],
        chosen: &ChosenTypes,
        received: DateTime<Utc>,
    ) -> Option<serde_json::Value> {
        let subject = self.subject(mail, attachments);
        let lessons = describe::lessons(&subject, chosen, received);
        (!lessons.is_empty()).then(|| serde_json::to_value(lessons).unwrap_or_default())
    }

    /// The most likely cases that the viewer may see, best first.
    pub fn suggest(
        &self,
        signals: &Signals,
        viewer: &Onlooker,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Vec<Suggestion> {
        self.taught
            .read(|model| self.read(|index| index.rank(model, signals, viewer, now, limit)))
    }

    /// What choosing this case teaches, to be kept with the entry; asked before the mail is filed. `None` while nothing
    /// can be suggested.
    pub fn lesson(
        &self,
        signals: &Signals,
        viewer: &Onlooker,
        now: DateTime<Utc>,
        case_id: Uuid,
    ) -> Option<serde_json::Value> {
        if !self.is_loaded() {
            return None;
        }
        let lesson = self.taught.read(|model| {
            self.read(|index| index.lesson(model, signals, viewer, now, Some(case_id)))
        });
        serde_json::to_value(lesson).ok()
    }

    /// How often people, or one of them, took what was suggested lately. What is proven is the organisation's: few
    /// people file enough to prove anything.
    pub async fn quality(
        &self,
        store: &Store,
        user: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Quality, StoreError> {
        let kept = store.last_suggestion_lessons(user, LOOKED_BACK).await?;
        let lessons: Vec<_> = kept.into_iter().filter_map(taught::dated).collect();
        let proof = self.taught.read(|model| model.proof(PRECISION));
        Ok(Quality::of(&lessons, proof, now))
    }

    /// Whether the mail is for a case at all, and why one may think so.
    pub fn for_a_case(&self, question: &Question<'_>, viewer: &str) -> ForACase {
        self.relevance
            .answer(question, viewer, &self.organisation.domains)
    }

    /// The number of a case that was suggested; `None` when it is gone since.
    pub fn number_of(&self, case_id: Uuid) -> Option<String> {
        self.read(|index| index.number_of(case_id))
    }

    /// Whether the index was built; until then suggestions are missing, not wrong.
    pub fn is_loaded(&self) -> bool {
        self.loaded.load(Ordering::Acquire)
    }

    /// Cases and filings known.
    pub fn size(&self) -> (usize, usize) {
        self.read(|index| (index.case_count(), index.entry_count()))
    }

    pub(super) async fn load_what_was_taught(&self, store: &Store) -> Result<(), StoreError> {
        self.lessons.load(store).await?;
        self.taught.load(store).await?;
        self.relevance.load(store, &self.organisation.domains).await
    }

    pub(super) fn put(&self, index: Index) {
        self.write(|current| *current = index);
        self.loaded.store(true, Ordering::Release);
    }

    /// Puts close together in the index what changed lately. Made beside what is asked meanwhile, so for whoever alone
    /// changes it.
    pub(super) fn tidy(&self) {
        let history = self.read(|index| index.history.lists.settled());
        self.write(|index| index.history.lists = history.into());
        let terms = self.read(|index| index.terms.lists.settled());
        self.write(|index| index.terms.lists = terms.into());
    }

    /// Takes in what happened, whichever process did it.
    pub async fn apply(&self, store: &Store, event: &EventKind) -> Result<(), StoreError> {
        self.lessons.apply(store, event).await?;
        self.taught.apply(store, event).await?;
        let own = &self.organisation.domains;
        self.relevance.apply(store, event, own).await?;
        match event {
            EventKind::CaseChanged { case_id } => self.refresh_case(store, *case_id).await,
            EventKind::EntryAccessChanged {
                entry_id,
                mail_id: Some(_),
                ..
            } => {
                let filing = store.filing(*entry_id).await?;
                let known = self.read(|index| index.knows_entry(*entry_id));
                let learned_from = !filing.undone && !filing.restricted;
                match (known, learned_from) {
                    (true, false) => {
                        self.write(|index| index.forget(&filed(&filing)));
                    }
                    (false, true) => {
                        self.write(|index| index.learn(&filed(&filing)));
                    }
                    _ => {}
                }
                Ok(())
            }
            // Without a mail there is nothing to learn from.
            EventKind::EntryCommitted {
                entry_id,
                case_id,
                mail_id: Some(_),
            } => {
                if self.read(|index| index.knows_entry(*entry_id)) {
                    return Ok(());
                }
                if !self.read(|index| index.knows_case(*case_id)) {
                    self.refresh_case(store, *case_id).await?;
                }
                let filing = store.filing(*entry_id).await?;
                // Undone before it was learned: the other event has been here or has nothing to do.
                if !filing.undone && !filing.restricted {
                    let filed = filed(&filing);
                    self.write(|index| index.learn(&filed));
                }
                Ok(())
            }
            EventKind::EntryUndone { entry_id, .. } => {
                if self.read(|index| index.knows_entry(*entry_id)) {
                    let filed = filed(&store.filing(*entry_id).await?);
                    self.write(|index| index.forget(&filed));
                }
                Ok(())
            }
            EventKind::AttachmentsRead { mail_ids, .. } => {
                for mail_id in mail_ids {
                    for filing in store.filings_of_mail(*mail_id).await? {
                        let filed = filed(&filing);
                        self.write(|index| index.learn_documents(&filed));
                    }
                }
                Ok(())
            }
            EventKind::ThreadsMerged { from, into } => {
                self.write(|index| index.merge_threads(*from, *into));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn subject<'a>(
        &'a self,
        mail: &'a Mail,
        attachments: &'a [AttachmentText],
    ) -> describe::Subject<'a> {
        describe::Subject {
            mail,
            read: attachments,
            organisation: &self.organisation,
        }
    }

    async fn refresh_case(&self, store: &Store, case_id: Uuid) -> Result<(), StoreError> {
        match store.case_unchecked(case_id).await {
            Ok(case) => self.write(|index| index.upsert_case(&case)),
            Err(StoreError::NotFound(_)) => self.write(|index| index.remove_case(case_id)),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    // The index holds no half-made state worth losing all suggestions for, so a poisoned lock is used on.
    pub(super) fn read<T>(&self, ask: impl FnOnce(&Index) -> T) -> T {
        ask(&self.index.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(&self, change: impl FnOnce(&mut Index) -> T) -> T {
        change(&mut self.index.write().unwrap_or_else(PoisonError::into_inner))
    }
}

pub(super) fn filed(filing: &Filing) -> Filed {
    let documents = filing.attachment_signals.as_ref();
    Filed {
        entry: filing.entry_id,
        case_id: filing.case_id,
        signals: Signals::kept(&filing.signals, filing.thread_id),
        documents: documents.map(|documents| Signals::deserialize(documents).unwrap_or_default()),
        by: filing.created_by.clone(),
        at: filing.created_at,
    }
}
