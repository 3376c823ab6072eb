//! How the case stands, for whoever is a candidate already: closed, fresh, in use, the viewer's own.

use crate::suggest::rank::{Board, Query};
use crate::suggest::weights::Feature;

const FADES_IN_DAYS: f64 = 60.0;
const LONG_AGO_DAYS: f64 = 730.0;

pub(super) fn score(query: &Query, board: &mut Board) {
    board.each(|slot, features| {
        let Some(case) = query.visible(slot) else {
            return;
        };
        if !case.open {
            features.raise(Feature::Closed, 1.0);
        }
        if case.responsible.as_deref() == Some(query.viewer.user.as_str()) {
            features.raise(Feature::Responsible, 1.0);
        }
        let age_days = (query.now - case.created_at).num_days().max(0) as f64;
        features.raise(Feature::Fresh, (-age_days / FADES_IN_DAYS).exp());
        if let Some(last) = case.documents.last() {
            let days = last.filed.days_until(query.now);
            let since = 1.0 - (days * 24.0).ln_1p() / (LONG_AGO_DAYS * 24.0).ln_1p();
            features.raise(Feature::TimeSince, since);
        }
        let filings = case.documents.len() as f64;
        features.raise(Feature::FilingCount, filings.ln_1p() / 8.0);
    });
}
