//! A mail with the same subject is on the case, whether or not the thread could be followed.
//!
//! Its words are shared words as well, so it needs no sentence of its own.

use crate::suggest::index::subject_key;
use crate::suggest::rank::{Board, Query};
use crate::suggest::weights::Feature;

pub(super) fn score(query: &Query, board: &mut Board) {
    if query.signals.base_subject.is_empty() {
        return;
    }
    let key = subject_key(&query.signals.base_subject);
    let (found, total) = query.visible_of(&query.index.subjects, key);
    for (slot, count) in found {
        board.raise(slot, Feature::Subject, f64::from(count) / total);
    }
}
