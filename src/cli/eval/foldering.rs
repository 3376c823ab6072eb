//! `sagspost eval foldering`: mailboxes filed again, mail by mail, oldest first.
//!
//! A mailbox is a folder with `labels.tsv` (order, time in seconds since 1970, path, folder; a line each) and
//! `maildir/` with the mails. Every mail goes the way it goes in the service: parsed, suggested for, filed, learned.

use std::{
    collections::{BTreeMap, HashMap},
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use chrono::DateTime;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    cli::UsageError,
    mime,
    suggest::{
        Organisation, Signals,
        replay::{self, FiledMail, Outcome, Replay, Start},
    },
};

/// What filing without a person must be right in.
const PRECISION: f64 = 0.98;
/// Mails of the beginning that are counted by themselves.
const COLD: usize = 400;
const WINDOW: usize = 100;
const BINS: usize = 10;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folder of mailboxes, or one mailbox
    dir: PathBuf,
    /// `online` learns from each mail at once; `batch` from each hundred before the next (Bekkerman et al. 2004)
    #[arg(long, value_enum, default_value = "online")]
    protocol: Protocol,
    /// Learn the weights that are shipped and write them to this file
    #[arg(long, value_name = "FILE", conflicts_with = "protocol")]
    learn: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Protocol {
    Online,
    Batch,
}

/// Shares in percent.
#[derive(Clone, Debug, Default, Serialize)]
struct Figures {
    mailbox: String,
    mails: usize,
    folders: usize,
    top1: f64,
    top3: f64,
    top5: f64,
    /// Of the mails whose folder was seen before.
    seen: Tops,
    /// Of the first mails.
    cold: Tops,
    /// Expected calibration error of the first suggestion, in points.
    calibration_error: f64,
    /// Share of mails above the threshold that was proven until then, and how many of them were right.
    coverage: f64,
    precision: f64,
    /// Milliseconds, medians and 99th percentiles.
    suggest_ms: Times,
    learn_ms: Times,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Tops {
    top1: f64,
    top3: f64,
    top5: f64,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Times {
    p50: f64,
    p99: f64,
}

#[derive(Serialize)]
struct Report {
    mailboxes: Vec<Figures>,
    mean: Figures,
    peak_memory_mb: Option<u64>,
}

pub(super) fn run(args: &Args, json: bool) -> anyhow::Result<()> {
    let mailboxes = mailboxes(&args.dir)?;
    let mails: Vec<(String, Vec<FiledMail>)> = mailboxes
        .iter()
        .map(|path| Ok((name_of(path), read(path)?)))
        .collect::<anyhow::Result<_>>()?;
    if let Some(file) = &args.learn {
        return learn(&mails, file);
    }
    let figures: Vec<Figures> = in_parallel(&mails, |name, mails| {
        let replay = Replay::new(&Start::Without(name), PRECISION);
        let outcomes = match args.protocol {
            Protocol::Online => online(replay, mails),
            Protocol::Batch => batch(replay, mails),
        };
        count(name, mails, &outcomes, args.protocol)
    });
    let report = Report {
        mean: mean(&figures),
        mailboxes: figures,
        peak_memory_mb: peak_memory_mb(),
    };
    if json {
        return crate::cli::print_json(&report);
    }
    print(&report)
}

/// One mailbox, or all of a folder, by name.
fn mailboxes(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if dir.join("labels.tsv").is_file() {
        return Ok(vec![dir.to_owned()]);
    }
    let entries = std::fs::read_dir(dir)
        .map_err(|error| UsageError(format!("{} cannot be read: {error}", dir.display())))?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("labels.tsv").is_file())
        .collect();
    found.sort();
    if found.is_empty() {
        let told = format!(
            "{} holds no mailbox: a folder with labels.tsv and maildir/",
            dir.display()
        );
        return Err(UsageError(told).into());
    }
    Ok(found)
}

fn name_of(mailbox: &Path) -> String {
    let name = mailbox.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn read(mailbox: &Path) -> anyhow::Result<Vec<FiledMail>> {
    let labels = mailbox.join("labels.tsv");
    let lines = std::fs::read_to_string(&labels)
        .with_context(|| format!("{} cannot be read", labels.display()))?;
    let organisation = Organisation::default();
    let mut threads: HashMap<String, Uuid> = HashMap::new();
    let mut mails = Vec::new();
    for (number, line) in lines.lines().enumerate() {
        let wrong = || {
            UsageError(format!(
                "{}, line {}: expected order, time, path and folder, with tabs between",
                labels.display(),
                number + 1
            ))
        };
        let mut fields = line.split('\t');
        let (Some(_), Some(time), Some(path), Some(folder)) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            return Err(wrong().into());
        };
        let at = time
            .parse()
            .ok()
            .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
            .ok_or_else(wrong)?;
        let path = mailbox.join("maildir").join(path);
        let raw =
            std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let mail = mime::parse_undigested(&raw);
        let mut signals = Signals::of(&mail, &organisation);
        let keys = mime::thread::of(&mail).keys;
        let known = keys.iter().find_map(|key| threads.get(key)).copied();
        let thread = known.unwrap_or_else(|| Uuid::from_u128(number as u128 + 1));
        threads.extend(keys.into_iter().map(|key| (key, thread)));
        signals.thread = Some(thread);
        mails.push(FiledMail {
            signals,
            folder: folder.to_owned(),
            at,
        });
    }
    if mails.is_empty() {
        return Err(UsageError(format!("{} names no mail", labels.display())).into());
    }
    Ok(mails)
}

fn online(mut replay: Replay, mails: &[FiledMail]) -> Vec<Outcome> {
    mails
        .iter()
        .map(|mail| {
            let outcome = replay.suggest(mail);
            Outcome {
                learning: replay.file(mail),
                ..outcome
            }
        })
        .collect()
}

/// Each hundred is suggested for by what the hundreds before it taught.
fn batch(mut replay: Replay, mails: &[FiledMail]) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(mails.len());
    for window in mails.chunks(WINDOW) {
        let suggested: Vec<Outcome> = window.iter().map(|mail| replay.suggest(mail)).collect();
        outcomes.extend(window.iter().zip(suggested).map(|(mail, outcome)| Outcome {
            learning: replay.file(mail),
            ..outcome
        }));
    }
    outcomes
}

