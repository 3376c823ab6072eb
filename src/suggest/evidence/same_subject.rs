//! A mail with the same subject, or one that begins alike, is on the case, whether or not the thread could be followed.
//!
//! Its words are shared words as well, so it needs no sentence of its own.

use crate::suggest::keys::{opening_key, subject_key};
use crate::suggest::rank::{Board, Query};
use crate::suggest::weights::Feature;

pub(super) fn score(query: &Query, board: &mut Board) {
    let subject = &query.signals.base_subject;
    if subject.is_empty() {
        return;
    }
    let shares = query.shares(subject_key(subject));
    for share in &shares.cases {
        board.raise(
            share.slot,
            Feature::SubjectShare,
            share.count / (shares.total + 0.5),
        );
        board.raise(share.slot, Feature::SubjectCount, share.count.ln_1p() / 5.0);
    }
    if let Some(last) = shares.cases.first() {
        board.raise(last.slot, Feature::SubjectLast, 1.0);
    }
    let shares = query.shares(opening_key(subject));
    for share in &shares.cases {
        board.raise(
            share.slot,
            Feature::OpeningShare,
            share.count / (shares.total + 0.5),
        );
    }
    if let Some(last) = shares.cases.first() {
        board.raise(last.slot, Feature::OpeningLast, 1.0);
    }
}
