//! Who may do what with a case: its access code, and a list of whom it is given to.

use serde::{Deserialize, Serialize};

use super::role::Principal;

/// What one may do; each holds those before it.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// See it, and what lies on it.
    Read,
    /// File on it, take back what was filed, close and reopen it.
    Write,
    /// Say who may.
    Manage,
}

/// Who sees a case that nobody is named on.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AccessCode {
    /// Every user of the organisation reads and writes; the list says who manages.
    #[default]
    Open,
    /// Only who is on the list.
    Restricted,
}

/// One line of an access list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Allowed {
    #[schema(value_type = String, example = "unit:teknik")]
    pub who: Principal,
    pub may: Level,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseAccess {
    pub code: AccessCode,
    #[serde(default)]
    pub list: Vec<Allowed>,
}

/// Somebody who looks: their name, and everything they count as, themself included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Onlooker {
    pub user: String,
    /// As [`Principal`]s are written.
    pub counts_as: Vec<String>,
}

impl Level {
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Manage];

    /// As the database holds it.
    pub fn as_number(self) -> i64 {
        match self {
            Self::Read => 1,
            Self::Write => 2,
            Self::Manage => 3,
        }
    }

    /// An unknown number is the least.
    pub fn of_number(number: i64) -> Self {
        match number {
            3 => Self::Manage,
            2 => Self::Write,
            _ => Self::Read,
        }
    }
}

impl AccessCode {
    /// The stricter of both.
    #[must_use]
    pub fn at_least(self, other: Self) -> Self {
        self.max(other)
    }
}

impl Allowed {
    pub fn new(who: Principal, may: Level) -> Self {
        Self { who, may }
    }
}

impl CaseAccess {
    pub fn open() -> Self {
        Self::default()
    }

    pub fn restricted(list: Vec<Allowed>) -> Self {
        Self {
            code: AccessCode::Restricted,
            list,
        }
    }

    /// Only these users, each of whom manages it.
    pub fn of_users<'a>(users: impl IntoIterator<Item = &'a str>) -> Self {
        let manages = |user: &str| Allowed::new(Principal::User(user.to_owned()), Level::Manage);
        Self::restricted(users.into_iter().map(manages).collect())
    }

    pub fn is_restricted(&self) -> bool {
        self.code == AccessCode::Restricted
    }

    /// Gives `who` at least `may`.
    pub fn give(&mut self, who: Principal, may: Level) {
        match self.list.iter_mut().find(|line| line.who == who) {
            Some(line) => line.may = line.may.max(may),
            None => self.list.push(Allowed::new(who, may)),
        }
    }
}

const USER: &str = "role:user";

impl Onlooker {
    /// Whether they see what is open: administrators and auditors need not.
    pub fn is_user(&self) -> bool {
        self.counts_as.iter().any(|principal| principal == USER)
    }

    /// A user who belongs to nothing.
    pub fn alone(user: &str) -> Self {
        let counts_as = [USER.to_owned(), format!("user:{user}")];
        Self {
            user: user.to_owned(),
            counts_as: counts_as.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_list_is_read_as_it_is_written() {
        let access = CaseAccess::restricted(vec![
            Allowed::new(Principal::Unit("teknik".to_owned()), Level::Read),
            Allowed::new(Principal::User("birthe.lund".to_owned()), Level::Manage),
        ]);
        let json = serde_json::json!({ "code": "restricted", "list": [
            { "who": "unit:teknik", "may": "read" }, { "who": "user:birthe.lund", "may": "manage" },
        ]});
        assert_eq!(serde_json::to_value(&access).unwrap(), json);
        assert_eq!(serde_json::from_value::<CaseAccess>(json).unwrap(), access);
    }

    #[test]
    fn a_level_holds_those_below_it_and_survives_the_database() {
        assert!(Level::Manage > Level::Write && Level::Write > Level::Read);
        for level in Level::ALL {
            assert_eq!(Level::of_number(level.as_number()), level);
        }
    }

    #[test]
    fn giving_less_than_somebody_has_takes_nothing_from_them() {
        let birthe = || Principal::User("birthe".to_owned());
        let mut access = CaseAccess::of_users(["birthe"]);
        access.give(birthe(), Level::Read);
        assert_eq!(access, CaseAccess::of_users(["birthe"]));
    }
}
