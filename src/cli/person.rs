//! `sagspost person`: what is kept of somebody, and taking of it what may be taken.

use std::io::Write as _;
use std::io::{BufRead as _, IsTerminal as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::PathBuf;

use anyhow::Context as _;
use chrono::Utc;
use serde_json::json;

use super::{Context, UsageError};
use crate::store::{AuditRecord, HeldOfPerson, Person, Store};

/// What erasure does not reach, told with every report.
const KEPT: &str = "Journaled documents, parties of cases and the audit log are kept by law. Mails stay in the mailboxes that they \
    were sent to.";

#[derive(clap::Subcommand)]
pub enum Command {
    /// Tell what is kept of a person, as JSON
    Export(Export),
    /// Remove the mails of a person that were never journaled, and tell what is kept
    Erase(Erase),
}

#[derive(clap::Args)]
pub struct Export {
    /// The person's mail address
    address: Option<String>,
    /// Ask for a CPR or CVR number on standard input too, where no list of processes shows it
    #[arg(long)]
    identifier: bool,
    /// Write the mails themselves into this folder
    #[arg(long, value_name = "FOLDER")]
    mails: Option<PathBuf>,
}

#[derive(clap::Args)]
pub struct Erase {
    /// The person's mail address
    address: String,
    /// Do it; without this it is only told what would be removed
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(context: &Context, command: Command) -> anyhow::Result<()> {
    let store = context.store().await?;
    let done = match command {
        Command::Export(args) => export(&store, args).await,
        Command::Erase(args) => erase(&store, args).await,
    };
    store.close().await;
    done
}

async fn export(store: &Store, args: Export) -> anyhow::Result<()> {
    let identifier = args.identifier.then(read_identifier).transpose()?;
    if args.address.is_none() && identifier.is_none() {
        return Err(UsageError("a mail address, or --identifier, or both".to_owned()).into());
    }
    let person = Person {
        address: args.address.map(|address| address.trim().to_lowercase()),
        identifier,
    };
    let held = store
        .held_of_person(&person, &super::actor(), Utc::now())
        .await?;
    if let Some(folder) = &args.mails {
        // What is handed out is its owner's alone until it is.
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        for mail in &held.mails {
            let row = store.mail_unchecked(mail.id).await?;
            let raw = store.blob(row.sha256).await?;
            // One by one, so that who asks about a mail is told that it was handed out.
            let record = AuditRecord {
                actor: &super::actor(),
                action: "person.export_mail",
                subject_kind: "mail",
                subject_id: mail.id.to_string(),
                case_id: None,
                detail: json!({}),
            };
            store.record_act(record, Utc::now()).await?;
            let file = folder.join(format!("{}.eml", mail.id));
            std::fs::File::options()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&file)
                .and_then(|mut file| file.write_all(&raw))
                .with_context(|| format!("{} cannot be written", file.display()))?;
        }
    }
    super::print_json(&json!({ "kept_by_law": KEPT, "held": held }))
}

async fn erase(store: &Store, args: Erase) -> anyhow::Result<()> {
    let address = args.address.trim().to_lowercase();
    let person = Person {
        address: Some(address.clone()),
        identifier: None,
    };
    let actor = super::actor();
    let before = store.held_of_person(&person, &actor, Utc::now()).await?;
    if !args.yes {
        return super::print_json(&json!({
            "would_remove": never_journaled(&before),
            "kept_by_law": KEPT,
            "kept": kept(&before),
            "next": "the same with --yes removes them",
        }));
    }
    let removed = store.erase_mails_of(&address, &actor, Utc::now()).await?;
    let held = store.held_of_person(&person, &actor, Utc::now()).await?;
    super::print_json(&json!({ "removed": removed, "kept_by_law": KEPT, "kept": kept(&held) }))
}

fn never_journaled(held: &HeldOfPerson) -> usize {
    held.mails.iter().filter(|mail| !mail.journaled).count()
}

fn kept(held: &HeldOfPerson) -> serde_json::Value {
    json!({
        "mails": held.mails.iter().filter(|mail| mail.journaled).collect::<Vec<_>>(),
        "documents": held.documents,
        "parties": held.parties,
    })
}

fn read_identifier() -> anyhow::Result<String> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        eprint!("CPR or CVR number: ");
    }
    let mut line = String::new();
    stdin.lock().read_line(&mut line)?;
    let identifier = line.trim().to_owned();
    if identifier.is_empty() {
        return Err(UsageError("there was no number on standard input".to_owned()).into());
    }
    Ok(identifier)
}
