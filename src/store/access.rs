//! Who may see and do what, as clauses of queries. The only place that knows; every query that shows something to
//! somebody has one of these.
//!
//! In a query `c` is a case, `e` an entry, `d` a document, `t` a template; `viewer` is the SQL expression that names who looks. Who
//! counts as whom is asked of `memberships` at the moment of the query.

use uuid::Uuid;

use super::{
    Store, StoreError,
    db::{Tx, read, write},
};
use crate::domain::access::{Level, Onlooker};

/// An open case is every user's, a restricted one its list's.
pub(super) fn sees_case(viewer: &str) -> String {
    format!(
        "({} or {})",
        is_open_to(viewer),
        is_listed(viewer, Level::Read)
    )
}

pub(super) fn writes_case(viewer: &str) -> String {
    format!(
        "({} or {})",
        is_open_to(viewer),
        is_listed(viewer, Level::Write)
    )
}

/// Only who is on the list, also of an open case.
pub(super) fn manages_case(viewer: &str) -> String {
    is_listed(viewer, Level::Manage)
}

/// What was filed, beside its case `c`: never seen by more than the case is.
pub(super) fn sees_entry(viewer: &str) -> String {
    format!("({} and {})", sees_case(viewer), is_let_in(viewer))
}

/// A document of the case `c`, which is as open as what was filed with it.
pub(super) fn sees_document(viewer: &str) -> String {
    format!(
        "({} and (d.entry_id is null or exists (
           select 1 from entries e where e.id = d.entry_id and {})))",
        sees_case(viewer),
        is_let_in(viewer)
    )
}

/// A mailbox, named by the SQL expression for its id.
pub(super) fn sees_mailbox(mailbox: &str, viewer: &str) -> String {
    format!(
        "exists (
           select 1 from mailbox_access a
           join memberships p on p.principal = a.principal
           where a.mailbox_id = {mailbox} and p.user_name = {viewer})"
    )
}

/// A mail in the queue `q` of a mailbox is somebody's, or of something they belong to.
pub(super) fn is_assigned(viewer: &str) -> String {
    format!(
        "exists (
           select 1 from memberships p where p.principal = q.assignee and p.user_name = {viewer})"
    )
}

/// What is said of a mail in the queue `q` of a mailbox.
pub(super) fn sees_place(viewer: &str) -> String {
    format!(
        "({} or {})",
        sees_mailbox("q.mailbox_id", viewer),
        is_assigned(viewer)
    )
}

/// A mail `m` is seen by those of its mailboxes, by whom it is assigned to, and once journaled by those who may see what
/// was filed.
pub(super) fn sees_mail(viewer: &str) -> String {
    format!(
        "(exists (
            select 1 from mail_locations l
            where l.mail_id = m.id and {})
          or exists (
            select 1 from queue_places q
            where q.mail_id = m.id and q.assignee is not null and {})
          or exists (
            select 1 from entries e
            join cases c on c.id = e.case_id
            where e.mail_id = m.id and e.state <> 'undone' and {}))",
        sees_mailbox("l.mailbox_id", viewer),
        is_assigned(viewer),
        sees_entry(viewer)
    )
}

/// Rules `r` are seen by those who may change them, a mailbox's also by all who see the mailbox.
pub(super) fn sees_rule(viewer: &str) -> String {
    format!(
        "({} or (r.mailbox_id is not null and {}))",
        edits_rule(viewer),
        sees_mailbox("r.mailbox_id", viewer)
    )
}

pub(super) fn edits_rule(viewer: &str) -> String {
    format!(
        "((r.owner = 'organisation' and {}) or (r.mailbox_id is not null and {})
          or coalesce(r.person, '') = {viewer})",
        edits_organisation_rules(viewer),
        edits_mailbox_rules("r.mailbox_id", viewer)
    )
}

/// Who runs the service, writes rules or journals, each without a limit to some mailbox or unit.
pub(super) fn edits_organisation_rules(viewer: &str) -> String {
    format!(
        "exists (
           select 1 from role_grants g
           join memberships p on p.principal = g.principal
           where g.scope = '' and g.role in ('administrator', 'rule_editor', 'registrar') and p.user_name = {viewer})"
    )
}

