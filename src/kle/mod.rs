//! KL's Emnesystematik (KLE): the plan of subjects and facets that cases are sorted by, read from KL's own XML files.
//!
//! Plain values and rules: what a file says (`read`), whether it can be so (`check`), what it changes (`diff`), and
//! where a retired number went (`successors`). No database, no clock, and no KLE data: every organisation imports its
//! own.

mod check;
mod diff;
mod markers;
mod plan;
mod read;
mod successors;

pub use check::{Remark, check};
pub use diff::{Changed, Changes, diff};
pub use plan::{Entry, FacetEntry, Keyword, Law, Part, Plan, Preservation, Retirement, Successor};
pub use read::{Limits, Mistake, ReadError, read};
