//! The built-in case store: cases, their parties, who may see them, and their documents.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, NaiveDate, SubsecRound, Utc};
use uuid::Uuid;

use super::{
    AuditRecord, EventKind, Store, StoreError,
    access::{self, sees_case, sees_document},
    audit,
    db::{Db, Tx, read, write},
    events, followed_threads, is_unique_violation,
    mails::digest,
    rules,
};
use crate::domain::access::{AccessCode, Allowed, CaseAccess, Level};
use crate::domain::case::{Case, CaseStatus, Direction, Document, DocumentFile, Party, PartyKind};
use crate::domain::document_type::DocumentType;
use crate::domain::mail::Sha256;
use crate::domain::role::{Principal, Role, Scope};

/// A case to be created.
#[derive(Clone, Debug)]
pub struct NewCase {
    /// `None`: the next number by the organisation's pattern.
    pub number: Option<String>,
    pub title: String,
    pub kle: Option<String>,
    pub facet: Option<String>,
    pub responsible: Option<String>,
    pub unit: Option<String>,
    pub access: CaseAccess,
    pub parties: Vec<Party>,
    pub status: CaseStatus,
    pub created_at: DateTime<Utc>,
    /// `None`: never taken for a repetition.
    pub request: Option<CaseRequest>,
}

/// Tells a repeated request for a case from another one.
#[derive(Clone, Debug)]
pub struct CaseRequest {
    pub idempotency_key: String,
    /// Digest of what was asked for.
    pub hash: [u8; 32],
}

/// Which of a user's cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CaseFilter {
    #[default]
    All,
    Recent,
    Favourite,
}

#[derive(Clone, Debug, Default)]
pub struct CaseQuery {
    pub filter: CaseFilter,
    /// Every word must begin a word of the number, title, KLE number or a party.
    pub words: Option<String>,
    pub status: Option<CaseStatus>,
    /// Continue after this case of the page before (newest first).
    pub after: Option<(DateTime<Utc>, Uuid)>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    number: String,
    title: String,
    kle: Option<String>,
    facet: Option<String>,
    status: String,
    responsible: Option<String>,
    unit: Option<String>,
    restricted: bool,
    created_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
    version: i64,
}

const COLUMNS: &str =
    "c.id, c.number, c.title, c.kle, c.facet, c.status, c.responsible, c.unit, c.restricted,
    c.created_at, c.closed_at, c.version";

/// Words a search may hold.
const MAX_WORDS: usize = 10;
const ROWS: usize = 500;

impl Store {
    /// Creates a case; its number is the given one or the next of the year by `pattern`, e.g. `{year}-{seq:5}`.
    ///
    /// Repeated under the same key it returns the case of the first time; under a used key with another request it is
    /// refused.
    pub async fn create_case(
        &self,
        new: &NewCase,
        actor: &str,
        number_of: impl Fn(i32, i64) -> String,
        now: DateTime<Utc>,
    ) -> Result<Case, StoreError> {
        if let Some(case) = self.case_of_request(new, actor).await? {
            return Ok(case);
        }
        match self.write_case(new, actor, number_of, now).await {
            Err(error @ StoreError::Duplicate(_)) => {
                // Somebody was faster: with the same request, or with the same number.
                self.case_of_request(new, actor).await?.ok_or(error)
            }
            outcome => outcome,
        }
    }

    /// The case that the same user made under the same key.
    async fn case_of_request(
        &self,
        new: &NewCase,
        actor: &str,
    ) -> Result<Option<Case>, StoreError> {
        let Some(request) = &new.request else {
            return Ok(None);
        };
        let found: Option<(Uuid, Vec<u8>)> = read!(self, |c| sqlx::query_as(
            "select case_id, request_hash
             from case_requests
             where user_name = $1 and idempotency_key = $2"
        )
        .bind(actor)
        .bind(&request.idempotency_key)
        .fetch_optional(c)
        .await?);
        match found {
            None => Ok(None),
            Some((_, hash)) if digest(&hash) != request.hash => {
                Err(StoreError::IdempotencyConflict)
            }
            Some((id, _)) => Ok(Some(self.case(id, actor).await?)),
        }
    }

