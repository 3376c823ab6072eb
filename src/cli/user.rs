//! `sagspost user`: the people who journal.

use chrono::Utc;

use super::Context;
use crate::store::User;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Add a user, or change one
    Add(Add),
    /// List users
    List,
}

#[derive(clap::Args)]
pub struct Add {
    /// What the user is known by, e.g. birthe.lund
    name: String,
    /// Name shown to others
    #[arg(long)]
    display_name: Option<String>,
    #[arg(long)]
    mail: Option<String>,
    #[arg(long)]
    unit: Option<String>,
}

pub(super) async fn run(context: &Context, command: Command) -> anyhow::Result<()> {
    let store = context.store().await?;
    match command {
        Command::Add(add) => {
            let user = User {
                display_name: add.display_name.unwrap_or_else(|| add.name.clone()),
                name: add.name,
                mail: add.mail.map(|mail| mail.to_lowercase()),
                unit: add.unit,
            };
            store.save_user(&user, Utc::now()).await?;
            if context.json {
                super::print_json(&user)?;
            } else {
                println!(
                    "{} can use Sagspost; give them a token in the configuration ([[api.tokens]]).",
                    user.name
                );
            }
        }
        Command::List => {
            let users = store.users().await?;
            if context.json {
                super::print_json(&users)?;
            } else {
                for user in users {
                    println!(
                        "{:<24} {:<32} {}",
                        user.name,
                        user.display_name,
                        user.unit.unwrap_or_default()
                    );
                }
            }
        }
    }
    store.close().await;
    Ok(())
}
