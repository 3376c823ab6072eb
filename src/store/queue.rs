//! What is said of mail that waits: whose it is, until when it is out of sight, by when it is to be journaled, and why
//! nothing settled it.
//!
//! A mail waits in the queue of every mailbox it lies in. What people say of it holds in those queues that they see, so that
//! a mail put off in somebody's own mailbox waits on in a shared one. Whoever it is assigned to sees it by that. Filing
//! takes nothing away here: a filing that is undone brings the mail back as it was.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use uuid::Uuid;

use super::{
    AuditRecord, EventKind, Store, StoreError,
    access::{is_assigned, sees_mailbox, sees_place},
    audit,
    db::{Db, Tx, read, write},
    events,
};
use crate::domain::role::Principal;

/// Longest code of why a mail waits, in bytes.
const MAX_CODE_BYTES: usize = 64;

/// Which of the mails that wait; everything is optional.
#[derive(Clone, Debug)]
pub struct QueueFilter {
    pub now: DateTime<Utc>,
    /// Those that were put off, or those that were not.
    pub snoozed: Option<bool>,
    pub assigned: Option<Assigned>,
    /// Late on this day; those without a date of their own when they were received before that moment.
    pub late: Option<(NaiveDate, DateTime<Utc>)>,
    /// A part of the sender's name or address.
    pub sender: Option<String>,
    /// Of these alone; all when empty.
    pub only: Vec<Uuid>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assigned {
    ToNobody,
    To(Principal),
}

/// What is said of one mail that waits, as far as who looks may know.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waiting {
    /// The mailboxes of theirs that hold it: id and name.
    pub mailboxes: Vec<(Uuid, String)>,
    pub assignment: Option<Assignment>,
    pub snooze: Option<Snooze>,
    /// A date that somebody, or a rule, set.
    pub deadline: Option<NaiveDate>,
    /// Code of why nothing settled it.
    pub reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// A principal.
    pub to: String,
    /// What that is called.
    pub to_name: String,
    pub by: String,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Snooze {
    pub until: DateTime<Utc>,
    pub by: String,
}

/// What a person does with mails that wait.
#[derive(Clone, Copy, Debug)]
pub enum QueueAct<'a> {
    /// Assigns it to themself, unless another person has it.
    Take,
    /// `to` nobody gives it back. With `from`, only where it is assigned so: to whom, or to nobody.
    Assign {
        to: Option<&'a Principal>,
        from: Option<Option<&'a Principal>>,
    },
    /// Until nothing wakes it.
    Snooze { until: Option<DateTime<Utc>> },
}

/// How it was before an act: what undoes the act.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Before {
    pub assignee: Option<String>,
    pub snoozed_until: Option<DateTime<Utc>>,
}

/// Somebody whom mail can be given to.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Assignee {
    /// A principal.
    pub who: String,
    pub name: String,
    /// Of a person.
    pub unit: Option<String>,
}

/// A mail in the queue of one mailbox.
#[derive(Clone, sqlx::FromRow)]
struct Place {
    mail_id: Uuid,
    mailbox_id: Uuid,
    assignee: Option<String>,
    assigned_by: Option<String>,
    assigned_at: Option<DateTime<Utc>>,
    snoozed_until: Option<DateTime<Utc>>,
    snoozed_by: Option<String>,
}

