//! `sagspost keys`: what encrypts the blobs.

use std::collections::BTreeSet;

use chrono::Utc;

use super::Context;
use crate::store::Store;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Show the data keys and how many blobs depend on each
    Status,
    /// Wrap every data key by the present master key, and begin a new data key
    Rotate,
    /// Encrypt the blobs that lie in the clear
    Encrypt(Encrypt),
}

#[derive(clap::Args)]
pub struct Encrypt {
    /// Also those under older data keys
    #[arg(long)]
    older: bool,
}

pub(super) async fn run(context: &Context, command: Command) -> anyhow::Result<()> {
    let store = context.store().await?;
    match command {
        Command::Status => status(context, &store).await?,
        Command::Rotate => {
            let wrapped = store.rotate_keys(&super::actor(), Utc::now()).await?;
            if context.json {
                super::print_json(&serde_json::json!({ "wrapped": wrapped }))?;
            } else {
                println!(
                    "{wrapped} data keys were wrapped anew, and a new one is in use. This database needs the previous master key no more; backups of it do."
                );
            }
        }
        Command::Encrypt(args) => encrypt(context, &store, args).await?,
    }
    store.close().await;
    Ok(())
}

/// All of them; what is damaged stops nothing and is told at the end.
async fn encrypt(context: &Context, store: &Store, args: Encrypt) -> anyhow::Result<()> {
    // The housekeeping may move what is damaged meanwhile; it is told once.
    let (mut encrypted, mut damaged, mut after) = (0, BTreeSet::new(), None);
    while let Some(done) = store.encrypt_next(after, args.older, Utc::now()).await? {
        encrypted += done.blobs;
        damaged.extend(done.damaged.iter().map(ToString::to_string));
        after = Some(done.object);
    }
    if context.json {
        super::print_json(&serde_json::json!({ "encrypted": encrypted, "damaged": damaged }))?;
    } else {
        println!(
            "{encrypted} blobs were encrypted. What they were before is removed by the service's housekeeping within three days."
        );
        for sha256 in &damaged {
            println!("damaged, and left as it is: {sha256}");
        }
    }
    anyhow::ensure!(
        damaged.is_empty(),
        "{} blobs could not be read; restore their objects from a backup, and run this again",
        damaged.len()
    );
    Ok(())
}

async fn status(context: &Context, store: &Store) -> anyhow::Result<()> {
    let states = store.key_states().await?;
    if context.json {
        return super::print_json(&states);
    }
    for state in states {
        match (state.id, state.created_at, state.master) {
            (Some(id), Some(at), Some(master)) => println!(
                "{id}  made {}  wrapped by {master}  {} blobs",
                at.format("%Y-%m-%d"),
                state.blobs
            ),
            _ => println!("in the clear: {} blobs", state.blobs),
        }
    }
    Ok(())
}
