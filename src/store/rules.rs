//! Automatic rules as they are kept: whose they are, their order, every version of their text.
//!
//! The text is written and read by `rules/`; here it is a text.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    AuditRecord, EventKind, MailAbout, MailTemplate, MailTo, NewJob, Store, StoreError,
    access::{edits_mailbox_rules, edits_organisation_rules, edits_rule, sees_rule},
    audit,
    db::{Tx, read, write},
    events, is_unique_violation, jobs,
};

/// Rules of one owner.
pub const MAX_RULES_OF_OWNER: i64 = 20_000;

/// Whose a rule is, and so whose mail it looks at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum RuleOwner {
    /// Every mailbox.
    Organisation,
    Mailbox(Uuid),
    /// The person's own mailboxes.
    Person(String),
}

impl fmt::Display for RuleOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organisation => f.write_str("organisation"),
            Self::Mailbox(id) => f.write_fmt(format_args!("mailbox:{id}")),
            Self::Person(user) => f.write_fmt(format_args!("person:{user}")),
        }
    }
}

/// A text that names no owner.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0:?} is none of organisation, mailbox:ID and person:USER")]
pub struct NoOwner(String);

impl FromStr for RuleOwner {
    type Err = NoOwner;

    fn from_str(text: &str) -> Result<Self, NoOwner> {
        let wrong = || NoOwner(text.to_owned());
        match text.split_once(':') {
            None if text == "organisation" => Ok(Self::Organisation),
            Some(("mailbox", id)) => id.parse().map(Self::Mailbox).map_err(|_| wrong()),
            Some(("person", user)) if !user.is_empty() => Ok(Self::Person(user.to_owned())),
            _ => Err(wrong()),
        }
    }
}

impl TryFrom<String> for RuleOwner {
    type Error = NoOwner;

    fn try_from(text: String) -> Result<Self, NoOwner> {
        text.parse()
    }
}

impl From<RuleOwner> for String {
    fn from(owner: RuleOwner) -> Self {
        owner.to_string()
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleMode {
    Live,
    /// Runs, and only records what it would have done.
    Shadow,
    #[default]
    Off,
}

impl RuleMode {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Shadow => "shadow",
            Self::Off => "off",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "live" => Self::Live,
            "shadow" => Self::Shadow,
            _ => Self::Off,
        }
    }
}

/// Why a rule does nothing until somebody looks at it.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspended {
    /// A code of the message catalogue.
    pub reason: String,
    /// The number of the case it is about.
    pub case: Option<String>,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct KeptRule {
    pub id: Uuid,
    pub owner: RuleOwner,
    /// The mailbox's name, the person's user name; empty for the organisation.
    pub owner_name: String,
    pub name: String,
    /// Within its owner, from 1.
    pub position: i64,
    pub mode: RuleMode,
    pub version: i64,
    pub text: String,
    pub changed_by: String,
    pub changed_at: DateTime<Utc>,
    pub hits: i64,
    pub last_hit_at: Option<DateTime<Utc>>,
    pub suspended: Option<Suspended>,
    /// For whoever looks.
    pub may_edit: bool,
}

/// What a rule is to say from now on.
#[derive(Clone, Copy, Debug)]
pub struct RuleText<'a> {
    pub name: &'a str,
    pub text: &'a str,
    /// Numbers of the cases it names.
    pub cases: &'a [String],
    /// `created`, `changed`, `restored` or `imported`.
    pub what: &'static str,
}

#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct RuleVersion {
    pub version: i64,
    pub what: String,
    pub text: String,
    pub changed_by: String,
    pub changed_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    owner: String,
    owner_name: String,
    name: String,
    position: i64,
    mode: String,
    version: i64,
    text: String,
    changed_by: String,
    changed_at: DateTime<Utc>,
    hits: i64,
    last_hit_at: Option<DateTime<Utc>>,
    suspended_reason: Option<String>,
    suspended_case: Option<String>,
    suspended_at: Option<DateTime<Utc>>,
    may_edit: bool,
}