impl Store {
    /// What is said of these mails, in their order.
    pub async fn waiting(&self, mails: &[Uuid], viewer: &str) -> Result<Vec<Waiting>, StoreError> {
        if mails.is_empty() {
            return Ok(Vec::new());
        }
        let (places, mailboxes, deadlines, reasons) = match &*self.db {
            Db::Sqlite { readers, .. } => {
                let mut c = readers.acquire().await?;
                (
                    of_places::<sqlx::Sqlite>(mails, viewer)
                        .build_query_as()
                        .fetch_all(&mut *c)
                        .await?,
                    of_mailboxes::<sqlx::Sqlite>(mails, viewer)
                        .build_query_as()
                        .fetch_all(&mut *c)
                        .await?,
                    of_deadlines::<sqlx::Sqlite>(mails)
                        .build_query_as()
                        .fetch_all(&mut *c)
                        .await?,
                    of_reasons::<sqlx::Sqlite>(mails)
                        .build_query_as()
                        .fetch_all(&mut *c)
                        .await?,
                )
            }
            Db::Postgres(pool) => {
                let mut c = pool.acquire().await?;
                (
                    of_places::<sqlx::Postgres>(mails, viewer)
                        .build_query_as()
                        .fetch_all(&mut *c)
                        .await?,
                    of_mailboxes::<sqlx::Postgres>(mails, viewer)
                        .build_query_as()
                        .fetch_all(&mut *c)
                        .await?,
                    of_deadlines::<sqlx::Postgres>(mails)
                        .build_query_as()
                        .fetch_all(&mut *c)
                        .await?,
                    of_reasons::<sqlx::Postgres>(mails)
                        .build_query_as()
                        .fetch_all(&mut *c)
                        .await?,
                )
            }
        };
        let mut found: HashMap<Uuid, Waiting> = HashMap::new();
        let mailboxes: Vec<(Uuid, Uuid, String)> = mailboxes;
        for (mail_id, id, name) in mailboxes {
            found.entry(mail_id).or_default().mailboxes.push((id, name));
        }
        let places: Vec<Place> = places;
        let mut names = HashMap::new();
        for place in places {
            let waiting = found.entry(place.mail_id).or_default();
            if let (Some(to), Some(by), Some(at)) =
                (place.assignee, place.assigned_by, place.assigned_at)
                && waiting
                    .assignment
                    .as_ref()
                    .is_none_or(|other| other.at < at)
            {
                if !names.contains_key(&to) {
                    names.insert(to.clone(), self.name_of(&to).await?);
                }
                let to_name = names[&to].clone();
                waiting.assignment = Some(Assignment {
                    to,
                    to_name,
                    by,
                    at,
                });
            }
            if let Some((until, by)) = place.snoozed_until.zip(place.snoozed_by)
                && waiting
                    .snooze
                    .as_ref()
                    .is_none_or(|other| other.until < until)
            {
                waiting.snooze = Some(Snooze { until, by });
            }
        }
        let deadlines: Vec<(Uuid, NaiveDate)> = deadlines;
        for (mail_id, date) in deadlines {
            found.entry(mail_id).or_default().deadline = Some(date);
        }
        let reasons: Vec<(Uuid, String)> = reasons;
        for (mail_id, code) in reasons {
            found.entry(mail_id).or_default().reason = Some(code);
        }
        Ok(mails
            .iter()
            .map(|id| found.remove(id).unwrap_or_default())
            .collect())
    }

    /// Does the same with each of these mails, in the queues that the user sees: how each was before. All of it or,
    /// where the database fails, none.
    pub async fn act_in_queue(
        &self,
        mails: &[Uuid],
        act: QueueAct<'_>,
        user: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<Result<Before, StoreError>>, StoreError> {
        let now = now.trunc_subsecs(6);
        let mut tx = self.db.begin().await?;
        let is_anybody = match act {
            QueueAct::Assign { to: Some(to), .. } => is_anybody(&mut tx, to).await?,
            _ => true,
        };
        let mut results = Vec::with_capacity(mails.len());
        for mail_id in mails {
            let acted = if is_anybody {
                act_on(&mut tx, *mail_id, act, user, now).await
            } else {
                Err(StoreError::NotFound("assignee"))
            };
            match acted {
                Err(refused @ (StoreError::NotFound(_) | StoreError::AssignedToAnother(_))) => {
                    results.push(Err(refused));
                }
                acted => results.push(Ok(acted?)),
            }
        }
        tx.commit().await?;
        self.ring();
        Ok(results)
    }

    /// Assigns a mail in the queue of a mailbox, as a rule does; nobody's rights are asked.
    pub async fn assign_mail(
        &self,
        mail_id: Uuid,
        mailbox_id: Uuid,
        to: &Principal,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let now = now.trunc_subsecs(6);
        let mut tx = self.db.begin().await?;
        if !is_anybody(&mut tx, to).await? {
            return Err(StoreError::NotFound("assignee"));
        }
        let before = write!(&mut tx, |c| sqlx::query_as::<_, (Option<String>,)>(
            "select assignee from queue_places where mail_id = $1 and mailbox_id = $2"
        )
        .bind(mail_id)
        .bind(mailbox_id)
        .fetch_optional(c)
        .await?);
        let place = (mail_id, mailbox_id);
        let to = to.to_string();
        assign(&mut tx, place, Some(&to), by, now).await?;
        let before = before.and_then(|(assignee,)| assignee);
        note_assigned(&mut tx, place, (before.as_deref(), Some(&to)), by, now).await?;
        tx.commit().await?;
        self.ring();
        Ok(())
    }

    /// By when a mail is to be journaled, instead of the day that is counted.
    pub async fn set_mail_deadline(
        &self,
        mail_id: Uuid,
        date: NaiveDate,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        write!(&mut tx, |c| sqlx::query(
            "insert into mail_deadlines (mail_id, date, set_by, set_at)
             values ($1, $2, $3, $4)
             on conflict (mail_id) do update
             set date = excluded.date, set_by = excluded.set_by, set_at = excluded.set_at"
        )
        .bind(mail_id)
        .bind(date)
        .bind(by)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ())?);
        let detail = serde_json::json!({ "date": date });
        note(&mut tx, mail_id, by, "mail.deadline", detail, now).await?;
        events::append(&mut tx, now, &EventKind::MailWaits { mail_id }).await?;
        tx.commit().await?;
        self.ring();
        Ok(())
    }

