//! `sagspost mailbox`: which mailboxes are watched, and how they are.

use std::path::PathBuf;

use anyhow::Context as _;
use chrono::Utc;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::{Context, UsageError, print_json};
use crate::{
    domain::role::Principal,
    mailbox::{
        Limits, Security, TokenCache, Waker, connect,
        settings::{ImapSettings, MaildirSettings, Mark, OAuthSettings, SecretSource, Settings},
        supervisor::sync_now,
    },
    messages::{reason_text, text},
    store::{Mailbox, MailboxAccess, MailboxRole, Store},
};

#[derive(Subcommand)]
pub enum Command {
    /// Watch a mailbox; its password stays in a file or variable of yours
    Add(Box<Add>),
    /// List mailboxes and how they are
    List,
    /// Connect and sign in to a mailbox, and list its folders
    Test { name: String },
    /// Bring a mailbox up to date once, without a running service
    Sync { name: String },
    /// Watch a mailbox no longer; its journaled mails stay on their cases
    Remove { name: String },
    /// Let somebody see its mails
    Give {
        name: String,
        /// user:NAME, group:NAME, unit:CODE or role:ROLE
        who: Principal,
        #[arg(long = "as", value_enum, default_value = "delegate")]
        role: RoleName,
    },
    /// Take its mails from somebody's sight
    Take {
        name: String,
        /// As `mailbox list` shows it
        who: Principal,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum RoleName {
    /// Whose mail it is
    Owner,
    /// Who reads it for them
    Delegate,
    /// Who journals for them
    Registrar,
}

impl From<RoleName> for MailboxRole {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Owner => Self::Owner,
            RoleName::Delegate => Self::Delegate,
            RoleName::Registrar => Self::Registrar,
        }
    }
}

