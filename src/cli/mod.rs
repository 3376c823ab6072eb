//! The command line: one file per subcommand. Human output by default, JSON with `--json`.

mod audit;
mod case;
mod completions;
mod config;
mod doctor;
mod eval;
mod import;
mod keys;
mod kle;
mod mailbox;
mod manifest;
mod migrate;
mod parse;
mod person;
mod read_attachment;
mod role;
mod rules;
mod serve;
mod spreadsheet;
mod suggest;
mod template;
mod token;
mod unit;
mod user;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Parser, Subcommand};

use crate::{
    config::{Config, DateStyle, Mistakes, Secret},
    domain::{
        case_number::{Finder, System, Template},
        direction::OwnDomains,
        mail::Mail,
        naming,
    },
    mailbox::{Options, ingest::Ingest},
    messages::Lang,
    store::{AuditRecord, Blobs, BlobsAt, Call, Master, Origin, Store},
    suggest::{Organisation, Signals},
};

/// Fetched, being read, being written: more batches at once only take memory.
const BATCHES_IN_FLIGHT: u64 = 4;

/// Mails belong on cases.
#[derive(Parser)]
#[command(name = "sagspost", version, about, propagate_version = true)]
pub struct Cli {
    /// Configuration file [default: $SAGSPOST_CONFIG, ./sagspost.toml, /etc/sagspost/sagspost.toml]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Watch the mailboxes and serve the API
    Serve,
    /// Bring the database up to this version
    Migrate,
    /// Check the configuration, or print an example of it
    #[command(subcommand)]
    Config(config::Command),
    /// Watch mailboxes
    #[command(subcommand)]
    Mailbox(mailbox::Command),
    /// Import a Maildir or an mbox file
    Import(import::Args),
    /// Print what is read from a mail, as JSON
    Parse(parse::Args),
    /// Print which case a mail belongs on, and why
    Suggest(suggest::Args),
    /// Add and list users, and who may act for whom
    #[command(subcommand)]
    User(user::Command),
    /// Import and list units of the organisation
    #[command(subcommand)]
    Unit(unit::Command),
    /// Give and list roles
    #[command(subcommand)]
    Role(role::Command),
    /// Make, list and revoke tokens of scripts
    #[command(subcommand)]
    Token(token::Command),
    /// Import and list cases
    #[command(subcommand)]
    Case(case::Command),
    /// KL's subject plan (KLE): import it, show what it says
    #[command(subcommand)]
    Kle(kle::Command),
    /// The audit log: verify it, hand it out, show its key
    #[command(subcommand)]
    Audit(audit::Command),
    /// Keys that encrypt blobs: rotate them, encrypt what lies in the clear
    #[command(subcommand)]
    Keys(keys::Command),
    /// What is kept of a person, and taking of it what may be taken
    #[command(subcommand)]
    Person(person::Command),
    /// Automatic mailbox rules: check files, try them on mail, export and import
    #[command(subcommand)]
    Rules(rules::Command),
    /// Check Word templates, and fill one in from a file of data
    #[command(subcommand)]
    Template(template::Command),
    /// Measure how often suggestions are right
    #[command(subcommand)]
    Eval(eval::Command),
    /// Write the manifests that Office needs to show the add-in
    Manifest(manifest::Args),
    /// Check database, blobs, mailboxes, clock and disk, and say what to do
    Doctor,
    /// Print completions for a shell
    Completions(completions::Args),
    /// Read one attachment from standard input, for the service itself
    #[command(hide = true)]
    ReadAttachment,
}

/// What every command that touches data needs.
pub(crate) struct Context {
    pub config: Config,
    pub json: bool,
    /// Of what a case worker would read too: states, reasons, evidence.
    pub lang: Lang,
}

/// The first of the variables that say it, as every program takes them (POSIX).
fn lang() -> Lang {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty());
    Lang::from_locale(&locale.unwrap_or_default())
}

/// Runs the command line; errors go to standard error, with 2 for what the caller wrote wrong and 1 for the rest.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match dispatch(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sagspost: {}", told(&error));
            ExitCode::from(if error.is::<Mistakes>() || error.is::<UsageError>() {
                2
            } else {
                1
            })
        }
    }
}