    /// Why a mail waits for a person: a code of `[waiting]` in the catalogues, such as `rule_failed`. The newest stays.
    pub async fn note_waiting(
        &self,
        mail_id: Uuid,
        code: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        write!(&mut tx, |c| sqlx::query(
            "insert into waiting_reasons (mail_id, code, noted_at)
             values ($1, $2, $3)
             on conflict (mail_id) do update
             set code = excluded.code, noted_at = excluded.noted_at"
        )
        .bind(mail_id)
        .bind(super::mails::head(code, MAX_CODE_BYTES))
        .bind(now)
        .execute(c)
        .await
        .map(|_| ())?);
        events::append(&mut tx, now, &EventKind::MailWaits { mail_id }).await?;
        tx.commit().await?;
        self.ring();
        Ok(())
    }

    /// What was noted of a mail. Ask for the mail first.
    pub async fn waiting_reason(&self, mail_id: Uuid) -> Result<Option<String>, StoreError> {
        let found: Option<(String,)> = read!(self, |c| sqlx::query_as(
            "select code from waiting_reasons where mail_id = $1"
        )
        .bind(mail_id)
        .fetch_optional(c)
        .await?);
        Ok(found.map(|(code,)| code))
    }

    /// People and units whom mail can be given to, by a part of their name, at most `limit`: those whose name begins so
    /// first.
    pub async fn assignees(&self, part: &str, limit: usize) -> Result<Vec<Assignee>, StoreError> {
        let mut all: Vec<Assignee> = read!(self, |c| sqlx::query_as(
            "select 'user:' || u.name as who, u.display_name as name, u.unit
             from users u
             where exists (
               select 1 from memberships p where p.user_name = u.name and p.principal = 'role:user')
             union all
             select 'unit:' || u.code, u.name, null
             from units u
             where exists (select 1 from memberships p where p.principal = 'unit:' || u.code)
             order by 2, 1"
        )
        .fetch_all(c)
        .await?);
        // Not in the database: SQLite knows capitals of ASCII alone.
        let part = part.trim().to_lowercase();
        all.retain(|one| one.name.to_lowercase().contains(&part) || one.who[5..].contains(&part));
        all.sort_by_key(|one| !one.name.to_lowercase().starts_with(&part));
        all.truncate(limit);
        Ok(all)
    }

    async fn name_of(&self, principal: &str) -> Result<String, StoreError> {
        let (kind, name) = principal.split_once(':').unwrap_or(("", principal));
        let query = match kind {
            "user" => "select display_name from users where name = $1",
            "unit" => "select name from units where code = $1",
            _ => return Ok(name.to_owned()),
        };
        let found: Option<(String,)> = read!(self, |c| sqlx::query_as(query)
            .bind(name)
            .fetch_optional(c)
            .await?);
        Ok(found.map_or_else(|| name.to_owned(), |(name,)| name))
    }
}

