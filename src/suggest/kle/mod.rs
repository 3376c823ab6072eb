//! Which KLE number a new case gets, and why: top few subjects of the imported plan, each with reasons to check.
//!
//! A question (`question`) is put to an index of the plan (`index`, built from titles, keywords, guidance and laws) and
//! to the organisation's own cases (`own_cases`); `rank` weighs what both say. Words meet by stem and, where they are
//! compounds, by part (`compounds`). Deterministic; own cases that the asker may not see say nothing.

mod compounds;
mod facets;
mod guidance;
mod index;
mod laws;
mod lookup;
mod measure;
mod own_cases;
mod question;
mod rank;
mod reason;
mod subjects;
mod terms;
#[cfg(test)]
mod tests;
mod weights;

pub use index::PlanIndex;
pub use lookup::Found;
pub use measure::{Measured, measure};
pub use own_cases::OwnCases;
pub use question::Question;
pub use rank::{ProposedFacet, ProposedSubject};
pub use reason::Reason;
pub use subjects::Subjects;

use super::probability::Probability;
use crate::domain::access::Onlooker;

/// The most likely subjects for a question, best first, for somebody who may see every one of `own` that their name
/// allows. The whole of the suggester without its place in the house: see [`Subjects`] for that.
pub fn suggest(
    plan: &PlanIndex,
    own: &OwnCases,
    question: &Question,
    viewer: &Onlooker,
    limit: usize,
) -> Vec<ProposedSubject> {
    rank::rank(plan, own, question, viewer, limit)
}
