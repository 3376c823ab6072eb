//! What suggestions cost in a large house: building the index, memory, a restart, asking, learning and forgetting.
//!
//! The house is generated (`suggest/municipality.rs`). `SAGSPOST_BENCH_CASES` (200,000) and `SAGSPOST_BENCH_MAILS`
//! (1,000,000) set its size; making the mails takes longer than learning them and is not counted. Times are of the core,
//! so that what else the machine does is not counted; the last line of output is JSON and has those of the clock too.
//! `answers` in it is the same whenever the same was suggested.

#![allow(clippy::unwrap_used)]

#[path = "suggest/danish.rs"]
mod danish;
#[path = "suggest/municipality.rs"]
mod municipality;

use sagspost::domain::access::Onlooker;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;
use std::time::{Duration, Instant};

use municipality::Municipality;
use rustix::time::{ClockId, clock_gettime};
use sagspost::domain::case::Case;
use sagspost::suggest::{Builder, Filed, Index, Model, Reach, Snapshot};
use serde_json::{Value, json};

const QUESTIONS: usize = 2_000;
const SUGGESTIONS: usize = 5;
/// Rows learned at a time.
const PAGE: u64 = 500;

fn main() {
    let cases = size("SAGSPOST_BENCH_CASES", 200_000);
    let mails = size("SAGSPOST_BENCH_MAILS", 1_000_000);
    let mut house = Municipality::new(cases, mails);

    let (index, built) = build(&mut house, cases, mails);
    let (mut index, restarted) = restart(index);
    let next: Vec<Filed> = (0..QUESTIONS).map(|_| house.next_filing()).collect();
    let asked = ask(&index, &next);
    let updated = update(&mut index, &next);

    println!(
        "{}",
        json!({ "cases": cases, "mails": mails, "build": built, "restart": restarted, "ask": asked, "update": updated })
    );
}

fn size(variable: &str, otherwise: u64) -> u64 {
    let asked = std::env::var(variable).ok().and_then(|n| n.parse().ok());
    asked.unwrap_or(otherwise).max(1)
}

/// Learns every case and mail as the service does when it starts; of the time only what the index takes.
fn build(house: &mut Municipality, cases: u64, mails: u64) -> (Index, Value) {
    let mut builder = Builder::default();
    let (mut profiles, mut filings) = (Duration::ZERO, Duration::ZERO);
    let before_mb = memory_mb("VmRSS:");
    for page in pages(cases) {
        let page: Vec<Case> = page.map(|number| house.case(number)).collect();
        profiles += timed(|| builder.take_cases(&page)).0.clock;
    }
    for page in pages(mails) {
        if page.start.is_multiple_of(100_000) {
            eprintln!("{} of {mails} mails …", page.start);
        }
        let page: Vec<Filed> = page.map(|_| house.next_filing()).collect();
        filings += timed(|| builder.learn(&page, Filed::clone)).0.clock;
    }
    let (spent, index) = timed(|| builder.finish());
    filings += spent.clock;
    let index_mb = memory_mb("VmRSS:") - before_mb;
    println!(
        "{} cases, {} filed mails",
        index.case_count(),
        index.entry_count()
    );
    println!(
        "building          {:>8.1} s for the cases, {:.1} s for the mails, all cores, by the clock",
        seconds(profiles),
        seconds(filings)
    );
    println!(
        "memory            {index_mb:>8.0} MB, {:.0} MB at most for the process",
        memory_mb("VmHWM:")
    );
    let built = json!({
        "cases_s": seconds(profiles), "mails_s": seconds(filings),
        "memory_mb": index_mb.round(), "process_peak_mb": memory_mb("VmHWM:").round(),
    });
    (index, built)
}

fn pages(count: u64) -> impl Iterator<Item = Range<u64>> {
    let pages = (0..count).step_by(PAGE as usize);
    pages.map(move |from| from..(from + PAGE).min(count))
}

