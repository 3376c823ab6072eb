//! `sagspost unit`: the organisation as a tree.

use std::path::PathBuf;

use super::{Context, UsageError, spreadsheet};
use crate::store::{Unit, UnitTree};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Put the units of a CSV file in place of those there are: code, name, parent
    Import { file: PathBuf },
    /// List units
    List,
}

pub(super) async fn run(context: &Context, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Import { file } => {
            let name = file.display().to_string();
            let rows: Vec<Unit> = spreadsheet::rows_of(&spreadsheet::text_of(&file)?, &name)?;
            let count = rows.len();
            let tree =
                UnitTree::of(rows).map_err(|error| UsageError(format!("{name}: {error}")))?;
            let store = context.store().await?;
            store.replace_units(&tree).await?;
            store.close().await;
            if context.json {
                return super::print_json(&serde_json::json!({ "units": count }));
            }
            println!("{count} units are there.");
        }
        Command::List => {
            let store = context.store().await?;
            let units = store.units().await?;
            store.close().await;
            if context.json {
                return super::print_json(&units);
            }
            for unit in units {
                let parent = unit
                    .parent
                    .map(|parent| format!("  below {parent}"))
                    .unwrap_or_default();
                println!("{:<16} {}{parent}", unit.code, unit.name);
            }
        }
    }
    Ok(())
}