#[derive(Args)]
pub struct Add {
    /// What the mailbox is called here, e.g. teknik-miljoe
    name: String,
    /// A user who may see its mails; give it once for each
    #[arg(long = "user", required = true)]
    users: Vec<String>,
    /// IMAP server
    #[arg(long, required_unless_present = "maildir")]
    host: Option<String>,
    /// [default: 993, or 143 without TLS]
    #[arg(long)]
    port: Option<u16>,
    /// [default: by the port]
    #[arg(long, value_enum)]
    security: Option<SecurityName>,
    /// PEM file of a CA trusted for this server beside the machine's own
    #[arg(long)]
    ca_file: Option<PathBuf>,
    /// Name to sign in with
    #[arg(long, required_unless_present = "maildir")]
    login: Option<String>,
    /// File whose first line is the password
    #[arg(long, conflicts_with = "password_env")]
    password_file: Option<PathBuf>,
    /// Environment variable that holds the password
    #[arg(long)]
    password_env: Option<String>,
    /// Sign in with OAuth instead: where tokens are fetched, e.g. https://login.microsoftonline.com/TENANT/oauth2/v2.0/token
    #[arg(long, requires_all = ["oauth_client_id", "oauth_secret_file"], conflicts_with_all = ["password_file", "password_env"])]
    oauth_token_url: Option<String>,
    #[arg(long)]
    oauth_client_id: Option<String>,
    /// File whose first line is the client secret
    #[arg(long)]
    oauth_secret_file: Option<PathBuf>,
    #[arg(long)]
    oauth_scope: Option<String>,
    /// A folder to watch; give it once for each [default: INBOX and the sent mail]
    #[arg(long = "folder")]
    folders: Vec<String>,
    /// How a journaled mail is shown in the mailbox
    #[arg(long, value_enum, default_value = "keyword")]
    mark: MarkName,
    /// Folder that journaled mails are moved to, with --mark move
    #[arg(long)]
    mark_folder: Option<String>,
    /// A Maildir of this machine instead of an IMAP server
    #[arg(long, conflicts_with = "host")]
    maildir: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum SecurityName {
    Tls,
    Starttls,
    /// No protection at all
    Plain,
}

#[derive(Clone, Copy, ValueEnum)]
enum MarkName {
    /// The keyword $Journaliseret
    Keyword,
    /// The little flag
    Flag,
    Move,
    Nothing,
}

pub(super) async fn run(context: &Context, command: Command) -> anyhow::Result<()> {
    let store = context.store().await?;
    let done = match command {
        Command::Add(new) => add(context, &store, *new).await,
        Command::List => list(context, &store).await,
        Command::Test { name } => test(context, &store, &name).await,
        Command::Sync { name } => sync(context, &store, &name).await,
        Command::Remove { name } => remove(context, &store, &name).await,
        Command::Give { name, who, role } => give(&store, &name, &who, role.into()).await,
        Command::Take { name, who } => take(&store, &name, &who).await,
    };
    store.close().await;
    done
}

async fn add(context: &Context, store: &Store, new: Add) -> anyhow::Result<()> {
    let (name, users) = (new.name.clone(), new.users.clone());
    let settings = settings(new)?.to_json();
    Settings::from_json(&settings).map_err(|error| UsageError(error.to_string()))?;
    let known: Vec<String> = store
        .users()
        .await?
        .into_iter()
        .map(|user| user.name)
        .collect();
    if let Some(user) = users.iter().find(|user| !known.contains(user)) {
        return Err(UsageError(format!(
            "there is no user {user}; add them first: sagspost user add {user}"
        ))
        .into());
    }
    let id = store
        .add_mailbox(&name, &settings, &users, Utc::now())
        .await?;
    if context.json {
        return print_json(&json!({ "id": id, "name": name }));
    }
    println!(
        "{name} is watched from now on by a running Sagspost. Try it: sagspost mailbox test {name}"
    );
    Ok(())
}

fn settings(new: Add) -> Result<Settings, UsageError> {
    if let Some(path) = new.maildir {
        let path = from_here(path)?;
        return Ok(Settings::Maildir(MaildirSettings { path }));
    }
    if new.mark_folder.is_some() && !matches!(new.mark, MarkName::Move) {
        return Err(UsageError(
            "--mark-folder is for --mark move alone".to_owned(),
        ));
    }
    let mark = match new.mark {
        MarkName::Keyword => Mark::default(),
        MarkName::Flag => Mark::Flag,
        MarkName::Nothing => Mark::Nothing,
        MarkName::Move => Mark::Move {
            folder: new
                .mark_folder
                .ok_or_else(|| UsageError("--mark move needs --mark-folder".to_owned()))?,
        },
    };
    let oauth = new
        .oauth_token_url
        .zip(new.oauth_client_id)
        .zip(new.oauth_secret_file.map(from_here).transpose()?)
        .map(|((token_url, client_id), secret)| OAuthSettings {
            token_url,
            client_id,
            client_secret: SecretSource::File(secret),
            scope: new.oauth_scope,
        });
    let password = new
        .password_file
        .map(from_here)
        .transpose()?
        .map(SecretSource::File)
        .or(new.password_env.map(SecretSource::Env));
    if password.is_none() && oauth.is_none() {
        return Err(UsageError(
            "give --password-file, --password-env, or --oauth-token-url with its client".to_owned(),
        ));
    }
    let folders = if new.folders.is_empty() {
        vec!["INBOX".to_owned(), "\\Sent".to_owned()]
    } else {
        new.folders
    };
    Ok(Settings::Imap(ImapSettings {
        host: new.host.unwrap_or_default(),
        port: new.port,
        security: new.security.map(|name| match name {
            SecurityName::Tls => Security::Tls,
            SecurityName::Starttls => Security::StartTls,
            SecurityName::Plain => Security::Plain,
        }),
        ca_file: new.ca_file.map(from_here).transpose()?,
        user: new.login.unwrap_or_default(),
        password,
        oauth,
        folders,
        mark,
    }))
}

/// Whole, since the service that reads it later runs in another folder. A bare name may be one of systemd's credentials.
fn from_here(path: PathBuf) -> Result<PathBuf, UsageError> {
    let credential = path.components().count() == 1 && !path.exists();
    if path.is_absolute() || credential {
        return Ok(path);
    }
    std::path::absolute(&path).map_err(|error| UsageError(format!("{}: {error}", path.display())))
}

async fn list(context: &Context, store: &Store) -> anyhow::Result<()> {
    let mailboxes = store.mailboxes(None).await?;
    if context.json {
        return print_json(&mailboxes);
    }
    let lang = context.lang;
    let told = |state: String, reason: Option<String>| {
        reason_text(reason.as_deref(), lang)
            .map_or_else(|| state.clone(), |reason| format!("{state}: {reason}"))
    };
    for mailbox in mailboxes {
        let state = text(lang, &format!("mailbox.{}", mailbox.state.as_str()), &[]);
        let count = mailbox.mails.to_string();
        println!(
            "{:<24} {}  ({}; {})",
            mailbox.name,
            told(state, mailbox.state_reason),
            text(lang, "cli.mails", &[("count", &count)]),
            shown(&mailbox.access)
        );
        for folder in mailbox.folders {
            let state = text(lang, &format!("folder.{}", folder.state.as_str()), &[]);
            let (stored, all) = (folder.stored.to_string(), folder.exists_count.to_string());
            println!(
                "  {:<22} {}  ({})",
                folder.name,
                told(state, folder.state_reason),
                text(lang, "cli.of", &[("count", &stored), ("all", &all)])
            );
        }
    }
    Ok(())
}

/// Who sees it, without those who only would if they had the role.
fn shown(access: &[MailboxAccess]) -> String {
    let lines = access
        .iter()
        .map(|line| match line.who.strip_prefix("user:") {
            Some(name) => name.to_owned(),
            None => line.who.clone(),
        });
    lines.collect::<Vec<_>>().join(", ")
}

async fn give(store: &Store, name: &str, who: &Principal, role: MailboxRole) -> anyhow::Result<()> {
    if !store.is_known_principal(who).await? {
        return Err(UsageError(format!("nobody counts as {who}; see `sagspost user list`")).into());
    }
    store.give_mailbox(name, who, role, Utc::now()).await?;
    println!("{who} sees {name} now, as {}.", role.as_str());
    Ok(())
}

async fn take(store: &Store, name: &str, who: &Principal) -> anyhow::Result<()> {
    store.take_mailbox(name, who, Utc::now()).await?;
    println!("{who} sees {name} no more.");
    Ok(())
}

async fn test(context: &Context, store: &Store, name: &str) -> anyhow::Result<()> {
    let mailbox = named(store, name).await?;
    let Settings::Imap(imap) = Settings::from_json(&mailbox.settings)? else {
        anyhow::bail!("{name} is not on an IMAP server");
    };
    let names = folders_of(imap)
        .await
        .with_context(|| format!("{name} cannot be opened"))?;
    if context.json {
        return print_json(&json!({ "name": name, "folders": names }));
    }
    println!("{name} opens. Its folders: {}", names.join(", "));
    Ok(())
}

/// Signs in and lists the folders, by their names.
pub(super) async fn folders_of(imap: ImapSettings) -> anyhow::Result<Vec<String>> {
    let tokens = TokenCache::new(tokio::runtime::Handle::current());
    let folders = tokio::task::spawn_blocking(move || {
        let mut client = connect(
            &imap.server(),
            &imap.login()?,
            &tokens,
            Limits::default(),
            &Waker::new()?,
        )?;
        let folders = client.folders()?;
        // It has done its work; how it takes the goodbye changes nothing.
        let _ = client.logout();
        Ok::<_, anyhow::Error>(folders)
    })
    .await??;
    Ok(folders.into_iter().map(|folder| folder.name).collect())
}

async fn sync(context: &Context, store: &Store, name: &str) -> anyhow::Result<()> {
    let mailbox = named(store, name).await?;
    let runtime = tokio::runtime::Handle::current();
    let ingest = context.ingest(store)?;
    let options = context.watch_options();
    let round = tokio::task::spawn_blocking(move || {
        let tokens = TokenCache::new(runtime.clone());
        sync_now(
            (mailbox.id, mailbox.name),
            &mailbox.settings,
            &ingest,
            &tokens,
            &runtime,
            options,
        )
    })
    .await?
    .with_context(|| format!("{name} cannot be brought up to date"))?;
    if context.json {
        return print_json(&json!({
            "name": name, "stored": round.stored, "new": round.new,
            "forgotten": round.forgotten, "left_alone": round.left_alone,
        }));
    }
    println!(
        "{name}: {} mails found, {} of them new.",
        round.stored, round.new
    );
    if round.left_alone > 0 {
        println!(
            "{} could not be fetched for now; a later sync tries again.",
            round.left_alone
        );
    }
    Ok(())
}

async fn remove(context: &Context, store: &Store, name: &str) -> anyhow::Result<()> {
    let mailbox = named(store, name).await?;
    store.remove_mailbox(mailbox.id).await?;
    if context.json {
        return print_json(&json!({ "removed": name }));
    }
    println!("{name} is watched no longer.");
    Ok(())
}

async fn named(store: &Store, name: &str) -> anyhow::Result<Mailbox> {
    let mut mailboxes = store.mailboxes(None).await?;
    let place = mailboxes.iter().position(|mailbox| mailbox.name == name);
    match place {
        Some(place) => Ok(mailboxes.swap_remove(place)),
        None => Err(UsageError(format!(
            "there is no mailbox {name}; see `sagspost mailbox list`"
        ))
        .into()),
    }
}
