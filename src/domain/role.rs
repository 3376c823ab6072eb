//! Roles, what they are limited to, and principals: everything that rights can be given to.
//!
//! Written as text, these are what the database holds: `user:birthe.lund`, `group:ledere`, `unit:teknik`,
//! `role:auditor`, and `registrar:mailbox:teknik-miljoe` for a role that is limited.

use std::fmt;

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everybody who is let in.
    User,
    /// Journals for others, in the mailboxes and units they are given.
    Registrar,
    RuleEditor,
    /// Runs the service; sees no content by that.
    Administrator,
    /// Reads the audit log, and nothing else by that.
    Auditor,
}

impl Role {
    /// Those that can be given; `User` is everybody's.
    pub const GIVEN: [Self; 4] = [
        Self::Registrar,
        Self::RuleEditor,
        Self::Administrator,
        Self::Auditor,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Registrar => "registrar",
            Self::RuleEditor => "rule_editor",
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::GIVEN
            .into_iter()
            .chain([Self::User])
            .find(|role| role.as_str() == text)
    }
}

/// Whom a role is given to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Principal {
    User(String),
    Group(String),
    /// Everybody of the unit and of those below it.
    Unit(String),
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name) => write!(f, "user:{name}"),
            Self::Group(name) => write!(f, "group:{name}"),
            Self::Unit(code) => write!(f, "unit:{code}"),
        }
    }
}

/// What a role is limited to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
        for role in Role::GIVEN {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("Administrator"), None);
    }
}
