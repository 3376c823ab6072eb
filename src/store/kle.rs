//! KL's subject plan as it was last imported. It is read and written whole: an import takes place or it does not.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    AuditRecord, EventKind, Store, StoreError, audit,
    db::{Tx, read, write},
    events,
};
use crate::{
    domain::kle::{Facet, KleNumber},
    kle::{Changes, Entry, FacetEntry, Keyword, Law, Plan, Preservation, Retirement, Successor},
};

/// Rows of one insert, below both databases' limits on parameters.
const ROWS: usize = 500;
/// Times a plan is read again because an import came in between.
const READS: usize = 5;

/// A text with what belongs to it, as both databases keep it in JSON.
type Pair = (String, Option<String>);

#[derive(sqlx::FromRow)]
struct EntryRow {
    number: String,
    title: String,
    guidance: String,
    keywords: Json<Vec<Pair>>,
    laws: Json<Vec<Pair>>,
    preservation: Option<String>,
    deletion_days: Option<i64>,
    retired: bool,
    retired_on: Option<NaiveDate>,
    replaced_by: Json<Vec<String>>,
    uuid: Option<Uuid>,
}

#[derive(sqlx::FromRow)]
struct FacetRow {
    facet: String,
    title: String,
    guidance: String,
    keywords: Json<Vec<String>>,
    preservation: Option<String>,
    retired: bool,
    retired_on: Option<NaiveDate>,
    replaced_by: Json<Vec<String>>,
    uuid: Option<Uuid>,
}

type ImportRow = (i64, Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>);

impl Store {
    /// Which import the plan is of; 0 when there was none.
    pub async fn kle_version(&self) -> Result<i64, StoreError> {
        let row: (i64,) = read!(self, |c| sqlx::query_as(
            "select coalesce(max(id), 0) from kle_imports"
        )
        .fetch_one(c)
        .await?);
        Ok(row.0)
    }

    /// The plan, and its version.
    pub async fn kle_plan(&self) -> Result<(i64, Plan), StoreError> {
        let mut tries = 0;
        loop {
            let import: Option<ImportRow> = read!(self, |c| sqlx::query_as(
                "select id, published, keywords_published, facets_published
                 from kle_imports
                 order by id desc
                 limit 1"
            )
            .fetch_optional(c)
            .await?);
            let Some((version, published, keywords_published, facets_published)) = import else {
                return Ok((0, Plan::default()));
            };
            let plan = Plan {
                published,
                keywords_published,
                facets_published,
                entries: self.kle_entries().await?,
                facets: self.kle_facets().await?,
            };
            if self.kle_version().await? == version {
                return Ok((version, plan));
            }
            tries += 1;
            if tries == READS {
                return Err(StoreError::VersionConflict);
            }
        }
    }

    /// Puts a plan in the place of the one of `version`; refused when that is no longer the newest. Returns the new
    /// plan's version.
    pub async fn replace_kle_plan(
        &self,
        plan: &Plan,
        version: i64,
        changes: &Changes,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let counts = serde_json::json!({
            "new": changes.new.len(),
            "changed": changes.changed.len(),
            "retired": changes.retired.len(),
            "removed": changes.removed.len(),
        });
        let mut tx = self.db.begin().await?;
        if let Tx::Postgres(tx) = &mut tx {
            sqlx::query("lock table kle_imports in exclusive mode")
                .execute(&mut **tx)
                .await?;
        }
        let (newest,): (i64,) = write!(&mut tx, |c| sqlx::query_as(
            "select coalesce(max(id), 0) from kle_imports"
        )
        .fetch_one(c)
        .await?);
        if newest != version {
            return Err(StoreError::VersionConflict);
        }
        let (version,): (i64,) = write!(&mut tx, |c| sqlx::query_as(
            "insert into kle_imports
               (published, keywords_published, facets_published, imported_at, imported_by, counts)
             values ($1, $2, $3, $4, $5, $6)
             returning id"
        )
        .bind(plan.published)
        .bind(plan.keywords_published)
        .bind(plan.facets_published)
        .bind(now)
        .bind(actor)
        .bind(Json(counts.clone()))
        .fetch_one(c)
        .await?);
        write!(&mut tx, |c| {
            sqlx::query("delete from kle_entries")
                .execute(&mut *c)
                .await?;
            sqlx::query("delete from kle_facets")
                .execute(&mut *c)
                .await?;
        });
        insert_entries(&mut tx, plan).await?;
        insert_facets(&mut tx, plan).await?;
        events::append(&mut tx, now, &EventKind::KlePlanImported { version }).await?;
        let record = AuditRecord {
            actor,
            action: "kle.import",
            subject_kind: "kle_plan",
            subject_id: version.to_string(),
            case_id: None,
            detail: counts,
        };
        audit::append(&mut tx, now, record).await?;
        tx.commit().await?;
        self.ring();
        Ok(version)
    }