/// Conditions on a mail `m`, for the list of mails; `$1` is who looks.
pub(super) fn push_filter<DB>(
    query: &mut sqlx::QueryBuilder<DB>,
    filter: &QueueFilter,
    mailbox: Option<Uuid>,
) where
    DB: sqlx::Database,
    DB::Arguments: Default,
    String: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    Uuid: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    NaiveDate: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    DateTime<Utc>: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    if let Some(snoozed) = filter.snoozed {
        push_snoozed(query, snoozed, filter.now, mailbox);
    }
    match &filter.assigned {
        None => {}
        Some(Assigned::ToNobody) => {
            query
                .push(
                    " and not exists (select 1 from queue_places q
                       where q.mail_id = m.id and q.assignee is not null and ",
                )
                .push(sees_place("$1"));
            in_mailbox(query, "q", mailbox);
            query.push(")");
        }
        Some(Assigned::To(principal)) => {
            query
                .push(" and m.id in (select q.mail_id from queue_places q where q.assignee = ")
                .push_bind(principal.to_string())
                .push(" and ")
                .push(sees_place("$1"));
            in_mailbox(query, "q", mailbox);
            query.push(")");
        }
    }
    if let Some((today, received_before)) = filter.late {
        query
            .push(" and coalesce((select d.date < ")
            .push_bind(today)
            .push(" from mail_deadlines d where d.mail_id = m.id), m.received_at < ")
            .push_bind(received_before)
            .push(")");
    }
    if let Some(sender) = &filter.sender {
        let part = like(sender);
        query
            .push(" and (lower(m.from_address) like ")
            .push_bind(part.clone())
            .push(" escape '\\' or lower(m.from_name) like ")
            .push_bind(part)
            .push(" escape '\\')");
    }
    if !filter.only.is_empty() {
        query.push(" and m.id in ");
        push_ids(query, &filter.only);
    }
}

/// Put off wherever who looks sees it wait, or it would be out of sight in a queue where nobody put it off.
fn push_snoozed<DB>(
    query: &mut sqlx::QueryBuilder<DB>,
    snoozed: bool,
    now: DateTime<Utc>,
    mailbox: Option<Uuid>,
) where
    DB: sqlx::Database,
    DB::Arguments: Default,
    Uuid: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    DateTime<Utc>: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    query
        .push(if snoozed { " and " } else { " and not " })
        .push("(exists (select 1 from queue_places q where q.mail_id = m.id and q.snoozed_until > ")
        .push_bind(now)
        .push(" and ")
        .push(sees_place("$1"));
    in_mailbox(query, "q", mailbox);
    query
        .push(") and not exists (select 1 from mail_locations l where l.mail_id = m.id and ")
        .push(sees_mailbox("l.mailbox_id", "$1"));
    in_mailbox(query, "l", mailbox);
    query
        .push(
            " and not exists (select 1 from queue_places q
               where q.mail_id = m.id and q.mailbox_id = l.mailbox_id and q.snoozed_until > ",
        )
        .push_bind(now)
        .push(")))");
}

fn in_mailbox<DB>(query: &mut sqlx::QueryBuilder<DB>, table: &str, mailbox: Option<Uuid>)
where
    DB: sqlx::Database,
    DB::Arguments: Default,
    Uuid: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    if let Some(id) = mailbox {
        query
            .push(format!(" and {table}.mailbox_id = "))
            .push_bind(id);
    }
}

/// A part of a text, in small letters, whatever signs it holds.
fn like(part: &str) -> String {
    let mut pattern = String::from("%");
    for c in part.trim().to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

fn push_ids<DB>(query: &mut sqlx::QueryBuilder<DB>, ids: &[Uuid])
where
    DB: sqlx::Database,
    DB::Arguments: Default,
    Uuid: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    query.push("(");
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(*id);
    }
    query.push(")");
}

