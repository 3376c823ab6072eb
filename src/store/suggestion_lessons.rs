//! What was suggested and what was chosen, of each filing: written with the entry, learned in the order of its number.
//!
//! For the house's own work: no viewer, so nothing of it is shown as it is. An entry that was undone keeps its place,
//! so that the places of the others stay.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    NewEntry, Store, StoreError,
    db::{Tx, read, write},
};

#[derive(Clone, Debug, PartialEq)]
pub struct SuggestionLesson {
    /// Gives the order. In PostgreSQL a lower one may appear late.
    pub number: i64,
    pub entry_id: Uuid,
    pub user: String,
    pub made_at: DateTime<Utc>,
    pub lesson: Value,
    /// The entry was taken back: what it taught does not count.
    pub undone: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    entry_id: Uuid,
    user_name: String,
    made_at: DateTime<Utc>,
    lesson: Json<Value>,
    state: String,
}

impl From<Row> for SuggestionLesson {
    fn from(row: Row) -> Self {
        Self {
            number: row.id,
            entry_id: row.entry_id,
            user: row.user_name,
            made_at: row.made_at,
            lesson: row.lesson.0,
            undone: row.state == "undone",
        }
    }
}

pub(super) async fn insert(
    tx: &mut Tx,
    new: &NewEntry,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Some(lesson) = &new.suggestion_lesson else {
        return Ok(());
    };
    write!(tx, |c| sqlx::query(
        "insert into suggestion_lessons (entry_id, user_name, made_at, lesson)
         values ($1, $2, $3, $4)"
    )
    .bind(new.id)
    .bind(&new.created_by)
    .bind(now)
    .bind(Json(lesson))
    .execute(c)
    .await
    .map(|_| ())?);
    Ok(())
}

impl Store {
    /// How many there are, undone or not.
    pub async fn suggestion_lesson_count(&self) -> Result<usize, StoreError> {
        let row: (i64,) = read!(self, |c| sqlx::query_as(
            "select count(*) from suggestion_lessons"
        )
        .fetch_one(c)
        .await?);
        Ok(usize::try_from(row.0).unwrap_or(0))
    }

    /// The number after which a page begins that leaves out the first `passed` lessons.
    pub async fn suggestion_lesson_before(&self, passed: usize) -> Result<i64, StoreError> {
        let Some(offset) = passed.checked_sub(1) else {
            return Ok(0);
        };
        let row: Option<(i64,)> = read!(self, |c| sqlx::query_as(
            "select id
             from suggestion_lessons
             order by id
             limit 1 offset $1"
        )
        .bind(offset as i64)
        .fetch_optional(c)
        .await?);
        Ok(row.map_or(0, |(number,)| number))
    }

    /// Those after a number, in their order, undone or not.
    pub async fn suggestion_lessons(
        &self,
        after: i64,
        limit: i64,
    ) -> Result<Vec<SuggestionLesson>, StoreError> {
        let rows: Vec<Row> = read!(self, |c| sqlx::query_as(
            "select l.id, l.entry_id, l.user_name, l.made_at, l.lesson, e.state
             from suggestion_lessons l
             join entries e on e.id = l.entry_id
             where l.id > $1
             order by l.id
             limit $2"
        )
        .bind(after)
        .bind(limit)
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(SuggestionLesson::from).collect())
    }

    /// The last of those in force, of one user or of all, the last first.
    pub async fn last_suggestion_lessons(
        &self,
        user: Option<&str>,
        limit: i64,
    ) -> Result<Vec<SuggestionLesson>, StoreError> {
        let rows: Vec<Row> = read!(self, |c| sqlx::query_as(
            "select l.id, l.entry_id, l.user_name, l.made_at, l.lesson, e.state
             from suggestion_lessons l
             join entries e on e.id = l.entry_id
             where e.state <> 'undone' and ($1 is null or l.user_name = $1)
             order by l.id desc
             limit $2"
        )
        .bind(user)
        .bind(limit)
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(SuggestionLesson::from).collect())
    }

    /// Of one entry; `None` when it teaches nothing.
    pub async fn suggestion_lesson_of(
        &self,
        entry_id: Uuid,
    ) -> Result<Option<SuggestionLesson>, StoreError> {
        let row: Option<Row> = read!(self, |c| sqlx::query_as(
            "select l.id, l.entry_id, l.user_name, l.made_at, l.lesson, e.state
             from suggestion_lessons l
             join entries e on e.id = l.entry_id
             where l.entry_id = $1"
        )
        .bind(entry_id)
        .fetch_optional(c)
        .await?);
        Ok(row.map(SuggestionLesson::from))
    }
}
