//! Whom the organisation's provider says somebody is.
//!
//! A person is known by issuer and subject, never by a name that may be given to another: who was renamed stays who
//! they are, and who got a name that another had before is not let in as them.

use chrono::{DateTime, Utc};

use super::{
    GroupSource, Store, StoreError, User,
    db::{Tx, read, write},
    memberships, users,
};
use crate::domain::user_name::UnknownUsers;

/// What a provider says of somebody, as it is taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub issuer: String,
    pub subject: String,
    /// What they would be called here; `None` when the claims hold no usable name.
    pub user_name: Option<String>,
    /// Whether the organisation itself gives that name, and not the person: then whoever bears it is who was added here.
    pub name_is_ours: bool,
    pub display_name: Option<String>,
    pub mail: Option<String>,
    pub unit: Option<String>,
    /// `None` when the claims say nothing of groups: those known stay.
    pub groups: Option<Vec<String>>,
    /// Of all that.
    pub hash: [u8; 32],
}

/// Who an identity turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    User(String),
    Disabled,
    /// Nobody here, and nobody may be made of it.
    Unknown,
    /// The name is another identity's already.
    NameTaken,
    /// Somebody of that name was added here, and nothing shows that this is them.
    NotProven,
}

#[derive(sqlx::FromRow)]
struct Row {
    user_name: String,
    claims_hash: Vec<u8>,
    disabled_at: Option<DateTime<Utc>>,
}

impl Store {
    /// Finds who this is, takes over what changed since the last time, and makes a new user where that is wanted.
    pub async fn recognise(
        &self,
        identity: &Identity,
        unknown: UnknownUsers,
        now: DateTime<Utc>,
    ) -> Result<Known, StoreError> {
        match self.bound(identity).await? {
            Some(row) if row.disabled_at.is_some() => Ok(Known::Disabled),
            Some(row) if row.claims_hash == identity.hash => Ok(Known::User(row.user_name)),
            Some(row) => {
                let mut tx = self.db.begin().await?;
                take_over(&mut tx, &row.user_name, identity).await?;
                let name = row.user_name.as_str();
                users::record_beside(&mut tx, now, name, ("user.claims", "user", name)).await?;
                tx.commit().await?;
                Ok(Known::User(row.user_name))
            }
            None => self.bind(identity, unknown, now).await,
        }
    }

    async fn bound(&self, identity: &Identity) -> Result<Option<Row>, StoreError> {
        Ok(read!(self, |c| sqlx::query_as(
            "select i.user_name, i.claims_hash, u.disabled_at
             from user_identities i
             join users u on u.name = i.user_name
             where i.issuer = $1 and i.subject = $2"
        )
        .bind(&identity.issuer)
        .bind(&identity.subject)
        .fetch_optional(c)
        .await?))
    }

    /// The first time that somebody comes.
    async fn bind(
        &self,
        identity: &Identity,
        unknown: UnknownUsers,
        now: DateTime<Utc>,
    ) -> Result<Known, StoreError> {
        let Some(name) = &identity.user_name else {
            return Ok(Known::Unknown);
        };
        let mut tx = self.db.begin().await?;
        let known: Option<(Option<DateTime<Utc>>, i64)> = write!(&mut tx, |c| sqlx::query_as(
            "select u.disabled_at,
               (select count(*) from user_identities i where i.user_name = u.name)
             from users u
             where u.name = $1"
        )
        .bind(name)
        .fetch_optional(c)
        .await?);
        match known {
            Some((Some(_), _)) => return Ok(Known::Disabled),
            Some((None, others)) if others > 0 => return Ok(Known::NameTaken),
            Some(_) if !identity.name_is_ours => return Ok(Known::NotProven),
            Some(_) => {}
            None if unknown == UnknownUsers::Refuse => return Ok(Known::Unknown),
            None => {
                let user = User {
                    name: name.clone(),
                    display_name: identity
                        .display_name
                        .clone()
                        .unwrap_or_else(|| name.clone()),
                    mail: identity.mail.clone(),
                    unit: identity.unit.clone().filter(|unit| !unit.is_empty()),
                };
                users::save(&mut tx, &user, now).await?;
            }
        }
        let bound = write!(&mut tx, |c| sqlx::query(
            "insert into user_identities (issuer, subject, user_name, claims_hash, bound_at)
             values ($1, $2, $3, $4, $5)
             on conflict do nothing"
        )
        .bind(&identity.issuer)
        .bind(&identity.subject)
        .bind(name)
        .bind(identity.hash.as_slice())
        .bind(now)
        .execute(c)
        .await?
        .rows_affected());
        if bound == 0 {
            // Another request was faster: this person's own, or one of somebody who is called the same.
            drop(tx);
            return Ok(match self.bound(identity).await? {
                Some(row) if row.disabled_at.is_some() => Known::Disabled,
                Some(row) => Known::User(row.user_name),
                None => Known::NameTaken,
            });
        }
        take_over(&mut tx, name, identity).await?;
        users::record_beside(&mut tx, now, name, ("user.bind", "user", name)).await?;
        tx.commit().await?;
        Ok(Known::User(name.clone()))
    }

