//! The built-in case store as a case system: what was committed is already where it belongs.

use chrono::{DateTime, Utc};
use futures::future::{FutureExt as _, ready};
use uuid::Uuid;

use super::{Answer, CaseSystem};
use crate::domain::access::CaseAccess;
use crate::domain::case::{Case, CaseStatus};
use crate::domain::case_number::Template;
use crate::store::{CaseQuery, Entry, NewCase, Store};

pub struct BuiltIn {
    pub store: Store,
    /// How new cases are numbered.
    pub numbers: Template,
}

impl CaseSystem for BuiltIn {
    fn name(&self) -> &'static str {
        "built-in"
    }

    fn search<'a>(
        &'a self,
        query: &'a CaseQuery,
        viewer: &'a str,
        limit: i64,
    ) -> Answer<'a, Vec<Case>> {
        async move { Ok(self.store.cases(query, viewer, limit).await?) }.boxed()
    }

    fn get<'a>(&'a self, id: Uuid, viewer: &'a str) -> Answer<'a, Case> {
        async move { Ok(self.store.case(id, viewer).await?) }.boxed()
    }

    fn create<'a>(
        &'a self,
        new: &'a NewCase,
        actor: &'a str,
        now: DateTime<Utc>,
    ) -> Answer<'a, Case> {
        let number = |year, sequence: i64| self.numbers.number(year, sequence.unsigned_abs());
        async move { Ok(self.store.create_case(new, actor, number, now).await?) }.boxed()
    }

    fn set_status<'a>(
        &'a self,
        id: Uuid,
        status: CaseStatus,
        version: Option<i64>,
        actor: &'a str,
        now: DateTime<Utc>,
    ) -> Answer<'a, Case> {
        async move {
            Ok(self
                .store
                .set_case_status(id, status, version, actor, now)
                .await?)
        }
        .boxed()
    }

    fn set_access<'a>(
        &'a self,
        id: Uuid,
        access: &'a CaseAccess,
        version: Option<i64>,
        actor: &'a str,
        now: DateTime<Utc>,
    ) -> Answer<'a, Case> {
        async move {
            Ok(self
                .store
                .set_case_access(id, access, version, actor, now)
                .await?)
        }
        .boxed()
    }

    fn deliver<'a>(&'a self, _entry: &'a Entry) -> Answer<'a, ()> {
        ready(Ok(())).boxed()
    }
}