const COLUMNS: &str = "r.id, r.owner, coalesce(b.name, r.person, '') as owner_name, r.name, r.position, r.mode,
    r.version, r.text, r.changed_by, r.changed_at, r.hits, r.last_hit_at, r.suspended_reason, r.suspended_case,
    r.suspended_at";
/// In the order in which they are tried.
const ORDER: &str =
    "case when r.owner = 'organisation' then 0 when r.mailbox_id is not null then 1 else 2 end,
    owner_name, r.position, r.id";

impl From<Row> for KeptRule {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            // Written by us; what cannot be read belongs to nobody.
            owner: row
                .owner
                .parse()
                .unwrap_or(RuleOwner::Person(String::new())),
            owner_name: row.owner_name,
            name: row.name,
            position: row.position,
            mode: RuleMode::parse(&row.mode),
            version: row.version,
            text: row.text,
            changed_by: row.changed_by,
            changed_at: row.changed_at,
            hits: row.hits,
            last_hit_at: row.last_hit_at,
            suspended: row
                .suspended_reason
                .zip(row.suspended_at)
                .map(|(reason, at)| Suspended {
                    reason,
                    case: row.suspended_case,
                    at,
                }),
            may_edit: row.may_edit,
        }
    }
}

impl Store {
    /// The rules that the viewer may see, of one owner or of all, in the order in which they are tried.
    pub async fn rules(
        &self,
        owner: Option<&RuleOwner>,
        viewer: &str,
    ) -> Result<Vec<KeptRule>, StoreError> {
        let rows: Vec<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS}, {} as may_edit
             from rules r
             left join mailboxes b on b.id = r.mailbox_id
             where ($2 is null or r.owner = $2) and {}
             order by {ORDER}",
            edits_rule("$1"),
            sees_rule("$1")
        )))
        .bind(viewer)
        .bind(owner.map(ToString::to_string))
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(KeptRule::from).collect())
    }

    pub async fn rule(&self, id: Uuid, viewer: &str) -> Result<KeptRule, StoreError> {
        let row: Option<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS}, {} as may_edit
             from rules r
             left join mailboxes b on b.id = r.mailbox_id
             where r.id = $2 and {}",
            edits_rule("$1"),
            sees_rule("$1")
        )))
        .bind(viewer)
        .bind(id)
        .fetch_optional(c)
        .await?);
        row.map(KeptRule::from).ok_or(StoreError::NotFound("rule"))
    }

    /// The rules that look at the mail of a mailbox, whatever their mode, in the order in which they are tried; for the
    /// house's own work.
    pub async fn rules_of_mailbox(&self, mailbox_id: Uuid) -> Result<Vec<KeptRule>, StoreError> {
        let rows: Vec<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS}, (1 = 0) as may_edit
             from rules r
             left join mailboxes b on b.id = r.mailbox_id
             where r.owner = 'organisation' or r.mailbox_id = $1 or {OWNS_IT}
             order by {ORDER}"
        )))
        .bind(mailbox_id)
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(KeptRule::from).collect())
    }

    /// Changes with every change of any rule.
    pub async fn rules_revision(&self) -> Result<i64, StoreError> {
        let (revision,): (i64,) = read!(self, |c| sqlx::query_as(
            "select revision from rules_revision where id = 1"
        )
        .fetch_one(c)
        .await?);
        Ok(revision)
    }

    /// Whose rules the viewer may write.
    pub async fn rule_owners(&self, viewer: &str) -> Result<Vec<RuleOwner>, StoreError> {
        let (all,): (bool,) = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {}",
            edits_organisation_rules("$1")
        )))
        .bind(viewer)
        .fetch_one(c)
        .await?);
        let mailboxes: Vec<(Uuid,)> =
            read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
                "select b.id from mailboxes b where {} order by b.name",
                edits_mailbox_rules("b.id", "$1")
            )))
            .bind(viewer)
            .fetch_all(c)
            .await?);
        let mut owners = Vec::with_capacity(mailboxes.len() + 2);
        if all {
            owners.push(RuleOwner::Organisation);
        }
        owners.extend(mailboxes.into_iter().map(|(id,)| RuleOwner::Mailbox(id)));
        if self.has_own_mailbox(viewer).await? {
            owners.push(RuleOwner::Person(viewer.to_owned()));
        }
        Ok(owners)
    }

    async fn has_own_mailbox(&self, user: &str) -> Result<bool, StoreError> {
        let found: Option<(Uuid,)> = read!(self, |c| {
            sqlx::query_as(
            "select mailbox_id from mailbox_access where principal = 'user:' || $1 and kind = 'owner' limit 1"
        )
        .bind(user)
        .fetch_optional(c)
        .await?
        });
        Ok(found.is_some())
    }

    /// Writes a rule behind the others of its owner.
    pub async fn create_rule(
        &self,
        owner: &RuleOwner,
        text: RuleText<'_>,
        mode: RuleMode,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<KeptRule, StoreError> {
        let (id, now) = (Uuid::now_v7(), now.trunc_subsecs(6));
        if let RuleOwner::Person(user) = owner
            && !self.has_own_mailbox(user).await?
        {
            return Err(StoreError::NotAllowed("rule"));
        }
        let mut tx = self.db.begin().await?;
        expect_to_edit(&mut tx, owner, actor).await?;
        let (mailbox_id, person) = match owner {
            RuleOwner::Organisation => (None, None),
            RuleOwner::Mailbox(id) => (Some(*id), None),
            RuleOwner::Person(user) => (None, Some(user.as_str())),
        };
        let (last, count): (i64, i64) = write!(&mut tx, |c| sqlx::query_as(
            "select coalesce(max(position), 0), count(*) from rules where owner = $1"
        )
        .bind(owner.to_string())
        .fetch_one(c)
        .await?);
        if count >= MAX_RULES_OF_OWNER {
            return Err(StoreError::Duplicate("rule"));
        }
        let written = write!(&mut tx, |c| {
            sqlx::query(
            "insert into rules
               (id, owner, mailbox_id, person, name, position, mode, version, text, changed_by, changed_at)
             values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10)"
        )
        .bind(id)
        .bind(owner.to_string())
        .bind(mailbox_id)
        .bind(person)
        .bind(text.name)
        .bind(last + 1)
        .bind(mode.as_str())
        .bind(text.text)
        .bind(actor)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ())
        });
        written.map_err(named_twice)?;
        insert_version(&mut tx, (id, 1), text, actor, now).await?;
        let detail =
            serde_json::json!({ "version": 1, "owner": owner.to_string(), "mode": mode.as_str() });
        note(&mut tx, id, ("rule.create", actor), detail, now).await?;
        tx.commit().await?;
        self.ring();
        self.rule(id, actor).await
    }

    /// Puts a text in place of what the rule said, if it is still at `version`. What it was suspended for is looked at
    /// anew.
    pub async fn change_rule(
        &self,
        id: Uuid,
        version: i64,
        text: RuleText<'_>,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<KeptRule, StoreError> {
        let before = self.rule(id, actor).await?;
        let now = now.trunc_subsecs(6);
        let mut tx = self.db.begin().await?;
        expect_to_edit(&mut tx, &before.owner, actor).await?;
        let changed = write!(&mut tx, |c| sqlx::query(
            "update rules
             set name = $1, text = $2, version = version + 1, changed_by = $3, changed_at = $4,
               suspended_reason = null, suspended_case = null, suspended_at = null
             where id = $5 and version = $6"
        )
        .bind(text.name)
        .bind(text.text)
        .bind(actor)
        .bind(now)
        .bind(id)
        .bind(version)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))
        .map_err(named_twice)?;
        if changed == 0 {
            return Err(StoreError::VersionConflict);
        }
        insert_version(&mut tx, (id, version + 1), text, actor, now).await?;
        let detail = serde_json::json!({ "version": version + 1, "what": text.what });
        note(&mut tx, id, ("rule.change", actor), detail, now).await?;
        tx.commit().await?;
        self.ring();
        self.rule(id, actor).await
    }

    pub async fn remove_rule(
        &self,
        id: Uuid,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let rule = self.rule(id, actor).await?;
        let mut tx = self.db.begin().await?;
        expect_to_edit(&mut tx, &rule.owner, actor).await?;
        write!(&mut tx, |c| sqlx::query("delete from rules where id = $1")
            .bind(id)
            .execute(c)
            .await
            .map(|_| ())?);
        let detail = serde_json::json!({ "owner": rule.owner.to_string() });
        note(&mut tx, id, ("rule.remove", actor), detail, now).await?;
        tx.commit().await?;
        self.ring();
        Ok(())
    }

    /// Switches a rule on or off; what it was suspended for is looked at anew.
    pub async fn set_rule_mode(
        &self,
        id: Uuid,
        mode: RuleMode,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<KeptRule, StoreError> {
        let rule = self.rule(id, actor).await?;
        let mut tx = self.db.begin().await?;
        expect_to_edit(&mut tx, &rule.owner, actor).await?;
        write!(&mut tx, |c| sqlx::query(
            "update rules
             set mode = $1, suspended_reason = null, suspended_case = null, suspended_at = null
             where id = $2"
        )
        .bind(mode.as_str())
        .bind(id)
        .execute(c)
        .await
        .map(|_| ())?);
        let detail = serde_json::json!({ "mode": mode.as_str(), "version": rule.version });
        note(&mut tx, id, ("rule.mode", actor), detail, now).await?;
        tx.commit().await?;
        self.ring();
        self.rule(id, actor).await
    }

    /// Puts the rules of an owner into this order; refused when these are not exactly theirs.
    pub async fn order_rules(
        &self,
        owner: &RuleOwner,
        ids: &[Uuid],
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        expect_to_edit(&mut tx, owner, actor).await?;
        let mut theirs: Vec<(Uuid,)> = write!(&mut tx, |c| sqlx::query_as(
            "select id from rules where owner = $1"
        )
        .bind(owner.to_string())
        .fetch_all(c)
        .await?);
        theirs.sort_unstable();
        let mut given: Vec<(Uuid,)> = ids.iter().map(|id| (*id,)).collect();
        given.sort_unstable();
        if theirs != given {
            return Err(StoreError::VersionConflict);
        }
        for (position, id) in (1_i64..).zip(ids) {
            write!(&mut tx, |c| sqlx::query(
                "update rules set position = $1 where id = $2"
            )
            .bind(position)
            .bind(id)
            .execute(c)
            .await
            .map(|_| ())?);
        }
        if let Some(first) = ids.first() {
            let detail = serde_json::json!({ "owner": owner.to_string(), "rules": ids.len() });
            note(&mut tx, *first, ("rule.order", actor), detail, now).await?;
        }
        tx.commit().await?;
        self.ring();
        Ok(())
    }

    /// Every version of a rule that the viewer may see, newest first.
    pub async fn rule_versions(
        &self,
        id: Uuid,
        viewer: &str,
    ) -> Result<Vec<RuleVersion>, StoreError> {
        self.rule(id, viewer).await?;
        Ok(read!(self, |c| sqlx::query_as(
            "select version, what, text, changed_by, changed_at
             from rule_versions
             where rule_id = $1
             order by version desc"
        )
        .bind(id)
        .fetch_all(c)
        .await?))
    }

    /// The rule does nothing from now on, until somebody has looked at it.
    pub async fn suspend_rule(
        &self,
        id: Uuid,
        reason: &str,
        case: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        suspend(&mut tx, id, reason, case, now).await?;
        tx.commit().await?;
        self.ring();
        Ok(())
    }
}

