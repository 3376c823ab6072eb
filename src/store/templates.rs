//! Word templates: whose they are, where they stand, and every version they have had.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    AuditRecord, NewFile, Store, StoreError,
    access::{changes_template, sees_template},
    audit,
    db::{Tx, read, write},
    is_unique_violation,
    mails::{digest, insert_blobs},
};
use crate::domain::mail::Sha256;

/// Templates that are listed; an organisation has a few hundred.
const MAX_LISTED: i64 = 2_000;

/// Whose a template is: who may use it, and with that who may change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Used by everybody, changed by administrators.
    Organisation,
    /// Used by the unit and those below it, changed by its registrars.
    Unit(String),
    Person(String),
}

impl Holder {
    fn principal(&self) -> String {
        match self {
            Self::Organisation => "role:user".to_owned(),
            Self::Unit(code) => format!("unit:{code}"),
            Self::Person(user) => format!("user:{user}"),
        }
    }

    fn keeper(&self) -> String {
        match self {
            Self::Organisation => "role:administrator".to_owned(),
            Self::Unit(code) => format!("registrar:unit:{code}"),
            Self::Person(user) => format!("user:{user}"),
        }
    }

    fn of_principal(text: &str) -> Self {
        match text.split_once(':') {
            Some(("unit", code)) => Self::Unit(code.to_owned()),
            Some(("user", name)) => Self::Person(name.to_owned()),
            _ => Self::Organisation,
        }
    }
}

/// `organisation`, `unit:CODE` or `user:NAME`.
impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organisation => f.write_str("organisation"),
            other => f.write_str(&other.principal()),
        }
    }
}

/// A text that names no holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is none of organisation, unit:CODE and user:NAME")]
pub struct NoHolder;

impl FromStr for Holder {
    type Err = NoHolder;

    fn from_str(text: &str) -> Result<Self, NoHolder> {
        let is_name = |name: &str| !name.trim().is_empty() && !name.chars().any(char::is_control);
        match text.split_once(':') {
            None if text == "organisation" => Ok(Self::Organisation),
            Some(("unit", code)) if is_name(code) => Ok(Self::Unit(code.to_owned())),
            Some(("user", name)) if is_name(name) => Ok(Self::Person(name.to_owned())),
            _ => Err(NoHolder),
        }
    }
}

/// Where a new template stands.
#[derive(Clone, Debug)]
pub struct NewTemplate {
    pub id: Uuid,
    pub holder: Holder,
    /// Steps with `/` between them; empty at the top.
    pub folder: String,
    pub name: String,
}

/// A file of a template; its blob is written already.
#[derive(Clone, Debug)]
pub struct NewVersion {
    pub file: NewFile,
    /// What was found when it was checked.
    pub facts: Value,
    pub comment: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct KeptTemplate {
    pub id: Uuid,
    pub holder: Holder,
    pub folder: String,
    pub name: String,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    /// Whether it is the viewer's to change.
    pub may_change: bool,
    pub latest: TemplateVersion,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TemplateVersion {
    /// From 1.
    pub number: i64,
    pub size: i64,
    pub file_name: String,
    pub facts: Value,
    pub comment: String,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
    pub sha256: Sha256,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    holder: String,
    folder: String,
    name: String,
    created_by: String,
    created_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    may_change: bool,
    #[sqlx(flatten)]
    latest: VersionRow,
}

#[derive(sqlx::FromRow)]
struct VersionRow {
    number: i64,
    byte_length: i64,
    file_name: String,
    facts: Json<Value>,
    comment: String,
    version_by: String,
    version_at: DateTime<Utc>,
    sha256: Vec<u8>,
}

const VERSION: &str =
    "v.number, v.byte_length, v.file_name, v.facts, v.comment, v.created_by as version_by,
    v.created_at as version_at, v.sha256";

impl From<VersionRow> for TemplateVersion {
    fn from(row: VersionRow) -> Self {
        Self {
            number: row.number,
            size: row.byte_length,
            file_name: row.file_name,
            facts: row.facts.0,
            comment: row.comment,
            created_by: row.version_by,
            created_at: row.version_at,
            sha256: Sha256(digest(&row.sha256)),
        }
    }
}

impl From<Row> for KeptTemplate {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            holder: Holder::of_principal(&row.holder),
            folder: row.folder,
            name: row.name,
            created_by: row.created_by,
            created_at: row.created_at,
            changed_at: row.changed_at,
            may_change: row.may_change,
            latest: row.latest.into(),
        }
    }
}