    async fn kle_entries(&self) -> Result<BTreeMap<KleNumber, Entry>, StoreError> {
        let rows: Vec<EntryRow> = read!(self, |c| {
            sqlx::query_as(
            "select number, title, guidance, keywords, laws, preservation, deletion_days, retired, retired_on,
               replaced_by, uuid
             from kle_entries"
        )
        .fetch_all(c)
        .await?
        });
        let entries = rows.into_iter().filter_map(|row| {
            let number = KleNumber::parse(&row.number)?;
            let keywords = row.keywords.0.into_iter().map(|(text, facet)| Keyword {
                text,
                facet: facet.as_deref().and_then(Facet::parse),
            });
            let laws = row.laws.0.into_iter();
            let entry = Entry {
                title: row.title,
                guidance: row.guidance,
                keywords: keywords.collect(),
                laws: laws
                    .map(|(title, section)| Law { title, section })
                    .collect(),
                preservation: row.preservation.as_deref().and_then(Preservation::parse),
                deletion_days: row.deletion_days.and_then(|days| u32::try_from(days).ok()),
                retired: retirement(row.retired, row.retired_on, &row.replaced_by.0),
                uuid: row.uuid,
            };
            Some((number, entry))
        });
        Ok(entries.collect())
    }

    async fn kle_facets(&self) -> Result<BTreeMap<Facet, FacetEntry>, StoreError> {
        let rows: Vec<FacetRow> = read!(self, |c| {
            sqlx::query_as(
            "select facet, title, guidance, keywords, preservation, retired, retired_on, replaced_by, uuid
             from kle_facets"
        )
        .fetch_all(c)
        .await?
        });
        let facets = rows.into_iter().filter_map(|row| {
            let entry = FacetEntry {
                title: row.title,
                guidance: row.guidance,
                keywords: row.keywords.0,
                preservation: row.preservation.as_deref().and_then(Preservation::parse),
                retired: retirement(row.retired, row.retired_on, &row.replaced_by.0),
                uuid: row.uuid,
            };
            Some((Facet::parse(&row.facet)?, entry))
        });
        Ok(facets.collect())
    }
}

async fn insert_entries(tx: &mut Tx, plan: &Plan) -> Result<(), StoreError> {
    let entries: Vec<(&KleNumber, &Entry)> = plan.entries.iter().collect();
    for chunk in entries.chunks(ROWS) {
        write!(tx, |c, Database| {
            sqlx::QueryBuilder::<Database>::new(
            "insert into kle_entries (number, title, guidance, keywords, laws, preservation, deletion_days, retired,
               retired_on, replaced_by, uuid) "
        )
        .push_values(chunk, |mut row, (number, entry)| {
            let keywords: Vec<Pair> = entry
                .keywords
                .iter()
                .map(|word| (word.text.clone(), word.facet.map(|facet| facet.to_string())))
                .collect();
            let laws: Vec<Pair> = entry
                .laws
                .iter()
                .map(|law| (law.title.clone(), law.section.clone()))
                .collect();
            row.push_bind(number.to_string())
                .push_bind(entry.title.clone())
                .push_bind(entry.guidance.clone())
                .push_bind(Json(keywords))
                .push_bind(Json(laws))
                .push_bind(entry.preservation.map(Preservation::code))
                .push_bind(entry.deletion_days.map(i64::from))
                .push_bind(entry.retired.is_some())
                .push_bind(entry.retired.as_ref().and_then(|retired| retired.on))
                .push_bind(Json(replaced_by(entry.retired.as_ref())))
                .push_bind(entry.uuid);
        })
        .build()
        .execute(c)
        .await?;
        });
    }
    Ok(())
}

async fn insert_facets(tx: &mut Tx, plan: &Plan) -> Result<(), StoreError> {
    let facets: Vec<(&Facet, &FacetEntry)> = plan.facets.iter().collect();
    for chunk in facets.chunks(ROWS) {
        write!(tx, |c, Database| {
            sqlx::QueryBuilder::<Database>::new(
            "insert into kle_facets (facet, title, guidance, keywords, preservation, retired, retired_on, replaced_by,
               uuid) "
        )
        .push_values(chunk, |mut row, (facet, entry)| {
            row.push_bind(facet.to_string())
                .push_bind(entry.title.clone())
                .push_bind(entry.guidance.clone())
                .push_bind(Json(entry.keywords.clone()))
                .push_bind(entry.preservation.map(Preservation::code))
                .push_bind(entry.retired.is_some())
                .push_bind(entry.retired.as_ref().and_then(|retired| retired.on))
                .push_bind(Json(replaced_by(entry.retired.as_ref())))
                .push_bind(entry.uuid);
        })
        .build()
        .execute(c)
        .await?;
        });
    }
    Ok(())
}

fn replaced_by(retired: Option<&Retirement>) -> Vec<String> {
    let successors = retired.iter().flat_map(|retired| &retired.replaced_by);
    successors.map(ToString::to_string).collect()
}

fn retirement(retired: bool, on: Option<NaiveDate>, replaced_by: &[String]) -> Option<Retirement> {
    retired.then(|| Retirement {
        on,
        replaced_by: replaced_by
            .iter()
            .filter_map(|text| Successor::parse(text))
            .collect(),
    })
}
