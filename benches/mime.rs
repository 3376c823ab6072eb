//! How fast mails are read, on one core: whole as the service does it, beside mail-parser, which lies below it, the
//! mailparse crate and Python's email package, over the same mails in the same run; then how time grows with each of the
//! mails that somebody made to hurt.
//!
//! "The same work" is mail-parser finding the parts, every part decoded, the text taken out, HTML made text, and the
//! SHA-256 of each attachment. `SAGSPOST_BENCH_MAILS` sets how many mails there are (4,000). The last line of output is
//! JSON.

#![allow(clippy::unwrap_used, dead_code)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::io::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use mail_parser::MessageParser;
use mailparse::ParsedMail;
use sagspost::mime;
use serde_json::json;
use sha2::{Digest, Sha256};
use support::{generator, hostile};

const SEED: u64 = 2024;
const ROUNDS: usize = 5;
/// Which of the readers the others are compared with.
const SAME_WORK: usize = 3;
/// Smaller ones of the hostile mails are read in no time that can be compared.
const LEAST_TIME: Duration = Duration::from_millis(5);
/// Says how many seconds it took: neither its start nor its reading of the file is counted.
const PYTHON: &str = r#"
import email, email.policy, hashlib, sys, time
mails, total = [], 0
with open(sys.argv[1], "rb") as file:
    while length := file.read(8):
        mails.append(file.read(int.from_bytes(length, "little")))
begun = time.perf_counter()
for raw in mails:
    for part in email.message_from_bytes(raw, policy=email.policy.default).walk():
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            if part.is_attachment():
                hashlib.sha256(content).digest()
            total += len(content)
print(time.perf_counter() - begun)
"#;

struct Reader {
    name: &'static str,
    key: &'static str,
    read: fn(&[u8]),
}

const READERS: [Reader; 5] = [
    Reader {
        name: "Sagspost, with digests",
        key: "sagspost",
        read: |raw| {
            black_box(mime::parse(raw));
        },
    },
    Reader {
        name: "Sagspost, as mails are ingested",
        key: "sagspost_undigested",
        read: |raw| {
            black_box(mime::parse_undigested(raw));
        },
    },
    Reader {
        name: "mail-parser, the parts found",
        key: "mail_parser",
        read: |raw| {
            black_box(MessageParser::new().parse(raw));
        },
    },
    Reader {
        name: "mail-parser, the same work",
        key: "mail_parser_same_work",
        read: same_work,
    },
    Reader {
        name: "mailparse, every part decoded",
        key: "mailparse",
        read: |raw| {
            if let Ok(mail) = mailparse::parse_mail(raw) {
                decode(&mail);
            }
        },
    },
];