/// Templates the viewer may use, `$1`; what follows narrows them down.
fn select(narrowed: &str) -> String {
    format!(
        "select t.id, t.holder, t.folder, t.name, t.created_by, t.created_at, t.changed_at, {} as may_change, {VERSION}
         from templates t
         join template_versions v on v.template_id = t.id and v.number = t.version
         where t.removed_at is null and {} {narrowed}
         order by t.holder, t.folder, t.name",
        changes_template("$1"),
        sees_template("$1")
    )
}

impl Store {
    /// Keeps a new template with its first version.
    pub async fn add_template(
        &self,
        new: &NewTemplate,
        version: &NewVersion,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<KeptTemplate, StoreError> {
        let mut tx = self.db.begin().await?;
        expect_keeper(&mut tx, &new.holder, actor).await?;
        let inserted = async {
            write!(&mut tx, |c| {
                sqlx::query(
                "insert into templates (id, holder, keeper, folder, name, version, created_by, created_at, changed_at)
                 values ($1, $2, $3, $4, $5, 1, $6, $7, $7)"
            )
            .bind(new.id)
            .bind(new.holder.principal())
            .bind(new.holder.keeper())
            .bind(&new.folder)
            .bind(&new.name)
            .bind(actor)
            .bind(now)
            .execute(c)
            .await
            .map(|_| ())?;
            });
            Ok(())
        };
        inserted.await.map_err(|error| match error {
            StoreError::Database(error) if is_unique_violation(&error) => {
                StoreError::Duplicate("template")
            }
            error => error,
        })?;
        insert_version(&mut tx, new.id, 1, version, actor, now).await?;
        record(&mut tx, "template.create", new.id, 1, actor, now).await?;
        tx.commit().await?;
        self.template(new.id, actor).await
    }

    /// Keeps one more version, which is used from now on.
    pub async fn add_template_version(
        &self,
        id: Uuid,
        version: &NewVersion,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<KeptTemplate, StoreError> {
        let mut tx = self.db.begin().await?;
        expect_change(&mut tx, id, actor).await?;
        let row: Option<(i64,)> = write!(&mut tx, |c| sqlx::query_as(
            "update templates
             set version = version + 1, changed_at = $1
             where id = $2 and removed_at is null
             returning version"
        )
        .bind(now)
        .bind(id)
        .fetch_optional(c)
        .await?);
        let (number,) = row.ok_or(StoreError::NotFound("template"))?;
        insert_version(&mut tx, id, number, version, actor, now).await?;
        record(&mut tx, "template.change", id, number, actor, now).await?;
        tx.commit().await?;
        self.template(id, actor).await
    }

    /// Nobody is offered it any more. Its versions stay: letters were made of them.
    pub async fn remove_template(
        &self,
        id: Uuid,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        expect_change(&mut tx, id, actor).await?;
        write!(&mut tx, |c| sqlx::query(
            "update templates set removed_at = $1 where id = $2 and removed_at is null"
        )
        .bind(now)
        .bind(id)
        .execute(c)
        .await
        .map(|_| ())?);
        record(&mut tx, "template.remove", id, 0, actor, now).await?;
        tx.commit().await
    }

    /// Every template the viewer may use, in the order of the tree.
    pub async fn templates(&self, viewer: &str) -> Result<Vec<KeptTemplate>, StoreError> {
        let rows: Vec<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "{} limit $2",
            select("")
        )))
        .bind(viewer)
        .bind(MAX_LISTED)
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(KeptTemplate::from).collect())
    }

    pub async fn template(&self, id: Uuid, viewer: &str) -> Result<KeptTemplate, StoreError> {
        let row: Option<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(select(
            "and t.id = $2"
        )))
        .bind(viewer)
        .bind(id)
        .fetch_optional(c)
        .await?);
        row.map(KeptTemplate::from)
            .ok_or(StoreError::NotFound("template"))
    }

    /// The versions of a template the viewer may use, latest first.
    pub async fn template_versions(
        &self,
        id: Uuid,
        viewer: &str,
    ) -> Result<Vec<TemplateVersion>, StoreError> {
        self.template(id, viewer).await?;
        let rows: Vec<VersionRow> = read!(self, |c| {
            sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {VERSION} from template_versions v where v.template_id = $1 order by v.number desc limit $2"
        )))
        .bind(id)
        .bind(MAX_LISTED)
        .fetch_all(c)
        .await?
        });
        Ok(rows.into_iter().map(TemplateVersion::from).collect())
    }

    /// One version of a template the viewer may use; the latest when nobody says which.
    pub async fn template_version(
        &self,
        id: Uuid,
        number: Option<i64>,
        viewer: &str,
    ) -> Result<TemplateVersion, StoreError> {
        let template = self.template(id, viewer).await?;
        match number {
            Some(number) => self.template_version_unchecked(id, number).await,
            None => Ok(template.latest),
        }
    }

    /// For the house's own work, where nobody looks.
    pub async fn template_version_unchecked(
        &self,
        id: Uuid,
        number: i64,
    ) -> Result<TemplateVersion, StoreError> {
        let row: Option<VersionRow> = read!(self, |c| {
            sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {VERSION} from template_versions v where v.template_id = $1 and v.number = $2"
        )))
        .bind(id)
        .bind(number)
        .fetch_optional(c)
        .await?
        });
        row.map(TemplateVersion::from)
            .ok_or(StoreError::NotFound("template"))
    }
}

