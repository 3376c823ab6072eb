//! Many filings learned at once, on all cores: how the index is built when the service starts.
//!
//! What stands in lists is gathered and sorted rather than put in place one by one; the result is the same.

use super::history::Moment;
use super::index::{Filed, Index, Prepared};
use super::postings::{Key, Slot};
use super::words::Stems;
use crate::domain::case::Case;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::thread;

/// Items gathered before they are put in their lists: some 50 MB, and a copy of all lists each time.
const MAX_GATHERED: usize = 2_000_000;

#[derive(Default)]
pub struct Builder {
    index: Index,
    history: Vec<(Key, (Moment, Slot))>,
    terms: Vec<(Key, (Slot, u32))>,
    parties: Vec<(Key, (Slot, u32))>,
}

impl Builder {
    /// Those that are not known yet.
    pub fn take_cases(&mut self, cases: &[Case]) {
        for case in cases {
            let Some((slot, known)) = self.index.put_new_case(case) else {
                continue;
            };
            let terms = known.own_terms.iter();
            self.terms
                .extend(terms.map(|(key, weight)| (*key, (slot, *weight))));
            let parties = known.parties.iter().flat_map(|party| &party.keys);
            self.parties.extend(parties.map(|key| (key.1, (slot, 1))));
        }
        self.put_in_lists_when_many();
    }

    /// A page of filings, each made out of what was read by `filed`. Cases come first: a filing whose case is unknown
    /// is passed over.
    pub fn learn<T: Sync>(&mut self, page: &[T], filed: impl Fn(&T) -> Filed + Sync) {
        for prepared in prepare(&self.index, page, filed) {
            let Prepared { slot, at, .. } = prepared;
            let history = prepared.keys.iter().map(|key| (*key, (at, slot)));
            let terms = prepared.terms.iter();
            let terms = terms.map(|(key, weight)| (*key, (slot, *weight)));
            let (history_before, terms_before) = (self.history.len(), self.terms.len());
            self.history.extend(history);
            self.terms.extend(terms);
            if !self.index.settle_down(prepared) {
                self.history.truncate(history_before);
                self.terms.truncate(terms_before);
            }
        }
        self.put_in_lists_when_many();
    }

    pub fn finish(mut self) -> Index {
        self.put_in_lists();
        self.index.tidy();
        self.index
    }

    fn put_in_lists_when_many(&mut self) {
        if self.terms.len() > MAX_GATHERED {
            self.put_in_lists();
        }
    }

    fn put_in_lists(&mut self) {
        let parties = std::mem::take(&mut self.parties);
        self.index.parties.lists.add_all(parties);
        let history = std::mem::take(&mut self.history);
        let terms = std::mem::take(&mut self.terms);
        let (of_history, of_terms) = (&mut self.index.history.lists, &mut self.index.terms.lists);
        thread::scope(|scope| {
            scope.spawn(|| of_history.add_all(history));
            of_terms.add_all(terms);
        });
    }
}

/// In the order of the filings, whatever the number of threads.
fn prepare<T: Sync>(
    index: &Index,
    page: &[T],
    filed: impl Fn(&T) -> Filed + Sync,
) -> Vec<Prepared> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let part = page.len().div_ceil(threads).max(1);
    let prepare = |page: &[T]| -> Vec<Prepared> {
        let stems = Stems::new();
        let filed = page.iter().map(&filed);
        filed
            .filter_map(|filed| index.prepare(&filed, &stems))
            .collect()
    };
    thread::scope(|scope| {
        let parts: Vec<_> = page
            .chunks(part)
            .map(|part| scope.spawn(|| prepare(part)))
            .collect();
        parts
            .into_iter()
            .flat_map(|part| {
                // A page that got lost would be missed by nobody.
                part.join().unwrap_or_else(|lost| resume_unwind(lost))
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Model, Signals};
    use super::*;
    use crate::domain::mail::{Address, Mail};
    use chrono::{DateTime, Duration, Utc};
    use uuid::Uuid;

    fn now() -> DateTime<Utc> {
        "2024-06-03T10:00:00Z".parse().expect("a time")
    }

    fn cases() -> Vec<Case> {
        let case = |n: u128, title: &str| Case {
            id: Uuid::from_u128(n),
            number: format!("2024-{n:05}"),
            title: title.to_owned(),
            kle: None,
            facet: None,
            status: crate::domain::case::CaseStatus::Open,
            responsible: None,
            unit: None,
            access: crate::domain::access::CaseAccess::open(),
            parties: Vec::new(),
            created_at: now() - Duration::days(100),
            closed_at: None,
            version: 1,
        };
        vec![
            case(1, "Nabostrid om hæk"),
            case(2, "Svømmehallens åbningstider"),
            case(3, "Lokalplan for havnen"),
        ]
    }

    fn filings() -> Vec<Filed> {
        let words = ["hæk", "svømmehal", "havn", "nabo", "billet", "kaj"];
        (0..60u32)
            .map(|n| {
                let word = words[n as usize % words.len()];
                let mail = Mail {
                    from: vec![Address {
                        name: None,
                        address: format!("skriver{}@borger.example", n % 5),
                    }],
                    subject: format!("Om {word} {n}"),
                    text: format!(
                        "Vi har talt om {word} og {} flere gange",
                        words[n as usize % 4]
                    ),
                    ..Mail::default()
                };
                Filed {
                    entry: Uuid::from_u128(1000 + u128::from(n)),
                    case_id: Uuid::from_u128(1 + u128::from(n % 4)), // the fourth is unknown
                    signals: Signals::of(&mail, &super::super::Organisation::default()),
                    documents: None,
                    by: "birthe".to_owned(),
                    at: now() - Duration::hours(100) + Duration::minutes(i64::from(n * 7 % 60)),
                }
            })
            .collect()
    }

    #[test]
    fn learned_at_once_and_one_by_one_is_the_same_and_can_be_forgotten_alike() {
        let filings = filings();
        let mut one_by_one = Index::default();
        for case in cases() {
            one_by_one.upsert_case(&case);
        }
        for filed in &filings {
            one_by_one.learn(filed);
        }
        let mut builder = Builder::default();
        builder.take_cases(&cases());
        for page in filings.chunks(7) {
            builder.learn(page, Filed::clone);
            builder.learn(&page[..1], Filed::clone); // known by then
        }
        let mut at_once = builder.finish();

        let answers = |index: &Index| -> Vec<_> {
            let model = Model::default();
            let asked = filings.iter();
            asked
                .map(|filed| {
                    index.rank(
                        &model,
                        &filed.signals,
                        &crate::domain::access::Onlooker::alone("birthe"),
                        now(),
                        5,
                    )
                })
                .collect()
        };
        assert_eq!(at_once.entry_count(), 45);
        assert_eq!(answers(&at_once), answers(&one_by_one));
        for filed in &filings[..30] {
            assert_eq!(at_once.forget(filed), one_by_one.forget(filed));
        }
        assert_eq!(answers(&at_once), answers(&one_by_one));
        at_once.tidy();
        assert_eq!(answers(&at_once), answers(&one_by_one));
    }
}
