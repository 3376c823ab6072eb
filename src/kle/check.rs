//! What in a plan leads nowhere: worth a look, and no reason to refuse what KL published.

use std::collections::BTreeSet;

use super::plan::{Plan, Successor};
use crate::domain::kle::KleNumber;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Key of its sentence.
    pub code: &'static str,
    /// The number or facet it is about.
    pub at: String,
    /// What it refers to; empty when nothing.
    pub to: String,
}

impl Remark {
    /// Keywords lead to a number or facet that the plan lacks.
    pub(super) fn keyword_lost(at: String) -> Self {
        Self {
            code: "keyword-lost",
            at,
            to: String::new(),
        }
    }
}

/// All of a plan's remarks, by number.
pub fn check(plan: &Plan) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (number, entry) in &plan.entries {
        // Wherever it stands in the file: it belongs where its number says.
        if let Some(parent) = number.parent()
            && !plan.entries.contains_key(&parent)
        {
            remarks.push(Remark {
                code: "parent-missing",
                at: number.to_string(),
                to: parent.to_string(),
            });
        }
        let successors = entry.retired.iter().flat_map(|gone| &gone.replaced_by);
        for successor in successors {
            if !is_there(plan, *successor) {
                remarks.push(Remark {
                    code: "successor-missing",
                    at: number.to_string(),
                    to: successor.to_string(),
                });
            }
        }
        if runs_in_a_circle(plan, *number) {
            remarks.push(Remark {
                code: "circle",
                at: number.to_string(),
                to: String::new(),
            });
        }
        let facets: BTreeSet<_> = entry
            .keywords
            .iter()
            .filter_map(|word| word.facet)
            .collect();
        for facet in facets {
            if !plan.facets.is_empty() && !plan.facets.contains_key(&facet) {
                remarks.push(Remark {
                    code: "facet-missing",
                    at: number.to_string(),
                    to: facet.to_string(),
                });
            }
        }
    }
    remarks
}

/// Facets are looked for only where they were imported.
fn is_there(plan: &Plan, successor: Successor) -> bool {
    match successor {
        Successor::Number(number) => plan.entries.contains_key(&number),
        Successor::Facet(facet) => plan.facets.is_empty() || plan.facets.contains_key(&facet),
    }
}

/// Whether whoever follows the number comes by it again.
fn runs_in_a_circle(plan: &Plan, number: KleNumber) -> bool {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![number];
    while let Some(at) = waiting.pop() {
        let retired = plan
            .entries
            .get(&at)
            .and_then(|entry| entry.retired.as_ref());
        for successor in retired.iter().flat_map(|gone| &gone.replaced_by) {
            if let Successor::Number(to) = successor {
                if *to == number {
                    return true;
                }
                if seen.insert(*to) {
                    waiting.push(*to);
                }
            }
        }
    }
    false
}