fn learn(mails: &[(String, Vec<FiledMail>)], file: &Path) -> anyhow::Result<()> {
    let lessons = in_parallel(mails, |name, mails| {
        let mut replay = Replay::new(&Start::Given, PRECISION);
        for mail in mails {
            replay.file(mail);
        }
        (name.to_owned(), replay.lessons)
    });
    let lessons: BTreeMap<_, _> = lessons.into_iter().collect();
    std::fs::write(file, replay::learn(&lessons)? + "\n")
        .with_context(|| format!("{} cannot be written", file.display()))
}

/// As many at once as there are processors; the order of the results is that of the mailboxes.
fn in_parallel<T: Send>(
    mailboxes: &[(String, Vec<FiledMail>)],
    work: impl Fn(&str, &[FiledMail]) -> T + Sync,
) -> Vec<T> {
    let work = &work;
    std::thread::scope(|scope| {
        let running: Vec<_> = mailboxes
            .iter()
            .map(|(name, mails)| scope.spawn(move || work(name, mails)))
            .collect();
        running
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .collect()
    })
}

fn count(name: &str, mails: &[FiledMail], outcomes: &[Outcome], protocol: Protocol) -> Figures {
    // The paper's first window has nothing to go by, so it is not counted.
    let counted = match protocol {
        Protocol::Online => outcomes,
        Protocol::Batch => outcomes.get(WINDOW..).unwrap_or_default(),
    };
    let seen: Vec<Outcome> = counted.iter().filter(|o| o.seen).copied().collect();
    let all = tops(counted);
    let unseen: Vec<&Outcome> = counted.iter().filter(|o| o.filed_unseen).collect();
    let right = unseen.iter().filter(|o| o.place == Some(0)).count();
    let mut folders: Vec<&str> = mails.iter().map(|mail| mail.folder.as_str()).collect();
    folders.sort_unstable();
    folders.dedup();
    Figures {
        mailbox: name.to_owned(),
        mails: mails.len(),
        folders: folders.len(),
        top1: all.top1,
        top3: all.top3,
        top5: all.top5,
        seen: tops(&seen),
        cold: tops(&counted[..counted.len().min(COLD)]),
        calibration_error: calibration_error(counted),
        coverage: percent(unseen.len(), counted.len()),
        precision: percent(right, unseen.len()),
        suggest_ms: times(counted.iter().map(|o| o.suggesting)),
        learn_ms: times(counted.iter().map(|o| o.learning)),
    }
}

