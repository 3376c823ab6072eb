//! `sagspost token`: tokens of scripts.

use chrono::{Duration, Utc};

use super::Context;
use crate::{
    auth,
    store::{NewServiceToken, TokenScope},
};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Make a token; it is printed once and kept nowhere
    Create {
        /// What it is called, e.g. for the script that has it
        name: String,
        /// Whose rights it has
        #[arg(long)]
        user: String,
        /// What it lets do
        #[arg(long, value_enum, default_value = "read")]
        scope: Scope,
        /// Days until it ends
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(i64).range(1..=3650))]
        days: i64,
    },
    /// List tokens, and when each was used last
    List,
    /// Let a token in no more
    Revoke { name: String },
}

#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Scope {
    Read,
    Write,
}

pub(super) async fn run(context: &Context, command: Command) -> anyhow::Result<()> {
    let store = context.store().await?;
    let now = Utc::now();
    match command {
        Command::Create {
            name,
            user,
            scope,
            days,
        } => {
            let (token, hash) = auth::new_service_token();
            let new = NewServiceToken {
                name: &name,
                user_name: &user,
                hash,
                scope: match scope {
                    Scope::Read => TokenScope::Read,
                    Scope::Write => TokenScope::Write,
                },
                expires_at: now + Duration::days(days),
            };
            store.add_service_token(&new, now).await?;
            if context.json {
                super::print_json(&serde_json::json!({
                    "name": name, "token": token, "expires_at": new.expires_at,
                }))?;
            } else {
                println!("{token}");
                eprintln!(
                    "Keep it well: it is not shown again. It ends on {}.",
                    new.expires_at.format("%Y-%m-%d")
                );
            }
        }
        Command::List => {
            let tokens = store.service_tokens().await?;
            if context.json {
                super::print_json(&tokens)?;
            } else {
                for token in tokens {
                    let state = if token.revoked_at.is_some() {
                        "revoked".to_owned()
                    } else if token.expires_at <= now {
                        "expired".to_owned()
                    } else {
                        format!("until {}", token.expires_at.format("%Y-%m-%d"))
                    };
                    let used = token.used_at.map_or_else(
                        || "never used".to_owned(),
                        |at| format!("used {}", at.format("%Y-%m-%d")),
                    );
                    let scope = match token.scope {
                        TokenScope::Read => "read",
                        TokenScope::Write => "write",
                    };
                    println!(
                        "{:<24} {:<24} {scope:<6} {state:<18} {used}",
                        token.name, token.user_name
                    );
                }
            }
        }
        Command::Revoke { name } => {
            store.revoke_service_token(&name, now).await?;
            println!("{name} lets nobody in any more.");
        }
    }
    store.close().await;
    Ok(())
}