/// A query of rows of mails whose viewer is `$1`.
fn of_mails<DB>(select: &str, mails: &[Uuid], viewer: &str) -> sqlx::QueryBuilder<DB>
where
    DB: sqlx::Database,
    DB::Arguments: Default,
    String: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    Uuid: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    let mut query = sqlx::QueryBuilder::new(select);
    query
        .push(" where cast(")
        .push_bind(viewer.to_owned())
        .push(" as text) is not null and q.mail_id in ");
    push_ids(&mut query, mails);
    query
}

fn of_places<DB>(mails: &[Uuid], viewer: &str) -> sqlx::QueryBuilder<DB>
where
    DB: sqlx::Database,
    DB::Arguments: Default,
    String: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    Uuid: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    let select = format!("select {PLACE} from queue_places q");
    let mut query = of_mails(&select, mails, viewer);
    query.push(" and ").push(sees_place("$1"));
    query
}

fn of_mailboxes<DB>(mails: &[Uuid], viewer: &str) -> sqlx::QueryBuilder<DB>
where
    DB: sqlx::Database,
    DB::Arguments: Default,
    String: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    Uuid: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    let select = "select distinct q.mail_id, b.id, b.name
        from mail_locations q
        join mailboxes b on b.id = q.mailbox_id";
    let mut query = of_mails(select, mails, viewer);
    query
        .push(" and ")
        .push(sees_mailbox("q.mailbox_id", "$1"))
        .push(" order by b.name");
    query
}

fn of_deadlines<DB>(mails: &[Uuid]) -> sqlx::QueryBuilder<DB>
where
    DB: sqlx::Database,
    DB::Arguments: Default,
    Uuid: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    let mut query =
        sqlx::QueryBuilder::new("select mail_id, date from mail_deadlines where mail_id in ");
    push_ids(&mut query, mails);
    query
}

fn of_reasons<DB>(mails: &[Uuid]) -> sqlx::QueryBuilder<DB>
where
    DB: sqlx::Database,
    DB::Arguments: Default,
    Uuid: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    let mut query =
        sqlx::QueryBuilder::new("select mail_id, code from waiting_reasons where mail_id in ");
    push_ids(&mut query, mails);
    query
}

const PLACE: &str = "q.mail_id, q.mailbox_id, q.assignee, q.assigned_by, q.assigned_at, q.snoozed_until, q.snoozed_by";

async fn act_on(
    tx: &mut Tx,
    mail_id: Uuid,
    act: QueueAct<'_>,
    user: &str,
    now: DateTime<Utc>,
) -> Result<Before, StoreError> {
    let mut places = places_of(tx, mail_id, user).await?;
    if places.is_empty() {
        return Err(StoreError::NotFound("mail"));
    }
    let assigned = places.iter().filter(|place| place.assignee.is_some());
    let before = Before {
        assignee: assigned
            .max_by_key(|place| place.assigned_at)
            .and_then(|place| place.assignee.clone()),
        snoozed_until: places.iter().filter_map(|place| place.snoozed_until).max(),
    };
    let has = before.assignee.as_deref();
    let me = Principal::User(user.to_owned()).to_string();
    let to = match act {
        QueueAct::Take => {
            if has.is_some_and(|other| other.starts_with("user:") && other != me) {
                return Err(StoreError::AssignedToAnother(has.map(str::to_owned)));
            }
            Some(me)
        }
        QueueAct::Assign { to, from } => {
            if let Some(from) = from {
                let from = from.map(ToString::to_string);
                places.retain(|place| place.assignee == from);
            }
            if places.is_empty() {
                return Err(StoreError::AssignedToAnother(has.map(str::to_owned)));
            }
            to.map(ToString::to_string)
        }
        QueueAct::Snooze { until } => {
            for place in &places {
                snooze(tx, place, until, user).await?;
                let event = EventKind::MailSnoozed {
                    mail_id,
                    mailbox_id: place.mailbox_id,
                };
                events::append(tx, now, &event).await?;
            }
            let detail = serde_json::json!({ "until": until });
            note(tx, mail_id, user, "mail.snooze", detail, now).await?;
            return Ok(before);
        }
    };
    for place in &places {
        let at = (mail_id, place.mailbox_id);
        assign(tx, at, to.as_deref(), user, now).await?;
    }
    let first = (mail_id, places[0].mailbox_id);
    note_assigned(tx, first, (has, to.as_deref()), user, now).await?;
    Ok(before)
}

