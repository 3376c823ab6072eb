//! How often somebody may try: a bucket for each address or user, in the memory of this process.
//!
//! A bucket holds a minute's worth and fills up steadily. Time comes in as an argument.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Beyond this many that are not full again, all begin anew: a stranger must not fill the memory either.
const MAX_BUCKETS: usize = 20_000;

pub struct Throttle<K> {
    /// 0 for no limit.
    per_minute: f64,
    buckets: Mutex<HashMap<K, Bucket>>,
}

struct Bucket {
    left: f64,
    at: Instant,
}

impl<K: Eq + Hash> Throttle<K> {
    pub fn new(per_minute: u32) -> Self {
        Self {
            per_minute: f64::from(per_minute),
            buckets: Mutex::default(),
        }
    }

    /// Takes one out; when there is none, in how many seconds there will be.
    pub fn take(&self, key: K, now: Instant) -> Result<(), u64> {
        if self.per_minute == 0.0 {
            return Ok(());
        }
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MAX_BUCKETS {
            buckets.retain(|_, bucket| self.left(bucket, now) < self.per_minute);
            if buckets.len() >= MAX_BUCKETS {
                buckets.clear();
            }
        }
        let bucket = buckets.entry(key).or_insert(Bucket {
            left: self.per_minute,
            at: now,
        });
        bucket.left = self.left(bucket, now);
        bucket.at = now;
        if bucket.left < 1.0 {
            let wait = (1.0 - bucket.left) * 60.0 / self.per_minute;
            return Err(wait.ceil() as u64);
        }
        bucket.left -= 1.0;
        Ok(())
    }

    fn left(&self, bucket: &Bucket, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
        (bucket.left + passed * self.per_minute / 60.0).min(self.per_minute)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn who_tries_too_often_waits_and_nobody_else_does() {
        let throttle = Throttle::new(6);
        let begun = Instant::now();
        for _ in 0..6 {
            assert_eq!(throttle.take("a", begun), Ok(()));
        }
        assert_eq!(throttle.take("a", begun), Err(10));
        assert_eq!(throttle.take("b", begun), Ok(()));
        assert_eq!(throttle.take("a", begun + Duration::from_secs(4)), Err(6));
        assert_eq!(throttle.take("a", begun + Duration::from_secs(11)), Ok(()));
        assert!(throttle.take("a", begun + Duration::from_secs(11)).is_err());
        let later = begun + Duration::from_hours(1);
        assert_eq!(
            (0..20)
                .filter(|_| throttle.take("a", later).is_ok())
                .count(),
            6
        );
    }

    #[test]
    fn memory_is_bounded_and_zero_is_no_limit() {
        let throttle = Throttle::new(1);
        let now = Instant::now();
        for key in 0..3 * MAX_BUCKETS {
            throttle.take(key, now).unwrap();
        }
        assert!(throttle.buckets.lock().unwrap().len() <= MAX_BUCKETS);
        let unlimited = Throttle::new(0);
        assert!((0..1000).all(|_| unlimited.take((), now).is_ok()));
    }
}