    async fn write_case(
        &self,
        new: &NewCase,
        actor: &str,
        number_of: impl Fn(i32, i64) -> String,
        now: DateTime<Utc>,
    ) -> Result<Case, StoreError> {
        let id = Uuid::now_v7();
        let mut tx = self.db.begin().await?;
        let number = match &new.number {
            Some(number) => number.clone(),
            None => next_number(&mut tx, now, number_of).await?,
        };
        let case = Case {
            id,
            number,
            title: new.title.clone(),
            kle: new.kle.clone(),
            facet: new.facet.clone(),
            status: new.status,
            responsible: new.responsible.clone(),
            unit: new.unit.clone(),
            access: with_those_by_office(new),
            parties: new.parties.clone(),
            // As precise as PostgreSQL and cursors are.
            created_at: new.created_at.trunc_subsecs(6),
            closed_at: (new.status == CaseStatus::Closed).then_some(now),
            version: 1,
        };
        insert_case(&mut tx, &case).await?;
        if let Some(request) = &new.request {
            insert_request(&mut tx, id, actor, request).await?;
        }
        note_change(
            &mut tx,
            id,
            (actor, "case.create"),
            serde_json::json!({}),
            now,
        )
        .await?;
        tx.commit().await?;
        self.ring();
        Ok(case)
    }

