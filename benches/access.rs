//! What access costs: lists, searches and suggestions among 100,000 cases, a third of them restricted to 2 of 500 groups,
//! beside the same cases where all are open. Both houses are asked in turn, in one run.
//!
//! `SAGSPOST_BENCH_CASES` sets another number of cases. The last line of output is JSON.

#![allow(clippy::unwrap_used, dead_code)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use chrono::Utc;
use futures::{StreamExt as _, stream};
use sagspost::domain::access::{Allowed, CaseAccess, Level};
use sagspost::domain::role::Principal;
use sagspost::mime;
use sagspost::store::{CaseQuery, ImportedUser, NewCase, Store, User};
use sagspost::suggest::{Engine, Organisation};
use serde_json::Value;
use sqlx::Connection as _;
use support::generator;
use support::store::{TestStore, case, day};

const SEED: u64 = 2024;
const GROUPS: usize = 500;
/// How many of them the asker is in.
const OF_ASKER: usize = 10;
const ASKER: &str = "birthe";
const CASES: usize = 100_000;
const QUESTIONS: usize = 1_000;
const PAGE: i64 = 50;
/// Cases written at a time, which share a wait for the disk.
const AT_ONCE: usize = 64;

/// The same cases, with who may see them.
struct House {
    store: TestStore,
    engine: Engine,
}

#[tokio::main]
async fn main() {
    let count = std::env::var("SAGSPOST_BENCH_CASES");
    let count = count.ok().and_then(|n| n.parse().ok()).unwrap_or(CASES);
    eprintln!("Storing {count} cases, twice …");
    let closed = support::store::sqlite().await;
    fill(&closed, count).await;
    let open = opened(&closed).await;
    let houses = [House::of(closed).await, House::of(open).await];
    for house in &houses {
        let seen = house.seen().await;
        eprintln!("{seen} of {count} cases are {ASKER}'s to see");
    }

    println!("{count} cases, {GROUPS} groups, {QUESTIONS} questions of each kind");
    println!(
        "{:<14} {:>12} {:>12} {:>8} {:>12} {:>12} {:>8}",
        "", "p50 ms open", "restricted", "ratio", "p99 ms open", "restricted", "ratio"
    );
    let mut figures = serde_json::Map::new();
    for kind in ["list", "search", "suggestions"] {
        let [restricted, open] = asked(&houses, kind).await;
        let ratio = |share| restricted.at(share) / open.at(share);
        println!(
            "{kind:<14} {:>12.3} {:>12.3} {:>8.2} {:>12.3} {:>12.3} {:>8.2}",
            open.at(0.5),
            restricted.at(0.5),
            ratio(0.5),
            open.at(0.99),
            restricted.at(0.99),
            ratio(0.99)
        );
        figures.insert(format!("{kind}_p50_ratio"), ratio(0.5).into());
        figures.insert(format!("{kind}_p99_ratio"), ratio(0.99).into());
    }
    println!("{}", Value::Object(figures));
}

/// Groups of a case: two of all, by its number.
fn groups_of(number: usize) -> [usize; 2] {
    [number * 7 % GROUPS, (number * 13 + 1) % GROUPS]
}

async fn fill(store: &Store, count: usize) {
    let asker = ImportedUser {
        user: User {
            name: ASKER.to_owned(),
            display_name: ASKER.to_owned(),
            mail: None,
            unit: None,
        },
        groups: Some(
            (0..OF_ASKER)
                .map(|n| format!("g{}", n * GROUPS / OF_ASKER))
                .collect(),
        ),
    };
    store.import_users(&[asker], day(1)).await.unwrap();
    let new = generator::cases(SEED, count)
        .enumerate()
        .map(|(number, generated)| {
            let line = |group| Allowed::new(Principal::Group(format!("g{group}")), Level::Write);
            NewCase {
                number: Some(generated.number),
                kle: Some(generated.kle),
                access: if number % 3 == 0 {
                    CaseAccess::restricted(groups_of(number).map(line).into())
                } else {
                    CaseAccess::open()
                },
                ..case(&generated.title)
            }
        });
    let written = stream::iter(new).map(|new| async move {
        let number = |year, n| format!("{year}-{n:05}");
        store
            .create_case(&new, "bench", number, day(1))
            .await
            .unwrap();
    });
    written
        .buffer_unordered(AT_ONCE)
        .for_each(|()| async {})
        .await;
}

/// A copy in which every case is open.
async fn opened(closed: &TestStore) -> TestStore {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("open.db");
    let url = format!("sqlite://{}", path.display());
    let mut from = sqlx::SqliteConnection::connect(closed.url()).await.unwrap();
    let copy = format!("vacuum into '{}'", path.display());
    sqlx::query(sqlx::AssertSqlSafe(copy))
        .execute(&mut from)
        .await
        .unwrap();
    let mut to = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("update cases set restricted = false")
        .execute(&mut to)
        .await
        .unwrap();
    sqlx::query("delete from case_access")
        .execute(&mut to)
        .await
        .unwrap();
    to.close().await.unwrap();
    support::store::open(&url, folder).await
}

impl House {
    async fn of(store: TestStore) -> Self {
        let engine = Engine::new(Organisation::default());
        engine.load(&store).await.unwrap();
        Self { store, engine }
    }

    async fn seen(&self) -> usize {
        let all = self
            .store
            .cases(&CaseQuery::default(), ASKER, i64::MAX)
            .await;
        all.unwrap().len()
    }

    /// One question; how long its answer took.
    async fn ask(&self, kind: &str, number: usize, letter: &[u8]) -> Duration {
        let mail = mime::parse(letter);
        let signals = self.engine.signals(&mail);
        let word = mail
            .text
            .split_whitespace()
            .nth(number % 7)
            .unwrap_or("vej");
        let words = (kind == "search").then(|| word.to_lowercase());
        let query = CaseQuery {
            words,
            ..CaseQuery::default()
        };
        let begun = Instant::now();
        if kind == "suggestions" {
            let onlooker = self.store.onlooker(ASKER).await.unwrap();
            self.engine.suggest(&signals, &onlooker, Utc::now(), 3);
        } else {
            self.store.cases(&query, ASKER, PAGE).await.unwrap();
        }
        begun.elapsed()
    }
}

struct Latencies(Vec<Duration>);

impl Latencies {
    /// Milliseconds that this share of the questions did not exceed.
    fn at(&self, share: f64) -> f64 {
        let place = ((self.0.len() as f64 * share) as usize).min(self.0.len() - 1);
        self.0[place].as_secs_f64() * 1000.0
    }
}

/// Both houses in turn, so that whatever else the machine does costs both the same.
async fn asked(houses: &[House; 2], kind: &str) -> [Latencies; 2] {
    let mut took = [Vec::new(), Vec::new()];
    for (number, letter) in generator::letters(SEED, QUESTIONS).enumerate() {
        for turn in 0..2 {
            // The first of a pair finds caches cold.
            let house = (number + turn) % 2;
            took[house].push(houses[house].ask(kind, number, &letter).await);
        }
    }
    took.map(|mut took| {
        took.sort_unstable();
        Latencies(took)
    })
}
