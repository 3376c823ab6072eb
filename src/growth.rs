//! For tests alone: what strangers send costs time that grows with it and no faster.
//!
//! Two inputs are compared with each other, and the time is the thread's own on a processor: neither a slow machine nor
//! a busy one changes what is found. The work has to stay on the thread that asks.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The larger input is so many times the smaller one.
const TIMES: usize = 8;
/// It may take so many times as long: 64 would be quadratic, and memory that no cache holds is slower.
const MOST_GROWTH: u32 = 24;
/// Whatever takes less is quick enough, and too short to be compared.
const QUICK: Duration = Duration::from_millis(20);
const TRIES: usize = 3;

/// That eight times `n` takes no more than eight times as long, give or take.
pub fn assert_linear<T>(what: &str, n: usize, input: impl Fn(usize) -> T, work: impl Fn(&T)) {
    assert_comparable(what, &input(n), &input(n * TIMES), work);
}

/// That the larger input takes no more than a few times as long as the smaller one.
pub fn assert_comparable<T>(what: &str, smaller: &T, larger: &T, work: impl Fn(&T)) {
    let first = cpu_time(|| work(larger));
    if first <= QUICK {
        return;
    }
    let shortest = (0..TRIES).map(|_| cpu_time(|| work(smaller))).min();
    let most = (shortest.unwrap_or_default() * MOST_GROWTH).max(QUICK);
    let comparable = first <= most || (1..TRIES).any(|_| cpu_time(|| work(larger)) <= most);
    assert!(comparable, "{what}: {first:?} where {most:?} may be taken");
}

/// What the work takes of a processor on this thread.
pub fn cpu_time(work: impl FnOnce()) -> Duration {
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        Duration::new(
            time.tv_sec.unsigned_abs(),
            u32::try_from(time.tv_nsec).unwrap_or_default(),
        )
    };
    let begun = now();
    work();
    now().saturating_sub(begun)
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;

    use super::*;

    fn look_at(letters: &str) {
        letters.bytes().for_each(|letter| {
            black_box(letter);
        });
    }

    #[test]
    fn work_on_each_letter_is_linear() {
        assert_linear("letters", 100_000, |n| "a".repeat(n), |text| look_at(text));
    }

    #[test]
    #[should_panic(expected = "from every letter on: ")]
    fn work_on_all_that_follows_each_letter_is_not() {
        assert_linear(
            "from every letter on",
            500,
            |n| "a".repeat(n),
            |text| (0..text.len()).for_each(|from| look_at(&text[from..])),
        );
    }
}