fn dispatch(cli: Cli) -> anyhow::Result<()> {
    let Cli {
        config: file,
        json,
        command,
    } = cli;
    match command {
        Command::Config(command) => config::run(&command, file, json),
        Command::Parse(args) => parse::run(&args),
        Command::Eval(command) => eval::run(&command, json),
        Command::Manifest(args) => manifest::run(args, json),
        Command::Rules(command) if command.is_of_files() => rules::run(command, file, json),
        Command::Template(command) => template::run(&command, json),
        Command::ReadAttachment => read_attachment::run(),
        Command::Completions(args) => {
            completions::run(&args);
            Ok(())
        }
        command => {
            let context = Context {
                config: load(file)?,
                json,
                lang: lang(),
            };
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .enable_all()
                .build()?;
            // What a command does is on record as done from here.
            let call = Call::new(Origin {
                agent: Some(actor()),
                ..Origin::default()
            });
            runtime.block_on(call.scope(async {
                Call::note_actor(&actor(), None);
                match command {
                    Command::Serve => serve::run(&context).await,
                    Command::Mailbox(command) => mailbox::run(&context, command).await,
                    Command::Import(args) => import::run(&context, args).await,
                    Command::Migrate => migrate::run(&context).await,
                    Command::Suggest(args) => suggest::run(&context, &args).await,
                    Command::User(command) => user::run(&context, command).await,
                    Command::Unit(command) => unit::run(&context, command).await,
                    Command::Role(command) => role::run(&context, command).await,
                    Command::Token(command) => token::run(&context, command).await,
                    Command::Case(command) => case::run(&context, command).await,
                    Command::Kle(command) => kle::run(&context, command).await,
                    Command::Audit(command) => audit::run(&context, command).await,
                    Command::Keys(command) => keys::run(&context, command).await,
                    Command::Person(command) => person::run(&context, command).await,
                    Command::Rules(command) => rules::run_stored(&context, command).await,
                    Command::Doctor => doctor::run(&context).await,
                    Command::Config(_)
                    | Command::Eval(_)
                    | Command::Manifest(_)
                    | Command::Parse(_)
                    | Command::ReadAttachment
                    | Command::Template(_)
                    | Command::Completions(_) => Ok(()),
                }
            }))
        }
    }
}

/// Who acts at the command line, as far as the system tells.
pub(crate) fn actor() -> String {
    format!("cli:{}", rustix::process::getuid().as_raw())
}

fn load(file: Option<PathBuf>) -> Result<Config, Mistakes> {
    let file = crate::config::find(file);
    Config::load(file.as_deref(), std::env::vars())
}

impl Context {
    /// Opens the store and brings its schema up to date.
    pub(crate) async fn store(&self) -> anyhow::Result<Store> {
        let store = self.unmigrated_store().await?;
        store.migrate().await?;
        Ok(store)
    }

    pub(crate) async fn unmigrated_store(&self) -> anyhow::Result<Store> {
        let blobs = Blobs::open(&self.blobs_at())?;
        let store = Store::open(self.config.database.url.reveal(), blobs)
            .await
            .context("the database of database.url cannot be opened")?;
        Ok(match self.master()? {
            Some(master) => store.with_master(master),
            None => store,
        })
    }

    fn master(&self) -> anyhow::Result<Option<Master>> {
        let encryption = &self.config.encryption;
        if !encryption.key_command.is_empty() {
            return Ok(Some(Master::command(encryption.key_command.clone())));
        }
        let some = |secret: &Secret| Some(secret.reveal().to_owned()).filter(|key| !key.is_empty());
        let previous = some(&encryption.previous_master_key);
        some(&encryption.master_key)
            .map(|key| Master::keys(&key, previous.as_deref()))
            .transpose()
            .context("encryption.master_key")
    }

    /// Puts on record what a command reads, and as whom.
    pub(crate) async fn record_read(
        &self,
        store: &Store,
        action: &str,
        subject: (&str, String),
        user: &str,
    ) -> anyhow::Result<()> {
        let actor = actor();
        Call::note_actor(&actor, Some(user));
        let record = AuditRecord {
            actor: &actor,
            action,
            subject_kind: subject.0,
            subject_id: subject.1,
            case_id: None,
            detail: serde_json::json!({}),
        };
        Ok(store.record_act(record, chrono::Utc::now()).await?)
    }