async fn insert_version(
    tx: &mut Tx,
    id: Uuid,
    number: i64,
    version: &NewVersion,
    actor: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let file = &version.file;
    if let Some(object) = &file.object {
        insert_blobs(tx, object.id, std::slice::from_ref(&object.placed), now).await?;
    }
    write!(tx, |c| {
        sqlx::query(
        "insert into template_versions (template_id, number, sha256, byte_length, file_name, facts, comment, created_by,
           created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    )
    .bind(id)
    .bind(number)
    .bind(file.sha256.0.to_vec())
    .bind(file.size as i64)
    .bind(&file.name)
    .bind(Json(&version.facts))
    .bind(&version.comment)
    .bind(actor)
    .bind(now)
    .execute(c)
    .await
    .map(|_| ())?;
    });
    Ok(())
}

async fn expect_keeper(tx: &mut Tx, holder: &Holder, actor: &str) -> Result<(), StoreError> {
    let found: Option<(String,)> = write!(tx, |c| sqlx::query_as(
        "select principal from memberships where user_name = $1 and principal = $2"
    )
    .bind(actor)
    .bind(holder.keeper())
    .fetch_optional(c)
    .await?);
    found.map(|_| ()).ok_or(StoreError::NotAllowed("template"))
}

async fn expect_change(tx: &mut Tx, id: Uuid, actor: &str) -> Result<(), StoreError> {
    let found: Option<(bool,)> = write!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {} from templates t where t.id = $2 and {}",
        changes_template("$1"),
        sees_template("$1")
    )))
    .bind(actor)
    .bind(id)
    .fetch_optional(c)
    .await?);
    match found {
        None => Err(StoreError::NotFound("template")),
        Some((false,)) => Err(StoreError::NotAllowed("template")),
        Some((true,)) => Ok(()),
    }
}

async fn record(
    tx: &mut Tx,
    action: &'static str,
    id: Uuid,
    number: i64,
    actor: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let record = AuditRecord {
        actor,
        action,
        subject_kind: "template",
        subject_id: id.to_string(),
        case_id: None,
        detail: serde_json::json!({ "version": number }),
    };
    audit::append(tx, now, record).await
}
