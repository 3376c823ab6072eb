//! Monitored mailboxes, their folders, and which mails lie where.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    AuditRecord, EventKind, Store, StoreError,
    access::sees_mailbox,
    audit,
    db::{Tx, read, write},
    events, is_unique_violation,
};
use crate::domain::role::{Principal, Role, Scope};

/// A mailbox as it is watched. Passwords are never here: `settings` names where they are read from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mailbox {
    pub id: Uuid,
    pub name: String,
    /// Owned by `mailbox::settings`.
    pub settings: Value,
    pub state: MailboxState,
    /// Code of the reason, put into words by the message catalogue.
    pub state_reason: Option<String>,
    pub state_at: DateTime<Utc>,
    pub access: Vec<MailboxAccess>,
    pub folders: Vec<Folder>,
    pub mails: i64,
}

macro_rules! state {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
        #[serde(rename_all = "snake_case")]
        #[sqlx(type_name = "text", rename_all = "snake_case")]
        pub enum $name { $($(#[$vmeta])* $variant),* }
        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),*];
            pub fn as_str(self) -> &'static str { match self { $(Self::$variant => $text),* } }
        }
    };
}

state!(
    /// What a mailbox is doing.
    MailboxState {
        New = "new",
        Connecting = "connecting",
        Syncing = "syncing",
        Watching = "watching",
        /// Lost the connection or the server is away; tries again by itself.
        Waiting = "waiting",
        /// Needs a person: password refused, certificate invalid, unknown host.
        Refused = "refused",
    }
);

state!(
    /// What a folder is doing.
    FolderState {
        New = "new",
        Syncing = "syncing",
        Watching = "watching",
        /// Gone from the server; looked for again at each sync.
        Missing = "missing",
        Failed = "failed",
    }
);

#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Folder {
    pub id: Uuid,
    #[serde(skip)]
    pub mailbox_id: Uuid,
    pub name: String,
    pub uidvalidity: Option<i64>,
    pub highestmodseq: Option<i64>,
    /// Mails on the server at the last look.
    pub exists_count: i64,
    pub state: FolderState,
    pub state_reason: Option<String>,
    pub state_at: DateTime<Utc>,
    /// Mails of this folder that are stored.
    pub stored: i64,
}

/// How far a folder was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct FolderPosition {
    pub uidvalidity: Option<i64>,
    /// Only after everything in the folder was stored.
    pub highestmodseq: Option<i64>,
    pub stored: i64,
    pub last_uid: i64,
}

/// Where a mail lies on a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Location {
    pub mailbox_id: Uuid,
    pub mailbox: String,
    pub folder_id: Uuid,
    pub folder: String,
    pub uidvalidity: i64,
    pub uid: i64,
}

state!(
    /// As what somebody sees a mailbox; all see everything in it.
    MailboxRole {
        /// Whose mail it is.
        Owner = "owner",
        /// Who reads it for them.
        Delegate = "delegate",
        /// Who journals for them.
        Registrar = "registrar",
    }
);

/// A line of a mailbox's access list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct MailboxAccess {
    /// A principal, such as `unit:teknik`.
    pub who: String,
    pub role: MailboxRole,
}

#[derive(sqlx::FromRow)]
struct MailboxRow {
    id: Uuid,
    name: String,
    settings: Json<Value>,
    state: MailboxState,
    state_reason: Option<String>,
    state_at: DateTime<Utc>,
    mails: i64,
}