/// A person's rule looks at the mailboxes that are theirs by name, not at those they share.
const OWNS_IT: &str = "(r.person is not null and exists (
      select 1 from mailbox_access o
      where o.mailbox_id = $1 and o.kind = 'owner' and o.principal = 'user:' || r.person))";

/// Every rule that names a case which was closed.
pub(super) async fn suspend_those_of_case(
    tx: &mut Tx,
    case_number: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let rules: Vec<(Uuid,)> = write!(tx, |c| sqlx::query_as(
        "select rule_id from rule_cases where case_number = $1 order by rule_id"
    )
    .bind(case_number)
    .fetch_all(c)
    .await?);
    for (id,) in rules {
        suspend(tx, id, "case_closed", Some(case_number), now).await?;
    }
    Ok(())
}

async fn suspend(
    tx: &mut Tx,
    id: Uuid,
    reason: &str,
    case: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let changed = write!(tx, |c| sqlx::query(
        "update rules
         set suspended_reason = $1, suspended_case = $2, suspended_at = $3
         where id = $4 and suspended_reason is null"
    )
    .bind(reason)
    .bind(case)
    .bind(now.trunc_subsecs(6))
    .bind(id)
    .execute(c)
    .await?
    .rows_affected());
    if changed > 0 {
        let detail = serde_json::json!({ "reason": reason });
        let actor = audit::actor_at_hand();
        note(tx, id, ("rule.suspend", &actor), detail, now).await?;
        tell_its_author(tx, id, case, now).await?;
    }
    Ok(())
}