/// To disk and back; what comes back goes on.
fn restart(index: Index) -> (Index, Value) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("suggestions.index");
    let snapshot = Snapshot { path };
    let reach = Reach::default();
    let (written, ()) = timed(|| snapshot.write(&index, &reach).unwrap());
    drop(index);
    let (read, (index, _)) = timed(|| snapshot.read().unwrap());
    let megabytes = std::fs::metadata(&snapshot.path).unwrap().len() as f64 / 1e6;
    println!(
        "snapshot          {megabytes:>8.0} MB, written in {:.1} s, read in {:.1} s, by the clock",
        seconds(written.clock),
        seconds(read.clock)
    );
    let figures = json!({
        "megabytes": megabytes.round(), "write_s": seconds(written.clock), "read_s": seconds(read.clock),
        "memory_mb": memory_mb("VmRSS:").round(),
    });
    (index, figures)
}

/// The mails that come next, before anybody filed them.
fn ask(index: &Index, next: &[Filed]) -> Value {
    let mut times = Vec::new();
    let mut answers = DefaultHasher::new();
    let model = Model::default();
    let (mut first, mut shown) = (0, 0);
    for filed in next {
        // As mails are asked for: with what hangs on them.
        let signals = match &filed.documents {
            Some(documents) => filed.signals.clone().with_documents(documents),
            None => filed.signals.clone(),
        };
        let (spent, suggested) = timed(|| {
            index.rank(
                &model,
                &signals,
                &Onlooker::alone(&filed.by),
                filed.at,
                SUGGESTIONS,
            )
        });
        times.push(spent);
        first += usize::from(
            suggested
                .first()
                .is_some_and(|s| s.case_id == filed.case_id),
        );
        shown += usize::from(suggested.iter().take(3).any(|s| s.case_id == filed.case_id));
        for suggestion in suggested {
            suggestion.case_id.hash(&mut answers);
            format!("{:?}", suggestion.confidence).hash(&mut answers);
        }
    }
    let percent = |right: usize| rounded(100.0 * right as f64 / next.len() as f64);
    print_times("suggesting", &times);
    println!(
        "right             {:>8.1} % first, {:.1} % among three",
        percent(first),
        percent(shown)
    );
    json!({
        "ms": percentiles(&times, |spent| spent.core), "clock_ms": percentiles(&times, |spent| spent.clock),
        "right_first_percent": percent(first), "right_of_3_percent": percent(shown),
        "answers": format!("{:016x}", answers.finish()),
    })
}

/// Each filed, and undone again.
fn update(index: &mut Index, next: &[Filed]) -> Value {
    let mut each = |work: fn(&mut Index, &Filed) -> bool| -> Vec<Spent> {
        let one = |filing| {
            let (spent, changed) = timed(|| work(index, filing));
            assert!(changed, "a filing is learned and forgotten once");
            spent
        };
        next.iter().map(one).collect()
    };
    let learned = each(Index::learn);
    let forgotten = each(Index::forget);
    print_times("learning", &learned);
    print_times("forgetting", &forgotten);
    json!({
        "learn_ms": percentiles(&learned, |spent| spent.core),
        "forget_ms": percentiles(&forgotten, |spent| spent.core),
    })
}

/// What a piece of work took of its core, and by the clock.
#[derive(Clone, Copy)]
struct Spent {
    core: Duration,
    clock: Duration,
}

fn timed<T>(work: impl FnOnce() -> T) -> (Spent, T) {
    let (core, clock) = (core_time(), Instant::now());
    let done = work();
    let spent = Spent {
        clock: clock.elapsed(),
        core: core_time().saturating_sub(core),
    };
    (spent, done)
}

/// Of this thread since it began.
fn core_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn print_times(what: &str, times: &[Spent]) {
    let of = percentiles(times, |spent| spent.core);
    println!(
        "{what:<17} {:>8} ms p50, {} ms p99, {} ms at most",
        of["p50"], of["p99"], of["max"]
    );
}

fn percentiles(times: &[Spent], of: fn(&Spent) -> Duration) -> Value {
    let mut sorted: Vec<Duration> = times.iter().map(of).collect();
    sorted.sort_unstable();
    let at = |share: usize| {
        let place = (sorted.len() * share / 100).min(sorted.len() - 1);
        (sorted[place].as_secs_f64() * 1e6).round() / 1e3
    };
    json!({ "p50": at(50), "p99": at(99), "max": at(100) })
}

/// What the kernel says of this process.
fn memory_mb(field: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    let kilobytes: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes * 1024.0 / 1e6
}

fn seconds(time: Duration) -> f64 {
    rounded(time.as_secs_f64())
}

fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
