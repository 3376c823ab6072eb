//! Who has which role, as sections `[[access.roles]]`.

use serde::Deserialize;
use toml::{Table, Value};

use super::mistakes::Mistakes;
use crate::domain::role::{Grant, Principal, Role, Scope};

const KEY: &str = "access.roles";
const EXAMPLE: &str = "[[access.roles]] with role = \"registrar\", groups = [\"Journal\"] and of_mailboxes = [\"teknik-miljoe\"]";
const TO: [&str; 3] = ["users", "groups", "units"];
const OF: [&str; 2] = ["of_mailboxes", "of_units"];

/// A role for everybody named here, limited to what is named here.
#[derive(Clone, Debug, Deserialize)]
pub struct RoleSection {
    pub role: Role,
    #[serde(default)]
    pub users: Vec<String>,
    /// As the provider's claims name them, or an import.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Codes of units; those below count too.
    #[serde(default)]
    pub units: Vec<String>,
    #[serde(default)]
    pub of_mailboxes: Vec<String>,
    #[serde(default)]
    pub of_units: Vec<String>,
}

impl RoleSection {
    /// Everybody with everything they are given.
    pub fn grants(&self) -> Vec<Grant> {
        let mailboxes = self.of_mailboxes.iter().cloned().map(Scope::Mailbox);
        let units = self.of_units.iter().cloned().map(Scope::Unit);
        let mut scopes: Vec<Scope> = mailboxes.chain(units).collect();
        if scopes.is_empty() {
            scopes.push(Scope::Everywhere);
        }
        let users = self.users.iter().cloned().map(Principal::User);
        let groups = self.groups.iter().cloned().map(Principal::Group);
        let units = self.units.iter().cloned().map(Principal::Unit);
        users
            .chain(groups)
            .chain(units)
            .flat_map(|to| {
                scopes.iter().map(move |scope| Grant {
                    to: to.clone(),
                    role: self.role,
                    scope: scope.clone(),
                })
            })
            .collect()
    }
}

/// Checks every section by itself.
pub(super) fn check(table: &Table, file: &str, mistakes: &mut Mistakes) {
    let sections = table.get("access").and_then(|access| access.get("roles"));
    let Some(sections) = sections.and_then(Value::as_array) else {
        mistakes.add(file, KEY, "is no list of sections", EXAMPLE);
        return;
    };
    for (index, section) in sections.iter().enumerate() {
        let at = |name: &str| format!("{KEY}[{index}].{name}");
        let Some(section) = section.as_table() else {
            mistakes.add(file, &format!("{KEY}[{index}]"), "is no section", EXAMPLE);
            continue;
        };
        let role = section.get("role").and_then(Value::as_str);
        let role = role.and_then(Role::parse);
        if role.is_none() {
            let roles = Role::ALL.map(Role::as_str).join(", ");
            mistakes.add(
                file,
                &at("role"),
                &format!("is none of {roles}"),
                "\"registrar\"",
            );
        }
        for (name, value) in section {
            if name == "role" {
                continue;
            }
            if !TO.contains(&name.as_str()) && !OF.contains(&name.as_str()) {
                let known = TO.iter().chain(&OF).copied().collect::<Vec<_>>().join(", ");
                mistakes.add(file, &at(name), "there is no such key", &known);
            } else if !is_texts(value) {
                mistakes.add(file, &at(name), "is no list of texts", "[\"Journal\"]");
            } else if OF.contains(&name.as_str()) && role.is_some_and(|r| r != Role::Registrar) {
                let wrong = "limits a role that cannot be limited: only registrar can";
                mistakes.add(file, &at(name), wrong, "role = \"registrar\"");
            }
        }
        if !TO.iter().any(|name| section.contains_key(*name)) {
            mistakes.add(
                file,
                &at("users"),
                "and groups and units are missing",
                EXAMPLE,
            );
        }
    }
}

fn is_texts(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|list| list.iter().all(Value::is_str))
}
