//! The model as the house uses it: shared between threads, taught by what is kept beside the filings.
//!
//! Lessons are read back from the database before they are learned, in the order of their numbers, and one that was
//! undone keeps its place: a process that goes on and one that starts anew have the same weights to the last bit.

use super::lesson::Lesson;
use super::model::Model;
use crate::store::{EventKind, Store, StoreError, SuggestionLesson};
use chrono::{DateTime, Utc};
use std::sync::{PoisonError, RwLock};
use uuid::Uuid;

/// Rows read and learned at a time; between pages others get their turn.
const PAGE: i64 = 500;

#[derive(Default)]
pub(super) struct Taught(RwLock<State>);

#[derive(Default)]
struct State {
    model: Model,
    /// Numbers of the lessons that the model has in its window, in force or not.
    numbers: Vec<i64>,
}

impl Taught {
    pub fn read<T>(&self, ask: impl FnOnce(&Model) -> T) -> T {
        self.state(|state| ask(&state.model))
    }

    /// Learns what counts of all that was ever taught, in place of what was learned before.
    pub async fn load(&self, store: &Store) -> Result<(), StoreError> {
        let total = store.suggestion_lesson_count().await?;
        let passed = Model::first_that_counts(total);
        let mut after = store.suggestion_lesson_before(passed).await?;
        let mut state = State {
            model: Model::after(passed),
            numbers: Vec::new(),
        };
        loop {
            let page = store.suggestion_lessons(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.number;
            for lesson in page {
                state.learn(lesson);
            }
            tokio::task::yield_now().await;
        }
        self.write(|current| *current = state);
        Ok(())
    }

    /// Takes in what happened; twice is once.
    pub async fn apply(&self, store: &Store, event: &EventKind) -> Result<(), StoreError> {
        match event {
            EventKind::EntryCommitted { entry_id, .. } => self.learn(store, *entry_id).await,
            EventKind::EntryUndone { entry_id, .. } => self.forget(store, *entry_id).await,
            _ => Ok(()),
        }
    }

    async fn learn(&self, store: &Store, entry_id: Uuid) -> Result<(), StoreError> {
        let Some(lesson) = store.suggestion_lesson_of(entry_id).await? else {
            return Ok(());
        };
        let number = lesson.number;
        if self.state(|state| state.knows(number)) {
            return Ok(());
        }
        if self.state(|state| state.is_next(number)) {
            self.write(|state| state.learn(lesson));
            return Ok(());
        }
        // Another process was given a higher number and was faster: the order is by number all the same.
        self.load(store).await
    }

    async fn forget(&self, store: &Store, entry_id: Uuid) -> Result<(), StoreError> {
        let Some(lesson) = store.suggestion_lesson_of(entry_id).await? else {
            return Ok(());
        };
        // What followed was learned on top of it. Outside the window it counts no more anyway.
        if self.state(|state| state.knows(lesson.number)) {
            self.load(store).await?;
        }
        Ok(())
    }

    fn state<T>(&self, ask: impl FnOnce(&State) -> T) -> T {
        ask(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    // A lesson is followed in one go or learned again from the database, so a poisoned lock is used on.
    fn write(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner));
    }
}

impl State {
    fn knows(&self, number: i64) -> bool {
        self.numbers.binary_search(&number).is_ok()
    }

    fn is_next(&self, number: i64) -> bool {
        self.numbers.last().is_none_or(|last| number > *last)
    }

    fn learn(&mut self, kept: SuggestionLesson) {
        self.numbers.push(kept.number);
        match read(kept.lesson) {
            Some(lesson) if !kept.undone => self.model.learn(&kept.user, lesson),
            _ => self.model.pass_over(),
        }
        let gone = self.numbers.len().saturating_sub(self.model.window());
        self.numbers.drain(..gone);
    }
}

/// When somebody chose, and what is learned of it.
pub(super) fn dated(kept: SuggestionLesson) -> Option<(DateTime<Utc>, Lesson)> {
    Some((kept.made_at, read(kept.lesson)?))
}

/// `None` for one of another version that this one does not understand.
fn read(lesson: serde_json::Value) -> Option<Lesson> {
    serde_json::from_value(lesson).ok()
}