/// Whose rule it is, or who wrote it last where it is several people's.
async fn tell_its_author(
    tx: &mut Tx,
    id: Uuid,
    case: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (name, to): (String, String) = write!(tx, |c| sqlx::query_as(
        "select name, coalesce(person, changed_by) from rules where id = $1"
    )
    .bind(id)
    .fetch_one(c)
    .await?);
    let case_id: Option<(Uuid,)> = write!(tx, |c| sqlx::query_as(
        "select id from cases where number = $1"
    )
    .bind(case)
    .fetch_optional(c)
    .await?);
    let about = MailAbout {
        case_id: case_id.map(|(id,)| id),
        note: Some(name),
        ..MailAbout::default()
    };
    let mail = NewJob::send_mail(MailTemplate::RuleSuspended, MailTo::User(to), about);
    jobs::insert(tx, &[mail], None, now).await
}

/// Rights that were withdrawn a moment ago do not count. Whose rules one may not see are not there.
async fn expect_to_edit(tx: &mut Tx, owner: &RuleOwner, actor: &str) -> Result<(), StoreError> {
    let (clause, mailbox) = match owner {
        RuleOwner::Organisation => (edits_organisation_rules("$1"), Uuid::nil()),
        RuleOwner::Mailbox(id) => (edits_mailbox_rules("$2", "$1"), *id),
        RuleOwner::Person(user) if user == actor => return Ok(()),
        RuleOwner::Person(_) => return Err(StoreError::NotAllowed("rule")),
    };
    let (may,): (bool,) = write!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {clause} and $2 = $2"
    )))
    .bind(actor)
    .bind(mailbox)
    .fetch_one(c)
    .await?);
    if may {
        Ok(())
    } else {
        Err(StoreError::NotAllowed("rule"))
    }
}