    /// What the suggestion engine must know about the organisation.
    pub(crate) fn organisation(&self) -> anyhow::Result<Organisation> {
        let organisation = &self.config.organisation;
        let template = Template::parse(&organisation.case_number)?.pattern();
        let known = System::ALL.iter().map(|system| system.pattern());
        let own = organisation.case_number_patterns.iter().map(String::as_str);
        Ok(Organisation {
            domains: OwnDomains::from(organisation.domains.clone()),
            numbers: Finder::new(own.chain([template.as_str()]).chain(known))?,
            naming: self.naming()?,
        })
    }

    fn naming(&self) -> anyhow::Result<naming::Rules> {
        let naming = self.config.naming.clone();
        Ok(naming::Rules {
            title: naming::Pattern::parse(&naming.title)?,
            max_title_chars: naming.max_title_chars,
            file_name: naming::Pattern::parse(&naming.file_name)?,
            max_file_name_chars: naming.max_file_name_chars,
            dates: match naming.dates {
                DateStyle::Iso => naming::DateStyle::Iso,
                DateStyle::Danish => naming::DateStyle::Danish,
            },
            take_off: naming.take_off,
            vague: naming.vague_subjects,
        })
    }

    /// The pipeline that stores mails.
    pub(crate) fn ingest(&self, store: &Store) -> anyhow::Result<Ingest> {
        let organisation = self.organisation()?;
        let signals = move |mail: &Mail| Signals::of(mail, &organisation).to_value();
        let room = BATCHES_IN_FLIGHT * self.config.mailboxes.batch_bytes;
        let runtime = tokio::runtime::Handle::current();
        Ok(Ingest::start(
            store.clone(),
            runtime,
            Arc::new(signals),
            room,
        )?)
    }

    pub(crate) fn watch_options(&self) -> Options {
        let mailboxes = &self.config.mailboxes;
        Options {
            batch_bytes: mailboxes.batch_bytes,
            max_mail_bytes: mailboxes.max_mail_bytes,
            poll: Duration::from_secs(mailboxes.poll_secs),
            idle_renew: Duration::from_secs(mailboxes.idle_renew_secs),
            ..Options::default()
        }
    }

    fn blobs_at(&self) -> BlobsAt {
        let blobs = &self.config.blobs;
        match blobs.url.strip_prefix("s3://") {
            Some(bucket) => BlobsAt::S3 {
                bucket: bucket.to_owned(),
                endpoint: (!blobs.endpoint.is_empty()).then(|| blobs.endpoint.clone()),
                region: blobs.region.clone(),
                access_key_id: blobs.access_key_id.clone(),
                secret_access_key: blobs.secret_access_key.reveal().to_owned(),
            },
            None => BlobsAt::Folder(blobs.url.trim_start_matches("file:").into()),
        }
    }
}

/// The caller wrote something that cannot be; the text says what would be right.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct UsageError(pub String);

/// Reads a mail from a file, or from standard input when that is `-`.
pub(crate) fn read_mail(file: &Path) -> anyhow::Result<Vec<u8>> {
    if file.as_os_str() == "-" {
        let mut raw = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin(), &mut raw)?;
        return Ok(raw);
    }
    std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// Prints a value as JSON.
pub(crate) fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    writeln!(out)?;
    Ok(())
}

/// An error and its causes, each said once: some repeat what lies beneath them.
pub(crate) fn told(error: &anyhow::Error) -> String {
    let mut said: Vec<String> = Vec::new();
    for cause in error.chain() {
        let text = cause.to_string();
        if !said.iter().any(|before| before.contains(&text)) {
            said.push(text);
        }
    }
    said.join(": ")
}

/// Whoever read our output has seen enough; that is no failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
            || cause
                .downcast_ref::<serde_json::Error>()
                .and_then(serde_json::Error::io_error_kind)
                == Some(std::io::ErrorKind::BrokenPipe)
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_cause_that_is_told_already_is_not_told_again() {
        let error = anyhow::anyhow!("the disk is full")
            .context("the database did not answer: the disk is full")
            .context("it cannot be opened");
        assert_eq!(
            super::told(&error),
            "it cannot be opened: the database did not answer: the disk is full"
        );
    }

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        super::Cli::command().debug_assert();
    }
}