/// The queues in which a user sees a mail, with what is said of it there.
async fn places_of(tx: &mut Tx, mail_id: Uuid, user: &str) -> Result<Vec<Place>, StoreError> {
    Ok(write!(tx, |c| {
        sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select $2 as mail_id, b.id as mailbox_id, q.assignee, q.assigned_by, q.assigned_at, q.snoozed_until, q.snoozed_by
         from mailboxes b
         left join queue_places q on q.mailbox_id = b.id and q.mail_id = $2
         where (exists (
             select 1 from mail_locations l where l.mail_id = $2 and l.mailbox_id = b.id)
           and {})
         or {}
         order by b.id",
        sees_mailbox("b.id", "$1"),
        is_assigned("$1"),
    )))
    .bind(user)
    .bind(mail_id)
    .fetch_all(c)
    .await?
    }))
}

/// Whether anybody would see what is assigned so.
async fn is_anybody(tx: &mut Tx, to: &Principal) -> Result<bool, StoreError> {
    if matches!(to, Principal::Role(..)) {
        return Ok(false);
    }
    let found: Option<(i32,)> = write!(tx, |c| sqlx::query_as(
        "select 1
         from memberships p
         join memberships u on u.user_name = p.user_name and u.principal = 'role:user'
         where p.principal = $1
         limit 1"
    )
    .bind(to.to_string())
    .fetch_optional(c)
    .await?);
    Ok(found.is_some())
}

async fn assign(
    tx: &mut Tx,
    (mail_id, mailbox_id): (Uuid, Uuid),
    to: Option<&str>,
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    write!(tx, |c| {
        sqlx::query(
        "insert into queue_places (mail_id, mailbox_id, assignee, assigned_by, assigned_at)
         values ($1, $2, $3, $4, $5)
         on conflict (mail_id, mailbox_id) do update
         set assignee = excluded.assignee, assigned_by = excluded.assigned_by, assigned_at = excluded.assigned_at"
    )
    .bind(mail_id)
    .bind(mailbox_id)
    .bind(to)
    .bind(to.map(|_| by))
    .bind(to.map(|_| now))
    .execute(c)
    .await
    .map(|_| ())?;
    });
    Ok(())
}

async fn snooze(
    tx: &mut Tx,
    place: &Place,
    until: Option<DateTime<Utc>>,
    by: &str,
) -> Result<(), StoreError> {
    write!(tx, |c| sqlx::query(
        "insert into queue_places (mail_id, mailbox_id, snoozed_until, snoozed_by)
         values ($1, $2, $3, $4)
         on conflict (mail_id, mailbox_id) do update
         set snoozed_until = excluded.snoozed_until, snoozed_by = excluded.snoozed_by"
    )
    .bind(place.mail_id)
    .bind(place.mailbox_id)
    .bind(until.map(|until| until.trunc_subsecs(6)))
    .bind(until.map(|_| by))
    .execute(c)
    .await
    .map(|_| ())?);
    Ok(())
}

async fn note_assigned(
    tx: &mut Tx,
    (mail_id, mailbox_id): (Uuid, Uuid),
    (before, to): (Option<&str>, Option<&str>),
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let detail = serde_json::json!({ "from": before, "to": to });
    note(tx, mail_id, by, "mail.assign", detail, now).await?;
    let event = EventKind::MailAssigned {
        mail_id,
        mailbox_id,
        before: before.map(str::to_owned),
    };
    events::append(tx, now, &event).await
}

async fn note(
    tx: &mut Tx,
    mail_id: Uuid,
    actor: &str,
    action: &str,
    detail: serde_json::Value,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let record = AuditRecord {
        actor,
        action,
        subject_kind: "mail",
        subject_id: mail_id.to_string(),
        case_id: None,
        detail,
    };
    audit::append(tx, now, record).await
}

#[cfg(test)]
mod tests {
    #[test]
    fn signs_of_a_pattern_are_looked_for_as_they_are() {
        assert_eq!(super::like(" 50%_Å\\ "), "%50\\%\\_å\\\\%");
    }
}
