//! Everything a user counts as: themself, groups, units and all above them, roles. The one table that access is asked of.
//!
//! Derived, and derived anew in the transaction that changes what it is derived from; never written otherwise. A user
//! who is disabled counts as nothing.

use super::{
    Store, StoreError,
    db::{Tx, read, write},
};

/// The user, their groups, their unit and those above it. `$1` is one user, or null for all.
const OF_PEOPLE: &str = "
    insert into memberships (user_name, principal)
    with recursive above (user_name, code) as (
      select name, unit from users
      where unit is not null and disabled_at is null and ($1 is null or name = $1)
      union
      select a.user_name, u.parent from above a
      join units u on u.code = a.code
      where u.parent is not null
    )
    select name, 'user:' || name from users
    where disabled_at is null and ($1 is null or name = $1)
    union
    select g.user_name, 'group:' || g.group_name from user_groups g
    join users p on p.name = g.user_name
    where p.disabled_at is null and ($1 is null or g.user_name = $1)
    union
    select user_name, 'unit:' || code from above
    where true
    on conflict do nothing";

/// Roles of all that, with what they are limited to; a unit stands for those below it too.
const OF_ROLES: &str = "
    insert into memberships (user_name, principal)
    with recursive below (root, code) as (
      select code, code from units
      union
      select b.root, u.code from below b
      join units u on u.parent = b.code
    )
    select m.user_name, 'role:' || g.role from role_grants g
    join memberships m on m.principal = g.principal
    where g.role <> 'user' and ($1 is null or m.user_name = $1)
    union
    select m.user_name, g.role || ':' || g.scope from role_grants g
    join memberships m on m.principal = g.principal
    where g.scope <> '' and ($1 is null or m.user_name = $1)
    union
    select m.user_name, g.role || ':unit:' || b.code from role_grants g
    join memberships m on m.principal = g.principal
    join below b on g.scope = 'unit:' || b.root
    where $1 is null or m.user_name = $1
    on conflict do nothing";

/// Everybody is a user but those who run or watch the service: they see content only when that role was given them too.
const OF_USERS: &str = "
    insert into memberships (user_name, principal)
    select p.name, 'role:user' from users p
    where p.disabled_at is null and ($1 is null or p.name = $1)
      and (
        not exists (
          select 1 from memberships m
          where m.user_name = p.name and m.principal in ('role:administrator', 'role:auditor'))
        or exists (
          select 1 from role_grants g
          join memberships m on m.principal = g.principal
          where g.role = 'user' and m.user_name = p.name))
    on conflict do nothing";

/// Derives what one user, or everybody, counts as.
pub(super) async fn derive(tx: &mut Tx, user: Option<&str>) -> Result<(), StoreError> {
    // One at a time: what another derives from has then been committed, and is seen.
    if let Tx::Postgres(tx) = &mut *tx {
        sqlx::query("lock table memberships in share row exclusive mode")
            .execute(&mut **tx)
            .await?;
    }
    write!(tx, |c| {
        sqlx::query("delete from memberships where $1 is null or user_name = $1")
            .bind(user)
            .execute(&mut *c)
            .await?;
        sqlx::query(OF_PEOPLE).bind(user).execute(&mut *c).await?;
        sqlx::query(OF_ROLES).bind(user).execute(&mut *c).await?;
        sqlx::query(OF_USERS).bind(user).execute(&mut *c).await?;
    });
    Ok(())
}

impl Store {
    /// Everything a user counts as, in order.
    pub async fn memberships(&self, user: &str) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(String,)> = read!(self, |c| sqlx::query_as(
            "select principal
             from memberships
             where user_name = $1
             order by principal"
        )
        .bind(user)
        .fetch_all(c)
        .await?);
        Ok(rows.into_iter().map(|(principal,)| principal).collect())
    }
}