    pub async fn case(&self, id: Uuid, viewer: &str) -> Result<Case, StoreError> {
        let row: Option<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS} from cases c where c.id = $2 and {}",
            sees_case("$1")
        )))
        .bind(viewer)
        .bind(id)
        .fetch_optional(c)
        .await?);
        self.one(row).await
    }

    pub async fn case_by_number(&self, number: &str, viewer: &str) -> Result<Case, StoreError> {
        let row: Option<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS} from cases c where c.number = $2 and {}",
            sees_case("$1")
        )))
        .bind(viewer)
        .bind(number)
        .fetch_optional(c)
        .await?);
        self.one(row).await
    }

    /// A case for the house's own work (index, outbox), where nobody looks.
    pub async fn case_unchecked(&self, id: Uuid) -> Result<Case, StoreError> {
        let row: Option<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS} from cases c where c.id = $1"
        )))
        .bind(id)
        .fetch_optional(c)
        .await?);
        self.one(row).await
    }

    /// Every case, for building the suggestion index; ordered by id, `limit` after `after`.
    pub async fn all_cases(
        &self,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<Case>, StoreError> {
        let after = after.unwrap_or(Uuid::nil());
        let rows: Vec<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS} from cases c where c.id > $1 order by c.id limit $2"
        )))
        .bind(after)
        .bind(limit)
        .fetch_all(c)
        .await?);
        self.complete(rows).await
    }

    /// Every case that carries a KLE number, ordered by id, `limit` after `after`; for learning from them.
    pub async fn cases_with_kle(
        &self,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<Case>, StoreError> {
        let after = after.unwrap_or(Uuid::nil());
        let rows: Vec<Row> = read!(self, |c| {
            sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS} from cases c where c.kle is not null and c.id > $1 order by c.id limit $2"
        )))
        .bind(after)
        .bind(limit)
        .fetch_all(c)
        .await?
        });
        self.complete(rows).await
    }

    /// Cases that fit and that the viewer may see: the newest first, recents by last use.
    pub async fn cases(
        &self,
        query: &CaseQuery,
        viewer: &str,
        limit: i64,
    ) -> Result<Vec<Case>, StoreError> {
        let rows: Vec<Row> = match &*self.db {
            Db::Sqlite { readers, .. } => {
                list_query::<sqlx::Sqlite>(query, viewer, limit)
                    .build_query_as()
                    .fetch_all(readers)
                    .await?
            }
            Db::Postgres(pool) => {
                list_query::<sqlx::Postgres>(query, viewer, limit)
                    .build_query_as()
                    .fetch_all(pool)
                    .await?
            }
        };
        self.complete(rows).await
    }

    /// Closes or reopens a case, if it is still at `version`.
    pub async fn set_case_status(
        &self,
        id: Uuid,
        status: CaseStatus,
        version: Option<i64>,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Case, StoreError> {
        let before = self.case(id, actor).await?;
        let mut tx = self.db.begin().await?;
        access::expect_case(&mut tx, id, actor, Level::Write).await?;
        let changed = write!(&mut tx, |c| sqlx::query(
            "update cases
             set status = $1, closed_at = $2, version = version + 1
             where id = $3 and version = $4"
        )
        .bind(status_text(status))
        .bind((status == CaseStatus::Closed).then_some(now))
        .bind(id)
        .bind(version.unwrap_or(before.version))
        .execute(c)
        .await?
        .rows_affected());
        if changed == 0 {
            return Err(StoreError::VersionConflict);
        }
        let action = match status {
            CaseStatus::Closed => "case.close",
            CaseStatus::Open => "case.reopen",
        };
        if status == CaseStatus::Closed {
            rules::suspend_those_of_case(&mut tx, &before.number, now).await?;
        }
        note_change(&mut tx, id, (actor, action), serde_json::json!({}), now).await?;
        if status == CaseStatus::Closed {
            followed_threads::stop_of_case(&mut tx, id, actor, now).await?;
        }
        tx.commit().await?;
        self.ring();
        self.case(id, actor).await
    }

    /// Marks a case as a favourite of the user's, or no longer so.
    pub async fn set_favourite(
        &self,
        case_id: Uuid,
        user: &str,
        favourite: bool,
    ) -> Result<(), StoreError> {
        self.expect_case(case_id, user, Level::Read).await?;
        let mut tx = self.db.begin().await?;
        let sql = if favourite {
            "insert into case_favourites (user_name, case_id) values ($1, $2) on conflict do nothing"
        } else {
            "delete from case_favourites where user_name = $1 and case_id = $2"
        };
        write!(&mut tx, |c| sqlx::query(sql)
            .bind(user)
            .bind(case_id)
            .execute(c)
            .await
            .map(|_| ())?);
        let record = AuditRecord {
            actor: user,
            action: if favourite {
                "case.favourite"
            } else {
                "case.unfavourite"
            },
            subject_kind: "case",
            subject_id: case_id.to_string(),
            case_id: Some(case_id),
            detail: serde_json::json!({}),
        };
        audit::append(&mut tx, Utc::now(), record).await?;
        tx.commit().await
    }

    /// The documents of a case that the viewer may see, by running number.
    pub async fn documents(
        &self,
        case_id: Uuid,
        viewer: &str,
    ) -> Result<Vec<Document>, StoreError> {
        self.expect_case(case_id, viewer, Level::Read).await?;
        let rows: Vec<DocumentRow> = read!(self, |c| {
            sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select d.id, d.case_id, d.number, d.title, d.document_type, d.document_date, d.direction, d.deadline,
               d.created_by, d.created_at
             from documents d
             join cases c on c.id = d.case_id
             where d.case_id = $2 and d.withdrawn_at is null and {}
             order by d.number",
            sees_document("$1")
        )))
        .bind(viewer)
        .bind(case_id)
        .fetch_all(c)
        .await?
        });
        let files: Vec<FileRow> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select f.id, f.document_id, f.name, f.media_type, f.byte_length, f.sha256
             from files f
             join documents d on d.id = f.document_id
             join cases c on c.id = d.case_id
             where d.case_id = $2 and d.withdrawn_at is null and {}
             order by f.document_id, f.position",
            sees_document("$1")
        )))
        .bind(viewer)
        .bind(case_id)
        .fetch_all(c)
        .await?);
        let parties: Vec<DocumentPartyRow> = read!(self, |c| {
            sqlx::query_as(sqlx::AssertSqlSafe(format!(
                "select p.document_id, p.kind, p.name, p.identifier, p.address, p.mail
             from document_parties p
             join documents d on d.id = p.document_id
             join cases c on c.id = d.case_id
             where d.case_id = $2 and d.withdrawn_at is null and {}
             order by p.document_id, p.position",
                sees_document("$1")
            )))
            .bind(viewer)
            .bind(case_id)
            .fetch_all(c)
            .await?
        });
        Ok(documents(rows, files, parties))
    }

    /// A file of a document on a case that the viewer may see.
    pub async fn file(&self, file_id: Uuid, viewer: &str) -> Result<DocumentFile, StoreError> {
        let row: Option<FileRow> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select f.id, f.document_id, f.name, f.media_type, f.byte_length, f.sha256
             from files f
             join documents d on d.id = f.document_id
             join cases c on c.id = d.case_id
             where f.id = $2 and d.withdrawn_at is null and {}",
            sees_document("$1")
        )))
        .bind(viewer)
        .bind(file_id)
        .fetch_optional(c)
        .await?);
        row.map(DocumentFile::from)
            .ok_or(StoreError::NotFound("file"))
    }

    /// On which case a file lies; for the log, after the file was given.
    pub async fn case_of_file(&self, file_id: Uuid) -> Result<Option<Uuid>, StoreError> {
        let found: Option<(Uuid,)> = read!(self, |c| sqlx::query_as(
            "select d.case_id
             from files f
             join documents d on d.id = f.document_id
             where f.id = $1"
        )
        .bind(file_id)
        .fetch_optional(c)
        .await?);
        Ok(found.map(|(id,)| id))
    }

    async fn one(&self, row: Option<Row>) -> Result<Case, StoreError> {
        let row = row.ok_or(StoreError::NotFound("case"))?;
        self.complete(vec![row])
            .await?
            .pop()
            .ok_or(StoreError::NotFound("case"))
    }

    /// Adds parties and access to the bare rows.
    async fn complete(&self, rows: Vec<Row>) -> Result<Vec<Case>, StoreError> {
        let mut parties: HashMap<Uuid, Vec<Party>> = HashMap::new();
        let mut lists: HashMap<Uuid, Vec<Allowed>> = HashMap::new();
        for chunk in rows.chunks(ROWS) {
            let ids: Vec<Uuid> = chunk.iter().map(|row| row.id).collect();
            let found: Vec<PartyRow> = match &*self.db {
                Db::Sqlite { readers, .. } => {
                    of_cases::<sqlx::Sqlite>(PARTIES, &ids, "case_id, position")
                        .build_query_as()
                        .fetch_all(readers)
                        .await?
                }
                Db::Postgres(pool) => {
                    of_cases::<sqlx::Postgres>(PARTIES, &ids, "case_id, position")
                        .build_query_as()
                        .fetch_all(pool)
                        .await?
                }
            };
            for row in found {
                parties.entry(row.case_id).or_default().push(row.into());
            }
            let found: Vec<(Uuid, String, i64)> = match &*self.db {
                Db::Sqlite { readers, .. } => {
                    of_cases::<sqlx::Sqlite>(ACCESS, &ids, "case_id, principal")
                        .build_query_as()
                        .fetch_all(readers)
                        .await?
                }
                Db::Postgres(pool) => {
                    of_cases::<sqlx::Postgres>(ACCESS, &ids, "case_id, principal")
                        .build_query_as()
                        .fetch_all(pool)
                        .await?
                }
            };
            for (case_id, principal, level) in found {
                // What cannot be read lets nobody in.
                if let Ok(who) = principal.parse() {
                    let line = Allowed::new(who, Level::of_number(level));
                    lists.entry(case_id).or_default().push(line);
                }
            }
        }
        Ok(rows
            .into_iter()
            .map(|row| Case {
                access: CaseAccess {
                    code: if row.restricted {
                        AccessCode::Restricted
                    } else {
                        AccessCode::Open
                    },
                    list: lists.remove(&row.id).unwrap_or_default(),
                },
                parties: parties.remove(&row.id).unwrap_or_default(),
                status: if row.status == "closed" {
                    CaseStatus::Closed
                } else {
                    CaseStatus::Open
                },
                id: row.id,
                number: row.number,
                title: row.title,
                kle: row.kle,
                facet: row.facet,
                responsible: row.responsible,
                unit: row.unit,
                created_at: row.created_at,
                closed_at: row.closed_at,
                version: row.version,
            })
            .collect())
    }
}