    /// Binds a user to an account at the provider by an administrator's word; what the provider says of it is taken over when
    /// it comes.
    pub async fn bind_user(
        &self,
        name: &str,
        (issuer, subject): (&str, &str),
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let (known, others): (i64, i64) = write!(&mut tx, |c| {
            sqlx::query_as(
            "select (select count(*) from users where name = $1),
               (select count(*) from user_identities where user_name = $1 or (issuer = $2 and subject = $3))"
        )
        .bind(name)
        .bind(issuer)
        .bind(subject)
        .fetch_one(c)
        .await?
        });
        if known == 0 {
            return Err(StoreError::NotFound("user"));
        }
        if others > 0 {
            return Err(StoreError::Duplicate("sign-in of that user or account"));
        }
        write!(&mut tx, |c| sqlx::query(
            "insert into user_identities (issuer, subject, user_name, claims_hash, bound_at)
             values ($1, $2, $3, $4, $5)"
        )
        .bind(issuer)
        .bind(subject)
        .bind(name)
        .bind([0_u8; 32].as_slice())
        .bind(now)
        .execute(c)
        .await
        .map(|_| ())?);
        let act = ("user.bind", "user", name);
        users::record(&mut tx, now, users::COMMAND_LINE, act).await?;
        tx.commit().await
    }

    /// Lets the provider's next answer decide anew who this user is; for one who was given a new account there.
    pub async fn unbind_user(&self, name: &str) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let removed = write!(&mut tx, |c| {
            sqlx::query("delete from sessions where user_name = $1")
                .bind(name)
                .execute(&mut *c)
                .await?;
            sqlx::query("delete from user_identities where user_name = $1")
                .bind(name)
                .execute(&mut *c)
                .await?
                .rows_affected()
        });
        if removed == 0 {
            return Err(StoreError::NotFound("user with a sign-in"));
        }
        let act = ("user.unbind", "user", name);
        users::record(&mut tx, Utc::now(), users::COMMAND_LINE, act).await?;
        tx.commit().await
    }
}

/// What the claims say goes over what was known; what they leave out stays.
async fn take_over(tx: &mut Tx, name: &str, identity: &Identity) -> Result<(), StoreError> {
    write!(tx, |c| {
        sqlx::query(
            "update users
             set display_name = coalesce($1, display_name), mail = coalesce($2, mail), unit = case when $3 = '' then null else coalesce($3, unit) end
             where name = $4",
        )
        .bind(&identity.display_name)
        .bind(&identity.mail)
        .bind(&identity.unit)
        .bind(name)
        .execute(&mut *c)
        .await?;
        sqlx::query(
            "update user_identities
             set claims_hash = $1
             where issuer = $2 and subject = $3",
        )
        .bind(identity.hash.as_slice())
        .bind(&identity.issuer)
        .bind(&identity.subject)
        .execute(&mut *c)
        .await?;
    });
    if let Some(groups) = &identity.groups {
        users::set_groups(tx, name, groups, GroupSource::Claims).await?;
    }
    memberships::derive(tx, Some(name)).await
}