impl Store {
    /// Adds a mailbox that these users may see.
    pub async fn add_mailbox(
        &self,
        name: &str,
        settings: &Value,
        users: &[String],
        now: DateTime<Utc>,
    ) -> Result<Uuid, StoreError> {
        let id = Uuid::now_v7();
        let mut tx = self.db.begin().await?;
        write!(&mut tx, |c| sqlx::query(
            "insert into mailboxes (id, name, settings, state, state_at, created_at)
             values ($1, $2, $3, 'new', $4, $4)"
        )
        .bind(id)
        .bind(name)
        .bind(Json(settings))
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))
        .map_err(|error| {
            if is_unique_violation(&error) {
                StoreError::Duplicate("mailbox")
            } else {
                error.into()
            }
        })?;
        for user in users {
            let known: Option<(String,)> = write!(&mut tx, |c| sqlx::query_as(
                "select name from users where name = $1"
            )
            .bind(user)
            .fetch_optional(c)
            .await?);
            known.ok_or(StoreError::NotFound("user"))?;
            give(
                &mut tx,
                id,
                &Principal::User(user.clone()),
                MailboxRole::Owner,
            )
            .await?;
        }
        let registrars = Principal::Role(Role::Registrar, Scope::Mailbox(name.to_owned()));
        give(&mut tx, id, &registrars, MailboxRole::Registrar).await?;
        let record = AuditRecord {
            actor: &audit::actor_at_hand(),
            action: "mailbox.add",
            subject_kind: "mailbox",
            subject_id: id.to_string(),
            case_id: None,
            // Who may see what lies in it.
            detail: serde_json::json!({ "users": users }),
        };
        audit::append(&mut tx, now, record).await?;
        events::append(&mut tx, now, &EventKind::MailboxChanged { mailbox_id: id }).await?;
        tx.commit().await?;
        self.ring();
        Ok(id)
    }

    /// Removes a mailbox. Mails that lay only there and were never journaled go with it.
    pub async fn remove_mailbox(&self, id: Uuid) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let removed = write!(&mut tx, |c| sqlx::query(
            "delete from mailboxes where id = $1"
        )
        .bind(id)
        .execute(c)
        .await?
        .rows_affected());
        if removed == 0 {
            return Err(StoreError::NotFound("mailbox"));
        }
        let record = AuditRecord {
            actor: &audit::actor_at_hand(),
            action: "mailbox.remove",
            subject_kind: "mailbox",
            subject_id: id.to_string(),
            case_id: None,
            detail: serde_json::json!({}),
        };
        audit::append(&mut tx, Utc::now(), record).await?;
        tx.commit().await
    }

    /// Every mailbox, or those that `viewer` may see.
    pub async fn mailboxes(&self, viewer: Option<&str>) -> Result<Vec<Mailbox>, StoreError> {
        let rows: Vec<MailboxRow> = read!(self, |c| {
            sqlx::query_as(
            sqlx::AssertSqlSafe(format!(
            "select m.id, m.name, m.settings, m.state, m.state_reason, m.state_at,
               (select count(distinct l.mail_id) from mail_locations l where l.mailbox_id = m.id) as mails
             from mailboxes m
             where $1 is null or {}
             order by m.name",
            sees_mailbox("m.id", "$1")
        )))
        .bind(viewer)
        .fetch_all(c)
        .await?
        });
        let mut mailboxes = Vec::with_capacity(rows.len());
        for row in rows {
            let access: Vec<MailboxAccess> = read!(self, |c| sqlx::query_as(
                "select principal as who, kind as role
                 from mailbox_access
                 where mailbox_id = $1
                 order by kind, principal"
            )
            .bind(row.id)
            .fetch_all(c)
            .await?);
            mailboxes.push(Mailbox {
                id: row.id,
                name: row.name,
                settings: row.settings.0,
                state: row.state,
                state_reason: row.state_reason,
                state_at: row.state_at,
                access,
                folders: self.folders(row.id).await?,
                mails: row.mails,
            });
        }
        Ok(mailboxes)
    }

    /// Mailboxes by state, for metrics.
    pub async fn mailbox_counts(&self) -> Result<Vec<(MailboxState, i64)>, StoreError> {
        Ok(read!(self, |c| sqlx::query_as(
            "select state, count(*)
             from mailboxes
             group by state
             order by state"
        )
        .fetch_all(c)
        .await?))
    }

    /// Lets somebody see what lies in a mailbox, or in another role than before.
    pub async fn give_mailbox(
        &self,
        name: &str,
        who: &Principal,
        role: MailboxRole,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let id = id_of(&mut tx, name).await?;
        give(&mut tx, id, who, role).await?;
        access_changed(&mut tx, id, ("mailbox.give", who, Some(role)), now).await?;
        tx.commit().await?;
        self.ring();
        Ok(())
    }

    /// Who sent what is from this address and lies in the mailbox's sent mail: the owner with that address, or the only
    /// one there is.
    pub async fn sender_of(
        &self,
        mailbox_id: Uuid,
        from: &str,
    ) -> Result<Option<String>, StoreError> {
        let owners: Vec<(String, Option<String>)> = read!(self, |c| sqlx::query_as(
            "select distinct u.name, u.mail
             from mailbox_access a
             join memberships p on p.principal = a.principal
             join users u on u.name = p.user_name
             where a.mailbox_id = $1 and a.kind = 'owner'
             order by u.name
             limit 1000"
        )
        .bind(mailbox_id)
        .fetch_all(c)
        .await?);
        let has_address = |(_, mail): &&(String, Option<String>)| {
            mail.as_deref()
                .is_some_and(|mail| mail.eq_ignore_ascii_case(from))
        };
        let sender = match (owners.iter().find(has_address), &*owners) {
            (Some(owner), _) | (None, [owner]) => Some(owner.0.clone()),
            _ => None,
        };
        Ok(sender)
    }

    /// Takes the mailbox from somebody; what they filed stays where it is.
    pub async fn take_mailbox(
        &self,
        name: &str,
        who: &Principal,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let id = id_of(&mut tx, name).await?;
        let removed = write!(&mut tx, |c| sqlx::query(
            "delete from mailbox_access where mailbox_id = $1 and principal = $2"
        )
        .bind(id)
        .bind(who.to_string())
        .execute(c)
        .await?
        .rows_affected());
        if removed == 0 {
            return Err(StoreError::NotFound("access of theirs"));
        }
        access_changed(&mut tx, id, ("mailbox.take", who, None), now).await?;
        tx.commit().await?;
        self.ring();
        Ok(())
    }

    pub async fn set_mailbox_state(
        &self,
        id: Uuid,
        state: MailboxState,
        reason: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let changed = write!(&mut tx, |c| sqlx::query(
            "update mailboxes
             set state = $1, state_reason = $2, state_at = $3
             where id = $4 and (state <> $1 or coalesce(state_reason, '') <> coalesce($2, ''))"
        )
        .bind(state.as_str())
        .bind(reason)
        .bind(now)
        .bind(id)
        .execute(c)
        .await?
        .rows_affected());
        if changed > 0 {
            events::append(&mut tx, now, &EventKind::MailboxChanged { mailbox_id: id }).await?;
        }
        tx.commit().await?;
        self.ring();
        Ok(())
    }

    pub async fn folders(&self, mailbox_id: Uuid) -> Result<Vec<Folder>, StoreError> {
        Ok(read!(self, |c| {
            sqlx::query_as(
            "select f.id, f.mailbox_id, f.name, f.uidvalidity, f.highestmodseq, f.exists_count, f.state,
               f.state_reason, f.state_at,
               (select count(*) from mail_locations l
                where l.folder_id = f.id and l.uidvalidity = f.uidvalidity) as stored
             from folders f
             where f.mailbox_id = $1
             order by f.name"
        )
        .bind(mailbox_id)
        .fetch_all(c)
        .await?
        }))
    }

    /// The folder of that name, recorded when it is new.
    pub async fn ensure_folder(
        &self,
        mailbox_id: Uuid,
        name: &str,
        now: DateTime<Utc>,
    ) -> Result<Uuid, StoreError> {
        let mut tx = self.db.begin().await?;
        let row: (Uuid,) = write!(&mut tx, |c| sqlx::query_as(
            "insert into folders (id, mailbox_id, name, state, state_at)
             values ($1, $2, $3, 'new', $4)
             on conflict (mailbox_id, name) do update set name = excluded.name
             returning id"
        )
        .bind(Uuid::now_v7())
        .bind(mailbox_id)
        .bind(name)
        .bind(now)
        .fetch_one(c)
        .await?);
        tx.commit().await?;
        Ok(row.0)
    }

    pub async fn set_folder_state(
        &self,
        folder_id: Uuid,
        state: FolderState,
        reason: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        write!(&mut tx, |c| sqlx::query(
            "update folders
             set state = $1, state_reason = $2, state_at = $3
             where id = $4"
        )
        .bind(state.as_str())
        .bind(reason)
        .bind(now)
        .bind(folder_id)
        .execute(c)
        .await
        .map(|_| ())?);
        tx.commit().await
    }

    /// Records what a SELECT told. A new UIDVALIDITY makes every known place in the folder void (RFC 3501 § 2.3.1.1).
    pub async fn set_folder_position(
        &self,
        folder_id: Uuid,
        uidvalidity: u32,
        highestmodseq: Option<u64>,
        exists: u32,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        write!(&mut tx, |c| sqlx::query(
            "delete from mail_locations
             where folder_id = $1 and uidvalidity <> $2"
        )
        .bind(folder_id)
        .bind(i64::from(uidvalidity))
        .execute(c)
        .await
        .map(|_| ())?);
        write!(&mut tx, |c| sqlx::query(
            "delete from removed_places
             where folder_id = $1 and uidvalidity <> $2"
        )
        .bind(folder_id)
        .bind(i64::from(uidvalidity))
        .execute(c)
        .await
        .map(|_| ())?);
        write!(&mut tx, |c| sqlx::query(
            "update folders
             set uidvalidity = $1, highestmodseq = $2, exists_count = $3
             where id = $4"
        )
        .bind(i64::from(uidvalidity))
        .bind(highestmodseq.map(|n| n as i64))
        .bind(i64::from(exists))
        .bind(folder_id)
        .execute(c)
        .await
        .map(|_| ())?);
        tx.commit().await
    }

    /// Every mailbox with its settings, for whoever watches them.
    pub async fn watched_mailboxes(&self) -> Result<Vec<(Uuid, String, Value)>, StoreError> {
        let rows: Vec<(Uuid, String, Json<Value>)> = read!(self, |c| sqlx::query_as(
            "select id, name, settings
             from mailboxes
             order by id"
        )
        .fetch_all(c)
        .await?);
        Ok(rows
            .into_iter()
            .map(|(id, name, settings)| (id, name, settings.0))
            .collect())
    }

    /// What was recorded of a folder, and how many of its mails are stored, or were, up to which UID.
    pub async fn folder_position(&self, folder_id: Uuid) -> Result<FolderPosition, StoreError> {
        Ok(read!(self, |c| {
            sqlx::query_as(
            "select f.uidvalidity, f.highestmodseq, count(l.uid) as stored, coalesce(max(l.uid), 0) as last_uid
             from folders f
             left join (
               select folder_id, uidvalidity, uid from mail_locations where folder_id = $1
               union all
               select folder_id, uidvalidity, uid from removed_places where folder_id = $1) l
               on l.folder_id = f.id and l.uidvalidity = f.uidvalidity
             where f.id = $1
             group by f.uidvalidity, f.highestmodseq"
        )
        .bind(folder_id)
        .fetch_one(c)
        .await?
        }))
    }

    /// The UIDs of a folder that are stored, or were and are not to be fetched again, ascending.
    pub async fn known_uids(
        &self,
        folder_id: Uuid,
        uidvalidity: u32,
    ) -> Result<Vec<u32>, StoreError> {
        let rows: Vec<(i64,)> = read!(self, |c| sqlx::query_as(
            "select uid
             from mail_locations
             where folder_id = $1 and uidvalidity = $2
             union
             select uid
             from removed_places
             where folder_id = $1 and uidvalidity = $2
             order by uid"
        )
        .bind(folder_id)
        .bind(i64::from(uidvalidity))
        .fetch_all(c)
        .await?);
        Ok(rows
            .into_iter()
            .filter_map(|(uid,)| u32::try_from(uid).ok())
            .collect())
    }

    /// Forgets places that are empty now: deleted or moved on the server. The mails stay.
    pub async fn forget_locations(
        &self,
        folder_id: Uuid,
        uidvalidity: u32,
        uids: &[u32],
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        for chunk in uids.chunks(1000) {
            for table in ["mail_locations", "removed_places"] {
                write!(&mut tx, |c, Database| {
                    let mut query = sqlx::QueryBuilder::<Database>::new(format!(
                        "delete from {table} where folder_id = "
                    ));
                    query
                        .push_bind(folder_id)
                        .push(" and uidvalidity = ")
                        .push_bind(i64::from(uidvalidity));
                    query.push(" and uid in (");
                    let mut list = query.separated(", ");
                    for uid in chunk {
                        list.push_bind(i64::from(*uid));
                    }
                    query.push(")");
                    query.build().execute(c).await.map(|_| ())?;
                });
            }
        }
        tx.commit().await
    }

    /// Every place where a mail lies.
    pub async fn locations(&self, mail_id: Uuid) -> Result<Vec<Location>, StoreError> {
        Ok(read!(self, |c| {
            sqlx::query_as(
            "select l.mailbox_id, m.name as mailbox, l.folder_id, f.name as folder, l.uidvalidity, l.uid
             from mail_locations l
             join folders f on f.id = l.folder_id
             join mailboxes m on m.id = l.mailbox_id
             where l.mail_id = $1
             order by m.name, f.name, l.uid"
        )
        .bind(mail_id)
        .fetch_all(c)
        .await?
        }))
    }
}