const PARTIES: &str = "select case_id, kind, name, identifier, address, mail from case_parties";
// An opening in an emergency ends by itself and is no part of the list.
const ACCESS: &str =
    "select case_id, principal, level from (select * from case_access where until is null) listed";

fn of_cases<DB>(select: &str, ids: &[Uuid], order: &str) -> sqlx::QueryBuilder<DB>
where
    DB: sqlx::Database,
    DB::Arguments: Default,
    Uuid: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    let mut query = sqlx::QueryBuilder::new(select);
    query.push(" where case_id in (");
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(*id);
    }
    query.push(") order by ").push(order);
    query
}

/// The next running number of the year that no case has yet.
async fn next_number(
    tx: &mut Tx,
    now: DateTime<Utc>,
    number_of: impl Fn(i32, i64) -> String,
) -> Result<String, StoreError> {
    let year = now.with_timezone(&chrono_tz::Europe::Copenhagen).year();
    loop {
        let (last,): (i64,) = write!(tx, |c| sqlx::query_as(
            "insert into case_counters (year, last_number)
             values ($1, 1)
             on conflict (year) do update set last_number = case_counters.last_number + 1
             returning last_number"
        )
        .bind(i64::from(year))
        .fetch_one(c)
        .await?);
        let number = number_of(year, last);
        let taken: Option<(Uuid,)> = write!(tx, |c| sqlx::query_as(
            "select id from cases where number = $1"
        )
        .bind(&number)
        .fetch_optional(c)
        .await?);
        if taken.is_none() {
            return Ok(number);
        }
    }
}

