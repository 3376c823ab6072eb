//! `sagspost audit`: is the log as it was written, and what does it say.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Europe::Copenhagen;
use uuid::Uuid;

use super::{Context, UsageError};
use crate::{
    audit::{Key, export, verify},
    store::{AuditFilter, AuditRecord, Checkpoint},
};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Show the public key that checkpoints are signed with
    Key,
    /// Print the newest signed checkpoint, to be kept elsewhere
    Checkpoint,
    /// Find whatever was altered, removed, inserted or moved since it was written
    Verify(Verify),
    /// Hand the log out, oldest first
    Export(Export),
}

#[derive(clap::Args)]
pub struct Verify {
    /// A checkpoint that was kept elsewhere: the log must lead to it. May be given several times
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// A public key that may have signed, beside that of audit.key_file. May be given several times
    #[arg(long, value_name = "HEX")]
    public_key: Vec<String>,
}

#[derive(clap::Args)]
pub struct Export {
    #[arg(long, value_enum, default_value = "json-lines")]
    format: Format,
    /// From this day, or moment (RFC 3339)
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// Up to and not with this day, or moment
    #[arg(long, value_name = "DAY")]
    before: Option<String>,
    /// About this case, by its number or id, with what is on it
    #[arg(long, conflicts_with = "subject")]
    case: Option<String>,
    /// About this mail, file or entry, by its id
    #[arg(long, value_name = "ID")]
    subject: Option<Uuid>,
    /// What this user did, or what was done for them
    #[arg(long, value_name = "USER")]
    person: Option<String>,
    /// Searches for these words, which the log knows by a keyed digest alone
    #[arg(long)]
    words: Option<String>,
    /// Write here instead of to standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    JsonLines,
    Csv,
}

impl From<Format> for export::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::JsonLines => Self::JsonLines,
            Format::Csv => Self::Csv,
        }
    }
}

pub(super) async fn run(context: &Context, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Key => show_key(context),
        Command::Checkpoint => checkpoint(context).await,
        Command::Verify(args) => verified(context, args).await,
        Command::Export(args) => exported(context, args).await,
    }
}

fn show_key(context: &Context) -> anyhow::Result<()> {
    let key = Key::open(&context.config.audit.key_file)?;
    let public = hex::encode(key.public());
    if context.json {
        return super::print_json(&serde_json::json!({ "public_key": public }));
    }
    println!("{public}");
    Ok(())
}

async fn checkpoint(context: &Context) -> anyhow::Result<()> {
    let store = context.store().await?;
    let newest = store.last_checkpoint().await?;
    store.close().await;
    let newest = newest.context("nothing is signed yet; the service does that while it runs")?;
    super::print_json(&newest)
}

async fn verified(context: &Context, args: Verify) -> anyhow::Result<()> {
    let mut keys = Vec::new();
    for text in &args.public_key {
        let wrong = || UsageError(format!("--public-key {text}: no 64 hexadecimal digits"));
        let key = hex::decode(text.trim()).map_err(|_| wrong())?;
        if key.len() != 32 {
            return Err(wrong().into());
        }
        keys.push(key);
    }
    match Key::read(&context.config.audit.key_file) {
        Ok(key) => keys.push(key.public().to_vec()),
        // Whoever verifies elsewhere has the public key alone.
        Err(error) if keys.is_empty() => return Err(error.into()),
        Err(_) => {}
    }
    let mut kept = Vec::new();
    for file in &args.checkpoint {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("{} cannot be read", file.display()))?;
        let checkpoint: Checkpoint = serde_json::from_str(&text)
            .map_err(|_| UsageError(format!("{} is no checkpoint", file.display())))?;
        kept.push(checkpoint);
    }
    let store = context.store().await?;
    let report = verify(&store, &keys, &kept).await?;
    store.close().await;
    if context.json {
        super::print_json(&report)?;
    } else {
        println!(
            "{} records ({} to {}), {} checkpoints, signed up to {}.",
            report.records, report.first, report.last, report.checkpoints, report.signed
        );
        for finding in &report.findings {
            println!("WRONG: {finding}");
        }
    }
    anyhow::ensure!(
        report.findings.is_empty(),
        "the audit log is not as it was written"
    );
    if !context.json {
        println!("All of it is as it was written.");
    }
    Ok(())
}

async fn exported(context: &Context, args: Export) -> anyhow::Result<()> {
    let store = context.store().await?;
    let case = match args.case.as_deref() {
        None => None,
        Some(text) => match Uuid::parse_str(text) {
            Ok(id) => Some(id),
            Err(_) => Some(
                store
                    .case_id_of_number(text)
                    .await?
                    .ok_or_else(|| UsageError(format!("--case {text}: there is no such case")))?,
            ),
        },
    };
    let words = match &args.words {
        Some(words) => {
            store.set_word_key(Key::read(&context.config.audit.key_file)?.word_key());
            store.digest_of_words(words)
        }
        None => None,
    };
    let filter = AuditFilter {
        about: case.or(args.subject).map(|id| id.to_string()),
        subject: case.and(args.subject).map(|id| id.to_string()),
        person: args.person,
        from: moment("--from", args.from.as_deref())?,
        before: moment("--before", args.before.as_deref())?,
        words,
    };
    let record = AuditRecord {
        actor: &super::actor(),
        action: "audit.export",
        subject_kind: "audit",
        subject_id: String::new(),
        case_id: case,
        detail: serde_json::json!({ "person": filter.person, "subject": args.subject }),
    };
    store.record_act(record, Utc::now()).await?;
    let mut out: Box<dyn Write + Send> = match &args.output {
        Some(file) => Box::new(
            File::create(file).with_context(|| format!("{} cannot be written", file.display()))?,
        ),
        None => Box::new(std::io::stdout()),
    };
    let mut out = BufWriter::new(&mut out);
    let written = export::write(&store, &filter, args.format.into(), &mut out).await?;
    out.flush()?;
    store.close().await;
    if args.output.is_some() && !context.json {
        println!("{written} records.");
    }
    Ok(())
}

/// A day begins at midnight in Copenhagen.
fn moment(name: &str, text: Option<&str>) -> anyhow::Result<Option<DateTime<Utc>>> {
    let Some(text) = text else { return Ok(None) };
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Ok(Some(moment.to_utc()));
    }
    let day: Option<NaiveDate> = text.parse().ok();
    day.and_then(|day| {
        Copenhagen
            .from_local_datetime(&day.and_time(NaiveTime::MIN))
            .earliest()
    })
    .map(|moment| Some(moment.to_utc()))
    .ok_or_else(|| UsageError(format!("{name} {text}: no day like 2026-03-31")).into())
}
