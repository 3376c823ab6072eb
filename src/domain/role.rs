//! Roles, what they are limited to, and principals: everything that rights can be given to.
//!
//! Written as text, these are what the database holds: `user:birthe.lund`, `group:ledere`, `unit:teknik`,
//! `role:auditor`, and `registrar:mailbox:teknik-miljoe` for a role that is limited.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everybody who is let in, but administrators and auditors: those only when they are given this role too.
    User,
    /// Journals for others, in the mailboxes and units they are given.
    Registrar,
    RuleEditor,
    /// Runs the service, and sees no content by that.
    Administrator,
    /// Reads the audit log, and nothing else by that.
    Auditor,
    /// May open a restricted case for a while by stating a reason, and is reported for it.
    Emergency,
}

impl Role {
    pub const ALL: [Self; 6] = [
        Self::User,
        Self::Registrar,
        Self::RuleEditor,
        Self::Administrator,
        Self::Auditor,
        Self::Emergency,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Registrar => "registrar",
            Self::RuleEditor => "rule_editor",
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
            Self::Emergency => "emergency",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// Whom something is given to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Principal {
    User(String),
    Group(String),
    /// Everybody of the unit and of those below it.
    Unit(String),
    /// Everybody who has the role, limited to this or not at all.
    Role(Role, Scope),
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name) => write!(f, "user:{name}"),
            Self::Group(name) => write!(f, "group:{name}"),
            Self::Unit(code) => write!(f, "unit:{code}"),
            Self::Role(role, Scope::Everywhere) => write!(f, "role:{}", role.as_str()),
            Self::Role(role, scope) => write!(f, "{}:{scope}", role.as_str()),
        }
    }
}

/// A text that names nobody who could be given anything.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is none of user:NAME, group:NAME, unit:CODE, role:ROLE and registrar:unit:CODE")]
pub struct NoPrincipal(String);

impl FromStr for Principal {
    type Err = NoPrincipal;

    fn from_str(text: &str) -> Result<Self, NoPrincipal> {
        let wrong = || NoPrincipal(text.to_owned());
        let (kind, name) = text.split_once(':').ok_or_else(wrong)?;
        if name.trim() != name || name.is_empty() || name.chars().any(char::is_control) {
            return Err(wrong());
        }
        match kind {
            "user" => Ok(Self::User(name.to_owned())),
            "group" => Ok(Self::Group(name.to_owned())),
            "unit" => Ok(Self::Unit(name.to_owned())),
            "role" => Role::parse(name)
                .map(|role| Self::Role(role, Scope::Everywhere))
                .ok_or_else(wrong),
            role => {
                let role = Role::parse(role).filter(|role| *role != Role::User);
                let scope = match name.split_once(':') {
                    Some(("mailbox", name)) if !name.is_empty() => Scope::Mailbox(name.to_owned()),
                    Some(("unit", code)) if !code.is_empty() => Scope::Unit(code.to_owned()),
                    _ => return Err(wrong()),
                };
                role.map(|role| Self::Role(role, scope)).ok_or_else(wrong)
            }
        }
    }
}

impl TryFrom<String> for Principal {
    type Error = NoPrincipal;

    fn try_from(text: String) -> Result<Self, NoPrincipal> {
        text.parse()
    }
}

impl From<Principal> for String {
    fn from(principal: Principal) -> Self {
        principal.to_string()
    }
}

/// What a role is limited to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    Everywhere,
    Mailbox(String),
    /// The unit and those below it.
    Unit(String),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everywhere => Ok(()),
            Self::Mailbox(name) => write!(f, "mailbox:{name}"),
            Self::Unit(code) => write!(f, "unit:{code}"),
        }
    }
}

/// A role that somebody has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    pub to: Principal,
    pub role: Role,
    pub scope: Scope,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_read_as_it_is_written() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("Administrator"), None);
    }

    #[test]
    fn a_principal_is_read_as_it_is_written() {
        for text in [
            "user:birthe.lund",
            "group:Børn og Familie",
            "unit:teknik",
            "role:user",
            "role:auditor",
            "registrar:unit:teknik",
            "registrar:mailbox:teknik-miljoe",
        ] {
            let principal: Principal = text.parse().unwrap();
            assert_eq!(principal.to_string(), text);
        }
    }

    #[test]
    fn what_names_nobody_is_no_principal() {
        for text in [
            "",
            "birthe",
            "user:",
            "user: birthe",
            "role:chef",
            "registrar:teknik",
            "registrar:unit:",
            "a:b",
            "unit:a\nb",
        ] {
            let read = text.parse::<Principal>();
            assert!(read.is_err(), "{text:?} is {read:?}");
        }
    }
}
