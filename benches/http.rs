//! What a click costs: `POST /suggestions` and `POST /journal` by 50 users at once, on 100,000 mails and 20,000 cases.
//!
//! Once with every user clicking once a second, more than any person does, and once as fast as the answers come, where
//! the time of a call is 50 divided by what the machine can do. Server and callers share the machine's cores. `SAGSPOST_BENCH_MAILS` sets another number of mails. The last line of
//! output is JSON.

#![allow(clippy::unwrap_used, dead_code)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use sagspost::domain::access::CaseAccess;
use sagspost::domain::case::{CaseStatus, Party, PartyKind};
use sagspost::store::NewCase;
use serde_json::{Value, json};
use support::app::App;
use support::generator;
use support::store::day;
use uuid::Uuid;

const SEED: u64 = 2024;
const USERS: usize = 50;
const CALLS_PER_USER: usize = 20;
/// Between two clicks of one user.
const CLICKS: Duration = Duration::from_secs(1);
const CASES: usize = 20_000;
const BATCH: usize = 500;

fn main() {
    let mails: usize = std::env::var("SAGSPOST_BENCH_MAILS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(100_000);
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(run(mails));
}

async fn run(mail_count: usize) {
    let app = App::start().await;
    eprintln!("Storing {CASES} cases and {mail_count} mails …");
    let cases = add_cases(&app).await;
    let mails = add_mails(&app, mail_count).await;
    let client = reqwest::Client::new();
    let here = app.request(reqwest::Method::GET, "/", "").build().unwrap();
    let post = |path: &str, body: &Value| {
        client
            .post(here.url().join(path).unwrap())
            .bearer_auth("token-of-birthe")
            .json(body)
    };
    let suggest = |number: usize| {
        let body = json!({ "mail_id": mails[number * 7 % mails.len()] });
        post("/api/v1/suggestions", &body)
    };
    // Each mail once: the second half of the numbers is for the second run.
    let journal = |number: usize| {
        let body = json!({ "mail_id": mails[number], "case_id": cases[number * 31 % cases.len()] });
        post("/api/v1/journal", &body).header("Idempotency-Key", format!("bench-{number}"))
    };
    let half = USERS * CALLS_PER_USER;
    let runs = [
        (
            "suggestions",
            "POST /suggestions, a click a second",
            calls(&client, Some(CLICKS), suggest).await,
        ),
        (
            "journal",
            "POST /journal, a click a second",
            calls(&client, Some(CLICKS), journal).await,
        ),
        (
            "suggestions_flat_out",
            "POST /suggestions, flat out",
            calls(&client, None, suggest).await,
        ),
        (
            "journal_flat_out",
            "POST /journal, flat out",
            calls(&client, None, |n| journal(half + n)).await,
        ),
    ];

    println!("{USERS} users at once, {mail_count} mails, {CASES} cases");
    println!(
        "{:<36} {:>8} {:>8} {:>10}",
        "", "p50 ms", "p99 ms", "calls/s"
    );
    let mut figures = serde_json::Map::new();
    for (key, name, latencies) in &runs {
        show(name, latencies);
        figures.insert(format!("{key}_p50_ms"), latencies.at(0.50).into());
        figures.insert(format!("{key}_p99_ms"), latencies.at(0.99).into());
    }
    println!("{}", Value::Object(figures));
}

async fn add_cases(app: &App) -> Vec<Uuid> {
    let mut ids = Vec::with_capacity(CASES);
    for case in generator::cases(SEED, CASES) {
        let parties = case.parties.into_iter().map(|party| Party {
            kind: PartyKind::Person,
            name: party.name,
            identifier: None,
            address: None,
            mail: Some(party.mail),
        });
        let new = NewCase {
            number: Some(case.number),
            title: case.title,
            kle: Some(case.kle),
            facet: None,
            responsible: Some(case.responsible),
            unit: None,
            access: CaseAccess::open(),
            parties: parties.collect(),
            status: CaseStatus::Open,
            created_at: day(1),
            request: None,
        };
        let created = app
            .store
            .create_case(&new, "bench", |year, n| format!("{year}-{n:05}"), day(1))
            .await
            .unwrap();
        ids.push(created.id);
    }
    app.engine.load(&app.store).await.unwrap();
    ids
}

async fn add_mails(app: &App, count: usize) -> Vec<Uuid> {
    let mut ids = Vec::with_capacity(count);
    let mut letters = generator::letters(SEED, count).peekable();
    while letters.peek().is_some() {
        let batch: Vec<Vec<u8>> = letters.by_ref().take(BATCH).collect();
        ids.extend(app.add_mails(&batch).await);
    }
    ids
}

struct Latencies {
    sorted: Vec<Duration>,
    wall: Duration,
}

impl Latencies {
    /// Milliseconds that this share of the calls did not exceed.
    fn at(&self, share: f64) -> f64 {
        let place = ((self.sorted.len() as f64 * share) as usize).min(self.sorted.len() - 1);
        (self.sorted[place].as_secs_f64() * 100_000.0).round() / 100.0
    }
}

/// Every user makes one call after the other, at their pace or as soon as the last is answered; all succeed.
async fn calls(
    client: &reqwest::Client,
    pace: Option<Duration>,
    request: impl Fn(usize) -> reqwest::RequestBuilder,
) -> Latencies {
    let of_users: Vec<Vec<reqwest::Request>> = (0..USERS)
        .map(|user| {
            (0..CALLS_PER_USER)
                .map(|call| request(call * USERS + user).build().unwrap())
                .collect()
        })
        .collect();
    let begun = Instant::now();
    let users = of_users.into_iter().enumerate().map(|(user, requests)| {
        let client = client.clone();
        let user = user as u32;
        tokio::spawn(async move {
            let mut took = Vec::with_capacity(requests.len());
            for (number, request) in (0u32..).zip(requests) {
                if let Some(pace) = pace {
                    let due = begun + pace * number + pace / USERS as u32 * user;
                    tokio::time::sleep_until(due.into()).await;
                }
                let begun = Instant::now();
                let response = client.execute(request).await.unwrap();
                let status = response.status();
                let body = response.bytes().await.unwrap();
                took.push(begun.elapsed());
                assert!(
                    status.is_success(),
                    "{status}: {}",
                    String::from_utf8_lossy(&body)
                );
            }
            took
        })
    });
    let mut sorted = Vec::new();
    for user in users.collect::<Vec<_>>() {
        sorted.extend(user.await.unwrap());
    }
    let wall = begun.elapsed();
    sorted.sort_unstable();
    Latencies { sorted, wall }
}

fn show(name: &str, latencies: &Latencies) {
    println!(
        "{name:<36} {:>8.1} {:>8.1} {:>10.0}",
        latencies.at(0.50),
        latencies.at(0.99),
        latencies.sorted.len() as f64 / latencies.wall.as_secs_f64()
    );
}