async fn insert_version(
    tx: &mut Tx,
    (id, version): (Uuid, i64),
    text: RuleText<'_>,
    actor: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    write!(tx, |c| {
        sqlx::query(
            "insert into rule_versions (rule_id, version, what, text, changed_by, changed_at)
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id)
        .bind(version)
        .bind(text.what)
        .bind(text.text)
        .bind(actor)
        .bind(now)
        .execute(&mut *c)
        .await?;
        sqlx::query("delete from rule_cases where rule_id = $1")
            .bind(id)
            .execute(&mut *c)
            .await?;
    });
    for number in text.cases {
        write!(tx, |c| sqlx::query(
            "insert into rule_cases (case_number, rule_id) values ($1, $2) on conflict do nothing"
        )
        .bind(number)
        .bind(id)
        .execute(c)
        .await
        .map(|_| ())?);
    }
    Ok(())
}

async fn note(
    tx: &mut Tx,
    id: Uuid,
    (action, actor): (&'static str, &str),
    detail: serde_json::Value,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    write!(tx, |c| sqlx::query(
        "update rules_revision set revision = revision + 1 where id = 1"
    )
    .execute(c)
    .await
    .map(|_| ())?);
    let record = AuditRecord {
        actor,
        action,
        subject_kind: "rule",
        subject_id: id.to_string(),
        case_id: None,
        detail,
    };
    audit::append(tx, now, record).await?;
    events::append(tx, now, &EventKind::RuleChanged { rule_id: id }).await
}

fn named_twice(error: sqlx::Error) -> StoreError {
    if is_unique_violation(&error) {
        StoreError::Duplicate("rule")
    } else {
        error.into()
    }
}
