//! Who may see cases: each list of people once, so that a question looks at every list once and not at every case.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A list's place; the first is everybody's.
pub(super) type Circle = u32;
pub(super) const EVERYBODY: Circle = 0;

#[derive(Default, Serialize, Deserialize)]
pub(super) struct Circles {
    /// Each person's number.
    people: HashMap<String, u32>,
    /// Numbers of people, in order.
    lists: Vec<Vec<u32>>,
    #[serde(skip)]
    places: HashMap<Vec<u32>, Circle>,
}

/// What one person sees.
pub(super) struct Sight(Vec<bool>);

impl Circles {
    /// Of these people and nobody else.
    pub fn of(&mut self, people: &[String]) -> Circle {
        if self.places.is_empty() {
            let lists = self.lists.iter().cloned();
            self.places = lists.zip(EVERYBODY + 1..).collect();
        }
        let mut list: Vec<u32> = people.iter().map(|name| self.number(name)).collect();
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

    pub fn sight_of(&self, viewer: &str) -> Sight {
        let viewer = self.people.get(viewer);
        let in_list = |list: &Vec<u32>| viewer.is_some_and(|viewer| list.contains(viewer));
        let seen = std::iter::once(true).chain(self.lists.iter().map(in_list));
        Sight(seen.collect())
    }

    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.people.get(name) {
            return *number;
        }
        let number = self.people.len() as u32;
        self.people.insert(name.to_owned(), number);
        number
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

    fn list(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn who_is_in_a_circle_sees_it_and_nobody_else_does() {
        let mut circles = Circles::default();
        let family = circles.of(&list(&["birthe", "jens"]));
        let nobody = circles.of(&[]);
        assert_eq!(circles.of(&list(&["jens", "birthe", "jens"])), family);
        let sight = circles.sight_of("birthe");
        assert!(sight.sees(EVERYBODY) && sight.sees(family) && !sight.sees(nobody));
        assert!(!circles.sight_of("carl").sees(family));
        assert!(!sight.sees(99), "what came later is not seen either");
    }
}