async fn insert_case(tx: &mut Tx, case: &Case) -> Result<(), StoreError> {
    write!(tx, |c| sqlx::query(
        "insert into cases (id, number, title, kle, facet, status, responsible, unit, restricted, created_at,
           closed_at, version, search_text)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    )
    .bind(case.id)
    .bind(&case.number)
    .bind(&case.title)
    .bind(&case.kle)
    .bind(&case.facet)
    .bind(status_text(case.status))
    .bind(&case.responsible)
    .bind(&case.unit)
    .bind(case.access.is_restricted())
    .bind(case.created_at)
    .bind(case.closed_at)
    .bind(case.version)
    .bind(search_text(case))
    .execute(c)
    .await
    .map(|_| ()))
    .map_err(|error| if is_unique_violation(&error) { StoreError::Duplicate("case") } else { error.into() })?;
    for (position, party) in (0i64..).zip(&case.parties) {
        write!(tx, |c| sqlx::query(
            "insert into case_parties (case_id, position, kind, name, identifier, address, mail)
             values ($1, $2, $3, $4, $5, $6, $7)"
        )
        .bind(case.id)
        .bind(position)
        .bind(party_kind_text(party.kind))
        .bind(&party.name)
        .bind(&party.identifier)
        .bind(&party.address)
        .bind(party.mail.as_ref().map(|mail| mail.to_lowercase()))
        .execute(c)
        .await
        .map(|_| ())?);
    }
    insert_access(tx, case.id, &case.access.list).await
}

