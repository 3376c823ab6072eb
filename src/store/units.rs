//! The organisation as a tree of units.

use std::collections::HashMap;

use chrono::Utc;
use serde::{Deserialize, Serialize};

use super::{
    AuditRecord, Store, StoreError, audit,
    db::{read, write},
    memberships, users,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Unit {
    pub code: String,
    pub name: String,
    /// Code of the unit above it.
    pub parent: Option<String>,
}

/// Why units are no tree.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NoTree {
    #[error("unit {0} is told twice")]
    Twice(String),
    #[error("the unit above {0} is not there: {1}")]
    NoParent(String, String),
    #[error("unit {0} stands below itself")]
    Circle(String),
}

/// Units that were checked: each once, every parent there, no circles.
#[derive(Debug)]
pub struct UnitTree(Vec<Unit>);

impl UnitTree {
    pub fn of(units: Vec<Unit>) -> Result<Self, NoTree> {
        let mut parents: HashMap<&str, Option<&str>> = HashMap::new();
        for unit in &units {
            if parents.insert(&unit.code, unit.parent.as_deref()).is_some() {
                return Err(NoTree::Twice(unit.code.clone()));
            }
        }
        for unit in &units {
            let mut at = unit;
            let mut above = unit.parent.as_deref();
            // Whoever climbs more often than there are units goes in circles.
            for _ in 0..=units.len() {
                let Some(parent) = above else { break };
                above = *parents
                    .get(parent)
                    .ok_or_else(|| NoTree::NoParent(at.code.clone(), parent.to_owned()))?;
                at = units.iter().find(|unit| unit.code == parent).unwrap_or(at);
            }
            if above.is_some() {
                return Err(NoTree::Circle(unit.code.clone()));
            }
        }
        Ok(Self(units))
    }
}

impl Store {
    /// Puts these units in place of all there were.
    pub async fn replace_units(&self, tree: &UnitTree) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        write!(&mut tx, |c| {
            sqlx::query("update units set parent = null")
                .execute(&mut *c)
                .await?;
            sqlx::query("delete from units").execute(&mut *c).await?;
            for unit in &tree.0 {
                sqlx::query("insert into units (code, name) values ($1, $2)")
                    .bind(&unit.code)
                    .bind(&unit.name)
                    .execute(&mut *c)
                    .await?;
            }
            // Afterwards, for a unit may be told before the one above it.
            for unit in &tree.0 {
                sqlx::query("update units set parent = $1 where code = $2")
                    .bind(&unit.parent)
                    .bind(&unit.code)
                    .execute(&mut *c)
                    .await?;
            }
        });
        memberships::derive(&mut tx, None).await?;
        let record = AuditRecord {
            actor: users::COMMAND_LINE,
            action: "unit.import",
            subject_kind: "unit",
            subject_id: String::new(),
            case_id: None,
            detail: serde_json::json!({ "units": tree.0.len() }),
        };
        audit::append(&mut tx, Utc::now(), record).await?;
        tx.commit().await
    }

    pub async fn units(&self) -> Result<Vec<Unit>, StoreError> {
        Ok(read!(self, |c| sqlx::query_as(
            "select code, name, parent
             from units
             order by code"
        )
        .fetch_all(c)
        .await?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(units: &[(&str, Option<&str>)]) -> Result<UnitTree, NoTree> {
        let unit = |(code, parent): &(&str, Option<&str>)| Unit {
            code: (*code).to_owned(),
            name: (*code).to_owned(),
            parent: parent.map(str::to_owned),
        };
        UnitTree::of(units.iter().map(unit).collect())
    }

    #[test]
    fn units_must_be_a_tree() {
        assert!(tree(&[("plan", Some("teknik")), ("teknik", None)]).is_ok());
        assert!(tree(&[]).is_ok());
        let wrong = |units: &[(&str, Option<&str>)]| tree(units).map(|_| ()).unwrap_err();
        assert_eq!(
            wrong(&[("a", None), ("a", None)]),
            NoTree::Twice("a".into())
        );
        assert_eq!(
            wrong(&[("a", Some("b"))]),
            NoTree::NoParent("a".into(), "b".into())
        );
        assert_eq!(wrong(&[("a", Some("a"))]), NoTree::Circle("a".into()));
        assert_eq!(
            wrong(&[("a", Some("b")), ("b", Some("a"))]),
            NoTree::Circle("a".into())
        );
    }
}
