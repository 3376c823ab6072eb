//! The suggester as the house uses it: shared between threads, built from the database, kept up by events.
//!
//! A new plan gets a new index, which takes the place of the old one when it is ready; whoever asks meanwhile is
//! answered by the old one.

use std::sync::{Arc, PoisonError, RwLock};

use uuid::Uuid;

use super::index::PlanIndex;
use super::own_cases::OwnCases;
use super::question::Question;
use super::rank::{self, ProposedSubject};
use crate::domain::access::Onlooker;
use crate::store::{EventKind, Store, StoreError};

/// Cases read at a time; between pages others get their turn.
const PAGE: i64 = 500;

#[derive(Default)]
pub struct Subjects {
    plan: RwLock<Versioned>,
    own: RwLock<OwnCases>,
}

#[derive(Clone, Default)]
struct Versioned {
    version: i64,
    index: Arc<PlanIndex>,
}

impl Subjects {
    /// Reads plan and cases. Whatever happens from before this call on is to be [applied](Self::apply) afterwards.
    pub async fn load(&self, store: &Store) -> Result<(), StoreError> {
        self.load_plan(store).await?;
        let mut own = OwnCases::default();
        let mut after: Option<Uuid> = None;
        loop {
            let page = store.cases_with_kle(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for case in &page {
                own.upsert(case);
            }
            tokio::task::yield_now().await;
        }
        *self.own.write().unwrap_or_else(PoisonError::into_inner) = own;
        Ok(())
    }

    /// Takes in what happened, whichever process did it. Twice is as good as once.
    pub async fn apply(&self, store: &Store, event: &EventKind) -> Result<(), StoreError> {
        match event {
            EventKind::KlePlanImported { version } if *version > self.version() => {
                self.load_plan(store).await
            }
            EventKind::CaseChanged { case_id } => {
                let case = match store.case_unchecked(*case_id).await {
                    Ok(case) => Some(case),
                    Err(StoreError::NotFound(_)) => None,
                    Err(error) => return Err(error),
                };
                let mut own = self.own.write().unwrap_or_else(PoisonError::into_inner);
                match case {
                    Some(case) => own.upsert(&case),
                    None => own.remove(*case_id),
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The most likely subjects, best first; none while no plan was imported.
    pub fn suggest(
        &self,
        question: &Question,
        viewer: &Onlooker,
        limit: usize,
    ) -> Vec<ProposedSubject> {
        let plan = self.plan();
        let own = self.own.read().unwrap_or_else(PoisonError::into_inner);
        rank::rank(&plan, &own, question, viewer, limit)
    }

    /// The plan in use.
    pub fn plan(&self) -> Arc<PlanIndex> {
        let plan = self.plan.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&plan.index)
    }

    fn version(&self) -> i64 {
        let plan = self.plan.read().unwrap_or_else(PoisonError::into_inner);
        plan.version
    }

    async fn load_plan(&self, store: &Store) -> Result<(), StoreError> {
        let (version, plan) = store.kle_plan().await?;
        let built = tokio::task::spawn_blocking(move || PlanIndex::build(&plan)).await;
        let Ok(index) = built else {
            tracing::error!("the index of the KLE plan could not be built");
            return Ok(());
        };
        let mut current = self.plan.write().unwrap_or_else(PoisonError::into_inner);
        if version >= current.version {
            *current = Versioned {
                version,
                index: Arc::new(index),
            };
        }
        Ok(())
    }
}
