//! What the case is called stands in the mail, or is somebody on it.

use crate::suggest::index::CaseEntry;
use crate::suggest::keys::term_key;
use crate::suggest::postings::Key;
use crate::suggest::rank::{Board, Query};
use crate::suggest::weights::Feature;
use crate::suggest::words::{self, Stems};

/// Rarity of title words that are needed to be half believed.
const HALF: f64 = 2.0;

pub(super) fn score(query: &Query, board: &mut Board) {
    let stems = Stems::new();
    let sender = words_of_address(&query.signals.from, &stems);
    let everyone = query.signals.others.iter().chain(&query.signals.colleagues);
    let others: Vec<Key> = everyone
        .flat_map(|address| words_of_address(address, &stems))
        .collect();
    let subject: Vec<Key> = crate::suggest::document::subject_stems(query.signals, &stems)
        .map(|stem| term_key(&stem))
        .collect();
    board.each(|slot, features| {
        let Some(case) = query.visible(slot) else {
            return;
        };
        let said = |by: &dyn Fn(&Key) -> bool| cover(query, case, by);
        features.raise(Feature::TitleInSubject, said(&|key| subject.contains(key)));
        features.raise(Feature::TitleInText, said(&|key| query.asks_for(*key)));
        features.raise(Feature::TitleInSender, said(&|key| sender.contains(key)));
        features.raise(Feature::TitleInOthers, said(&|key| others.contains(key)));
        let anywhere =
            |key: &Key| query.asks_for(*key) || sender.contains(key) || others.contains(key);
        features.raise(Feature::TitleAnywhere, said(&anywhere));
    });
}

/// Of what the title says, by rarity, the share that is said; little when it is one common word.
fn cover(query: &Query, case: &CaseEntry, said: &dyn Fn(&Key) -> bool) -> f64 {
    let (mut found, mut all) = (0.0, 0.0);
    for key in &case.title_terms {
        let rarity = query.title_rarity(*key);
        all += rarity;
        if said(key) {
            found += rarity;
        }
    }
    if all <= 0.0 {
        return 0.0;
    }
    found / all * (found / (found + HALF))
}

/// `ole.hansen@…` is Ole Hansen.
fn words_of_address(address: &str, stems: &Stems) -> Vec<Key> {
    let local = address.split('@').next().unwrap_or_default();
    words::words(local)
        .flat_map(|word| word.split('_'))
        .filter(|word| word.chars().nth(1).is_some())
        .take(6)
        .map(|word| term_key(&stems.stem(word)))
        .collect()
}
