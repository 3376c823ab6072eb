//! What new cases begin as: templates that administrators and registrars keep, and everybody uses.

use chrono::{DateTime, SubsecRound, Utc};
use sqlx::types::Json;

use super::{
    AuditRecord, Store, StoreError,
    access::keeps_templates,
    audit,
    db::{Tx, read, write},
};
use crate::domain::access::CaseAccess;

/// Everything but the name may be left to the mail that the case is made from, and to who makes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseTemplate {
    pub name: String,
    /// With the placeholders that rules have; the mail's own title without.
    pub title: Option<String>,
    pub kle: Option<String>,
    pub facet: Option<String>,
    /// User name.
    pub responsible: Option<String>,
    pub unit: Option<String>,
    pub access: CaseAccess,
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    title: Option<String>,
    kle: Option<String>,
    facet: Option<String>,
    responsible: Option<String>,
    unit: Option<String>,
    access: Json<CaseAccess>,
}

const COLUMNS: &str = "name, title, kle, facet, responsible, unit, access";

impl From<Row> for CaseTemplate {
    fn from(row: Row) -> Self {
        Self {
            name: row.name,
            title: row.title,
            kle: row.kle,
            facet: row.facet,
            responsible: row.responsible,
            unit: row.unit,
            access: row.access.0,
        }
    }
}

impl Store {
    /// All of them, by name.
    pub async fn case_templates(&self) -> Result<Vec<CaseTemplate>, StoreError> {
        let rows: Vec<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS} from case_templates order by name"
        )))
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(CaseTemplate::from).collect())
    }

    pub async fn case_template(&self, name: &str) -> Result<CaseTemplate, StoreError> {
        let row: Option<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS} from case_templates where name = $1"
        )))
        .bind(name)
        .fetch_optional(c)
        .await?);
        row.map(CaseTemplate::from)
            .ok_or(StoreError::NotFound("case template"))
    }

    /// Keeps a template in place of the one of its name.
    pub async fn save_case_template(
        &self,
        template: &CaseTemplate,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        expect_keeper(&mut tx, actor).await?;
        write!(&mut tx, |c| {
            sqlx::query(
            "insert into case_templates (name, title, kle, facet, responsible, unit, access, changed_by, changed_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict (name) do update
             set title = excluded.title, kle = excluded.kle, facet = excluded.facet,
               responsible = excluded.responsible, unit = excluded.unit, access = excluded.access,
               changed_by = excluded.changed_by, changed_at = excluded.changed_at"
        )
        .bind(&template.name)
        .bind(&template.title)
        .bind(&template.kle)
        .bind(&template.facet)
        .bind(&template.responsible)
        .bind(&template.unit)
        .bind(Json(&template.access))
        .bind(actor)
        // As precise as PostgreSQL is.
        .bind(now.trunc_subsecs(6))
        .execute(c)
        .await
        .map(|_| ())?;
        });
        record(&mut tx, (actor, "case_template.save"), &template.name, now).await?;
        tx.commit().await
    }

    pub async fn remove_case_template(
        &self,
        name: &str,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        expect_keeper(&mut tx, actor).await?;
        let gone = write!(&mut tx, |c| sqlx::query(
            "delete from case_templates where name = $1"
        )
        .bind(name)
        .execute(c)
        .await?
        .rows_affected());
        if gone == 0 {
            return Err(StoreError::NotFound("case template"));
        }
        record(&mut tx, (actor, "case_template.remove"), name, now).await?;
        tx.commit().await
    }
}

async fn expect_keeper(tx: &mut Tx, actor: &str) -> Result<(), StoreError> {
    let found: Option<(i64,)> = write!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select cast(1 as bigint) where {}",
        keeps_templates("$1")
    )))
    .bind(actor)
    .fetch_optional(c)
    .await?);
    found
        .map(|_| ())
        .ok_or(StoreError::NotAllowed("case template"))
}

async fn record(
    tx: &mut Tx,
    (actor, action): (&str, &'static str),
    name: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let record = AuditRecord {
        actor,
        action,
        subject_kind: "case_template",
        subject_id: name.to_owned(),
        case_id: None,
        detail: serde_json::json!({}),
    };
    audit::append(tx, now, record).await
}
