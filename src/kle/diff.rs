//! What a new plan changes of the one before.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::plan::{Entry, FacetEntry, Plan};

/// Entries and facets by what happens to them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    pub new: Vec<Changed>,
    pub changed: Vec<Changed>,
    /// In use before, and no longer.
    pub retired: Vec<Changed>,
    /// In the plan before, and not in this one.
    pub removed: Vec<Changed>,
    pub unchanged: usize,
    /// Of `removed`, how many subjects and facets were in use.
    pub removed_active: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The number, or the facet's.
    pub at: String,
    pub title: String,
}

impl Changes {
    pub fn is_empty(&self) -> bool {
        [&self.new, &self.changed, &self.retired, &self.removed]
            .iter()
            .all(|list| list.is_empty())
    }
}

/// From one plan to the next, by number; facets after subjects.
pub fn diff(before: &Plan, after: &Plan) -> Changes {
    let mut changes = Changes::default();
    compare(&before.entries, &after.entries, &mut changes);
    compare(&before.facets, &after.facets, &mut changes);
    changes
}

trait Titled: PartialEq {
    fn title(&self) -> &str;
    fn is_active(&self) -> bool;
}

impl Titled for Entry {
    fn title(&self) -> &str {
        &self.title
    }

    fn is_active(&self) -> bool {
        Self::is_active(self)
    }
}

impl Titled for FacetEntry {
    fn title(&self) -> &str {
        &self.title
    }

    fn is_active(&self) -> bool {
        Self::is_active(self)
    }
}

fn compare<K: Ord + Display, V: Titled>(
    before: &BTreeMap<K, V>,
    after: &BTreeMap<K, V>,
    changes: &mut Changes,
) {
    let named = |at: &K, value: &V| Changed {
        at: at.to_string(),
        title: value.title().to_owned(),
    };
    for (at, value) in after {
        match before.get(at) {
            None => changes.new.push(named(at, value)),
            Some(old) if old == value => changes.unchanged += 1,
            Some(old) if old.is_active() && !value.is_active() => {
                changes.retired.push(named(at, value));
            }
            Some(_) => changes.changed.push(named(at, value)),
        }
    }
    for (at, value) in before {
        if !after.contains_key(at) {
            changes.removed.push(named(at, value));
            changes.removed_active += usize::from(value.is_active());
        }
    }
}
