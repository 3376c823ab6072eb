//! Where a retired number went: through "replaced by", as far as it leads.

use std::collections::BTreeSet;

use super::plan::{Plan, Successor};
use crate::domain::kle::KleNumber;

/// Links followed and numbers looked at: KL's longest chain is far shorter, a mistake in a file may be a circle.
const MAX_LINKS: usize = 16;
const MAX_SEEN: usize = 200;

impl Plan {
    /// The active numbers that took over, in order; the number itself when it is active, none when nothing did.
    pub fn successors(&self, number: KleNumber) -> Vec<KleNumber> {
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::from([number]);
        let mut now = vec![number];
        for _ in 0..=MAX_LINKS {
            let mut next = Vec::new();
            for at in now {
                let Some(entry) = self.entries.get(&at) else {
                    continue;
                };
                let Some(retired) = &entry.retired else {
                    found.insert(at);
                    continue;
                };
                for successor in &retired.replaced_by {
                    if let Successor::Number(to) = successor
                        && seen.len() < MAX_SEEN
                        && seen.insert(*to)
                    {
                        next.push(*to);
                    }
                }
            }
            if next.is_empty() {
                break;
            }
            now = next;
        }
        found.into_iter().collect()
    }

    /// The subjects that a number stands for today: of a group, the one for the group in general (`HH.GG.00`).
    pub fn subjects_today(&self, number: KleNumber) -> Vec<KleNumber> {
        let mut subjects: Vec<KleNumber> = self
            .successors(number)
            .into_iter()
            .filter_map(|to| {
                if to.is_subject() {
                    return Some(to);
                }
                let general = to.general_subject()?;
                let active = self.entries.get(&general)?.is_active();
                active.then_some(general)
            })
            .collect();
        subjects.dedup();
        subjects
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::{Entry, Retirement};
    use super::*;

    fn number(text: &str) -> KleNumber {
        KleNumber::parse(text).expect("a number")
    }

    /// `("01.00.01", "01.00.02 01.00.03")`: replaced by those; `"-"`: retired without; `""`: active.
    fn plan(entries: &[(&str, &str)]) -> Plan {
        let entries = entries.iter().map(|(at, to)| {
            let retired = (!to.is_empty()).then(|| Retirement {
                on: None,
                replaced_by: to.split(' ').filter_map(Successor::parse).collect(),
            });
            let entry = Entry {
                retired,
                ..Entry::default()
            };
            (number(at), entry)
        });
        Plan {
            entries: entries.collect(),
            ..Plan::default()
        }
    }

    fn after(plan: &Plan, at: &str) -> Vec<String> {
        let found = plan.successors(number(at));
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_chain_is_followed_to_what_is_in_use() {
        let plan = plan(&[
            ("01.00.01", "01.00.02 P19"),
            ("01.00.02", "01.00.03 01.00.04"),
            ("01.00.03", ""),
            ("01.00.04", "-"),
        ]);
        assert_eq!(after(&plan, "01.00.01"), ["01.00.03"]);
        assert_eq!(after(&plan, "01.00.03"), ["01.00.03"]);
        assert!(after(&plan, "01.00.04").is_empty());
        assert!(after(&plan, "99.00.00").is_empty());
    }

    #[test]
    fn a_circle_and_a_successor_that_is_missing_lead_nowhere() {
        let plan = plan(&[
            ("01.00.01", "01.00.02"),
            ("01.00.02", "01.00.01"),
            ("01.00.05", "29.00.09"),
        ]);
        assert!(after(&plan, "01.00.01").is_empty());
        assert!(after(&plan, "01.00.05").is_empty());
    }

    #[test]
    fn a_group_stands_for_its_general_subject() {
        let plan = plan(&[
            ("01.00.01", "02.03"),
            ("02.03", ""),
            ("02.03.00", ""),
            ("02.03.04", ""),
        ]);
        assert_eq!(
            plan.subjects_today(number("01.00.01")),
            [number("02.03.00")]
        );
    }
}