async fn id_of(tx: &mut Tx, name: &str) -> Result<Uuid, StoreError> {
    let found: Option<(Uuid,)> = write!(tx, |c| sqlx::query_as(
        "select id from mailboxes where name = $1"
    )
    .bind(name)
    .fetch_optional(c)
    .await?);
    found.map(|(id,)| id).ok_or(StoreError::NotFound("mailbox"))
}

async fn give(
    tx: &mut Tx,
    mailbox_id: Uuid,
    who: &Principal,
    role: MailboxRole,
) -> Result<(), StoreError> {
    write!(tx, |c| sqlx::query(
        "insert into mailbox_access (mailbox_id, principal, kind)
         values ($1, $2, $3)
         on conflict (mailbox_id, principal) do update set kind = excluded.kind"
    )
    .bind(mailbox_id)
    .bind(who.to_string())
    .bind(role.as_str())
    .execute(c)
    .await
    .map(|_| ())?);
    Ok(())
}

async fn access_changed(
    tx: &mut Tx,
    mailbox_id: Uuid,
    (action, who, role): (&'static str, &Principal, Option<MailboxRole>),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let record = AuditRecord {
        actor: &audit::actor_at_hand(),
        action,
        subject_kind: "mailbox",
        subject_id: mailbox_id.to_string(),
        case_id: None,
        detail: serde_json::json!({ "who": who.to_string(), "role": role }),
    };
    audit::append(tx, now, record).await?;
    events::append(tx, now, &EventKind::MailboxChanged { mailbox_id }).await
}
