//! What counts how much, found by `sagspost eval kle`; see docs/kle.md.

/// How much a word says about a subject, by where the plan has it.
pub(super) const TITLE: f64 = 2.0;
pub(super) const KEYWORD: f64 = 2.5;
pub(super) const GUIDANCE: f64 = 1.0;
/// Sentences of other entries that send their matter here.
pub(super) const REFERRED: f64 = 1.0;
/// Titles and keywords of retired entries that this one replaces.
pub(super) const PREDECESSOR: f64 = 1.5;
pub(super) const GROUP_TITLE: f64 = 0.8;
pub(super) const GROUP_GUIDANCE: f64 = 0.3;
pub(super) const MAIN_GROUP_TITLE: f64 = 0.3;
pub(super) const LAW: f64 = 2.0;
pub(super) const LAW_IN_GUIDANCE: f64 = 1.0;

/// A part of a compound beside the whole word.
pub(super) const PART: f64 = 0.5;

/// … when it is the question's word that is taken apart, and when only one half of it is known.
pub(super) const PART_ASKED: f64 = 0.5;
pub(super) const LOOSE_PART: f64 = 0.3;

/// What the words of all subjects of a group count for each of them.
pub(super) const GROUP: f64 = 0.4;

/// BM25: how soon more of the same says little more, and how much longer entries are held back.
pub(super) const SATURATION: f64 = 0.8;
pub(super) const LENGTH: f64 = 0.7;

/// A keyword or title that stands wholly in the text.
pub(super) const WHOLE_KEYWORD: f64 = 0.4;
pub(super) const WHOLE_TITLE: f64 = 0.2;

/// How soon a phrase counts less when words of it are missing.
pub(super) const COVER: f64 = 3.0;
/// How much longer questions are held back.
pub(super) const SCALE: f64 = 0.5;

/// From points to the logarithm of odds.
pub(super) const SHARPNESS: f64 = 3.0;
pub(super) const NONE: f64 = 4.0;

/// Odds (logarithm) of what is not a matter of words.
pub(super) const NUMBER: f64 = 12.0;
pub(super) const NUMBER_OR_DAY: f64 = 3.0;
pub(super) const OWN_CASES: f64 = 10.0;