fn main() {
    let count = std::env::var("SAGSPOST_BENCH_MAILS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(4_000);
    eprintln!("Generating {count} mails …");
    let mails: Vec<Vec<u8>> = generator::mails(SEED, count).collect();
    let bytes: usize = mails.iter().map(Vec::len).sum();
    let file = file_of(&mails);

    let mut times = vec![Vec::new(); READERS.len()];
    let mut python = Vec::new();
    for round in 1..=ROUNDS {
        eprintln!("Round {round} of {ROUNDS} …");
        // Each begins a round once: what ran before leaves the caches as it likes.
        for place in (0..READERS.len()).map(|place| (place + round) % READERS.len()) {
            let begun = Instant::now();
            for mail in &mails {
                (READERS[place].read)(mail);
            }
            times[place].push(begun.elapsed());
        }
        python.extend(python_reads(file.path()));
    }

    println!(
        "{count} mails, {:.0} MB, medians of {ROUNDS} rounds, one core\n",
        bytes as f64 / 1e6
    );
    println!("{:<36} {:>8} {:>9} {:>8}", "", "MB/s", "mails/s", "time");
    let same_work = median(&mut times[SAME_WORK].clone()).as_secs_f64();
    let mut json = json!({ "mails": count, "megabytes": bytes / 1_000_000 });
    let mut show = |name: &str, key: &str, times: &mut Vec<Duration>| {
        let seconds = median(times).as_secs_f64();
        let speed = bytes as f64 / 1e6 / seconds;
        println!(
            "{name:<36} {speed:>8.0} {:>9.0} {:>8.2}",
            count as f64 / seconds,
            seconds / same_work
        );
        json[key] = json!({ "mb_per_s": speed.round(), "ratio": rounded(seconds / same_work) });
    };
    for (reader, times) in READERS.iter().zip(&mut times) {
        show(reader.name, reader.key, times);
    }
    if python.is_empty() {
        println!("Python's email package was not measured: there is no python3.");
    } else {
        show("Python's email package", "python_email", &mut python);
    }

    println!(
        "\n{:<56} {:>8} {:>8} {:>6}",
        "twice as much of", "ms", "twice", "times"
    );
    let grown: Vec<(&str, f64)> = hostile::SHAPES.iter().filter_map(growth).collect();
    let worst = grown
        .iter()
        .copied()
        .max_by(|one, other| one.1.total_cmp(&other.1));
    if let Some((name, times)) = worst {
        println!("Most: {times:.1} times for {name}.");
        json["most_growth"] = json!(rounded(times));
    }
    println!("{json}");
}

fn same_work(raw: &[u8]) {
    let Some(message) = MessageParser::new().parse(raw) else {
        return;
    };
    let root = message.root();
    let texts: Vec<_> = root.text_body().map(|part| part.id()).collect();
    for text in root.text_bodies() {
        black_box(text);
    }
    for part in message.parts() {
        if !part.is_multipart() && !texts.contains(&part.id()) {
            let content = part.decoded();
            if part.is_attachment() {
                black_box(Sha256::digest(&content));
            }
            black_box(content);
        }
    }
}

fn decode(mail: &ParsedMail<'_>) {
    for part in mail.parts() {
        if part.subparts.is_empty() {
            let content = part.get_body_raw().unwrap_or_default();
            if part.ctype.mimetype.starts_with("text/") {
                black_box(part.get_body().ok());
            } else {
                black_box(Sha256::digest(&content));
            }
            black_box(content);
        }
    }
}

/// The mails one after the other, each behind its length.
fn file_of(mails: &[Vec<u8>]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    for mail in mails {
        file.write_all(&(mail.len() as u64).to_le_bytes()).unwrap();
        file.write_all(mail).unwrap();
    }
    file.flush().unwrap();
    file
}

fn python_reads(file: &std::path::Path) -> Option<Duration> {
    let output = Command::new("python3")
        .args(["-c", PYTHON])
        .arg(file)
        .output()
        .ok()?;
    let seconds: f64 = String::from_utf8(output.stdout).ok()?.trim().parse().ok()?;
    Some(Duration::from_secs_f64(seconds))
}

/// How many times as long twice the bytes take; `None` when both are too quick to tell.
fn growth(shape: &hostile::Shape) -> Option<(&'static str, f64)> {
    let measure = |size| {
        let mail = shape.mail(size);
        let mut times: Vec<Duration> = (0..3)
            .map(|_| {
                let begun = Instant::now();
                black_box(mime::parse(&mail));
                begun.elapsed()
            })
            .collect();
        (median(&mut times), mail.len() as f64)
    };
    let ((once, few), (twice, many)) = (measure(shape.full / 2), measure(shape.full));
    if once < LEAST_TIME {
        return None;
    }
    // Some grow by more than twice when their number does.
    let times = twice.as_secs_f64() / once.as_secs_f64() / (many / few) * 2.0;
    println!(
        "{:<56} {:>8.0} {:>8.0} {times:>6.1}",
        shape.name,
        once.as_secs_f64() * 1e3,
        twice.as_secs_f64() * 1e3
    );
    Some((shape.name, times))
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
