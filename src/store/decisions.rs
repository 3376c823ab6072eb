//! What rules said of a mail, and what they did with it: kept once for each rule, mail and mailbox.

use chrono::{DateTime, SubsecRound, Utc};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    NewJob, RuleOwner, Store, StoreError,
    access::sees_mail,
    db::{Db, Tx, read, write},
    jobs,
};
use crate::domain::mail::Mail;

/// Decisions that are taken back at once.
const MAX_TAKEN_BACK: i64 = 10_000;

/// What a rule said of a mail; how causes and what followed are written is `triage/`'s to say.
#[derive(Clone, Debug, PartialEq)]
pub struct MailDecision {
    pub id: Uuid,
    pub mail_id: Uuid,
    pub mailbox_id: Uuid,
    pub rule_id: Uuid,
    /// As it was called then.
    pub rule_name: String,
    pub owner: RuleOwner,
    pub rule_version: i64,
    /// False when it was only recorded what it would have done.
    pub live: bool,
    pub at: DateTime<Utc>,
    pub outcome: String,
    pub causes: Value,
    pub followed: Value,
    /// In whose name it acted.
    pub acted_for: Option<String>,
    pub undone_at: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    mail_id: Uuid,
    mailbox_id: Uuid,
    rule_id: Uuid,
    rule_name: String,
    owner: String,
    rule_version: i64,
    live: bool,
    at: DateTime<Utc>,
    outcome: String,
    causes: Json<Value>,
    followed: Json<Value>,
    acted_for: Option<String>,
    undone_at: Option<DateTime<Utc>>,
}

const COLUMNS: &str =
    "d.id, d.mail_id, d.mailbox_id, d.rule_id, d.rule_name, d.owner, d.rule_version, d.live, d.at,
    d.outcome, d.causes, d.followed, d.acted_for, d.undone_at";

impl From<Row> for MailDecision {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            mail_id: row.mail_id,
            mailbox_id: row.mailbox_id,
            rule_id: row.rule_id,
            rule_name: row.rule_name,
            owner: row.owner.parse().unwrap_or(RuleOwner::Organisation),
            rule_version: row.rule_version,
            live: row.live,
            at: row.at,
            outcome: row.outcome,
            causes: row.causes.0,
            followed: row.followed.0,
            acted_for: row.acted_for,
            undone_at: row.undone_at,
        }
    }
}

/// What goes with a decision into its transaction.
#[derive(Clone, Debug, Default)]
pub struct WithDecision {
    pub tags: Vec<String>,
    pub jobs: Vec<NewJob>,
}

impl Store {
    /// Keeps what rules said, with what follows at once; a decision that is kept already changes nothing any more.
    pub async fn keep_decisions(
        &self,
        decisions: &[(MailDecision, WithDecision)],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        if decisions.is_empty() {
            return Ok(());
        }
        let now = now.trunc_subsecs(6);
        let mut tx = self.db.begin().await?;
        for (decision, with) in decisions {
            if insert(&mut tx, decision, now).await? {
                count_hit(&mut tx, decision, now).await?;
                for tag in &with.tags {
                    insert_tag(&mut tx, decision, tag, now).await?;
                }
                jobs::insert(&mut tx, &with.jobs, None, now).await?;
            }
        }
        tx.commit().await?;
        self.ring();
        Ok(())
    }

