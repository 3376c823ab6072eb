//! `sagspost config`: check the configuration, or print an example of it.

use std::path::PathBuf;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Say whether the configuration is right, and if not, everything that is wrong
    Check,
    /// Print a configuration with every key, its meaning and default
    Example,
}

pub(super) fn run(command: &Command, file: Option<PathBuf>, json: bool) -> anyhow::Result<()> {
    match command {
        Command::Example => print!("{}", crate::config::example()),
        Command::Check => {
            let found = crate::config::find(file.clone());
            match super::load(file) {
                Err(mistakes) if json => {
                    super::print_json(&mistakes.iter().collect::<Vec<_>>())?;
                    return Err(mistakes.into());
                }
                Err(mistakes) => return Err(mistakes.into()),
                Ok(_) if json => super::print_json(&serde_json::json!([]))?,
                Ok(_) => println!(
                    "{} is right",
                    found.map_or_else(
                        || "the configuration (no file, all defaults)".to_owned(),
                        |f| f.display().to_string()
                    )
                ),
            }
        }
    }
    Ok(())
}
