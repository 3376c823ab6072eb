//! Verdicts of the last hour, as many as fit.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Verdict;
use crate::domain::mail::Sha256;

/// A scanner that learned of something has told us by then.
const KEPT: Duration = Duration::from_hours(1);
/// About a megabyte.
const MOST: usize = 10_000;

#[derive(Default)]
pub(super) struct Verdicts(Mutex<HashMap<[u8; 32], (Verdict, Instant)>>);

impl Verdicts {
    pub fn of(&self, content: &Sha256, now: Instant) -> Option<Verdict> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&content.0)
            .filter(|(_, at)| now.duration_since(*at) < KEPT)
            .map(|(verdict, _)| verdict.clone())
    }

    pub fn keep(&self, content: Sha256, verdict: Verdict, now: Instant) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.retain(|_, (_, at)| now.duration_since(*at) < KEPT);
        }
        if kept.len() >= MOST {
            // Asking again is right, only slower.
            kept.clear();
        }
        kept.insert(content.0, (verdict, now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_is_kept_for_an_hour() {
        let (verdicts, begun) = (Verdicts::default(), Instant::now());
        let content = Sha256::of(b"a");
        verdicts.keep(content, Verdict::Clean, begun);
        let last = begun + KEPT.checked_sub(Duration::from_secs(1)).unwrap();
        assert_eq!(verdicts.of(&content, last), Some(Verdict::Clean));
        assert_eq!(verdicts.of(&content, begun + KEPT), None);
        assert_eq!(verdicts.of(&Sha256::of(b"b"), begun), None);
    }

    #[test]
    fn there_are_never_more_than_fit() {
        let (verdicts, now) = (Verdicts::default(), Instant::now());
        for number in 0..=MOST {
            let content = Sha256::of(&number.to_be_bytes());
            verdicts.keep(content, Verdict::Clean, now);
        }
        let last = Sha256::of(&MOST.to_be_bytes());
        assert_eq!(verdicts.of(&last, now), Some(Verdict::Clean));
        assert!(verdicts.0.lock().unwrap().len() <= MOST);
    }
}
