//! What was learned as the house uses it: shared between threads, built from the database, kept up by events.

use std::sync::{PoisonError, RwLock};
use uuid::Uuid;

use super::{ForACase, Learned, Question};
use crate::domain::direction::OwnDomains;
use crate::store::{EventKind, Store, StoreError};

const PAGE: i64 = 1000;

#[derive(Default)]
pub(in crate::suggest) struct Kept {
    learned: RwLock<Learned>,
}

impl Kept {
    pub fn answer(&self, question: &Question<'_>, viewer: &str, own: &OwnDomains) -> ForACase {
        let learned = self.learned.read().unwrap_or_else(PoisonError::into_inner);
        ForACase::of(question, &learned, viewer, own)
    }

    /// Learns all that was ever done, in place of what was known.
    pub async fn load(&self, store: &Store, own: &OwnDomains) -> Result<(), StoreError> {
        let mut learned = Learned::default();
        let mut after: Option<Uuid> = None;
        loop {
            let page = store.judged_by_filings(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for act in &page {
                learned.learn(act, own);
            }
            tokio::task::yield_now().await;
        }
        let mut after: Option<Uuid> = None;
        loop {
            let page = store.all_judged_not_for_a_case(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for act in &page {
                learned.learn(act, own);
            }
            tokio::task::yield_now().await;
        }
        self.write(|current| *current = learned);
        Ok(())
    }

    /// Takes in what happened; twice changes nothing.
    pub async fn apply(
        &self,
        store: &Store,
        event: &EventKind,
        own: &OwnDomains,
    ) -> Result<(), StoreError> {
        match event {
            EventKind::EntryCommitted {
                entry_id,
                mail_id: Some(_),
                ..
            } => {
                let act = store.judged_by_filing(*entry_id).await?;
                if !act.undone {
                    self.write(|learned| learned.learn(&act, own));
                }
            }
            // Who may know of it decides whom it teaches.
            EventKind::EntryAccessChanged {
                entry_id,
                mail_id: Some(_),
                ..
            } => {
                let act = store.judged_by_filing(*entry_id).await?;
                self.write(|learned| {
                    learned.forget_filing(&act, own);
                    if !act.undone {
                        learned.learn(&act, own);
                    }
                });
            }
            EventKind::EntryUndone {
                entry_id,
                mail_id: Some(_),
                ..
            } => {
                let act = store.judged_by_filing(*entry_id).await?;
                self.write(|learned| learned.forget_filing(&act, own));
            }
            // As it stands now: it may have been said and taken back several times.
            EventKind::MailNotForACase { mail_id }
            | EventKind::MailNotForACaseUndone { mail_id } => {
                let act = store.judged_not_for_a_case(*mail_id).await?;
                self.write(|learned| {
                    learned.forget_refusal(*mail_id);
                    if let Some(act) = &act {
                        learned.learn(act, own);
                    }
                });
            }
            _ => {}
        }
        Ok(())
    }

    fn write<T>(&self, change: impl FnOnce(&mut Learned) -> T) -> T {
        change(&mut self.learned.write().unwrap_or_else(PoisonError::into_inner))
    }
}
