//! Whether time tells what an answer does not: a mail, a case, a file or an entry that is another's, beside one that is not
//! there. Asked in turns over HTTP, so that whatever else the machine does meets both alike. The last line of output is JSON.

#![allow(clippy::unwrap_used, dead_code)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use support::app::App;
use support::generator;
use uuid::Uuid;

const SEED: u64 = 2024;
const MAILS: usize = 5_000;
const BATCH: usize = 500;
const ROUNDS: usize = 2_000;

fn main() {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(run());
}

async fn run() {
    let app = App::start_with(sagspost::suggest::Organisation::default(), |_, config| {
        config.server.user_requests_per_minute = 0;
    })
    .await;
    let mut mails = Vec::with_capacity(MAILS);
    let mut letters = generator::letters(SEED, MAILS).peekable();
    while letters.peek().is_some() {
        let batch: Vec<Vec<u8>> = letters.by_ref().take(BATCH).collect();
        mails.extend(app.add_mails(&batch).await);
    }
    let case = app.hidden_case("Underretning", "birthe").await.id;
    let filed = json!({ "mail_id": mails[0], "case_id": case });
    let entry = app.journal("birthe", "k", &filed).await.json();
    let path = format!("/api/v1/cases/{case}/documents");
    let documents = app.get(&path, "birthe").await.json();
    let id = |value: &Value| value.as_str().unwrap().to_owned();

    println!("{ROUNDS} calls of each, in turns; microseconds");
    println!(
        "{:<10} {:>12} {:>12} {:>12} {:>12}",
        "", "another's", "not there", "difference", "noise"
    );
    let mut figures = serde_json::Map::new();
    for (what, kind, hidden) in [
        ("mail", "mails", mails[0].to_string()),
        ("case", "cases", case.to_string()),
        ("file", "files", id(&documents[0]["files"][0]["id"])),
        ("entry", "journal", id(&entry["id"])),
    ] {
        let client = reqwest::Client::new();
        let ask = |id: String| {
            let url = app.url(&format!("/api/v1/{kind}/{id}"));
            let client = client.clone();
            async move {
                let begun = Instant::now();
                let request = client.request(Method::GET, url);
                let answer = request.bearer_auth("token-of-carl").send().await.unwrap();
                assert_eq!(answer.status(), 404);
                answer.bytes().await.unwrap();
                begun.elapsed()
            }
        };
        let (mut hidden_took, mut missing_took) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            // Whoever comes second finds things warm: they take turns in that too.
            let missing = Uuid::now_v7().to_string();
            if round % 2 == 0 {
                hidden_took.push(ask(hidden.clone()).await);
                missing_took.push(ask(missing).await);
            } else {
                missing_took.push(ask(missing).await);
                hidden_took.push(ask(hidden.clone()).await);
            }
        }
        // How far two halves of the same calls are apart by chance.
        let noise = (micros(&hidden_took[..ROUNDS / 2]) - micros(&hidden_took[ROUNDS / 2..])).abs();
        let (hidden, missing) = (micros(&hidden_took), micros(&missing_took));
        let difference = hidden - missing;
        println!("{what:<10} {hidden:>12.0} {missing:>12.0} {difference:>12.0} {noise:>12.0}");
        figures.insert(format!("{what}_hidden_us"), hidden.into());
        figures.insert(format!("{what}_missing_us"), missing.into());
        figures.insert(format!("{what}_noise_us"), noise.into());
    }
    println!("{}", Value::Object(figures));
}

/// The median.
fn micros(took: &[Duration]) -> f64 {
    let mut sorted = took.to_vec();
    sorted.sort_unstable();
    (sorted[sorted.len() / 2].as_secs_f64() * 1e7).round() / 10.0
}
