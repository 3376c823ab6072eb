//! Who may see cases: each access list once, so that a question looks at every list once and not at every case.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::domain::access::{Allowed, Onlooker};

/// A list's place; the first is every user's.
pub(super) type Circle = u32;
pub(super) const EVERYBODY: Circle = 0;

#[derive(Default, Serialize, Deserialize)]
pub(super) struct Circles {
    /// Each principal's number.
    principals: HashMap<String, u32>,
    /// Numbers of principals, in order.
    lists: Vec<Vec<u32>>,
    #[serde(skip)]
    places: HashMap<Vec<u32>, Circle>,
}

/// What one person sees.
pub(super) struct Sight(Vec<bool>);

impl Circles {
    /// Of those on this list and nobody else.
    pub fn of(&mut self, list: &[Allowed]) -> Circle {
        if self.places.is_empty() {
            let lists = self.lists.iter().cloned();
            self.places = lists.zip(EVERYBODY + 1..).collect();
        }
        let numbers = list.iter().map(|line| self.number(line.who.to_string()));
        let mut list: Vec<u32> = numbers.collect();
        list.sort_unstable();
        list.dedup();
        if let Some(circle) = self.places.get(&list) {
            return *circle;
        }
        self.lists.push(list.clone());
        let circle = self.lists.len() as Circle;
        self.places.insert(list, circle);
        circle
    }

    pub fn sight_of(&self, viewer: &Onlooker) -> Sight {
        let mut counts_as = vec![false; self.principals.len()];
        for principal in &viewer.counts_as {
            if let Some(number) = self.principals.get(principal) {
                counts_as[*number as usize] = true;
            }
        }
        let is_listed = |list: &Vec<u32>| list.iter().any(|number| counts_as[*number as usize]);
        let seen = std::iter::once(viewer.is_user()).chain(self.lists.iter().map(is_listed));
        Sight(seen.collect())
    }

    fn number(&mut self, principal: String) -> u32 {
        let next = self.principals.len() as u32;
        *self.principals.entry(principal).or_insert(next)
    }
}

impl Sight {
    pub fn sees(&self, circle: Circle) -> bool {
        self.0.get(circle as usize).copied().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::Level;

    fn list(principals: &[&str]) -> Vec<Allowed> {
        let line = |who: &&str| Allowed::new(who.parse().unwrap(), Level::Read);
        principals.iter().map(line).collect()
    }

    #[test]
    fn who_is_in_a_circle_sees_it_and_nobody_else_does() {
        let mut circles = Circles::default();
        let family = circles.of(&list(&["user:birthe", "user:jens"]));
        let nobody = circles.of(&[]);
        assert_eq!(
            circles.of(&list(&["user:jens", "user:birthe", "user:jens"])),
            family
        );
        let sight = circles.sight_of(&Onlooker::alone("birthe"));
        assert!(sight.sees(EVERYBODY) && sight.sees(family) && !sight.sees(nobody));
        assert!(!circles.sight_of(&Onlooker::alone("carl")).sees(family));
        assert!(!sight.sees(99), "what came later is not seen either");
    }

    #[test]
    fn who_is_no_user_sees_no_open_case() {
        let administrator = Onlooker {
            user: "ib".to_owned(),
            counts_as: vec!["role:administrator".to_owned(), "user:ib".to_owned()],
        };
        let mut circles = Circles::default();
        let own = circles.of(&list(&["user:ib"]));
        let sight = circles.sight_of(&administrator);
        assert!(!sight.sees(EVERYBODY) && sight.sees(own));
    }

    #[test]
    fn a_circle_of_a_unit_is_seen_by_who_counts_as_it() {
        let mut circles = Circles::default();
        let unit = circles.of(&list(&["unit:teknik", "group:ledere"]));
        let mut jens = Onlooker::alone("jens");
        assert!(!circles.sight_of(&jens).sees(unit));
        jens.counts_as.push("unit:teknik".to_owned());
        assert!(circles.sight_of(&jens).sees(unit));
    }
}