/// Tells and records that somebody did this with a case.
pub(super) async fn note_change(
    tx: &mut Tx,
    id: Uuid,
    (actor, action): (&str, &'static str),
    detail: serde_json::Value,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    events::append(tx, now, &EventKind::CaseChanged { case_id: id }).await?;
    let record = AuditRecord {
        actor,
        action,
        subject_kind: "case",
        subject_id: id.to_string(),
        case_id: Some(id),
        detail,
    };
    audit::append(tx, now, record).await
}

/// Whoever is responsible manages a case, and of an open one the registrars of its unit; who sees a restricted case is
/// said by nobody but its list.
fn with_those_by_office(new: &NewCase) -> CaseAccess {
    let mut access = new.access.clone();
    if let Some(responsible) = &new.responsible {
        access.give(Principal::User(responsible.clone()), Level::Manage);
    }
    if let Some(unit) = new.unit.as_ref().filter(|_| !access.is_restricted()) {
        let registrars = Principal::Role(Role::Registrar, Scope::Unit(unit.clone()));
        access.give(registrars, Level::Manage);
    }
    access.list.sort_by_key(|line| line.who.to_string());
    access
}

pub(super) async fn insert_access(
    tx: &mut Tx,
    case_id: Uuid,
    list: &[Allowed],
) -> Result<(), StoreError> {
    for line in list {
        write!(tx, |c| sqlx::query(
            "insert into case_access (case_id, principal, level)
             values ($1, $2, $3)
             on conflict (case_id, principal) do update set level = excluded.level, until = null"
        )
        .bind(case_id)
        .bind(line.who.to_string())
        .bind(line.may.as_number())
        .execute(c)
        .await
        .map(|_| ())?);
    }
    Ok(())
}

async fn insert_request(
    tx: &mut Tx,
    case_id: Uuid,
    actor: &str,
    request: &CaseRequest,
) -> Result<(), StoreError> {
    write!(tx, |c| sqlx::query(
        "insert into case_requests (user_name, idempotency_key, request_hash, case_id)
         values ($1, $2, $3, $4)"
    )
    .bind(actor)
    .bind(&request.idempotency_key)
    .bind(request.hash.to_vec())
    .bind(case_id)
    .execute(c)
    .await
    .map(|_| ()))
    .map_err(|error| {
        if is_unique_violation(&error) {
            StoreError::Duplicate("case")
        } else {
            error.into()
        }
    })
}

/// What a case is searched by: lower case, a space before every word.
fn search_text(case: &Case) -> String {
    let mut text = String::new();
    let parties = case.parties.iter().flat_map(|party| {
        [
            Some(party.name.as_str()),
            party.address.as_deref(),
            party.mail.as_deref(),
        ]
        .into_iter()
        .flatten()
    });
    let own = [
        Some(case.number.as_str()),
        Some(case.title.as_str()),
        case.kle.as_deref(),
    ];
    for part in own.into_iter().flatten().chain(parties) {
        for word in part.split_whitespace() {
            text.push(' ');
            text.push_str(&word.to_lowercase());
        }
    }
    text
}

fn list_query<DB>(query: &CaseQuery, viewer: &str, limit: i64) -> sqlx::QueryBuilder<DB>
where
    DB: sqlx::Database,
    DB::Arguments: Default,
    String: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    &'static str: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    Uuid: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    i64: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    DateTime<Utc>: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    let mut sql = sqlx::QueryBuilder::new("select ");
    sql.push(COLUMNS).push(match query.filter {
        CaseFilter::All => " from cases c",
        CaseFilter::Recent => " from case_recents r join cases c on c.id = r.case_id",
        CaseFilter::Favourite => " from case_favourites r join cases c on c.id = r.case_id",
    });
    // Bound first, so that both databases know them as $1 wherever they are named.
    sql.push(" where cast(")
        .push_bind(viewer.to_owned())
        .push(" as text) is not null and ")
        .push(sees_case("$1"));
    if query.filter != CaseFilter::All {
        sql.push(" and r.user_name = $1");
    }
    if let Some(status) = query.status {
        sql.push(" and c.status = ").push_bind(status_text(status));
    }
    for word in query
        .words
        .iter()
        .flat_map(|words| words.split_whitespace())
        .take(MAX_WORDS)
    {
        let word = word
            .to_lowercase()
            .replace('\\', "\\\\")
            .replace('%', "\\%")
            .replace('_', "\\_");
        sql.push(" and c.search_text like ")
            .push_bind(format!("% {word}%"))
            .push(" escape '\\'");
    }
    if let Some((at, id)) = query.after {
        sql.push(" and (c.created_at < ").push_bind(at);
        sql.push(" or (c.created_at = ")
            .push_bind(at)
            .push(" and c.id < ")
            .push_bind(id)
            .push("))");
    }
    sql.push(match query.filter {
        CaseFilter::Recent => " order by r.used_at desc, c.id desc limit ",
        _ => " order by c.created_at desc, c.id desc limit ",
    });
    sql.push_bind(limit);
    sql
}

