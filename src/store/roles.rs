//! Which roles were given to whom.

use chrono::Utc;

use super::{
    Store, StoreError,
    db::{read, write},
    memberships,
    users::{self, COMMAND_LINE},
};
use crate::domain::role::Grant;

/// Gives roles too, all of its own each time it is read.
const CONFIGURATION: &str = "configuration";

/// A role as it was given: principal, role, scope, source.
pub type GrantRow = (String, String, String, String);

impl Store {
    pub async fn grant(&self, grant: &Grant) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        insert(&mut tx, grant, COMMAND_LINE).await?;
        memberships::derive(&mut tx, None).await?;
        let act = ("role.grant", "role", &*in_words(grant));
        users::record(&mut tx, Utc::now(), COMMAND_LINE, act).await?;
        tx.commit().await
    }

    /// Takes back what `grant` gave; what the configuration gives is not taken back here.
    pub async fn revoke_grant(&self, grant: &Grant) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let removed = write!(&mut tx, |c| sqlx::query(
            "delete from role_grants
             where principal = $1 and role = $2 and scope = $3 and source = $4"
        )
        .bind(grant.to.to_string())
        .bind(grant.role.as_str())
        .bind(grant.scope.to_string())
        .bind(COMMAND_LINE)
        .execute(c)
        .await?
        .rows_affected());
        if removed == 0 {
            return Err(StoreError::NotFound("role of theirs"));
        }
        memberships::derive(&mut tx, None).await?;
        let act = ("role.revoke", "role", &*in_words(grant));
        users::record(&mut tx, Utc::now(), COMMAND_LINE, act).await?;
        tx.commit().await
    }

    /// Puts what the configuration says now in place of what it said before.
    pub async fn set_configured_grants(&self, grants: &[Grant]) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let before: Vec<(String, String, String)> = write!(&mut tx, |c| sqlx::query_as(
            "select principal, role, scope from role_grants where source = $1"
        )
        .bind(CONFIGURATION)
        .fetch_all(c)
        .await?);
        // At nearly every start: then nothing has to be derived anew.
        let same = |grant: &Grant| {
            before.contains(&(
                grant.to.to_string(),
                grant.role.as_str().to_owned(),
                grant.scope.to_string(),
            ))
        };
        if before.len() == grants.len() && grants.iter().all(same) {
            return Ok(());
        }
        write!(&mut tx, |c| sqlx::query(
            "delete from role_grants where source = $1"
        )
        .bind(CONFIGURATION)
        .execute(c)
        .await
        .map(|_| ())?);
        for grant in grants {
            insert(&mut tx, grant, CONFIGURATION).await?;
        }
        memberships::derive(&mut tx, None).await?;
        let act = ("role.configure", "role", CONFIGURATION);
        users::record(&mut tx, Utc::now(), CONFIGURATION, act).await?;
        tx.commit().await
    }

    pub async fn grants(&self) -> Result<Vec<GrantRow>, StoreError> {
        Ok(read!(self, |c| sqlx::query_as(
            "select principal, role, scope, source
             from role_grants
             order by principal, role, scope, source"
        )
        .fetch_all(c)
        .await?))
    }
}

/// For the record.
fn in_words(grant: &Grant) -> String {
    let Grant { to, role, scope } = grant;
    format!("{to} {} {scope}", role.as_str())
        .trim_end()
        .to_owned()
}

async fn insert(tx: &mut super::db::Tx, grant: &Grant, source: &str) -> Result<(), StoreError> {
    write!(tx, |c| sqlx::query(
        "insert into role_grants (principal, role, scope, source)
         values ($1, $2, $3, $4)
         on conflict do nothing"
    )
    .bind(grant.to.to_string())
    .bind(grant.role.as_str())
    .bind(grant.scope.to_string())
    .bind(source)
    .execute(c)
    .await
    .map(|_| ())?);
    Ok(())
}