    /// The rules that have said what they say of a mail in a mailbox.
    pub async fn decided_rules(
        &self,
        mail_id: Uuid,
        mailbox_id: Uuid,
    ) -> Result<Vec<Uuid>, StoreError> {
        let rows: Vec<(Uuid,)> = read!(self, |c| sqlx::query_as(
            "select rule_id from mail_decisions where mail_id = $1 and mailbox_id = $2"
        )
        .bind(mail_id)
        .bind(mailbox_id)
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// What rules said of a mail, in order of time. Ask for the mail first: this does not know who asks.
    pub async fn decisions_of_mail(&self, mail_id: Uuid) -> Result<Vec<MailDecision>, StoreError> {
        let rows: Vec<Row> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS} from mail_decisions d where d.mail_id = $1 order by d.at, d.id"
        )))
        .bind(mail_id)
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(MailDecision::from).collect())
    }

    /// Tags of a mail. Ask for the mail first.
    pub async fn mail_tags(&self, mail_id: Uuid) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(String,)> = read!(self, |c| sqlx::query_as(
            "select tag from mail_tags where mail_id = $1 order by tag"
        )
        .bind(mail_id)
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(|(tag,)| tag).collect())
    }

    /// What a rule said of mails that the viewer sees, newest first. Ask for the rule first.
    pub async fn decisions_of_rule(
        &self,
        rule_id: Uuid,
        viewer: &str,
        after: Option<(DateTime<Utc>, Uuid)>,
        limit: i64,
    ) -> Result<Vec<(MailDecision, Mail, DateTime<Utc>)>, StoreError> {
        let (at, id) = after.unzip();
        let rows: Vec<RowWithMail> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select {COLUMNS}, m.envelope, m.received_at
             from mail_decisions d
             join mails m on m.id = d.mail_id
             where d.rule_id = $2 and ($3 is null or d.at < $3 or (d.at = $3 and d.id < $4)) and {}
             order by d.at desc, d.id desc
             limit $5",
            sees_mail("$1")
        )))
        .bind(viewer)
        .bind(rule_id)
        .bind(at)
        .bind(id)
        .bind(limit)
        .fetch_all(c)
        .await?);
        let rows = rows.into_iter();
        Ok(rows
            .map(|row| (row.row.into(), row.envelope.0, row.received_at))
            .collect())
    }

    /// What a rule did, by its own hand and not taken back: since a moment, or these.
    pub async fn decisions_to_take_back(
        &self,
        rule_id: Uuid,
        since: Option<DateTime<Utc>>,
        ids: &[Uuid],
    ) -> Result<Vec<MailDecision>, StoreError> {
        let rows: Vec<Row> = match &*self.db {
            Db::Sqlite { readers, .. } => {
                to_take_back::<sqlx::Sqlite>(rule_id, since, ids)
                    .build_query_as()
                    .fetch_all(readers)
                    .await?
            }
            Db::Postgres(pool) => {
                to_take_back::<sqlx::Postgres>(rule_id, since, ids)
                    .build_query_as()
                    .fetch_all(pool)
                    .await?
            }
        };
        Ok(rows.into_iter().map(MailDecision::from).collect())
    }

    /// Notes that what a rule did with a mail was taken back, with the tags it gave and what follows.
    pub async fn take_back_decision(
        &self,
        decision: &MailDecision,
        followed: &Value,
        jobs: &[NewJob],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let now = now.trunc_subsecs(6);
        let mut tx = self.db.begin().await?;
        write!(&mut tx, |c| {
            sqlx::query("update mail_decisions set undone_at = $1, followed = $2 where id = $3")
                .bind(now)
                .bind(Json(followed))
                .bind(decision.id)
                .execute(&mut *c)
                .await?;
            sqlx::query("delete from mail_tags where mail_id = $1 and rule_id = $2")
                .bind(decision.mail_id)
                .bind(decision.rule_id)
                .execute(&mut *c)
                .await?;
        });
        jobs::insert(&mut tx, jobs, None, now).await?;
        tx.commit().await?;
        self.ring();
        Ok(())
    }

    /// Whether it is this mailbox's copy of a mail that a rule makes a case of: the first that asks.
    pub async fn claim_new_case(
        &self,
        rule_id: Uuid,
        fingerprint: &[u8; 32],
        mailbox_id: Uuid,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        write!(&mut tx, |c| sqlx::query(
            "insert into rule_new_cases (rule_id, fingerprint, mailbox_id)
             values ($1, $2, $3)
             on conflict do nothing"
        )
        .bind(rule_id)
        .bind(fingerprint.to_vec())
        .bind(mailbox_id)
        .execute(c)
        .await
        .map(|_| ())?);
        let (first,): (Uuid,) = write!(&mut tx, |c| sqlx::query_as(
            "select mailbox_id from rule_new_cases where rule_id = $1 and fingerprint = $2"
        )
        .bind(rule_id)
        .bind(fingerprint.to_vec())
        .fetch_one(c)
        .await?);
        tx.commit().await?;
        Ok(first == mailbox_id)
    }
}

#[derive(sqlx::FromRow)]
struct RowWithMail {
    #[sqlx(flatten)]
    row: Row,
    envelope: Json<Mail>,
    received_at: DateTime<Utc>,
}

fn to_take_back<DB>(
    rule_id: Uuid,
    since: Option<DateTime<Utc>>,
    ids: &[Uuid],
) -> sqlx::QueryBuilder<DB>
where
    DB: sqlx::Database,
    DB::Arguments: Default,
    Uuid: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    i64: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    DateTime<Utc>: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    let mut query = sqlx::QueryBuilder::new("select ");
    query
        .push(COLUMNS)
        .push(" from mail_decisions d where d.live and d.undone_at is null and d.rule_id = ")
        .push_bind(rule_id);
    if let Some(since) = since {
        query.push(" and d.at >= ").push_bind(since);
    } else {
        query.push(" and d.id in (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(*id);
        }
        query.push(")");
    }
    query
        .push(" order by d.at, d.id limit ")
        .push_bind(MAX_TAKEN_BACK);
    query
}

/// False when it was kept before.
async fn insert(
    tx: &mut Tx,
    decision: &MailDecision,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let new = write!(tx, |c| {
        sqlx::query(
        "insert into mail_decisions
           (id, mail_id, mailbox_id, rule_id, rule_name, owner, rule_version, live, at, outcome, causes, followed,
            acted_for)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         on conflict (mail_id, mailbox_id, rule_id) do nothing"
    )
    .bind(decision.id)
    .bind(decision.mail_id)
    .bind(decision.mailbox_id)
    .bind(decision.rule_id)
    .bind(&decision.rule_name)
    .bind(decision.owner.to_string())
    .bind(decision.rule_version)
    .bind(decision.live)
    .bind(now)
    .bind(&decision.outcome)
    .bind(Json(&decision.causes))
    .bind(Json(&decision.followed))
    .bind(decision.acted_for.as_deref())
    .execute(c)
    .await?
    .rows_affected()
    });
    Ok(new > 0)
}

async fn count_hit(
    tx: &mut Tx,
    decision: &MailDecision,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if decision.outcome == "matched" {
        write!(tx, |c| sqlx::query(
            "update rules set hits = hits + 1, last_hit_at = $1 where id = $2"
        )
        .bind(now)
        .bind(decision.rule_id)
        .execute(c)
        .await
        .map(|_| ())?);
    }
    Ok(())
}

async fn insert_tag(
    tx: &mut Tx,
    decision: &MailDecision,
    tag: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    write!(tx, |c| sqlx::query(
        "insert into mail_tags (mail_id, tag, rule_id, tagged_at)
         values ($1, $2, $3, $4)
         on conflict do nothing"
    )
    .bind(decision.mail_id)
    .bind(tag)
    .bind(decision.rule_id)
    .bind(now)
    .execute(c)
    .await
    .map(|_| ())?);
    Ok(())
}