/// Its owners and registrars, and who was made its rule editor.
pub(super) fn edits_mailbox_rules(mailbox: &str, viewer: &str) -> String {
    format!(
        "(exists (
            select 1 from mailbox_access a
            join memberships p on p.principal = a.principal
            where a.mailbox_id = {mailbox} and a.kind in ('owner', 'registrar') and p.user_name = {viewer})
          or exists (
            select 1 from mailboxes e
            join memberships p on p.principal = 'rule_editor:mailbox:' || e.name
            where e.id = {mailbox} and p.user_name = {viewer}))"
    )
}

/// Templates of cases are everybody's to use, and theirs to keep.
pub(super) fn keeps_templates(viewer: &str) -> String {
    format!(
        "exists (
           select 1 from memberships k
           where k.principal in ('role:administrator', 'role:registrar') and k.user_name = {viewer})"
    )
}

/// A template `t` is used by whom it is held for, and by those who keep it.
pub(super) fn sees_template(viewer: &str) -> String {
    format!(
        "exists (
           select 1 from memberships p
           where p.user_name = {viewer} and p.principal in (t.holder, t.keeper))"
    )
}

pub(super) fn changes_template(viewer: &str) -> String {
    format!(
        "exists (
           select 1 from memberships p
           where p.user_name = {viewer} and p.principal = t.keeper)"
    )
}

fn is_open_to(viewer: &str) -> String {
    format!(
        "(not c.restricted and exists (
           select 1 from memberships u where u.principal = 'role:user' and u.user_name = {viewer}))"
    )
}

fn is_listed(viewer: &str, least: Level) -> String {
    format!(
        "exists (
           select 1 from case_access x
           join memberships p on p.principal = x.principal
           where x.case_id = c.id and x.level >= {} and p.user_name = {viewer})",
        least.as_number()
    )
}

fn is_let_in(viewer: &str) -> String {
    format!(
        "(not e.restricted or exists (
           select 1 from entry_access y
           join memberships p on p.principal = y.principal
           where y.entry_id = e.id and p.user_name = {viewer}))"
    )
}

impl Store {
    /// Who a user is to access lists.
    pub async fn onlooker(&self, user: &str) -> Result<Onlooker, StoreError> {
        Ok(Onlooker {
            user: user.to_owned(),
            counts_as: self.memberships(user).await?,
        })
    }

    /// What the viewer may do with a case; an error when it is not there for them.
    pub async fn level_of_case(&self, id: Uuid, viewer: &str) -> Result<Level, StoreError> {
        let found: Option<(bool, bool)> =
            read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(level_query()))
                .bind(viewer)
                .bind(id)
                .fetch_optional(c)
                .await?);
        level(found)
    }

    /// Whether the case is there for this viewer, and theirs to do this with; an error when not.
    pub async fn expect_case(
        &self,
        id: Uuid,
        viewer: &str,
        least: Level,
    ) -> Result<(), StoreError> {
        at_least(self.level_of_case(id, viewer).await?, least)
    }

    /// Whether the viewer may see what lies in a mailbox.
    pub async fn may_see_mailbox(&self, id: Uuid, viewer: &str) -> Result<bool, StoreError> {
        let found: Option<(Uuid,)> = read!(self, |c| sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select b.id from mailboxes b where b.id = $2 and {}",
            sees_mailbox("b.id", "$1")
        )))
        .bind(viewer)
        .bind(id)
        .fetch_optional(c)
        .await?);
        Ok(found.is_some())
    }
}

/// As [`Store::expect_case`], within a transaction: rights that were withdrawn a moment ago do not count.
pub(super) async fn expect_case(
    tx: &mut Tx,
    id: Uuid,
    viewer: &str,
    least: Level,
) -> Result<(), StoreError> {
    let found: Option<(bool, bool)> =
        write!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(level_query()))
            .bind(viewer)
            .bind(id)
            .fetch_optional(c)
            .await?);
    at_least(level(found)?, least)
}

fn level_query() -> String {
    format!(
        "select {}, {} from cases c where c.id = $2 and {}",
        writes_case("$1"),
        manages_case("$1"),
        sees_case("$1")
    )
}

fn level(found: Option<(bool, bool)>) -> Result<Level, StoreError> {
    match found {
        None => Err(StoreError::NotFound("case")),
        Some((_, true)) => Ok(Level::Manage),
        Some((true, false)) => Ok(Level::Write),
        Some((false, false)) => Ok(Level::Read),
    }
}

fn at_least(level: Level, least: Level) -> Result<(), StoreError> {
    if level >= least {
        Ok(())
    } else {
        Err(StoreError::NotAllowed("case"))
    }
}