#[derive(sqlx::FromRow)]
struct PartyRow {
    case_id: Uuid,
    kind: String,
    name: String,
    identifier: Option<String>,
    address: Option<String>,
    mail: Option<String>,
}

impl From<PartyRow> for Party {
    fn from(row: PartyRow) -> Self {
        Self {
            kind: party_kind(&row.kind),
            name: row.name,
            identifier: row.identifier,
            address: row.address,
            mail: row.mail,
        }
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct DocumentRow {
    id: Uuid,
    case_id: Uuid,
    number: i64,
    title: String,
    document_type: Option<String>,
    document_date: NaiveDate,
    direction: String,
    deadline: Option<NaiveDate>,
    created_by: String,
    created_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
pub(super) struct DocumentPartyRow {
    document_id: Uuid,
    kind: String,
    name: String,
    identifier: Option<String>,
    address: Option<String>,
    mail: Option<String>,
}

#[derive(sqlx::FromRow)]
pub(super) struct FileRow {
    id: Uuid,
    document_id: Uuid,
    name: String,
    media_type: String,
    byte_length: i64,
    sha256: Vec<u8>,
}

impl From<FileRow> for DocumentFile {
    fn from(row: FileRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            media_type: row.media_type,
            size: row.byte_length,
            sha256: Sha256(digest(&row.sha256)),
        }
    }
}

impl From<DocumentPartyRow> for Party {
    fn from(row: DocumentPartyRow) -> Self {
        Self {
            kind: party_kind(&row.kind),
            name: row.name,
            identifier: row.identifier,
            address: row.address,
            mail: row.mail,
        }
    }
}

pub(super) fn documents(
    rows: Vec<DocumentRow>,
    files: Vec<FileRow>,
    parties: Vec<DocumentPartyRow>,
) -> Vec<Document> {
    let mut parties_of: HashMap<Uuid, Vec<Party>> = HashMap::new();
    for party in parties {
        let of = parties_of.entry(party.document_id).or_default();
        of.push(party.into());
    }
    let mut by_document: HashMap<Uuid, Vec<DocumentFile>> = HashMap::new();
    for file in files {
        by_document
            .entry(file.document_id)
            .or_default()
            .push(file.into());
    }
    rows.into_iter()
        .map(|row| Document {
            files: by_document.remove(&row.id).unwrap_or_default(),
            parties: parties_of.remove(&row.id).unwrap_or_default(),
            deadline: row.deadline,
            id: row.id,
            case_id: row.case_id,
            number: row.number,
            title: row.title,
            document_type: row.document_type.as_deref().and_then(DocumentType::parse),
            document_date: row.document_date,
            direction: match row.direction.as_str() {
                "outgoing" => Direction::Outgoing,
                "internal" => Direction::Internal,
                _ => Direction::Incoming,
            },
            created_by: row.created_by,
            created_at: row.created_at,
        })
        .collect()
}

pub(super) fn direction_text(direction: Direction) -> &'static str {
    match direction {
        Direction::Incoming => "incoming",
        Direction::Outgoing => "outgoing",
        Direction::Internal => "internal",
    }
}

fn status_text(status: CaseStatus) -> &'static str {
    match status {
        CaseStatus::Open => "open",
        CaseStatus::Closed => "closed",
    }
}

fn party_kind(text: &str) -> PartyKind {
    match text {
        "person" => PartyKind::Person,
        "company" => PartyKind::Company,
        "property" => PartyKind::Property,
        "colleague" => PartyKind::Colleague,
        _ => PartyKind::Other,
    }
}

pub(super) fn party_kind_text(kind: PartyKind) -> &'static str {
    match kind {
        PartyKind::Person => "person",
        PartyKind::Company => "company",
        PartyKind::Property => "property",
        PartyKind::Colleague => "colleague",
        PartyKind::Other => "other",
    }
}