fn tops(outcomes: &[Outcome]) -> Tops {
    let within = |places: usize| {
        let found = outcomes
            .iter()
            .filter(|o| o.place.is_some_and(|p| p < places));
        percent(found.count(), outcomes.len())
    };
    Tops {
        top1: within(1),
        top3: within(3),
        top5: within(5),
    }
}

fn calibration_error(outcomes: &[Outcome]) -> f64 {
    let mut bins = [(0.0, 0.0); BINS];
    for outcome in outcomes {
        let bin = ((outcome.confidence * BINS as f64) as usize).min(BINS - 1);
        bins[bin].0 += outcome.confidence;
        bins[bin].1 += f64::from(u8::from(outcome.place == Some(0)));
    }
    let apart: f64 = bins.iter().map(|(said, was)| f64::abs(said - was)).sum();
    rounded(100.0 * apart / outcomes.len().max(1) as f64)
}

fn times(durations: impl Iterator<Item = std::time::Duration>) -> Times {
    let mut ms: Vec<f64> = durations.map(|d| d.as_secs_f64() * 1000.0).collect();
    ms.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (ms.len() as f64 * share) as usize;
        let value = ms.get(place.min(ms.len().saturating_sub(1)));
        (value.copied().unwrap_or(0.0) * 1000.0).round() / 1000.0
    };
    Times {
        p50: at(0.5),
        p99: at(0.99),
    }
}

fn mean(figures: &[Figures]) -> Figures {
    let of = |value: fn(&Figures) -> f64| {
        rounded(figures.iter().map(value).sum::<f64>() / figures.len().max(1) as f64)
    };
    Figures {
        mailbox: "mean".to_owned(),
        mails: figures.iter().map(|f| f.mails).sum(),
        folders: figures.iter().map(|f| f.folders).sum(),
        top1: of(|f| f.top1),
        top3: of(|f| f.top3),
        top5: of(|f| f.top5),
        seen: Tops {
            top1: of(|f| f.seen.top1),
            top3: of(|f| f.seen.top3),
            top5: of(|f| f.seen.top5),
        },
        cold: Tops {
            top1: of(|f| f.cold.top1),
            top3: of(|f| f.cold.top3),
            top5: of(|f| f.cold.top5),
        },
        calibration_error: of(|f| f.calibration_error),
        coverage: of(|f| f.coverage),
        precision: of(|f| f.precision),
        suggest_ms: Times {
            p50: of(|f| f.suggest_ms.p50),
            p99: of(|f| f.suggest_ms.p99),
        },
        learn_ms: Times {
            p50: of(|f| f.learn_ms.p50),
            p99: of(|f| f.learn_ms.p99),
        },
    }
}

fn percent(part: usize, whole: usize) -> f64 {
    rounded(100.0 * part as f64 / whole.max(1) as f64)
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// Of this process; known on Linux.
fn peak_memory_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kb: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kb / 1024)
}

fn print(report: &Report) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{:14} {:>6} {:>7}  {:>5} {:>5} {:>5}  {:>17}  {:>17}  {:>5} {:>5} {:>5}  {:>7} {:>7}",
        "mailbox",
        "mails",
        "folders",
        "top 1",
        "3",
        "5",
        "seen before",
        "first 400",
        "calib",
        "cover",
        "right",
        "ask ms",
        "learn"
    )?;
    for f in report.mailboxes.iter().chain([&report.mean]) {
        let three = |t: &Tops| format!("{:5.1} {:5.1} {:5.1}", t.top1, t.top3, t.top5);
        writeln!(
            out,
            "{:14} {:>6} {:>7}  {:5.1} {:5.1} {:5.1}  {}  {}  {:5.1} {:5.1} {:5.1}  {:7.2} {:7.2}",
            f.mailbox,
            f.mails,
            f.folders,
            f.top1,
            f.top3,
            f.top5,
            three(&f.seen),
            three(&f.cold),
            f.calibration_error,
            f.coverage,
            f.precision,
            f.suggest_ms.p50,
            f.learn_ms.p50
        )?;
    }
    if let Some(peak) = report.peak_memory_mb {
        writeln!(out, "memory at its highest: {peak} MB")?;
    }
    Ok(())
}
