//! Folders of mailboxes that are tied to a case: what a person puts there is journaled on it.

use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;

use super::{
    AuditRecord, EventKind, Store, StoreError,
    access::{self, sees_case, sees_mailbox},
    audit,
    db::{Tx, read, write},
    events,
};
use crate::domain::access::Level;

/// A folder's case, as far as the viewer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedFolder {
    pub folder_id: Uuid,
    /// `None` for a case that the viewer does not see.
    pub case: Option<LinkedCase>,
    /// The case is closed: what is put there waits for a person.
    pub is_suspended: bool,
    pub linked_by: String,
    pub linked_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedCase {
    pub id: Uuid,
    pub number: String,
    pub title: String,
}

/// Where a mail lies that is to be filed.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LinkedPlace {
    pub mailbox_id: Uuid,
    pub folder_id: Uuid,
    pub case_id: Uuid,
    pub linked_by: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    folder_id: Uuid,
    case_id: Uuid,
    number: String,
    title: String,
    status: String,
    seen: bool,
    linked_by: String,
    linked_at: DateTime<Utc>,
}

impl Store {
    /// The folders of a mailbox that are tied to a case, for somebody who sees the mailbox.
    pub async fn linked_folders(
        &self,
        mailbox_id: Uuid,
        viewer: &str,
    ) -> Result<Vec<LinkedFolder>, StoreError> {
        let rows: Vec<Row> = read!(self, |c| {
            sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select l.folder_id, l.case_id, c.number, c.title, c.status, {} as seen, l.linked_by, l.linked_at
             from linked_folders l
             join folders f on f.id = l.folder_id
             join cases c on c.id = l.case_id
             where f.mailbox_id = $2 and {}
             order by f.name",
            sees_case("$1"),
            sees_mailbox("f.mailbox_id", "$1")
        )))
        .bind(viewer)
        .bind(mailbox_id)
        .fetch_all(c)
        .await?
        });
        let folder = |row: Row| LinkedFolder {
            folder_id: row.folder_id,
            case: row.seen.then_some(LinkedCase {
                id: row.case_id,
                number: row.number,
                title: row.title,
            }),
            is_suspended: row.status == "closed",
            linked_by: row.linked_by,
            linked_at: row.linked_at,
        };
        Ok(rows.into_iter().map(folder).collect())
    }

    /// Ties a folder to an open case, in place of another: for those who see the mailbox and may file on the case.
    pub async fn link_folder(
        &self,
        (mailbox_id, folder_id): (Uuid, Uuid),
        case_id: Uuid,
        user: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        expect_folder(&mut tx, mailbox_id, folder_id, user).await?;
        access::expect_case(&mut tx, case_id, user, Level::Write).await?;
        let (number, status): (String, String) = write!(&mut tx, |c| sqlx::query_as(
            "select number, status from cases where id = $1"
        )
        .bind(case_id)
        .fetch_one(c)
        .await?);
        if status == "closed" {
            return Err(StoreError::CaseClosed(number));
        }
        write!(&mut tx, |c| {
            sqlx::query(
            "insert into linked_folders (folder_id, case_id, linked_by, linked_at)
             values ($1, $2, $3, $4)
             on conflict (folder_id) do update
             set case_id = excluded.case_id, linked_by = excluded.linked_by, linked_at = excluded.linked_at"
        )
        .bind(folder_id)
        .bind(case_id)
        .bind(user)
        .bind(now.trunc_subsecs(6))
        .execute(c)
        .await
        .map(|_| ())?;
        });
        note(
            &mut tx,
            (mailbox_id, folder_id),
            Some(case_id),
            (user, "folder.link"),
            now,
        )
        .await?;
        tx.commit().await?;
        self.ring();
        Ok(())
    }

    /// Unties a folder; what was filed from it stays filed. For those who see the mailbox.
    pub async fn unlink_folder(
        &self,
        (mailbox_id, folder_id): (Uuid, Uuid),
        user: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        expect_folder(&mut tx, mailbox_id, folder_id, user).await?;
        let gone: Option<(Uuid,)> = write!(&mut tx, |c| sqlx::query_as(
            "delete from linked_folders where folder_id = $1 returning case_id"
        )
        .bind(folder_id)
        .fetch_optional(c)
        .await?);
        if let Some((case_id,)) = gone {
            note(
                &mut tx,
                (mailbox_id, folder_id),
                Some(case_id),
                (user, "folder.unlink"),
                now,
            )
            .await?;
        }
        tx.commit().await?;
        self.ring();
        Ok(())
    }

    /// The tied folders of a mailbox that a mail lies in now; for the house's own work, where nobody looks.
    pub async fn linked_places(
        &self,
        mailbox_id: Uuid,
        mail_id: Uuid,
    ) -> Result<Vec<LinkedPlace>, StoreError> {
        Ok(read!(self, |c| sqlx::query_as(
            "select distinct l.mailbox_id, l.folder_id, k.case_id, k.linked_by
             from mail_locations l
             join linked_folders k on k.folder_id = l.folder_id
             where l.mailbox_id = $1 and l.mail_id = $2
             order by l.folder_id"
        )
        .bind(mailbox_id)
        .bind(mail_id)
        .fetch_all(c)
        .await?))
    }

    /// The only owner of a mailbox; `None` where there are several, or none.
    pub async fn only_owner(&self, mailbox_id: Uuid) -> Result<Option<String>, StoreError> {
        let owners: Vec<(String,)> = read!(self, |c| sqlx::query_as(
            "select distinct p.user_name
             from mailbox_access a
             join memberships p on p.principal = a.principal
             where a.mailbox_id = $1 and a.kind = 'owner'
             limit 2"
        )
        .bind(mailbox_id)
        .fetch_all(c)
        .await?);
        Ok(match <[(String,); 1]>::try_from(owners) {
            Ok([(owner,)]) => Some(owner),
            Err(_) => None,
        })
    }
}

/// Which of these folders are tied to a case.
pub(super) async fn among(tx: &mut Tx, folders: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    if folders.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid,)> = write!(tx, |c, Database| {
        let mut query = sqlx::QueryBuilder::<Database>::new(
            "select folder_id from linked_folders where folder_id in (",
        );
        let mut list = query.separated(", ");
        for folder in folders {
            list.push_bind(*folder);
        }
        query.push(")");
        query.build_query_as().fetch_all(c).await?
    });
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

async fn expect_folder(
    tx: &mut Tx,
    mailbox_id: Uuid,
    folder_id: Uuid,
    user: &str,
) -> Result<(), StoreError> {
    let found: Option<(Uuid,)> = write!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select f.id from folders f where f.id = $3 and f.mailbox_id = $2 and {}",
        sees_mailbox("f.mailbox_id", "$1")
    )))
    .bind(user)
    .bind(mailbox_id)
    .bind(folder_id)
    .fetch_optional(c)
    .await?);
    found.map(|_| ()).ok_or(StoreError::NotFound("folder"))
}

async fn note(
    tx: &mut Tx,
    (mailbox_id, folder_id): (Uuid, Uuid),
    case_id: Option<Uuid>,
    (actor, action): (&str, &str),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let record = AuditRecord {
        actor,
        action,
        subject_kind: "folder",
        subject_id: folder_id.to_string(),
        case_id,
        detail: serde_json::json!({ "mailbox": mailbox_id }),
    };
    audit::append(tx, now, record).await?;
    events::append(tx, now, &EventKind::MailboxChanged { mailbox_id }).await
}
