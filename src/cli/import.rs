//! `sagspost import`: mails from a Maildir or an mbox file, by the same way as fetched ones.

use std::path::PathBuf;

use chrono::Utc;
use indicatif::{ProgressBar, ProgressStyle};
use uuid::Uuid;

use super::{Context, UsageError};
use crate::{
    mailbox::{
        import::{ImportOptions, import},
        settings::Settings,
    },
    store::Store,
};

#[derive(clap::Args)]
pub struct Args {
    /// A Maildir (with its subfolders) or an mbox file
    path: PathBuf,
    /// Mailbox that the mails belong to; made when it is new
    #[arg(long)]
    mailbox: String,
    /// A user who may see a new mailbox; give it once for each
    #[arg(long = "user")]
    users: Vec<String>,
}

pub(super) async fn run(context: &Context, args: Args) -> anyhow::Result<()> {
    let store = context.store().await?;
    let mailbox_id = mailbox(&store, &args).await?;
    let ingest = context.ingest(&store)?;
    let options = ImportOptions {
        mailbox_id,
        batch_bytes: context.config.mailboxes.batch_bytes,
        max_mail_bytes: context.config.mailboxes.max_mail_bytes,
    };
    let bar = if context.json {
        ProgressBar::hidden()
    } else {
        ProgressBar::new(0)
    };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}  {msg}") {
        bar.set_style(style);
    }
    let (runtime, shown) = (tokio::runtime::Handle::current(), bar.clone());
    let imported = tokio::task::spawn_blocking(move || {
        import(&ingest, &runtime, options, &args.path, |so_far| {
            shown.set_length(so_far.bytes_total);
            shown.set_position(so_far.bytes_read);
            shown.set_message(format!("{} mails", so_far.mails));
        })
    })
    .await??;
    bar.finish_and_clear();
    store.close().await;
    if context.json {
        return super::print_json(&imported);
    }
    println!(
        "{} mails read, {} of them new.",
        imported.mails, imported.new
    );
    if imported.too_large > 0 {
        println!(
            "{} are too large: only their headers are kept.",
            imported.too_large
        );
    }
    if imported.unreadable > 0 {
        println!("{} files could not be read.", imported.unreadable);
    }
    Ok(())
}

async fn mailbox(store: &Store, args: &Args) -> anyhow::Result<Uuid> {
    let known = store
        .mailboxes(None)
        .await?
        .into_iter()
        .find(|mailbox| mailbox.name == args.mailbox);
    match known {
        Some(mailbox) => Ok(mailbox.id),
        None if args.users.is_empty() => Err(UsageError(format!(
            "there is no mailbox {}; to make it, say with --user who may see it",
            args.mailbox
        ))
        .into()),
        None => {
            let settings = Settings::Imported.to_json();
            Ok(store
                .add_mailbox(&args.mailbox, &settings, &args.users, Utc::now())
                .await?)
        }
    }
}
