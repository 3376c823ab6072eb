//! What the audit log costs: `POST /journal` by 20 users at once as fast as the answers come, with it and without.
//!
//! Rounds with and without take turns in one run, so that both meet the same machine. Without: the database drops what
//! would be recorded, and nothing is chained. With: all is recorded, chained and signed every second.
//! `SAGSPOST_BENCH_ROUNDS` sets how many rounds there are. The last line of output is JSON.

#![allow(clippy::unwrap_used, dead_code)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use chrono::Utc;
use sagspost::audit::{Keeper, Key, Settings, verify};
use serde_json::json;
use sqlx::Connection as _;
use support::app::App;
use support::generator;
use support::store::case;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const SEED: u64 = 2026;
const USERS: usize = 20;
const CALLS_PER_USER: usize = 25;
const CASES: usize = 200;
/// What is dropped before it is written, without anybody noticing.
const OFF: &str =
    "create trigger bench_without before insert on audit_inbox begin select raise(ignore); end";
const ON: &str = "drop trigger bench_without";

fn main() {
    let rounds = std::env::var("SAGSPOST_BENCH_ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(9);
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(run(rounds));
}

async fn run(rounds: usize) {
    let app = App::start().await;
    let mut cases = Vec::new();
    for n in 0..CASES {
        cases.push(
            support::store::add_case(&app.store, case(&format!("Sag {n}")))
                .await
                .id,
        );
    }
    app.engine.load(&app.store).await.unwrap();
    // One round to warm up, then each twice.
    let count = USERS * CALLS_PER_USER * (2 * rounds + 1);
    let letters: Vec<Vec<u8>> = generator::letters(SEED, count).collect();
    let mut mails = Vec::with_capacity(count);
    for batch in letters.chunks(500) {
        mails.extend(app.add_mails(batch).await);
    }
    let home = tempfile::tempdir().unwrap();
    let key = Key::open(&home.path().join("audit.key")).unwrap();
    let keys = vec![key.public().to_vec()];
    let settings = Settings {
        keep: chrono::Duration::days(730),
        checkpoint_every: chrono::Duration::seconds(1),
    };
    let mut keeper = Keeper::new(app.store.store.clone(), key, settings, "bench".to_owned());
    let mut round = 0;
    let mut next = || {
        round += 1;
        let size = USERS * CALLS_PER_USER;
        mails[(round - 1) * size..round * size].to_vec()
    };
    journal_all(&app, next(), &cases).await;
    let (mut with, mut without) = (Vec::new(), Vec::new());
    let (mut cpu_with, mut cpu_without) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        execute(app.store.url(), OFF).await;
        let begun = cpu();
        without.push(journal_all(&app, next(), &cases).await);
        cpu_without.push(cpu() - begun);
        execute(app.store.url(), ON).await;
        let stop = CancellationToken::new();
        let until = stop.clone();
        let keeping = tokio::spawn(async move {
            keeper.run(until).await;
            keeper
        });
        let begun = cpu();
        with.push(journal_all(&app, next(), &cases).await);
        cpu_with.push(cpu() - begun);
        stop.cancel();
        keeper = keeping.await.unwrap();
    }
    keeper.finish(Utc::now()).await.unwrap();
    let report = verify(&app.store, &keys, &[]).await.unwrap();
    assert_eq!(report.findings, []);
    let (with, without) = (median(with), median(without));
    let cost = 100.0 * (1.0 - with / without);
    println!("{USERS} users at once, {} records chained", report.records);
    println!("journalings a second: {without:.0} without, {with:.0} with; it costs {cost:.1} %");
    let more = 100.0 * (median(cpu_with) / median(cpu_without) - 1.0);
    println!("processor time, of callers and server: {more:.1} % more");
    println!(
        "{}",
        json!({ "audit_cpu_percent": (more * 10.0).round() / 10.0, "audit_cost_percent": (cost * 10.0).round() / 10.0, "with_per_s": with.round(), "without_per_s": without.round() })
    );
}

/// Files each mail once; how many a second.
async fn journal_all(app: &App, mails: Vec<Uuid>, cases: &[Uuid]) -> f64 {
    let client = reqwest::Client::new();
    let here = app
        .request(reqwest::Method::POST, "/api/v1/journal", "birthe")
        .build()
        .unwrap();
    let count = mails.len() as f64;
    let begun = Instant::now();
    let users: Vec<_> = mails
        .chunks(CALLS_PER_USER)
        .enumerate()
        .map(|(user, mails)| {
            let (client, url, mails) = (client.clone(), here.url().clone(), mails.to_vec());
            let case = cases[user % cases.len()];
            tokio::spawn(async move {
                for mail in mails {
                    let answer = client
                        .post(url.clone())
                        .bearer_auth("token-of-birthe")
                        .header("Idempotency-Key", mail.to_string())
                        .json(&json!({ "mail_id": mail, "case_id": case }))
                        .send()
                        .await
                        .unwrap();
                    assert!(answer.status().is_success(), "{}", answer.status());
                }
            })
        })
        .collect();
    for user in users {
        user.await.unwrap();
    }
    count / begun.elapsed().max(Duration::from_millis(1)).as_secs_f64()
}

async fn execute(url: &str, sql: &'static str) {
    let mut connection = sqlx::SqliteConnection::connect(url).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Processor time of this process so far, in ticks: what others do on the machine is not in it (proc(5)).
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let ticks = |at: usize| fields.split(' ').nth(at).unwrap().parse::<f64>().unwrap();
    ticks(11) + ticks(12)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
