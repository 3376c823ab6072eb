//! What encrypting blobs costs: storing batches of 6 MiB and reading their mails back, encrypted and in the clear.
//!
//! Both take turns in one run, each on a database and a folder of its own (where blobs are encrypted, none is written in the clear
//! any more), so that they meet the same machine. Then one mail of 100 MB, whose
//! storing should need no second copy of itself. The last line of output is JSON.

#![allow(clippy::unwrap_used, dead_code)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use sagspost::domain::mail::Sha256;
use sagspost::store::{Master, Store};
use serde_json::json;
use support::store::{batch, day, eml, mailbox, sqlite, user};

const ROUNDS: usize = 15;
const MAILS: usize = 100;
const MAIL_BYTES: usize = 60 * 1024;
const LARGE_BYTES: usize = 100 << 20;

fn main() {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(run());
}

async fn run() {
    let in_the_clear = sqlite().await;
    let encrypted = sqlite().await;
    let mut places = Vec::new();
    for test in [&in_the_clear, &encrypted] {
        user(test, "birthe").await;
        places.push(mailbox(test, "leder", &["birthe"]).await);
    }
    let plain = in_the_clear.store.clone();
    let sealed = encrypted
        .store
        .clone()
        .with_master(Master::keys(&"ab".repeat(32), None).unwrap());
    let mut uid = 1;
    let (mut stored, mut read) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    for round in 0..=ROUNDS {
        for (which, store) in [&plain, &sealed].into_iter().enumerate() {
            let raws: Vec<Vec<u8>> = (0..MAILS)
                .map(|n| mail(&format!("{which}-{round}-{n}"), MAIL_BYTES))
                .collect();
            let (mailbox, folder) = places[which];
            let batch = batch(mailbox, folder, uid, &raws);
            uid += MAILS as u32;
            let begun = Instant::now();
            store.commit_batch(&batch, day(2)).await.unwrap();
            let storing = begun.elapsed();
            let begun = Instant::now();
            for raw in &raws {
                assert!(store.blob(Sha256::of(raw)).await.unwrap() == *raw);
            }
            // The first round only warms up.
            if round > 0 {
                stored[which].push(storing);
                read[which].push(begun.elapsed());
            }
        }
    }
    let megabytes = (MAILS * MAIL_BYTES) as f64 / 1e6;
    let speed = |times: &mut Vec<Duration>| megabytes / median(times).as_secs_f64();
    let [stored_plain, stored_sealed] = stored.each_mut().map(speed);
    let [read_plain, read_sealed] = read.each_mut().map(speed);
    println!("storing: {stored_plain:.0} MB/s in the clear, {stored_sealed:.0} MB/s encrypted");
    println!("reading: {read_plain:.0} MB/s in the clear, {read_sealed:.0} MB/s encrypted");
    let memory_plain = large(&plain, places[0], uid, "plain").await;
    let memory_sealed = large(&sealed, places[1], uid, "sealed").await;
    println!(
        "a mail of {} MB: {memory_plain:.0} MB more at most in the clear, {memory_sealed:.0} MB encrypted",
        LARGE_BYTES >> 20
    );
    println!(
        "{}",
        json!({
            "store_plain_mb_s": stored_plain.round(), "store_sealed_mb_s": stored_sealed.round(),
            "read_plain_mb_s": read_plain.round(), "read_sealed_mb_s": read_sealed.round(),
            "large_plain_mb": memory_plain.round(), "large_sealed_mb": memory_sealed.round(),
        })
    );
}

/// Megabytes that storing a large mail takes beside the mail itself.
async fn large(
    store: &Store,
    (mailbox, folder): (uuid::Uuid, uuid::Uuid),
    uid: u32,
    name: &str,
) -> f64 {
    let batch = {
        let raw = mail(name, LARGE_BYTES);
        batch(mailbox, folder, uid, &[raw])
    };
    // From here on the peak counts anew (proc(5)).
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = status("VmRSS:");
    store.commit_batch(&batch, day(2)).await.unwrap();
    (status("VmHWM:") - before).max(0.0)
}

/// Megabytes of a line of this process' status.
fn status(name: &str) -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap();
    let kilobytes: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes / 1000.0
}

fn mail(id: &str, size: usize) -> Vec<u8> {
    let mut mail = eml(&format!("{id}@x"), "Hegn", &[]);
    let line = format!("{:<70}\r\n", format!("Linje i mail {id}")).into_bytes();
    while mail.len() < size {
        mail.extend_from_slice(&line);
    }
    mail
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
